//! The text form of MIR, for people: `spp-analyzer mir FILE::f`, the editor's command, and tests.

use super::*;
use crate::db::Db;
use crate::display::function_name;
use crate::lang::symbol;
use crate::ty::FnKind;
use std::fmt::{self, Display, Formatter, Write as _};

impl Mir {
    /// A readable form; lambdas and default arguments follow the function they belong to.
    pub fn display<'a>(&'a self, db: &'a dyn Db) -> impl Display + 'a {
        let body = crate::body::body(db, self.func);
        Printer { db, body, mir: self, title: function_name(db, self.func) }
    }
}

struct Printer<'a> {
    db: &'a dyn Db,
    body: &'a crate::body::Body,
    mir: &'a Mir,
    title: String,
}

impl Display for Printer<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mir = self.mir;
        let kind = match &mir.kind {
            MirKind::Function | MirKind::Default => "fn",
            MirKind::Coroutine { .. } => "gn",
            MirKind::Lambda { partial: true, .. } => "partial",
            MirKind::Lambda { .. } => "lambda",
        };
        write!(f, "{kind} {}(", self.title)?;
        for index in 1..=mir.param_count {
            let comma = if index > 1 { ", " } else { "" };
            write!(f, "{comma}{}: {}", self.slot_name(SlotId(index)), self.slot_type(SlotId(index)))?;
        }
        writeln!(f, ") -> {} {{", mir.slots[0].ty.display(self.db))?;
        if mir.broken {
            writeln!(f, "    # incomplete: the function has errors")?;
        }
        for field in &mir.captures {
            writeln!(f, "    capture {}: {}", field.name, field.ty.display_as(self.db, field.convention))?;
        }
        for index in mir.param_count as usize + 1..mir.slots.len() {
            let slot = SlotId(index as u32);
            let what = match mir.slots[index].kind {
                SlotKind::Temporary => "temp",
                SlotKind::DropFlag => "flag",
                _ => "let",
            };
            writeln!(f, "    {what} {}: {}", self.slot_name(slot), self.slot_type(slot))?;
        }
        for (index, block) in mir.blocks.iter().enumerate() {
            writeln!(f, "\n  b{index}:")?;
            for statement in &block.statements {
                writeln!(f, "    {}", self.statement(&statement.kind))?;
            }
            match &block.terminator {
                Terminator::Goto(target) => writeln!(f, "    goto b{}", target.0)?,
                Terminator::If { condition, then, otherwise } => {
                    writeln!(f, "    if {} goto b{} else b{}", self.operand(condition), then.0, otherwise.0)?;
                }
                Terminator::Return => writeln!(f, "    return")?,
                Terminator::Unreachable => writeln!(f, "    unreachable")?,
            }
        }
        writeln!(f, "}}")?;
        for (index, lambda) in mir.lambdas.iter().enumerate() {
            let title = format!("{}.lambda{index}", self.title);
            write!(f, "\n{}", Printer { mir: lambda, title, ..*self })?;
        }
        for (index, default) in mir.defaults.iter().enumerate() {
            if let Some(default) = default {
                let title = format!("{}.default{index}", self.title);
                write!(f, "\n{}", Printer { mir: default, title, ..*self })?;
            }
        }
        Ok(())
    }
}

