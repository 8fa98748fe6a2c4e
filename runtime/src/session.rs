//! Sessions: everything that deciding needs besides the ruleset.
//!
//! A [`Plan`] is worked out once, when a ruleset is loaded. A [`Session`] owns
//! all memory that decisions use, and uses it again for the next one; each
//! thread has its own.

#[cfg(test)]
pub(crate) mod assemble;
mod batch;
mod bind;
mod observe;

use crate::decide::{
    self, Deferred, DimensionPlans, FewBlocks, FewSlots, Fronts, Group, Lane, Marks, Output,
    Problem, Rows, SubjectPlans, Subjects, Together, Wide,
};
use crate::decision::{Decision, Rules};
use crate::interpret::{Code, FILE, Memo, Program, holds_enums};
use crate::memory::Scratch;
use crate::ruleset::Ruleset;
use rulestone_format::archive::{ArchivedRuleset, NONE};
use rulestone_format::code::Opcode;
use rulestone_format::frame::Frame;
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};
use rulestone_format::{Error, ErrorCode};
use std::fmt;

use bind::Binding;
pub use bind::Bound;

/// Decides about one request after the other, without allocating once it has
/// seen its largest.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (ruleset, frame) = (rulestone::Ruleset::open("black-mesa.stone")?, vec![0]);
/// let mut session = ruleset.session();
/// let decision = session.decide(&frame)?;
/// for rule in decision.matched() {
///     println!("{}", rule.id());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Session<'r> {
    program: Program<'r>,
    workspace: Workspace,
    /// Of the requests of a batch that go together.
    lanes: Vec<Lane>,
    binding: Binding,
}

