//! The state of a running program.

use crate::num::Bigs;
use crate::op::{FuncIndex, Op};
use crate::word::{Pair, Pointer, Region, array, num, text};
use runtime::{AllocError, AllocatorId, FrameStack, Growth, Handle, Hardening, Heap, StackConfig};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Words that an instruction can name from the base of its frame.
pub const WINDOW: usize = 1 << 16;

/// Words in front of a frame: the return token and the link to the caller.
pub const HEADER: usize = runtime::FRAME_HEADER / 8;

/// Everything compiled so far. Functions are compiled when they are first called.
#[derive(Default)]
pub struct Code {
    pub ops: Vec<Op>,
    /// Of each instruction: whether it belongs to glue.
    pub glue: Vec<bool>,
    pub functions: Vec<Function>,
    pub constants: Vec<u64>,
    pub literals: Vec<Arc<str>>,
    pub shapes: Vec<Shape>,
    /// Overrides by class tag; 0 where a class has none, else a function's position plus one.
    pub tables: Vec<Vec<u32>>,
    /// For each class table: whether a class tag is among the classes.
    pub class_sets: Vec<Vec<bool>>,
    /// Literals with the messages of failed allocations.
    pub alloc_messages: Vec<(AllocError, u32)>,
    /// Literals with the messages of other failures.
    pub failure_messages: Vec<(&'static str, u32)>,
    pub regexes: Vec<Result<regex::Regex, String>>,
    /// Slots that instructions for a trace tell of.
    pub traced: Vec<Traced>,
    /// First instruction of each stretch of code and the place in the program that it comes from, sorted.
    pub sites: Vec<(u32, Site)>,
}

/// A place in the program: which function, and a range relative to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Site {
    pub function: FuncIndex,
    pub start: u32,
    pub end: u32,
}

/// A slot of a frame, as the trace tells of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traced {
    /// For people: name and type.
    pub what: Arc<str>,
    /// Position in the MIR.
    pub slot: u32,
    /// First word from the base of the frame; `None` for a value behind a borrow.
    pub word: Option<u32>,
    pub words: u32,
}

pub struct Function {
    /// For people: `src.main.load`.
    pub name: Arc<str>,
    /// First instruction, or [`NOT_COMPILED`].
    pub entry: u32,
    /// Size of a frame in words, the evaluator's own temporaries included.
    pub words: u32,
    /// Size of the frame that `frames` shows, in bytes.
    pub frame_bytes: u32,
    /// Words of the arguments at the start of the frame.
    pub argument_words: u32,
    /// For a coroutine: where to go when a generator is dropped before it was started.
    pub abandon: u32,
    /// Code that no function of the program is: drops and adapters.
    pub is_glue: bool,
}

pub const NOT_COMPILED: u32 = u32::MAX;

/// How the elements of an array lie in its block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    /// Words of one element.
    pub words: u32,
    /// The first word of an element is never 0, so a slot whose first word is 0 is vacant. Otherwise one bit per slot
    /// stands behind the elements.
    pub niche: bool,
}

impl Shape {
    /// Words of a block with `slots` slots; `None` if there is no such block.
    #[inline(always)]
    pub fn block_words(self, slots: usize) -> Option<usize> {
        let elements = slots.checked_mul(self.words as usize)?;
        if self.niche { Some(elements) } else { elements.checked_add(slots.div_ceil(64)) }
    }

    #[inline(always)]
    pub fn is_occupied(self, block: &[u64], slots: usize, slot: usize) -> bool {
        let words = self.words as usize;
        if self.niche {
            block.get(slot * words).is_some_and(|&first| first != 0)
        } else {
            block.get(slots * words + slot / 64).is_some_and(|&bits| bits >> (slot % 64) & 1 != 0)
        }
    }

    /// Marks a slot; for a niche the first word says it, which is cleared here when the slot becomes vacant.
    #[inline(always)]
    pub fn mark(self, block: &mut [u64], slots: usize, slot: usize, occupied: bool) {
        let words = self.words as usize;
        if self.niche {
            if !occupied && let Some(first) = block.get_mut(slot * words) {
                *first = 0;
            }
        } else if let Some(bits) = block.get_mut(slots * words + slot / 64) {
            let bit = 1 << (slot % 64);
            *bits = if occupied { *bits | bit } else { *bits & !bit };
        }
    }
}

/// What a run may use.
#[derive(Clone, Debug)]
pub struct Limits {
    pub max_steps: u64,
    pub max_heap: u64,
    /// Bytes of frames.
    pub max_stack: usize,
    /// Bytes of output; a program that prints more has run away.
    pub max_output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_steps: u64::MAX, max_heap: 1 << 30, max_stack: 64 << 20, max_output: 64 << 20 }
    }
}

