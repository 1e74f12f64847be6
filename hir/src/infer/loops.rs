//! Loops and recursion without an end: CF6, RC3, A29.

use super::*;
use crate::body::{Arg, BinaryOp, Body, Expr, LetInit, Pat, Stmt};
use crate::diagnostic::Severity;
use crate::signature::{Container, Signature};
use rustc_hash::FxHashSet;

/// Deeper nesting is not looked into; nothing is reported then.
const MAX_DEPTH: u32 = 200;

/// Functions looked at to decide whether one is pure.
const MAX_CALLEES: usize = 256;

pub(super) fn check(db: &dyn Db, func: FuncId, found: &mut Vec<Diagnostic>) {
    let body = crate::body::body(db, func);
    let result = infer(db, func);
    if result.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return;
    }
    for (_, expr) in body.exprs.iter() {
        if let Expr::While { condition, body: block, .. } = expr {
            endless_loop(db, body, result, *condition, *block, found);
        }
    }
    endless_recursion(db, func, body, result, found);
}

// Loops

/// CF6: nothing that the condition reads can change in the body.
fn endless_loop(
    db: &dyn Db,
    body: &Body,
    result: &InferenceResult,
    condition: ExprId,
    block: ExprId,
    found: &mut Vec<Diagnostic>,
) {
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    let mut pure = true;
    let mut walked = walk(body, condition, &mut |expr| match &body.exprs[expr] {
        Expr::Local(local) => {
            read.insert(*local);
        }
        Expr::Lambda { .. }
        | Expr::If { .. }
        | Expr::With { .. }
        | Expr::While { .. }
        | Expr::Block { .. } => pure = false,
        _ => {}
    });
    let mut seen = FxHashSet::default();
    walked &= walk(body, condition, &mut |expr| {
        pure &= calls_of(result, expr).all(|info| is_pure(db, info, &mut seen))
    });
    if !walked || !pure {
        return;
    }
    let mut ends = false;
    let walked = walk(body, block, &mut |expr| ends |= may_end(db, body, result, expr, &read));
    if walked && !ends {
        found.push(
            Diagnostic::warning(
                "CF6",
                body.range(condition),
                "the loop never ends: nothing in it changes its condition",
            )
            .note("no variable of the condition is changed in the body, and nothing in it leaves the loop"),
        );
    }
}

/// Whether an expression in the body of a loop leaves it, or changes a variable of its condition.
fn may_end(
    db: &dyn Db,
    body: &Body,
    result: &InferenceResult,
    expr: ExprId,
    read: &FxHashSet<LocalId>,
) -> bool {
    let changes = |place: ExprId| root(body, place).is_some_and(|local| read.contains(&local));
    let lends = |args: &[Arg]| args.iter().any(|arg| arg.convention == Convention::Mut && changes(arg.value));
    match &body.exprs[expr] {
        Expr::Try { .. } | Expr::Yield { .. } => true,
        Expr::Call { callee, args, .. } => {
            let receiver = match &body.exprs[*callee] {
                Expr::Field { base, .. } => Some(*base),
                _ => None,
            };
            *result.expr_type(expr) == Ty::Never
                || lends(args)
                // A borrow variable is handed on by its name.
                || args.iter().any(|arg| result.borrow(arg.value) == Convention::Mut && changes(arg.value))
                || calls_of(result, expr).any(|info| match &info.callee {
                    Callee::Function { func, .. } => *func == crate::lang::lang_items(db, func.file().edition(db)).panic,
                    // A lambda may hold a `&mut` capture of the variable.
                    Callee::Value { kind } => *kind != FnKind::Ref,
                })
                || calls_of(result, expr).any(|info| {
                    info.receiver == Some(Convention::Mut) && receiver.is_some_and(changes)
                })
        }
        Expr::Lambda { captures, .. } => {
            captures.iter().any(|capture| capture.convention == Convention::Mut && changes(capture.source))
        }
        Expr::Block { statements, .. } => statements.iter().any(|statement| match statement {
            Stmt::Return { .. } => true,
            Stmt::Assign { targets, .. } => targets.iter().any(|target| changes(*target)),
            Stmt::Let { init: LetInit::Value { else_block: Some(else_block), .. }, .. } => {
                *result.expr_type(*else_block) == Ty::Never
            }
            _ => false,
        }),
        _ => false,
    }
}

