//! The quick check of frames says what the exact one says, whatever the bytes are.

use super::*;

/// Facts whose text stands side by side, of lists too, and more of them than one word has
/// bits.
fn texts(count: usize) -> Ruleset {
    let mut ruleset = empty();
    let r = &mut ruleset;
    r.types.push(TypeEntry::from(TypeKind::List(TypeId::STRING)));
    r.types.push(TypeEntry::from(TypeKind::List(TypeId::INT)));
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    r.schema.types = vec![
        kind(FactKind::Int, 0, 0),
        kind(FactKind::String, 0, 4),
        kind(FactKind::List, 1, 3),
        kind(FactKind::List, 0, 3),
        kind(FactKind::Bytes, 0, 4),
    ];
    for number in 0..count {
        let (fact_type, value_type) = match number % 5 {
            0 | 1 => (1, STRING),
            2 => (2, 11),
            3 => (3, 12),
            _ => (4, TypeId::BYTES.0),
        };
        let path = text(r, &format!("fact{number}"));
        let slot = (number * CELL) as u32;
        let optional = u8::from(number % 7 != 0);
        r.schema.facts.push(Fact { path, fact_type, value_type, optional, slot });
    }
    seal(r);
    ruleset
}

/// A frame of all facts of [`texts`], each piece of text being the next of these.
fn filled(ruleset: &Ruleset, pieces: &[&str]) -> Vec<u8> {
    let facts = &ruleset.schema.facts;
    let cells = HEADER_LENGTH + presence_length(facts.len());
    let mut frame = vec![0; cells + facts.len() * CELL];
    frame[..4].copy_from_slice(&MAGIC);
    put(&mut frame, 8, *ruleset.schema.fingerprints.last().expect("one"));
    frame[16..20].copy_from_slice(&(facts.len() as u32).to_le_bytes());
    let mut pieces = pieces.iter().cycle();
    let mut piece = || pieces.next().expect("cycles").as_bytes();
    for (number, fact) in facts.iter().enumerate() {
        frame[HEADER_LENGTH + number / 8] |= 1 << (number % 8);
        let (at, heap) = (cells + number * CELL, frame.len());
        match fact.fact_type {
            2 => {
                refer(&mut frame, at, heap, 2);
                frame.resize(heap + 2 * CELL, 0);
                for item in 0..2 {
                    let (text, start) = (piece(), frame.len());
                    frame.extend(text);
                    refer(&mut frame, heap + item * CELL, start, text.len());
                }
            }
            3 => {
                refer(&mut frame, at, heap, 2);
                frame.extend([0xff; 2 * CELL]);
            }
            _ => {
                let text = piece();
                frame.extend(text);
                refer(&mut frame, at, heap, text.len());
            }
        }
    }
    let length = frame.len() as u32;
    frame[4..8].copy_from_slice(&length.to_le_bytes());
    frame
}

/// Compares both checks of the frame, as it is and with each of its bytes changed.
fn agree(ruleset: &Ruleset, frame: &[u8]) -> Option<ErrorCode> {
    let bytes = bytes_of(ruleset);
    let archive = access(&bytes).expect("accessible");
    let outline = Outline::new(archive);
    let compare = |frame: &[u8]| {
        let exact = Frame::check(frame, archive).err();
        assert_eq!(outline.check(frame, archive).err(), exact);
        let partial = Partial::check(frame, archive).err();
        assert_eq!(outline.check_partial(frame, archive).err(), partial);
        exact.map(|error| error.code())
    };
    for at in 0..frame.len() {
        for change in [1, 0x80, 0xff] {
            let mut frame = frame.to_vec();
            frame[at] ^= change;
            compare(&frame);
        }
        compare(&frame[..at]);
    }
    compare(&[frame, &[0]].concat());
    compare(frame)
}

#[test]
fn the_quick_check_agrees_with_the_exact_one_on_every_damaged_byte() {
    let ruleset = schema();
    for facts in [&[LEVEL][..], &[LEVEL, FLAG, KIND], &[LEVEL, FLAG, KIND, WHEN]] {
        assert_eq!(agree(&ruleset, &frame(&ruleset, facts, &[], |_| ())), None);
    }
    for count in [4, 64, 65, 130] {
        let ruleset = texts(count);
        assert_eq!(agree(&ruleset, &filled(&ruleset, &["", "a", "abcd", "xy"])), None);
    }
}

#[test]
fn text_beyond_ascii_is_accepted_and_must_not_go_on_in_the_next_fact() {
    let ruleset = texts(7);
    assert_eq!(agree(&ruleset, &filled(&ruleset, &["é", "😀", "ab", "語"])), None);
    // Together the text of both is UTF-8; each by itself is not.
    let mut frame = filled(&ruleset, &["é", "aé", "b"]);
    let cells = HEADER_LENGTH + presence_length(7);
    let heap = cells + 7 * CELL;
    refer(&mut frame, cells, heap, 1);
    refer(&mut frame, cells + CELL, heap + 1, 4);
    assert_eq!(agree(&ruleset, &frame), Some(ErrorCode::FrameText));
}
