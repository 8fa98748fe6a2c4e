//! Random facts of all kinds, with subjects and their cuts: what requests give and
//! which ranks that has.

use super::agreement::Random;
use crate::decide::key::Flips;
use crate::testing::assemble::{Assembled, Assembler, Given};
use rulestone_format::frame::{HEADER_LENGTH, presence_length};
use rulestone_format::meaning::Timestamp;
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{KeyKind, SubjectKind};
use rulestone_format::types::TypeId;
use rulestone_format::value::Word;

/// What a fact of random archives is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Number(KeyKind, FactKind, TypeId),
    /// An enum of so many labels, or a bool.
    Label(usize),
    Point,
    Text,
    /// Nobody asks for it.
    Other,
}

pub(super) const KINDS: [Kind; 12] = [
    Kind::Number(KeyKind::Signed, FactKind::Int, TypeId::INT),
    Kind::Number(KeyKind::Signed, FactKind::Duration, TypeId::DURATION),
    Kind::Number(KeyKind::Unsigned, FactKind::Uint, TypeId::UINT),
    Kind::Number(KeyKind::Double, FactKind::Double, TypeId::DOUBLE),
    Kind::Number(KeyKind::Double, FactKind::Double, TypeId::DOUBLE),
    Kind::Number(KeyKind::Timestamp, FactKind::Timestamp, TypeId::TIMESTAMP),
    Kind::Label(2),
    Kind::Label(5),
    Kind::Label(32),
    Kind::Label(33),
    Kind::Point,
    Kind::Text,
];

const WORDS: [&str; 3] = ["vip", "new", "Dr. Freeman of Black Mesa"];

/// The least and the greatest second of a timestamp.
pub(super) const SECONDS: [i64; 2] = [-62_135_596_800, 253_402_300_799];

/// A fact, and the cuts of each of its subjects, in the order of signed numbers.
pub(super) struct Fact {
    kind: Kind,
    subjects: Vec<Vec<i64>>,
}

/// Cuts as a subject has them.
pub(super) fn unsigned(cuts: &[i64]) -> Vec<u64> {
    cuts.iter().map(|cut| cut.cast_unsigned() ^ 1 << 63).collect()
}

