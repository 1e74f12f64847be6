//! What a file declares, without positions and without the insides of functions.
//!
//! An edit inside a function's body leaves the tree equal to itself, so nothing that is computed from it runs again.

mod lower;

pub use lower::lower_file;

use crate::ids::{LocalItemId, Name};
use crate::signature::{BodyKind, Visibility};
use crate::ty::Convention;
use crate::type_ref::TypeRef;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use syntax::TextRange;

#[derive(PartialEq, Eq, Debug, Default)]
pub struct ItemTree {
    /// Dotted path of the `mod` line; `None` where there is none, and the file is no part of the program (SY1).
    pub module: Option<Name>,
    /// Written on the `mod` line.
    pub module_visibility: Option<Visibility>,
    pub imports: Box<[Import]>,
    pub funcs: Box<[FuncItem]>,
    pub classes: Box<[ClassItem]>,
    pub sups: Box<[SupItem]>,
    pub aliases: Box<[AliasItem]>,
    /// Blocks of function bodies that hold items of their own, outer ones first.
    pub blocks: Box<[BlockItem]>,
    /// Some annotation needs a look at its place or spelling (NM12, SH12); most files have none.
    pub odd_annotations: bool,
    /// A `let` stands at module level (NM9).
    pub module_lets: bool,
    index: Arc<ItemIndex>,
}

/// Finds an item of a file by its id.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct ItemIndex(FxHashMap<LocalItemId, ItemRef>);

impl ItemIndex {
    pub fn item(&self, id: LocalItemId) -> Option<ItemRef> {
        self.0.get(&id).copied()
    }
}

/// Position of an item in its [`ItemTree`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ItemRef {
    Func(u32),
    Class(u32),
    Sup(u32),
    Alias(u32),
}

/// Where an item stands, by position in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parent {
    Module,
    Class(u32),
    Sup(u32),
    /// In a block of a function's body.
    Block(u32),
}

