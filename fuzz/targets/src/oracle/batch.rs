//! A batch decides as its frames one by one, in their order, wherever it lies and
//! however many go through the index together; a frame that is refused is told of
//! in its place, and one whose length can't be believed ends the batch.

use super::alignment::{Fate, fate};
use crate::input::frame;
use crate::input::turn::Turn;
use rulestone::{Error, ErrorCode, Session};
use rulestone_format::frame::{HEADER_LENGTH, MAGIC};

/// Addresses within a cache line that are tried.
const PLACES: [usize; 4] = [0, 1, 7, 32];

/// Bytes of rows from which on requests go through the index together: always,
/// and as it comes.
const THRESHOLDS: [usize; 2] = [0, 8 << 20];

/// Decides about a row of frames as a batch, in all ways that sessions have.
pub fn decides_alike(session: &mut Session, row: &[u8], turn: Turn) {
    let expected = one_by_one(session, row, fate);
    let expected_rules = one_by_one(session, row, rules);
    let ways: Vec<(usize, usize)> = THRESHOLDS.into_iter().cycle().zip(PLACES).collect();
    for (threshold, place) in turn.some(ways.len(), 1).map(|way| ways[way]) {
        session.set_batch_threshold(threshold);
        let mut bytes = vec![0xa5; place + row.len()];
        bytes[place..].copy_from_slice(row);
        let mut found: Vec<Fate> = Vec::new();
        let count = session.decide_batch(&bytes[place..], |number, decision| {
            assert_eq!(number, found.len());
            found.push(decision.map_err(Error::from).map(|decision| {
                let mut json = Vec::new();
                decision.write_json(&mut json);
                String::from_utf8(json).expect("JSON is UTF-8")
            }));
        });
        assert_eq!((count, &found), (expected.len(), &expected), "{threshold}, at {place}");
        let mut ids: Vec<Result<Vec<String>, Error>> = Vec::new();
        let count = session.matching_batch(&bytes[place..], |_, rules| {
            let rules = rules.map_err(Error::from);
            ids.push(rules.map(|rules| rules.map(|rule| rule.id().to_owned()).collect()));
        });
        assert_eq!((count, &ids), (expected_rules.len(), &expected_rules), "without outputs");
        for (fate, rules) in expected.iter().zip(&expected_rules) {
            // Outputs may exceed a limit where rules alone don't.
            if let Ok(json) = fate {
                assert_eq!(rules.as_ref(), Ok(&matched(json)), "without outputs");
            }
        }
    }
}

/// The rules that are kept for a frame.
pub fn rules(session: &mut Session, frame: &[u8]) -> Result<Vec<String>, Error> {
    Ok(session.matching(frame)?.map(|rule| rule.id().to_owned()).collect())
}

/// What becomes of the frames of a row, each by itself.
pub fn one_by_one<T>(
    session: &mut Session,
    row: &[u8],
    decide: impl Fn(&mut Session, &[u8]) -> Result<T, Error>,
) -> Vec<Result<T, Error>> {
    let mut fates = Vec::new();
    let mut rest = row;
    while !rest.is_empty() {
        let Some(end) = frame::end(rest) else {
            fates.push(Err(why_no_length(rest)));
            break;
        };
        let (here, behind) = rest.split_at(end);
        fates.push(decide(session, here));
        rest = behind;
    }
    fates
}

/// What stands for a frame whose length can't be believed.
fn why_no_length(bytes: &[u8]) -> Error {
    let is_frame = bytes.starts_with(&MAGIC);
    let says = bytes.get(4..8).and_then(|length| length.first_chunk());
    let is_long = says.is_some_and(|length| u32::from_le_bytes(*length) >= HEADER_LENGTH as u32);
    match bytes.len() < HEADER_LENGTH || is_frame && is_long {
        true => Error::new(ErrorCode::FrameTruncated),
        false => Error::new(ErrorCode::FrameHeader),
    }
}

/// The rules of a decision.
pub fn matched(json: &str) -> Vec<String> {
    let read: serde_json::Value = serde_json::from_str(json).expect("a decision is JSON");
    let rules = read["matched"].as_array().expect("a list of rules").iter();
    rules.map(|id| id.as_str().expect("an id").to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;

    #[test]
    fn what_is_behind_a_length_that_cannot_be_believed_is_not_looked_at() {
        let ruleset = &ruleset::frame().ruleset;
        let mut session = ruleset.session();
        let frame = frame::empty(ruleset);
        for (at, value, code) in [
            (0, b'x', ErrorCode::FrameHeader),
            (4, 23, ErrorCode::FrameHeader),
            (4, 255, ErrorCode::FrameTruncated),
        ] {
            let mut wrong = frame.clone();
            wrong[at] = value;
            // What is reserved makes no difference to where a frame ends.
            for reserved in [0, 1] {
                wrong[20] = reserved;
                let row = [&frame[..], &wrong, &frame].concat();
                let fates = one_by_one(&mut session, &row, fate);
                assert_eq!(fates.len(), 2);
                assert_eq!(fates[1].clone().map_err(|error| error.code()), Err(code));
                decides_alike(&mut session, &row, Turn::OF_ALL);
            }
        }
        for end in 0..frame.len() {
            decides_alike(&mut session, &[&frame[..], &frame[..end]].concat(), Turn::OF_ALL);
        }
    }
}
