//! The source of all choices: xoshiro256++, seeded by SplitMix64.
//!
//! In: a seed. Out: a stream of numbers that is the same on every machine, for ever. Written here, and not taken from
//! a crate, because a crate may change its stream in a new version, and the workloads would change with it.
//!
//! Sources: D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021
//! (xoshiro256++ 1.0); G. Steele, D. Lea and C. Flood, "Fast Splittable Pseudorandom Number Generators",
//! OOPSLA 2014 (SplitMix64). Both reference implementations are in the public domain: <https://prng.di.unimi.it>.

/// A deterministic stream of numbers. Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// A stream for a seed. Similar seeds give unrelated streams.
    pub(crate) fn new(seed: u64) -> Self {
        let mut mix = seed;
        Self { state: std::array::from_fn(|_| split_mix(&mut mix)) }
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number from 0 to `bound - 1`; 0 when `bound` is 0. The bias of the multiplication is below 2^-32 for the
    /// small bounds used here.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * (bound as u128);
        // INVARIANT: the upper half of the product is below `bound`, which is a usize.
        (product >> 64) as usize
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        let product = u128::from(self.next()) * (u128::from(width) + 1);
        low.wrapping_add((product >> 64) as i64)
    }

    /// A number from `low` inclusive to `high` exclusive.
    pub(crate) fn real(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        low + unit * (high - low)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percentage: usize) -> bool {
        self.below(100) < percentage
    }

    /// One of the items, which must not be none.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// `count` different items, or all of them, in the order of the stream.
    pub(crate) fn pick_some<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut rest = items.to_vec();
        let mut picked = Vec::with_capacity(count);
        while picked.len() < count && !rest.is_empty() {
            picked.push(rest.swap_remove(self.below(rest.len())));
        }
        picked
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_mix_gives_the_published_stream() {
        // The first values for seed 1234567, as Java's SplittableRandom and the reference C code print them.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
    }

    #[test]
    fn xoshiro_gives_the_published_stream() {
        // The first values for the state 1, 2, 3, 4.
        let mut random = Random { state: [1, 2, 3, 4] };
        assert_eq!(random.next(), 41_943_041);
        assert_eq!(random.next(), 58_720_359);
        assert_eq!(random.next(), 3_588_806_011_781_223);
    }

    #[test]
    fn ranges_are_kept_and_their_ends_are_reached() {
        let mut random = Random::new(1);
        let drawn: Vec<i64> = (0..1_000).map(|_| random.between(-2, 2)).collect();
        assert_eq!(drawn.iter().min(), Some(&-2));
        assert_eq!(drawn.iter().max(), Some(&2));
        assert!((0..1_000).all(|_| (3.0..4.0).contains(&random.real(3.0, 4.0))));
        assert_eq!(random.below(1), 0);
    }

    #[test]
    fn picked_items_differ() {
        let mut random = Random::new(2);
        let mut picked = random.pick_some(&[1, 2, 3, 4], 9);
        picked.sort_unstable();
        assert_eq!(picked, [1, 2, 3, 4]);
    }
}
