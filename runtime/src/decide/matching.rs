//! Which rules match: the slots that the index leaves, or that are left of few, are asked
//! what is left to ask. Few are looked at one by one, many together.
//!
//! Work that counts against the limits of a session is the same on every way that leads
//! through here, whatever the processor and with or without the index:
//!
//! - variables that have rows are worked out for every request;
//! - other variables are worked out for slots of which all else holds, predicate by
//!   predicate in the order of the archive, where they come last (A122);
//! - conditions run when all predicates of all slots were asked, in the order of slots, for
//!   rules that don't match yet.

use super::blocks::{Before, Left};
use super::candidates::{Request, Rows};
use super::cells::Cells;
use super::dimensions::{DimensionPlan, DimensionPlans};
use super::few_blocks;
use super::few_slots::{self, SIDE_BY_SIDE};
use super::fronts::{self, Ranks};
use super::kept::Kept;
use super::marks::Marks;
use super::observe::Observer;
use super::subjects::{SubjectPlan, Subjects, VariableRanking};
use super::together::Together;
use crate::interpret::{Machine, Program};
use crate::session::Workspace;
use rulestone_format::archive::{ArchivedRuleset, ArchivedSlot, NONE};
use rulestone_format::frame::Frame;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::subject::ABSENT;
use rulestone_format::value::Word;

/// Marks the rules that match, whatever their groups make of that.
pub(super) fn find<O: Observer>(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    if has_few_slots(program, workspace) {
        find_in_few_slots(program, frame, workspace, observer);
    } else {
        find_in_many(program, frame, workspace, observer);
    }
}

/// Whether slots are asked side by side.
#[inline]
pub(super) fn has_few_slots(program: Program<'_>, workspace: &Workspace) -> bool {
    workspace.use_index && !program.plan.few_slots.is_empty()
}

#[inline]
fn find_in_few_slots<O: Observer>(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    let plan = program.plan;
    let mut left = few_slots::NONE_LEFT;
    // Often none is left by now.
    if plan.wide.few_slots(&plan.few_slots, &frame, &mut left) {
        find_in_left(program, frame, workspace, observer, &left);
    }
}

#[inline(never)]
fn find_in_left<O: Observer>(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: O,
    left: &few_slots::Left,
) {
    let (mut matching, _) = Matching::new(program, frame, workspace, observer);
    matching.few_slots(left);
    matching.run_deferred();
}

#[inline(never)]
fn find_in_many<O: Observer>(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    observer: O,
) {
    let plan = program.plan;
    if !uses_index(program, workspace) {
        let (mut matching, _) = Matching::new(program, frame, workspace, observer);
        matching.look_at_every();
        matching.run_deferred();
    } else if plan.few_blocks.is_empty() {
        let (mut matching, rows) = Matching::new(program, frame, workspace, observer);
        matching.blocks(&plan.dimensions, Before::default(), rows);
        matching.run_deferred();
    } else {
        let (mut matching, _) = Matching::new(program, frame, workspace, observer);
        matching.few_blocks();
        matching.run_deferred();
    }
}

/// The same of an item, where facts are bound of which ranks and rows are kept.
pub(super) fn find_bound(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    kept: &Kept,
) {
    if has_few_slots(program, workspace) {
        return find_in_few_slots(program, frame, workspace, ());
    }
    let uses_index = uses_index(program, workspace);
    let (mut matching, rows) = Matching::new(program, frame, workspace, ());
    if uses_index {
        matching.blocks(kept.rest(), kept.before(), rows);
    } else {
        matching.look_at_every();
    }
    matching.run_deferred();
}

/// Whether candidates are found by the index.
pub(super) fn uses_index(program: Program<'_>, workspace: &Workspace) -> bool {
    workspace.use_index && !program.archive.index.is_empty()
}

/// Gathers the rows of a request, to be put together by others. Notes ranks.
pub(super) fn gather(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    rows: &mut Rows,
) {
    let (mut matching, _) = Matching::new(program, frame, workspace, ());
    matching.gather(&program.plan.dimensions, rows);
}

/// Marks the rules that match, of a request whose rows were gathered and put together.
/// The workspace knows the ranks that were noted then, and nothing else.
pub(super) fn find_in(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    rows: &Rows,
) {
    let (mut matching, _) = Matching::new(program, frame, workspace, ());
    // Their values were forgotten for the next request. They may be wanted, and what
    // they cost counts: here as where the request is alone.
    for (_, subject) in &program.plan.dimensions.others {
        if let SubjectPlan::Variable { number, ranking } = subject {
            let value = matching.machine.variable(*number, matching.registers);
            if let (Ok(value), VariableRanking::Words(_)) = (value, ranking) {
                // As where its rank was found.
                let _ = matching.machine.scratch.spend_text(value.reference().length());
            }
        }
    }
    matching.look_at_left(&rows.left);
    matching.run_deferred();
}

