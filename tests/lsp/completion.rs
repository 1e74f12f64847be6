//! Completion as a client gets it: snippets, imports, what stands behind a value, stubs, keywords of the place.

use crate::client::{Client, Folder, at, cursor, rich_capabilities};
use serde_json::{Value, json};

const URI: &str = "file:///tmp/spp-completion/main.spp";

/// The items at the mark, for a client with these capabilities.
fn complete_for(capabilities: Value, marked: &str) -> Vec<Value> {
    let (text, position) = cursor(marked);
    let mut client = Client::start_with(capabilities, None);
    client.open(URI, &text);
    let list = client.request("textDocument/completion", at(URI, &position)).unwrap();
    // `null` where nothing can be completed.
    list["items"].as_array().cloned().unwrap_or_default()
}

fn complete(marked: &str) -> Vec<Value> {
    complete_for(rich_capabilities(), marked)
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn find<'a>(items: &'a [Value], label: &str) -> &'a Value {
    items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("{label}: {:?}", labels(items)))
}

#[test]
fn calls_are_snippets_where_the_client_knows_them() {
    let marked = "mod a.b\nfn scale(size: Num, factor: Num) -> Num {\n    ret size\n}\nfn f() -> Num {\n    ret sca|\n}\n";
    let rich = complete(marked);
    let item = find(&rich, "scale");
    assert_eq!(item["insertTextFormat"], 2);
    assert_eq!(item["textEdit"]["newText"], "scale(${1:size}, ${2:factor})");
    let plain = complete_for(json!({ "textDocument": { "completion": {} } }), marked);
    let item = find(&plain, "scale");
    assert!(item.get("insertTextFormat").is_none(), "{item}");
    assert_eq!(item["textEdit"]["newText"], "scale(");
    assert!(plain.iter().all(|item| item["kind"] != 15), "no snippets");
}

#[test]
fn a_name_of_another_file_brings_its_import() {
    let folder = Folder::new("completion-import");
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    folder.write(
        "src/shapes/disc.spp",
        "mod src.shapes.disc\n\n# Its area.\nfn disc(r: Num) -> Num {\n    ret r * r\n}\n",
    );
    let (text, position) = cursor("mod src.main\n\nfn main() -> Void {\n    let a = dis|\n}\n");
    let main = folder.write("src/main.spp", &text);
    let mut client = Client::start_in(&folder);
    client.open(&main, &text);
    let list = client.request("textDocument/completion", at(&main, &position)).unwrap();
    let items = list["items"].as_array().unwrap();
    let item = find(items, "disc");
    assert_eq!(item["additionalTextEdits"][0]["newText"], "\n\nuse src.shapes.disc");
    assert_eq!(item["labelDetails"]["description"], "use src.shapes.disc");
    let resolved = client.request("completionItem/resolve", item.clone()).unwrap();
    assert!(resolved["documentation"]["value"].as_str().unwrap().contains("Its area."), "{resolved}");
    assert_eq!(resolved["textEdit"], item["textEdit"]);
}

#[test]
fn a_value_can_be_wrapped_by_what_is_typed_behind_it() {
    let items = complete("mod a.b\nfn f(xs: &Vec[Num]) -> Void {\n    xs.get(0).|\n}\n");
    assert_eq!(find(&items, "try")["textEdit"]["newText"], "xs.get(0)?$0");
    assert_eq!(find(&items, "let")["textEdit"]["newText"], "let ${1:name} = xs.get(0)$0");
    let range = &find(&items, "let")["textEdit"]["range"];
    assert_eq!(range["start"]["character"], 4);
    assert_eq!(find(&items, "let")["filterText"], "xs.get(0).let");
    let items = complete("mod a.b\nfn f(yes: Bool) -> Void {\n    yes.|\n}\n");
    assert!(labels(&items).contains(&"if") && labels(&items).contains(&"while"), "{:?}", labels(&items));
}

#[test]
fn a_block_for_a_class_offers_the_methods_it_lacks() {
    let block = "mod a.b\ncls Pool[T] { }\nsup[T] Alloc[T] for Pool[T] {\n    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ... }\n    |\n}\n";
    let items = complete(block);
    let methods: Vec<&str> =
        items.iter().filter(|item| item["kind"] == 2).map(|item| item["label"].as_str().unwrap()).collect();
    assert!(methods.contains(&"realloc") && methods.contains(&"dealloc"), "{methods:?}");
    assert!(!methods.contains(&"alloc"), "{methods:?}");
    let stub = find(&items, "realloc")["textEdit"]["newText"].as_str().unwrap();
    assert!(
        stub.starts_with("@static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] {"),
        "{stub}"
    );
}

#[test]
fn keywords_are_those_that_the_place_allows() {
    let offered = |marked: &str, keyword: &str| labels(&complete(marked)).contains(&keyword);
    assert!(offered("mod a.b\n|\n", "cls"));
    assert!(!offered("mod a.b\n|\n", "ret"));
    let function = |body: &str| format!("mod a.b\nfn f() -> Void {{\n    {body}\n}}\n");
    assert!(offered(&function("|"), "ret"));
    assert!(!offered(&function("|"), "cls"));
    assert!(!offered(&function("let a = |"), "ret"));
    assert!(!offered("mod a.b\n# c|\n", "cls"));
    assert!(complete("mod a.b\nfn f() -> Void {\n    let a = \"te|xt\"\n}\n").is_empty());
}
