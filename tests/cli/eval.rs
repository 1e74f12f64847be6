#[path = "../hostile.rs"]
mod hostile;

use crate::{BROKEN, Folder, Output};
use serde_json::Value;

fn eval(source: &str, args: &[&str]) -> Output {
    let folder = Folder::new();
    folder.write("a.spp", source);
    folder.run(&[&["eval", "a.spp"], args].concat())
}

fn json(source: &str, args: &[&str]) -> Value {
    let output = eval(source, &[&["--output-format", "json"], args].concat());
    serde_json::from_str(&output.out).expect("one JSON object")
}

fn main_of(body: &str) -> String {
    format!("mod src.main\n\nfn main() -> Void {{\n{body}\n}}\n")
}

#[test]
fn output_goes_to_standard_output_and_the_summary_to_standard_error() {
    let output = eval(&main_of("    print(\"hello\")"), &[]);
    assert_eq!((output.code, output.out.as_str()), (0, "hello\n"));
    assert!(output.err.contains("no leak"), "{}", output.err);
}

#[test]
fn json_holds_everything() {
    let report = json(&main_of("    print(\"${1 + 1}\")"), &[]);
    assert_eq!(report["outcome"], "ok");
    assert_eq!(report["stdout"], "2\n");
    assert_eq!(report["stats"]["frames"]["max_depth"], 1);
    assert_eq!(report["stats"]["heap"]["live_at_end"], 0);
    for key in ["message", "result", "trace"] {
        assert!(report.get(key).is_some(), "{key} is missing");
    }
}

#[test]
fn a_program_with_errors_is_not_run() {
    let output = eval(BROKEN, &[]);
    assert_eq!(output.code, 1);
    assert!(output.err.contains("SY9"), "{}", output.err);
    let report = json(BROKEN, &[]);
    assert_eq!(report["outcome"], "not-run");
    assert_eq!(report["diagnostics"][0]["code"], "SY9");
}

#[test]
fn a_panic_says_where() {
    let output = eval(&main_of("    let n = 0\n    print(\"${1 / n}\")"), &[]);
    assert_eq!(output.code, 1);
    assert!(output.err.contains("a.spp:5: division by zero"), "{}", output.err);
}

#[test]
fn large_numbers_are_exact_and_their_blocks_are_given_back() {
    let source = main_of("    let a = 99999999999999999999\n    print(\"${a * a}\")");
    let report = json(&source, &[]);
    assert_eq!(report["stdout"], "9999999999999999999800000000000000000001\n");
    assert_eq!(report["stats"]["heap"]["live_at_end"], 0);
}

#[test]
fn a_comparison_with_what_is_not_a_number_holds_in_no_direction() {
    let source = main_of(
        "    let mut huge = 1.5\n    let mut i = 0\n    while i < 400 {\n        huge = huge * 10\n        i += 1\n    }\n    \
             let nan = huge - huge\n    let mut held = 0\n    if nan < 1 { true { held += 1 } }\n    if nan >= 1 { true { held += 2 } }\n    \
             if nan > i { true { held += 4 } }\n    if nan <= i { true { held += 8 } }\n    if nan == nan { true { held += 16 } }\n    \
             while nan < 3 { held += 32 }\n    while i >= nan { held += 64 }\n    if nan != 1 { true { held += 128 } }\n    \
             print(\"${held}\")",
    );
    assert_eq!(json(&source, &[])["stdout"], "128\n");
}

#[test]
fn numbers_behind_borrows_outgrow_a_word() {
    let source = "mod src.main\n\ncls Sum {\n    up: Num\n    down: Num\n}\n\nfn add(sum: &mut Sum, n: Num) -> Void {\n    \
                  sum.up += n\n    sum.down -= n\n    sum.up += 1\n    sum.down -= 0.5\n}\n\nfn main() -> Void {\n    \
                  let mut sum = Sum { up=0, down=0 }\n    add(&mut sum, 9223372036854775807)\n    \
                  add(&mut sum, 9223372036854775807)\n    print(\"${sum.up} ${sum.down < 0 - 18000000000000000000}\")\n}\n";
    assert_eq!(json(source, &[])["stdout"], "18446744073709551616 true\n");
}

