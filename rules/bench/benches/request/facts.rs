//! The structs in which a server has the facts of a request, with enums and with text.
//!
//! In: the facts of a workload's requests. Out: the same as structs, which become frames
//! in each way that there is.

use rulestone::{FactId, Facts, FactsBuilder, FactsError, Ruleset, Timestamp};
use rulestone_bench::Outcome;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::reference;
use serde::{Serialize, Serializer};

/// A struct of all facts of workload "request".
pub trait Request: Facts + Serialize + Sized {
    /// The request that these facts are.
    ///
    /// # Errors
    /// They are those of another ruleset.
    fn of(facts: &reference::Facts) -> Outcome<Self>;

    /// Sets all of them one by one, by ids that were looked up before.
    ///
    /// # Errors
    /// A fact refuses its value.
    fn set(&self, builder: &mut FactsBuilder, ids: &[FactId]) -> Result<(), FactsError>;
}

/// The ids of all facts, in order.
pub fn ids(ruleset: &Ruleset) -> Vec<FactId> {
    ruleset.facts().map(|fact| fact.id()).collect()
}

/// A word of a request, such as its platform.
trait Word: Sized {
    fn of(text: &str) -> Option<Self>;
    fn text(&self) -> &str;
}

impl Word for String {
    fn of(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn text(&self) -> &str {
        self
    }
}

macro_rules! labels {
    ($name:ident: $($variant:ident $label:literal)*) => {
        #[derive(Debug, Clone, Copy, Serialize, Facts)]
        #[serde(rename_all = "lowercase")]
        #[facts(rename_all = "lowercase")]
        pub enum $name {
            $($variant,)*
        }

        impl Word for $name {
            fn of(text: &str) -> Option<$name> {
                match text {
                    $($label => Some($name::$variant),)*
                    _ => None,
                }
            }

            fn text(&self) -> &str {
                match self {
                    $($name::$variant => $label,)*
                }
            }
        }
    };
}

labels! { Platform: Ios "ios" Android "android" Web "web" Switch "switch" }
labels! { Team: Ravens "ravens" Foxes "foxes" Otters "otters" Lynxes "lynxes" }
labels! {
    Kind: Idol "idol" Coin "coin" Map "map" Relic "relic" Lantern "lantern" Mask "mask" Ring "ring"
    Scroll "scroll" Key "key" Gem "gem" Crown "crown" Sword "sword" Shield "shield" Potion "potion"
    Feather "feather" Shell "shell" Bone "bone" Flute "flute" Drum "drum" Compass "compass"
    Rope "rope" Torch "torch" Chest "chest" Seed "seed" Amulet "amulet" Mirror "mirror"
    Quill "quill" Dice "dice" Bell "bell" Tile "tile" Urn "urn" Fossil "fossil"
}

macro_rules! request {
    ($request:ident $player:ident $item:ident: $platform:ty, $team:ty, $kind:ty) => {
        #[derive(Debug, Serialize, Facts)]
        pub struct $request {
            #[serde(serialize_with = "seconds")]
            now: Timestamp,
            player: $player,
            item: $item,
        }

        #[derive(Debug, Serialize, Facts)]
        pub struct $player {
            level: i64,
            xp: i64,
            streak: i64,
            region: String,
            platform: $platform,
            os_version: i64,
            team: $team,
            premium: bool,
            banned: bool,
            lat: f64,
            lon: f64,
            tags: Vec<String>,
        }

        #[derive(Debug, Serialize, Facts)]
        pub struct $item {
            kind: $kind,
            rarity: i64,
            lat: f64,
            lon: f64,
            claimed: bool,
        }

        impl Request for $request {
            fn of(facts: &reference::Facts) -> Outcome<$request> {
                let mut values = facts.values.iter();
                let mut next = || values.next().and_then(Option::as_ref);
                Ok($request {
                    now: moment(next())?,
                    player: $player {
                        level: int(next())?,
                        xp: int(next())?,
                        streak: int(next())?,
                        region: word(next())?,
                        platform: word(next())?,
                        os_version: int(next())?,
                        team: word(next())?,
                        premium: bool(next())?,
                        banned: bool(next())?,
                        lat: double(next())?,
                        lon: double(next())?,
                        tags: words(next())?,
                    },
                    item: $item {
                        kind: word(next())?,
                        rarity: int(next())?,
                        lat: double(next())?,
                        lon: double(next())?,
                        claimed: bool(next())?,
                    },
                })
            }

            fn set(&self, builder: &mut FactsBuilder, ids: &[FactId]) -> Result<(), FactsError> {
                let $request { now, player, item } = self;
                builder.set_timestamp(ids[0], *now)?;
                builder.set_int(ids[1], player.level)?;
                builder.set_int(ids[2], player.xp)?;
                builder.set_int(ids[3], player.streak)?;
                builder.set_str(ids[4], &player.region)?;
                builder.set_str(ids[5], player.platform.text())?;
                builder.set_int(ids[6], player.os_version)?;
                builder.set_str(ids[7], player.team.text())?;
                builder.set_bool(ids[8], player.premium)?;
                builder.set_bool(ids[9], player.banned)?;
                builder.set_double(ids[10], player.lat)?;
                builder.set_double(ids[11], player.lon)?;
                builder.set(ids[12], &player.tags)?;
                builder.set_str(ids[13], item.kind.text())?;
                builder.set_int(ids[14], item.rarity)?;
                builder.set_double(ids[15], item.lat)?;
                builder.set_double(ids[16], item.lon)?;
                builder.set_bool(ids[17], item.claimed)
            }
        }
    };
}

request! { EnumRequest EnumPlayer EnumItem: Platform, Team, Kind }
request! { TextRequest TextPlayer TextItem: String, String, String }

fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.seconds)
}

const OTHER: &str = "the facts of another workload";

fn moment(value: Option<&Value>) -> Outcome<Timestamp> {
    match value {
        Some(Value::Timestamp(time)) => Ok(*time),
        _ => Err(OTHER.into()),
    }
}

fn int(value: Option<&Value>) -> Outcome<i64> {
    match value {
        Some(Value::Int(value)) => Ok(*value),
        _ => Err(OTHER.into()),
    }
}

fn double(value: Option<&Value>) -> Outcome<f64> {
    match value {
        Some(Value::Double(value)) => Ok(*value),
        _ => Err(OTHER.into()),
    }
}

fn bool(value: Option<&Value>) -> Outcome<bool> {
    match value {
        Some(Value::Bool(value)) => Ok(*value),
        _ => Err(OTHER.into()),
    }
}

fn word<W: Word>(value: Option<&Value>) -> Outcome<W> {
    match value {
        Some(Value::String(text)) => W::of(text).ok_or_else(|| OTHER.into()),
        _ => Err(OTHER.into()),
    }
}

fn words(value: Option<&Value>) -> Outcome<Vec<String>> {
    match value {
        Some(Value::List(items)) => items.iter().map(|item| word(Some(item))).collect(),
        _ => Err(OTHER.into()),
    }
}
