//! What `time.rs` promises, checked against the conformance tests' values and by round trips.

use super::super::collect;
use super::*;
use proptest::prelude::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect(text)
}

fn text(timestamp: Timestamp) -> String {
    String::from_utf8(collect(|sink| timestamp.write(sink)).expect("fits")).expect("is text")
}

fn offset(zone: &str) -> i32 {
    parse_fixed_offset(zone).expect(zone)
}

#[test]
fn timestamps_are_read_as_rfc_3339() {
    assert_eq!(at("2009-02-13T23:31:30Z"), Timestamp { seconds: 1_234_567_890, nanos: 0 });
    assert_eq!(at("2004-09-16T23:59:59Z").seconds, 1_095_379_199);
    assert_eq!(at("2009-02-13T23:31:30+01:30"), at("2009-02-13T22:01:30.000Z"));
    assert_eq!(at("2009-02-13T23:31:30-00:30"), at("2009-02-14T00:01:30Z"));
    assert_eq!(at("2009-02-13T23:31:30.1Z").nanos, 100_000_000);
    assert_eq!(at("2009-02-13T23:31:30.1234567899Z").nanos, 123_456_789);
    assert_eq!(at("2000-02-29T00:00:00Z").date(0), 29);
    assert_eq!(at("0001-01-01T00:00:00Z"), Timestamp::MIN);
    assert_eq!(at("0000-12-31T23:30:00-00:30"), Timestamp::MIN);
    assert_eq!(at("9999-12-31T23:59:59.999999999Z"), Timestamp::MAX);
}

#[test]
fn what_is_not_rfc_3339_is_refused() {
    for wrong in [
        "",
        "2009-02-13",
        "2009-02-13T23:31:30",
        "2009-02-13 23:31:30Z",
        "2009-02-13t23:31:30Z",
        "2009-02-13T23:31:30z",
        "2009-02-13T23:31Z",
        "2009-02-13T23:31:60Z",
        "2009-02-13T24:00:00Z",
        "2009-02-13T23:60:00Z",
        "2009-13-13T23:31:30Z",
        "2009-00-13T23:31:30Z",
        "2009-02-29T23:31:30Z",
        "1900-02-29T23:31:30Z",
        "2009-04-31T23:31:30Z",
        "2009-02-00T23:31:30Z",
        "2009-2-13T23:31:30Z",
        "2009-02-13T3:31:30Z",
        "2009-02-13T23:31:30.Z",
        "2009-02-13T23:31:30,5Z",
        "2009-02-13T23:31:30+1:00",
        "2009-02-13T23:31:30+0100",
        "2009-02-13T23:31:30+24:00",
        "2009-02-13T23:31:30+01:60",
        "2009-02-13T23:31:30ZZ",
        "2009-02-13T23:31:30+01:00Z",
        " 2009-02-13T23:31:30Z",
        "2009-02-13T23:31:30Z ",
        "12009-02-13T23:31:30Z",
        "-009-02-13T23:31:30Z",
        "2009-02-13T23:31:30é",
    ] {
        assert_eq!(Timestamp::parse(wrong), Err(Fault::Unparseable), "{wrong}");
    }
    for outside in
        ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"]
    {
        assert_eq!(Timestamp::parse(outside), Err(Fault::OutOfRange), "{outside}");
    }
}

#[test]
fn timestamps_print_in_utc_without_trailing_zeros() {
    for same in [
        "2009-02-13T23:31:30Z",
        "9999-12-31T23:59:59.999999999Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.000000001Z",
        "2023-02-03T23:31:20.12Z",
    ] {
        assert_eq!(text(at(same)), same);
    }
    assert_eq!(text(at("2009-02-14T01:31:30.500+02:00")), "2009-02-13T23:31:30.5Z");
}

