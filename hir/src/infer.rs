//! Types of expressions, and what each name and call means: the typed view on a [`crate::body::Body`].

mod alloc;
mod args;
mod call;
mod ctx;
mod expr;
mod generics;
mod init;
mod instantiate;
mod lambda;
mod missing;
mod mutate;
mod ops;
mod overload;
mod pat;
mod path;
mod statics;
mod stmt;
mod unify;

#[cfg(test)]
mod tests;

pub use generics::yield_convention;
pub use instantiate::instantiation_diagnostics;

use crate::body::{ExprId, LocalId, PatId};
use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::ids::{ClassId, FuncId, FuncKey, Name};
use crate::ty::{Convention, FnKind, Ty, TyArgs};
use std::sync::Arc;
use syntax::TextRange;

/// Types of a function's body. Runs again when the body changes, or the declaration of something it uses.
pub fn infer(db: &dyn Db, func: FuncId) -> &Arc<InferenceResult> {
    infer_in(db, func.key(db))
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    infer_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 512)]
fn infer_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Arc<InferenceResult> {
    let func = key.func(db);
    let mut ctx = ctx::Ctx::new(db, func, crate::body::body(db, func));
    ctx.function();
    Arc::new(ctx.finish())
}

/// Everything that lowering and inference have to say about a function. Ranges are relative to its node.
pub fn diagnostics(db: &dyn Db, func: FuncId) -> Vec<Diagnostic> {
    let body = crate::body::body(db, func);
    let result = infer(db, func);
    let mut all: Vec<Diagnostic> =
        body.diagnostics.iter().chain(result.diagnostics.iter()).cloned().collect();
    all.extend(instantiation_diagnostics(db, func));
    all
}

/// The result of inference for one function, lambdas inside it included. Every type in it is final: an expression
/// whose type could not be found is [`Ty::Unknown`], and something was reported for it or for what it depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InferenceResult {
    /// Index into `types` for each expression, by raw index.
    expr_types: Box<[u32]>,
    types: Box<[Ty]>,
    /// By raw index: whether the local holds a borrow, and its type.
    local_types: Box<[(Convention, Ty)]>,
    // The tables below are sorted by their keys.
    resolutions: Box<[(ExprId, Resolution)]>,
    calls: Box<[(CallSite, CallInfo)]>,
    coercions: Box<[(ExprId, Coercion)]>,
    borrows: Box<[(ExprId, Convention)]>,
    pat_types: Box<[(PatId, Ty)]>,
    closures: Box<[(ExprId, ClosureInfo)]>,
    /// Element types of `alloc_zero` calls that depend on generic parameters (A14), with the name at the call.
    zeroed: Box<[(Ty, TextRange)]>,
    /// Ranges relative to the function's node. Those of [`crate::body::Body::diagnostics`] are not repeated here.
    pub diagnostics: Box<[Diagnostic]>,
}

