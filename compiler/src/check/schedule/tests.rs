//! What schedules come to, in zones and on days where that is not obvious.

mod faults;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::*;
use crate::source::model::{Daily, Day, LocalTime};
use crate::source::span::FileId;

const WEEK: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

fn span() -> Span {
    Span::new(FileId(0), 0, 1)
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, span())
}

/// "2026-06-05T18:00:00"
fn local(text: &str) -> Spanned<LocalTime> {
    let time: jiff::civil::DateTime = text.parse().unwrap();
    spanned(LocalTime {
        year: time.year(),
        month: time.month() as u8,
        day: time.day() as u8,
        hour: time.hour() as u8,
        minute: time.minute() as u8,
        second: time.second() as u8,
    })
}

/// "2026-06-05T18:00:00Z"
fn utc(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn schedule(zone: &str, start: &str, end: &str) -> Schedule {
    Schedule {
        span: span(),
        timezone: (!zone.is_empty()).then(|| spanned(zone.to_owned())),
        start: (!start.is_empty()).then(|| local(start)),
        end: (!end.is_empty()).then(|| local(end)),
        days: None,
        daily: None,
    }
}

trait Windows {
    fn on(self, days: &[Day]) -> Schedule;
    /// Hours and minutes as a number: 2230 is 22:30.
    fn daily(self, from: u32, to: u32) -> Schedule;
}

impl Windows for Schedule {
    fn on(mut self, days: &[Day]) -> Schedule {
        self.days = Some(spanned(days.to_vec()));
        self
    }

    fn daily(mut self, from: u32, to: u32) -> Schedule {
        let seconds = |time: u32| time / 100 * 3600 + time % 100 * 60;
        self.daily = Some(spanned(Daily { from: seconds(from), to: seconds(to) }));
        self
    }
}

fn within(ruleset: Option<&Schedule>, rule: &Schedule) -> Result<Vec<Interval>, (Code, String)> {
    let mut diagnostics = Diagnostics::default();
    let intervals = Calendar::new(ruleset, &mut diagnostics).intervals(rule, &mut diagnostics);
    assert!(intervals.is_sorted());
    assert!(intervals.windows(2).all(|pair| pair[0].end < pair[1].start));
    match diagnostics.iter().next() {
        Some(first) => {
            assert_eq!(diagnostics.iter().count(), 1, "one finding a fault");
            assert!(intervals.is_empty() && first.primary.is_some());
            Err((
                first.code,
                format!("{} ({})", first.message, first.help.clone().unwrap_or_default()),
            ))
        }
        None => {
            assert!(!intervals.is_empty());
            Ok(intervals.to_vec())
        }
    }
}

#[track_caller]
fn comes_to(rule: Schedule, expected: &[(&str, &str)]) {
    comes_to_within(None, rule, expected);
}

#[track_caller]
fn comes_to_within(ruleset: Option<&Schedule>, rule: Schedule, expected: &[(&str, &str)]) {
    let shown = |second: i64| {
        Timestamp::from_second(second).map_or_else(|_| second.to_string(), |t| t.to_string())
    };
    let found: Vec<_> =
        within(ruleset, &rule).unwrap().iter().map(|i| (shown(i.start), shown(i.end))).collect();
    let expected: Vec<_> =
        expected.iter().map(|(start, end)| (start.to_string(), end.to_string())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn fails_within(ruleset: Option<&Schedule>, rule: Schedule, code: Code) -> String {
    let (found, text) = within(ruleset, &rule).unwrap_err();
    assert_eq!(found, code, "{text}");
    text
}

const NEVER: i64 = i64::MIN;
const FOREVER: i64 = i64::MAX;

#[test]
fn ends_are_wall_clock_times_of_the_zone() {
    comes_to(
        schedule("Europe/London", "2026-06-01T18:00:00", "2026-12-01T00:00:00"),
        &[("2026-06-01T17:00:00Z", "2026-12-01T00:00:00Z")],
    );
    comes_to(
        schedule("", "2026-06-01T18:00:00", "2026-06-02T00:00:00"),
        &[("2026-06-01T18:00:00Z", "2026-06-02T00:00:00Z")],
    );
}

#[test]
fn either_end_may_be_missing() {
    let found = within(None, &schedule("UTC", "2026-06-01T00:00:00", "")).unwrap();
    assert_eq!(found, [Interval { start: utc("2026-06-01T00:00:00Z"), end: FOREVER }]);
    let found = within(None, &schedule("UTC", "", "2026-06-01T00:00:00")).unwrap();
    assert_eq!(found, [Interval { start: NEVER, end: utc("2026-06-01T00:00:00Z") }]);
    assert_eq!(within(None, &schedule("GB", "", "")).unwrap(), [Interval::ALWAYS]);
}

#[test]
fn a_skipped_time_moves_forward_by_the_gap() {
    // 2026-03-29: 01:00 to 02:00 is skipped.
    comes_to(
        schedule("Europe/London", "2026-03-29T01:30:00", "2026-03-30T00:00:00"),
        &[("2026-03-29T01:30:00Z", "2026-03-29T23:00:00Z")], // 02:30 BST
    );
    // The day that Samoa skipped.
    comes_to(
        schedule("Pacific/Apia", "2011-12-30T10:00:00", "2012-01-01T00:00:00"),
        &[("2011-12-30T20:00:00Z", "2011-12-31T10:00:00Z")], // 31 December, 10:00
    );
}

#[test]
fn a_time_that_occurs_twice_is_the_first() {
    // 2026-10-25: 01:00 to 02:00 occurs twice.
    comes_to(
        schedule("Europe/London", "2026-10-25T01:30:00", "2026-10-25T02:00:00"),
        &[("2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z")],
    );
}

#[test]
fn days_are_local_days() {
    comes_to(
        schedule("America/New_York", "2026-06-01T00:00:00", "2026-06-15T00:00:00")
            .on(&[Day::Sat, Day::Sun]),
        &[
            ("2026-06-06T04:00:00Z", "2026-06-08T04:00:00Z"),
            ("2026-06-13T04:00:00Z", "2026-06-15T04:00:00Z"),
        ],
    );
    comes_to(
        schedule("", "1969-12-29T00:00:00", "1970-01-05T00:00:00").on(&[Day::Wed]),
        &[("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z")],
    );
    comes_to(
        schedule("", "2026-06-01T12:00:00", "2026-06-20T12:00:00").on(&WEEK),
        &[("2026-06-01T12:00:00Z", "2026-06-20T12:00:00Z")],
    );
}

#[test]
fn a_day_is_as_long_as_the_clock_makes_it() {
    // 25 hours; the first day after it is whole again.
    comes_to(
        schedule("Europe/London", "2026-10-20T00:00:00", "2026-10-31T00:00:00").on(&[Day::Sun]),
        &[("2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z")],
    );
    // Midnight is skipped: the day begins at 01:00.
    comes_to(
        schedule("America/Sao_Paulo", "2018-11-01T00:00:00", "2018-11-07T00:00:00").on(&[Day::Sun]),
        &[("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")],
    );
    // Midnight occurs twice: the day begins at the first.
    comes_to(
        schedule("America/Havana", "2024-11-01T00:00:00", "2024-11-05T00:00:00").on(&[Day::Sun]),
        &[("2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z")],
    );
    // A day that is skipped as a whole is none.
    let text = fails_within(
        None,
        schedule("Pacific/Apia", "2011-12-28T00:00:00", "2012-01-02T00:00:00").on(&[Day::Fri]),
        Code::ScheduleNeverHolds,
    );
    assert!(text.contains("never holds") && text.contains("on 2011-12-30"), "{text}");
}

#[test]
fn daily_windows_follow_the_wall_clock() {
    comes_to(
        schedule("Europe/London", "2026-03-28T00:00:00", "2026-03-30T00:00:00").daily(1800, 2200),
        &[
            ("2026-03-28T18:00:00Z", "2026-03-28T22:00:00Z"),
            ("2026-03-29T17:00:00Z", "2026-03-29T21:00:00Z"),
        ],
    );
    // From 01:30, which is skipped, to 02:15: empty on the 29th.
    comes_to(
        schedule("Europe/London", "2026-03-28T00:00:00", "2026-03-30T00:00:00").daily(130, 215),
        &[("2026-03-28T01:30:00Z", "2026-03-28T02:15:00Z")],
    );
    comes_to(
        schedule("", "2026-06-01T00:00:00", "2026-06-03T00:00:00").daily(2000, 2400),
        &[
            ("2026-06-01T20:00:00Z", "2026-06-02T00:00:00Z"),
            ("2026-06-02T20:00:00Z", "2026-06-03T00:00:00Z"),
        ],
    );
}

#[test]
fn a_window_past_midnight_belongs_to_the_day_it_starts() {
    // 2026-06-06 is a Saturday.
    comes_to(
        schedule("", "2026-06-01T00:00:00", "2026-06-10T00:00:00").on(&[Day::Sat]).daily(2200, 200),
        &[("2026-06-06T22:00:00Z", "2026-06-07T02:00:00Z")],
    );
    comes_to(
        schedule("", "2026-06-01T00:00:00", "2026-06-10T00:00:00")
            .on(&[Day::Sat])
            .daily(1200, 1200),
        &[("2026-06-06T12:00:00Z", "2026-06-07T12:00:00Z")],
    );
}

#[test]
fn windows_are_clipped_to_start_and_end() {
    // Friday's window is open when the schedule starts on Saturday.
    comes_to(
        schedule("", "2026-06-06T01:00:00", "2026-06-10T00:00:00").on(&[Day::Fri]).daily(2200, 200),
        &[("2026-06-06T01:00:00Z", "2026-06-06T02:00:00Z")],
    );
    comes_to(
        schedule("", "2026-06-05T00:00:00", "2026-06-05T23:00:00").daily(2200, 200),
        &[
            ("2026-06-05T00:00:00Z", "2026-06-05T02:00:00Z"),
            ("2026-06-05T22:00:00Z", "2026-06-05T23:00:00Z"),
        ],
    );
    // Windows that touch are one.
    comes_to(
        schedule("", "2026-06-01T06:00:00", "2026-06-05T06:00:00").daily(600, 600),
        &[("2026-06-01T06:00:00Z", "2026-06-05T06:00:00Z")],
    );
}

#[test]
fn a_missing_end_is_the_rulesets_whatever_its_zone() {
    let ruleset = schedule("Asia/Tokyo", "2026-06-01T00:00:00", "2026-06-03T00:00:00");
    comes_to_within(
        Some(&ruleset),
        schedule("Europe/London", "", "").daily(1200, 1300),
        &[
            ("2026-06-01T11:00:00Z", "2026-06-01T12:00:00Z"),
            ("2026-06-02T11:00:00Z", "2026-06-02T12:00:00Z"),
        ],
    );
    comes_to_within(
        Some(&ruleset),
        schedule("Europe/London", "2026-06-02T00:00:00", "").daily(1200, 1300),
        &[("2026-06-02T11:00:00Z", "2026-06-02T12:00:00Z")],
    );
}

#[test]
fn a_rule_is_active_where_the_ruleset_is_too() {
    let ruleset = schedule("", "2026-06-01T00:00:00", "2026-06-15T00:00:00")
        .on(&[Day::Sat])
        .daily(1000, 1400);
    comes_to_within(
        Some(&ruleset),
        schedule("", "2020-01-01T00:00:00", "2026-06-13T13:00:00").daily(1200, 1800),
        &[
            ("2026-06-06T12:00:00Z", "2026-06-06T14:00:00Z"),
            ("2026-06-13T12:00:00Z", "2026-06-13T13:00:00Z"),
        ],
    );
    comes_to_within(
        Some(&ruleset),
        schedule("", "2026-06-07T00:00:00", ""),
        &[("2026-06-13T10:00:00Z", "2026-06-13T14:00:00Z")],
    );
    let mut diagnostics = Diagnostics::default();
    let calendar = Calendar::new(Some(&ruleset), &mut diagnostics);
    assert_eq!(calendar.ruleset().len(), 2);
    assert!(diagnostics.is_empty());
    assert_eq!(Calendar::new(None, &mut diagnostics).ruleset()[..], [Interval::ALWAYS]);
}

#[test]
fn the_first_and_last_years_can_be_used() {
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Niue", "America/New_York"] {
        let ends = ("9999-12-30T00:00:00", "9999-12-31T23:59:59");
        let found = within(None, &schedule(zone, ends.0, ends.1)).unwrap();
        assert_eq!(found[0].end - found[0].start, 2 * 86_400 - 1, "{zone}");
        let found = within(None, &schedule(zone, ends.0, ends.1).daily(100, 200)).unwrap();
        assert_eq!(found.len(), 2, "{zone}");
        let first = schedule(zone, "0001-01-01T00:00:00", "0001-01-03T00:00:00");
        assert_eq!(within(None, &first.daily(100, 200)).unwrap().len(), 2, "{zone}");
    }
    comes_to(
        schedule("", "8999-12-31T23:00:00", "9000-01-01T02:00:00").daily(2330, 30),
        &[("8999-12-31T23:30:00Z", "9000-01-01T00:30:00Z")],
    );
}

#[test]
fn windows_hold_where_the_wall_clock_says_so() {
    // Away from the hours that are skipped or occur twice, a moment is in the
    // schedule exactly if the clock of its zone shows a time within the window.
    for zone in ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"] {
        let rule = schedule(zone, "2026-01-01T00:00:00", "2027-01-01T00:00:00")
            .on(&[Day::Fri, Day::Sat])
            .daily(2030, 430);
        let found = within(None, &rule).unwrap();
        let tz = time_zone(zone).unwrap();
        let mut at = utc("2026-01-03T00:00:00Z");
        while at < utc("2026-12-30T00:00:00Z") {
            let local = tz.to_datetime(Timestamp::from_second(at).unwrap());
            let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
            let evening = |weekday| {
                matches!(weekday, jiff::civil::Weekday::Friday | jiff::civil::Weekday::Saturday)
            };
            let expected = (minute >= 1230 && evening(local.weekday()))
                || (minute < 270 && evening(local.yesterday().unwrap().weekday()));
            let holds = found.iter().any(|i| i.start <= at && at < i.end);
            assert_eq!(holds, expected, "{zone}: {local}");
            at += 1800;
        }
    }
}

#[test]
fn intersections_are_exact() {
    let list = |ends: &[(i64, i64)]| -> Vec<Interval> {
        ends.iter().map(|&(start, end)| Interval { start, end }).collect()
    };
    let a = list(&[(0, 10), (20, 30), (40, 50)]);
    let b = list(&[(5, 25), (30, 40), (45, 60)]);
    assert_eq!(intersect(&a, &b), list(&[(5, 10), (20, 25), (45, 50)]));
    assert_eq!(intersect(&b, &a), intersect(&a, &b));
    assert_eq!(intersect(&a, &[Interval::ALWAYS]), a);
    assert_eq!(intersect(&a, &[]), []);
}

#[test]
fn thousands_of_schedules_are_quick() {
    let zones = ["Europe/London", "America/New_York", "Asia/Tokyo"];
    let rules: Vec<_> = (0..10_000)
        .map(|i| schedule(zones[i % 3], "2026-06-01T18:00:00", "2026-06-20T00:00:00"))
        .collect();
    let mut diagnostics = Diagnostics::default();
    let started = Instant::now();
    let mut calendar = Calendar::new(None, &mut diagnostics);
    for rule in &rules {
        assert_eq!(calendar.intervals(rule, &mut diagnostics).len(), 1);
    }
    println!("10,000 schedules: {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(1));
}
