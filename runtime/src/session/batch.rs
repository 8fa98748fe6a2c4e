//! Batches: many requests in one call. In come frames one behind the other; out
//! comes a decision for each, in their order.

use super::Session;
use super::binding::Binding;
use crate::decide::{self, Batch, Loaded, Workspace};
use crate::decision::{Decision, Rules};
use crate::error::RequestError;
use crate::ruleset::Ruleset;
use rulestone_format::Error;
use rulestone_format::frame::{Frame, Frames};

/// A frame, and the workspace that has the rules that are selected for it.
type Found<'w> = (Frame<'w>, &'w mut Workspace);

impl Session {
    /// Decides about all frames that lie one behind the other in `frames`, which may
    /// begin at any address, and need no padding between them. Calls `sink` with the
    /// number of each frame, from 0 on in their order, and the decision, which is
    /// gone when `sink` returns. Gives how many times it called.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let ruleset = rulestone::Ruleset::open("black-mesa.stone")?;
    /// # let players = [17, 42];
    /// let mut builder = ruleset.facts_builder();
    /// let mut frames = Vec::new();
    /// for level in players {
    ///     builder.clear();
    ///     builder.set_int("player.level", level)?;
    ///     frames.extend_from_slice(builder.finish()?);
    /// }
    /// let mut session = ruleset.session();
    /// let mut lines = Vec::new();
    /// session.decide_batch(&frames, |number, decision| match decision {
    ///     Ok(decision) => {
    ///         decision.write_json(&mut lines);
    ///         lines.push(b'\n');
    ///     }
    ///     Err(error) => eprintln!("request {number}: {error}"),
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `sink` is given the error of a frame that doesn't pass its check, or of a decision
    /// that exceeds a limit, and the batch goes on with the next. Where a frame's length can't be believed (no magic, a
    /// length below that of a header, or beyond the end of the bytes), one error
    /// stands for it and for all behind it: the batch ends.
    ///
    /// # Cost
    /// That of the decisions one by one. Where the rows of the index don't fit into
    /// the cache ([`Session::set_batch_threshold`]), up to 16 requests go through it
    /// together, so that each row is read from memory once for all of them; but one by one
    /// where one of these lacks a fact that has a default. Allocates
    /// nothing after a first batch as large.
    pub fn decide_batch(
        &mut self,
        frames: &[u8],
        mut sink: impl FnMut(usize, Result<Decision<'_>, RequestError>),
    ) -> usize {
        self.each_found(frames, |loaded, number, found| {
            let decision = found.and_then(|(frame, workspace)| {
                decide::work_out(loaded, frame, workspace)?;
                Ok(Decision::new(loaded, frame, workspace))
            });
            sink(number, decision);
        })
    }

    /// The rules that are kept for each of the frames, and nothing else: no outputs
    /// are worked out. Otherwise as [`Session::decide_batch`].
    pub fn matching_batch(
        &mut self,
        frames: &[u8],
        mut sink: impl FnMut(usize, Result<Rules<'_>, RequestError>),
    ) -> usize {
        self.each_found(frames, |loaded, number, found| {
            let workspace = found.map(|(_, workspace)| workspace);
            sink(number, workspace.map(|it| Rules::new(loaded.archive, it.selected())));
        })
    }

    /// Calls `give` with each frame while the workspace has the rules that are selected for
    /// it.
    fn each_found(
        &mut self,
        bytes: &[u8],
        mut give: impl for<'w> FnMut(Loaded<'w>, usize, Result<Found<'w>, RequestError>),
    ) -> usize {
        let Session { ruleset, workspace, batch, binding } = self;
        let loaded = ruleset.loaded();
        let check = |frame: Result<_, Error>| ruleset.check_frame(frame?);
        let mut frames = Frames::new(bytes).map(check);
        let mut number = 0;
        if !decide::goes_by_batches(loaded, workspace) {
            for frame in frames {
                give(
                    loaded,
                    number,
                    frame.and_then(|frame| one(frame, ruleset, binding, workspace)),
                );
                number += 1;
            }
            return number;
        }
        loop {
            let mut together = [const { None }; Batch::MOST];
            for (room, frame) in together.iter_mut().zip(&mut frames) {
                *room = Some(frame);
            }
            if together[0].is_none() {
                return number;
            }
            // The defaults of a request are put to its facts in memory for one.
            let lacks = |frame: &Result<Frame<'_>, _>| {
                frame.as_ref().is_ok_and(|it| !ruleset.is_complete(it))
            };
            if ruleset.has_defaults() && together.iter().flatten().any(lacks) {
                for frame in together.into_iter().flatten() {
                    give(
                        loaded,
                        number,
                        frame.and_then(|frame| one(frame, ruleset, binding, workspace)),
                    );
                    number += 1;
                }
                continue;
            }
            let mut all = together.iter().flatten();
            let good = all.clone().filter_map(|frame| frame.as_ref().ok().copied());
            decide::find_batch(loaded, good, workspace, batch, |frame, found| {
                // Those before it that are wrong; the one that ends the loop is this.
                while let Some(Err(error)) = all.next() {
                    give(loaded, number, Err(error.clone()));
                    number += 1;
                }
                give(loaded, number, found.map(|workspace| (frame, workspace)).map_err(Into::into));
                number += 1;
            });
            for error in all.filter_map(|frame| frame.as_ref().err()) {
                give(loaded, number, Err(error.clone()));
                number += 1;
            }
        }
    }
}

/// The rules that are selected for a single request.
fn one<'w>(
    frame: Frame<'w>,
    ruleset: &'w Ruleset,
    binding: &'w mut Binding,
    workspace: &'w mut Workspace,
) -> Result<Found<'w>, RequestError> {
    let frame = binding.complete(frame, ruleset)?;
    decide::find(ruleset.loaded(), frame, workspace, ())?;
    Ok((frame, workspace))
}
