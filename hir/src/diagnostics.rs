//! All diagnostics of a file: one module per group of rules, joined, sorted and freed of consequences here.

mod allocators;
mod annotations;
mod classes;
mod functions;
mod generics;
mod names;
mod overrides;
pub mod written;

use crate::db::{Db, File, Program};
use crate::diagnostic::{Diagnostic, Severity, TextEdit};
use crate::green::Green;
use crate::ids::{FuncKey, ItemId};
use crate::item_tree::{ItemRef, ItemTree};
use crate::items::Env;
use crate::lower::TypeProblem;
use crate::parse::{ast_id_map, item_tree, parse};
use crate::resolve::Resolver;
use crate::ty::Ty;
use crate::type_ref;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxKind, SyntaxNode, TextRange};
use written::Place;

/// Everything there is to report on a file, sorted by position, ranges in bytes of the file.
pub fn file_diagnostics(db: &dyn Db, file: File) -> Arc<Vec<Diagnostic>> {
    file_diagnostics_query(db, file).clone()
}

#[salsa::tracked(returns(ref))]
fn file_diagnostics_query(db: &dyn Db, file: File) -> Arc<Vec<Diagnostic>> {
    let library = file.program(db).kind(db) == crate::db::ProgramKind::Library;
    let errors = parse(db, file);
    let errors = errors.errors().iter();
    // members left out of the text are nothing unusual in the library (2.8)
    let errors = errors.filter(|error| !(library && error.severity == syntax::Severity::Hint));
    let mut all: Vec<Diagnostic> = errors.map(of_syntax).collect();
    all.extend(item_diagnostics(db, file).iter().cloned());
    all.extend(body_diagnostics(db, file));
    all.sort_by(|a, b| {
        let key = |it: &Diagnostic| (it.range.start(), it.range.end());
        key(a)
            .cmp(&key(b))
            .then(b.severity.cmp(&a.severity))
            .then(a.code.cmp(b.code))
            .then(a.message.cmp(&b.message))
    });
    all.dedup();
    most_specific(&mut all);
    Arc::new(all)
}

/// Findings in the bodies of a file's functions, moved to where the functions are.
fn body_diagnostics(db: &dyn Db, file: File) -> impl Iterator<Item = Diagnostic> {
    crate::items::functions_of(db, file).flat_map(move |func| {
        let found = function_diagnostics(db, func.key(db));
        // Most functions are without fault: nobody asks where they are.
        let start = match found.is_empty() {
            true => syntax::TextSize::default(),
            false => crate::parse::func_range(db, func).start(),
        };
        found.iter().map(move |diagnostic| diagnostic.clone().moved(start))
    })
}

/// Findings in the body of one function, ranges relative to its node. Small, so it stays when the body goes: after an
/// edit elsewhere in the file there is nothing to gather again.
#[salsa::tracked(returns(ref))]
fn function_diagnostics<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Box<[Diagnostic]> {
    let func = key.func(db);
    let of_types = crate::infer::diagnostics(db, func).into_iter();
    let of_flow = crate::mir::diagnostics(db, func).iter().cloned();
    let of_calls = crate::transfer::diagnostics(db, func).iter().cloned();
    of_types.chain(of_flow).chain(of_calls).collect()
}

/// Where one token breaks several rules, the most specific one is reported; chapter 5 goes before the general rule it
/// refines (chapter 0).
fn most_specific(sorted: &mut Vec<Diagnostic>) {
    let mut start = 0;
    let mut keep = vec![true; sorted.len()];
    while start < sorted.len() {
        let range = sorted[start].range;
        let end = start + sorted[start..].iter().take_while(|it| it.range == range).count();
        let errors: Vec<usize> = (start..end).filter(|at| sorted[*at].severity == Severity::Error).collect();
        if let Some(best) = errors.iter().copied().min_by_key(|at| rank(sorted[*at].code)) {
            for at in errors {
                keep[at] = at == best;
            }
        }
        start = end;
    }
    let mut keep = keep.into_iter();
    sorted.retain(|_| keep.next().unwrap_or(true));
}

