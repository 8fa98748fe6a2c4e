//! What a generated ruleset declares beside its rules: facts, constants,
//! fences; and what its expressions may name.

use super::literal;
use super::node::Type;
use super::random::Random;
use super::yaml::{Yaml, map, plain, text};

/// The type of a fact or of an output.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Scalar(Type),
    /// A string or bytes with a bound.
    Bounded(Type, usize),
    Enum(Vec<&'static str>),
    List(Box<Shape>, usize),
    Map(Box<Shape>, usize),
}

#[derive(Debug, Clone)]
pub struct Fact {
    pub path: Vec<&'static str>,
    pub name: String,
    pub shape: Shape,
    pub optional: bool,
    pub default: Option<Yaml>,
}

#[derive(Debug, Clone)]
pub struct Constant {
    pub name: String,
    pub ty: Type,
    pub value: Yaml,
    /// An empty list: its items have no type.
    pub is_vague: bool,
}

/// What expressions may name.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub facts: Vec<Fact>,
    pub constants: Vec<Constant>,
    /// Names and types of those declared so far.
    pub variables: Vec<(String, Type)>,
    pub fences: Vec<(String, Yaml)>,
}

impl Fact {
    pub fn qualified(&self) -> String {
        let mut path = self.path.join(".");
        if !path.is_empty() {
            path.push('.');
        }
        path + &self.name
    }
}

pub const LABELS: [&[&str]; 3] =
    [&["ios", "android", "web", "switch"], &["a"], &["idol", "münze", "map", "a b"]];

const GROUPS: [&[&str]; 4] = [&[], &["player"], &["item"], &["player", "stats"]];

impl Shape {
    pub fn random(random: &mut Random, depth: usize) -> Shape {
        let scalar = |random: &mut Random| match random.below(11) {
            0 => Shape::Enum(random.pick(&LABELS).to_vec()),
            1 if random.chance(40) => Shape::Bounded(Type::String, 8),
            2 if random.chance(40) => Shape::Bounded(Type::Bytes, 4),
            _ => Shape::Scalar(literal::scalar_type(random)),
        };
        if depth == 0 || random.chance(60) {
            return scalar(random);
        }
        let bound = *random.pick(&[1, 2, 3, 4, 6, 64]);
        let inner = Box::new(Shape::random(random, depth - 1));
        if random.chance(60) { Shape::List(inner, bound) } else { Shape::Map(inner, bound) }
    }

    /// The type of its expressions.
    pub fn ty(&self) -> Type {
        match self {
            Shape::Scalar(ty) | Shape::Bounded(ty, _) => ty.clone(),
            Shape::Enum(_) => Type::String,
            Shape::List(inner, _) => Type::list(inner.ty()),
            Shape::Map(inner, _) => Type::map(Type::String, inner.ty()),
        }
    }

    /// Whether it is or holds an enum.
    pub fn labels(&self) -> Option<&[&'static str]> {
        match self {
            Shape::Scalar(_) | Shape::Bounded(..) => None,
            Shape::Enum(labels) => Some(labels),
            Shape::List(inner, _) | Shape::Map(inner, _) => inner.labels(),
        }
    }

    /// As a definition.
    pub fn yaml(&self) -> Yaml {
        match self {
            Shape::Scalar(ty) => text(type_name(ty)),
            other => Yaml::Map(other.entries()),
        }
    }

    pub fn entries(&self) -> Vec<(String, Yaml)> {
        let bound = |name: &str, bound: usize| (name.to_owned(), plain(bound));
        match self {
            Shape::Scalar(ty) => vec![("type".to_owned(), text(type_name(ty)))],
            Shape::Bounded(ty, most) => {
                vec![("type".to_owned(), text(type_name(ty))), bound("max_length", *most)]
            }
            Shape::Enum(labels) => {
                let labels = labels.iter().map(|label| text(*label)).collect();
                vec![("enum".to_owned(), Yaml::List(labels))]
            }
            Shape::List(inner, most) => {
                vec![("list".to_owned(), inner.yaml()), bound("max_items", *most)]
            }
            Shape::Map(inner, most) => {
                vec![("map".to_owned(), inner.yaml()), bound("max_items", *most)]
            }
        }
    }
}

fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Uint => "uint",
        Type::Double => "double",
        Type::String => "string",
        Type::Bytes => "bytes",
        Type::Timestamp => "timestamp",
        Type::Duration => "duration",
        Type::Point => "point",
        Type::List(_) | Type::Map(..) => unreachable!("no scalar"),
    }
}

