//! Whose turn it is: which of its promises a target looks at for an input. All of them take
//! so long that few inputs would be tried, and it is inputs that find something.

/// Chosen by all bytes of an input: the same input always has the same turn, and the next
/// mutation another.
#[derive(Debug, Clone, Copy)]
pub struct Turn(Option<u64>);

impl Turn {
    /// Everybody's.
    pub const OF_ALL: Turn = Turn(None);

    pub fn of(data: &[u8]) -> Turn {
        // FNV-1a, mixed as splitmix64 does it: of few bytes most of its bits don't depend on all.
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let z = data.iter().fold(0xcbf2_9ce4_8422_2325, hash);
        let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Turn(Some(z ^ z >> 31))
    }

    /// Whether it is that of one, by its number, of so many.
    pub fn is(self, number: u64, of: u64) -> bool {
        self.0.is_none_or(|turn| turn % of == number)
    }

    /// Those of `0..length` whose turn it is: all of them, or no more than `most`, as far
    /// from each other as can be.
    pub fn some(self, length: usize, most: usize) -> impl Iterator<Item = usize> + Clone {
        let step = self.0.map_or(1, |_| length.div_ceil(most).max(1));
        let first = self.0.map_or(0, |turn| (turn >> 8) as usize % step);
        (first..length).step_by(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_has_a_turn_and_only_one() {
        let turns: Vec<Turn> = (0..200_u8).map(|byte| Turn::of(&[byte, 1])).collect();
        for of in 1..12 {
            for turn in &turns {
                assert_eq!((0..of).filter(|number| turn.is(*number, of)).count(), 1);
            }
            assert!((0..of).all(|number| turns.iter().any(|turn| turn.is(number, of))), "{of}");
        }
        assert!((0..9).all(|number| Turn::OF_ALL.is(number, 9)));
    }

    #[test]
    fn all_are_taken_or_some_and_each_sooner_or_later() {
        for (length, most) in [(0, 4), (1, 4), (4, 4), (5, 4), (1000, 16)] {
            assert!(Turn::OF_ALL.some(length, most).eq(0..length));
            let mut seen = BTreeSet::new();
            for byte in 0..=u16::MAX {
                let some: Vec<usize> = Turn::of(&byte.to_le_bytes()).some(length, most).collect();
                assert!(some.len() <= most && (length == 0 || !some.is_empty()));
                seen.extend(some);
            }
            assert_eq!(seen.len(), length);
        }
    }
}
