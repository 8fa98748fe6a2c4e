//! The operations for processors with AVX2: a block is two registers of 256 bits.

use super::bitmap::{Block, BlockBytes};
use super::lanes::{COLUMNS, LANES, Ranges, RequiredFacts, Scaling, Sets};
use super::node::Node;
use super::packed::{PackedResidual, RankColumns};
use super::portable::Portable;
use super::registers::Registers;
use core::arch::x86_64::*;

/// A processor with AVX2 and POPCNT: the proof that their instructions are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Avx2> {
        let has = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt");
        has.then_some(Avx2(()))
    }
}

impl Registers for Avx2 {
    type Block = [__m256i; 2];

    #[inline(always)]
    fn full(self) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { [_mm256_set1_epi64x(-1); 2] }
    }

    #[inline(always)]
    fn read(self, bytes: &BlockBytes) -> Self::Block {
        let halves: *const __m256i = bytes.as_ptr().cast();
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe { [_mm256_loadu_si256(halves), _mm256_loadu_si256(halves.add(1))] }
    }

    #[inline(always)]
    fn load(self, words: &Block) -> Self::Block {
        let halves: *const __m256i = words.as_ptr().cast();
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe { [_mm256_loadu_si256(halves), _mm256_loadu_si256(halves.add(1))] }
    }

    #[inline(always)]
    fn words(self, block: Self::Block) -> Block {
        let mut words = [0; 8];
        let halves: *mut __m256i = words.as_mut_ptr().cast();
        // SAFETY: `self` proves that there is this; the array is written whole, at any address.
        unsafe {
            _mm256_storeu_si256(halves, block[0]);
            _mm256_storeu_si256(halves.add(1), block[1]);
        }
        words
    }

    #[inline(always)]
    fn and(self, a: Self::Block, b: Self::Block) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { [_mm256_and_si256(a[0], b[0]), _mm256_and_si256(a[1], b[1])] }
    }

    #[inline(always)]
    fn or(self, a: Self::Block, b: Self::Block) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { [_mm256_or_si256(a[0], b[0]), _mm256_or_si256(a[1], b[1])] }
    }

    #[inline(always)]
    fn nonzero_words(self, block: Self::Block) -> u8 {
        // SAFETY: `self` proves that the processor has this.
        unsafe {
            let none = |half| {
                let is_zero = _mm256_cmpeq_epi64(half, _mm256_setzero_si256());
                _mm256_movemask_pd(_mm256_castsi256_pd(is_zero))
            };
            !(none(block[0]) | none(block[1]) << 4) as u8
        }
    }

    #[inline(always)]
    fn reached(self, node: &Node, key: i64) -> usize {
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe {
            let halves: *const __m256i = node.0.as_ptr().cast();
            let key = _mm256_set1_epi64x(key);
            let beyond =
                |keys| _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(keys, key)));
            let low = beyond(_mm256_loadu_si256(halves));
            let high = beyond(_mm256_loadu_si256(halves.add(1)));
            8 - (low | high << 4).count_ones() as usize
        }
    }

    #[inline(always)]
    fn prefetch<T>(self, soon: &T) {
        // SAFETY: any processor of this kind has it; nothing is read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(soon).cast()) };
    }

    type Ranks = RankColumns;

    #[inline(always)]
    fn load_ranks(self, ranks: &RankColumns) -> RankColumns {
        *ranks
    }

    #[inline(always)]
    fn outside(self, residual: &PackedResidual, ranks: &RankColumns) -> u8 {
        Portable.outside(residual, ranks)
    }

    type Numbers = [u16; COLUMNS];
    type Misses = [u32; LANES];

    #[inline(always)]
    fn scale(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
        Portable.scale(cells, scaling)
    }

    #[inline(always)]
    fn require(self, present: u32, of: &RequiredFacts) -> Self::Misses {
        Portable.require(present, of)
    }

    #[inline(always)]
    fn compare_ranges(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Ranges,
    ) -> Self::Misses {
        Portable.compare_ranges(misses, numbers, of)
    }

    #[inline(always)]
    fn compare_sets(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Sets,
    ) -> Self::Misses {
        Portable.compare_sets(misses, numbers, of)
    }

    #[inline(always)]
    fn matching(self, misses: Self::Misses) -> u16 {
        Portable.matching(misses)
    }
}
