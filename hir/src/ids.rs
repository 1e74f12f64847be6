//! Names of things. An id stays the same while other parts of the file are edited.

use crate::db::{Db, File};

/// An identifier as written, without position.
pub type Name = smol_str::SmolStr;

/// Identifies an item inside its file: a hash of kind, container and name, with a counter for repeats. It therefore
/// survives edits elsewhere in the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LocalItemId(pub u32);

/// Any item of any file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ItemId {
    pub file: File,
    pub local: LocalItemId,
}

macro_rules! item_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub ItemId);

        impl $name {
            pub fn new(file: File, local: LocalItemId) -> Self {
                Self(ItemId { file, local })
            }
            pub fn file(self) -> File {
                self.0.file
            }
            pub fn local(self) -> LocalItemId {
                self.0.local
            }
        }
    )*};
}

item_ids! {
    /// A function, method or coroutine with its own item; nested functions included, lambdas not.
    FuncId;
    /// A class or an enumeration.
    ClassId;
    /// A `sup` block.
    SupId;
    /// A `use New = Old` alias, at module level or in a class or `sup` block.
    AliasId;
}

/// A function as the key of queries. All of them share it, and since it is never collected they do not depend on it.
#[salsa::interned(revisions = usize::MAX)]
pub struct FuncKey<'db> {
    #[returns(copy)]
    pub func: FuncId,
}

impl FuncId {
    pub fn key(self, db: &dyn Db) -> FuncKey<'_> {
        FuncKey::new(db, self)
    }
}