impl<'r> Session<'r> {
    /// A session for this ruleset. It can be sent to another thread, but serves
    /// one request at a time.
    pub fn new(ruleset: &'r Ruleset) -> Session<'r> {
        Session::of(Program {
            archive: ruleset.archive(),
            plan: ruleset.session_plan(),
            regexes: ruleset,
        })
    }

    pub(crate) fn of(program: Program<'r>) -> Session<'r> {
        Session {
            program,
            workspace: Workspace::new(program),
            lanes: Vec::new(),
            binding: Binding::default(),
        }
    }

    /// Decides about the facts in `frame`, which may lie at any address. The
    /// decision borrows from the session and the frame.
    ///
    /// # Errors
    /// `F…` where the bytes are no frame of facts for this ruleset
    /// ([`Frame::check`]). `D001` where the decision exceeds a limit of the session
    /// ([`Session::set_memory_limit`]): then there is no part of it that stands, on every
    /// processor and with or without the index. What goes wrong in a rule is no error of
    /// the call: the rule doesn't match, or [`Decision::errors`] tells.
    pub fn decide<'s>(&'s mut self, frame: &'s [u8]) -> Result<Decision<'s>, Error> {
        let frame = Frame::check(frame, self.program.archive)?;
        self.decide_checked(frame)
    }

    /// Decides about a frame that was checked against this ruleset already. Of a
    /// frame that was checked against another, the decision is anything.
    ///
    /// # Errors
    /// `D001` where the decision exceeds a limit of the session.
    pub fn decide_checked<'s>(&'s mut self, frame: Frame<'s>) -> Result<Decision<'s>, Error> {
        decide::decide(self.program, frame, &mut self.workspace)
    }

    /// The rules that are kept for the facts in `frame`, in decision order, and
    /// nothing else: no outputs are worked out.
    ///
    /// # Errors
    /// As [`Session::decide`].
    pub fn matching<'s>(&'s mut self, frame: &'s [u8]) -> Result<Rules<'s>, Error> {
        let frame = Frame::check(frame, self.program.archive)?;
        self.matching_checked(frame)
    }

    /// As [`Session::matching`], of a frame that was checked against this ruleset
    /// already.
    ///
    /// # Errors
    /// As [`Session::decide_checked`].
    pub fn matching_checked<'s>(&'s mut self, frame: Frame<'s>) -> Result<Rules<'s>, Error> {
        decide::matched(self.program, frame, &mut self.workspace)?;
        Ok(Rules::new(self.program.archive, &self.workspace.matched))
    }

    /// Whether decisions use the archive's index (they do unless told otherwise).
    /// Without it every rule is looked at; the decisions are the same.
    pub fn use_index(&mut self, yes: bool) {
        self.workspace.use_index = yes;
    }

    /// Bytes of the rows of an index from which on batches go through it block by
    /// block rather than request by request (8 MiB unless told otherwise; about what
    /// the processor's cache leaves for them). The decisions are the same.
    pub fn set_batch_threshold(&mut self, bytes: usize) {
        self.workspace.batch_threshold = bytes;
    }

    /// Bytes that one decision may use for text, lists and maps that its rules
    /// make (16 MiB unless told otherwise, below 512 MiB): those of variables, which stay
    /// for the whole decision, and the most that a condition or all outputs need at once.
    /// Outputs may carry as many, and sixteen times as many steps may be taken, for work that
    /// grows with values. A decision that needs more ends as a whole, with `D001`.
    /// The session keeps as much as its largest decisions needed, and less than twice the
    /// limit: the memory of variables and that of all else grow apart.
    pub fn set_memory_limit(&mut self, bytes: usize) {
        self.workspace.scratch.set_limit(bytes);
        self.workspace.is_used = true;
    }

    /// Steps that one decision may take: work that grows with the values that it meets, such
    /// as text that is searched and lists that are compared. [`Session::set_memory_limit`]
    /// sets this too; call that first. A decision that needs more ends as a whole, with
    /// `D001`.
    pub fn set_step_limit(&mut self, steps: usize) {
        self.workspace.scratch.set_step_limit(steps);
        self.workspace.is_used = true;
    }
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// What is worked out of an archive once, for all its sessions.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) code: Code,
    /// Registers of the deepest chain of units that may run at once.
    pub(crate) registers: usize,
    /// Values that are worked out at most once a request.
    pub(crate) memos: usize,
    /// One for each fact.
    pub(crate) facts: Vec<FactPlan>,
    /// What predicates ask about.
    pub(crate) subjects: SubjectPlans,
    pub(crate) dimensions: DimensionPlans,
    pub(crate) few_blocks: FewBlocks,
    pub(crate) fronts: Fronts,
    pub(crate) few_slots: FewSlots,
    pub(crate) wide: Wide,
    /// One for each group.
    pub(crate) policies: Vec<HitPolicy>,
    /// Whether all groups keep whatever matches.
    pub(crate) collects_all: bool,
    /// One for each output.
    pub(crate) outputs: Vec<OutputPlan>,
    /// Values for lists that a decision may have at most.
    pub(crate) collected: usize,
}

/// Where a fact's cell lies in a frame, and what it needs to be a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactPlan {
    pub(crate) slot: usize,
    pub(crate) kind: FactKind,
    pub(crate) form: Form,
}

/// How a cell of a frame becomes a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// It is the value.
    Plain,
    /// It is the number of a label of this enum.
    Label(u16),
    /// It is a list or map that holds enums.
    Converted { fact_type: u16, memo: usize },
}

/// How an output's values become one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputPlan {
    pub(crate) combine: Combine,
    /// Of one value.
    pub(crate) kind: TypeKind,
    /// Of what the decision carries.
    pub(crate) result: TypeId,
    /// Where no rule gives it a value.
    pub(crate) default: Option<Word>,
}

