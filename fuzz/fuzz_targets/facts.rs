//! Hands libFuzzer's inputs to the target `facts`, which says what it does.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rulestone_fuzz_targets::target::facts::run(data));
