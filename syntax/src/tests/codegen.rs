//! Generates the node kinds and the typed tree from `spp.ungram` and the token tables below.
//!
//! The generated files are checked in; the test fails when they are stale and rewrites them when
//! `UPDATE_EXPECT` is set.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use ungrammar::{Grammar, Rule};

/// Reserved words: text, in edition 2023, in edition 2026.
const KEYWORDS: &[(&str, bool, bool)] = &[
    ("mod", true, false),
    ("use", true, true),
    ("enum", true, false),
    ("fn", true, false),
    ("gn", true, false),
    ("mut", true, true),
    ("let", true, true),
    ("if", true, false),
    ("else", true, true),
    ("while", true, false),
    ("ret", true, true),
    ("yield", true, false),
    ("cls", true, true),
    ("where", true, false),
    ("true", true, true),
    ("false", true, true),
    ("as", true, true),
    ("sup", true, true),
    ("with", true, true),
    ("for", true, false),
    ("self", true, true),
    ("Self", true, true),
    ("return", true, false),
    ("do", true, false),
    ("fun", false, true),
    ("cor", false, true),
    ("ext", false, true),
    ("cmp", false, true),
    ("type", false, true),
    ("case", false, true),
    ("of", false, true),
    ("loop", false, true),
    ("in", false, true),
    ("to", false, true),
    ("gen", false, true),
    ("exit", false, true),
    ("skip", false, true),
    ("is", false, true),
    ("or", false, true),
    ("and", false, true),
    ("not", false, true),
    ("async", false, true),
    ("res", false, true),
    ("caps", false, true),
];

/// Operators and brackets. The last group does not belong to edition 2023.
const PUNCTUATION: &[(&str, &str)] = &[
    ("(", "L_PAREN"),
    (")", "R_PAREN"),
    ("[", "L_BRACK"),
    ("]", "R_BRACK"),
    ("{", "L_BRACE"),
    ("}", "R_BRACE"),
    ("&&", "AMP2"),
    ("||", "PIPE2"),
    ("&&=", "AMP2_EQ"),
    ("||=", "PIPE2_EQ"),
    ("&", "AMP"),
    ("|", "PIPE"),
    ("^", "CARET"),
    ("<<", "SHL"),
    (">>", "SHR"),
    ("<<<", "ROL"),
    (">>>", "ROR"),
    ("&=", "AMP_EQ"),
    ("|=", "PIPE_EQ"),
    ("^=", "CARET_EQ"),
    ("<<=", "SHL_EQ"),
    (">>=", "SHR_EQ"),
    ("<<<=", "ROL_EQ"),
    (">>>=", "ROR_EQ"),
    ("==", "EQ2"),
    ("!=", "NEQ"),
    ("<", "LT"),
    ("<=", "LTEQ"),
    (">", "GT"),
    (">=", "GTEQ"),
    ("<=>", "CMP"),
    ("+", "PLUS"),
    ("-", "MINUS"),
    ("*", "STAR"),
    ("/", "SLASH"),
    ("%", "PERCENT"),
    ("+=", "PLUS_EQ"),
    ("-=", "MINUS_EQ"),
    ("*=", "STAR_EQ"),
    ("/=", "SLASH_EQ"),
    ("%=", "PERCENT_EQ"),
    ("?", "QUESTION"),
    ("...", "DOT3"),
    (":", "COLON"),
    (".", "DOT"),
    (",", "COMMA"),
    ("=", "EQ"),
    ("->", "THIN_ARROW"),
    ("@", "AT"),
    ("_", "UNDERSCORE"),
    ("::", "COLON2"),
    ("..", "DOT2"),
    ("!", "BANG"),
    (";", "SEMICOLON"),
    ("**", "STAR2"),
    ("**=", "STAR2_EQ"),
    ("=>", "FAT_ARROW"),
];