impl Plan {
    /// Works out what sessions need. The archive was verified.
    ///
    /// # Cost
    /// One pass over facts, subjects with their dictionaries, groups, outputs, units
    /// and the code of variables.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Plan {
        let facts = facts(archive);
        let converted = facts.iter().filter(|fact| matches!(fact.form, Form::Converted { .. }));
        let subjects = SubjectPlans::new(archive);
        let policies: Vec<HitPolicy> = (archive.groups.iter())
            .map(|group| {
                HitPolicy::from_u16(group.hit_policy.to_native()).unwrap_or(HitPolicy::Collect)
            })
            .collect();
        let wide = Wide::detect();
        Plan {
            code: Code::new(archive, &facts),
            registers: registers(archive),
            memos: archive.variables.len() + converted.count(),
            wide,
            few_slots: match wide.has_many_lanes() {
                true => FewSlots::new(archive, &subjects),
                false => FewSlots::default(),
            },
            dimensions: DimensionPlans::new(archive, &subjects),
            few_blocks: FewBlocks::new(archive, &subjects),
            fronts: Fronts::new(archive),
            subjects,
            collects_all: policies.iter().all(|policy| *policy == HitPolicy::Collect),
            policies,
            outputs: outputs(archive),
            collected: decide::collected(archive),
            facts,
        }
    }
}

fn facts(archive: &ArchivedRuleset) -> Vec<FactPlan> {
    let mut memo = archive.variables.len();
    let plan = |fact: &rulestone_format::archive::ArchivedFact| {
        let index = fact.fact_type.to_native();
        let fact_type = archive.schema.fact_type(index);
        // INVARIANT: the verifier refused facts of unknown types.
        let kind = fact_type.and_then(|t| t.kind()).unwrap_or(FactKind::Bool);
        let form = match fact_type {
            Some(fact_type) if kind == FactKind::Enum => Form::Label(fact_type.item.to_native()),
            Some(_) if holds_enums(archive, index, MAX_DEPTH) => {
                memo += 1;
                Form::Converted { fact_type: index, memo: memo - 1 }
            }
            _ => Form::Plain,
        };
        FactPlan { slot: fact.slot.to_native() as usize, kind, form }
    };
    archive.schema.facts.iter().map(plan).collect()
}

fn outputs(archive: &ArchivedRuleset) -> Vec<OutputPlan> {
    let plan = |output: &rulestone_format::archive::ArchivedOutput| {
        let default = match output.default.to_native() {
            NONE => None,
            constant => archive.constants.get(constant as usize),
        };
        let combine = Combine::from_u16(output.combine.to_native()).unwrap_or(Combine::First);
        let empty = || Word::from_reference(Reference::new(Space::Void, 0, 0));
        let default = default.map(|constant| Word::from(&constant.value));
        OutputPlan {
            combine,
            kind: (archive.kind(TypeId(output.value_type.to_native())))
                .unwrap_or(TypeKind::Pending),
            result: TypeId(output.result_type.to_native()),
            default: default.or_else(|| (combine == Combine::Collect).then(empty)),
        }
    };
    archive.outputs.iter().map(plan).collect()
}

/// A unit runs in a window above that of the unit that uses its variable.
fn registers(archive: &ArchivedRuleset) -> usize {
    let window = |unit: u32| {
        let unit = archive.units.get(unit as usize);
        unit.map_or(0, |unit| unit.registers.length.to_native() as usize)
    };
    // Registers that a variable needs with all that it uses; it uses earlier ones only.
    let mut needs: Vec<usize> = Vec::with_capacity(archive.variables.len());
    for variable in archive.variables.iter() {
        let unit = variable.unit.to_native();
        let code = archive.units.get(unit as usize);
        let code = code.map_or(&[][..], |unit| archive.unit_code(unit));
        let used = code
            .iter()
            .filter(|step| step.opcode.to_native() == Opcode::Variable as u16)
            .filter_map(|step| needs.get(step.immediate.to_native() as usize));
        let deepest = used.max().copied().unwrap_or(0);
        needs.push(window(unit).saturating_add(deepest));
    }
    let widest = archive.units.iter().map(|unit| unit.registers.length.to_native() as usize);
    let deepest = needs.into_iter().max().unwrap_or(0);
    // Each runs in a whole file of registers, whatever it needs.
    widest.max().unwrap_or(0).saturating_add(deepest).saturating_add(FILE)
}

