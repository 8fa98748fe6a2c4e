//! The table of builtins: functions of scalars with nothing special about
//! them. What each means is in [`crate::meaning`].

use crate::types::TypeId;

/// The types that a builtin takes and gives.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    pub name: &'static str,
    pub parameters: &'static [TypeId],
    pub result: TypeId,
    /// Cost of running it once beyond the call itself, about a nanosecond each.
    pub cost: u32,
}

macro_rules! builtins {
    ($( $variant:ident = $number:literal, $name:literal, ($($parameter:ident),*) -> $result:ident, $cost:literal; )+) => {
        /// A function of scalars.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Builtin {
            $( $variant = $number, )+
        }

        impl Builtin {
            pub const ALL: &[Builtin] = &[$(Builtin::$variant),+];

            #[inline]
            pub fn from_u16(number: u16) -> Option<Builtin> {
                match number {
                    $( $number => Some(Builtin::$variant), )+
                    _ => None,
                }
            }

            pub fn signature(self) -> &'static Signature {
                match self {
                    $( Builtin::$variant => const {
                        &Signature {
                            name: $name,
                            parameters: &[$(TypeId::$parameter),*],
                            result: TypeId::$result,
                            cost: $cost,
                        }
                    }, )+
                }
            }
        }
    };
}

builtins! {
    // Conversions
    BytesFromString = 0, "bytes(string)", (STRING) -> BYTES, 1;
    StringFromBytes = 1, "string(bytes)", (BYTES) -> STRING, 50;
    DoubleFromInt = 2, "double(int)", (INT) -> DOUBLE, 1;
    DoubleFromUint = 3, "double(uint)", (UINT) -> DOUBLE, 1;
    DoubleFromString = 4, "double(string)", (STRING) -> DOUBLE, 50;
    IntFromUint = 5, "int(uint)", (UINT) -> INT, 1;
    IntFromDouble = 6, "int(double)", (DOUBLE) -> INT, 1;
    IntFromString = 7, "int(string)", (STRING) -> INT, 20;
    IntFromTimestamp = 8, "int(timestamp)", (TIMESTAMP) -> INT, 1;
    IntFromDuration = 9, "int(duration)", (DURATION) -> INT, 1;
    UintFromInt = 10, "uint(int)", (INT) -> UINT, 1;
    UintFromDouble = 11, "uint(double)", (DOUBLE) -> UINT, 1;
    UintFromString = 12, "uint(string)", (STRING) -> UINT, 20;
    BoolFromString = 13, "bool(string)", (STRING) -> BOOL, 10;
    StringFromBool = 14, "string(bool)", (BOOL) -> STRING, 10;
    StringFromInt = 15, "string(int)", (INT) -> STRING, 20;
    StringFromUint = 16, "string(uint)", (UINT) -> STRING, 20;
    StringFromDouble = 17, "string(double)", (DOUBLE) -> STRING, 50;
    StringFromTimestamp = 18, "string(timestamp)", (TIMESTAMP) -> STRING, 50;
    StringFromDuration = 19, "string(duration)", (DURATION) -> STRING, 50;
    TimestampFromString = 20, "timestamp(string)", (STRING) -> TIMESTAMP, 50;
    TimestampFromInt = 21, "timestamp(int)", (INT) -> TIMESTAMP, 1;
    DurationFromString = 22, "duration(string)", (STRING) -> DURATION, 50;
    DurationFromInt = 23, "duration(int)", (INT) -> DURATION, 1;

    // Strings
    SizeString = 30, "size(string)", (STRING) -> INT, 5;
    SizeBytes = 31, "size(bytes)", (BYTES) -> INT, 1;
    StringContains = 32, "contains", (STRING, STRING) -> BOOL, 30;
    StringStartsWith = 33, "startsWith", (STRING, STRING) -> BOOL, 10;
    StringEndsWith = 34, "endsWith", (STRING, STRING) -> BOOL, 10;
    CharAt = 35, "charAt", (STRING, INT) -> STRING, 15;
    IndexOf = 36, "indexOf", (STRING, STRING) -> INT, 30;
    IndexOfFrom = 37, "indexOf(from)", (STRING, STRING, INT) -> INT, 40;
    LastIndexOf = 38, "lastIndexOf", (STRING, STRING) -> INT, 30;
    LastIndexOfFrom = 39, "lastIndexOf(from)", (STRING, STRING, INT) -> INT, 40;
    LowerAscii = 40, "lowerAscii", (STRING) -> STRING, 20;
    UpperAscii = 41, "upperAscii", (STRING) -> STRING, 20;
    Replace = 42, "replace", (STRING, STRING, STRING) -> STRING, 50;
    ReplaceLimited = 43, "replace(limit)", (STRING, STRING, STRING, INT) -> STRING, 50;
    SubstringFrom = 44, "substring", (STRING, INT) -> STRING, 15;
    Substring = 45, "substring(to)", (STRING, INT, INT) -> STRING, 20;
    Trim = 46, "trim", (STRING) -> STRING, 15;
    Reverse = 47, "reverse", (STRING) -> STRING, 20;
    Quote = 48, "strings.quote", (STRING) -> STRING, 30;

    // Math
    GreatestInt = 60, "math.greatest(int)", (INT, INT) -> INT, 1;
    GreatestUint = 61, "math.greatest(uint)", (UINT, UINT) -> UINT, 1;
    GreatestDouble = 62, "math.greatest(double)", (DOUBLE, DOUBLE) -> DOUBLE, 1;
    LeastInt = 63, "math.least(int)", (INT, INT) -> INT, 1;
    LeastUint = 64, "math.least(uint)", (UINT, UINT) -> UINT, 1;
    LeastDouble = 65, "math.least(double)", (DOUBLE, DOUBLE) -> DOUBLE, 1;
    Ceil = 66, "math.ceil", (DOUBLE) -> DOUBLE, 1;
    Floor = 67, "math.floor", (DOUBLE) -> DOUBLE, 1;
    Round = 68, "math.round", (DOUBLE) -> DOUBLE, 1;
    Trunc = 69, "math.trunc", (DOUBLE) -> DOUBLE, 1;
    AbsInt = 70, "math.abs(int)", (INT) -> INT, 1;
    AbsUint = 71, "math.abs(uint)", (UINT) -> UINT, 1;
    AbsDouble = 72, "math.abs(double)", (DOUBLE) -> DOUBLE, 1;
    SignInt = 73, "math.sign(int)", (INT) -> INT, 1;
    SignUint = 74, "math.sign(uint)", (UINT) -> UINT, 1;
    SignDouble = 75, "math.sign(double)", (DOUBLE) -> DOUBLE, 1;
    Sqrt = 76, "math.sqrt", (DOUBLE) -> DOUBLE, 10;
    IsNan = 77, "math.isNaN", (DOUBLE) -> BOOL, 1;
    IsInf = 78, "math.isInf", (DOUBLE) -> BOOL, 1;
    IsFinite = 79, "math.isFinite", (DOUBLE) -> BOOL, 1;
    BitAndInt = 80, "math.bitAnd(int)", (INT, INT) -> INT, 1;
    BitAndUint = 81, "math.bitAnd(uint)", (UINT, UINT) -> UINT, 1;
    BitOrInt = 82, "math.bitOr(int)", (INT, INT) -> INT, 1;
    BitOrUint = 83, "math.bitOr(uint)", (UINT, UINT) -> UINT, 1;
    BitXorInt = 84, "math.bitXor(int)", (INT, INT) -> INT, 1;
    BitXorUint = 85, "math.bitXor(uint)", (UINT, UINT) -> UINT, 1;
    BitNotInt = 86, "math.bitNot(int)", (INT) -> INT, 1;
    BitNotUint = 87, "math.bitNot(uint)", (UINT) -> UINT, 1;
    ShiftLeftInt = 88, "math.bitShiftLeft(int)", (INT, INT) -> INT, 1;
    ShiftLeftUint = 89, "math.bitShiftLeft(uint)", (UINT, INT) -> UINT, 1;
    ShiftRightInt = 90, "math.bitShiftRight(int)", (INT, INT) -> INT, 1;
    ShiftRightUint = 91, "math.bitShiftRight(uint)", (UINT, INT) -> UINT, 1;

    // Durations
    DurationHours = 100, "getHours(duration)", (DURATION) -> INT, 1;
    DurationMinutes = 101, "getMinutes(duration)", (DURATION) -> INT, 1;
    DurationSeconds = 102, "getSeconds(duration)", (DURATION) -> INT, 1;
    DurationMilliseconds = 103, "getMilliseconds(duration)", (DURATION) -> INT, 1;

    // Places
    Distance = 110, "geo.distance", (POINT, POINT) -> DOUBLE, 60;
    PointFrom = 111, "geo.point", (DOUBLE, DOUBLE) -> POINT, 1;
    Latitude = 112, "lat", (POINT) -> DOUBLE, 1;
    Longitude = 113, "lon", (POINT) -> DOUBLE, 1;
}
