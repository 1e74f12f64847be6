//! Regions that an editor can fold.

use syntax::SyntaxKind::*;
use syntax::{NodeOrToken, SyntaxNode, SyntaxToken, TextRange};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fold {
    /// For brackets: from behind the opening one to before the closing one.
    pub range: TextRange,
    pub kind: FoldKind,
}

/// Everything that spans more than one line, in the order of its start.
pub fn folds(root: &SyntaxNode) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut comments: Option<TextRange> = None;
    let mut imports: Option<TextRange> = None;
    for element in root.descendants_with_tokens() {
        match element {
            NodeOrToken::Node(node) => match node.kind() {
                BLOCK | MEMBER_LIST | ENUM_MEMBER_LIST | BRANCH_LIST | FIELD_INIT_LIST | IMPORT_GROUP
                | PARAM_LIST | ARG_LIST | ARRAY_EXPR | GENERIC_PARAM_LIST | GENERIC_ARG_LIST => {
                    if let Some(range) = inside_brackets(&node)
                        && spans_lines(root, range)
                    {
                        folds.push(Fold { range, kind: FoldKind::Code });
                    }
                }
                USE if node.parent().is_some_and(|parent| parent.kind() == SOURCE_FILE) => {
                    let range = without_trivia(&node);
                    imports = Some(imports.map_or(range, |run| run.cover(range)));
                }
                _ if node.parent().is_some_and(|parent| parent.kind() == SOURCE_FILE) => {
                    finish(&mut imports, FoldKind::Imports, root, &mut folds);
                }
                _ => {}
            },
            NodeOrToken::Token(token) => match token.kind() {
                COMMENT if starts_line(&token) => {
                    let range = token.text_range();
                    comments = Some(comments.map_or(range, |run| run.cover(range)));
                }
                BLOCK_COMMENT => {
                    finish(&mut comments, FoldKind::Comment, root, &mut folds);
                    if token.text().contains('\n') {
                        folds.push(Fold { range: token.text_range(), kind: FoldKind::Comment });
                    }
                }
                WHITESPACE => {
                    // A blank line ends a run of comments.
                    if token.text().matches('\n').count() > 1 {
                        finish(&mut comments, FoldKind::Comment, root, &mut folds);
                    }
                }
                _ => finish(&mut comments, FoldKind::Comment, root, &mut folds),
            },
        }
    }
    finish(&mut comments, FoldKind::Comment, root, &mut folds);
    finish(&mut imports, FoldKind::Imports, root, &mut folds);
    folds.sort_by_key(|fold| (fold.range.start(), fold.range.end()));
    folds
}

fn finish(run: &mut Option<TextRange>, kind: FoldKind, root: &SyntaxNode, folds: &mut Vec<Fold>) {
    if let Some(range) = run.take()
        && spans_lines(root, range)
    {
        folds.push(Fold { range, kind });
    }
}

fn spans_lines(root: &SyntaxNode, range: TextRange) -> bool {
    root.text().slice(range).contains_char('\n')
}

fn inside_brackets(node: &SyntaxNode) -> Option<TextRange> {
    let mut tokens = node.children_with_tokens().filter_map(NodeOrToken::into_token);
    let open = tokens.find(|token| matches!(token.kind(), L_BRACE | L_PAREN | L_BRACK))?;
    let close = node.last_token().filter(|token| matches!(token.kind(), R_BRACE | R_PAREN | R_BRACK))?;
    let (start, end) = (open.text_range().end(), close.text_range().start());
    (start <= end).then(|| TextRange::new(start, end))
}

/// Range of a node without comments and white space in front of it.
pub fn without_trivia(node: &SyntaxNode) -> TextRange {
    let start = node
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .find(|token| !token.kind().is_trivia())
        .map_or(node.text_range().start(), |token| token.text_range().start());
    TextRange::new(start, node.text_range().end())
}

fn starts_line(token: &SyntaxToken) -> bool {
    token.prev_token().is_none_or(|before| before.kind() == WHITESPACE && before.text().contains('\n'))
        || token.text_range().start() == 0.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<(String, FoldKind)> {
        let root = syntax::parse(text, syntax::Edition::E2023).syntax();
        folds(&root).into_iter().map(|fold| (root.text().slice(fold.range).to_string(), fold.kind)).collect()
    }

    #[test]
    fn bodies_comments_and_imports_fold() {
        let text = "mod a.b\n\n# one\n# two\nuse std.Vec\nuse std.Map\n\nfn f() -> Void {\n}\n";
        assert_eq!(
            folded(text),
            [
                ("# one\n# two".to_owned(), FoldKind::Comment),
                ("use std.Vec\nuse std.Map".to_owned(), FoldKind::Imports),
                ("\n".to_owned(), FoldKind::Code),
            ]
        );
    }

    #[test]
    fn what_is_on_one_line_does_not_fold() {
        assert_eq!(folded("mod a.b\nfn f() -> Void { }\n"), []);
    }
}
