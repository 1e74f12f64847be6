//! The call around the cursor: parameters, and which of them is being given.

use super::folding::without_trivia;
use super::hover::docs;
use super::uses::{self, Definition};
use hir::display;
use hir::items::signature;
use hir::parse::parse;
use hir::resolve::{Resolver, ValuePath};
use hir::{Db, File, FuncId, Name};
use syntax::SyntaxKind::*;
use syntax::TextSize;
use syntax::ast::{self, AstNode};

/// A call, finished or not.
pub struct Call {
    /// The overload that was chosen first.
    pub candidates: Vec<FuncId>,
    /// Arguments before the cursor.
    pub index: usize,
    /// Name of the argument at the cursor, if it has one.
    pub name: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureText {
    pub label: String,
    /// Byte ranges of the parameters in the label.
    pub params: Vec<(usize, usize)>,
    pub docs: Option<String>,
    /// The parameter at the cursor.
    pub active: Option<usize>,
}

/// The innermost call whose parentheses surround the offset.
pub fn call_at(db: &dyn Db, file: File, offset: TextSize) -> Option<Call> {
    let root = parse(db, file).syntax();
    let token = root.token_at_offset(offset.min(root.text_range().end())).left_biased()?;
    let list = token.parent_ancestors().filter_map(ast::ArgList::cast).find(|list| {
        let open = list.syntax().first_token();
        let close = list.syntax().last_token().filter(|token| token.kind() == R_PAREN);
        open.is_some_and(|open| open.kind() == L_PAREN && open.text_range().end() <= offset)
            && close.is_none_or(|close| offset <= close.text_range().start())
    });
    // An unfinished list ends before the blanks in front of the cursor.
    let list = list.or_else(|| {
        let before = std::iter::successors(Some(token), |token| token.prev_token());
        let before = before.take(64).find(|token| !token.kind().is_trivia())?;
        if !matches!(before.kind(), L_PAREN | COMMA) {
            return None;
        }
        let list = before.parent_ancestors().find_map(ast::ArgList::cast)?;
        let closed = list.syntax().last_token().is_some_and(|token| token.kind() == R_PAREN);
        (!closed).then_some(list)
    })?;
    let call = ast::CallExpr::cast(list.syntax().parent()?)?;
    let commas = list
        .syntax()
        .children_with_tokens()
        .filter_map(|it| it.into_token())
        .filter(|token| token.kind() == COMMA && token.text_range().end() <= offset);
    let index = commas.count();
    let name = list.args().nth(index).and_then(|arg| arg.name()).map(|name| name.text());
    let candidates = candidates(db, file, &call);
    (!candidates.is_empty()).then_some(Call { candidates, index, name })
}

fn candidates(db: &dyn Db, file: File, call: &ast::CallExpr) -> Vec<FuncId> {
    let Some(callee) = call.callee() else { return Vec::new() };
    let range = without_trivia(callee.syntax());
    let name = callee
        .syntax()
        .descendants_with_tokens()
        .filter_map(|it| it.into_token())
        .filter(|token| matches!(token.kind(), IDENT | UIDENT))
        .last();
    let mut found: Vec<FuncId> = Vec::new();
    if let Some(name) = &name {
        for it in uses::at(db, file, name.text_range().start()) {
            if let Definition::Function(func) = it.definition {
                found.push(func);
            }
        }
    }
    // All overloads, the chosen one in front.
    let more = match (found.first(), &name) {
        (Some(func), _) => siblings(db, *func),
        (None, Some(name)) => match &callee {
            ast::Expr::NameExpr(_) => {
                let func = super::definition::function_at(db, file, range.start());
                let resolver = match func {
                    Some(func) => Resolver::for_func(db, func),
                    None => Resolver::for_file(db, file),
                };
                match resolver.value_path(&[Name::new(name.text())]) {
                    ValuePath::Functions(funcs) => funcs,
                    _ => Vec::new(),
                }
            }
            _ => by_member(db, file, &callee, name.text()),
        },
        (None, None) => Vec::new(),
    };
    for func in more {
        if !found.contains(&func) {
            found.push(func);
        }
    }
    found
}

/// Overloads that stand where `func` stands.
fn siblings(db: &dyn Db, func: FuncId) -> Vec<FuncId> {
    let of = signature(db, func);
    let functions = hir::items::functions_of(db, func.file());
    let same = functions.filter(|other| {
        let other = signature(db, *other);
        other.name == of.name && other.container == of.container
    });
    same.collect()
}

/// Methods of this name of the receiver, when no overload fits what is written so far.
fn by_member(db: &dyn Db, file: File, callee: &ast::Expr, name: &str) -> Vec<FuncId> {
    let ast::Expr::FieldExpr(field) = callee else { return Vec::new() };
    let Some(receiver) = field.receiver() else { return Vec::new() };
    let range = without_trivia(receiver.syntax());
    let Some(func) = super::definition::function_at(db, file, range.start()) else { return Vec::new() };
    let body = hir::body::body(db, func);
    let inferred = hir::infer::infer(db, func);
    let Some(relative) = range.checked_sub(hir::parse::func_range(db, func).start()) else {
        return Vec::new();
    };
    let env = hir::items::env_of(db, func.0);
    let exact = body.exprs.iter().filter(|(id, _)| body.range(*id) == relative);
    let members = exact.flat_map(|(id, _)| {
        let ty = inferred.expr_type(id);
        hir::members::lookup(db, file.program(db), &env, ty, name).members
    });
    members
        .filter_map(|member| match member.kind {
            hir::members::MemberKind::Method(func) => Some(func),
            _ => None,
        })
        .collect()
}

/// Signatures of the call around the offset.
pub fn help(db: &dyn Db, file: File, offset: TextSize) -> Option<Vec<SignatureText>> {
    let call = call_at(db, file, offset)?;
    Some(call.candidates.iter().map(|func| text(db, *func, &call)).collect())
}

fn text(db: &dyn Db, func: FuncId, call: &Call) -> SignatureText {
    let of = signature(db, func);
    let generics = display::generic_params(db, &of.generics);
    let mut label = format!("{}{generics}(", of.name);
    let mut params = Vec::new();
    for (index, param) in of.params.iter().enumerate() {
        if index > 0 {
            label.push_str(", ");
        }
        let start = label.len();
        label.push_str(&display::param(db, param));
        params.push((start, label.len()));
    }
    label.push_str(&format!(") -> {}", of.ret.display(db)));
    let by_name = call.name.as_ref().and_then(|name| of.params.iter().position(|it| *name == it.name));
    let by_place = match of.params.last() {
        Some(last) if last.variadic => Some(call.index.min(of.params.len() - 1)),
        _ => (call.index < of.params.len()).then_some(call.index),
    };
    let active = by_name.or(by_place);
    SignatureText { label, params, docs: docs(db, &Definition::Function(func)), active }
}
