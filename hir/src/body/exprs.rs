//! Expressions. Chains that lean to the left (`a + b + c`, `a.b().c()`) are lowered in a loop, so their length does
//! not use up the stack.

use super::green::{Element, Node, expr_of, is_expr, tokens};
use super::lower::{Found, LowerCtx, mut_of};
use super::*;
use crate::diagnostic::TextEdit;
use syntax::SyntaxKind;
use syntax::ast::unescape;

impl LowerCtx {
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        match self.deeper(|ctx| ctx.spine(node)) {
            Some(expr) => expr,
            None => self.missing(node.range()),
        }
    }

    /// The expression among the children of `node`.
    fn child_expr(&mut self, node: Node<'_>) -> ExprId {
        match expr_of(node) {
            Some(expr) => self.expr(expr),
            None => self.missing(TextRange::empty(node.range().end())),
        }
    }

    /// Walks down the left side, then builds upwards.
    fn spine(&mut self, node: Node<'_>) -> ExprId {
        let mut links = Vec::new();
        let mut current = node;
        loop {
            let next = match current.kind() {
                SyntaxKind::BIN_EXPR
                | SyntaxKind::CALL_EXPR
                | SyntaxKind::FIELD_EXPR
                | SyntaxKind::TRY_EXPR => current.elements().find_map(|element| match element {
                    Element::Node(child) if is_expr(child.kind()) => Some(child),
                    _ => None,
                }),
                SyntaxKind::PAREN_EXPR => expr_of(current),
                _ => None,
            };
            let Some(next) = next else { break };
            links.push(current);
            current = next;
        }
        let mut skip = links.len();
        let mut value = match current.kind() {
            SyntaxKind::NAME_EXPR => self.name_path(current, &links, &mut skip),
            _ => self.leaf(current),
        };
        let mut index = skip;
        while index > 0 {
            index -= 1;
            let link = links[index];
            value = match link.kind() {
                SyntaxKind::BIN_EXPR => self.binary(link, value, current_is_ellipsis(link)),
                SyntaxKind::CALL_EXPR => self.call(link, value),
                SyntaxKind::FIELD_EXPR => self.field(link, value),
                SyntaxKind::TRY_EXPR => self.alloc(Expr::Try { value }, link.range()),
                // `(a < b) < c` is no chain: see `comparison_links`.
                _ => {
                    self.parenthesised = Some(value);
                    value
                }
            };
        }
        value
    }

    fn leaf(&mut self, node: Node<'_>) -> ExprId {
        let range = node.range();
        match node.kind() {
            SyntaxKind::LITERAL => self.literal(node),
            SyntaxKind::STRING_EXPR => self.interpolation(node),
            SyntaxKind::ARRAY_EXPR => {
                let items = self.child_exprs(node);
                self.alloc(Expr::Array(items), range)
            }
            SyntaxKind::TUPLE_EXPR => {
                let items = self.child_exprs(node);
                self.alloc(Expr::Tuple(items), range)
            }
            SyntaxKind::TYPE_EXPR => {
                let ty = self.child_type(node);
                self.alloc(Expr::Type(ty), range)
            }
            SyntaxKind::INIT_EXPR => self.initialiser(node),
            SyntaxKind::LAMBDA_EXPR => self.lambda(node),
            SyntaxKind::IF_EXPR => self.conditional(node),
            SyntaxKind::WHILE_EXPR => self.while_loop(node),
            SyntaxKind::WITH_EXPR => self.with(node),
            SyntaxKind::YIELD_EXPR => {
                let convention = self.borrow_mark(node);
                let value = expr_of(node).map(|value| self.expr(value));
                self.alloc(Expr::Yield { convention, value }, range)
            }
            SyntaxKind::BLOCK_EXPR => match node.child(SyntaxKind::BLOCK) {
                Some(block) => self.block(block),
                None => self.missing(range),
            },
            SyntaxKind::PLACEHOLDER_EXPR => self.alloc(Expr::Placeholder, range),
            SyntaxKind::BORROW_EXPR => self.stray_borrow(node),
            SyntaxKind::INDEX_EXPR => {
                for child in node.children().filter(|child| is_expr(child.kind())) {
                    self.expr(child);
                }
                self.missing(range)
            }
            _ => self.missing(range),
        }
    }

    fn child_exprs(&mut self, node: Node<'_>) -> Box<[ExprId]> {
        node.children().filter(|child| is_expr(child.kind())).map(|child| self.expr(child)).collect()
    }

    // Names

    /// A lower-case name; if it is no local, the fields behind it may belong to a qualified name.
    fn name_path(&mut self, node: Node<'_>, links: &[Node<'_>], skip: &mut usize) -> ExprId {
        let Some(token) = node.child(SyntaxKind::NAME_REF).and_then(Node::name_token) else {
            return self.missing(node.range());
        };
        let range = token.range();
        let mut names: Vec<(Name, TextRange)> = match self.find(token.text()) {
            Found::Local(local) => return self.alloc(Expr::Local(local), node.range()),
            Found::Functions(functions) => {
                return self.alloc(Expr::NestedFunctions(functions.into()), node.range());
            }
            Found::NotCaptured(local) => {
                self.report_not_captured(local, range);
                return self.missing(node.range());
            }
            Found::Import(path) => path.into_iter().map(|name| (name, range)).collect(),
            Found::Nothing => vec![(Name::new(token.text()), range)],
        };
        let mut range = node.range();
        while *skip > 0 && links[*skip - 1].kind() == SyntaxKind::FIELD_EXPR {
            let link = links[*skip - 1];
            let Some(name) = link.child(SyntaxKind::NAME_REF).and_then(Node::name_token) else { break };
            if matches!(name.kind(), SyntaxKind::UIDENT | SyntaxKind::INT_NUMBER) {
                break;
            }
            names.push((Name::new(name.text()), name.range()));
            range = link.range();
            *skip -= 1;
        }
        self.alloc(Expr::Path(names.into()), range)
    }

    fn report_not_captured(&mut self, local: LocalId, range: TextRange) {
        let local = &self.body.locals[local];
        let mut diagnostic =
            Diagnostic::error("CL1", range, format!("the lambda does not capture `{}`", local.name))
                .note("a lambda sees only what its capture list names, such as `[&a, b](x) -> { … }`")
                .related(local.range, format!("`{}` is declared here", local.name));
        if let Some(at) = self.capture_insert
            && local.name != "self"
        {
            let (at, text) = match at {
                CaptureInsert::NewList(at) => (at, format!("[&{}]", local.name)),
                CaptureInsert::Front(at) => (at, format!("&{}, ", local.name)),
            };
            diagnostic = diagnostic
                .suggest(format!("capture `{}` by borrow", local.name), vec![TextEdit::insert(at, text)]);
        }
        self.body.diagnostics.push(diagnostic);
    }

    // Literals

    fn literal(&mut self, node: Node<'_>) -> ExprId {
        let range = node.range();
        let mut negative = false;
        let mut expr = Expr::Missing;
        for token in tokens(node) {
            let text = token.text();
            expr = match token.kind() {
                SyntaxKind::MINUS => {
                    negative = true;
                    continue;
                }
                SyntaxKind::INT_NUMBER | SyntaxKind::DEC_NUMBER => decimal(text, negative),
                SyntaxKind::BIN_NUMBER => based(text, 1, negative),
                SyntaxKind::HEX_NUMBER => based(text, 4, negative),
                SyntaxKind::TRUE_KW => Expr::Bool(true),
                SyntaxKind::FALSE_KW => Expr::Bool(false),
                SyntaxKind::STRING => {
                    let inner = text.strip_prefix('"').unwrap_or(text);
                    let inner = inner.strip_suffix('"').unwrap_or(inner);
                    match inner.contains('\\') {
                        true => Expr::Str(unescape(inner).into()),
                        false => Expr::Str(inner.into()),
                    }
                }
                SyntaxKind::REGEX => {
                    let inner = text.strip_prefix("r\"").unwrap_or(text);
                    let inner = inner.strip_suffix('"').unwrap_or(inner);
                    Expr::Regex(inner.replace("\\\"", "\"").into())
                }
                _ => continue,
            };
        }
        self.alloc(expr, range)
    }

    fn interpolation(&mut self, node: Node<'_>) -> ExprId {
        let mut parts = Vec::new();
        for element in node.elements() {
            match element {
                Element::Token(token) => {
                    let text = token.text();
                    let text = match token.kind() {
                        SyntaxKind::STRING_HEAD => {
                            text.strip_prefix('"').and_then(|text| text.strip_suffix("${"))
                        }
                        SyntaxKind::STRING_MID => {
                            text.strip_prefix('}').and_then(|text| text.strip_suffix("${"))
                        }
                        SyntaxKind::STRING_TAIL => {
                            text.strip_prefix('}').map(|text| text.strip_suffix('"').unwrap_or(text))
                        }
                        _ => None,
                    };
                    if let Some(text) = text
                        && !text.is_empty()
                    {
                        parts.push(StrPart::Text(unescape(text).into()));
                    }
                }
                Element::Node(part) if part.kind() == SyntaxKind::INTERPOLATION => {
                    let expr = self.child_expr(part);
                    parts.push(StrPart::Expr(expr));
                }
                Element::Node(_) => {}
            }
        }
        self.alloc(Expr::Interpolate(parts.into()), node.range())
    }

    // Operators

    fn binary(&mut self, node: Node<'_>, lhs: ExprId, lhs_is_ellipsis: bool) -> ExprId {
        let mut op = None;
        let mut rhs_node = None;
        for element in node.elements() {
            match element {
                Element::Token(token) if op.is_none() => {
                    op = BinaryOp::from_kind(token.kind()).map(|op| (op, token.range()));
                }
                Element::Node(child) if op.is_some() && is_expr(child.kind()) => rhs_node = Some(child),
                _ => {}
            }
        }
        let Some((op, op_range)) = op else { return lhs };
        let in_parens = self.parenthesised == Some(lhs);
        let range = node.range();
        let Some(rhs_node) = rhs_node else {
            let rhs = self.missing(TextRange::empty(range.end()));
            return self.alloc(Expr::Binary { op, op_range, lhs, rhs }, range);
        };
        if rhs_node.kind() == SyntaxKind::ELLIPSIS_EXPR {
            // `xs + ...`; an operand that follows turns it into `init + ... + xs`.
            return self.alloc(Expr::Fold { op, op_range, init: None, pack: lhs, from_left: false }, range);
        }
        let rhs = self.expr(rhs_node);
        if lhs_is_ellipsis {
            return self.alloc(Expr::Fold { op, op_range, init: None, pack: rhs, from_left: true }, range);
        }
        if let Expr::Fold { op: inner, init: None, pack, from_left: false, .. } = self.body.exprs[lhs]
            && inner == op
            && !in_parens
        {
            return self
                .alloc(Expr::Fold { op, op_range, init: Some(pack), pack: rhs, from_left: true }, range);
        }
        if op.is_comparison() && !in_parens {
            // `a < b < c` leans to the left: the links gather in one expression (OP6).
            let links = match &self.body.exprs[lhs] {
                // `a <=> b == Ord.less` compares a result: `<=>` does not chain.
                Expr::Binary { op: BinaryOp::Cmp, .. } if matches!(op, BinaryOp::Eq | BinaryOp::Ne) => None,
                Expr::Binary { op: first_op, op_range: first_range, lhs: first, rhs: second }
                    if first_op.is_comparison() =>
                {
                    Some((*first, vec![(*first_op, *first_range, *second), (op, op_range, rhs)]))
                }
                Expr::Chain { first, links } => {
                    let mut links = links.to_vec();
                    links.push((op, op_range, rhs));
                    Some((*first, links))
                }
                _ => None,
            };
            if let Some((first, links)) = links {
                return self.alloc(Expr::Chain { first, links: links.into() }, range);
            }
        }
        self.alloc(Expr::Binary { op, op_range, lhs, rhs }, range)
    }

    fn field(&mut self, node: Node<'_>, base: ExprId) -> ExprId {
        let token = match node.child(SyntaxKind::NAME_REF) {
            Some(name) => name.name_token(),
            None => tokens(node).find(|token| token.kind() == SyntaxKind::INT_NUMBER),
        };
        let range = node.range();
        let Some(token) = token else {
            // `x.` while someone types: the member is not known yet.
            let name_range = TextRange::empty(range.end());
            return self.alloc(Expr::Field { base, name: Name::default(), name_range }, range);
        };
        if token.kind() == SyntaxKind::INT_NUMBER {
            let index = token.text().parse().unwrap_or(u32::MAX);
            return self.alloc(Expr::TupleField { base, index, index_range: token.range() }, range);
        }
        self.alloc(Expr::Field { base, name: Name::new(token.text()), name_range: token.range() }, range)
    }

    pub(super) fn call(&mut self, node: Node<'_>, callee: ExprId) -> ExprId {
        let generic_args = node.child(SyntaxKind::GENERIC_ARG_LIST).map(|list| self.generic_args(list));
        let args = match node.child(SyntaxKind::ARG_LIST) {
            Some(list) => self.args(list),
            None => Box::default(),
        };
        self.alloc(Expr::Call { callee, generic_args, args }, node.range())
    }

    pub(super) fn generic_args(&mut self, list: Node<'_>) -> Box<[GenericArg]> {
        let args = list.children().filter(|child| child.kind() == SyntaxKind::GENERIC_ARG);
        args.map(|arg| GenericArg {
            name: arg
                .child(SyntaxKind::NAME_REF)
                .and_then(Node::name_token)
                .map(|token| Name::new(token.text())),
            ty: self.child_type(arg),
        })
        .collect()
    }

    pub(super) fn args(&mut self, list: Node<'_>) -> Box<[Arg]> {
        let args = list.children().filter(|child| child.kind() == SyntaxKind::ARG);
        args.map(|arg| Arg {
            name: arg
                .child(SyntaxKind::NAME_REF)
                .and_then(Node::name_token)
                .map(|token| (Name::new(token.text()), token.range())),
            convention: self.borrow_mark(arg),
            unpack: arg.has_token(SyntaxKind::DOT3),
            value: self.child_expr(arg),
            range: arg.range(),
        })
        .collect()
    }

    /// `&x` where no borrow may be made (BR1).
    fn stray_borrow(&mut self, node: Node<'_>) -> ExprId {
        let value = self.child_expr(node);
        let mutable = self.borrow_mark(node) == Convention::Mut;
        let mut diagnostic = Diagnostic::error(
            "BR1",
            node.range(),
            "a borrow can only be made in an argument, a capture or a `yield`",
        )
        .note("a borrow lives as long as the call it is made for; it cannot be kept or returned");
        if let Some(mark) = node.child(SyntaxKind::BORROW_MARK) {
            let until = TextRange::new(mark.start, self.body.range(value).start());
            diagnostic = diagnostic.suggest("use the value itself", vec![TextEdit::delete(until)]);
        }
        self.body.diagnostics.push(diagnostic);
        self.alloc(Expr::Borrow { mutable, value }, node.range())
    }

    // Constructs with parts of their own

    fn initialiser(&mut self, node: Node<'_>) -> ExprId {
        let ty = self.child_type(node);
        let mut fields = Vec::new();
        let mut rest = None;
        let mut bases = None;
        let list = node.child(SyntaxKind::FIELD_INIT_LIST);
        for field in
            list.into_iter().flat_map(Node::children).filter(|child| child.kind() == SyntaxKind::FIELD_INIT)
        {
            if field.has_token(SyntaxKind::ELSE_KW) {
                rest = Some(self.child_expr(field));
            } else if field.has_token(SyntaxKind::SUP_KW) {
                bases = Some(self.child_expr(field));
            } else if let Some(token) = field.child(SyntaxKind::NAME_REF).and_then(Node::name_token) {
                let (name, name_range) = (Name::new(token.text()), token.range());
                let value = match expr_of(field) {
                    Some(value) => self.expr(value),
                    // `Foo { x }` takes the variable of that name (SY29).
                    None => match self.find(&name) {
                        Found::Local(local) => self.alloc(Expr::Local(local), name_range),
                        Found::NotCaptured(local) => {
                            self.report_not_captured(local, name_range);
                            self.missing(name_range)
                        }
                        _ if field.has_token(SyntaxKind::EQ) || field.has_token(SyntaxKind::COLON) => {
                            self.missing(TextRange::empty(field.range().end()))
                        }
                        _ => self.alloc(Expr::Path(Box::new([(name.clone(), name_range)])), name_range),
                    },
                };
                fields.push(FieldInit { name, name_range, value });
            }
        }
        self.alloc(Expr::Init { ty, fields: fields.into(), rest, bases }, node.range())
    }

    fn lambda(&mut self, node: Node<'_>) -> ExprId {
        let capture_list = node.child(SyntaxKind::CAPTURE_LIST);
        let captures: Vec<_> = capture_list
            .into_iter()
            .flat_map(Node::children)
            .filter(|child| child.kind() == SyntaxKind::CAPTURE)
            .map(|capture| self.capture(capture))
            .collect();
        let outer_insert = self.capture_insert;
        let mark = self.enter(node.range(), true);
        self.capture_insert = Some(match capture_list {
            Some(list) => CaptureInsert::Front(list.start + TextSize::of('[')),
            None => CaptureInsert::NewList(node.start),
        });
        for capture in &captures {
            self.bring_in(capture.local, node.start);
        }
        let mut params = Vec::new();
        let list = node.child(SyntaxKind::LAMBDA_PARAM_LIST);
        for param in
            list.into_iter().flat_map(Node::children).filter(|child| child.kind() == SyntaxKind::LAMBDA_PARAM)
        {
            let (name, range) = self.name_of(param);
            let ty = param
                .children()
                .find(|child| crate::type_ref::is_type(child.kind()))
                .map(|ty| self.lower_type(ty));
            let local = self.local(name, LocalKind::LambdaParam, mut_of(param), range);
            self.bring_in(local, range.end());
            params.push(LambdaParam { local, convention: self.borrow_mark(param), ty });
        }
        let body = self.child_expr(node);
        self.capture_insert = outer_insert;
        self.exit(mark);
        self.alloc(Expr::Lambda { captures: captures.into(), params: params.into(), body }, node.range())
    }

    /// `name = &x`: the source is looked up outside of the lambda (CL2).
    fn capture(&mut self, capture: Node<'_>) -> Capture {
        let convention = self.borrow_mark(capture);
        let token = capture.child(SyntaxKind::NAME_REF).and_then(Node::name_token);
        let (source_name, source_range) = match token {
            Some(token) => (Name::new(token.text()), token.range()),
            None => (Name::default(), capture.range()),
        };
        let source = match self.find(&source_name) {
            Found::Local(local) => self.alloc(Expr::Local(local), source_range),
            Found::NotCaptured(local) => {
                self.report_not_captured(local, source_range);
                self.missing(source_range)
            }
            Found::Functions(functions) => self.alloc(Expr::NestedFunctions(functions.into()), source_range),
            Found::Import(_) | Found::Nothing if source_name.is_empty() => self.missing(source_range),
            Found::Import(_) | Found::Nothing => {
                self.alloc(Expr::Path(Box::new([(source_name.clone(), source_range)])), source_range)
            }
        };
        let (name, range) = match self.name_of(capture) {
            (name, _) if name.is_empty() => (source_name, source_range),
            renamed => renamed,
        };
        let local = self.local(name, LocalKind::Capture, None, range);
        Capture { local, convention, source }
    }

    fn while_loop(&mut self, node: Node<'_>) -> ExprId {
        let condition = self.child_expr(node);
        let body = self.child_block(node);
        let else_block = node.child(SyntaxKind::ELSE_CLAUSE).map(|clause| self.child_block(clause));
        self.alloc(Expr::While { condition, body, else_block }, node.range())
    }

    fn with(&mut self, node: Node<'_>) -> ExprId {
        let context = self.child_expr(node);
        let mark = self.enter(node.range(), false);
        let local = match node.child(SyntaxKind::LOCAL_VAR).map(|var| self.local_var(var, LocalKind::With)) {
            Some(LetVar::Bind(local)) => {
                self.bring_in(local, self.body.locals[local].range.end());
                Some(local)
            }
            _ => None,
        };
        let body = self.child_block(node);
        self.exit(mark);
        self.alloc(Expr::With { context, local, body }, node.range())
    }

    pub(super) fn child_block(&mut self, node: Node<'_>) -> ExprId {
        match node.child(SyntaxKind::BLOCK) {
            Some(block) => match self.deeper(|ctx| ctx.block(block)) {
                Some(block) => block,
                None => self.missing(block.range()),
            },
            None => self.missing(TextRange::empty(node.range().end())),
        }
    }
}

