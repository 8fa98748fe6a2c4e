//! Dimensions by ranks: of each group of ranks that share a row, what must be in
//! the row and what may be.
//!
//! A slot's bit must be in the rows of the groups that have a rank for which all
//! holds that it asks. What changes from one group to the next stands where runs of
//! ranks begin and end: it is noted there as bits that flip, for eight words of
//! slots and all dimensions at a time, and XORed along the groups (as a prefix sum
//! is). A bit may be in other rows too where what is asked is checked again;
//! otherwise runs must begin and end where groups do.

use super::asks::Ask;
use super::groups::{self, Ends, Groups, Run, intersect, runs};
use super::rows::{Budget, Rows, contradiction};
use crate::archive::{ArchivedRuleset, ArchivedSlot};
use crate::error::Error;
use crate::predicate::{Predicate, PredicateKind};
use crate::subject::Ranking;
use std::collections::HashMap;

/// Bytes of flipping bits that are never too many.
const SMALL: usize = 32 << 10;

/// Gives what slots ask of the other dimensions. Needs: slots and the index are checked.
pub(super) fn check(
    archive: &ArchivedRuleset,
    rankings: &[Ranking],
    rows: &Rows<'_>,
    (bytes, budget): (usize, &mut Budget),
) -> Result<Vec<Ask>, Error> {
    let dimensions = Dimensions::of(archive, rankings);
    // Eight words at once where the memory for that is in proportion, else one by one.
    if dimensions.flips.saturating_mul(size_of::<[u64; 8]>()) <= SMALL.max(bytes) {
        strips::<8>(archive, rows, &dimensions, budget)
    } else {
        strips::<1>(archive, rows, &dimensions, budget)
    }
}

/// The dimensions by ranks, and which subject has which.
struct Dimensions {
    all: Vec<Dimension>,
    by_subject: Vec<Of>,
    /// Flips that all of them need together.
    flips: usize,
}

struct Dimension {
    groups: Groups,
    /// Where its flips begin: one for each group, and one behind the last.
    first: usize,
}

/// What decides about a subject.
#[derive(Debug, Clone, Copy)]
enum Of {
    Nothing,
    /// A dimension by words, which is checked elsewhere, by its number.
    Words(u32),
    /// A dimension by ranks, by its number among those.
    Ranks(u32),
}

impl Dimensions {
    fn of(archive: &ArchivedRuleset, rankings: &[Ranking]) -> Dimensions {
        let by_subject = vec![Of::Nothing; archive.subjects.len()];
        let mut dimensions = Dimensions { all: Vec::new(), by_subject, flips: 0 };
        for (number, dimension) in (0..).zip(archive.index.dimensions.iter()) {
            let subject = usize::from(dimension.subject.to_native());
            let Some(of) = dimensions.by_subject.get_mut(subject) else { continue };
            if rankings.get(subject) == Some(&Ranking::Members) {
                *of = Of::Words(number);
                continue;
            }
            *of = Of::Ranks(dimensions.all.len() as u32);
            let groups = Groups::of(dimension.cells.of(&archive.index.cells));
            let first = dimensions.flips;
            dimensions.flips += groups.count() + 1;
            dimensions.all.push(Dimension { groups, first });
        }
        dimensions
    }

    fn of_subject(&self, subject: u16) -> Of {
        self.by_subject.get(usize::from(subject)).copied().unwrap_or(Of::Nothing)
    }
}

