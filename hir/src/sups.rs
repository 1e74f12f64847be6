//! Super-impositions: which class is placed on which, for a program on top of the library.

use crate::db::{Db, Program, ProgramKind};
use crate::ids::{ClassId, SupId};
use crate::items::{Env, SupHead, class_generics, sup_head, sup_heads};
use crate::lang::lang_items;
use crate::lower::member_alias;
use crate::parse::item_tree;
use crate::scope::layers;
use crate::signature::Bound;
use crate::ty::{Subst, Ty, TyArgs};
use crate::unify::{match_head, matches_closed};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Conditions on conditions, bases of bases: deeper chains are given up.
const MAX_DEPTH: u32 = 24;

/// All `sup` blocks of one layer.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct SupIndex {
    by_target: FxHashMap<ClassId, Vec<SupId>>,
    by_base: FxHashMap<ClassId, Vec<SupId>>,
    /// Some block of a user's program has a class of the library as target.
    extends_library: bool,
    /// What each class with blocks has from them; for the library's classes only where a user extends some of them.
    classes: FxHashMap<ClassId, ClassSups>,
    none: ClassSups,
}

#[salsa::tracked(returns(ref))]
pub fn sup_index(db: &dyn Db, layer: Program) -> SupIndex {
    let mut index = SupIndex::default();
    for &file in layer.files(db).iter() {
        for (sup, head) in sup_heads(db, file) {
            let Some(target) = head.target.class() else { continue };
            index.extends_library |= target.file().program(db) != layer;
            index.by_target.entry(target).or_default().push(sup);
            if let Some(base) = head.base.as_ref().and_then(Ty::class) {
                index.by_base.entry(base).or_default().push(sup);
            }
        }
    }
    let library = library_of(db, layer).map(|library| sup_index(db, library));
    let blocks = |class: ClassId| {
        let own = index.by_target.get(&class).into_iter().flatten();
        own.chain(library.and_then(|library| library.by_target.get(&class)).into_iter().flatten()).copied()
    };
    let mut classes: FxHashMap<ClassId, ClassSups> = FxHashMap::default();
    let extended = library.filter(|_| index.extends_library).into_iter().flat_map(|it| it.by_target.keys());
    for class in index.by_target.keys().chain(extended) {
        classes.entry(*class).or_insert_with(|| class_sups_of(db, *class, &blocks));
    }
    index.classes = classes;
    index
}

/// The library below a user's program.
fn library_of(db: &dyn Db, program: Program) -> Option<Program> {
    (program.kind(db) != ProgramKind::Library).then(|| db.library(program.edition(db)))
}

/// All blocks with this class as target, with and without base: those of the program, then those of the library, each
/// in the order of files and sources.
pub fn blocks_of(db: &dyn Db, program: Program, class: ClassId) -> Vec<SupId> {
    let of_layer = layers(db, program).filter_map(|layer| sup_index(db, layer).by_target.get(&class));
    of_layer.flatten().copied().collect()
}

/// All blocks that place this class onto another.
pub fn blocks_with_base(db: &dyn Db, program: Program, class: ClassId) -> Vec<SupId> {
    let of_layer = layers(db, program).filter_map(|layer| sup_index(db, layer).by_base.get(&class));
    of_layer.flatten().copied().collect()
}

/// What one class has from `sup` blocks.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct ClassSups {
    /// Blocks without base: more members of the class itself.
    pub own: Box<[SupId]>,
    /// Blocks with base, and the class of the base.
    pub bases: Box<[(SupId, ClassId)]>,
    /// Every class that is reached through bases, conditions aside.
    reach: FxHashSet<ClassId>,
}

pub fn class_sups(db: &dyn Db, program: Program, class: ClassId) -> &ClassSups {
    let index = sup_index(db, program);
    if let Some(found) = index.classes.get(&class) {
        return found;
    }
    if index.extends_library {
        return &index.none;
    }
    match library_of(db, program) {
        Some(library) => sup_index(db, library).classes.get(&class).unwrap_or(&index.none),
        None => &index.none,
    }
}

/// The layer whose blocks decide about a class: a user's program that leaves the library's classes alone shares the
/// library's answers.
pub(crate) fn deciding_layer(db: &dyn Db, program: Program, class: ClassId) -> Program {
    match library_of(db, program) {
        Some(library) if !sup_index(db, program).extends_library && class.file().program(db) == library => {
            library
        }
        _ => program,
    }
}

