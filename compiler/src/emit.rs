//! From the archive's tables to the bytes of a `.stone` file.

use rkyv::rancor;
use rulestone_format::archive::{ArchivedRuleset, Ruleset};
use rulestone_format::frame::FINGERPRINT_AT;
use rulestone_format::header::{HEADER_LENGTH, Header};
use rulestone_format::schema::fingerprints;

/// The rows of the index begin at a whole cache line of the file. That is for
/// speed: they may be read at any address.
const LINE: usize = 64;

/// The bytes of an archive. The same tables give the same bytes.
///
/// # Errors
/// The tables are larger than an archive can be (2 GiB).
pub fn emit(mut ruleset: Ruleset) -> Result<Vec<u8>, TooLarge> {
    ruleset.schema.fingerprints = vec![0; ruleset.schema.facts.len() + 1];
    let draft = body(&ruleset)?;
    let archived =
        rkyv::access::<ArchivedRuleset, rancor::Failure>(&draft).map_err(|_| TooLarge)?;
    ruleset.schema.fingerprints = fingerprints(archived);
    sign_defaults(&mut ruleset);
    // The data section lies before the rows: what it is longer by moves them.
    let rows = archived.index.rows.as_ptr().addr() - draft.as_ptr().addr();
    let padding = (HEADER_LENGTH + rows).next_multiple_of(LINE) - (HEADER_LENGTH + rows);
    ruleset.data.resize(ruleset.data.len() + padding, 0);
    let body = body(&ruleset)?;
    let mut file = Header::of(&body).to_bytes().to_vec();
    file.extend_from_slice(&body);
    Ok(file)
}

/// Writes the fingerprint of all facts into the frame of defaults, which it doesn't depend on.
fn sign_defaults(ruleset: &mut Ruleset) {
    let start = ruleset.schema.defaults.offset as usize + FINGERPRINT_AT;
    if ruleset.schema.defaults.length > 0
        && let Some(all) = ruleset.schema.fingerprints.last()
        && let Some(fingerprint) = ruleset.data.get_mut(start..start + size_of::<u64>())
    {
        fingerprint.copy_from_slice(&all.to_le_bytes());
    }
}

/// The ruleset doesn't fit into an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

fn body(ruleset: &Ruleset) -> Result<Vec<u8>, TooLarge> {
    let bytes = rkyv::to_bytes::<rancor::Failure>(ruleset).map_err(|_| TooLarge)?;
    Ok(bytes.to_vec())
}
