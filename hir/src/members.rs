//! Members of a type: its own, those of its `sup` blocks, and what it inherits, with overriding.

use crate::db::{Db, Program};
use crate::ids::{AliasId, ClassId, FuncId, Name, SupId};
use crate::item_tree::ItemRef;
use crate::items::{Env, class_data, class_type, signature, sup_head};
use crate::lang::lang_items;
use crate::parse::item_tree;
use crate::signature::{Bound, Container, Generics, Signature, Visibility};
use crate::sups::{
    blocks_with_base, bound_holds, bound_type, class_sups, deciding_layer, normalise, substitute,
};
use crate::ty::{FnKind, Subst, Ty, TyArgs};
use crate::unify::{match_head, matches_closed};
use rustc_hash::{FxHashMap, FxHashSet};

/// One member of a type, with everything about its place already matched against that type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub kind: MemberKind,
    /// Arguments for the generic parameters of the class body or `sup` block that holds the member.
    pub container_args: TyArgs,
    /// What `Self` in its signature stands for (SP17): the receiver for a method left abstract, else the type it was
    /// written for.
    pub self_ty: Ty,
    /// The instance of the base that the member comes from or overrides: `To[Str]` (SP18). `None` for the type's own.
    pub via: Option<Ty>,
    /// The class that has the member; for an override the class it is written for.
    pub owner: ClassId,
    /// Steps up the super-impositions; 0 for own members and overrides.
    pub depth: u32,
    pub visibility: Visibility,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MemberKind {
    Method(FuncId),
    Attribute { class: ClassId, index: u32, ty: Ty },
    Alias(AliasId),
    EnumMember { class: ClassId, index: u32 },
}

/// The members of one name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// Nearest first; overridden ones are left out.
    pub members: Vec<Member>,
    /// A member that exists only under a constraint that does not hold (TY16).
    pub unmet: Option<(FuncId, Bound)>,
}

/// What a class has, in terms of its own parameters.
#[derive(PartialEq, Eq, Debug, Default)]
struct ClassMembers {
    /// Sorted by name; those of one name as they were found.
    entries: Box<[(Name, Entry)]>,
    /// Methods of bases with the entries that override them, sorted by the method's place in its file.
    overrides: Box<[(FuncId, u32)]>,
    /// Some own member is `@public`, so unannotated ones are private (NM11).
    has_public: bool,
}

impl ClassMembers {
    fn named(&self, name: &str) -> &[(Name, Entry)] {
        let start = self.entries.partition_point(|(known, _)| known.as_str() < name);
        let len = self.entries[start..].partition_point(|(known, _)| known == name);
        &self.entries[start..start + len]
    }

