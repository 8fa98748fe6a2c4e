//! The stable codes of all findings, in one table.
//!
//! A code never changes its meaning and is never used again for another one. The
//! ranges: 00 the compiler itself, 01 files and YAML, 02 shape of the ruleset, 03 CEL syntax, 04 names and
//! types, 05 values and limits, 06 schedules, rollouts and fences, 07 outputs and
//! templates, 08 regexes, 09 warnings. RS0612 is a warning, too.

/// How much a finding matters: an error stops the compilation, a warning doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

macro_rules! codes {
    ($($variant:ident, $text:literal, $severity:ident, $meaning:literal;)*) => {
        /// What kind of finding a [`Diagnostic`](super::Diagnostic) is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The code as it is printed: `RS0101`.
            pub fn text(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What the code means, in one line.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

#[rustfmt::skip]
codes! {
    Defect,           "RS0001", Error,   "A defect of the compiler itself";

    Unreadable,       "RS0101", Error,   "A file or folder can't be read";
    NoRuleset,        "RS0102", Error,   "There is no `ruleset.yaml`";
    NotAFile,         "RS0103", Error,   "A pipe, device or socket stands where a file is expected";
    FolderLoop,       "RS0104", Error,   "A symbolic link leads back to a folder that contains it";
    TooLarge,         "RS0105", Error,   "A file, a text or the whole ruleset exceeds a limit of size";
    InvalidUtf8,      "RS0106", Error,   "A file isn't UTF-8";
    ControlCharacter, "RS0107", Error,   "A character that YAML doesn't allow";
    YamlSyntax,       "RS0108", Error,   "Not valid YAML";
    DuplicateKey,     "RS0109", Error,   "A key stands twice in one mapping";
    KeyShape,         "RS0110", Error,   "A key that is empty, or is no scalar";
    MergeKey,         "RS0111", Error,   "A merge key, which YAML 1.2 doesn't have";
    Tag,              "RS0112", Error,   "A YAML tag outside the core schema, or one that its value doesn't suit";
    SeveralDocuments, "RS0113", Error,   "More than one YAML document in a file";
    Alias,            "RS0114", Error,   "An alias that leads nowhere, or into itself";
    AliasExpansion,   "RS0115", Error,   "Aliases expand a file beyond its budget";
    TooDeep,          "RS0116", Error,   "Lists and mappings are nested too deeply";

    UnknownKey,       "RS0201", Error,   "A key that doesn't exist here";
    MissingKey,       "RS0202", Error,   "A key that is required";
    WrongType,        "RS0203", Error,   "A value of the wrong type";
    DuplicateName,    "RS0204", Error,   "A name or id that already exists";
    InvalidName,      "RS0205", Error,   "A name or id with characters that aren't allowed, or too long";
    ReservedName,     "RS0206", Error,   "A name that the language uses for itself";
    MisplacedKey,     "RS0207", Error,   "A key that may stand in the ruleset's first file only";
    UnknownValue,     "RS0208", Error,   "A word that isn't one of those allowed here";
    LanguageVersion,  "RS0209", Error,   "A language version that this compiler doesn't know";
    FactDefinition,   "RS0210", Error,   "The definition of a type is contradictory or incomplete";
    UnknownType,      "RS0211", Error,   "The name of a type that doesn't exist";
    ConditionShape,   "RS0212", Error,   "A mapping that isn't exactly one of all, any, not, none";
    EmptyList,        "RS0213", Error,   "An empty list where something is needed";
    GroupDefault,     "RS0214", Error,   "The group `default` is declared";
    NullValue,        "RS0215", Error,   "Nothing (null) where a value is needed";
    FenceShape,       "RS0216", Error,   "A fence that isn't exactly one of circle, box, polygon";
    EmptyTest,        "RS0217", Error,   "A test that expects nothing can't fail";

    CelSyntax,        "RS0301", Error,   "Not valid CEL";
    CelTooDeep,       "RS0302", Error,   "A CEL expression is nested too deeply";
    CelTooLong,       "RS0303", Error,   "CEL text is too long";
    CelNumber,        "RS0304", Error,   "A number in CEL that is malformed or out of range";
    CelEscape,        "RS0305", Error,   "An escape in a CEL string that is malformed";
    OutsideLanguage,  "RS0306", Error,   "A part of CEL that the language leaves out";

    UnknownName,      "RS0401", Error,   "A name that nothing is declared by";
    UnknownFunction,  "RS0402", Error,   "A function that doesn't exist, or not in this form";
    NoOverload,       "RS0403", Error,   "An operator or function that doesn't take these types";
    MixedTypes,       "RS0404", Error,   "Values of several types where one type is needed";
    TypeMismatch,     "RS0405", Error,   "An expression of another type than its place wants";
    EnumValue,        "RS0406", Error,   "A value that is not one of an enum's";
    NotAValue,        "RS0407", Error,   "The name of a fence or of a group of names where a value is needed";
    CyclicVariable,   "RS0408", Error,   "Variables that use each other in a circle";
    VariableChain,    "RS0409", Error,   "Too long a chain of variables that use each other";
    MacroUse,         "RS0410", Error,   "A macro that isn't written as it must be";
    ConstantNeeded,   "RS0411", Error,   "A regex or time zone that isn't constant";
    UnknownGroup,     "RS0412", Error,   "A group of rules that isn't declared";
    UnknownOutput,    "RS0413", Error,   "An output that isn't declared";
    UnknownRule,      "RS0414", Error,   "A rule that doesn't exist";
    UnknownItems,     "RS0415", Error,   "A list or map whose items have no type";
    TooComplex,       "RS0416", Error,   "An expression that needs more registers or code than an archive has";

    OutOfRange,       "RS0501", Error,   "A number outside its range";
    TooMany,          "RS0502", Error,   "More of something than a ruleset may have";
    TypeTooDeep,      "RS0503", Error,   "Types are nested too deeply";

    ConstantValue,    "RS0504", Error,   "A constant that no type can hold";

    ScheduleTime,     "RS0601", Error,   "Not a valid date and time";
    ZoneInTime,       "RS0602", Error,   "A zone or offset in a time of a schedule";
    DailyTime,        "RS0603", Error,   "Not a valid time of day";
    ScheduleDays,     "RS0604", Error,   "Not a list of different days of the week";
    RolloutPercentage,"RS0605", Error,   "A percentage outside 0 to 100";
    FenceCoordinate,  "RS0606", Error,   "A coordinate out of range, or a box upside down";
    FenceRadius,      "RS0607", Error,   "A radius that is malformed or out of range";

    UnknownTimezone,  "RS0608", Error,   "A time zone that doesn't exist";
    ScheduleEndsBeforeStart, "RS0609", Error, "A schedule that ends before it starts";
    ScheduleNeedsEnds,"RS0610", Error,   "A schedule by days or hours without start or end";
    ScheduleTooManyWindows, "RS0611", Error, "A schedule of too many windows";
    ScheduleNeverHolds, "RS0612", Warning, "A schedule that never holds";
    ScheduleNeedsNow, "RS0613", Error,   "A schedule in a ruleset without the fact `now: timestamp`";

    CombineType,      "RS0701", Error,   "An output can't be combined in this way";
    CollectDefault,   "RS0702", Error,   "An output that collects has the empty list as its default";

    OutputType,       "RS0703", Error,   "An expression of another type than its output";
    TemplateUnclosed, "RS0704", Error,   "A `${` in a template that is never closed";
    TemplateType,     "RS0705", Error,   "A value in a template that can't be printed as text";

    RegexSyntax,      "RS0801", Error,   "Not a valid regex";
    RegexUnsupported, "RS0802", Error,   "A regex with what RE2 doesn't have";
    RegexTooLarge,    "RS0803", Error,   "A regex whose automaton would be too large";
    RegexesTooLarge,  "RS0804", Error,   "The regexes of a ruleset need too much together";

    FileIgnored,      "RS0901", Warning, "A file that looks like a part of the ruleset isn't read";
    UnguardedOptional,"RS0902", Warning, "An optional fact is read without asking whether it is there";
    AlwaysTrue,       "RS0903", Warning, "A condition that is always true";
    NeverTrue,        "RS0904", Warning, "A condition that is never true";
    AlwaysFault,      "RS0905", Warning, "A condition that always fails";
    Costly,           "RS0906", Warning, "A decision that could take longer than servers allow";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let texts: std::collections::BTreeSet<_> = Code::ALL.iter().map(|c| c.text()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            let digits = code.text().strip_prefix("RS").unwrap_or_default();
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()), "{code}");
            let is_warning = digits.starts_with("09") || *code == Code::ScheduleNeverHolds;
            assert_eq!(code.severity() == Severity::Warning, is_warning, "{code}");
        }
    }
}
