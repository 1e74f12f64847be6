//! From a function's green node to its [`Body`]: statements, scopes and names of locals.

use super::exprs::CaptureInsert;
use super::green::{Element, Node, expr_of, is_expr, tokens};
use super::patterns::BranchNames;
use super::*;
use crate::type_ref::TypeRef;
use crate::type_ref::is_type;
use syntax::SyntaxKind;
use syntax::ast::AssignOp;

/// The body of `owner`, whose syntax node is `function`. `nested` are the functions nested in it, in source order.
pub fn lower(owner: FuncId, function: &rowan::GreenNodeData, nested: &[FuncId]) -> Body {
    let root = Node::new(function, TextSize::new(0));
    let mut ctx = LowerCtx {
        body: Body::empty(owner),
        names: Vec::new(),
        lambda_floor: 0,
        lambda_floors: Vec::new(),
        scope: None,
        nested: Vec::new(),
        block_uses: Vec::new(),
        branch_names: BranchNames::default(),
        capture_insert: None,
        parenthesised: None,
        depth: 0,
    };
    if !nested.is_empty() {
        let mut starts = Vec::new();
        find_nested(root, &mut starts);
        ctx.nested = starts.into_iter().zip(nested.iter().copied()).collect();
    }
    ctx.function(root);
    ctx.body
}

/// Starts of the functions in `node`, without those nested in them.
fn find_nested(node: Node<'_>, starts: &mut Vec<TextSize>) {
    let mut stack: Vec<Node<'_>> = node.children().collect();
    stack.reverse();
    while let Some(node) = stack.pop() {
        if node.kind() == SyntaxKind::FUNCTION {
            starts.push(node.start);
            continue;
        }
        let from = stack.len();
        stack.extend(node.children());
        stack[from..].reverse();
    }
}

pub(super) struct LowerCtx {
    pub(super) body: Body,
    /// Names in scope, innermost last.
    names: Vec<(Name, NameDef)>,
    /// Below this index of `names` are variables of functions around the current lambda.
    lambda_floor: usize,
    lambda_floors: Vec<usize>,
    scope: Option<u32>,
    nested: Vec<(TextSize, FuncId)>,
    pub(super) block_uses: Vec<(Name, BlockUse)>,
    pub(super) branch_names: BranchNames,
    pub(super) capture_insert: Option<CaptureInsert>,
    /// The expression that was last found in parentheses: it does not take part in a chain or fold.
    pub(super) parenthesised: Option<ExprId>,
    pub(super) depth: u32,
}

#[derive(Clone, Copy)]
enum NameDef {
    Local(LocalId),
    Function(FuncId),
}

/// What a `use` inside a block introduces.
pub(super) enum BlockUse {
    Import(Vec<Name>),
    Alias(TypeRef),
}

/// What a simple name in an expression means.
pub(super) enum Found {
    Local(LocalId),
    Functions(Vec<FuncId>),
    /// A variable outside of the lambda that does not capture it (CL1).
    NotCaptured(LocalId),
    Import(Vec<Name>),
    Nothing,
}

/// Deeper nesting is cut off; the parser's own bound is below.
const MAX_DEPTH: u32 = 600;

impl LowerCtx {
    fn function(&mut self, root: Node<'_>) {
        self.body.name = self.name_of(root).1;
        if let Some(list) = root.child(SyntaxKind::GENERIC_PARAM_LIST) {
            let params = list.children().filter(|node| node.kind() == SyntaxKind::GENERIC_PARAM);
            let places = params.map(|param| {
                let constraint = param.child(SyntaxKind::CONSTRAINT);
                (self.name_of(param).1, constraint.map(|node| node.range().end()))
            });
            self.body.generic_params = places.collect();
        }
        let Some(list) = root.child(SyntaxKind::PARAM_LIST) else { return self.root_block(root) };
        // A default is evaluated at the call, where no parameter is there yet (OV5).
        for param in list.children().filter(|node| node.kind() == SyntaxKind::PARAM) {
            let default = expr_of(param).map(|expr| self.expr(expr));
            self.body.defaults.push(default);
        }
        self.enter(root.range(), false);
        for param in list.children() {
            match param.kind() {
                SyntaxKind::SELF_PARAM => {
                    let token = tokens(param).find(|token| token.kind() == SyntaxKind::SELF_KW);
                    let range = token.map_or(param.range(), |token| token.range());
                    let mutable = mut_of(param);
                    let local = self.local(Name::new_static("self"), LocalKind::SelfParam, mutable, range);
                    self.body.params.push(local);
                    self.bring_in(local, range.end());
                }
                SyntaxKind::PARAM => {
                    let mutable = mut_of(param);
                    let (name, range) = self.name_of(param);
                    let local = self.local(name, LocalKind::Param, mutable, range);
                    self.body.params.push(local);
                    self.bring_in(local, range.end());
                }
                _ => {}
            }
        }
        self.root_block(root);
        self.leave();
    }

