//! Conditionals and their patterns.

use super::green::{Node, expr_of, is_expr, is_pat, tokens};
use super::lower::{LowerCtx, mut_of};
use super::*;
use syntax::SyntaxKind;

impl LowerCtx {
    pub(super) fn conditional(&mut self, node: Node<'_>) -> ExprId {
        let subject = match expr_of(node) {
            Some(subject) => self.expr(subject),
            None => self.missing(TextRange::empty(node.range().end())),
        };
        let op = comparison(node);
        let mut branches = Vec::new();
        let mut else_branch = None;
        if let Some(list) = node.child(SyntaxKind::BRANCH_LIST) {
            for child in list.children() {
                match child.kind() {
                    SyntaxKind::BRANCH => branches.push(self.branch(child)),
                    SyntaxKind::ELSE_CLAUSE => else_branch = Some(self.child_block(child)),
                    SyntaxKind::ERROR => {
                        for node in child.children().filter(|node| is_expr(node.kind())) {
                            let expr = self.expr(node);
                            self.body.set_aside.push(expr);
                        }
                    }
                    _ => {}
                }
            }
        }
        self.alloc(Expr::If { subject, op, branches: branches.into(), else_branch }, node.range())
    }

    fn branch(&mut self, node: Node<'_>) -> Branch {
        let mark = self.enter(node.range(), false);
        let op = comparison(node);
        let mut patterns = Vec::new();
        let mut first_names: Option<Vec<(Name, LocalId)>> = None;
        for pat in node.children().filter(|child| is_pat(child.kind())) {
            let outer = std::mem::replace(
                &mut self.branch_names,
                BranchNames { known: first_names.clone(), bound: Vec::new() },
            );
            let lowered = self.pat(pat);
            let names = std::mem::replace(&mut self.branch_names, outer);
            patterns.push(lowered);
            match &first_names {
                None => first_names = Some(names.bound),
                Some(known) => {
                    // CF3: every alternative binds the same names.
                    let missing =
                        known.iter().find(|(name, _)| !names.bound.iter().any(|(bound, _)| bound == name));
                    let added =
                        names.bound.iter().find(|(name, _)| !known.iter().any(|(bound, _)| bound == name));
                    if let Some((name, _)) = missing.or(added) {
                        let message = format!("the alternatives of a pattern bind different names: `{name}`");
                        self.body.diagnostics.push(
                            Diagnostic::error("CF3", pat.range(), message)
                                .note("the block can use a name only if every alternative binds it"),
                        );
                    }
                }
            }
        }
        let guard = node.child(SyntaxKind::GUARD).map(|guard| match expr_of(guard) {
            Some(expr) => self.expr(expr),
            None => self.missing(TextRange::empty(guard.range().end())),
        });
        let body = self.child_block(node);
        self.exit(mark);
        Branch { op, patterns: patterns.into(), guard, body }
    }

    fn pat(&mut self, node: Node<'_>) -> PatId {
        match self.deeper(|ctx| ctx.pat_inner(node)) {
            Some(pat) => pat,
            None => self.alloc_pat(Pat::Missing, node.range()),
        }
    }

    fn pat_inner(&mut self, node: Node<'_>) -> PatId {
        let range = node.range();
        let pat = match node.kind() {
            SyntaxKind::MEMBER_PAT => self.member_pat(node),
            SyntaxKind::OBJECT_PAT => {
                let ty = self.child_type(node);
                let list = node.child(SyntaxKind::FIELD_PAT_LIST);
                let mut fields = Vec::new();
                let mut rest = false;
                for child in list.into_iter().flat_map(Node::children) {
                    match child.kind() {
                        SyntaxKind::FIELD_PAT => fields.extend(self.field_pat(child)),
                        SyntaxKind::REST_PAT => rest = true,
                        _ => {}
                    }
                }
                Pat::Object { ty, fields: fields.into(), rest }
            }
            SyntaxKind::TUPLE_PAT => Pat::Tuple(self.child_pats(node)),
            SyntaxKind::ARRAY_PAT => Pat::Array(self.child_pats(node)),
            SyntaxKind::LITERAL_PAT | SyntaxKind::VALUE_PAT => match expr_of(node) {
                Some(value) => Pat::Value(self.expr(value)),
                None => Pat::Missing,
            },
            SyntaxKind::BIND_PAT => {
                let (name, range) = self.name_of(node);
                let mutable = mut_of(node);
                match name.is_empty() {
                    true => Pat::Missing,
                    false => Pat::Bind(self.bind(name, mutable, range)),
                }
            }
            SyntaxKind::SKIP_PAT => Pat::Skip,
            SyntaxKind::REST_PAT => {
                let (name, range) = self.name_of(node);
                Pat::Rest((!name.is_empty()).then(|| self.bind(name, None, range)))
            }
            _ => Pat::Missing,
        };
        self.alloc_pat(pat, range)
    }

