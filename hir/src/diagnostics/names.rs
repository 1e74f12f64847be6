//! NM1, NM4, NM6, NM9, NM10 and cyclic aliases (TY4).

use super::{Context, Place, declared_at};
use crate::db::ProgramKind;
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::ids::{AliasId, FuncId, ItemId, Name};
use crate::item_tree::{ItemRef, Parent};
use crate::items::{env_of, signature};
use crate::lang::lang_items;
use crate::resolve::Resolver;
use crate::scope::{ImportTarget, MissingImport, file_scope, namespace, program_names, resolve_import};
use crate::similar::most_similar;
use crate::type_ref;
use rustc_hash::FxHashMap;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxKind, TextRange};

pub(super) fn check(cx: &mut Context<'_>) {
    module_path(cx);
    duplicate_types(cx);
    imports(cx);
    aliases(cx);
    main(cx);
    if cx.tree.module_lets {
        module_lets(cx);
    }
}

fn mod_decl(cx: &Context<'_>) -> Option<ast::ModDecl> {
    ast::SourceFile::cast(cx.root().clone())?.mod_decl()
}

/// NM1
fn module_path(cx: &mut Context<'_>) {
    let (Some(module), Some(expected)) = (&cx.tree.module, cx.file.expected_module(cx.db)) else { return };
    if cx.program.kind(cx.db) != ProgramKind::Project || **expected == **module {
        return;
    }
    let path = mod_decl(cx).and_then(|decl| decl.module_path());
    let Some(range) = path.map(|path| trimmed(path.syntax())) else { return };
    let message = format!("the file lies at `{expected}`, but says `mod {module}`");
    cx.report(
        Diagnostic::error("NM1", range, message)
            .note("the module path is the path of the file from and including `src`")
            .fix(format!("write `mod {expected}`"), vec![TextEdit::replace(range, &**expected)]),
    );
}

/// NM6: types of one name in one namespace; the later one is marked.
fn duplicate_types(cx: &mut Context<'_>) {
    let Some(path) = cx.tree.namespace() else { return };
    let Some(data) = namespace(cx.db, cx.program, path) else { return };
    for (later, first) in &data.duplicates {
        if later.file != cx.file {
            continue;
        }
        let Some(item) = cx.tree.item(later.local) else { continue };
        let name = match item {
            ItemRef::Class(index) => &cx.tree.classes[index as usize].name,
            ItemRef::Alias(index) => &cx.tree.aliases[index as usize].name,
            ItemRef::Func(_) | ItemRef::Sup(_) => continue,
        };
        let range = cx.name_range(item);
        let diagnostic = Diagnostic::error("NM6", range, format!("`{path}` has a type `{name}` already"))
            .note("files of one folder share a namespace; nothing at a use could tell which of the two is meant")
            .related_in(first.file, declared_at(cx.db, *first), "declared here first");
        cx.report(diagnostic);
    }
}

/// NM4 and the part of NM6 about imports.
fn imports(cx: &mut Context<'_>) {
    if cx.tree.imports.is_empty() {
        return;
    }
    let (db, file, tree) = (cx.db, cx.file, cx.tree);
    let scope = file_scope(db, file);
    let local = if cx.program.kind(db) == ProgramKind::Library || scope.own.len() > 1 || tree.module.is_none()
    {
        scope.own.first()
    } else {
        // the only layer may be the library's, for a loose file inside one of its namespaces
        scope.own.first().filter(|_| namespace(db, cx.program, &scope.namespace).is_some())
    };
    let mut seen: FxHashMap<(Option<u32>, &Name), usize> = FxHashMap::default();
    for (index, import) in tree.imports.iter().enumerate() {
        let range = crate::parse::ast_id_map(db, file).imports[index];
        let target = resolve_import(db, file, import);
        let path = import.path.join(".");
        match (&target, &import.name) {
            (ImportTarget::Hidden(item), Some(name)) => {
                let module = crate::parse::item_tree(db, item.file).module.clone().unwrap_or_default();
                cx.report(
                    Diagnostic::error("NM4", range, format!("`{name}` is private to the module `{module}`"))
                        .note("an item is private if it says so, or if another item of its module is `@public` and it is not")
                        .related_in(item.file, declared_at(db, *item), "declared here"),
                );
                continue;
            }
            (ImportTarget::Missing(missing), name) => {
                cx.report(missing_import(cx, *missing, &path, name.as_ref(), range));
                continue;
            }
            _ => {}
        }
        let Some(name) = import.alias.as_ref().or(import.name.as_ref()) else { continue };
        let declared = local.filter(|_| import.block.is_none()).and_then(|data| match &target {
            ImportTarget::Type(item) => {
                let own = data.types.get(name).map(|entry| entry.item.id())?;
                (own != item.id()).then_some(own)
            }
            ImportTarget::Functions(funcs) => {
                let own =
                    data.funcs.get(name)?.iter().map(|entry| entry.func).find(|own| !funcs.contains(own));
                own.filter(|_| data.funcs[name].iter().all(|entry| !funcs.contains(&entry.func)))
                    .map(|own| own.0)
            }
            _ => None,
        });
        // only items of the file's own program are in the way: a user may shadow the library
        let declared = declared.filter(|own| own.file.program(db) == cx.program);
        if let Some(own) = declared {
            cx.report(
                Diagnostic::error("NM6", range, format!("`{name}` is declared in this namespace already"))
                    .note("import it under another name with `as`")
                    .related_in(own.file, declared_at(db, own), "declared here"),
            );
        } else if let Some(first) = seen.insert((import.block, name), index) {
            seen.insert((import.block, name), first);
            let first = crate::parse::ast_id_map(db, file).imports[first];
            cx.report(
                Diagnostic::error("NM6", range, format!("`{name}` is imported already"))
                    .note("import it under another name with `as`")
                    .related(first, "imported here first"),
            );
        }
    }
}

