//! Operands: literals, names, initialisers, lambdas, conditionals, loops (2.6, 2.7).

use crate::grammar::expressions::{self, ExprInfo};
use crate::grammar::{Case, lists, name_ref, params, patterns, statements, types};
use crate::parser::{Completed, Context, Parser};
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// ```ebnf
/// Primary = Literal | ArrayLit | TupleOrParen | 'self' | LowerId | Initialiser | NamedType
///         | Lambda | '_' | '...' | If | While | With | Yield | Block
/// ```
pub(super) fn primary(p: &mut Parser<'_, '_>) -> Option<(Completed, ExprInfo)> {
    let plain = |completed| Some((completed, ExprInfo::default()));
    match p.current() {
        kind if is_literal(kind) => plain(literal(p)),
        T![+] | T![-] => {
            if matches!(p.nth(1), T![int_number] | T![dec_number]) {
                return plain(literal(p));
            }
            no_prefix(p)
        }
        T![string_head] => plain(string_expr(p)),
        T![ident] | T![uident] | T![Self] if types::at_type_path(p) => plain(type_or_initialiser(p)),
        T![ident] | T![self] => {
            let m = p.start();
            let name = p.start();
            p.bump();
            name.complete(p, SyntaxKind::NAME_REF);
            let completed = m.complete(p, SyntaxKind::NAME_EXPR);
            Some((completed, ExprInfo { is_place: true, is_reported: false }))
        }
        T!['('] if at_lambda(p) => plain(lambda(p)),
        T!['['] if at_captures(p) => plain(lambda(p)),
        T!['('] => plain(tuple_or_paren(p)),
        T!['['] => plain(array(p)),
        T!['{'] => {
            let m = p.start();
            statements::block(p);
            plain(m.complete(p, SyntaxKind::BLOCK_EXPR))
        }
        T![if] => plain(if_expr(p)),
        T![while] | T![do] => plain(while_expr(p)),
        T![with] => plain(with_expr(p)),
        T![yield] => plain(yield_expr(p)),
        T![_] => {
            let range = p.range();
            p.report(SyntaxError::error("SY41", "`_` stands for nothing here", range).with_note(
                "it leaves an argument of a call open, discards in a `let`, and skips in a pattern",
            ));
            let m = p.start();
            p.bump();
            let completed = m.complete(p, SyntaxKind::PLACEHOLDER_EXPR);
            Some((completed, ExprInfo { is_place: false, is_reported: true }))
        }
        T![...] => {
            if !expressions::is_binary_operator(p.nth(1)) {
                misplaced_ellipsis(p);
            }
            let m = p.start();
            p.bump();
            let completed = m.complete(p, SyntaxKind::ELLIPSIS_EXPR);
            Some((completed, ExprInfo { is_place: false, is_reported: true }))
        }
        // BR1 is reported by the ownership checker
        T![&] => {
            let m = p.start();
            types::opt_borrow_mark(p);
            if expressions::begins_expr(p.current()) {
                nested(p);
            } else {
                p.expected("an expression");
            }
            plain(m.complete(p, SyntaxKind::BORROW_EXPR))
        }
        T![&&] => no_prefix(p),
        T![.] if p.nth(1) == T![int_number] && p.input.is_joint(p.pos + 1) => {
            let range = p.range().cover(p.input.range(p.pos + 1));
            let text = &p.input.text[range];
            let error = SyntaxError::error("LX15", format!("`{text}` is not a number"), range)
                .with_note("the integer part is mandatory")
                .with_fix(format!("write `0{text}`"), TextEdit::insert(range.start(), "0"));
            p.report(error);
            let m = p.start();
            p.bump_as_error();
            p.bump();
            plain(m.complete(p, SyntaxKind::LITERAL))
        }
        _ => {
            p.expected("an expression");
            None
        }
    }
}

/// An operand behind a prefix.
fn nested(p: &mut Parser<'_, '_>) -> Option<(Completed, ExprInfo)> {
    let nest = p.enter()?;
    let result = expressions::postfix(p);
    p.leave(nest);
    result
}

pub(super) fn is_literal(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        T![int_number]
            | T![dec_number]
            | T![bin_number]
            | T![hex_number]
            | T![string]
            | T![regex]
            | T![true]
            | T![false]
    )
}

