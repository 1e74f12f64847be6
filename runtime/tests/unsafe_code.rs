//! `unsafe` is in this crate only: every other member of the workspace takes the lints that forbid it.

use std::path::Path;

#[test]
fn every_other_crate_of_the_workspace_forbids_unsafe() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &Path| -> toml::Table {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.parse().unwrap()
    };
    let workspace = read(&root.join("Cargo.toml"));
    let lints = &workspace["workspace"]["lints"]["rust"];
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"));
    let members = workspace["workspace"]["members"].as_array().unwrap();
    assert!(members.len() > 4);
    for member in members {
        let member = member.as_str().unwrap();
        if member != "runtime" {
            let manifest = read(&root.join(member).join("Cargo.toml"));
            let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace"));
            assert_eq!(inherits.and_then(|value| value.as_bool()), Some(true), "{member}");
        }
    }
}
