//! Lists, maps, text and calendars.

use super::{ints, run, run_text, run_with};
use crate::testing::assemble::{Assembler, Code};
use rulestone_format::archive::{Range, Transition, Zone};
use rulestone_format::code::{Builtin, Getter, Opcode};
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::Word;

/// A unit that makes a map from `keys` to their number among them, then does `then`.
fn map_of(
    keys: &[i64],
    then: impl FnOnce(&mut Assembler, &mut Code, u16, TypeId) -> u16,
) -> (Assembler, Code) {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let list_type = assembler.kind(TypeKind::List(TypeId::INT));
    let map_type = assembler.kind(TypeKind::Map(TypeId::INT, TypeId::INT));
    let builder_type = assembler.kind(TypeKind::MapBuilder(TypeId::INT, TypeId::INT));
    let words: Vec<Word> = keys.iter().copied().map(Word::from_int).collect();
    let list = assembler.list(&words);
    let list = code.constant(&mut assembler, list_type, list);
    let builder = code.value(Opcode::NewMapLike, builder_type, list, 0, 0);
    let cursor = code.register(TypeId::CURSOR);
    let start = code.push(Opcode::Loop, cursor, list, 0, 0);
    let item = code.value(Opcode::Item, TypeId::INT, list, cursor, 0);
    let position = code.value(Opcode::Position, TypeId::INT, 0, cursor, 0);
    code.push(Opcode::PushEntry, 0, builder, item, u32::from(position));
    code.push(Opcode::Next, cursor, 0, 0, start as u32 + 1);
    code.instructions[start].immediate = code.here();
    let map = code.value(Opcode::FinishMap, map_type, builder, 0, 0);
    let result = then(&mut assembler, &mut code, map, map_type);
    (assembler, code.give(result))
}

/// 0..count in an order that looks random: 1,619 and any power of two have no common divisor.
fn shuffled(count: i64) -> Vec<i64> {
    (0..count).map(|key| key * 1_619 % count - count / 2).collect()
}

#[test]
fn maps_find_every_key_whatever_the_order_of_their_making() {
    let keys = shuffled(2048);
    for (place, key) in keys.iter().enumerate().step_by(97) {
        let (assembler, code) = map_of(&keys, |assembler, code, map, _| {
            let [key] = ints(assembler, code, [*key]);
            code.value(Opcode::Lookup, TypeId::INT, map, key, 0)
        });
        assert_eq!(run(assembler, TypeId::INT, code), Ok(Word::from_int(place as i64)));
    }
    for (key, has) in [(-1025, false), (-1024, true), (1023, true), (1024, false)] {
        let (assembler, code) = map_of(&keys, |assembler, code, map, _| {
            let [key] = ints(assembler, code, [key]);
            code.value(Opcode::HasKey, TypeId::BOOL, map, key, 0)
        });
        assert_eq!(run(assembler, TypeId::BOOL, code), Ok(Word::from_bool(has)));
    }
    let (assembler, code) = map_of(&keys, |assembler, code, map, _| {
        let [key] = ints(assembler, code, [5000]);
        code.value(Opcode::Lookup, TypeId::INT, map, key, 0)
    });
    assert_eq!(run(assembler, TypeId::INT, code), Err(Fault::NoSuchKey));
}

#[test]
fn a_map_refuses_a_key_that_comes_twice() {
    let mut keys = shuffled(512);
    for twice in [0, 17, 511] {
        keys[300] = keys[twice];
        let (assembler, code) = map_of(&keys, |_, _, map, _| map);
        let expected = Err(Fault::RepeatedKey);
        assert_eq!(run(assembler, TypeId::INT, code).map(|_| ()), expected);
        keys = shuffled(512);
    }
}

