//! The wall clock of a zone: which instant a local time is, and which
//! stretches of time the days and hours of a schedule are.
//!
//! In: local times and the days and hours of a schedule. Out: Unix seconds and
//! [`Interval`]s.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::interval::Interval;
use crate::source::model::{Daily, Day, LocalTime};
use crate::source::span::Spanned;

const DAY: i64 = 86_400;

/// Seconds of the 400 years after which the Gregorian calendar repeats, and
/// with it the days of the week and every rule for daylight saving time.
const CYCLE: i64 = 146_097 * DAY;

/// 9000-01-01T00:00:00. jiff's timestamps end a day before the year 9999 does;
/// times from here on are looked up one cycle earlier, where the rules are the
/// same: no zone has anything but a rule that far ahead.
const LATE: i64 = 221_845_392_000;

/// The wall clock of one zone.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    zone: TimeZone,
}

impl Clock {
    pub(super) fn new(zone: TimeZone) -> Self {
        Clock { zone }
    }

    /// When the clock shows `local`: a time that is skipped is moved forward by
    /// the gap, one that is shown twice is the first.
    pub(super) fn instant_of(&self, local: LocalTime) -> i64 {
        self.instant(wall_seconds(local))
    }

    /// The windows of `days` (none: every day) and `daily` (none: all day),
    /// clipped to `ends`; sorted, disjoint and not empty.
    ///
    /// # Errors
    /// How many windows there would be, if that is more than `max`. Nothing is
    /// worked out before that is known, up to a few windows at the ends.
    pub(super) fn windows(
        &self,
        days: Option<&Spanned<Vec<Day>>>,
        daily: Option<&Spanned<Daily>>,
        ends: Interval,
        max: usize,
    ) -> Result<Vec<Interval>, u64> {
        if ends.is_empty() {
            return Ok(Vec::new());
        }
        let week = days.map_or([true; 7], |days| week_of(&days.value));
        let hours = daily.map_or(Daily { from: 0, to: 86_400 }, |daily| daily.value);
        if week == [true; 7] && daily.is_none() {
            return Ok(vec![ends]);
        }

        // A window of the day before may still be open at the start, two days
        // before if a whole day was skipped; and where the clock is put back
        // over midnight, a day begins before the one before it has ended.
        let first = self.day_at(ends.start) - 2;
        let last = self.day_at(ends.end) + 1;
        let count = days_of_week_within(week, first, last);
        if count > max as u64 + SPARE_DAYS {
            return Err(count);
        }

        let mut windows = Vec::new();
        for day in (first..=last).filter(|&day| is_in_week(week, day)) {
            let window = self.window(day, hours).clipped_to(ends);
            if !window.is_empty() {
                windows.push(window);
            }
        }
        if windows.len() > max {
            return Err(windows.len() as u64);
        }
        Ok(merged(windows))
    }

    /// The first day whose window, between `ends`, is none because the clock is put
    /// forward over all of it. As long to find as the windows are to work out.
    pub(super) fn skipped(
        &self,
        days: Option<&Spanned<Vec<Day>>>,
        daily: Option<&Spanned<Daily>>,
        ends: Interval,
    ) -> Option<Date> {
        if ends.is_empty() {
            return None;
        }
        let week = days.map_or([true; 7], |days| week_of(&days.value));
        let hours = daily.map_or(Daily { from: 0, to: 86_400 }, |daily| daily.value);
        let is_skipped = |day: i64| {
            let window = self.window(day, hours);
            window.is_empty() && (ends.start..ends.end).contains(&window.start)
        };
        let mut all = self.day_at(ends.start)..=self.day_at(ends.end);
        let day = all.find(|day| is_in_week(week, *day) && is_skipped(*day))?;
        let noon = Timestamp::from_second(day * DAY + DAY / 2).ok()?;
        Some(Offset::UTC.to_datetime(noon).date())
    }

    /// The window that belongs to the local day that is `day` days after
    /// 1970-01-01. Empty where the clock skips it.
    fn window(&self, day: i64, hours: Daily) -> Interval {
        let (from, to) = (i64::from(hours.from), i64::from(hours.to));
        let past_midnight = if to <= from { DAY } else { 0 };
        Interval {
            start: self.instant(day * DAY + from),
            end: self.instant(day * DAY + past_midnight + to),
        }
    }

    /// The local day at an instant, in days since 1970-01-01.
    fn day_at(&self, instant: i64) -> i64 {
        let shift = if instant >= LATE { CYCLE } else { 0 };
        // INVARIANT: instants come from local times of years 1 to 9999, which
        // jiff has after the shift; otherwise the day of UTC will do.
        let offset = Timestamp::from_second(instant - shift)
            .map_or(0, |timestamp| self.zone.to_offset(timestamp).seconds());
        (instant + i64::from(offset)).div_euclid(DAY)
    }

    /// The instant at which the clock shows this many seconds since
    /// 1970-01-01T00:00:00.
    fn instant(&self, wall: i64) -> i64 {
        let shift = if wall >= LATE { CYCLE } else { 0 };
        // INVARIANT: as in `day_at`.
        Timestamp::from_second(wall - shift)
            .map(|as_utc| Offset::UTC.to_datetime(as_utc))
            .and_then(|local| self.zone.to_ambiguous_timestamp(local).compatible())
            .map_or(wall, |timestamp| timestamp.as_second() + shift)
    }
}

/// The days that `windows` looks at beyond those that reach into the ends.
const SPARE_DAYS: u64 = 4;

/// Seconds on the wall clock since 1970-01-01T00:00:00.
fn wall_seconds(local: LocalTime) -> i64 {
    let late = local.year >= 9000;
    let year = if late { local.year - 400 } else { local.year };
    // INVARIANT: a `LocalTime` is a valid date and time of years 1 to 9999.
    let seconds = DateTime::new(
        year,
        local.month as i8,
        local.day as i8,
        local.hour as i8,
        local.minute as i8,
        local.second as i8,
        0,
    )
    .and_then(|local| Offset::UTC.to_timestamp(local))
    .map_or(0, |timestamp| timestamp.as_second());
    if late { seconds + CYCLE } else { seconds }
}

/// Which days of the week are named, Monday first.
fn week_of(days: &[Day]) -> [bool; 7] {
    [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun]
        .map(|day| days.contains(&day))
}

fn is_in_week(week: [bool; 7], day: i64) -> bool {
    // 1970-01-01 was a Thursday: three days after a Monday.
    // INVARIANT: the remainder is in 0..7.
    week[(day + 3).rem_euclid(7) as usize]
}

/// How many of the days `first..=last` are in the week.
fn days_of_week_within(week: [bool; 7], first: i64, last: i64) -> u64 {
    let days = (last - first + 1).max(0);
    let a_week = week.iter().filter(|&&is_in| is_in).count() as u64;
    let rest = (0..days % 7).filter(|after| is_in_week(week, first + after)).count() as u64;
    (days / 7) as u64 * a_week + rest
}

/// Sorted, with those that touch or overlap made one.
fn merged(mut windows: Vec<Interval>) -> Vec<Interval> {
    windows.sort_unstable();
    windows.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    windows
}
