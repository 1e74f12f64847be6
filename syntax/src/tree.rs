//! From events to the rowan tree.
//!
//! White space and comments go to the innermost node around them, save that the comments directly above a
//! declaration belong to it: they are its documentation (1.3).

use rowan::{GreenNode, GreenNodeData, GreenToken, GreenTokenData, NodeOrToken};
use rustc_hash::FxHasher;
use std::hash::Hasher;

use crate::SyntaxKind;
use crate::input::Input;
use crate::parser::Event;

type GreenElement = NodeOrToken<GreenNode, GreenToken>;

/// Builds the tree. The events must describe one node.
pub(crate) fn build(input: &Input<'_>, events: Vec<Event>) -> GreenNode {
    let slots = input.raw_kinds.len().next_power_of_two().clamp(16, MOST_SLOTS);
    let mut builder = Builder {
        input,
        raw: 0,
        children: Vec::with_capacity(256),
        parents: Vec::with_capacity(64),
        fixed: std::array::from_fn(|_| None),
        tokens: vec![None; slots].into_boxed_slice(),
        nodes: vec![None; slots].into_boxed_slice(),
    };
    builder.run(events);
    builder.finish()
}

/// How many tokens, and how many nodes, are remembered to be used again. A power of two.
const MOST_SLOTS: usize = 1 << 13;
/// Nodes with more children are hardly ever equal.
const MOST_CHILDREN: usize = 3;

struct Builder<'i, 't> {
    input: &'i Input<'t>,
    /// The next token, trivia included.
    raw: usize,
    children: Vec<GreenElement>,
    /// Open nodes and where their children begin.
    parents: Vec<(SyntaxKind, usize)>,
    /// Tokens whose kind determines their text exist once.
    fixed: [Option<GreenToken>; SyntaxKind::TOKENS],
    /// Recent other tokens, by a hash of their text. Equal tokens and small nodes are the same: that is faster
    /// than to make them anew, and takes less memory.
    tokens: Box<[Option<GreenToken>]>,
    /// Recent small nodes, by a hash of the addresses of their children.
    nodes: Box<[Option<GreenNode>]>,
}

impl Builder<'_, '_> {
    fn run(&mut self, mut events: Vec<Event>) {
        let mut starts = Vec::new();
        for at in 0..events.len() {
            match events[at] {
                Event::TOKEN => {
                    self.trivia(usize::MAX);
                    self.token();
                }
                Event::FINISH => self.finish_node(),
                Event::NOTHING => {}
                start => {
                    // The node and those that were put around it later, outermost last.
                    let (kind, mut parent) = start.as_start();
                    starts.push(kind);
                    let mut from = at;
                    while parent != 0 {
                        from += parent as usize;
                        let (kind, next) = events[from].as_start();
                        starts.push(kind);
                        parent = next;
                        events[from] = Event::NOTHING;
                    }
                    while let Some(kind) = starts.pop() {
                        self.start(kind);
                    }
                }
            }
        }
    }

    fn start(&mut self, kind: SyntaxKind) {
        // The root takes everything.
        if !self.parents.is_empty() {
            let end = match may_have_documentation(kind) {
                true => self.documentation(),
                false => usize::MAX,
            };
            self.trivia(end);
        }
        self.parents.push((kind, self.children.len()));
    }

    fn finish_node(&mut self) {
        if self.parents.len() == 1 {
            self.trivia(usize::MAX);
        }
        if let Some((kind, first)) = self.parents.pop() {
            let node = match self.children.len() - first {
                1..=MOST_CHILDREN => self.intern_node(kind, first),
                _ => GreenNode::new(kind.into(), self.children.drain(first..)),
            };
            self.children.push(NodeOrToken::Node(node));
        }
    }

    fn finish(mut self) -> GreenNode {
        match self.children.pop() {
            Some(NodeOrToken::Node(root)) if self.children.is_empty() => root,
            _ => unreachable!("the events describe one node"),
        }
    }

    /// Trivia up to the next token of the grammar, or up to the token `end`.
    fn trivia(&mut self, end: usize) {
        while self.raw < end && self.raw < self.input.raw_kinds.len() && self.is_unseen(self.raw) {
            self.token();
        }
    }