    fn root_block(&mut self, root: Node<'_>) {
        let Some(block) = root.child(SyntaxKind::BLOCK) else { return };
        if block.has_token(SyntaxKind::DOT3) && block.children().next().is_none() {
            return;
        }
        let root = self.block(block);
        self.body.root = Some(root);
    }

    // Scopes

    pub(super) fn enter(&mut self, range: TextRange, is_lambda: bool) -> ScopeMark {
        let mark = ScopeMark { names: self.names.len(), uses: self.block_uses.len(), parent: self.scope };
        let index = self.body.scopes.len() as u32;
        self.body.scopes.push(Scope {
            parent: self.scope,
            range,
            is_lambda,
            locals: Vec::new(),
            functions: Vec::new(),
        });
        self.scope = Some(index);
        if is_lambda {
            self.lambda_floors.push(self.lambda_floor);
            self.lambda_floor = self.names.len();
        }
        mark
    }

    pub(super) fn exit(&mut self, mark: ScopeMark) {
        if let Some(scope) = self.scope
            && self.body.scopes[scope as usize].is_lambda
        {
            self.lambda_floor = self.lambda_floors.pop().unwrap_or(0);
        }
        self.names.truncate(mark.names);
        self.block_uses.truncate(mark.uses);
        self.scope = mark.parent;
    }

    fn leave(&mut self) {
        self.exit(ScopeMark { names: 0, uses: 0, parent: None });
    }

    pub(super) fn local(
        &mut self,
        name: Name,
        kind: LocalKind,
        mutable: Option<TextRange>,
        range: TextRange,
    ) -> LocalId {
        let mut_range = mutable.filter(|mark| mark.start() <= range.start());
        let mut_range = mut_range.map(|mark| TextRange::new(mark.start(), range.start()));
        self.body.locals.alloc(Local { name, kind, mutable: mutable.is_some(), mut_range, range })
    }

    /// Makes a variable visible from `from` on.
    pub(super) fn bring_in(&mut self, local: LocalId, from: TextSize) {
        let name = self.body.locals[local].name.clone();
        self.names.push((name, NameDef::Local(local)));
        if let Some(scope) = self.scope {
            self.body.scopes[scope as usize].locals.push((from, local));
        }
    }

    pub(super) fn find(&self, name: &str) -> Found {
        let position = self.names.iter().rposition(|(candidate, _)| candidate == name);
        if let Some(index) = position {
            match self.names[index].1 {
                NameDef::Local(local) if index >= self.lambda_floor => return Found::Local(local),
                NameDef::Local(local) => return Found::NotCaptured(local),
                NameDef::Function(_) => {
                    let run = self.names[..=index]
                        .iter()
                        .rev()
                        .take_while(|(_, def)| matches!(def, NameDef::Function(_)));
                    let overloads = run.filter_map(|(candidate, def)| match def {
                        NameDef::Function(func) if candidate == name => Some(*func),
                        _ => None,
                    });
                    let mut overloads: Vec<FuncId> = overloads.collect();
                    overloads.reverse();
                    return Found::Functions(overloads);
                }
            }
        }
        match self.block_uses.iter().rev().find(|(candidate, _)| candidate == name) {
            Some((_, BlockUse::Import(path))) => Found::Import(path.clone()),
            _ => Found::Nothing,
        }
    }

