//! Growing selections: from the word under the cursor to the whole file.

use syntax::{SyntaxKind, SyntaxNode, TextRange, TextSize, TokenAtOffset};

/// Ranges around an offset, each larger than the one before; the last is the whole file.
pub fn selections(root: &SyntaxNode, offset: TextSize) -> Vec<TextRange> {
    let mut ranges: Vec<TextRange> = Vec::new();
    let offset = offset.min(root.text_range().end());
    let token = match root.token_at_offset(offset) {
        TokenAtOffset::None => None,
        TokenAtOffset::Single(token) => Some(token),
        TokenAtOffset::Between(left, right) => {
            Some(if right.kind().is_trivia() || is_closing(right.kind()) { left } else { right })
        }
    };
    let mut push = |range: TextRange| {
        if ranges.last().is_none_or(|last| range.contains_range(*last) && range != *last) {
            ranges.push(range);
        }
    };
    if let Some(token) = token {
        if token.kind() != SyntaxKind::WHITESPACE {
            push(token.text_range());
        }
        for node in token.parent_ancestors() {
            let inner = super::folding::without_trivia(&node);
            if inner.contains_inclusive(offset) {
                push(inner);
            }
            push(node.text_range());
        }
    }
    push(root.text_range());
    ranges
}

fn is_closing(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::R_PAREN | SyntaxKind::R_BRACK | SyntaxKind::R_BRACE | SyntaxKind::COMMA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_grows_from_word_to_file() {
        let text = "mod a.b\nfn f() -> Num { ret alpha + 1 }\n";
        let root = syntax::parse(text, syntax::Edition::E2023).syntax();
        let offset = TextSize::new(text.find("alpha").unwrap() as u32 + 2);
        let texts: Vec<&str> = selections(&root, offset).into_iter().map(|range| &text[range]).collect();
        assert_eq!(texts[0], "alpha");
        assert_eq!(texts[1], "alpha + 1");
        assert_eq!(texts[2], "ret alpha + 1");
        assert_eq!(*texts.last().unwrap(), text);
    }

    #[test]
    fn an_empty_file_has_a_selection() {
        let root = syntax::parse("", syntax::Edition::E2023).syntax();
        assert_eq!(selections(&root, 5.into()).len(), 1);
    }
}
