//! Answers of navigation, hover and edits in the terms of the protocol.

use super::files::FileMove;
use super::state::{Session, Shared, Snapshot};
use crate::ide::definition::Target;
use crate::ide::references::Reference;
use crate::ide::rename::FileEdit;
use crate::ide::uses::Role;
use hir::File;
use rustc_hash::FxHashMap;
use syntax::TextRange;
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::lsp_types::*;

/// The server cannot do what was asked, for a reason that a person should read.
pub const REQUEST_FAILED: i64 = -32803;

pub fn refused(message: String) -> Error {
    Error { code: ErrorCode::ServerError(REQUEST_FAILED), message: message.into(), data: None }
}

/// The client shows no Markdown in hovers.
pub fn wants_plain_text(session: &Session) -> bool {
    let formats = || session.capabilities.text_document.as_ref()?.hover.as_ref()?.content_format.as_ref();
    formats().is_some_and(|formats| !formats.contains(&MarkupKind::Markdown) && !formats.is_empty())
}

pub fn wants_links(
    session: &Session,
    ask: impl FnOnce(&TextDocumentClientCapabilities) -> Option<bool>,
) -> bool {
    session.capabilities.text_document.as_ref().and_then(ask).unwrap_or(false)
}

pub fn hover(snapshot: &Snapshot, file: File, hover: crate::ide::hover::Hover, plain: bool) -> Hover {
    let (kind, value) = if plain {
        (MarkupKind::PlainText, without_marks(&hover.markdown))
    } else {
        (MarkupKind::Markdown, hover.markdown)
    };
    Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(snapshot.range(file, hover.range)),
    }
}

/// Markdown as it reads without its marks.
fn without_marks(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    lines.map(|line| line.trim_end().replace("**", "")).collect::<Vec<_>>().join("\n")
}

pub fn goto(
    snapshot: &Snapshot,
    file: File,
    (origin, targets): (TextRange, Vec<Target>),
    links: bool,
) -> Option<GotoDefinitionResponse> {
    if targets.is_empty() {
        return None;
    }
    if !links {
        let locations = targets.iter().filter_map(|it| snapshot.location(it.file, it.name_range));
        return Some(GotoDefinitionResponse::Array(locations.collect()));
    }
    let origin = snapshot.range(file, origin);
    let links = targets.iter().filter_map(|it| {
        Some(LocationLink {
            origin_selection_range: Some(origin),
            target_uri: snapshot.url(it.file)?,
            target_range: snapshot.range(it.file, it.range),
            target_selection_range: snapshot.range(it.file, it.name_range),
        })
    });
    Some(GotoDefinitionResponse::Link(links.collect()))
}

pub fn highlight(snapshot: &Snapshot, reference: &Reference) -> DocumentHighlight {
    let kind = match reference.role {
        Role::Declaration | Role::Write => DocumentHighlightKind::WRITE,
        Role::Read | Role::Operator | Role::SelfType | Role::Shorthand => DocumentHighlightKind::READ,
    };
    DocumentHighlight { range: snapshot.range(reference.file, reference.range), kind: Some(kind) }
}

/// Versions of the open documents, for edits that say what they apply to.
pub struct Versions {
    versions: FxHashMap<File, i32>,
    document_changes: bool,
}

impl Versions {
    pub fn of(shared: &Shared) -> Versions {
        Versions {
            versions: shared.documents.iter().map(|document| (document.file, document.version)).collect(),
            document_changes: shared
                .supports(|it| it.workspace.as_ref()?.workspace_edit.as_ref()?.document_changes),
        }
    }
}

/// The same, and a file gets another address once its text is changed.
pub fn moving_edit(snapshot: &Snapshot, moved: FileMove, versions: &Versions) -> WorkspaceEdit {
    let FileMove { edits, old: old_uri, new: new_uri } = moved;
    let mut edit = workspace_edit(snapshot, &edits, versions);
    if let Some(DocumentChanges::Edits(changes)) = edit.document_changes.take() {
        let rename = RenameFile { old_uri, new_uri, options: None, annotation_id: None };
        let texts = changes.into_iter().map(DocumentChangeOperation::Edit);
        let operations = texts.chain([DocumentChangeOperation::Op(ResourceOp::Rename(rename))]);
        edit.document_changes = Some(DocumentChanges::Operations(operations.collect()));
    }
    edit
}

/// The client can rename files as part of an edit.
pub fn can_rename_files(session: &Session) -> bool {
    let edit = || session.capabilities.workspace.as_ref()?.workspace_edit.as_ref();
    edit().is_some_and(|edit| {
        let operations = edit.resource_operations.as_deref().unwrap_or_default();
        edit.document_changes == Some(true) && operations.contains(&ResourceOperationKind::Rename)
    })
}

pub fn workspace_edit(snapshot: &Snapshot, edits: &[FileEdit], versions: &Versions) -> WorkspaceEdit {
    let of_file = |edit: &FileEdit| -> Vec<TextEdit> {
        let edits = edit.edits.iter();
        edits
            .map(|(range, text)| TextEdit {
                range: snapshot.range(edit.file, *range),
                new_text: text.clone(),
            })
            .collect()
    };
    if versions.document_changes {
        let changes = edits.iter().filter_map(|edit| {
            let uri = snapshot.url(edit.file)?;
            let version = versions.versions.get(&edit.file).copied();
            Some(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
                edits: of_file(edit).into_iter().map(OneOf::Left).collect(),
            })
        });
        return WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(changes.collect())),
            ..WorkspaceEdit::default()
        };
    }
    let changes = edits.iter().filter_map(|edit| Some((snapshot.url(edit.file)?, of_file(edit))));
    WorkspaceEdit { changes: Some(changes.collect()), ..WorkspaceEdit::default() }
}
