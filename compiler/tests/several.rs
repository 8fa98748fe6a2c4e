//! Several requests at once decide as each alone: facts that are bound and an item's,
//! whichever of the two brings a fact, decide as one frame that has all of them; a
//! batch as its frames one by one.
//!
//! `RULESTONE_SEED` and `RULESTONE_SPLITS` vary what is tried.

#[allow(dead_code, reason = "each test uses a part of it")]
mod generator;
mod support;

use generator::facts;
use generator::random::Random;
use generator::ruleset::Ruleset as Generated;
use rulestone::{Decision, ErrorCode, FactsBuilder, Limits, RequestError, Ruleset, Session};
use rulestone_compiler::source::Input;
use serde_json::{Value as Json, json};
use support::Twin;

fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// Within limits for cost that no server would set: some loop over lists of lists.
fn compile(source: &str) -> Twin {
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())]);
    let limits = Limits::new().with_cost(u64::MAX);
    Twin::compile_within(&input, &limits).unwrap_or_else(|report| panic!("{report}"))
}

fn line(decision: Result<Decision<'_>, RequestError>) -> String {
    let mut line = Vec::new();
    match decision {
        Ok(decision) => decision.write_json(&mut line),
        Err(error) => return error.to_string(),
    }
    String::from_utf8(line).expect("JSON is UTF-8")
}

/// The partial frames of the facts of a request for which `is_bound` holds, and of
/// the others.
fn split(
    ruleset: &Ruleset,
    builder: &mut FactsBuilder,
    request: &Json,
    mut is_bound: impl FnMut(&str) -> bool,
) -> [Vec<u8>; 2] {
    let given: Vec<_> = ruleset
        .facts()
        .map(|fact| {
            let value = fact.path().split('.').fold(request, |at, name| &at[name]);
            (fact.path(), value, is_bound(fact.path()))
        })
        .collect();
    [true, false].map(|bound| {
        builder.clear();
        for (path, value, _) in given.iter().filter(|(_, _, is_bound)| *is_bound == bound) {
            builder.set(*path, value).unwrap_or_else(|error| panic!("{error}"));
        }
        builder.finish_partial().unwrap_or_else(|error| panic!("{error}")).to_vec()
    })
}

/// The same bytes at an odd address.
fn odd(bytes: &[u8]) -> (Vec<u8>, std::ops::Range<usize>) {
    let mut moved = vec![0; bytes.len() + 2];
    let start = 1 - moved.as_ptr() as usize % 2;
    moved[start..start + bytes.len()].copy_from_slice(bytes);
    (moved, start..start + bytes.len())
}

/// All ways in which a ruleset is asked.
fn sessions(twin: &Twin) -> [Session; 3] {
    let mut sessions = [twin.ruleset.session(), twin.ruleset.session(), twin.indexed.session()];
    sessions[1].use_index(false);
    for session in &mut sessions {
        session.set_batch_threshold(0);
    }
    sessions
}

