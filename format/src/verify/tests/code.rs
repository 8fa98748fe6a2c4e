//! Code: each invariant, broken by itself, in units of a few instructions.

mod paths;

use super::fixture::*;
use super::{refusal, refusal_of, refused, seal};
use crate::code::{Builtin, Instruction, LEAVE, Opcode};
use crate::error::ErrorCode;
use crate::types::TypeId;
use crate::verify::{MAX_LOOPS, MAX_REGISTERS};
use Opcode::*;

/// Why a unit is refused, and at which instruction.
fn unit_refusal(
    registers: &[u16],
    result: u16,
    code: &[Instruction],
) -> Option<(ErrorCode, Option<u64>)> {
    let mut ruleset = tables();
    unit(&mut ruleset, registers, result, code);
    seal(&mut ruleset);
    refusal_of(&ruleset)
}

#[track_caller]
fn accepts(registers: &[u16], result: u16, code: &[Instruction]) {
    assert_eq!(unit_refusal(registers, result, code), None);
}

#[track_caller]
fn refuses(code: ErrorCode, at: u64, registers: &[u16], result: u16, steps: &[Instruction]) {
    assert_eq!(unit_refusal(registers, result, steps), Some((code, Some(at))));
}

/// Of a unit that reads fact 1, the tags, into register 0 and says `true`.
fn with_tags(registers: &[u16], steps: &[Instruction]) -> Option<(ErrorCode, Option<u64>)> {
    let registers: Vec<u16> = [LIST_STRING].iter().chain(registers).copied().collect();
    let code: Vec<Instruction> = [op(Fact, 0, 0, 0, 1)]
        .iter()
        .chain(steps)
        .chain(&[op(ReturnTrue, 0, 0, 0, 0)])
        .copied()
        .collect();
    unit_refusal(&registers, BOOL, &code)
}

const TRUE: Instruction =
    Instruction { opcode: ReturnTrue as u16, dst: 0, a: 0, b: 0, immediate: 0, on_fault: LEAVE };

#[test]
fn units_have_code_registers_of_known_types_and_a_result() {
    accepts(&[], BOOL, &[TRUE]);
    refuses(ErrorCode::UnitTable, 0, &[], BOOL, &[]);
    refuses(ErrorCode::UnitTable, 0, &[], CURSOR, &[TRUE]);
    refuses(ErrorCode::RegisterType, 1, &[BOOL, 17], BOOL, &[TRUE]);
    accepts(&[BOOL; MAX_REGISTERS as usize], BOOL, &[TRUE]);
    refuses(ErrorCode::UnitTable, 0, &[BOOL; MAX_REGISTERS as usize + 1], BOOL, &[TRUE]);
}

#[test]
fn opcodes_are_known() {
    for number in [5, 200, u16::MAX] {
        let step = Instruction { opcode: number, ..TRUE };
        refuses(ErrorCode::Opcode, 0, &[], BOOL, &[step, TRUE]);
    }
}

#[test]
fn registers_are_those_of_the_unit() {
    let code = |dst, a| [op(Constant, 0, 0, 0, 1), op(Move, dst, a, 0, 0), TRUE];
    accepts(&[INT, INT], BOOL, &code(1, 0));
    refuses(ErrorCode::RegisterRange, 1, &[INT, INT], BOOL, &code(2, 0));
    refuses(ErrorCode::RegisterRange, 1, &[INT, INT], BOOL, &code(1, u16::MAX));
    let split = op(Split, 0, 1, 1, 1 << 16);
    let code = [op(Constant, 1, 0, 0, 0), split, TRUE];
    refuses(ErrorCode::RegisterRange, 1, &[LIST_STRING, STRING], BOOL, &code);
}

