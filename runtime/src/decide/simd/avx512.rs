//! The operations for processors with AVX-512: a block is one register of 512 bits.

use super::bitmap::{Block, BlockBytes};
use super::lanes::{COLUMNS, LANES, Ranges, RequiredFacts, Scaling, Sets};
use super::node::Node;
use super::packed::{PackedResidual, RankColumns};
use super::registers::Registers;
use core::arch::x86_64::*;
use std::mem::offset_of;

/// A processor with AVX-512 F, BW, DQ and VL, and POPCNT: the proof that their instructions
/// are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(super) fn detect() -> Option<Avx512> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Avx512(()))
    }
}

impl Registers for Avx512 {
    type Block = __m512i;

    #[inline(always)]
    fn full(self) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { _mm512_set1_epi64(-1) }
    }

    #[inline(always)]
    fn read(self, bytes: &BlockBytes) -> Self::Block {
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn load(self, words: &Block) -> Self::Block {
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    #[inline(always)]
    fn words(self, block: Self::Block) -> Block {
        let mut words = [0; 8];
        // SAFETY: `self` proves that there is this; the array is written whole, at any address.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), block) };
        words
    }

    #[inline(always)]
    fn and(self, a: Self::Block, b: Self::Block) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn or(self, a: Self::Block, b: Self::Block) -> Self::Block {
        // SAFETY: `self` proves that the processor has this.
        unsafe { _mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn nonzero_words(self, block: Self::Block) -> u8 {
        // SAFETY: `self` proves that the processor has this.
        unsafe { _mm512_test_epi64_mask(block, block) }
    }

    #[inline(always)]
    fn compress(
        self,
        block: Self::Block,
        first: u32,
        numbers: &mut [u32; 8],
        words: &mut [u64; 8],
    ) -> usize {
        let some = self.nonzero_words(block);
        // SAFETY: `self` proves that there is this; the arrays are written whole, at any
        // address.
        unsafe {
            let eight = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            let all = _mm256_add_epi32(_mm256_set1_epi32(first.cast_signed()), eight);
            let number = _mm256_maskz_compress_epi32(some, all);
            _mm256_storeu_si256(numbers.as_mut_ptr().cast(), number);
            let word = _mm512_maskz_compress_epi64(some, block);
            _mm512_storeu_si512(words.as_mut_ptr().cast(), word);
        }
        some.count_ones() as usize
    }

    #[inline(always)]
    fn reached(self, node: &Node, key: i64) -> usize {
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe {
            let keys = _mm512_loadu_si512(node.0.as_ptr().cast());
            _mm512_cmple_epi64_mask(keys, _mm512_set1_epi64(key)).count_ones() as usize
        }
    }

    #[inline(always)]
    fn prefetch<T>(self, soon: &T) {
        // SAFETY: any processor of this kind has it; nothing is read.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(soon).cast()) };
    }

    type Ranks = [__m512i; 2];

    #[inline(always)]
    fn load_ranks(self, ranks: &RankColumns) -> Self::Ranks {
        let halves: *const __m512i = ranks.as_ptr().cast();
        // SAFETY: `self` proves that there is this; the array is read whole, at any address.
        unsafe { [_mm512_loadu_si512(halves), _mm512_loadu_si512(halves.add(1))] }
    }

    #[inline(always)]
    fn outside(self, residual: &PackedResidual, ranks: &Self::Ranks) -> u8 {
        let bytes: *const u8 = std::ptr::from_ref(residual).cast();
        const {
            assert!(
                offset_of!(PackedResidual, columns) + size_of::<[u8; 8]>()
                    <= size_of::<PackedResidual>()
            );
            assert!(
                offset_of!(PackedResidual, width) + size_of::<[u16; 8]>()
                    <= size_of::<PackedResidual>()
            );
            assert!(
                offset_of!(PackedResidual, low) + size_of::<[u16; 8]>()
                    <= size_of::<PackedResidual>()
            );
        }
        // SAFETY: `self` proves that there is this; eight of each are read, at any address,
        // of which the last three are something else of the residual.
        unsafe {
            let columns = _mm_cvtepu8_epi16(_mm_loadl_epi64(
                bytes.add(offset_of!(PackedResidual, columns)).cast(),
            ));
            let low = _mm_loadu_si128(bytes.add(offset_of!(PackedResidual, low)).cast());
            let width = _mm_loadu_si128(bytes.add(offset_of!(PackedResidual, width)).cast());
            let columns = _mm512_castsi128_si512(columns);
            let rank = _mm512_permutex2var_epi16(ranks[0], columns, ranks[1]);
            let above = _mm_sub_epi16(_mm512_castsi512_si128(rank), low);
            _mm_cmpgt_epu16_mask(above, width)
        }
    }

    type Numbers = [__m256i; 2];
    type Misses = __m256i;

    #[inline(always)]
    fn scale(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
        let columns = cells.len().min(scaling.columns).min(COLUMNS);
        let there = ((1_u64 << columns) - 1) as u32;
        // SAFETY: `self` proves that the processor has this.
        unsafe {
            let eight = |first| eight_numbers(cells, there, scaling, first);
            let both = |low, high| _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
            let low = both(eight(0), eight(8));
            // Columns that nothing is compared with need no numbers.
            let high = match columns {
                0..=16 => low,
                17..=24 => _mm256_castsi128_si256(eight(16)),
                _ => both(eight(16), eight(24)),
            };
            [low, high]
        }
    }

    #[inline(always)]
    fn require(self, present: u32, of: &RequiredFacts) -> Self::Misses {
        // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
        unsafe {
            let needed = _mm512_loadu_si512(of.facts.as_ptr().cast());
            let absent = _mm512_set1_epi32((!present).cast_signed());
            let misses = _mm512_test_epi32_mask(absent, needed);
            let no_slot = _mm256_loadu_si256(of.is_unused.as_ptr().cast());
            _mm256_mask_set1_epi16(no_slot, misses, -1)
        }
    }

    #[inline(always)]
    fn compare_ranges(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Ranges,
    ) -> Self::Misses {
        // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
        unsafe {
            let least = _mm256_loadu_si256(of.least.as_ptr().cast());
            let width = _mm256_loadu_si256(of.width.as_ptr().cast());
            let above = _mm256_sub_epi16(chosen(numbers, &of.columns), least);
            // Saturated: 0 where it isn't beyond.
            _mm256_or_si256(misses, _mm256_subs_epu16(above, width))
        }
    }

    #[inline(always)]
    fn compare_sets(
        self,
        misses: Self::Misses,
        numbers: &Self::Numbers,
        of: &Sets,
    ) -> Self::Misses {
        // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
        unsafe {
            let number = chosen(numbers, &of.columns);
            let (low, high) = (of.low.as_ptr().cast(), of.high.as_ptr().cast());
            // Shifted by more than they have bits, nothing is left.
            let low = _mm256_srlv_epi16(_mm256_loadu_si256(low), number);
            let number = _mm256_sub_epi16(number, _mm256_set1_epi16(16));
            let high = _mm256_srlv_epi16(_mm256_loadu_si256(high), number);
            let bit = _mm256_or_si256(low, high);
            let asked = _mm256_loadu_si256(of.is_set.as_ptr().cast());
            _mm256_or_si256(misses, _mm256_andnot_si256(bit, asked))
        }
    }

    #[inline(always)]
    fn matching(self, misses: Self::Misses) -> u16 {
        // SAFETY: `self` proves that the processor has this.
        unsafe { _mm256_testn_epi16_mask(misses, misses) }
    }
}

/// The numbers of columns.
///
/// # Safety
/// The processor has AVX-512 BW and VL.
#[inline(always)]
unsafe fn chosen(numbers: &[__m256i; 2], columns: &[u16; LANES]) -> __m256i {
    // SAFETY: the caller knows that there is this; the array is read whole, at any address.
    unsafe {
        let columns = _mm256_loadu_si256(columns.as_ptr().cast());
        _mm256_permutex2var_epi16(numbers[0], columns, numbers[1])
    }
}

/// The numbers of eight columns from this one on. Only those cells are read that are
/// there.
///
/// # Safety
/// The processor has AVX-512 F. There are eight columns from `first` on, and a cell
/// for each bit of `there` that is set.
#[inline(always)]
unsafe fn eight_numbers(cells: &[[u8; 8]], there: u32, scaling: &Scaling, first: usize) -> __m128i {
    let cells: *const i64 = cells.as_ptr().cast();
    // SAFETY: the caller knows that there is this; of the cells only those are read that
    // there are, at any address.
    unsafe {
        let bits = _mm512_maskz_loadu_epi64((there >> first) as u8, cells.wrapping_add(first));
        let base = _mm512_loadu_si512(scaling.base.as_ptr().add(first).cast());
        let shift = _mm_loadu_si64(scaling.shift.as_ptr().add(first));
        let doubles = (scaling.doubles >> first) as u8;
        let unsigned = (scaling.unsigned >> first) as u8;
        let flipped = _mm512_srli_epi64::<1>(_mm512_srai_epi64::<63>(bits));
        let key = _mm512_mask_xor_epi64(bits, doubles, bits, flipped);
        let key = _mm512_mask_xor_epi64(key, unsigned, key, _mm512_set1_epi64(i64::MIN));
        let above = _mm512_sub_epi64(_mm512_max_epi64(key, base), base);
        _mm512_cvtusepi64_epi16(_mm512_srlv_epi64(above, _mm512_cvtepu8_epi64(shift)))
    }
}
