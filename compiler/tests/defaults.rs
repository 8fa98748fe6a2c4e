//! Facts that have a default: whatever way a request takes, one that lacks them is decided
//! about as one that has them.

mod support;

use rulestone::{Decision, Frame, Live, RequestError, Ruleset, Session};
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::Input;
use serde_json::{Value as Json, json};
use std::fs;
use support::Twin;

/// Facts of all kinds that have a default, in order of their presence bits behind others.
const FACTS: &str = "
  now: timestamp
  level: int
  note: {type: string, optional: true}
  gold: {type: uint, default: 3}
  rate: {type: double, default: NaN}
  premium: {type: bool, default: true}
  name: {type: string, max_length: 9, default: nobody}
  platform: {enum: [ios, web], default: web}
  tags: {list: {type: string, max_length: 8}, max_items: 4, default: [vip, beta]}
  scores: {map: int, max_items: 4, default: {b: 2, a: 1}}
  grid: {list: {list: {type: string, max_length: 9}}, default: [[x, yy], [], [zzz]]}
  looks: {map: {enum: [red, blue]}, default: {hat: blue}}
  home: {type: point, default: {lat: 51.5, lon: -0.12}}
  since: {type: timestamp, default: 2026-01-01T00:00:00.5Z}
  pause: {type: duration, default: 1h30m}
  key: {type: bytes, max_length: 8, default: aGVsbG8=}
";

const RULES: &str = r#"
outputs:
  text: {type: string, combine: collect}
  grid: {type: {list: {list: string}}}
  tags: {type: {list: string}}
  scores: {type: {map: int}}
  home: {type: point}
  since: {type: timestamp}
  key: {type: bytes}
variables:
  sum: scores.transformList(name, score, score)[0] + int(gold)
rules:
  - id: all
    output: {text: "${gold} ${rate} ${premium} ${name} ${platform} ${pause}", grid: grid, tags: tags, scores: scores, home: home, since: since, key: key}
  - {id: gold, condition: gold == 3u}
  - {id: rate, condition: "rate != rate"}
  - {id: premium, condition: premium}
  - {id: name, condition: 'name in ["nobody", "x"] && level > 1'}
  - {id: platform, condition: platform == "web" && has(platform)}
  - {id: tags, condition: '"beta" in tags && tags.exists(tag, tag.startsWith("v"))'}
  - {id: scores, condition: 'variables.sum == 4 || "c" in scores'}
  - {id: grid, condition: 'grid.exists(row, "zzz" in row)'}
  - {id: looks, condition: 'looks.exists(part, looks[part] == "blue")'}
  - {id: home, condition: 'home.lat > 51.0 && geo.distance(home, geo.point(51.5, -0.12)) < 10.0'}
  - {id: since, condition: since < now}
  - {id: pause, condition: 'pause == duration("5400s")'}
  - {id: key, condition: 'key == b"hello"'}
  - {id: note, condition: '!has(note) || note == "x"'}
"#;

/// What the facts that have a default are without one.
fn values() -> Json {
    json!({
        "gold": 3, "rate": "NaN", "premium": true, "name": "nobody", "platform": "web",
        "tags": ["vip", "beta"], "scores": {"a": 1, "b": 2}, "grid": [["x", "yy"], [], ["zzz"]],
        "looks": {"hat": "blue"}, "home": {"lat": 51.5, "lon": -0.12},
        "since": "2026-01-01T00:00:00.5Z", "pause": "1h30m", "key": "aGVsbG8=",
    })
}

/// Other values of the same facts.
fn others() -> Json {
    json!({
        "gold": 9, "rate": 0.5, "premium": false, "name": "somebody", "platform": "ios",
        "tags": [], "scores": {"c": 5}, "grid": [["a"]], "looks": {"hat": "red"},
        "home": {"lat": 1, "lon": 2}, "since": 0, "pause": "1s", "key": "",
    })
}

/// `more` rules that all ask something of facts, so that other strategies decide.
fn source(more: usize) -> String {
    let mut text = format!("rulestone: v1\nruleset: defaults\nfacts:{FACTS}{RULES}");
    for n in 0..more {
        let (level, gold) = (n % 50, n % 7);
        text += &format!(
            "  - {{id: r{n}, condition: 'level > {level} && (gold == {gold}u || \"t{gold}\" in \
             tags || name == \"n{n}\") && platform == \"web\"'}}\n"
        );
    }
    text
}

fn compile(source: &str) -> Twin {
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())]);
    Twin::compile(&input).unwrap_or_else(|error| panic!("{error}"))
}

