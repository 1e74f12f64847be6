//! From the green tree of a file to its item tree.

use super::*;
use crate::green::{Green, GreenToken};
use crate::type_ref::{is_type, lower_green};
use rowan::NodeOrToken;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use syntax::SyntaxKind::{self, *};

/// Annotations that say something to the compiler or to a person, and need no further look (NM11, NM12).
const PLAIN_ANNOTATIONS: [&str; 7] =
    ["public", "protected", "private", "virtual", "inline", "abstract", "abstract_method"];

/// The summary of a file and the positions of its items. `text` is the text of the tree.
/// Only the library may declare primitives.
pub fn lower_file(root: Green<'_>, text: &str, is_library: bool) -> (ItemTree, AstIdMap) {
    let mut lower = Lower { text, is_library, ..Lower::default() };
    lower.file(root);
    lower.finish()
}

#[derive(Default)]
struct Lower<'a> {
    text: &'a str,
    tree: Tree,
    map: Map,
    ids: Ids,
    odd_annotations: bool,
    is_library: bool,
}

/// Hands out ids that do not depend on positions.
#[derive(Default)]
struct Ids {
    index: FxHashMap<LocalItemId, ItemRef>,
    repeats: FxHashMap<u64, u32>,
}

#[derive(Default)]
struct Tree {
    module: Option<Name>,
    module_visibility: Option<Visibility>,
    module_lets: bool,
    imports: Vec<Import>,
    funcs: Vec<FuncItem>,
    classes: Vec<ClassItem>,
    sups: Vec<SupItem>,
    aliases: Vec<AliasItem>,
    blocks: Vec<BlockItem>,
}

#[derive(Default)]
struct Map {
    imports: Vec<TextRange>,
    funcs: Vec<TextRange>,
    classes: Vec<TextRange>,
    sups: Vec<TextRange>,
    aliases: Vec<TextRange>,
    blocks: Vec<TextRange>,
}

/// What the annotations of one item say.
#[derive(Clone, Copy, Default)]
struct Annotations {
    visibility: Option<Visibility>,
    says_static: bool,
    says_abstract: bool,
    is_builtin: bool,
    yields: Option<Convention>,
}

impl Ids {
    fn fresh(&mut self, kind: u8, container: u32, name: &str, item: ItemRef) -> LocalItemId {
        let mut hasher = FxHasher::default();
        (kind, container, name).hash(&mut hasher);
        let base = hasher.finish();
        let repeat = self.repeats.entry(base).or_insert(0);
        let mut salt = *repeat;
        *repeat += 1;
        loop {
            let mut hasher = FxHasher::default();
            (base, salt).hash(&mut hasher);
            let hash = hasher.finish();
            let id = LocalItemId((hash ^ (hash >> 32)) as u32);
            // the next free one after a collision; 0 stands for no item
            if id.0 != 0 && !self.index.contains_key(&id) {
                self.index.insert(id, item);
                return id;
            }
            salt = salt.wrapping_add(0x9e37_79b9);
        }
    }
}