#[test]
fn bound_facts_and_an_items_decide_as_one_frame_with_all_of_them() {
    let (seed, cases) = (setting("RULESTONE_SEED", 1), setting("RULESTONE_SPLITS", 400));
    let (mut decisions, mut matched) = (0, 0);
    for case in 0..cases {
        let mut random = Random::new(seed.wrapping_mul(0x0100_0000_01b3).wrapping_add(case));
        let generated = Generated::random(&mut random);
        let twin = compile(&generated.source());
        let mut builder = twin.ruleset.facts_builder();
        let mut sessions = sessions(&twin);
        for _ in 0..3 {
            let player = facts::random(&generated.scope, &mut random);
            let percent = *random.pick(&[0, 30, 60, 100]);
            let paths: Vec<String> = (twin.ruleset.facts())
                .map(|fact| fact.path().to_owned())
                .filter(|_| random.chance(percent))
                .collect();
            let is_bound = |path: &str| paths.iter().any(|bound| bound == path);
            let [bound, _] = split(&twin.ruleset, &mut builder, &player, is_bound);
            // The same player with one item after the other.
            let items: Vec<[Vec<u8>; 2]> = (0..3)
                .map(|_| {
                    let mut all = facts::random(&generated.scope, &mut random);
                    for path in &paths {
                        let value = path.split('.').fold(&player, |at, name| &at[name]).clone();
                        let mut at = &mut all;
                        for name in path.split('.') {
                            at = &mut at[name];
                        }
                        *at = value;
                    }
                    let [_, item] = split(&twin.ruleset, &mut builder, &all, is_bound);
                    let whole = builder.encode(&all).unwrap_or_else(|error| panic!("{error}"));
                    [item, whole.to_vec()]
                })
                .collect();
            for session in &mut sessions {
                let expected: Vec<String> =
                    items.iter().map(|[_, whole]| line(session.decide(whole))).collect();
                let (moved, at) = odd(&bound);
                let mut together = session.bind(&moved[at]).expect("a good frame");
                drop(moved);
                for ([item, _], expected) in items.iter().zip(&expected) {
                    let (moved, at) = odd(item);
                    let found = line(together.decide(&moved[at]));
                    assert_eq!(
                        &found,
                        expected,
                        "case {case} of seed {seed}, bound {paths:?}\n{}",
                        generated.source()
                    );
                    let ids: Vec<String> = (together.matching(item).expect("a good frame"))
                        .map(|rule| rule.id().to_owned())
                        .collect();
                    let found: Json = serde_json::from_str(&found).expect("JSON");
                    assert_eq!(json!(ids), found["matched"]);
                    decisions += 1;
                    matched += ids.len();
                }
            }
        }
    }
    println!("{decisions} decisions, {matched} rules kept");
    assert!(matched > decisions / 2);
}

#[test]
fn a_batch_decides_as_its_frames_one_by_one() {
    for case in 0..100 {
        let mut random = Random::new(case);
        let generated = Generated::random(&mut random);
        let twin = compile(&generated.source());
        let mut builder = twin.ruleset.facts_builder();
        let frames: Vec<Vec<u8>> = (0..5)
            .map(|_| {
                let request = facts::random(&generated.scope, &mut random);
                builder.encode(&request).unwrap_or_else(|error| panic!("{error}")).to_vec()
            })
            .collect();
        for session in &mut sessions(&twin) {
            decides_alike(session, &frames);
        }
    }
}

/// Decides about frames one by one and as a batch at an odd address, and says what.
fn decides_alike(session: &mut Session, frames: &[Vec<u8>]) -> Vec<String> {
    let expected: Vec<String> = frames.iter().map(|frame| line(session.decide(frame))).collect();
    let (moved, at) = odd(&frames.concat());
    let mut found = Vec::new();
    let count = session.decide_batch(&moved[at.clone()], |number, decision| {
        assert_eq!(number, found.len());
        found.push(line(decision));
    });
    assert_eq!((found.len(), &found), (count, &expected));
    let mut kept = 0;
    let count = session.matching_batch(&moved[at], |number, rules| match rules {
        Ok(rules) => {
            let ids: Vec<&str> = rules.map(|rule| rule.id()).collect();
            let expected: Json = serde_json::from_str(&expected[number]).expect("JSON");
            assert_eq!(json!(ids), expected["matched"]);
            kept += ids.len();
        }
        Err(error) => assert_eq!(error.to_string(), expected[number]),
    });
    assert_eq!(count, expected.len());
    assert!(kept > 0 || frames.len() < 20);
    expected
}

/// The facts of [`many`], and of an older form that ends before `item`.
const PLAYER: &str = "  level: int
  region: {enum: [uk, fr, de, jp]}
  tags: {list: {type: string, max_length: 40}}
  name: {type: string, optional: true}
  bags: {map: {list: {list: string}}}
  since: timestamp
";
const ITEM: &str = "  rarity: int
  words: {list: {type: string, max_length: 40}}
  note: {type: string, optional: true, max_length: 100000}
  shelves: {list: {map: string}}
  place: {type: point, optional: true}
";

