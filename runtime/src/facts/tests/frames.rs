//! The bytes of frames.

use super::facts;
use crate::ruleset::Ruleset;
use crate::testing::{self, ruleset};
use rulestone_format::archive::ArchivedFactType;
use rulestone_format::frame::{Frame, HEADER_LENGTH, presence_length};
use rulestone_format::meaning::Timestamp;
use rulestone_format::schema::FactKind;
use rulestone_format::value::{CELL, Word, read_cell};
use rulestone_format::{Error, ErrorCode};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// What a frame says, read by its layout; all facts that are there.
pub(super) fn read(ruleset: &Ruleset, bytes: &[u8]) -> BTreeMap<String, Value> {
    let archive = ruleset.archive();
    let frame = Frame::check(bytes, archive).expect("the frame is in order");
    let facts = archive.schema.facts.iter().enumerate();
    facts
        .filter(|(index, _)| frame.has(*index))
        .map(|(_, fact)| {
            let fact_type = archive.schema.fact_type(fact.fact_type.to_native()).expect("type");
            let cell = frame.cell(fact.slot.to_native() as usize, fact_type.kind().expect("kind"));
            let value = value(ruleset, bytes, fact_type, cell);
            (archive.text(&fact.path).to_owned(), value)
        })
        .collect()
}

