//! Mending archives.
//!
//! In: bytes that were an archive before they were mutated. Out: a file whose
//! header is right and whose fingerprints, that of its defaults among them, are those of its
//! schema, whatever else
//! is wrong with it. Nothing here knows where tables lie.

use rkyv::rancor::Failure;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::frame::FINGERPRINT_AT;
use rulestone_format::header::{HEADER_LENGTH, Header};
use rulestone_format::schema::fingerprints;

/// The bytes behind 64 bytes of header, whatever these are, behind one that
/// fits them.
pub fn mended(data: &[u8]) -> Vec<u8> {
    let mut body = data.get(HEADER_LENGTH..).unwrap_or_default().to_vec();
    mend_fingerprints(&mut body);
    let mut file = Header::of(&body).to_bytes().to_vec();
    file.append(&mut body);
    file
}

/// Schemas with more facts or text are left as they are: working out their
/// fingerprints could take long before anything has checked them.
const MOST_FACTS: usize = 256;

/// Fact types name their items by number, so those of a damaged schema could go
/// round in circles; `fingerprints` bounds how deep it follows them.
fn mend_fingerprints(body: &mut [u8]) {
    let Ok(archive) = rkyv::access::<ArchivedRuleset, Failure>(body) else { return };
    let schema = &archive.schema;
    let labels: u64 = schema.enums.iter().map(|range| u64::from(range.length.to_native())).sum();
    if schema.facts.len() > MOST_FACTS || labels > MOST_FACTS as u64 || body.len() > 1 << 18 {
        return;
    }
    // Addresses are only subtracted, never followed.
    let start = (schema.fingerprints.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
    let right = fingerprints(archive);
    let given = schema.fingerprints.len();
    // The frame of defaults has that of all facts.
    let data = (archive.data.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
    let defaults = (schema.defaults.length.to_native() > 0)
        .then(|| data + schema.defaults.offset.to_native() as usize + FINGERPRINT_AT);
    let length = archive.data.len();
    if let (Some(at), Some(all)) = (defaults, right.last().copied())
        && at + size_of::<u64>() <= data + length
    {
        body[at..at + size_of::<u64>()].copy_from_slice(&all.to_le_bytes());
    }
    for (number, fingerprint) in right.into_iter().take(given).enumerate() {
        let at = start + number * size_of::<u64>();
        if let Some(place) = body.get_mut(at..at + size_of::<u64>()) {
            place.copy_from_slice(&fingerprint.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;
    use rulestone::Ruleset;

    #[test]
    fn mending_leaves_a_good_archive_as_it_is() {
        let file = ruleset::compiled(ruleset::FRAME).expect("it compiles");
        assert_eq!(mended(&file), file);
    }

    #[test]
    fn an_archive_with_a_damaged_header_and_fingerprints_is_accepted_again() {
        let file = ruleset::compiled(ruleset::FRAME).expect("it compiles");
        let loaded = Ruleset::from_bytes(&file).expect("it is accepted");
        let fingerprint = loaded.archive().schema.fingerprints[1].to_native().to_le_bytes();
        let at = file.windows(8).position(|bytes| bytes == fingerprint).expect("it is there");
        let mut damaged = file.clone();
        damaged[at] ^= 1;
        damaged[..HEADER_LENGTH].fill(0xff);
        assert!(Ruleset::from_bytes(&damaged).is_err());
        assert_eq!(mended(&damaged), file);
    }

    #[test]
    fn whatever_is_too_short_for_a_header_is_an_empty_body() {
        assert_eq!(mended(b"abc").len(), HEADER_LENGTH);
        assert_eq!(mended(b""), mended(&[7; HEADER_LENGTH]));
    }
}
