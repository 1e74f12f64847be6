//! Parsing again after an edit: one token, else the innermost block, else the file.
//!
//! The result is the one that a full parse would give; a property test holds the two against each other.
//! What an edit does not touch keeps its green nodes, so that their users can compare pointers.

use std::sync::Arc;

use rowan::{GreenNode, GreenToken, NodeOrToken, TextRange, TextSize};

use crate::error::{SyntaxError, TextEdit};
use crate::grammar;
use crate::input::Input;
use crate::lexer::Lexer;
use crate::parse::{Parse, parse};
use crate::parser::{ERROR_LIMIT, NESTING_LIMIT, Parser};
use crate::{SyntaxKind, SyntaxNode, SyntaxToken, tree};

/// How many blocks around an edit are tried before the file is parsed as a whole.
const ATTEMPTS: usize = 3;

impl Parse {
    /// The parse of `new_text`, which is the text of this parse after `edit`.
    pub fn reparse(&self, edit: &TextEdit, new_text: &str) -> Parse {
        let old_len = u32::from(self.green().text_len()) as usize;
        let fits = usize::from(edit.range.end()) <= old_len
            && old_len - usize::from(edit.range.len()) + edit.insert.len() == new_text.len();
        if self.local && fits {
            let root = self.syntax();
            if let Some(parse) = self.reparse_token(&root, edit, new_text) {
                return parse;
            }
            if let Some(parse) = self.reparse_block(&root, edit, new_text) {
                return parse;
            }
        }
        let mut whole = parse(new_text, self.edition());
        whole.green = share(self.green(), whole.green, SHARED_LEVELS);
        whole
    }

    /// The edit changes the text of one token and nothing of the structure.
    fn reparse_token(&self, root: &SyntaxNode, edit: &TextEdit, new_text: &str) -> Option<Parse> {
        let token = match root.covering_element(edit.range) {
            NodeOrToken::Token(token) => token,
            // An insertion between two tokens may prolong the first.
            NodeOrToken::Node(_) => root.token_at_offset(edit.range.start()).left_biased()?,
        };
        let range = token.text_range();
        if !range.contains_range(edit.range) || edit.range.start() == range.start() {
            return None;
        }
        let new_range = TextRange::at(range.start(), range.len() + growth(edit)?);
        let text = new_text.get(usize::from(new_range.start())..usize::from(new_range.end()))?;
        if !is_one_token(&token, text, self) || !may_change_alone(&token, text, new_text, new_range.end()) {
            return None;
        }
        if self.errors().iter().any(|error| error.range.intersect(range).is_some()) {
            return None;
        }
        let errors = self.errors().iter().map(|error| shifted(error, edit)).collect::<Option<Vec<_>>>()?;
        let green = token.replace_with(GreenToken::new(token.kind().into(), text));
        Some(self.with(green, errors))
    }

    /// The edit lies between the braces of a block, and the block remains one.
    fn reparse_block(&self, root: &SyntaxNode, edit: &TextEdit, new_text: &str) -> Option<Parse> {
        let node = match root.covering_element(edit.range) {
            NodeOrToken::Token(token) => token.parent()?,
            NodeOrToken::Node(node) => node,
        };
        let one = TextSize::new(1);
        node.ancestors()
            .filter(|it| it.kind() == SyntaxKind::BLOCK)
            .filter(|it| {
                let range = it.text_range();
                range.start() + one <= edit.range.start() && edit.range.end() + one <= range.end()
            })
            .take(ATTEMPTS)
            .find_map(|block| self.reparse_this_block(&block, edit, new_text))
    }

