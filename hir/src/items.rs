//! What items mean to others: signatures, attributes, heads of `sup` blocks. Computed a file at a time.
//!
//! Heads come first and depend on names only; the index of super-impositions is made of heads; signatures may use it
//! (`Self.Item`).

use crate::db::{Db, File};
use crate::ids::{AliasId, ClassId, FuncId, ItemId, LocalItemId, Name, SupId};
use crate::item_tree::{ItemIndex, ItemRef, ItemTree, Parent};
use crate::lang::lang_items;
use crate::lower::{TypeProblem, head_resolver};
use crate::parse::item_tree;
use crate::resolve::Resolver;
use crate::signature::{
    Attribute, BodyKind, Bound, ClassData, Container, EnumMember, Generics, Param, SelfParam, Signature,
    SupData, Visibility,
};
use crate::ty::{Subst, Ty, TyArgs, TypeParam};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;

/// The types in the head of a `sup` block, and its parameters.
#[derive(PartialEq, Eq, Debug)]
pub struct SupHead {
    pub sup: SupId,
    pub generics: Generics,
    pub target: Ty,
    pub base: Option<Ty>,
}

/// Parallel to the lists of the item tree.
#[derive(PartialEq, Eq, Debug)]
struct FileHeads {
    /// Of classes and `sup` blocks only: functions come and go without a change to the heads.
    index: FxHashMap<LocalItemId, ItemRef>,
    /// The file has a `mod` line (SY1).
    in_program: bool,
    classes: Box<[Arc<Generics>]>,
    sups: Box<[Arc<SupHead>]>,
    missing: Arc<SupHead>,
    none: Arc<Generics>,
    /// Something in the written types is wrong: the rules on them look closer.
    problems: bool,
}

#[salsa::tracked(returns(ref))]
fn file_heads(db: &dyn Db, file: File) -> FileHeads {
    let tree = item_tree(db, file);
    let none = Arc::new(Generics::default());
    let problems = Cell::new(false);
    let classes = tree.classes.iter().enumerate().map(|(index, class)| {
        if class.generics.is_empty() {
            return none.clone();
        }
        let mut resolver = Resolver::for_item(db, ItemId { file, local: class.id });
        resolver.heads_only = true;
        Arc::new(
            resolver
                .lower_generics(ItemRef::Class(index as u32), &class.generics, &mut |_| problems.set(true)),
        )
    });
    let sups = tree.sups.iter().enumerate().map(|(index, sup)| {
        let resolver = head_resolver(db, SupId::new(file, sup.id));
        let sink = &mut |_| problems.set(true);
        let generics = resolver.lower_generics(ItemRef::Sup(index as u32), &sup.generics, sink);
        let target = resolver.lower_type(&sup.target, sink);
        // SY7: only a class can be a target
        let target = if matches!(target, Ty::Class(..)) { target } else { tuple_class(db, file, target) };
        let base = sup.base.as_ref().map(|base| {
            let base = resolver.lower_type(base, sink);
            Subst::default().with_self(target.clone()).apply(&base)
        });
        Arc::new(SupHead { sup: SupId::new(file, sup.id), generics, target, base })
    });
    let (classes, sups) = (classes.collect(), sups.collect());
    FileHeads {
        index: classes_and_sups(tree),
        in_program: tree.module.is_some(),
        classes,
        sups,
        problems: problems.get(),
        missing: Arc::new(SupHead {
            sup: SupId::new(file, LocalItemId(0)),
            generics: Generics::default(),
            target: Ty::Unknown,
            base: None,
        }),
        none,
    }
}

/// `sup[...Ts] Tup[Ts]` is written in the library only: the pack stands for every tuple.
fn tuple_class(db: &dyn Db, file: File, target: Ty) -> Ty {
    match target {
        Ty::Param(ref param) if param.variadic => {
            Ty::Class(lang_items(db, file.edition(db)).tup, TyArgs::from(vec![target]))
        }
        other => other,
    }
}

