//! Schedules, of the ruleset and of rules.
//!
//! In: the value of `schedule`. Out: [`Schedule`], whose times exist in some zone.

use super::reader::Reader;
use super::shape::Fields;
use super::time::{TimeError, local_time, time_of_day};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::model::{Daily, Day, LocalTime, Schedule};
use crate::source::node::{Node, NodeKind};
use crate::source::span::{Span, Spanned};

const DAYS: [(&str, Day); 7] = [
    ("mon", Day::Mon),
    ("tue", Day::Tue),
    ("wed", Day::Wed),
    ("thu", Day::Thu),
    ("fri", Day::Fri),
    ("sat", Day::Sat),
    ("sun", Day::Sun),
];

impl Reader<'_> {
    pub fn schedule(&mut self, node: &Node) -> Option<Schedule> {
        let keys = ["timezone", "start", "end", "days", "daily"];
        let fields = self.fields(node, "a schedule", &keys)?;
        let timezone = match fields.value("timezone") {
            Some(node) => self.owned_string(node, "`timezone`"),
            None => None,
        };
        Some(Schedule {
            span: node.span,
            timezone,
            start: self.time(fields, "start"),
            end: self.time(fields, "end"),
            days: fields.value("days").and_then(|node| self.days(node)),
            daily: fields.value("daily").and_then(|node| self.daily(node)),
        })
    }

    fn time(&mut self, fields: Fields<'_>, key: &str) -> Option<Spanned<LocalTime>> {
        let node = fields.value(key)?;
        let what = format!("`{key}`");
        // A lone year is an integer; it deserves the same words as other slips.
        let text = match &node.kind {
            NodeKind::Int(_, text) => text,
            _ => self.string(node, &what)?,
        };
        match local_time(&text.value) {
            Ok(time) => Some(Spanned::new(time, text.span())),
            Err(error) => {
                let help = "write it as `2026-06-01T18:00:00`, `2026-06-01T18:00` or `2026-06-01`";
                self.time_error(&error, Code::ScheduleTime, &what, text.span(), help);
                None
            }
        }
    }

    fn days(&mut self, node: &Node) -> Option<Spanned<Vec<Day>>> {
        let help = "write them as `[sat, sun]`";
        let items = match &node.kind {
            NodeKind::List(items) if !items.is_empty() => items,
            NodeKind::List(_) => {
                self.report(
                    Diagnostic::new(Code::ScheduleDays, "`days` is an empty list")
                        .at(node.span, "")
                        .help("name the days, or leave the key out: then it is every day"),
                );
                return None;
            }
            _ => {
                self.report(
                    Diagnostic::new(
                        Code::WrongType,
                        format!("`days` must be a list, but is {}", node.description()),
                    )
                    .at(node.span, "expected a list")
                    .help(help),
                );
                return None;
            }
        };
        let mut days: Vec<(Day, Span)> = Vec::new();
        for item in items {
            let Some(day) = self.word(item, "`days`", &DAYS) else {
                continue;
            };
            match days.iter().find(|(other, _)| *other == day) {
                Some(&(_, first)) => self.report(
                    Diagnostic::new(Code::ScheduleDays, "a day stands here twice")
                        .at(item.span, "again here")
                        .also(first, "first here"),
                ),
                None => days.push((day, item.span)),
            }
        }
        Some(Spanned::new(days.into_iter().map(|(day, _)| day).collect(), node.span))
    }

    fn daily(&mut self, node: &Node) -> Option<Spanned<Daily>> {
        let fields = self.fields(node, "`daily`", &["from", "to"])?;
        let from = self.required(fields, "from", "`daily`");
        let to = self.required(fields, "to", "`daily`");
        let from = from.and_then(|node| self.time_of_day(node, "from", false));
        let to = to.and_then(|node| self.time_of_day(node, "to", true));
        Some(Spanned::new(Daily { from: from?, to: to? }, node.span))
    }

    fn time_of_day(&mut self, node: &Node, key: &str, is_end: bool) -> Option<u32> {
        let what = format!("`{key}`");
        let text = match &node.kind {
            NodeKind::Int(_, text) => text,
            _ => self.string(node, &what)?,
        };
        match time_of_day(&text.value, is_end) {
            Ok(seconds) => Some(seconds),
            Err(error) => {
                let help = "write it as \"18:00\" or \"18:00:00\"";
                self.time_error(&error, Code::DailyTime, &what, text.span(), help);
                None
            }
        }
    }

    fn time_error(&mut self, error: &TimeError, code: Code, what: &str, span: Span, help: &str) {
        let diagnostic = match error {
            TimeError::Zone => {
                Diagnostic::new(Code::ZoneInTime, format!("{what} has a time zone of its own"))
                    .at(span, "")
                    .help("leave it out here and name the zone with `timezone: Europe/London`")
            }
            TimeError::Form => {
                Diagnostic::new(code, format!("{what} is no time")).at(span, "").help(help)
            }
            TimeError::Range { part, found, most } => {
                Diagnostic::new(code, format!("{what} doesn't exist: there is no {part} {found}"))
                    .at(span, format!("the {part} is at most {most}"))
                    .help(help)
            }
        };
        self.report(diagnostic);
    }
}
