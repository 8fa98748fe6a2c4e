//! Frames: each invariant, broken by itself; and two frames that don't fit into one.

mod joint;
mod outline;

use super::fixture::{STRING, TIMESTAMP, empty, text};
use super::{access, bytes_of, seal};
use crate::archive::{Fact, FactType, Range, Ruleset};
use crate::error::ErrorCode;
use crate::frame::{Frame, HEADER_LENGTH, Joint, MAGIC, Outline, Partial, presence_length};
use crate::schema::FactKind;
use crate::types::{TypeEntry, TypeId, TypeKind};
use crate::value::{CELL, Reference, Space};

// Facts, by their numbers.
const LEVEL: usize = 0;
const FLAG: usize = 1;
const KIND: usize = 2;
const WHEN: usize = 3;
const NAME: usize = 4;
const TAGS: usize = 5;
const SCORES: usize = 6;
const TOKEN: usize = 7;

/// Where the cells of a frame of all facts begin.
const CELLS: usize = HEADER_LENGTH + 8;

/// Where the heap begins: nine cells, one of them wide.
const HEAP: usize = CELLS + 9 * CELL;

/// A fact of each kind that can be wrong. All but the level are optional.
fn schema() -> Ruleset {
    let mut ruleset = empty();
    let r = &mut ruleset;
    r.types.push(TypeEntry::from(TypeKind::List(TypeId::STRING)));
    r.types.push(TypeEntry::from(TypeKind::Map(TypeId::STRING, TypeId::INT)));
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    r.schema.types = vec![
        kind(FactKind::Int, 0, 0),
        kind(FactKind::Bool, 0, 0),
        kind(FactKind::Enum, 0, 0),
        kind(FactKind::Timestamp, 0, 0),
        kind(FactKind::String, 0, 4),
        kind(FactKind::List, 4, 2),
        kind(FactKind::Map, 0, 2),
        kind(FactKind::Bytes, 0, 2),
    ];
    r.schema.labels = vec![text(r, "idol"), text(r, "coin")];
    r.schema.enums = vec![Range { start: 0, length: 2 }];
    let mut slot = 0;
    for (fact_type, (path, value_type)) in (0..).zip([
        ("level", TypeId::INT.0),
        ("flag", TypeId::BOOL.0),
        ("kind", STRING),
        ("when", TIMESTAMP),
        ("name", STRING),
        ("tags", 11),
        ("scores", 12),
        ("token", TypeId::BYTES.0),
    ]) {
        let optional = u8::from(path != "level");
        let path = text(r, path);
        r.schema.facts.push(Fact { path, fact_type, value_type, optional, slot });
        slot += if usize::from(fact_type) == WHEN { 16 } else { 8 };
    }
    seal(r);
    ruleset
}

/// Where the cell of a fact lies in a frame.
fn cell(fact: usize) -> usize {
    CELLS + fact * CELL + if fact > WHEN { CELL } else { 0 }
}

fn put(frame: &mut [u8], at: usize, word: u64) {
    frame[at..at + 8].copy_from_slice(&word.to_le_bytes());
}

fn refer(frame: &mut [u8], at: usize, offset: usize, length: usize) {
    put(frame, at, Reference::new(Space::Frame, offset, length).0);
}

/// A frame of these facts; `fill` writes cells and the heap, which begins at [`HEAP`].
fn frame(ruleset: &Ruleset, facts: &[usize], heap: &[u8], fill: impl Fn(&mut [u8])) -> Vec<u8> {
    let count = ruleset.schema.facts.len();
    let mut bytes = vec![0; HEAP];
    bytes[..4].copy_from_slice(&MAGIC);
    put(&mut bytes, 8, ruleset.schema.fingerprints[count]);
    bytes[16] = count as u8;
    bytes[HEADER_LENGTH] = facts.iter().fold(0, |bits, fact| bits | 1 << fact);
    assert_eq!(HEADER_LENGTH + presence_length(count), CELLS);
    bytes.extend(heap);
    let length = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    fill(&mut bytes);
    bytes
}

