//! Cuts of a dimension of few cells: a search of two steps.
//!
//! The same nodes of eight keys as in the trees of subjects ([`super::super::cuts`]), but
//! always two levels of them: no loop has to find out how many.

use super::super::cuts::{CHILDREN, Node};

/// So many cuts fit two levels.
const MOST_CUTS: usize = CHILDREN * CHILDREN - 1;

/// Where the nodes of the cuts lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoLevels {
    /// The root; its children follow.
    first: u32,
    cuts: u32,
}

impl TwoLevels {
    /// Adds the nodes of these cuts ([`signed`](super::super::cuts::signed)), ascending.
    /// `None` where there are too many.
    pub(super) fn of(cuts: &[i64], nodes: &mut Vec<Node>) -> Option<TwoLevels> {
        if cuts.len() > MOST_CUTS {
            return None;
        }
        let first = nodes.len() as u32;
        // Of each nine cuts the last stands between two children.
        let between: Vec<i64> = cuts.iter().copied().skip(CHILDREN - 1).step_by(CHILDREN).collect();
        nodes.push(Node::of(&between));
        nodes.extend((0..CHILDREN).map(|child| {
            let own = cuts.iter().copied().skip(child * CHILDREN).take(CHILDREN - 1);
            Node::of(&own.collect::<Vec<_>>())
        }));
        Some(TwoLevels { first, cuts: cuts.len() as u32 })
    }

    /// 1 and how many cuts a key has reached.
    #[inline(always)]
    pub(super) fn rank(
        &self,
        nodes: &[Node],
        key: i64,
        reached: impl Fn(&Node, i64) -> usize,
    ) -> u32 {
        let nodes = nodes.get(self.first as usize..).and_then(|nodes| nodes.first_chunk());
        let Some(nodes): Option<&[Node; 1 + CHILDREN]> = nodes else { return 1 };
        let child = reached(&nodes[0], key);
        let at = child * CHILDREN + nodes.get(1 + child).map_or(0, |node| reached(node, key));
        // Where nothing but the greatest key was reached, all cuts were.
        1 + (at as u32).min(self.cuts)
    }
}
