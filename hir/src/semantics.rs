//! From a place in the text to what it means, and back: the one door through which editor features ask.
//!
//! Offsets and ranges are absolute bytes of the file. Every answer works on broken code.

mod definition;
mod references;

pub use definition::Definition;
pub use references::{method_family, occurrences, references};

use crate::body::{Body, Expr, ExprId};
use crate::db::{Db, File, Program};
use crate::ids::{AliasId, ClassId, FuncId, ItemId, Name, SupId};
use crate::infer::{Callee, InferenceResult, Resolution};
use crate::item_tree::{ItemRef, ItemTree};
use crate::items::{Env, env_of, signature};
use crate::members::{Member, MemberKind, all_members, enclosing_class, is_visible, lookup};
use crate::parse::{ast_id_map, func_range, item_tree, parse};
use crate::resolve::{Resolver, TypeHead, ValuePath};
use crate::scope::{ImportTarget, TypeItem, resolve_import};
use crate::ty::{Convention, Ty, TypeParam};
use crate::type_ref::{TypePart, TypeRef};
use std::sync::Arc;
use syntax::ast::{self, AstNode};
use syntax::{NodeOrToken, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize};

/// A file of a program under the eyes of an editor.
pub struct Semantics<'db> {
    pub db: &'db dyn Db,
    pub file: File,
    pub program: Program,
    root: SyntaxNode,
    tree: &'db ItemTree,
}

/// An expression and its type.
#[derive(Clone, Debug)]
pub struct TypedExpr {
    pub func: FuncId,
    pub expr: ExprId,
    pub range: TextRange,
    /// `Ref` or `Mut` for a borrow.
    pub convention: Convention,
    pub ty: Ty,
}

/// A name that may be written at some place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisibleName {
    pub name: Name,
    pub definition: Definition,
}

impl<'db> Semantics<'db> {
    pub fn new(db: &'db dyn Db, file: File) -> Self {
        let (program, tree) = (file.program(db), item_tree(db, file));
        Semantics { db, file, program, root: parse(db, file).syntax(), tree }
    }

    pub fn root(&self) -> &SyntaxNode {
        &self.root
    }

    /// The token at an offset; of two that touch it, the one a person means: a name before punctuation.
    pub fn token_at(&self, offset: TextSize) -> Option<SyntaxToken> {
        if offset > self.root.text_range().end() {
            return None;
        }
        let rank = |token: &SyntaxToken| match token.kind() {
            SyntaxKind::IDENT | SyntaxKind::UIDENT | SyntaxKind::SELF_KW | SyntaxKind::SELF_TYPE_KW => 4,
            SyntaxKind::INT_NUMBER => 3,
            kind if kind.is_trivia() => 0,
            SyntaxKind::L_PAREN | SyntaxKind::R_PAREN | SyntaxKind::DOT | SyntaxKind::COMMA => 1,
            _ => 2,
        };
        self.root.token_at_offset(offset).max_by_key(rank)
    }

    /// The innermost function around an offset, its annotations and head included.
    pub fn func_at(&self, offset: TextSize) -> Option<FuncId> {
        let map = ast_id_map(self.db, self.file);
        let around = map.funcs.iter().enumerate().filter(|(_, range)| range.contains_inclusive(offset));
        let (index, _) = around.min_by_key(|(_, range)| range.len())?;
        Some(FuncId::new(self.file, self.tree.funcs.get(index)?.id))
    }

    /// The class, enumeration or `sup` block around an offset.
    pub fn container_at(&self, offset: TextSize) -> Option<ItemId> {
        let map = ast_id_map(self.db, self.file);
        let class = map.classes.iter().position(|range| range.contains_inclusive(offset));
        let sup = map.sups.iter().position(|range| range.contains_inclusive(offset));
        let local = match (class, sup) {
            (Some(index), _) => self.tree.classes.get(index)?.id,
            (None, Some(index)) => self.tree.sups.get(index)?.id,
            (None, None) => return None,
        };
        Some(ItemId { file: self.file, local })
    }

