//! What is left to ask of slots behind their rows, of rulesets that have many.
//!
//! The slots that a request leaves lie far from each other, each read of one may wait for
//! memory, and which of them match can't be foretold. So a slot's rule and the predicates
//! that the index doesn't decide stand together in half a cache line, which is fetched
//! while others are looked at, and are asked all at once, without a branch.

use super::blocks::LeftWords;
use super::few_blocks;
use super::wide::Registers;
use rkyv::rend::unaligned::u64_ule;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};
use rulestone_format::predicate::{Predicate, PredicateKind};

/// Predicates of a front.
pub(super) const ASKS: usize = 5;

/// Subjects that fronts ask.
pub(super) const COLUMNS: usize = 64;

/// The ranks of a request, by column.
pub(super) type Ranks = [u16; COLUMNS];

/// What is left to ask of a slot, and its rule: intervals of ranks, or predicates as the
/// archive has them.
///
/// Registers read it as it lies here.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
pub(crate) struct Front {
    /// The least rank of each predicate.
    pub(super) low: [u16; ASKS],
    /// How many ranks more.
    pub(super) width: [u16; ASKS],
    /// The columns of their subjects.
    pub(super) columns: [u8; ASKS],
    /// A bit for each predicate whose subject has a rank before slots are looked at.
    now: u8,
    /// The bit of the one that has none; or [`Front::WORDS`], or [`Front::IN_SLOT`].
    later: u8,
    /// Registers read this too.
    _none: u8,
    rule: u32,
}

impl Front {
    /// Instead of intervals there are words, and the first column says how many.
    const WORDS: u8 = 1 << 6;

    /// There is something else to ask, or more: the slot knows.
    const IN_SLOT: u8 = 1 << 7;

    fn of(columns: &mut Columns, archive: &ArchivedRuleset, slot: &ArchivedSlot) -> Front {
        let start = slot.predicates.to_native() as usize;
        let left = start..start + usize::from(slot.residual.to_native());
        let predicates = archive.predicates.get(left).unwrap_or_default();
        let front = match slot.condition.to_native() {
            NONE => {
                Front::of_intervals(columns, predicates).or_else(|| Front::of_words(predicates))
            }
            _ => None,
        };
        let in_slot = Front { later: Front::IN_SLOT, ..Front::default() };
        Front { rule: slot.rule.to_native(), ..front.unwrap_or(in_slot) }
    }

    fn of_words(predicates: &[u64_ule]) -> Option<Front> {
        let mut front = Front { later: Front::WORDS, ..Front::default() };
        let rooms = front.low.first_chunk_mut().into_iter().chain(front.width.first_chunk_mut());
        let mut rooms = rooms.zip(1..);
        for predicate in predicates {
            let (room, count) = rooms.next()?;
            *room = in_quarters(predicate.to_native());
            front.columns[0] = count;
        }
        Some(front)
    }

    pub(super) fn rule(&self) -> u32 {
        self.rule
    }

    /// The predicates as the archive has them; `None` if the slot knows.
    pub(super) fn words(&self) -> Option<impl Iterator<Item = u64>> {
        let words = self.low.first_chunk().into_iter().chain(self.width.first_chunk());
        let count = self.columns[0].into();
        (self.later == Front::WORDS).then(|| words.take(count).map(from_quarters))
    }

    fn of_intervals(columns: &mut Columns, predicates: &[u64_ule]) -> Option<Front> {
        if predicates.len() > ASKS {
            return None;
        }
        let mut front = Front::default();
        for (at, word) in predicates.iter().enumerate() {
            let predicate = Predicate(word.to_native());
            let is_interval = predicate.kind() == Some(PredicateKind::Interval);
            let high = u16::try_from(predicate.low() + predicate.width()).ok()?;
            // The highest stands for all ranks beyond it.
            if !is_interval || predicate.is_negated() || high == u16::MAX {
                return None;
            }
            front.low[at] = predicate.low() as u16;
            front.width[at] = predicate.width() as u16;
            let column = columns.of(predicate.subject())?;
            front.columns[at] = column as u8;
            match column < columns.known {
                true => front.now |= 1 << at,
                false if front.later == 0 => front.later = 1 << at,
                // Which of several are asked depends on each other.
                false => return None,
            }
        }
        Some(front)
    }
}

