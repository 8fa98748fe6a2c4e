//! Subjects of a request: what rank each has.
//!
//! In comes a frame; out comes the rank of a subject, worked out when it is
//! first asked for. Where each lies is worked out once, when a ruleset is
//! loaded ([`SubjectPlan`]).

use super::cells::{Cells, CutCell, DirectCell, Flips, KeyCell, Place, direct};
use super::cuts::{Node, Tree, signed};
use super::words::Words;
use crate::interpret::{Machine, Program};
use rulestone_format::archive::{ArchivedRuleset, ArchivedSubject};
use rulestone_format::frame::Frame;
use rulestone_format::subject::{ABSENT, KeyKind, Ranking, SubjectKind};
use rulestone_format::value::{CELL, Reference, Word, read_cell};
use std::ops::Range;

/// Where a subject comes from and how it is ranked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SubjectPlan {
    Direct(DirectCell),
    Cuts(CutCell),
    /// Text, and the number of its dictionary.
    Text {
        fact: u32,
        slot: u32,
        words: u32,
    },
    List(ListPlan),
    Variable {
        number: u32,
        ranking: VariableRanking,
    },
}

impl SubjectPlan {
    /// The fact that alone says what rank it has.
    pub(super) fn fact(&self) -> Option<usize> {
        match self {
            SubjectPlan::Direct(DirectCell { place: Place { fact, .. }, .. })
            | SubjectPlan::Cuts(CutCell {
                number: KeyCell { place: Place { fact, .. }, .. },
                ..
            })
            | SubjectPlan::Text { fact, .. }
            | SubjectPlan::List(ListPlan { fact, .. }) => Some(*fact as usize),
            SubjectPlan::Variable { .. } => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ListPlan {
    fact: u32,
    slot: u32,
    /// The number of its dictionary.
    words: u32,
    /// Its first bit among [`Subjects::bits`].
    bits: u32,
    /// Which of the lists it is.
    list: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum VariableRanking {
    Direct { count: u32 },
    Cuts(KeyKind, Tree),
    Words(u32),
}

/// What is worked out of all subjects once.
#[derive(Debug, Default)]
pub(crate) struct SubjectPlans {
    pub(crate) all: Vec<SubjectPlan>,
    /// Their dictionaries.
    pub(crate) words: Vec<Words>,
    /// Their cuts.
    pub(crate) nodes: Vec<Node>,
    /// How many facts there are: a frame of that many lacks none that is required.
    pub(super) facts: usize,
    lists: usize,
    /// Words of all lists.
    list_words: usize,
    /// Bits for these, in whole words.
    bits: u32,
}

impl SubjectPlans {
    /// # Cost
    /// Linear in cuts and dictionaries.
    pub(crate) fn new(archive: &ArchivedRuleset) -> SubjectPlans {
        let (mut nodes, mut dictionaries) = (0, 0);
        for subject in archive.subjects.iter() {
            match subject.ranking(archive) {
                Some(Ranking::Cuts(_)) => {
                    nodes += Tree::nodes(subject.cuts.of(&archive.cuts).len());
                }
                Some(Ranking::Words | Ranking::Members) => dictionaries += 1,
                Some(Ranking::Direct { .. }) | None => {}
            }
        }
        // All of just the size that they need: together they are several times the archive's.
        let mut plans = SubjectPlans {
            all: Vec::with_capacity(archive.subjects.len()),
            words: Vec::with_capacity(dictionaries),
            nodes: Vec::with_capacity(nodes),
            facts: archive.schema.facts.len(),
            ..SubjectPlans::default()
        };
        for subject in archive.subjects.iter() {
            let plan = plans.plan(archive, subject);
            plans.all.push(plan);
        }
        plans
    }

    fn plan(&mut self, archive: &ArchivedRuleset, subject: &ArchivedSubject) -> SubjectPlan {
        // INVARIANT: the verifier refused subjects that have no ranks.
        let ranking = subject.ranking(archive).unwrap_or(Ranking::Direct { count: 0 });
        let number = subject.source.to_native();
        let kind = SubjectKind::from_u16(subject.kind.to_native());
        if kind == Some(SubjectKind::Variable) {
            let ranking = match ranking {
                Ranking::Direct { count } => VariableRanking::Direct { count },
                Ranking::Cuts(kind) => VariableRanking::Cuts(kind, self.tree(archive, subject)),
                Ranking::Words | Ranking::Members => {
                    VariableRanking::Words(self.dictionary(archive, subject))
                }
            };
            return SubjectPlan::Variable { number, ranking };
        }
        let fact = archive.schema.fact(number as usize);
        let half = if kind == Some(SubjectKind::Longitude) { CELL as u32 } else { 0 };
        let slot = fact.map_or(0, |fact| fact.slot.to_native()).saturating_add(half);
        let is_required = fact.is_some_and(|fact| fact.optional == 0);
        let fact = number;
        // INVARIANT: the verifier refused cells that don't lie one behind the other.
        let place = Place { word: slot / CELL as u32, fact, is_required };
        match ranking {
            Ranking::Direct { count } => SubjectPlan::Direct(DirectCell { place, count }),
            Ranking::Cuts(kind) => {
                let (flips, tree) = (Flips::of(kind), self.tree(archive, subject));
                SubjectPlan::Cuts(CutCell { number: KeyCell { place, flips }, tree })
            }
            Ranking::Words => {
                SubjectPlan::Text { fact, slot, words: self.dictionary(archive, subject) }
            }
            Ranking::Members => {
                let words = self.dictionary(archive, subject);
                let (bits, list) = (self.bits, self.lists as u32);
                self.list_words += subject.words.of(&archive.words).len();
                self.bits += subject.words.length.to_native().next_multiple_of(64);
                self.lists += 1;
                SubjectPlan::List(ListPlan { fact, slot, words, bits, list })
            }
        }
    }

    fn tree(&mut self, archive: &ArchivedRuleset, subject: &ArchivedSubject) -> Tree {
        let cuts = subject.cuts.of(&archive.cuts).iter();
        Tree::of(cuts.map(|cut| signed(cut.to_native())).collect(), &mut self.nodes)
    }

    fn dictionary(&mut self, archive: &ArchivedRuleset, subject: &ArchivedSubject) -> u32 {
        let words = subject.words.of(&archive.words);
        self.words.push(Words::new(archive, words, subject.words.start.to_native()));
        self.words.len() as u32 - 1
    }
}

/// The subjects of one request, with the memory for them.
#[derive(Debug)]
pub(crate) struct Subjects {
    ranks: Vec<u32>,
    /// Whether there may be a rank that is known.
    any_known: bool,
    /// Of lists: a bit for each word of the dictionary.
    bits: Vec<u64>,
    /// Of lists: the cells of their dimension, which are that of any list, then those of
    /// the words it has.
    cells: Vec<u32>,
    /// Of each list: where its cells begin and end.
    lists: Vec<(u32, u32)>,
    /// Which words of `bits` aren't zero.
    touched: Vec<u32>,
    /// The ranks to begin with: those of facts that are bound.
    kept: Vec<u32>,
    /// How many of the cells, and of the words that aren't zero, are those of lists that are
    /// bound.
    kept_cells: (usize, usize),
}

/// It is not worked out yet.
const UNKNOWN: u32 = u32::MAX;

impl Subjects {
    /// With all the room that any request needs.
    pub(crate) fn new(plans: &SubjectPlans) -> Subjects {
        let words = plans.bits as usize / 64;
        Subjects {
            ranks: vec![UNKNOWN; plans.all.len()],
            any_known: false,
            bits: vec![0; words],
            cells: Vec::with_capacity(plans.lists + plans.list_words),
            lists: vec![(0, 0); plans.lists],
            touched: Vec::with_capacity(words),
            kept: Vec::new(),
            kept_cells: (0, 0),
        }
    }

    /// Bytes that the subjects of an archive need.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        let lists = archive.subjects.iter().filter_map(|subject| {
            let is_list = subject.ranking(archive) == Some(Ranking::Members);
            is_list.then(|| subject.words.length.to_native() as usize)
        });
        lists.fold(2 * 4 * archive.subjects.len(), |bytes, words| {
            // A list's ends, a cell for it and each of its words; bits, and which were touched.
            bytes + size_of::<(u32, u32)>() + 4 * (1 + words) + (8 + 4) * words.div_ceil(64)
        })
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
        self.clear_lists((0, 0));
    }

    /// Keeps what is known by now for [`Subjects::clear_but_kept`].
    pub(super) fn keep(&mut self) {
        self.kept.clone_from(&self.ranks);
        self.kept_cells = (self.cells.len(), self.touched.len());
    }

    /// Forgets the last item, but not what is bound.
    #[inline]
    pub(crate) fn clear_but_kept(&mut self) {
        self.ranks.clone_from(&self.kept);
        self.any_known = true;
        self.clear_lists(self.kept_cells);
    }

    /// The bits of a list fill whole words, so that none of another list are lost.
    #[inline]
    fn clear_lists(&mut self, (cells, touched): (usize, usize)) {
        self.cells.truncate(cells);
        for word in self.touched.drain(touched.min(self.touched.len())..) {
            if let Some(bits) = self.bits.get_mut(word as usize) {
                *bits = 0;
            }
        }
    }

    /// The rank of a subject.
    #[inline]
    pub(super) fn rank(
        &mut self,
        number: u16,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) -> u32 {
        match self.ranks.get(usize::from(number)) {
            Some(&UNKNOWN) => self.asked(number, machine, registers),
            Some(rank) => *rank,
            None => ABSENT,
        }
    }

    /// Of a subject that isn't known.
    #[inline(never)]
    fn asked(&mut self, number: u16, machine: &mut Machine<'_>, registers: &mut [Word]) -> u32 {
        let plan = machine.program.plan.subjects.all.get(usize::from(number));
        let rank = plan.map_or(ABSENT, |plan| self.work_out(plan, machine, registers));
        if let Some(known) = self.ranks.get_mut(usize::from(number)) {
            *known = rank;
            self.any_known = true;
        }
        rank
    }

    /// The rank of a subject that is known.
    #[inline(always)]
    pub(super) fn known(&self, number: u16) -> u32 {
        self.ranks.get(usize::from(number)).copied().unwrap_or(ABSENT)
    }

    /// The ranks of all subjects, to be noted.
    pub(super) fn ranks_mut(&mut self) -> &mut [u32] {
        self.any_known = true;
        &mut self.ranks
    }

    #[inline(always)]
    fn work_out(
        &mut self,
        plan: &SubjectPlan,
        machine: &mut Machine<'_>,
        registers: &mut [Word],
    ) -> u32 {
        let Program { archive, plan: all, .. } = machine.program;
        let plans = &all.subjects;
        let frame = machine.frame;
        match plan {
            SubjectPlan::Direct(cell) => Cells::of(plans, frame).direct(cell),
            SubjectPlan::Cuts(cell) => {
                let cells = Cells::of(plans, frame);
                match cells.has(cell.number.place) {
                    true => {
                        let key = cells.key(&cell.number);
                        all.wide.rank_of(&cell.tree, &plans.nodes, key)
                    }
                    false => ABSENT,
                }
            }
            SubjectPlan::Text { fact, slot, words } if frame.has(*fact as usize) => {
                let text = range(Reference(frame.low(*slot as usize)));
                let words = plans.words.get(*words as usize);
                words.map_or(ABSENT, |words| 1 + words.number(archive, frame.bytes(), text))
            }
            SubjectPlan::List(list) if frame.has(list.fact as usize) => {
                self.list(list, archive, plans, &frame);
                1
            }
            SubjectPlan::Text { .. } | SubjectPlan::List(_) => ABSENT,
            SubjectPlan::Variable { number, ranking } => {
                let Ok(value) = machine.variable(*number, registers) else { return ABSENT };
                of_variable(value, ranking, machine)
            }
        }
    }

    /// Notes the words of a list, each once.
    fn list(
        &mut self,
        plan: &ListPlan,
        archive: &ArchivedRuleset,
        plans: &SubjectPlans,
        frame: &Frame<'_>,
    ) {
        let Some(words) = plans.words.get(plan.words as usize) else { return };
        let list = Reference(frame.low(plan.slot as usize));
        let frame = frame.bytes();
        let start = self.cells.len() as u32;
        self.cells.push(ANY_LIST);
        for item in 0..list.length() {
            let Some(cell) = read_cell(frame, list.offset() + item * CELL, CELL) else { break };
            let number = words.number(archive, frame, range(cell.reference()));
            let bit = plan.bits + number;
            let known = self.bits.get_mut(bit as usize / 64).filter(|_| number < words.count());
            if let Some(bits) = known.filter(|bits| **bits >> (bit % 64) & 1 == 0) {
                if *bits == 0 {
                    self.touched.push(bit / 64);
                }
                *bits |= 1 << (bit % 64);
                self.cells.push(number.saturating_add(FIRST_WORD));
            }
        }
        if let Some(ends) = self.lists.get_mut(plan.list as usize) {
            *ends = (start, self.cells.len() as u32);
        }
    }

    /// Whether a list that is there has a word.
    #[inline]
    pub(super) fn has_word(&self, plan: &ListPlan, word: u32) -> bool {
        let bit = plan.bits.wrapping_add(word);
        self.bits.get(bit as usize / 64).is_some_and(|bits| bits >> (bit % 64) & 1 != 0)
    }

    /// The cells of a list that is there: that of any list, then those of its words.
    #[inline]
    pub(super) fn cells(&self, plan: &ListPlan) -> &[u32] {
        let (start, end) = self.lists.get(plan.list as usize).copied().unwrap_or_default();
        self.cells.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Cells of a list's dimension: of any list, and of the first word.
const ANY_LIST: u32 = 1;
const FIRST_WORD: u32 = 2;

/// The rank of a variable's value.
fn of_variable(value: Word, ranking: &VariableRanking, machine: &mut Machine<'_>) -> u32 {
    let Program { archive, plan, .. } = machine.program;
    let plans = &plan.subjects;
    match ranking {
        VariableRanking::Direct { count } => direct(value.low, *count),
        VariableRanking::Cuts(kind, tree) => {
            plan.wide.rank_of(tree, &plans.nodes, signed(kind.key(value)))
        }
        VariableRanking::Words(words) => {
            // It may be as long as memory is large.
            let length = value.reference().length();
            if machine.scratch.spend_text(length).is_err() {
                return ABSENT;
            }
            let text = machine.memory().bytes(value.reference());
            let words = plans.words.get(*words as usize);
            words.map_or(ABSENT, |words| 1 + words.number(archive, text, 0..text.len()))
        }
    }
}

/// Where text lies in the frame.
#[inline]
fn range(reference: Reference) -> Range<usize> {
    let start = reference.offset();
    start..start + reference.length()
}
