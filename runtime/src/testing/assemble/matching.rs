//! What the rules of an assembled archive match by: subjects, slots, sets and an
//! index that says of the slots what their predicates say.

use super::{Assembler, serialise};
use rulestone_format::archive::{
    ArchivedRuleset, DictionaryWord, Dimension, NONE, Range, Slot, Subject,
};
use rulestone_format::index::{BLOCK_WORDS, row_words, summary_words};
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::{ABSENT, Ranking, SubjectKind};
use xxhash_rust::xxh3::xxh3_64;

impl Assembler {
    /// A subject with cuts, ascending, or with words, numbered as they stand.
    pub(crate) fn subject(
        &mut self,
        kind: SubjectKind,
        source: u32,
        cuts: &[u64],
        words: &[&str],
    ) -> u16 {
        let mut words: Vec<DictionaryWord> = (0..)
            .zip(words)
            .map(|(number, word)| DictionaryWord {
                hash: xxh3_64(word.as_bytes()),
                text: self.text(word),
                number,
            })
            .collect();
        words.sort_by_key(|word| word.hash);
        let run = |start: usize, count: usize| Range { start: start as u32, length: count as u32 };
        let ruleset = &mut self.ruleset;
        ruleset.subjects.push(Subject {
            kind: kind as u16,
            source,
            cuts: run(ruleset.cuts.len(), cuts.len()),
            words: run(ruleset.words.len(), words.len()),
        });
        ruleset.cuts.extend(cuts);
        ruleset.words.extend(words);
        ruleset.subjects.len() as u16 - 1
    }

    /// One way in which a rule can match.
    pub(crate) fn slot(&mut self, rule: u32, predicates: &[Predicate], condition: Option<u32>) {
        let ruleset = &mut self.ruleset;
        ruleset.slots.push(Slot {
            rule,
            condition: condition.unwrap_or(NONE),
            predicates: ruleset.predicates.len() as u32,
            count: predicates.len() as u16,
            residual: predicates.len() as u16,
        });
        ruleset.predicates.extend(predicates.iter().map(|predicate| predicate.0));
    }

    /// A predicate by runs, each with its first rank and the one behind its last.
    pub(crate) fn runs(&mut self, subject: u16, negated: bool, runs: &[(u32, u32)]) -> Predicate {
        let start = self.ruleset.sets.len() as u32;
        self.ruleset.sets.extend(runs.iter().flat_map(|(first, end)| [*first, *end]));
        let width = 2 * runs.len() as u32;
        Predicate::new(PredicateKind::Runs, negated, subject, start, width)
    }

    /// An index by these subjects, after all slots are there. What its rows decide
    /// comes last among the predicates of a slot, and is left to the rows.
    pub(crate) fn index(&mut self, subjects: &[u16]) {
        let bytes = serialise(&self.ruleset);
        let archive = super::access(&bytes);
        let slots = archive.slots.len();
        let mut decided = vec![Vec::new(); slots];
        for &subject in subjects {
            let rows = rows(archive, subject, &mut decided);
            let cells = self.ruleset.index.cells.len();
            let first = self.ruleset.index.rows.len() / row_words(slots).max(1);
            let cells = Range { start: cells as u32, length: rows.len() as u32 };
            self.ruleset.index.dimensions.push(Dimension { subject, cells });
            // Cells refer to rows in any order.
            let order = |number| if subject % 2 == 0 { number } else { rows.len() - 1 - number };
            for number in 0..rows.len() {
                let row = &rows[order(number)];
                self.ruleset.index.cells.push((first + order(number)) as u32);
                self.ruleset.index.summaries.extend(summary(row, slots));
                self.ruleset.index.rows.extend(row);
            }
        }
        for (slot, decided) in self.ruleset.slots.iter_mut().zip(&decided) {
            let start = slot.predicates as usize;
            let own = &mut self.ruleset.predicates[start..start + usize::from(slot.count)];
            own.sort_by_key(|predicate| decided.contains(predicate));
            slot.residual =
                own.iter().filter(|predicate| !decided.contains(predicate)).count() as u16;
        }
    }

    /// Puts variables without rows last in what the index doesn't decide.
    pub(super) fn put_deferred_last(&mut self) {
        let ruleset = &mut self.ruleset;
        let is_deferred = |word: &u64| {
            let subject = Predicate(*word).subject();
            let own = ruleset.subjects.get(usize::from(subject));
            let mut dimensions = ruleset.index.dimensions.iter();
            own.is_some_and(|own| own.kind == SubjectKind::Variable as u16)
                && dimensions.all(|dimension| dimension.subject != subject)
        };
        for slot in &ruleset.slots {
            let start = slot.predicates as usize;
            let residual = start..start + usize::from(slot.residual);
            ruleset.predicates[residual].sort_by_key(is_deferred);
        }
    }

