//! What `bench` prints, as text or JSON.

use super::measure::{Measured, Times};
use super::spending::Spending;
use crate::output;
use crate::report::{Table, counted, grouped};
use rulestone::Ruleset;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Rules that are shown of those that cost most.
const MOST_RULES: usize = 5;

pub(super) struct Report<'r> {
    pub(super) ruleset: &'r Ruleset,
    pub(super) requests: usize,
    pub(super) use_index: bool,
    pub(super) measured: Measured,
    pub(super) spending: Spending,
}

impl Report<'_> {
    fn slots(&self) -> usize {
        self.ruleset.archive().slots.len()
    }

    fn a_decision(&self, count: u64) -> f64 {
        count as f64 / self.requests.max(1) as f64
    }

    fn most_expensive(&self) -> Table {
        let archive = self.ruleset.archive();
        let rows = self.spending.dearest(MOST_RULES).into_iter().map(|(spent, share)| {
            let rule = archive.rules.get(spent.rule);
            vec![
                rule.map_or("", |rule| archive.text(&rule.id)).into(),
                spent.looks.into(),
                spent.matches.into(),
                spent.looking.into(),
                spent.outputs.into(),
                ((share * 1000.0).round() / 10.0).into(),
            ]
        });
        Table {
            name: "most expensive rules (costs at worst, in the verifier's units)",
            columns: &["id", "looked at", "matched", "looking cost", "output cost", "percent"],
            rows: rows.collect(),
        }
    }

    pub(super) fn write(&self, out: &mut output::Report<impl Write>) -> io::Result<()> {
        let (name, rules) = (self.ruleset.identity().name, self.ruleset.rules().len());
        let requests = counted(self.requests, "request");
        let index = if self.use_index { "" } else { ", without index" };
        out.line(format_args!("{name}: {}, {requests}{index}", counted(rules, "rule")))?;
        let Measured { deciding, matching, allocations } = &self.measured;
        out.line(format_args!("{:<14} {:>14} {:>14}", "", "deciding", "matching only"))?;
        let mut row = |name: &str, of: &dyn Fn(&Times) -> u64| {
            let [deciding, matching] = [deciding, matching].map(|times| grouped(of(times)));
            out.line(format_args!("{name:<14} {deciding:>14} {matching:>14}"))
        };
        row("a second", &|times| times.per_second() as u64)?;
        row("mean ns", &|times| times.mean() as u64)?;
        row("median ns", &|times| times.percentile(500))?;
        row("p99 ns", &|times| times.percentile(990))?;
        row("p99.9 ns", &|times| times.percentile(999))?;
        let slots = counted(self.slots(), "slot");
        let looked_at = format!("a decision, of {slots}");
        for (name, count, what) in [
            ("matches", self.spending.matches(), "a decision"),
            ("looked at", self.spending.looks(), &looked_at),
            ("allocations", *allocations, "a decision"),
        ] {
            out.line(format_args!("{name:<14} {:>14.2} {what}", self.a_decision(count)))?;
        }
        self.most_expensive().write(out)
    }

    pub(super) fn json(&self) -> Value {
        let Measured { deciding, matching, allocations } = &self.measured;
        json!({
            "ruleset": self.ruleset.identity().name,
            "rules": self.ruleset.rules().len(),
            "requests": self.requests,
            "index": self.use_index,
            "decisions": deciding.calls,
            "decisions_per_second": deciding.per_second(),
            "mean_ns": deciding.mean(),
            "median_ns": deciding.percentile(500),
            "p99_ns": deciding.percentile(990),
            "p999_ns": deciding.percentile(999),
            "matching_only": {
                "per_second": matching.per_second(),
                "mean_ns": matching.mean(),
                "median_ns": matching.percentile(500),
                "p99_ns": matching.percentile(990),
                "p999_ns": matching.percentile(999),
            },
            "matches_per_decision": self.a_decision(self.spending.matches()),
            "slots": self.slots(),
            "looked_at_per_decision": self.a_decision(self.spending.looks()),
            "allocations_per_decision": self.a_decision(*allocations),
            "most_expensive_rules": self.most_expensive().json(),
        })
    }
}
