//! Arrays for C: the operations of the class `Alloc`.

use std::ffi::c_void;
use std::ptr::{NonNull, null, null_mut};

use super::{SPP_EINVAL, SppAllocator, code};
use crate::AllocError;
use crate::alloc::Layout;

/// Tags that an array can carry.
pub const SPP_MAX_TAGS: usize = 7;

/// An array of elements in one block. The fields may be read, and the elements read and written; all
/// else is for the functions below. An array must not be copied and then used twice.
#[repr(C)]
pub struct SppArray {
    /// The elements; null if there is no array.
    pub data: *mut c_void,
    /// Number of elements.
    pub len: usize,
    /// Bytes of an element.
    pub elem_size: usize,
    /// Alignment of an element.
    pub elem_align: usize,
    /// The allocator that the memory belongs to.
    pub memory: *const SppAllocator,
    /// Where the array came from (5.5), the last one on top.
    pub tags: [u32; SPP_MAX_TAGS],
    /// Number of tags.
    pub tag_count: u32,
}

impl SppArray {
    const NONE: SppArray = SppArray {
        data: null_mut(),
        len: 0,
        elem_size: 0,
        elem_align: 0,
        memory: null(),
        tags: [0; SPP_MAX_TAGS],
        tag_count: 0,
    };

    fn layout(&self) -> Result<Layout, AllocError> {
        layout(self.len, self.elem_size, self.elem_align)
    }
}

fn layout(len: usize, elem_size: usize, elem_align: usize) -> Result<Layout, AllocError> {
    if !elem_align.is_power_of_two() {
        return Err(AllocError::BadAlign);
    }
    let bytes = len.checked_mul(elem_size).ok_or(AllocError::Overflow)?;
    Layout::from_size_align(bytes, elem_align).map_err(|_| AllocError::Overflow)
}

fn length(len: i64) -> Result<usize, AllocError> {
    match usize::try_from(len) {
        Ok(len) => Ok(len),
        Err(_) if len < 0 => Err(AllocError::BadSize),
        Err(_) => Err(AllocError::Overflow),
    }
}

/// Creates an array of `len` elements, their content undefined (A9). On failure `out` is no array.
///
/// # Safety
/// `allocator` is null or a live reference; `out` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_alloc(
    allocator: *const SppAllocator,
    len: i64,
    elem_size: usize,
    elem_align: usize,
    out: *mut SppArray,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { create(allocator, len, elem_size, elem_align, out, false) }
}

/// Creates an array of `len` elements with all bytes zero (A14). On failure `out` is no array.
///
/// # Safety
/// As `spp_alloc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_alloc_zero(
    allocator: *const SppAllocator,
    len: i64,
    elem_size: usize,
    elem_align: usize,
    out: *mut SppArray,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { create(allocator, len, elem_size, elem_align, out, true) }
}

/// Changes the number of elements (A11); added ones are undefined. On failure the array is gone (A12),
/// with code 22 if it is of another allocator (A45).
///
/// # Safety
/// `allocator` is null or a live reference; `array` is null, or points to no array or to one that
/// these functions made and nobody else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_realloc(allocator: *const SppAllocator, array: *mut SppArray, len: i64) -> i32 {
    // SAFETY: the caller's promise.
    let (Some(memory), Some(array)) = (unsafe { (allocator.as_ref(), array.as_mut()) }) else {
        return SPP_EINVAL;
    };
    let result = (|| {
        let data = NonNull::new(array.data.cast::<u8>()).ok_or(AllocError::ForeignBlock)?;
        if !std::ptr::eq(array.memory, allocator) {
            return Err(AllocError::ForeignBlock);
        }
        let len = length(len)?;
        let (old, new) = (array.layout()?, layout(len, array.elem_size, array.elem_align)?);
        // SAFETY: the array's memory came from this allocator with the old layout.
        let block = unsafe {
            match new.size() >= old.size() {
                true => memory.memory().grow(data, old, new)?,
                false => memory.memory().shrink(data, old, new)?,
            }
        };
        (array.data, array.len) = (block.cast().as_ptr(), len);
        Ok(())
    })();
    if result.is_err() {
        // SAFETY: the caller's promise.
        unsafe { give_back(array) };
    }
    code(result)
}

