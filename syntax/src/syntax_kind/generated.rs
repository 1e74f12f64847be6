//! Generated from `spp.ungram` by `tests/codegen.rs`; do not edit.

/// The kind of a token or node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(non_camel_case_types)]
#[repr(u16)]
pub enum SyntaxKind {
    TOMBSTONE,
    EOF,
    WHITESPACE,
    COMMENT,
    BLOCK_COMMENT,
    L_PAREN,
    R_PAREN,
    L_BRACK,
    R_BRACK,
    L_BRACE,
    R_BRACE,
    AMP2,
    PIPE2,
    AMP2_EQ,
    PIPE2_EQ,
    AMP,
    PIPE,
    CARET,
    SHL,
    SHR,
    ROL,
    ROR,
    AMP_EQ,
    PIPE_EQ,
    CARET_EQ,
    SHL_EQ,
    SHR_EQ,
    ROL_EQ,
    ROR_EQ,
    EQ2,
    NEQ,
    LT,
    LTEQ,
    GT,
    GTEQ,
    CMP,
    PLUS,
    MINUS,
    STAR,
    SLASH,
    PERCENT,
    PLUS_EQ,
    MINUS_EQ,
    STAR_EQ,
    SLASH_EQ,
    PERCENT_EQ,
    QUESTION,
    DOT3,
    COLON,
    DOT,
    COMMA,
    EQ,
    THIN_ARROW,
    AT,
    UNDERSCORE,
    COLON2,
    DOT2,
    BANG,
    SEMICOLON,
    STAR2,
    STAR2_EQ,
    FAT_ARROW,
    MOD_KW,
    USE_KW,
    ENUM_KW,
    FN_KW,
    GN_KW,
    MUT_KW,
    LET_KW,
    IF_KW,
    ELSE_KW,
    WHILE_KW,
    RET_KW,
    YIELD_KW,
    CLS_KW,
    WHERE_KW,
    TRUE_KW,
    FALSE_KW,
    AS_KW,
    SUP_KW,
    WITH_KW,
    FOR_KW,
    SELF_KW,
    SELF_TYPE_KW,
    RETURN_KW,
    DO_KW,
    FUN_KW,
    COR_KW,
    EXT_KW,
    CMP_KW,
    TYPE_KW,
    CASE_KW,
    OF_KW,
    LOOP_KW,
    IN_KW,
    TO_KW,
    GEN_KW,
    EXIT_KW,
    SKIP_KW,
    IS_KW,
    OR_KW,
    AND_KW,
    NOT_KW,
    ASYNC_KW,
    RES_KW,
    CAPS_KW,
    IDENT,
    UIDENT,
    INT_NUMBER,
    DEC_NUMBER,
    BIN_NUMBER,
    HEX_NUMBER,
    OCT_NUMBER,
    STRING,
    STRING_HEAD,
    STRING_MID,
    STRING_TAIL,
    REGEX,
    CHAR,
    BYTE_CHAR,
    BYTE_STRING,
    ERROR_TOKEN,
    ERROR,
    SOURCE_FILE,
    MOD_DECL,
    ANNOTATION,
    MODULE_PATH,
    NAME_REF,
    USE,
    CLASS,
    ENUM,
    SUP,
    FUNCTION,
    LET_STMT,
    ALIAS,
    IMPORT,
    NAME,
    GENERIC_PARAM_LIST,
    IMPORT_TREE,
    IMPORT_GROUP,
    RENAME,
    ANNOTATION_PATH,
    GENERIC_ARG_LIST,
    ARG_LIST,
    WHERE_CLAUSE,
    MEMBER_LIST,
    ATTRIBUTE,
    ELIDED_MEMBERS,
    ENUM_MEMBER_LIST,
    ENUM_MEMBER,
    PARAM_LIST,
    RET_TYPE,
    BLOCK,
    SELF_PARAM,
    PARAM,
    BORROW_MARK,
    GENERIC_PARAM,
    CONSTRAINT,
    WHERE_ITEM,
    GENERIC_ARG,
    PATH_TYPE,
    TUPLE_TYPE,
    PAREN_TYPE,
    REF_TYPE,
    TYPE_SEGMENT,
    RETURN_STMT,
    ASSIGN_STMT,
    EXPR_STMT,
    LOCAL_VAR,
    ELSE_CLAUSE,
    LITERAL,
    STRING_EXPR,
    ARRAY_EXPR,
    TUPLE_EXPR,
    PAREN_EXPR,
    NAME_EXPR,
    TYPE_EXPR,
    INIT_EXPR,
    LAMBDA_EXPR,
    IF_EXPR,
    WHILE_EXPR,
    WITH_EXPR,
    YIELD_EXPR,
    BLOCK_EXPR,
    BIN_EXPR,
    CALL_EXPR,
    FIELD_EXPR,
    TRY_EXPR,
    INDEX_EXPR,
    PLACEHOLDER_EXPR,
    ELLIPSIS_EXPR,
    BORROW_EXPR,
    INTERPOLATION,
    FIELD_INIT_LIST,
    FIELD_INIT,
    CAPTURE_LIST,
    LAMBDA_PARAM_LIST,
    CAPTURE,
    LAMBDA_PARAM,
    BRANCH_LIST,
    BRANCH,
    GUARD,
    ARG,
    MEMBER_PAT,
    OBJECT_PAT,
    TUPLE_PAT,
    ARRAY_PAT,
    LITERAL_PAT,
    VALUE_PAT,
    BIND_PAT,
    SKIP_PAT,
    REST_PAT,
    MEMBER_STEP,
    FIELD_PAT_LIST,
    FIELD_PAT,
}

