//! What each operation is charged for beyond its own cost: by hand, for values whose bounds are known.

mod formats;
mod known;
mod paths;

use super::fixture::*;
use super::{access, bytes_of, seal};
use crate::archive::Ruleset;
use crate::code::{Builtin, Instruction, Opcode, Relation};
use crate::verify::unit_costs;
use Opcode::*;

// Registers. What they hold, in bytes of text, items, values and bytes of all:
/// Text of 32 bytes.
const TEXT: u16 = 0;
/// The constant `vip`: 3 bytes.
const VIP: u16 = 1;
/// 16 texts of 32 bytes: 17 values, 512 bytes.
const TAGS: u16 = 2;
/// 8 ints by texts of 1,024 bytes: 17 values, 8,192 bytes.
const SCORES: u16 = 3;
/// The constants 1, 2 and 3.
const INTS: u16 = 4;
const NUMBER: u16 = 6;
const RAW: u16 = 13;
const REAL: u16 = 14;
/// Two lists of `vip` twice: 7 values, 12 bytes.
const LISTS: u16 = 15;
// To write to.
const FLAG: u16 = 5;
const OUT: u16 = 7;
const TAGS_OUT: u16 = 8;
const TAGS_BUILDER: u16 = 9;
const SCORES_BUILDER: u16 = 10;
const SCORES_OUT: u16 = 11;
const OTHER: u16 = 12;

const REGISTERS: [u16; 16] = [
    STRING,
    STRING,
    LIST_STRING,
    MAP_INT,
    LIST_INT,
    BOOL,
    INT,
    STRING,
    LIST_STRING,
    BUILDER_STRING,
    BUILDER_MAP,
    MAP_INT,
    STRING,
    BYTES,
    DOUBLE,
    LIST_LIST,
];

/// Writes the registers above that are not to write to.
fn prelude() -> Vec<Instruction> {
    vec![
        op(Fact, TEXT, 0, 0, 7),
        op(Constant, VIP, 0, 0, 0),
        op(Fact, TAGS, 0, 0, 1),
        op(Fact, SCORES, 0, 0, 5),
        op(Constant, INTS, 0, 0, 2),
        op(Constant, NUMBER, 0, 0, 1),
        op(Constant, RAW, 0, 0, 9),
        op(Constant, REAL, 0, 0, 5),
        op(Constant, LISTS, 0, 0, 7),
    ]
}

fn cost(r: &mut Ruleset, more: &[u16], code: &[Instruction]) -> u64 {
    let registers = [&REGISTERS[..], more].concat();
    let code = [&prelude()[..], code, &[op(ReturnTrue, 0, 0, 0, 0)]].concat();
    unit(r, &registers, BOOL, &code);
    seal(r);
    let bytes = bytes_of(r);
    let costs = unit_costs(access(&bytes).expect("accessible")).expect("in order");
    costs[costs.len() - 1]
}

/// What instructions cost beyond themselves, with these registers too.
fn charged_with(r: &mut Ruleset, more: &[u16], code: &[Instruction]) -> u64 {
    let own = |step: &Instruction| {
        let opcode = Opcode::from_u16(step.opcode).expect("an opcode");
        let builtin = Builtin::from_u16(step.b).filter(|_| opcode == Call);
        u64::from(opcode.shape().cost + builtin.map_or(0, |builtin| builtin.signature().cost))
    };
    let (all, nothing) = (cost(&mut r.clone(), more, code), cost(r, more, &[]));
    all - nothing - code.iter().map(own).sum::<u64>()
}

fn charged(code: &[Instruction]) -> u64 {
    charged_with(&mut tables(), &[], code)
}

fn call(dst: u16, first: u16, builtin: Builtin) -> Instruction {
    op(Call, dst, first, builtin as u16, 0)
}

/// Bytes of the text that `code` leaves in a register: what is read to make an int of it.
fn text_after(code: &[Instruction], register: u16) -> u64 {
    let with = [code, &[call(NUMBER, register, Builtin::IntFromString)]].concat();
    charged(&with) - charged(code)
}

/// Twice the items of the list that `code` leaves in [`TAGS_OUT`], and what comparing it takes.
fn list_after(code: &[Instruction]) -> (u64, u64) {
    let with = |more| charged(&[code, &[more]].concat()) - charged(code);
    let items = with(op(Concatenate, TAGS_OUT, TAGS_OUT, TAGS_OUT, 0));
    (items, with(op(Equal, FLAG, TAGS_OUT, TAGS_OUT, 0)))
}