/// The head of a `sup` block; of unknown types for one that is gone.
pub fn sup_head(db: &dyn Db, sup: SupId) -> &Arc<SupHead> {
    let heads = file_heads(db, sup.file());
    match heads.index.get(&sup.local()).copied() {
        Some(ItemRef::Sup(index)) => heads.sups.get(index as usize).unwrap_or(&heads.missing),
        _ => &heads.missing,
    }
}

/// Heads of all `sup` blocks of a file that is part of its program, in source order.
pub fn sup_heads(db: &dyn Db, file: File) -> impl Iterator<Item = (SupId, &Arc<SupHead>)> {
    let heads = file_heads(db, file);
    heads.sups.iter().filter(|_| heads.in_program).map(|head| (head.sup, head))
}

fn classes_and_sups(tree: &ItemTree) -> FxHashMap<LocalItemId, ItemRef> {
    let classes = tree.classes.iter().enumerate();
    let classes = classes.map(|(index, item)| (item.id, ItemRef::Class(index as u32)));
    let sups = tree.sups.iter().enumerate().map(|(index, item)| (item.id, ItemRef::Sup(index as u32)));
    classes.chain(sups).collect()
}

/// Generic parameters of a class with their constraints.
pub fn class_generics(db: &dyn Db, class: ClassId) -> &Arc<Generics> {
    let heads = file_heads(db, class.file());
    match heads.index.get(&class.local()).copied() {
        Some(ItemRef::Class(index)) => heads.classes.get(index as usize).unwrap_or(&heads.none),
        _ => &heads.none,
    }
}

/// Generic parameters of any item, its own only.
pub fn generics_of(db: &dyn Db, id: ItemId) -> &Generics {
    match item_tree(db, id.file).item(id.local) {
        Some(ItemRef::Func(_)) => &signature(db, FuncId(id)).generics,
        Some(ItemRef::Sup(_)) => &sup_head(db, SupId(id)).generics,
        Some(ItemRef::Alias(_)) => &alias_data(db, AliasId(id)).generics,
        Some(ItemRef::Class(_)) | None => class_generics(db, ClassId(id)),
    }
}

/// A class applied to its own parameters: what `Self` means in its body.
pub fn class_type(db: &dyn Db, class: ClassId) -> Ty {
    let tree = item_tree(db, class.file());
    let Some(item) = tree.class(class.local()) else { return Ty::Unknown };
    let params = item.generics.params.iter().enumerate().map(|(index, param)| {
        let (name, variadic) = (param.name.clone(), param.variadic);
        Ty::Param(TypeParam::new(class.0, index as u32, name, variadic))
    });
    crate::lower::class_or_tuple(db, class, params.collect())
}

/// An alias, in terms of its own parameters.
#[derive(PartialEq, Eq, Debug)]
pub struct AliasData {
    pub name: Name,
    pub container: Container,
    pub generics: Generics,
    pub ty: Ty,
}

/// Parallel to the lists of the item tree.
#[derive(PartialEq, Eq, Debug)]
struct FileItems {
    index: Arc<ItemIndex>,
    signatures: Box<[Arc<Signature>]>,
    classes: Box<[Arc<ClassData>]>,
    sups: Box<[Arc<SupData>]>,
    aliases: Box<[Arc<AliasData>]>,
    missing: Missing,
    /// As in the heads.
    problems: bool,
}

/// Answers for ids of items that are gone.
#[derive(PartialEq, Eq, Debug)]
struct Missing {
    signature: Arc<Signature>,
    class: Arc<ClassData>,
    sup: Arc<SupData>,
    alias: Arc<AliasData>,
}