    /// The entries that override a method of a base.
    fn overriding(&self, func: FuncId) -> impl Iterator<Item = &Entry> + Clone {
        let start = self.overrides.partition_point(|(known, _)| known.local() < func.local());
        let candidates =
            self.overrides[start..].iter().take_while(move |(known, _)| known.local() == func.local());
        let candidates = candidates.filter(move |(known, _)| *known == func);
        candidates.filter_map(|(_, index)| self.entries.get(*index as usize)).map(|(_, entry)| entry)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    kind: EntryKind,
    container: Container,
    /// Blocks that lead from the class to the one that has the member.
    chain: Box<[SupId]>,
    /// The class instance that has the member: for one in `sup B for C`, the base `B[…]`.
    instance: Ty,
    /// Methods of bases that it replaces, with the instance of the base.
    overridden: Box<[(FuncId, Ty)]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum EntryKind {
    Method(FuncId),
    Attribute(ClassId, u32),
    Alias(AliasId),
    EnumMember(ClassId, u32),
}

fn class_members(db: &dyn Db, program: Program, class: ClassId) -> &ClassMembers {
    class_members_in(db, deciding_layer(db, program, class), class)
}

#[salsa::tracked(returns(ref))]
fn class_members_in(db: &dyn Db, program: Program, class: ClassId) -> ClassMembers {
    let mut collect = Collect { db, program, done: FxHashMap::default(), path: Vec::new() };
    let mut entries = collect.class(class);
    entries.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
    let indexed = entries.iter().zip(0u32..);
    let mut overrides: Vec<(FuncId, u32)> = indexed
        .flat_map(|((_, entry), index)| entry.overridden.iter().map(move |(func, _)| (*func, index)))
        .collect();
    overrides.sort_by_key(|(func, index)| (func.local(), *index));
    ClassMembers {
        entries: entries.into(),
        overrides: overrides.into(),
        has_public: has_public_member(db, program, class),
    }
}

/// Whether some member of a class is `@public`, so that unannotated ones are private (NM11).
pub fn has_public(db: &dyn Db, program: Program, class: ClassId) -> bool {
    class_members(db, program, class).has_public
}

/// NM11: siblings are the members of the class and of its own blocks.
fn has_public_member(db: &dyn Db, program: Program, class: ClassId) -> bool {
    let public = |visibility: Option<Visibility>| visibility == Some(Visibility::Public);
    let tree = item_tree(db, class.file());
    let Some(item) = tree.class(class.local()) else { return false };
    item.attributes.iter().any(|attribute| public(attribute.visibility))
        || item.funcs.iter().any(|func| public(tree.funcs[*func as usize].visibility))
        || class_sups(db, program, class).own.iter().any(|sup| {
            let tree = item_tree(db, sup.file());
            let funcs = tree.sup(sup.local()).map_or(&[][..], |item| &item.funcs);
            funcs.iter().any(|func| public(tree.funcs[*func as usize].visibility))
        })
}

/// Gathers entries; one walk visits each class above once.
struct Collect<'db> {
    db: &'db dyn Db,
    program: Program,
    done: FxHashMap<ClassId, Vec<(Name, Entry)>>,
    path: Vec<ClassId>,
}

impl Collect<'_> {
    fn class(&mut self, class: ClassId) -> Vec<(Name, Entry)> {
        if let Some(done) = self.done.get(&class) {
            return done.clone();
        }
        // SP15 reports the cycle
        if self.path.contains(&class) || self.path.len() > 64 {
            return Vec::new();
        }
        self.path.push(class);
        let entries = self.entries(class);
        self.path.pop();
        self.done.insert(class, entries.clone());
        entries
    }

    fn entries(&mut self, class: ClassId) -> Vec<(Name, Entry)> {
        let db = self.db;
        let mut entries = Vec::new();
        let tree = item_tree(db, class.file());
        let Some(item) = tree.class(class.local()) else { return entries };
        let own_type = class_type(db, class);
        let own = |kind, container| Entry {
            kind,
            container,
            chain: Box::default(),
            instance: own_type.clone(),
            overridden: Box::default(),
        };
        let body = Container::Class(class);
        for (index, attribute) in item.attributes.iter().enumerate() {
            entries.push((attribute.name.clone(), own(EntryKind::Attribute(class, index as u32), body)));
        }
        for (index, member) in item.members.iter().flatten().enumerate() {
            entries.push((member.name.clone(), own(EntryKind::EnumMember(class, index as u32), body)));
        }
        for func in &item.funcs {
            let item = &tree.funcs[*func as usize];
            let id = FuncId::new(class.file(), item.id);
            entries.push((item.name.clone(), own(EntryKind::Method(id), body)));
        }
        for alias in &item.aliases {
            let item = &tree.aliases[*alias as usize];
            let id = AliasId::new(class.file(), item.id);
            entries.push((item.name.clone(), own(EntryKind::Alias(id), body)));
        }
        let sups = class_sups(db, self.program, class);
        for &sup in &sups.own {
            entries.extend(block_members(db, sup).map(|(name, kind)| (name, own(kind, Container::Sup(sup)))));
        }
        let mut inherited: Vec<(Name, Entry)> = Vec::new();
        for &(sup, base) in &sups.bases {
            self.base(sup, base, &own_type, &mut entries, &mut inherited);
        }
        // what some entry overrides is not inherited beside it
        let overridden: FxHashSet<(FuncId, Ty)> = entries
            .iter()
            .chain(&inherited)
            .flat_map(|(_, entry)| entry.overridden.iter().cloned())
            .collect();
        let mut seen: FxHashSet<(FuncId, Ty)> = FxHashSet::default();
        let mut roots: FxHashMap<(FuncId, Ty), usize> = FxHashMap::default();
        for (index, (_, entry)) in entries.iter().enumerate() {
            for root in &entry.overridden {
                roots.insert(root.clone(), index);
            }
        }
        for (name, entry) in inherited {
            let keep = match entry.kind {
                EntryKind::Method(func) => {
                    let key = (func, entry.instance.clone());
                    // SP12: an override on the class itself replaces one that a base brings along
                    let own = entry.overridden.iter().find_map(|root| roots.get(root).copied());
                    if let Some(own) = own {
                        append(&mut entries[own].1.overridden, [key]);
                        false
                    } else {
                        !overridden.contains(&key) && seen.insert(key)
                    }
                }
                // an own attribute or alias hides one of a base; a diamond brings each only once
                _ => !entries.iter().any(|(known, other)| {
                    *known == name && (same_sort(other.kind, entry.kind) || other.kind == entry.kind)
                }),
            };
            if keep {
                entries.push((name, entry));
            }
        }
        entries
    }

