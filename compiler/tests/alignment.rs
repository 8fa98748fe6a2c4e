//! Archives and frames at every address, and with every bit wrong.
//!
//! In: one small ruleset with something of everything, and requests that match
//! each of its rules. What must hold: nothing of an archive or of a frame needs
//! alignment, whatever is damaged is refused, and what is damaged so that its
//! header fits is refused by the verifier or decides without harm.

#[path = "alignment/addresses.rs"]
mod addresses;

use addresses::{LINE, at};
use rulestone::{ErrorCode, Frame, Limits, LoadError, Ruleset, Session};
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Indexing, Options};
use rulestone_format::header::{HEADER_LENGTH, Header};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const RULESET: &str = include_str!("alignment/ruleset.yaml");

/// Requests that match each rule of [`RULESET`], and some none.
const REQUESTS: [&str; 5] = [
    r#"{"now": "2026-06-06T12:00:00Z", "player": {"id": "pip", "level": 12, "platform": "ios",
        "position": {"lat": 1.001, "lon": 2.001}, "tags": ["x", "a"], "scores": {"x": 5, "y": 1},
        "waited": "2m", "token": "/wAB", "speed": 2.5}}"#,
    r#"{"now": "2026-06-05T12:00:00Z", "player": {"id": "q", "level": 3, "platform": "web",
        "position": {"lat": 50, "lon": 2}, "tags": [], "scores": {"z": 1}, "gold": 4}}"#,
    r#"{"now": "2026-06-13T12:00:00Z", "player": {"id": "pat", "level": -1, "platform": "ios",
        "position": {"lat": 1, "lon": 1.5}, "tags": ["b", "a", "b", "x"], "scores": {},
        "premium": true}}"#,
    r#"{"now": "2026-07-01T12:00:00Z", "player": {"id": "pip", "level": 0, "platform": "ios",
        "position": {"lat": 10, "lon": -3}, "tags": [], "scores": {}}}"#,
    r#"{"now": 0, "player": {"id": "", "level": 0, "platform": "ios",
        "position": {"lat": 0, "lon": 0}, "tags": [], "scores": {}}}"#,
];

/// Offsets at which every single damage is tried.
const OFFSETS: usize = 16;

/// Nanoseconds that a decision of a damaged archive may cost at worst.
const COST: u64 = 1_000_000;

fn archive() -> Vec<u8> {
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), RULESET.into())]);
    // The index doesn't pay for five rules, but is to be damaged as well.
    let options = Options { index: Indexing::Always, ..Options::default() };
    compile(&input, options).archive.expect("the source is good")
}

fn frames(ruleset: &Ruleset) -> Vec<Vec<u8>> {
    let encode = |request: &&str| {
        let facts: serde_json::Value = serde_json::from_str(request).expect("JSON");
        ruleset.encode(&facts).expect("the facts are good")
    };
    REQUESTS.iter().map(encode).collect()
}

fn decide(session: &mut Session, frame: &[u8]) -> Result<String, ErrorCode> {
    let mut line = Vec::new();
    session.decide(frame).map_err(|error| error.code())?.write_json(&mut line);
    Ok(String::from_utf8(line).expect("JSON is UTF-8"))
}

fn decisions(ruleset: &Ruleset) -> Vec<String> {
    let mut session = ruleset.session();
    let frames = frames(ruleset);
    frames.iter().map(|frame| decide(&mut session, frame).expect("the frame is good")).collect()
}

/// Bytes that begin so far beyond a cache line.
struct Displaced {
    room: Vec<u8>,
    start: usize,
    length: usize,
}

impl Displaced {
    fn new(bytes: &[u8], offset: usize) -> Displaced {
        let mut room = vec![0xA5; bytes.len() + 2 * LINE];
        let start = LINE - room.as_ptr().addr() % LINE + offset;
        room[start..start + bytes.len()].copy_from_slice(bytes);
        let displaced = Displaced { room, start, length: bytes.len() };
        assert_eq!(displaced.bytes().as_ptr().addr() % LINE, offset);
        displaced
    }

    fn bytes(&self) -> &[u8] {
        &self.room[self.start..self.start + self.length]
    }
}

