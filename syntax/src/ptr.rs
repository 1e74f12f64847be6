//! Positions of nodes that outlive the tree they were taken from.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use rowan::TextRange;

use crate::ast::AstNode;
use crate::{SppLanguage, SyntaxKind, SyntaxNode};

/// Kind and range of a node: finds it again in an equal tree.
pub type SyntaxNodePtr = rowan::ast::SyntaxNodePtr<SppLanguage>;

/// A `SyntaxNodePtr` that remembers the type of its node.
pub struct AstPtr<N: AstNode> {
    raw: SyntaxNodePtr,
    kind: PhantomData<fn() -> N>,
}

impl<N: AstNode> AstPtr<N> {
    pub fn new(node: &N) -> AstPtr<N> {
        AstPtr { raw: SyntaxNodePtr::new(node.syntax()), kind: PhantomData }
    }

    /// The node in the tree with this root, or nothing when that tree has no such node.
    pub fn try_to_node(&self, root: &SyntaxNode) -> Option<N> {
        self.raw.try_to_node(root).and_then(N::cast)
    }

    /// The node in the tree that the pointer was made from.
    ///
    /// # Panics
    /// When `root` is another tree without such a node.
    pub fn to_node(&self, root: &SyntaxNode) -> N {
        self.try_to_node(root).expect("the pointer belongs to this tree")
    }

    pub fn text_range(&self) -> TextRange {
        self.raw.text_range()
    }

    pub fn kind(&self) -> SyntaxKind {
        self.raw.kind()
    }

    pub fn syntax_node_ptr(&self) -> SyntaxNodePtr {
        self.raw
    }

    /// The same position seen as another type of node, where the kind permits.
    pub fn cast<M: AstNode>(&self) -> Option<AstPtr<M>> {
        M::can_cast(self.raw.kind()).then_some(AstPtr { raw: self.raw, kind: PhantomData })
    }

    /// Widens to an enum that has `N` among its variants.
    pub fn upcast<M: AstNode + From<N>>(&self) -> AstPtr<M> {
        AstPtr { raw: self.raw, kind: PhantomData }
    }
}

impl<N: AstNode> Clone for AstPtr<N> {
    fn clone(&self) -> Self {
        AstPtr { raw: self.raw, kind: PhantomData }
    }
}

impl<N: AstNode> PartialEq for AstPtr<N> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<N: AstNode> Eq for AstPtr<N> {}

impl<N: AstNode> Hash for AstPtr<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<N: AstNode> std::fmt::Debug for AstPtr<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.raw.fmt(f)
    }
}
