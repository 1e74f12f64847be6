//! Completion and signature help in the terms of the protocol.

use super::state::{Session, Snapshot};
use crate::ide::completion::{Completion, CompletionKind, Completions};
use crate::ide::hover;
use crate::ide::signature::SignatureText;
use crate::ide::uses::Definition;
use hir::{ClassId, File, FuncId, LocalItemId};
use serde::{Deserialize, Serialize};
use syntax::TextRange;
use tower_lsp::lsp_types::*;

/// What comes back with `completionItem/resolve`.
#[derive(Serialize, Deserialize)]
struct Data {
    uri: Url,
    kind: String,
    id: u32,
    #[serde(default)]
    index: u32,
}

pub fn snippets(session: &Session) -> bool {
    let item = || {
        let completion = session.capabilities.text_document.as_ref()?.completion.as_ref()?;
        completion.completion_item.as_ref()?.snippet_support
    };
    item().unwrap_or(false)
}

pub fn response(
    snapshot: &Snapshot,
    file: File,
    completions: Completions,
    snippets: bool,
) -> CompletionResponse {
    let Completions { replace, items, incomplete } = completions;
    let items = items
        .into_iter()
        .enumerate()
        .filter_map(|(index, item)| self::item(snapshot, file, item, replace, index, snippets))
        .collect();
    CompletionResponse::List(CompletionList { is_incomplete: incomplete, items })
}

fn item(
    snapshot: &Snapshot,
    file: File,
    item: Completion,
    replace: TextRange,
    index: usize,
    snippets: bool,
) -> Option<CompletionItem> {
    if item.is_snippet && !snippets && item.kind == CompletionKind::Snippet {
        return None;
    }
    let kind = match item.kind {
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Snippet => CompletionItemKind::SNIPPET,
        CompletionKind::Variable => CompletionItemKind::VARIABLE,
        CompletionKind::Parameter => CompletionItemKind::VARIABLE,
        CompletionKind::Attribute => CompletionItemKind::FIELD,
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Method => CompletionItemKind::METHOD,
        CompletionKind::Class => CompletionItemKind::CLASS,
        CompletionKind::Enum => CompletionItemKind::ENUM,
        CompletionKind::EnumMember => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Alias => CompletionItemKind::INTERFACE,
        CompletionKind::TypeParam => CompletionItemKind::TYPE_PARAMETER,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Annotation => CompletionItemKind::PROPERTY,
    };
    let is_snippet = item.is_snippet && snippets;
    let new_text = if item.is_snippet && !snippets { plain(&item) } else { item.insert.clone() };
    let range = item.replace.unwrap_or(replace);
    let edits: Vec<TextEdit> = item
        .additional
        .iter()
        .map(|(range, text)| TextEdit { range: snapshot.range(file, *range), new_text: text.clone() })
        .collect();
    let data = item.definition.as_ref().and_then(|it| data(snapshot, it));
    Some(CompletionItem {
        label: item.label,
        label_details: item
            .origin
            .map(|origin| CompletionItemLabelDetails { detail: None, description: Some(origin) }),
        kind: Some(kind),
        detail: item.detail,
        sort_text: Some(format!("{:02}{index:04}", item.rank)),
        filter_text: item.filter,
        insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: snapshot.range(file, range), new_text })),
        additional_text_edits: (!edits.is_empty()).then_some(edits),
        data: data.and_then(|data| serde_json::to_value(data).ok()),
        ..CompletionItem::default()
    })
}

/// A snippet up to its first place to fill in, for clients without snippets.
fn plain(item: &Completion) -> String {
    let text = item.insert.replace("\\$", "\u{1}").replace("\\}", "}").replace("\\\\", "\\");
    let end = text.find('$').unwrap_or(text.len());
    text[..end].replace('\u{1}', "$")
}

fn data(snapshot: &Snapshot, definition: &Definition) -> Option<Data> {
    let (kind, file, id, index) = match definition {
        Definition::Function(func) => ("function", func.file(), func.local(), 0),
        Definition::Class(class) => ("class", class.file(), class.local(), 0),
        Definition::Attribute(class, index) => ("attribute", class.file(), class.local(), *index),
        _ => return None,
    };
    let uri = snapshot.map.info(file)?.url.clone();
    Some(Data { uri, kind: kind.to_owned(), id: id.0, index })
}

/// Adds the documentation.
pub fn resolve(snapshot: &Snapshot, mut item: CompletionItem) -> CompletionItem {
    let data = item.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    let Some(data) = data else { return item };
    let Some(file) = snapshot.file(&data.uri) else { return item };
    let local = LocalItemId(data.id);
    let definition = match data.kind.as_str() {
        "function" => Definition::Function(FuncId::new(file, local)),
        "class" => Definition::Class(ClassId::new(file, local)),
        "attribute" => Definition::Attribute(ClassId::new(file, local), data.index),
        _ => return item,
    };
    let code = hover::code(&hover::declaration(&snapshot.db, &definition));
    let docs = hover::docs(&snapshot.db, &definition);
    let value = match docs {
        Some(docs) => format!("{code}\n\n{docs}"),
        None => code,
    };
    let markup = MarkupContent { kind: MarkupKind::Markdown, value };
    item.documentation = Some(Documentation::MarkupContent(markup));
    item
}

pub fn signature_help(snapshot: &Snapshot, signatures: Vec<SignatureText>) -> SignatureHelp {
    // Offsets in labels count UTF-16 units whatever was agreed on.
    let _ = snapshot;
    let units = |label: &str, at: usize| label[..at].encode_utf16().count() as u32;
    let active = signatures.first().and_then(|it| it.active).map(|active| active as u32);
    let signatures = signatures.into_iter().map(|it| {
        let parameters = it.params.iter().map(|(start, end)| ParameterInformation {
            label: ParameterLabel::LabelOffsets([units(&it.label, *start), units(&it.label, *end)]),
            documentation: None,
        });
        SignatureInformation {
            parameters: Some(parameters.collect()),
            documentation: it.docs.as_ref().map(|docs| {
                Documentation::MarkupContent(MarkupContent {
                    kind: MarkupKind::Markdown,
                    value: docs.clone(),
                })
            }),
            active_parameter: it.active.map(|active| active as u32),
            label: it.label,
        }
    });
    SignatureHelp { signatures: signatures.collect(), active_signature: Some(0), active_parameter: active }
}