/// Goes through the slots, so many words of them at a time.
fn strips<const WORDS: usize>(
    archive: &ArchivedRuleset,
    rows: &Rows<'_>,
    dimensions: &Dimensions,
    budget: &mut Budget,
) -> Result<Vec<Ask>, Error> {
    let slots = archive.slots.as_slice();
    let own = vec![Own { first: [0; WORDS], open: [0; WORDS] }; dimensions.all.len()];
    let mut strip = Strip {
        archive,
        rows,
        dimensions,
        own,
        flips: vec![[0; WORDS]; dimensions.flips],
        asked: vec![NOT_ASKED; dimensions.all.len()],
        sets: Sets { archive, known: HashMap::new(), ends: Vec::new(), runs: Vec::new() },
        ends: Ends::default(),
        of_words: Vec::new(),
    };
    for (number, slots) in slots.chunks(64 * WORDS).enumerate() {
        strip.begin(number * WORDS);
        for (slot, record) in (number * 64 * WORDS..).zip(slots) {
            strip.fill(slot, record, budget)?;
        }
        strip.compare(number * WORDS, budget)?;
    }
    Ok(strip.of_words)
}

/// Some words of slots, in all groups of all dimensions.
struct Strip<'a, const WORDS: usize> {
    archive: &'a ArchivedRuleset,
    rows: &'a Rows<'a>,
    dimensions: &'a Dimensions,
    own: Vec<Own<WORDS>>,
    /// Which bits of what must be there flip before a group.
    flips: Vec<[u64; WORDS]>,
    /// Of each dimension, which slot has asked it last.
    asked: Vec<u32>,
    sets: Sets<'a>,
    ends: Ends,
    /// What is asked of the other dimensions.
    of_words: Vec<Ask>,
}

const NOT_ASKED: u32 = u32::MAX;

/// What a strip has for each dimension.
#[derive(Debug, Clone, Copy)]
struct Own<const WORDS: usize> {
    /// What must be there before the first flip: the slots that don't ask.
    first: [u64; WORDS],
    /// Slots whose bits may be anywhere: what they ask is checked again.
    open: [u64; WORDS],
}

impl<'a, const WORDS: usize> Strip<'a, WORDS> {
    fn begin(&mut self, word: usize) {
        let first = std::array::from_fn(|at| self.rows.slots_of(word + at));
        self.own.fill(Own { first, open: [0; WORDS] });
    }

