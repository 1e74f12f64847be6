//! Accessors that the grammar alone does not determine.

use crate::ast::{self, AstNode, AstToken, HasArgList, HasName, support};
use crate::{NodeOrToken, SyntaxKind, SyntaxNode, SyntaxToken, T};

/// How a value is handed over: by value, or through an immutable or mutable borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Convention {
    #[default]
    Value,
    Ref,
    Mut,
}

impl Convention {
    /// The mark in front of a type or an operand.
    pub fn prefix(self) -> &'static str {
        match self {
            Convention::Value => "",
            Convention::Ref => "&",
            Convention::Mut => "&mut ",
        }
    }
}

fn convention(mark: Option<ast::BorrowMark>) -> Convention {
    mark.map_or(Convention::Value, |mark| mark.convention())
}

/// The first child token that `matches` accepts.
fn token_where(parent: &SyntaxNode, matches: impl Fn(SyntaxKind) -> bool) -> Option<SyntaxToken> {
    parent.children_with_tokens().filter_map(NodeOrToken::into_token).find(|it| matches(it.kind()))
}

fn nth_child<N: AstNode>(parent: &SyntaxNode, n: usize) -> Option<N> {
    parent.children().filter_map(N::cast).nth(n)
}

/// The first `N` behind the first token of `kind`.
fn child_after<N: AstNode>(parent: &SyntaxNode, kind: SyntaxKind) -> Option<N> {
    let mut seen = false;
    parent.children_with_tokens().find_map(|it| match it {
        NodeOrToken::Token(token) => {
            seen |= token.kind() == kind;
            None
        }
        NodeOrToken::Node(node) if seen => N::cast(node),
        NodeOrToken::Node(_) => None,
    })
}

//---------------------------------------------------------------------------------------------- names

impl ast::Name {
    /// The identifier or, where LX14 admits it, the reserved word.
    pub fn token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), |kind| !kind.is_trivia())
    }

    pub fn text(&self) -> String {
        self.token().map(|it| it.text().to_owned()).unwrap_or_default()
    }

    pub fn is_upper(&self) -> bool {
        self.token().is_some_and(|it| it.kind() == T![uident])
    }
}

impl ast::NameRef {
    /// The identifier, `self`, `Self`, `sup`, the index of a tuple element, or a reserved word (LX14).
    pub fn token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), |kind| !kind.is_trivia())
    }

    pub fn text(&self) -> String {
        self.token().map(|it| it.text().to_owned()).unwrap_or_default()
    }

    pub fn is_upper(&self) -> bool {
        self.token().is_some_and(|it| it.kind() == T![uident])
    }

    /// The position that a tuple index names.
    pub fn as_index(&self) -> Option<usize> {
        self.int_number_token()?.text().parse().ok()
    }
}

impl ast::ModulePath {
    /// The segments, joined with dots.
    pub fn text(&self) -> String {
        self.name_refs().map(|it| it.text()).collect::<Vec<_>>().join(".")
    }

    pub fn last(&self) -> Option<ast::NameRef> {
        self.name_refs().last()
    }
}

impl ast::Annotation {
    /// The last segment: `static` in `@meta.static`.
    pub fn simple_name(&self) -> Option<SyntaxToken> {
        self.annotation_path()?.name_refs().last()?.token()
    }

    /// All segments, joined with dots.
    pub fn path_text(&self) -> String {
        let names = self.annotation_path().into_iter().flat_map(|path| path.name_refs());
        names.map(|it| it.text()).collect::<Vec<_>>().join(".")
    }
}

impl ast::ImportTree {
    /// `.*`
    pub fn is_glob(&self) -> bool {
        self.star_token().is_some()
    }
}

//---------------------------------------------------------------------------------------- declarations

impl ast::Sup {
    /// `Base` in `sup Base for Target`.
    pub fn base(&self) -> Option<ast::Type> {
        self.for_token()?;
        nth_child::<ast::Type>(self.syntax(), 0).filter(|it| {
            Some(it.syntax().text_range().end()) <= self.for_token().map(|t| t.text_range().start())
        })
    }

    /// `Target` in `sup Base for Target` and `sup Target`.
    pub fn target(&self) -> Option<ast::Type> {
        match self.for_token() {
            Some(_) => child_after(self.syntax(), T![for]),
            None => support::child(self.syntax()),
        }
    }
}

impl ast::EnumMember {
    pub fn is_upper(&self) -> bool {
        self.name().is_some_and(|it| it.is_upper())
    }
}