#[salsa::tracked(returns(ref))]
fn file_items(db: &dyn Db, file: File) -> FileItems {
    let tree: &ItemTree = item_tree(db, file);
    let file_resolver = Resolver::for_file(db, file);
    let at = |item: ItemRef| {
        let mut resolver = file_resolver.clone();
        resolver.item = Some(item);
        resolver
    };
    let problems = Cell::new(false);
    let funcs = 0..tree.funcs.len() as u32;
    let signatures = funcs.map(|index| {
        Arc::new(lower_signature(&at(ItemRef::Func(index)), index, &mut |_| problems.set(true)))
    });
    let classes = tree.classes.iter().enumerate().map(|(index, class)| {
        let resolver = at(ItemRef::Class(index as u32));
        let id = ClassId::new(file, class.id);
        let generics = class_generics(db, id);
        let env = Env::of_bounds(&generics.bounds);
        let attributes = class.attributes.iter().map(|attribute| Attribute {
            name: attribute.name.clone(),
            ty: normalised(&resolver, &env, resolver.lower_type(&attribute.ty, &mut |_| problems.set(true))),
            visibility: attribute.visibility.unwrap_or(Visibility::Public),
        });
        let members = class.members.as_ref().map(|members| {
            let member = |member: &crate::item_tree::EnumMember| EnumMember {
                name: member.name.clone(),
                value: member.value.clone(),
            };
            members.iter().map(member).collect()
        });
        Arc::new(ClassData {
            class: id,
            name: class.name.clone(),
            generics: (**generics).clone(),
            attributes: attributes.collect(),
            members,
            methods: class
                .funcs
                .iter()
                .map(|func| FuncId::new(file, tree.funcs[*func as usize].id))
                .collect(),
            aliases: class
                .aliases
                .iter()
                .map(|alias| AliasId::new(file, tree.aliases[*alias as usize].id))
                .collect(),
            visibility: class.visibility.unwrap_or(Visibility::Public),
            is_builtin: class.is_builtin,
        })
    });
    let classes = classes.collect();
    let sups = tree.sups.iter().map(|sup| {
        let id = SupId::new(file, sup.id);
        let head = sup_head(db, id);
        Arc::new(SupData {
            sup: id,
            generics: head.generics.clone(),
            target: head.target.clone(),
            base: head.base.clone(),
            methods: sup.funcs.iter().map(|func| FuncId::new(file, tree.funcs[*func as usize].id)).collect(),
            aliases: sup
                .aliases
                .iter()
                .map(|alias| AliasId::new(file, tree.aliases[*alias as usize].id))
                .collect(),
        })
    });
    let aliases = tree.aliases.iter().enumerate().map(|(index, alias)| {
        let resolver = at(ItemRef::Alias(index as u32));
        let id = AliasId::new(file, alias.id);
        Arc::new(AliasData {
            name: alias.name.clone(),
            container: container(file, tree, alias.parent),
            generics: resolver
                .lower_generics(ItemRef::Alias(index as u32), &alias.generics, &mut |_| problems.set(true)),
            ty: resolver.lower_alias(id, &mut |_| problems.set(true)).0,
        })
    });
    let (signatures, sups, aliases) = (signatures.collect(), sups.collect(), aliases.collect());
    FileItems {
        index: tree.index().clone(),
        signatures,
        classes,
        sups,
        aliases,
        problems: problems.get(),
        missing: missing(file),
    }
}

fn missing(file: File) -> Missing {
    let local = crate::ids::LocalItemId(0);
    Missing {
        signature: Arc::new(Signature {
            func: FuncId::new(file, local),
            name: Name::default(),
            container: Container::Module,
            generics: Generics::default(),
            self_param: None,
            params: Vec::new(),
            ret: Ty::Unknown,
            is_coroutine: false,
            says_static: false,
            body: BodyKind::Elided,
            visibility: Visibility::Public,
            is_builtin: true,
            is_abstract: false,
            yields: None,
        }),
        class: Arc::new(ClassData {
            class: ClassId::new(file, local),
            name: Name::default(),
            generics: Generics::default(),
            attributes: Vec::new(),
            members: None,
            methods: Vec::new(),
            aliases: Vec::new(),
            visibility: Visibility::Public,
            is_builtin: false,
        }),
        sup: Arc::new(SupData {
            sup: SupId::new(file, local),
            generics: Generics::default(),
            target: Ty::Unknown,
            base: None,
            methods: Vec::new(),
            aliases: Vec::new(),
        }),
        alias: Arc::new(AliasData {
            name: Name::default(),
            container: Container::Module,
            generics: Generics::default(),
            ty: Ty::Unknown,
        }),
    }
}

