//! What several kinds of nodes have in common.

use crate::ast::{self, AstChildren, AstNode, support};
use crate::{NodeOrToken, SyntaxKind, SyntaxToken};

/// A declaration with a name of its own.
pub trait HasName: AstNode {
    fn name(&self) -> Option<ast::Name> {
        support::child(self.syntax())
    }
}

pub trait HasGenericParams: AstNode {
    fn generic_param_list(&self) -> Option<ast::GenericParamList> {
        support::child(self.syntax())
    }
}

pub trait HasWhereClause: AstNode {
    fn where_clause(&self) -> Option<ast::WhereClause> {
        support::child(self.syntax())
    }
}

pub trait HasArgList: AstNode {
    fn arg_list(&self) -> Option<ast::ArgList> {
        support::child(self.syntax())
    }
}

/// A declaration that annotations may precede (SY4).
pub trait HasAnnotations: AstNode {
    fn annotations(&self) -> AstChildren<ast::Annotation> {
        support::children(self.syntax())
    }

    /// The annotation with this last path segment: `static` finds `@static` and `@meta.static`.
    fn annotation(&self, name: &str) -> Option<ast::Annotation> {
        self.annotations().find(|it| it.simple_name().is_some_and(|token| token.text() == name))
    }

    /// The comments directly above the declaration, which tools treat as its documentation (1.3).
    fn doc_comments(&self) -> Vec<SyntaxToken> {
        self.syntax()
            .children_with_tokens()
            .map_while(|it| match it {
                NodeOrToken::Token(token) if token.kind().is_trivia() => Some(token),
                _ => None,
            })
            .filter(|token| token.kind() != SyntaxKind::WHITESPACE)
            .collect()
    }

    /// The text of `doc_comments` without comment marks, one line for each comment line.
    fn doc_text(&self) -> Option<String> {
        let comments = self.doc_comments();
        if comments.is_empty() {
            return None;
        }
        let lines = comments.iter().flat_map(|token| {
            let text = token.text();
            let text = match token.kind() {
                SyntaxKind::BLOCK_COMMENT => {
                    let text = text.strip_prefix("/*").unwrap_or(text);
                    text.strip_suffix("*/").unwrap_or(text)
                }
                _ => text.trim_start_matches('#'),
            };
            text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
        });
        Some(lines.collect::<Vec<_>>().join("\n").trim().to_owned())
    }
}
