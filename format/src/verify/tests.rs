//! Tests of the verifier: one archive that is in order and uses everything,
//! and for each check a change that breaks just it.

mod agreement;
mod charges;
mod code;
mod constants;
mod corners;
mod fixture;
mod frames;
mod header;
mod hostile;
mod index;
mod invariants;
mod limits;
mod reader;
mod regexes;
mod sizes;
mod slots;
mod spec;
mod subjects;
mod tables;

use super::{Limits, Verified, verify};
use crate::archive::{ArchivedRuleset, Ruleset};
use crate::error::{Error, ErrorCode};
use crate::schema::fingerprints;
use rkyv::rancor::Failure;

/// The body of a file.
fn bytes_of(ruleset: &Ruleset) -> Vec<u8> {
    rkyv::to_bytes::<Failure>(ruleset).expect("serialises").to_vec()
}

fn access(bytes: &[u8]) -> Option<&ArchivedRuleset> {
    rkyv::access::<ArchivedRuleset, Failure>(bytes).ok()
}

/// Works out the fingerprints.
fn seal(ruleset: &mut Ruleset) {
    let bytes = bytes_of(ruleset);
    ruleset.schema.fingerprints = fingerprints(access(&bytes).expect("accessible"));
}

fn verdict(ruleset: &Ruleset, limits: &Limits) -> Result<Verified, Error> {
    verify(access(&bytes_of(ruleset)).expect("accessible"), limits)
}

/// Why the archive that is in order is refused after a change, and where.
fn refusal(change: impl FnOnce(&mut Ruleset)) -> Option<(ErrorCode, Option<u64>)> {
    let mut ruleset = fixture::ruleset();
    change(&mut ruleset);
    seal(&mut ruleset);
    refusal_of(&ruleset)
}

fn refusal_of(ruleset: &Ruleset) -> Option<(ErrorCode, Option<u64>)> {
    let error = verdict(ruleset, &Limits::default()).err()?;
    Some((error.code(), error.position()))
}

/// Each change is refused with this code, at this record.
macro_rules! refused {
    ($code:ident: $( $at:expr, $change:expr; )+) => {
        $(
            assert_eq!(
                crate::verify::tests::refusal($change),
                Some((crate::error::ErrorCode::$code, Some($at))),
                "{}", stringify!($change)
            );
        )+
    };
}
use refused;

#[test]
fn an_archive_that_is_in_order_is_accepted() {
    assert_eq!(refusal(|_| {}), None);
}

#[test]
fn an_empty_ruleset_is_accepted() {
    let mut ruleset = fixture::empty();
    seal(&mut ruleset);
    let verified = verdict(&ruleset, &Limits::default()).expect("in order");
    assert_eq!(verified.worst_case_cost, 100);
    assert_eq!(verified.most_expensive_rule, None);
    assert_eq!((verified.max_registers, verified.variable_depth), (0, 0));
}
