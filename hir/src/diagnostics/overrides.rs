//! Rules on `sup Base for Target`: SP3, SP4, SP5, SP15. Blocks of `Alloc` go on to [`super::allocators`].

use super::names::trimmed;
use super::{Context, allocators, declared_at};
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::display;
use crate::ids::{ClassId, FuncId, ItemId, SupId};
use crate::item_tree::ItemRef;
use crate::items::{Env, SupHead, class_data, signature, sup_head};
use crate::lang::lang_items;
use crate::members::{MemberKind, abstract_methods, base_name, base_subst, lookup};
use crate::signature::{Container, Signature};
use crate::sups::{blocks_of, class_sups, normalise};
use crate::ty::{Convention, Subst, Ty};
use crate::unify::matches_closed;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxKind, TextRange};

/// A `sup` block with base, taken apart.
pub(super) struct Block<'db> {
    pub index: u32,
    pub id: SupId,
    pub head: &'db SupHead,
    pub base: &'db Ty,
    pub target: ClassId,
    pub env: Env,
}

pub(super) fn check(cx: &mut Context<'_>) {
    for index in 0..cx.tree.sups.len() as u32 {
        let id = SupId::new(cx.file, cx.tree.sups[index as usize].id);
        let head = sup_head(cx.db, id);
        let (Some(base), Some(target)) = (&head.base, head.target.class()) else { continue };
        let Some(base_class) = base.class() else { continue };
        let env = Env::of_bounds(&head.generics.bounds);
        let block = Block { index, id, head, base, target, env };
        if cyclic(cx, &block) {
            continue;
        }
        if base_class == lang_items(cx.db, cx.file.edition(cx.db)).alloc {
            allocators::check(cx, &block);
            continue;
        }
        repeated(cx, &block);
        for func in &cx.tree.sups[index as usize].funcs {
            method(cx, &block, *func);
        }
        for alias in &cx.tree.sups[index as usize].aliases {
            let name = &cx.tree.aliases[*alias as usize].name;
            if !has_alias(cx, &block, name) {
                foreign_alias(cx, &block, *alias);
            }
        }
        let missing = missing_methods(cx, &block);
        if !missing.is_empty() {
            abstract_left(cx, &block, &missing);
        }
    }
}

fn has_alias(cx: &Context<'_>, block: &Block<'_>, name: &str) -> bool {
    let found = lookup(cx.db, cx.program, &block.env, block.base, name);
    found.members.iter().any(|member| matches!(member.kind, MemberKind::Alias(_)))
}

/// SP3 for aliases.
fn foreign_alias(cx: &mut Context<'_>, block: &Block<'_>, alias: u32) {
    let range = cx.name_range(ItemRef::Alias(alias));
    let name = &cx.tree.aliases[alias as usize].name;
    let base = block.base.display(cx.db);
    let target = &class_data(cx.db, block.target).name;
    let diagnostic = Diagnostic::error("SP3", range, format!("`{base}` has no alias `{name}`")).note(
        format!("a block `sup Base for Target` holds what the base has; put the alias into `sup {target}`"),
    );
    cx.report(diagnostic);
}

/// SP15: a chain of super-impositions that leads back. Marked at the last block of the cycle.
fn cyclic(cx: &mut Context<'_>, block: &Block<'_>) -> bool {
    let Some(base) = block.base.class() else { return false };
    let is_cycle = base == block.target || class_sups(cx.db, cx.program, base).may_reach(block.target);
    if !is_cycle {
        return false;
    }
    let mut path = vec![block.id];
    find_path(cx, base, block.target, &mut path, 0);
    let order = |id: &SupId| {
        let file = cx.program.files(cx.db).iter().position(|file| *file == id.file());
        (file, crate::parse::item_range(cx.db, id.0).start())
    };
    if path.iter().max_by_key(|id| order(id)) != Some(&block.id) {
        return true;
    }
    let target = &class_data(cx.db, block.target).name;
    let range = cx.header(ItemRef::Sup(block.index));
    let mut diagnostic = Diagnostic::error("SP15", range, format!("`{target}` super-imposes itself"))
        .note("an object cannot contain itself as its own base part");
    for other in path.iter().filter(|other| **other != block.id) {
        let at = header_of(cx, other.0);
        diagnostic = diagnostic.related_in(other.file(), at, "through this block");
    }
    cx.report(diagnostic);
    true
}

