//! `spp-analyzer explain`.

use super::check::{UsageError, unknown_rule};
use super::exit;
use crate::rules;

pub(super) fn run(code: Option<&str>) -> u8 {
    match code {
        None => {
            for rule in rules::all() {
                println!("{:<6}{:<34}{}", rule.code, rule.name, rule.title);
            }
            exit::OK
        }
        Some(code) => match rules::find(code) {
            Some(rule) => {
                println!("{}", plain(rule.page).trim_end());
                exit::OK
            }
            None => {
                let UsageError(message) = unknown_rule(code);
                eprintln!("spp-analyzer: {message}");
                exit::USAGE
            }
        },
    }
}

/// A page without its machine-readable comment.
fn plain(page: &str) -> String {
    page.lines().filter(|line| !line.starts_with("<!--")).fold(String::new(), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}
