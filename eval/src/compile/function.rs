//! The body of one function: blocks, statements, ends.

use super::place::Place as Location;
use super::{Compiler, Instance, Key, Outcome, Refusal, Within, too_large};
use crate::machine::{HEADER, Traced};
use crate::op::{Compare, FuncIndex, Op, TraceKind};
use hir::mir::{
    self, BlockId, Call, Drop, Mir, MirKind, Operand, Recursion, SlotId, Statement, StatementKind, StrPiece,
    Terminator,
};
use hir::ty::{Convention, Subst, Ty};
use std::sync::Arc;
use syntax::TextRange;

/// How a body's `yield` and `ret` leave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Function,
    /// Its frame is the generator's.
    Generator,
    /// It runs like a function up to its first `yield`, whose value is the result.
    Awaited,
}

/// Emits the code of one function. Jumps are relative to the start of the code until it is appended.
pub(super) struct Emitter<'c, 'db> {
    pub compiler: &'c mut Compiler<'db>,
    pub function: FuncIndex,
    pub ops: Vec<Op>,
    /// Words that belong to slots.
    pub frame: u32,
    /// Words of temporaries in use, and the most that ever were.
    pub scratch: u32,
    pub most_scratch: u32,
    /// Words of temporaries that the frame has room for; found by a first attempt.
    pub room: u32,
    pub mode: Mode,
    /// Where values are dropped that this code drops.
    pub within: Within,
    /// The last place that a jump may lead to; nothing in front of it may change because of what follows.
    pub barrier: u32,
    sites: Vec<(u32, TextRange)>,
}

impl<'c, 'db> Emitter<'c, 'db> {
    pub fn new(
        compiler: &'c mut Compiler<'db>,
        function: FuncIndex,
        frame: u32,
        room: u32,
        mode: Mode,
    ) -> Self {
        Emitter {
            compiler,
            function,
            ops: Vec::new(),
            frame,
            scratch: 0,
            most_scratch: 0,
            room,
            mode,
            within: None,
            barrier: 0,
            sites: Vec::new(),
        }
    }

    pub fn op(&mut self, op: Op) {
        self.ops.push(op);
    }

    pub fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    /// Room for a temporary of some words, until [`Emitter::release`].
    pub fn temporary(&mut self, words: u32) -> Outcome<u16> {
        let at = self.frame + self.scratch;
        self.scratch += words.max(1);
        self.most_scratch = self.most_scratch.max(self.scratch);
        slot(at)
    }

    pub fn release(&mut self) {
        self.scratch = 0;
    }

    /// Where the arguments of a call and its result stand.
    pub fn out(&self) -> Outcome<u16> {
        slot(self.frame + self.room + HEADER as u32)
    }

    pub fn at(&mut self, range: TextRange) {
        self.sites.push((self.here(), range));
    }

    /// Moves words inside the frame.
    pub fn move_words(&mut self, to: u16, from: u16, words: u32) -> Outcome<()> {
        if to == from {
            return Ok(());
        }
        match words {
            0 => {}
            1 => self.op(Op::Move1 { to, from }),
            2 => self.op(Op::Move2 { to, from }),
            3 => self.op(Op::Move3 { to, from }),
            _ => {
                let words = u16::try_from(words).map_err(|_| too_large())?;
                self.op(Op::MoveN { to, from, words });
            }
        }
        Ok(())
    }

    /// A borrow of words of the frame.
    pub fn address(&mut self, to: u16, of: u16) {
        match self.mode {
            Mode::Generator => self.op(Op::AddressInGenerator { to, of }),
            Mode::Function | Mode::Awaited => self.op(Op::Address { to, of }),
        }
    }

    /// Reserves an instruction for a jump; [`Emitter::land`] fills it in.
    pub fn jump(&mut self, op: Op) -> u32 {
        self.ops.push(op);
        self.here() - 1
    }

    /// Makes a jump end here.
    pub fn land(&mut self, jump: u32) {
        let here = self.here();
        self.barrier = here;
        // Where the jump is short by nature, the code between is a handful of instructions.
        self.ops[jump as usize].set_target(jump, here);
    }