impl Lower<'_> {
    fn finish(self) -> (ItemTree, AstIdMap) {
        let Lower { tree, map, ids, odd_annotations, .. } = self;
        let mut index = ids.index;
        index.shrink_to_fit();
        let tree = ItemTree {
            module: tree.module,
            module_visibility: tree.module_visibility,
            module_lets: tree.module_lets,
            imports: tree.imports.into(),
            funcs: tree.funcs.into(),
            classes: tree.classes.into(),
            sups: tree.sups.into(),
            aliases: tree.aliases.into(),
            blocks: tree.blocks.into(),
            odd_annotations,
            index: Arc::new(ItemIndex(index)),
        };
        let map = AstIdMap {
            funcs: map.funcs.into(),
            classes: map.classes.into(),
            sups: map.sups.into(),
            aliases: map.aliases.into(),
            imports: map.imports.into(),
            blocks: map.blocks.into(),
        };
        (tree, map)
    }

    fn file(&mut self, root: Green<'_>) {
        for node in root.children() {
            match node.kind() {
                MOD_DECL if self.tree.module.is_none() => {
                    let path = node.child(MODULE_PATH);
                    self.tree.module = path.map(|path| Name::from(segments(path).join(".")));
                    self.tree.module_visibility = self.annotations(node, MOD_DECL).visibility;
                }
                USE => {
                    self.use_item(node, Parent::Module);
                }
                CLASS => self.class(node),
                ENUM => self.enumeration(node),
                SUP => self.sup(node),
                FUNCTION => {
                    self.function(node, Parent::Module);
                }
                LET_STMT => self.tree.module_lets = true,
                _ => {}
            }
        }
    }

    fn annotations(&mut self, item: Green<'_>, on: SyntaxKind) -> Annotations {
        let mut found = Annotations::default();
        for node in item.children() {
            match node.kind() {
                ANNOTATION => {
                    let name = node.child(ANNOTATION_PATH).and_then(|path| {
                        path.children().filter(|child| child.kind() == NAME_REF).last()?.name_token()
                    });
                    let Some(name) = name.map(GreenToken::text) else { continue };
                    let function = on == FUNCTION;
                    match name {
                        "public" => found.visibility = Some(Visibility::Public),
                        "protected" => {
                            found.visibility = Some(Visibility::Protected);
                            // NM11: not on an item
                            self.odd_annotations |= !matches!(on, FUNCTION | ATTRIBUTE | ALIAS | MOD_DECL);
                        }
                        "private" => found.visibility = Some(Visibility::Private),
                        "static" | "static_method" if function => found.says_static = true,
                        "abstract" | "abstract_method" if function => found.says_abstract = true,
                        "builtin" if self.is_library => found.is_builtin = true,
                        "yields_ref" if function && self.is_library => found.yields = Some(Convention::Ref),
                        "yields_mut" if function && self.is_library => found.yields = Some(Convention::Mut),
                        "shadow_stack" if function => {}
                        _ => self.odd_annotations |= !PLAIN_ANNOTATIONS.contains(&name),
                    }
                }
                NAME | MODULE_PATH | MEMBER_LIST | PARAM_LIST => break,
                _ => {}
            }
        }
        found
    }

    fn use_item(&mut self, node: Green<'_>, parent: Parent) -> Option<u32> {
        if let Some(alias) = node.child(ALIAS) {
            let visibility = self.annotations(node, ALIAS).visibility;
            return Some(self.alias(alias, node.range(), visibility, parent));
        }
        let tree = node.child(IMPORT).and_then(|import| import.child(IMPORT_TREE))?;
        let block = match parent {
            Parent::Block(block) => Some(block),
            _ => None,
        };
        let mut prefix = Vec::new();
        self.import_tree(tree, &mut prefix, block, 0);
        None
    }

    fn import_tree(&mut self, tree: Green<'_>, prefix: &mut Vec<Name>, block: Option<u32>, depth: u32) {
        let len = prefix.len();
        let path = tree.child(MODULE_PATH);
        if let Some(path) = path {
            prefix.extend(segments(path).into_iter().map(Name::new));
        }
        let rename = tree.child(RENAME).and_then(|rename| rename.child(NAME)).and_then(Green::name_token);
        let alias = rename.map(|token| Name::new(token.text()));
        if let Some(star) = tree.token(STAR) {
            self.import(prefix, None, None, block, star.range());
        } else if let Some(group) = tree.child(IMPORT_GROUP) {
            if depth < 8 {
                for child in group.children().filter(|child| child.kind() == IMPORT_TREE) {
                    self.import_tree(child, prefix, block, depth + 1);
                }
            }
        } else if prefix.len() > len
            && let Some(name) = prefix.pop()
        {
            let last = path.and_then(|path| path.children().filter(|child| child.kind() == NAME_REF).last());
            let range = last.and_then(Green::name_token).map_or(tree.trimmed_range(), GreenToken::range);
            self.import(prefix, Some(name), alias, block, range);
        }
        prefix.truncate(len);
    }

    fn import(
        &mut self,
        path: &[Name],
        name: Option<Name>,
        alias: Option<Name>,
        block: Option<u32>,
        range: TextRange,
    ) {
        if let Some(block) = block {
            self.tree.blocks[block as usize].imports.push(self.tree.imports.len() as u32);
        }
        self.tree.imports.push(Import { path: path.into(), name, alias, block });
        self.map.imports.push(range);
    }

    fn container(&self, parent: Parent) -> u32 {
        match parent {
            Parent::Module => 0,
            Parent::Class(class) => self.tree.classes[class as usize].id.0,
            Parent::Sup(sup) => self.tree.sups[sup as usize].id.0,
            Parent::Block(block) => {
                self.tree.funcs[self.tree.blocks[block as usize].func as usize].id.0.rotate_left(1)
            }
        }
    }

    fn alias(
        &mut self,
        node: Green<'_>,
        range: TextRange,
        visibility: Option<Visibility>,
        parent: Parent,
    ) -> u32 {
        let name = name_of(node);
        let index = self.tree.aliases.len() as u32;
        let id = self.ids.fresh(3, self.container(parent), &name, ItemRef::Alias(index));
        let ty = type_in(node);
        let generics = generics(node);
        self.tree.aliases.push(AliasItem { id, name, parent, visibility, generics, ty });
        self.map.aliases.push(range);
        if let Parent::Block(block) = parent {
            self.tree.blocks[block as usize].aliases.push(index);
        }
        index
    }

    /// A class or an enumeration, as yet without what it declares; its index.
    fn nominal(&mut self, node: Green<'_>, kind: SyntaxKind) -> u32 {
        let name = name_of(node);
        let index = self.tree.classes.len() as u32;
        let id = self.ids.fresh(1, 0, &name, ItemRef::Class(index));
        let annotations = self.annotations(node, kind);
        self.tree.classes.push(ClassItem {
            id,
            name,
            visibility: annotations.visibility,
            is_builtin: annotations.is_builtin,
            generics: generics(node),
            attributes: Box::default(),
            members: None,
            funcs: Box::default(),
            aliases: Box::default(),
        });
        self.map.classes.push(node.range());
        index
    }

    fn class(&mut self, node: Green<'_>) {
        let index = self.nominal(node, CLASS);
        let mut attributes = Vec::new();
        let (funcs, aliases) = self.members(node, Parent::Class(index), &mut attributes);
        let class = &mut self.tree.classes[index as usize];
        class.attributes = attributes.into();
        class.funcs = funcs;
        class.aliases = aliases;
    }

    fn enumeration(&mut self, node: Green<'_>) {
        let index = self.nominal(node, ENUM);
        let list = node.child(ENUM_MEMBER_LIST);
        let members = list.into_iter().flat_map(Green::children).filter(|child| child.kind() == ENUM_MEMBER);
        let members = members.map(|member| EnumMember {
            name: name_of(member),
            value: member.has_token(EQ).then(|| {
                let value = member.children().find(|child| child.kind() != NAME);
                value.map_or(ConstValue::Other, |value| constant(value, 0))
            }),
        });
        self.tree.classes[index as usize].members = Some(members.collect());
    }

    fn sup(&mut self, node: Green<'_>) {
        let mut before = None;
        let mut after = None;
        let mut has_for = false;
        for element in node.elements() {
            match element {
                NodeOrToken::Token(token) => has_for |= token.kind() == FOR_KW,
                NodeOrToken::Node(child) if is_type(child.kind()) => {
                    *(if has_for { &mut after } else { &mut before }) = Some(child);
                }
                NodeOrToken::Node(_) => {}
            }
        }
        let (base, target) = if has_for { (before, after) } else { (None, before) };
        let (base, target) = (base.map(written), target.map_or(TypeRef::Missing, written));
        let mut hasher = FxHasher::default();
        (&base, &target).hash(&mut hasher);
        let index = self.tree.sups.len() as u32;
        let key = hasher.finish();
        let id = self.ids.fresh(2, key as u32, head_name(&target), ItemRef::Sup(index));
        let _ = self.annotations(node, SUP);
        let generics = generics(node);
        let (funcs, aliases) = (Box::default(), Box::default());
        self.tree.sups.push(SupItem { id, generics, base, target, funcs, aliases });
        self.map.sups.push(node.range());
        let (funcs, aliases) = self.members(node, Parent::Sup(index), &mut Vec::new());
        let sup = &mut self.tree.sups[index as usize];
        sup.funcs = funcs;
        sup.aliases = aliases;
    }

    fn members(
        &mut self,
        node: Green<'_>,
        parent: Parent,
        attributes: &mut Vec<Attribute>,
    ) -> (Box<[u32]>, Box<[u32]>) {
        let mut funcs = Vec::new();
        let mut aliases = Vec::new();
        for member in node.child(MEMBER_LIST).into_iter().flat_map(Green::children) {
            match member.kind() {
                FUNCTION => funcs.push(self.function(member, parent)),
                USE => aliases.extend(self.use_item(member, parent)),
                ATTRIBUTE => {
                    let visibility = self.annotations(member, ATTRIBUTE).visibility;
                    let ty = type_in(member);
                    attributes.push(Attribute { name: name_of(member), ty, visibility });
                }
                _ => {}
            }
        }
        (funcs.into(), aliases.into())
    }

    fn function(&mut self, node: Green<'_>, parent: Parent) -> u32 {
        let name = name_of(node);
        let index = self.tree.funcs.len() as u32;
        let id = self.ids.fresh(0, self.container(parent), &name, ItemRef::Func(index));
        let annotations = self.annotations(node, FUNCTION);
        let mut self_param = None;
        let mut params = Vec::new();
        let mut ret = None;
        let mut body = None;
        let mut is_coroutine = false;
        for element in node.elements() {
            match element {
                NodeOrToken::Token(token) => is_coroutine |= matches!(token.kind(), GN_KW | COR_KW),
                NodeOrToken::Node(child) => match child.kind() {
                    PARAM_LIST => (self_param, params) = parameters(child),
                    RET_TYPE => ret = Some(type_in(child)),
                    BLOCK => body = Some(child),
                    _ => {}
                },
            }
        }
        self.tree.funcs.push(FuncItem {
            id,
            name,
            parent,
            visibility: annotations.visibility,
            is_coroutine,
            says_static: annotations.says_static,
            says_abstract: annotations.says_abstract,
            is_builtin: annotations.is_builtin,
            yields: annotations.yields,
            generics: generics(node),
            self_param,
            params: params.into(),
            ret,
            body: body.map_or(BodyKind::Elided, body_kind),
        });
        self.map.funcs.push(node.range());
        if let Parent::Block(block) = parent {
            self.tree.blocks[block as usize].funcs.push(index);
        }
        if let Some(body) = body
            && self.may_hold_items(body.range())
        {
            let parent = match parent {
                Parent::Block(block) => Some(block),
                _ => None,
            };
            self.block_items(body, index, parent);
        }
        index
    }

    /// Whether one of the words that start an item occurs in the text: most bodies need not be walked.
    fn may_hold_items(&self, range: TextRange) -> bool {
        let Some(text) = self.text.get(usize::from(range.start())..usize::from(range.end())) else {
            return true;
        };
        let bytes = text.as_bytes();
        let word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let found = |at: usize, len: usize| {
            !word(at.checked_sub(1).and_then(|before| bytes.get(before))) && !word(bytes.get(at + len))
        };
        bytes.windows(2).enumerate().any(|(at, pair)| match pair {
            b"fn" | b"gn" => found(at, 2),
            b"us" => bytes.get(at + 2) == Some(&b'e') && found(at, 3),
            _ => false,
        })
    }

    /// Finds the functions and `use`s in a body, at any depth, without recursion.
    fn block_items(&mut self, body: Green<'_>, func: u32, parent: Option<u32>) {
        let mut todo = vec![(body, parent)];
        while let Some((node, mut scope)) = todo.pop() {
            let is_item = |child: &Green<'_>| matches!(child.kind(), FUNCTION | USE);
            if node.kind() == BLOCK && node.children().any(|child| is_item(&child)) {
                let block = self.tree.blocks.len() as u32;
                let (funcs, aliases, imports) = Default::default();
                self.tree.blocks.push(BlockItem { func, parent: scope, funcs, aliases, imports });
                self.map.blocks.push(node.trimmed_range());
                for child in node.children() {
                    match child.kind() {
                        FUNCTION => {
                            self.function(child, Parent::Block(block));
                        }
                        USE => {
                            self.use_item(child, Parent::Block(block));
                        }
                        _ => {}
                    }
                }
                scope = Some(block);
            }
            todo.extend(node.children().filter(|child| !is_item(child)).map(|child| (child, scope)));
        }
    }
}

