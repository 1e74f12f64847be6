//! What a random program has to print, by the rules of the reference alone: who owns what, and when it is dropped.

use crate::program::{Expr, FLAGS, Program, RUNS, Stmt, Type};

/// An object, with what it holds in the order in which that is dropped (DR2).
#[derive(Clone, Debug)]
struct Value {
    ty: Type,
    tag: u32,
    parts: Vec<Option<Value>>,
}

/// The function is left with this result.
struct Exit(Option<Value>);

struct Model {
    flags: [bool; FLAGS],
    slots: Vec<Option<Value>>,
    /// Variables of the open scopes, in order of declaration.
    declared: Vec<usize>,
    /// What is left of the objects that `else=` gave, until their statement ends (TY15, DR5).
    left: Vec<Value>,
    lines: Vec<String>,
}

/// All lines of the entry.
pub fn expected(program: &Program) -> Vec<String> {
    let mut lines = Vec::new();
    for flags in RUNS {
        let mut model = Model {
            flags,
            slots: vec![None; program.variables.len()],
            declared: vec![0, 1],
            left: Vec::new(),
            lines: std::mem::take(&mut lines),
        };
        model.slots[0] = Some(noisy(901));
        model.slots[1] = Some(pair(noisy(902), noisy(903)));
        let result = model.statements(&program.body);
        // Parameters come last (F4).
        model.end(0);
        let failure = match result {
            Ok(()) | Err(Exit(None)) => None,
            Err(Exit(Some(failure))) => Some(failure),
        };
        model.lines.push(failure.is_none().to_string());
        model.drop(failure);
        lines = model.lines;
    }
    lines
}

fn noisy(tag: u32) -> Value {
    Value { ty: Type::Noisy, tag, parts: Vec::new() }
}

fn pair(a: Value, b: Value) -> Value {
    Value { ty: Type::Pair, tag: 0, parts: vec![Some(a), Some(b)] }
}

impl Model {
    /// DR2: `del`, then the parts.
    fn drop(&mut self, value: Option<Value>) {
        let Some(value) = value else { return };
        match value.ty {
            Type::Noisy => self.lines.push(format!("drop {}", value.tag)),
            Type::Guard => self.lines.push(format!("guard {}", value.tag)),
            _ => {}
        }
        for part in value.parts {
            self.drop(part);
        }
    }

    /// DR1: the variables of the scopes above are dropped, the last one first.
    fn end(&mut self, outside: usize) {
        while self.declared.len() > outside {
            if let Some(variable) = self.declared.pop() {
                let value = self.slots[variable].take();
                self.drop(value);
            }
        }
    }

    fn statements(&mut self, list: &[Stmt]) -> Result<(), Exit> {
        let outside = self.declared.len();
        let mut result = Ok(());
        for statement in list {
            result = self.statement(statement);
            if result.is_err() {
                break;
            }
        }
        self.end(outside.max(2));
        result
    }

    fn declare(&mut self, variable: usize, value: Value) {
        self.slots[variable] = Some(value);
        self.declared.push(variable);
    }

    fn statement(&mut self, statement: &Stmt) -> Result<(), Exit> {
        self.evaluate(statement)?;
        while let Some(left) = self.left.pop() {
            self.drop(Some(left));
        }
        Ok(())
    }