fn rank(code: &str) -> u32 {
    let is_chapter_5 = code.starts_with(['A', 'F']) && code[1..].starts_with(|c: char| c.is_ascii_digit());
    match code {
        // broken text explains everything behind it
        _ if code.starts_with("LX") || code == "SY0" => 0,
        _ if code.starts_with("SY") => 1,
        _ if is_chapter_5 || code == "SH12" => 2,
        "TY2" | "TY16" | "OV4" => 5,
        _ => 4,
    }
}

/// A finding of the parser in the common form.
fn of_syntax(error: &syntax::SyntaxError) -> Diagnostic {
    let severity = match error.severity {
        syntax::Severity::Error => Severity::Error,
        syntax::Severity::Warning => Severity::Warning,
        syntax::Severity::Hint => Severity::Hint,
    };
    let mut diagnostic = Diagnostic::new(error.code, severity, error.range, error.message.to_string());
    diagnostic.notes.extend(error.note.iter().map(|note| note.to_string()));
    for related in &error.related {
        diagnostic = diagnostic.related(related.range, related.message.to_string());
    }
    if let Some(fix) = &error.fix {
        let edits =
            fix.edits.iter().map(|edit| TextEdit::replace(edit.range, edit.insert.as_str())).collect();
        diagnostic = diagnostic.fix(fix.title.to_string(), edits);
    }
    diagnostic
}

/// The rules on declarations.
#[salsa::tracked(returns(ref))]
fn item_diagnostics(db: &dyn Db, file: File) -> Vec<Diagnostic> {
    let mut cx = Context::new(db, file);
    names::check(&mut cx);
    annotations::check(&mut cx);
    generics::check(&mut cx);
    classes::check(&mut cx);
    functions::check(&mut cx);
    overrides::check(&mut cx);
    cx.found
}

/// What the rules on declarations report on a file, before anything is sorted or left out.
pub fn of_items(db: &dyn Db, file: File) -> &[Diagnostic] {
    item_diagnostics(db, file)
}

/// What all groups of rules share. Positions are looked up only for what is reported.
struct Context<'db> {
    db: &'db dyn Db,
    file: File,
    program: Program,
    tree: &'db ItemTree,
    root: OnceCell<SyntaxNode>,
    /// Some written type of the file could not be understood: all of them are looked at closely.
    broken: bool,
    found: Vec<Diagnostic>,
}

impl<'db> Context<'db> {
    fn new(db: &'db dyn Db, file: File) -> Self {
        let (program, tree) = (file.program(db), item_tree(db, file));
        let broken = crate::items::has_problems(db, file);
        Context { db, file, program, tree, root: OnceCell::new(), broken, found: Vec::new() }
    }

    fn root(&self) -> &SyntaxNode {
        self.root.get_or_init(|| parse(self.db, self.file).syntax())
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    fn is_library(&self) -> bool {
        self.program.kind(self.db) == crate::db::ProgramKind::Library
    }

    fn resolver(&self, item: ItemRef) -> Resolver<'db> {
        let mut resolver = Resolver::for_file(self.db, self.file);
        resolver.item = Some(item);
        resolver
    }

