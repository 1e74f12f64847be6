//! Generic parameters and written types of declarations: GN1, GN5, GN9, A16, and everything [`super::written`] finds in
//! constraints, parameters, results, attributes and heads.

use super::names::trimmed;
use super::written::{self, Place};
use super::{Context, declared_at};
use crate::diagnostic::Diagnostic;
use crate::display;
use crate::ids::{ClassId, FuncId, SupId};
use crate::item_tree::{ItemRef, Parent};
use crate::items::{Env, class_data, env_of, signature, sup_head};
use crate::lang::lang_items;
use crate::signature::Generics;
use crate::sups::missing_constraint;
use crate::ty::Ty;
use crate::type_ref;
use syntax::ast::{self, AstNode, HasGenericParams, HasWhereClause};

pub(super) fn check(cx: &mut Context<'_>) {
    for index in 0..cx.tree.classes.len() as u32 {
        class(cx, index);
    }
    for index in 0..cx.tree.sups.len() as u32 {
        sup(cx, index);
    }
    for index in 0..cx.tree.funcs.len() as u32 {
        function(cx, index);
    }
}

fn class(cx: &mut Context<'_>, index: u32) {
    let item = ItemRef::Class(index);
    let class = &cx.tree.classes[index as usize];
    let id = ClassId::new(cx.file, class.id);
    let data = class_data(cx.db, id);
    let env = Env::of_bounds(&data.generics.bounds);
    if needs_look(cx, &data.generics, &env) {
        if let Some(node) = cx.node::<ast::Class>(item) {
            generic_params(cx, item, &env, node.generic_param_list(), node.where_clause());
        } else if let Some(node) = cx.node::<ast::Enum>(item) {
            generic_params(cx, item, &env, node.generic_param_list(), node.where_clause());
        }
    }
    let fine = |ty: &Ty| written::is_fine(cx.db, cx.program, &env, &cx.concrete(item, ty), Place::Attribute);
    let suspicious: Vec<usize> =
        (0..class.attributes.len()).filter(|at| cx.broken || !fine(&data.attributes[*at].ty)).collect();
    if suspicious.is_empty() {
        return;
    }
    let mut resolver = cx.resolver(item);
    resolver.self_ty = resolver.enclosing_type();
    let Some(list) = cx.node::<ast::Class>(item).and_then(|node| node.member_list()) else { return };
    let attributes: Vec<ast::Attribute> = list
        .members()
        .filter_map(|member| match member {
            ast::Member::Attribute(attribute) => Some(attribute),
            _ => None,
        })
        .collect();
    for at in suspicious {
        let ty = attributes.get(at).and_then(|attribute| attribute.ty());
        cx.check_written(&resolver, &env, ty, Place::Attribute);
    }
}

fn sup(cx: &mut Context<'_>, index: u32) {
    let item = ItemRef::Sup(index);
    let block = &cx.tree.sups[index as usize];
    let id = SupId::new(cx.file, block.id);
    let head = sup_head(cx.db, id);
    let env = Env::of_bounds(&head.generics.bounds);
    if needs_look(cx, &head.generics, &env)
        && let Some(node) = cx.node::<ast::Sup>(item)
    {
        generic_params(cx, item, &env, node.generic_param_list(), node.where_clause());
    }
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    let is_alloc = head.base.as_ref().and_then(Ty::class) == Some(lang.alloc);
    let resolver = crate::lower::head_resolver(cx.db, id);
    let target_fine = written::is_fine(cx.db, cx.program, &env, &head.target, Place::Other);
    if cx.broken || !target_fine {
        // constraints of the target's class are GN9
        if let Some(node) = cx.node::<ast::Sup>(item)
            && let Some(ty) = node.target()
        {
            let (lowered, parts) = type_ref::lower(&ty);
            let mut problems = Vec::new();
            resolver.lower_type(&lowered, &mut |problem| problems.push(problem));
            cx.report_all(problems, &parts);
        }
    }
    if let Some(base) = &head.base {
        // the element type of an allocator has rules of its own (A28)
        let fine = written::is_fine(cx.db, cx.program, &env, base, Place::Other);
        if (cx.broken || !fine)
            && let Some(node) = cx.node::<ast::Sup>(item)
            && let Some(ty) = node.base()
        {
            let (lowered, parts) = type_ref::lower(&ty);
            let mut problems = Vec::new();
            written::check_type(&resolver, &env, &lowered, Place::Other, &mut |problem| {
                problems.push(problem)
            });
            problems.retain(|problem| !is_alloc || problem.code != "A33");
            cx.report_all(problems, &parts);
        }
    }
    unbound_params(cx, item, &head.generics, &head.target, is_alloc);
    if head.target != Ty::Unknown
        && let Some(bound) = missing_constraint(cx.db, cx.program, id)
        && !bound.ty.has_unknown()
    {
        let class = head.target.class();
        let node = cx.node::<ast::Sup>(item).and_then(|node| node.target());
        let range = node.map_or_else(|| cx.header(item), |ty| trimmed(ty.syntax()));
        let wanted = display::bound(cx.db, &bound);
        let mut diagnostic =
            Diagnostic::error("GN9", range, format!("the block lacks the constraint `{wanted}`")).note(
                "the constraints of the class are repeated, at least as strong, on each of its `sup` blocks",
            );
        if let Some(class) = class {
            diagnostic = diagnostic.related_in(class.file(), declared_at(cx.db, class.0), "demanded here");
        }
        cx.report(diagnostic);
    }
}

