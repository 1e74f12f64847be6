//! Where the cursor is.

use crate::ide::definition::function_at;
use crate::ide::folding::without_trivia;
use hir::parse::parse;
use hir::resolve::Resolver;
use hir::ty::Ty;
use hir::{ClassId, Db, File, FuncId, ItemId, Name};
use syntax::SyntaxKind::{self, *};
use syntax::ast::{self, AstNode};
use syntax::{Direction, SyntaxNode, SyntaxToken, TextRange, TextSize};

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Place {
    /// Behind `a.b.`, which leads to a namespace; `imports`: in a `use`.
    Path {
        path: String,
        imports: bool,
    },
    /// Behind a dot: type of the value in front of it, and where that is written.
    Member {
        receiver: Option<(hir::Convention, Ty)>,
        range: TextRange,
    },
    /// Behind `Type.`.
    Static(Ty),
    Type,
    Annotation,
    /// Between the members of a class, or of a `sup` block.
    Members {
        sup: bool,
    },
    Module,
    /// In `Foo { … }`.
    FieldInit {
        class: Option<ClassId>,
        given: Vec<String>,
    },
    Expression {
        statement: bool,
    },
    /// A new name: nothing to propose.
    Declaration,
}

pub(super) struct Context<'db> {
    pub db: &'db dyn Db,
    pub file: File,
    pub offset: TextSize,
    pub func: Option<FuncId>,
    /// Letters of the word in front of the cursor.
    pub prefix: String,
    /// The whole word around the cursor.
    pub replace: TextRange,
    pub place: Place,
    pub resolver: Resolver<'db>,
    pub root: SyntaxNode,
    /// The innermost node around the word.
    pub node: SyntaxNode,
}

