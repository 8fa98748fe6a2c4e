//! Bytes as frames of facts, one or several in a row: accepted alike and decided
//! about alike wherever they lie, and by every evaluator.

use crate::input::frame;
use crate::oracle::{accessors, agreement, alignment, json, truncation};
use crate::ruleset;
use crate::support::Twin;
use rulestone::{Frame, Session};
use rulestone_format::schema::FactKind;
use std::hint::black_box;

/// Frames, mended on demand: [`frame::frames`] says how they stand in the bytes.
pub fn run(data: &[u8]) {
    let twin = ruleset::frame();
    let mut session = twin.ruleset.session();
    let frames = frame::frames(data, &twin.ruleset);
    let fates: Vec<alignment::Fate> = frames
        .iter()
        .map(|frame| {
            let fate = alignment::everywhere(&mut session, frame);
            assert_eq!(Frame::check(frame, twin.ruleset.archive()).err(), fate.clone().err());
            if let Ok(decision) = &fate {
                look_at(twin, &mut session, frame, decision);
            }
            fate
        })
        .collect();

    // In a row, each is the same as by itself.
    let row = frames.concat();
    let mut rest = &row[..];
    for (frame, fate) in frames.iter().zip(&fates) {
        let Some(end) = frame::end(rest).filter(|end| *end == frame.len()) else { break };
        let (here, behind) = rest.split_at(end);
        assert_eq!(&alignment::fate(&mut session, here), fate, "in a row");
        rest = behind;
    }
}

/// A frame that was accepted, with its decision.
fn look_at(twin: &Twin, session: &mut Session<'_>, frame: &[u8], expected: &str) {
    assert_eq!(agreement::decide(twin, session, frame), expected);
    truncation::is_refused(session, &twin.ruleset, frame);
    let decision = session.decide(frame).expect("it is accepted");
    accessors::decision(&decision, &twin.ruleset);
    json::checked(&decision);
    let checked = Frame::check(frame, twin.ruleset.archive()).expect("it is accepted");
    assert_eq!(checked.bytes(), frame);
    for fact in 0..=twin.ruleset.facts().len() {
        black_box(checked.has(fact));
        for (slot, kind) in [(fact * 8, FactKind::Int), (usize::MAX, FactKind::Point)] {
            black_box(checked.cell(slot, kind));
        }
    }
}
