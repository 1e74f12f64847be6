//! The interpreter loop.

use crate::machine::{
    ACCUMULATING, COUNTED, Code, Exit, FUEL, Function, GeneratorState, HEADER, Host, Machine, NOT_COMPILED,
    RETURN_TO_HOST, Shape, WINDOW,
};
use crate::op::{CallMode, Compare, FuncIndex, NumOp, Op, ResumeMode, TraceKind, WordOp};
use crate::word::num::{FLOAT, INT};
use crate::word::{Pointer, array, state};
use runtime::{FrameStack, Heap};

/// The slots that instructions of the frame at `base` can name. Operands are 16 bits wide, so none is out of bounds.
#[inline(always)]
fn window(stack: &mut FrameStack, base: usize) -> Option<&mut [u64; WINDOW]> {
    stack.words_mut().get_mut(base..base + WINDOW)?.try_into().ok()
}

#[inline(always)]
fn block<'a>(heap: &'a Heap, plain: &'a Heap, word: u64) -> &'a [u64] {
    match Machine::block_of(word) {
        Some((handle, false)) => heap.words(handle).unwrap_or(&[]),
        Some((handle, true)) => plain.words(handle).unwrap_or(&[]),
        None => &[],
    }
}

impl Machine {
    /// Runs until something stops the program. Afterwards `pc` and `base` say where.
    #[allow(clippy::cognitive_complexity, reason = "one arm per instruction")]
    pub fn run(&mut self, code: &Code, host: &mut dyn Host) -> Exit {
        let ops: &[Op] = &code.ops;
        let mut pc = self.pc as usize;
        let mut base = self.base;
        let mut fuel = self.fuel;

        // Leaves the loop; the state is written back, so that the caller sees where.
        macro_rules! stop {
            ($exit:expr) => {{
                self.pc = pc as u32;
                self.base = base;
                self.fuel = fuel;
                return $exit;
            }};
        }
        macro_rules! slots {
            () => {
                match window(&mut self.stack, base) {
                    Some(slots) => slots,
                    None => stop!(Exit::Panic("stack overflow".to_owned())),
                }
            };
        }
        let mut f = slots!();

        // One step is done; now and then the host is asked.
        macro_rules! step {
            () => {
                fuel -= 1;
                if fuel == 0 {
                    fuel = FUEL;
                    self.counters.steps += u64::from(FUEL);
                    if self.counters.steps >= self.limits.max_steps {
                        stop!(Exit::Limit(format!("the program took {} steps", self.counters.steps)));
                    }
                    if host.interrupted() {
                        stop!(Exit::Limit("the program took too long".to_owned()));
                    }
                    f = slots!();
                }
            };
        }
        // Something out of line that needs the whole machine.
        macro_rules! out_of_line {
            ($call:expr) => {{
                self.tracer.at_step(self.counters.steps + u64::from(FUEL - fuel));
                self.pc = pc as u32;
                self.base = base;
                if let Err(exit) = $call {
                    stop!(exit);
                }
                f = slots!();
            }};
        }
        macro_rules! callee {
            ($function:expr) => {{
                let callee: &Function = &code.functions[$function as usize];
                if callee.entry == NOT_COMPILED {
                    pc -= 1;
                    stop!(Exit::Compile($function));
                }
                callee
            }};
        }
        macro_rules! enter {
            ($callee:expr, $flags:expr) => {{
                let callee: &Function = $callee;
                match self.stack.push(callee.words as usize * 8, 8, pc as u64 | $flags) {
                    Ok(frame) => base = frame.word(),
                    Err(overflow) => stop!(Exit::Panic(overflow.to_string())),
                }
                if base > self.stack_limit {
                    stop!(Exit::Panic(self.overflow_message()));
                }
                pc = callee.entry as usize;
                f = slots!();
            }};
        }
        macro_rules! counted {
            () => {
                self.counters.calls += 1;
                self.counters.depth += 1;
                if self.counters.depth > self.counters.max_depth {
                    self.counters.max_depth = self.counters.depth;
                }
            };
        }
        // Back to the caller; its result stands at the base of the frame that ends.
        macro_rules! leave {
            () => {{
                let callee_base = base;
                let token = self.stack.words().get(base - HEADER).copied().unwrap_or(0);
                match self.stack.pop() {
                    Ok(frame) => base = frame.word(),
                    Err(mismatch) => stop!(Exit::ShadowMismatch(mismatch.to_string())),
                }
                self.counters.returns_verified += 1;
                if token & COUNTED != 0 {
                    self.counters.depth -= 1;
                }
                if token == RETURN_TO_HOST {
                    base = callee_base;
                    stop!(Exit::Done);
                }
                if token & ACCUMULATING != 0 {
                    self.stack_limit -= callee_base - base;
                }
                pc = token as u32 as usize;
                f = slots!();
                callee_base
            }};
        }
        // Jumps relative to the instruction behind the current one.
        macro_rules! jump_by {
            ($by:expr) => {
                pc = pc.wrapping_add_signed($by as isize)
            };
        }
        macro_rules! int_or {
            // Both small integers: `$fast` with them; else `$slow`.
            ($a:expr, $b:expr, |$x:ident, $y:ident| $fast:expr, $slow:expr) => {
                if f[$a as usize] | f[$b as usize] == INT {
                    let ($x, $y) =
                        (f[$a.wrapping_add(1) as usize] as i64, f[$b.wrapping_add(1) as usize] as i64);
                    $fast
                } else {
                    $slow
                }
            };
        }
        macro_rules! truth {
            ($op:expr, $a:expr, $b:expr) => {{
                let (a, b) = ($a, $b);
                let x = [f[a as usize], f[a.wrapping_add(1) as usize]];
                let y = [f[b as usize], f[b.wrapping_add(1) as usize]];
                if x[0] == FLOAT && y[0] == FLOAT {
                    let (x, y) = (f64::from_bits(x[1]), f64::from_bits(y[1]));
                    match $op {
                        Compare::Lt => x < y,
                        Compare::Le => x <= y,
                        Compare::Eq => x == y,
                        _ => self.bigs.compare($op, [FLOAT, x.to_bits()], [FLOAT, y.to_bits()]) != 0,
                    }
                } else {
                    self.bigs.compare($op, x, y) != 0
                }
            }};
        }
        macro_rules! jump_compare {
            ($a:expr, $b:expr, $by:expr, $op:expr, $operator:tt, $sense:expr) => {
                if int_or!($a, $b, |x, y| x $operator y, truth!($op, $a, $b)) == $sense {
                    jump_by!($by);
                }
            };
        }
        macro_rules! jump_int {
            ($a:expr, $value:expr, $by:expr, $op:expr, $operator:tt) => {{
                let holds = if f[$a as usize] == INT {
                    (f[$a.wrapping_add(1) as usize] as i64) $operator i64::from($value)
                } else {
                    let x = [f[$a as usize], f[$a.wrapping_add(1) as usize]];
                    self.bigs.compare($op, x, [INT, i64::from($value) as u64]) != 0
                };
                if holds {
                    jump_by!($by);
                }
            }};
        }
        macro_rules! arithmetic {
            ($to:expr, $a:expr, $b:expr, $op:expr, $checked:ident, $operator:tt) => {{
                let (a, b, to) = ($a, $b, $to);
                let done = if f[a as usize] | f[b as usize] == INT {
                    match (f[a.wrapping_add(1) as usize] as i64).$checked(f[b.wrapping_add(1) as usize] as i64) {
                        Some(result) => {
                            f[to as usize] = INT;
                            f[to.wrapping_add(1) as usize] = result as u64;
                            true
                        }
                        None => false,
                    }
                } else if f[a as usize] == FLOAT && f[b as usize] == FLOAT {
                    let x = f64::from_bits(f[a.wrapping_add(1) as usize]);
                    let y = f64::from_bits(f[b.wrapping_add(1) as usize]);
                    f[to as usize] = FLOAT;
                    f[to.wrapping_add(1) as usize] = (x $operator y).to_bits();
                    true
                } else {
                    false
                };
                if !done {
                    out_of_line!(self.arithmetic($op, to, a, b));
                }
            }};
        }

        // The header of the array at a borrow, the index, and the operands that stand behind the instruction.
        macro_rules! array_operands {
            ($array:expr, $index:expr) => {{
                let Some(&Op::Operands { shape, slot, by }) = ops.get(pc) else {
                    stop!(Exit::Panic("an instruction lacks its operands".to_owned()));
                };
                pc += 1;
                let place = Pointer(f[$array as usize]);
                let header = match self.at(place) {
                    [block, length, ..] => [*block, *length],
                    _ => [0; 2],
                };
                f = slots!();
                let number = [f[$index as usize], f[$index.wrapping_add(1) as usize]];
                (header, number, code.shapes[shape as usize], slot, by)
            }};
        }
        // Copies an element into slots.
        macro_rules! load_element {
            ($to:expr, $header:expr, $at:expr, $shape:expr) => {{
                let (to, words) = ($to, $shape.words as usize);
                let from = block(&self.heap, &self.plain, $header[array::BLOCK]);
                if let Some(from) = from.get($at * words..($at + 1) * words) {
                    f[to..to + words].copy_from_slice(from);
                }
            }};
        }

        loop {
            let Some(&op) = ops.get(pc) else {
                stop!(Exit::Panic("ran past the end of the code".to_owned()))
            };
            pc += 1;
            match op {
                Op::Move1 { to, from } => f[to as usize] = f[from as usize],
                Op::Move2 { to, from } => {
                    let words = [f[from as usize], f[from.wrapping_add(1) as usize]];
                    f[to as usize] = words[0];
                    f[to.wrapping_add(1) as usize] = words[1];
                }
                Op::Move3 { to, from } => {
                    let words = [
                        f[from as usize],
                        f[from.wrapping_add(1) as usize],
                        f[from.wrapping_add(2) as usize],
                    ];
                    f[to as usize] = words[0];
                    f[to.wrapping_add(1) as usize] = words[1];
                    f[to.wrapping_add(2) as usize] = words[2];
                }
                Op::MoveN { to, from, words } => {
                    let (from, to) = (from as usize, to as usize);
                    let words = (words as usize).min(WINDOW - from).min(WINDOW - to);
                    f.copy_within(from..from + words, to);
                }
                Op::Int { to, value } => {
                    f[to as usize] = INT;
                    f[to.wrapping_add(1) as usize] = i64::from(value) as u64;
                }
                Op::Num { to, constant } => {
                    let at = constant as usize;
                    f[to as usize] = code.constants.get(at).copied().unwrap_or(INT);
                    f[to.wrapping_add(1) as usize] = code.constants.get(at + 1).copied().unwrap_or(0);
                }
                Op::Word { to, value } => f[to as usize] = i64::from(value) as u64,
                Op::Text { to, literal } => {
                    let length = code.literals.get(literal as usize).map_or(0, |literal| literal.len());
                    f[to as usize] = u64::from(literal) + 1;
                    f[to.wrapping_add(1) as usize] = length as u64;
                    f[to.wrapping_add(2) as usize] = 0;
                }

                Op::Add { to, a, b } => arithmetic!(to, a, b, NumOp::Add, checked_add, +),
                Op::Sub { to, a, b } => arithmetic!(to, a, b, NumOp::Sub, checked_sub, -),
                Op::Mul { to, a, b } => arithmetic!(to, a, b, NumOp::Mul, checked_mul, *),
                Op::AddInt { to, a, value } => {
                    let sum = (f[a as usize] == INT)
                        .then(|| (f[a.wrapping_add(1) as usize] as i64).checked_add(i64::from(value)))
                        .flatten();
                    match sum {
                        Some(sum) => {
                            f[to as usize] = INT;
                            f[to.wrapping_add(1) as usize] = sum as u64;
                        }
                        None => {
                            let x = [f[a as usize], f[a.wrapping_add(1) as usize]];
                            let y = [INT, i64::from(value) as u64];
                            out_of_line!(self.arithmetic_on(NumOp::Add, to, x, y));
                        }
                    }
                }
                Op::Arithmetic { op, to, a, b } => {
                    let both_float = f[a as usize] == FLOAT && f[b as usize] == FLOAT;
                    let (x, y) = (f[a.wrapping_add(1) as usize], f[b.wrapping_add(1) as usize]);
                    if op == NumOp::Div && both_float && f64::from_bits(y) != 0.0 {
                        f[to as usize] = FLOAT;
                        f[to.wrapping_add(1) as usize] = (f64::from_bits(x) / f64::from_bits(y)).to_bits();
                    } else if op == NumOp::Rem && f[a as usize] | f[b as usize] == INT && (y as i64) > 0 {
                        f[to as usize] = INT;
                        f[to.wrapping_add(1) as usize] = (x as i64).rem_euclid(y as i64) as u64;
                    } else {
                        out_of_line!(self.arithmetic(op, to, a, b));
                    }
                }
                Op::Compare { op, to, a, b } => {
                    let x = [f[a as usize], f[a.wrapping_add(1) as usize]];
                    let y = [f[b as usize], f[b.wrapping_add(1) as usize]];
                    f[to as usize] = if x[0] | y[0] == INT {
                        let (x, y) = (x[1] as i64, y[1] as i64);
                        match op {
                            Compare::Eq => u64::from(x == y),
                            Compare::Ne => u64::from(x != y),
                            Compare::Lt => u64::from(x < y),
                            Compare::Le => u64::from(x <= y),
                            Compare::Gt => u64::from(x > y),
                            Compare::Ge => u64::from(x >= y),
                            Compare::Cmp => crate::num::order_member(x.cmp(&y)),
                        }
                    } else {
                        self.bigs.compare(op, x, y)
                    };
                }

                Op::Not { to, from } => f[to as usize] = u64::from(f[from as usize] == 0),
                Op::Words { op, to, a, b } => {
                    let (x, y) = (f[a as usize], f[b as usize]);
                    f[to as usize] = match op {
                        WordOp::Eq => u64::from(x == y),
                        WordOp::Ne => u64::from(x != y),
                        WordOp::Lt => u64::from(x < y),
                        WordOp::Le => u64::from(x <= y),
                        WordOp::Gt => u64::from(x > y),
                        WordOp::Ge => u64::from(x >= y),
                        WordOp::And => x & y,
                        WordOp::Or => x | y,
                        WordOp::Xor => x ^ y,
                        WordOp::Cmp => crate::num::order_member(x.cmp(&y)),
                    };
                }

                Op::Jump { target } => {
                    pc = target as usize;
                    step!();
                }
                Op::Skip { target } => pc = target as usize,
                Op::JumpIf { condition, target } => {
                    if f[condition as usize] != 0 {
                        pc = target as usize;
                    }
                }
                Op::JumpUnless { condition, target } => {
                    if f[condition as usize] == 0 {
                        pc = target as usize;
                    }
                }
                Op::JumpLt { a, b, by } => jump_compare!(a, b, by, Compare::Lt, <, true),
                Op::JumpLe { a, b, by } => jump_compare!(a, b, by, Compare::Le, <=, true),
                Op::JumpEq { a, b, by } => jump_compare!(a, b, by, Compare::Eq, ==, true),
                Op::JumpNotEq { a, b, by } => jump_compare!(a, b, by, Compare::Eq, ==, false),
                Op::JumpLtInt { a, value, by } => jump_int!(a, value, by, Compare::Lt, <),
                Op::JumpLeInt { a, value, by } => jump_int!(a, value, by, Compare::Le, <=),
                Op::JumpGtInt { a, value, by } => jump_int!(a, value, by, Compare::Gt, >),
                Op::JumpGeInt { a, value, by } => jump_int!(a, value, by, Compare::Ge, >=),
                Op::JumpEqInt { a, value, by } => jump_int!(a, value, by, Compare::Eq, ==),
                Op::JumpNeInt { a, value, by } => jump_int!(a, value, by, Compare::Ne, !=),
                Op::JumpWordEq { a, value, by } => {
                    if f[a as usize] == i64::from(value) as u64 {
                        jump_by!(by);
                    }
                }
                Op::JumpWordNe { a, value, by } => {
                    if f[a as usize] != i64::from(value) as u64 {
                        jump_by!(by);
                    }
                }

                Op::Address { to, of } => f[to as usize] = Pointer::stack(base + of as usize).0,
                Op::AddressInGenerator { to, of } => {
                    let generator = self.running.last().copied().unwrap_or(0);
                    f[to as usize] = Pointer::generator(generator as usize, of as usize).0;
                }
                Op::Offset { to, pointer, words } => {
                    f[to as usize] = Pointer(f[pointer as usize]).offset(words as usize).0;
                }
                Op::OffsetBy { to, pointer, by } => {
                    f[to as usize] = Pointer(f[pointer as usize]).offset(f[by as usize] as usize).0;
                }
                Op::Load1 { to, pointer, offset } => {
                    let place = Pointer(f[pointer as usize]);
                    let value = self.read(place, offset as usize);
                    f = slots!();
                    f[to as usize] = value;
                }
                Op::Load2 { to, pointer, offset } => {
                    let place = Pointer(f[pointer as usize]);
                    let words_at = self.at(place);
                    let offset = offset as usize;
                    let words = match words_at.get(offset..offset + 2) {
                        Some(words) => [words[0], words[1]],
                        None => [0; 2],
                    };
                    f = slots!();
                    f[to as usize] = words[0];
                    f[to.wrapping_add(1) as usize] = words[1];
                }
                Op::LoadN { words, to, pointer, offset } => {
                    let from = Pointer(f[pointer as usize]).offset(offset as usize);
                    self.copy(Pointer::stack(base + to as usize), from, words as usize);
                    f = slots!();
                }
                Op::Store1 { pointer, from, offset } => {
                    let (place, value) = (Pointer(f[pointer as usize]), f[from as usize]);
                    self.write(place, offset as usize, value);
                    f = slots!();
                }
                Op::Store2 { pointer, from, offset } => {
                    let place = Pointer(f[pointer as usize]);
                    let words = [f[from as usize], f[from.wrapping_add(1) as usize]];
                    let offset = offset as usize;
                    if let Some(target) = self.at_mut(place).get_mut(offset..offset + 2) {
                        target.copy_from_slice(&words);
                    }
                    f = slots!();
                }
                Op::StoreN { words, pointer, from, offset } => {
                    let to = Pointer(f[pointer as usize]).offset(offset as usize);
                    self.copy(to, Pointer::stack(base + from as usize), words as usize);
                    f = slots!();
                }

                Op::Call { function } => {
                    let callee = callee!(function);
                    enter!(callee, COUNTED);
                    counted!();
                    step!();
                }
                Op::CallAccumulating { function } => {
                    let callee = callee!(function);
                    let caller = base;
                    // What stays behind is a continuation, which does not count against the stack.
                    self.stack_limit = self.stack_limit.saturating_add(callee.words as usize + HEADER);
                    match self.stack.push(callee.words as usize * 8, 8, pc as u64 | ACCUMULATING) {
                        Ok(frame) => base = frame.word(),
                        Err(overflow) => stop!(Exit::Panic(overflow.to_string())),
                    }
                    let left = base - caller;
                    self.stack_limit = self.stack_limit - (callee.words as usize + HEADER) + left;
                    self.counters.calls += 1;
                    pc = callee.entry as usize;
                    f = slots!();
                    step!();
                }
                Op::TailCall { words, function } => {
                    let callee = callee!(function);
                    // The arguments were put behind the frame; now they begin it.
                    let from = self.out(base);
                    f = slots!();
                    let words = (words as usize).min(WINDOW - from.min(WINDOW));
                    f.copy_within(from..from + words, 0);
                    match self.stack.replace(callee.words as usize * 8, 8) {
                        Ok(frame) => base = frame.word(),
                        Err(overflow) => stop!(Exit::Panic(overflow.to_string())),
                    }
                    pc = callee.entry as usize;
                    f = slots!();
                    step!();
                }
                Op::CallGlue { function } => {
                    let callee = callee!(function);
                    enter!(callee, 0);
                    step!();
                }
                Op::CallWord { function, mode } => {
                    let word = f[function as usize];
                    let Some(function) = (word as FuncIndex).checked_sub(1) else {
                        stop!(Exit::Panic("a function value is not set".to_owned()));
                    };
                    if function as usize >= code.functions.len() {
                        stop!(Exit::Panic("a function value is not valid".to_owned()));
                    }
                    let callee = callee!(function);
                    match mode {
                        CallMode::Counted => {
                            enter!(callee, COUNTED);
                            counted!();
                        }
                        CallMode::Partial => enter!(callee, 0),
                    }
                    step!();
                }
                Op::CallVirtual { class, table } => {
                    let tag = f[class as usize] as usize;
                    let entry = code.tables.get(table as usize).and_then(|table| table.get(tag)).copied();
                    let Some(function) = entry.unwrap_or(0).checked_sub(1) else {
                        stop!(Exit::Panic("the object's class has no such method".to_owned()));
                    };
                    let callee = callee!(function);
                    enter!(callee, COUNTED);
                    counted!();
                    step!();
                }
                Op::CallDrop { class, table } => {
                    let tag = f[class as usize] as usize;
                    let entry = code.tables.get(table as usize).and_then(|table| table.get(tag)).copied();
                    if let Some(function) = entry.unwrap_or(0).checked_sub(1) {
                        let callee = callee!(function);
                        enter!(callee, 0);
                    }
                }
                Op::TableWord { to, class, table } => {
                    let tag = f[class as usize] as usize;
                    let entry = code.tables.get(table as usize).and_then(|table| table.get(tag)).copied();
                    f[to as usize] = u64::from(entry.unwrap_or(0));
                }
                Op::Return { from, words } => {
                    let (from, words) = (from as usize, words as usize);
                    f.copy_within(from..(from + words).min(WINDOW), 0);
                    leave!();
                }
                Op::Return0 => {
                    leave!();
                }
                Op::Return1 { from } => {
                    f[0] = f[from as usize];
                    leave!();
                }
                Op::Return2 { from } => {
                    (f[0], f[1]) = (f[from as usize], f[from.wrapping_add(1) as usize]);
                    leave!();
                }

                Op::Generator { words, function } => {
                    let callee = &code.functions[function as usize];
                    if callee.entry == NOT_COMPILED {
                        pc -= 1;
                        stop!(Exit::Compile(function));
                    }
                    let out = self.out(base);
                    f = slots!();
                    let mut frame = vec![0; callee.words as usize];
                    let words = (words as usize).min(frame.len());
                    frame[..words].copy_from_slice(&f[out..out + words]);
                    let at = self.new_generator(function, frame);
                    f = slots!();
                    f[out] = u64::from(function) + 1;
                    f[out + 1] = u64::from(at);
                }
                Op::Resume { pointer, sent, mode } => {
                    let place = Pointer(f[pointer as usize]);
                    let at = self.read(place, 1) as usize;
                    let out = self.out(base);
                    let Some(generator) = self.generators.get(at) else {
                        stop!(Exit::Panic("a generator is gone".to_owned()));
                    };
                    let target = match generator.state {
                        GeneratorState::Fresh => None,
                        GeneratorState::Suspended(target) => Some(target),
                        GeneratorState::Running => {
                            stop!(Exit::Panic("a generator resumes itself".to_owned()))
                        }
                        GeneratorState::Finished | GeneratorState::Free => {
                            if mode == ResumeMode::Await {
                                stop!(Exit::Panic("the coroutine ended without a value".to_owned()));
                            }
                            out_of_line!(self.ended(code, base + out));
                            continue;
                        }
                    };
                    f = slots!();
                    let sent_words: Vec<u64> = f[out..out + sent as usize].to_vec();
                    let callee = &code.functions[generator_function(&self.generators, at) as usize];
                    let entry = callee.entry as usize;
                    match self.stack.push(callee.words as usize * 8, 8, pc as u64 | COUNTED) {
                        Ok(frame) => base = frame.word(),
                        Err(overflow) => stop!(Exit::Panic(overflow.to_string())),
                    }
                    if base > self.stack_limit {
                        stop!(Exit::Panic(self.overflow_message()));
                    }
                    counted!();
                    self.bring_in(at, base, mode);
                    f = slots!();
                    pc = match target {
                        None => entry,
                        Some(target) => {
                            let resume = self.generators.get(at).map_or(0, |generator| generator.resume);
                            let place = resume as usize;
                            f[place..place + sent_words.len()].copy_from_slice(&sent_words);
                            target as usize
                        }
                    };
                    step!();
                }
                Op::Yield { from, words, resume } => {
                    let value: Vec<u64> = f[from as usize..from as usize + words as usize].to_vec();
                    let Some(mode) = self.put_away(base, pc as u32 + 1, resume) else {
                        stop!(Exit::Panic("`yield` outside of a generator".to_owned()));
                    };
                    let out = leave!();
                    let start = out - base;
                    match mode {
                        ResumeMode::Next => {
                            f[start] = state::PASS;
                            f[start + 1..start + 1 + value.len()].copy_from_slice(&value);
                        }
                        ResumeMode::Await | ResumeMode::Drop => {
                            f[start..start + value.len()].copy_from_slice(&value);
                        }
                    }
                }
                Op::Abandon { .. } => {}
                Op::Finish { from, words } => {
                    let value: Vec<u64> = f[from as usize..from as usize + words as usize].to_vec();
                    let Some(mode) = self.finish(value) else {
                        stop!(Exit::Panic("a coroutine ended outside of a generator".to_owned()));
                    };
                    let out = leave!();
                    match mode {
                        ResumeMode::Next => out_of_line!(self.ended(code, out)),
                        ResumeMode::Await => {
                            stop!(Exit::Panic("the coroutine ended without a value".to_owned()))
                        }
                        ResumeMode::Drop => {}
                    }
                }
                Op::DropGenerator { pointer } => {
                    let place = Pointer(f[pointer as usize]);
                    let at = self.read(place, 1) as usize;
                    let Some(generator) = self.generators.get(at) else {
                        f = slots!();
                        continue;
                    };
                    let callee = &code.functions[generator.function as usize];
                    let target = match generator.state {
                        GeneratorState::Fresh => Some(callee.abandon),
                        GeneratorState::Suspended(target) => match ops.get(target as usize - 1) {
                            Some(&Op::Abandon { target }) => Some(target),
                            _ => None,
                        },
                        _ => None,
                    };
                    match target.filter(|target| *target != NOT_COMPILED) {
                        Some(target) => {
                            match self.stack.push(callee.words as usize * 8, 8, pc as u64) {
                                Ok(frame) => base = frame.word(),
                                Err(overflow) => stop!(Exit::Panic(overflow.to_string())),
                            }
                            self.bring_in(at, base, ResumeMode::Drop);
                            pc = target as usize;
                            f = slots!();
                        }
                        None => {
                            self.free_generator(at as u32);
                            f = slots!();
                        }
                    }
                }
                Op::GeneratorResult { to, pointer, words } => {
                    let place = Pointer(f[pointer as usize]);
                    let at = self.read(place, 1) as usize;
                    let result = self
                        .generators
                        .get_mut(at)
                        .filter(|generator| generator.state == GeneratorState::Finished)
                        .map(|generator| std::mem::take(&mut generator.result));
                    f = slots!();
                    let to = to as usize;
                    match result {
                        Some(result) if result.len() == words as usize => {
                            f[to] = state::PASS;
                            f[to + 1..to + 1 + result.len()].copy_from_slice(&result);
                        }
                        _ => f[to] = state::FAIL,
                    }
                }

                Op::AppendText { pointer, literal } => {
                    let place = Pointer(f[pointer as usize]);
                    let text = code.literals.get(literal as usize).map_or("", |literal| literal);
                    out_of_line!(self.append(code, place, text, pc as u32));
                }
                Op::AppendStr { pointer, other } => {
                    let (place, other) = (Pointer(f[pointer as usize]), Pointer(f[other as usize]));
                    out_of_line!(self.append_other(code, place, other));
                }
                Op::AppendNum { pointer, value } => {
                    let place = Pointer(f[pointer as usize]);
                    let number = [f[value as usize], f[value.wrapping_add(1) as usize]];
                    out_of_line!(self.append_number(code, place, number));
                }
                Op::AppendBool { pointer, value } => {
                    let text = if f[value as usize] != 0 { "true" } else { "false" };
                    let place = Pointer(f[pointer as usize]);
                    out_of_line!(self.append(code, place, text, pc as u32));
                }
                Op::DropStr { slot } => {
                    let at = slot as usize;
                    let header = [f[at], f[at + 1], f[at + 2]];
                    if header[2] != 0 {
                        self.drop_text(header, pc as u32);
                        f = slots!();
                    }
                }
                Op::DropStrAt { pointer } => {
                    let place = Pointer(f[pointer as usize]);
                    let header = self.str_header(place);
                    self.drop_text(header, pc as u32);
                    f = slots!();
                }

                Op::ArrayGet { to, array, index } => {
                    let (header, number, shape, _, _) = array_operands!(array, index);
                    match self.element(header, number, shape) {
                        Some(at) => {
                            f = slots!();
                            f[to as usize] = state::PASS;
                            load_element!(to as usize + 1, header, at, shape);
                        }
                        None => {
                            out_of_line!(self.bounds_failure(code, base + to as usize, header, number, true))
                        }
                    }
                }
                Op::ArrayGetUnwrap { to, array, index } => {
                    let (header, number, shape, _, _) = array_operands!(array, index);
                    match self.element(header, number, shape) {
                        Some(at) => {
                            f = slots!();
                            load_element!(to as usize, header, at, shape);
                        }
                        None => {
                            let problem = self.slot_problem(header, number, shape, true);
                            stop!(Exit::Panic(format!("unwrap of a failed Ret: {problem}")));
                        }
                    }
                }
                Op::ArrayTake { to, array, index } | Op::ArrayTakeUnwrap { to, array, index } => {
                    let unwrap = matches!(op, Op::ArrayTakeUnwrap { .. });
                    let (header, number, shape, _, _) = array_operands!(array, index);
                    match self.element(header, number, shape) {
                        Some(at) => {
                            f = slots!();
                            if !unwrap {
                                f[to as usize] = state::PASS;
                            }
                            load_element!(to as usize + usize::from(!unwrap), header, at, shape);
                            let slots = header[array::LENGTH] as usize;
                            shape.mark(self.block_mut(header[array::BLOCK]), slots, at, false);
                            f = slots!();
                        }
                        None if unwrap => {
                            let problem = self.slot_problem(header, number, shape, true);
                            stop!(Exit::Panic(format!("unwrap of a failed Ret: {problem}")));
                        }
                        None => {
                            out_of_line!(self.bounds_failure(code, base + to as usize, header, number, true))
                        }
                    }
                }
                // The value lies in the slot of the operands. On success the result is a pass; on failure the value
                // is still there, and the code that follows drops it.
                Op::ArrayPut { to, array, index } => {
                    let (header, number, shape, slot, _) = array_operands!(array, index);
                    if self.store(header, number, shape, base + slot as usize, false) {
                        f = slots!();
                        f[to as usize] = state::PASS;
                    } else {
                        out_of_line!(self.bounds_failure(code, base + to as usize, header, number, false));
                    }
                }
                // The old element, if there was one, was dropped by the code in front of this.
                Op::ArraySet { to, array, index } => {
                    let (header, number, shape, slot, _) = array_operands!(array, index);
                    if self.store(header, number, shape, base + slot as usize, true) {
                        f = slots!();
                        f[to as usize] = state::PASS;
                    } else {
                        out_of_line!(self.bounds_failure(code, base + to as usize, header, number, false));
                    }
                }
                Op::ArrayHas { to, array, index } => {
                    let (header, number, shape, _, _) = array_operands!(array, index);
                    let has = self.element(header, number, shape).is_some();
                    f = slots!();
                    f[to as usize] = u64::from(has);
                }
                Op::ArrayElement { to, array, index } => {
                    let (header, number, shape, _, _) = array_operands!(array, index);
                    match self.element(header, number, shape) {
                        Some(at) => {
                            f = slots!();
                            f[to as usize] =
                                Machine::block_pointer(header[array::BLOCK], at * shape.words as usize).0;
                        }
                        None => stop!(Exit::Panic(self.slot_problem(header, number, shape, true))),
                    }
                }
                Op::ArrayNext { to, array, index } => {
                    let (header, _, shape, _, by) = array_operands!(array, index);
                    let from = f[index as usize] as usize;
                    let words = block(&self.heap, &self.plain, header[array::BLOCK]);
                    let length = header[array::LENGTH] as usize;
                    match (from..length).find(|&slot| shape.is_occupied(words, length, slot)) {
                        Some(slot) => {
                            let start = slot * shape.words as usize;
                            f[index as usize] = slot as u64 + 1;
                            f[to as usize] = Machine::block_pointer(header[array::BLOCK], start).0;
                        }
                        None => jump_by!(by),
                    }
                }
                Op::ArrayLiteral { to, from, count } => {
                    let Some(&Op::Operands { shape, .. }) = ops.get(pc) else { continue };
                    pc += 1;
                    let shape = code.shapes[shape as usize];
                    out_of_line!(self.plain_array(to, from, count, shape));
                }
                Op::Operands { .. } => {}

                Op::Trace { kind, value } => {
                    let step = self.counters.steps + u64::from(FUEL - fuel);
                    // A call stands where the caller goes on afterwards.
                    let at = match kind {
                        TraceKind::Call => match self.stack.words().get(base - HEADER).copied() {
                            Some(token) if token != RETURN_TO_HOST => token as u32,
                            _ => 0,
                        },
                        _ => pc as u32,
                    };
                    self.tracer.program(kind, value, at, step);
                    f = slots!();
                }
                Op::Builtin { builtin, a, b, c } => {
                    out_of_line!(self.builtin(code, host, builtin, [a, b, c]));
                    pc = self.pc as usize;
                }

                Op::Panic { message } => {
                    let at = message as usize;
                    let header = [f[at], f[at + 1], f[at + 2]];
                    stop!(Exit::Panic(self.text(code, header).to_owned()));
                }
                Op::PanicText { literal } => {
                    stop!(Exit::Panic(
                        code.literals.get(literal as usize).map_or("", |text| text).to_owned()
                    ));
                }
                Op::Unreachable => {
                    stop!(Exit::Panic("code was reached that cannot be".to_owned()));
                }
            }
        }
    }

    /// Slot at which a callee's frame begins, where its arguments are put and its result is found.
    #[inline(always)]
    fn out(&self, base: usize) -> usize {
        (self.stack.used() / 8 - base + HEADER).min(WINDOW / 2)
    }

    /// The slot that an index names, if it is occupied. The index may be a fraction without a fractional part.
    #[inline(always)]
    fn element(&self, header: [u64; 2], index: [u64; 2], shape: Shape) -> Option<usize> {
        let slot = if index[0] == INT { index[1] } else { self.bigs.to_small(index)? as u64 };
        let length = header[array::LENGTH];
        if slot >= length {
            return None;
        }
        let words = block(&self.heap, &self.plain, header[array::BLOCK]);
        let slot = slot as usize;
        shape.is_occupied(words, length as usize, slot).then_some(slot)
    }

    fn overflow_message(&self) -> String {
        format!("stack overflow: the frames take more than {} bytes", self.limits.max_stack)
    }
}

fn generator_function(generators: &[crate::machine::Generator], at: usize) -> FuncIndex {
    generators.get(at).map_or(0, |generator| generator.function)
}
