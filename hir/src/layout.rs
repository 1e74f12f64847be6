//! Size and position of everything that is stored inline (S4): the one answer that hovers, frames and the evaluator use.
//!
//! Units are bytes. Every value starts at a multiple of eight and its size is one.
//!
//! | type | bytes |
//! | --- | --- |
//! | `Num` | 16: tag, and a small number or the handle of a large one's digits (S9) |
//! | `Bool`, an enumeration, `Rgx` | 8 |
//! | `Str` | 24: length, capacity, handle of the text |
//! | `Arr[T]` | 16: handle of the block, length |
//! | tuple, object | the parts one after the other: attributes, then base parts, that of a diamond once (SP10) |
//! | `Opt`, `Ret`, `Var` | 8 for the state, then room for the largest payload |
//! | a class that others super-impose | 8 for the object's own class, then room for the largest of them (S16) |
//! | a lambda | its captures (S11) |
//! | `FnRef`, `FnMut`, `FnOne` | 16: code, handle of the captures |
//! | `Gen`, `Fut` | 16: coroutine, handle of its locals |
//! | a borrow | 8; 16 where the object's own class or code decides at run time |

use crate::db::{Db, Program};
use crate::frame::Layout;
use crate::ids::{ClassId, SupId};
use crate::items::{Env, class_data, class_generics, sup_head};
use crate::lang::{LangItems, lang_items};
use crate::sups::{blocks_with_base, class_sups, direct_bases};
use crate::ty::{Convention, Subst, Ty, TyArgs};
use crate::unify::match_type;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Size of a word, and the alignment of everything.
pub const WORD: u32 = 8;
/// Larger values are refused; no frame could hold them.
const MAX_SIZE: u32 = 1 << 28;
const MAX_DEPTH: u32 = 64;

/// Why a type has no size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsized {
    /// It depends on a generic parameter.
    Generic,
    /// It contains itself (TY14), or is larger than any frame.
    Infinite,
    /// It is unknown because of an error.
    Unknown,
}

/// The inside of an object: one section for each class that contributes attributes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectLayout {
    /// The class itself first, then its bases in the order of the `sup` blocks, each once.
    pub sections: Vec<Section>,
    /// Without a tag.
    pub size: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Instance of the class that declares the attributes.
    pub ty: Ty,
    /// Types, and offsets from the start of the object.
    pub attributes: Vec<(Ty, u32)>,
}

impl ObjectLayout {
    /// Offset of an attribute from the start of the object (behind the tag, if there is one).
    pub fn attribute(&self, class: ClassId, index: u32) -> Option<u32> {
        let section = self.sections.iter().find(|section| section.ty.class() == Some(class))?;
        section.attributes.get(index as usize).map(|(_, offset)| *offset)
    }
}

#[salsa::interned(debug)]
struct InternedTy<'db> {
    #[returns(ref)]
    ty: Ty,
}

/// Size of a value of the type, where a variable, attribute or element holds it.
pub fn layout_of(db: &dyn Db, program: Program, ty: &Ty) -> Result<Layout, Unsized> {
    let align = WORD;
    if let Some(size) = primitive(db, program, ty) {
        return Ok(Layout { size, align });
    }
    size_query(db, program, InternedTy::new(db, ty.clone())).map(|size| Layout { size, align })
}

/// The attributes of an object of this class, without tag and without room for others.
pub fn object_layout(db: &dyn Db, program: Program, ty: &Ty) -> Result<Arc<ObjectLayout>, Unsized> {
    object_query(db, program, InternedTy::new(db, ty.clone())).clone()
}

/// Offset of an attribute in an object of class `ty`, behind the tag: `class` is the one that declares it.
pub fn attribute_offset(db: &dyn Db, program: Program, ty: &Ty, class: ClassId, index: u32) -> Option<u32> {
    object_layout(db, program, ty).ok()?.attribute(class, index)
}

/// Offsets of the elements of a tuple, and its size.
pub fn tuple_layout(db: &dyn Db, program: Program, parts: &[Ty]) -> Result<(Vec<u32>, u32), Unsized> {
    sequence(parts.iter().map(|part| layout_of(db, program, part).map(|layout| layout.size)))
}

/// Offsets of the captures of a lambda, and the size of its object.
pub fn captures_layout(
    db: &dyn Db,
    program: Program,
    fields: &[(Convention, Ty)],
) -> Result<(Vec<u32>, u32), Unsized> {
    sequence(fields.iter().map(|(convention, ty)| held_size(db, program, *convention, ty)))
}