/// A generator's object (S11).
pub struct Generator {
    pub function: FuncIndex,
    /// Its frame while it is not running.
    pub frame: Vec<u64>,
    pub state: GeneratorState,
    /// Where its frame stands on the stack while it runs.
    pub base: usize,
    /// Where what `next` sends goes.
    pub resume: u16,
    /// What it returned.
    pub result: Vec<u64>,
    pub mode: crate::op::ResumeMode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GeneratorState {
    Fresh,
    /// Goes on at this instruction; the one before it is its `Abandon`.
    Suspended(u32),
    Running,
    Finished,
    /// The object is gone; its entry can be used again.
    Free,
}

/// Why the machine stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Exit {
    /// `main` returned; its result is behind the base of the stack.
    Done,
    /// This function has to be compiled; then go on.
    Compile(FuncIndex),
    /// Few steps took long, because they worked on much: ask the host, then go on.
    Pause,
    Panic(String),
    /// Steps, time or output.
    Limit(String),
    ShadowMismatch(String),
}

/// Where output goes, and whether to go on.
pub trait Host {
    /// A line that the program printed, without its line end.
    fn print(&mut self, line: &str);
    /// Asked now and then; `true` ends the run (time limit, cancellation).
    fn interrupted(&mut self) -> bool {
        false
    }
}

pub struct Machine {
    pub stack: FrameStack,
    pub heap: Heap,
    /// Plain blocks (S8): not the program's heap, so not in its statistics.
    pub plain: Heap,
    pub bigs: Bigs,
    pub generators: Vec<Generator>,
    /// Those that are running, innermost last.
    pub running: Vec<u32>,
    pub free_generators: Vec<u32>,
    pub pc: u32,
    pub base: usize,
    pub counters: Counters,
    pub limits: Limits,
    /// Steps until the host is asked again.
    pub fuel: u32,
    /// Words above which counted frames may not reach; grows with what continuations take.
    pub stack_limit: usize,
    pub tracer: crate::trace::Tracer,
    pub tallies: FxHashMap<(u32, i64), i64>,
    pub printed: u64,
    /// Bytes that single steps worked on since the host was asked.
    pub debt: usize,
    /// How many of the compiler's allocators the heap has names for.
    pub allocators_known: usize,
    /// Allocators whose `dealloc` is a function of the program, by number.
    pub releasers: FxHashMap<u32, FuncIndex>,
}

/// What was counted for the report.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counters {
    /// Calls, returns to loop heads and resumptions.
    pub steps: u64,
    /// Frames that were pushed for something that is not a call of the program.
    pub uncounted: u64,
    pub depth: u64,
    pub max_depth: u64,
}

/// Steps between two questions to the host.
pub const FUEL: u32 = 1 << 14;

/// Bytes that may be worked on between two questions to the host.
pub const ALLOWANCE: usize = 1 << 25;

/// Memory reserved for the continuations of recursions (F12), behind that for frames that count. Only what is used is
/// backed by memory.
const CONTINUATIONS: usize = 2 << 30;

impl Machine {
    pub fn new(limits: Limits) -> Result<Machine, AllocError> {
        let reserved = limits.max_stack.min(CONTINUATIONS) + CONTINUATIONS;
        let stack = FrameStack::new(StackConfig {
            max_bytes: reserved,
            max_depth: reserved / 32,
            growth: Growth::Doubling { initial: 1 << 20 },
            hardening: Hardening::Guarded,
            slack: WINDOW * 8,
        })?;
        let mut heap = Heap::new();
        heap.set_limit(limits.max_heap);
        Ok(Machine {
            stack,
            heap,
            plain: Heap::new(),
            bigs: Bigs::default(),
            generators: Vec::new(),
            running: Vec::new(),
            free_generators: Vec::new(),
            pc: 0,
            base: 0,
            counters: Counters::default(),
            stack_limit: limits.max_stack / 8,
            limits,
            fuel: FUEL,
            tracer: crate::trace::Tracer::default(),
            tallies: FxHashMap::default(),
            printed: 0,
            debt: 0,
            allocators_known: 0,
            releasers: FxHashMap::default(),
        })
    }

    /// Pushes the frame of the first function; its arguments are to be written to [`Machine::base`] on.
    pub fn start(&mut self, code: &Code, function: FuncIndex) -> Result<(), Exit> {
        let callee = &code.functions[function as usize];
        let base = self
            .stack
            .push(callee.words as usize * 8, 8, RETURN_TO_HOST)
            .map_err(|overflow| Exit::Panic(overflow.to_string()))?;
        self.base = base.word();
        self.pc = callee.entry;
        self.counters.depth = 1;
        self.counters.max_depth = 1;
        Ok(())
    }

