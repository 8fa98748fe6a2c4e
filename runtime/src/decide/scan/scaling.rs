//! Numbers of 16 bits for the keys in cells: in the same order, and different for keys
//! that a ruleset tells apart, where 16 bits suffice for that.
//!
//! Where they don't, keys that are told apart may have the same number. Then the predicates
//! that ask for them are residual as well.

use super::comparison::{Comparison, Wanted};
use crate::decide::simd::lanes::{COLUMNS, Scaling};

/// The scaling for these comparisons.
pub(super) fn of<'a>(comparisons: impl Iterator<Item = &'a Comparison>) -> Scaling {
    let mut scaling = Scaling::default();
    let mut ends: [Option<(i64, i64)>; COLUMNS] = [None; COLUMNS];
    for comparison in comparisons {
        let column = comparison.column as usize;
        scaling.columns = scaling.columns.max(column + 1);
        scaling.doubles |= u32::from(comparison.flips.of_negative != 0) << column;
        scaling.unsigned |= u32::from(comparison.flips.always != 0) << column;
        if let Wanted::Keys(least, end) = comparison.wanted {
            for cut in [least, end].into_iter().flatten() {
                let (first, last) = ends[column].unwrap_or((cut, cut));
                ends[column] = Some((first.min(cut), last.max(cut)));
            }
        }
    }
    for (column, ends) in ends.into_iter().enumerate() {
        if let Some((first, last)) = ends {
            let base = first.saturating_sub(1);
            let span = last.wrapping_sub(base).cast_unsigned();
            scaling.base[column] = base;
            // Where none are lost, the greatest number is left for keys beyond the last cut.
            scaling.shift[column] = span.saturating_add(1).ilog2().saturating_sub(15) as u8;
        }
    }
    scaling
}

/// The least and the greatest number of the keys from one cut point to before another, of
/// which there are some.
pub(super) fn bounds(
    scaling: &Scaling,
    column: u32,
    (least, end): (Option<i64>, Option<i64>),
) -> (u16, u16) {
    let column = column as usize;
    let least = least.map_or(0, |least| scaling.of_key(column, least));
    let last = end.map(|end| end.saturating_sub(1));
    (least, last.map_or(u16::MAX, |last| scaling.of_key(column, last)))
}

