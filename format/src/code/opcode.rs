//! The table of opcodes: name, operands with their types, whether it can fail,
//! what it costs.

use crate::types::TypeId;
use Immediate as Imm;
use Operand::{
    AnyValue, E, In, InBuilder, K, ListOf, MapBuilderOf, MapOf, None, Sized, T, Text, V,
};

/// What a register operand must be. The letters are type variables, bound by
/// the first operand that names them, in the order `a`, `b`, immediate, `dst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    None,
    /// A register of just this type.
    In(TypeId),
    /// A value of any type: `T`.
    AnyValue,
    /// A string or bytes: `T`.
    Text,
    /// The type `T`.
    T,
    /// A list of `E`.
    ListOf,
    /// The type `E`.
    E,
    /// A map from `K` to `V`.
    MapOf,
    K,
    V,
    /// A list or a map.
    Sized,
    /// A builder of a list of `E`.
    InBuilder,
    /// A builder of a map from `K` to `V`.
    MapBuilderOf,
    /// The number of a [`super::Getter`], not a register.
    Getter,
    /// The number of a [`super::Builtin`], not a register.
    Builtin,
}

/// What the immediate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Immediate {
    None,
    /// Index of a constant whose type is that of `dst`.
    Constant,
    /// Index of a fact whose type is that of `dst`.
    Fact,
    /// Index of any fact.
    AnyFact,
    /// Index of a variable whose type is that of `dst`.
    Variable,
    /// Where to go on: later in the same unit.
    Target,
    /// Where the loop begins: the instruction after its `loop`.
    LoopBody,
    /// How many items at most.
    Bound,
    /// How many items to make room for.
    Capacity,
    /// A [`crate::meaning::Fault`].
    Fault,
    /// A [`super::Relation`].
    Relation,
    /// A register, of this type.
    Register(TypeId),
    /// A register of type `V`.
    RegisterV,
    /// A register of type `T`.
    RegisterT,
    /// How many registers follow the first argument.
    Count,
    Fence,
    Regex,
    Zone,
    /// A signed number of seconds, two's complement.
    Offset,
}

/// What the fields of an instruction are, for one opcode.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub name: &'static str,
    pub dst: Operand,
    pub a: Operand,
    pub b: Operand,
    pub immediate: Immediate,
    /// Whether `on_fault` is used.
    pub fails: bool,
    /// Cost of running it once, about a nanosecond each.
    pub cost: u32,
}

macro_rules! opcodes {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $number:literal, $name:literal,
        $dst:expr, $a:expr, $b:expr, $immediate:expr, $fails:literal, $cost:literal;
    )+) => {
        /// What an instruction does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Opcode {
            $( $(#[doc = $doc])+ $variant = $number, )+
        }

        impl Opcode {
            pub const ALL: &[Opcode] = &[$(Opcode::$variant),+];

            #[inline]
            pub fn from_u16(number: u16) -> Option<Opcode> {
                match number {
                    $( $number => Some(Opcode::$variant), )+
                    _ => Option::None,
                }
            }

            pub fn shape(self) -> &'static Shape {
                match self {
                    $( Opcode::$variant => const {
                        &Shape {
                            name: $name, dst: $dst, a: $a, b: $b,
                            immediate: $immediate, fails: $fails, cost: $cost,
                        }
                    }, )+
                }
            }
        }
    };
}

const BOOL: Operand = In(TypeId::BOOL);
const INT: Operand = In(TypeId::INT);
const UINT: Operand = In(TypeId::UINT);
const DOUBLE: Operand = In(TypeId::DOUBLE);
const STRING: Operand = In(TypeId::STRING);
const TIMESTAMP: Operand = In(TypeId::TIMESTAMP);
const DURATION: Operand = In(TypeId::DURATION);
const POINT: Operand = In(TypeId::POINT);
const CURSOR: Operand = In(TypeId::CURSOR);
const PENDING: Operand = In(TypeId::PENDING);

