//! Inlay hints: frames, heap sites, drops, moves, borrows, types and parameter names.

use super::placement::frame_line;
use hir::body::{Body, Expr, LocalKind};
use hir::frame::{Frame, HeapOperation, Multiplicity, frame};
use hir::infer::{ArgSource, CallRole, Callee, InferenceResult, infer};
use hir::items::{class_generics, signature};
use hir::mir::DropWhy;
use hir::parse::func_range;
use hir::placement::{LifetimeKind, lifetime, placement};
use hir::signature::BodyKind;
use hir::ty::{Convention, Ty};
use hir::{Db, File, FuncId};
use syntax::ast::AstNode;
use syntax::{TextRange, TextSize};

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum HintKind {
    FrameSize,
    HeapSite,
    Drop,
    Move,
    BorrowEnd,
    Allocator,
    Type,
    ParameterName,
}

/// Which hints are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Wanted {
    pub frame_size: bool,
    pub heap_sites: bool,
    pub drops: bool,
    pub moves: bool,
    pub borrow_ends: bool,
    pub allocators: bool,
    pub types: bool,
    pub parameter_names: bool,
    /// In characters.
    pub max_length: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// Where it is shown; the end of a line for those about a line.
    pub offset: TextSize,
    pub kind: HintKind,
    pub text: String,
    pub tooltip: Option<String>,
}

/// The hints inside of a range, by position.
pub fn hints(db: &dyn Db, file: File, within: TextRange, wanted: &Wanted) -> Vec<Hint> {
    let text = file.text(db);
    let mut hints = Vec::new();
    for func in hir::items::functions_of(db, file) {
        let range = func_range(db, func);
        if range.intersect(within).is_none() || signature(db, func).body != BodyKind::Statements {
            continue;
        }
        let mut collector = Collector { db, func, start: range.start(), text, wanted, hints: Vec::new() };
        collector.run();
        hints.append(&mut collector.hints);
    }
    hints.retain(|hint| within.contains_inclusive(hint.offset));
    hints.sort_by_key(|hint| (hint.offset, hint.kind));
    hints.dedup();
    for hint in &mut hints {
        shorten(hint, wanted.max_length);
    }
    hints
}

fn shorten(hint: &mut Hint, max_length: usize) {
    if hint.text.chars().count() > max_length {
        let kept: String = hint.text.chars().take(max_length.saturating_sub(1)).collect();
        let full = std::mem::replace(&mut hint.text, format!("{}…", kept.trim_end()));
        hint.tooltip = Some(match hint.tooltip.take() {
            Some(tooltip) => format!("{full}\n\n{tooltip}"),
            None => full,
        });
    }
}

struct Collector<'db> {
    db: &'db dyn Db,
    func: FuncId,
    start: TextSize,
    text: &'db str,
    wanted: &'db Wanted,
    hints: Vec<Hint>,
}

