//! The settings of section `spp`, and their description for clients (`spp-analyzer config-schema`).

use hir::Severity;
use serde_json::{Map, Value, json};

/// What the client chose; every key has a default.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    pub check_on_save: bool,
    pub min_severity: Severity,
    pub disabled_rules: Vec<String>,
    pub hints: HintSettings,
    pub lenses: LensSettings,
    pub evaluation: EvaluationSettings,
}

/// Which inlay hints are wanted.
#[derive(Clone, PartialEq, Debug)]
pub struct HintSettings {
    pub frame_size: bool,
    pub heap_sites: bool,
    pub drops: bool,
    pub moves: bool,
    pub borrow_ends: bool,
    pub collection_allocator: bool,
    pub types: bool,
    pub parameter_names: bool,
    /// In characters.
    pub max_length: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub struct LensSettings {
    pub evaluate: bool,
    pub frame: bool,
    pub allocators: bool,
    pub references: bool,
}

/// Limits of an evaluation that an editor starts.
#[derive(Clone, PartialEq, Debug)]
pub struct EvaluationSettings {
    pub max_steps: u64,
    /// Bytes.
    pub max_heap: u64,
    /// Bytes.
    pub max_stack: u64,
    /// Seconds.
    pub timeout: u64,
}

enum Kind {
    Flag(bool),
    Number { default: u64, min: u64 },
    Choice(&'static str, &'static [&'static str]),
    Rules,
}

/// Key below `spp.`, kind with default, description.
const TABLE: &[(&str, Kind, &str)] = &[
    ("checkOnSave", Kind::Flag(true), "Check the whole project when a file is saved."),
    (
        "diagnostics.minSeverity",
        Kind::Choice("hint", &["hint", "warning", "error"]),
        "Least severity of the diagnostics that are shown.",
    ),
    ("diagnostics.disabled", Kind::Rules, "Rule identifiers that are never shown, such as `A44`."),
    ("inlayHints.frameSize", Kind::Flag(true), "Show the frame size at the signature of a function."),
    ("inlayHints.heapSites", Kind::Flag(true), "Show the allocator at each line that allocates."),
    ("inlayHints.drops", Kind::Flag(true), "Show what is dropped at the end of a block or line, in order."),
    ("inlayHints.moves", Kind::Flag(false), "Show which value a line moves out."),
    ("inlayHints.borrowEnds", Kind::Flag(false), "Show where a borrow ends."),
    (
        "inlayHints.collectionAllocator",
        Kind::Flag(false),
        "Show the allocator that the type of a collection leaves out.",
    ),
    ("inlayHints.types", Kind::Flag(false), "Show the inferred types of variables."),
    ("inlayHints.parameterNames", Kind::Flag(false), "Show parameter names at calls."),
    ("inlayHints.maxLength", Kind::Number { default: 40, min: 4 }, "Longest inlay hint, in characters."),
    ("lenses.evaluate", Kind::Flag(true), "Show `▶ Evaluate` above functions that can be evaluated."),
    ("lenses.frame", Kind::Flag(true), "Show frame size and heap sites above functions."),
    (
        "lenses.allocators",
        Kind::Flag(true),
        "Show the conformance of `sup Alloc` blocks and the number of allocators.",
    ),
    ("lenses.references", Kind::Flag(false), "Show the number of references above declarations."),
    (
        "evaluation.maxSteps",
        Kind::Number { default: 50_000_000, min: 1 },
        "Steps before an evaluation is ended.",
    ),
    (
        "evaluation.maxHeap",
        Kind::Number { default: 268_435_456, min: 0 },
        "Bytes of heap before an allocation fails.",
    ),
    (
        "evaluation.maxStack",
        Kind::Number { default: 67_108_864, min: 4096 },
        "Bytes of frame stack of an evaluation.",
    ),
    ("evaluation.timeout", Kind::Number { default: 10, min: 1 }, "Seconds before an evaluation is ended."),
    (
        "trace.server",
        Kind::Choice("off", &["off", "messages", "verbose"]),
        "Protocol trace in the log of the client.",
    ),
];

impl Default for Settings {
    fn default() -> Self {
        Settings::from_json(&Value::Null)
    }
}

impl Settings {
    /// Reads the object of section `spp`, nested (`{"lenses": {"frame": false}}`) or with dotted keys, also below a
    /// further `spp`. Unknown keys and values of a wrong type are ignored.
    pub fn from_json(value: &Value) -> Settings {
        let value = value.get("spp").unwrap_or(value);
        let flag = |key: &str| find(value, key).and_then(Value::as_bool).unwrap_or_else(|| default_flag(key));
        let number = |key: &str| {
            let (default, min) = default_number(key);
            find(value, key).and_then(Value::as_u64).unwrap_or(default).max(min)
        };
        let severity = find(value, "diagnostics.minSeverity").and_then(Value::as_str);
        let disabled = find(value, "diagnostics.disabled").and_then(Value::as_array);
        Settings {
            check_on_save: flag("checkOnSave"),
            min_severity: match severity {
                Some("error") => Severity::Error,
                Some("warning") => Severity::Warning,
                _ => Severity::Hint,
            },
            disabled_rules: disabled
                .map(|rules| rules.iter().filter_map(|rule| rule.as_str().map(str::to_owned)).collect())
                .unwrap_or_default(),
            hints: HintSettings {
                frame_size: flag("inlayHints.frameSize"),
                heap_sites: flag("inlayHints.heapSites"),
                drops: flag("inlayHints.drops"),
                moves: flag("inlayHints.moves"),
                borrow_ends: flag("inlayHints.borrowEnds"),
                collection_allocator: flag("inlayHints.collectionAllocator"),
                types: flag("inlayHints.types"),
                parameter_names: flag("inlayHints.parameterNames"),
                max_length: number("inlayHints.maxLength") as usize,
            },
            lenses: LensSettings {
                evaluate: flag("lenses.evaluate"),
                frame: flag("lenses.frame"),
                allocators: flag("lenses.allocators"),
                references: flag("lenses.references"),
            },
            evaluation: EvaluationSettings {
                max_steps: number("evaluation.maxSteps"),
                max_heap: number("evaluation.maxHeap"),
                max_stack: number("evaluation.maxStack"),
                timeout: number("evaluation.timeout"),
            },
        }
    }
}

fn find<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).or_else(|| key.split('.').try_fold(value, |value, part| value.get(part)))
}

fn default_flag(key: &str) -> bool {
    TABLE.iter().any(|(name, kind, _)| *name == key && matches!(kind, Kind::Flag(true)))
}

fn default_number(key: &str) -> (u64, u64) {
    let found = TABLE.iter().find_map(|(name, kind, _)| match kind {
        Kind::Number { default, min } if *name == key => Some((*default, *min)),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Setting name to JSON schema, as VS Code's `contributes.configuration.properties` wants it.
pub fn schema() -> Value {
    let mut properties = Map::new();
    for (key, kind, description) in TABLE {
        let mut schema = match kind {
            Kind::Flag(default) => json!({ "type": "boolean", "default": default }),
            Kind::Number { default, min } => {
                json!({ "type": "integer", "default": default, "minimum": min })
            }
            Kind::Choice(default, choices) => {
                json!({ "type": "string", "default": default, "enum": choices })
            }
            Kind::Rules => {
                json!({ "type": "array", "default": [], "items": { "type": "string" }, "uniqueItems": true })
            }
        };
        schema["description"] = json!(description);
        properties.insert(format!("spp.{key}"), schema);
    }
    Value::Object(properties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_and_dotted_keys_mean_the_same() {
        let nested = Settings::from_json(&json!({ "lenses": { "frame": false } }));
        assert!(!nested.lenses.frame && nested.lenses.evaluate);
        assert_eq!(nested, Settings::from_json(&json!({ "spp": { "lenses.frame": false } })));
    }

    #[test]
    fn what_is_unknown_or_of_a_wrong_type_is_ignored() {
        let settings = Settings::from_json(&json!({ "colour": 1, "checkOnSave": "yes" }));
        assert_eq!(settings, Settings::default());
        assert!(settings.check_on_save && settings.hints.max_length == 40);
    }
}