#[test]
fn operands_have_the_types_of_their_operation() {
    // Fact 0 is an int, 1 a list of strings; constant 0 a string, 1 an int.
    let one = |registers: &[u16], step| {
        let code = [op(Constant, 0, 0, 0, 1), op(Constant, 1, 0, 0, 0), step, TRUE];
        unit_refusal(&[&[INT, STRING][..], registers].concat(), BOOL, &code)
    };
    let wrong = Some((ErrorCode::RegisterType, Some(2)));
    assert_eq!(one(&[INT], op(AddInt, 2, 0, 0, 0)), None);
    assert_eq!(one(&[INT], op(AddInt, 2, 0, 1, 0)), wrong);
    assert_eq!(one(&[INT], op(AddInt, 2, 1, 0, 0)), wrong);
    assert_eq!(one(&[BOOL], op(AddInt, 2, 0, 0, 0)), wrong);
    assert_eq!(one(&[STRING], op(Move, 2, 0, 0, 0)), wrong);
    assert_eq!(one(&[BOOL], op(Equal, 2, 0, 1, 0)), wrong);
    assert_eq!(one(&[BOOL], op(CompareText, 2, 0, 0, 0)), wrong);
    assert_eq!(one(&[BOOL], op(CompareText, 2, 1, 1, 3)), None);
    assert_eq!(one(&[INT], op(Size, 2, 1, 0, 0)), wrong);
    assert_eq!(one(&[BYTES], op(Join2, 2, 1, 1, 0)), wrong);
    let unknown = Some((ErrorCode::Operand, Some(2)));
    assert_eq!(one(&[BYTES], op(Constant, 2, 0, 0, 0)), wrong);
    assert_eq!(one(&[BYTES], op(Constant, 2, 0, 0, 10)), unknown);
    assert_eq!(one(&[STRING], op(Fact, 2, 0, 0, 0)), wrong);
    assert_eq!(one(&[STRING], op(Fact, 2, 0, 0, 8)), unknown);
    assert_eq!(one(&[STRING], op(Variable, 2, 0, 0, 0)), unknown);
    assert_eq!(one(&[BOOL], op(Has, 2, 0, 0, 8)), unknown);
}

#[test]
fn lists_and_maps_have_items_of_their_types() {
    let registers = [LIST_STRING, MAP_INT, STRING, INT, LIST_INT, BOOL];
    let one = |step| {
        let code = [
            op(Fact, 0, 0, 0, 1),
            op(Fact, 1, 0, 0, 5),
            op(Constant, 2, 0, 0, 0),
            op(Constant, 3, 0, 0, 1),
            op(Constant, 4, 0, 0, 2),
            step,
            TRUE,
        ];
        unit_refusal(&registers, BOOL, &code)
    };
    let wrong = Some((ErrorCode::RegisterType, Some(5)));
    for right in [
        op(Index, 2, 0, 3, 0),
        op(Lookup, 3, 1, 2, 0),
        op(HasKey, 5, 1, 2, 0),
        op(Contains, 5, 0, 2, 0),
        op(Contains, 5, 4, 3, 0),
        op(Concatenate, 0, 0, 0, 0),
        op(Superset, 5, 4, 4, 0),
        op(Join, 2, 0, 2, 0),
        op(Split, 0, 2, 2, 3),
        op(Greatest, 3, 4, 0, 0),
        op(FormatList, 2, 2, 4, 0),
    ] {
        assert_eq!(one(right), None, "{right:?}");
    }
    for step in [
        op(Index, 3, 0, 3, 0),
        op(Index, 2, 1, 3, 0),
        op(Lookup, 2, 1, 2, 0),
        op(Lookup, 3, 1, 3, 0),
        op(HasKey, 5, 1, 3, 0),
        op(Contains, 5, 0, 3, 0),
        op(Concatenate, 0, 0, 4, 0),
        op(Concatenate, 4, 0, 0, 0),
        op(Superset, 5, 0, 4, 0),
        op(Join, 2, 4, 2, 0),
        op(Split, 4, 2, 2, 3),
        op(Split, 0, 2, 2, 2),
        op(Greatest, 2, 0, 0, 0),
        op(Least, 3, 0, 0, 0),
        op(FormatList, 2, 2, 1, 0),
    ] {
        assert_eq!(one(step), wrong, "{step:?}");
    }
}

