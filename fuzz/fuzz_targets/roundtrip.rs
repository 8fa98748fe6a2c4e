//! Hands libFuzzer's inputs to the target `roundtrip`, which says what it does.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulestone_fuzz_targets::input::placement::offset;
use rulestone_fuzz_targets::target::roundtrip;

#[path = "../../compiler/tests/alignment/displacing.rs"]
mod displacing;

fuzz_target!(|data: &[u8]| roundtrip::run(data));
