//! Sets of keys as sorted, disjoint, inclusive intervals.

use rulestone_format::archive::Predicate;
use rulestone_format::predicate::PredicateKind;

pub(super) type Keys = Vec<(u64, u64)>;

/// The keys for which a predicate holds. `None` for one that has no keys.
pub(super) fn allowed(predicate: &Predicate, sets: &[u64]) -> Option<Keys> {
    let (kind, negated) = PredicateKind::of_form(predicate.form)?;
    let keys = match kind {
        PredicateKind::Interval => vec![(predicate.low, predicate.low + predicate.width)],
        PredicateKind::OneOf => {
            let start = predicate.low as usize;
            let mut keys = Keys::new();
            for key in sets.get(start..start + predicate.width as usize)? {
                match keys.last_mut() {
                    Some((_, last)) if *last + 1 == *key => *last = *key,
                    _ => keys.push((*key, *key)),
                }
            }
            keys
        }
        PredicateKind::Member => return None,
    };
    Some(if negated { complement(&keys) } else { keys })
}

fn complement(keys: &Keys) -> Keys {
    let mut rest = Keys::new();
    let mut next = Some(0_u64);
    for (low, high) in keys {
        if let Some(next) = next.filter(|next| next < low) {
            rest.push((next, low - 1));
        }
        next = high.checked_add(1);
    }
    rest.extend(next.map(|next| (next, u64::MAX)));
    rest
}

/// What is in both.
pub(super) fn intersection(a: &Keys, b: &Keys) -> Keys {
    let mut both = Keys::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
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
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_a_set_is_in_its_complement() {
        assert_eq!(complement(&vec![(3, 5), (9, 9)]), [(0, 2), (6, 8), (10, u64::MAX)]);
        assert_eq!(complement(&vec![(0, u64::MAX)]), []);
        assert_eq!(complement(&vec![(0, 1), (7, u64::MAX)]), [(2, 6)]);
    }

    #[test]
    fn an_intersection_has_what_is_in_both() {
        let a = vec![(0, 4), (6, 9), (20, 30)];
        let b = vec![(3, 7), (9, 25)];
        assert_eq!(intersection(&a, &b), [(3, 4), (6, 7), (9, 9), (20, 25)]);
    }
}