    /// Adds the members of `sup base for class`, and what the base brings along.
    fn base(
        &mut self,
        sup: SupId,
        base: ClassId,
        own_type: &Ty,
        entries: &mut Vec<(Name, Entry)>,
        inherited: &mut Vec<(Name, Entry)>,
    ) {
        let db = self.db;
        let head = sup_head(db, sup);
        let Some(base_type) = &head.base else { return };
        let args = match_head(sup.0, &head.generics, &head.target, own_type);
        // a block for special arguments only keeps its own parameters until a type is at hand
        let base_type = match &args {
            Some(args) => Subst::new(sup.0, args.clone()).apply(base_type),
            None => base_type.clone(),
        };
        let above = self.class(base);
        let base_args = match &base_type {
            Ty::Class(_, args) => args.clone(),
            other => TyArgs::from(vec![other.clone()]),
        };
        let subst = Subst::new(base.0, base_args);
        let mut block: Vec<(Name, Entry)> = block_members(db, sup)
            .map(|(name, kind)| {
                let entry = Entry {
                    kind,
                    container: Container::Sup(sup),
                    chain: Box::default(),
                    instance: base_type.clone(),
                    overridden: Box::default(),
                };
                (name, entry)
            })
            .collect();
        let mut replaced = vec![false; above.len()];
        for (name, entry) in &mut block {
            let EntryKind::Method(func) = entry.kind else { continue };
            *name = base_name(db, base, name);
            let rivals: Vec<usize> = (0..above.len())
                .filter(|index| {
                    above[*index].0 == *name && matches!(above[*index].1.kind, EntryKind::Method(_))
                })
                .collect();
            let chosen = match rivals.as_slice() {
                [only] => vec![*only],
                several => several
                    .iter()
                    .copied()
                    .filter(|index| match above[*index].1.kind {
                        EntryKind::Method(rival) => {
                            let (instance, own) = (&above[*index].1.instance, signature(db, func));
                            overrides_exactly(
                                db,
                                own,
                                signature(db, rival),
                                &subst.apply(instance),
                                &head.target,
                            )
                        }
                        _ => false,
                    })
                    .collect(),
            };
            for index in chosen {
                replaced[index] = true;
                let (_, above) = &above[index];
                let rival = match above.kind {
                    EntryKind::Method(rival) => Some((rival, subst.apply(&above.instance))),
                    _ => None,
                };
                let roots = above.overridden.iter().map(|(func, instance)| (*func, subst.apply(instance)));
                append(&mut entry.overridden, rival.into_iter().chain(roots));
            }
        }
        entries.extend(block);
        for ((name, entry), replaced) in above.into_iter().zip(replaced) {
            if replaced {
                continue;
            }
            let mut chain = Vec::with_capacity(entry.chain.len() + 1);
            chain.push(sup);
            chain.extend_from_slice(&entry.chain);
            let overridden = entry.overridden.iter().map(|(func, ty)| (*func, subst.apply(ty))).collect();
            let instance = subst.apply(&entry.instance);
            inherited.push((name, Entry { chain: chain.into(), instance, overridden, ..entry }));
        }
    }
}

