//! Where an array came from (5.5).

/// Stands for one allocator type, arguments included. Whoever uses it chooses the numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tag(pub u32);

/// The tags of one array, the allocator that passed it last on top. Four fit without memory of their
/// own.
#[derive(Clone, Default, Debug)]
pub struct Tags {
    few: [u32; FEW],
    len: usize,
    /// The tags above the first four.
    more: Vec<u32>,
}

const FEW: usize = 4;

impl Tags {
    /// The allocator that the array must go back to; `None` for a plain array.
    pub fn top(&self) -> Option<Tag> {
        let last = self.len.checked_sub(1)?;
        self.few.get(last).or_else(|| self.more.last()).copied().map(Tag)
    }

    /// Number of tags.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the array is plain.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All tags, the first allocator first.
    pub fn to_vec(&self) -> Vec<Tag> {
        let few = self.few.iter().take(self.len);
        few.chain(&self.more).copied().map(Tag).collect()
    }

    pub(super) fn push(&mut self, tag: Tag) {
        match self.few.get_mut(self.len) {
            Some(place) => *place = tag.0,
            None => self.more.push(tag.0),
        }
        self.len += 1;
    }

    pub(super) fn pop(&mut self) {
        if self.len > FEW {
            self.more.pop();
        }
        self.len = self.len.saturating_sub(1);
    }
}
