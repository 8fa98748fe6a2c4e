//! Keys: values as signed numbers that have the same order.
//!
//! Cut points are compared by their keys, whatever the type of their subject. Registers
//! compare signed numbers, so these are the form that loops work on.

use rulestone_format::subject::KeyKind;

/// How the bits of a cell become a key, without a branch for its type.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flips {
    /// All bits but the sign, of doubles: flipped in negative ones.
    pub(crate) of_negative: u64,
    /// The sign, of unsigned numbers.
    pub(crate) always: u64,
    /// Two words: seconds and nanoseconds.
    pub(crate) is_moment: bool,
}

impl Flips {
    pub(crate) fn of(kind: KeyKind) -> Flips {
        const SIGN: u64 = 1 << 63;
        Flips {
            of_negative: if kind == KeyKind::Double { !SIGN } else { 0 },
            always: if kind == KeyKind::Unsigned { SIGN } else { 0 },
            is_moment: kind == KeyKind::Timestamp,
        }
    }

    #[inline(always)]
    pub(crate) fn key(self, bits: u64) -> i64 {
        let negative = (bits.cast_signed() >> 63).cast_unsigned();
        (bits ^ (negative & self.of_negative) ^ self.always).cast_signed()
    }
}

/// A key of the format, which is unsigned, as a signed number in the same order.
#[inline(always)]
pub(crate) fn signed(key: u64) -> i64 {
    (key ^ 1 << 63).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulestone_format::value::Word;

    #[test]
    fn flipped_bits_are_the_key_of_the_format() {
        let doubles = [0.0, -0.0, 1.5, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN];
        let numbers = [0, 1, u64::MAX, 1 << 63, (1 << 63) - 1];
        for bits in doubles.map(f64::to_bits).into_iter().chain(numbers) {
            for kind in [KeyKind::Signed, KeyKind::Unsigned, KeyKind::Double] {
                let key = kind.key(Word { low: bits, high: 0 });
                assert_eq!(Flips::of(kind).key(bits), signed(key), "{kind:?} {bits:#x}");
            }
        }
    }
}
