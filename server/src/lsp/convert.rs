//! From the terms of `ide` and `hir` to those of the protocol.

use super::lines::lines_of;
use super::state::Snapshot;
use super::{library, position};
use crate::ide::folding::{Fold, FoldKind};
use crate::ide::links::{Link, LinkTarget};
use crate::ide::symbols::{Symbol, SymbolKind};
use crate::ide::tokens::Token;
use hir::diagnostic::Tag;
use hir::{File, Severity};
use syntax::{TextRange, TextSize};
use tower_lsp::lsp_types as lsp;
use tower_lsp::lsp_types::Url;

impl Snapshot {
    pub fn file(&self, url: &Url) -> Option<File> {
        self.map.file(url)
    }

    pub fn offset(&self, file: File, at: lsp::Position) -> TextSize {
        let lines = lines_of(&self.db, file);
        position::offset(&lines, file.text(&self.db), at, self.encoding)
    }

    pub fn text_range(&self, file: File, range: lsp::Range) -> TextRange {
        let lines = lines_of(&self.db, file);
        position::text_range(&lines, file.text(&self.db), range, self.encoding)
    }

    pub fn position(&self, file: File, offset: TextSize) -> lsp::Position {
        position::position(&lines_of(&self.db, file), offset, self.encoding)
    }

    pub fn range(&self, file: File, range: TextRange) -> lsp::Range {
        position::range(&lines_of(&self.db, file), range, self.encoding)
    }

    /// Where a client finds a file; those of the library are put into the cache folder for it.
    pub fn url(&self, file: File) -> Option<Url> {
        let info = self.map.info(file)?;
        if info.library
            && let Some(path) = &info.path
        {
            library::materialise(path, file.text(&self.db));
        }
        Some(info.url.clone())
    }

    pub fn location(&self, file: File, range: TextRange) -> Option<lsp::Location> {
        Some(lsp::Location { uri: self.url(file)?, range: self.range(file, range) })
    }

    pub fn parse(&self, file: File) -> syntax::Parse {
        hir::parse::parse(&self.db, file).clone()
    }

    pub fn syntax(&self, file: File) -> syntax::SyntaxNode {
        self.parse(file).syntax()
    }
}

pub fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Hint => lsp::DiagnosticSeverity::HINT,
    }
}

pub fn diagnostic(
    snapshot: &Snapshot,
    file: File,
    diagnostic: &hir::Diagnostic,
    level: Severity,
) -> lsp::Diagnostic {
    let related: Vec<_> = diagnostic
        .related
        .iter()
        .filter_map(|related| {
            let location = snapshot.location(related.file.unwrap_or(file), related.range)?;
            Some(lsp::DiagnosticRelatedInformation { location, message: related.message.clone() })
        })
        .collect();
    let mut message = diagnostic.message.clone();
    for note in &diagnostic.notes {
        message.push('\n');
        message.push_str(note);
    }
    let tag = diagnostic.tag.map(|tag| match tag {
        Tag::Unnecessary => lsp::DiagnosticTag::UNNECESSARY,
        Tag::Deprecated => lsp::DiagnosticTag::DEPRECATED,
    });
    lsp::Diagnostic {
        range: snapshot.range(file, diagnostic.range),
        severity: Some(severity(level)),
        code: Some(lsp::NumberOrString::String(diagnostic.code.to_owned())),
        code_description: library::page(diagnostic.code).map(|href| lsp::CodeDescription { href }),
        source: Some("spp".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: tag.map(|tag| vec![tag]),
        data: None,
    }
}

/// A finding about a file as a whole, at its beginning.
pub fn finding(finding: &crate::check::Finding, level: Severity) -> lsp::Diagnostic {
    let message = std::iter::once(&finding.message).chain(&finding.notes).map(String::as_str);
    lsp::Diagnostic {
        range: lsp::Range::default(),
        severity: Some(severity(level)),
        code: Some(lsp::NumberOrString::String(finding.code.to_owned())),
        code_description: library::page(finding.code).map(|href| lsp::CodeDescription { href }),
        source: Some("spp".to_owned()),
        message: message.collect::<Vec<_>>().join("\n"),
        ..lsp::Diagnostic::default()
    }
}

pub fn fold(snapshot: &Snapshot, file: File, fold: &Fold, lines_only: bool) -> Option<lsp::FoldingRange> {
    let range = snapshot.range(file, fold.range);
    let kind = match fold.kind {
        FoldKind::Code => None,
        FoldKind::Comment => Some(lsp::FoldingRangeKind::Comment),
        FoldKind::Imports => Some(lsp::FoldingRangeKind::Imports),
    };
    let mut end_line = range.end.line;
    if lines_only && fold.kind == FoldKind::Code {
        // The line of the closing bracket stays visible.
        end_line = end_line.saturating_sub(1);
    }
    (end_line > range.start.line).then(|| lsp::FoldingRange {
        start_line: range.start.line,
        start_character: (!lines_only).then_some(range.start.character),
        end_line,
        end_character: (!lines_only).then_some(range.end.character),
        kind,
        collapsed_text: None,
    })
}

/// Ranges from the innermost on.
pub fn selection(snapshot: &Snapshot, file: File, ranges: &[TextRange]) -> lsp::SelectionRange {
    let mut selection = None;
    for range in ranges.iter().rev() {
        let range = snapshot.range(file, *range);
        selection = Some(lsp::SelectionRange { range, parent: selection.map(Box::new) });
    }
    selection.unwrap_or(lsp::SelectionRange { range: lsp::Range::default(), parent: None })
}

pub fn symbol_kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Module => lsp::SymbolKind::MODULE,
        SymbolKind::Class => lsp::SymbolKind::CLASS,
        SymbolKind::Enum => lsp::SymbolKind::ENUM,
        SymbolKind::EnumMember => lsp::SymbolKind::ENUM_MEMBER,
        SymbolKind::Sup => lsp::SymbolKind::OBJECT,
        SymbolKind::Function => lsp::SymbolKind::FUNCTION,
        SymbolKind::Method => lsp::SymbolKind::METHOD,
        SymbolKind::Constructor => lsp::SymbolKind::CONSTRUCTOR,
        SymbolKind::Attribute => lsp::SymbolKind::FIELD,
        SymbolKind::Alias => lsp::SymbolKind::INTERFACE,
    }
}

