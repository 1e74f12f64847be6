//! How objects lie in memory (5.7): sizes, offsets, who needs a class tag. What hovers show and what the evaluator uses.
//!
//! The unit is the word of eight bytes; every value takes a whole number of them.
//!
//! | type | words |
//! | --- | --- |
//! | `Num` | 2: kind and payload (S9) |
//! | `Bool`, an enumeration, `Rgx` | 1 |
//! | `Str` | 3: text, length, capacity (S6) |
//! | `Arr` | 2: block, length (S7, S8) |
//! | `Opt`, `Ret`, `Var` | 1 for the state, then the largest payload (S4) |
//! | `FnRef`, `FnMut`, `FnOne`, `Gen`, `Fut` | 2: code, and what belongs to it (S11) |
//! | a tuple | its elements in order |
//! | an object | its attributes, then its base parts, a shared one once (SP10) |
//! | a variable of a class that others super-impose | 1 for the class, then the largest object (S16) |
//! | a borrow | 1: where; 2 where the object's class must be known at run time: what class |

use crate::db::{Db, Program};
use crate::facts;
use crate::ids::ClassId;
use crate::items::{Env, class_data, class_generics, sup_head};
use crate::lang::lang_items;
use crate::sups::{blocks_with_base, class_sups, direct_bases};
use crate::ty::{Convention, Subst, Ty, TyArgs};
use crate::unify::match_type;

/// Bytes of a word.
pub const WORD: u32 = 8;

/// Types nested deeper than this have no layout; TY14 excludes them in a program without errors.
const MAX_DEPTH: u32 = 64;

/// Why a type has no size here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unsized {
    /// It depends on a generic parameter: each instantiation has its own.
    Generic,
    /// It is unknown because of an error, or contains itself.
    Unknown,
}

/// One part of an object: an attribute of its own class or of a base part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The class that declares the attribute, and its index there.
    pub class: ClassId,
    pub index: u32,
    pub ty: Ty,
    /// Words from the start of the object.
    pub offset: u32,
}

/// The inside of an object of one class instance.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ObjectLayout {
    /// Words.
    pub size: u32,
    pub parts: Vec<Part>,
    /// Base parts: the class instance and the words from the start of the object. A part shared by two bases stands once.
    pub bases: Vec<(Ty, u32)>,
}

impl ObjectLayout {
    pub fn part(&self, class: ClassId, index: u32) -> Option<&Part> {
        self.parts.iter().find(|part| part.class == class && part.index == index)
    }
}

/// Size of a value of a type in bytes.
pub fn size_of(db: &dyn Db, program: Program, ty: &Ty) -> Result<u32, Unsized> {
    words_of(db, program, ty).map(|words| words.saturating_mul(WORD))
}

/// Size of a value of a type in words, as a variable of that type holds it.
pub fn words_of(db: &dyn Db, program: Program, ty: &Ty) -> Result<u32, Unsized> {
    words_at(db, program, ty, 0)
}

/// Words of a slot that holds a value, or a borrow of one.
pub fn slot_words(db: &dyn Db, program: Program, convention: Convention, ty: &Ty) -> Result<u32, Unsized> {
    match convention {
        Convention::Value => words_of(db, program, ty),
        Convention::Ref | Convention::Mut => Ok(borrow_words(db, program, ty)),
    }
}

/// Words of a borrow of a type: 2 where code that holds one must find out the object's class, or what to call.
pub fn borrow_words(db: &dyn Db, program: Program, ty: &Ty) -> u32 {
    if needs_tag(db, program, ty) || is_function_type(db, program, ty) { 2 } else { 1 }
}

/// Whether an object seen as this type may be of another class (TY2, SP14).
pub fn needs_tag(db: &dyn Db, program: Program, ty: &Ty) -> bool {
    ty.class().is_some_and(|class| is_super_imposed(db, program, class))
}

/// Whether some class of the program super-imposes this one.
pub fn is_super_imposed(db: &dyn Db, program: Program, class: ClassId) -> bool {
    !blocks_with_base(db, program, class).is_empty()
}

/// `FnRef`, `FnMut`, `FnOne`.
pub fn is_function_type(db: &dyn Db, program: Program, ty: &Ty) -> bool {
    ty.class().is_some_and(|class| lang_items(db, program.edition(db)).fn_kind(class).is_some())
}

/// The inside of an object of exactly this class instance.
pub fn object_layout(db: &dyn Db, program: Program, ty: &Ty) -> Result<ObjectLayout, Unsized> {
    object_at(db, program, ty, 0)
}

/// Types of the payload of an `Opt`, `Ret` or `Var`, by state; the state itself takes one word in front.
pub fn payloads(db: &dyn Db, program: Program, ty: &Ty) -> Option<Vec<Ty>> {
    let lang = lang_items(db, program.edition(db));
    let Ty::Class(class, args) = ty else { return None };
    if *class == lang.var {
        return match args.first() {
            Some(Ty::Tuple(members)) => Some(members.to_vec()),
            _ => None,
        };
    }
    (*class == lang.opt || *class == lang.ret).then(|| args.to_vec())
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
            let Some(args) = bound.into_iter().collect::<Option<Vec<Ty>>>() else { continue };
            let target = Subst::new(sup.0, TyArgs::from(args)).apply(&head.target);
            if !found.contains(&target) {
                found.push(target);
            }
        }
    }
    found
}

