//! What is known of types: copying, destruction, zero values, allocators.

use crate::db::{Db, Program};
use crate::ids::ClassId;
use crate::items::{Env, class_data, signature};
use crate::lang::lang_items;
use crate::members::resolve_override;
use crate::sups::{class_sups, direct_bases, normalise, superimposes};
use crate::ty::{Subst, Ty, TyArgs};
use std::collections::HashSet;

/// Whether values are copied where others are moved (OW2).
pub fn is_copy(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(parts) => parts.iter().all(|part| is_copy(db, program, env, part)),
        Ty::Func(..) | Ty::Never | Ty::Unknown => true,
        Ty::Closure(_) | Ty::Infer(_) => false,
        _ => superimposes(db, program, env, ty, lang_items(db, program.edition(db)).copy).is_some(),
    }
}

/// Whether copying runs no code of a user: `Num`, `Bool`, enumerations, function names, tuples of them. Asked of types
/// that are `Copy`.
pub fn copy_is_trivial(db: &dyn Db, program: Program, ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(parts) => parts.iter().all(|part| copy_is_trivial(db, program, part)),
        Ty::Func(..) | Ty::Never | Ty::Unknown => true,
        Ty::Class(class, _) => {
            if class_data(db, *class).members.is_some() {
                return true;
            }
            let copy = lang_items(db, program.edition(db)).copy_copy;
            let (method, _) = resolve_override(db, program, copy, &TyArgs::EMPTY, ty);
            method != copy && signature(db, method).is_builtin
        }
        _ => false,
    }
}

/// Whether dropping calls `Del.del` on the object itself (DR2).
pub fn has_del(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> bool {
    matches!(ty, Ty::Class(..) | Ty::Param(_) | Ty::Assoc(..))
        && superimposes(db, program, env, ty, lang_items(db, program.edition(db)).del).is_some()
}

/// Whether dropping does anything: runs code, releases memory, or may do so for some instantiation.
pub fn needs_drop(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> bool {
    any_part(db, program, env, ty, &mut HashSet::new(), 0, &mut |part| {
        let lang = lang_items(db, program.edition(db));
        match part {
            Ty::Class(class, _) => {
                let class = *class;
                let resource = class_data(db, class).is_builtin
                    && class_data(db, class).members.is_none()
                    && ![lang.void, lang.bool, lang.num, lang.rgx, lang.opt, lang.ret, lang.var, lang.tup]
                        .contains(&class)
                    && class != lang.atom_num
                    && class != lang.atom_bool;
                resource || has_del(db, program, env, part)
            }
            // an instantiation may bring anything, unless it is `Copy`
            Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => !is_copy(db, program, env, part),
            Ty::Closure(_) => true,
            _ => false,
        }
    })
}

/// Whether `holds` for the type or for something stored inline in it: attributes, base parts, elements, payloads.
fn any_part(
    db: &dyn Db,
    program: Program,
    env: &Env,
    ty: &Ty,
    seen: &mut HashSet<Ty>,
    depth: u32,
    holds: &mut dyn FnMut(&Ty) -> bool,
) -> bool {
    if depth > 64 {
        return true;
    }
    if holds(ty) {
        return true;
    }
    match ty {
        Ty::Tuple(parts) => parts.iter().any(|part| any_part(db, program, env, part, seen, depth + 1, holds)),
        Ty::Class(class, args) => {
            let lang = lang_items(db, program.edition(db));
            if !seen.insert(ty.clone()) {
                return false;
            }
            if [lang.opt, lang.ret, lang.var].contains(class) {
                return args.iter().any(|arg| any_part(db, program, env, arg, seen, depth + 1, holds));
            }
            inline_parts(db, program, env, ty)
                .iter()
                .any(|part| any_part(db, program, env, part, seen, depth + 1, holds))
        }
        _ => false,
    }
}

/// Types of the attributes and base parts of a class instance, in the order of destruction (DR2).
pub fn inline_parts(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Vec<Ty> {
    let Ty::Class(class, args) = ty else { return Vec::new() };
    let data = class_data(db, *class);
    let subst = Subst::new(class.0, args.clone()).with_self(ty.clone());
    let attributes = data.attributes.iter();
    let mut parts: Vec<Ty> =
        attributes.map(|attribute| normalise(db, program, env, &subst.apply(&attribute.ty))).collect();
    if !class_sups(db, program, *class).bases.is_empty() {
        parts.extend(direct_bases(db, program, env, ty, 0));
    }
    parts
}

/// Whether `alloc_zero` can make elements of a type (A14, 8.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Zeroable {
    Yes,
    /// The part that has no zero value.
    No(Ty),
    /// Depends on a generic parameter: decided for each instantiation.
    Depends,
}

pub fn zeroable(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Zeroable {
    zero(db, program, env, ty, &mut HashSet::new(), 0)
}

fn zero(db: &dyn Db, program: Program, env: &Env, ty: &Ty, seen: &mut HashSet<Ty>, depth: u32) -> Zeroable {
    let all = |parts: &[Ty], seen: &mut HashSet<Ty>| {
        let mut result = Zeroable::Yes;
        for part in parts {
            match zero(db, program, env, part, seen, depth + 1) {
                Zeroable::Yes => {}
                Zeroable::Depends => result = Zeroable::Depends,
                no => return no,
            }
        }
        result
    };
    match ty {
        _ if depth > 64 => Zeroable::No(ty.clone()),
        Ty::Unknown | Ty::Never => Zeroable::Yes,
        Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => Zeroable::Depends,
        Ty::Tuple(parts) => all(parts, seen),
        Ty::Class(class, _) => {
            let lang = lang_items(db, program.edition(db));
            let data = class_data(db, *class);
            if *class == lang.num || *class == lang.bool {
                return Zeroable::Yes;
            }
            if let Some(members) = &data.members {
                return if members.is_empty() { Zeroable::No(ty.clone()) } else { Zeroable::Yes };
            }
            if data.is_builtin || has_del(db, program, env, ty) {
                return Zeroable::No(ty.clone());
            }
            // a class that contains itself is TY14
            if !seen.insert(ty.clone()) {
                return Zeroable::Yes;
            }
            all(&inline_parts(db, program, env, ty), seen)
        }
        Ty::Func(..) | Ty::Closure(_) | Ty::Infer(_) => Zeroable::No(ty.clone()),
    }
}

/// The element type of an allocator (A15); `None` for any other type. `Alloc` itself is none (A5).
pub fn allocator_element(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Option<Ty> {
    let alloc = lang_items(db, program.edition(db)).alloc;
    match superimposes(db, program, env, ty, alloc)? {
        Ty::Class(_, args) => args.first().cloned(),
        _ => None,
    }
}

/// Whether a class super-imposes `Alloc`, for some arguments at least, or is `Alloc`.
pub fn is_allocator_class(db: &dyn Db, program: Program, class: ClassId) -> bool {
    let alloc = lang_items(db, program.edition(db)).alloc;
    class == alloc || class_sups(db, program, class).may_reach(alloc)
}
