//! Numbers in the cells of a frame, and the rank of each.
//!
//! In: a frame. Out: ranks. Where a cell lies and how it is ranked is worked out when a
//! ruleset is loaded, so that a rank takes few instructions, and none of them is a branch
//! on the cell's value.

use super::cuts::CutTree;
use crate::decide::key::{Flips, signed};
use crate::decide::simd::node::Node;
use rulestone_format::frame::Frame;
use rulestone_format::subject::{ABSENT, KeyKind};
use rulestone_format::value::Word;

/// Where a number lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Which eight bytes of the cells.
    pub(crate) word: u32,
    pub(crate) fact: u32,
    /// Of a fact that isn't optional, or that has a default: in a frame of all facts it is
    /// there.
    pub(crate) is_required: bool,
}

/// A number from 0 on, of so many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DirectCell {
    pub(crate) place: Place,
    pub(crate) count: u32,
}

/// A number that has a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyCell {
    pub(crate) place: Place,
    pub(crate) flips: Flips,
}

/// A number among cut points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutCell {
    pub(crate) number: KeyCell,
    pub(super) tree: CutTree,
}

/// The cells of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'a> {
    frame: Frame<'a>,
    nodes: &'a [Node],
    words: &'a [[u8; 8]],
    /// Whether the sender knows all facts, so that none that is required is absent. Facts
    /// that have a default are there, since frames are completed by them before.
    pub(crate) is_complete: bool,
}

impl<'a> Cells<'a> {
    /// `nodes` are those of all trees of cut points; the schema has so many facts.
    #[inline]
    pub(super) fn new(frame: Frame<'a>, nodes: &'a [Node], facts: usize) -> Cells<'a> {
        let (words, _) = frame.cells().as_chunks();
        Cells { frame, nodes, words, is_complete: frame.count() == facts }
    }

    /// The rank of a number, or that of nothing.
    #[inline]
    pub(crate) fn direct(&self, cell: &DirectCell) -> u32 {
        if self.has(cell.place) { self.direct_there(cell) } else { ABSENT }
    }

    /// The same of a number that is there.
    #[inline(always)]
    pub(crate) fn direct_there(&self, cell: &DirectCell) -> u32 {
        direct(self.word(cell.place.word), cell.count)
    }

    /// The rank of a number, or that of nothing. `reached` says how many keys of a node
    /// a key has ([`Node::reached`]).
    #[inline(always)]
    pub(crate) fn among_cuts(&self, cell: &CutCell, reached: impl Fn(&Node, i64) -> usize) -> u32 {
        if self.has(cell.number.place) {
            cell.tree.rank(self.nodes, self.key(&cell.number), reached)
        } else {
            ABSENT
        }
    }

    /// The key of a number that is there.
    #[inline(always)]
    pub(crate) fn key(&self, cell: &KeyCell) -> i64 {
        let low = self.word(cell.place.word);
        if cell.flips.is_moment {
            let high = self.word(cell.place.word.saturating_add(1));
            signed(KeyKind::Timestamp.key(Word { low, high }))
        } else {
            cell.flips.key(low)
        }
    }

    #[inline(always)]
    pub(crate) fn has(&self, place: Place) -> bool {
        self.is_complete & place.is_required || self.frame.has(place.fact as usize)
    }

    #[inline(always)]
    fn word(&self, number: u32) -> u64 {
        self.words.get(number as usize).map_or(0, |word| u64::from_le_bytes(*word))
    }
}

/// The rank of a number from 0 on, of so many.
#[inline(always)]
pub(crate) fn direct(value: u64, count: u32) -> u32 {
    1 + value.min(u64::from(count)) as u32
}
