//! The primitives of the library that are not instructions of their own.

use crate::machine::{Code, EMPTY_TEXT, Exit, Host, Machine};
use crate::num::{Words, mix, order_member};
use crate::op::{Builtin, Op};
use crate::support::PRINTING;
use crate::word::num::INT;
use crate::word::{Pointer, Region, array, state, text};
use runtime::{AllocError, AllocatorId, Handle};

/// Words in front of a function value's object.
const BOX_HEADER: usize = 2;

/// Words of a block that count as work at most: the system hands out larger ones without touching them.
const ZEROED: usize = 1 << 17;

/// Largest number of slots of an array.
const MAX_SLOTS: u64 = 1 << 40;

impl Machine {
    /// Runs a builtin. Those with `Operands` behind them move `pc` past these.
    pub(crate) fn builtin(
        &mut self,
        code: &Code,
        host: &mut dyn Host,
        builtin: Builtin,
        [a, b, c]: [u16; 3],
    ) -> Result<(), Exit> {
        if let Builtin::StrLen | Builtin::StrFind | Builtin::StrEq | Builtin::StrCmp | Builtin::StrHash =
            builtin
        {
            self.debt += self.str_header(self.pointer(b))[text::LENGTH] as usize;
        }
        match builtin {
            Builtin::Print => self.print(code, host, a)?,
            Builtin::StrLen => {
                let count = self.text_at(code, b).chars().count();
                self.set_number(a, [INT, count as u64]);
            }
            Builtin::StrFind => {
                let text = self.text_at(code, b);
                let found = text.find(self.text_at(code, c)).map(|at| text[..at].chars().count());
                match found {
                    Some(at) => {
                        self.set_slot(a, state::PASS);
                        self.set_number(a + 1, [INT, at as u64]);
                    }
                    None => self.set_slot(a, state::FAIL),
                }
            }
            Builtin::StrSlice => {
                let bounds = [self.number(c), self.number(c + 2)].map(|bound| self.bigs.to_integer(bound));
                let [Some(from), Some(to)] = bounds else {
                    return Err(Exit::Panic("the bounds of a slice are integers".to_owned()));
                };
                let clamp = |bound: num_bigint::BigInt| match u32::try_from(&bound) {
                    Ok(small) => small as usize,
                    Err(_) if bound.sign() == num_bigint::Sign::Minus => 0,
                    Err(_) => usize::MAX,
                };
                let (from, to) = (clamp(from), clamp(to));
                let part: String =
                    self.text_at(code, b).chars().skip(from).take(to.saturating_sub(from)).collect();
                self.debt += from.min(self.text_at(code, b).len());
                self.put_text(a, &part)?;
            }
            Builtin::StrClone => {
                let header = self.str_header(self.pointer(b));
                if header[text::CAPACITY] == 0 {
                    self.set_text(a, header);
                } else {
                    let copy = self.text(code, header).to_owned();
                    self.put_text(a, &copy)?;
                }
            }
            Builtin::StrAdd => {
                let right = self.header_in(c);
                let added = self.copied_text(code, right);
                self.append(code, Pointer::stack(self.base + b as usize), added.bytes(), self.pc)?;
                self.drop_text(right, self.pc);
                let joined = self.header_in(b);
                self.set_text(a, joined);
            }
            Builtin::StrAddAssign => {
                let right = self.header_in(b);
                let added = self.copied_text(code, right);
                self.append(code, self.pointer(a), added.bytes(), self.pc)?;
                self.drop_text(right, self.pc);
            }
            Builtin::StrEq => {
                let equal = self.text_at(code, b) == self.text_at(code, c);
                self.set_slot(a, u64::from(equal));
            }
            Builtin::StrCmp => {
                let order = self.text_at(code, b).cmp(self.text_at(code, c));
                self.set_slot(a, order_member(order));
            }
            Builtin::StrHash => {
                let hash = hash_text(self.text_at(code, b));
                self.set_number(a, [INT, hash as u64]);
            }
            Builtin::NumToStr => {
                let mut shown = String::new();
                self.bigs.print(self.number(b), &mut shown);
                self.debt += shown.len() * PRINTING;
                self.put_text(a, &shown)?;
            }
            Builtin::NumParse => {
                let text = self.text(code, self.header_in(b)).to_owned();
                let value = self.bigs.parse(&text).unwrap_or([INT, 0]);
                self.account_numbers()?;
                self.set_number(a, value);
                self.maybe_sweep();
            }
            Builtin::NumIsInteger => {
                let truth = self.bigs.is_integer(self.number(b));
                self.set_slot(a, u64::from(truth));
            }
            Builtin::NumAbs => {
                let value = self.number(b);
                let result = self.bigs.abs(value);
                self.account_numbers()?;
                self.set_number(a, result);
                self.maybe_sweep();
            }
            Builtin::NumBitNot => {
                let value = self.number(b);
                let result = self.bigs.bit_not(value).map_err(|message| Exit::Panic(message.to_owned()))?;
                self.account_numbers()?;
                self.set_number(a, result);
                self.maybe_sweep();
            }
            Builtin::RegexMatches => {
                let regex = (self.slot(b) as usize).wrapping_sub(1);
                let matches = match code.regexes.get(regex) {
                    Some(Ok(regex)) => regex.is_match(self.text_at(code, c)),
                    Some(Err(message)) => return Err(Exit::Panic(message.clone())),
                    None => false,
                };
                self.set_slot(a, u64::from(matches));
            }
            Builtin::Alloc => self.alloc(code, a, b, c)?,
            Builtin::ReallocKeep => {
                let length = self.slot(b + 1);
                // A size that is none cuts nothing off: the failure drops everything.
                let keep = self.size(self.number(c)).map_or(length, |size| size.min(length));
                self.set_slot(a, keep);
            }
            Builtin::Realloc => self.realloc(code, a, b)?,
            Builtin::FreeBlock => {
                let word = self.read(self.pointer(a), array::BLOCK);
                self.free_block(word);
            }
            Builtin::FillZero => {
                let shape = code.shapes[c as usize];
                let header = self.pointer(a);
                let (word, length) =
                    (self.read(header, array::BLOCK), self.read(header, array::LENGTH) as usize);
                let start = self.base + b as usize;
                let zero: Vec<u64> =
                    self.stack.words().get(start..start + shape.words as usize).unwrap_or(&[]).to_vec();
                self.debt += length * zero.len() * 8;
                let block = self.block_mut(word);
                for slot in 0..length {
                    if let Some(place) = block.get_mut(slot * zero.len()..(slot + 1) * zero.len()) {
                        place.copy_from_slice(&zero);
                    }
                    shape.mark(block, length, slot, true);
                }
            }
            Builtin::Tally => {
                let key = self.operands(code).map_or(0, |(shape, _)| u32::from(shape));
                let (Some(slot), Some(delta)) =
                    (self.bigs.to_small(self.number(b)), self.bigs.to_small(self.number(c)))
                else {
                    return Err(Exit::Panic("an account holds integers".to_owned()));
                };
                let balance = self.tallies.entry((key, slot)).or_insert(0);
                *balance = balance.saturating_add(delta);
                let balance = *balance;
                self.set_number(a, [INT, balance as u64]);
            }
            Builtin::TagEnter => {
                let word = self.read(self.pointer(b), array::BLOCK);
                let accepted = self.pop_tag(word, u32::from(c));
                self.set_slot(a, u64::from(accepted));
            }
            Builtin::TagLeave => self.tag_leave(a, b, u32::from(c))?,
            Builtin::Releaser => {
                let word = self.read(self.pointer(b), array::BLOCK);
                let releaser = self.releaser(word);
                self.set_slot(a, releaser);
            }
            Builtin::CheckRelease => {
                if self.slot(a) == state::FAIL {
                    let message = self.text(code, self.header_in(a + 3)).to_owned();
                    return Err(Exit::Panic(format!("an array could not be released: {message}")));
                }
            }
            Builtin::AllocFailure => {
                let error = match b {
                    75 => AllocError::Overflow,
                    12 => AllocError::OutOfMemory,
                    _ => AllocError::ForeignBlock,
                };
                self.put_alloc_failure(code, a, error);
            }
            Builtin::IsClass => {
                let tag = self.slot(b) as usize;
                let set = code.class_sets.get(c as usize);
                let is = set.and_then(|set| set.get(tag)).copied().unwrap_or(false);
                self.set_slot(a, u64::from(is));
            }
            Builtin::BoxWords => {
                let (from, count) = (self.base + b as usize, c as usize);
                let handle = self
                    .plain
                    .alloc_words(AllocatorId::GLOBAL, count, self.pc)
                    .map_err(crate::machine::no_memory)?;
                let words: Vec<u64> = self.stack.words().get(from..from + count).unwrap_or(&[]).to_vec();
                if let Some(block) = self.plain.words_mut(handle) {
                    block.copy_from_slice(&words);
                }
                self.set_slot(a, Pointer::plain(handle.index(), BOX_HEADER).0);
            }
            Builtin::BoxHeader => {
                if let Region::Plain { block, word } = self.pointer(b).region() {
                    self.set_slot(a, Pointer::plain(block, word - BOX_HEADER.min(word)).0);
                }
            }
            Builtin::FreeBox => {
                if let Region::Plain { block, .. } = self.pointer(a).region()
                    && let Some(handle) = self.plain.handle_at(block)
                {
                    // Whatever is there was made by `BoxWords`.
                    let _ = self.plain.free(handle, self.pc);
                }
            }
            Builtin::LessOne => {
                let word = self.slot(b);
                self.set_slot(a, word.wrapping_sub(1));
            }
        }
        Ok(())
    }

