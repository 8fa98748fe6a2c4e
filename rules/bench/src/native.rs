//! The contender that is plain Rust: a ruleset's native twin, built and run.
//!
//! In: a checked ruleset and the facts of requests. Out: a process that answers
//! them and says how long it took ([`Twin`]), and how long rustc took.
//!
//! The twin is built as anyone would build it: `cargo build --release` with the
//! profile as cargo has it. The requests stand in its program as a table, so
//! that no facts are read or converted while the clock runs, and enums are
//! numbers there. It is told when to run, so that its rounds lie between those
//! of the other contenders.

use crate::Outcome;
use crate::process::{self, Process};
use rulestone_compiler::check::checked::Ruleset;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::native::emit;
use rulestone_compiler::reference::Facts;
use rulestone_compiler::source::Sources;
use rulestone_compiler::source::model::FactType;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

/// A twin that runs. It ends when this is dropped.
#[derive(Debug)]
pub struct Twin {
    process: Process,
    /// How long it took to build.
    pub build: Duration,
}

/// What a twin can be told to do for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// To find the rules that match.
    Matching,
    /// The same, with hit policies and outputs.
    Decide,
    /// The same, written as JSON: of a twin that was started for it.
    Write,
}

impl Twin {
    /// Writes, builds and starts a twin in a folder of its own, which is
    /// replaced. `None` where there is no cargo or no rustc.
    ///
    /// # Errors
    /// In words: the ruleset has no twin, or the twin can't be built.
    pub fn start(
        ruleset: &Ruleset,
        sources: &Sources,
        requests: &[Facts],
        folder: &Path,
    ) -> Outcome<Option<Twin>> {
        Twin::start_with(ruleset, sources, requests, folder, "")
    }

    /// The same, of workload "request", whose decisions it can write as JSON
    /// ([`Task::Write`]).
    ///
    /// # Errors
    /// As [`Twin::start`].
    pub fn start_writing(
        ruleset: &Ruleset,
        sources: &Sources,
        requests: &[Facts],
        folder: &Path,
    ) -> Outcome<Option<Twin>> {
        Twin::start_with(ruleset, sources, requests, folder, WRITER)
    }

    fn start_with(
        ruleset: &Ruleset,
        sources: &Sources,
        requests: &[Facts],
        folder: &Path,
        writer: &str,
    ) -> Outcome<Option<Twin>> {
        if !process::can_build() {
            return Ok(None);
        }
        let twin = emit(ruleset, sources).map_err(|refused| refused.message(sources))?;
        if let Some(refused) = &twin.undecided {
            return Err(refused.message(sources).into());
        }
        let mut files = twin.files;
        files.push(("src/main.rs".to_owned(), program(ruleset, requests, writer)?));
        write(folder, &files).map_err(|error| format!("{}: {error}", folder.display()))?;
        let start = Instant::now();
        let programs = process::build(folder, &folder.join("target"), &["--offline"])
            .map_err(|text| format!("the twin can't be built: {text}"))?;
        let build = start.elapsed();
        let name = format!("rules-{}{}", ruleset.name, env::consts::EXE_SUFFIX);
        let process = Process::start::<&str>("the twin", &programs.join(name), &[])?;
        Ok(Some(Twin { process, build }))
    }

    /// How long it takes to answer these requests so many times over, by the twin's
    /// own clock.
    ///
    /// # Errors
    /// The twin has ended, or says something odd.
    pub fn run(&mut self, task: Task, requests: Range<usize>, passes: usize) -> Outcome<Duration> {
        let word = match task {
            Task::Matching => "matching",
            Task::Decide => "decide",
            Task::Write => "write",
        };
        let order = format!("{word} {} {} {passes}", requests.start, requests.end);
        Ok(Duration::from_nanos(self.process.ask(&order)?.parse()?))
    }

    /// The numbers of the rules that match each request, or that are kept.
    ///
    /// # Errors
    /// As [`Twin::run`].
    pub fn matched(&mut self, task: Task, requests: usize) -> Outcome<Vec<Vec<u32>>> {
        self.process.order(match task {
            Task::Matching => "show-matching",
            Task::Decide | Task::Write => "show-decide",
        })?;
        (0..requests).map(|_| process::numbers(&self.process.line()?)).collect()
    }

    /// What it writes about each request.
    ///
    /// # Errors
    /// As [`Twin::run`].
    pub fn told(&mut self, requests: usize) -> Outcome<Vec<String>> {
        self.process.order("show-write")?;
        (0..requests).map(|_| self.process.line()).collect()
    }
}

