//! A node of a search tree of cut points: eight keys, which registers compare at once.

/// Keys of a node.
pub(crate) const KEYS: usize = 8;

/// Children of a node.
pub(crate) const CHILDREN: usize = KEYS + 1;

/// Eight keys, ascending, in one cache line. Behind the last cut point stands the greatest
/// key.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Node(pub(super) [i64; KEYS]);

impl Node {
    /// Of the first eight of these keys, ascending.
    pub(crate) fn of(keys: &[i64]) -> Node {
        Node(std::array::from_fn(|at| keys.get(at).copied().unwrap_or(i64::MAX)))
    }

    /// How many of its keys a key has reached.
    #[inline]
    pub(crate) fn reached(&self, key: i64) -> usize {
        self.0.partition_point(|cut| *cut <= key)
    }
}
