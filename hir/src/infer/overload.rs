//! Which overload a call means (OV2–OV4), and what is said when it is none or several.

use super::call::{Candidate, Misfit, Site, taken};
use super::ctx::{Ctx, Val, Want};
use super::unify::same;
use super::*;
use crate::body::{Arg, Expr, GenericArg};
use crate::signature::Param;

impl<'db> Ctx<'db> {
    /// OV2–OV4.
    pub(super) fn call_overloaded(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        // Numbers and names of arguments decide most calls before any type is needed.
        let fits = |candidate: &&Candidate<'db>| {
            self.fill(&candidate.sig.params, site.args, &|_| false).is_ok()
                && self.explicit_fits(candidate, site.generic_args)
        };
        let mut left: Vec<Candidate<'db>> = candidates.iter().filter(fits).cloned().collect();
        if let [candidate] = left.as_slice() {
            let candidate = candidate.clone();
            self.resolve_to(callee, Resolution::Function(candidate.func));
            return self.call_one(&candidate, site, want, None);
        }
        // A lambda without types waits for the chosen overload.
        let vals: Vec<Option<Val>> = site
            .args
            .iter()
            .map(|arg| match self.expr(arg.value) {
                Expr::Placeholder => None,
                Expr::Lambda { params, .. } if params.iter().any(|param| param.ty.is_none()) => None,
                Expr::Path(_) | Expr::NestedFunctions(_) => None,
                Expr::Type(_) => Some(match self.type_argument(arg) {
                    Some(val) => val,
                    None => self.value(arg.value),
                }),
                _ => Some(self.value(arg.value)),
            })
            .collect();
        let unknown = vals.iter().flatten().any(|val| val.ty.has_unknown());
        left.retain(|candidate| self.types_fit(candidate, site, &vals));
        if left.is_empty() {
            if !unknown {
                self.report_no_overload(&candidates, site, &vals);
            }
            self.finish_args(site.args, &vals);
            return Val::unknown();
        }
        if left.len() > 1 {
            self.prefer(&mut left, site, &vals);
        }
        if left.len() > 1 {
            if !unknown {
                self.report_ambiguous(&left, site);
            }
            self.finish_args(site.args, &vals);
            return Val::unknown();
        }
        let Some(candidate) = left.pop() else { return Val::unknown() };
        self.resolve_to(callee, Resolution::Function(candidate.func));
        self.call_one(&candidate, site, want, Some(vals))
    }

    fn explicit_fits(&self, candidate: &Candidate<'db>, generic_args: Option<&[GenericArg]>) -> bool {
        match generic_args {
            None => true,
            Some(args) => {
                let own = candidate.sig.generics.params.len();
                let of_base = match &candidate.via {
                    Some(Ty::Class(_, base_args)) if own == 0 => base_args.len(),
                    _ => 0,
                };
                args.len() <= own.max(of_base)
            }
        }
    }

    /// Whether the types and conventions of the arguments fit a candidate, upcasts included.
    fn types_fit(&self, candidate: &Candidate<'db>, site: Site<'_>, vals: &[Option<Val>]) -> bool {
        let Ok(filling) = self.fill(&candidate.sig.params, site.args, &|_| false) else { return false };
        let mut binder = self.binder_of(candidate);
        for (param, filled) in candidate.sig.params.iter().zip(&filling) {
            for &index in filled.whole_args() {
                let arg = &site.args[index];
                let Some(val) = &vals[index] else {
                    if !self.waiting_arg_fits(arg, &binder.apply(&param.ty)) {
                        return false;
                    }
                    continue;
                };
                if !self.convention_fits(param.convention, arg.convention, val) {
                    return false;
                }
                if arg.unpack || matches!(&param.ty, Ty::Param(pack) if pack.variadic) {
                    continue;
                }
                if self.bind_or_convert(&mut binder, &param.ty, &val.ty).is_err() {
                    return false;
                }
            }
        }
        self.bounds_hold(&candidate.sig.generics, &binder)
    }

    /// A lambda or function name that waits for its parameter: whether it can be one.
    fn waiting_arg_fits(&self, arg: &Arg, expected: &Ty) -> bool {
        match self.expr(arg.value) {
            Expr::Placeholder => true,
            Expr::Lambda { params, .. } => match expected {
                Ty::Class(class, args) if self.lang.fn_kind(*class).is_some() => match args.get(1) {
                    Some(Ty::Tuple(wanted)) => wanted.len() == params.len(),
                    _ => true,
                },
                Ty::Param(_) | Ty::Unknown => true,
                _ => false,
            },
            _ => true,
        }
    }

    /// OV3: fewest bare generic parameters, then nearest in the graph of super-impositions, left to right.
    fn prefer(&self, left: &mut Vec<Candidate<'db>>, site: Site<'_>, vals: &[Option<Val>]) {
        let bare = |candidate: &Candidate<'db>| {
            let is_bare =
                |param: &&Param| matches!(&param.ty, Ty::Param(param) if param.owner == candidate.func.0);
            candidate.sig.params.iter().filter(is_bare).count()
        };
        let fewest = left.iter().map(bare).min().unwrap_or(0);
        left.retain(|candidate| bare(candidate) == fewest);
        for (index, _) in site.args.iter().enumerate() {
            if left.len() < 2 {
                return;
            }
            let Some(Some(val)) = vals.get(index) else { continue };
            let distance = |candidate: &Candidate<'db>| {
                let binder = self.binder_of(candidate);
                candidate.sig.params.get(index).map_or(u32::MAX, |param| {
                    let expected = binder.apply(&param.ty);
                    self.distance(&val.ty, &expected)
                })
            };
            let nearest = left.iter().map(distance).min().unwrap_or(0);
            left.retain(|candidate| distance(candidate) == nearest);
        }
        // Conventions: what the argument says goes before what it may also mean.
        if left.len() > 1 {
            let by_value = |candidate: &Candidate<'db>| {
                candidate
                    .sig
                    .params
                    .iter()
                    .zip(site.args)
                    .filter(|(param, arg)| param.convention == arg.convention)
                    .count()
            };
            let best = left.iter().map(by_value).max().unwrap_or(0);
            left.retain(|candidate| by_value(candidate) == best);
        }
        // A method nearer to the receiver's own class goes before one of a base.
        if left.len() > 1 {
            let nearest = left.iter().map(|candidate| candidate.depth).min().unwrap_or(0);
            let nearer = left.iter().filter(|candidate| candidate.depth == nearest).count();
            if nearer < left.len() {
                left.retain(|candidate| candidate.depth == nearest);
            }
        }
    }

    fn distance(&self, actual: &Ty, expected: &Ty) -> u32 {
        if same(actual, expected) {
            return 0;
        }
        match expected {
            Ty::Class(class, _) => self.steps_to(actual, *class),
            _ => u32::MAX / 2,
        }
    }

    /// Steps from a type to a class above it.
    fn steps_to(&self, ty: &Ty, class: ClassId) -> u32 {
        const MAX_STEPS: u32 = 64;
        let mut level = vec![ty.clone()];
        for steps in 0..MAX_STEPS {
            if level.iter().any(|ty| ty.class() == Some(class)) {
                return steps;
            }
            let next = level
                .iter()
                .flat_map(|ty| crate::sups::direct_bases(self.db, self.program, &self.env, ty, 0));
            let mut above: Vec<Ty> = Vec::new();
            for base in next {
                if !above.contains(&base) {
                    above.push(base);
                }
            }
            if above.is_empty() {
                break;
            }
            level = above;
        }
        u32::MAX / 2
    }

    fn report_no_overload(&mut self, candidates: &[Candidate<'db>], site: Site<'_>, vals: &[Option<Val>]) {
        let name = &candidates[0].sig.name;
        let mut diagnostic =
            Diagnostic::error("OV4", site.name, format!("no overload of `{name}` accepts these arguments"));
        const LISTED: usize = 8;
        for candidate in candidates.iter().take(LISTED) {
            let shown = self.show_signature(candidate);
            let reason = match self.fill(&candidate.sig.params, site.args, &|_| false) {
                Err(misfit) => self.misfit_reason(&misfit),
                Ok(_) => self.type_reason(candidate, site, vals),
            };
            diagnostic = diagnostic.note(format!("`{shown}`: {reason}"));
        }
        if candidates.len() > LISTED {
            diagnostic = diagnostic.note(format!("and {} more", candidates.len() - LISTED));
        }
        self.report(diagnostic);
    }

    fn misfit_reason(&self, misfit: &Misfit) -> String {
        match misfit {
            Misfit::TooMany { expected, .. } => format!("takes {expected} arguments"),
            Misfit::Missing { names } => format!("`{}` is not given", names.join("`, `")),
            Misfit::UnknownName { name, .. } => format!("has no parameter `{name}`"),
            Misfit::Twice { name, .. } => format!("`{name}` is given twice"),
        }
    }

    fn type_reason(&self, candidate: &Candidate<'db>, site: Site<'_>, vals: &[Option<Val>]) -> String {
        let Ok(filling) = self.fill(&candidate.sig.params, site.args, &|_| false) else {
            return String::new();
        };
        let mut binder = self.binder_of(candidate);
        for (param, filled) in candidate.sig.params.iter().zip(&filling) {
            for &index in filled.whole_args() {
                let Some(val) = &vals[index] else { continue };
                if !self.convention_fits(param.convention, site.args[index].convention, val) {
                    return format!("takes `{}` {}", param.name, taken(param.convention));
                }
                if self.bind_or_convert(&mut binder, &param.ty, &val.ty).is_err() {
                    let expected = binder.apply(&param.ty);
                    return format!(
                        "`{}` is `{}`, not `{}`",
                        param.name,
                        self.show(&expected),
                        self.show(&val.ty)
                    );
                }
            }
        }
        "a constraint is not met".to_owned()
    }

    pub(super) fn show_signature(&self, candidate: &Candidate<'db>) -> String {
        let binder = self.display_binder(candidate.container.clone(), candidate.self_ty.clone());
        let params: Vec<String> = candidate
            .sig
            .params
            .iter()
            .map(|param| {
                let mark = param.convention.prefix();
                format!("{}: {mark}{}", param.name, self.show(&binder.apply_known(&param.ty)))
            })
            .collect();
        format!("{}({})", candidate.sig.name, params.join(", "))
    }

    fn report_ambiguous(&mut self, left: &[Candidate<'db>], site: Site<'_>) {
        let name = &left[0].sig.name;
        let bases: Vec<&Ty> = left.iter().filter_map(|candidate| candidate.via.as_ref()).collect();
        let one_base = bases.len() == left.len() && bases.iter().all(|base| base.class() == bases[0].class());
        let several_bases = bases.len() == left.len() && !one_base;
        let (code, note) = if one_base {
            (
                "SP18",
                "the class super-imposes the base several times: name the arguments of the base, as in `x.to[Str]()`",
            )
        } else if several_bases {
            ("SP13", "two unrelated bases provide the method and the class overrides neither")
        } else {
            ("OV3", "several overloads fit equally well")
        };
        let mut diagnostic =
            Diagnostic::error(code, site.name, format!("it is open which `{name}` is meant")).note(note);
        for candidate in left.iter().take(8) {
            let shown = match &candidate.via {
                Some(base) => format!("`{}` of `{}`", self.show_signature(candidate), self.show(base)),
                None => format!("`{}`", self.show_signature(candidate)),
            };
            diagnostic = diagnostic.note(format!("possible: {shown}"));
        }
        self.report(diagnostic);
    }
}
