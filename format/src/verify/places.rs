//! Where and when: fences and time zones.
//!
//! In: the archive's tables of both. Out: nothing, or the number of the first entry
//! that is out of form: a fence that isn't on the map or of no kind, a zone whose
//! transitions don't ascend or whose repetition doesn't fit the calendar.

use super::runs::Runs;
use super::text::Texts;
use crate::archive::{ArchivedFence, ArchivedRuleset, ArchivedTransition, ArchivedZone};
use crate::error::{Error, ErrorCode};
use crate::meaning::Timestamp;
use crate::place::FenceKind;

/// Seconds of the 400 years after which the Gregorian calendar repeats.
pub(super) const CYCLE: i64 = 146_097 * 86_400;

/// Offsets from UTC are shorter than this.
pub(super) const DAY: i32 = 86_400;

const VERTICES_LEAST: u32 = 3;

pub(super) fn fences(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let mut runs = Runs::of(&archive.vertices);
    for (number, fence) in archive.fences.iter().enumerate() {
        texts.name(&fence.name, ErrorCode::FenceTable, number)?;
        runs.take(&fence.vertices, number)?;
        let vertices = fence.vertices.of(&archive.vertices);
        let on_map = vertices.iter().all(|v| is_on_map(v.lat.to_native(), v.lon.to_native()));
        if !(on_map && is_fence(fence)) {
            return Err(Error::at(ErrorCode::FenceTable, number as u64));
        }
    }
    runs.finish()
}

fn is_fence(fence: &ArchivedFence) -> bool {
    let [a, b, c, d] = fence.numbers.each_ref().map(|n| n.to_native());
    let vertices = fence.vertices.length.to_native();
    match FenceKind::from_u16(fence.kind.to_native()) {
        Some(FenceKind::Circle) => {
            is_on_map(a, b) && c.is_finite() && c > 0.0 && d.to_bits() == 0 && vertices == 0
        }
        Some(FenceKind::Box) => is_on_map(a, b) && is_on_map(c, d) && a <= c && vertices == 0,
        Some(FenceKind::Polygon) => {
            [a, b, c, d].iter().all(|n| n.to_bits() == 0) && vertices >= VERTICES_LEAST
        }
        None => false,
    }
}

/// A NaN is nowhere.
fn is_on_map(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

pub(super) fn zones(archive: &ArchivedRuleset, texts: &mut Texts<'_>) -> Result<(), Error> {
    let mut runs = Runs::of(&archive.transitions);
    for (number, zone) in archive.zones.iter().enumerate() {
        texts.name(&zone.name, ErrorCode::ZoneTable, number)?;
        runs.take(&zone.transitions, number)?;
        if !is_zone(zone, zone.transitions.of(&archive.transitions)) {
            return Err(Error::at(ErrorCode::ZoneTable, number as u64));
        }
    }
    runs.finish()
}

fn is_zone(zone: &ArchivedZone, transitions: &[ArchivedTransition]) -> bool {
    let is_offset = |offset: i32| offset.unsigned_abs() < DAY.unsigned_abs();
    let ascend = transitions.windows(2).all(|pair| pair[0].at.to_native() < pair[1].at.to_native());
    let offsets = transitions.iter().all(|transition| is_offset(transition.offset.to_native()));
    ascend
        && offsets
        && is_offset(zone.initial_offset.to_native())
        && repeats(zone.repeat_from.to_native(), transitions)
}

/// Never, or from a transition on, with nothing behind the first repetition.
fn repeats(from: i64, transitions: &[ArchivedTransition]) -> bool {
    if from == i64::MAX {
        return true;
    }
    let in_range = (Timestamp::MIN.seconds..=Timestamp::MAX.seconds).contains(&from);
    let begins = transitions.binary_search_by_key(&from, |transition| transition.at.to_native());
    let ends =
        transitions.last().is_some_and(|last| last.at.to_native() < from.saturating_add(CYCLE));
    in_range && begins.is_ok() && ends
}