impl ast::Function {
    /// Introduced by `gn`.
    pub fn is_coroutine(&self) -> bool {
        self.gn_token().is_some()
    }

    /// `{ ... }`: abstract in a `sup` block, a stub elsewhere (SP7, CF9).
    pub fn is_elided(&self) -> bool {
        self.body().is_some_and(|it| it.is_elided())
    }

    pub fn self_param(&self) -> Option<ast::SelfParam> {
        self.param_list()?.self_param()
    }

    pub fn params(&self) -> impl Iterator<Item = ast::Param> + use<> {
        self.param_list().into_iter().flat_map(|list| list.params())
    }

    /// The type after `->`.
    pub fn return_type(&self) -> Option<ast::Type> {
        self.ret_type()?.ty()
    }
}

impl ast::BorrowMark {
    pub fn convention(&self) -> Convention {
        if self.mut_token().is_some() { Convention::Mut } else { Convention::Ref }
    }
}

impl ast::SelfParam {
    /// By value or through a borrow, in the short and in the long form (SY10).
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }

    /// `self: Self` rather than `self`.
    pub fn is_long_form(&self) -> bool {
        self.colon_token().is_some()
    }

    /// `mut self`: by value and mutable inside.
    pub fn is_mut(&self) -> bool {
        self.mut_token().is_some()
    }
}

impl ast::Param {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }

    pub fn is_mut(&self) -> bool {
        self.mut_token().is_some()
    }

    pub fn is_variadic(&self) -> bool {
        self.dot3_token().is_some()
    }
}

impl ast::GenericParam {
    pub fn is_variadic(&self) -> bool {
        self.dot3_token().is_some()
    }
}

impl ast::LambdaParam {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }

    pub fn is_mut(&self) -> bool {
        self.mut_token().is_some()
    }
}

impl ast::Capture {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }
}

//---------------------------------------------------------------------------------------------- types

impl ast::PathType {
    pub fn last_segment(&self) -> Option<ast::TypeSegment> {
        self.type_segments().last()
    }

    /// `Self` and nothing more.
    pub fn is_self(&self) -> bool {
        let mut segments = self.type_segments();
        let first = segments.next().and_then(|it| it.name_ref());
        first.is_some_and(|it| it.self_type_token().is_some()) && segments.next().is_none()
    }
}

impl ast::RefType {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }
}

//----------------------------------------------------------------------------------------- statements

impl ast::Block {
    /// `{ ... }`
    pub fn is_elided(&self) -> bool {
        self.dot3_token().is_some()
    }

    /// The expression that gives the block its value: the last statement, if it is one.
    pub fn tail_expr(&self) -> Option<ast::Expr> {
        match self.stmts().last()? {
            ast::Stmt::ExprStmt(it) => it.expr(),
            _ => None,
        }
    }
}

impl ast::LocalVar {
    pub fn is_mut(&self) -> bool {
        self.mut_token().is_some()
    }

    /// `_`
    pub fn is_discard(&self) -> bool {
        self.underscore_token().is_some()
    }
}

/// A simple assignment, or the operator that a compound assignment applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssignOp {
    Plain,
    Compound(BinaryOp),
}

impl AssignOp {
    pub fn from_kind(kind: SyntaxKind) -> Option<AssignOp> {
        let op = match kind {
            T![=] => return Some(AssignOp::Plain),
            T![+=] => BinaryOp::Add,
            T![-=] => BinaryOp::Sub,
            T![*=] => BinaryOp::Mul,
            T![/=] => BinaryOp::Div,
            T![%=] => BinaryOp::Rem,
            SyntaxKind::AMP2_EQ => BinaryOp::And,
            SyntaxKind::PIPE2_EQ => BinaryOp::Or,
            T![&=] => BinaryOp::BitAnd,
            T![|=] => BinaryOp::BitOr,
            T![^=] => BinaryOp::BitXor,
            T![<<=] => BinaryOp::Shl,
            T![>>=] => BinaryOp::Shr,
            SyntaxKind::ROL_EQ => BinaryOp::Rol,
            SyntaxKind::ROR_EQ => BinaryOp::Ror,
            SyntaxKind::STAR2_EQ => BinaryOp::Pow,
            _ => return None,
        };
        Some(AssignOp::Compound(op))
    }
}

