//! Bytes as frames of facts, one or several in a row: accepted alike and decided
//! about alike wherever they lie, by every evaluator, by themselves, as a batch,
//! and taken apart to be bound.

use crate::input::frame;
use crate::input::turn::Turn;
use crate::oracle::{accessors, agreement, alignment, batch, binding, canonical, json, truncation};
use crate::ruleset;
use crate::support::Twin;
use rulestone::{Frame, Session};
use rulestone_format::schema::FactKind;
use std::hint::black_box;

/// Frames, mended on demand: [`frame::frames`] says how they stand in the bytes.
pub fn run(data: &[u8]) {
    look_at_all(data, Turn::of(data));
}

/// The same, and looks at every promise.
pub fn run_all(data: &[u8]) {
    look_at_all(data, Turn::OF_ALL);
}

/// Promises that have a turn.
const PARTS: u64 = 9;

fn look_at_all(data: &[u8], turn: Turn) {
    let twin = ruleset::frame();
    let mut session = twin.ruleset.session();
    let frames = frame::frames(data, &twin.ruleset);
    for frame in &frames {
        let fate = alignment::everywhere(&mut session, frame, turn);
        assert_eq!(Frame::check(frame, twin.ruleset.archive()).err(), fate.clone().err());
        if let Ok(decision) = fate {
            look_at(twin, &mut session, frame, &decision, turn);
        }
    }
    if turn.is(6, PARTS) {
        batch::decides_alike(&mut session, &frames.concat(), turn);
    }
    if let [bound, items @ ..] = &frames[..] {
        let items = items.concat();
        if turn.is(7, PARTS) {
            binding::joins_what_fits(&mut session, &twin.ruleset, bound, &items);
        }
        if turn.is(8, PARTS) {
            binding::joins_what_fits(&mut twin.indexed.session(), &twin.ruleset, bound, &items);
        }
    }
}

/// A frame that was accepted, with its decision.
fn look_at(twin: &Twin, session: &mut Session, frame: &[u8], expected: &str, turn: Turn) {
    let way = frame.iter().fold(0, |way, byte| way ^ usize::from(*byte));
    if turn.is(0, PARTS) {
        assert_eq!(agreement::decide(twin, session, frame), expected);
    }
    if turn.is(1, PARTS) {
        canonical::is_read_and_written(&twin.ruleset, frame);
    }
    if turn.is(2, PARTS) {
        binding::decides_alike(session, &twin.ruleset, frame, way);
    }
    if turn.is(3, PARTS) {
        binding::decides_alike(&mut twin.indexed.session(), &twin.ruleset, frame, way / 8);
    }
    if turn.is(4, PARTS) {
        truncation::is_refused(session, &twin.ruleset, frame, turn);
    }
    if turn.is(5, PARTS) {
        is_told_alike(twin, session, frame, turn);
    }
}

/// Asks a frame that was accepted, and its decision, whatever can be asked.
fn is_told_alike(twin: &Twin, session: &mut Session, frame: &[u8], turn: Turn) {
    let decision = session.decide(frame).expect("it is accepted");
    accessors::decision(&decision, &twin.ruleset);
    json::checked(&decision, turn);
    let checked = Frame::check(frame, twin.ruleset.archive()).expect("it is accepted");
    assert_eq!(checked.bytes(), frame);
    for fact in 0..=twin.ruleset.facts().len() {
        black_box(checked.has(fact));
        for (slot, kind) in [(fact * 8, FactKind::Int), (usize::MAX, FactKind::Point)] {
            black_box(checked.cell(slot, kind));
        }
    }
}
