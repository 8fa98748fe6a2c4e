//! What loading an archive may take, whoever made it: limits refuse what exceeds
//! them and nothing else, and memory stays below a multiple of the file.

#[path = "loading/hostile.rs"]
mod hostile;
#[path = "loading/tables.rs"]
mod tables;
mod weighing;
#[path = "loading/worst.rs"]
mod worst;

use rulestone::limits::Limit;
use rulestone::{ErrorCode, Limits, LoadError, Ruleset};
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Indexing, Options};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use weighing::weigh;

fn compiled(input: &Input, index: Indexing) -> Vec<u8> {
    let options = Options { index, ..Options::default() };
    compile(input, options).archive.expect("the source is good")
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules").join(name)
}

fn memory(yaml: String) -> Input {
    Input::Memory(vec![("ruleset.yaml".to_owned(), yaml.into_bytes())])
}

/// Something that each limit counts.
const SHOP: &str = r#"
rulestone: v1
ruleset: shop
facts:
  level: int
  name: string
  tags: {list: string, max_items: 4}
outputs:
  points: {type: int, combine: sum, default: 0}
  names: {type: string, combine: collect}
variables:
  known: name.matches("^[a-z]+$") && level > 2
  strong: variables.known && level * 2 > 50
rules:
  - id: strong
    condition: variables.strong
    output: {points: 10 * level, names: "Hi ${name}"}
  - id: tagged
    condition: tags.exists(t, tags.exists(u, u == t + "!"))
    output: {points: 1, names: x}
"#;

/// A ruleset with many different rules, words and thresholds.
fn crowd(rules: usize) -> Input {
    let mut yaml = String::from(
        "rulestone: v1\nruleset: crowd\nfacts: {a: int, b: double, name: string, \
         tags: {list: string}}\noutputs: {text: {type: string, combine: collect}, \
         sum: {type: int, combine: sum}}\nrules:\n",
    );
    for n in 0..rules {
        let _ = write!(
            yaml,
            "  - id: rule-{n}\n    priority: {}\n    condition: a >= {n} && b < {n}.5 && name in \
             [\"n{n}\", \"m{n}\"] && (\"t{n}\" in tags || a * 3 != {n})\n    \
             output: {{text: \"text {n}\", sum: a + {n}}}\n",
            n % 7
        );
    }
    memory(yaml)
}

/// Archives by the compiler.
fn compiled_archives() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    for (way, index) in [("always", Indexing::Always), ("where paying", Indexing::WherePaying)] {
        for name in ["black-mesa", "daily-bonus.yaml", "flash-sale"] {
            all.push((name, compiled(&Input::Path(example(name)), index)));
        }
        all.push(("shop", compiled(&memory(SHOP.to_owned()), index)));
        all.push((way, compiled(&crowd(300), index)));
    }
    all
}

#[test]
fn loading_takes_no_more_memory_than_a_multiple_of_the_file() {
    let mut all = compiled_archives();
    all.extend(hostile::archives());
    for (name, bytes) in all {
        let limits = Limits::default().with_cost(u64::MAX);
        let (loaded, peak, kept) = weigh(|| Ruleset::from_bytes_with(&bytes, &limits));
        let outcome = loaded.as_ref().map(|_| ()).map_err(ToString::to_string);
        let (length, times) = (bytes.len(), |n: usize| n as f64 / bytes.len() as f64);
        println!(
            "{name}: {length} bytes, {:.1} times at most, {:.1} times kept, {outcome:?}",
            times(peak),
            times(kept)
        );
        assert!(peak >= length, "{name}: the copy is not counted");
        let most = Limits::LOAD_FACTOR * length + Limits::LOAD_BASE;
        assert!(peak <= most, "{name}: {peak} bytes for a file of {length}");
        assert_eq!(outcome, Ok(()), "{name}: is meant to be in order");
    }
}

/// Decides about these requests with an allowance for values that rules make; gives
/// the memory of the session, frames not included.
fn session_memory(ruleset: &Ruleset, requests: &[serde_json::Value], values: usize) -> usize {
    let frames: Vec<Vec<u8>> =
        requests.iter().map(|facts| ruleset.encode(facts).expect("the facts are good")).collect();
    let (_, peak, _) = weigh(|| {
        let mut session = ruleset.session();
        session.set_memory_limit(values);
        for index in [true, false] {
            session.use_index(index);
            for frame in &frames {
                let decision = session.decide(frame).expect("the frame is good");
                std::hint::black_box(decision.matched().count());
            }
        }
    });
    peak
}

