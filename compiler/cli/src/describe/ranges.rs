//! Ranges of ordered values as expressions: `x >= 3 && x <= 10`, `x != 5`, or the
//! windows of a schedule.
//!
//! In: runs of ranks, and the subject whose cuts they lie between. Out: text that
//! holds for the same values; only windows of time are not CEL.

use super::ranks::{Ranks, among, negated_if};
use super::subject::{Ordered, Subject};
use super::value::{SHOWN_ITEMS, moment};
use crate::report::{double_text, written};
use rulestone_format::meaning::duration;
use rulestone_format::meaning::order::double_key;

/// Windows of time that are shown.
const SHOWN_WINDOWS: usize = 4;

/// Keys from `low` on and below `end`; without it, on this side all.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: Option<u64>,
    end: Option<u64>,
}

impl Range {
    /// The least and the greatest key.
    fn ends(self) -> (u64, u64) {
        (self.low.unwrap_or(0), self.end.map_or(u64::MAX, |end| end.saturating_sub(1)))
    }
}

/// What holds for the values of `ranks`; the others that are there are `opposite`.
pub(super) fn text(
    subject: &Subject<'_>,
    kind: Ordered,
    ranks: &Ranks,
    opposite: &Ranks,
) -> String {
    let name = &subject.name;
    let others = between_cuts(subject, opposite);
    // Of doubles a NaN isn't in a range and not out of it either.
    let can_negate = kind != Ordered::Double || values(kind, &others).is_some();
    let is_negated = opposite.count < ranks.count && can_negate;
    let (ranges, is_cut) = match is_negated {
        true => (others, opposite.is_cut()),
        false => (between_cuts(subject, ranks), ranks.is_cut()),
    };
    let is_cut = is_cut || ranges.len() > SHOWN_ITEMS;
    if let Some(keys) = values(kind, &ranges).or_else(|| few_values(kind, &ranges)) {
        let shown = keys.iter().take(SHOWN_ITEMS).map(|key| value(kind, *key));
        return among(name, shown.collect(), is_cut, is_negated);
    }
    let windows = ranges.iter().map(|range| window(kind, *range)).collect::<Option<Vec<_>>>();
    if let Some(mut windows) = windows.filter(|windows| windows.len() > 1) {
        if is_cut || windows.len() > SHOWN_WINDOWS {
            windows.truncate(SHOWN_WINDOWS);
            windows.push("…".to_owned());
        }
        let count = if is_negated { opposite.count } else { ranks.count };
        let text = format!("{name} in {count} windows: {}", windows.join(", "));
        return negated_if(is_negated, &text);
    }
    let shown = ranges.get(..SHOWN_ITEMS).unwrap_or(&ranges);
    let mut terms: Vec<String> =
        shown.iter().filter_map(|range| inequality(name, kind, *range)).collect();
    // NaNs have the keys beyond all others; what holds for one holds for all.
    let to_the_end = ranges.last().is_some_and(|range| range.end.is_none());
    if kind == Ordered::Double && to_the_end && !is_cut {
        terms.push(format!("math.isNaN({name})"));
    }
    if is_cut {
        terms.push("…".to_owned());
    }
    let text = match &terms[..] {
        [] => "false".to_owned(),
        [term] => term.clone(),
        _ => {
            let term = |term: &String| match term.contains(" && ") {
                true => format!("({term})"),
                false => term.clone(),
            };
            terms.iter().map(term).collect::<Vec<_>>().join(" || ")
        }
    };
    negated_if(is_negated, &text)
}

/// The keys of runs of ranks: rank 1 lies below the first cut.
fn between_cuts(subject: &Subject<'_>, ranks: &Ranks) -> Vec<Range> {
    let cut = |rank: u32| subject.cuts.get(rank.checked_sub(2)? as usize).copied();
    ranks.runs().map(|(start, end)| Range { low: cut(start), end: cut(end) }).collect()
}

/// The keys of single values, if there is nothing else.
fn values(kind: Ordered, ranges: &[Range]) -> Option<Vec<u64>> {
    let single = |range: &Range| {
        let (low, last) = range.ends();
        let is_single = match kind {
            // The odd keys are of all moments between two seconds.
            Ordered::Timestamp => low == last && is_second(low),
            // Zero has two keys, of which -0.0's is the lower.
            Ordered::Double => low == last || double(low) == double(last),
            _ => low == last,
        };
        is_single.then_some(low)
    };
    ranges.iter().map(single).collect()
}

