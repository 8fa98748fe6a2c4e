//! What a schedule comes to: wall-clock times in a time zone become sorted,
//! disjoint UTC intervals, so that nothing at run time needs to know of zones.
//!
//! In: [`Schedule`]s as they were read. Out: [`Interval`]s, and diagnostics for
//! schedules that name no zone or end before they start, and a warning of those that
//! never hold.
//!
//! Zones come from the database that is built into the compiler, never from
//! the machine: the same source gives the same intervals everywhere.

mod clock;
mod interval;
#[cfg(test)]
mod tests;
mod zones;

pub use interval::{Interval, intersect};
pub use zones::{nearest_zone_name, time_zone, tzdata_version};

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::model::Schedule;
use crate::source::span::{Span, Spanned};
use clock::Clock;
use jiff::civil::Date;

/// How many windows one schedule may come to (about 27 years of two a day).
pub const MAX_WINDOWS: usize = 20_000;

/// How many intervals the schedules of one ruleset may come to: 64 MiB of them.
pub const MAX_INTERVALS: usize = 4_000_000;

/// The schedules of one ruleset: works out its own once, then each rule's.
#[derive(Debug)]
pub struct Calendar {
    /// Every zone that was named so far; an error holds the nearest name.
    zones: HashMap<String, Result<Clock, Option<&'static str>>>,
    ruleset: Enclosing,
    intervals_left: usize,
    /// All that rules have.
    known: HashSet<Arc<[Interval]>>,
}

/// The ruleset's schedule, as its rules need it.
#[derive(Debug)]
struct Enclosing {
    /// Its ends as written: rules take a missing one from here.
    ends: Interval,
    /// Shared by all rules without a schedule of their own.
    intervals: Arc<[Interval]>,
    span: Option<Span>,
    /// It was reported as wrong: rules don't report what follows from that.
    is_broken: bool,
}

impl Calendar {
    /// Works out the ruleset's own schedule and reports what is wrong with it.
    pub fn new(ruleset: Option<&Schedule>, diagnostics: &mut Diagnostics) -> Self {
        let mut calendar = Calendar {
            zones: HashMap::new(),
            ruleset: Enclosing {
                ends: Interval::ALWAYS,
                intervals: [Interval::ALWAYS].into(),
                span: None,
                is_broken: false,
            },
            intervals_left: MAX_INTERVALS,
            known: HashSet::new(),
        };
        if let Some(schedule) = ruleset {
            let resolved = calendar.resolve(schedule, diagnostics);
            calendar.ruleset.span = Some(schedule.span);
            match resolved {
                Some((ends, intervals)) => {
                    calendar.ruleset.ends = ends;
                    calendar.ruleset.intervals = intervals.into();
                }
                None => calendar.ruleset.is_broken = true,
            }
        }
        calendar
    }

    /// When the ruleset is active: what a rule without a schedule of its own has.
    ///
    /// All of time if the ruleset has no schedule or a wrong one; empty if it never
    /// holds.
    pub fn ruleset(&self) -> &Arc<[Interval]> {
        &self.ruleset.intervals
    }

    /// When a rule with this schedule is active, within the ruleset's schedule.
    ///
    /// Sorted and disjoint; empty only after a finding, about this schedule (then it
    /// is reported) or the ruleset's (it has been). Equal ones are shared.
    pub fn intervals(&mut self, rule: &Schedule, diagnostics: &mut Diagnostics) -> Arc<[Interval]> {
        let resolved = self.resolve(rule, diagnostics);
        let intervals = resolved.map(|(_, intervals)| intervals).unwrap_or_default();
        if let Some(known) = self.known.get(&intervals[..]) {
            return Arc::clone(known);
        }
        let intervals: Arc<[Interval]> = intervals.into();
        self.known.insert(Arc::clone(&intervals));
        intervals
    }

