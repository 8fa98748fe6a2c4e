//! What an archive holds: flat tables, each of records of fixed size, that
//! refer to each other by index. No table is recursive, shared or hashed, and
//! no record is of zero size: rkyv's own checks stay linear in the file.
//!
//! Everything here is what the compiler writes and the verifier checks;
//! [`crate::header`] is what stands before it in the file.

use crate::code::Instruction;
use crate::types::TypeEntry;
use crate::value::Word;
use rkyv::{Archive, Serialize};

/// "No such thing", wherever a table's index may be missing.
pub const NONE: u32 = u32::MAX;

/// The body of a `.stone` file. The default has no tables at all, and so is no
/// archive that a verifier accepts.
#[derive(Debug, Clone, PartialEq, Default, Archive, Serialize)]
pub struct Ruleset {
    pub identity: Identity,
    /// Text and the items of constant lists and maps; see [`Text`] and
    /// [`crate::value::Reference`].
    pub data: Vec<u8>,
    pub types: Vec<TypeEntry>,
    pub schema: Schema,
    pub outputs: Vec<Output>,
    pub groups: Vec<Group>,
    /// In decision order: priority from the highest, then declaration.
    pub rules: Vec<Rule>,
    /// What rules put into outputs, rule by rule.
    pub assignments: Vec<Assignment>,
    /// What predicates ask about.
    pub subjects: Vec<Subject>,
    /// Keys at which ranks begin, ascending, subject by subject.
    pub cuts: Vec<u64>,
    /// Of dictionaries, subject by subject, each ascending by hash.
    pub words: Vec<DictionaryWord>,
    pub slots: Vec<Slot>,
    /// Slot by slot; [`crate::predicate`] says what is in the bits.
    pub predicates: Vec<u64>,
    /// Runs of ranks for predicates: where a run begins and where it has ended,
    /// in turn, ascending, set by set.
    pub sets: Vec<u32>,
    pub index: Index,
    pub variables: Vec<Variable>,
    pub units: Vec<Unit>,
    pub code: Vec<Instruction>,
    /// Type ids of the registers, unit by unit.
    pub registers: Vec<u16>,
    pub constants: Vec<Constant>,
    pub fences: Vec<Fence>,
    /// Vertices of polygons.
    pub vertices: Vec<Vertex>,
    pub regexes: Vec<Blob>,
    pub zones: Vec<Zone>,
    pub transitions: Vec<Transition>,
    pub debug: Debug,
}

/// What ruleset this is and what it was made from.
#[derive(Debug, Clone, PartialEq, Default, Archive, Serialize)]
pub struct Identity {
    pub name: Text,
    pub description: Text,
    /// BLAKE3 of the source: of each file in reading order, its name and bytes.
    pub source_hash: [u8; 32],
    /// Version of the time-zone database, such as "2026a".
    pub tzdata: Text,
    /// Version of the compiler.
    pub compiler: Text,
    /// 0: switched off, no rule matches.
    pub enabled: u8,
    /// Rules of the source that are switched off and so are not in the archive.
    pub disabled_rules: u32,
}

/// UTF-8 in [`Ruleset::data`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Archive, Serialize)]
pub struct Text {
    pub offset: u32,
    pub length: u32,
}

/// Bytes in [`Ruleset::data`].
pub type Blob = Text;

/// A run of records of another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Archive, Serialize)]
pub struct Range {
    pub start: u32,
    pub length: u32,
}

/// The facts that a request carries.
#[derive(Debug, Clone, PartialEq, Default, Archive, Serialize)]
pub struct Schema {
    /// In order of declaration.
    pub facts: Vec<Fact>,
    /// Types of facts with their bounds; a type stands after its parts.
    pub types: Vec<FactType>,
    /// Values of enums, as ranges of `labels`.
    pub enums: Vec<Range>,
    pub labels: Vec<Text>,
    /// Element `n` is the fingerprint of the first `n` facts.
    pub fingerprints: Vec<u64>,
    /// The fact that is the request's time, or [`NONE`].
    pub now: u32,
    /// A frame ([`crate::frame`]) of just the facts that have a default; empty where none
    /// has. These facts are optional ones. Fingerprints don't depend on it.
    pub defaults: Blob,
}

#[derive(Debug, Clone, Copy, PartialEq, Archive, Serialize)]
pub struct Fact {
    /// Names joined by dots, such as `player.level`.
    pub path: Text,
    /// Index into [`Schema::types`].
    pub fact_type: u16,
    /// Index into [`Ruleset::types`]: its type in rules, where an enum is a string.
    pub value_type: u16,
    /// 1: a frame may lack it. What has a default may be absent from every frame.
    pub optional: u8,
    /// Offset in bytes of its cell from the first cell of a frame.
    pub slot: u32,
}

/// The type of a fact, or of the items of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct FactType {
    /// A [`crate::schema::FactKind`].
    pub kind: u16,
    /// Of a list or map: the type of its items; of an enum: index into `enums`.
    pub item: u16,
    /// Of text: bytes; of a list or map: items; otherwise 0.
    pub bound: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Archive, Serialize)]
