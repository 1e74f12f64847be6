//! The diagnostics of ownership, with both ends of each story: where it was moved and where it is used.

use super::check::{Analysis, At, Cause, Site};
use super::events::Use;
use super::loans::Loan;
use crate::body::{Body, Expr, ExprId, LetVar, Stmt};
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::mir::*;
use crate::ty::{FnKind, Ty};
use std::fmt::Write as _;
use syntax::TextRange;

/// More findings than this in one function are not worth the search for their causes.
const MAX_FINDINGS: usize = 200;

pub(crate) struct Reporter<'a> {
    pub body: &'a Body,
    pub mir: &'a Mir,
    pub facts: &'a crate::mir::facts::Facts<'a>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Which of several occurrences of a path inside one expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurrence {
    First,
    Last,
}

impl<'a> Reporter<'a> {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let known = self
            .diagnostics
            .iter()
            .any(|known| known.code == diagnostic.code && known.range == diagnostic.range);
        if !known && self.diagnostics.len() < MAX_FINDINGS {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.diagnostics.len() >= MAX_FINDINGS
    }

    // Initialisation.

    /// A place without a value is used: OW3, OW8, OW9, or the special case for arrays that were given back.
    pub fn gone(
        &mut self,
        analysis: &Analysis<'_>,
        place: &Place,
        how: Use,
        at: At<'_>,
        sites: &[Site],
        on_some_path: bool,
    ) {
        if self.is_full() {
            return;
        }
        let name = self.text(place);
        let range = self.locate(place, at.span, Occurrence::Last);
        // `arr.length` cannot be read because `arr` is gone.
        let owner = match analysis.paths.find(place) {
            Some((path, false)) => analysis.paths.place(path),
            _ => place.clone(),
        };
        let taken = sites.iter().find(|site| site.cause != Cause::Declared);
        let given = sites.iter().find_map(|site| Some((site, analysis.given_to(site.point)?)));

        if on_some_path {
            // Only a loop leads from every move to this use: the moves are marked.
            if !sites.is_empty() && sites.iter().all(|site| analysis.is_after(site.point, at.point)) {
                let uses = range;
                for site in sites {
                    self.moved_in_loop(analysis, place, site, uses);
                }
                return;
            }
            let diagnostic = match (given, taken) {
                (Some((site, (op, allocator))), _) => {
                    let what = self.given_text(op, allocator);
                    let site = self.site_range(place, site, at);
                    let name = self.text(&owner);
                    Diagnostic::error("A48", range, format!("`{name}` may have been {what}"))
                        .related(site, "given back here, on some paths only")
                        .note("give the array back on every path, or use it only where it is still there")
                }
                (None, Some(site)) => {
                    let site = self.site_range(place, site, at);
                    Diagnostic::error("OW8", range, format!("`{name}` may have been moved"))
                        .related(site, format!("`{name}` is moved here, on some paths only"))
                        .note("a value that was moved on one path to this point cannot be used here")
                }
                (None, None) => Diagnostic::error("OW8", range, format!("`{name}` may have no value"))
                    .related(self.declaration(place), format!("`{name}` is declared here without a value"))
                    .note("it is initialised on some paths to this point only"),
            };
            self.push(diagnostic);
            return;
        }

        // Certainly gone.
        let same_call = sites.iter().find(|site| site.point == at.point || at.span.contains_range(site.span));
        if let (Some(site), Use::Borrow { .. }) = (same_call, how) {
            let given_here = analysis.given_to(site.point);
            let site_range = self.locate(place, site.span, Occurrence::First);
            let diagnostic = match given_here {
                Some((op, allocator)) => {
                    let what = self.given_text(op, allocator);
                    Diagnostic::error(
                        "A47",
                        range,
                        format!("`{name}` is borrowed by the call that it is {what} for"),
                    )
                }
                None => {
                    Diagnostic::error("EX3", range, format!("`{name}` is borrowed by the call that moves it"))
                }
            };
            let diagnostic = diagnostic.related(site_range, format!("`{name}` is moved here")).note(
                "the borrows of a call come into being together after all its arguments were evaluated",
            );
            self.push(diagnostic);
            return;
        }
        let diagnostic = match (given, taken) {
            (Some((site, (op, allocator))), _) => {
                let site_range = self.site_range(place, site, at);
                self.given_back(&owner, range, op, allocator, site_range, at)
            }
            (None, Some(site)) if matches!(how, Use::Call(FnKind::One)) => {
                let site = self.site_range(place, site, at);
                Diagnostic::error("CL4", range, format!("`{name}` can be called only once"))
                    .related(site, "called here")
                    .note("its body moves a captured value out, so the first call uses it up")
            }
            (None, Some(site)) => {
                let site_range = self.site_range(place, site, at);
                let diagnostic = Diagnostic::error("OW3", range, format!("`{name}` was moved"))
                    .related(site_range, format!("`{name}` is moved here"))
                    .note("every object has one owner; after a move the old one has no value");
                self.suggest_clone(diagnostic, place, site_range)
            }
            (None, None) => Diagnostic::error("OW3", range, format!("`{name}` has no value"))
                .related(self.declaration(place), format!("`{name}` is declared here without a value"))
                .note(format!("assign to `{name}` before it is used")),
        };
        self.push(diagnostic);
    }