    /// A place that a jump may lead to.
    pub fn label(&mut self) -> u32 {
        self.barrier = self.here();
        self.barrier
    }

    /// Takes an instruction back; no jump stands or ends behind it.
    pub fn remove(&mut self, at: usize) {
        self.ops.remove(at);
        for (from, _) in self.sites.iter_mut().rev().take_while(|(from, _)| *from as usize > at) {
            *from -= 1;
        }
    }

    /// Puts the code in place.
    pub fn finish(self, argument_words: u32, abandon: Option<u32>) -> Outcome<()> {
        let Emitter { compiler, function, ops, frame, room, sites, .. } = self;
        let start = compiler.code.ops.len() as u32;
        // What stands in front of the first statement is not the code of the function before.
        compiler.site(function, TextRange::default());
        let mut sites = sites.into_iter().peekable();
        for (at, op) in ops.iter().enumerate() {
            while let Some((_, range)) = sites.next_if(|(from, _)| *from as usize <= at) {
                compiler.site(function, range);
            }
            compiler.code.ops.push(op.relocate(start));
        }
        let is_glue = compiler.code.functions[function as usize].is_glue;
        compiler.code.glue.resize(compiler.code.ops.len(), is_glue);
        let words = frame + room;
        slot(words)?;
        let entry = &mut compiler.code.functions[function as usize];
        entry.entry = start;
        entry.words = words;
        entry.frame_bytes = frame * 8;
        entry.argument_words = argument_words;
        if let Some(abandon) = abandon {
            entry.abandon = abandon + start;
        }
        Ok(())
    }
}

/// An operand of an instruction.
pub(super) fn slot(word: u32) -> Outcome<u16> {
    // Half of the window is kept for what lies behind a frame.
    u16::try_from(word).ok().filter(|word| *word < 1 << 15).ok_or_else(too_large)
}

/// Emits a body of MIR.
pub(super) struct Body<'c, 'db> {
    pub emit: Emitter<'c, 'db>,
    pub mir: &'c Mir,
    pub subst: Subst,
    pub instance: &'c Instance,
    /// First word of each slot, and its words.
    pub slots: Vec<(u16, u32)>,
    /// In a method inherited from a base: the type that its body calls `Self`, and what it is here.
    pub self_is: Option<(Ty, Ty)>,
    /// How often each slot is assigned as a whole. A truth value that is assigned once and branched on is used for that
    /// alone; one that short circuits assign twice is read again where they meet.
    assignments: Vec<u32>,
    /// Temporaries that only pass a value on.
    pub passing: Vec<bool>,
    /// Branches are short jumps.
    short: bool,
    block_starts: Vec<Option<u32>>,
    /// Jumps to blocks, to be filled in.
    jumps: Vec<(u32, BlockId)>,
    /// Where generators suspended at a `yield` are dropped: the `Abandon` instruction and what is to drop.
    abandons: Vec<(u32, Vec<Drop>)>,
    /// The allocator whose method this is.
    pub allocator: Option<AllocatorMethod>,
}

/// What the machine does at the borders of an allocator's method (5.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct AllocatorMethod {
    pub tag: u16,
    /// First word of the array parameter of `realloc` and `dealloc`.
    pub array: Option<u16>,
    /// First word of the size parameter of `alloc` and `realloc`.
    pub size: Option<u16>,
    /// In code for a trace: the literal with the allocator's name.
    pub shown: Option<u32>,
}

impl<'db> Compiler<'db> {
    pub(super) fn compile_function(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        awaited: bool,
    ) -> Outcome<()> {
        let mir = self.usable_mir(instance)?;
        let mode = match (&mir.kind, awaited) {
            (MirKind::Coroutine { .. }, false) => Mode::Generator,
            (MirKind::Coroutine { .. }, true) => Mode::Awaited,
            _ => Mode::Function,
        };
        self.compile_body(function, instance, &mir, Vec::new(), mode)
    }

    pub(super) fn compile_lambda(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        path: &[u32],
    ) -> Outcome<()> {
        let mir = self.usable_mir(instance)?;
        let lambda = lambda_at(&mir, path).ok_or_else(|| Refusal("a lambda is missing".to_owned()))?;
        self.compile_body(function, instance, lambda, path.to_vec(), Mode::Function)
    }