/// Works out the ranks of all that depends on one fact of this frame alone, and
/// gathers the rows of that in the workspace. Gives the dimensions that are left.
/// Nothing of this where no index will be asked.
pub(super) fn gather_bound(
    program: Program<'_>,
    frame: Frame<'_>,
    workspace: &mut Workspace,
    rest: &mut DimensionPlans,
) {
    workspace.rows.clear();
    rest.clear();
    if has_few_slots(program, workspace) {
        return;
    }
    let plan = program.plan;
    let is_bound = |subject: &SubjectPlan| subject.fact().is_some_and(|fact| frame.has(fact));
    let (mut matching, rows) = Matching::new(program, frame, workspace, ());
    for (number, subject) in (0..).zip(&plan.subjects.all) {
        if is_bound(subject) {
            matching.rank(number);
        }
    }
    for (dimension, subject) in plan.dimensions.all() {
        if is_bound(&subject) {
            matching.gather_other(&dimension, &subject, rows);
        } else {
            rest.add(dimension, &subject);
        }
    }
}

/// Slots are being looked at.
struct Matching<'w, 'a, O> {
    machine: Machine<'a>,
    subjects: &'w mut Subjects,
    registers: &'w mut Vec<Word>,
    marks: &'w mut Marks,
    together: &'w mut Together,
    deferred: &'w mut Deferred,
    observer: O,
}

/// Conditions that run when all predicates were asked, each with its rule.
///
/// At most one a slot; there is room for all from the start.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    conditions: Vec<(u32, u32)>,
}

impl Deferred {
    pub(crate) fn new(archive: &ArchivedRuleset) -> Deferred {
        Deferred { conditions: Vec::with_capacity(Deferred::most(archive)) }
    }

    /// Bytes for all of them.
    pub(crate) fn bytes(archive: &ArchivedRuleset) -> usize {
        Deferred::most(archive) * size_of::<(u32, u32)>()
    }

    fn most(archive: &ArchivedRuleset) -> usize {
        archive.slots.iter().filter(|slot| slot.condition.to_native() != NONE).count()
    }
}

impl<'w, O: Observer> Matching<'w, 'w, O> {
    #[inline(always)]
    fn new(
        program: Program<'w>,
        frame: Frame<'w>,
        workspace: &'w mut Workspace,
        observer: O,
    ) -> (Self, &'w mut Rows) {
        workspace.is_used = true;
        let Workspace {
            subjects, rows, marks, together, deferred, registers, scratch, memos, ..
        } = workspace;
        let machine = Machine::new(program, frame, scratch, memos);
        (Matching { machine, subjects, registers, marks, together, deferred, observer }, rows)
    }
}

impl<O: Observer> Matching<'_, '_, O> {
    #[inline(never)]
    fn look_at_every(&mut self) {
        let Program { archive, plan, .. } = self.machine.program;
        for (dimension, _) in &plan.dimensions.others {
            self.rank(dimension.subject);
        }
        for slot in archive.slots.iter() {
            self.observer.look(slot, slot.count.to_native());
            // What rows would decide comes first: it needs no variable but those that have rows.
            let predicates = archive.slot_predicates(slot);
            let residual = usize::from(slot.residual.to_native());
            let (residual, decided) = predicates.split_at_checked(residual).unwrap_or_default();
            if decided.iter().chain(residual).all(|word| self.holds(word.to_native())) {
                self.mark(slot.rule.to_native(), slot.condition.to_native());
            }
        }
    }

    /// Looks at what the cells of a request leave of few blocks.
    #[inline]
    fn few_blocks(&mut self) {
        let Program { plan, .. } = self.machine.program;
        let few = &plan.few_blocks;
        for (dimension, _) in few.others() {
            self.rank(dimension.subject);
        }
        let frame = &self.machine.frame;
        let mut left = plan.wide.few_blocks(few, &plan.subjects, frame, self.subjects);
        while left.some != 0 {
            let number = left.some.trailing_zeros();
            left.some &= left.some - 1;
            let Some(bits) = left.blocks.as_flattened().get(number as usize) else { break };
            if left.is_complete {
                self.look_at_keys(&left, number as usize * 64, *bits);
            } else {
                self.look_at_all(number, *bits);
            }
        }
    }