fn class_sups_of<I: Iterator<Item = SupId>>(
    db: &dyn Db,
    class: ClassId,
    blocks: &dyn Fn(ClassId) -> I,
) -> ClassSups {
    let mut own = Vec::new();
    let mut bases = Vec::new();
    for sup in blocks(class) {
        let head = sup_head(db, sup);
        match &head.base {
            None => own.push(sup),
            Some(base) => bases.extend(base.class().map(|base| (sup, base))),
        }
    }
    let mut reach = FxHashSet::default();
    let mut todo: Vec<ClassId> = bases.iter().map(|(_, base)| *base).collect();
    while let Some(base) = todo.pop() {
        if reach.insert(base) {
            todo.extend(blocks(base).filter_map(|sup| sup_head(db, sup).base.as_ref().and_then(Ty::class)));
        }
    }
    ClassSups { own: own.into(), bases: bases.into(), reach }
}

impl ClassSups {
    /// Whether the class super-imposes `base` for some arguments at least.
    pub fn may_reach(&self, base: ClassId) -> bool {
        self.reach.contains(&base)
    }

    pub fn reached(&self) -> impl Iterator<Item = ClassId> {
        self.reach.iter().copied()
    }
}

/// The instance of `class` that `ty` super-imposes, the first of several (SP18); not `ty` itself. Unknown types
/// super-impose everything.
pub fn superimposes(db: &dyn Db, program: Program, env: &Env, ty: &Ty, class: ClassId) -> Option<Ty> {
    let mut found = None;
    instances(db, program, env, ty, class, 0, &mut |base| {
        found = Some(base);
        true
    });
    found
}

/// Whether `ty` super-imposes exactly this instance of a class.
pub fn superimposes_instance(db: &dyn Db, program: Program, env: &Env, ty: &Ty, instance: &Ty) -> bool {
    let Ty::Class(class, _) = instance else { return false };
    instances(db, program, env, ty, *class, 0, &mut |base| matches_closed(instance, &base))
}

/// Every instance of `class` that `ty` super-imposes, nearest first.
pub fn all_instances(db: &dyn Db, program: Program, env: &Env, ty: &Ty, class: ClassId) -> Vec<Ty> {
    let mut found = Vec::new();
    instances(db, program, env, ty, class, 0, &mut |base| {
        if !found.contains(&base) {
            found.push(base);
        }
        false
    });
    found
}