    fn child_pats(&mut self, node: Node<'_>) -> Box<[PatId]> {
        node.children().filter(|child| is_pat(child.kind())).map(|child| self.pat(child)).collect()
    }

    fn field_pat(&mut self, node: Node<'_>) -> Option<FieldPat> {
        let token = node.child(SyntaxKind::NAME_REF).and_then(Node::name_token)?;
        let (name, name_range) = (Name::new(token.text()), token.range());
        let pat = match node.children().find(|child| is_pat(child.kind())) {
            Some(pat) => self.pat(pat),
            None => {
                let local = self.bind(name.clone(), None, name_range);
                self.alloc_pat(Pat::Bind(local), name_range)
            }
        };
        Some(FieldPat { name, name_range, pat })
    }

    /// A name that a pattern binds: one variable for all alternatives of the branch (CF3).
    fn bind(&mut self, name: Name, mutable: Option<TextRange>, range: TextRange) -> LocalId {
        let known = self.branch_names.known.iter().flatten().find(|(known, _)| *known == name);
        let local = match known {
            Some((_, local)) => *local,
            None => {
                let local = self.local(name.clone(), LocalKind::Pattern, mutable, range);
                self.bring_in(local, range.end());
                local
            }
        };
        self.branch_names.bound.push((name, local));
        local
    }

    /// `.name.len()`: a chain of members whose innermost receiver is the subject.
    fn member_pat(&mut self, node: Node<'_>) -> Pat {
        let subject = self.missing(TextRange::empty(node.start));
        let mut call = subject;
        for step in node.children().filter(|child| child.kind() == SyntaxKind::MEMBER_STEP) {
            let token = match step.child(SyntaxKind::NAME_REF) {
                Some(name) => name.name_token(),
                None => tokens(step).find(|token| token.kind() == SyntaxKind::INT_NUMBER),
            };
            let Some(token) = token else { continue };
            let range = TextRange::new(node.start, token.range().end());
            call = match token.kind() {
                SyntaxKind::INT_NUMBER => {
                    let index = token.text().parse().unwrap_or(u32::MAX);
                    self.alloc(Expr::TupleField { base: call, index, index_range: token.range() }, range)
                }
                _ => {
                    let name = Name::new(token.text());
                    self.alloc(Expr::Field { base: call, name, name_range: token.range() }, range)
                }
            };
            if let Some(args) = step.child(SyntaxKind::ARG_LIST) {
                let generic_args =
                    step.child(SyntaxKind::GENERIC_ARG_LIST).map(|list| self.generic_args(list));
                let args = self.args(args);
                let range = TextRange::new(node.start, step.range().end());
                call = self.alloc(Expr::Call { callee: call, generic_args, args }, range);
            }
        }
        Pat::Member { call, subject }
    }
}

/// The comparison operator of a header or branch; `|` between alternatives is none.
fn comparison(node: Node<'_>) -> Option<BinaryOp> {
    tokens(node).find_map(|token| BinaryOp::from_kind(token.kind()).filter(|op| op.is_comparison()))
}

/// Names bound by the alternative that is being lowered, and those of the first one.
#[derive(Default)]
pub(super) struct BranchNames {
    known: Option<Vec<(Name, LocalId)>>,
    bound: Vec<(Name, LocalId)>,
}
