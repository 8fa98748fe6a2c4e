//! A ruleset in both of its lives: as a checked tree for the reference
//! evaluator, and as an archive for the interpreter. A decision is asked of
//! both, and both must say the same.

#![allow(dead_code, reason = "each test uses a part of it")]

use rulestone::decision::{DecisionError, ValueRef};
use rulestone::{Limits, Ruleset, Session};
use rulestone_compiler::check::checked;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::diagnostic::Diagnostics;
use rulestone_compiler::diagnostic::render::render;
use rulestone_compiler::emit::emit;
use rulestone_compiler::index::index;
use rulestone_compiler::lower::lower;
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::{Input, Sources};
use rulestone_compiler::{Checked, Indexing, check_source};
use rulestone_format::frame::Frame;
use std::fmt::Write;

/// A ruleset, checked and compiled.
pub struct Twin {
    pub checked: checked::Ruleset,
    pub ruleset: Ruleset,
    /// The bytes of its archive.
    pub archive: Vec<u8>,
    /// The same with an index of everything that can be indexed.
    pub indexed: Ruleset,
}

/// What is wrong with a source, as a person reads it.
pub fn report(diagnostics: &Diagnostics, sources: &Sources) -> String {
    diagnostics.iter().map(|d| render(d, sources, false)).collect()
}

impl Twin {
    /// Compiles a source without errors.
    pub fn compile(input: &Input) -> Result<Twin, String> {
        Twin::compile_within(input, &Limits::default())
    }

    /// The same under other limits.
    pub fn compile_within(input: &Input, limits: &Limits) -> Result<Twin, String> {
        Twin::compile_with(input, limits, [Indexing::WherePaying, Indexing::Always])
    }

    /// The same with other indexes of the two archives. If both have the same there is one.
    pub fn compile_with(
        input: &Input,
        limits: &Limits,
        [first, other]: [Indexing; 2],
    ) -> Result<Twin, String> {
        let Checked { sources, ruleset, mut diagnostics } = check_source(input);
        if diagnostics.has_errors() {
            return Err(report(&diagnostics, &sources));
        }
        let checked = ruleset.ok_or("no ruleset")?;
        let mut load = |indexing| {
            let tables = lower(&checked, &sources, false, &mut diagnostics)
                .and_then(|lowered| index(lowered, &checked, indexing, &mut diagnostics))
                .ok_or_else(|| report(&diagnostics, &sources))?;
            let bytes = emit(tables).map_err(|_| "too large")?;
            let ruleset = Ruleset::from_vec_with(bytes.clone(), limits);
            ruleset.map(|ruleset| (ruleset, bytes)).map_err(|error| error.to_string())
        };
        let (ruleset, archive) = load(first)?;
        let indexed = if first == other { ruleset.clone() } else { load(other)?.0 };
        Ok(Twin { checked, ruleset, archive, indexed })
    }

    /// The decision about a frame as one line, after asking the reference evaluator,
    /// and the interpreter with the index as it comes, without and with all of it.
    ///
    /// # Panics
    /// Where they differ.
    #[track_caller]
    pub fn decide(&self, session: &mut Session, frame: &[u8]) -> String {
        let archive = self.ruleset.archive();
        let checked = Frame::check(frame, archive).expect("the frame is good");
        let facts = Facts::from_frame(&checked, archive);
        let by_reference = self.show_reference(&reference::decide(&self.checked, &facts));
        let decision = session.decide(frame).expect("the frame is good");
        let by_interpreter = show_decision(&decision);
        assert_eq!(by_interpreter, by_reference, "interpreter, then reference; facts: {facts:?}");
        let mut others = [self.ruleset.session(), self.indexed.session()];
        others[0].use_index(false);
        for (way, session) in ["without index", "all indexed"].iter().zip(&mut others) {
            let decision = session.decide(frame).expect("the frame is good");
            assert_eq!(show_decision(&decision), by_reference, "{way}, then reference; {facts:?}");
        }
        let mut json = Vec::new();
        decision.write_json(&mut json);
        String::from_utf8(json).expect("JSON is UTF-8")
    }

