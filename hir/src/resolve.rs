//! What a name means at a place: lookup innermost first (NM5).

use crate::db::{Db, File, Program};
use crate::ids::{AliasId, ClassId, FuncId, ItemId, Name, SupId};
use crate::item_tree::{GenericParam, ItemRef, ItemTree, Parent};
use crate::parse::{func_range, item_tree};
use crate::scope::{
    FileScope, FuncEntry, ImportTarget, NamespaceData, TypeItem, file_scope, is_namespace, layers, namespace,
    prelude, program_names, reaches, resolve_import,
};
use crate::similar::most_similar;
use crate::ty::{Ty, TypeParam};
use syntax::TextRange;

/// A place from which names are looked up: a module, an item, or a block of a function's body.
#[derive(Clone)]
pub struct Resolver<'db> {
    pub db: &'db dyn Db,
    pub file: File,
    pub program: Program,
    pub(crate) tree: &'db ItemTree,
    pub(crate) scope: &'db FileScope,
    /// Innermost item whose generic parameters are in scope.
    pub(crate) item: Option<ItemRef>,
    /// Innermost block with items of its own.
    pub(crate) block: Option<u32>,
    /// What `Self` is replaced by; symbolic where absent.
    pub(crate) self_ty: Option<Ty>,
    /// Only what the heads of `sup` blocks may depend on: no aliases of the enclosing class.
    pub(crate) heads_only: bool,
}

/// What the first part of a type path means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeHead {
    Param(TypeParam),
    Class(ClassId),
    Alias(AliasId),
    /// An alias that the enclosing class has from elsewhere, already expanded.
    Expanded(Ty),
    SelfTy,
    /// `Self` where there is no class (SP17).
    NoSelf,
    NotFound {
        /// Which of namespaces and name fails: its position.
        segment: usize,
        suggestion: Option<Name>,
    },
    /// NM11.
    Hidden(ItemId),
}

/// What a run of lower-case names means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ValuePath {
    /// The overloads of a function.
    Functions(Vec<FuncId>),
    Namespace,
    NotFound {
        segment: usize,
        suggestion: Option<Name>,
    },
    /// NM11.
    Hidden(FuncId),
}

/// One step outwards.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Block(u32),
    Item(ItemRef),
}

impl<'db> Resolver<'db> {
    /// Module level.
    pub fn for_file(db: &'db dyn Db, file: File) -> Self {
        Resolver {
            db,
            file,
            program: file.program(db),
            tree: item_tree(db, file),
            scope: file_scope(db, file),
            item: None,
            block: None,
            self_ty: None,
            heads_only: false,
        }
    }

    /// Inside an item's declaration, where `Self` stays symbolic.
    pub fn for_item(db: &'db dyn Db, id: ItemId) -> Self {
        let mut resolver = Self::for_file(db, id.file);
        resolver.item = resolver.tree.item(id.local);
        resolver
    }

    /// Inside a function's body, where `Self` is the target of the enclosing block.
    pub fn for_func(db: &'db dyn Db, func: FuncId) -> Self {
        let mut resolver = Self::for_item(db, func.0);
        resolver.self_ty = resolver.enclosing_type();
        resolver
    }

    /// The same place inside a block; `range` is relative to the start of the function's node.
    #[must_use]
    pub fn in_block(&self, func: FuncId, range: TextRange) -> Self {
        let mut inner = self.clone();
        let start = func_range(self.db, func).start();
        let map = crate::parse::ast_id_map(self.db, self.file);
        let index = self.tree.func_index(func.local());
        let block = self.tree.blocks.iter().zip(&map.blocks).position(|(block, at)| {
            Some(block.func as usize) == index
                && at.start() == range.start() + start
                && at.end() == range.end() + start
        });
        if let Some(block) = block {
            inner.block = Some(block as u32);
        }
        inner
    }

