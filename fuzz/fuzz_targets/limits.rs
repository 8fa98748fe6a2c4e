//! Hands libFuzzer's inputs to the target `limits`, which says what it does.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rulestone_fuzz_targets::target::limits::run(data));