pub(crate) fn container(file: File, tree: &ItemTree, parent: Parent) -> Container {
    match parent {
        Parent::Module => Container::Module,
        Parent::Class(index) => Container::Class(ClassId::new(file, tree.classes[index as usize].id)),
        Parent::Sup(index) => Container::Sup(SupId::new(file, tree.sups[index as usize].id)),
        Parent::Block(block) => {
            let func = tree.blocks[block as usize].func;
            Container::Function(FuncId::new(file, tree.funcs[func as usize].id))
        }
    }
}

/// An alias of a parameter (`A.Item`) becomes what the constraints say it is.
fn normalised(resolver: &Resolver<'_>, env: &Env, ty: Ty) -> Ty {
    if ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
        crate::sups::normalise(resolver.db, resolver.program, env, &ty)
    } else {
        ty
    }
}

fn lower_signature(resolver: &Resolver<'_>, index: u32, sink: &mut dyn FnMut(TypeProblem)) -> Signature {
    let (db, file, tree) = (resolver.db, resolver.file, resolver.tree);
    let item = &tree.funcs[index as usize];
    let func = FuncId::new(file, item.id);
    let generics = resolver.lower_generics(ItemRef::Func(index), &item.generics, sink);
    let container = container(file, tree, item.parent);
    let mut env = None;
    let mut lower = |ty| {
        let ty = resolver.lower_type(ty, sink);
        if !ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            return ty;
        }
        let env = env.get_or_insert_with(|| {
            let mut bounds = generics.bounds.clone();
            add_bounds(db, container, &mut bounds);
            Env::of_bounds(&bounds)
        });
        crate::sups::normalise(db, resolver.program, env, &ty)
    };
    let params = item.params.iter().map(|param| Param {
        name: param.name.clone(),
        convention: param.convention,
        ty: lower(&param.ty),
        mutable: param.mutable,
        has_default: param.has_default,
        variadic: param.variadic,
    });
    let params = params.collect();
    let ret = item.ret.as_ref().map_or(Ty::Unknown, lower);
    let introduces = match item.parent {
        Parent::Class(_) => true,
        Parent::Sup(sup) => tree.sups[sup as usize].base.is_none(),
        Parent::Module | Parent::Block(_) => false,
    };
    let is_void = ret.class().is_some_and(|class| class == lang_items(db, file.edition(db)).void);
    let is_abstract = introduces
        && !item.is_builtin
        && match item.body {
            BodyKind::Elided => true,
            BodyKind::Empty => item.says_abstract || (!is_void && item.ret.is_some()),
            BodyKind::Statements => item.says_abstract,
        };
    Signature {
        func,
        name: item.name.clone(),
        container,
        generics,
        self_param: item.self_param.as_ref().map(|self_param| SelfParam {
            convention: match &self_param.ty {
                Some(crate::type_ref::TypeRef::Borrow(convention, _)) => *convention,
                _ => self_param.convention,
            },
            mutable: self_param.mutable,
        }),
        params,
        ret,
        is_coroutine: item.is_coroutine,
        says_static: item.says_static,
        body: item.body,
        visibility: item.visibility.unwrap_or(Visibility::Public),
        is_builtin: item.is_builtin,
        is_abstract,
        yields: item.yields,
    }
}

/// What a function is to its callers. For an id that is gone: a function without parameters of unknown type.
pub fn signature(db: &dyn Db, func: FuncId) -> &Arc<Signature> {
    let items = file_items(db, func.file());
    match items.index.item(func.local()) {
        Some(ItemRef::Func(index)) => {
            items.signatures.get(index as usize).unwrap_or(&items.missing.signature)
        }
        _ => &items.missing.signature,
    }
}