fn append<T>(list: &mut Box<[T]>, more: impl IntoIterator<Item = T>) {
    let mut longer = std::mem::take(list).into_vec();
    longer.extend(more);
    *list = longer.into();
}

fn same_sort(a: EntryKind, b: EntryKind) -> bool {
    matches!(
        (a, b),
        (EntryKind::Attribute(..), EntryKind::Attribute(..)) | (EntryKind::Alias(_), EntryKind::Alias(_))
    )
}

fn block_members(db: &dyn Db, sup: SupId) -> impl Iterator<Item = (Name, EntryKind)> {
    let tree = item_tree(db, sup.file());
    let (funcs, aliases) = match tree.item(sup.local()) {
        Some(ItemRef::Sup(index)) => {
            let item = &tree.sups[index as usize];
            (&item.funcs[..], &item.aliases[..])
        }
        _ => (&[][..], &[][..]),
    };
    let funcs = funcs.iter().map(move |func| {
        let item = &tree.funcs[*func as usize];
        (item.name.clone(), EntryKind::Method(FuncId::new(sup.file(), item.id)))
    });
    let aliases = aliases.iter().map(move |alias| {
        let item = &tree.aliases[*alias as usize];
        (item.name.clone(), EntryKind::Alias(AliasId::new(sup.file(), item.id)))
    });
    funcs.chain(aliases)
}

/// The name under which a base knows a method: `add_eq` of the older spelling is `add_assign` (OP2).
pub(crate) fn base_name(db: &dyn Db, base: ClassId, name: &Name) -> Name {
    match name.strip_suffix("_eq") {
        Some(stem) if lang_items(db, base.file().edition(db)).is_operator_class(base) => {
            Name::from(format!("{stem}_assign"))
        }
        _ => name.clone(),
    }
}

/// What turns the signature of a base's method into the one an override in `own` must have (SP4): arguments of the
/// base, `Self` and own generic parameters by position.
pub(crate) fn override_subst(own: &Signature, base: &Signature, instance: &Ty, target: &Ty) -> Subst {
    let mut subst = Subst::default().with_self(target.clone());
    if let (Some(container), Ty::Class(_, args)) = (base.container.item(), instance) {
        subst = subst.with(container, args.clone());
    }
    let params = own.generics.params.iter().map(|param| Ty::Param(param.param.clone()));
    subst.with(base.func.0, params.collect())
}

/// As [`override_subst`], for a base method that may stand in a block of its class.
pub(crate) fn base_subst(
    db: &dyn Db,
    own: &Signature,
    base: &Signature,
    instance: &Ty,
    target: &Ty,
) -> Subst {
    let mut subst = override_subst(own, base, instance, target);
    if let Container::Sup(sup) = base.container {
        let head = sup_head(db, sup);
        if let Some(args) = match_head(sup.0, &head.generics, &head.target, instance) {
            subst.args.retain(|(owner, _)| *owner != sup.0);
            subst = subst.with(sup.0, args);
        }
    }
    subst
}

