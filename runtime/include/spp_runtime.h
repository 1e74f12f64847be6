// The allocator runtime of S++ for C. Generated from runtime/src/capi: do not edit.

#ifndef SPP_RUNTIME_H
#define SPP_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The call did what it should.
#define SPP_OK 0

// No memory, or none below a limit; the frame stack is full.
#define SPP_ENOMEM 12

// Not a size, not an alignment, a block of another allocator, a null pointer.
#define SPP_EINVAL 22

// The size does not fit.
#define SPP_EOVERFLOW 75

// A return does not match its call. The program must end at once (SH4).
#define SPP_SHADOW_MISMATCH -1

// For `spp_failing_new`: the n-th request fails. Requests are counted from 1.
#define SPP_FAIL_NTH 0

// The n-th request and all after it fail.
#define SPP_FAIL_FROM 1

// Every n-th request fails.
#define SPP_FAIL_EVERY_NTH 2

// n requests in a million fail; which ones depends on the seed.
#define SPP_FAIL_PER_MILLION 3

// Tags that an array can carry.
#define SPP_MAX_TAGS 7

// What happened.
typedef enum SppEventKind {
  // A block was created: `block`, `bytes`.
  SPP_EVENT_KIND_ALLOC,
  // A block changed its length: `block` (the new one), `bytes`, `old_bytes`.
  SPP_EVENT_KIND_REALLOC,
  // A block was given back: `block`, `bytes`.
  SPP_EVENT_KIND_FREE,
  // A request for `bytes` was refused; `old_bytes` is not zero for a refused reallocation.
  SPP_EVENT_KIND_FAIL,
  // A frame was pushed: `block` is its base in bytes, `bytes` its size.
  SPP_EVENT_KIND_FRAME_PUSH,
  // A frame took the place of another: `block` is its base, `bytes` its size (F9).
  SPP_EVENT_KIND_FRAME_REPLACE,
  // A frame was freed: `block` is its base.
  SPP_EVENT_KIND_FRAME_POP,
  // A return found another token than the shadow stack (SH4).
  SPP_EVENT_KIND_SHADOW_MISMATCH,
} SppEventKind;

// An allocator. All of them may be used by several threads at once.
//
// Allocators are counted references: a wrapper keeps what it wraps alive, and an array keeps nothing
// alive, so release an allocator after the last array from it.
typedef struct SppAllocator SppAllocator;

// A stack of frames with its shadow stack. Belongs to one thread at a time.
typedef struct SppFrames SppFrames;

// Receives the description of a fault: text of `length` bytes in UTF-8, not terminated, valid during
// the call.
typedef void (*SppFaultCallback)(const uint8_t *text, size_t length, void *user);

// One event.
typedef struct SppEvent {
  // What happened; says which of the other fields mean something.
  enum SppEventKind kind;
  // The place in the program, as its owner numbers them; 0 if none was given.
  uint32_t site;
  // The allocator, as its owner numbers them; 0 for frames.
  uint32_t allocator;
  // Live frames after the event, for frame events.
  uint32_t depth;
  // Handle or address of the block, or offset of the frame in bytes.
  uint64_t block;
  // Size in bytes, after the event.
  uint64_t bytes;
  // Size in bytes before the event.
  uint64_t old_bytes;
} SppEvent;

// Receives events. Runs inside the operation it is told about and must not use the same object.
typedef void (*SppEventCallback)(const struct SppEvent *event, void *user);

// Statistics of one allocator. All numbers are exact; bytes are those that were asked for, without
// the allocator's own overhead.
typedef struct SppStats {
  // Blocks created.
  uint64_t allocations;
  // Blocks given back.
  uint64_t frees;
  // Blocks that changed their length and remained the same block.
  uint64_t resizes;
  // Requests that were refused.
  uint64_t failed;
  // Bytes in live blocks.
  uint64_t live_bytes;
  // The largest value that `live_bytes` ever had.
  uint64_t peak_bytes;
  // Bytes of all blocks ever created, and by which blocks grew.
  uint64_t total_bytes;
} SppStats;

