//! Timestamps: moments of UTC with nanoseconds, from the start of year 1 to the end of year 9999.
//!
//! In come RFC 3339 text, Unix seconds and durations (i64 nanoseconds); out come timestamps, their text and their
//! parts at an offset from UTC. Time zones by name are the compiler's: here a zone is an offset in seconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::double::Decimal;
use super::numeral::Misfit;
use super::{Fault, Numeral, Outcome, Sink};

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A moment: Unix seconds, and the nanoseconds since that second began.
///
/// The functions of this module make only timestamps from [`Timestamp::MIN`] to [`Timestamp::MAX`] with
/// `nanos < 1_000_000_000`, and take any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    pub seconds: i64,
    /// Nanoseconds from there on, below 1,000,000,000; also before 1970.
    pub nanos: u32,
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = Fault;

    /// [`Fault::OutOfRange`] of what this system has no time for.
    fn try_from(Timestamp { seconds, nanos }: Timestamp) -> Outcome<SystemTime> {
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let second = match seconds < 0 {
            true => UNIX_EPOCH.checked_sub(whole),
            false => UNIX_EPOCH.checked_add(whole),
        };
        let moment =
            second.and_then(|second| second.checked_add(Duration::from_nanos(nanos.into())));
        moment.ok_or(Fault::OutOfRange)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = Fault;

    /// [`Fault::OutOfRange`] outside the years 1 to 9999.
    fn try_from(time: SystemTime) -> Outcome<Timestamp> {
        let (since, sign) = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => (since, 1),
            Err(error) => (error.duration(), -1),
        };
        let nanos = i128::try_from(since.as_nanos()).map_err(|_| Fault::OutOfRange)?;
        Timestamp::from_nanos(sign * nanos)
    }
}

impl Timestamp {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp { seconds: -62_135_596_800, nanos: 0 };

    /// 9999-12-31T23:59:59.999999999Z.
    pub const MAX: Timestamp = Timestamp { seconds: 253_402_300_799, nanos: 999_999_999 };

    /// `timestamp(int)`; outside the years 1 to 9999 is [`Fault::OutOfRange`].
    pub fn from_unix_seconds(seconds: i64) -> Outcome<Timestamp> {
        Timestamp { seconds, nanos: 0 }.in_range()
    }

    /// From a number of Unix seconds as it is written, exactly.
    ///
    /// # Errors
    /// [`Misfit::Fraction`] if it is finer than a nanosecond, [`Misfit::Range`] outside the years 1 to 9999.
    pub fn from_unix_seconds_numeral(seconds: &Numeral<'_>) -> Result<Timestamp, Misfit> {
        let nanos = seconds.nanoseconds()?;
        Timestamp::from_nanos(nanos).map_err(|_| Misfit::Range)
    }

    /// From a double that is a number of Unix seconds. The shortest decimal of the double is taken, that is, what was written:
    /// `1700000000.123` has 123,000,000 nanoseconds though no double has that value. Digits beyond the nanosecond are
    /// rounded, halves away from zero. NaN and everything outside the years 1 to 9999 is [`Fault::OutOfRange`].
    pub fn from_unix_seconds_double(seconds: f64) -> Outcome<Timestamp> {
        // A wide fence first, so that the integers below cannot overflow; the exact range is checked at the end.
        if !(-1e12..=1e12).contains(&seconds) {
            return Err(Fault::OutOfRange);
        }
        let decimal = Decimal::shortest(seconds).ok_or(Fault::OutOfRange)?;
        let mut nanos = 0_i128;
        // The power of ten, in nanoseconds, of the next digit. At most 12 + 9.
        let mut power = decimal.exponent + 9;
        for &digit in decimal.digits() {
            if power >= 0 {
                let unit = 10_i128.pow(power.unsigned_abs());
                nanos += i128::from(digit.wrapping_sub(b'0')) * unit;
            } else {
                nanos += i128::from(power == -1 && digit >= b'5');
                break;
            }
            power -= 1;
        }
        Timestamp::from_nanos(if decimal.negative { -nanos } else { nanos })
    }

    /// `timestamp(string)`: RFC 3339 as Go's `time.RFC3339` reads it, with an upper-case `T`, and `Z` or `±hh:mm`.
    /// Digits of a second beyond the ninth are dropped; a leap second `60` is refused.
    ///
    /// [`Fault::Unparseable`] if it is anything else, [`Fault::OutOfRange`] outside the years 1 to 9999 of UTC.
    pub fn parse(text: &str) -> Outcome<Timestamp> {
        let mut reader = Reader { rest: text.as_bytes() };
        let year = reader.number(4, 0..=9999)?;
        reader.expect(b'-')?;
        let month = reader.number(2, 1..=12)?;
        reader.expect(b'-')?;
        let day = reader.number(2, 1..=days_in_month(year, month))?;
        reader.expect(b'T')?;
        let hour = reader.number(2, 0..=23)?;
        reader.expect(b':')?;
        let minute = reader.number(2, 0..=59)?;
        reader.expect(b':')?;
        let second = reader.number(2, 0..=59)?;
        let nanos = reader.fraction()?;
        let offset = reader.offset()?;
        let seconds = days_from_civil(year, month, day) * SECONDS_PER_DAY
            + hour * 3600
            + minute * 60
            + second
            - offset;
        Timestamp { seconds, nanos }.in_range()
    }

