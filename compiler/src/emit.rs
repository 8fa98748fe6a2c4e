//! From the archive's tables to the bytes of a `.stone` file.

use rkyv::rancor;
use rulestone_format::archive::{ArchivedRuleset, Ruleset};
use rulestone_format::header::Header;
use rulestone_format::schema::fingerprints;

/// The bytes of an archive. The same tables give the same bytes.
///
/// # Errors
/// The tables are larger than an archive can be (2 GiB).
pub fn emit(mut ruleset: Ruleset) -> Result<Vec<u8>, TooLarge> {
    ruleset.schema.fingerprints = Vec::new();
    let draft = body(&ruleset)?;
    let archived =
        rkyv::access::<ArchivedRuleset, rancor::Failure>(&draft).map_err(|_| TooLarge)?;
    ruleset.schema.fingerprints = fingerprints(archived);
    let body = body(&ruleset)?;
    let mut file = Header::of(&body).to_bytes().to_vec();
    file.extend_from_slice(&body);
    Ok(file)
}

/// The ruleset doesn't fit into an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

fn body(ruleset: &Ruleset) -> Result<Vec<u8>, TooLarge> {
    let bytes = rkyv::to_bytes::<rancor::Failure>(ruleset).map_err(|_| TooLarge)?;
    Ok(bytes.to_vec())
}
