//! A block in registers, for each kind of processor: the few operations of which the
//! loops of a decision are made.
//!
//! A value of [`Avx2`] or [`Avx512`] is the proof that the processor has these
//! registers: only [`detect`](super::Wide::detect) makes one, so that calling their
//! instructions is sound wherever there is such a value. Code that uses them is fast
//! where it is compiled for that processor, which is up to the caller.

use super::super::blocks::{Block, BlockBytes};
use super::super::cuts::Node;

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
    /// How many keys of a node a key has reached.
    fn reached(self, node: &Node, key: i64) -> usize;

    #[inline(always)]
    fn is_empty(self, block: Self::Block) -> bool {
        self.some(block) == 0
    }
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
    fn is_empty(self, block: Block) -> bool {
        block.iter().fold(0, |any, word| any | word) == 0
    }

    #[inline(always)]
    fn reached(self, node: &Node, key: i64) -> usize {
        node.reached(key)
    }
}

#[cfg(target_arch = "x86_64")]
pub(in super::super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Block, BlockBytes, Node, Registers};
    use core::arch::x86_64::*;

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
        fn is_empty(self, block: Self::Block) -> bool {
            // SAFETY: `self` proves that the processor has this.
            unsafe {
                let any = _mm256_or_si256(block[0], block[1]);
                _mm256_testz_si256(any, any) == 1
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
        fn reached(self, node: &Node, key: i64) -> usize {
            // SAFETY: `self` proves that there is this; the array is read whole, at any address.
            unsafe {
                let keys = _mm512_loadu_si512(node.0.as_ptr().cast());
                _mm512_cmple_epi64_mask(keys, _mm512_set1_epi64(key)).count_ones() as usize
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rkyv::rend::unaligned::u64_ule;

    /// What a processor makes of two blocks and of a node.
    fn all(
        on: impl Registers,
        a: &Block,
        b: &Block,
    ) -> (Vec<Block>, Vec<u8>, Vec<bool>, Vec<usize>) {
        let (first, second) = (on.load(a), on.read(&b.map(u64_ule::from_native)));
        let blocks = [first, second, on.and(first, second), on.or(first, second), on.full()];
        let node = Node([i64::MIN, -5, -1, 0, 7, 8, i64::MAX, i64::MAX]);
        let keys = [i64::MIN, -6, -5, -4, -1, 0, 1, 7, 8, 9, i64::MAX - 1, i64::MAX];
        (
            blocks.map(|block| on.words(block)).to_vec(),
            blocks.map(|block| on.some(block)).to_vec(),
            blocks.map(|block| on.is_empty(block)).to_vec(),
            keys.map(|key| on.reached(&node, key)).to_vec(),
        )
    }

    #[test]
    fn all_processors_find_what_the_portable_one_finds() {
        let bits = |start: u64| std::array::from_fn(|n| start.rotate_left(7 * n as u32) & 1 << n);
        let blocks =
            [[0; 8], [u64::MAX; 8], bits(u64::MAX), bits(0x5555), [0, 0, 1 << 63, 0, 0, 0, 0, 9]];
        for (a, b) in blocks.iter().flat_map(|a| blocks.iter().map(move |b| (a, b))) {
            let expected = all(Portable, a, b);
            assert_eq!(expected.0[2], std::array::from_fn(|n| a[n] & b[n]));
            #[cfg(target_arch = "x86_64")]
            {
                let avx2 = Avx2::detect().map(|on| all(on, a, b));
                let avx512 = Avx512::detect().map(|on| all(on, a, b));
                assert!([avx2, avx512].into_iter().flatten().all(|found| found == expected));
            }
        }
    }
}