    /// A type of a declaration with `Self` replaced by the type of the enclosing block.
    fn concrete<'t>(&self, item: ItemRef, ty: &'t Ty) -> Cow<'t, Ty> {
        if !ty.any(&mut |part| *part == Ty::SelfTy) {
            return Cow::Borrowed(ty);
        }
        match self.resolver(item).enclosing_type() {
            Some(target) => Cow::Owned(crate::ty::Subst::default().with_self(target).apply(ty)),
            None => Cow::Borrowed(ty),
        }
    }

    /// The node of an item; children are found by its typed view.
    fn node<N: AstNode>(&self, item: ItemRef) -> Option<N> {
        let range = ast_id_map(self.db, self.file).range(item)?;
        let root = self.root();
        if range.is_empty() || !root.text_range().contains_range(range) {
            return None;
        }
        let covering = match root.covering_element(range) {
            syntax::NodeOrToken::Node(node) => node,
            syntax::NodeOrToken::Token(token) => token.parent()?,
        };
        covering.ancestors().take_while(|node| node.text_range() == range).find_map(N::cast)
    }

    fn function(&self, index: u32) -> Option<ast::Function> {
        self.node(ItemRef::Func(index))
    }

    /// The name of a declaration, or where it would stand.
    fn name_range(&self, item: ItemRef) -> TextRange {
        let name = match item {
            ItemRef::Func(_) => self.node::<ast::Function>(item).and_then(|node| ast::HasName::name(&node)),
            ItemRef::Class(_) => self
                .node::<ast::Class>(item)
                .and_then(|node| ast::HasName::name(&node))
                .or_else(|| self.node::<ast::Enum>(item).and_then(|node| ast::HasName::name(&node))),
            ItemRef::Alias(_) => self
                .node::<ast::Use>(item)
                .and_then(|node| node.alias())
                .and_then(|node| ast::HasName::name(&node)),
            ItemRef::Sup(_) => None,
        };
        match name.and_then(|name| name.token()) {
            Some(token) => token.text_range(),
            None => self.header(item),
        }
    }

    /// The head of a block: from its keyword to before the brace.
    fn header(&self, item: ItemRef) -> TextRange {
        let whole = ast_id_map(self.db, self.file).range(item).unwrap_or_default();
        let node: Option<SyntaxNode> = match item {
            ItemRef::Sup(_) => self.node::<ast::Sup>(item).map(|node| node.syntax().clone()),
            ItemRef::Class(_) => self
                .node::<ast::Class>(item)
                .map(|node| node.syntax().clone())
                .or_else(|| self.node::<ast::Enum>(item).map(|node| node.syntax().clone())),
            ItemRef::Func(_) => self.node::<ast::Function>(item).map(|node| node.syntax().clone()),
            ItemRef::Alias(_) => self.node::<ast::Use>(item).map(|node| node.syntax().clone()),
        };
        let Some(node) = node else { return whole };
        let mut start = None;
        let mut end = None;
        for element in node.children_with_tokens() {
            let kind = element.kind();
            if kind.is_trivia() || kind == SyntaxKind::ANNOTATION {
                continue;
            }
            if matches!(kind, SyntaxKind::MEMBER_LIST | SyntaxKind::ENUM_MEMBER_LIST | SyntaxKind::BLOCK) {
                break;
            }
            start.get_or_insert(element.text_range().start());
            end = Some(element.text_range().end());
        }
        match (start, end) {
            (Some(start), Some(end)) => TextRange::new(start, end),
            _ => whole,
        }
    }

    /// Lowers and checks one written type, reporting what is wrong with it.
    fn check_written(
        &mut self,
        resolver: &Resolver<'_>,
        env: &Env,
        ty: Option<ast::Type>,
        place: Place,
    ) -> Ty {
        let Some(ty) = ty else { return Ty::Unknown };
        let (lowered, parts) = type_ref::lower(&ty);
        let mut problems = Vec::new();
        let ty = written::check_type(resolver, env, &lowered, place, &mut |problem| problems.push(problem));
        self.report_all(problems, &parts);
        ty
    }

    fn report_all(&mut self, problems: Vec<TypeProblem>, parts: &[TextRange]) {
        for problem in problems {
            let diagnostic = problem.into_diagnostic(parts);
            if !self.found.contains(&diagnostic) {
                self.found.push(diagnostic);
            }
        }
    }
}

/// The name of an item as declared in another file or this one, for related information.
fn declared_at(db: &dyn Db, id: ItemId) -> TextRange {
    let Some(node) = crate::parse::item_node(db, id) else { return TextRange::default() };
    let name = node.children().find(|child| child.kind() == SyntaxKind::NAME);
    match name {
        Some(name) => crate::green::with_green(&name, |green: Green<'_>| green.trimmed_range()),
        None => crate::green::with_green(&node, |green: Green<'_>| green.trimmed_range()),
    }
}
