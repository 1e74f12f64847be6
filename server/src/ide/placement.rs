//! Where values live, in sentences: the memory part of hovers.

use hir::alloc_summary::{alloc_summary, owned_heap};
use hir::body::{Expr, LocalId};
use hir::frame::{Depth, DropPoint, Fate, Frame, HeapOperation, depth, frame};
use hir::items::{class_data, class_type, env_of, signature, sup_head};
use hir::layout::{Unsized, layout_of, object_layout};
use hir::mir::DropWhy;
use hir::parse::func_range;
use hir::placement::{Placement, Storage, placement_of};
use hir::signature::{BodyKind, Container};
use hir::{ClassId, Db, FuncId, Program};
use syntax::{TextRange, TextSize};

/// Place, lifetime and owner of a variable; `_at` is where it is asked for.
pub fn of_local(db: &dyn Db, func: FuncId, local: LocalId, _at: TextRange) -> Vec<String> {
    if signature(db, func).body != BodyKind::Statements {
        return Vec::new();
    }
    let Some(placement) = placement_of(db, func, local) else {
        return vec!["place: unknown, the function has errors".to_owned()];
    };
    let mut lines = vec![place(placement)];
    lines.push(lifetime(db, func, placement));
    for (range, how) in &placement.given_back {
        lines.push(format!("block given back by `{how}` at line {}", line(db, func, range.start())));
    }
    if placement.storage != Storage::Borrow {
        let known = placement.heap.iter().filter(|owner| !owner.why.is_empty());
        lines.extend(known.map(|owner| format!("*why heap:* {}", chain(&owner.why))));
    }
    lines
}

fn place(placement: &Placement) -> String {
    let slot = slot_text(placement.offset, placement.size);
    let heap: Vec<String> = placement
        .heap
        .iter()
        .map(|owner| match &owner.bytes {
            Some(bytes) => format!("{}, {bytes} bytes", quote(&owner.allocator)),
            None => quote(&owner.allocator),
        })
        .collect();
    match placement.storage {
        Storage::FrameSlot => format!("**frame** {slot} ({})", placement.rule),
        Storage::FrameBlock => {
            format!("**frame** {slot}, its elements in the frame too ({})", placement.rule)
        }
        Storage::Heap if placement.rule == "S8" => {
            format!(
                "**frame** {slot} · **heap** block of no allocator: it left the frame of its literal (S8)"
            )
        }
        Storage::Heap if heap.len() > 1 => {
            // The parts of the value have blocks of their own.
            format!("**frame** {slot} · **heap** blocks from {}", heap.join(" and "))
        }
        Storage::Heap => format!("**frame** {slot} · **heap** block from {}", heap.join(", ")),
        Storage::StaticText => {
            format!("**frame** {slot} · **static** text of the literal ({})", placement.rule)
        }
        Storage::Borrow => format!("**borrow** in {slot}; it owns nothing ({})", placement.rule),
        Storage::Capture => format!("**capture**: a field of the lambda's object ({})", placement.rule),
    }
}

fn slot_text(offset: Option<u32>, size: Option<u32>) -> String {
    match (offset, size) {
        (Some(offset), Some(size)) => format!("slot `+{offset}`, {size} bytes"),
        (None, Some(size)) => format!("slot, {size} bytes"),
        (Some(offset), None) => format!("slot `+{offset}`, size depends on a generic parameter"),
        (None, None) => "slot, size depends on a generic parameter".to_owned(),
    }
}

fn lifetime(db: &dyn Db, func: FuncId, placement: &Placement) -> String {
    let line = |offset| line(db, func, offset);
    let (from, to) = (line(placement.live.start()), line(placement.live.end()));
    let lives =
        if from == to { format!("lives on line {from}") } else { format!("lives lines {from}–{to}") };
    let places = |ranges: &[TextRange]| {
        let mut lines: Vec<u32> = ranges.iter().map(|range| line(range.start())).collect();
        lines.dedup();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        format!("{word} {}", lines.join(", "))
    };
    let end = match &placement.fate {
        Fate::Trivial if placement.storage == Storage::Borrow => return lives,
        Fate::Trivial => "nothing to release".to_owned(),
        Fate::Dropped => match placement.drops.iter().rfind(|drop| !drop.conditional) {
            Some(drop) => format!("dropped at line {}{}", line(drop.span.end()), releases(db, drop)),
            None => "dropped".to_owned(),
        },
        Fate::Moved(at) => format!("moved away at {} (not dropped here)", places(at)),
        Fate::MaybeMoved(at) => {
            let released = placement.drops.last().map(|drop| releases(db, drop)).unwrap_or_default();
            format!("moved away on some paths at {}, else dropped{released}", places(at))
        }
    };
    format!("{lives} · {end}")
}