fn words_at(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> Result<u32, Unsized> {
    if depth > MAX_DEPTH {
        return Err(Unsized::Unknown);
    }
    let sum = |parts: &[Ty]| {
        parts
            .iter()
            .try_fold(0u32, |sum, part| Ok(sum.saturating_add(words_at(db, program, part, depth + 1)?)))
    };
    match ty {
        Ty::Tuple(parts) => sum(parts),
        Ty::Param(_) | Ty::SelfTy | Ty::Assoc(..) => Err(Unsized::Generic),
        Ty::Func(..) | Ty::Never => Ok(0),
        // What a lambda holds is known to the code that makes it; see `closure_words`.
        Ty::Closure(_) | Ty::Infer(_) | Ty::Unknown => Err(Unsized::Unknown),
        Ty::Class(class, _) => {
            if let Some(words) = primitive_words(db, program, ty, depth) {
                return words;
            }
            if !is_super_imposed(db, program, *class) {
                return Ok(object_at(db, program, ty, depth)?.size);
            }
            let mut largest = 0;
            for possible in possible_classes(db, program, ty) {
                largest = largest.max(object_words(db, program, &possible, depth)?);
            }
            Ok(1 + largest)
        }
    }
}

/// Words of an object of exactly this class, without a tag. A primitive may stand behind a base class as well.
fn object_words(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> Result<u32, Unsized> {
    match primitive_words(db, program, ty, depth) {
        Some(words) => words,
        None => Ok(object_at(db, program, ty, depth)?.size),
    }
}

/// Types whose representation is the evaluator's.
fn primitive_words(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> Option<Result<u32, Unsized>> {
    let lang = lang_items(db, program.edition(db));
    let Ty::Class(class, _) = ty else { return None };
    let class = *class;
    if let Some(payloads) = payloads(db, program, ty) {
        let mut sizes = payloads.iter().map(|payload| words_at(db, program, payload, depth + 1));
        return Some(
            sizes.try_fold(0, |largest, size| Ok(largest.max(size?))).map(|largest: u32| 1 + largest),
        );
    }
    let words = if class == lang.void {
        0
    } else if class == lang.bool || class == lang.rgx {
        1
    } else if class == lang.num
        || class == lang.arr
        || class == lang.generator
        || class == lang.fut
        || lang.fn_kind(class).is_some()
    {
        2
    } else if class == lang.str {
        3
    } else if class_data(db, class).members.is_some() {
        1
    } else {
        return None;
    };
    Some(Ok(words))
}

fn object_at(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> Result<ObjectLayout, Unsized> {
    let mut layout = ObjectLayout::default();
    place_parts(db, program, ty, depth, &mut layout)?;
    Ok(layout)
}

/// Appends the attributes of a class instance, then its base parts that are not there yet.
fn place_parts(
    db: &dyn Db,
    program: Program,
    ty: &Ty,
    depth: u32,
    layout: &mut ObjectLayout,
) -> Result<(), Unsized> {
    if depth > MAX_DEPTH {
        return Err(Unsized::Unknown);
    }
    let Ty::Class(class, args) = ty else { return Err(Unsized::Unknown) };
    if args.len() != class_generics(db, *class).params.len() {
        return Err(Unsized::Unknown);
    }
    let own = class_data(db, *class).attributes.len();
    // The parts of `inline_parts` are the attributes in order, then the bases (DR2).
    for (index, part) in facts::inline_parts(db, program, &Env::EMPTY, ty).into_iter().take(own).enumerate() {
        let words = words_at(db, program, &part, depth + 1)?;
        layout.parts.push(Part { class: *class, index: index as u32, ty: part, offset: layout.size });
        layout.size = layout.size.saturating_add(words);
    }
    if class_sups(db, program, *class).bases.is_empty() {
        return Ok(());
    }
    for base in direct_bases(db, program, &Env::EMPTY, ty, 0) {
        if layout.bases.iter().any(|(known, _)| *known == base) {
            continue;
        }
        layout.bases.push((base.clone(), layout.size));
        place_parts(db, program, &base, depth + 1, layout)?;
    }
    Ok(())
}

/// Whether the first word of a value of this type is never 0, so that an array needs nothing else to tell an occupied slot
/// from a vacant one (A9).
pub fn has_niche(db: &dyn Db, program: Program, ty: &Ty) -> bool {
    niche_at(db, program, ty, 0)
}

fn niche_at(db: &dyn Db, program: Program, ty: &Ty, depth: u32) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match ty {
        Ty::Tuple(parts) => {
            let mut sized = parts.iter().filter(|part| words_of(db, program, part) != Ok(0));
            sized.next().is_some_and(|first| niche_at(db, program, first, depth + 1))
        }
        Ty::Class(class, _) => {
            let lang = lang_items(db, program.edition(db));
            if *class == lang.bool || *class == lang.void {
                return false;
            }
            if primitive_words(db, program, ty, depth).is_some() || is_super_imposed(db, program, *class) {
                return true;
            }
            let Ok(layout) = object_at(db, program, ty, depth) else { return false };
            let mut sized = layout.parts.iter().filter(|part| words_of(db, program, &part.ty) != Ok(0));
            sized.next().is_some_and(|first| niche_at(db, program, &first.ty, depth + 1))
        }
        _ => false,
    }
}

/// Bytes of a block with `slots` slots: the elements, and one bit for each where a slot cannot tell by itself whether it
/// is vacant.
pub fn block_bytes(db: &dyn Db, program: Program, element: &Ty, slots: u64) -> Result<u64, Unsized> {
    let elements = u64::from(size_of(db, program, element)?).saturating_mul(slots);
    let bits = if has_niche(db, program, element) { 0 } else { slots.div_ceil(64) * u64::from(WORD) };
    Ok(elements.saturating_add(bits))
}
