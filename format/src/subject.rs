//! Subjects: what predicates ask about, and how a value becomes a rank.
//!
//! A value becomes a *key*, an unsigned number that orders as the values do;
//! the key becomes a *rank*, the number of the subject's cuts that it has
//! reached. All that rules ask of a subject changes at its cuts only, so that
//! ranks say as much as values, in fewer bits.

use crate::archive::{ArchivedFact, ArchivedRuleset, ArchivedSubject};
use crate::meaning::order;
use crate::schema::FactKind;
use crate::types::{TypeId, TypeKind};
use crate::value::Word;
use rkyv::rend::unaligned::u64_ule;

/// Most subjects of an archive: as many as a predicate can name.
pub const MAX_SUBJECTS: usize = 1 << 12;

/// Most ranks of a subject: as many as a predicate can name.
pub const MAX_RANKS: usize = 1 << 24;

/// The rank of what is absent, or whose working out failed.
pub const ABSENT: u32 = 0;

/// Where a subject's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum SubjectKind {
    /// A fact.
    Fact = 0,
    /// Of a fact that is a point.
    Latitude = 1,
    Longitude = 2,
    /// A variable.
    Variable = 3,
}

impl SubjectKind {
    #[inline]
    pub fn from_u16(number: u16) -> Option<SubjectKind> {
        match number {
            0 => Some(SubjectKind::Fact),
            1 => Some(SubjectKind::Latitude),
            2 => Some(SubjectKind::Longitude),
            3 => Some(SubjectKind::Variable),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            SubjectKind::Fact => "fact",
            SubjectKind::Latitude => "latitude",
            SubjectKind::Longitude => "longitude",
            SubjectKind::Variable => "variable",
        }
    }
}

/// How values become ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranking {
    /// A number from 0 on, of so many: the rank is 1 more.
    Direct { count: u32 },
    /// By key and cuts: the rank is 1 and the number of cuts that are reached.
    Cuts(KeyKind),
    /// Text: the rank is 1 and its number in the dictionary, where text that
    /// isn't there has the number of how many there are.
    Words,
    /// A list of text: the rank is 1. Predicates ask for its words.
    Members,
}

/// How a value becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Int and duration.
    Signed,
    Unsigned,
    /// The bits, the sign flipped, of negative ones all bits: -0.0 is right below
    /// 0.0, and NaNs lie beyond the infinities, on either side.
    Double,
    /// Twice the seconds, and 1 more if there are nanoseconds.
    Timestamp,
}

impl KeyKind {
    /// The key of a value.
    #[inline]
    pub fn key(self, value: Word) -> u64 {
        match self {
            KeyKind::Signed => order::int_key(value.int()),
            KeyKind::Unsigned => value.low,
            KeyKind::Double => double_key(value.low),
            KeyKind::Timestamp => timestamp_key(value.int(), value.high != 0),
        }
    }
}

/// The key of a double's bits.
#[inline]
pub fn double_key(bits: u64) -> u64 {
    let negative = (bits.cast_signed() >> 63).cast_unsigned();
    bits ^ (negative | 1 << 63)
}

/// The key of a timestamp: what is a whole second, and what is between two.
#[inline]
pub fn timestamp_key(seconds: i64, has_nanos: bool) -> u64 {
    order::int_key(seconds.saturating_mul(2).saturating_add(i64::from(has_nanos)))
}

/// The rank of a key.
#[inline]
pub fn rank(cuts: &[u64_ule], key: u64) -> u32 {
    1 + cuts.partition_point(|cut| cut.to_native() <= key) as u32
}

impl ArchivedSubject {
    /// How its values become ranks. `None` for one that has none.
    pub fn ranking(&self, archive: &ArchivedRuleset) -> Option<Ranking> {
        let source = self.source.to_native() as usize;
        match SubjectKind::from_u16(self.kind.to_native())? {
            SubjectKind::Fact => of_fact(archive, archive.schema.fact(source)?),
            SubjectKind::Latitude | SubjectKind::Longitude => {
                let fact = archive.schema.fact(source)?;
                let kind = archive.schema.fact_type(fact.fact_type.to_native())?.kind()?;
                (kind == FactKind::Point).then_some(Ranking::Cuts(KeyKind::Double))
            }
            SubjectKind::Variable => {
                let unit = archive.variables.get(source)?.unit.to_native();
                let result = archive.units.get(unit as usize)?.result.to_native();
                of_kind(archive.kind(TypeId(result))?)
            }
        }
    }

    /// How many ranks there are, [`ABSENT`] among them.
    pub fn ranks(&self, ranking: Ranking) -> usize {
        match ranking {
            Ranking::Direct { count } => 1 + count as usize,
            Ranking::Cuts(_) => 2 + self.cuts.length.to_native() as usize,
            Ranking::Words => 2 + self.words.length.to_native() as usize,
            Ranking::Members => 2,
        }
    }

