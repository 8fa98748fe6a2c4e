//! Dictionaries as they are asked in every request: the number of a string by
//! one probe of a small hash table.
//!
//! Built once when an archive is loaded. The archive keeps its words sorted,
//! which is what a verifier can check; a probe costs less than a search.

use rulestone_format::archive::{ArchivedDictionary, ArchivedRuleset};
use xxhash_rust::xxh3::xxh3_64;

/// The words of one dictionary.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// By the lowest bits of the hash; open addressing, at most half full.
    slots: Vec<Slot>,
    /// How many there are: the number of a string that isn't among them.
    count: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    /// Index into the archive's words, or [`Slot::FREE`].
    word: u32,
    number: u32,
}

impl Slot {
    const FREE: u32 = u32::MAX;
    const EMPTY: Slot = Slot { hash: 0, word: Slot::FREE, number: 0 };
}

impl Words {
    /// Cost: linear in the dictionary, 32 to 64 bytes a word.
    pub(crate) fn new(archive: &ArchivedRuleset, dictionary: &ArchivedDictionary) -> Words {
        let words = dictionary.words.of(&archive.words);
        let mut slots = vec![Slot::EMPTY; (words.len() * 2).next_power_of_two()];
        let mask = slots.len() - 1;
        for (word, record) in (dictionary.words.start.to_native()..).zip(words) {
            let hash = record.hash.to_native();
            let mut at = hash as usize & mask;
            while slots[at].word != Slot::FREE {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { hash, word, number: record.number.to_native() };
        }
        // INVARIANT: an archive is below 4 GiB and so has fewer than 2^32 words.
        Words { slots, count: words.len() as u32 }
    }

    /// How many words there are.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The number of a string; of one that isn't among the words, how many are.
    #[inline]
    pub(super) fn number(&self, archive: &ArchivedRuleset, text: &[u8]) -> u32 {
        let hash = xxh3_64(text);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        // Half of the slots are free, so that this ends.
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.word != Slot::FREE) {
            if slot.hash == hash {
                let known = archive.words.get(slot.word as usize);
                let is_same = known.is_some_and(|word| archive.blob(&word.text) == text);
                // All hashes are different: no other word can be meant.
                return if is_same { slot.number } else { self.count };
            }
            at = (at + 1) & mask;
        }
        self.count
    }
}