    pub(super) fn compile_default(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        param: u32,
    ) -> Outcome<()> {
        let mir = self.usable_mir(instance)?;
        let default = mir.defaults.get(param as usize).and_then(Option::as_ref);
        let default = default.ok_or_else(|| Refusal("a default argument is missing".to_owned()))?;
        self.compile_body(function, instance, default, Vec::new(), Mode::Function)
    }

    pub(super) fn usable_mir(&mut self, instance: &Instance) -> Outcome<Arc<Mir>> {
        let name = || hir::display::qualified_name(self.db, instance.func.0);
        match self.mirs.get(&instance.func).cloned().flatten().or_else(|| self.mir(instance.func)) {
            Some(mir) if mir.broken => Err(Refusal(format!("`{}` has errors", name()))),
            Some(mir) => Ok(mir),
            None => Err(Refusal(format!(
                "`{}` has no body",
                hir::display::qualified_name(self.db, instance.func.0)
            ))),
        }
    }

    fn compile_body(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        mir: &Mir,
        path: Vec<u32>,
        mode: Mode,
    ) -> Outcome<()> {
        let subst = self.subst(instance);
        let self_is = match (&instance.self_ty, self.container_type(instance.func)) {
            (Some(actual), Some(formal)) => Some((self.concrete(&subst, &formal), actual.clone())),
            _ => None,
        };
        let (slots, frame) = self.place_slots(mir, &subst)?;
        let is_function = path.is_empty() && mir.kind == MirKind::Function;
        let allocator = if is_function { self.allocator_method(instance, &subst, &slots) } else { None };
        // The first attempt finds how much room temporaries take.
        let (mut room, mut short) = (0, true);
        let (assignments, passing) = (assignments(mir), super::uses::passing(mir));
        loop {
            let mut body = Body {
                emit: Emitter::new(self, function, frame, room, mode),
                mir,
                subst: subst.clone(),
                instance,
                slots: slots.clone(),
                self_is: self_is.clone(),
                assignments: assignments.clone(),
                passing: passing.clone(),
                short,
                block_starts: vec![None; mir.blocks.len()],
                jumps: Vec::new(),
                abandons: Vec::new(),
                allocator,
            };
            if is_function {
                body.emit.within = body.emit.compiler.cycles.with_del(instance.func);
            }
            body.emit_all()?;
            let never_started = body.emit_abandons()?;
            if body.emit.most_scratch <= room && body.short == short {
                let arguments = (1..=mir.param_count as usize).map(|param| body.slots[param].1).sum();
                return body.emit.finish(arguments, never_started);
            }
            room = body.emit.most_scratch;
            short = body.short;
        }
    }

    /// Where the slots of a body stand: as `frames` shows them.
    fn place_slots(&self, mir: &Mir, subst: &Subst) -> Outcome<(Vec<(u16, u32)>, u32)> {
        let layout = hir::frame::layout_of_instance(self.db, self.program, mir, subst).map_err(|_| {
            Refusal(format!("a frame of `{}` has no size", hir::display::qualified_name(self.db, mir.func.0)))
        })?;
        let mut slots = Vec::with_capacity(mir.slots.len());
        for (index, declared) in mir.slots.iter().enumerate() {
            let ty = self.concrete(subst, &declared.ty);
            let words = self.held_words(declared.convention, &ty)?;
            slots.push((slot(layout.offsets[index] / 8)?, words));
        }
        Ok((slots, layout.size / 8))
    }

