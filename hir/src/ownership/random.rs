//! Random programs: ownership against an enumeration of every path, and elaborated drops against a walk through the MIR
//! that keeps count of every value.

use super::tests::load;
use crate::ids::FuncId;
use crate::mir::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Objects first, then arrays of the program's own allocator.
const VARIABLES: usize = 6;
const OBJECTS: usize = 4;
/// Programs per run: files times functions.
const FILES: u64 = 50;
const FUNCTIONS: u64 = 200;

/// A small generator of numbers; the same seed gives the same programs.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

enum Stmt {
    Move(usize),
    Borrow(usize),
    Assign(usize),
    /// `a = Pool[Num].realloc(a, 4)?`: it is moved, and there again where the function goes on.
    Grow(usize),
    /// `let x = move y` of a fresh name.
    Rename(usize),
    Return,
    If(u64, Vec<Stmt>, Vec<Stmt>),
    While(Vec<Stmt>),
    /// `probe(…)?` leaves early.
    Try,
    Block(Vec<Stmt>),
}

fn statements(random: &mut Random, depth: u32, loops: bool, budget: &mut u32) -> Vec<Stmt> {
    let mut list = Vec::new();
    for _ in 0..1 + random.below(5) {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        let variable = random.below(VARIABLES as u64) as usize;
        list.push(match random.below(15) {
            14 if variable >= OBJECTS => Stmt::Grow(variable),
            0..=2 => Stmt::Move(variable),
            3..=4 => Stmt::Borrow(variable),
            5..=6 => Stmt::Assign(variable),
            7 => Stmt::Rename(variable),
            8 if depth > 0 => Stmt::Return,
            9 => Stmt::Try,
            10 if depth < 3 => Stmt::Block(statements(random, depth + 1, loops, budget)),
            11 if depth < 3 && loops => Stmt::While(statements(random, depth + 1, loops, budget)),
            12..=13 if depth < 3 => {
                let flag = random.below(3);
                let then = statements(random, depth + 1, loops, budget);
                let otherwise = statements(random, depth + 1, loops, budget);
                Stmt::If(flag, then, otherwise)
            }
            _ => Stmt::Borrow(variable),
        });
        if matches!(list.last(), Some(Stmt::Return)) {
            break;
        }
    }
    list
}

struct Writer {
    text: String,
    line: usize,
    fresh: usize,
    /// Line of each use, in the order in which the statements are written.
    lines: Vec<usize>,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.line += 1;
    }

    fn statements(&mut self, list: &[Stmt]) {
        for statement in list {
            self.lines.push(self.line);
            match statement {
                Stmt::Move(array) if *array >= OBJECTS => {
                    self.line(&format!("Pool[Num].dealloc(v{array})?"));
                }
                Stmt::Borrow(array) if *array >= OBJECTS => self.line(&format!("measure(&v{array})")),
                Stmt::Assign(array) if *array >= OBJECTS => {
                    self.line(&format!("v{array} = Pool[Num].alloc(2)?"));
                }
                Stmt::Grow(array) => self.line(&format!("v{array} = Pool[Num].realloc(v{array}, 4)?")),
                Stmt::Move(variable) => self.line(&format!("eat(v{variable})")),
                Stmt::Borrow(variable) => self.line(&format!("look(&v{variable})")),
                Stmt::Assign(variable) => self.line(&format!("v{variable} = Box {{ label=\"n\" }}")),
                Stmt::Rename(variable) => {
                    self.fresh += 1;
                    let fresh = self.fresh;
                    self.line(&format!("let w{fresh} = v{variable}"));
                }
                Stmt::Return => self.line("ret std.pass(0)"),
                Stmt::Try => self.line("probe(f0)?"),
                Stmt::If(flag, then, otherwise) => {
                    self.line(&format!("if f{flag} {{"));
                    self.line("true {");
                    self.statements(then);
                    self.line("}");
                    self.line("else {");
                    self.statements(otherwise);
                    self.line("}");
                    self.line("}");
                }
                Stmt::While(body) => {
                    self.line("while more() {");
                    self.statements(body);
                    self.line("}");
                }
                Stmt::Block(body) => {
                    self.line("{");
                    self.statements(body);
                    self.line("}");
                }
            }
        }
    }
}

/// What every path without loops meets: for each use whether the value was there, by index of the statement.
struct Paths {
    seen: BTreeMap<usize, BTreeSet<bool>>,
}

