//! The frames of typed facts are those that serde's way makes, byte for byte.

use crate::ruleset;
use rulestone::facts::{Bytes, Encoder};
use rulestone::{Facts, FactsErrorKind, Point, Ruleset, Timestamp};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const FACTS: &str = "
  player:
    id: string
    level: int
    gold: uint
    speed: double
    premium: bool
    platform: {enum: [ios, android, web]}
    guild: {type: string, optional: true, max_length: 8}
    tags: {list: string, max_items: 40}
    scores: {map: int, optional: true}
    position: {type: point, optional: true}
  item:
    token: {type: bytes, optional: true}
    age: {type: duration, optional: true}
    found: {type: timestamp, optional: true}
    grid: {type: {list: {list: int}}, optional: true}
  now: timestamp
";

#[derive(Facts, Clone)]
struct Request<'a> {
    player: Player<'a>,
    item: Option<Item>,
    now: Timestamp,
}

#[derive(Facts, Clone)]
struct Player<'a> {
    id: &'a str,
    level: i32,
    gold: u64,
    speed: f64,
    premium: bool,
    platform: Platform,
    guild: Option<&'a str>,
    tags: Vec<&'a str>,
    scores: Option<HashMap<String, i64>>,
    position: Option<Point>,
}

#[derive(Facts, Clone, Copy)]
#[facts(rename_all = "lowercase")]
#[allow(dead_code, reason = "all values that the schema has, of which requests send one")]
enum Platform {
    Web,
    Ios,
    #[facts(rename = "android")]
    Robot,
}

#[derive(Facts, Clone)]
struct Item {
    token: Option<Bytes<Vec<u8>>>,
    age: Option<Duration>,
    found: Option<SystemTime>,
    grid: Option<Vec<[i8; 2]>>,
}

fn request() -> Request<'static> {
    Request {
        player: Player {
            id: "p-17",
            level: -3,
            gold: u64::MAX,
            speed: 1.5,
            premium: true,
            platform: Platform::Robot,
            guild: Some("Ölpest"),
            tags: vec!["vip", "", "beta"],
            scores: Some(HashMap::from([("b".to_owned(), 2), ("a".to_owned(), 1)])),
            position: Some(Point { lat: 52.5, lon: -13.4 }),
        },
        item: Some(Item {
            token: Some(Bytes(vec![0, 255])),
            age: Some(Duration::from_millis(90_500)),
            found: Some(SystemTime::UNIX_EPOCH + Duration::from_nanos(1_500_000_000)),
            grid: Some(vec![[1, -2], [3, 4]]),
        }),
        now: Timestamp::parse("2026-10-30T18:00:00Z").expect("a moment"),
    }
}

fn request_as_json() -> Value {
    json!({
        "player": {
            "id": "p-17", "level": -3, "gold": u64::MAX, "speed": 1.5, "premium": true,
            "platform": "android", "guild": "Ölpest", "tags": ["vip", "", "beta"],
            "scores": {"a": 1, "b": 2}, "position": {"lat": 52.5, "lon": -13.4},
        },
        "item": {
            "token": "AP8=", "age": "90.5s", "found": "1970-01-01T00:00:01.5Z",
            "grid": [[1, -2], [3, 4]],
        },
        "now": "2026-10-30T18:00:00Z",
    })
}

#[test]
fn typed_facts_make_the_frame_that_serde_makes() {
    let ruleset = ruleset(FACTS, "player.premium");
    let mut encoder = ruleset.encoder::<Request>().expect("it fits");
    let full = ruleset.encode(&request_as_json()).expect("good facts");
    assert_eq!(encoder.encode(&request()).expect("good facts").bytes(), full);

    let mut few = request();
    few.item = None;
    (few.player.guild, few.player.scores, few.player.position) = (None, None, None);
    few.player.tags.clear();
    let mut few_as_json = request_as_json();
    let members = few_as_json.as_object_mut().expect("an object");
    members.remove("item");
    let player = members["player"].as_object_mut().expect("an object");
    for absent in ["guild", "scores", "position"] {
        player.remove(absent);
    }
    player["tags"] = json!([]);
    let expected = ruleset.encode(&few_as_json).expect("good facts");
    assert_eq!(encoder.encode(&few).expect("good facts").bytes(), expected);
    // Nothing of the request before is left, and a clone makes the same.
    assert_eq!(encoder.encode(&request()).expect("good facts").bytes(), full);
    assert_eq!(encoder.clone().encode(&few).expect("good facts").bytes(), expected);

    let mut batch = Vec::new();
    for facts in [request(), few] {
        encoder.append(&facts, &mut batch).expect("good facts");
    }
    assert_eq!(batch, [full, expected].concat());
    let mut session = ruleset.session();
    let mut matched = 0;
    session.decide_batch(&batch, |_, decision| {
        matched += decision.expect("a good frame").matched().len();
    });
    assert_eq!(matched, 2);
    let frame = encoder.encode(&request()).expect("good facts");
    assert_eq!(session.decide_checked(frame).expect("its frame").matched().len(), 1);
}

