//! The syntax of S++: text in, lossless tree and list of errors out.
//!
//! This crate knows nothing of names, types, files or editors.

pub mod ast;
mod edition;
mod error;
mod grammar;
mod input;
mod language;
mod lexer;
mod parse;
mod parser;
mod ptr;
mod reparse;
mod syntax_kind;
mod tree;

#[cfg(test)]
mod tests;

pub use rowan::{Direction, GreenNode, NodeOrToken, TextRange, TextSize, TokenAtOffset, WalkEvent};

pub use crate::ast::{AstNode, AstToken};
pub use crate::edition::{Edition, detect_edition};
pub use crate::error::{Fix, Related, Severity, SyntaxError, TextEdit};
pub use crate::language::{
    SppLanguage, SyntaxElement, SyntaxElementChildren, SyntaxNode, SyntaxNodeChildren, SyntaxToken,
};
pub use crate::lexer::{Lexer, Token};
pub use crate::parse::{Parse, parse};
pub use crate::ptr::{AstPtr, SyntaxNodePtr};
pub use crate::syntax_kind::SyntaxKind;
