//! Slots, their predicates and the sets that these refer to.

use super::rules::unit_gives;
use crate::archive::{ArchivedRuleset, ArchivedSlot, ArchivedSubject, NONE};
use crate::error::{Error, ErrorCode};
use crate::predicate::{MASK_RANKS, Predicate, PredicateKind};
use crate::subject::{Ranking, SubjectKind};
use crate::types::TypeId;

/// Needs: rules, units and subjects are checked.
pub(super) fn check(archive: &ArchivedRuleset, rankings: &[Ranking]) -> Result<(), Error> {
    predicates(archive, rankings)?;
    let deferred = deferred_subjects(archive);
    let mut next = 0_usize;
    for (number, slot) in archive.slots.iter().enumerate() {
        if !is_slot(archive, slot)
            || slot.predicates.to_native() as usize != next
            || !asks_deferred_last(archive, slot, &deferred)
        {
            return Err(Error::at(ErrorCode::SlotTable, number as u64));
        }
        next += usize::from(slot.count.to_native());
    }
    if next != archive.predicates.len() {
        return Err(Error::at(ErrorCode::SlotTable, archive.slots.len() as u64));
    }
    Ok(())
}

fn is_slot(archive: &ArchivedRuleset, slot: &ArchivedSlot) -> bool {
    let condition = slot.condition.to_native();
    (slot.rule.to_native() as usize) < archive.rules.len()
        && slot.residual <= slot.count
        && (condition == NONE || unit_gives(archive, condition, TypeId::BOOL.0))
}

/// For each subject whether it is worked out only where a slot asks: a variable that has no
/// rows.
fn deferred_subjects(archive: &ArchivedRuleset) -> Vec<bool> {
    let is_variable = |subject: &ArchivedSubject| {
        SubjectKind::from_u16(subject.kind.to_native()) == Some(SubjectKind::Variable)
    };
    let mut deferred: Vec<bool> = archive.subjects.iter().map(is_variable).collect();
    for dimension in archive.index.dimensions.iter() {
        if let Some(subject) = deferred.get_mut(usize::from(dimension.subject.to_native())) {
            *subject = false;
        }
    }
    deferred
}

/// Whether everything else stands before deferred subjects in what the index doesn't decide:
/// however slots are asked, variables are then worked out for the same requests.
fn asks_deferred_last(archive: &ArchivedRuleset, slot: &ArchivedSlot, deferred: &[bool]) -> bool {
    let residual = usize::from(slot.residual.to_native());
    let residual = archive.slot_predicates(slot).get(..residual).unwrap_or_default();
    residual.is_sorted_by_key(|word| {
        let subject = usize::from(Predicate(word.to_native()).subject());
        deferred.get(subject).copied().unwrap_or_default()
    })
}

fn predicates(archive: &ArchivedRuleset, rankings: &[Ranking]) -> Result<(), Error> {
    // How many ranks and words each subject has.
    let sizes: Vec<(Ranking, usize, usize)> = (archive.subjects.iter())
        .zip(rankings)
        .map(|(subject, ranking)| {
            (*ranking, subject.ranks(*ranking), subject.words.length.to_native() as usize)
        })
        .collect();
    let ends = ascending(archive);
    let is_good = |predicate: Predicate| {
        let Some((ranking, ranks, words)) = sizes.get(usize::from(predicate.subject())) else {
            return false;
        };
        let (low, width) = (predicate.low() as usize, predicate.width() as usize);
        match predicate.kind() {
            Some(PredicateKind::Interval) => low + width < *ranks,
            Some(PredicateKind::Mask) => {
                *ranks <= MASK_RANKS && predicate.mask() >> ranks == 0 && !predicate.is_negated()
            }
            Some(PredicateKind::Runs) => {
                // Whole runs, none of them beyond the last rank.
                let runs = archive.sets.get(low..low + width).unwrap_or_default();
                let last = runs.last().map_or(0, |end| end.to_native() as usize);
                width > 0
                    && width.is_multiple_of(2)
                    && ends.get(low).is_some_and(|end| low + width <= *end)
                    && last <= *ranks
            }
            Some(PredicateKind::Member) => {
                *ranking == Ranking::Members && low < *words && width == 0
            }
            None => false,
        }
    };
    let wrong = archive.predicates.iter().position(|word| !is_good(Predicate(word.to_native())));
    match wrong {
        Some(wrong) => Err(Error::at(ErrorCode::PredicateTable, wrong as u64)),
        None => Ok(()),
    }
}

/// For each entry of the sets, where the ascending run that it stands in ends:
/// sets may be shared and overlap, and each is seen to be in order at once.
fn ascending(archive: &ArchivedRuleset) -> Vec<usize> {
    let sets = archive.sets.as_slice();
    let mut ends = vec![sets.len(); sets.len()];
    for at in (1..sets.len()).rev() {
        let goes_on = sets[at - 1] < sets[at];
        ends[at - 1] = if goes_on { ends[at] } else { at };
    }
    ends
}
