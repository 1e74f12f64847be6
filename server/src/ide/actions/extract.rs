//! A part of a function becomes a variable or a function of its own.

use super::{Action, ActionKind, Place};
use crate::ide::definition::function_at;
use crate::ide::folding::without_trivia;
use crate::ide::uses::{self, Definition, Use};
use hir::FuncId;
use hir::body::LocalId;
use hir::infer::infer;
use hir::items::{env_of, signature};
use hir::parse::func_range;
use hir::placement::{LifetimeKind, lifetime};
use hir::signature::Container;
use hir::ty::{Convention, Ty};
use syntax::SyntaxKind::*;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxNode, TextRange};

/// `f(a + b)` → `let value = a + b` and `f(value)`.
pub(super) fn variable(place: &Place<'_>, actions: &mut Vec<Action>) {
    let selected = place.trimmed();
    if selected.is_empty() {
        return;
    }
    let Some(node) = exact(&place.root, selected, |node| ast::Expr::can_cast(node.kind())) else { return };
    if matches!(node.kind(), BLOCK_EXPR | PLACEHOLDER_EXPR | ELLIPSIS_EXPR | BORROW_EXPR | TYPE_EXPR) {
        return;
    }
    let Some(statement) = statement_around(&node) else { return };
    // Behind another part of its statement that is evaluated later, again or not at all it would be evaluated too early.
    let mut inside = node.ancestors().skip(1).take_while(|it| *it != statement).chain([statement.clone()]);
    let later =
        |it: &SyntaxNode| matches!(it.kind(), LAMBDA_EXPR | BRANCH | BRANCH_LIST | WHILE_EXPR | PARAM);
    if inside.any(|it| later(&it)) {
        return;
    }
    if node.parent().is_some_and(|parent| parent.kind() == EXPR_STMT)
        || is_callee(&node)
        || is_assigned(&node)
    {
        return;
    }
    let Some(func) = function_at(place.db, place.file, selected.start()) else { return };
    // Parentheses have no value of their own.
    let value = std::iter::successors(Some(node.clone()), |node| {
        ast::ParenExpr::cast(node.clone())?.expr().map(|inner| inner.syntax().clone())
    });
    let value = value.last().map_or(selected, |inner| without_trivia(&inner));
    let Some(ty) = type_of(place, func, value) else { return };
    let env = env_of(place.db, func.0);
    let program = place.file.program(place.db);
    // Taking a value out of its place would move it.
    if matches!(node.kind(), NAME_EXPR | FIELD_EXPR) && !hir::facts::is_copy(place.db, program, &env, &ty) {
        return;
    }
    if holds_borrow(place, &ty) || needs_its_place(place, func, &node) {
        return;
    }
    let name = fresh_name(place, func, &name_for(&node));
    let start = without_trivia(&statement).start();
    let indent = place.indent(start);
    let text = &place.text[selected];
    let edits = vec![(TextRange::empty(start), format!("let {name} = {text}\n{indent}")), (selected, name)];
    actions.push(place.action("extract into a variable", ActionKind::Extract, edits));
}

/// The place that an assignment writes to, or a part of it.
fn is_assigned(node: &SyntaxNode) -> bool {
    node.ancestors().find_map(ast::AssignStmt::cast).is_some_and(|assignment| {
        let value = assignment.syntax().children().last();
        value.is_some_and(|value| !value.text_range().contains_range(node.text_range()))
    })
}

/// A generator, or something with a borrow in it, is bound to what it borrows (CO6, CO8).
fn holds_borrow(place: &Place<'_>, ty: &Ty) -> bool {
    let lang = hir::lang::lang_items(place.db, place.file.edition(place.db));
    let bound = [lang.asynk, lang.generator, lang.fut, lang.iter];
    ty.any(&mut |part| part.class().is_some_and(|class| bound.contains(&class)))
}

/// What the place of a call wants decides its generic parameters (GN12), or whether it may go without an argument.
fn needs_its_place(place: &Place<'_>, func: FuncId, node: &SyntaxNode) -> bool {
    let Some(call) = ast::CallExpr::cast(node.clone()) else { return false };
    let Some(callee) = call.callee().map(|callee| without_trivia(callee.syntax())) else { return false };
    let start = func_range(place.db, func).start();
    let called = uses::of_body(place.db, func).iter().rev().find_map(|it| match it.definition {
        Definition::Function(called) if (it.range + start).end() == callee.end() => Some(called),
        _ => None,
    });
    let written = place.text[callee].ends_with(']');
    called.is_some_and(|called| {
        let signature = signature(place.db, called);
        let decided = |param: &hir::ty::TypeParam| {
            signature
                .params
                .iter()
                .any(|it| it.ty.any(&mut |part| matches!(part, Ty::Param(other) if other == param)))
        };
        !written && signature.generics.params.iter().any(|param| !decided(&param.param))
            || signature.params.iter().any(|it| it.ty.has_params()) && call.args().next().is_none()
    })
}

