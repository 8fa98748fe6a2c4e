//! Bytes as an archive: what is accepted must decide about any facts without a
//! panic, in time and memory within bounds, and answer whatever it is asked.

use crate::generator::random::Random;
use crate::input::archive::mended;
use crate::input::turn::Turn;
use crate::input::{facts, frame};
use crate::oracle::{accessors, alignment, batch, binding, json, needs, reachable};
use rulestone::{ErrorCode, Limits, Ruleset, Session};

/// Small, so that the fuzzer is quick: 20 ms for a decision at worst.
pub const LIMITS: Limits = Limits::new()
    .with_bytes(1 << 20)
    .with_rules(10_000)
    .with_facts(512)
    .with_cost(20_000_000)
    .with_scratch(16 << 20);

/// Bytes that one decision may use for what its rules make.
const MEMORY: usize = 1 << 20;

/// An archive whose header and fingerprints are mended.
pub fn run(data: &[u8]) {
    drive(mended(data), data);
}

/// An archive as it is.
pub fn run_raw(data: &[u8]) {
    drive(data.to_vec(), data);
}

/// Loads a file and does with it what can be done; `data` varies the facts.
fn drive(file: Vec<u8>, data: &[u8]) {
    let ruleset = match Ruleset::from_vec_with(file, &LIMITS) {
        Ok(ruleset) => ruleset,
        Err(error) => {
            assert!(error.code().is_some() && !error.to_string().is_empty());
            return;
        }
    };
    accessors::ruleset(&ruleset);
    needs::are_honest(&ruleset, &LIMITS);
    let mut with_index = ruleset.session();
    let mut without = ruleset.session();
    without.use_index(false);
    for session in [&mut with_index, &mut without] {
        session.set_memory_limit(MEMORY);
        let frames = frames(&ruleset, data);
        for frame in &frames {
            ask(session, &ruleset, frame);
        }
        batch::decides_alike(session, &frames.concat(), Turn::OF_ALL);
        let [nothing, all, others @ ..] = &frames[..] else { return };
        binding::decides_alike(session, &ruleset, all, data.len());
        binding::joins_what_fits(session, &ruleset, nothing, &others.concat());
        // Arbitrary bytes, of which most are refused.
        let mut bytes = data.get(..data.len().min(512)).unwrap_or_default().to_vec();
        frame::mend(&mut bytes, &ruleset);
        let _ = alignment::fate(session, &bytes);
    }
}

/// Frames made for the ruleset: of a sender that knows nothing, and of some that
/// know everything.
fn frames(ruleset: &Ruleset, data: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = vec![frame::empty(ruleset)];
    let mut random = Random::guided(data.get(data.len().saturating_sub(64)..).unwrap_or_default());
    let mut builder = ruleset.facts_builder();
    for _ in 0..3 {
        let facts = facts::request(ruleset, &mut random).expect("the schema was verified");
        let frame = builder.encode(&facts);
        let frame = frame.unwrap_or_else(|error| panic!("{error} in {facts}"));
        frames.push(frame.to_vec());
    }
    frames
}

fn ask(session: &mut Session, ruleset: &Ruleset, frame: &[u8]) {
    let decision = match session.decide(frame) {
        Ok(decision) => decision,
        Err(error) => {
            // The frame is accepted, and what it asks for is too much: it always is. Or it is
            // the one of a sender that doesn't know what must be there.
            let knows_nothing = *frame == frame::empty(ruleset);
            match error.code() {
                ErrorCode::FrameMissing => assert!(knows_nothing),
                code => assert_eq!(code, ErrorCode::DecisionLimits),
            }
            return assert_eq!(alignment::fate(session, frame), Err(error.into()));
        }
    };
    accessors::decision(&decision, ruleset);
    reachable::nothing_was(&decision);
    let first = json::checked(&decision, Turn::OF_ALL);
    let again = alignment::fate(session, frame);
    assert_eq!(again.as_ref(), Ok(&first), "another decision the second time");
}
