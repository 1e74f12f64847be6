//! From a typed body to its control-flow graph.
//!
//! The builder fixes the order of evaluation (CC1, EX3), the scopes and what is dropped where they end (DR1–DR6). It
//! emits a [`Drop`] for every owned value of every scope that is left, moved or not; [`super::elaborate`] keeps those
//! that have something to do.

mod call;
mod closure;
mod expr;
mod pattern;
mod residual;
mod stmt;

use super::facts::{CopyKind, Facts};
use super::*;
use crate::body::{Body, Expr, Local, Stmt};
use crate::infer::{CallRole, InferenceResult};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a function's MIR is made from.
pub(crate) struct Source<'a> {
    pub facts: &'a Facts<'a>,
    pub body: &'a Body,
    pub infer: &'a InferenceResult,
}

/// The unelaborated MIR of a function: one drop per owned value and exit. `None` without a body.
pub(crate) fn build(source: &Source<'_>) -> Option<Mir> {
    let root = source.body.root?;
    let facts = source.facts;
    let signature = facts.signature(source.body.owner);
    let kind = if signature.is_coroutine {
        MirKind::Coroutine { yield_convention: source.yield_convention() }
    } else {
        MirKind::Function
    };
    let ret = if signature.is_coroutine {
        facts.coroutine_return(&signature.ret)
    } else {
        source.ret_type(&signature.ret)
    };

    let mut builder = Builder::new(source, kind, ret);
    for &param in &source.body.params {
        let slot = builder.declare(param, SlotKind::Param);
        builder.scopes[0].entries.push(Entry::Slot(slot));
    }
    builder.mir.param_count = source.body.params.len() as u32;
    builder.function_body(root);
    let defaults =
        source.body.defaults.iter().map(|default| default.map(|expr| default_body(source, expr))).collect();
    let mut mir = builder.finish();
    mir.defaults = defaults;
    Some(mir)
}

/// A default argument is computed in the callee's scope, at each call that omits it (OV5, F8).
fn default_body(source: &Source<'_>, expr: ExprId) -> Mir {
    let mut builder = Builder::new(source, MirKind::Default, source.infer.expr_type(expr).clone());
    if let Some(coercion) = source.infer.coercion(expr) {
        builder.mir.slots[0].ty = expr::coerced_type(coercion).clone();
    }
    let span = source.body.range(expr);
    builder.push_scope(ScopeKind::Statement);
    builder.evaluate(Place::slot(SlotId(0)), expr);
    builder.pop_scope(span, DropWhy::Temporary);
    builder.terminate(Terminator::Return);
    builder.finish()
}

impl Source<'_> {
    /// `Self` in the declared return type is the target of the enclosing block.
    fn ret_type(&self, declared: &Ty) -> Ty {
        self.facts.in_body(declared)
    }

    /// CO3: all `yield`s of a coroutine agree; the first one decides.
    fn yield_convention(&self) -> Convention {
        let yields = self.body.exprs.iter().find_map(|(_, expr)| match expr {
            Expr::Yield { convention, .. } => Some(*convention),
            _ => None,
        });
        yields.unwrap_or_default()
    }
}

struct Builder<'a> {
    source: &'a Source<'a>,
    facts: &'a Facts<'a>,
    body: &'a Body,
    infer: &'a InferenceResult,
    mir: Mir,
    current: BlockId,
    /// Those of the current block so far.
    pending: Vec<Statement>,
    /// Nothing can reach the current point, so nothing is emitted.
    dead: bool,
    /// Parallel to the blocks: whether some edge leads there.
    reached: Vec<bool>,
    scopes: Vec<Scope>,
    /// Lists of closed scopes, to be used again.
    spare: Vec<Vec<Entry>>,
    /// Where each local lives, by raw index.
    places: Vec<Option<Place>>,
    /// The subject of the pattern being tested, by the expression that stands for it in member patterns.
    subjects: FxHashMap<ExprId, Place>,
    /// Links of long chains that were evaluated ahead, and where their values are.
    ahead: FxHashMap<ExprId, SlotId>,
    /// Links of long chains that need no more looking at.
    measured: FxHashSet<ExprId>,
    /// Calls after which a function without a value has nothing left to do (F9).
    tail_calls: FxHashSet<ExprId>,
}

struct Scope {
    kind: ScopeKind,
    /// In order of declaration; undone in reverse (DR1).
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    /// Parameters.
    Function,
    /// A block, a branch of an `if`.
    Block,
    /// Holds the temporaries of one statement (DR5).
    Statement,
}

