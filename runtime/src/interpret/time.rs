//! Clocks and calendars: the parts of a timestamp, offsets of time zones,
//! intervals.
//!
//! In come timestamps and the archive's tables; out come ints, offsets in
//! seconds east of UTC, and whether a moment lies in an interval.

use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::Getter;
use rulestone_format::meaning::{Fault, Outcome, Timestamp};

/// Seconds of the 400 years after which the Gregorian calendar repeats.
const CYCLE: i64 = 146_097 * 86_400;

/// A part of a timestamp, `offset` seconds east of UTC.
pub(super) fn civil(getter: u16, timestamp: Timestamp, offset: i32) -> Outcome<i64> {
    let getter = Getter::from_u16(getter).ok_or(Fault::Unreachable)?;
    Ok(getter.read(timestamp, offset))
}

/// The offset of a time zone at a moment.
pub(super) fn offset(archive: &ArchivedRuleset, zone: u32, moment: Timestamp) -> Outcome<i32> {
    let zone = archive.zones.get(zone as usize).ok_or(Fault::Unreachable)?;
    let transitions = zone.transitions.of(&archive.transitions);
    let (seconds, repeat_from) = (moment.seconds, zone.repeat_from.to_native());
    let seconds = match seconds.checked_sub(repeat_from) {
        Some(beyond) if beyond >= 0 => repeat_from.saturating_add(beyond % CYCLE),
        _ => seconds,
    };
    let passed = transitions.partition_point(|transition| transition.at.to_native() <= seconds);
    let last = passed.checked_sub(1).and_then(|last| transitions.get(last));
    Ok(match last {
        Some(transition) => transition.offset.to_native(),
        None => zone.initial_offset.to_native(),
    })
}