/// Why it is refused, and at which fact.
fn refusal(ruleset: &Ruleset, frame: &[u8]) -> Option<(ErrorCode, Option<u64>)> {
    let bytes = bytes_of(ruleset);
    let archive = access(&bytes).expect("accessible");
    let error = Frame::check(frame, archive).err();
    let quick = Outline::new(archive).check(frame, archive).err();
    assert_eq!(quick, error, "the quick check says the same");
    error.map(|error| (error.code(), error.position()))
}

/// Of a frame of the level and this fact.
fn of_fact(fact: usize, heap: &[u8], fill: impl Fn(&mut [u8])) -> Option<ErrorCode> {
    let ruleset = schema();
    let found = refusal(&ruleset, &frame(&ruleset, &[LEVEL, fact], heap, fill))?;
    let expected = if found.0 == ErrorCode::FrameTrailing { None } else { Some(fact as u64) };
    assert_eq!(found.1, expected, "it names the fact");
    Some(found.0)
}

#[test]
fn a_frame_says_what_it_is_and_of_which_facts() {
    let ruleset = schema();
    let good = frame(&ruleset, &[LEVEL], &[], |_| {});
    assert_eq!(refusal(&ruleset, &good), None);
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        refusal(&ruleset, &bytes).map(|found| found.0)
    };
    for (at, byte, code) in [
        (0, b'r', ErrorCode::FrameHeader),
        (3, b'2', ErrorCode::FrameHeader),
        (20, 1, ErrorCode::FrameHeader),
        (23, 1, ErrorCode::FrameHeader),
        // A fact beyond the last.
        (HEADER_LENGTH + 1, 1, ErrorCode::FrameHeader),
        (HEADER_LENGTH + 7, 128, ErrorCode::FrameHeader),
        (4, good.len() as u8 + 1, ErrorCode::FrameTruncated),
        (7, 255, ErrorCode::FrameTruncated),
        (4, good.len() as u8 - 1, ErrorCode::FrameTrailing),
        (8, !good[8], ErrorCode::FrameFingerprint),
        // As many facts as are not there, and fewer than the fingerprint is of.
        (16, 9, ErrorCode::FrameFingerprint),
        (16, 7, ErrorCode::FrameFingerprint),
        (19, 255, ErrorCode::FrameFingerprint),
    ] {
        assert_eq!(changed(at, byte), Some(code), "{byte} at {at}");
    }
    // Shorter than its header or its cells, whatever it says of itself.
    for length in 0..good.len() {
        let mut cut = good[..length].to_vec();
        if let Some(says) = cut.get_mut(4..8) {
            says.copy_from_slice(&(length as u32).to_le_bytes());
        }
        assert_eq!(refusal(&ruleset, &cut).map(|found| found.0), Some(ErrorCode::FrameTruncated));
    }
}

#[test]
fn facts_that_are_not_optional_are_there() {
    let ruleset = schema();
    let without = frame(&ruleset, &[FLAG], &[], |_| {});
    assert_eq!(refusal(&ruleset, &without), Some((ErrorCode::FrameMissing, Some(0))));
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    assert!(Partial::check(&without, archive).is_ok(), "but in a partial frame");
}

#[test]
fn values_are_of_their_types() {
    let of = |fact, low: u64, high: u64| {
        of_fact(fact, &[], |frame| {
            put(frame, cell(fact), low);
            if fact == WHEN {
                put(frame, cell(fact) + 8, high);
            }
        })
    };
    let wrong = Some(ErrorCode::FrameCell);
    assert_eq!([of(FLAG, 0, 0), of(FLAG, 1, 0), of(KIND, 1, 0)], [None; 3]);
    assert_eq!([of(FLAG, 2, 0), of(FLAG, u64::MAX, 0), of(FLAG, 1 << 32, 0)], [wrong; 3]);
    assert_eq!([of(KIND, 2, 0), of(KIND, u64::MAX, 0), of(KIND, 1 << 32, 0)], [wrong; 3]);
    // Years 1 to 9999.
    let (first, last) = (-62_135_596_800_i64, 253_402_300_799_i64);
    for (seconds, nanos, expected) in [
        (first, 0, None),
        (last, 999_999_999, None),
        (first - 1, 999_999_999, wrong),
        (last + 1, 0, wrong),
        (i64::MIN, 0, wrong),
        (0, 1_000_000_000, wrong),
        (0, 1 << 32, wrong),
        (0, u64::MAX, wrong),
    ] {
        let found = of(WHEN, seconds.cast_unsigned(), nanos);
        assert_eq!(found, expected, "{seconds} {nanos}");
    }
}

