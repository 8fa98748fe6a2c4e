//! Functions that need more than the types of their arguments: a constant
//! pattern or zone, a list of any type, a fence.

use super::expression::{Checker, qualified_name};
use super::names::{Meaning, nearest};
use super::retype::retype;
use super::schedule::nearest_zone_name;
use super::tree::node;
use super::tree::{Expr, Kind, ZoneRef};
use super::types::Type;
use super::value::Value;
use crate::cel::{self, ExprKind, Name, Range};
use crate::check::regex::RegexErrorKind;
use crate::diagnostic::Code;
use rulestone_format::code::{Builtin, Getter};

impl Checker<'_> {
    pub(super) fn size(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let [argument] = exactly(arguments)
            .or_else(|| self.report.fail(Code::NoOverload, range, "`size` takes one argument"))?;
        let kind = match &argument.ty {
            Type::String => Kind::Call(Builtin::SizeString, vec![argument]),
            Type::Bytes => Kind::Call(Builtin::SizeBytes, vec![argument]),
            Type::List(_) | Type::Map(..) => Kind::Size(Box::new(argument)),
            _ => return self.no_function(range, "size", &[argument]),
        };
        Some(self.finish(range, kind, Type::Int))
    }

    /// `text.matches(pattern)`: the pattern is compiled now.
    pub(super) fn matches(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let fits = matches!(&arguments[..], [text, pattern]
            if is(text, &Type::String) && is(pattern, &Type::String));
        if !fits {
            return self.no_function(range, "matches", &arguments);
        }
        let [text, pattern] = exactly(arguments)?;
        let Kind::Literal(Value::String(source)) = &pattern.kind else {
            return self.constant_needed(range, "a regex", "it is compiled offline");
        };
        match self.pools.regex(source) {
            Ok(regex) => {
                Some(self.finish(range, Kind::Matches { text: Box::new(text), regex }, Type::Bool))
            }
            Err(None) => None,
            Err(Some(error)) => {
                let code = match error.kind {
                    RegexErrorKind::Syntax => Code::RegexSyntax,
                    RegexErrorKind::Unsupported => Code::RegexUnsupported,
                    RegexErrorKind::TooLarge => Code::RegexTooLarge,
                    RegexErrorKind::TooMany => Code::RegexesTooLarge,
                };
                let mut finding = self.report.finding(code, range, error.message);
                if let Some(help) = error.help {
                    finding = finding.help(help);
                }
                self.report.diagnostics.push(finding);
                None
            }
        }
    }

    /// `bucket(by, seed)`
    pub(super) fn bucket(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let fits = matches!(&arguments[..], [by, seed]
            if (is(by, &Type::String) || is(by, &Type::Int)) && is(seed, &Type::String));
        if !fits {
            return self.no_function(range, "bucket", &arguments);
        }
        let [by, seed] = exactly(arguments)?;
        let kind = Kind::Bucket { by: Box::new(by), seed: Box::new(seed) };
        Some(self.finish(range, kind, Type::Int))
    }

    /// `math.greatest`, `math.least`: of a list, or of one or more arguments.
    pub(super) fn extreme(
        &mut self,
        range: Range,
        name: &str,
        arguments: Vec<Expr>,
    ) -> Option<Expr> {
        let greatest = name == "math.greatest";
        if let [Expr { ty: Type::List(element), .. }] = &arguments[..] {
            let ty = (**element).clone();
            if !ty.is_number() && ty != Type::Never {
                return self.no_function(range, name, &arguments);
            }
            let [list] = exactly(arguments)?;
            return Some(self.finish(range, Kind::Extreme { greatest, list: Box::new(list) }, ty));
        }
        let Some(first) = arguments.first() else {
            return self.no_function(range, name, &arguments);
        };
        if let Some(other) = arguments.iter().find(|a| !a.ty.is_number() && a.ty != Type::Never) {
            let message = format!("`{name}` takes numbers, this is {}", other.ty);
            return self.report.fail(Code::NoOverload, range, message);
        }
        if let Some(other) = arguments.iter().find(|a| a.ty.join(&first.ty).is_none()) {
            let (a, b) = (first.ty.clone(), other.ty.clone());
            return self.mixed(range, &format!("the arguments of `{name}`"), &a, &b);
        }
        let builtin = match (&first.ty, greatest) {
            (Type::Uint, true) => Builtin::GreatestUint,
            (Type::Uint, false) => Builtin::LeastUint,
            (Type::Double, true) => Builtin::GreatestDouble,
            (Type::Double, false) => Builtin::LeastDouble,
            (_, true) => Builtin::GreatestInt,
            (_, false) => Builtin::LeastInt,
        };
        let ty = first.ty.clone();
        if arguments.len() > 2 {
            let place = self.report.place(range);
            let list = node(Kind::List(arguments), Type::list(ty.clone()), place);
            let list = super::fold::fold(list, self.pools);
            return Some(self.finish(range, Kind::Extreme { greatest, list: Box::new(list) }, ty));
        }
        let mut arguments = arguments.into_iter();
        match (arguments.next()?, arguments.next()) {
            (first, None) => Some(first),
            (first, Some(second)) => {
                Some(self.finish(range, Kind::Call(builtin, vec![first, second]), ty))
            }
        }
    }

    pub(super) fn sqrt(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let [argument] = exactly(arguments).or_else(|| {
            self.report.fail(Code::NoOverload, range, "`math.sqrt` takes one number")
        })?;
        let convert = match argument.ty {
            Type::Double | Type::Never => None,
            Type::Int => Some(Builtin::DoubleFromInt),
            Type::Uint => Some(Builtin::DoubleFromUint),
            _ => return self.no_function(range, "math.sqrt", &[argument]),
        };
        let argument = match convert {
            Some(builtin) => self.finish(range, Kind::Call(builtin, vec![argument]), Type::Double),
            None => argument,
        };
        Some(self.finish(range, Kind::Call(Builtin::Sqrt, vec![argument]), Type::Double))
    }

    pub(super) fn sets(&mut self, range: Range, name: &str, arguments: Vec<Expr>) -> Option<Expr> {
        let joined = match &arguments[..] {
            [a, b] => match (&a.ty, &b.ty, a.ty.join(&b.ty)) {
                (Type::List(_), Type::List(_), Some(joined)) => joined,
                (Type::List(_), Type::List(_), None) => {
                    let (a, b) = (a.ty.clone(), b.ty.clone());
                    return self.mixed(range, &format!("the lists of `{name}`"), &a, &b);
                }
                _ => return self.no_function(range, name, &arguments),
            },
            _ => return self.no_function(range, name, &arguments),
        };
        let [a, b] = exactly(arguments)?;
        let (a, b) = (Box::new(retype(a, &joined)), Box::new(retype(b, &joined)));
        let kind = match name {
            "sets.contains" => Kind::Superset(a, b),
            "sets.intersects" => Kind::Intersects(a, b),
            _ => {
                let forth = self.finish(range, Kind::Superset(a.clone(), b.clone()), Type::Bool);
                let back = self.finish(range, Kind::Superset(b, a), Type::Bool);
                Kind::And(vec![forth, back])
            }
        };
        Some(self.finish(range, kind, Type::Bool))
    }

    /// `list.join(separator)`
    pub(super) fn join(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let strings = Type::list(Type::String);
        let fits = arguments.len() <= 2
            && arguments
                .first()
                .is_some_and(|list| list.ty.join(&strings).as_ref() == Some(&strings))
            && arguments.get(1).is_none_or(|separator| is(separator, &Type::String));
        if !fits {
            return self.no_function(range, "join", &arguments);
        }
        let mut arguments = arguments.into_iter();
        let list = retype(arguments.next()?, &strings);
        let separator = arguments.next().unwrap_or_else(|| {
            node(Kind::Literal(Value::string("")), Type::String, self.report.place(range))
        });
        Some(self.finish(range, Kind::Join(Box::new(list), Box::new(separator)), Type::String))
    }

    /// `text.split(separator, limit)`
    pub(super) fn split(&mut self, range: Range, arguments: Vec<Expr>) -> Option<Expr> {
        let fits = matches!(arguments.len(), 2 | 3)
            && arguments[..2].iter().all(|a| is(a, &Type::String))
            && arguments.get(2).is_none_or(|limit| is(limit, &Type::Int));
        if !fits {
            return self.no_function(range, "split", &arguments);
        }
        let mut arguments = arguments.into_iter().map(Box::new);
        let (text, separator) = (arguments.next()?, arguments.next()?);
        let limit = arguments.next().unwrap_or_else(|| {
            Box::new(node(Kind::Literal(Value::Int(-1)), Type::Int, self.report.place(range)))
        });
        let kind = Kind::Split(text, separator, limit);
        Some(self.finish(range, kind, Type::list(Type::String)))
    }

    /// `text.format(list)`: a list that is written out may mix types.
    pub(super) fn format(
        &mut self,
        range: Range,
        text: &cel::Expr,
        list: &cel::Expr,
    ) -> Option<Expr> {
        let text_range = text.range;
        let text = self.check(text);
        let kind = if let ExprKind::List(items) = &list.kind {
            let arguments = self.check_all(items);
            let (text, arguments) = (text?, arguments?);
            if !is(&text, &Type::String) {
                let message = format!("`format` is of a string, this is {}", text.ty);
                return self.report.fail(Code::NoOverload, text_range, message);
            }
            Kind::Format { text: Box::new(text), arguments }
        } else {
            let list = self.check(list);
            let (text, list) = (text?, list?);
            if !is(&text, &Type::String) || !matches!(list.ty, Type::List(_)) {
                return self.no_function(range, "format", &[text, list]);
            }
            Kind::FormatList { text: Box::new(text), list: Box::new(list) }
        };
        Some(self.finish(range, kind, Type::String))
    }

    /// `timestamp.getHours("Europe/London")`
    pub(super) fn getter(
        &mut self,
        range: Range,
        function: &Name,
        arguments: Vec<Expr>,
    ) -> Option<Expr> {
        let getter = Getter::ALL.into_iter().find(|getter| getter.name() == function.text);
        let Some(getter) = getter else {
            let message = format!("unknown function `{}`", function.text);
            let names = Getter::ALL.map(Getter::name);
            return match nearest(&function.text, names.into_iter()) {
                Some(near) => {
                    let help = format!("did you mean `{near}`?");
                    self.report.fail_help(Code::UnknownFunction, function.range, message, help)
                }
                None => self.report.fail(Code::UnknownFunction, function.range, message),
            };
        };
        if arguments.len() > 2 || arguments.get(1).is_some_and(|zone| !is(zone, &Type::String)) {
            return self.no_function(range, &function.text, &arguments);
        }
        let mut arguments = arguments.into_iter();
        let timestamp = Box::new(arguments.next()?);
        let zone = match arguments.next() {
            None => ZoneRef::Fixed(0),
            Some(zone) => {
                let Kind::Literal(Value::String(name)) = &zone.kind else {
                    let why = "there is no time-zone database where rules run";
                    return self.constant_needed(range, "a time zone", why);
                };
                match self.pools.zone(name) {
                    Some(zone) => zone,
                    None => {
                        let message = format!("unknown time zone `{name}`");
                        let help = match nearest_zone_name(name) {
                            Some(near) => format!("did you mean \"{near}\"?"),
                            None => "use an IANA name or an offset such as \"+02:00\"".to_owned(),
                        };
                        return self.report.fail_help(Code::UnknownTimezone, range, message, help);
                    }
                }
            }
        };
        Some(self.finish(range, Kind::Civil { timestamp, getter, zone }, Type::Int))
    }

    /// `geo.within(point, fences.NAME)`
    pub(super) fn within(&mut self, range: Range, arguments: &[cel::Expr]) -> Option<Expr> {
        let [point, fence] = arguments else {
            let message = "`geo.within` takes a point and a fence";
            return self.report.fail(Code::NoOverload, range, message);
        };
        let point = self.check_as(point, &Type::Point, "`geo.within`");
        let name = qualified_name(fence);
        let fence_id = match &name {
            Some(name) => match self.names.lookup(&name.text, name.absolute) {
                Some(Meaning::Fence(id)) => Some(*id),
                _ => None,
            },
            None => None,
        };
        let Some(fence_id) = fence_id else {
            let written = name.map(|name| name.text).unwrap_or_default();
            let near = self.names.nearest(&written).filter(|near| near.starts_with("fences."));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a fence, as in `fences.old_town`".to_owned(),
            };
            let message = "the second argument of `geo.within` is not a fence";
            return self.report.fail_help(Code::UnknownName, fence.range, message, help);
        };
        let kind = Kind::Within { point: Box::new(point?), fence: fence_id };
        Some(self.finish(range, kind, Type::Bool))
    }

    fn constant_needed(&mut self, range: Range, what: &str, why: &str) -> Option<Expr> {
        let message = format!("{what} must be a constant: {why}");
        let help = "write it as a literal or name it under `constants`";
        self.report.fail_help(Code::ConstantNeeded, range, message, help)
    }
}

fn is(expr: &Expr, ty: &Type) -> bool {
    expr.ty == *ty || expr.ty == Type::Never
}

fn exactly<const N: usize>(arguments: Vec<Expr>) -> Option<[Expr; N]> {
    arguments.try_into().ok()
}