fn write(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for (path, content) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

/// What the twin's program is, besides its requests.
const PROGRAM: &str = r#"use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Instant;

fn main() {
    let mut matched = Vec::new();
    let mut decision = Decision::default();
    let mut written = Vec::new();
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("orders are text");
        let mut words = line.split(' ');
        let task = words.next().unwrap_or_default();
        let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
        let (from, to) = (number().unwrap_or(0), number().unwrap_or(FACTS.len()));
        let passes = number().unwrap_or(1);
        let requests = &FACTS[from..to];
        let start = Instant::now();
        match task {
            "matching" => {
                for _ in 0..passes {
                    for facts in requests {
                        matching(black_box(facts), &mut matched);
                        black_box(&matched);
                    }
                }
                writeln!(output, "{}", start.elapsed().as_nanos())
            }
            "decide" => {
                for _ in 0..passes {
                    for facts in requests {
                        decide(black_box(facts), &mut decision);
                        black_box(&decision);
                    }
                }
                writeln!(output, "{}", start.elapsed().as_nanos())
            }
            "write" => {
                for _ in 0..passes {
                    for facts in requests {
                        decide(black_box(facts), &mut decision);
                        written.clear();
                        write_json(&decision, &mut written);
                        black_box(&written);
                    }
                }
                writeln!(output, "{}", start.elapsed().as_nanos())
            }
            "show-write" => FACTS.iter().try_for_each(|facts| {
                decide(facts, &mut decision);
                written.clear();
                write_json(&decision, &mut written);
                written.push(b'\n');
                output.write_all(&written)
            }),
            _ => FACTS.iter().try_for_each(|facts| {
                matching(facts, &mut matched);
                decide(facts, &mut decision);
                let rules = if task == "show-decide" { &decision.matched } else { &matched };
                let rules: Vec<String> = rules.iter().map(u32::to_string).collect();
                writeln!(output, "{}", rules.join(" "))
            }),
        }
        .and_then(|()| output.flush())
        .expect("somebody listens");
    }
}

"#;

/// What writes nothing, of a twin that isn't asked to.
const NO_WRITER: &str = "fn write_json(_: &Decision, _: &mut Vec<u8>) {}\n";

/// What writes the decisions of workload "request" as JSON, as someone would by hand who
/// knows its outputs: ids and literals need no escapes.
const WRITER: &str = r#"fn write_json(decision: &Decision, line: &mut Vec<u8>) {
    line.extend_from_slice(b"{\"matched\":[");
    for (index, &rule) in decision.matched.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.push(b'"');
        line.extend_from_slice(RULES[rule as usize].as_bytes());
        line.push(b'"');
    }
    line.extend_from_slice(b"],\"outputs\":{\"points\":");
    write_int(decision.points.unwrap_or_default(), line);
    line.extend_from_slice(b",\"multiplier\":1.0,\"reveal\":[");
    for (index, text) in decision.reveal.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.push(b'"');
        line.extend_from_slice(text.as_bytes());
        line.push(b'"');
    }
    line.push(b']');
    if let Some(message) = decision.message {
        line.extend_from_slice(b",\"message\":\"");
        line.extend_from_slice(decision.text(message).as_bytes());
        line.push(b'"');
    }
    line.extend_from_slice(b"}}");
}

fn write_int(value: i64, line: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        line.push(b'-');
    }
    line.extend_from_slice(&digits[at..]);
}
"#;

/// The program that answers.
fn program(ruleset: &Ruleset, requests: &[Facts], writer: &str) -> Result<String, String> {
    let mut text = format!(
        "#![allow(unused_imports, reason = \"not every ruleset has all\")]\nuse rules_{}::*;\n{PROGRAM}",
        ruleset.name.replace('-', "_"),
    );
    text.push_str(if writer.is_empty() { NO_WRITER } else { writer });
    text.push_str("static FACTS: &[Facts<'static>] = &[\n");
    for facts in requests {
        text.push_str("    Facts {\n");
        for (fact, value) in ruleset.facts.iter().zip(&facts.values) {
            let name = fact.path.join("_");
            let value = match value {
                None => "None".to_owned(),
                Some(value) => {
                    let odd = || format!("`{name}` can't be written as Rust");
                    let literal = literal(value, &fact.fact_type).ok_or_else(odd)?;
                    if fact.optional { format!("Some({literal})") } else { literal }
                }
            };
            let _ = writeln!(text, "        {name}: {value},");
        }
        text.push_str("    },\n");
    }
    text.push_str("];\n");
    Ok(text)
}

/// A value as a Rust literal of the twin's type.
fn literal(value: &Value, fact_type: &FactType) -> Option<String> {
    Some(match (value, fact_type) {
        (Value::String(text), FactType::Enum(labels)) => {
            labels.iter().position(|label| **label == **text)?.to_string()
        }
        (Value::List(items), FactType::List { element, .. }) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| literal(item, element)).collect();
            format!("&[{}]", items?.join(", "))
        }
        (Value::String(text), _) => format!("{text:?}"),
        (Value::Bool(value), _) => value.to_string(),
        (Value::Int(value) | Value::Duration(value), _) => value.to_string(),
        (Value::Uint(value), _) => value.to_string(),
        (Value::Double(value), _) => double(*value),
        (Value::Timestamp(time), _) => format!("Timestamp::new({}, {})", time.seconds, time.nanos),
        (Value::Point(point), _) => format!("({}, {})", double(point.lat), double(point.lon)),
        _ => return None,
    })
}

fn double(value: f64) -> String {
    format!("f64::from_bits({:#x})", value.to_bits())
}
