//! How the subjects of a ruleset are ranked: worked out once, when it is loaded.
//!
//! In: an archive. Out: for each subject where its value lies in a request and what ranks
//! it: its number, a tree of cut points, or a dictionary.

use super::cells::{Cells, CutCell, DirectCell, KeyCell, Place};
use super::cuts::CutTree;
use super::dictionary::Dictionary;
use crate::decide::key::{Flips, signed};
use crate::decide::simd::Simd;
use crate::decide::simd::node::Node;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSubject};
use rulestone_format::frame::{Frame, Partial};
use rulestone_format::subject::{KeyKind, Ranking, SubjectKind};
use rulestone_format::value::CELL;

/// Where a subject lies in a request and how it is ranked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SubjectPlan {
    /// A number from 0 on.
    Direct(DirectCell),
    /// A number among cut points.
    Cuts(CutCell),
    /// Text, and the number of its dictionary.
    Text {
        fact: u32,
        slot: u32,
        dictionary: u32,
    },
    List(ListPlan),
    Variable {
        number: u32,
        ranking: VariableRanking,
    },
}

impl SubjectPlan {
    /// The fact that alone decides its rank.
    pub(crate) fn fact(&self) -> Option<usize> {
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

/// A list of strings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListPlan {
    pub(super) fact: u32,
    pub(super) slot: u32,
    /// The number of its dictionary.
    pub(super) dictionary: u32,
    /// Its first bit among those of all lists.
    pub(super) bits: u32,
    /// Which of the lists it is.
    pub(super) list: u32,
}

/// How the value of a variable is ranked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum VariableRanking {
    Direct {
        count: u32,
    },
    Cuts(KeyKind, CutTree),
    /// Text, by the number of its dictionary.
    Dictionary(u32),
}

/// How all subjects of a ruleset are ranked.
#[derive(Debug)]
pub(crate) struct RankPlan {
    subjects: Vec<SubjectPlan>,
    pub(super) dictionaries: Vec<Dictionary>,
    /// Of all trees of cut points.
    pub(super) nodes: Vec<Node>,
    /// The processor that searches them.
    pub(crate) simd: Simd,
    /// How many facts there are: a frame of that many lacks none that is required.
    facts: usize,
    pub(super) lists: usize,
    /// Words of all lists.
    pub(super) list_words: usize,
    /// Bits for these, in whole words.
    pub(super) bits: u32,
}

impl RankPlan {
    /// # Cost
    /// Linear in cut points and dictionaries.
    pub(crate) fn new(archive: &ArchivedRuleset, simd: Simd) -> RankPlan {
        let (mut nodes, mut dictionaries) = (0, 0);
        for subject in archive.subjects.iter() {
            match subject.ranking(archive) {
                Some(Ranking::Cuts(_)) => {
                    nodes += CutTree::nodes(subject.cuts.of(&archive.cuts).len());
                }
                Some(Ranking::Words | Ranking::Members) => dictionaries += 1,
                Some(Ranking::Direct { .. }) | None => {}
            }
        }
        // All of just the size that they need: together they are several times the archive's.
        let mut plans = RankPlan {
            subjects: Vec::with_capacity(archive.subjects.len()),
            dictionaries: Vec::with_capacity(dictionaries),
            nodes: Vec::with_capacity(nodes),
            simd,
            facts: archive.schema.facts.len(),
            lists: 0,
            list_words: 0,
            bits: 0,
        };
        for subject in archive.subjects.iter() {
            let subject = plans.subject_plan(archive, subject);
            plans.subjects.push(subject);
        }
        plans
    }

    /// The plan of a subject, if there is one of this number.
    #[inline]
    pub(crate) fn subject(&self, number: u16) -> Option<&SubjectPlan> {
        self.subjects.get(usize::from(number))
    }

    /// The plans of all subjects, by number.
    pub(crate) fn subjects(&self) -> &[SubjectPlan] {
        &self.subjects
    }

    /// The cells of a request.
    #[inline]
    pub(crate) fn cells<'a>(&'a self, frame: &Frame<'a>) -> Cells<'a> {
        Cells::new(*frame, &self.nodes, self.facts)
    }

    fn subject_plan(
        &mut self,
        archive: &ArchivedRuleset,
        subject: &ArchivedSubject,
    ) -> SubjectPlan {
        // INVARIANT: the verifier refused subjects that have no ranks.
        let ranking = subject.ranking(archive).unwrap_or(Ranking::Direct { count: 0 });
        let number = subject.source.to_native();
        let kind = SubjectKind::from_u16(subject.kind.to_native());
        if kind == Some(SubjectKind::Variable) {
            let ranking = match ranking {
                Ranking::Direct { count } => VariableRanking::Direct { count },
                Ranking::Cuts(kind) => VariableRanking::Cuts(kind, self.tree(archive, subject)),
                Ranking::Words | Ranking::Members => {
                    VariableRanking::Dictionary(self.dictionary(archive, subject))
                }
            };
            return SubjectPlan::Variable { number, ranking };
        }
        let fact = archive.schema.fact(number as usize);
        let half = if kind == Some(SubjectKind::Longitude) { CELL as u32 } else { 0 };
        let slot = fact.map_or(0, |fact| fact.slot.to_native()).saturating_add(half);
        let has_default =
            Partial::defaults(archive).is_some_and(|defaults| defaults.has(number as usize));
        let is_required = has_default || fact.is_some_and(|fact| fact.optional == 0);
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
                let dictionary = self.dictionary(archive, subject);
                SubjectPlan::Text { fact, slot, dictionary }
            }
            Ranking::Members => {
                let dictionary = self.dictionary(archive, subject);
                let (bits, list) = (self.bits, self.lists as u32);
                self.list_words += subject.words.of(&archive.words).len();
                self.bits += subject.words.length.to_native().next_multiple_of(64);
                self.lists += 1;
                SubjectPlan::List(ListPlan { fact, slot, dictionary, bits, list })
            }
        }
    }

    fn tree(&mut self, archive: &ArchivedRuleset, subject: &ArchivedSubject) -> CutTree {
        let cuts = subject.cuts.of(&archive.cuts).iter();
        CutTree::of(cuts.map(|cut| signed(cut.to_native())).collect(), &mut self.nodes)
    }

    fn dictionary(&mut self, archive: &ArchivedRuleset, subject: &ArchivedSubject) -> u32 {
        let words = subject.words.of(&archive.words);
        self.dictionaries.push(Dictionary::new(archive, words, subject.words.start.to_native()));
        self.dictionaries.len() as u32 - 1
    }
}