/// A ruleset of several blocks, with all kinds of dimensions, and outputs of what is
/// nested in facts.
fn many() -> Twin {
    let mut source = format!(
        "rulestone: v1\nruleset: many\nfacts:\n{PLAYER}{ITEM}\
         outputs:\n  texts: {{type: string, combine: collect}}\n  \
         bags: {{map: {{list: {{list: string}}}}}}\n  shelves: {{list: {{map: string}}}}\n  \
         sum: {{type: int, combine: sum}}\n\
         variables:\n  power: level * 3 + rarity\n  title: name + \"/\" + note\n\
         rules:\n  - id: echo\n    output: {{bags: bags, shelves: shelves}}\n"
    );
    let regions = ["uk", "fr", "de", "jp"];
    for n in 0..2_000 {
        let region = regions[n % 4];
        let condition = match n % 7 {
            0 => format!("level >= {} && region == '{region}'", n % 90),
            1 => format!("rarity == {} && 't{}' in tags", n % 20, n % 11),
            2 => format!("variables.power > {} && 'w{}' in words", n % 400, n % 13),
            3 => format!("variables.title == 'n{}/x{}' || level == {}", n % 5, n % 3, n % 100),
            4 => format!("name == 'n{}' && rarity < {}", n % 5, n % 20),
            5 => format!("words.exists(w, w in tags) && level < {}", n % 50),
            _ => format!("since < timestamp('2026-01-01T00:00:00Z') + duration('{n}h')"),
        };
        source += &format!("  - id: r{n}\n    condition: \"{condition}\"\n");
        if n % 5 == 0 {
            source += "    output: {texts: \"${name}: ${note}\", sum: variables.power}\n";
        }
    }
    compile(&source)
}

/// Facts for [`many`]: of a player, and of an item.
fn request(random: &mut Random) -> Json {
    let mut some = |from: &str, most: usize, of: usize| -> Vec<String> {
        (0..random.below(most)).map(|_| format!("{from}{}", random.below(of))).collect()
    };
    let (tags, words) = (some("t", 6, 14), some("w", 6, 16));
    let rows = vec![some("a", 4, 9), some("b", 4, 9), vec![]];
    let (keys, note) = (some("k", 5, 50), some("long ", 3, 3).join("").repeat(300));
    let shelves: Vec<Json> = keys.iter().map(|key| json!({key: "v", "z": key, "": ""})).collect();
    let mut request = json!({
        "level": random.below(100), "region": random.word(&["uk", "fr", "de", "jp"]),
        "tags": tags, "bags": {"b": rows, "a": [], "": [["", "x"]]},
        "since": 1_767_000_000 + random.below(1 << 22),
        "rarity": random.below(20), "words": words, "shelves": shelves,
    });
    if random.chance(70) {
        request["name"] = json!(format!("n{}", random.below(6)));
    }
    if random.chance(70) {
        request["note"] = if random.chance(50) { json!("x1") } else { json!(note) };
        request["place"] = json!({"lat": 51.5, "lon": -0.1});
    }
    request
}

fn is_of_player(path: &str) -> bool {
    ["level", "region", "tags", "name", "bags", "since"].contains(&path)
}

#[test]
fn rulesets_of_many_blocks_decide_alike_in_batches_and_about_items() {
    let twin = many();
    assert!(twin.ruleset.archive().slots.len() > 1_024, "several blocks");
    let mut random = Random::new(7);
    let mut builder = twin.ruleset.facts_builder();
    let requests: Vec<Json> = (0..70).map(|_| request(&mut random)).collect();
    let mut frames: Vec<Vec<u8>> = (requests.iter())
        .map(|request| builder.encode(request).expect("good facts").to_vec())
        .collect();
    // Wrong inside, but as long as they say: at the start, the end, and in a row.
    for wrong in [0, 5, 16, 17, 18, 40, 69] {
        frames[wrong][8] ^= 1;
    }
    for session in &mut sessions(&twin) {
        let all = decides_alike(session, &frames);
        assert!(all[17].starts_with("F003"), "{}", all[17]);
        for count in [0, 1, 15, 16, 17, 32, 33] {
            decides_alike(session, &frames[20..20 + count]);
        }
        for player in requests.iter().step_by(9) {
            let [bound, _] = split(&twin.ruleset, &mut builder, player, is_of_player);
            let mut items = Vec::new();
            let mut wholes = Vec::new();
            for item in requests.iter().step_by(7) {
                let [_, part] = split(&twin.ruleset, &mut builder, item, is_of_player);
                let mut whole = item.clone();
                for name in ["level", "region", "tags", "name", "bags", "since"] {
                    whole[name] = player[name].clone();
                }
                wholes.push(builder.encode(&whole).expect("good facts").to_vec());
                items.push(part);
            }
            let expected: Vec<String> =
                wholes.iter().map(|whole| line(session.decide(whole))).collect();
            let mut together = session.bind(&bound).expect("a good frame");
            let mut found = Vec::new();
            let count = together.decide_batch(&items.concat(), |number, decision| {
                assert_eq!(number, found.len());
                found.push(line(decision));
            });
            assert_eq!((count, &found), (items.len(), &expected));
        }
    }
}

