//! The inside of a function, without types: expressions with names of locals already resolved.
//!
//! All ranges are relative to the start of the function's syntax node, so a body equals itself after edits elsewhere
//! in the file. Broken code lowers to [`Expr::Missing`]; parentheses leave no trace.

mod exprs;
mod green;
mod lower;
mod patterns;
mod types;

use crate::db::Db;
use crate::ids::FuncKey;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::ids::{FuncId, Name};
use crate::ty::Convention;

use la_arena::{Arena, Idx};
pub use syntax::ast::BinaryOp;
use syntax::{TextRange, TextSize};

/// The body of a function. Runs again when the function's own text changes, and for no other reason.
pub fn body(db: &dyn Db, func: FuncId) -> &Arc<Body> {
    body_in(db, func.key(db))
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    body_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 512)]
fn body_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Arc<Body> {
    let func = key.func(db);
    let nested = crate::parse::nested_functions(db, func);
    match crate::parse::function_node(db, func) {
        Some(node) => Arc::new(lower::lower(func, &node, &nested)),
        None => Arc::new(Body::empty(func)),
    }
}

pub type ExprId = Idx<Expr>;
pub type LocalId = Idx<Local>;
pub type PatId = Idx<Pat>;
pub type TypeRefId = Idx<TypeRefNode>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    pub owner: FuncId,
    /// Range of the function's name.
    pub name: TextRange,
    pub exprs: Arena<Expr>,
    /// Range of each expression, parallel to `exprs`.
    pub expr_ranges: Vec<TextRange>,
    pub locals: Arena<Local>,
    pub pats: Arena<Pat>,
    pub pat_ranges: Vec<TextRange>,
    /// Types written inside the body.
    pub types: Arena<TypeRefNode>,
    /// `self` first where there is one; then the parameters in order.
    pub params: Vec<LocalId>,
    /// Default values, parallel to the signature's `params`.
    pub defaults: Vec<Option<ExprId>>,
    /// The body block. `None` when elided or absent.
    pub root: Option<ExprId>,
    /// Expressions that the parser put aside, where a branch was expected: their names mean something, but nothing
    /// evaluates them.
    pub set_aside: Vec<ExprId>,
    /// The function's own generic parameters: where each is named, and where its constraints end if it has any.
    pub generic_params: Box<[(TextRange, Option<TextSize>)]>,
    /// Block scopes, outermost (the parameters) first; see [`Body::visible_at`].
    pub scopes: Vec<Scope>,
    /// Findings that need no types: TY7, BR1, BR2.
    pub diagnostics: Vec<Diagnostic>,
}

/// A region of the body that introduces names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    pub parent: Option<u32>,
    pub range: TextRange,
    /// A lambda's body sees nothing of the scopes around it but functions (CL1).
    pub is_lambda: bool,
    /// Variables with the offset from which each is visible, in order of declaration.
    pub locals: Vec<(TextSize, LocalId)>,
    /// Functions nested in the block, visible in all of it (SY13).
    pub functions: Vec<(Name, FuncId)>,
}

