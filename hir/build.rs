//! Lists the library's sources for `src/library.rs`, so that they are compiled into the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("std");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut out = String::new();
    for edition in ["2023", "2026"] {
        let folder = root.join(edition);
        let mut files = Vec::new();
        if folder.is_dir() {
            collect(&folder, &mut files)?;
        }
        files.sort();
        writeln!(out, "pub const EDITION_{edition}: &[(&str, &str)] = &[").expect("writing to a string");
        for file in files {
            let name = file.strip_prefix(&folder).expect("found below it").with_extension("");
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
            writeln!(out, "    ({:?}, include_str!({:?})),", name.join("/"), file)
                .expect("writing to a string");
        }
        out.push_str("];\n");
    }
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("library.rs");
    fs::write(target, out)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "spp") {
            files.push(path);
        }
    }
    Ok(())
}