    fn print(&mut self, code: &Code, host: &mut dyn Host, a: u16) -> Result<(), Exit> {
        let text = self.text(code, self.str_header(self.pointer(a)));
        let bytes = text.len() as u64 + 1;
        host.print(text);
        self.printed += bytes;
        if self.printed > self.limits.max_output {
            return Err(Exit::Limit(format!("the program printed {} bytes", self.printed)));
        }
        Ok(())
    }

    fn pointer(&self, slot: u16) -> Pointer {
        Pointer(self.slot(slot))
    }

    fn text_at<'a>(&'a self, code: &'a Code, slot: u16) -> &'a str {
        self.text(code, self.str_header(self.pointer(slot)))
    }

    fn header_in(&self, slot: u16) -> [u64; 3] {
        [self.slot(slot), self.slot(slot + 1), self.slot(slot + 2)]
    }

    fn set_text(&mut self, slot: u16, header: [u64; 3]) {
        for (at, word) in header.into_iter().enumerate() {
            self.set_slot(slot + at as u16, word);
        }
    }

    fn put_text(&mut self, slot: u16, content: &str) -> Result<(), Exit> {
        let header = self.new_text(content, self.pc)?;
        self.set_text(slot, header);
        Ok(())
    }

    /// The `Operands` behind the current instruction; goes past them.
    fn operands(&mut self, code: &Code) -> Option<(u16, u16)> {
        match code.ops.get(self.pc as usize) {
            Some(&Op::Operands { shape, slot, .. }) => {
                self.pc += 1;
                Some((shape, slot))
            }
            _ => None,
        }
    }