impl Scope {
    pub fn random(random: &mut Random) -> Scope {
        let now = Fact {
            path: Vec::new(),
            name: "now".to_owned(),
            shape: Shape::Scalar(Type::Timestamp),
            optional: random.chance(10),
            default: None,
        };
        let mut facts = vec![now];
        for index in 0..random.between(2, 14) {
            facts.push(Fact {
                path: random.pick(&GROUPS).to_vec(),
                name: format!("f{index}"),
                shape: Shape::random(random, 2),
                optional: random.chance(25),
                default: None,
            });
        }
        let constants = (0..random.below(4)).map(|index| constant(random, index)).collect();
        let fences = (0..random.below(3)).map(|i| (format!("fence{i}"), fence(random))).collect();
        Scope { facts, constants, variables: Vec::new(), fences }
    }

    /// The declaration of the facts.
    pub fn facts_yaml(&self) -> Yaml {
        let mut root = Vec::new();
        for fact in &self.facts {
            let mut entries = &mut root;
            for group in &fact.path {
                let at = entries.iter().position(|(name, _): &(String, Yaml)| name == group);
                let at = at.unwrap_or_else(|| {
                    entries.push(((*group).to_owned(), Yaml::Map(Vec::new())));
                    entries.len() - 1
                });
                let Yaml::Map(inner) = &mut entries[at].1 else { unreachable!("a group") };
                entries = inner;
            }
            let default = fact.default.clone().map(|default| ("default".to_owned(), default));
            let optional = fact.optional.then(|| ("optional".to_owned(), plain(true)));
            let yaml = match default.or(optional) {
                Some(entry) => {
                    let mut definition = fact.shape.entries();
                    definition.push(entry);
                    Yaml::Map(definition)
                }
                None => fact.shape.yaml(),
            };
            entries.push((fact.name.clone(), yaml));
        }
        Yaml::Map(root)
    }
}

fn constant(random: &mut Random, index: usize) -> Constant {
    let ty = match random.below(8) {
        0 => Type::Int,
        1 => Type::Double,
        2 => Type::Bool,
        3 | 4 => Type::String,
        5 => Type::list(random.pick(&[Type::Int, Type::String]).clone()),
        6 => Type::map(Type::String, random.pick(&[Type::Int, Type::Double]).clone()),
        _ => Type::Uint,
    };
    let (value, is_vague) = match &ty {
        Type::List(item) => {
            let count = random.below(4);
            let items = (0..count).map(|_| literal::yaml(item, random)).collect();
            (Yaml::List(items), count == 0)
        }
        Type::Map(_, item) => {
            let keys = ["key", "a", "é"];
            let entries = keys.iter().take(1 + random.below(3));
            let entries = entries.map(|k| ((*k).to_owned(), literal::yaml(item, random)));
            (Yaml::Map(entries.collect()), false)
        }
        // What fits an int is one.
        Type::Uint => (plain(u64::MAX - random.below(9) as u64), false),
        scalar => (literal::yaml(scalar, random), false),
    };
    Constant { name: format!("c{index}"), ty, value, is_vague }
}

fn fence(random: &mut Random) -> Yaml {
    let point = |lat: f64, lon: f64| map([("lat", plain(lat)), ("lon", plain(lon))]);
    let mut jitter = |scale: f64| (random.below(2001) as f64 / 1000.0 - 1.0) * scale;
    let (lat, lon) = (51.5 + jitter(0.1), jitter(0.2));
    let polygon: Vec<Yaml> = (0..5).map(|_| point(lat + jitter(0.5), lon + jitter(0.5))).collect();
    let sides = |south: f64, west: f64, north: f64, east: f64| {
        map([(
            "box",
            map([
                ("south", plain(south)),
                ("west", plain(west)),
                ("north", plain(north)),
                ("east", plain(east)),
            ]),
        )])
    };
    let circle = |center: Yaml, radius: &str| {
        map([("circle", map([("center", center), ("radius", text(radius))]))])
    };
    match random.below(8) {
        0 | 1 => circle(point(lat, lon), random.word(&["500m", "2km", "20000km", "1.5km"])),
        2 => circle(point(89.9, 10.0), "100km"),
        3 => sides(lat - 0.1, lon - 0.1, lat + 0.1, lon + 0.1),
        4 => sides(-10.0, 179.0, 10.0, -179.0),
        5 => sides(lat, lon, lat, lon),
        _ => map([("polygon", Yaml::List(polygon))]),
    }
}
