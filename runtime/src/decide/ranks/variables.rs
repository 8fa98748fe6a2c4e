//! The rank of a variable's value.

use super::cells::direct;
use super::cuts::RankOf;
use super::plan::{RankPlan, VariableRanking};
use crate::decide::key::signed;
use crate::interpret::Machine;
use rulestone_format::subject::ABSENT;
use rulestone_format::value::Word;

/// The rank of a value that was just worked out.
#[inline]
pub(super) fn rank(
    value: Word,
    ranking: &VariableRanking,
    plan: &RankPlan,
    machine: &mut Machine<'_>,
) -> u32 {
    match ranking {
        VariableRanking::Direct { count } => direct(value.low, *count),
        VariableRanking::Cuts(kind, tree) => {
            let key = signed(kind.key(value));
            plan.simd.run(RankOf { tree, nodes: &plan.nodes, key })
        }
        VariableRanking::Dictionary(number) => {
            // It may be as long as memory is large.
            let length = value.reference().length();
            if machine.scratch.spend_text(length).is_err() {
                return ABSENT;
            }
            let text = machine.memory().bytes(value.reference());
            let archive = machine.program.archive;
            let dictionary = plan.dictionaries.get(*number as usize);
            dictionary.map_or(ABSENT, |words| 1 + words.number(archive, text, 0..text.len()))
        }
    }
}
