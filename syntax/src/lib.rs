//! The syntax of S++: text in, lossless tree and list of errors out.
//!
//! ```text
//! text ─ lexer ─► tokens ─ input ─► grammar ─► events ─ tree ─► green tree, errors
//! ```
//!
//! - `lexer` cuts the text into tokens, trivia and errors included (chapter 1 of the language reference);
//! - `input` leaves out what the grammar does not see, notes line starts and matching brackets;
//! - `grammar` has one function for each production of chapter 2 and reports every rule LX and SY that the
//!   tokens around a place decide;
//! - `tree` builds the rowan tree; `ast` is its typed view, generated from `spp.ungram`;
//! - `reparse` does the same after an edit, in time proportional to the edited block.
//!
//! # Invariants
//!
//! - Parsing never fails, and the text of the tree is the text that was parsed, byte for byte.
//! - Depth and work are bounded: no construct nests deeper than 160 levels, no expression's tree is higher than
//!   480, and every token is looked at a bounded number of times.
//! - One mistake is one diagnostic. A diagnostic marks the offending token; a missing closer is marked at its
//!   opener.
//! - This crate knows nothing of names, types, files or editors.
//!
//! # What is left to later stages
//!
//! The tree is more tolerant than the language where another rule explains a mistake better. These parse without
//! an error here:
//!
//! | in the text | in the tree | rule |
//! | --- | --- | --- |
//! | `&T` where a type stands | `RefType` | BR2 |
//! | `&x` where an expression stands | `BorrowExpr` | BR1 |
//! | `let x: T = e` | `LetStmt` with both | TY7 |
//! | `let` at module level | `LetStmt` among the items | NM9 |
//! | `[]` | `ArrayExpr` without elements | TY8 |
//! | `a <=> b <=> c` | nested `BinExpr` | OP6 |
//! | a bare upper-case path in a pattern | `ValuePat` | 8.3 |
//! | `self` in an expression outside of methods | `NameExpr` | NM5 |
//! | captures, tuple lengths, interpolated types | as written | SY13, SY22, LX20 |
//!
//! A parameter, an attribute or a `let` without a value that lacks its type is reported here, under TY6.

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
