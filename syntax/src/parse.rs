//! From text to tree.

use std::sync::Arc;

use rowan::GreenNode;

use crate::ast::{self, AstNode};
use crate::input::Input;
use crate::parser::Parser;
use crate::{Edition, SyntaxError, SyntaxNode, grammar, tree};

/// The tree of a file and what is wrong with it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parse {
    pub(crate) green: GreenNode,
    pub(crate) errors: Arc<[SyntaxError]>,
    pub(crate) edition: Edition,
    /// Each block can be parsed again on its own: braces match, no limit was hit, no string or comment is open.
    pub(crate) local: bool,
}

impl Parse {
    /// The root of the tree; its text is the text that was parsed, byte for byte.
    pub fn syntax(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.green.clone())
    }

    pub fn tree(&self) -> ast::SourceFile {
        ast::SourceFile::cast(self.syntax()).expect("the root of a tree is a source file")
    }

    pub fn green(&self) -> &GreenNode {
        &self.green
    }

    /// In the order of the text.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    pub fn edition(&self) -> Edition {
        self.edition
    }
}

/// Parses a file. Never fails: whatever is wrong with `text` is in `Parse::errors`.
pub fn parse(text: &str, edition: Edition) -> Parse {
    let mut input = Input::new(text, edition);
    let mut parser = Parser::new(&input);
    match edition {
        Edition::E2023 => grammar::source_file(&mut parser),
        Edition::E2026 => grammar::opaque_file(&mut parser),
    }
    // Which missing closers are reported depends on what else stands on their lines.
    let closed = parser.closer_line.is_none();
    let Parser { events, mut errors, limited, .. } = parser;
    let green = tree::build(&input, events);
    errors.append(&mut input.errors);
    errors.sort_by_key(|error| (error.range.start(), error.range.end()));
    Parse {
        green,
        errors: errors.into(),
        edition,
        local: input.balanced && !input.unbounded && !limited && closed,
    }
}
