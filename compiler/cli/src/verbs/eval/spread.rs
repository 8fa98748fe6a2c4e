//! Decisions on all cores, in the order of their lines.
//!
//! In: chunks of lines. Out: the pieces that are made of them, as if one thread had made all.
//!
//! ```text
//!           ┌► worker ─┐
//! reader ───┼► worker ─┼──► whoever prints
//!    │      └► worker ─┘         ▲
//!    └── where the pieces of the next chunk will come from
//! ```
//!
//! The reader hands a chunk to whichever worker is free, and to the printer the end of a channel by which
//! its pieces will come. All channels are short, so that what lies in them is bounded: a slow reader of
//! the output stops the workers, and these stop the reader of the input. A long line is read on only when
//! few bytes are on their way.

use super::decider::{Decider, Piece};
use crate::facts::{CHUNK, Chunk, Chunks};
use crate::failure::Failure;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Builder;

/// Pieces of a chunk that wait to be printed, at most.
const PIECES: usize = 2;

/// Chunks for each worker that are on their way, at most.
const AHEAD: usize = 2;

/// The pieces of a chunk, or why there are no more.
type Next = Result<Receiver<Piece>, Failure>;

/// Pieces in the order of their chunks.
pub(super) struct Order(Receiver<Next>);

struct Job {
    chunk: Chunk,
    pieces: SyncSender<Piece>,
}

/// Starts threads that read and decide. Gives the chunks back where none can be had.
pub(super) fn spread(chunks: Chunks, deciders: Vec<Decider>) -> Result<Order, Chunks> {
    let most = deciders.len() * AHEAD;
    let (hand_out, jobs) = sync_channel::<Job>(most);
    let jobs = Arc::new(Mutex::new(jobs));
    let bytes =
        Arc::new(Bytes { taken: Mutex::new(0), given_back: Condvar::new(), most: most * CHUNK });
    let mut workers = 0;
    for mut decider in deciders {
        let (jobs, bytes) = (Arc::clone(&jobs), Arc::clone(&bytes));
        let work = move || {
            while let Some(job) = next(&jobs) {
                // Nothing is left to do once the printer has gone.
                let _ = decider.decide(&job.chunk, |piece| job.pieces.send(piece));
                let length = job.chunk.len();
                drop(job);
                bytes.give_back(length);
            }
        };
        workers += usize::from(Builder::new().spawn(work).is_ok());
    }
    if workers == 0 {
        return Err(chunks);
    }
    let (announce, order) = sync_channel(most);
    // A thread that can't be had takes with it what it was given.
    let shared = Arc::new(Mutex::new(Some(chunks)));
    let own = Arc::clone(&shared);
    let read = move || {
        let chunks = own.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(chunks) = chunks {
            read(chunks, &hand_out, &announce, &bytes);
        }
    };
    match Builder::new().spawn(read) {
        Ok(_) => Ok(Order(order)),
        Err(_) => {
            let chunks = shared.lock().unwrap_or_else(PoisonError::into_inner).take();
            // INVARIANT: the thread that would have taken them never began.
            chunks.map_or(Ok(Order(order)), Err)
        }
    }
}

/// The next job for one of the workers. `None` where there will be no more.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Reads until the end, or until nobody is there any more.
fn read(
    mut chunks: Chunks,
    hand_out: &SyncSender<Job>,
    announce: &SyncSender<Next>,
    bytes: &Bytes,
) {
    loop {
        let chunk = match chunks.next() {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return,
            Err(failure) => {
                let _ = announce.send(Err(failure));
                return;
            }
        };
        bytes.take(chunk.len());
        let (pieces, made) = sync_channel(PIECES);
        if announce.send(Ok(made)).is_err() || hand_out.send(Job { chunk, pieces }).is_err() {
            return;
        }
    }
}

impl Order {
    /// Gives all pieces in their order.
    ///
    /// # Errors
    /// Those of `give`, and that reading failed, behind all that was read before.
    pub(super) fn each(
        self,
        mut give: impl FnMut(Piece) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for made in self.0 {
            let mut is_whole = false;
            for piece in made? {
                is_whole = piece.is_last;
                give(piece)?;
            }
            if !is_whole {
                return Err(Failure::given("a thread that decides has ended before its work"));
            }
        }
        Ok(())
    }
}

/// How many bytes of input are on their way.
struct Bytes {
    taken: Mutex<usize>,
    given_back: Condvar,
    most: usize,
}

impl Bytes {
    /// Waits until so many more are few enough, or alone.
    fn take(&self, count: usize) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_much = |taken: &mut usize| *taken > 0 && *taken + count > self.most;
        let taken = self.given_back.wait_while(taken, is_much);
        *taken.unwrap_or_else(PoisonError::into_inner) += count;
    }

    fn give_back(&self, count: usize) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= count;
        self.given_back.notify_one();
    }
}
