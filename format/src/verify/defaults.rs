//! The defaults of facts: a frame that decisions complete others by, so it has to be as good
//! as one that a request brings.
//!
//! In: an archive whose schema is in order. Out: that its defaults are.

use crate::archive::ArchivedRuleset;
use crate::error::{Error, ErrorCode};
use crate::frame::Partial;

/// One pass over the frame.
pub(super) fn check(archive: &ArchivedRuleset) -> Result<(), Error> {
    let facts = &archive.schema.facts;
    let defaults = &archive.schema.defaults;
    if defaults.length.to_native() == 0 {
        return Ok(());
    }
    let wrong = Error::new(ErrorCode::SchemaDefaults);
    let frame = Partial::check(archive.blob(defaults), archive).map_err(|error| {
        match error.position() {
            Some(fact) => Error::at(ErrorCode::SchemaDefaults, fact),
            None => wrong,
        }
    })?;
    // Whoever completes a frame by it relies on a place for every fact.
    if frame.count() != facts.len() {
        return Err(wrong);
    }
    let mut facts = facts.iter().enumerate();
    match facts.find(|(number, fact)| frame.has(*number) && fact.optional == 0) {
        Some((number, _)) => Err(Error::at(ErrorCode::SchemaDefaults, number as u64)),
        None => Ok(()),
    }
}
