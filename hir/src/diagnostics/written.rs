//! Rules on types as written, in declarations and in bodies: TY3, GN2, GN10, A28, A33, A35, A36, and what lowering
//! finds (NM5, NM11, GN12, BR2, SP17, TY4).

use crate::db::{Db, Program};
use crate::display;
use crate::facts::{allocator_element, is_allocator_class};
use crate::ids::ClassId;
use crate::items::{Env, class_generics};
use crate::lang::{LangItems, lang_items};
use crate::lower::{Fresh, Part, TypeProblem};
use crate::resolve::Resolver;
use crate::signature::Bound;
use crate::sups::{bound_holds, substitute, superimposes};
use crate::ty::{Subst, Ty, TyArgs};
use crate::type_ref::TypeRef;

/// Where a type is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Attribute,
    Param,
    /// `...xs: T`
    VariadicParam,
    Return,
    /// `let x: T`, a lambda's parameter.
    Local,
    /// Neither storage nor value: alias, callee of a static call, initialiser, head of a `sup` block, constraint.
    Other,
}

impl Place {
    fn is_storage(self) -> bool {
        self != Place::Other
    }

    fn noun(self) -> &'static str {
        match self {
            Place::Attribute => "attribute",
            Place::Param | Place::VariadicParam => "parameter",
            Place::Return => "result",
            Place::Local => "variable",
            Place::Other => "value",
        }
    }
}

/// Lowers a written type and checks it for its place.
pub fn check_type(
    resolver: &Resolver<'_>,
    env: &Env,
    ty: &TypeRef,
    place: Place,
    sink: &mut dyn FnMut(TypeProblem),
) -> Ty {
    check(resolver, env, ty, place, None, sink)
}

/// As [`check_type`], for the callee of a static call and an initialiser: arguments may be left out.
pub fn check_open(
    resolver: &Resolver<'_>,
    env: &Env,
    ty: &TypeRef,
    fresh: Fresh<'_>,
    sink: &mut dyn FnMut(TypeProblem),
) -> Ty {
    check(resolver, env, ty, Place::Other, Some(fresh), sink)
}

fn check(
    resolver: &Resolver<'_>,
    env: &Env,
    written: &TypeRef,
    place: Place,
    fresh: Option<Fresh<'_>>,
    sink: &mut dyn FnMut(TypeProblem),
) -> Ty {
    let (db, program) = (resolver.db, resolver.program);
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let ty =
        resolver.lower_checked(
            written,
            fresh,
            &mut |problem| problems.push(problem),
            &mut |part| match part {
                Part::Applied { at, class, args, arg_at } => {
                    check_args(db, program, env, at, class, args, arg_at, &mut found)
                }
                Part::Element { at, ty } => {
                    found.extend(as_storage(db, program, env, at, ty, "tuple element"))
                }
            },
        );
    if place.is_storage() {
        let void = lang_items(db, program.edition(db)).void;
        let is_void = ty.class() == Some(void);
        let is_pack = matches!(&ty, Ty::Param(param) if param.variadic);
        let at = last_part(written);
        if is_pack && place != Place::VariadicParam {
            found.push(
                TypeProblem::error(
                    at,
                    "GN10",
                    format!("`{}` stands for any number of types", ty.display(db)),
                )
                .note("a variadic parameter `...xs: Ts` is the only thing that can have such a type"),
            );
        } else if !(is_void && place == Place::Return) {
            found.extend(as_storage(db, program, env, at, &ty, place.noun()));
        }
    }
    // a type that could not be resolved is not complained about twice
    let broken: Vec<u32> = problems.iter().map(|problem| problem.at).collect();
    found.retain(|problem| !broken.contains(&problem.at));
    problems.into_iter().chain(found).for_each(sink);
    ty
}

/// Number of the part that names the outermost type: behind the namespaces.
fn last_part(ty: &TypeRef) -> u32 {
    match ty {
        TypeRef::Path { namespaces, .. } => namespaces.len() as u32,
        _ => 0,
    }
}

/// TY3 and A33: `Void` and allocators are not types of storage.
fn as_storage(
    db: &dyn Db,
    program: Program,
    env: &Env,
    at: u32,
    ty: &Ty,
    noun: &'static str,
) -> Option<TypeProblem> {
    let lang = lang_items(db, program.edition(db));
    if ty.class() == Some(lang.void) {
        let message = format!("`Void` has no values, so no {noun} can have it");
        return Some(TypeProblem::error(at, "TY3", message));
    }
    is_allocator(db, program, env, ty).then(|| stored_allocator(db, at, ty, noun))
}

fn stored_allocator(db: &dyn Db, at: u32, ty: &Ty, noun: &str) -> TypeProblem {
    TypeProblem::error(at, "A33", format!("allocator type `{}` used as the type of a {noun}", ty.display(db)))
        .note("no allocator object ever exists: its methods are called through the type, as in `X.alloc(n)`")
}