    /// Looks at the slots of one word of few blocks, where all numbers are there.
    #[inline]
    fn look_at_keys(&mut self, left: &few_blocks::Left, first: usize, mut bits: u64) {
        let Program { archive, plan, .. } = self.machine.program;
        let looks = plan.few_blocks.looks();
        while bits != 0 {
            let number = first + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some(slot) = archive.slots.get(number) {
                self.observer.look(slot, slot.residual.to_native());
            }
            let Some(look) = looks.get(number).filter(|look| left.holds(look)) else { continue };
            if looks.others(look).iter().all(|word| self.holds(*word)) {
                self.mark(look.rule, look.condition);
            }
        }
    }

    /// Looks at what the numbers of a request leave of few slots.
    #[inline]
    fn few_slots(&mut self, left: &few_slots::Left) {
        let Program { archive, plan, .. } = self.machine.program;
        for (first, bits) in (0..).step_by(SIDE_BY_SIDE).zip(left) {
            let mut bits = *bits;
            while bits != 0 {
                let number = first + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(slot) = archive.slots.get(number) else { continue };
                let rest = plan.few_slots.rest(number);
                self.observer.look(slot, rest.len() as u16);
                if rest.iter().all(|word| self.holds(*word)) {
                    self.mark(slot.rule.to_native(), slot.condition.to_native());
                }
            }
        }
    }

    fn request<'d>(&'d mut self, dimensions: &'d DimensionPlans) -> Request<'d> {
        let Program { archive, plan, .. } = self.machine.program;
        let cells = Cells::of(&plan.subjects, self.machine.frame);
        Request {
            dimensions,
            cells,
            ranks: self.subjects.ranks_mut(),
            row_numbers: &archive.index.cells,
        }
    }

    #[inline(never)]
    fn blocks(&mut self, dimensions: &DimensionPlans, before: Before<'_>, rows: &mut Rows) {
        let Program { archive, plan, .. } = self.machine.program;
        self.gather(dimensions, rows);
        rows.put_together(plan.wide, &archive.index, archive.slots.len(), before);
        self.look_at_left(&rows.left);
    }

    #[inline]
    fn gather(&mut self, dimensions: &DimensionPlans, rows: &mut Rows) {
        rows.clear();
        rows.add_cells(self.machine.program.plan.wide, &mut self.request(dimensions));
        for (dimension, subject) in &dimensions.others {
            self.gather_other(dimension, subject, rows);
        }
    }

    #[inline]
    fn gather_other(&mut self, dimension: &DimensionPlan, subject: &SubjectPlan, rows: &mut Rows) {
        let index = &self.machine.program.archive.index;
        let rank = self.rank(dimension.subject);
        match subject {
            SubjectPlan::List(list) if rank != ABSENT => {
                rows.add_list(index, dimension, self.subjects.cells(list));
            }
            _ => rows.add(index, dimension, rank),
        }
    }

    /// Looks at the slots of one word of a row.
    #[inline]
    fn look_at_all(&mut self, word: u32, mut bits: u64) {
        let slots = &self.machine.program.archive.slots;
        let first = word as usize * 64;
        if bits == u64::MAX {
            let slots = slots.get(first..first + 64).unwrap_or_default();
            return slots.iter().for_each(|slot| self.look(slot, slot.residual.to_native()));
        }
        while bits != 0 {
            let number = first + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some(slot) = slots.get(number) {
                self.look(slot, slot.residual.to_native());
            }
        }
    }

    /// Looks at the slots of many words.
    fn look_at_left(&mut self, left: &Left) {
        let Program { archive, plan, .. } = self.machine.program;
        if plan.fronts.is_empty() {
            return left.words().for_each(|(word, bits)| self.look_at_all(*word, *bits));
        }
        let mut ranks = plan.fronts.ranks(|subject| self.subjects.known(subject));
        let mut known = 0;
        let mut left = left.words();
        while left.len() > 0 {
            plan.wide.look_now(&plan.fronts, &ranks, &mut left, self.together);
            for slot in self.together.slots() {
                if let Some(slot) = archive.slots.get(*slot as usize) {
                    self.observer.look(slot, slot.residual.to_native());
                }
            }
            self.marks.set_all(self.together.matching());
            for at in 0..self.together.by_words().len() {
                let Some(slot) = self.together.by_words().get(at).copied() else { break };
                self.look_by_words(slot);
            }
            if !self.together.later().is_empty() {
                self.look_again(&mut ranks, &mut known);
            }
        }
    }

