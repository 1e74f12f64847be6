//! The formatter. It changes white space only: indentation, spaces between tokens, at most one blank line in a row, and a
//! line of its own for each statement (LX8). Line breaks stay where the writer put them, since some of them matter
//! (LX6, LX7).

mod spacing;

use spacing::Space;
use syntax::SyntaxKind::{self, *};
use syntax::{Parse, SyntaxNode, SyntaxToken, TextRange, TextSize};

const INDENT: &str = "    ";

/// One gap between two tokens and what should stand in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    pub range: TextRange,
    pub text: String,
}

/// The formatted text.
pub fn format(parse: &Parse) -> String {
    apply(&parse.syntax(), &gaps(parse))
}

fn apply(root: &SyntaxNode, gaps: &[Gap]) -> String {
    let source = root.text().to_string();
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for gap in gaps {
        text.push_str(&source[at..usize::from(gap.range.start())]);
        text.push_str(&gap.text);
        at = usize::from(gap.range.end());
    }
    text.push_str(&source[at..]);
    text
}

/// The gaps whose text changes, in order; ranges are in bytes and disjoint. Linear in the number of tokens.
///
/// In broken code the parser looks at line breaks and indentation to find what belongs together. Items with errors are
/// therefore left alone, and all of the file where that does not suffice to keep the tree as it is and the text stable.
pub fn gaps(parse: &Parse) -> Vec<Gap> {
    let gaps = gaps_outside_errors(parse);
    if parse.errors().is_empty() || gaps.is_empty() {
        return gaps;
    }
    let root = parse.syntax();
    let formatted = syntax::parse(&apply(&root, &gaps), parse.edition());
    let settled = same_shape(&root, &formatted.syntax()) && gaps_outside_errors(&formatted).is_empty();
    if settled { gaps } else { Vec::new() }
}

fn gaps_outside_errors(parse: &Parse) -> Vec<Gap> {
    let root = parse.syntax();
    let mut gaps = all_gaps(&root);
    let broken: Vec<TextRange> = root
        .children_with_tokens()
        .map(|item| item.text_range())
        .filter(|item| parse.errors().iter().any(|error| item.intersect(error.range).is_some()))
        .collect();
    gaps.retain(|gap| broken.iter().all(|item| item.intersect(gap.range).is_none()));
    gaps
}

/// Whether two trees differ in white space only.
fn same_shape(a: &SyntaxNode, b: &SyntaxNode) -> bool {
    let shape = |root: &SyntaxNode| {
        let elements = root.descendants_with_tokens().filter(|element| element.kind() != WHITESPACE);
        elements.map(|element| (element.kind(), element.into_token()))
    };
    let text = |token: &Option<SyntaxToken>| token.as_ref().map(|token| token.text().to_owned());
    let mut others = shape(b);
    let same = shape(a).all(|(kind, token)| {
        others.next().is_some_and(|(other, its)| kind == other && text(&token) == text(&its))
    });
    same && others.next().is_none()
}

/// As if there were no errors.
fn all_gaps(root: &SyntaxNode) -> Vec<Gap> {
    let mut layout = Layout { line_end: line_end(root), ..Layout::default() };
    let mut gaps = Vec::new();
    let mut previous: Option<SyntaxToken> = None;
    let mut gap_start = TextSize::new(0);
    let mut blanks = String::new();
    for token in root.descendants_with_tokens().filter_map(|element| element.into_token()) {
        if token.kind() == WHITESPACE {
            blanks.push_str(token.text());
            continue;
        }
        let range = TextRange::new(gap_start, token.text_range().start());
        let text = layout.gap(previous.as_ref(), &token, &blanks);
        if text != blanks {
            gaps.push(Gap { range, text });
        }
        layout.enter(&token);
        blanks.clear();
        gap_start = token.text_range().end();
        previous = Some(token);
    }
    let end = if previous.is_some() { layout.line_end } else { "" };
    if blanks != end && !root.text().is_empty() {
        gaps.push(Gap { range: TextRange::new(gap_start, root.text_range().end()), text: end.to_owned() });
    }
    gaps
}

/// Brackets that are open, and on which line of the output each was opened.
#[derive(Default)]
struct Layout {
    open: Vec<usize>,
    line: usize,
    line_end: &'static str,
}

/// How lines end: as the first does.
fn line_end(root: &SyntaxNode) -> &'static str {
    let mut blanks = root.descendants_with_tokens().filter_map(|element| element.into_token());
    let first = blanks.find(|token| token.kind() == WHITESPACE && token.text().contains('\n'));
    if first.is_some_and(|token| token.text().contains("\r\n")) { "\r\n" } else { "\n" }
}