fn header_of(cx: &Context<'_>, id: ItemId) -> TextRange {
    if id.file == cx.file
        && let Some(item) = cx.tree.item(id.local)
    {
        return cx.header(item);
    }
    declared_at(cx.db, id)
}

fn find_path(cx: &Context<'_>, from: ClassId, target: ClassId, path: &mut Vec<SupId>, depth: u32) -> bool {
    if from == target {
        return true;
    }
    if depth > 64 {
        return false;
    }
    for &(sup, base) in &class_sups(cx.db, cx.program, from).bases {
        if path.contains(&sup) || (base != target && !class_sups(cx.db, cx.program, base).may_reach(target)) {
            continue;
        }
        path.push(sup);
        if find_path(cx, base, target, path, depth + 1) {
            return true;
        }
        path.pop();
    }
    false
}

/// The head of a block with its parameters numbered, so that two blocks can be compared.
fn canonical(id: SupId, head: &SupHead) -> (Ty, Option<Ty>) {
    let number = |ty: &Ty| {
        ty.map(&mut |part| match part {
            Ty::Param(param) if param.owner == id.0 => {
                let args = match &head.target {
                    Ty::Class(_, args) => &args[..],
                    _ => &[],
                };
                let at = args.iter().position(|arg| arg == part).unwrap_or(args.len() + param.index as usize);
                Some(Ty::Infer(at as u32))
            }
            _ => None,
        })
    };
    (number(&head.target), head.base.as_ref().map(number))
}

/// The block before this one that fits `same`; blocks of the library come before all others.
pub(super) fn earlier_block(
    cx: &Context<'_>,
    block: &Block<'_>,
    same: impl Fn(SupId, &SupHead) -> bool,
) -> Option<SupId> {
    let mut before = true;
    for other in blocks_of(cx.db, cx.program, block.target) {
        if other == block.id {
            before = false;
            continue;
        }
        let foreign = other.file().program(cx.db) != cx.program;
        if (before || foreign) && same(other, sup_head(cx.db, other)) {
            return Some(other);
        }
    }
    None
}

/// SP15: the same base on the same class twice.
fn repeated(cx: &mut Context<'_>, block: &Block<'_>) {
    if blocks_of(cx.db, cx.program, block.target).len() < 2 {
        return;
    }
    let own = canonical(block.id, block.head);
    if own.0.has_unknown() || own.1.as_ref().is_some_and(Ty::has_unknown) {
        return;
    }
    let first = earlier_block(cx, block, |other, head| canonical(other, head) == own);
    let Some(first) = first else { return };
    let range = cx.header(ItemRef::Sup(block.index));
    let base = block.base.display(cx.db);
    let target = block.head.target.display(cx.db);
    let diagnostic = Diagnostic::error("SP15", range, format!("`{target}` super-imposes `{base}` already"))
        .note("put the methods into one block")
        .related_in(first.file(), header_of(cx, first.0), "the other block is here");
    cx.report(diagnostic);
}

/// A method of the base under its arguments in this block.
pub(super) struct Expected<'db> {
    pub signature: &'db Signature,
    pub subst: Subst,
}

/// The methods of the base with this name.
pub(super) fn rivals<'db>(cx: &Context<'db>, block: &Block<'_>, own: &Signature) -> Vec<Expected<'db>> {
    let base_class = block.base.class();
    let name = base_class.map_or_else(|| own.name.clone(), |base| base_name(cx.db, base, &own.name));
    let found = lookup(cx.db, cx.program, &block.env, block.base, &name);
    let methods = found.members.into_iter().filter_map(|member| match member.kind {
        MemberKind::Method(func) => {
            let base = signature(cx.db, func);
            let instance = member.via.clone().unwrap_or_else(|| block.base.clone());
            let mut subst = base_subst(cx.db, own, base, &instance, &block.head.target);
            if let Some(container) = base.container.item() {
                subst.args.retain(|(owner, _)| *owner != container);
                subst = subst.with(container, member.container_args);
            }
            Some(Expected { signature: base, subst })
        }
        _ => None,
    });
    methods.collect()
}

