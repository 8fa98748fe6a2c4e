//! Names: text that is not empty, not long, and stands once in its table.

use super::text::Texts;
use crate::archive::{ArchivedRuleset, ArchivedText};
use crate::error::{Error, ErrorCode};
use xxhash_rust::xxh3::xxh3_64;

/// Longest name in bytes: of a fact's path, a rule, group, output, variable,
/// fence or zone, and of an enum's value. It bounds what comparing them costs.
pub const MAX_NAME: usize = 1024;

impl Texts<'_> {
    /// Text that is a name. `wrong` is for text that is empty or too long.
    pub(super) fn name(
        &mut self,
        text: &ArchivedText,
        wrong: ErrorCode,
        at: usize,
    ) -> Result<(), Error> {
        if !(1..=MAX_NAME).contains(&(text.length.to_native() as usize)) {
            return Err(Error::at(wrong, at as u64));
        }
        self.check(text, at)
    }
}

/// Checks that no two of `count` names, each checked before, are the same.
/// `wrong` is reported with the number of the second.
///
/// By sorting hashes, since a hash table could be made to degenerate.
pub(super) fn unique<'a>(
    archive: &'a ArchivedRuleset,
    count: usize,
    name: impl Fn(usize) -> Option<&'a ArchivedText>,
    wrong: ErrorCode,
) -> Result<(), Error> {
    let bytes = |number| name(number).map_or(&[][..], |name| archive.blob(name));
    let mut hashes: Vec<u64> = (0..count).map(|number| xxh3_64(bytes(number))).collect();
    hashes.sort_unstable();
    if hashes.windows(2).all(|pair| pair[0] != pair[1]) {
        return Ok(());
    }
    drop(hashes);
    // Two are the same, or two different ones have the same hash.
    let mut hashes: Vec<(u64, usize)> =
        (0..count).map(|number| (xxh3_64(bytes(number)), number)).collect();
    hashes.sort_unstable();
    for alike in hashes.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        let mut alike: Vec<(&[u8], usize)> =
            alike.iter().map(|(_, number)| (bytes(*number), *number)).collect();
        alike.sort_unstable();
        if let Some(pair) = alike.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::at(wrong, pair[1].1 as u64));
        }
    }
    Ok(())
}
