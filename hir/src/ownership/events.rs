//! What a statement does to places, in the order in which it does it.

use crate::mir::*;
use crate::ty::FnKind;

/// One thing that happens to a place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    Use(&'a Place, Use),
    /// Initialised or overwritten; an old value was dropped before.
    Assign(&'a Place),
    Drop(&'a Drop),
    StorageDead(SlotId),
    /// See [`StatementKind::Taint`].
    Taint(&'a Place),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    Move,
    /// Read as a whole, without effect on the owner.
    Copy,
    /// A borrow for a call (BR4), or for as long as what holds it lives.
    Borrow {
        mutable: bool,
    },
    /// The callee of a call (CL7).
    Call(FnKind),
}

/// Reports the events of a statement: operands left to right, then all borrows at once (EX3), then the result.
pub(crate) fn events<'a>(kind: &'a StatementKind, report: &mut impl FnMut(Event<'a>)) {
    match kind {
        StatementKind::Assign(place, rvalue) => {
            rvalue_events(rvalue, report);
            report(Event::Assign(place));
        }
        StatementKind::Call(call) => {
            for arg in &call.args {
                if let Arg::Value(operand) = arg {
                    operand_event(operand, report);
                }
            }
            if let CallTarget::Value { callee, kind } = &call.target {
                report(Event::Use(callee, Use::Call(*kind)));
            }
            for arg in &call.args {
                if let Arg::Ref { mutable, place, .. } = arg {
                    report(Event::Use(place, Use::Borrow { mutable: *mutable }));
                }
            }
            if let Some(dest) = &call.dest {
                report(Event::Assign(dest));
            }
        }
        StatementKind::StorageLive(_) => {}
        StatementKind::StorageDead(slot) => report(Event::StorageDead(*slot)),
        StatementKind::Drop(drop) => report(Event::Drop(drop)),
        StatementKind::Yield(it) => {
            match &it.value {
                Some(Arg::Value(operand)) => operand_event(operand, report),
                Some(Arg::Ref { mutable, place, .. }) => {
                    report(Event::Use(place, Use::Borrow { mutable: *mutable }));
                }
                None => {}
            }
            if let Some(resume) = &it.resume {
                report(Event::Assign(resume));
            }
        }
        StatementKind::Append { piece, .. } => match &**piece {
            StrPiece::Text(_) => {}
            StrPiece::Str(place) => report(Event::Use(place, Use::Borrow { mutable: false })),
            StrPiece::Value(operand) => operand_event(operand, report),
        },
        StatementKind::Fold(fold) => {
            if let Some(init) = &fold.init {
                operand_event(init, report);
            }
            operand_event(&fold.pack, report);
            report(Event::Assign(&fold.dest));
        }
        StatementKind::Taint(place) => report(Event::Taint(place)),
    }
}

fn rvalue_events<'a>(rvalue: &'a Rvalue, report: &mut impl FnMut(Event<'a>)) {
    match rvalue {
        Rvalue::Use(operand) | Rvalue::PassValue(operand) | Rvalue::FailValue(operand) => {
            operand_event(operand, report);
        }
        Rvalue::Upcast { value: operand, .. }
        | Rvalue::IntoVar { value: operand, .. }
        | Rvalue::FunctionValue { value: operand, .. }
        | Rvalue::EnumValue { value: operand, .. }
        | Rvalue::Failure { error: operand, .. } => operand_event(operand, report),
        Rvalue::Primitive { operands, .. } => {
            operands.iter().for_each(|operand| operand_event(operand, report));
        }
        Rvalue::Tuple(values) | Rvalue::Array { values, .. } | Rvalue::Closure { captures: values, .. } => {
            values.iter().for_each(|value| operand_event(value, report));
        }
        Rvalue::Object(object) => {
            object.attributes.iter().for_each(|value| operand_event(value, report));
            object.bases.iter().for_each(|(_, value)| operand_event(value, report));
        }
        Rvalue::Ref { mutable, place } => report(Event::Use(place, Use::Borrow { mutable: *mutable })),
        Rvalue::Builtin { place, .. }
        | Rvalue::IsPass(place)
        | Rvalue::LengthTest { place, .. }
        | Rvalue::ElementRef { place, .. }
        | Rvalue::IsClass { place, .. }
        | Rvalue::TupleRest { place, .. } => report(Event::Use(place, Use::Borrow { mutable: false })),
    }
}

fn operand_event<'a>(operand: &'a Operand, report: &mut impl FnMut(Event<'a>)) {
    match operand {
        Operand::Move(place) => report(Event::Use(place, Use::Move)),
        Operand::Copy(place) => report(Event::Use(place, Use::Copy)),
        Operand::Const(_) => {}
    }
}

/// The operands of an rvalue whose value becomes part of the result.
pub(crate) fn parts(rvalue: &Rvalue) -> impl Iterator<Item = &Operand> {
    let (one, many, bases): (Option<&Operand>, &[Operand], &[(crate::ids::ClassId, Operand)]) = match rvalue {
        Rvalue::Use(value) | Rvalue::PassValue(value) | Rvalue::FailValue(value) => (Some(value), &[], &[]),
        Rvalue::Upcast { value, .. }
        | Rvalue::IntoVar { value, .. }
        | Rvalue::FunctionValue { value, .. }
        | Rvalue::Failure { error: value, .. } => (Some(value), &[], &[]),
        Rvalue::Tuple(values) | Rvalue::Array { values, .. } | Rvalue::Closure { captures: values, .. } => {
            (None, values, &[])
        }
        Rvalue::Object(object) => (None, &object.attributes, &object.bases),
        _ => (None, &[], &[]),
    };
    one.into_iter().chain(many).chain(bases.iter().map(|(_, value)| value))
}

/// Whether the callee's own value is used up by the call.
pub(crate) fn consumes(kind: FnKind) -> bool {
    kind == FnKind::One
}

pub(crate) fn operand_place(operand: &Operand) -> Option<&Place> {
    match operand {
        Operand::Move(place) | Operand::Copy(place) => Some(place),
        Operand::Const(_) => None,
    }
}