/// Token classes whose text varies.
const CLASSES: &[&str] = &[
    "IDENT",
    "UIDENT",
    "INT_NUMBER",
    "DEC_NUMBER",
    "BIN_NUMBER",
    "HEX_NUMBER",
    "OCT_NUMBER",
    "STRING",
    "STRING_HEAD",
    "STRING_MID",
    "STRING_TAIL",
    "REGEX",
    "CHAR",
    "BYTE_CHAR",
    "BYTE_STRING",
];

const TRIVIA: &[&str] = &["WHITESPACE", "COMMENT", "BLOCK_COMMENT"];

/// Accessors that `ast/ext.rs` writes by hand, because the kind of the child does not identify it.
const MANUAL: &[&str] =
    &["lhs", "rhs", "assigned", "base", "target", "index", "targets", "ty_mark", "callee", "receiver"];

/// Traits whose single method is an accessor: trait, method as generated, all children or one.
const TRAITS: &[(&str, &str)] = &[
    ("HasName", "name"),
    ("HasGenericParams", "generic_param_list"),
    ("HasWhereClause", "where_clause"),
    ("HasAnnotations", "annotations"),
    ("HasArgList", "arg_list"),
];

#[derive(Debug, PartialEq, Eq)]
enum Field {
    Token { method: String, kind: String },
    Node { method: String, ty: String, many: bool },
}

struct NodeSrc {
    name: String,
    fields: Vec<Field>,
}

struct EnumSrc {
    name: String,
    variants: Vec<String>,
}

#[test]
fn the_generated_tree_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let grammar: Grammar = std::fs::read_to_string(root.join("spp.ungram"))
        .expect("the grammar is part of the package")
        .parse()
        .expect("the grammar is well-formed");
    let (nodes, enums) = lower(&grammar);
    ensure(&root.join("src/syntax_kind/generated.rs"), &rustfmt(&kinds(&nodes)));
    ensure(&root.join("src/ast/generated.rs"), &rustfmt(&tree(&nodes, &enums)));
}

fn ensure(path: &Path, expected: &str) {
    let actual = std::fs::read_to_string(path).unwrap_or_default();
    if actual == expected {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, expected).expect("the source tree is writable");
    } else {
        panic!("{} is stale; run `UPDATE_EXPECT=1 cargo test -p spp-syntax codegen`", path.display());
    }
}

fn rustfmt(source: &str) -> String {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", concat!(env!("CARGO_MANIFEST_DIR"), "/..")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is installed");
    child.stdin.take().expect("piped").write_all(source.as_bytes()).expect("rustfmt reads its input");
    let output = child.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "rustfmt refused:\n{source}");
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}

fn keyword_kind(text: &str) -> String {
    match text {
        "Self" => "SELF_TYPE_KW".to_owned(),
        _ => format!("{}_KW", text.to_uppercase()),
    }
}

fn upper_snake(name: &str) -> String {
    let snake = lower_snake(name);
    snake.to_uppercase()
}

fn lower_snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_ascii_uppercase() && i > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn plural(name: &str) -> String {
    match name.strip_suffix("ss").or_else(|| name.strip_suffix("ch")) {
        Some(_) => format!("{name}es"),
        None => match name.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{name}s"),
        },
    }
}

fn token_field(text: &str) -> Option<Field> {
    if text == "keyword" {
        return None;
    }
    let (method, kind) = if KEYWORDS.iter().any(|k| k.0 == text) {
        let method = if text == "Self" { "self_type".to_owned() } else { text.to_owned() };
        (method, keyword_kind(text))
    } else if let Some((_, kind)) = PUNCTUATION.iter().find(|p| p.0 == text) {
        (kind.to_lowercase(), (*kind).to_owned())
    } else {
        let kind = text.to_uppercase();
        assert!(CLASSES.contains(&kind.as_str()), "unknown token `{text}`");
        (text.to_owned(), kind)
    };
    Some(Field::Token { method: format!("{method}_token"), kind })
}

