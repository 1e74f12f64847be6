//! A test for every request that needs to know what the code means.

use crate::client::{Client, Folder, at, cursor};
use serde_json::{Value, json};

const URI: &str = "file:///tmp/spp-features/main.spp";

const TEXT: &str = "mod src.main

cls Point { x: Num   y: Num }

sup Point {
    fn norm(&self) -> Num {
        ret self.x * self.x + self.y * self.y
    }
}

cls Base { }

sup Base for Point { }

fn scale(point: &mut Point, factor: Num) -> Void {
    point.x = point.x * factor
}

fn main() -> Void {
    let mut p = Point { x=1, y=2 }
    scale(&mut p, factor=3)
    let items = Vec[Num].new(p.norm())
}
";

/// A client with the text open, and the position of the mark.
fn open(mark: &str) -> (Client, Value) {
    let clean = mark.replace('|', "");
    assert!(TEXT.contains(&clean), "{clean}");
    let (text, position) = cursor(&TEXT.replacen(&clean, mark, 1));
    let mut client = Client::start();
    client.open(URI, &text);
    (client, at(URI, &position))
}

fn ask(mark: &str, method: &str) -> Value {
    let (mut client, params) = open(mark);
    client.request(method, params).unwrap()
}

fn line_of(location: &Value) -> u64 {
    location["range"]["start"]["line"].as_u64().unwrap()
}

#[test]
fn hover_shows_declaration_and_place() {
    let hover = ask("let mut p| = ", "textDocument/hover");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("```spp\nlet mut p: Point\n```"), "{text}");
    assert!(text.contains("**frame** slot"), "{text}");
    assert_eq!(hover["range"]["start"]["line"], 19);
}

#[test]
fn definitions_declarations_types_and_implementations_are_found() {
    assert_eq!(line_of(&ask("p.no|rm()", "textDocument/definition")[0]), 5);
    assert_eq!(line_of(&ask("p.no|rm()", "textDocument/declaration")[0]), 5);
    assert_eq!(line_of(&ask("scale(&mut p|,", "textDocument/typeDefinition")[0]), 2);
    assert_eq!(line_of(&ask("cls Ba|se", "textDocument/implementation")[0]), 12);
}

#[test]
fn a_library_definition_is_a_file_that_exists() {
    let found = ask("Ve|c[Num]", "textDocument/definition");
    let uri = found[0]["uri"].as_str().unwrap();
    let path = uri.strip_prefix("file://").unwrap();
    assert!(std::fs::read_to_string(path).unwrap().contains("cls Vec["), "{path}");
}

#[test]
fn references_highlights_and_linked_ranges_agree() {
    let (mut client, mut params) = open("let mut p| = ");
    let highlights = client.request("textDocument/documentHighlight", params.clone()).unwrap();
    let linked = client.request("textDocument/linkedEditingRange", params.clone()).unwrap();
    params["context"] = json!({ "includeDeclaration": true });
    let references = client.request("textDocument/references", params).unwrap();
    assert_eq!(references.as_array().unwrap().len(), 3);
    assert_eq!(highlights.as_array().unwrap().len(), 3);
    assert_eq!(linked["ranges"].as_array().unwrap().len(), 3);
}

#[test]
fn rename_is_prepared_and_refused_with_a_reason() {
    let (mut client, mut params) = open("fn sca|le");
    let prepared = client.request("textDocument/prepareRename", params.clone()).unwrap();
    assert_eq!(prepared["placeholder"], "scale");
    params["newName"] = json!("grow");
    let edit = client.request("textDocument/rename", params.clone()).unwrap();
    let changes = &edit["documentChanges"][0];
    assert_eq!(changes["textDocument"]["version"], 1);
    assert_eq!(changes["edits"].as_array().unwrap().len(), 2);
    params["newName"] = json!("Grow");
    let error = client.request("textDocument/rename", params).unwrap_err();
    assert_eq!(error["code"], -32803);
    let (mut client, params) = open("Vec[Num].ne|w");
    let error = client.request("textDocument/prepareRename", params).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("library"), "{error}");
}

#[test]
fn completion_offers_members_and_resolves_documentation() {
    let (mut client, params) = open("p.|norm()");
    let list = client.request("textDocument/completion", params).unwrap();
    let items = list["items"].as_array().unwrap();
    let norm = items.iter().find(|item| item["label"] == "norm").unwrap();
    assert_eq!(norm["textEdit"]["newText"], "norm()");
    let resolved = client.request("completionItem/resolve", norm.clone()).unwrap();
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("fn norm"), "{resolved}");
}

