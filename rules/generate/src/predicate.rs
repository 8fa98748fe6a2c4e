//! The conjuncts that generated rules are made of.
//!
//! In: facts and constants. Out: the CEL text of a predicate, and whether it holds for a request, so that the
//! selectivity of a workload can be measured, and kept by a test, without any rule engine.

use crate::json;
use crate::request::{Flag, Holder, Number, Request, Word, tag_name};
use crate::time;

/// A condition over the facts of a request of workload "hunt".
#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    /// The number is at least `low` and below `high`, where given.
    Range { fact: Number, low: Option<i64>, high: Option<i64> },
    /// The word is one of these.
    OneOf { fact: Word, words: Vec<&'static str> },
    /// The flag is as expected.
    Is { fact: Flag, expected: bool },
    /// The player has this tag.
    HasTag { tag: usize },
    /// `now` is in a window, in Unix seconds; the end is excluded.
    Window { start: i64, end: i64 },
    /// The place is in a box, in thousandths of a degree, borders included. Written as four comparisons.
    InBox { holder: Holder, south: i64, west: i64, north: i64, east: i64 },
    /// `level * factor + streak` is above a limit.
    WeightedSum { factor: i64, above: i64 },
    /// A number leaves this remainder.
    Remainder { fact: Number, divisor: i64, remainder: i64 },
    /// `xp / (level + 1)` is below a limit.
    Quotient { below: i64 },
    /// The square of the distance in degrees from player to item is below a limit, in thousandths.
    Near { thousandths: i64 },
    /// All of these.
    All(Vec<Predicate>),
    /// One of these, or more.
    Any(Vec<Predicate>),
}

impl Predicate {
    /// The text; it can be joined by `&&` without parentheses around it.
    pub(crate) fn cel(&self) -> String {
        match self {
            Self::Range { fact, low, high } => {
                let path = fact.path();
                let bounds = [
                    low.map(|low| format!("{path} >= {low}")),
                    high.map(|high| format!("{path} < {high}")),
                ];
                let bounds: Vec<String> = bounds.into_iter().flatten().collect();
                bounds.join(" && ")
            }
            Self::OneOf { fact, words } => match words.as_slice() {
                [word] => format!("{} == {}", fact.path(), json::quoted(word)),
                words => {
                    let words: Vec<String> = words.iter().map(|word| json::quoted(word)).collect();
                    format!("{} in [{}]", fact.path(), words.join(", "))
                }
            },
            Self::Is { fact, expected } => {
                format!("{}{}", if *expected { "" } else { "!" }, fact.path())
            }
            Self::HasTag { tag } => format!("\"{}\" in player.tags", tag_name(*tag)),
            Self::Window { start, end } => format!(
                "now >= timestamp(\"{}\") && now < timestamp(\"{}\")",
                time::rfc3339(*start, "", 0),
                time::rfc3339(*end, "", 0)
            ),
            Self::InBox { holder, south, west, north, east } => {
                let name = holder_name(*holder);
                format!(
                    "{name}.lat >= {} && {name}.lat <= {} && {name}.lon >= {} && {name}.lon <= {}",
                    degrees(*south),
                    degrees(*north),
                    degrees(*west),
                    degrees(*east)
                )
            }
            Self::WeightedSum { factor, above } => {
                format!("player.level * {factor} + player.streak > {above}")
            }
            Self::Remainder { fact, divisor, remainder } => {
                format!("{} % {divisor} == {remainder}", fact.path())
            }
            Self::Quotient { below } => format!("player.xp / (player.level + 1) < {below}"),
            Self::Near { thousandths } => format!(
                "(player.lat - item.lat) * (player.lat - item.lat) \
                 + (player.lon - item.lon) * (player.lon - item.lon) < {}",
                degrees(*thousandths)
            ),
            Self::All(parts) => joined(parts, " && "),
            Self::Any(parts) => joined(parts, " || "),
        }
    }

    /// Whether it holds.
    pub(crate) fn holds(&self, request: &Request) -> bool {
        match self {
            Self::Range { fact, low, high } => {
                let value = request.number(*fact);
                low.is_none_or(|low| value >= low) && high.is_none_or(|high| value < high)
            }
            Self::OneOf { fact, words } => words.contains(&request.word(*fact)),
            Self::Is { fact, expected } => request.flag(*fact) == *expected,
            Self::HasTag { tag } => request.has_tag(*tag),
            Self::Window { start, end } => (*start..*end).contains(&request.now()),
            Self::InBox { holder, south, west, north, east } => {
                let (lat, lon) = request.place(*holder);
                let within = |value: f64, low: i64, high: i64| {
                    value >= low as f64 / 1e3 && value <= high as f64 / 1e3
                };
                within(lat, *south, *north) && within(lon, *west, *east)
            }
            Self::WeightedSum { factor, above } => {
                request.number(Number::Level) * factor + request.number(Number::Streak) > *above
            }
            Self::Remainder { fact, divisor, remainder } => {
                request.number(*fact) % divisor == *remainder
            }
            Self::Quotient { below } => {
                request.number(Number::Xp) / (request.number(Number::Level) + 1) < *below
            }
            Self::Near { thousandths } => {
                let (player, item) = (request.place(Holder::Player), request.place(Holder::Item));
                let (north, east) = (player.0 - item.0, player.1 - item.1);
                north * north + east * east < *thousandths as f64 / 1e3
            }
            Self::All(parts) => parts.iter().all(|part| part.holds(request)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(request)),
        }
    }
}

/// Whether all the conjuncts of a rule hold.
pub(crate) fn all_hold(conjuncts: &[Predicate], request: &Request) -> bool {
    conjuncts.iter().all(|conjunct| conjunct.holds(request))
}

fn joined(parts: &[Predicate], operator: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            // `&&` binds more tightly than `||`, but a reader should not need to know.
            Predicate::Range { .. } | Predicate::Window { .. } | Predicate::InBox { .. } => {
                format!("({})", part.cel())
            }
            _ => part.cel(),
        })
        .collect();
    format!("({})", parts.join(operator))
}

/// Thousandths as a CEL double literal.
fn degrees(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let magnitude = thousandths.unsigned_abs();
    format!("{sign}{}.{:03}", magnitude / 1_000, magnitude % 1_000)
}

const fn holder_name(holder: Holder) -> &'static str {
    match holder {
        Holder::Player => "player",
        Holder::Item => "item",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicates_read_as_a_designer_would_write_them() {
        let any = Predicate::Any(vec![
            Predicate::Range { fact: Number::Level, low: Some(3), high: Some(9) },
            Predicate::Is { fact: Flag::Banned, expected: false },
            Predicate::OneOf { fact: Word::Team, words: vec!["foxes", "otters"] },
        ]);
        assert_eq!(
            any.cel(),
            "((player.level >= 3 && player.level < 9) || !player.banned || player.team in [\"foxes\", \"otters\"])"
        );
        let on_a_map = Predicate::InBox {
            holder: Holder::Item,
            south: 51_005,
            west: -250,
            north: 51_100,
            east: 60,
        };
        assert_eq!(
            on_a_map.cel(),
            "item.lat >= 51.005 && item.lat <= 51.100 && item.lon >= -0.250 && item.lon <= 0.060"
        );
    }
}
