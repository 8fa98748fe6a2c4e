//! Looking at many slots: what their fronts ask is asked of some hundreds together.
//!
//! In come the words of bits that rows leave; out come the rules of which all holds, and
//! the slots that have something else to ask. Fronts are fetched ahead, and what comes of
//! one moves an index instead of deciding a branch, so that none waits for another.

use super::blocks::LeftWords;
use super::fronts::{Front, Fronts, Ranks};
use super::wide::Registers;

/// So many slots are looked at together, and up to as many more as a word has bits.
const TOGETHER: usize = 512;

/// Bits that are taken out of a word before it is seen whether that was all.
const AT_ONCE: usize = 3;

/// Room for as many as there may be, and for what is written behind the last.
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
                if let Some(front) = fronts.get(*slot) {
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
        let Some(front) = fronts.get(*slot) else { continue };
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
        let Some(front) = fronts.get(*slot) else { continue };
        let holds = on.beyond(front, &ranks) & front.later == 0;
        if let Some(rule) = rules.get_mut(matching) {
            *rule = front.rule;
        }
        matching += usize::from(holds);
    }
    together.matching = matching;
}
