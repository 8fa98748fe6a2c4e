//! Hands libFuzzer's inputs to the target `archive_raw`, which says what it does.
//! Every other mutation knows that an archive is made of numbers.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use rulestone_fuzz_targets::input::mutation;
use rulestone_fuzz_targets::input::placement::offset;
use rulestone_fuzz_targets::target::archive;

#[path = "../../compiler/tests/alignment/displacing.rs"]
mod displacing;

fuzz_target!(|data: &[u8]| archive::run_raw(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 2 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    mutation::mutate(&mut data[..size], seed.into());
    size
});
