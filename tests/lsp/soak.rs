//! Many edits, requests, cancellations and closed documents in any order: afterwards the server knows what a fresh one
//! knows, and every request was answered.

use crate::client::{Client, at, rich_capabilities};
use serde_json::{Value, json};

const URI: &str = "file:///tmp/spp-soak/main.spp";

const TEXT: &str = "mod src.main
# 😀 astral
cls Point { x: Num   y: Num }
fn scale(point: &mut Point, factor: Num) -> Void {
    point.x = point.x * factor
}
fn main() -> Void {
    let mut p = Point { x=1, y=2 }
    scale(&mut p, factor=3)
    let text = \"a 😀 b\"
    print(text)
}
";

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The client's own copy of the text, edited by positions in the agreed encoding.
struct Copy {
    text: String,
    encoding: &'static str,
}

impl Copy {
    fn position(&self, offset: usize) -> Value {
        let before = &self.text[..offset];
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap_or("");
        json!({ "line": line, "character": self.columns(last) })
    }

    fn columns(&self, text: &str) -> usize {
        match self.encoding {
            "utf-8" => text.len(),
            "utf-16" => text.encode_utf16().count(),
            _ => text.chars().count(),
        }
    }

    /// A position that means `offset`: its own, or one behind the end of the line or the text where it ends one.
    fn written(&self, offset: usize, numbers: &mut Numbers) -> Value {
        let mut position = self.position(offset);
        let rest = &self.text[offset..];
        if rest.is_empty() && numbers.below(3) == 0 {
            position["line"] = json!(position["line"].as_u64().unwrap_or(0) + 1 + numbers.below(9) as u64);
        } else if (rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n"))
            && numbers.below(2) == 0
        {
            position["character"] =
                json!(position["character"].as_u64().unwrap_or(0) + 1 + numbers.below(999) as u64);
        }
        position
    }

    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) || self.splits_line_end(at) {
            at -= 1;
        }
        at
    }

    /// Between CR and LF there is no position.
    fn splits_line_end(&self, at: usize) -> bool {
        at > 0 && self.text[..at].ends_with('\r') && self.text[at..].starts_with('\n')
    }

    fn change(&mut self, numbers: &mut Numbers) -> Value {
        const PIECES: [&str; 14] = [
            "",
            "x",
            "😀",
            "\n",
            "\r\n",
            "{",
            "}",
            "(",
            " let y = 1",
            "é",
            "\"",
            ".",
            "# c\n",
            "fn q() -> Void { }\n",
        ];
        if numbers.below(200) == 0 || self.text.len() > 3000 {
            self.text = TEXT.to_owned();
            return json!({ "text": self.text });
        }
        let mut start = self.boundary(numbers.below(self.text.len() + 1));
        if numbers.below(6) == 0 {
            // To the end of a line, where positions behind it mean the same.
            let line = &self.text[start..];
            start += line.find(['\r', '\n']).unwrap_or(line.len());
            start = self.boundary(start);
        }
        let end = self.boundary((start + numbers.below(6)).min(self.text.len())).max(start);
        let piece = PIECES[numbers.below(PIECES.len())];
        let range = json!({ "start": self.written(start, numbers), "end": self.written(end, numbers) });
        self.text.replace_range(start..end, piece);
        json!({ "range": range, "text": piece })
    }
}

const REQUESTS: [&str; 12] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/documentHighlight",
    "textDocument/documentSymbol",
    "textDocument/semanticTokens/full",
    "textDocument/foldingRange",
    "textDocument/inlayHint",
    "textDocument/codeLens",
    "textDocument/formatting",
    "textDocument/codeAction",
];

fn params(method: &str, position: &Value) -> Value {
    let mut params = at(URI, position);
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": position });
    match method {
        "textDocument/inlayHint" => params["range"] = range,
        "textDocument/codeAction" => {
            params["range"] = json!({ "start": position, "end": position });
            params["context"] = json!({ "diagnostics": [] });
        }
        "textDocument/formatting" => params["options"] = json!({ "tabSize": 4, "insertSpaces": true }),
        _ => {}
    }
    params
}

fn final_answers(client: &mut Client) -> Vec<Value> {
    let place = json!({ "line": 7, "character": 12 });
    let methods = REQUESTS.iter().filter(|method| !method.contains("semanticTokens"));
    methods.map(|method| client.request(method, params(method, &place)).unwrap()).collect()
}

fn run(encoding: &'static str, edits: usize, seed: u64) {
    let mut capabilities = rich_capabilities();
    capabilities["general"]["positionEncodings"] = json!([encoding]);
    let mut client = Client::start_with(capabilities.clone(), None);
    let mut numbers = Numbers(seed);
    let mut copy = Copy { text: TEXT.to_owned(), encoding };
    client.open(URI, &copy.text);
    let mut asked = Vec::new();
    let mut version = 1;
    for _ in 0..edits {
        version += 1;
        let changes: Vec<Value> = (0..1 + numbers.below(2)).map(|_| copy.change(&mut numbers)).collect();
        client.change(URI, version, json!(changes));
        if numbers.below(3) == 0 {
            let method = REQUESTS[numbers.below(REQUESTS.len())];
            let position = json!({ "line": numbers.below(20), "character": numbers.below(60) });
            let id = client.post(method, params(method, &position));
            if numbers.below(4) == 0 {
                client.notify("$/cancelRequest", json!({ "id": id }));
            }
            asked.push(id);
        }
        if numbers.below(300) == 0 {
            client.notify("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
            version = 1;
            client.open(URI, &copy.text);
        }
    }
    // Each request has one answer, whatever it is, unless it is an error of the server's own.
    for id in asked {
        if let Err(error) = client.answer(id) {
            assert!([json!(-32800), json!(-32801)].contains(&error["code"]), "{error}");
        }
    }
    let mut fresh = Client::start_with(capabilities, None);
    fresh.open(URI, &copy.text);
    // The text itself, as far as the syntax tree holds it: byte for byte.
    let tree = |client: &mut Client| {
        let params = json!({ "command": "spp.showSyntaxTree", "arguments": [{ "uri": URI }] });
        client.request("workspace/executeCommand", params).unwrap()["text"].clone()
    };
    assert_eq!(tree(&mut client), tree(&mut fresh));
    let document = json!({ "textDocument": { "uri": URI } });
    let diagnostics = |client: &mut Client| {
        client.request("textDocument/diagnostic", document.clone()).unwrap()["items"].clone()
    };
    assert_eq!(diagnostics(&mut client), diagnostics(&mut fresh));
    assert_eq!(final_answers(&mut client), final_answers(&mut fresh));
    let tokens = |client: &mut Client| {
        let params = json!({ "textDocument": { "uri": URI } });
        client.request("textDocument/semanticTokens/full", params).unwrap()["data"].clone()
    };
    assert_eq!(tokens(&mut client), tokens(&mut fresh));
    assert!(client.stop().success());
}

#[test]
fn two_thousand_edits_with_requests_leave_the_state_of_a_fresh_server() {
    run("utf-16", 2000, 0x2545_F491_4F6C_DD1D);
}

#[test]
fn columns_in_bytes_give_the_same() {
    run("utf-8", 2000, 0x9E37_79B9_7F4A_7C15);
}

#[test]
fn columns_in_characters_give_the_same() {
    run("utf-32", 500, 0xD1B5_4A32_D192_ED03);
}
