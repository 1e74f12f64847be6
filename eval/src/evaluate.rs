//! Running a program and reporting what it did.

use crate::compile::{Compiler, Instance, Key, Refusal};
use crate::machine::{Code, Counters, Exit, Host, Limits, Machine, NOT_COMPILED, Site};
use crate::trace::{Recorder, Trace};
use hir::ids::FuncId;
use hir::items::{functions_of, signature};
use hir::signature::Container;
use hir::ty::{Ty, TyArgs};
use hir::{Db, File, Program};
use runtime::{FailurePlan, Stats};
use syntax::TextRange;

/// What to run and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name of the function to run, maybe qualified; `main` without one.
    pub entry: Option<String>,
    pub limits: Limits,
    /// Makes the n-th allocation fail, counted from 1.
    pub fail_alloc: Option<u64>,
    /// Overwrites the n-th return token, counted from 1 (SH11).
    pub corrupt_return: Option<u64>,
    /// Record every event.
    pub trace: bool,
    /// Record no more than so many; what comes later takes no time.
    pub max_events: Option<usize>,
    /// Give the instructions of all code that was reached.
    pub listing: bool,
    /// And where the storage of each slot begins and ends; for a trace only.
    pub trace_slots: bool,
    /// For an entry that is generic over an allocator: which one, as a type of the program.
    pub allocator: Option<Ty>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Ok,
    Panic,
    Limit,
    ShadowStackMismatch,
    /// The program has errors, or there is nothing to run.
    NotRun,
}

impl Outcome {
    /// As the command line prints it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Panic => "panic",
            Outcome::Limit => "limit",
            Outcome::ShadowStackMismatch => "shadow-stack-mismatch",
            Outcome::NotRun => "not-run",
        }
    }
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Report {
    pub outcome: Outcome,
    /// Why it ended, where it did not end well.
    pub message: Option<String>,
    /// What the entry returned, as text; nothing for `Void`.
    pub result: Option<String>,
    /// Where it stopped, if it did not end well.
    pub place: Option<Place>,
    pub steps: u64,
    pub calls: u64,
    pub max_depth: u64,
    pub returns_verified: u64,
    pub heap: Stats,
    /// Allocations that were asked for, as `fail_alloc` counts them.
    pub requests: u64,
    pub allocators: Vec<(String, Stats)>,
    /// Where each failed allocation was asked for.
    pub failures: Vec<Place>,
    pub trace: Option<Trace>,
    /// The instructions, function by function, for those who work on the evaluator.
    pub listing: Option<String>,
}

/// A place in a file: bytes, absolute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    pub file: File,
    pub range: TextRange,
}

impl Report {
    /// Nothing was run, for this reason.
    pub fn not_run(message: String) -> Report {
        Report {
            outcome: Outcome::NotRun,
            message: Some(message),
            result: None,
            place: None,
            steps: 0,
            calls: 0,
            max_depth: 0,
            returns_verified: 0,
            heap: Stats::default(),
            requests: 0,
            allocators: Vec::new(),
            failures: Vec::new(),
            trace: None,
            listing: None,
        }
    }
}