/// As code, unless it is prose: "the array's allocator".
fn quote(allocator: &str) -> String {
    if allocator.starts_with("the ") { allocator.to_owned() } else { format!("`{allocator}`") }
}

fn quoted(allocators: &[String]) -> String {
    allocators.iter().map(|it| quote(it)).collect::<Vec<_>>().join(", ")
}

fn releases(db: &dyn Db, drop: &DropPoint) -> String {
    let mut text = String::new();
    if drop.runs_del {
        text.push_str(", runs `del`");
    }
    if !drop.releases.is_empty() {
        text.push_str(&format!(", frees through {}", quoted(&drop.releases.texts(db))));
    }
    text
}

/// `Vec.push` → `Vec.grow` → `A.realloc` with `A` = `Pool[Num]` (S6)
pub fn chain(why: &[String]) -> String {
    let mut text = String::new();
    for part in why {
        let is_rule =
            part.len() <= 4 && part.starts_with(|c: char| c.is_ascii_uppercase()) && !part.contains('.');
        if is_rule {
            text.push_str(&format!(" ({part})"));
        } else if part.starts_with("with ") {
            text.push_str(&format!(" {part}"));
        } else {
            text.push_str(if text.is_empty() { "" } else { " → " });
            text.push_str(&if part.contains('`') { part.clone() } else { format!("`{part}`") });
        }
    }
    text
}

/// Layout of a class and what its objects may own; what an allocator implements.
pub fn of_class(db: &dyn Db, program: Program, class: ClassId) -> Vec<String> {
    let data = class_data(db, class);
    let ty = class_type(db, class);
    let mut lines = Vec::new();
    if hir::facts::is_allocator_class(db, program, class) {
        lines.push(allocator(db, program, class));
    }
    if data.members.is_some() {
        lines.push("8 bytes, no heap".to_owned());
        return lines;
    }
    match layout_of(db, program, &ty) {
        Ok(layout) => lines.push(format!("{} bytes, align {}", layout.size, layout.align)),
        Err(Unsized::Generic) => lines.push("size depends on the generic parameters".to_owned()),
        Err(Unsized::Infinite) => lines.push("no size: it contains itself".to_owned()),
        Err(Unsized::Unknown) => lines.push("size: unknown".to_owned()),
    }
    if let Ok(layout) = object_layout(db, program, &ty) {
        for section in &layout.sections {
            let Some(of) = section.ty.class() else { continue };
            let names = class_data(db, of);
            for (attribute, (ty, offset)) in names.attributes.iter().zip(&section.attributes) {
                let size = layout_of(db, program, ty).map(|layout| format!("{} B", layout.size));
                let size = size.unwrap_or_else(|_| "?".to_owned());
                let part = if of == class { String::new() } else { format!("{}.", names.name) };
                lines.push(format!("`+{offset}` `{part}{}: {}` {size}", attribute.name, ty.display(db)));
            }
        }
    }
    let env = env_of(db, class.0);
    let owned = owned_heap(db, program, &env, &ty).texts(db);
    if !owned.is_empty() {
        lines.push(format!("may own heap blocks from {}", quoted(&owned)));
    }
    if data.attributes.len() > 1 {
        let order: Vec<String> = data.attributes.iter().map(|it| format!("`{}`", it.name)).collect();
        lines.push(format!("dropped in the order {}", order.join(", ")));
    }
    lines
}