#[test]
fn an_archive_decides_alike_from_every_address() {
    let archive = archive();
    let expected = decisions(&Ruleset::from_bytes(&archive).expect("it is good"));
    for rule in ["a", "b", "c", "d", "e"] {
        let named = format!("\"{rule}\"");
        let matched = |line: &String| line.split(']').next().is_some_and(|m| m.contains(&named));
        let shown = expected.iter().any(matched);
        assert!(shown, "no request matches {rule}: {expected:?}");
    }
    let mut addresses = BTreeSet::new();
    for offset in 0..LINE {
        let displaced = Displaced::new(&archive, offset);
        let ruleset = at(offset, || Ruleset::from_bytes(displaced.bytes())).expect("it is good");
        // What is read in place lies where it was put, not at an address of its own.
        addresses.insert(std::ptr::from_ref(ruleset.archive()).addr() % LINE);
        assert_eq!(decisions(&ruleset), expected, "{offset}");
        let mut session = ruleset.session();
        session.use_index(false);
        for (frame, expected) in frames(&ruleset).iter().zip(&expected) {
            assert_eq!(decide(&mut session, frame).as_ref(), Ok(expected), "{offset}");
        }
    }
    assert_eq!(addresses.len(), LINE, "not every address was tried");
}

#[test]
fn a_frame_decides_alike_from_every_address() {
    let archive = archive();
    let ruleset = Ruleset::from_bytes(&archive).expect("it is good");
    let (frames, expected) = (frames(&ruleset), decisions(&ruleset));
    for archive_offset in (0..LINE).step_by(7) {
        let ruleset = at(archive_offset, || Ruleset::from_bytes(&archive)).expect("it is good");
        let mut session = ruleset.session();
        for offset in 0..LINE {
            for (frame, expected) in frames.iter().zip(&expected) {
                let frame = Displaced::new(frame, offset);
                let decision = session.decide(frame.bytes()).expect("the frame is good");
                let mut line = at(offset, Vec::new);
                decision.write_json(&mut line);
                assert_eq!(line, expected.as_bytes(), "{offset}");
                let mut room = Displaced::new(&vec![0; expected.len()], offset);
                let (start, length) = (room.start, room.length);
                let written = decision.json_into(&mut room.room[start..start + length]);
                assert_eq!(written, Ok(expected.len()));
                assert_eq!(room.bytes(), expected.as_bytes(), "{offset}");
            }
        }
    }
}

/// A batch is frames one behind the other; each says how long it is, and none
/// begins where the processor would like it to.
#[test]
fn a_sequence_of_frames_decides_alike_from_every_address() {
    let ruleset = Ruleset::from_bytes(&archive()).expect("it is good");
    let (frames, expected) = (frames(&ruleset), decisions(&ruleset));
    let mut session = ruleset.session();
    let mut starts = BTreeSet::new();
    for offset in 0..LINE {
        // In another order each time, so that each begins behind each other one.
        let order = (0..12).map(|n| (n * (offset + 1) + n / 4) % frames.len());
        let order: Vec<usize> = order.collect();
        let sequence: Vec<u8> = order.iter().flat_map(|n| frames[*n].iter().copied()).collect();
        let sequence = Displaced::new(&sequence, offset);
        let mut rest = sequence.bytes();
        for number in &order {
            starts.insert(rest.as_ptr().addr() % LINE);
            let length = rest[4..8].try_into().map(u32::from_le_bytes).expect("four bytes");
            let (frame, behind) = rest.split_at(length as usize);
            let checked = Frame::check(frame, ruleset.archive()).expect("the frame is good");
            let mut line = Vec::new();
            let decision = session.decide_checked(checked).expect("is within its limits");
            decision.write_json(&mut line);
            assert_eq!(line, expected[*number].as_bytes(), "{offset}");
            rest = behind;
        }
        assert!(rest.is_empty());
    }
    assert_eq!(starts.len(), LINE, "not every address was tried");
}

