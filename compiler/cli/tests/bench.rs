//! `bench`: figures that are there, and counts that are exact.

mod support;

use serde_json::{Value, json};
use support::Folder;

/// Costs that are plain: a predicate is one unit, and a constant for an output one.
const ARCADE: &str = r#"rulestone: v1
ruleset: arcade
facts:
  level: int
  kind: {enum: [new, old, vip]}
outputs:
  points: {type: int, combine: sum, default: 0}
  gift: {type: string, combine: collect}
rules:
  - id: veteran
    priority: 9
    condition: level >= 10 && kind == "vip"
    output: {points: 5}
  - id: newcomer
    condition: kind == "new"
    output: {points: 1, gift: map}
  - id: never
    condition: level > 1000
    output: {points: 9}
"#;

const FACTS: &str = r#"{"level":12,"kind":"vip"}
{"level":10,"kind":"vip"}
{"level":3,"kind":"vip"}
{"level":1,"kind":"new"}
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("arcade.yaml", ARCADE);
    folder.write("facts.jsonl", FACTS);
    folder
}

const BENCH: [&str; 6] = ["bench", "arcade.yaml", "--facts", "facts.jsonl", "--seconds", "0.05"];

fn report(folder: &Folder, more: &[&str]) -> Value {
    let ran = folder.run(&[&BENCH[..], &["--format", "json"], more].concat()).expect(0);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn every_slot_is_looked_at_without_index_and_costs_add_up() {
    let report = report(&folder(), &["--no-index"]);
    assert_eq!(report["index"], false);
    assert_eq!(report["requests"], 4);
    assert_eq!(report["slots"], 3);
    assert_eq!(report["looked_at_per_decision"], 3.0);
    assert_eq!(report["matches_per_decision"], 0.75);
    // Of 8 + 2, 4 + 2 and 4 units.
    let row = |id, matched, looking, output, percent| {
        json!({"id": id, "looked_at": 4, "matched": matched, "looking_cost": looking,
            "output_cost": output, "percent": percent})
    };
    let expected = [
        row("veteran", 2, 2, 1, 50.0),
        row("newcomer", 1, 1, 2, 30.0),
        row("never", 0, 1, 1, 20.0),
    ];
    assert_eq!(report["most_expensive_rules"], json!(expected));
}

#[test]
fn the_index_leaves_what_matches_and_perhaps_more() {
    let report = report(&folder(), &[]);
    assert_eq!(report["index"], true);
    assert_eq!(report["matches_per_decision"], 0.75);
    let looked_at = number(&report["looked_at_per_decision"]);
    assert!((0.75..3.0).contains(&looked_at), "{report:#}");
    let rules = report["most_expensive_rules"].as_array().expect("a list");
    let rule = |id: &str| rules.iter().find(|rule| rule["id"] == id).expect("a rule that matched");
    for (id, matched) in [("veteran", 2), ("newcomer", 1)] {
        let rule = rule(id);
        assert_eq!(rule["matched"], matched);
        assert!((matched as f64..=4.0).contains(&number(&rule["looked_at"])), "{rule:#}");
    }
    let percent: f64 = rules.iter().map(|rule| number(&rule["percent"])).sum();
    assert!((99.8..100.2).contains(&percent), "{report:#}");
}

#[test]
fn the_five_rules_that_cost_most_are_shown_dearest_first() {
    let folder = folder();
    let rules: String = (1..=9)
        .map(|rule| {
            let others = (1..rule).map(|other| format!(" && f{other} > {other}"));
            format!("  - {{id: r{rule}, condition: f0 > 0{}}}\n", others.collect::<String>())
        })
        .collect();
    let facts: String = (0..9).map(|fact| format!("  f{fact}: int\n")).collect();
    let source = format!("rulestone: v1\nruleset: arcade\nfacts:\n{facts}rules:\n{rules}");
    folder.write("arcade.yaml", source);
    let facts: Vec<String> = (0..9).map(|fact| format!("\"f{fact}\":0")).collect();
    folder.write("facts.jsonl", format!("{{{}}}\n", facts.join(",")));
    let report = report(&folder, &["--no-index"]);
    let rules = report["most_expensive_rules"].as_array().expect("a list");
    let ids: Vec<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids, ["r9", "r8", "r7", "r6", "r5"]);
    // Of 1 + 2 + … + 9.
    assert_eq!(rules[0]["percent"], 20.0);
    assert_eq!(rules[0]["looking_cost"], 9);
}

#[test]
fn a_decision_allocates_nothing_and_times_are_in_order() {
    for more in [&[][..], &["--no-index"]] {
        let report = report(&folder(), more);
        assert_eq!(report["allocations_per_decision"], 0.0);
        assert!(number(&report["decisions_per_second"]) > 0.0);
        for times in [&report, &report["matching_only"]] {
            let [median, p99, p999] =
                ["median_ns", "p99_ns", "p999_ns"].map(|name| number(&times[name]));
            assert!(0.0 < median && median <= p99 && p99 <= p999, "{report:#}");
            assert!(number(&times["mean_ns"]) > 0.0);
        }
    }
}

#[test]
fn people_read_the_same_figures() {
    let ran = folder().run(&[&BENCH[..], &["--no-index"]].concat()).expect(0);
    assert!(ran.stdout.starts_with("arcade: 3 rules, 4 requests, without index\n"), "{ran:?}");
    let words: Vec<Vec<&str>> =
        ran.lines().iter().map(|line| line.split_whitespace().collect()).collect();
    for expected in [
        &["matches", "0.75", "a", "decision"][..],
        &["looked", "at", "3.00", "a", "decision,", "of", "3", "slots"],
        &["allocations", "0.00", "a", "decision"],
        &["veteran", "4", "2", "2", "1", "50.0"],
        &["newcomer", "4", "1", "1", "2", "30.0"],
    ] {
        assert!(words.iter().any(|line| line == expected), "{expected:?}\n{}", ran.stdout);
    }
}
