//! The elaborated MIR of a function, and what was found on the way.

use super::facts::Facts;
use super::{CaptureField, Mir, MirKind, Place, Rvalue, StatementKind, build, elaborate, replace};
use crate::body::Body;
use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::ids::{FuncId, FuncKey};
use crate::ownership::check::Analysis;
use crate::ownership::dataflow::{Graph, solve};
use crate::ownership::endless::{recursion_on_every_path, unchanging_loops};
use crate::ownership::hints::hints;
use crate::ownership::loans::Loans;
use crate::ownership::move_paths::MovePaths;
use crate::ownership::report::Reporter;
use std::sync::Arc;

#[derive(PartialEq, Eq, Debug)]
struct Analysed {
    mir: Option<Arc<Mir>>,
    diagnostics: Box<[Diagnostic]>,
}

/// The elaborated MIR of a function with a body.
pub fn mir(db: &dyn Db, func: FuncId) -> Option<&Arc<Mir>> {
    analysed(db, func.key(db)).mir.as_ref()
}

/// What ownership, borrowing and the flow of arrays break in a function (OW, BR, EX, A39–A54), sorted by place. Ranges
/// are relative to the function's node.
pub fn diagnostics(db: &dyn Db, func: FuncId) -> &[Diagnostic] {
    &analysed(db, func.key(db)).diagnostics
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    analysed::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 512)]
fn analysed<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Analysed {
    let func = key.func(db);
    let body = crate::body::body(db, func);
    let infer = crate::infer::infer(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let Some(mut mir) = build::build(&build::Source { facts: &facts, body, infer }) else {
        return Analysed { mir: None, diagnostics: Box::default() };
    };
    let mut diagnostics = Vec::new();
    analyse(&facts, body, &mut mir, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| (diagnostic.range.start(), diagnostic.range.end()));
    Analysed { mir: Some(Arc::new(mir)), diagnostics: diagnostics.into() }
}

/// Checks one body and elaborates its drops; then those inside it.
fn analyse(facts: &Facts<'_>, body: &Body, mir: &mut Mir, diagnostics: &mut Vec<Diagnostic>) {
    let graph = Graph::of(mir);
    let paths = MovePaths::of(mir);
    let loans = Loans::of(mir, facts, &graph);
    let states = solve(mir, &paths, &graph);
    let mut reporter = Reporter { body, mir, facts, diagnostics: Vec::new() };
    let analysis =
        Analysis { facts, mir, graph: &graph, paths: &paths, loans: loans.as_ref(), states: &states };
    analysis.check(&mut reporter);
    hints(&analysis, &mut reporter);
    recursion_on_every_path(&analysis, &mut reporter);
    unchanging_loops(&analysis, &mut reporter);
    diagnostics.append(&mut reporter.diagnostics);
    let states = match replace::drop_before_recursion(mir, facts, &graph, &paths, &states) {
        true => solve(mir, &paths, &graph),
        false => states,
    };
    elaborate::elaborate(mir, facts, &graph, &paths, &states);

    for lambda in &mut mir.lambdas {
        analyse(facts, body, lambda, diagnostics);
    }
    for default in mir.defaults.iter_mut().flatten() {
        analyse(facts, body, default, diagnostics);
    }
}

/// The fields of the object that a lambda or partial application makes (S11).
pub fn closure_fields(db: &dyn Db, owner: FuncId, expr: u32) -> Option<Box<[CaptureField]>> {
    let mir = mir(db, owner)?;
    let mut todo: Vec<&Mir> = vec![mir];
    while let Some(current) = todo.pop() {
        if let MirKind::Lambda { expr: known, .. } = &current.kind
            && known.into_raw().into_u32() == expr
        {
            return Some(current.captures.clone().into());
        }
        todo.extend(&current.lambdas);
        todo.extend(current.defaults.iter().flatten());
    }
    None
}

/// The text of a place that is, or is a part of, a variable: `p.a`.
pub fn place_name(db: &dyn Db, mir: &Mir, place: &Place) -> Option<String> {
    let body = crate::body::body(db, mir.func);
    let root = crate::ownership::report::local_of(mir, body, place);
    if mir.slots[place.slot.0 as usize].local.is_none() && root.is_none() {
        return None;
    }
    let facts = Facts::new(db, mir.func);
    Some(crate::ownership::report::place_text(&facts, mir, body, place))
}

impl Mir {
    /// The body of the lambda that a closure rvalue makes.
    pub fn lambda(&self, rvalue: &Rvalue) -> Option<&Mir> {
        let Rvalue::Closure { lambda, .. } = rvalue else { return None };
        self.lambdas.get(*lambda as usize)
    }

    /// This body and those of the lambdas in it, and in them.
    pub fn with_lambdas(&self) -> impl Iterator<Item = &Mir> {
        let mut todo = vec![self];
        std::iter::from_fn(move || {
            let mir = todo.pop()?;
            todo.extend(&mir.lambdas);
            Some(mir)
        })
    }

    /// All statements, in the order of blocks.
    pub fn statements(&self) -> impl Iterator<Item = &super::Statement> {
        self.blocks.iter().flat_map(|block| &block.statements)
    }

    /// Whether some statement is a suspension.
    pub fn suspends(&self) -> bool {
        self.statements().any(|statement| matches!(statement.kind, StatementKind::Yield(_)))
    }
}
