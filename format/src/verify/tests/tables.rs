//! Tables: each invariant, broken by itself.

use super::fixture::*;
use super::{refusal_of, refused, seal};
use crate::archive::*;
use crate::error::ErrorCode;
use crate::meaning::Timestamp;
use crate::place::FenceKind;
use crate::rule::Combine;
use crate::schema::FactKind;
use crate::types::{TypeEntry, TypeId, TypeKind};
use crate::verify::{MAX_NAME, MAX_TYPE_DEPTH};

/// The last name of the data section, of a text that is not UTF-8.
fn no_text(r: &mut Ruleset) -> Text {
    r.data.extend_from_slice(b"a\xff");
    Text { offset: r.data.len() as u32 - 2, length: 2 }
}

fn long_name(r: &mut Ruleset) -> Text {
    text(r, &"x".repeat(MAX_NAME + 1))
}

#[test]
fn text_is_utf8_in_the_data_section() {
    refused! { TextRange:
        0, |r| r.identity.name = no_text(r);
        1, |r| r.identity.description = Text { offset: r.data.len() as u32, length: 1 };
        2, |r| r.identity.tzdata = Text { offset: u32::MAX, length: u32::MAX };
        3, |r| r.identity.compiler.offset = u32::MAX;
        1, |r| r.schema.labels[1] = no_text(r);
        2, |r| r.schema.facts[2].path = no_text(r);
        1, |r| r.groups[1].name = no_text(r);
        1, |r| r.outputs[1].name = no_text(r);
        1, |r| r.rules[1].id = no_text(r);
        1, |r| r.variables[1].name = no_text(r);
        1, |r| r.fences[1].name = no_text(r);
        0, |r| r.zones[0].name = no_text(r);
        0, |r| r.debug.files[0] = no_text(r);
    }
}

#[test]
fn short_text_may_overlap_as_it_likes() {
    let overlapping = |length: u32| {
        let mut ruleset = tables();
        let data = ruleset.data.len() as u32;
        ruleset.data.extend([b'x'; 2000]);
        ruleset.debug.files = (0..1800).map(|n| Text { offset: data + n, length }).collect();
        seal(&mut ruleset);
        refusal_of(&ruleset).map(|(code, _)| code)
    };
    assert_eq!(overlapping(64), None);
    assert_eq!(overlapping(65), Some(ErrorCode::TextRange));
}

#[test]
fn long_text_may_be_shared_but_not_overlap_without_end() {
    let mut ruleset = tables();
    let long = text(&mut ruleset, &"long text ".repeat(1000));
    ruleset.debug.files = vec![long; 1000];
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset), None);
    for (number, file) in ruleset.debug.files.iter_mut().enumerate() {
        file.length -= number as u32;
    }
    assert_eq!(refusal_of(&ruleset).map(|r| r.0), Some(ErrorCode::TextRange));
}

#[test]
fn the_identity_is_on_or_off() {
    assert_eq!(super::refusal(|r| r.identity.enabled = 0), None);
    assert_eq!(super::refusal(|r| r.identity.enabled = 2), Some((ErrorCode::Identity, None)));
}

#[test]
fn types_begin_with_the_fixed_ones_and_are_made_of_earlier_ones() {
    let add = |r: &mut Ruleset, kind: TypeKind| r.types.push(kind.into());
    refused! { TypeTable:
        10, |r| r.types.truncate(10);
        0, |r| r.types.swap(0, 1);
        9, |r| r.types[9] = TypeKind::List(TypeId::INT).into();
        4, |r| r.types[4].first = 1;
        16, |r| r.types[16].kind = 15;
        16, |r| r.types[16].second = 1;
        16, |r| r.types[16].first = 16;
        16, |r| r.types[16].first = 300;
        16, |r| r.types[16] = TypeKind::Int.into();
        16, |r| r.types[16] = TypeKind::List(TypeId::STRING).into();
        17, |r| add(r, TypeKind::List(TypeId::CURSOR));
        17, |r| add(r, TypeKind::List(TypeId::PENDING));
        17, |r| add(r, TypeKind::List(TypeId(BUILDER_STRING)));
        17, |r| add(r, TypeKind::ListBuilder(TypeId(BUILDER_MAP)));
        17, |r| add(r, TypeKind::Map(TypeId::DOUBLE, TypeId::INT));
        17, |r| add(r, TypeKind::MapBuilder(TypeId(LIST_INT), TypeId::INT));
    }
    let deep = |r: &mut Ruleset, levels: u16| {
        let first = r.types.len() as u16;
        add(r, TypeKind::List(TypeId::BYTES));
        for level in 1..levels {
            add(r, TypeKind::List(TypeId(first + level - 1)));
        }
    };
    let most = u16::from(MAX_TYPE_DEPTH);
    assert_eq!(super::refusal(|r| deep(r, most)), None);
    let at = u64::from(17 + most);
    assert_eq!(super::refusal(|r| deep(r, most + 1)), Some((ErrorCode::TypeTable, Some(at))));
}