    /// How many cells a dimension of it has.
    pub fn cells(&self, ranking: Ranking) -> usize {
        match ranking {
            Ranking::Members => 2 + self.words.length.to_native() as usize,
            _ => self.ranks(ranking),
        }
    }
}

fn of_fact(archive: &ArchivedRuleset, fact: &ArchivedFact) -> Option<Ranking> {
    let schema = &archive.schema;
    let fact_type = schema.fact_type(fact.fact_type.to_native())?;
    let item = fact_type.item.to_native();
    Some(match fact_type.kind()? {
        FactKind::Bool => Ranking::Direct { count: 2 },
        FactKind::Enum => Ranking::Direct { count: schema.labels(item).len() as u32 },
        FactKind::Int | FactKind::Duration => Ranking::Cuts(KeyKind::Signed),
        FactKind::Uint => Ranking::Cuts(KeyKind::Unsigned),
        FactKind::Double => Ranking::Cuts(KeyKind::Double),
        FactKind::Timestamp => Ranking::Cuts(KeyKind::Timestamp),
        FactKind::String => Ranking::Words,
        FactKind::List if schema.fact_type(item)?.kind()? == FactKind::String => Ranking::Members,
        FactKind::List | FactKind::Bytes | FactKind::Point | FactKind::Map => return None,
    })
}

/// How values of a type of the language become ranks.
fn of_kind(kind: TypeKind) -> Option<Ranking> {
    Some(match kind {
        TypeKind::Bool => Ranking::Direct { count: 2 },
        TypeKind::Int | TypeKind::Duration => Ranking::Cuts(KeyKind::Signed),
        TypeKind::Uint => Ranking::Cuts(KeyKind::Unsigned),
        TypeKind::Double => Ranking::Cuts(KeyKind::Double),
        TypeKind::Timestamp => Ranking::Cuts(KeyKind::Timestamp),
        TypeKind::String => Ranking::Words,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meaning::Timestamp;
    use proptest::prelude::*;

    fn of_double(value: f64) -> u64 {
        KeyKind::Double.key(Word::from_double(value))
    }

    fn of_moment(seconds: i64, nanos: u32) -> u64 {
        KeyKind::Timestamp.key(Word::from_timestamp(Timestamp { seconds, nanos }))
    }

    #[test]
    fn a_rank_is_one_and_the_cuts_that_are_reached() {
        let cuts = [0, 5, 6, u64::MAX].map(u64_ule::from_native);
        let ranks = [0, 4, 5, 6, 7, u64::MAX - 1, u64::MAX].map(|key| rank(&cuts, key));
        assert_eq!(ranks, [2, 2, 3, 4, 4, 4, 5]);
        assert_eq!(rank(&[], 0), 1);
        assert_eq!(rank(&cuts[1..], 0), 1);
    }

    #[test]
    fn nan_lies_beyond_the_infinities_and_the_zeros_side_by_side() {
        let numbers = of_double(f64::NEG_INFINITY)..=of_double(f64::INFINITY);
        for bits in [0x7ff8 << 48, 0xfff8 << 48, (0x7ff0 << 48) + 1, (0xfff0 << 48) + 1, u64::MAX] {
            assert!(!numbers.contains(&KeyKind::Double.key(Word::from_uint(bits))), "{bits:x}");
        }
        assert_eq!(of_double(-0.0) + 1, of_double(0.0));
        assert_eq!(of_double(-5e-324) + 1, of_double(-0.0));
    }

    #[test]
    fn moments_of_a_second_have_two_keys() {
        for second in [Timestamp::MIN.seconds, -1, 0, 1_780_000_000, Timestamp::MAX.seconds] {
            let whole = of_moment(second, 0);
            assert_eq!(of_moment(second, 1), whole + 1);
            assert_eq!(of_moment(second, 999_999_999), whole + 1);
            assert_eq!(timestamp_key(second + 1, false), whole + 2);
        }
        // What no timestamp is has a key all the same.
        assert_eq!((of_moment(i64::MIN, 0), of_moment(i64::MAX, 1)), (0, u64::MAX));
    }

    proptest! {
        #[test]
        fn keys_order_as_the_values_do(left: u64, right: u64) {
            let (a, b) = (Word::from_uint(left), Word::from_uint(right));
            let order = |kind: KeyKind| kind.key(a).cmp(&kind.key(b));
            prop_assert_eq!(order(KeyKind::Unsigned), left.cmp(&right));
            prop_assert_eq!(order(KeyKind::Signed), a.int().cmp(&b.int()));
            if let Some(expected) = a.double().partial_cmp(&b.double()).filter(|o| o.is_ne()) {
                prop_assert_eq!(order(KeyKind::Double), expected);
            }
            let second = |bits: u64| bits.cast_signed() >> 20;
            let moments = (of_moment(second(left), 0), of_moment(second(right), 7));
            prop_assert_eq!(moments.0 < moments.1, second(left) <= second(right));
        }
    }
}