impl<'db> Context<'db> {
    pub fn new(db: &'db dyn Db, file: File, offset: TextSize) -> Option<Context<'db>> {
        let root = parse(db, file).syntax();
        let offset = offset.min(root.text_range().end());
        let at = root.token_at_offset(offset);
        let left = at.clone().left_biased();
        if let Some(token) = &left
            && inside_text(token, offset)
        {
            return None;
        }
        let word = left.clone().filter(|token| is_word(token.kind()) && token.text_range().end() >= offset);
        let word = word.or_else(|| {
            at.right_biased().filter(|token| is_word(token.kind()) && token.text_range().start() < offset)
        });
        let (prefix, replace) = match &word {
            Some(token) => {
                let range = token.text_range();
                let upto = usize::from(offset - range.start());
                (token.text().get(..upto).unwrap_or("").to_owned(), range)
            }
            None => (String::new(), TextRange::empty(offset)),
        };
        let before = match &word {
            Some(token) => token.prev_token(),
            None => left,
        };
        let previous = before.and_then(|token| skip_trivia(token, Direction::Prev));
        let func = function_at(db, file, replace.start());
        let resolver = match func {
            Some(func) => Resolver::for_func(db, func),
            None => match item_at(db, file, replace.start()) {
                Some(item) => Resolver::for_item(db, item),
                None => Resolver::for_file(db, file),
            },
        };
        let node = match (&word, &previous) {
            (Some(token), _) => token.parent()?,
            (None, Some(token)) if token.text_range().end() == offset => token.parent()?,
            _ => match root.token_at_offset(offset).right_biased().or_else(|| root.last_token()) {
                Some(token) => token.parent()?,
                None => root.clone(),
            },
        };
        let mut context =
            Context { db, file, offset, func, prefix, replace, place: Place::Module, resolver, root, node };
        context.place = context.find_place(word.as_ref(), previous.as_ref());
        Some(context)
    }

    fn find_place(&self, word: Option<&SyntaxToken>, previous: Option<&SyntaxToken>) -> Place {
        let Some(previous) = previous else { return Place::Module };
        let parent = previous.parent();
        let in_use = self.node.ancestors().any(|node| matches!(node.kind(), USE | MOD_DECL))
            || parent
                .iter()
                .flat_map(SyntaxNode::ancestors)
                .any(|node| matches!(node.kind(), USE | MOD_DECL) && !self.begins_line_after(previous));
        match previous.kind() {
            AT => return Place::Annotation,
            DOT => return self.after_dot(previous, in_use),
            USE_KW | MOD_KW => return Place::Path { path: String::new(), imports: true },
            LET_KW | FN_KW | GN_KW | CLS_KW | ENUM_KW | AS_KW => return Place::Declaration,
            MUT_KW if parent.as_ref().is_some_and(|node| matches!(node.kind(), LOCAL_VAR | PARAM)) => {
                return Place::Declaration;
            }
            THIN_ARROW | COLON if !self.is_lambda_arrow(previous) => return Place::Type,
            SUP_KW | FOR_KW => return Place::Type,
            _ => {}
        }
        if in_use {
            return Place::Path { path: self.import_prefix(previous), imports: true };
        }
        let around = word.and_then(SyntaxToken::parent).or_else(|| parent.clone());
        let in_type = around.iter().flat_map(SyntaxNode::ancestors).take_while(|node| node.kind() != BLOCK);
        let mut in_type = in_type.filter(|node| {
            matches!(
                node.kind(),
                GENERIC_ARG_LIST
                    | CONSTRAINT
                    | RET_TYPE
                    | WHERE_CLAUSE
                    | PATH_TYPE
                    | TUPLE_TYPE
                    | GENERIC_PARAM_LIST
            )
        });
        if let Some(ty) = in_type.next() {
            let in_expression = ty.parent().is_some_and(|node| matches!(node.kind(), TYPE_EXPR | INIT_EXPR));
            if !in_expression || ty.kind() == GENERIC_ARG_LIST {
                return Place::Type;
            }
        }
        self.by_brackets(word, previous)
    }

    /// The bracket that is open in front of the cursor says what is listed there.
    fn by_brackets(&self, word: Option<&SyntaxToken>, previous: &SyntaxToken) -> Place {
        let mut node = match previous.kind() {
            // A closed bracket is behind us.
            R_BRACE | R_PAREN | R_BRACK => previous.parent().and_then(|node| node.parent()),
            _ => previous.parent(),
        };
        let start = word.map_or(self.offset, |token| token.text_range().start());
        while let Some(current) = node {
            let open = |kind: SyntaxKind| {
                current
                    .children_with_tokens()
                    .filter_map(|it| it.into_token())
                    .any(|token| token.kind() == kind && token.text_range().end() <= start)
            };
            let closed_before = current
                .last_token()
                .is_some_and(|token| token.kind() == R_BRACE && token.text_range().end() <= start);
            match current.kind() {
                BLOCK if open(L_BRACE) && !closed_before => {
                    let statement =
                        matches!(previous.kind(), L_BRACE | R_BRACE) || self.begins_line_after(previous);
                    return Place::Expression { statement };
                }
                MEMBER_LIST if open(L_BRACE) && !closed_before => {
                    let sup = current.parent().is_some_and(|parent| parent.kind() == SUP);
                    return Place::Members { sup };
                }
                ENUM_MEMBER_LIST | GENERIC_PARAM_LIST | PARAM_LIST | LAMBDA_PARAM_LIST if !closed_before => {
                    return Place::Declaration;
                }
                FIELD_INIT_LIST if open(L_BRACE) && !closed_before => {
                    if previous.kind() == EQ {
                        return Place::Expression { statement: false };
                    }
                    return self.field_init(&current);
                }
                ARG_LIST | ARRAY_EXPR | TUPLE_EXPR | PAREN_EXPR | BRANCH_LIST | INTERPOLATION
                    if !closed_before =>
                {
                    return Place::Expression { statement: false };
                }
                LET_STMT | ASSIGN_STMT | RETURN_STMT | BIN_EXPR | IF_EXPR | WHILE_EXPR
                    if !self.begins_line_after(previous) =>
                {
                    return Place::Expression { statement: false };
                }
                SOURCE_FILE => return Place::Module,
                _ => {}
            }
            node = current.parent();
        }
        Place::Module
    }

    fn field_init(&self, list: &SyntaxNode) -> Place {
        let ty = list.parent().and_then(ast::InitExpr::cast).and_then(|init| init.ty());
        let class = ty.and_then(|ty| self.written_type(&ty)).and_then(|ty| ty.class());
        let given = list
            .children()
            .filter_map(ast::FieldInit::cast)
            .filter_map(|field| field.name_ref())
            .filter(|name| name.syntax().text_range() != self.replace)
            .map(|name| name.text())
            .collect();
        Place::FieldInit { class, given }
    }

    fn after_dot(&self, dot: &SyntaxToken, in_use: bool) -> Place {
        if in_use {
            return Place::Path { path: self.import_prefix(dot), imports: true };
        }
        let Some(parent) = dot.parent() else { return Place::Module };
        if let Some(field) = ast::FieldExpr::cast(parent.clone())
            && let Some(receiver) = field.receiver()
        {
            if let Some(path) = namespace_path(receiver.syntax())
                && !self.is_variable(path.split('.').next().unwrap_or(""))
                && hir::scope::is_namespace(self.db, self.file.program(self.db), &path)
            {
                return Place::Path { path, imports: false };
            }
            if let ast::Expr::TypeExpr(ty) = &receiver
                && let Some(ty) = ty.ty().and_then(|ty| self.written_type(&ty))
            {
                return Place::Static(ty);
            }
            let range = without_trivia(receiver.syntax());
            return Place::Member { receiver: self.value_type(range), range };
        }
        // `Type.` or `namespace.` in a type path.
        let mut names = Vec::new();
        let mut has_type = false;
        for segment in parent.children().filter_map(ast::TypeSegment::cast) {
            if segment.syntax().text_range().start() >= dot.text_range().start() {
                break;
            }
            let name = segment.name_ref();
            has_type |= name.as_ref().is_some_and(|name| name.is_upper() || name.self_type_token().is_some());
            names.push(segment.syntax().text().to_string());
        }
        if has_type {
            let text = names.join(".");
            return self.type_of_text(&text).map_or(Place::Declaration, Place::Static);
        }
        if !names.is_empty() {
            return Place::Path { path: names.join("."), imports: false };
        }
        Place::Declaration
    }

    /// The dotted names in front of the cursor in a `use`, groups included.
    fn import_prefix(&self, from: &SyntaxToken) -> String {
        let mut prefixes: Vec<String> = Vec::new();
        let start = from.parent();
        let trees = start.iter().flat_map(SyntaxNode::ancestors).filter_map(ast::ImportTree::cast);
        for (index, tree) in trees.enumerate() {
            let names: Vec<String> = tree
                .module_path()
                .into_iter()
                .flat_map(|path| path.name_refs())
                .filter(|name| name.syntax().text_range().end() <= from.text_range().start())
                .map(|name| name.text())
                .collect();
            let inside = index > 0 || matches!(from.kind(), DOT | L_BRACE | COMMA);
            if inside && !names.is_empty() {
                prefixes.push(names.join("."));
            }
        }
        prefixes.reverse();
        prefixes.join(".")
    }

    fn is_variable(&self, name: &str) -> bool {
        let Some(func) = self.func else { return false };
        let start = hir::parse::func_range(self.db, func).start();
        let body = hir::body::body(self.db, func);
        let Some(at) = self.offset.checked_sub(start) else { return false };
        body.visible_at(at).locals.iter().any(|local| body.locals[*local].name == name)
    }

    /// Type of the expression with exactly this range.
    fn value_type(&self, range: TextRange) -> Option<(hir::Convention, Ty)> {
        let func = self.func?;
        let relative = range.checked_sub(hir::parse::func_range(self.db, func).start())?;
        let body = hir::body::body(self.db, func);
        let inferred = hir::infer::infer(self.db, func);
        let exact = body.exprs.iter().filter(|(id, _)| body.range(*id) == relative);
        exact
            .map(|(id, expr)| {
                let convention = match expr {
                    hir::body::Expr::Local(local) => inferred.local_type(*local).0,
                    _ => inferred.borrow(id),
                };
                (convention, inferred.expr_type(id).clone())
            })
            .find(|(_, ty)| !matches!(ty, Ty::Unknown))
    }

    pub fn written_type(&self, ty: &ast::Type) -> Option<Ty> {
        let (lowered, _) = hir::type_ref::lower(ty);
        let mut sound = true;
        let closed = self.resolver.lower_type(&lowered, &mut |_| sound = false);
        if sound && !matches!(closed, Ty::Unknown) {
            return Some(closed);
        }
        let ty = self.resolver.lower_open(&lowered, &mut |_, param, _| Ty::Param(param.clone()), &mut |_| {});
        (!matches!(ty, Ty::Unknown)).then_some(ty)
    }

    fn type_of_text(&self, text: &str) -> Option<Ty> {
        let parsed = syntax::parse(&format!("mod a.b\nuse Written = {text}\n"), self.file.edition(self.db));
        let ty = parsed.syntax().descendants().find_map(ast::Type::cast)?;
        self.written_type(&ty)
    }

    /// The cursor is on a later line than this token.
    fn begins_line_after(&self, token: &SyntaxToken) -> bool {
        let between =
            TextRange::new(token.text_range().end(), self.replace.start().max(token.text_range().end()));
        self.root.text().slice(between).contains_char('\n')
    }

    fn is_lambda_arrow(&self, token: &SyntaxToken) -> bool {
        token.parent().is_some_and(|parent| parent.kind() == LAMBDA_EXPR || parent.kind() == FIELD_INIT)
    }

    /// The class or `sup` block around the cursor.
    pub fn container(&self) -> Option<ItemId> {
        item_at(self.db, self.file, self.replace.start())
    }
}

/// The class, enumeration or `sup` block around an offset.
fn item_at(db: &dyn Db, file: File, offset: TextSize) -> Option<ItemId> {
    let tree = hir::parse::item_tree(db, file);
    let ids = tree.classes.iter().map(|item| item.id).chain(tree.sups.iter().map(|item| item.id));
    let ids = ids.map(|local| ItemId { file, local });
    ids.into_iter().find(|id| hir::parse::item_range(db, *id).contains_inclusive(offset))
}

fn namespace_path(node: &SyntaxNode) -> Option<String> {
    let text = node.text().to_string();
    let dotted = text.trim();
    let is_path = dotted.split('.').all(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    is_path.then(|| Name::new(dotted).to_string())
}

fn is_word(kind: SyntaxKind) -> bool {
    matches!(kind, IDENT | UIDENT) || kind.is_keyword()
}

fn inside_text(token: &SyntaxToken, offset: TextSize) -> bool {
    let range = token.text_range();
    match token.kind() {
        COMMENT => offset > range.start(),
        BLOCK_COMMENT | STRING | REGEX | CHAR | BYTE_CHAR | BYTE_STRING => {
            offset > range.start() && offset < range.end()
        }
        STRING_HEAD | STRING_MID => offset > range.start() && offset < range.end(),
        STRING_TAIL => offset > range.start(),
        INT_NUMBER | DEC_NUMBER | BIN_NUMBER | HEX_NUMBER | OCT_NUMBER => offset > range.start(),
        _ => false,
    }
}

fn skip_trivia(token: SyntaxToken, direction: Direction) -> Option<SyntaxToken> {
    let mut token = token;
    while token.kind().is_trivia() {
        token = match direction {
            Direction::Prev => token.prev_token()?,
            Direction::Next => token.next_token()?,
        };
    }
    Some(token)
}
