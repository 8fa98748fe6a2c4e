//! Which rules match, as bits: slots are looked at in the order of the index,
//! and rules come out in decision order, without sorting.

/// A bit for each rule, and a bit for each word of these that isn't zero.
#[derive(Debug)]
pub(crate) struct Marks {
    rules: Vec<u64>,
    words: Vec<u64>,
    any: bool,
}

impl Marks {
    pub(crate) fn new(rules: usize) -> Marks {
        let words = rules.div_ceil(64);
        Marks { rules: vec![0; words], words: vec![0; words.div_ceil(64)], any: false }
    }

    /// Bytes that the marks of so many rules need.
    pub(crate) fn bytes(rules: usize) -> usize {
        let words = rules.div_ceil(64);
        size_of::<u64>() * (words + words.div_ceil(64))
    }

    /// Whether no rule is marked.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }

    #[inline]
    pub(super) fn has(&self, rule: u32) -> bool {
        let (word, bit) = (rule as usize / 64, rule % 64);
        self.rules.get(word).is_some_and(|bits| bits >> bit & 1 != 0)
    }

    #[inline]
    pub(super) fn set(&mut self, rule: u32) {
        let (word, bit) = (rule as usize / 64, rule % 64);
        if let (Some(bits), Some(words)) = (self.rules.get_mut(word), self.words.get_mut(word / 64))
        {
            *bits |= 1 << bit;
            *words |= 1 << (word % 64);
            self.any = true;
        }
    }

    /// Marks all of these.
    pub(super) fn set_all(&mut self, rules: &[u32]) {
        let Marks { rules: marked, words, any } = self;
        for rule in rules {
            let (word, bit) = (*rule as usize / 64, rule % 64);
            if let (Some(bits), Some(words)) = (marked.get_mut(word), words.get_mut(word / 64)) {
                *bits |= 1 << bit;
                *words |= 1 << (word % 64);
            }
        }
        *any |= !rules.is_empty();
    }

    /// Calls `take` with each rule that is marked, ascending, and unmarks it.
    #[inline]
    pub(super) fn drain(&mut self, mut take: impl FnMut(u32)) {
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
    fn marks_come_out_in_order_and_are_gone() {
        let mut marks = Marks::new(10_000);
        for rule in [9_999, 0, 64, 63, 4_096, 64] {
            marks.set(rule);
        }
        assert!(marks.has(63) && !marks.has(62) && !marks.has(u32::MAX));
        let mut found = Vec::new();
        marks.drain(|rule| found.push(rule));
        assert_eq!(found, [0, 63, 64, 4_096, 9_999]);
        marks.drain(|rule| panic!("{rule} is still there"));
        assert!(!marks.has(63));
    }
}