/// Everything `ty` super-imposes, directly and through other classes, nearest first.
pub fn supers_of(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Vec<Ty> {
    let mut found: Vec<Ty> = Vec::new();
    let mut next = 0;
    let mut direct = direct_bases(db, program, env, ty, 0);
    loop {
        for base in direct {
            if !found.contains(&base) && found.len() < 4096 {
                found.push(base);
            }
        }
        let Some(base) = found.get(next).cloned() else { return found };
        next += 1;
        direct = direct_bases(db, program, env, &base, 0);
    }
}

/// The bases `ty` has by a `sup` block or a constraint of its own.
pub fn direct_bases(db: &dyn Db, program: Program, env: &Env, ty: &Ty, depth: u32) -> Vec<Ty> {
    match ty {
        Ty::Class(class, _) => {
            let sups = class_sups(db, program, *class);
            let bases = sups.bases.iter();
            let mut found: Vec<Ty> =
                bases.filter_map(|(sup, _)| base_through(db, program, env, *sup, ty, depth)).collect();
            if is_enum(db, *class) {
                found.extend(enum_bases(db, *class).into_iter().map(|base| intrinsic(db, base, ty)));
            }
            found
        }
        Ty::Tuple(_) => direct_bases(db, program, env, &tuple_instance(db, program, ty), depth),
        Ty::Func(..) => vec![Ty::Class(lang_items(db, program.edition(db)).copy, TyArgs::EMPTY)],
        Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => {
            let bounds = env.bounds().iter().filter(|bound| bound.ty == *ty);
            bounds.map(|bound| bound_type(db, bound)).collect()
        }
        Ty::Closure(_) | Ty::Infer(_) | Ty::Never | Ty::Unknown => Vec::new(),
    }
}

/// A tuple as the instance of `Tup` that blocks have as target.
fn tuple_instance(db: &dyn Db, program: Program, ty: &Ty) -> Ty {
    Ty::Class(lang_items(db, program.edition(db)).tup, TyArgs::from(vec![ty.clone()]))
}

fn is_enum(db: &dyn Db, class: ClassId) -> bool {
    item_tree(db, class.file()).class(class.local()).is_some_and(|item| item.members.is_some())
}

/// What every enumeration has without a block for it (OW2, TY17, 8.3.11).
fn enum_bases(db: &dyn Db, class: ClassId) -> [ClassId; 4] {
    use crate::body::BinaryOp;
    let lang = lang_items(db, class.file().edition(db));
    [lang.copy, lang.hash, lang.operator(BinaryOp::Eq).class, lang.operator(BinaryOp::Ne).class]
}

/// `class` with `Self` as its argument, as `Eq` has by default.
fn intrinsic(db: &dyn Db, class: ClassId, self_ty: &Ty) -> Ty {
    let generic =
        item_tree(db, class.file()).class(class.local()).map_or(0, |item| item.generics.params.len());
    Ty::Class(class, std::iter::repeat_n(self_ty.clone(), generic).collect())
}

/// Calls `found` for each instance of `class` above `ty` until it answers true; whether it did.
fn instances(
    db: &dyn Db,
    program: Program,
    env: &Env,
    ty: &Ty,
    class: ClassId,
    depth: u32,
    found: &mut dyn FnMut(Ty) -> bool,
) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match ty {
        Ty::Unknown | Ty::Never => found(Ty::Unknown),
        Ty::Class(own, _) => {
            let sups = class_sups(db, program, *own);
            if sups.may_reach(class) {
                for &(sup, base_class) in &sups.bases {
                    if base_class != class && !class_sups(db, program, base_class).may_reach(class) {
                        continue;
                    }
                    let Some(base) = base_through(db, program, env, sup, ty, depth) else { continue };
                    let stop = if base_class == class {
                        found(base)
                    } else {
                        base != *ty && instances(db, program, env, &base, class, depth + 1, found)
                    };
                    if stop {
                        return true;
                    }
                }
            }
            enum_bases(db, *own).contains(&class) && is_enum(db, *own) && found(intrinsic(db, class, ty))
        }
        Ty::Tuple(_) => {
            let instance = tuple_instance(db, program, ty);
            let with_self = |base: Ty| base.map(&mut |part| (*part == instance).then(|| ty.clone()));
            instances(db, program, env, &instance, class, depth, &mut |base| found(with_self(base)))
        }
        Ty::Func(..) => {
            class == lang_items(db, program.edition(db)).copy && found(Ty::Class(class, TyArgs::EMPTY))
        }
        Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => env.bounds().iter().any(|bound| {
            if bound.ty != *ty {
                return false;
            }
            let base = bound_type(db, bound);
            if bound.class == class {
                found(base)
            } else {
                class_sups(db, program, bound.class).may_reach(class)
                    && instances(db, program, env, &base, class, depth + 1, found)
            }
        }),
        Ty::Closure(_) | Ty::Infer(_) => false,
    }
}

/// The base that a block gives to `ty`, if its target fits and its conditions hold (GN9).
fn base_through(db: &dyn Db, program: Program, env: &Env, sup: SupId, ty: &Ty, depth: u32) -> Option<Ty> {
    let head = sup_head(db, sup);
    let base = head.base.as_ref()?;
    let args = match_head(sup.0, &head.generics, &head.target, ty)?;
    if !conditions_hold(db, program, env, sup, head, &args, depth) {
        return None;
    }
    let base = Subst::new(sup.0, args).with_self(ty.clone()).apply(base);
    Some(normalise_at(db, program, env, &base, depth + 1))
}

/// Whether the constraints of a block hold for the arguments of its parameters (GN9).
pub fn block_applies(db: &dyn Db, program: Program, env: &Env, sup: SupId, args: &TyArgs) -> bool {
    conditions_hold(db, program, env, sup, sup_head(db, sup), args, 0)
}

fn conditions_hold(
    db: &dyn Db,
    program: Program,
    env: &Env,
    sup: SupId,
    head: &SupHead,
    args: &TyArgs,
    depth: u32,
) -> bool {
    if head.generics.bounds.is_empty() {
        return true;
    }
    let subst = Subst::new(sup.0, args.clone());
    head.generics
        .bounds
        .iter()
        .all(|bound| bound_holds_at(db, program, env, &substitute(bound, &subst), depth + 1))
}

/// A constraint with its parameters replaced.
pub fn substitute(bound: &Bound, subst: &Subst) -> Bound {
    Bound {
        ty: subst.apply(&bound.ty),
        class: bound.class,
        args: bound.args.iter().map(|arg| subst.apply(arg)).collect(),
    }
}

/// Whether a constraint holds (GN2). A pack's constraint is one on each of its types.
pub fn bound_holds(db: &dyn Db, program: Program, env: &Env, bound: &Bound) -> bool {
    bound_holds_at(db, program, env, bound, 0)
}

