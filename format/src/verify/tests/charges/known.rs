//! How large values are that facts, constants and other units give.

use super::*;
use crate::archive::{Fact, FactType, Text, Variable};
use crate::schema::FactKind;
use crate::types::{TypeEntry, TypeId, TypeKind};

const ENUM: u16 = 3;
const SCORES_TYPE: u16 = 6;

/// Adds a type of facts.
fn fact_type(r: &mut Ruleset, kind: FactKind, item: u16, bound: u32) -> u16 {
    r.schema.types.push(FactType { kind: kind as u16, item, bound });
    r.schema.types.len() as u16 - 1
}

/// Adds a fact of that type; gives its number.
fn fact(r: &mut Ruleset, fact_type: u16, value_type: u16) -> u32 {
    let path = text(r, "other");
    // The facts of the fixture are eight cells, two of them wide.
    r.schema.facts.push(Fact { path, fact_type, value_type, optional: 0, slot: 80 });
    r.schema.facts.len() as u32 - 1
}

fn own_type(r: &mut Ruleset, kind: TypeKind) -> u16 {
    r.types.push(TypeEntry::from(kind));
    r.types.len() as u16 - 1
}

#[test]
fn enums_within_lists_and_maps_cost_to_become_text() {
    let each = 5 + 24 / 16 + 1;
    assert_eq!(charged(&[op(Fact, OUT, 0, 0, 2)]), 0, "an enum by itself");
    assert_eq!(charged(&[op(Fact, TAGS_OUT, 0, 0, 1)]), 0, "a list of text");

    let mut r = tables();
    let list = fact_type(&mut r, FactKind::List, ENUM, 5);
    let kinds = fact(&mut r, list, LIST_STRING);
    let found = charged_with(&mut r, &[], &[op(Fact, TAGS_OUT, 0, 0, kinds)]);
    assert_eq!(found, 6 * each);

    let mut r = tables();
    let list = fact_type(&mut r, FactKind::List, ENUM, 5);
    let lists = fact_type(&mut r, FactKind::List, list, 3);
    let kinds = fact(&mut r, lists, LIST_LIST);
    let found = charged_with(&mut r, &[LIST_LIST], &[op(Fact, 16, 0, 0, kinds)]);
    assert_eq!(found, (1 + 3 * 6) * each);

    let mut r = tables();
    let map = fact_type(&mut r, FactKind::Map, ENUM, 8);
    let by_name = own_type(&mut r, TypeKind::Map(TypeId::STRING, TypeId::STRING));
    let kinds = fact(&mut r, map, by_name);
    let found = charged_with(&mut r, &[by_name], &[op(Fact, 16, 0, 0, kinds)]);
    assert_eq!(found, 17 * each);
}

#[test]
fn items_of_facts_are_as_large_as_their_types_allow() {
    let mut r = tables();
    let list = fact_type(&mut r, FactKind::List, ENUM, 5);
    let lists = fact_type(&mut r, FactKind::List, list, 3);
    let kinds = fact(&mut r, lists, LIST_LIST);
    let code = [op(Fact, LISTS, 0, 0, kinds), op(Index, TAGS_OUT, LISTS, NUMBER, 0)];
    let known = charged_with(&mut r.clone(), &[], &code);
    let with = |step| charged_with(&mut r.clone(), &[], &[&code[..], &[step]].concat()) - known;
    // Five labels of four bytes.
    assert_eq!(with(op(Equal, FLAG, TAGS_OUT, TAGS_OUT, 0)), 6 * 5 + 20 / 16);
    assert_eq!(with(op(Concatenate, TAGS_OUT, TAGS_OUT, TAGS_OUT, 0)), 10);

    let mut r = tables();
    let maps = fact_type(&mut r, FactKind::List, SCORES_TYPE, 3);
    let list_of_maps = own_type(&mut r, TypeKind::List(TypeId(MAP_INT)));
    let scores = fact(&mut r, maps, list_of_maps);
    let code = [op(Fact, 16, 0, 0, scores), op(Index, SCORES_OUT, 16, NUMBER, 0)];
    let known = charged_with(&mut r.clone(), &[list_of_maps], &code);
    let with = |step| {
        let code = [&code[..], &[step]].concat();
        charged_with(&mut r.clone(), &[list_of_maps], &code) - known
    };
    assert_eq!(with(op(Equal, FLAG, SCORES_OUT, SCORES_OUT, 0)), 17 * 5 + 8192 / 16);
    assert_eq!(with(op(Lookup, NUMBER, SCORES_OUT, TEXT, 0)), 4 * (8 + 32 / 16));
}

