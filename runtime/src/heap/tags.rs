//! Lists of provenance tags (5.5), shared between blocks.

use crate::AllocError;

/// All lists that ever occurred, as a tree: a list is a node, its rest is the parent. Pushing finds
/// or makes a child, popping is a step to the parent, and a block needs four bytes for its list.
///
/// A program has as many nodes as it has different chains of forwarding allocators, not more.
pub struct TagLists {
    nodes: Vec<Node>,
}

struct Node {
    tag: u32,
    parent: u32,
    first_child: u32,
    next_sibling: u32,
}

impl TagLists {
    /// The list without tags.
    pub const EMPTY: u32 = 0;

    pub fn new() -> TagLists {
        TagLists { nodes: vec![Node { tag: 0, parent: 0, first_child: 0, next_sibling: 0 }] }
    }

    /// The top tag of a list.
    #[inline]
    pub fn top(&self, list: u32) -> Option<u32> {
        if list == Self::EMPTY { None } else { self.nodes.get(list as usize).map(|node| node.tag) }
    }

    /// The list without its top tag.
    #[inline]
    pub fn rest(&self, list: u32) -> u32 {
        self.nodes.get(list as usize).map_or(Self::EMPTY, |node| node.parent)
    }

    /// The list with one more tag on top.
    pub fn push(&mut self, list: u32, tag: u32) -> Result<u32, AllocError> {
        let mut child = self.nodes.get(list as usize).map_or(0, |node| node.first_child);
        while child != 0 {
            let node = &self.nodes[child as usize];
            if node.tag == tag {
                return Ok(child);
            }
            child = node.next_sibling;
        }
        let new = self.nodes.len();
        if new > MAX_LISTS {
            return Err(AllocError::Overflow);
        }
        let parent = &mut self.nodes[list as usize];
        let next_sibling = std::mem::replace(&mut parent.first_child, new as u32);
        self.nodes.push(Node { tag, parent: list, first_child: 0, next_sibling });
        Ok(new as u32)
    }
}

/// Bounds the tree for a program that pushes without end.
const MAX_LISTS: usize = 1 << 20;