fn value(ruleset: &Ruleset, bytes: &[u8], fact_type: &ArchivedFactType, word: Word) -> Value {
    let schema = &ruleset.archive().schema;
    let item = schema.fact_type(fact_type.item.to_native());
    let (start, length) = (word.reference().offset(), word.reference().length());
    let items = |key_width: usize| {
        let item = item.expect("item");
        let width = item.kind().expect("kind").width();
        (0..length).map(move |index| {
            let at = start + index * (key_width + width);
            let key = read_cell(bytes, at, CELL).expect("key");
            let cell = read_cell(bytes, at + key_width, width).expect("cell");
            (key, value(ruleset, bytes, item, cell))
        })
    };
    let text = |word: Word| {
        let start = word.reference().offset();
        &bytes[start..start + word.reference().length()]
    };
    match fact_type.kind().expect("kind") {
        FactKind::Bool => json!(word.bool()),
        FactKind::Int | FactKind::Duration => json!(word.int()),
        FactKind::Uint => json!(word.uint()),
        FactKind::Double => json!(format!("{:?}", word.double())),
        FactKind::Timestamp => json!([word.timestamp().seconds, word.timestamp().nanos]),
        FactKind::Point => json!([word.point().lat, word.point().lon]),
        FactKind::String => json!(std::str::from_utf8(text(word)).expect("text")),
        FactKind::Bytes => json!(text(word)),
        FactKind::Enum => {
            let label = &schema.labels(fact_type.item.to_native())[word.uint() as usize];
            json!(ruleset.archive().text(label))
        }
        FactKind::List => items(0).map(|(_, value)| value).collect(),
        FactKind::Map => {
            let entries = items(CELL).map(|(key, value)| {
                let key = std::str::from_utf8(text(key)).expect("key");
                (key.to_owned(), value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// What a frame of these facts says about one of them.
fn said(ruleset: &Ruleset, more: Value, path: &str) -> Value {
    let encoded = ruleset.encode(&facts(more.clone()));
    let frame = encoded.unwrap_or_else(|error| panic!("{more}: {error}"));
    read(ruleset, &frame).remove(path).unwrap_or(Value::Null)
}

/// Facts of every kind.
fn everything() -> Value {
    json!({
        "now": "2026-06-01T18:00:00.25+01:00",
        "player": {
            "name": "Gordon ∅", "level": -7, "gold": u64::MAX, "premium": true, "speed": 1.5,
            "platform": "web", "position": {"lat": 51.5, "lon": -0.12},
            "tags": ["vip", "", "größe"], "scores": {"b": 2, "a": 1, "": 0},
        },
        "item": {
            "token": "AAEC/w==", "age": "1h0.5s", "seen": [0, 1.5, "1969-12-31T23:59:59Z"],
            "grid": [[], [{"z": "1", "y": ""}, {}], [{"": "x"}]],
            "by_name": {"two": [{"lat": 1, "lon": 2}, {"lat": "NaN", "lon": "-Infinity"}], "none": []},
        },
        "rarity": 3,
    })
}

#[test]
fn every_kind_of_fact_comes_out_as_it_went_in() {
    let ruleset = ruleset();
    let frame = ruleset.encode(&everything()).expect("fits");
    let mut said = read(&ruleset, &frame);
    let points = said.remove("item.by_name").expect("is there");
    assert_eq!(points["none"], json!([]));
    // JSON has neither NaN nor infinity.
    assert_eq!(points["two"], json!([[1.0, 2.0], [null, null]]));
    assert_eq!(
        json!(said),
        json!({
            "now": [1_780_333_200, 250_000_000],
            "player.name": "Gordon ∅", "player.level": -7, "player.gold": u64::MAX,
            "player.premium": true, "player.speed": "1.5", "player.platform": "web",
            "player.position": [51.5, -0.12], "player.tags": ["vip", "", "größe"],
            "player.scores": {"": 0, "a": 1, "b": 2},
            "item.token": [0, 1, 2, 255], "item.age": 3_600_500_000_000_i64,
            "item.seen": [[0, 0], [1, 500_000_000], [-1, 0]],
            "item.grid": [[], [{"y": "", "z": "1"}, {}], [{"": "x"}]],
            "rarity": 3,
        })
    );
}

#[test]
fn setters_and_serialisation_give_the_same_bytes_in_any_order() {
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let everything = everything();
    let (player, item) = (&everything["player"], &everything["item"]);
    builder.set_int("rarity", 3).expect("fits");
    builder.set("item.by_name", &item["by_name"]).expect("fits");
    builder.set("item.grid", &item["grid"]).expect("fits");
    builder.set("item.seen", &item["seen"]).expect("fits");
    builder.set_duration("item.age", 3_600_500_000_000).expect("fits");
    builder.set_bytes("item.token", &[0, 1, 2, 255]).expect("fits");
    let scores = BTreeMap::from([("a", 1), ("b", 2), ("", 0)]);
    builder.set("player.scores", &scores).expect("fits");
    builder.set("player.tags", &player["tags"]).expect("fits");
    builder.set_point("player.position", 51.5, -0.12).expect("fits");
    builder.set_str("player.platform", "web").expect("fits");
    builder.set_double("player.speed", 1.5).expect("fits");
    builder.set_bool("player.premium", true).expect("fits");
    builder.set_uint("player.gold", u64::MAX).expect("fits");
    let level = ruleset.fact("player.level").expect("is a fact");
    builder.set_int(level, -7).expect("fits");
    builder.set_str("player.name", "Gordon ∅").expect("fits");
    let now = Timestamp { seconds: 1_780_333_200, nanos: 250_000_000 };
    builder.set_timestamp("now", now).expect("fits");
    let expected = ruleset.encode(&everything).expect("fits");
    assert_eq!(builder.finish().expect("is whole"), expected);
    assert_eq!(builder.finish().expect("is still whole"), expected);
}

#[test]
fn structs_serialise_as_maps_do() {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code, reason = "an enum as a server has it")]
    enum Platform {
        Ios,
        Android,
    }
    #[derive(Serialize)]
    struct Name(String);
    #[derive(Serialize)]
    struct Token;
    struct Raw(&'static [u8]);
    impl Serialize for Raw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }
    #[derive(Serialize)]
    struct Point {
        lat: f64,
        lon: f32,
    }
    #[derive(Serialize)]
    struct Player {
        name: Name,
        level: u8,
        gold: Option<u32>,
        platform: Platform,
        position: Point,
        tags: (char, &'static str),
        scores: HashMap<u16, i128>,
        /// No fact.
        secret: Token,
    }
    #[derive(Serialize)]
    struct Item {
        token: Raw,
    }
    #[derive(Serialize)]
    struct Facts {
        now: i64,
        player: Player,
        item: Item,
    }
    let typed = Facts {
        now: -1,
        player: Player {
            name: Name("Alyx".to_owned()),
            level: 255,
            gold: None,
            platform: Platform::Android,
            position: Point { lat: 1.0, lon: 0.5 },
            tags: ('é', "b"),
            scores: HashMap::from([(10, 1), (9, 2)]),
            secret: Token,
        },
        item: Item { token: Raw(b"abc") },
    };
    let value = json!({
        "now": -1,
        "player": {
            "name": "Alyx", "level": 255, "platform": "android",
            "position": {"lon": 0.5, "lat": 1}, "tags": ["é", "b"], "scores": {"9": 2, "10": 1},
        },
        "item": {"token": "YWJj"},
    });
    let ruleset = ruleset();
    assert_eq!(ruleset.encode(&typed).expect("fits"), ruleset.encode(&value).expect("fits"));
}

#[test]
fn what_is_remembered_of_other_structs_changes_no_frame() {
    #[derive(Serialize)]
    struct One<'a> {
        now: i64,
        player: Level<'a>,
        item: Option<Rarity>,
        rarity: i64,
    }
    #[derive(Serialize)]
    struct Level<'a> {
        level: i64,
        name: &'a str,
        guild: Option<&'a str>,
        platform: Option<Platform>,
        tags: Vec<&'a str>,
    }
    #[derive(Serialize)]
    struct Rarity {
        age: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct Other<'a> {
        player: Name<'a>,
        unknown: bool,
        now: i64,
    }
    #[derive(Serialize)]
    struct Name<'a> {
        tags: Vec<&'a str>,
        level: i64,
        platform: Turned,
        name: &'a str,
    }
    #[derive(Serialize, Clone, Copy)]
    #[serde(rename_all = "lowercase")]
    enum Platform {
        Ios,
        Web,
    }
    #[derive(Serialize, Clone, Copy)]
    #[serde(rename_all = "lowercase")]
    enum Turned {
        Web,
        Switch,
    }
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let mut same = |json: Value, frame: &mut dyn FnMut(&mut crate::FactsBuilder) -> Vec<u8>| {
        assert_eq!(frame(&mut builder), ruleset.encode(&json).expect("good facts"), "{json}");
    };
    for round in 0..4 {
        let (level, guild) = (round, (round % 2 == 0).then_some("G"));
        let platform = [None, Some(Platform::Ios), Some(Platform::Web), None][round as usize];
        let item = (round % 3 == 0).then_some(Rarity { age: (round == 0).then_some("1h") });
        let age = (round == 0).then_some("1h");
        let tags = vec!["a"; round as usize];
        let player = Level { level, name: "Ada", guild, platform, tags: tags.clone() };
        let one = One { now: 5, player, item, rarity: 3 };
        let json = json!({
            "now": 5,
            "player": {
                "level": level, "name": "Ada", "guild": guild, "platform": platform, "tags": tags,
            },
            "item": {"age": age},
            "rarity": 3,
        });
        same(json, &mut |builder| builder.encode(&one).expect("good facts").to_vec());
        let platform = if round > 1 { Turned::Web } else { Turned::Switch };
        let player = Name { tags: tags.clone(), level, platform, name: "Bob" };
        let other = Other { player, unknown: true, now: 7 };
        let json = json!({
            "now": 7,
            "player": {"level": level, "name": "Bob", "platform": platform, "tags": tags},
        });
        same(json, &mut |builder| builder.encode(&other).expect("good facts").to_vec());
    }
}

#[test]
fn numbers_are_taken_exactly() {
    let ruleset = ruleset();
    let level = |value: Value| said(&ruleset, json!({"player": {"level": value}}), "player.level");
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("is JSON");
    for (text, value) in [
        ("3", 3),
        ("3.0", 3),
        ("1e3", 1000),
        ("-0.0", 0),
        ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("-9223372036854775808.0", i64::MIN),
    ] {
        assert_eq!(level(parsed(text)), json!(value), "{text}");
    }
    let gold = |value: Value| said(&ruleset, json!({"player": {"gold": value}}), "player.gold");
    assert_eq!(gold(json!(u64::MAX)), json!(u64::MAX));
    assert_eq!(gold(json!(1e19)), json!(10_000_000_000_000_000_000_u64));
    let speed = |value: Value| said(&ruleset, json!({"player": {"speed": value}}), "player.speed");
    for (given, value) in [
        (json!(2), "2.0"),
        (json!(-0.0), "-0.0"),
        (json!("NaN"), "NaN"),
        (json!("Infinity"), "inf"),
        (json!("-Infinity"), "-inf"),
    ] {
        assert_eq!(speed(given), json!(value));
    }
    let now = |value: Value| said(&ruleset, json!({"now": value}), "now");
    assert_eq!(now(json!(1_700_000_000.123)), json!([1_700_000_000, 123_000_000]));
    assert_eq!(now(json!(-0.5)), json!([-1, 500_000_000]));
}

#[test]
fn a_cleared_builder_knows_nothing_of_the_frame_before() {
    let ruleset = ruleset();
    let mut builder = ruleset.facts_builder();
    let small = facts(json!({}));
    let fresh = ruleset.encode(&small).expect("fits");
    builder.encode(&everything()).expect("fits");
    assert_eq!(builder.encode(&small).expect("fits"), fresh);
    builder.encode(&json!({"now": 0, "player": 5})).expect_err("no object");
    assert_eq!(builder.encode(&small).expect("fits"), fresh);
}

#[test]
fn a_frame_is_read_alike_at_every_address() {
    let ruleset = ruleset();
    let frame = ruleset.encode(&everything()).expect("fits");
    let expected = json!(read(&ruleset, &frame));
    for offset in 0..64 {
        let mut bytes = vec![0xA5; offset];
        bytes.extend_from_slice(&frame);
        assert_eq!(json!(read(&ruleset, &bytes[offset..])), expected, "{offset}");
    }
}

#[test]
fn a_changed_bit_is_refused_or_changes_a_value_but_never_panics() {
    let ruleset = ruleset();
    let frame = ruleset.encode(&everything()).expect("fits");
    let mut passed = 0;
    for bit in 0..frame.len() * 8 {
        let mut changed = frame.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        if Frame::check(&changed, ruleset.archive()).is_ok() {
            passed += 1;
            // Whatever passes can be read.
            read(&ruleset, &changed);
        } else {
            assert!(bit >= 4 * 8 || changed[..4] != frame[..4]);
        }
    }
    // Numbers have no wrong bits; headers, references and presence bits have.
    assert!(passed > 64 && passed < frame.len() * 4, "{passed}");
}

#[test]
fn every_cut_of_a_frame_is_refused() {
    let ruleset = ruleset();
    let frame = ruleset.encode(&everything()).expect("fits");
    for length in 0..frame.len() {
        assert!(Frame::check(&frame[..length], ruleset.archive()).is_err(), "{length}");
        // Also where the header tells the truth about the cut.
        let mut cut = frame[..length].to_vec();
        if let Some(told) = cut.get_mut(4..8) {
            told.copy_from_slice(&(length as u32).to_le_bytes());
            assert!(Frame::check(&cut, ruleset.archive()).is_err(), "{length}");
        }
    }
    let mut longer = frame.clone();
    longer.push(0);
    let code = |bytes: &[u8]| Frame::check(bytes, ruleset.archive()).map_err(|e| e.code()).err();
    assert_eq!(code(&longer), Some(ErrorCode::FrameTrailing));
    let length = longer.len() as u32;
    longer[4..8].copy_from_slice(&length.to_le_bytes());
    assert_eq!(code(&longer), Some(ErrorCode::FrameTrailing));
}

#[test]
fn a_frame_of_an_older_schema_is_accepted_and_its_newer_facts_are_absent() {
    let every_kind = testing::every_kind();
    let new = ruleset();
    for count in 3..every_kind.len() {
        let old = Ruleset::from_vec(testing::file(&every_kind[..count])).expect("in order");
        let frame = old.encode(&everything()).expect("fits");
        let said = read(&new, &frame);
        assert_eq!(said.len(), count);
        let code = Frame::check(&frame, Ruleset::archive(&old)).map_err(|e| e.code()).err();
        assert_eq!(code, None);
        // The other way round, the archive cannot know what the facts are.
        let frame = new.encode(&everything()).expect("fits");
        let code = Frame::check(&frame, old.archive()).map_err(|e| e.code()).err();
        assert_eq!(code, Some(ErrorCode::FrameFingerprint));
    }
}

#[test]
fn a_fact_that_is_required_is_missed_in_frames_that_do_not_know_it() {
    let mut grown = testing::every_kind();
    let old = ruleset();
    grown.push(("region", testing::Type::Plain(FactKind::Int), true));
    grown.push(("season", testing::Type::Plain(FactKind::Int), false));
    let new = Ruleset::from_vec(testing::file(&grown)).expect("in order");
    let frame = old.encode(&everything()).expect("fits");
    let missing = Error::at(ErrorCode::FrameMissing, grown.len() as u64 - 1);
    assert_eq!(Frame::check(&frame, new.archive()).err(), Some(missing));
    let mut session = new.session();
    let error = session.decide(&frame).expect_err("a fact is missing");
    assert_eq!(error.to_string(), "F010: a fact that is not optional is missing: season");
    assert_eq!((error.fact(), error.code()), (Some("season"), missing.code()));
    assert_eq!((error.position(), Error::from(error)), (missing.position(), missing));

    // Of two frames one may bring it.
    let mut bound = session.bind(&frame).expect("facts may be missing");
    let mut builder = new.facts_builder();
    builder.set_int("region", 7).expect("fits");
    let item = builder.finish_partial().expect("is a part").to_vec();
    assert_eq!(bound.decide(&item).err().map(Error::from), Some(missing));
    builder.set_int("season", 7).expect("fits");
    let item = builder.finish_partial().expect("is a part").to_vec();
    assert!(bound.decide(&item).is_ok());
    let old_item = old.facts_builder().finish_partial().expect("is a part").to_vec();
    assert_eq!(bound.decide(&old_item).err().map(Error::from), Some(missing));
}

#[test]
fn the_heap_has_one_form() {
    let ruleset = ruleset();
    let tags = json!({"player": {"tags": ["ab", "c"]}});
    let frame = ruleset.encode(&facts(tags)).expect("fits");
    let count = ruleset.facts().len();
    let cells = HEADER_LENGTH + presence_length(count);
    let last = ruleset.archive().schema.facts.last().expect("facts");
    let heap = cells + last.slot.to_native() as usize + CELL;
    // The name, then the list's two cells, then what they name.
    let list = heap + 3;
    let text = list + 2 * CELL;
    assert_eq!(&frame[heap..list], b"Ada");
    assert_eq!(&frame[text..], b"abc");
    let reference = |at: usize| read_cell(&frame, at, CELL).expect("cell").reference();
    assert_eq!((reference(list).offset(), reference(list).length()), (text, 2));
    let second = list + CELL;
    assert_eq!((reference(second).offset(), reference(second).length()), (text + 2, 1));

    // The same text, named twice: shorter, but not the one form.
    let mut shared = frame[..text + 2].to_vec();
    shared[second..second + CELL].copy_from_slice(&frame[list..list + CELL]);
    let length = shared.len() as u32;
    shared[4..8].copy_from_slice(&length.to_le_bytes());
    let code = Frame::check(&shared, ruleset.archive()).map_err(|e| e.code()).err();
    assert_eq!(code, Some(ErrorCode::FrameReference));
}

#[test]
fn a_frame_without_facts_is_a_header() {
    let ruleset = Ruleset::from_vec(testing::file(&[])).expect("in order");
    let frame = ruleset.encode(&json!({"anything": 1})).expect("fits");
    assert_eq!(frame.len(), HEADER_LENGTH);
    assert!(read(&ruleset, &frame).is_empty());
}
