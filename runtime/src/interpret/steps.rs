//! Code as the interpreter runs it: worked out once of an archive's, when it is loaded.
//!
//! In come the units of an archive, of a verified one or of any other; out comes one
//! [`Step`] for each instruction. Constants stand in their steps, facts are places in
//! a frame, a comparison has its relation and a jump leads to where it may. What is
//! dear, or rare, stays as it is ([`Op::Other`]).
//!
//! Jumps that lead where none may are no steps ([`Op::Invalid`]), so that no run has
//! to look: steps end as the units of a verified archive do, whoever wrote them.

use super::fact_plan::{FactPlan, Form};
use super::numbers;
use super::types::Types;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::{Builtin, Instruction, LEAVE, Opcode, Relation};
use rulestone_format::schema::FactKind;
use rulestone_format::types::TypeId;
use rulestone_format::value::WIDE_CELL;

/// The code of all units.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// One for each instruction of the archive, at the same place.
    steps: Vec<Step>,
    units: Vec<UnitCode>,
}

/// Where the code of a unit stands, and what it needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitCode {
    first: u32,
    end: u32,
    /// The type of its first register.
    pub(super) types: u32,
    pub(super) registers: u32,
    pub(super) uses_variables: bool,
    /// Whether its result needs both halves of a word.
    pub(super) gives_wide: bool,
}

/// An instruction that is ready to be run. Its fields are those of the instruction,
/// but where its [`Op`] says something else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) op: Op,
    /// The number of the opcode.
    opcode: u8,
    pub(super) dst: u16,
    pub(super) a: u16,
    pub(super) b: u16,
    /// A constant; or the immediate, and above it where to go on after a fault.
    pub(super) bits: u64,
}

impl Step {
    const INVALID: Step = Step { op: Op::Invalid, opcode: 0, dst: 0, a: 0, b: 0, bits: LEAVE_BITS };

    #[inline]
    pub(super) fn opcode(&self) -> Option<Opcode> {
        static TABLE: [Option<Opcode>; 256] = OPCODES;
        TABLE[usize::from(self.opcode)]
    }

    #[inline]
    pub(super) fn immediate(&self) -> u32 {
        self.bits as u32
    }

    /// Where to go on after a fault, or [`LEAVE`].
    #[inline]
    pub(super) fn on_fault(&self) -> u32 {
        (self.bits >> 32) as u32
    }
}

const LEAVE_BITS: u64 = (LEAVE as u64) << 32;

/// Opcodes by number: one load, where a match on numbers with gaps is a jump of
/// its own.
const OPCODES: [Option<Opcode>; 256] = {
    let mut opcodes = [None; 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        opcodes[Opcode::ALL[index] as usize] = Some(Opcode::ALL[index]);
        index += 1;
    }
    opcodes
};

// The size of an instruction of the archive: what loading needs is bounded by its size.
const _: () = assert!(size_of::<Step>() == 16);

/// What a step does: an opcode where nothing else is said, with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Op {
    /// No archive that was verified has it. It ends the unit.
    Invalid,
    /// What the opcode says, of an instruction's fields.
    Other,

    /// `dst` = `bits`.
    Constant,
    /// `dst` = the low half of `a`.
    Move,
    WideMove,
    /// `dst` = eight bytes of the cells, number immediate, where fact `a`, below 64, is
    /// there.
    Fact,
    /// The same of sixteen bytes.
    WideFact,
    /// `dst` = whether fact `a`, below 64, is there.
    Has,
    /// `dst` = the low half of a variable.
    Variable,
    WideVariable,

    Jump,
    JumpIf,
    JumpUnless,
    /// The unit's result is the low half of `a`.
    Return,
    WideReturn,
    ReturnTrue,
    ReturnFalse,
    Fail,
    Clear,
    Catch,
    Raise,

    AddInt,
    SubtractInt,
    MultiplyInt,
    DivideInt,
    RemainderInt,
    NegateInt,
    AddUint,
    SubtractUint,
    MultiplyUint,
    DivideUint,
    RemainderUint,
    AddDouble,
    SubtractDouble,
    MultiplyDouble,
    DivideDouble,
    NegateDouble,
    AddDuration,
    SubtractDuration,
    Not,

    /// `dst` = `a` < `b`
    LessInt,
    /// `dst` = `a` <= `b`
    LessEqualInt,
    LessUint,
    LessEqualUint,
    LessDouble,
    LessEqualDouble,
    LessTimestamp,
    LessEqualTimestamp,
    /// `dst` = whether the low halves of `a` and `b` are the same.
    EqualBits,
    EqualDouble,
    EqualText,

    Size,
    Bound,
    Loop,
    Next,
    /// `dst` = the item, of eight bytes, of list `a` at cursor `b`.
    Item,
    Position,
    /// `dst` = builtin `b`, of no text, of the registers from `a` on.
    CallOnNumbers,
}

