//! Forms of `self`, and a parameter for the allocator of a class.

use super::{Action, ActionKind, Place};
use crate::ide::folding::without_trivia;
use hir::items::{class_data, class_generics};
use hir::semantics::Semantics;
use hir::ty::Ty;
use syntax::SyntaxKind::{ASSIGN_STMT, FIELD_INIT};
use syntax::ast::{self, AstNode, HasGenericParams, HasName};
use syntax::{SyntaxNode, TextRange, TextSize};

/// `&self` ↔ `self: &Self` (SY10).
pub(super) fn self_form(place: &Place<'_>, actions: &mut Vec<Action>) {
    let token = place.root.token_at_offset(place.range.start());
    let param = token.into_iter().find_map(|token| token.parent_ancestors().find_map(ast::SelfParam::cast));
    let Some(param) = param else { return };
    let range = crate::ide::folding::without_trivia(param.syntax());
    let mutable = if param.is_mut() { "mut " } else { "" };
    if param.is_long_form() {
        let written = param.ty().map(|ty| ty.syntax().text().to_string());
        if written.as_deref().map(str::trim) != Some("Self") {
            return;
        }
        let mark = param.convention().prefix();
        let edit = (range, format!("{mark}{mutable}self"));
        actions.push(place.action("write `self` in the short form", ActionKind::Rewrite, vec![edit]));
    } else {
        let edit = (range, format!("{mutable}self: {}Self", param.convention().prefix()));
        actions.push(place.action("write `self` with its type", ActionKind::Rewrite, vec![edit]));
    }
}

/// The collections of a class get their memory from an allocator that its user chooses.
pub(super) fn allocator_parameter(place: &Place<'_>, actions: &mut Vec<Action>) {
    let token = place.root.token_at_offset(place.range.start()).right_biased();
    let Some(class) = token.and_then(|token| token.parent_ancestors().find_map(ast::Class::cast)) else {
        return;
    };
    let Some(name) = class.name() else { return };
    let semantics = Semantics::new(place.db, place.file);
    let Some(id) = semantics.class_of(class.syntax()) else { return };
    let data = class_data(place.db, id);
    let taken = data.generics.params.iter().any(|param| param.param.name == "A");
    if taken {
        return;
    }
    // All collections must have elements of one type: one allocator serves one type.
    let mut element: Option<Ty> = None;
    // Names of attributes, and of the classes of their collections.
    let mut changed: Vec<(String, String)> = Vec::new();
    let mut edits: Vec<(TextRange, String)> = Vec::new();
    let members = class.member_list().into_iter().flat_map(|list| list.members());
    let attributes = members.filter_map(|member| match member {
        ast::Member::Attribute(attribute) => Some(attribute),
        _ => None,
    });
    for (attribute, written) in data.attributes.iter().zip(attributes) {
        let Some(of) = default_allocator_element(place, &attribute.ty) else { continue };
        if element.as_ref().is_some_and(|known| *known != of) {
            continue;
        }
        let Some(ast::Type::PathType(path)) = written.ty() else { continue };
        let Some(args) = path.last_segment().and_then(|segment| segment.generic_arg_list()) else { continue };
        let Some(close) = args.syntax().last_token() else { continue };
        edits.push((TextRange::empty(close.text_range().start()), ", A".to_owned()));
        let collection = path.last_segment().and_then(|segment| segment.name_ref()).map(|name| name.text());
        changed.push((attribute.name.to_string(), collection.unwrap_or_default()));
        element = Some(of);
    }
    let (Some(element), Some(name_token)) = (element, name.token()) else { return };
    let element = element.display(place.db).to_string();
    let param = format!("A: Alloc[{element}] = GlobalAlloc[{element}]");
    let name_end = name_token.text_range().end();
    edits.push(with_param(class.generic_param_list(), name_end, &param));
    for sup in place.root.children().filter_map(ast::Sup::cast) {
        if semantics.sup_of(sup.syntax()).is_none() {
            continue;
        }
        let Some(ast::Type::PathType(target)) = sup.target() else { continue };
        let Some(segment) = target.last_segment() else { continue };
        let Some(target_name) = segment.name_ref().and_then(|name| name.token()) else { continue };
        if target_name.text() != name_token.text() {
            continue;
        }
        let Some(keyword) = sup.sup_token() else { continue };
        let end = keyword.text_range().end();
        edits.push(with_param(sup.generic_param_list(), end, &format!("A: Alloc[{element}]")));
        // In the block the class means the one with this allocator wherever it is named.
        let named = sup.syntax().descendants().filter_map(ast::TypeSegment::cast);
        edits.extend(named.filter_map(|segment| with_argument(&segment, name_token.text())));
        let Some(values) = values_of(place, sup.syntax(), &changed) else { return };
        edits.extend(values);
    }
    actions.push(place.action("add an allocator parameter `[A: Alloc]`", ActionKind::Rewrite, edits));
}

/// The collections that become values of the attributes get the allocator too; `None` where a value comes from elsewhere.
fn values_of(
    place: &Place<'_>,
    sup: &SyntaxNode,
    changed: &[(String, String)],
) -> Option<Vec<(TextRange, String)>> {
    let mut edits = Vec::new();
    for node in sup.descendants() {
        let text = &place.text[without_trivia(&node)];
        let named = match node.kind() {
            FIELD_INIT => text,
            ASSIGN_STMT => text.strip_prefix("self.").unwrap_or(""),
            _ => continue,
        };
        let named: String = named.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some((_, collection)) = changed.iter().find(|(name, _)| *name == named) else { continue };
        let first = node.descendants().find_map(ast::TypeSegment::cast)?;
        edits.push(with_argument(&first, collection).filter(|(_, text)| text == ", A")?);
    }
    Some(edits)
}

fn with_argument(segment: &ast::TypeSegment, class: &str) -> Option<(TextRange, String)> {
    let name = segment.name_ref()?.token().filter(|name| name.text() == class)?;
    Some(match segment.generic_arg_list().and_then(|list| list.syntax().last_token()) {
        Some(close) => (TextRange::empty(close.text_range().start()), ", A".to_owned()),
        None => (TextRange::empty(name.text_range().end()), "[A]".to_owned()),
    })
}

fn with_param(list: Option<ast::GenericParamList>, at: TextSize, param: &str) -> (TextRange, String) {
    match list.and_then(|list| list.syntax().last_token()) {
        Some(close) => (TextRange::empty(close.text_range().start()), format!(", {param}")),
        None => (TextRange::empty(at), format!("[{param}]")),
    }
}

/// What a collection with the default allocator holds.
fn default_allocator_element(place: &Place<'_>, ty: &Ty) -> Option<Ty> {
    let Ty::Class(class, args) = ty else { return None };
    let lang = hir::lang::lang_items(place.db, place.file.edition(place.db));
    let generics = class_generics(place.db, *class);
    let last = generics.params.len().checked_sub(1)?;
    generics.params.get(last)?.default.as_ref()?;
    match args.get(last)? {
        Ty::Class(allocator, of) if *allocator == lang.global_alloc => of.first().cloned(),
        _ => None,
    }
}