    /// The item that has exactly this node.
    pub fn item_of(&self, node: &SyntaxNode) -> Option<ItemRef> {
        let map = ast_id_map(self.db, self.file);
        let range = node.text_range();
        let position = |ranges: &[TextRange]| ranges.iter().position(|at| *at == range).map(|at| at as u32);
        match node.kind() {
            SyntaxKind::FUNCTION => position(&map.funcs).map(ItemRef::Func),
            SyntaxKind::CLASS | SyntaxKind::ENUM => position(&map.classes).map(ItemRef::Class),
            SyntaxKind::SUP => position(&map.sups).map(ItemRef::Sup),
            SyntaxKind::USE => position(&map.aliases).map(ItemRef::Alias),
            _ => None,
        }
    }

    /// The function that has exactly this node.
    pub fn func_of(&self, node: &SyntaxNode) -> Option<FuncId> {
        match self.item_of(node)? {
            ItemRef::Func(index) => Some(FuncId::new(self.file, self.tree.funcs.get(index as usize)?.id)),
            _ => None,
        }
    }

    /// The `sup` block that has exactly this node.
    pub fn sup_of(&self, node: &SyntaxNode) -> Option<SupId> {
        match self.item_of(node)? {
            ItemRef::Sup(index) => Some(SupId::new(self.file, self.tree.sups.get(index as usize)?.id)),
            _ => None,
        }
    }

    /// The class or enumeration that has exactly this node.
    pub fn class_of(&self, node: &SyntaxNode) -> Option<ClassId> {
        match self.item_of(node)? {
            ItemRef::Class(index) => Some(ClassId::new(self.file, self.tree.classes.get(index as usize)?.id)),
            _ => None,
        }
    }