/// ```ebnf
/// Literal = ( '+' | '-' )? DecNumber | BinNumber | HexNumber | String | Regex | 'true' | 'false'
/// ```
pub(super) fn literal(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    if matches!(p.current(), T![+] | T![-]) {
        p.bump();
    }
    p.bump();
    m.complete(p, SyntaxKind::LITERAL)
}

/// SY33: the operand is read all the same.
fn no_prefix(p: &mut Parser<'_, '_>) -> Option<(Completed, ExprInfo)> {
    if !p.is_reported() {
        let (range, text) = (p.range(), p.text());
        let note = match p.current() {
            T![-] => "a sign belongs to a decimal literal; write `0 - x`",
            T![+] => "a sign belongs to a decimal literal",
            _ => "a borrow is made with `&` or `&mut`, in an argument",
        };
        p.report(
            SyntaxError::error("SY33", format!("`{text}` is no prefix operator"), range).with_note(note),
        );
    }
    p.bump_as_error();
    if expressions::begins_expr(p.current()) {
        return nested(p);
    }
    p.mark_reported();
    None
}

/// SY40
pub(super) fn misplaced_ellipsis(p: &mut Parser<'_, '_>) {
    if p.is_reported() {
        return;
    }
    let range = p.range();
    p.report(SyntaxError::error("SY40", "`...` stands for nothing here", range).with_note(
        "it is a whole function body, marks what is variadic or unpacked, folds, or is the rest of a pattern",
    ));
}

/// ```ebnf
/// String = '"' ( StringChar | Escape | '${' Expr '}' )* '"'
/// ```
pub(super) fn string_expr(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    // A string that ended with its line has no tail.
    let open_ended = p.input.is_reported(p.pos);
    let saved = std::mem::replace(&mut p.cx, Context { in_brackets: true, ..Context::default() });
    p.bump();
    loop {
        let interpolation = p.start();
        if expressions::begins_expr(p.current()) && !(open_ended && p.first_on_line()) {
            expressions::expr(p);
        } else if !open_ended {
            p.expected("an expression in `${…}`");
        }
        while !matches!(p.current(), SyntaxKind::EOF | T![string_mid] | T![string_tail]) {
            if open_ended && p.first_on_line() {
                break;
            }
            if !open_ended {
                p.expected("`}`");
            }
            lists::skip_one(p);
        }
        interpolation.complete(p, SyntaxKind::INTERPOLATION);
        if !p.eat(T![string_mid]) {
            p.eat(T![string_tail]);
            break;
        }
    }
    p.cx = saved;
    m.complete(p, SyntaxKind::STRING_EXPR)
}

/// ```ebnf
/// ArrayLit = '[' List(Expr)? ']'
/// ```
fn array(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    lists::bracketed(p, T![']'], "an expression", element);
    m.complete(p, SyntaxKind::ARRAY_EXPR)
}

fn element(p: &mut Parser<'_, '_>) -> bool {
    let found = expressions::begins_expr(p.current());
    if found {
        expressions::expr(p);
    }
    found
}

/// ```ebnf
/// TupleOrParen = '(' List(Expr)? ')'
/// ```
fn tuple_or_paren(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    let mut count = 0;
    lists::bracketed(p, T![')'], "an expression", |p| {
        count += 1;
        element(p)
    });
    let comma = p.pos >= 2 && p.input.kind(p.pos - 2) == T![,];
    m.complete(p, if count == 1 && !comma { SyntaxKind::PAREN_EXPR } else { SyntaxKind::TUPLE_EXPR })
}

/// ```ebnf
/// Initialiser = NamedType '{' List(FieldInit)? '}'
/// ```
fn type_or_initialiser(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    types::path_type(p);
    // SY29: a `{` on the same line always starts the fields
    if !p.at(T!['{']) || p.on_new_line() {
        return m.complete(p, SyntaxKind::TYPE_EXPR);
    }
    if p.cx.header && !at_fields(p) {
        ambiguous_header(p, p.range());
        return m.complete(p, SyntaxKind::TYPE_EXPR);
    }
    field_init_list(p);
    m.complete(p, SyntaxKind::INIT_EXPR)
}

fn ambiguous_header(p: &mut Parser<'_, '_>, range: rowan::TextRange) {
    p.report(
        SyntaxError::error("SY29", "a type in front of `{` is read as an initialiser", range)
            .with_note("parenthesise the header"),
    );
}

