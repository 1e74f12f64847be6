//! What a name, an operator or a mark is: declaration, place in memory, documentation.

use super::definition::{self, function_at};
use super::uses::{Definition, Role};
use hir::body::LocalKind;
use hir::display;
use hir::infer::infer;
use hir::item_tree::ConstValue;
use hir::items::{alias_data, class_data, generics_of, signature, sup_head};
use hir::parse::{func_range, item_node, parse};
use hir::signature::Container;
use hir::ty::{Convention, Ty};
use hir::{Db, File, FuncId};
use std::fmt::Write;
use syntax::ast::{self, AstNode, HasAnnotations};
use syntax::{SyntaxKind, SyntaxToken, TextRange, TextSize, TokenAtOffset};

/// Markdown about a range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    pub range: TextRange,
    pub markdown: String,
}

/// The first finder that has an answer wins.
pub fn hover(db: &dyn Db, file: File, offset: TextSize) -> Option<Hover> {
    names(db, file, offset).or_else(|| marks(db, file, offset))
}

fn names(db: &dyn Db, file: File, offset: TextSize) -> Option<Hover> {
    let (range, found) = definition::definitions_at(db, file, offset)?;
    let mut sections: Vec<String> = Vec::new();
    for it in &found {
        if it.role == Role::Shorthand && found.len() > 1 && !sections.is_empty() {
            continue;
        }
        let section = describe(db, file, &it.definition, range);
        if !sections.contains(&section) {
            sections.push(section);
        }
        if sections.len() == MAX_OVERLOADS {
            break;
        }
    }
    Some(Hover { range, markdown: sections.join("\n\n---\n\n") })
}

/// An imported name may stand for many overloads.
const MAX_OVERLOADS: usize = 4;

fn describe(db: &dyn Db, file: File, definition: &Definition, at: TextRange) -> String {
    let mut text = code(&declaration(db, definition));
    let facts = facts(db, file, definition, at);
    if !facts.is_empty() {
        text.push_str("\n\n");
        text.push_str(&facts.join("  \n"));
    }
    if let Some(docs) = docs(db, definition) {
        let _ = write!(text, "\n\n{docs}");
    }
    text
}

pub fn code(text: &str) -> String {
    format!("```spp\n{text}\n```")
}

/// The declaration as a person would write it, with what it stands in.
pub fn declaration(db: &dyn Db, definition: &Definition) -> String {
    match definition {
        Definition::Function(func) => {
            let text = display::declaration(db, *func);
            match container(db, *func) {
                Some(container) => format!("{container}\n{text}"),
                None => text,
            }
        }
        Definition::Class(class) => display::class_head(db, *class),
        Definition::Alias(alias) => {
            let data = alias_data(db, *alias);
            let generics = display::generic_params(db, &data.generics);
            format!("use {}{generics} = {}", data.name, data.ty.display(db))
        }
        Definition::Attribute(class, index) => {
            let data = class_data(db, *class);
            match data.attributes.get(*index as usize) {
                Some(attribute) => {
                    let head = display::class_head(db, *class);
                    format!("{head}\n{}: {}", attribute.name, attribute.ty.display(db))
                }
                None => String::new(),
            }
        }
        Definition::EnumMember(class, index) => {
            let data = class_data(db, *class);
            let members = data.members.as_deref().unwrap_or_default();
            let value = members.get(*index as usize).and_then(|member| member.value.as_ref());
            let value = match value {
                None => format!(" = {index}"),
                Some(ConstValue::Number(text)) => format!(" = {text}"),
                Some(ConstValue::Str(text)) => format!(" = {text:?}"),
                Some(ConstValue::Bool(value)) => format!(" = {value}"),
                Some(ConstValue::Other) => String::new(),
            };
            format!("enum {}\n{}{value}", data.name, definition::name(db, definition))
        }
        Definition::Local(func, local) => {
            let body = hir::body::body(db, *func);
            let data = &body.locals[*local];
            let (convention, ty) = infer(db, *func).local_type(*local);
            let mutable = if data.mutable && convention == Convention::Value { "mut " } else { "" };
            let ty = ty.display_as(db, convention);
            match data.kind {
                LocalKind::Let | LocalKind::With => format!("let {mutable}{}: {ty}", data.name),
                LocalKind::SelfParam => format!("{mutable}self: {ty}"),
                LocalKind::Param | LocalKind::LambdaParam | LocalKind::Pattern | LocalKind::Capture => {
                    format!("{mutable}{}: {ty}", data.name)
                }
            }
        }
        Definition::TypeParam(param) => {
            let own = Ty::Param(param.clone());
            let generics = generics_of(db, param.owner);
            let bounds: Vec<String> = generics
                .bounds
                .iter()
                .filter(|bound| bound.ty == own)
                .map(|bound| display::bound_class(db, bound))
                .collect();
            let variadic = if param.variadic { "..." } else { "" };
            let bounds = if bounds.is_empty() { String::new() } else { format!(": {}", bounds.join(" & ")) };
            format!("[{variadic}{}{bounds}]", param.name)
        }
        Definition::Module(path) => format!("mod {path}"),
        Definition::Builtin(class, name) => {
            let data = class_data(db, *class);
            if data.members.is_some() {
                format!("enum {}\n{name}", data.name)
            } else {
                format!("{}\n{name}: Num", display::class_head(db, *class))
            }
        }
    }
}

