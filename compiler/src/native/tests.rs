//! What the text of native twins is. That it means what the ruleset means, the
//! test `native` finds out by running it.

use super::{Crate, Refused, emit};
use crate::source::Input;
use crate::{Checked, check_source};

const HEAD: &str = "rulestone: v1
ruleset: small
facts:
  now: timestamp
  level: int
  coins: uint
  name: string
  premium: bool
  kind: {enum: [idol, old map]}
  guild: {type: string, optional: true}
  tags: {list: string, max_items: 4}
  counts: {map: int, max_items: 4}
outputs:
  total: {type: int, combine: sum}
  message: {type: string}
";

fn written(rules: &str) -> Result<Crate, (Refused, String)> {
    written_with("", rules)
}

/// The same with more facts.
fn written_with(facts: &str, rules: &str) -> Result<Crate, (Refused, String)> {
    let head = HEAD.replace("outputs:\n", &format!("{facts}outputs:\n"));
    let source = format!("{head}{rules}");
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.into_bytes())]);
    let Checked { sources, ruleset, diagnostics } = check_source(&input);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let ruleset = ruleset.expect("it can be checked");
    emit(&ruleset, &sources).map_err(|refused| {
        let message = refused.message(&sources);
        (refused, message)
    })
}

fn file<'c>(twin: &'c Crate, path: &str) -> &'c str {
    let found = twin.files.iter().find(|(of, _)| of == path);
    found.map_or("", |(_, content)| content)
}

/// The body of the function of a rule `r` with this condition.
#[track_caller]
fn body(condition: &str) -> String {
    let rules = format!("rules:\n  - {{id: r, condition: '{condition}'}}\n");
    let twin = written(&rules).expect("it is covered");
    let text = file(&twin, "src/rules_000.rs");
    let (_, body) = text.split_once("fn rule_r(facts: &Facts<'_>) -> bool {\n").expect("a rule");
    let (body, _) = body.split_once("\n}\n").expect("it ends");
    body.trim().to_owned()
}

