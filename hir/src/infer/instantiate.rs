//! A14 at the instantiation: a generic function that calls `alloc_zero` needs a zeroable argument wherever it is called.

use super::alloc::not_zeroable;
use super::*;
use crate::facts::{Zeroable, zeroable};
use crate::ty::Subst;

/// Calls deeper than this below a generic function are not looked through.
const MAX_CALLS: usize = 64;

/// What the calls of a function demand of the generic arguments they give.
pub fn instantiation_diagnostics(db: &dyn Db, func: FuncId) -> Vec<Diagnostic> {
    let program = func.file().program(db);
    let result = infer(db, func);
    let mut found = Vec::new();
    let mut env = None;
    for (site, info) in result.calls() {
        let Some((callee, subst)) = generic_callee(db, info) else { continue };
        let mut seen = vec![callee];
        let mut needs = Vec::new();
        collect(db, callee, &subst, &mut seen, &mut needs);
        for (element, place) in needs {
            let env = env.get_or_insert_with(|| crate::items::env_of(db, func.0));
            let element = crate::sups::normalise(db, program, env, &element);
            if let Zeroable::No(part) = zeroable(db, program, env, &element) {
                let body = crate::body::body(db, func);
                let range = call_name(body, site.expr);
                let diagnostic = not_zeroable(db, &element, &part, range);
                found.push(diagnostic.related_in(place.0, place.1, "`alloc_zero` is called here"));
                break;
            }
        }
    }
    found
}

fn call_name(body: &crate::body::Body, call: ExprId) -> TextRange {
    match &body.exprs[call] {
        crate::body::Expr::Call { callee, .. } => match &body.exprs[*callee] {
            crate::body::Expr::Field { name_range, .. } => *name_range,
            _ => body.range(*callee),
        },
        _ => body.range(call),
    }
}

/// A call that gives generic arguments, and what they stand for.
fn generic_callee(db: &dyn Db, info: &CallInfo) -> Option<(FuncId, Subst)> {
    let Callee::Function { func, container_args, args, .. } = &info.callee else { return None };
    if container_args.is_empty() && args.is_empty() {
        return None;
    }
    let sig = crate::items::signature(db, *func);
    let mut subst = Subst::new(func.0, args.clone());
    if let Some(container) = sig.container.item() {
        subst = subst.with(container, container_args.clone());
    }
    Some((*func, subst))
}

/// Element types that `func` and what it calls zero, in terms of the caller, with file and absolute range of the call.
fn collect(
    db: &dyn Db,
    func: FuncId,
    subst: &Subst,
    seen: &mut Vec<FuncId>,
    needs: &mut Vec<(Ty, (crate::db::File, TextRange))>,
) {
    let result = infer(db, func);
    let start = crate::parse::func_range(db, func).start();
    for (element, range) in result.zeroed.iter() {
        needs.push((subst.apply(element), (func.file(), *range + start)));
    }
    for (_, info) in result.calls() {
        let Some((callee, inner)) = generic_callee(db, info) else { continue };
        if seen.contains(&callee) || seen.len() > MAX_CALLS {
            continue;
        }
        seen.push(callee);
        let args = inner
            .args
            .iter()
            .map(|(owner, args)| (*owner, args.iter().map(|arg| subst.apply(arg)).collect()));
        let inner = Subst { args: args.collect(), self_ty: None };
        collect(db, callee, &inner, seen, needs);
    }
}