    /// An index by these subjects that knows nothing of them: all cells have one row, which
    /// leaves all slots, and all that these ask is left to be asked.
    pub(crate) fn index_that_leaves_all(&mut self, subjects: &[u16]) {
        let bytes = serialise(&self.ruleset);
        let archive = super::access(&bytes);
        let slots = archive.slots.len();
        let index = &mut self.ruleset.index;
        for &subject in subjects {
            let of = &archive.subjects[usize::from(subject)];
            let count = of.cells(of.ranking(archive).expect("it has ranks"));
            let cells = Range { start: index.cells.len() as u32, length: count as u32 };
            index.dimensions.push(Dimension { subject, cells });
            index.cells.resize((cells.start + cells.length) as usize, 0);
        }
        index.rows = vec![0; row_words(slots)];
        for slot in 0..slots {
            index.rows[slot / 64] |= 1 << (slot % 64);
        }
        index.summaries = summary(&index.rows, slots);
    }

    /// Has so many neighbouring ranks of a dimension share a row that leaves what any of
    /// them leaves, as compilers do where there are many. What the dimension decided is
    /// left to be asked. Not of lists.
    pub(crate) fn share_rows(&mut self, subject: u16, ranks: usize) {
        let ruleset = &mut self.ruleset;
        let (width, slots) = (row_words(ruleset.slots.len()), ruleset.slots.len());
        let index = &mut ruleset.index;
        let dimension = index.dimensions.iter().find(|of| of.subject == subject);
        let Range { start, length } = dimension.expect("is a dimension").cells;
        // What is absent stays alone.
        let cells = &mut index.cells[start as usize + 1..(start + length) as usize];
        for shared in cells.chunks_mut(ranks) {
            let first = shared[0] as usize;
            let mut row = vec![0; width];
            for cell in shared {
                let own = &index.rows[*cell as usize * width..][..width];
                row.iter_mut().zip(own).for_each(|(row, own)| *row |= own);
                *cell = first as u32;
            }
            let summary = summary(&row, slots);
            index.rows[first * width..][..width].copy_from_slice(&row);
            index.summaries[first * summary.len()..][..summary.len()].copy_from_slice(&summary);
        }
        for slot in &mut ruleset.slots {
            let start = slot.predicates as usize;
            let own = &mut ruleset.predicates[start..start + usize::from(slot.count)];
            let decided = &mut own[usize::from(slot.residual)..];
            decided.sort_by_key(|word| Predicate(*word).subject() != subject);
            let of_subject = |word: &&u64| Predicate(**word).subject() == subject;
            slot.residual += decided.iter().take_while(of_subject).count() as u16;
        }
    }
}

/// A row for each cell of a subject. Adds the predicates that they decide.
fn rows(archive: &ArchivedRuleset, number: u16, decided: &mut [Vec<u64>]) -> Vec<Vec<u64>> {
    let subject = &archive.subjects[usize::from(number)];
    let ranking = subject.ranking(archive).expect("it has ranks");
    let mut rows = vec![vec![0; row_words(archive.slots.len())]; subject.cells(ranking)];
    for (at, (slot, decided)) in archive.slots.iter().zip(decided).enumerate() {
        let start = slot.predicates.to_native() as usize;
        let own = &archive.predicates[start..start + usize::from(slot.count.to_native())];
        let own = own.iter().map(|word| Predicate(word.to_native()));
        let asks: Vec<Predicate> = own.filter(|own| own.subject() == number).collect();
        let mut set = |cell: usize| rows[cell][at / 64] |= 1 << (at % 64);
        if ranking == Ranking::Members {
            // One word at most decides whether the slot is possible.
            let word = asks
                .iter()
                .find(|ask| ask.kind() == Some(PredicateKind::Member) && !ask.is_negated());
            decided.extend(word.map(|word| word.0));
            let of_rank = |rank| asks.iter().all(|ask| holds(archive, *ask, rank) != Some(false));
            let asks_a_word = |ask: &Predicate| ask.kind() == Some(PredicateKind::Member);
            if !asks.iter().any(asks_a_word) && of_rank(ABSENT) {
                set(0);
            }
            if of_rank(1) {
                set(word.map_or(1, |word| 2 + word.low() as usize));
            }
            continue;
        }
        decided.extend(asks.iter().map(|ask| ask.0));
        for rank in 0..subject.ranks(ranking) {
            if asks.iter().all(|ask| holds(archive, *ask, rank as u32) == Some(true)) {
                set(rank);
            }
        }
    }
    rows
}

/// Whether a predicate holds for a rank; unknown of one that asks for a word.
pub(crate) fn holds(archive: &ArchivedRuleset, predicate: Predicate, rank: u32) -> Option<bool> {
    let (low, width) = (predicate.low(), predicate.width());
    let plain = match predicate.kind()? {
        PredicateKind::Interval => (low..=low + width).contains(&rank),
        PredicateKind::Mask => predicate.mask() & 1 << rank != 0,
        PredicateKind::Runs => {
            let set = &archive.sets[low as usize..(low + width) as usize];
            set.chunks(2).any(|run| (run[0].to_native()..run[1].to_native()).contains(&rank))
        }
        PredicateKind::Member => return None,
    };
    Some(if predicate.is_negated() { rank != ABSENT && !plain } else { plain })
}

fn summary(row: &[u64], slots: usize) -> Vec<u64> {
    let mut summary = vec![0; summary_words(slots)];
    for (number, block) in row.chunks(BLOCK_WORDS).enumerate() {
        summary[number / 64] |= u64::from(block.iter().any(|word| *word != 0)) << (number % 64);
    }
    summary
}
