//! `test`: a ruleset's tests, decided by its archive.

use crate::failure::{Failure, Status};
use crate::output::Report;
use crate::report::{is_close, json, owned};
use crate::target::{self, Compiled};
use crate::terminal::Terminal;
use rulestone::decision::{Decision, DecisionError};
use rulestone::facts::Number;
use rulestone::{FactsBuilder, Session};
use rulestone_compiler::Options;
use rulestone_compiler::check::checked::{self, Test};
use rulestone_compiler::source::node::{Node, NodeKind};
use rulestone_format::meaning::Numeral;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::io::{self, Write};
use std::path::PathBuf;

/// Runs a ruleset's tests
///
/// Prints what differs, expected beside found. The status is 1 where a test fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  rulestone test rules/black-mesa --filter lantern")]
pub struct Arguments {
    /// The ruleset: a YAML file, a folder with a `ruleset.yaml`, or `-`
    source: PathBuf,
    /// Run only the tests whose name has this text in it
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

pub fn run(arguments: &Arguments, terminal: &Terminal) -> Result<Status, Failure> {
    let input = target::source(&arguments.source)?;
    let compiled = target::compile(&input, Options::default(), terminal)?;
    terminal.mention_warnings(&compiled.diagnostics);
    let Compiled { sources, checked, ruleset, .. } = &compiled;
    // A fact that nobody knows is a mistake in a test.
    let mut builder = ruleset.facts_builder().strict(true);
    let mut session = ruleset.session();
    let mut out = Report::new(terminal.format);
    let (mut passed, mut failed) = (0u64, 0u64);
    let filter = arguments.filter.as_deref().unwrap_or_default();
    for test in checked.tests.iter().filter(|test| test.name.value.contains(filter)) {
        let outcome = Outcome::of(test, checked, &mut builder, &mut session);
        if outcome.is_passed() {
            passed += 1;
            continue;
        }
        failed += 1;
        let span = test.name.span;
        let (line, _) = sources.line_column(span.file, span.start);
        let (file, name) = (sources.path(span.file), &test.name.value);
        let written = match terminal.is_json() {
            true => out.line(outcome.json(name, file, line)),
            false => outcome.write(&mut out, name, file, line),
        };
        written.map_err(Failure::output)?;
    }
    let written = if terminal.is_json() {
        out.line(serde_json::json!({"passed": passed, "failed": failed}))
    } else if checked.tests.is_empty() {
        out.line(format_args!("{} has no tests", checked.name))
    } else if passed + failed == 0 {
        out.line(format_args!("no test has \"{filter}\" in its name"))
    } else {
        out.line(format_args!("{passed} passed, {failed} failed"))
    };
    written.and_then(|()| out.flush()).map_err(Failure::output)?;
    Ok(if failed > 0 { Status::Fault } else { Status::Done })
}

/// What came of a test.
#[derive(Debug, Default)]
struct Outcome {
    differences: Vec<Difference>,
    /// What went wrong on the way, which alone fails no test.
    errors: Vec<String>,
}

/// JSON, or nothing where an output is absent.
#[derive(Debug)]
struct Difference {
    item: String,
    expected: Option<String>,
    found: Option<String>,
}

impl Outcome {
    fn of(
        test: &Test,
        ruleset: &checked::Ruleset,
        builder: &mut FactsBuilder,
        session: &mut Session,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let decided = builder.encode(&Facts(&test.facts)).map_err(|error| error.to_string());
        let decided = decided.and_then(|frame| session.decide(frame).map_err(|e| e.to_string()));
        match decided {
            Ok(decision) => outcome.compare(test, ruleset, &decision),
            Err(error) => outcome.differences.push(Difference {
                item: "facts".to_owned(),
                expected: Some("good facts".to_owned()),
                found: Some(error),
            }),
        }
        outcome
    }