    /// Whether a function is a method of an allocator, as the block `sup Alloc[E] for X` declares it.
    fn allocator_method(
        &mut self,
        instance: &Instance,
        subst: &Subst,
        slots: &[(u16, u32)],
    ) -> Option<AllocatorMethod> {
        if self.container_base(instance.func) != Some(self.lang.alloc) {
            return None;
        }
        let target = self.container_type(instance.func)?;
        let target = self.concrete(subst, &target);
        let tag = self.allocator(&target);
        let name = hir::items::signature(self.db, instance.func).name.clone();
        let param = |index: usize| slots.get(index).map(|(word, _)| *word);
        let (array, size) = match name.as_str() {
            "alloc" | "alloc_zero" => (None, param(1)),
            "realloc" => (param(1), param(2)),
            "dealloc" => (param(1), None),
            _ => return None,
        };
        if tag != 0 {
            self.register_releaser(instance, &target, tag);
        }
        let shown = self.trace.then(|| self.literal(&target.display(self.db).to_string()));
        Some(AllocatorMethod { tag, array, size, shown })
    }

    /// Makes the `dealloc` of an allocator known, for arrays that are released when they are dropped (A44).
    fn register_releaser(&mut self, instance: &Instance, target: &Ty, tag: u16) {
        if self.releasers.iter().any(|(known, _)| *known == u32::from(tag)) {
            return;
        }
        let dealloc = Instance {
            func: self.lang.alloc_dealloc,
            container_args: self.alloc_args(target),
            args: hir::ty::TyArgs::EMPTY,
            self_ty: None,
        };
        let resolved = self.resolve(&dealloc, target);
        let _ = instance;
        let function = self.function(Key::Function(resolved));
        self.releasers.push((u32::from(tag), function));
    }

    fn alloc_args(&self, allocator: &Ty) -> hir::ty::TyArgs {
        let element =
            hir::facts::allocator_element(self.db, self.program, &hir::items::Env::EMPTY, allocator);
        element.into_iter().collect()
    }
}

/// The lambda that a path of indexes leads to.
pub(super) fn lambda_at<'m>(mir: &'m Mir, path: &[u32]) -> Option<&'m Mir> {
    path.iter().try_fold(mir, |mir, index| mir.lambdas.get(*index as usize))
}

impl Body<'_, '_> {
    pub fn ty(&self, ty: &Ty) -> Ty {
        self.emit.compiler.concrete(&self.subst, ty)
    }

    /// A type that a static call is made on: `Self` of an inherited method is the class it was called on.
    pub fn receiver(&self, ty: &Ty) -> Ty {
        let ty = self.ty(ty);
        match &self.self_is {
            Some((formal, actual)) if *formal == ty => actual.clone(),
            _ => ty,
        }
    }

    pub fn slot_type(&self, slot: SlotId) -> (Convention, Ty) {
        let declared = &self.mir.slots[slot.0 as usize];
        (declared.convention, self.ty(&declared.ty))
    }

    fn emit_all(&mut self) -> Outcome<()> {
        self.trace(TraceKind::Call);
        self.trace_allocator();
        self.enter_allocator()?;
        // Blocks in an order in which most jumps fall through to the next.
        let mut order = Vec::with_capacity(self.mir.blocks.len());
        let mut seen = vec![false; self.mir.blocks.len()];
        let mut todo = vec![BlockId(0)];
        while let Some(block) = todo.pop() {
            let at = block.0 as usize;
            if at >= seen.len() || std::mem::replace(&mut seen[at], true) {
                continue;
            }
            order.push(block);
            match &self.mir.blocks[at].terminator {
                Terminator::Goto(next) => todo.push(*next),
                Terminator::If { then, otherwise, .. } => todo.extend([*otherwise, *then]),
                Terminator::Return | Terminator::Unreachable => {}
            }
        }
        for (position, block) in order.iter().enumerate() {
            self.block_starts[block.0 as usize] = Some(self.emit.label());
            self.block(*block, order.get(position + 1).copied())?;
        }
        for (jump, block) in std::mem::take(&mut self.jumps) {
            let Some(start) = self.block_starts[block.0 as usize] else { continue };
            if !self.emit.ops[jump as usize].set_target(jump, start) {
                self.short = false;
            }
        }
        Ok(())
    }

    fn block(&mut self, block: BlockId, next: Option<BlockId>) -> Outcome<()> {
        let mir = self.mir;
        let content = &mir.blocks[block.0 as usize];
        let mut statements = &*content.statements;
        while let Some((statement, rest)) = statements.split_first() {
            self.emit.at(statement.span);
            self.emit.release();
            let taken = self.fused(statements)?;
            if taken > 0 {
                statements = &statements[taken..];
                continue;
            }
            self.statement(statement)?;
            statements = rest;
        }
        self.emit.release();
        self.terminator(&content.terminator, next)
    }