    /// The words that a borrow refers to, from there to the end of their region.
    #[inline(always)]
    pub fn at(&self, pointer: Pointer) -> &[u64] {
        match pointer.region() {
            Region::Stack { word } => self.stack.words().get(word..).unwrap_or(&[]),
            Region::Heap { block, word } => self.heap.words_at(block).get(word..).unwrap_or(&[]),
            Region::Plain { block, word } => self.plain.words_at(block).get(word..).unwrap_or(&[]),
            Region::Generator { generator, word } => match self.generators.get(generator) {
                Some(running) if running.state == GeneratorState::Running => {
                    self.stack.words().get(running.base + word..).unwrap_or(&[])
                }
                Some(resting) => resting.frame.get(word..).unwrap_or(&[]),
                None => &[],
            },
        }
    }

    /// The same, to change them.
    #[inline(always)]
    pub fn at_mut(&mut self, pointer: Pointer) -> &mut [u64] {
        match pointer.region() {
            Region::Stack { word } => self.stack.words_mut().get_mut(word..).unwrap_or(&mut []),
            Region::Heap { block, word } => self.heap.words_at_mut(block).get_mut(word..).unwrap_or(&mut []),
            Region::Plain { block, word } => {
                self.plain.words_at_mut(block).get_mut(word..).unwrap_or(&mut [])
            }
            Region::Generator { generator, word } => match self.generators.get_mut(generator) {
                Some(running) if running.state == GeneratorState::Running => {
                    self.stack.words_mut().get_mut(running.base + word..).unwrap_or(&mut [])
                }
                Some(resting) => resting.frame.get_mut(word..).unwrap_or(&mut []),
                None => &mut [],
            },
        }
    }

    /// One word behind a borrow; 0 outside of every region.
    #[inline(always)]
    pub fn read(&self, pointer: Pointer, word: usize) -> u64 {
        let pointer = pointer.offset(word);
        if let Some(word) = pointer.stack_word() {
            return self.stack.words().get(word).copied().unwrap_or(0);
        }
        if let Some((block, word)) = pointer.heap_word() {
            return self.heap.words_at(block).get(word).copied().unwrap_or(0);
        }
        self.at_rare(pointer).first().copied().unwrap_or(0)
    }

    #[inline(always)]
    pub fn write(&mut self, pointer: Pointer, word: usize, value: u64) {
        let pointer = pointer.offset(word);
        let place = if let Some(word) = pointer.stack_word() {
            self.stack.words_mut().get_mut(word)
        } else if let Some((block, word)) = pointer.heap_word() {
            self.heap.words_at_mut(block).get_mut(word)
        } else {
            self.at_rare_mut(pointer).first_mut()
        };
        if let Some(place) = place {
            *place = value;
        }
    }

    /// One word behind a borrow, in whatever region; 0 outside of every.
    #[cold]
    #[inline(never)]
    pub fn word_anywhere(&self, pointer: Pointer) -> u64 {
        self.at(pointer).first().copied().unwrap_or(0)
    }

    /// Two of them.
    #[cold]
    #[inline(never)]
    pub fn pair_anywhere(&self, pointer: Pointer) -> Pair {
        self.at(pointer).first_chunk().copied().unwrap_or([0; 2]).into()
    }

    #[cold]
    #[inline(never)]
    pub fn set_word_anywhere(&mut self, pointer: Pointer, word: u64) {
        if let Some(place) = self.at_mut(pointer).first_mut() {
            *place = word;
        }
    }

    #[cold]
    #[inline(never)]
    pub fn set_pair_anywhere(&mut self, pointer: Pointer, pair: Pair) {
        if let Some(place) = self.at_mut(pointer).first_chunk_mut() {
            *place = pair.into();
        }
    }

    /// Regions that are neither the stack nor the program's heap.
    #[inline(never)]
    fn at_rare(&self, pointer: Pointer) -> &[u64] {
        self.at(pointer)
    }

    #[inline(never)]
    fn at_rare_mut(&mut self, pointer: Pointer) -> &mut [u64] {
        self.at_mut(pointer)
    }

    /// Slot of the current frame.
    #[inline(always)]
    pub fn slot(&self, slot: u16) -> u64 {
        self.stack.words().get(self.base + slot as usize).copied().unwrap_or(0)
    }

    #[inline(always)]
    pub fn set_slot(&mut self, slot: u16, value: u64) {
        if let Some(place) = self.stack.words_mut().get_mut(self.base + slot as usize) {
            *place = value;
        }
    }

