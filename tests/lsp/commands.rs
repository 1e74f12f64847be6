//! Commands and requests beyond the protocol, as docs/lsp-extensions.md has them.

use crate::client::{Client, Folder, at, cursor, rich_capabilities};
use serde_json::{Value, json};

const TEXT: &str = "mod src.main

fn fill(count: Num) -> Vec[Num] {
    let mut items = Vec[Num].new()
    let mut i = 0
    while i < count {
        items.push(i).unwrap()
        i += 1
    }
    ret items
}

fn main() -> Void {
    let items = fill(10)
    print(\"${items.len()}\")
}
";

fn open(name: &str) -> (Client, Folder, String) {
    let folder = Folder::new(name);
    let uri = folder.write("main.spp", TEXT);
    let mut client = Client::start_in(&folder);
    client.open(&uri, TEXT);
    (client, folder, uri)
}

fn run(client: &mut Client, command: &str, arguments: Value) -> Result<Value, Value> {
    client.request("workspace/executeCommand", json!({ "command": command, "arguments": [arguments] }))
}

#[test]
fn an_evaluation_comes_back_by_line() {
    let (mut client, _folder, uri) = open("evaluate");
    let report = run(&mut client, "spp.evaluate", json!({ "uri": uri })).unwrap();
    assert_eq!((&report["outcome"], &report["stdout"]), (&json!("ok"), &json!("10\n")));
    let lines = report["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["uri"] == uri && line["blocks"].as_u64() > Some(0)), "{lines:?}");
    assert!(report["text"].as_str().unwrap().contains("no leak"), "{report}");
    // What is not saved counts.
    client.change(&uri, 2, json!([{ "text": TEXT.replace("fill(10)", "fill(12)") }]));
    let report = run(&mut client, "spp.evaluate", json!({ "uri": uri, "function": "main" })).unwrap();
    assert_eq!(report["stdout"], "12\n");
    client.change(&uri, 3, json!([{ "text": TEXT.replace("fill(10)", "full(12)") }]));
    let report = run(&mut client, "spp.evaluate", json!({ "uri": uri })).unwrap();
    assert_eq!(report["outcome"], "not-run");
}

#[test]
fn every_allocation_can_be_made_to_fail() {
    let (mut client, _folder, uri) = open("failures");
    let report = run(&mut client, "spp.evaluateFailures", json!({ "uri": uri })).unwrap();
    let runs = report["runs"].as_array().unwrap();
    assert_eq!(report["allocations"], runs.len());
    assert!(!runs.is_empty() && runs[0]["n"] == 1, "{report}");
}

#[test]
fn allocators_are_compared() {
    let folder = Folder::new("compare");
    let text = "mod src.main

fn work[A: Alloc[Num]]() -> Void {
    let mut xs = Vec[Num, A].new()
    xs.push(1).unwrap()
    print(\"${xs.len()}\")
}

fn main() -> Void {
    work[GlobalAlloc[Num]]()
}
";
    let uri = folder.write("main.spp", text);
    let mut client = Client::start_in(&folder);
    client.open(&uri, text);
    let report =
        run(&mut client, "spp.compareAllocators", json!({ "uri": uri, "function": "work" })).unwrap();
    let rows = report["rows"].as_array().unwrap();
    assert!(rows.len() > 1 && rows[0]["outcome"] == "ok" && rows[0]["blocks"].as_u64() > Some(0), "{report}");
}

#[test]
fn frames_trees_and_mir_are_shown() {
    let (mut client, _folder, uri) = open("show");
    let place = json!({ "uri": uri, "position": { "line": 5, "character": 8 } });
    let view = run(&mut client, "spp.showFrame", place.clone()).unwrap();
    assert_eq!(view["frame"]["function"], "src.fill");
    assert_eq!(view["selectionRange"]["start"], json!({ "line": 2, "character": 3 }));
    assert!(view["frame"]["heapSites"].as_array().unwrap().iter().any(|site| site["line"] == 7), "{view}");
    let mir = run(&mut client, "spp.showMir", place.clone()).unwrap();
    assert!(mir["title"].as_str().unwrap().ends_with("src.fill"), "{mir}");
    let tree = run(&mut client, "spp.showSyntaxTree", place).unwrap();
    assert!(tree["text"].as_str().unwrap().starts_with("SOURCE_FILE@0.."), "{tree}");
    // There is no function here.
    let nowhere = json!({ "uri": uri, "position": { "line": 0, "character": 0 } });
    assert_eq!(run(&mut client, "spp.showFrame", nowhere.clone()).unwrap(), Value::Null);
    let error = run(&mut client, "spp.showMir", nowhere).unwrap_err();
    assert_eq!(error["code"], -32803, "{error}");
    let error = run(&mut client, "spp.nonsense", json!({ "uri": uri })).unwrap_err();
    assert_eq!(error["code"], -32602, "{error}");
}

#[test]
fn nothing_runs_in_a_workspace_that_is_not_trusted() {
    let folder = Folder::new("untrusted");
    let uri = folder.write("main.spp", TEXT);
    let mut client = Client::spawn();
    let params = json!({ "processId": null, "rootUri": null, "capabilities": rich_capabilities(),
        "workspaceFolders": null, "initializationOptions": { "trusted": false } });
    client.request("initialize", params).unwrap();
    client.notify("initialized", json!({}));
    client.open(&uri, TEXT);
    for command in ["spp.evaluate", "spp.evaluateFailures", "spp.compareAllocators"] {
        let error = run(&mut client, command, json!({ "uri": uri })).unwrap_err();
        assert_eq!(error["code"], -32803, "{error}");
    }
    assert!(run(&mut client, "spp.showSyntaxTree", json!({ "uri": uri })).is_ok());
}

#[test]
fn a_cancelled_evaluation_ends_and_the_server_goes_on() {
    let folder = Folder::new("cancelled");
    let text = "mod src.main\n\nfn main() -> Void {\n    let mut i = 0\n    while i >= 0 {\n        i += 1\n    }\n}\n";
    let uri = folder.write("main.spp", text);
    let mut client = Client::start_in(&folder);
    client.open(&uri, text);
    let arguments = json!({ "command": "spp.evaluate", "arguments": [{ "uri": uri }] });
    let id = client.post("workspace/executeCommand", arguments);
    client.wait_for(|message| message["params"]["state"] == "evaluating");
    client.notify("$/cancelRequest", json!({ "id": id }));
    assert_eq!(client.answer(id).unwrap_err()["code"], -32800);
    let params = json!({ "textDocument": { "uri": uri } });
    assert!(client.request("textDocument/documentSymbol", params).unwrap().is_array());
    assert!(client.stop().success());
}

#[test]
fn a_lifetime_has_its_stations() {
    let folder = Folder::new("lifetime");
    let (text, position) = cursor(&TEXT.replace("ret items", "ret it|ems"));
    let uri = folder.write("main.spp", &text);
    let mut client = Client::start_in(&folder);
    client.open(&uri, &text);
    let lifetime = client.request("spp/lifetime", at(&uri, &position)).unwrap();
    assert_eq!(lifetime["name"], "items");
    assert_eq!(lifetime["declaration"]["start"], json!({ "line": 3, "character": 12 }));
    let kinds: Vec<&str> =
        lifetime["ranges"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["alive", "borrowed", "moved"], "{lifetime}");
}