    fn statement(&mut self, statement: &Statement) -> Outcome<()> {
        match &statement.kind {
            StatementKind::Assign(place, value) => self.assign(place, value),
            StatementKind::Call(call) => self.call(call),
            StatementKind::StorageLive(slot) => {
                self.trace_storage(TraceKind::Live, *slot);
                Ok(())
            }
            StatementKind::StorageDead(slot) => {
                self.trace_storage(TraceKind::Dead, *slot);
                Ok(())
            }
            StatementKind::Taint(_) => Ok(()),
            StatementKind::Drop(drop) => self.drop(drop),
            StatementKind::Yield(it) => self.emit_yield(it.value.as_ref(), it.resume.as_ref(), &it.abandon),
            StatementKind::Append { into, piece } => self.append(into, piece),
            StatementKind::Fold(fold) => self.fold(fold),
        }
    }

    /// In code for a trace: tells of a call or a return.
    fn trace(&mut self, kind: TraceKind) {
        if self.emit.compiler.trace && !self.is_partial() {
            let value = self.emit.function;
            self.emit.op(Op::Trace { kind, value });
        }
    }

    /// In code for a trace: what is allocated in this call counts for this allocator.
    fn trace_allocator(&mut self) {
        if let Some(value) = self.allocator.and_then(|method| method.shown) {
            self.emit.op(Op::Trace { kind: TraceKind::Allocator, value });
        }
    }

    fn is_partial(&self) -> bool {
        matches!(self.mir.kind, MirKind::Lambda { partial: true, .. })
    }

    /// In code for a trace: tells of a slot.
    fn trace_slot(&mut self, kind: TraceKind, what: String, slot: SlotId, word: Option<u16>, words: u32) {
        let traced = &mut self.emit.compiler.code.traced;
        let value = traced.len() as u32;
        traced.push(Traced { what: Arc::from(what), slot: slot.0, word: word.map(u32::from), words });
        self.emit.op(Op::Trace { kind, value });
    }

    fn trace_drop(&mut self, drop: &Drop, place: &Location) -> Outcome<()> {
        if self.emit.compiler.trace && self.emit.compiler.needs_drop(place.ty()) {
            let word = match place {
                Location::Frame { word, .. } => Some(*word),
                Location::Memory { .. } => None,
            };
            let words = self.emit.compiler.held_words(place.convention(), place.ty())?;
            let name = mir::place_name(self.emit.compiler.db, self.mir, &drop.place);
            let name = name.as_deref().unwrap_or("temporary");
            let what = format!("{name}: {}", place.ty().display(self.emit.compiler.db));
            self.trace_slot(TraceKind::Drop, what, drop.place.slot, word, words);
        }
        Ok(())
    }

    fn trace_storage(&mut self, kind: TraceKind, slot: SlotId) {
        let (word, words) = self.slots[slot.0 as usize];
        if self.emit.compiler.trace_slots && words > 0 {
            self.trace_slot(kind, String::new(), slot, Some(word), words);
        }
    }

    pub fn drop(&mut self, drop: &Drop) -> Outcome<()> {
        let skip = drop.flag.map(|flag| {
            let (condition, _) = self.slots[flag.0 as usize];
            self.emit.jump(Op::JumpUnless { condition, target: 0 })
        });
        let place = self.place(&drop.place)?;
        self.trace_drop(drop, &place)?;
        self.emit.drop_at(&place)?;
        if let Some(skip) = skip {
            self.emit.land(skip);
        }
        Ok(())
    }

