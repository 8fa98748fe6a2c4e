//! The interpreter: one loop over the instructions of a unit.
//!
//! In comes the number of a unit of a verified archive, with the frame of the
//! request and the session's memory; out comes the unit's result, or the fault
//! that it ends with. What the operations mean is said in
//! [`rulestone_format::meaning`]; here and in the rooms below is only where
//! their operands lie.
//!
//! Indices, types, jumps and loops were checked when the archive was loaded.
//! All the same nothing here trusts them: what would be out of range is
//! [`Fault::Unreachable`].

mod builtins;
mod compare;
mod extent;
mod facts;
mod format;
mod lists;
mod maps;
#[cfg(test)]
mod tests;
mod text;
mod time;

use crate::load::Regex;
use crate::memory::{Memory, Scratch};
use crate::ruleset::Ruleset;
use crate::session::{Form, Plan};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::{Builtin, LEAVE, Opcode, Relation, fault_from_u32};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::{Fault, Outcome, bucket, double, duration, integer};
use rulestone_format::place;
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Word};
use std::cmp::Ordering;

pub(crate) use compare::{MAX_TYPE_DEPTH, order};
pub(crate) use facts::holds_enums;
pub(crate) use lists::Builder;

/// Variables that use one another may be this deep; an archive that goes deeper
/// is refused when it is loaded.
const MAX_VARIABLE_DEPTH: u32 = 64;

/// Where the compiled regexes of an archive are found.
pub(crate) trait Regexes: Sync {
    fn regex(&self, index: usize) -> Option<&Regex>;
}

impl Regexes for Ruleset {
    fn regex(&self, index: usize) -> Option<&Regex> {
        Ruleset::regex(self, index)
    }
}

/// What all requests share: the archive, and what was worked out from it when
/// it was loaded.
#[derive(Clone, Copy)]
pub(crate) struct Program<'r> {
    pub(crate) archive: &'r ArchivedRuleset,
    pub(crate) plan: &'r Plan,
    pub(crate) regexes: &'r dyn Regexes,
}

/// What is known of something that is worked out at most once a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Memo {
    #[default]
    Unknown,
    Known(Outcome<Word>),
}

/// The interpreter at work for one request.
pub(crate) struct Machine<'m> {
    pub(crate) program: Program<'m>,
    pub(crate) frame: Frame<'m>,
    pub(crate) scratch: &'m mut Scratch,
    /// Variables, then facts that are converted ([`Form::Converted`]).
    pub(crate) memos: &'m mut [Memo],
    /// How many memos became known: values in the scratch memory may belong to them.
    pub(crate) remembered: usize,
}

