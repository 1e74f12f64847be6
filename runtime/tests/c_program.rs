//! A C program, compiled and linked with the static and with the shared library.

#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}", text(&output.stderr));
    text(&output.stdout)
}

/// Builds both libraries, and returns the folder they are in.
fn libraries(target: &Path) -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("clib/Cargo.toml");
    run(Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        // The libraries are for a program that knows nothing of how these tests were built.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET"));
    target.join("debug")
}

#[test]
fn a_c_program_links_statically_and_dynamically_and_sees_the_right_statistics() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clib");
    let folder = libraries(&target);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for shared in [false, true] {
        let program = target.join(if shared { "smoke-shared" } else { "smoke-static" });
        let mut cc = Command::new("cc");
        cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-I"])
            .arg(root.join("include"))
            .arg(root.join("tests/c/smoke.c"))
            .arg("-o")
            .arg(&program);
        if shared {
            cc.arg("-L").arg(&folder).arg("-lspp_runtime");
            cc.arg(format!("-Wl,-rpath,{}", folder.display()));
        } else {
            cc.arg(folder.join("libspp_runtime.a")).args(["-lpthread", "-ldl", "-lm"]);
        }
        run(&mut cc);
        assert_eq!(run(&mut Command::new(&program)), "ok\n");
    }
}
