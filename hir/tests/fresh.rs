//! Incremental is fresh: after every edit of a random sequence, the diagnostics, types and definitions of an example
//! are those of a database that never saw the edits before.

mod common;

use hir::diagnostics::file_diagnostics;
use hir::semantics::Semantics;
use hir::{Database, File};
use proptest::prelude::*;
use salsa::Setter;
use std::sync::Arc;
use syntax::{SyntaxKind, SyntaxNode};

/// What edits insert, or write over other text.
const PIECES: [&str; 16] = [
    "",
    "x",
    " ",
    "\n",
    "{",
    "}",
    "(",
    ".",
    "cls X { }\n",
    "fn f() -> Num { ret 1 }\n",
    "let mut x = 1\n",
    "mod src.main\n",
    "Num",
    "&",
    "\"",
    "sup[T] Vec[T] { }\n",
];

/// Everything an editor may ask about a file.
#[derive(PartialEq, Debug)]
struct Answers {
    diagnostics: Vec<hir::Diagnostic>,
    /// Range and type of each expression.
    types: Vec<String>,
    /// Each name, with what it means and where that stands.
    definitions: Vec<String>,
}

fn answers(db: &Database, file: File) -> Answers {
    let semantics = Semantics::new(db, file);
    let root = syntax::parse(file.text(db), file.edition(db)).syntax();
    let mut types = Vec::new();
    for node in root.descendants().filter(is_expression) {
        if let Some(found) = semantics.expr_at(node.text_range()) {
            let ty = found.ty.display_as(db, found.convention);
            types.push(format!("{:?} in {:?}: {ty}", node.text_range(), found.range));
        }
    }
    let mut definitions = Vec::new();
    for node in
        root.descendants().filter(|node| matches!(node.kind(), SyntaxKind::NAME | SyntaxKind::NAME_REF))
    {
        for definition in semantics.definitions_at(node.text_range().start()) {
            let at = definition.location(db);
            definitions.push(format!("{:?}: {} at {at:?}", node.text_range(), definition.label(db)));
        }
    }
    Answers { diagnostics: file_diagnostics(db, file).to_vec(), types, definitions }
}

fn is_expression(node: &SyntaxNode) -> bool {
    <syntax::ast::Expr as syntax::ast::AstNode>::can_cast(node.kind())
}

/// One edit: which file, where in it, how many bytes go, what comes, and whether memory is given up before.
type Edit = (prop::sample::Index, f64, usize, usize, bool);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    // mostly typing, sometimes a selection
    let deleted = prop_oneof![3 => 0usize..3, 1 => 0usize..80];
    prop::collection::vec(
        (any::<prop::sample::Index>(), 0.0f64..1.0, deleted, 0..PIECES.len(), any::<bool>()),
        1..6,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_after_edits_are_those_of_a_new_database(example in any::<prop::sample::Index>(), edits in edits()) {
        let examples = common::examples();
        let mut db = Database::new();
        let (_, files) = common::load(&mut db, &examples[example.index(examples.len())]);
        let is_project = files.len() > 1;
        let whole: Vec<Answers> = files.iter().map(|file| answers(&db, *file)).collect();
        let sum = |of: fn(&Answers) -> usize| whole.iter().map(of).sum::<usize>();
        assert!(sum(|it| it.types.len()) > 40 && sum(|it| it.definitions.len()) > 60, "examples are not empty");
        for (file, place, len, piece, evicts) in edits {
            let file = file.index(files.len());
            if evicts {
                hir::eviction::evict_but(&mut db, &files[..file], 1, 1);
            }
            let text = files[file].text(&db).clone();
            let start = text.floor_char_boundary((text.len() as f64 * place) as usize);
            let end = text.ceil_char_boundary((start + len).min(text.len()));
            let edited = format!("{}{}{}", &text[..start], PIECES[piece], &text[end..]);
            files[file].set_text(&mut db).to(Arc::from(edited));

            let parts: Vec<(Option<String>, String)> = files
                .iter()
                .map(|file| (is_project.then(|| file.display_name(&db).to_string()), file.text(&db).to_string()))
                .collect();
            let mut fresh = Database::new();
            let (_, same) = common::load_files(&mut fresh, &parts);
            for (ours, theirs) in files.iter().zip(&same) {
                prop_assert_eq!(answers(&db, *ours), answers(&fresh, *theirs));
            }
        }
    }
}