    /// OW9, A48: the next iteration meets a value that this one moves.
    fn moved_in_loop(&mut self, analysis: &Analysis<'_>, place: &Place, site: &Site, uses: TextRange) {
        let name = self.text(place);
        let declared = self.declaration(place);
        if site.cause == Cause::Declared {
            let diagnostic = Diagnostic::error("OW8", uses, format!("`{name}` may have no value"))
                .related(declared, format!("`{name}` is declared here without a value"))
                .note("it is initialised on some paths to this point only");
            self.push(diagnostic);
            return;
        }
        let exact = self.locate(place, site.span, Occurrence::Last);
        let range = if exact == site.span {
            self.locate(&Place::slot(place.slot), site.span, Occurrence::Last)
        } else {
            exact
        };
        let diagnostic = match analysis.given_to(site.point) {
            Some((op, allocator)) => {
                let what = self.given_text(op, allocator);
                Diagnostic::error("A48", range, format!("`{name}` was {what} in the previous iteration"))
                    .note("the loop gives the same array back again and again; the second time it is gone")
            }
            None => Diagnostic::error("OW9", range, format!("`{name}` was moved in the previous iteration")).note(
                "the loop moves a value that was declared outside it; when the body runs again the value is gone",
            ),
        };
        let diagnostic = diagnostic
            .note(format!("initialise `{name}` again before the end of the loop's body"))
            .related(declared, format!("`{name}` is declared outside the loop"));
        self.push(if uses == range {
            diagnostic
        } else {
            diagnostic.related(uses, "used here by the next iteration")
        });
    }

    fn given_back(
        &mut self,
        place: &Place,
        range: TextRange,
        op: AllocOp,
        allocator: &Ty,
        site: TextRange,
        at: At<'_>,
    ) -> Diagnostic {
        let allocator = self.ty(allocator);
        let name = &self.text(place);
        if op == AllocOp::Realloc {
            let diagnostic = Diagnostic::error("A39", range, format!("`{name}` was moved into `realloc`"))
                .related(site, format!("`{allocator}.realloc` took the array here"))
                .note(
                    "`realloc` owns the old array; whether it passes or fails, only its result can be used",
                );
            if at.span.contains_range(site) {
                return diagnostic.note(
                    "an argument by value moves when it is evaluated; compute the other one before the call",
                );
            }
            return match self.bound_by(site) {
                Some(bound) if bound != name => diagnostic.suggest(
                    format!("use the array that `realloc` gave back: `{bound}`"),
                    vec![TextEdit::replace(self.locate(place, range, Occurrence::First), bound.to_string())],
                ),
                _ => diagnostic.note("bind its result and use that"),
            };
        }
        Diagnostic::error("A40", range, format!("`{name}` was given back already"))
            .related(site, format!("`{allocator}.dealloc` took the array here"))
            .note("after `dealloc` nobody owns the array, whatever the outcome")
    }