    fn compare(&mut self, test: &Test, ruleset: &checked::Ruleset, decision: &Decision<'_>) {
        if let Some(expected) = &test.matched {
            let expected: Vec<&str> = expected.iter().map(|id| id.value.as_str()).collect();
            let found: Vec<&str> = decision.matched().map(|rule| rule.id()).collect();
            if expected != found {
                self.differences.push(Difference {
                    item: "matched".to_owned(),
                    expected: Some(serde_json::json!(expected).to_string()),
                    found: Some(serde_json::json!(found).to_string()),
                });
            }
        }
        let found: Vec<_> = decision.outputs().collect();
        for (index, _, expected) in &test.outputs {
            let name = ruleset.outputs.get(*index as usize).map_or("?", |output| &output.name);
            // The archive's outputs are those of the source, in the same order.
            let found = found.get(*index as usize).and_then(|(_, value)| *value).map(owned);
            let is_same = match (expected, &found) {
                (None, None) => true,
                (Some(expected), Some(found)) => is_close(expected, found),
                _ => false,
            };
            if !is_same {
                self.differences.push(Difference {
                    item: name.to_owned(),
                    expected: expected.as_ref().map(json),
                    found: found.as_ref().map(json),
                });
            }
        }
        self.errors.extend(decision.errors().map(|error| match error {
            DecisionError::Output { rule, output, fault } => {
                format!("output `{output}` of rule `{}`: {fault}", rule.id())
            }
            DecisionError::Conflict { group, rules } => {
                let rules: Vec<&str> = rules.map(|rule| rule.id()).collect();
                format!("conflict in group `{group}`: {}", rules.join(", "))
            }
            other => format!("{other:?}"),
        }));
    }

    fn is_passed(&self) -> bool {
        self.differences.is_empty()
    }

    fn write(
        &self,
        out: &mut Report<impl Write>,
        name: &str,
        file: &str,
        line: u32,
    ) -> io::Result<()> {
        out.line(format_args!("{file}:{line}: {name}: FAILED"))?;
        for Difference { item, expected, found } in &self.differences {
            let shown = |value: &Option<String>| value.clone().unwrap_or("absent".to_owned());
            out.line(format_args!("  {item}"))?;
            out.line(format_args!("    expected {}", shown(expected)))?;
            out.line(format_args!("    found    {}", shown(found)))?;
        }
        for error in &self.errors {
            out.line(format_args!("  error: {error}"))?;
        }
        out.line("")
    }

    fn json(&self, name: &str, file: &str, line: u32) -> serde_json::Value {
        // What was written as JSON is put in as JSON.
        let value = |text: &Option<String>| match text {
            Some(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
            None => serde_json::Value::Null,
        };
        let differences = self.differences.iter().map(|difference| {
            serde_json::json!({
                "item": difference.item,
                "expected": value(&difference.expected),
                "found": value(&difference.found),
            })
        });
        serde_json::json!({
            "test": name, "file": file, "line": line, "passed": false,
            "differences": differences.collect::<Vec<_>>(), "errors": self.errors,
        })
    }
}

/// Facts as YAML has them, as something that can be encoded: numbers as they are
/// written. YAML is bounded in how deep it nests.
struct Facts<'n>(&'n Node);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.kind {
            NodeKind::Null(_) => serializer.serialize_unit(),
            NodeKind::Bool(value, _) => serializer.serialize_bool(*value),
            NodeKind::Int(_, text) => Number::new(&text.value).serialize(serializer),
            // Infinity and NaN have no digits.
            NodeKind::Double(value, text) => match Numeral::parse(&text.value) {
                Some(_) => Number::new(&text.value).serialize(serializer),
                None => serializer.serialize_f64(*value),
            },
            NodeKind::String(text) => serializer.serialize_str(&text.value),
            NodeKind::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Facts(item))?;
                }
                list.end()
            }
            NodeKind::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for entry in entries {
                    map.serialize_entry(&entry.key.value, &Facts(&entry.value))?;
                }
                map.end()
            }
        }
    }
}
