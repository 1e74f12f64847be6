//! The trees of the texts that were parsed last. An edited text is parsed from the tree before the edit: what the edit does
//! not touch keeps its nodes.
//!
//! The result is the one of a full parse, so queries may use this without depending on it.

use crate::db::File;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use syntax::{Edition, Parse, TextEdit, TextRange, TextSize};

/// More files than somebody types into at a time.
const FILES: usize = 8;

#[derive(Default)]
pub struct LatestTrees(Mutex<VecDeque<(File, Arc<str>, Parse)>>);

impl LatestTrees {
    pub(crate) fn parse(&self, file: File, text: &Arc<str>, edition: Edition) -> Parse {
        let before = self.take(file);
        let parse = match before {
            Some((before, parse)) if parse.edition() == edition => match edit(&before, text) {
                Some(edit) => parse.reparse(&edit, text),
                None => parse,
            },
            _ => syntax::parse(text, edition),
        };
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trees.len() >= FILES {
            trees.pop_front();
        }
        trees.push_back((file, text.clone(), parse.clone()));
        parse
    }

    fn take(&self, file: File) -> Option<(Arc<str>, Parse)> {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = trees.iter().position(|(known, ..)| *known == file)?;
        trees.remove(index).map(|(_, text, parse)| (text, parse))
    }
}

/// The one edit that makes `new` of `old`; `None` if they are equal.
fn edit(old: &str, new: &str) -> Option<TextEdit> {
    if old == new {
        return None;
    }
    let common = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let mut start = common(&mut old.bytes().zip(new.bytes()));
    while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
        start -= 1;
    }
    let mut tail = common(&mut old[start..].bytes().rev().zip(new[start..].bytes().rev()));
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    let at = |offset: usize| TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX));
    let range = TextRange::new(at(start), at(old.len() - tail));
    Some(TextEdit::replace(range, &new[start..new.len() - tail]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edit_between_two_texts_turns_one_into_the_other() {
        let texts = [
            "",
            "a",
            "aa",
            "aaa",
            "ba",
            "ab",
            "aä",
            "aöa",
            "ä",
            "ö",
            "日本",
            "日木",
            "fn f() { }\n",
            "fn f() { 1 }\n",
        ];
        for old in texts {
            for new in texts {
                let made = match edit(old, new) {
                    None => old.to_owned(),
                    Some(edit) => {
                        let (start, end) = (usize::from(edit.range.start()), usize::from(edit.range.end()));
                        format!("{}{}{}", &old[..start], edit.insert, &old[end..])
                    }
                };
                assert_eq!(made, new, "from {old:?}");
            }
        }
    }
}