/// What an allocator implements, what `Alloc` provides to it, and what it lacks.
pub fn allocator(db: &dyn Db, program: Program, class: ClassId) -> String {
    let alloc = hir::lang::lang_items(db, program.edition(db)).alloc;
    let name = |func: &FuncId| signature(db, *func).name.to_string();
    let mut implemented: Vec<String> = Vec::new();
    let mut element = None;
    for sup in hir::sups::blocks_of(db, program, class) {
        let head = sup_head(db, sup);
        if head.base.as_ref().and_then(hir::Ty::class) != Some(alloc) {
            continue;
        }
        if let Some(hir::Ty::Class(_, args)) = &head.base {
            element = args.first().map(|ty| ty.display(db).to_string());
        }
        implemented.extend(hir::items::sup_data(db, sup).methods.iter().map(name));
    }
    let of_alloc = hir::items::functions_of(db, alloc.file())
        .filter(|func| matches!(signature(db, *func).container, Container::Class(of) if of == alloc))
        .filter(|func| !implemented.contains(&name(func)));
    let (missing, provided): (Vec<FuncId>, Vec<FuncId>) =
        of_alloc.partition(|func| signature(db, *func).is_abstract);
    let mut text = "allocator".to_owned();
    if let Some(element) = element {
        text.push_str(&format!(" for `{element}`"));
    }
    let provided: Vec<String> = provided.iter().map(name).collect();
    let missing: Vec<String> = missing.iter().map(name).collect();
    for (verb, names) in [("implements", &implemented), ("provides", &provided), ("**lacks**", &missing)] {
        if !names.is_empty() {
            text.push_str(&format!(" · {verb} `{}`", names.join("` `")));
        }
    }
    text
}

/// Size of the type that an alias stands for.
pub fn of_alias(db: &dyn Db, program: Program, ty: &hir::Ty) -> Vec<String> {
    match layout_of(db, program, ty) {
        Ok(layout) => vec![format!("{} bytes, align {}", layout.size, layout.align)],
        Err(_) => Vec::new(),
    }
}

/// Position and size of an attribute in its object.
pub fn of_attribute(db: &dyn Db, program: Program, class: ClassId, index: u32) -> Vec<String> {
    let ty = class_type(db, class);
    let data = class_data(db, class);
    let Some(attribute) = data.attributes.get(index as usize) else { return Vec::new() };
    let offset = object_layout(db, program, &ty).ok().and_then(|layout| layout.attribute(class, index));
    let size = layout_of(db, program, &attribute.ty).ok().map(|layout| layout.size);
    let mut lines = vec![match (offset, size) {
        (Some(offset), Some(size)) => format!("inline at `+{offset}`, {size} bytes"),
        (_, Some(size)) => format!("inline, {size} bytes"),
        _ => "inline, size depends on the generic parameters".to_owned(),
    }];
    let owned = owned_heap(db, program, &env_of(db, class.0), &attribute.ty);
    if !owned.is_empty() {
        lines.push(format!("may own heap blocks from `{}`", owned.texts(db).join("`, `")));
    }
    lines
}

/// Frame, depth and heap effects of a function.
pub fn of_function(db: &dyn Db, func: FuncId) -> Vec<String> {
    let mut lines = Vec::new();
    if signature(db, func).body == BodyKind::Statements {
        lines.extend(frame(db, func).map(|frame| frame_line(db, func, frame)));
    }
    let effects = alloc_summary(db, func);
    for (operation, verb) in [
        (HeapOperation::Allocate, "allocates from"),
        (HeapOperation::Reallocate, "extends blocks of"),
        (HeapOperation::Release, "gives back to"),
    ] {
        let mut through: Vec<String> = effects
            .effects
            .iter()
            .filter(|effect| effect.operation == operation)
            .map(|effect| quote(&effect.allocator.text(db)))
            .collect();
        through.dedup();
        if !through.is_empty() {
            lines.push(format!("{verb} {}", through.join(", ")));
        }
    }
    if effects.incomplete {
        lines.push("what it does to the heap is not known completely".to_owned());
    }
    lines.extend(handed_over(db, func));
    lines
}

