//! Frames of facts, one or several in a row.
//!
//! In: bytes. Out: frames; on demand with magic, length, number of facts and
//! fingerprint mended, so that mutations reach what lies behind the header.

use rulestone::Ruleset;
use rulestone_format::frame::{HEADER_LENGTH, MAGIC};

/// First byte of an input whose frames are to be mended: any odd one.
pub const MENDED: u8 = 1;

/// Frames that may follow each other in one input.
const MOST: u8 = 8;

/// First byte of an input of so many frames, of which all but the last begin
/// with two bytes for their length.
pub fn several(count: u8) -> u8 {
    MENDED | (count.clamp(1, MOST) - 1) << 1
}

/// The frames of an input.
///
/// The first byte says whether they are mended (lowest bit) and how many there
/// are (next three bits, less one). All but the last have their length before
/// them, two bytes, little-endian.
pub fn frames(data: &[u8], ruleset: &Ruleset) -> Vec<Vec<u8>> {
    let Some((&first, mut rest)) = data.split_first() else { return Vec::new() };
    let mut frames = Vec::new();
    for _ in 0..first >> 1 & (MOST - 1) {
        let Some((length, behind)) = rest.split_first_chunk::<2>() else { break };
        let length = usize::from(u16::from_le_bytes(*length)).min(behind.len());
        let (frame, behind) = behind.split_at(length);
        frames.push(frame.to_vec());
        rest = behind;
    }
    frames.push(rest.to_vec());
    if first & MENDED != 0 {
        frames.iter_mut().for_each(|frame| mend(frame, ruleset));
    }
    frames
}

/// Makes the header fit the bytes and the ruleset's schema. Bytes that are too
/// short for a header stay as they are.
pub fn mend(frame: &mut [u8], ruleset: &Ruleset) {
    let length = frame.len();
    let fingerprints = &ruleset.archive().schema.fingerprints;
    let Some(header) = frame.first_chunk_mut::<HEADER_LENGTH>() else { return };
    let count = u32::from_le_bytes([header[16], header[17], header[18], header[19]]) as usize;
    let count = count % fingerprints.len().max(1);
    let fingerprint = fingerprints.get(count).map_or(0, |known| known.to_native());
    header[..4].copy_from_slice(&MAGIC);
    header[4..8].copy_from_slice(&(length as u32).to_le_bytes());
    header[8..16].copy_from_slice(&fingerprint.to_le_bytes());
    header[16..20].copy_from_slice(&(count as u32).to_le_bytes());
    header[20..24].fill(0);
}

/// A frame of a sender that knows no facts: of every ruleset's schema, and whole where no fact
/// must be there.
pub fn empty(ruleset: &Ruleset) -> Vec<u8> {
    let mut frame = vec![0; HEADER_LENGTH];
    mend(&mut frame, ruleset);
    frame
}

/// Where the frame at the start of these bytes ends, as its header says. `None` if
/// that can't be believed.
pub fn end(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(&MAGIC) {
        return None;
    }
    let length = bytes.get(4..8)?.first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    (HEADER_LENGTH..=bytes.len()).contains(&length).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;

    #[test]
    fn an_input_of_several_frames_gives_them_all() {
        let ruleset = &ruleset::frame().ruleset;
        let frame = empty(ruleset);
        assert!(ruleset.session().bind(&frame).is_ok());
        let length = (frame.len() as u16).to_le_bytes();
        let input =
            [&[several(3)][..], &length, &frame, &length, &vec![9; frame.len()], &frame].concat();
        let frames = frames(&input, ruleset);
        assert_eq!(frames.len(), 3);
        assert_eq!((&frames[0], &frames[2]), (&frame, &frame));
        assert_eq!(end(&frames[1]), Some(frame.len()));
    }
}
