//! Formatting while a person types: the line of a closing brace, the indentation of a new line.

use super::format::{Gap, gaps as all_gaps};
use syntax::{Parse, SyntaxNode, TextRange, TextSize};

/// White space to change after `typed` was inserted in front of `offset`. Only the line of the brace, or the indentation
/// of the line that was begun, changes.
pub fn gaps(parse: &Parse, offset: TextSize, typed: &str) -> Vec<Gap> {
    let root = &parse.syntax();
    let text = root.text().to_string();
    let at = usize::from(offset).min(text.len());
    let Some(before) = text.get(..at) else { return Vec::new() };
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    if typed == "}" {
        let line = TextRange::new(TextSize::new(line_start as u32), offset);
        // A gap in front of the line's first word reaches back over the line break.
        let touches = |gap: &Gap| gap.range.end() >= line.start() && gap.range.end() <= line.end();
        return all_gaps(parse).into_iter().filter(touches).collect();
    }
    let open = before.bytes().filter(|byte| *byte == b'\n').count();
    if typed != "\n" || open == 0 {
        return Vec::new();
    }
    // A blank line has no token whose gap could be asked for: it is indented like the brackets that are open.
    let line_end = text[line_start..].find('\n').map_or(text.len(), |newline| line_start + newline);
    let line = &text[line_start..line_end];
    let content = line.trim_start();
    let depth = depth_at(root, TextSize::new(line_start as u32));
    let closes = content.starts_with(['}', ')', ']']);
    let wanted = "    ".repeat(depth.saturating_sub(usize::from(closes)));
    let present = &line[..line.len() - content.len()];
    if present == wanted {
        return Vec::new();
    }
    let start = TextSize::new(line_start as u32);
    vec![Gap { range: TextRange::at(start, TextSize::of(present)), text: wanted }]
}

/// Lines above that hold a bracket which is still open at `offset`.
fn depth_at(root: &SyntaxNode, offset: TextSize) -> usize {
    use syntax::SyntaxKind::*;
    let mut open: Vec<usize> = Vec::new();
    let mut line = 0;
    for token in root.descendants_with_tokens().filter_map(|element| element.into_token()) {
        if token.text_range().start() >= offset {
            break;
        }
        match token.kind() {
            L_BRACE | L_PAREN | L_BRACK => open.push(line),
            R_BRACE | R_PAREN | R_BRACK => {
                open.pop();
            }
            _ => line += token.text().matches('\n').count(),
        }
    }
    open.dedup();
    open.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, what: &str) -> String {
        let at = text.find('|').unwrap();
        let mut text = text.replacen('|', "", 1);
        let parsed = syntax::parse(&text, syntax::Edition::E2023);
        for gap in gaps(&parsed, TextSize::new(at as u32), what).into_iter().rev() {
            text.replace_range(usize::from(gap.range.start())..usize::from(gap.range.end()), &gap.text);
        }
        text
    }

    #[test]
    fn a_new_line_in_a_block_is_indented() {
        assert_eq!(typed("mod a.b\nfn f() -> Void {\n|\n}\n", "\n"), "mod a.b\nfn f() -> Void {\n    \n}\n");
    }

    #[test]
    fn a_closing_brace_goes_back() {
        assert_eq!(typed("mod a.b\nfn f() -> Void {\n    }|\n", "}"), "mod a.b\nfn f() -> Void {\n}\n");
    }
}