/// What becomes of the arguments that a function takes, and where the arrays come from that it returns.
fn handed_over(db: &dyn Db, func: FuncId) -> Vec<String> {
    let Some(transfer) = hir::transfer::transfer(db, func) else { return Vec::new() };
    let of = signature(db, func);
    let this = of.self_param.map(|_| "self");
    let names: Vec<&str> =
        this.into_iter().chain(of.params.iter().map(|param| param.name.as_str())).collect();
    let mut lines = Vec::new();
    for (name, argument) in names.iter().zip(&transfer.arguments).filter(|(_, argument)| argument.consumed) {
        let mut ends: Vec<String> = Vec::new();
        for given in &argument.given {
            let way: Vec<String> = given
                .path
                .iter()
                .map(|func| format!("`{}` → ", hir::display::function_name(db, *func)))
                .collect();
            let allocator = given.allocator.display(db);
            let method = match given.op {
                hir::mir::AllocOp::Realloc => "realloc",
                _ => "dealloc",
            };
            ends.push(format!("gives it to {}`{allocator}.{method}`", way.concat()));
        }
        if argument.returned {
            ends.push("hands it out in the result".to_owned());
        }
        if let Some(keeper) = argument.kept_in.and_then(|at| names.get(at as usize)) {
            ends.push(format!("keeps it in `{keeper}`"));
        }
        if argument.dropped && ends.is_empty() {
            ends.push("drops it".to_owned());
        } else if argument.dropped {
            ends.push("else drops it".to_owned());
        }
        if !ends.is_empty() {
            lines.push(format!("consumes `{name}`: {}", ends.join(", ")));
        }
    }
    if let Some(allocators) = transfer.result.own.allocators().filter(|all| !all.is_empty()) {
        let names: Vec<String> = allocators.iter().map(|ty| format!("`{}`", ty.display(db))).collect();
        lines.push(format!("returns memory of {}", names.join(", ")));
    }
    lines
}

/// `frame 88 B · depth ≤ 312 B`
pub fn frame_line(db: &dyn Db, func: FuncId, frame: &Frame) -> String {
    let size =
        frame.size.map_or("frame depends on generic parameters".to_owned(), |it| format!("frame {it} B"));
    let depth = match depth(db, func) {
        Depth::Bytes { bytes, .. } => format!(" · depth ≤ {bytes} B"),
        Depth::Unbounded { cycle } => format!(" · depth unbounded ({})", cycle.join(" → ")),
        Depth::Unknown { because } => format!(" · depth unknown: {because}"),
    };
    format!("{size}{depth}")
}

/// What ends at a closing brace, in order.
pub fn drops_at(db: &dyn Db, func: FuncId, brace: TextRange) -> Vec<String> {
    let Some(frame) = frame(db, func) else { return Vec::new() };
    let start = func_range(db, func).start();
    let mut lines = Vec::new();
    let mut frames = vec![frame];
    while let Some(frame) = frames.pop() {
        for drop in frame.drops.iter().filter(|drop| drop.why == DropWhy::ScopeEnd) {
            if drop.span.end() + start == brace.end() {
                let name = drop.name.as_deref().unwrap_or("a temporary");
                let condition = if drop.conditional { " if it is still there" } else { "" };
                lines.push(format!("drops `{name}: {}`{condition}{}", drop.ty_text(db), releases(db, drop)));
            }
        }
        frames.extend(&frame.lambdas);
    }
    lines
}

/// The place of what an argument or capture borrows.
pub fn of_borrow(db: &dyn Db, func: FuncId, argument: TextRange) -> Vec<String> {
    let start = func_range(db, func).start();
    let Some(relative) = argument.checked_sub(start) else { return Vec::new() };
    let body = hir::body::body(db, func);
    let inside = body.exprs.iter().find_map(|(id, expr)| match expr {
        Expr::Local(local) if relative.contains_range(body.range(id)) => Some(*local),
        _ => None,
    });
    let Some(local) = inside else { return Vec::new() };
    let Some(placement) = placement_of(db, func, local) else { return Vec::new() };
    vec![format!("`{}`: {}", placement.name, place(placement))]
}

/// Line, from 1, of an offset inside a function.
pub fn line(db: &dyn Db, func: FuncId, offset: TextSize) -> u32 {
    let at = usize::from(func_range(db, func).start() + offset);
    let text = func.file().text(db);
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1
}