    fn reparse_this_block(&self, block: &SyntaxNode, edit: &TextEdit, new_text: &str) -> Option<Parse> {
        let range = block.text_range();
        // The lexer reads the inside of an interpolation in a state of its own.
        if block.ancestors().any(|it| it.kind() == SyntaxKind::INTERPOLATION) {
            return None;
        }
        let new_len = range.len() + growth(edit)?;
        let text = new_text.get(usize::from(range.start())..usize::from(range.start() + new_len))?;
        let input = Input::new(text, self.edition());
        let last = input.len().checked_sub(1)?;
        let is_block = input.kind(0) == SyntaxKind::L_BRACE
            && input.matching(0) == Some(last)
            && input.range(0).start() == 0.into()
            && input.range(last).end() == new_len;
        if !is_block || !input.balanced || input.unbounded {
            return None;
        }
        let of_function = block.parent().is_some_and(|it| it.kind() == SyntaxKind::FUNCTION);
        let mut parser = Parser::new(&input);
        let elided = grammar::block(&mut parser, of_function);
        let was_elided = block.children_with_tokens().any(|it| it.kind() == SyntaxKind::DOT3);
        let depth = block.ancestors().count() as u32;
        if parser.limited
            || parser.closer_line.is_some()
            || parser.pos != input.len()
            || parser.reached + depth >= NESTING_LIMIT
            || elided != was_elided
        {
            return None;
        }
        let errors = self.errors_around(range, edit, &parser.errors, &input.errors)?;
        let green = block.replace_with(tree::build(&input, parser.events));
        Some(self.with(green, errors))
    }

    /// The errors of the file with those inside the old block replaced by those of the new one. Nothing when it
    /// is not clear which errors belong to the block.
    fn errors_around(
        &self,
        block: TextRange,
        edit: &TextEdit,
        parser: &[SyntaxError],
        lexer: &[SyntaxError],
    ) -> Option<Vec<SyntaxError>> {
        let one = TextSize::new(1);
        let inside = TextRange::new(block.start() + one, block.end() - one);
        let braces =
            [TextRange::new(block.start(), inside.start()), TextRange::new(inside.end(), block.end())];
        // An error about a missing closer silences others on its line, whichever block they are in.
        let is_closer = |error: &SyntaxError| !error.related.is_empty();
        let open = TextRange::at(0.into(), one);
        if parser.iter().any(|error| is_closer(error) || error.range == open) {
            return None;
        }
        let mut errors = Vec::with_capacity(self.errors().len() + parser.len() + lexer.len());
        for error in self.errors() {
            if inside.contains_range(error.range) && !error.range.is_empty() {
                if is_closer(error) {
                    return None;
                }
                continue;
            }
            let apart = error.range.end() <= inside.start() || error.range.start() >= block.end();
            // What is missing at the edge of a block is marked at its brace, from within and from without.
            if braces.contains(&error.range) || !apart && !error.range.contains_range(block) {
                return None;
            }
            errors.push(shifted(error, edit)?);
        }
        errors.extend(parser.iter().chain(lexer).map(|error| moved(error, block.start())));
        if errors.len() >= ERROR_LIMIT {
            return None;
        }
        errors.sort_by_key(|error| (error.range.start(), error.range.end()));
        Some(errors)
    }

    fn with(&self, green: GreenNode, errors: Vec<SyntaxError>) -> Parse {
        Parse { green, errors: Arc::from(errors), edition: self.edition(), local: self.local }
    }
}

/// By how much the edit lengthens the text; nothing when it shortens it, in a form that may be added.
fn growth(edit: &TextEdit) -> Option<Growth> {
    Some(Growth { insert: u32::try_from(edit.insert.len()).ok()?.into(), delete: edit.range.len() })
}

#[derive(Clone, Copy)]
struct Growth {
    insert: TextSize,
    delete: TextSize,
}

impl std::ops::Add<Growth> for TextSize {
    type Output = TextSize;

    fn add(self, growth: Growth) -> TextSize {
        self + growth.insert - growth.delete
    }
}

/// Whether `text` alone is a token of the same kind as `token`, with nothing wrong and as many line ends.
fn is_one_token(token: &SyntaxToken, text: &str, parse: &Parse) -> bool {
    let mut lexer = Lexer::new(text, parse.edition());
    let Some(first) = lexer.next() else { return false };
    first.kind == token.kind()
        && first.len as usize == text.len()
        && lexer.error.is_none()
        && !lexer.escapes
        && lexer.newline == token.text().contains('\n')
}

