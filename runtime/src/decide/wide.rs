//! The loops of a decision that gain by wide registers, made once for each kind
//! of processor. Which one it is, is found out when a ruleset is loaded.
//!
//! The loops themselves are in `candidates`, and safe. What isn't is to call code
//! for a processor that may be another: it is done here and nowhere else.

#![allow(unsafe_code, reason = "code for processors that were found to be there")]

use super::candidates::{self, Before, Block, Left, Lists, Request};
use super::cuts::Node;
use rkyv::rend::unaligned::u64_ule;

/// What the processor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wide(Registers);

/// INVARIANT: only [`Wide::detect`] makes one, of what the processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registers {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Wide {
    pub(crate) fn detect() -> Wide {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
            let all = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            return Wide(if all { Registers::Avx512 } else { Registers::Avx2 });
        }
        Wide(Registers::Portable)
    }
}

/// A function for each kind of processor, and the choice among them.
macro_rules! versions {
    ($($(#[$meta:meta])* $name:ident, $avx2:ident, $avx512:ident:
        ($($argument:ident: $of:ty),*) $(-> $result:ty)?, $($reached:ident)?;)+) => {
        impl Wide {
            $($(#[$meta])* #[inline]
            pub(super) fn $name(self, $($argument: $of),*) $(-> $result)? {
                match self.0 {
                    Registers::Portable => {
                        candidates::$name($($argument),* $(, |node, key| node.$reached(key))?)
                    }
                    // SAFETY: the processor was found to have all that these need.
                    #[cfg(target_arch = "x86_64")]
                    Registers::Avx2 => unsafe { x86::$avx2($($argument),*) },
                    // SAFETY: the same.
                    #[cfg(target_arch = "x86_64")]
                    Registers::Avx512 => unsafe { x86::$avx512($($argument),*) },
                }
            })+
        }

        #[cfg(target_arch = "x86_64")]
        mod x86 {
            use super::*;
            use core::arch::x86_64::*;

            $(#[target_feature(enable = "avx2,popcnt")]
            pub(super) fn $avx2($($argument: $of),*) $(-> $result)? {
                candidates::$name($($argument),* $(, |node, key| $reached!(avx2, node, key))?)
            }

            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
            pub(super) fn $avx512($($argument: $of),*) $(-> $result)? {
                candidates::$name($($argument),* $(, |node, key| $reached!(avx512, node, key))?)
            })+
        }
    };
}

/// How many keys of a node, all compared at once, a key has reached.
#[cfg(target_arch = "x86_64")]
macro_rules! reached {
    (avx2, $node:ident, $key:ident) => {{
        let Node([a, b, c, d, e, f, g, h]) = *$node;
        let key = _mm256_set1_epi64x($key);
        let beyond = |keys| _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(keys, key)));
        let (low, high) = (_mm256_set_epi64x(d, c, b, a), _mm256_set_epi64x(h, g, f, e));
        8 - (beyond(low) | beyond(high) << 4).count_ones() as usize
    }};
    (avx512, $node:ident, $key:ident) => {{
        let Node([a, b, c, d, e, f, g, h]) = *$node;
        let keys = _mm512_set_epi64(h, g, f, e, d, c, b, a);
        _mm512_cmple_epi64_mask(keys, _mm512_set1_epi64($key)).count_ones() as usize
    }};
}

versions! {
    /// [`candidates::one_block`]
    one_block, one_block_avx2, one_block_avx512:
        (request: &mut Request<'_>, before: Before<'_>) -> Block, reached;
    /// [`candidates::cell_rows`]
    cell_rows, cell_rows_avx2, cell_rows_avx512:
        (request: &mut Request<'_>, rows: &mut Vec<usize>), reached;
    /// [`candidates::blocks`]
    blocks, blocks_avx2, blocks_avx512: (
        rows: &[u64_ule],
        all: &[usize],
        lists: Lists<'_>,
        before: Before<'_>,
        live: (usize, u64),
        left: &mut Vec<Left>
    ),;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn all_processors_find_what_the_portable_one_finds() {
        use core::arch::x86_64::*;
        #[target_feature(enable = "avx2,popcnt")]
        fn by_avx2(node: &Node, key: i64) -> usize {
            reached!(avx2, node, key)
        }
        #[target_feature(enable = "avx512f,popcnt")]
        fn by_avx512(node: &Node, key: i64) -> usize {
            reached!(avx512, node, key)
        }
        let node = Node([i64::MIN, -5, -1, 0, 7, 8, i64::MAX, i64::MAX]);
        for key in [i64::MIN, -6, -5, -4, -1, 0, 1, 7, 8, 9, i64::MAX - 1, i64::MAX] {
            let expected = node.reached(key);
            if Wide::detect() != Wide(Registers::Portable) {
                // SAFETY: it was found to be there.
                assert_eq!(unsafe { by_avx2(&node, key) }, expected, "{key}");
            }
            if Wide::detect() == Wide(Registers::Avx512) {
                // SAFETY: it was found to be there.
                assert_eq!(unsafe { by_avx512(&node, key) }, expected, "{key}");
            }
        }
    }
}
