//! What is worth saying of arrays that cross calls: A45 for what certainly fails when it runs, A44 for what nobody gives
//! back. Where 5.5 itself knows the provenance, A42, A43 and A44 are reported with the rest of a body's findings.

use super::{Given, Origin, blocks, transfer};
use crate::body::LocalKind;
use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::display::function_name;
use crate::ids::{FuncId, FuncKey};
use crate::mir::facts::Facts;
use crate::mir::recursion::targets;
use crate::mir::{
    AllocOp, Arg, Call, CallTarget, Mir, Operand, Place, Rvalue, SlotId, SlotKind, Statement, StatementKind,
};
use crate::ownership::hints::are_different;
use crate::ownership::report::{Occurrence, Reporter};
use crate::ty::{Convention, Ty};

/// Findings about arrays that calls hand over. Ranges are relative to the function's node.
pub fn diagnostics(db: &dyn Db, func: FuncId) -> &[Diagnostic] {
    let Some(mir) = crate::mir::mir(db, func) else { return &[] };
    // Most functions never touch an array.
    let lang = crate::lang::lang_items(db, func.file().edition(db));
    if mir.broken || !mir.slots.iter().any(|slot| slot.ty.class() == Some(lang.arr)) {
        return &[];
    }
    across_calls(db, func.key(db))
}

#[salsa::tracked(returns(ref))]
fn across_calls<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Box<[Diagnostic]> {
    let func = key.func(db);
    let Some(mir) = crate::mir::mir(db, func) else { return Box::default() };
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let mut check = Check {
        db,
        facts: &facts,
        mir,
        known: crate::mir::diagnostics(db, func),
        report: Reporter { body, mir, facts: &facts, diagnostics: Vec::new() },
    };
    check.run();
    check.report.diagnostics.into()
}

struct Check<'a> {
    db: &'a dyn Db,
    facts: &'a Facts<'a>,
    mir: &'a Mir,
    /// What is reported on the function already.
    known: &'a [Diagnostic],
    report: Reporter<'a>,
}