/// Runs a check for each number below `count`, on two threads.
fn for_each(count: usize, check: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        let check = &check;
        let halves =
            [0, 1].map(|half| scope.spawn(move || (half..count).step_by(2).for_each(check)));
        for half in halves {
            half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

#[track_caller]
fn refused(result: Result<Ruleset, LoadError>) -> ErrorCode {
    result.expect_err("it is refused").code().expect("it has a code")
}

#[test]
fn every_flipped_bit_of_an_archive_is_refused_at_every_address() {
    let archive = archive();
    for_each(archive.len() * 8, |bit| {
        let damaged = flipped(&archive, bit);
        for offset in 0..OFFSETS {
            let code = at(offset, || refused(Ruleset::from_bytes(&damaged)));
            if bit >= HEADER_LENGTH * 8 {
                assert_eq!(code, ErrorCode::HashMismatch, "{bit}");
            }
        }
    });
}

#[test]
fn every_truncation_of_an_archive_is_refused_at_every_address() {
    let archive = archive();
    for_each(archive.len(), |length| {
        for offset in 0..OFFSETS {
            let code = at(offset, || refused(Ruleset::from_bytes(&archive[..length])));
            let expected = match length {
                0..8 => ErrorCode::NotAnArchive,
                _ => ErrorCode::Truncated,
            };
            assert_eq!(code, expected, "{length}");
        }
    });
}

/// An archive whose header fits its body, whatever that is.
fn mended(body: &[u8]) -> Vec<u8> {
    let mut archive = Header::of(body).to_bytes().to_vec();
    archive.extend_from_slice(body);
    archive
}

/// Drives an archive, if it is accepted, through all that a server does with it.
fn drive(archive: &[u8], frames: &[Vec<u8>]) -> bool {
    let limits = Limits::default().with_cost(COST);
    let Ok(ruleset) = Ruleset::from_vec_with(archive.to_vec(), &limits) else { return false };
    let mut session = ruleset.session();
    session.set_memory_limit(1 << 20);
    let mut builder = ruleset.facts_builder();
    for request in REQUESTS {
        let facts: serde_json::Value = serde_json::from_str(request).expect("JSON");
        // The schema may be another by now.
        if let Ok(frame) = builder.encode(&facts) {
            let decided = decide(&mut session, frame);
            // A loop may have lost its bound, and turn too often.
            let is_good =
                decided.as_ref().map_or_else(|e| *e == ErrorCode::DecisionLimits, |_| true);
            assert!(is_good, "a frame made for this archive is good: {decided:?}");
        }
    }
    for (index, frame) in frames.iter().enumerate() {
        session.use_index(index % 2 == 0);
        if let Ok(line) = decide(&mut session, frame) {
            let decision = serde_json::from_str::<serde_json::Value>(&line);
            assert!(decision.is_ok_and(|decision| decision["matched"].is_array()), "{line}");
        }
    }
    black_box(format!("{:?} {:?}", ruleset.identity(), ruleset.verified()));
    for rule in ruleset.rules() {
        black_box((rule.id(), rule.group(), rule.priority()));
    }
    for output in ruleset.outputs() {
        black_box((output.name(), output.type_name().to_string(), output.combine()));
    }
    for fact in ruleset.facts() {
        black_box((fact.path(), fact.type_name().to_string(), fact.bound()));
    }
    true
}

/// The second pass: hash and length of the header are right, and so the
/// verifier is what stands in the way.
#[test]
fn every_flipped_bit_under_a_mended_header_is_refused_or_harmless() {
    let archive = archive();
    let frames = frames(&Ruleset::from_bytes(&archive).expect("it is good"));
    let body = &archive[HEADER_LENGTH..];
    let accepted = AtomicUsize::new(0);
    for_each(body.len() * 8, |bit| {
        let damaged = mended(&flipped(body, bit));
        if !at(bit, || drive(&damaged, &frames)) {
            return;
        }
        accepted.fetch_add(1, Ordering::Relaxed);
        for offset in [bit + 1, bit + 2, bit + 4] {
            assert!(at(offset, || drive(&damaged, &frames)), "{bit}: accepted, then not");
        }
    });
    let accepted = accepted.into_inner();
    println!("{accepted} of {} accepted", body.len() * 8);
    // The hash of the source, at least, may be anything; most else may not.
    assert!(accepted >= 32 * 8 && accepted < body.len() * 8);
}

#[test]
fn every_truncation_under_a_mended_header_is_refused_or_harmless() {
    let archive = archive();
    let frames = frames(&Ruleset::from_bytes(&archive).expect("it is good"));
    let body = &archive[HEADER_LENGTH..];
    for_each(body.len(), |length| {
        // Cut at the end, and at the start: the root lies at the end.
        at(length, || drive(&mended(&body[..length]), &frames));
        at(length, || drive(&mended(&body[length..]), &frames));
    });
}

#[test]
fn every_flipped_bit_and_every_truncation_of_a_frame_is_refused_or_harmless() {
    let archive = archive();
    let frames = frames(&Ruleset::from_bytes(&archive).expect("it is good"));
    let load = |offset| at(offset, || Ruleset::from_bytes(&archive)).expect("it is good");
    let rulesets: Vec<Ruleset> = (0..OFFSETS).map(load).collect();
    for frame in &frames {
        let wrong = (0..frame.len() * 8).map(|bit| flipped(frame, bit));
        let cut = (0..frame.len()).map(|length| frame[..length].to_vec());
        let damaged: Vec<Vec<u8>> = wrong.chain(cut).collect();
        for_each(damaged.len(), |number| {
            let damaged = &damaged[number];
            let mut first = None;
            for (offset, ruleset) in rulesets.iter().enumerate() {
                let displaced = Displaced::new(damaged, offset);
                let outcome = decide(&mut ruleset.session(), displaced.bytes());
                if let Err(code) = outcome {
                    assert!(code.as_str().starts_with('F'), "{code:?}");
                }
                assert!(damaged.len() == frame.len() || outcome.is_err(), "a piece is accepted");
                assert_eq!(first.get_or_insert_with(|| outcome.clone()), &outcome);
            }
        });
    }
}