#[test]
fn parts_are_those_of_the_conformance_tests() {
    let moment = at("2009-02-13T23:31:30Z");
    assert_eq!(moment.full_year(0), 2009);
    assert_eq!(moment.month(0), 1);
    assert_eq!(moment.date(0), 13);
    assert_eq!(moment.day_of_month(0), 12);
    assert_eq!(moment.day_of_week(0), 5);
    assert_eq!(moment.day_of_year(0), 43);
    assert_eq!((moment.hours(0), moment.minutes(0), moment.seconds_of_minute(0)), (23, 31, 30));
    assert_eq!(at("2009-02-13T23:31:20.123456789Z").milliseconds(), 123);
    assert_eq!(moment.day_of_month(offset("+11:00")), 13);
    assert_eq!(at("2009-02-13T02:00:00Z").day_of_month(offset("-02:30")), 11);
    assert_eq!(moment.full_year(offset("-09:30")), 2009);
    assert_eq!(moment.hours(offset("02:00")), 1);
    assert_eq!(moment.seconds_of_minute(offset("-00:00")), 30);
    assert_eq!(at("2024-12-31T00:00:00Z").day_of_year(0), 365);
    assert_eq!(at("1969-12-31T23:59:59Z").day_of_week(0), 3);
    assert_eq!(Timestamp::MIN.full_year(-1), 0);
    assert_eq!(Timestamp::MAX.full_year(1), 10_000);
}

#[test]
fn only_offsets_are_read_as_offsets() {
    assert_eq!(offset("UTC"), 0);
    assert_eq!(offset("-02:30"), -9000);
    assert_eq!(offset("+23:59"), 86_340);
    for wrong in [
        "",
        "Z",
        "utc",
        "Europe/London",
        "+2:00",
        "+02:0",
        "+0200",
        "+24:00",
        "+02:60",
        "--02:00",
        "+-2:00",
        "02:00:00",
    ] {
        assert_eq!(parse_fixed_offset(wrong), None, "{wrong}");
    }
}

#[test]
fn arithmetic_stays_within_year_1_and_9999() {
    let last = at("9999-12-31T23:59:59Z");
    assert_eq!(last.plus(1_000_000_000), Err(Fault::OutOfRange));
    assert_eq!(Timestamp::MAX.plus(1), Err(Fault::OutOfRange));
    assert_eq!(Timestamp::MIN.minus(1), Err(Fault::OutOfRange));
    assert_eq!(last.since(Timestamp::MIN), Err(Fault::OutOfRange));
    assert_eq!(Timestamp::MIN.since(last), Err(Fault::OutOfRange));
    assert_eq!(at("2009-02-13T23:31:00Z").since(at("2009-02-13T23:29:00Z")), Ok(120_000_000_000));
    assert_eq!(at("2009-02-13T23:01:00Z").plus(120_000_000_000), Ok(at("2009-02-13T23:03:00Z")));
    assert_eq!(at("1970-01-01T00:00:00Z").minus(1), Ok(at("1969-12-31T23:59:59.999999999Z")));
    let wild = Timestamp { seconds: i64::MIN, nanos: u32::MAX };
    assert_eq!(wild.plus(i64::MIN), Err(Fault::OutOfRange));
    assert!(text(wild).ends_with('Z') && wild.day_of_year(i32::MIN) < 366);
}

#[test]
fn numbers_of_seconds_mean_what_was_written() {
    assert_eq!(Timestamp::from_unix_seconds(1_000_000_000), Ok(at("2001-09-09T01:46:40Z")));
    assert_eq!(Timestamp::from_unix_seconds(253_402_300_800), Err(Fault::OutOfRange));
    assert_eq!(Timestamp::from_unix_seconds(i64::MIN), Err(Fault::OutOfRange));
    let read = Timestamp::from_unix_seconds_double;
    assert_eq!(
        read(1_700_000_000.123),
        Ok(Timestamp { seconds: 1_700_000_000, nanos: 123_000_000 })
    );
    assert_eq!(read(-0.5), Ok(Timestamp { seconds: -1, nanos: 500_000_000 }));
    assert_eq!(read(1e-9), Ok(Timestamp { seconds: 0, nanos: 1 }));
    assert_eq!(read(0.999_999_999_5), Ok(Timestamp { seconds: 1, nanos: 0 }));
    assert_eq!(read(4.9e-10), Ok(Timestamp { seconds: 0, nanos: 0 }));
    assert_eq!(read(5e-324), Ok(at("1970-01-01T00:00:00Z")));
    assert_eq!(read(-62_135_596_800.0), Ok(Timestamp::MIN));
    for outside in [f64::NAN, f64::INFINITY, f64::MIN, 1e12, 253_402_300_800.0, -62_135_596_801.0] {
        assert_eq!(read(outside), Err(Fault::OutOfRange), "{outside}");
    }
}

