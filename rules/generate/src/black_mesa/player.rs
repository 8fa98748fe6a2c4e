//! Players: what they are, and how clients of several ages describe them.
//!
//! In: the scene. Out: the JSON of the facts `player`, and what the item needs to know of them.

use super::place::Point;
use super::scene::Scene;
use crate::json::{self, Object, quoted};
use crate::random::Random;
use crate::time::{DAY, HOUR, MINUTE, rfc3339};

/// A player.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    pub(crate) id: String,
    pub(crate) position: Point,
    pub(crate) friends: Vec<String>,
    pub(crate) json: Object,
}

/// Names, the longest of 64 bytes; several scripts, combining marks, an emoji of four code points.
const NAMES: [&str; 16] = [
    "Amy",
    "Ada Lovelace",
    "Zoë Ångström",
    "Grace Hopper",
    "みのる",
    "Ωμέγα",
    "Пётр Ильич",
    "e\u{301}clair",
    "👩\u{200d}🚀 Mae",
    "   ",
    "xX_BLACKMESA_Xx",
    "Moderator Bob",
    "Bartholomew Montgomery the Third",
    "a name that goes on and on and on and on and on",
    "长长长长长长长长长长长长长长长长长长长长长",
    "O'Brien \"the fox\"",
];

const TAGS: [&str; 20] = [
    "season-pass",
    "founder",
    "beta",
    "staff",
    "crown",
    "sailor",
    "compass",
    "greet-me",
    "vip",
    "early",
    "streamer",
    "night-owl",
    "walker",
    "cyclist",
    "collector",
    "trader",
    "helper",
    "guild-lead",
    "élan",
    "日本",
];

/// Draws a player.
pub(crate) fn draw(random: &mut Random, scene: &Scene, number: usize) -> Player {
    let id = draw_id(random, number);
    let friends = draw_friends(random);
    let level = draw_level(random);
    let mut json = Object::new();
    json.text("id", &id)
        .set("account", draw_account(random))
        .text("name", random.pick(&NAMES))
        .set("level", integer(random, level))
        .set("premium", random.percent(35))
        .set("banned", random.percent(2))
        .text("platform", random.pick(&["ios", "ios", "android", "android", "web", "switch"]))
        .text("region", draw_region(random, scene))
        .set("position", scene.position.json())
        .set("streak", draw_streak(random))
        .set("tags", draw_tags(random))
        .set("purse", draw_purse(random));
    draw_optional(random, &mut json, scene.now, &friends);
    Player { id, position: scene.position, friends, json }
}

fn draw_id(random: &mut Random, number: usize) -> String {
    match random.below(20) {
        // 40 bytes, as much as the schema allows.
        0 => format!("p-{number:038}"),
        1 => format!("игрок-{number}"),
        _ => format!("p-{}", random.between(1_000, 999_999)),
    }
}

fn draw_account(random: &mut Random) -> i64 {
    match random.below(10) {
        0 | 1 => random.between(1, 999),
        2 => random.pick(&[0, -1, i64::MAX, i64::MIN, 9_007_199_254_740_993]),
        _ => random.between(1_000, 9_999_999),
    }
}

fn draw_level(random: &mut Random) -> i64 {
    match random.below(12) {
        0 => 1,
        1 => random.between(2, 4),
        2 => random.pick(&[9, 10, 49, 50]),
        3 => random.pick(&[0, -5, 200, 201, 9_999]),
        4..8 => random.between(5, 49),
        _ => random.between(50, 120),
    }
}

fn draw_streak(random: &mut Random) -> i64 {
    match random.below(6) {
        0 | 1 => 0,
        2 => random.between(1, 9),
        3 => random.pick(&[3, 7, 10, 29, 30, 42, 99, 100]),
        4 => random.between(7, 99),
        _ => random.between(40, 365),
    }
}

fn draw_region<'a>(random: &mut Random, scene: &Scene) -> &'a str {
    if random.percent(60) {
        return scene.region;
    }
    random.pick(&["no", "se", "de", "fr", "es", "jp", "us", "gb", "br", "", "xx-beta"])
}

fn draw_tags(random: &mut Random) -> String {
    let count = match random.below(8) {
        0 | 1 => 0,
        2 => 16,
        _ => 1 + random.below(6),
    };
    let tags = random.pick_some(&TAGS, count);
    json::list(tags.into_iter().map(quoted))
}

fn draw_purse(random: &mut Random) -> Object {
    let kinds = [
        "bronze",
        "silver",
        "gold",
        "ruby_red",
        "ruby_pale",
        "jade",
        "onyx",
        "amber",
        "opal",
        "pearl",
        "jet",
        "цент",
    ];
    let count = match random.below(8) {
        0 | 1 => 0,
        2 => 12,
        _ => 1 + random.below(5),
    };
    let mut purse = Object::new();
    for kind in kinds.into_iter().take(count) {
        let coins = match random.below(20) {
            0 => random.between(100, 5_000),
            1 => 0,
            2 => random.pick(&[-1, i64::MAX]),
            _ => random.between(1, 60),
        };
        purse.set(kind, coins);
    }
    purse
}

