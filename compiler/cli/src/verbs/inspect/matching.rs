//! The tables that say which rules match: subjects, slots, predicates, and the
//! dimensions of the index.
//!
//! In: a verified archive. Out: a [`Table`] of each.

use crate::describe::{Subjects, slot_predicates};
use crate::report::Table;
use rulestone_format::archive::{ArchivedRuleset, NONE};
use rulestone_format::index::{row_words, summary_words};
use rulestone_format::predicate::PredicateKind;
use rulestone_format::subject::SubjectKind;
use serde_json::json;
use std::collections::HashSet;

pub fn tables(archive: &ArchivedRuleset) -> [Table; 4] {
    let subjects = Subjects::of(archive);
    let asked = Asked::of(archive);
    [
        subject_table(&subjects, &asked),
        slots(archive),
        predicates(archive, &subjects),
        dimensions(archive, &subjects, &asked),
    ]
}

/// Of each subject, how many predicates ask about it, and how many of them the
/// index decides.
struct Asked(Vec<(usize, usize)>);

impl Asked {
    fn of(archive: &ArchivedRuleset) -> Asked {
        let mut asked = vec![(0, 0); archive.subjects.len()];
        for slot in archive.slots.iter() {
            for (predicate, is_indexed) in slot_predicates(archive, slot) {
                if let Some((all, indexed)) = asked.get_mut(usize::from(predicate.subject())) {
                    *all += 1;
                    *indexed += usize::from(is_indexed);
                }
            }
        }
        Asked(asked)
    }

    fn about(&self, subject: usize) -> (usize, usize) {
        self.0.get(subject).copied().unwrap_or_default()
    }
}

fn subject_table(subjects: &Subjects<'_>, asked: &Asked) -> Table {
    let rows = subjects.iter().enumerate().map(|(number, subject)| {
        vec![
            number.into(),
            subject.name.as_str().into(),
            json!(subject.kind.map(SubjectKind::name)),
            subject.ranking_name().into(),
            subject.ranks.into(),
            subject.words.len().into(),
            asked.about(number).0.into(),
        ]
    });
    Table {
        name: "subjects",
        columns: &["number", "name", "kind", "ranking", "ranks", "words", "predicates"],
        rows: rows.collect(),
    }
}

fn slots(archive: &ArchivedRuleset) -> Table {
    let rows = archive.slots.iter().enumerate().map(|(number, slot)| {
        let rule = archive.rules.get(slot.rule.to_native() as usize);
        let count = slot.count.to_native();
        let condition = slot.condition.to_native();
        vec![
            number.into(),
            json!(rule.map(|rule| archive.text(&rule.id))),
            count.into(),
            count.saturating_sub(slot.residual.to_native()).into(),
            json!((condition != NONE).then_some(condition)),
        ]
    });
    Table {
        name: "slots",
        columns: &["number", "rule", "predicates", "indexed", "condition unit"],
        rows: rows.collect(),
    }
}

fn predicates(archive: &ArchivedRuleset, subjects: &Subjects<'_>) -> Table {
    let of_slots = archive.slots.iter().enumerate().flat_map(|(number, slot)| {
        slot_predicates(archive, slot)
            .map(move |(predicate, is_indexed)| (number, predicate, is_indexed))
    });
    let rows = of_slots.map(|(slot, predicate, is_indexed)| {
        let kind = match predicate.kind() {
            Some(PredicateKind::Interval) => "interval",
            Some(PredicateKind::Mask) => "mask",
            Some(PredicateKind::Runs) => "runs",
            Some(PredicateKind::Member) => "member",
            None => "?",
        };
        vec![
            slot.into(),
            kind.into(),
            is_indexed.into(),
            subjects.predicate(archive, predicate).into(),
        ]
    });
    Table {
        name: "predicates",
        columns: &["slot", "kind", "indexed", "predicate"],
        rows: rows.collect(),
    }
}

/// Bytes are those of the rows that a dimension uses; equal rows of several
/// dimensions are kept once.
fn dimensions(archive: &ArchivedRuleset, subjects: &Subjects<'_>, asked: &Asked) -> Table {
    let slots = archive.slots.len();
    let rows = archive.index.dimensions.iter().map(|dimension| {
        let subject = dimension.subject.to_native();
        let cells = dimension.cells.of(&archive.index.cells);
        let distinct: HashSet<u32> = cells.iter().map(|row| row.to_native()).collect();
        let (asked, indexed) = asked.about(subject.into());
        vec![
            subjects.name(subject).into(),
            asked.into(),
            indexed.into(),
            cells.len().into(),
            distinct.len().into(),
            (distinct.len() * row_words(slots) * size_of::<u64>()).into(),
            (distinct.len() * summary_words(slots) * size_of::<u64>()).into(),
        ]
    });
    Table {
        name: "dimensions",
        columns: &[
            "subject",
            "predicates",
            "indexed",
            "cells",
            "rows",
            "row bytes",
            "summary bytes",
        ],
        rows: rows.collect(),
    }
}