// An array of elements in one block. The fields may be read, and the elements read and written; all
// else is for the functions below. An array must not be copied and then used twice.
typedef struct SppArray {
  // The elements; null if there is no array.
  void *data;
  // Number of elements.
  size_t len;
  // Bytes of an element.
  size_t elem_size;
  // Alignment of an element.
  size_t elem_align;
  // The allocator that the memory belongs to.
  const struct SppAllocator *memory;
  // Where the array came from (5.5), the last one on top.
  uint32_t tags[SPP_MAX_TAGS];
  // Number of tags.
  uint32_t tag_count;
} SppArray;

// What a frame stack has done so far.
typedef struct SppFrameStats {
  // Live frames.
  uint64_t depth;
  // The largest number of frames that were live at once.
  uint64_t max_depth;
  // Frames pushed.
  uint64_t pushes;
  // Bytes in use.
  uint64_t used;
  // The largest number of bytes that were in use at once.
  uint64_t high_water;
} SppFrameStats;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The general-purpose allocator, `GlobalAlloc`.
const struct SppAllocator *spp_global(void);

// A bump allocator; its blocks are given back together. Null if `inner` is.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_arena_new(const struct SppAllocator *inner);

// Gives back all blocks of an arena. Code 22 if it is none.
//
// # Safety
// `arena` is null or a live reference, and nobody uses the blocks any more.
int32_t spp_arena_reset(const struct SppAllocator *arena);

// Blocks of one size and alignment. Null if `inner` is, or if there is no such block.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_pool_new(const struct SppAllocator *inner,
                                        size_t block_size,
                                        size_t block_align);

// Last in, first out, in one buffer of `capacity` bytes. Null if `inner` is, or has no memory.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_stack_new(const struct SppAllocator *inner, size_t capacity);

// Counts what goes through; see `spp_stats`. Null if `inner` is.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_counting_new(const struct SppAllocator *inner);

// Refuses what would bring the live bytes above `bytes`. Null if `inner` is.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_limit_new(const struct SppAllocator *inner, uint64_t bytes);

// Refuses requests; `which` is one of `SPP_FAIL_…`, and `seed` matters for the last only. Null if
// `inner` is, or if there is no such plan.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_failing_new(const struct SppAllocator *inner,
                                           uint32_t which,
                                           uint64_t n,
                                           uint64_t seed);

// Finds overflow, use after free, double and foreign free, wrong sizes and leaks. Null if `inner` is.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_checked_new(const struct SppAllocator *inner);

// Looks for faults in a checked allocator and tells each one, leaks of live blocks last. Returns
// their number, -1 if the allocator is not a checked one.
//
// # Safety
// `checked` is null or a live reference; `callback`, if not null, may be called with `user`.
int64_t spp_checked_report(const struct SppAllocator *checked,
                           SppFaultCallback callback,
                           void *user);

// Tells subscribers what goes through it; `number` is `allocator` of its events. Null if `inner` is.
//
// # Safety
// `inner` is null or a live reference.
const struct SppAllocator *spp_traced_new(const struct SppAllocator *inner,
                                          uint32_t number);

// Subscribes to a traced allocator, for as long as it lives. Code 22 if it is none.
//
// # Safety
// `traced` is null or a live reference; `callback` may be called with `user` by every thread that
// uses the allocator.
int32_t spp_traced_subscribe(const struct SppAllocator *traced,
                             SppEventCallback callback,
                             void *user);

// What a counting allocator has counted. Code 22 if it is none.
//
// # Safety
// `counting` is null or a live reference; `out` is null or can be written.
int32_t spp_stats(const struct SppAllocator *counting, struct SppStats *out);

// Another reference to the same allocator.
//
// # Safety
// `allocator` is null or a live reference.
const struct SppAllocator *spp_retain(const struct SppAllocator *allocator);

// Ends a reference. The last one ends the allocator, unless another one wraps it.
//
// # Safety
// `allocator` is null or a live reference, which is not used any more.
void spp_release(const struct SppAllocator *allocator);

