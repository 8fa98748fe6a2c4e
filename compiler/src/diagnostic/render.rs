//! Findings for people: the source line, a caret, what is wrong, what to do.
//!
//! In: a [`Diagnostic`] and the sources. Out: some lines of text. However long a
//! source line or a span is, what is printed is short: the line is cut to a window
//! around the place. Whatever a source, a path or a message has in it, nothing of
//! it acts on a terminal ([`visible`](crate::visible)), and carets stay where they
//! belong.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{
    AnnotationKind, Element, Group, Level, Origin, Padding, Renderer, Snippet,
};

use super::{Diagnostic, Label, Severity};
use crate::source::Sources;
use crate::source::span::FileId;
use crate::visible::{escaped, escaped_source};

/// Bytes of a source line that are shown at most.
const MAX_LINE: usize = 120;
/// Bytes before the place that a cut line still shows.
const CONTEXT: usize = 40;
/// Characters of a message, label or help that are shown at most, before some of
/// them are escaped.
const MAX_TEXT: usize = 1_000;
/// Secondary places that are shown at most.
const MAX_PLACES: usize = 8;

/// One finding as text, with a line break at its end.
///
/// Costs O(length of the file) the first time for each file, and then O(length of
/// the lines shown).
pub fn render(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut excerpts = Vec::new();
    if let Some(primary) = &diagnostic.primary {
        place(&mut excerpts, primary, AnnotationKind::Primary, sources);
    }
    for label in diagnostic.secondary.iter().take(MAX_PLACES) {
        place(&mut excerpts, label, AnnotationKind::Context, sources);
    }
    let mut elements: Vec<Element<'_>> = Vec::new();
    for (file, lines) in by_file(excerpts) {
        elements.extend(snippets(file, lines, sources));
    }
    if diagnostic.help.is_some() && !elements.is_empty() {
        elements.push(Padding.into());
    }
    if let Some(help) = &diagnostic.help {
        elements.push(Level::HELP.message(shortened(help)).into());
    }
    let title = level.primary_title(shortened(&diagnostic.message)).id(diagnostic.code.text());
    let report = [Group::with_title(title).elements(elements)];
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for line in renderer.render(&report).lines().filter(|line| !is_bare_separator(line)) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Whether a line has nothing but the `:::` that the renderer puts before a
/// snippet without a path: our cut lines, whose path stands above already.
fn is_bare_separator(line: &str) -> bool {
    let mut plain = String::new();
    for (index, part) in line.split('\u{1b}').enumerate() {
        // After an escape, the text goes on behind the `m` that ends a style.
        let text = if index == 0 { part } else { part.split_once('m').map_or("", |(_, t)| t) };
        plain.push_str(text);
    }
    plain.trim() == ":::"
}

/// A summary such as `2 errors, 1 warning`; `None` if there are no findings.
pub fn summary<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Option<String> {
    let (mut errors, mut warnings) = (0usize, 0usize);
    for diagnostic in diagnostics {
        match diagnostic.severity() {
            Severity::Error => errors += 1,
            Severity::Warning => warnings += 1,
        }
    }
    let mut text = String::new();
    for (count, word) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            let separator = if text.is_empty() { "" } else { ", " };
            let plural = if count == 1 { "" } else { "s" };
            // Writing to a string can't fail.
            let _ = write!(text, "{separator}{count} {word}{plural}");
        }
    }
    (!text.is_empty()).then_some(text)
}

/// A line to show, and where in it to point.
struct Excerpt {
    file: FileId,
    line: u32,
    /// What is shown of the line, in bytes of the file.
    window: Range<usize>,
    /// Within `window`, in bytes of the file.
    marked: Range<usize>,
    kind: AnnotationKind,
    label: String,
}

fn place(excerpts: &mut Vec<Excerpt>, label: &Label, kind: AnnotationKind, sources: &Sources) {
    let span = label.span;
    let text = sources.text(span.file);
    let (line, _) = sources.line_column(span.file, span.start);
    let range = shown_line(sources, span.file, line);
    // A span of several lines is shown by its first one.
    let start = (span.start as usize).clamp(range.start, range.end);
    let end = (span.end as usize).clamp(start, range.end);
    let window = window(text, &range, start);
    let end = end.min(window.end).max(start);
    excerpts.push(Excerpt {
        file: span.file,
        line,
        window,
        marked: boundary(text, start)..boundary(text, end),
        kind,
        label: shortened(&label.text),
    });
}

/// A line without its break, and without the byte-order mark of a file, which is
/// none of its characters.
fn shown_line(sources: &Sources, file: FileId, line: u32) -> Range<usize> {
    let range = sources.line_range(file, line);
    let mark = if range.start == 0 && sources.text(file).starts_with('\u{feff}') { 3 } else { 0 };
    range.start + mark..range.end.max(range.start + mark)
}

