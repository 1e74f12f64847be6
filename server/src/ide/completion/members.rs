//! Members of values and types.

use super::context::Context;
use super::{Completion, CompletionKind, call_snippet, signature_detail};
use crate::ide::uses::Definition;
use hir::items::{class_data, env_of, signature};
use hir::members::{Member, MemberKind, all_members, enclosing_class, is_visible};
use hir::ty::{Convention, Ty};
use hir::{ClassId, Name};
use syntax::TextRange;

/// Attributes, and methods that take `self`; then what can be written around the value.
pub(super) fn of_value(
    context: &Context<'_>,
    receiver: &Option<(Convention, Ty)>,
    range: TextRange,
    items: &mut Vec<Completion>,
) {
    let Some((_, ty)) = receiver else { return };
    if let Ty::Tuple(parts) = ty {
        for (index, part) in parts.iter().enumerate() {
            let item = Completion::plain(index.to_string(), CompletionKind::Attribute, 10);
            items.push(item.detail(part.display(context.db).to_string()));
        }
    }
    for (name, member) in visible_members(context, ty) {
        let inherited = u8::from(member.depth > 0);
        match &member.kind {
            MemberKind::Method(func) if signature(context.db, *func).self_param.is_some() => {
                items.push(method(context, &name, *func, &member, 20 + inherited));
            }
            MemberKind::Attribute { class, index, ty } => {
                let item = Completion::plain(name.as_str(), CompletionKind::Attribute, 10 + inherited);
                let item = item.detail(ty.display(context.db).to_string());
                items.push(item.of(Definition::Attribute(*class, *index)));
            }
            _ => {}
        }
    }
    if let Ty::Class(class, _) = ty
        && class_data(context.db, *class).members.is_some()
    {
        items.push(Completion::plain("value", CompletionKind::Attribute, 10));
    }
    postfix(context, ty, range, items);
}

/// `value.if` and the like become the statement.
fn postfix(context: &Context<'_>, ty: &Ty, range: TextRange, items: &mut Vec<Completion>) {
    let text = context.root.text().slice(range).to_string();
    // In a snippet these mean something.
    let text = text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}");
    let lang = hir::lang::lang_items(context.db, context.file.edition(context.db));
    let is_bool = ty.class() == Some(lang.bool);
    let is_result = ty.class().is_some_and(|class| class == lang.opt || class == lang.ret);
    let mut all: Vec<(&str, String, &str)> = vec![
        ("let", format!("let ${{1:name}} = {text}$0"), "bind to a variable"),
        ("letmut", format!("let mut ${{1:name}} = {text}$0"), "bind to a mutable variable"),
        ("ret", format!("ret {text}$0"), "return"),
        (
            "case",
            format!("if {text} {{\n    == ${{1:pattern}} {{\n        $0\n    }}\n}}"),
            "compare with patterns",
        ),
        ("print", format!("print(\"${{{text}}}\")$0").replace("${", "\\${"), "print"),
    ];
    if is_bool {
        all.push(("if", format!("if {text} {{\n    == true {{\n        $0\n    }}\n}}"), "if it holds"));
        all.push(("while", format!("while {text} {{\n    $0\n}}"), "while it holds"));
    }
    if is_result {
        all.push(("try", format!("{text}?$0"), "hand the failure on"));
        all.push((
            "letelse",
            format!("let ${{1:name}} = {text} else {{\n    $0\n}}"),
            "bind the value, leave on failure",
        ));
    }
    for (label, insert, detail) in all {
        let mut item = Completion::snippet(label, insert, CompletionKind::Snippet, 80).detail(detail);
        item.replace = Some(TextRange::new(range.start(), context.replace.end()));
        item.filter = Some(format!("{}.{label}", context.root.text().slice(range)));
        items.push(item);
    }
}

/// Static methods, enumeration members, aliases.
pub(super) fn of_type(context: &Context<'_>, ty: &Ty, items: &mut Vec<Completion>) {
    if let Ty::Class(class, _) = ty
        && let Some(members) = &class_data(context.db, *class).members
    {
        for (index, member) in members.iter().enumerate() {
            let item = Completion::plain(member.name.as_str(), CompletionKind::EnumMember, 10);
            items.push(item.of(Definition::EnumMember(*class, index as u32)));
        }
    }
    for (name, member) in visible_members(context, ty) {
        match &member.kind {
            MemberKind::Method(func) if signature(context.db, *func).self_param.is_none() => {
                items.push(method(context, &name, *func, &member, 20 + u8::from(member.depth > 0)));
            }
            MemberKind::Alias(alias) => {
                let item = Completion::plain(name.as_str(), CompletionKind::Alias, 40);
                items.push(item.of(Definition::Alias(*alias)));
            }
            _ => {}
        }
    }
}

/// Attributes that an initialiser does not give yet.
pub(super) fn attributes(
    context: &Context<'_>,
    class: Option<ClassId>,
    given: &[String],
    items: &mut Vec<Completion>,
) {
    let Some(class) = class else { return };
    let data = class_data(context.db, class);
    for (index, attribute) in data.attributes.iter().enumerate() {
        if given.iter().any(|name| *name == attribute.name) {
            continue;
        }
        let insert = format!("{}=$0", attribute.name);
        let item = Completion::snippet(attribute.name.as_str(), insert, CompletionKind::Attribute, 5);
        let item = item.detail(attribute.ty.display(context.db).to_string());
        items.push(item.of(Definition::Attribute(class, index as u32)));
    }
    items.push(Completion::snippet("sup", "sup=$0", CompletionKind::Keyword, 30).detail("base parts"));
    items.push(
        Completion::snippet("else", "else=$0", CompletionKind::Keyword, 30)
            .detail("the object that gives the other attributes"),
    );
}

fn method(context: &Context<'_>, name: &Name, func: hir::FuncId, member: &Member, rank: u8) -> Completion {
    let insert = format!("{name}{}", call_snippet(context.db, func));
    let item = Completion::snippet(name.as_str(), insert, CompletionKind::Method, rank);
    let mut item = item.detail(signature_detail(context.db, func)).of(Definition::Function(func));
    item.origin = member.via.as_ref().map(|via| via.display(context.db).to_string());
    item
}

fn visible_members(context: &Context<'_>, ty: &Ty) -> Vec<(Name, Member)> {
    let (db, program) = (context.db, context.file.program(context.db));
    let open_class = ty
        .class()
        .filter(|class| ty.any(&mut |part| matches!(part, Ty::Param(param) if param.owner == class.0)));
    let env = match (context.func, context.container()) {
        // Arguments that are left out are the class's own parameters: what holds for those holds here.
        _ if open_class.is_some() => open_class.map_or(hir::items::Env::EMPTY, |class| env_of(db, class.0)),
        (Some(func), _) => env_of(db, func.0),
        (None, Some(item)) => env_of(db, item),
        (None, None) => hir::items::Env::EMPTY,
    };
    let from = context.func.and_then(|func| enclosing_class(db, func));
    let mut members = all_members(db, program, &env, ty);
    members.retain(|(_, member)| is_visible(db, program, member, from));
    members
}