fn line(decision: Result<Decision<'_>, RequestError>) -> String {
    let mut json = Vec::new();
    decision.expect("the frame is good").write_json(&mut json);
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// Requests that lack some facts, and the same with what these are.
fn requests() -> Vec<[Json; 2]> {
    let (defaults, others) = (values(), others());
    let facts: Vec<&String> = defaults.as_object().expect("facts").keys().collect();
    let base = json!({"now": 1_780_000_000, "level": 20});
    let request = |given: &dyn Fn(usize) -> bool, null: bool| {
        let mut pair = [base.clone(), base.clone()];
        for (number, name) in facts.iter().enumerate() {
            let name = name.as_str();
            if given(number) {
                pair.iter_mut().for_each(|facts| facts[name] = others[name].clone());
            } else {
                pair[1][name] = defaults[name].clone();
                if null {
                    pair[0][name] = Json::Null;
                }
            }
        }
        pair
    };
    let mut all = vec![request(&|_| false, false), request(&|_| false, true)];
    for number in 0..facts.len() {
        all.push(request(&|other| other == number, number % 2 == 0));
        all.push(request(&|other| other != number, false));
        all.push(request(&|_| true, false));
    }
    all
}

/// Sessions with index and without, in which batches go block by block or one by one.
fn sessions(ruleset: &Ruleset) -> Vec<Session> {
    let session = |(use_index, threshold)| {
        let mut session = ruleset.session();
        session.use_index(use_index);
        session.set_batch_threshold(threshold);
        session
    };
    [(true, 0), (true, usize::MAX), (false, 0)].map(session).into()
}

#[test]
fn a_request_that_lacks_facts_is_decided_about_as_one_that_has_their_defaults() {
    for more in [0, 60, 600, 3000] {
        let twin = compile(&source(more));
        let ruleset = &twin.ruleset;
        let frames: Vec<[Vec<u8>; 2]> = (requests().iter())
            .map(|pair| pair.each_ref().map(|facts| ruleset.encode(facts).expect("good facts")))
            .collect();
        let mut matched = 0;
        let expected: Vec<String> = (frames.iter())
            .map(|[_, full]| line(ruleset.session().decide(full)))
            .inspect(|line| matched += line.matches('"').count())
            .collect();
        assert!(expected[0].contains(r#"3 NaN true nobody web 5400s"#), "{}", expected[0]);
        assert!(expected[0].starts_with(r#"{"matched":["all","gold","rate","premium","name","#));
        for session in &mut sessions(ruleset) {
            for ([lacking, _], expected) in frames.iter().zip(&expected) {
                assert_eq!(&line(session.decide(lacking)), expected, "{more}");
                assert_eq!(&twin.decide(session, lacking), expected, "the reference, {more}");
                let checked = Frame::check(lacking, ruleset.archive()).expect("a good frame");
                let given = Facts::given(&checked, ruleset.archive());
                let all = Facts::from_frame(&checked, ruleset.archive());
                let [given, all] =
                    [given, all].map(|facts| reference::decide(&twin.checked, &facts));
                assert_eq!(format!("{given:?}"), format!("{all:?}"));
                assert_eq!(&line(session.decide_checked(checked)), expected);
                let ids: Vec<String> = (session.matching(lacking).expect("a good frame"))
                    .map(|rule| rule.id().to_owned())
                    .collect();
                let decision: Json = serde_json::from_str(expected).expect("JSON");
                assert_eq!(decision["matched"], json!(ids));
            }
            // Among others in a batch that lack nothing, or are wrong.
            for whole in [0, 3, 40] {
                let mut batch = Vec::new();
                let mut wanted = Vec::new();
                for (number, ([lacking, full], expected)) in
                    frames.iter().zip(&expected).enumerate()
                {
                    batch.extend(if number < whole { full } else { lacking });
                    wanted.push(Some(expected.clone()));
                    if number % 5 == 0 {
                        let mut wrong = lacking.clone();
                        wrong[8] ^= 1;
                        batch.extend(wrong);
                        wanted.push(None);
                    }
                }
                let mut found = Vec::new();
                session.decide_batch(&batch, |number, decision| {
                    assert_eq!(number, found.len());
                    found.push(decision.ok().map(|decision| line(Ok(decision))));
                });
                assert_eq!(found, wanted);
            }
        }
        assert!(matched > 0);
    }
}

#[test]
fn defaults_are_those_of_facts_that_neither_is_bound_nor_brought() {
    for more in [0, 600, 3000] {
        let twin = compile(&source(more));
        let ruleset = &twin.ruleset;
        let mut builder = ruleset.facts_builder();
        for session in &mut sessions(ruleset) {
            for way in 0..6 {
                for [lacking, full] in requests() {
                    let expected = line(session.decide(&ruleset.encode(&full).expect("good")));
                    let facts = lacking.as_object().expect("facts").iter().enumerate();
                    let mut parts = [json!({}), json!({})];
                    for (number, (name, value)) in facts {
                        let to_item = match way {
                            0 => true,
                            1 => false,
                            way => number % way == 0,
                        };
                        parts[usize::from(to_item)][name] = value.clone();
                    }
                    let [bound, item] = parts
                        .each_ref()
                        .map(|facts| builder.encode_partial(facts).expect("good").to_vec());
                    let mut together = session.bind(&bound).expect("a good frame");
                    assert_eq!(line(together.decide(&item)), expected, "{more}, way {way}");
                    assert_eq!(line(together.decide(&item)), expected, "{more}, way {way}");
                }
            }
        }
    }
}

#[test]
fn older_senders_keep_working_while_facts_with_defaults_are_added() {
    let generation = |facts: &str, rules: &str| {
        let source = format!(
            "rulestone: v1\nruleset: grown\nfacts:\n  level: int\n{facts}outputs: {{text: {{type: \
             string, combine: collect}}}}\nrules:\n  - {{id: level, condition: level > 1}}\n{rules}"
        );
        compile(&source).ruleset
    };
    let region = "  region: {type: string, default: eu}\n";
    let tags = "  note: {type: string, optional: true}\n  tags: {list: string, default: [new]}\n";
    let eu = "  - {id: eu, condition: region == \"eu\", output: {text: \"in ${region}\"}}\n";
    let new = "  - {id: new, condition: '\"new\" in tags && !has(note)', output: {text: \"${tags[0]}\"}}\n";
    let first = generation("", "");
    let second = generation(region, eu);
    let third = generation(&format!("{region}{tags}"), &format!("{eu}{new}"));
    let frames = [
        first.encode(&json!({"level": 3})),
        second.encode(&json!({"level": 3, "region": "us"})),
        second.encode(&json!({"level": 3})),
        third.encode(&json!({"level": 3, "region": "us", "tags": []})),
        third.encode(&json!({"level": 3, "tags": null, "note": "x"})),
    ]
    .map(|frame| frame.expect("good facts"));

    let folder = std::env::temp_dir().join(format!("rulestone-defaults-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("live.stone");
    let live = Live::new(first.clone());
    let mut session = live.session();
    let mut decide = |frames: &[Vec<u8>]| -> Vec<String> {
        session.refresh();
        frames.iter().map(|frame| line(session.decide(frame))).collect()
    };
    let level = r#"{"matched":["level"],"outputs":{"text":[]}}"#;
    let in_eu = r#"{"matched":["level","eu"],"outputs":{"text":["in eu"]}}"#;
    assert_eq!(decide(&frames[..1]), [level]);
    fs::write(&path, second.bytes()).expect("it is written");
    live.reload(&path).expect("requests on their way are good");
    assert_eq!(decide(&frames[..3]), [in_eu, level, in_eu]);
    fs::write(&path, third.bytes()).expect("it is written");
    live.reload(&path).expect("requests on their way are good");
    let in_eu_and_new = r#"{"matched":["level","eu","new"],"outputs":{"text":["in eu","new"]}}"#;
    let new = r#"{"matched":["level","new"],"outputs":{"text":["new"]}}"#;
    assert_eq!(decide(&frames), [in_eu_and_new, new, in_eu_and_new, level, in_eu]);
    // What has changed is only what the default is: frames stay good.
    let other = generation("  region: {type: string, default: us}\n", eu);
    assert_eq!(line(other.session().decide(&frames[2])), level);
    let optional = generation("  region: {type: string, optional: true}\n", "");
    assert_eq!(line(optional.session().decide(&frames[2])), level);
    // A fact that must be there would make requests on their way wrong.
    let required = generation(&format!("{region}{tags}  age: int\n"), "");
    fs::write(&path, required.bytes()).expect("it is written");
    let error = live.reload(&path).expect_err("frames lack it").to_string();
    assert!(error.contains("make it optional or give it a default"), "{error}");
    fs::remove_dir_all(&folder).expect("it is there");
}

#[test]
fn descriptions_say_which_facts_have_a_default() {
    let twin = compile(&source(0));
    let described: Vec<(bool, bool)> =
        twin.ruleset.facts().map(|fact| (fact.is_optional(), fact.has_default())).collect();
    assert_eq!(described[..4], [(false, false), (false, false), (true, false), (true, true)]);
    assert!(described[3..].iter().all(|both| *both == (true, true)));
}

#[test]
fn a_default_that_is_as_large_as_a_constant_is_its_own() {
    // The same bytes as the frame of defaults has before its fingerprint is known.
    let mut frame = b"RSF1".to_vec();
    frame.extend([40, 0, 0, 0]);
    frame.extend([0; 8]);
    frame.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    frame.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    frame.extend(7_i64.to_le_bytes());
    let text: String = frame.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    let source = format!(
        "rulestone: v1\nruleset: own\nfacts:\n  n: {{type: int, default: 7}}\noutputs: {{key: \
         {{type: bytes}}, n: {{type: int}}}}\nrules:\n  - {{id: r, output: {{key: 'b\"{text}\"', \
         n: n}}}}\n"
    );
    let twin = compile(&source);
    let request = twin.ruleset.encode(&json!({})).expect("good facts");
    let mut session = twin.ruleset.session();
    let decision = session.decide(&request).expect("a good frame");
    let key = decision.output("key").and_then(|key| <&[u8]>::try_from(key).ok());
    assert_eq!(key, Some(&frame[..]));
    assert_eq!(decision.output("n").and_then(|n| i64::try_from(n).ok()), Some(7));
}
