//! Methods of the base that a `sup` block may define.

use super::context::Context;
use super::{Completion, CompletionKind};
use crate::ide::uses::Definition;
use hir::items::{env_of, signature, sup_data};
use hir::members::{MemberKind, all_members};
use hir::signature::Signature;
use hir::ty::{Subst, Ty};
use hir::{Db, SupId};
use std::fmt::Write;

pub(super) fn methods(context: &Context<'_>, items: &mut Vec<Completion>) {
    let Some(item) = context.container() else { return };
    let tree = hir::parse::item_tree(context.db, context.file);
    if tree.sup(item.local).is_none() {
        return;
    }
    let sup = SupId(item);
    for (func, text) in stubs(context.db, sup, true) {
        let signature = signature(context.db, func);
        let insert = text.replace('$', "\\$").replace("{\n    }", "{\n    $0\n}").replace("\n    ", "\n");
        let mut item = Completion::snippet(signature.name.as_str(), insert, CompletionKind::Method, 5);
        item.detail = Some(hir::display::declaration(context.db, func));
        item.filter = Some(format!("fn {}", signature.name));
        items.push(item.of(Definition::Function(func)));
    }
}

/// Text of each method of the base that the block does not define; all of them, or those that are abstract.
pub fn stubs(db: &dyn Db, sup: SupId, all: bool) -> Vec<(hir::FuncId, String)> {
    let data = sup_data(db, sup);
    let Some(base) = &data.base else { return Vec::new() };
    let Ty::Class(class, args) = base else { return Vec::new() };
    let program = sup.file().program(db);
    let own: Vec<_> = data.methods.iter().map(|func| signature(db, *func).name.clone()).collect();
    let env = env_of(db, sup.0);
    let mut found = Vec::new();
    for (name, member) in all_members(db, program, &env, base) {
        let MemberKind::Method(func) = member.kind else { continue };
        let of_base = signature(db, func);
        if own.contains(&name) || (!all && !of_base.is_abstract) {
            continue;
        }
        let mut subst = Subst::new(class.0, args.clone());
        if let Some(container) = of_base.container.item() {
            subst = subst.with(container, member.container_args.clone());
        }
        found.push((func, stub(db, of_base, &subst)));
    }
    found.sort_by_key(|(func, _)| {
        (!signature(db, *func).is_abstract, func.file() != sup.file(), func.local())
    });
    found
}

fn stub(db: &dyn Db, of: &Signature, subst: &Subst) -> String {
    let mut text = String::new();
    if of.self_param.is_none() {
        text.push_str("@static ");
    }
    let keyword = if of.is_coroutine { "gn" } else { "fn" };
    let generics = hir::display::generic_params(db, &of.generics);
    let _ = write!(text, "{keyword} {}{generics}(", of.name);
    let mut params: Vec<String> = Vec::new();
    if let Some(own) = of.self_param {
        params.push(format!("{}self", own.convention.prefix()));
    }
    for param in &of.params {
        let ty = subst.apply(&param.ty);
        let variadic = if param.variadic { "..." } else { "" };
        params.push(format!("{variadic}{}: {}", param.name, ty.display_as(db, param.convention)));
    }
    let _ = write!(text, "{}) -> {} {{\n    }}", params.join(", "), subst.apply(&of.ret).display(db));
    text
}