fn missing_import(
    cx: &Context<'_>,
    missing: MissingImport,
    path: &str,
    name: Option<&Name>,
    range: TextRange,
) -> Diagnostic {
    let written = match name {
        Some(name) if path.is_empty() => name.to_string(),
        Some(name) => format!("{path}.{name}"),
        None => path.to_owned(),
    };
    match missing {
        MissingImport::IsNamespace => {
            Diagnostic::error("NM4", range, format!("`{written}` is a namespace, not an item"))
                .note(format!("import one of its items, or all of them with `use {written}.*`"))
        }
        MissingImport::Name => {
            let namespace_path = match program_names(cx.db, cx.program).modules.contains_key(path) {
                true => crate::scope::namespace_of(path),
                false => path,
            };
            let mut known: Vec<&str> = Vec::new();
            for layer in crate::scope::layers(cx.db, cx.program) {
                if let Some(data) = namespace(cx.db, layer, namespace_path) {
                    known.extend(data.types.keys().chain(data.funcs.keys()).map(|name| name.as_str()));
                }
            }
            let name = name.map_or("", |name| name.as_str());
            let mut diagnostic = Diagnostic::error("NM4", range, format!("`{path}` has no item `{name}`"));
            if let Some(similar) = most_similar(name, known) {
                diagnostic.message.push_str(&format!(", did you mean `{similar}`?"));
                diagnostic =
                    diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(range, similar)]);
            }
            diagnostic
        }
        MissingImport::Path => {
            let diagnostic =
                Diagnostic::error("NM4", range, format!("there is no namespace for `{written}`"));
            match path.split('.').next() {
                Some("src" | "std" | "lib" | "vcs" | "sup") => diagnostic,
                _ => diagnostic.note("an import begins with `src`, `std`, `lib`, `vcs` or `sup`"),
            }
        }
    }
}

/// Types in aliases, and TY4: marked once for each cycle, at the alias that closes it.
fn aliases(cx: &mut Context<'_>) {
    for index in 0..cx.tree.aliases.len() {
        let item = ItemRef::Alias(index as u32);
        let alias = &cx.tree.aliases[index];
        let id = AliasId::new(cx.file, alias.id);
        let data = crate::items::alias_data(cx.db, id);
        let env = env_of(cx.db, id.0);
        let broken = cx.broken || !super::written::is_fine(cx.db, cx.program, &env, &data.ty, Place::Other);
        if !broken && alias.generics.is_empty() {
            continue;
        }
        let resolver = cx.resolver(item);
        let ty = cx.node::<ast::Use>(item).and_then(|node| node.alias()).and_then(|alias| alias.ty());
        let Some(ty) = ty else { continue };
        if let Some(cycle) = cycle_of(&resolver, id) {
            let last = cycle.iter().copied().max_by_key(|id| order(cx, id.0));
            if last == Some(id) {
                let mut diagnostic = Diagnostic::error(
                    "TY4",
                    trimmed(ty.syntax()),
                    format!("alias `{}` is defined by itself", alias.name),
                )
                .note("an alias stands for another type; following these leads back to where it started");
                for other in cycle.iter().filter(|other| **other != id) {
                    diagnostic = diagnostic.related_in(
                        other.file(),
                        declared_at(cx.db, other.0),
                        "through this alias",
                    );
                }
                cx.report(diagnostic);
            }
            continue;
        }
        cx.check_written(&resolver, &env, Some(ty), Place::Other);
    }
}