#[test]
fn a_program_that_never_ends_is_ended() {
    let source = main_of("    let mut i = 0\n    while i >= 0 { i += 1 }");
    for limit in [["--max-steps", "100000"], ["--timeout", "1"]] {
        let report = json(&source, &limit);
        assert_eq!(report["outcome"], "limit", "{limit:?}");
    }
}

#[test]
fn hostile_programs_end_with_a_report_and_an_exit_code() {
    for hostile in hostile::ALL {
        let (seconds, heap) = (hostile.seconds.to_string(), hostile::MAX_HEAP.to_string());
        let limits = ["--timeout", &seconds, "--max-heap", &heap];
        let output = eval(hostile.text, &[&["--output-format", "json"], limits.as_slice()].concat());
        let report: Value = serde_json::from_str(&output.out).expect("one JSON object");
        assert_eq!(report["outcome"], hostile.outcome, "{}: {}", hostile.name, report["message"]);
        let message = report["message"].as_str().unwrap_or_default();
        assert!(message.contains(hostile.message), "{}: {message}", hostile.name);
        assert_eq!(output.code, 1, "{}", hostile.name);
    }
}

#[test]
fn memory_has_a_limit_that_the_program_can_handle() {
    let source = main_of("    print(\"${GlobalAlloc[Num].alloc(1000).is_fail()}\")");
    assert_eq!(json(&source, &["--max-heap", "1000"])["stdout"], "true\n");
    assert_eq!(json(&source, &["--fail-alloc", "1"])["stdout"], "true\n");
    assert_eq!(json(&source, &[])["stdout"], "false\n");
}

#[test]
fn recursion_takes_one_frame() {
    let source = "mod src.main\n\nfn count(n: Num) -> Num {\n    if n { == 0 { ret 0 } }\n    ret 1 + count(n - 1)\n}\n\n\
                  fn main() -> Void {\n    print(\"${count(200000)}\")\n}\n";
    let report = json(source, &[]);
    assert_eq!(report["stdout"], "200000\n");
    assert_eq!(report["stats"]["frames"]["max_depth"], 2);
}

#[test]
fn chains_of_owners_are_dropped_in_one_frame_however_long() {
    let chain = |count: u32, del: &str| {
        format!(
            "mod src.main\n\ncls Node {{ next: Vec[Node] }}\n\n{del}\n\nfn main() -> Void {{\n    \
             let mut head = Node {{ next=Vec[Node].new() }}\n    let mut i = 0\n    while i < {count} {{\n        \
             let mut next = Vec[Node].new()\n        next.push(head).unwrap()\n        head = Node {{ next }}\n        \
             i += 1\n    }}\n}}\n"
        )
    };
    for del in ["", "sup Del for Node { fn del(self) -> Void { } }"] {
        let report = json(&chain(300_000, del), &[]);
        assert_eq!(report["outcome"], "ok", "{}", report["message"]);
        assert_eq!(report["stats"]["heap"]["live_at_end"], 0);
        let depth = |report: &Value| report["stats"]["frames"]["max_depth"].clone();
        assert_eq!(depth(&report), depth(&json(&chain(10, del), &[])));
    }
    // A `del` that makes another value of its class: only memory ends it.
    let source = "mod src.main\n\ncls Egg { n: Num }\n\nsup Del for Egg {\n    fn del(self) -> Void {\n        \
                  if self.n { == 0 { ret } }\n        let next = Egg { n=self.n - 1 }\n    }\n}\n\n\
                  fn main() -> Void {\n    let egg = Egg { n=1000000 }\n}\n";
    let report = json(source, &[]);
    assert_eq!(report["outcome"], "ok", "{}", report["message"]);
    assert_eq!(report["stats"]["frames"]["max_depth"], 2);
}