/// The variable at the start of a path.
fn root(body: &Body, mut place: ExprId) -> Option<LocalId> {
    loop {
        match &body.exprs[place] {
            Expr::Local(local) => return Some(*local),
            Expr::Field { base, .. } | Expr::TupleField { base, .. } => place = *base,
            _ => return None,
        }
    }
}

fn calls_of(result: &InferenceResult, expr: ExprId) -> impl Iterator<Item = &CallInfo> {
    let first = result.calls.partition_point(|(site, _)| site.expr < expr);
    result.calls[first..].iter().take_while(move |(site, _)| site.expr == expr).map(|(_, info)| info)
}

/// CF6: takes no `&mut`, calls only pure functions.
fn is_pure(db: &dyn Db, info: &CallInfo, seen: &mut FxHashSet<FuncId>) -> bool {
    let Callee::Function { func, .. } = &info.callee else { return false };
    function_is_pure(db, *func, seen)
}

fn function_is_pure(db: &dyn Db, func: FuncId, seen: &mut FxHashSet<FuncId>) -> bool {
    let mut todo = vec![func];
    while let Some(func) = todo.pop() {
        if !seen.insert(func) {
            continue;
        }
        if seen.len() > MAX_CALLEES {
            return false;
        }
        let sig = crate::items::signature(db, func);
        let changes = sig.self_param.is_some_and(|own| own.convention == Convention::Mut)
            || sig.params.iter().any(|param| param.convention == Convention::Mut);
        // The library's accounts (`tally`) and the console are the world outside.
        if changes || sig.is_abstract || matches!(sig.name.as_str(), "tally" | "print") {
            return false;
        }
        if sig.is_builtin {
            continue;
        }
        for (_, info) in infer(db, func).calls() {
            match &info.callee {
                Callee::Function { func, .. } => todo.push(*func),
                Callee::Value { .. } => return false,
            }
        }
    }
    true
}

/// Calls `f` for every expression that may run when `expr` does; lambda bodies are left out. `false` if the nesting
/// is too deep to see everything.
fn walk(body: &Body, expr: ExprId, f: &mut dyn FnMut(ExprId)) -> bool {
    let mut stack = vec![(expr, 0)];
    while let Some((expr, depth)) = stack.pop() {
        if depth > MAX_DEPTH * 100 {
            return false;
        }
        f(expr);
        for_each_part(body, expr, &mut |part| stack.push((part, depth + 1)));
    }
    true
}

fn for_each_part(body: &Body, expr: ExprId, f: &mut dyn FnMut(ExprId)) {
    match &body.exprs[expr] {
        Expr::Missing
        | Expr::Number(_)
        | Expr::Bool(_)
        | Expr::Str(_)
        | Expr::Regex(_)
        | Expr::Local(_)
        | Expr::Path(_)
        | Expr::NestedFunctions(_)
        | Expr::Type(_)
        | Expr::Placeholder => {}
        Expr::Interpolate(parts) => {
            for part in parts {
                if let crate::body::StrPart::Expr(expr) = part {
                    f(*expr);
                }
            }
        }
        Expr::Array(items) | Expr::Tuple(items) => items.iter().for_each(|item| f(*item)),
        Expr::Init { fields, rest, bases, .. } => {
            fields.iter().for_each(|field| f(field.value));
            [rest, bases].into_iter().flatten().for_each(|part| f(*part));
        }
        Expr::Lambda { captures, .. } => captures.iter().for_each(|capture| f(capture.source)),
        Expr::If { subject, branches, else_branch, .. } => {
            f(*subject);
            for branch in branches {
                branch.patterns.iter().for_each(|pat| pattern_parts(body, *pat, f));
                branch.guard.iter().for_each(|guard| f(*guard));
                f(branch.body);
            }
            else_branch.iter().for_each(|branch| f(*branch));
        }
        Expr::While { condition, body, else_block } => {
            f(*condition);
            f(*body);
            else_block.iter().for_each(|block| f(*block));
        }
        Expr::With { context, body, .. } => {
            f(*context);
            f(*body);
        }
        Expr::Yield { value, .. } => value.iter().for_each(|value| f(*value)),
        Expr::Block { statements, .. } => {
            for statement in statements {
                match statement {
                    Stmt::Let { init: LetInit::Value { value, else_block }, .. } => {
                        f(*value);
                        else_block.iter().for_each(|block| f(*block));
                    }
                    Stmt::Return { value, .. } => value.iter().for_each(|value| f(*value)),
                    Stmt::Assign { targets, value, .. } => {
                        targets.iter().for_each(|target| f(*target));
                        f(*value);
                    }
                    Stmt::Expr(expr) => f(*expr),
                    Stmt::Let { .. } | Stmt::Function(_) | Stmt::Use => {}
                }
            }
        }
        Expr::Binary { lhs, rhs, .. } => {
            f(*lhs);
            f(*rhs);
        }
        Expr::Chain { first, links } => {
            f(*first);
            links.iter().for_each(|(.., rhs)| f(*rhs));
        }
        Expr::Call { callee, args, .. } => {
            f(*callee);
            args.iter().for_each(|arg| f(arg.value));
        }
        Expr::Field { base, .. } | Expr::TupleField { base, .. } => f(*base),
        Expr::Try { value } | Expr::Borrow { value, .. } => f(*value),
        Expr::Fold { init, pack, .. } => {
            init.iter().for_each(|init| f(*init));
            f(*pack);
        }
    }
}

