//! Facts for any schema, as JSON.
//!
//! In: a loaded ruleset, which may be hostile, and choices. Out: an object that
//! its schema accepts: every fact of its type and within its bounds. What rules
//! compare with often stands as text in the archive, so text is cut from there.

use crate::generator::random::Random;
use rulestone::Ruleset;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::schema::{FactKind, MAX_DEPTH, MAX_KEY};
use serde_json::{Map, Value as Json, json};

/// Items of a list, and about as many bytes of text, at most; unless all of a
/// bound is to be used up.
const MANY: usize = 6;
const MOST: usize = 300;

/// All facts of one request; of those that are optional only some, or none.
///
/// `None` where the schema is out of order, which that of a verified archive is
/// not.
pub fn request(ruleset: &Ruleset, random: &mut Random) -> Option<Json> {
    let archive = ruleset.archive();
    let sparse = random.chance(20);
    let mut root = Map::new();
    for fact in archive.schema.facts.iter() {
        if fact.optional != 0 && (sparse || random.chance(15)) {
            continue;
        }
        let fact_type = archive.schema.fact_type(fact.fact_type.to_native())?;
        let value = value(archive, fact_type, MAX_DEPTH, random)?;
        insert(&mut root, archive.text(&fact.path), value)?;
    }
    Some(Json::Object(root))
}

/// Puts a value at a path of names joined by dots.
pub(super) fn insert(root: &mut Map<String, Json>, path: &str, value: Json) -> Option<()> {
    let mut at = root;
    let mut names = path.split('.');
    let last = names.next_back()?;
    for name in names {
        at = at.entry(name).or_insert_with(|| json!({})).as_object_mut()?;
    }
    at.insert(last.to_owned(), value);
    Some(())
}

fn value(
    archive: &ArchivedRuleset,
    fact_type: &ArchivedFactType,
    depth: usize,
    random: &mut Random,
) -> Option<Json> {
    let bound = fact_type.bound.to_native() as usize;
    let item = || archive.schema.fact_type(fact_type.item.to_native());
    Some(match fact_type.kind()? {
        FactKind::Bool => json!(random.chance(50)),
        FactKind::Int => json!(int(random)),
        FactKind::Uint => json!(int(random).cast_unsigned()),
        FactKind::Double => double(random),
        FactKind::String => json!(text(archive, bound, random)),
        FactKind::Bytes => json!(random.word(&["", "YQ==", "/wA=", "w6k="][..bound.min(3) + 1])),
        FactKind::Timestamp => timestamp(random),
        FactKind::Duration => json!(random.word(&DURATIONS)),
        FactKind::Point => json!({"lat": double(random), "lon": double(random)}),
        FactKind::Enum => {
            let labels = archive.schema.labels(fact_type.item.to_native());
            let label = labels.get(random.below(labels.len().max(1)))?;
            json!(archive.text(label))
        }
        FactKind::List => {
            let count = count(bound, depth, random);
            let items = (0..count).map(|_| value(archive, item()?, depth.checked_sub(1)?, random));
            Json::Array(items.collect::<Option<_>>()?)
        }
        FactKind::Map => {
            let mut entries = Map::new();
            for _ in 0..count(bound, depth, random) {
                let key = text(archive, MAX_KEY as usize, random);
                entries.insert(key, value(archive, item()?, depth.checked_sub(1)?, random)?);
            }
            Json::Object(entries)
        }
    })
}

const DURATIONS: [&str; 6] = ["0s", "1s", "1h30m", "-1.5s", "2562047h", "1ns"];

/// How many items; all that are possible only in the outermost list, and seldom.
fn count(bound: usize, depth: usize, random: &mut Random) -> usize {
    match depth {
        MAX_DEPTH if random.chance(4) => bound.min(MOST),
        _ => random.below(bound.min(MANY) + 1),
    }
}

fn int(random: &mut Random) -> i64 {
    match random.below(8) {
        0 => random.bits().cast_signed(),
        1 => *random.pick(&[i64::MIN, i64::MAX, -1, 1 << 32, (1 << 53) + 1, i64::MIN + 1]),
        2..=4 => random.between(0, 255),
        _ => random.between(-2, 16),
    }
}

fn double(random: &mut Random) -> Json {
    match random.below(7) {
        0 => json!(random.word(&["NaN", "Infinity", "-Infinity"])),
        // JSON has no NaN of any kind: it becomes null.
        1 => match json!(f64::from_bits(random.bits())) {
            Json::Null => json!(0.3),
            number => number,
        },
        2 => json!(random.pick(&[0.0, -0.0, 1e308, 5e-324, 0.1, 9_007_199_254_740_993.0])),
        3 => json!(random.between(-900, 900) as f64 / 5.0),
        _ => json!(random.between(-4, 60)),
    }
}

fn timestamp(random: &mut Random) -> Json {
    match random.below(6) {
        0 => json!("0001-01-01T00:00:00Z"),
        1 => json!("9999-12-31T23:59:59.999999999Z"),
        2 => json!(random.between(-62_135_596_800, 253_402_300_799)),
        // From 2026 on, where schedules of events lie.
        _ => json!(1_767_225_600 + random.between(0, 400) * 86_400 + random.between(0, 86_400)),
    }
}

fn text(archive: &ArchivedRuleset, bound: usize, random: &mut Random) -> String {
    let mut text = match random.below(8) {
        0 => random.word(&["", "a", "é", "ギルド", "\0", "\u{1f5ff}"]).to_owned(),
        1 => "x".repeat(bound.min(MOST)),
        2 => random.bits().to_string(),
        3 => char::from_u32(random.bits() as u32 % 0x11_0000).unwrap_or('\u{fffd}').to_string(),
        _ => {
            // Where text stands one behind the other, some cut will hit a word.
            let data = &archive.data;
            let start = random.below(data.len().max(1));
            let end = start.saturating_add(random.below(24)).min(data.len());
            String::from_utf8_lossy(data.get(start..end).unwrap_or_default()).into_owned()
        }
    };
    while text.len() > bound {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;

    #[test]
    fn facts_made_for_a_schema_are_accepted_and_make_rules_match() {
        for (name, source) in ruleset::ALL {
            let file = ruleset::compiled(source);
            let file = file.unwrap_or_else(|report| panic!("{name}:\n{report}"));
            let ruleset = Ruleset::from_vec(file).expect("it loads");
            let mut session = ruleset.session();
            let mut matched = 0;
            for seed in 0..300 {
                let facts = request(&ruleset, &mut Random::new(seed)).expect("there are facts");
                let frame = ruleset.encode(&facts).unwrap_or_else(|error| panic!("{error}"));
                matched += session.decide(&frame).expect("it is accepted").matched().len();
            }
            assert!(matched > 0, "no rule of {name} ever matched");
        }
    }
}