#[test]
fn text_lies_where_it_must_and_is_no_longer_than_its_bound() {
    let name = |heap: &[u8], offset: usize, length: usize| {
        of_fact(NAME, heap, |frame| refer(frame, cell(NAME), offset, length))
    };
    assert_eq!(name(b"Alyx", HEAP, 4), None);
    assert_eq!(name(b"", HEAP, 0), None);
    assert_eq!(name(b"Alyx!", HEAP, 5), Some(ErrorCode::FrameBound));
    assert_eq!(name(b"", HEAP, u32::MAX as usize), Some(ErrorCode::FrameBound));
    for (offset, length) in [(HEAP + 1, 3), (HEAP - 1, 4), (0, 4), (HEAP, 4), ((1 << 30) - 1, 4)] {
        let heap = b"Aly";
        let found = name(heap, offset, length);
        assert_eq!(found, Some(ErrorCode::FrameReference), "{offset} {length}");
    }
    // Only frames are referred to.
    for space in [Space::Archive, Space::Scratch, Space::Void] {
        let found = of_fact(NAME, b"", |frame| {
            put(frame, cell(NAME), Reference::new(space, HEAP, 0).0);
        });
        assert_eq!(found, Some(ErrorCode::FrameReference), "{space:?}");
    }
    assert_eq!(name(b"Alyx", HEAP, 3), Some(ErrorCode::FrameTrailing));
    let token = |length| of_fact(TOKEN, &[255; 3], |frame| refer(frame, cell(TOKEN), HEAP, length));
    assert_eq!(token(3), Some(ErrorCode::FrameBound));
    assert_eq!(of_fact(TOKEN, &[255; 2], |frame| refer(frame, cell(TOKEN), HEAP, 2)), None);
}

#[test]
fn strings_are_utf8_and_end_between_characters() {
    let name =
        |heap: &[u8]| of_fact(NAME, heap, |frame| refer(frame, cell(NAME), HEAP, heap.len()));
    assert_eq!(name("größ".get(..4).expect("text").as_bytes()), None);
    for wrong in
        [&b"\xff"[..], b"a\xc3", b"\xa9a", b"\xed\xa0\x80", b"\xc0\x80", b"\xffab", b"\xffabc"]
    {
        assert_eq!(name(wrong), Some(ErrorCode::FrameText), "{wrong:?}");
    }
    // One character, of which each of two strings has a half.
    let list = HEAP;
    let text = list + 2 * CELL;
    let heap = [&[0; 2 * CELL][..], "é".as_bytes()].concat();
    let halves = of_fact(TAGS, &heap, |frame| {
        refer(frame, cell(TAGS), list, 2);
        refer(frame, list, text, 1);
        refer(frame, list + CELL, text + 1, 1);
    });
    assert_eq!(halves, Some(ErrorCode::FrameText));
}

#[test]
fn lists_hold_no_more_items_than_their_bound_and_all_are_checked() {
    let tags = |items: usize, last: usize| {
        let heap = [&vec![0; items * CELL][..], b"a"].concat();
        of_fact(TAGS, &heap, |frame| {
            refer(frame, cell(TAGS), HEAP, items);
            for item in 0..items {
                let length = usize::from(item == items - 1) * last;
                refer(frame, HEAP + item * CELL, HEAP + items * CELL, length);
            }
        })
    };
    assert_eq!(tags(2, 1), None);
    assert_eq!(tags(3, 1), Some(ErrorCode::FrameBound));
    assert_eq!(tags(2, 5), Some(ErrorCode::FrameBound));
    assert_eq!(tags(2, 2), Some(ErrorCode::FrameReference));
    let long = of_fact(TAGS, b"", |frame| refer(frame, cell(TAGS), HEAP, 2));
    assert_eq!(long, Some(ErrorCode::FrameReference), "items beyond the end");
}

