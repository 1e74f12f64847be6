//! Types. A borrow is not a type (SY20): it is a [`Convention`] beside one.

use crate::ids::{ClassId, FuncId, ItemId, Name};
use std::ops::Deref;
use std::sync::Arc;

pub use syntax::ast::Convention;

/// A type after aliases are expanded (TY4). Two types are equal iff their values are.
///
/// Lowering bounds the nesting depth, so recursion over a `Ty` is safe.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// A class or enumeration with one argument per generic parameter; a variadic parameter's argument is one
    /// [`Ty::Tuple`]. `Num`, `Str`, `Void` … are classes of the library like any other ([`crate::lang::LangItems`]).
    Class(ClassId, TyArgs),
    /// `(A, B)`; the same type as `Tup[A, B]` (TY5).
    Tuple(TyArgs),
    /// A generic parameter. A variadic one stands for the tuple of its types.
    Param(TypeParam),
    /// `Self` in the signature of a method, before it is known for which class (SP4, SP17). Bodies never see it:
    /// there it is replaced by the target of the enclosing block.
    SelfTy,
    /// `A.Item` on a generic parameter (GN3): an alias that only an instantiation resolves.
    Assoc(Arc<Ty>, Name),
    /// The type of a bare function name, with the arguments for its generic parameters where they are known.
    Func(FuncId, TyArgs),
    /// The type of a lambda or of a partial application (2.9).
    Closure(Arc<ClosureTy>),
    /// An inference variable; only inside [`crate::infer`].
    Infer(u32),
    /// The type of an expression that never has a value: `std.panic(…)`, a block that ends in `ret`.
    Never,
    /// Unknown because of an earlier error. Compatible with everything and reported by nobody.
    Unknown,
}

/// The type of a lambda or partial application: compatible with `FnRef`, `FnMut` or `FnOne` by its kind (CL4).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClosureTy {
    /// The function whose body contains it.
    pub owner: FuncId,
    /// Raw index of the expression in the owner's [`crate::body::Body`].
    pub expr: u32,
    pub kind: FnKind,
    pub params: Vec<(Convention, Ty)>,
    pub ret: Ty,
    /// Holds a borrow, so it may be called and passed down but not returned or stored (CL5).
    pub second_class: bool,
}

/// CL3: which of the three function classes a callable fits. Ordered from most to least permissive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FnKind {
    Ref,
    Mut,
    One,
}

/// A generic parameter of a class, `sup` block, function or alias. Shared, so that types stay small.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TypeParam(Arc<TypeParamData>);

#[derive(PartialEq, Eq, Hash, Debug)]
pub struct TypeParamData {
    pub owner: ItemId,
    /// 0-based position among the owner's own parameters.
    pub index: u32,
    pub name: Name,
    pub variadic: bool,
}

impl TypeParam {
    pub fn new(owner: ItemId, index: u32, name: Name, variadic: bool) -> TypeParam {
        TypeParam(Arc::new(TypeParamData { owner, index, name, variadic }))
    }
}

impl Deref for TypeParam {
    type Target = TypeParamData;
    fn deref(&self) -> &TypeParamData {
        &self.0
    }
}

/// Generic arguments; no allocation when empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TyArgs(Option<Arc<[Ty]>>);

impl TyArgs {
    pub const EMPTY: TyArgs = TyArgs(None);
}

