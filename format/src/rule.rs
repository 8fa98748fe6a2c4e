//! How rules decide together: hit policies of groups, combination of outputs.

/// Which of the matching rules of a group are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum HitPolicy {
    /// All of them.
    Collect = 0,
    /// The first in decision order.
    First = 1,
    /// The one that there may be; several are a conflict, and none is kept.
    Unique = 2,
}

impl HitPolicy {
    #[inline]
    pub fn from_u16(number: u16) -> Option<HitPolicy> {
        [HitPolicy::Collect, HitPolicy::First, HitPolicy::Unique].get(number as usize).copied()
    }

    pub fn name(self) -> &'static str {
        match self {
            HitPolicy::Collect => "collect",
            HitPolicy::First => "first",
            HitPolicy::Unique => "unique",
        }
    }
}

/// How the values that kept rules give an output become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Combine {
    First = 0,
    Last = 1,
    Sum = 2,
    Min = 3,
    Max = 4,
    Any = 5,
    All = 6,
    Collect = 7,
}

impl Combine {
    pub const ALL_WAYS: [Combine; 8] = [
        Combine::First,
        Combine::Last,
        Combine::Sum,
        Combine::Min,
        Combine::Max,
        Combine::Any,
        Combine::All,
        Combine::Collect,
    ];

    #[inline]
    pub fn from_u16(number: u16) -> Option<Combine> {
        Combine::ALL_WAYS.get(number as usize).copied()
    }

    pub fn name(self) -> &'static str {
        match self {
            Combine::First => "first",
            Combine::Last => "last",
            Combine::Sum => "sum",
            Combine::Min => "min",
            Combine::Max => "max",
            Combine::Any => "any",
            Combine::All => "all",
            Combine::Collect => "collect",
        }
    }
}