fn lower(grammar: &Grammar) -> (Vec<NodeSrc>, Vec<EnumSrc>) {
    let (mut nodes, mut enums) = (Vec::new(), Vec::new());
    for node in grammar.iter() {
        let data = &grammar[node];
        let name = data.name.clone();
        match alternatives(grammar, &data.rule) {
            Some(variants) => enums.push(EnumSrc { name, variants }),
            None => {
                let mut fields = Vec::new();
                lower_rule(grammar, &data.rule, None, false, &mut fields);
                nodes.push(NodeSrc { name, fields: merge(fields) });
            }
        }
    }
    (nodes, enums)
}

fn alternatives(grammar: &Grammar, rule: &Rule) -> Option<Vec<String>> {
    let Rule::Alt(rules) = rule else { return None };
    rules
        .iter()
        .map(|rule| match rule {
            Rule::Node(node) => Some(grammar[*node].name.clone()),
            _ => None,
        })
        .collect()
}

fn lower_rule(grammar: &Grammar, rule: &Rule, label: Option<&str>, many: bool, out: &mut Vec<Field>) {
    match rule {
        Rule::Labeled { label, rule } => {
            if !MANUAL.contains(&label.as_str()) {
                lower_rule(grammar, rule, Some(label), many, out);
            }
        }
        Rule::Node(node) => {
            let ty = grammar[*node].name.clone();
            let base = match ty.as_str() {
                "Type" => "ty".to_owned(),
                _ => lower_snake(&ty),
            };
            let method = match label {
                Some(label) => label.to_owned(),
                None => base,
            };
            out.push(Field::Node { method, ty, many });
        }
        Rule::Token(token) => out.extend(token_field(&grammar[*token].name)),
        Rule::Seq(rules) | Rule::Alt(rules) => {
            for rule in rules {
                lower_rule(grammar, rule, label, many, out);
            }
        }
        Rule::Opt(rule) => lower_rule(grammar, rule, label, many, out),
        Rule::Rep(rule) => lower_rule(grammar, rule, label, true, out),
    }
}

/// Two mentions of one thing are one accessor; for a node, one of all children.
fn merge(fields: Vec<Field>) -> Vec<Field> {
    let mut merged: Vec<Field> = Vec::new();
    for field in fields {
        let Field::Node { method, ty, many } = &field else {
            if !merged.contains(&field) {
                merged.push(field);
            }
            continue;
        };
        let same = merged.iter_mut().find_map(|known| match known {
            Field::Node { method: m, ty: t, many } if m == method && t == ty => Some(many),
            _ => None,
        });
        match same {
            Some(known) => *known |= *many,
            None => merged.push(field),
        }
    }
    for field in &mut merged {
        if let Field::Node { method, many: true, .. } = field {
            *method = if method == "ty" { "types".to_owned() } else { plural(method) };
        }
    }
    merged
}

