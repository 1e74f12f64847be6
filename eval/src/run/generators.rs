//! Coroutines: their objects come and go, their frames move onto the stack and off it again. All of it is out of line;
//! `pc` and `base` of the machine are those of the loop while it runs.

use super::stop;
use crate::machine::{
    ACCUMULATING, COUNTED, Code, Exit, GeneratorState, HEADER, Machine, NOT_COMPILED, WINDOW,
};
use crate::op::{FuncIndex, Op, ResumeMode};
use crate::word::{Pointer, state};

impl Machine {
    /// Slot at which a callee's frame begins, where its arguments are put and its result is found.
    #[inline(always)]
    pub(super) fn out(&self, base: usize) -> usize {
        (self.stack.used() / 8 - base + HEADER).min(WINDOW / 2)
    }

    fn words_from(&self, word: usize, words: u16) -> Vec<u64> {
        self.stack.words().get(word..word + words as usize).unwrap_or(&[]).to_vec()
    }

    fn put_words(&mut self, word: usize, words: &[u64]) {
        if let Some(place) = self.stack.words_mut().get_mut(word..word + words.len()) {
            place.copy_from_slice(words);
        }
    }

    /// A generator of the arguments behind the frame.
    #[inline(never)]
    pub(super) fn make_generator(
        &mut self,
        code: &Code,
        function: FuncIndex,
        words: u16,
    ) -> Result<(), Exit> {
        let out = self.base + self.out(self.base);
        let mut frame = self.words_from(out, words);
        frame.resize(code.functions[function as usize].words as usize, 0);
        let at = self.new_generator(function, frame);
        self.put_words(out, &[u64::from(function) + 1, u64::from(at)]);
        Ok(())
    }

    /// Runs a generator; whether that was a step.
    #[inline(never)]
    pub(super) fn resume(
        &mut self,
        code: &Code,
        pointer: u16,
        sent: u16,
        mode: ResumeMode,
    ) -> Result<bool, Exit> {
        let at = self.read(Pointer(self.slot(pointer)), 1) as usize;
        let out = self.base + self.out(self.base);
        let Some(generator) = self.generators.get(at) else {
            return Err(stop::panic("a generator is gone"));
        };
        let callee = &code.functions[generator.function as usize];
        let target = match generator.state {
            GeneratorState::Fresh => None,
            GeneratorState::Suspended(target) => Some((target, generator.resume)),
            GeneratorState::Running => return Err(stop::panic("a generator resumes itself")),
            GeneratorState::Finished | GeneratorState::Free if mode == ResumeMode::Await => {
                return Err(stop::panic("the coroutine ended without a value"));
            }
            GeneratorState::Finished | GeneratorState::Free => {
                self.ended(code, out)?;
                return Ok(false);
            }
        };
        let sent = self.words_from(out, sent);
        let token = u64::from(self.pc) | COUNTED;
        let frame = self.stack.push(callee.words as usize * 8, 8, token).map_err(stop::stack_overflow)?;
        self.base = frame.word();
        if self.base > self.stack_limit {
            self.counters.uncounted += 1;
            return Err(stop::frames_too_large(self.limits.max_stack));
        }
        self.counters.depth += 1;
        self.counters.max_depth = self.counters.max_depth.max(self.counters.depth);
        self.bring_in(at, self.base, mode);
        self.pc = match target {
            None => callee.entry,
            Some((target, resume)) => {
                self.put_words(self.base + resume as usize, &sent);
                target
            }
        };
        Ok(true)
    }

    /// Hands out a value and suspends the running generator.
    #[inline(never)]
    pub(super) fn suspend(&mut self, from: u16, words: u16, resume: u16) -> Result<bool, Exit> {
        let value = self.words_from(self.base + from as usize, words);
        let Some(mode) = self.put_away(self.base, self.pc + 1, resume) else {
            return Err(stop::panic("`yield` outside of a generator"));
        };
        let out = self.leave_generator()?;
        match mode {
            ResumeMode::Next => {
                self.put_words(out, &[state::PASS]);
                self.put_words(out + 1, &value);
            }
            ResumeMode::Await | ResumeMode::Drop => self.put_words(out, &value),
        }
        Ok(false)
    }