pub fn class_data(db: &dyn Db, class: ClassId) -> &Arc<ClassData> {
    let items = file_items(db, class.file());
    match items.index.item(class.local()) {
        Some(ItemRef::Class(index)) => items.classes.get(index as usize).unwrap_or(&items.missing.class),
        _ => &items.missing.class,
    }
}

pub fn sup_data(db: &dyn Db, sup: SupId) -> &Arc<SupData> {
    let items = file_items(db, sup.file());
    match items.index.item(sup.local()) {
        Some(ItemRef::Sup(index)) => items.sups.get(index as usize).unwrap_or(&items.missing.sup),
        _ => &items.missing.sup,
    }
}

pub fn alias_data(db: &dyn Db, alias: AliasId) -> &Arc<AliasData> {
    let items = file_items(db, alias.file());
    match items.index.item(alias.local()) {
        Some(ItemRef::Alias(index)) => items.aliases.get(index as usize).unwrap_or(&items.missing.alias),
        _ => &items.missing.alias,
    }
}

/// Whether some type in the declarations of a file could not be understood as it is written.
pub(crate) fn has_problems(db: &dyn Db, file: File) -> bool {
    file_heads(db, file).problems || file_items(db, file).problems
}

/// Every function of a file, nested ones included, in source order.
pub fn functions_of(db: &dyn Db, file: File) -> impl Iterator<Item = FuncId> {
    item_tree(db, file).funcs.iter().map(move |func| FuncId::new(file, func.id))
}

/// Every class and enumeration of a file, in source order.
pub fn classes_of(db: &dyn Db, file: File) -> impl Iterator<Item = ClassId> {
    item_tree(db, file).classes.iter().map(move |class| ClassId::new(file, class.id))
}

/// The constraints that hold at a place. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Env(Option<Arc<[Bound]>>);

impl Env {
    pub const EMPTY: Env = Env(None);

    pub fn of_bounds(bounds: &[Bound]) -> Env {
        // a constraint without arguments says nothing beside one on the same class that has them (GN3)
        let implied = |bound: &Bound| {
            bound.args.is_empty()
                && bounds
                    .iter()
                    .any(|other| other.ty == bound.ty && other.class == bound.class && !other.args.is_empty())
        };
        match bounds {
            [] => Env(None),
            [_] => Env(Some(bounds.into())),
            several => Env(Some(several.iter().filter(|bound| !implied(bound)).cloned().collect())),
        }
    }

    pub fn bounds(&self) -> &[Bound] {
        self.0.as_deref().unwrap_or(&[])
    }
}

/// The constraints that hold inside an item: its own and those of what it stands in.
pub fn env_of(db: &dyn Db, id: ItemId) -> Env {
    let mut bounds = generics_of(db, id).bounds.clone();
    let tree = item_tree(db, id.file);
    let parent = match tree.item(id.local) {
        Some(ItemRef::Func(index)) => tree.funcs[index as usize].parent,
        Some(ItemRef::Alias(index)) => tree.aliases[index as usize].parent,
        _ => Parent::Module,
    };
    add_bounds(db, container(id.file, tree, parent), &mut bounds);
    Env::of_bounds(&bounds)
}

fn add_bounds(db: &dyn Db, container: Container, bounds: &mut Vec<Bound>) {
    match container {
        Container::Module => {}
        Container::Class(class) => bounds.extend(class_generics(db, class).bounds.iter().cloned()),
        Container::Sup(sup) => bounds.extend(sup_head(db, sup).generics.bounds.iter().cloned()),
        // not through `signature`: this runs while the signatures of the file are made
        Container::Function(func) => {
            let resolver = Resolver::for_item(db, func.0);
            let tree = resolver.tree;
            if let Some(index) = tree.func_index(func.local()) {
                let item = &tree.funcs[index];
                let generics =
                    resolver.lower_generics(ItemRef::Func(index as u32), &item.generics, &mut |_| {});
                bounds.extend(generics.bounds);
                add_bounds(db, self::container(func.file(), tree, item.parent), bounds);
            }
        }
    }
}