    fn show_reference(&self, decision: &reference::Decision) -> String {
        let rules = &self.checked.rules;
        let mut text = String::new();
        for rule in &decision.matched {
            let _ = write!(text, "{} ", rules[*rule].id);
        }
        for (output, value) in self.checked.outputs.iter().zip(&decision.outputs) {
            if let Some(value) = value {
                let _ = write!(text, "| {} = ", output.name);
                show_value(value, &mut text);
            }
        }
        let mut errors: Vec<String> = decision
            .errors
            .iter()
            .map(|error| match error {
                reference::DecisionError::Output { rule, output, .. } => {
                    format!("{}.{}", rules[*rule].id, self.checked.outputs[*output].name)
                }
                reference::DecisionError::Conflict { group, rules: all } => {
                    let ids: Vec<&str> = all.iter().map(|r| rules[*r].id.as_str()).collect();
                    format!("{}: {}", self.checked.groups[*group].name, ids.join(" "))
                }
            })
            .collect();
        errors.sort();
        let _ = write!(text, "| errors {errors:?}");
        text
    }
}

fn show_decision(decision: &rulestone::decision::Decision<'_>) -> String {
    let mut text = String::new();
    for rule in decision.matched() {
        let _ = write!(text, "{} ", rule.id());
    }
    for (name, value) in decision.outputs() {
        if let Some(value) = value {
            let _ = write!(text, "| {name} = ");
            show_value_ref(&value, &mut text);
        }
    }
    let mut errors: Vec<String> = decision
        .errors()
        .map(|error| match error {
            DecisionError::Output { rule, output, .. } => format!("{}.{output}", rule.id()),
            DecisionError::Conflict { group, rules } => {
                let ids: Vec<&str> = rules.map(|rule| rule.id()).collect();
                format!("{group}: {}", ids.join(" "))
            }
            other => format!("{other:?}"),
        })
        .collect();
    errors.sort();
    let _ = write!(text, "| errors {errors:?}");
    text
}

/// Prints a value so that different values print differently.
pub fn show_value(value: &Value, text: &mut String) {
    let _ = match value {
        Value::Bool(v) => write!(text, "{v}"),
        Value::Int(v) => write!(text, "{v}"),
        Value::Uint(v) => write!(text, "{v}u"),
        Value::Double(v) => write!(text, "{v:?}"),
        Value::String(v) => write!(text, "{v:?}"),
        Value::Bytes(v) => write!(text, "b{v:?}"),
        Value::Timestamp(v) => write!(text, "@{}.{}", v.seconds, v.nanos),
        Value::Duration(v) => write!(text, "{v}ns"),
        Value::Point(v) => write!(text, "({:?}, {:?})", v.lat, v.lon),
        Value::List(items) => {
            text.push('[');
            for item in items.iter() {
                show_value(item, text);
                text.push(',');
            }
            write!(text, "]")
        }
        Value::Map(entries) => {
            text.push('{');
            for (key, value) in entries.iter() {
                show_value(key, text);
                text.push(':');
                show_value(value, text);
                text.push(',');
            }
            write!(text, "}}")
        }
    };
}

/// The same for what the interpreter gives.
pub fn show_value_ref(value: &ValueRef<'_>, text: &mut String) {
    let _ = match value {
        ValueRef::Bool(v) => write!(text, "{v}"),
        ValueRef::Int(v) => write!(text, "{v}"),
        ValueRef::Uint(v) => write!(text, "{v}u"),
        ValueRef::Double(v) => write!(text, "{v:?}"),
        ValueRef::String(v) => write!(text, "{v:?}"),
        ValueRef::Bytes(v) => write!(text, "b{v:?}"),
        ValueRef::Timestamp(v) => write!(text, "@{}.{}", v.seconds, v.nanos),
        ValueRef::Duration(v) => write!(text, "{v}ns"),
        ValueRef::Point(v) => write!(text, "({:?}, {:?})", v.lat, v.lon),
        ValueRef::List(items) => {
            text.push('[');
            for item in items.iter() {
                show_value_ref(&item, text);
                text.push(',');
            }
            write!(text, "]")
        }
        ValueRef::Map(entries) => {
            text.push('{');
            for (key, value) in entries.iter() {
                show_value_ref(&key, text);
                text.push(':');
                show_value_ref(&value, text);
                text.push(',');
            }
            write!(text, "}}")
        }
        other => write!(text, "{other:?}"),
    };
}
