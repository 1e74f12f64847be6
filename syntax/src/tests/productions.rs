//! The trees of all productions, beside their sources in `test_data/productions`.

use std::path::Path;

use expect_test::expect_file;

use crate::{Edition, parse};

#[test]
fn productions_have_their_trees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data/productions");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is part of the package").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|it| it != "spp") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source is text");
        let parse = parse(&text, Edition::E2023);
        let mut tree = format!("{:#?}", parse.syntax());
        for error in parse.errors() {
            tree += &format!("{} {:?} {:?}: {}\n", error.code, error.severity, error.range, error.message);
        }
        expect_file![path.with_extension("tree")].assert_eq(&tree);
        count += 1;
    }
    assert!(count > 10, "only {count} sources");
}