#[test]
fn builders_take_items_of_their_type_and_nothing_else_takes_builders() {
    let registers =
        [BUILDER_STRING, BUILDER_MAP, STRING, INT, LIST_STRING, MAP_INT, LIST_INT, BUILDER_STRING];
    let one = |step| {
        let code = [
            op(NewList, 0, 0, 0, 4),
            op(NewMap, 1, 0, 0, 4),
            op(Constant, 2, 0, 0, 0),
            op(Constant, 3, 0, 0, 1),
            step,
            TRUE,
        ];
        unit_refusal(&registers, BOOL, &code)
    };
    assert_eq!(one(op(Push, 0, 0, 2, 0)), None);
    assert_eq!(one(op(PushEntry, 0, 1, 2, 3)), None);
    assert_eq!(one(op(FinishList, 4, 0, 0, 0)), None);
    assert_eq!(one(op(FinishMap, 5, 1, 0, 0)), None);
    let wrong = Some((ErrorCode::RegisterType, Some(4)));
    for step in [
        op(Push, 0, 0, 3, 0),
        op(Push, 0, 2, 2, 0),
        op(PushEntry, 0, 1, 3, 3),
        op(PushEntry, 0, 1, 2, 2),
        op(PushEntry, 0, 0, 2, 3),
        op(FinishList, 6, 0, 0, 0),
        op(FinishList, 5, 1, 0, 0),
        op(NewList, 1, 0, 0, 0),
        op(NewList, 4, 0, 0, 0),
        op(Move, 7, 0, 0, 0),
        op(Return, 0, 0, 0, 0),
    ] {
        assert_eq!(one(step), wrong, "{step:?}");
    }
    // No room is made without a list to count.
    let like = op(NewListLike, 7, 0, 0, 0);
    assert_eq!(one(like), wrong);
}

#[test]
fn builtins_have_their_arguments_side_by_side() {
    let registers = [DOUBLE, DOUBLE, POINT, POINT, STRING];
    let one = |step| {
        let code = [
            op(Constant, 0, 0, 0, 5),
            op(Constant, 1, 0, 0, 5),
            op(Constant, 2, 0, 0, 8),
            step,
            TRUE,
        ];
        unit_refusal(&registers, BOOL, &code)
    };
    let (point, distance) = (Builtin::PointFrom as u16, Builtin::Distance as u16);
    assert_eq!(one(op(Call, 3, 0, point, 0)), None);
    assert_eq!(one(op(Call, 0, 0, point, 0)), Some((ErrorCode::RegisterType, Some(3))));
    assert_eq!(one(op(Call, 3, 1, point, 0)), Some((ErrorCode::RegisterType, Some(3))));
    assert_eq!(one(op(Call, 0, 2, distance, 0)), Some((ErrorCode::RegisterUnset, Some(3))));
    assert_eq!(one(op(Call, 0, 0, 999, 0)), Some((ErrorCode::Operand, Some(3))));
    let trim = op(Call, 4, 4, Builtin::Trim as u16, 0);
    assert_eq!(one(trim), Some((ErrorCode::RegisterUnset, Some(3))));
    let last = op(Call, 0, 5, Builtin::Sqrt as u16, 0);
    assert_eq!(one(last), Some((ErrorCode::RegisterRange, Some(3))));
}