#[test]
fn comparing_costs_by_the_shorter_and_equality_by_all_values() {
    let less = Relation::Less as u32;
    assert_eq!(charged(&[op(CompareText, FLAG, TEXT, TEXT, less)]), 32 / 16);
    assert_eq!(charged(&[op(CompareText, FLAG, TEXT, VIP, less)]), 0);
    assert_eq!(charged(&[op(CompareText, FLAG, VIP, TEXT, less)]), 0);
    assert_eq!(charged(&[op(Equal, FLAG, TEXT, TEXT, 0)]), 5 + 32 / 16);
    assert_eq!(charged(&[op(Equal, FLAG, TAGS, TAGS, 0)]), 17 * 5 + 512 / 16);
    assert_eq!(charged(&[op(Equal, FLAG, SCORES, SCORES, 0)]), 17 * 5 + 8192 / 16);
    assert_eq!(charged(&[op(Equal, FLAG, LISTS, LISTS, 0)]), 7 * 5);
}

#[test]
fn looking_for_keys_and_items_costs_by_how_many_are_looked_at() {
    // A binary search among eight looks at four.
    let looked_up = 4 * (8 + 32 / 16);
    assert_eq!(charged(&[op(Lookup, NUMBER, SCORES, TEXT, 0)]), looked_up);
    assert_eq!(charged(&[op(HasKey, FLAG, SCORES, TEXT, 0)]), looked_up);
    let each = 5 + 32 / 16;
    assert_eq!(charged(&[op(Contains, FLAG, TAGS, TEXT, 0)]), 16 * each);
    assert_eq!(charged(&[op(Contains, FLAG, TAGS, VIP, 0)]), 16 * 5);
    // No item is longer than 32 bytes.
    let doubled = op(Join2, OUT, TEXT, TEXT, 0);
    let found = charged(&[doubled, op(Contains, FLAG, TAGS, OUT, 0)]) - charged(&[doubled]);
    assert_eq!(found, 16 * each);
    // An item that is a list: all of it may be compared.
    assert_eq!(charged(&[op(Contains, FLAG, LISTS, TAGS, 0)]), 2 * (7 * 5));
    for opcode in [Superset, Intersects] {
        assert_eq!(charged(&[op(opcode, FLAG, TAGS, TAGS, 0)]), 16 * (16 * each + 5));
    }
    for opcode in [Greatest, Least] {
        assert_eq!(charged(&[op(opcode, NUMBER, INTS, 0, 0)]), 3 * 5);
    }
}

#[test]
fn making_lists_and_maps_costs_by_their_room() {
    assert_eq!(charged(&[op(NewList, TAGS_BUILDER, 0, 0, 4)]), 4 * 24 / 16);
    assert_eq!(charged(&[op(NewListLike, TAGS_BUILDER, TAGS, 0, 0)]), 16 * 24 / 16);
    assert_eq!(charged(&[op(NewMap, SCORES_BUILDER, 0, 0, 4)]), 4 * 24 / 16);
    assert_eq!(charged(&[op(NewMapLike, SCORES_BUILDER, SCORES, 0, 0)]), 8 * 24 / 16);
    assert_eq!(charged(&[op(Concatenate, TAGS_OUT, TAGS, TAGS, 0)]), 16 + 16);
    assert_eq!(list_after(&[op(Concatenate, TAGS_OUT, TAGS, TAGS, 0)]), (64, 34 * 5 + 1024 / 16));
    let list = [
        op(NewList, TAGS_BUILDER, 0, 0, 3),
        op(Push, 0, TAGS_BUILDER, VIP, 0),
        op(Push, 0, TAGS_BUILDER, TEXT, 0),
        op(Push, 0, TAGS_BUILDER, VIP, 0),
        op(FinishList, TAGS_OUT, TAGS_BUILDER, 0, 0),
    ];
    assert_eq!(list_after(&list), (6, 4 * 5 + 3 * 32 / 16));
}

