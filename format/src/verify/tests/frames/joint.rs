//! Two partial frames as one: whatever is bound and whatever an item brings, the facts are those of
//! both.

mod defaults;

use super::*;
use crate::value::{WIDE_CELL, Word, read_cell};

/// A value of a fact, to write and to compare.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Cell(u64),
    Wide(u64, u64),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}
use Value::*;

/// Facts, so many that their presence takes two words. The kinds take turns.
const FACTS: usize = 70;
const KINDS: usize = 9;

/// Facts that aren't optional.
const REQUIRED: [usize; 2] = [3, 66];

fn facts() -> Ruleset {
    let mut ruleset = empty();
    let r = &mut ruleset;
    let list = |r: &mut Ruleset, item| {
        r.types.push(TypeEntry::from(TypeKind::List(item)));
        TypeId(r.types.len() as u16 - 1)
    };
    let strings = list(r, TypeId::STRING);
    let (ints, lists) = (list(r, TypeId::INT), list(r, strings));
    for value in [TypeId::INT, TypeId::STRING] {
        r.types.push(TypeEntry::from(TypeKind::Map(TypeId::STRING, value)));
    }
    let (by_int, by_text) = (TypeId(lists.0 + 1), TypeId(lists.0 + 2));
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    r.schema.types = vec![
        kind(FactKind::Int, 0, 0),
        kind(FactKind::String, 0, 1 << 20),
        kind(FactKind::List, 1, 100),
        kind(FactKind::Timestamp, 0, 0),
        kind(FactKind::Map, 0, 100),
        kind(FactKind::List, 2, 100),
        kind(FactKind::Map, 1, 100),
        kind(FactKind::List, 0, 100),
        kind(FactKind::Bytes, 0, 100),
    ];
    let of = [
        TypeId::INT,
        TypeId::STRING,
        strings,
        TypeId::TIMESTAMP,
        by_int,
        lists,
        by_text,
        ints,
        TypeId::BYTES,
    ];
    let mut slot = 0;
    for number in 0..FACTS {
        let fact_type = (number % KINDS) as u16;
        let optional = u8::from(!REQUIRED.contains(&number));
        let path = text(r, &format!("f{number}"));
        let value_type = of[number % KINDS].0;
        r.schema.facts.push(Fact { path, fact_type, value_type, optional, slot });
        slot += if fact_type == 3 { WIDE_CELL } else { CELL } as u32;
    }
    seal(r);
    ruleset
}

/// A value of a fact that says whose it is.
fn value(fact: usize, of: &str) -> Value {
    let text = |n: usize| Text(format!("{of}{fact}.{n}"));
    let key = |n: usize| format!("{n}{}", &of[..of.len().min(20)]);
    match fact % KINDS {
        0 => Cell(fact as u64 * 1000 + of.len() as u64),
        1 => Text(format!("{of} of {fact}")),
        2 => List((0..fact % 5).map(text).collect()),
        3 => Wide(fact as u64, of.len() as u64),
        4 => Map((0..3).map(|n| (key(n), Cell(n as u64 + fact as u64))).collect()),
        5 => List((0..3).map(|n| List((0..n).map(text).collect())).collect()),
        6 => Map((0..3).map(|n| (key(n), text(n))).collect()),
        7 => List((0..4).map(|n| Cell(n + fact as u64)).collect()),
        _ => Text(of.repeat(3)),
    }
}

/// Writes what the cell at `at` holds.
fn write(bytes: &mut Vec<u8>, at: usize, value: &Value) {
    let offset = bytes.len();
    match value {
        Cell(low) => put(bytes, at, *low),
        Wide(low, high) => {
            put(bytes, at, *low);
            put(bytes, at + CELL, *high);
        }
        Text(text) => {
            refer(bytes, at, offset, text.len());
            bytes.extend(text.as_bytes());
        }
        List(items) => {
            refer(bytes, at, offset, items.len());
            bytes.resize(offset + items.len() * CELL, 0);
            for (number, item) in items.iter().enumerate() {
                write(bytes, offset + number * CELL, item);
            }
        }
        Map(entries) => {
            refer(bytes, at, offset, entries.len());
            bytes.resize(offset + entries.len() * 2 * CELL, 0);
            for (number, (key, value)) in entries.iter().enumerate() {
                let at = offset + number * 2 * CELL;
                write(bytes, at, &Text(key.clone()));
                write(bytes, at + CELL, value);
            }
        }
    }
}

