//! Functions: which there are, what they take and give.
//!
//! Functions of scalars stand in one table, [`BUILTINS`]; their types are those
//! of the bytecode's builtins. Whatever needs more (a constant argument, a list
//! of any type) has a method of its own in `special`.

use super::expression::{Checker, qualified_name};
use super::macros::Comprehension;
use super::names::nearest;
use super::tree::{Expr, Kind};
use super::types::Type;
use crate::cel::{self, ExprKind, Name, Range};
use crate::diagnostic::Code;
use rulestone_format::code::Builtin;
use rulestone_format::types::TypeId;

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `f(x)`
    Global,
    /// `x.f()`
    Member,
}

use Builtin as B;
use Style::{Global, Member};

/// A function's name, how it is called, and its overloads.
const BUILTINS: &[(&str, Style, &[Builtin])] = &[
    ("bytes", Global, &[B::BytesFromString]),
    ("bool", Global, &[B::BoolFromString]),
    ("double", Global, &[B::DoubleFromInt, B::DoubleFromUint, B::DoubleFromString]),
    (
        "int",
        Global,
        &[
            B::IntFromUint,
            B::IntFromDouble,
            B::IntFromString,
            B::IntFromTimestamp,
            B::IntFromDuration,
        ],
    ),
    ("uint", Global, &[B::UintFromInt, B::UintFromDouble, B::UintFromString]),
    (
        "string",
        Global,
        &[
            B::StringFromInt,
            B::StringFromUint,
            B::StringFromDouble,
            B::StringFromBool,
            B::StringFromBytes,
            B::StringFromTimestamp,
            B::StringFromDuration,
        ],
    ),
    ("timestamp", Global, &[B::TimestampFromString, B::TimestampFromInt]),
    ("duration", Global, &[B::DurationFromString, B::DurationFromInt]),
    ("contains", Member, &[B::StringContains]),
    ("startsWith", Member, &[B::StringStartsWith]),
    ("endsWith", Member, &[B::StringEndsWith]),
    ("charAt", Member, &[B::CharAt]),
    ("indexOf", Member, &[B::IndexOf, B::IndexOfFrom]),
    ("lastIndexOf", Member, &[B::LastIndexOf, B::LastIndexOfFrom]),
    ("lowerAscii", Member, &[B::LowerAscii]),
    ("upperAscii", Member, &[B::UpperAscii]),
    ("replace", Member, &[B::Replace, B::ReplaceLimited]),
    ("substring", Member, &[B::SubstringFrom, B::Substring]),
    ("trim", Member, &[B::Trim]),
    ("reverse", Member, &[B::Reverse]),
    ("getHours", Member, &[B::DurationHours]),
    ("getMinutes", Member, &[B::DurationMinutes]),
    ("getSeconds", Member, &[B::DurationSeconds]),
    ("getMilliseconds", Member, &[B::DurationMilliseconds]),
    ("strings.quote", Global, &[B::Quote]),
    ("math.ceil", Global, &[B::Ceil]),
    ("math.floor", Global, &[B::Floor]),
    ("math.round", Global, &[B::Round]),
    ("math.trunc", Global, &[B::Trunc]),
    ("math.abs", Global, &[B::AbsInt, B::AbsUint, B::AbsDouble]),
    ("math.sign", Global, &[B::SignInt, B::SignUint, B::SignDouble]),
    ("math.sqrt", Global, &[B::Sqrt]),
    ("math.isNaN", Global, &[B::IsNan]),
    ("math.isInf", Global, &[B::IsInf]),
    ("math.isFinite", Global, &[B::IsFinite]),
    ("math.bitAnd", Global, &[B::BitAndInt, B::BitAndUint]),
    ("math.bitOr", Global, &[B::BitOrInt, B::BitOrUint]),
    ("math.bitXor", Global, &[B::BitXorInt, B::BitXorUint]),
    ("math.bitNot", Global, &[B::BitNotInt, B::BitNotUint]),
    ("math.bitShiftLeft", Global, &[B::ShiftLeftInt, B::ShiftLeftUint]),
    ("math.bitShiftRight", Global, &[B::ShiftRightInt, B::ShiftRightUint]),
    ("geo.distance", Global, &[B::Distance]),
    ("geo.point", Global, &[B::PointFrom]),
];