impl Expected<'_> {
    /// A type of the base's method as the override must have it.
    pub(super) fn ty(&self, cx: &Context<'_>, block: &Block<'_>, ty: &Ty) -> Ty {
        normalise(cx.db, cx.program, &block.env, &self.subst.apply(ty))
    }

    /// The parameters that are left: those that become `Void` disappear (TY3).
    pub(super) fn params(
        &self,
        cx: &Context<'_>,
        block: &Block<'_>,
    ) -> Vec<(Convention, Ty, &crate::signature::Param)> {
        let void = lang_items(cx.db, cx.file.edition(cx.db)).void;
        let params = self.signature.params.iter();
        let params = params.map(|param| (param.convention, self.ty(cx, block, &param.ty), param));
        params.filter(|(_, ty, param)| ty.class() != Some(void) || param.ty.class() == Some(void)).collect()
    }
}

/// The type of an override with `Self` replaced.
pub(super) fn own_type(cx: &Context<'_>, block: &Block<'_>, ty: &Ty) -> Ty {
    let subst = Subst::default().with_self(block.head.target.clone());
    normalise(cx.db, cx.program, &block.env, &subst.apply(ty))
}

/// What is wrong with an override, and which part of it.
enum Mismatch {
    Coroutine,
    SelfForm,
    Generics,
    Count,
    Convention(usize),
    Type(usize),
    Variadic(usize),
    Return,
}

fn compare(
    cx: &Context<'_>,
    block: &Block<'_>,
    own: &Signature,
    expected: &Expected<'_>,
    free_conventions: bool,
) -> Option<Mismatch> {
    let base = expected.signature;
    if own.is_coroutine != base.is_coroutine {
        return Some(Mismatch::Coroutine);
    }
    let self_form = |signature: &Signature| signature.self_param.map(|param| param.convention);
    if self_form(own).is_some() != self_form(base).is_some()
        || (!free_conventions && self_form(own) != self_form(base))
    {
        return Some(Mismatch::SelfForm);
    }
    if own.generics.params.len() != base.generics.params.len() {
        return Some(Mismatch::Generics);
    }
    let params = expected.params(cx, block);
    if own.params.len() != params.len() {
        return Some(Mismatch::Count);
    }
    for (at, (own, (convention, ty, base))) in own.params.iter().zip(&params).enumerate() {
        if own.variadic != base.variadic {
            return Some(Mismatch::Variadic(at));
        }
        if !free_conventions && own.convention != *convention {
            return Some(Mismatch::Convention(at));
        }
        if !matches_closed(&own_type(cx, block, &own.ty), ty) {
            return Some(Mismatch::Type(at));
        }
    }
    let ret = expected.ty(cx, block, &base.ret);
    (!matches_closed(&own_type(cx, block, &own.ret), &ret)).then_some(Mismatch::Return)
}

fn method(cx: &mut Context<'_>, block: &Block<'_>, func: u32) {
    let item = ItemRef::Func(func);
    let own = signature(cx.db, FuncId::new(cx.file, cx.tree.funcs[func as usize].id));
    let base_class = block.base.class();
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    let rivals = rivals(cx, block, own);
    if rivals.is_empty() {
        let target = &class_data(cx.db, block.target).name;
        let base = block.base.display(cx.db);
        let known = crate::members::all_members(cx.db, cx.program, &block.env, block.base);
        let known = known.iter().filter(|(_, member)| matches!(member.kind, MemberKind::Method(_)));
        let similar = crate::similar::most_similar(&own.name, known.map(|(name, _)| name.as_str()));
        let range = cx.name_range(item);
        let mut diagnostic =
            Diagnostic::error("SP3", range, format!("`{base}` has no method `{}`", own.name));
        if let Some(similar) = similar {
            diagnostic.message.push_str(&format!(", did you mean `{similar}`?"));
            let edit = TextEdit::replace(range, similar);
            diagnostic = diagnostic.suggest(format!("use `{similar}`"), vec![edit]);
        }
        cx.report(diagnostic.note(format!(
            "a block `sup Base for Target` defines methods of the base; put others into `sup {target}`"
        )));
        return;
    }
    let free = base_class.is_some_and(|class| lang.is_operator_class(class));
    let mut mismatches = Vec::new();
    for rival in &rivals {
        match compare(cx, block, own, rival, free) {
            None => {
                parameter_names(cx, block, func, own, rival, "SP4");
                if rival.signature.name != own.name {
                    old_name(cx, item, &rival.signature.name);
                }
                return;
            }
            Some(mismatch) => mismatches.push(mismatch),
        }
    }
    // of several overloads, the one with as many parameters is what was meant
    let near = rivals.iter().position(|rival| rival.signature.params.len() == own.params.len()).unwrap_or(0);
    let (Some(rival), Some(mismatch)) = (rivals.get(near), mismatches.get(near)) else { return };
    let several = rivals.len() > 1;
    mismatch_found(cx, block, func, own, rival, mismatch, several);
}

