//! Semantic tokens: full, the difference to an earlier answer, and a range.

use super::convert;
use super::state::{Shared, Snapshot};
use crate::ide::tokens;
use hir::File;
use std::sync::Arc;
use syntax::TextRange;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

/// The last answer for a document.
#[derive(Clone, Debug)]
pub struct LastTokens {
    id: String,
    data: Vec<SemanticToken>,
}

fn of_file(snapshot: &Snapshot, file: File, within: Option<TextRange>, augment: bool) -> Vec<SemanticToken> {
    let mut tokens = tokens::of_file(&snapshot.db, file, within);
    if augment {
        tokens.retain(|token| !token.kind.is_lexical());
    }
    convert::semantic_tokens(snapshot, file, &tokens)
}

/// The client lays the tokens over the colours of its own grammar, which knows more kinds of keywords than the protocol.
fn augments(shared: &Shared) -> bool {
    shared.supports(|it| it.text_document.as_ref()?.semantic_tokens.as_ref()?.augments_syntax_tokens)
}

async fn compute(shared: &Arc<Shared>, method: &'static str, url: &Url) -> Result<Option<LastTokens>> {
    let of = url.clone();
    let augment = augments(shared);
    let answer = shared
        .read(method, Some(url), move |snapshot| {
            let data = of_file(snapshot, snapshot.file(&of)?, None, augment);
            Some(LastTokens { id: format!("{}", snapshot.revision), data })
        })
        .await?;
    Ok(answer)
}

pub async fn full(shared: &Arc<Shared>, url: Url) -> Result<Option<SemanticTokensResult>> {
    let Some(tokens) = compute(shared, "textDocument/semanticTokens/full", &url).await? else {
        return Ok(None);
    };
    shared.semantic_tokens.insert(url, tokens.clone());
    Ok(Some(SemanticTokensResult::Tokens(SemanticTokens { result_id: Some(tokens.id), data: tokens.data })))
}

pub async fn delta(
    shared: &Arc<Shared>,
    url: Url,
    previous: String,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let Some(tokens) = compute(shared, "textDocument/semanticTokens/full/delta", &url).await? else {
        return Ok(None);
    };
    let last = shared.semantic_tokens.insert(url, tokens.clone());
    let result_id = Some(tokens.id);
    Ok(Some(match last.filter(|last| last.id == previous) {
        Some(last) => SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta {
            result_id,
            edits: difference(&last.data, &tokens.data),
        }),
        None => SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data: tokens.data }),
    }))
}

pub async fn range(
    shared: &Arc<Shared>,
    url: Url,
    range: Range,
) -> Result<Option<SemanticTokensRangeResult>> {
    let of = url.clone();
    let augment = augments(shared);
    shared
        .read("textDocument/semanticTokens/range", Some(&url), move |snapshot| {
            let file = snapshot.file(&of)?;
            let within = snapshot.text_range(file, range);
            let data = of_file(snapshot, file, Some(within), augment);
            Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data }))
        })
        .await
}

/// At most one edit: what lies between the common beginning and the common end.
fn difference(old: &[SemanticToken], new: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    if start == old.len() && start == new.len() {
        return Vec::new();
    }
    // A token is five numbers.
    vec![SemanticTokensEdit {
        start: 5 * start as u32,
        delete_count: 5 * (old.len() - start - end) as u32,
        data: Some(new[start..new.len() - end].to_vec()),
    }]
}
