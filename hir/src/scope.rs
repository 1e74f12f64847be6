//! Which names exist where: namespaces of a program, imports of a file, the prelude.
//!
//! A program lies on top of the library. A lookup asks its layers in turn, user first; layers are never merged, since a
//! folder may hold a thousand loose files, each a program of its own.

use crate::db::{Db, File, Program, ProgramKind};
use crate::ids::{AliasId, ClassId, FuncId, ItemId, Name};
use crate::item_tree::{Import, Parent};
use crate::parse::item_tree;
use crate::signature::Visibility;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use syntax::Edition;

/// A declaration that a type name may mean.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeItem {
    Class(ClassId),
    Alias(AliasId),
}

impl TypeItem {
    pub fn id(self) -> ItemId {
        match self {
            TypeItem::Class(class) => class.0,
            TypeItem::Alias(alias) => alias.0,
        }
    }
}

/// From where an item of a module may be used (NM11).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    Everywhere,
    /// Modules of the same namespace and below.
    Directory,
    /// Its own file.
    Module,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeEntry {
    pub item: TypeItem,
    pub reach: Reach,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FuncEntry {
    pub func: FuncId,
    pub reach: Reach,
}

/// The items of one namespace (NM2), of one layer.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct NamespaceData {
    pub types: FxHashMap<Name, TypeEntry>,
    pub funcs: FxHashMap<Name, Vec<FuncEntry>>,
    /// Later declarations of a type name that exists already, with the first one (NM6).
    pub duplicates: Vec<(ItemId, ItemId)>,
}

/// All names of one layer.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct ProgramNames {
    namespaces: FxHashMap<Name, Arc<NamespaceData>>,
    /// Every namespace and everything above it.
    prefixes: FxHashSet<Name>,
    /// Module path to its first file.
    pub modules: FxHashMap<Name, File>,
}

/// The names a file declares at module level: what changes when an item comes, goes or is renamed.
#[derive(PartialEq, Eq, Debug, Default)]
struct FileNames {
    module: Option<Name>,
    types: Box<[(Name, TypeEntry)]>,
    funcs: Box<[(Name, FuncEntry)]>,
}

#[salsa::tracked(returns(ref))]
fn file_names(db: &dyn Db, file: File) -> FileNames {
    let tree = item_tree(db, file);
    let module_level = |parent: Parent| parent == Parent::Module;
    let public = |visibility: Option<Visibility>| visibility == Some(Visibility::Public);
    let chosen = tree.classes.iter().any(|item| public(item.visibility))
        || tree.funcs.iter().any(|item| module_level(item.parent) && public(item.visibility))
        || tree.aliases.iter().any(|item| module_level(item.parent) && public(item.visibility));
    let of_module = match tree.module_visibility {
        Some(Visibility::Private) => Reach::Module,
        Some(Visibility::Protected) => Reach::Directory,
        _ => Reach::Everywhere,
    };
    let reach = |visibility: Option<Visibility>| match visibility {
        Some(Visibility::Private | Visibility::Protected) => Reach::Module,
        None if chosen => Reach::Module,
        _ => of_module,
    };
    let classes = tree.classes.iter().map(|class| {
        let item = TypeItem::Class(ClassId::new(file, class.id));
        (class.name.clone(), TypeEntry { item, reach: reach(class.visibility) })
    });
    let aliases = tree.aliases.iter().filter(|alias| module_level(alias.parent)).map(|alias| {
        let item = TypeItem::Alias(AliasId::new(file, alias.id));
        (alias.name.clone(), TypeEntry { item, reach: reach(alias.visibility) })
    });
    let funcs = tree.funcs.iter().filter(|func| module_level(func.parent)).map(|func| {
        let entry = FuncEntry { func: FuncId::new(file, func.id), reach: reach(func.visibility) };
        (func.name.clone(), entry)
    });
    FileNames { module: tree.module.clone(), types: classes.chain(aliases).collect(), funcs: funcs.collect() }
}

impl NamespaceData {
    fn add(&mut self, names: &FileNames) {
        for (name, entry) in &names.types {
            if name.is_empty() {
                continue;
            }
            match self.types.get(name) {
                Some(first) => self.duplicates.push((entry.item.id(), first.item.id())),
                None => {
                    self.types.insert(name.clone(), *entry);
                }
            }
        }
        for (name, entry) in &names.funcs {
            if !name.is_empty() {
                self.funcs.entry(name.clone()).or_default().push(*entry);
            }
        }
    }
}

/// Namespace of a module: its path without the last component (NM2).
pub fn namespace_of(module: &str) -> &str {
    module.rsplit_once('.').map_or(module, |(namespace, _)| namespace)
}

