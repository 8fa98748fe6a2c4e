//! Values: Rust expressions that give what an expression gives, with a `?` where
//! it may fail.

use super::code::{Code, Level, int, literal, truth};
use super::condition::{joined, local_name};
use super::support::Support;
use super::writer::{Form, KnownVariable, Writer, Written};
use crate::check::tree::{Arithmetic, Expr, FactId, Kind, VariableId};
use crate::check::types::Type;
use crate::check::value::Value;
use crate::source::model::{FactType, Shape};
use rulestone_format::code::{Builtin, Relation};

impl Writer<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Written<Code> {
        if expr.ty == Type::Never {
            return self.refuse(expr, "expressions that never have a value");
        }
        match &expr.kind {
            Kind::Literal(value) => {
                self.import_for(value);
                match literal(value) {
                    Some(code) => Ok(code),
                    None => self.refuse(expr, format!("constants of type {} here", expr.ty)),
                }
            }
            Kind::Fact(fact) => {
                let code = self.value_unchecked(expr)?;
                let ty = self.ruleset.facts.get(fact.0 as usize).map(|fact| &fact.fact_type);
                match ty {
                    Some(FactType::Enum(_)) => {
                        self.imports.insert("values");
                        let name = self.facts.name(*fact);
                        let text = format!("values::{name}::label({})", code.text);
                        Ok(Code::tight(text).failing_as(&[&code]))
                    }
                    Some(FactType::List { .. }) if !self.is_list_of_scalars(*fact) => {
                        self.refuse(expr, "lists of enums, bytes, lists or maps here")
                    }
                    Some(FactType::Map { .. }) => self.refuse(expr, "maps"),
                    Some(FactType::Bytes { .. }) => self.refuse(expr, "bytes"),
                    _ => Ok(code),
                }
            }
            Kind::HasFact(fact) => Ok(self.presence(*fact, true)),
            Kind::Variable(id) => {
                let known = self.known_variable(expr, *id)?;
                let call = self.call_variable(*id, &known, Form::Value);
                Ok(if known.fallible { Code::asked(call.text) } else { call })
            }
            Kind::Local(local) => Ok(Code::tight(local_name(*local))),
            Kind::And(terms) => self.connective(terms, true),
            Kind::Or(terms) => self.connective(terms, false),
            Kind::Not(inner) => Ok(self.value(inner)?.negated()),
            Kind::Conditional { condition, then, otherwise } => {
                let condition = self.value(condition)?;
                let (then, otherwise) = (self.value(then)?, self.value(otherwise)?);
                let text = format!(
                    "if {} {{ {} }} else {{ {} }}",
                    condition.text, then.text, otherwise.text
                );
                let parts = [&condition, &then, &otherwise];
                Ok(Code::new(text, Level::Loose).failing_as(&parts))
            }
            Kind::Compare { relation, left, right } => {
                if left.ty != Type::Double && right.ty != Type::Double {
                    return self.comparison(expr, *relation, left, right);
                }
                // A NaN has no order.
                let (left, right) = (self.as_double(left)?, self.as_double(right)?);
                let (left, right) = (left.receiver(), right.at(Level::Unary));
                let method = match relation {
                    Relation::Less => "is_lt",
                    Relation::LessEqual => "is_le",
                    Relation::Greater => "is_gt",
                    Relation::GreaterEqual => "is_ge",
                };
                let order = Code::asked(format!("{left}.partial_cmp(&{right})"));
                Ok(Code::tight(format!("{}.{method}()", order.text)).failing_as(&[&order]))
            }
            Kind::Equal(left, right) => self.equality(expr, left, right, true),
            Kind::Arithmetic { operator, left, right } => {
                self.arithmetic(expr, *operator, left, right)
            }
            Kind::Negate(operand) => {
                let operand_code = self.value(operand)?;
                Ok(match operand.ty {
                    Type::Double => {
                        let text = format!("-{}", operand_code.at(Level::Tight));
                        Code::new(text, Level::Unary).failing_as(&[&operand_code])
                    }
                    _ => Code::asked(format!("{}.checked_neg()", operand_code.receiver())),
                })
            }
            Kind::Contains(list, item) => self.membership(expr, list, item),
            Kind::Size(list) => match &list.kind {
                Kind::Fact(_) => {
                    let list = self.value_unchecked(list)?;
                    let text = format!("{}.len() as i64", list.receiver());
                    Ok(Code::new(text, Level::Loose).failing_as(&[&list]))
                }
                _ => self.refuse(list, "sizes but of facts"),
            },
            Kind::Index(list, index) => match &list.kind {
                Kind::Fact(_) => {
                    let (list, index) = (self.value(list)?, self.value(index)?);
                    let index = format!("usize::try_from({}).ok()?", index.text);
                    let item = Code::asked(format!("{}.get({index})", list.receiver()));
                    let text = format!("*{}", item.text);
                    Ok(Code::new(text, Level::Unary).failing_as(&[&item]))
                }
                _ => self.refuse(list, "items but of lists of facts"),
            },
            Kind::Within { point, fence } => {
                let point = self.value(point)?;
                let Some(fence) = self.ruleset.fences.get(fence.0 as usize) else {
                    return self.refuse(expr, "fences that don't exist");
                };
                Ok(self.within(&point, &fence.shape))
            }
            Kind::Call(builtin, arguments) => self.call(expr, *builtin, arguments),
            Kind::Macro(_) => self.refuse(expr, "macros but as a condition"),
            Kind::Bucket { .. } => self.refuse(expr, "`bucket`"),
            Kind::Matches { .. } => self.refuse(expr, "regexes"),
            Kind::Bind { .. } => self.refuse(expr, "`cel.bind`"),
            Kind::Civil { .. } => self.refuse(expr, "parts of timestamps"),
            Kind::List(_) => self.refuse(expr, "lists but on the right of `in`"),
            Kind::Map(_) | Kind::Lookup(..) | Kind::HasKey(..) => self.refuse(expr, "maps"),
            Kind::Extreme { .. } | Kind::Superset(..) | Kind::Intersects(..) => {
                self.refuse(expr, "functions of lists")
            }
            Kind::Join(..) | Kind::Split(..) | Kind::Format { .. } | Kind::FormatList { .. } => {
                self.refuse(expr, "text that is made, but as an output")
            }
        }
    }

    /// A fact as it stands in the struct: an enum as its index.
    pub(super) fn value_unchecked(&mut self, expr: &Expr) -> Written<Code> {
        let Kind::Fact(fact) = &expr.kind else { return self.value(expr) };
        self.reads_facts = true;
        let place = self.facts.place(*fact);
        Ok(if self.is_optional(*fact) { Code::asked(place) } else { Code::tight(place) })
    }

    /// Whether a fact is there, or (`wanted` is false) whether it is absent.
    pub(super) fn presence(&mut self, fact: FactId, wanted: bool) -> Code {
        if !self.is_optional(fact) {
            return truth(wanted);
        }
        self.reads_facts = true;
        let method = if wanted { "is_some" } else { "is_none" };
        Code::tight(format!("{}.{method}()", self.facts.place(fact)))
    }

    fn is_optional(&self, fact: FactId) -> bool {
        self.ruleset.facts.get(fact.0 as usize).is_some_and(|fact| fact.optional)
    }

    /// The fact, where an expression is just an enum, or a list of an enum's values.
    pub(super) fn enum_of(&self, expr: &Expr) -> Option<FactId> {
        let Kind::Fact(fact) = &expr.kind else { return None };
        let is_enum = match &self.ruleset.facts.get(fact.0 as usize)?.fact_type {
            FactType::Enum(_) => true,
            FactType::List { element, .. } => matches!(**element, FactType::Enum(_)),
            _ => false,
        };
        is_enum.then_some(*fact)
    }

    pub(super) fn is_list_of_scalars(&self, fact: FactId) -> bool {
        let ty = self.ruleset.facts.get(fact.0 as usize).map(|fact| &fact.fact_type);
        let Some(FactType::List { element, .. }) = ty else { return false };
        !matches!(
            **element,
            FactType::Enum(_)
                | FactType::Bytes { .. }
                | FactType::List { .. }
                | FactType::Map { .. }
        )
    }

    /// What the text of a literal wants imported.
    pub(super) fn import_for(&mut self, value: &Value) {
        if matches!(value, Value::Timestamp(_)) {
            self.imports.insert("Timestamp");
        }
    }

    /// An expression as an `Option`, its fault as `None`.
    pub(super) fn option(&mut self, code: &Code) -> String {
        if !code.fallible {
            return format!("Some({})", code.text);
        }
        let inner = match code.text.strip_suffix('?') {
            Some(inner) if code.level == Level::Tight => inner.to_owned(),
            _ => format!("Some({})", code.text),
        };
        if !inner.contains('?') {
            return inner;
        }
        let attempt = self.supported(Support::Attempt);
        format!("{attempt}(|| {inner})")
    }

    pub(super) fn known_variable(&self, expr: &Expr, id: VariableId) -> Written<KnownVariable> {
        match self.variables.get(id.0 as usize) {
            Some(known) => known.clone(),
            None => self.refuse(expr, "variables that don't exist"),
        }
    }

    pub(super) fn call_variable(
        &mut self,
        id: VariableId,
        known: &KnownVariable,
        form: Form,
    ) -> Code {
        self.reads_facts = true;
        self.called.insert((id, form));
        let function = form.function(&known.name);
        if self.in_variables {
            return Code::tight(format!("{function}(facts)"));
        }
        self.imports.insert("variables");
        Code::tight(format!("variables::{function}(facts)"))
    }

    /// `&&` (`all`) or `||` as a value.
    fn connective(&mut self, terms: &[Expr], all: bool) -> Written<Code> {
        let mut codes = Vec::with_capacity(terms.len());
        for term in terms {
            codes.push(self.value(term)?);
        }
        let (faulty, sound): (Vec<Code>, Vec<Code>) =
            codes.into_iter().partition(|code| code.fallible);
        let absorbing = self.absorbing(faulty, all);
        // What can't fail goes first: it may decide before there is any fault.
        let ordered: Vec<Code> = sound.into_iter().chain(absorbing).collect();
        Ok(joined(&ordered, all))
    }

    /// Terms that may fail as one: any of them may absorb the faults of the others.
    fn absorbing(&mut self, mut terms: Vec<Code>, all: bool) -> Option<Code> {
        let last = terms.pop()?;
        if terms.is_empty() {
            return Some(last);
        }
        let name = self.supported(if all { Support::And } else { Support::Or });
        let mut whole = format!("Some({})", last.text);
        for term in terms.iter().rev() {
            whole = format!("{name}(|| Some({}), || {whole})", term.text);
        }
        Some(Code::asked(whole))
    }

    fn arithmetic(
        &mut self,
        expr: &Expr,
        operator: Arithmetic,
        left: &Expr,
        right: &Expr,
    ) -> Written<Code> {
        use Arithmetic as A;
        let divides_safely = match &right.kind {
            Kind::Literal(Value::Int(value)) => !matches!(value, -1 | 0),
            Kind::Literal(Value::Uint(value)) => *value != 0,
            _ => false,
        };
        if matches!(operator, A::Join2 | A::Concatenate) {
            return self.refuse(expr, "text or lists that are made, but as an output");
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        Ok(match operator {
            A::AddInt | A::AddUint | A::AddDuration => Code::checked(&left, "checked_add", &right),
            A::SubtractInt | A::SubtractUint | A::SubtractDuration => {
                Code::checked(&left, "checked_sub", &right)
            }
            A::MultiplyInt | A::MultiplyUint => Code::checked(&left, "checked_mul", &right),
            A::DivideInt | A::DivideUint if divides_safely => {
                Code::binary(&left, "/", &right, Level::Product)
            }
            A::RemainderInt | A::RemainderUint if divides_safely => {
                Code::binary(&left, "%", &right, Level::Product)
            }
            A::DivideInt | A::DivideUint => Code::checked(&left, "checked_div", &right),
            A::RemainderInt | A::RemainderUint => Code::checked(&left, "checked_rem", &right),
            A::AddDouble => Code::binary(&left, "+", &right, Level::Sum),
            A::SubtractDouble => Code::binary(&left, "-", &right, Level::Sum),
            A::MultiplyDouble => Code::binary(&left, "*", &right, Level::Product),
            A::DivideDouble => Code::binary(&left, "/", &right, Level::Product),
            A::AddTimestamp => Code::checked(&left, "plus", &right),
            A::SubtractTimestamp => Code::checked(&left, "minus", &right),
            A::Elapsed => Code::checked(&left, "since", &right),
            A::Join2 | A::Concatenate => truth(false),
        })
    }

    fn within(&mut self, point: &Code, shape: &Shape) -> Code {
        let number = |value: f64| super::code::double(value).text;
        let text = match shape {
            Shape::Circle { center, radius_metres } => format!(
                "{}({}, ({}, {}), {})",
                self.supported(Support::WithinCircle),
                point.text,
                number(center.lat),
                number(center.lon),
                number(*radius_metres)
            ),
            Shape::Box { south, west, north, east } => format!(
                "{}({}, [{}, {}, {}, {}])",
                self.supported(Support::WithinBox),
                point.text,
                number(*south),
                number(*west),
                number(*north),
                number(*east)
            ),
            Shape::Polygon(vertices) => {
                let vertices: Vec<String> = vertices
                    .iter()
                    .map(|vertex| format!("({}, {})", number(vertex.lat), number(vertex.lon)))
                    .collect();
                let within = self.supported(Support::WithinPolygon);
                format!("{within}({}, &[{}])", point.text, vertices.join(", "))
            }
        };
        Code::tight(text).failing_as(&[point])
    }

    fn call(&mut self, expr: &Expr, builtin: Builtin, arguments: &[Expr]) -> Written<Code> {
        use Builtin as B;
        let mut codes = Vec::with_capacity(arguments.len());
        for argument in arguments {
            codes.push(self.value(argument)?);
        }
        let parts: Vec<&Code> = codes.iter().collect();
        let code = match (builtin, parts.as_slice()) {
            (B::StringContains, [a, b]) => method(a, "contains", &b.text),
            (B::StringStartsWith, [a, b]) => method(a, "starts_with", &b.text),
            (B::StringEndsWith, [a, b]) => method(a, "ends_with", &b.text),
            (B::SizeString, [a]) => {
                Code::new(format!("{}.chars().count() as i64", a.receiver()), Level::Loose)
            }
            (B::DoubleFromInt | B::DoubleFromUint, [a]) => {
                let text = format!("{}{} as f64", a.at(Level::Tight), a.suffix);
                Code::new(text, Level::Loose)
            }
            (B::IntFromUint, [a]) => Code::asked(format!("i64::try_from({}).ok()", a.text)),
            (B::UintFromInt, [a]) => Code::asked(format!("u64::try_from({}).ok()", a.text)),
            (B::IntFromDouble, [a]) => {
                Code::asked(format!("{}({})", self.supported(Support::IntFromDouble), a.text))
            }
            (B::IntFromTimestamp, [a]) => Code::tight(format!("{}.seconds", a.receiver())),
            (B::IntFromDuration | B::DurationFromInt | B::AbsUint, [a]) => (*a).clone(),
            (B::GreatestInt | B::GreatestUint, [a, b]) => method(a, "max", &b.text),
            (B::LeastInt | B::LeastUint, [a, b]) => method(a, "min", &b.text),
            (B::Ceil, [a]) => method(a, "ceil", ""),
            (B::Floor, [a]) => method(a, "floor", ""),
            (B::Round, [a]) => method(a, "round", ""),
            (B::Trunc, [a]) => method(a, "trunc", ""),
            (B::AbsDouble, [a]) => method(a, "abs", ""),
            (B::Sqrt, [a]) => method(a, "sqrt", ""),
            (B::IsNan, [a]) => method(a, "is_nan", ""),
            (B::IsInf, [a]) => method(a, "is_infinite", ""),
            (B::IsFinite, [a]) => method(a, "is_finite", ""),
            (B::AbsInt, [a]) => Code::asked(format!("{}.checked_abs()", a.receiver())),
            (B::DurationHours, [a]) => quotient(a, 3_600_000_000_000),
            (B::DurationMinutes, [a]) => quotient(a, 60_000_000_000),
            (B::DurationSeconds, [a]) => quotient(a, 1_000_000_000),
            (B::Distance, [a, b]) => {
                let distance = self.supported(Support::Distance);
                Code::tight(format!("{distance}({}, {})", a.text, b.text))
            }
            (B::PointFrom, [a, b]) => {
                let point = self.supported(Support::Point);
                Code::asked(format!("{point}({}, {})", a.text, b.text))
            }
            (B::Latitude, [a]) => Code::tight(format!("{}.0", a.receiver())),
            (B::Longitude, [a]) => Code::tight(format!("{}.1", a.receiver())),
            _ => return self.refuse(expr, format!("`{}`", builtin.signature().name)),
        };
        Ok(code.failing_as(&parts))
    }
}

fn method(receiver: &Code, name: &str, arguments: &str) -> Code {
    Code::tight(format!("{}.{name}({arguments})", receiver.receiver()))
}

fn quotient(code: &Code, divisor: i64) -> Code {
    Code::binary(code, "/", &int(divisor), Level::Product)
}