/// The class or `sup` block that a method stands in; the module of a function.
fn container(db: &dyn Db, func: FuncId) -> Option<String> {
    match signature(db, func).container {
        Container::Module => {
            let tree = hir::parse::item_tree(db, func.file());
            tree.module.as_ref().map(|module| format!("mod {module}"))
        }
        Container::Class(class) => Some(display::class_head(db, class)),
        Container::Sup(sup) => {
            let head = sup_head(db, sup);
            let generics = display::generic_params(db, &head.generics);
            Some(match &head.base {
                Some(base) => format!("sup{generics} {} for {}", base.display(db), head.target.display(db)),
                None => format!("sup{generics} {}", head.target.display(db)),
            })
        }
        Container::Function(_) => None,
    }
}

/// Lines on place, lifetime and use.
fn facts(db: &dyn Db, file: File, definition: &Definition, at: TextRange) -> Vec<String> {
    match definition {
        Definition::Local(func, local) => super::placement::of_local(db, *func, *local, at),
        Definition::Class(class) => super::placement::of_class(db, file.program(db), *class),
        Definition::Attribute(class, index) => {
            super::placement::of_attribute(db, file.program(db), *class, *index)
        }
        Definition::Function(func) => super::placement::of_function(db, *func),
        Definition::Alias(alias) => {
            super::placement::of_alias(db, file.program(db), &alias_data(db, *alias).ty)
        }
        _ => Vec::new(),
    }
}

/// The comments above a declaration.
pub fn docs(db: &dyn Db, definition: &Definition) -> Option<String> {
    let text = match definition {
        Definition::Function(func) => ast::Function::cast(item_node(db, func.0)?)?.doc_text(),
        Definition::Class(class) => {
            let node = item_node(db, class.0)?;
            match ast::Class::cast(node.clone()) {
                Some(class) => class.doc_text(),
                None => ast::Enum::cast(node)?.doc_text(),
            }
        }
        Definition::Attribute(class, index) => {
            let class = ast::Class::cast(item_node(db, class.0)?)?;
            let attributes = class.member_list()?.members().filter_map(|member| match member {
                ast::Member::Attribute(attribute) => Some(attribute),
                _ => None,
            });
            attributes.into_iter().nth(*index as usize)?.doc_text()
        }
        _ => None,
    };
    text.filter(|text| !text.is_empty())
}

/// Borrow marks, braces, literals and keywords.
fn marks(db: &dyn Db, file: File, offset: TextSize) -> Option<Hover> {
    let root = parse(db, file).syntax();
    let token = match root.token_at_offset(offset.min(root.text_range().end())) {
        TokenAtOffset::None => return None,
        TokenAtOffset::Single(token) => token,
        TokenAtOffset::Between(left, right) => {
            if right.kind().is_trivia() || !is_mark(&right) {
                left
            } else {
                right
            }
        }
    };
    let range = token.text_range();
    let func = function_at(db, file, offset);
    let markdown = match token.kind() {
        SyntaxKind::R_BRACE => {
            let lines = super::placement::drops_at(db, func?, range);
            if lines.is_empty() { return None } else { lines.join("  \n") }
        }
        SyntaxKind::LET_KW => return let_hover(db, file, &token),
        SyntaxKind::SUP_KW => return sup_hover(db, file, &token),
        SyntaxKind::AMP | SyntaxKind::MUT_KW => borrow_hover(db, func?, &token)?,
        _ => {
            let ty = expression_type(db, func?, &token)?;
            code(&ty)
        }
    };
    Some(Hover { range, markdown })
}

