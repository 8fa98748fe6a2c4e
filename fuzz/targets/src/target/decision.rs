//! Bytes as choices of facts: the decision about them is sound JSON, and since
//! outputs look as facts do, those of a ruleset that gives back its facts are
//! the same facts again.

use crate::generator::random::Random;
use crate::input::facts;
use crate::oracle::{accessors, agreement, json, ways_in};
use crate::ruleset;
use crate::transcode::Transcoder;
use serde_json::{Map, Value as Json};

/// Bytes of text that the ruleset takes.
const LONGEST: usize = 1024;

/// The first half chooses facts; the second is one of them, as text.
pub fn run(data: &[u8]) {
    let twin = ruleset::echo();
    let (choices, text) = data.split_at(data.len() / 2);
    let mut request =
        facts::request(&twin.ruleset, &mut Random::guided(choices)).expect("there are facts");
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
    let line = agreement::decide(twin, &mut session, &frame);
    let decision = session.decide(&frame).expect("it is accepted");
    accessors::decision(&decision, &twin.ruleset);
    assert_eq!(json::checked(&decision), line);

    let read: Map<String, Json> = serde_json::from_str(&line).expect("it was looked at");
    let outputs = read["outputs"].to_string();
    let echo = ways_in::encode(&twin.ruleset, &mut Transcoder::default(), false, &outputs);
    assert!(echo.as_ref() == Ok(&frame), "{request} came back as {line}, {:?}", echo.err());
}