    fn append(&mut self, into: &mir::Place, piece: &StrPiece) -> Outcome<()> {
        let into = self.place(into)?;
        let pointer = self.emit.pointer_to(&into)?;
        match piece {
            StrPiece::Text(text) => {
                let literal = self.emit.compiler.literal(text);
                self.emit.op(Op::AppendText { pointer, literal });
            }
            StrPiece::Str(place) => {
                let place = self.place(place)?;
                let other = self.emit.pointer_to(&place)?;
                self.emit.op(Op::AppendStr { pointer, other });
            }
            StrPiece::Value(operand) => {
                let (value, ty) = self.operand(operand)?;
                match self.emit.compiler.is_class(&ty, self.emit.compiler.lang.num) {
                    true => self.emit.op(Op::AppendNum { pointer, value }),
                    false => self.emit.op(Op::AppendBool { pointer, value }),
                }
            }
        }
        Ok(())
    }

    fn emit_yield(
        &mut self,
        value: Option<&mir::Arg>,
        resume: Option<&mir::Place>,
        abandon: &[Drop],
    ) -> Outcome<()> {
        let (from, words) = match value {
            Some(value) => self.argument(value)?,
            None => (0, 0),
        };
        if self.emit.mode == Mode::Awaited {
            if abandon.is_empty() {
                self.trace(TraceKind::Return);
                return self.emit_return(from, words);
            }
            // The value is out of the frame's reach before the rest of the frame is dropped.
            let kept = self.emit.temporary(words)?;
            self.emit.move_words(kept, from, words)?;
            for drop in abandon {
                self.drop(drop)?;
            }
            self.trace(TraceKind::Return);
            return self.emit_return(kept, words);
        }
        let resume = match resume {
            Some(place) => match self.place(place)? {
                Location::Frame { word, .. } => word,
                Location::Memory { .. } => {
                    return Err(Refusal("what a `yield` receives is not a variable".to_owned()));
                }
            },
            None => 0,
        };
        let words = u16::try_from(words).map_err(|_| too_large())?;
        self.trace(TraceKind::Return);
        self.emit.op(Op::Yield { from, words, resume });
        self.abandons.push((self.emit.here(), abandon.to_vec()));
        self.emit.op(Op::Abandon { target: 0 });
        self.trace(TraceKind::Call);
        Ok(())
    }

    /// The code that drops suspended generators; answers where one that never started is dropped.
    fn emit_abandons(&mut self) -> Outcome<Option<u32>> {
        if self.emit.mode != Mode::Generator {
            return Ok(None);
        }
        for (at, drops) in std::mem::take(&mut self.abandons) {
            let start = self.emit.here();
            if let Op::Abandon { target } = &mut self.emit.ops[at as usize] {
                *target = start;
            }
            self.trace(TraceKind::Abandon);
            for drop in &drops {
                self.emit.release();
                self.drop(drop)?;
            }
            self.trace(TraceKind::Return);
            self.emit.op(Op::Finish { from: 0, words: 0 });
        }
        let never_started = self.emit.here();
        for param in (1..=self.mir.param_count).rev() {
            let (convention, ty) = self.slot_type(SlotId(param));
            if convention == Convention::Value {
                self.emit.release();
                let word = self.slots[param as usize].0;
                self.emit.drop_at(&Location::Frame { word, ty, convention, tag: None })?;
            }
        }
        self.emit.op(Op::Finish { from: 0, words: 0 });
        Ok(Some(never_started))
    }

    fn emit_return(&mut self, from: u16, words: u32) -> Outcome<()> {
        match words {
            0 => self.emit.op(Op::Return0),
            1 => self.emit.op(Op::Return1 { from }),
            2 => self.emit.op(Op::Return2 { from }),
            _ => {
                let words = u16::try_from(words).map_err(|_| too_large())?;
                self.emit.op(Op::Return { from, words });
            }
        }
        Ok(())
    }

    fn terminator(&mut self, terminator: &Terminator, next: Option<BlockId>) -> Outcome<()> {
        match terminator {
            Terminator::Goto(target) => self.jump_to(*target, next),
            Terminator::If { condition, then, otherwise } => {
                self.branch(condition, *then, *otherwise, next)?
            }
            Terminator::Return => {
                self.leave_allocator()?;
                self.trace(TraceKind::Return);
                let (from, words) = self.slots[0];
                let words = if self.emit.compiler.is_void(&self.slot_type(SlotId(0)).1) { 0 } else { words };
                match self.emit.mode {
                    Mode::Function => {
                        let from = self.returned_from(from, words);
                        self.emit_return(from, words)?;
                    }
                    Mode::Generator => {
                        let words = u16::try_from(words).map_err(|_| too_large())?;
                        self.emit.op(Op::Finish { from, words });
                    }
                    Mode::Awaited => {
                        let literal = self.emit.compiler.literal("the coroutine ended without a value");
                        self.emit.op(Op::PanicText { literal });
                    }
                }
            }
            Terminator::Unreachable => self.emit.op(Op::Unreachable),
        }
        Ok(())
    }

