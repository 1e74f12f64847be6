use crate::{BROKEN, CLEAN, Folder};

#[test]
fn a_clean_file_exits_with_0() {
    let output = Folder::new().write("a.spp", CLEAN).run(&["check", "a.spp"]);
    assert_eq!((output.code, output.out.trim()), (0, "no problems in 1 file"), "{}", output.err);
}

#[test]
fn an_error_exits_with_1_and_is_one_line() {
    let output = Folder::new().write("a.spp", BROKEN).run(&["check", "a.spp", "-q"]);
    assert_eq!(output.code, 1);
    assert!(output.out.starts_with("a.spp:3:"), "{}", output.out);
    assert!(output.out.contains("error[SY9]"), "{}", output.out);
    assert_eq!(output.out.lines().count(), 1, "{}", output.out);
}

#[test]
fn json_has_the_shape_of_the_contract() {
    let output = Folder::new().write("a.spp", BROKEN).run(&["check", "a.spp", "--output-format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output.out).expect("one JSON object");
    assert_eq!(json["version"], 1);
    assert_eq!(json["summary"]["errors"], 1);
    let first = &json["diagnostics"][0];
    assert_eq!(first["path"], "a.spp");
    assert_eq!(first["code"], "SY9");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["kind"], serde_json::Value::Null);
    assert_eq!(first["start"]["line"], 3);
    let offset = first["start"]["offset"].as_u64().expect("a number") as usize;
    let column = first["start"]["column"].as_u64().expect("a number") as usize;
    assert_eq!(offset, "mod src.main\n\n".len() + column - 1);
    for key in ["name", "message", "end", "notes", "related", "fixes"] {
        assert!(first.get(key).is_some(), "{key} is missing");
    }
}

#[test]
fn severities_follow_the_flags_and_the_last_one_wins() {
    let folder = Folder::new();
    folder.write("a.spp", BROKEN);
    assert_eq!(folder.run(&["check", "--ignore", "SY9", "a.spp"]).code, 0);
    assert_eq!(folder.run(&["check", "--warn", "SY9", "a.spp"]).code, 0);
    assert_eq!(folder.run(&["check", "--warn", "SY9", "--error-on-warning", "a.spp"]).code, 1);
    assert_eq!(folder.run(&["check", "--ignore", "SY9", "--error", "SY9", "a.spp"]).code, 1);
    assert_eq!(folder.run(&["check", "--ignore", "all", "--error", "SY9", "a.spp"]).code, 1);
    assert_eq!(folder.run(&["check", "--ignore", "all", "a.spp"]).code, 0);
    assert_eq!(folder.run(&["check", "--exit-zero", "a.spp"]).code, 0);
}

#[test]
fn a_project_says_how_severe_its_rules_are() {
    let folder = Folder::new();
    folder
        .write("spp.toml", "[project]\nedition = \"2023\"\n[lints]\nSY9 = \"ignore\"\n")
        .write("src/main.spp", CLEAN)
        .write("src/other.spp", "mod src.other\n\nfn f(n: Num) { }\n");
    assert_eq!(folder.run(&["check"]).code, 0);
    assert_eq!(folder.run(&["check", "--error", "SY9"]).code, 1);
}

#[test]
fn a_project_without_main_is_told_so() {
    let folder = Folder::new();
    folder
        .write("spp.toml", "[project]\nedition = \"2023\"\n")
        .write("src/other.spp", "mod src.other\n\nfn f() -> Void { }\n");
    let output = folder.run(&["check", "-q"]);
    assert_eq!(output.code, 1);
    assert!(output.out.contains("spp.toml: error[NM10]"), "{}", output.out);
}

#[test]
fn standard_input_is_one_loose_file() {
    let folder = Folder::new();
    let output = folder.run_with_input(&["check", "-q", "--stdin-path", "typed.spp", "-"], BROKEN.as_bytes());
    assert_eq!(output.code, 1);
    assert!(output.out.starts_with("typed.spp:3:"), "{}", output.out);
}

#[test]
fn columns_count_characters_and_offsets_count_bytes() {
    let text = "mod src.main\n/* ää😀 */ fn f(n: Num) { }\n";
    let output = Folder::new().write("a.spp", text).run(&["check", "a.spp", "--output-format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output.out).expect("one JSON object");
    let start = &json["diagnostics"][0]["start"];
    let (column, offset) = (start["column"].as_u64().unwrap(), start["offset"].as_u64().unwrap());
    let line = text.lines().nth(1).unwrap();
    let bytes_before = offset as usize - "mod src.main\n".len();
    assert_eq!(line[..bytes_before].chars().count() as u64 + 1, column);
    assert_ne!(bytes_before as u64 + 1, column);
}

#[test]
fn a_fix_is_applied_and_the_rest_is_reported() {
    let folder = Folder::new();
    folder.write("a.spp", BROKEN);
    let output = folder.run(&["check", "--fix", "a.spp"]);
    assert_eq!(output.code, 0, "{}{}", output.out, output.err);
    assert!(folder.read("a.spp").contains("fn f(n: Num) -> Void { }"), "{}", folder.read("a.spp"));
}

#[test]
fn rules_are_explained_by_code_and_by_name() {
    let folder = Folder::new();
    let by_code = folder.run(&["explain", "A22"]);
    assert_eq!(by_code.code, 0);
    assert!(by_code.out.contains("realloc-takes-borrow"), "{}", by_code.out);
    assert_eq!(folder.run(&["explain", "realloc-takes-borrow"]).out, by_code.out);
    let unknown = folder.run(&["explain", "A222"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `A22`"), "{}", unknown.err);
}
