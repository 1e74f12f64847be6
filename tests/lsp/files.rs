//! Files on disk and in projects: what moves, what is no text, what is missing.

use crate::client::{Client, Folder, rich_capabilities};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CONFIG: &str = "[project]\nedition = \"2023\"\n";
const MAIN: &str = "mod src.main\n\nfn main() -> Void {\n}\n";

/// All findings of a workspace as `file code`.
fn findings(client: &mut Client) -> Vec<String> {
    let report = client.request("workspace/diagnostic", json!({ "previousResultIds": [] })).unwrap();
    let mut found = Vec::new();
    for item in report["items"].as_array().unwrap() {
        let file = item["uri"].as_str().unwrap().rsplit('/').next().unwrap();
        for diagnostic in item["items"].as_array().unwrap() {
            found.push(format!("{file} {}", diagnostic["code"].as_str().unwrap()));
        }
    }
    found.sort();
    found
}

/// Applies an edit of the workspace to the files on disk. Positions count UTF-16, as all texts here are ASCII, bytes.
pub fn apply(edit: &Value) {
    let mut texts: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for change in edit["documentChanges"].as_array().unwrap() {
        let uri = change["textDocument"]["uri"].as_str().unwrap();
        texts.entry(uri).or_default().extend(change["edits"].as_array().unwrap());
    }
    for (uri, mut edits) in texts {
        let path = uri.strip_prefix("file://").unwrap();
        let mut text = std::fs::read_to_string(path).unwrap();
        let offset = |text: &str, at: &Value| {
            let line = at["line"].as_u64().unwrap() as usize;
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            start + at["character"].as_u64().unwrap() as usize
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(offset(&text, &edit["range"]["start"])));
        for edit in edits {
            let range = offset(&text, &edit["range"]["start"])..offset(&text, &edit["range"]["end"]);
            text.replace_range(range, edit["newText"].as_str().unwrap());
        }
        std::fs::write(path, text).unwrap();
    }
}

fn garden(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("spp.toml", CONFIG);
    folder.write(
        "src/main.spp",
        "mod src.main\nuse src.garden.{Rose as Flower, Tulip, wild}\nuse src.garden.bed.{dig}\n\n\
         fn main() -> Void {\n    let a = Flower { size=1 }\n    let b = Tulip { size=wild() }\n    dig()\n}\n",
    );
    folder.write(
        "src/garden/rose.spp",
        "mod src.garden.rose\n\ncls Rose { size: Num }\n\nfn wild() -> Num {\n    ret seeds()\n}\n",
    );
    folder.write(
        "src/garden/tulip.spp",
        "mod src.garden.tulip\n\ncls Tulip { size: Num }\n\nfn seeds() -> Num {\n    ret 3\n}\n",
    );
    folder.write(
        "src/garden/bed/soil.spp",
        "mod src.garden.bed.soil\nuse src.garden.*\n\nfn dig() -> Void {\n    let a = wild()\n}\n",
    );
    folder
}

/// Moves on disk what the client asked about, and checks the result in a fresh server.
fn after_move(folder: &Folder, old: &str, new: &str) -> Vec<String> {
    let mut client = Client::start_in(folder);
    assert_eq!(findings(&mut client), Vec::<String>::new(), "before");
    let files = json!({ "files": [{ "oldUri": folder.uri(old), "newUri": folder.uri(new) }] });
    let edit = client.request("workspace/willRenameFiles", files.clone()).unwrap();
    apply(&edit);
    let target = folder.0.join(new);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    std::fs::rename(folder.0.join(old), target).unwrap();
    client.notify("workspace/didRenameFiles", files);
    let changed = edit["documentChanges"].as_array().unwrap().iter();
    let changed = changed.map(|change| json!({ "uri": change["textDocument"]["uri"], "type": 2 }));
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changed.collect::<Vec<_>>() }));
    let seen = findings(&mut client);
    assert_eq!(seen, findings(&mut Client::start_in(folder)), "the server sees what a fresh one sees");
    seen
}

#[test]
fn a_file_that_moves_takes_grouped_imports_and_neighbours_along() {
    let folder = garden("move-group");
    assert_eq!(after_move(&folder, "src/garden/rose.spp", "src/park/rose.spp"), Vec::<String>::new());
    let main = std::fs::read_to_string(folder.0.join("src/main.spp")).unwrap();
    assert!(main.contains("use src.garden.Tulip\nuse src.park.{Rose as Flower, wild}\n"), "{main}");
    let rose = std::fs::read_to_string(folder.0.join("src/park/rose.spp")).unwrap();
    assert!(rose.starts_with("mod src.park.rose\n\nuse src.garden.seeds\n"), "{rose}");
    let soil = std::fs::read_to_string(folder.0.join("src/garden/bed/soil.spp")).unwrap();
    assert!(soil.contains("use src.garden.*\nuse src.park.wild\n"), "{soil}");
}

#[test]
fn a_folder_that_moves_takes_its_files_along() {
    let folder = garden("move-folder");
    assert_eq!(after_move(&folder, "src/garden", "src/plants/garden"), Vec::<String>::new());
    let main = std::fs::read_to_string(folder.0.join("src/main.spp")).unwrap();
    assert!(main.contains("use src.plants.garden.{Rose as Flower, Tulip, wild}\n"), "{main}");
    assert!(main.contains("use src.plants.garden.bed.dig\n"), "{main}");
}