fn overrides_exactly(db: &dyn Db, own: &Signature, base: &Signature, instance: &Ty, target: &Ty) -> bool {
    let subst = base_subst(db, own, base, instance, target);
    let with_self = Subst::default().with_self(target.clone());
    own.params.len() == base.params.len()
        && own.params.iter().zip(&base.params).all(|(own, base)| {
            own.convention == base.convention
                && matches_closed(&with_self.apply(&own.ty), &subst.apply(&base.ty))
        })
}

/// The class whose members a type has.
fn class_of(db: &dyn Db, program: Program, ty: &Ty) -> Option<(ClassId, Ty)> {
    let lang = lang_items(db, program.edition(db));
    match ty {
        Ty::Class(class, _) => Some((*class, ty.clone())),
        Ty::Tuple(_) => Some((lang.tup, Ty::Class(lang.tup, TyArgs::from(vec![ty.clone()])))),
        Ty::Param(param) if param.variadic => {
            Some((lang.tup, Ty::Class(lang.tup, TyArgs::from(vec![ty.clone()]))))
        }
        Ty::Func(func, _) => {
            let signature = signature(db, *func);
            let params = Ty::Tuple(signature.params.iter().map(|param| param.ty.clone()).collect());
            let args = TyArgs::from(vec![signature.ret.clone(), params]);
            Some((lang.fn_ref, Ty::Class(lang.fn_ref, args)))
        }
        Ty::Closure(closure) => {
            let class = match closure.kind {
                FnKind::Ref => lang.fn_ref,
                FnKind::Mut => lang.fn_mut,
                FnKind::One => lang.fn_one,
            };
            let params = Ty::Tuple(closure.params.iter().map(|(_, ty)| ty.clone()).collect());
            Some((class, Ty::Class(class, TyArgs::from(vec![closure.ret.clone(), params]))))
        }
        _ => None,
    }
}

/// The members `name` of a type, nearest first. Nothing for an unknown type.
pub fn lookup(db: &dyn Db, program: Program, env: &Env, ty: &Ty, name: &str) -> Found {
    let mut found = Found::default();
    if let Some((class, instance)) = class_of(db, program, ty) {
        for (_, entry) in class_members(db, program, class).named(name) {
            place(db, program, env, &instance, ty, entry, &mut found);
        }
        if found.members.is_empty() && is_enum(db, class) {
            for base in crate::sups::direct_bases(db, program, env, ty, 0) {
                from_bound(db, program, env, ty, &base, name, &mut found);
            }
        }
    } else {
        for bound in env.bounds().iter().filter(|bound| bound.ty == *ty) {
            from_bound(db, program, env, ty, &bound_type(db, bound), name, &mut found);
        }
    }
    found.members.sort_by_key(|member| member.depth);
    if !found.members.is_empty() {
        found.unmet = None;
    }
    found
}

