//! What registers can hold where paths come together, in units with many of them.

use super::*;

/// What a unit costs at least that may search text of any length.
const ANYTHING: u64 = 1 << 26;

/// What reading the text in [`OUT`] costs at the end of this code, whose first instruction has the
/// number of those of the prelude.
fn read_after(code: &[Instruction]) -> u64 {
    text_after(code, OUT)
}

/// Of the first instruction behind the prelude.
const FIRST: u32 = 9;

fn short() -> Instruction {
    op(Move, OUT, VIP, 0, 0)
}

fn long() -> Instruction {
    op(Move, OUT, TEXT, 0, 0)
}

fn flag() -> Instruction {
    op(Constant, FLAG, 0, 0, 3)
}

#[test]
fn what_does_not_come_here_does_not_count() {
    let code = [
        flag(),
        short(),
        op(JumpIf, 0, FLAG, 0, FIRST + 5),
        long(),
        op(ReturnFalse, 0, 0, 0, 0),
        op(Move, FLAG, FLAG, 0, 0),
    ];
    assert_eq!(read_after(&code), 3);
    let mut joined = code;
    joined[4] = op(Move, FLAG, FLAG, 0, 0);
    assert_eq!(read_after(&joined), 32);
}

#[test]
fn a_step_that_fails_leaves_what_was_there() {
    let code = [
        long(),
        or(op(AddInt, NUMBER, NUMBER, NUMBER, 0), FIRST + 3),
        short(),
        op(Move, NUMBER, NUMBER, 0, 0),
    ];
    assert_eq!(read_after(&code), 32);
}

#[test]
fn of_several_jumps_to_one_place_the_longest_counts() {
    // A jump that waits for the end, and two to the same place.
    let of = |first: Instruction, second: Instruction| {
        let code = [
            flag(),
            op(JumpIf, 0, FLAG, 0, FIRST + 9),
            op(JumpIf, 0, FLAG, 0, FIRST + 5),
            first,
            op(Jump, 0, 0, 0, FIRST + 7),
            second,
            op(Jump, 0, 0, 0, FIRST + 7),
            op(Move, NUMBER, NUMBER, 0, 0),
            call(NUMBER, OUT, Builtin::IntFromString),
            op(Move, NUMBER, NUMBER, 0, 0),
        ];
        let mut silent = code;
        silent[8] = call(NUMBER, VIP, Builtin::IntFromString);
        charged(&code) - charged(&silent) + 3
    };
    assert_eq!(of(short(), long()), 32);
    assert_eq!(of(long(), short()), 32);
    assert_eq!(of(short(), short()), 3);
}

#[test]
fn a_path_that_has_arrived_leaves_nothing_to_the_next() {
    // The place of a path that has arrived is used again, beside one that waits.
    let of = |before: Instruction, again: Instruction, at_end: u32| {
        let code = [
            flag(),
            short(),
            op(JumpIf, 0, FLAG, 0, FIRST + at_end),
            before,
            op(JumpIf, 0, FLAG, 0, FIRST + 6),
            op(Move, NUMBER, NUMBER, 0, 0),
            again,
            op(JumpIf, 0, FLAG, 0, FIRST + 9),
            short(),
            op(Move, NUMBER, NUMBER, 0, 0),
            op(Jump, 0, 0, 0, FIRST + 12),
            op(Move, NUMBER, NUMBER, 0, 0),
            op(Move, NUMBER, NUMBER, 0, 0),
        ];
        read_after(&code)
    };
    assert_eq!(of(short(), long(), 11), 32);
    assert_eq!(of(long(), short(), 11), 3);
    assert_eq!(of(short(), short(), 11), 3);
    assert_eq!(of(long(), long(), 11), 32);
}

/// The costs of units that each read a text after two paths have come together, the last of which
/// has so many registers of text and the others so many.
fn one_after_the_other(units: usize, others: usize, last: usize) -> Vec<u64> {
    let mut r = tables();
    for number in 0..units {
        let texts = if number + 1 == units { last } else { others };
        let registers = [vec![BOOL, INT], vec![STRING; texts]].concat();
        let of_last = 1 + texts as u16;
        let code = [
            op(Constant, 0, 0, 0, 3),
            op(Constant, of_last, 0, 0, 0),
            op(JumpIf, 0, 0, 0, 4),
            op(Fact, of_last, 0, 0, 7),
            call(1, of_last, Builtin::IntFromString),
            op(ReturnTrue, 0, 0, 0, 0),
        ];
        unit(&mut r, &registers, BOOL, &code);
    }
    seal(&mut r);
    let bytes = bytes_of(&r);
    unit_costs(access(&bytes).expect("accessible")).expect("in order")
}

