//! A source of choices: seeded, so that the same seed makes the same rulesets on
//! every machine and with every version of every crate; or guided by bytes, so
//! that a small change of the bytes is a small change of what is made.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014), after the bytes that guide it, if any.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
    guide: Vec<u8>,
    /// Bytes of the guide that are used up.
    used: usize,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed, guide: Vec::new(), used: 0 }
    }

    /// Choices that follow the bytes, each by as many of them as it needs. When
    /// they are used up, choices go on at random, the same for the same bytes:
    /// with the same choice for ever, what is made might never end.
    #[allow(dead_code, reason = "fuzz targets are guided, tests are seeded")]
    pub fn guided(guide: &[u8]) -> Random {
        // FNV-1a.
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let state = guide.iter().fold(0xcbf2_9ce4_8422_2325, hash);
        Random { state, guide: guide.to_vec(), used: 0 }
    }

    pub fn bits(&mut self) -> u64 {
        if let Some(bits) = self.guidance(8) {
            return bits;
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..bound`; `bound` is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let width = if bound <= 1 << 8 { 1 } else { 8 };
        let bits = self.guidance(width).unwrap_or_else(|| self.bits());
        (bits % bound as u64) as usize
    }

    /// The next bytes of the guide as a number; what it lacks at its end is 0.
    fn guidance(&mut self, width: usize) -> Option<u64> {
        let rest = self.guide.get(self.used..).filter(|rest| !rest.is_empty())?;
        let bytes = rest.iter().take(width).rev();
        let number = bytes.fold(0, |number, byte| number << 8 | u64::from(*byte));
        self.used += width;
        Some(number)
    }

    /// True in so many of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as usize) as i64
    }

    /// One of some words, at least one.
    pub fn word<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}
