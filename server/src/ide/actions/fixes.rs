//! Fixes that diagnostics carry, and imports for names that are not known.

use super::{Action, ActionKind, Place};
use crate::ide::completion::{import_candidates, import_edit};
use hir::Diagnostic;
use hir::diagnostic::Applicability;
use syntax::TextRange;

pub(super) fn quick_fixes(place: &Place<'_>, diagnostics: &[Diagnostic], actions: &mut Vec<Action>) {
    let touching = diagnostics.iter().filter(|it| it.range.intersect(place.range).is_some());
    for diagnostic in touching {
        let only_one = diagnostic.fixes.len() == 1;
        for fix in &diagnostic.fixes {
            let edits = fix.edits.iter().map(|edit| (edit.range, edit.new_text.clone())).collect();
            let mut action = place.action(&fix.title, ActionKind::QuickFix, edits);
            action.preferred = only_one && fix.applicability == Applicability::Safe;
            action.diagnostic = Some(diagnostic.clone());
            actions.push(action);
        }
        if matches!(diagnostic.code, "NM5" | "NM4") {
            missing_name(place, diagnostic, actions);
        }
    }
}

/// The name exists elsewhere: import it.
fn missing_name(place: &Place<'_>, diagnostic: &Diagnostic, actions: &mut Vec<Action>) {
    let name = &place.text[diagnostic.range];
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return;
    }
    let candidates = import_candidates(place.db, place.file, name);
    let only_one = candidates.len() == 1;
    for path in candidates.into_iter().take(8) {
        let edit = import_edit(&place.root, &path);
        let mut action = place.action(format!("import `{path}`"), ActionKind::QuickFix, vec![edit]);
        action.preferred = only_one;
        action.diagnostic = Some(diagnostic.clone());
        actions.push(action);
    }
}

/// Every safe fix of the file that touches no other.
pub(super) fn fix_all(place: &Place<'_>, diagnostics: &[Diagnostic], actions: &mut Vec<Action>) {
    let mut edits: Vec<(TextRange, String)> = Vec::new();
    for diagnostic in diagnostics {
        let safe = diagnostic.fixes.iter().find(|fix| fix.applicability == Applicability::Safe);
        let Some(fix) = safe else { continue };
        let free =
            fix.edits.iter().all(|edit| edits.iter().all(|(range, _)| range.intersect(edit.range).is_none()));
        if free {
            edits.extend(fix.edits.iter().map(|edit| (edit.range, edit.new_text.clone())));
        }
    }
    if !edits.is_empty() {
        actions.push(place.action("apply all safe fixes", ActionKind::FixAll, edits));
    }
}