    /// Asks what a slot asks that isn't an interval of ranks.
    #[inline]
    fn look_by_words(&mut self, slot: u32) {
        let Program { archive, plan, .. } = self.machine.program;
        let Some(front) = plan.fronts.get(slot) else { return };
        if let Some(mut words) = front.words() {
            if words.all(|word| self.holds(word)) {
                self.marks.set(front.rule);
            }
        } else if let Some(slot) = archive.slots.get(slot as usize) {
            self.look_unseen(slot, slot.residual.to_native());
        }
    }

    /// Asks what slots ask of subjects that may have no rank yet.
    fn look_again(&mut self, ranks: &mut Ranks, known: &mut u64) {
        let plan = self.machine.program.plan;
        let columns = self.together.later().iter().map(|slot| plan.fronts.later(*slot));
        let wanted = columns.fold(0_u64, |wanted, column| wanted | 1 << (column % u64::BITS));
        let mut rest = wanted & !*known;
        while rest != 0 {
            let column = rest.trailing_zeros();
            rest &= rest - 1;
            ranks[column as usize] = fronts::short(self.rank(plan.fronts.subject(column)));
        }
        *known |= wanted;
        plan.wide.look_again(&plan.fronts, ranks, self.together);
        self.marks.set_all(self.together.matching());
    }

    /// Marks a slot's rule if its first so many predicates and its condition hold.
    #[inline]
    fn look(&mut self, slot: &ArchivedSlot, predicates: u16) {
        self.observer.look(slot, predicates);
        self.look_unseen(slot, predicates);
    }

    /// The same, but the observer isn't told.
    #[inline]
    fn look_unseen(&mut self, slot: &ArchivedSlot, predicates: u16) {
        let archive = self.machine.program.archive;
        let start = slot.predicates.to_native() as usize;
        let predicates = archive.predicates.get(start..start + usize::from(predicates));
        for predicate in predicates.unwrap_or_default() {
            if !self.holds(predicate.to_native()) {
                return;
            }
        }
        self.mark(slot.rule.to_native(), slot.condition.to_native());
    }

    /// Marks a rule, or has the condition of its slot run later.
    #[inline]
    fn mark(&mut self, rule: u32, condition: u32) {
        match condition {
            NONE => self.marks.set(rule),
            condition => self.deferred.conditions.push((rule, condition)),
        }
    }

    /// Marks the rules whose conditions hold, where nothing else does.
    #[inline]
    fn run_deferred(&mut self) {
        if !self.deferred.conditions.is_empty() {
            self.run_conditions();
        }
    }

    #[inline(never)]
    fn run_conditions(&mut self) {
        for at in 0..self.deferred.conditions.len() {
            let Some((rule, condition)) = self.deferred.conditions.get(at).copied() else { break };
            if !self.marks.has(rule) && self.is_true(condition) {
                self.marks.set(rule);
            }
            if self.machine.scratch.is_exhausted() {
                break;
            }
        }
        self.deferred.conditions.clear();
    }

    #[inline]
    fn holds(&mut self, word: u64) -> bool {
        let predicate = Predicate(word);
        let rank = self.rank(predicate.subject());
        if predicate.is_plain() {
            predicate.holds_for(rank)
        } else {
            self.holds_rarer(predicate, rank)
        }
    }

    /// The kinds that need more than a rank.
    fn holds_rarer(&self, predicate: Predicate, rank: u32) -> bool {
        let Program { archive, plan, .. } = self.machine.program;
        match predicate.kind() {
            Some(PredicateKind::Runs) => predicate.holds_in_runs(&archive.sets, rank),
            Some(PredicateKind::Member) => {
                let subject = plan.subjects.all.get(usize::from(predicate.subject()));
                let Some(SubjectPlan::List(list)) = subject else { return false };
                let has = self.subjects.has_word(list, predicate.low());
                (rank != ABSENT) & (has != predicate.is_negated())
            }
            _ => false,
        }
    }

    #[inline]
    fn rank(&mut self, subject: u16) -> u32 {
        self.subjects.rank(subject, &mut self.machine, self.registers)
    }

    #[inline]
    fn is_true(&mut self, condition: u32) -> bool {
        self.machine.run_for_scalar(condition, self.registers).is_ok_and(Word::bool)
    }
}