#[derive(Clone)]
enum Entry {
    Slot(SlotId),
    /// `Ctx.exit` of a `with` block (CF7).
    CtxExit {
        context: Place,
        with: ExprId,
    },
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source<'a>, kind: MirKind, ret: Ty) -> Self {
        let ret = Slot {
            ty: ret,
            convention: Convention::Value,
            kind: SlotKind::Return,
            local: None,
            mutable: true,
            late: false,
            pass_borrow: false,
            span: TextRange::empty(0.into()),
        };
        // What is too much is given back in the end.
        let expected = source.body.locals.len() + source.body.exprs.len() / 2 + 1;
        let mut slots = Vec::with_capacity(expected.min(128));
        slots.push(ret);
        let mir = Mir {
            func: source.body.owner,
            slots,
            param_count: 0,
            blocks: vec![BasicBlock::default()],
            kind,
            lambdas: Vec::new(),
            defaults: Vec::new(),
            captures: Vec::new(),
            broken: false,
        };
        Builder {
            source,
            facts: source.facts,
            body: source.body,
            infer: source.infer,
            mir,
            current: BlockId(0),
            pending: Vec::new(),
            dead: false,
            reached: vec![true],
            scopes: vec![Scope { kind: ScopeKind::Function, entries: Vec::new() }],
            spare: Vec::new(),
            places: vec![None; source.body.locals.len()],
            subjects: FxHashMap::default(),
            ahead: FxHashMap::default(),
            measured: FxHashSet::default(),
            tail_calls: FxHashSet::default(),
        }
    }

    /// The statements of a function, then what happens when its end is reached (F4).
    fn function_body(&mut self, root: ExprId) {
        let Expr::Block { statements, close, .. } = &self.body.exprs[root] else {
            self.mir.broken = true;
            return;
        };
        if self.facts.is_void(&self.mir.slots[0].ty) {
            self.find_tail_calls(root);
        }
        self.push_scope(ScopeKind::Block);
        self.statements(statements, None);
        self.pop_scope(*close, DropWhy::ScopeEnd);
        self.pop_scope(*close, DropWhy::ScopeEnd);
        let falls_through = !self.dead;
        self.terminate(Terminator::Return);
        // TY10 was reported; the missing value has no consequences here.
        let ret = &self.mir.slots[0].ty;
        if falls_through && !self.facts.is_void(ret) && !ret.has_unknown() {
            self.mir.broken = true;
        }
    }

    /// The last statements of a block, and of the branches of an `if` that is the last.
    fn find_tail_calls(&mut self, expr: ExprId) {
        match &self.body.exprs[expr] {
            Expr::Call { .. } => {
                self.tail_calls.insert(expr);
            }
            Expr::Block { statements, .. } => {
                if let Some(Stmt::Expr(last)) = statements.last() {
                    self.find_tail_calls(*last);
                }
            }
            Expr::If { branches, else_branch, .. } => {
                let bodies = branches.iter().map(|branch| branch.body).chain(*else_branch);
                bodies.for_each(|body| self.find_tail_calls(body));
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Mir {
        self.finish_block();
        remove_unreached(&mut self.mir, &self.reached);
        self.mir.slots.shrink_to_fit();
        self.mir.blocks.shrink_to_fit();
        self.mir
    }

    // Blocks and statements.

    fn new_block(&mut self) -> BlockId {
        let id = BlockId(self.mir.blocks.len() as u32);
        self.mir.blocks.push(BasicBlock::default());
        self.reached.push(false);
        id
    }

    fn push(&mut self, kind: StatementKind, span: TextRange) {
        if !self.dead {
            self.pending.push(Statement { kind, span });
        }
    }

    fn assign(&mut self, place: Place, value: Rvalue, span: TextRange) {
        self.push(StatementKind::Assign(place, value), span);
    }

    /// Ends the current block; what follows is unreachable until [`Builder::start`].
    fn terminate(&mut self, terminator: Terminator) {
        if self.dead {
            return;
        }
        match &terminator {
            Terminator::Goto(target) => self.reached[target.0 as usize] = true,
            Terminator::If { then, otherwise, .. } => {
                self.reached[then.0 as usize] = true;
                self.reached[otherwise.0 as usize] = true;
            }
            Terminator::Return | Terminator::Unreachable => {}
        }
        self.mir.blocks[self.current.0 as usize].terminator = terminator;
        self.finish_block();
        self.dead = true;
    }

    fn finish_block(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let known = &mut self.mir.blocks[self.current.0 as usize].statements;
        let all = std::mem::take(known).into_iter().chain(self.pending.drain(..));
        *known = all.collect();
    }

    fn goto(&mut self, target: BlockId) {
        self.terminate(Terminator::Goto(target));
    }

    fn start(&mut self, block: BlockId) {
        self.finish_block();
        self.current = block;
        self.dead = !self.reached[block.0 as usize];
    }

    // Slots.

    fn new_slot(&mut self, slot: Slot) -> SlotId {
        let id = SlotId(self.mir.slots.len() as u32);
        self.mir.slots.push(slot);
        id
    }

    fn slot(&self, slot: SlotId) -> &Slot {
        &self.mir.slots[slot.0 as usize]
    }

    /// A slot for a variable, with its storage begun unless it is a parameter. The caller puts it into its scope.
    fn declare(&mut self, local: LocalId, kind: SlotKind) -> SlotId {
        let Local { mutable, range, .. } = &self.body.locals[local];
        let (convention, ty) = self.infer.local_type(local);
        let slot = self.new_slot(Slot {
            ty: ty.clone(),
            convention,
            kind,
            local: Some(local),
            mutable: *mutable,
            late: false,
            pass_borrow: false,
            span: *range,
        });
        self.places[local.into_raw().into_u32() as usize] = Some(Place::slot(slot));
        if kind != SlotKind::Param {
            self.push(StatementKind::StorageLive(slot), *range);
        }
        slot
    }

    /// A temporary of the innermost statement.
    fn temp(&mut self, ty: Ty, convention: Convention, span: TextRange) -> SlotId {
        let slot = self.free_temp(ty, convention, span);
        if let Some(scope) = self.scopes.iter_mut().rev().find(|scope| scope.kind == ScopeKind::Statement) {
            scope.entries.push(Entry::Slot(slot));
        }
        slot
    }

    fn bool_temp(&mut self, span: TextRange) -> SlotId {
        self.temp(self.facts.bool_ty(), Convention::Value, span)
    }

    /// A temporary that no scope drops: whoever takes its value does so on every path.
    fn free_temp(&mut self, ty: Ty, convention: Convention, span: TextRange) -> SlotId {
        let slot = self.new_slot(Slot {
            ty,
            convention,
            kind: SlotKind::Temporary,
            local: None,
            mutable: true,
            late: false,
            pass_borrow: false,
            span,
        });
        self.push(StatementKind::StorageLive(slot), span);
        slot
    }

    // Scopes.

    fn push_scope(&mut self, kind: ScopeKind) {
        let entries = self.spare.pop().unwrap_or_default();
        self.scopes.push(Scope { kind, entries });
    }

    fn pop_scope(&mut self, span: TextRange, why: DropWhy) {
        if let Some(Scope { mut entries, .. }) = self.scopes.pop() {
            while let Some(entry) = entries.pop() {
                self.leave(&entry, span, why);
            }
            self.spare.push(entries);
        }
    }

    /// Leaves the scopes from the innermost down to `depth`, which stay open for other paths (DR6, F6).
    fn exit_scopes(&mut self, depth: usize, span: TextRange, why: DropWhy) {
        for index in (depth..self.scopes.len()).rev() {
            let temporaries = self.scopes[index].kind == ScopeKind::Statement && why == DropWhy::ScopeEnd;
            for entry in (0..self.scopes[index].entries.len()).rev() {
                let entry = self.scopes[index].entries[entry].clone();
                self.leave(&entry, span, if temporaries { DropWhy::Temporary } else { why });
            }
        }
    }

    fn leave(&mut self, entry: &Entry, span: TextRange, why: DropWhy) {
        if self.dead {
            return;
        }
        match entry {
            Entry::Slot(slot) => {
                self.drop_place(Place::slot(*slot), span, why);
                if self.slot(*slot).kind != SlotKind::Param {
                    self.push(StatementKind::StorageDead(*slot), span);
                }
            }
            Entry::CtxExit { context, with } => self.context_call(*with, CallRole::CtxExit, context, span),
        }
    }

    /// Drops a whole slot or, with a projection, what an assignment is about to overwrite.
    fn drop_place(&mut self, place: Place, span: TextRange, why: DropWhy) {
        if place.projection.is_empty() && !self.owns_something(place.slot) {
            return;
        }
        self.push(StatementKind::Drop(Box::new(Drop { place, why, flag: None })), span);
    }

    fn owns_something(&self, slot: SlotId) -> bool {
        let slot = self.slot(slot);
        slot.convention == Convention::Value && self.facts.needs_drop(&slot.ty)
    }

    /// Returns from the function: scopes are left inside out, parameters last (F4).
    fn leave_function(&mut self, span: TextRange, why: DropWhy) {
        self.exit_scopes(0, span, why);
        self.terminate(Terminator::Return);
    }

    // Broken code.

    /// Something at `expr` is wrong and was reported; what it names may be in any state afterwards.
    fn broken(&mut self, expr: ExprId) {
        self.mir.broken = true;
        if let Some(place) = self.known_place(expr) {
            let span = self.body.range(expr);
            self.push(StatementKind::Taint(place), span);
        }
    }

    /// The place of a path over a local, if nothing in it is unknown.
    fn known_place(&mut self, expr: ExprId) -> Option<Place> {
        let mut root = expr;
        loop {
            match &self.body.exprs[root] {
                Expr::Local(_) => return Some(self.place(expr)),
                Expr::Field { base, .. } => {
                    self.infer.resolution(root)?;
                    root = *base;
                }
                Expr::TupleField { base, .. } | Expr::Borrow { value: base, .. } => root = *base,
                _ => return None,
            }
        }
    }
}

/// Chains that lean left (`a.f().g()…`, `a + b + …`) are as long as the source; every so many links of one are
/// evaluated into a temporary of their own, so that the builder's recursion stays bounded.
const CHAIN_STEP: usize = 32;

/// What is evaluated first within an expression.
fn first_operand(body: &Body, expr: ExprId) -> Option<ExprId> {
    match &body.exprs[expr] {
        Expr::Binary { lhs, .. } => Some(*lhs),
        Expr::Chain { first, .. } => Some(*first),
        Expr::Call { callee, .. } => Some(*callee),
        Expr::Field { base, .. } | Expr::TupleField { base, .. } => Some(*base),
        Expr::Try { value } => Some(*value),
        _ => None,
    }
}

impl Builder<'_> {
    /// Evaluates the inner links of a long chain ahead.
    fn shorten_chain(&mut self, expr: ExprId) {
        let mut current = expr;
        let mut length = 0;
        while let Some(next) = first_operand(self.body, current) {
            current = next;
            length += 1;
            if length > CHAIN_STEP {
                break;
            }
        }
        if length <= CHAIN_STEP || self.measured.contains(&expr) {
            return;
        }
        let mut links = vec![expr];
        let mut current = expr;
        while let Some(next) = first_operand(self.body, current) {
            links.push(next);
            current = next;
        }
        self.measured.extend(links.iter().copied());
        let mut since = 0;
        // The outermost link belongs to whoever asked.
        for &link in links[1..].iter().rev() {
            since += 1;
            let has_value =
                matches!(self.body.exprs[link], Expr::Binary { .. } | Expr::Call { .. } | Expr::Try { .. });
            if since < CHAIN_STEP || !has_value || self.has_no_value(link) || self.dead {
                continue;
            }
            since = 0;
            let temp = self.value_temp(link);
            self.evaluate(Place::slot(temp), link);
            self.ahead.insert(link, temp);
        }
    }

    /// The value of a link that was evaluated ahead.
    fn evaluated_ahead(&self, expr: ExprId) -> Option<Place> {
        if self.ahead.is_empty() {
            return None;
        }
        self.ahead.get(&expr).map(|slot| Place::slot(*slot))
    }
}

/// Drops the blocks no edge leads to and numbers the rest anew.
fn remove_unreached(mir: &mut Mir, reached: &[bool]) {
    if reached.iter().all(|&reached| reached) {
        return;
    }
    let mut next = 0;
    let renumbered: Vec<BlockId> = reached
        .iter()
        .map(|&reached| {
            let id = BlockId(next);
            next += u32::from(reached);
            id
        })
        .collect();
    let mut index = 0;
    mir.blocks.retain_mut(|block| {
        match &mut block.terminator {
            Terminator::Goto(target) => *target = renumbered[target.0 as usize],
            Terminator::If { then, otherwise, .. } => {
                *then = renumbered[then.0 as usize];
                *otherwise = renumbered[otherwise.0 as usize];
            }
            Terminator::Return | Terminator::Unreachable => {}
        }
        index += 1;
        reached[index - 1]
    });
}

/// Whether evaluating the expression can neither run code nor be influenced by other operands of the same call.
fn is_simple(body: &Body, expr: ExprId) -> bool {
    let mut current = expr;
    loop {
        current = match &body.exprs[current] {
            Expr::Number(_)
            | Expr::Bool(_)
            | Expr::Str(_)
            | Expr::Regex(_)
            | Expr::Path(_)
            | Expr::Placeholder => {
                return true;
            }
            Expr::Local(_) => return true,
            Expr::Field { base, .. } | Expr::TupleField { base, .. } => *base,
            _ => return false,
        };
    }
}
