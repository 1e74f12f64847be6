//! Methods of classes and `sup` blocks.

use super::{Action, ActionKind, Place};
use crate::ide::completion::stubs;
use crate::ide::folding::without_trivia;
use hir::SupId;
use hir::semantics::Semantics;
use syntax::ast::{self, AstNode, HasGenericParams, HasName};
use syntax::{SyntaxNode, TextRange, TextSize};

/// Stubs of what a `sup` block leaves abstract.
pub(super) fn implement_missing(place: &Place<'_>, actions: &mut Vec<Action>) {
    let Some(sup) = around::<ast::Sup>(place) else { return };
    let semantics = Semantics::new(place.db, place.file);
    let Some(id) = semantics.sup_of(sup.syntax()) else { return };
    let id: SupId = id;
    let missing = stubs(place.db, id, false);
    if missing.is_empty() {
        return;
    }
    let Some(close) = sup.member_list().and_then(|list| list.syntax().last_token()) else { return };
    let at = close.text_range().start();
    let indent = place.indent(without_trivia(sup.syntax()).start());
    let bodies: Vec<String> = missing
        .iter()
        .map(|(_, text)| {
            let text = text.replace("{\n    }", "{ ... }");
            format!("{indent}    {text}\n")
        })
        .collect();
    let before = &place.text[..usize::from(at)];
    let on_own_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
    let start = TextSize::new(before.trim_end().len() as u32);
    let range = if on_own_line { TextRange::new(start, at) } else { TextRange::empty(at) };
    let text = format!("\n{}{indent}", bodies.join("\n"));
    let title = match missing.len() {
        1 => "implement the missing method".to_owned(),
        count => format!("implement {count} missing methods"),
    };
    actions.push(place.action(title, ActionKind::Rewrite, vec![(range, text)]));
}

/// Between methods in the body of a class and a `sup` block of it (SY5).
pub(super) fn move_methods(place: &Place<'_>, actions: &mut Vec<Action>) {
    if let Some(class) = around::<ast::Class>(place)
        && on_head(place, class.syntax())
    {
        out_of_class(place, &class, actions);
    }
    if let Some(sup) = around::<ast::Sup>(place)
        && on_head(place, sup.syntax())
    {
        into_class(place, &sup, actions);
    }
}

fn out_of_class(place: &Place<'_>, class: &ast::Class, actions: &mut Vec<Action>) {
    let Some(list) = class.member_list() else { return };
    let methods: Vec<SyntaxNode> =
        list.syntax().children().filter(|node| ast::Function::can_cast(node.kind())).collect();
    if methods.is_empty() {
        return;
    }
    let Some(name) = class.name().map(|name| name.text()) else { return };
    let (generics, args) = match class.generic_param_list() {
        Some(list) => {
            let names: Vec<String> =
                list.generic_params().filter_map(|param| param.name()).map(|name| name.text()).collect();
            (without_defaults(&list), format!("[{}]", names.join(", ")))
        }
        None => (String::new(), String::new()),
    };
    let mut edits: Vec<(TextRange, String)> = Vec::new();
    let mut bodies = Vec::new();
    for method in &methods {
        let range = method.text_range();
        bodies.push(place.text[range].trim().to_owned());
        let before = place.text[..usize::from(range.start())].trim_end().len();
        edits.push((TextRange::new(TextSize::new(before as u32), range.end()), String::new()));
    }
    let text = format!("\n\nsup{generics} {name}{args} {{\n    {}\n}}", bodies.join("\n\n    "));
    edits.push((TextRange::empty(class.syntax().text_range().end()), text));
    actions.push(place.action("move the methods to a `sup` block", ActionKind::Rewrite, edits));
}

/// Defaults belong to the class alone.
fn without_defaults(list: &ast::GenericParamList) -> String {
    let params: Vec<String> = list
        .generic_params()
        .map(|param| {
            let text = param.syntax().text().to_string();
            text.split('=').next().unwrap_or("").trim().to_owned()
        })
        .collect();
    format!("[{}]", params.join(", "))
}

fn into_class(place: &Place<'_>, sup: &ast::Sup, actions: &mut Vec<Action>) {
    if sup.base().is_some() {
        return;
    }
    let Some(ast::Type::PathType(target)) = sup.target() else { return };
    let segments: Vec<ast::TypeSegment> = target.type_segments().collect();
    let [segment] = segments.as_slice() else { return };
    let Some(name) = segment.name_ref().map(|name| name.text()) else { return };
    let class = place
        .root
        .children()
        .filter_map(ast::Class::cast)
        .find(|class| class.name().is_some_and(|it| it.text() == name));
    let Some(class) = class else { return };
    // The parameters must be called the same in both.
    let params: Vec<String> = class
        .generic_param_list()
        .into_iter()
        .flat_map(|list| list.generic_params())
        .filter_map(|param| param.name())
        .map(|name| name.text())
        .collect();
    let args = segment.generic_arg_list();
    let args: Vec<String> = args
        .into_iter()
        .flat_map(|list| list.generic_args())
        .map(|arg| arg.syntax().text().to_string().trim().to_owned())
        .collect();
    if params != args {
        return;
    }
    let Some(close) = class.member_list().and_then(|list| list.syntax().last_token()) else { return };
    let Some(members) = sup.member_list() else { return };
    let inner = members.syntax().text().to_string();
    let inner = inner.trim().trim_start_matches('{').trim_end_matches('}').trim_matches('\n').trim_end();
    if inner.trim().is_empty() {
        return;
    }
    let before = place.text[..usize::from(close.text_range().start())].trim_end().len();
    let gap = TextRange::new(TextSize::new(before as u32), close.text_range().start());
    let range = sup.syntax().text_range();
    let from = place.text[..usize::from(range.start())].trim_end().len();
    let edits = vec![
        (gap, format!("\n\n{inner}\n")),
        (TextRange::new(TextSize::new(from as u32), range.end()), String::new()),
    ];
    // Overlapping edits mean that the blocks touch in a way this does not handle.
    if edits[0].0.intersect(edits[1].0).is_none() {
        actions.push(place.action("move the methods into the class", ActionKind::Rewrite, edits));
    }
}

fn around<N: AstNode>(place: &Place<'_>) -> Option<N> {
    let token = place.root.token_at_offset(place.range.start()).right_biased();
    let token = token.or_else(|| place.root.last_token())?;
    token.parent_ancestors().find_map(N::cast)
}

/// The cursor is in front of the members.
fn on_head(place: &Place<'_>, node: &SyntaxNode) -> bool {
    let list = node.children().find_map(ast::MemberList::cast);
    list.is_some_and(|list| place.range.start() <= list.syntax().text_range().start())
}