impl ast::AssignStmt {
    pub fn op_token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), |kind| AssignOp::from_kind(kind).is_some())
    }

    pub fn op(&self) -> Option<AssignOp> {
        AssignOp::from_kind(self.op_token()?.kind())
    }

    /// What stands before the operator.
    pub fn targets(&self) -> impl Iterator<Item = ast::Expr> + use<> {
        self.syntax()
            .children_with_tokens()
            .take_while(|it| AssignOp::from_kind(it.kind()).is_none())
            .filter_map(|it| it.into_node().and_then(ast::Expr::cast))
    }

    /// What stands behind the operator.
    pub fn value(&self) -> Option<ast::Expr> {
        child_after(self.syntax(), self.op_token()?.kind())
    }
}

//---------------------------------------------------------------------------------------- expressions

/// A binary operator. `Pow` belongs to edition 2026 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Cmp,
    Shl,
    Shr,
    Rol,
    Ror,
    Add,
    Sub,
    BitOr,
    BitXor,
    Mul,
    Div,
    Rem,
    BitAnd,
    Pow,
}

impl BinaryOp {
    pub fn from_kind(kind: SyntaxKind) -> Option<BinaryOp> {
        Some(match kind {
            T![||] => BinaryOp::Or,
            T![&&] => BinaryOp::And,
            T![==] => BinaryOp::Eq,
            T![!=] => BinaryOp::Ne,
            T![<] => BinaryOp::Lt,
            T![<=] => BinaryOp::Le,
            T![>] => BinaryOp::Gt,
            T![>=] => BinaryOp::Ge,
            SyntaxKind::CMP => BinaryOp::Cmp,
            T![<<] => BinaryOp::Shl,
            T![>>] => BinaryOp::Shr,
            SyntaxKind::ROL => BinaryOp::Rol,
            SyntaxKind::ROR => BinaryOp::Ror,
            T![+] => BinaryOp::Add,
            T![-] => BinaryOp::Sub,
            T![|] => BinaryOp::BitOr,
            T![^] => BinaryOp::BitXor,
            T![*] => BinaryOp::Mul,
            T![/] => BinaryOp::Div,
            T![%] => BinaryOp::Rem,
            T![&] => BinaryOp::BitAnd,
            SyntaxKind::STAR2 => BinaryOp::Pow,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Cmp => "<=>",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::Rol => "<<<",
            BinaryOp::Ror => ">>>",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::BitAnd => "&",
            BinaryOp::Pow => "**",
        }
    }

    /// `==` `!=` `<` `<=` `>` `>=` `<=>`
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::Cmp
        )
    }

    /// `&&` `||`
    pub fn is_logical(self) -> bool {
        matches!(self, BinaryOp::And | BinaryOp::Or)
    }
}

impl ast::BinExpr {
    pub fn op_token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), |kind| BinaryOp::from_kind(kind).is_some())
    }

    pub fn op(&self) -> Option<BinaryOp> {
        BinaryOp::from_kind(self.op_token()?.kind())
    }

    pub fn lhs(&self) -> Option<ast::Expr> {
        nth_child(self.syntax(), 0)
    }

    pub fn rhs(&self) -> Option<ast::Expr> {
        nth_child(self.syntax(), 1)
    }
}

/// What a literal is, with its value where the token has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    Number(ast::Number),
    String(ast::StringLiteral),
    Regex(ast::Regex),
    Bool(bool),
}

impl ast::Literal {
    /// The token without the sign.
    pub fn token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), |kind| !kind.is_trivia() && !matches!(kind, T![+] | T![-]))
    }

    pub fn is_negative(&self) -> bool {
        self.minus_token().is_some()
    }

    /// Nothing for a token that is no literal of this edition.
    pub fn kind(&self) -> Option<LiteralKind> {
        let token = self.token()?;
        match token.kind() {
            T![true] => return Some(LiteralKind::Bool(true)),
            T![false] => return Some(LiteralKind::Bool(false)),
            _ => {}
        }
        if let Some(number) = ast::Number::cast(token.clone()) {
            return Some(LiteralKind::Number(number));
        }
        if let Some(string) = ast::StringLiteral::cast(token.clone()) {
            return Some(LiteralKind::String(string));
        }
        ast::Regex::cast(token).map(LiteralKind::Regex)
    }
}

/// A stretch of an interpolated string.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StringPart {
    Text(ast::StringFragment),
    Interpolation(ast::Interpolation),
}