/// The keys of several short ranges of whole numbers, if they aren't many.
fn few_values(kind: Ordered, ranges: &[Range]) -> Option<Vec<u64>> {
    if !matches!(kind, Ordered::Int | Ordered::Uint) || ranges.len() < 2 {
        return None;
    }
    let mut keys = Vec::new();
    for range in ranges {
        let (low, last) = range.ends();
        if last.saturating_sub(low) >= (SHOWN_ITEMS - keys.len()) as u64 {
            return None;
        }
        keys.extend(low..=last);
    }
    Some(keys)
}

/// `A to B`: moments from A on and before B, both whole seconds.
fn window(kind: Ordered, range: Range) -> Option<String> {
    let is_whole = |key: Option<u64>| key.is_none_or(is_second);
    if kind != Ordered::Timestamp || !is_whole(range.low) || !is_whole(range.end) {
        return None;
    }
    Some(match (range.low.map(second), range.end.map(second)) {
        (Some(low), Some(end)) => format!("{} to {}", moment(low), moment(end)),
        (Some(low), None) => format!("from {}", moment(low)),
        (None, Some(end)) => format!("until {}", moment(end)),
        (None, None) => "always".to_owned(),
    })
}

/// `x >= 3 && x <= 10`. `None` where no value but NaN has such a key.
fn inequality(name: &str, kind: Ordered, Range { low, end }: Range) -> Option<String> {
    let (mut low, mut end) = (low, end);
    if kind == Ordered::Double {
        let (least, greatest) = (double_key(f64::NEG_INFINITY), double_key(f64::INFINITY));
        if end.is_some_and(|end| end <= least) || low.is_some_and(|low| low > greatest) {
            return None;
        }
        low = low.filter(|low| *low > least);
        end = end.filter(|end| *end <= greatest);
    }
    if let Some([key]) = values(kind, &[Range { low, end }]).as_deref() {
        return Some(format!("{name} == {}", value(kind, *key)));
    }
    let low = low.map(|low| format!("{name} {}", lower_end(kind, low)));
    let end = end.map(|end| format!("{name} {}", upper_end(kind, end)));
    Some(match (low, end) {
        (Some(low), Some(end)) => format!("{low} && {end}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => format!("!math.isNaN({name})"),
    })
}

/// `>= 10`. Of a double or a duration and the one below it, the shorter is what
/// the rule said.
fn lower_end(kind: Ordered, low: u64) -> String {
    let inside = value(kind, low);
    let outside = || value(kind, low.saturating_sub(1));
    match kind {
        Ordered::Timestamp if !is_second(low) => format!("> {inside}"),
        Ordered::Double | Ordered::Duration if outside().len() < inside.len() => {
            format!("> {}", outside())
        }
        _ => format!(">= {inside}"),
    }
}

/// `<= 10`, likewise, by the first key that is beyond.
fn upper_end(kind: Ordered, end: u64) -> String {
    let outside = value(kind, end);
    let inside = value(kind, end.saturating_sub(1));
    match kind {
        Ordered::Timestamp if is_second(end) => format!("< {outside}"),
        Ordered::Double | Ordered::Duration if outside.len() < inside.len() => {
            format!("< {outside}")
        }
        _ => format!("<= {inside}"),
    }
}

const SIGN: u64 = 1 << 63;

/// Whether a timestamp's key is that of a whole second.
fn is_second(key: u64) -> bool {
    key.is_multiple_of(2)
}

/// The Unix second of a timestamp's key, its nanoseconds left out.
fn second(key: u64) -> i64 {
    (key ^ SIGN).cast_signed() >> 1
}

/// The value that has a key (see `rulestone_format::subject::KeyKind`), in CEL.
fn value(kind: Ordered, key: u64) -> String {
    let int = (key ^ SIGN).cast_signed();
    match kind {
        Ordered::Int => int.to_string(),
        Ordered::Uint => format!("{key}u"),
        Ordered::Double => match double(key) {
            f64::INFINITY => "double(\"Infinity\")".to_owned(),
            f64::NEG_INFINITY => "double(\"-Infinity\")".to_owned(),
            // To rules both zeros are one.
            value => double_text(value + 0.0),
        },
        Ordered::Duration => format!("duration(\"{}\")", written(|s| duration::write(int, s))),
        Ordered::Timestamp => format!("timestamp(\"{}\")", moment(second(key))),
    }
}

fn double(key: u64) -> f64 {
    f64::from_bits(if key & SIGN != 0 { key ^ SIGN } else { !key })
}