fn bound_holds_at(db: &dyn Db, program: Program, env: &Env, bound: &Bound, depth: u32) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    let ty = normalise_at(db, program, env, &bound.ty, depth);
    if let Ty::Tuple(parts) = &ty
        && bound.args.iter().all(|arg| *arg == Ty::SelfTy)
        && !parts.is_empty()
        && parts.iter().all(|part| holds_for(db, program, env, part, bound, depth))
    {
        return true;
    }
    holds_for(db, program, env, &ty, bound, depth) || matches!(&ty, Ty::Tuple(parts) if parts.is_empty())
}

fn holds_for(db: &dyn Db, program: Program, env: &Env, ty: &Ty, bound: &Bound, depth: u32) -> bool {
    if bound.args.is_empty() {
        return instances(db, program, env, ty, bound.class, depth, &mut |_| true);
    }
    // a constraint on a pack speaks of each type in it as `Self`; elsewhere `Self` is that of the place
    let of_pack = matches!(bound.ty, Ty::Tuple(_)) || matches!(&bound.ty, Ty::Param(param) if param.variadic);
    let with_self = Subst { self_ty: of_pack.then(|| ty.clone()), ..Subst::default() };
    let args = bound.args.iter().map(|arg| normalise_at(db, program, env, &with_self.apply(arg), depth + 1));
    let wanted = Ty::Class(bound.class, args.collect());
    instances(db, program, env, ty, bound.class, depth, &mut |base| matches_closed(&wanted, &base))
}

/// The base that a constraint gives. Where its arguments are left out (GN3), a parameter that the class publishes as
/// an alias stands for itself: `A: Alloc` gives `Alloc[A.Item]`.
pub fn bound_type(db: &dyn Db, bound: &Bound) -> Ty {
    if !bound.args.is_empty() {
        let self_ty = Subst::default().with_self(bound.ty.clone());
        return Ty::Class(bound.class, bound.args.iter().map(|arg| self_ty.apply(arg)).collect());
    }
    let tree = item_tree(db, bound.class.file());
    let Some(item) = tree.class(bound.class.local()) else { return Ty::Class(bound.class, TyArgs::EMPTY) };
    let published = |name: &str| {
        let mut aliases = item.aliases.iter().map(|alias| &tree.aliases[*alias as usize]);
        let alias = aliases.find(|alias| alias.ty.as_name().is_some_and(|target| target == name))?;
        Some(Ty::Assoc(Arc::new(bound.ty.clone()), alias.name.clone()))
    };
    let args = item.generics.params.iter().map(|param| published(&param.name).unwrap_or(Ty::Unknown));
    Ty::Class(bound.class, args.collect())
}

/// Replaces aliases of parameters by what the constraints, or the types the parameters became, say they are.
pub fn normalise(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Ty {
    normalise_at(db, program, env, ty, 0)
}

fn normalise_at(db: &dyn Db, program: Program, env: &Env, ty: &Ty, depth: u32) -> Ty {
    if depth > MAX_DEPTH || !ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
        return ty.clone();
    }
    ty.map(&mut |part| {
        let Ty::Assoc(base, name) = part else { return None };
        let base = normalise_at(db, program, env, base, depth + 1);
        let found = match &base {
            Ty::Class(..) => member_alias(db, program, &base, name),
            Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => {
                let mut bounds =
                    env.bounds().iter().filter(|bound| bound.ty == base && !bound.args.is_empty());
                bounds.find_map(|bound| member_alias(db, program, &bound_type(db, bound), name))
            }
            Ty::Unknown => Some(Ty::Unknown),
            _ => None,
        };
        match found {
            Some(found) if found != *part => Some(normalise_at(db, program, env, &found, depth + 1)),
            _ => Some(Ty::Assoc(Arc::new(base), name.clone())),
        }
    })
}

/// Whether the written constraints of a block are at least as strong as those of its target's class (GN9): the
/// constraint that is missing.
pub fn missing_constraint(db: &dyn Db, program: Program, sup: SupId) -> Option<Bound> {
    let head = sup_head(db, sup);
    let Ty::Class(class, args) = &head.target else { return None };
    let generics = class_generics(db, *class);
    if generics.bounds.is_empty() {
        return None;
    }
    let env = Env::of_bounds(&head.generics.bounds);
    let subst = Subst::new(class.0, args.clone());
    let mut bounds = generics.bounds.iter().map(|bound| substitute(bound, &subst));
    bounds.find(|bound| !bound_holds(db, program, &env, bound))
}
