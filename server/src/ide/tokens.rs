//! Semantic tokens: what each word is. The tree says most of it, the names the rest.

use super::uses::{self, Definition, Role, Use};
use hir::body::LocalKind;
use hir::infer::infer;
use hir::items::{class_data, signature};
use hir::parse::func_range;
use hir::placement::{Storage, moved_places, placement_of};
use hir::signature::Container;
use hir::{Convention, Db, File, Program};
use syntax::SyntaxKind::{self, *};
use syntax::ast::{self, AstNode};
use syntax::{NodeOrToken, SyntaxNode, SyntaxToken, TextRange};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    Namespace,
    Class,
    Enum,
    Type,
    TypeParameter,
    Parameter,
    Variable,
    Property,
    EnumMember,
    Function,
    Method,
    Keyword,
    Modifier,
    Comment,
    String,
    Number,
    Regexp,
    Operator,
    Decorator,
    SelfKeyword,
}

impl TokenKind {
    /// In the order of the legend.
    pub const ALL: [TokenKind; 20] = [
        TokenKind::Namespace,
        TokenKind::Class,
        TokenKind::Enum,
        TokenKind::Type,
        TokenKind::TypeParameter,
        TokenKind::Parameter,
        TokenKind::Variable,
        TokenKind::Property,
        TokenKind::EnumMember,
        TokenKind::Function,
        TokenKind::Method,
        TokenKind::Keyword,
        TokenKind::Modifier,
        TokenKind::Comment,
        TokenKind::String,
        TokenKind::Number,
        TokenKind::Regexp,
        TokenKind::Operator,
        TokenKind::Decorator,
        TokenKind::SelfKeyword,
    ];

    /// A grammar of regular expressions sees it as well.
    pub fn is_lexical(self) -> bool {
        use TokenKind::*;
        matches!(self, Keyword | Modifier | Comment | String | Number | Regexp | Operator | SelfKeyword)
    }

    pub fn name(self) -> &'static str {
        match self {
            TokenKind::Namespace => "namespace",
            TokenKind::Class => "class",
            TokenKind::Enum => "enum",
            TokenKind::Type => "type",
            TokenKind::TypeParameter => "typeParameter",
            TokenKind::Parameter => "parameter",
            TokenKind::Variable => "variable",
            TokenKind::Property => "property",
            TokenKind::EnumMember => "enumMember",
            TokenKind::Function => "function",
            TokenKind::Method => "method",
            TokenKind::Keyword => "keyword",
            TokenKind::Modifier => "modifier",
            TokenKind::Comment => "comment",
            TokenKind::String => "string",
            TokenKind::Number => "number",
            TokenKind::Regexp => "regexp",
            TokenKind::Operator => "operator",
            TokenKind::Decorator => "decorator",
            TokenKind::SelfKeyword => "selfKeyword",
        }
    }
}

/// A set of modifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Modifiers(pub u32);

impl Modifiers {
    pub const DECLARATION: Modifiers = Modifiers(1);
    /// Of the class, not of an object; a text whose characters are those of a literal (S10).
    pub const STATIC: Modifiers = Modifiers(1 << 1);
    pub const DEPRECATED: Modifiers = Modifiers(1 << 2);
    pub const ABSTRACT: Modifiers = Modifiers(1 << 3);
    pub const DEFAULT_LIBRARY: Modifiers = Modifiers(1 << 4);
    pub const MODIFICATION: Modifiers = Modifiers(1 << 5);
    /// May be assigned to.
    pub const MUTABLE: Modifiers = Modifiers(1 << 6);
    /// All of the value lies in the frame.
    pub const STACK: Modifiers = Modifiers(1 << 7);
    /// The value owns a heap block.
    pub const HEAP: Modifiers = Modifiers(1 << 8);
    pub const BORROW: Modifiers = Modifiers(1 << 9);
    /// The value leaves its variable here.
    pub const MOVED: Modifiers = Modifiers(1 << 10);

    /// Names in the order of the bits.
    pub const NAMES: [&'static str; 11] = [
        "declaration",
        "static",
        "deprecated",
        "abstract",
        "defaultLibrary",
        "modification",
        "mutable",
        "stack",
        "heap",
        "borrow",
        "moved",
    ];

    #[must_use]
    pub fn with(self, other: Modifiers) -> Modifiers {
        Modifiers(self.0 | other.0)
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, n)| n)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub range: TextRange,
    pub kind: TokenKind,
    pub modifiers: Modifiers,
}