#[test]
fn types_of_facts_are_bounded_and_made_of_earlier_ones() {
    refused! { SchemaType:
        0, |r| r.schema.types[0].kind = 12;
        0, |r| r.schema.types[0].bound = 1;
        0, |r| r.schema.types[0].item = 1;
        1, |r| r.schema.types[1].bound = 0;
        1, |r| r.schema.types[1].bound = (1 << 20) + 1;
        2, |r| r.schema.types[2].bound = 0;
        2, |r| r.schema.types[2].bound = (1 << 16) + 1;
        2, |r| r.schema.types[2].item = 2;
        3, |r| r.schema.types[3].item = 1;
        3, |r| r.schema.types[3].bound = 1;
        6, |r| r.schema.types[6].item = 9;
        1, |r| r.schema.labels[1] = long_name(r);
        0, |r| r.schema.labels[1] = r.schema.labels[0];
        1, |r| r.schema.enums.push(Range { start: 2, length: 0 });
    }
    let deep = |r: &mut Ruleset, levels: u16| {
        for level in 0..levels {
            let item = if level == 0 { 0 } else { 7 + level };
            r.schema.types.push(FactType { kind: FactKind::List as u16, item, bound: 1 });
        }
    };
    assert_eq!(super::refusal(|r| deep(r, 8)), None);
    assert_eq!(super::refusal(|r| deep(r, 9)), Some((ErrorCode::SchemaType, Some(16))));
}

#[test]
fn facts_have_their_slots_their_types_and_paths_of_their_own() {
    refused! { SchemaFact:
        1, |r| r.schema.facts[1].slot = 16;
        4, |r| r.schema.facts[4].slot = 32;
        1, |r| r.schema.facts[1].optional = 2;
        1, |r| r.schema.facts[1].fact_type = 8;
        0, |r| r.schema.facts[0].value_type = STRING;
        1, |r| r.schema.facts[1].value_type = LIST_INT;
        2, |r| r.schema.facts[2].value_type = INT;
        5, |r| r.schema.facts[5].value_type = LIST_INT;
        1, |r| r.schema.facts[1].value_type = BUILDER_STRING;
        3, |r| r.schema.facts[3].path.length = 0;
        3, |r| r.schema.facts[3].path = long_name(r);
        3, |r| r.schema.facts[3].path = text(r, "item..position");
        4, |r| r.schema.facts[4].path = text(r, "player.level");
        6, |r| r.schema.facts[4].path = text(r, "player");
        4, |r| r.schema.facts[4].path = text(r, "player.level.x");
        0, |r| r.schema.now = 0;
        8, |r| r.schema.now = 8;
    }
    // Not in a group, though the text begins alike; and others sort between.
    assert_eq!(super::refusal(|r| r.schema.facts[4].path = text(r, "player-x")), None);
    assert_eq!(super::refusal(|r| r.schema.now = NONE), None);
}

#[test]
fn fingerprints_are_those_of_the_schema() {
    let mut ruleset = ruleset();
    seal(&mut ruleset);
    let mut refused = |change: fn(&mut Vec<u64>)| {
        let right = ruleset.schema.fingerprints.clone();
        change(&mut ruleset.schema.fingerprints);
        let refusal = refusal_of(&ruleset);
        ruleset.schema.fingerprints = right;
        refusal
    };
    assert_eq!(refused(|f| f[3] ^= 1), Some((ErrorCode::Fingerprint, Some(3))));
    assert_eq!(refused(|f| f.truncate(8)), Some((ErrorCode::Fingerprint, Some(8))));
    assert_eq!(refused(|f| f.push(0)), Some((ErrorCode::Fingerprint, Some(10))));
    ruleset.schema.types[1].bound += 1;
    assert_eq!(refusal_of(&ruleset), Some((ErrorCode::Fingerprint, Some(2))));
}