fn is_mark(token: &SyntaxToken) -> bool {
    matches!(token.kind(), SyntaxKind::R_BRACE | SyntaxKind::AMP) || token.kind().is_keyword()
}

/// A block that makes a class an allocator tells how far it is one.
fn sup_hover(db: &dyn Db, file: File, token: &SyntaxToken) -> Option<Hover> {
    let block = token.parent().and_then(ast::Sup::cast)?;
    let sup = hir::semantics::Semantics::new(db, file).sup_of(block.syntax())?;
    let head = sup_head(db, sup);
    let alloc = hir::lang::lang_items(db, file.edition(db)).alloc;
    if head.base.as_ref().and_then(Ty::class) != Some(alloc) {
        return None;
    }
    let class = head.target.class()?;
    let markdown = super::placement::allocator(db, file.program(db), class);
    Some(Hover { range: token.text_range(), markdown })
}

/// `let` tells about what it declares.
fn let_hover(db: &dyn Db, file: File, token: &SyntaxToken) -> Option<Hover> {
    let statement = token.parent_ancestors().find_map(ast::LetStmt::cast)?;
    let names = statement.syntax().descendants().filter_map(ast::LocalVar::cast);
    let sections: Vec<String> = names
        .filter_map(|var| {
            use syntax::ast::HasName;
            let name = var.name()?.token()?;
            Some(names_at(db, file, name.text_range().start())?.markdown)
        })
        .collect();
    let markdown = sections.join("\n\n---\n\n");
    (!markdown.is_empty()).then(|| Hover { range: token.text_range(), markdown })
}

fn names_at(db: &dyn Db, file: File, offset: TextSize) -> Option<Hover> {
    names(db, file, offset)
}

/// A borrow as argument, capture or in a signature.
fn borrow_hover(db: &dyn Db, func: FuncId, token: &SyntaxToken) -> Option<String> {
    let mark = token.parent_ancestors().find_map(ast::BorrowMark::cast)?;
    let kind = match mark.convention() {
        ast::Convention::Mut => "mutable",
        _ => "immutable",
    };
    let parent = mark.syntax().parent()?;
    let mut lines = Vec::new();
    match parent.kind() {
        SyntaxKind::ARG | SyntaxKind::CAPTURE => {
            let value = super::folding::without_trivia(&parent);
            let text = parent.text().to_string();
            lines.push(format!("{kind} borrow `{}`", text.trim()));
            lines.extend(super::placement::of_borrow(db, func, value));
            if parent.kind() == SyntaxKind::ARG {
                lines.push("ends with the call (BR4)".to_owned());
            }
        }
        SyntaxKind::YIELD_EXPR => {
            lines.push(format!(
                "yields {} borrow",
                if kind == "mutable" { "a mutable" } else { "an immutable" }
            ));
        }
        _ => {
            lines.push(format!(
                "taken by {} borrow: the caller keeps the value",
                if kind == "mutable" { "mutable" } else { "immutable" }
            ));
        }
    }
    Some(lines.join("  \n"))
}

/// Type of the innermost expression that begins or ends with this token.
fn expression_type(db: &dyn Db, func: FuncId, token: &SyntaxToken) -> Option<String> {
    let start = func_range(db, func).start();
    let body = hir::body::body(db, func);
    let inferred = infer(db, func);
    let range = token.text_range().checked_sub(start)?;
    let mut best: Option<(TextSize, String)> = None;
    for (id, expr) in body.exprs.iter() {
        let of_expr = body.range(id);
        if of_expr.contains_range(range)
            && !matches!(expr, hir::body::Expr::Block { .. } | hir::body::Expr::Missing)
            && (of_expr.start() == range.start() || of_expr.end() == range.end())
            && best.as_ref().is_none_or(|(len, _)| of_expr.len() < *len)
        {
            let ty = inferred.expr_type(id);
            if !ty.has_unknown() {
                best = Some((of_expr.len(), ty.display_as(db, inferred.borrow(id)).to_string()));
            }
        }
    }
    best.map(|(_, ty)| ty)
}