#[test]
fn formats_have_values_side_by_side() {
    let registers = [STRING, INT, STRING, PENDING, INT];
    let one = |step| {
        let code = [
            op(Constant, 0, 0, 0, 0),
            op(Constant, 1, 0, 0, 1),
            op(Constant, 2, 0, 0, 0),
            op(Clear, 3, 0, 0, 0),
            step,
            TRUE,
        ];
        unit_refusal(&registers, BOOL, &code)
    };
    assert_eq!(one(op(Format, 2, 0, 0, 3)), None);
    assert_eq!(one(op(Format, 2, 0, 0, 0)), None, "no arguments");
    assert_eq!(one(op(Format, 2, 0, 1, 0)), Some((ErrorCode::Operand, Some(4))));
    assert_eq!(one(op(Format, 2, 0, 0, 4)), Some((ErrorCode::RegisterType, Some(4))));
    assert_eq!(one(op(Format, 2, 0, 4, 1)), Some((ErrorCode::RegisterUnset, Some(4))));
    let beyond = Some((ErrorCode::RegisterRange, Some(4)));
    assert_eq!(one(op(Format, 2, 0, 0, u32::MAX)), beyond);
}

#[test]
fn immediates_and_numbers_are_known() {
    // In the long unit, whose first instruction is number 21.
    refused! { Operand:
        30, |r| r.code[30].immediate = 3;
        31, |r| r.code[31].immediate = 1;
        33, |r| r.code[33].b = 10;
        33, |r| r.code[33].immediate = 86_400;
        33, |r| r.code[33].immediate = i32::MIN.cast_unsigned();
        34, |r| r.code[34].immediate = 1;
    }
    refuses(ErrorCode::Operand, 0, &[], BOOL, &[op(Fail, 0, 0, 0, 0)]);
    refuses(ErrorCode::Operand, 0, &[], BOOL, &[op(Fail, 0, 0, 0, 16)]);
    refuses(ErrorCode::Operand, 0, &[], BOOL, &[op(Fail, 0, 0, 0, 17)]);
    accepts(&[], BOOL, &[op(Fail, 0, 0, 0, 15)]);
    let related = |relation| {
        let compare = op(CompareInt, 1, 0, 0, relation);
        unit_refusal(&[INT, BOOL], BOOL, &[op(Constant, 0, 0, 0, 1), compare, TRUE])
    };
    assert_eq!(related(3), None);
    assert_eq!(related(4), Some((ErrorCode::Operand, Some(1))));
}

#[test]
fn what_is_not_used_is_zero() {
    for step in [
        op(ReturnTrue, 1, 0, 0, 0),
        op(ReturnTrue, 0, 1, 0, 0),
        op(ReturnTrue, 0, 0, 1, 0),
        op(ReturnTrue, 0, 0, 0, 1),
        or(op(ReturnTrue, 0, 0, 0, 0), 1),
        or(op(ReturnTrue, 0, 0, 0, 0), 0),
    ] {
        refuses(ErrorCode::Operand, 0, &[BOOL, BOOL], BOOL, &[step, TRUE]);
    }
}

#[test]
fn a_register_is_read_only_where_every_path_has_written_it() {
    let registers = [BOOL, INT, INT];
    let code = |skip| {
        [
            op(Constant, 0, 0, 0, 3),
            op(JumpIf, 0, 0, 0, skip),
            op(Constant, 1, 0, 0, 1),
            op(Move, 2, 1, 0, 0),
            TRUE,
        ]
    };
    accepts(&registers, BOOL, &code(2));
    accepts(&registers, BOOL, &code(4));
    refuses(ErrorCode::RegisterUnset, 3, &registers, BOOL, &code(3));
    let both = |other| {
        [
            op(Constant, 0, 0, 0, 3),
            op(JumpIf, 0, 0, 0, 4),
            op(Constant, 1, 0, 0, 1),
            op(Jump, 0, 0, 0, 5),
            op(Constant, other, 0, 0, 1),
            op(Move, 2, 1, 0, 0),
            TRUE,
        ]
    };
    accepts(&registers, BOOL, &both(1));
    refuses(ErrorCode::RegisterUnset, 5, &registers, BOOL, &both(2));
    // What nothing leads to never runs.
    accepts(&registers, BOOL, &[TRUE, op(Move, 2, 1, 0, 0), TRUE]);
}

