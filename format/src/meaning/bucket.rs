//! Rollouts: which of 100,000 buckets a value falls into under a seed.
//!
//! A bucket is XXH3-64 (<https://github.com/Cyan4973/xxHash>, seed 0) of the bytes `SEED + "\0" + VALUE`, times
//! 100,000, divided by 2^64, as integers. It is part of the language: it never changes within a language version.

use xxhash_rust::xxh3::Xxh3;

/// How many buckets there are; a percentage's thousandths.
pub const BUCKETS: i64 = 100_000;

/// `bucket(string, seed)`: 0 to 99,999.
pub fn bucket(seed: &[u8], value: &[u8]) -> i64 {
    // The state lives on the stack, some 600 bytes; nothing is allocated.
    let mut hasher = Xxh3::new();
    hasher.update(seed);
    hasher.update(b"\0");
    hasher.update(value);
    scale(hasher.digest())
}

/// `bucket(int, seed)`: that of its decimal digits.
pub fn bucket_int(seed: &[u8], value: i64) -> i64 {
    bucket(seed, itoa::Buffer::new().format(value).as_bytes())
}

fn scale(hash: u64) -> i64 {
    // Multiplying before shifting spreads the hashes evenly without a division (D. Lemire, "Fast Random Integer
    // Generation in an Interval", 2019).
    let scaled = (u128::from(hash) * u128::from(BUCKETS.unsigned_abs())) >> 64;
    // INVARIANT: a product of a u64 with 100,000, divided by 2^64, is below 100,000.
    i64::try_from(scaled).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_the_reference_implementation() {
        // Computed with the C library of xxHash 0.8 through its Python binding.
        assert_eq!(xxhash_rust::xxh3::xxh3_64(b""), 0x2d06_8005_38d3_94c2);
        assert_eq!(xxhash_rust::xxh3::xxh3_64(b"golden\0player-1"), 0x3f1d_777c_650a_fba5);
        assert_eq!(bucket(b"golden", b"player-1"), 24_654);
        assert_eq!(bucket(b"", b""), 76_678);
        assert_eq!(bucket(b"golden", &[b'x'; 300]), 80_586);
        assert_eq!(bucket_int(b"s", -42), 84_151);
        assert_eq!(bucket_int(b"golden-idol", i64::MAX), 46_528);
    }

    #[test]
    fn an_int_falls_where_its_digits_fall() {
        assert_eq!(bucket_int(b"seed", 12_345), bucket(b"seed", b"12345"));
        assert_eq!(bucket_int(b"seed", i64::MIN), bucket(b"seed", b"-9223372036854775808"));
    }

    #[test]
    fn hashing_in_parts_is_hashing_the_whole() {
        for length in [0, 1, 3, 8, 16, 128, 239, 240, 241, 256, 1024, 4096] {
            let value = vec![b'v'; length];
            let whole = [b"seed\0".as_slice(), &value].concat();
            assert_eq!(bucket(b"seed", &value), scale(xxhash_rust::xxh3::xxh3_64(&whole)));
        }
    }

    #[test]
    fn buckets_cover_the_range_evenly() {
        assert_eq!((scale(0), scale(u64::MAX)), (0, BUCKETS - 1));
        let below = (0..20_000).filter(|&player| bucket_int(b"even", player) < BUCKETS / 4).count();
        // 5,000 expected, with a standard deviation of 61.
        assert!((4_700..5_300).contains(&below), "{below}");
    }
}
