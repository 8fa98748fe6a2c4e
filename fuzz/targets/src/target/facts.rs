//! Bytes as lines of facts in JSON: each becomes a frame that is decided about,
//! or an error that says what is wrong.

use crate::input::turn::Turn;
use crate::oracle::{agreement, json, ways_in};
use crate::ruleset;

/// The first byte chooses the schema and whether unknown facts are refused; what
/// follows are lines.
pub fn run(data: &[u8]) {
    let Some((first, lines)) = data.split_first() else { return };
    let twin = match first >> 1 & 3 {
        0 => ruleset::frame(),
        1 => ruleset::all_keys(),
        _ => ruleset::echo(),
    };
    let strict = first & 1 != 0;
    let mut session = twin.ruleset.session();
    // What it has learned from some lines mustn't show in others.
    let mut encoder = twin.ruleset.json_encoder().strict(strict);
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(frame) = ways_in::encode(&twin.ruleset, &mut encoder, strict, line) else {
            continue;
        };
        let expected = agreement::decide(twin, &mut session, &frame);
        let decision = session.decide(&frame).expect("it is accepted");
        assert_eq!(json::checked(&decision, Turn::OF_ALL), expected);
    }
}
