//! What JSON of decisions is made of, written once when an archive is loaded: ids of rules
//! and names of outputs, with their quotes and escapes.

use super::escape::write_string;
use rulestone_format::archive::{ArchivedRuleset, ArchivedText};

/// Ids and names as JSON.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// `,"id"` of each rule.
    rules: Strings,
    /// `,"name":` of each output.
    outputs: Strings,
}

/// Text, piece by piece.
#[derive(Debug, Default)]
struct Strings {
    text: Vec<u8>,
    /// Where each piece ends.
    ends: Vec<u32>,
}

impl Pieces {
    /// # Cost
    /// A copy of all ids and names. Where these overlap, so that a small archive could ask
    /// for much, there are no pieces, and JSON is written from the archive.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Pieces {
        let rules = archive.rules.iter().map(|rule| &rule.id);
        let outputs = archive.outputs.iter().map(|output| &output.name);
        let length = |text: &ArchivedText| u64::from(text.length.to_native());
        let all: u64 = rules.clone().chain(outputs.clone()).map(length).sum();
        if all > archive.data.len() as u64 {
            return Pieces::default();
        }
        Pieces {
            rules: Strings::new(archive, rules, b""),
            outputs: Strings::new(archive, outputs, b":"),
        }
    }

    /// `,"id"` of a rule.
    #[inline]
    pub(super) fn rule(&self, number: usize) -> Option<&[u8]> {
        self.rules.get(number)
    }

    /// `,"name":` of an output.
    #[inline]
    pub(super) fn output(&self, number: usize) -> Option<&[u8]> {
        self.outputs.get(number)
    }
}

impl Strings {
    fn new<'a>(
        archive: &'a ArchivedRuleset,
        texts: impl Iterator<Item = &'a ArchivedText> + Clone,
        behind: &[u8],
    ) -> Strings {
        let mut strings = Strings::default();
        let (mut bytes, mut count) = (0, 0);
        for text in texts.clone() {
            bytes += text.length.to_native() as usize + 3 + behind.len();
            count += 1;
        }
        strings.text.reserve_exact(bytes);
        strings.ends.reserve_exact(count);
        for text in texts {
            strings.text.push(b',');
            write_string(archive.blob(text), &mut strings.text);
            strings.text.extend_from_slice(behind);
            // INVARIANT: an archive has less than 4 GiB; so long a text isn't found again.
            strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
        }
        strings
    }

    #[inline]
    fn get(&self, number: usize) -> Option<&[u8]> {
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start as usize..*self.ends.get(number)? as usize)
    }
}
