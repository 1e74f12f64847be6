//! Text synchronisation, and what needs only the text.

use crate::client::{Client, Folder};
use serde_json::{Value, json};

const URI: &str = "untitled:Untitled-1";

/// The server's text, seen through its formatter and its outline.
fn outline(client: &mut Client, uri: &str) -> Vec<String> {
    let params = json!({ "textDocument": { "uri": uri } });
    let symbols = client.request("textDocument/documentSymbol", params).unwrap();
    symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap().to_owned()).collect()
}

fn edit(line: u32, from: u32, to: u32, text: &str) -> Value {
    json!({ "range": { "start": { "line": line, "character": from },
        "end": { "line": line, "character": to } }, "text": text })
}

#[test]
fn edits_apply_in_order_within_and_across_notifications() {
    let mut client = Client::start();
    client.open(URI, "mod a.b\nfn x() -> Void { }\n");
    client.change(URI, 2, json!([edit(1, 3, 4, "ab"), edit(1, 4, 5, "cd")]));
    client.change(URI, 3, json!([edit(1, 6, 6, "e")]));
    assert_eq!(outline(&mut client, URI), ["acde"]);
    client.change(URI, 4, json!([{ "text": "mod a.b\nfn whole() -> Void { }\n" }]));
    assert_eq!(outline(&mut client, URI), ["whole"]);
}

