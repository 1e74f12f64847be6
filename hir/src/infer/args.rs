//! The arguments of a call: which parameter each fills, and whether type and convention suit.

use super::call::{Candidate, Filling, Misfit, Site, given, taken};
use super::ctx::{Ctx, Val, Want};
use super::stmt::Place;
use super::unify::{Binder, Conflict, Mismatch};
use super::*;
use crate::body::{Arg, Expr};
use crate::diagnostic::TextEdit;
use crate::signature::{Param, Signature};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    /// Which argument goes to which parameter (SY12, OV5). `is_void` tells parameters that substitution removed (TY3).
    pub(super) fn fill(
        &self,
        params: &[Param],
        args: &[Arg],
        is_void: &dyn Fn(&Param) -> bool,
    ) -> Result<Vec<Filling>, Misfit> {
        let mut filling: Vec<Option<Filling>> =
            params.iter().map(|param| is_void(param).then_some(Filling::Void)).collect();
        let mut next = 0;
        for (index, arg) in args.iter().enumerate() {
            match &arg.name {
                Some((name, at)) => {
                    let Some(position) = params.iter().position(|param| param.name == *name) else {
                        return Err(Misfit::UnknownName { name: name.clone(), at: *at });
                    };
                    match &filling[position] {
                        None => {
                            filling[position] = Some(if params[position].variadic {
                                Filling::Pack(vec![index])
                            } else {
                                Filling::One(index)
                            })
                        }
                        Some(_) => return Err(Misfit::Twice { name: name.clone(), at: *at }),
                    }
                }
                None => {
                    while next < params.len()
                        && matches!(
                            filling[next],
                            Some(Filling::Void | Filling::One(_) | Filling::Element(..))
                        )
                    {
                        next += 1;
                    }
                    if arg.unpack && next < params.len() && !params[next].variadic {
                        // `f(...pair)`: the elements of the tuple, in order.
                        if let Some(Ty::Tuple(parts)) = self.unpacked_type(arg) {
                            for element in 0..parts.len() {
                                while next < params.len() && matches!(filling[next], Some(Filling::Void)) {
                                    next += 1;
                                }
                                if next >= params.len() {
                                    return Err(Misfit::TooMany { expected: params.len(), at: arg.range });
                                }
                                filling[next] = Some(Filling::Element(index, element as u32));
                                next += 1;
                            }
                            continue;
                        }
                    }
                    if next >= params.len() {
                        let expected =
                            filling.iter().filter(|filled| !matches!(filled, Some(Filling::Void))).count();
                        return Err(Misfit::TooMany { expected, at: arg.range });
                    }
                    if params[next].variadic {
                        match &mut filling[next] {
                            Some(Filling::Pack(indices)) => indices.push(index),
                            filled => *filled = Some(Filling::Pack(vec![index])),
                        }
                    } else {
                        filling[next] = Some(Filling::One(index));
                        next += 1;
                    }
                }
            }
        }
        let mut missing = Vec::new();
        let filling = filling.into_iter().zip(params).map(|(filled, param)| match filled {
            Some(filled) => filled,
            None if param.has_default => Filling::Default,
            None if param.variadic => Filling::Pack(Vec::new()),
            None => {
                missing.push(param.name.clone());
                Filling::Default
            }
        });
        let filling = filling.collect();
        if missing.is_empty() { Ok(filling) } else { Err(Misfit::Missing { names: missing }) }
    }

    /// The type of an unpacked argument, as far as it is known before the call.
    fn unpacked_type(&self, arg: &Arg) -> Option<Ty> {
        match self.expr(arg.value) {
            Expr::Local(local) => Some(self.var(*local).val.ty.clone()),
            _ => match self.type_at(arg.value) {
                Ty::Unknown => None,
                ty => Some(ty.clone()),
            },
        }
    }

    /// CC2, CC3: whether the symbol at the call is that of the signature.
    pub(super) fn convention_fits(&self, param: Convention, arg: Convention, val: &Val) -> bool {
        match (param, arg) {
            (Convention::Value, Convention::Value) => {
                val.borrow == Convention::Value || val.ty.has_unknown() || self.is_copy(&val.ty)
            }
            (Convention::Ref, Convention::Ref) | (Convention::Mut, Convention::Mut) => true,
            // A borrow variable is handed on by its name.
            (Convention::Ref, Convention::Value) => val.borrow != Convention::Value,
            (Convention::Mut, Convention::Value) => val.borrow == Convention::Mut,
            _ => false,
        }
    }

    pub(super) fn check_args(
        &mut self,
        candidate: &Candidate<'db>,
        binder: &mut Binder,
        filling: &[Filling],
        site: Site<'db>,
        vals: Option<Vec<Option<Val>>>,
    ) -> bool {
        let sig = candidate.sig;
        let mut ok = true;
        let mut positions: Vec<Option<usize>> = vec![None; site.args.len()];
        for (position, filled) in filling.iter().enumerate().rev() {
            match filled {
                Filling::One(index) | Filling::Element(index, _) => positions[*index] = Some(position),
                Filling::Pack(indices) => indices.iter().for_each(|index| positions[*index] = Some(position)),
                Filling::Default | Filling::Void => {}
            }
        }
        // In the order in which they are written: inference goes from left to right (GN6).
        for (index, arg) in site.args.iter().enumerate() {
            let Some(position) = positions[index] else { continue };
            let param = &sig.params[position];
            let known = vals.as_ref().and_then(|vals| vals[index].clone());
            if arg.unpack {
                ok &= self.check_unpacked(binder, param, arg, known);
                ok &= self.check_elements(binder, sig, filling, index, arg);
                continue;
            }
            if matches!(self.expr(arg.value), Expr::Placeholder) {
                continue;
            }
            ok &= self.check_arg(candidate, binder, param, arg, known, position);
        }
        self.bind_packs(binder, sig, filling, site);
        ok
    }

    fn check_arg(
        &mut self,
        candidate: &Candidate<'db>,
        binder: &mut Binder,
        param: &'db Param,
        arg: &'db Arg,
        known: Option<Val>,
        position: usize,
    ) -> bool {
        let is_pack = param.variadic && matches!(&param.ty, Ty::Param(pack) if pack.variadic);
        let val = match known {
            Some(val) => val,
            None => {
                let hint = match is_pack {
                    true => None,
                    false => Some(self.normalise(binder.apply(&param.ty))),
                };
                if let Expr::Type(_) = self.expr(arg.value)
                    && let Some(val) = self.type_argument(arg)
                {
                    return !matches!(val.ty, Ty::Unknown);
                }
                self.expr_with(arg.value, Want::maybe(hint.as_ref()))
            }
        };
        if is_pack {
            self.consume(arg.value, &val);
            return true;
        }
        if matches!(val.ty, Ty::Unknown) {
            return false;
        }
        if !self.convention_fits(param.convention, arg.convention, &val) {
            // A borrow variable of another kind is told apart by ownership (OW5).
            let left_to_ownership = param.convention == Convention::Value
                && arg.convention == Convention::Value
                && val.borrow != Convention::Value;
            if !left_to_ownership {
                self.report_convention(candidate, param, arg, &val);
                let _ = self.bind_or_convert(binder, &param.ty, &val.ty);
                return false;
            }
        }
        match param.convention {
            Convention::Value => self.consume(arg.value, &val),
            Convention::Ref => {}
            Convention::Mut => self.check_mutable_argument(arg, &val),
        }
        if !self.reject_void(arg.value, &val) {
            return false;
        }
        match self.bind_or_convert(binder, &param.ty, &val.ty) {
            // A `Var` is another object than what it holds: there is no borrow of one to hand over.
            Ok(Some(Coercion::IntoVar(expected, _))) if param.convention != Convention::Value => {
                self.report_mismatch(arg.value, &val.ty, &expected, Place::Argument);
                false
            }
            Ok(coercion) => {
                self.coercions.extend(coercion.map(|coercion| (arg.value, coercion)));
                self.check_size(candidate, param, arg, position);
                self.check_second_class(candidate, param, arg, &val);
                true
            }
            Err(Mismatch::Different) => {
                let expected = self.normalise(binder.apply(&param.ty));
                self.report_mismatch(arg.value, &val.ty, &expected, Place::Argument);
                false
            }
            Err(Mismatch::Conflict(conflict)) => {
                let Conflict { param, before, now } = *conflict;
                let range = self.range(arg.value);
                let message = format!(
                    "`{}` is `{}` here, but an earlier argument made it `{}`",
                    param.name,
                    self.show(&now),
                    self.show(&before)
                );
                self.report(
                    Diagnostic::error("GN6", range, message)
                        .note("a generic parameter stands for one type in a call"),
                );
                false
            }
        }
    }

    /// `...xs` as an argument: a tuple for a pack, an array for a homogeneous parameter.
    fn check_unpacked(
        &mut self,
        binder: &mut Binder,
        param: &Param,
        arg: &'db Arg,
        known: Option<Val>,
    ) -> bool {
        let val = match known {
            Some(val) => val,
            None => self.value(arg.value),
        };
        self.consume(arg.value, &val);
        match &val.ty {
            Ty::Class(class, args) if *class == self.lang.arr && param.variadic => {
                let element = args.first().cloned().unwrap_or(Ty::Unknown);
                let fits = self.bind_or_convert(binder, &param.ty, &element).is_ok();
                if !fits {
                    let expected = binder.apply(&param.ty);
                    self.report_mismatch(arg.value, &element, &expected, Place::Argument);
                }
                fits
            }
            Ty::Tuple(parts) => {
                if param.variadic && !matches!(&param.ty, Ty::Param(pack) if pack.variadic) {
                    for part in parts.iter() {
                        if self.bind_or_convert(binder, &param.ty, part).is_err() {
                            let expected = binder.apply(&param.ty);
                            self.report_mismatch(arg.value, part, &expected, Place::Argument);
                            return false;
                        }
                    }
                }
                true
            }
            Ty::Param(pack) if pack.variadic => true,
            Ty::Unknown | Ty::Never => false,
            other => {
                let range = self.range(arg.value);
                let message = format!("`{}` cannot be unpacked", self.show(other));
                self.report(
                    Diagnostic::error("TY2", range, message)
                        .note("`...` unpacks a tuple or a pack into several arguments"),
                );
                false
            }
        }
    }

    /// The elements of an unpacked tuple against the parameters they fill.
    fn check_elements(
        &mut self,
        binder: &mut Binder,
        sig: &Signature,
        filling: &[Filling],
        index: usize,
        arg: &Arg,
    ) -> bool {
        let Ty::Tuple(parts) = self.type_at(arg.value).clone() else { return true };
        for (param, filled) in sig.params.iter().zip(filling) {
            let Filling::Element(from, element) = filled else { continue };
            let Some(part) = parts.get(*element as usize).filter(|_| *from == index) else { continue };
            if param.convention != Convention::Value || self.bind_or_convert(binder, &param.ty, part).is_err()
            {
                let expected = self.normalise(binder.apply(&param.ty));
                self.report_mismatch(arg.value, part, &expected, Place::Argument);
                return false;
            }
        }
        true
    }

    /// Binds `...Ts` to the tuple of the types of its arguments (GN10).
    fn bind_packs(&mut self, binder: &mut Binder, sig: &Signature, filling: &[Filling], site: Site<'_>) {
        for (param, filled) in sig.params.iter().zip(filling) {
            let Ty::Param(pack) = &param.ty else { continue };
            let Filling::Pack(indices) = filled else { continue };
            if !param.variadic || !pack.variadic {
                continue;
            }
            let mut types: Vec<Ty> = Vec::new();
            for &index in indices {
                let ty = self.type_at(site.args[index].value).clone();
                match (site.args[index].unpack, ty) {
                    (true, Ty::Tuple(parts)) => types.extend(parts.iter().cloned()),
                    (_, ty) => types.push(ty),
                }
            }
            match binder.slot(pack) {
                Some(slot) => binder.slots[slot].bound = Some(Ty::Tuple(types.into())),
                None => self.check_known_pack(binder, param, types, indices, site),
            }
        }
    }

    /// `call_ref(&self, ...xs: Ts)` of a `FnRef[R, A, B]`: the arguments are those of the known pack.
    fn check_known_pack(
        &mut self,
        binder: &Binder,
        param: &Param,
        types: Vec<Ty>,
        indices: &[usize],
        site: Site<'_>,
    ) {
        let Ty::Tuple(expected) = binder.apply(&param.ty) else { return };
        if expected.len() != types.len() {
            let message = format!("{} arguments, expected {}", types.len(), expected.len());
            self.report(Diagnostic::error("OV4", site.name, message));
            return;
        }
        for ((ty, expected), &index) in types.iter().zip(expected.iter()).zip(indices) {
            if self.conversion(ty, expected).is_none() {
                self.report_mismatch(site.args[index].value, ty, expected, Place::Argument);
            }
        }
    }

    pub(super) fn report_misfit(&mut self, candidate: &Candidate<'db>, misfit: Misfit, site: Site<'_>) {
        let name = &candidate.sig.name;
        let (range, message) = match misfit {
            Misfit::TooMany { expected, at } => {
                let plural = if expected == 1 { "" } else { "s" };
                (at, format!("`{name}` takes {expected} argument{plural}, {} are given", site.args.len()))
            }
            Misfit::Missing { names } => {
                let plural = if names.len() == 1 { "argument" } else { "arguments" };
                (site.name, format!("`{name}` is called without the {plural} `{}`", names.join("`, `")))
            }
            Misfit::UnknownName { name: arg, at } => {
                let known = candidate.sig.params.iter().map(|param| param.name.as_str());
                let similar = crate::similar::most_similar(&arg, known).map(str::to_owned);
                let mut diagnostic =
                    Diagnostic::error("OV4", at, format!("`{name}` has no parameter `{arg}`"))
                        .note(format!("its signature is `{}`", self.show_signature(candidate)));
                if let Some(similar) = similar {
                    diagnostic =
                        diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(at, similar)]);
                }
                self.report(diagnostic);
                return;
            }
            Misfit::Twice { name, at } => (at, format!("the argument `{name}` is given twice")),
        };
        let note = format!("its signature is `{}`", self.show_signature(candidate));
        self.report(Diagnostic::error("OV4", range, message).note(note));
    }

    /// CC2, and A41 for the array of `realloc` and `dealloc`.
    fn report_convention(&mut self, candidate: &Candidate<'db>, param: &Param, arg: &Arg, val: &Val) {
        if val.ty.has_unknown() && arg.convention == param.convention {
            return;
        }
        let gives_back =
            self.is_alloc_method(candidate) && matches!(candidate.sig.name.as_str(), "realloc" | "dealloc");
        let mark = TextRange::new(arg.range.start(), self.range(arg.value).start());
        let mark = match &arg.name {
            // Behind `name=`.
            Some((_, name)) => TextRange::new(name.end(), mark.end()),
            None => mark,
        };
        if gives_back && arg.convention != Convention::Value {
            let message = format!("`{}` needs the array itself, not a borrow of it", candidate.sig.name);
            let mut diagnostic = Diagnostic::error("A41", arg.range, message)
                .note("giving memory back needs its ownership; no overload can make this legal");
            if arg.name.is_none() {
                diagnostic = diagnostic.fix("hand over the array", vec![TextEdit::delete(mark)]);
            }
            self.report(diagnostic);
            return;
        }
        let message = format!(
            "`{}` is taken {}, but given {}",
            param.name,
            taken(param.convention),
            given(arg.convention)
        );
        let mut diagnostic = Diagnostic::error("CC2", arg.range, message)
            .note("the call says `&` or `&mut` exactly where the signature does");
        let start = self.range(arg.value).start();
        let is_place =
            matches!(self.expr(arg.value), Expr::Local(_) | Expr::Field { .. } | Expr::TupleField { .. });
        let text = match param.convention {
            Convention::Value => "",
            Convention::Ref => "&",
            Convention::Mut => "&mut ",
        };
        if arg.name.is_none() && (is_place || param.convention != Convention::Mut) {
            let title = match param.convention {
                Convention::Value => "hand over the value".to_owned(),
                _ => format!("add `{}`", text.trim_end()),
            };
            let edit = match arg.convention {
                Convention::Value => TextEdit::insert(start, text),
                _ => TextEdit::replace(mark, text),
            };
            diagnostic = diagnostic.fix(title, vec![edit]);
        }
        self.report(diagnostic);
    }
}
