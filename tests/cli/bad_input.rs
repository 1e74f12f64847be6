use crate::{CLEAN, Folder, Output};
use std::time::{Duration, Instant};

/// Far above what any of these inputs takes; only a hang is slower.
const PATIENCE: Duration = Duration::from_secs(60);

fn check(folder: &Folder, args: &[&str]) -> Output {
    let start = Instant::now();
    let output = folder.run(&[&["check", "-q"], args].concat());
    assert!(start.elapsed() < PATIENCE, "{args:?} took {:?}", start.elapsed());
    assert!(!output.err.contains("panicked"), "{}", output.err);
    output
}

#[test]
fn text_that_is_not_utf8_is_lx1() {
    let folder = Folder::new();
    folder.write("a.spp", b"mod src.main\n\xff\xfe");
    let output = check(&folder, &["a.spp"]);
    assert_eq!(output.code, 1);
    assert!(output.out.contains("error[LX1]") && output.out.contains("offset 13"), "{}", output.out);
}

#[test]
fn a_byte_order_mark_and_crlf_are_fine() {
    let folder = Folder::new();
    folder.write("a.spp", format!("\u{feff}{}", CLEAN.replace('\n', "\r\n")));
    let output = check(&folder, &["a.spp"]);
    assert_eq!(output.code, 0, "{}", output.out);
}

#[test]
fn a_nul_is_an_error_of_the_lexer() {
    let folder = Folder::new();
    folder.write("a.spp", "mod src.main\n\0\n");
    let output = check(&folder, &["a.spp"]);
    assert_eq!(output.code, 1);
    assert!(output.out.contains("error[LX"), "{}", output.out);
}

#[test]
fn a_folder_named_like_a_source_file_is_searched() {
    let folder = Folder::new();
    folder.write("x.spp/inner.spp", CLEAN);
    assert_eq!(check(&folder, &["x.spp"]).code, 0);
    assert_eq!(check(&folder, &["."]).code, 0);
}

#[test]
fn a_missing_file_is_unreadable_input() {
    let output = check(&Folder::new(), &["missing.spp"]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("missing.spp"), "{}", output.err);
}

#[test]
fn no_files_found_is_said() {
    let output = check(&Folder::new(), &["."]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("no `.spp` files"), "{}", output.err);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let folder = Folder::new();
    folder.write("big.spp", vec![b'\n'; 100_000_000]);
    let output = check(&folder, &["big.spp"]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("100 MB"), "{}", output.err);
}

#[test]
fn a_line_of_ten_megabytes_is_checked() {
    let folder = Folder::new();
    let mut text = String::from("mod src.main\n\nfn main() -> Void {\n    let x = 1");
    while text.len() < 10_000_000 {
        text.push_str(" + 1");
    }
    text.push_str("\n}\n");
    folder.write("long.spp", text);
    let output = check(&folder, &["long.spp"]);
    assert!(output.code == 0 || output.code == 1, "{}{}", output.out, output.err);
    assert!(output.out.len() < 10_000, "a finding does not print the line");
}

#[test]
fn a_megabyte_of_one_bracket_is_an_error_not_a_crash() {
    for bracket in ["(", "{", "\"", "[", "&", "if "] {
        let folder = Folder::new();
        folder.write("deep.spp", bracket.repeat(1_000_000 / bracket.len()));
        let output = check(&folder, &["deep.spp"]);
        assert_eq!(output.code, 1, "{bracket}: {}", output.err);
        let inside = Folder::new();
        inside.write(
            "deep.spp",
            format!(
                "mod src.main\nfn f() -> Void {{\n    let x = {}\n",
                bracket.repeat(1_000_000 / bracket.len())
            ),
        );
        assert_eq!(check(&inside, &["deep.spp"]).code, 1, "{bracket} in a function");
    }
}

#[test]
fn a_broken_configuration_is_wrong_usage() {
    let folder = Folder::new();
    folder.write("spp.toml", "[project\n").write("src/main.spp", CLEAN);
    let output = check(&folder, &["."]);
    assert_eq!(output.code, 2);
    assert!(output.err.contains("spp.toml"), "{}", output.err);
}

#[test]
fn wrong_flags_are_wrong_usage() {
    let folder = Folder::new();
    folder.write("a.spp", CLEAN);
    assert_eq!(check(&folder, &["--output-format", "xml", "a.spp"]).code, 2);
    assert_eq!(check(&folder, &["--ignore", "A999", "a.spp"]).code, 2);
}

#[cfg(unix)]
mod unix {
    use super::check;
    use crate::{CLEAN, Folder};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_loop_of_links_ends() {
        let folder = Folder::new();
        folder.write("a.spp", CLEAN);
        symlink(folder.path(), folder.path().join("again")).expect("links can be made");
        symlink("loop.spp", folder.path().join("loop.spp")).expect("links can be made");
        let output = check(&folder, &["."]);
        assert!(output.code == 0 || output.code == 2, "{}", output.err);
        assert_eq!(check(&folder, &["loop.spp"]).code, 2);
    }

    #[test]
    fn an_unreadable_file_is_named() {
        let folder = Folder::new();
        folder.write("secret.spp", CLEAN);
        let path = folder.path().join("secret.spp");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).expect("own file");
        if std::fs::read(&path).is_ok() {
            // Permissions do not bind the superuser.
            return;
        }
        let output = check(&folder, &["secret.spp"]);
        assert_eq!(output.code, 2);
        assert!(output.err.contains("secret.spp"), "{}", output.err);
    }
}
