//! Code that never comes to an end: recursion on every path (RC3, A29) and loops whose condition cannot change (CF6).

use super::check::Analysis;
use super::dataflow::successors;
use super::events::{Event, Use, events};
use super::report::Reporter;
use crate::body::{Body, Expr, ExprId, LocalId, LocalKind, Stmt};
use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::ids::FuncId;
use crate::infer::Dispatch;
use crate::mir::facts::enclosing_type;
use crate::mir::*;
use crate::signature::Container;
use crate::ty::{Convention, FnKind};
use syntax::TextRange;

/// RC3: the function calls itself on every path. A29 for the methods of an allocator.
pub(crate) fn recursion_on_every_path(analysis: &Analysis<'_>, report: &mut Reporter<'_>) {
    let mir = analysis.mir;
    if !matches!(mir.kind, MirKind::Function) || mir.broken {
        return;
    }
    let calls_itself = |block: BlockId| {
        mir.blocks[block.0 as usize].statements.iter().find(|statement| is_own_call(analysis, statement))
    };
    if !analysis.graph.order.iter().any(|&block| calls_itself(block).is_some()) {
        return;
    }
    let mut seen = vec![false; mir.blocks.len()];
    let mut todo = vec![BlockId(0)];
    let mut first: Option<&Statement> = None;
    while let Some(block) = todo.pop() {
        if std::mem::replace(&mut seen[block.0 as usize], true) {
            continue;
        }
        if let Some(call) = calls_itself(block) {
            if first.is_none_or(|first| call.span.start() < first.span.start()) {
                first = Some(call);
            }
            continue;
        }
        let terminator = &mir.blocks[block.0 as usize].terminator;
        if matches!(terminator, Terminator::Return | Terminator::Unreachable) {
            return;
        }
        let (next, len) = successors(terminator);
        todo.extend_from_slice(&next[..len]);
    }
    let Some(call) = first else { return };
    let name = &analysis.facts.signature(mir.func).name;
    let allocator =
        analysis.facts.alloc_op(mir.func).and_then(|_| enclosing_type(analysis.facts.db, mir.func));
    let diagnostic = match allocator {
        Some(ty) => Diagnostic::warning("A29", report.body.name, format!("`{name}` of `{}` never ends", report.ty(&ty)))
            .note("it calls the same method of the same allocator on every path; an allocator forwards to another one"),
        None => Diagnostic::warning("RC3", report.body.name, format!("`{name}` calls itself on every path"))
            .note("the recursion never ends; some path has to return without a call of its own"),
    };
    report.push(diagnostic.related(call.span, "the call is here"));
}

fn is_own_call(analysis: &Analysis<'_>, statement: &Statement) -> bool {
    let StatementKind::Call(call) = &statement.kind else { return false };
    let CallTarget::Func { func, self_ty, dispatch, .. } = &call.target else { return false };
    let own = analysis.mir.func;
    if *dispatch == Dispatch::Virtual {
        return false;
    }
    if *func == own {
        return match self_ty {
            // The same method for another type is another function.
            Some(ty) => enclosing_type(analysis.facts.db, own).is_none_or(|own| own == *ty),
            None => true,
        };
    }
    match (dispatch, self_ty) {
        (Dispatch::Static, Some(ty)) => {
            let same_type = enclosing_type(analysis.facts.db, own).is_some_and(|own| own == *ty);
            let same_name = analysis.facts.signature(*func).name == analysis.facts.signature(own).name;
            same_type
                && same_name
                && crate::members::resolve_override(
                    analysis.facts.db,
                    analysis.facts.program,
                    *func,
                    &crate::ty::TyArgs::EMPTY,
                    ty,
                )
                .0 == own
        }
        _ => false,
    }
}

/// CF6: nothing that the condition reads can change in the body.
pub(crate) fn unchanging_loops(analysis: &Analysis<'_>, report: &mut Reporter<'_>) {
    let body = report.body;
    if analysis.mir.broken || !analysis.graph.has_loop {
        return;
    }
    let loops = body.exprs.iter().filter_map(|(id, expr)| match expr {
        Expr::While { condition, body, .. } => Some((id, *condition, *body)),
        _ => None,
    });
    let loops: Vec<(ExprId, ExprId, ExprId)> = loops.collect();
    for (_, condition, inside) in loops {
        let mut reads = Vec::new();
        if !reads_only(analysis, body, condition, &mut reads)
            || reads.is_empty() && !is_constant(body, condition)
        {
            continue;
        }
        let range = body.range(inside);
        if leaves(analysis, range, body.range(condition)) || !all_here(analysis, &reads) {
            continue;
        }
        if reads.iter().any(|&local| changes(analysis, local, range)) {
            continue;
        }
        let what = match reads.first() {
            Some(local) => format!("nothing in the body changes `{}`", body.locals[*local].name),
            None => "its condition is always the same".to_owned(),
        };
        if matches!(body.exprs[condition], Expr::Bool(false)) {
            continue;
        }
        let diagnostic = Diagnostic::warning(
            "CF6",
            body.range(condition),
            "this loop never ends once it has begun",
        )
        .note(what)
        .note("a condition needs something that changes: a variable, or a call that may answer differently");
        report.push(diagnostic);
    }
}

fn is_constant(body: &Body, expr: ExprId) -> bool {
    match &body.exprs[expr] {
        Expr::Bool(_) | Expr::Number(_) => true,
        Expr::Binary { lhs, rhs, .. } => is_constant(body, *lhs) && is_constant(body, *rhs),
        _ => false,
    }
}