    /// The variable of the `let` around a range.
    fn bound_by(&self, range: TextRange) -> Option<&str> {
        let mut bound = None;
        for (_, expr) in self.body.exprs.iter() {
            let Expr::Block { statements, .. } = expr else { continue };
            for statement in statements {
                if let Stmt::Let { vars, range: around, .. } = statement
                    && around.contains_range(range)
                    && let [LetVar::Bind(local)] = &vars[..]
                {
                    bound = Some(self.body.locals[*local].name.as_str());
                }
            }
        }
        bound
    }

    /// An object is used as a whole, but a part of it was moved: OW4, BR7.
    #[allow(clippy::too_many_arguments)]
    pub fn partly_gone(
        &mut self,
        analysis: &Analysis<'_>,
        place: &Place,
        part: super::move_paths::PathId,
        how: Use,
        at: At<'_>,
        sites: &[Site],
        on_some_path: bool,
    ) {
        if self.is_full() {
            return;
        }
        let name = self.text(place);
        let part_name = self.path_text(analysis, part);
        let range = self.locate(place, at.span, Occurrence::Last);
        let moved = sites.iter().find(|site| site.cause != Cause::Declared);
        let code = match how {
            _ if on_some_path => "OW8",
            Use::Move | Use::Call(_) | Use::Copy => "OW4",
            Use::Borrow { .. } => "BR7",
        };
        let verb = match how {
            Use::Borrow { .. } => "borrowed",
            Use::Call(_) => "called",
            Use::Move | Use::Copy => "moved",
        };
        let maybe = if on_some_path { "may have been" } else { "was" };
        let mut diagnostic =
            Diagnostic::error(code, range, format!("`{name}` cannot be {verb}: `{part_name}` {maybe} moved"));
        if let Some(site) = moved {
            let site = self.site_range(place, site, at);
            diagnostic = diagnostic.related(site, format!("`{part_name}` is moved here"));
        }
        self.push(
            diagnostic.note(format!(
                "assign to `{part_name}` first; the other parts can still be used by themselves"
            )),
        );
    }

    /// OW10: a `let` without `mut` gets one value.
    pub fn assigned_twice(&mut self, analysis: &Analysis<'_>, place: &Place, at: At<'_>, certain: bool) {
        let name = self.text(place);
        let slot = analysis.slot(place.slot);
        let range = self.locate(place, at.span, Occurrence::First);
        let has = if certain { "has" } else { "may have" };
        let diagnostic = Diagnostic::error("OW10", range, format!("`{name}` {has} a value already"))
            .related(slot.span, "declared here without `mut`")
            .note("a variable that is not `mut` may be initialised once, after its declaration or in it")
            .suggest(
                format!("make it mutable: `mut {name}`"),
                vec![TextEdit::insert(slot.span.start(), "mut ")],
            );
        self.push(diagnostic);
    }

    // Borrows.

    /// BR4: a yielded borrow ends when its generator is resumed, moved or dropped.
    pub fn expired(&mut self, place: &Place, loan: &Loan, at: At<'_>) {
        let name = self.text(&Place::slot(place.slot));
        let generator = self.text(&loan.place);
        let range = self.locate(&Place::slot(place.slot), at.span, Occurrence::Last);
        let diagnostic =
            Diagnostic::error("BR4", range, format!("`{name}` refers to a borrow that has ended"))
                .related(loan.span, format!("`{generator}` yielded it here"))
                .note(format!(
                    "a yielded borrow is alive until its generator `{generator}` is resumed, moved or dropped"
                ));
        self.push(diagnostic);
    }