/// Functions that `special` checks, for "did you mean".
const SPECIAL: &[&str] = &[
    "size",
    "matches",
    "format",
    "join",
    "split",
    "has",
    "bucket",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "cel.bind",
    "geo.within",
    "math.greatest",
    "math.least",
    "sets.contains",
    "sets.equivalent",
    "sets.intersects",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
];

const NAMESPACES: &[&str] = &["math", "strings", "sets", "cel", "geo"];

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        range: Range,
        receiver: Option<&cel::Expr>,
        function: &Name,
        arguments: &[cel::Expr],
        absolute: bool,
    ) -> Option<Expr> {
        let Some(receiver) = receiver else {
            return self.global(range, &function.text, function.range, arguments);
        };
        if let ExprKind::Identifier { name, .. } = &receiver.kind
            && NAMESPACES.contains(&name.text.as_str())
        {
            let qualified = format!("{}.{}", name.text, function.text);
            // Names of functions are their own: a macro's `math` hides no `math.abs`.
            if absolute || !self.is_bound(&name.text) || is_function(&qualified) {
                return self.global(range, &qualified, name.range.to(function.range), arguments);
            }
        }
        if let Some(comprehension) = Comprehension::named(&function.text, arguments.len()) {
            return self.comprehension(range, receiver, comprehension, arguments);
        }
        if let Some(name) = qualified_name(receiver)
            && name.text == "optional"
            && !self.is_bound("optional")
            && self.names.lookup("optional", false).is_none()
        {
            return self.outside_function(range, "optional", "optionals are outside the language");
        }
        self.member(range, receiver, function, arguments)
    }

    fn global(
        &mut self,
        range: Range,
        name: &str,
        name_range: Range,
        arguments: &[cel::Expr],
    ) -> Option<Expr> {
        match name {
            "has" => return self.has(range, arguments),
            "cel.bind" => return self.bind(range, arguments),
            "geo.within" => return self.within(range, arguments),
            "dyn" => {
                return self.outside_function(
                    range,
                    name,
                    "dynamic types are outside the language",
                );
            }
            "type" => {
                return self.outside_function(
                    range,
                    name,
                    "types as values are outside the language",
                );
            }
            _ => {}
        }
        let checked = self.check_all(arguments)?;
        match name {
            "size" => self.size(range, checked),
            "matches" => self.matches(range, checked),
            "bucket" => self.bucket(range, checked),
            "math.greatest" | "math.least" => self.extreme(range, name, checked),
            "math.sqrt" => self.sqrt(range, checked),
            "sets.contains" | "sets.equivalent" | "sets.intersects" => {
                self.sets(range, name, checked)
            }
            _ => self.builtin(range, name, name_range, Global, checked),
        }
    }

    fn member(
        &mut self,
        range: Range,
        receiver: &cel::Expr,
        function: &Name,
        arguments: &[cel::Expr],
    ) -> Option<Expr> {
        let name = function.text.as_str();
        if name == "format"
            && let [list] = arguments
        {
            return self.format(range, receiver, list);
        }
        let (receiver, arguments) = (self.check(receiver), self.check_all(arguments));
        let (receiver, arguments) = (receiver?, arguments?);
        let all: Vec<Expr> = std::iter::once(receiver).chain(arguments).collect();
        match name {
            "size" => self.size(range, all),
            "matches" => self.matches(range, all),
            "join" => self.join(range, all),
            "split" => self.split(range, all),
            _ if name.starts_with("get") && all[0].ty == Type::Timestamp => {
                self.getter(range, function, all)
            }
            _ => self.builtin(range, name, function.range, Member, all),
        }
    }

    /// A function of the table: the overload that takes these types.
    fn builtin(
        &mut self,
        range: Range,
        name: &str,
        name_range: Range,
        style: Style,
        arguments: Vec<Expr>,
    ) -> Option<Expr> {
        let Some((_, _, overloads)) = BUILTINS.iter().find(|(n, s, _)| *n == name && *s == style)
        else {
            return self.unknown_function(name, name_range);
        };
        // A conversion of what is already of that type is nothing.
        if let [argument] = &arguments[..]
            && style == Global
            && argument.ty.to_string() == name
        {
            return arguments.into_iter().next();
        }
        let fits = |builtin: &&Builtin| {
            let parameters = builtin.signature().parameters;
            parameters.len() == arguments.len()
                && parameters.iter().zip(&arguments).all(|(parameter, argument)| {
                    argument.ty == Type::Never || argument.ty == type_of(*parameter)
                })
        };
        match overloads.iter().find(fits) {
            Some(builtin) => {
                let ty = type_of(builtin.signature().result);
                Some(self.finish(range, Kind::Call(*builtin, arguments), ty))
            }
            None => self.no_function(range, name, &arguments),
        }
    }

    /// The function exists, but doesn't take these arguments.
    pub(super) fn no_function(
        &mut self,
        range: Range,
        name: &str,
        arguments: &[Expr],
    ) -> Option<Expr> {
        let types: Vec<String> = arguments.iter().map(|a| a.ty.to_string()).collect();
        let message = format!("`{name}` doesn't take ({})", types.join(", "));
        let takes = overloads_of(name);
        if takes.is_empty() {
            return self.report.fail(Code::NoOverload, range, message);
        }
        self.report.fail_help(Code::NoOverload, range, message, format!("it takes {takes}"))
    }

    fn unknown_function(&mut self, name: &str, range: Range) -> Option<Expr> {
        let message = format!("unknown function `{name}`");
        let known = BUILTINS.iter().map(|(name, _, _)| *name).chain(SPECIAL.iter().copied());
        match nearest(name, known) {
            Some(near) if near != name => {
                let help = format!("did you mean `{near}`?");
                self.report.fail_help(Code::UnknownFunction, range, message, help)
            }
            Some(near) => {
                let help = format!(
                    "`{near}` is called another way: x.f() rather than f(x), or the reverse, or with other arguments"
                );
                self.report.fail_help(Code::UnknownFunction, range, message, help)
            }
            None => self.report.fail(Code::UnknownFunction, range, message),
        }
    }

    fn outside_function(&mut self, range: Range, name: &str, why: &str) -> Option<Expr> {
        let message = format!("`{name}`: {why}");
        let help = "every expression has one static type; convert by int(), double(), string() …";
        self.report.fail_help(Code::OutsideLanguage, range, message, help)
    }
}

