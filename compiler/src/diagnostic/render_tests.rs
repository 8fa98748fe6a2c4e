//! What people see of a finding, whatever the source looks like.

use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::span::Span;

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.push((*path).to_owned(), (*path).to_owned(), (*text).to_owned());
    }
    sources
}

fn at(file: u32, start: usize, end: usize) -> Span {
    Span::new(FileId(file), start as u32, end as u32)
}

#[test]
fn a_finding_shows_line_caret_label_and_help() {
    let sources = sources(&[("a.yaml", "one: 1\ntwö: 2\n")]);
    let finding = Diagnostic::new(Code::UnknownKey, "unknown key")
        .at(at(0, 7, 11), "here")
        .help("did you mean `two`?");
    assert_eq!(
        render(&finding, &sources, false),
        "\
error[RS0201]: unknown key
 --> a.yaml:2:1
  |
2 | twö: 2
  | ^^^ here
  |
  = help: did you mean `two`?
"
    );
}

#[test]
fn a_second_place_may_be_in_another_file() {
    let sources = sources(&[("a.yaml", "x: 1\n"), ("b.yaml", "\nx: 2\n")]);
    let finding = Diagnostic::new(Code::DuplicateName, "twice")
        .at(at(1, 1, 2), "again here")
        .also(at(0, 0, 1), "first here");
    let text = render(&finding, &sources, false);
    assert!(text.contains("--> b.yaml:2:1"), "{text}");
    assert!(text.contains("::: a.yaml:1:1"), "{text}");
    assert!(text.contains("again here") && text.contains("first here"), "{text}");
}

#[test]
fn a_finding_without_a_place_is_a_line_and_its_help() {
    let finding = Diagnostic::new(Code::NoRuleset, "nothing there").help("look elsewhere");
    let text = render(&finding, &Sources::default(), false);
    assert_eq!(text, "error[RS0102]: nothing there\n |\n = help: look elsewhere\n");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let line = format!("k: {}é!{}", "a".repeat(500_000), "b".repeat(500_000));
    let sources = sources(&[("a.yaml", &line)]);
    let at_mark = line.find('!').unwrap_or(0);
    for end in [at_mark + 1, line.len()] {
        let finding = Diagnostic::new(Code::CelSyntax, "odd").at(at(0, at_mark, end), "this");
        let text = render(&finding, &sources, false);
        assert!(text.len() < 2_000, "{} bytes", text.len());
        assert!(text.contains("a.yaml:1:500005"), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        let shown = lines.iter().find(|l| l.contains('!')).copied().unwrap_or("");
        let carets = lines.iter().find(|l| l.contains('^')).copied().unwrap_or("");
        let column = |l: &str, c| l.chars().position(|x| x == c);
        assert_eq!(column(shown, '!'), column(carets, '^'), "{text}");
    }
}

#[test]
fn everything_about_a_finding_is_bounded() {
    let long = "x".repeat(1 << 20);
    let sources = sources(&[("a.yaml", "k: 1\n")]);
    let mut finding = Diagnostic::new(Code::WrongType, long.clone()).help(long.clone());
    for _ in 0..1000 {
        finding = finding.also(at(0, 0, 1), long.clone());
    }
    let finding = finding.at(at(0, 0, 4), long);
    assert!(render(&finding, &sources, true).len() < 50_000);
}

#[test]
fn places_that_do_not_exist_are_no_reason_to_fail() {
    let sources = sources(&[("a.yaml", "é"), ("b.yaml", "")]);
    for (file, start, end) in [(0, 1, 1), (0, 9, 3), (1, 0, 0), (7, 5, 9), (0, 0, 4_000_000)] {
        let finding = Diagnostic::new(Code::WrongType, "m").at(at(file, start, end), "l");
        assert!(render(&finding, &sources, false).contains("RS0203"));
    }
}

#[test]
fn a_summary_counts_errors_and_warnings() {
    let error = Diagnostic::new(Code::WrongType, "");
    let warning = Diagnostic::new(Code::FileIgnored, "");
    assert_eq!(summary([]), None);
    assert_eq!(summary([&error, &error, &warning]).as_deref(), Some("2 errors, 1 warning"));
}

#[test]
fn carets_stay_under_their_place_whatever_stands_before() {
    for (line, shown, column) in [
        ("a: \u{202e}x!y", r"a: \u{202e}x!y", 6),
        ("\u{1b}[2J\u{2028}\u{85}!\u{9b}", r"\u{1b}[2J\u{2028}\u{85}!\u{9b}", 7),
        ("\u{feff}a: !", "a: !", 4),
        ("\ta: !", "    a: !", 5),
        ("日本: \u{200b}!", r"日本: \u{200b}!", 6),
        ("b: 'a' # \u{e0041}\u{ad}!", r"b: 'a' # \u{e0041}\u{ad}!", 12),
    ] {
        let sources = sources(&[("a\u{9b}.yaml", &format!("{line}\nnext: 1\n"))]);
        let place = line.find('!').unwrap_or(0);
        let finding = Diagnostic::new(Code::CelSyntax, "odd\nerror: forged \u{1b}[1m")
            .at(at(0, place, place + 1), "here\u{2066}")
            .help("\u{7f}help");
        let text = render(&finding, &sources, false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], r"error[RS0301]: odd\nerror: forged \u{1b}[1m");
        assert!(lines[1].ends_with(&format!(r"a\u{{9b}}.yaml:1:{column}")), "{text}");
        let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let source = lines.iter().find(|line| line.contains(shown)).copied().unwrap_or("");
        let caret = lines.iter().find(|line| line.contains("^ here")).copied().unwrap_or("");
        let columns = [(source, '!'), (caret, '^')]
            .map(|(line, mark)| -> Option<usize> { Some(wide(line.split_once(mark)?.0)) });
        assert!(columns[0].is_some() && columns[0] == columns[1], "{text}");
        assert!(text.contains(r"here\u{2066}") && text.contains(r"\u{7f}help"), "{text}");
    }
}
