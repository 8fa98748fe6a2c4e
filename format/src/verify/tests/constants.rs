//! Constants: values of their types, and no more work than the data are long.

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal};
use crate::archive::{Constant, Ruleset};
use crate::error::ErrorCode;
use crate::types::{TypeEntry, TypeId, TypeKind};
use crate::value::{Reference, Space, Word};

/// Replaces the constant that nothing refers to.
fn set(r: &mut Ruleset, value_type: u16, value: Word) {
    r.constants[3] = Constant { value, value_type };
}

fn reference(space: Space, offset: usize, length: usize) -> Word {
    Word::from_reference(Reference::new(space, offset, length))
}

#[test]
fn a_constant_is_a_value_of_its_type() {
    refused! { ConstantTable:
        3, |r| set(r, BOOL, Word { low: 2, high: 0 });
        3, |r| set(r, BOOL, Word { low: 1, high: 1 });
        3, |r| set(r, INT, Word { low: 1, high: 1 });
        3, |r| set(r, DOUBLE, Word { low: 1, high: 1 });
        3, |r| set(r, TIMESTAMP, Word { low: 0, high: 1_000_000_000 });
        3, |r| set(r, TIMESTAMP, Word { low: 0, high: 1 << 32 });
        3, |r| set(r, TIMESTAMP, Word { low: 253_402_300_800, high: 0 });
        3, |r| set(r, TIMESTAMP, Word { low: u64::MAX << 40, high: 0 });
        3, |r| set(r, CURSOR, Word::default());
        3, |r| set(r, PENDING, Word::default());
        3, |r| set(r, BUILDER_STRING, reference(Space::Archive, 0, 0));
        3, |r| set(r, 99, Word::default());
        3, |r| { let low = cells(r, &[1], 1).low; set(r, LIST_INT, Word { low, high: 1 }) };
        3, |r| { let low = cells(r, &[], 0).low; set(r, MAP_INT, Word { low, high: 1 }) };
    }
    assert_eq!(refusal(|r| set(r, POINT, Word { low: 1, high: 1 })), None);
}

#[test]
fn a_reference_is_to_the_archive_and_in_range() {
    let end = |r: &Ruleset| r.data.len();
    refused! { ConstantTable:
        3, |r| set(r, STRING, reference(Space::Frame, 0, 1));
        3, |r| set(r, STRING, reference(Space::Void, 0, 0));
        3, |r| set(r, STRING, reference(Space::Archive, end(r), 1));
        3, |r| set(r, TypeId::BYTES.0, reference(Space::Archive, end(r) + 1, 0));
        3, |r| set(r, TypeId::BYTES.0, reference(Space::Scratch, 0, 1));
        3, |r| set(r, LIST_INT, reference(Space::Archive, end(r) - 8, 2));
        3, |r| set(r, LIST_INT, reference(Space::Frame, 0, 0));
        3, |r| set(r, LIST_INT, reference(Space::Archive, 0, u32::MAX as usize));
        3, |r| set(r, MAP_INT, reference(Space::Archive, end(r) - 8, 1));
        3, |r| set(r, MAP_INT, reference(Space::Frame, 0, 0));
        3, |r| {
            let map = Word::reference(r.constants[6].value);
            set(r, MAP_INT, reference(Space::Scratch, map.offset(), map.length()))
        };
        3, |r| { let low = string(r, "x").low; set(r, STRING, Word { low, high: 1 }) };
        3, |r| { r.data.push(0xff); let at = end(r) - 1; set(r, STRING, reference(Space::Archive, at, 1)) };
    }
    assert_eq!(refusal(|r| set(r, STRING, reference(Space::Archive, 0, 0))), None);
    assert_eq!(refusal(|r| set(r, LIST_INT, reference(Space::Archive, r.data.len(), 0))), None);
}

#[test]
fn items_are_values_down_to_the_last() {
    refused! { ConstantTable:
        3, |r| {
            let text = string(r, "a").low;
            let list = cells(r, &[text, 0], 2);
            set(r, LIST_STRING, list)
        };
        3, |r| {
            let inner = cells(r, &[u64::MAX], 1);
            let list = cells(r, &[inner.low], 1);
            set(r, LIST_LIST, list)
        };
        3, |r| { let map = cells(r, &[0, 1], 1); set(r, MAP_INT, map) };
        3, |r| {
            // The value is none, though what stands before the key would be.
            let text = string(r, "a").low;
            cells(r, &[text], 0);
            let map = cells(r, &[text, 0], 1);
            r.types.push(TypeKind::Map(TypeId::STRING, TypeId::STRING).into());
            set(r, r.types.len() as u16 - 1, map)
        };
    }
}