impl Machine<'_> {
    /// Runs a unit whose result refers to no memory. What it put into the
    /// scratch memory is forgotten, unless a memo may refer to it.
    ///
    /// # Errors
    /// The fault that nothing in the unit absorbed.
    #[inline]
    pub(crate) fn run_for_scalar(&mut self, unit: u32, registers: &mut [Word]) -> Outcome<Word> {
        let mark = self.scratch.mark();
        let remembered = self.remembered;
        let outcome = self.unit(unit, registers, MAX_VARIABLE_DEPTH);
        if self.remembered == remembered {
            self.scratch.release(mark);
        }
        outcome
    }

    /// Runs a unit whose result leaves the rules.
    ///
    /// # Errors
    /// The fault that nothing in the unit absorbed, or [`Fault::TooLong`] where
    /// the result is more than a decision may carry.
    pub(crate) fn run(&mut self, unit: u32, registers: &mut [Word]) -> Outcome<Word> {
        let word = self.unit(unit, registers, MAX_VARIABLE_DEPTH)?;
        let archive = self.program.archive;
        let result = archive.units.get(unit as usize).map(|unit| TypeId(unit.result.to_native()));
        self.carry(result.ok_or(Fault::Unreachable)?, word)
    }

    fn unit(&mut self, unit: u32, registers: &mut [Word], depth: u32) -> Outcome<Word> {
        let Program { archive, plan, .. } = self.program;
        let unit = archive.units.get(unit as usize).ok_or(Fault::Unreachable)?;
        let code = archive.unit_code(unit);
        let types = Types { archive, start: unit.registers.start.to_native() as usize };
        let (window, above) = registers
            .split_at_mut_checked(unit.registers.length.to_native() as usize)
            .ok_or(Fault::Unreachable)?;
        let mut at = 0_usize;
        let mut caught = Fault::Unreachable;
        loop {
            let step = code.get(at).ok_or(Fault::Unreachable)?;
            at += 1;
            let opcode = decode(step.opcode.to_native()).ok_or(Fault::Unreachable)?;
            let (to, left, right) = (step.dst.to_native(), step.a.to_native(), step.b.to_native());
            let immediate = step.immediate.to_native();
            // Of operands that are no registers this reads what isn't used.
            let (a, b) = (read(window, left), read(window, right));
            // Arms write what they give right here and go on with the next
            // instruction; what comes out of the match is a fault. One write
            // behind the match would pass the value through memory, at half the
            // speed for simple instructions.
            macro_rules! give {
                ($word:expr) => {{
                    let word: Word = $word;
                    write(window, to, word);
                    continue;
                }};
            }
            macro_rules! attempt {
                ($outcome:expr) => {
                    match $outcome {
                        Ok(word) => give!(word),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! int {
                ($outcome:expr) => {
                    match $outcome {
                        Ok(int) => give!(Word::from_int(int)),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! uint {
                ($outcome:expr) => {
                    match $outcome {
                        Ok(uint) => give!(Word::from_uint(uint)),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! bool {
                ($value:expr) => {
                    give!(Word::from_bool($value))
                };
            }
            macro_rules! ask {
                ($outcome:expr) => {
                    match $outcome {
                        Ok(answer) => give!(Word::from_bool(answer)),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! compare {
                ($order:expr) => {{
                    let order: Outcome<Ordering> = $order;
                    match order {
                        Ok(order) => match Relation::from_u32(immediate) {
                            Some(relation) => bool!(relation.holds(order)),
                            None => Fault::Unreachable,
                        },
                        Err(fault) => fault,
                    }
                }};
            }
            let fault = match opcode {
                Opcode::Constant => match archive.constants.get(immediate as usize) {
                    Some(constant) => give!(Word::from(&constant.value)),
                    None => Fault::Unreachable,
                },
                Opcode::Move => give!(a),
                Opcode::Fact => match plan.facts.get(immediate as usize) {
                    Some(fact) if self.frame.has(immediate as usize) => {
                        let cell = self.frame.cell(fact.slot, fact.kind);
                        match fact.form {
                            Form::Plain => give!(cell),
                            form => attempt!(self.converted_fact(form, cell)),
                        }
                    }
                    Some(_) => Fault::Absent,
                    None => Fault::Unreachable,
                },
                Opcode::Has => bool!(self.frame.has(immediate as usize)),
                Opcode::Variable => match self.memos.get(immediate as usize) {
                    Some(Memo::Known(Ok(word))) => give!(*word),
                    Some(Memo::Known(Err(fault))) => *fault,
                    Some(Memo::Unknown) => attempt!(self.first_use(immediate, above, depth)),
                    None => Fault::Unreachable,
                },

                Opcode::Jump => {
                    at = forward(at, immediate)?;
                    continue;
                }
                Opcode::JumpIf => {
                    if a.bool() {
                        at = forward(at, immediate)?;
                    }
                    continue;
                }
                Opcode::JumpUnless => {
                    if !a.bool() {
                        at = forward(at, immediate)?;
                    }
                    continue;
                }
                Opcode::Return => return Ok(a),
                Opcode::ReturnTrue => return Ok(Word::TRUE),
                Opcode::ReturnFalse => return Ok(Word::FALSE),
                Opcode::Fail => fault_from_u32(immediate).unwrap_or(Fault::Unreachable),
                Opcode::Clear => give!(Word::default()),
                Opcode::Catch => give!(Word::from_uint(caught as u64)),
                Opcode::Raise => match u32::try_from(a.low).map(fault_from_u32) {
                    Ok(Some(fault)) => fault,
                    _ if a.low == 0 => continue,
                    _ => Fault::Unreachable,
                },

                Opcode::AddInt => int!(integer::add_int(a.int(), b.int())),
                Opcode::SubtractInt => int!(integer::subtract_int(a.int(), b.int())),
                Opcode::MultiplyInt => int!(integer::multiply_int(a.int(), b.int())),
                Opcode::DivideInt => int!(integer::divide_int(a.int(), b.int())),
                Opcode::RemainderInt => int!(integer::remainder_int(a.int(), b.int())),
                Opcode::NegateInt => int!(integer::negate_int(a.int())),
                Opcode::AddUint => uint!(integer::add_uint(a.uint(), b.uint())),
                Opcode::SubtractUint => uint!(integer::subtract_uint(a.uint(), b.uint())),
                Opcode::MultiplyUint => uint!(integer::multiply_uint(a.uint(), b.uint())),
                Opcode::DivideUint => uint!(integer::divide_uint(a.uint(), b.uint())),
                Opcode::RemainderUint => uint!(integer::remainder_uint(a.uint(), b.uint())),
                Opcode::AddDouble => give!(Word::from_double(a.double() + b.double())),
                Opcode::SubtractDouble => give!(Word::from_double(a.double() - b.double())),
                Opcode::MultiplyDouble => give!(Word::from_double(a.double() * b.double())),
                Opcode::DivideDouble => give!(Word::from_double(a.double() / b.double())),
                Opcode::NegateDouble => give!(Word::from_double(-a.double())),
                Opcode::AddTimestamp => {
                    attempt!(a.timestamp().plus(b.int()).map(Word::from_timestamp))
                }
                Opcode::SubtractTimestamp => {
                    attempt!(a.timestamp().minus(b.int()).map(Word::from_timestamp))
                }
                Opcode::Elapsed => int!(a.timestamp().since(b.timestamp())),
                Opcode::AddDuration => int!(duration::add(a.int(), b.int())),
                Opcode::SubtractDuration => int!(duration::subtract(a.int(), b.int())),
                Opcode::Not => bool!(!a.bool()),

                Opcode::CompareBool => compare!(Ok(a.bool().cmp(&b.bool()))),
                Opcode::CompareInt | Opcode::CompareDuration => compare!(Ok(a.int().cmp(&b.int()))),
                Opcode::CompareUint => compare!(Ok(a.uint().cmp(&b.uint()))),
                Opcode::CompareDouble => compare!(double::compare(a.double(), b.double())),
                Opcode::CompareText => compare!(self.order(TypeKind::Bytes, a, b)),
                Opcode::CompareTimestamp => compare!(Ok(a.timestamp().cmp(&b.timestamp()))),
                Opcode::CompareIntUint => compare!(Ok(double::compare_int_uint(a.int(), b.uint()))),
                Opcode::CompareIntDouble => {
                    compare!(double::compare_int_double(a.int(), b.double()))
                }
                Opcode::CompareUintDouble => {
                    compare!(double::compare_uint_double(a.uint(), b.double()))
                }
                Opcode::Equal => ask!(self.equal(types.id(left), a, b)),

                Opcode::Size => give!(from_size(a.reference().length())),
                Opcode::Index => attempt!(self.index(a.reference(), b.int(), types.width(to))),
                Opcode::Lookup => attempt!(self.lookup(types.kind(right), types.width(to), a, b)),
                Opcode::HasKey => ask!(self.has_key(types.id(left), a, b)),
                Opcode::Contains => ask!(self.contains(types.id(right), a, b)),
                Opcode::Concatenate => attempt!(self.concatenate(types.id(left), a, b)),
                Opcode::NewList | Opcode::NewMap => {
                    attempt!(self.new_builder(immediate as usize, types.stride(to)))
                }
                Opcode::NewListLike | Opcode::NewMapLike => {
                    attempt!(self.new_builder(a.reference().length(), types.stride(to)))
                }
                Opcode::Push => match self.push(a, types.width(right), b) {
                    Ok(builder) => {
                        write(window, left, builder);
                        continue;
                    }
                    Err(fault) => fault,
                },
                Opcode::FinishList => give!(self.finish(a, types.stride(left))),
                Opcode::PushEntry => {
                    let value = u16::try_from(immediate).unwrap_or(u16::MAX);
                    match self.push_entry(a, b, types.width(value), read(window, value)) {
                        Ok(builder) => {
                            write(window, left, builder);
                            continue;
                        }
                        Err(fault) => fault,
                    }
                }
                Opcode::FinishMap => attempt!(self.finish_map(types.id(left), a)),
                Opcode::Greatest => attempt!(self.extreme(types.kind(to), a, Ordering::Greater)),
                Opcode::Least => attempt!(self.extreme(types.kind(to), a, Ordering::Less)),
                Opcode::Superset => ask!(self.superset(types.id(left), a, b)),
                Opcode::Intersects => ask!(self.intersects(types.id(left), a, b)),

                Opcode::Bound => {
                    if a.reference().length() <= immediate as usize {
                        continue;
                    }
                    Fault::TooLong
                }
                Opcode::Loop => {
                    let items = a.reference();
                    write(window, to, Cursor::first(items.length()));
                    if items.is_empty() {
                        at = forward(at, immediate)?;
                    }
                    continue;
                }
                Opcode::Next => {
                    let cursor = read(window, to);
                    if let Some(next) = Cursor::next(cursor) {
                        write(window, to, next);
                        let body = immediate as usize;
                        at = if body < at {
                            body
                        } else {
                            return Err(Fault::Unreachable);
                        };
                    }
                    continue;
                }
                Opcode::Item => {
                    attempt!(self.memory().item(a.reference(), Cursor::index(b), types.width(to)))
                }
                Opcode::EntryKey => {
                    let width = types.value_width(left);
                    attempt!(self.memory().key(a.reference(), Cursor::index(b), width))
                }
                Opcode::EntryValue => {
                    attempt!(self.memory().value(a.reference(), Cursor::index(b), types.width(to)))
                }
                Opcode::Position => give!(from_size(Cursor::index(b))),

                Opcode::Join2 => attempt!(self.join2(a.reference(), b.reference())),
                Opcode::Join => attempt!(self.join(a.reference(), b.reference())),
                Opcode::Split => {
                    let limit = read(window, u16::try_from(immediate).unwrap_or(u16::MAX));
                    attempt!(self.split(a.reference(), b.reference(), limit.int()))
                }
                Opcode::Matches => ask!(self.matches(a.reference(), immediate)),
                Opcode::Format => {
                    let start = usize::from(right);
                    let end = start.saturating_add(immediate as usize);
                    let arguments = window.get(start..end).unwrap_or_default();
                    attempt!(self.format(a.reference(), arguments, types, right))
                }
                Opcode::FormatList => {
                    attempt!(self.format_list(a.reference(), b.reference(), types.id(right)))
                }

                Opcode::Within => match archive.fences.get(immediate as usize) {
                    Some(fence) => {
                        let within = place::is_within(fence, &archive.vertices, a.point());
                        bool!(within)
                    }
                    None => Fault::Unreachable,
                },
                Opcode::Civil => attempt!(
                    time::civil(right, a.timestamp(), immediate.cast_signed()).map(Word::from_int)
                ),
                Opcode::CivilZone => attempt!(
                    time::offset(archive, immediate, a.timestamp())
                        .and_then(|offset| time::civil(right, a.timestamp(), offset))
                        .map(Word::from_int)
                ),
                Opcode::BucketText => int!(self.bucket(a.reference(), b.reference())),
                Opcode::BucketInt => {
                    let seed = self.memory().bytes(b.reference());
                    give!(Word::from_int(bucket::bucket_int(seed, a.int())))
                }
                Opcode::Call => match Builtin::from_u16(right) {
                    Some(builtin) => {
                        let argument = |n| read(window, left.saturating_add(n));
                        attempt!(self.call(builtin, [a, argument(1), argument(2), argument(3)]))
                    }
                    None => Fault::Unreachable,
                },
            };
            caught = fault;
            match step.on_fault.to_native() {
                LEAVE => return Err(fault),
                target => at = forward(at, target)?,
            }
        }
    }

    /// The memory as it is now.
    #[inline]
    pub(crate) fn memory(&self) -> Memory<'_> {
        Memory {
            frame: self.frame.bytes(),
            data: &self.program.archive.data,
            scratch: self.scratch.done(),
        }
    }

    /// The value of a variable, worked out if it isn't known.
    ///
    /// # Errors
    /// The fault that its unit ended with.
    pub(crate) fn variable(&mut self, index: u32, registers: &mut [Word]) -> Outcome<Word> {
        match self.memos.get(index as usize) {
            Some(Memo::Known(outcome)) => *outcome,
            Some(Memo::Unknown) => self.first_use(index, registers, MAX_VARIABLE_DEPTH),
            None => Err(Fault::Unreachable),
        }
    }

    /// The order of two values, text by bytes, paid for.
    #[inline]
    fn order(&mut self, kind: TypeKind, a: Word, b: Word) -> Outcome<Ordering> {
        if matches!(kind, TypeKind::String | TypeKind::Bytes) {
            let shorter = a.reference().length().min(b.reference().length());
            self.scratch.spend_text(shorter)?;
        }
        order(kind, self.memory(), a, b)
    }

    fn bucket(&mut self, by: Reference, seed: Reference) -> Outcome<i64> {
        self.scratch.spend_text(by.length().saturating_add(seed.length()))?;
        let memory = self.memory();
        Ok(bucket::bucket(memory.bytes(seed), memory.bytes(by)))
    }

    /// Works out a variable at its first use in the request.
    #[inline(never)]
    fn first_use(&mut self, index: u32, above: &mut [Word], depth: u32) -> Outcome<Word> {
        let variables = &self.program.archive.variables;
        let variable = variables.get(index as usize).ok_or(Fault::Unreachable)?;
        let depth = depth.checked_sub(1).ok_or(Fault::Unreachable)?;
        // Until it is known it is a fault, which ends a circle if there were one.
        self.remember(index as usize, Err(Fault::Unreachable));
        let outcome = self.unit(variable.unit.to_native(), above, depth);
        self.remember(index as usize, outcome);
        outcome
    }

    fn remember(&mut self, memo: usize, outcome: Outcome<Word>) {
        if let Some(memo) = self.memos.get_mut(memo) {
            *memo = Memo::Known(outcome);
        }
        self.remembered += 1;
    }
}

/// The types of a unit's registers.
#[derive(Clone, Copy)]
struct Types<'m> {
    archive: &'m ArchivedRuleset,
    start: usize,
}

impl Types<'_> {
    #[inline]
    fn id(self, register: u16) -> TypeId {
        let index = self.start.saturating_add(usize::from(register));
        let id = self.archive.registers.get(index);
        // A register without a type reads as one that no operation takes.
        id.map_or(TypeId::PENDING, |id| TypeId(id.to_native()))
    }

    #[inline]
    fn kind(self, register: u16) -> TypeKind {
        let kind = self.archive.kind(self.id(register));
        kind.unwrap_or(TypeKind::Pending)
    }

    /// Bytes of a cell of a register's type.
    #[inline]
    fn width(self, register: u16) -> usize {
        self.kind(register).width()
    }

    /// Bytes of a cell of the values of a map.
    fn value_width(self, map: u16) -> usize {
        match self.kind(map) {
            TypeKind::Map(_, value) => self.archive.kind(value).map_or(CELL, TypeKind::width),
            _ => CELL,
        }
    }

    /// Bytes of an item of a list, or of an entry of a map, that a builder makes.
    fn stride(self, builder: u16) -> usize {
        let width = |id| self.archive.kind(id).map_or(CELL, TypeKind::width);
        match self.kind(builder) {
            TypeKind::ListBuilder(element) => width(element),
            TypeKind::MapBuilder(_, value) => CELL + width(value),
            _ => CELL,
        }
    }
}

/// Registers that say where a loop stands: `low` is the number of the item in
/// its lower half, and of how many in its upper.
struct Cursor;

impl Cursor {
    fn first(count: usize) -> Word {
        Word::from_uint((count as u64) << 32)
    }

    fn index(cursor: Word) -> usize {
        (cursor.low & u64::from(u32::MAX)) as usize
    }

    /// `None` where this item was the last.
    #[inline]
    fn next(cursor: Word) -> Option<Word> {
        let (index, count) = (cursor.low & u64::from(u32::MAX), cursor.low >> 32);
        (index + 1 < count).then(|| Word::from_uint(cursor.low + 1))
    }
}

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

#[inline]
fn decode(number: u16) -> Option<Opcode> {
    static TABLE: [Option<Opcode>; 256] = OPCODES;
    TABLE.get(usize::from(number)).copied().flatten()
}

#[inline]
fn read(window: &[Word], register: u16) -> Word {
    window.get(usize::from(register)).copied().unwrap_or_default()
}

#[inline]
fn write(window: &mut [Word], register: u16, word: Word) {
    if let Some(register) = window.get_mut(usize::from(register)) {
        *register = word;
    }
}

/// Where a jump leads: never back, so that every unit ends.
#[inline]
fn forward(at: usize, target: u32) -> Outcome<usize> {
    let target = target as usize;
    if target >= at { Ok(target) } else { Err(Fault::Unreachable) }
}

/// A number of items or bytes, all below 2^32, as an int.
#[inline]
fn from_size(size: usize) -> Word {
    Word::from_int(i64::try_from(size).unwrap_or(i64::MAX))
}

/// Text as the result of an operation.
#[inline]
fn from_text(text: Outcome<Reference>) -> Outcome<Word> {
    text.map(Word::from_reference)
}