/// Statements become a function that is called in their place.
pub(super) fn function(place: &Place<'_>, actions: &mut Vec<Action>) {
    let selected = place.trimmed();
    if selected.is_empty() {
        return;
    }
    let Some(func) = function_at(place.db, place.file, selected.start()) else { return };
    let Some(statements) = statements(place, selected) else { return };
    if statements.iter().any(leaves) || !signature(place.db, func).generics.params.is_empty() {
        return;
    }
    if statements.last().is_some_and(|last| is_value_of_block(place, func, last)) {
        return;
    }
    let Some(parts) = parts(place, func, selected) else { return };
    let types = parts.inputs.iter().map(|it| &it.ty).chain(parts.output.iter().map(|it| &it.ty));
    if parts.output.as_ref().is_some_and(|it| holds_borrow(place, &it.ty))
        || types.into_iter().any(|ty| !can_be_named(place, ty))
    {
        return;
    }
    let of = signature(place.db, func);
    if matches!(of.container, Container::Class(_) | Container::Sup(_))
        && parts.inputs.iter().any(|input| input.name == "self")
        || of.container.item().is_some_and(|item| hir::display::is_generic(place.db, item))
    {
        return;
    }
    let name = "extracted";
    let params: Vec<String> = parts
        .inputs
        .iter()
        .map(|it| format!("{}: {}", it.name, it.ty.display_as(place.db, it.convention)))
        .collect();
    let args: Vec<String> =
        parts.inputs.iter().map(|it| format!("{}{}", it.argument.prefix(), it.name)).collect();
    let call = format!("{name}({})", args.join(", "));
    let (ret, call, tail) = match &parts.output {
        Some(output) => {
            let mutable = if output.mutable { "mut " } else { "" };
            (
                output.ty.display(place.db).to_string(),
                format!("let {mutable}{} = {call}", output.name),
                format!("\n    ret {}", output.name),
            )
        }
        None => ("Void".to_owned(), call, String::new()),
    };
    let indent = place.indent(selected.start()).to_owned();
    let body: Vec<String> = place.text[selected]
        .lines()
        .enumerate()
        .map(|(index, line)| if index == 0 { line } else { line.strip_prefix(&indent).unwrap_or(line) })
        .map(|line| if line.trim().is_empty() { String::new() } else { format!("    {line}") })
        .collect();
    let text = format!("\n\nfn {name}({}) -> {ret} {{\n{}{tail}\n}}", params.join(", "), body.join("\n"));
    let Some(item) = top_level(&place.root, selected) else { return };
    let edits = vec![(selected, call), (TextRange::empty(item.text_range().end()), text)];
    actions.push(place.action("extract into a function", ActionKind::Extract, edits));
}

/// The last expression of a block whose value somebody takes.
fn is_value_of_block(place: &Place<'_>, func: FuncId, last: &SyntaxNode) -> bool {
    let Some(value) = ast::ExprStmt::cast(last.clone()).and_then(|statement| statement.expr()) else {
        return false;
    };
    let is_last = last.next_sibling().is_none();
    is_last && type_of(place, func, without_trivia(value.syntax())).is_some()
}

/// All classes of a type are known in the file under their names.
fn can_be_named(place: &Place<'_>, ty: &Ty) -> bool {
    let resolver = hir::resolve::Resolver::for_file(place.db, place.file);
    !ty.any(&mut |part| {
        let Some(class) = part.class() else { return false };
        let name = &hir::items::class_data(place.db, class).name;
        !matches!(resolver.type_head(&[], name), hir::resolve::TypeHead::Class(found) if found == class)
    })
}

struct Input {
    name: String,
    ty: Ty,
    /// Of the parameter.
    convention: Convention,
    /// Mark at the argument.
    argument: Convention,
}

struct Output {
    name: String,
    ty: Ty,
    mutable: bool,
}

struct Parts {
    inputs: Vec<Input>,
    output: Option<Output>,
}

/// What statements need from before and leave for after; `None` where one function cannot give it.
fn parts(place: &Place<'_>, func: FuncId, selected: TextRange) -> Option<Parts> {
    let db = place.db;
    let start = func_range(db, func).start();
    let (body, inferred) = (hir::body::body(db, func), infer(db, func));
    let env = env_of(db, func.0);
    let program = place.file.program(db);
    let local_of = |it: &Use| match it.definition {
        Definition::Local(of, local) if of == func => Some(local),
        _ => None,
    };
    let all = uses::of_body(db, func);
    let mut inputs: Vec<Input> = Vec::new();
    let mut seen: Vec<LocalId> = Vec::new();
    let mut output = None;
    for it in all.iter() {
        let Some(local) = local_of(it) else { continue };
        let data = &body.locals[local];
        let declared_inside = selected.contains_range(data.range + start);
        let used_inside = selected.contains_range(it.range + start);
        if declared_inside && !used_inside && it.range.start() + start >= selected.end() {
            if output.as_ref().is_some_and(|(known, _)| *known != local) {
                return None;
            }
            let (convention, ty) = inferred.local_type(local);
            if convention != Convention::Value || ty.has_unknown() {
                return None;
            }
            let found = Output { name: data.name.to_string(), ty: ty.clone(), mutable: data.mutable };
            output = Some((local, found));
        }
        if declared_inside || !used_inside || seen.contains(&local) {
            continue;
        }
        seen.push(local);
        let (held, ty) = inferred.local_type(local);
        if ty.has_unknown() {
            return None;
        }
        let inside = |range: TextRange| selected.contains_range(range + start);
        let moved = lifetime(db, func, local)
            .iter()
            .any(|it| matches!(it.kind, LifetimeKind::Moved | LifetimeKind::MaybeMoved) && inside(it.range));
        let written = hir::placement::changed_places(db, func)
            .iter()
            .any(|(changed, range)| *changed == local && inside(*range));
        let is_copy = hir::facts::is_copy(db, program, &env, ty);
        let convention = match held {
            Convention::Value if moved => Convention::Value,
            Convention::Value if written => Convention::Mut,
            Convention::Value if is_copy => Convention::Value,
            Convention::Value => Convention::Ref,
            borrowed => borrowed,
        };
        // Assigning the variable itself would need a place in the caller.
        if is_assigned_whole(place, all, local, func, selected, start) {
            return None;
        }
        let argument = if held == Convention::Value { convention } else { held };
        inputs.push(Input { name: data.name.to_string(), ty: ty.clone(), convention, argument });
    }
    Some(Parts { inputs, output: output.map(|(_, output)| output) })
}

