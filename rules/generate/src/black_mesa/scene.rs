//! Scenes: a part of the map, with the instants that matter there.
//!
//! In: a stream of choices. Out: a [`Scene`]. The instants are the ends of the windows in `rules/black-mesa/weekends`,
//! one second before and after them, and the hours in which clocks change.

use super::place::{ELSEWHERE, FAR, LONDON, NEW_YORK, Point, TOKYO};
use crate::json;
use crate::random::Random;
use crate::time::{DAY, HOUR, MINUTE, rfc3339, utc};

/// Where and when a request comes from.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// Unix seconds.
    pub(crate) now: i64,
    /// Where the player is.
    pub(crate) position: Point,
    /// Points of interest nearby.
    pub(crate) landmarks: &'static [Point],
    /// The country of the most players here.
    pub(crate) region: &'static str,
    offset: i64,
}

/// Instants in London: Friday 22:00 and Sunday 02:00 in summer; the market on Saturday, the park on Sunday, the guild
/// on Wednesday; both changes of the clocks.
const LONDON_INSTANTS: [i64; 14] = [
    utc((2026, 6, 12), (21, 0, 0)),
    utc((2026, 6, 13), (1, 0, 0)),
    utc((2026, 6, 13), (22, 59, 59)),
    utc((2026, 6, 14), (1, 0, 0)),
    utc((2026, 6, 13), (8, 0, 0)),
    utc((2026, 6, 13), (16, 0, 0)),
    utc((2026, 6, 14), (10, 0, 0)),
    utc((2026, 6, 10), (18, 30, 0)),
    utc((2026, 6, 17), (22, 30, 0)),
    utc((2026, 3, 29), (1, 0, 0)),
    utc((2026, 3, 29), (1, 20, 0)),
    utc((2026, 10, 25), (0, 30, 0)),
    utc((2026, 10, 25), (1, 0, 0)),
    utc((2026, 10, 25), (1, 30, 0)),
];

/// Instants in Tokyo: weekend nights, the crossing at noon, fireworks, golden week, a weekday morning, midnight.
const TOKYO_INSTANTS: [i64; 12] = [
    utc((2026, 6, 12), (12, 0, 0)),
    utc((2026, 6, 12), (18, 0, 0)),
    utc((2026, 6, 13), (15, 0, 0)),
    utc((2026, 6, 13), (18, 0, 0)),
    utc((2026, 6, 6), (3, 0, 0)),
    utc((2026, 6, 7), (5, 30, 0)),
    utc((2026, 7, 25), (10, 0, 0)),
    utc((2026, 7, 25), (12, 30, 0)),
    utc((2026, 5, 1), (3, 0, 0)),
    utc((2026, 6, 8), (22, 30, 0)),
    utc((2026, 8, 5), (14, 57, 0)),
    utc((2026, 8, 5), (15, 5, 0)),
];

/// Instants in New York: weekend nights, the park in the morning, lunch, 4 July, both changes of the clocks, the
/// marathon.
const NEW_YORK_INSTANTS: [i64; 13] = [
    utc((2026, 6, 13), (2, 0, 0)),
    utc((2026, 6, 14), (4, 0, 0)),
    utc((2026, 6, 14), (8, 0, 0)),
    utc((2026, 6, 13), (10, 0, 0)),
    utc((2026, 6, 14), (20, 0, 0)),
    utc((2026, 6, 10), (16, 59, 59)),
    utc((2026, 7, 4), (4, 0, 0)),
    utc((2026, 7, 4), (20, 0, 0)),
    utc((2026, 3, 8), (7, 0, 0)),
    utc((2026, 3, 8), (7, 30, 0)),
    utc((2026, 11, 1), (5, 45, 0)),
    utc((2026, 11, 1), (6, 45, 0)),
    utc((2026, 11, 1), (15, 0, 0)),
];

/// Instants that matter anywhere: Friday the 13th, first of a month, solstice, premium week, derby, the end of the
/// fair, both ends of the event and beyond.
const INSTANTS: [i64; 12] = [
    utc((2026, 3, 13), (16, 10, 0)),
    utc((2026, 5, 31), (23, 0, 0)),
    utc((2026, 6, 21), (0, 0, 0)),
    utc((2026, 6, 21), (23, 59, 59)),
    utc((2026, 7, 15), (12, 0, 0)),
    utc((2026, 7, 26), (13, 0, 0)),
    utc((2026, 8, 31), (17, 30, 0)),
    utc((2026, 9, 30), (19, 30, 0)),
    utc((2026, 3, 6), (0, 0, 0)),
    utc((2026, 11, 15), (0, 0, 0)),
    utc((2026, 6, 10), (15, 10, 0)),
    utc((2026, 2, 1), (12, 0, 0)),
];

/// Draws a scene.
pub(crate) fn draw(random: &mut Random) -> Scene {
    let (landmarks, instants, region, offset): (&'static [Point], &'static [i64], _, _) =
        match random.below(20) {
            0..6 => (&LONDON, &LONDON_INSTANTS, "gb", 60),
            6..10 => (&TOKYO, &TOKYO_INSTANTS, "jp", 540),
            10..14 => (&NEW_YORK, &NEW_YORK_INSTANTS, "us", -240),
            14..17 => (&FAR, &INSTANTS, "fj", 720),
            _ => (&ELSEWHERE, &INSTANTS, "no", -210),
        };
    let landmark = random.pick(landmarks);
    Scene {
        now: draw_now(random, instants),
        // Half of the players stand exactly on an edge or in a middle, the others a little beside it.
        position: if random.percent(55) { landmark } else { landmark.jittered(random, 0.002) },
        landmarks,
        region,
        offset,
    }
}

impl Scene {
    /// `now` in one of the forms that facts may have.
    pub(crate) fn now_json(&self, random: &mut Random) -> String {
        match random.below(10) {
            0..5 => json::quoted(&rfc3339(self.now, "", 0)),
            5 | 6 => json::quoted(&rfc3339(self.now, "", self.offset)),
            7 => {
                let fraction = random.pick(&[".5", ".000000001", ".25", ".999999999", ".0"]);
                json::quoted(&rfc3339(self.now, fraction, 0))
            }
            8 => json::quoted(&rfc3339(self.now, ".750", self.offset)),
            _ => self.now.to_string(),
        }
    }
}

fn draw_now(random: &mut Random, instants: &[i64]) -> i64 {
    let instant = random.pick(instants);
    match random.below(10) {
        0..3 => instant,
        3 => instant - 1,
        4 => instant + 1,
        5 | 6 => instant + random.between(-20, 20) * MINUTE,
        7 => instant + random.between(-30, 30) * HOUR,
        8 => instant + 7 * DAY * random.between(0, 4),
        _ => random.between(utc((2026, 3, 6), (0, 0, 0)), utc((2026, 11, 15), (0, 0, 0))),
    }
}