/// A variable of any sort.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Local {
    pub name: Name,
    pub kind: LocalKind,
    pub mutable: bool,
    /// The `mut` in front of it, with the white space up to the name.
    pub mut_range: Option<TextRange>,
    /// Range of the name where it is declared.
    pub range: TextRange,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LocalKind {
    SelfParam,
    Param,
    Let,
    /// `with e as x`
    With,
    /// Bound by a pattern: a borrow of the matched part, or a copy (CF4).
    Pattern,
    /// The inside name of a lambda's capture.
    Capture,
    LambdaParam,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// Absent or broken in the source.
    Missing,
    Number(NumberLit),
    Bool(bool),
    /// A string without interpolation, escapes decoded.
    Str(Box<str>),
    Regex(Box<str>),
    Interpolate(Box<[StrPart]>),
    Array(Box<[ExprId]>),
    Tuple(Box<[ExprId]>),
    Local(LocalId),
    /// A run of lower-case names that does not start with a local: a function, a namespace-qualified one
    /// (`std.mem.replace`), or one with fields behind it. Imports of the block are already expanded, so the ranges
    /// of the names may coincide.
    Path(Box<[(Name, TextRange)]>),
    /// Functions nested in a block around this use, one overload set, innermost first (SY13).
    NestedFunctions(Box<[FuncId]>),
    /// A type in value position: callee base of a static call, enum member path, or misplaced (TY12).
    Type(TypeRefId),
    Init {
        ty: TypeRefId,
        fields: Box<[FieldInit]>,
        rest: Option<ExprId>,
        bases: Option<ExprId>,
    },
    Lambda {
        captures: Box<[Capture]>,
        params: Box<[LambdaParam]>,
        body: ExprId,
    },
    If {
        subject: ExprId,
        op: Option<BinaryOp>,
        branches: Box<[Branch]>,
        else_branch: Option<ExprId>,
    },
    While {
        condition: ExprId,
        body: ExprId,
        else_block: Option<ExprId>,
    },
    With {
        context: ExprId,
        local: Option<LocalId>,
        body: ExprId,
    },
    Yield {
        convention: Convention,
        value: Option<ExprId>,
    },
    Block {
        statements: Box<[Stmt]>,
        open: TextRange,
        close: TextRange,
    },
    /// Every operator but comparison chains of more than one link.
    Binary {
        op: BinaryOp,
        op_range: TextRange,
        lhs: ExprId,
        rhs: ExprId,
    },
    /// `a < b <= c` (OP6): at least two links.
    Chain {
        first: ExprId,
        links: Box<[(BinaryOp, TextRange, ExprId)]>,
    },
    Call {
        callee: ExprId,
        generic_args: Option<Box<[GenericArg]>>,
        args: Box<[Arg]>,
    },
    Field {
        base: ExprId,
        name: Name,
        name_range: TextRange,
    },
    TupleField {
        base: ExprId,
        index: u32,
        index_range: TextRange,
    },
    Try {
        value: ExprId,
    },
    /// `... + xs`, `xs + ...`, `0 + ... + xs` (OP9).
    Fold {
        op: BinaryOp,
        op_range: TextRange,
        init: Option<ExprId>,
        pack: ExprId,
        from_left: bool,
    },
    /// `_` as an argument (2.9); elsewhere SY41 was reported.
    Placeholder,
    /// `&x` where it may not stand (BR1).
    Borrow {
        mutable: bool,
        value: ExprId,
    },
}