/// Gives an array back (A13). Whatever the outcome it is gone afterwards; code 22 if it is of another
/// allocator, through which it is then released (A45), or no array.
///
/// # Safety
/// As `spp_realloc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_dealloc(allocator: *const SppAllocator, array: *mut SppArray) -> i32 {
    // SAFETY: the caller's promise.
    let Some(array) = (unsafe { array.as_mut() }) else { return SPP_EINVAL };
    let own = !array.data.is_null() && std::ptr::eq(array.memory, allocator);
    // SAFETY: the caller's promise.
    unsafe { give_back(array) };
    code(if own { Ok(()) } else { Err(AllocError::ForeignBlock) })
}

/// Records that an allocator of the program passes this array (5.5). Code 75 if it has too many tags.
///
/// # Safety
/// `array` is null or points to an array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_push_tag(array: *mut SppArray, tag: u32) -> i32 {
    // SAFETY: the caller's promise.
    let Some(array) = (unsafe { array.as_mut() }) else { return SPP_EINVAL };
    let Some(place) = array.tags.get_mut(array.tag_count as usize) else {
        return AllocError::EOVERFLOW;
    };
    *place = tag;
    array.tag_count += 1;
    code(Ok(()))
}

/// Takes the top tag off. Code 22 if it is another one; then nothing changes.
///
/// # Safety
/// `array` is null or points to an array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_pop_tag(array: *mut SppArray, tag: u32) -> i32 {
    // SAFETY: the caller's promise.
    let Some(array) = (unsafe { array.as_mut() }) else { return SPP_EINVAL };
    let Some(top) = (array.tag_count as usize).checked_sub(1) else { return SPP_EINVAL };
    if array.tags.get(top) != Some(&tag) {
        return SPP_EINVAL;
    }
    array.tag_count -= 1;
    code(Ok(()))
}

/// # Safety
/// As `spp_alloc`.
unsafe fn create(
    allocator: *const SppAllocator,
    len: i64,
    elem_size: usize,
    elem_align: usize,
    out: *mut SppArray,
    zeroed: bool,
) -> i32 {
    if out.is_null() {
        return SPP_EINVAL;
    }
    // SAFETY: `out` is not null, so it can be written; what was there needs no care.
    unsafe { out.write(SppArray::NONE) };
    // SAFETY: the caller's promise.
    let Some(memory) = (unsafe { allocator.as_ref() }) else { return SPP_EINVAL };
    code((|| {
        let len = length(len)?;
        let layout = layout(len, elem_size, elem_align)?;
        let block = match zeroed {
            true => memory.memory().allocate_zeroed(layout)?,
            false => memory.memory().allocate(layout)?,
        };
        let data = block.cast().as_ptr();
        let array = SppArray { data, len, elem_size, elem_align, memory: allocator, ..SppArray::NONE };
        // SAFETY: as above.
        unsafe { out.write(array) };
        Ok(())
    })())
}

/// Gives the memory of an array back where it came from.
///
/// # Safety
/// `array` is no array, or one that nobody else uses, and its allocator is live.
unsafe fn give_back(array: &mut SppArray) {
    let array = std::mem::replace(array, SppArray::NONE);
    // SAFETY: the caller's promise.
    let memory = unsafe { array.memory.as_ref() };
    let data = NonNull::new(array.data.cast::<u8>());
    if let (Some(memory), Some(data), Ok(layout)) = (memory, data, array.layout()) {
        // SAFETY: the memory came from this allocator with this layout, and is given back once.
        unsafe { memory.memory().deallocate(data, layout) }
    }
}