use SyntaxKind::*;

/// Every kind, in the order of its number.
pub(super) const ALL: [SyntaxKind; 215] = [
    TOMBSTONE,
    EOF,
    WHITESPACE,
    COMMENT,
    BLOCK_COMMENT,
    L_PAREN,
    R_PAREN,
    L_BRACK,
    R_BRACK,
    L_BRACE,
    R_BRACE,
    AMP2,
    PIPE2,
    AMP2_EQ,
    PIPE2_EQ,
    AMP,
    PIPE,
    CARET,
    SHL,
    SHR,
    ROL,
    ROR,
    AMP_EQ,
    PIPE_EQ,
    CARET_EQ,
    SHL_EQ,
    SHR_EQ,
    ROL_EQ,
    ROR_EQ,
    EQ2,
    NEQ,
    LT,
    LTEQ,
    GT,
    GTEQ,
    CMP,
    PLUS,
    MINUS,
    STAR,
    SLASH,
    PERCENT,
    PLUS_EQ,
    MINUS_EQ,
    STAR_EQ,
    SLASH_EQ,
    PERCENT_EQ,
    QUESTION,
    DOT3,
    COLON,
    DOT,
    COMMA,
    EQ,
    THIN_ARROW,
    AT,
    UNDERSCORE,
    COLON2,
    DOT2,
    BANG,
    SEMICOLON,
    STAR2,
    STAR2_EQ,
    FAT_ARROW,
    MOD_KW,
    USE_KW,
    ENUM_KW,
    FN_KW,
    GN_KW,
    MUT_KW,
    LET_KW,
    IF_KW,
    ELSE_KW,
    WHILE_KW,
    RET_KW,
    YIELD_KW,
    CLS_KW,
    WHERE_KW,
    TRUE_KW,
    FALSE_KW,
    AS_KW,
    SUP_KW,
    WITH_KW,
    FOR_KW,
    SELF_KW,
    SELF_TYPE_KW,
    RETURN_KW,
    DO_KW,
    FUN_KW,
    COR_KW,
    EXT_KW,
    CMP_KW,
    TYPE_KW,
    CASE_KW,
    OF_KW,
    LOOP_KW,
    IN_KW,
    TO_KW,
    GEN_KW,
    EXIT_KW,
    SKIP_KW,
    IS_KW,
    OR_KW,
    AND_KW,
    NOT_KW,
    ASYNC_KW,
    RES_KW,
    CAPS_KW,
    IDENT,
    UIDENT,
    INT_NUMBER,
    DEC_NUMBER,
    BIN_NUMBER,
    HEX_NUMBER,
    OCT_NUMBER,
    STRING,
    STRING_HEAD,
    STRING_MID,
    STRING_TAIL,
    REGEX,
    CHAR,
    BYTE_CHAR,
    BYTE_STRING,
    ERROR_TOKEN,
    ERROR,
    SOURCE_FILE,
    MOD_DECL,
    ANNOTATION,
    MODULE_PATH,
    NAME_REF,
    USE,
    CLASS,
    ENUM,
    SUP,
    FUNCTION,
    LET_STMT,
    ALIAS,
    IMPORT,
    NAME,
    GENERIC_PARAM_LIST,
    IMPORT_TREE,
    IMPORT_GROUP,
    RENAME,
    ANNOTATION_PATH,
    GENERIC_ARG_LIST,
    ARG_LIST,
    WHERE_CLAUSE,
    MEMBER_LIST,
    ATTRIBUTE,
    ELIDED_MEMBERS,
    ENUM_MEMBER_LIST,
    ENUM_MEMBER,
    PARAM_LIST,
    RET_TYPE,
    BLOCK,
    SELF_PARAM,
    PARAM,
    BORROW_MARK,
    GENERIC_PARAM,
    CONSTRAINT,
    WHERE_ITEM,
    GENERIC_ARG,
    PATH_TYPE,
    TUPLE_TYPE,
    PAREN_TYPE,
    REF_TYPE,
    TYPE_SEGMENT,
    RETURN_STMT,
    ASSIGN_STMT,
    EXPR_STMT,
    LOCAL_VAR,
    ELSE_CLAUSE,
    LITERAL,
    STRING_EXPR,
    ARRAY_EXPR,
    TUPLE_EXPR,
    PAREN_EXPR,
    NAME_EXPR,
    TYPE_EXPR,
    INIT_EXPR,
    LAMBDA_EXPR,
    IF_EXPR,
    WHILE_EXPR,
    WITH_EXPR,
    YIELD_EXPR,
    BLOCK_EXPR,
    BIN_EXPR,
    CALL_EXPR,
    FIELD_EXPR,
    TRY_EXPR,
    INDEX_EXPR,
    PLACEHOLDER_EXPR,
    ELLIPSIS_EXPR,
    BORROW_EXPR,
    INTERPOLATION,
    FIELD_INIT_LIST,
    FIELD_INIT,
    CAPTURE_LIST,
    LAMBDA_PARAM_LIST,
    CAPTURE,
    LAMBDA_PARAM,
    BRANCH_LIST,
    BRANCH,
    GUARD,
    ARG,
    MEMBER_PAT,
    OBJECT_PAT,
    TUPLE_PAT,
    ARRAY_PAT,
    LITERAL_PAT,
    VALUE_PAT,
    BIND_PAT,
    SKIP_PAT,
    REST_PAT,
    MEMBER_STEP,
    FIELD_PAT_LIST,
    FIELD_PAT,
];

