//! Schedules that are wrong, and what is said of them.

use super::*;
use crate::diagnostic::Severity;

#[test]
fn a_schedule_that_never_holds_is_a_warning() {
    assert_eq!(Code::ScheduleNeverHolds.severity(), Severity::Warning);
    let ruleset = schedule("", "2026-06-01T00:00:00", "2026-06-15T00:00:00");
    let late = || schedule("", "2026-07-01T00:00:00", "2026-07-15T00:00:00");
    fails_within(Some(&ruleset), late(), Code::ScheduleNeverHolds);
    fails_within(Some(&ruleset), late().on(&[Day::Mon]), Code::ScheduleNeverHolds);
    fails_within(Some(&ruleset), schedule("", "2026-06-15T00:00:00", ""), Code::ScheduleNeverHolds);
    fails_within(None, late().on(&[]), Code::ScheduleNeverHolds);
    fails_within(
        None,
        schedule("", "2026-06-01T00:00:00", "2026-06-01T10:00:00").daily(1200, 1300),
        Code::ScheduleNeverHolds,
    );
}

#[test]
fn a_change_of_the_clock_that_leaves_no_window_is_named() {
    let night = || schedule("Europe/London", "2026-03-29T00:00:00", "2026-03-30T00:00:00");
    let text = fails_within(None, night().daily(100, 200), Code::ScheduleNeverHolds);
    assert!(text.contains("on 2026-03-29 the clock of Europe/London is put forward"), "{text}");
    let text = fails_within(None, night().daily(130, 230), Code::ScheduleNeverHolds);
    assert!(text.contains("put forward"), "{text}");
    // Between these there is no such window on the wall either.
    let text = fails_within(None, night().on(&[Day::Mon]), Code::ScheduleNeverHolds);
    assert!(!text.contains("put forward"), "{text}");
    let ruleset = schedule("", "2026-06-01T00:00:00", "2026-06-15T00:00:00");
    let text = fails_within(Some(&ruleset), night().daily(300, 400), Code::ScheduleNeverHolds);
    assert!(!text.contains("put forward"), "{text}");
}

#[test]
fn of_a_ruleset_that_never_holds_its_rules_are_not_warned_of() {
    let ruleset = schedule("", "2026-06-01T00:00:00", "2026-06-01T10:00:00").daily(1200, 1300);
    let mut diagnostics = Diagnostics::default();
    let mut calendar = Calendar::new(Some(&ruleset), &mut diagnostics);
    assert_eq!(calendar.ruleset()[..], []);
    let rule = schedule("", "2026-06-01T00:00:00", "2026-06-02T00:00:00");
    assert_eq!(calendar.intervals(&rule, &mut diagnostics)[..], []);
    assert_eq!(calendar.intervals(&rule.daily(100, 200), &mut diagnostics)[..], []);
    assert_eq!(diagnostics.iter().count(), 1);
}

#[test]
fn an_end_before_the_start_is_an_error() {
    for end in ["2026-06-01T00:00:00", "2026-05-31T00:00:00"] {
        fails_within(None, schedule("", "2026-06-01T00:00:00", end), Code::ScheduleEndsBeforeStart);
    }
    let text = fails_within(
        None,
        schedule("Europe/London", "2026-03-29T01:30:00", "2026-03-29T02:30:00"),
        Code::ScheduleEndsBeforeStart,
    );
    assert!(text.contains("put forward"), "{text}");
}

#[test]
fn windows_need_both_ends() {
    let text = fails_within(None, schedule("", "", "").on(&[Day::Mon]), Code::ScheduleNeedsEnds);
    assert!(text.contains("`days`") && text.contains("`start` and `end`"), "{text}");
    let open = schedule("", "2026-06-01T00:00:00", "");
    let text = fails_within(Some(&open), schedule("", "", "").daily(1, 2), Code::ScheduleNeedsEnds);
    assert!(text.contains("`daily`") && text.contains("without `end`"), "{text}");
    // All week, all day is a repetition, too.
    fails_within(None, schedule("", "", "").on(&WEEK), Code::ScheduleNeedsEnds);
}

#[test]
fn a_fault_of_the_ruleset_is_reported_once() {
    let ruleset = schedule("Nowhere", "2026-06-01T00:00:00", "2026-06-15T00:00:00");
    let mut diagnostics = Diagnostics::default();
    let mut calendar = Calendar::new(Some(&ruleset), &mut diagnostics);
    assert!(calendar.intervals(&schedule("", "", "").on(&[Day::Mon]), &mut diagnostics).is_empty());
    assert_eq!(diagnostics.iter().count(), 1);
}

#[test]
fn too_many_windows_are_refused_before_they_are_made() {
    let started = Instant::now();
    let centuries = || schedule("Europe/London", "0001-01-01T00:00:00", "9999-12-31T23:59:59");
    let text = fails_within(None, centuries().daily(1200, 1300), Code::ScheduleTooManyWindows);
    assert!(text.contains("365"), "{text}");
    assert!(started.elapsed() < Duration::from_millis(500));
    // The ruleset's ends bound them as well.
    let ruleset = schedule("", "2026-06-01T00:00:00", "2026-06-02T00:00:00");
    assert_eq!(within(Some(&ruleset), &centuries().daily(1200, 1300)).unwrap().len(), 1);
    // 20,000 days are fine, one more is not.
    let days = |end| schedule("", "2000-01-01T00:00:00", end).daily(0, 100);
    assert_eq!(within(None, &days("2054-10-04T00:00:00")).unwrap().len(), 20_000);
    fails_within(None, days("2054-10-05T00:00:00"), Code::ScheduleTooManyWindows);
}

#[test]
fn zones_are_named_exactly() {
    for (name, hint) in [
        ("europe/london", "`Europe/London`"),
        ("Europe/Lodnon", "did you mean `Europe/London`?"),
        ("London", "did you mean `Europe/London`?"),
        ("America/New York", "did you mean `America/New_York`?"),
        ("new_york", "did you mean `America/New_York`?"),
        ("+02:00", "use a name such as"),
        ("", "use a name such as"),
        ("Middle-Earth", "use a name such as"),
    ] {
        let mut rule = schedule("", "2026-06-01T00:00:00", "");
        rule.timezone = Some(spanned(name.to_owned()));
        let text = fails_within(None, rule, Code::UnknownTimezone);
        assert!(text.contains(hint), "{name}: {text}");
    }
    for name in ["UTC", "GB", "Etc/GMT+5", "Asia/Calcutta"] {
        assert!(time_zone(name).is_some(), "{name}");
    }
    assert!(tzdata_version().starts_with("20"));
}