    /// CO8: a generator that holds a borrow is second-class.
    pub fn generator_escapes(&mut self, place: &Place, loan: &Loan, span: TextRange, how: &str) {
        let range = self.locate(place, span, Occurrence::Last);
        let owner = self.text(&loan.place);
        let diagnostic = Diagnostic::error(
            "CO8",
            range,
            format!("a generator that borrows `{owner}` cannot be {how}"),
        )
        .related(loan.span, format!("`{owner}` is borrowed here"))
        .note(
            "it keeps its owner borrowed until it is finished or dropped, so it must not outlive this call",
        );
        self.push(diagnostic);
    }

    /// OW5 and its special cases.
    pub fn out_of_borrow(&mut self, analysis: &Analysis<'_>, place: &Place, at: At<'_>) {
        if self.is_full() {
            return;
        }
        let name = self.text(place);
        let range = self.locate(place, at.span, Occurrence::First);
        let is_variable = matches!(
            place.projection.as_slice(),
            [Projection::Deref] | [Projection::Capture(_), Projection::Deref]
        ) || matches!(
            place.projection.as_slice(),
            [Projection::Deref, Projection::Capture(_), Projection::Deref]
        );
        let consumer = analysis.consumer(at.point);
        if let Some((op, allocator)) = analysis.given_to(at.point) {
            let method = if op == AllocOp::Realloc { "realloc" } else { "dealloc" };
            let diagnostic = Diagnostic::error("A46", range, format!("`{name}` cannot be given to `{method}`: it is borrowed"))
                .note("giving memory back needs its ownership; through a borrow the owner would keep a dead array")
                .note(format!(
                    "take the array out first: `let old = std.mem.replace(&mut {name}, {}.new())`, or take `self` by value",
                    self.array_type(place)
                ));
            let _ = allocator;
            let diagnostic = self.replace_first(diagnostic, place, range, &name);
            self.push(diagnostic);
            return;
        }
        let (code, message) = match &consumer.kind {
            StatementKind::Assign(dest, _) if is_variable && dest.slot == SlotId(0) => {
                ("BR2", format!("`{name}` is a borrow and cannot be returned"))
            }
            StatementKind::Assign(dest, Rvalue::Use(_))
                if is_variable
                    && dest.projection.is_empty()
                    && self.mir.slots[dest.slot.0 as usize].kind == SlotKind::Variable =>
            {
                ("BR3", format!("`{name}` is a borrow and cannot be stored in a variable"))
            }
            _ if is_variable => ("OW5", format!("`{name}` is a borrow, so its value cannot be moved")),
            _ => ("OW5", format!("`{name}` cannot be moved out of a borrow")),
        };
        let mut diagnostic = Diagnostic::error(code, range, message);
        let ty = self.facts.place_type(self.mir, place);
        if code == "OW5" || code == "BR3" {
            diagnostic = diagnostic
                .note("the owner keeps the object; `std.mem.replace` and `std.mem.swap` take it out and leave another in its place");
        }
        if self.facts.is_str(&ty) {
            diagnostic =
                diagnostic.suggest("clone the text", vec![TextEdit::insert(range.end(), ".clone()")]);
        }
        self.push(diagnostic);
    }

    fn array_type(&self, place: &Place) -> String {
        self.ty(&self.facts.place_type(self.mir, place))
    }

    /// A46: the replace-then-give-back idiom, where the array stands in a statement of its own.
    fn replace_first(
        &self,
        diagnostic: Diagnostic,
        place: &Place,
        range: TextRange,
        name: &str,
    ) -> Diagnostic {
        let Some((statement, indent)) = self.statement_around(range) else { return diagnostic };
        let taken =
            format!("let old = std.mem.replace(&mut {name}, {}.new())\n{indent}", self.array_type(place));
        diagnostic.suggest(
            "take the array out first, then give it back",
            vec![TextEdit::insert(statement.start(), taken), TextEdit::replace(range, "old")],
        )
    }

    /// The allocator type in front of the method of the call at `span`.
    pub(crate) fn allocator_range(&self, span: TextRange) -> Option<TextRange> {
        self.body.exprs.iter().find_map(|(id, expr)| {
            let Expr::Call { callee, .. } = expr else { return None };
            let Expr::Field { base, .. } = &self.body.exprs[*callee] else { return None };
            let is_type = matches!(self.body.exprs[*base], Expr::Type(_));
            (is_type && self.body.range(id) == span).then(|| self.body.range(*base))
        })
    }