/// A map whose keys are the text in [`TEXT`], or ints.
#[test]
fn putting_a_map_in_order_costs_by_its_keys() {
    let by_text = [
        op(NewMap, SCORES_BUILDER, 0, 0, 4),
        op(PushEntry, 0, SCORES_BUILDER, TEXT, NUMBER.into()),
        op(FinishMap, SCORES_OUT, SCORES_BUILDER, 0, 0),
    ];
    let comparisons = 4 * (3 * 2 + 2);
    assert_eq!(charged(&by_text), 4 * 24 / 16 + comparisons * (13 + 32 / 16));
    let equal = op(Equal, FLAG, SCORES_OUT, SCORES_OUT, 0);
    let compared = charged(&[&by_text[..], &[equal]].concat()) - charged(&by_text);
    assert_eq!(compared, 9 * 5 + 4 * 32 / 16);

    let mut r = tables();
    let first = r.types.len() as u16;
    let (int, string) = (crate::types::TypeId::INT, crate::types::TypeId::STRING);
    let made =
        [crate::types::TypeKind::Map(int, string), crate::types::TypeKind::MapBuilder(int, string)];
    r.types.extend(made.map(crate::types::TypeEntry::from));
    let (builder, map) = (REGISTERS.len() as u16, REGISTERS.len() as u16 + 1);
    let by_int = [
        op(NewMap, builder, 0, 0, 4),
        op(PushEntry, 0, builder, NUMBER, TEXT.into()),
        op(FinishMap, map, builder, 0, 0),
    ];
    let found = charged_with(&mut r, &[first + 1, first], &by_int);
    assert_eq!(found, 4 * 24 / 16 + comparisons * 13, "the text is no key");
}

#[test]
fn text_that_is_joined_or_split_costs_by_its_bytes_and_parts() {
    let joined = op(Join2, OUT, TEXT, VIP, 0);
    assert_eq!(charged(&[joined]), 35 / 16);
    assert_eq!(text_after(&[joined], OUT), 35);
    let joined = op(Join, OUT, TAGS, VIP, 0);
    assert_eq!(charged(&[joined]), 16 * 5 + (512 + 16 * 3) / 16);
    assert_eq!(text_after(&[joined], OUT), 512 + 16 * 3);
    // A part between any two bytes, and its cell.
    let parts = op(Split, TAGS_OUT, TEXT, VIP, NUMBER.into());
    assert_eq!(charged(&[parts]), (32 + 2 * 3) + 33 * 9);
    assert_eq!(list_after(&[parts]), (66, 34 * 5 + 32 / 16));
    assert_eq!(text_after(&[parts, op(Index, OUT, TAGS_OUT, NUMBER, 0)], OUT), 32);
    // What is longer isn't looked for.
    let parts = op(Split, TAGS_OUT, VIP, TEXT, NUMBER.into());
    assert_eq!(charged(&[parts]), (3 + 2 * 3) + 4 * 9);
}

#[test]
fn a_regex_costs_by_its_text() {
    let mut r = tables();
    seal(&mut r);
    let bytes = bytes_of(&r);
    let limits = crate::verify::Limits::default();
    let archive = access(&bytes).expect("accessible");
    let (_, automata) = crate::verify::verify_and_decode(archive, &limits).expect("in order");
    let work = automata[0].work;
    assert!(work.of(32) > work.of(3) && work.of(3) > 0);
    assert_eq!(charged(&[op(Matches, FLAG, TEXT, 0, 0)]), work.of(32));
    assert_eq!(charged(&[op(Matches, FLAG, VIP, 0, 0)]), work.of(3));
}

#[test]
fn text_to_be_hashed_costs_by_its_bytes() {
    assert_eq!(charged(&[op(BucketText, NUMBER, TEXT, TEXT, 0)]), (32 + 32) / 16);
    assert_eq!(charged(&[op(BucketInt, NUMBER, NUMBER, TEXT, 0)]), 32 / 16);
}

#[test]
fn builtins_cost_by_what_they_read_and_write() {
    use Builtin::*;
    for (builtin, from, expected) in [
        (BytesFromString, TEXT, 0),
        (StringFromBytes, RAW, 3 + 40 / 16),
        (LowerAscii, TEXT, 32 / 16 + 32 / 16),
        (UpperAscii, TEXT, 32 / 16 + 32 / 16),
        (Reverse, TEXT, 32 + 32 / 16),
        (Quote, TEXT, 32 + (2 * 32 + 2) / 16),
        (StringFromInt, NUMBER, 40 / 16),
        (IntFromString, TEXT, 32),
        (Trim, TEXT, 2 * 32),
    ] {
        let dst = match builtin {
            IntFromString => NUMBER,
            BytesFromString => RAW,
            _ => OUT,
        };
        assert_eq!(charged(&[call(dst, from, builtin)]), expected, "{builtin:?}");
    }
    // What is longer isn't looked for.
    let contains = |first| charged(&[call(FLAG, first, StringContains)]);
    assert_eq!(contains(TEXT), 32 + 2 * 3);
    let mut r = tables();
    let (first, second) = (REGISTERS.len() as u16, REGISTERS.len() as u16 + 1);
    let shorter = [
        op(Move, first, VIP, 0, 0),
        op(Move, second, TEXT, 0, 0),
        call(FLAG, first, StringContains),
    ];
    assert_eq!(charged_with(&mut r, &[STRING, STRING], &shorter), 3 + 2 * 3);
}

