//! Keywords and constructs by place.

use super::context::Context;
use super::{Completion, CompletionKind};

fn add(items: &mut Vec<Completion>, rank: u8, all: &[(&str, &str, &str)]) {
    for (label, insert, detail) in all {
        let item = if insert.is_empty() {
            Completion::plain(*label, CompletionKind::Keyword, rank)
        } else {
            Completion::snippet(*label, *insert, CompletionKind::Keyword, rank)
        };
        items.push(if detail.is_empty() { item } else { item.detail(*detail) });
    }
}

/// At the level of the module.
pub(super) fn items(items: &mut Vec<Completion>) {
    add(
        items,
        10,
        &[
            ("fn", "fn ${1:name}($2) -> ${3:Void} {\n    $0\n}", "function"),
            ("gn", "gn ${1:name}($2) -> Gen[${3:Num}] {\n    $0\n}", "coroutine"),
            ("cls", "cls ${1:Name} { $0 }", "class"),
            ("enum", "enum ${1:Name} { $0 }", "enumeration"),
            ("sup", "sup ${1:Target} {\n    $0\n}", "methods of a class"),
            ("sup for", "sup ${1:Base} for ${2:Target} {\n    $0\n}", "super-imposition"),
            (
                "sup Alloc",
                "sup[T] Alloc[T] for ${1:Name}[T] {\n    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { $2 }\n\
                 \x20   @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { $3 }\n\
                 \x20   @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { $0 }\n}",
                "allocator",
            ),
            ("use", "use ${1:path}", "import or alias"),
            ("mod", "mod ${1:src.main}", "name of the module"),
            ("main", "fn main() -> Void {\n    $0\n}", "entry of the program"),
        ],
    );
}

/// Among the members of a class or `sup` block.
pub(super) fn members(sup: bool, items: &mut Vec<Completion>) {
    add(
        items,
        30,
        &[
            ("fn", "fn ${1:name}(&self$2) -> ${3:Void} {\n    $0\n}", "method"),
            ("@static fn", "@static fn ${1:name}($2) -> ${3:Self} {\n    $0\n}", "static method"),
            ("gn", "gn ${1:name}(&self$2) -> Gen[${3:Num}] {\n    $0\n}", "coroutine"),
            ("use", "use ${1:Name} = ${2:Type}", "alias"),
        ],
    );
    if !sup {
        add(items, 20, &[("attribute", "${1:name}: ${2:Type}", "attribute")]);
    }
}

pub(super) fn expressions(context: &Context<'_>, statement: bool, items: &mut Vec<Completion>) {
    if statement {
        add(
            items,
            40,
            &[
                ("let", "let ${1:name} = $0", "variable"),
                ("let mut", "let mut ${1:name} = $0", "mutable variable"),
                ("ret", "ret $0", "return"),
                ("fn", "fn ${1:name}($2) -> ${3:Void} {\n    $0\n}", "nested function"),
                ("use", "use ${1:path}", "import in this block"),
            ],
        );
        let yields = context.func.is_some_and(|func| hir::items::signature(context.db, func).is_coroutine);
        if yields {
            add(items, 38, &[("yield", "yield $0", "hand a value out")]);
        }
    }
    add(
        items,
        55,
        &[
            ("if", "if ${1:value} {\n    == ${2:pattern} {\n        $0\n    }\n}", "branches"),
            ("while", "while ${1:condition} {\n    $0\n}", "loop"),
            ("with", "with ${1:context} as ${2:name} {\n    $0\n}", "context"),
            ("true", "", ""),
            ("false", "", ""),
        ],
    );
}

pub(super) fn annotations(items: &mut Vec<Completion>) {
    let all = [
        ("static", "a method without `self`"),
        ("public", "visible everywhere"),
        ("protected", "visible in the directory or below"),
        ("private", "visible in its class or module"),
        ("abstract", "to be defined by who super-imposes"),
        ("deprecated", "not to be used any more"),
    ];
    for (label, detail) in all {
        items.push(Completion::plain(label, CompletionKind::Annotation, 10).detail(detail));
    }
}
