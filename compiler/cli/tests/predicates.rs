//! What `disasm` and `inspect` say of rules: their slots, and predicates as
//! expressions that mean what the rules say.

mod support;

use serde_json::{Value, json};
use support::Folder;

const HEAD: &str = r#"rulestone: v1
ruleset: shown
facts:
  now: timestamp
  premium: bool
  level: int
  coins: uint
  score: double
  wait: duration
  region: string
  guild: {type: string, optional: true}
  kind: {enum: [new, old, vip]}
  tags: {type: {list: string}, optional: true}
  at: {type: point, optional: true}
outputs: {points: {type: int, combine: sum}}
fences: {docks: {box: {south: 51.5, west: -0.25, north: 52, east: 0.5}}}
rules:
"#;

/// Conditions of one predicate, with what is shown of it.
const SHOWN: &[(&str, &str)] = &[
    ("premium", "premium"),
    ("!premium", "!premium"),
    ("premium != true", "!premium"),
    ("level >= 50", "level >= 50"),
    ("level > 50", "level >= 51"),
    ("50 >= level", "level <= 50"),
    ("level >= 3 && level < 10", "level >= 3 && level <= 9"),
    ("level == 7", "level == 7"),
    ("level != 7", "level != 7"),
    ("level in [9, 3, 5]", "level in [3, 5, 9]"),
    ("!(level in [9, 3, 5])", "!(level in [3, 5, 9])"),
    ("level in [3, 4, 7]", "level in [3, 4, 7]"),
    ("level < 3 || level > 50", "!(level >= 3 && level <= 50)"),
    ("level in [7] || level > 50", "level == 7 || level >= 51"),
    ("level == -9223372036854775808", "level == -9223372036854775808"),
    ("coins >= 12u", "coins >= 12u"),
    ("coins < 1u", "coins == 0u"),
    ("coins in [0u, 12u]", "coins in [0u, 12u]"),
    ("score > 0.5", "score > 0.5"),
    ("score >= 0.5", "score >= 0.5"),
    ("score < 0.5", "score < 0.5"),
    ("score <= 0.5", "score <= 0.5"),
    ("score == 0.0", "score == 0.0"),
    ("score != 0.0", "score != 0.0"),
    ("score < 0.0", "score < 0.0"),
    ("score >= -0.0", "score >= 0.0"),
    ("score > 0.0 && score < 1e300", "score > 0.0 && score < 1e+300"),
    ("score in [0.0, 1.5]", "score in [0.0, 1.5]"),
    ("!(score in [0.0, 1.5])", "!(score in [0.0, 1.5])"),
    ("score < -1.5 || score > 1.5", "score < -1.5 || score > 1.5"),
    ("wait < duration('1h')", "wait < duration(\"3600s\")"),
    ("wait > duration('1h')", "wait > duration(\"3600s\")"),
    ("wait == duration('1500ms')", "wait == duration(\"1.5s\")"),
    (r#"region == "eu""#, r#"region == "eu""#),
    (r#"region != "eu""#, r#"region != "eu""#),
    (r#"region in ["eu", "us"]"#, r#"region in ["eu", "us"]"#),
    (r#"!(region in ["eu", "us"])"#, r#"!(region in ["eu", "us"])"#),
    ("has(guild)", "has(guild)"),
    ("!has(guild)", "!has(guild)"),
    (r#"has(guild) && guild != "a\"b""#, r#"guild != "a\"b""#),
    (r#"!has(guild) || guild == "owls""#, r#"!has(guild) || guild == "owls""#),
    (r#"kind == "vip""#, r#"kind == "vip""#),
    (r#"kind in ["new", "old"]"#, r#"kind != "vip""#),
    (r#"has(tags) && "gold" in tags"#, r#""gold" in tags"#),
    (r#"has(tags) && !("gold" in tags)"#, r#"!("gold" in tags)"#),
    ("!has(at)", "!has(at)"),
    ("now >= timestamp('2026-06-01T00:00:00Z')", "now >= timestamp(\"2026-06-01T00:00:00Z\")"),
    ("now > timestamp('2026-06-01T00:00:00Z')", "now > timestamp(\"2026-06-01T00:00:00Z\")"),
    ("now <= timestamp('2026-06-01T00:00:00Z')", "now <= timestamp(\"2026-06-01T00:00:00Z\")"),
    ("now == timestamp('2026-06-01T00:00:00Z')", "now == timestamp(\"2026-06-01T00:00:00Z\")"),
    ("now != timestamp('2026-06-01T00:00:00Z')", "now != timestamp(\"2026-06-01T00:00:00Z\")"),
    ("now < timestamp('1969-12-31T23:59:59Z')", "now < timestamp(\"1969-12-31T23:59:59Z\")"),
];

/// A ruleset with a rule for each condition: `r0`, `r1`, …
fn ruleset<'c>(conditions: impl IntoIterator<Item = &'c str>) -> String {
    let rules = conditions.into_iter().enumerate().map(|(number, condition)| {
        // JSON's strings are YAML's.
        format!("  - {{id: r{number}, condition: {}}}\n", json!(condition))
    });
    rules.fold(HEAD.to_owned(), |text, rule| text + &rule)
}

fn compiled(source: &str) -> Folder {
    let folder = Folder::new();
    folder.write("shown.yaml", source);
    folder.run(&["compile", "shown.yaml", "-o", "shown.stone", "--quiet"]).expect(0);
    folder
}

/// What `disasm` says, an object a rule or variable.
fn listings(folder: &Folder) -> Vec<Value> {
    let ran = folder.run(&["disasm", "shown.stone", "--format", "json"]).expect(0);
    ran.lines().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The predicates of a rule, slot by slot, in the order of their texts.
fn predicates(listing: &Value) -> Vec<Vec<String>> {
    let slots = listing["slots"].as_array().expect("slots");
    let of_slot = |slot: &Value| {
        let predicates = slot["predicates"].as_array().expect("predicates").iter();
        let text = |predicate: &Value| predicate["text"].as_str().expect("text").to_owned();
        let mut texts: Vec<String> = predicates.map(text).collect();
        texts.sort();
        texts
    };
    slots.iter().map(of_slot).collect()
}

#[test]
fn predicates_are_shown_as_expressions() {
    let folder = compiled(&ruleset(SHOWN.iter().map(|(condition, _)| *condition)));
    let listings = listings(&folder);
    assert!(listings.len() >= SHOWN.len());
    for ((condition, shown), listing) in SHOWN.iter().zip(&listings) {
        let mut found = predicates(listing).concat();
        // A list that has or lacks a word is there.
        found.retain(|predicate| *shown == "has(tags)" || predicate != "has(tags)");
        assert_eq!(found, [*shown], "{condition}");
        assert_eq!(listing["units"], json!([]), "{condition}");
    }
}

#[test]
fn what_is_shown_means_what_the_rule_says() {
    let folder = compiled(&ruleset(SHOWN.iter().map(|(condition, _)| *condition)));
    let shown = compiled(&ruleset(SHOWN.iter().map(|(_, shown)| *shown)));
    let values = json!({
        "now": ["2026-06-01T00:00:00Z", "2026-05-31T23:59:59.5Z", "2026-06-01T00:00:00.5Z", -1, -2, 0],
        "premium": [true, false],
        "level": [7, 2, 3, 4, 5, 9, 10, 49, 50, 51, i64::MIN, i64::MAX],
        "coins": [0, 11, 12, 13],
        "score": [0.0, -0.0, 0.5, 0.25, 0.75, 1.5, -1.5, -2, 1e300, "NaN", "Infinity", "-Infinity"],
        "wait": ["1h", "3599.999s", "3601s", "1.5s", "-1s"],
        "region": ["eu", "us", "jp", ""],
        "guild": ["owls", "a\"b", "a", null],
        "kind": ["new", "old", "vip"],
        "tags": [[], ["gold"], ["silver", "gold"], ["silver"], null],
        "at": [{"lat": 51.5, "lon": 0}, null],
    });
    let values = values.as_object().expect("values");
    let line = |number: usize| {
        let of = |values: &Value| values[number % values.as_array().expect("values").len()].clone();
        let facts = values.iter().map(|(fact, values)| (fact.clone(), of(values)));
        Value::Object(facts.collect()).to_string()
    };
    let lines: Vec<String> = (0..60).map(line).collect();
    let decisions = |folder: &Folder| {
        let eval = ["eval", "shown.stone", "--facts", "-"];
        folder.run_with(&eval, lines.join("\n")).expect(0).stdout
    };
    let (of_rules, of_shown) = (decisions(&folder), decisions(&shown));
    for ((line, rules), shown) in lines.iter().zip(of_rules.lines()).zip(of_shown.lines()) {
        assert_eq!(rules, shown, "{line}");
    }
    // Each rule matches somewhere.
    for (number, (condition, _)) in SHOWN.iter().enumerate() {
        assert!(of_rules.contains(&format!("\"r{number}\"")), "{condition}");
    }
}

#[test]
fn places_and_windows_of_time_are_shown() {
    let source = format!(
        "{HEAD}  - {{id: r0, condition: 'has(at) && geo.within(at, fences.docks)'}}\n  \
         - {{id: r1, schedule: {{timezone: Europe/Berlin, start: 2026-03-28T00:00:00, \
         end: 2026-03-31T00:00:00, daily: {{from: '18:00', to: '20:00'}}}}}}\n"
    );
    let folder = compiled(&source);
    let listings = listings(&folder);
    let mut place = predicates(&listings[0]).concat();
    place.retain(|predicate| predicate != "has(at)");
    assert_eq!(place, ["at.lat >= 51.5 && at.lat <= 52.0", "at.lon >= -0.25 && at.lon <= 0.5"]);
    let windows = "now in 3 windows: 2026-03-28T17:00:00Z to 2026-03-28T19:00:00Z, \
        2026-03-29T16:00:00Z to 2026-03-29T18:00:00Z, 2026-03-30T16:00:00Z to 2026-03-30T18:00:00Z";
    assert_eq!(predicates(&listings[1]), [[windows]]);
}

#[test]
fn long_sets_are_cut() {
    let few: Vec<String> = (0..12).map(|n| format!("\"w{n}\"")).collect();
    let odd: Vec<String> = (0..400).map(|n| (2 * n + 1).to_string()).collect();
    let many = format!("region in [{}, \"x\"]", few.join(", "));
    let odds = format!("level in [{}]", odd.join(", "));
    let folder = compiled(&ruleset([&many[..], &format!("!({odds})"), "level == 5"]));
    let listings = listings(&folder);
    let many = format!("region in [{}, …]", few.join(", "));
    let odds = format!("level in [{}, …]", odd[..12].join(", "));
    assert_eq!(predicates(&listings[0]), [[many]]);
    assert_eq!(predicates(&listings[1]), [[format!("!({odds})")]]);
}

#[test]
fn shared_expressions_are_told_by_number_and_place() {
    let conditions = ["level * 2 >= 10", "level * 2 > 3 && level * 2 < 9 && premium"];
    let folder = compiled(&ruleset(conditions));
    let listings = listings(&folder);
    let name = "(shared expression 0 at shown.yaml:18:26)";
    assert_eq!(predicates(&listings[0]), [[format!("{name} >= 10")]]);
    let range = format!("{name} >= 4 && (shared expression 0) <= 8");
    assert_eq!(predicates(&listings[1]), [[range, "premium".to_owned()]]);
    let text = folder.run(&["disasm", "shown.stone", "--rule", "r1"]).expect(0).stdout;
    assert!(text.contains("\nshared expression 0  shown.yaml:18:26\n"), "{text}");
    let text = folder.run(&["inspect", "shown.stone"]).expect(0).stdout;
    assert!(text.contains("  (shared expression 0)  int "), "{text}");
    let strip = ["compile", "shown.yaml", "-o", "shown.stone", "--strip", "--quiet"];
    folder.run(&strip).expect(0);
    let text = folder.run(&["disasm", "shown.stone"]).expect(0).stdout;
    assert!(text.contains(" (shared expression 0) >= 10\n"), "{text}");
    assert!(text.contains("\nshared expression 0\n"), "{text}");
}

#[test]
fn each_way_to_match_is_shown_and_shared_code_once() {
    let source = format!(
        "{HEAD}  - {{id: r0, condition: 'level == 3 || premium', output: {{points: 1 / level}}}}\n  \
         - {{id: r1, condition: 'level > 5 && level < 3', output: {{points: 1 / level}}}}\n  \
         - {{id: r2}}\n"
    );
    let folder = compiled(&source);
    let found = listings(&folder);
    assert_eq!(predicates(&found[0]), [["level == 3"], ["premium"]]);
    assert_eq!(predicates(&found[1]), [[""; 0]; 0]);
    assert_eq!(predicates(&found[2]), [[""; 0]]);
    assert_eq!(found[0]["outputs"], found[1]["outputs"]);
    assert_eq!(
        (found[0]["units"].as_array().map(Vec::len), &found[1]["units"]),
        (Some(1), &json!([]))
    );
    let text = folder.run(&["disasm", "shown.stone"]).expect(0).stdout;
    for expected in ["  no slot: it can't match\n", "    always\n", " (shown with rule r0)\n"] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let text = folder.run(&["disasm", "shown.stone", "--rule", "r1"]).expect(0).stdout;
    assert!(text.contains("divide.int"), "{text}");
}

#[test]
fn the_tables_of_slots_agree() {
    let levels: Vec<String> = (0..60).map(|n| format!("level >= {n} || coins == {n}u")).collect();
    let folder = compiled(&ruleset(levels.iter().map(String::as_str)));
    let json = folder.run(&["inspect", "shown.stone", "--format", "json"]).expect(0).stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let sum = |table: &str, column: &str| -> u64 {
        let rows = report[table].as_array().expect("a table").iter();
        rows.map(|row| row[column].as_u64().expect("a number")).sum()
    };
    let count = |table: &str| report[table].as_array().map_or(0, |rows| rows.len() as u64);
    let records = |section: &str| {
        let sections = report["sections"].as_array().expect("sections");
        let section = sections.iter().find(|row| row["section"] == section);
        section.and_then(|section| section["records"].as_u64()).expect("a section")
    };
    assert_eq!(sum("rules", "slots"), 120);
    assert_eq!((count("slots"), records("slots")), (120, 120));
    assert_eq!((count("predicates"), records("predicates")), (120, 120));
    assert_eq!((sum("slots", "predicates"), sum("subjects", "predicates")), (120, 120));
    assert_eq!(sum("slots", "indexed"), sum("dimensions", "indexed"));
    assert_eq!(sum("dimensions", "cells"), records("index.cells"));
    let subjects = report["subjects"].as_array().expect("subjects");
    let level = subjects.iter().find(|subject| subject["name"] == "level").expect("the subject");
    assert_eq!((&level["ranking"], &level["ranks"]), (&json!("cuts, signed"), &json!(62)));
    for dimension in report["dimensions"].as_array().expect("dimensions") {
        assert!(dimension["rows"].as_u64() <= dimension["cells"].as_u64(), "{dimension}");
        assert!(dimension["row_bytes"].as_u64() > Some(0), "{dimension}");
    }
}