#[allow(deprecated)] // `DocumentSymbol::deprecated` has to be given
pub fn document_symbol(snapshot: &Snapshot, file: File, symbol: &Symbol) -> lsp::DocumentSymbol {
    let children: Vec<_> =
        symbol.children.iter().map(|child| document_symbol(snapshot, file, child)).collect();
    lsp::DocumentSymbol {
        name: symbol.name.clone(),
        detail: symbol.detail.clone(),
        kind: symbol_kind(symbol.kind),
        tags: symbol.deprecated.then(|| vec![lsp::SymbolTag::DEPRECATED]),
        deprecated: None,
        range: snapshot.range(file, symbol.range),
        selection_range: snapshot.range(file, symbol.name_range),
        children: (!children.is_empty()).then_some(children),
    }
}

/// The outline for clients without nesting.
#[allow(deprecated)] // `SymbolInformation::deprecated` has to be given
pub fn flat_symbols(
    snapshot: &Snapshot,
    file: File,
    symbols: &[Symbol],
    container: Option<&str>,
    flat: &mut Vec<lsp::SymbolInformation>,
) {
    for symbol in symbols {
        if let Some(location) = snapshot.location(file, symbol.range) {
            flat.push(lsp::SymbolInformation {
                name: symbol.name.clone(),
                kind: symbol_kind(symbol.kind),
                tags: symbol.deprecated.then(|| vec![lsp::SymbolTag::DEPRECATED]),
                deprecated: None,
                location,
                container_name: container.map(str::to_owned),
            });
        }
        flat_symbols(snapshot, file, &symbol.children, Some(&symbol.name), flat);
    }
}

#[allow(deprecated)] // `SymbolInformation::deprecated` has to be given
pub fn workspace_symbol(
    snapshot: &Snapshot,
    found: &crate::ide::workspace_symbols::Found,
) -> Option<lsp::SymbolInformation> {
    let symbol = &found.symbol;
    Some(lsp::SymbolInformation {
        name: symbol.name.clone(),
        kind: symbol_kind(symbol.kind),
        tags: symbol.deprecated.then(|| vec![lsp::SymbolTag::DEPRECATED]),
        deprecated: None,
        location: snapshot.location(found.file, symbol.name_range)?,
        container_name: found.container.clone(),
    })
}

pub fn link(snapshot: &Snapshot, file: File, link: &Link) -> Option<lsp::DocumentLink> {
    let target = match &link.target {
        LinkTarget::Web(address) => Url::parse(address).ok()?,
        LinkTarget::File(target) => snapshot.url(*target)?,
    };
    Some(lsp::DocumentLink {
        range: snapshot.range(file, link.range),
        target: Some(target),
        tooltip: link.tooltip.clone(),
        data: None,
    })
}

/// Relative positions; a token over several lines becomes one for each line.
pub fn semantic_tokens(snapshot: &Snapshot, file: File, tokens: &[Token]) -> Vec<lsp::SemanticToken> {
    let lines = lines_of(&snapshot.db, file);
    let text = file.text(&snapshot.db);
    let mut last = lsp::Position::default();
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        let mut start = token.range.start();
        for piece in text[token.range].split_inclusive('\n') {
            let visible = piece.trim_end_matches(['\n', '\r']);
            let at = position::position(&lines, start, snapshot.encoding);
            start += TextSize::of(piece);
            if visible.is_empty() {
                continue;
            }
            let same_line = at.line == last.line;
            out.push(lsp::SemanticToken {
                delta_line: at.line - last.line,
                delta_start: if same_line { at.character - last.character } else { at.character },
                length: snapshot.encoding.len(visible),
                token_type: token.kind as u32,
                token_modifiers_bitset: token.modifiers.0,
            });
            last = at;
        }
    }
    out
}

/// Edits that replace gaps of white space.
pub fn format_edits(
    snapshot: &Snapshot,
    file: File,
    gaps: impl Iterator<Item = crate::ide::format::Gap>,
) -> Vec<lsp::TextEdit> {
    gaps.map(|gap| lsp::TextEdit { range: snapshot.range(file, gap.range), new_text: gap.text }).collect()
}