#[test]
fn a_batch_ends_where_a_length_cannot_be_believed() {
    let twin = compile("rulestone: v1\nruleset: r\nfacts: {level: int}\nrules: [{id: r}]\n");
    let frame = twin.ruleset.encode(&json!({"level": 1})).expect("good facts");
    let mut session = twin.ruleset.session();
    let mut codes = |bytes: &[u8]| {
        let mut codes = Vec::new();
        let count = session.decide_batch(bytes, |number, decision| {
            assert_eq!(number, codes.len());
            codes.push(decision.err().map(|error| error.code()));
        });
        assert_eq!(count, codes.len());
        codes
    };
    let with = |at: usize, byte: u8| {
        let mut wrong = frame.clone();
        wrong[at] = byte;
        [&frame[..], &wrong, &frame].concat()
    };
    assert_eq!(codes(&[]), []);
    assert_eq!(codes(&frame.repeat(3)), [None; 3]);
    assert_eq!(codes(&with(20, 1)), [None, Some(ErrorCode::FrameHeader), None]);
    assert_eq!(codes(&with(8, !frame[8])), [None, Some(ErrorCode::FrameFingerprint), None]);
    assert_eq!(codes(&with(0, b'r')), [None, Some(ErrorCode::FrameHeader)]);
    assert_eq!(codes(&with(4, 23)), [None, Some(ErrorCode::FrameHeader)]);
    assert_eq!(codes(&with(4, 0)), [None, Some(ErrorCode::FrameHeader)]);
    assert_eq!(codes(&with(7, 1)), [None, Some(ErrorCode::FrameTruncated)]);
    assert_eq!(
        codes(&with(4, 24)),
        [None, Some(ErrorCode::FrameTruncated), Some(ErrorCode::FrameHeader)]
    );
    let cut = [&frame[..], &frame[..10]].concat();
    assert_eq!(codes(&cut), [None, Some(ErrorCode::FrameTruncated)]);
}

