//! One rule: its schedule, rollout, condition and outputs.

use super::checked::{self, Rollout};
use super::fold;
use super::guard::{self, Present};
use super::literal;
use super::names::nearest;
use super::ruleset::Stage;
use super::schedule::Calendar;
use super::template::{Piece, Unclosed, pieces};
use super::tree::node;
use super::tree::{Expr, Kind, Place};
use super::types::Type;
use super::value::Value;
use super::verdict::{Verdict, verdict};
use crate::cel::Range;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::model::{self, Condition, FactType, OutputValue};
use crate::source::span::{Span, Spanned};
use crate::source::text::Text;
use rulestone_format::code::Builtin;
use std::sync::Arc;

impl Stage<'_> {
    /// Checks a rule. `None` where something that it can't do without is wrong.
    pub(super) fn rule(
        &mut self,
        rule: model::Rule,
        calendar: &mut Calendar,
        within_schedule: bool,
    ) -> Option<checked::Rule> {
        let group = match &rule.group {
            None => Some(0),
            Some(name) => self.group(name),
        };
        let schedule = match &rule.schedule {
            Some(schedule) => {
                self.needs_now(schedule.span);
                Some(calendar.intervals(schedule, self.diagnostics))
            }
            None => within_schedule.then(|| Arc::clone(calendar.ruleset())),
        };
        let rollout = match rule.rollout {
            Some(rollout) => self.rollout(&rule.id.value, rollout).map(Some),
            None => Some(None),
        };
        let condition_span = rule.condition.as_ref().map(condition_span);
        let condition = match rule.condition {
            Some(condition) => self.condition(condition).map(Some),
            None => Some(None),
        };
        // Of a condition with errors nobody knows what it would have guarded.
        let present = match &condition {
            Some(Some(condition)) => {
                self.warn_of_condition(condition, condition_span);
                Some(guard::proven(condition, true))
            }
            Some(None) => Some(Present::new()),
            None => None,
        };
        let outputs: Vec<_> = rule
            .outputs
            .into_iter()
            .filter_map(|output| {
                let index = self.output(&output.name.value, output.name.span)?;
                let value = self.output_value(index, output)?;
                if let Some(present) = &present {
                    self.warn_of_unguarded(&value, present);
                }
                Some((index, value))
            })
            .collect();
        Some(checked::Rule {
            span: rule.id.span,
            id: rule.id.value,
            priority: rule.priority,
            group: group?,
            condition: condition?.filter(|c| !matches!(c.kind, Kind::Literal(Value::Bool(true)))),
            schedule,
            rollout: rollout?,
            outputs,
        })
    }

    fn group(&mut self, name: &Spanned<String>) -> Option<u32> {
        if let Some(index) = self.groups.get(&name.value) {
            return Some(*index);
        }
        if self.names.unread.covers(&format!("groups.{}", name.value)) {
            return None;
        }
        let message = format!("there is no group `{}`", name.value);
        let help = match nearest(&name.value, self.groups.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `groups`".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(Code::UnknownGroup, message).at(name.span, "").help(help));
        None
    }

    /// The index of an output.
    pub(super) fn output(&mut self, name: &str, span: Span) -> Option<u32> {
        if let Some(index) = self.outputs.get(name) {
            return Some(*index);
        }
        if self.names.unread.covers(&format!("outputs.{name}")) {
            return None;
        }
        let message = format!("there is no output `{name}`");
        let help = match nearest(name, self.outputs.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `outputs`".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(Code::UnknownOutput, message).at(span, "").help(help));
        None
    }

    /// Schedules look at the fact `now`.
    pub(super) fn needs_now(&mut self, span: Span) {
        if self.now.is_none() && !self.names.unread.covers("facts.now") {
            let finding =
                Diagnostic::new(Code::ScheduleNeedsNow, "a schedule needs the request's time")
                    .at(span, "")
                    .help("declare the fact `now: timestamp`");
            self.diagnostics.push(finding);
        }
    }

    fn rollout(&mut self, id: &str, rollout: model::Rollout) -> Option<Rollout> {
        let span = rollout.by.span();
        let by = self.cel(rollout.by)?;
        if !matches!(by.ty, Type::String | Type::Int) {
            let message = format!("a rollout goes by a string or an int, this is {}", by.ty);
            self.diagnostics.push(Diagnostic::new(Code::TypeMismatch, message).at(span, ""));
            return None;
        }
        self.warn_of_unguarded(&by, &Present::new());
        let seed = rollout.seed.map_or_else(|| id.to_owned(), |seed| seed.value);
        Some(Rollout { by, seed, threshold: rollout.threshold })
    }

    /// A whole text as CEL.
    fn cel(&mut self, text: Text) -> Option<Expr> {
        let number = self.add_text(text);
        let tree = self.parse(number)?;
        self.expression(number, 0, &tree)
    }

    fn condition(&mut self, condition: Condition) -> Option<Expr> {
        match condition {
            Condition::Expression(text) => {
                let span = text.span();
                let expr = self.cel(text)?;
                if expr.ty == Type::Bool {
                    return Some(expr);
                }
                let message = format!("a condition is a bool, this is {}", expr.ty);
                self.diagnostics.push(Diagnostic::new(Code::TypeMismatch, message).at(span, ""));
                None
            }
            Condition::All(parts, _) => self.conditions(parts, Kind::And),
            Condition::Any(parts, _) => self.conditions(parts, Kind::Or),
            Condition::Not(part, _) => Some(self.negated(*part)?),
            Condition::None(parts, _) => {
                let any = self.conditions(parts, Kind::Or)?;
                Some(self.bool(any.place, Kind::Not(Box::new(any))))
            }
        }
    }

    fn negated(&mut self, part: Condition) -> Option<Expr> {
        let part = self.condition(part)?;
        Some(self.bool(part.place, Kind::Not(Box::new(part))))
    }

    fn conditions(
        &mut self,
        parts: Vec<Condition>,
        connective: fn(Vec<Expr>) -> Kind,
    ) -> Option<Expr> {
        let parts: Vec<_> = parts.into_iter().map(|part| self.condition(part)).collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        let place = parts.first()?.place;
        Some(self.bool(place, connective(parts)))
    }

    fn bool(&mut self, place: Place, kind: Kind) -> Expr {
        fold::fold(node(kind, Type::Bool, place), &mut self.pools)
    }

    fn output_value(&mut self, index: u32, output: model::RuleOutput) -> Option<Expr> {
        // INVARIANT: `output` gave this index.
        let (declared, wanted) = self.output_type(index);
        match output.value {
            OutputValue::Value(node_) => {
                let value = literal::typed(&node_, &declared, self.diagnostics)?;
                let number = self.add_text(Text::new(
                    String::new(),
                    crate::source::text::Style::Plain,
                    node_.span,
                ));
                let place = Place { text: number, range: Range::new(0, 0) };
                Some(node(Kind::Literal(value), wanted, place))
            }
            OutputValue::Text(text) if matches!(declared, FactType::String { .. }) => {
                self.template(text)
            }
            OutputValue::Text(text) if matches!(declared, FactType::Enum(_)) => {
                let FactType::Enum(labels) = &declared else { return None };
                if !labels.contains(&text.value) {
                    let message = format!("\"{}\" is not one of the output's values", text.value);
                    let help = format!("its values are {}", super::names::listed(labels));
                    let finding = Diagnostic::new(Code::EnumValue, message);
                    self.diagnostics.push(finding.at(text.span(), "").help(help));
                    return None;
                }
                let value = Value::string(&text.value);
                let length = text.value.len() as u32;
                let number = self.add_text(text);
                let place = Place { text: number, range: Range::new(0, length) };
                Some(node(Kind::Literal(value), Type::String, place))
            }
            OutputValue::Text(text) => {
                let span = text.span();
                let expr = self.cel(text)?;
                if expr.ty == wanted {
                    return Some(expr);
                }
                if expr.ty.join(&wanted).as_ref() == Some(&wanted) {
                    return Some(super::retype::retype(expr, &wanted));
                }
                let message = format!("the output is {wanted}, this is {}", expr.ty);
                let mut finding = Diagnostic::new(Code::OutputType, message).at(span, "");
                if wanted.is_number() && expr.ty.is_number() {
                    finding = finding.help(format!("convert it: `{wanted}(…)`"));
                }
                self.diagnostics.push(finding);
                None
            }
        }
    }

    fn output_type(&self, index: u32) -> (FactType, Type) {
        let output = &self.output_types[index as usize];
        (output.0.clone(), output.1.clone())
    }

    /// Literal text with `${CEL}` in it: the pieces, joined.
    fn template(&mut self, text: Text) -> Option<Expr> {
        let number = self.add_text(text);
        let text = &self.texts[number as usize];
        let whole = Place { text: number, range: Range::new(0, text.value.len() as u32) };
        let pieces = match pieces(&text.value) {
            Ok(pieces) => pieces,
            Err(Unclosed(range)) => {
                let span = text.locate(self.sources, range.start, range.end);
                let finding = Diagnostic::new(Code::TemplateUnclosed, "this `${` is never closed")
                    .at(span, "")
                    .help("close it by `}`, or write `$${` for a literal `${`");
                self.diagnostics.push(finding);
                return None;
            }
        };
        let parts: Vec<_> = pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => {
                    Some(node(Kind::Literal(Value::string(&text)), Type::String, whole))
                }
                Piece::Expression(range) => self.substitution(number, range),
            })
            .collect();
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        match parts.len() {
            0 => Some(node(Kind::Literal(Value::string("")), Type::String, whole)),
            1 => Some(parts.swap_remove(0)),
            _ => {
                let list = node(Kind::List(parts), Type::list(Type::String), whole);
                let list = fold::fold(list, &mut self.pools);
                let nothing = node(Kind::Literal(Value::string("")), Type::String, whole);
                let joined = Kind::Join(Box::new(list), Box::new(nothing));
                Some(fold::fold(node(joined, Type::String, whole), &mut self.pools))
            }
        }
    }

    /// The CEL within `${…}`, as `string()` prints it.
    fn substitution(&mut self, number: u32, range: Range) -> Option<Expr> {
        let tree = self.parse_part(number, range)?;
        let expr = self.expression(number, range.start, &tree)?;
        let builtin = match expr.ty {
            Type::String => return Some(expr),
            Type::Bool => Builtin::StringFromBool,
            Type::Int => Builtin::StringFromInt,
            Type::Uint => Builtin::StringFromUint,
            Type::Double => Builtin::StringFromDouble,
            Type::Bytes => Builtin::StringFromBytes,
            Type::Timestamp => Builtin::StringFromTimestamp,
            Type::Duration => Builtin::StringFromDuration,
            Type::Point | Type::List(_) | Type::Map(..) | Type::Never => {
                let span = self.texts[number as usize].locate(self.sources, range.start, range.end);
                let message = format!("{} can't be put into text", expr.ty);
                let finding = Diagnostic::new(Code::TemplateType, message).at(span, "");
                self.diagnostics.push(finding.help("name a part of it, or use format() or join()"));
                return None;
            }
        };
        let place = expr.place;
        let kind = Kind::Call(builtin, vec![expr]);
        Some(fold::fold(node(kind, Type::String, place), &mut self.pools))
    }

    fn warn_of_condition(&mut self, condition: &Expr, span: Option<Span>) {
        self.warn_of_unguarded(condition, &Present::new());
        let Some(span) = span else { return };
        let (code, message) = match verdict(condition) {
            None => return,
            Some(Verdict::True) => (Code::AlwaysTrue, "this condition is always true"),
            Some(Verdict::False) => {
                (Code::NeverTrue, "this condition is never true: the rule can't match")
            }
            Some(Verdict::Fault) => {
                (Code::AlwaysFault, "this condition always fails: the rule can't match")
            }
        };
        self.diagnostics.push(Diagnostic::new(code, message).at(span, ""));
    }

    fn warn_of_unguarded(&mut self, expr: &Expr, present: &Present) {
        let mut found = Vec::new();
        guard::unguarded(expr, present, &self.names, &mut found);
        for (fact, place) in found {
            let path = &self.names.fact(fact).path;
            let text = &self.texts[place.text as usize];
            let span = text.locate(self.sources, place.range.start, place.range.end);
            let message =
                format!("`{path}` is optional, and nothing here asks whether it is there");
            let help = format!(
                "guard it: `has({path}) && …` (an absent fact fails, so the rule doesn't match)"
            );
            self.diagnostics
                .push(Diagnostic::new(Code::UnguardedOptional, message).at(span, "").help(help));
        }
    }
}

/// Where a condition stands as a whole.
fn condition_span(condition: &Condition) -> Span {
    match condition {
        Condition::Expression(text) => text.span(),
        Condition::All(_, span)
        | Condition::Any(_, span)
        | Condition::Not(_, span)
        | Condition::None(_, span) => *span,
    }
}
