//! Why bytes were refused, or a decision has no result: a stable code, and where.

use crate::version::{FORMAT_VERSION, LANGUAGE_VERSION};
use std::fmt;

macro_rules! error_codes {
    ($( $(#[doc = $doc:literal])? $variant:ident = $code:literal, $message:literal; )+) => {
        /// Why an archive or a frame was refused, or a decision ended without a result. The texts
        /// `A…`, `F…` and `D…` are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $( $(#[doc = $doc])? $variant, )+ }

        impl ErrorCode {
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $( ErrorCode::$variant => $code, )+ }
            }

            pub fn message(self) -> &'static str {
                match self { $( ErrorCode::$variant => $message, )+ }
            }
        }
    };
}

error_codes! {
    NotAnArchive = "A001", "not a Rulestone archive (compile one by `rulestone compile`)";
    Truncated = "A002", "the archive is shorter than its header says (was it copied whole?)";
    TrailingBytes = "A003", "there are bytes behind the end of the archive";
    FormatVersion = "A004", "the archive has another format version than this build reads (compile it again by this version)";
    LanguageVersion = "A005", "the archive has another language version than this build knows";
    UnknownFlags = "A006", "the header has flags that this build doesn't know";
    BodyOffset = "A007", "the body doesn't begin behind the header";
    HashMismatch = "A008", "the body doesn't have the hash that the header gives (was it changed or damaged?)";
    Structure = "A009", "the body is no well-formed rkyv archive";

    TextRange = "A101", "text reaches beyond the data section or is not UTF-8";
    TypeTable = "A102", "a type is unknown, or made of types that don't stand before it";
    SchemaType = "A103", "the type of a fact is unknown, unbounded or made of types that don't stand before it";
    SchemaFact = "A104", "a fact has a wrong type or slot, or its path is not unique";
    Fingerprint = "A105", "the fingerprints of the facts are wrong";
    OutputTable = "A106", "an output has a wrong type, way of combining or default";
    GroupTable = "A107", "a group is wrong, or the default group is missing";
    RuleTable = "A108", "a rule refers to what is not there, or is out of order";
    AssignmentTable = "A109", "a rule's output refers to what is not there or is of another type";
    PredicateTable = "A110", "a predicate asks of a subject what it doesn't have, or is out of form";
    VariableTable = "A111", "a variable refers to what is not there";
    UnitTable = "A112", "a piece of code is out of range, or has no result";
    ConstantTable = "A113", "a constant is not a value of its type";
    FenceTable = "A114", "a fence is out of form";
    RegexTable = "A115", "a regex is no automaton";
    ZoneTable = "A117", "a time zone's transitions are out of order or out of range";
    DebugTable = "A118", "debug data don't fit what they describe";
    SectionRange = "A119", "a record refers to a run of records that is not there, or is another's";
    Identity = "A120", "the ruleset's identity is out of form";

    DictionaryTable = "A121", "the words of a dictionary are out of order, or their hashes are wrong";
    SlotTable = "A122", "a slot refers to what is not there, or its predicates are another's";
    IndexDimension = "A123", "a dimension of the index is out of form";
    IndexRow = "A124", "rows of the index are not of one width, or have bits beyond the last slot";
    IndexSummary = "A125", "a summary of the index doesn't say where its row is empty";
    SubjectTable = "A126", "a subject has no ranks, or its cuts are out of order";
    IndexAgreement = "A127", "the index contradicts what a slot asks (compile the ruleset again)";
    SchemaDefaults = "A128", "the defaults of facts are no frame of them, or one is of a fact that is not optional";

    Opcode = "A201", "unknown opcode";
    RegisterRange = "A202", "an instruction names a register that its unit doesn't have";
    RegisterType = "A203", "an instruction's register has the wrong type";
    RegisterUnset = "A204", "an instruction reads a register that may not have been set";
    JumpTarget = "A205", "a jump leads backwards, out of its unit, or into a loop";
    LoopShape = "A206", "a loop is not closed, not bounded, or crosses another";
    Operand = "A207", "an instruction's operand is out of range";
    FallsOff = "A208", "code runs past the end of its unit";
    VariableOrder = "A209", "a variable uses one that doesn't stand before it, or too deep";

    Cost = "A301", "a decision could cost more than the limit";
    TooLarge = "A302", "the archive is larger than the limit";

    PublicKey = "A401", "not a public key in minisign's form";
    Unsigned = "A402", "the archive has no signature beside it";
    SignatureForm = "A403", "the signature is not in minisign's form";
    SignatureKey = "A404", "the archive is signed by another key";
    SignatureMismatch = "A405", "the signature is not of these bytes (was the archive or the signature changed?)";
    SequenceMissing = "A406", "the signature has no sequence number (sign by `rulestone sign`)";
    SequenceOld = "A407", "the archive is older than required";
    SequenceReused = "A408", "another archive was loaded with this sequence number";

    FrameTruncated = "F001", "the frame is shorter than it says";
    FrameHeader = "F002", "not a frame of facts of this version";
    FrameFingerprint = "F003", "the frame was made for another schema of facts";
    FrameCell = "F004", "a fact's value is out of range for its type";
    FrameReference = "F005", "text or items of a fact don't lie where they must";
    FrameBound = "F006", "a fact is longer than its bound";
    FrameText = "F007", "a string is not UTF-8";
    FrameKeys = "F008", "the keys of a map are out of order or stand in it twice";
    FrameTrailing = "F009", "there are bytes in the frame that belong to nothing";
    FrameMissing = "F010", "a fact that is not optional is missing";
    FrameRepeated = "F011", "a fact that is bound already stands in the item's frame, too (leave it out of one of them)";
    FrameJoint = "F012", "the facts that are bound or have a default and those of the item are together too large (1 GiB or more)";

    DecisionLimits = "D001", "limits: with these facts the decision takes more steps or memory than its session allows, or a loop more turns than its archive";
}

/// An archive or a frame was refused, or a decision exceeds a limit of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    at: Option<u64>,
}

impl Error {
    pub fn new(code: ErrorCode) -> Error {
        Error { code, at: None }
    }

    /// `at`: number of the record, instruction or fact that is wrong.
    pub fn at(code: ErrorCode, at: u64) -> Error {
        Error { code, at: Some(at) }
    }

    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Number of the record, instruction, fact or version that is wrong, if one is.
    pub fn position(&self) -> Option<u64> {
        self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, message) = (self.code.as_str(), self.code.message());
        let versions = match self.code {
            ErrorCode::FormatVersion => Some(("format", FORMAT_VERSION)),
            ErrorCode::LanguageVersion => Some(("language", LANGUAGE_VERSION)),
            _ => None,
        };
        if let (Some((what, known)), Some(found)) = (versions, self.at) {
            let (age, advice) = match found > u64::from(known) {
                true => ("newer", "update Rulestone here, or compile the ruleset again by"),
                false => ("older", "compile the ruleset again by"),
            };
            return write!(
                f,
                "{code}: the archive has {what} version {found}, {age} than version {known}, \
                 which this build reads; {advice} the version that is in use here"
            );
        }
        write!(f, "{code}: {message}")?;
        match self.at {
            Some(at) => write!(f, " (at {at})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