/// OP2 (H): the spelling of the reference implementation.
fn old_name(cx: &mut Context<'_>, item: ItemRef, canonical: &str) {
    let range = cx.name_range(item);
    cx.report(
        Diagnostic::hint("OP2", range, format!("the canonical name of this method is `{canonical}`"))
            .fix(format!("rename it to `{canonical}`"), vec![TextEdit::replace(range, canonical)]),
    );
}

fn mismatch_found(
    cx: &mut Context<'_>,
    block: &Block<'_>,
    func: u32,
    own: &Signature,
    rival: &Expected<'_>,
    mismatch: &Mismatch,
    several: bool,
) {
    let item = ItemRef::Func(func);
    let Some(node) = cx.function(func) else { return };
    let name = cx.name_range(item);
    let params: Vec<ast::Param> = node.params().collect();
    let expected = rival.params(cx, block);
    let type_range = |at: usize| {
        let param = params.get(at);
        let ty = param.and_then(|param| param.ty()).map(|ty| trimmed(ty.syntax()));
        let mark = param.and_then(|param| param.borrow_mark()).map(|mark| trimmed(mark.syntax()));
        match (mark, ty) {
            (Some(mark), Some(ty)) => mark.cover(ty),
            (_, Some(ty)) => ty,
            _ => name,
        }
    };
    let typed = |at: usize| {
        expected
            .get(at)
            .map_or_else(String::new, |(convention, ty, _)| ty.display_as(cx.db, *convention).to_string())
    };
    let method = format!("`{}.{}`", block.base.display(cx.db), own.name);
    let (range, message, edit) = match mismatch {
        Mismatch::Coroutine => {
            let keyword = node.fn_token().or_else(|| node.gn_token());
            let range = keyword.map_or(name, |token| token.text_range());
            let wanted = if rival.signature.is_coroutine { "gn" } else { "fn" };
            (range, format!("{method} is a `{wanted}`"), Some(wanted.to_owned()))
        }
        Mismatch::SelfForm => {
            let range = node.self_param().map_or(name, |param| trimmed(param.syntax()));
            match rival.signature.self_param {
                Some(param) => {
                    let wanted = format!("{}self", param.convention.prefix());
                    let edit = node.self_param().is_some().then(|| wanted.clone());
                    (range, format!("{method} takes `{wanted}`"), edit)
                }
                None => (range, format!("{method} is static"), None),
            }
        }
        Mismatch::Generics => {
            let list = ast::HasGenericParams::generic_param_list(&node);
            let range = list.map_or(name, |list| trimmed(list.syntax()));
            let count = rival.signature.generics.params.len();
            (range, format!("{method} has {} of its own", counted(count, "generic parameter")), None)
        }
        Mismatch::Count => {
            let extra = params.get(expected.len()).map(|param| trimmed(param.syntax()));
            (extra.unwrap_or(name), format!("{method} has {}", counted(expected.len(), "parameter")), None)
        }
        Mismatch::Convention(at) | Mismatch::Type(at) => {
            let wanted = typed(*at);
            (type_range(*at), format!("{method} takes `{wanted}` here"), Some(wanted))
        }
        Mismatch::Variadic(at) => {
            let range = params.get(*at).map_or(name, |param| trimmed(param.syntax()));
            let is =
                if expected.get(*at).is_some_and(|(_, _, base)| base.variadic) { "is" } else { "is not" };
            (range, format!("this parameter of {method} {is} variadic"), None)
        }
        Mismatch::Return => {
            let range = node.return_type().map_or(name, |ty| trimmed(ty.syntax()));
            let wanted = rival.ty(cx, block, &rival.signature.ret).display(cx.db).to_string();
            let edit = node.return_type().is_some().then(|| wanted.clone());
            (range, format!("{method} returns `{wanted}`"), edit)
        }
    };
    let (range, message) = if several {
        (name, format!("no overload of {method} has these parameters"))
    } else {
        (range, message)
    };
    let base = rival.signature.func;
    let mut diagnostic = Diagnostic::error("SP4", range, message)
        .note("an override has the parameter types, conventions, self form, result and generic parameters of the method it replaces")
        .related_in(base.file(), declared_at(cx.db, base.0), "declared here");
    if let Some(edit) = edit.filter(|_| !several) {
        diagnostic = diagnostic.suggest(format!("write `{edit}`"), vec![TextEdit::replace(range, edit)]);
    }
    cx.report(diagnostic);
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("one {noun}"),
        count => format!("{count} {noun}s"),
    }
}

