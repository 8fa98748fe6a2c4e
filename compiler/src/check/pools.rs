//! What expressions share: regexes and time zones, each kept once, and the
//! fences; and what all of them together may take.

use super::checked::Fence;
use super::folding::Folding;
use super::tree::ZoneRef;
use super::value::Value;
use crate::check::regex::{self, Budget, Regex, RegexError, RegexErrorKind};
use crate::check::zone::{self, Zone};
use rulestone_format::meaning::time;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// A value, and the labels of the enum that it was compared with.
type Compared = (Value, Arc<[String]>);

/// Regexes, zones and fences by number.
#[derive(Debug, Default)]
pub struct Pools {
    pub regexes: Vec<Regex>,
    regex_numbers: HashMap<String, Result<u32, RegexError>>,
    /// Numbers of the automata by their hashes.
    automata: HashMap<u64, u32>,
    regex_budget: Budget,
    /// Whether the budget was too small for a pattern, which has been told.
    is_over_budget: bool,
    pub zones: Vec<Zone>,
    zone_numbers: HashMap<String, Option<ZoneRef>>,
    pub fences: Vec<Fence>,
    pub folding: Folding,
    /// Lists of constants that were found to be values of an enum, by the addresses of
    /// both, which are kept so that nothing else gets them.
    within_enums: HashMap<(usize, usize), Compared>,
}

impl Pools {
    /// Pools that hold what earlier expressions refer to.
    pub fn of(zones: Vec<Zone>, regexes: Vec<Regex>, fences: Vec<Fence>) -> Pools {
        let hashes = regexes.iter().map(|regex| xxh3_64(&regex.bytes));
        let automata = hashes.zip(0..).collect();
        Pools { automata, zones, regexes, fences, ..Pools::default() }
    }

    /// The number of a pattern, compiled the first time it is seen. `Err(None)` where
    /// there is no room for it after another pattern of which that was said.
    pub fn regex(&mut self, pattern: &str) -> Result<u32, Option<RegexError>> {
        if let Some(known) = self.regex_numbers.get(pattern) {
            return known.clone().map_err(|error| self.told_once(error));
        }
        let number = regex::compile_within(pattern, &mut self.regex_budget)
            .map(|compiled| self.add_regex(compiled));
        self.regex_numbers.insert(pattern.to_owned(), number.clone());
        number.map_err(|error| self.told_once(error))
    }

    /// That regexes are too much together is said at the first that is.
    fn told_once(&mut self, error: RegexError) -> Option<RegexError> {
        let is_of_all = error.kind == RegexErrorKind::TooMany;
        (!is_of_all || !std::mem::replace(&mut self.is_over_budget, true)).then_some(error)
    }

    /// A text in `value` (itself, or an item of it) that is not one of an enum's values.
    /// A list is gone through once, however often it is compared.
    pub fn outside(&mut self, value: &Value, labels: &Arc<[String]>) -> Option<String> {
        let known = value.address().map(|address| (address, labels.as_ptr().addr()));
        if known.is_some_and(|known| self.within_enums.contains_key(&known)) {
            return None;
        }
        let outside = match value {
            Value::String(text) => (!labels.iter().any(|label| **label == **text)).then_some(text),
            value => {
                let labels: HashSet<&str> = labels.iter().map(String::as_str).collect();
                outside(value, &labels)
            }
        };
        if let (None, Some(known)) = (outside, known) {
            self.within_enums.insert(known, (value.clone(), Arc::clone(labels)));
        }
        outside.map(|text| text.to_string())
    }

    /// The number of an automaton; patterns that mean the same have the same.
    fn add_regex(&mut self, regex: Regex) -> u32 {
        let hash = xxh3_64(&regex.bytes);
        if let Some(known) = self.automata.get(&hash)
            && self.regexes.get(*known as usize) == Some(&regex)
        {
            return *known;
        }
        let number = self.regexes.len() as u32;
        self.automata.insert(hash, number);
        self.regexes.push(regex);
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

fn outside<'v>(value: &'v Value, labels: &HashSet<&str>) -> Option<&'v Arc<str>> {
    match value {
        Value::String(text) => (!labels.contains(&**text)).then_some(text),
        Value::List(items) => items.iter().find_map(|item| outside(item, labels)),
        _ => None,
    }
}
