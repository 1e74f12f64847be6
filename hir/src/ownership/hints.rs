//! What is legal but worth a remark, and where arrays come from: MU4, RS5, A42–A44, A51, A54.

use super::check::Analysis;
use super::events::{Event, Use, events};
use super::provenance::{Provenance, provenance};
use super::report::{Occurrence, Reporter};
use crate::body::LocalKind;
use crate::diagnostic::{Diagnostic, Tag, TextEdit};
use crate::mir::*;
use crate::ty::{Convention, FnKind, Ty};

/// What happens to a variable anywhere in the function.
#[derive(Clone, Copy, Default)]
struct Usage {
    assigned: u32,
    /// Assigned through a path, or borrowed mutably.
    changed: bool,
    used: bool,
    moved: bool,
}

pub(crate) fn hints(analysis: &Analysis<'_>, report: &mut Reporter<'_>) {
    let mir = analysis.mir;
    if mir.slots.iter().all(|slot| slot.local.is_none()) {
        return;
    }
    let usage = usage(mir);
    unchanged_mut(analysis, &usage, report);
    let allocates = mir.statements().any(|statement| match &statement.kind {
        StatementKind::Call(call) => analysis.facts.alloc_call(&call.target).is_some(),
        _ => false,
    });
    let provenance = if allocates { provenance(analysis, report) } else { Vec::new() };
    unused_results(analysis, &usage, &provenance, report);
}

fn usage(mir: &Mir) -> Vec<Usage> {
    let mut usage = vec![Usage::default(); mir.slots.len()];
    for statement in mir.statements() {
        events(&statement.kind, &mut |event| match event {
            Event::Use(place, how) => {
                let usage = &mut usage[place.slot.0 as usize];
                usage.used = true;
                usage.moved |= how == Use::Move || matches!(how, Use::Call(FnKind::One));
                usage.changed |= matches!(how, Use::Borrow { mutable: true } | Use::Call(FnKind::Mut));
            }
            Event::Assign(place) => {
                let usage = &mut usage[place.slot.0 as usize];
                if place.projection.is_empty() {
                    usage.assigned += 1;
                } else {
                    usage.changed = true;
                }
            }
            Event::Taint(place) => {
                usage[place.slot.0 as usize] = Usage { assigned: 2, changed: true, used: true, moved: true };
            }
            Event::Drop(_) | Event::StorageDead(_) => {}
        });
        if let StatementKind::Append { into, .. } = &statement.kind {
            usage[into.slot.0 as usize].used = true;
        }
    }
    usage
}

/// MU4: `mut` on a variable that never changes.
fn unchanged_mut(analysis: &Analysis<'_>, usage: &[Usage], report: &mut Reporter<'_>) {
    if analysis.mir.broken {
        return;
    }
    for (slot, usage) in analysis.mir.slots.iter().zip(usage) {
        let Some(local) = slot.local else { continue };
        let initial = u32::from(slot.kind == SlotKind::Variable);
        if !slot.mutable || slot.kind == SlotKind::Temporary || usage.changed || usage.assigned > initial {
            continue;
        }
        // A `mut self` or `mut x: &T` says something about the variable only; both are rebound, not changed.
        let name = &report.body.locals[local].name;
        let mut diagnostic = Diagnostic::hint("MU4", slot.span, format!("`{name}` is never changed"))
            .note("a variable that is only read needs no `mut`")
            .tag(Tag::Unnecessary);
        if let Some(range) = report.body.locals[local].mut_range {
            diagnostic = diagnostic.fix("remove the `mut`", vec![TextEdit::delete(range)]);
        }
        report.push(diagnostic);
    }
}