#[test]
fn fields_may_stand_in_any_order_and_in_flattened_parts() {
    #[derive(Facts)]
    struct Turned<'a> {
        now: Timestamp,
        #[facts(flatten)]
        rest: Rest<'a>,
    }
    #[derive(Facts)]
    struct Rest<'a> {
        item: Found,
        player: &'a TurnedPlayer<'a>,
    }
    #[derive(Facts)]
    struct Found {
        grid: Vec<Vec<i64>>,
        token: Bytes<&'static [u8]>,
    }
    #[derive(Facts)]
    #[facts(rename_all = "snake_case")]
    struct TurnedPlayer<'a> {
        scores: BTreeMap<Cow<'a, str>, u32>,
        tags: &'a [String],
        platform: String,
        #[facts(rename = "guild")]
        clan: Arc<str>,
        premium: bool,
        speed: u8,
        gold: u16,
        level: i64,
        id: Box<str>,
        #[facts(skip)]
        _unused: (),
    }
    let ruleset = ruleset(FACTS, "player.premium");
    let tags = ["x".to_owned(), "yz".to_owned()];
    let player = TurnedPlayer {
        scores: BTreeMap::from([("a".into(), 1), ("bc".into(), 2)]),
        tags: &tags,
        platform: "web".to_owned(),
        clan: "G".into(),
        premium: false,
        speed: 200,
        gold: 7,
        level: i64::MIN,
        id: "p".into(),
        _unused: (),
    };
    let item = Found { grid: vec![vec![], vec![5, 6, 7]], token: Bytes(b"abc") };
    let turned = Turned {
        now: Timestamp { seconds: 5, nanos: 250_000_000 },
        rest: Rest { item, player: &player },
    };
    let json = json!({
        "player": {
            "id": "p", "level": i64::MIN, "gold": 7, "speed": 200, "premium": false,
            "platform": "web", "guild": "G", "tags": tags, "scores": {"a": 1, "bc": 2},
        },
        "item": {"token": "YWJj", "grid": [[], [5, 6, 7]]},
        "now": 5.25,
    });
    let mut encoder = ruleset.encoder::<Turned>().expect("it fits");
    let expected = ruleset.encode(&json).expect("good facts");
    assert_eq!(encoder.encode(&turned).expect("good facts").bytes(), expected);
}

#[test]
fn presence_is_told_of_more_facts_than_a_word_has_bits() {
    #[derive(Facts)]
    struct Last<'a> {
        fact0: i64,
        fact70: Option<&'a str>,
        fact71: i64,
    }
    let facts = |number| match number {
        0 | 71 => format!("  fact{number}: int\n"),
        70 => "  fact70: {type: string, optional: true}\n".to_owned(),
        _ => format!("  fact{number}: {{type: int, optional: true}}\n"),
    };
    let ruleset = ruleset(&(0..72).map(facts).collect::<String>(), "fact0 > 0");
    let mut encoder = ruleset.encoder::<Last>().expect("it fits");
    for (text, json) in [
        (Some("é"), json!({"fact0": 1, "fact70": "é", "fact71": 2})),
        (None, json!({"fact0": 1, "fact71": 2})),
    ] {
        let expected = ruleset.encode(&json).expect("good facts");
        let facts = Last { fact0: 1, fact70: text, fact71: 2 };
        assert_eq!(encoder.encode(&facts).expect("good facts").bytes(), expected);
    }
}