fn pattern_parts(body: &Body, pat: PatId, f: &mut dyn FnMut(ExprId)) {
    match &body.pats[pat] {
        Pat::Value(value) => f(*value),
        Pat::Member { call, .. } => f(*call),
        Pat::Object { fields, .. } => fields.iter().for_each(|field| pattern_parts(body, field.pat, f)),
        Pat::Tuple(parts) | Pat::Array(parts) => parts.iter().for_each(|part| pattern_parts(body, *part, f)),
        Pat::Missing | Pat::Bind(_) | Pat::Skip | Pat::Rest(_) => {}
    }
}

// Recursion

/// RC3, and A29 for the methods of an allocator.
fn endless_recursion(
    db: &dyn Db,
    func: FuncId,
    body: &Body,
    result: &InferenceResult,
    found: &mut Vec<Diagnostic>,
) {
    let sig = crate::items::signature(db, func);
    // Calling a coroutine only makes a generator.
    if sig.is_coroutine {
        return;
    }
    let Some(root) = body.root else { return };
    let calls_itself = result
        .calls()
        .any(|(_, info)| matches!(&info.callee, Callee::Function { func: callee, .. } if *callee == func));
    if !calls_itself {
        return;
    }
    let is_alloc = is_alloc_method(db, sig);
    let own = is_alloc.then(|| crate::resolve::Resolver::for_func(db, func).enclosing_type()).flatten();
    let paths = Paths { func, body, result, own };
    if paths.of(root, 0) != Path::Calls {
        return;
    }
    let name = &sig.name;
    let diagnostic = if is_alloc {
        Diagnostic::warning("A29", body.name, format!("`{name}` calls itself on every path"))
            .note("an allocator that only asks itself never gets memory: forward to another one")
    } else {
        Diagnostic::warning("RC3", body.name, format!("`{name}` calls itself on every path"))
            .note("it never returns: a path that does not call it is missing")
    };
    found.push(diagnostic);
}

fn is_alloc_method(db: &dyn Db, sig: &Signature) -> bool {
    let Container::Sup(sup) = sig.container else { return false };
    let alloc = crate::lang::lang_items(db, sig.func.file().edition(db)).alloc;
    crate::items::sup_head(db, sup).base.as_ref().and_then(Ty::class) == Some(alloc)
}

/// What every way through an expression does.
#[derive(Clone, Copy, PartialEq)]
enum Path {
    /// Calls the function itself.
    Calls,
    /// Some way leaves the function without a call of itself.
    Leaves,
    Continues,
}

struct Paths<'a> {
    func: FuncId,
    body: &'a Body,
    result: &'a InferenceResult,
    /// For a method of an allocator: only calls of the same allocator count.
    own: Option<Ty>,
}

