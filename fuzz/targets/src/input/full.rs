//! Facts that fill their bounds, as JSON: what a decision takes longest for.
//!
//! In: a loaded ruleset, and which kind of facts. Out: an object with every fact, as long as
//! it may be. Text is nearly the same everywhere, so that comparing it goes to its end.

use super::facts::insert;
use rulestone::Ruleset;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::schema::{FactKind, MAX_DEPTH, MAX_KEY};
use serde_json::{Map, Value as Json, json};

/// What text is made of, and whether all of one length is the same.
const TEXTS: [(&str, bool); 12] = [
    ("x", true),
    ("a", true),
    ("a", false),
    ("é", true),
    (" ", true),
    ("1", true),
    ("1h", true),
    ("ab", false),
    ("\\", true),
    ("\n", false),
    ("2026-01-01T00:00:00Z", true),
    ("ギルド\u{1f5ff}", false),
];

/// How many kinds of facts there are.
pub const KINDS: usize = TEXTS.len();

/// All facts of one request.
///
/// `None` where the schema is out of order, which that of a verified archive is
/// not.
pub fn request(ruleset: &Ruleset, kind: usize) -> Option<Json> {
    let archive = ruleset.archive();
    let mut root = Map::new();
    for (number, fact) in archive.schema.facts.iter().enumerate() {
        let fact_type = archive.schema.fact_type(fact.fact_type.to_native())?;
        let value = Filling { archive, kind }.value(fact_type, MAX_DEPTH, number)?;
        insert(&mut root, archive.text(&fact.path), value)?;
    }
    Some(Json::Object(root))
}

struct Filling<'a> {
    archive: &'a ArchivedRuleset,
    kind: usize,
}

impl Filling<'_> {
    /// A value that differs a little from those of other numbers.
    fn value(&self, fact_type: &ArchivedFactType, depth: usize, number: usize) -> Option<Json> {
        let bound = fact_type.bound.to_native() as usize;
        let item = || self.archive.schema.fact_type(fact_type.item.to_native());
        let turn = self.kind + number;
        Some(match fact_type.kind()? {
            FactKind::Bool => json!(turn.is_multiple_of(2)),
            FactKind::Int => json!([number as i64, i64::MAX, i64::MIN, 7, -1][self.kind % 5]),
            FactKind::Uint => json!([number as u64, u64::MAX, 7][self.kind % 3]),
            FactKind::Double => json!([1e308, 5e-324, 0.1, -123.456, 1e16 + 2.0][self.kind % 5]),
            FactKind::String => json!(self.text(bound, number)),
            FactKind::Bytes => json!("AAAA".repeat(bound / 3)),
            FactKind::Timestamp => json!(
                [
                    "2026-07-01T10:10:10.123456789Z",
                    "9999-12-31T23:59:59.999999999Z",
                    "0001-01-01T00:00:00Z"
                ][turn % 3]
            ),
            FactKind::Duration => json!(["2562047h", "1ns", "-1h2m3.456789123s"][turn % 3]),
            FactKind::Point => json!({"lat": 0.5 + turn as f64 / 100.0, "lon": 0.25}),
            FactKind::Enum => {
                let labels = self.archive.schema.labels(fact_type.item.to_native());
                json!(self.archive.text(labels.last()?))
            }
            FactKind::List => {
                let items = (0..bound)
                    .map(|item_number| self.value(item()?, depth.checked_sub(1)?, item_number));
                Json::Array(items.collect::<Option<_>>()?)
            }
            FactKind::Map => {
                let entries = (0..bound).map(|entry| {
                    let key = format!("{entry:0>width$}", width = MAX_KEY as usize);
                    Some((key, self.value(item()?, depth.checked_sub(1)?, entry)?))
                });
                Json::Object(entries.collect::<Option<_>>()?)
            }
        })
    }

    fn text(&self, bound: usize, number: usize) -> String {
        let (part, is_same) = TEXTS.get(self.kind).copied().unwrap_or_default();
        let end = if is_same { String::new() } else { number.to_string() };
        let room = bound.saturating_sub(end.len());
        let mut text = part.repeat(room / part.len().max(1)) + &end;
        while text.len() > bound {
            text.pop();
        }
        text
    }
}
