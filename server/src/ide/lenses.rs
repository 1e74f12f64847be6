//! Lines above declarations: evaluate, frame, allocators, references.

use super::hierarchy::blocks_on;
use super::references;
use super::uses::{Definition, Role};
use hir::frame::{HeapOperation, depth, frame};
use hir::items::{class_data, signature, sup_data};
use hir::members::abstract_methods;
use hir::parse::{func_range, item_range, item_tree};
use hir::signature::{BodyKind, Container};
use hir::{ClassId, Db, File, FuncId, Severity, SupId, Ty};
use syntax::TextRange;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    Evaluate(FuncId),
    ShowFrame(FuncId),
    /// Positions of what super-imposes, or of references.
    Show(Vec<(File, TextRange)>),
    None,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lens {
    /// The name above which it stands.
    pub range: TextRange,
    pub title: String,
    pub action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    pub evaluate: bool,
    pub frame: bool,
    pub allocators: bool,
    pub references: bool,
}

/// All lenses of a file, by position.
pub fn lenses(db: &dyn Db, file: File, wanted: &Wanted) -> Vec<Lens> {
    let tree = item_tree(db, file);
    let mut lenses = Vec::new();
    for func in &tree.funcs {
        let func = FuncId::new(file, func.id);
        let Some(target) = super::hierarchy::function_target(db, func) else { continue };
        function(db, func, target.name_range, wanted, &mut lenses);
    }
    for class in &tree.classes {
        let class = ClassId::new(file, class.id);
        let Some(target) = super::hierarchy::class_target(db, class) else { continue };
        if wanted.allocators {
            super_impositions(db, file, class, target.name_range, &mut lenses);
        }
        if wanted.references {
            lenses.push(reference_lens(db, file, &Definition::Class(class), target.name_range));
        }
    }
    if wanted.allocators {
        for sup in &tree.sups {
            lenses.extend(conformance(db, file, SupId::new(file, sup.id)));
        }
    }
    lenses.sort_by_key(|lens| lens.range.start());
    lenses
}

fn function(db: &dyn Db, func: FuncId, range: TextRange, wanted: &Wanted, lenses: &mut Vec<Lens>) {
    let of = signature(db, func);
    if of.body == BodyKind::Statements {
        if wanted.evaluate && can_be_evaluated(db, func) {
            lenses.push(Lens { range, title: "▶ Evaluate".to_owned(), action: Action::Evaluate(func) });
        }
        if wanted.frame
            && let Some(title) = frame_title(db, func)
        {
            lenses.push(Lens { range, title, action: Action::ShowFrame(func) });
        }
    }
    if wanted.references {
        lenses.push(reference_lens(db, func.file(), &Definition::Function(func), range));
    }
}

/// A function that can be called with nothing at hand.
fn can_be_evaluated(db: &dyn Db, func: FuncId) -> bool {
    let of = signature(db, func);
    let is_free = matches!(of.container, Container::Module)
        || matches!(of.container, Container::Class(_) | Container::Sup(_)) && of.self_param.is_none();
    let container_generic = of.container.item().is_some_and(|item| hir::display::is_generic(db, item));
    is_free && of.params.is_empty() && of.generics.params.is_empty() && !container_generic && !of.is_coroutine
}