#[test]
fn comparisons_are_plain() {
    assert_eq!(body("level >= 3 && premium"), "facts.level >= 3 && facts.premium");
    assert_eq!(body("!(level >= 3 || premium)"), "facts.level < 3 && !facts.premium");
    assert_eq!(body(r#"name == "ann""#), r#"facts.name == "ann""#);
    assert_eq!(body("level % 7 == 2"), "facts.level % 7 == 2");
    assert_eq!(body("coins > 3"), "facts.coins > 3");
    assert_eq!(
        body(r#"now < timestamp("2026-06-01T00:00:00Z")"#),
        "facts.now.seconds < 1780272000"
    );
}

#[test]
fn a_fact_with_a_default_is_a_plain_field_that_says_it() {
    let twin = written_with(
        "  region: {type: string, default: \"e`u\\n\"}\n  odds: {map: int, default: {a: 1}}\n  \
         key: {type: bytes, default: aGk=}\n  words: {list: string, default: [a, b]}\n",
        "rules: [{id: r, condition: 'has(region) && region == \"eu\"'}]\n",
    );
    let twin = twin.expect("it is covered");
    let text = file(&twin, "src/lib.rs");
    for expected in [
        "    /// `\"e'u\\n\"` where a request lacks it.\n    pub region: &'a str,\n",
        "    /// `[(\"a\", 1)]` where a request lacks it.\n    pub odds: &'a [(&'a str, i64)],\n",
        "    /// `b\"hi\"` where a request lacks it.\n    pub key: &'a [u8],\n",
        "    /// `[\"a\", \"b\"]` where a request lacks it.\n    pub words: &'a [&'a str],\n",
        "    pub guild: Option<&'a str>,\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let rules = file(&twin, "src/rules_000.rs");
    assert!(rules.contains(r#"facts.region == "eu""#) && !rules.contains("is_some"), "{rules}");
}

#[test]
fn enums_are_compared_by_index() {
    assert_eq!(body(r#"kind == "old map""#), "facts.kind == values::kind::OLD_MAP");
    assert_eq!(
        body(r#"kind in ["idol", "old map"]"#),
        "matches!(facts.kind, values::kind::IDOL | values::kind::OLD_MAP)"
    );
}

#[test]
fn what_may_fail_doesnt_hold_where_it_does() {
    assert_eq!(
        body("level * level > 9"),
        "meaning::holds(|| Some(facts.level.checked_mul(facts.level)? > 9))"
    );
    assert_eq!(
        body(r#"!(premium && guild == "red")"#),
        r#"!facts.premium || meaning::holds(|| Some(facts.guild? != "red"))"#
    );
    assert_eq!(body("!has(guild)"), "facts.guild.is_none()");
}

#[test]
fn lists_are_searched_in_place() {
    assert_eq!(body(r#""vip" in tags"#), r#"facts.tags.contains(&"vip")"#);
    assert_eq!(body("level in [5, 3, 5]"), "matches!(facts.level, 3 | 5)");
    assert_eq!(
        body(r#"tags.exists(t, t == name)"#),
        "facts.tags.iter().any(|&item_0| item_0 == facts.name)"
    );
}

#[test]
fn schedules_are_comparisons_of_seconds() {
    let twin = written(
        "rules:\n  - {id: r, schedule: {start: 2026-06-01T00:00:00}, condition: premium}\n",
    );
    let twin = twin.expect("it is covered");
    let text = file(&twin, "src/rules_000.rs");
    assert!(text.contains("    facts.now.seconds >= 1780272000 && facts.premium\n"), "{text}");
}

#[test]
fn what_isnt_covered_is_named_with_its_rule_and_place() {
    for (condition, construct) in [
        (r#"name.matches("a+")"#, "regexes"),
        (r#"counts["a"] > 1"#, "maps"),
        ("bucket(name, \"x\") < 5", "`bucket`"),
        ("now.getHours() > 3", "parts of timestamps"),
        (r#"name + "x" == "ax""#, "text or lists that are made, but as an output"),
    ] {
        let rules = format!("rules:\n  - id: odd\n    condition: '{condition}'\n");
        let (refused, message) = written(&rules).expect_err("it is not covered");
        assert_eq!(refused.rule.as_deref(), Some("odd"));
        assert_eq!(refused.construct, construct);
        let place = "ruleset.yaml:18:17: rule `odd`: a native twin has no ";
        assert!(message.starts_with(place), "{message}");
    }
    let rollout = "rules:\n  - {id: odd, rollout: {percentage: 5, by: name}}\n";
    assert_eq!(written(rollout).expect_err("it is not covered").0.construct, "rollouts");
}

#[test]
fn an_output_that_isnt_covered_costs_only_the_decision() {
    let rule = "rules:\n  - {id: odd, output: {message: '${now}'}}\n";
    let twin = written(rule).expect("matching is covered");
    let refused = twin.undecided.as_ref().expect("the output isn't");
    assert_eq!(refused.rule.as_deref(), Some("odd"));
    assert_eq!(file(&twin, "src/decision.rs"), "");
    assert!(file(&twin, "src/lib.rs").contains("\n// There is no `decide`: rule `odd`: "));
}

#[test]
fn each_file_says_what_it_was_made_from() {
    let twin = written("rules:\n  - {id: r, condition: premium}\n").expect("it is covered");
    for (path, content) in twin.files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let mut lines = content.lines();
        let first = lines.next().unwrap_or_default();
        assert!(first.ends_with("from the ruleset `small`."), "{path}: {first}");
        let hash = lines.next().unwrap_or_default().strip_prefix("// Source (BLAKE3): ");
        assert_eq!(hash.map(str::len), Some(64), "{path}");
    }
}

#[test]
fn many_rules_are_many_files() {
    let mut rules = String::from("rules:\n");
    for number in 0..1001 {
        rules.push_str(&format!("  - {{id: r-{number}, condition: level > {number}}}\n"));
    }
    let twin = written(&rules).expect("it is covered");
    assert!(file(&twin, "src/rules_002.rs").contains("matched.push(1000)"));
    assert_eq!(file(&twin, "src/rules_003.rs"), "");
    assert!(file(&twin, "src/lib.rs").contains("    rules_002::matching(facts, matched);\n}"));
}

#[test]
fn a_long_list_of_constants_is_written_once_for_all_that_look_into_it() {
    let numbers: Vec<String> = (0..40).map(|number| (number * 3).to_string()).collect();
    let words: Vec<String> = (0..40).map(|number| format!("\"w{number}\"")).collect();
    let moments: Vec<String> = (0..40).map(|number| format!("timestamp({number})")).collect();
    let [numbers, words, moments] = [numbers, words, moments].map(|list| list.join(", "));
    let mut rules = format!(
        "constants:\n  numbers: [{numbers}]\nvariables:\n  unused: 'level in [1, {numbers}]'\nrules:\n"
    );
    for number in 0..9 {
        rules += &format!(
            "  - id: r{number}\n    condition: 'level + {number} in constants.numbers || name in [{words}] || now in [{moments}]'\n    \
             output: {{total: 'level in constants.numbers ? 1 : {number}'}}\n"
        );
    }
    let twin = written(&rules).expect("it is covered");
    let constants = file(&twin, "src/constants.rs");
    assert_eq!(constants.matches("117").count(), 1, "{constants}");
    assert_eq!(constants.matches("\"w39\"").count(), 1, "{constants}");
    assert_eq!(constants.matches("static LIST_").count(), 2, "{constants}");
    assert_eq!(constants.matches("fn is_in_list_").count(), 1, "{constants}");
    assert!(constants.contains("use crate::Timestamp;"), "{constants}");
    let text = file(&twin, "src/rules_000.rs");
    assert!(text.contains("use crate::constants;") && !text.contains("117"), "{text}");
    assert_eq!(body("level in [3, 1, 2, 3]"), "matches!(facts.level, 1 | 2 | 3)");
    // What is written only to see whether it can be leaves nothing.
    let more = "counts[\"a\"] + (level in [7, ".to_owned() + &numbers + "] ? 1 : 0)";
    let refused = format!("{rules}  - {{id: bad, output: {{total: '{more}'}}}}\n");
    let twin = written(&refused).expect("it can be matched");
    assert!(twin.undecided.is_some());
    assert_eq!(file(&twin, "src/constants.rs").matches("pub(crate)").count(), 3);
}
