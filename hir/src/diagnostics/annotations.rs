//! NM11 on items, NM12, SH12. Only files with an annotation out of the ordinary are walked.

use super::Context;
use super::names::trimmed;
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::ids::Name;
use crate::items::signature;
use crate::lang::lang_items;
use crate::resolve::{Resolver, ValuePath};
use crate::similar::most_similar;
use crate::ty::Ty;
use syntax::SyntaxKind;
use syntax::ast::{self, AstNode};

/// Annotations that the language knows, wherever they stand.
const KNOWN: [&str; 13] = [
    "public",
    "protected",
    "private",
    "static",
    "static_method",
    "abstract",
    "abstract_method",
    "virtual",
    "virtual_method",
    "inline",
    "shadow_stack",
    "public_method",
    "private_method",
];

pub(super) fn check(cx: &mut Context<'_>) {
    if !cx.tree.odd_annotations {
        return;
    }
    let root = cx.root().clone();
    let resolver = Resolver::for_file(cx.db, cx.file);
    for node in root.descendants().filter(|node| node.kind() == SyntaxKind::ANNOTATION) {
        let Some(annotation) = ast::Annotation::cast(node.clone()) else { continue };
        let Some(name) = annotation.simple_name() else { continue };
        let on = node.parent().map(|parent| parent.kind());
        let range = trimmed(&node);
        match name.text() {
            "shadow_stack" if on != Some(SyntaxKind::FUNCTION) => {
                let edit = TextEdit::delete(range);
                cx.report(
                    Diagnostic::error(
                        "SH12",
                        range,
                        "`@shadow_stack` stands on something that is not called",
                    )
                    .note("it asks for the check of a return address, and only a function or method returns")
                    .fix("remove the annotation", vec![edit]),
                );
            }
            "protected" if on_item(&node) => {
                cx.report(
                    Diagnostic::error("NM11", range, "an item cannot be `@protected`").note(
                        "`@protected` is for members and modules; `@private` keeps an item in its module",
                    ),
                );
            }
            "builtin" | "yields_ref" | "yields_mut" if cx.is_library() => {}
            known if KNOWN.contains(&known) => {}
            unknown => {
                let path: Vec<Name> = annotation.path_text().split('.').map(Name::new).collect();
                if is_user_annotation(cx, &resolver, &path) {
                    continue;
                }
                let mut diagnostic = Diagnostic::warning(
                    "NM12",
                    range,
                    format!("unknown annotation `@{}`", annotation.path_text()),
                );
                if let Some(similar) = most_similar(unknown, KNOWN) {
                    diagnostic.message.push_str(&format!(", did you mean `@{similar}`?"));
                    let edit = TextEdit::replace(name.text_range(), similar);
                    diagnostic = diagnostic.suggest(format!("use `@{similar}`"), vec![edit]);
                }
                cx.report(diagnostic.note("it is ignored"));
            }
        }
    }
}

/// A class, enumeration, or a function or alias of a module.
fn on_item(annotation: &syntax::SyntaxNode) -> bool {
    let Some(item) = annotation.parent() else { return false };
    let parent = item.parent().map(|parent| parent.kind());
    match item.kind() {
        SyntaxKind::CLASS | SyntaxKind::ENUM => true,
        SyntaxKind::FUNCTION | SyntaxKind::USE => parent == Some(SyntaxKind::SOURCE_FILE),
        _ => false,
    }
}

/// NM12: a function from `Vec[Token]` to `Vec[Token]`.
fn is_user_annotation(cx: &Context<'_>, resolver: &Resolver<'_>, path: &[Name]) -> bool {
    let ValuePath::Functions(funcs) = resolver.value_path(path) else { return false };
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    let is_tokens = |ty: &Ty| match ty {
        Ty::Class(class, args) => *class == lang.vec && args.first().and_then(Ty::class) == Some(lang.token),
        _ => false,
    };
    funcs.into_iter().any(|func| {
        let signature = signature(cx.db, func);
        is_tokens(&signature.ret) && signature.params.first().is_some_and(|param| is_tokens(&param.ty))
    })
}