impl Deref for TyArgs {
    type Target = [Ty];
    fn deref(&self) -> &[Ty] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl FromIterator<Ty> for TyArgs {
    fn from_iter<I: IntoIterator<Item = Ty>>(iter: I) -> Self {
        let args: Arc<[Ty]> = iter.into_iter().collect();
        if args.is_empty() { TyArgs(None) } else { TyArgs(Some(args)) }
    }
}

impl From<Vec<Ty>> for TyArgs {
    fn from(args: Vec<Ty>) -> Self {
        args.into_iter().collect()
    }
}

impl Ty {
    /// `self` with `f` applied to every part, innermost first; parts for which `f` answers `None` stay.
    pub fn map(&self, f: &mut impl FnMut(&Ty) -> Option<Ty>) -> Ty {
        if let Some(replaced) = f(self) {
            return replaced;
        }
        match self {
            Ty::Class(class, args) if !args.is_empty() => {
                Ty::Class(*class, args.iter().map(|arg| arg.map(f)).collect())
            }
            Ty::Tuple(parts) if !parts.is_empty() => {
                Ty::Tuple(parts.iter().map(|part| part.map(f)).collect())
            }
            Ty::Assoc(base, name) => Ty::Assoc(Arc::new(base.map(f)), name.clone()),
            Ty::Func(func, args) if !args.is_empty() => {
                Ty::Func(*func, args.iter().map(|arg| arg.map(f)).collect())
            }
            Ty::Closure(closure) => Ty::Closure(Arc::new(ClosureTy {
                params: closure.params.iter().map(|(convention, ty)| (*convention, ty.map(f))).collect(),
                ret: closure.ret.map(f),
                ..(**closure).clone()
            })),
            other => other.clone(),
        }
    }

    /// Whether `f` holds for this type or any part of it.
    pub fn any(&self, f: &mut impl FnMut(&Ty) -> bool) -> bool {
        f(self)
            || match self {
                Ty::Class(_, args) | Ty::Tuple(args) | Ty::Func(_, args) => args.iter().any(|arg| arg.any(f)),
                Ty::Assoc(base, _) => base.any(f),
                Ty::Closure(closure) => closure.ret.any(f) || closure.params.iter().any(|(_, ty)| ty.any(f)),
                Ty::Param(_) | Ty::SelfTy | Ty::Infer(_) | Ty::Never | Ty::Unknown => false,
            }
    }

    /// Whether some part is unknown: consequences of an earlier error are not reported.
    pub fn has_unknown(&self) -> bool {
        self.any(&mut |ty| matches!(ty, Ty::Unknown))
    }

    /// Whether the type depends on a generic parameter.
    pub fn has_params(&self) -> bool {
        self.any(&mut |ty| matches!(ty, Ty::Param(_) | Ty::SelfTy | Ty::Assoc(..)))
    }

    pub fn class(&self) -> Option<ClassId> {
        match self {
            Ty::Class(class, _) => Some(*class),
            _ => None,
        }
    }
}

/// What stands for generic parameters and for `Self`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Subst {
    /// Arguments by owner of the parameters; usually one or two entries (enclosing block, function).
    pub args: Vec<(ItemId, TyArgs)>,
    pub self_ty: Option<Ty>,
}

impl Subst {
    pub fn new(owner: ItemId, args: TyArgs) -> Self {
        Subst { args: vec![(owner, args)], self_ty: None }
    }

    #[must_use]
    pub fn with(mut self, owner: ItemId, args: TyArgs) -> Self {
        self.args.push((owner, args));
        self
    }

    #[must_use]
    pub fn with_self(mut self, self_ty: Ty) -> Self {
        self.self_ty = Some(self_ty);
        self
    }

    pub fn param(&self, param: &TypeParam) -> Option<&Ty> {
        let (_, args) = self.args.iter().find(|(owner, _)| *owner == param.owner)?;
        args.get(param.index as usize)
    }

    /// Replaces parameters and `Self`. An [`Ty::Assoc`] stays symbolic on its replaced base; the caller that has a
    /// program at hand normalises it.
    pub fn apply(&self, ty: &Ty) -> Ty {
        if self.args.is_empty() && self.self_ty.is_none() {
            return ty.clone();
        }
        ty.map(&mut |part| match part {
            Ty::Param(param) => self.param(param).cloned(),
            Ty::SelfTy => self.self_ty.clone(),
            _ => None,
        })
    }
}