/// The part of a line that is shown so that `at` is in it.
fn window(text: &str, line: &Range<usize>, at: usize) -> Range<usize> {
    if line.len() <= MAX_LINE {
        return line.clone();
    }
    let start = at.saturating_sub(CONTEXT).max(line.start);
    let start = start.min(line.end.saturating_sub(MAX_LINE)).max(line.start);
    boundary(text, start)..boundary(text, (start + MAX_LINE).min(line.end))
}

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Excerpts of one file together, the file of the primary place first.
fn by_file(excerpts: Vec<Excerpt>) -> Vec<(FileId, Vec<Excerpt>)> {
    let mut files: Vec<(FileId, Vec<Excerpt>)> = Vec::new();
    for excerpt in excerpts {
        match files.iter_mut().find(|(file, _)| *file == excerpt.file) {
            Some((_, lines)) => lines.push(excerpt),
            None => files.push((excerpt.file, vec![excerpt])),
        }
    }
    files
}

/// The elements that show a file. Places in whole lines share a snippet, so that
/// lines close to each other stand together; a line that is cut, or has characters
/// that are escaped, has its own, since its columns aren't those of the file.
fn snippets<'s>(file: FileId, excerpts: Vec<Excerpt>, sources: &'s Sources) -> Vec<Element<'s>> {
    if let Some((first, range)) = shared_lines(file, &excerpts, sources) {
        let mut snippet = Snippet::source(sources.text(file).get(range.clone()).unwrap_or(""))
            .line_start(first as usize)
            .path(escaped(sources.path(file)));
        for excerpt in excerpts {
            let marked = excerpt.marked.start - range.start..excerpt.marked.end - range.start;
            snippet = snippet.annotation(excerpt.kind.span(marked).label(nonempty(excerpt.label)));
        }
        return vec![snippet.into()];
    }
    excerpts.into_iter().flat_map(|excerpt| own_snippet(excerpt, sources)).collect()
}

/// The lines that all excerpts can be shown in as they stand in the file: the
/// number of the first one, and their range.
fn shared_lines(
    file: FileId,
    excerpts: &[Excerpt],
    sources: &Sources,
) -> Option<(u32, Range<usize>)> {
    let whole = |e: &Excerpt| e.window == shown_line(sources, file, e.line);
    let first = excerpts.iter().map(|e| e.line).min()?;
    let last = excerpts.iter().map(|e| e.line).max()?;
    let range = shown_line(sources, file, first).start..shown_line(sources, file, last).end;
    // Lines in between are folded away, but still have to be gone through.
    if !excerpts.iter().all(whole) || range.len() > 100 * MAX_LINE {
        return None;
    }
    let text = sources.text(file).get(range.clone())?;
    let is_plain = |line: &str| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        matches!(escaped_source(line), Cow::Borrowed(_))
    };
    text.split('\n').all(is_plain).then_some((first, range))
}

/// A line by itself.
fn own_snippet<'s>(excerpt: Excerpt, sources: &'s Sources) -> Vec<Element<'s>> {
    let Excerpt { file, line, window, marked, kind, label } = excerpt;
    let text = sources.text(file);
    let range = shown_line(sources, file, line);
    let part = |range: Range<usize>| escaped_source(text.get(range).unwrap_or(""));
    let ellipsis = |is_cut: bool| if is_cut { "…" } else { "" };
    let mut shown = ellipsis(window.start > range.start).to_owned();
    shown.push_str(&part(window.start..marked.start));
    let start = shown.len();
    shown.push_str(&part(marked.clone()));
    let end = shown.len();
    shown.push_str(&part(marked.end..window.end));
    shown.push_str(ellipsis(window.end < range.end));
    // Then the snippet counts the columns that the file has.
    let begins_as_in_file = text.get(range.start..marked.start) == shown.get(..start);
    let path = escaped(sources.path(file));
    let snippet = Snippet::source(shown).line_start(line as usize);
    let annotation = kind.span(start..end).label(nonempty(label));
    if begins_as_in_file {
        return vec![snippet.path(path).annotation(annotation).into()];
    }
    let offset = u32::try_from(marked.start).unwrap_or(u32::MAX);
    let (line, column) = sources.line_column(file, offset);
    let origin = Origin::path(path).line(line as usize).char_column(column as usize);
    vec![origin.into(), snippet.annotation(annotation).into()]
}

fn nonempty(label: String) -> Option<String> {
    (!label.is_empty()).then_some(label)
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_TEXT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    escaped(&shown).into_owned()
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
