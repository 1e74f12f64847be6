//! Life cycle, bad messages, positions.

use crate::client::{Client, Folder};
use serde_json::{Value, json};

#[test]
fn a_server_starts_and_ends_as_the_protocol_says() {
    let client = Client::start();
    assert_eq!(client.capabilities["positionEncoding"], "utf-16");
    assert_eq!(client.capabilities["typeHierarchyProvider"], true);
    assert!(client.stop().success());
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut client = Client::start();
    client.notify("exit", Value::Null);
    assert_eq!(client.wait_exit().code(), Some(1));
}

#[test]
fn a_client_that_goes_away_takes_the_server_with_it() {
    assert_eq!(Client::start().close_stdin().code(), Some(1));
}

#[test]
fn utf_8_is_preferred() {
    let capabilities = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    let client = Client::start_with(capabilities, None);
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
}

#[test]
fn a_request_before_initialize_is_refused() {
    let mut client = Client::spawn();
    let error = client.request("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(error["code"], -32002);
}

#[test]
fn an_unknown_method_is_refused_and_an_unknown_notification_ignored() {
    let mut client = Client::start();
    client.notify("$/nonsense", json!({}));
    client.notify("spp/nonsense", json!({}));
    let error = client.request("spp/nonsense", json!({})).unwrap_err();
    assert_eq!(error["code"], -32601);
    assert!(client.stop().success());
}

#[test]
fn malformed_messages_do_not_stop_the_server() {
    let mut client = Client::start();
    client.send_raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    let refusal = client.wait_for(|message| message["error"]["code"] == -32700);
    assert_eq!(refusal["id"], Value::Null);
    client.send(&json!({ "jsonrpc": "2.0", "id": 99, "method": "textDocument/hover", "params": 7 }));
    assert_eq!(client.answer(99).unwrap_err()["code"], -32602);
    assert!(client.stop().success());
}

#[test]
fn a_request_for_an_unknown_document_has_an_empty_answer() {
    let mut client = Client::start();
    let params = json!({ "textDocument": { "uri": "file:///nowhere/at/all.spp" } });
    assert_eq!(client.request("textDocument/documentSymbol", params).unwrap(), Value::Null);
}

#[test]
fn a_cancelled_request_is_answered() {
    let mut client = Client::start();
    client.open("file:///tmp/cancelled.spp", "mod a.b\n");
    let params = json!({ "textDocument": { "uri": "file:///tmp/cancelled.spp" } });
    let id = client.post("textDocument/documentSymbol", params);
    client.notify("$/cancelRequest", json!({ "id": id }));
    // Either it was done already or it was cancelled.
    if let Err(error) = client.answer(id) {
        assert_eq!(error["code"], -32800);
    }
    assert!(client.stop().success());
}

#[test]
fn loading_reports_progress() {
    let folder = Folder::new("progress");
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    folder.write("src/main.spp", "mod src.main\n\nfn main() -> Void {\n}\n");
    let client = Client::start_in(&folder);
    let methods: Vec<&str> = client.log.iter().filter_map(|message| message["method"].as_str()).collect();
    assert!(methods.contains(&"window/workDoneProgress/create"), "{methods:?}");
    assert!(methods.contains(&"$/progress"), "{methods:?}");
}

#[test]
fn a_copy_of_the_library_can_be_opened_and_typed_into() {
    let mut client = Client::start();
    let uri = "file:///tmp/spp-library-user.spp";
    client.open(uri, "mod a.b\nfn f(v: Vec[Num]) -> Void { }\n");
    let params = json!({ "textDocument": { "uri": uri }, "position": { "line": 1, "character": 9 } });
    let found = client.request("textDocument/definition", params).unwrap();
    let library = found[0]["uri"].as_str().unwrap().to_owned();
    client.open(&library, "nonsense");
    client.change(&library, 2, json!([{ "text": "more nonsense" }]));
    let params = json!({ "textDocument": { "uri": library } });
    let symbols = client.request("textDocument/documentSymbol", params).unwrap();
    assert!(symbols.as_array().unwrap().len() > 1);
    assert!(client.stop().success());
}
