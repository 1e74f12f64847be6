//! What the server asks of its client and tells it on its own: registrations, settings, progress, refreshes, the log;
//! and diagnostics in all their parts.

use crate::client::{Client, Folder, rich_capabilities};
use serde_json::{Value, json};

const URI: &str = "file:///tmp/spp-dialogue/main.spp";

#[test]
fn the_client_is_asked_for_watches_settings_and_refreshes() {
    let folder = Folder::new("dialogue");
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    folder.write("src/main.spp", "mod src.main\n\nfn main() -> Void {\n}\n");
    let mut capabilities = rich_capabilities();
    let refresh = json!({ "refreshSupport": true });
    for kind in ["semanticTokens", "inlayHint", "codeLens", "inlineValue"] {
        capabilities["workspace"][kind] = refresh.clone();
    }
    capabilities["workspace"]["didChangeConfiguration"] = json!({ "dynamicRegistration": true });
    capabilities["workspace"]["diagnostics"] = refresh.clone();
    capabilities["textDocument"]["diagnostic"] = json!({});
    let mut client = Client::start_with(capabilities, Some(&folder));
    let asked = |client: &mut Client, method: &str| {
        client.wait_for(|message| message["method"] == method)["params"].clone()
    };
    let registrations = asked(&mut client, "client/registerCapability")["registrations"].clone();
    let methods: Vec<&str> =
        registrations.as_array().unwrap().iter().map(|it| it["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"]);
    assert_eq!(registrations[0]["registerOptions"]["watchers"][0]["globPattern"], "**/*.spp");
    assert_eq!(asked(&mut client, "workspace/configuration")["items"][0]["section"], "spp");
    for kind in ["semanticTokens", "inlayHint", "codeLens", "inlineValue", "diagnostic"] {
        asked(&mut client, &format!("workspace/{kind}/refresh"));
    }
    let pushed = client.log.iter().any(|message| message["method"] == "textDocument/publishDiagnostics");
    assert!(!pushed, "a client that pulls is not pushed to");
    assert!(client.stop().success());
}

#[test]
fn progress_begins_and_ends_with_the_token_that_was_made() {
    let folder = Folder::new("dialogue-progress");
    folder.write("a.spp", "mod a.b\n");
    let mut client = Client::start_in(&folder);
    let made = client.wait_for(|message| message["method"] == "window/workDoneProgress/create");
    let mut next = || client.wait_for(|message| message["method"] == "$/progress")["params"].clone();
    let (begin, end) = (next(), next());
    assert_eq!((&begin["token"], &end["token"]), (&made["params"]["token"], &made["params"]["token"]));
    assert_eq!((&begin["value"]["kind"], &end["value"]["kind"]), (&json!("begin"), &json!("end")));
}

#[test]
fn a_change_of_a_document_that_is_not_open_is_logged() {
    let mut client = Client::start();
    client.change("file:///tmp/not-open.spp", 2, json!([{ "text": "mod a.b\n" }]));
    let logged = client.wait_for(|message| message["method"] == "window/logMessage");
    assert!(logged["params"]["message"].as_str().unwrap().contains("not-open.spp"), "{logged}");
    assert!(client.stop().success());
}

fn told(text: &str) -> Vec<Value> {
    let mut client = Client::start();
    client.open(URI, text);
    client.diagnostics(URI, 1)
}

#[test]
fn a_diagnostic_has_its_page_its_reason_and_its_other_end() {
    let found = told("mod a.b\nfn f(a: Str) -> Str {\n    let b = a\n    let c = a\n    ret c\n}\n");
    let moved = found.iter().find(|it| it["severity"] == 1).unwrap();
    assert_eq!(moved["range"]["start"], json!({ "line": 3, "character": 12 }), "{moved}");
    let page = moved["codeDescription"]["href"].as_str().unwrap();
    assert!(page.ends_with(&format!("{}.md", moved["code"].as_str().unwrap())), "{page}");
    let path = page.strip_prefix("file://").unwrap();
    assert!(std::fs::read_to_string(path).unwrap().contains("## Why"));
    let related = &moved["relatedInformation"][0];
    assert_eq!(related["location"]["range"]["start"]["line"], 2, "{moved}");
    assert_eq!(related["location"]["uri"], URI);
}

#[test]
fn what_is_not_needed_is_tagged() {
    let found = told("mod a.b\nfn f() -> Num {\n    let mut a = 1\n    ret a\n    print(\"never\")\n}\n");
    let tagged: Vec<_> =
        found.iter().filter(|it| it["tags"] == json!([1])).map(|it| it["code"].clone()).collect();
    assert_eq!(tagged, ["MU4", "CF8"], "{found:?}");
}

#[test]
fn files_that_are_not_open_have_diagnostics_too() {
    let folder = Folder::new("dialogue-closed");
    let uri = folder.write("a.spp", "mod a.b\nfn f( -> Void { }\n");
    let mut client = Client::start_in(&folder);
    let pushed = client.wait_for(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri
    });
    assert!(!pushed["params"]["diagnostics"].as_array().unwrap().is_empty());
    assert!(pushed["params"].get("version").is_none(), "{pushed}");
    let whole = client.request("workspace/diagnostic", json!({ "previousResultIds": [] })).unwrap();
    let first = &whole["items"][0];
    assert_eq!((&first["uri"], &first["kind"]), (&json!(uri), &json!("full")));
    let known = json!({ "previousResultIds": [{ "uri": uri, "value": first["resultId"] }] });
    let again = client.request("workspace/diagnostic", known).unwrap();
    assert_eq!(again["items"][0]["kind"], "unchanged");
}