#[test]
fn moments_and_durations_of_jiff_are_facts() {
    #[derive(Facts)]
    struct Times {
        at: jiff::Timestamp,
        there: jiff::Zoned,
        lasts: jiff::SignedDuration,
    }
    let facts = "  at: timestamp\n  there: timestamp\n  lasts: duration\n";
    let ruleset = ruleset(facts, "at < there");
    let mut encoder = ruleset.encoder::<Times>().expect("it fits");
    for (text, lasts) in [
        ("1969-12-31T23:59:58.25Z", "-1.5s"),
        ("0001-01-01T00:00:00Z", "0s"),
        ("2026-10-30T18:00:00.000000001Z", "1h"),
    ] {
        let at: jiff::Timestamp = text.parse().expect("a moment");
        let there = at.to_zoned(jiff::tz::TimeZone::UTC);
        let lasts_for = match lasts {
            "-1.5s" => jiff::SignedDuration::from_millis(-1500),
            "1h" => jiff::SignedDuration::from_hours(1),
            _ => jiff::SignedDuration::ZERO,
        };
        let expected = ruleset.encode(&json!({"at": text, "there": text, "lasts": lasts}));
        let facts = Times { at, there, lasts: lasts_for };
        let found = encoder.encode(&facts).expect("good facts");
        assert_eq!(found.bytes(), expected.expect("good facts"), "{text}");
    }
}

/// Why facts are refused.
fn refusal<'a>(ruleset: &Ruleset, change: impl FnOnce(&mut Request<'a>)) -> Vec<String> {
    let mut encoder: Encoder<Request> = ruleset.encoder().expect("it fits");
    let mut facts = request();
    change(&mut facts);
    let error = encoder.encode(&facts).expect_err("it is refused");
    let told = error.problems().map(|problem| problem.to_string()).collect();
    // The next request is none the worse for it.
    encoder.encode(&request()).expect("good facts");
    told
}

#[test]
fn values_beyond_what_a_fact_takes_are_refused_with_all_their_names() {
    let ruleset = ruleset(FACTS, "player.premium");
    assert_eq!(
        refusal(&ruleset, |facts| {
            facts.player.guild = Some("too long!");
            facts.player.tags = vec!["x"; 41];
            facts.now = Timestamp { seconds: i64::MAX, nanos: 0 };
        }),
        [
            "player.guild: 9 bytes, at most 8",
            "player.tags: 41 items, at most 40",
            r#"now: expected timestamp, found "a moment beyond the years 1 to 9999""#,
        ]
    );
    let long = "k".repeat(1025);
    assert_eq!(
        refusal(&ruleset, |facts| {
            facts.player.scores = Some(HashMap::from([(long, 1)]));
            facts.item.as_mut().expect("there").age = Some(Duration::MAX);
        }),
        [
            "player.scores: a key of 1025 bytes, at most 1024",
            r#"item.age: expected duration, found "a duration beyond 292 years""#,
        ]
    );
    let long = "t".repeat(1025);
    let told = refusal(&ruleset, |facts| facts.player.tags = vec!["", &long]);
    assert_eq!(told, ["player.tags[1]: 1025 bytes, at most 1024"]);
}

#[test]
fn text_for_an_enum_is_one_of_its_labels() {
    #[derive(Facts)]
    struct Text<'a> {
        platform: &'a str,
    }
    let ruleset = ruleset("  platform: {enum: [ios, web]}", "platform == 'web'");
    let mut encoder = ruleset.encoder::<Text>().expect("it fits");
    assert!(encoder.encode(&Text { platform: "web" }).is_ok());
    let error = encoder.encode(&Text { platform: "psp" }).expect_err("no label");
    assert_eq!(error.to_string(), r#"platform: expected one of ios, web, found "psp""#);
    assert_eq!(error.kind(), FactsErrorKind::WrongType);
}

#[test]
fn maps_of_many_entries_are_sorted_as_those_of_few() {
    #[derive(Facts)]
    struct Map {
        scores: HashMap<String, i64>,
    }
    let ruleset = ruleset("  scores: {map: int, max_items: 1000}", "size(scores) > 2");
    let mut encoder = ruleset.encoder::<Map>().expect("it fits");
    for count in [0, 1, 31, 32, 33, 500] {
        let scores: HashMap<String, i64> = (0..count).map(|n| (format!("k{n}"), n)).collect();
        let expected = ruleset.encode(&json!({ "scores": scores })).expect("good facts");
        assert_eq!(encoder.encode(&Map { scores }).expect("good facts").bytes(), expected);
    }
}
