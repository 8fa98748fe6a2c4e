//! The header: each field, wrong by itself.

use crate::error::ErrorCode;
use crate::header::{HEADER_LENGTH, Header};

fn file() -> Vec<u8> {
    let body = [7; 100];
    let mut file = Header::of(&body).to_bytes().to_vec();
    file.extend(body);
    file
}

fn refusal(file: &[u8]) -> Option<(ErrorCode, Option<u64>)> {
    let error = Header::split(file).err()?;
    Some((error.code(), error.position()))
}

#[test]
fn every_field_of_the_header_is_looked_at() {
    assert_eq!(refusal(&file()), None);
    let changed = |at: usize, byte: u8| {
        let mut file = file();
        file[at] = byte;
        refusal(&file)
    };
    for (at, byte, code, position) in [
        (0, b'S', ErrorCode::NotAnArchive, None),
        (7, b'\r', ErrorCode::NotAnArchive, None),
        (8, 2, ErrorCode::FormatVersion, Some(2)),
        (9, 1, ErrorCode::FormatVersion, Some(257)),
        (10, 0, ErrorCode::LanguageVersion, Some(0)),
        (11, 255, ErrorCode::LanguageVersion, Some(0xff01)),
        (12, 1, ErrorCode::UnknownFlags, None),
        (15, 128, ErrorCode::UnknownFlags, None),
        (16, 63, ErrorCode::BodyOffset, Some(63)),
        (16, 0, ErrorCode::BodyOffset, Some(0)),
        (23, 1, ErrorCode::BodyOffset, Some(64 | 1 << 56)),
        (24, 101, ErrorCode::Truncated, None),
        (31, 255, ErrorCode::Truncated, None),
        (24, 99, ErrorCode::TrailingBytes, None),
        (24, 0, ErrorCode::TrailingBytes, None),
        (32, 0, ErrorCode::HashMismatch, None),
        (63, 0, ErrorCode::HashMismatch, None),
        (HEADER_LENGTH, 8, ErrorCode::HashMismatch, None),
        (HEADER_LENGTH + 99, 8, ErrorCode::HashMismatch, None),
    ] {
        let was = file()[at];
        assert_ne!(was, byte, "the byte at {at} is changed");
        assert_eq!(changed(at, byte), Some((code, position)), "{byte} at {at}");
    }
}

#[test]
fn a_file_that_ends_early_or_late_is_no_archive() {
    let whole = file();
    for length in 0..whole.len() {
        let code = if length < 8 { ErrorCode::NotAnArchive } else { ErrorCode::Truncated };
        assert_eq!(refusal(&whole[..length]), Some((code, None)), "{length}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(refusal(&longer), Some((ErrorCode::TrailingBytes, None)));
}
