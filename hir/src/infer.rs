//! Types of expressions, and what each name and call means: the typed view on a [`crate::body::Body`].

use crate::body::{ExprId, LocalId, PatId};
use crate::diagnostic::Diagnostic;
use crate::ids::{ClassId, FuncId};
use crate::ty::{Convention, FnKind, Ty, TyArgs};
use rustc_hash::FxHashMap;

/// The result of inference for one function, lambdas inside it included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InferenceResult {
    /// Type of each expression, by raw index; [`Ty::Unknown`] after an error.
    pub expr_types: Vec<Ty>,
    /// Type of each local by raw index, and whether it holds a borrow.
    pub local_types: Vec<(Convention, Ty)>,
    /// What a path, field or type expression denotes.
    pub resolutions: FxHashMap<ExprId, Resolution>,
    /// What a call does. Keyed by the expression that makes it: [`crate::body::Expr::Call`], `Binary`, `Field` (a
    /// read needs none), `Try`, `With` …; see [`CallSite`].
    pub calls: FxHashMap<CallSite, CallInfo>,
    /// Upcasts and function-value conversions applied to an expression's value after it is computed (TY2, CC6).
    pub coercions: FxHashMap<ExprId, Coercion>,
    /// Attributes named by an object pattern or initialiser, in source order.
    pub pattern_types: FxHashMap<PatId, Ty>,
    pub closures: FxHashMap<ExprId, ClosureInfo>,
    /// Ranges relative to the function's node.
    pub diagnostics: Vec<Diagnostic>,
}

/// One call hidden or visible in an expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CallSite {
    pub expr: ExprId,
    pub role: CallRole,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallRole {
    /// The call expression itself, an operator, a fold step, a compound assignment's operator (keyed by its value).
    Main,
    /// The n-th link of a comparison chain.
    Link(u32),
    /// Conversion of an interpolated part, `to[Str]`; absent for `Str`.
    ToStr,
    /// `Copy.copy` of the value read by this expression, for a class that super-imposes `Copy` itself.
    Copy,
    CtxEnter,
    CtxExit,
    /// The comparison a pattern makes, keyed by the value expression of the pattern.
    Compare,
    TryIsPass,
    TryUnwrap,
    TryUnwrapFail,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolution {
    Local(LocalId),
    Function(FuncId),
    /// An attribute: the class that declares it (a base part's class for an inherited one) and its index there.
    Attribute {
        class: ClassId,
        index: u32,
    },
    EnumMember {
        class: ClassId,
        index: u32,
    },
    /// `Colour.red.value` (TY17).
    EnumValue {
        class: ClassId,
    },
    Type(Ty),
    /// `Arr.length` and other attributes that only a builtin representation has.
    BuiltinAttribute(ClassId, crate::ids::Name),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallInfo {
    pub callee: Callee,
    /// How each parameter after `self` is filled, in parameter order.
    pub args: Vec<ArgSource>,
    /// How the receiver is handed over, for a method with `self`.
    pub receiver: Option<Convention>,
    /// Type of the result (a borrow for yields of borrows: `result_convention`).
    pub ret: Ty,
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
    Array(Vec<u32>),
    /// A heterogeneous pack: a tuple of these.
    Tuple(Vec<u32>),
    /// `...xs` handed through as the whole pack.
    Unpack(u32),
    /// Left open by `_` (2.9).
    Open,
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

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosureInfo {
    pub kind: FnKind,
    pub params: Vec<(Convention, Ty)>,
    pub ret: Ty,
    pub second_class: bool,
}

impl InferenceResult {
    pub fn expr_type(&self, expr: ExprId) -> &Ty {
        self.expr_types.get(expr.into_raw().into_u32() as usize).unwrap_or(&Ty::Unknown)
    }

    pub fn local_type(&self, local: LocalId) -> (Convention, &Ty) {
        match self.local_types.get(local.into_raw().into_u32() as usize) {
            Some((convention, ty)) => (*convention, ty),
            None => (Convention::Value, &Ty::Unknown),
        }
    }

    pub fn call(&self, expr: ExprId, role: CallRole) -> Option<&CallInfo> {
        self.calls.get(&CallSite { expr, role })
    }
}