#[test]
fn signature_help_names_the_active_parameter() {
    let help = ask("scale(&mut p, |factor", "textDocument/signatureHelp");
    assert_eq!(help["activeParameter"], 1);
    assert_eq!(help["signatures"][0]["label"], "scale(point: &mut Point, factor: Num) -> Void");
}

#[test]
fn the_workspace_is_searched_by_name() {
    let mut client = Client::start();
    client.open(URI, TEXT);
    let found = client.request("workspace/symbol", json!({ "query": "nrm" })).unwrap();
    assert_eq!(found[0]["name"], "norm");
    assert_eq!(found[0]["containerName"], "sup Point");
}

#[test]
fn calls_are_followed_both_ways() {
    let (mut client, params) = open("fn sca|le");
    let items = client.request("textDocument/prepareCallHierarchy", params).unwrap();
    let item = items[0].clone();
    let callers = client.request("callHierarchy/incomingCalls", json!({ "item": item })).unwrap();
    assert_eq!(callers[0]["from"]["name"], "main");
    let main = callers[0]["from"].clone();
    let called = client.request("callHierarchy/outgoingCalls", json!({ "item": main })).unwrap();
    let names: Vec<_> = called.as_array().unwrap().iter().map(|it| it["to"]["name"].clone()).collect();
    assert!(names.contains(&json!("scale")) && names.contains(&json!("Point.norm")), "{names:?}");
}

#[test]
fn super_impositions_are_followed_both_ways() {
    let (mut client, params) = open("cls Poi|nt");
    let items = client.request("textDocument/prepareTypeHierarchy", params).unwrap();
    let above = client.request("typeHierarchy/supertypes", json!({ "item": items[0] })).unwrap();
    assert_eq!(above[0]["name"], "Base");
    let below = client.request("typeHierarchy/subtypes", json!({ "item": above[0] })).unwrap();
    assert_eq!(below[0]["name"], "Point");
}

#[test]
fn hints_lenses_and_inline_values_come_for_a_document() {
    let mut client = Client::start();
    client.open(URI, TEXT);
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let document = json!({ "uri": URI });
    let params = json!({ "textDocument": document, "range": whole });
    let hints = client.request("textDocument/inlayHint", params).unwrap();
    let labels: Vec<&str> =
        hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap()).collect();
    assert!(labels.iter().any(|label| label.starts_with("frame ")), "{labels:?}");
    assert!(labels.iter().any(|label| label.starts_with("heap: ")), "{labels:?}");
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": document })).unwrap();
    let evaluate =
        lenses.as_array().unwrap().iter().find(|lens| lens["command"]["title"] == "▶ Evaluate").unwrap();
    assert_eq!(evaluate["command"]["command"], "spp.evaluate");
    assert_eq!(evaluate["command"]["arguments"][0]["uri"], URI);
    let params = json!({ "textDocument": document, "range": whole,
        "context": { "frameId": 1, "stoppedLocation": whole } });
    let values = client.request("textDocument/inlineValue", params).unwrap();
    assert!(values.as_array().unwrap().iter().any(|value| value["variableName"] == "items"));
}

#[test]
fn code_actions_mend_and_rewrite() {
    let mut client = Client::start();
    client.open(URI, "mod a.b\ncls P { mut hits: Num }\nsup P {\n    fn f(&self) -> Void { }\n}\n");
    let diagnostics = client.diagnostics(URI, 1);
    let range = diagnostics[0]["range"].clone();
    let params = json!({ "textDocument": { "uri": URI }, "range": range,
        "context": { "diagnostics": diagnostics } });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    let fix = actions.as_array().unwrap().iter().find(|action| action["kind"] == "quickfix").unwrap();
    assert_eq!(fix["isPreferred"], true);
    assert!(fix["edit"]["documentChanges"][0]["edits"][0]["range"].is_object());
    let place = json!({ "line": 3, "character": 10 });
    let params = json!({ "textDocument": { "uri": URI }, "range": { "start": place, "end": place },
        "context": { "diagnostics": [], "only": ["refactor"] } });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    assert!(actions[0]["kind"].as_str().unwrap().starts_with("refactor"), "{actions}");
}