/// Some cuts: side by side, just so far apart that numbers tell them apart or don't, or
/// anywhere.
fn cuts(random: &mut Random, kind: KeyKind) -> Vec<i64> {
    let doubles = [-0.0, 1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let centre = match kind {
        KeyKind::Timestamp => 2 * [SECONDS[0], -1, 0, 1_780_000_000][random.below(4)],
        KeyKind::Double => Flips::of(kind).key(doubles[random.below(doubles.len())].to_bits()),
        _ => [i64::MIN, -3, 0, 100, i64::MAX - 70_000][random.below(5)],
    };
    let apart: &[i64] = match random.below(6) {
        0 => &[0, 65_533],
        1 => &[0, 65_534, 65_535],
        2 => &[0, 2 * 65_533, 2 * 65_536],
        3 => &[i64::MIN, i64::MIN + 1, -70_000, 0, 70_000, i64::MAX - 1, i64::MAX],
        4 => &[0, 2, 40, 42],
        _ => &[0, 1, 2, 3, 9],
    };
    let all = apart.iter().map(|apart| centre.saturating_add(*apart));
    let mut cuts: Vec<i64> = all.filter(|_| !random.chance(4)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

impl Fact {
    pub(super) fn new(kind: Kind, random: &mut Random, assembler: &mut Assembler) -> Fact {
        let path = format!("fact{}", assembler.ruleset.schema.facts.len());
        let mut subjects = Vec::new();
        match kind {
            Kind::Number(key, kind, id) => {
                let fact = assembler.plain_fact(&path, kind, id);
                for _ in 0..1 + usize::from(random.chance(4)) {
                    let cuts = cuts(random, key);
                    assembler.subject(SubjectKind::Fact, fact, &unsigned(&cuts), &[]);
                    subjects.push(cuts);
                }
            }
            Kind::Point => {
                let fact = assembler.plain_fact(&path, FactKind::Point, TypeId::POINT);
                for half in [SubjectKind::Latitude, SubjectKind::Longitude] {
                    let cuts = cuts(random, KeyKind::Double);
                    assembler.subject(half, fact, &unsigned(&cuts), &[]);
                    subjects.push(cuts);
                }
            }
            Kind::Label(2) => {
                let fact = assembler.plain_fact(&path, FactKind::Bool, TypeId::BOOL);
                assembler.subject(SubjectKind::Fact, fact, &[], &[]);
                subjects.push(vec![]);
            }
            Kind::Label(count) => {
                let labels: Vec<String> = (0..count).map(|label| label.to_string()).collect();
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                let labels = assembler.labels(&labels);
                let label = assembler.fact_type(FactKind::Enum, labels);
                let fact = assembler.fact(&path, label, TypeId::STRING);
                assembler.subject(SubjectKind::Fact, fact, &[], &[]);
                subjects.push(vec![]);
            }
            Kind::Text => {
                let fact = assembler.plain_fact(&path, FactKind::String, TypeId::STRING);
                assembler.subject(SubjectKind::Fact, fact, &[], &WORDS);
                subjects.push(vec![]);
            }
            Kind::Other => {
                assembler.plain_fact(&path, FactKind::Int, TypeId::INT);
            }
        }
        Fact { kind, subjects }
    }

    /// How many ranks its subjects have.
    pub(super) fn counts(&self) -> impl Iterator<Item = usize> {
        self.subjects.iter().map(|cuts| match self.kind {
            Kind::Label(count) => 1 + count,
            Kind::Text => 2 + WORDS.len(),
            _ => 2 + cuts.len(),
        })
    }

    /// A value, and the ranks that its subjects have by it.
    pub(super) fn value(&self, random: &mut Random) -> (Given<'static>, Vec<u32>) {
        let near = |random: &mut Random, cuts: &[i64]| match random.below(8) {
            0 => [i64::MIN, i64::MAX, 0, -1][random.below(4)],
            1 => Flips::of(KeyKind::Double).key(f64::NAN.to_bits()),
            _ if cuts.is_empty() => random.below(usize::MAX) as i64,
            _ => {
                let cut = cuts[random.below(cuts.len())];
                cut.saturating_add([-70_000, -2, -1, 0, 0, 1, 2, 70_000][random.below(8)])
            }
        };
        let rank = |cuts: &[i64], key: u64| {
            1 + unsigned(cuts).iter().filter(|cut| **cut <= key).count() as u32
        };
        match self.kind {
            Kind::Number(KeyKind::Timestamp, ..) => {
                let key = near(random, &self.subjects[0]);
                let seconds = (key >> 1).clamp(SECONDS[0], SECONDS[1]);
                let nanos = (key & 1) as u32 * 999_999_999;
                let word = Word::from_timestamp(Timestamp { seconds, nanos });
                let key = KeyKind::Timestamp.key(word);
                (Given::Wide(word), self.subjects.iter().map(|cuts| rank(cuts, key)).collect())
            }
            Kind::Number(kind, ..) => {
                // What makes keys of bits makes bits of keys.
                let bits = Flips::of(kind).key(near(random, &self.subjects[0]).cast_unsigned());
                let word = Word::from_int(bits);
                let ranks = self.subjects.iter().map(|cuts| rank(cuts, kind.key(word)));
                (Given::Narrow(word), ranks.collect())
            }
            Kind::Point => {
                let flips = Flips::of(KeyKind::Double);
                let halves = [0, 1].map(|half: usize| {
                    flips.key(near(random, &self.subjects[half]).cast_unsigned()).cast_unsigned()
                });
                let key = |half: usize| KeyKind::Double.key(Word::from_uint(halves[half]));
                let ranks = [0, 1].map(|half| rank(&self.subjects[half], key(half)));
                (Given::Wide(Word { low: halves[0], high: halves[1] }), ranks.to_vec())
            }
            Kind::Label(count) => {
                let label = random.below(count);
                (Given::Narrow(Word::from_uint(label as u64)), vec![1 + label as u32])
            }
            Kind::Text => {
                let word = random.below(WORDS.len() + 1);
                let text = WORDS.get(word).copied().unwrap_or("a word that is none of them");
                (Given::Text(text), vec![1 + word as u32])
            }
            Kind::Other => (Given::Narrow(Word::from_int(random.below(9) as i64)), vec![]),
        }
    }
}

/// Puts anything into the cells of facts that aren't there: senders may do so.
pub(super) fn fill_absent(
    assembled: &Assembled,
    frame: &mut [u8],
    facts: &[Option<Given<'_>>],
    mut fill: impl FnMut() -> u8,
) {
    let schema = &assembled.archive().schema;
    let start = HEADER_LENGTH + presence_length(facts.len());
    for (fact, _) in schema.facts.iter().zip(facts).filter(|(_, given)| given.is_none()) {
        let kind = schema.fact_type(fact.fact_type.to_native()).and_then(|of| of.kind());
        let slot = start + fact.slot.to_native() as usize;
        frame[slot..slot + kind.expect("a kind").width()].fill_with(&mut fill);
    }
}
