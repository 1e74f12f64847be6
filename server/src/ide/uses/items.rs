//! The names outside of bodies: declarations, signatures, imports.

use super::{Definition, Role, Use, type_uses};
use hir::ids::AliasId;
use hir::item_tree::{ItemRef, ItemTree};
use hir::items::env_of;
use hir::parse::{ast_id_map, item_node, item_tree};
use hir::resolve::Resolver;
use hir::scope::{ImportTarget, TypeItem, resolve_import};
use hir::ty::TypeParam;
use hir::{ClassId, Db, File, FuncId, Name, SupId};
use syntax::ast::{self, AstNode, HasGenericParams, HasName, HasWhereClause};
use syntax::{SyntaxNode, TextRange};

pub(super) fn of_file(db: &dyn Db, file: File) -> Vec<Use> {
    let mut collector = Collector { db, file, tree: item_tree(db, file), uses: Vec::new() };
    collector.run();
    collector.uses
}

struct Collector<'db> {
    db: &'db dyn Db,
    file: File,
    tree: &'db ItemTree,
    uses: Vec<Use>,
}

impl Collector<'_> {
    fn run(&mut self) {
        let (db, file, tree) = (self.db, self.file, self.tree);
        let root = hir::parse::parse(db, file).tree();
        if let Some(path) = root.mod_decl().and_then(|module| module.module_path()) {
            self.modules(&path);
        }
        for class in &tree.classes {
            let id = ClassId::new(file, class.id);
            if let Some(node) = item_node(db, id.0) {
                self.class(id, &node);
            }
        }
        for sup in &tree.sups {
            let id = SupId::new(file, sup.id);
            if let Some(sup) = item_node(db, id.0).and_then(ast::Sup::cast) {
                let resolver = Resolver::for_item(db, id.0);
                self.generics(id.0, &sup, &resolver);
                for ty in [sup.base(), sup.target()].into_iter().flatten() {
                    self.written(&resolver, id.0, &ty);
                }
            }
        }
        for func in &tree.funcs {
            let id = FuncId::new(file, func.id);
            if let Some(func) = item_node(db, id.0).and_then(ast::Function::cast) {
                self.function(id, &func);
            }
        }
        for alias in &tree.aliases {
            let id = AliasId::new(file, alias.id);
            let node = item_node(db, id.0).and_then(ast::Use::cast);
            if let Some(alias) = node.and_then(|node| node.alias()) {
                self.declared(alias.name(), Definition::Alias(id));
                let resolver = Resolver::for_item(db, id.0);
                self.generic_params(id.0, alias.generic_param_list(), &resolver);
                if let Some(ty) = alias.ty() {
                    self.written(&resolver, id.0, &ty);
                }
            }
        }
        self.imports(&root);
    }

    fn push(&mut self, range: TextRange, definition: Definition, role: Role) {
        self.uses.push(Use { range, definition, role });
    }

    fn declared(&mut self, name: Option<ast::Name>, definition: Definition) {
        if let Some(token) = name.and_then(|name| name.token()) {
            self.push(token.text_range(), definition, Role::Declaration);
        }
    }

    fn class(&mut self, id: ClassId, node: &SyntaxNode) {
        let resolver = Resolver::for_item(self.db, id.0);
        if let Some(class) = ast::Class::cast(node.clone()) {
            self.declared(class.name(), Definition::Class(id));
            self.generics(id.0, &class, &resolver);
            let members = class.member_list().into_iter().flat_map(|list| list.members());
            let attributes = members.filter_map(|member| match member {
                ast::Member::Attribute(attribute) => Some(attribute),
                _ => None,
            });
            for (index, attribute) in attributes.enumerate() {
                self.declared(attribute.name(), Definition::Attribute(id, index as u32));
                if let Some(ty) = attribute.ty() {
                    self.written(&resolver, id.0, &ty);
                }
            }
        } else if let Some(item) = ast::Enum::cast(node.clone()) {
            self.declared(item.name(), Definition::Class(id));
            self.generics(id.0, &item, &resolver);
            let members = item.enum_member_list().into_iter().flat_map(|list| list.enum_members());
            for (index, member) in members.enumerate() {
                self.declared(member.name(), Definition::EnumMember(id, index as u32));
            }
        }
    }

    fn function(&mut self, id: FuncId, func: &ast::Function) {
        self.declared(func.name(), Definition::Function(id));
        let resolver = Resolver::for_item(self.db, id.0);
        self.generics(id.0, func, &resolver);
        let own = func.self_param().and_then(|param| param.ty());
        let types = own.into_iter().chain(func.params().filter_map(|param| param.ty()));
        for ty in types.chain(func.return_type()) {
            self.written(&resolver, id.0, &ty);
        }
    }

    fn generics<N: HasGenericParams + HasWhereClause>(
        &mut self,
        id: hir::ItemId,
        node: &N,
        resolver: &Resolver<'_>,
    ) {
        self.generic_params(id, node.generic_param_list(), resolver);
        let items = node.where_clause().into_iter().flat_map(|clause| clause.where_items());
        for item in items {
            for ty in item.types() {
                self.written(resolver, id, &ty);
            }
            self.constraint(resolver, id, item.constraint());
        }
    }

    fn generic_params(
        &mut self,
        owner: hir::ItemId,
        list: Option<ast::GenericParamList>,
        resolver: &Resolver<'_>,
    ) {
        let params = list.into_iter().flat_map(|list| list.generic_params());
        for (index, param) in params.enumerate() {
            let Some(name) = param.name() else { continue };
            let definition = TypeParam::new(owner, index as u32, Name::new(name.text()), param.is_variadic());
            self.declared(Some(name), Definition::TypeParam(definition));
            self.constraint(resolver, owner, param.constraint());
            if let Some(ty) = param.default() {
                self.written(resolver, owner, &ty);
            }
        }
    }

    fn constraint(&mut self, resolver: &Resolver<'_>, id: hir::ItemId, constraint: Option<ast::Constraint>) {
        for ty in constraint.into_iter().flat_map(|constraint| constraint.types()) {
            self.written(resolver, id, &ty);
        }
    }

    fn written(&mut self, resolver: &Resolver<'_>, id: hir::ItemId, ty: &ast::Type) {
        let (lowered, ranges) = hir::type_ref::lower(ty);
        let env = env_of(self.db, id);
        type_uses(resolver, &env, &lowered, &mut ranges.into_iter(), &mut self.uses);
    }

    /// Segments that lead to a module.
    fn modules(&mut self, path: &ast::ModulePath) {
        let mut name = String::new();
        for segment in path.name_refs() {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&segment.text());
            if let Some(token) = segment.token() {
                self.push(token.text_range(), Definition::Module(Name::new(&name)), Role::Read);
            }
        }
    }

    fn imports(&mut self, root: &ast::SourceFile) {
        let map = ast_id_map(self.db, self.file);
        for (import, range) in self.tree.imports.iter().zip(&map.imports) {
            let definitions: Vec<Definition> = match resolve_import(self.db, self.file, import) {
                ImportTarget::Type(TypeItem::Class(class)) => vec![Definition::Class(class)],
                ImportTarget::Type(TypeItem::Alias(alias)) => vec![Definition::Alias(alias)],
                ImportTarget::Functions(funcs) => funcs.into_iter().map(Definition::Function).collect(),
                ImportTarget::Glob(_) | ImportTarget::Missing(_) => continue,
                ImportTarget::Hidden(item) => match item_tree(self.db, item.file).item(item.local) {
                    Some(ItemRef::Func(_)) => vec![Definition::Function(FuncId(item))],
                    Some(ItemRef::Class(_)) => vec![Definition::Class(ClassId(item))],
                    _ => continue,
                },
            };
            let token = root.syntax().token_at_offset(range.start()).right_biased();
            let Some(token) = token.filter(|token| range.contains_range(token.text_range())) else {
                continue;
            };
            for definition in definitions {
                self.push(token.text_range(), definition, Role::Read);
            }
        }
        // What is left of the paths are namespaces.
        let known: rustc_hash::FxHashSet<TextRange> = self.uses.iter().map(|it| it.range).collect();
        let trees = root.syntax().descendants().filter_map(ast::ImportTree::cast);
        for tree in
            trees.filter(|tree| tree.syntax().parent().is_some_and(|it| ast::Import::can_cast(it.kind())))
        {
            self.namespaces(&tree, String::new(), &known, 0);
        }
    }

    fn namespaces(
        &mut self,
        tree: &ast::ImportTree,
        mut prefix: String,
        known: &rustc_hash::FxHashSet<TextRange>,
        depth: u32,
    ) {
        if depth > 64 {
            return;
        }
        for segment in tree.module_path().into_iter().flat_map(|path| path.name_refs()) {
            if !prefix.is_empty() {
                prefix.push('.');
            }
            prefix.push_str(&segment.text());
            let Some(token) = segment.token() else { continue };
            if !known.contains(&token.text_range()) && token.text() != "sup" {
                self.push(token.text_range(), Definition::Module(Name::new(&prefix)), Role::Read);
            }
        }
        for inner in tree.import_group().into_iter().flat_map(|group| group.import_trees()) {
            self.namespaces(&inner, prefix.clone(), known, depth + 1);
        }
    }
}
