//! Types and signatures as a person writes them.

use crate::db::Db;
use crate::ids::{ClassId, FuncId, ItemId};
use crate::items::{class_data, class_generics, generics_of, signature};
use crate::lang::lang_items;
use crate::parse::item_tree;
use crate::signature::{Bound, Container, Generics, Param, Signature};
use crate::ty::{Convention, FnKind, Ty, TyArgs};
use std::fmt::{self, Display, Formatter, Write};

/// Types inside one another beyond this are shown as `…`.
const MAX_DEPTH: u32 = 12;

impl Ty {
    /// The type in short names. Arguments that equal the defaults are left out, as a user would.
    pub fn display<'a>(&'a self, db: &'a dyn Db) -> TyDisplay<'a> {
        TyDisplay { db, ty: self, convention: Convention::Value, depth: 0 }
    }

    /// As [`Ty::display`], with the mark of a borrow in front.
    pub fn display_as<'a>(&'a self, db: &'a dyn Db, convention: Convention) -> TyDisplay<'a> {
        TyDisplay { db, ty: self, convention, depth: 0 }
    }
}

pub struct TyDisplay<'a> {
    db: &'a dyn Db,
    ty: &'a Ty,
    convention: Convention,
    depth: u32,
}

impl Display for TyDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let TyDisplay { db, ty, depth, .. } = *self;
        f.write_str(self.convention.prefix())?;
        if depth > MAX_DEPTH {
            return f.write_char('…');
        }
        let inner = |ty| TyDisplay { db, ty, convention: Convention::Value, depth: depth + 1 };
        match ty {
            Ty::Class(class, args) => class_display(f, db, *class, args, depth),
            Ty::Tuple(parts) => {
                f.write_char('(')?;
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    inner(part).fmt(f)?;
                }
                // a one-tuple keeps its comma (SY18)
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            Ty::Param(param) => f.write_str(&param.name),
            Ty::SelfTy => f.write_str("Self"),
            Ty::Assoc(base, name) => write!(f, "{}.{name}", inner(base)),
            Ty::Func(func, _) => {
                let signature = signature(db, *func);
                let params = signature.params.iter().map(|param| (param.convention, &param.ty));
                function_type(f, db, FnKind::Ref, &signature.ret, params, depth)
            }
            Ty::Closure(closure) => {
                let params = closure.params.iter().map(|(convention, ty)| (*convention, ty));
                function_type(f, db, closure.kind, &closure.ret, params, depth)
            }
            Ty::Never => f.write_str("Void"),
            Ty::Infer(_) | Ty::Unknown => f.write_char('_'),
        }
    }
}

fn function_type<'a>(
    f: &mut Formatter<'_>,
    db: &dyn Db,
    kind: FnKind,
    ret: &Ty,
    params: impl Iterator<Item = (Convention, &'a Ty)>,
    depth: u32,
) -> fmt::Result {
    let name = match kind {
        FnKind::Ref => "FnRef",
        FnKind::Mut => "FnMut",
        FnKind::One => "FnOne",
    };
    write!(f, "{name}[{}", TyDisplay { db, ty: ret, convention: Convention::Value, depth: depth + 1 })?;
    for (convention, ty) in params {
        write!(f, ", {}", TyDisplay { db, ty, convention, depth: depth + 1 })?;
    }
    f.write_char(']')
}

fn class_display(
    f: &mut Formatter<'_>,
    db: &dyn Db,
    class: ClassId,
    args: &TyArgs,
    depth: u32,
) -> fmt::Result {
    let tree = item_tree(db, class.file());
    let Some(item) = tree.class(class.local()) else { return f.write_char('_') };
    f.write_str(&item.name)?;
    if args.is_empty() {
        return Ok(());
    }
    let generics = class_generics(db, class);
    let subst = crate::ty::Subst::new(class.0, args.clone()).with_self(Ty::Class(class, args.clone()));
    // from the end on, what a default would give anyway
    let mut shown = args.len().min(generics.params.len());
    while shown > 0
        && let Some(default) = &generics.params[shown - 1].default
        && subst.apply(default) == args[shown - 1]
    {
        shown -= 1;
    }
    let mut parts: Vec<&Ty> = Vec::new();
    for (param, arg) in generics.params.iter().zip(args.iter()).take(shown) {
        match arg {
            Ty::Tuple(pack) if param.param.variadic => parts.extend(pack.iter()),
            arg => parts.push(arg),
        }
    }
    if parts.is_empty() {
        return Ok(());
    }
    f.write_char('[')?;
    for (index, ty) in parts.into_iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        TyDisplay { db, ty, convention: Convention::Value, depth: depth + 1 }.fmt(f)?;
    }
    f.write_char(']')
}

/// A constraint: `A: Alloc[T]`.
pub fn bound(db: &dyn Db, bound: &Bound) -> String {
    format!("{}: {}", bound.ty.display(db), bound_class(db, bound))
}

/// The class of a constraint with its arguments: `Alloc[T]`.
pub fn bound_class(db: &dyn Db, bound: &Bound) -> String {
    let tree = item_tree(db, bound.class.file());
    if bound.args.is_empty() {
        return tree.class(bound.class.local()).map_or_else(String::new, |item| item.name.to_string());
    }
    Ty::Class(bound.class, bound.args.clone()).display(db).to_string()
}

