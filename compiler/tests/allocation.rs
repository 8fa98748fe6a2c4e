//! A decision allocates nothing after warm-up, JSON included.

// The one counting allocator of this repository.
#[path = "../cli/src/allocations.rs"]
mod allocations;

use rulestone::{Facts, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Decides about all frames twice, and counts in the second round.
fn allocations_of(ruleset: &Ruleset, frames: &[Vec<u8>]) -> u64 {
    let mut session = ruleset.session();
    let mut json = Vec::new();
    let mut round = || {
        for frame in frames {
            json.clear();
            let decision = session.decide(frame).expect("the frame is good");
            decision.write_json(&mut json);
            assert!(decision.matched().count() <= ruleset.rules().len());
        }
    };
    round();
    let before = allocations::count();
    assert!(before > 0, "the allocator doesn't count");
    round();
    allocations::count() - before
}

fn frames(ruleset: &Ruleset, requests: &str) -> Vec<Vec<u8>> {
    let mut builder = ruleset.facts_builder();
    requests
        .lines()
        .map(|line| {
            let facts: serde_json::Value = serde_json::from_str(line).expect("JSON");
            builder.encode(&facts).expect("the facts are good").to_vec()
        })
        .collect()
}

fn load(input: &Input) -> Ruleset {
    let archive = compile(input, Options::default()).archive.expect("the source is good");
    Ruleset::from_vec(archive).expect("the archive is good")
}

#[test]
fn black_mesa_allocates_nothing() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/black-mesa");
    let ruleset = load(&Input::Path(rules.clone()));
    let requests = fs::read_to_string(rules.join("requests.jsonl")).expect("the requests");
    assert_eq!(allocations_of(&ruleset, &frames(&ruleset, &requests)), 0);
}

#[test]
fn encoding_json_allocates_nothing() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/black-mesa");
    let ruleset = load(&Input::Path(rules.clone()));
    let requests = fs::read_to_string(rules.join("requests.jsonl")).expect("the requests");
    // A string with escapes is decoded into text of its own.
    let plain: Vec<&str> = requests.lines().filter(|line| !line.contains('\\')).collect();
    assert!(plain.len() > 1_000);
    let mut encoder = ruleset.json_encoder();
    let mut frames = Vec::new();
    let mut round = |frames: &mut Vec<u8>| {
        frames.clear();
        for line in &plain {
            encoder.append(line.as_bytes(), frames).expect("good facts");
        }
    };
    round(&mut frames);
    let before = allocations::count();
    round(&mut frames);
    assert_eq!(allocations::count() - before, 0);
}

#[test]
fn text_lists_macros_regexes_and_templates_allocate_nothing() {
    let yaml = r#"
rulestone: v1
ruleset: busy
facts:
  now: timestamp
  name: string
  level: int
  tags: {list: string}
  stock: {map: int}
  mode: {list: {enum: [easy, hard]}}
  nested: {list: {list: int}}
outputs:
  text: {type: string, combine: collect}
  items: {type: {list: string}, combine: collect}
  counts: {type: {map: int}}
  sum: {type: int, combine: sum}
rules:
  - id: text
    condition: name.lowerAscii().replace("a", "bb").split("b").size() > 0 && name.matches("^\\w+")
    output: {text: "Hello ${name.upperAscii()} of ${level}, ${now}", sum: level}
  - id: lists
    condition: tags.map(t, t + "!").filter(t, t.size() > 1).exists(t, t.startsWith("v")) || "hard" in mode
    output: {items: 'tags.map(t, t + name) + ["x"]', text: '${tags.join(",")} ${"%s %d".format([name, level])}'}
  - id: maps
    condition: stock.all(k, v, v > 0 && k != "") && nested.map(l, l.size()) == [1, 2]
    output: {counts: 'stock.transformMap(k, v, v * level)', sum: 'math.greatest(nested[0])'}
  - id: time
    condition: now.getHours("Europe/London") >= 0 && now + duration("1h") > now
    output: {text: "${now - duration('1h')} ${now.getFullYear()}"}
  - id: faults
    condition: level / 0 > 1 || stock["none"] > 1 || level > -1
    output: {sum: level / 0, text: "${stock['none']}"}
"#;
    let ruleset = load(&Input::Memory(vec![("busy.yaml".to_owned(), yaml.into())]));
    let requests = (0..50)
        .map(|n| {
            format!(
                r#"{{"now": {n}, "name": "Ada{}", "level": {n}, "tags": ["vip", "new{n}"], "stock": {{"a": 1, "b{n}": 2}}, "mode": ["easy", "hard"], "nested": [[1], [2, 3]]}}"#,
                "x".repeat(n * 7)
            )
        })
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(allocations_of(&ruleset, &frames(&ruleset, &requests)), 0);
}