/// The tokens of a file inside `within`; names are coloured by what they denote.
pub fn of_file(db: &dyn Db, file: File, within: Option<TextRange>) -> Vec<Token> {
    let root = hir::parse::parse(db, file).syntax();
    let mut tokens = of_tree(&root, within.unwrap_or(root.text_range()));
    let uses = uses::uses(db, file);
    let library = db.library(file.edition(db));
    let mut at = 0;
    for token in &mut tokens {
        while uses.get(at).is_some_and(|it| it.range.start() < token.range.start()) {
            at += 1;
        }
        let here = uses[at..].iter().take_while(|it| it.range.start() == token.range.start());
        let meant = here
            .filter(|it| it.range == token.range)
            .find(|it| !matches!(it.role, Role::Operator | Role::SelfType | Role::Shorthand));
        if let Some(meant) = meant {
            refine(db, library, token, meant);
        }
    }
    mark_moves(db, file, &mut tokens);
    tokens
}

/// Names whose values leave them.
fn mark_moves(db: &dyn Db, file: File, tokens: &mut [Token]) {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let shown = TextRange::new(first.range.start(), last.range.end());
    for func in hir::items::functions_of(db, file) {
        let whole = func_range(db, func);
        if whole.intersect(shown).is_none() {
            continue;
        }
        for place in moved_places(db, func) {
            let place = *place + whole.start();
            // A field is moved out of its variable: the name of the field says so.
            let Ok(index) = tokens.binary_search_by_key(&place.end(), |token| token.range.end()) else {
                continue;
            };
            let token = &mut tokens[index];
            let named =
                [TokenKind::Variable, TokenKind::Parameter, TokenKind::Property, TokenKind::SelfKeyword];
            if place.contains_range(token.range) && named.contains(&token.kind) {
                token.modifiers = token.modifiers.with(Modifiers::MOVED);
            }
        }
    }
}

fn refine(db: &dyn Db, library: Program, token: &mut Token, meant: &Use) {
    let mut modifiers = token.modifiers;
    token.kind = match &meant.definition {
        Definition::Module(_) => TokenKind::Namespace,
        Definition::Class(class) if class_data(db, *class).members.is_some() => TokenKind::Enum,
        Definition::Class(_) => TokenKind::Class,
        Definition::Alias(_) => TokenKind::Type,
        Definition::TypeParam(_) => TokenKind::TypeParameter,
        Definition::Attribute(..) | Definition::Builtin(..) => TokenKind::Property,
        Definition::EnumMember(..) => TokenKind::EnumMember,
        Definition::Local(func, local) => {
            let data = &hir::body::body(db, *func).locals[*local];
            let (convention, _) = infer(db, *func).local_type(*local);
            if convention != Convention::Value {
                modifiers = modifiers.with(Modifiers::BORROW);
            }
            if data.mutable || convention == Convention::Mut {
                modifiers = modifiers.with(Modifiers::MUTABLE);
            }
            if let Some(placement) = placement_of(db, *func, *local) {
                modifiers = modifiers.with(match placement.storage {
                    Storage::FrameSlot | Storage::FrameBlock => Modifiers::STACK,
                    Storage::Heap => Modifiers::HEAP,
                    Storage::StaticText => Modifiers::STATIC,
                    Storage::Borrow => Modifiers::BORROW,
                    Storage::Capture => Modifiers::default(),
                });
            }
            match data.kind {
                LocalKind::SelfParam => TokenKind::SelfKeyword,
                LocalKind::Param | LocalKind::LambdaParam => TokenKind::Parameter,
                _ => TokenKind::Variable,
            }
        }
        Definition::Function(func) => {
            let signature = signature(db, *func);
            let is_method = matches!(signature.container, Container::Class(_) | Container::Sup(_));
            if is_method && signature.self_param.is_none() {
                modifiers = modifiers.with(Modifiers::STATIC);
            }
            if signature.is_abstract {
                modifiers = modifiers.with(Modifiers::ABSTRACT);
            }
            if is_method { TokenKind::Method } else { TokenKind::Function }
        }
    };
    if meant.role == Role::Write {
        modifiers = modifiers.with(Modifiers::MODIFICATION);
    }
    let home = super::definition::home(db, &meant.definition);
    if home.is_some_and(|home| home.program(db) == library) {
        modifiers = modifiers.with(Modifiers::DEFAULT_LIBRARY);
    }
    token.modifiers = modifiers;
}

/// The tokens of a tree inside `within`, by the tree alone.
pub fn of_tree(root: &SyntaxNode, within: TextRange) -> Vec<Token> {
    root.descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .skip_while(|token| token.text_range().end() <= within.start())
        .take_while(|token| token.text_range().start() < within.end())
        .filter_map(|token| {
            let (kind, modifiers) = classify(&token)?;
            Some(Token { range: token.text_range(), kind, modifiers })
        })
        .collect()
}