fn name_of(node: Green<'_>) -> Name {
    node.child(NAME).and_then(Green::name_token).map_or_else(Name::default, |token| Name::new(token.text()))
}

fn segments<'a>(path: Green<'a>) -> Vec<&'a str> {
    let names = path.children().filter(|child| child.kind() == NAME_REF);
    names.filter_map(|name| name.name_token()).map(GreenToken::text).collect()
}

fn written(ty: Green<'_>) -> TypeRef {
    lower_green(ty, &mut |_| {})
}

/// The type written in a declaration. Where the parser could not read all of it (`(Num) -> Num`, `A | B`), it is unknown.
fn type_in(node: Green<'_>) -> TypeRef {
    let mut ty = None;
    for child in node.children() {
        match child.kind() {
            ERROR if ty.is_some() => return TypeRef::Missing,
            kind if ty.is_none() && is_type(kind) => ty = Some(child),
            _ => {}
        }
    }
    ty.map_or(TypeRef::Missing, written)
}

fn head_name(ty: &TypeRef) -> &str {
    match ty {
        TypeRef::Path { parts, .. } => match parts.last() {
            Some(crate::type_ref::TypePart::Name(name, _)) => name,
            _ => "",
        },
        _ => "",
    }
}

fn body_kind(body: Green<'_>) -> BodyKind {
    if body.has_token(DOT3) {
        BodyKind::Elided
    } else if body.children().next().is_none() {
        BodyKind::Empty
    } else {
        BodyKind::Statements
    }
}