impl Code {
    /// # Cost
    /// One pass over units and instructions, and 16 bytes an instruction.
    pub(crate) fn new(archive: &ArchivedRuleset, facts: &[FactPlan]) -> Code {
        let mut steps = vec![Step::INVALID; archive.code.len()];
        let units = archive.units.iter().map(|unit| {
            let types = Types::of(archive, unit.registers.start.to_native());
            let first = unit.code.start.to_native();
            let result = archive.kind(TypeId(unit.result.to_native()));
            let gives_wide = result.is_some_and(|kind| kind.width() == WIDE_CELL);
            let mut uses_variables = false;
            let place = steps.get_mut(first as usize..).unwrap_or_default();
            for (at, (step, instruction)) in
                place.iter_mut().zip(archive.unit_code(unit)).enumerate()
            {
                let instruction = Instruction::from(instruction);
                uses_variables |= instruction.opcode == Opcode::Variable as u16;
                *step = Decoder { archive, facts, types, gives_wide, at }.step(instruction);
            }
            UnitCode {
                first,
                end: first.saturating_add(unit.code.length.to_native()),
                types: unit.registers.start.to_native(),
                registers: unit.registers.length.to_native(),
                uses_variables,
                gives_wide,
            }
        });
        let units = units.collect();
        Code { steps, units }
    }

    #[inline]
    pub(super) fn unit(&self, number: u32) -> Option<&UnitCode> {
        self.units.get(number as usize)
    }

    #[inline]
    pub(super) fn steps(&self, unit: &UnitCode) -> &[Step] {
        self.steps.get(unit.first as usize..unit.end as usize).unwrap_or_default()
    }
}

/// Makes a step of an instruction.
struct Decoder<'d> {
    archive: &'d ArchivedRuleset,
    facts: &'d [FactPlan],
    /// Of the registers of the unit.
    types: Types<'d>,
    /// Whether the unit gives sixteen bytes.
    gives_wide: bool,
    /// Where in its unit the instruction stands.
    at: usize,
}