fn classify(token: &SyntaxToken) -> Option<(TokenKind, Modifiers)> {
    let none = Modifiers::default();
    let parent = token.parent()?;
    if matches!(parent.kind(), NAME | NAME_REF) {
        let node = parent.parent()?;
        return if parent.kind() == NAME { declared(&node, token) } else { referred(&node, token) };
    }
    let kind = match token.kind() {
        COMMENT | BLOCK_COMMENT => TokenKind::Comment,
        STRING | STRING_HEAD | STRING_MID | STRING_TAIL | CHAR | BYTE_CHAR | BYTE_STRING => TokenKind::String,
        INT_NUMBER | DEC_NUMBER | BIN_NUMBER | HEX_NUMBER | OCT_NUMBER => TokenKind::Number,
        REGEX => TokenKind::Regexp,
        AT if parent.kind() == ANNOTATION => TokenKind::Decorator,
        MUT_KW => TokenKind::Modifier,
        SELF_KW | SELF_TYPE_KW => TokenKind::SelfKeyword,
        AMP if parent.kind() == BORROW_MARK => TokenKind::Operator,
        kind if kind.is_keyword() => TokenKind::Keyword,
        kind if is_operator(kind) => TokenKind::Operator,
        _ => return None,
    };
    Some((kind, none))
}

/// The name that a declaration introduces.
fn declared(node: &SyntaxNode, token: &SyntaxToken) -> Option<(TokenKind, Modifiers)> {
    let mut modifiers = Modifiers::DECLARATION;
    let kind = match node.kind() {
        CLASS => TokenKind::Class,
        ENUM => TokenKind::Enum,
        ENUM_MEMBER => TokenKind::EnumMember,
        ALIAS => TokenKind::Type,
        GENERIC_PARAM => TokenKind::TypeParameter,
        PARAM | LAMBDA_PARAM => TokenKind::Parameter,
        ATTRIBUTE => TokenKind::Property,
        FUNCTION => {
            let is_member = node.parent().is_some_and(|parent| parent.kind() == MEMBER_LIST);
            let func = ast::Function::cast(node.clone())?;
            if is_member && func.self_param().is_none() {
                modifiers = modifiers.with(Modifiers::STATIC);
            }
            if is_member { TokenKind::Method } else { TokenKind::Function }
        }
        RENAME if token.kind() == UIDENT => TokenKind::Type,
        RENAME => TokenKind::Function,
        _ => TokenKind::Variable,
    };
    let mutable = node.children_with_tokens().any(|child| child.kind() == MUT_KW);
    if mutable {
        modifiers = modifiers.with(Modifiers::MUTABLE);
    }
    Some((kind, modifiers))
}

/// A name that refers to something, as far as its place tells.
fn referred(node: &SyntaxNode, token: &SyntaxToken) -> Option<(TokenKind, Modifiers)> {
    let none = Modifiers::default();
    let by_case = |lower| if token.kind() == UIDENT { TokenKind::Type } else { lower };
    let called = |node: &SyntaxNode| {
        node.parent()
            .and_then(ast::CallExpr::cast)
            .is_some_and(|call| call.callee().is_some_and(|callee| callee.syntax() == node))
    };
    let kind = match token.kind() {
        SELF_KW | SELF_TYPE_KW => TokenKind::SelfKeyword,
        INT_NUMBER => TokenKind::Number,
        SUP_KW => TokenKind::Keyword,
        _ => match node.kind() {
            ANNOTATION_PATH => TokenKind::Decorator,
            MODULE_PATH => by_case(TokenKind::Namespace),
            TYPE_SEGMENT => by_case(TokenKind::Namespace),
            GENERIC_ARG => TokenKind::TypeParameter,
            ARG => TokenKind::Parameter,
            FIELD_INIT | FIELD_PAT => TokenKind::Property,
            MEMBER_STEP => TokenKind::Method,
            FIELD_EXPR if called(node) => TokenKind::Method,
            FIELD_EXPR => TokenKind::Property,
            NAME_EXPR if called(node) => TokenKind::Function,
            _ => by_case(TokenKind::Variable),
        },
    };
    Some((kind, none))
}

fn is_operator(kind: SyntaxKind) -> bool {
    (AMP2 as u16..=QUESTION as u16).contains(&(kind as u16)) || matches!(kind, EQ | THIN_ARROW | DOT3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_their_place_says() {
        let text = "mod a.b\n@static fn f(x: &Num) -> Num { ret g(x) + self.y.z(1) }\n";
        let root = syntax::parse(text, syntax::Edition::E2023).syntax();
        let tokens = of_tree(&root, root.text_range());
        let drawn: Vec<String> = tokens
            .iter()
            .filter(|token| token.kind != TokenKind::Operator)
            .map(|token| format!("{}:{}", &text[token.range], token.kind.name()))
            .collect();
        assert_eq!(
            drawn.join(" "),
            "mod:keyword a:namespace b:namespace @:decorator static:decorator fn:keyword f:function x:parameter \
             Num:type Num:type ret:keyword g:function x:variable self:selfKeyword y:property z:method 1:number"
        );
    }
}