/// RS5, A51, A54: results that nobody looks at; A44: arrays that are released only implicitly.
fn unused_results(
    analysis: &Analysis<'_>,
    usage: &[Usage],
    provenance: &[(SlotId, Provenance)],
    report: &mut Reporter<'_>,
) {
    for (index, (slot, usage)) in analysis.mir.slots.iter().zip(usage).enumerate() {
        let Some(local) = slot.local else { continue };
        if slot.kind != SlotKind::Variable
            || slot.convention != Convention::Value
            || report.body.locals[local].kind != LocalKind::Let
            || usage.assigned == 0
        {
            continue;
        }
        let name = &report.body.locals[local].name;
        let from = provenance.iter().find(|(known, _)| known.0 as usize == index).map(|(_, from)| from);
        if let (Some(Provenance::From(allocator)), true) = (from, analysis.facts.is_array(&slot.ty)) {
            let allocator = report.ty(allocator);
            if !usage.used {
                let diagnostic = Diagnostic::warning(
                    "A51",
                    slot.span,
                    format!("the array in `{name}` is never used"),
                )
                .note(format!(
                    "`{allocator}` allocates it, and it is released again without having served anything"
                ));
                report.push(diagnostic);
            } else if !usage.moved {
                let diagnostic = Diagnostic::hint(
                    "A44",
                    slot.span,
                    format!("`{name}` is released only implicitly, when it is dropped"),
                )
                .note(format!(
                    "`{allocator}.dealloc({name})` would let the program see whether that succeeds"
                ));
                report.push(diagnostic);
            }
            continue;
        }
        if usage.used || usage.assigned > 1 {
            continue;
        }
        let Ty::Class(class, args) = &slot.ty else { continue };
        if *class != analysis.facts.lang.ret {
            continue;
        }
        let holds_array = args.first().is_some_and(|ty| analysis.facts.is_array(ty))
            && args.get(1).is_some_and(|ty| analysis.facts.is_class(ty, analysis.facts.lang.alloc_err));
        let diagnostic = if holds_array {
            Diagnostic::warning("A54", slot.span, format!("the result in `{name}` is never read"))
                .note("the memory inside is released at once, and a failure goes unnoticed")
        } else {
            Diagnostic::warning("RS5", slot.span, format!("the result in `{name}` is never read"))
                .note("a failure inside it goes unnoticed; use `?`, `let … else`, `unwrap` or a pattern")
        };
        report.push(diagnostic);
    }
}

/// A42 and A43: an array goes back to an allocator that did not make it.
pub(crate) fn wrong_allocator(
    analysis: &Analysis<'_>,
    place: &Place,
    from: &Provenance,
    to: &Ty,
    op: AllocOp,
    statement: &Statement,
    report: &mut Reporter<'_>,
) {
    let method = if op == AllocOp::Realloc { "realloc" } else { "dealloc" };
    let name = report.text(place);
    let range = report.locate(place, statement.span, Occurrence::First);
    let to_text = report.ty(to);
    match from {
        Provenance::From(source) if are_different(source, to) => {
            let source_text = report.ty(source);
            let mut diagnostic = Diagnostic::error(
                "A42",
                range,
                format!("`{name}` comes from `{source_text}`, but is given to `{to_text}.{method}`"),
            )
            .note("an array must go back to the allocator that made it");
            if let Some(callee) = report.allocator_range(statement.span) {
                diagnostic = diagnostic.fix(
                    format!("give it back to `{source_text}`"),
                    vec![TextEdit::replace(callee, source_text)],
                );
            }
            report.push(diagnostic);
        }
        Provenance::Plain => {
            let diagnostic = Diagnostic::error(
                "A43",
                range,
                format!("`{name}` was never allocated, so `{to_text}.{method}` cannot take it"),
            )
            .note("a literal and `Arr.new` make plain arrays, which are released when they are dropped");
            report.push(diagnostic);
        }
        _ => {}
    }
    let _ = analysis;
}

/// Two allocator types differ if their classes do, or their arguments, and neither is a bare parameter (5.5).
pub(crate) fn are_different(a: &Ty, b: &Ty) -> bool {
    let is_open = |ty: &Ty| ty.has_params() || ty.has_unknown();
    match (a, b) {
        (Ty::Class(class, args), Ty::Class(other, other_args)) => {
            class != other
                || args.len() == other_args.len()
                    && args.iter().zip(other_args.iter()).any(|(a, b)| a != b && !is_open(a) && !is_open(b))
        }
        _ => false,
    }
}
