//! A code action of every kind, applied: the result is what the title promises and has no error.

use crate::client::{Client, cursor};
use serde_json::{Value, json};

const URI: &str = "file:///tmp/spp-actions/main.spp";

fn start() -> Client {
    Client::start()
}

/// The actions at the first mark, or for the selection between the two.
fn offered(client: &mut Client, marked: &str, only: Option<&str>) -> (String, Vec<Value>) {
    let (text, start) = cursor(marked);
    let (text, end) = if text.contains('|') { cursor(&text) } else { (text, start.clone()) };
    client.open(URI, &text);
    let diagnostics = client.diagnostics(URI, 1);
    let mut context = json!({ "diagnostics": diagnostics });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let params = json!({ "textDocument": { "uri": URI }, "range": { "start": start, "end": end },
        "context": context });
    let actions = client.request("textDocument/codeAction", params).unwrap();
    (text, actions.as_array().unwrap().clone())
}

/// Applies the action with this title, by the client's own edits.
fn apply(marked: &str, kind: &str, title: &str) -> String {
    let mut client = start();
    let (text, actions) = offered(&mut client, marked, Some(kind));
    let action = actions.iter().find(|action| action["title"].as_str().unwrap().contains(title));
    let action = action.unwrap_or_else(|| panic!("{title} is not among {actions:#?}"));
    assert_eq!(action["kind"], kind, "{action}");
    let changes = &action["edit"]["documentChanges"][0];
    assert_eq!(changes["textDocument"], json!({ "uri": URI, "version": 1 }));
    // From the last to the first, so that each range still means what it meant.
    let mut edits = changes["edits"].as_array().unwrap().clone();
    let key = |edit: &Value| {
        let at = &edit["range"]["start"];
        (at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap())
    };
    edits.sort_by_key(|edit| std::cmp::Reverse(key(edit)));
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    lines.push(String::new());
    let mut text = text;
    for edit in edits {
        let offset = |at: &Value| {
            let line = at["line"].as_u64().unwrap() as usize;
            lines[..line].iter().map(String::len).sum::<usize>() + at["character"].as_u64().unwrap() as usize
        };
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap());
    }
    client.change(URI, 2, json!([{ "text": text }]));
    let errors: Vec<Value> =
        client.diagnostics(URI, 2).into_iter().filter(|found| found["severity"] == 1).collect();
    assert!(errors.is_empty(), "{text}\n{errors:?}");
    text
}

#[test]
fn quick_fixes_mend() {
    let text = apply("mod a.b\ncls P { |mut hits: Num }\n", "quickfix", "");
    assert_eq!(text, "mod a.b\ncls P { hits: Num }\n");
    let text = apply(
        "mod a.b\nfn f(a: &mut Num, b: &mut Num) -> Void {\n    s|wap(a, b)\n}\n",
        "quickfix",
        "import",
    );
    assert!(text.contains("use std.mem.swap"), "{text}");
}

#[test]
fn refactorings_rewrite() {
    let extract = "refactor.extract";
    let text = apply("mod a.b\nfn f(n: Num) -> Num {\n    ret 2 * |(n + 1)|\n}\n", extract, "variable");
    assert!(text.contains("    let value = (n + 1)\n    ret 2 * value\n"), "{text}");
    let text = apply(
        "mod a.b\nfn f(n: Num) -> Void {\n    |let a = n + 1\n    print(\"${a}\")|\n}\n",
        extract,
        "function",
    );
    assert!(text.contains("fn f(n: Num) -> Void {\n    extracted(n)\n}"), "{text}");
    let text = apply(
        "mod a.b\nfn f(n: Num) -> Num {\n    let |a = n + 1\n    ret a * 2\n}\n",
        "refactor.inline",
        "inline",
    );
    assert!(text.contains("    ret (n + 1) * 2\n"), "{text}");
    let rewrite = "refactor.rewrite";
    let text =
        apply("mod a.b\ncls P { }\nsup P {\n    fn f(&se|lf) -> Void { }\n}\n", rewrite, "with its type");
    assert!(text.contains("fn f(self: &Self)"), "{text}");
    let class = "mod a.b\ncls |P {\n    x: Num\n\n    fn f(&self) -> Void { }\n}\n";
    assert!(apply(class, rewrite, "`sup` block").contains("sup P {"));
    let text = apply("mod a.b\ncls |P { xs: Vec[Num] }\n", rewrite, "allocator parameter");
    assert!(text.contains("cls P[A: Alloc[Num] = GlobalAlloc[Num]] { xs: Vec[Num, A] }"), "{text}");
    let text = apply("mod a.b\ncls Pool[T] { }\nsup[T] Alloc[T] for |Pool[T] {\n}\n", rewrite, "missing");
    assert!(text.contains("fn dealloc(arr: Arr[T])"), "{text}");
}

#[test]
fn whole_files_are_put_in_order_when_that_is_asked_for() {
    let imports = "mod a.b\nuse std.mem.swap\nuse std.mem.replace\n\nfn f(a: &mut Num, b: &mut Num) -> Void {\n    swap(a, b)|\n}\n";
    let text = apply(imports, "source.organizeImports", "imports");
    assert!(!text.contains("replace"), "{text}");
    let text = apply("mod a.b\ncls P { mut hits: Num   mut misses: Num }|\n", "source.fixAll", "fix");
    assert!(text.contains("cls P { hits: Num   misses: Num }"), "{text}");
    let (_, actions) = offered(&mut start(), imports, None);
    assert!(
        actions.iter().all(|action| !action["kind"].as_str().unwrap().starts_with("source")),
        "{actions:?}"
    );
}