/// Whether the expression only reads variables, through pure functions at most; collects them.
fn reads_only(analysis: &Analysis<'_>, body: &Body, expr: ExprId, reads: &mut Vec<LocalId>) -> bool {
    match &body.exprs[expr] {
        Expr::Number(_) | Expr::Bool(_) | Expr::Str(_) | Expr::Type(_) => true,
        Expr::Local(local) => {
            reads.push(*local);
            true
        }
        Expr::Field { base, .. } | Expr::TupleField { base, .. } => reads_only(analysis, body, *base, reads),
        Expr::Binary { lhs, rhs, .. } => {
            reads_only(analysis, body, *lhs, reads)
                && reads_only(analysis, body, *rhs, reads)
                && calls_are_pure(analysis, body.range(expr))
        }
        Expr::Chain { first, links } => {
            reads_only(analysis, body, *first, reads)
                && links.iter().all(|(_, _, operand)| reads_only(analysis, body, *operand, reads))
                && calls_are_pure(analysis, body.range(expr))
        }
        Expr::Call { callee, args, .. } => {
            let receiver = match &body.exprs[*callee] {
                Expr::Field { base, .. } => reads_only(analysis, body, *base, reads),
                Expr::Path(_) => true,
                _ => false,
            };
            receiver
                && args.iter().all(|arg| reads_only(analysis, body, arg.value, reads))
                && calls_are_pure(analysis, body.range(expr))
        }
        _ => false,
    }
}

fn calls_are_pure(analysis: &Analysis<'_>, within: TextRange) -> bool {
    analysis.mir.statements().filter(|statement| within.contains_range(statement.span)).all(|statement| {
        match &statement.kind {
            StatementKind::Call(call) => match &call.target {
                CallTarget::Func { func, dispatch: Dispatch::Direct, .. } => {
                    is_pure(analysis.facts.db, *func, 0)
                }
                CallTarget::Func {
                    func,
                    dispatch: Dispatch::Static,
                    container_args,
                    self_ty: Some(ty),
                    ..
                } => {
                    let (db, program) = (analysis.facts.db, analysis.facts.program);
                    is_pure(db, crate::members::resolve_override(db, program, *func, container_args, ty).0, 0)
                }
                _ => false,
            },
            _ => true,
        }
    })
}

/// Takes no `&mut` and calls only pure functions. Primitives outside of classes read and write the world.
fn is_pure(db: &dyn Db, func: FuncId, depth: u32) -> bool {
    let signature = crate::items::signature(db, func);
    let mutable = signature.self_param.is_some_and(|param| param.convention == Convention::Mut)
        || signature.params.iter().any(|param| param.convention == Convention::Mut);
    if mutable || signature.is_coroutine || depth > 4 {
        return false;
    }
    if signature.is_builtin {
        return signature.container != Container::Module && signature.self_param.is_some();
    }
    let Some(mir) = crate::mir::mir(db, func) else { return false };
    mir.lambdas.is_empty()
        && mir.statements().all(|statement| match &statement.kind {
            StatementKind::Call(call) => match &call.target {
                CallTarget::Func { func: callee, dispatch: Dispatch::Direct, .. } => {
                    *callee != func && is_pure(db, *callee, depth + 1)
                }
                _ => false,
            },
            StatementKind::Drop(_) => false,
            _ => true,
        })
}

/// Whether control may leave the loop other than by its condition.
fn leaves(analysis: &Analysis<'_>, inside: TextRange, condition: TextRange) -> bool {
    let mir = analysis.mir;
    let block_leaves = mir.blocks.iter().any(|block| {
        let ends = matches!(block.terminator, Terminator::Return | Terminator::Unreachable);
        ends && block
            .statements
            .last()
            .is_some_and(|last| inside.contains_range(last.span) && last.span != inside)
    });
    let yields = mir.statements().any(|statement| {
        matches!(statement.kind, StatementKind::Yield(_)) && inside.contains_range(statement.span)
    });
    block_leaves || yields || has_return(analysis, inside) || condition.contains_range(inside)
}

fn has_return(analysis: &Analysis<'_>, inside: TextRange) -> bool {
    let body = crate::body::body(analysis.facts.db, analysis.mir.func);
    body.exprs.iter().any(|(id, expr)| match expr {
        Expr::Try { .. } => inside.contains_range(body.range(id)),
        Expr::Block { statements, .. } => statements.iter().any(|statement| match statement {
            Stmt::Return { range, .. } => inside.contains_range(*range),
            _ => false,
        }),
        _ => false,
    })
}

/// Whether every variable belongs to this body and is no capture: what a lambda captured may change outside.
fn all_here(analysis: &Analysis<'_>, reads: &[LocalId]) -> bool {
    reads.iter().all(|local| {
        let slot = analysis.mir.slots.iter().find(|slot| slot.local == Some(*local));
        slot.is_some_and(|slot| slot.convention != Convention::Mut)
    })
}

fn changes(analysis: &Analysis<'_>, local: LocalId, inside: TextRange) -> bool {
    let mir = analysis.mir;
    let Some(slot) = mir.slots.iter().position(|slot| slot.local == Some(local)) else { return true };
    let body = crate::body::body(analysis.facts.db, mir.func);
    if body.locals[local].kind == LocalKind::Capture {
        return true;
    }
    mir.statements().any(|statement| {
        let mut changed = false;
        let here = inside.contains_range(statement.span);
        events(&statement.kind, &mut |event| match event {
            Event::Assign(place) => changed |= here && place.slot.0 as usize == slot,
            Event::Use(place, Use::Move) => changed |= here && place.slot.0 as usize == slot,
            // A borrow that is held may be used for a change anywhere.
            Event::Use(place, Use::Borrow { mutable: true } | Use::Call(FnKind::Mut)) => {
                let held = matches!(statement.kind, StatementKind::Assign(..));
                changed |= (here || held) && place.slot.0 as usize == slot;
            }
            _ => {}
        });
        changed
    })
}