impl Printer<'_> {
    fn slot_name(&self, slot: SlotId) -> String {
        match self.mir.slots.get(slot.0 as usize) {
            Some(Slot { kind: SlotKind::Return, .. }) => "ret".to_owned(),
            Some(Slot { local: Some(local), .. }) => format!("{}_{}", self.body.locals[*local].name, slot.0),
            _ => format!("_{}", slot.0),
        }
    }

    fn slot_type(&self, slot: SlotId) -> String {
        let slot = &self.mir.slots[slot.0 as usize];
        slot.ty.display_as(self.db, slot.convention).to_string()
    }

    fn place(&self, place: &Place) -> String {
        let mut text = self.slot_name(place.slot);
        for projection in &place.projection {
            match projection {
                Projection::Deref => text = format!("*{text}"),
                Projection::Attribute { class, index } => {
                    let data = crate::items::class_data(self.db, *class);
                    let name =
                        data.attributes.get(*index as usize).map_or("?", |attribute| attribute.name.as_str());
                    let _ = write!(text, ".{name}");
                }
                Projection::Base(class) => {
                    let _ = write!(text, ".{}", crate::items::class_data(self.db, *class).name);
                }
                Projection::TupleField(index) => {
                    let _ = write!(text, ".{index}");
                }
                Projection::Capture(index) => {
                    let name =
                        self.mir.captures.get(*index as usize).map_or("?", |field| field.name.as_str());
                    let _ = write!(text, ".{name}");
                }
            }
        }
        text
    }

    fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Move(place) => format!("move {}", self.place(place)),
            Operand::Copy(place) => self.place(place),
            Operand::Const(constant) => match constant {
                Const::Number(number) => {
                    format!("{}{}", number.text, if number.imaginary { "i" } else { "" })
                }
                Const::Bool(value) => value.to_string(),
                Const::Str(text) => format!("{text:?}"),
                Const::Regex(text) => format!("r{text:?}"),
                Const::EnumMember(class, index) => {
                    let data = crate::items::class_data(self.db, *class);
                    let member = data.members.as_ref().and_then(|members| members.get(*index as usize));
                    format!("{}.{}", data.name, member.map_or("?", |member| member.name.as_str()))
                }
                Const::Func(of) => function_name(self.db, of.0),
                Const::Void => "()".to_owned(),
            },
        }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        operands.iter().map(|operand| self.operand(operand)).collect::<Vec<_>>().join(", ")
    }

    fn drop(&self, drop: &Drop) -> String {
        let flag = drop.flag.map(|flag| format!(" if {}", self.slot_name(flag))).unwrap_or_default();
        let why = match drop.why {
            DropWhy::ScopeEnd => "scope end",
            DropWhy::EarlyExit => "early exit",
            DropWhy::Overwrite => "overwritten",
            DropWhy::Temporary => "temporary",
            DropWhy::TailCall => "tail call",
            DropWhy::Abandoned => "abandoned",
        };
        format!("drop {}{flag}    # {why}", self.place(&drop.place))
    }

    fn statement(&self, kind: &StatementKind) -> String {
        match kind {
            StatementKind::Assign(place, rvalue) => {
                format!("{} = {}", self.place(place), self.rvalue(rvalue))
            }
            StatementKind::Call(call) => self.call(call),
            StatementKind::StorageLive(slot) => format!("live {}", self.slot_name(*slot)),
            StatementKind::StorageDead(slot) => format!("dead {}", self.slot_name(*slot)),
            StatementKind::Drop(drop) => self.drop(drop),
            StatementKind::Yield(it) => {
                let Yield { value, resume, abandon } = &**it;
                let resume =
                    resume.as_ref().map(|place| format!("{} = ", self.place(place))).unwrap_or_default();
                let value = value.as_ref().map(|value| format!(" {}", self.arg(value))).unwrap_or_default();
                let abandon = match abandon.as_slice() {
                    [] => String::new(),
                    drops => {
                        let drops: Vec<String> = drops.iter().map(|drop| self.place(&drop.place)).collect();
                        format!("    # abandoned: drops {}", drops.join(", "))
                    }
                };
                format!("{resume}yield{value}{abandon}")
            }
            StatementKind::Append { into, piece } => {
                let piece = match &**piece {
                    StrPiece::Text(text) => format!("{text:?}"),
                    StrPiece::Str(place) => format!("&{}", self.place(place)),
                    StrPiece::Value(operand) => self.operand(operand),
                };
                format!("append {} {piece}", self.place(into))
            }
            StatementKind::Fold(fold) => {
                let init =
                    fold.init.as_ref().map(|init| format!("{}, ", self.operand(init))).unwrap_or_default();
                let op = match &fold.op {
                    FoldOp::Primitive(op) => symbol(*op).to_owned(),
                    FoldOp::Call { target, .. } => self.target(target),
                };
                let side = if fold.from_left { "left" } else { "right" };
                format!("{} = fold {side} {op}({init}{})", self.place(&fold.dest), self.operand(&fold.pack))
            }
            StatementKind::Taint(place) => format!("unknown {}", self.place(place)),
        }
    }

    fn call(&self, call: &Call) -> String {
        let dest = call.dest.as_ref().map(|dest| format!("{} = ", self.place(dest))).unwrap_or_default();
        let args: Vec<String> = call.args.iter().map(|arg| self.arg(arg)).collect();
        let recursion = match call.recursion {
            Recursion::None => "",
            Recursion::Tail => "tail ",
            Recursion::Accumulating => "accumulating ",
        };
        let result = match call.result_convention {
            Convention::Value => "",
            Convention::Ref => "    # gives a borrow",
            Convention::Mut => "    # gives a mutable borrow",
        };
        format!("{dest}{recursion}call {}({}){result}", self.target(&call.target), args.join(", "))
    }

    fn target(&self, target: &CallTarget) -> String {
        match target {
            CallTarget::Func { func, self_ty, dispatch, args, .. } => {
                let name = function_name(self.db, *func);
                let on = match (dispatch, self_ty) {
                    (Dispatch::Direct, _) | (_, None) => String::new(),
                    (Dispatch::Static, Some(ty)) => format!(" for {}", ty.display(self.db)),
                    (Dispatch::Virtual, Some(ty)) => format!(" virtual for {}", ty.display(self.db)),
                };
                let args: Vec<String> = args.iter().map(|arg| arg.display(self.db).to_string()).collect();
                let args = if args.is_empty() { String::new() } else { format!("[{}]", args.join(", ")) };
                format!("{name}{args}{on}")
            }
            CallTarget::Value { callee, kind } => {
                let kind = match kind {
                    FnKind::Ref => "&",
                    FnKind::Mut => "&mut ",
                    FnKind::One => "move ",
                };
                format!("({kind}{})", self.place(callee))
            }
            CallTarget::DefaultArg { func, param, .. } => {
                format!("{}.default{param}", function_name(self.db, *func))
            }
        }
    }

    fn arg(&self, arg: &Arg) -> String {
        match arg {
            Arg::Value(operand) => self.operand(operand),
            Arg::Ref { mutable, place, upcast } => {
                let upcast =
                    upcast.as_ref().map(|ty| format!(" as {}", ty.display(self.db))).unwrap_or_default();
                format!("&{}{}{upcast}", if *mutable { "mut " } else { "" }, self.place(place))
            }
        }
    }

    fn rvalue(&self, rvalue: &Rvalue) -> String {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Ref { mutable, place } => {
                format!("&{}{}", if *mutable { "mut " } else { "" }, self.place(place))
            }
            Rvalue::Object(object) => {
                let Object { class, attributes, bases, .. } = &**object;
                let data = crate::items::class_data(self.db, *class);
                let mut parts: Vec<String> = Vec::new();
                for (attribute, operand) in data.attributes.iter().zip(attributes) {
                    parts.push(format!("{}={}", attribute.name, self.operand(operand)));
                }
                for (class, operand) in bases {
                    let name = &crate::items::class_data(self.db, *class).name;
                    parts.push(format!("sup {name}={}", self.operand(operand)));
                }
                format!("{} {{ {} }}", data.name, parts.join(", "))
            }
            Rvalue::Tuple(values) => format!("({})", self.operands(values)),
            Rvalue::Array { values, .. } => format!("[{}]", self.operands(values)),
            Rvalue::Closure { lambda, captures } => format!("lambda{lambda}[{}]", self.operands(captures)),
            Rvalue::Upcast { value, to }
            | Rvalue::IntoVar { value, to, .. }
            | Rvalue::FunctionValue { value, to } => {
                format!("{} as {}", self.operand(value), to.display(self.db))
            }
            Rvalue::EnumValue { value, .. } => format!("value of {}", self.operand(value)),
            Rvalue::Primitive { op, operands } => {
                let [lhs, rhs] = &**operands;
                format!("{} {} {}", self.operand(lhs), symbol(*op), self.operand(rhs))
            }
            Rvalue::IsPass(place) => format!("passes {}", self.place(place)),
            Rvalue::PassValue(value) => format!("pass value of {}", self.operand(value)),
            Rvalue::FailValue(value) => format!("failure of {}", self.operand(value)),
            Rvalue::Failure { to, error } => {
                format!("fail {} as {}", self.operand(error), to.display(self.db))
            }
            Rvalue::Builtin { place, name, .. } => format!("{}.{name}", self.place(place)),
            Rvalue::LengthTest { place, count, at_least } => {
                format!("length of {} {} {count}", self.place(place), if *at_least { ">=" } else { "==" })
            }
            Rvalue::ElementRef { place, index } => format!("&{}[{index}]", self.place(place)),
            Rvalue::IsClass { place, class } => {
                format!("{} is {}", self.place(place), crate::items::class_data(self.db, *class).name)
            }
            Rvalue::TupleRest { place, from } => format!("{}[{from}...]", self.place(place)),
        }
    }
}
