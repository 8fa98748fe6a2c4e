//! The lines that benchmarks left, and which of them count.
//!
//! In: a folder of `*.jsonl`. Out: for each benchmark one line for each size (and
//! shape), ascending: the last full run's, or the last quick run's where there
//! was no full one.

use crate::Outcome;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lines by benchmark.
#[derive(Debug, Clone, Default)]
pub struct Records {
    benches: BTreeMap<String, Vec<Record>>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Record {
    pub rules: u64,
    /// Of workloads that come in several shapes: which one.
    pub shape: Option<String>,
    pub line: Value,
}

impl Records {
    /// Reads all lines of a folder.
    ///
    /// # Errors
    /// There is no folder, or a line isn't JSON.
    pub fn read(folder: &Path) -> Outcome<Records> {
        let entries = fs::read_dir(folder).map_err(|error| {
            format!("{}: {error}; run `cargo bench -p rulestone-bench` first", folder.display())
        })?;
        let mut records = Records::default();
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        for path in paths {
            for (number, line) in (1..).zip(fs::read_to_string(&path)?.lines()) {
                let line = serde_json::from_str(line)
                    .map_err(|error| format!("{}:{number}: {error}", path.display()))?;
                records.add(line);
            }
        }
        Ok(records)
    }

    /// Adds a line, which replaces an earlier one of the same benchmark, size and
    /// shape, unless it is of a quick run and the earlier one isn't.
    pub fn add(&mut self, line: Value) {
        let Some(bench) = line["bench"].as_str().map(str::to_owned) else { return };
        let record = Record {
            rules: line["rules"].as_u64().unwrap_or(0),
            shape: line["shape"].as_str().or(line["facts"].as_str()).map(str::to_owned),
            line,
        };
        let records = self.benches.entry(bench).or_default();
        let same = |other: &&mut Record| other.rules == record.rules && other.shape == record.shape;
        match records.iter_mut().find(same) {
            Some(other) if record.is_quick() && !other.is_quick() => {}
            Some(other) => *other = record,
            None => {
                records.push(record);
                records.sort_by_key(|record| record.rules);
            }
        }
    }

    /// The lines of a benchmark, ascending by number of rules.
    pub fn of(&self, bench: &str) -> &[Record] {
        self.benches.get(bench).map_or(&[], Vec::as_slice)
    }
}

impl Record {
    pub fn is_quick(&self) -> bool {
        self.line["quick"] == Value::Bool(true)
    }

    /// Nanoseconds of a contender; `None` where it took no part.
    pub fn ns(&self, contender: &str) -> Option<f64> {
        self.line["contenders"][contender]["ns"].as_f64()
    }

    /// Allocations a request of a contender, where they were counted.
    pub fn allocations(&self, contender: &str) -> Option<f64> {
        self.line["contenders"][contender]["allocations"].as_f64()
    }

    /// A number that the line has besides its contenders.
    pub fn number(&self, member: &str) -> Option<f64> {
        self.line[member].as_f64()
    }

    /// When and on what it was measured, in a sentence's worth of words.
    pub fn origin(&self) -> String {
        let machine = &self.line["machine"];
        let word = |member: &str| machine[member].as_str().unwrap_or("unknown");
        let quick = if self.is_quick() { ", a quick run" } else { "" };
        format!(
            "{}, {} cores, {} {}, {}{quick}",
            word("cpu"),
            machine["cores"],
            word("os"),
            word("arch"),
            word("rustc"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_last_full_run_of_each_size_counts() {
        let mut records = Records::default();
        let line = |rules: u64, quick: bool, ns: f64| {
            let contenders = json!({ "a": { "ns": ns }, "b": { "skipped": "too slow" } });
            json!({ "bench": "hunt", "rules": rules, "quick": quick, "contenders": contenders })
        };
        for (rules, quick, ns) in
            [(100, false, 1.0), (10, true, 2.0), (100, false, 3.0), (100, true, 4.0)]
        {
            records.add(line(rules, quick, ns));
        }
        let hunt = records.of("hunt");
        assert_eq!(hunt.iter().map(|record| record.rules).collect::<Vec<_>>(), [10, 100]);
        assert_eq!(
            hunt.iter().map(|record| record.ns("a")).collect::<Vec<_>>(),
            [Some(2.0), Some(3.0)]
        );
        assert_eq!(hunt[0].ns("b"), None);
        assert!(records.of("story").is_empty());
    }
}