/// One call hidden or visible in an expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CallSite {
    pub expr: ExprId,
    pub role: CallRole,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum CallRole {
    /// The call expression itself, an operator, a fold step.
    ///
    /// An operator on two `Num`s or two `Bool`s has no entry: it is the primitive one (see `LangItems`); so
    /// has `==` and `!=` on members of one enumeration (TY17), and `&&` and `||` on `Bool` (OP5).
    Main,
    /// The n-th link of a comparison chain; primitive links have no entry.
    Link(u32),
    /// The operator of a compound assignment, keyed by its value: `m_assign`, or the plain operator whose result is
    /// assigned (OP2). Primitive ones have no entry.
    Assign,
    /// Conversion of an interpolated part, `to[Str]`; absent for `Str`, `Num` and `Bool`.
    ToStr,
    /// `enter` and `exit` of a `with`, keyed by the [`crate::body::Expr::With`].
    CtxEnter,
    CtxExit,
    /// The comparison a pattern makes, keyed by the value expression of the pattern; absent for primitive ones.
    Compare,
    /// The three methods behind `?` and `let … else`, keyed by the `?` expression or by the value of the `let`.
    TryIsPass,
    TryUnwrap,
    TryUnwrapFail,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution {
    Function(FuncId),
    /// An attribute: the class that declares it (a base part's class for an inherited one) and its index there.
    Attribute {
        class: ClassId,
        index: u32,
    },
    /// A value path whose head is a function and whose tail are members of it never occurs; a namespace does not
    /// either: the whole path has one resolution.
    EnumMember {
        class: ClassId,
        index: u32,
    },
    /// `Colour.red.value` (TY17).
    EnumValue {
        class: ClassId,
    },
    /// A type as the base of a static call or of an enumeration member.
    Type(Ty),
    /// `Arr.length` and other attributes that only a builtin representation has.
    BuiltinAttribute(ClassId, Name),
    /// A member that is called where it stands; the [`CallInfo`] is at the call.
    Method(FuncId),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallInfo {
    pub callee: Callee,
    /// How each parameter after `self` is filled, in parameter order.
    pub args: Box<[ArgSource]>,
    /// How the receiver is handed over, for a method with `self`.
    pub receiver: Option<Convention>,
    /// Type of the result.
    pub ret: Ty,
    /// `Ref`/`Mut`: the result is a yielded borrow (CO6, CO7). For the `Ret` of a borrow-yielding `next`: its pass
    /// value is one.
    pub result_convention: Convention,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Callee {
    /// A function or method found by name.
    Function {
        func: FuncId,
        /// Arguments for the generic parameters of the container (class or `sup` block), then of the function itself.
        container_args: TyArgs,
        args: TyArgs,
        /// The type the method was looked up on: receiver type, or `X` in `X.alloc(n)`. An override for it is chosen
        /// when all types are known ([`Dispatch::Static`]), or by the object's own class ([`Dispatch::Virtual`], SP14).
        self_ty: Option<Ty>,
        dispatch: Dispatch,
    },
    /// A call of a value: lambda, partial application, `FnRef`/`FnMut`/`FnOne` object (CL7).
    Value { kind: FnKind },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dispatch {
    Direct,
    Static,
    Virtual,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ArgSource {
    /// Index into the written arguments; operators use 0 for the right side.
    Arg(u32),
    /// The parameter's default value (OV5), evaluated in the callee's scope.
    Default,
    /// A homogeneous variadic parameter: an array of these (GN10).
    Array(Box<[u32]>),
    /// A heterogeneous pack: a tuple of these.
    Tuple(Box<[u32]>),
    /// `...xs` handed through as the whole pack.
    Unpack(u32),
    /// Element `1` of the tuple that argument `0` unpacks (`f(...pair)`).
    UnpackField(u32, u32),
    /// Left open by `_` (2.9): the n-th parameter of the partial application.
    Open(u32),
    /// The parameter's type became `Void` by substitution, so it is not there (TY3).
    Void,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Coercion {
    /// To a base class (TY2); the object keeps its own class.
    Upcast(Ty),
    /// Into `Var[…]`, as the n-th member.
    IntoVar(Ty, u32),
    /// A function name or closure into `FnRef`/`FnMut`/`FnOne`.
    FunctionValue(Ty),
}

/// A lambda, or a call that `_` makes a partial application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosureInfo {
    pub kind: FnKind,
    pub params: Vec<(Convention, Ty)>,
    pub ret: Ty,
    pub second_class: bool,
}

impl InferenceResult {
    pub fn expr_type(&self, expr: ExprId) -> &Ty {
        let index = self.expr_types.get(expr.into_raw().into_u32() as usize);
        index.and_then(|&index| self.types.get(index as usize)).unwrap_or(&Ty::Unknown)
    }

    pub fn local_type(&self, local: LocalId) -> (Convention, &Ty) {
        match self.local_types.get(local.into_raw().into_u32() as usize) {
            Some((convention, ty)) => (*convention, ty),
            None => (Convention::Value, &Ty::Unknown),
        }
    }

    /// What a path, field or type expression denotes. Locals are resolved in the body already.
    pub fn resolution(&self, expr: ExprId) -> Option<&Resolution> {
        find(&self.resolutions, expr)
    }

    pub fn call(&self, expr: ExprId, role: CallRole) -> Option<&CallInfo> {
        find(&self.calls, CallSite { expr, role })
    }

    pub fn calls(&self) -> impl Iterator<Item = (CallSite, &CallInfo)> {
        self.calls.iter().map(|(site, info)| (*site, info))
    }

    /// Upcasts and function-value conversions applied to an expression's value after it is computed (TY2, CC6).
    /// [`InferenceResult::expr_type`] is the type before.
    pub fn coercion(&self, expr: ExprId) -> Option<&Coercion> {
        find(&self.coercions, expr)
    }

    /// Whether the value of an expression is a borrow: a use of a borrow variable, an attribute path through one is
    /// not; a yielded borrow is.
    pub fn borrow(&self, expr: ExprId) -> Convention {
        find(&self.borrows, expr).copied().unwrap_or_default()
    }

    /// Type of the value a pattern is matched against.
    pub fn pat_type(&self, pat: PatId) -> &Ty {
        find(&self.pat_types, pat).unwrap_or(&Ty::Unknown)
    }

    pub fn closure(&self, expr: ExprId) -> Option<&ClosureInfo> {
        find(&self.closures, expr)
    }
}

fn find<K: Ord + Copy, V>(table: &[(K, V)], key: K) -> Option<&V> {
    let index = table.binary_search_by_key(&key, |(key, _)| *key).ok()?;
    Some(&table[index].1)
}
