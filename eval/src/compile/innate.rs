//! What types have without a declaration: copies, comparisons, hashes and zeros, made part by part.

use super::function::{Body, Emitter, slot};
use super::place::Place as Location;
use super::{Instance, Key, Outcome, Refusal};
use crate::op::{Builtin, Compare, Op, WordOp};
use hir::body::BinaryOp;
use hir::mir::Call;
use hir::ty::{Convention, Ty};

impl Body<'_, '_> {
    /// `copy`, `eq`, `ne` and `hash` of tuples, enumerations and functions.
    pub(super) fn innate(&mut self, call: &Call, ty: &Ty, name: &str) -> Outcome<()> {
        match name {
            "copy" => self.copy_out(call),
            "eq" | "ne" => {
                let (a, b) = (self.value(call, 0)?, self.value(call, 1)?);
                let ty = ty.clone();
                let negate = name == "ne";
                self.compute(call, 1, |emit, to| {
                    emit.equal(&ty, to, a, b)?;
                    if negate {
                        emit.op(Op::Not { to, from: to });
                    }
                    Ok(())
                })
            }
            "hash" => {
                let a = self.value(call, 0)?;
                let ty = ty.clone();
                self.compute(call, 2, |emit, to| emit.hash(&ty, to, a))
            }
            _ => Err(Refusal(format!("`Tup.{name}` cannot be evaluated"))),
        }
    }
}

impl Emitter<'_, '_> {
    /// The zero value of a zeroable type (A14).
    pub(super) fn zero(&mut self, to: u16, ty: &Ty) -> Outcome<()> {
        let lang = self.compiler.lang;
        if self.compiler.is_class(ty, lang.num) {
            self.op(Op::Int { to, value: 0 });
            return Ok(());
        }
        if self.compiler.is_class(ty, lang.bool) {
            self.op(Op::Word { to, value: 0 });
            return Ok(());
        }
        if self.compiler.is_enum(ty) {
            self.op(Op::Word { to, value: 1 });
            return Ok(());
        }
        match ty {
            Ty::Tuple(parts) => {
                let mut at = u32::from(to);
                for part in parts.iter() {
                    self.zero(slot(at)?, part)?;
                    at += self.compiler.words(part)?;
                }
                Ok(())
            }
            _ => {
                let mut start = u32::from(to);
                if self.compiler.is_polymorphic(ty) {
                    let tag = self.compiler.tag(ty);
                    self.op(Op::Word { to, value: tag as i32 });
                    start += 1;
                }
                let layout = self.compiler.object(ty)?;
                for section in &layout.sections {
                    for (part, offset) in &section.attributes {
                        self.zero(slot(start + offset / hir::layout::WORD)?, part)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// A copy, made by the type's own `Copy.copy`, of what a borrow refers to.
    pub(super) fn copy_element(&mut self, ty: &Ty, pointer: u16, to: u16) -> Outcome<()> {
        let words = self.compiler.words(ty)?;
        let copy = Instance {
            func: self.compiler.lang.copy_copy,
            container_args: hir::TyArgs::EMPTY,
            args: hir::TyArgs::EMPTY,
            self_ty: None,
        };
        let resolved = self.compiler.resolve(&copy, ty);
        let out = self.out()?;
        let place =
            Location::Memory { pointer, offset: 0, ty: ty.clone(), convention: Convention::Value, tag: None };
        let (from, borrow) = self.borrow(&place, None)?;
        self.move_words(out, from, borrow)?;
        let function = self.compiler.function(Key::Function(resolved));
        self.op(Op::Call { function });
        self.move_words(to, out, words)
    }

    /// Truth: two values are equal, part by part.
    pub(super) fn equal(&mut self, ty: &Ty, to: u16, a: u16, b: u16) -> Outcome<()> {
        let lang = self.compiler.lang;
        if self.compiler.is_class(ty, lang.num) {
            return self.plain(Op::Compare { op: Compare::Eq, to, a, b });
        }
        if self.compiler.is_class(ty, lang.bool) || self.compiler.is_enum(ty) {
            return self.plain(Op::Words { op: WordOp::Eq, to, a, b });
        }
        let (left, right) = (self.temporary(1)?, self.temporary(1)?);
        if self.compiler.is_class(ty, lang.str) {
            self.address(left, a);
            self.address(right, b);
            return self.plain(Op::Builtin { builtin: Builtin::StrEq, a: to, b: left, c: right });
        }
        match ty {
            Ty::Tuple(parts) => {
                self.op(Op::Word { to, value: 1 });
                let mut words = 0;
                let mut ends = Vec::new();
                for part in parts.iter() {
                    let same = self.temporary(1)?;
                    self.equal(part, same, slot(u32::from(a) + words)?, slot(u32::from(b) + words)?)?;
                    self.move_words(to, same, 1)?;
                    ends.push(self.jump(Op::JumpUnless { condition: same, target: 0 }));
                    words += self.compiler.words(part)?;
                }
                for end in ends {
                    self.land(end);
                }
                Ok(())
            }
            _ => self.method_on(BinaryOp::Eq, ty, to, a, b),
        }
    }

    /// `Eq.eq` of a class of the program.
    fn method_on(&mut self, op: BinaryOp, ty: &Ty, to: u16, a: u16, b: u16) -> Outcome<()> {
        let method = self.compiler.lang.operator(op).method;
        let instance = Instance {
            func: method,
            container_args: hir::TyArgs::from(vec![ty.clone()]),
            args: hir::TyArgs::EMPTY,
            self_ty: None,
        };
        let resolved = self.compiler.resolve(&instance, ty);
        let out = self.out()?;
        let mut at = u32::from(out);
        for operand in [a, b] {
            let place =
                Location::Frame { word: operand, ty: ty.clone(), convention: Convention::Value, tag: None };
            let (from, words) = self.borrow(&place, None)?;
            self.move_words(slot(at)?, from, words)?;
            at += words;
        }
        let function = self.compiler.function(Key::Function(resolved));
        self.op(Op::Call { function });
        self.move_words(to, out, 1)
    }

    pub(super) fn hash(&mut self, ty: &Ty, to: u16, a: u16) -> Outcome<()> {
        let lang = self.compiler.lang;
        if self.compiler.is_class(ty, lang.num) {
            return self.plain(Op::NumHash { to, from: a });
        }
        if self.compiler.is_class(ty, lang.bool) || self.compiler.is_enum(ty) {
            self.op(Op::Word { to, value: crate::word::num::INT as i32 });
            return self.move_words(slot(u32::from(to) + 1)?, a, 1);
        }
        if self.compiler.is_class(ty, lang.str) {
            let pointer = self.temporary(1)?;
            self.address(pointer, a);
            return self.plain(Op::Builtin { builtin: Builtin::StrHash, a: to, b: pointer, c: 0 });
        }
        match ty {
            Ty::Tuple(parts) => {
                let (one, factor) = (self.temporary(2)?, self.temporary(2)?);
                self.op(Op::Int { to, value: 7 });
                self.op(Op::Int { to: factor, value: 31 });
                let mut words = 0;
                for part in parts.iter() {
                    self.hash(part, one, slot(u32::from(a) + words)?)?;
                    self.op(Op::Mul { to, a: to, b: factor });
                    self.op(Op::Add { to, a: to, b: one });
                    self.op(Op::NumHash { to, from: to });
                    words += self.compiler.words(part)?;
                }
                Ok(())
            }
            _ => Err(Refusal(format!("`{}` has no hash", ty.display(self.compiler.db)))),
        }
    }
}