/// Whether the grammar reads a token with this text as it read the old one.
fn may_change_alone(token: &SyntaxToken, text: &str, new_text: &str, end: TextSize) -> bool {
    match token.kind() {
        SyntaxKind::COMMENT => {
            // A carriage return in front of the line end belongs to the line end.
            !text.contains(['\r', '\n']) && new_text[usize::from(end)..].starts_with(['\r', '\n'])
                || usize::from(end) == new_text.len()
        }
        SyntaxKind::BLOCK_COMMENT => text.ends_with("*/"),
        SyntaxKind::IDENT => {
            let parent = token.parent().filter(|it| it.kind() == SyntaxKind::NAME_REF);
            let used = parent.and_then(|it| it.parent()).map(|it| it.kind());
            let joined = new_text[usize::from(end)..]
                .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"'));
            matches!(used, Some(SyntaxKind::NAME_EXPR | SyntaxKind::FIELD_EXPR))
                && !joined
                && !grammar::is_telling_word(text)
                && !grammar::is_telling_word(token.text())
        }
        _ => false,
    }
}

/// The error where the edit has moved it.
fn shifted(error: &SyntaxError, edit: &TextEdit) -> Option<SyntaxError> {
    let growth = growth(edit)?;
    let (start, end) = (edit.range.start(), edit.range.end());
    mapped(error, |range| {
        if range.end() < start {
            Some(range)
        } else if end < range.start() {
            Some(TextRange::new(range.start() + growth, range.end() + growth))
        } else if range.start() < start && end < range.end() {
            Some(TextRange::new(range.start(), range.end() + growth))
        } else {
            // What begins or ends where the edit does is for a parse of more text to decide.
            None
        }
    })
}

/// The error of a part of the text, seen from the whole.
fn moved(error: &SyntaxError, by: TextSize) -> SyntaxError {
    mapped(error, |range| Some(range + by)).unwrap_or_else(|| error.clone())
}

fn mapped(error: &SyntaxError, map: impl Fn(TextRange) -> Option<TextRange>) -> Option<SyntaxError> {
    let mut error = error.clone();
    error.range = map(error.range)?;
    for related in &mut error.related {
        related.range = map(related.range)?;
    }
    if let Some(fix) = &mut error.fix {
        for edit in &mut fix.edits {
            edit.range = map(edit.range)?;
        }
    }
    Some(error)
}

/// File, declaration, member list, member.
const SHARED_LEVELS: u32 = 4;

/// `new` with those children replaced by nodes of `old` that are equal to them and stand before or behind the
/// first difference.
fn share(old: &GreenNode, new: GreenNode, levels: u32) -> GreenNode {
    let olds: Vec<_> = old.children().map(|it| it.to_owned()).collect();
    let mut news: Vec<_> = new.children().map(|it| it.to_owned()).collect();
    let most = olds.len().min(news.len());
    let prefix = olds.iter().zip(&news).take_while(|(old, new)| old == new).count();
    let suffix =
        olds.iter().rev().zip(news.iter().rev()).take(most - prefix).take_while(|(old, new)| old == new);
    let suffix = suffix.count();
    if prefix + suffix == 0 && levels == 0 {
        return new;
    }
    news[..prefix].clone_from_slice(&olds[..prefix]);
    let (new_len, old_len) = (news.len(), olds.len());
    news[new_len - suffix..].clone_from_slice(&olds[old_len - suffix..]);
    // What differs may still be equal inside.
    if levels > 0 {
        let changed = prefix..(new_len - suffix);
        for (at, old) in changed.zip(&olds[prefix..old_len - suffix]) {
            if let (NodeOrToken::Node(old), NodeOrToken::Node(new)) = (old, &news[at])
                && old.kind() == new.kind()
            {
                news[at] = NodeOrToken::Node(share(old, new.clone(), levels - 1));
            }
        }
    }
    GreenNode::new(new.kind(), news)
}
