//! From names to what they mean, and back.

mod common;

use hir::Database;
use hir::semantics::{Definition, Semantics, references};

const PROGRAM: &str = "mod src.main

use Size = Num

# A thing.
cls Box[T] {
    item: T
    size: Size
}

enum Colour { Red, green }

sup[T] Box[T] {
    fn show(&self, times: Num) -> Num {
        ret self.size * times
    }
}

fn main() -> Void {
    let box = Box { item=\"x\", size=2 }
    let total = box.show(times=box.size)
    let colour = Colour.Red
    print(\"${total} ${colour == Colour.green}\")
    std.mem.swap(&mut total, &mut total)
}
";

fn label_at(needle: &str, nth: usize) -> String {
    let mut db = Database::new();
    let (_, files) = common::load(&mut db, PROGRAM);
    let offset = PROGRAM.match_indices(needle).nth(nth).expect("the needle occurs").0;
    let found = Semantics::new(&db, files[0]).definition_at((offset as u32).into());
    found.map_or_else(|| "nothing".to_owned(), |definition| definition.label(&db))
}

#[test]
fn names_lead_to_their_declarations() {
    assert_eq!(label_at("Size", 1), "use Size = Num");
    assert_eq!(label_at("T]", 1), "T");
    assert_eq!(label_at("box.show", 0), "let box: Box[Str]");
    assert_eq!(label_at("show(times", 0), "fn show(&self, times: Num) -> Num");
    assert_eq!(label_at("times=", 0), "times: Num");
    assert_eq!(label_at("size)", 0), "Box.size: Num");
    assert_eq!(label_at("item=", 0), "Box.item: T");
    assert_eq!(label_at("Red", 1), "Colour.Red = 0");
    assert_eq!(label_at("Box {", 0), "cls Box[T]");
    assert_eq!(label_at("self.size", 0), "self: &Box[T]");
    assert_eq!(label_at("mem.swap", 0), "std.mem");
    assert_eq!(label_at("swap", 0), "fn swap[T](a: &mut T, b: &mut T) -> Void");
}

#[test]
fn a_declaration_knows_its_comment() {
    let mut db = Database::new();
    let (_, files) = common::load(&mut db, PROGRAM);
    let offset = PROGRAM.find("Box[T] {").expect("declared") as u32;
    let found = Semantics::new(&db, files[0]).definition_at(offset.into()).expect("a class");
    assert_eq!(found.docs(&db).as_deref(), Some("A thing."));
    assert!(matches!(found, Definition::Class(_)));
}

#[test]
fn references_are_the_uses_and_the_declaration() {
    let mut db = Database::new();
    let (program, files) = common::load(&mut db, PROGRAM);
    let count = |needle: &str| {
        let offset = PROGRAM.find(needle).expect("the needle occurs") as u32;
        let definition = Semantics::new(&db, files[0]).definition_at(offset.into()).expect("a definition");
        references(&db, program, &definition).len()
    };
    assert_eq!(count("size: Size"), 4);
    assert_eq!(count("times: Num"), 3);
    assert_eq!(count("show(&self"), 2);
    assert_eq!(count("Colour { Red"), 3);
    assert_eq!(count("total ="), 4);
}

#[test]
fn names_in_scope_are_visible() {
    let mut db = Database::new();
    let (_, files) = common::load(&mut db, PROGRAM);
    let offset = PROGRAM.find("let colour").expect("a statement") as u32;
    let names = Semantics::new(&db, files[0]).visible_at(offset.into());
    let has = |name: &str| names.iter().any(|it| it.name == name);
    assert!(has("box") && has("total") && has("main") && has("Box") && has("print") && has("Vec"));
    assert!(!has("colour") && !has("times"));
}
