//! Cuts of a subject as a search finds them fast: a tree of nodes of eight keys,
//! one cache line each.
//!
//! Wide registers compare all eight keys of a node at once, where a binary search
//! would take three steps that wait for each other (see P. Khuong and P. Morin,
//! "Array Layouts for Comparison-Based Searching", 2017).

use rkyv::rend::unaligned::u64_ule;

/// Keys of a node.
const WIDTH: usize = 8;

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
    /// Adds the tree of these cuts to the nodes.
    ///
    /// # Cost
    /// Linear in the cuts; 9.2 bytes for each, and 64 at least.
    pub(super) fn of(cuts: &[u64_ule], nodes: &mut Vec<Node>) -> Tree {
        let mut levels = vec![cuts.iter().map(|cut| cut.to_native()).collect::<Vec<u64>>()];
        while let Some(level) = levels.last().filter(|level| level.len() > WIDTH) {
            // Of each node below, its first key.
            let above = level.iter().step_by(WIDTH).copied().collect();
            levels.push(above);
        }
        let mut tree = Tree { cuts: cuts.len() as u32, ..Tree::default() };
        for (start, level) in tree.levels.iter_mut().zip(levels.iter().rev()) {
            *start = nodes.len() as u32;
            let node = |keys: &[u64]| {
                let key = |at: usize| keys.get(at).map_or(i64::MAX, |key| signed(*key));
                Node(std::array::from_fn(key))
            };
            nodes.extend(level.chunks(WIDTH).map(node));
            if level.is_empty() {
                nodes.push(node(&[]));
            }
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
        let node = |level: usize, at: usize| {
            let start = self.levels.get(level).map_or(0, |start| *start as usize);
            nodes.get(start + at).map_or(0, |node| reached(node, key))
        };
        let mut rank = node(0, 0);
        for level in 1..usize::from(self.height) {
            // A key before the first is looked for in the first node.
            let at = rank.saturating_sub(1);
            rank = at * WIDTH + node(level, at);
        }
        1 + (rank as u32).min(self.cuts)
    }
}

impl Node {
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
    use rulestone_format::subject;

    #[test]
    fn a_tree_finds_what_a_search_finds() {
        let mut nodes = Vec::new();
        for count in [0, 1, 7, 8, 9, 63, 64, 65, 100, 511, 513, 5_000] {
            let cuts: Vec<u64_ule> = (0..count).map(|n| u64_ule::from_native(n * 10 + 5)).collect();
            let tree = Tree::of(&cuts, &mut nodes);
            for key in (0..count * 10 + 20).chain([u64::MAX - 1, u64::MAX]) {
                assert_eq!(
                    tree.rank(&nodes, signed(key), Node::reached),
                    subject::rank(&cuts, key),
                    "{count} {key}"
                );
            }
        }
        let cuts = [1, u64::MAX].map(u64_ule::from_native);
        let tree = Tree::of(&cuts, &mut nodes);
        let ranks =
            [0, 1, u64::MAX - 1, u64::MAX].map(|key| tree.rank(&nodes, signed(key), Node::reached));
        assert_eq!(ranks, [1, 2, 2, 3]);
    }
}