/// Names of parameters may differ: a hint (SP4, A21).
pub(super) fn parameter_names(
    cx: &mut Context<'_>,
    block: &Block<'_>,
    func: u32,
    own: &Signature,
    rival: &Expected<'_>,
    code: &'static str,
) {
    let differing: Vec<(usize, String)> = own
        .params
        .iter()
        .zip(rival.params(cx, block))
        .enumerate()
        .filter(|(_, (own, (_, _, base)))| own.name != base.name)
        .map(|(at, (_, (_, _, base)))| (at, base.name.to_string()))
        .collect();
    if differing.is_empty() {
        return;
    }
    let Some(node) = cx.function(func) else { return };
    let params: Vec<ast::Param> = node.params().collect();
    for (at, name) in differing {
        let range = params.get(at).and_then(ast::HasName::name).map(|name| trimmed(name.syntax()));
        let Some(range) = range else { continue };
        cx.report(
            Diagnostic::hint(code, range, format!("the parameter is called `{name}` in the base"))
                .note("callers that name their arguments use the name of the method they see"),
        );
    }
}

/// Abstract methods of the base that neither this block nor another base defines.
pub(super) fn missing_methods(cx: &Context<'_>, block: &Block<'_>) -> Vec<(FuncId, Ty)> {
    let Some(base) = block.base.class() else { return Vec::new() };
    let all = abstract_methods(cx.db, cx.program, block.target);
    if all.is_empty() {
        return all;
    }
    // a class that declares an abstract method itself is abstract on purpose
    let declares_abstract = |class: ClassId| {
        abstract_methods(cx.db, cx.program, class).iter().any(|(func, _)| {
            match signature(cx.db, *func).container {
                Container::Class(owner) => owner == class,
                Container::Sup(sup) => {
                    let head = sup_head(cx.db, sup);
                    head.base.is_none() && head.target.class() == Some(class)
                }
                _ => false,
            }
        })
    };
    if declares_abstract(block.target) {
        return Vec::new();
    }
    let through =
        |base: ClassId, of: ClassId| base == of || class_sups(cx.db, cx.program, base).may_reach(of);
    all.into_iter()
        .filter(|(_, instance)| {
            let Some(of) = instance.class() else { return false };
            if !through(base, of) || (of != base && !declares_abstract(base)) {
                return false;
            }
            // of several blocks that bring it, the first one is marked
            let blocks = &class_sups(cx.db, cx.program, block.target).bases;
            let same = |sup: SupId| of != base || same_instance(cx, block, sup, instance);
            blocks
                .iter()
                .find(|(sup, base)| through(*base, of) && same(*sup))
                .is_some_and(|(sup, _)| *sup == block.id)
        })
        .collect()
}

