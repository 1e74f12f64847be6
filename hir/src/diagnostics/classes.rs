//! TY14, TY17, A27 and duplicate members.

use super::Context;
use super::names::trimmed;
use crate::diagnostic::Diagnostic;
use crate::facts::is_allocator_class;
use crate::ids::{ClassId, Name};
use crate::item_tree::{ConstValue, ItemRef};
use crate::items::{Env, class_data, class_type};
use crate::lang::lang_items;
use crate::sups::{class_sups, direct_bases, normalise};
use crate::ty::{Subst, Ty};
use rustc_hash::{FxHashMap, FxHashSet};
use syntax::TextRange;
use syntax::ast::{self, AstNode};

pub(super) fn check(cx: &mut Context<'_>) {
    for index in 0..cx.tree.classes.len() as u32 {
        if cx.tree.classes[index as usize].members.is_some() {
            enumeration(cx, index);
        } else {
            infinite(cx, index);
            allocator_state(cx, index);
        }
    }
}

fn attribute_range(cx: &Context<'_>, class: u32, attribute: usize) -> TextRange {
    let item = ItemRef::Class(class);
    let list = cx.node::<ast::Class>(item).and_then(|node| node.member_list());
    let mut attributes = list.into_iter().flat_map(|list| list.members()).filter_map(|member| match member {
        ast::Member::Attribute(attribute) => Some(attribute),
        _ => None,
    });
    attributes.nth(attribute).map_or_else(|| cx.header(item), |attribute| trimmed(attribute.syntax()))
}

/// TY14: marked at the attribute that closes the cycle, once for each cycle.
fn infinite(cx: &mut Context<'_>, index: u32) {
    let id = ClassId::new(cx.file, cx.tree.classes[index as usize].id);
    let data = class_data(cx.db, id);
    let own = class_type(cx.db, id);
    for (at, attribute) in data.attributes.iter().enumerate() {
        // most attributes are of a class without parts
        if matches!(&attribute.ty, Ty::Class(class, args) if args.is_empty() && is_leaf(cx, *class)) {
            continue;
        }
        let mut path = vec![(id, at)];
        let mut seen = FxHashSet::default();
        if !reaches(cx, &attribute.ty, id, &mut path, &mut seen, 0) {
            continue;
        }
        let place = |(class, at): &(ClassId, usize)| {
            let file = cx.program.files(cx.db).iter().position(|file| *file == class.file());
            (file, crate::parse::item_range(cx.db, class.0).start(), *at)
        };
        // attributes of bases and elements count as those of the class that stores them
        if path.iter().max_by_key(|step| place(step)) != Some(&(id, at)) {
            continue;
        }
        let name = &data.name;
        let range = attribute_range(cx, index, at);
        let through: Vec<String> = path[1..]
            .iter()
            .map(|(class, at)| {
                let data = class_data(cx.db, *class);
                let attribute = data.attributes.get(*at).map_or("", |attribute| attribute.name.as_str());
                format!("`{}.{attribute}`", data.name)
            })
            .collect();
        let message = if through.is_empty() {
            format!("`{name}` contains itself through `{}`", attribute.name)
        } else {
            format!("`{name}` contains itself through `{}`, {}", attribute.name, through.join(", "))
        };
        cx.report(Diagnostic::error("TY14", range, message).note(format!(
            "attributes lie inside their object; `Vec[{}]` keeps its elements in a buffer on the heap",
            own.display(cx.db)
        )));
    }
}

fn is_leaf(cx: &Context<'_>, class: ClassId) -> bool {
    let data = class_data(cx.db, class);
    data.is_builtin || data.members.is_some()
}

