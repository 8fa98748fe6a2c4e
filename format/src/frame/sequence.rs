//! Frames one behind the other, as a batch carries them. In come bytes at any
//! address; out come the bytes of each frame, not checked but for where it ends.

use super::layout::{HEADER_LENGTH, MAGIC};
use crate::error::{Error, ErrorCode};

/// The frames that lie one behind the other in some bytes.
///
/// Each says its own length in its header, so that a frame that is wrong inside
/// doesn't hide the next. Where the length itself can't be believed, an error
/// stands for that frame and all that would follow, and the iterator ends: where
/// there is no magic, or a length below that of a header ([`ErrorCode::FrameHeader`]),
/// or the bytes end before the frame does ([`ErrorCode::FrameTruncated`]).
#[derive(Debug, Clone)]
pub struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Frames<'a> {
    pub fn new(bytes: &'a [u8]) -> Frames<'a> {
        Frames { rest: bytes }
    }

    /// The next frame, and what comes behind it.
    fn split(&self) -> Result<(&'a [u8], &'a [u8]), Error> {
        let truncated = Error::new(ErrorCode::FrameTruncated);
        let header: &[u8; HEADER_LENGTH] = self.rest.first_chunk().ok_or(truncated)?;
        let length = u32::from_le_bytes(std::array::from_fn(|i| header[4 + i])) as usize;
        if header[..4] != MAGIC || length < HEADER_LENGTH {
            return Err(Error::new(ErrorCode::FrameHeader));
        }
        self.rest.split_at_checked(length).ok_or(truncated)
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<&'a [u8], Error>;

    fn next(&mut self) -> Option<Result<&'a [u8], Error>> {
        if self.rest.is_empty() {
            return None;
        }
        let split = self.split();
        self.rest = split.map_or(&[], |(_, rest)| rest);
        Some(split.map(|(frame, _)| frame))
    }
}
