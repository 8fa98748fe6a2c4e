//! Hands libFuzzer's inputs to the target `roundtrip`, which says what it does.

#![no_main]

#[path = "../odd_allocator.rs"]
mod odd_allocator;

libfuzzer_sys::fuzz_target!(|data: &[u8]| rulestone_fuzz_targets::target::roundtrip::run(data));