    fn evaluate(&mut self, statement: &Stmt) -> Result<(), Exit> {
        match statement {
            Stmt::Let(variable, value) => {
                let value = self.expr(value)?;
                self.declare(*variable, value);
            }
            Stmt::LetElse(variable, tag, flag, other) => {
                let value = if self.flags[*flag] { noisy(*tag) } else { self.expr(other)? };
                self.declare(*variable, value);
            }
            // DR4
            Stmt::Assign(variable, value) => {
                let value = self.expr(value)?;
                let old = self.slots[*variable].take();
                self.drop(old);
                self.slots[*variable] = Some(value);
            }
            Stmt::AssignPart(variable, part, value) => {
                let value = self.expr(value)?;
                let owner = self.slots[*variable].as_mut().map(|owner| owner.parts[*part].replace(value));
                self.drop(owner.flatten());
            }
            Stmt::Discard(value) => self.discard(value)?,
            Stmt::Eat(value) => {
                let value = self.expr(value)?;
                self.eat(value);
            }
            Stmt::Swallow(depth, value) => {
                let value = self.expr(value)?;
                for level in (1..=*depth).rev() {
                    self.lines.push(format!("deep {level}"));
                }
                self.drop(Some(value));
            }
            Stmt::Look(variable, part) => {
                let looked = self.slots[*variable].as_ref();
                let looked = match part {
                    Some(part) => looked.and_then(|owner| owner.parts[*part].as_ref()),
                    None => looked,
                };
                let tag = looked.map_or(0, |value| value.tag);
                self.lines.push(format!("look {tag}"));
            }
            Stmt::LookAt(value) => {
                let value = self.expr(value)?;
                self.lines.push(format!("look {}", value.tag));
                self.drop(Some(value));
            }
            Stmt::Visit(depth, variable) => {
                let tag = self.slots[*variable].as_ref().map_or(0, |value| value.tag);
                self.lines.push((tag * depth).to_string());
            }
            Stmt::Push(variable, value) => {
                let value = self.expr(value)?;
                if let Some(vector) = &mut self.slots[*variable] {
                    vector.parts.push(Some(value));
                }
            }
            Stmt::SetElement(variable, value) => {
                let value = self.expr(value)?;
                let old = self.slots[*variable].as_mut().and_then(|array| array.parts[0].replace(value));
                self.drop(old);
            }
            Stmt::GiveBack(variable) => {
                let array = self.slots[*variable].take();
                self.drop(array);
            }
            Stmt::Renew(variable, value) => {
                if let Some(old) = self.slots[*variable].take() {
                    self.eat(old);
                }
                self.slots[*variable] = Some(self.expr(value)?);
            }
            Stmt::If(flag, then, otherwise) => {
                return self.statements(if self.flags[*flag] { then } else { otherwise });
            }
            Stmt::While(_, body) => {
                for _ in 0..2 {
                    self.statements(body)?;
                }
            }
            Stmt::Block(body) => return self.statements(body),
            Stmt::Return(true, _) => return Err(Exit(None)),
            Stmt::Return(false, tag) => return Err(Exit(Some(noisy(*tag)))),
            Stmt::Capture(_, variable, calls) => {
                let captured = self.slots[*variable].take();
                let tag = captured.as_ref().map_or(0, |value| value.tag);
                for call in 0..*calls {
                    self.lines.push(format!("in {tag} {call}"));
                }
                self.drop(captured);
            }
            Stmt::CaptureRef(_, variable, calls) => {
                let tag = self.slots[*variable].as_ref().map_or(0, |value| value.tag);
                for _ in 0..*calls {
                    self.lines.push(format!("look {tag}"));
                }
            }
            Stmt::CaptureOnce(_, variable, called) => match (self.slots[*variable].take(), called) {
                (Some(captured), true) => self.eat(captured),
                (captured, _) => self.drop(captured),
            },
            Stmt::Series(_, tag, count) => {
                let held = noisy(tag * 10 + 5000);
                for round in 0..(*count).min(2) {
                    self.drop(Some(noisy(tag * 10 + round + 6000)));
                }
                // Its end drops what it holds; so does its own drop, if it was started (CO9).
                if *count > 0 {
                    self.drop(Some(held));
                }
            }
        }
        Ok(())
    }

    /// A value that nobody takes: it is dropped where its own statement ends (DR5, TY9).
    fn discard(&mut self, value: &Expr) -> Result<(), Exit> {
        match value {
            Expr::If(flag, then, otherwise) => self.discard(if self.flags[*flag] { then } else { otherwise }),
            Expr::Block(variable, first, value) => {
                let first = self.expr(first)?;
                let outside = self.declared.len();
                self.declare(*variable, first);
                let result = self.discard(value);
                self.end(outside);
                result
            }
            _ => {
                let value = self.expr(value)?;
                self.drop(Some(value));
                Ok(())
            }
        }
    }

