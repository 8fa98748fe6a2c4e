//! Dimensions by ranks: of each group of ranks that share a row, what must be in
//! the row and what may be.
//!
//! A slot's bit must be in the rows of the groups that have a rank for which all
//! holds that it asks, and may be, where something is not checked again, in those of
//! groups that have nothing but ranks for which that holds. Both change only where
//! runs begin and end: they are noted there as bits that flip, for eight words of
//! slots at a time, and XORed along the groups (as a prefix sum is).

use super::asks::{self, Ask};
use super::groups::{self, Ends, Groups, Run, intersect, runs};
use super::{Budget, Rows, contradiction};
use crate::archive::ArchivedRuleset;
use crate::error::Error;
use crate::predicate::{Predicate, PredicateKind};
use rkyv::rend::unaligned::{u32_ule, u64_ule};
use std::collections::HashMap;

/// Bytes of flipping bits that are never too many.
const SMALL: usize = 32 << 10;

pub(super) fn check(
    archive: &ArchivedRuleset,
    rows: &Rows<'_>,
    asks: &[Ask],
    cells: &[u32_ule],
    (bytes, budget): (usize, &mut Budget),
) -> Result<(), Error> {
    let groups = Groups::of(cells);
    let words = asks::words(asks);
    rows.have_all_but(&groups.rows, &words, budget)?;
    // Eight words at once where the memory for that is in proportion, else one by one.
    let wide = groups.count().saturating_mul(2 * size_of::<[u64; 8]>());
    let sets = Sets { archive, known: HashMap::new(), ends: Vec::new(), runs: Vec::new() };
    if wide <= SMALL.max(bytes) {
        strips::<8>(rows, &groups, asks, &words, sets, budget)
    } else {
        strips::<1>(rows, &groups, asks, &words, sets, budget)
    }
}

/// Goes through the words of slots that ask, so many at a time.
fn strips<const WORDS: usize>(
    rows: &Rows<'_>,
    groups: &Groups,
    mut asks: &[Ask],
    words: &[u32],
    mut sets: Sets<'_>,
    budget: &mut Budget,
) -> Result<(), Error> {
    // All of them at once, so that what is too dear is not begun.
    let all = words.len().next_multiple_of(WORDS);
    budget.spend(groups.count().saturating_mul(all))?;
    let none = Flips { must: [0; WORDS], may: [0; WORDS] };
    let mut strip = Strip { words: &[], first: none, flips: vec![none; groups.count()] };
    for words in words.chunks(WORDS) {
        let last = words.last().copied().unwrap_or_default();
        let (own, rest) = asks.split_at(asks.partition_point(|ask| ask.slot / 64 <= last));
        asks = rest;
        strip.words = words;
        strip.fill(rows, groups, own, &mut sets, budget)?;
        strip.compare(rows, groups)?;
    }
    Ok(())
}

/// Which bits flip before a group.
#[derive(Debug, Clone, Copy)]
struct Flips<const WORDS: usize> {
    must: [u64; WORDS],
    may: [u64; WORDS],
}

/// Some words of slots, in all groups.
struct Strip<'w, const WORDS: usize> {
    /// The numbers of the words, ascending: as many, or fewer in the last strip.
    words: &'w [u32],
    /// What must be and may be in a row as far as slots don't ask.
    first: Flips<WORDS>,
    flips: Vec<Flips<WORDS>>,
}

