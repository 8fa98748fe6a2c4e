//! Predicates, and the sets and dictionaries that they refer to.

use super::runs::Runs;
use super::text::Texts;
use crate::archive::{ArchivedFact, ArchivedPredicate, ArchivedRuleset};
use crate::error::{Error, ErrorCode};
use crate::predicate::{self, PredicateKind};
use crate::schema::FactKind;
use crate::value::Word;
use xxhash_rust::xxh3::xxh3_64;

/// Dictionaries: one a fact at most, of a string or a list of strings; words in
/// order of their hashes, numbered from 0 without a gap.
pub(super) fn dictionaries(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let mut words = Runs::of(&archive.words);
    let mut next_fact = 0;
    for (number, dictionary) in archive.dictionaries.iter().enumerate() {
        let wrong = Error::at(ErrorCode::DictionaryTable, number as u64);
        let fact = usize::from(dictionary.fact.to_native());
        let is_text = archive.schema.fact(fact).is_some_and(|fact| holds_words(archive, fact));
        if fact < next_fact || !is_text {
            return Err(wrong);
        }
        next_fact = fact + 1;
        words.take(&dictionary.words, number)?;
        let own = dictionary.words.of(&archive.words);
        let mut seen = vec![false; own.len()];
        let mut hash_before = None;
        for word in own {
            let hash = word.hash.to_native();
            texts.check(&word.text, number)?;
            let seen = seen.get_mut(word.number.to_native() as usize);
            let is_new = seen.is_some_and(|seen| !std::mem::replace(seen, true));
            let in_order = hash_before.is_none_or(|before| before < hash);
            if !is_new || !in_order || xxh3_64(archive.blob(&word.text)) != hash {
                return Err(wrong);
            }
            hash_before = Some(hash);
        }
    }
    words.finish()
}

/// Predicates of a table. Needs: dictionaries are checked.
pub(super) fn check(
    archive: &ArchivedRuleset,
    predicates: &[ArchivedPredicate],
) -> Result<(), Error> {
    let facts: Vec<Keyed> = keyed(archive);
    let ends = ascending(archive);
    let is_good = |predicate: &ArchivedPredicate| {
        let fact = facts.get(usize::from(predicate.fact.to_native())).copied();
        let (low, width) = (predicate.low.to_native(), predicate.width.to_native());
        match (PredicateKind::of_form(predicate.form.to_native()), fact) {
            (Some((PredicateKind::Interval, _)), Some(Keyed::One)) => {
                low.checked_add(width).is_some()
            }
            (Some((PredicateKind::OneOf, _)), Some(Keyed::One)) => {
                let end = usize::try_from(low).ok().and_then(|low| ends.get(low));
                width > 0 && end.is_some_and(|end| low.saturating_add(width) <= *end as u64)
            }
            (Some((PredicateKind::Member, _)), Some(Keyed::Words(count))) => {
                low < count && width == 0
            }
            _ => false,
        }
    };
    match predicates.iter().position(|predicate| !is_good(predicate)) {
        Some(wrong) => Err(Error::at(ErrorCode::PredicateTable, wrong as u64)),
        None => Ok(()),
    }
}

/// For each key of the sets, where the ascending run that it stands in ends: sets
/// may be shared and overlap, and each is seen to be in order at once.
fn ascending(archive: &ArchivedRuleset) -> Vec<usize> {
    let sets = archive.sets.as_slice();
    let mut ends = vec![sets.len(); sets.len()];
    for at in (1..sets.len()).rev() {
        let goes_on = sets[at - 1] < sets[at];
        ends[at - 1] = if goes_on { ends[at] } else { at };
    }
    ends
}

/// What predicates can ask of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyed {
    Nothing,
    /// It has one key.
    One,
    /// It is a list of strings, whose dictionary has so many words.
    Words(u64),
}

pub(super) fn keyed(archive: &ArchivedRuleset) -> Vec<Keyed> {
    let kind = |fact: &ArchivedFact| {
        archive.schema.fact_type(fact.fact_type.to_native()).and_then(|fact_type| fact_type.kind())
    };
    let has_key =
        |fact| kind(fact).is_some_and(|kind| predicate::key(kind, Word::default()).is_some());
    let mut all: Vec<Keyed> = (archive.schema.facts.iter())
        .map(|fact| if has_key(fact) { Keyed::One } else { Keyed::Nothing })
        .collect();
    for dictionary in archive.dictionaries.iter() {
        let number = usize::from(dictionary.fact.to_native());
        if let (Some(keyed), Some(fact)) = (all.get_mut(number), archive.schema.fact(number)) {
            *keyed = match kind(fact) {
                Some(FactKind::List) => {
                    Keyed::Words(u64::from(dictionary.words.length.to_native()))
                }
                _ => Keyed::One,
            };
        }
    }
    all
}

/// Whether a fact is a string or a list of strings.
fn holds_words(archive: &ArchivedRuleset, fact: &ArchivedFact) -> bool {
    let schema = &archive.schema;
    let fact_type = schema.fact_type(fact.fact_type.to_native());
    match fact_type.and_then(|fact_type| Some((fact_type, fact_type.kind()?))) {
        Some((_, FactKind::String)) => true,
        Some((list, FactKind::List)) => {
            let item = schema.fact_type(list.item.to_native());
            item.and_then(|item| item.kind()) == Some(FactKind::String)
        }
        _ => false,
    }
}
