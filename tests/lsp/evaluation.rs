//! Evaluation that an editor asks for: whatever the program does, the server stays with its reader.

use crate::client::{Client, Folder, at, rich_capabilities};
use crate::hostile::{ALL, Hostile, MAX_HEAP};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn client(seconds: u64) -> Client {
    let mut client = Client::configured(
        rich_capabilities(),
        json!({ "evaluation": { "timeout": seconds, "maxHeap": MAX_HEAP, "maxSteps": 1_000_000_000_000_u64 } }),
    );
    client.open("file:///hostile/other.spp", "mod main\n\nfn other() -> Num { ret 1 }\n");
    client
}

fn evaluate(client: &mut Client, uri: &str) -> i64 {
    let params = json!({ "command": "spp.evaluate", "arguments": [{ "uri": uri }] });
    client.post("workspace/executeCommand", params)
}

/// Asks for hovers while a program is evaluated; the report, how many were answered before, and the slowest.
fn run(client: &mut Client, folder: &Folder, hostile: &Hostile) -> (Value, usize, Duration) {
    let uri = folder.write("main.spp", hostile.text);
    client.open(&uri, hostile.text);
    client.diagnostics(&uri, 1);
    let evaluation = evaluate(client, &uri);
    let (mut answered, mut slowest) = (0, Duration::ZERO);
    let report = loop {
        let asked = Instant::now();
        let position = json!({ "line": 2, "character": 4 });
        let hover = client.post("textDocument/hover", at("file:///hostile/other.spp", &position));
        let first = client.wait_for(|message| {
            message.get("method").is_none() && (message["id"] == hover || message["id"] == evaluation)
        });
        if first["id"] == evaluation {
            break first["result"].clone();
        }
        assert!(!first["result"].is_null(), "the hover has an answer");
        answered += 1;
        slowest = slowest.max(asked.elapsed());
        std::thread::sleep(Duration::from_millis(10));
    };
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    (report, answered, slowest)
}

#[test]
fn hovers_are_answered_while_a_hostile_program_runs() {
    let folder = Folder::new("hostile");
    for hostile in ALL {
        let mut client = client(hostile.seconds);
        let (report, answered, slowest) = run(&mut client, &folder, hostile);
        println!("{}: {answered} hovers meanwhile, the slowest took {slowest:?}", hostile.name);
        assert_eq!(report["outcome"], hostile.outcome, "{}: {report}", hostile.name);
        let message = report["message"].as_str().unwrap_or_default();
        assert!(message.contains(hostile.message), "{}: {message}", hostile.name);
        assert!(answered > 0, "{}: no hover was answered before the evaluation ended", hostile.name);
        assert!(client.stop().success());
    }
}

/// Processes that the server started.
#[cfg(target_os = "linux")]
fn children(server: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{server}/task")).expect("the server runs");
    let lists = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn an_evaluation_gives_way_and_can_open_nothing_and_is_gone_when_it_is_cancelled() {
    let folder = Folder::new("confined");
    let uri = folder.write("main.spp", ALL[0].text);
    let mut client = Client::configured(rich_capabilities(), json!({ "evaluation": { "timeout": 60 } }));
    client.open(&uri, ALL[0].text);
    client.diagnostics(&uri, 1);
    let evaluation = evaluate(&mut client, &uri);
    let confined = |limits: &str| {
        ["Max open files", "Max file size", "Max core file size"].iter().all(|name| {
            let rest = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            rest.split_whitespace().next() == Some("0")
        })
    };
    let begin = Instant::now();
    let child = loop {
        assert!(begin.elapsed() < Duration::from_secs(30), "the evaluation is not confined");
        let found = children(client.pid()).first().copied();
        let limits = found.and_then(|child| std::fs::read_to_string(format!("/proc/{child}/limits")).ok());
        if let (Some(child), Some(true)) = (found, limits.as_deref().map(confined)) {
            break child;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).expect("it runs");
    // The 19th value; the second, which may hold blanks, is in parentheses.
    let nice = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(16));
    assert!(nice.and_then(|nice| nice.parse::<i32>().ok()).is_some_and(|nice| nice >= 10), "{stat}");
    client.notify("$/cancelRequest", json!({ "id": evaluation }));
    assert!(client.answer(evaluation).is_err());
    while !children(client.pid()).is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(60), "the process was not reaped");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(client.stop().success());
}

#[test]
fn an_editor_gets_the_beginning_of_endless_output() {
    let folder = Folder::new("output");
    let endless = ALL.iter().find(|hostile| hostile.name == "endless output").expect("there is one");
    let mut client = client(endless.seconds);
    let (report, ..) = run(&mut client, &folder, endless);
    let output = report["stdout"].as_str().unwrap_or_default();
    assert!(output.len() < 300_000 && output.ends_with("more bytes of output\n"), "{} bytes", output.len());
    assert!(client.stop().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_evaluation_is_killed_again_and_again_is_paused() {
    let folder = Folder::new("paused");
    let text = ALL[0].text;
    let uri = folder.write("main.spp", text);
    let mut client = Client::configured(rich_capabilities(), json!({ "evaluation": { "timeout": 60 } }));
    client.open(&uri, text);
    client.diagnostics(&uri, 1);
    for _ in 0..3 {
        let evaluation = evaluate(&mut client, &uri);
        let child = loop {
            if let Some(child) = children(client.pid()).first() {
                break *child;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let killed = std::process::Command::new("kill").args(["-9", &child.to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        let error = client.answer(evaluation).expect_err("there is no report");
        assert!(error["message"].as_str().is_some_and(|message| message.contains("killed")), "{error}");
    }
    let evaluation = evaluate(&mut client, &uri);
    let error = client.answer(evaluation).expect_err("the file is paused");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("paused")), "{error}");

    client.change(&uri, 2, json!([{ "text": "mod main\n\nfn main() -> Void { print(\"done\") }\n" }]));
    let evaluation = evaluate(&mut client, &uri);
    assert_eq!(client.answer(evaluation).expect("a changed file is evaluated again")["stdout"], "done\n");
    assert!(client.stop().success());
}