/// Whether a function has this name, with its namespace.
fn is_function(qualified: &str) -> bool {
    SPECIAL.contains(&qualified) || BUILTINS.iter().any(|(name, _, _)| *name == qualified)
}

/// The parameter lists of a function, for a help text.
fn overloads_of(name: &str) -> String {
    let lists: Vec<String> = BUILTINS
        .iter()
        .filter(|(n, _, _)| *n == name)
        .flat_map(|(_, _, overloads)| overloads.iter())
        .map(|builtin| {
            let types: Vec<String> =
                builtin.signature().parameters.iter().map(|p| type_of(*p).to_string()).collect();
            format!("({})", types.join(", "))
        })
        .collect();
    lists.join(" or ")
}

/// The type of a scalar type's id.
pub fn type_of(id: TypeId) -> Type {
    match id {
        TypeId::BOOL => Type::Bool,
        TypeId::INT => Type::Int,
        TypeId::UINT => Type::Uint,
        TypeId::DOUBLE => Type::Double,
        TypeId::STRING => Type::String,
        TypeId::BYTES => Type::Bytes,
        TypeId::TIMESTAMP => Type::Timestamp,
        TypeId::DURATION => Type::Duration,
        TypeId::POINT => Type::Point,
        _ => Type::Never,
    }
}
