//! The rules that can be reported: names, default severities and pages, read from `docs/diagnostics`.

use hir::Severity;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/rule_pages.rs"));

/// One row of the index of rules.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `A22`
    pub code: &'static str,
    /// `realloc-takes-borrow`
    pub name: &'static str,
    /// `None`: a fact that hovers cite; nothing breaks it.
    pub severity: Option<Severity>,
    /// One line.
    pub title: &'static str,
    /// The whole page, Markdown; empty where there is none.
    pub page: &'static str,
}

/// What a person makes of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LintLevel {
    #[serde(alias = "allow", alias = "off")]
    Ignore,
    Hint,
    #[serde(alias = "warning")]
    Warn,
    #[serde(alias = "deny")]
    Error,
}

impl LintLevel {
    pub fn severity(self) -> Option<Severity> {
        match self {
            LintLevel::Ignore => None,
            LintLevel::Hint => Some(Severity::Hint),
            LintLevel::Warn => Some(Severity::Warning),
            LintLevel::Error => Some(Severity::Error),
        }
    }
}

/// All rules in the order of the index.
pub fn all() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let pages: FxHashMap<&str, &'static str> = PAGES.iter().copied().collect();
        INDEX
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut columns = line.split('\t');
                let (code, name) = (columns.next()?, columns.next()?);
                let severity = match columns.next()? {
                    "error" => Some(Severity::Error),
                    "warning" => Some(Severity::Warning),
                    "hint" => Some(Severity::Hint),
                    _ => None,
                };
                let title = columns.nth(1)?;
                Some(Rule { code, name, severity, title, page: pages.get(code).copied().unwrap_or("") })
            })
            .collect()
    })
}

/// The rule with this code, in any case, or with this name.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    static BY_CODE: OnceLock<FxHashMap<&str, usize>> = OnceLock::new();
    let index = BY_CODE.get_or_init(|| all().iter().enumerate().map(|(i, rule)| (rule.code, i)).collect());
    index.get(code_or_name).map(|&i| &all()[i]).or_else(|| {
        all().iter().find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
    })
}

/// The code nearest to a mistyped one.
pub fn suggest(code: &str) -> Option<&'static str> {
    let wanted = code.to_ascii_uppercase();
    all()
        .iter()
        .map(|rule| (strsim::levenshtein(&wanted, rule.code), rule.code))
        .min()
        .filter(|&(distance, _)| distance <= 2)
        .map(|(_, code)| code)
}
