//! How often the slots of a body are mentioned. A temporary that is assigned once and read once only passes a value on:
//! the instruction that computes it may put it where it is wanted.

use hir::mir::{
    Arg, Call, CallTarget, FoldOp, Mir, Operand, Place, Rvalue, SlotKind, StatementKind, StrPiece,
    Terminator, Yield,
};

/// For each slot: whether it is a temporary that is assigned as a whole once and read once.
pub(super) fn passing(mir: &Mir) -> Vec<bool> {
    let mut count = Count { assigned: vec![0; mir.slots.len()], read: vec![0; mir.slots.len()] };
    for block in &mir.blocks {
        for statement in &block.statements {
            count.statement(&statement.kind);
        }
        if let Terminator::If { condition, .. } = &block.terminator {
            count.operand(condition);
        }
    }
    let slots = mir.slots.iter().enumerate();
    slots
        .map(|(at, slot)| slot.kind == SlotKind::Temporary && count.assigned[at] == 1 && count.read[at] == 1)
        .collect()
}

struct Count {
    assigned: Vec<u32>,
    read: Vec<u32>,
}

impl Count {
    fn read(&mut self, place: &Place) {
        if let Some(count) = self.read.get_mut(place.slot.0 as usize) {
            *count += 1;
        }
    }

    /// An assignment of a part reads the rest.
    fn assigned(&mut self, place: &Place) {
        if !place.projection.is_empty() {
            return self.read(place);
        }
        if let Some(count) = self.assigned.get_mut(place.slot.0 as usize) {
            *count += 1;
        }
    }

    fn operand(&mut self, operand: &Operand) {
        if let Operand::Move(place) | Operand::Copy(place) = operand {
            self.read(place);
        }
    }

    fn operands<'a>(&mut self, operands: impl IntoIterator<Item = &'a Operand>) {
        for operand in operands {
            self.operand(operand);
        }
    }

    fn arg(&mut self, arg: &Arg) {
        match arg {
            Arg::Value(operand) => self.operand(operand),
            Arg::Ref { place, .. } => self.read(place),
        }
    }

    fn target(&mut self, target: &CallTarget) {
        if let CallTarget::Value { callee, .. } = target {
            self.read(callee);
        }
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Assign(place, value) => {
                self.rvalue(value);
                self.assigned(place);
            }
            StatementKind::Call(call) => {
                let Call { target, args, dest, .. } = &**call;
                self.target(target);
                args.iter().for_each(|arg| self.arg(arg));
                dest.iter().for_each(|dest| self.assigned(dest));
            }
            StatementKind::StorageLive(_) | StatementKind::StorageDead(_) => {}
            StatementKind::Drop(drop) => self.dropped(drop),
            StatementKind::Yield(suspended) => {
                let Yield { value, resume, abandon } = &**suspended;
                value.iter().for_each(|value| self.arg(value));
                resume.iter().for_each(|place| self.read(place));
                abandon.iter().for_each(|drop| self.dropped(drop));
            }
            StatementKind::Append { into, piece } => {
                self.read(into);
                match &**piece {
                    StrPiece::Text(_) => {}
                    StrPiece::Str(place) => self.read(place),
                    StrPiece::Value(operand) => self.operand(operand),
                }
            }
            StatementKind::Fold(fold) => {
                self.operands(&fold.init);
                self.operand(&fold.pack);
                // The total is built up in steps.
                self.read(&fold.dest);
                if let FoldOp::Call { target, .. } = &fold.op {
                    self.target(target);
                }
            }
            StatementKind::Taint(place) => self.read(place),
        }
    }

    fn dropped(&mut self, drop: &hir::mir::Drop) {
        self.read(&drop.place);
        if let Some(count) = drop.flag.and_then(|flag| self.read.get_mut(flag.0 as usize)) {
            *count += 1;
        }
    }

    fn rvalue(&mut self, value: &Rvalue) {
        match value {
            Rvalue::Use(operand) | Rvalue::PassValue(operand) | Rvalue::FailValue(operand) => {
                self.operand(operand);
            }
            Rvalue::Ref { place, .. }
            | Rvalue::IsPass(place)
            | Rvalue::Builtin { place, .. }
            | Rvalue::LengthTest { place, .. }
            | Rvalue::ElementRef { place, .. }
            | Rvalue::IsClass { place, .. }
            | Rvalue::TupleRest { place, .. } => self.read(place),
            Rvalue::Object(object) => {
                self.operands(&object.attributes);
                self.operands(object.bases.iter().map(|(_, base)| base));
            }
            Rvalue::Tuple(values) | Rvalue::Array { values, .. } => self.operands(values),
            Rvalue::Closure { captures, .. } => self.operands(captures),
            Rvalue::Upcast { value, .. }
            | Rvalue::IntoVar { value, .. }
            | Rvalue::FunctionValue { value, .. }
            | Rvalue::EnumValue { value, .. } => self.operand(value),
            Rvalue::Failure { error, .. } => self.operand(error),
            Rvalue::Primitive { operands, .. } => self.operands(operands.iter()),
        }
    }
}