#[test]
fn few_steps_that_take_long_are_ended_in_time() {
    let text = "    let mut text = \"0123456789abcdef\"\n    let mut i = 0\n    while i < 22 {\n        text += text.clone()\n        i += 1\n    }\n";
    let long_text = |step: &str| main_of(&format!("{text}    while i > 0 {{ {step} }}"));
    let number = |step: &str| main_of(&format!("    let x = 3.pow(2000000)\n    while x > 0 {{ {step} }}"));
    let sources = [
        long_text("let copy = text.clone()"),
        long_text("let found = text.contains(&\"no\")"),
        number("let y = x * x"),
        number("let y = \"${x}\""),
    ];
    for source in sources {
        let started = std::time::Instant::now();
        let report = json(&source, &["--timeout", "1"]);
        assert_eq!(report["outcome"], "limit", "{source}: {}", report["message"]);
        let took = started.elapsed();
        assert!(took.as_secs() < 20, "{source} took {took:?}");
    }
    let report = json(&main_of("    let mut x = 3\n    while x > 0 { x = x * x }"), &[]);
    assert_eq!(report["message"], "the number has too many digits");
}

#[test]
fn a_corrupted_return_token_is_found() {
    let source = "mod src.main\n\nfn f() -> Num { ret 1 }\n\nfn main() -> Void {\n    print(\"${f()}\")\n}\n";
    let report = json(source, &["--corrupt-return", "2"]);
    assert_eq!(report["outcome"], "shadow-stack-mismatch");
    assert_eq!(report["stdout"], "");
}

#[test]
fn every_failure_is_explored() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let folder = Folder::new();
    let handled = folder.run(&["eval", &format!("{examples}/every_failure.spp"), "--fail-each"]);
    assert_eq!(handled.code, 0, "{}", handled.out);
    let planted = folder.run(&["eval", &format!("{examples}/unhandled_failure.spp"), "--fail-each"]);
    assert_eq!(planted.code, 1);
    assert!(planted.out.contains("1 panic"), "{}", planted.out);
}

#[test]
fn an_expression_is_evaluated_in_the_scope_of_a_file() {
    let output = eval("mod src.main\n\nfn twice(n: Num) -> Num { ret n * 2 }\n", &["--expr", "twice(21)"]);
    assert_eq!(output.out, "42\n", "{}", output.err);
}

#[test]
fn an_index_that_was_a_fraction_names_its_slot() {
    let source = main_of(
        "    let mut arr = [7, 8, 9]\n    let i = 0.5 + 0.5\n    print(\"${arr.take(i).unwrap()} ${arr.has(1)} ${arr.has(2)}\")",
    );
    assert_eq!(json(&source, &[])["stdout"], "8 false true\n");
}

/// The trace of an example in one of the formats, and the report of the same run.
fn traced(example: &str, format: &str) -> (Value, Value) {
    let folder = Folder::new();
    let path = format!("{}/../examples/{example}.spp", env!("CARGO_MANIFEST_DIR"));
    let args = ["eval", &path, "--trace", "trace.json", "--trace-format", format, "--output-format", "json"];
    let report = serde_json::from_str(&folder.run(&args).out).expect("one JSON object");
    let text = folder.read("trace.json");
    (serde_json::from_str(&text).expect("the trace is JSON"), report)
}

