//! Bytes that nobody wrote: whatever they are, there is an answer.

use super::{access, bytes_of, fixture, seal, verdict};
use crate::verify::{Limits, verify};

/// Unoptimised, only some places are tried: none of the records is so long.
const STEP: usize = if cfg!(debug_assertions) { 11 } else { 1 };

fn bytes() -> Vec<u8> {
    let mut ruleset = fixture::ruleset();
    seal(&mut ruleset);
    bytes_of(&ruleset)
}

#[test]
fn every_flipped_bit_has_an_answer() {
    let mut bytes = bytes();
    let (mut accessible, mut accepted) = (0, 0);
    let bits = (0..bytes.len() * 8).step_by(STEP);
    for bit in bits.clone() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Some(archive) = access(&bytes) {
            accessible += 1;
            accepted += usize::from(verify(archive, &Limits::default()).is_ok());
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    // Much is free: letters of names, values of constants, positions in the source.
    assert!(accessible > bits.len() * 7 / 8, "{accessible}");
    assert!(accepted > 0 && accepted < accessible / 2, "{accepted} of {accessible}");
}

#[test]
fn numbers_at_their_ends_have_an_answer() {
    let bytes = bytes();
    for extreme in [[0_u8; 8], [0xff; 8], [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0x80]] {
        for width in [2, 4, 8] {
            for at in (0..bytes.len() - width).step_by(STEP) {
                let mut bytes = bytes.clone();
                bytes[at..at + width].copy_from_slice(&extreme[..width]);
                if let Some(archive) = access(&bytes) {
                    let _ = verify(archive, &Limits::default());
                }
            }
        }
    }
}

#[test]
fn any_address_will_do() {
    let mut ruleset = fixture::ruleset();
    seal(&mut ruleset);
    let bytes = bytes_of(&ruleset);
    let expected = verdict(&ruleset, &Limits::default());
    assert!(expected.is_ok());
    for offset in 0..16 {
        let mut moved = vec![0; offset];
        moved.extend_from_slice(&bytes);
        let archive = access(&moved[offset..]).expect("accessible");
        assert_eq!(verify(archive, &Limits::default()), expected);
    }
}