impl Check<'_> {
    fn run(&mut self) {
        let mir = self.mir;
        for statement in mir.statements() {
            let StatementKind::Call(call) = &statement.kind else { continue };
            match self.facts.alloc_call(&call.target) {
                Some((op @ (AllocOp::Realloc | AllocOp::Dealloc), allocator)) => {
                    self.given_here(statement, call, op, allocator);
                }
                Some(_) => {}
                None => self.given_there(statement, call),
            }
        }
        self.never_given_back();
    }

    /// Where the array in a slot comes from, if from one place.
    fn origin(&self, slot: SlotId) -> Option<&Origin> {
        let all = blocks(self.db, self.mir.func)?;
        all.get(slot.0 as usize)?.own.array()
    }

    fn array<'c>(&self, arg: Option<&'c Arg>) -> Option<&'c Place> {
        match arg {
            Some(Arg::Value(Operand::Move(place)))
                if place.projection.is_empty()
                    && self.facts.is_array(&self.mir.slots[place.slot.0 as usize].ty) =>
            {
                Some(place)
            }
            _ => None,
        }
    }

    /// The array that a call returned goes to another allocator than the one that made it inside the call.
    fn given_here(&mut self, statement: &Statement, call: &Call, op: AllocOp, allocator: &Ty) {
        let reported = self
            .known
            .iter()
            .any(|known| matches!(known.code, "A42" | "A43") && statement.span.contains_range(known.range));
        let Some(place) = self.array(call.args.first()).filter(|_| !reported) else { return };
        let Some(wrong) = self.wrong(self.origin(place.slot), allocator) else { return };
        let place = self.source(place);
        let (name, method) = (self.name(&place), method(op));
        let to = self.report.ty(allocator);
        let range = self.report.locate(&place, statement.span, Occurrence::First);
        let message = format!("{name} {wrong}, but is given to `{to}.{method}`");
        self.push(Diagnostic::warning("A45", range, message));
    }

    /// A function gives its argument back to another allocator than the one it comes from.
    fn given_there(&mut self, statement: &Statement, call: &Call) {
        let CallTarget::Func { func, container_args, args, self_ty, dispatch } = &call.target else { return };
        if !call.args.iter().any(|arg| self.array(Some(arg)).is_some()) {
            return;
        }
        let program = self.facts.program;
        let found = targets(self.db, program, *func, container_args, *dispatch, self_ty.as_ref());
        let [callee] = found.as_slice() else { return };
        let Some(transfer) = transfer(self.db, *callee) else { return };
        let subst = self.facts.callee_subst(*callee, container_args, args, self_ty.as_ref());
        for (arg, argument) in call.args.iter().zip(&transfer.arguments) {
            let Some(place) = self.array(Some(arg)) else { continue };
            for given in &argument.given {
                let to = self.facts.normal(subst.apply(&given.allocator));
                let Some(wrong) = self.wrong(self.origin(place.slot), &to) else { continue };
                let place = self.source(place);
                let name = self.name(&place);
                let range = self.report.locate(&place, statement.span, Occurrence::First);
                let by = function_name(self.db, *callee);
                let target = format!("{}.{}", self.report.ty(&to), method(given.op));
                let message = format!("{name} {wrong}, but `{by}` gives it to `{target}`");
                let mut diagnostic = Diagnostic::warning("A45", range, message);
                if !given.path.is_empty() {
                    diagnostic = diagnostic.note(self.way(*callee, given, &target));
                }
                self.push(diagnostic);
                break;
            }
        }
    }

    fn name(&self, place: &Place) -> String {
        match self.mir.slots[place.slot.0 as usize].local {
            Some(_) => format!("`{}`", self.report.text(place)),
            None => "the array".to_owned(),
        }
    }

    fn way(&self, callee: FuncId, given: &Given, target: &str) -> String {
        let names = [callee].into_iter().chain(given.path.iter().copied());
        let names: Vec<String> = names.map(|func| format!("`{}`", function_name(self.db, func))).collect();
        format!("on the way {} → `{target}`", names.join(" → "))
    }

    fn wrong(&self, origin: Option<&Origin>, to: &Ty) -> Option<String> {
        match origin? {
            Origin::From(from) if are_different(from, to) => {
                Some(format!("comes from `{}`", self.report.ty(from)))
            }
            Origin::Frame(_) | Origin::Plain => Some("was never allocated".to_owned()),
            _ => None,
        }
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.report.push(
            diagnostic
                .note("an array carries the allocator it came from; with another the call fails with code 22")
                .note("give it back to the allocator that made it, or let it be released when it is dropped"),
        );
    }

    /// The variable that an argument was moved from.
    fn source(&self, place: &Place) -> Place {
        if self.mir.slots[place.slot.0 as usize].kind != SlotKind::Temporary {
            return place.clone();
        }
        let moved = self.mir.statements().find_map(|statement| match &statement.kind {
            StatementKind::Assign(dest, Rvalue::Use(Operand::Move(source))) if dest == place => Some(source),
            _ => None,
        });
        moved.unwrap_or(place).clone()
    }

    /// A44: the array that a call returned is never given back and never handed on.
    fn never_given_back(&mut self) {
        for (index, slot) in self.mir.slots.iter().enumerate() {
            let Some(local) = slot.local else { continue };
            let is_let = slot.kind == SlotKind::Variable
                && slot.convention == Convention::Value
                && self.report.body.locals[local].kind == LocalKind::Let;
            let reported =
                self.known.iter().any(|known| known.range == slot.span && known.code.starts_with('A'));
            if !is_let || reported || !self.facts.is_array(&slot.ty) {
                continue;
            }
            let Some(Origin::From(allocator)) = self.origin(SlotId(index as u32)) else { continue };
            let (mut used, mut moved) = (false, false);
            for statement in self.mir.statements() {
                crate::ownership::events::events(&statement.kind, &mut |event| {
                    if let crate::ownership::events::Event::Use(place, how) = event
                        && place.slot.0 as usize == index
                    {
                        used = true;
                        moved |= how == crate::ownership::events::Use::Move;
                    }
                });
            }
            if !used || moved {
                continue;
            }
            let (name, allocator) = (&self.report.body.locals[local].name, self.report.ty(allocator));
            let message = format!("`{name}` is released only implicitly, when it is dropped");
            let diagnostic = Diagnostic::hint("A44", slot.span, message)
                .note(format!("`{allocator}` made it inside the call that returns it"))
                .note(format!(
                    "`{allocator}.dealloc({name})` would let the program see whether that succeeds"
                ));
            self.report.push(diagnostic);
        }
    }
}

fn method(op: AllocOp) -> &'static str {
    crate::alloc_summary::method_name(op)
}
