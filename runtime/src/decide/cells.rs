//! Numbers in the cells of a frame, and what rank each has.
//!
//! In comes a frame; out come ranks. Where a cell lies and how it is ranked is
//! worked out once, when a ruleset is loaded, so that a rank takes few instructions,
//! and none of them is a branch on what stands in the cell.

use super::cuts::{Node, Tree, signed};
use super::subjects::SubjectPlans;
use rulestone_format::frame::Frame;
use rulestone_format::subject::{ABSENT, KeyKind};
use rulestone_format::value::Word;

/// Where a number lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Which eight bytes of the cells.
    pub(super) word: u32,
    pub(super) fact: u32,
    /// Of a fact that isn't optional: of a sender that knows all facts it is there.
    pub(super) is_required: bool,
}

/// A number from 0 on, of so many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DirectCell {
    pub(super) place: Place,
    pub(super) count: u32,
}

/// A number that has a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyCell {
    pub(super) place: Place,
    pub(super) flips: Flips,
}

/// A number among cuts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutCell {
    pub(super) number: KeyCell,
    pub(super) tree: Tree,
}

/// How the bits of a cell become a key in the order of signed numbers, without a
/// branch for its kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flips {
    /// All bits but the sign, of doubles: flipped in negative ones.
    pub(super) of_negative: u64,
    /// The sign, of unsigned numbers.
    pub(super) always: u64,
    /// Two words: seconds and nanoseconds.
    pub(super) is_moment: bool,
}

impl Flips {
    pub(super) fn of(kind: KeyKind) -> Flips {
        const SIGN: u64 = 1 << 63;
        Flips {
            of_negative: if kind == KeyKind::Double { !SIGN } else { 0 },
            always: if kind == KeyKind::Unsigned { SIGN } else { 0 },
            is_moment: kind == KeyKind::Timestamp,
        }
    }

    #[inline(always)]
    pub(super) fn key(self, bits: u64) -> i64 {
        let negative = (bits.cast_signed() >> 63).cast_unsigned();
        (bits ^ (negative & self.of_negative) ^ self.always).cast_signed()
    }
}

/// The cells of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    frame: Frame<'a>,
    nodes: &'a [Node],
    words: &'a [[u8; 8]],
    /// Whether the sender knows all facts, so that none that is required is absent.
    pub(super) is_complete: bool,
}

impl<'a> Cells<'a> {
    #[inline]
    pub(super) fn of(plans: &'a SubjectPlans, frame: Frame<'a>) -> Cells<'a> {
        let (words, _) = frame.cells().as_chunks();
        let is_complete = frame.count() == plans.facts;
        Cells { frame, nodes: &plans.nodes, words, is_complete }
    }

    /// The rank of a number, or that of nothing.
    #[inline]
    pub(super) fn direct(&self, cell: &DirectCell) -> u32 {
        if self.has(cell.place) { self.direct_there(cell) } else { ABSENT }
    }

    /// The same of a number that is there.
    #[inline(always)]
    pub(super) fn direct_there(&self, cell: &DirectCell) -> u32 {
        direct(self.word(cell.place.word), cell.count)
    }

    /// The rank of a number, or that of nothing. `reached` says how many keys of a node
    /// a key has ([`Node::reached`]).
    #[inline(always)]
    pub(super) fn among_cuts(&self, cell: &CutCell, reached: impl Fn(&Node, i64) -> usize) -> u32 {
        if self.has(cell.number.place) {
            cell.tree.rank(self.nodes, self.key(&cell.number), reached)
        } else {
            ABSENT
        }
    }

    /// The key of a number that is there.
    #[inline(always)]
    pub(super) fn key(&self, cell: &KeyCell) -> i64 {
        let low = self.word(cell.place.word);
        if cell.flips.is_moment {
            let high = self.word(cell.place.word.saturating_add(1));
            signed(KeyKind::Timestamp.key(Word { low, high }))
        } else {
            cell.flips.key(low)
        }
    }

    #[inline(always)]
    pub(super) fn has(&self, place: Place) -> bool {
        self.is_complete & place.is_required || self.frame.has(place.fact as usize)
    }

    #[inline(always)]
    fn word(&self, number: u32) -> u64 {
        self.words.get(number as usize).map_or(0, |word| u64::from_le_bytes(*word))
    }
}

/// The rank of a number from 0 on, of so many.
#[inline(always)]
pub(super) fn direct(value: u64, count: u32) -> u32 {
    1 + value.min(u64::from(count)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flipped_bits_are_the_key_of_the_format() {
        let doubles = [0.0, -0.0, 1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN];
        let numbers = [0, 1, u64::MAX, 1 << 63, (1 << 63) - 1];
        for bits in doubles.map(f64::to_bits).into_iter().chain(numbers) {
            for kind in [KeyKind::Signed, KeyKind::Unsigned, KeyKind::Double] {
                let key = kind.key(Word { low: bits, high: 0 });
                assert_eq!(Flips::of(kind).key(bits), signed(key), "{kind:?} {bits:#x}");
            }
        }
    }
}