    /// `string(timestamp)`: RFC 3339 in UTC, the fraction without trailing zeros, or without a fraction.
    pub fn write(self, sink: &mut Sink<'_>) -> Outcome<()> {
        let (date, second) = self.local(0);
        write_padded(date.year, 4, sink)?;
        sink.push_byte(b'-')?;
        write_padded(date.month, 2, sink)?;
        sink.push_byte(b'-')?;
        write_padded(date.day, 2, sink)?;
        sink.push_byte(b'T')?;
        write_padded(second / 3600, 2, sink)?;
        sink.push_byte(b':')?;
        write_padded(second / 60 % 60, 2, sink)?;
        sink.push_byte(b':')?;
        write_padded(second % 60, 2, sink)?;
        write_fraction(self.nanos, sink)?;
        sink.push_byte(b'Z')
    }

    /// `timestamp + duration`; outside the years 1 to 9999 is [`Fault::OutOfRange`].
    pub fn plus(self, duration: i64) -> Outcome<Timestamp> {
        Timestamp::from_nanos(self.as_nanos() + i128::from(duration))
    }

    /// `timestamp - duration`; outside the years 1 to 9999 is [`Fault::OutOfRange`].
    pub fn minus(self, duration: i64) -> Outcome<Timestamp> {
        Timestamp::from_nanos(self.as_nanos() - i128::from(duration))
    }

    /// `timestamp - timestamp`, in nanoseconds; beyond some 292 years is [`Fault::OutOfRange`].
    pub fn since(self, earlier: Timestamp) -> Outcome<i64> {
        i64::try_from(self.as_nanos() - earlier.as_nanos()).map_err(|_| Fault::OutOfRange)
    }

    /// `getFullYear`, at `offset` seconds east of UTC, as for all the getters.
    pub fn full_year(self, offset: i32) -> i64 {
        self.local(offset).0.year
    }

    /// `getMonth`: 0 is January.
    pub fn month(self, offset: i32) -> i64 {
        self.local(offset).0.month - 1
    }

    /// `getDayOfMonth`: 0 is the first.
    pub fn day_of_month(self, offset: i32) -> i64 {
        self.local(offset).0.day - 1
    }

    /// `getDate`: 1 is the first.
    pub fn date(self, offset: i32) -> i64 {
        self.local(offset).0.day
    }

    /// `getDayOfYear`: 0 is the first of January.
    pub fn day_of_year(self, offset: i32) -> i64 {
        let days = self.local_seconds(offset).div_euclid(SECONDS_PER_DAY);
        days - days_from_civil(civil_from_days(days).year, 1, 1)
    }

    /// `getDayOfWeek`: 0 is Sunday.
    pub fn day_of_week(self, offset: i32) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.local_seconds(offset).div_euclid(SECONDS_PER_DAY) + 4).rem_euclid(7)
    }

    /// `getHours`: 0 to 23.
    pub fn hours(self, offset: i32) -> i64 {
        self.local(offset).1 / 3600
    }

    /// `getMinutes`: 0 to 59.
    pub fn minutes(self, offset: i32) -> i64 {
        self.local(offset).1 / 60 % 60
    }

    /// `getSeconds`: 0 to 59.
    pub fn seconds_of_minute(self, offset: i32) -> i64 {
        self.local(offset).1 % 60
    }

    /// `getMilliseconds`: 0 to 999; the same at every offset.
    pub fn milliseconds(self) -> i64 {
        i64::from(self.nanos / 1_000_000)
    }

    fn in_range(self) -> Outcome<Timestamp> {
        if (Self::MIN..=Self::MAX).contains(&self) { Ok(self) } else { Err(Fault::OutOfRange) }
    }

    /// Nanoseconds since 1970: an i64 would hold only 292 years either way.
    fn as_nanos(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    fn from_nanos(nanos: i128) -> Outcome<Timestamp> {
        let second = i128::from(NANOS_PER_SECOND);
        let seconds = i64::try_from(nanos.div_euclid(second)).map_err(|_| Fault::OutOfRange)?;
        let nanos = u32::try_from(nanos.rem_euclid(second)).map_err(|_| Fault::OutOfRange)?;
        Timestamp { seconds, nanos }.in_range()
    }

    /// The civil date and the second of the day at an offset.
    fn local(self, offset: i32) -> (CivilDate, i64) {
        let seconds = self.local_seconds(offset);
        let date = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        (date, seconds.rem_euclid(SECONDS_PER_DAY))
    }

    fn local_seconds(self, offset: i32) -> i64 {
        self.seconds.saturating_add(i64::from(offset))
    }
}

