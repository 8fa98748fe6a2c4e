//! A ruleset as it was written: every key understood, every value of the right
//! shape, every name unique, and nothing yet known of what CEL text means.
//!
//! In: YAML nodes (`read`). Out: [`Ruleset`], for `check`.

use super::node::Node;
use super::span::{Span, Spanned};
use super::text::Text;

/// All the files of a ruleset, added up.
#[derive(Debug)]
pub struct Ruleset {
    pub name: Spanned<String>,
    pub description: Option<Spanned<String>>,
    pub enabled: bool,
    pub schedule: Option<Schedule>,
    /// In the order of declaration, which is the order of the wire format.
    pub facts: Vec<Fact>,
    pub outputs: Vec<Output>,
    /// Of the group "default".
    pub hit_policy: HitPolicy,
    pub groups: Vec<Group>,
    pub constants: Vec<Constant>,
    pub variables: Vec<Variable>,
    pub fences: Vec<Fence>,
    pub rules: Vec<Rule>,
    pub tests: Vec<Test>,
}

/// One fact: a leaf of the tree under `facts`.
#[derive(Debug)]
pub struct Fact {
    /// From the outermost group to the fact's own name; never empty.
    pub path: Vec<String>,
    /// The fact's own key.
    pub span: Span,
    pub ty: FactType,
    pub optional: bool,
    /// As written; `check` gives it its type.
    pub default: Option<Node>,
    pub description: Option<String>,
}

/// The type of a fact, of an element of one, or of an output.
#[derive(Debug, Clone, PartialEq)]
pub enum FactType {
    Bool,
    Int,
    Uint,
    Double,
    /// `max_length` in bytes.
    String {
        max_length: u32,
    },
    Bytes {
        max_length: u32,
    },
    Timestamp,
    Duration,
    Point,
    /// The values in order of declaration, all different, at least one.
    Enum(Vec<String>),
    List {
        element: Box<FactType>,
        max_items: u32,
    },
    /// Keys are strings of at most 1024 bytes.
    Map {
        value: Box<FactType>,
        max_items: u32,
    },
}

#[derive(Debug)]
pub struct Output {
    pub name: Spanned<String>,
    pub ty: FactType,
    pub ty_span: Span,
    pub combine: Combine,
    pub combine_span: Span,
    /// A scalar or list as written; `check` gives it its type.
    pub default: Option<Node>,
    pub description: Option<String>,
}

/// How the values of several kept rules become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    First,
    Last,
    Sum,
    Min,
    Max,
    Any,
    All,
    Collect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitPolicy {
    Collect,
    First,
    Unique,
}

#[derive(Debug)]
pub struct Group {
    pub name: Spanned<String>,
    pub hit_policy: HitPolicy,
}

#[derive(Debug)]
pub struct Constant {
    pub name: Spanned<String>,
    /// A scalar, a list or a mapping, as written.
    pub value: Node,
}

#[derive(Debug)]
pub struct Variable {
    pub name: Spanned<String>,
    pub expression: Text,
}

#[derive(Debug)]
pub struct Fence {
    pub name: Spanned<String>,
    pub shape: Shape,
}

/// All numbers are finite, latitudes within ±90, longitudes within ±180.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Circle {
        center: Point,
        radius_metres: f64,
    },
    /// `west > east` crosses the antimeridian.
    Box {
        south: f64,
        west: f64,
        north: f64,
        east: f64,
    },
    /// At least three vertices.
    Polygon(Vec<Point>),
}

/// Degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
}

#[derive(Debug)]
pub struct Rule {
    pub id: Spanned<String>,
    pub description: Option<String>,
    pub enabled: bool,
    pub priority: i64,
    /// `None` is the group "default".
    pub group: Option<Spanned<String>>,
    pub schedule: Option<Schedule>,
    pub rollout: Option<Rollout>,
    /// `None` always holds.
    pub condition: Option<Condition>,
    pub outputs: Vec<RuleOutput>,
}

/// A wall-clock schedule. Not yet checked: names of time zones, order of ends.
#[derive(Debug)]
pub struct Schedule {
    pub span: Span,
    /// IANA name; `None` is UTC.
    pub timezone: Option<Spanned<String>>,
    pub start: Option<Spanned<LocalTime>>,
    pub end: Option<Spanned<LocalTime>>,
    pub days: Option<Spanned<Vec<Day>>>,
    pub daily: Option<Spanned<Daily>>,
}

/// A date and time of day with no zone; a valid one (year 1 to 9999).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Seconds since midnight, 0..86400; `to` may also be 86400 ("24:00").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daily {
    pub from: u32,
    pub to: u32,
}

#[derive(Debug)]
pub struct Rollout {
    pub span: Span,
    /// The smallest bucket (0..=100000) that is out: `percentage * 1000`,
    /// rounded up, worked out in decimal.
    pub threshold: u32,
    pub by: Text,
    /// `None` is the rule's id.
    pub seed: Option<Spanned<String>>,
}

#[derive(Debug)]
pub enum Condition {
    Expression(Text),
    All(Vec<Condition>, Span),
    Any(Vec<Condition>, Span),
    Not(Box<Condition>, Span),
    /// None of these holds.
    None(Vec<Condition>, Span),
}

#[derive(Debug)]
pub struct RuleOutput {
    /// The name of the output, as the rule wrote it: `check` looks it up.
    pub name: Spanned<String>,
    pub value: OutputValue,
}

/// What stands behind an output's name in a rule.
#[derive(Debug)]
pub enum OutputValue {
    /// A YAML string: CEL, or a template where the output is a string.
    Text(Text),
    /// A YAML number, bool, list or mapping: that value.
    Value(Node),
}

#[derive(Debug)]
pub struct Test {
    pub name: Spanned<String>,
    /// A mapping, shaped as the facts are.
    pub facts: Node,
    /// Rule ids in the order of the decision; `None`: not looked at.
    pub matched: Option<Vec<Spanned<String>>>,
    /// Only these outputs are looked at; a null means "absent".
    pub outputs: Vec<(Spanned<String>, Node)>,
}