#[test]
fn columns_are_utf_16_units_unless_agreed_otherwise() {
    for (encoding, column) in [("utf-16", 8), ("utf-8", 10), ("utf-32", 7)] {
        let capabilities = json!({ "general": { "positionEncodings": [encoding] },
            "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
        let mut client = Client::start_with(capabilities, None);
        client.open(URI, "mod a.b\r\n/*😀*/ fn f() -> Void { }\r\n");
        client.change(URI, 2, json!([edit(1, column + 1, column + 2, "g😀")]));
        client.change(URI, 3, json!([edit(1, 99, 99, "\r\nfn last() -> Void { }")]));
        client.change(URI, 4, json!([edit(77, 0, 5, "fn end() -> Void { }\r\n")]));
        let names = outline(&mut client, URI);
        assert_eq!(names.last().unwrap(), "end", "{encoding}: {names:?}");
        assert!(names.contains(&"last".to_owned()), "{encoding}: {names:?}");
    }
}

#[test]
fn a_syntax_error_is_published_with_its_version_and_goes_away() {
    let mut client = Client::start();
    client.open(URI, "mod a.b\nfn f( -> Void { }\n");
    let found = client.diagnostics(URI, 1);
    assert!(!found.is_empty());
    assert_eq!(found[0]["source"], "spp");
    assert!(found[0]["codeDescription"]["href"].as_str().unwrap().ends_with(".md"));
    client.change(URI, 2, json!([{ "text": "mod a.b\nfn f() -> Void { }\n" }]));
    assert!(client.diagnostics(URI, 2).is_empty());
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
}

#[test]
fn diagnostics_can_be_pulled() {
    let capabilities = json!({ "textDocument": { "diagnostic": {} } });
    let mut client = Client::start_with(capabilities, None);
    client.open(URI, "mod a.b\nfn f( -> Void { }\n");
    let params = json!({ "textDocument": { "uri": URI } });
    let report = client.request("textDocument/diagnostic", params).unwrap();
    assert_eq!(report["kind"], "full");
    assert!(!report["items"].as_array().unwrap().is_empty());
    let params = json!({ "textDocument": { "uri": URI }, "previousResultId": report["resultId"] });
    let report = client.request("textDocument/diagnostic", params).unwrap();
    assert_eq!(report["kind"], "unchanged");
    let whole = client.request("workspace/diagnostic", json!({ "previousResultIds": [] })).unwrap();
    assert_eq!(whole["items"].as_array().unwrap().len(), 1);
}

#[test]
fn folding_selection_links_and_formatting_answer() {
    let mut client = Client::start();
    let text = "mod a.b\n# see https://a.example/x\nfn f() -> Num {\nlet x=1\n    ret x\n}\n";
    client.open(URI, text);
    let document = json!({ "uri": URI });
    let folds = client.request("textDocument/foldingRange", json!({ "textDocument": document })).unwrap();
    assert_eq!(folds.as_array().unwrap().len(), 1);
    let params = json!({ "textDocument": document, "positions": [{ "line": 4, "character": 8 }] });
    let selections = client.request("textDocument/selectionRange", params).unwrap();
    assert_eq!(selections[0]["range"]["start"], json!({ "line": 4, "character": 8 }));
    assert!(selections[0]["parent"]["parent"].is_object());
    let links = client.request("textDocument/documentLink", json!({ "textDocument": document })).unwrap();
    assert_eq!(links[0]["target"], "https://a.example/x");
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": document, "options": options });
    let edits = client.request("textDocument/formatting", params).unwrap();
    let texts: Vec<&str> =
        edits.as_array().unwrap().iter().map(|edit| edit["newText"].as_str().unwrap()).collect();
    assert_eq!(texts, ["\n    ", " ", " "]);
    let range = json!({ "start": { "line": 3, "character": 4 }, "end": { "line": 3, "character": 7 } });
    let params = json!({ "textDocument": document, "options": options, "range": range });
    let edits = client.request("textDocument/rangeFormatting", params).unwrap();
    assert_eq!(edits.as_array().unwrap().len(), 2);
    let params = json!({ "textDocument": document, "options": options, "ch": "\n",
        "position": { "line": 4, "character": 0 } });
    assert!(client.request("textDocument/onTypeFormatting", params).unwrap().is_array());
}

#[test]
fn semantic_tokens_come_whole_as_a_difference_and_for_a_range() {
    let mut client = Client::start();
    client.open(URI, "mod a.b\nfn f() -> Num {\n    ret 1\n}\n");
    let document = json!({ "uri": URI });
    let params = json!({ "textDocument": document });
    let full = client.request("textDocument/semanticTokens/full", params).unwrap();
    let mut data = full["data"].as_array().unwrap().clone();
    assert_eq!(data.len() % 5, 0);
    client.change(URI, 2, json!([edit(2, 8, 9, "123 + 4")]));
    let params = json!({ "textDocument": document, "previousResultId": full["resultId"] });
    let delta = client.request("textDocument/semanticTokens/full/delta", params).unwrap();
    for edit in delta["edits"].as_array().unwrap() {
        let start = edit["start"].as_u64().unwrap() as usize;
        let end = start + edit["deleteCount"].as_u64().unwrap() as usize;
        data.splice(start..end, edit["data"].as_array().unwrap().iter().cloned());
    }
    let params = json!({ "textDocument": document });
    let again = client.request("textDocument/semanticTokens/full", params).unwrap();
    assert_eq!(again["data"], Value::Array(data));
    let range = json!({ "start": { "line": 2, "character": 0 }, "end": { "line": 3, "character": 0 } });
    let params = json!({ "textDocument": document, "range": range });
    let part = client.request("textDocument/semanticTokens/range", params).unwrap();
    assert!(part["data"].as_array().unwrap().len() < again["data"].as_array().unwrap().len());
}

#[test]
fn a_changed_file_on_disk_is_seen() {
    let folder = Folder::new("disk");
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    let main = folder.write("src/main.spp", "mod src.main\n\nfn main() -> Void {\n}\n");
    let mut client = Client::start_in(&folder);
    let other = folder.write("src/other.spp", "mod src.other\n\nfn other( -> Void {\n}\n");
    let changes = json!({ "changes": [{ "uri": other, "type": 1 }] });
    client.notify("workspace/didChangeWatchedFiles", changes);
    let published = client.wait_for(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == other
    });
    assert!(!published["params"]["diagnostics"].as_array().unwrap().is_empty());
    assert_eq!(outline(&mut client, &main), ["main"]);
}