/// Every member of a type by name, nearest first within a name.
pub fn all_members(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Vec<(Name, Member)> {
    let mut names: Vec<Name> = Vec::new();
    let mut add = |class: ClassId| {
        names.extend(class_members(db, program, class).entries.iter().map(|(name, _)| name.clone()));
    };
    match class_of(db, program, ty) {
        Some((class, _)) => add(class),
        None => env.bounds().iter().filter(|bound| bound.ty == *ty).for_each(|bound| add(bound.class)),
    }
    names.sort_unstable();
    names.dedup();
    let with_members = names.into_iter().map(|name| (lookup(db, program, env, ty, &name).members, name));
    with_members
        .flat_map(|(members, name)| members.into_iter().map(move |member| (name.clone(), member)))
        .collect()
}

fn is_enum(db: &dyn Db, class: ClassId) -> bool {
    item_tree(db, class.file()).class(class.local()).is_some_and(|item| item.members.is_some())
}

/// Members that a constraint, or a base without a block, gives.
fn from_bound(db: &dyn Db, program: Program, env: &Env, ty: &Ty, base: &Ty, name: &str, found: &mut Found) {
    let Ty::Class(class, _) = base else { return };
    let mut above = Found::default();
    for (_, entry) in class_members(db, program, *class).named(name) {
        place(db, program, env, base, ty, entry, &mut above);
    }
    for mut member in above.members {
        member.depth += 1;
        member.via.get_or_insert_with(|| base.clone());
        if !found.members.contains(&member) {
            found.members.push(member);
        }
    }
    found.unmet = found.unmet.take().or(above.unmet);
}

/// Matches one entry against a type.
fn place(
    db: &dyn Db,
    program: Program,
    env: &Env,
    instance: &Ty,
    self_ty: &Ty,
    entry: &Entry,
    found: &mut Found,
) {
    let mut current = instance.clone();
    for &sup in &entry.chain {
        match through(db, program, env, &current, self_ty, sup) {
            Through::Base(base) => current = base,
            Through::Unmet(bound) => {
                if let EntryKind::Method(func) = entry.kind {
                    found.unmet.get_or_insert((func, bound));
                }
                return;
            }
            Through::Other => return,
        }
    }
    let (container_args, via) = match entry.container {
        Container::Sup(sup) => {
            let head = sup_head(db, sup);
            let Some(args) = match_head(sup.0, &head.generics, &head.target, &current) else { return };
            if let Some(bound) = broken_condition(db, program, env, sup, &args) {
                if let EntryKind::Method(func) = entry.kind {
                    found.unmet.get_or_insert((func, bound));
                }
                return;
            }
            let subst = Subst::new(sup.0, args.clone()).with_self(self_ty.clone());
            let base = head.base.as_ref().map(|base| normalise(db, program, env, &subst.apply(base)));
            let via = base.or_else(|| (!entry.chain.is_empty()).then(|| current.clone()));
            (args, via)
        }
        _ => {
            let args = match &current {
                Ty::Class(_, args) => args.clone(),
                other => TyArgs::from(vec![other.clone()]),
            };
            (args, (!entry.chain.is_empty()).then(|| current.clone()))
        }
    };
    let Some(owner) = current.class() else { return };
    let own_visibility = |written: Option<Visibility>| {
        let overrides = matches!(entry.container, Container::Sup(sup) if sup_head(db, sup).base.is_some());
        match written {
            Some(visibility) => visibility,
            None if !overrides && class_members(db, program, owner).has_public => Visibility::Private,
            None => Visibility::Public,
        }
    };
    let mut abstract_method = false;
    let (kind, visibility) = match entry.kind {
        EntryKind::Method(func) => {
            let item = item_tree(db, func.file()).func(func.local());
            abstract_method = signature(db, func).is_abstract;
            (MemberKind::Method(func), own_visibility(item.and_then(|item| item.visibility)))
        }
        EntryKind::Attribute(class, index) => {
            let data = class_data(db, class);
            let Some(attribute) = data.attributes.get(index as usize) else { return };
            let subst = Subst::new(class.0, container_args.clone()).with_self(current.clone());
            let ty = normalise(db, program, env, &subst.apply(&attribute.ty));
            let item = item_tree(db, class.file()).class(class.local());
            let written =
                item.and_then(|item| item.attributes.get(index as usize)).and_then(|item| item.visibility);
            (MemberKind::Attribute { class, index, ty }, own_visibility(written))
        }
        EntryKind::Alias(alias) => (MemberKind::Alias(alias), Visibility::Public),
        EntryKind::EnumMember(class, index) => (MemberKind::EnumMember { class, index }, Visibility::Public),
    };
    let self_ty = if abstract_method || entry.chain.is_empty() { self_ty.clone() } else { current };
    let depth = entry.chain.len() as u32;
    found.members.push(Member { kind, container_args, self_ty, via, owner, depth, visibility });
}

enum Through {
    Base(Ty),
    Unmet(Bound),
    Other,
}

fn through(db: &dyn Db, program: Program, env: &Env, ty: &Ty, self_ty: &Ty, sup: SupId) -> Through {
    let head = sup_head(db, sup);
    let Some(base) = &head.base else { return Through::Other };
    let Some(args) = match_head(sup.0, &head.generics, &head.target, ty) else { return Through::Other };
    if let Some(bound) = broken_condition(db, program, env, sup, &args) {
        return Through::Unmet(bound);
    }
    let base = Subst::new(sup.0, args).with_self(self_ty.clone()).apply(base);
    Through::Base(normalise(db, program, env, &base))
}

/// The constraint of a block that does not hold for these arguments (GN9).
fn broken_condition(db: &dyn Db, program: Program, env: &Env, sup: SupId, args: &TyArgs) -> Option<Bound> {
    let head = sup_head(db, sup);
    if head.generics.bounds.is_empty() {
        return None;
    }
    let subst = Subst::new(sup.0, args.clone());
    let mut bounds = head.generics.bounds.iter().map(|bound| substitute(bound, &subst));
    bounds.find(|bound| !bound_holds(db, program, env, bound))
}

/// Which method runs when `func` is called on an object or type `self_ty`: the override if there is one, with the
/// arguments of its container; else `func` as it is. `self_ty` should be free of generic parameters.
pub fn resolve_override(
    db: &dyn Db,
    program: Program,
    func: FuncId,
    container_args: &TyArgs,
    self_ty: &Ty,
) -> (FuncId, TyArgs) {
    let unchanged = || (func, container_args.clone());
    let Some((class, instance)) = class_of(db, program, self_ty) else { return unchanged() };
    let candidates = class_members(db, program, class).overriding(func);
    let mut left = candidates.clone();
    let Some(first) = left.next() else { return unchanged() };
    let is_only = left.next().is_none();
    if is_only && let Some(method) = plain_override(db, first, &instance) {
        return (method, TyArgs::EMPTY);
    }
    let base = declared_instance(db, func, container_args);
    let env = &Env::EMPTY;
    for entry in candidates {
        let EntryKind::Method(method) = entry.kind else { continue };
        let mut found = Found::default();
        place(db, program, env, &instance, self_ty, entry, &mut found);
        let Some(member) = found.members.pop() else { continue };
        // several instances of one base (SP18): the one whose arguments were asked for
        let fits = match (&base, &instance) {
            (Some(base), Ty::Class(_, args)) => {
                let subst = Subst::new(class.0, args.clone()).with_self(self_ty.clone());
                let mut replaced = entry.overridden.iter().filter(|(replaced, _)| *replaced == func);
                replaced.any(|(_, of)| matches_closed(base, &normalise(db, program, env, &subst.apply(of))))
                    || (entry.chain.is_empty()
                        && member.via.as_ref().is_some_and(|via| matches_closed(base, via)))
            }
            _ => true,
        };
        if fits || is_only {
            return (method, member.container_args);
        }
    }
    unchanged()
}

/// An override in a block without parameters on the class itself, which has none either: it is there for every object.
fn plain_override(db: &dyn Db, entry: &Entry, instance: &Ty) -> Option<FuncId> {
    let (EntryKind::Method(method), Container::Sup(sup)) = (entry.kind, entry.container) else { return None };
    let is_plain = |generics: &Generics| generics.params.is_empty() && generics.bounds.is_empty();
    let closed = matches!(instance, Ty::Class(_, args) if args.is_empty());
    (closed && entry.chain.is_empty() && is_plain(&sup_head(db, sup).generics)).then_some(method)
}

/// The class instance a method belongs to, given arguments for its container.
fn declared_instance(db: &dyn Db, func: FuncId, container_args: &TyArgs) -> Option<Ty> {
    match signature(db, func).container {
        Container::Class(class) => Some(Ty::Class(class, container_args.clone())),
        Container::Sup(sup) => {
            let head = sup_head(db, sup);
            let instance = head.base.as_ref().unwrap_or(&head.target);
            Some(Subst::new(sup.0, container_args.clone()).apply(instance))
        }
        Container::Module | Container::Function(_) => None,
    }
}

/// Every method that overrides `func`, for any class of the program.
pub fn overrides_of(db: &dyn Db, program: Program, func: FuncId) -> Vec<FuncId> {
    let base = match signature(db, func).container {
        Container::Class(class) => Some(class),
        Container::Sup(sup) => sup_head(db, sup).target.class(),
        Container::Module | Container::Function(_) => None,
    };
    let mut found = Vec::new();
    let mut seen: FxHashSet<ClassId> = FxHashSet::default();
    let mut todo: Vec<ClassId> = base.into_iter().collect();
    while let Some(base) = todo.pop() {
        for sup in blocks_with_base(db, program, base) {
            let Some(target) = sup_head(db, sup).target.class() else { continue };
            if !seen.insert(target) {
                continue;
            }
            todo.push(target);
            for entry in class_members(db, program, target).overriding(func) {
                if let EntryKind::Method(method) = entry.kind
                    && !found.contains(&method)
                {
                    found.push(method);
                }
            }
        }
    }
    found
}

/// The methods that `func` replaces, nearest base first.
pub fn overridden_by(db: &dyn Db, program: Program, func: FuncId) -> Vec<FuncId> {
    let Container::Sup(sup) = signature(db, func).container else { return Vec::new() };
    let Some(target) = sup_head(db, sup).target.class() else { return Vec::new() };
    let members = class_members(db, program, target);
    let name = &signature(db, func).name;
    let entry = members.named(name).iter().find(|(_, entry)| entry.kind == EntryKind::Method(func));
    entry.map_or_else(Vec::new, |(_, entry)| entry.overridden.iter().map(|(func, _)| *func).collect())
}

/// Abstract methods that a class has and nothing defines (SP5, SP8), with the base instance each comes from.
pub fn abstract_methods(db: &dyn Db, program: Program, class: ClassId) -> Vec<(FuncId, Ty)> {
    let members = class_members(db, program, class);
    let mut found: Vec<(FuncId, Ty)> = Vec::new();
    for entries in members.entries.chunk_by(|(a, _), (b, _)| a == b) {
        for (_, entry) in entries {
            let EntryKind::Method(func) = entry.kind else { continue };
            if !signature(db, func).is_abstract {
                continue;
            }
            // SP10: a method of the same name and parameters from another base satisfies it
            let satisfied = entries.iter().any(|(_, other)| match other.kind {
                EntryKind::Method(rival) if rival != func && !entry.chain.is_empty() => {
                    let (own, base) = (signature(db, rival), signature(db, func));
                    !own.is_abstract
                        && own.self_param.map(|own| own.convention)
                            == base.self_param.map(|base| base.convention)
                        && overrides_exactly(db, own, base, &entry.instance, &class_type(db, class))
                }
                _ => false,
            });
            if !satisfied && !found.iter().any(|(known, _)| *known == func) {
                found.push((func, entry.instance.clone()));
            }
        }
    }
    found.sort_by_key(|(func, _)| (func.file() != class.file(), func.local()));
    found
}

/// The class that a place belongs to, for visibility: its innermost class body or `sup` block.
pub fn enclosing_class(db: &dyn Db, func: FuncId) -> Option<ClassId> {
    let mut container = signature(db, func).container;
    for _ in 0..64 {
        match container {
            Container::Module => return None,
            Container::Class(class) => return Some(class),
            Container::Sup(sup) => return sup_head(db, sup).target.class(),
            Container::Function(func) => container = signature(db, func).container,
        }
    }
    None
}

/// Whether a member may be used in a place of class `from` (NM11).
pub fn is_visible(db: &dyn Db, program: Program, member: &Member, from: Option<ClassId>) -> bool {
    match member.visibility {
        Visibility::Public => true,
        Visibility::Private => from == Some(member.owner),
        Visibility::Protected => from.is_some_and(|from| {
            from == member.owner || class_sups(db, program, from).may_reach(member.owner)
        }),
    }
}