fn frame_title(db: &dyn Db, func: FuncId) -> Option<String> {
    let frame = frame(db, func)?;
    // A size that depends on a generic parameter is nothing to read above every function.
    let mut parts: Vec<String> = frame.size.iter().map(|size| format!("frame {size} B")).collect();
    if let hir::frame::Depth::Bytes { bytes, .. } = depth(db, func) {
        parts.push(format!("depth ≤ {bytes} B"));
    }
    let sites: Vec<_> =
        frame.heap_sites.iter().filter(|site| site.operation != HeapOperation::Release).collect();
    if !sites.is_empty() {
        let mut allocators: Vec<String> = sites.iter().map(|site| site.allocator_text(db)).collect();
        allocators.sort_unstable();
        allocators.dedup();
        let word = if sites.len() == 1 { "heap site" } else { "heap sites" };
        parts.push(format!("{} {word}, {}", sites.len(), allocators.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `4 allocators super-impose Alloc`
fn super_impositions(db: &dyn Db, file: File, class: ClassId, range: TextRange, lenses: &mut Vec<Lens>) {
    let blocks = blocks_on(db, file, class);
    if blocks.is_empty() {
        return;
    }
    let name = &class_data(db, class).name;
    let alloc = hir::lang::lang_items(db, file.edition(db)).alloc;
    let what = match (class == alloc, blocks.len()) {
        (true, 1) => "allocator super-imposes",
        (true, _) => "allocators super-impose",
        (false, 1) => "class super-imposes",
        (false, _) => "classes super-impose",
    };
    lenses.push(Lens {
        range,
        title: format!("{} {what} {name}", blocks.len()),
        action: Action::Show(blocks.iter().map(|block| (block.file, block.name_range)).collect()),
    });
}

/// `✓ allocator: 3 of 3 required` above a `sup Alloc[T] for X`.
fn conformance(db: &dyn Db, file: File, sup: SupId) -> Option<Lens> {
    let data = sup_data(db, sup);
    let alloc = hir::lang::lang_items(db, file.edition(db)).alloc;
    if data.base.as_ref().and_then(Ty::class) != Some(alloc) {
        return None;
    }
    let target = data.target.class()?;
    let required = abstract_methods(db, file.program(db), alloc);
    let missing: Vec<String> = abstract_methods(db, file.program(db), target)
        .into_iter()
        .filter(|(func, _)| required.iter().any(|(needed, _)| needed == func))
        .map(|(func, _)| signature(db, func).name.to_string())
        .collect();
    let wrong = if missing.is_empty() { wrong_methods(db, file, sup) } else { Vec::new() };
    let title = match (missing.as_slice(), wrong.as_slice()) {
        ([], []) => format!("✓ allocator: {} of {} required", required.len(), required.len()),
        ([], wrong) => format!("✗ wrong {}", wrong.join(", ")),
        (missing, _) => format!("✗ missing {}", missing.join(", ")),
    };
    let range = super::definition::sup_target(db, sup)?.name_range;
    Some(Lens { range, title, action: Action::None })
}

/// Methods of the block that break a rule of chapter 5, with the rule: `realloc (A22)`; the block itself where its head
/// does.
fn wrong_methods(db: &dyn Db, file: File, sup: SupId) -> Vec<String> {
    let block = item_range(db, sup.0);
    let mut wrong: Vec<String> = Vec::new();
    let found = hir::diagnostics::of_items(db, file).iter();
    for error in found.filter(|it| it.severity == Severity::Error && is_of_allocators(it.code)) {
        if !block.contains_range(error.range) {
            continue;
        }
        let method = sup_data(db, sup)
            .methods
            .iter()
            .find(|func| func_range(db, **func).contains_range(error.range))
            .map(|func| signature(db, *func).name.to_string());
        let text = format!("{} ({})", method.as_deref().unwrap_or("block"), error.code);
        if !wrong.contains(&text) {
            wrong.push(text);
        }
    }
    wrong
}

fn is_of_allocators(code: &str) -> bool {
    code.strip_prefix('A').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn reference_lens(db: &dyn Db, file: File, definition: &Definition, range: TextRange) -> Lens {
    let wanted = references::family(db, file, definition);
    let found = references::of(db, file, &wanted);
    let places: Vec<(File, TextRange)> =
        found.iter().filter(|it| it.role != Role::Declaration).map(|it| (it.file, it.range)).collect();
    let word = if places.len() == 1 { "reference" } else { "references" };
    Lens { range, title: format!("{} {word}", places.len()), action: Action::Show(places) }
}
