//! Mutability (MU1–MU3, BR6): what may be changed through which path.

use super::ctx::{Ctx, Val};
use super::*;
use crate::body::{Arg, Expr, LocalKind};
use crate::diagnostic::TextEdit;
use syntax::TextRange;

/// Where a path of attributes begins.
enum Root {
    Local(LocalId),
    /// A value without a name; with the convention of a yielded borrow.
    Temporary(Convention),
    Unknown,
}

impl<'db> Ctx<'db> {
    fn root(&self, mut expr: ExprId) -> (Root, bool) {
        let mut is_path = false;
        loop {
            match self.expr(expr) {
                Expr::Local(local) => return (Root::Local(*local), is_path),
                Expr::Field { base, .. } | Expr::TupleField { base, .. } => {
                    is_path = true;
                    expr = *base;
                }
                Expr::Missing | Expr::Borrow { .. } | Expr::Placeholder => return (Root::Unknown, is_path),
                _ => {
                    let borrow = self.borrows.iter().rev().find(|(found, _)| *found == expr);
                    return (
                        Root::Temporary(borrow.map_or(Convention::Value, |(_, convention)| *convention)),
                        is_path,
                    );
                }
            }
        }
    }

    /// `&mut x` in an argument.
    pub(super) fn check_mutable_argument(&mut self, arg: &Arg, val: &Val) {
        let _ = val;
        self.check_mutable(arg.value);
    }

    /// `&mut x`: BR6, MU1, MU2.
    pub(super) fn check_mutable(&mut self, expr: ExprId) {
        let range = self.range(expr);
        match self.root(expr) {
            (Root::Temporary(Convention::Value), _) => {
                self.report(
                    Diagnostic::error("BR6", range, "a temporary cannot be borrowed with `&mut`")
                        .note("nobody could see the change: keep the value in a `mut` variable first"),
                );
            }
            (root, _) => self.check_root(root, range, "borrowed with `&mut`"),
        }
    }

    /// The receiver of a `&mut self` method. An owned temporary is allowed (BR6).
    pub(super) fn check_mutable_receiver(&mut self, expr: ExprId, _val: &Val, name: TextRange) {
        let _ = name;
        match self.root(expr) {
            (Root::Temporary(Convention::Value), _) => {}
            (root, _) => {
                let range = self.range(expr);
                self.check_root(root, range, "changed by a `&mut self` method");
            }
        }
    }

    /// CL4: calling an `FnMut` changes it.
    pub(super) fn check_callable_mutable(&mut self, callee: ExprId, _val: &Val) {
        let (root, _) = self.root(callee);
        let allowed = match &root {
            Root::Local(local) => {
                let var = self.var(*local);
                match var.val.borrow {
                    Convention::Value => self.body.locals[*local].mutable,
                    convention => convention == Convention::Mut,
                }
            }
            Root::Temporary(convention) => *convention != Convention::Ref,
            Root::Unknown => true,
        };
        if allowed {
            return;
        }
        let range = self.range(callee);
        let mut diagnostic = Diagnostic::error(
            "CL4",
            range,
            "a function that changes what it captured is called through an immutable path",
        )
        .note("an `FnMut` needs a `mut` variable or a `&mut` borrow");
        if let Root::Local(local) = root
            && self.var(local).val.borrow == Convention::Value
            && self.body.locals[local].kind == LocalKind::Let
        {
            let start = self.body.locals[local].range.start();
            diagnostic = diagnostic.fix("make the variable `mut`", vec![TextEdit::insert(start, "mut ")]);
        }
        self.report(diagnostic);
    }