/// GN9, for allocators A16: a parameter that the target does not mention can never be known.
fn unbound_params(cx: &mut Context<'_>, item: ItemRef, generics: &Generics, target: &Ty, is_alloc: bool) {
    if *target == Ty::Unknown {
        return;
    }
    let unbound: Vec<usize> = (0..generics.params.len())
        .filter(|at| {
            let param = Ty::Param(generics.params[*at].param.clone());
            !target.any(&mut |part| *part == param)
        })
        .collect();
    if unbound.is_empty() {
        return;
    }
    let list = cx.node::<ast::Sup>(item).and_then(|node| node.generic_param_list());
    let nodes: Vec<ast::GenericParam> = list.into_iter().flat_map(|list| list.generic_params()).collect();
    for at in unbound {
        let name = &generics.params[at].param.name;
        let range = nodes.get(at).map_or_else(|| cx.header(item), |node| trimmed(node.syntax()));
        let target = target.display(cx.db);
        let diagnostic = if is_alloc {
            Diagnostic::error("A16", range, format!("generic parameter `{name}` does not occur in `{target}`"))
                .note("every generic parameter of the block occurs in the allocator's type, else the element type is open")
        } else {
            Diagnostic::error(
                "GN9",
                range,
                format!("generic parameter `{name}` does not occur in `{target}`"),
            )
            .note("nothing but the target type can say what the parameter is")
        };
        cx.report(diagnostic);
    }
}

fn function(cx: &mut Context<'_>, index: u32) {
    let item = ItemRef::Func(index);
    let func = &cx.tree.funcs[index as usize];
    let id = FuncId::new(cx.file, func.id);
    let signature = signature(cx.db, id);
    let has_container_bounds = func.parent != Parent::Module;
    let env =
        if func.generics.is_empty() && !has_container_bounds { Env::EMPTY } else { env_of(cx.db, id.0) };
    if !func.generics.is_empty() {
        if needs_look(cx, &signature.generics, &env)
            && let Some(node) = cx.function(index)
        {
            generic_params(cx, item, &env, node.generic_param_list(), node.where_clause());
        }
        repeated_params(cx, index);
        inferrable_order(cx, index);
    }
    let fine = |ty: &Ty, place| written::is_fine(cx.db, cx.program, &env, &cx.concrete(item, ty), place);
    let place_of = |variadic: bool| if variadic { Place::VariadicParam } else { Place::Param };
    let suspicious: Vec<usize> = (0..func.params.len())
        .filter(|at| {
            let param = &func.params[*at];
            cx.broken || !fine(&signature.params[*at].ty, place_of(param.variadic))
        })
        .collect();
    let ret = func.ret.is_some() && (cx.broken || !fine(&signature.ret, Place::Return));
    let self_ty = func.self_param.as_ref().and_then(|param| param.ty.as_ref());
    if suspicious.is_empty() && !ret && self_ty.is_none() {
        return;
    }
    let mut resolver = cx.resolver(item);
    resolver.self_ty = resolver.enclosing_type();
    let Some(node) = cx.function(index) else { return };
    let params: Vec<ast::Param> = node.params().collect();
    for at in suspicious {
        let ty = params.get(at).and_then(|param| param.ty());
        cx.check_written(&resolver, &env, ty, place_of(func.params[at].variadic));
    }
    if ret {
        cx.check_written(&resolver, &env, node.return_type(), Place::Return);
    }
}

/// Whether constraints and defaults must be looked at where they are written.
fn needs_look(cx: &Context<'_>, generics: &Generics, env: &Env) -> bool {
    let fine = |ty: &Ty| written::is_fine(cx.db, cx.program, env, ty, Place::Other);
    cx.broken
        || generics.params.iter().any(|param| param.default.as_ref().is_some_and(|default| !fine(default)))
}

