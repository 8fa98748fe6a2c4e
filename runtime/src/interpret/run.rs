//! The loop over the steps of a unit.

use super::cursor::Cursor;
use super::machine::{Machine, Memo, Program};
use super::numbers::{self, from_size};
use super::registers::{FILE, File, Registers, Window};
use super::short::Short;
use super::steps::{Op, UnitCode};
use rulestone_format::code::{LEAVE, fault_from_u32};
use rulestone_format::meaning::{Fault, Outcome, double, duration, integer};
use rulestone_format::types::TypeId;
use rulestone_format::value::{CELL, Word};

/// Variables that use one another may be this deep; an archive that goes deeper
/// is refused when it is loaded.
pub(super) const MAX_VARIABLE_DEPTH: u32 = 64;

impl Machine<'_> {
    /// Runs a unit whose result refers to no memory. What it put into the
    /// scratch memory is forgotten, but for memos.
    ///
    /// # Errors
    /// The fault that nothing in the unit absorbed.
    #[inline]
    pub(crate) fn run_for_scalar(&mut self, unit: u32, registers: &mut [Word]) -> Outcome<Word> {
        let mark = self.scratch.mark();
        let outcome = self.unit(unit, registers, MAX_VARIABLE_DEPTH);
        self.scratch.release(mark);
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

    #[inline]
    pub(super) fn unit(&mut self, unit: u32, registers: &mut [Word], depth: u32) -> Outcome<Word> {
        let unit = self.program.plan.code.unit(unit).ok_or(Fault::Unreachable)?;
        self.unit_of(unit, registers, depth)
    }

    #[inline(always)]
    fn unit_of(&mut self, unit: &UnitCode, registers: &mut [Word], depth: u32) -> Outcome<Word> {
        let short = if unit.registers as usize <= FILE {
            self.steps::<File>(unit, registers, depth)
        } else {
            self.steps::<Window>(unit, registers, depth)
        };
        let high = if unit.gives_wide { self.high } else { 0 };
        short.outcome().map(|low| Word { low, high })
    }

    /// The loop over the steps of a unit. Its state must stay in registers of the
    /// processor: what an arm does that needs many of them is a function of its own.
    #[inline(never)]
    fn steps<R: Registers>(
        &mut self,
        unit: &UnitCode,
        registers: &mut [Word],
        depth: u32,
    ) -> Short {
        let steps = self.program.plan.code.steps(unit);
        let Some(mut file) = R::of(registers) else { return Short::UNREACHABLE };
        let mut caught = Fault::Unreachable;
        let mut rest = steps.iter();
        loop {
            let Some(step) = rest.next() else { return Short::UNREACHABLE };
            // Arms write what they give right here and go on with the next step; what
            // comes out of the match is a fault. One write behind the match would pass
            // the value through memory, at half the speed for simple steps.
            macro_rules! a {
                () => {
                    R::read(file, step.a)
                };
            }
            macro_rules! b {
                () => {
                    R::read(file, step.b)
                };
            }
            macro_rules! give {
                ($word:expr) => {{
                    let word: Word = $word;
                    R::write(file, step.dst, word);
                    continue;
                }};
            }
            // After another function had the registers.
            macro_rules! reopen {
                () => {
                    match R::of(registers) {
                        Some(again) => file = again,
                        None => return Short::UNREACHABLE,
                    }
                };
            }
            macro_rules! low {
                ($low:expr) => {
                    give!(Word::from_uint($low))
                };
            }
            macro_rules! short {
                ($short:expr) => {
                    match $short.outcome() {
                        Ok(low) => low!(low),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! int {
                ($operation:path) => {
                    match $operation(a!().int(), b!().int()) {
                        Ok(int) => give!(Word::from_int(int)),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! uint {
                ($operation:path) => {
                    match $operation(a!().uint(), b!().uint()) {
                        Ok(uint) => give!(Word::from_uint(uint)),
                        Err(fault) => fault,
                    }
                };
            }
            macro_rules! double {
                ($operator:tt) => {
                    give!(Word::from_double(a!().double() $operator b!().double()))
                };
            }
            macro_rules! bool {
                ($value:expr) => {
                    give!(Word::from_bool($value))
                };
            }
            macro_rules! jump {
                () => {{
                    rest = steps.get(step.immediate() as usize..).unwrap_or_default().iter();
                    continue;
                }};
            }
            let fault = match step.op {
                Op::Invalid => return Short::UNREACHABLE,
                Op::Other => {
                    let outcome = self.other(unit, step, registers);
                    reopen!();
                    match outcome {
                        Ok(()) => continue,
                        Err(fault) => fault,
                    }
                }

                Op::Constant => low!(step.bits),
                Op::Move => low!(a!().low),
                Op::WideMove => give!(a!()),
                Op::Fact => match self.has(step.a) {
                    true => low!(self.cell(step.immediate())),
                    false => Fault::Absent,
                },
                Op::WideFact => match self.has(step.a) {
                    true => give!(Word {
                        low: self.cell(step.immediate()),
                        high: self.cell(step.immediate().saturating_add(1)),
                    }),
                    false => Fault::Absent,
                },
                Op::Has => bool!(self.has(step.a)),
                Op::Variable | Op::WideVariable => {
                    match self.memos.get(step.immediate() as usize) {
                        Some(Memo::Known(Ok(word))) if step.op == Op::Variable => low!(word.low),
                        Some(Memo::Known(Ok(word))) => give!(*word),
                        Some(Memo::Known(Err(fault))) => *fault,
                        Some(Memo::Unknown) => {
                            let short = self.nested_use(step.immediate(), unit, registers, depth);
                            reopen!();
                            match short.outcome() {
                                Ok(low) => give!(Word { low, high: self.high }),
                                Err(fault) => fault,
                            }
                        }
                        None => Fault::Unreachable,
                    }
                }

                Op::Jump => jump!(),
                Op::JumpIf => match a!().bool() {
                    true => jump!(),
                    false => continue,
                },
                Op::JumpUnless => match a!().bool() {
                    true => continue,
                    false => jump!(),
                },
                Op::Return => return Short::new(a!().low),
                Op::WideReturn => {
                    self.high = a!().high;
                    return Short::new(a!().low);
                }
                Op::ReturnTrue => return Short::new(1),
                Op::ReturnFalse => return Short::new(0),
                Op::Fail => fault_from_u32(step.immediate()).unwrap_or(Fault::Unreachable),
                Op::Clear => give!(Word::default()),
                Op::Catch => give!(Word::from_uint(caught as u64)),
                Op::Raise => {
                    let pending = a!().low;
                    match u32::try_from(pending).map(fault_from_u32) {
                        Ok(Some(fault)) => fault,
                        _ if pending == 0 => continue,
                        _ => Fault::Unreachable,
                    }
                }

                Op::AddInt => int!(integer::add_int),
                Op::SubtractInt => int!(integer::subtract_int),
                Op::MultiplyInt => int!(integer::multiply_int),
                Op::DivideInt => int!(integer::divide_int),
                Op::RemainderInt => int!(integer::remainder_int),
                Op::NegateInt => match integer::negate_int(a!().int()) {
                    Ok(int) => give!(Word::from_int(int)),
                    Err(fault) => fault,
                },
                Op::AddUint => uint!(integer::add_uint),
                Op::SubtractUint => uint!(integer::subtract_uint),
                Op::MultiplyUint => uint!(integer::multiply_uint),
                Op::DivideUint => uint!(integer::divide_uint),
                Op::RemainderUint => uint!(integer::remainder_uint),
                Op::AddDouble => double!(+),
                Op::SubtractDouble => double!(-),
                Op::MultiplyDouble => double!(*),
                Op::DivideDouble => double!(/),
                Op::NegateDouble => give!(Word::from_double(-a!().double())),
                Op::AddDuration => int!(duration::add),
                Op::SubtractDuration => int!(duration::subtract),
                Op::Not => bool!(!a!().bool()),

                Op::LessInt => bool!(a!().int() < b!().int()),
                Op::LessEqualInt => bool!(a!().int() <= b!().int()),
                Op::LessUint => bool!(a!().uint() < b!().uint()),
                Op::LessEqualUint => bool!(a!().uint() <= b!().uint()),
                Op::LessDouble => match double::compare(a!().double(), b!().double()) {
                    Ok(order) => bool!(order.is_lt()),
                    Err(fault) => fault,
                },
                Op::LessEqualDouble => match double::compare(a!().double(), b!().double()) {
                    Ok(order) => bool!(order.is_le()),
                    Err(fault) => fault,
                },
                Op::LessTimestamp => bool!(a!().timestamp() < b!().timestamp()),
                Op::LessEqualTimestamp => bool!(a!().timestamp() <= b!().timestamp()),
                Op::EqualBits => bool!(a!().low == b!().low),
                Op::EqualDouble => bool!(a!().double() == b!().double()),
                Op::EqualText => match self.equal_text(a!(), b!()) {
                    Ok(equal) => bool!(equal),
                    Err(fault) => fault,
                },

                Op::Size => give!(from_size(a!().reference().length())),
                Op::Bound => {
                    if a!().reference().length() <= step.immediate() as usize {
                        continue;
                    }
                    self.scratch.exhaust()
                }
                Op::Loop => {
                    let items = a!().reference();
                    R::write(file, step.dst, Cursor::first(items.length()));
                    if items.is_empty() {
                        jump!()
                    }
                    continue;
                }
                Op::Next => match Cursor::next(R::read(file, step.dst)) {
                    Some(next) => {
                        R::write(file, step.dst, next);
                        jump!()
                    }
                    None => continue,
                },
                Op::Item => short!(self.item(a!(), b!())),
                Op::Position => give!(from_size(Cursor::index(b!()))),
                Op::CallOnNumbers => {
                    let second = R::read(file, step.a.saturating_add(1));
                    short!(numbers::call(step.b, a!(), second))
                }
            };
            caught = fault;
            match step.on_fault() {
                LEAVE => return Short::of(Err(fault)),
                target => rest = steps.get(target as usize..).unwrap_or_default().iter(),
            }
        }
    }

    /// The value of a variable, worked out if it isn't known.
    ///
    /// # Errors
    /// The fault that its unit ended with.
    #[inline]
    pub(crate) fn variable(&mut self, index: u32, registers: &mut [Word]) -> Outcome<Word> {
        match self.memos.get(index as usize) {
            Some(Memo::Known(outcome)) => *outcome,
            Some(Memo::Unknown) => self.first_use(index, registers, MAX_VARIABLE_DEPTH),
            None => Err(Fault::Unreachable),
        }
    }

    /// The item of a list that a loop stands at.
    #[inline(never)]
    fn item(&self, list: Word, cursor: Word) -> Short {
        Short::of(self.memory().item(list.reference(), Cursor::index(cursor), CELL))
    }

    /// Works out a variable for a unit, in registers above those of the unit.
    #[inline(never)]
    fn nested_use(
        &mut self,
        index: u32,
        unit: &UnitCode,
        registers: &mut [Word],
        depth: u32,
    ) -> Short {
        let above = registers.get_mut(unit.registers as usize..).unwrap_or_default();
        let outcome = self.first_use(index, above, depth);
        self.high = outcome.map_or(0, |word| word.high);
        Short::of(outcome)
    }

    /// Works out a variable at its first use in the request.
    #[inline(always)]
    fn first_use(&mut self, index: u32, above: &mut [Word], depth: u32) -> Outcome<Word> {
        let Program { archive, plan, .. } = self.program;
        let variable = archive.variables.get(index as usize).ok_or(Fault::Unreachable)?;
        let unit = plan.code.unit(variable.unit.to_native()).ok_or(Fault::Unreachable)?;
        let depth = depth.checked_sub(1).ok_or(Fault::Unreachable)?;
        if unit.uses_variables {
            // Until it is known it is a fault, which ends a circle if there were one.
            self.remember(index as usize, Err(Fault::Unreachable));
        }
        let made_memo = self.scratch.make_memo();
        let outcome = self.unit_of(unit, above, depth);
        self.scratch.make_as(made_memo);
        self.remember(index as usize, outcome);
        outcome
    }
}