/// A zone given as an offset, in seconds east of UTC: `+11:00`, `-02:30`, `02:00`, or `UTC` itself.
///
/// Hours go to 23 and minutes to 59, two digits each. `None` for anything else, names of zones among it:
/// they are resolved by the compiler.
pub fn parse_fixed_offset(zone: &str) -> Option<i32> {
    if zone == "UTC" {
        return Some(0);
    }
    let (sign, digits) = match zone.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let mut reader = Reader { rest: digits };
    let offset = reader.hours_and_minutes().ok()?;
    reader.end().ok()?;
    i32::try_from(sign * offset).ok()
}

/// A date of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CivilDate {
    /// The year; 0 is 1 BC.
    year: i64,
    /// 1 to 12.
    month: i64,
    /// 1 to 31.
    day: i64,
}

/// Days from 1970-01-01 to a civil date; negative before it.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`
/// (<https://howardhinnant.github.io/date_algorithms.html>): years begin in March, so that the leap day is the last,
/// and are counted in eras of 400. Month and day must be those of a date; the year may be any up to ±10^12.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The civil date so many days after 1970-01-01: the inverse of [`days_from_civil`], from the same source.
/// For any number of days up to ±10^15.
fn civil_from_days(days: i64) -> CivilDate {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    CivilDate { year, month, day }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Writes `.` and up to nine digits without trailing zeros, or nothing for zero.
pub(super) fn write_fraction(nanos: u32, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut digits = [b'0'; 9];
    let mut rest = nanos;
    for place in digits.iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
    match digits.get(..digits.len() - zeros) {
        None | Some([]) => Ok(()),
        Some(significant) => {
            sink.push_byte(b'.')?;
            sink.push(significant)
        }
    }
}

fn write_padded(number: i64, width: usize, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number);
    sink.claim(width.saturating_sub(text.len()))?.fill(b'0');
    sink.push_str(text)
}

/// Takes a timestamp apart from the left; every method is [`Fault::Unparseable`] where the text is not as expected.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn expect(&mut self, byte: u8) -> Outcome<()> {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                Ok(())
            }
            _ => Err(Fault::Unparseable),
        }
    }

    fn end(&self) -> Outcome<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(Fault::Unparseable) }
    }

    /// Exactly `width` digits, their value within `range`.
    fn number(&mut self, width: usize, range: core::ops::RangeInclusive<i64>) -> Outcome<i64> {
        let (digits, rest) = self.rest.split_at_checked(width).ok_or(Fault::Unparseable)?;
        let mut value = 0;
        for &digit in digits {
            if !digit.is_ascii_digit() {
                return Err(Fault::Unparseable);
            }
            // INVARIANT: widths are 2 and 4, so this stays small.
            value = value * 10 + i64::from(digit - b'0');
        }
        self.rest = rest;
        if range.contains(&value) { Ok(value) } else { Err(Fault::Unparseable) }
    }

    /// `.` and one or more digits, or nothing: in nanoseconds.
    fn fraction(&mut self) -> Outcome<u32> {
        let Some((b'.', rest)) = self.rest.split_first() else {
            return Ok(0);
        };
        let count = rest.iter().take_while(|digit| digit.is_ascii_digit()).count();
        let (digits, rest) = rest.split_at_checked(count).ok_or(Fault::Unparseable)?;
        if digits.is_empty() {
            return Err(Fault::Unparseable);
        }
        self.rest = rest;
        let mut nanos = 0;
        let padded = digits.iter().copied().chain(core::iter::repeat(b'0'));
        for digit in padded.take(9) {
            nanos = nanos * 10 + u32::from(digit - b'0');
        }
        Ok(nanos)
    }

    /// `Z` or `±hh:mm`, and then the end: in seconds east of UTC.
    fn offset(&mut self) -> Outcome<i64> {
        let (&first, rest) = self.rest.split_first().ok_or(Fault::Unparseable)?;
        self.rest = rest;
        let sign = match first {
            b'Z' => return self.end().map(|()| 0),
            b'+' => 1,
            b'-' => -1,
            _ => return Err(Fault::Unparseable),
        };
        let offset = self.hours_and_minutes()?;
        self.end()?;
        Ok(sign * offset)
    }

    /// `hh:mm`, in seconds.
    fn hours_and_minutes(&mut self) -> Outcome<i64> {
        let hours = self.number(2, 0..=23)?;
        self.expect(b':')?;
        let minutes = self.number(2, 0..=59)?;
        Ok(hours * 3600 + minutes * 60)
    }
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