impl Collector<'_> {
    fn run(&mut self) {
        let db = self.db;
        if let Some(frame) = frame(db, self.func) {
            if self.wanted.frame_size
                && let Some(size) = frame.size
            {
                let tooltip = frame_line(db, self.func, frame);
                self.push(self.header_end(), HintKind::FrameSize, format!("frame {size} B"), Some(tooltip));
            }
            self.frame(frame);
        }
        let (body, inferred) = (hir::body::body(db, self.func), infer(db, self.func));
        if self.wanted.moves || self.wanted.borrow_ends {
            self.lifetimes();
        }
        if self.wanted.types || self.wanted.allocators {
            self.types(body, inferred);
        }
        if self.wanted.parameter_names {
            self.parameter_names(body, inferred);
        }
    }

    fn push(&mut self, offset: TextSize, kind: HintKind, text: String, tooltip: Option<String>) {
        self.hints.push(Hint { offset, kind, text, tooltip });
    }

    /// End of the line that holds an offset of the file.
    fn line_end(&self, offset: TextSize) -> TextSize {
        let from = usize::from(offset).min(self.text.len());
        let rest = self.text.get(from..).unwrap_or("");
        let end = rest.find('\n').unwrap_or(rest.len());
        TextSize::new((from + rest[..end].trim_end_matches('\r').len()) as u32)
    }

    /// End of the line on which the body opens.
    fn header_end(&self) -> TextSize {
        let open = hir::parse::func_ast(self.db, self.func)
            .and_then(|func| func.body())
            .and_then(|body| body.syntax().first_token())
            .map_or(self.start, |token| token.text_range().start());
        self.line_end(open)
    }

    fn frame(&mut self, frame: &Frame) {
        if self.wanted.heap_sites {
            self.heap_sites(frame);
        }
        if self.wanted.drops {
            self.drops(frame);
        }
        for lambda in &frame.lambdas {
            self.frame(lambda);
        }
    }

    fn heap_sites(&mut self, frame: &Frame) {
        // One hint for each line: its allocators in order.
        let mut lines: Vec<(TextSize, Vec<String>, Vec<String>)> = Vec::new();
        for site in frame.heap_sites.iter().filter(|site| site.operation != HeapOperation::Release) {
            let end = self.line_end(self.start + site.span.start());
            let often = if site.multiplicity == Multiplicity::PerIteration { " ↻" } else { "" };
            let name = format!("{}{often}", site.allocator_text(self.db));
            let why = super::placement::chain(&site.why(self.db));
            match lines.iter_mut().find(|(known, ..)| *known == end) {
                Some((_, names, whys)) => {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    whys.push(why);
                }
                None => lines.push((end, vec![name], vec![why])),
            }
        }
        for (end, names, whys) in lines {
            let tooltip = whys.into_iter().filter(|why| !why.is_empty()).collect::<Vec<_>>().join("\n\n");
            let tooltip = (!tooltip.is_empty()).then_some(tooltip);
            self.push(end, HintKind::HeapSite, format!("heap: {}", names.join(", ")), tooltip);
        }
    }

    /// Only drops that do something, and never of what was moved away.
    fn drops(&mut self, frame: &Frame) {
        let mut lines: Vec<(TextSize, &str, Vec<String>, Vec<String>)> = Vec::new();
        for drop in &frame.drops {
            if (drop.releases.is_empty() && !drop.runs_del) || drop.name.is_none() {
                continue;
            }
            let span = drop.span + self.start;
            let source = self.text.get(usize::from(span.start())..usize::from(span.end())).unwrap_or("");
            let lead = match drop.why {
                DropWhy::ScopeEnd | DropWhy::Temporary | DropWhy::TailCall => "drops",
                DropWhy::EarlyExit if source.trim_end().ends_with('?') => "on failure drops",
                DropWhy::EarlyExit => "drops",
                DropWhy::Overwrite => "drops the old",
                DropWhy::Abandoned => continue,
            };
            let at = if drop.why == DropWhy::ScopeEnd { span.end() } else { span.start() };
            let end = self.line_end(at);
            let name = drop.name.as_deref().unwrap_or_default();
            let name = if drop.conditional { format!("{name}?") } else { name.to_owned() };
            let through = if drop.releases.is_empty() {
                format!("{name}: runs `del`")
            } else {
                format!("{name} → {}", drop.releases.texts(self.db).join(", "))
            };
            match lines.iter_mut().find(|(known, word, ..)| *known == end && *word == lead) {
                Some((_, _, names, details)) => {
                    if !names.contains(&name) {
                        names.push(name);
                        details.push(through);
                    }
                }
                None => lines.push((end, lead, vec![name], vec![through])),
            }
        }
        for (end, lead, names, details) in lines {
            let text = match details.as_slice() {
                [only] if lead != "drops" => format!("{lead} {only}"),
                _ => format!("{lead} {}", names.join(", ")),
            };
            self.push(end, HintKind::Drop, text, Some(details.join("\n\n")));
        }
    }

    fn lifetimes(&mut self) {
        let db = self.db;
        let mut moves: Vec<(TextSize, String, String)> = Vec::new();
        for placed in placement(db, self.func) {
            for range in lifetime(db, self.func, placed.local) {
                let end = self.line_end(self.start + range.range.start());
                match range.kind {
                    LifetimeKind::Moved | LifetimeKind::MaybeMoved if self.wanted.moves => {
                        moves.push((end, format!("moves {}", placed.name), range.message));
                    }
                    _ => {}
                }
            }
        }
        moves.dedup();
        for (end, text, why) in moves {
            self.push(end, HintKind::Move, text, Some(why));
        }
        if self.wanted.borrow_ends
            && let Some(frame) = frame(db, self.func)
        {
            for borrow in &frame.borrows {
                let end = self.line_end(self.start + borrow.live.end());
                let text = format!("borrow of {} ends", borrow.owner);
                self.push(
                    end,
                    HintKind::BorrowEnd,
                    text,
                    Some(format!("held by `{}`", borrow.holder.text(db))),
                );
            }
        }
    }

    fn types(&mut self, body: &Body, inferred: &InferenceResult) {
        for (id, local) in body.locals.iter() {
            if !matches!(
                local.kind,
                LocalKind::Let | LocalKind::With | LocalKind::Pattern | LocalKind::LambdaParam
            ) || local.range.is_empty()
            {
                continue;
            }
            let (convention, ty) = inferred.local_type(id);
            if ty.has_unknown() || self.is_typed(local.range) {
                continue;
            }
            let at = self.start + local.range.end();
            if self.wanted.types {
                let text = format!(": {}", ty.display_as(self.db, convention));
                self.push(at, HintKind::Type, text, None);
            }
            if self.wanted.allocators
                && local.kind == LocalKind::Let
                && let Some(text) = omitted_allocator(self.db, self.func.file(), ty)
            {
                self.push(at, HintKind::Allocator, format!("in {text}"), None);
            }
        }
    }

    /// The type stands behind the name already.
    fn is_typed(&self, name: TextRange) -> bool {
        let rest = self.text.get(usize::from(self.start + name.end())..).unwrap_or("");
        rest.trim_start_matches([' ', '\t']).starts_with(':')
    }

    fn parameter_names(&mut self, body: &Body, inferred: &InferenceResult) {
        for (id, expr) in body.exprs.iter() {
            let Expr::Call { args, .. } = expr else { continue };
            let Some(info) = inferred.call(id, CallRole::Main) else { continue };
            let Callee::Function { func, .. } = &info.callee else { continue };
            let params = &signature(self.db, *func).params;
            for (param, source) in params.iter().zip(info.args.iter()) {
                let ArgSource::Arg(index) = source else { continue };
                let Some(arg) = args.get(*index as usize) else { continue };
                if arg.name.is_some() || params.len() < 2 && param.name.len() < 2 {
                    continue;
                }
                let range = arg.range + self.start;
                let source = self.text.get(usize::from(range.start())..usize::from(range.end()));
                let source = source.unwrap_or("").trim_start_matches("&mut ").trim_start_matches('&');
                if source == param.name || source.ends_with(&format!(".{}", param.name)) {
                    continue;
                }
                self.push(range.start(), HintKind::ParameterName, format!("{}=", param.name), None);
            }
        }
    }
}

/// The allocator that the type of a collection takes by default: `GlobalAlloc[Num]`.
fn omitted_allocator(db: &dyn Db, file: File, ty: &Ty) -> Option<String> {
    let Ty::Class(class, args) = ty else { return None };
    let generics = class_generics(db, *class);
    let shown = ty.display(db).to_string();
    let program = file.program(db);
    generics.params.iter().zip(args.iter()).find_map(|(param, arg)| {
        param.default.as_ref()?;
        let class = arg.class().filter(|class| hir::facts::is_allocator_class(db, program, *class))?;
        let name = &hir::items::class_data(db, class).name;
        (!shown.contains(name.as_str())).then(|| arg.display_as(db, Convention::Value).to_string())
    })
}
