// Allocates through several allocators, and checks what they counted. Exit code 0 if all is right.

#include "spp_runtime.h"

#include <stdio.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                     \
        }                                                                   \
    } while (0)

static void count_event(const SppEvent *event, void *user) {
    ((uint64_t *)user)[event->kind]++;
}

static void keep_text(const uint8_t *text, size_t length, void *user) {
    char *kept = user;
    size_t used = strlen(kept);
    if (used + length < 4096) {
        memcpy(kept + used, text, length);
        kept[used + length] = 0;
    }
}

// Fills, grows and shrinks an array, and gives it back.
static void use(const SppAllocator *allocator, int64_t len) {
    SppArray array;
    CHECK(spp_alloc_zero(allocator, len, sizeof(uint64_t), _Alignof(uint64_t), &array) == SPP_OK);
    uint64_t *numbers = array.data;
    for (int64_t i = 0; i < len; i++) {
        CHECK(numbers[i] == 0);
        numbers[i] = (uint64_t)i * 3;
    }
    CHECK(spp_realloc(allocator, &array, len * 2) == SPP_OK);
    CHECK(spp_realloc(allocator, &array, len / 2) == SPP_OK);
    numbers = array.data;
    CHECK(array.len == (size_t)(len / 2));
    for (int64_t i = 0; i < len / 2; i++) {
        CHECK(numbers[i] == (uint64_t)i * 3);
    }
    CHECK(spp_dealloc(allocator, &array) == SPP_OK);
    CHECK(array.data == NULL);
    CHECK(spp_dealloc(allocator, &array) == SPP_EINVAL);
}

static void several_allocators_and_their_statistics(void) {
    const SppAllocator *global = spp_global();
    const SppAllocator *below = spp_counting_new(global);
    const SppAllocator *kinds[] = {
        spp_retain(global),
        spp_arena_new(below),
        spp_stack_new(below, 64 * 1024),
        spp_pool_new(below, 4096, 16),
        spp_limit_new(below, 4096),
        spp_checked_new(below),
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CHECK(kinds[i] != NULL);
        const SppAllocator *counting = spp_counting_new(kinds[i]);
        for (int round = 0; round < 10; round++) {
            use(counting, 100);
        }
        SppStats stats;
        CHECK(spp_stats(counting, &stats) == SPP_OK);
        CHECK(stats.allocations == 10 && stats.frees == 10 && stats.resizes == 20);
        CHECK(stats.live_bytes == 0 && stats.peak_bytes == 1600 && stats.failed == 0);
        CHECK(stats.total_bytes == 10 * 1600);
        spp_release(counting);
    }
    CHECK(spp_arena_reset(kinds[1]) == SPP_OK);
    CHECK(spp_arena_reset(kinds[2]) == SPP_EINVAL);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        spp_release(kinds[i]);
    }
    SppStats stats;
    CHECK(spp_stats(below, &stats) == SPP_OK);
    CHECK(stats.allocations > 0 && stats.allocations == stats.frees && stats.live_bytes == 0);
    CHECK(spp_stats(global, &stats) == SPP_EINVAL);
    spp_release(below);
    spp_release(global);
}

static void failures_have_the_codes_of_the_language(void) {
    const SppAllocator *global = spp_global();
    const SppAllocator *limit = spp_limit_new(global, 1000);
    const SppAllocator *failing = spp_failing_new(global, SPP_FAIL_NTH, 2, 0);
    SppArray array, other;
    CHECK(spp_alloc(global, -1, 8, 8, &array) == SPP_EINVAL && array.data == NULL);
    CHECK(spp_alloc(global, 1, 8, 3, &array) == SPP_EINVAL);
    CHECK(spp_alloc(global, INT64_MAX, 8, 8, &array) == SPP_EOVERFLOW);
    CHECK(spp_alloc(limit, 126, 8, 8, &array) == SPP_ENOMEM);
    CHECK(spp_alloc(NULL, 1, 8, 8, &array) == SPP_EINVAL);
    CHECK(spp_alloc(global, 1, 8, 8, NULL) == SPP_EINVAL);
    CHECK(spp_alloc(failing, 1, 8, 8, &array) == SPP_OK);
    CHECK(spp_alloc(failing, 1, 8, 8, &other) == SPP_ENOMEM);
    CHECK(spp_dealloc(failing, &array) == SPP_OK);

    // The array of a failed realloc is gone, and so is one that is given to another allocator.
    CHECK(spp_alloc(limit, 10, 8, 8, &array) == SPP_OK);
    CHECK(spp_realloc(limit, &array, 1000) == SPP_ENOMEM && array.data == NULL);
    CHECK(spp_alloc(limit, 100, 8, 8, &array) == SPP_OK);
    CHECK(spp_dealloc(global, &array) == SPP_EINVAL && array.data == NULL);
    CHECK(spp_alloc(limit, 125, 8, 8, &array) == SPP_OK);

    CHECK(spp_push_tag(&array, 1) == SPP_OK && spp_push_tag(&array, 2) == SPP_OK);
    CHECK(spp_pop_tag(&array, 1) == SPP_EINVAL && spp_pop_tag(&array, 2) == SPP_OK);
    CHECK(spp_pop_tag(&array, 1) == SPP_OK && spp_pop_tag(&array, 1) == SPP_EINVAL);
    for (uint32_t tag = 0; tag < SPP_MAX_TAGS; tag++) {
        CHECK(spp_push_tag(&array, tag) == SPP_OK);
    }
    CHECK(spp_push_tag(&array, 99) == SPP_EOVERFLOW);
    CHECK(spp_dealloc(limit, &array) == SPP_OK);

    CHECK(spp_pool_new(global, 8, 3) == NULL && spp_arena_new(NULL) == NULL);
    CHECK(spp_failing_new(global, 77, 1, 0) == NULL);
    spp_release(NULL);
    spp_release(failing);
    spp_release(limit);
    spp_release(global);
}

