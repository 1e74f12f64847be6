//! The rules of chapter 5 that need types but no flow: A5, A10, A14, A32–A38.

use super::call::{Candidate, Site};
use super::ctx::Ctx;
use super::*;
use crate::body::{Arg, BinaryOp, Body, Expr};
use crate::facts::Zeroable;
use crate::signature::{Container, Param, Signature};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    /// Whether a candidate is one of the methods of `Alloc`, in the class itself or in an allocator.
    pub(super) fn is_alloc_method(&self, candidate: &Candidate<'db>) -> bool {
        self.is_alloc_signature(candidate.sig)
    }

    fn is_alloc_signature(&self, sig: &Signature) -> bool {
        if !matches!(sig.name.as_str(), "alloc" | "realloc" | "dealloc" | "alloc_zero") {
            return false;
        }
        match sig.container {
            Container::Class(class) => class == self.lang.alloc,
            Container::Sup(sup) => {
                let head = crate::items::sup_head(self.db, sup);
                head.base.as_ref().is_some_and(|base| self.is_class(base, self.lang.alloc))
                    || head.base.is_none() && self.is_class(&head.target, self.lang.alloc)
            }
            _ => false,
        }
    }

    /// A5: `Alloc[Num].alloc(4)`. In the body of `Alloc` itself `Self` is the class that super-imposes it.
    pub(super) fn reject_abstract_alloc(&mut self, ty: &Ty, name: &Name, range: TextRange) -> bool {
        if !self.is_class(ty, self.lang.alloc)
            || self.self_ty.as_ref().is_some_and(|own| self.is_class(own, self.lang.alloc))
        {
            return false;
        }
        self.report(
            Diagnostic::error(
                "A5",
                range,
                format!("`{name}` is called on `Alloc` itself, which is abstract"),
            )
            .note("name an allocator, such as `GlobalAlloc[Num]`, or a generic parameter `A: Alloc`"),
        );
        true
    }

    /// A33 for a value: there is no object of an allocator, so this follows an earlier mistake or a generic parameter.
    pub(super) fn reject_allocator_value(&mut self, _ty: &Ty, _range: TextRange) -> bool {
        false
    }

    /// A10: `size` is an integer, not negative. A constant expression counts as a literal (8.3.14).
    pub(super) fn check_size(
        &mut self,
        candidate: &Candidate<'db>,
        param: &Param,
        arg: &'db Arg,
        position: usize,
    ) {
        let is_size = match candidate.sig.name.as_str() {
            "alloc" | "alloc_zero" => position == 0,
            "realloc" => position == 1,
            _ => false,
        };
        if !is_size || !self.is_class(&param.ty, self.lang.num) || !self.is_alloc_method(candidate) {
            return;
        }
        let Some(constant) = constant(self.body, arg.value, 0) else { return };
        let what = match constant {
            Constant { im, .. } if im != 0.0 => "imaginary",
            Constant { re, .. } if re < 0.0 => "negative",
            Constant { whole: false, .. } => "no integer",
            Constant { .. } => return,
        };
        let range = self.range(arg.value);
        self.report(
            Diagnostic::error("A10", range, format!("the size of an allocation is {what}"))
                .note("it is a number of elements: an integer, zero or more"),
        );
    }

    /// A14 after a call was resolved: here, or for each instantiation.
    pub(super) fn check_alloc_call(&mut self, candidate: &Candidate<'db>, info: &CallInfo, site: Site<'db>) {
        if candidate.sig.name != "alloc_zero" || !self.is_alloc_method(candidate) {
            return;
        }
        let Callee::Function { self_ty: Some(self_ty), .. } = &info.callee else { return };
        let element = match &info.ret {
            Ty::Class(_, args) => match args.first() {
                Some(Ty::Class(_, args)) => args.first().cloned(),
                _ => None,
            },
            _ => None,
        };
        let Some(element) = element else { return };
        let _ = self_ty;
        match crate::facts::zeroable(self.db, self.program, &self.env, &element) {
            Zeroable::Yes => {}
            Zeroable::Depends => self.zeroed.push((element, site.name)),
            Zeroable::No(part) => {
                let diagnostic = not_zeroable(self.db, &element, &part, site.name);
                self.report(diagnostic);
            }
        }
    }

    /// A37: a bare `A: Alloc` hands out `A.Item`, which is no other type.
    pub(super) fn is_foreign_item(&self, actual: &Ty, expected: &Ty) -> bool {
        let item = |ty: &Ty| {
            ty.any(&mut |part| match part {
                Ty::Assoc(base, name) => name == "Item" && self.base_of(base, self.lang.alloc).is_some(),
                _ => false,
            })
        };
        item(actual) != item(expected)
    }

    pub(super) fn report_foreign_item(&mut self, range: TextRange, actual: &Ty, expected: &Ty) {
        let message = format!("`{}` where `{}` is expected", self.show(actual), self.show(expected));
        let mut diagnostic = Diagnostic::error("A37", range, message);
        let mut param = None;
        for ty in [actual, expected] {
            ty.any(&mut |part| {
                if let Ty::Assoc(base, _) = part
                    && let Ty::Param(found) = &**base
                {
                    param = Some(found.name.clone());
                }
                false
            });
        }
        if let Some(name) = param {
            diagnostic = diagnostic.note(format!(
                "a bare constraint `{name}: Alloc` accepts any element type; write `{name}: Alloc[T]` to fix it"
            ));
        }
        self.report(diagnostic);
    }

    pub(super) fn reject_storage_type(&mut self, ty: Ty, _range: TextRange) -> Ty {
        match self.is_void(&ty) || matches!(ty, Ty::Class(..)) && self.is_allocator(&ty) {
            true => Ty::Unknown,
            false => ty,
        }
    }
}

pub(super) fn not_zeroable(db: &dyn crate::db::Db, element: &Ty, part: &Ty, range: TextRange) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        "A14",
        range,
        format!("`{}` has no zero value", element.display(db)),
    )
    .note(
        "`alloc_zero` needs `Num`, `Bool`, enumerations, and tuples and classes made of them, without `Del`",
    );
    if part != element {
        diagnostic = diagnostic.note(format!("its part `{}` has none", part.display(db)));
    }
    diagnostic
}

/// The value of an expression built from literals and `+ - *` only.
struct Constant {
    re: f64,
    im: f64,
    /// A large integer loses its digits as a float, not its being an integer.
    whole: bool,
}

fn constant(body: &Body, expr: ExprId, depth: u32) -> Option<Constant> {
    if depth > 64 {
        return None;
    }
    match &body.exprs[expr] {
        Expr::Number(number) => {
            let value: f64 = number.text.parse().ok()?;
            let whole = value.fract() == 0.0 || !number.text.contains(['.', 'e', 'E']);
            Some(match number.imaginary {
                true => Constant { re: 0.0, im: value, whole },
                false => Constant { re: value, im: 0.0, whole },
            })
        }
        Expr::Binary { op, lhs, rhs, .. } => {
            let (a, b) = (constant(body, *lhs, depth + 1)?, constant(body, *rhs, depth + 1)?);
            let (re, im) = match op {
                BinaryOp::Add => (a.re + b.re, a.im + b.im),
                BinaryOp::Sub => (a.re - b.re, a.im - b.im),
                BinaryOp::Mul if a.im == 0.0 && b.im == 0.0 => (a.re * b.re, 0.0),
                BinaryOp::Mul => (a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re),
                _ => return None,
            };
            Some(Constant { re, im, whole: a.whole && b.whole || re.fract() == 0.0 })
        }
        _ => None,
    }
}