/// Whether a class lies inline in a type; `path` collects the attributes that lead there.
fn reaches(
    cx: &Context<'_>,
    ty: &Ty,
    target: ClassId,
    path: &mut Vec<(ClassId, usize)>,
    seen: &mut FxHashSet<Ty>,
    depth: u32,
) -> bool {
    let db = cx.db;
    let lang = lang_items(db, cx.file.edition(db));
    match ty {
        _ if depth > 64 || seen.len() > 4096 => false,
        Ty::Tuple(parts) => parts.iter().any(|part| reaches(cx, part, target, path, seen, depth + 1)),
        Ty::Class(class, args) if [lang.opt, lang.ret, lang.var].contains(class) => {
            args.iter().any(|arg| reaches(cx, arg, target, path, seen, depth + 1))
        }
        Ty::Class(class, _) if *class == target => true,
        Ty::Class(class, args) => {
            if is_leaf(cx, *class) || !seen.insert(ty.clone()) {
                return false;
            }
            let data = class_data(db, *class);
            let subst = Subst::new(class.0, args.clone()).with_self(ty.clone());
            for (at, attribute) in data.attributes.iter().enumerate() {
                let inner = normalise(db, cx.program, &Env::EMPTY, &subst.apply(&attribute.ty));
                path.push((*class, at));
                if reaches(cx, &inner, target, path, seen, depth + 1) {
                    return true;
                }
                path.pop();
            }
            // a base part that contains the class again; the bases themselves are SP15
            !class_sups(db, cx.program, *class).bases.is_empty()
                && direct_bases(db, cx.program, &Env::EMPTY, ty, 0).iter().any(|base| {
                    base.class() != Some(target) && reaches(cx, base, target, path, seen, depth + 1)
                })
        }
        _ => false,
    }
}

/// A27 (W): at the first attribute.
fn allocator_state(cx: &mut Context<'_>, index: u32) {
    let class = &cx.tree.classes[index as usize];
    if class.attributes.is_empty() {
        return;
    }
    let id = ClassId::new(cx.file, class.id);
    let alloc = lang_items(cx.db, cx.file.edition(cx.db)).alloc;
    if id == alloc || !is_allocator_class(cx.db, cx.program, id) {
        return;
    }
    let range = attribute_range(cx, index, 0);
    let message = format!("the attributes of the allocator `{}` can never be reached", class.name);
    cx.report(Diagnostic::warning("A27", range, message).note(
        "no object of an allocator ever exists; keep the class empty and forward to another allocator",
    ));
}

/// TY17
fn enumeration(cx: &mut Context<'_>, index: u32) {
    let item = ItemRef::Class(index);
    let class = &cx.tree.classes[index as usize];
    let members = class.members.as_deref().unwrap_or(&[]);
    let mut first: FxHashMap<&Name, usize> = FxHashMap::default();
    let mut kind: Option<(usize, &ConstValue)> = None;
    let mut wrong: Vec<(usize, bool, String, Option<usize>)> = Vec::new();
    for (at, member) in members.iter().enumerate() {
        if let Some(known) = first.get(&member.name) {
            wrong.push((
                at,
                false,
                format!("`{}` has a member `{}` already", class.name, member.name),
                Some(*known),
            ));
        } else {
            first.insert(&member.name, at);
        }
        match (&member.value, kind) {
            (None, _) => {}
            (Some(ConstValue::Other), _) => {
                wrong.push((at, true, format!("the value of `{}` is not constant", member.name), None));
            }
            (Some(value), None) => kind = Some((at, value)),
            (Some(value), Some((known, other))) => {
                if std::mem::discriminant(value) != std::mem::discriminant(other) {
                    let message =
                        format!("the value of `{}` is a {}, not a {}", member.name, sort(value), sort(other));
                    wrong.push((at, true, message, Some(known)));
                }
            }
        }
    }
    if wrong.is_empty() {
        return;
    }
    let list = cx.node::<ast::Enum>(item).and_then(|node| node.enum_member_list());
    let nodes: Vec<ast::EnumMember> = list.into_iter().flat_map(|list| list.enum_members()).collect();
    let name_range = |at: usize| {
        let name = nodes.get(at).and_then(ast::HasName::name);
        name.map_or_else(TextRange::default, |name| trimmed(name.syntax()))
    };
    for (at, at_value, message, related) in wrong {
        let value = nodes.get(at).and_then(|node| node.value()).filter(|_| at_value);
        let range = value.map_or_else(|| name_range(at), |value| trimmed(value.syntax()));
        let mut diagnostic = Diagnostic::error("TY17", range, message).note(
            "the members of an enumeration are distinct names of constants, and all values have one type",
        );
        if let Some(related) = related {
            diagnostic = diagnostic.related(name_range(related), "the first one is here");
        }
        cx.report(diagnostic);
    }
}

fn sort(value: &ConstValue) -> &'static str {
    match value {
        ConstValue::Number(_) => "`Num`",
        ConstValue::Str(_) => "`Str`",
        ConstValue::Bool(_) => "`Bool`",
        ConstValue::Other => "computed value",
    }
}
