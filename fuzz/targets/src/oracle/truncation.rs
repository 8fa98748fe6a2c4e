//! Of a good frame, no part is one, nor is anything longer.

use crate::input::turn::Turn;
use rulestone::{Ruleset, Session};
use rulestone_format::frame::Frame;

/// Cuts that are tried where all are not.
const FEW: usize = 16;

/// Cuts a frame that was accepted.
pub fn is_refused(session: &mut Session, ruleset: &Ruleset, frame: &[u8], turn: Turn) {
    let archive = ruleset.archive();
    let mut longer = frame.to_vec();
    longer.push(0);
    assert!(Frame::check(&longer, archive).is_err(), "a frame and a byte are accepted");
    for end in turn.some(frame.len(), FEW) {
        let part = &frame[..end];
        assert!(Frame::check(part, archive).is_err(), "{end} of {} accepted", frame.len());
        // Who cuts a frame may say so in its header: it still must be no harm.
        let mut honest = part.to_vec();
        if let Some(length) = honest.get_mut(4..8) {
            length.copy_from_slice(&(end as u32).to_le_bytes());
            let _ = session.decide(&honest).map(|decision| decision.matched().len());
        }
    }
}