#[test]
fn a_step_that_fails_has_written_nothing() {
    let code = |target| [or(op(Fact, 0, 0, 0, 0), target), op(Move, 1, 0, 0, 0), TRUE];
    accepts(&[INT, INT], BOOL, &code(2));
    refuses(ErrorCode::RegisterUnset, 1, &[INT, INT], BOOL, &code(1));
}

#[test]
fn many_registers_and_many_waiting_paths_are_kept_apart() {
    // Register n is written just where paths 0..=n come together.
    let count = 130_u16;
    let mut code = vec![op(Constant, 0, 0, 0, 3)];
    for register in 1..count {
        code.push(op(JumpIf, 0, 0, 0, u32::from(3 * count - register)));
        code.push(op(Move, register, 0, 0, 0));
    }
    while code.len() < 2 * usize::from(count) {
        code.push(op(Move, 0, 0, 0, 0));
    }
    // Where the path of register r arrives, those below r are written.
    for register in (1..=count).rev() {
        code.push(op(Move, 0, register - 1, 0, 0));
    }
    code.push(TRUE);
    let registers = vec![BOOL; usize::from(count)];
    accepts(&registers, BOOL, &code);
    for register in (1..count - 1).step_by(13) {
        let at = usize::from(3 * count - register);
        let mut code = code.clone();
        code[at].a = register;
        refuses(ErrorCode::RegisterUnset, at as u64, &registers, BOOL, &code);
    }
}

#[test]
fn jumps_lead_forward_within_the_unit() {
    for target in [0, 1, 3, u32::MAX] {
        let code = [op(Constant, 0, 0, 0, 3), op(JumpIf, 0, 0, 0, target), TRUE];
        refuses(ErrorCode::JumpTarget, 1, &[BOOL], BOOL, &code);
        if target != LEAVE {
            let code = [op(Constant, 0, 0, 0, 1), or(op(Fact, 0, 0, 0, 0), target), TRUE];
            refuses(ErrorCode::JumpTarget, 1, &[INT], BOOL, &code);
        }
    }
}

#[test]
fn code_ends_with_a_result() {
    let registers = [INT, BOOL];
    refuses(ErrorCode::FallsOff, 0, &registers, BOOL, &[op(Constant, 0, 0, 0, 1)]);
    let fails = or(op(Fail, 0, 0, 0, 1), 1);
    refuses(ErrorCode::FallsOff, 1, &registers, BOOL, &[fails, op(Constant, 0, 0, 0, 1)]);
    let returns = [op(Constant, 0, 0, 0, 1), op(Return, 0, 0, 0, 0)];
    accepts(&registers, INT, &returns);
    refuses(ErrorCode::RegisterType, 1, &registers, BOOL, &returns);
    refuses(ErrorCode::RegisterType, 0, &registers, INT, &[TRUE]);
    refuses(ErrorCode::RegisterType, 0, &registers, INT, &[op(ReturnFalse, 0, 0, 0, 0)]);
}

/// Instructions 1.. of a unit whose register 0 has the tags.
fn a_loop(body: &[Instruction]) -> Vec<Instruction> {
    let exit = 4 + body.len() as u32;
    let mut steps = vec![op(Bound, 0, 0, 0, 16), op(Loop, 1, 0, 0, exit)];
    steps.extend_from_slice(body);
    steps.push(op(Next, 1, 0, 0, 3));
    steps
}

const LOOP: [u16; 6] = [CURSOR, STRING, INT, LIST_STRING, CURSOR, BOOL];

