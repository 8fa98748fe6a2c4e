//! The loops of a decision that gain by wide registers, compiled once for each kind
//! of processor. Which one it is, is found out when a ruleset is loaded.
//!
//! The loops themselves are in [`blocks`], [`candidates`], [`few_slots`], [`few_blocks`]
//! and [`together`], and safe. What isn't is to call code for a processor that may be
//! another: it is done here, on the proof that it is there ([`Registers`]), and nowhere
//! else.

#![allow(unsafe_code, reason = "code for processors that were found to be there")]

mod registers;

use super::blocks::{self, Left, LeftWords, RowSet};
use super::candidates::{self, Request};
use super::cuts::{self, Node, Tree};
use super::few_blocks::{self, FewBlocks};
use super::few_slots::{self, FewSlots};
use super::fronts::{Fronts, Ranks};
use super::subjects::{SubjectPlans, Subjects};
use super::together::{self, Together};
use registers::Portable;
#[cfg(target_arch = "x86_64")]
use registers::{Avx2, Avx512};
use rulestone_format::frame::Frame;

pub(super) use registers::Registers;

/// What the processor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wide {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Wide {
    pub(crate) fn detect() -> Wide {
        #[cfg(target_arch = "x86_64")]
        {
            let narrower = || Avx2::detect().map(Wide::Avx2);
            if let Some(wide) = Avx512::detect().map(Wide::Avx512).or_else(narrower) {
                return wide;
            }
        }
        Wide::Portable
    }

    /// Whether few slots are asked side by side faster than by an index.
    pub(crate) fn has_many_lanes(self) -> bool {
        match self {
            Wide::Portable => false,
            #[cfg(target_arch = "x86_64")]
            Wide::Avx2(_) => false,
            #[cfg(target_arch = "x86_64")]
            Wide::Avx512(_) => true,
        }
    }
}

#[cfg(test)]
impl Wide {
    /// All that the processor can be taken for.
    pub(crate) fn all() -> Vec<Wide> {
        let all = [
            Some(Wide::Portable),
            #[cfg(target_arch = "x86_64")]
            Avx2::detect().map(Wide::Avx2),
            #[cfg(target_arch = "x86_64")]
            Avx512::detect().map(Wide::Avx512),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A function for each kind of processor, and the choice among them.
macro_rules! versions {
    ($($(#[$meta:meta])* $room:ident, $name:ident, $avx2:ident, $avx512:ident:
        ($($argument:ident: $of:ty),*) $(-> $result:ty)?;)+) => {
        impl Wide {
            $($(#[$meta])* #[inline]
            pub(super) fn $name(self, $($argument: $of),*) $(-> $result)? {
                match self {
                    Wide::Portable => $room::$name(Portable, $($argument),*),
                    // SAFETY: there is the proof that the processor has all that it needs.
                    #[cfg(target_arch = "x86_64")]
                    Wide::Avx2(proof) => unsafe { x86::$avx2(proof, $($argument),*) },
                    // SAFETY: the same.
                    #[cfg(target_arch = "x86_64")]
                    Wide::Avx512(proof) => unsafe { x86::$avx512(proof, $($argument),*) },
                }
            })+
        }

        #[cfg(target_arch = "x86_64")]
        mod x86 {
            use super::*;

            $(#[target_feature(enable = "avx2,popcnt")]
            pub(super) fn $avx2(on: Avx2, $($argument: $of),*) $(-> $result)? {
                $room::$name(on, $($argument),*)
            }

            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
            pub(super) fn $avx512(on: Avx512, $($argument: $of),*) $(-> $result)? {
                $room::$name(on, $($argument),*)
            })+
        }
    };
}

versions! {
    /// [`rank_of()`](cuts::rank_of)
    cuts, rank_of, rank_of_avx2, rank_of_avx512: (tree: &Tree, nodes: &[Node], key: i64) -> u32;
    /// [`few_slots()`](few_slots::few_slots)
    few_slots, few_slots, few_slots_avx2, few_slots_avx512:
        (few: &FewSlots, frame: &Frame<'_>, left: &mut few_slots::Left) -> bool;
    /// [`few_blocks()`](few_blocks::few_blocks)
    few_blocks, few_blocks, few_blocks_avx2, few_blocks_avx512: (
        few: &FewBlocks,
        plans: &SubjectPlans,
        frame: &Frame<'_>,
        subjects: &Subjects
    ) -> few_blocks::Left;
    /// [`candidates::cell_rows`]
    candidates, cell_rows, cell_rows_avx2, cell_rows_avx512:
        (request: &mut Request<'_>, rows: &mut Vec<usize>);
    /// [`blocks()`](blocks::blocks)
    blocks, blocks, blocks_avx2, blocks_avx512:
        (rows: RowSet<'_>, live: (usize, u64), left: &mut Left);
    /// [`together::look_now`]
    together, look_now, look_now_avx2, look_now_avx512: (
        fronts: &Fronts,
        ranks: &Ranks,
        left: &mut LeftWords<'_>,
        together: &mut Together
    );
    /// [`together::look_again`]
    together, look_again, look_again_avx2, look_again_avx512:
        (fronts: &Fronts, ranks: &Ranks, together: &mut Together);
}
