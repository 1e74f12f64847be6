//! Whether a new name would mean something else where it is written, or take what others mean by it.

use super::definition;
use crate::ide::uses::{self, Definition, Role};
use hir::body::LocalId;
use hir::semantics::{Definition as Visible, Semantics};
use hir::signature::Container;
use hir::{Db, File, FuncId};
use syntax::{TextRange, TextSize};

/// `Err` says what bears the name `new` already, where it and what is renamed can be seen together (NM5, NM6).
/// `places` are the names that change.
pub(super) fn check(
    db: &dyn Db,
    wanted: &[Definition],
    places: &[(File, TextRange)],
    new: &str,
) -> Result<(), String> {
    for definition in wanted {
        match definition {
            Definition::Local(func, local) => of_variable(db, *func, *local, new)?,
            Definition::Attribute(class, _) => of_member(db, hir::items::class_type(db, *class), new)?,
            Definition::EnumMember(class, _) => {
                let members = hir::items::class_data(db, *class).members.as_deref().unwrap_or_default();
                if members.iter().any(|member| member.name == new) {
                    return Err(format!("the enumeration has a member `{new}` already (NM6)"));
                }
            }
            Definition::Function(func) => match hir::items::signature(db, *func).container {
                Container::Class(class) => of_member(db, hir::items::class_type(db, class), new)?,
                Container::Sup(sup) => of_member(db, hir::items::sup_head(db, sup).target.clone(), new)?,
                Container::Module | Container::Function(_) => of_item(db, places, new)?,
            },
            Definition::Class(_) | Definition::Alias(_) | Definition::TypeParam(_) => {
                of_item(db, places, new)?
            }
            Definition::Module(_) | Definition::Builtin(..) => {}
        }
    }
    Ok(())
}

/// A variable meets variables and functions: where it is named another would be found first, or it would be found where
/// the other is named.
fn of_variable(db: &dyn Db, func: FuncId, local: LocalId, new: &str) -> Result<(), String> {
    let body = hir::body::body(db, func);
    // Parameters, which need not be named anywhere else.
    let params = body.root.map(|root| body.visible_at(body.range(root).start()).locals).unwrap_or_default();
    if params.contains(&local) && params.iter().any(|&other| body.locals[other].name == new) {
        return Err(format!("`{new}` is another parameter (NM5)"));
    }
    let is_local = |definition: &Definition| matches!(definition, Definition::Local(_, it) if *it == local);
    for it in uses::of_body(db, func).iter() {
        let visible = body.visible_at(it.range.start()).locals;
        if is_local(&it.definition) {
            if visible.iter().any(|&other| body.locals[other].name == new) {
                return Err(format!("`{new}` is another variable here (NM5)"));
            }
            continue;
        }
        let lexical = matches!(it.definition, Definition::Local(..) | Definition::Function(_));
        let named = lexical && it.role != Role::Declaration && definition::name(db, &it.definition) == new;
        if named && visible.contains(&local) && !is_member(db, &it.definition) {
            return Err(format!("`{new}` is named where this variable would be found first (NM5)"));
        }
    }
    Ok(())
}

fn is_member(db: &dyn Db, definition: &Definition) -> bool {
    let Definition::Function(func) = definition else { return false };
    matches!(hir::items::signature(db, *func).container, Container::Class(_) | Container::Sup(_))
}

fn of_member(db: &dyn Db, ty: hir::Ty, new: &str) -> Result<(), String> {
    let Some(class) = ty.class() else { return Ok(()) };
    let file = class.file();
    let env = Semantics::new(db, file).env_at(TextSize::new(0));
    let members = hir::members::all_members(db, file.program(db), &env, &ty);
    match members.iter().any(|(name, _)| *name == new) {
        true => Err(format!("`{}` has a member `{new}` already", ty.display(db))),
        false => Ok(()),
    }
}

/// Functions, types and generic parameters: asked once for each file and function that names them.
fn of_item(db: &dyn Db, places: &[(File, TextRange)], new: &str) -> Result<(), String> {
    let mut asked = Vec::new();
    for &(file, range) in places {
        let function = definition::function_at(db, file, range.start());
        if asked.contains(&(file, function)) {
            continue;
        }
        asked.push((file, function));
        let visible = Semantics::new(db, file).visible_at(range.start());
        let Some(found) = visible.into_iter().find(|it| it.name == new) else { continue };
        let what = match found.definition {
            Visible::Local(..) => "a variable",
            Visible::Function(_) => "a function",
            Visible::TypeParam(_) => "a generic parameter",
            _ => "a type",
        };
        return Err(format!("`{new}` is {what} here already (NM5, NM6)"));
    }
    Ok(())
}