fn is_assigned_whole(
    place: &Place<'_>,
    all: &[Use],
    local: LocalId,
    func: FuncId,
    selected: TextRange,
    start: syntax::TextSize,
) -> bool {
    all.iter().any(|it| {
        let range = it.range + start;
        let token = place.root.token_at_offset(range.start()).right_biased();
        let name = token.and_then(|token| token.parent_ancestors().find(|node| node.kind() == NAME_EXPR));
        it.definition == Definition::Local(func, local)
            && selected.contains_range(range)
            && name.is_some_and(|name| {
                name.parent().is_some_and(|it| it.kind() == ASSIGN_STMT) && is_assigned(&name)
            })
    })
}

/// The statements that a selection consists of, exactly.
fn statements(place: &Place<'_>, selected: TextRange) -> Option<Vec<SyntaxNode>> {
    let covering = place.root.covering_element(selected);
    let block = covering.ancestors().find(|node| node.kind() == BLOCK)?;
    let inside: Vec<SyntaxNode> = block
        .children()
        .filter(|node| ast::Stmt::can_cast(node.kind()))
        .filter(|node| selected.intersect(without_trivia(node)).is_some_and(|it| !it.is_empty()))
        .collect();
    let first = without_trivia(inside.first()?).start();
    let last = without_trivia(inside.last()?).end();
    (TextRange::new(first, last) == selected).then_some(inside)
}

/// Whether control may leave the statements early, or they declare items.
fn leaves(statement: &SyntaxNode) -> bool {
    statement.descendants().any(|node| {
        matches!(node.kind(), RETURN_STMT | YIELD_EXPR | TRY_EXPR | FUNCTION | USE)
            || node.kind() == ELSE_CLAUSE && node.parent().is_some_and(|it| it.kind() == LET_STMT)
    })
}

fn exact(root: &SyntaxNode, range: TextRange, wanted: impl Fn(&SyntaxNode) -> bool) -> Option<SyntaxNode> {
    let covering = root.covering_element(range);
    covering.ancestors().find(|node| wanted(node) && without_trivia(node) == range)
}

fn statement_around(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.ancestors()
        .find(|it| ast::Stmt::can_cast(it.kind()) && it.parent().is_some_and(|parent| parent.kind() == BLOCK))
}

fn top_level(root: &SyntaxNode, range: TextRange) -> Option<SyntaxNode> {
    root.children().find(|node| node.text_range().contains_range(range))
}

fn is_callee(node: &SyntaxNode) -> bool {
    node.parent()
        .and_then(ast::CallExpr::cast)
        .and_then(|call| call.callee())
        .is_some_and(|it| it.syntax() == node)
}

fn type_of(place: &Place<'_>, func: FuncId, range: TextRange) -> Option<Ty> {
    let relative = range.checked_sub(func_range(place.db, func).start())?;
    let body = hir::body::body(place.db, func);
    let inferred = infer(place.db, func);
    let found = body.exprs.iter().find(|(id, _)| body.range(*id) == relative)?;
    let ty = inferred.expr_type(found.0);
    let void = hir::lang::lang_items(place.db, place.file.edition(place.db)).void;
    let holds = inferred.borrow(found.0) == Convention::Value && ty.class() != Some(void);
    (holds && !ty.has_unknown() && !matches!(ty, Ty::Never)).then(|| ty.clone())
}

/// The name of the method that is called; else `value`.
fn name_for(node: &SyntaxNode) -> String {
    let call = ast::CallExpr::cast(node.clone()).and_then(|call| call.method());
    let name = call.and_then(|method| method.name_ref()).map(|name| name.text());
    name.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).unwrap_or("value".to_owned())
}

fn fresh_name(place: &Place<'_>, func: FuncId, wanted: &str) -> String {
    let body = hir::body::body(place.db, func);
    let taken = |name: &str| body.locals.iter().any(|(_, local)| local.name == name);
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}
