//! Dictionaries as they are asked in every request: the number of a string by
//! one probe of a small hash table.
//!
//! Built once when an archive is loaded. The archive keeps its words sorted,
//! which is what a verifier can check; a probe costs less than a search. Most
//! words are short and stand in the table itself. The hash is seeded anew for
//! each table: no archive can be written whose words all collide.

use rulestone_format::archive::{ArchivedDictionaryWord, ArchivedRuleset};
use std::hash::{BuildHasher, RandomState};
use xxhash_rust::xxh3::xxh3_64;

/// The words of one dictionary.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// By the lowest bits of the hash; open addressing, at most half full.
    slots: Vec<Slot>,
    seed: [u64; 2],
    /// How many there are: the number of a string that isn't among them.
    count: u32,
    /// Where its words begin in the archive's.
    first: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    text: Short,
    /// Its place among the dictionary's words, or [`Slot::FREE`].
    word: u32,
    number: u32,
}

/// Text of up to 16 bytes, whole; of longer text length and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    head: u64,
    tail: u64,
    length: u32,
}

impl Slot {
    const FREE: u32 = u32::MAX;
    const EMPTY: Slot =
        Slot { text: Short { head: 0, tail: 0, length: 0 }, word: Slot::FREE, number: 0 };
}

impl Short {
    const LONGEST: usize = 16;

    /// For texts of one length the two halves say which it is.
    #[inline]
    fn of(text: &[u8]) -> Short {
        let length = text.len() as u32;
        let (head, tail) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(_), Some(_)) if text.len() > Short::LONGEST => (xxh3_64(text), 0),
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
                (Some(head), Some(tail)) => {
                    (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into())
                }
                _ => {
                    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
                    (byte(0).into(), u64::from(byte(1)) << 8 | u64::from(byte(2)))
                }
            },
        };
        Short { head, tail, length }
    }

    /// A product folded in half (Wang Yi, wyhash).
    #[inline]
    fn hash(self, seed: [u64; 2]) -> u64 {
        let head = self.head ^ seed[0];
        let tail = self.tail ^ seed[1] ^ u64::from(self.length) << 56;
        let product = u128::from(head) * u128::from(tail);
        product as u64 ^ (product >> 64) as u64
    }
}

impl Words {
    /// Cost: linear in the dictionary, 64 to 128 bytes a word.
    pub(crate) fn new(
        archive: &ArchivedRuleset,
        words: &[ArchivedDictionaryWord],
        first: u32,
    ) -> Words {
        let random = RandomState::new();
        let seed = [random.hash_one(0), random.hash_one(1)];
        let mut slots = vec![Slot::EMPTY; (words.len() * 2).next_power_of_two()];
        let mask = slots.len() - 1;
        for (word, record) in (0..).zip(words) {
            let text = Short::of(archive.blob(&record.text));
            let mut at = text.hash(seed) as usize & mask;
            while slots[at].word != Slot::FREE {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { text, word, number: record.number.to_native() };
        }
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 words.
        Words { slots, seed, count: words.len() as u32, first }
    }

    /// The number of a string; of one that isn't among the words, how many are.
    #[inline]
    pub(super) fn number(&self, archive: &ArchivedRuleset, text: &[u8]) -> u32 {
        let short = Short::of(text);
        let mask = self.slots.len() - 1;
        let mut at = short.hash(self.seed) as usize & mask;
        // Half of the slots are free, so that this ends.
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.word != Slot::FREE) {
            if slot.text == short && (text.len() <= Short::LONGEST || self.is(archive, slot, text))
            {
                return slot.number;
            }
            at = (at + 1) & mask;
        }
        self.count
    }

    /// How many words there are.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    fn is(&self, archive: &ArchivedRuleset, slot: &Slot, text: &[u8]) -> bool {
        let word = archive.words.get(self.first as usize + slot.word as usize);
        word.is_some_and(|word| archive.blob(&word.text) == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn texts_of_one_length_differ_in_their_halves() {
        let texts = ["", "a", "b", "ab", "ba", "bb", "abc", "abd", "bbd", "cab", "abcd", "bcda"];
        let long = ["abcdefg", "abcdefh", "bbcdefg", "abcdefgh", "abcdefghi", "abcdefgh12345678"];
        let all: Vec<&str> = texts.iter().chain(&long).copied().collect();
        let halves: HashSet<(u64, u64, u32)> = (all.iter())
            .map(|text| Short::of(text.as_bytes()))
            .map(|short| (short.head, short.tail, short.length))
            .collect();
        assert_eq!(halves.len(), all.len());
    }
}