/// Size of a slot: of the value, or of the borrow it holds.
pub fn held_size(db: &dyn Db, program: Program, convention: Convention, ty: &Ty) -> Result<u32, Unsized> {
    match convention {
        Convention::Value => layout_of(db, program, ty).map(|layout| layout.size),
        Convention::Ref | Convention::Mut => borrow_size(db, program, ty),
    }
}

/// Size of a borrow: an address, and a second word where the object's class (SP14) or code is known at run time only.
pub fn borrow_size(db: &dyn Db, program: Program, ty: &Ty) -> Result<u32, Unsized> {
    let lang = lang_items(db, program.edition(db));
    match ty {
        Ty::Class(class, _) if [lang.fn_ref, lang.fn_mut, lang.fn_one].contains(class) => Ok(2 * WORD),
        Ty::Class(class, _) if is_polymorphic(db, program, *class) => Ok(2 * WORD),
        Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => Err(Unsized::Generic),
        Ty::Unknown | Ty::Infer(_) => Err(Unsized::Unknown),
        _ => Ok(WORD),
    }
}

/// Whether other classes of the program super-impose the class, so that its values carry their own class.
pub fn is_polymorphic(db: &dyn Db, program: Program, class: ClassId) -> bool {
    polymorphic_query(db, program, ClassKey::new(db, class))
}

#[salsa::interned(debug)]
pub(crate) struct ClassKey<'db> {
    #[returns(copy)]
    pub class: ClassId,
}

#[salsa::tracked(returns(copy))]
fn polymorphic_query<'db>(db: &'db dyn Db, program: Program, class: ClassKey<'db>) -> bool {
    let class = class.class(db);
    !class_data(db, class).is_builtin && !blocks_with_base(db, program, class).is_empty()
}

#[salsa::tracked(returns(copy))]
fn size_query<'db>(db: &'db dyn Db, program: Program, ty: InternedTy<'db>) -> Result<u32, Unsized> {
    Sizer::new(db, program).size(ty.ty(db), 0)
}

#[salsa::tracked(returns(ref))]
fn object_query<'db>(
    db: &'db dyn Db,
    program: Program,
    ty: InternedTy<'db>,
) -> Result<Arc<ObjectLayout>, Unsized> {
    Sizer::new(db, program).object(ty.ty(db), 0)
}

/// Types of the payload of an `Opt`, `Ret` or `Var`, by state; the state itself takes one word in front.
pub fn payloads(db: &dyn Db, program: Program, ty: &Ty) -> Option<TyArgs> {
    let lang = lang_items(db, program.edition(db));
    let Ty::Class(class, args) = ty else { return None };
    if *class == lang.var {
        return match args.first() {
            Some(Ty::Tuple(members)) => Some(members.clone()),
            _ => None,
        };
    }
    (*class == lang.opt || *class == lang.ret).then(|| args.clone())
}

/// The class instances that super-impose `ty`, itself first, whose objects a variable of type `ty` may hold (S16).
/// Generic ones are those that the arguments of `ty` decide.
pub fn possible_classes(db: &dyn Db, program: Program, ty: &Ty) -> Vec<Ty> {
    let mut found = vec![ty.clone()];
    let mut next = 0;
    while let Some(base) = found.get(next).cloned() {
        next += 1;
        let Some(class) = base.class() else { continue };
        for sup in blocks_with_base(db, program, class) {
            let head = sup_head(db, sup);
            let Some(pattern) = &head.base else { continue };
            let mut bound = vec![None; head.generics.params.len()];
            if !match_type(sup.0, pattern, &base, &mut bound) {
                continue;
            }
            bind_defaults(db, sup, &head.target, &mut bound);
            let Some(args) = bound.into_iter().collect::<Option<Vec<Ty>>>() else { continue };
            let target = Subst::new(sup.0, TyArgs::from(args)).apply(&head.target);
            if !found.contains(&target) && found.len() < 4096 {
                found.push(target);
            }
        }
    }
    found
}

/// Parameters of a block that its base does not decide, such as the allocator of `sup[T, A: Alloc[T]] Iter[T] for Vec[T, A]`,
/// take the default of the target's parameter: the size of an object does not depend on them.
fn bind_defaults(db: &dyn Db, sup: SupId, target: &Ty, bound: &mut [Option<Ty>]) {
    let Ty::Class(class, args) = target else { return };
    let generics = class_generics(db, *class);
    for (index, arg) in args.iter().enumerate() {
        let Ty::Param(param) = arg else { continue };
        if param.owner != sup.0 || !matches!(bound.get(param.index as usize), Some(None)) {
            continue;
        }
        let Some(default) = generics.params.get(index).and_then(|param| param.default.as_ref()) else {
            continue;
        };
        // The default speaks of the class's own parameters; those before it are known by now.
        let known = args.iter().map(|arg| match arg {
            Ty::Param(param) if param.owner == sup.0 => {
                bound.get(param.index as usize).cloned().flatten().unwrap_or(Ty::Unknown)
            }
            other => other.clone(),
        });
        let default = Subst::new(class.0, known.collect()).apply(default);
        bound[param.index as usize] = Some(default);
    }
}