/// One imported name (NM4); groups are flattened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Everything before the last name; the first segments may be `sup`.
    pub path: Box<[Name]>,
    /// `None` for `.*`.
    pub name: Option<Name>,
    pub alias: Option<Name>,
    /// The block it stands in; `None` at module level.
    pub block: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockItem {
    pub func: u32,
    pub parent: Option<u32>,
    pub funcs: Vec<u32>,
    pub aliases: Vec<u32>,
    pub imports: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncItem {
    pub id: LocalItemId,
    pub name: Name,
    pub parent: Parent,
    pub visibility: Option<Visibility>,
    pub is_coroutine: bool,
    pub says_static: bool,
    pub says_abstract: bool,
    pub is_builtin: bool,
    /// `@yields_ref`, `@yields_mut`: what a coroutine without body yields.
    pub yields: Option<Convention>,
    pub generics: Generics,
    pub self_param: Option<SelfParam>,
    pub params: Box<[Param]>,
    /// `None`: nothing is written (SY9).
    pub ret: Option<TypeRef>,
    pub body: BodyKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelfParam {
    pub convention: Convention,
    pub mutable: bool,
    /// The type in the long form (SY10).
    pub ty: Option<TypeRef>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    pub name: Name,
    pub convention: Convention,
    pub ty: TypeRef,
    pub mutable: bool,
    pub has_default: bool,
    pub variadic: bool,
}

/// Generic parameters with everything written about them; no allocation when there are none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Generics {
    pub params: Box<[GenericParam]>,
    pub wheres: Box<[WhereItem]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GenericParam {
    pub name: Name,
    pub variadic: bool,
    pub bounds: Box<[TypeRef]>,
    pub default: Option<TypeRef>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhereItem {
    pub types: Box<[TypeRef]>,
    pub bounds: Box<[TypeRef]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassItem {
    pub id: LocalItemId,
    pub name: Name,
    pub visibility: Option<Visibility>,
    pub is_builtin: bool,
    pub generics: Generics,
    pub attributes: Box<[Attribute]>,
    /// `Some` for an enumeration.
    pub members: Option<Box<[EnumMember]>>,
    pub funcs: Box<[u32]>,
    pub aliases: Box<[u32]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    pub name: Name,
    pub ty: TypeRef,
    pub visibility: Option<Visibility>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumMember {
    pub name: Name,
    pub value: Option<ConstValue>,
}

/// The value of a constant expression (TY17).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ConstValue {
    /// Decimal digits with sign, fraction and exponent, without `_`.
    Number(Box<str>),
    Str(Box<str>),
    Bool(bool),
    /// Not constant.
    Other,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupItem {
    pub id: LocalItemId,
    pub generics: Generics,
    pub base: Option<TypeRef>,
    pub target: TypeRef,
    pub funcs: Box<[u32]>,
    pub aliases: Box<[u32]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AliasItem {
    pub id: LocalItemId,
    pub name: Name,
    pub parent: Parent,
    pub visibility: Option<Visibility>,
    pub generics: Generics,
    pub ty: TypeRef,
}

/// Where the items of a file are: parallel to the lists of its [`ItemTree`]. Absolute ranges; changes with every edit.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct AstIdMap {
    pub funcs: Box<[TextRange]>,
    pub classes: Box<[TextRange]>,
    pub sups: Box<[TextRange]>,
    pub aliases: Box<[TextRange]>,
    /// The imported name, or the star.
    pub imports: Box<[TextRange]>,
    pub blocks: Box<[TextRange]>,
}

impl ItemTree {
    pub fn item(&self, id: LocalItemId) -> Option<ItemRef> {
        self.index.item(id)
    }

    /// For what must find items by id without depending on the rest of the tree.
    pub fn index(&self) -> &Arc<ItemIndex> {
        &self.index
    }

    pub fn func_index(&self, id: LocalItemId) -> Option<usize> {
        match self.item(id)? {
            ItemRef::Func(index) => Some(index as usize),
            _ => None,
        }
    }

    pub fn func(&self, id: LocalItemId) -> Option<&FuncItem> {
        self.funcs.get(self.func_index(id)?)
    }

    pub fn class(&self, id: LocalItemId) -> Option<&ClassItem> {
        match self.item(id)? {
            ItemRef::Class(index) => self.classes.get(index as usize),
            _ => None,
        }
    }

    pub fn sup(&self, id: LocalItemId) -> Option<&SupItem> {
        match self.item(id)? {
            ItemRef::Sup(index) => self.sups.get(index as usize),
            _ => None,
        }
    }

    pub fn alias(&self, id: LocalItemId) -> Option<&AliasItem> {
        match self.item(id)? {
            ItemRef::Alias(index) => self.aliases.get(index as usize),
            _ => None,
        }
    }

    /// The generic parameters written on an item.
    pub fn generics(&self, id: LocalItemId) -> Option<&Generics> {
        Some(match self.item(id)? {
            ItemRef::Func(index) => &self.funcs.get(index as usize)?.generics,
            ItemRef::Class(index) => &self.classes.get(index as usize)?.generics,
            ItemRef::Sup(index) => &self.sups.get(index as usize)?.generics,
            ItemRef::Alias(index) => &self.aliases.get(index as usize)?.generics,
        })
    }

    /// Path of the module without its last component (NM2).
    pub fn namespace(&self) -> Option<&str> {
        let module = self.module.as_deref()?;
        Some(module.rsplit_once('.').map_or(module, |(namespace, _)| namespace))
    }

    /// The function whose body directly holds the item.
    pub fn enclosing_func(&self, parent: Parent) -> Option<u32> {
        match parent {
            Parent::Block(block) => self.blocks.get(block as usize).map(|block| block.func),
            _ => None,
        }
    }
}

impl AstIdMap {
    pub fn range(&self, item: ItemRef) -> Option<TextRange> {
        match item {
            ItemRef::Func(index) => self.funcs.get(index as usize),
            ItemRef::Class(index) => self.classes.get(index as usize),
            ItemRef::Sup(index) => self.sups.get(index as usize),
            ItemRef::Alias(index) => self.aliases.get(index as usize),
        }
        .copied()
    }
}

impl Generics {
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.wheres.is_empty()
    }
}