/// Whether a type is `Alloc` or an allocator, for the rules on storage.
fn is_allocator(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> bool {
    match ty {
        Ty::Class(class, _) => is_allocator_class(db, program, *class),
        Ty::Param(_) => {
            let alloc = lang_items(db, program.edition(db)).alloc;
            superimposes(db, program, env, ty, alloc).is_some()
        }
        _ => false,
    }
}

/// Checks the arguments of a class against its constraints.
#[allow(clippy::too_many_arguments)]
fn check_args(
    db: &dyn Db,
    program: Program,
    env: &Env,
    at: u32,
    class: ClassId,
    args: &[Ty],
    arg_at: &[Option<u32>],
    found: &mut Vec<TypeProblem>,
) {
    let generics = class_generics(db, class);
    let lang = lang_items(db, program.edition(db));
    let subst = Subst::new(class.0, args.to_vec().into());
    let mut reported: Vec<usize> = Vec::new();
    let mut for_allocators: Vec<usize> = Vec::new();
    for bound in &generics.bounds {
        let index = match &bound.ty {
            Ty::Param(param) if param.owner == class.0 => Some(param.index as usize),
            _ => None,
        };
        if let Some(index) = index {
            if bound.class == lang.alloc || is_allocator_class(db, program, bound.class) {
                for_allocators.push(index);
            }
            if reported.contains(&index) {
                continue;
            }
        }
        let wanted = substitute(bound, &subst);
        if wanted.ty.has_unknown()
            || wanted.args.iter().any(Ty::has_unknown)
            || bound_holds(db, program, env, &wanted)
        {
            continue;
        }
        reported.extend(index);
        let at = index.and_then(|index| arg_at.get(index).copied().flatten()).unwrap_or(at);
        let name = index.and_then(|index| generics.params.get(index)).map_or("", |param| &param.param.name);
        found.push(unmet(db, program, env, at, name, &wanted));
    }
    for (index, arg) in args.iter().enumerate() {
        let Some(at) = arg_at.get(index).copied().flatten() else { continue };
        if !for_allocators.contains(&index) && !reported.contains(&index) {
            let parts = match arg {
                Ty::Tuple(parts) => &parts[..],
                other => std::slice::from_ref(other),
            };
            // an argument for a parameter that other classes constrain may be an allocator: it is called, not stored
            let constrained = generics.bounds.iter().any(
                |bound| matches!(&bound.ty, Ty::Param(param) if param.owner == class.0 && param.index as usize == index),
            );
            if !constrained && let Some(part) = parts.iter().find(|part| is_allocator(db, program, env, part))
            {
                found.push(stored_allocator(db, at, part, "generic argument"));
            }
        }
    }
}

/// A constraint that an argument does not meet, under the most specific rule: A35, A36 or GN2. `param` is the name of
/// the generic parameter, empty if the constraint is on something else.
pub fn unmet(db: &dyn Db, program: Program, env: &Env, at: u32, param: &str, bound: &Bound) -> TypeProblem {
    let lang: &LangItems = lang_items(db, program.edition(db));
    let class = display::bound_class(db, bound);
    let ty = bound.ty.display(db).to_string();
    if bound.class == lang.alloc {
        let element = allocator_element(db, program, env, &bound.ty);
        let wanted = bound.args.first();
        return match (element, wanted) {
            (Some(element), Some(wanted)) => {
                let message = format!(
                    "`{ty}` allocates `{}`, but `{}` is needed",
                    element.display(db),
                    wanted.display(db)
                );
                TypeProblem::error(at, "A36", message)
                    .note(format!("the constraint `{param}: {class}` fixes the element type"))
            }
            _ => {
                let instance =
                    Ty::Class(lang.alloc, TyArgs::from(vec![wanted.cloned().unwrap_or(Ty::Unknown)]));
                let missing = match wanted {
                    Some(_) => format!("sup {} for {ty}", instance.display(db)),
                    None => format!("sup Alloc[…] for {ty}"),
                };
                let message = format!("`{ty}` is not an allocator");
                let problem = TypeProblem::error(at, "A35", message);
                match bound.ty.class() {
                    Some(class) if class == lang.alloc => {
                        problem.note("`Alloc` itself is abstract; name a class that super-imposes it")
                    }
                    _ => problem.note(format!("there is no `{missing}`")),
                }
            }
        };
    }
    let message = format!("`{ty}` does not super-impose `{class}`");
    let problem = TypeProblem::error(at, "GN2", message);
    if param.is_empty() { problem } else { problem.note(format!("the constraint is `{param}: {class}`")) }
}

/// Whether a lowered type of an item needs no closer look: everything known, no constraint broken, no allocator or
/// `Void` where none may be. Cheap; most types of most programs pass.
pub(crate) fn is_fine(db: &dyn Db, program: Program, env: &Env, ty: &Ty, place: Place) -> bool {
    let lang = lang_items(db, program.edition(db));
    if let Ty::Class(class, args) = ty
        && args.is_empty()
    {
        return match place {
            Place::Other => true,
            Place::Return if *class == lang.void => true,
            _ => *class != lang.void && !is_allocator_class(db, program, *class),
        };
    }
    if matches!(ty, Ty::Param(param) if param.variadic) {
        return matches!(place, Place::VariadicParam | Place::Other);
    }
    if place.is_storage() && is_allocator(db, program, env, ty) {
        return false;
    }
    match ty {
        Ty::Unknown => false,
        Ty::Tuple(parts) => parts.iter().all(|part| is_fine(db, program, env, part, Place::Local)),
        Ty::Class(class, args) => {
            let generics = class_generics(db, *class);
            let is_pack = |index: usize| generics.params.get(index).is_some_and(|param| param.param.variadic);
            let inner = args.iter().enumerate().all(|(index, arg)| match arg {
                Ty::Tuple(parts) if is_pack(index) => {
                    parts.iter().all(|part| is_fine(db, program, env, part, Place::Other))
                }
                arg => is_fine(db, program, env, arg, Place::Other),
            });
            let constrained = |index: usize| {
                generics.bounds.iter().any(
                    |bound| matches!(&bound.ty, Ty::Param(param) if param.owner == class.0 && param.index as usize == index),
                )
            };
            inner
                && args
                    .iter()
                    .enumerate()
                    .all(|(index, arg)| !is_allocator(db, program, env, arg) || constrained(index))
                && (generics.bounds.is_empty() || {
                    let subst = Subst::new(class.0, args.clone());
                    generics
                        .bounds
                        .iter()
                        .all(|bound| bound_holds(db, program, env, &substitute(bound, &subst)))
                })
        }
        _ => true,
    }
}