/// Whether a block has this instance as its base: `To[Str]` rather than `To[Bool]`.
fn same_instance(cx: &Context<'_>, block: &Block<'_>, sup: SupId, instance: &Ty) -> bool {
    let head = sup_head(cx.db, sup);
    let own = crate::items::class_type(cx.db, block.target);
    let args = crate::unify::match_head(sup.0, &head.generics, &head.target, &own);
    match (&head.base, args) {
        (Some(base), Some(args)) => matches_closed(&Subst::new(sup.0, args).apply(base), instance),
        (Some(base), None) => base.class() == instance.class(),
        (None, _) => false,
    }
}

/// SP5
fn abstract_left(cx: &mut Context<'_>, block: &Block<'_>, missing: &[(FuncId, Ty)]) {
    let range = cx.header(ItemRef::Sup(block.index));
    let names: Vec<String> =
        missing.iter().map(|(func, _)| format!("`{}`", signature(cx.db, *func).name)).collect();
    let (target, base) = (&class_data(cx.db, block.target).name, block.base.display(cx.db));
    let message = format!("`{target}` does not define {} of `{base}`", names.join(", "));
    let mut diagnostic = Diagnostic::error("SP5", range, message).note(format!(
        "without it `{target}` is abstract; declare an abstract method in `{target}` if that is meant"
    ));
    for (func, _) in missing {
        diagnostic = diagnostic.related_in(func.file(), declared_at(cx.db, func.0), "declared abstract here");
    }
    if let Some(edit) = stubs(cx, block, missing) {
        let title = if missing.len() == 1 { "add the missing method" } else { "add the missing methods" };
        diagnostic = diagnostic.suggest(title, vec![edit]);
    }
    cx.report(diagnostic);
}

/// Stubs of methods, with the types they have in this block, behind the last member.
pub(super) fn stubs(cx: &Context<'_>, block: &Block<'_>, missing: &[(FuncId, Ty)]) -> Option<TextEdit> {
    let node = cx.node::<ast::Sup>(ItemRef::Sup(block.index))?;
    let list = node.member_list()?;
    let close = list.r_brace_token()?;
    let text = cx.file.text(cx.db);
    let start = usize::from(trimmed(node.syntax()).start());
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..].chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let mut added = String::new();
    for (func, instance) in missing {
        let base = signature(cx.db, *func);
        let mut own = Signature::clone(base);
        let mut subst = base_subst(cx.db, base, base, instance, &block.head.target);
        // in terms of the block's own parameters
        if let (Some(container), Some(member)) = (
            base.container.item(),
            lookup(cx.db, cx.program, &block.env, block.base, &base.name)
                .members
                .into_iter()
                .find(|member| member.kind == MemberKind::Method(*func)),
        ) {
            subst.args.retain(|(owner, _)| *owner != container);
            subst = subst.with(container, member.container_args);
        }
        subst.self_ty = None;
        let apply = |ty: &Ty| normalise(cx.db, cx.program, &block.env, &subst.apply(ty));
        let void = lang_items(cx.db, cx.file.edition(cx.db)).void;
        for param in &mut own.params {
            param.ty = apply(&param.ty);
        }
        own.params.retain(|param| param.ty.class() != Some(void));
        own.ret = apply(&base.ret);
        let keyword = if own.is_coroutine { "gn" } else { "fn" };
        let is_static = if own.self_param.is_none() { "@static " } else { "" };
        added.push_str(&format!(
            "\n{indent}    {is_static}{keyword} {}{}{} -> {} {{ ... }}\n",
            own.name,
            display::generic_params(cx.db, &own.generics),
            display::params(cx.db, &own),
            own.ret.display(cx.db),
        ));
    }
    let close = close.text_range().start();
    // before the white space that precedes the brace, so that the brace keeps its line
    let before = &text[..usize::from(close)];
    let trimmed_len = before.trim_end_matches([' ', '\t']).len();
    let on_own_line = before[..trimmed_len].ends_with('\n');
    let is_empty = !list.syntax().children().any(|child| child.kind() != SyntaxKind::ANNOTATION);
    let mut added = if is_empty { added.replacen('\n', "", 1) } else { added };
    if on_own_line {
        return Some(TextEdit::insert((trimmed_len as u32).into(), added));
    }
    added.insert(0, '\n');
    added.push_str(&indent);
    let at = before.trim_end().len() as u32;
    Some(TextEdit::replace(TextRange::new(at.into(), close), added))
}