/// Whether the first word of a value of this type is never 0, so that an array needs nothing else to tell an occupied
/// slot from a vacant one (A9).
pub fn has_niche(db: &dyn Db, program: Program, ty: &Ty) -> bool {
    niche_at(db, program, ty, 0)
}

fn niche_at(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let is_empty = |part: &Ty| layout_of(db, program, part).is_ok_and(|layout| layout.size == 0);
    match ty {
        Ty::Tuple(parts) => {
            let first = parts.iter().find(|part| !is_empty(part));
            first.is_some_and(|first| niche_at(db, program, first, depth + 1))
        }
        Ty::Class(class, _) => {
            let lang = lang_items(db, program.edition(db));
            if *class == lang.bool || *class == lang.void {
                return false;
            }
            if primitive(db, program, ty).is_some()
                || payloads(db, program, ty).is_some()
                || class_data(db, *class).members.is_some()
                || is_polymorphic(db, program, *class)
            {
                return true;
            }
            let Ok(layout) = object_layout(db, program, ty) else { return false };
            let mut attributes = layout.sections.iter().flat_map(|section| &section.attributes);
            let first = attributes.find(|(part, _)| !is_empty(part));
            first.is_some_and(|(first, _)| niche_at(db, program, first, depth + 1))
        }
        _ => false,
    }
}

/// Bytes of a block with `slots` slots: the elements, and one bit for each where a slot cannot tell by itself whether
/// it is vacant.
pub fn block_bytes(db: &dyn Db, program: Program, element: &Ty, slots: u64) -> Result<u64, Unsized> {
    let elements = u64::from(layout_of(db, program, element)?.size).saturating_mul(slots);
    let bits = if has_niche(db, program, element) { 0 } else { slots.div_ceil(64) * u64::from(WORD) };
    Ok(elements.saturating_add(bits))
}

/// As [`held_size`], for what needs no look at parts or other classes.
pub(crate) fn known_size(lang: &LangItems, convention: Convention, ty: &Ty) -> Option<u32> {
    match (convention, ty) {
        (Convention::Value, _) => primitive_of(lang, ty),
        (_, Ty::Class(class, _)) => [lang.num, lang.str, lang.bool, lang.arr].contains(class).then_some(WORD),
        _ => None,
    }
}

/// Types whose size needs no look at their parts.
fn primitive(db: &dyn Db, program: Program, ty: &Ty) -> Option<u32> {
    primitive_of(lang_items(db, program.edition(db)), ty)
}

fn primitive_of(lang: &LangItems, ty: &Ty) -> Option<u32> {
    match ty {
        Ty::Never | Ty::Func(..) => Some(0),
        Ty::Tuple(parts) if parts.is_empty() => Some(0),
        Ty::Class(class, _) => {
            let known = [
                (lang.num, 16),
                (lang.bool, WORD),
                (lang.str, 24),
                (lang.arr, 16),
                (lang.void, 0),
                (lang.rgx, WORD),
                (lang.fn_ref, 16),
                (lang.fn_mut, 16),
                (lang.fn_one, 16),
                (lang.generator, 16),
                (lang.fut, 16),
                (lang.atom_num, 16),
                (lang.atom_bool, WORD),
            ];
            known.iter().find(|(known, _)| known == class).map(|(_, size)| *size)
        }
        _ => None,
    }
}

fn sequence(sizes: impl Iterator<Item = Result<u32, Unsized>>) -> Result<(Vec<u32>, u32), Unsized> {
    let mut offsets = Vec::new();
    let mut end = 0;
    for size in sizes {
        offsets.push(end);
        end = add(end, size?)?;
    }
    Ok((offsets, end))
}

fn add(a: u32, b: u32) -> Result<u32, Unsized> {
    a.checked_add(b).filter(|&sum| sum <= MAX_SIZE).ok_or(Unsized::Infinite)
}

struct Sizer<'db> {
    db: &'db dyn Db,
    program: Program,
    /// `None` while it is being computed: met again, it contains itself.
    sizes: FxHashMap<Ty, Option<Result<u32, Unsized>>>,
}

impl<'db> Sizer<'db> {
    fn new(db: &'db dyn Db, program: Program) -> Self {
        Sizer { db, program, sizes: FxHashMap::default() }
    }