/// A frame by a sender who knows so many facts.
fn written(ruleset: &Ruleset, count: usize, values: &[(usize, Value)]) -> Vec<u8> {
    let schema = &ruleset.schema;
    let cells = HEADER_LENGTH + presence_length(count);
    let slot = |fact: usize| schema.facts[fact].slot as usize;
    let end = (0..count).map(|fact| slot(fact) + if fact % KINDS == 3 { WIDE_CELL } else { CELL });
    let mut bytes = vec![0; cells + end.max().unwrap_or(0)];
    bytes[..4].copy_from_slice(&MAGIC);
    put(&mut bytes, 8, schema.fingerprints[count]);
    bytes[16] = count as u8;
    for (fact, value) in values {
        bytes[HEADER_LENGTH + fact / 8] |= 1 << (fact % 8);
        write(&mut bytes, cells + slot(*fact), value);
    }
    let length = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// Reads a value that should be like this one.
fn read(bytes: &[u8], cell: Word, like: &Value) -> Value {
    let items = cell.reference();
    let at = |at: usize| read_cell(bytes, at, CELL).expect("a cell");
    let text = |reference: Reference| {
        let text = bytes.get(reference.offset()..reference.offset() + reference.length());
        String::from_utf8_lossy(text.unwrap_or(b"beyond the end")).into_owned()
    };
    match like {
        Cell(_) => Cell(cell.low),
        Wide(..) => Wide(cell.low, cell.high),
        Text(_) => Text(text(items)),
        List(like) if like.len() != items.length() => List(Vec::new()),
        List(like) => {
            let cells = like.iter().enumerate();
            let item = |(n, like)| read(bytes, at(items.offset() + n * CELL), like);
            List(cells.map(item).collect())
        }
        Map(like) if like.len() != items.length() => Map(Vec::new()),
        Map(like) => {
            let entry = |(n, (_, like)): (usize, &(String, Value))| {
                let entry = items.offset() + n * 2 * CELL;
                (text(at(entry).reference()), read(bytes, at(entry + CELL), like))
            };
            Map(like.iter().enumerate().map(entry).collect())
        }
    }
}

/// That a frame has just these facts, with these values.
#[track_caller]
fn has_just(ruleset: &Ruleset, frame: Frame<'_>, expected: &[(usize, Value)]) {
    let mut presence = 0_u64;
    for fact in 0..FACTS + 10 {
        let wanted = expected.iter().find(|(number, _)| *number == fact);
        assert_eq!(frame.has(fact), wanted.is_some(), "fact {fact}");
        let Some((_, wanted)) = wanted else { continue };
        presence |= if fact < 64 { 1 << fact } else { 0 };
        let slot = ruleset.schema.facts[fact].slot as usize;
        let kind = if fact % KINDS == 3 { FactKind::Timestamp } else { FactKind::Int };
        let cell = frame.cell(slot, kind);
        assert_eq!(&read(frame.bytes(), cell, wanted), wanted, "fact {fact}");
        assert_eq!(frame.low(slot), cell.low, "fact {fact}");
        assert_eq!(frame.cells().get(slot..slot + 8), Some(&cell.low.to_le_bytes()[..]));
    }
    assert_eq!(frame.presence(), presence);
}

/// Every fact that `which` chooses.
fn chosen(of: &str, which: impl Fn(usize) -> bool) -> Vec<(usize, Value)> {
    (0..FACTS).filter(|fact| which(*fact)).map(|fact| (fact, value(fact, of))).collect()
}

#[test]
fn a_frame_has_the_facts_that_its_sender_gives() {
    let ruleset = facts();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    for (count, step) in [(FACTS, 1), (FACTS, 3), (67, 1), (68, 1)] {
        let all =
            chosen("x", |fact| fact < count && (fact % step == 0 || REQUIRED.contains(&fact)));
        let written = written(&ruleset, count, &all);
        let frame = Frame::check(&written, archive).expect("a good frame");
        assert_eq!((frame.count(), frame.bytes()), (count, &written[..]));
        has_just(&ruleset, frame, &all);
        let partial = Partial::check(&written, archive).expect("a good frame");
        assert_eq!((partial.count(), partial.bytes()), (count, &written[..]));
        assert!((0..FACTS + 10).all(|fact| partial.has(fact) == frame.has(fact)));
    }
}

#[test]
fn bound_facts_and_an_items_are_one_frame() {
    let ruleset = facts();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let mut joint = Joint::default();
    type Which = fn(usize) -> bool;
    let halves: [(Which, Which); 6] = [
        (|fact| fact % 2 == 1, |fact| fact % 2 == 0),
        (|fact| fact < 40, |fact| fact >= 40),
        (|fact| fact >= 40, |fact| fact < 40),
        (|fact| fact == 66, |fact| fact % 7 == 3 && fact != 66),
        (|_| true, |_| false),
        (|_| false, |_| true),
    ];
    // Longer and longer items, and short ones again: what is bound moves.
    for of in ["item", &"i".repeat(300), "j", &"k".repeat(2000), "item"] {
        for (binds, brings) in halves {
            let bound = chosen("bound", binds);
            let frame = written(&ruleset, FACTS, &bound);
            let partial = Partial::check(&frame, archive).expect("a good frame");
            joint.bind(&partial, archive).expect("there is room");
            for fact in 0..FACTS {
                assert_eq!(joint.is_bound(fact), binds(fact), "fact {fact}");
            }
            assert!(!joint.is_bound(FACTS) && !joint.is_bound(1000));
            has_just(&ruleset, joint.bound(), &bound);
            for of in [of, "again"] {
                let brought: Vec<(usize, Value)> =
                    chosen(of, brings).into_iter().filter(|(fact, _)| fact % KINDS != 8).collect();
                let frame = written(&ruleset, FACTS, &brought);
                let item = Partial::check(&frame, archive).expect("a good frame");
                let both = joint.add(&item, archive).expect("they fit together");
                assert_eq!(both.count(), FACTS);
                has_just(&ruleset, both, &[&bound[..], &brought].concat());
            }
            has_just(&ruleset, joint.bound(), &bound);
        }
    }
}

#[test]
fn a_fact_that_neither_has_or_both_have_is_named() {
    let ruleset = facts();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let joined = |(knows, binds): (usize, &[usize]), (known, brings): (usize, &[usize])| {
        let of = |count, facts: &[usize]| {
            let values: Vec<_> = facts.iter().map(|fact| (*fact, value(*fact, "x"))).collect();
            written(&ruleset, count, &values)
        };
        let (bound, item) = (of(knows, binds), of(known, brings));
        let mut joint = Joint::default();
        let bound = Partial::check(&bound, archive).expect("a good frame");
        joint.bind(&bound, archive).expect("there is room");
        let item = Partial::check(&item, archive).expect("a good frame");
        joint.add(&item, archive).map(|frame| frame.count()).map_err(|e| (e.code(), e.position()))
    };
    let missing = |fact| Err((ErrorCode::FrameMissing, Some(fact)));
    let repeated = |fact| Err((ErrorCode::FrameRepeated, Some(fact)));
    assert_eq!(joined((FACTS, &[3]), (FACTS, &[66])), Ok(FACTS));
    assert_eq!(joined((FACTS, &[66]), (FACTS, &[])), missing(3));
    assert_eq!(joined((FACTS, &[3]), (FACTS, &[])), missing(66));
    assert_eq!(joined((FACTS, &[3, 5, 66]), (FACTS, &[5])), repeated(5));
    assert_eq!(joined((FACTS, &[3, 66, 69]), (FACTS, &[69])), repeated(69));
    // What neither of the senders knows is missing as well.
    for (knows, known) in [(66, 66), (64, 10), (10, 64), (65, 4), (67, 66), (66, 67), (66, FACTS)] {
        assert_eq!(joined((knows, &[3]), (known, &[])), missing(66), "{knows} and {known}");
    }
    assert_eq!(joined((67, &[3, 66]), (4, &[])), Ok(67));
    assert_eq!(joined((4, &[3]), (67, &[66])), Ok(67));
    assert_eq!(joined((3, &[]), (2, &[])), missing(3));
    assert_eq!(joined((4, &[]), (2, &[])), missing(3));
}