impl Paths<'_> {
    /// In the order of evaluation.
    fn all(&self, exprs: impl IntoIterator<Item = ExprId>, depth: u32) -> Path {
        for expr in exprs {
            match self.of(expr, depth) {
                Path::Continues => {}
                decided => return decided,
            }
        }
        Path::Continues
    }

    /// A part that may not run: it can only leave.
    fn perhaps(&self, expr: ExprId, depth: u32) -> Path {
        match self.of(expr, depth) {
            Path::Leaves => Path::Leaves,
            _ => Path::Continues,
        }
    }

    fn of(&self, expr: ExprId, depth: u32) -> Path {
        if depth > MAX_DEPTH {
            return Path::Leaves;
        }
        let depth = depth + 1;
        match &self.body.exprs[expr] {
            Expr::Block { statements, .. } => self.block(statements, depth),
            Expr::If { subject, branches, else_branch, .. } => {
                let subject = self.of(*subject, depth);
                if subject != Path::Continues {
                    return subject;
                }
                let mut all_call = else_branch.is_some();
                for part in branches.iter().map(|branch| branch.body).chain(*else_branch) {
                    match self.of(part, depth) {
                        Path::Calls => {}
                        Path::Leaves => return Path::Leaves,
                        Path::Continues => all_call = false,
                    }
                }
                if all_call { Path::Calls } else { Path::Continues }
            }
            Expr::While { condition, body, else_block } => {
                let condition = self.of(*condition, depth);
                if condition != Path::Continues {
                    return condition;
                }
                let parts = [Some(*body), *else_block];
                let leaves =
                    parts.into_iter().flatten().any(|part| self.perhaps(part, depth) == Path::Leaves);
                if leaves { Path::Leaves } else { Path::Continues }
            }
            Expr::Binary { op: BinaryOp::And | BinaryOp::Or, lhs, rhs, .. } => match self.of(*lhs, depth) {
                Path::Continues => self.perhaps(*rhs, depth),
                decided => decided,
            },
            Expr::Try { value } => match self.of(*value, depth) {
                Path::Calls => Path::Calls,
                _ => Path::Leaves,
            },
            Expr::Lambda { captures, .. } => self.all(captures.iter().map(|capture| capture.source), depth),
            _ => {
                let mut parts = Vec::new();
                for_each_part(self.body, expr, &mut |part| parts.push(part));
                match self.all(parts, depth) {
                    Path::Continues => self.own_call(expr),
                    decided => decided,
                }
            }
        }
    }

    fn own_call(&self, expr: ExprId) -> Path {
        for info in calls_of(self.result, expr) {
            if let Callee::Function { func, self_ty, dispatch, .. } = &info.callee
                && *func == self.func
            {
                let same = match (&self.own, self_ty) {
                    (Some(own), Some(self_ty)) => own == self_ty,
                    _ => true,
                };
                // Another object may be of another class (SP14), unless it is `self`.
                let through_self = *dispatch != Dispatch::Virtual || self.is_on_self(expr);
                if same && through_self {
                    return Path::Calls;
                }
            }
        }
        match *self.result.expr_type(expr) == Ty::Never {
            true => Path::Leaves,
            false => Path::Continues,
        }
    }

    fn is_on_self(&self, expr: ExprId) -> bool {
        let receiver = match &self.body.exprs[expr] {
            Expr::Call { callee, .. } => match &self.body.exprs[*callee] {
                Expr::Field { base, .. } => *base,
                _ => return false,
            },
            Expr::Binary { lhs, .. } => *lhs,
            _ => return false,
        };
        matches!(&self.body.exprs[receiver], Expr::Local(local) if self.body.params.first() == Some(local))
    }

    fn block(&self, statements: &[Stmt], depth: u32) -> Path {
        for statement in statements {
            let path = match statement {
                Stmt::Let { init: LetInit::Value { value, else_block }, .. } => {
                    match self.of(*value, depth) {
                        Path::Continues => {
                            else_block.map_or(Path::Continues, |block| self.perhaps(block, depth))
                        }
                        decided => decided,
                    }
                }
                Stmt::Return { value, .. } => match value.map(|value| self.of(value, depth)) {
                    Some(Path::Calls) => Path::Calls,
                    _ => Path::Leaves,
                },
                Stmt::Assign { targets, value, .. } => {
                    self.all(targets.iter().copied().chain([*value]), depth)
                }
                Stmt::Expr(expr) => self.of(*expr, depth),
                Stmt::Let { .. } | Stmt::Function(_) | Stmt::Use => Path::Continues,
            };
            if path != Path::Continues {
                return path;
            }
        }
        Path::Continues
    }
}
