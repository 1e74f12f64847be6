//! The interpreter loop.

mod access;
mod generators;
pub(crate) mod stop;

use crate::machine::{
    ACCUMULATING, COUNTED, Code, Exit, FUEL, Function, Host, Machine, NOT_COMPILED, RETURN_TO_HOST, WINDOW,
};
use crate::op::{Access, CallMode, Compare, FuncIndex, NumOp, Op};
use crate::word::num::{FLOAT, INT};
use crate::word::{Pointer, array, state};
use access::{
    behind, behind_mut, block, block_mut, calculated, comparison, copy_words, element, move_words, put,
    remainder, stretch, stretch_mut, table_entry, window, word_operator,
};

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
                    None => stop!(stop::panic("stack overflow")),
                }
            };
        }
        // The words below the frame, and the slots that instructions of it can name.
        let (mut below, mut f) = slots!();

        // One step is done; now and then the host is asked.
        macro_rules! step {
            () => {
                fuel -= 1;
                if fuel == 0 {
                    fuel = FUEL;
                    self.counters.steps += u64::from(FUEL);
                    if self.counters.steps >= self.limits.max_steps {
                        stop!(stop::too_many_steps(self.counters.steps));
                    }
                    if host.interrupted() {
                        stop!(stop::too_long());
                    }
                    (below, f) = slots!();
                }
            };
        }
        // The heap may tell the trace of something: where it happens.
        macro_rules! tell {
            () => {
                if self.tracer.records() {
                    self.trace_at(code, pc, base, self.counters.steps + u64::from(FUEL - fuel));
                }
            };
        }
        // Something out of line that needs the whole machine.
        macro_rules! out_of_line {
            ($call:expr) => {{
                tell!();
                self.pc = pc as u32;
                self.base = base;
                if let Err(exit) = $call {
                    stop!(exit);
                }
                (below, f) = slots!();
            }};
        }
        // The same for what goes on elsewhere: it leaves the place in the machine, and says whether that was a step.
        macro_rules! transfer {
            ($call:expr) => {{
                tell!();
                self.pc = pc as u32;
                self.base = base;
                match $call {
                    Ok(step) => {
                        pc = self.pc as usize;
                        base = self.base;
                        (below, f) = slots!();
                        if step {
                            step!();
                        }
                    }
                    Err(exit) => stop!(exit),
                }
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
                match self.stack.push_words(callee.words, pc as u64 | $flags) {
                    Ok(frame) => base = frame.word(),
                    Err(overflow) => stop!(stop::stack_overflow(overflow)),
                }
                if base > self.stack_limit {
                    self.counters.uncounted += 1;
                    stop!(stop::frames_too_large(self.limits.max_stack));
                }
                pc = callee.entry as usize;
                (below, f) = slots!();
            }};
        }
        macro_rules! counted {
            () => {
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
                let token = match self.stack.pop_token() {
                    Ok((frame, token)) => {
                        base = frame.word();
                        token
                    }
                    Err(mismatch) => stop!(stop::shadow_mismatch(mismatch)),
                };
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
                (below, f) = slots!();
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
        macro_rules! compare {
            ($op:expr, $x:expr, $y:expr) => {
                match self.bigs.compare_pairs($op, $x.into(), $y.into()) {
                    Ok(truth) => truth,
                    Err(message) => stop!(stop::panic(message)),
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
                    $op.holds(x, y)
                } else {
                    compare!($op, x, y) != 0
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
            ($a:expr, $value:expr, $by:expr, $op:expr, $operator:tt, $sense:expr) => {{
                let holds = if f[$a as usize] == INT {
                    (f[$a.wrapping_add(1) as usize] as i64) $operator i64::from($value)
                } else {
                    let x = [f[$a as usize], f[$a.wrapping_add(1) as usize]];
                    compare!($op, x, [INT, i64::from($value) as u64]) != 0
                };
                if holds == $sense {
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

        macro_rules! with_int {
            ($to:expr, $a:expr, $value:expr, $op:expr, $checked:ident) => {{
                let (to, a, value) = ($to, $a, $value);
                let result = (f[a as usize] == INT)
                    .then(|| (f[a.wrapping_add(1) as usize] as i64).$checked(i64::from(value)))
                    .flatten();
                match result {
                    Some(result) => {
                        f[to as usize] = INT;
                        f[to.wrapping_add(1) as usize] = result as u64;
                    }
                    None => out_of_line!(self.arithmetic_with($op, to, a, value)),
                }
            }};
        }
        // What stands at a borrow: one word, or two.
        macro_rules! word_at {
            ($place:expr) => {{
                let place = $place;
                match behind(below, f, &self.heap, place) {
                    Some([word]) => word,
                    None => {
                        let word = self.word_anywhere(place);
                        (below, f) = slots!();
                        word
                    }
                }
            }};
        }
        macro_rules! pair_at {
            ($place:expr) => {{
                let place = $place;
                match behind(below, f, &self.heap, place) {
                    Some([first, second]) => [first, second],
                    None => {
                        let (first, second) = self.pair_anywhere(place);
                        (below, f) = slots!();
                        [first, second]
                    }
                }
            }};
        }
        macro_rules! set_word_at {
            ($place:expr, $word:expr) => {{
                let (place, word) = ($place, $word);
                match behind_mut(below, f, &mut self.heap, place) {
                    Some([at]) => *at = word,
                    None => {
                        self.set_word_anywhere(place, word);
                        (below, f) = slots!();
                    }
                }
            }};
        }
        macro_rules! set_pair_at {
            ($place:expr, $pair:expr) => {{
                let (place, [a, b]) = ($place, $pair);
                match behind_mut(below, f, &mut self.heap, place) {
                    Some([first, second]) => (*first, *second) = (a, b),
                    None => {
                        self.set_pair_anywhere(place, (a, b));
                        (below, f) = slots!();
                    }
                }
            }};
        }
        macro_rules! number_at {
            ($pointer:expr, $offset:expr) => {
                pair_at!(Pointer(f[$pointer as usize]).offset($offset as usize))
            };
        }
        macro_rules! arithmetic_load {
            ($to:expr, $a:expr, $pointer:expr, $offset:expr, $op:expr, $checked:ident, $operator:tt) => {{
                let (to, y) = ($to, number_at!($pointer, $offset));
                let x = [f[$a as usize], f[$a.wrapping_add(1) as usize]];
                match calculated(x, y, i64::$checked, |x, y| x $operator y) {
                    Some([kind, payload]) => {
                        f[to as usize] = kind;
                        f[to.wrapping_add(1) as usize] = payload;
                    }
                    None => out_of_line!(self.arithmetic_on($op, to, x.into(), y.into())),
                }
            }};
        }
        macro_rules! arithmetic_store {
            ($pointer:expr, $offset:expr, $y:expr, $op:expr, $checked:ident, $operator:tt) => {{
                let (place, y) = (Pointer(f[$pointer as usize]).offset($offset as usize), $y);
                let x = pair_at!(place);
                match calculated(x, y, i64::$checked, |x, y| x $operator y) {
                    Some(number) => set_pair_at!(place, number),
                    None => out_of_line!(self.arithmetic_at($op, place, x.into(), y.into())),
                }
            }};
        }

        // The header of an array, the index, and the operands that stand behind the instruction.
        macro_rules! array_operands {
            ($array:expr, $index:expr) => {{
                let Some(&Op::Operands { how, shape, slot, by }) = ops.get(pc) else {
                    stop!(stop::panic("an instruction lacks its operands"));
                };
                pc += 1;
                let header = if how.is(Access::IN_FRAME) {
                    [f[$array as usize], f[$array.wrapping_add(1) as usize]]
                } else {
                    pair_at!(Pointer(f[$array as usize]))
                };
                let number = [f[$index as usize], f[$index.wrapping_add(1) as usize]];
                (header, number, code.shapes[shape as usize], slot, by, how.is(Access::UNWRAP))
            }};
        }
        // An access to an array fails; the result says so.
        macro_rules! refuse {
            ($to:expr, $header:expr, $number:expr, $reading:expr) => {{
                let word = base + $to as usize;
                out_of_line!(self.bounds_failure(code, word, $header.into(), $number.into(), $reading))
            }};
        }
        macro_rules! load_element {
            ($to:expr, $words:expr) => {{
                let (to, words) = ($to, $words);
                if let Some(place) = f.get_mut(to..to + words.len()) {
                    copy_words(place, words);
                }
            }};
        }

        loop {
            let Some(&op) = ops.get(pc) else { stop!(stop::panic("ran past the end of the code")) };
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
                Op::MoveN { to, from, words } => move_words(f, to as usize, from as usize, words as usize),
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
                Op::AddInt { to, a, value } => with_int!(to, a, value, NumOp::Add, checked_add),
                Op::MulInt { to, a, value } => with_int!(to, a, value, NumOp::Mul, checked_mul),
                Op::RemInt { to, a, value } => {
                    if f[a as usize] == INT {
                        let rest = remainder(f[a.wrapping_add(1) as usize] as i64, i64::from(value));
                        f[to as usize] = INT;
                        f[to.wrapping_add(1) as usize] = rest as u64;
                    } else {
                        out_of_line!(self.arithmetic_with(NumOp::Rem, to, a, value));
                    }
                }
                Op::Rem { to, a, b } => {
                    let (x, y) = (f[a.wrapping_add(1) as usize] as i64, f[b.wrapping_add(1) as usize] as i64);
                    if f[a as usize] | f[b as usize] == INT && y > 0 {
                        f[to as usize] = INT;
                        f[to.wrapping_add(1) as usize] = remainder(x, y) as u64;
                    } else {
                        out_of_line!(self.arithmetic(NumOp::Rem, to, a, b));
                    }
                }
                Op::Div { to, a, b } => {
                    let y = f64::from_bits(f[b.wrapping_add(1) as usize]);
                    if f[a as usize] == FLOAT && f[b as usize] == FLOAT && y != 0.0 {
                        let x = f64::from_bits(f[a.wrapping_add(1) as usize]);
                        f[to as usize] = FLOAT;
                        f[to.wrapping_add(1) as usize] = (x / y).to_bits();
                    } else {
                        out_of_line!(self.arithmetic(NumOp::Div, to, a, b));
                    }
                }
                Op::AddLoad { offset, to, a, pointer } => {
                    arithmetic_load!(to, a, pointer, offset, NumOp::Add, checked_add, +);
                }
                Op::SubLoad { offset, to, a, pointer } => {
                    arithmetic_load!(to, a, pointer, offset, NumOp::Sub, checked_sub, -);
                }
                Op::MulLoad { offset, to, a, pointer } => {
                    arithmetic_load!(to, a, pointer, offset, NumOp::Mul, checked_mul, *);
                }
                Op::AddStore { pointer, offset, value } => {
                    let y = [f[value as usize], f[value.wrapping_add(1) as usize]];
                    arithmetic_store!(pointer, offset, y, NumOp::Add, checked_add, +);
                }
                Op::SubStore { pointer, offset, value } => {
                    let y = [f[value as usize], f[value.wrapping_add(1) as usize]];
                    arithmetic_store!(pointer, offset, y, NumOp::Sub, checked_sub, -);
                }
                Op::AddIntStore { pointer, offset, value } => {
                    let y = [INT, i64::from(value) as u64];
                    arithmetic_store!(pointer, offset, y, NumOp::Add, checked_add, +);
                }
                Op::Arithmetic { op, to, a, b } => out_of_line!(self.arithmetic(op, to, a, b)),
                Op::NumHash { to, from } => {
                    let number = [f[from as usize], f[from.wrapping_add(1) as usize]];
                    let hash = if number[0] == INT {
                        crate::num::hash_of_small(number[1])
                    } else {
                        self.bigs.hash(number)
                    };
                    f[to as usize] = INT;
                    f[to.wrapping_add(1) as usize] = hash as u64;
                }
                Op::Compare { op, to, a, b } => {
                    let x = [f[a as usize], f[a.wrapping_add(1) as usize]];
                    let y = [f[b as usize], f[b.wrapping_add(1) as usize]];
                    f[to as usize] = if x[0] | y[0] == INT {
                        comparison(op, x[1] as i64, y[1] as i64)
                    } else {
                        compare!(op, x, y)
                    };
                }

                Op::IsWord { to, a, value } => {
                    f[to as usize] = u64::from(f[a as usize] == i64::from(value) as u64);
                }
                Op::Not { to, from } => f[to as usize] = u64::from(f[from as usize] == 0),
                Op::Words { op, to, a, b } => {
                    let (x, y) = (f[a as usize], f[b as usize]);
                    f[to as usize] = word_operator(op, x, y);
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
                Op::JumpNotLt { a, b, by } => jump_compare!(a, b, by, Compare::Lt, <, false),
                Op::JumpLe { a, b, by } => jump_compare!(a, b, by, Compare::Le, <=, true),
                Op::JumpNotLe { a, b, by } => jump_compare!(a, b, by, Compare::Le, <=, false),
                Op::JumpEq { a, b, by } => jump_compare!(a, b, by, Compare::Eq, ==, true),
                Op::JumpNotEq { a, b, by } => jump_compare!(a, b, by, Compare::Eq, ==, false),
                Op::JumpLtInt { a, value, by } => jump_int!(a, value, by, Compare::Lt, <, true),
                Op::JumpNotLtInt { a, value, by } => jump_int!(a, value, by, Compare::Lt, <, false),
                Op::JumpLeInt { a, value, by } => jump_int!(a, value, by, Compare::Le, <=, true),
                Op::JumpNotLeInt { a, value, by } => jump_int!(a, value, by, Compare::Le, <=, false),
                Op::JumpGtInt { a, value, by } => jump_int!(a, value, by, Compare::Gt, >, true),
                Op::JumpNotGtInt { a, value, by } => jump_int!(a, value, by, Compare::Gt, >, false),
                Op::JumpGeInt { a, value, by } => jump_int!(a, value, by, Compare::Ge, >=, true),
                Op::JumpNotGeInt { a, value, by } => jump_int!(a, value, by, Compare::Ge, >=, false),
                Op::JumpEqInt { a, value, by } => jump_int!(a, value, by, Compare::Eq, ==, true),
                Op::JumpNotEqInt { a, value, by } => jump_int!(a, value, by, Compare::Eq, ==, false),
                Op::LoopLt { a, b, by } => {
                    step!();
                    jump_compare!(a, b, by, Compare::Lt, <, true);
                }
                Op::LoopLe { a, b, by } => {
                    step!();
                    jump_compare!(a, b, by, Compare::Le, <=, true);
                }
                Op::LoopLtInt { a, value, by } => {
                    step!();
                    jump_int!(a, value, by, Compare::Lt, <, true);
                }
                Op::LoopLeInt { a, value, by } => {
                    step!();
                    jump_int!(a, value, by, Compare::Le, <=, true);
                }
                Op::LoopGtInt { a, value, by } => {
                    step!();
                    jump_int!(a, value, by, Compare::Gt, >, true);
                }
                Op::LoopGeInt { a, value, by } => {
                    step!();
                    jump_int!(a, value, by, Compare::Ge, >=, true);
                }
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
                Op::LoadLength { to, pointer, offset } => {
                    let length = word_at!(Pointer(f[pointer as usize]).offset(offset as usize));
                    f[to as usize] = INT;
                    f[to.wrapping_add(1) as usize] = length;
                }
                Op::Load1 { to, pointer, offset } => {
                    f[to as usize] = word_at!(Pointer(f[pointer as usize]).offset(offset as usize));
                }
                Op::Load2 { to, pointer, offset } => {
                    let [first, second] = number_at!(pointer, offset);
                    f[to as usize] = first;
                    f[to.wrapping_add(1) as usize] = second;
                }
                Op::LoadN { words, to, pointer, offset } => {
                    let from = Pointer(f[pointer as usize]).offset(offset as usize);
                    let (to, words) = (to as usize, words as usize);
                    match (stretch(below, &self.heap, from, words), f.get_mut(to..to + words)) {
                        (Some(words), Some(place)) => copy_words(place, words),
                        _ => {
                            self.copy(Pointer::stack(base + to), from, words);
                            (below, f) = slots!();
                        }
                    }
                }
                Op::Store1 { pointer, from, offset } => {
                    set_word_at!(Pointer(f[pointer as usize]).offset(offset as usize), f[from as usize]);
                }
                Op::Store2 { pointer, from, offset } => {
                    let words = [f[from as usize], f[from.wrapping_add(1) as usize]];
                    set_pair_at!(Pointer(f[pointer as usize]).offset(offset as usize), words);
                }
                Op::StoreN { words, pointer, from, offset } => {
                    let to = Pointer(f[pointer as usize]).offset(offset as usize);
                    let (from, words) = (from as usize, words as usize);
                    match (stretch_mut(below, &mut self.heap, to, words), f.get(from..from + words)) {
                        (Some(place), Some(words)) => copy_words(place, words),
                        _ => {
                            self.copy(to, Pointer::stack(base + from), words);
                            (below, f) = slots!();
                        }
                    }
                }

                Op::Call { function } => {
                    let callee = callee!(function);
                    enter!(callee, COUNTED);
                    counted!();
                    step!();
                }
                Op::CallAccumulating { function, glue } => {
                    self.counters.uncounted += u64::from(glue);
                    let callee = callee!(function);
                    let caller = base;
                    match self.stack.push_words(callee.words, pc as u64 | ACCUMULATING) {
                        Ok(frame) => base = frame.word(),
                        Err(overflow) => stop!(stop::stack_overflow(overflow)),
                    }
                    // What stays behind is a continuation, which does not count against the stack.
                    self.stack_limit += base - caller;
                    pc = callee.entry as usize;
                    (below, f) = slots!();
                    step!();
                }
                Op::TailCall { words, function } => {
                    let callee = callee!(function);
                    // The arguments were put behind the frame; now they begin it.
                    let from = self.out(base);
                    (_, f) = slots!();
                    let words = (words as usize).min(WINDOW - from.min(WINDOW));
                    f.copy_within(from..from + words, 0);
                    match self.stack.replace(callee.words as usize * 8, 8) {
                        Ok(frame) => base = frame.word(),
                        Err(overflow) => stop!(stop::stack_overflow(overflow)),
                    }
                    pc = callee.entry as usize;
                    (below, f) = slots!();
                    step!();
                }
                Op::CallGlue { function } => {
                    let callee = callee!(function);
                    enter!(callee, 0);
                    self.counters.uncounted += 1;
                    step!();
                }
                Op::CallWord { function, mode } => {
                    let word = f[function as usize];
                    let Some(function) = (word as FuncIndex).checked_sub(1) else {
                        stop!(stop::panic("a function value is not set"));
                    };
                    if function as usize >= code.functions.len() {
                        stop!(stop::panic("a function value is not valid"));
                    }
                    let callee = callee!(function);
                    match mode {
                        CallMode::Counted => {
                            enter!(callee, COUNTED);
                            counted!();
                        }
                        CallMode::Partial => {
                            enter!(callee, 0);
                            self.counters.uncounted += 1;
                        }
                    }
                    step!();
                }
                Op::CallVirtual { class, table } => {
                    let Some(function) = table_entry(code, table, f[class as usize]).checked_sub(1) else {
                        stop!(stop::panic("the object's class has no such method"));
                    };
                    let callee = callee!(function);
                    enter!(callee, COUNTED);
                    counted!();
                    step!();
                }
                Op::CallDrop { class, table } => {
                    if let Some(function) = table_entry(code, table, f[class as usize]).checked_sub(1) {
                        let callee = callee!(function);
                        enter!(callee, 0);
                        self.counters.uncounted += 1;
                    }
                }
                Op::TableWord { to, class, table } => {
                    f[to as usize] = u64::from(table_entry(code, u32::from(table), f[class as usize]));
                }
                Op::Return { from, words } => {
                    move_words(f, 0, from as usize, words as usize);
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
                    let _ = callee!(function);
                    out_of_line!(self.make_generator(code, function, words));
                }
                Op::Resume { pointer, sent, mode } => transfer!(self.resume(code, pointer, sent, mode)),
                Op::Yield { from, words, resume } => transfer!(self.suspend(from, words, resume)),
                Op::Abandon { .. } => {}
                Op::Finish { from, words } => transfer!(self.end_generator(code, from, words)),
                Op::DropGenerator { pointer } => transfer!(self.drop_generator(code, pointer)),
                Op::GeneratorResult { to, pointer, words } => {
                    out_of_line!(self.generator_result(to, pointer, words));
                }

                Op::AppendText { pointer, literal } => {
                    let place = Pointer(f[pointer as usize]);
                    let text = code.literals.get(literal as usize).map_or("", |literal| literal);
                    out_of_line!(self.append(code, place, text.as_bytes(), pc as u32));
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
                    out_of_line!(self.append(code, place, text.as_bytes(), pc as u32));
                }
                Op::DropStr { slot } => {
                    let at = slot as usize;
                    let header = [f[at], f[at + 1], f[at + 2]];
                    if header[2] != 0 {
                        tell!();
                        self.drop_text(header, pc as u32);
                        (below, f) = slots!();
                    }
                }
                Op::DropStrAt { pointer } => {
                    let place = Pointer(f[pointer as usize]);
                    let header = self.str_header(place);
                    tell!();
                    self.drop_text(header, pc as u32);
                    (below, f) = slots!();
                }

                Op::ArrayGet { to, array, index } => {
                    let (header, number, shape, ..) = array_operands!(array, index);
                    match element(&self.heap, &self.plain, &self.bigs, header, number, shape) {
                        Some((_, words)) => {
                            f[to as usize] = state::PASS;
                            load_element!(to as usize + 1, words);
                        }
                        None => refuse!(to, header, number, true),
                    }
                }
                Op::ArrayGetUnwrap { to, array, index } => {
                    let (header, number, shape, ..) = array_operands!(array, index);
                    match element(&self.heap, &self.plain, &self.bigs, header, number, shape) {
                        Some((_, words)) => load_element!(to as usize, words),
                        None => stop!(stop::failed_unwrap(&self.slot_problem(
                            header.into(),
                            number.into(),
                            shape,
                            true
                        ))),
                    }
                }
                Op::ArrayTake { to, array, index } | Op::ArrayTakeUnwrap { to, array, index } => {
                    let unwrap = matches!(op, Op::ArrayTakeUnwrap { .. });
                    let (header, number, shape, ..) = array_operands!(array, index);
                    match element(&self.heap, &self.plain, &self.bigs, header, number, shape) {
                        Some((at, words)) => {
                            if !unwrap {
                                f[to as usize] = state::PASS;
                            }
                            load_element!(to as usize + usize::from(!unwrap), words);
                            let words = block_mut(&mut self.heap, &mut self.plain, header[array::BLOCK]);
                            shape.mark(words, header[array::LENGTH] as usize, at, false);
                        }
                        None if unwrap => {
                            stop!(stop::failed_unwrap(&self.slot_problem(
                                header.into(),
                                number.into(),
                                shape,
                                true
                            )));
                        }
                        None => refuse!(to, header, number, true),
                    }
                }
                Op::JumpVacant { array, index } => {
                    let (header, number, shape, _, by, _) = array_operands!(array, index);
                    if element(&self.heap, &self.plain, &self.bigs, header, number, shape).is_none() {
                        jump_by!(by);
                    }
                }
                // The value lies in the slot of the operands. On success the result is a pass; on failure the value
                // is still there, and the code that follows drops it. What `set` replaces, if anything, was dropped by
                // the code in front of it.
                Op::ArrayPut { to, array, index } | Op::ArraySet { to, array, index } => {
                    let over = matches!(op, Op::ArraySet { .. });
                    let (header, number, shape, slot, _, unwrap) = array_operands!(array, index);
                    let words = block_mut(&mut self.heap, &mut self.plain, header[array::BLOCK]);
                    let value = f.get(slot as usize..slot as usize + shape.words as usize);
                    let stored = put(words, &self.bigs, header, number, shape, value, over);
                    match (stored, unwrap) {
                        (true, true) => {}
                        (true, false) => f[to as usize] = state::PASS,
                        (false, true) => {
                            stop!(stop::failed_unwrap(self.refusal(header.into(), number.into(), false)))
                        }
                        (false, false) => refuse!(to, header, number, false),
                    }
                }
                Op::ArrayHas { to, array, index } => {
                    let (header, number, shape, ..) = array_operands!(array, index);
                    let has = element(&self.heap, &self.plain, &self.bigs, header, number, shape).is_some();
                    f[to as usize] = u64::from(has);
                }
                Op::ArrayElement { to, array, index } => {
                    let (header, number, shape, ..) = array_operands!(array, index);
                    match element(&self.heap, &self.plain, &self.bigs, header, number, shape) {
                        Some((at, _)) => {
                            f[to as usize] =
                                Machine::block_pointer(header[array::BLOCK], at * shape.words as usize).0;
                        }
                        None => {
                            stop!(stop::panic(&self.slot_problem(header.into(), number.into(), shape, true)))
                        }
                    }
                }
                Op::ArrayNext { to, array, index } => {
                    let (header, _, shape, _, by, _) = array_operands!(array, index);
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
                    if self.tracer.records() {
                        let step = self.counters.steps + u64::from(FUEL - fuel);
                        self.trace_event(code, kind, value, pc, base, step);
                        (below, f) = slots!();
                    }
                }
                Op::Builtin { builtin, a, b, c } => {
                    transfer!(self.builtin(code, host, builtin, [a, b, c]).map(|()| false));
                    if self.debt >= crate::machine::ALLOWANCE {
                        stop!(Exit::Pause);
                    }
                }

                Op::Panic { message } => {
                    let at = message as usize;
                    let header = [f[at], f[at + 1], f[at + 2]];
                    stop!(stop::panic(self.text(code, header)));
                }
                Op::PanicText { literal } => {
                    stop!(stop::panic(code.literals.get(literal as usize).map_or("", |text| text)));
                }
                Op::Unreachable => {
                    stop!(stop::panic("code was reached that cannot be"));
                }
            }
        }
    }
}