    /// The target of an assignment; `value` is the right side of a plain one.
    pub(super) fn check_assignable(&mut self, target: ExprId, value: Option<(ExprId, &Val)>) {
        let range = self.range(target);
        self.check_writable_attribute(target);
        let (root, is_path) = self.root(target);
        let Root::Local(local) = root else { return };
        if is_path {
            return self.check_root(Root::Local(local), range, "changed");
        }
        let data = &self.body.locals[local];
        let var = self.var(local).clone();
        let rebinds = value.is_some_and(|(value, val)| {
            val.borrow != Convention::Value && matches!(self.expr(value), Expr::Local(_))
        });
        match var.val.borrow {
            // The first assignment of `let x: T` initialises it (OW10).
            Convention::Value if data.mutable || var.late => {}
            Convention::Value => self.check_root(Root::Local(local), range, "assigned"),
            Convention::Mut if !rebinds || data.mutable => {}
            Convention::Ref if rebinds && data.mutable => {}
            Convention::Ref if !rebinds => self.check_root(Root::Local(local), range, "assigned"),
            _ => {
                let name = &data.name;
                let mut diagnostic = Diagnostic::error(
                    "MU3",
                    range,
                    format!("the borrow `{name}` cannot be made to refer to something else"),
                )
                .note("`mut x: &T` allows rebinding `x`, `x: &mut T` allows changing what it refers to")
                .related(data.range, format!("`{name}` is declared here"));
                if data.kind == LocalKind::Param {
                    diagnostic = diagnostic
                        .fix("make the parameter `mut`", vec![TextEdit::insert(data.range.start(), "mut ")]);
                }
                self.report(diagnostic);
            }
        }
    }

    fn check_writable_attribute(&mut self, target: ExprId) {
        let Expr::Field { base, name, name_range } = self.expr(target) else { return };
        if self.is_class(self.type_at(*base), self.lang.arr) && name == "length" {
            self.report(
                Diagnostic::error("MU1", *name_range, "the length of an array is read-only")
                    .note("`realloc` gives an array another length"),
            );
        }
    }

    fn check_root(&mut self, root: Root, range: TextRange, how: &str) {
        let local = match root {
            Root::Unknown => return,
            Root::Temporary(Convention::Ref) => {
                self.report(
                    Diagnostic::error(
                        "MU2",
                        range,
                        format!("this is behind an immutable borrow and cannot be {how}"),
                    )
                    .note("nothing is changed through a `&` borrow"),
                );
                return;
            }
            Root::Temporary(_) => return,
            Root::Local(local) => local,
        };
        let data = &self.body.locals[local];
        let name = &data.name;
        let borrow = self.var(local).val.borrow;
        if self.var(local).val.ty == Ty::Unknown {
            return;
        }
        match borrow {
            Convention::Mut => {}
            Convention::Ref => {
                let mut diagnostic = Diagnostic::error(
                    "MU2",
                    range,
                    format!("`{name}` is an immutable borrow and cannot be {how}"),
                )
                .note("nothing is changed through a `&` borrow")
                .related(data.range, format!("`{name}` is declared here"));
                if data.kind == LocalKind::SelfParam {
                    diagnostic = diagnostic
                        .suggest("take `&mut self`", vec![TextEdit::insert(data.range.start(), "mut ")]);
                }
                self.report(diagnostic);
            }
            Convention::Value if data.mutable => {}
            Convention::Value => {
                if self.var(local).late && self.frames.len() == 1 && how == "assigned" {
                    return;
                }
                let what = match data.kind {
                    LocalKind::Param | LocalKind::SelfParam | LocalKind::LambdaParam => "parameter",
                    LocalKind::Capture => "capture",
                    LocalKind::Pattern => "binding",
                    LocalKind::Let | LocalKind::With => "variable",
                };
                let mut diagnostic = Diagnostic::error(
                    "MU1",
                    range,
                    format!("the {what} `{name}` is not `mut` and cannot be {how}"),
                )
                .related(data.range, format!("`{name}` is declared here"));
                match data.kind {
                    LocalKind::Capture => diagnostic = diagnostic.note("capture it with `&mut` to change it"),
                    _ => {
                        let edit = TextEdit::insert(data.range.start(), "mut ");
                        diagnostic = diagnostic.fix(format!("make `{name}` mutable"), vec![edit]);
                    }
                }
                self.report(diagnostic);
            }
        }
    }
}
