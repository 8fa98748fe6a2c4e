//! The cut points of a dimension at which its rows change: a search of two steps.
//!
//! Nodes of eight keys as in the trees of subjects, but always two levels of them: no loop
//! has to find out how many.

use crate::decide::simd::node::{CHILDREN, Node};

/// So many cut points fit two levels.
const MOST_CUTS: usize = CHILDREN * CHILDREN - 1;

/// Where the nodes of a dimension's cut points lie among all nodes: the root, and behind it as
/// many children as have keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoLevels {
    first: u32,
    cuts: u32,
}

impl TwoLevels {
    /// How many nodes so many cut points have. `None` where there are too many.
    pub(super) fn nodes(cuts: usize) -> Option<usize> {
        match cuts {
            0 => Some(0),
            1..=MOST_CUTS => Some(2 + cuts / CHILDREN),
            _ => None,
        }
    }

    /// Adds the nodes of these cut points ([`signed`](crate::decide::key::signed)), ascending.
    /// `None` where there are too many.
    pub(super) fn of(cuts: &[i64], nodes: &mut Vec<Node>) -> Option<TwoLevels> {
        let all = TwoLevels { first: nodes.len() as u32, cuts: cuts.len() as u32 };
        if TwoLevels::nodes(cuts.len())? == 0 {
            return Some(all);
        }
        // Of each nine cuts the last stands between two children.
        let between = cuts.iter().copied().skip(CHILDREN - 1).step_by(CHILDREN);
        nodes.push(Node::of(&between.collect::<Vec<_>>()));
        for child in 0..=cuts.len() / CHILDREN {
            nodes.push(Node::of(cuts.get(child * CHILDREN..).unwrap_or_default()));
        }
        Some(all)
    }

    /// 1 and how many cut points a key has reached.
    #[inline(always)]
    pub(super) fn rank(
        &self,
        nodes: &[Node],
        key: i64,
        reached: impl Fn(&Node, i64) -> usize,
    ) -> u32 {
        let first = self.first as usize;
        let child = nodes.get(first).map_or(0, |node| reached(node, key));
        let own = nodes.get(first + 1 + child).map_or(0, |node| reached(node, key));
        // Where there is no such node, or one of another dimension, or nothing but the
        // greatest key was reached, all cuts were.
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
                // Those of other dimensions lie around them.
                let mut nodes = vec![Node::of(&[0, 5])];
                let levels = TwoLevels::of(&cuts, &mut nodes).expect("they fit");
                assert_eq!(TwoLevels::nodes(count), Some(nodes.len() - 1));
                nodes.push(Node::of(&[-5, 9]));
                let near = |cut: &i64| [-1, 0, 1].map(|by| cut.saturating_add(by));
                for key in cuts.iter().flat_map(near).chain(ends) {
                    let expected = 1 + cuts.partition_point(|cut| *cut <= key) as u32;
                    let found = levels.rank(&nodes, key, Node::reached);
                    assert_eq!(found, expected, "{key} {cuts:?}");
                }
            }
        }
        assert!(TwoLevels::of(&[0; MOST_CUTS + 1], &mut Vec::new()).is_none());
    }
}