    pub fn number(&self, slot: u16) -> [u64; 2] {
        [self.slot(slot), self.slot(slot.wrapping_add(1))]
    }

    pub fn set_number(&mut self, slot: u16, [kind, payload]: [u64; 2]) {
        self.set_slot(slot, kind);
        self.set_slot(slot.wrapping_add(1), payload);
    }

    /// A number from arithmetic: sweeps the table of large ones when it has grown.
    pub fn maybe_sweep(&mut self) {
        if self.bigs.wants_sweep() {
            self.sweep();
        }
    }

    /// Drops the large numbers that nothing refers to.
    pub fn sweep(&mut self) {
        let mut swept = 0;
        let mut used = vec![false; self.bigs.len()];
        let mut scan = |words: &[u64]| {
            swept += size_of_val(words);
            for pair in words.windows(2) {
                if pair[0] == num::BIG
                    && let Some(mark) = used.get_mut(pair[1] as usize)
                {
                    *mark = true;
                }
            }
        };
        let top = (self.base + WINDOW).min(self.stack.words().len());
        scan(&self.stack.words()[..top]);
        for heap in [&self.heap, &self.plain] {
            for block in heap.live() {
                scan(heap.words(block.handle).unwrap_or(&[]));
            }
        }
        for generator in &self.generators {
            scan(&generator.frame);
            scan(&generator.result);
        }
        self.sweep_numbers(&used, swept);
    }

    /// The block that an array header's first word names, and whether it is a plain one.
    #[inline(always)]
    pub fn block_of(word: u64) -> Option<(Handle, bool)> {
        if word == array::NO_BLOCK {
            return None;
        }
        let plain = word & array::PLAIN != 0;
        Handle::from_bits(word & !array::PLAIN).map(|handle| (handle, plain))
    }

    /// Words of an array's block.
    #[inline(always)]
    pub fn block(&self, word: u64) -> &[u64] {
        match Self::block_of(word) {
            Some((handle, false)) => self.heap.words(handle).unwrap_or(&[]),
            Some((handle, true)) => self.plain.words(handle).unwrap_or(&[]),
            None => &[],
        }
    }

    #[inline(always)]
    pub fn block_mut(&mut self, word: u64) -> &mut [u64] {
        match Self::block_of(word) {
            Some((handle, false)) => self.heap.words_mut(handle).unwrap_or(&mut []),
            Some((handle, true)) => self.plain.words_mut(handle).unwrap_or(&mut []),
            None => &mut [],
        }
    }

    /// A borrow of word `at` of an array's block.
    #[inline(always)]
    pub fn block_pointer(word: u64, at: usize) -> Pointer {
        match Self::block_of(word) {
            Some((handle, false)) => Pointer::heap(handle.index(), at),
            Some((handle, true)) => Pointer::plain(handle.index(), at),
            None => Pointer::plain(0, at),
        }
    }

    /// The text of a `Str` whose header is given.
    pub fn text<'a>(&'a self, code: &'a Code, header: [u64; 3]) -> &'a str {
        std::str::from_utf8(self.text_bytes(code, header)).unwrap_or("")
    }

    /// The same as bytes.
    fn text_bytes<'a>(&'a self, code: &'a Code, header: [u64; 3]) -> &'a [u8] {
        let length = header[text::LENGTH] as usize;
        let bytes = if header[text::CAPACITY] == 0 {
            let literal = (header[text::SOURCE] as usize).wrapping_sub(1);
            code.literals.get(literal).map_or(&[][..], |literal| literal.as_bytes())
        } else {
            Handle::from_bits(header[text::SOURCE]).and_then(|handle| self.heap.bytes(handle)).unwrap_or(&[])
        };
        bytes.get(..length).unwrap_or(&[])
    }

    /// A copy of the text of a `Str`, to be appended to another.
    pub fn copied_text(&self, code: &Code, header: [u64; 3]) -> CopiedText {
        CopiedText::new(self.text_bytes(code, header))
    }

    pub fn str_header(&self, pointer: Pointer) -> [u64; 3] {
        match self.at(pointer) {
            [source, length, capacity, ..] => [*source, *length, *capacity],
            _ => [0; 3],
        }
    }

    /// A new `Str` with its own buffer; empty text needs none.
    pub fn new_text(&mut self, content: &str, site: u32) -> Result<[u64; 3], Exit> {
        self.debt += content.len();
        if content.is_empty() {
            return Ok([EMPTY_TEXT, 0, 0]);
        }
        let handle = self.heap.alloc_bytes(AllocatorId::GLOBAL, content.len(), site).map_err(no_memory)?;
        if let Some(bytes) = self.heap.bytes_mut(handle) {
            bytes.copy_from_slice(content.as_bytes());
        }
        Ok([handle.to_bits(), content.len() as u64, content.len() as u64])
    }

