//! Whatever is wrong with a source can be shown: as text, in colour, as JSON,
//! with every place inside of the file that it names.

use rulestone_compiler::diagnostic::json::json;
use rulestone_compiler::diagnostic::render::{render, summary};
use rulestone_compiler::diagnostic::{Diagnostics, Label};
use rulestone_compiler::source::Sources;

/// Shows all findings.
pub fn can_be_shown(diagnostics: &Diagnostics, sources: &Sources) {
    for finding in diagnostics.iter() {
        assert!(!finding.message.is_empty());
        for label in finding.primary.iter().chain(&finding.secondary) {
            is_inside(label, sources);
        }
        for colour in [false, true] {
            assert!(!render(finding, sources, colour).is_empty());
        }
        let line = json(finding, sources);
        assert!(!line.contains('\n'), "more than a line: {line}");
        let read = serde_json::from_str::<serde_json::Value>(&line);
        assert!(read.is_ok_and(|json| json.is_object()), "no JSON object: {line}");
    }
    let any = diagnostics.iter().next().is_some();
    assert_eq!(summary(diagnostics.iter()).is_some(), any);
}

fn is_inside(label: &Label, sources: &Sources) {
    let (span, text) = (label.span, sources.text(label.span.file));
    let range = span.start as usize..span.end as usize;
    assert!(text.get(range.clone()).is_some(), "{range:?} is no place in {} bytes", text.len());
    let (line, column) = sources.line_column(span.file, span.start);
    assert!(line > 0 && column > 0);
}
