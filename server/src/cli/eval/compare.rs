//! `eval --compare-allocators`: the same entry under several allocators.

use super::summary::thousands;
use super::{CommandHost, Subject, UsageError, json, options, print_json};
use crate::cli::{EvalArgs, EvalFormat, exit};
use eval::{Options, Outcome, Report};
use hir::ids::FuncId;
use hir::items::{class_data, class_generics, classes_of, functions_of, signature};
use hir::ty::{Subst, Ty, TyArgs};
use hir::{ClassId, Db, Program};
use serde_json::json;
use std::time::{Duration, Instant};

pub(super) fn run(args: &EvalArgs, subject: &Subject) -> Result<u8, UsageError> {
    let db = &subject.workspace.db;
    let program = subject.program();
    let entry = args.entry.as_deref().unwrap_or("main");
    let element = element_of(db, program, entry)?;
    let mut rows: Vec<Row> = Vec::new();
    for name in &names(db, program, &args.compare_allocators, &element) {
        let allocator = allocator(db, program, name, &element)?;
        let options = Options { trace: false, allocator: Some(allocator), ..options(args) };
        let mut host = CommandHost::silent(args.timeout);
        let started = Instant::now();
        let report = eval::evaluate(db, program, &options, &mut host);
        if report.outcome == Outcome::NotRun {
            return Err(UsageError(format!("{name}: {}", report.message.unwrap_or_default())));
        }
        rows.push((name.clone(), report, started.elapsed(), host.captured));
    }
    if args.output_format == EvalFormat::Json {
        print_json(&json!({
            "entry": entry,
            "text": text(&rows),
            "rows": rows.iter().map(|(name, report, took, stdout)| json!({
                "allocator": name,
                "outcome": report.outcome.name(),
                "message": report.message,
                "stdout": stdout,
                "heap": json::heap(&report.heap),
                "steps": report.steps,
                "microseconds": took.as_micros() as u64,
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        print!("{}", text(&rows));
    }
    let failed = rows.iter().any(|(_, report, ..)| report.outcome != Outcome::Ok);
    Ok(if failed { exit::FOUND } else { exit::OK })
}

type Row = (String, Report, Duration, String);

fn text(rows: &[Row]) -> String {
    let width = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0).max(9);
    let mut text = format!(
        "{:<width$}  {:>8}  {:>12}  {:>12}  {:>8}  {:>10}  outcome\n",
        "allocator", "blocks", "bytes", "peak", "failed", "time"
    );
    for (name, report, took, _) in rows {
        let outcome = match &report.message {
            Some(message) => format!("{}: {message}", report.outcome.name()),
            None => report.outcome.name().to_owned(),
        };
        text.push_str(&format!(
            "{name:<width$}  {:>8}  {:>12}  {:>12}  {:>8}  {:>10}  {outcome}\n",
            thousands(report.heap.allocations),
            thousands(report.heap.total_bytes),
            thousands(report.heap.peak_bytes),
            thousands(report.heap.failed),
            format!("{took:.1?}"),
        ));
    }
    text
}

/// `all` stands for every allocator that takes the element type alone.
fn names(db: &dyn Db, program: Program, wanted: &[String], element: &Ty) -> Vec<String> {
    if wanted != ["all"] {
        return wanted.to_vec();
    }
    let layers = [program, db.library(program.edition(db))];
    let files = layers.into_iter().flat_map(|layer| layer.files(db).iter().copied().collect::<Vec<_>>());
    let mut names: Vec<String> = files
        .flat_map(|file| classes_of(db, file).collect::<Vec<_>>())
        .filter(|class| *class != hir::lang::lang_items(db, program.edition(db)).alloc)
        .map(|class| class_data(db, class).name.to_string())
        .filter(|name| allocator(db, program, name, element).is_ok())
        .collect();
    names.dedup();
    names
}

/// The element type that the entry's allocator parameter asks for: `Num` of `[A: Alloc[Num]]`, and `Num` where the
/// constraint is bare (A37).
fn element_of(db: &dyn Db, program: Program, entry: &str) -> Result<Ty, UsageError> {
    let wanted = entry.rsplit('.').next().unwrap_or(entry);
    let func: Option<FuncId> = program
        .files(db)
        .iter()
        .flat_map(|&file| functions_of(db, file))
        .find(|&func| signature(db, func).name == wanted);
    let func = func.ok_or_else(|| UsageError(format!("there is no function `{entry}`")))?;
    let lang = hir::lang::lang_items(db, program.edition(db));
    let generics = &signature(db, func).generics;
    let bound = generics.bounds.iter().find(|bound| bound.class == lang.alloc);
    let bound = bound.ok_or_else(|| UsageError(format!("`{entry}` has no parameter `[A: Alloc]`")))?;
    Ok(bound
        .args
        .first()
        .filter(|ty| !ty.has_params())
        .cloned()
        .unwrap_or(Ty::Class(lang.num, TyArgs::EMPTY)))
}

/// The allocator with a name, for an element type; further parameters take their defaults.
fn allocator(db: &dyn Db, program: Program, name: &str, element: &Ty) -> Result<Ty, UsageError> {
    let simple = name.split('[').next().unwrap_or(name).rsplit('.').next().unwrap_or(name);
    let library = db.library(program.edition(db));
    let class: Option<ClassId> = [program, library]
        .into_iter()
        .flat_map(|layer| layer.files(db).iter().copied().collect::<Vec<_>>())
        .flat_map(|file| classes_of(db, file).collect::<Vec<_>>())
        .find(|&class| {
            class_data(db, class).name == simple && hir::facts::is_allocator_class(db, program, class)
        });
    let class = class.ok_or_else(|| UsageError(format!("`{name}` is not an allocator of this program")))?;
    let generics = class_generics(db, class);
    let mut args: Vec<Ty> = Vec::new();
    for (index, param) in generics.params.iter().enumerate() {
        let ty = match (index, &param.default) {
            (0, _) => element.clone(),
            (_, Some(default)) => Subst::new(class.0, TyArgs::from(args.clone())).apply(default),
            _ => return Err(UsageError(format!("`{name}` needs more than its element type"))),
        };
        args.push(ty);
    }
    Ok(Ty::Class(class, TyArgs::from(args)))
}
