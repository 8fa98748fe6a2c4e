//! Facts as JSON: edges of each type, bounds of each list.

use super::literal::{COORDINATES, DOUBLES, DURATIONS, INTS, KEYS, STRINGS, TIMESTAMPS, UINTS};
use super::node::Type;
use super::random::Random;
use super::schema::{Scope, Shape};
use super::yaml::{Yaml, map, plain, text};
use serde_json::{Map, Value as Json, json};

/// What one request carries.
pub fn random(scope: &Scope, random: &mut Random) -> Json {
    let mut root = Map::new();
    for fact in &scope.facts {
        if (fact.optional || fact.default.is_some()) && random.chance(45) {
            if random.chance(30) {
                group(&mut root, &fact.path).insert(fact.name.clone(), Json::Null);
            }
            continue;
        }
        let value = value(&fact.shape, random);
        group(&mut root, &fact.path).insert(fact.name.clone(), value);
    }
    Json::Object(root)
}

/// Gives some of the facts that aren't optional a default.
pub fn give_defaults(scope: &mut Scope, random: &mut Random) {
    for fact in &mut scope.facts {
        if !fact.optional && random.chance(20) {
            fact.default = Some(yaml(&value(&fact.shape, random)));
        }
    }
}

/// The same value as YAML.
fn yaml(value: &Json) -> Yaml {
    match value {
        Json::Array(items) => Yaml::List(items.iter().map(yaml).collect()),
        Json::Object(entries) if entries.contains_key("lat") => {
            // Of a request it may be anywhere; a default is on the map.
            let axis = |name: &str, most: f64| match entries.get(name).and_then(Json::as_f64) {
                Some(value) => plain(format!("{:?}", value.clamp(-most, most))),
                None => plain("0.5"),
            };
            map([("lat", axis("lat", 90.0)), ("lon", axis("lon", 180.0))])
        }
        Json::Object(entries) => {
            // No key of YAML is empty.
            let entries = entries.iter().filter(|(key, _)| !key.is_empty());
            Yaml::Map(entries.map(|(key, value)| (key.clone(), yaml(value))).collect())
        }
        Json::String(of) => text(of.clone()),
        other => plain(other),
    }
}

fn group<'m>(root: &'m mut Map<String, Json>, path: &[&str]) -> &'m mut Map<String, Json> {
    let mut at = root;
    for name in path {
        let inner = at.entry(*name).or_insert_with(|| json!({}));
        at = inner.as_object_mut().expect("a group");
    }
    at
}

fn value(shape: &Shape, random: &mut Random) -> Json {
    match shape {
        Shape::Scalar(ty) => scalar(ty, usize::MAX, random),
        Shape::Bounded(ty, bound) => scalar(ty, *bound, random),
        Shape::Enum(labels) => json!(random.pick(labels)),
        Shape::List(item, bound) => {
            let count = count(*bound, random);
            Json::Array((0..count).map(|_| value(item, random)).collect())
        }
        Shape::Map(inner, bound) => {
            let count = count(*bound, random);
            let mut map = Map::new();
            for _ in 0..count {
                let key = random.word(&KEYS);
                map.insert(key.to_owned(), value(inner, random));
            }
            Json::Object(map)
        }
    }
}

/// Of a small bound all is used often, of a great one never.
fn count(bound: usize, random: &mut Random) -> usize {
    if bound <= 6 && random.chance(30) { bound } else { random.below(bound.min(4) + 1) }
}

fn scalar(ty: &Type, bound: usize, random: &mut Random) -> Json {
    match ty {
        Type::Bool => json!(random.chance(50)),
        Type::Int if random.chance(50) => json!(random.between(-3, 12)),
        Type::Int => json!(random.pick(&INTS)),
        Type::Uint => json!(random.pick(&UINTS)),
        Type::Double => match random.below(8) {
            0 => json!(random.word(&["NaN", "Infinity", "-Infinity"])),
            _ => json!(random.pick(&DOUBLES)),
        },
        Type::String => loop {
            let text = random.word(&STRINGS);
            if text.len() <= bound {
                return json!(text);
            }
        },
        Type::Bytes => json!(random.word(&["", "YQ==", "/wA=", "w6k=", "AAAAAA=="])),
        Type::Timestamp => timestamp(random),
        Type::Duration => json!(random.word(&DURATIONS[..17])),
        Type::Point => {
            let (lat, lon) = (random.pick(&COORDINATES), random.pick(&COORDINATES));
            match random.below(12) {
                0 => json!({"lat": "NaN", "lon": lon}),
                1 => json!({"lat": 1000.0, "lon": "Infinity"}),
                2..=5 => json!({"lat": 51.4 + random.below(200) as f64 / 1000.0,
                                "lon": random.below(400) as f64 / 1000.0 - 0.2}),
                _ => json!({"lat": lat, "lon": lon}),
            }
        }
        Type::List(_) | Type::Map(..) => unreachable!("no scalar"),
    }
}

fn timestamp(random: &mut Random) -> Json {
    match random.below(4) {
        // The weeks about which schedules are made.
        0 | 1 => {
            let week = random.pick(&super::schedule::WEEKS).1;
            let minutes = random.between(-3 * 24 * 60, 12 * 24 * 60);
            json!(week + minutes / 15 * 15 * 60 + random.between(-1, 1))
        }
        2 => json!(random.between(0, 4_000_000_000)),
        // The last but one of the list is a leap second.
        _ => {
            let text = super::literal::timestamp(random);
            json!(if text.contains(":60Z") { TIMESTAMPS[0] } else { text })
        }
    }
}
