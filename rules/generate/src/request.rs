//! The facts of workload "hunt": their schema, what they can be, and drawing one request.
//!
//! In: a stream of choices. Out: a [`Request`], which writes itself as JSON and answers predicates.

use crate::json::{self, Object};
use crate::random::Random;
use crate::time::{self, DAY};

/// The keys `facts` and `outputs` of the ruleset.
const SCHEMA: &str = "\
facts:
  now: timestamp
  player:
    level: int
    xp: int
    streak: int
    region: {type: string, max_length: 8}
    platform: {enum: [ios, android, web, switch]}
    os_version: int
    team: {enum: [ravens, foxes, otters, lynxes]}
    premium: bool
    banned: bool
    lat: double
    lon: double
    tags: {list: string, max_items: 8}
  item:
    kind: {enum: [KINDS]}
    rarity: int
    lat: double
    lon: double
    claimed: bool
outputs:
  points: {type: int, combine: sum, default: 0}
  multiplier: {type: double, combine: max, default: 1.0}
  reveal: {type: string, combine: collect}
  message: {type: string}
";

const REGIONS: [&str; 24] = [
    "ar", "at", "au", "be", "br", "ca", "ch", "cl", "cz", "de", "dk", "es", "fi", "fr", "gb", "ie",
    "it", "jp", "kr", "mx", "nl", "no", "se", "us",
];
const PLATFORMS: [&str; 4] = ["ios", "android", "web", "switch"];
const TEAMS: [&str; 4] = ["ravens", "foxes", "otters", "lynxes"];
const KINDS: [&str; 32] = [
    "idol", "coin", "map", "relic", "lantern", "mask", "ring", "scroll", "key", "gem", "crown",
    "sword", "shield", "potion", "feather", "shell", "bone", "flute", "drum", "compass", "rope",
    "torch", "chest", "seed", "amulet", "mirror", "quill", "dice", "bell", "tile", "urn", "fossil",
];

/// How many tags there are, and how many of them a player has at most.
pub(crate) const TAGS: usize = 64;
const TAGS_A_PLAYER: usize = 8;

/// The event runs for sixty days from this instant.
pub(crate) const SEASON: (i64, i64) = {
    let start = time::utc((2026, 6, 1), (0, 0, 0));
    (start, start + 60 * DAY)
};

/// Latitudes and longitudes on which players and items are.
pub(crate) const LATITUDES: (f64, f64) = (51.0, 52.0);
pub(crate) const LONGITUDES: (f64, f64) = (-1.0, 1.0);

/// A fact of type int.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Level,
    Xp,
    Streak,
    OsVersion,
    Rarity,
}

impl Number {
    pub(crate) const ALL: [Self; 5] =
        [Self::Level, Self::Xp, Self::Streak, Self::OsVersion, Self::Rarity];

    /// The fact's path in CEL.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Level => "player.level",
            Self::Xp => "player.xp",
            Self::Streak => "player.streak",
            Self::OsVersion => "player.os_version",
            Self::Rarity => "item.rarity",
        }
    }

    /// The least and the greatest value that is drawn.
    pub(crate) const fn range(self) -> (i64, i64) {
        match self {
            Self::Level => (1, 100),
            Self::Xp => (0, 999_999),
            Self::Streak => (0, 60),
            Self::OsVersion => (90, 185),
            Self::Rarity => (1, 10),
        }
    }
}

/// A fact that is one of several words: an enum, or the string `region`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Region,
    Platform,
    Team,
    Kind,
}

impl Word {
    pub(crate) const ALL: [Self; 4] = [Self::Region, Self::Platform, Self::Team, Self::Kind];

    /// The fact's path in CEL.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Region => "player.region",
            Self::Platform => "player.platform",
            Self::Team => "player.team",
            Self::Kind => "item.kind",
        }
    }

    /// All the words.
    pub(crate) const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Region => &REGIONS,
            Self::Platform => &PLATFORMS,
            Self::Team => &TEAMS,
            Self::Kind => &KINDS,
        }
    }
}

/// A fact of type bool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    Premium,
    Banned,
    Claimed,
}

impl Flag {
    pub(crate) const ALL: [Self; 3] = [Self::Premium, Self::Banned, Self::Claimed];

    /// The fact's path in CEL.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Premium => "player.premium",
            Self::Banned => "player.banned",
            Self::Claimed => "item.claimed",
        }
    }
}