#[test]
fn loops_are_bounded_closed_and_left_at_their_end() {
    let shape = |at| Some((ErrorCode::LoopShape, Some(at)));
    let changed = |at: usize, change: fn(&mut Instruction)| {
        let mut steps = a_loop(&[op(Item, 2, 0, 1, 0)]);
        change(&mut steps[at]);
        with_tags(&LOOP, &steps)
    };
    assert_eq!(changed(0, |_| {}), None);
    assert_eq!(changed(0, |bound| *bound = op(Size, 3, 0, 0, 0)), shape(2));
    assert_eq!(changed(1, |head| head.immediate = 3), shape(2));
    assert_eq!(changed(1, |head| head.immediate = 4), shape(3));
    assert_eq!(changed(1, |head| head.immediate = 6), Some((ErrorCode::JumpTarget, Some(2))));
    assert_eq!(changed(3, |next| next.immediate = 2), shape(4));
    assert_eq!(changed(3, |next| next.immediate = 4), shape(4));
    assert_eq!(changed(3, |next| *next = op(Size, 3, 0, 0, 0)), shape(4));
    // The bound is of another list.
    let other =
        [op(Fact, 4, 0, 0, 1), op(Bound, 0, 4, 0, 16), op(Loop, 1, 0, 0, 5), op(Next, 1, 0, 0, 4)];
    assert_eq!(with_tags(&LOOP, &other), shape(3));
    // A `next` without a loop, and one of another cursor.
    assert_eq!(
        with_tags(&LOOP, &[op(Next, 1, 0, 0, 0)]),
        Some((ErrorCode::RegisterUnset, Some(1)))
    );
    assert_eq!(changed(3, |next| next.dst = 5), Some((ErrorCode::RegisterUnset, Some(4))));
    let mut after = a_loop(&[]);
    after.push(op(Next, 1, 0, 0, 3));
    assert_eq!(with_tags(&LOOP, &after), Some((ErrorCode::RegisterUnset, Some(4))));
}

#[test]
fn loops_are_entered_at_their_head_and_left_anywhere() {
    let jump_in = |target| {
        let mut steps = vec![op(Has, 6, 0, 0, 0), op(JumpIf, 0, 6, 0, target)];
        steps.extend([
            op(Bound, 0, 0, 0, 16),
            op(Loop, 1, 0, 0, 8),
            op(Position, 3, 0, 1, 0),
            op(Size, 3, 0, 0, 0),
            op(Next, 1, 0, 0, 5),
        ]);
        with_tags(&LOOP, &steps)
    };
    let into = |at| Some((ErrorCode::JumpTarget, Some(at)));
    assert_eq!(jump_in(3), None);
    assert_eq!(jump_in(4), into(4), "past the bound");
    assert_eq!(jump_in(5), into(5));
    assert_eq!(jump_in(6), into(6));
    assert_eq!(jump_in(7), into(7));
    assert_eq!(jump_in(8), None);
    // On to the next item, out of the loop, and after a fault.
    let body = [op(Has, 6, 0, 0, 0), op(JumpIf, 0, 6, 0, 6), or(op(Item, 2, 0, 1, 0), 7)];
    assert_eq!(with_tags(&LOOP, &a_loop(&body)), None);
}

#[test]
fn a_cursor_is_used_with_its_list_in_its_loop() {
    let one = |step| with_tags(&LOOP, &a_loop(&[op(Fact, 4, 0, 0, 1), step]));
    let shape = Some((ErrorCode::LoopShape, Some(4)));
    assert_eq!(one(op(Item, 2, 0, 1, 0)), None);
    assert_eq!(one(op(Position, 3, 0, 1, 0)), None);
    assert_eq!(one(op(Item, 2, 4, 1, 0)), shape, "of another list");
    assert_eq!(one(op(Fact, 0, 0, 0, 1)), shape, "the list is changed");
    let mut after = a_loop(&[]);
    after.push(op(Item, 2, 0, 1, 0));
    assert_eq!(with_tags(&LOOP, &after), Some((ErrorCode::RegisterUnset, Some(4))));
    // A pushed item is no change: operations without a result have no `dst`.
    let registers = [CURSOR, STRING, BUILDER_STRING];
    let body = [op(Item, 2, 0, 1, 0), op(NewList, 3, 0, 0, 9), op(Push, 0, 3, 2, 0)];
    assert_eq!(with_tags(&registers, &a_loop(&body)), None);
}

