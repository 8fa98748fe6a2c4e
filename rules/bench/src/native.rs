//! The contender that is plain Rust: a ruleset's native twin, built and run.
//!
//! In: a checked ruleset and the facts of requests. Out: what the twin says
//! about each request, how fast, and how long rustc took ([`Native`]).
//!
//! The twin is built as anyone would build it: `cargo build --release` with the
//! profile as cargo has it. The requests stand in its program as a table, so
//! that no facts are read or converted while the clock runs.

use rulestone_compiler::check::checked::Ruleset;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::native::emit;
use rulestone_compiler::reference::Facts;
use rulestone_compiler::source::Sources;
use rulestone_compiler::source::model::FactType;
use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// What came of the twin.
#[derive(Debug, Clone)]
pub struct Native {
    /// Nanoseconds a request: which rules match.
    pub matching: f64,
    /// Nanoseconds a request: the same, with hit policies and outputs.
    pub decide: f64,
    /// The ids of the rules that are kept, request by request.
    pub matched: Vec<Vec<String>>,
    /// How long it took to build.
    pub build: Duration,
}

/// Writes, builds and runs the twin in a folder of its own, which is replaced.
/// `None` where there is no cargo or no rustc.
///
/// # Errors
/// In words: the ruleset has no twin, the twin can't be built, it fails.
pub fn run(
    ruleset: &Ruleset,
    sources: &Sources,
    requests: &[Facts],
    folder: &Path,
) -> Result<Option<Native>, String> {
    let (cargo, rustc) = (tool("CARGO", "cargo"), tool("RUSTC", "rustc"));
    if !answers(&cargo) || !answers(&rustc) {
        return Ok(None);
    }
    let twin = emit(ruleset, sources).map_err(|refused| refused.message(sources))?;
    if let Some(refused) = &twin.undecided {
        return Err(refused.message(sources));
    }
    let mut files = twin.files;
    files.push(("src/measure.rs".to_owned(), include_str!("measure.rs").to_owned()));
    files.push(("src/main.rs".to_owned(), program(ruleset, requests)?));
    write(folder, &files).map_err(|error| format!("{}: {error}", folder.display()))?;
    let target = folder.join("target");
    let start = Instant::now();
    let build = Command::new(&cargo)
        .args(["build", "--release", "--offline", "--target-dir"])
        .arg(&target)
        .current_dir(folder)
        .output();
    succeeded("the twin can't be built", build)?;
    let build = start.elapsed();
    let name = format!("rules-{}{}", ruleset.name, env::consts::EXE_SUFFIX);
    let output = Command::new(target.join("release").join(name)).output();
    let text = succeeded("the twin fails", output)?;
    let (matching, decide, matched) = read(&text).ok_or("the twin says something odd")?;
    Ok(Some(Native { matching, decide, matched, build }))
}

fn tool(variable: &str, name: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).unwrap_or_else(|| name.into()))
}

fn answers(tool: &Path) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
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

/// What a program printed.
fn succeeded(what: &str, output: io::Result<Output>) -> Result<String, String> {
    let output = output.map_err(|error| format!("{what}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{what}: {error}"))
}

/// What [`program`] prints: two figures, then a line a request.
fn read(text: &str) -> Option<(f64, f64, Vec<Vec<String>>)> {
    let mut lines = text.lines();
    let matching = lines.next()?.parse().ok()?;
    let decide = lines.next()?.parse().ok()?;
    let ids = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    Some((matching, decide, lines.map(ids).collect()))
}

/// The program that measures the twin.
fn program(ruleset: &Ruleset, requests: &[Facts]) -> Result<String, String> {
    let mut text = format!(
        "#![allow(unused_imports, reason = \"not every ruleset has all\")]\nmod measure;\nuse rules_{}::*;\n{}",
        ruleset.name.replace('-', "_"),
        r#"use std::hint::black_box;

fn main() {
    let mut matched = Vec::new();
    let matching_takes = measure::median(FACTS.len(), |request| {
        matching(black_box(&FACTS[request]), &mut matched);
        black_box(&matched);
    });
    let mut decision = Decision::default();
    let decide_takes = measure::median(FACTS.len(), |request| {
        decide(black_box(&FACTS[request]), &mut decision);
        black_box(&decision);
    });
    println!("{matching_takes}\n{decide_takes}");
    for facts in FACTS {
        decide(facts, &mut decision);
        let ids: Vec<&str> = decision.matched.iter().map(|rule| RULES[*rule as usize]).collect();
        println!("{}", ids.join(" "));
    }
}

"#
    );
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
