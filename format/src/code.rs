//! The bytecode: one table of opcodes, read by everyone who writes, checks,
//! prints or runs it.
//!
//! An [`Instruction`] is 16 bytes: what to do, up to three registers, one
//! immediate, and where to go if the operation has no value. Registers are
//! typed, each for the whole of a unit. Jumps lead forward only; the one way
//! back is [`Opcode::Next`], to the body of its own loop, whose turns are
//! bounded by [`Opcode::Bound`] just before it. So every unit ends, and what it
//! costs at worst is known before it runs.

mod builtin;
mod opcode;
pub mod work;

pub use builtin::{Builtin, Signature};
pub use opcode::{Immediate, Opcode, Operand, Shape};

use crate::meaning::{Fault, Timestamp};
use rkyv::{Archive, Serialize};

/// One instruction; what its fields mean depends on the opcode's [`Shape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Archive, Serialize)]
pub struct Instruction {
    /// The number of an [`Opcode`].
    pub opcode: u16,
    pub dst: u16,
    pub a: u16,
    pub b: u16,
    pub immediate: u32,
    /// Where to go on if the operation fails, relative to the unit's first
    /// instruction, or [`LEAVE`].
    pub on_fault: u32,
}

/// `on_fault`: the unit ends there, with the fault as its result.
pub const LEAVE: u32 = u32::MAX;

impl Instruction {
    /// An instruction with nothing but its opcode.
    pub fn new(opcode: Opcode) -> Instruction {
        Instruction { opcode: opcode as u16, dst: 0, a: 0, b: 0, immediate: 0, on_fault: LEAVE }
    }
}

impl From<&ArchivedInstruction> for Instruction {
    #[inline]
    fn from(archived: &ArchivedInstruction) -> Instruction {
        Instruction {
            opcode: archived.opcode.to_native(),
            dst: archived.dst.to_native(),
            a: archived.a.to_native(),
            b: archived.b.to_native(),
            immediate: archived.immediate.to_native(),
            on_fault: archived.on_fault.to_native(),
        }
    }
}

/// Which way a comparison goes: the immediate of the `compare` opcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Relation {
    Less = 0,
    LessEqual = 1,
    Greater = 2,
    GreaterEqual = 3,
}

impl Relation {
    pub fn from_u32(number: u32) -> Option<Relation> {
        Some(match number {
            0 => Relation::Less,
            1 => Relation::LessEqual,
            2 => Relation::Greater,
            3 => Relation::GreaterEqual,
            _ => return None,
        })
    }

    #[inline]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Relation::Less => order.is_lt(),
            Relation::LessEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterEqual => order.is_ge(),
        }
    }

    /// The relation that holds between `b` and `a` where this holds between `a` and `b`.
    pub fn swapped(self) -> Relation {
        match self {
            Relation::Less => Relation::Greater,
            Relation::LessEqual => Relation::GreaterEqual,
            Relation::Greater => Relation::Less,
            Relation::GreaterEqual => Relation::LessEqual,
        }
    }

    /// The relation that holds exactly where this doesn't, of values that can be ordered.
    pub fn negated(self) -> Relation {
        match self {
            Relation::Less => Relation::GreaterEqual,
            Relation::LessEqual => Relation::Greater,
            Relation::Greater => Relation::LessEqual,
            Relation::GreaterEqual => Relation::Less,
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::LessEqual => "<=",
            Relation::Greater => ">",
            Relation::GreaterEqual => ">=",
        }
    }
}

/// What to read off a timestamp: operand `b` of the `civil` opcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Getter {
    FullYear = 0,
    /// 0..=11
    Month = 1,
    /// 1..=31
    Date = 2,
    /// 0..=30
    DayOfMonth = 3,
    /// 0 is Sunday
    DayOfWeek = 4,
    /// 0..=365
    DayOfYear = 5,
    Hours = 6,
    Minutes = 7,
    Seconds = 8,
    Milliseconds = 9,
}

impl Getter {
    pub const ALL: [Getter; 10] = [
        Getter::FullYear,
        Getter::Month,
        Getter::Date,
        Getter::DayOfMonth,
        Getter::DayOfWeek,
        Getter::DayOfYear,
        Getter::Hours,
        Getter::Minutes,
        Getter::Seconds,
        Getter::Milliseconds,
    ];

    pub fn from_u16(number: u16) -> Option<Getter> {
        Getter::ALL.get(number as usize).copied()
    }

    /// What it reads off a timestamp, on a clock so many seconds east of UTC.
    pub fn read(self, timestamp: Timestamp, offset: i32) -> i64 {
        match self {
            Getter::FullYear => timestamp.full_year(offset),
            Getter::Month => timestamp.month(offset),
            Getter::Date => timestamp.date(offset),
            Getter::DayOfMonth => timestamp.day_of_month(offset),
            Getter::DayOfWeek => timestamp.day_of_week(offset),
            Getter::DayOfYear => timestamp.day_of_year(offset),
            Getter::Hours => timestamp.hours(offset),
            Getter::Minutes => timestamp.minutes(offset),
            Getter::Seconds => timestamp.seconds_of_minute(offset),
            Getter::Milliseconds => timestamp.milliseconds(),
        }
    }

    /// The name of the function in CEL.
    pub fn name(self) -> &'static str {
        match self {
            Getter::FullYear => "getFullYear",
            Getter::Month => "getMonth",
            Getter::Date => "getDate",
            Getter::DayOfMonth => "getDayOfMonth",
            Getter::DayOfWeek => "getDayOfWeek",
            Getter::DayOfYear => "getDayOfYear",
            Getter::Hours => "getHours",
            Getter::Minutes => "getMinutes",
            Getter::Seconds => "getSeconds",
            Getter::Milliseconds => "getMilliseconds",
        }
    }
}

/// A fault as the immediate of [`Opcode::Fail`].
pub fn fault_from_u32(number: u32) -> Option<Fault> {
    u8::try_from(number).ok().and_then(Fault::from_u8)
}
