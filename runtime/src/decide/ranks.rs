//! The ranks of a request's subjects.
//!
//! In: a frame. Out: the rank of a subject, which is how many of its cut points the value
//! has reached, or the number of a string in a dictionary. Rank 0 is that of what is absent
//! or failed. A rank is worked out when it is first asked for; where the value lies is said
//! by the [`RankPlan`].

mod cells;
mod cuts;
mod dictionary;
mod lists;
mod plan;
mod variables;

use crate::interpret::Machine;
use cuts::RankOf;
use lists::Lists;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::subject::ABSENT;
use rulestone_format::value::{Reference, Word};

pub(crate) use cells::{Cells, CutCell, DirectCell, KeyCell, direct};
pub(crate) use plan::{ListPlan, RankPlan, SubjectPlan, VariableRanking};

/// The ranks of one request, with the memory for them.
#[derive(Debug)]
pub(crate) struct Ranks {
    /// By subject, or [`UNKNOWN`].
    ranks: Vec<u32>,
    /// Whether there may be a rank that is known.
    any_known: bool,
    lists: Lists,
    /// The ranks to begin with: those of bound facts.
    bound: Vec<u32>,
}

/// The rank isn't worked out yet.
const UNKNOWN: u32 = u32::MAX;

impl Ranks {
    /// With all the room that any request needs.
    pub(crate) fn new(plan: &RankPlan) -> Ranks {
        Ranks {
            ranks: vec![UNKNOWN; plan.subjects().len()],
            any_known: false,
            lists: Lists::new(plan),
            bound: Vec::new(),
        }
    }

    /// Bytes that the ranks of an archive need.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        2 * size_of::<u32>() * archive.subjects.len() + Lists::bytes(archive)
    }

    /// Forgets the last request.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if self.any_known {
            self.clear_known();
        }
    }

    #[inline(never)]
    fn clear_known(&mut self) {
        self.any_known = false;
        self.ranks.fill(UNKNOWN);
        self.lists.clear();
    }

    /// Keeps what is known by now for [`Ranks::clear_but_bound`].
    pub(crate) fn bind(&mut self) {
        self.bound.clone_from(&self.ranks);
        self.lists.bind();
    }

    /// Forgets the last item, but not the bound facts.
    #[inline]
    pub(crate) fn clear_but_bound(&mut self) {
        self.ranks.clone_from(&self.bound);
        self.any_known = true;
        self.lists.clear_but_bound();
    }

    /// The rank of a subject.
    #[inline]
    pub(crate) fn rank(
        &mut self,
        subject: u16,
        plan: &RankPlan,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) -> u32 {
        match self.ranks.get(usize::from(subject)) {
            Some(&UNKNOWN) => self.find(subject, plan, machine, registers),
            Some(rank) => *rank,
            None => ABSENT,
        }
    }

    /// The rank of a subject that isn't known.
    #[inline(never)]
    fn find(
        &mut self,
        subject: u16,
        plan: &RankPlan,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) -> u32 {
        let rank = match plan.subject(subject) {
            Some(of) => self.work_out(of, plan, machine, registers),
            None => ABSENT,
        };
        if let Some(known) = self.ranks.get_mut(usize::from(subject)) {
            *known = rank;
            self.any_known = true;
        }
        rank
    }

    #[inline(always)]
    fn work_out(
        &mut self,
        subject: &SubjectPlan,
        plan: &RankPlan,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) -> u32 {
        let archive = machine.program.archive;
        let frame = machine.frame;
        match subject {
            SubjectPlan::Direct(cell) => plan.cells(frame).direct(cell),
            SubjectPlan::Cuts(cell) => {
                let cells = plan.cells(frame);
                match cells.has(cell.number.place) {
                    true => {
                        let key = cells.key(&cell.number);
                        plan.simd.run(RankOf { tree: &cell.tree, nodes: &plan.nodes, key })
                    }
                    false => ABSENT,
                }
            }
            SubjectPlan::Text { fact, slot, dictionary } if frame.has(*fact as usize) => {
                let text = lists::range(Reference(frame.low(*slot as usize)));
                let words = plan.dictionaries.get(*dictionary as usize);
                words.map_or(ABSENT, |words| 1 + words.number(archive, frame.bytes(), text))
            }
            SubjectPlan::List(list) if frame.has(list.fact as usize) => {
                self.lists.read(list, plan, archive, frame);
                1
            }
            SubjectPlan::Text { .. } | SubjectPlan::List(_) => ABSENT,
            SubjectPlan::Variable { number, ranking } => {
                let Ok(value) = machine.variable(*number, registers) else { return ABSENT };
                variables::rank(value, ranking, plan, machine)
            }
        }
    }

    /// The rank of a subject that is known.
    #[inline(always)]
    pub(crate) fn known(&self, subject: u16) -> u32 {
        self.ranks.get(usize::from(subject)).copied().unwrap_or(ABSENT)
    }

    /// The ranks of all subjects, to be noted.
    pub(crate) fn all_mut(&mut self) -> &mut [u32] {
        self.any_known = true;
        &mut self.ranks
    }

    /// Whether a list that is there has a word.
    #[inline]
    pub(crate) fn has_word(&self, list: &ListPlan, word: u32) -> bool {
        self.lists.has_word(list, word)
    }

    /// The cells of a list that is there: that of any list, then those of its words.
    #[inline]
    pub(crate) fn cells(&self, list: &ListPlan) -> &[u32] {
        self.lists.cells(list)
    }
}