/// A decimal number as written without `_`; binary and hexadecimal ones converted to decimal digits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NumberLit {
    pub text: Box<str>,
    pub imaginary: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StrPart {
    Text(Box<str>),
    Expr(ExprId),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldInit {
    pub name: Name,
    pub name_range: TextRange,
    /// For the short form `Foo { x }` an [`Expr::Local`] or [`Expr::Path`] of the same range as the name.
    pub value: ExprId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capture {
    /// The name inside the lambda.
    pub local: LocalId,
    pub convention: Convention,
    /// The captured variable, in the enclosing scope.
    pub source: ExprId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LambdaParam {
    pub local: LocalId,
    pub convention: Convention,
    pub ty: Option<TypeRefId>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    pub op: Option<BinaryOp>,
    /// Alternatives; at least one.
    pub patterns: Box<[PatId]>,
    pub guard: Option<ExprId>,
    pub body: ExprId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pat {
    Missing,
    /// `.is_even()`: `call` is the expression with [`Body::exprs`] entry whose innermost receiver is the subject,
    /// written as [`Expr::Missing`] at `subject`.
    Member {
        call: ExprId,
        subject: ExprId,
    },
    Object {
        ty: TypeRefId,
        fields: Box<[FieldPat]>,
        rest: bool,
    },
    Tuple(Box<[PatId]>),
    Array(Box<[PatId]>),
    /// A literal or other value to compare with.
    Value(ExprId),
    Bind(LocalId),
    /// `_`
    Skip,
    /// `...` or `...name`
    Rest(Option<LocalId>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldPat {
    pub name: Name,
    pub name_range: TextRange,
    pub pat: PatId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stmt {
    Let {
        vars: Box<[LetVar]>,
        init: LetInit,
        range: TextRange,
    },
    Return {
        value: Option<ExprId>,
        range: TextRange,
    },
    Assign {
        targets: Box<[ExprId]>,
        op: Option<BinaryOp>,
        op_range: TextRange,
        value: ExprId,
        range: TextRange,
    },
    Expr(ExprId),
    /// A nested function: an item of its own.
    Function(FuncId),
    /// A `use` inside a block.
    Use,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LetVar {
    Bind(LocalId),
    Discard,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LetInit {
    Value {
        value: ExprId,
        else_block: Option<ExprId>,
    },
    /// `let x: T`
    Type(TypeRefId),
    Missing,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GenericArg {
    pub name: Option<Name>,
    pub ty: TypeRefId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arg {
    pub name: Option<(Name, TextRange)>,
    pub convention: Convention,
    /// `...xs`
    pub unpack: bool,
    pub value: ExprId,
    /// The whole argument, name and `&` included.
    pub range: TextRange,
}

/// A type as written inside a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeRefNode {
    pub ty: crate::type_ref::TypeRef,
    pub range: TextRange,
    /// Range of each part in pre-order: a path has one per namespace and part, a tuple and a borrow one of their own;
    /// the arguments of a part follow it.
    pub parts: Box<[TextRange]>,
}

impl Body {
    fn empty(owner: FuncId) -> Self {
        Body {
            owner,
            name: TextRange::default(),
            exprs: Arena::new(),
            expr_ranges: Vec::new(),
            locals: Arena::new(),
            pats: Arena::new(),
            pat_ranges: Vec::new(),
            types: Arena::new(),
            params: Vec::new(),
            defaults: Vec::new(),
            root: None,
            set_aside: Vec::new(),
            generic_params: Box::default(),
            scopes: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    pub fn range(&self, expr: ExprId) -> TextRange {
        self.expr_ranges[expr.into_raw().into_u32() as usize]
    }

    pub fn pat_range(&self, pat: PatId) -> TextRange {
        self.pat_ranges[pat.into_raw().into_u32() as usize]
    }
}

impl Body {
    /// The variables and nested functions that can be named at `offset` (relative to the function's node), innermost
    /// first, without those that are shadowed (NM5, NM8).
    pub fn visible_at(&self, offset: TextSize) -> VisibleNames {
        let mut names = VisibleNames::default();
        // Scopes are created in pre-order: the last one that contains the offset is the innermost.
        let innermost = self.scopes.iter().rposition(|scope| scope.range.contains_inclusive(offset));
        let mut current = innermost;
        while let Some(index) = current {
            let scope = &self.scopes[index];
            for &(from, local) in scope.locals.iter().rev() {
                let name = &self.locals[local].name;
                if from <= offset && !names.has(self, name) {
                    names.locals.push(local);
                }
            }
            for (name, func) in &scope.functions {
                if !names.has(self, name) {
                    names.functions.push((name.clone(), *func));
                }
            }
            names.in_lambda |= scope.is_lambda;
            current = scope.parent.map(|parent| parent as usize);
            if scope.is_lambda {
                // Only nested functions of outer blocks remain reachable without a capture.
                while let Some(index) = current {
                    let scope = &self.scopes[index];
                    names.functions.extend(scope.functions.iter().cloned());
                    current = scope.parent.map(|parent| parent as usize);
                }
            }
        }
        names
    }
}

/// See [`Body::visible_at`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VisibleNames {
    pub locals: Vec<LocalId>,
    pub functions: Vec<(Name, FuncId)>,
    /// The offset is inside a lambda.
    pub in_lambda: bool,
}

impl VisibleNames {
    fn has(&self, body: &Body, name: &Name) -> bool {
        self.locals.iter().any(|&local| body.locals[local].name == *name)
    }
}