    /// Whether the grammar does not see this token: trivia, and marks that the lexer has put aside.
    fn is_unseen(&self, raw: usize) -> bool {
        let kind = self.input.raw_kinds[raw];
        kind.is_trivia() || self.input.is_put_aside(raw)
    }

    /// Where the comments begin that stand directly above the next token of the grammar.
    fn documentation(&self) -> usize {
        let mut end = self.raw;
        let mut begin = None;
        while end < self.input.raw_kinds.len() && self.is_unseen(end) {
            match self.input.raw_kinds[end] {
                SyntaxKind::WHITESPACE => {
                    let range = self.input.raw_range(end);
                    let text =
                        &self.input.text.as_bytes()[usize::from(range.start())..usize::from(range.end())];
                    let lines = text.iter().filter(|b| **b == b'\n').count();
                    // A blank line parts a comment from what follows; and a comment behind code is the code's.
                    if lines > 1 {
                        begin = None;
                    }
                }
                SyntaxKind::COMMENT | SyntaxKind::BLOCK_COMMENT => {
                    let first_on_line = end == 0
                        || self.input.raw_kinds[end - 1] == SyntaxKind::WHITESPACE && {
                            let range = self.input.raw_range(end - 1);
                            end == 1 || self.input.text[range].contains('\n')
                        };
                    if begin.is_none() && first_on_line {
                        begin = Some(end);
                    }
                }
                _ => begin = None,
            }
            end += 1;
        }
        begin.unwrap_or(end)
    }

    fn token(&mut self) {
        let kind = self.input.raw_kinds[self.raw];
        let range = self.input.raw_range(self.raw);
        let text = &self.input.text[range];
        self.raw += 1;
        let token = match kind.is_punct() || kind.is_keyword() {
            true => {
                self.fixed[kind as usize].get_or_insert_with(|| GreenToken::new(kind.into(), text)).clone()
            }
            false => self.intern_token(kind, text),
        };
        self.children.push(NodeOrToken::Token(token));
    }

    /// The node with the last children, which are taken away.
    fn intern_node(&mut self, kind: SyntaxKind, first: usize) -> GreenNode {
        let mut hasher = FxHasher::default();
        hasher.write_u16(kind as u16);
        for child in &self.children[first..] {
            hasher.write_usize(address(borrowed(child)));
        }
        let slot = (hasher.finish() >> 32) as usize & (self.nodes.len() - 1);
        if let Some(known) = &self.nodes[slot]
            && known.kind() == kind.into()
            && known.children().len() == self.children.len() - first
            && known.children().zip(&self.children[first..]).all(|(a, b)| address(a) == address(borrowed(b)))
        {
            let node = known.clone();
            self.children.truncate(first);
            return node;
        }
        let node = GreenNode::new(kind.into(), self.children.drain(first..));
        self.nodes[slot] = Some(node.clone());
        node
    }

    fn intern_token(&mut self, kind: SyntaxKind, text: &str) -> GreenToken {
        if text.len() > 32 {
            return GreenToken::new(kind.into(), text);
        }
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let slot = (hasher.finish() >> 32) as usize & (self.tokens.len() - 1);
        let slot = &mut self.tokens[slot];
        match slot {
            Some(token) if token.kind() == kind.into() && token.text() == text => token.clone(),
            _ => slot.insert(GreenToken::new(kind.into(), text)).clone(),
        }
    }
}

fn borrowed(element: &GreenElement) -> NodeOrToken<&GreenNodeData, &GreenTokenData> {
    match element {
        NodeOrToken::Node(node) => NodeOrToken::Node(node),
        NodeOrToken::Token(token) => NodeOrToken::Token(token),
    }
}

fn address(element: NodeOrToken<&GreenNodeData, &GreenTokenData>) -> usize {
    match element {
        NodeOrToken::Node(node) => std::ptr::from_ref(node).cast::<()>().addr(),
        NodeOrToken::Token(token) => std::ptr::from_ref(token).cast::<()>().addr(),
    }
}

fn may_have_documentation(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::MOD_DECL
            | SyntaxKind::USE
            | SyntaxKind::CLASS
            | SyntaxKind::ENUM
            | SyntaxKind::SUP
            | SyntaxKind::FUNCTION
            | SyntaxKind::ATTRIBUTE
            | SyntaxKind::ENUM_MEMBER
    )
}