#[test]
fn replacing_costs_by_how_often_text_can_be_found() {
    let first = REGISTERS.len() as u16;
    let of = |old: Instruction, limit: bool| {
        let builtin = if limit { Builtin::ReplaceLimited } else { Builtin::Replace };
        let code = [
            op(Move, first, TEXT, 0, 0),
            old,
            op(Move, first + 2, TEXT, 0, 0),
            op(Move, first + 3, NUMBER, 0, 0),
            call(OUT, first, builtin),
        ];
        let mut r = tables();
        let more = [STRING, STRING, STRING, INT];
        let charge = charged_with(&mut r.clone(), &more, &code);
        let read = [&code[..], &[call(NUMBER, OUT, Builtin::IntFromString)]].concat();
        (charge, charged_with(&mut r, &more, &read) - charge)
    };
    for limit in [false, true] {
        // The constant can stand in 32 bytes ten times; one more is for the end.
        let searched = (32 + 2 * 3) + 32 / 16;
        let written = 32 + 11 * 32;
        let found = of(op(Constant, first + 1, 0, 0, 0), limit);
        assert_eq!(found, (searched + 11 * 8 + written / 16, written));
        // Of other text it isn't known how short it is.
        let searched = (32 + 2 * 32) + 32 / 16;
        let written = 32 + 33 * 32;
        let found = of(op(Move, first + 1, TEXT, 0, 0), limit);
        assert_eq!(found, (searched + 33 * 8 + written / 16, written));
    }
}

#[test]
fn results_are_no_longer_than_what_they_are_made_of() {
    use Builtin::*;
    let after = |builtin, from| text_after(&[call(OUT, from, builtin)], OUT);
    assert_eq!(after(Trim, TEXT), 32);
    assert_eq!(after(LowerAscii, TEXT), 32);
    assert_eq!(after(Quote, TEXT), 66);
    assert_eq!(after(Reverse, VIP), 3);
    assert_eq!(after(StringFromInt, NUMBER), 40);
    assert_eq!(after(StringFromBytes, RAW), 3);
    assert_eq!(text_after(&[op(Move, OUT, TEXT, 0, 0)], OUT), 32);
    assert_eq!(text_after(&[op(Index, OUT, TAGS, NUMBER, 0)], OUT), 32);
    let first = REGISTERS.len() as u16;
    for (builtin, expected) in [(CharAt, 4), (SubstringFrom, 32), (Substring, 32)] {
        let code = [
            op(Move, first, TEXT, 0, 0),
            op(Move, first + 1, NUMBER, 0, 0),
            op(Move, first + 2, NUMBER, 0, 0),
            call(OUT, first, builtin),
        ];
        let with = [&code[..], &[call(NUMBER, OUT, IntFromString)]].concat();
        let mut r = tables();
        let more = [STRING, INT, INT];
        let found = charged_with(&mut r.clone(), &more, &with);
        assert_eq!(found - charged_with(&mut r, &more, &code), expected, "{builtin:?}");
    }
    // Keys of maps of facts, and items of lists of lists.
    let map_loop = [
        op(Bound, 0, SCORES, 0, 1),
        op(Loop, first, SCORES, 0, 14),
        op(EntryKey, OUT, SCORES, first, 0),
        call(NUMBER, OUT, IntFromString),
        op(Next, first, 0, 0, 11),
    ];
    assert_eq!(charged_with(&mut tables(), &[CURSOR], &map_loop), 1024);
    let inner = op(Index, TAGS_OUT, LISTS, NUMBER, 0);
    assert_eq!(list_after(&[inner]), (4, 3 * 5));
    assert_eq!(text_after(&[inner, op(Index, OUT, TAGS_OUT, NUMBER, 0)], OUT), 3);
    let other = [op(Join2, OTHER, TEXT, VIP, 0), op(Join2, OUT, OTHER, OTHER, 0)];
    assert_eq!(text_after(&other, OUT), 70);
}
