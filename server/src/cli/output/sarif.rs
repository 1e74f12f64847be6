//! SARIF 2.1.0.

use super::{Style, shown};
use crate::check::{Finding, Report, Span};
use crate::rules;
use hir::Severity;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let used: Vec<&str> =
        shown(report, style).map(|finding| finding.code).collect::<BTreeSet<_>>().into_iter().collect();
    let descriptors: Vec<Value> = used.iter().map(|code| descriptor(code)).collect();
    let results: Vec<Value> = shown(report, style)
        .map(|finding| result(finding, used.binary_search(&finding.code).unwrap_or_default()))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "spp-analyzer",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(code: &str) -> Value {
    match rules::find(code) {
        Some(rule) => json!({
            "id": rule.code,
            "name": rule.name,
            "shortDescription": { "text": rule.title },
            "defaultConfiguration": { "level": level(rule.severity.unwrap_or(Severity::Error)) },
        }),
        None => json!({ "id": code }),
    }
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let mut text = finding.message.clone();
    for note in &finding.notes {
        text.push('\n');
        text.push_str(note);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [location(&finding.path, finding.span, None)],
        "relatedLocations": finding.related.iter().map(|place| {
            location(&place.path, Some(place.span), Some(&place.message))
        }).collect::<Vec<_>>(),
    })
}

fn location(path: &str, span: Option<Span>, message: Option<&str>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(path) } });
    if let Some(span) = span {
        physical["region"] = json!({
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
            "byteOffset": span.start.offset,
            "byteLength": span.end.offset - span.start.offset,
        });
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(message) = message {
        location["message"] = json!({ "text": message });
    }
    location
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// A path as a relative or absolute URI reference: everything but unreserved characters is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