/// Whether the braces here hold fields of an initialiser.
fn at_fields(p: &Parser<'_, '_>) -> bool {
    match p.nth(1) {
        T!['}'] => true,
        T![ident] => matches!(p.nth(2), T![=] | T![:] | T![,] | T!['}']),
        T![else] | T![sup] => matches!(p.nth(2), T![=] | T![:]),
        _ => false,
    }
}

/// ```ebnf
/// FieldInit = LowerId ( ( '=' | ':' ) Expr )?
///           | ( 'else' | 'sup' ) ( '=' | ':' ) Expr
/// ```
fn field_init_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    let Some(nest) = p.enter() else {
        m.abandon(p);
        return;
    };
    let (mut has_else, mut has_sup) = (false, false);
    lists::bracketed(p, T!['}'], "a field", |p| {
        let word = match p.current() {
            T![ident] | T![uident] => None,
            T![else] => Some(std::mem::replace(&mut has_else, true)),
            T![sup] => Some(std::mem::replace(&mut has_sup, true)),
            T![...] if p.nth(1) == T!['}'] || p.nth(1) == T![,] => {
                misplaced_ellipsis(p);
                p.bump_as_error();
                return true;
            }
            _ => return false,
        };
        field_init(p, word);
        true
    });
    p.leave(nest);
    m.complete(p, SyntaxKind::FIELD_INIT_LIST);
}

/// `word` tells for `else` and `sup` whether there has been one before.
fn field_init(p: &mut Parser<'_, '_>, word: Option<bool>) {
    let m = p.start();
    let (at, text) = (p.range(), p.text());
    match word {
        Some(twice) => {
            if twice {
                p.error_at("SY29", format!("`{text}` stands in an initialiser only once"), at);
            }
            p.bump();
        }
        None => {
            name_ref(p, Case::Lower, "an attribute");
        }
    }
    if p.at(T![:]) {
        // SY29
        let range = p.range();
        p.report(
            SyntaxError::hint("SY29", "a field is given with `=`", range)
                .with_fix("write `=`", TextEdit::replace(p.range_with_space(), "=")),
        );
    }
    if p.eat(T![=]) || p.eat(T![:]) {
        if expressions::begins_expr(p.current()) {
            expressions::expr(p);
        } else {
            p.expected("an expression");
        }
    } else if word.is_some() {
        p.error_at("SY29", format!("`{text}` needs a value"), at);
    }
    m.complete(p, SyntaxKind::FIELD_INIT);
}

/// SY31: `(`…`)` followed by `->` or by `with [` is a parameter list. What can be nothing else is one too, though the
/// rest of the lambda is still to be typed: `(name: …`, and in an argument `(name)` before a block or the end.
fn at_lambda(p: &Parser<'_, '_>) -> bool {
    let first = if p.nth(1) == T![mut] { 2 } else { 1 };
    if p.nth(first) == T![ident] && p.nth(first + 1) == T![:] {
        return true;
    }
    p.input.matching(p.pos).is_some_and(|close| match p.input.kind(close + 1) {
        T![->] | T![=>] => true,
        T![with] => !p.input.is_first_on_line(close + 1) && p.input.kind(close + 2) == T!['['],
        next @ (T!['{'] | T![-] | SyntaxKind::EOF) => {
            if next == T![-] && p.input.kind(close + 2) != SyntaxKind::EOF {
                return false;
            }
            let names = (p.pos + 1..close).map(|at| p.input.kind(at));
            p.cx.in_brackets
                && !p.cx.header
                && close > p.pos + 1
                && names.into_iter().all(|kind| matches!(kind, T![ident] | T![,]))
        }
        _ => false,
    })
}

/// SY31: `[`…`]` directly followed by `(`…`)` and `->` is a capture list.
fn at_captures(p: &Parser<'_, '_>) -> bool {
    let Some(close) = p.input.matching(p.pos) else { return false };
    if p.input.kind(close + 1) != T!['('] || p.input.is_first_on_line(close + 1) {
        return false;
    }
    let Some(end) = p.input.matching(close + 1) else { return false };
    matches!(p.input.kind(end + 1), T![->] | T![=>])
}

