//! Rules: a function each that says whether the rule matches, in files of at most
//! [`RULES_A_FILE`] so that rustc compiles them side by side and within reason.

use super::code::{Code, Level, truth};
use super::condition::joined;
use super::refused::Refused;
use super::support::Support;
use super::writer::{Writer, Written};
use crate::check::checked::Rule;
use crate::check::schedule::Interval;
use std::fmt::Write;

pub(super) const RULES_A_FILE: usize = 500;

/// Up to how many intervals of a schedule are written into the condition.
const FEW_INTERVALS: usize = 3;

/// Rules of one file.
#[derive(Debug)]
pub(super) struct Chunk {
    pub module: String,
    /// Whether there is a function `outputs`.
    pub has_outputs: bool,
}

impl Writer<'_> {
    /// The functions of some rules, the first of which has this index.
    pub(super) fn write_rules(&mut self, first: usize, rules: &[Rule]) -> Written<String> {
        let mut calls = String::new();
        let mut functions = String::new();
        let mut reads_facts = false;
        for (index, rule) in (first..).zip(rules) {
            self.reads_facts = false;
            let of_rule = |refused| Refused { rule: Some(rule.id.clone()), ..refused };
            let condition = self.rule_condition(rule).map_err(of_rule)?;
            match condition.text.as_str() {
                "false" => {}
                "true" => {
                    let _ = writeln!(calls, "    matched.push({index}); // {}", rule.id);
                }
                text => {
                    let (name, id) = (rule.id.replace('-', "_"), &rule.id);
                    let facts = if self.reads_facts { "facts" } else { "_facts" };
                    reads_facts = true;
                    let _ = writeln!(
                        calls,
                        "    if rule_{name}(facts) {{\n        matched.push({index});\n    }}"
                    );
                    let _ = write!(
                        functions,
                        "\n/// `{id}`\nfn rule_{name}({facts}: &Facts<'_>) -> bool {{\n    {}\n}}\n",
                        broken(text)
                    );
                }
            }
        }
        let facts = if reads_facts { "facts" } else { "_facts" };
        let matched = if calls.is_empty() { "_matched" } else { "matched" };
        Ok(format!(
            "\n/// Adds the rules that match, in decision order.\n\
             pub(crate) fn matching({facts}: &Facts<'_>, {matched}: &mut Vec<u32>) {{\n{calls}}}\n{functions}"
        ))
    }

    /// Schedule and condition; rollouts aren't covered.
    fn rule_condition(&mut self, rule: &Rule) -> Written<Code> {
        if let Some(rollout) = &rule.rollout {
            return self.refuse(&rollout.by, "rollouts");
        }
        let mut parts = Vec::new();
        if let Some(intervals) = &rule.schedule {
            parts.push(self.schedule(rule, intervals)?);
        }
        if let Some(condition) = &rule.condition {
            parts.push(self.condition(condition, true)?);
        }
        parts.retain(|part| part.text != "true");
        if parts.iter().any(|part| part.text == "false") {
            return Ok(truth(false));
        }
        Ok(joined(&parts, true))
    }

    /// Whether the request's time is in one of the intervals; an absent one isn't.
    fn schedule(&mut self, rule: &Rule, intervals: &[Interval]) -> Written<Code> {
        if intervals == [Interval::ALWAYS] {
            return Ok(truth(true));
        }
        if intervals.is_empty() {
            return Ok(truth(false));
        }
        let Some(now) = self.ruleset.now else {
            let construct = "schedules without the fact `now`".to_owned();
            return Err(Refused { rule: None, construct, span: Some(rule.span) });
        };
        self.reads_facts = true;
        let place = self.facts.place(now);
        let optional = self.ruleset.facts.get(now.0 as usize).is_some_and(|fact| fact.optional);
        let seconds = if optional { "now.seconds".to_owned() } else { format!("{place}.seconds") };
        let holds = if intervals.len() <= FEW_INTERVALS {
            let within: Vec<Code> =
                intervals.iter().map(|interval| during(&seconds, *interval)).collect();
            joined(&within, false)
        } else {
            let mut table = String::new();
            for interval in intervals {
                let _ = write!(table, "({}, {}), ", interval.start, interval.end);
            }
            let during = self.supported(Support::During);
            let table = table.trim_end_matches(", ");
            Code::tight(format!("{during}({seconds}, &[{table}])"))
        };
        Ok(match optional {
            true => Code::tight(format!("{place}.is_some_and(|now| {})", holds.text)),
            false => holds,
        })
    }
}

fn during(seconds: &str, interval: Interval) -> Code {
    match (interval.start, interval.end) {
        (i64::MIN, end) => Code::new(format!("{seconds} < {end}"), Level::Compare),
        (start, i64::MAX) => Code::new(format!("{seconds} >= {start}"), Level::Compare),
        (start, end) => Code::tight(format!("({start}..{end}).contains(&{seconds})")),
    }
}

/// An expression with a line for each term of its outermost `&&`, where it is long.
pub(super) fn broken(text: &str) -> String {
    const WIDTH: usize = 96;
    if text.len() <= WIDTH {
        return text.to_owned();
    }
    let mut lines = String::with_capacity(text.len() + 64);
    let (mut depth, mut start) = (0usize, 0);
    let mut quoted = false;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            b'&' | b'|' if !quoted && depth == 0 => {
                let rest = &bytes[at..];
                if at > 0 && (rest.starts_with(b"&& ") || rest.starts_with(b"|| ")) {
                    // INVARIANT: ASCII on both sides, so these are boundaries.
                    lines.push_str(text.get(start..at).unwrap_or("").trim_end());
                    lines.push_str("\n        ");
                    start = at;
                    at += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    lines.push_str(text.get(start..).unwrap_or(""));
    lines
}