    /// Whether the place is inside a block with items of its own.
    pub fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// The place and what surrounds it, innermost first.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step> + use<'db> {
        let tree = self.tree;
        let first = match self.block {
            Some(block) => Some(Step::Block(block)),
            None => self.item.map(Step::Item),
        };
        let outwards = move |parent: Parent| match parent {
            Parent::Module => None,
            Parent::Class(class) => Some(Step::Item(ItemRef::Class(class))),
            Parent::Sup(sup) => Some(Step::Item(ItemRef::Sup(sup))),
            Parent::Block(block) => Some(Step::Block(block)),
        };
        std::iter::successors(first, move |step| match *step {
            Step::Block(block) => {
                let block = tree.blocks.get(block as usize)?;
                Some(block.parent.filter(|parent| tree.blocks[*parent as usize].func == block.func))
                    .flatten()
                    .map(Step::Block)
                    .or(Some(Step::Item(ItemRef::Func(block.func))))
            }
            Step::Item(ItemRef::Func(func)) => outwards(tree.funcs[func as usize].parent),
            Step::Item(ItemRef::Alias(alias)) => outwards(tree.aliases[alias as usize].parent),
            Step::Item(ItemRef::Class(_) | ItemRef::Sup(_)) => None,
        })
    }

    /// The class or `sup` block around this place.
    pub(crate) fn enclosing_container(&self) -> Option<ItemRef> {
        self.steps().find_map(|step| match step {
            Step::Item(item @ (ItemRef::Class(_) | ItemRef::Sup(_))) => Some(item),
            _ => None,
        })
    }

    /// The type `Self` means here (SP17).
    pub fn enclosing_type(&self) -> Option<Ty> {
        match self.enclosing_container()? {
            ItemRef::Class(index) => {
                let id = ClassId::new(self.file, self.tree.classes[index as usize].id);
                Some(crate::items::class_type(self.db, id))
            }
            ItemRef::Sup(index) => {
                let id = SupId::new(self.file, self.tree.sups[index as usize].id);
                Some(crate::items::sup_head(self.db, id).target.clone())
            }
            ItemRef::Func(_) | ItemRef::Alias(_) => None,
        }
    }

    pub(crate) fn param(&self, owner: ItemRef, name: &str) -> Option<TypeParam> {
        let (id, params): (_, &[GenericParam]) = match owner {
            ItemRef::Func(index) => {
                let item = &self.tree.funcs[index as usize];
                (item.id, &item.generics.params)
            }
            ItemRef::Class(index) => {
                let item = &self.tree.classes[index as usize];
                (item.id, &item.generics.params)
            }
            ItemRef::Sup(index) => {
                let item = &self.tree.sups[index as usize];
                (item.id, &item.generics.params)
            }
            ItemRef::Alias(index) => {
                let item = &self.tree.aliases[index as usize];
                (item.id, &item.generics.params)
            }
        };
        let index = params.iter().position(|param| param.name == name)?;
        let param = &params[index];
        let owner = ItemId { file: self.file, local: id };
        Some(TypeParam::new(owner, index as u32, param.name.clone(), param.variadic))
    }

    /// The first part of a type path.
    pub fn type_head(&self, namespaces: &[Name], name: &Name) -> TypeHead {
        if !namespaces.is_empty() {
            return self.qualified_type(namespaces, name);
        }
        if name == "Self" {
            return if self.enclosing_container().is_some() { TypeHead::SelfTy } else { TypeHead::NoSelf };
        }
        for step in self.steps() {
            let found = match step {
                Step::Block(block) => self.type_in_block(block, name),
                Step::Item(item) => match self.param(item, name) {
                    Some(param) => Some(TypeHead::Param(param)),
                    None => self.alias_of_container(item, name),
                },
            };
            if let Some(found) = found {
                return found;
            }
        }
        self.module_type(name)
    }

    fn type_in_block(&self, block: u32, name: &Name) -> Option<TypeHead> {
        let block = self.tree.blocks.get(block as usize)?;
        let alias = block.aliases.iter().map(|alias| &self.tree.aliases[*alias as usize]);
        if let Some(alias) = alias.rev().find(|alias| alias.name == *name) {
            return Some(TypeHead::Alias(AliasId::new(self.file, alias.id)));
        }
        block.imports.iter().find_map(|import| {
            let import = &self.tree.imports[*import as usize];
            let matches = match import.alias.as_ref().or(import.name.as_ref()) {
                Some(imported) => imported == name,
                None => true,
            };
            if !matches {
                return None;
            }
            match resolve_import(self.db, self.file, import) {
                ImportTarget::Type(item) => Some(head(item)),
                ImportTarget::Glob(path) => self.public_type(&path, name).map(head),
                _ => None,
            }
        })
    }

    /// Aliases of the enclosing class can be named without `Self.` (NM5).
    fn alias_of_container(&self, item: ItemRef, name: &Name) -> Option<TypeHead> {
        let aliases = match item {
            ItemRef::Class(index) => &self.tree.classes[index as usize].aliases,
            ItemRef::Sup(index) => &self.tree.sups[index as usize].aliases,
            ItemRef::Func(_) | ItemRef::Alias(_) => return None,
        };
        let own = aliases.iter().map(|alias| &self.tree.aliases[*alias as usize]);
        // an alias does not see itself: `use Item = Item` means the outer one
        let current = match self.item {
            Some(ItemRef::Alias(index)) => Some(self.tree.aliases[index as usize].id),
            _ => None,
        };
        if let Some(alias) = own.into_iter().find(|alias| alias.name == *name && Some(alias.id) != current) {
            return Some(TypeHead::Alias(AliasId::new(self.file, alias.id)));
        }
        if self.heads_only || self.names_item_nearby(name) {
            return None;
        }
        let target = self.enclosing_type()?;
        let expanded = crate::lower::member_alias(self.db, self.program, &target, name)?;
        Some(TypeHead::Expanded(expanded))
    }

    /// Whether a plain item of the namespace, an import or the prelude has the name: then no inherited alias is
    /// asked for. Names of inherited aliases that hide an item are not worth a walk through all bases.
    fn names_item_nearby(&self, name: &Name) -> bool {
        self.scope.own.iter().any(|data| data.types.contains_key(name))
            || self.scope.imported_types.contains_key(name)
            || prelude(self.db, self.program.edition(self.db)).types.contains_key(name)
    }

    /// A simple type name at module level: items of the namespace, imports, prelude.
    fn module_type(&self, name: &Name) -> TypeHead {
        let mut hidden = None;
        for data in &self.scope.own {
            if let Some(entry) = data.types.get(name) {
                if reaches(self.db, entry.reach, entry.item.id().file, self.file) {
                    return head(entry.item);
                }
                hidden = Some(entry.item.id());
            }
        }
        if let Some(item) = self.scope.imported_types.get(name) {
            return head(*item);
        }
        for path in &self.scope.globs {
            if let Some(item) = self.public_type(path, name) {
                return head(item);
            }
        }
        if let Some(item) = prelude(self.db, self.program.edition(self.db)).types.get(name) {
            return head(*item);
        }
        match hidden {
            Some(item) => TypeHead::Hidden(item),
            None => TypeHead::NotFound { segment: 0, suggestion: self.similar_type(name) },
        }
    }

    fn public_type(&self, path: &str, name: &Name) -> Option<TypeItem> {
        self.namespaces(path).find_map(|data| {
            let entry = data.types.get(name)?;
            reaches(self.db, entry.reach, entry.item.id().file, self.file).then_some(entry.item)
        })
    }

    fn namespaces(&self, path: &str) -> impl Iterator<Item = &'db NamespaceData> {
        let db = self.db;
        layers(db, self.program).filter_map(move |layer| namespace(db, layer, path)).map(|data| &**data)
    }

    fn qualified_type(&self, namespaces: &[Name], name: &Name) -> TypeHead {
        let path = namespaces.join(".");
        let mut hidden = None;
        for data in self.namespaces(&path) {
            if let Some(entry) = data.types.get(name) {
                if reaches(self.db, entry.reach, entry.item.id().file, self.file) {
                    return head(entry.item);
                }
                hidden = Some(entry.item.id());
            }
        }
        if let Some(item) = hidden {
            return TypeHead::Hidden(item);
        }
        match self.broken_namespace(namespaces) {
            Some((segment, suggestion)) => TypeHead::NotFound { segment, suggestion },
            None => {
                let known = self.namespaces(&path).flat_map(|data| data.types.keys());
                let suggestion = most_similar(name, known.map(|name| name.as_str())).map(Name::new);
                TypeHead::NotFound { segment: namespaces.len(), suggestion }
            }
        }
    }

    /// The first of the names that is no namespace, with a similar one.
    fn broken_namespace(&self, namespaces: &[Name]) -> Option<(usize, Option<Name>)> {
        let segment = (0..namespaces.len())
            .find(|end| !is_namespace(self.db, self.program, &namespaces[..=*end].join(".")))?;
        let above = namespaces[..segment].join(".");
        let mut siblings: Vec<&str> = Vec::new();
        for layer in layers(self.db, self.program) {
            for module in program_names(self.db, layer).modules.keys() {
                let rest = if above.is_empty() {
                    Some(module.as_str())
                } else {
                    module.strip_prefix(above.as_str()).and_then(|rest| rest.strip_prefix('.'))
                };
                if let Some((first, _)) = rest.and_then(|rest| rest.split_once('.')) {
                    siblings.push(first);
                }
            }
        }
        Some((segment, most_similar(&namespaces[segment], siblings).map(Name::new)))
    }

    fn similar_type(&self, name: &Name) -> Option<Name> {
        let mut known: Vec<&str> = Vec::new();
        for step in self.steps() {
            match step {
                Step::Block(block) => {
                    let block = &self.tree.blocks[block as usize];
                    known.extend(
                        block.aliases.iter().map(|alias| self.tree.aliases[*alias as usize].name.as_str()),
                    );
                }
                Step::Item(item) => {
                    let id = match item {
                        ItemRef::Func(index) => self.tree.funcs[index as usize].id,
                        ItemRef::Class(index) => self.tree.classes[index as usize].id,
                        ItemRef::Sup(index) => self.tree.sups[index as usize].id,
                        ItemRef::Alias(index) => self.tree.aliases[index as usize].id,
                    };
                    let params = self.tree.generics(id).map_or(&[][..], |generics| &generics.params);
                    known.extend(params.iter().map(|param| param.name.as_str()));
                }
            }
        }
        for data in &self.scope.own {
            known.extend(data.types.keys().map(|name| name.as_str()));
        }
        known.extend(self.scope.imported_types.keys().map(|name| name.as_str()));
        let prelude = prelude(self.db, self.program.edition(self.db));
        known.extend(prelude.types.keys().map(|name| name.as_str()));
        most_similar(name, known).map(Name::new)
    }

    /// A run of lower-case names that does not start with a variable.
    pub fn value_path(&self, path: &[Name]) -> ValuePath {
        match path {
            [] => ValuePath::NotFound { segment: 0, suggestion: None },
            [name] => self.simple_function(name),
            [namespaces @ .., name] => self.qualified_function(namespaces, name),
        }
    }

    fn simple_function(&self, name: &Name) -> ValuePath {
        for step in self.steps() {
            let Step::Block(block) = step else { continue };
            let block = &self.tree.blocks[block as usize];
            let nested = block.funcs.iter().map(|func| &self.tree.funcs[*func as usize]);
            let nested: Vec<FuncId> = nested
                .filter(|func| func.name == *name)
                .map(|func| FuncId::new(self.file, func.id))
                .collect();
            if !nested.is_empty() {
                return ValuePath::Functions(nested);
            }
            for import in &block.imports {
                let import = &self.tree.imports[*import as usize];
                let imported = import.alias.as_ref().or(import.name.as_ref());
                match resolve_import(self.db, self.file, import) {
                    ImportTarget::Functions(funcs) if imported == Some(name) => {
                        return ValuePath::Functions(funcs);
                    }
                    ImportTarget::Glob(path) => {
                        if let (Some(funcs), _) = self.functions_in(&path, name) {
                            return ValuePath::Functions(funcs);
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut hidden = None;
        for data in &self.scope.own {
            let (seen, unseen) = self.visible(data.funcs.get(name));
            if let Some(seen) = seen {
                return ValuePath::Functions(seen);
            }
            hidden = hidden.or(unseen);
        }
        if let Some(funcs) = self.scope.imported_funcs.get(name) {
            return ValuePath::Functions(funcs.clone());
        }
        for path in &self.scope.globs {
            if let (Some(funcs), _) = self.functions_in(path, name) {
                return ValuePath::Functions(funcs);
            }
        }
        if let Some(funcs) = prelude(self.db, self.program.edition(self.db)).funcs.get(name) {
            return ValuePath::Functions(funcs.clone());
        }
        if let Some(func) = hidden {
            return ValuePath::Hidden(func);
        }
        if is_namespace(self.db, self.program, name) {
            return ValuePath::Namespace;
        }
        ValuePath::NotFound { segment: 0, suggestion: self.similar_function(name) }
    }

    /// The overloads that may be used here, and one that may not.
    fn visible(&self, entries: Option<&Vec<FuncEntry>>) -> (Option<Vec<FuncId>>, Option<FuncId>) {
        let Some(entries) = entries else { return (None, None) };
        let (mut seen, mut unseen) = (Vec::new(), None);
        for entry in entries {
            if reaches(self.db, entry.reach, entry.func.file(), self.file) {
                seen.push(entry.func);
            } else {
                unseen = Some(entry.func);
            }
        }
        ((!seen.is_empty()).then_some(seen), unseen)
    }

    fn functions_in(&self, path: &str, name: &Name) -> (Option<Vec<FuncId>>, Option<FuncId>) {
        let mut hidden = None;
        for data in self.namespaces(path) {
            let (seen, unseen) = self.visible(data.funcs.get(name));
            if seen.is_some() {
                return (seen, None);
            }
            hidden = hidden.or(unseen);
        }
        (None, hidden)
    }

    fn qualified_function(&self, namespaces: &[Name], name: &Name) -> ValuePath {
        let path = namespaces.join(".");
        match self.functions_in(&path, name) {
            (Some(funcs), _) => return ValuePath::Functions(funcs),
            (None, Some(func)) => return ValuePath::Hidden(func),
            (None, None) => {}
        }
        if let Some((segment, suggestion)) = self.broken_namespace(namespaces) {
            return ValuePath::NotFound { segment, suggestion };
        }
        if is_namespace(self.db, self.program, &format!("{path}.{name}")) {
            return ValuePath::Namespace;
        }
        let known = self.namespaces(&path).flat_map(|data| data.funcs.keys());
        let suggestion = most_similar(name, known.map(|name| name.as_str())).map(Name::new);
        ValuePath::NotFound { segment: namespaces.len(), suggestion }
    }

    fn similar_function(&self, name: &Name) -> Option<Name> {
        let known = self.visible_functions();
        most_similar(name, known.iter().map(|(name, _)| name.as_str())).map(Name::new)
    }

    /// Every function with a simple name here, nearest first; overloads are listed one by one.
    pub fn visible_functions(&self) -> Vec<(Name, FuncId)> {
        let mut found = Vec::new();
        for step in self.steps() {
            let Step::Block(block) = step else { continue };
            let nested = self.tree.blocks[block as usize].funcs.iter();
            let nested = nested.map(|func| &self.tree.funcs[*func as usize]);
            found.extend(nested.map(|func| (func.name.clone(), FuncId::new(self.file, func.id))));
        }
        let mut add = |name: &Name, funcs: Option<Vec<FuncId>>| {
            found.extend(funcs.into_iter().flatten().map(|func| (name.clone(), func)));
        };
        for data in &self.scope.own {
            for (name, entries) in &data.funcs {
                add(name, self.visible(Some(entries)).0);
            }
        }
        for (name, funcs) in &self.scope.imported_funcs {
            add(name, Some(funcs.clone()));
        }
        for path in &self.scope.globs {
            for data in self.namespaces(path) {
                for (name, entries) in &data.funcs {
                    add(name, self.visible(Some(entries)).0);
                }
            }
        }
        for (name, funcs) in &prelude(self.db, self.program.edition(self.db)).funcs {
            add(name, Some(funcs.clone()));
        }
        found
    }

    /// Every type with a simple name here except generic parameters, nearest first.
    pub fn visible_types(&self) -> Vec<(Name, TypeItem)> {
        let mut found = Vec::new();
        for data in &self.scope.own {
            for (name, entry) in &data.types {
                if reaches(self.db, entry.reach, entry.item.id().file, self.file) {
                    found.push((name.clone(), entry.item));
                }
            }
        }
        found.extend(self.scope.imported_types.iter().map(|(name, item)| (name.clone(), *item)));
        for path in &self.scope.globs {
            for data in self.namespaces(path) {
                for (name, entry) in &data.types {
                    if reaches(self.db, entry.reach, entry.item.id().file, self.file) {
                        found.push((name.clone(), entry.item));
                    }
                }
            }
        }
        let prelude = prelude(self.db, self.program.edition(self.db));
        found.extend(prelude.types.iter().map(|(name, item)| (name.clone(), *item)));
        found
    }

    /// Every generic parameter in scope, innermost first.
    pub fn visible_params(&self) -> Vec<TypeParam> {
        let mut found: Vec<TypeParam> = Vec::new();
        for step in self.steps() {
            let Step::Item(item) = step else { continue };
            let id = match item {
                ItemRef::Func(index) => self.tree.funcs[index as usize].id,
                ItemRef::Class(index) => self.tree.classes[index as usize].id,
                ItemRef::Sup(index) => self.tree.sups[index as usize].id,
                ItemRef::Alias(index) => self.tree.aliases[index as usize].id,
            };
            let params = self.tree.generics(id).map_or(&[][..], |generics| &generics.params);
            found.extend(params.iter().filter_map(|param| self.param(item, &param.name)));
        }
        found
    }
}

fn head(item: TypeItem) -> TypeHead {
    match item {
        TypeItem::Class(class) => TypeHead::Class(class),
        TypeItem::Alias(alias) => TypeHead::Alias(alias),
    }
}
