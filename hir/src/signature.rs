//! What other code may know of a function, class or `sup` block. Position-free.

use crate::ids::{AliasId, ClassId, FuncId, ItemId, Name, SupId};
use crate::item_tree::ConstValue;
use crate::ty::{Convention, Ty, TyArgs, TypeParam};

/// Generic parameters of one item, in declaration order, with the constraints of its `where` block merged in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    /// `(constrained type, class, its arguments)`; empty arguments on a generic class mean GN3's "some single `X`".
    pub bounds: Vec<Bound>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GenericParam {
    pub param: TypeParam,
    pub default: Option<Ty>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bound {
    pub ty: Ty,
    pub class: ClassId,
    pub args: TyArgs,
}

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Container {
    Module,
    /// Directly in a class body: as in a `sup` block of the class itself (SY5).
    Class(ClassId),
    Sup(SupId),
    /// Nested in a function's block (SY13).
    Function(FuncId),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub func: FuncId,
    pub name: Name,
    pub container: Container,
    /// Own generic parameters; those of the container are in its own data.
    pub generics: Generics,
    /// Convention and mutability of `self`; `None` for free functions and static methods.
    pub self_param: Option<SelfParam>,
    /// Parameters after `self`.
    pub params: Vec<Param>,
    /// Return type as declared (for a coroutine: the generator type).
    pub ret: Ty,
    pub is_coroutine: bool,
    /// `@static` is written (SP11).
    pub says_static: bool,
    pub body: BodyKind,
    pub visibility: Visibility,
    /// `@builtin`: implemented by the evaluator.
    pub is_builtin: bool,
    /// `@abstract`, or abstract by SP7.
    pub is_abstract: bool,
    /// What a coroutine without a body yields: `@yields_ref`, `@yields_mut` of the library.
    pub yields: Option<Convention>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SelfParam {
    pub convention: Convention,
    pub mutable: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    pub name: Name,
    pub convention: Convention,
    /// Declared type; for a variadic parameter the type of one argument, or the pack parameter itself (GN10).
    pub ty: Ty,
    pub mutable: bool,
    pub has_default: bool,
    pub variadic: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyKind {
    /// `{ ... }`
    Elided,
    /// `{ }`
    Empty,
    Statements,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Visibility {
    Public,
    Protected,
    Private,
}

/// A class or an enumeration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassData {
    pub class: ClassId,
    pub name: Name,
    pub generics: Generics,
    pub attributes: Vec<Attribute>,
    /// `Some` for an enumeration (TY17).
    pub members: Option<Vec<EnumMember>>,
    pub methods: Vec<FuncId>,
    pub aliases: Vec<AliasId>,
    pub visibility: Visibility,
    /// Its representation is primitive.
    pub is_builtin: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    pub name: Name,
    pub ty: Ty,
    pub visibility: Visibility,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumMember {
    pub name: Name,
    /// Where one is written; else it is the position, counted from 0 (TY17).
    pub value: Option<ConstValue>,
}

/// `sup[…] Base for Target { … }` or `sup[…] Target { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupData {
    pub sup: SupId,
    pub generics: Generics,
    pub target: Ty,
    pub base: Option<Ty>,
    pub methods: Vec<FuncId>,
    pub aliases: Vec<AliasId>,
}

impl Container {
    /// The item whose generic parameters are in scope beside the function's own.
    pub fn item(self) -> Option<ItemId> {
        match self {
            Container::Module => None,
            Container::Class(class) => Some(class.0),
            Container::Sup(sup) => Some(sup.0),
            Container::Function(func) => Some(func.0),
        }
    }
}