fn kinds(nodes: &[NodeSrc]) -> String {
    let mut all: Vec<String> = vec!["TOMBSTONE".into(), "EOF".into()];
    all.extend(TRIVIA.iter().map(|k| (*k).to_owned()));
    let first_punctuation = all.len();
    all.extend(PUNCTUATION.iter().map(|p| p.1.to_owned()));
    let first_keyword = all.len();
    all.extend(KEYWORDS.iter().map(|k| keyword_kind(k.0)));
    let first_class = all.len();
    all.extend(CLASSES.iter().map(|k| (*k).to_owned()));
    all.push("ERROR_TOKEN".to_owned());
    let first_node = all.len();
    all.push("ERROR".to_owned());
    all.extend(nodes.iter().map(|n| upper_snake(&n.name)));

    let mut out = String::from(HEADER);
    out.push_str("\n/// The kind of a token or node.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n");
    out.push_str("#[allow(non_camel_case_types)]\n#[repr(u16)]\npub enum SyntaxKind {\n");
    for kind in &all {
        writeln!(out, "    {kind},").unwrap();
    }
    out.push_str("}\n\nuse SyntaxKind::*;\n\n");
    writeln!(
        out,
        "/// Every kind, in the order of its number.\npub(super) const ALL: [SyntaxKind; {}] = [{}];\n",
        all.len(),
        all.join(", ")
    )
    .unwrap();
    writeln!(out, "impl SyntaxKind {{").unwrap();
    writeln!(out, "/// The number of kinds of tokens; nodes are numbered from here on.\npub const TOKENS: usize = {first_node};\n").unwrap();
    writeln!(out, "/// An operator, a bracket or another mark with a fixed text.\npub fn is_punct(self) -> bool {{ ({first_punctuation}..{first_keyword}).contains(&(self as u16)) }}\n").unwrap();
    writeln!(out, "/// A word that some edition reserves.\npub fn is_keyword(self) -> bool {{ ({first_keyword}..{first_class}).contains(&(self as u16)) }}\n").unwrap();
    writeln!(out, "pub fn is_token(self) -> bool {{ (self as usize) < Self::TOKENS }}\n").unwrap();

    out.push_str("/// The text of a token that has only one.\npub fn fixed_text(self) -> Option<&'static str> { Some(match self {\n");
    for (text, kind) in PUNCTUATION {
        writeln!(out, "{kind} => {text:?},").unwrap();
    }
    for (text, ..) in KEYWORDS {
        writeln!(out, "{} => {text:?},", keyword_kind(text)).unwrap();
    }
    out.push_str("_ => return None, }) }\n\n");

    for (edition, select) in [("2023", 1), ("2026", 2)] {
        writeln!(
            out,
            "pub(crate) fn keyword_{edition}(text: &[u8]) -> Option<SyntaxKind> {{ Some(match text {{"
        )
        .unwrap();
        for keyword in KEYWORDS {
            if (select == 1 && keyword.1) || (select == 2 && keyword.2) {
                writeln!(out, "b{:?} => {},", keyword.0, keyword_kind(keyword.0)).unwrap();
            }
        }
        out.push_str("_ => return None, }) }\n\n");
    }
    out.push_str("}\n\n");

    out.push_str("/// The kind of a token, by its text: `T![fn]`, `T![->]`, `T![ident]`.\n#[macro_export]\nmacro_rules! T {\n");
    for (text, kind) in PUNCTUATION {
        let pattern = if "(){}[]".contains(text) {
            format!("{:?}", text.chars().next().unwrap())
        } else {
            (*text).to_owned()
        };
        // Rust reads these as two tokens; they are used by the name of their kind.
        if ["<<<", ">>>", "<<<=", ">>>=", "**", "**=", "&&=", "||=", "<=>"].contains(text) {
            continue;
        }
        writeln!(out, "[{pattern}] => {{ $crate::SyntaxKind::{kind} }};").unwrap();
    }
    for (text, ..) in KEYWORDS {
        writeln!(out, "[{text}] => {{ $crate::SyntaxKind::{} }};", keyword_kind(text)).unwrap();
    }
    for kind in CLASSES {
        writeln!(out, "[{}] => {{ $crate::SyntaxKind::{kind} }};", kind.to_lowercase()).unwrap();
    }
    out.push_str("}\n");
    out
}

