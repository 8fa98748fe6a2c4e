//! A block in registers, for each kind of processor: the few operations of which the
//! loops of a decision are made.
//!
//! A value of [`Avx2`] or [`Avx512`] is the proof that the processor has these
//! registers: only [`detect`](super::Wide::detect) makes one, so that calling their
//! instructions is sound wherever there is such a value. Code that uses them is fast
//! where it is compiled for that processor, which is up to the caller.

#[cfg(test)]
mod tests;

use super::super::blocks::{Block, BlockBytes};
use super::super::cuts::Node;
use super::super::few_slots::{COLUMNS, Facts, Ranges, SIDE_BY_SIDE, Scaling, Sets};
use super::super::fronts::{Front, Ranks};

/// Operations on blocks of 512 bits, and on nodes of eight keys.
pub(in super::super) trait Registers: Copy {
    type Block: Copy;

    /// All bits set.
    fn full(self) -> Self::Block;
    fn read(self, bytes: &BlockBytes) -> Self::Block;
    fn load(self, words: &Block) -> Self::Block;
    fn words(self, block: Self::Block) -> Block;
    fn and(self, a: Self::Block, b: Self::Block) -> Self::Block;
    fn or(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// A bit for each word that isn't zero.
    fn some(self, block: Self::Block) -> u8;
    /// The words that aren't zero, and their numbers, of which the first is given. Says
    /// how many they are; what stands behind them is anything.
    fn pack(
        self,
        block: Self::Block,
        first: u32,
        numbers: &mut [u32; 8],
        words: &mut [u64; 8],
    ) -> usize {
        let mut count = 0;
        for (number, word) in (first..).zip(self.words(block)) {
            numbers[count % 8] = number;
            words[count % 8] = word;
            count += usize::from(word != 0);
        }
        count
    }
    /// How many keys of a node a key has reached.
    fn reached(self, node: &Node, key: i64) -> usize;

    /// Begins to fetch something that is read soon, where the processor can.
    fn fetch<T>(self, soon: &T);

    /// Ranks in columns.
    type Ranks: Copy;

    fn ranks(self, ranks: &Ranks) -> Self::Ranks;
    /// A bit for each predicate of a front that doesn't hold. Those of others are anything.
    fn beyond(self, front: &Front, ranks: &Self::Ranks) -> u8;

    /// Numbers in columns.
    type Numbers: Copy;
    /// Of slots side by side, what they ask and a request hasn't: 0 where it has all.
    type Lacks: Copy;

    /// The numbers of cells. Those of columns without a cell are anything.
    fn numbers(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers;
    /// What is lacking of facts.
    fn facts(self, facts: u32, of: &Facts) -> Self::Lacks;
    /// What is lacking as well where numbers aren't within ranges.
    fn ranges(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Ranges) -> Self::Lacks;
    /// What is lacking as well where numbers aren't in sets.
    fn sets(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Sets) -> Self::Lacks;
    /// The slots that lack nothing.
    fn left(self, lacks: Self::Lacks) -> u16;
}

/// Any processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Portable;

impl Registers for Portable {
    type Block = Block;

    #[inline(always)]
    fn full(self) -> Block {
        [u64::MAX; 8]
    }

    #[inline(always)]
    fn read(self, bytes: &BlockBytes) -> Block {
        bytes.map(|word| word.to_native())
    }

    #[inline(always)]
    fn load(self, words: &Block) -> Block {
        *words
    }

    #[inline(always)]
    fn words(self, block: Block) -> Block {
        block
    }

    #[inline(always)]
    fn and(self, a: Block, b: Block) -> Block {
        std::array::from_fn(|word| a[word] & b[word])
    }

    #[inline(always)]
    fn or(self, a: Block, b: Block) -> Block {
        std::array::from_fn(|word| a[word] | b[word])
    }

    #[inline(always)]
    fn some(self, block: Block) -> u8 {
        let some = |(at, word): (usize, &u64)| u8::from(*word != 0) << at;
        block.iter().enumerate().map(some).fold(0, |all, some| all | some)
    }

    #[inline(always)]
    fn reached(self, node: &Node, key: i64) -> usize {
        node.reached(key)
    }

    #[inline(always)]
    fn fetch<T>(self, _soon: &T) {}

    type Ranks = Ranks;

    #[inline(always)]
    fn ranks(self, ranks: &Ranks) -> Ranks {
        *ranks
    }

    #[inline(always)]
    fn beyond(self, front: &Front, ranks: &Ranks) -> u8 {
        let mut beyond = 0;
        let intervals = front.low.iter().zip(front.width).zip(front.columns);
        for (at, ((low, width), column)) in intervals.enumerate() {
            let above = ranks[usize::from(column) % ranks.len()].wrapping_sub(*low);
            beyond |= u8::from(above > width) << at;
        }
        beyond
    }

    type Numbers = [u16; COLUMNS];
    type Lacks = [u32; SIDE_BY_SIDE];

    #[inline(always)]
    fn numbers(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
        let mut numbers = [0; COLUMNS];
        let columns = numbers.iter_mut().zip(cells).take(scaling.columns);
        for (column, (number, cell)) in columns.enumerate() {
            *number = scaling.of_cell(column, u64::from_le_bytes(*cell));
        }
        numbers
    }

    #[inline(always)]
    fn facts(self, facts: u32, of: &Facts) -> Self::Lacks {
        std::array::from_fn(|slot| u32::from(of.no_slot[slot]) | of.needed[slot] & !facts)
    }

    #[inline(always)]
    fn ranges(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Ranges) -> Self::Lacks {
        std::array::from_fn(|slot| {
            let number = numbers[usize::from(of.columns[slot]) % COLUMNS];
            let above = number.wrapping_sub(of.least[slot]);
            lacks[slot] | u32::from(above > of.width[slot])
        })
    }

    #[inline(always)]
    fn sets(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Sets) -> Self::Lacks {
        std::array::from_fn(|slot| {
            let number = numbers[usize::from(of.columns[slot]) % COLUMNS];
            let bits = u32::from(of.high[slot]) << 16 | u32::from(of.low[slot]);
            let bit = bits.checked_shr(number.into()).unwrap_or(0);
            lacks[slot] | !bit & u32::from(of.asked[slot])
        })
    }

    #[inline(always)]
    fn left(self, lacks: Self::Lacks) -> u16 {
        let bit = |(slot, lacks): (usize, &u32)| u16::from(*lacks == 0) << slot;
        lacks.iter().enumerate().map(bit).fold(0, |left, bit| left | bit)
    }
}

#[cfg(target_arch = "x86_64")]
pub(in super::super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{
        Block, BlockBytes, COLUMNS, Facts, Front, Node, Portable, Ranges, Ranks, Registers,
        SIDE_BY_SIDE, Scaling, Sets,
    };
    use core::arch::x86_64::*;
    use std::mem::offset_of;

    /// A processor with AVX2 and POPCNT.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Avx2(());

    /// A processor with AVX-512 F, BW, DQ and VL, and POPCNT.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Avx512(());

    impl Avx2 {
        pub(in super::super) fn detect() -> Option<Avx2> {
            let has = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt");
            has.then_some(Avx2(()))
        }
    }

    impl Avx512 {
        pub(in super::super) fn detect() -> Option<Avx512> {
            let has = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("popcnt");
            has.then_some(Avx512(()))
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
        fn some(self, block: Self::Block) -> u8 {
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
        fn fetch<T>(self, soon: &T) {
            // SAFETY: any processor of this kind has it; nothing is read.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(soon).cast()) };
        }

        type Ranks = Ranks;

        #[inline(always)]
        fn ranks(self, ranks: &Ranks) -> Ranks {
            *ranks
        }

        #[inline(always)]
        fn beyond(self, front: &Front, ranks: &Ranks) -> u8 {
            Portable.beyond(front, ranks)
        }

        type Numbers = [u16; COLUMNS];
        type Lacks = [u32; SIDE_BY_SIDE];

        #[inline(always)]
        fn numbers(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
            Portable.numbers(cells, scaling)
        }

        #[inline(always)]
        fn facts(self, facts: u32, of: &Facts) -> Self::Lacks {
            Portable.facts(facts, of)
        }

        #[inline(always)]
        fn ranges(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Ranges) -> Self::Lacks {
            Portable.ranges(lacks, numbers, of)
        }

        #[inline(always)]
        fn sets(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Sets) -> Self::Lacks {
            Portable.sets(lacks, numbers, of)
        }

        #[inline(always)]
        fn left(self, lacks: Self::Lacks) -> u16 {
            Portable.left(lacks)
        }
    }

    /// The numbers of columns.
    ///
    /// # Safety
    /// The processor has AVX-512 BW and VL.
    #[inline(always)]
    unsafe fn chosen(numbers: &[__m256i; 2], columns: &[u16; SIDE_BY_SIDE]) -> __m256i {
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
    unsafe fn eight_numbers(
        cells: &[[u8; 8]],
        there: u32,
        scaling: &Scaling,
        first: usize,
    ) -> __m128i {
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
        fn some(self, block: Self::Block) -> u8 {
            // SAFETY: `self` proves that the processor has this.
            unsafe { _mm512_test_epi64_mask(block, block) }
        }

        #[inline(always)]
        fn pack(
            self,
            block: Self::Block,
            first: u32,
            numbers: &mut [u32; 8],
            words: &mut [u64; 8],
        ) -> usize {
            let some = self.some(block);
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
        fn fetch<T>(self, soon: &T) {
            // SAFETY: any processor of this kind has it; nothing is read.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(soon).cast()) };
        }

        type Ranks = [__m512i; 2];

        #[inline(always)]
        fn ranks(self, ranks: &Ranks) -> Self::Ranks {
            let halves: *const __m512i = ranks.as_ptr().cast();
            // SAFETY: `self` proves that there is this; the array is read whole, at any address.
            unsafe { [_mm512_loadu_si512(halves), _mm512_loadu_si512(halves.add(1))] }
        }

        #[inline(always)]
        fn beyond(self, front: &Front, ranks: &Self::Ranks) -> u8 {
            let bytes: *const u8 = std::ptr::from_ref(front).cast();
            const {
                assert!(offset_of!(Front, columns) + size_of::<[u8; 8]>() <= size_of::<Front>());
                assert!(offset_of!(Front, width) + size_of::<[u16; 8]>() <= size_of::<Front>());
                assert!(offset_of!(Front, low) + size_of::<[u16; 8]>() <= size_of::<Front>());
            }
            // SAFETY: `self` proves that there is this; eight of each are read, at any address,
            // of which the last three are something else of the front.
            unsafe {
                let columns = _mm_cvtepu8_epi16(_mm_loadl_epi64(
                    bytes.add(offset_of!(Front, columns)).cast(),
                ));
                let low = _mm_loadu_si128(bytes.add(offset_of!(Front, low)).cast());
                let width = _mm_loadu_si128(bytes.add(offset_of!(Front, width)).cast());
                let columns = _mm512_castsi128_si512(columns);
                let rank = _mm512_permutex2var_epi16(ranks[0], columns, ranks[1]);
                let above = _mm_sub_epi16(_mm512_castsi512_si128(rank), low);
                _mm_cmpgt_epu16_mask(above, width)
            }
        }

        type Numbers = [__m256i; 2];
        type Lacks = __m256i;

        #[inline(always)]
        fn numbers(self, cells: &[[u8; 8]], scaling: &Scaling) -> Self::Numbers {
            let columns = cells.len().min(scaling.columns).min(COLUMNS);
            let there = ((1_u64 << columns) - 1) as u32;
            // SAFETY: `self` proves that the processor has this.
            unsafe {
                let eight = |first| eight_numbers(cells, there, scaling, first);
                let both =
                    |low, high| _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
                let low = both(eight(0), eight(8));
                // What no slot asks need not be worked out.
                let high = match columns {
                    0..=16 => low,
                    17..=24 => _mm256_castsi128_si256(eight(16)),
                    _ => both(eight(16), eight(24)),
                };
                [low, high]
            }
        }

        #[inline(always)]
        fn facts(self, facts: u32, of: &Facts) -> Self::Lacks {
            // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
            unsafe {
                let needed = _mm512_loadu_si512(of.needed.as_ptr().cast());
                let absent = _mm512_set1_epi32((!facts).cast_signed());
                let lacks = _mm512_test_epi32_mask(absent, needed);
                let no_slot = _mm256_loadu_si256(of.no_slot.as_ptr().cast());
                _mm256_mask_set1_epi16(no_slot, lacks, -1)
            }
        }

        #[inline(always)]
        fn ranges(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Ranges) -> Self::Lacks {
            // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
            unsafe {
                let least = _mm256_loadu_si256(of.least.as_ptr().cast());
                let width = _mm256_loadu_si256(of.width.as_ptr().cast());
                let above = _mm256_sub_epi16(chosen(numbers, &of.columns), least);
                // Saturated: 0 where it isn't beyond.
                _mm256_or_si256(lacks, _mm256_subs_epu16(above, width))
            }
        }

        #[inline(always)]
        fn sets(self, lacks: Self::Lacks, numbers: &Self::Numbers, of: &Sets) -> Self::Lacks {
            // SAFETY: `self` proves that there is this; the arrays are read whole, at any address.
            unsafe {
                let number = chosen(numbers, &of.columns);
                let (low, high) = (of.low.as_ptr().cast(), of.high.as_ptr().cast());
                // Shifted by more than they have bits, nothing is left.
                let low = _mm256_srlv_epi16(_mm256_loadu_si256(low), number);
                let number = _mm256_sub_epi16(number, _mm256_set1_epi16(16));
                let high = _mm256_srlv_epi16(_mm256_loadu_si256(high), number);
                let bit = _mm256_or_si256(low, high);
                let asked = _mm256_loadu_si256(of.asked.as_ptr().cast());
                _mm256_or_si256(lacks, _mm256_andnot_si256(bit, asked))
            }
        }

        #[inline(always)]
        fn left(self, lacks: Self::Lacks) -> u16 {
            // SAFETY: `self` proves that the processor has this.
            unsafe { _mm256_testn_epi16_mask(lacks, lacks) }
        }
    }
}