/// The aliases that lead from one back to itself.
fn cycle_of(resolver: &Resolver<'_>, alias: AliasId) -> Option<Vec<AliasId>> {
    let mut path = vec![alias];
    let mut current = alias;
    for _ in 0..64 {
        let inner = Resolver::for_item(resolver.db, current.0);
        let item = inner.tree.alias(current.local())?;
        current = first_alias(&inner, &item.ty, &path, alias)?;
        if current == alias {
            return Some(path);
        }
        if path.contains(&current) {
            return None;
        }
        path.push(current);
    }
    None
}

/// The next alias in a type: one that leads back if there is one, else the first.
fn first_alias(
    resolver: &Resolver<'_>,
    ty: &type_ref::TypeRef,
    path: &[AliasId],
    target: AliasId,
) -> Option<AliasId> {
    let mut found = Vec::new();
    collect_aliases(resolver, ty, &mut found);
    let back = found.iter().copied().find(|alias| *alias == target);
    back.or_else(|| {
        found.into_iter().find(|alias| {
            !path.contains(alias) && {
                let inner = Resolver::for_item(resolver.db, alias.0);
                inner.lower_alias(*alias, &mut |_| {}).1.is_some()
            }
        })
    })
}

fn collect_aliases(resolver: &Resolver<'_>, ty: &type_ref::TypeRef, found: &mut Vec<AliasId>) {
    use type_ref::{TypePart, TypeRef};
    match ty {
        TypeRef::Missing => {}
        TypeRef::Tuple(parts) => parts.iter().for_each(|part| collect_aliases(resolver, part, found)),
        TypeRef::Borrow(_, inner) => collect_aliases(resolver, inner, found),
        TypeRef::Path { namespaces, parts } => {
            if let Some(TypePart::Name(name, _)) = parts.first()
                && let crate::resolve::TypeHead::Alias(alias) = resolver.type_head(namespaces, name)
            {
                found.push(alias);
            }
            for part in parts {
                if let TypePart::Name(_, args) = part {
                    args.iter().for_each(|arg| collect_aliases(resolver, &arg.ty, found));
                }
            }
        }
    }
}

/// Order of declaration in the program.
fn order(cx: &Context<'_>, id: ItemId) -> (usize, u32) {
    let file = cx.program.files(cx.db).iter().position(|file| *file == id.file).unwrap_or(usize::MAX);
    let start = crate::parse::item_range(cx.db, id).start();
    (file, start.into())
}

/// NM9
fn module_lets(cx: &mut Context<'_>) {
    let lets: Vec<TextRange> = cx
        .root()
        .children()
        .filter(|node| node.kind() == SyntaxKind::LET_STMT)
        .filter_map(|node| ast::LetStmt::cast(node)?.let_token())
        .map(|token| token.text_range())
        .collect();
    for range in lets {
        cx.report(
            Diagnostic::error("NM9", range, "there are no global variables").note(
                "only classes, enums, functions, aliases, imports and `sup` blocks stand at module level",
            ),
        );
    }
}

/// NM10, in the file `src/main.spp` of a project.
fn main(cx: &mut Context<'_>) {
    let is_main = cx.file.expected_module(cx.db).as_deref() == Some("src.main");
    if cx.program.kind(cx.db) != ProgramKind::Project || !is_main {
        return;
    }
    let mains: Vec<u32> = (0..cx.tree.funcs.len() as u32)
        .filter(|index| {
            let func = &cx.tree.funcs[*index as usize];
            func.parent == Parent::Module && func.name == "main"
        })
        .collect();
    let note = "a program begins in `fn main() -> Void` in `src/main.spp`";
    if mains.is_empty() {
        let range = mod_decl(cx).map_or_else(TextRange::default, |decl| trimmed(decl.syntax()));
        if cx.tree.module.is_some() {
            cx.report(Diagnostic::error("NM10", range, "the program has no `main`").note(note));
        }
        return;
    }
    for index in mains {
        let item = &cx.tree.funcs[index as usize];
        let signature = signature(cx.db, FuncId::new(cx.file, item.id));
        let void = lang_items(cx.db, cx.file.edition(cx.db)).void;
        let fits = signature.params.is_empty()
            && signature.self_param.is_none()
            && !signature.is_coroutine
            && signature.generics.params.is_empty()
            && (signature.ret.has_unknown() || signature.ret.class() == Some(void));
        if !fits {
            let range = cx.name_range(ItemRef::Func(index));
            cx.report(Diagnostic::error("NM10", range, "`main` is `fn main() -> Void`").note(note));
        }
    }
}

/// The range of a node without the trivia at its start.
pub(super) fn trimmed(node: &syntax::SyntaxNode) -> TextRange {
    crate::green::with_green(node, |green| green.trimmed_range())
}
