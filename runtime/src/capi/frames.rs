//! The frame stack for C.

use std::ffi::c_void;

use super::{SPP_EINVAL, SPP_ENOMEM, SPP_OK, SPP_SHADOW_MISMATCH, SppEventCallback};
use crate::capi::allocators::Subscriber;
use crate::frames::{FrameStack, StackConfig};
use crate::shadow::Hardening;

/// A stack of frames with its shadow stack. Belongs to one thread at a time.
pub struct SppFrames(FrameStack);

/// A new stack for at most `max_bytes` of frames, of which at most `max_depth` are live at once. With
/// `write_protected`, the shadow stack is read-only except during a push. Null if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn spp_frames_new(
    max_bytes: usize,
    max_depth: usize,
    write_protected: bool,
) -> *mut SppFrames {
    let hardening = if write_protected { Hardening::WriteProtected } else { Hardening::Guarded };
    let config = StackConfig { max_bytes, max_depth, hardening, ..StackConfig::default() };
    match FrameStack::new(config) {
        Ok(stack) => Box::into_raw(Box::new(SppFrames(stack))),
        Err(_) => std::ptr::null_mut(),
    }
}

/// Ends a stack.
///
/// # Safety
/// `frames` is null or from `spp_frames_new`, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_free(frames: *mut SppFrames) {
    if !frames.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(frames) });
    }
}

/// Pushes a frame of `size` bytes, aligned to `align`, a power of two up to 4096. `token` stands for
/// the place to return to. Writes the address of the frame's first slot to `out`, unless that is null.
/// Code 12 if there is no room, 22 for another alignment.
///
/// # Safety
/// `frames` is null or live; `out` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_push(
    frames: *mut SppFrames,
    size: usize,
    align: usize,
    token: u64,
    out: *mut *mut c_void,
) -> i32 {
    // SAFETY: the caller's promise.
    let Some(SppFrames(stack)) = (unsafe { frames.as_mut() }) else { return SPP_EINVAL };
    if !align.is_power_of_two() {
        return SPP_EINVAL;
    }
    if stack.push(size, align, token).is_err() {
        return SPP_ENOMEM;
    }
    // SAFETY: the caller's promise.
    unsafe { pass_base(stack, out) }
}

/// Replaces the innermost frame for a tail call (F9): the return token, the caller and the entry of
/// the shadow stack stay. Codes as for `spp_frames_push`.
///
/// # Safety
/// As `spp_frames_push`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_replace(
    frames: *mut SppFrames,
    size: usize,
    align: usize,
    out: *mut *mut c_void,
) -> i32 {
    // SAFETY: the caller's promise.
    let Some(SppFrames(stack)) = (unsafe { frames.as_mut() }) else { return SPP_EINVAL };
    if !align.is_power_of_two() {
        return SPP_EINVAL;
    }
    if stack.replace(size, align).is_err() {
        return SPP_ENOMEM;
    }
    // SAFETY: the caller's promise.
    unsafe { pass_base(stack, out) }
}

/// Frees the innermost frame after comparing its return token with the shadow stack. If they differ the
/// result is `SPP_SHADOW_MISMATCH`, and the program must end (SH4).
///
/// # Safety
/// `frames` is null or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_pop(frames: *mut SppFrames) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { frames.as_mut() } {
        Some(SppFrames(stack)) => stack.pop().map_or(SPP_SHADOW_MISMATCH, |_| SPP_OK),
        None => SPP_EINVAL,
    }
}

/// Overwrites the return token of the n-th push (from 1) when it happens (SH11); 0 turns that off.
///
/// # Safety
/// `frames` is null or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_corrupt(frames: *mut SppFrames, nth: u64) {
    // SAFETY: the caller's promise.
    if let Some(SppFrames(stack)) = unsafe { frames.as_mut() } {
        stack.corrupt(nth);
    }
}

/// What a frame stack has done so far.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct SppFrameStats {
    /// Live frames.
    pub depth: u64,
    /// The largest number of frames that were live at once.
    pub max_depth: u64,
    /// Frames pushed.
    pub pushes: u64,
    /// Bytes in use.
    pub used: u64,
    /// The largest number of bytes that were in use at once.
    pub high_water: u64,
}

/// Statistics of a stack; all zero for null.
///
/// # Safety
/// `frames` is null or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_stats(frames: *const SppFrames) -> SppFrameStats {
    // SAFETY: the caller's promise.
    match unsafe { frames.as_ref() } {
        Some(SppFrames(stack)) => SppFrameStats {
            depth: stack.depth() as u64,
            max_depth: stack.max_depth() as u64,
            pushes: stack.pushes(),
            used: stack.used() as u64,
            high_water: stack.high_water() as u64,
        },
        None => SppFrameStats::default(),
    }
}

/// Subscribes to the events of a stack, for as long as it lives. Code 22 for null.
///
/// # Safety
/// `frames` is null or live; `callback` may be called with `user` by the thread that uses the stack.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_frames_subscribe(
    frames: *mut SppFrames,
    callback: SppEventCallback,
    user: *mut c_void,
) -> i32 {
    // SAFETY: the caller's promise.
    match (unsafe { frames.as_mut() }, callback) {
        (Some(SppFrames(stack)), Some(callback)) => {
            let subscriber = Subscriber { callback, user };
            stack.events().subscribe(Box::new(move |event| subscriber.tell(event)));
            SPP_OK
        }
        _ => SPP_EINVAL,
    }
}

/// # Safety
/// `out` is null or can be written.
unsafe fn pass_base(stack: &mut FrameStack, out: *mut *mut c_void) -> i32 {
    if !out.is_null() {
        // SAFETY: `out` can be written.
        unsafe { out.write(stack.base_ptr().cast().as_ptr()) };
    }
    SPP_OK
}
