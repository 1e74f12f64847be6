//! The operations of the S++ class `Alloc` over typed arrays (5.1, 5.2).
//!
//! Ownership is in the signatures, as it is in S++: `realloc` and `dealloc` take the array by value,
//! and whatever comes out of them, the caller no longer has it.

mod array;
mod tags;

use crate::AllocError;
use crate::alloc::Allocator;
pub use array::{Arr, BoundsErr, Zeroable};
pub use tags::{Tag, Tags};

/// An S++ allocator for elements of type `T`.
///
/// Its users call [`alloc`](Alloc::alloc), [`realloc`](Alloc::realloc), [`dealloc`](Alloc::dealloc)
/// and [`alloc_zero`](Alloc::alloc_zero), which check sizes and provenance. A new allocator implements
/// the other three; as a rule it adds policy and forwards to another allocator, whose tag is then
/// below its own.
///
/// ```
/// use runtime::alloc::Global;
/// use runtime::typed::{Alloc, Arr, Source, Tag};
/// use runtime::AllocError;
///
/// /// At most 16 elements (E21 of the language reference).
/// struct Capped<'m>(Source<'m>);
///
/// impl<'m, T> Alloc<'m, T> for Capped<'m> {
///     fn tag(&self) -> Tag {
///         Tag(2)
///     }
///     fn obtain(&self, size: usize) -> Result<Arr<'m, T>, AllocError> {
///         if size > 16 { Err(AllocError::OutOfMemory) } else { self.0.alloc(size as i64) }
///     }
///     fn resize(&self, arr: Arr<'m, T>, size: usize) -> Result<Arr<'m, T>, AllocError> {
///         if size > 16 { Err(AllocError::OutOfMemory) } else { self.0.realloc(arr, size as i64) }
///     }
///     fn release(&self, arr: Arr<'m, T>) -> Result<(), AllocError> {
///         self.0.dealloc(arr)
///     }
/// }
///
/// let global = Source::new(Tag(1), &Global);
/// let capped = Capped(global);
/// let arr: Arr<u64> = capped.alloc_zero(16)?;
/// assert_eq!(arr.tags().to_vec(), [Tag(1), Tag(2)]);
/// assert_eq!(Alloc::<u64>::alloc(&capped, 17).unwrap_err().code(), 12);
/// assert_eq!(global.dealloc(arr).unwrap_err().code(), 22); // foreign: the top tag is Capped's
/// # Ok::<(), AllocError>(())
/// ```
pub trait Alloc<'m, T> {
    /// What stands for this allocator in the provenance of its arrays.
    fn tag(&self) -> Tag;

    /// Creates an array of exactly `size` vacant slots.
    fn obtain(&self, size: usize) -> Result<Arr<'m, T>, AllocError>;

    /// Changes the length of an array. If it fails, the array is dropped (A12).
    fn resize(&self, arr: Arr<'m, T>, size: usize) -> Result<Arr<'m, T>, AllocError>;

    /// Drops the elements and gives the memory back.
    fn release(&self, arr: Arr<'m, T>) -> Result<(), AllocError>;

    /// A new array of `size` vacant slots (A9). A negative size is code 22, one that does not fit
    /// in memory code 75 (A10).
    ///
    /// # Panics
    /// If the allocator breaks its contract by passing an array of another length (A52).
    fn alloc(&self, size: i64) -> Result<Arr<'m, T>, AllocError> {
        let size = length(size)?;
        passed(self.obtain(size)?, size, self.tag())
    }

    /// The array with `size` slots: elements below both lengths stay, added slots are vacant, elements
    /// cut off are dropped in ascending order (A11). On failure the array is gone (A12); so is one of
    /// another allocator, which is code 22 (A45).
    ///
    /// # Panics
    /// As [`alloc`](Alloc::alloc).
    fn realloc(&self, mut arr: Arr<'m, T>, size: i64) -> Result<Arr<'m, T>, AllocError> {
        arr.take_tag(self.tag())?;
        let size = length(size)?;
        passed(self.resize(arr, size)?, size, self.tag())
    }

    /// Drops the elements and gives the memory back (A13). The array is gone whatever the outcome; one
    /// of another allocator is released through its own, and that is code 22 (A45).
    fn dealloc(&self, mut arr: Arr<'m, T>) -> Result<(), AllocError> {
        arr.take_tag(self.tag())?;
        self.release(arr)
    }

    /// A new array of `size` slots that hold zero (A14).
    ///
    /// # Panics
    /// As [`alloc`](Alloc::alloc).
    fn alloc_zero(&self, size: i64) -> Result<Arr<'m, T>, AllocError>
    where
        T: Zeroable,
    {
        let mut arr = self.alloc(size)?;
        arr.fill_zero();
        Ok(arr)
    }
}

/// The bottom of every chain of allocators: arrays straight from an [`Allocator`]. `GlobalAlloc` is the
/// source on [`Global`](crate::alloc::Global).
#[derive(Clone, Copy)]
pub struct Source<'m> {
    tag: Tag,
    memory: &'m dyn Allocator,
}

impl<'m> Source<'m> {
    /// Arrays from `memory`, under this tag.
    pub fn new(tag: Tag, memory: &'m dyn Allocator) -> Self {
        Source { tag, memory }
    }

    /// [`Alloc::dealloc`], for callers that do not name the element type.
    pub fn dealloc<T>(&self, arr: Arr<'m, T>) -> Result<(), AllocError> {
        Alloc::dealloc(self, arr)
    }
}

impl<'m, T> Alloc<'m, T> for Source<'m> {
    fn tag(&self) -> Tag {
        self.tag
    }

    fn obtain(&self, size: usize) -> Result<Arr<'m, T>, AllocError> {
        Arr::vacant(size, self.memory)
    }

    fn resize(&self, arr: Arr<'m, T>, size: usize) -> Result<Arr<'m, T>, AllocError> {
        arr.resized(size)
    }

    fn release(&self, arr: Arr<'m, T>) -> Result<(), AllocError> {
        drop(arr);
        Ok(())
    }
}

/// A size as a number of slots (A10).
fn length(size: i64) -> Result<usize, AllocError> {
    match usize::try_from(size) {
        Ok(size) => Ok(size),
        Err(_) if size < 0 => Err(AllocError::BadSize),
        Err(_) => Err(AllocError::Overflow),
    }
}

/// What happens to every array that a method of an allocator passes.
fn passed<'m, T>(mut arr: Arr<'m, T>, size: usize, tag: Tag) -> Result<Arr<'m, T>, AllocError> {
    let len = arr.len();
    if len != size {
        drop(arr);
        panic!("allocator {tag:?} passed an array of {len} slots instead of {size}");
    }
    arr.push_tag(tag);
    Ok(arr)
}
