//! Paths that come together, loops in code that never runs, and units one after the other.

use super::*;

/// A unit of registers that are bools; register 0 is written first.
fn bools(registers: usize, steps: &[Instruction]) -> Option<(ErrorCode, Option<u64>)> {
    let code = [&[op(Constant, 0, 0, 0, 3)], steps, &[TRUE]].concat();
    unit_refusal(&vec![BOOL; registers], BOOL, &code)
}

fn unset(at: u64) -> Option<(ErrorCode, Option<u64>)> {
    Some((ErrorCode::RegisterUnset, Some(at)))
}

#[test]
fn of_several_jumps_to_one_place_each_must_have_written() {
    // One jump to the end, one to 5, and two to 6: the other jump and the way from 5.
    let code = |first: u16, second: u16| {
        let steps = [
            op(JumpIf, 0, 0, 0, 6),
            op(JumpIf, 0, 0, 0, 9),
            op(Move, first, 0, 0, 0),
            op(Move, 1, 0, 0, 0),
            op(Jump, 0, 0, 0, 8),
            op(Move, second, 0, 0, 0),
            op(Jump, 0, 0, 0, 8),
            op(Move, 2, 100, 0, 0),
            op(Move, 2, 0, 0, 0),
        ];
        bools(130, &steps)
    };
    assert_eq!(code(100, 100), None);
    assert_eq!(code(100, 3), unset(8));
    assert_eq!(code(3, 100), unset(8));
}

#[test]
fn a_path_that_has_arrived_leaves_nothing_to_the_next() {
    let again = |read: u16| {
        let steps = [
            op(JumpIf, 0, 0, 0, 3),
            op(Move, 1, 0, 0, 0),
            op(Move, 2, 0, 0, 0),
            op(JumpIf, 0, 0, 0, 6),
            op(Move, 3, 0, 0, 0),
            op(Move, 4, read, 0, 0),
        ];
        bools(5, &steps)
    };
    assert_eq!(again(2), None);
    assert_eq!(again(1), unset(6));
    assert_eq!(again(3), unset(6));
    // The same beside a path that goes on waiting.
    let beside = |read: u16, later: u16| {
        let steps = [
            op(JumpIf, 0, 0, 0, 9),
            op(JumpIf, 0, 0, 0, 4),
            op(Move, 1, 0, 0, 0),
            op(Move, 100, 0, 0, 0),
            op(JumpIf, 0, 0, 0, 7),
            op(Move, 2, 0, 0, 0),
            op(Move, 3, read, 0, 0),
            op(Move, 3, 0, 0, 0),
            op(Move, 3, later, 0, 0),
        ];
        bools(130, &steps)
    };
    assert_eq!(beside(100, 0), None);
    assert_eq!(beside(2, 0), unset(7));
    assert_eq!(beside(100, 100), unset(9));
    // Where a jump comes from is that of the jump, not of the one before it.
    let registers = [LOOP.as_slice(), &[BOOL]].concat();
    let steps = [
        op(Has, 7, 0, 0, 0),
        op(JumpIf, 0, 7, 0, 5),
        op(JumpIf, 0, 7, 0, 6),
        op(Size, 3, 0, 0, 0),
        op(Size, 3, 0, 0, 0),
        op(Bound, 0, 0, 0, 16),
        op(Loop, 1, 0, 0, 11),
        op(JumpIf, 0, 7, 0, 10),
        op(Size, 3, 0, 0, 0),
        op(Next, 1, 0, 0, 8),
    ];
    assert_eq!(with_tags(&registers, &steps), None);
}

#[test]
fn a_loop_is_closed_once() {
    let steps = a_loop(&[op(Next, 1, 0, 0, 3), op(Size, 3, 0, 0, 0)]);
    assert_eq!(with_tags(&LOOP, &steps), Some((ErrorCode::LoopShape, Some(3))));
}

#[test]
fn code_that_never_runs_has_its_loops_in_shape() {
    for step in [op(Next, 1, 0, 0, 1), op(Position, 3, 0, 1, 0), op(Item, 2, 0, 1, 0)] {
        let found = with_tags(&LOOP, &[TRUE, step]);
        assert_eq!(found, Some((ErrorCode::LoopShape, Some(2))), "{step:?}");
    }
}

#[test]
fn each_argument_of_a_format_is_written() {
    let code = |count| {
        [op(Constant, 0, 0, 0, 0), op(Constant, 1, 0, 0, 1), op(Format, 0, 0, 1, count), TRUE]
    };
    let registers = [STRING, INT, INT];
    accepts(&registers, BOOL, &code(1));
    refuses(ErrorCode::RegisterUnset, 2, &registers, BOOL, &code(2));
}

#[test]
fn a_map_has_the_types_of_its_builder() {
    let finished = |key: TypeId, value: TypeId| {
        let mut r = tables();
        r.types.push(crate::types::TypeKind::Map(key, value).into());
        let other = r.types.len() as u16 - 1;
        let code = [op(NewMap, 0, 0, 0, 4), op(FinishMap, 1, 0, 0, 0), TRUE];
        unit(&mut r, &[BUILDER_MAP, other], BOOL, &code);
        seal(&mut r);
        refusal_of(&r)
    };
    let wrong = Some((ErrorCode::RegisterType, Some(1)));
    assert_eq!(finished(TypeId::STRING, TypeId::BOOL), wrong);
    assert_eq!(finished(TypeId::INT, TypeId::INT), wrong);
}

#[test]
fn all_code_and_all_registers_belong_to_a_unit() {
    let (code, registers) = (ruleset().code.len() as u64, ruleset().registers.len() as u64);
    refused! { SectionRange:
        code, |r| r.code.push(TRUE);
        registers, |r| r.registers.push(BOOL);
    }
}
