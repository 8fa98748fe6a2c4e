//! What formats are charged for: by their clauses, and by what these write.

use super::*;
use crate::meaning::double::MAX_PRECISION;
use crate::types::{TypeEntry, TypeId, TypeKind};

/// What a format costs with one argument, [`OUT`] being where it goes.
fn formatted(format: &str, opcode: Opcode, argument: u16) -> u64 {
    let mut r = tables();
    let number = constant(&mut r, format);
    let count = u32::from(opcode == Format);
    let code = [op(Constant, OTHER, 0, 0, number), op(opcode, OUT, OTHER, argument, count)];
    charged_with(&mut r, &[], &code)
}

/// The number of a new constant, which is this text.
fn constant(r: &mut Ruleset, text: &str) -> u32 {
    let value = string(r, text);
    r.constants.push(crate::archive::Constant { value, value_type: STRING });
    r.constants.len() as u32 - 1
}

/// A clause without digits that are asked for, and one with.
const CLAUSE: u64 = 40;
const DIGIT: u64 = 40;

#[test]
fn a_clause_costs_by_its_digits_and_by_the_longest_text_of_its_argument() {
    let of = |format: &str, argument| formatted(format, Format, argument);
    // The format is read. What is written: the format, a number or so, the text.
    assert_eq!(of("%s", TEXT), CLAUSE + 2 + (2 + 40 + 32) / 16);
    assert_eq!(of("%d", NUMBER), CLAUSE + 2 + (2 + 65) / 16);
    assert_eq!(of("%s", REAL), CLAUSE + 2 + (2 + 330) / 16);
    // With the digits before the point, and six behind it.
    assert_eq!(of("%f", REAL), CLAUSE + (310 + 6) * DIGIT + 2 + (2 + 336) / 16);
    assert_eq!(of("%.3f", REAL), CLAUSE + (310 + 3) * DIGIT + 4 + (4 + 333) / 16);
    assert_eq!(of("%f", NUMBER), CLAUSE + (20 + 6) * DIGIT + 2 + (2 + 71) / 16);
    assert_eq!(of("%e", REAL), CLAUSE + 6 * DIGIT + 2 + (2 + 336) / 16);
    assert_eq!(of("%.40e", REAL), CLAUSE + 40 * DIGIT + 5 + (5 + 370) / 16);
    // Asked for twice is no less.
    assert_eq!(of("%f%f", REAL), CLAUSE + (310 + 6) * DIGIT + 4 + (4 + 336) / 16);
    // The clause that asks for most counts, wherever it stands.
    let both = CLAUSE + (310 + 40) * DIGIT + 7 + (7 + 370) / 16;
    assert_eq!(of("%f%.40e", REAL), both);
    assert_eq!(of("%.40e%f", REAL), both);
    // Two digits a byte, and each byte is read.
    for format in ["%x", "%X"] {
        assert_eq!(of(format, TEXT), CLAUSE + (2 + 32) + (2 + 40 + 2 * 32) / 16);
    }
    // Bytes are seen to be text.
    assert_eq!(of("%s", RAW), CLAUSE + (2 + 3) + (2 + 40 + 3) / 16);
}

#[test]
fn lists_and_maps_cost_by_all_that_is_in_them() {
    let of_list = |format: &str, list| formatted(format, FormatList, list);
    assert_eq!(of_list("%s", TAGS), 17 * CLAUSE + 2 + (2 + 17 * 40 + 512) / 16);
    assert_eq!(of_list("%d", INTS), 4 * CLAUSE + 2 + (2 + 4 * 65) / 16);
    let of = |format: &str, argument| formatted(format, Format, argument);
    assert_eq!(of("%s", TAGS), of_list("%s", TAGS));
    assert_eq!(of("%s", SCORES), 17 * CLAUSE + 2 + (2 + 17 * 65 + 8192) / 16);
    let digits = (20 + 6) * DIGIT;
    assert_eq!(of("%f", SCORES), 17 * (CLAUSE + digits) + 2 + (2 + 17 * 71 + 8192) / 16);
}

#[test]
fn bytes_within_maps_are_read() {
    let mut r = tables();
    let first = r.types.len() as u16;
    let of_bytes =
        [TypeKind::Map(TypeId::STRING, TypeId::BYTES), TypeKind::Map(TypeId::INT, TypeId::STRING)];
    r.types.extend(of_bytes.map(TypeEntry::from));
    let key = string(&mut r, "key").low;
    let value = cells(&mut r, &[key, key], 1);
    r.constants.push(crate::archive::Constant { value, value_type: first });
    let number = r.constants.len() as u32 - 1;
    let format = constant(&mut r, "%s");
    let map = REGISTERS.len() as u16;
    let code = [
        op(Constant, map, 0, 0, number),
        op(Constant, OTHER, 0, 0, format),
        op(Format, OUT, OTHER, map, 1),
    ];
    let found = charged_with(&mut r, &[first], &code);
    assert_eq!(found, 3 * CLAUSE + (2 + 6) + (2 + 3 * 40 + 6) / 16);
}

#[test]
fn a_format_that_is_not_known_may_ask_for_all() {
    let most = u64::from(MAX_PRECISION);
    let of_text = [op(Format, OUT, TEXT, TEXT, 1)];
    let written = 32 + (40 + most) + 2 * 32;
    assert_eq!(charged(&of_text), CLAUSE + most * DIGIT + (32 + 32) + written / 16);
    assert_eq!(text_after(&of_text, OUT), written);
    let of_double = [op(Format, OUT, TEXT, REAL, 1)];
    let written = 32 + (330 + most);
    assert_eq!(charged(&of_double), CLAUSE + (310 + most) * DIGIT + 32 + written / 16);
    // Formats of up to 256 bytes are looked into.
    let of = |bytes: usize| formatted(&"a".repeat(bytes), Format, TEXT);
    assert_eq!(of(256), CLAUSE + 256 + (256 + 40 + 32) / 16);
    let written = 257 + (40 + most) + 2 * 32;
    assert_eq!(of(257), CLAUSE + most * DIGIT + (257 + 32) + written / 16);
}

#[test]
fn each_argument_of_a_format_counts_up_to_256_of_them() {
    let of = |count: u32| {
        let mut r = tables();
        let first = REGISTERS.len() as u16;
        let registers = vec![INT; count as usize];
        let mut code: Vec<Instruction> =
            (0..count).map(|n| op(Constant, first + n as u16, 0, 0, 1)).collect();
        code.push(op(Format, OUT, VIP, first, count));
        charged_with(&mut r, &registers, &code)
    };
    for count in [2, 256_u32] {
        let n = u64::from(count);
        assert_eq!(of(count), n * CLAUSE + 3 + (3 + n * 65) / 16);
    }
    assert_eq!(charged(&[op(Format, OUT, VIP, 0, 0)]), 3);
    assert!(of(257) > 1 << 40, "{}", of(257));
}
