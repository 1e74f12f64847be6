//! Types written inside a body, with the range of every part.

use super::green::Node;
use super::lower::{BlockUse, LowerCtx};
use super::{TypeRefId, TypeRefNode};
use crate::ty::Convention;
use crate::type_ref::{TypePart, TypeRef, is_type, lower_green};
use syntax::{SyntaxKind, TextRange};

impl LowerCtx {
    /// The type among the children of `parent`; missing if there is none.
    pub(super) fn child_type(&mut self, parent: Node<'_>) -> TypeRefId {
        match parent.children().find(|node| is_type(node.kind())) {
            Some(node) => self.lower_type(node),
            None => {
                let node = TypeRefNode {
                    ty: TypeRef::Missing,
                    range: parent.range(),
                    parts: [parent.range()].into(),
                };
                self.body.types.alloc(node)
            }
        }
    }

    pub(super) fn lower_type(&mut self, node: Node<'_>) -> TypeRefId {
        let mut parts = Vec::new();
        let mut ty = lower_green(node, &mut |range| parts.push(range));
        if !self.block_uses.is_empty() {
            ty = self.expand_block_use(ty, &mut parts);
        }
        self.body.types.alloc(TypeRefNode { ty, range: node.range(), parts: parts.into() })
    }

    /// A path whose first name an import or alias of the block introduces stands for what that names.
    fn expand_block_use(&self, ty: TypeRef, ranges: &mut Vec<TextRange>) -> TypeRef {
        let TypeRef::Path { namespaces, mut parts } = ty else { return ty };
        let used = match parts.first() {
            Some(TypePart::Name(first, args)) if namespaces.is_empty() => {
                let used = self.block_uses.iter().rev().find(|(name, _)| name == first);
                used.map(|(_, used)| (used, args.clone()))
            }
            _ => None,
        };
        match used {
            Some((BlockUse::Import(path), args)) => {
                let Some((last, front)) = path.split_last() else { return TypeRef::Missing };
                // The added namespaces have the range of the name that stands for them.
                if let Some(&at) = ranges.first() {
                    ranges.splice(0..0, front.iter().map(|_| at));
                }
                parts[0] = TypePart::Name(last.clone(), args);
                TypeRef::Path { namespaces: front.into(), parts }
            }
            Some((BlockUse::Alias(ty), args)) if parts.len() == 1 && args.is_empty() => ty.clone(),
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
}
