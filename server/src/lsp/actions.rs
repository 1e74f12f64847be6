//! Code actions in the terms of the protocol.

use super::requests::{Versions, workspace_edit};
use super::state::Snapshot;
use super::{convert, diagnostics};
use crate::ide::actions::{self, Action, ActionKind};
use hir::File;
use syntax::TextRange;
use tower_lsp::lsp_types::*;

/// Fixes of the diagnostics that touch the range, and what else can be done there.
pub fn response(
    snapshot: &Snapshot,
    file: File,
    range: TextRange,
    context: &CodeActionContext,
    versions: &Versions,
) -> CodeActionResponse {
    let wanted = |kind: &CodeActionKind| {
        let only = context.only.as_deref();
        only.is_none_or(|only| {
            only.iter().any(|it| {
                kind.as_str() == it.as_str() || kind.as_str().starts_with(&format!("{}.", it.as_str()))
            })
        })
    };
    let mut response = CodeActionResponse::new();
    let shown = diagnostics::shown(snapshot, file);
    for action in actions::actions(&snapshot.db, file, range, &shown) {
        let kind = kind(action.kind);
        // What changes the whole file is offered when it is asked for.
        let on_demand = matches!(action.kind, ActionKind::FixAll | ActionKind::OrganizeImports);
        if !wanted(&kind) || (on_demand && context.only.is_none()) {
            continue;
        }
        response.push(CodeActionOrCommand::CodeAction(convert(snapshot, file, action, kind, versions)));
    }
    response
}

fn kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::Extract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::Inline => CodeActionKind::REFACTOR_INLINE,
        ActionKind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
        ActionKind::OrganizeImports => CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
        ActionKind::FixAll => CodeActionKind::SOURCE_FIX_ALL,
    }
}

fn convert(
    snapshot: &Snapshot,
    file: File,
    action: Action,
    kind: CodeActionKind,
    versions: &Versions,
) -> CodeAction {
    let diagnostics = action
        .diagnostic
        .as_ref()
        .map(|diagnostic| vec![convert::diagnostic(snapshot, file, diagnostic, diagnostic.severity)]);
    CodeAction {
        title: action.title,
        kind: Some(kind),
        diagnostics,
        edit: Some(workspace_edit(snapshot, &action.edits, versions)),
        is_preferred: action.preferred.then_some(true),
        ..CodeAction::default()
    }
}