fn in_quarters(word: u64) -> [u16; 4] {
    std::array::from_fn(|at| (word >> (16 * at)) as u16)
}

fn from_quarters(quarters: &[u16; 4]) -> u64 {
    quarters.iter().rev().fold(0, |word, quarter| word << 16 | u64::from(*quarter))
}

/// The subjects that fronts ask.
#[derive(Debug, Default)]
struct Columns {
    subjects: Vec<u16>,
    /// How many, the first ones, have ranks before slots are looked at.
    known: usize,
}

impl Columns {
    /// A subject's column, which it may get now.
    fn of(&mut self, subject: u16) -> Option<usize> {
        let known = self.subjects.iter().position(|known| *known == subject);
        if known.is_none() && self.subjects.len() < COLUMNS {
            self.subjects.push(subject);
            return Some(self.subjects.len() - 1);
        }
        known
    }
}

/// The fronts of all slots. Of none where there is no index, and of few: these are asked in
/// other ways too, which go from slot to slot, and near a limit on memory or steps it
/// matters in which order conditions are run and variables worked out.
#[derive(Debug, Default)]
pub(crate) struct Fronts {
    all: Vec<Front>,
    columns: Columns,
}

impl Fronts {
    /// # Cost
    /// One pass over slots and what is left to ask of them, and 32 bytes a slot.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Fronts {
        if archive.index.is_empty() || few_blocks::are_few(archive.slots.len()) {
            return Fronts::default();
        }
        let dimensions = archive.index.dimensions.iter().take(COLUMNS);
        let subjects: Vec<u16> = dimensions.map(|it| it.subject.to_native()).collect();
        let known = subjects.len();
        let mut columns = Columns { subjects, known };
        let all = archive.slots.iter().map(|slot| Front::of(&mut columns, archive, slot)).collect();
        Fronts { all, columns }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[inline]
    pub(super) fn get(&self, slot: u32) -> Option<&Front> {
        self.all.get(slot as usize)
    }

    /// The ranks of a request that are known before slots are looked at.
    #[inline]
    pub(super) fn ranks(&self, of: impl Fn(u16) -> u32) -> Ranks {
        let mut ranks = [0; COLUMNS];
        let known = self.columns.subjects.iter().take(self.columns.known);
        for (rank, subject) in ranks.iter_mut().zip(known) {
            *rank = short(of(*subject));
        }
        ranks
    }

    /// The subject of a column.
    #[inline]
    pub(super) fn subject(&self, column: u32) -> u16 {
        self.columns.subjects.get(column as usize).copied().unwrap_or(0)
    }

    /// The column that a slot asks later.
    #[inline]
    pub(super) fn later(&self, slot: u32) -> u32 {
        let front = self.all.get(slot as usize);
        let column = front.and_then(|it| it.columns.get(it.later.trailing_zeros() as usize));
        column.map_or(0, |column| (*column).into())
    }
}

/// A rank in a column.
#[inline]
pub(super) fn short(rank: u32) -> u16 {
    u16::try_from(rank).unwrap_or(u16::MAX)
}

/// So many slots are looked at together, and up to as many more as a word has bits.
const TOGETHER: usize = 512;

/// Bits that are taken out of a word before it is seen whether that was all.
const AT_ONCE: usize = 3;

const ROOM: usize = TOGETHER + 64 + AT_ONCE;

/// Slots that are looked at together, and what comes of it.
#[derive(Debug)]
pub(crate) struct Together {
    slots: [u32; ROOM],
    later: [u32; ROOM],
    by_words: [u32; ROOM],
    rules: [u32; ROOM],
    looked_at: usize,
    asked_later: usize,
    asked_by_words: usize,
    matching: usize,
}

impl Default for Together {
    fn default() -> Together {
        Together {
            slots: [0; ROOM],
            later: [0; ROOM],
            by_words: [0; ROOM],
            rules: [0; ROOM],
            looked_at: 0,
            asked_later: 0,
            asked_by_words: 0,
            matching: 0,
        }
    }
}