    fn eat(&mut self, value: Value) {
        self.lines.push(format!("eat {}", value.tag));
        self.drop(Some(value));
    }

    /// Several values, one after the other; those that are there are dropped if a later one leaves the function.
    fn all(&mut self, list: &[&Expr]) -> Result<Vec<Value>, Exit> {
        let mut values: Vec<Value> = Vec::new();
        for value in list {
            match self.expr(value) {
                Ok(value) => values.push(value),
                Err(exit) => {
                    while let Some(temporary) = values.pop() {
                        self.drop(Some(temporary));
                    }
                    return Err(exit);
                }
            }
        }
        Ok(values)
    }

    fn expr(&mut self, value: &Expr) -> Result<Value, Exit> {
        let of = |ty: Type, tag: u32, parts: Vec<Value>| Value {
            ty,
            tag,
            parts: parts.into_iter().map(Some).collect(),
        };
        Ok(match value {
            Expr::Make(tag) => noisy(*tag),
            Expr::Variable(variable) => self.slots[*variable].take().unwrap_or(noisy(0)),
            Expr::Part(variable, part) => {
                let owner = self.slots[*variable].as_mut();
                owner.and_then(|owner| owner.parts[*part].take()).unwrap_or(noisy(0))
            }
            Expr::PassOn(inner) => self.expr(inner)?,
            Expr::Check(tag, flag) if self.flags[*flag] => noisy(*tag),
            Expr::Check(tag, _) => return Err(Exit(Some(noisy(*tag)))),
            Expr::UnwrapOr(opt, other) => {
                let mut both = self.all(&[opt, other])?;
                let (other, opt) = (both.pop(), both.pop());
                match opt.and_then(|mut opt| opt.parts.pop().flatten()) {
                    Some(payload) => {
                        self.drop(other);
                        payload
                    }
                    None => other.unwrap_or(noisy(0)),
                }
            }
            Expr::Pair(a, b) => of(Type::Pair, 0, self.all(&[a, b])?),
            Expr::PairElse(a, rest) => {
                let mut both = self.all(&[a, rest])?;
                let (rest, a) = (both.pop(), both.pop());
                let mut parts = rest.map_or_else(Vec::new, |rest| rest.parts);
                let b = parts.pop().flatten();
                self.left.extend(parts.pop().flatten());
                Value { ty: Type::Pair, tag: 0, parts: vec![a, b] }
            }
            Expr::Guard(name, held) => of(Type::Guard, *name, vec![self.expr(held)?]),
            Expr::Tuple(a, b) => of(Type::Tuple, 0, self.all(&[a, b])?),
            Expr::Some(inner) => of(Type::Opt, 0, vec![self.expr(inner)?]),
            Expr::Maybe(tag, flag) => {
                of(Type::Opt, 0, if self.flags[*flag] { vec![noisy(*tag)] } else { Vec::new() })
            }
            Expr::Pop(vector) => {
                let last = self.slots[*vector].as_mut().and_then(|vector| vector.parts.pop().flatten());
                of(Type::Opt, 0, last.into_iter().collect())
            }
            Expr::Collect(ty, values) => of(*ty, 0, self.all(&values.iter().collect::<Vec<_>>())?),
            Expr::Fill(ty, first) => of(*ty, 0, vec![self.expr(first)?]),
            Expr::If(flag, then, otherwise) => {
                return self.expr(if self.flags[*flag] { then } else { otherwise });
            }
            Expr::Block(variable, first, value) => {
                let first = self.expr(first)?;
                let outside = self.declared.len();
                self.declare(*variable, first);
                let value = self.expr(value);
                self.end(outside);
                return value;
            }
        })
    }
}