    /// Names are looked up from here at an offset.
    pub fn resolver_at(&self, offset: TextSize) -> Resolver<'db> {
        if let Some(func) = self.func_at(offset) {
            let mut resolver = Resolver::for_func(self.db, func);
            let map = ast_id_map(self.db, self.file);
            let index = self.tree.func_index(func.local());
            let blocks = self.tree.blocks.iter().zip(&map.blocks).enumerate();
            let around = blocks.filter(|(_, (block, range))| {
                Some(block.func as usize) == index && range.contains_inclusive(offset)
            });
            resolver.block = around.min_by_key(|(_, (_, range))| range.len()).map(|(at, _)| at as u32);
            return resolver;
        }
        if let Some(container) = self.container_at(offset) {
            return Resolver::for_item(self.db, container);
        }
        let map = ast_id_map(self.db, self.file);
        match map.aliases.iter().position(|range| range.contains_inclusive(offset)) {
            Some(index) => {
                let local = self.tree.aliases[index].id;
                Resolver::for_item(self.db, ItemId { file: self.file, local })
            }
            None => Resolver::for_file(self.db, self.file),
        }
    }

    /// The constraints that hold at an offset.
    pub fn env_at(&self, offset: TextSize) -> Env {
        let item = self.func_at(offset).map(|func| func.0).or_else(|| self.container_at(offset));
        item.map_or(Env::EMPTY, |item| env_of(self.db, item))
    }

    /// A written type.
    pub fn type_of_syntax(&self, ty: &ast::Type) -> Ty {
        let (written, _) = crate::type_ref::lower(ty);
        self.resolver_at(ty.syntax().text_range().start()).lower_type(&written, &mut |_| {})
    }

    /// Body and types of a function.
    pub fn body(&self, func: FuncId) -> (&'db Arc<Body>, &'db Arc<InferenceResult>) {
        (crate::body::body(self.db, func), crate::infer::infer(self.db, func))
    }

    /// The innermost expression that covers a range, with its type.
    pub fn expr_at(&self, range: TextRange) -> Option<TypedExpr> {
        let func = self.func_at(range.start())?;
        let start = func_range(self.db, func).start();
        if start > range.start() {
            return None;
        }
        let (body, infer) = self.body(func);
        let relative = range - start;
        let around = body.exprs.iter().map(|(expr, _)| expr).filter(|expr| {
            !matches!(body.exprs[*expr], Expr::Missing) && body.range(*expr).contains_range(relative)
        });
        let expr = around.min_by_key(|expr| body.range(*expr).len())?;
        let (convention, ty) = self.type_of(body, infer, expr);
        Some(TypedExpr { func, expr, range: body.range(expr) + start, convention, ty })
    }

    fn type_of(&self, body: &Body, infer: &InferenceResult, expr: ExprId) -> (Convention, Ty) {
        match &body.exprs[expr] {
            Expr::Local(local) => {
                let (convention, ty) = infer.local_type(*local);
                (convention, ty.clone())
            }
            _ => (infer.borrow(expr), infer.expr_type(expr).clone()),
        }
    }

    /// What the name at an offset means; several for the short form `Foo { x }`.
    pub fn definitions_at(&self, offset: TextSize) -> Vec<Definition> {
        let Some(token) = self.token_at(offset) else { return Vec::new() };
        self.definitions_of(&token)
    }

    /// What the name at an offset means.
    pub fn definition_at(&self, offset: TextSize) -> Option<Definition> {
        self.definitions_at(offset).into_iter().next()
    }

    /// What a token that is a name means.
    pub fn definitions_of(&self, token: &SyntaxToken) -> Vec<Definition> {
        let Some(parent) = token.parent() else { return Vec::new() };
        let Some(holder) = parent.parent() else { return Vec::new() };
        let one = |definition: Option<Definition>| definition.into_iter().collect();
        match parent.kind() {
            SyntaxKind::NAME => one(self.declared(token, &holder)),
            SyntaxKind::NAME_REF => match holder.kind() {
                SyntaxKind::MODULE_PATH => one(self.module_segment(&parent, &holder)),
                SyntaxKind::TYPE_SEGMENT => one(self.type_segment(&holder)),
                SyntaxKind::GENERIC_ARG => one(self.generic_argument(token, &holder)),
                SyntaxKind::FIELD_INIT => {
                    let mut found: Vec<Definition> = one(self.field(token, &holder));
                    found.extend(self.in_body(token));
                    found
                }
                SyntaxKind::FIELD_PAT => {
                    let mut found: Vec<Definition> = one(self.field(token, &holder));
                    found.extend(self.local_declared(token));
                    found
                }
                SyntaxKind::ARG => one(self.argument(token, &holder)),
                SyntaxKind::ANNOTATION_PATH => one(self.annotation(&parent, &holder)),
                _ => self.in_body(token),
            },
            SyntaxKind::SELF_PARAM => one(self.local_declared(token)),
            _ => self.in_body(token),
        }
    }

    fn declared(&self, token: &SyntaxToken, holder: &SyntaxNode) -> Option<Definition> {
        match holder.kind() {
            SyntaxKind::FUNCTION => self.func_of(holder).map(Definition::Function),
            SyntaxKind::CLASS | SyntaxKind::ENUM => self.class_of(holder).map(Definition::Class),
            SyntaxKind::ALIAS => match self.item_of(&holder.parent()?)? {
                ItemRef::Alias(index) => {
                    let local = self.tree.aliases.get(index as usize)?.id;
                    Some(Definition::Alias(AliasId::new(self.file, local)))
                }
                _ => None,
            },
            SyntaxKind::ATTRIBUTE => {
                let class = self.class_of(&holder.parent()?.parent()?)?;
                let siblings = holder.parent()?;
                let mut attributes = siblings.children().filter(|node| node.kind() == SyntaxKind::ATTRIBUTE);
                let index = attributes.position(|node| node == *holder)?;
                Some(Definition::Attribute { class, index: index as u32 })
            }
            SyntaxKind::ENUM_MEMBER => {
                let class = self.class_of(&holder.parent()?.parent()?)?;
                let siblings = holder.parent()?;
                let mut members = siblings.children().filter(|node| node.kind() == SyntaxKind::ENUM_MEMBER);
                let index = members.position(|node| node == *holder)?;
                Some(Definition::EnumMember { class, index: index as u32 })
            }
            SyntaxKind::GENERIC_PARAM => {
                let mut owners = holder.ancestors().skip(1);
                let owner = owners.find_map(|node| {
                    self.item_of(&node).or_else(|| node.parent().and_then(|parent| self.item_of(&parent)))
                })?;
                let resolver = Resolver::for_file(self.db, self.file);
                resolver.param(owner, token.text()).map(Definition::TypeParam)
            }
            SyntaxKind::RENAME => self.import_of(holder).and_then(|target| target_definition(&target)),
            _ => self.local_declared(token),
        }
    }

    /// The variable declared at a token.
    fn local_declared(&self, token: &SyntaxToken) -> Option<Definition> {
        let func = self.func_at(token.text_range().start())?;
        let start = func_range(self.db, func).start();
        let body = crate::body::body(self.db, func);
        let range = token.text_range() - start;
        let (local, _) = body.locals.iter().find(|(_, local)| local.range == range)?;
        Some(Definition::Local(func, local))
    }

    fn import_of(&self, node: &SyntaxNode) -> Option<ImportTarget> {
        let tree = node.ancestors().find(|node| node.kind() == SyntaxKind::IMPORT_TREE)?;
        let map = ast_id_map(self.db, self.file);
        let range = tree.text_range();
        let index = map.imports.iter().position(|at| range.contains_range(*at))?;
        Some(resolve_import(self.db, self.file, self.tree.imports.get(index)?))
    }

    /// A segment of a `mod` line or of an import.
    fn module_segment(&self, segment: &SyntaxNode, path: &SyntaxNode) -> Option<Definition> {
        let names: Vec<SyntaxNode> =
            path.children().filter(|node| node.kind() == SyntaxKind::NAME_REF).collect();
        let at = names.iter().position(|node| node == segment)?;
        // `src.` with its next name still to come
        let is_dot = |token: SyntaxToken| matches!(token.kind(), SyntaxKind::DOT | SyntaxKind::DOT2);
        let last = path.last_token();
        let unfinished = last.is_some_and(|last| last.next_token().is_some_and(is_dot) || is_dot(last));
        let is_last = at + 1 == names.len() && !unfinished;
        let holder = path.parent()?;
        let text = |node: &SyntaxNode| Name::new(node.text().to_string().trim());
        let written = names[..=at].iter().map(text).collect::<Vec<_>>().join(".");
        if holder.kind() == SyntaxKind::MOD_DECL {
            return Some(if is_last {
                Definition::Module(self.file)
            } else {
                Definition::Namespace(Name::from(written))
            });
        }
        let has_more = holder.children().any(|node| node.kind() == SyntaxKind::IMPORT_GROUP)
            || holder.children_with_tokens().any(|element| element.kind() == SyntaxKind::STAR);
        if is_last && !has_more {
            return self.import_of(&holder).and_then(|target| target_definition(&target));
        }
        let module = crate::scope::layers(self.db, self.program).find_map(|layer| {
            crate::scope::program_names(self.db, layer).modules.get(written.as_str()).copied()
        });
        match module {
            Some(file) if !crate::scope::is_namespace(self.db, self.program, &written) => {
                Some(Definition::Module(file))
            }
            _ => Some(Definition::Namespace(Name::from(written))),
        }
    }

    /// A part of a type path: `src`, `shapes`, `Disc`, `Item` in `src.shapes.Disc[Num].Item`.
    fn type_segment(&self, segment: &SyntaxNode) -> Option<Definition> {
        let path = segment.parent()?;
        let segments: Vec<SyntaxNode> =
            path.children().filter(|node| node.kind() == SyntaxKind::TYPE_SEGMENT).collect();
        let at = segments.iter().position(|node| node == segment)?;
        let ty = ast::Type::cast(path.clone())?;
        let (TypeRef::Path { namespaces, parts }, _) = crate::type_ref::lower(&ty) else { return None };
        if at < namespaces.len() {
            return Some(Definition::Namespace(Name::from(namespaces[..=at].join("."))));
        }
        let resolver = self.resolver_at(segment.text_range().start());
        let part = at - namespaces.len();
        let TypePart::Name(first, _) = parts.first()? else { return None };
        if part == 0 {
            return match resolver.type_head(&namespaces, first) {
                TypeHead::Param(param) => Some(Definition::TypeParam(param)),
                TypeHead::Class(class) => Some(Definition::Class(class)),
                TypeHead::Alias(alias) => Some(Definition::Alias(alias)),
                TypeHead::Hidden(item) => definition_of_item(self.db, item),
                TypeHead::Expanded(ty) => {
                    self.member(&resolver.enclosing_type()?, first).or_else(|| of_type(&ty))
                }
                TypeHead::SelfTy => of_type(&resolver.enclosing_type()?),
                TypeHead::NoSelf | TypeHead::NotFound { .. } => None,
            };
        }
        let TypePart::Name(name, _) = parts.get(part)? else { return None };
        let before = TypeRef::Path { namespaces, parts: parts[..part].into() };
        let base = resolver.lower_open(&before, &mut |_, _, _| Ty::Unknown, &mut |_| {});
        self.member_at(&base, name, segment.text_range().start())
    }

    fn member(&self, ty: &Ty, name: &str) -> Option<Definition> {
        let found = lookup(self.db, self.program, &Env::EMPTY, ty, name);
        found.members.first().map(of_member)
    }

    fn member_at(&self, ty: &Ty, name: &str, offset: TextSize) -> Option<Definition> {
        let found = lookup(self.db, self.program, &self.env_at(offset), ty, name);
        found.members.first().map(of_member)
    }

    /// `A` in `Vec[Num, A=Pool[Num]]`.
    fn generic_argument(&self, token: &SyntaxToken, arg: &SyntaxNode) -> Option<Definition> {
        let owner = arg.parent()?.parent()?;
        let item = match owner.kind() {
            SyntaxKind::TYPE_SEGMENT => match self.type_segment(&owner)? {
                Definition::Class(class) => class.0,
                Definition::Alias(alias) => alias.0,
                _ => return None,
            },
            SyntaxKind::CALL_EXPR => self.callee_of(&owner)?.0,
            _ => return None,
        };
        let tree = item_tree(self.db, item.file);
        let resolver = Resolver::for_file(self.db, item.file);
        resolver.param(tree.item(item.local)?, token.text()).map(Definition::TypeParam)
    }

    /// The function that a call expression calls.
    pub fn callee_of(&self, call: &SyntaxNode) -> Option<FuncId> {
        let func = self.func_at(call.text_range().start())?;
        let start = func_range(self.db, func).start();
        let (body, infer) = self.body(func);
        let range = trimmed(call).checked_sub(start)?;
        let (expr, _) = body
            .exprs
            .iter()
            .find(|(expr, node)| matches!(node, Expr::Call { .. }) && body.range(*expr) == range)?;
        match &infer.call(expr, crate::infer::CallRole::Main)?.callee {
            Callee::Function { func, .. } => Some(*func),
            Callee::Value { .. } => None,
        }
    }

    /// A field of an initialiser or of an object pattern.
    fn field(&self, token: &SyntaxToken, field: &SyntaxNode) -> Option<Definition> {
        let owner = field.parent()?.parent()?;
        let ty = owner.children().find_map(ast::Type::cast)?;
        let (written, _) = crate::type_ref::lower(&ty);
        let resolver = self.resolver_at(token.text_range().start());
        let ty = resolver.lower_open(&written, &mut |_, _, _| Ty::Unknown, &mut |_| {});
        let found = lookup(self.db, self.program, &Env::EMPTY, &ty, token.text());
        let mut attributes =
            found.members.iter().filter(|member| matches!(member.kind, MemberKind::Attribute { .. }));
        attributes.next().map(of_member)
    }

    /// The name of a named argument: the parameter.
    fn argument(&self, token: &SyntaxToken, arg: &SyntaxNode) -> Option<Definition> {
        let call = arg.parent()?.parent()?;
        let callee = self.callee_of(&call)?;
        parameter(self.db, callee, token.text())
    }

    fn annotation(&self, segment: &SyntaxNode, path: &SyntaxNode) -> Option<Definition> {
        let names: Vec<SyntaxNode> =
            path.children().filter(|node| node.kind() == SyntaxKind::NAME_REF).collect();
        if names.last() != Some(segment) {
            return None;
        }
        let written: Vec<Name> = names.iter().map(|node| Name::new(node.text().to_string().trim())).collect();
        match Resolver::for_file(self.db, self.file).value_path(&written) {
            ValuePath::Functions(funcs) => funcs.first().copied().map(Definition::Function),
            _ => None,
        }
    }

    /// A name inside an expression or pattern.
    /// What a name in a body means. Several answers: the overloads of a call that none of them fits (yet).
    fn in_body(&self, token: &SyntaxToken) -> Vec<Definition> {
        let one = |definition: Option<Definition>| definition.into_iter().collect();
        let offset = token.text_range().start();
        let Some(func) = self.func_at(offset) else { return Vec::new() };
        let start = func_range(self.db, func).start();
        let (body, infer) = self.body(func);
        let Some(range) = token.text_range().checked_sub(start) else { return Vec::new() };
        for (expr, node) in body.exprs.iter() {
            match node {
                Expr::Local(local) if body.range(expr) == range => {
                    return vec![Definition::Local(func, *local)];
                }
                Expr::NestedFunctions(funcs) if body.range(expr) == range => {
                    return match infer.resolution(expr) {
                        Some(Resolution::Function(func)) => vec![Definition::Function(*func)],
                        _ => funcs.iter().copied().map(Definition::Function).collect(),
                    };
                }
                Expr::Path(names) => {
                    let Some(at) = names.iter().rposition(|(_, at)| *at == range) else { continue };
                    return self.path_segment(infer, expr, names, at, &self.resolver_at(offset));
                }
                Expr::Field { name_range, base, name } if *name_range == range => {
                    return one(match infer.resolution(expr) {
                        Some(resolution) => of_resolution(resolution),
                        None => {
                            let (_, ty) = self.type_of(body, infer, *base);
                            self.member_at(&ty, name, offset)
                        }
                    });
                }
                _ => {}
            }
        }
        one(self.local_declared(token))
    }

    fn path_segment(
        &self,
        infer: &InferenceResult,
        expr: ExprId,
        names: &[(Name, TextRange)],
        at: usize,
        resolver: &Resolver<'_>,
    ) -> Vec<Definition> {
        let path: Vec<Name> = names.iter().map(|(name, _)| name.clone()).collect();
        if at + 1 == names.len()
            && let Some(resolution) = infer.resolution(expr)
        {
            return of_resolution(resolution).into_iter().collect();
        }
        match resolver.value_path(&path[..=at]) {
            ValuePath::Functions(funcs) => funcs.iter().copied().map(Definition::Function).collect(),
            ValuePath::Hidden(func) => vec![Definition::Function(func)],
            ValuePath::Namespace => vec![Definition::Namespace(Name::from(path[..=at].join(".")))],
            ValuePath::NotFound { .. } => Vec::new(),
        }
    }

    /// Every name that can be written at an offset, nearest first: variables, functions, generic parameters, types.
    pub fn visible_at(&self, offset: TextSize) -> Vec<VisibleName> {
        let mut found: Vec<VisibleName> = Vec::new();
        let resolver = self.resolver_at(offset);
        if let Some(func) = self.func_at(offset) {
            let start = func_range(self.db, func).start();
            let body = crate::body::body(self.db, func);
            if offset >= start {
                let names = body.visible_at(offset - start);
                for local in names.locals {
                    let name = body.locals[local].name.clone();
                    found.push(VisibleName { name, definition: Definition::Local(func, local) });
                }
                for (name, func) in names.functions {
                    found.push(VisibleName { name, definition: Definition::Function(func) });
                }
            }
        }
        for param in resolver.visible_params() {
            found.push(VisibleName { name: param.name.clone(), definition: Definition::TypeParam(param) });
        }
        for (name, func) in resolver.visible_functions() {
            let definition = Definition::Function(func);
            if !found.iter().any(|known| known.definition == definition) {
                found.push(VisibleName { name, definition });
            }
        }
        for (name, item) in resolver.visible_types() {
            let definition = of_type_item(item);
            if !found.iter().any(|known| known.name == name) {
                found.push(VisibleName { name, definition });
            }
        }
        found
    }

    /// The members that may be written behind a dot after a value or type, private ones of other classes left out.
    pub fn members_of(&self, ty: &Ty, offset: TextSize) -> Vec<(Name, Member)> {
        let from = self.func_at(offset).and_then(|func| enclosing_class(self.db, func));
        let all = all_members(self.db, self.program, &self.env_at(offset), ty);
        all.into_iter().filter(|(_, member)| is_visible(self.db, self.program, member, from)).collect()
    }

    /// Items and namespaces directly behind `path.` in a qualified name.
    pub fn namespace_members(&self, path: &str) -> Vec<VisibleName> {
        let mut found: Vec<VisibleName> = Vec::new();
        for layer in crate::scope::layers(self.db, self.program) {
            if let Some(data) = crate::scope::namespace(self.db, layer, path) {
                for (name, entry) in &data.types {
                    if crate::scope::reaches(self.db, entry.reach, entry.item.id().file, self.file) {
                        found.push(VisibleName { name: name.clone(), definition: of_type_item(entry.item) });
                    }
                }
                for (name, entries) in &data.funcs {
                    let seen = entries.iter().filter(|entry| {
                        crate::scope::reaches(self.db, entry.reach, entry.func.file(), self.file)
                    });
                    found.extend(seen.map(|entry| VisibleName {
                        name: name.clone(),
                        definition: Definition::Function(entry.func),
                    }));
                }
            }
            for module in crate::scope::program_names(self.db, layer).modules.keys() {
                let rest = match path {
                    "" => Some(module.as_str()),
                    path => module.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')),
                };
                let Some((first, _)) = rest.and_then(|rest| rest.split_once('.')) else { continue };
                let full = if path.is_empty() { first.to_owned() } else { format!("{path}.{first}") };
                let definition = Definition::Namespace(Name::from(full));
                if !found.iter().any(|known| known.definition == definition) {
                    found.push(VisibleName { name: Name::new(first), definition });
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

fn trimmed(node: &SyntaxNode) -> TextRange {
    let first =
        node.descendants_with_tokens().filter_map(NodeOrToken::into_token).find(|it| !it.kind().is_trivia());
    match first {
        Some(token) => TextRange::new(token.text_range().start(), node.text_range().end()),
        None => node.text_range(),
    }
}

/// A parameter of a function by name.
fn parameter(db: &dyn Db, func: FuncId, name: &str) -> Option<Definition> {
    let body = crate::body::body(db, func);
    let local = body.params.iter().copied().find(|local| body.locals[*local].name == name)?;
    Some(Definition::Local(func, local))
}

pub(crate) fn of_member(member: &Member) -> Definition {
    match &member.kind {
        MemberKind::Method(func) => Definition::Function(*func),
        MemberKind::Attribute { class, index, .. } => Definition::Attribute { class: *class, index: *index },
        MemberKind::Alias(alias) => Definition::Alias(*alias),
        MemberKind::EnumMember { class, index } => Definition::EnumMember { class: *class, index: *index },
    }
}

fn of_resolution(resolution: &Resolution) -> Option<Definition> {
    match resolution {
        Resolution::Function(func) | Resolution::Method(func) => Some(Definition::Function(*func)),
        Resolution::Attribute { class, index } => {
            Some(Definition::Attribute { class: *class, index: *index })
        }
        Resolution::EnumMember { class, index } => {
            Some(Definition::EnumMember { class: *class, index: *index })
        }
        Resolution::EnumValue { class } | Resolution::BuiltinAttribute(class, _) => {
            Some(Definition::Class(*class))
        }
        Resolution::Type(ty) => of_type(ty),
    }
}

fn of_type(ty: &Ty) -> Option<Definition> {
    match ty {
        Ty::Class(class, _) => Some(Definition::Class(*class)),
        Ty::Param(param) => Some(Definition::TypeParam(TypeParam::clone(param))),
        _ => None,
    }
}

fn of_type_item(item: TypeItem) -> Definition {
    match item {
        TypeItem::Class(class) => Definition::Class(class),
        TypeItem::Alias(alias) => Definition::Alias(alias),
    }
}

fn target_definition(target: &ImportTarget) -> Option<Definition> {
    match target {
        ImportTarget::Type(item) => Some(of_type_item(*item)),
        ImportTarget::Functions(funcs) => funcs.first().copied().map(Definition::Function),
        ImportTarget::Glob(path) => Some(Definition::Namespace(path.clone())),
        ImportTarget::Missing(_) | ImportTarget::Hidden(_) => None,
    }
}

/// The definition that an item is.
pub fn definition_of_item(db: &dyn Db, id: ItemId) -> Option<Definition> {
    match item_tree(db, id.file).item(id.local)? {
        ItemRef::Func(_) => Some(Definition::Function(FuncId(id))),
        ItemRef::Class(_) => Some(Definition::Class(ClassId(id))),
        ItemRef::Alias(_) => Some(Definition::Alias(AliasId(id))),
        ItemRef::Sup(_) => None,
    }
}

/// Whether a function is a method with `self`, for completion behind a value.
pub fn takes_self(db: &dyn Db, func: FuncId) -> bool {
    signature(db, func).self_param.is_some()
}
