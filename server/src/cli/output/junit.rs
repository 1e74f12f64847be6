//! JUnit XML: one test case per finding, failed; a single passed case when there is none.

use super::{Style, severity_word, shown};
use crate::check::Report;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = quick_junit::Report::new("spp-analyzer");
    let mut suites: Vec<TestSuite> = Vec::new();
    for finding in shown(report, style) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(finding.message.clone());
        status.set_type(severity_word(finding.severity));
        let place = finding.span.map_or((1, 1), |span| (span.start.line, span.start.column));
        status.set_description(format!(
            "{}:{}:{}: {} {}",
            finding.path, place.0, place.1, finding.code, finding.message
        ));
        let case = TestCase::new(format!("{} at {}:{}", finding.code, place.0, place.1), status);
        if suites.last().is_none_or(|suite| suite.name.as_str() != &*finding.path) {
            suites.push(TestSuite::new(finding.path.to_string()));
        }
        if let Some(suite) = suites.last_mut() {
            suite.add_test_case(case);
        }
    }
    if suites.is_empty() {
        let mut suite = TestSuite::new("spp-analyzer");
        suite.add_test_case(TestCase::new("no diagnostics", TestCaseStatus::success()));
        suites.push(suite);
    }
    junit.add_test_suites(suites);
    let text = junit.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}