#[test]
fn an_item_must_bring_what_is_missing_and_nothing_that_is_bound() {
    let twin = compile(
        "rulestone: v1\nruleset: r\nfacts: {a: int, b: string, c: {type: int, optional: true}}\n\
         outputs: {o: {type: string}}\n\
         rules: [{id: r, condition: a == 1, output: {o: '${b}!'}}]\n",
    );
    let mut builder = twin.ruleset.facts_builder();
    let mut partial = |facts: Json| builder.encode_partial(&facts).expect("good facts").to_vec();
    let (a, b, all) = (
        partial(json!({"a": 1})),
        partial(json!({"b": "x"})),
        partial(json!({"a": 1, "b": "y", "c": 2})),
    );
    let (c, none) = (partial(json!({"c": 5})), partial(json!({})));
    let mut session = twin.ruleset.session();
    assert_eq!(session.decide(&a).err().map(|error| error.code()), Some(ErrorCode::FrameMissing));
    let mut bound = session.bind(&a).expect("a good frame");
    let code = |decision: Result<Decision<'_>, RequestError>| {
        decision.err().map(|error| (error.code(), error.position()))
    };
    let matches = r#"{"matched":["r"],"outputs":{"o":"x!"}}"#;
    assert_eq!(line(bound.decide(&b)), matches);
    assert_eq!(code(bound.decide(&a)), Some((ErrorCode::FrameRepeated, Some(0))));
    assert_eq!(code(bound.decide(&all)), Some((ErrorCode::FrameRepeated, Some(0))));
    assert_eq!(code(bound.decide(&c)), Some((ErrorCode::FrameMissing, Some(1))));
    assert_eq!(code(bound.decide(&none)), Some((ErrorCode::FrameMissing, Some(1))));
    assert_eq!(code(bound.decide(b"RSF1")), Some((ErrorCode::FrameTruncated, None)));
    assert_eq!(line(bound.decide(&b)), matches, "after errors");
    // Without anything bound, and with everything.
    let mut bound = session.bind(&none).expect("a good frame");
    assert_eq!(line(bound.decide(&all)), r#"{"matched":["r"],"outputs":{"o":"y!"}}"#);
    let mut bound = session.bind(&all).expect("a good frame");
    assert_eq!(line(bound.decide(&none)), r#"{"matched":["r"],"outputs":{"o":"y!"}}"#);
    // Of what was bound nothing is left.
    assert_eq!(code(session.decide(&b)), Some((ErrorCode::FrameMissing, Some(0))));
    assert!(session.bind(&b[1..]).is_err());
}

#[test]
fn senders_of_the_two_frames_may_know_different_numbers_of_facts() {
    let rules = "rules: [{id: none, condition: '!has(note)'}, {id: r, condition: level == 3}]\n";
    let ruleset =
        |facts: &str| compile(&format!("rulestone: v1\nruleset: r\nfacts:\n{facts}{rules}"));
    let old = "  level: int\n  names: {list: string}\n  note: {type: string, optional: true}\n";
    let new = format!("{old}  rarity: int\n  extra: {{type: string, optional: true}}\n");
    let (old, new) = (ruleset(old), ruleset(&new));
    let frame = |twin: &Twin, facts: Json| {
        twin.ruleset.facts_builder().encode_partial(&facts).expect("good facts").to_vec()
    };
    let mut session = new.ruleset.session();
    let matched = r#"{"matched":["none","r"],"outputs":{}}"#;
    for (player, item, expected) in [
        (
            frame(&old, json!({"level": 3})),
            frame(&new, json!({"names": ["a"], "rarity": 1})),
            matched,
        ),
        (
            frame(&new, json!({"level": 3, "rarity": 1})),
            frame(&old, json!({"names": ["a"]})),
            matched,
        ),
    ] {
        let mut bound = session.bind(&player).expect("a good frame");
        assert_eq!(line(bound.decide(&item)), expected);
    }
    let mut bound = session.bind(&frame(&old, json!({"level": 3}))).expect("a good frame");
    let error = bound.decide(&frame(&new, json!({"names": []}))).err();
    assert_eq!(error.map(|error| error.code()), Some(ErrorCode::FrameMissing), "rarity");
    // Nor does a sender's not knowing it make it optional.
    let error = bound.decide(&frame(&old, json!({"names": []}))).err();
    assert_eq!(error.map(|error| error.code()), Some(ErrorCode::FrameMissing), "rarity");
}

#[test]
fn hostile_frames_are_refused_or_decided_about() {
    let twin = many();
    let mut random = Random::new(3);
    let mut builder = twin.ruleset.facts_builder();
    let mut session = twin.ruleset.session();
    session.set_batch_threshold(0);
    let (mut refused, mut decided) = (0, 0);
    for _ in 0..1_500 {
        let [mut player, mut item] =
            split(&twin.ruleset, &mut builder, &request(&mut random), is_of_player);
        let batch = [&item[..], &player, &item].concat();
        for (frame, chance) in [(&mut player, 30), (&mut item, 70)] {
            if random.chance(chance) {
                let at = random.below(frame.len().min(400));
                frame[at] = random.bits() as u8;
            }
            if random.chance(5) {
                frame.truncate(random.below(frame.len()));
            }
        }
        match session.bind(&player) {
            Ok(mut bound) => match bound.decide(&item) {
                Ok(decision) => {
                    decided += 1;
                    let _ = line(Ok(decision));
                }
                Err(_) => refused += 1,
            },
            Err(_) => refused += 1,
        }
        let mut batch = batch;
        let at = random.below(batch.len());
        batch[at] = random.bits() as u8;
        session.decide_batch(&batch, |_, decision| drop(line(decision)));
    }
    assert!(refused > 100 && decided > 100, "{refused} {decided}");
}