    /// A10: a number of slots.
    fn size(&self, size: Words) -> Result<u64, AllocError> {
        if !self.bigs.is_integer(size) {
            return Err(AllocError::BadSize);
        }
        match self.bigs.to_small(size) {
            Some(small) if small < 0 => Err(AllocError::BadSize),
            Some(small) if small as u64 <= MAX_SLOTS => Ok(small as u64),
            Some(_) => Err(AllocError::Overflow),
            None if self.bigs.to_float(size) < 0.0 => Err(AllocError::BadSize),
            None => Err(AllocError::Overflow),
        }
    }

    fn put_alloc_failure(&mut self, code: &Code, ret: u16, error: AllocError) {
        self.set_slot(ret, state::FAIL);
        self.set_number(ret + 1, [INT, error.code() as u64]);
        // The message is static text, so reporting that memory ran out needs none.
        let message = code.alloc_messages.iter().find(|(known, _)| *known == error);
        let (source, length) = message.map_or((EMPTY_TEXT, 0), |(_, literal)| {
            let length = code.literals.get(*literal as usize).map_or(0, |literal| literal.len());
            (u64::from(*literal) + 1, length as u64)
        });
        self.set_text(ret + 3, [source, length, 0]);
    }

    fn alloc(&mut self, code: &Code, ret: u16, size: u16, shape: u16) -> Result<(), Exit> {
        let shape = code.shapes[shape as usize];
        let made = self.size(self.number(size)).and_then(|slots| {
            let words = shape.block_words(slots as usize).ok_or(AllocError::Overflow)?;
            self.debt = self.debt.saturating_add(words.min(ZEROED));
            let handle = self.heap.alloc_words(AllocatorId::GLOBAL, words, self.pc)?;
            Ok((slots, handle))
        });
        match made {
            Ok((slots, handle)) => {
                self.set_slot(ret, state::PASS);
                self.set_slot(ret + 1, handle.to_bits());
                self.set_slot(ret + 2, slots);
            }
            Err(error) => self.put_alloc_failure(code, ret, error),
        }
        Ok(())
    }