    /// The schedule's ends as written, and its intervals within the ruleset's.
    fn resolve(
        &mut self,
        schedule: &Schedule,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Interval, Vec<Interval>)> {
        let clock = match self.clock(schedule.timezone.as_ref()) {
            Ok(clock) => clock,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                return None;
            }
        };
        let ends = match written_ends(schedule, &clock) {
            Ok(ends) => ends,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                return None;
            }
        };
        match self.hold(schedule, &clock, ends, diagnostics) {
            Ok(intervals) => Some((ends, intervals?)),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        }
    }

    /// The intervals of a schedule whose zone and ends are in order. `None`:
    /// they depend on the ruleset's schedule, which is broken.
    fn hold(
        &mut self,
        schedule: &Schedule,
        clock: &Clock,
        ends: Interval,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Vec<Interval>>, Box<Diagnostic>> {
        // Also clipping to the ruleset's ends changes nothing, as the schedule
        // is intersected with the ruleset's anyway, and saves windows.
        let ends = ends.clipped_to(self.ruleset.ends);
        let own = if schedule.days.is_none() && schedule.daily.is_none() {
            if ends.is_empty() { Vec::new() } else { vec![ends] }
        } else if ends.start == i64::MIN || ends.end == i64::MAX {
            if self.ruleset.is_broken {
                return Ok(None);
            }
            return Err(self.needs_ends(schedule, ends));
        } else {
            clock
                .windows(schedule.days.as_ref(), schedule.daily.as_ref(), ends, MAX_WINDOWS)
                .map_err(|count| too_many_windows(schedule, count))?
        };
        let intervals = intersect(&own, &self.ruleset.intervals);
        if intervals.is_empty() && !self.ruleset.intervals.is_empty() {
            let skipped = match own.is_empty() {
                true => clock.skipped(schedule.days.as_ref(), schedule.daily.as_ref(), ends),
                false => None,
            };
            diagnostics.push(self.never_holds(schedule, skipped));
        }
        self.intervals_left = match self.intervals_left.checked_sub(intervals.len()) {
            Some(left) => left,
            None => return Err(too_many_intervals(schedule)),
        };
        Ok(Some(intervals))
    }

    /// The clock of a zone, from the cache if it was named before.
    fn clock(&mut self, name: Option<&Spanned<String>>) -> Result<Clock, Box<Diagnostic>> {
        let text = name.map_or("UTC", |n| n.value.as_str());
        let found = match self.zones.get(text) {
            Some(found) => found.clone(),
            None => {
                let found = match time_zone(text) {
                    Some(zone) => Ok(Clock::new(zone)),
                    None => Err(nearest_zone_name(text)),
                };
                self.zones.insert(text.to_owned(), found.clone());
                found
            }
        };
        found.map_err(|nearest| unknown_zone(text, name.map(|n| n.span), nearest))
    }

    fn needs_ends(&self, schedule: &Schedule, ends: Interval) -> Box<Diagnostic> {
        let (key, span) = match (&schedule.days, &schedule.daily) {
            (Some(days), _) => ("days", days.span),
            (None, Some(daily)) => ("daily", daily.span),
            (None, None) => ("schedule", schedule.span),
        };
        let missing = match (ends.start == i64::MIN, ends.end == i64::MAX) {
            (true, true) => "`start` and `end`",
            (true, false) => "`start`",
            (false, _) => "`end`",
        };
        let diagnostic = Diagnostic::new(
            Code::ScheduleNeedsEnds,
            format!("`{key}` in a schedule without {missing}"),
        )
        .at(span, "repeats without a bound")
        .help(format!(
            "windows are worked out when the ruleset is compiled: add {missing} here or on the ruleset's schedule"
        ));
        Box::new(match self.ruleset.span {
            Some(span) => diagnostic.also(span, "the ruleset's schedule doesn't have it either"),
            None => diagnostic,
        })
    }

    /// `skipped`: the day on which the clock passes over all of a window.
    fn never_holds(&self, schedule: &Schedule, skipped: Option<Date>) -> Diagnostic {
        let diagnostic = Diagnostic::new(Code::ScheduleNeverHolds, "this schedule never holds")
            .at(schedule.span, "no moment is in it");
        if let Some(day) = skipped {
            let zone = schedule.timezone.as_ref().map_or("UTC", |zone| zone.value.as_str());
            return diagnostic.help(format!(
                "on {day} the clock of {zone} is put forward, so that the window ends as it begins: \
                 choose other hours, or another day"
            ));
        }
        match self.ruleset.span {
            Some(span) => diagnostic
                .also(span, "a rule is active only while the ruleset's schedule holds, too")
                .help("let the two overlap, or set `enabled: false`"),
            None => diagnostic
                .help("let `days` and `daily` have a window between `start` and `end`, or set `enabled: false`"),
        }
    }
}

/// The ends on the schedule itself as instants, the later one last.
fn written_ends(schedule: &Schedule, clock: &Clock) -> Result<Interval, Box<Diagnostic>> {
    let ends = Interval {
        start: schedule.start.as_ref().map_or(i64::MIN, |start| clock.instant_of(start.value)),
        end: schedule.end.as_ref().map_or(i64::MAX, |end| clock.instant_of(end.value)),
    };
    match (&schedule.start, &schedule.end) {
        (Some(start), Some(end)) if ends.is_empty() => {
            let help = if start.value < end.value {
                "the clock is put forward between the two, so that both are the same moment or the other way round: move one of them"
            } else {
                "`start` is the first moment of the schedule, `end` the first after it"
            };
            Err(Box::new(
                Diagnostic::new(
                    Code::ScheduleEndsBeforeStart,
                    "the schedule ends before it starts, or as it starts",
                )
                .at(end.span, "not after `start`")
                .also(start.span, "starts here")
                .help(help),
            ))
        }
        _ => Ok(ends),
    }
}

fn unknown_zone(name: &str, span: Option<Span>, nearest: Option<&str>) -> Box<Diagnostic> {
    let diagnostic =
        Diagnostic::new(Code::UnknownTimezone, format!("there is no time zone `{name}`"));
    let diagnostic = match span {
        Some(span) => diagnostic.at(span, "not a name of the IANA database"),
        None => diagnostic,
    };
    Box::new(match nearest {
        Some(nearest) if nearest.eq_ignore_ascii_case(name) => {
            diagnostic.help(format!("names are spelled exactly: `{nearest}`"))
        }
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")),
        None => diagnostic.help(
            "use a name such as `Europe/London`, `America/New_York` or `UTC`; abbreviations and offsets are not names",
        ),
    })
}

fn too_many_windows(schedule: &Schedule, count: u64) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(
            Code::ScheduleTooManyWindows,
            format!("this schedule comes to {count} windows; at most {MAX_WINDOWS} are possible"),
        )
        .at(schedule.span, "")
        .help("bring `start` and `end` closer together, or split the rule by years"),
    )
}

fn too_many_intervals(schedule: &Schedule) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(
            Code::ScheduleTooManyWindows,
            format!("the schedules of this ruleset come to more than {MAX_INTERVALS} windows"),
        )
        .at(schedule.span, "the bound is passed here")
        .help("bring `start` and `end` of schedules with `days` or `daily` closer together"),
    )
}