#[test]
fn outputs_have_a_type_and_combine_by_what_fits_it() {
    refused! { OutputTable:
        0, |r| r.outputs[0].value_type = CURSOR;
        0, |r| r.outputs[0].value_type = 99;
        0, |r| r.outputs[0].result_type = LIST_INT;
        1, |r| r.outputs[1].result_type = STRING;
        0, |r| r.outputs[0].combine = 8;
        0, |r| r.outputs[0].combine = Combine::All as u16;
        0, |r| r.outputs[0].default = 0;
        0, |r| r.outputs[0].default = 10;
        1, |r| r.outputs[1].default = 0;
        1, |r| r.outputs[1].name = r.outputs[0].name;
        1, |r| r.outputs[1].name.length = 0;
    }
    assert_eq!(super::refusal(|r| r.outputs[0].combine = Combine::Min as u16), None);
    assert_eq!(super::refusal(|r| r.outputs[0].default = NONE), None);
}

#[test]
fn the_first_group_is_the_default_and_names_are_unique() {
    refused! { GroupTable:
        0, |r| r.groups.swap(0, 1);
        1, |r| r.groups[1].name = r.groups[0].name;
        1, |r| r.groups[1].name = text(r, "default");
        1, |r| r.groups[1].hit_policy = 3;
        1, |r| r.groups[1].name.length = 0;
        0, |r| r.groups.clear();
    }
}

#[test]
fn rules_are_in_decision_order_and_refer_to_what_is_there() {
    refused! { RuleTable:
        1, |r| r.rules[0].priority = -1;
        2, |r| r.rules[2].priority = 1;
        1, |r| r.rules[1].group = 2;
        2, |r| r.rules[2].id = text(r, "golden-idol");
        2, |r| r.rules[2].id.length = 0;
        2, |r| r.rules[2].id = long_name(r);
    }
    // Nothing says that a rule must be able to match.
    assert_eq!(super::refusal(|r| r.slots.iter_mut().for_each(|slot| slot.rule = 0)), None);
}

#[test]
fn runs_divide_their_table_without_gaps() {
    refused! { SectionRange:
        0, |r| r.rules[0].assignments.length = 5;
        1, |r| r.rules[0].assignments.length = 1;
        0, |r| r.rules[0].assignments.start = 1;
        1, |r| r.rules[1].assignments.start = 1;
        1, |r| r.rules[1].assignments = Range { start: u32::MAX, length: 2 };
        2, |r| r.rules[1].assignments.length = 0;
        2, |r| r.rules[2].assignments.start = 0;
        3, |r| { r.rules[2].assignments = Range::default() };
        1, |r| r.units[1].code.start += 1;
        5, |r| r.units[5].code.start += 1;
        5, |r| r.units[5].code.length += 1;
        1, |r| r.units[1].registers.start = 0;
        0, |r| r.schema.enums[0].length = 3;
        0, |r| r.schema.enums.clear();
        2, |r| r.fences[2].vertices.length = 4;
        0, |r| r.fences.clear();
        0, |r| r.zones[0].transitions.start = 1;
    }
}

#[test]
fn an_output_gets_one_value_of_its_type_from_a_rule() {
    refused! { AssignmentTable:
        0, |r| r.assignments[0].output = 2;
        0, |r| r.assignments[0].unit = NONE;
        0, |r| r.assignments[0].constant = 1;
        0, |r| r.assignments[0].unit = 0;
        0, |r| r.assignments[0].unit = 9;
        1, |r| r.assignments[1].constant = 1;
        1, |r| r.assignments[1].constant = 10;
        1, |r| r.assignments[1] = Assignment { output: 0, constant: 1, unit: NONE };
    }
}

#[test]
fn variables_have_units_of_their_own_and_names_of_their_own() {
    refused! { VariableTable:
        1, |r| r.variables[1].unit = 6;
        1, |r| r.variables[1].unit = 1;
        2, |r| r.variables[2].unit = 2;
        1, |r| r.variables[1].name = r.variables[0].name;
        1, |r| r.variables[1].name = text(r, "veteran");
        1, |r| r.variables[1].name = long_name(r);
    }
}