impl Layout {
    /// What stands between `previous` and `token`, given the white space that does now.
    fn gap(&mut self, previous: Option<&SyntaxToken>, token: &SyntaxToken, blanks: &str) -> String {
        let Some(previous) = previous else { return String::new() };
        if in_error(token) || in_error(previous) {
            self.line += blanks.matches('\n').count();
            return blanks.to_owned();
        }
        let mut breaks = blanks.matches('\n').count().min(2);
        let mut between = spacing::between(previous, token);
        if breaks == 0 && (previous.kind() == COMMENT || starts_unit_after_another(previous, token)) {
            breaks = 1;
        }
        if breaks == 0 {
            if is_comment(token.kind()) && blanks.len() > 1 {
                // Comments aligned by the writer stay aligned.
                return blanks.to_owned();
            }
            if is_comment(token.kind()) || is_comment(previous.kind()) {
                between = Space::One;
            }
            return match between {
                Space::None => String::new(),
                Space::One => " ".to_owned(),
            };
        }
        if is_closing(token.kind()) || is_opening(previous.kind()) {
            // No blank line next to a bracket.
            breaks = 1;
        }
        self.line += breaks;
        let mut depth = self.depth(is_closing(token.kind()));
        if continues(token) {
            depth += 1;
        }
        format!("{}{}", self.line_end.repeat(breaks), INDENT.repeat(depth))
    }

    /// Levels of indentation for a line: brackets opened on one line count once.
    fn depth(&self, closes: bool) -> usize {
        let kept = self.open.len() - usize::from(closes && !self.open.is_empty());
        let mut depth = 0;
        let mut last = None;
        for &line in &self.open[..kept] {
            if last != Some(line) {
                depth += 1;
                last = Some(line);
            }
        }
        if closes && self.open.last().copied() == last && depth > 0 {
            // `})` closes what one line opened.
            depth -= 1;
        }
        depth
    }

    fn enter(&mut self, token: &SyntaxToken) {
        match token.kind() {
            kind if is_opening(kind) => self.open.push(self.line),
            kind if is_closing(kind) => {
                self.open.pop();
            }
            _ => self.line += token.text().matches('\n').count(),
        }
    }
}

fn is_opening(kind: SyntaxKind) -> bool {
    matches!(kind, L_PAREN | L_BRACK | L_BRACE)
}

fn is_closing(kind: SyntaxKind) -> bool {
    matches!(kind, R_PAREN | R_BRACK | R_BRACE)
}

fn is_comment(kind: SyntaxKind) -> bool {
    matches!(kind, COMMENT | BLOCK_COMMENT)
}

/// Code that the parser could not place keeps its white space.
fn in_error(token: &SyntaxToken) -> bool {
    matches!(token.kind(), ERROR_TOKEN | SEMICOLON)
        || token.parent().is_some_and(|parent| parent.kind() == ERROR)
}

/// Things that each have lines of their own.
fn is_unit(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        MOD_DECL
            | USE
            | CLASS
            | ENUM
            | SUP
            | FUNCTION
            | ATTRIBUTE
            | ELIDED_MEMBERS
            | LET_STMT
            | RETURN_STMT
            | ASSIGN_STMT
            | EXPR_STMT
            | BRANCH
    )
}

/// Elements of a list in brackets: they start a line without extra indentation.
fn is_element(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        PARAM
            | SELF_PARAM
            | ARG
            | GENERIC_PARAM
            | GENERIC_ARG
            | FIELD_INIT
            | FIELD_PAT
            | ENUM_MEMBER
            | WHERE_ITEM
            | CAPTURE
            | LAMBDA_PARAM
            | IMPORT_TREE
            | ELSE_CLAUSE
            | ANNOTATION
    )
}

/// Whether `token` is the first of a unit that follows another on the same line (LX8).
fn starts_unit_after_another(previous: &SyntaxToken, token: &SyntaxToken) -> bool {
    if is_opening(previous.kind()) || is_comment(token.kind()) {
        return false;
    }
    let start = token.text_range().start();
    let unit = token
        .parent_ancestors()
        .take_while(|node| code_start(node) == start)
        .find(|node| is_unit(node.kind()));
    unit.is_some_and(|unit| unit.prev_sibling().is_some_and(|before| is_unit(before.kind())))
}

/// Where the code of a node begins, behind the comments that document it.
fn code_start(node: &SyntaxNode) -> TextSize {
    std::iter::successors(node.first_token(), SyntaxToken::next_token)
        .find(|token| token.kind() != WHITESPACE && !is_comment(token.kind()))
        .map_or(node.text_range().start(), |token| token.text_range().start())
}

/// Whether a token that begins a line goes on with what an earlier line began, outside of any bracket of its own.
fn continues(token: &SyntaxToken) -> bool {
    if is_comment(token.kind()) || is_closing(token.kind()) {
        return false;
    }
    let start = token.text_range().start();
    let mut child: Option<SyntaxNode> = None;
    for node in token.parent_ancestors() {
        if is_unit(node.kind()) || is_element(node.kind()) {
            if code_start(&node) == start {
                return false;
            }
            // What follows the annotations of an item begins it.
            let after_annotations = child
                .as_ref()
                .map_or_else(|| token.prev_sibling_or_token(), |child| child.prev_sibling_or_token())
                .into_iter()
                .flat_map(|before| {
                    std::iter::successors(Some(before), |element| element.prev_sibling_or_token())
                })
                .find(|element| !matches!(element.kind(), WHITESPACE | COMMENT | BLOCK_COMMENT))
                .is_some_and(|before| before.kind() == ANNOTATION);
            return !after_annotations && token.kind() != L_BRACE;
        }
        let has_bracket_before = node
            .children_with_tokens()
            .filter_map(|element| element.into_token())
            .any(|inner| is_opening(inner.kind()) && inner.text_range().start() < start);
        if has_bracket_before {
            return false;
        }
        child = Some(node);
    }
    false
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
