//! A dictionary as a hash table: the number of a string takes one probe, mostly.
//!
//! The table is made when an archive is loaded. The archive keeps its words sorted, which
//! a verifier can check; a probe costs less than a search. Most words are short and stand
//! in the table itself. The hash is seeded anew for each table: no archive can be written
//! whose words all collide.

use rulestone_format::archive::{ArchivedDictionaryWord, ArchivedRuleset};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

/// The words of one dictionary.
#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    /// By the lowest bits of the hash; open addressing, at most half full. Of some seeds
    /// the one by which most words are where they are first looked for.
    entries: Vec<Entry>,
    seed: [u64; 2],
    /// How many there are: the number of a string that isn't among them.
    count: u32,
    /// Where its words begin in the archive's.
    first: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    text: ShortText,
    /// Its place among the dictionary's words, or [`Entry::FREE`].
    word: u32,
    number: u32,
}

/// Text of up to 16 bytes, whole; of longer text length and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ShortText {
    head: u64,
    tail: u64,
    length: u32,
}

impl Entry {
    const FREE: u32 = u32::MAX;
    const EMPTY: Entry =
        Entry { text: ShortText { head: 0, tail: 0, length: 0 }, word: Entry::FREE, number: 0 };
}

impl ShortText {
    const LONGEST: usize = 16;

    /// Of text within bytes. For texts of one length head and tail say which it is.
    #[inline(always)]
    fn of(bytes: &[u8], text: Range<usize>) -> ShortText {
        let before = bytes.get(..text.end).and_then(|bytes| bytes.last_chunk::<16>());
        match before {
            Some(before) if text.len() <= ShortText::LONGEST => {
                // The text ends where these bytes do: shifting takes off what comes before it,
                // without a branch for its length. In frames a header comes before any text.
                let all = u128::from_le_bytes(*before);
                let own = all.checked_shr(128 - 8 * text.len() as u32).unwrap_or(0);
                ShortText { head: own as u64, tail: (own >> 64) as u64, length: text.len() as u32 }
            }
            _ => ShortText::of_rarer(bytes, text),
        }
    }

    /// Of text that is longer, or near where the bytes begin.
    #[cold]
    fn of_rarer(bytes: &[u8], text: Range<usize>) -> ShortText {
        let length = text.len() as u32;
        let text = bytes.get(text).unwrap_or_default();
        if length as usize > ShortText::LONGEST {
            return ShortText { head: xxh3_64(text), tail: 0, length };
        }
        let half = |skipped: usize| {
            let bytes = text.iter().skip(skipped).take(8).rev();
            bytes.fold(0, |half, byte| half << 8 | u64::from(*byte))
        };
        ShortText { head: half(0), tail: half(8), length }
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

impl Dictionary {
    /// Dictionaries of so few words have tables that are a quarter full.
    const FEW: usize = 128;

    /// So many seeds are tried, of a dictionary of few words, and so many words in all.
    const TRIES: usize = 16;
    const MOST_TRIED: usize = 4096;

    /// Cost: linear in the dictionary, 64 to 256 bytes a word.
    pub(crate) fn new(
        archive: &ArchivedRuleset,
        words: &[ArchivedDictionaryWord],
        first: u32,
    ) -> Dictionary {
        let filled: Vec<Entry> = (0..)
            .zip(words)
            .map(|(word, record)| {
                let text = archive.blob(&record.text);
                let text = ShortText::of(text, 0..text.len());
                Entry { text, word, number: record.number.to_native() }
            })
            .collect();
        let sparse = if words.len() <= Dictionary::FEW { 4 } else { 2 };
        let size = (words.len() * sparse).next_power_of_two();
        let random = RandomState::new();
        // Whether the first probe is the last can't be foretold where it often isn't.
        let tries = (0..Dictionary::TRIES.min(Dictionary::MOST_TRIED / words.len().max(1)).max(1)
            as u64)
            .map(|number| {
                Dictionary::placed(
                    &filled,
                    size,
                    [0, 1].map(|half| random.hash_one((number, half))),
                )
            });
        let (_, seed, entries) =
            tries.min_by_key(|(probes, ..)| *probes).unwrap_or((0, [0; 2], Vec::new()));
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 words.
        Dictionary { entries, seed, count: words.len() as u32, first }
    }

    /// A table of so many entries, and how many probes it takes beyond the first.
    fn placed(words: &[Entry], size: usize, seed: [u64; 2]) -> (usize, [u64; 2], Vec<Entry>) {
        let mut entries = vec![Entry::EMPTY; size];
        let mut probes = 0;
        for word in words {
            let mut at = word.text.hash(seed) as usize & (size - 1);
            while entries[at].word != Entry::FREE {
                at = (at + 1) & (size - 1);
                probes += 1;
            }
            entries[at] = *word;
        }
        (probes, seed, entries)
    }

    /// The number of a string that lies within bytes; of one that isn't among the words,
    /// how many are.
    #[inline]
    pub(super) fn number(
        &self,
        archive: &ArchivedRuleset,
        bytes: &[u8],
        text: Range<usize>,
    ) -> u32 {
        let short = ShortText::of(bytes, text.clone());
        let mask = self.entries.len() - 1;
        let mut at = short.hash(self.seed) as usize & mask;
        // Half of the entries are free, so that this ends.
        while let Some(entry) = self.entries.get(at).filter(|entry| entry.word != Entry::FREE) {
            if entry.text == short {
                let is_short = text.len() <= ShortText::LONGEST;
                if is_short || self.is(archive, entry, bytes.get(text.clone())) {
                    return entry.number;
                }
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

    #[cold]
    fn is(&self, archive: &ArchivedRuleset, entry: &Entry, text: Option<&[u8]>) -> bool {
        let word = archive.words.get(self.first as usize + entry.word as usize);
        word.map(|word| archive.blob(&word.text)) == text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn texts_differ_in_what_is_kept_of_them_wherever_they_lie() {
        let texts = ["", "a", "b", "ab", "ba", "abc", "cab", "abcd", "bcda", "abcdefg", "bbcdefg"];
        let long = ["abcdefgh", "abcdefghi", "abcdefgh12345678", "abcdefgh123456789"];
        let mut kept = HashSet::new();
        for text in texts.iter().chain(&long) {
            let parts = |short: ShortText| (short.head, short.tail, short.length);
            let alone = ShortText::of(text.as_bytes(), 0..text.len());
            assert!(kept.insert(parts(alone)), "{text} is as another");
            for (before, behind) in [(0, 1), (3, 0), (3, 15), (3, 16), (7, 40)] {
                let bytes = [&vec![b'x'; before], text.as_bytes(), &vec![b'y'; behind]].concat();
                let within = ShortText::of(&bytes, before..before + text.len());
                assert_eq!(within, alone, "{text} {before} {behind}");
            }
        }
        // What is no part of the bytes is the empty text, or as long as it says.
        assert_eq!(ShortText::of(b"abc", 9..9), ShortText::of(b"", 0..0));
        let _ = ShortText::of(b"abc", 2..19);
    }
}