#[test]
fn a_session_takes_no_more_memory_than_its_ruleset_says() {
    const VALUES: usize = 8 << 10;
    let requests = |name: &str| -> Vec<serde_json::Value> {
        let lines = fs::read_to_string(example(name)).expect("the requests are there");
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    let everything: Vec<serde_json::Value> = (0..20)
        .map(|n| {
            let tags: Vec<String> = (0..64).map(|tag| format!("t{}", tag * n)).collect();
            serde_json::json!({"a": n * 20, "b": -1.0, "name": format!("n{n}"), "tags": tags})
        })
        .collect();
    // All rules match; all of them fail, all are in conflict.
    let mut many = String::from(
        "rulestone: v1\nruleset: many\nhit_policy: unique\nfacts: {a: int}\ngroups: {all: \
         {hit_policy: collect}}\noutputs: {x: {type: int, combine: collect}, y: {type: int}}\n\
         rules:\n",
    );
    for n in 0..1000 {
        let group = if n % 2 == 0 { "all" } else { "default" };
        let _ = writeln!(
            many,
            "  - {{id: r{n}, group: {group}, condition: a >= {n}, output: {{x: 1 / (a - 5000), \
             y: a}}}}"
        );
    }
    let numbers: Vec<serde_json::Value> =
        (0..2000).step_by(333).chain([5000]).map(|a| serde_json::json!({"a": a})).collect();
    for (name, input, requests) in [
        ("black-mesa", Input::Path(example("black-mesa")), requests("black-mesa/requests.jsonl")),
        ("flash-sale", Input::Path(example("flash-sale")), requests("flash-sale/requests.jsonl")),
        ("crowd", crowd(300), everything),
        ("many", memory(many), numbers),
    ] {
        for index in [Indexing::Always, Indexing::Never] {
            let ruleset = Ruleset::from_bytes(&compiled(&input, index)).expect("is in order");
            let needed = session_memory(&ruleset, &requests, VALUES);
            let stated = ruleset.needs().scratch;
            println!("{name}: {needed} bytes, of {stated} and {VALUES} for values");
            assert!(needed <= stated + VALUES, "{name}: {needed} bytes, of {stated}");
            assert!(stated < 64 * (needed + VALUES), "{name}: {stated} says nothing");
        }
    }
}

#[test]
fn a_session_that_completes_frames_takes_no_more_memory_than_its_ruleset_says() {
    const VALUES: usize = 8 << 10;
    let words = |of: &str, count: usize| {
        let words: Vec<String> = (0..count).map(|n| format!("{of}-{n:04}")).collect();
        words.join(", ")
    };
    let mut lacking = format!(
        "rulestone: v1\nruleset: lacking\nfacts:\n  a: int\n  long: {{list: string, max_items: \
         4000, default: [{}]}}\n",
        words("default", 4000)
    );
    for n in 0..400 {
        let _ = writeln!(lacking, "  f{n}: {{type: string, default: {}}}", "x".repeat(n % 90 + 1));
    }
    lacking += "rules:\n";
    for n in 0..300 {
        let _ = writeln!(
            lacking,
            "  - {{id: r{n}, condition: 'a > {n} && f{n} != \"y\" && \"default-{n:04}\" in long'}}"
        );
    }
    let requests: Vec<serde_json::Value> = (0..40)
        .map(|n| match n % 4 {
            3 => serde_json::json!({"a": n * 20, "f7": "y".repeat(n * 20)}),
            2 => serde_json::json!({"a": n * 20, "long": ["default-0004"]}),
            _ => serde_json::json!({"a": n * 20}),
        })
        .collect();
    let input = memory(lacking);
    for index in [Indexing::Always, Indexing::Never] {
        let ruleset = Ruleset::from_bytes(&compiled(&input, index)).expect("is in order");
        let longest = requests.iter().map(|facts| ruleset.encode(facts).expect("good").len()).max();
        let copies = 2 * longest.unwrap_or(0) + (8 << 10);
        let needed = session_memory(&ruleset, &requests, VALUES);
        let stated = ruleset.needs().scratch;
        println!("lacking: {needed} bytes, of {stated}, {VALUES} for values, {copies} for frames");
        assert!(needed <= stated + VALUES + copies, "{needed} bytes, of {stated}");
        assert!(stated < 64 * (needed + VALUES), "{stated} says nothing");
        assert!(needed > ruleset.archive().schema.defaults.length.to_native() as usize);
    }
}

#[test]
fn the_limits_that_just_do_are_the_least() {
    for bytes in [
        compiled(&memory(SHOP.to_owned()), Indexing::Always),
        compiled(&Input::Path(example("black-mesa")), Indexing::WherePaying),
    ] {
        let ruleset = Ruleset::from_bytes(&bytes).expect("is in order");
        let needs = *ruleset.needs();
        assert_eq!(needs.bytes, bytes.len());
        assert_eq!(needs.rules as usize, ruleset.rules().len());
        assert_eq!(needs.facts as usize, ruleset.facts().len());
        assert_eq!(needs.cost, ruleset.verified().worst_case_cost);
        let same = Ruleset::from_bytes_with(&bytes, &needs).expect("just does");
        assert_eq!(*same.needs(), needs);
        assert_eq!(needs.exceeded_by(&needs).count(), 0);
        for (limit, less) in [
            (Limit::Bytes, needs.with_bytes(needs.bytes - 1)),
            (Limit::Rules, needs.with_rules(needs.rules - 1)),
            (Limit::Facts, needs.with_facts(needs.facts - 1)),
            (Limit::Instructions, needs.with_instructions(needs.instructions - 1)),
            (Limit::Automata, needs.with_automata(needs.automata - 1)),
            (Limit::Nesting, needs.with_nesting(needs.nesting - 1)),
            (Limit::Cost, needs.with_cost(needs.cost - 1)),
            (Limit::Scratch, needs.with_scratch(needs.scratch - 1)),
        ] {
            let error = Ruleset::from_bytes_with(&bytes, &less).expect_err("exceeds the limit");
            let LoadError::Limit { exceeded, .. } = &error else { panic!("{error}") };
            assert_eq!(exceeded.limit(), limit);
            assert_eq!(exceeded.found(), exceeded.most() + 1);
            let code = if limit == Limit::Cost { ErrorCode::Cost } else { ErrorCode::TooLarge };
            assert_eq!(error.code(), Some(code));
            let text = format!("({limit}: {}, at most {})", exceeded.found(), exceeded.most());
            assert!(error.to_string().ends_with(&text), "{error}");
        }
    }
}

#[test]
fn nesting_counts_loops_types_and_variables() {
    let nesting = |condition: &str| {
        let yaml = format!(
            "rulestone: v1\nruleset: n\nfacts: {{tags: {{list: string, max_items: 4}}}}\n\
             variables:\n  one: tags.size() > 1 || tags == [\"x\"]\n  two: variables.one || tags \
             == [\"y\"]\n  three: variables.two || tags == [\"z\"]\nrules:\n  - id: r\n    \
             condition: >-\n      {condition}\n"
        );
        let bytes = compiled(&memory(yaml), Indexing::Never);
        Ruleset::from_bytes(&bytes).expect("is in order").needs().nesting
    };
    assert_eq!(nesting("tags.size() == 2"), 3, "of the variables");
    assert_eq!(nesting("[[[[tags]]]] == [[[[['x']]]]]"), 5, "of the types");
    let loops = "tags.exists(a, tags.exists(b, tags.exists(c, tags.exists(d, a + b == c + d))))";
    assert_eq!(nesting(loops), 4, "of the loops");
}

#[test]
fn the_examples_are_within_the_strict_limits() {
    for name in ["black-mesa", "daily-bonus.yaml", "flash-sale"] {
        let bytes = compiled(&Input::Path(example(name)), Indexing::WherePaying);
        let ruleset = Ruleset::from_bytes_with(&bytes, &Limits::strict());
        assert!(ruleset.is_ok(), "{name}: {ruleset:?}");
    }
}
