//! The outline of a file.

use super::folding::without_trivia;
use syntax::ast::{self, AstNode, HasAnnotations, HasGenericParams, HasName};
use syntax::{SyntaxNode, TextRange};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SymbolKind {
    Module,
    Class,
    Enum,
    EnumMember,
    Sup,
    Function,
    Method,
    Constructor,
    Attribute,
    Alias,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    pub name: String,
    /// Parameters, types.
    pub detail: Option<String>,
    pub kind: SymbolKind,
    /// The whole declaration.
    pub range: TextRange,
    /// Its name.
    pub name_range: TextRange,
    pub deprecated: bool,
    pub children: Vec<Symbol>,
}

/// The declarations of a file, nested as they are written.
pub fn symbols(file: &ast::SourceFile) -> Vec<Symbol> {
    file.items().filter_map(|item| item_symbol(&item)).collect()
}

fn item_symbol(item: &ast::Item) -> Option<Symbol> {
    match item {
        ast::Item::Class(class) => {
            let children = class.member_list().map_or_else(Vec::new, |list| members(&list));
            let detail = generics(class);
            named(class, class.name(), SymbolKind::Class, detail, children)
        }
        ast::Item::Enum(item) => {
            let list = item.enum_member_list();
            let children = list.into_iter().flat_map(|list| list.enum_members()).filter_map(|member| {
                plain(member.syntax(), member.name(), SymbolKind::EnumMember, None, Vec::new())
            });
            named(item, item.name(), SymbolKind::Enum, generics(item), children.collect())
        }
        ast::Item::Sup(sup) => {
            let target = sup.target()?;
            let text = |ty: &ast::Type| one_line(ty.syntax());
            let name = match sup.base() {
                Some(base) => format!("sup {} for {}", text(&base), text(&target)),
                None => format!("sup {}", text(&target)),
            };
            Some(Symbol {
                name,
                detail: None,
                kind: SymbolKind::Sup,
                range: without_trivia(sup.syntax()),
                name_range: without_trivia(target.syntax()),
                deprecated: false,
                children: sup.member_list().map_or_else(Vec::new, |list| members(&list)),
            })
        }
        ast::Item::Function(func) => function(func, SymbolKind::Function),
        ast::Item::Use(item) => alias(item),
        ast::Item::LetStmt(_) => None,
    }
}

fn members(list: &ast::MemberList) -> Vec<Symbol> {
    list.members()
        .filter_map(|member| match member {
            ast::Member::Attribute(attribute) => {
                let detail = attribute.ty().map(|ty| one_line(ty.syntax()));
                named(&attribute, attribute.name(), SymbolKind::Attribute, detail, Vec::new())
            }
            ast::Member::Use(item) => alias(&item),
            ast::Member::Function(func) => {
                let creates = func.self_param().is_none()
                    && func.return_type().is_some_and(|ty| one_line(ty.syntax()) == "Self");
                let kind = if creates { SymbolKind::Constructor } else { SymbolKind::Method };
                function(&func, kind)
            }
            ast::Member::ElidedMembers(_) => None,
        })
        .collect()
}

fn function(func: &ast::Function, kind: SymbolKind) -> Option<Symbol> {
    let params = func.param_list().map(|list| one_line(list.syntax())).unwrap_or_default();
    let ret = func.return_type().map(|ty| format!(" -> {}", one_line(ty.syntax()))).unwrap_or_default();
    let children = func
        .body()
        .into_iter()
        .flat_map(|body| body.syntax().descendants())
        .filter_map(ast::Function::cast)
        .filter(|inner| {
            let around = inner.syntax().ancestors().skip(1).find_map(ast::Function::cast);
            around.is_some_and(|around| around == *func)
        })
        .filter_map(|inner| function(&inner, SymbolKind::Function));
    named(func, func.name(), kind, Some(format!("{params}{ret}")), children.collect())
}

fn alias(item: &ast::Use) -> Option<Symbol> {
    let alias = item.alias()?;
    let detail = alias.ty().map(|ty| one_line(ty.syntax()));
    plain(item.syntax(), alias.name(), SymbolKind::Alias, detail, Vec::new())
}

fn generics(item: &impl HasGenericParams) -> Option<String> {
    item.generic_param_list().map(|list| one_line(list.syntax()))
}

fn named(
    node: &impl HasAnnotations,
    name: Option<ast::Name>,
    kind: SymbolKind,
    detail: Option<String>,
    children: Vec<Symbol>,
) -> Option<Symbol> {
    let symbol = plain(node.syntax(), name, kind, detail, children)?;
    Some(Symbol { deprecated: node.annotation("deprecated").is_some(), ..symbol })
}

fn plain(
    node: &SyntaxNode,
    name: Option<ast::Name>,
    kind: SymbolKind,
    detail: Option<String>,
    children: Vec<Symbol>,
) -> Option<Symbol> {
    let name = name.filter(|name| !name.text().is_empty())?;
    Some(Symbol {
        name: name.text(),
        detail: detail.filter(|detail| !detail.is_empty()),
        kind,
        range: without_trivia(node),
        name_range: name.token()?.text_range(),
        deprecated: false,
        children,
    })
}

/// Text of a node with white space and comments as single blanks, bounded in length.
pub fn one_line(node: &SyntaxNode) -> String {
    const LONGEST: usize = 120;
    let mut text = String::new();
    for token in node.descendants_with_tokens().filter_map(|element| element.into_token()) {
        if token.kind().is_trivia() {
            if !text.is_empty() && !text.ends_with([' ', '(', '[', '{']) {
                text.push(' ');
            }
            continue;
        }
        text.push_str(token.text());
        if text.chars().count() > LONGEST {
            let cut: String = text.chars().take(LONGEST).collect();
            return format!("{cut}…");
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(symbols: &[Symbol], depth: usize, out: &mut String) {
        for symbol in symbols {
            let detail = symbol.detail.as_deref().unwrap_or("");
            out.push_str(&format!("{}{:?} {} {detail}\n", "  ".repeat(depth), symbol.kind, symbol.name));
            draw(&symbol.children, depth + 1, out);
        }
    }

    #[test]
    fn the_outline_nests_members() {
        let text = "mod a.b\ncls Point[T] { x: T }\nsup[T] Point[T] {\n    fn get(&self) -> T { ret self.x }\n}\n\
            enum Colour { red, green }\nfn main() -> Void { }\n";
        let mut out = String::new();
        draw(&symbols(&syntax::parse(text, syntax::Edition::E2023).tree()), 0, &mut out);
        expect_test::expect![[r#"
            Class Point [T]
              Attribute x T
            Sup sup Point[T] 
              Method get (&self) -> T
            Enum Colour 
              EnumMember red 
              EnumMember green 
            Function main () -> Void
        "#]]
        .assert_eq(&out);
    }
}