impl Paths {
    /// Runs the statements in every state that reaches them; gives the states that reach the end.
    fn run(&mut self, list: &[Stmt], states: BTreeSet<u32>, next: &mut usize) -> BTreeSet<u32> {
        let mut states = states;
        for statement in list {
            let index = *next;
            *next += 1;
            match statement {
                Stmt::Move(variable) | Stmt::Rename(variable) => {
                    self.used(index, &states, *variable);
                    states = states.into_iter().map(|state| state & !(1 << variable)).collect();
                }
                Stmt::Borrow(variable) => self.used(index, &states, *variable),
                Stmt::Grow(variable) => {
                    self.used(index, &states, *variable);
                    states = states.into_iter().map(|state| state | 1 << variable).collect();
                }
                Stmt::Assign(variable) => {
                    states = states.into_iter().map(|state| state | 1 << variable).collect()
                }
                Stmt::Return => states.clear(),
                Stmt::Try => {}
                Stmt::If(_, then, otherwise) => {
                    let mut after = self.run(then, states.clone(), next);
                    after.extend(self.run(otherwise, states, next));
                    states = after;
                }
                Stmt::Block(body) => states = self.run(body, states, next),
                Stmt::While(_) => unreachable!("only programs without loops are enumerated"),
            }
        }
        states
    }

    fn used(&mut self, index: usize, states: &BTreeSet<u32>, variable: usize) {
        let there = states.iter().map(|state| state >> variable & 1 == 1);
        self.seen.entry(index).or_default().extend(there);
    }
}

const HEAD: &str = "mod main\ncls Box { label: Str }\nfn eat(b: Box) -> Void { }\nfn look(b: &Box) -> Void { }\nfn more() -> Bool { ret true }\nfn probe(f: Bool) -> Ret[Num, AllocErr] { ret std.pass(1) }\nfn measure(arr: &Arr[Num]) -> Void { }\ncls Pool[T] { }\nsup[T] Alloc[T] for Pool[T] {\n    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }\n    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].realloc(arr, size) }\n    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }\n}\n";

/// The statements of a function, and the line of each.
type Written = (Vec<Stmt>, Vec<usize>);

fn program(random: &mut Random, loops: bool) -> (String, Vec<Written>) {
    let mut writer =
        Writer { text: HEAD.to_owned(), line: HEAD.lines().count() + 1, fresh: 0, lines: Vec::new() };
    let mut bodies = Vec::new();
    for index in 0..FUNCTIONS {
        let mut budget = 24;
        let body = statements(random, 0, loops, &mut budget);
        let mut head =
            format!("fn f{index}(f0: Bool, f1: Bool, f2: Bool, mut v0: Box) -> Ret[Num, AllocErr] {{");
        for variable in 1..OBJECTS {
            let _ = write!(head, " let mut v{variable} = Box {{ label=\"v\" }}");
        }
        for array in OBJECTS..VARIABLES {
            let _ = write!(head, " let mut v{array} = Pool[Num].alloc(2)?");
        }
        writer.line(&head);
        writer.statements(&body);
        writer.line("ret std.pass(0)");
        writer.line("}");
        bodies.push((body, std::mem::take(&mut writer.lines)));
    }
    (writer.text, bodies)
}

#[test]
fn ownership_agrees_with_an_enumeration_of_all_paths() {
    let mut random = Random(0x5eed_1234_abcd_ef01);
    for _ in 0..FILES / 2 {
        let (source, bodies) = program(&mut random, false);
        let (db, file) = load(&source);
        let starts: Vec<usize> =
            std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut found: BTreeMap<usize, BTreeSet<&'static str>> = BTreeMap::new();
        for func in crate::items::functions_of(&db, file) {
            let start = usize::from(crate::parse::func_range(&db, func).start());
            for diagnostic in crate::mir::diagnostics(&db, func) {
                let at = start + usize::from(diagnostic.range.start());
                let line = starts.partition_point(|&start| start <= at);
                if diagnostic.severity == crate::Severity::Error {
                    // An array that was given back has codes of its own.
                    let code = match diagnostic.code {
                        "A39" | "A40" => "OW3",
                        "A48" => "OW8",
                        code => code,
                    };
                    found.entry(line).or_default().insert(code);
                }
            }
        }
        let mut expected: BTreeMap<usize, BTreeSet<&'static str>> = BTreeMap::new();
        for (body, lines) in &bodies {
            let mut paths = Paths { seen: BTreeMap::new() };
            paths.run(body, BTreeSet::from([(1 << VARIABLES) - 1]), &mut 0);
            for (index, seen) in paths.seen {
                let code = match (seen.contains(&true), seen.contains(&false)) {
                    (true, true) => "OW8",
                    (false, true) => "OW3",
                    _ => continue,
                };
                expected.entry(lines[index]).or_default().insert(code);
            }
        }
        for line in expected.keys().chain(found.keys()) {
            assert_eq!(
                expected.get(line),
                found.get(line),
                "line {line}: {}\nof\n{source}",
                source.lines().nth(line - 1).unwrap_or_default()
            );
        }
    }
}

