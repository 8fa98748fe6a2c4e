//! The search tree of a subject's cut points: nodes of eight keys, one cache line each.
//!
//! Wide registers compare all eight keys of a node at once; a binary search would take
//! three steps that wait for each other (see P. Khuong and P. Morin, "Array Layouts for
//! Comparison-Based Searching", 2017). Each node has nine children
//! and no key stands twice, so that one step, `at * 9 + reached`, leads to the node of
//! the next level, and at the last level to the rank.

use crate::decide::simd::node::{CHILDREN, KEYS, Node};
use crate::decide::simd::{Kernel, Registers};

/// Levels of the highest tree: a subject has fewer than 2^24 cut points.
const LEVELS: usize = 8;

/// Where a tree lies among all nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CutTree {
    /// Of each level, from the root: its first node.
    levels: [u32; LEVELS],
    height: u8,
    cuts: u32,
}

impl CutTree {
    /// How many nodes the tree of so many cut points has.
    pub(super) fn nodes(cuts: usize) -> usize {
        let (mut keys, mut level, mut nodes) = (cuts, 0_usize, 0);
        while nodes == 0 || keys > 0 {
            level = level.max(1).div_ceil(CHILDREN).max(keys.div_ceil(CHILDREN));
            nodes += level;
            keys /= CHILDREN;
        }
        nodes
    }

    /// Adds the tree of these cut points ([`signed`](crate::decide::key::signed)), ascending, to the nodes.
    ///
    /// # Cost
    /// Linear in the cut points; 8 bytes for each, and 64 for each level.
    pub(super) fn of(mut keys: Vec<i64>, nodes: &mut Vec<Node>) -> CutTree {
        let mut tree = CutTree { cuts: keys.len() as u32, ..CutTree::default() };
        let mut levels: Vec<Vec<Node>> = Vec::new();
        while levels.is_empty() || !keys.is_empty() {
            // A node without keys of its own may still have a child.
            let children = levels.last().map_or(1, Vec::len);
            let count = children.div_ceil(CHILDREN).max(keys.len().div_ceil(CHILDREN));
            levels.push(
                (0..count)
                    .map(|n| Node::of(keys.get(n * CHILDREN..).unwrap_or_default()))
                    .collect(),
            );
            // Of each nine keys, the last stands between two nodes: one level higher.
            keys = keys.iter().copied().skip(KEYS).step_by(CHILDREN).collect();
        }
        for (start, level) in tree.levels.iter_mut().zip(levels.iter().rev()) {
            *start = nodes.len() as u32;
            nodes.extend(level);
            tree.height += 1;
        }
        tree
    }

    /// The rank of a key ([`signed`](crate::decide::key::signed)): 1 and how many cut points it has reached.
    /// `reached` says how many keys of a node it has ([`Node::reached`]).
    #[inline(always)]
    pub(crate) fn rank(
        &self,
        nodes: &[Node],
        key: i64,
        reached: impl Fn(&Node, i64) -> usize,
    ) -> u32 {
        let mut at = 0;
        for start in self.levels.iter().take(usize::from(self.height)) {
            let node = nodes.get(*start as usize + at);
            at = at * CHILDREN + node.map_or(0, |node| reached(node, key));
        }
        // Where there is no such node, or one of another tree, or nothing but the
        // greatest key was reached, all cuts were.
        1 + (at as u32).min(self.cuts)
    }
}

/// [`CutTree::rank`] of one subject alone.
pub(super) struct RankOf<'a> {
    pub(super) tree: &'a CutTree,
    pub(super) nodes: &'a [Node],
    pub(super) key: i64,
}

impl Kernel for RankOf<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<R: Registers>(self, on: R) -> u32 {
        self.tree.rank(self.nodes, self.key, |node, key| on.reached(node, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::key::signed;
    use rkyv::rend::unaligned::u64_ule;
    use rulestone_format::subject;

    fn tree(cuts: &[u64_ule], nodes: &mut Vec<Node>) -> CutTree {
        CutTree::of(cuts.iter().map(|cut| signed(cut.to_native())).collect(), nodes)
    }

    #[test]
    fn a_tree_has_as_many_nodes_as_are_foreseen() {
        for count in (0..1000).chain([6560, 6561, 6562, 59_048, 59_049, 59_050]) {
            let mut nodes = Vec::new();
            CutTree::of((0..count).collect(), &mut nodes);
            assert_eq!(CutTree::nodes(count as usize), nodes.len(), "{count}");
        }
    }

    #[test]
    fn a_tree_finds_what_a_search_finds() {
        let mut nodes = Vec::new();
        let counts = (0..100).chain([511, 513, 727, 728, 729, 730, 5_000]);
        let cuts = |count| (0..count).map(|n| u64_ule::from_native(n * 10 + 5)).collect();
        let trees: Vec<(CutTree, Vec<u64_ule>)> =
            counts.map(cuts).map(|cuts: Vec<_>| (tree(&cuts, &mut nodes), cuts)).collect();
        for (tree, cuts) in &trees {
            let count = cuts.len() as u64;
            for key in (0..count * 10 + 20).chain([u64::MAX - 1, u64::MAX]) {
                assert_eq!(
                    tree.rank(&nodes, signed(key), Node::reached),
                    subject::rank(cuts, key),
                    "{count} {key}"
                );
            }
        }
        let cuts = [1, u64::MAX].map(u64_ule::from_native);
        let tree = tree(&cuts, &mut nodes);
        let ranks =
            [0, 1, u64::MAX - 1, u64::MAX].map(|key| tree.rank(&nodes, signed(key), Node::reached));
        assert_eq!(ranks, [1, 2, 2, 3]);
    }
}