/// Constraints, defaults and the `where` block.
fn generic_params(
    cx: &mut Context<'_>,
    item: ItemRef,
    env: &Env,
    list: Option<ast::GenericParamList>,
    clause: Option<ast::WhereClause>,
) {
    let mut resolver = cx.resolver(item);
    resolver.heads_only = matches!(item, ItemRef::Class(_) | ItemRef::Sup(_));
    for param in list.into_iter().flat_map(|list| list.generic_params()) {
        let name = ast::HasName::name(&param).map(|name| crate::ids::Name::new(name.text()));
        let of = name.and_then(|name| resolver.param(item, &name)).map_or(Ty::Unknown, Ty::Param);
        for bound in param.constraint().into_iter().flat_map(|constraint| constraint.types()) {
            check_bound(cx, &resolver, &bound, &of);
        }
        if let Some(default) = param.default() {
            cx.check_written(&resolver, env, Some(default), Place::Other);
        }
    }
    for item in clause.into_iter().flat_map(|clause| clause.where_items()) {
        let types: Vec<Ty> =
            item.types().map(|ty| cx.check_written(&resolver, env, Some(ty), Place::Other)).collect();
        let of = types.first().cloned().unwrap_or(Ty::Unknown);
        for bound in item.constraint().into_iter().flat_map(|constraint| constraint.types()) {
            check_bound(cx, &resolver, &bound, &of);
        }
    }
}

fn check_bound(cx: &mut Context<'_>, resolver: &crate::resolve::Resolver<'_>, bound: &ast::Type, of: &Ty) {
    let (lowered, parts) = type_ref::lower(bound);
    let mut problems = Vec::new();
    resolver.lower_bound(&lowered, of, &mut |problem| problems.push(problem));
    cx.report_all(problems, &parts);
}

/// GN1: a method's own parameter has a name that the enclosing block does not use.
fn repeated_params(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    let (outer, what) = match func.parent {
        Parent::Class(class) => (&cx.tree.classes[class as usize].generics, "class"),
        Parent::Sup(sup) => (&cx.tree.sups[sup as usize].generics, "`sup` block"),
        Parent::Module | Parent::Block(_) => return,
    };
    let repeated: Vec<usize> = (0..func.generics.params.len())
        .filter(|at| outer.params.iter().any(|param| param.name == func.generics.params[*at].name))
        .collect();
    if repeated.is_empty() {
        return;
    }
    let list = cx.function(index).and_then(|node| node.generic_param_list());
    let nodes: Vec<ast::GenericParam> = list.into_iter().flat_map(|list| list.generic_params()).collect();
    for at in repeated {
        let Some(node) = nodes.get(at) else { continue };
        let name = &func.generics.params[at].name;
        let range =
            ast::HasName::name(node).map_or_else(|| trimmed(node.syntax()), |name| trimmed(name.syntax()));
        cx.report(
            Diagnostic::error(
                "GN1",
                range,
                format!("the enclosing {what} has a generic parameter `{name}` already"),
            )
            .note("remove it to use that one, or choose another name"),
        );
    }
}

/// GN5 with the first row of 8.1: what calls must name comes before what parameter types tell.
fn inferrable_order(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    let id = FuncId::new(cx.file, func.id);
    if [lang.pass, lang.fail, lang.err].contains(&id) {
        return;
    }
    let inferrable = |name: &str| func.params.iter().any(|param| param.ty.mentions(name));
    let mut first_inferrable = None;
    let mut wrong = None;
    for (at, param) in func.generics.params.iter().enumerate() {
        if inferrable(&param.name) {
            first_inferrable.get_or_insert(at);
        } else if param.default.is_none() && !param.variadic && first_inferrable.is_some() {
            wrong.get_or_insert(at);
        }
    }
    let (Some(first), Some(at)) = (first_inferrable, wrong) else { return };
    let list = cx.function(index).and_then(|node| node.generic_param_list());
    let node = list.into_iter().flat_map(|list| list.generic_params()).nth(at);
    let Some(range) = node.map(|node| trimmed(node.syntax())) else { return };
    let (name, before) = (&func.generics.params[at].name, &func.generics.params[first].name);
    cx.report(
        Diagnostic::error(
            "GN5",
            range,
            format!("`{name}` stands behind `{before}`, which calls need not name"),
        )
        .note(format!(
            "no parameter type mentions `{name}`, so every call names it; such generic parameters come first"
        )),
    );
}