fn convention(node: Green<'_>) -> Convention {
    match node.child(BORROW_MARK) {
        Some(mark) if mark.has_token(MUT_KW) => Convention::Mut,
        Some(_) => Convention::Ref,
        None => Convention::Value,
    }
}

fn parameters(list: Green<'_>) -> (Option<SelfParam>, Vec<Param>) {
    let mut self_param = None;
    let mut params = Vec::new();
    for node in list.children() {
        let ty = node.children().find(|child| is_type(child.kind()));
        match node.kind() {
            SELF_PARAM if self_param.is_none() => {
                self_param = Some(SelfParam {
                    convention: convention(node),
                    mutable: node.has_token(MUT_KW),
                    ty: node.has_token(COLON).then(|| ty.map_or(TypeRef::Missing, written)),
                });
            }
            PARAM => params.push(Param {
                name: name_of(node),
                convention: convention(node),
                ty: type_in(node),
                mutable: node.has_token(MUT_KW),
                has_default: node.has_token(EQ),
                variadic: node.has_token(DOT3),
            }),
            _ => {}
        }
    }
    (self_param, params)
}

fn generics(node: Green<'_>) -> Generics {
    let mut generics = Generics::default();
    for child in node.children() {
        match child.kind() {
            GENERIC_PARAM_LIST => {
                let params = child.children().filter(|child| child.kind() == GENERIC_PARAM);
                generics.params = params.map(generic_param).collect();
            }
            WHERE_CLAUSE => {
                let items = child.children().filter(|child| child.kind() == WHERE_ITEM);
                generics.wheres = items.map(where_item).collect();
            }
            BLOCK | MEMBER_LIST | ENUM_MEMBER_LIST => break,
            _ => {}
        }
    }
    generics
}