fn tree(nodes: &[NodeSrc], enums: &[EnumSrc]) -> String {
    let mut out = String::from(HEADER);
    out.push_str("\nuse crate::ast::{self, support, AstChildren, AstNode};\nuse crate::{SyntaxKind, SyntaxNode, SyntaxToken};\n\n");
    for node in nodes {
        let (name, kind) = (&node.name, upper_snake(&node.name));
        writeln!(out, "#[derive(Debug, Clone, PartialEq, Eq, Hash)]\npub struct {name} {{ pub(crate) syntax: SyntaxNode }}\n").unwrap();
        writeln!(out, "impl AstNode for {name} {{
            fn can_cast(kind: SyntaxKind) -> bool {{ kind == SyntaxKind::{kind} }}
            fn cast(syntax: SyntaxNode) -> Option<Self> {{ if Self::can_cast(syntax.kind()) {{ Some(Self {{ syntax }}) }} else {{ None }} }}
            fn syntax(&self) -> &SyntaxNode {{ &self.syntax }}
        }}\n").unwrap();
        let mut methods = String::new();
        for field in &node.fields {
            match field {
                Field::Token { method, kind } => writeln!(methods, "pub fn {method}(&self) -> Option<SyntaxToken> {{ support::token(&self.syntax, SyntaxKind::{kind}) }}\n").unwrap(),
                Field::Node { method, ty, many } => {
                    if let Some((name, _)) = TRAITS.iter().find(|t| t.1 == method) {
                        writeln!(out, "impl ast::{name} for {} {{}}\n", node.name).unwrap();
                        continue;
                    }
                    if *many {
                        writeln!(methods, "pub fn {method}(&self) -> AstChildren<{ty}> {{ support::children(&self.syntax) }}\n").unwrap();
                    } else {
                        writeln!(methods, "pub fn {method}(&self) -> Option<{ty}> {{ support::child(&self.syntax) }}\n").unwrap();
                    }
                }
            }
        }
        if !methods.is_empty() {
            writeln!(out, "impl {name} {{ {methods} }}\n").unwrap();
        }
    }
    for src in enums {
        let name = &src.name;
        let kinds: Vec<String> =
            src.variants.iter().map(|v| format!("SyntaxKind::{}", upper_snake(v))).collect();
        writeln!(out, "#[derive(Debug, Clone, PartialEq, Eq, Hash)]\npub enum {name} {{").unwrap();
        for variant in &src.variants {
            writeln!(out, "{variant}({variant}),").unwrap();
        }
        out.push_str("}\n\n");
        writeln!(
            out,
            "impl AstNode for {name} {{ fn can_cast(kind: SyntaxKind) -> bool {{ matches!(kind, {}) }}",
            kinds.join(" | ")
        )
        .unwrap();
        out.push_str("fn cast(syntax: SyntaxNode) -> Option<Self> { Some(match syntax.kind() {\n");
        for (variant, kind) in src.variants.iter().zip(&kinds) {
            writeln!(out, "{kind} => {name}::{variant}({variant} {{ syntax }}),").unwrap();
        }
        out.push_str("_ => return None, }) }\nfn syntax(&self) -> &SyntaxNode { match self {\n");
        for variant in &src.variants {
            writeln!(out, "{name}::{variant}(it) => &it.syntax,").unwrap();
        }
        out.push_str("} } }\n\n");
        for variant in &src.variants {
            writeln!(out, "impl From<{variant}> for {name} {{ fn from(node: {variant}) -> Self {{ {name}::{variant}(node) }} }}\n").unwrap();
        }
    }
    let names: BTreeSet<&str> =
        nodes.iter().map(|n| n.name.as_str()).chain(enums.iter().map(|e| e.name.as_str())).collect();
    for name in names {
        writeln!(out, "impl std::fmt::Display for {name} {{ fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ std::fmt::Display::fmt(self.syntax(), f) }} }}\n").unwrap();
    }
    // An enum has an accessor trait when each of its variants has it.
    let with: BTreeMap<&str, BTreeSet<&str>> = nodes
        .iter()
        .map(|node| {
            let traits = node.fields.iter().filter_map(|field| match field {
                Field::Node { method, .. } => TRAITS.iter().find(|t| t.1 == method).map(|t| t.0),
                Field::Token { .. } => None,
            });
            (node.name.as_str(), traits.collect())
        })
        .collect();
    for src in enums {
        for (name, _) in TRAITS {
            if src.variants.iter().all(|v| with.get(v.as_str()).is_some_and(|t| t.contains(name))) {
                writeln!(out, "impl ast::{name} for {} {{}}\n", src.name).unwrap();
            }
        }
    }
    out
}

const HEADER: &str = "//! Generated from `spp.ungram` by `tests/codegen.rs`; do not edit.\n";