    /// The running generator has ended with a result.
    #[inline(never)]
    pub(super) fn end_generator(&mut self, code: &Code, from: u16, words: u16) -> Result<bool, Exit> {
        let value = self.words_from(self.base + from as usize, words);
        let Some(mode) = self.finish(value) else {
            return Err(stop::panic("a coroutine ended outside of a generator"));
        };
        let out = self.leave_generator()?;
        match mode {
            ResumeMode::Next => self.ended(code, out)?,
            ResumeMode::Await => return Err(stop::panic("the coroutine ended without a value")),
            ResumeMode::Drop => {}
        }
        Ok(false)
    }

    /// Pops the frame of a generator, which only `resume` and `drop_generator` push; answers where it stood.
    fn leave_generator(&mut self) -> Result<usize, Exit> {
        let callee_base = self.base;
        let (frame, token) = self.stack.pop_token().map_err(stop::shadow_mismatch)?;
        self.base = frame.word();
        if token & COUNTED != 0 {
            self.counters.depth -= 1;
        }
        debug_assert_eq!(token & ACCUMULATING, 0);
        self.pc = token as u32;
        Ok(callee_base)
    }

    /// Runs what a generator has to drop, if it has anything, then frees it.
    #[inline(never)]
    pub(super) fn drop_generator(&mut self, code: &Code, pointer: u16) -> Result<bool, Exit> {
        let at = self.read(Pointer(self.slot(pointer)), 1) as usize;
        let Some(generator) = self.generators.get(at) else { return Ok(false) };
        let callee = &code.functions[generator.function as usize];
        let target = match generator.state {
            GeneratorState::Fresh => Some(callee.abandon),
            GeneratorState::Suspended(target) => match code.ops.get(target as usize - 1) {
                Some(&Op::Abandon { target }) => Some(target),
                _ => None,
            },
            _ => None,
        };
        match target.filter(|target| *target != NOT_COMPILED) {
            Some(target) => {
                let token = u64::from(self.pc);
                let frame =
                    self.stack.push(callee.words as usize * 8, 8, token).map_err(stop::stack_overflow)?;
                self.base = frame.word();
                self.counters.uncounted += 1;
                self.bring_in(at, self.base, ResumeMode::Drop);
                self.pc = target;
            }
            None => self.free_generator(at as u32),
        }
        Ok(false)
    }

    /// The `ret` value of a finished generator as an `Opt`.
    #[inline(never)]
    pub(super) fn generator_result(&mut self, to: u16, pointer: u16, words: u16) -> Result<(), Exit> {
        let at = self.read(Pointer(self.slot(pointer)), 1) as usize;
        let result = self
            .generators
            .get_mut(at)
            .filter(|generator| generator.state == GeneratorState::Finished)
            .map(|generator| std::mem::take(&mut generator.result));
        let to = self.base + to as usize;
        match result {
            Some(result) if result.len() == words as usize => {
                self.put_words(to, &[state::PASS]);
                self.put_words(to + 1, &result);
            }
            _ => self.put_words(to, &[state::FAIL]),
        }
        Ok(())
    }

    /// Puts a generator's frame on the stack.
    fn bring_in(&mut self, at: usize, base: usize, mode: ResumeMode) {
        if let Some(generator) = self.generators.get_mut(at) {
            let words = generator.frame.len();
            if let Some(place) = self.stack.words_mut().get_mut(base..base + words) {
                place.copy_from_slice(&generator.frame);
            }
            generator.state = GeneratorState::Running;
            generator.base = base;
            generator.mode = mode;
            self.running.push(at as u32);
        }
    }

    /// Takes the running generator's frame off the stack; it goes on at `pc`.
    fn put_away(&mut self, base: usize, pc: u32, resume: u16) -> Option<ResumeMode> {
        let at = self.running.pop()?;
        let generator = self.generators.get_mut(at as usize)?;
        let words = generator.frame.len();
        if let Some(frame) = self.stack.words().get(base..base + words) {
            generator.frame.copy_from_slice(frame);
        }
        generator.state = GeneratorState::Suspended(pc);
        generator.resume = resume;
        Some(generator.mode)
    }

    /// The running generator is at its end.
    fn finish(&mut self, result: Vec<u64>) -> Option<ResumeMode> {
        let at = self.running.pop()?;
        let generator = self.generators.get_mut(at as usize)?;
        let mode = generator.mode;
        generator.state = GeneratorState::Finished;
        generator.result = result;
        if mode == ResumeMode::Drop {
            self.free_generator(at);
        }
        Some(mode)
    }
}