#[test]
fn constants_are_as_large_as_they_are() {
    let equal = op(Equal, FLAG, SCORES_OUT, SCORES_OUT, 0);
    let of_map = [op(Constant, SCORES_OUT, 0, 0, 6), equal];
    assert_eq!(charged(&of_map), (1 + 2 * 2) * 5);
    // Of two maps the longer keys count, and all bytes of each.
    let mut r = tables();
    let key = string(&mut r, "a key of twenty-four by").low;
    let value = cells(&mut r, &[key, 1], 1);
    r.constants.push(crate::archive::Constant { value, value_type: MAP_INT });
    let number = r.constants.len() as u32 - 1;
    let of_map = [op(Constant, SCORES_OUT, 0, 0, number), equal];
    assert_eq!(charged_with(&mut r.clone(), &[], &of_map), 3 * 5 + 23 / 16);
    let first = REGISTERS.len() as u16;
    let of_key = [
        op(Constant, SCORES_OUT, 0, 0, number),
        op(Bound, 0, SCORES_OUT, 0, 1),
        op(Loop, first, SCORES_OUT, 0, 15),
        op(EntryKey, OUT, SCORES_OUT, first, 0),
        call(NUMBER, OUT, Builtin::IntFromString),
        op(Next, first, 0, 0, 12),
    ];
    assert_eq!(charged_with(&mut r, &[CURSOR], &of_key), 23);
    // A list that stands twice is as long both times, and the empty one takes no part.
    let mut r = tables();
    let list = r.constants[7].value;
    let empty = cells(&mut r, &[], 0);
    let lists = cells(&mut r, &[list.low, empty.low], 2);
    let shared = REGISTERS.len() as u16;
    let of_lists = own_type(&mut r, TypeKind::List(TypeId(LIST_LIST)));
    r.constants.push(crate::archive::Constant { value: lists, value_type: of_lists });
    let number = r.constants.len() as u32 - 1;
    let code = [op(Constant, shared, 0, 0, number), op(Equal, FLAG, shared, shared, 0)];
    assert_eq!(charged_with(&mut r, &[of_lists], &code), (1 + 7 + 1) * 5);
}

/// A variable that is `first` or `second`, and what comes of reading its text.
fn read_variable(first: Instruction, second: Instruction) -> u64 {
    let mut r = tables();
    let code = [
        op(Constant, 1, 0, 0, 3),
        op(JumpUnless, 0, 1, 0, 4),
        first,
        op(Return, 0, 0, 0, 0),
        second,
        op(Return, 0, 0, 0, 0),
    ];
    unit(&mut r, &[STRING, BOOL], STRING, &code);
    r.variables = vec![Variable { name: Text::default(), unit: 0 }];
    let code = [op(Variable, OUT, 0, 0, 0), call(NUMBER, OUT, Builtin::IntFromString)];
    charged_with(&mut r, &[], &code)
}

#[test]
fn a_variable_is_as_large_as_the_largest_of_its_results() {
    let (short, long) = (op(Constant, 0, 0, 0, 0), op(Fact, 0, 0, 0, 7));
    assert_eq!(read_variable(short, long), 32);
    assert_eq!(read_variable(long, short), 32);
    assert_eq!(read_variable(short, short), 3);
    // Whatever else it looks at.
    let mut r = tables();
    let code = [long, op(Constant, 1, 0, 0, 0), op(Return, 0, 1, 0, 0)];
    unit(&mut r, &[STRING, STRING], STRING, &code);
    r.variables = vec![Variable { name: Text::default(), unit: 0 }];
    let code = [op(Variable, OUT, 0, 0, 0), call(NUMBER, OUT, Builtin::IntFromString)];
    assert_eq!(charged_with(&mut r, &[], &code), 3);
}

#[test]
fn what_could_be_one_text_or_another_is_no_constant() {
    // Only of a constant it is known how short what is replaced is.
    let first = REGISTERS.len() as u16;
    let replaced = |old: [Instruction; 2]| {
        let code = [
            op(Constant, FLAG, 0, 0, 3),
            op(Move, first, TEXT, 0, 0),
            op(Move, first + 2, VIP, 0, 0),
            op(JumpUnless, 0, FLAG, 0, 15),
            old[0],
            op(Jump, 0, 0, 0, 16),
            old[1],
            call(OUT, first, Builtin::Replace),
        ];
        let code = [&code[..], &[call(NUMBER, OUT, Builtin::IntFromString)]].concat();
        let known = charged_with(&mut tables(), &[STRING; 3], &code[..8]);
        charged_with(&mut tables(), &[STRING; 3], &code) - known
    };
    let (vip, text) = (op(Constant, first + 1, 0, 0, 0), op(Fact, first + 1, 0, 0, 7));
    assert_eq!(replaced([vip, vip]), 32 + 11 * 3);
    assert_eq!(replaced([vip, text]), 32 + 33 * 3);
    assert_eq!(replaced([text, vip]), 32 + 33 * 3);
}