impl ast::StringExpr {
    /// Texts and interpolated expressions in order; the first and the last part are texts, possibly empty.
    pub fn parts(&self) -> impl Iterator<Item = StringPart> + use<> {
        self.syntax().children_with_tokens().filter_map(|it| match it {
            NodeOrToken::Token(token) => ast::StringFragment::cast(token).map(StringPart::Text),
            NodeOrToken::Node(node) => ast::Interpolation::cast(node).map(StringPart::Interpolation),
        })
    }
}

impl ast::NameExpr {
    pub fn is_self(&self) -> bool {
        self.name_ref().is_some_and(|it| it.self_token().is_some())
    }
}

impl ast::IfExpr {
    /// The comparison operator of the header (SY30).
    pub fn header_op_token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), is_comparison)
    }

    pub fn header_op(&self) -> Option<BinaryOp> {
        BinaryOp::from_kind(self.header_op_token()?.kind())
    }

    pub fn branches(&self) -> impl Iterator<Item = ast::Branch> + use<> {
        self.branch_list().into_iter().flat_map(|list| list.branches())
    }

    pub fn else_clause(&self) -> Option<ast::ElseClause> {
        self.branch_list()?.else_clause()
    }
}

impl ast::Branch {
    /// The comparison operator in front of the pattern.
    pub fn op_token(&self) -> Option<SyntaxToken> {
        token_where(self.syntax(), is_comparison)
    }

    pub fn op(&self) -> Option<BinaryOp> {
        BinaryOp::from_kind(self.op_token()?.kind())
    }
}

fn is_comparison(kind: SyntaxKind) -> bool {
    BinaryOp::from_kind(kind).is_some_and(BinaryOp::is_comparison)
}

impl ast::LambdaExpr {
    pub fn captures(&self) -> impl Iterator<Item = ast::Capture> + use<> {
        self.capture_list().into_iter().flat_map(|list| list.captures())
    }

    pub fn params(&self) -> impl Iterator<Item = ast::LambdaParam> + use<> {
        self.lambda_param_list().into_iter().flat_map(|list| list.lambda_params())
    }
}

impl ast::YieldExpr {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }
}

impl ast::CallExpr {
    pub fn callee(&self) -> Option<ast::Expr> {
        support::child(self.syntax())
    }

    pub fn args(&self) -> impl Iterator<Item = ast::Arg> + use<> {
        self.arg_list().into_iter().flat_map(|list| list.args())
    }

    /// The member access that is called: `receiver.name` in `receiver.name(…)`.
    pub fn method(&self) -> Option<ast::FieldExpr> {
        match self.callee()? {
            ast::Expr::FieldExpr(it) => Some(it),
            _ => None,
        }
    }
}

impl ast::Arg {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }

    /// `...x`: unpacks a tuple or passes a pack on.
    pub fn is_unpacked(&self) -> bool {
        self.dot3_token().is_some()
    }

    /// The name of a named argument.
    pub fn name(&self) -> Option<ast::NameRef> {
        self.name_ref()
    }
}

impl ast::FieldExpr {
    pub fn receiver(&self) -> Option<ast::Expr> {
        support::child(self.syntax())
    }

    /// The position in `t.0`.
    pub fn index(&self) -> Option<usize> {
        self.int_number_token()?.text().parse().ok()
    }
}

impl ast::IndexExpr {
    pub fn base(&self) -> Option<ast::Expr> {
        nth_child(self.syntax(), 0)
    }

    pub fn index(&self) -> Option<ast::Expr> {
        nth_child(self.syntax(), 1)
    }
}

impl ast::BorrowExpr {
    pub fn convention(&self) -> Convention {
        convention(self.borrow_mark())
    }
}

/// Which field of the initialiser is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldInitKind {
    /// `name`, `name=value`
    Named(ast::NameRef),
    /// `else=value`: the object that gives the other attributes
    Else,
    /// `sup=value`: the base parts
    Sup,
}

impl ast::FieldInit {
    pub fn kind(&self) -> Option<FieldInitKind> {
        if let Some(name) = self.name_ref() {
            return Some(FieldInitKind::Named(name));
        }
        if self.else_token().is_some() {
            return Some(FieldInitKind::Else);
        }
        self.sup_token().map(|_| FieldInitKind::Sup)
    }

    /// `name` alone: takes the local variable of that name.
    pub fn is_shorthand(&self) -> bool {
        self.expr().is_none() && self.eq_token().is_none() && self.colon_token().is_none()
    }
}

impl ast::BindPat {
    pub fn is_mut(&self) -> bool {
        self.mut_token().is_some()
    }
}
