//! The rules that match, as bits: alternatives are evaluated in the order of the index,
//! and rules come out in decision order, without sorting.

/// A bit for each rule, and a bit for each word of these that isn't zero.
#[derive(Debug)]
pub(crate) struct Matched {
    rules: Vec<u64>,
    words: Vec<u64>,
    any: bool,
}

impl Matched {
    pub(crate) fn new(rules: usize) -> Matched {
        let words = rules.div_ceil(64);
        Matched { rules: vec![0; words], words: vec![0; words.div_ceil(64)], any: false }
    }

    /// Bytes for so many rules.
    pub(crate) fn bytes(rules: usize) -> usize {
        let words = rules.div_ceil(64);
        size_of::<u64>() * (words + words.div_ceil(64))
    }

    /// Whether no rule matches.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        !self.any
    }

    #[inline]
    pub(crate) fn contains(&self, rule: u32) -> bool {
        let (word, bit) = (rule as usize / 64, rule % 64);
        self.rules.get(word).is_some_and(|bits| bits >> bit & 1 != 0)
    }

    #[inline]
    pub(crate) fn insert(&mut self, rule: u32) {
        let (word, bit) = (rule as usize / 64, rule % 64);
        if let (Some(bits), Some(words)) = (self.rules.get_mut(word), self.words.get_mut(word / 64))
        {
            *bits |= 1 << bit;
            *words |= 1 << (word % 64);
            self.any = true;
        }
    }

    /// Matched all of these.
    pub(crate) fn insert_all(&mut self, rules: &[u32]) {
        let Matched { rules: matched, words, any } = self;
        for rule in rules {
            let (word, bit) = (*rule as usize / 64, rule % 64);
            if let (Some(bits), Some(words)) = (matched.get_mut(word), words.get_mut(word / 64)) {
                *bits |= 1 << bit;
                *words |= 1 << (word % 64);
            }
        }
        *any |= !rules.is_empty();
    }

    /// Calls `take` with each rule that matches, ascending, and takes it out.
    #[inline]
    pub(crate) fn drain(&mut self, mut take: impl FnMut(u32)) {
        self.any = false;
        for (at, words) in self.words.iter_mut().enumerate() {
            let mut words = std::mem::take(words);
            while words != 0 {
                let word = at * 64 + words.trailing_zeros() as usize;
                words &= words - 1;
                let Some(bits) = self.rules.get_mut(word) else { continue };
                let mut bits = std::mem::take(bits);
                while bits != 0 {
                    take((word * 64) as u32 + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_out_in_order_and_are_gone() {
        let mut matched = Matched::new(10_000);
        for rule in [9_999, 0, 64, 63, 4_096, 64] {
            matched.insert(rule);
        }
        assert!(matched.contains(63) && !matched.contains(62) && !matched.contains(u32::MAX));
        let mut found = Vec::new();
        matched.drain(|rule| found.push(rule));
        assert_eq!(found, [0, 63, 64, 4_096, 9_999]);
        matched.drain(|rule| panic!("{rule} is still there"));
        assert!(!matched.contains(63));
    }
}