    /// The innermost statement around a range, and the white space in front of it.
    fn statement_around(&self, range: TextRange) -> Option<(TextRange, String)> {
        let mut found: Option<TextRange> = None;
        for (_, expr) in self.body.exprs.iter() {
            let Expr::Block { statements, .. } = expr else { continue };
            for statement in statements {
                let around = match statement {
                    Stmt::Let { range, .. } | Stmt::Return { range, .. } | Stmt::Assign { range, .. } => {
                        *range
                    }
                    Stmt::Expr(expr) => self.body.range(*expr),
                    Stmt::Function(_) | Stmt::Use => continue,
                };
                if around.contains_range(range) && found.is_none_or(|found| found.contains_range(around)) {
                    found = Some(around);
                }
            }
        }
        let found = found?;
        let text = crate::parse::function_node(self.facts.db, self.body.owner)?.to_string();
        let before = text.get(..usize::from(found.start()))?;
        let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        line.chars().all(char::is_whitespace).then(|| (found, line.to_owned()))
    }

    /// OW6: an attribute of an object that `del` will need whole.
    pub fn out_of_del(&mut self, analysis: &Analysis<'_>, place: &Place, owner: &Ty, at: At<'_>) {
        let _ = analysis;
        let name = self.text(place);
        let range = self.locate(place, at.span, Occurrence::First);
        let owner = self.ty(owner);
        let diagnostic =
            Diagnostic::error("OW6", range, format!("`{name}` cannot be moved out of a `{owner}`"))
                .note(format!("`{owner}` super-imposes `Del`: its `del` runs on the whole object"))
                .note("`std.mem.replace` takes the attribute out and leaves another object in its place");
        self.push(diagnostic);
    }

    /// EX1, BR5, A47: a use of something that is borrowed at that time.
    #[allow(clippy::too_many_arguments)]
    pub fn conflict(
        &mut self,
        analysis: &Analysis<'_>,
        place: &Place,
        how: Use,
        moves: bool,
        at: At<'_>,
        loan: &Loan,
        holder: SlotId,
    ) {
        let name = self.text(place);
        let range = self.locate(place, at.span, Occurrence::Last);
        let kind = if loan.mutable { "mutably borrowed" } else { "borrowed" };
        let (code, message) = if moves {
            match analysis.given_to(at.point) {
                Some((op, _)) => {
                    let method = if op == AllocOp::Realloc { "realloc" } else { "dealloc" };
                    ("A47", format!("`{name}` cannot be given to `{method}` while it is {kind}"))
                }
                None => ("BR5", format!("`{name}` cannot be moved while it is {kind}")),
            }
        } else {
            match how {
                Use::Borrow { mutable: true } | Use::Call(FnKind::Mut) => {
                    ("EX1", format!("`{name}` cannot be borrowed mutably while it is {kind}"))
                }
                Use::Borrow { mutable: false } => {
                    ("EX1", format!("`{name}` cannot be borrowed while it is {kind}"))
                }
                _ => ("EX1", format!("`{name}` cannot be read while it is {kind}")),
            }
        };
        let diagnostic = Diagnostic::error(code, range, message);
        let diagnostic = self.explain_loan(diagnostic, analysis, loan, holder);
        self.push(diagnostic);
    }

    /// BR5: the owner of a live borrow is assigned or dropped.
    pub fn overwritten(
        &mut self,
        analysis: &Analysis<'_>,
        place: &Place,
        at: At<'_>,
        loan: &Loan,
        holder: SlotId,
        done: &str,
    ) {
        let name = self.text(place);
        let range = self.locate(place, at.span, Occurrence::First);
        let diagnostic =
            Diagnostic::error("BR5", range, format!("`{name}` cannot be {done} while it is borrowed"));
        let diagnostic = self.explain_loan(diagnostic, analysis, loan, holder);
        self.push(diagnostic);
    }

