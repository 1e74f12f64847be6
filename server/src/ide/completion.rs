//! What may be written at a place.

mod context;
pub(crate) mod imports;
mod keywords;
mod members;
mod scope;
mod stubs;

pub use imports::{candidates as import_candidates, import_edit};
pub use stubs::stubs;

use super::uses::Definition;
use context::{Context, Place};
use hir::ty::Ty;
use hir::{Db, File};
use syntax::{TextRange, TextSize};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    Keyword,
    Snippet,
    Variable,
    Parameter,
    Attribute,
    Function,
    Method,
    Class,
    Enum,
    EnumMember,
    Alias,
    TypeParam,
    Module,
    Annotation,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// Signature or type.
    pub detail: Option<String>,
    /// Where it comes from, where that matters.
    pub origin: Option<String>,
    /// `$1`, `${1:name}` and `$0` are places to fill in if `is_snippet`.
    pub insert: String,
    pub is_snippet: bool,
    /// Lower is nearer.
    pub rank: u8,
    /// To look up documentation later.
    pub definition: Option<Definition>,
    /// Edits elsewhere in the file: an import.
    pub additional: Vec<(TextRange, String)>,
    /// Instead of the typed word.
    pub replace: Option<TextRange>,
    pub filter: Option<String>,
}

impl Completion {
    fn plain(label: impl Into<String>, kind: CompletionKind, rank: u8) -> Completion {
        let label = label.into();
        Completion {
            insert: label.clone(),
            label,
            kind,
            detail: None,
            origin: None,
            is_snippet: false,
            rank,
            definition: None,
            additional: Vec::new(),
            replace: None,
            filter: None,
        }
    }

    fn snippet(label: impl Into<String>, insert: impl Into<String>, kind: CompletionKind, rank: u8) -> Self {
        Completion { insert: insert.into(), is_snippet: true, ..Completion::plain(label, kind, rank) }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn of(mut self, definition: Definition) -> Self {
        self.definition = Some(definition);
        self
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completions {
    /// The word that is being typed.
    pub replace: TextRange,
    pub items: Vec<Completion>,
    /// More would be found with more letters.
    pub incomplete: bool,
}

/// More are not sent; the client asks again when another letter is typed.
const MAX_ITEMS: usize = 1000;

/// What may be written at an offset. Empty inside of comments and literals.
pub fn completions(db: &dyn Db, file: File, offset: TextSize) -> Option<Completions> {
    let context = Context::new(db, file, offset)?;
    let mut items = Vec::new();
    match &context.place {
        Place::Path { path, imports } => scope::namespace_items(&context, path, *imports, &mut items),
        Place::Member { receiver, range } => members::of_value(&context, receiver, *range, &mut items),
        Place::Static(ty) => members::of_type(&context, ty, &mut items),
        Place::Type => scope::types(&context, &mut items),
        Place::Annotation => keywords::annotations(&mut items),
        Place::Members { sup } => {
            keywords::members(*sup, &mut items);
            stubs::methods(&context, &mut items);
        }
        Place::Module => keywords::items(&mut items),
        Place::FieldInit { class, given } => {
            members::attributes(&context, *class, given, &mut items);
            scope::values(&context, &mut items);
        }
        Place::Expression { statement } => {
            scope::values(&context, &mut items);
            scope::types(&context, &mut items);
            keywords::expressions(&context, *statement, &mut items);
        }
        Place::Declaration => {}
    }
    let lower = context.prefix.to_lowercase();
    if !lower.is_empty() {
        // Clients match loosely; what does not even hold the letters in order is left out.
        items.retain(|item| matches(item.filter.as_deref().unwrap_or(&item.label), &lower));
    }
    items.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    let mut seen = rustc_hash::FxHashSet::default();
    items.retain(|item| seen.insert((item.label.clone(), item.detail.clone(), item.insert.clone())));
    let incomplete = items.len() > MAX_ITEMS || context.prefix.len() < imports::MIN_PREFIX;
    items.truncate(MAX_ITEMS);
    Some(Completions { replace: context.replace, items, incomplete })
}

fn matches(label: &str, letters: &str) -> bool {
    let mut rest = label.chars().flat_map(char::to_lowercase);
    letters.chars().all(|letter| rest.any(|other| other == letter))
}

/// Arguments to fill in for a call: `(${1:a}, ${2:b})`.
fn call_snippet(db: &dyn Db, func: hir::FuncId) -> String {
    let signature = hir::items::signature(db, func);
    let needed = signature.params.iter().filter(|param| !param.has_default && !param.variadic);
    let params: Vec<String> = needed
        .enumerate()
        .map(|(index, param)| format!("{}${{{}:{}}}", param.convention.prefix(), index + 1, param.name))
        .collect();
    if params.is_empty() && signature.params.iter().all(|param| param.has_default) {
        return if signature.params.is_empty() { "()".to_owned() } else { "($0)".to_owned() };
    }
    if params.is_empty() { "($0)".to_owned() } else { format!("({})", params.join(", ")) }
}

/// Parameters and result, as shown behind the name.
fn signature_detail(db: &dyn Db, func: hir::FuncId) -> String {
    let signature = hir::items::signature(db, func);
    let ret: &Ty = &signature.ret;
    format!("{} -> {}", hir::display::params(db, signature), ret.display(db))
}
