//! Decides about lines of facts, one after the other.
//!
//! In: a chunk of lines. Out: a line of JSON for each, in pieces of which none is much
//! larger than a decision or [`PIECE`].

use crate::facts::{Chunk, Line, encode};
use crate::failure::Status;
use crate::output::{Format, Report};
use rulestone::{Error, ErrorCode, JsonEncoder, Ruleset, Session};

/// Bytes of lines that are handed on together, about.
const PIECE: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct Decider {
    encoder: JsonEncoder,
    session: Session,
    made: Report<Vec<u8>>,
    text: Vec<u8>,
}

/// Lines that were made one after the other.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) lines: Vec<u8>,
    /// How many.
    pub(super) count: u64,
    /// Whether all that was given for them was good.
    pub(super) status: Status,
    /// Whether it is the last one of its chunk.
    pub(super) is_last: bool,
}

impl Decider {
    pub(super) fn new(ruleset: &Ruleset, strict: bool, use_index: bool) -> Decider {
        let mut session = ruleset.session();
        session.use_index(use_index);
        Decider {
            encoder: ruleset.json_encoder().strict(strict),
            session,
            made: Report::on(Vec::new(), Format::Json),
            text: Vec::new(),
        }
    }

    /// Decides about the lines of a chunk.
    ///
    /// # Errors
    /// Those of `give`, behind which nothing is given.
    pub(super) fn decide<E>(
        &mut self,
        chunk: &Chunk,
        mut give: impl FnMut(Piece) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut count, mut status) = (0, Status::Done);
        let mut cursor = chunk.start();
        while let Some(line) = chunk.next(&mut cursor) {
            status = status.max(self.line(&line));
            count += 1;
            if self.made.len() >= PIECE {
                give(Piece { lines: self.made.take(), count, status, is_last: false })?;
                (count, status) = (0, Status::Done);
            }
        }
        give(Piece { lines: self.made.take(), count, status, is_last: true })
    }

    fn line(&mut self, line: &Line<'_>) -> Status {
        self.text.clear();
        let decided = match encode(&mut self.encoder, line) {
            Ok(frame) => match self.session.decide(frame) {
                Ok(decision) => {
                    decision.write_json(&mut self.text);
                    Ok(())
                }
                Err(error) => Err(format!("line {}: {}", line.number, told(&error.into()))),
            },
            Err(error) => Err(error),
        };
        // Writing to memory doesn't fail.
        match decided {
            Ok(()) => {
                let _ = self.made.bytes_line(&self.text);
                Status::Done
            }
            Err(error) => {
                let _ = self.made.line(serde_json::json!({ "error": error }));
                Status::Fault
            }
        }
    }
}

/// What a line without a decision says. Limits are named first: they are no fault of the
/// line's form.
fn told(error: &Error) -> String {
    let code = error.code();
    match code {
        ErrorCode::DecisionLimits => format!("{} ({})", code.message(), code.as_str()),
        _ => error.to_string(),
    }
}