#[test]
fn variables_without_a_name_come_last() {
    refused! { VariableTable:
        1, |r| r.variables[0].name.length = 0;
        2, |r| { r.variables[1].name.length = 0; r.variables[2].name = text(r, "last") };
    }
    assert_eq!(super::refusal(|r| r.variables[1].name.length = 0), None);
    assert_eq!(super::refusal(|r| r.variables[2].name = text(r, "last")), None);
    let stray = Some((ErrorCode::TextRange, Some(2)));
    assert_eq!(super::refusal(|r| r.variables[2].name.offset = u32::MAX), stray);
}

#[test]
fn fences_lie_on_the_map() {
    refused! { FenceTable:
        0, |r| r.fences[0].kind = 3;
        0, |r| r.fences[0].name.length = 0;
        0, |r| r.fences[0].numbers[0] = 90.5;
        0, |r| r.fences[0].numbers[1] = -180.5;
        0, |r| r.fences[0].numbers[0] = f64::NAN;
        0, |r| r.fences[0].numbers[2] = 0.0;
        0, |r| r.fences[0].numbers[2] = f64::INFINITY;
        0, |r| r.fences[0].numbers[2] = f64::NAN;
        0, |r| r.fences[0].numbers[3] = 1.0;
        1, |r| r.fences[1].numbers[0] = 51.52;
        1, |r| r.fences[1].numbers[2] = 91.0;
        1, |r| r.fences[1].numbers[3] = f64::NAN;
        2, |r| r.fences[2].numbers[0] = 1.0;
        2, |r| r.fences[2].numbers[0] = -0.0;
        2, |r| { r.fences[2].vertices.length = 2; r.vertices.pop(); };
        2, |r| r.vertices[1].lat = f64::NAN;
        2, |r| r.vertices[2].lon = 181.0;
        2, |r| { r.fences[2].kind = FenceKind::Box as u16 };
    }
    assert_eq!(super::refusal(|r| r.fences[1].numbers[2] = r.fences[1].numbers[0]), None, "flat");
}

#[test]
fn regexes_are_whole_automata_and_do_not_share_bytes_without_end() {
    refused! { RegexTable:
        0, |r| r.regexes[0].length -= 1;
        0, |r| r.regexes[0].offset += 1;
        0, |r| r.regexes[0].offset = u32::MAX;
        0, |r| r.data[r.regexes[0].offset as usize] = b'R';
        1, |r| r.regexes = vec![r.regexes[0]; 3];
    }
}

#[test]
fn zones_ascend_and_repeat_from_a_transition_on() {
    const CYCLE: i64 = 400 * 365 * 86_400 + 97 * 86_400;
    refused! { ZoneTable:
        0, |r| r.zones[0].initial_offset = 86_400;
        0, |r| r.zones[0].name.length = 0;
        0, |r| r.transitions[1].offset = -86_400;
        0, |r| r.transitions[1].offset = i32::MIN;
        0, |r| r.transitions[1].at = -100;
        0, |r| r.transitions[2].at = 0;
        0, |r| r.transitions.swap(1, 2);
        0, |r| r.zones[0].repeat_from = 1;
        0, |r| r.zones[0].repeat_from = i64::MIN;
        0, |r| { r.transitions[0].at = i64::MIN; r.zones[0].repeat_from = i64::MIN };
        0, |r| { r.transitions[2].at = Timestamp::MAX.seconds + 1; r.zones[0].repeat_from = r.transitions[2].at };
        0, |r| r.transitions[2].at = CYCLE;
    }
    assert_eq!(super::refusal(|r| r.transitions[2].at = CYCLE - 1), None);
    assert_eq!(super::refusal(|r| r.zones[0].repeat_from = i64::MAX), None);
}

#[test]
fn debug_data_fit_what_they_describe_or_are_stripped() {
    refused! { DebugTable:
        2, |r| { r.debug.rules.pop(); };
        1, |r| r.debug.code.truncate(1);
        1, |r| r.debug.rules[1].file = 1;
    }
    assert_eq!(super::refusal(|r| r.debug = Debug::default()), None);
    assert_eq!(super::refusal(|r| r.debug.code.clear()), None);
}

#[test]
fn a_builder_is_no_type_of_a_unit() {
    let entry: TypeEntry = TypeKind::ListBuilder(TypeId::STRING).into();
    assert_eq!(ruleset().types[usize::from(BUILDER_STRING)], entry);
    refused! { UnitTable:
        4, |r| r.units[4].result = BUILDER_STRING;
        4, |r| r.units[4].result = 99;
    }
}