#[test]
fn maps_are_equal_by_their_entries_and_print_by_the_text_of_their_keys() {
    let (mut assembler, code) = map_of(&[10, -2, 9, 100, -1], |assembler, code, map, map_type| {
        let cursor = code.register(TypeId::CURSOR);
        let start = code.push(Opcode::Loop, cursor, map, 0, 0);
        let key = code.value(Opcode::EntryKey, TypeId::INT, map, cursor, 0);
        let value = code.value(Opcode::EntryValue, TypeId::INT, map, cursor, 0);
        code.instructions[start].immediate = code.here();
        let format = assembler.string("%s %d %d %s");
        let format = code.constant(assembler, TypeId::STRING, format);
        let equal = code.value(Opcode::Equal, TypeId::BOOL, map, map, 0);
        let first = code.value(Opcode::Move, map_type, map, 0, 0);
        code.value(Opcode::Move, TypeId::INT, key, 0, 0);
        code.value(Opcode::Move, TypeId::INT, value, 0, 0);
        code.value(Opcode::Move, TypeId::BOOL, equal, 0, 0);
        code.value(Opcode::Format, TypeId::STRING, format, first, 4)
    });
    let unit = assembler.unit(TypeId::STRING, code);
    run_with(&assembler.finish(), &[], unit, |machine, outcome| {
        let text = outcome.and_then(|word| machine.memory().text(word.reference()));
        assert_eq!(text, Ok("{-1: 4, -2: 1, 10: 0, 100: 3, 9: 2} -2 1 true"));
    });
}

/// What an operation on two lists of ints gives.
fn on_lists(opcode: Opcode, result: TypeId, lists: [&[i64]; 2]) -> Outcome<Word> {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let list_type = assembler.kind(TypeKind::List(TypeId::INT));
    let [a, b] = lists.map(|items| {
        let words: Vec<Word> = items.iter().copied().map(Word::from_int).collect();
        let list = assembler.list(&words);
        code.constant(&mut assembler, list_type, list)
    });
    let result_register = code.value(opcode, result, a, b, 0);
    run(assembler, result, code.give(result_register))
}

#[test]
fn lists_are_compared_and_searched_item_by_item() {
    for (opcode, a, b, expected) in [
        (Opcode::Equal, &[1, 2][..], &[1, 2][..], true),
        (Opcode::Equal, &[1, 2], &[2, 1], false),
        (Opcode::Equal, &[1], &[1, 1], false),
        (Opcode::Equal, &[], &[], true),
        (Opcode::Superset, &[1, 2, 3], &[3, 1, 1], true),
        (Opcode::Superset, &[1, 2, 3], &[4], false),
        (Opcode::Superset, &[], &[], true),
        (Opcode::Intersects, &[1, 2, 3], &[7, 3], true),
        (Opcode::Intersects, &[1, 2, 3], &[7], false),
        (Opcode::Intersects, &[1], &[], false),
    ] {
        let found = on_lists(opcode, TypeId::BOOL, [a, b]);
        assert_eq!(found, Ok(Word::from_bool(expected)), "{opcode:?} {a:?} {b:?}");
    }
    for (opcode, items, expected) in [
        (Opcode::Greatest, &[3, 9, -4][..], Ok(9)),
        (Opcode::Least, &[3, 9, -4], Ok(-4)),
        (Opcode::Least, &[], Err(Fault::InvalidArgument)),
    ] {
        let found = on_lists(opcode, TypeId::INT, [items, &[]]);
        assert_eq!(found, expected.map(Word::from_int));
    }
}

#[test]
fn lists_are_made_concatenated_and_indexed() {
    for (index, expected) in [
        (0, Ok(5)),
        (2, Ok(7)),
        (3, Ok(5)),
        (6, Err(Fault::IndexOutOfRange)),
        (-1, Err(Fault::IndexOutOfRange)),
    ] {
        let (mut assembler, mut code) = (Assembler::new(), Code::default());
        let list_type = assembler.kind(TypeKind::List(TypeId::INT));
        let builder_type = assembler.kind(TypeKind::ListBuilder(TypeId::INT));
        let [a, b, c, index] = ints(&mut assembler, &mut code, [5, 6, 7, index]);
        let builder = code.value(Opcode::NewList, builder_type, 0, 0, 5);
        for item in [a, b, c] {
            code.push(Opcode::Push, 0, builder, item, 0);
        }
        let list = code.value(Opcode::FinishList, list_type, builder, 0, 0);
        let both = code.value(Opcode::Concatenate, list_type, list, list, 0);
        let item = code.value(Opcode::Index, TypeId::INT, both, index, 0);
        assert_eq!(run(assembler, TypeId::INT, code.give(item)), expected.map(Word::from_int));
    }
}