#[test]
fn the_calendar_counts_every_day_from_year_1_to_9999() {
    let mut expected = CivilDate { year: 1, month: 1, day: 1 };
    let first = Timestamp::MIN.seconds / SECONDS_PER_DAY;
    let last = Timestamp::MAX.seconds / SECONDS_PER_DAY;
    for days in first..=last {
        assert_eq!(civil_from_days(days), expected);
        assert_eq!(days_from_civil(expected.year, expected.month, expected.day), days);
        expected.day += 1;
        if expected.day > days_in_month(expected.year, expected.month) {
            expected.day = 1;
            expected.month += 1;
        }
        if expected.month > 12 {
            expected.month = 1;
            expected.year += 1;
        }
    }
    assert_eq!(expected.year, 10_000);
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(
        seconds in Timestamp::MIN.seconds..=Timestamp::MAX.seconds,
        nanos in 0..1_000_000_000_u32,
        zeros in 0..10_u32,
    ) {
        let nanos = nanos / 10_u32.pow(zeros.min(9)) * 10_u32.pow(zeros.min(9));
        let moment = Timestamp { seconds, nanos };
        prop_assert_eq!(Timestamp::parse(&text(moment)), Ok(moment));
    }

    #[test]
    fn reading_takes_any_text(wild in "[0-9TZ:.+-]{0,40}|\\PC{0,40}") {
        if let Ok(moment) = Timestamp::parse(&wild) {
            prop_assert_eq!(Timestamp::parse(&text(moment)), Ok(moment));
        }
    }

    #[test]
    fn differences_undo_sums(seconds in -4_000_000_000..4_000_000_000_i64, nanos in 0..1_000_000_000_u32, by: i64) {
        let start = Timestamp { seconds, nanos };
        let end = start.plus(by).expect("within the range");
        prop_assert_eq!(end.since(start), Ok(by));
        prop_assert_eq!(end.minus(by), Ok(start));
        prop_assert_eq!(end.cmp(&start), by.cmp(&0));
    }

    #[test]
    fn seconds_as_a_double_and_as_an_int_are_the_same(seconds in Timestamp::MIN.seconds..=Timestamp::MAX.seconds) {
        let as_double = super::super::double::int_to_double(seconds);
        prop_assert_eq!(Timestamp::from_unix_seconds_double(as_double), Timestamp::from_unix_seconds(seconds));
    }
}

#[test]
fn timestamps_are_times_of_the_system_and_back() {
    for (seconds, nanos) in
        [(0, 0), (1, 1), (-1, 999_999_999), (1_700_000_000, 123), (-11_644_473_600, 0)]
    {
        let timestamp = Timestamp { seconds, nanos };
        let time = SystemTime::try_from(timestamp).expect("it is in range");
        assert_eq!(Timestamp::try_from(time), Ok(timestamp));
    }
    assert_eq!(
        SystemTime::try_from(Timestamp { seconds: 0, nanos: 5 }),
        Ok(UNIX_EPOCH + Duration::from_nanos(5))
    );
    assert_eq!(
        Timestamp::try_from(UNIX_EPOCH - Duration::from_nanos(1)),
        Ok(Timestamp { seconds: -1, nanos: 999_999_999 })
    );
    // Nobody here makes such; fields are public, and nothing may panic.
    for seconds in [i64::MIN, i64::MAX] {
        let _ = SystemTime::try_from(Timestamp { seconds, nanos: u32::MAX });
    }
    let beyond =
        UNIX_EPOCH.checked_add(Duration::from_secs(300_000_000_000)).expect("the system has it");
    assert_eq!(Timestamp::try_from(beyond), Err(Fault::OutOfRange));
}