fn draw_friends(random: &mut Random) -> Vec<String> {
    let count = match random.below(8) {
        0 => 32,
        1 => 0,
        _ => random.below(14),
    };
    // A few appear twice.
    (0..count)
        .map(|number| match random.below(40) {
            0 => "p-friend-1".to_owned(),
            _ => format!("p-friend-{}", number + 1),
        })
        .collect()
}

/// What older clients do not send, and newer ones sometimes send as null.
fn draw_optional(random: &mut Random, json: &mut Object, now: i64, friends: &[String]) {
    let version = random.pick(&[
        "4.0", "4.1", "4.1.7", "4.2.0", "v4.3", "5.0", "3.9.1", "v2.0", "1", "nightly", "4.2-rc1",
        "",
    ]);
    set_sometimes(random, json, "version", 60, || quoted(version));
    let build =
        random.pick(&[3_899, 3_900, 4_001, 4_097, 4_098, 4_119, 4_120, 4_120, 4_300, 4_300]);
    set_sometimes(random, json, "build", 60, || build.to_string());
    let joined = draw_joined(random, now);
    set_sometimes(random, json, "joined", 60, || joined);
    let session = random.pick(&[
        "15m",
        "1h30m",
        "3h59m59.999s",
        "4h",
        "4.5h",
        "14400s",
        "250ms",
        "0s",
        "-1s",
        "72h3m0.5s",
    ]);
    set_sometimes(random, json, "session", 30, || quoted(session));
    let guild = random.pick(&[
        "crows",
        "mesa-london",
        "foxes-london",
        "cartographers",
        "cartographers-tokyo",
        "ギルド",
        "",
        "a guild of thirty-two bytes.....",
    ]);
    set_sometimes(random, json, "guild", 45, || quoted(guild));
    let karma = draw_karma(random);
    set_sometimes(random, json, "karma", 50, || karma);
    let shards = random.pick(&["0", "3", "11", "12", "15.0", "40", "18446744073709551615"]);
    set_sometimes(random, json, "shards", 40, || shards.to_owned());
    let device_key = random.pick(&[
        "MDEyMzQ1Njc4OWFiY2RlZg==",
        "AAAAAAAAAAAAAAAAAAAAAA==",
        "",
        "/wAB",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ]);
    set_sometimes(random, json, "device_key", 15, || quoted(device_key));
    set_sometimes(random, json, "friends", 45, || {
        json::list(friends.iter().map(|friend| quoted(friend)))
    });
    let last_find = draw_last_find(random, now);
    set_sometimes(random, json, "last_find", 50, || last_find);
    let faction = random.pick(&["ravens", "foxes", "otters"]);
    set_sometimes(random, json, "faction", 50, || quoted(faction));
}

fn draw_joined(random: &mut Random, now: i64) -> String {
    let joined = match random.below(6) {
        // Some birthdays, and a year and a day.
        0 => now - 365 * DAY,
        1 => now - (366 + random.between(0, 7)) * DAY,
        2 => now - 730 * DAY,
        3 => now - 731 * DAY,
        _ => now - random.between(0, 1_500 * DAY),
    };
    quoted(&rfc3339(joined, "", 0))
}

fn draw_last_find(random: &mut Random, now: i64) -> String {
    let ago = match random.below(9) {
        0 => random.between(0, 2),
        1 => -random.between(1, 10) * MINUTE,
        2 | 3 => random.between(19, 25) * HOUR,
        4 => random.between(40, 60) * HOUR,
        5 | 6 => random.between(6, 20) * DAY,
        _ => random.between(MINUTE, 20 * HOUR),
    };
    let find = now - ago;
    match random.below(4) {
        0 => find.to_string(),
        1 => quoted(&rfc3339(find, ".123456789", 60)),
        _ => quoted(&rfc3339(find, "", 0)),
    }
}

fn draw_karma(random: &mut Random) -> String {
    match random.below(12) {
        0 => random.pick(&["\"NaN\"", "\"Infinity\"", "\"-Infinity\""]).to_owned(),
        1 => random.pick(&["-10", "10", "0", "-0.0", "1e300"]).to_owned(),
        2..5 => format!("-{}.5", random.between(11, 90)),
        _ => format!("{}.25", random.between(0, 60)),
    }
}

/// Sets an optional fact in so many of a hundred requests, and sometimes to null.
fn set_sometimes(
    random: &mut Random,
    json: &mut Object,
    key: &str,
    percentage: usize,
    value: impl FnOnce() -> String,
) {
    if random.percent(percentage) {
        json.set(key, value());
    } else if random.percent(5) {
        json.set(key, "null");
    }
}

/// An integer, now and then with the decimal point that some clients add.
fn integer(random: &mut Random, value: i64) -> String {
    if random.percent(5) { format!("{value}.0") } else { value.to_string() }
}