// Creates an array of `len` elements, their content undefined (A9). On failure `out` is no array.
//
// # Safety
// `allocator` is null or a live reference; `out` is null or can be written.
int32_t spp_alloc(const struct SppAllocator *allocator,
                  int64_t len,
                  size_t elem_size,
                  size_t elem_align,
                  struct SppArray *out);

// Creates an array of `len` elements with all bytes zero (A14). On failure `out` is no array.
//
// # Safety
// As `spp_alloc`.
int32_t spp_alloc_zero(const struct SppAllocator *allocator,
                       int64_t len,
                       size_t elem_size,
                       size_t elem_align,
                       struct SppArray *out);

// Changes the number of elements (A11); added ones are undefined. On failure the array is gone (A12),
// with code 22 if it is of another allocator (A45).
//
// # Safety
// `allocator` is null or a live reference; `array` is null, or points to no array or to one that
// these functions made and nobody else uses.
int32_t spp_realloc(const struct SppAllocator *allocator,
                    struct SppArray *array,
                    int64_t len);

// Gives an array back (A13). Whatever the outcome it is gone afterwards; code 22 if it is of another
// allocator, through which it is then released (A45), or no array.
//
// # Safety
// As `spp_realloc`.
int32_t spp_dealloc(const struct SppAllocator *allocator,
                    struct SppArray *array);

// Records that an allocator of the program passes this array (5.5). Code 75 if it has too many tags.
//
// # Safety
// `array` is null or points to an array.
int32_t spp_push_tag(struct SppArray *array,
                     uint32_t tag);

// Takes the top tag off. Code 22 if it is another one; then nothing changes.
//
// # Safety
// `array` is null or points to an array.
int32_t spp_pop_tag(struct SppArray *array, uint32_t tag);

// A new stack for at most `max_bytes` of frames, of which at most `max_depth` are live at once. With
// `write_protected`, the shadow stack is read-only except during a push. Null if there is no memory.
struct SppFrames *spp_frames_new(size_t max_bytes,
                                 size_t max_depth,
                                 bool write_protected);

// Ends a stack.
//
// # Safety
// `frames` is null or from `spp_frames_new`, and is not used any more.
void spp_frames_free(struct SppFrames *frames);

// Pushes a frame of `size` bytes, aligned to `align`, a power of two up to 4096. `token` stands for
// the place to return to. Writes the address of the frame's first slot to `out`, unless that is null.
// Code 12 if there is no room, 22 for another alignment.
//
// # Safety
// `frames` is null or live; `out` is null or can be written.
int32_t spp_frames_push(struct SppFrames *frames,
                        size_t size,
                        size_t align,
                        uint64_t token,
                        void **out);

// Replaces the innermost frame for a tail call (F9): the return token, the caller and the entry of
// the shadow stack stay. Codes as for `spp_frames_push`.
//
// # Safety
// As `spp_frames_push`.
int32_t spp_frames_replace(struct SppFrames *frames, size_t size, size_t align, void **out);

// Frees the innermost frame after comparing its return token with the shadow stack. If they differ the
// result is `SPP_SHADOW_MISMATCH`, and the program must end (SH4).
//
// # Safety
// `frames` is null or live.
int32_t spp_frames_pop(struct SppFrames *frames);

// Overwrites the return token of the n-th push (from 1) when it happens (SH11); 0 turns that off.
//
// # Safety
// `frames` is null or live.
void spp_frames_corrupt(struct SppFrames *frames, uint64_t nth);

// Statistics of a stack; all zero for null.
//
// # Safety
// `frames` is null or live.
struct SppFrameStats spp_frames_stats(const struct SppFrames *frames);

// Subscribes to the events of a stack, for as long as it lives. Code 22 for null.
//
// # Safety
// `frames` is null or live; `callback` may be called with `user` by the thread that uses the stack.
int32_t spp_frames_subscribe(struct SppFrames *frames, SppEventCallback callback, void *user);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SPP_RUNTIME_H */
