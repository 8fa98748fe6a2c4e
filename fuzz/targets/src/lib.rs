//! What fuzzing tries: each target is a function that takes bytes, and panics
//! where a promise is broken. It needs no fuzzer: the binaries in
//! `fuzz/fuzz_targets` hand these functions to libFuzzer, and
//! `tests/regressions.rs` runs them on what is kept in `fuzz/regressions`, on
//! stable Rust.
//!
//! ```text
//! bytes -> input (mended, split, made into facts) -> target -> oracle, oracle, ...
//! ```
//!
//! * [`input`] makes inputs that get past the outer checks.
//! * [`target`] has a file for each target: what it does with its bytes.
//! * `oracle` has a file for each promise: what must hold of any input.
//! * `ruleset` has the rulesets for which frames and facts are tried.
//! * [`seed`] makes the first inputs of all targets.
//! * [`weigh`] holds what archives cost against what they are stated to cost.

#![forbid(unsafe_code)]

pub mod input;
mod oracle;
mod ruleset;
pub mod seed;
pub mod target;
pub mod weigh;

#[path = "../../../compiler/tests/generator/mod.rs"]
#[allow(dead_code, reason = "minimising is for the test of agreement")]
mod generator;

#[path = "../../../compiler/tests/support/mod.rs"]
mod support;

/// A target by its name.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As the binary, the folder of the corpus and that of regressions are called.
    pub name: &'static str,
    /// Takes one input. Looks at some of the target's promises where all would take long
    /// ([`input::turn`]).
    ///
    /// # Panics
    /// Where a promise is broken.
    pub run: fn(&[u8]),
    /// The same, and looks at all of them.
    pub run_all: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 12] = [
    Target { name: "archive", run: target::archive::run, run_all: target::archive::run },
    Target {
        name: "archive_raw",
        run: target::archive::run_raw,
        run_all: target::archive::run_raw,
    },
    Target { name: "cel", run: target::cel::run, run_all: target::cel::run },
    Target { name: "decision", run: target::decision::run, run_all: target::decision::run_all },
    Target {
        name: "differential",
        run: target::differential::run,
        run_all: target::differential::run_all,
    },
    Target { name: "expression", run: target::expression::run, run_all: target::expression::run },
    Target { name: "facts", run: target::facts::run, run_all: target::facts::run },
    Target { name: "frame", run: target::frame::run, run_all: target::frame::run_all },
    Target { name: "limits", run: target::limits::run, run_all: target::limits::run_all },
    Target { name: "roundtrip", run: target::roundtrip::run, run_all: target::roundtrip::run },
    Target { name: "signature", run: target::signature::run, run_all: target::signature::run },
    Target { name: "source", run: target::source::run, run_all: target::source::run },
];