    /// Appends to the `Str` at `pointer`, growing its buffer to at least twice its size when it is full.
    #[inline(never)]
    pub fn append(&mut self, code: &Code, pointer: Pointer, content: &[u8], site: u32) -> Result<(), Exit> {
        if content.is_empty() {
            return Ok(());
        }
        let header = self.str_header(pointer);
        let old = header[text::LENGTH] as usize;
        let new = old + content.len();
        self.debt += content.len();
        let handle = match header[text::CAPACITY] as usize {
            0 => {
                let capacity = if old == 0 { content.len().max(16) } else { new * 2 };
                let handle = self.heap.alloc_bytes(AllocatorId::GLOBAL, capacity, site).map_err(no_memory)?;
                let literal = (header[text::SOURCE] as usize).wrapping_sub(1);
                if let Some(literal) = code.literals.get(literal)
                    && let Some(bytes) = self.heap.bytes_mut(handle)
                    && old <= literal.len()
                {
                    bytes[..old].copy_from_slice(&literal.as_bytes()[..old]);
                }
                self.write(pointer, text::SOURCE, handle.to_bits());
                self.write(pointer, text::CAPACITY, capacity as u64);
                handle
            }
            capacity => {
                let Some(handle) = Handle::from_bits(header[text::SOURCE]) else { return Ok(()) };
                if new > capacity {
                    let larger = new.max(capacity * 2);
                    self.heap.realloc_bytes(handle, larger, site).map_err(no_memory)?;
                    self.write(pointer, text::CAPACITY, larger as u64);
                }
                handle
            }
        };
        if let Some(place) = self.heap.bytes_mut(handle).and_then(|bytes| bytes.get_mut(old..new)) {
            place.copy_from_slice(content);
        }
        self.write(pointer, text::LENGTH, new as u64);
        Ok(())
    }

    /// Frees the buffer of a `Str`.
    #[inline(never)]
    pub fn drop_text(&mut self, header: [u64; 3], site: u32) {
        if header[text::CAPACITY] != 0
            && let Some(handle) = Handle::from_bits(header[text::SOURCE])
        {
            // A buffer that is gone already has nothing left to free.
            let _ = self.heap.free(handle, site);
        }
    }

    /// Makes a generator object of `frame`.
    pub fn new_generator(&mut self, function: FuncIndex, frame: Vec<u64>) -> u32 {
        let generator = Generator {
            function,
            frame,
            state: GeneratorState::Fresh,
            base: 0,
            resume: 0,
            result: Vec::new(),
            mode: crate::op::ResumeMode::Next,
        };
        match self.free_generators.pop() {
            Some(at) => {
                self.generators[at as usize] = generator;
                at
            }
            None => {
                self.generators.push(generator);
                self.generators.len() as u32 - 1
            }
        }
    }

    pub fn free_generator(&mut self, at: u32) {
        if let Some(generator) = self.generators.get_mut(at as usize)
            && generator.state != GeneratorState::Free
        {
            generator.state = GeneratorState::Free;
            generator.frame = Vec::new();
            generator.result = Vec::new();
            self.free_generators.push(at);
        }
    }
}

/// Text out of the way of what it is appended to; a short one takes no memory.
pub enum CopiedText {
    Short([u8; CopiedText::SHORT], usize),
    Long(Box<[u8]>),
}

impl CopiedText {
    const SHORT: usize = 64;

    fn new(text: &[u8]) -> CopiedText {
        let mut bytes = [0; CopiedText::SHORT];
        match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text);
                CopiedText::Short(bytes, text.len())
            }
            None => CopiedText::Long(text.into()),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            CopiedText::Short(bytes, length) => &bytes[..*length],
            CopiedText::Long(text) => text,
        }
    }
}

/// First word of a `Str` without text: the literal at position 0 is the empty one.
pub const EMPTY_TEXT: u64 = 1;

/// The return token of the first frame.
pub const RETURN_TO_HOST: u64 = u32::MAX as u64 | COUNTED;

/// Flags of a return token beside the instruction to go on with.
pub const COUNTED: u64 = 1 << 32;
/// The caller's frame is a continuation (F12).
pub const ACCUMULATING: u64 = 1 << 33;

/// No memory for text or a large number: there is nobody to hand a failure to.
pub fn no_memory(error: AllocError) -> Exit {
    Exit::Panic(format!("{} (code {})", error.message(), error.code()))
}