#[test]
fn units_are_looked_at_each_by_itself() {
    for (others, last) in [(1, 1), (3, 2), (2, 3), (5, 1), (1, 5)] {
        let costs = one_after_the_other(300, others, last);
        let own = 1 + 1 + 1 + 2 + (20 + 20) + 1;
        assert!(costs.iter().all(|cost| *cost == own + 32), "{others}, {last}: {costs:?}");
    }
}

/// A unit of `texts` registers of text, register 2 being the first of them, filled up to so many
/// instructions; register 0 is a bool, 1 an int. What `steps` cost and then reading register 2.
fn wide(texts: usize, instructions: usize, steps: &[Instruction]) -> u64 {
    let registers = [vec![BOOL, INT], vec![STRING; texts]].concat();
    let mut code = vec![op(Constant, 0, 0, 0, 3), op(Constant, 2, 0, 0, 0)];
    code.extend(steps);
    code.push(call(1, 2, Builtin::IntFromString));
    while code.len() + 1 < instructions {
        code.push(op(Move, 0, 0, 0, 0));
    }
    code.push(op(ReturnTrue, 0, 0, 0, 0));
    assert_eq!(code.len(), instructions);
    let mut r = tables();
    unit(&mut r, &registers, BOOL, &code);
    seal(&mut r);
    let bytes = bytes_of(&r);
    unit_costs(access(&bytes).expect("accessible")).expect("in order")[0]
}

#[test]
fn as_many_paths_wait_as_there_is_room_for() {
    // Each path that waits takes 64 of 256 extents and one for each instruction.
    let instructions = 64 * 10 - 256;
    let with = |paths: u32| {
        let target = |n: u32| instructions as u32 - 1 - n;
        let steps: Vec<Instruction> = (0..paths).map(|n| op(JumpIf, 0, 0, 0, target(n))).collect();
        wide(64, instructions, &steps)
    };
    assert!(with(10) < 1000, "{}", with(10));
    assert!(with(11) > ANYTHING, "{}", with(11));
    // A place that nobody waits at any more is free again.
    let in_turn: Vec<Instruction> = (0..30).map(|n| op(JumpIf, 0, 0, 0, n + 3)).collect();
    assert!(wide(64, instructions, &in_turn) < 1000);
}

#[test]
fn where_too_much_is_asked_nothing_is_known_from_there_on() {
    // A path that there is no room for, or paths that come and go, each of which is work. What is
    // written then is not known either.
    let waiting = vec![op(JumpIf, 0, 0, 0, 60)];
    let in_turn: Vec<Instruction> = (0..20).map(|n| op(JumpIf, 0, 0, 0, n + 3)).collect();
    for (texts, steps) in [(1000, waiting), (300, in_turn)] {
        let rewritten = [&steps[..], &[op(Constant, 2, 0, 0, 0)]].concat();
        for steps in [steps, rewritten] {
            assert!(wide(texts, 70, &steps) > ANYTHING);
        }
    }
    // Wherever it is that the last of the work is done: at a jump or where one arrives.
    for texts in 280..320 {
        let steps: Vec<Instruction> = (0..20).map(|n| op(Jump, 0, 0, 0, n + 3)).collect();
        assert!(wide(texts, 70, &steps) > ANYTHING, "{texts}");
    }
}

#[test]
fn a_map_that_may_hold_anything_costs_by_that() {
    let registers = [vec![BOOL, BUILDER_MAP, MAP_INT], vec![STRING; 1000]].concat();
    let mut code = vec![op(Constant, 0, 0, 0, 3), op(NewMap, 1, 0, 0, 1)];
    code.extend((0..20).map(|n| op(JumpIf, 0, 0, 0, n + 3)));
    code.extend([op(FinishMap, 2, 1, 0, 0), op(ReturnTrue, 0, 0, 0, 0)]);
    let mut r = tables();
    unit(&mut r, &registers, BOOL, &code);
    seal(&mut r);
    let bytes = bytes_of(&r);
    let costs = unit_costs(access(&bytes).expect("accessible")).expect("in order");
    assert!(costs[0] > ANYTHING, "{costs:?}");
}
