//! Mutating archives: as tables of numbers rather than as bytes.
//!
//! In: an archive. Out: the same with a few numbers changed, so that much of
//! what comes out still is nearly in order. Nothing here knows where tables lie:
//! any place may begin a little-endian number of 1, 2, 4 or 8 bytes.

use crate::generator::random::Random;
use rulestone_format::header::HEADER_LENGTH;

/// Numbers at which limits and special cases lie.
const EDGES: [u64; 12] =
    [0, 1, 7, 8, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 1 << 30, i64::MAX as u64, 1 << 63, u64::MAX];

/// Changes up to four numbers of the body; the same seed, the same numbers.
pub fn mutate(file: &mut [u8], seed: u64) {
    let random = &mut Random::new(seed);
    let Some(body) = file.get_mut(HEADER_LENGTH..).filter(|body| body.len() >= 8) else { return };
    for _ in 0..=random.below(4) {
        change(body, random);
    }
}

/// `body` has eight bytes or more.
fn change(body: &mut [u8], random: &mut Random) {
    let width = *random.pick(&[1, 2, 4, 8]);
    let places = body.len() - width + 1;
    let at = random.below(places);
    let old = read(body, at, width);
    let step = 1 + random.below(8) as u64;
    let new = match random.below(8) {
        0 => *random.pick(&EDGES),
        1 => random.bits(),
        2 | 3 => old.wrapping_add(step),
        4 | 5 => old.wrapping_sub(step),
        6 => old ^ 1 << random.below(width * 8),
        // What stands elsewhere, such as a number that names another record.
        _ => {
            let other = random.below(places);
            let there = read(body, other, width);
            if random.chance(50) {
                write(body, other, width, old);
            }
            there
        }
    };
    write(body, at, width, new);
}

fn read(body: &[u8], at: usize, width: usize) -> u64 {
    let bytes = body[at..at + width].iter().rev();
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn write(body: &mut [u8], at: usize, width: usize, number: u64) {
    body[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::archive::mended;
    use crate::ruleset;
    use rulestone::Ruleset;

    /// If all were refused, nothing behind the verifier would be tried.
    #[test]
    fn some_mutated_archives_are_accepted_and_some_are_refused() {
        let file = ruleset::compiled(ruleset::FRAME).expect("it compiles");
        let accepted = (0..400)
            .filter(|seed| {
                let mut mutated = file.clone();
                mutate(&mut mutated, *seed);
                mutated != file && Ruleset::from_vec(mended(&mutated)).is_ok()
            })
            .count();
        assert!((10..390).contains(&accepted), "{accepted} of 400 accepted");
    }

    #[test]
    fn files_that_are_too_short_stay_as_they_are() {
        for length in [0, HEADER_LENGTH, HEADER_LENGTH + 7] {
            let mut file = vec![5; length];
            mutate(&mut file, 1);
            assert_eq!(file, vec![5; length]);
        }
    }
}
