//! Matching of types against patterns with generic parameters.

use crate::ids::ItemId;
use crate::signature::Generics;
use crate::ty::{Ty, TyArgs};

/// Matches `ty` against the target type of a `sup` block and gives the arguments for the block's own parameters.
/// Constraints are not looked at.
pub fn match_head(owner: ItemId, generics: &Generics, pattern: &Ty, ty: &Ty) -> Option<TyArgs> {
    if generics.params.is_empty() {
        return matches_closed(pattern, ty).then_some(TyArgs::EMPTY);
    }
    // most blocks name the class with their parameters in order: nothing to match
    if let (Ty::Class(wanted, patterns), Ty::Class(class, args)) = (pattern, ty)
        && wanted == class
        && patterns.len() == generics.params.len()
        && patterns.len() == args.len()
        && patterns.iter().enumerate().all(
            |(index, part)| matches!(part, Ty::Param(param) if param.owner == owner && param.index as usize == index),
        )
    {
        return Some(args.clone());
    }
    let mut bound: Vec<Option<Ty>> = vec![None; generics.params.len()];
    if !match_type(owner, pattern, ty, &mut bound) {
        return None;
    }
    Some(bound.into_iter().map(|ty| ty.unwrap_or(Ty::Unknown)).collect())
}

/// Equality that an unknown part never breaks.
pub fn matches_closed(pattern: &Ty, ty: &Ty) -> bool {
    match (pattern, ty) {
        (Ty::Unknown, _) | (_, Ty::Unknown) => true,
        (Ty::Class(a, xs), Ty::Class(b, ys)) => {
            a == b && xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| matches_closed(x, y))
        }
        (Ty::Tuple(xs), Ty::Tuple(ys)) => {
            xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| matches_closed(x, y))
        }
        (Ty::Assoc(a, x), Ty::Assoc(b, y)) => x == y && matches_closed(a, b),
        _ => pattern == ty,
    }
}

/// Binds the parameters of `owner` in `pattern` so that it becomes `ty`. A parameter that occurs twice must be bound to
/// one type.
pub fn match_type(owner: ItemId, pattern: &Ty, ty: &Ty, bound: &mut [Option<Ty>]) -> bool {
    match pattern {
        Ty::Param(param) if param.owner == owner => match bound.get_mut(param.index as usize) {
            Some(slot @ None) => {
                *slot = Some(ty.clone());
                true
            }
            Some(Some(known)) => matches_closed(known, ty),
            None => false,
        },
        Ty::Class(wanted, patterns) => match ty {
            Ty::Class(class, args) => {
                wanted == class
                    && patterns.len() == args.len()
                    && patterns.iter().zip(args.iter()).all(|(part, arg)| match_type(owner, part, arg, bound))
            }
            Ty::Unknown => true,
            _ => false,
        },
        Ty::Tuple(patterns) => match ty {
            Ty::Tuple(parts) => {
                patterns.len() == parts.len()
                    && patterns.iter().zip(parts.iter()).all(|(part, ty)| match_type(owner, part, ty, bound))
            }
            Ty::Unknown => true,
            _ => false,
        },
        // an alias of a parameter is decided by that parameter
        Ty::Assoc(..) => true,
        other => matches_closed(other, ty),
    }
}