pub struct Output {
    pub name: Text,
    /// Index into [`Ruleset::types`]: of one value that a rule gives.
    pub value_type: u16,
    /// Index into [`Ruleset::types`]: of what a decision carries.
    pub result_type: u16,
    /// A [`crate::rule::Combine`].
    pub combine: u16,
    /// Index into [`Ruleset::constants`], or [`NONE`].
    pub default: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Group {
    pub name: Text,
    /// A [`crate::rule::HitPolicy`].
    pub hit_policy: u16,
}

/// A rule matches where one of its slots does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Rule {
    pub id: Text,
    pub priority: i64,
    /// Index into [`Ruleset::groups`].
    pub group: u16,
    /// Of [`Ruleset::assignments`].
    pub assignments: Range,
}

/// What a rule puts into an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Assignment {
    /// Index into [`Ruleset::outputs`].
    pub output: u16,
    /// Index into [`Ruleset::constants`], or [`NONE`].
    pub constant: u32,
    /// Index into [`Ruleset::units`], or [`NONE`]; just one of the two is there.
    pub unit: u32,
}

/// What predicates ask about: a fact, or a value worked out of facts.
///
/// In a request it has a *rank*: 0 where it is absent, else 1 and more by how
/// many of its cuts its key has reached, or by its word in its dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Subject {
    /// A [`crate::subject::SubjectKind`].
    pub kind: u16,
    /// Index into [`Schema::facts`] or [`Ruleset::variables`], as its kind says.
    pub source: u32,
    /// Of [`Ruleset::cuts`].
    pub cuts: Range,
    /// Of [`Ruleset::words`]: its dictionary, of text and lists of text.
    pub words: Range,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct DictionaryWord {
    /// XXH3-64 of its bytes; all different within a dictionary.
    pub hash: u64,
    pub text: Text,
    pub number: u32,
}

/// One way in which a rule can match: all its predicates hold and its condition,
/// if it has one, is true. A rule has as many as its condition has alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Slot {
    pub rule: u32,
    /// Index into [`Ruleset::units`], or [`NONE`].
    pub condition: u32,
    /// Where its predicates begin in [`Ruleset::predicates`].
    pub predicates: u32,
    /// How many there are.
    pub count: u16,
    /// How many of them, the first ones, the index doesn't decide.
    pub residual: u16,
}

/// Which slots the facts of a request leave possible, as rows of bits; empty
/// where a ruleset is too small to gain by it.
///
/// A *dimension* has a row for each rank of a subject, with a bit for each slot
/// that this rank leaves possible; ranks next to each other may share a row. The
/// rows of a request's ranks, ANDed, are the slots to look at (Lakshman and
/// Stiliadis, SIGCOMM 1998). Of each row there is a summary, a bit a block,
/// which says where it is not empty (Baboescu and Varghese, SIGCOMM 2001).
#[derive(Debug, Clone, PartialEq, Default, Archive, Serialize)]
pub struct Index {
    /// The most telling ones first.
    pub dimensions: Vec<Dimension>,
    /// Numbers of rows, dimension by dimension.
    pub cells: Vec<u32>,
    /// Rows of [`crate::index::row_words`] words each.
    pub rows: Vec<u64>,
    /// Of each row [`crate::index::summary_words`] words.
    pub summaries: Vec<u64>,
}

/// A subject that rows tell slots apart by. Of a subject that has ranks, a cell
/// for each. Of a list of words: a cell for the absent list, one for what any
/// list leaves possible, then one for each word with what it adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Dimension {
    /// Index into [`Ruleset::subjects`].
    pub subject: u16,
    /// Of [`Index::cells`].
    pub cells: Range,
}

/// An expression that is worked out at most once a request. Its unit may use
/// variables before it only. The designer's own come first; those without a name
/// are expressions that several rules share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Variable {
    pub name: Text,
    pub unit: u32,
}

/// One piece of code with one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Unit {
    /// Of [`Ruleset::code`].
    pub code: Range,
    /// Of [`Ruleset::registers`].
    pub registers: Range,
    /// Index into [`Ruleset::types`].
    pub result: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Archive, Serialize)]
pub struct Constant {
    pub value: Word,
    /// Index into [`Ruleset::types`].
    pub value_type: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Archive, Serialize)]
pub struct Fence {
    pub name: Text,
    /// A [`crate::place::FenceKind`].
    pub kind: u16,
    /// Circle: latitude and longitude of the centre, radius in metres, 0.
    /// Box: south, west, north, east. Polygon: zeros.
    pub numbers: [f64; 4],
    /// Of a polygon, in [`Ruleset::vertices`].
    pub vertices: Range,
}

/// Degrees.
#[derive(Debug, Clone, Copy, PartialEq, Archive, Serialize)]
pub struct Vertex {
    pub lat: f64,
    pub lon: f64,
}

/// Offsets from UTC through the years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Zone {
    pub name: Text,
    /// Seconds, before the first transition.
    pub initial_offset: i32,
    /// Of [`Ruleset::transitions`].
    pub transitions: Range,
    /// From this Unix second on the table repeats every 400 years.
    pub repeat_from: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize)]
pub struct Transition {
    /// Unix seconds from which on it holds.
    pub at: i64,
    /// Seconds.
    pub offset: i32,
}

/// Where things stood in the source. Empty if it was stripped.
#[derive(Debug, Clone, PartialEq, Default, Archive, Serialize)]
pub struct Debug {
    pub files: Vec<Text>,
    /// One for each rule.
    pub rules: Vec<Position>,
    /// One for each instruction.
    pub code: Vec<Position>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Archive, Serialize)]
pub struct Position {
    /// Index into [`Debug::files`], or [`NONE`].
    pub file: u32,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}