impl Decoder<'_> {
    fn step(&self, instruction: Instruction) -> Step {
        self.valid(instruction).unwrap_or(Step::INVALID)
    }

    /// `None` where it is what no verifier accepts, and could keep a unit from its end.
    fn valid(&self, instruction: Instruction) -> Option<Step> {
        let Instruction { opcode, dst, a, b, immediate, on_fault } = instruction;
        let opcode = Opcode::from_u16(opcode)?;
        // INVARIANT: all opcodes are below 256 (`OPCODES`).
        let number = opcode as u8;
        if on_fault != LEAVE {
            self.ahead(on_fault)?;
        }
        let bits = u64::from(on_fault) << 32 | u64::from(immediate);
        let same = |op| Step { op, opcode: number, dst, a, b, bits };
        Some(match opcode {
            Opcode::Constant => self.constant(same(Op::Constant)),
            Opcode::Fact => self.fact(same(Op::Fact)),
            Opcode::Has if immediate < 64 => Step { a: immediate as u16, ..same(Op::Has) },
            Opcode::Move if self.is_wide(a) => same(Op::WideMove),
            Opcode::Move => same(Op::Move),
            Opcode::Variable if self.is_wide(dst) => same(Op::WideVariable),
            Opcode::Variable => same(Op::Variable),

            Opcode::Jump => same(self.jump(Op::Jump, immediate)?),
            Opcode::JumpIf => same(self.jump(Op::JumpIf, immediate)?),
            Opcode::JumpUnless => same(self.jump(Op::JumpUnless, immediate)?),
            Opcode::Return if self.gives_wide => same(Op::WideReturn),
            Opcode::Return => same(Op::Return),
            Opcode::ReturnTrue => same(Op::ReturnTrue),
            Opcode::ReturnFalse => same(Op::ReturnFalse),
            Opcode::Fail => same(Op::Fail),
            Opcode::Clear => same(Op::Clear),
            Opcode::Catch => same(Op::Catch),
            Opcode::Raise => same(Op::Raise),

            Opcode::AddInt => same(Op::AddInt),
            Opcode::SubtractInt => same(Op::SubtractInt),
            Opcode::MultiplyInt => same(Op::MultiplyInt),
            Opcode::DivideInt => same(Op::DivideInt),
            Opcode::RemainderInt => same(Op::RemainderInt),
            Opcode::NegateInt => same(Op::NegateInt),
            Opcode::AddUint => same(Op::AddUint),
            Opcode::SubtractUint => same(Op::SubtractUint),
            Opcode::MultiplyUint => same(Op::MultiplyUint),
            Opcode::DivideUint => same(Op::DivideUint),
            Opcode::RemainderUint => same(Op::RemainderUint),
            Opcode::AddDouble => same(Op::AddDouble),
            Opcode::SubtractDouble => same(Op::SubtractDouble),
            Opcode::MultiplyDouble => same(Op::MultiplyDouble),
            Opcode::DivideDouble => same(Op::DivideDouble),
            Opcode::NegateDouble => same(Op::NegateDouble),
            Opcode::AddDuration => same(Op::AddDuration),
            Opcode::SubtractDuration => same(Op::SubtractDuration),
            Opcode::Not => same(Op::Not),

            Opcode::CompareInt | Opcode::CompareDuration => {
                compare(same(Op::Other), Op::LessInt, Op::LessEqualInt)
            }
            Opcode::CompareUint => compare(same(Op::Other), Op::LessUint, Op::LessEqualUint),
            Opcode::CompareDouble => compare(same(Op::Other), Op::LessDouble, Op::LessEqualDouble),
            Opcode::CompareTimestamp => {
                compare(same(Op::Other), Op::LessTimestamp, Op::LessEqualTimestamp)
            }
            Opcode::Equal => match self.types.id(a) {
                TypeId::INT | TypeId::UINT | TypeId::DURATION => same(Op::EqualBits),
                TypeId::DOUBLE => same(Op::EqualDouble),
                TypeId::STRING | TypeId::BYTES => same(Op::EqualText),
                _ => same(Op::Other),
            },

            Opcode::Size => same(Op::Size),
            Opcode::Bound => same(Op::Bound),
            Opcode::Loop => same(self.jump(Op::Loop, immediate)?),
            // The one way back.
            Opcode::Next if immediate as usize <= self.at => same(Op::Next),
            Opcode::Next => return None,
            Opcode::Item if !self.is_wide(dst) => same(Op::Item),
            Opcode::Position => same(Op::Position),
            Opcode::Call if Builtin::from_u16(b).is_some_and(numbers::is_one) => {
                same(Op::CallOnNumbers)
            }
            _ => same(Op::Other),
        })
    }

    fn constant(&self, step: Step) -> Step {
        let constant = self.archive.constants.get(step.immediate() as usize);
        match constant.map(|constant| &constant.value) {
            Some(value) if value.high == 0 => Step { bits: value.low.to_native(), ..step },
            _ => Step { op: Op::Other, ..step },
        }
    }

    fn fact(&self, step: Step) -> Step {
        let number = step.immediate();
        let other = Step { op: Op::Other, ..step };
        let Some(fact) = self.facts.get(number as usize) else { return other };
        let word = u32::try_from(fact.slot / 8);
        let (true, true, Ok(word)) = (number < 64, fact.slot % 8 == 0, word) else { return other };
        let op = match (fact.form, fact.kind) {
            (Form::Plain, FactKind::Timestamp | FactKind::Point) => Op::WideFact,
            (Form::Plain, _) => Op::Fact,
            _ => return other,
        };
        let bits = u64::from(step.on_fault()) << 32 | u64::from(word);
        Step { op, a: number as u16, bits, ..step }
    }

    /// Whether a register holds sixteen bytes.
    fn is_wide(&self, register: u16) -> bool {
        self.types.width(register) == WIDE_CELL
    }

    /// `None` where a jump leads back.
    fn jump(&self, op: Op, target: u32) -> Option<Op> {
        self.ahead(target).map(|()| op)
    }

    fn ahead(&self, target: u32) -> Option<()> {
        (target as usize > self.at).then_some(())
    }
}

/// `a > b` is `b < a`: of what can't be ordered neither holds, and both are a fault.
fn compare(step: Step, less: Op, less_equal: Op) -> Step {
    let swapped = Step { a: step.b, b: step.a, ..step };
    match Relation::from_u32(step.immediate()) {
        Some(Relation::Less) => Step { op: less, ..step },
        Some(Relation::LessEqual) => Step { op: less_equal, ..step },
        Some(Relation::Greater) => Step { op: less, ..swapped },
        Some(Relation::GreaterEqual) => Step { op: less_equal, ..swapped },
        None => step,
    }
}
