//! Expressions that are true or false.

use super::expression::{Maker, Want};
use super::literal::{any_type, cel, key_type, map_key, quoted};
use super::node::{Node, Type, level};
use super::schema::Shape;

const PATTERNS: [&str; 14] = [
    "^a.*",
    "b$",
    "^$",
    "",
    "[0-9]+",
    "^\\\\w+$",
    "(?i)KEY|ios",
    "é",
    ".",
    "^.{1,3}$",
    "\\\\bwörld\\\\b",
    "\\\\p{L}",
    "a|日.",
    "(?s)^line.break$",
];

const RELATIONS: [&str; 4] = ["<", "<=", ">", ">="];

impl Maker<'_> {
    pub(super) fn bool(&mut self, depth: usize) -> Node {
        let bool = |level: u8, pattern: &str, parts: Vec<Node>| {
            Node::of(Type::Bool, level, pattern, parts)
        };
        match self.random.below(39) {
            34..=38 => self.simple(),
            0 => bool(level::UNARY, "!@6", vec![self.any(&Type::Bool, depth)]),
            1..=3 => self.connective("&&", level::AND, depth),
            4..=6 => self.connective("||", level::OR, depth),
            7..=11 => self.comparison(depth),
            12..=14 => {
                let ty = any_type(self.random, 2);
                let parts = vec![self.any(&ty, depth), self.any(&ty, depth)];
                let pattern = self.random.word(&["@4 == @4", "@4 != @4"]);
                bool(level::RELATION, pattern, parts)
            }
            15 | 16 => self.membership(depth),
            17 => self.has(depth),
            18..=21 => self.quantifier(depth),
            22 => bool(level::MEMBER, "bool(@0)", vec![self.any(&Type::String, depth)]),
            23 | 24 => {
                let parts = vec![self.any(&Type::String, depth), self.any(&Type::String, depth)];
                let name = self.random.word(&["contains", "startsWith", "endsWith"]);
                bool(level::MEMBER, &format!("@7.{name}(@0)"), parts)
            }
            25 => {
                let pattern = format!("\"{}\"", self.random.word(&PATTERNS));
                let parts = vec![
                    self.any(&Type::String, depth),
                    Node::leaf(Type::String, level::MEMBER, pattern),
                ];
                let form = self.random.word(&["@7.matches(@0)", "matches(@0, @0)"]);
                bool(level::MEMBER, form, parts)
            }
            26 | 27 => {
                let ty = Type::list(any_type(self.random, 1));
                let parts =
                    vec![self.expr(&ty, Want::Parts, depth), self.expr(&ty, Want::Parts, depth)];
                let name = self.random.word(&["contains", "equivalent", "intersects"]);
                bool(level::MEMBER, &format!("sets.{name}(@0, @0)"), parts)
            }
            28 => {
                let name = self.random.word(&["isNaN", "isInf", "isFinite"]);
                bool(
                    level::MEMBER,
                    &format!("math.{name}(@0)"),
                    vec![self.any(&Type::Double, depth)],
                )
            }
            29 | 30 if !self.scope.fences.is_empty() => {
                let fence = &self.random.pick(&self.scope.fences).0;
                let pattern = format!("geo.within(@0, fences.{fence})");
                bool(level::MEMBER, &pattern, vec![self.any(&Type::Point, depth)])
            }
            31 | 32 => self.about_enum(depth),
            _ => self.leaf(&Type::Bool, Want::Exact),
        }
    }

    fn connective(&mut self, operator: &str, level: u8, depth: usize) -> Node {
        let count = 2 + self.random.below(3);
        let parts = (0..count).map(|_| self.any(&Type::Bool, depth)).collect();
        let place = format!("@{}", level + 1);
        let pattern = vec![place; count].join(&format!(" {operator} "));
        Node::of(Type::Bool, level, &pattern, parts)
    }

    fn comparison(&mut self, depth: usize) -> Node {
        let numbers = [Type::Int, Type::Uint, Type::Double];
        let (left, right) = if self.random.chance(60) {
            (self.random.pick(&numbers).clone(), self.random.pick(&numbers).clone())
        } else {
            let types = [
                Type::String,
                Type::Bytes,
                Type::Timestamp,
                Type::Timestamp,
                Type::Duration,
                Type::Bool,
            ];
            let ty = self.random.pick(&types).clone();
            (ty.clone(), ty)
        };
        let parts = vec![self.any(&left, depth), self.any(&right, depth)];
        let relation = self.random.word(&RELATIONS);
        Node::of(Type::Bool, level::RELATION, &format!("@4 {relation} @4"), parts)
    }

    /// A fact beside constants: what needs no code.
    pub fn simple(&mut self) -> Node {
        let is_simple = |fact: &&super::schema::Fact| {
            let nests = match fact.shape.ty() {
                Type::List(item) => matches!(*item, Type::List(_) | Type::Map(..) | Type::Point),
                Type::Map(..) => true,
                _ => false,
            };
            fact.shape.labels().is_none() && !nests
        };
        let facts: Vec<_> = self.scope.facts.iter().filter(is_simple).collect();
        if facts.is_empty() {
            return self.has(0);
        }
        let fact = (*self.random.pick(&facts)).clone();
        let ty = fact.shape.ty();
        let name = Node::leaf(ty.clone(), level::MEMBER, fact.qualified());
        let number = matches!(ty, Type::Int | Type::Uint | Type::Double);
        let node = match (&ty, self.random.below(6)) {
            (Type::Bool, 0..=3) => name,
            (Type::List(item), _) => {
                let parts = vec![cel(item, self.random), name];
                Node::of(Type::Bool, level::RELATION, "@4 in @4", parts)
            }
            (_, 0) => {
                let first = self.random.between(-1, 3);
                let items: Vec<Node> = match ty {
                    // Next to each other, and not.
                    Type::Int => (0..=self.random.between(0, 3))
                        .map(|n| {
                            Node::leaf(Type::Int, level::UNARY, (first + n * n.min(2)).to_string())
                        })
                        .collect(),
                    _ => (0..2).map(|_| cel(&ty, self.random)).collect(),
                };
                let places = vec!["@0"; items.len()].join(", ");
                let parts = std::iter::once(name).chain(items).collect();
                Node::of(Type::Bool, level::RELATION, &format!("@4 in [{places}]"), parts)
            }
            (_, 1 | 2) => {
                let parts = vec![name, cel(&ty, self.random)];
                let forms = ["@4 == @4", "@4 != @4"];
                Node::of(Type::Bool, level::RELATION, self.random.word(&forms), parts)
            }
            (Type::Point, _) => {
                Node::leaf(Type::Bool, level::MEMBER, format!("has({})", fact.qualified()))
            }
            _ => {
                let other = match number {
                    true => self.random.pick(&[Type::Int, Type::Uint, Type::Double]).clone(),
                    false => ty.clone(),
                };
                let mut parts = vec![name, cel(&other, self.random)];
                if self.random.chance(40) {
                    parts.reverse();
                }
                let pattern = format!("@4 {} @4", self.random.word(&RELATIONS));
                Node::of(Type::Bool, level::RELATION, &pattern, parts)
            }
        };
        if self.random.chance(30) {
            return Node::of(Type::Bool, level::UNARY, "!@6", vec![node]);
        }
        node
    }

    fn membership(&mut self, depth: usize) -> Node {
        let parts = if self.random.chance(60) {
            let item = any_type(self.random, 1);
            let left = self.any(&item, depth);
            vec![left, self.any(&Type::list(item), depth)]
        } else {
            let key = key_type(self.random);
            let left = if self.random.chance(50) {
                map_key(&key, self.random)
            } else {
                self.any(&key, depth)
            };
            let value = any_type(self.random, 1);
            vec![left, self.any(&Type::map(key, value), depth)]
        };
        Node::of(Type::Bool, level::RELATION, "@4 in @4", parts)
    }

    fn has(&mut self, depth: usize) -> Node {
        if self.random.chance(60) {
            let fact = self.random.pick(&self.scope.facts).qualified();
            return Node::leaf(Type::Bool, level::MEMBER, format!("has({fact})"));
        }
        let value = any_type(self.random, 1);
        let map = self.expr(&Type::map(Type::String, value), Want::Parts, depth);
        let field = self.random.word(&["key", "a", "b"]);
        Node::of(Type::Bool, level::MEMBER, &format!("has(@7.{field})"), vec![map])
    }

    fn quantifier(&mut self, depth: usize) -> Node {
        let names = 1 + self.random.below(2);
        let (range, locals) = self.range(depth, names, Want::Any);
        let test = self.within(&locals, |maker| maker.any(&Type::Bool, depth));
        let bound: Vec<&str> = locals.iter().map(|local| local.name).collect();
        let name = self.random.word(&["all", "exists", "exists_one", "existsOne"]);
        let pattern = format!("@7.{name}({}, @0)", bound.join(", "));
        Node::of(Type::Bool, level::MEMBER, &pattern, vec![range, test])
    }

    /// Enums with labels of their own.
    fn about_enum(&mut self, depth: usize) -> Node {
        let Some(fact) = self.labelled() else { return self.comparison(depth) };
        let labels = fact.shape.labels().expect("it has labels").to_vec();
        let name = fact.qualified();
        let label =
            |random: &mut super::random::Random| quoted(random.word(&labels), random.below(2));
        let (one, two) = (label(self.random), label(self.random));
        let leaf = |level: u8, text: String| Node::leaf(Type::Bool, level, text);
        let of_one = |random: &mut super::random::Random, name: &str| match random.below(5) {
            0 => format!("{name} == {one}"),
            1 => format!("{one} != {name}"),
            2 => format!("{name} in [{one}, {two}]"),
            3 => format!("!({name} in [{one}])"),
            _ => format!("{name} < {two}"),
        };
        match &fact.shape {
            Shape::Enum(_) => match self.random.below(4) {
                0 => {
                    let other = self.any(&Type::Bool, depth);
                    let then = leaf(level::RELATION, of_one(self.random, &name));
                    Node::of(Type::Bool, level::AND, "@3 && @3", vec![then, other])
                }
                1 => leaf(level::RELATION, format!("{name} == (has({name}) ? {name} : \"other\")")),
                _ => leaf(level::RELATION, of_one(self.random, &name)),
            },
            Shape::List(item, _) if matches!(**item, Shape::Enum(_)) => {
                match self.random.below(6) {
                    0 => leaf(level::RELATION, format!("{one} in {name}")),
                    1 => leaf(level::RELATION, format!("{name} == [{one}, {two}]")),
                    2 => leaf(
                        level::MEMBER,
                        format!("{name}.exists(e, {})", of_one(self.random, "e")),
                    ),
                    3 => leaf(
                        level::MEMBER,
                        format!("{name}.all(n, e, n < 2 && {})", of_one(self.random, "e")),
                    ),
                    4 => leaf(
                        level::RELATION,
                        format!("{name}.filter(e, {}) == {name}", of_one(self.random, "e")),
                    ),
                    _ => leaf(level::RELATION, of_one(self.random, &format!("{name}[0]"))),
                }
            }
            Shape::Map(item, _) if matches!(**item, Shape::Enum(_)) => match self.random.below(3) {
                0 => leaf(
                    level::MEMBER,
                    format!("{name}.exists(k, e, k != \"\" && {})", of_one(self.random, "e")),
                ),
                _ => leaf(level::RELATION, of_one(self.random, &format!("{name}.key"))),
            },
            _ => leaf(level::RELATION, format!("size({name}) <= 1")),
        }
    }
}
