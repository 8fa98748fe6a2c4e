//! Bytes as choices of facts: the decision about them is sound JSON, and since
//! outputs look as facts do, those of a ruleset that gives back its facts are
//! the same facts again.

use crate::generator::random::Random;
use crate::input::facts;
use crate::input::turn::Turn;
use crate::oracle::alignment::{self, fate};
use crate::oracle::{accessors, agreement, json, ways_in};
use crate::ruleset;
use crate::support::Twin;
use serde_json::{Map, Value as Json};

/// Bytes of text that the ruleset takes.
const LONGEST: usize = 1024;

/// The first half chooses facts; the second is one of them, as text.
pub fn run(data: &[u8]) {
    look_at_all(data, Turn::of(data));
}

/// The same, and looks at every promise.
pub fn run_all(data: &[u8]) {
    look_at_all(data, Turn::OF_ALL);
}

/// Facts that are left where not all are.
const FEW: usize = 3;

/// Promises that have a turn.
const PARTS: u64 = 6;

fn look_at_all(data: &[u8], turn: Turn) {
    let twin = ruleset::echo();
    let (choices, text) = data.split_at(data.len() / 2);
    let mut request =
        facts::request(&twin.ruleset, &mut Random::guided(choices)).expect("there are facts");
    leave_some(&mut request, turn);
    if !text.is_empty() {
        let mut text = String::from_utf8_lossy(text).into_owned();
        while text.len() > LONGEST {
            text.pop();
        }
        request["text"] = text.into();
    }
    let frame = twin.ruleset.encode(&request);
    let frame = frame.unwrap_or_else(|error| panic!("{error} in {request}"));
    let mut session = twin.ruleset.session();
    if turn.is(0, PARTS) {
        let line = fate(&mut session, &frame).expect("it is accepted");
        assert_eq!(twin.decide(&mut session, &frame), line);
    }
    if turn.is(1, PARTS) {
        let decision = session.decide(&frame).expect("it is accepted");
        accessors::decision(&decision, &twin.ruleset);
    }
    if turn.is(2, PARTS) {
        let line = fate(&mut session, &frame).expect("it is accepted");
        let decision = session.decide(&frame).expect("it is accepted");
        assert_eq!(json::checked(&decision, turn), line);
    }
    if turn.is(3, PARTS) {
        let line = fate(&mut session, &frame).expect("it is accepted");
        gives_the_facts_back(twin, &request, &frame, &line);
    }
    if turn.is(4, PARTS) {
        agreement::reasons(twin, &mut session, &frame);
    }
    if turn.is(5, PARTS) {
        alignment::everywhere(&mut session, &frame, turn).expect("it is accepted");
    }
}

/// Facts of one request, seldom all of them: each is decided about by itself, and what few take
/// is tried more often.
fn leave_some(request: &mut Json, turn: Turn) {
    if turn.is(0, 8) {
        return;
    }
    let facts = request.as_object_mut().expect("it is an object");
    let left: Vec<usize> = turn.some(facts.len(), FEW).collect();
    let mut place = 0..;
    facts.retain(|_, _| place.next().is_some_and(|place| left.contains(&place)));
}

/// The outputs of a decision are its facts.
fn gives_the_facts_back(twin: &Twin, request: &Json, frame: &[u8], line: &str) {
    let read: Map<String, Json> = serde_json::from_str(line).expect("it is JSON");
    let outputs = read["outputs"].to_string();
    let echo =
        ways_in::encode(&twin.ruleset, &mut twin.ruleset.json_encoder(), false, outputs.as_bytes());
    assert!(echo.as_deref() == Ok(frame), "{request} came back as {line}, {:?}", echo.err());
}