/// Everything one layer declares. Runs again only when a name comes or goes.
#[salsa::tracked(returns(ref))]
pub fn program_names(db: &dyn Db, program: Program) -> ProgramNames {
    let mut namespaces: FxHashMap<Name, NamespaceData> = FxHashMap::default();
    let mut names = ProgramNames::default();
    for &file in program.files(db).iter() {
        let of_file = file_names(db, file);
        let Some(module) = &of_file.module else { continue };
        names.modules.entry(module.clone()).or_insert(file);
        let namespace = namespace_of(module);
        match namespaces.get_mut(namespace) {
            Some(data) => data.add(of_file),
            None => {
                let mut data = NamespaceData::default();
                data.add(of_file);
                namespaces.insert(Name::new(namespace), data);
                let mut prefix = namespace;
                while names.prefixes.insert(Name::new(prefix)) && prefix.contains('.') {
                    prefix = namespace_of(prefix);
                }
            }
        }
    }
    names.namespaces = namespaces.into_iter().map(|(name, data)| (name, Arc::new(data))).collect();
    names
}

#[salsa::interned]
struct NamespaceKey<'db> {
    #[returns(copy)]
    program: Program,
    #[returns(ref)]
    path: Name,
}

#[salsa::tracked(returns(ref))]
fn namespace_data<'db>(db: &'db dyn Db, key: NamespaceKey<'db>) -> Option<Arc<NamespaceData>> {
    program_names(db, key.program(db)).namespaces.get(key.path(db)).cloned()
}

/// The items of a namespace in one layer. Depends on that namespace alone.
pub fn namespace<'db>(db: &'db dyn Db, layer: Program, path: &str) -> Option<&'db Arc<NamespaceData>> {
    namespace_data(db, NamespaceKey::new(db, layer, Name::new(path))).as_ref()
}

/// The layers of a program, nearest first.
pub fn layers(db: &dyn Db, program: Program) -> impl Iterator<Item = Program> + use<> {
    let library = (program.kind(db) != ProgramKind::Library).then(|| db.library(program.edition(db)));
    std::iter::once(program).chain(library)
}

/// Whether a path is a namespace or leads to one.
pub fn is_namespace(db: &dyn Db, program: Program, path: &str) -> bool {
    layers(db, program).any(|layer| program_names(db, layer).prefixes.contains(path))
}

/// What the imports of a file mean, and where its simple names come from.
#[derive(PartialEq, Eq, Debug)]
pub struct FileScope {
    pub module: Option<Name>,
    pub namespace: Name,
    /// The file's own namespace in each layer.
    pub own: Vec<Arc<NamespaceData>>,
    pub imported_types: FxHashMap<Name, TypeItem>,
    pub imported_funcs: FxHashMap<Name, Vec<FuncId>>,
    /// Namespaces imported with `.*`, in order.
    pub globs: Vec<Name>,
}

/// What one import means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportTarget {
    Type(TypeItem),
    Functions(Vec<FuncId>),
    Glob(Name),
    /// NM4: nothing there.
    Missing(MissingImport),
    /// NM4: it exists but may not be used here.
    Hidden(ItemId),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MissingImport {
    /// The path before the name does not lead anywhere.
    Path,
    Name,
    /// The path names a namespace, not an item of one.
    IsNamespace,
}

#[salsa::tracked(returns(ref))]
pub fn file_scope(db: &dyn Db, file: File) -> FileScope {
    let tree = item_tree(db, file);
    let program = file.program(db);
    let namespace = Name::new(tree.namespace().unwrap_or_default());
    let own = if tree.module.is_some() {
        let of_layer =
            layers(db, program).filter_map(|layer| self::namespace(db, layer, &namespace).cloned());
        let mut own: Vec<_> = of_layer.collect();
        if !program.files(db).contains(&file) {
            own.insert(0, alone(db, file));
        }
        own
    } else {
        vec![alone(db, file)]
    };
    let mut scope = FileScope {
        module: tree.module.clone(),
        namespace,
        own,
        imported_types: FxHashMap::default(),
        imported_funcs: FxHashMap::default(),
        globs: Vec::new(),
    };
    for import in tree.imports.iter().filter(|import| import.block.is_none()) {
        let Some(name) = import.alias.as_ref().or(import.name.as_ref()) else {
            if let ImportTarget::Glob(path) = resolve_import(db, file, import) {
                scope.globs.push(path);
            }
            continue;
        };
        match resolve_import(db, file, import) {
            ImportTarget::Type(item) => {
                scope.imported_types.entry(name.clone()).or_insert(item);
            }
            ImportTarget::Functions(funcs) => {
                scope.imported_funcs.entry(name.clone()).or_insert(funcs);
            }
            ImportTarget::Glob(_) | ImportTarget::Missing(_) | ImportTarget::Hidden(_) => {}
        }
    }
    scope
}

/// The names of a file that no program holds.
fn alone(db: &dyn Db, file: File) -> Arc<NamespaceData> {
    let mut data = NamespaceData::default();
    data.add(file_names(db, file));
    Arc::new(data)
}

/// Whether an item of `owner` with this reach may be used in `from`.
pub fn reaches(db: &dyn Db, reach: Reach, owner: File, from: File) -> bool {
    match reach {
        Reach::Everywhere => true,
        Reach::Module => owner == from,
        Reach::Directory => {
            let (owner, from) = (item_tree(db, owner), item_tree(db, from));
            match (owner.namespace(), from.namespace()) {
                (Some(owner), Some(from)) => {
                    from.strip_prefix(owner).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                }
                _ => false,
            }
        }
    }
}