    /// Text and range of the `NAME` in a declaration.
    pub(super) fn name_of(&self, node: Node<'_>) -> (Name, TextRange) {
        match node.child(SyntaxKind::NAME).and_then(Node::name_token) {
            Some(token) => (Name::new(token.text()), token.range()),
            None => (Name::default(), TextRange::empty(node.start)),
        }
    }

    // Statements

    /// A `BLOCK` node as an expression.
    pub(super) fn block(&mut self, block: Node<'_>) -> ExprId {
        let mark = self.enter(block.range(), false);
        if !self.nested.is_empty() {
            self.declare_nested(block);
        }
        let mut statements = Vec::new();
        let mut open = TextRange::empty(block.start);
        let mut close = TextRange::empty(block.range().end());
        for element in block.elements() {
            match element {
                Element::Token(token) if token.kind() == SyntaxKind::L_BRACE => open = token.range(),
                Element::Token(token) if token.kind() == SyntaxKind::R_BRACE => close = token.range(),
                Element::Token(_) => {}
                Element::Node(node) => {
                    if let Some(statement) = self.statement(node) {
                        statements.push(statement);
                    }
                }
            }
        }
        self.exit(mark);
        self.alloc(Expr::Block { statements: statements.into(), open, close }, block.range())
    }

    /// Functions are visible in their whole block, whatever the order (SY13).
    fn declare_nested(&mut self, block: Node<'_>) {
        for function in block.children().filter(|node| node.kind() == SyntaxKind::FUNCTION) {
            let Some(&(_, func)) = self.nested.iter().find(|(start, _)| *start == function.start) else {
                continue;
            };
            let (name, _) = self.name_of(function);
            if let Some(scope) = self.scope {
                self.body.scopes[scope as usize].functions.push((name.clone(), func));
            }
            self.names.push((name, NameDef::Function(func)));
        }
    }

    fn statement(&mut self, node: Node<'_>) -> Option<Stmt> {
        match node.kind() {
            SyntaxKind::LET_STMT => Some(self.let_statement(node)),
            SyntaxKind::RETURN_STMT => {
                let value = expr_of(node).map(|expr| self.expr(expr));
                Some(Stmt::Return { value, range: node.range() })
            }
            SyntaxKind::ASSIGN_STMT => Some(self.assignment(node)),
            SyntaxKind::EXPR_STMT => {
                let value = expr_of(node)?;
                Some(Stmt::Expr(self.expr(value)))
            }
            SyntaxKind::FUNCTION => {
                let func =
                    self.nested.iter().find(|(start, _)| *start == node.start).map(|(_, func)| *func)?;
                Some(Stmt::Function(func))
            }
            SyntaxKind::USE => {
                self.block_use(node);
                Some(Stmt::Use)
            }
            kind if is_expr(kind) => Some(Stmt::Expr(self.expr(node))),
            _ => None,
        }
    }

    fn let_statement(&mut self, node: Node<'_>) -> Stmt {
        let value = expr_of(node).map(|expr| self.expr(expr));
        let else_clause =
            node.child(SyntaxKind::ELSE_CLAUSE).and_then(|clause| clause.child(SyntaxKind::BLOCK));
        let else_block = else_clause.map(|block| self.block(block));
        let ty = node.children().find(|child| is_type(child.kind()));
        let init = match (value, ty) {
            (Some(value), ty) => {
                if let Some(ty) = ty {
                    self.report_annotation(node, ty);
                }
                LetInit::Value { value, else_block }
            }
            (None, Some(ty)) => LetInit::Type(self.lower_type(ty)),
            (None, None) => LetInit::Missing,
        };
        let vars = node.children().filter(|child| child.kind() == SyntaxKind::LOCAL_VAR);
        let vars: Vec<LetVar> = vars.map(|var| self.local_var(var, LocalKind::Let)).collect();
        for var in &vars {
            if let LetVar::Bind(local) = var {
                self.bring_in(*local, node.range().end());
            }
        }
        Stmt::Let { vars: vars.into(), init, range: node.range() }
    }

    /// A `LOCAL_VAR` node; the variable is not in scope yet (NM7).
    pub(super) fn local_var(&mut self, var: Node<'_>, kind: LocalKind) -> LetVar {
        let (name, range) = self.name_of(var);
        if name.is_empty() {
            return LetVar::Discard;
        }
        LetVar::Bind(self.local(name, kind, mut_of(var), range))
    }