/// Runs a program that has no errors. What it prints goes to `host`.
pub fn evaluate(db: &dyn Db, program: Program, options: &Options, host: &mut dyn Host) -> Report {
    let entry = match find_entry(db, program, options.entry.as_deref()) {
        Ok(entry) => entry,
        Err(message) => return Report::not_run(message),
    };
    let declared = signature(db, entry);
    if declared.self_param.is_some()
        || declared.params.iter().any(|param| !param.has_default && !param.variadic)
    {
        return Report::not_run(format!(
            "`{}` takes arguments; only a function without any can be run",
            declared.name
        ));
    }
    let args = match (declared.generics.params.len(), &options.allocator) {
        (0, _) => TyArgs::EMPTY,
        (1, Some(allocator)) => TyArgs::from(vec![allocator.clone()]),
        _ => {
            return Report::not_run(format!(
                "`{}` has generic parameters; name an allocator for it",
                declared.name
            ));
        }
    };
    let mut compiler = Compiler::new(db, program);
    compiler.trace = options.trace;
    compiler.cycles = hir::call_graph::cycles_below(db, entry).clone();
    compiler.trace_slots = options.trace && options.trace_slots;
    let instance = Instance { func: entry, container_args: TyArgs::EMPTY, args, self_ty: None };
    let result_ty = declared.ret.clone();
    let function = compiler.function(Key::Function(instance));
    let mut machine = match Machine::new(options.limits.clone()) {
        Ok(machine) => machine,
        Err(error) => return Report::not_run(format!("no memory for the stack: {error}")),
    };
    if let Some(nth) = options.fail_alloc {
        machine.heap.set_failures(FailurePlan::Nth(nth));
    }
    if let Some(nth) = options.corrupt_return {
        machine.stack.corrupt(nth);
    }
    let recorder = Recorder::attach(&mut machine, options.trace, options.max_events);
    let exit = match compiler.compile(function) {
        Ok(()) => run(&mut compiler, &mut machine, function, host),
        Err(Refusal(message)) => return Report::not_run(message),
    };
    let result = match &exit {
        Ok(Exit::Done) => show_result(&compiler, &machine, &result_ty),
        _ => None,
    };
    if matches!(exit, Ok(Exit::Done)) {
        // Nothing refers to a number any more.
        machine.sweep_numbers(&[], 0);
    }
    let steps = machine.counters.steps + u64::from(crate::machine::FUEL - machine.fuel);
    let (outcome, message) = match exit {
        Ok(Exit::Done) => (Outcome::Ok, None),
        Ok(Exit::Panic(message)) => (Outcome::Panic, Some(message)),
        Ok(Exit::Limit(message)) => (Outcome::Limit, Some(message)),
        Ok(Exit::ShadowMismatch(message)) => (Outcome::ShadowStackMismatch, Some(message)),
        Ok(Exit::Compile(_) | Exit::Pause) => {
            (Outcome::NotRun, Some("a function could not be compiled".to_owned()))
        }
        Err(Refusal(message)) => (Outcome::NotRun, Some(message)),
    };
    let place = if outcome == Outcome::Ok { None } else { place_of(&compiler, machine.pc) };
    let Counters { uncounted, max_depth, .. } = machine.counters;
    // Every frame was pushed by a call, and every frame that is gone was left by a return whose token was right.
    let calls = machine.stack.pushes().saturating_sub(uncounted);
    let returns_verified = machine.stack.pushes() - machine.stack.depth() as u64;
    let allocators = machine.heap.allocators().map(|(_, name, stats)| (name.to_owned(), *stats)).collect();
    let heap = machine.heap.totals();
    let requests = machine.heap.requests();
    let (trace, failures) = recorder.finish(&machine, &compiler);
    let listing = options.listing.then(|| listing(&compiler.code));
    Report {
        listing,
        outcome,
        message,
        result,
        place,
        steps,
        calls,
        max_depth,
        returns_verified,
        heap,
        requests,
        allocators,
        failures,
        trace,
    }
}

/// Runs, compiling what is called for the first time.
fn run(
    compiler: &mut Compiler<'_>,
    machine: &mut Machine,
    function: u32,
    host: &mut dyn Host,
) -> Result<Exit, Refusal> {
    if let Err(exit) = machine.start(&compiler.code, function) {
        return Ok(exit);
    }
    loop {
        share(compiler, machine);
        match machine.run(&compiler.code, host) {
            Exit::Compile(function) => compiler.compile(function)?,
            Exit::Pause if host.interrupted() => return Ok(crate::run::stop::too_long()),
            Exit::Pause => machine.debt = 0,
            exit => return Ok(exit),
        }
    }
}

