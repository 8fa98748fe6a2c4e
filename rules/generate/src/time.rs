//! Instants as Unix seconds, and RFC 3339 text for them.
//!
//! In: civil dates, or seconds since 1970-01-01T00:00:00Z. Out: seconds, or text at any offset. The conversions
//! between days and dates are H. Hinnant's, "chrono-Compatible Low-Level Date Algorithms",
//! <https://howardhinnant.github.io/date_algorithms.html>.

/// Seconds in a minute, an hour and a day.
pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Unix seconds of a date and time in UTC.
pub(crate) const fn utc(date: (i64, i64, i64), time: (i64, i64, i64)) -> i64 {
    days_from_civil(date) * DAY + time.0 * HOUR + time.1 * MINUTE + time.2
}

/// RFC 3339 text of an instant, as a clock shows it that is `offset` minutes ahead of UTC. `fraction` is written
/// after the seconds as it is, `".5"` for example.
pub(crate) fn rfc3339(unix: i64, fraction: &str, offset: i64) -> String {
    let local = unix + offset * MINUTE;
    let (year, month, day) = civil_from_days(local.div_euclid(DAY));
    let second = local.rem_euclid(DAY);
    let zone = match offset {
        0 => "Z".to_owned(),
        _ => format!(
            "{}{:02}:{:02}",
            if offset < 0 { '-' } else { '+' },
            offset.abs() / 60,
            offset.abs() % 60
        ),
    };
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{fraction}{zone}",
        second / HOUR,
        second % HOUR / MINUTE,
        second % MINUTE
    )
}

const fn days_from_civil((year, month, day): (i64, i64, i64)) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_at_any_offset() {
        let instant = utc((2026, 6, 12), (21, 0, 0));
        assert_eq!(instant, 1_781_298_000);
        assert_eq!(rfc3339(instant, "", 0), "2026-06-12T21:00:00Z");
        assert_eq!(rfc3339(instant, ".5", 540), "2026-06-13T06:00:00.5+09:00");
        assert_eq!(rfc3339(instant, "", -210), "2026-06-12T17:30:00-03:30");
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (-200_000..200_000).step_by(37) {
            assert_eq!(days_from_civil(civil_from_days(days)), days);
        }
    }
}