    pub fn lent_by_future(&mut self, place: &Place, span: TextRange) {
        let name = self.text(place);
        let range = self.locate(place, span, Occurrence::First);
        let message = format!("`{name}` ends with its coroutine while it is borrowed");
        let diagnostic = Diagnostic::error("BR5", range, message)
            .note("`await` uses the `Fut` up with all that the coroutine owns; what it yields is borrowed longer (CO7)")
            .note("yield the value itself, or something that the coroutine was lent");
        self.push(diagnostic);
    }

    fn explain_loan(
        &self,
        diagnostic: Diagnostic,
        analysis: &Analysis<'_>,
        loan: &Loan,
        holder: SlotId,
    ) -> Diagnostic {
        let slot = analysis.slot(holder);
        let owner = self.text(&loan.place);
        let diagnostic = diagnostic.related(loan.span, format!("`{owner}` is borrowed here"));
        match slot.local.map(|local| &self.body.locals[local].name) {
            Some(name) => diagnostic.note(format!("`{name}` holds the borrow to the end of its block")),
            None => diagnostic.note("the borrow lasts to the end of the statement"),
        }
    }

    /// EX3: two borrows of one call overlap, and one of them is mutable.
    pub fn overlap(
        &mut self,
        analysis: &Analysis<'_>,
        first: (bool, &Place),
        second: (bool, &Place),
        span: TextRange,
    ) {
        let _ = analysis;
        let name = self.text(second.1);
        let other = self.text(first.1);
        let range = self.locate(second.1, span, Occurrence::Last);
        let first_range = self.locate(first.1, span, Occurrence::First);
        let message = match (first.0, second.0) {
            (true, true) if name == other => format!("`{name}` is borrowed mutably twice by one call"),
            _ if name == other => format!("`{name}` is borrowed mutably and immutably by one call"),
            _ => format!("`{name}` and `{other}` overlap and are borrowed by one call, one of them mutably"),
        };
        let diagnostic = Diagnostic::error("EX3", range, message)
            .related(first_range, "borrowed here as well")
            .note("the borrows of a call, its receiver included, exist at the same time; a mutable one must be the only one");
        self.push(diagnostic);
    }

    // Texts and places.

    fn given_text(&self, op: AllocOp, allocator: &Ty) -> String {
        let allocator = self.ty(allocator);
        if op == AllocOp::Realloc {
            format!("moved into `{allocator}.realloc`")
        } else {
            format!("given back to `{allocator}`")
        }
    }

    pub(crate) fn ty(&self, ty: &Ty) -> String {
        ty.display(self.facts.db).to_string()
    }

    fn suggest_clone(&self, diagnostic: Diagnostic, place: &Place, site: TextRange) -> Diagnostic {
        let ty = self.facts.place_type(self.mir, place);
        let names_it = self.occurrences(place).any(|expr| self.body.range(expr) == site);
        if self.facts.is_str(&ty) && names_it {
            diagnostic.suggest("move a clone instead", vec![TextEdit::insert(site.end(), ".clone()")])
        } else {
            diagnostic
        }
    }

    /// Where the site names the place; the whole statement if it does not.
    fn site_range(&self, place: &Place, site: &Site, at: At<'_>) -> TextRange {
        let occurrence = if site.point == at.point { Occurrence::First } else { Occurrence::Last };
        let exact = self.locate(place, site.span, occurrence);
        if exact != site.span {
            return exact;
        }
        // An owner of the place, or a part of it, was moved.
        self.locate(&Place::slot(place.slot), site.span, occurrence)
    }

    fn declaration(&self, place: &Place) -> TextRange {
        match self.local_of(place) {
            Some((local, _)) => self.body.locals[local].range,
            None => self.mir.slots[place.slot.0 as usize].span,
        }
    }

    /// The place as one would write it.
    pub fn text(&self, place: &Place) -> String {
        place_text(self.facts, self.mir, self.body, place)
    }

