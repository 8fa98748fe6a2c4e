//! Subjects while they are collected: what comparisons ask about, with the words
//! that text is compared with.

use crate::source::model::FactType;
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, MAX_SUBJECTS, Ranking, SubjectKind};
use rulestone_format::types::TypeKind;
use rulestone_format::verify::FREE_WORD;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Where a subject's value comes from: a kind, and the number of a fact or variable.
pub(crate) type Source = (SubjectKind, u32);

#[derive(Debug)]
pub(crate) struct Subject {
    pub source: Source,
    /// Of text, words are still being collected.
    pub ranking: Ranking,
    /// By number.
    pub words: Vec<String>,
    /// By the hash of the word.
    numbers: HashMap<u64, u32>,
    /// What it takes to work it out, in nanoseconds: nothing for facts.
    pub cost: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Subjects {
    pub all: Vec<Subject>,
    numbers: HashMap<Source, u16>,
}

impl Subjects {
    /// The number of a subject. `None` if there are too many.
    pub(super) fn number(&mut self, source: Source, ranking: Ranking, cost: u32) -> Option<u16> {
        if let Some(number) = self.numbers.get(&source) {
            return Some(*number);
        }
        let number = self.all.len();
        if number >= MAX_SUBJECTS {
            return None;
        }
        let (words, numbers) = Default::default();
        self.all.push(Subject { source, ranking, words, numbers, cost });
        self.numbers.insert(source, number as u16);
        Some(number as u16)
    }

    pub(super) fn subject(&self, number: u16) -> &Subject {
        &self.all[usize::from(number)]
    }

    /// The number of a word in the dictionary of a subject. `None` of one that is
    /// too long for it, or has the hash of another.
    pub(super) fn word(&mut self, subject: u16, word: &str) -> Option<u32> {
        if word.len() > FREE_WORD {
            return None;
        }
        let Subject { words, numbers, .. } = &mut self.all[usize::from(subject)];
        let number = *numbers.entry(xxh3_64(word.as_bytes())).or_insert(words.len() as u32);
        match words.get(number as usize) {
            Some(known) => (known == word).then_some(number),
            None => {
                words.push(word.to_owned());
                Some(number)
            }
        }
    }
}

/// How a fact is ranked, if it is.
pub(super) fn fact_ranking(fact_type: &FactType, kind: FactKind) -> Option<Ranking> {
    Some(match (kind, fact_type) {
        (FactKind::Bool, _) => Ranking::Direct { count: 2 },
        (FactKind::Enum, FactType::Enum(labels)) => Ranking::Direct { count: labels.len() as u32 },
        (FactKind::Int | FactKind::Duration, _) => Ranking::Cuts(KeyKind::Signed),
        (FactKind::Uint, _) => Ranking::Cuts(KeyKind::Unsigned),
        (FactKind::Double, _) => Ranking::Cuts(KeyKind::Double),
        (FactKind::Timestamp, _) => Ranking::Cuts(KeyKind::Timestamp),
        (FactKind::String, _) => Ranking::Words,
        (FactKind::List, FactType::List { element, .. })
            if matches!(**element, FactType::String { .. }) =>
        {
            Ranking::Members
        }
        _ => return None,
    })
}

/// How a value of the language is ranked, if it is.
pub(super) fn value_ranking(kind: TypeKind) -> Option<Ranking> {
    Some(match kind {
        TypeKind::Bool => Ranking::Direct { count: 2 },
        TypeKind::Int | TypeKind::Duration => Ranking::Cuts(KeyKind::Signed),
        TypeKind::Uint => Ranking::Cuts(KeyKind::Unsigned),
        TypeKind::Double => Ranking::Cuts(KeyKind::Double),
        TypeKind::Timestamp => Ranking::Cuts(KeyKind::Timestamp),
        TypeKind::String => Ranking::Words,
        _ => return None,
    })
}