/// Generic parameters with constraints and defaults: `[T, A: Alloc[T] = GlobalAlloc[T]]`; empty if there are none.
/// What stands in a `where` block but constrains a parameter is shown at the parameter.
pub fn generic_params(db: &dyn Db, generics: &Generics) -> String {
    if generics.params.is_empty() {
        return String::new();
    }
    let params = generics.params.iter().map(|param| {
        let mut text = if param.param.variadic { "..." } else { "" }.to_owned();
        text.push_str(&param.param.name);
        let own = Ty::Param(param.param.clone());
        let bounds = generics.bounds.iter().filter(|bound| bound.ty == own);
        let bounds: Vec<String> = bounds.map(|bound| bound_class(db, bound)).collect();
        if !bounds.is_empty() {
            text.push_str(": ");
            text.push_str(&bounds.join(" & "));
        }
        if let Some(default) = &param.default {
            let _ = write!(text, " = {}", default.display(db));
        }
        text
    });
    format!("[{}]", params.collect::<Vec<_>>().join(", "))
}

fn where_block(db: &dyn Db, generics: &Generics) -> String {
    let is_own = |ty: &Ty| generics.params.iter().any(|param| Ty::Param(param.param.clone()) == *ty);
    let bounds = generics.bounds.iter().filter(|bound| !is_own(&bound.ty));
    let bounds: Vec<String> = bounds.map(|item| bound(db, item)).collect();
    if bounds.is_empty() { String::new() } else { format!(" where [{}]", bounds.join(", ")) }
}

pub fn param(db: &dyn Db, param: &Param) -> String {
    let variadic = if param.variadic { "..." } else { "" };
    let mutable = if param.mutable { "mut " } else { "" };
    let default = if param.has_default { " = …" } else { "" };
    format!("{variadic}{mutable}{}: {}{default}", param.name, param.ty.display_as(db, param.convention))
}

/// The parameters with parentheses, `self` included.
pub fn params(db: &dyn Db, signature: &Signature) -> String {
    let mut all = Vec::new();
    if let Some(own) = signature.self_param {
        let mutable = if own.mutable && own.convention == Convention::Value { "mut " } else { "" };
        all.push(format!("{}{mutable}self", own.convention.prefix()));
    }
    all.extend(signature.params.iter().map(|item| param(db, item)));
    format!("({})", all.join(", "))
}

/// A function as it is declared, without body: `fn push(&mut self, val: T) -> Ret[Void, AllocErr]`.
pub fn declaration(db: &dyn Db, func: FuncId) -> String {
    let signature = signature(db, func);
    let keyword = if signature.is_coroutine { "gn" } else { "fn" };
    let is_method = matches!(signature.container, Container::Class(_) | Container::Sup(_));
    let is_static = if is_method && signature.self_param.is_none() { "@static " } else { "" };
    format!(
        "{is_static}{keyword} {}{}{} -> {}{}",
        signature.name,
        generic_params(db, &signature.generics),
        params(db, signature),
        signature.ret.display(db),
        where_block(db, &signature.generics),
    )
}

/// The head of a class or enumeration: `cls Vec[T, A: Alloc[T] = GlobalAlloc[T]]`.
pub fn class_head(db: &dyn Db, class: ClassId) -> String {
    let data = class_data(db, class);
    let keyword = if data.members.is_some() { "enum" } else { "cls" };
    format!(
        "{keyword} {}{}{}",
        data.name,
        generic_params(db, &data.generics),
        where_block(db, &data.generics)
    )
}

/// Namespace of the module that holds an item, and the item's name: `std.mem.replace`.
pub fn qualified_name(db: &dyn Db, id: ItemId) -> String {
    let tree = item_tree(db, id.file);
    let name = match tree.item(id.local) {
        Some(crate::item_tree::ItemRef::Func(index)) => &tree.funcs[index as usize].name,
        Some(crate::item_tree::ItemRef::Class(index)) => &tree.classes[index as usize].name,
        Some(crate::item_tree::ItemRef::Alias(index)) => &tree.aliases[index as usize].name,
        Some(crate::item_tree::ItemRef::Sup(_)) | None => return String::new(),
    };
    match tree.namespace() {
        Some(namespace) => format!("{namespace}.{name}"),
        None => name.to_string(),
    }
}

/// A function with the type it belongs to: `Vec.push`, `std.panic`, `fact`.
pub fn function_name(db: &dyn Db, func: FuncId) -> String {
    let signature = signature(db, func);
    let owner = match signature.container {
        Container::Class(class) => Some(class),
        Container::Sup(sup) => crate::items::sup_head(db, sup).target.class(),
        Container::Function(_) => None,
        Container::Module => {
            let library = func.file().program(db) == db.library(func.file().edition(db));
            if library && !lang_items(db, func.file().edition(db)).print.contains(&func) {
                return qualified_name(db, func.0);
            }
            None
        }
    };
    match owner {
        Some(class) => format!("{}.{}", class_data(db, class).name, signature.name),
        None => signature.name.to_string(),
    }
}

/// Whether an item has generic parameters of its own.
pub fn is_generic(db: &dyn Db, id: ItemId) -> bool {
    !generics_of(db, id).params.is_empty()
}