impl Together {
    /// The slots that were looked at.
    pub(super) fn slots(&self) -> &[u32] {
        self.slots.get(..self.looked_at).unwrap_or_default()
    }

    /// Those of which all holds that was asked, but that ask one thing later.
    pub(super) fn later(&self) -> &[u32] {
        self.later.get(..self.asked_later).unwrap_or_default()
    }

    /// Those that ask what isn't an interval of ranks, or more.
    pub(super) fn by_words(&self) -> &[u32] {
        self.by_words.get(..self.asked_by_words).unwrap_or_default()
    }

    /// The rules of those of which all holds.
    pub(super) fn matching(&self) -> &[u32] {
        self.rules.get(..self.matching).unwrap_or_default()
    }

    /// Takes the next slots out of those that are left, and begins to fetch their fronts.
    #[inline(always)]
    fn take(&mut self, on: impl Registers, fronts: &Fronts, left: &mut LeftWords<'_>) {
        let fetch = |slots: &[u32]| {
            for slot in slots {
                if let Some(front) = fronts.all.get(*slot as usize) {
                    on.fetch(front);
                }
            }
        };
        let (mut count, mut fetched) = (0, 0);
        while count < TOGETHER
            && let Some((word, bits)) = left.next()
        {
            let mut bits = *bits;
            let mut at = count;
            count += bits.count_ones() as usize;
            while at < count {
                let room = self.slots.get_mut(at..).and_then(|room| room.first_chunk_mut());
                let Some(room): Option<&mut [u32; AT_ONCE]> = room else { break };
                for slot in room {
                    *slot = word * 64 + bits.trailing_zeros();
                    bits &= bits.wrapping_sub(1);
                }
                at += AT_ONCE;
            }
            // About as many as a word has bits: no loop whose end can't be foretold.
            if let Some(slots) = self.slots.get(fetched..count.min(fetched + AT_ONCE))
                && let Some(slots) = slots.first_chunk::<AT_ONCE>()
            {
                fetch(slots);
                fetched += AT_ONCE;
            }
        }
        fetch(self.slots.get(fetched..count).unwrap_or_default());
        self.looked_at = count;
    }
}

/// Looks at some of the slots that are left: asks what can be asked now.
#[inline(always)]
pub(super) fn look_now(
    on: impl Registers,
    fronts: &Fronts,
    ranks: &Ranks,
    left: &mut LeftWords<'_>,
    together: &mut Together,
) {
    together.take(on, fronts, left);
    let Together { slots, later, by_words, rules, .. } = together;
    let ranks = on.ranks(ranks);
    let (mut matching, mut asked_later, mut asked_by_words) = (0, 0, 0);
    for slot in slots.iter().take(together.looked_at) {
        let Some(front) = fronts.all.get(*slot as usize) else { continue };
        let rooms =
            (rules.get_mut(matching), later.get_mut(asked_later), by_words.get_mut(asked_by_words));
        if let (Some(rule), Some(later), Some(by_words)) = rooms {
            (*rule, *later, *by_words) = (front.rule, *slot, *slot);
        }
        let holds = on.beyond(front, &ranks) & front.now == 0;
        matching += usize::from(holds & (front.later == 0));
        asked_later += usize::from(holds & (1..Front::WORDS).contains(&front.later));
        asked_by_words += usize::from(front.later >= Front::WORDS);
    }
    (together.matching, together.asked_later) = (matching, asked_later);
    together.asked_by_words = asked_by_words;
}

/// Asks what was to be asked later, once there are ranks for it.
#[inline(always)]
pub(super) fn look_again(
    on: impl Registers,
    fronts: &Fronts,
    ranks: &Ranks,
    together: &mut Together,
) {
    let Together { later, rules, asked_later, .. } = together;
    let ranks = on.ranks(ranks);
    let mut matching = 0;
    for slot in later.iter().take(*asked_later) {
        let Some(front) = fronts.all.get(*slot as usize) else { continue };
        let holds = on.beyond(front, &ranks) & front.later == 0;
        if let Some(rule) = rules.get_mut(matching) {
            *rule = front.rule;
        }
        matching += usize::from(holds);
    }
    together.matching = matching;
}