/// Whether numbers within the bounds may be those of other keys.
pub(super) fn is_lossy(scaling: &Scaling, comparison: &Comparison) -> bool {
    scaling.shift[comparison.column as usize] != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::key::Flips;
    use proptest::collection::btree_set;
    use proptest::prelude::*;
    use rulestone_format::subject::KeyKind;

    fn comparison(column: u32, kind: KeyKind, least: Option<i64>, end: Option<i64>) -> Comparison {
        let wanted = Wanted::Keys(least, end);
        Comparison { column, fact: 0, flips: Flips::of(kind), wanted, word: 0 }
    }

    /// Comparisons of one column for all that lies between two of these cuts, ascending, before
    /// the first, or from the last on.
    fn comparisons(cuts: &[i64]) -> Vec<Comparison> {
        let ends: Vec<Option<i64>> = cuts.iter().copied().map(Some).chain([None]).collect();
        let from = [None].into_iter().chain(ends.iter().copied()).enumerate();
        let both = from.flat_map(|(at, least)| ends[at..].iter().map(move |end| (least, *end)));
        // Nobody asks for what lies before the least key.
        let both = both.filter(|(_, end)| *end != Some(i64::MIN));
        both.map(|(least, end)| comparison(3, KeyKind::Signed, least, end)).collect()
    }

    fn number(scaling: &Scaling, key: i64) -> u16 {
        scaling.of_cell(3, key.cast_unsigned())
    }

    #[test]
    fn all_is_told_apart_whose_span_fits() {
        for first in [i64::MIN, i64::MIN + 1, -70_000, -1, 0, 5, i64::MAX - 65_533] {
            for (span, fits) in [(0, true), (1, true), (65_533, true), (70_000, false)] {
                let Some(last) = first.checked_add(span) else { continue };
                let scaling = of(comparisons(&[first, last]).iter());
                let all = comparisons(&[first, last]);
                assert!(
                    all.iter().all(|comparison| is_lossy(&scaling, comparison) != fits),
                    "{first}, {span}"
                );
                if fits {
                    let ends = [first, first.saturating_add(1), last.saturating_sub(1), last];
                    for cut in ends.into_iter().filter(|cut| (first..=last).contains(cut)) {
                        let before = cut.checked_sub(1).map(|key| number(&scaling, key));
                        assert!(before.is_none_or(|before| before < number(&scaling, cut)));
                    }
                }
                // What lies beyond has the numbers of the ends.
                assert_eq!(number(&scaling, i64::MIN), 0);
                assert!(number(&scaling, i64::MAX) >= number(&scaling, last));
            }
        }
        let scaling = of(comparisons(&[0, 9]).iter());
        let far = [-1 << 40, -1, 0, 9, 65_534, 65_535, 1 << 40].map(|key| number(&scaling, key));
        assert_eq!(far, [0, 0, 1, 10, u16::MAX, u16::MAX, u16::MAX]);
    }

    #[test]
    fn columns_are_scaled_by_themselves_and_as_their_kind() {
        let doubles =
            [-0.5, 0.5].map(|cut| Some(Flips::of(KeyKind::Double).key(f64::to_bits(cut))));
        let all = [
            comparison(0, KeyKind::Unsigned, Some(i64::MIN), Some(i64::MIN + 2)),
            comparison(1, KeyKind::Double, doubles[0], doubles[1]),
            comparison(31, KeyKind::Signed, Some(-1), Some(1)),
        ];
        let scaling = of(all.iter());
        assert_eq!((scaling.columns, scaling.unsigned, scaling.doubles), (32, 1, 2));
        let unsigned = [0, 1, 2, u64::MAX].map(|bits| scaling.of_cell(0, bits));
        assert_eq!(unsigned, [0, 1, 2, u16::MAX]);
        let values = [-f64::NAN, f64::NEG_INFINITY, -1.0, -0.25, 0.25, 1.0];
        let doubles = values.map(|value| scaling.of_cell(1, value.to_bits()));
        assert!(doubles.is_sorted() && doubles[2] < doubles[3] && doubles[3] < doubles[4]);
        let signed = [-2_i64, -1, 0, 1].map(|key| scaling.of_cell(31, key.cast_unsigned()));
        assert_eq!(signed, [0, 1, 2, 3]);
        assert_eq!([0, 1, 31].map(|column| scaling.shift[column] != 0), [false, true, false]);
        assert_eq!(of([].iter()).columns, 0);
    }

    /// Keys near each other, near an end, or anywhere.
    fn key() -> impl Strategy<Value = i64> {
        let near = -40_000_i64..40_000;
        prop_oneof![
            near.clone(),
            near.prop_map(|near| if near < 0 { i64::MAX + near } else { i64::MIN + near }),
            any::<i64>(),
        ]
    }

    proptest! {
        #[test]
        fn numbers_keep_the_order_of_keys(
            cuts in btree_set(key(), 0..5),
            keys in btree_set(key(), 2..20),
        ) {
            let cuts: Vec<i64> = cuts.into_iter().collect();
            let scaling = of(comparisons(&cuts).iter());
            prop_assert!(keys.iter().map(|key| number(&scaling, *key)).is_sorted());
        }

        #[test]
        fn bounds_leave_out_nothing_and_let_in_only_what_is_lost(
            cuts in btree_set(key(), 1..5),
            keys in btree_set(key(), 1..20),
        ) {
            let cuts: Vec<i64> = cuts.into_iter().collect();
            let all = comparisons(&cuts);
            let scaling = of(all.iter());
            let around = |cut: &i64| [cut.saturating_sub(1), *cut, cut.saturating_add(1)];
            for key in cuts.iter().flat_map(around).chain(keys) {
                for comparison in &all {
                    let Wanted::Keys(from, end) = comparison.wanted else { continue };
                    let is_in = from.is_none_or(|from| from <= key)
                        && end.is_none_or(|end| key < end);
                    let (least, greatest) = bounds(&scaling, comparison.column, (from, end));
                    prop_assert!(least <= greatest);
                    let is_within = (least..=greatest).contains(&number(&scaling, key));
                    prop_assert!(is_within || !is_in, "{key} in {comparison:?}");
                    prop_assert!(is_in || !is_within || is_lossy(&scaling, comparison), "{key} not in {comparison:?}");
                }
            }
        }
    }
}