fn generic_param(node: Green<'_>) -> GenericParam {
    let bounds = node.child(CONSTRAINT).map_or_else(Box::default, constraint);
    let default = node.children().find(|child| is_type(child.kind())).map(written);
    GenericParam { name: name_of(node), variadic: node.has_token(DOT3), bounds, default }
}

fn constraint(node: Green<'_>) -> Box<[TypeRef]> {
    node.children().filter(|child| is_type(child.kind())).map(written).collect()
}

fn where_item(node: Green<'_>) -> WhereItem {
    let types = node.children().filter(|child| is_type(child.kind())).map(written).collect();
    let bounds = node.child(CONSTRAINT).map_or_else(Box::default, constraint);
    WhereItem { types, bounds }
}

/// TY17: literals, also signed, and sums, differences and products of them.
fn constant(expr: Green<'_>, depth: u32) -> ConstValue {
    match expr.kind() {
        LITERAL => {
            let mut sign = "";
            for element in expr.elements() {
                let NodeOrToken::Token(token) = element else { continue };
                let text = token.text();
                match token.kind() {
                    MINUS => sign = "-",
                    TRUE_KW => return ConstValue::Bool(true),
                    FALSE_KW => return ConstValue::Bool(false),
                    STRING => {
                        let inner = text.strip_prefix('"').unwrap_or(text);
                        let inner = inner.strip_suffix('"').unwrap_or(inner);
                        return ConstValue::Str(syntax::ast::unescape(inner).into());
                    }
                    INT_NUMBER | DEC_NUMBER => {
                        let digits: String = text.chars().filter(|c| *c != '_').collect();
                        return ConstValue::Number(format!("{sign}{digits}").into());
                    }
                    BIN_NUMBER | HEX_NUMBER => {
                        let radix = if token.kind() == BIN_NUMBER { 2 } else { 16 };
                        let digits: String = text.chars().skip(2).filter(|c| *c != '_').collect();
                        let value = u128::from_str_radix(&digits, radix);
                        return value
                            .map_or(ConstValue::Other, |value| ConstValue::Number(value.to_string().into()));
                    }
                    _ => {}
                }
            }
            ConstValue::Other
        }
        PAREN_EXPR if depth < 64 => {
            expr.children().next().map_or(ConstValue::Other, |inner| constant(inner, depth + 1))
        }
        BIN_EXPR if depth < 64 => {
            let mut operands = expr.children().map(|operand| match constant(operand, depth + 1) {
                ConstValue::Number(text) => text.parse::<i128>().ok(),
                _ => None,
            });
            let (lhs, rhs) = (operands.next().flatten(), operands.next().flatten());
            let (Some(lhs), Some(rhs)) = (lhs, rhs) else { return ConstValue::Other };
            let op = expr.name_token().map(GreenToken::kind);
            let value = match op {
                Some(PLUS) => lhs.checked_add(rhs),
                Some(MINUS) => lhs.checked_sub(rhs),
                Some(STAR) => lhs.checked_mul(rhs),
                _ => None,
            };
            value.map_or(ConstValue::Other, |value| ConstValue::Number(value.to_string().into()))
        }
        _ => ConstValue::Other,
    }
}