impl SyntaxKind {
    /// The number of kinds of tokens; nodes are numbered from here on.
    pub const TOKENS: usize = 122;

    /// An operator, a bracket or another mark with a fixed text.
    pub fn is_punct(self) -> bool {
        (5..62).contains(&(self as u16))
    }

    /// A word that some edition reserves.
    pub fn is_keyword(self) -> bool {
        (62..106).contains(&(self as u16))
    }

    pub fn is_token(self) -> bool {
        (self as usize) < Self::TOKENS
    }

    /// The text of a token that has only one.
    pub fn fixed_text(self) -> Option<&'static str> {
        Some(match self {
            L_PAREN => "(",
            R_PAREN => ")",
            L_BRACK => "[",
            R_BRACK => "]",
            L_BRACE => "{",
            R_BRACE => "}",
            AMP2 => "&&",
            PIPE2 => "||",
            AMP2_EQ => "&&=",
            PIPE2_EQ => "||=",
            AMP => "&",
            PIPE => "|",
            CARET => "^",
            SHL => "<<",
            SHR => ">>",
            ROL => "<<<",
            ROR => ">>>",
            AMP_EQ => "&=",
            PIPE_EQ => "|=",
            CARET_EQ => "^=",
            SHL_EQ => "<<=",
            SHR_EQ => ">>=",
            ROL_EQ => "<<<=",
            ROR_EQ => ">>>=",
            EQ2 => "==",
            NEQ => "!=",
            LT => "<",
            LTEQ => "<=",
            GT => ">",
            GTEQ => ">=",
            CMP => "<=>",
            PLUS => "+",
            MINUS => "-",
            STAR => "*",
            SLASH => "/",
            PERCENT => "%",
            PLUS_EQ => "+=",
            MINUS_EQ => "-=",
            STAR_EQ => "*=",
            SLASH_EQ => "/=",
            PERCENT_EQ => "%=",
            QUESTION => "?",
            DOT3 => "...",
            COLON => ":",
            DOT => ".",
            COMMA => ",",
            EQ => "=",
            THIN_ARROW => "->",
            AT => "@",
            UNDERSCORE => "_",
            COLON2 => "::",
            DOT2 => "..",
            BANG => "!",
            SEMICOLON => ";",
            STAR2 => "**",
            STAR2_EQ => "**=",
            FAT_ARROW => "=>",
            MOD_KW => "mod",
            USE_KW => "use",
            ENUM_KW => "enum",
            FN_KW => "fn",
            GN_KW => "gn",
            MUT_KW => "mut",
            LET_KW => "let",
            IF_KW => "if",
            ELSE_KW => "else",
            WHILE_KW => "while",
            RET_KW => "ret",
            YIELD_KW => "yield",
            CLS_KW => "cls",
            WHERE_KW => "where",
            TRUE_KW => "true",
            FALSE_KW => "false",
            AS_KW => "as",
            SUP_KW => "sup",
            WITH_KW => "with",
            FOR_KW => "for",
            SELF_KW => "self",
            SELF_TYPE_KW => "Self",
            RETURN_KW => "return",
            DO_KW => "do",
            FUN_KW => "fun",
            COR_KW => "cor",
            EXT_KW => "ext",
            CMP_KW => "cmp",
            TYPE_KW => "type",
            CASE_KW => "case",
            OF_KW => "of",
            LOOP_KW => "loop",
            IN_KW => "in",
            TO_KW => "to",
            GEN_KW => "gen",
            EXIT_KW => "exit",
            SKIP_KW => "skip",
            IS_KW => "is",
            OR_KW => "or",
            AND_KW => "and",
            NOT_KW => "not",
            ASYNC_KW => "async",
            RES_KW => "res",
            CAPS_KW => "caps",
            _ => return None,
        })
    }

    pub(crate) fn keyword_2023(text: &[u8]) -> Option<SyntaxKind> {
        Some(match text {
            b"mod" => MOD_KW,
            b"use" => USE_KW,
            b"enum" => ENUM_KW,
            b"fn" => FN_KW,
            b"gn" => GN_KW,
            b"mut" => MUT_KW,
            b"let" => LET_KW,
            b"if" => IF_KW,
            b"else" => ELSE_KW,
            b"while" => WHILE_KW,
            b"ret" => RET_KW,
            b"yield" => YIELD_KW,
            b"cls" => CLS_KW,
            b"where" => WHERE_KW,
            b"true" => TRUE_KW,
            b"false" => FALSE_KW,
            b"as" => AS_KW,
            b"sup" => SUP_KW,
            b"with" => WITH_KW,
            b"for" => FOR_KW,
            b"self" => SELF_KW,
            b"Self" => SELF_TYPE_KW,
            b"return" => RETURN_KW,
            b"do" => DO_KW,
            _ => return None,
        })
    }

    pub(crate) fn keyword_2026(text: &[u8]) -> Option<SyntaxKind> {
        Some(match text {
            b"use" => USE_KW,
            b"mut" => MUT_KW,
            b"let" => LET_KW,
            b"else" => ELSE_KW,
            b"ret" => RET_KW,
            b"cls" => CLS_KW,
            b"true" => TRUE_KW,
            b"false" => FALSE_KW,
            b"as" => AS_KW,
            b"sup" => SUP_KW,
            b"with" => WITH_KW,
            b"self" => SELF_KW,
            b"Self" => SELF_TYPE_KW,
            b"fun" => FUN_KW,
            b"cor" => COR_KW,
            b"ext" => EXT_KW,
            b"cmp" => CMP_KW,
            b"type" => TYPE_KW,
            b"case" => CASE_KW,
            b"of" => OF_KW,
            b"loop" => LOOP_KW,
            b"in" => IN_KW,
            b"to" => TO_KW,
            b"gen" => GEN_KW,
            b"exit" => EXIT_KW,
            b"skip" => SKIP_KW,
            b"is" => IS_KW,
            b"or" => OR_KW,
            b"and" => AND_KW,
            b"not" => NOT_KW,
            b"async" => ASYNC_KW,
            b"res" => RES_KW,
            b"caps" => CAPS_KW,
            _ => return None,
        })
    }
}