/// Where a name can be added to the captures of the innermost lambda.
#[derive(Clone, Copy)]
pub(super) enum CaptureInsert {
    NewList(TextSize),
    Front(TextSize),
}

fn current_is_ellipsis(node: Node<'_>) -> bool {
    expr_of(node).is_some_and(|lhs| lhs.kind() == SyntaxKind::ELLIPSIS_EXPR)
}

fn decimal(text: &str, negative: bool) -> Expr {
    let imaginary = text.contains(['i', 'I']);
    if !negative && !imaginary && !text.contains('_') {
        return Expr::Number(NumberLit { text: text.into(), imaginary });
    }
    let digits = text.chars().filter(|c| !matches!(c, '_' | 'i' | 'I'));
    let text: String = negative.then_some('-').into_iter().chain(digits).collect();
    Expr::Number(NumberLit { text: text.into(), imaginary })
}

/// A binary (one bit per digit) or hexadecimal (four bits) number, converted to decimal digits.
fn based(text: &str, bits: u32, negative: bool) -> Expr {
    const LIMB: u64 = 1_000_000_000;
    // Conversion takes quadratic time; nobody writes more than this by hand.
    const MAX_DIGITS: usize = 20_000;
    let digits = text.get(2..).unwrap_or_default();
    if digits.len() > MAX_DIGITS {
        return Expr::Missing;
    }
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|c| c.to_digit(16)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = (*limb << bits) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut text = String::new();
    if negative {
        text.push('-');
    }
    let mut limbs = limbs.iter().rev();
    if let Some(first) = limbs.next() {
        text.push_str(&first.to_string());
    }
    for limb in limbs {
        text.push_str(&format!("{limb:09}"));
    }
    Expr::Number(NumberLit { text: text.into(), imaginary: false })
}
