//! What expressions share: regexes and time zones, each kept once, and the
//! fences.

use super::checked::Fence;
use super::tree::ZoneRef;
use crate::lower::regex::{self, Regex, RegexError};
use crate::lower::zone::{self, Zone};
use rulestone_format::meaning::time;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// Regexes, zones and fences by number.
#[derive(Debug, Default)]
pub struct Pools {
    pub regexes: Vec<Regex>,
    regex_numbers: HashMap<String, Result<u32, RegexError>>,
    /// Numbers of the automata by their hashes.
    automata: HashMap<u64, u32>,
    automata_bytes: usize,
    pub zones: Vec<Zone>,
    zone_numbers: HashMap<String, Option<ZoneRef>>,
    pub fences: Vec<Fence>,
    /// Bytes of the values that folding has made.
    folded: usize,
}

/// Folding must not make gigabytes out of many lines of text either: what is
/// beyond this is worked out where rules run.
const MOST_FOLDED: usize = 128 << 20;

/// Bytes of all automata together.
const MOST_AUTOMATA: usize = 64 << 20;

impl Pools {
    /// Pools that hold what earlier expressions refer to.
    pub fn of(zones: Vec<Zone>, regexes: Vec<Regex>, fences: Vec<Fence>) -> Pools {
        let hashes = regexes.iter().map(|regex| xxh3_64(&regex.bytes));
        Pools {
            automata: hashes.zip(0..).collect(),
            automata_bytes: regexes.iter().map(|regex| regex.bytes.len()).sum(),
            zones,
            regexes,
            fences,
            ..Pools::default()
        }
    }

    /// The number of a pattern, compiled the first time it is seen.
    pub fn regex(&mut self, pattern: &str) -> Result<u32, RegexError> {
        if let Some(known) = self.regex_numbers.get(pattern) {
            return known.clone();
        }
        let number = regex::compile(pattern).and_then(|compiled| self.add_regex(compiled));
        self.regex_numbers.insert(pattern.to_owned(), number.clone());
        number
    }

    /// The number of an automaton; patterns that mean the same have the same.
    fn add_regex(&mut self, regex: Regex) -> Result<u32, RegexError> {
        let hash = xxh3_64(&regex.bytes);
        if let Some(known) = self.automata.get(&hash)
            && self.regexes.get(*known as usize) == Some(&regex)
        {
            return Ok(*known);
        }
        self.automata_bytes += regex.bytes.len();
        if self.automata_bytes > MOST_AUTOMATA {
            return Err(regex::too_large_together(MOST_AUTOMATA));
        }
        let number = self.regexes.len() as u32;
        self.automata.insert(hash, number);
        self.regexes.push(regex);
        Ok(number)
    }

    /// Whether the value of a folded expression may be kept, and counts it.
    pub fn fits(&mut self, bytes: usize) -> bool {
        let sum = self.folded.saturating_add(bytes);
        let fits = sum <= MOST_FOLDED;
        self.folded = if fits { sum } else { self.folded };
        fits
    }

    /// A zone by IANA name or as an offset such as `+02:00`. `None`: there is none.
    pub fn zone(&mut self, name: &str) -> Option<ZoneRef> {
        if let Some(known) = self.zone_numbers.get(name) {
            return *known;
        }
        let found = match time::parse_fixed_offset(name) {
            Some(offset) => Some(ZoneRef::Fixed(offset)),
            None => zone::zone(name).map(|zone| {
                if zone.transitions.is_empty() {
                    return ZoneRef::Fixed(zone.initial_offset);
                }
                self.zones.push(zone);
                ZoneRef::Named(self.zones.len() as u32 - 1)
            }),
        };
        self.zone_numbers.insert(name.to_owned(), found);
        found
    }
}
