//! Findings for editors and CI: one JSON object a line.
//!
//! In: a [`Diagnostic`] and the sources. Out: a line of JSON. Lines and columns
//! count from 1, columns in characters; ends are exclusive. What a terminal would
//! obey is escaped, as in all JSON that is printed ([`visible`](crate::visible)).

use serde::Serialize;

use super::{Diagnostic, Severity};
use crate::source::Sources;
use crate::source::span::Span;
use crate::visible::escaped_json;

#[derive(Serialize)]
struct Finding<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    labels: Vec<JsonLabel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// One finding as a JSON object without a line break. `file`, `line` and so on are
/// those of the primary place and are left out if there is none; `labels` has the
/// primary place (if it has a text) and all the secondary ones.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let primary = diagnostic.primary.iter().filter(|l| !l.text.is_empty()).map(|l| (l, true));
    let secondary = diagnostic.secondary.iter().map(|l| (l, false));
    let finding = Finding {
        severity: match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code.text(),
        message: &diagnostic.message,
        place: diagnostic.primary.as_ref().map(|l| place(l.span, sources)),
        labels: primary
            .chain(secondary)
            .map(|(label, primary)| JsonLabel {
                place: place(label.span, sources),
                text: &label.text,
                primary,
            })
            .collect(),
        help: diagnostic.help.as_deref(),
    };
    // INVARIANT: strings, numbers and lists of them can always be serialised.
    escaped_json(&serde_json::to_string(&finding).unwrap_or_default()).into_owned()
}

fn place(span: Span, sources: &Sources) -> Place<'_> {
    let (line, column) = sources.line_column(span.file, span.start);
    let (end_line, end_column) = sources.line_column(span.file, span.end);
    Place { file: sources.path(span.file), line, column, end_line, end_column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_finding_is_one_line_with_places() {
        let mut sources = Sources::default();
        let file = sources.push("a.yaml".into(), "a.yaml".into(), "é: 1\né: 2\n".into());
        let diagnostic = Diagnostic::new(Code::DuplicateKey, "twice")
            .at(Span::new(file, 6, 8), "again here")
            .also(Span::new(file, 0, 2), "first here")
            .help("say \"once\"");
        assert_eq!(
            json(&diagnostic, &sources),
            concat!(
                r#"{"severity":"error","code":"RS0109","message":"twice","file":"a.yaml","#,
                r#""line":2,"column":1,"end_line":2,"end_column":2,"labels":["#,
                r#"{"file":"a.yaml","line":2,"column":1,"end_line":2,"end_column":2,"text":"again here","primary":true},"#,
                r#"{"file":"a.yaml","line":1,"column":1,"end_line":1,"end_column":2,"text":"first here","primary":false}],"#,
                r#""help":"say \"once\""}"#
            )
        );
    }

    #[test]
    fn a_finding_without_a_place_has_no_file() {
        let line = json(&Diagnostic::new(Code::Unreadable, "gone"), &Sources::default());
        assert_eq!(line, r#"{"severity":"error","code":"RS0101","message":"gone","labels":[]}"#);
    }
}