#[test]
fn a_list_takes_no_more_than_it_has_room_for() {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let builder_type = assembler.kind(TypeKind::ListBuilder(TypeId::INT));
    let [item] = ints(&mut assembler, &mut code, [5]);
    let builder = code.value(Opcode::NewList, builder_type, 0, 0, 1);
    code.push(Opcode::Push, 0, builder, item, 0);
    code.push(Opcode::Push, 0, builder, item, 0);
    assert_eq!(run(assembler, TypeId::INT, code.give(item)), Err(Fault::TooLong));
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let builder_type = assembler.kind(TypeKind::ListBuilder(TypeId::INT));
    let builder = code.value(Opcode::NewList, builder_type, 0, 0, u32::MAX);
    assert_eq!(run(assembler, TypeId::INT, code.give(builder)), Err(Fault::TooLong));
}

#[test]
fn text_is_split_joined_cut_and_formatted() {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let strings = assembler.kind(TypeKind::List(TypeId::STRING));
    let text = |assembler: &mut Assembler, code: &mut Code, text: &str| {
        let word = assembler.string(text);
        code.constant(assembler, TypeId::STRING, word)
    };
    let whole = text(&mut assembler, &mut code, " né,, gold,iron ");
    let trimmed = code.value(Opcode::Call, TypeId::STRING, whole, Builtin::Trim as u16, 0);
    let comma = text(&mut assembler, &mut code, ",");
    let [limit] = ints(&mut assembler, &mut code, [-1]);
    let parts = code.value(Opcode::Split, strings, trimmed, comma, u32::from(limit));
    let dash = text(&mut assembler, &mut code, " - ");
    let joined = code.value(Opcode::Join, TypeId::STRING, parts, dash, 0);
    let upper = code.value(Opcode::Call, TypeId::STRING, joined, Builtin::UpperAscii as u16, 0);
    let format = text(&mut assembler, &mut code, "%s|%x|%.1f|%s");
    let first = code.value(Opcode::Move, TypeId::STRING, upper, 0, 0);
    ints(&mut assembler, &mut code, [255]);
    code.constant(&mut assembler, TypeId::DOUBLE, Word::from_double(2.25));
    code.value(Opcode::Move, strings, parts, 0, 0);
    let result = code.value(Opcode::Format, TypeId::STRING, format, first, 4);
    assert_eq!(
        run_text(assembler, code.give(result)).as_deref(),
        Ok("Né -  -  GOLD - IRON|ff|2.2|[né, ,  gold, iron]")
    );
}

#[test]
fn a_format_without_enough_arguments_faults() {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let strings = assembler.kind(TypeKind::List(TypeId::STRING));
    let format = assembler.string("%s %s");
    let item = assembler.string("a");
    let list = assembler.list(&[item]);
    let format = code.constant(&mut assembler, TypeId::STRING, format);
    let list = code.constant(&mut assembler, strings, list);
    let text = code.value(Opcode::FormatList, TypeId::STRING, format, list, 0);
    assert_eq!(run_text(assembler, code.give(text)), Err(Fault::IndexOutOfRange));
}

/// A getter of a moment in a zone that has two transitions and repeats from the second on.
fn hours(seconds: i64) -> Outcome<Word> {
    let (mut assembler, mut code) = (Assembler::new(), Code::default());
    let name = assembler.text("Zone");
    let ruleset = &mut assembler.ruleset;
    ruleset.transitions.push(Transition { at: 1000, offset: 3600 });
    ruleset.transitions.push(Transition { at: 100_000, offset: 7200 });
    ruleset.zones.push(Zone {
        name,
        initial_offset: -3600,
        transitions: Range { start: 0, length: 2 },
        repeat_from: 1000,
    });
    let moment = code.constant(&mut assembler, TypeId::TIMESTAMP, Word::from_int(seconds));
    let hours = code.value(Opcode::CivilZone, TypeId::INT, moment, Getter::Hours as u16, 0);
    run(assembler, TypeId::INT, code.give(hours))
}

#[test]
fn time_zones_follow_their_transitions_and_repeat() {
    const CYCLE: i64 = 400 * 31_556_952;
    for (seconds, expected) in [
        (999, 23),
        (1000, 1),
        (86_400 + 3600, 2),
        (172_800 + 3600, 3),
        (CYCLE + 999, 2),
        (CYCLE + 1000, 1),
        (CYCLE * 3 + 172_800, 2),
    ] {
        assert_eq!(hours(seconds), Ok(Word::from_int(expected)), "{seconds}");
    }
}