#[test]
fn keys_of_a_map_ascend_strictly() {
    refused! { ConstantTable:
        3, |r| {
            let (b, a) = (string(r, "b").low, string(r, "a").low);
            let map = cells(r, &[b, 1, a, 2], 2);
            set(r, MAP_INT, map)
        };
        3, |r| {
            let (a, b) = (string(r, "a").low, string(r, "a").low);
            let map = cells(r, &[a, 1, b, 2], 2);
            set(r, MAP_INT, map)
        };
    }
    let refused = Some((ErrorCode::ConstantTable, Some(3)));
    let most = u64::MAX;
    for (key, low, high) in [(TypeId::INT, most, 1), (TypeId::UINT, 1, most), (TypeId::BOOL, 0, 1)]
    {
        let with = |keys: [u64; 2]| {
            refusal(|r| {
                r.types.push(TypeKind::Map(key, TypeId::INT).into());
                let map = cells(r, &[keys[0], 0, keys[1], 0], 2);
                set(r, r.types.len() as u16 - 1, map);
            })
        };
        assert_eq!(with([low, high]), None, "{key:?}");
        assert_eq!(with([high, low]), refused, "{key:?}");
        assert_eq!(with([low, low]), refused, "{key:?}");
    }
}

#[test]
fn lists_that_share_items_take_time_in_proportion() {
    let mut ruleset = tables();
    // Of 16 levels, each a list of 64 times the level below: 64^16 strings.
    let mut id = LIST_LIST;
    let mut list = cells(&mut ruleset, &[], 0);
    for level in 0..14 {
        list = cells(&mut ruleset, &[list.low; 64], 64);
        if level > 0 {
            ruleset.types.push(TypeKind::List(TypeId(id)).into());
            id = ruleset.types.len() as u16 - 1;
        }
    }
    set(&mut ruleset, id, list);
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset), None);
}

#[test]
fn lists_that_overlap_without_end_are_refused() {
    let mut ruleset = tables();
    cells(&mut ruleset, &[7; 4000], 0);
    let start = ruleset.data.len() - 32_000;
    let overlapping = (0..2000).map(|n| Constant {
        value: reference(Space::Archive, start + 8 * n, 2000),
        value_type: LIST_INT,
    });
    ruleset.constants.extend(overlapping);
    seal(&mut ruleset);
    assert_eq!(refusal_of(&ruleset).map(|r| r.0), Some(ErrorCode::ConstantTable));
}

/// The number of a type of lists, which is put into the table if it is new.
fn list_of(r: &mut Ruleset, item: TypeId) -> TypeId {
    let entry = TypeEntry::from(TypeKind::List(item));
    let known = r.types.iter().position(|known| *known == entry);
    let number = known.unwrap_or_else(|| {
        r.types.push(entry);
        r.types.len() - 1
    });
    TypeId(number as u16)
}

#[test]
fn the_same_cells_are_lists_of_few_types() {
    let refused_with = |types: &[TypeId]| {
        refusal(|r| {
            let start = r.data.len();
            for cell in 0..1000 {
                let list = reference(Space::Archive, start + cell, 1).low;
                r.data.extend_from_slice(&list.to_le_bytes());
            }
            for item in types {
                let inner = list_of(r, *item);
                let outer = list_of(r, inner).0;
                let value = reference(Space::Archive, start, 1000);
                r.constants.push(Constant { value, value_type: outer });
            }
        })
    };
    assert_eq!(refused_with(&[TypeId::INT, TypeId::UINT]), None);
    // Else the memory of what was walked would be a multiple of the file's.
    let (code, _) = refused_with(&[TypeId::INT, TypeId::UINT, TypeId::DOUBLE]).expect("too many");
    assert_eq!(code, ErrorCode::ConstantTable);
}

#[test]
fn as_many_lists_are_remembered_as_their_cells_pay_for() {
    // A thousand lists of one item, as lists of two types; and some as those of a third.
    let with = |third: usize| {
        refusal(|r| {
            let start = r.data.len();
            for cell in 0..1000 {
                let list = reference(Space::Archive, start + cell, 1).low;
                r.data.extend_from_slice(&list.to_le_bytes());
            }
            for (item, count) in
                [(TypeId::INT, 1000), (TypeId::UINT, 1000), (TypeId::DOUBLE, third)]
            {
                let inner = list_of(r, item);
                let outer = list_of(r, inner).0;
                let value = reference(Space::Archive, start, count);
                r.constants.push(Constant { value, value_type: outer });
            }
        })
    };
    let r = ruleset();
    let (cells, constants) = ((r.data.len() + 8000) / 8, r.constants.len() + 3);
    // Those of the fixture, the three outer ones, and those within the first two.
    let of_fixture = 4;
    let most = 2 * cells + constants;
    let third = most - (of_fixture + 3 + 2000);
    assert!((1..1000).contains(&third), "{third}");
    assert_eq!(with(third), None);
    let number = ruleset().constants.len() as u64 + 2;
    assert_eq!(with(third + 1), Some((ErrorCode::ConstantTable, Some(number))));
}

#[test]
fn keys_that_many_maps_share_are_paid_for_by_their_bytes() {
    const KEY: usize = 32_000;
    let with = |maps: usize| {
        let mut ruleset = tables();
        let r = &mut ruleset;
        let keys = ["a", "b"].map(|end| string(r, &("k".repeat(KEY - 1) + end)).low);
        for _ in 0..maps {
            let value = cells(r, &[keys[0], 0, keys[1], 0], 2);
            r.constants.push(Constant { value, value_type: MAP_INT });
        }
        seal(r);
        refusal_of(r).map(|(code, _)| code)
    };
    // Comparing such keys is as much as walking 500 items.
    assert_eq!(with(200), None);
    assert_eq!(with(400), Some(ErrorCode::ConstantTable));
}