#[test]
fn loops_nest() {
    let nested = |cursor, exit| {
        a_loop(&[
            op(Bound, 0, 0, 0, 4),
            op(Loop, cursor, 0, 0, exit),
            op(Item, 2, 0, cursor, 0),
            op(Position, 3, 0, 1, 0),
            op(Next, cursor, 0, 0, 5),
        ])
    };
    assert_eq!(with_tags(&LOOP, &nested(5, 8)), None);
    let shape = |at| Some((ErrorCode::LoopShape, Some(at)));
    assert_eq!(with_tags(&LOOP, &nested(1, 8)), shape(4), "the same cursor");
    assert_eq!(with_tags(&LOOP, &nested(5, 9)), shape(4), "they end together");
    assert_eq!(with_tags(&LOOP, &nested(5, 7)), shape(6), "closed too late");
    let deep = |levels: u16| {
        let mut steps = Vec::new();
        for level in 0..levels {
            steps.push(op(Bound, 0, 0, 0, 1));
            let exit = u32::from(1 + 2 * levels + (levels - level));
            steps.push(op(Loop, 1 + level, 0, 0, exit));
        }
        for level in (0..levels).rev() {
            steps.push(op(Next, 1 + level, 0, 0, u32::from(3 + 2 * level)));
        }
        with_tags(&vec![CURSOR; usize::from(levels)], &steps)
    };
    let most = MAX_LOOPS as u16;
    assert_eq!(deep(most), None);
    assert_eq!(deep(most + 1), shape(u64::from(2 + 2 * most)));
}

#[test]
fn a_variable_uses_variables_before_it() {
    refused! { VariableOrder:
        0, |r| { r.variables[0].unit = 2; r.variables[1].unit = 1 };
        1, |r| r.code[15].immediate = 1;
    }
    let chain = |length: u32| {
        let mut r = tables();
        for number in 0..length {
            let first = match number.checked_sub(1) {
                None => op(Constant, 0, 0, 0, 1),
                Some(before) => op(Variable, 0, 0, 0, before),
            };
            unit(&mut r, &[INT], INT, &[first, op(Return, 0, 0, 0, 0)]);
            let name = text(&mut r, &format!("v{number}"));
            r.variables.push(crate::archive::Variable { name, unit: number });
        }
        seal(&mut r);
        refusal_of(&r)
    };
    assert_eq!(chain(64), None);
    assert_eq!(chain(65), Some((ErrorCode::VariableOrder, Some(64))));
}

#[test]
fn every_field_of_every_instruction_is_looked_at() {
    // No opcode, register, immediate or target can be replaced by nonsense.
    let count = ruleset().code.len();
    for at in 0..count {
        for field in 0..6 {
            let change = |r: &mut crate::archive::Ruleset| {
                let step = &mut r.code[at];
                match field {
                    0 => step.opcode = 9999,
                    1 => step.dst = 9999,
                    2 => step.a = 9999,
                    3 => step.b = 9999,
                    4 => step.immediate = 0x7fff_ffff,
                    _ => step.on_fault = 0x7fff_ffff,
                }
            };
            let opcode = Opcode::from_u16(ruleset().code[at].opcode);
            let expected = match (refusal(change), field, opcode) {
                // Any number will do, if it doesn't make the unit too dear.
                (None, 4, Some(NewList | NewMap)) => true,
                (Some((ErrorCode::Cost, _)), 4, Some(Bound | NewList | NewMap)) => true,
                (Some((code, place)), ..) => {
                    code.as_str().starts_with("A2") && place.is_some_and(|p| p >= at as u64)
                }
                (None, ..) => false,
            };
            assert!(expected, "instruction {at}, field {field}: {:?}", refusal(change));
        }
    }
}
