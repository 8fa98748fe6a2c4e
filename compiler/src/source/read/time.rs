//! Dates and times of day as they are written in schedules.
//!
//! In: text. Out: [`LocalTime`], or seconds since midnight.

use crate::source::model::LocalTime;

/// Why a text is no local time.
#[derive(Debug, PartialEq)]
pub(super) enum TimeError {
    /// It names a zone or an offset.
    Zone,
    /// It doesn't look like a date and time.
    Form,
    /// A part of it doesn't exist, such as month 13: the part, and its range.
    Range { part: &'static str, found: u32, most: u32 },
}

/// `2026-06-01T18:00:00`, `2026-06-01T18:00` or `2026-06-01` (midnight).
pub(super) fn local_time(text: &str) -> Result<LocalTime, TimeError> {
    let mut scan = Scan { rest: text.as_bytes() };
    let year = scan.digits(4)?;
    scan.byte(b'-')?;
    let month = scan.digits(2)?;
    scan.byte(b'-')?;
    let day = scan.digits(2)?;
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    if scan.take(b'T') {
        hour = scan.digits(2)?;
        scan.byte(b':')?;
        minute = scan.digits(2)?;
        if scan.take(b':') {
            second = scan.digits(2)?;
        }
    }
    match scan.rest {
        [] => {}
        [b'Z' | b'z' | b'+' | b'-', ..] => return Err(TimeError::Zone),
        _ => return Err(TimeError::Form),
    }
    in_range("year", year, 1, 9999)?;
    in_range("month", month, 1, 12)?;
    in_range("day", day, 1, days_in_month(year, month))?;
    in_range("hour", hour, 0, 23)?;
    in_range("minute", minute, 0, 59)?;
    in_range("second", second, 0, 59)?;
    // INVARIANT: the ranges just checked fit these types.
    let small = |value: u32| u8::try_from(value).map_err(|_| TimeError::Form);
    Ok(LocalTime {
        year: i16::try_from(year).map_err(|_| TimeError::Form)?,
        month: small(month)?,
        day: small(day)?,
        hour: small(hour)?,
        minute: small(minute)?,
        second: small(second)?,
    })
}

/// `18:00` or `18:00:00` as seconds since midnight; `24:00` where it is the end of
/// something.
pub(super) fn time_of_day(text: &str, is_end: bool) -> Result<u32, TimeError> {
    let mut scan = Scan { rest: text.as_bytes() };
    let hour = scan.digits(2)?;
    scan.byte(b':')?;
    let minute = scan.digits(2)?;
    let second = if scan.take(b':') { scan.digits(2)? } else { 0 };
    match scan.rest {
        [] => {}
        [b'Z' | b'z' | b'+' | b'-', ..] => return Err(TimeError::Zone),
        _ => return Err(TimeError::Form),
    }
    if is_end && (hour, minute, second) == (24, 0, 0) {
        return Ok(86_400);
    }
    in_range("hour", hour, 0, 23)?;
    in_range("minute", minute, 0, 59)?;
    in_range("second", second, 0, 59)?;
    Ok(hour * 3600 + minute * 60 + second)
}

fn in_range(part: &'static str, found: u32, least: u32, most: u32) -> Result<(), TimeError> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(TimeError::Range { part, found, most })
    }
}

/// By the Gregorian calendar.
fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Scan<'t> {
    rest: &'t [u8],
}

impl Scan<'_> {
    fn digits(&mut self, count: usize) -> Result<u32, TimeError> {
        let (digits, rest) = self.rest.split_at_checked(count).ok_or(TimeError::Form)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(TimeError::Form);
        }
        self.rest = rest;
        Ok(digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    }

    fn byte(&mut self, byte: u8) -> Result<(), TimeError> {
        if self.take(byte) { Ok(()) } else { Err(TimeError::Form) }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.rest = self.rest.get(1..).unwrap_or(&[]);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(year: i16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> LocalTime {
        LocalTime { year, month, day, hour, minute, second }
    }

    #[test]
    fn a_time_has_seconds_or_none_or_is_a_date() {
        assert_eq!(local_time("2026-06-01T18:00:05"), Ok(time(2026, 6, 1, 18, 0, 5)));
        assert_eq!(local_time("2026-06-01T18:00"), Ok(time(2026, 6, 1, 18, 0, 0)));
        assert_eq!(local_time("2026-06-01"), Ok(time(2026, 6, 1, 0, 0, 0)));
        assert_eq!(local_time("9999-12-31T23:59:59"), Ok(time(9999, 12, 31, 23, 59, 59)));
    }

    #[test]
    fn only_times_that_exist_are_times() {
        for (text, part) in [
            ("0000-01-01", "year"),
            ("2026-13-01", "month"),
            ("2026-00-01", "month"),
            ("2026-02-29", "day"),
            ("1900-02-29", "day"),
            ("2026-06-00", "day"),
            ("2026-06-31", "day"),
            ("2026-06-01T24:00:00", "hour"),
            ("2026-06-01T23:60:00", "minute"),
            ("2026-06-01T23:59:60", "second"),
        ] {
            assert!(
                matches!(local_time(text), Err(TimeError::Range { part: p, .. }) if p == part),
                "{text}"
            );
        }
        assert!(local_time("2000-02-29").is_ok());
        assert!(local_time("2024-02-29").is_ok());
    }

    #[test]
    fn zones_are_told_from_other_mistakes() {
        for text in ["2026-06-01T18:00:00Z", "2026-06-01T18:00+01:00", "2026-06-01T18:00:00-05"] {
            assert_eq!(local_time(text), Err(TimeError::Zone), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-6-1",
            "2026-06-01 18:00",
            "2026-06-01T18",
            "10000-01-01",
            "2026-06-01T18:00:00.5",
        ] {
            assert_eq!(local_time(text), Err(TimeError::Form), "{text}");
        }
    }

    #[test]
    fn only_the_end_of_a_day_may_be_24_00() {
        assert_eq!(time_of_day("18:00", false), Ok(64_800));
        assert_eq!(time_of_day("00:00:01", false), Ok(1));
        assert_eq!(time_of_day("24:00", true), Ok(86_400));
        assert!(matches!(time_of_day("24:00", false), Err(TimeError::Range { .. })));
        assert!(matches!(time_of_day("24:01", true), Err(TimeError::Range { .. })));
        assert_eq!(time_of_day("6:00", false), Err(TimeError::Form));
        assert_eq!(time_of_day("18:00Z", false), Err(TimeError::Zone));
    }
}
