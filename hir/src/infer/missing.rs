//! Members that are not there or not to be seen: what a class shows, and what is said about the rest.

use super::call::{Candidate, Site};
use super::ctx::Ctx;
use super::*;
use crate::body::Expr;
use crate::diagnostic::TextEdit;
use crate::members::{Member, MemberKind};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    pub(super) fn member_visible(&self, member: &Member) -> bool {
        if member.visibility == crate::signature::Visibility::Public {
            return true;
        }
        let from = crate::members::enclosing_class(self.db, self.func);
        crate::members::is_visible(self.db, self.program, member, from)
    }

    pub(super) fn attribute_visible(&self, class: ClassId, index: usize, ty: &Ty) -> bool {
        let data = crate::items::class_data(self.db, class);
        let unmarked = data.attributes[index].visibility == crate::signature::Visibility::Public;
        if unmarked && !crate::members::has_public(self.db, self.program, class) {
            return true;
        }
        let members = self.members(ty, &data.attributes[index].name).members;
        let wanted = |member: &&Member| matches!(member.kind, MemberKind::Attribute { class: owner, index: at, .. } if owner == class && at as usize == index);
        members.iter().find(wanted).is_none_or(|member| self.member_visible(member))
    }

    /// Whether an object of the type has attributes, its own or inherited (SP9).
    pub(super) fn has_attributes(&self, ty: &Ty) -> bool {
        let own = |ty: &Ty| match ty {
            Ty::Class(class, _) => !crate::items::class_data(self.db, *class).attributes.is_empty(),
            _ => false,
        };
        own(ty) || crate::sups::supers_of(self.db, self.program, &self.env, ty).iter().any(own)
    }

    pub(super) fn report_hidden_member(&mut self, name: &Name, range: TextRange, func: FuncId) {
        let declared = crate::parse::func_range(self.db, func);
        self.report(
            Diagnostic::error("NM11", range, format!("`{name}` is private to its class"))
                .note("a private member is used by the class and its `sup` blocks only")
                .related_in(func.file(), declared, format!("`{name}` is declared here")),
        );
    }

    pub(super) fn report_hidden_attribute(&mut self, name: &Name, range: TextRange, class: ClassId) {
        let declared = crate::parse::item_range(self.db, class.0);
        self.report(
            Diagnostic::error("NM11", range, format!("`{name}` is private to its class"))
                .note("a private member is used by the class and its `sup` blocks only")
                .related_in(class.file(), declared, "declared in this class"),
        );
    }

    pub(super) fn report_method_as_value(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        let message = format!("the method `{name}` of `{}` is not called", self.show(ty));
        let end = range.end();
        self.report(
            Diagnostic::error("TY16", range, message)
                .note("a method is not a value by itself; call it, or write a lambda that does")
                .suggest("call it", vec![TextEdit::insert(end, "()")]),
        );
    }

    pub(super) fn report_not_callable(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        let message = format!("`{name}` of `{}` cannot be called", self.show(ty));
        self.report(Diagnostic::error("TY16", range, message));
    }

    pub(super) fn report_static_through_value(
        &mut self,
        candidate: &Candidate<'db>,
        site: Site<'_>,
        ty: &Ty,
    ) {
        let name = &candidate.sig.name;
        let shown = self.show(ty);
        if self.is_alloc_method(candidate) {
            self.report(
                Diagnostic::error(
                    "A34",
                    site.name,
                    format!("`{name}` of an allocator is called through the type"),
                )
                .note(format!("nobody creates an allocator object: write `{shown}.{name}(…)`")),
            );
            return;
        }
        let mut diagnostic = Diagnostic::error(
            "SP11",
            site.name,
            format!("`{name}` is static: it is called through the type"),
        )
        .note(format!("write `{shown}.{name}(…)`"));
        let receiver = match self.expr(site.expr) {
            Expr::Call { callee, .. } => match self.expr(*callee) {
                Expr::Field { base, .. } => Some(*base),
                _ => None,
            },
            _ => None,
        };
        if let Some(receiver) = receiver
            && matches!(self.expr(receiver), Expr::Local(_))
        {
            let range = self.range(receiver);
            diagnostic =
                diagnostic.fix(format!("call `{shown}.{name}`"), vec![TextEdit::replace(range, shown)]);
        }
        self.report(diagnostic);
    }

    pub(super) fn report_unknown_method(&mut self, name: &Name, site: Site<'db>, ty: &Ty) {
        let range = site.name;
        if self.is_allocator(ty) && matches!(name.as_str(), "alloc" | "realloc" | "dealloc" | "alloc_zero") {
            self.report(Diagnostic::error(
                "A34",
                range,
                format!("`{name}` of an allocator is called through the type"),
            ));
            return;
        }
        self.report_unknown_member_with(name, range, ty, site.generic_args);
    }

    pub(super) fn report_unknown_static(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        if let Ty::Param(param) = ty {
            let is_alloc = matches!(name.as_str(), "alloc" | "realloc" | "dealloc" | "alloc_zero");
            if self.base_of(ty, self.lang.alloc).is_some() {
                self.report(Diagnostic::error("A19", range, format!("`Alloc` has no member `{name}`")).note(
                    "an allocator that is a generic parameter has the four methods of `Alloc` and `Item`",
                ));
                return;
            }
            if is_alloc {
                let message = format!("`{}` is not known to be an allocator", param.name);
                let diagnostic = Diagnostic::error("A38", range, message)
                    .note("a generic parameter has exactly the members that its constraints give it");
                let diagnostic = self.with_constraint_fix(diagnostic, param, "Alloc");
                self.report(diagnostic);
                return;
            }
        }
        self.report_unknown_member(name, range, ty);
    }

    pub(super) fn report_unknown_member(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        self.report_unknown_member_with(name, range, ty, None);
    }

    /// The class of the library whose only purpose is a method of this name, as a constraint is written.
    fn class_of_method(
        &mut self,
        name: &Name,
        written: Option<&'db [crate::body::GenericArg]>,
    ) -> Option<String> {
        let fixed = match name.as_str() {
            "copy" => "Copy",
            "default" => "Default",
            "del" => "Del",
            "to" => {
                let [arg] = written? else { return None };
                let ty = self.lower_type(arg.ty);
                return Some(format!("To[{}]", self.show(&ty)));
            }
            method => {
                let mut operators = crate::lang::OPERATORS.iter();
                operators.find(|(.., known)| *known == method).map(|(_, _, class, _)| *class)?
            }
        };
        Some(fixed.to_owned())
    }

    /// Offers to constrain a parameter of this function.
    pub(super) fn with_constraint_fix(
        &self,
        diagnostic: Diagnostic,
        param: &crate::ty::TypeParam,
        class: &str,
    ) -> Diagnostic {
        if param.owner != self.func.0 {
            return diagnostic.note(format!("constrain the parameter: `[{}: {class}]`", param.name));
        }
        let Some((name, bounds)) = self.body.generic_params.get(param.index as usize) else {
            return diagnostic;
        };
        let edit = match bounds {
            Some(end) => TextEdit::insert(*end, format!(" & {class}")),
            None => TextEdit::insert(name.end(), format!(": {class}")),
        };
        diagnostic.fix(format!("constrain the parameter: `{}: {class}`", param.name), vec![edit])
    }

    fn report_unknown_member_with(
        &mut self,
        name: &Name,
        range: TextRange,
        ty: &Ty,
        written: Option<&'db [crate::body::GenericArg]>,
    ) {
        if name.is_empty() || ty.has_unknown() {
            return;
        }
        if let Ty::Param(param) = ty {
            let bounds: Vec<String> = self
                .env
                .bounds()
                .iter()
                .filter(|bound| bound.ty == *ty)
                .map(|bound| self.base_name(&Ty::Class(bound.class, bound.args.clone())))
                .collect();
            let note = match bounds.is_empty() {
                true => format!(
                    "without constraints a value of type `{}` can only be moved, borrowed, passed on and dropped",
                    param.name
                ),
                false => format!(
                    "it has the members of {}",
                    bounds.iter().map(|bound| format!("`{bound}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            let mut diagnostic =
                Diagnostic::error("GN4", range, format!("`{}` is not known to have `{name}`", param.name))
                    .note(note);
            if let Some(class) = self.class_of_method(name, written) {
                diagnostic = self.with_constraint_fix(diagnostic, param, &class);
            }
            self.report(diagnostic);
            return;
        }
        if let Some((_, bound)) = self.members(ty, name).unmet {
            let class = crate::items::class_data(self.db, bound.class).name.clone();
            let message = format!(
                "`{}` has `{name}` only if `{}` super-imposes `{class}`",
                self.show(ty),
                self.show(&bound.ty)
            );
            self.report(
                Diagnostic::error("TY16", range, message)
                    .note("the block that declares it has a constraint that is not met (GN9)"),
            );
            return;
        }
        let all = crate::members::all_members(self.db, self.program, &self.env, ty);
        let similar =
            crate::similar::most_similar(name, all.iter().map(|(name, _)| name.as_str())).map(str::to_owned);
        let mut diagnostic =
            Diagnostic::error("TY16", range, format!("`{}` has no member `{name}`", self.show(ty)));
        if let Some(similar) = similar {
            diagnostic =
                diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(range, similar)]);
        }
        self.report(diagnostic);
    }
}
