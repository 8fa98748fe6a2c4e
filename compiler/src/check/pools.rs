//! What expressions share: regexes and time zones, each kept once, and the
//! fences.

use super::checked::Fence;
use super::tree::ZoneRef;
use crate::lower::regex::{self, Regex, RegexError};
use crate::lower::zone::{self, Zone};
use rulestone_format::meaning::time;
use std::collections::HashMap;

/// Regexes, zones and fences by number.
#[derive(Debug, Default)]
pub struct Pools {
    pub regexes: Vec<Regex>,
    regex_numbers: HashMap<String, Result<u32, RegexError>>,
    pub zones: Vec<Zone>,
    zone_numbers: HashMap<String, Option<ZoneRef>>,
    pub fences: Vec<Fence>,
}

impl Pools {
    /// The number of a pattern, compiled the first time it is seen.
    pub fn regex(&mut self, pattern: &str) -> Result<u32, RegexError> {
        if let Some(known) = self.regex_numbers.get(pattern) {
            return known.clone();
        }
        let number = regex::compile(pattern).map(|compiled| {
            self.regexes.push(compiled);
            self.regexes.len() as u32 - 1
        });
        self.regex_numbers.insert(pattern.to_owned(), number.clone());
        number
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
