//! Puts the pages of `docs/diagnostics` into the binary, so that `explain` and the checker's links agree with the manual.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages: Vec<PathBuf> = fs::read_dir(&folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    pages.retain(|path| {
        path.extension().is_some_and(|extension| extension == "md")
            && path.file_stem().is_some_and(|stem| stem != "README")
    });
    pages.sort();
    let index = folder.join("index.tsv");
    let mut code = String::new();
    if index.exists() {
        println!("cargo::rerun-if-changed={}", index.display());
        writeln!(code, "const INDEX: &str = include_str!({:?});", index).expect("writing to a string");
    } else {
        code.push_str("const INDEX: &str = \"\";\n");
    }
    code.push_str("const PAGES: &[(&str, &str)] = &[\n");
    for page in pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let stem = page.file_stem().expect("filtered above").to_string_lossy().into_owned();
        writeln!(code, "    ({stem:?}, include_str!({page:?})),").expect("writing to a string");
    }
    code.push_str("];\n");
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo")).join("rule_pages.rs");
    fs::write(target, code).expect("the build folder is writable");
}
