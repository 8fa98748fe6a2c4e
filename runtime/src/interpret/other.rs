//! What the loop over steps leaves to others: instructions of text, lists, maps, times
//! and places, and rarer forms of the rest.
//!
//! In comes a step with the fields of its instruction; its result goes to a register, or the
//! fault comes out.

use super::cursor::Cursor;
use super::machine::Machine;
use super::registers::{Registers, Window};
use super::steps::{Step, UnitCode};
use super::time;
use super::types::Types;
use rulestone_format::code::{Builtin, Opcode, Relation};
use rulestone_format::meaning::{Fault, Outcome, bucket, double};
use rulestone_format::place;
use rulestone_format::types::TypeKind;
use rulestone_format::value::{Reference, Word};
use std::cmp::Ordering;

impl Machine<'_> {
    /// Runs a step of a unit whose registers are the first.
    #[inline(never)]
    pub(super) fn other(
        &mut self,
        unit: &UnitCode,
        step: &Step,
        registers: &mut [Word],
    ) -> Outcome<()> {
        let archive = self.program.archive;
        let types = Types::of(archive, unit.types);
        let window = registers.get_mut(..unit.registers as usize).ok_or(Fault::Unreachable)?;
        let opcode = step.opcode().ok_or(Fault::Unreachable)?;
        let (to, left, right) = (step.dst, step.a, step.b);
        let immediate = step.immediate();
        // Of operands that are no registers this reads what isn't used.
        let (a, b) = (Window::read(window, left), Window::read(window, right));
        macro_rules! attempt {
            ($outcome:expr) => {{
                let word: Word = $outcome?;
                Window::write(window, to, word);
                return Ok(());
            }};
        }
        macro_rules! give {
            ($word:expr) => {
                attempt!(Ok($word))
            };
        }
        macro_rules! int {
            ($outcome:expr) => {
                give!(Word::from_int($outcome?))
            };
        }
        macro_rules! bool {
            ($value:expr) => {
                give!(Word::from_bool($value))
            };
        }
        macro_rules! compare {
            ($order:expr) => {{
                let order: Outcome<Ordering> = $order;
                let relation = Relation::from_u32(immediate);
                bool!(relation.ok_or(Fault::Unreachable)?.holds(order?))
            }};
        }
        match opcode {
            Opcode::Constant => {
                let constant = archive.constants.get(immediate as usize);
                give!(Word::from(&constant.ok_or(Fault::Unreachable)?.value))
            }
            Opcode::Fact => {
                let fact = self.program.plan.facts.get(immediate as usize);
                let fact = fact.ok_or(Fault::Unreachable)?;
                if !self.frame.has(immediate as usize) {
                    return Err(Fault::Absent);
                }
                let cell = self.frame.cell(fact.slot, fact.kind);
                attempt!(self.fact(fact.form, cell))
            }
            Opcode::Has => bool!(self.frame.has(immediate as usize)),

            Opcode::AddTimestamp => {
                attempt!(a.timestamp().plus(b.int()).map(Word::from_timestamp))
            }
            Opcode::SubtractTimestamp => {
                attempt!(a.timestamp().minus(b.int()).map(Word::from_timestamp))
            }
            Opcode::Elapsed => int!(a.timestamp().since(b.timestamp())),

            Opcode::CompareBool => compare!(Ok(a.bool().cmp(&b.bool()))),
            Opcode::CompareText => compare!(self.order(TypeKind::Bytes, a, b)),
            Opcode::CompareIntUint => compare!(Ok(double::compare_int_uint(a.int(), b.uint()))),
            Opcode::CompareIntDouble => compare!(double::compare_int_double(a.int(), b.double())),
            Opcode::CompareUintDouble => {
                compare!(double::compare_uint_double(a.uint(), b.double()))
            }
            Opcode::Equal => bool!(self.equal(types.id(left), a, b)?),

            Opcode::Index => attempt!(self.index(a.reference(), b.int(), types.width(to))),
            Opcode::Lookup => attempt!(self.lookup(types.kind(right), types.width(to), a, b)),
            Opcode::HasKey => bool!(self.has_key(types.id(left), a, b)?),
            Opcode::Contains => bool!(self.contains(types.id(right), a, b)?),
            Opcode::Concatenate => attempt!(self.concatenate(types.id(left), a, b)),
            Opcode::NewList | Opcode::NewMap => {
                attempt!(self.new_builder(immediate as usize, types.stride(to)))
            }
            Opcode::NewListLike | Opcode::NewMapLike => {
                attempt!(self.new_builder(a.reference().length(), types.stride(to)))
            }
            Opcode::Push => {
                let builder = self.push(a, types.width(right), b)?;
                Window::write(window, left, builder);
                Ok(())
            }
            Opcode::FinishList => give!(self.finish(a, types.stride(left))),
            Opcode::PushEntry => {
                let register = u16::try_from(immediate).unwrap_or(u16::MAX);
                let value = Window::read(window, register);
                let builder = self.push_entry(a, b, types.width(register), value)?;
                Window::write(window, left, builder);
                Ok(())
            }
            Opcode::FinishMap => attempt!(self.finish_map(types.id(left), a)),
            Opcode::Greatest => attempt!(self.extreme(types.kind(to), a, Ordering::Greater)),
            Opcode::Least => attempt!(self.extreme(types.kind(to), a, Ordering::Less)),
            Opcode::Superset => bool!(self.superset(types.id(left), a, b)?),
            Opcode::Intersects => bool!(self.intersects(types.id(left), a, b)?),

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

            Opcode::Join2 => attempt!(self.join2(a.reference(), b.reference())),
            Opcode::Join => attempt!(self.join(a.reference(), b.reference())),
            Opcode::Split => {
                let limit = Window::read(window, u16::try_from(immediate).unwrap_or(u16::MAX));
                attempt!(self.split(a.reference(), b.reference(), limit.int()))
            }
            Opcode::Matches => bool!(self.matches(a.reference(), immediate)?),
            Opcode::Format => {
                let start = usize::from(right);
                let end = start.saturating_add(immediate as usize);
                let arguments = window.get(start..end).unwrap_or_default();
                attempt!(self.format(a.reference(), arguments, types, right))
            }
            Opcode::FormatList => {
                attempt!(self.format_list(a.reference(), b.reference(), types.id(right)))
            }

            Opcode::Within => {
                let fence = archive.fences.get(immediate as usize).ok_or(Fault::Unreachable)?;
                self.scratch.pay(fence.vertices.length.to_native().into())?;
                bool!(place::is_within(fence, &archive.vertices, a.point()))
            }
            Opcode::Civil => int!(time::civil(right, a.timestamp(), immediate.cast_signed())),
            Opcode::CivilZone => {
                let offset = time::offset(archive, immediate, a.timestamp())?;
                int!(time::civil(right, a.timestamp(), offset))
            }
            Opcode::BucketText => int!(self.bucket(a.reference(), b.reference())),
            Opcode::BucketInt => {
                self.scratch.spend_text(b.reference().length())?;
                let seed = self.memory().bytes(b.reference());
                give!(Word::from_int(bucket::bucket_int(seed, a.int())))
            }
            Opcode::Call => {
                let builtin = Builtin::from_u16(right).ok_or(Fault::Unreachable)?;
                let argument = |n| Window::read(window, left.saturating_add(n));
                attempt!(self.call(builtin, [a, argument(1), argument(2), argument(3)]))
            }

            // The loop does these itself. Only a comparison without a relation comes here.
            Opcode::Move
            | Opcode::Variable
            | Opcode::Jump
            | Opcode::JumpIf
            | Opcode::JumpUnless
            | Opcode::Return
            | Opcode::ReturnTrue
            | Opcode::ReturnFalse
            | Opcode::Fail
            | Opcode::Clear
            | Opcode::Catch
            | Opcode::Raise
            | Opcode::AddInt
            | Opcode::SubtractInt
            | Opcode::MultiplyInt
            | Opcode::DivideInt
            | Opcode::RemainderInt
            | Opcode::NegateInt
            | Opcode::AddUint
            | Opcode::SubtractUint
            | Opcode::MultiplyUint
            | Opcode::DivideUint
            | Opcode::RemainderUint
            | Opcode::AddDouble
            | Opcode::SubtractDouble
            | Opcode::MultiplyDouble
            | Opcode::DivideDouble
            | Opcode::NegateDouble
            | Opcode::AddDuration
            | Opcode::SubtractDuration
            | Opcode::Not
            | Opcode::CompareInt
            | Opcode::CompareUint
            | Opcode::CompareDouble
            | Opcode::CompareTimestamp
            | Opcode::CompareDuration
            | Opcode::Size
            | Opcode::Bound
            | Opcode::Loop
            | Opcode::Next
            | Opcode::Position => Err(Fault::Unreachable),
        }
    }

    fn bucket(&mut self, by: Reference, seed: Reference) -> Outcome<i64> {
        self.scratch.spend_text(by.length().saturating_add(seed.length()))?;
        let memory = self.memory();
        Ok(bucket::bucket(memory.bytes(seed), memory.bytes(by)))
    }
}