#[test]
fn keys_of_a_map_ascend_and_are_text() {
    let scores = |keys: [&[u8]; 2]| {
        let entries = 2 * 2 * CELL;
        let heap = [&vec![0; entries][..], keys[0], keys[1]].concat();
        of_fact(SCORES, &heap, |frame| {
            refer(frame, cell(SCORES), HEAP, 2);
            refer(frame, HEAP, HEAP + entries, keys[0].len());
            refer(frame, HEAP + 2 * CELL, HEAP + entries + keys[0].len(), keys[1].len());
        })
    };
    assert_eq!(scores([b"a", b"b"]), None);
    assert_eq!(scores([b"", b"a"]), None);
    assert_eq!(scores([b"b", b"a"]), Some(ErrorCode::FrameKeys));
    assert_eq!(scores([b"a", b"a"]), Some(ErrorCode::FrameKeys));
    assert_eq!(scores([b"a", b"\xff"]), Some(ErrorCode::FrameText));
    assert_eq!(scores([b"a", &[b'b'; 1024]]), None);
    assert_eq!(scores([b"a", &[b'b'; 1025]]), Some(ErrorCode::FrameBound));
}

/// A gigabyte is asked for, and little of it is touched: its pages are zero.
#[test]
fn bound_facts_and_an_items_that_are_too_large_together_are_refused() {
    const MIB: usize = 1 << 20;
    let mut ruleset = schema();
    let r = &mut ruleset;
    r.schema.types[4].bound = MIB as u32;
    r.schema.types[5].bound = 1 << 16;
    r.schema.types[7].bound = MIB as u32;
    seal(r);
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let sized = |facts: &[usize], length: usize, fill: &dyn Fn(&mut [u8])| {
        let mut all = vec![0; length];
        all[..HEAP].copy_from_slice(&frame(&ruleset, facts, &[], |_| {}));
        all[4..8].copy_from_slice(&(length as u32).to_le_bytes());
        fill(&mut all);
        all
    };
    // As many tags as are just below 1 GiB, and two texts of 1 MiB.
    let (items, start) = (1023, HEAP + 1023 * CELL);
    let large = sized(&[TAGS], start + items * MIB, &|all| {
        refer(all, cell(TAGS), HEAP, items);
        for item in 0..items {
            refer(all, HEAP + item * CELL, start + item * MIB, MIB);
        }
    });
    let small = sized(&[LEVEL, NAME, TOKEN], HEAP + 2 * MIB, &|all| {
        refer(all, cell(NAME), HEAP, MIB);
        refer(all, cell(TOKEN), HEAP + MIB, MIB);
    });
    let [large, small] =
        [&large, &small].map(|frame| Partial::check(frame, archive).expect("a good frame"));
    let level = frame(&ruleset, &[LEVEL], &[], |_| {});
    let level = Partial::check(&level, archive).expect("a good frame");
    let flag = frame(&ruleset, &[FLAG], &[], |_| {});
    let flag = Partial::check(&flag, archive).expect("a good frame");

    let mut joint = Joint::default();
    joint.bind(&flag, archive).expect("little");
    assert!(joint.add(&small, archive).is_ok(), "and room for more from now on");
    let refused = joint.bind(&large, archive).map_err(|error| error.code());
    assert_eq!(refused, Err(ErrorCode::FrameJoint));
    let alone = joint.add(&level, archive).expect("nothing is bound");
    assert_eq!((0..8).filter(|fact| alone.has(*fact)).collect::<Vec<_>>(), [LEVEL]);
    let mut refused = |item: &Partial<'_>| {
        joint.bind(&small, archive).expect("there is room");
        let refused = joint.add(item, archive).err();
        refused.map(|error| (error.code(), error.position()))
    };
    assert_eq!(refused(&large), Some((ErrorCode::FrameJoint, None)));
    assert_eq!(refused(&level), Some((ErrorCode::FrameRepeated, Some(LEVEL as u64))));
    assert_eq!(refused(&flag), None);
    joint.bind(&flag, archive).expect("little");
    let kind = frame(&ruleset, &[KIND], &[], |_| {});
    let kind = Partial::check(&kind, archive).expect("a good frame");
    let missing = joint.add(&kind, archive).err().map(|e| (e.code(), e.position()));
    assert_eq!(missing, Some((ErrorCode::FrameMissing, Some(LEVEL as u64))));
}