#[test]
fn renaming_a_module_renames_its_file() {
    let folder = garden("rename-module");
    let mut capabilities = rich_capabilities();
    capabilities["workspace"]["workspaceEdit"] =
        json!({ "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] });
    let mut client = Client::start_with(capabilities, Some(&folder));
    let rose = folder.uri("src/garden/rose.spp");
    let mut params = json!({ "textDocument": { "uri": rose }, "position": { "line": 0, "character": 17 } });
    let prepared = client.request("textDocument/prepareRename", params.clone()).unwrap();
    assert_eq!(prepared["placeholder"], "rose");
    params["newName"] = json!("tulip");
    let refused = client.request("textDocument/rename", params.clone()).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("already"), "{refused}");
    params["newName"] = json!("thorn");
    let edit = client.request("textDocument/rename", params.clone()).unwrap();
    let changes = edit["documentChanges"].as_array().unwrap();
    assert_eq!(changes.last().unwrap()["kind"], "rename");
    assert_eq!(changes.last().unwrap()["newUri"], folder.uri("src/garden/thorn.spp"));
    assert_eq!(changes[0]["edits"][0]["newText"], "src.garden.thorn");
    // A client that cannot do it is told who can.
    let mut plain = Client::start_in(&folder);
    let refused = plain.request(
        "textDocument/prepareRename",
        json!({ "textDocument": { "uri": rose },
        "position": { "line": 0, "character": 17 } }),
    );
    assert!(refused.unwrap_err()["message"].as_str().unwrap().contains("named by its file"));
}

#[test]
fn a_project_without_a_main_is_told_on_its_configuration() {
    let folder = Folder::new("no-main");
    let config = folder.write("spp.toml", CONFIG);
    folder.write("src/other.spp", "mod src.other\n\nfn other() -> Void {\n}\n");
    let mut client = Client::start_in(&folder);
    let told = client.wait_for(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == config
    });
    assert_eq!(told["params"]["diagnostics"][0]["code"], "NM10");
    assert_eq!(findings(&mut client), ["spp.toml NM10"]);
    let main = folder.write("src/main.spp", MAIN);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": main, "type": 1 }] }));
    let told = client.wait_for(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == config
    });
    assert_eq!(told["params"]["diagnostics"], json!([]));
    assert_eq!(findings(&mut client), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_text_is_told_until_it_is_text() {
    let folder = Folder::new("no-text");
    folder.write("spp.toml", CONFIG);
    folder.write("src/main.spp", MAIN);
    let bad = folder.write("src/bad.spp", "");
    std::fs::write(folder.0.join("src/bad.spp"), b"mod src.bad\n# \xff\n").unwrap();
    let mut client = Client::start_in(&folder);
    let told = |client: &mut Client| {
        let message = client.wait_for(|message| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == bad
        });
        message["params"]["diagnostics"].clone()
    };
    let first = told(&mut client);
    assert_eq!(first[0]["code"], "LX1");
    assert!(first[0]["message"].as_str().unwrap().contains("offset 14"), "{first}");
    assert_eq!(findings(&mut client), ["bad.spp LX1"]);
    let pulled =
        client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": bad } })).unwrap();
    assert_eq!(pulled["items"][0]["code"], "LX1");
    folder.write("src/bad.spp", "mod src.bad\n# good\n");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": bad, "type": 2 }] }));
    assert_eq!(told(&mut client), json!([]));
    std::fs::write(folder.0.join("src/bad.spp"), b"\xff").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": bad, "type": 2 }] }));
    assert_eq!(told(&mut client)[0]["code"], "LX1");
    std::fs::remove_file(folder.0.join("src/bad.spp")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": bad, "type": 3 }] }));
    assert_eq!(told(&mut client), json!([]));
}

#[test]
fn a_configuration_that_comes_later_makes_a_project() {
    let folder = Folder::new("late-config");
    folder.write("a/src/one.spp", "mod src.one\n\nfn one() -> Num {\n    ret two()\n}\n");
    let mut client = Client::start_in(&folder);
    assert_eq!(findings(&mut client), ["one.spp NM5"]);
    let config = folder.write("a/spp.toml", CONFIG);
    folder.write("a/src/two.spp", "mod src.two\n\nfn two() -> Num {\n    ret 2\n}\n");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": config, "type": 1 }] }));
    for _ in 0..200 {
        if findings(&mut client) == ["spp.toml NM10"] {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{:?}", findings(&mut client));
}

#[test]
fn folders_of_the_workspace_come_and_go() {
    let (one, two) = (Folder::new("folder-one"), Folder::new("folder-two"));
    one.write("a.spp", "mod a.b\nfn f( -> Void { }\n");
    two.write("b.spp", "mod a.b\nfn g( -> Void { }\n");
    let mut client = Client::start_with(rich_capabilities(), Some(&one));
    assert!(findings(&mut client).iter().all(|it| it.starts_with("a.spp")));
    let folder = |folder: &Folder| json!({ "uri": crate::client::uri(&folder.0), "name": "x" });
    let event = json!({ "event": { "added": [folder(&two)], "removed": [folder(&one)] } });
    client.notify("workspace/didChangeWorkspaceFolders", event);
    for _ in 0..200 {
        let found = findings(&mut client);
        if !found.is_empty() && found.iter().all(|it| it.starts_with("b.spp")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{:?}", findings(&mut client));
}
