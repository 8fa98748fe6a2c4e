//! Cuts of a dimension of few cells: a search of two steps.
//!
//! The same nodes of eight keys as in the trees of subjects ([`super::super::cuts`]), but
//! always two levels of them: no loop has to find out how many.

use super::super::cuts::{CHILDREN, Node};

/// So many cuts fit two levels.
const MOST_CUTS: usize = CHILDREN * CHILDREN - 1;

/// The nodes of a dimension's cuts.
#[derive(Debug, Clone)]
pub(super) struct TwoLevels {
    root: Node,
    children: [Node; CHILDREN],
    cuts: u32,
}

impl TwoLevels {
    /// Of these cuts ([`signed`](super::super::cuts::signed)), ascending. `None` where there
    /// are too many.
    pub(super) fn of(cuts: &[i64]) -> Option<TwoLevels> {
        if cuts.len() > MOST_CUTS {
            return None;
        }
        // Of each nine cuts the last stands between two children.
        let between: Vec<i64> = cuts.iter().copied().skip(CHILDREN - 1).step_by(CHILDREN).collect();
        let child = |child: usize| {
            let own = cuts.iter().copied().skip(child * CHILDREN).take(CHILDREN - 1);
            Node::of(&own.collect::<Vec<_>>())
        };
        Some(TwoLevels {
            root: Node::of(&between),
            children: std::array::from_fn(child),
            cuts: cuts.len() as u32,
        })
    }

    /// 1 and how many cuts a key has reached.
    #[inline(always)]
    pub(super) fn rank(&self, key: i64, reached: impl Fn(&Node, i64) -> usize) -> u32 {
        let child = reached(&self.root, key);
        let own = self.children.get(child).map_or(0, |node| reached(node, key));
        // Where nothing but the greatest key was reached, all cuts were.
        1 + ((child * CHILDREN + own) as u32).min(self.cuts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_levels_find_what_a_search_finds() {
        let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
        for count in 0..=MOST_CUTS {
            let apart: Vec<i64> = (0..count as i64).map(|cut| cut * 10 - 95).collect();
            let mut from_least = apart.clone();
            let mut to_most = apart.clone();
            for (at, cut) in (0..).zip(&mut from_least) {
                *cut = i64::MIN + at;
            }
            for (at, cut) in (0..).zip(to_most.iter_mut().rev()) {
                *cut = i64::MAX - at;
            }
            for cuts in [apart, from_least, to_most] {
                let levels = TwoLevels::of(&cuts).expect("they fit");
                let near = |cut: &i64| [-1, 0, 1].map(|by| cut.saturating_add(by));
                for key in cuts.iter().flat_map(near).chain(ends) {
                    let expected = 1 + cuts.partition_point(|cut| *cut <= key) as u32;
                    assert_eq!(levels.rank(key, Node::reached), expected, "{key} {cuts:?}");
                }
            }
        }
        assert!(TwoLevels::of(&[0; MOST_CUTS + 1]).is_none());
    }
}