/// What DHAT's viewer (`dh_view.js`, file version 2) demands of a file, and that its sums are those of the report.
#[test]
fn a_trace_for_dhat_has_what_its_viewer_reads() {
    for example in ["coroutines", "recursion", "sorted_tree", "print_queue"] {
        let (trace, report) = traced(example, "dhat");
        assert_eq!(trace["dhatFileVersion"], 2);
        for text in ["mode", "verb", "tu", "Mtu", "cmd"] {
            assert!(trace[text].is_string(), "{text}");
        }
        assert_eq!((&trace["bklt"], &trace["bkacc"]), (&Value::Bool(true), &Value::Bool(false)));
        let number =
            |value: &Value, key: &str| value[key].as_u64().unwrap_or_else(|| panic!("{key} of {value}"));
        let (peak, end) = (number(&trace, "tg"), number(&trace, "te"));
        assert!(number(&trace, "tuth") > 0 && trace["pid"].is_u64() && peak <= end, "{peak} {end}");
        let frames = trace["ftbl"].as_array().expect("a table of frames");
        assert_eq!(frames[0], "[root]");
        assert!(frames.iter().all(Value::is_string));
        let points = trace["pps"].as_array().expect("program points");
        let sum = |key: &str| points.iter().map(|point| number(point, key)).sum::<u64>();
        for point in points {
            for (most, part) in [("tb", "mb"), ("tbk", "mbk"), ("mb", "gb"), ("mbk", "gbk"), ("mb", "eb")] {
                assert!(number(point, most) >= number(point, part), "{most} and {part} of {point}");
            }
            assert!(point["tl"].is_u64());
            let stack = point["fs"].as_array().expect("frames of a point");
            assert!(!stack.is_empty());
            let known = |at: &Value| at.as_u64().is_some_and(|at| at > 0 && (at as usize) < frames.len());
            assert!(stack.iter().all(known), "{point}");
            // The allocator, the function that asked for the block, and who called that.
            assert!(stack.len() >= 2, "{point}");
        }
        let heap = &report["stats"]["heap"];
        // A block that moves when it grows stays one here.
        assert!(sum("tbk") <= number(heap, "allocations"), "{example}");
        assert_eq!(sum("gb"), number(heap, "peak_bytes"), "{example}");
        assert_eq!(sum("eb"), number(heap, "live_at_end"), "{example}");
    }
}

/// The rules of the trace event format: complete events of known phases, in order, calls properly nested.
#[test]
fn a_trace_for_perfetto_nests_its_calls() {
    for example in ["coroutines", "recursion", "sorted_tree", "print_queue"] {
        let (trace, _) = traced(example, "chrome");
        assert!(matches!(trace["displayTimeUnit"].as_str(), Some("ms" | "ns")));
        let mut open: Vec<&Value> = Vec::new();
        let mut last = 0.0;
        for event in trace["traceEvents"].as_array().expect("events") {
            let at = event["ts"].as_f64().expect("a time");
            // Viewers sort: at the same time, ends would come before beginnings.
            assert!(at > last, "{example}: {event}");
            last = at;
            assert!(event["name"].is_string() && event["pid"].is_u64(), "{event}");
            match event["ph"].as_str() {
                Some("B") => open.push(&event["name"]),
                Some("E") => assert_eq!(open.pop(), Some(&event["name"]), "{example}: {event}"),
                Some("i") => assert!(matches!(event["s"].as_str(), Some("t" | "p" | "g")), "{event}"),
                Some("C") => {
                    let series = event["args"].as_object().expect("values");
                    assert!(series.values().all(Value::is_u64), "{event}");
                }
                phase => panic!("{phase:?}"),
            }
        }
        assert!(open.is_empty(), "{example}: {open:?} do not end");
    }
}

#[test]
fn allocators_are_compared_side_by_side() {
    let source = "mod src.main\n\nfn fill[A: Alloc[Num]]() -> Void {\n    let mut all = Vec[Num, A=A].new()\n    let mut i = 0\n    \
                  while i < 9 {\n        all.push(i).unwrap()\n        i += 1\n    }\n}\n\nfn main() -> Void { fill[GlobalAlloc[Num]]() }\n";
    let names = "GlobalAlloc[Num],std.CountingAlloc[Num]";
    let output = eval(source, &["--entry", "fill", "--compare-allocators", names]);
    assert_eq!(output.code, 0, "{}{}", output.out, output.err);
    for name in ["GlobalAlloc", "CountingAlloc"] {
        assert!(output.out.contains(name), "{}", output.out);
    }
}