impl<const WORDS: usize> Strip<'_, WORDS> {
    /// Notes what flips where.
    fn fill(
        &mut self,
        rows: &Rows<'_>,
        groups: &Groups,
        mut asks: &[Ask],
        sets: &mut Sets<'_>,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        self.flips.fill(Flips { must: [0; WORDS], may: [0; WORDS] });
        self.first = Flips { must: [0; WORDS], may: [u64::MAX; WORDS] };
        for (must, word) in self.first.must.iter_mut().zip(self.words) {
            *must = rows.slots_of(*word as usize);
        }
        let (mut ends, mut column) = (Ends::default(), 0);
        // Whose ends these are.
        let mut known: Option<Predicate> = None;
        while let Some((ask, rest)) = asks.split_first() {
            asks = rest;
            while self.words.get(column).is_some_and(|word| *word != ask.slot / 64) {
                column += 1;
            }
            let mut slots = 1 << (ask.slot % 64);
            let more = asks.iter().take_while(|other| other.slot == ask.slot).count();
            if more > 0 {
                let (others, rest) = asks.split_at(more);
                asks = rest;
                known = None;
                let is_decided = sets.ends_of_all(groups, ask, others, &mut ends, budget)?;
                self.flip(column, slots, is_decided, &ends, budget)?;
                continue;
            }
            // Slots next to each other often ask the same.
            while let Some((next, rest)) = asks.split_first()
                && is_alike(ask, next)
                && rest.first().is_none_or(|other| other.slot != next.slot)
            {
                slots |= 1 << (next.slot % 64);
                asks = rest;
            }
            if groups::is_interval(ask.predicate) {
                self.flip_interval(column, slots, ask, groups);
                continue;
            }
            if known != Some(ask.predicate) {
                sets.ends(groups, ask.predicate, &mut ends, budget)?;
                known = Some(ask.predicate);
            }
            self.flip(column, slots, ask.is_decided, &ends, budget)?;
        }
        Ok(())
    }

    /// Notes some slots of one word that ask for an interval. Most asks are such: without
    /// branches, of which none could be foretold.
    #[inline]
    fn flip_interval(&mut self, column: usize, slots: u64, ask: &Ask, groups: &Groups) {
        let unchecked = if ask.is_decided { slots } else { 0 };
        let (touched, covered) = groups.of_run(ask.predicate.low(), ask.predicate.width());
        let (must, may) = (self.first.must.get_mut(column), self.first.may.get_mut(column));
        if let (Some(must), Some(may)) = (must, may) {
            *must &= !slots;
            *may &= !unchecked;
        }
        for group in touched {
            let flips = self.flips.get_mut(group as usize);
            if let Some(must) = flips.and_then(|flips| flips.must.get_mut(column)) {
                *must ^= slots;
            }
        }
        for group in covered {
            let flips = self.flips.get_mut(group as usize);
            if let Some(may) = flips.and_then(|flips| flips.may.get_mut(column)) {
                *may ^= unchecked;
            }
        }
    }

    /// Notes some slots of one word that ask the same.
    fn flip(
        &mut self,
        column: usize,
        slots: u64,
        is_decided: bool,
        ends: &Ends,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        budget.spend((ends.touched.len() + ends.covered.len()) / 2)?;
        let (must, may) = (self.first.must.get_mut(column), self.first.may.get_mut(column));
        if let (Some(must), Some(may)) = (must, may) {
            *must &= !slots;
            *may &= if is_decided { !slots } else { u64::MAX };
        }
        for group in &ends.touched {
            let flips = self.flips.get_mut(*group as usize);
            if let Some(must) = flips.and_then(|flips| flips.must.get_mut(column)) {
                *must ^= slots;
            }
        }
        for group in ends.covered.iter().filter(|_| is_decided) {
            let flips = self.flips.get_mut(*group as usize);
            if let Some(may) = flips.and_then(|flips| flips.may.get_mut(column)) {
                *may ^= slots;
            }
        }
        Ok(())
    }

    /// That the row of each group has what it must, and no more than it may.
    fn compare(&self, rows: &Rows<'_>, groups: &Groups) -> Result<(), Error> {
        let Flips { mut must, mut may } = self.first;
        let first = self.words.first().copied().unwrap_or_default() as usize;
        let last = self.words.last().copied().unwrap_or_default() as usize;
        let is_whole = self.words.len() == WORDS && last - first == WORDS - 1;
        for (flips, number) in self.flips.iter().zip(&groups.rows) {
            for at in 0..WORDS {
                must[at] ^= flips.must[at];
                may[at] ^= flips.may[at];
            }
            let row = rows.row(*number);
            let chunk = row.get(first..).and_then(|row| row.first_chunk::<WORDS>());
            let own: [u64; WORDS] = match chunk.filter(|_| is_whole) {
                Some(words) => words.map(|word| word.to_native()),
                None => self.gather(row),
            };
            let wrong = |at: usize| must[at] & !own[at] | own[at] & !may[at];
            if (0..WORDS).fold(0, |any, at| any | wrong(at)) != 0 {
                let word = (0..WORDS).find(|at| wrong(*at) != 0).unwrap_or_default();
                let number = self.words.get(word).copied().unwrap_or_default() as usize;
                return Err(contradiction(number * 64 + wrong(word).trailing_zeros() as usize));
            }
        }
        Ok(())
    }

    fn gather(&self, row: &[u64_ule]) -> [u64; WORDS] {
        let mut own = [0; WORDS];
        for (own, word) in own.iter_mut().zip(self.words) {
            *own = row.get(*word as usize).map_or(0, |word| word.to_native());
        }
        own
    }
}

/// Whether two asks of one word of slots are one, but for the slot.
fn is_alike(a: &Ask, b: &Ask) -> bool {
    a.predicate == b.predicate && a.is_decided == b.is_decided && a.slot / 64 == b.slot / 64
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

    /// Of a slot that asks several things: touched where all of them hold, covered
    /// where those do that are not checked again. Gives whether there are such.
    fn ends_of_all(
        &mut self,
        groups: &Groups,
        ask: &Ask,
        others: &[Ask],
        ends: &mut Ends,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let all = [(0, groups.ranks())];
        let (mut every, mut decided) = (all.to_vec(), all.to_vec());
        let asks = || std::iter::once(ask).chain(others);
        for ask in asks() {
            runs(ask.predicate, groups.ranks(), &self.archive.sets, &mut self.runs);
            budget.spend(1 + self.runs.len() + every.len() + decided.len())?;
            every = intersect(&every, &self.runs);
            if ask.is_decided {
                decided = intersect(&decided, &self.runs);
            }
        }
        groups.ends(&every, ends);
        let mut unchecked = Ends::default();
        groups.ends(&decided, &mut unchecked);
        ends.covered = unchecked.covered;
        Ok(asks().any(|ask| ask.is_decided))
    }
}
