//! Where figures are kept: JSON, a line for each size of each benchmark.
//!
//! In: figures. Out: lines at the end of `bench/NAME.jsonl` in the target
//! folder, each with the machine that they come from.

use crate::Outcome;
use crate::plan::{Mode, Plan};
use crate::race::Figure;
use serde_json::{Map, Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Appends a line of a benchmark; a tiny run leaves none.
///
/// `members` is a JSON object; what every line has is added to it: `bench`,
/// `quick`, `time` (Unix seconds) and `machine`.
///
/// # Errors
/// Those of the file system.
pub fn append(target: &Path, bench: &str, plan: &Plan, members: Value) -> Outcome<()> {
    if plan.mode == Mode::Tiny {
        return Ok(());
    }
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let mut line = json!({
        "bench": bench,
        "quick": plan.mode == Mode::Quick,
        "time": time,
        "machine": machine(),
    });
    if let (Value::Object(line), Value::Object(members)) = (&mut line, members) {
        line.extend(members);
    }
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{bench}.jsonl"));
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{line}")?;
    Ok(())
}

/// What a contender is in a line: its figures.
pub fn figure(figure: &Figure) -> Value {
    json!({
        "ns": figure.ns,
        "fastest_ns": figure.fastest,
        "allocations": figure.allocations,
        "requests": figure.requests,
        "samples": figure.samples,
    })
}

/// All contenders of a race, by name.
pub fn figures(all: &[Figure]) -> Map<String, Value> {
    all.iter().map(|one| (one.name.to_owned(), figure(one))).collect()
}

/// What the figures were measured on.
pub fn machine() -> Value {
    json!({
        "cpu": cpu(),
        "cores": std::thread::available_parallelism().map_or(0, |cores| cores.get()),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "rustc": rustc(),
    })
}

fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

fn rustc() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok();
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// Nanoseconds as they stand in printed lines: of small figures the tenths too.
pub fn ns(figure: f64) -> String {
    if figure < 100.0 { format!("{figure:.1} ns") } else { format!("{figure:.0} ns") }
}
