//! Cuts of a subject as a search finds them fast: a tree of nodes of eight keys,
//! one cache line each.
//!
//! Wide registers compare all eight keys of a node at once, where a binary search
//! would take three steps that wait for each other (see P. Khuong and P. Morin,
//! "Array Layouts for Comparison-Based Searching", 2017). Each node has nine children
//! and no key stands twice, so that one step, `at * 9 + reached`, leads to the node of
//! the next level, and at the last level to the rank.

use super::wide::Registers;

/// Keys of a node.
const WIDTH: usize = 8;

/// Children of a node.
pub(super) const CHILDREN: usize = WIDTH + 1;

/// Levels of the highest tree: a subject has fewer than 2^24 cuts.
const LEVELS: usize = 8;

/// Eight keys, ascending; behind the last cut, the greatest key.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Node(pub(super) [i64; WIDTH]);

/// Where a tree lies among all nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tree {
    /// Of each level, from the root: its first node.
    levels: [u32; LEVELS],
    height: u8,
    cuts: u32,
}

impl Tree {
    /// How many nodes the tree of so many cuts has.
    pub(super) fn nodes(cuts: usize) -> usize {
        let (mut keys, mut level, mut nodes) = (cuts, 0_usize, 0);
        while nodes == 0 || keys > 0 {
            level = level.max(1).div_ceil(CHILDREN).max(keys.div_ceil(CHILDREN));
            nodes += level;
            keys /= CHILDREN;
        }
        nodes
    }

    /// Adds the tree of these cuts ([`signed`]), ascending, to the nodes.
    ///
    /// # Cost
    /// Linear in the cuts; 8 bytes for each, and 64 for each level.
    pub(super) fn of(mut keys: Vec<i64>, nodes: &mut Vec<Node>) -> Tree {
        let mut tree = Tree { cuts: keys.len() as u32, ..Tree::default() };
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
            keys = keys.iter().copied().skip(WIDTH).step_by(CHILDREN).collect();
        }
        for (start, level) in tree.levels.iter_mut().zip(levels.iter().rev()) {
            *start = nodes.len() as u32;
            nodes.extend(level);
            tree.height += 1;
        }
        tree
    }

    /// The rank of a key ([`signed`]): 1 and how many cuts it has reached.
    /// `reached` says how many keys of a node it has ([`Node::reached`]).
    #[inline(always)]
    pub(super) fn rank(
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

/// [`Tree::rank`] of one subject that is asked for alone.
#[inline(always)]
pub(super) fn rank_of(on: impl Registers, tree: &Tree, nodes: &[Node], key: i64) -> u32 {
    tree.rank(nodes, key, |node, key| on.reached(node, key))
}

impl Node {
    /// Of the first eight keys of some, ascending.
    pub(super) fn of(keys: &[i64]) -> Node {
        Node(std::array::from_fn(|at| keys.get(at).copied().unwrap_or(i64::MAX)))
    }

    /// How many of its keys a key has reached.
    #[inline]
    pub(super) fn reached(&self, key: i64) -> usize {
        self.0.partition_point(|cut| *cut <= key)
    }
}

/// As a signed number, in the same order: those are what registers compare.
#[inline(always)]
pub(super) fn signed(key: u64) -> i64 {
    (key ^ 1 << 63).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rkyv::rend::unaligned::u64_ule;
    use rulestone_format::subject;

    fn tree(cuts: &[u64_ule], nodes: &mut Vec<Node>) -> Tree {
        Tree::of(cuts.iter().map(|cut| signed(cut.to_native())).collect(), nodes)
    }

    #[test]
    fn a_tree_has_as_many_nodes_as_are_foreseen() {
        for count in (0..1000).chain([6560, 6561, 6562, 59_048, 59_049, 59_050]) {
            let mut nodes = Vec::new();
            Tree::of((0..count).collect(), &mut nodes);
            assert_eq!(Tree::nodes(count as usize), nodes.len(), "{count}");
        }
    }

    #[test]
    fn a_tree_finds_what_a_search_finds() {
        let mut nodes = Vec::new();
        let counts = (0..100).chain([511, 513, 727, 728, 729, 730, 5_000]);
        let cuts = |count| (0..count).map(|n| u64_ule::from_native(n * 10 + 5)).collect();
        let trees: Vec<(Tree, Vec<u64_ule>)> =
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
