//! How large values can be: never less than they are, and no more where code is what a compiler
//! writes.

use super::fixture::*;
use super::{access, bytes_of, seal};
use crate::code::{Builtin, Instruction, Opcode};
use crate::verify::unit_costs;
use Opcode::*;

/// The cost of a unit whose facts and constants are the fixture's: fact 1 are 16 texts of 32 bytes,
/// constant 0 is of three bytes.
fn cost(registers: &[u16], result: u16, code: &[Instruction]) -> u64 {
    let mut r = tables();
    unit(&mut r, registers, result, code);
    seal(&mut r);
    let bytes = bytes_of(&r);
    unit_costs(access(&bytes).expect("accessible")).expect("in order")[0]
}

/// What text of a gigabyte costs at least to search.
const ANYTHING: u64 = 1 << 30;

/// Register 2 is text; a loop over the 16 texts does `body` with it, whose instructions begin at 5 and
/// end at `end`; register 4 is each text, 5 a bool, 6 and 7 text.
fn looped(body: &[Instruction]) -> u64 {
    let end = 5 + body.len() as u32;
    let mut code = vec![
        op(Fact, 0, 0, 0, 1),
        op(Constant, 2, 0, 0, 0),
        op(Bound, 0, 0, 0, 16),
        op(Loop, 3, 0, 0, end + 1),
        op(Item, 4, 0, 3, 0),
    ];
    code.extend(body);
    code.push(op(Next, 3, 0, 0, 4));
    code.push(op(Call, 5, 6, Builtin::StringContains as u16, 0));
    code.push(op(ReturnTrue, 0, 0, 0, 0));
    let first = [op(Constant, 6, 0, 0, 0), op(Constant, 7, 0, 0, 0)];
    let shifted = code.iter().map(|step| {
        let is_target = [Loop, Next, Jump, JumpIf, JumpUnless].map(|o| o as u16);
        let by = if is_target.contains(&step.opcode) { 2 } else { 0 };
        Instruction { immediate: step.immediate + by, ..*step }
    });
    let code: Vec<Instruction> = first.into_iter().chain(shifted).collect();
    cost(&[LIST_STRING, BOOL, STRING, CURSOR, STRING, BOOL, STRING, STRING], BOOL, &code)
}

#[test]
fn text_that_grows_from_turn_to_turn_can_be_of_any_length() {
    let doubled = [op(Join2, 2, 2, 2, 0), op(Matches, 5, 2, 0, 0)];
    assert!(looped(&doubled) > ANYTHING);
    // By a detour.
    let moved = [op(Join2, 6, 2, 2, 0), op(Move, 2, 6, 0, 0)];
    assert!(looped(&moved) > ANYTHING);
}

#[test]
fn what_a_turn_writes_before_it_reads_is_no_longer_than_that() {
    let nothing = looped(&[]);
    let rewritten = [op(Join2, 2, 4, 4, 0), op(Equal, 5, 2, 4, 0)];
    assert!(looped(&rewritten) < nothing + 16 * 60, "{}", looped(&rewritten));
    // One or the other, written on both ways: as `a ? b : c` is.
    let either = [
        op(Equal, 5, 4, 4, 0),
        op(JumpUnless, 0, 5, 0, 9),
        op(Join2, 2, 4, 4, 0),
        op(Jump, 0, 0, 0, 10),
        op(Move, 2, 4, 0, 0),
        op(Equal, 5, 2, 4, 0),
    ];
    assert!(looped(&either) < nothing + 16 * 100, "{}", looped(&either));
}

#[test]
fn the_greater_counts_where_paths_meet() {
    let with = |first: Instruction, second: Instruction| {
        let code = [
            op(Constant, 1, 0, 0, 3),
            op(JumpUnless, 0, 1, 0, 4),
            first,
            op(Jump, 0, 0, 0, 5),
            second,
            op(Move, 2, 0, 0, 0),
            op(Equal, 1, 0, 2, 0),
            op(ReturnTrue, 0, 0, 0, 0),
        ];
        cost(&[STRING, BOOL, STRING], BOOL, &code)
    };
    // Three bytes, and up to 32.
    let (short, long) = (op(Constant, 0, 0, 0, 0), op(Fact, 0, 0, 0, 7));
    let own =
        |step: Instruction| u64::from(Opcode::from_u16(step.opcode).map_or(0, |o| o.shape().cost));
    let beyond = |a: Instruction, b: Instruction| with(a, b) - own(a) - own(b);
    assert_eq!(beyond(short, long), beyond(long, long));
    assert_eq!(beyond(long, short), beyond(long, long));
    assert_eq!(beyond(long, long), beyond(short, short) + 32 / 16);
}

#[test]
fn a_list_has_room_for_what_it_is_made_like_and_holds_the_longest_of_what_is_put_in() {
    let registers =
        [LIST_STRING, BUILDER_STRING, STRING, CURSOR, STRING, LIST_STRING, BOOL, BUILDER_STRING];
    let code = |finish_within: bool| {
        let finished = op(FinishList, 5, 1, 0, 0);
        vec![
            op(Fact, 0, 0, 0, 1),
            op(Constant, 2, 0, 0, 0),
            op(NewListLike, 1, 0, 0, 0),
            op(Bound, 0, 0, 0, 16),
            op(Loop, 3, 0, 0, 10),
            op(Item, 4, 0, 3, 0),
            if finish_within { finished } else { op(Move, 4, 4, 0, 0) },
            op(Push, 0, 1, 4, 0),
            op(Push, 0, 1, 2, 0),
            op(Next, 3, 0, 0, 5),
            finished,
            op(Equal, 6, 5, 5, 0),
            op(ReturnTrue, 0, 0, 0, 0),
        ]
    };
    assert!(cost(&registers, BOOL, &code(false)) < 1500);
    // What was put in by the turn before is not known yet.
    let mut within = code(true);
    within[7] = op(Contains, 6, 5, 2, 0);
    assert!(cost(&registers, BOOL, &within) > ANYTHING / 8);
}

/// Many registers and many jumps would make for work that is more than linear.
#[test]
fn a_unit_that_asks_for_too_much_work_can_hold_anything() {
    let registers: Vec<u16> = [BOOL, INT].into_iter().chain([STRING; 1000]).collect();
    let of = |jumps: u32| {
        let mut code = vec![op(Constant, 0, 0, 0, 3), op(Constant, 2, 0, 0, 0)];
        code.extend((0..jumps).map(|n| op(JumpIf, 0, 0, 0, n + 3)));
        code.push(op(Call, 1, 2, Builtin::SizeString as u16, 0));
        code.push(op(ReturnTrue, 0, 0, 0, 0));
        cost(&registers, BOOL, &code)
    };
    assert!(of(0) < 200);
    assert!(of(100) > ANYTHING / 16);
}