/// The absolute path of an import's namespace: `sup` climbs from the directory of the importing module (8.3.12).
fn absolute(db: &dyn Db, file: File, path: &[Name]) -> Option<String> {
    let climbs = path.iter().take_while(|segment| *segment == "sup").count();
    let mut base = if climbs == 0 {
        String::new()
    } else {
        let mut namespace = item_tree(db, file).namespace()?;
        for _ in 0..climbs {
            namespace = namespace.rsplit_once('.')?.0;
        }
        namespace.to_owned()
    };
    for segment in &path[climbs..] {
        if !base.is_empty() {
            base.push('.');
        }
        base.push_str(segment);
    }
    Some(base)
}

/// Looks up one import (NM4). It may be written with or without the file component (NM3).
pub fn resolve_import(db: &dyn Db, file: File, import: &Import) -> ImportTarget {
    let program = file.program(db);
    let Some(path) = absolute(db, file, &import.path) else {
        return ImportTarget::Missing(MissingImport::Path);
    };
    let Some(name) = &import.name else {
        return if is_namespace(db, program, &path) {
            ImportTarget::Glob(Name::from(path))
        } else {
            ImportTarget::Missing(MissingImport::Path)
        };
    };
    let mut hidden = None;
    for layer in layers(db, program) {
        let module = program_names(db, layer).modules.get(path.as_str()).copied();
        // the namespace itself first, then the file of that name in the namespace above
        let with_file = module.map(|module| (namespace_of(&path), Some(module)));
        for (path, only) in [Some((path.as_str(), None)), with_file].into_iter().flatten() {
            let Some(data) = namespace(db, layer, path) else { continue };
            if let Some(entry) = data.types.get(name)
                && only.is_none_or(|only| entry.item.id().file == only)
            {
                if reaches(db, entry.reach, entry.item.id().file, file) {
                    return ImportTarget::Type(entry.item);
                }
                hidden = Some(entry.item.id());
            }
            if let Some(entries) = data.funcs.get(name) {
                let here = entries.iter().filter(|entry| only.is_none_or(|only| entry.func.file() == only));
                let (mut seen, mut unseen) = (Vec::new(), None);
                for entry in here {
                    if reaches(db, entry.reach, entry.func.file(), file) {
                        seen.push(entry.func);
                    } else {
                        unseen = Some(entry.func.0);
                    }
                }
                if !seen.is_empty() {
                    return ImportTarget::Functions(seen);
                }
                hidden = hidden.or(unseen);
            }
        }
    }
    if let Some(item) = hidden {
        return ImportTarget::Hidden(item);
    }
    let missing = if is_namespace(db, program, &format!("{path}.{name}")) {
        MissingImport::IsNamespace
    } else if is_namespace(db, program, &path)
        || layers(db, program).any(|layer| program_names(db, layer).modules.contains_key(path.as_str()))
    {
        MissingImport::Name
    } else {
        MissingImport::Path
    };
    ImportTarget::Missing(missing)
}

/// Names that every file sees without import (NM5): the types of chapter 4, the operator classes and `print`.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct Prelude {
    pub types: FxHashMap<Name, TypeItem>,
    pub funcs: FxHashMap<Name, Vec<FuncId>>,
}

const PRELUDE_2023: &str = "Void Bool Num Str Rgx Tup Arr Vec Map Set Opt Ret Var FnRef FnMut FnOne Async Gen Fut Iter \
    Copy Default Del To Try Ctx Ord AtomNum AtomBool Alloc GlobalAlloc AllocErr BoundsErr GenErr CastErr \
    Add Sub Mul Div Rem BAnd BOr BXor Shl Shr Rol Ror Eq Ne Lt Le Gt Ge Cmp And Or Not BNot Mod Pow \
    AddAssign SubAssign MulAssign DivAssign RemAssign BAndAssign BOrAssign BXorAssign ShlAssign ShrAssign \
    RolAssign RorAssign AndAssign OrAssign ModAssign PowAssign";

/// The prelude of a library.
#[salsa::tracked(returns(ref))]
fn prelude_of(db: &dyn Db, library: Program) -> Prelude {
    let mut prelude = Prelude::default();
    let names = program_names(db, library);
    // a name of the prelude is unique in the library; the namespaces are asked in a fixed order all the same
    for path in ["std", "std.ops", "std.atom", "std.io", "std.mem"] {
        let Some(data) = names.namespaces.get(path) else { continue };
        for name in PRELUDE_2023.split_whitespace() {
            if let Some(entry) = data.types.get(name) {
                prelude.types.entry(Name::new(name)).or_insert(entry.item);
            }
        }
        if let Some(entries) = data.funcs.get("print") {
            let funcs = prelude.funcs.entry(Name::new_static("print")).or_default();
            funcs.extend(entries.iter().map(|entry| entry.func));
        }
    }
    prelude
}

pub fn prelude(db: &dyn Db, edition: Edition) -> &Prelude {
    prelude_of(db, db.library(edition))
}