    /// Notes what a slot asks.
    #[inline]
    fn fill(
        &mut self,
        slot: usize,
        record: &ArchivedSlot,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let predicates = self.archive.predicates.as_slice();
        let start = record.predicates.to_native() as usize;
        let own = predicates.get(start..start + usize::from(record.count.to_native()));
        let residual = usize::from(record.residual.to_native());
        for (at, word) in own.unwrap_or_default().iter().enumerate() {
            let (predicate, is_decided) = (Predicate(word.to_native()), at >= residual);
            let number = match self.dimensions.of_subject(predicate.subject()) {
                Of::Ranks(number) => number as usize,
                Of::Words(dimension) => {
                    let slot = slot as u32;
                    self.of_words.push(Ask { dimension, slot, predicate, is_decided });
                    continue;
                }
                Of::Nothing if is_decided => return Err(contradiction(slot)),
                Of::Nothing => continue,
            };
            let asked = self.asked.get_mut(number);
            let asks_again =
                asked.is_some_and(|asked| std::mem::replace(asked, slot as u32) == slot as u32);
            let is_exact = asks_again || self.ask(number, slot, predicate, is_decided, budget)?;
            if !asks_again && (is_exact || !is_decided) {
                continue;
            }
            let all = own.unwrap_or_default().iter().enumerate();
            let all = all.map(|(at, word)| (at, Predicate(word.to_native()), at >= residual));
            let asks = all.filter(|(_, other, _)| other.subject() == predicate.subject());
            let mut again = asks.clone().skip(1);
            match again.next() {
                // A group of which only a part holds must have the bit, and may not.
                None => return Err(contradiction(slot)),
                // What the first one noted is taken back, and all of them are seen together.
                Some((second, ..)) if second == at => {
                    if let Some((_, first, _)) = asks.clone().next() {
                        self.ask(number, slot, first, false, budget)?;
                    }
                    let asks = asks.map(|(_, predicate, is_decided)| (predicate, is_decided));
                    self.check_alone(number, slot, asks, budget)?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Notes where a predicate begins and ends to hold, or takes it back. Gives whether
    /// these are places where groups begin.
    #[inline]
    fn ask(
        &mut self,
        number: usize,
        slot: usize,
        predicate: Predicate,
        is_decided: bool,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let (column, bit) = (slot / 64 % WORDS, 1 << (slot % 64));
        let dimension = self.dimensions.all.get(number);
        let Some((dimension, own)) = dimension.zip(self.own.get_mut(number)) else {
            return Ok(true);
        };
        own.first[column] &= !bit;
        own.open[column] |= if is_decided { 0 } else { bit };
        if groups::is_interval(predicate) {
            let groups = &dimension.groups;
            let (touched, covered) = groups.of_run(predicate.low(), predicate.width());
            for group in touched {
                if let Some(flips) = self.flips.get_mut(dimension.first + group as usize) {
                    flips[column] ^= bit;
                }
            }
            Ok(touched == covered)
        } else if predicate.kind() == Some(PredicateKind::Mask)
            && dimension.groups.each_edge(predicate.mask(), |_| {})
        {
            Ok(dimension.groups.each_edge(predicate.mask(), |group| {
                if let Some(flips) = self.flips.get_mut(dimension.first + group as usize) {
                    flips[column] ^= bit;
                }
            }))
        } else {
            self.sets.ends(&dimension.groups, predicate, &mut self.ends, budget)?;
            budget.spend(self.ends.touched.len())?;
            for group in &self.ends.touched {
                if let Some(flips) = self.flips.get_mut(dimension.first + *group as usize) {
                    flips[column] ^= bit;
                }
            }
            Ok(self.ends.touched == self.ends.covered)
        }
    }

    /// Compares a slot that asks a dimension several things with each row by itself.
    fn check_alone(
        &mut self,
        number: usize,
        slot: usize,
        asks: impl Iterator<Item = (Predicate, bool)>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let Some(Dimension { groups, .. }) = self.dimensions.all.get(number) else {
            return Ok(());
        };
        budget.spend(groups.count())?;
        let any_decided = self.sets.ends_of_all(groups, asks, &mut self.ends, budget)?;
        let (mut must, mut may) = (false, !any_decided);
        let mut touched = self.ends.touched.iter().peekable();
        let mut covered = self.ends.covered.iter().peekable();
        for (group, row) in (0..).zip(&groups.rows) {
            while touched.next_if_eq(&&group).is_some() {
                must = !must;
            }
            while any_decided && covered.next_if_eq(&&group).is_some() {
                may = !may;
            }
            let has = self.rows.has(*row, slot);
            if must && !has || has && !may {
                return Err(contradiction(slot));
            }
        }
        Ok(())
    }

    /// That the row of each group has what it must, and no more than it may. Leaves no
    /// flips behind.
    fn compare(&mut self, first: usize, budget: &mut Budget) -> Result<(), Error> {
        let all = std::array::from_fn(|at| self.rows.slots_of(first + at));
        for (dimension, own) in self.dimensions.all.iter().zip(&self.own) {
            let groups = &dimension.groups.rows;
            if own.first == all {
                // Nobody asks: all slots are in all rows.
                budget.spend(groups.len())?;
                if let Some(row) =
                    groups.iter().find(|row| !self.rows.is_full::<WORDS>(**row, first))
                {
                    let words = first..first + WORDS;
                    let lacking =
                        words.map(|at| self.rows.slots_of(at) & !self.rows.word(*row, at));
                    return Err(contradiction(first_bit(first, lacking)));
                }
                continue;
            }
            budget.spend(groups.len().saturating_mul(WORDS))?;
            let mut must = own.first;
            let flips = self.flips.get_mut(dimension.first..).unwrap_or_default();
            let (flips, _) = flips.split_at_mut(flips.len().min(groups.len() + 1));
            for (flips, number) in flips.iter().zip(groups) {
                let row = self.rows.row(*number).get(first..);
                let Some(row) = row.and_then(|row| row.first_chunk::<WORDS>()) else { continue };
                let mut any = 0;
                let mut wrong = [0; WORDS];
                for at in 0..WORDS {
                    must[at] ^= flips[at];
                    wrong[at] = (must[at] ^ row[at].to_native()) & (must[at] | !own.open[at]);
                    any |= wrong[at];
                }
                if any != 0 {
                    return Err(contradiction(first_bit(first, wrong.into_iter())));
                }
            }
            flips.fill([0; WORDS]);
        }
        Ok(())
    }
}

/// The slot of the first bit of some words, the first of which has this number.
fn first_bit(first: usize, words: impl Iterator<Item = u64>) -> usize {
    let mut words = (first..).zip(words);
    let found = words.find(|(_, word)| *word != 0);
    found.map_or(0, |(number, word)| number * 64 + word.trailing_zeros() as usize)
}

/// What predicates come to in groups. Of long sets, which many slots share, it is kept.
struct Sets<'a> {
    archive: &'a ArchivedRuleset,
    known: HashMap<u64, Known>,
    /// Of all that is known.
    ends: Vec<u32>,
    runs: Vec<Run>,
}

/// Where the ends of a predicate lie among those that are known, those of groups that
/// are touched first.
#[derive(Debug, Clone, Copy)]
struct Known {
    start: u32,
    touched: u32,
    covered: u32,
}

impl Sets<'_> {
    /// Entries of a set that are worth to be kept.
    const LONG: usize = 8;

    fn ends(
        &mut self,
        groups: &Groups,
        predicate: Predicate,
        ends: &mut Ends,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        if predicate.kind() != Some(PredicateKind::Runs) {
            runs(predicate, groups.ranks(), &[], &mut self.runs);
            groups.ends(&self.runs, ends);
            return Ok(());
        }
        if let Some(Known { start, touched, covered }) = self.known.get(&predicate.0) {
            let own = self.ends.get(*start as usize..).unwrap_or_default();
            let (own, rest) = own.split_at(own.len().min(*touched as usize));
            ends.touched.clear();
            ends.touched.extend_from_slice(own);
            ends.covered.clear();
            ends.covered.extend(rest.iter().take(*covered as usize));
            return Ok(());
        }
        let width = predicate.width() as usize;
        budget.spend(width)?;
        runs(predicate, groups.ranks(), &self.archive.sets, &mut self.runs);
        groups.ends(&self.runs, ends);
        if width >= Self::LONG {
            let entries = self.archive.sets.len();
            if self.known.len() > entries / Self::LONG || self.ends.len() > 2 * entries {
                // So many only if sets lie within each other.
                self.known.clear();
                self.ends.clear();
            }
            let count = |ends: &Vec<u32>| ends.len() as u32;
            let (start, touched) = (count(&self.ends), count(&ends.touched));
            let known = Known { start, touched, covered: count(&ends.covered) };
            self.known.insert(predicate.0, known);
            self.ends.extend(&ends.touched);
            self.ends.extend(&ends.covered);
        }
        Ok(())
    }

    /// Of a slot that asks a dimension several things: touched where all of them hold,
    /// covered where those do that are not checked again. Gives whether there are such.
    fn ends_of_all(
        &mut self,
        groups: &Groups,
        asks: impl Iterator<Item = (Predicate, bool)>,
        ends: &mut Ends,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let all = [(0, groups.ranks())];
        let (mut every, mut decided, mut any_decided) = (all.to_vec(), all.to_vec(), false);
        for (predicate, is_decided) in asks {
            runs(predicate, groups.ranks(), &self.archive.sets, &mut self.runs);
            budget.spend(1 + self.runs.len() + every.len() + decided.len())?;
            every = intersect(&every, &self.runs);
            if is_decided {
                decided = intersect(&decided, &self.runs);
                any_decided = true;
            }
        }
        groups.ends(&every, ends);
        let mut unchecked = Ends::default();
        groups.ends(&decided, &mut unchecked);
        ends.covered = unchecked.covered;
        Ok(any_decided)
    }
}