/// Rows of so many bytes and more don't stay in the caches that a core has for itself.
const BATCH_THRESHOLD: usize = 8 << 20;

/// The memory of a session. Its lists are as long as the archive needs, or grow
/// to what the largest request needed.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) registers: Vec<Word>,
    pub(crate) scratch: Scratch,
    pub(crate) memos: Vec<Memo>,
    pub(crate) subjects: Subjects,
    pub(crate) rows: Rows,
    /// The rules that match, while it is found out.
    pub(crate) marks: Marks,
    /// Slots that are looked at.
    pub(crate) together: Box<Together>,
    /// Conditions that run when all slots were looked at.
    pub(crate) deferred: Deferred,
    /// Whether the index is used, if there is one.
    pub(crate) use_index: bool,
    /// Bytes of rows from which on batches go block by block.
    pub(crate) batch_threshold: usize,
    pub(crate) groups: Vec<Group>,
    /// Numbers of the rules that are kept, ascending.
    pub(crate) matched: Vec<u32>,
    /// Numbers of the rules that are in conflict, group by group.
    pub(crate) conflicting: Vec<u32>,
    pub(crate) outputs: Vec<Output>,
    /// Values for outputs that are lists: output, rule, value.
    pub(crate) collected: Vec<(u16, u32, Word)>,
    pub(crate) problems: Vec<Problem>,
    /// Whether a request may have left values or problems behind.
    pub(crate) is_used: bool,
}

impl Workspace {
    pub(crate) fn new(program: Program<'_>) -> Workspace {
        let Program { archive, plan, .. } = program;
        let may_conflict = plan.policies.contains(&HitPolicy::Unique);
        Workspace {
            registers: vec![Word::default(); plan.registers],
            scratch: Scratch::new(Scratch::DEFAULT_LIMIT),
            memos: vec![Memo::Unknown; plan.memos],
            subjects: Subjects::new(&plan.subjects),
            rows: Rows::new(archive),
            marks: Marks::new(archive.rules.len()),
            together: Box::default(),
            deferred: Deferred::new(archive),
            use_index: true,
            batch_threshold: BATCH_THRESHOLD,
            groups: vec![Group::default(); plan.policies.len()],
            matched: Vec::with_capacity(archive.rules.len()),
            conflicting: Vec::with_capacity(if may_conflict { archive.rules.len() } else { 0 }),
            outputs: vec![Output::default(); plan.outputs.len()],
            collected: Vec::new(),
            problems: Vec::new(),
            is_used: true,
        }
    }

    /// # Errors
    /// [`ErrorCode::DecisionLimits`] where the request has exceeded a limit.
    #[inline]
    pub(crate) fn within_limits(&self) -> Result<(), Error> {
        match self.scratch.is_exhausted() {
            false => Ok(()),
            true => Err(Error::new(ErrorCode::DecisionLimits)),
        }
    }

    /// Forgets the last request.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.subjects.clear();
        self.clear_but_subjects();
    }

    /// Forgets the last item, but not the ranks of what is bound. Values are all
    /// forgotten: any of them may depend on the item.
    pub(crate) fn clear_but_kept(&mut self) {
        self.subjects.clear_but_kept();
        self.clear_but_subjects();
    }

    /// Forgets the last request, but for ranks.
    #[inline]
    pub(crate) fn clear_but_subjects(&mut self) {
        self.matched.clear();
        if self.is_used {
            self.clear_values();
        }
    }

    /// Kept apart: of few rules most requests are decided without any values.
    #[inline(never)]
    fn clear_values(&mut self) {
        self.is_used = false;
        self.scratch.clear();
        self.memos.fill(Memo::Unknown);
        self.problems.clear();
    }
}
