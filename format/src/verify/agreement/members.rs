//! Dimensions by the words of a list: what the absent list leaves possible, what any
//! list does, and what each word adds.
//!
//! A list that is there has the row of any list OR those of its words. So a slot's
//! bit may come from the row of any list, or from that of a word that it asks for,
//! which every list for which the slot holds has. What is not checked again must hold
//! whatever else is in the list: it can be one word, in the row of that word alone,
//! or that the list is there, or that it isn't.

use super::asks::{self, Ask};
use super::rows::{Budget, Rows, contradiction};
use crate::archive::ArchivedRuleset;
use crate::error::Error;
use crate::predicate::PredicateKind;
use crate::subject::ABSENT;
use rkyv::rend::unaligned::u32_ule;

/// Where a slot may have its bits, as far as that is limited.
struct Guarded {
    slot: u32,
    /// The one word whose row may have it.
    word: Option<u32>,
}

pub(super) fn check(
    archive: &ArchivedRuleset,
    rows: &mut Rows<'_>,
    asks: &[Ask],
    cells: &[u32_ule],
    budget: &mut Budget,
) -> Result<(), Error> {
    let row = |cell: usize| cells.get(cell).map_or(u32::MAX, |row| row.to_native());
    let [absent, any] = [row(0), row(1)];
    rows.have_all_but(&[absent, any], &asks::words(asks), budget)?;

    // Of each word of the dictionary: slots that ask for it and have their bit in its
    // row; of these, the ones that are guarded.
    let mut wanting = vec![(0_u32, 0_u32); cells.len().saturating_sub(2)];
    let mut guarded: Vec<Guarded> = Vec::new();
    let (mut all, mut unchecked) = (Wanted::default(), Wanted::default());
    for of_word in asks.chunk_by(|a, b| a.slot / 64 == b.slot / 64) {
        let word = of_word.first().map_or(0, |ask| ask.slot as usize / 64);
        // What must be in the rows of the absent and of any list, and what may be.
        let mut must = [rows.slots_of(word); 2];
        let mut may = [u64::MAX; 2];
        for own in of_word.chunk_by(|a, b| a.slot == b.slot) {
            let slot = own.first().map_or(0, |ask| ask.slot);
            let bit = 1_u64 << (slot % 64);
            all.fill(archive, own.iter());
            unchecked.fill(archive, own.iter().filter(|ask| ask.is_decided));
            let allowed = [all.absent, all.present && all.words.is_empty()];
            for (must, allowed) in must.iter_mut().zip(allowed) {
                *must &= if allowed { u64::MAX } else { !bit };
            }
            let anywhere = unchecked.is_any_list();
            for (may, allowed) in may.iter_mut().zip([unchecked.absent, anywhere]) {
                *may &= if allowed { u64::MAX } else { !bit };
            }

            let only = unchecked.only_word();
            if !anywhere {
                guarded.push(Guarded { slot, word: only });
            }
            let mut is_there = rows.has(any, slot as usize);
            for word in &all.words {
                let counts = wanting.get_mut(*word as usize);
                let has = rows.has(row(2 + *word as usize), slot as usize);
                if let Some((asking, granted)) = counts.filter(|_| has) {
                    is_there = true;
                    *asking += u32::from(anywhere || only == Some(*word));
                    *granted += u32::from(!anywhere && only == Some(*word));
                }
            }
            if all.present && !is_there {
                return Err(contradiction(slot as usize));
            }
        }
        for ((row, must), may) in [absent, any].into_iter().zip(must).zip(may) {
            let own = rows.word(row, word);
            let wrong = must & !own | own & !may;
            if wrong != 0 {
                return Err(contradiction(word * 64 + wrong.trailing_zeros() as usize));
            }
        }
    }
    of_words(rows, cells, &wanting, &guarded, budget)
}

/// That the rows of words have no bit of a slot that must not be there.
fn of_words(
    rows: &mut Rows<'_>,
    cells: &[u32_ule],
    wanting: &[(u32, u32)],
    guarded: &[Guarded],
    budget: &mut Budget,
) -> Result<(), Error> {
    for ((number, cell), (asking, granted)) in (0..).zip(cells.iter().skip(2)).zip(wanting) {
        let row = cell.to_native();
        // Mostly nobody is in it but slots that ask for the word.
        if rows.count(row) == *asking {
            continue;
        }
        budget.spend(guarded.len())?;
        let has = |guarded: &&Guarded| rows.has(row, guarded.slot as usize);
        if guarded.iter().filter(has).count() == *granted as usize {
            continue;
        }
        let wrong = guarded.iter().filter(has).find(|guarded| guarded.word != Some(number));
        return Err(contradiction(wrong.map_or(0, |wrong| wrong.slot as usize)));
    }
    Ok(())
}

/// What some predicates of a slot ask of a list together.
#[derive(Debug, Default)]
struct Wanted {
    /// They hold for the absent list.
    absent: bool,
    /// They hold for some list that is there.
    present: bool,
    /// It must have these words, ascending.
    words: Vec<u32>,
    /// It must not have these.
    others: Vec<u32>,
}

impl Wanted {
    fn fill<'a>(&mut self, archive: &ArchivedRuleset, asks: impl Iterator<Item = &'a Ask>) {
        (self.absent, self.present) = (true, true);
        self.words.clear();
        self.others.clear();
        for Ask { predicate, .. } in asks {
            let holds = |rank| match predicate.kind() {
                Some(PredicateKind::Runs) => predicate.holds_in_runs(&archive.sets, rank),
                _ => predicate.holds_for(rank),
            };
            if predicate.kind() == Some(PredicateKind::Member) {
                self.absent = false;
                let words = if predicate.is_negated() { &mut self.others } else { &mut self.words };
                words.push(predicate.low());
            } else {
                self.absent &= holds(ABSENT);
                self.present &= holds(ABSENT + 1);
            }
        }
        self.words.sort_unstable();
        self.words.dedup();
        let words = &self.words;
        self.present &= !self.others.iter().any(|word| words.binary_search(word).is_ok());
    }

    /// Whether they hold for every list that is there.
    fn is_any_list(&self) -> bool {
        self.present && self.words.is_empty() && self.others.is_empty()
    }

    /// The one word for which they hold in every list that has it.
    fn only_word(&self) -> Option<u32> {
        match self.words[..] {
            [word] if self.present && self.others.is_empty() => Some(word),
            _ => None,
        }
    }
}