/// One of the two that have a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Player,
    Item,
}

/// One request's facts.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    now: i64,
    numbers: [i64; 5],
    words: [&'static str; 4],
    flags: [bool; 3],
    places: [(f64, f64); 2],
    tags: Vec<usize>,
}

impl Request {
    /// Draws a request.
    pub(crate) fn draw(random: &mut Random) -> Self {
        let all_tags: [usize; TAGS] = std::array::from_fn(|tag| tag);
        let tag_count = random.below(TAGS_A_PLAYER + 1);
        Self {
            now: random.between(SEASON.0, SEASON.1 - 1),
            numbers: Number::ALL.map(|fact| {
                let (least, greatest) = fact.range();
                random.between(least, greatest)
            }),
            words: Word::ALL.map(|fact| random.pick(fact.values())),
            flags: Flag::ALL.map(|fact| {
                random.percent(match fact {
                    Flag::Premium => 30,
                    Flag::Banned => 3,
                    Flag::Claimed => 20,
                })
            }),
            places: [draw_place(random), draw_place(random)],
            tags: random.pick_some(&all_tags, tag_count),
        }
    }

    pub(crate) fn number(&self, fact: Number) -> i64 {
        self.numbers[fact as usize]
    }

    pub(crate) fn word(&self, fact: Word) -> &'static str {
        self.words[fact as usize]
    }

    pub(crate) fn flag(&self, fact: Flag) -> bool {
        self.flags[fact as usize]
    }

    /// Latitude and longitude, in degrees.
    pub(crate) fn place(&self, holder: Holder) -> (f64, f64) {
        self.places[holder as usize]
    }

    pub(crate) fn has_tag(&self, tag: usize) -> bool {
        self.tags.contains(&tag)
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// The request as one line of JSON, without the line's end.
    pub(crate) fn json(&self) -> String {
        let mut player = Object::new();
        player
            .set("level", self.number(Number::Level))
            .set("xp", self.number(Number::Xp))
            .set("streak", self.number(Number::Streak))
            .text("region", self.word(Word::Region))
            .text("platform", self.word(Word::Platform))
            .set("os_version", self.number(Number::OsVersion))
            .text("team", self.word(Word::Team))
            .set("premium", self.flag(Flag::Premium))
            .set("banned", self.flag(Flag::Banned))
            .set("lat", format!("{:.6}", self.place(Holder::Player).0))
            .set("lon", format!("{:.6}", self.place(Holder::Player).1))
            .set("tags", json::list(self.tags.iter().map(|tag| json::quoted(&tag_name(*tag)))));
        let mut item = Object::new();
        item.text("kind", self.word(Word::Kind))
            .set("rarity", self.number(Number::Rarity))
            .set("lat", format!("{:.6}", self.place(Holder::Item).0))
            .set("lon", format!("{:.6}", self.place(Holder::Item).1))
            .set("claimed", self.flag(Flag::Claimed));
        let mut request = Object::new();
        request
            .text("now", &time::rfc3339(self.now, "", 0))
            .set("player", player)
            .set("item", item);
        request.to_string()
    }
}

/// Requests as lines of JSON.
pub(crate) fn lines(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| Request::draw(random).json() + "\n").collect()
}

/// The text of `ruleset.yaml`.
pub(crate) fn head(name: &str, description: &str) -> String {
    let facts = SCHEMA.replace("KINDS", &KINDS.join(", "));
    format!("rulestone: v1\nruleset: {name}\ndescription: {description}\n{facts}")
}

/// The same, with text where [`head`] has enums.
pub(crate) fn head_of_text(name: &str, description: &str) -> String {
    let head = head(name, description);
    let lines = head.lines().map(|line| match line.split_once(": {enum:") {
        Some((fact, _)) => format!("{fact}: {{type: string, max_length: 16}}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// The string that stands for a tag.
pub(crate) fn tag_name(tag: usize) -> String {
    format!("tag-{tag:02}")
}

/// Six decimals, so that the JSON text is the value and not near it.
fn draw_place(random: &mut Random) -> (f64, f64) {
    let micro = |degrees: f64| (degrees * 1e6).round() / 1e6;
    (micro(random.real(LATITUDES.0, LATITUDES.1)), micro(random.real(LONGITUDES.0, LONGITUDES.1)))
}
