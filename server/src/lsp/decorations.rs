//! Inlay hints, code lenses and inline values in the terms of the protocol.

use super::settings::{HintSettings, LensSettings};
use super::state::Snapshot;
use crate::ide::hints::{Hint, HintKind, Wanted};
use crate::ide::lenses::{self, Action, Lens};
use hir::File;
use serde_json::json;
use tower_lsp::lsp_types::*;

impl From<&HintSettings> for Wanted {
    fn from(settings: &HintSettings) -> Wanted {
        Wanted {
            frame_size: settings.frame_size,
            heap_sites: settings.heap_sites,
            drops: settings.drops,
            moves: settings.moves,
            borrow_ends: settings.borrow_ends,
            allocators: settings.collection_allocator,
            types: settings.types,
            parameter_names: settings.parameter_names,
            max_length: settings.max_length,
        }
    }
}

impl From<&LensSettings> for lenses::Wanted {
    fn from(settings: &LensSettings) -> lenses::Wanted {
        lenses::Wanted {
            evaluate: settings.evaluate,
            frame: settings.frame,
            allocators: settings.allocators,
            references: settings.references,
        }
    }
}

pub fn hint(snapshot: &Snapshot, file: File, hint: Hint) -> InlayHint {
    let at_end = !matches!(hint.kind, HintKind::Type | HintKind::ParameterName);
    let kind = match hint.kind {
        HintKind::Type => Some(InlayHintKind::TYPE),
        HintKind::ParameterName => Some(InlayHintKind::PARAMETER),
        _ => None,
    };
    InlayHint {
        position: snapshot.position(file, hint.offset),
        label: InlayHintLabel::String(hint.text),
        kind,
        text_edits: None,
        tooltip: hint.tooltip.map(InlayHintTooltip::String),
        padding_left: Some(at_end),
        padding_right: None,
        data: None,
    }
}

pub fn lens(snapshot: &Snapshot, file: File, lens: Lens) -> Option<CodeLens> {
    let uri = snapshot.url(file)?;
    let range = snapshot.range(file, lens.range);
    let of_function = json!({ "uri": uri, "position": range.start });
    let (command, arguments) = match lens.action {
        Action::Evaluate(_) => ("spp.evaluate", vec![of_function]),
        Action::ShowFrame(_) => ("spp.showFrame", vec![of_function]),
        Action::Show(places) => {
            let locations: Vec<Location> =
                places.iter().filter_map(|(file, range)| snapshot.location(*file, *range)).collect();
            ("spp.showReferences", vec![json!(uri), json!(range.start), json!(locations)])
        }
        Action::None => ("", Vec::new()),
    };
    let command = Command {
        title: lens.title,
        command: command.to_owned(),
        arguments: (!arguments.is_empty()).then_some(arguments),
    };
    Some(CodeLens { range, command: Some(command), data: None })
}
