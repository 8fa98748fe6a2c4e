//! Numbers, text, times and places.

use super::expression::{Maker, Want};
use super::literal::{any_type, scalar_type};
use super::node::{Node, Type, level};

const ZONES: [&str; 9] = [
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "UTC",
    "Africa/Casablanca",
    "+05:30",
    "-02:00",
    "11:45",
];

const GETTERS: [&str; 10] = [
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
];

fn call(ty: Type, pattern: &str, parts: Vec<Node>) -> Node {
    Node::of(ty, level::MEMBER, pattern, parts)
}

impl Maker<'_> {
    pub(super) fn int(&mut self, depth: usize) -> Node {
        match self.random.below(22) {
            0..=5 => self.arithmetic(&Type::Int, depth),
            6 => {
                let from = self
                    .random
                    .pick(&[
                        Type::Uint,
                        Type::Double,
                        Type::String,
                        Type::Timestamp,
                        Type::Duration,
                        Type::Int,
                    ])
                    .clone();
                call(Type::Int, "int(@0)", vec![self.exact(&from, depth)])
            }
            7..=9 => {
                let sized = match self.random.below(6) {
                    0 => Type::String,
                    1 => Type::Bytes,
                    2 => Type::map(Type::String, any_type(self.random, 1)),
                    _ => Type::list(any_type(self.random, 1)),
                };
                let of = self.expr(&sized, Want::Parts, depth);
                let form = self.random.word(&["size(@0)", "@7.size()"]);
                call(Type::Int, form, vec![of])
            }
            10 => {
                let mut parts =
                    vec![self.any(&Type::String, depth), self.any(&Type::String, depth)];
                let name = self.random.word(&["indexOf", "lastIndexOf"]);
                if self.random.chance(50) {
                    return call(Type::Int, &format!("@7.{name}(@0)"), parts);
                }
                parts.push(self.any(&Type::Int, depth));
                call(Type::Int, &format!("@7.{name}(@0, @0)"), parts)
            }
            11..=13 => {
                let time = self.exact(&Type::Timestamp, depth);
                let getter = self.random.word(&GETTERS);
                let zone = self.random.word(&ZONES);
                match self.random.below(3) {
                    0 => call(Type::Int, &format!("@7.{getter}()"), vec![time]),
                    1 => {
                        let pattern = format!("cel.bind(zone, \"{zone}\", @7.{getter}(zone))");
                        call(Type::Int, &pattern, vec![time])
                    }
                    _ => call(Type::Int, &format!("@7.{getter}(\"{zone}\")"), vec![time]),
                }
            }
            14 => {
                let span = self.exact(&Type::Duration, depth);
                let getter = self.random.word(&GETTERS[6..]);
                call(Type::Int, &format!("@7.{getter}()"), vec![span])
            }
            15 => {
                let by = self.random.pick(&[Type::String, Type::Int]).clone();
                let parts = vec![self.any(&by, depth), self.any(&Type::String, depth)];
                call(Type::Int, "bucket(@0, @0)", parts)
            }
            16 => self.leaf(&Type::Int, Want::Exact),
            _ => self.mathematics(&Type::Int, depth),
        }
    }

    pub(super) fn uint(&mut self, depth: usize) -> Node {
        match self.random.below(10) {
            0..=3 => self.arithmetic(&Type::Uint, depth),
            4 | 5 => {
                let from =
                    self.random.pick(&[Type::Int, Type::Double, Type::String, Type::Uint]).clone();
                call(Type::Uint, "uint(@0)", vec![self.any(&from, depth)])
            }
            6 => self.leaf(&Type::Uint, Want::Exact),
            _ => self.mathematics(&Type::Uint, depth),
        }
    }

    pub(super) fn double(&mut self, depth: usize) -> Node {
        match self.random.below(16) {
            0..=3 => self.arithmetic(&Type::Double, depth),
            4 | 5 => {
                let from =
                    self.random.pick(&[Type::Int, Type::Uint, Type::String, Type::Double]).clone();
                call(Type::Double, "double(@0)", vec![self.any(&from, depth)])
            }
            6 | 7 => {
                let name = self.random.word(&["ceil", "floor", "round", "trunc"]);
                call(
                    Type::Double,
                    &format!("math.{name}(@0)"),
                    vec![self.any(&Type::Double, depth)],
                )
            }
            8 => {
                let from = self.random.pick(&[Type::Int, Type::Uint, Type::Double]).clone();
                call(Type::Double, "math.sqrt(@0)", vec![self.any(&from, depth)])
            }
            9 => {
                let parts = vec![self.any(&Type::Point, depth), self.any(&Type::Point, depth)];
                call(Type::Double, "geo.distance(@0, @0)", parts)
            }
            10 => {
                let form = self.random.word(&["@7.lat", "@7.lon"]);
                call(Type::Double, form, vec![self.exact(&Type::Point, depth)])
            }
            11 => self.leaf(&Type::Double, Want::Exact),
            _ => self.mathematics(&Type::Double, depth),
        }
    }

    fn arithmetic(&mut self, ty: &Type, depth: usize) -> Node {
        let operator = match (ty, self.random.below(6)) {
            (Type::Int | Type::Double, 5) => {
                return Node::of(ty.clone(), level::UNARY, "-@7", vec![self.exact(ty, depth)]);
            }
            (Type::Double, 4) => "*",
            (_, 0) => "+",
            (_, 1) => "-",
            (_, 2) => "*",
            (_, 4) => "%",
            _ => "/",
        };
        let parts = self.joined(ty, Want::Exact, Want::Any, depth, 2);
        if matches!(operator, "+" | "-") {
            return Node::of(ty.clone(), level::ADDITION, &format!("@4 {operator} @5"), parts);
        }
        Node::of(ty.clone(), level::MULTIPLICATION, &format!("@5 {operator} @6"), parts)
    }

    /// The functions of numbers of one type that give that type.
    fn mathematics(&mut self, ty: &Type, depth: usize) -> Node {
        let bits = *ty != Type::Double;
        match self.random.below(if bits { 8 } else { 5 }) {
            0 => {
                let name = self.random.word(&["abs", "sign"]);
                call(ty.clone(), &format!("math.{name}(@0)"), vec![self.exact(ty, depth)])
            }
            1..=3 => {
                let name = self.random.word(&["greatest", "least"]);
                let count = 1 + self.random.below(4);
                let mut parts = vec![self.exact(ty, depth)];
                parts.extend((1..count).map(|_| self.any(ty, depth)));
                let places = vec!["@0"; count].join(", ");
                call(ty.clone(), &format!("math.{name}({places})"), parts)
            }
            4 => {
                let name = self.random.word(&["greatest", "least"]);
                let list = self.exact(&Type::list(ty.clone()), depth);
                call(ty.clone(), &format!("math.{name}(@0)"), vec![list])
            }
            5 => call(ty.clone(), "math.bitNot(@0)", vec![self.exact(ty, depth)]),
            6 => {
                let name = self.random.word(&["bitAnd", "bitOr", "bitXor"]);
                let parts = vec![self.exact(ty, depth), self.any(ty, depth)];
                call(ty.clone(), &format!("math.{name}(@0, @0)"), parts)
            }
            _ => {
                let name = self.random.word(&["bitShiftLeft", "bitShiftRight"]);
                let parts = vec![self.exact(ty, depth), self.any(&Type::Int, depth)];
                call(ty.clone(), &format!("math.{name}(@0, @0)"), parts)
            }
        }
    }

    pub(super) fn string(&mut self, depth: usize) -> Node {
        let text = |pattern: &str, parts: Vec<Node>| call(Type::String, pattern, parts);
        match self.random.below(20) {
            0..=2 => {
                let parts = self.joined(&Type::String, Want::Exact, Want::Any, depth, 2);
                Node::of(Type::String, level::ADDITION, "@4 + @5", parts)
            }
            3..=5 => {
                let mut from = scalar_type(self.random);
                if from == Type::Point {
                    from = Type::Timestamp;
                }
                text("string(@0)", vec![self.any(&from, depth)])
            }
            6 => {
                let parts = vec![self.any(&Type::String, depth), self.any(&Type::Int, depth)];
                text("@7.charAt(@0)", parts)
            }
            7 | 8 => {
                let names = [
                    "@7.lowerAscii()",
                    "@7.upperAscii()",
                    "@7.trim()",
                    "@7.reverse()",
                    "strings.quote(@0)",
                ];
                text(self.random.word(&names), vec![self.any(&Type::String, depth)])
            }
            9 | 10 => {
                let mut parts: Vec<Node> = (0..3).map(|_| self.any(&Type::String, depth)).collect();
                if self.random.chance(50) {
                    return text("@7.replace(@0, @0)", parts);
                }
                parts.push(self.any(&Type::Int, depth));
                text("@7.replace(@0, @0, @0)", parts)
            }
            11 | 12 => {
                let mut parts = vec![self.any(&Type::String, depth), self.any(&Type::Int, depth)];
                if self.random.chance(50) {
                    return text("@7.substring(@0)", parts);
                }
                parts.push(self.any(&Type::Int, depth));
                text("@7.substring(@0, @0)", parts)
            }
            13 | 14 => {
                let mut parts = vec![self.expr(&Type::list(Type::String), Want::Parts, depth)];
                if self.random.chance(40) {
                    return text("@7.join()", parts);
                }
                parts.push(self.any(&Type::String, depth));
                text("@7.join(@0)", parts)
            }
            15..=17 => self.format(depth),
            _ => self.leaf(&Type::String, Want::Exact),
        }
    }

    fn format(&mut self, depth: usize) -> Node {
        const CLAUSES: [&str; 11] =
            ["%s", "%s", "%d", "%f", "%.2f", "%e", "%.0e", "%x", "%X", "%o", "%b"];
        let count = self.random.below(4);
        let mut text = String::new();
        for _ in 0..count {
            text.push_str(self.random.word(&["", "é ", "%%", "a"]));
            text.push_str(self.random.word(&CLAUSES));
        }
        if self.random.chance(5) {
            text.push_str(self.random.word(&["%", "%q", "%.f", "%.2000f"]));
        }
        let pattern = Node::leaf(Type::String, level::MEMBER, format!("\"{text}\""));
        if self.random.chance(25) {
            let item = any_type(self.random, 1);
            let list = self.expr(&Type::list(item), Want::Parts, depth);
            return call(Type::String, "@7.format(@0)", vec![pattern, list]);
        }
        let mut parts = vec![pattern];
        let count = if self.random.chance(6) { count + 1 } else { count };
        for _ in 0..count {
            let numbers = [Type::Int, Type::Uint, Type::Double];
            let ty = if self.random.chance(50) {
                self.random.pick(&numbers).clone()
            } else {
                any_type(self.random, 2)
            };
            parts.push(self.any(&ty, depth));
        }
        call(Type::String, &format!("@7.format([{}])", vec!["@0"; count].join(", ")), parts)
    }

    pub(super) fn bytes(&mut self, depth: usize) -> Node {
        match self.random.below(4) {
            0 => {
                let parts = self.joined(&Type::Bytes, Want::Exact, Want::Any, depth, 2);
                Node::of(Type::Bytes, level::ADDITION, "@4 + @5", parts)
            }
            1 | 2 => call(Type::Bytes, "bytes(@0)", vec![self.any(&Type::String, depth)]),
            _ => self.leaf(&Type::Bytes, Want::Exact),
        }
    }

    pub(super) fn timestamp(&mut self, depth: usize) -> Node {
        let (time, span) = (Type::Timestamp, Type::Duration);
        match self.random.below(8) {
            0 | 1 => {
                let parts = vec![self.exact(&time, depth), self.exact(&span, depth)];
                Node::of(time, level::ADDITION, "@4 + @5", parts)
            }
            2 => {
                let parts = vec![self.exact(&span, depth), self.exact(&time, depth)];
                Node::of(time, level::ADDITION, "@4 + @5", parts)
            }
            3 | 4 => {
                let parts = vec![self.exact(&time, depth), self.exact(&span, depth)];
                Node::of(time, level::ADDITION, "@4 - @5", parts)
            }
            5 | 6 => {
                let from = self.random.pick(&[Type::String, Type::Int, Type::Timestamp]).clone();
                call(time, "timestamp(@0)", vec![self.any(&from, depth)])
            }
            _ => self.leaf(&time, Want::Exact),
        }
    }

    pub(super) fn duration(&mut self, depth: usize) -> Node {
        let (time, span) = (Type::Timestamp, Type::Duration);
        match self.random.below(8) {
            0 | 1 => {
                let parts = vec![self.exact(&time, depth), self.exact(&time, depth)];
                Node::of(span, level::ADDITION, "@4 - @5", parts)
            }
            2..=4 => {
                let parts = self.joined(&span, Want::Exact, Want::Exact, depth, 2);
                let form = self.random.word(&["@4 + @5", "@4 - @5"]);
                Node::of(span, level::ADDITION, form, parts)
            }
            5 | 6 => {
                let from = self.random.pick(&[Type::String, Type::Int, Type::Duration]).clone();
                call(span, "duration(@0)", vec![self.any(&from, depth)])
            }
            _ => self.leaf(&span, Want::Exact),
        }
    }

    pub(super) fn point(&mut self, depth: usize) -> Node {
        if self.random.chance(50) {
            let parts = vec![self.any(&Type::Double, depth), self.any(&Type::Double, depth)];
            return call(Type::Point, "geo.point(@0, @0)", parts);
        }
        self.leaf(&Type::Point, Want::Exact)
    }
}