    fn size(&mut self, ty: &Ty, depth: u32) -> Result<u32, Unsized> {
        if let Some(size) = primitive(self.db, self.program, ty) {
            return Ok(size);
        }
        match ty {
            Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => return Err(Unsized::Generic),
            Ty::Unknown | Ty::Infer(_) => return Err(Unsized::Unknown),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Unsized::Infinite);
        }
        match self.sizes.get(ty) {
            Some(Some(known)) => return *known,
            Some(None) => return Err(Unsized::Infinite),
            None => {}
        }
        self.sizes.insert(ty.clone(), None);
        let size = self.compute(ty, depth + 1);
        self.sizes.insert(ty.clone(), Some(size));
        size
    }

    fn compute(&mut self, ty: &Ty, depth: u32) -> Result<u32, Unsized> {
        match ty {
            Ty::Tuple(parts) => self.sum(parts, depth),
            Ty::Closure(closure) => {
                let fields = crate::mir::closure_fields(self.db, closure.owner, closure.expr)
                    .ok_or(Unsized::Unknown)?;
                let mut end = 0;
                for field in fields.iter() {
                    let size = match field.convention {
                        Convention::Value => self.size(&field.ty, depth)?,
                        _ => borrow_size(self.db, self.program, &field.ty)?,
                    };
                    end = add(end, size)?;
                }
                Ok(end)
            }
            Ty::Class(class, _) => {
                if let Some(payloads) = payloads(self.db, self.program, ty) {
                    let room = self.largest(&payloads, depth)?;
                    return add(WORD, room);
                }
                if class_data(self.db, *class).members.is_some() {
                    return Ok(WORD);
                }
                let own = self.object(ty, depth)?.size;
                if !is_polymorphic(self.db, self.program, *class) {
                    return Ok(own);
                }
                let mut room = own;
                for possible in possible_classes(self.db, self.program, ty) {
                    room = room.max(self.own_size(&possible, depth)?);
                }
                add(WORD, room)
            }
            _ => Err(Unsized::Unknown),
        }
    }

    /// Without a tag. A primitive may stand behind a base class as well.
    fn own_size(&mut self, ty: &Ty, depth: u32) -> Result<u32, Unsized> {
        if primitive(self.db, self.program, ty).is_some() || payloads(self.db, self.program, ty).is_some() {
            return self.size(ty, depth);
        }
        match ty {
            Ty::Class(class, _) if class_data(self.db, *class).members.is_some() => Ok(WORD),
            _ => Ok(self.object(ty, depth)?.size),
        }
    }

    fn sum(&mut self, parts: &[Ty], depth: u32) -> Result<u32, Unsized> {
        parts.iter().try_fold(0, |end, part| add(end, self.size(part, depth)?))
    }

    fn largest(&mut self, parts: &[Ty], depth: u32) -> Result<u32, Unsized> {
        parts.iter().try_fold(0, |room: u32, part| Ok(room.max(self.size(part, depth)?)))
    }

    fn object(&mut self, ty: &Ty, depth: u32) -> Result<Arc<ObjectLayout>, Unsized> {
        let mut classes = vec![ty.clone()];
        self.collect_bases(ty, &mut classes, 0);
        let mut sections = Vec::with_capacity(classes.len());
        let mut end = 0;
        for ty in classes {
            let Ty::Class(class, args) = &ty else { continue };
            let data = class_data(self.db, *class);
            let subst = Subst::new(class.0, args.clone()).with_self(ty.clone());
            let mut attributes = Vec::with_capacity(data.attributes.len());
            for attribute in &data.attributes {
                let part = subst.apply(&attribute.ty);
                let part = if part.any(&mut |part| matches!(part, Ty::Assoc(..))) {
                    crate::sups::normalise(self.db, self.program, &Env::EMPTY, &part)
                } else {
                    part
                };
                let size = self.size(&part, depth + 1)?;
                attributes.push((part, end));
                end = add(end, size)?;
            }
            if sections.is_empty() || !attributes.is_empty() {
                sections.push(Section { ty: ty.clone(), attributes });
            }
        }
        Ok(Arc::new(ObjectLayout { sections, size: end }))
    }

    /// Base parts in the order of the `sup` blocks, outermost first, each class once (SP10, 8.3.9).
    fn collect_bases(&self, ty: &Ty, classes: &mut Vec<Ty>, depth: u32) {
        let Ty::Class(class, _) = ty else { return };
        if depth > MAX_DEPTH
            || classes.len() > 256
            || class_sups(self.db, self.program, *class).bases.is_empty()
        {
            return;
        }
        for base in direct_bases(self.db, self.program, &Env::EMPTY, ty, 0) {
            if !classes.iter().any(|known| known.class() == base.class()) {
                classes.push(base.clone());
                self.collect_bases(&base, classes, depth + 1);
            }
        }
    }
}