#[test]
fn settings_are_asked_for_and_obeyed() {
    let folder = Folder::new("settings");
    folder.write("main.spp", TEXT);
    let capabilities = json!({ "textDocument": { "documentSymbol": {} } });
    let mut client = Client::start_with(capabilities, Some(&folder));
    let uri = folder.uri("main.spp");
    client.open(&uri, TEXT);
    let params = json!({ "textDocument": { "uri": uri } });
    let before = client.request("textDocument/codeLens", params.clone()).unwrap();
    assert!(!before.as_array().unwrap().is_empty());
    let off = json!({ "evaluate": false, "frame": false, "allocators": false });
    let settings = json!({ "settings": { "spp": { "lenses": off } } });
    client.notify("workspace/didChangeConfiguration", settings);
    for _ in 0..100 {
        if client.request("textDocument/codeLens", params.clone()).unwrap() == json!([]) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the settings are not obeyed");
}

#[test]
fn a_file_that_moves_takes_its_module_line_and_imports_along() {
    let folder = Folder::new("move");
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    folder.write(
        "src/main.spp",
        "mod src.main\nuse src.shapes.disc\n\nfn main() -> Void {\n    let a = disc(1)\n}\n",
    );
    let old = folder
        .write("src/shapes/area.spp", "mod src.shapes.area\n\nfn disc(r: Num) -> Num {\n    ret r * r\n}\n");
    let mut client = Client::start_in(&folder);
    let new = folder.uri("src/round/disc.spp");
    let params = json!({ "files": [{ "oldUri": old, "newUri": new }] });
    let edit = client.request("workspace/willRenameFiles", params).unwrap();
    let changes = edit["documentChanges"].as_array().unwrap();
    let texts: Vec<&str> =
        changes.iter().map(|change| change["edits"][0]["newText"].as_str().unwrap()).collect();
    assert_eq!(texts, ["use src.round.disc", "src.round.disc"]);
}

#[test]
fn tokens_say_where_values_live_and_leave() {
    let mut client = Client::start();
    client.open(
        URI,
        "mod a.b\nfn f(text: Str) -> Str {\n    let size = 1\n    let other = text\n    ret other\n}\n",
    );
    let legend = client.capabilities["semanticTokensProvider"]["legend"]["tokenModifiers"].clone();
    let params = json!({ "textDocument": { "uri": URI } });
    let tokens = client.request("textDocument/semanticTokens/full", params).unwrap();
    let data: Vec<u64> = tokens["data"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    let (mut line, mut column, mut found) = (0, 0, Vec::new());
    for token in data.chunks(5) {
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        line += token[0];
        let names = (0..64).filter(|bit| token[4] & (1 << bit) != 0).map(|bit| legend[bit].as_str().unwrap());
        let shown: Vec<&str> = names.filter(|name| ["stack", "heap", "moved"].contains(name)).collect();
        if !shown.is_empty() {
            found.push(format!("{line}:{column} {}", shown.join(" ")));
        }
    }
    assert_eq!(found, ["1:5 heap", "2:8 stack", "3:8 heap", "3:16 heap moved", "4:8 heap moved"]);
}

#[test]
fn clients_get_what_they_can_show() {
    let ask_as = |capabilities: Value, method: &str, mark: &str| {
        let (text, position) = cursor(&TEXT.replacen(&mark.replace('|', ""), mark, 1));
        let mut client = Client::start_with(capabilities, None);
        client.open(URI, &text);
        client.request(method, at(URI, &position)).unwrap()
    };
    let plain = json!({ "textDocument": { "hover": { "contentFormat": ["plaintext"] } } });
    let hover = ask_as(plain, "textDocument/hover", "let mut p| = ");
    assert_eq!(hover["contents"]["kind"], "plaintext");
    assert!(!hover["contents"]["value"].as_str().unwrap().contains("```"), "{hover}");
    let links = json!({ "textDocument": { "definition": { "linkSupport": true } } });
    let found = ask_as(links, "textDocument/definition", "p.no|rm()");
    assert_eq!(found[0]["targetSelectionRange"]["start"], json!({ "line": 5, "character": 7 }));
    assert_eq!(found[0]["originSelectionRange"]["start"]["character"], 31);
    let flat = ask_as(json!({}), "textDocument/documentSymbol", "p.no|rm()");
    let norm = flat.as_array().unwrap().iter().find(|it| it["name"] == "norm").unwrap();
    assert_eq!(norm["location"]["uri"], URI);
    let lines = json!({ "textDocument": { "foldingRange": { "lineFoldingOnly": true } } });
    let folds = ask_as(lines, "textDocument/foldingRange", "p.no|rm()");
    assert!(folds.as_array().unwrap().iter().all(|fold| fold.get("startCharacter").is_none()), "{folds}");
    // Without versions in edits.
    let (text, position) = cursor(&TEXT.replacen("fn scale", "fn sca|le", 1));
    let mut client = Client::start_with(json!({}), None);
    client.open(URI, &text);
    let mut params = at(URI, &position);
    params["newName"] = json!("grow");
    let edit = client.request("textDocument/rename", params).unwrap();
    assert_eq!(edit["changes"][URI].as_array().unwrap().len(), 2);
}