static void a_checked_allocator_reports_faults(void) {
    const SppAllocator *global = spp_global();
    const SppAllocator *checked = spp_checked_new(global);
    SppArray array, leaked;
    CHECK(spp_alloc(checked, 4, 4, 4, &array) == SPP_OK);
    CHECK(spp_alloc(checked, 3, 4, 4, &leaked) == SPP_OK);
    CHECK(spp_checked_report(checked, NULL, NULL) == 2);
    ((char *)array.data)[16] = 1;
    CHECK(spp_dealloc(checked, &array) == SPP_OK);
    char text[4096] = "";
    CHECK(spp_checked_report(checked, keep_text, text) == 2);
    CHECK(strstr(text, "write behind the block, 0 bytes after its end") != NULL);
    CHECK(strstr(text, "block never freed") != NULL);
    CHECK(spp_dealloc(checked, &leaked) == SPP_OK);
    CHECK(spp_checked_report(global, NULL, NULL) == -1);
    spp_release(checked);
    spp_release(global);
}

static void subscribers_hear_of_everything(void) {
    const SppAllocator *global = spp_global();
    const SppAllocator *traced = spp_traced_new(global, 3);
    uint64_t counts[8] = {0};
    CHECK(spp_traced_subscribe(traced, count_event, counts) == SPP_OK);
    CHECK(spp_traced_subscribe(global, count_event, counts) == SPP_EINVAL);
    use(traced, 10);
    CHECK(counts[SPP_EVENT_KIND_ALLOC] == 1 && counts[SPP_EVENT_KIND_REALLOC] == 2);
    CHECK(counts[SPP_EVENT_KIND_FREE] == 1 && counts[SPP_EVENT_KIND_FAIL] == 0);
    spp_release(traced);
    spp_release(global);
}

static void frames_are_checked_on_return(bool write_protected) {
    SppFrames *frames = spp_frames_new(1 << 20, 1000, write_protected);
    uint64_t counts[8] = {0};
    CHECK(frames != NULL);
    CHECK(spp_frames_subscribe(frames, count_event, counts) == SPP_OK);
    void *outer, *inner, *replaced;
    CHECK(spp_frames_push(frames, 64, 16, 0x1001, &outer) == SPP_OK);
    CHECK(spp_frames_push(frames, 128, 64, 0x1002, &inner) == SPP_OK);
    CHECK((uintptr_t)inner % 64 == 0 && (char *)inner >= (char *)outer + 64);
    memset(outer, 1, 64);
    memset(inner, 2, 128);
    CHECK(spp_frames_replace(frames, 256, 64, &replaced) == SPP_OK && replaced == inner);
    CHECK(spp_frames_pop(frames) == SPP_OK);
    CHECK(((char *)outer)[63] == 1);
    CHECK(spp_frames_push(frames, 1 << 21, 8, 1, NULL) == SPP_ENOMEM);
    CHECK(spp_frames_push(frames, 8, 3, 1, NULL) == SPP_EINVAL);

    // A write in front of the frame reaches the return token, as an overflow would.
    CHECK(spp_frames_push(frames, 16, 8, 0x1003, &inner) == SPP_OK);
    ((uint64_t *)inner)[-2] = 0x6666;
    CHECK(spp_frames_pop(frames) == SPP_SHADOW_MISMATCH);

    SppFrameStats stats = spp_frames_stats(frames);
    CHECK(stats.depth == 2 && stats.max_depth == 2 && stats.pushes == 3);
    CHECK(stats.high_water >= 64 + 256 && stats.used <= stats.high_water);
    CHECK(counts[SPP_EVENT_KIND_FRAME_PUSH] == 3 && counts[SPP_EVENT_KIND_FRAME_POP] == 1);
    CHECK(counts[SPP_EVENT_KIND_FRAME_REPLACE] == 1);
    CHECK(counts[SPP_EVENT_KIND_SHADOW_MISMATCH] == 1);
    spp_frames_free(frames);

    frames = spp_frames_new(1 << 16, 100, write_protected);
    spp_frames_corrupt(frames, 2);
    CHECK(spp_frames_push(frames, 8, 8, 1, NULL) == SPP_OK);
    CHECK(spp_frames_push(frames, 8, 8, 2, NULL) == SPP_OK);
    CHECK(spp_frames_pop(frames) == SPP_SHADOW_MISMATCH);
    spp_frames_free(frames);
    CHECK(spp_frames_pop(NULL) == SPP_EINVAL);
}

int main(void) {
    several_allocators_and_their_statistics();
    failures_have_the_codes_of_the_language();
    a_checked_allocator_reports_faults();
    subscribers_hear_of_everything();
    frames_are_checked_on_return(false);
    frames_are_checked_on_return(true);
    if (failures == 0) {
        puts("ok");
    }
    return failures != 0;
}