/// The kind of a token, by its text: `T![fn]`, `T![->]`, `T![ident]`.
#[macro_export]
macro_rules! T {
['('] => { $crate::SyntaxKind::L_PAREN };
[')'] => { $crate::SyntaxKind::R_PAREN };
['['] => { $crate::SyntaxKind::L_BRACK };
[']'] => { $crate::SyntaxKind::R_BRACK };
['{'] => { $crate::SyntaxKind::L_BRACE };
['}'] => { $crate::SyntaxKind::R_BRACE };
[&&] => { $crate::SyntaxKind::AMP2 };
[||] => { $crate::SyntaxKind::PIPE2 };
[&] => { $crate::SyntaxKind::AMP };
[|] => { $crate::SyntaxKind::PIPE };
[^] => { $crate::SyntaxKind::CARET };
[<<] => { $crate::SyntaxKind::SHL };
[>>] => { $crate::SyntaxKind::SHR };
[&=] => { $crate::SyntaxKind::AMP_EQ };
[|=] => { $crate::SyntaxKind::PIPE_EQ };
[^=] => { $crate::SyntaxKind::CARET_EQ };
[<<=] => { $crate::SyntaxKind::SHL_EQ };
[>>=] => { $crate::SyntaxKind::SHR_EQ };
[==] => { $crate::SyntaxKind::EQ2 };
[!=] => { $crate::SyntaxKind::NEQ };
[<] => { $crate::SyntaxKind::LT };
[<=] => { $crate::SyntaxKind::LTEQ };
[>] => { $crate::SyntaxKind::GT };
[>=] => { $crate::SyntaxKind::GTEQ };
[+] => { $crate::SyntaxKind::PLUS };
[-] => { $crate::SyntaxKind::MINUS };
[*] => { $crate::SyntaxKind::STAR };
[/] => { $crate::SyntaxKind::SLASH };
[%] => { $crate::SyntaxKind::PERCENT };
[+=] => { $crate::SyntaxKind::PLUS_EQ };
[-=] => { $crate::SyntaxKind::MINUS_EQ };
[*=] => { $crate::SyntaxKind::STAR_EQ };
[/=] => { $crate::SyntaxKind::SLASH_EQ };
[%=] => { $crate::SyntaxKind::PERCENT_EQ };
[?] => { $crate::SyntaxKind::QUESTION };
[...] => { $crate::SyntaxKind::DOT3 };
[:] => { $crate::SyntaxKind::COLON };
[.] => { $crate::SyntaxKind::DOT };
[,] => { $crate::SyntaxKind::COMMA };
[=] => { $crate::SyntaxKind::EQ };
[->] => { $crate::SyntaxKind::THIN_ARROW };
[@] => { $crate::SyntaxKind::AT };
[_] => { $crate::SyntaxKind::UNDERSCORE };
[::] => { $crate::SyntaxKind::COLON2 };
[..] => { $crate::SyntaxKind::DOT2 };
[!] => { $crate::SyntaxKind::BANG };
[;] => { $crate::SyntaxKind::SEMICOLON };
[=>] => { $crate::SyntaxKind::FAT_ARROW };
[mod] => { $crate::SyntaxKind::MOD_KW };
[use] => { $crate::SyntaxKind::USE_KW };
[enum] => { $crate::SyntaxKind::ENUM_KW };
[fn] => { $crate::SyntaxKind::FN_KW };
[gn] => { $crate::SyntaxKind::GN_KW };
[mut] => { $crate::SyntaxKind::MUT_KW };
[let] => { $crate::SyntaxKind::LET_KW };
[if] => { $crate::SyntaxKind::IF_KW };
[else] => { $crate::SyntaxKind::ELSE_KW };
[while] => { $crate::SyntaxKind::WHILE_KW };
[ret] => { $crate::SyntaxKind::RET_KW };
[yield] => { $crate::SyntaxKind::YIELD_KW };
[cls] => { $crate::SyntaxKind::CLS_KW };
[where] => { $crate::SyntaxKind::WHERE_KW };
[true] => { $crate::SyntaxKind::TRUE_KW };
[false] => { $crate::SyntaxKind::FALSE_KW };
[as] => { $crate::SyntaxKind::AS_KW };
[sup] => { $crate::SyntaxKind::SUP_KW };
[with] => { $crate::SyntaxKind::WITH_KW };
[for] => { $crate::SyntaxKind::FOR_KW };
[self] => { $crate::SyntaxKind::SELF_KW };
[Self] => { $crate::SyntaxKind::SELF_TYPE_KW };
[return] => { $crate::SyntaxKind::RETURN_KW };
[do] => { $crate::SyntaxKind::DO_KW };
[fun] => { $crate::SyntaxKind::FUN_KW };
[cor] => { $crate::SyntaxKind::COR_KW };
[ext] => { $crate::SyntaxKind::EXT_KW };
[cmp] => { $crate::SyntaxKind::CMP_KW };
[type] => { $crate::SyntaxKind::TYPE_KW };
[case] => { $crate::SyntaxKind::CASE_KW };
[of] => { $crate::SyntaxKind::OF_KW };
[loop] => { $crate::SyntaxKind::LOOP_KW };
[in] => { $crate::SyntaxKind::IN_KW };
[to] => { $crate::SyntaxKind::TO_KW };
[gen] => { $crate::SyntaxKind::GEN_KW };
[exit] => { $crate::SyntaxKind::EXIT_KW };
[skip] => { $crate::SyntaxKind::SKIP_KW };
[is] => { $crate::SyntaxKind::IS_KW };
[or] => { $crate::SyntaxKind::OR_KW };
[and] => { $crate::SyntaxKind::AND_KW };
[not] => { $crate::SyntaxKind::NOT_KW };
[async] => { $crate::SyntaxKind::ASYNC_KW };
[res] => { $crate::SyntaxKind::RES_KW };
[caps] => { $crate::SyntaxKind::CAPS_KW };
[ident] => { $crate::SyntaxKind::IDENT };
[uident] => { $crate::SyntaxKind::UIDENT };
[int_number] => { $crate::SyntaxKind::INT_NUMBER };
[dec_number] => { $crate::SyntaxKind::DEC_NUMBER };
[bin_number] => { $crate::SyntaxKind::BIN_NUMBER };
[hex_number] => { $crate::SyntaxKind::HEX_NUMBER };
[oct_number] => { $crate::SyntaxKind::OCT_NUMBER };
[string] => { $crate::SyntaxKind::STRING };
[string_head] => { $crate::SyntaxKind::STRING_HEAD };
[string_mid] => { $crate::SyntaxKind::STRING_MID };
[string_tail] => { $crate::SyntaxKind::STRING_TAIL };
[regex] => { $crate::SyntaxKind::REGEX };
[char] => { $crate::SyntaxKind::CHAR };
[byte_char] => { $crate::SyntaxKind::BYTE_CHAR };
[byte_string] => { $crate::SyntaxKind::BYTE_STRING };
}