    fn realloc(&mut self, code: &Code, ret: u16, arr: u16) -> Result<(), Exit> {
        let Some((shape, size)) = self.operands(code) else { return Ok(()) };
        let shape = code.shapes[shape as usize];
        let (word, old) = (self.slot(arr), self.slot(arr + 1) as usize);
        let done = self.size(self.number(size)).and_then(|slots| {
            let slots = slots as usize;
            let words = shape.block_words(slots).ok_or(AllocError::Overflow)?;
            let Some((handle, false)) = Machine::block_of(word) else { return Err(AllocError::ForeignBlock) };
            let kept = slots.min(old);
            let occupied: Vec<bool> = match shape.niche {
                true => Vec::new(),
                false => {
                    let block = self.heap.words(handle).unwrap_or(&[]);
                    (0..kept).map(|slot| shape.is_occupied(block, old, slot)).collect()
                }
            };
            self.heap.realloc_words(handle, words, self.pc)?;
            if !shape.niche {
                // The bits stand behind the elements, so they move when the length changes.
                let block = self.heap.words_mut(handle).unwrap_or(&mut []);
                if let Some(rest) = block.get_mut(kept * shape.words as usize..) {
                    rest.fill(0);
                }
                for (slot, occupied) in occupied.into_iter().enumerate() {
                    shape.mark(block, slots, slot, occupied);
                }
            }
            Ok((slots, handle))
        });
        match done {
            Ok((slots, handle)) => {
                self.set_slot(ret, state::PASS);
                self.set_slot(ret + 1, handle.to_bits());
                self.set_slot(ret + 2, slots as u64);
            }
            Err(error) => self.put_alloc_failure(code, ret, error),
        }
        Ok(())
    }

    /// A45: whether the array came from allocator `tag`, whose tag is popped then.
    fn pop_tag(&mut self, word: u64, tag: u32) -> bool {
        let Some((handle, false)) = Machine::block_of(word) else { return false };
        let Some(id) = self.allocator_id(tag) else { return false };
        if self.heap.pop_tag(handle, id).is_err() {
            return false;
        }
        let bytes = self.heap.info(handle).map_or(0, |info| info.bytes as u64);
        if id != AllocatorId::GLOBAL
            && let Some(stats) = self.heap.stats_mut(id)
        {
            stats.on_free(bytes);
        }
        true
    }

    /// What happens when a method of an allocator passes an array (5.5, A52).
    fn tag_leave(&mut self, ret: u16, size: u16, tag: u32) -> Result<(), Exit> {
        let Some(id) = self.allocator_id(tag) else { return Ok(()) };
        if self.slot(ret) != state::PASS {
            if id != AllocatorId::GLOBAL
                && let Some(stats) = self.heap.stats_mut(id)
            {
                stats.on_fail();
            }
            return Ok(());
        }
        let (word, length) = (self.slot(ret + 1), self.slot(ret + 2));
        let wanted = self.bigs.to_small(self.number(size));
        if wanted != i64::try_from(length).ok() {
            self.free_block(word);
            let name = self.heap.name(id).to_owned();
            return Err(Exit::Panic(format!(
                "`{name}` broke its contract: it passed an array of {length} slots where {} were asked for",
                wanted.unwrap_or_default()
            )));
        }
        let Some((handle, false)) = Machine::block_of(word) else { return Ok(()) };
        if self.heap.top_tag(handle) != Some(id) {
            self.heap.push_tag(handle, id).map_err(crate::machine::no_memory)?;
            let bytes = self.heap.info(handle).map_or(0, |info| info.bytes as u64);
            if id != AllocatorId::GLOBAL
                && let Some(stats) = self.heap.stats_mut(id)
            {
                stats.on_alloc(bytes);
            }
        }
        Ok(())
    }

    /// A44: see [`Builtin::Releaser`].
    fn releaser(&self, word: u64) -> u64 {
        match Machine::block_of(word) {
            None => 0,
            Some((_, true)) => 1,
            Some((handle, false)) => self.releaser_of(handle),
        }
    }

    fn releaser_of(&self, handle: Handle) -> u64 {
        match self.heap.top_tag(handle) {
            None | Some(AllocatorId::GLOBAL) => 1,
            Some(tag) => match self.releasers.get(&(tag.index() as u32)) {
                Some(function) => u64::from(*function) + 2,
                None => 1,
            },
        }
    }

    fn allocator_id(&self, tag: u32) -> Option<AllocatorId> {
        self.heap.allocators().map(|(id, ..)| id).find(|id| id.index() as u32 == tag)
    }
}

/// Equal texts have equal hashes; not negative.
fn hash_text(text: &str) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut words = text.as_bytes().chunks_exact(8);
    for word in &mut words {
        hash = mix(hash ^ u64::from_le_bytes(word.try_into().unwrap_or_default()));
    }
    for &byte in words.remainder() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (mix(hash ^ text.len() as u64) >> 16) as i64
}
