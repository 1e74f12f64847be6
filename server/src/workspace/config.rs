//! `spp.toml`: the edition of a project and the severity of its rules.

use crate::rules::LintLevel;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use syntax::Edition;

pub const FILE_NAME: &str = "spp.toml";

/// What a project's `spp.toml` says.
#[derive(Clone, Debug, Default)]
pub struct ProjectConfig {
    /// `[project] edition`; a `spp.toml` without it means 2026.
    pub edition: Option<Edition>,
    /// `[lints]`: rule identifier to level, in the file's order of keys.
    pub lints: Vec<(String, LintLevel)>,
}

#[derive(Debug)]
pub struct ConfigError {
    pub path: PathBuf,
    pub message: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.message)
    }
}

#[derive(Deserialize, Default)]
struct RawConfig {
    #[serde(default)]
    project: RawProject,
    #[serde(default)]
    lints: BTreeMap<String, LintLevel>,
}

#[derive(Deserialize, Default)]
struct RawProject {
    edition: Option<toml::Value>,
}

impl ProjectConfig {
    /// Reads `folder/spp.toml`; `Ok(None)` when there is none.
    pub fn read(folder: &Path) -> Result<Option<ProjectConfig>, ConfigError> {
        let path = folder.join(FILE_NAME);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError { path, message: error.to_string() }),
        }
    }

    pub fn parse(text: &str, path: &Path) -> Result<ProjectConfig, ConfigError> {
        let fail = |message: String| ConfigError { path: path.to_owned(), message };
        let raw: RawConfig =
            toml::from_str(text).map_err(|error| fail(error.to_string().trim_end().to_owned()))?;
        let edition = match raw.project.edition {
            None => Some(Edition::E2026),
            Some(toml::Value::String(year)) => Some(
                parse_edition(&year)
                    .ok_or_else(|| fail(format!("unknown edition \"{year}\"; use \"2023\" or \"2026\"")))?,
            ),
            Some(other) => {
                return Err(fail(format!(
                    "`edition` is a string: write `edition = \"2023\"`, not a {}",
                    other.type_str()
                )));
            }
        };
        for rule in raw.lints.keys() {
            if rule != "all" && crate::rules::find(rule).is_none() {
                let hint = crate::rules::suggest(rule)
                    .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return Err(fail(format!("unknown rule `{rule}` under [lints]{hint}")));
            }
        }
        Ok(ProjectConfig { edition, lints: raw.lints.into_iter().collect() })
    }
}

/// `2023` or `2026`.
pub fn parse_edition(year: &str) -> Option<Edition> {
    match year {
        "2023" => Some(Edition::E2023),
        "2026" => Some(Edition::E2026),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ProjectConfig, String> {
        ProjectConfig::parse(text, Path::new("spp.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn an_edition_is_read() {
        assert_eq!(parse("[project]\nedition = \"2023\"").unwrap().edition, Some(Edition::E2023));
    }

    #[test]
    fn without_an_edition_a_project_is_2026() {
        assert_eq!(parse("[project]\nname = \"x\"").unwrap().edition, Some(Edition::E2026));
        assert_eq!(parse("").unwrap().edition, Some(Edition::E2026));
    }

    #[test]
    fn an_edition_that_is_a_number_is_explained() {
        assert!(parse("[project]\nedition = 2023").unwrap_err().contains("edition = \"2023\""));
    }

    #[test]
    fn lints_take_a_level_per_rule() {
        let config = parse("[lints]\nA44 = \"ignore\"\nA27 = \"error\"").unwrap();
        assert_eq!(config.lints.len(), 2);
        assert!(parse("[lints]\nA999 = \"ignore\"").unwrap_err().contains("unknown rule `A999`"));
        assert!(parse("[lints]\nA44 = \"loud\"").is_err());
    }
}