/// Makes what the compiler found known to the machine: allocators, who releases their arrays, large constants.
fn share(compiler: &mut Compiler<'_>, machine: &mut Machine) {
    for (_, name) in compiler.allocators.iter().skip(machine.allocators_known) {
        machine.heap.allocator(name);
    }
    machine.allocators_known = compiler.allocators.len();
    for (tag, function) in &compiler.releasers {
        machine.releasers.insert(*tag, *function);
    }
}

/// The function to run.
fn find_entry(db: &dyn Db, program: Program, name: Option<&str>) -> Result<FuncId, String> {
    let wanted = name.unwrap_or("main");
    let mut found = Vec::new();
    for &file in program.files(db).iter() {
        for func in functions_of(db, file) {
            let declared = signature(db, func);
            let free = matches!(declared.container, Container::Module);
            let last = wanted.rsplit('.').next().unwrap_or(wanted);
            if declared.name != last || (!free && !wanted.contains('.')) {
                continue;
            }
            let qualified = hir::display::qualified_name(db, func.0);
            // `Pool.alloc`, `src.Pool.alloc`
            let owned = hir::display::function_name(db, func);
            let by_owner = wanted == owned || wanted.ends_with(&format!(".{owned}"));
            if wanted == last || by_owner || qualified == wanted || qualified.ends_with(&format!(".{wanted}"))
            {
                found.push(func);
            }
        }
    }
    match found.as_slice() {
        [] => Err(format!("there is no function `{wanted}`")),
        [only] => Ok(*only),
        [first, ..] if name.is_none() => Ok(*first),
        several => Err(format!("there are {} functions `{wanted}`; write the qualified name", several.len())),
    }
}

/// The code of every function that was compiled.
fn listing(code: &Code) -> String {
    use std::fmt::Write;
    let mut starts: Vec<_> =
        code.functions.iter().filter(|function| function.entry != NOT_COMPILED).collect();
    starts.sort_by_key(|function| function.entry);
    let mut out = String::new();
    for (index, function) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(code.ops.len(), |next| next.entry as usize);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}: {} bytes, {} words", function.name, function.frame_bytes, function.words);
        for at in function.entry as usize..end {
            let _ = writeln!(out, "  {at:5} {:?}", code.ops[at]);
        }
    }
    out
}

/// Where an instruction comes from.
pub(crate) fn place_of(compiler: &Compiler<'_>, pc: u32) -> Option<Place> {
    let site = site_of(&compiler.code, pc.saturating_sub(1))?;
    place_of_site(compiler, site)
}

pub(crate) fn site_of(code: &Code, pc: u32) -> Option<Site> {
    let at = code.sites.partition_point(|(start, _)| *start <= pc);
    code.sites.get(at.checked_sub(1)?).map(|(_, site)| *site)
}

pub(crate) fn place_of_site(compiler: &Compiler<'_>, site: Site) -> Option<Place> {
    let func = compiler.func_of(site.function)?;
    let start = hir::parse::func_range(compiler.db, func).start();
    let range = TextRange::new((site.start).into(), (site.end.max(site.start)).into());
    Some(Place { file: func.file(), range: range.checked_add(start)? })
}

/// The result of the entry, where it is a number, a truth value or a text.
fn show_result(compiler: &Compiler<'_>, machine: &Machine, ty: &Ty) -> Option<String> {
    let words = machine.stack.words();
    let word = |at: usize| words.get(machine.base + at).copied().unwrap_or(0);
    let lang = compiler.lang;
    let class = ty.class()?;
    if class == lang.num {
        let mut text = String::new();
        machine.bigs.print([word(0), word(1)], &mut text);
        Some(text)
    } else if class == lang.bool {
        Some((word(0) != 0).to_string())
    } else if class == lang.str {
        Some(machine.text(&compiler.code, [word(0), word(1), word(2)]).to_owned())
    } else if class == lang.void {
        None
    } else {
        Some(ty.display(compiler.db).to_string())
    }
}