/// ```ebnf
/// Lambda     = Captures? LambdaParams '->' LambdaBody
///            | LambdaParams 'with' Captures '->' LambdaBody
/// LambdaBody = Block | Expr
/// ```
fn lambda(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    if p.at(T!['[']) {
        params::capture_list(p);
    }
    params::lambda_param_list(p);
    if p.eat(T![with]) {
        params::capture_list(p);
    }
    if !p.eat(T![->]) && !p.eat(T![=>]) {
        p.expected("`->`");
    }
    if p.at(T!['{']) {
        let body = p.start();
        statements::block(p);
        body.complete(p, SyntaxKind::BLOCK_EXPR);
    } else if expressions::begins_expr(p.current()) {
        expressions::expr_without_assignment(p);
    } else {
        p.expected("the body of the lambda");
        if matches!(p.current(), T![ret] | T![return]) && !p.first_on_line() {
            lists::skip_one(p);
            if expressions::begins_expr(p.current()) && !p.first_on_line() {
                expressions::expr_without_assignment(p);
            }
        }
    }
    m.complete(p, SyntaxKind::LAMBDA_EXPR)
}

/// The condition of `if`, `while` or `with`.
fn header(p: &mut Parser<'_, '_>, context: Context) {
    if p.at(T!['{']) || !expressions::begins_expr(p.current()) {
        p.expected("an expression");
        return;
    }
    let in_brackets = p.cx.in_brackets;
    let saved = std::mem::replace(&mut p.cx, Context { in_brackets, ..context });
    expressions::expr(p);
    p.cx = saved;
}

/// The block behind a header. If an initialiser swallowed it, SY29 says so.
fn opt_header_brace(p: &mut Parser<'_, '_>) -> bool {
    if p.at(T!['{']) {
        return true;
    }
    let swallowed = p.pos > 0 && p.input.kind(p.pos - 1) == T!['}'] && !p.is_reported();
    if swallowed && let Some(open) = p.input.matching(p.pos - 1) {
        ambiguous_header(p, p.input.range(open));
        p.mark_reported();
    } else {
        p.expected("`{`");
    }
    false
}

/// ```ebnf
/// If = 'if' Expr CmpOp? '{' Branch* ( 'else' Block )? '}'
/// ```
fn if_expr(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    p.bump();
    header(p, Context { if_header: true, header: true, ..Context::default() });
    let has_op = expressions::is_comparison(p.current());
    if has_op {
        p.bump();
    }
    if opt_header_brace(p) {
        patterns::branch_list(p, has_op);
        if p.at(T![else]) && !p.cx.let_value {
            // SY37
            let range = p.range();
            p.report(
                SyntaxError::error("SY37", "`else` stands outside the braces of its `if`", range)
                    .with_note("it is the last branch inside them"),
            );
            p.mark_reported();
            let error = p.start();
            p.bump();
            if p.at(T![if]) {
                nested(p);
            } else {
                statements::expect_block(p);
            }
            error.complete(p, SyntaxKind::ERROR);
        }
    }
    m.complete(p, SyntaxKind::IF_EXPR)
}

/// ```ebnf
/// While = ( 'while' | 'do' ) Expr Block ( 'else' Block )?
/// ```
fn while_expr(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    if p.at(T![do]) {
        statements::other_spelling(p, "while");
    }
    p.bump();
    header(p, Context { header: true, ..Context::default() });
    if opt_header_brace(p) {
        statements::block(p);
        statements::opt_else_clause(p);
    }
    m.complete(p, SyntaxKind::WHILE_EXPR)
}

/// ```ebnf
/// With = 'with' Expr ( 'as' LocalVar )? Block
/// ```
fn with_expr(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    p.bump();
    header(p, Context { header: true, with_header: true, ..Context::default() });
    if p.eat(T![as]) {
        statements::local_var(p);
    }
    if opt_header_brace(p) {
        statements::block(p);
    }
    m.complete(p, SyntaxKind::WITH_EXPR)
}

/// ```ebnf
/// Yield = 'yield' ( Convention? Expr )?
/// ```
/// LX7: the operand is on the same line.
fn yield_expr(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    p.bump();
    if !p.first_on_line() && expressions::begins_expr(p.current()) {
        types::opt_borrow_mark(p);
        if expressions::begins_expr(p.current()) {
            expressions::expr_without_assignment(p);
        } else {
            p.expected("an expression");
        }
    }
    m.complete(p, SyntaxKind::YIELD_EXPR)
}
