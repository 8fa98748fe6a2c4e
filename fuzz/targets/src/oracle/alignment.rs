//! Frames are accepted and decided about alike wherever they lie.

use crate::input::turn::Turn;
use rulestone::{Error, Session};

/// What becomes of a frame: its decision as JSON, or why it is none.
pub type Fate = Result<String, Error>;

/// Every place within a cache line.
const PLACES: usize = 64;

/// What a session makes of a frame.
pub fn fate(session: &mut Session, frame: &[u8]) -> Fate {
    let decision = session.decide(frame)?;
    let mut json = Vec::new();
    decision.write_json(&mut json);
    Ok(String::from_utf8(json).expect("JSON is UTF-8"))
}

/// Places that are tried where all are not.
const FEW: usize = 2;

/// What a session makes of a frame, after trying it at misalignments.
pub fn everywhere(session: &mut Session, frame: &[u8], turn: Turn) -> Fate {
    let mut fates = turn.some(PLACES, FEW).map(|place| {
        let mut bytes = vec![0xa5; place + frame.len()];
        bytes[place..].copy_from_slice(frame);
        fate(session, &bytes[place..])
    });
    let first = fates.next().expect("there are places");
    for (place, other) in fates.enumerate() {
        assert_eq!(other, first, "{} bytes further it is another decision", place + 1);
    }
    first
}
