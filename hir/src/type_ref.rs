//! Types as written: unresolved and position-free.

use crate::green::{Green, with_green};
use crate::ids::Name;
use crate::ty::Convention;
use rowan::NodeOrToken;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxKind, TextRange};

/// Types nested deeper than this are cut off: everything that works on types may recurse.
pub const MAX_TYPE_DEPTH: u32 = 64;

/// A type in the source, before names are looked up. Parsing bounds its depth.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeRef {
    /// Absent or broken.
    Missing,
    /// `src.shapes.Disc[Num].Item`: namespaces, then type parts with arguments; `Self` is a part named `Self`; `T.0`
    /// a part with an index.
    Path {
        namespaces: Box<[Name]>,
        parts: Box<[TypePart]>,
    },
    Tuple(Box<[TypeRef]>),
    /// `&T` where only a type may stand (BR2).
    Borrow(Convention, Box<TypeRef>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypePart {
    Name(Name, Box<[TypeArg]>),
    Index(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TypeArg {
    pub name: Option<Name>,
    pub ty: TypeRef,
}

/// Lowers a written type. The ranges are those of its parts in pre-order: each namespace, each part (its arguments
/// follow it), each tuple, borrow and missing type counts one; parentheses leave no trace.
pub fn lower(ty: &ast::Type) -> (TypeRef, Vec<TextRange>) {
    let mut ranges = Vec::new();
    let lowered = with_green(ty.syntax(), |green| lower_green(green, &mut |range| ranges.push(range)));
    (lowered, ranges)
}

/// As [`lower`], from the green tree; `parts` is told the range of each part in pre-order.
pub fn lower_green(ty: Green<'_>, parts: &mut dyn FnMut(TextRange)) -> TypeRef {
    lower_node(ty, 0, parts)
}

/// Whether a node is a written type.
pub fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PATH_TYPE | SyntaxKind::TUPLE_TYPE | SyntaxKind::PAREN_TYPE | SyntaxKind::REF_TYPE
    )
}

fn lower_node(ty: Green<'_>, depth: u32, at: &mut dyn FnMut(TextRange)) -> TypeRef {
    if depth > MAX_TYPE_DEPTH {
        at(ty.trimmed_range());
        return TypeRef::Missing;
    }
    match ty.kind() {
        SyntaxKind::PATH_TYPE => lower_path(ty, depth, at),
        SyntaxKind::TUPLE_TYPE => {
            at(ty.trimmed_range());
            let parts = ty.children().filter(|child| is_type(child.kind()));
            TypeRef::Tuple(parts.map(|part| lower_node(part, depth + 1, at)).collect())
        }
        SyntaxKind::PAREN_TYPE => match ty.children().find(|child| is_type(child.kind())) {
            Some(inner) => lower_node(inner, depth + 1, at),
            None => missing(ty, at),
        },
        SyntaxKind::REF_TYPE => {
            at(ty.trimmed_range());
            let mark = ty.child(SyntaxKind::BORROW_MARK);
            let mutable = mark.is_some_and(|mark| mark.has_token(SyntaxKind::MUT_KW));
            let convention = if mutable { Convention::Mut } else { Convention::Ref };
            let inner = match ty.children().find(|child| is_type(child.kind())) {
                Some(inner) => lower_node(inner, depth + 1, at),
                None => missing(ty, at),
            };
            TypeRef::Borrow(convention, Box::new(inner))
        }
        _ => missing(ty, at),
    }
}

fn missing(ty: Green<'_>, at: &mut dyn FnMut(TextRange)) -> TypeRef {
    at(ty.trimmed_range());
    TypeRef::Missing
}

fn lower_path(ty: Green<'_>, depth: u32, at: &mut dyn FnMut(TextRange)) -> TypeRef {
    let mut namespaces = Vec::new();
    let mut parts = Vec::with_capacity(1);
    for segment in ty.children().filter(|child| child.kind() == SyntaxKind::TYPE_SEGMENT) {
        let Some(token) = segment.child(SyntaxKind::NAME_REF).and_then(Green::name_token) else {
            continue;
        };
        at(token.range());
        match token.kind() {
            SyntaxKind::INT_NUMBER => parts.push(TypePart::Index(token.text().parse().unwrap_or(u32::MAX))),
            SyntaxKind::UIDENT | SyntaxKind::SELF_TYPE_KW => {
                let args = segment.child(SyntaxKind::GENERIC_ARG_LIST);
                let args = args.map_or_else(Box::default, |list| lower_args(list, depth, at));
                parts.push(TypePart::Name(Name::new(token.text()), args));
            }
            _ if parts.is_empty() => namespaces.push(Name::new(token.text())),
            // a lower-case name behind a type is no type
            _ => parts.push(TypePart::Name(Name::new(token.text()), Box::default())),
        }
    }
    if parts.is_empty() && namespaces.is_empty() {
        return missing(ty, at);
    }
    TypeRef::Path { namespaces: namespaces.into(), parts: parts.into() }
}

/// The arguments in `[…]`.
pub fn lower_args(list: Green<'_>, depth: u32, at: &mut dyn FnMut(TextRange)) -> Box<[TypeArg]> {
    let args = list.children().filter(|child| child.kind() == SyntaxKind::GENERIC_ARG);
    args.map(|arg| {
        let mut name = None;
        let mut ty = None;
        for element in arg.elements() {
            if let NodeOrToken::Node(node) = element {
                if node.kind() == SyntaxKind::NAME_REF {
                    name = node.name_token().map(|token| Name::new(token.text()));
                } else if is_type(node.kind()) && ty.is_none() {
                    ty = Some(node);
                }
            }
        }
        let ty = match ty {
            Some(ty) => lower_node(ty, depth + 1, at),
            None => missing(arg, at),
        };
        TypeArg { name, ty }
    })
    .collect()
}

impl TypeRef {
    /// Whether this is a single upper-case name without arguments, and which.
    pub fn as_name(&self) -> Option<&Name> {
        match self {
            TypeRef::Path { namespaces, parts } if namespaces.is_empty() => match &**parts {
                [TypePart::Name(name, args)] if args.is_empty() => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a name occurs in it as first part of a path, so that it may mean a generic parameter; occurrences
    /// only as `A.Item` do not count (GN5).
    pub fn mentions(&self, name: &str) -> bool {
        match self {
            TypeRef::Missing => false,
            TypeRef::Path { namespaces, parts } => {
                let direct =
                    namespaces.is_empty() && matches!(&**parts, [TypePart::Name(first, _)] if first == name);
                direct
                    || parts.iter().any(|part| match part {
                        TypePart::Name(_, args) => args.iter().any(|arg| arg.ty.mentions(name)),
                        TypePart::Index(_) => false,
                    })
            }
            TypeRef::Tuple(parts) => parts.iter().any(|part| part.mentions(name)),
            TypeRef::Borrow(_, inner) => inner.mentions(name),
        }
    }
}