    fn jump_to(&mut self, target: BlockId, next: Option<BlockId>) {
        let start = self.block_starts[target.0 as usize];
        match start {
            None if next == Some(target) => {}
            None => self.jump_to_block(Op::Skip { target: 0 }, target),
            Some(start) => {
                // The head of a loop that is left where a comparison fails: that is made here, for the next round.
                if let Some((head, closing, exit)) = self.loop_head(start) {
                    for at in start..head {
                        self.emit.op(self.emit.ops[at as usize]);
                    }
                    let jump = self.emit.jump(closing);
                    if !self.emit.ops[jump as usize].set_target(jump, head + 1) {
                        self.short = false;
                    }
                    return self.jump_to(exit, next);
                }
                self.jump_to_block(Op::Jump { target: 0 }, target);
            }
        }
    }

    /// For a block that computes a little and then leaves a loop where a comparison fails: that jump, what closes the
    /// loop instead, and where the jump leads.
    fn loop_head(&self, start: u32) -> Option<(u32, Op, BlockId)> {
        const LONGEST: u32 = 4;
        let simple = |at: &u32| {
            let op = self.emit.ops.get(*at as usize).copied();
            op.is_some_and(|mut op| op.result().is_some() && op.operands().is_some())
        };
        let head = (start..start + LONGEST).find(|at| !simple(at))?;
        let closing = self.emit.ops.get(head as usize)?.closing().filter(|_| self.short)?;
        let exit = self.jumps.iter().find(|(jump, _)| *jump == head).map(|(_, exit)| *exit)?;
        Some((head, closing, exit))
    }

    fn jump_to_block(&mut self, op: Op, target: BlockId) {
        let jump = self.emit.jump(op);
        self.jumps.push((jump, target));
    }

    fn branch(
        &mut self,
        condition: &Operand,
        then: BlockId,
        otherwise: BlockId,
        next: Option<BlockId>,
    ) -> Outcome<()> {
        if self.branch_on_slot(condition) {
            // The jump is that of the operands.
            self.jumps.push((self.emit.here() - 1, otherwise));
            self.jump_to(then, next);
            return Ok(());
        }
        // A comparison just made for this branch becomes part of it.
        if let Some(taken) = self.fused_branch(condition) {
            let over = taken.contrary().filter(|_| self.short);
            match over {
                Some(_) if next == Some(otherwise) && self.is_ahead(otherwise) => {
                    self.jump_to_block(taken, then);
                }
                Some(contrary) => {
                    self.jump_to_block(contrary, otherwise);
                    self.jump_to(then, next);
                }
                None => {
                    self.emit.op(taken);
                    self.jump_to_block(Op::Skip { target: 0 }, otherwise);
                    self.jump_to(then, next);
                }
            }
            return Ok(());
        }
        let condition = self.operand_in_place(condition)?;
        if next == Some(then) {
            self.jump_to_block(Op::JumpUnless { condition, target: 0 }, otherwise);
        } else {
            self.jump_to_block(Op::JumpIf { condition, target: 0 }, then);
            self.jump_to(otherwise, next);
        }
        Ok(())
    }

    /// If the last instruction found for this branch alone whether a slot of an array is occupied: makes it jump where
    /// the slot is vacant.
    fn branch_on_slot(&mut self, condition: &Operand) -> bool {
        let (Operand::Move(place) | Operand::Copy(place)) = condition else { return false };
        let slot = place.slot.0 as usize;
        let last = self.emit.ops.len().wrapping_sub(2);
        if !place.projection.is_empty()
            || !self.passing[slot]
            || !self.short
            || self.emit.barrier as usize > last
        {
            return false;
        }
        match self.emit.ops.get(last) {
            Some(&Op::ArrayHas { to, array, index }) if to == self.slots[slot].0 => {
                self.emit.ops[last] = Op::JumpVacant { array, index };
                true
            }
            _ => false,
        }
    }