    fn report_annotation(&mut self, stmt: Node<'_>, ty: Node<'_>) {
        let before = stmt.children().take_while(|child| child.start < ty.start).last();
        let from = before.map_or(ty.start, |node| node.range().end());
        self.body.diagnostics.push(
            Diagnostic::error("TY7", ty.range(), "a `let` with a value takes the type of the value")
                .note("an annotation is only written on a variable without a value, as in `let x: Num` (TY6)")
                .fix(
                    "remove the annotation",
                    vec![crate::diagnostic::TextEdit::delete(TextRange::new(from, ty.range().end()))],
                ),
        );
    }

    fn assignment(&mut self, node: Node<'_>) -> Stmt {
        let mut targets = Vec::new();
        let mut value = None;
        let mut op = None;
        let mut op_range = TextRange::empty(node.range().end());
        let mut after = false;
        for element in node.elements() {
            match element {
                Element::Token(token) => {
                    let Some(found) = AssignOp::from_kind(token.kind()) else { continue };
                    op = match found {
                        AssignOp::Plain => None,
                        AssignOp::Compound(op) => Some(op),
                    };
                    op_range = token.range();
                    after = true;
                }
                Element::Node(child) if is_expr(child.kind()) => {
                    let expr = self.expr(child);
                    match after {
                        false => targets.push(expr),
                        true => value = Some(expr),
                    }
                }
                Element::Node(_) => {}
            }
        }
        let value = value.unwrap_or_else(|| self.missing(TextRange::empty(node.range().end())));
        Stmt::Assign { targets: targets.into(), op, op_range, value, range: node.range() }
    }

    fn block_use(&mut self, node: Node<'_>) {
        if let Some(alias) = node.child(SyntaxKind::ALIAS) {
            let (name, _) = self.name_of(alias);
            let ty = self.child_type(alias);
            let ty = self.body.types[ty].ty.clone();
            self.block_uses.push((name, BlockUse::Alias(ty)));
        }
        if let Some(tree) =
            node.child(SyntaxKind::IMPORT).and_then(|import| import.child(SyntaxKind::IMPORT_TREE))
        {
            self.import_tree(tree, &[]);
        }
    }

    fn import_tree(&mut self, tree: Node<'_>, prefix: &[Name]) {
        self.depth += 1;
        let mut path = prefix.to_vec();
        if let Some(module) = tree.child(SyntaxKind::MODULE_PATH) {
            let segments = module.children().filter_map(Node::name_token);
            path.extend(segments.map(|token| Name::new(token.text())));
        }
        if let Some(group) = tree.child(SyntaxKind::IMPORT_GROUP)
            && self.depth < MAX_DEPTH
        {
            for inner in group.children().filter(|child| child.kind() == SyntaxKind::IMPORT_TREE) {
                self.import_tree(inner, &path);
            }
        } else if let Some(last) = path.last().cloned() {
            let name = match tree.child(SyntaxKind::RENAME) {
                Some(rename) => self.name_of(rename).0,
                None => last,
            };
            self.block_uses.push((name, BlockUse::Import(path)));
        }
        self.depth -= 1;
    }

    // Allocation

    pub(super) fn alloc(&mut self, expr: Expr, range: TextRange) -> ExprId {
        self.body.expr_ranges.push(range);
        self.body.exprs.alloc(expr)
    }

    pub(super) fn alloc_pat(&mut self, pat: Pat, range: TextRange) -> PatId {
        self.body.pat_ranges.push(range);
        self.body.pats.alloc(pat)
    }

    pub(super) fn missing(&mut self, range: TextRange) -> ExprId {
        self.alloc(Expr::Missing, range)
    }

    /// Runs `f` unless the nesting is too deep.
    pub(super) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        Some(result)
    }
}

/// The `mut` among the tokens of a declaration.
pub(super) fn mut_of(node: Node<'_>) -> Option<TextRange> {
    node.token(SyntaxKind::MUT_KW).map(|token| token.range())
}

pub(super) struct ScopeMark {
    names: usize,
    uses: usize,
    parent: Option<u32>,
}