#[test]
fn batches_and_items_allocate_nothing() {
    let mut yaml = "rulestone: v1\nruleset: many\n\
        facts: {level: int, tags: {list: string}, rarity: int, note: string}\n\
        outputs: {texts: {type: string, combine: collect}}\nrules:\n"
        .to_owned();
    for n in 0..1_200 {
        yaml += &format!(
            "  - id: r{n}\n    condition: level > {} && ('t{}' in tags || rarity == {})\n    \
             output: {{texts: '${{note}} {n}'}}\n",
            n % 90,
            n % 9,
            n % 50
        );
    }
    let ruleset = load(&Input::Memory(vec![("many.yaml".to_owned(), yaml.into_bytes())]));
    let mut builder = ruleset.facts_builder();
    let (mut frames, mut items) = (Vec::new(), Vec::new());
    for n in 0..40 {
        builder.clear();
        builder.set_int("rarity", n).expect("a fact");
        builder.set_str("note", &"long ".repeat(n as usize * 5)).expect("a fact");
        items.extend_from_slice(builder.finish_partial().expect("good facts"));
        builder.set_int("level", n * 2).expect("a fact");
        builder.set("tags", &["t1", "t8"]).expect("a fact");
        frames.extend_from_slice(builder.finish().expect("good facts"));
    }
    builder.clear();
    builder.set_int("level", 80).expect("a fact");
    builder.set("tags", &["t2", "t3"]).expect("a fact");
    let player = builder.finish_partial().expect("good facts").to_vec();
    for threshold in [0, usize::MAX] {
        let mut session = ruleset.session();
        session.set_batch_threshold(threshold);
        let mut json = Vec::new();
        let mut round = || {
            let mut kept = 0;
            let mut sink = |_, decision: Result<rulestone::Decision<'_>, _>| {
                let decision = decision.expect("a good frame");
                json.clear();
                decision.write_json(&mut json);
                kept += decision.matched().len();
            };
            session.decide_batch(&frames, &mut sink);
            session.bind(&player).expect("a good frame").decide_batch(&items, &mut sink);
            kept
        };
        assert!(round() > 1_000);
        let before = allocations::count();
        round();
        assert_eq!(allocations::count() - before, 0);
    }
}

#[derive(Facts, Serialize)]
struct Request<'a> {
    player: Player<'a>,
    tags: Vec<&'a str>,
    scores: BTreeMap<&'a str, i64>,
    mode: Mode,
}

#[derive(Facts, Serialize)]
struct Player<'a> {
    level: i64,
    name: &'a str,
    guild: Option<&'a str>,
}

#[derive(Facts, Serialize, Clone, Copy)]
#[facts(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
enum Mode {
    Easy,
    Hard,
}

#[test]
fn facts_from_a_servers_own_structs_allocate_nothing() {
    // In another order than the fields have.
    let yaml = r#"
rulestone: v1
ruleset: ways-in
facts:
  mode: {enum: [hard, easy]}
  tags: {list: string}
  player:
    name: string
    guild: {type: string, optional: true}
    level: int
  scores: {map: int}
rules:
  - id: hard
    condition: mode == "hard" && player.level > 3 && "x" in tags
"#;
    let source = vec![("ruleset.yaml".to_owned(), yaml.as_bytes().to_vec())];
    let ruleset = load(&Input::Memory(source));
    let requests = [Mode::Easy, Mode::Hard].map(|mode| Request {
        player: Player { level: 7, name: "Ada", guild: matches!(mode, Mode::Easy).then_some("G") },
        tags: vec!["vip", "x"],
        scores: BTreeMap::from([("a", 1), ("b", 2)]),
        mode,
    });
    let mut encoder = ruleset.encoder::<Request>().expect("it fits");
    let mut builder = ruleset.facts_builder();
    let mut session = ruleset.session();
    let mut matched = 0;
    let mut round = || {
        for request in &requests {
            let frame = encoder.encode(request).expect("good facts");
            matched += session.decide_checked(frame).expect("its frame").matched().len();
            let same = builder.encode(request).expect("good facts") == frame.bytes();
            assert!(same && ruleset.check_frame(frame.bytes()).is_ok());
        }
    };
    round();
    let before = allocations::count();
    round();
    assert_eq!(allocations::count() - before, 0);
    assert_eq!(matched, 2);
}

#[test]
fn requests_that_lack_facts_with_defaults_allocate_nothing() {
    let mut yaml = "rulestone: v1\nruleset: lacking\nfacts:\n  level: int\n  tags: {list: string, \
        default: [t1, t8]}\n  rarity: {type: int, default: 7}\n  note: {type: string, default: \
        none}\noutputs: {texts: {type: string, combine: collect}}\nrules:\n"
        .to_owned();
    for n in 0..1_200 {
        yaml += &format!(
            "  - id: r{n}\n    condition: level > {} && ('t{}' in tags || rarity == {})\n    \
             output: {{texts: '${{note}} {n}'}}\n",
            n % 90,
            n % 9,
            n % 50
        );
    }
    let ruleset = load(&Input::Memory(vec![("lacking.yaml".to_owned(), yaml.into_bytes())]));
    let mut builder = ruleset.facts_builder();
    let (mut frames, mut items) = (Vec::new(), Vec::new());
    for n in 0..40 {
        builder.clear();
        if n % 3 == 0 {
            builder.set_str("note", &"long ".repeat(n as usize * 5)).expect("a fact");
        }
        items.extend_from_slice(builder.finish_partial().expect("good facts"));
        builder.set_int("level", n * 2).expect("a fact");
        frames.push(builder.finish().expect("good facts").to_vec());
    }
    builder.clear();
    builder.set_int("level", 80).expect("a fact");
    let player = builder.finish_partial().expect("good facts").to_vec();
    assert_eq!(allocations_of(&ruleset, &frames), 0);
    // A session goes to and fro between requests that lack facts and bound ones.
    let batch = frames.concat();
    for threshold in [0, usize::MAX] {
        let mut session = ruleset.session();
        session.set_batch_threshold(threshold);
        let mut round = || {
            let mut kept = 0;
            let mut sink = |_, decision: Result<rulestone::Decision<'_>, _>| {
                kept += decision.expect("a good frame").matched().len();
            };
            session.decide_batch(&batch, &mut sink);
            session.bind(&player).expect("a good frame").decide_batch(&items, &mut sink);
            for frame in &frames {
                kept += session.matching(frame).expect("a good frame").len();
            }
            kept
        };
        assert!(round() > 1_000);
        let before = allocations::count();
        round();
        assert_eq!(allocations::count() - before, 0);
    }
}
