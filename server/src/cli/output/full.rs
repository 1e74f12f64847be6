//! The source drawn with underlines, the rule's reason as a note, the fix as a suggestion.

use super::{Style, severity_word, shown, summary};
use crate::check::{Finding, Fix, RelatedPlace, Report, Span};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use hir::Severity;
use hir::diagnostic::Applicability;
use std::io::{self, Write};
use std::ops::Range;

/// A line longer than this many bytes is not drawn; nobody could read it.
const MAX_LINE_BYTES: usize = 400;

/// Lines of the source shown with a fix, at the most.
const MAX_PATCH_LINES: usize = 12;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode);
    for finding in shown(report, style) {
        let text = report.texts.get(&finding.path).map(|text| &**text);
        writeln!(out, "{}\n", renderer.render(&groups(finding, text)))?;
    }
    if !style.quiet {
        writeln!(out, "{} ({:.0?})", summary(report), style.took)?;
    }
    Ok(())
}

fn groups<'a>(finding: &'a Finding, text: Option<&'a str>) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name(severity_word(Severity::Hint)),
    };
    let mut group = Group::with_title(level.primary_title(&*finding.message).id(finding.code));
    let same_file: Vec<&RelatedPlace> =
        finding.related.iter().filter(|place| place.path == finding.path).collect();
    match (finding.span, text) {
        (Some(span), Some(text)) => {
            let spans = same_file.iter().map(|place| place.span).chain([span]);
            match Window::around(text, spans) {
                Some(window) => {
                    let mut snippet = Snippet::source(window.text)
                        .path(&*finding.path)
                        .line_start(window.first_line)
                        .annotation(AnnotationKind::Primary.span(window.range(span)));
                    for place in &same_file {
                        snippet = snippet.annotation(
                            AnnotationKind::Context.span(window.range(place.span)).label(&*place.message),
                        );
                    }
                    group = group.element(snippet);
                }
                None => group = group.element(origin(&finding.path, span)),
            }
        }
        (Some(span), None) => group = group.element(origin(&finding.path, span)),
        (None, _) => group = group.element(annotate_snippets::Origin::path(&*finding.path)),
    }
    for place in finding.related.iter().filter(|place| place.path != finding.path) {
        let window = place.text.as_deref().and_then(|text| Window::around(text, [place.span]));
        group = match window {
            Some(window) => group.element(
                Snippet::source(window.text).path(&*place.path).line_start(window.first_line).annotation(
                    AnnotationKind::Context.span(window.range(place.span)).label(&*place.message),
                ),
            ),
            None => group.element(origin(&place.path, place.span)),
        };
    }
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(&**note));
    }
    let mut groups = Vec::with_capacity(2);
    let mut fixes = Vec::new();
    for fix in &finding.fixes {
        match text.and_then(|text| suggestion(finding, fix, text)) {
            Some(drawn) => fixes.push(drawn),
            None => group = group.element(Level::HELP.message(&*fix.title)),
        }
    }
    group = group
        .element(Level::NOTE.with_name("more").message(format!("spp-analyzer explain {}", finding.code)));
    groups.push(group);
    groups.extend(fixes);
    groups
}

fn origin(path: &str, span: Span) -> annotate_snippets::Origin<'_> {
    annotate_snippets::Origin::path(path)
        .line(span.start.line as usize)
        .char_column(span.start.column as usize)
}

/// A fix as a patch of the source; `None` when it is too long to draw.
fn suggestion<'a>(finding: &Finding, fix: &'a Fix, text: &'a str) -> Option<Group<'a>> {
    if fix.edits.iter().any(|edit| edit.path != finding.path) {
        return None;
    }
    let window = Window::around(text, fix.edits.iter().map(|edit| edit.span))?;
    if window.text.lines().count() > MAX_PATCH_LINES {
        return None;
    }
    let title = match fix.applicability {
        Applicability::Safe => format!("{} (`spp-analyzer check --fix` does it)", fix.title),
        Applicability::Suggestion => fix.title.clone(),
    };
    let snippet = Snippet::source(window.text)
        .line_start(window.first_line)
        .patches(fix.edits.iter().map(|edit| Patch::new(window.range(edit.span), &*edit.new_text)));
    Some(Level::HELP.secondary_title(title).element(snippet))
}

/// The lines of a text that some spans touch, so that drawing costs nothing for the rest.
struct Window<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    /// `None` when a touched line is too long to draw.
    fn around(text: &'a str, spans: impl IntoIterator<Item = Span>) -> Option<Window<'a>> {
        let (mut first, mut last) = (None::<Span>, None::<Span>);
        for span in spans {
            if first.is_none_or(|first| span.start < first.start) {
                first = Some(span);
            }
            if last.is_none_or(|last| span.end > last.end) {
                last = Some(span);
            }
        }
        let (first, last) = (first?, last?);
        let start = text.get(..first.start.offset as usize)?.rfind('\n').map_or(0, |newline| newline + 1);
        let tail = text.get(last.end.offset as usize..)?;
        let end = tail.find('\n').map_or(text.len(), |newline| last.end.offset as usize + newline);
        let window = &text[start..end];
        if window.lines().any(|line| line.len() > MAX_LINE_BYTES) {
            return None;
        }
        Some(Window { text: window, start, first_line: first.start.line as usize })
    }

    fn range(&self, span: Span) -> Range<usize> {
        let at = |offset: u32| (offset as usize).saturating_sub(self.start).min(self.text.len());
        at(span.start.offset)..at(span.end.offset)
    }
}
