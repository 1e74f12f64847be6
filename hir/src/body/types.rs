//! Types written inside a body, with the range of every part.

use super::green::{Node, is_type};
use super::lower::LowerCtx;
use super::{TypeRefId, TypeRefNode};
use crate::diagnostic::Diagnostic;
use crate::ids::Name;
use crate::ty::Convention;
use crate::type_ref::{TypeArg, TypePart, TypeRef};
use syntax::{SyntaxKind, TextRange};

impl LowerCtx {
    /// The type among the children of `parent`; missing if there is none.
    pub(super) fn child_type(&mut self, parent: Node<'_>) -> TypeRefId {
        match parent.children().find(|node| is_type(node.kind())) {
            Some(node) => self.lower_type(node),
            None => self.alloc_type(TypeRef::Missing, parent.range(), vec![parent.range()]),
        }
    }

    pub(super) fn lower_type(&mut self, node: Node<'_>) -> TypeRefId {
        let mut parts = Vec::new();
        let ty = self.type_ref(node, &mut parts);
        self.alloc_type(ty, node.range(), parts)
    }

    fn alloc_type(&mut self, ty: TypeRef, range: TextRange, parts: Vec<TextRange>) -> TypeRefId {
        self.body.types.alloc(TypeRefNode { ty, range, parts: parts.into() })
    }

    fn type_ref(&mut self, node: Node<'_>, parts: &mut Vec<TextRange>) -> TypeRef {
        match node.kind() {
            SyntaxKind::PATH_TYPE => self.path_type(node, parts),
            SyntaxKind::TUPLE_TYPE => {
                parts.push(node.range());
                let types = node.children().filter(|child| is_type(child.kind()));
                TypeRef::Tuple(types.map(|child| self.type_ref(child, parts)).collect())
            }
            SyntaxKind::PAREN_TYPE => match node.children().find(|child| is_type(child.kind())) {
                Some(inner) => self.type_ref(inner, parts),
                None => {
                    parts.push(node.range());
                    TypeRef::Missing
                }
            },
            SyntaxKind::REF_TYPE => {
                parts.push(node.range());
                self.report_borrow_type(node);
                let convention = self.borrow_mark(node);
                let inner = match node.children().find(|child| is_type(child.kind())) {
                    Some(inner) => self.type_ref(inner, parts),
                    None => {
                        parts.push(node.range());
                        TypeRef::Missing
                    }
                };
                TypeRef::Borrow(convention, Box::new(inner))
            }
            _ => {
                parts.push(node.range());
                TypeRef::Missing
            }
        }
    }

    fn path_type(&mut self, node: Node<'_>, ranges: &mut Vec<TextRange>) -> TypeRef {
        let mut namespaces: Vec<Name> = Vec::new();
        let mut parts: Vec<TypePart> = Vec::new();
        for segment in node.children().filter(|child| child.kind() == SyntaxKind::TYPE_SEGMENT) {
            let Some(name_ref) = segment.child(SyntaxKind::NAME_REF) else { continue };
            let Some(token) = name_ref.name_token() else { continue };
            ranges.push(token.range());
            match token.kind() {
                SyntaxKind::INT_NUMBER => {
                    parts.push(TypePart::Index(token.text().parse().unwrap_or(u32::MAX)))
                }
                SyntaxKind::UIDENT | SyntaxKind::SELF_TYPE_KW => {
                    let args = match segment.child(SyntaxKind::GENERIC_ARG_LIST) {
                        Some(list) => self.type_args(list, ranges),
                        None => Vec::new(),
                    };
                    parts.push(TypePart::Name(Name::new(token.text()), args));
                }
                _ => namespaces.push(Name::new(token.text())),
            }
        }
        if parts.is_empty() {
            ranges.push(node.range());
            return TypeRef::Missing;
        }
        self.expand_block_import(namespaces, parts, ranges)
    }

    fn type_args(&mut self, list: Node<'_>, ranges: &mut Vec<TextRange>) -> Vec<TypeArg> {
        let args = list.children().filter(|child| child.kind() == SyntaxKind::GENERIC_ARG);
        args.map(|arg| TypeArg {
            name: arg
                .child(SyntaxKind::NAME_REF)
                .and_then(Node::name_token)
                .map(|token| Name::new(token.text())),
            ty: match arg.children().find(|child| is_type(child.kind())) {
                Some(ty) => self.type_ref(ty, ranges),
                None => {
                    ranges.push(arg.range());
                    TypeRef::Missing
                }
            },
        })
        .collect()
    }

    /// A path whose first name an import or alias of the block introduces stands for what it imports.
    fn expand_block_import(
        &mut self,
        namespaces: Vec<Name>,
        mut parts: Vec<TypePart>,
        ranges: &mut Vec<TextRange>,
    ) -> TypeRef {
        if self.block_uses.is_empty() || !namespaces.is_empty() {
            return TypeRef::Path { namespaces, parts };
        }
        let TypePart::Name(first, args) = &parts[0] else { return TypeRef::Path { namespaces, parts } };
        match self.block_uses.iter().rev().find(|(name, _)| name == first) {
            Some((_, super::lower::BlockUse::Import(path))) => {
                let Some((last, front)) = path.split_last() else { return TypeRef::Missing };
                // The added namespaces have the range of the name that stands for them.
                if let Some(&at) = ranges.first() {
                    ranges.splice(0..0, front.iter().map(|_| at));
                }
                let namespaces = front.to_vec();
                parts[0] = TypePart::Name(last.clone(), args.clone());
                TypeRef::Path { namespaces, parts }
            }
            Some((_, super::lower::BlockUse::Alias(ty))) if parts.len() == 1 && args.is_empty() => ty.clone(),
            _ => TypeRef::Path { namespaces, parts },
        }
    }

    pub(super) fn borrow_mark(&self, parent: Node<'_>) -> Convention {
        match parent.child(SyntaxKind::BORROW_MARK) {
            Some(mark) if mark.has_token(SyntaxKind::MUT_KW) => Convention::Mut,
            Some(_) => Convention::Ref,
            None => Convention::Value,
        }
    }

    fn report_borrow_type(&mut self, node: Node<'_>) {
        self.body.diagnostics.push(
            Diagnostic::error("BR2", node.range(), "a borrow cannot be stored or be part of a type")
                .note("a borrow lives only as long as the call it was made for, so `&` is not part of a type (SY20)"),
        );
    }
}