#[test]
fn every_value_is_dropped_exactly_once() {
    let mut random = Random(0x0dd5_eed5_77aa_1357);
    for _ in 0..FILES / 2 {
        let (source, _) = program(&mut random, true);
        let (db, file) = load(&source);
        let funcs: Vec<FuncId> = crate::items::functions_of(&db, file).collect();
        for func in funcs {
            let clean =
                crate::mir::diagnostics(&db, func).iter().all(|it| it.severity != crate::Severity::Error);
            let Some(mir) = crate::mir::mir(&db, func) else { continue };
            let facts = facts::Facts::new(&db, func);
            if !clean || mir.broken {
                continue;
            }
            for _ in 0..4 {
                walk(mir, &facts, &mut random, &db);
            }
        }
    }
}

/// Follows one random path and counts values: none is dropped or used when it is not there, and none is left over.
fn walk(mir: &Mir, facts: &facts::Facts<'_>, random: &mut Random, db: &crate::Database) {
    use super::events::{Event, Use, consumes, events};
    use crate::ty::Convention;
    // In its pass state, a result without a value has nothing to drop.
    let is_empty_pass = |ty: &crate::ty::Ty| match ty {
        crate::ty::Ty::Class(class, args) => {
            *class == facts.lang.ret && args.first().is_some_and(|pass| facts.is_void(pass))
        }
        _ => false,
    };
    let owned = |slot: &Slot| {
        slot.convention == Convention::Value && facts.needs_drop(&slot.ty) && !is_empty_pass(&slot.ty)
    };
    let mut there: Vec<bool> =
        (0..mir.slots.len()).map(|slot| (1..=mir.param_count as usize).contains(&slot)).collect();
    let mut flags: BTreeMap<SlotId, bool> = BTreeMap::new();
    let mut block = BlockId(0);
    for _ in 0..60 {
        for statement in &mir.blocks[block.0 as usize].statements {
            if let StatementKind::Assign(dest, Rvalue::Use(Operand::Const(Const::Bool(value)))) =
                &statement.kind
                && mir.slots[dest.slot.0 as usize].kind == SlotKind::DropFlag
            {
                flags.insert(dest.slot, *value);
                continue;
            }
            events(&statement.kind, &mut |event| {
                let fail = |what: &str| panic!("{what} in {:?}\n{}", statement.kind, mir.display(db));
                match event {
                    Event::Use(place, how)
                        if place.projection.is_empty() && owned(&mir.slots[place.slot.0 as usize]) =>
                    {
                        let slot = place.slot.0 as usize;
                        if !there[slot] {
                            fail("use of a value that is not there");
                        }
                        if how == Use::Move || matches!(how, Use::Call(kind) if consumes(kind)) {
                            there[slot] = false;
                        }
                    }
                    Event::Assign(place)
                        if place.projection.is_empty() && owned(&mir.slots[place.slot.0 as usize]) =>
                    {
                        let overwritten = std::mem::replace(&mut there[place.slot.0 as usize], true);
                        if overwritten {
                            fail("a value is overwritten without a drop");
                        }
                    }
                    Event::Drop(drop) if drop.place.projection.is_empty() => {
                        let runs = drop.flag.is_none_or(|flag| flags.get(&flag).copied().unwrap_or(false));
                        if runs && !std::mem::replace(&mut there[drop.place.slot.0 as usize], false) {
                            fail("a value is dropped twice");
                        }
                    }
                    Event::StorageDead(slot)
                        if owned(&mir.slots[slot.0 as usize]) && there[slot.0 as usize] =>
                    {
                        fail("a value is forgotten");
                    }
                    _ => {}
                }
            });
        }
        match &mir.blocks[block.0 as usize].terminator {
            Terminator::Goto(target) => block = *target,
            Terminator::If { then, otherwise, .. } => {
                block = if random.below(2) == 0 { *then } else { *otherwise }
            }
            Terminator::Return => {
                for (index, slot) in mir.slots.iter().enumerate().skip(1) {
                    assert!(!(owned(slot) && there[index]), "slot {index} is left over\n{}", mir.display(db));
                }
                return;
            }
            Terminator::Unreachable => return,
        }
    }
}
