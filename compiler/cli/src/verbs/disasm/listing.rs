//! One rule or variable as text: what it requires and gives, and its code.
//!
//! In: records of a verified archive. Out: a [`Listing`], as text or JSON.

use super::unit::Unit;
use crate::describe::{
    Subjects, constant, position, shared_number, slot_predicates, variable_position,
};
use crate::output::Report;
use rulestone_format::archive::{
    ArchivedRule, ArchivedRuleset, ArchivedSlot, ArchivedVariable, NONE,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{self, Write};

/// A rule or a variable.
#[derive(Debug, Default)]
pub struct Listing {
    kind: &'static str,
    name: String,
    /// Priority and group of a rule.
    priority: Option<(i64, String)>,
    position: Option<String>,
    slots: Vec<Slot>,
    outputs: Vec<(String, Given)>,
    units: Vec<Unit>,
}

/// One way in which a rule can match.
#[derive(Debug)]
struct Slot {
    number: usize,
    /// Each with whether the index decides it.
    predicates: Vec<(String, bool)>,
    condition: Option<UnitName>,
}

/// What a rule puts into an output.
#[derive(Debug)]
enum Given {
    Constant(String),
    Unit(UnitName),
}

/// A unit, and the rule with which it is shown if it isn't with this one.
#[derive(Debug, Clone)]
struct UnitName {
    number: u32,
    shown_with: Option<String>,
}

/// Units that are shown already, and the rule with which each is.
#[derive(Debug, Default)]
pub struct Shown(HashMap<u32, String>);

impl Listing {
    /// `slots` are those of the rule, with their numbers.
    pub fn of_rule(
        archive: &ArchivedRuleset,
        subjects: &Subjects<'_>,
        number: usize,
        rule: &ArchivedRule,
        slots: &[(usize, &ArchivedSlot)],
        shown: &mut Shown,
    ) -> Listing {
        let group = archive.groups.get(usize::from(rule.group.to_native()));
        let group = group.map_or("?", |group| archive.text(&group.name)).to_owned();
        let mut listing = Listing {
            kind: "rule",
            name: archive.text(&rule.id).to_owned(),
            priority: Some((rule.priority.to_native(), group)),
            position: position(archive, archive.debug.rules.get(number)),
            ..Listing::default()
        };
        for (number, slot) in slots {
            let condition = match slot.condition.to_native() {
                NONE => None,
                unit => Some(listing.unit(archive, "condition", unit, shown)),
            };
            let predicates = slot_predicates(archive, slot).map(|(predicate, is_indexed)| {
                (subjects.predicate(archive, predicate), is_indexed)
            });
            listing.slots.push(Slot {
                number: *number,
                predicates: predicates.collect(),
                condition,
            });
        }
        for assignment in rule.assignments.of(&archive.assignments) {
            let output = archive.outputs.get(usize::from(assignment.output.to_native()));
            let output = output.map_or("?", |output| archive.text(&output.name)).to_owned();
            let given = match assignment.constant.to_native() {
                NONE => {
                    let (title, unit) = (format!("output {output}"), assignment.unit.to_native());
                    Given::Unit(listing.unit(archive, &title, unit, shown))
                }
                number => Given::Constant(constant(archive, number)),
            };
            listing.outputs.push((output, given));
        }
        listing
    }

    pub fn of_variable(
        archive: &ArchivedRuleset,
        number: u32,
        variable: &ArchivedVariable,
        shown: &mut Shown,
    ) -> Listing {
        let (kind, name) = match shared_number(archive, number) {
            Some(shared) => ("shared expression", shared.to_string()),
            None => ("variable", archive.text(&variable.name).to_owned()),
        };
        let position = variable_position(archive, variable);
        let mut listing = Listing { kind, name, position, ..Listing::default() };
        let title = format!("{kind} {}", listing.name);
        listing.unit(archive, &title, variable.unit.to_native(), shown);
        listing
    }

    /// Shows a unit, unless it is shown already.
    fn unit(
        &mut self,
        archive: &ArchivedRuleset,
        title: &str,
        number: u32,
        shown: &mut Shown,
    ) -> UnitName {
        let Shown(shown) = shown;
        let title_here = format!("{} {}", self.kind, self.name);
        let shown_with = match shown.get(&number) {
            Some(there) => Some(there.clone()).filter(|there| *there != title_here),
            None => {
                shown.insert(number, title_here);
                self.units.extend(Unit::of(archive, title.to_owned(), number));
                None
            }
        };
        UnitName { number, shown_with }
    }

    pub fn write(&self, out: &mut Report<impl Write>) -> io::Result<()> {
        let mut title = format!("{} {}", self.kind, self.name);
        if let Some((priority, group)) = &self.priority {
            title.push_str(&format!(" (priority {priority}, group {group})"));
        }
        if let Some(position) = &self.position {
            title.push_str(&format!("  {position}"));
        }
        out.line(title)?;
        if self.priority.is_some() && self.slots.is_empty() {
            out.line("  no slot: it can't match")?;
        }
        self.slots.iter().try_for_each(|slot| slot.write(out))?;
        for (output, given) in &self.outputs {
            match given {
                Given::Constant(value) => {
                    out.line(format_args!("  output {output} = {value}"))?;
                }
                Given::Unit(unit) => {
                    out.line(format_args!("  output {output} = {}", unit.text()))?;
                }
            }
        }
        self.units.iter().try_for_each(|unit| unit.write(out))?;
        out.line("")
    }

    pub fn json(&self) -> Value {
        let outputs = self.outputs.iter().map(|(output, given)| match given {
            Given::Constant(value) => json!({"output": output, "constant": value}),
            Given::Unit(unit) => json!({"output": output, "unit": unit.number}),
        });
        json!({
            "kind": self.kind,
            "name": self.name,
            "priority": self.priority.as_ref().map(|(priority, _)| priority),
            "group": self.priority.as_ref().map(|(_, group)| group),
            "position": self.position,
            "slots": self.slots.iter().map(Slot::json).collect::<Vec<_>>(),
            "outputs": outputs.collect::<Vec<_>>(),
            "units": self.units.iter().map(Unit::json).collect::<Vec<_>>(),
        })
    }
}

impl Slot {
    fn write(&self, out: &mut Report<impl Write>) -> io::Result<()> {
        out.line(format_args!("  slot {}", self.number))?;
        for (predicate, is_indexed) in &self.predicates {
            let word = if *is_indexed { "indexed" } else { "require" };
            out.line(format_args!("    {word} {predicate}"))?;
        }
        match &self.condition {
            Some(unit) => out.line(format_args!("    require {}", unit.text())),
            None if self.predicates.is_empty() => out.line("    always"),
            None => Ok(()),
        }
    }

    fn json(&self) -> Value {
        let predicates = self.predicates.iter();
        let predicates =
            predicates.map(|(text, indexed)| json!({"text": text, "indexed": indexed}));
        json!({
            "slot": self.number,
            "predicates": predicates.collect::<Vec<_>>(),
            "condition": self.condition.as_ref().map(|unit| unit.number),
        })
    }
}

impl UnitName {
    fn text(&self) -> String {
        let number = self.number;
        match &self.shown_with {
            Some(rule) => format!("unit {number} (shown with {rule})"),
            None => format!("unit {number}"),
        }
    }
}