    fn is_ahead(&self, block: BlockId) -> bool {
        self.block_starts[block.0 as usize].is_none()
    }

    /// The jump over one instruction that is taken if a condition holds which the last instruction computed for it
    /// alone; that instruction is taken back.
    fn fused_branch(&mut self, condition: &Operand) -> Option<Op> {
        let (Operand::Move(place) | Operand::Copy(place)) = condition else { return None };
        let slot = place.slot.0 as usize;
        if !place.projection.is_empty()
            || self.mir.slots[slot].kind != mir::SlotKind::Temporary
            || self.assignments[slot] != 1
            || self.emit.here() == self.emit.barrier
        {
            return None;
        }
        let (word, _) = self.slots[slot];
        let fused = match *self.emit.ops.last()? {
            Op::Compare { op, to, a, b } if to == word => compare_jump(op, a, b)?,
            Op::IsWord { to, a, value } if to == word => Op::JumpWordEq { a, value, by: 1 },
            _ => return None,
        };
        let with_int = self.int_operand(&fused);
        self.emit.remove(self.emit.ops.len() - 1);
        if with_int.is_some() {
            self.emit.remove(self.emit.ops.len() - 1);
        }
        Some(with_int.unwrap_or(fused))
    }

    /// The same with a small constant that was loaded right before the comparison.
    fn int_operand(&self, fused: &Op) -> Option<Op> {
        let at = self.emit.ops.len().checked_sub(2).filter(|at| *at >= self.emit.barrier as usize)?;
        let Op::Int { to, value } = self.emit.ops[at] else { return None };
        let value = i16::try_from(value).ok()?;
        if u32::from(to) < self.emit.frame {
            return None;
        }
        let op = match *fused {
            Op::JumpLt { a, b, by } if b == to => Op::JumpLtInt { a, value, by },
            Op::JumpLe { a, b, by } if b == to => Op::JumpLeInt { a, value, by },
            Op::JumpLt { a, b, by } if a == to => Op::JumpGtInt { a: b, value, by },
            Op::JumpLe { a, b, by } if a == to => Op::JumpGeInt { a: b, value, by },
            Op::JumpEq { a, b, by } if b == to => Op::JumpEqInt { a, value, by },
            Op::JumpNotEq { a, b, by } if b == to => Op::JumpNotEqInt { a, value, by },
            _ => return None,
        };
        // The constant itself is not needed any more: it was a temporary of this statement.
        Some(op)
    }

    /// A tail call replaces the frame (F9).
    pub fn is_tail(&self, call: &Call) -> bool {
        call.recursion == Recursion::Tail && self.emit.mode == Mode::Function && self.allocator.is_none()
    }
}

fn assignments(mir: &Mir) -> Vec<u32> {
    let mut counts = vec![0; mir.slots.len()];
    let statements = mir.blocks.iter().flat_map(|block| &block.statements);
    for statement in statements {
        let assigned = match &statement.kind {
            StatementKind::Assign(place, _) => Some(place),
            StatementKind::Call(call) => call.dest.as_ref(),
            _ => None,
        };
        if let Some(place) = assigned
            && place.projection.is_empty()
        {
            counts[place.slot.0 as usize] += 1;
        }
    }
    counts
}

/// A jump over one instruction if the comparison holds.
fn compare_jump(op: Compare, a: u16, b: u16) -> Option<Op> {
    let by = 1;
    Some(match op {
        Compare::Lt => Op::JumpLt { a, b, by },
        Compare::Le => Op::JumpLe { a, b, by },
        Compare::Gt => Op::JumpLt { a: b, b: a, by },
        Compare::Ge => Op::JumpLe { a: b, b: a, by },
        Compare::Eq => Op::JumpEq { a, b, by },
        Compare::Ne => Op::JumpNotEq { a, b, by },
        Compare::Cmp => return None,
    })
}