    fn path_text(&self, analysis: &Analysis<'_>, path: super::move_paths::PathId) -> String {
        self.text(&analysis.paths.place(path))
    }

    /// The variable at the root of a place, and how many projections belong to it.
    fn local_of(&self, place: &Place) -> Option<(crate::body::LocalId, usize)> {
        local_of(self.mir, self.body, place)
    }

    /// Expressions that name the place.
    fn occurrences(&self, place: &Place) -> impl Iterator<Item = ExprId> {
        let root = self.local_of(place);
        let projections: Vec<&Projection> = match root {
            Some((_, skip)) => {
                place.projection[skip..].iter().filter(|part| !matches!(part, Projection::Deref)).collect()
            }
            None => Vec::new(),
        };
        self.body.exprs.iter().filter_map(move |(id, _)| {
            let (local, _) = root?;
            let mut current = id;
            for projection in projections.iter().rev() {
                current = match (&self.body.exprs[current], projection) {
                    (Expr::Field { base, name, .. }, Projection::Attribute { class, index }) => {
                        let data = self.facts.class_data(*class);
                        let attribute = data.attributes.get(*index as usize)?;
                        (attribute.name == *name).then_some(*base)?
                    }
                    (Expr::TupleField { base, index, .. }, Projection::TupleField(field))
                        if index == field =>
                    {
                        *base
                    }
                    _ => return None,
                };
            }
            matches!(self.body.exprs[current], Expr::Local(found) if found == local).then_some(id)
        })
    }

    /// The token inside `within` that names the place; `within` if none does.
    pub fn locate(&self, place: &Place, within: TextRange, which: Occurrence) -> TextRange {
        let ranges = || {
            let inside = |range: &TextRange| within.contains_range(*range);
            self.occurrences(place).map(|expr| self.body.range(expr)).filter(inside)
        };
        let found = match which {
            Occurrence::First => ranges().min_by_key(|range| range.start()),
            Occurrence::Last => ranges().max_by_key(|range| range.start()),
        };
        found.unwrap_or(within)
    }
}

/// The variable at the root of a place, and how many projections belong to it (those to a capture).
pub(crate) fn local_of(mir: &Mir, body: &Body, place: &Place) -> Option<(crate::body::LocalId, usize)> {
    let slot = mir.slots.get(place.slot.0 as usize)?;
    if let Some(local) = slot.local {
        return Some((local, 0));
    }
    let MirKind::Lambda { expr, .. } = &mir.kind else { return None };
    let index = place.projection.iter().position(|part| matches!(part, Projection::Capture(_)))?;
    let (Projection::Capture(field), Expr::Lambda { captures, .. }) =
        (&place.projection[index], &body.exprs[*expr])
    else {
        return None;
    };
    captures.get(*field as usize).map(|capture| (capture.local, index + 1))
}

/// The place as one would write it: `p.a.0`.
pub(crate) fn place_text(
    facts: &crate::mir::facts::Facts<'_>,
    mir: &Mir,
    body: &Body,
    place: &Place,
) -> String {
    let (mut text, skip) = match local_of(mir, body, place) {
        Some((local, skip)) => (body.locals[local].name.to_string(), skip),
        None => ("the value".to_owned(), 0),
    };
    for projection in &place.projection[skip..] {
        match projection {
            Projection::Deref => {}
            Projection::Attribute { class, index } => {
                let attribute = facts.class_data(*class).attributes.get(*index as usize);
                let _ = write!(text, ".{}", attribute.map_or("?", |attribute| attribute.name.as_str()));
            }
            Projection::Base(class) => {
                let _ = write!(text, ".{}", facts.class_data(*class).name);
            }
            Projection::TupleField(index) => {
                let _ = write!(text, ".{index}");
            }
            Projection::Capture(index) => {
                let _ = write!(
                    text,
                    ".{}",
                    mir.captures.get(*index as usize).map_or("?", |field| field.name.as_str())
                );
            }
        }
    }
    text
}
