//! Bytes as a ruleset: compiling ends with an archive that loads, or with errors
//! that can be shown.

use crate::generator::random::Random;
use crate::input::turn::Turn;
use crate::input::{facts, frame};
use crate::oracle::{diagnostics, json};
use rulestone::{ErrorCode, LoadError, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::diagnostic::Code;
use rulestone_compiler::source::Input;

/// Between two files of one input; YAML itself has no use for it.
pub const NEXT_FILE: u8 = 0x1d;

/// A ruleset of one file, or of several.
pub fn run(data: &[u8]) {
    let compiled = compile(&input(data), Options::default());
    diagnostics::can_be_shown(&compiled.diagnostics, &compiled.sources);
    let mut findings = compiled.diagnostics.iter();
    assert!(findings.all(|finding| finding.code != Code::Defect), "no loader takes the archive");
    let Some(archive) = compiled.archive else {
        assert!(compiled.diagnostics.has_errors(), "no archive, and no error");
        return;
    };
    let ruleset = match Ruleset::from_vec(archive) {
        Ok(ruleset) => ruleset,
        // The compiler has warned of what a decision could cost.
        Err(error) => return assert_eq!(error.code(), Some(ErrorCode::Cost), "{error}"),
    };
    let mut session = ruleset.session();
    let facts = facts::request(&ruleset, &mut Random::guided(data)).expect("there are facts");
    let full = ruleset.encode(&facts).unwrap_or_else(|error| panic!("{error} in {facts}"));
    for frame in [frame::empty(&ruleset), full] {
        match session.decide(&frame) {
            Ok(decision) => drop(json::checked(&decision, Turn::OF_ALL)),
            // Facts that must be there aren't known to whoever knows none.
            Err(error) => {
                assert_eq!(error.code(), ErrorCode::FrameMissing);
                assert_eq!(frame, frame::empty(&ruleset), "a frame made for this ruleset");
            }
        }
    }
}

/// The files of an input.
pub fn input(data: &[u8]) -> Input {
    let files = data.split(|byte| *byte == NEXT_FILE).enumerate();
    let name = |number| match number {
        0 => "ruleset.yaml".to_owned(),
        number => format!("more/{number}.yaml"),
    };
    Input::Memory(files.map(|(number, bytes)| (name(number), bytes.to_vec())).collect())
}

/// A valid ruleset may exceed what a loader with limits of its own accepts; nothing
/// else may be wrong with what the compiler makes.
pub fn assert_too_large(error: &LoadError) {
    assert!(
        matches!(error.code(), Some(ErrorCode::TooLarge | ErrorCode::Cost)),
        "the verifier refuses what the compiler made: {error}"
    );
}
