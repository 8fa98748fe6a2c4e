//! Schedules about the weeks in which clocks change.

use super::random::Random;
use super::yaml::{Yaml, map, text};

/// The first day of a week with a change, and its midnight in Unix seconds.
pub const WEEKS: [(&str, i64); 5] = [
    ("2026-03-27", 1_774_569_600),
    ("2026-10-23", 1_792_713_600),
    ("2026-03-06", 1_772_755_200),
    ("2026-10-02", 1_790_899_200),
    ("2026-06-01", 1_780_272_000),
];

const ZONES: [&str; 6] = [
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "UTC",
    "Pacific/Apia",
];

/// A schedule that holds at some time in any other that is made for this week.
/// Only one of a rule and its ruleset may have `windows`.
pub fn random(random: &mut Random, week: usize, windows: bool) -> Yaml {
    let mut entries = Vec::new();
    let mut push = |name: &str, value: Yaml| entries.push((name.to_owned(), value));
    if random.chance(80) {
        push("timezone", text(random.word(&ZONES)));
    }
    let (first, _) = WEEKS[week];
    let (year_month, day) = first.split_at(8);
    let day: u32 = day.parse().expect("a day");
    let windows = windows && random.chance(60);
    if windows || random.chance(70) {
        let day = day - random.below(day.min(2) as usize) as u32;
        let times = ["", "T00:30", "T01:30:00", "T02:15:00", "T18:00:00"];
        push("start", text(format!("{year_month}{day:02}{}", random.pick(&times))));
    }
    if windows || random.chance(70) {
        let (year, month) = year_month.split_at(5);
        let month: u32 = month.trim_end_matches('-').parse().expect("a month");
        // A day in the next month, at least two weeks on.
        let end = format!(
            "{year}{:02}-{:02}T0{}:30:00",
            month + 1,
            19 + random.below(5),
            random.below(4)
        );
        push("end", text(end));
    }
    if windows {
        let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        if random.chance(60) {
            let mut days: Vec<Yaml> = Vec::new();
            for day in all {
                if random.chance(40) {
                    days.push(text(day));
                }
            }
            if days.is_empty() {
                days.push(text("sun"));
            }
            push("days", Yaml::List(days));
        }
        if random.chance(70) {
            let from = ["18:00", "00:00", "01:30", "02:00:30", "23:00"];
            let to = ["22:00", "24:00", "01:45", "02:30", "06:00"];
            let daily = map([("from", text(*random.pick(&from))), ("to", text(*random.pick(&to)))]);
            push("daily", daily);
        }
    }
    Yaml::Map(entries)
}
