//! Types as written: unresolved and position-free.

use crate::ids::Name;
use crate::ty::Convention;

/// A type in the source, before names are looked up. Parsing bounds its depth.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeRef {
    /// Absent or broken.
    Missing,
    /// `src.shapes.Disc[Num].Item`: namespaces, then type parts with arguments; `Self` is a part named `Self`; `T.0`
    /// a part with an index.
    Path {
        namespaces: Vec<Name>,
        parts: Vec<TypePart>,
    },
    Tuple(Vec<TypeRef>),
    /// `&T` where only a type may stand (BR2).
    Borrow(Convention, Box<TypeRef>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypePart {
    Name(Name, Vec<TypeArg>),
    Index(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TypeArg {
    pub name: Option<Name>,
    pub ty: TypeRef,
}
