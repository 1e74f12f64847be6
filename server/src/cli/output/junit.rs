//! JUnit XML as CI servers read it: a suite per file, a failed case per finding; a passed case where there is none.

use super::{Style, severity_word, shown};
use crate::check::{Finding, Report};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io::{self, Write};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<&Finding> = shown(report, style).collect();
    let total = findings.len().to_string();
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attributes([
            ("name", "spp-analyzer"),
            ("tests", &*total),
            ("failures", &*total),
            ("errors", "0"),
        ])
        .write_inner_content(|xml| {
            for suite in findings.chunk_by(|a, b| a.path == b.path) {
                self::suite(xml, &suite[0].path, suite)?;
            }
            if findings.is_empty() {
                self::suite(xml, "spp-analyzer", &[])?;
            }
            Ok(())
        })?;
    drop(xml);
    writeln!(out)
}

fn suite<W: Write>(xml: &mut Writer<W>, name: &str, findings: &[&Finding]) -> io::Result<()> {
    let failures = findings.len().to_string();
    let tests = findings.len().max(1).to_string();
    xml.create_element("testsuite")
        .with_attributes([("name", name), ("tests", &*tests), ("failures", &*failures), ("errors", "0")])
        .write_inner_content(|xml| {
            if findings.is_empty() {
                xml.create_element("testcase").with_attribute(("name", "no diagnostics")).write_empty()?;
            }
            findings.iter().try_for_each(|finding| case(xml, finding))
        })?;
    Ok(())
}

fn case<W: Write>(xml: &mut Writer<W>, finding: &Finding) -> io::Result<()> {
    let (line, column) = finding.span.map_or((1, 1), |span| (span.start.line, span.start.column));
    let name = format!("{} at {line}:{column}", finding.code);
    xml.create_element("testcase")
        .with_attributes([("name", &*name), ("classname", &*finding.path)])
        .write_inner_content(|xml| {
            let place = format!("{}:{line}:{column}: {} {}", finding.path, finding.code, finding.message);
            xml.create_element("failure")
                .with_attributes([("type", severity_word(finding.severity)), ("message", &*finding.message)])
                .write_text_content(BytesText::new(&place))?;
            Ok(())
        })?;
    Ok(())
}