opcodes! {
    // Where values come from
    /// `dst` = a constant.
    Constant = 0, "constant", T, None, None, Imm::Constant, false, 1;
    /// `dst` = `a`.
    Move = 1, "move", T, AnyValue, None, Imm::None, false, 1;
    /// `dst` = a fact; fails where it is absent.
    Fact = 2, "fact", T, None, None, Imm::Fact, true, 2;
    /// `dst` = whether a fact is there.
    Has = 3, "has", BOOL, None, None, Imm::AnyFact, false, 1;
    /// `dst` = a variable, worked out once a request; fails where it fails.
    Variable = 4, "variable", T, None, None, Imm::Variable, true, 2;

    // Where to go on
    /// Goes on at the target.
    Jump = 10, "jump", None, None, None, Imm::Target, false, 1;
    /// Goes on at the target where `a` is true.
    JumpIf = 11, "jump.if", None, BOOL, None, Imm::Target, false, 1;
    /// Goes on at the target where `a` is false.
    JumpUnless = 12, "jump.unless", None, BOOL, None, Imm::Target, false, 1;
    /// The unit's result is `a`.
    Return = 13, "return", None, AnyValue, None, Imm::None, false, 1;
    /// The unit's result is true.
    ReturnTrue = 14, "return.true", None, None, None, Imm::None, false, 1;
    /// The unit's result is false.
    ReturnFalse = 15, "return.false", None, None, None, Imm::None, false, 1;
    /// Fails.
    Fail = 16, "fail", None, None, None, Imm::Fault, true, 1;
    /// `dst` = no fault.
    Clear = 17, "clear", PENDING, None, None, Imm::None, false, 1;
    /// `dst` = the fault that led here.
    Catch = 18, "catch", PENDING, None, None, Imm::None, false, 1;
    /// Fails with the fault in `a`, if it holds one.
    Raise = 19, "raise", None, PENDING, None, Imm::None, true, 1;

    // Arithmetic
    /// `dst` = `a` + `b`
    AddInt = 20, "add.int", INT, INT, INT, Imm::None, true, 1;
    /// `dst` = `a` - `b`
    SubtractInt = 21, "subtract.int", INT, INT, INT, Imm::None, true, 1;
    /// `dst` = `a` * `b`
    MultiplyInt = 22, "multiply.int", INT, INT, INT, Imm::None, true, 1;
    /// `dst` = `a` / `b`
    DivideInt = 23, "divide.int", INT, INT, INT, Imm::None, true, 5;
    /// `dst` = `a` % `b`
    RemainderInt = 24, "remainder.int", INT, INT, INT, Imm::None, true, 5;
    /// `dst` = -`a`
    NegateInt = 25, "negate.int", INT, INT, None, Imm::None, true, 1;
    /// `dst` = `a` + `b`
    AddUint = 26, "add.uint", UINT, UINT, UINT, Imm::None, true, 1;
    /// `dst` = `a` - `b`
    SubtractUint = 27, "subtract.uint", UINT, UINT, UINT, Imm::None, true, 1;
    /// `dst` = `a` * `b`
    MultiplyUint = 28, "multiply.uint", UINT, UINT, UINT, Imm::None, true, 1;
    /// `dst` = `a` / `b`
    DivideUint = 29, "divide.uint", UINT, UINT, UINT, Imm::None, true, 5;
    /// `dst` = `a` % `b`
    RemainderUint = 30, "remainder.uint", UINT, UINT, UINT, Imm::None, true, 5;
    /// `dst` = `a` + `b`
    AddDouble = 31, "add.double", DOUBLE, DOUBLE, DOUBLE, Imm::None, false, 1;
    /// `dst` = `a` - `b`
    SubtractDouble = 32, "subtract.double", DOUBLE, DOUBLE, DOUBLE, Imm::None, false, 1;
    /// `dst` = `a` * `b`
    MultiplyDouble = 33, "multiply.double", DOUBLE, DOUBLE, DOUBLE, Imm::None, false, 1;
    /// `dst` = `a` / `b`
    DivideDouble = 34, "divide.double", DOUBLE, DOUBLE, DOUBLE, Imm::None, false, 5;
    /// `dst` = -`a`
    NegateDouble = 35, "negate.double", DOUBLE, DOUBLE, None, Imm::None, false, 1;
    /// `dst` = timestamp `a` + duration `b`
    AddTimestamp = 36, "add.timestamp", TIMESTAMP, TIMESTAMP, DURATION, Imm::None, true, 8;
    /// `dst` = timestamp `a` - duration `b`
    SubtractTimestamp = 37, "subtract.timestamp", TIMESTAMP, TIMESTAMP, DURATION, Imm::None, true, 8;
    /// `dst` = the duration from timestamp `b` to timestamp `a`
    Elapsed = 38, "elapsed", DURATION, TIMESTAMP, TIMESTAMP, Imm::None, true, 8;
    /// `dst` = `a` + `b`
    AddDuration = 39, "add.duration", DURATION, DURATION, DURATION, Imm::None, true, 1;
    /// `dst` = `a` - `b`
    SubtractDuration = 40, "subtract.duration", DURATION, DURATION, DURATION, Imm::None, true, 1;
    /// `dst` = not `a`
    Not = 41, "not", BOOL, BOOL, None, Imm::None, false, 1;

    // Comparison
    /// `dst` = whether `a` stands in the relation to `b`
    CompareBool = 50, "compare.bool", BOOL, BOOL, BOOL, Imm::Relation, false, 3;
    /// `dst` = whether `a` stands in the relation to `b`
    CompareInt = 51, "compare.int", BOOL, INT, INT, Imm::Relation, false, 1;
    /// `dst` = whether `a` stands in the relation to `b`
    CompareUint = 52, "compare.uint", BOOL, UINT, UINT, Imm::Relation, false, 1;
    /// `dst` = whether `a` stands in the relation to `b`; a NaN fails
    CompareDouble = 53, "compare.double", BOOL, DOUBLE, DOUBLE, Imm::Relation, true, 1;
    /// `dst` = whether `a` stands in the relation to `b`, by bytes
    CompareText = 54, "compare.text", BOOL, Text, T, Imm::Relation, false, 10;
    /// `dst` = whether `a` stands in the relation to `b`
    CompareTimestamp = 55, "compare.timestamp", BOOL, TIMESTAMP, TIMESTAMP, Imm::Relation, false, 1;
    /// `dst` = whether `a` stands in the relation to `b`
    CompareDuration = 56, "compare.duration", BOOL, DURATION, DURATION, Imm::Relation, false, 1;
    /// `dst` = whether `a` stands in the relation to `b`
    CompareIntUint = 57, "compare.int.uint", BOOL, INT, UINT, Imm::Relation, false, 5;
    /// `dst` = whether `a` stands in the relation to `b`; a NaN fails
    CompareIntDouble = 58, "compare.int.double", BOOL, INT, DOUBLE, Imm::Relation, true, 5;
    /// `dst` = whether `a` stands in the relation to `b`; a NaN fails
    CompareUintDouble = 59, "compare.uint.double", BOOL, UINT, DOUBLE, Imm::Relation, true, 5;
    /// `dst` = whether `a` equals `b`, deeply
    Equal = 60, "equal", BOOL, AnyValue, T, Imm::None, false, 10;

    // Lists and maps
    /// `dst` = how many items `a` has
    Size = 70, "size", INT, Sized, None, Imm::None, false, 1;
    /// `dst` = item `b` of list `a`; fails out of range
    Index = 71, "index", E, ListOf, INT, Imm::None, true, 5;
    /// `dst` = what map `a` has at key `b`; fails where it has nothing
    Lookup = 72, "lookup", V, MapOf, K, Imm::None, true, 20;
    /// `dst` = whether map `a` has key `b`
    HasKey = 73, "has.key", BOOL, MapOf, K, Imm::None, false, 20;
    /// `dst` = whether list `a` has an item equal to `b`
    Contains = 74, "contains", BOOL, ListOf, E, Imm::None, false, 20;
    /// `dst` = the items of `a`, then those of `b`
    Concatenate = 75, "concatenate", T, ListOf, T, Imm::None, true, 20;
    /// `dst` = an empty list with room for so many items
    NewList = 76, "new.list", InBuilder, None, None, Imm::Capacity, true, 5;
    /// `dst` = an empty list with room for as many items as `a` has
    NewListLike = 77, "new.list.like", InBuilder, Sized, None, Imm::None, true, 5;
    /// appends `b` to `a`; fails where there is no room
    Push = 78, "push", None, InBuilder, E, Imm::None, true, 5;
    /// `dst` = the list made in `a`
    FinishList = 79, "finish.list", ListOf, InBuilder, None, Imm::None, false, 5;
    /// `dst` = an empty map with room for so many entries
    NewMap = 80, "new.map", MapBuilderOf, None, None, Imm::Capacity, true, 5;
    /// `dst` = an empty map with room for as many entries as `a` has items
    NewMapLike = 81, "new.map.like", MapBuilderOf, Sized, None, Imm::None, true, 5;
    /// adds the entry `b`: immediate to `a`; fails where there is no room
    PushEntry = 82, "push.entry", None, MapBuilderOf, K, Imm::RegisterV, true, 8;
    /// `dst` = the map made in `a`; fails where a key stands in it twice
    FinishMap = 83, "finish.map", MapOf, MapBuilderOf, None, Imm::None, true, 20;
    /// `dst` = the greatest item of a list of numbers; fails where it is empty
    Greatest = 84, "greatest", E, ListOf, None, Imm::None, true, 15;
    /// `dst` = the least item of a list of numbers; fails where it is empty
    Least = 85, "least", E, ListOf, None, Imm::None, true, 15;
    /// `dst` = whether every item of `b` is in `a`
    Superset = 86, "superset", BOOL, ListOf, T, Imm::None, false, 20;
    /// `dst` = whether some item of `b` is in `a`
    Intersects = 87, "intersects", BOOL, ListOf, T, Imm::None, false, 20;

    // Loops
    /// fails where `a` has more items than the bound
    Bound = 90, "bound", None, Sized, None, Imm::Bound, true, 1;
    /// `dst` = the first item of `a`; goes on at the target where there is none
    Loop = 91, "loop", CURSOR, Sized, None, Imm::Target, false, 1;
    /// `dst` = the next item; goes back to the loop's body while there is one
    Next = 92, "next", CURSOR, None, None, Imm::LoopBody, false, 1;
    /// `dst` = the item of list `a` at cursor `b`
    Item = 93, "item", E, ListOf, CURSOR, Imm::None, true, 2;
    /// `dst` = the key of map `a` at cursor `b`
    EntryKey = 94, "entry.key", K, MapOf, CURSOR, Imm::None, true, 5;
    /// `dst` = the value of map `a` at cursor `b`
    EntryValue = 95, "entry.value", V, MapOf, CURSOR, Imm::None, true, 5;
    /// `dst` = the number of the item at cursor `b`
    Position = 96, "position", INT, None, CURSOR, Imm::None, false, 1;

    // Text
    /// `dst` = the bytes of `a`, then those of `b`
    Join2 = 100, "join.2", T, Text, T, Imm::None, true, 30;
    /// `dst` = the strings of list `a` with `b` between them
    Join = 101, "join", STRING, ListOf, STRING, Imm::None, true, 30;
    /// `dst` = the parts of `a` between `b`, at most as many as the immediate says
    Split = 102, "split", ListOf, STRING, STRING, Imm::Register(TypeId::INT), true, 30;
    /// `dst` = whether the regex is found in `a`
    Matches = 103, "matches", BOOL, STRING, None, Imm::Regex, false, 30;
    /// `dst` = `a` with its clauses filled in from so many registers from `b` on
    Format = 104, "format", STRING, STRING, AnyValue, Imm::Count, true, 40;
    /// `dst` = `a` with its clauses filled in from list `b`
    FormatList = 105, "format.list", STRING, STRING, ListOf, Imm::None, true, 40;

    // Places, times, buckets
    /// `dst` = whether point `a` is within the fence
    Within = 110, "within", BOOL, POINT, None, Imm::Fence, false, 60;
    /// `dst` = getter `b` of timestamp `a` at an offset from UTC
    Civil = 111, "civil", INT, TIMESTAMP, Operand::Getter, Imm::Offset, false, 10;
    /// `dst` = getter `b` of timestamp `a` in a time zone
    CivilZone = 112, "civil.zone", INT, TIMESTAMP, Operand::Getter, Imm::Zone, false, 25;
    /// `dst` = bucket of string `a` with seed `b`
    BucketText = 114, "bucket.text", INT, STRING, STRING, Imm::None, false, 60;
    /// `dst` = bucket of int `a` with seed `b`
    BucketInt = 115, "bucket.int", INT, INT, STRING, Imm::None, false, 60;
    /// `dst` = builtin `b` of as many registers from `a` on as it has parameters
    Call = 116, "call", T, AnyValue, Operand::Builtin, Imm::None, true, 20;
}
