//! Sets of keys as sorted, disjoint, inclusive intervals that don't touch.

use crate::check::schedule::Interval;
use std::sync::Arc;

/// The keys for which something holds. Shared: the same long list may be asked for
/// by thousands of rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Keys(Arc<[(u64, u64)]>);

impl Keys {
    pub(crate) fn all() -> Keys {
        Keys::interval(0, u64::MAX)
    }

    pub(crate) fn one(key: u64) -> Keys {
        Keys::interval(key, key)
    }

    /// None where `low` is above `high`.
    pub(crate) fn interval(low: u64, high: u64) -> Keys {
        if low <= high { Keys([(low, high)].into()) } else { Keys::default() }
    }

    pub(crate) fn of(keys: impl IntoIterator<Item = u64>) -> Keys {
        Keys::from_intervals(keys.into_iter().map(|key| (key, key)).collect())
    }

    fn from_intervals(mut intervals: Vec<(u64, u64)>) -> Keys {
        intervals.sort_unstable();
        let mut keys: Vec<(u64, u64)> = Vec::with_capacity(intervals.len());
        for (low, high) in intervals {
            match keys.last_mut() {
                Some((_, last)) if last.checked_add(1).is_none_or(|next| low <= next) => {
                    *last = high.max(*last);
                }
                _ => keys.push((low, high)),
            }
        }
        Keys(keys.into())
    }

    /// Tells apart what is kept twice; the same for clones.
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }

    pub(crate) fn intervals(&self) -> &[(u64, u64)] {
        &self.0
    }

    pub(crate) fn complement(&self) -> Keys {
        let mut rest = Vec::new();
        let mut next = Some(0_u64);
        for (low, high) in &*self.0 {
            if let Some(next) = next.filter(|next| next < low) {
                rest.push((next, low - 1));
            }
            next = high.checked_add(1);
        }
        rest.extend(next.map(|next| (next, u64::MAX)));
        Keys(rest.into())
    }

    pub(crate) fn union(&self, other: &Keys) -> Keys {
        Keys::from_intervals(self.0.iter().chain(&*other.0).copied().collect())
    }

    pub(crate) fn intersection(&self, other: &Keys) -> Keys {
        let mut both = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((a_low, a_high)), Some((b_low, b_high))) = (a.peek(), b.peek()) {
            let (low, high) = (*a_low.max(b_low), *a_high.min(b_high));
            if low <= high {
                both.push((low, high));
            }
            if a_high < b_high {
                a.next();
            } else {
                b.next();
            }
        }
        Keys(both.into())
    }
}

/// A schedule is half-open intervals of seconds.
pub(crate) fn of_schedule(schedule: &[Interval]) -> Keys {
    use rulestone_format::subject::timestamp_key;
    let interval = |interval: &Interval| {
        let low = match interval.start {
            i64::MIN => 0,
            start => timestamp_key(start, false),
        };
        let high = match interval.end {
            i64::MAX => u64::MAX,
            end => timestamp_key(end, false).checked_sub(1)?,
        };
        (low <= high).then_some((low, high))
    };
    Keys::from_intervals(schedule.iter().filter_map(interval).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(intervals: &[(u64, u64)]) -> Keys {
        Keys(intervals.into())
    }

    #[test]
    fn what_is_not_in_a_set_is_in_its_complement() {
        assert_eq!(keys(&[(3, 5), (9, 9)]).complement(), keys(&[(0, 2), (6, 8), (10, u64::MAX)]));
        assert_eq!(Keys::all().complement(), Keys::default());
        assert_eq!(Keys::default().complement(), Keys::all());
        assert_eq!(keys(&[(0, 1), (7, u64::MAX)]).complement(), keys(&[(2, 6)]));
    }

    #[test]
    fn an_intersection_has_what_is_in_both() {
        let a = keys(&[(0, 4), (6, 9), (20, 30)]);
        let b = keys(&[(3, 7), (9, 25)]);
        assert_eq!(a.intersection(&b), keys(&[(3, 4), (6, 7), (9, 9), (20, 25)]));
    }

    #[test]
    fn a_union_has_what_is_in_either_and_joins_what_touches() {
        let a = keys(&[(0, 4), (10, 12)]);
        let b = keys(&[(5, 6), (8, 8), (11, u64::MAX)]);
        assert_eq!(a.union(&b), keys(&[(0, 6), (8, 8), (10, u64::MAX)]));
        assert_eq!(Keys::of([7, 3, 4, 3]), keys(&[(3, 4), (7, 7)]));
    }
}
