//! What frames promise that lie one behind the other.

use super::{Frames, HEADER_LENGTH, MAGIC};
use crate::error::{Error, ErrorCode};

/// Bytes of a frame that says it is so long, and of which so many are there.
fn frame(says: u32, length: usize) -> Vec<u8> {
    let mut bytes = vec![7; length];
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4..8].copy_from_slice(&says.to_le_bytes());
    bytes
}

/// How long each is.
fn lengths(bytes: &[u8]) -> Vec<Result<usize, ErrorCode>> {
    Frames::new(bytes).map(|frame| frame.map(<[u8]>::len).map_err(|e: Error| e.code())).collect()
}

#[test]
fn frames_follow_one_another_as_long_as_each_says() {
    assert_eq!(lengths(&[]), []);
    let all = [frame(24, 24), frame(31, 31), frame(24, 24)].concat();
    assert_eq!(lengths(&all), [Ok(24), Ok(31), Ok(24)]);
    let second = Frames::new(&all).nth(1);
    assert_eq!(second, Some(Ok(&all[24..55])));
}

#[test]
fn where_a_length_cannot_be_believed_one_error_stands_for_the_rest() {
    let header = HEADER_LENGTH as u32;
    let good = frame(header, HEADER_LENGTH);
    let mut no_magic = frame(header, HEADER_LENGTH);
    no_magic[3] = b'2';
    for (wrong, code) in [
        (no_magic, ErrorCode::FrameHeader),
        (frame(0, HEADER_LENGTH), ErrorCode::FrameHeader),
        (frame(header - 1, HEADER_LENGTH), ErrorCode::FrameHeader),
        (frame(1_000, HEADER_LENGTH), ErrorCode::FrameTruncated),
        (frame(u32::MAX, HEADER_LENGTH), ErrorCode::FrameTruncated),
    ] {
        let all = [&good[..], &wrong, &good].concat();
        assert_eq!(lengths(&all), [Ok(HEADER_LENGTH), Err(code)]);
    }
    for cut in 1..HEADER_LENGTH {
        let all = [&good[..], &good[..cut]].concat();
        assert_eq!(lengths(&all), [Ok(HEADER_LENGTH), Err(ErrorCode::FrameTruncated)]);
    }
}
