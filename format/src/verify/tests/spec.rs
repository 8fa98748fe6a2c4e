//! SPEC.md says what the code does: its tables are made from the code.
//!
//! `RULESTONE_BLESS=1 cargo test -p rulestone-format spec` writes the tables anew.

use super::{access, bytes_of, fixture, seal};
use crate::archive::*;
use crate::code::{ArchivedInstruction, Builtin, Getter, Immediate, Opcode, Operand, Relation};
use crate::error::ErrorCode;
use crate::frame::Frame;
use crate::meaning::{Fault, Timestamp};
use crate::predicate::{Predicate, PredicateKind};
use crate::schema::FactKind;
use crate::subject::KeyKind;
use crate::types::{ArchivedTypeEntry, TypeEntry, TypeId, TypeKind};
use crate::value::{ArchivedWord, Reference, Space, Word};
use std::fmt::Write;
use std::mem::offset_of;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/SPEC.md");

#[test]
fn the_tables_of_the_specification_are_those_of_the_code() {
    let spec = std::fs::read_to_string(PATH).expect("SPEC.md");
    let mut current = spec.clone();
    for (name, table) in [
        ("records", records()),
        ("opcodes", opcodes()),
        ("builtins", builtins()),
        ("getters", getters()),
        ("relations", relations()),
        ("faults", faults()),
        ("errors", errors()),
        ("frame", frame()),
        ("keys", keys()),
        ("predicates", predicates()),
    ] {
        let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
        let from = current.find(&begin).expect("its begin is marked") + begin.len();
        let to = current.find(&end).expect("its end is marked");
        current.replace_range(from..to, &table);
    }
    let root = format!("in the last {} bytes of the body", size_of::<ArchivedRuleset>());
    assert!(spec.contains(&root), "where the root lies");
    if std::env::var_os("RULESTONE_BLESS").is_some() {
        std::fs::write(PATH, &current).expect("SPEC.md can be written");
    } else {
        assert!(spec == current, "SPEC.md is out of date: run with RULESTONE_BLESS=1");
    }
}

/// The size of a field.
fn field_size<R, F>(_: fn(&R) -> &F) -> usize {
    size_of::<F>()
}

macro_rules! record {
    ($text:ident, $archived:ident { $( $field:ident: $type:literal $about:literal, )+ }) => {{
        let name = stringify!($archived).trim_start_matches("Archived");
        let all = size_of::<$archived>();
        let _ = writeln!($text, "\n#### {name}: {all} bytes\n");
        $text.push_str("| offset | bytes | field | type | |\n|---|---|---|---|---|\n");
        let mut end = 0;
        $(
            let (offset, size) = (offset_of!($archived, $field), field_size(|r: &$archived| &r.$field));
            assert_eq!(offset, end, "{}: fields follow each other", stringify!($field));
            end = offset + size;
            let field = stringify!($field);
            let _ = writeln!($text, "| {offset} | {size} | {field} | {} | {} |", $type, $about);
        )+
        assert_eq!(end, all, "{name}: no field is left out");
    }};
}

fn records() -> String {
    let mut text = String::new();
    record!(text, ArchivedRuleset {
        identity: "Identity" "",
        data: "vec u8" "text, items of constants, regexes",
        types: "vec TypeEntry" "types of values",
        schema: "Schema" "the facts of a request",
        outputs: "vec Output" "",
        groups: "vec Group" "the first is `default`",
        rules: "vec Rule" "in decision order",
        assignments: "vec Assignment" "rule by rule",
        subjects: "vec Subject" "what predicates ask about",
        cuts: "vec u64" "keys at which ranks begin, subject by subject",
        words: "vec DictionaryWord" "subject by subject, by hash",
        slots: "vec Slot" "in the order of the bits of rows",
        predicates: "vec u64" "slot by slot; see Predicates",
        sets: "vec u32" "runs of ranks; see Predicates",
        index: "Index" "",
        variables: "vec Variable" "each after those that it uses; those without a name last",
        units: "vec Unit" "",
        code: "vec Instruction" "unit by unit",
        registers: "vec u16" "index into types, unit by unit",
        constants: "vec Constant" "",
        fences: "vec Fence" "",
        vertices: "vec Vertex" "fence by fence",
        regexes: "vec Text" "bytes of `data`: sparse automata of regex-automata, little endian",
        zones: "vec Zone" "",
        transitions: "vec Transition" "zone by zone",
        debug: "Debug" "",
    });
    record!(text, ArchivedIdentity {
        name: "Text" "",
        description: "Text" "",
        source_hash: "32 bytes" "BLAKE3 of the source: of each file in reading order, its name and bytes",
        tzdata: "Text" "version of the time-zone database",
        compiler: "Text" "version of the compiler",
        enabled: "u8" "0: no rule matches; 1",
        disabled_rules: "u32" "rules of the source that are not in the archive",
    });
    record!(text, ArchivedText {
        offset: "u32" "into `data`",
        length: "u32" "bytes",
    });
    record!(text, ArchivedRange {
        start: "u32" "first record",
        length: "u32" "records",
    });
    record!(text, ArchivedTypeEntry {
        kind: "u16" "see Types",
        first: "u16" "index into types, before this one; or 0",
        second: "u16" "the same",
    });
    record!(text, ArchivedSchema {
        facts: "vec Fact" "in order of declaration",
        types: "vec FactType" "types of facts",
        enums: "vec Range" "of labels",
        labels: "vec Text" "values of enums, enum by enum",
        fingerprints: "vec u64" "element n: of the first n facts",
        now: "u32" "index into facts: the request's time; or none",
        defaults: "Text" "bytes of `data`: a frame of the facts that have a default; or empty",
    });
    record!(text, ArchivedFact {
        path: "Text" "names joined by dots",
        fact_type: "u16" "index into the schema's types",
        value_type: "u16" "index into types: its type in rules, where an enum is a string",
        optional: "u8" "0, 1",
        slot: "u32" "offset of its cell from the first cell of a frame",
    });
    record!(text, ArchivedFactType {
        kind: "u16" "see Facts",
        item: "u16" "list, map: index into the schema's types, before this one; enum: index into enums; else 0",
        bound: "u32" "string, bytes: bytes at most; list, map: items at most; else 0",
    });
    record!(text, ArchivedOutput {
        name: "Text" "",
        value_type: "u16" "index into types: of one value that a rule gives",
        result_type: "u16" "index into types: of what a decision carries",
        combine: "u16" "0 first, 1 last, 2 sum, 3 min, 4 max, 5 any, 6 all, 7 collect",
        default: "u32" "index into constants, or none",
    });
    record!(text, ArchivedGroup {
        name: "Text" "",
        hit_policy: "u16" "0 collect, 1 first, 2 unique",
    });
    record!(text, ArchivedRule {
        id: "Text" "",
        priority: "i64" "",
        group: "u16" "index into groups",
        assignments: "Range" "",
    });
    record!(text, ArchivedAssignment {
        output: "u16" "index into outputs",
        constant: "u32" "index into constants, or none",
        unit: "u32" "index into units, or none: just one of the two",
    });
    record!(text, ArchivedSubject {
        kind: "u16" "0 fact, 1 latitude, 2 longitude, 3 variable",
        source: "u32" "index into facts; of a variable: into variables",
        cuts: "Range" "",
        words: "Range" "its dictionary",
    });
    record!(text, ArchivedDictionaryWord {
        hash: "u64" "XXH3-64 of its bytes",
        text: "Text" "",
        number: "u32" "from 0, each once in its dictionary",
    });
    record!(text, ArchivedSlot {
        rule: "u32" "index into rules",
        condition: "u32" "index into units: must be true; or none",
        predicates: "u32" "where its predicates begin: where those of the slot before it end",
        count: "u16" "how many there are: all must hold",
        residual: "u16" "how many of them, the first ones, the rows don't decide",
    });
    record!(text, ArchivedIndex {
        dimensions: "vec Dimension" "",
        cells: "vec u32" "numbers of rows, dimension by dimension",
        rows: "vec u64" "whole blocks of 512 bits, one a slot",
        summaries: "vec u64" "row by row, a bit for each block",
    });
    record!(text, ArchivedDimension {
        subject: "u16" "index into subjects",
        cells: "Range" "one for each rank; of a list of words 2, and one for each word",
    });
    record!(text, ArchivedVariable {
        name: "Text" "empty of one that the compiler made",
        unit: "u32" "index into units, its own",
    });
    record!(text, ArchivedUnit {
        code: "Range" "of code",
        registers: "Range" "of registers",
        result: "u16" "index into types",
    });
    record!(text, ArchivedInstruction {
        opcode: "u16" "",
        dst: "u16" "register that gets the result",
        a: "u16" "register",
        b: "u16" "register, getter or builtin",
        immediate: "u32" "",
        on_fault: "u32" "where to go on if it fails, or none: the unit fails",
    });
    record!(text, ArchivedConstant {
        value: "Word" "",
        value_type: "u16" "index into types",
    });
    record!(text, ArchivedWord {
        low: "u64" "see Values",
        high: "u64" "",
    });
    record!(text, ArchivedFence {
        name: "Text" "",
        kind: "u16" "0 circle, 1 box, 2 polygon",
        numbers: "4 f64" "circle: latitude, longitude, radius in metres, 0; box: south, west, north, east; polygon: zeros",
        vertices: "Range" "of a polygon, else empty",
    });
    record!(text, ArchivedVertex {
        lat: "f64" "degrees",
        lon: "f64" "degrees",
    });
    record!(text, ArchivedZone {
        name: "Text" "",
        initial_offset: "i32" "seconds east of UTC before the first transition",
        transitions: "Range" "",
        repeat_from: "i64" "Unix seconds, or the greatest i64",
    });
    record!(text, ArchivedTransition {
        at: "i64" "Unix seconds from which on it holds",
        offset: "i32" "seconds east of UTC",
    });
    record!(text, ArchivedDebug {
        files: "vec Text" "",
        rules: "vec Position" "one for each rule, or none at all",
        code: "vec Position" "one for each instruction, or none at all",
    });
    record!(text, ArchivedPosition {
        file: "u32" "index into files, or none",
        line: "u32" "from 1",
        column: "u32" "from 1, in characters",
    });
    text.push('\n');
    text
}

fn opcodes() -> String {
    let mut text = String::from(
        "| number | name | dst | a | b | immediate | fails | cost | |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for opcode in Opcode::ALL {
        let shape = opcode.shape();
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {} | {} | {} | {} | {} | {} |",
            *opcode as u16,
            shape.name,
            operand(shape.dst),
            operand(shape.a),
            operand(shape.b),
            immediate(shape.immediate),
            if shape.fails { "yes" } else { "" },
            shape.cost,
            meaning(*opcode),
        );
    }
    text
}

/// The comment that stands above an opcode in the table of the code.
fn meaning(opcode: Opcode) -> String {
    let source = include_str!("../../code/opcode.rs");
    let line = format!("\n    {opcode:?} = {}, ", opcode as u16);
    let above = &source[..source.find(&line).expect("the opcode is in the table")];
    let comments = above.lines().rev().take_while(|line| line.trim().starts_with("///"));
    let mut comments: Vec<&str> =
        comments.map(|line| line.trim().trim_start_matches("///").trim()).collect();
    comments.reverse();
    assert!(!comments.is_empty(), "{opcode:?} has a comment");
    comments.join(" ").trim_end_matches('.').replace('|', "\\|")
}

fn operand(operand: Operand) -> String {
    match operand {
        Operand::None => String::new(),
        Operand::In(id) => type_name(id).to_owned(),
        Operand::AnyValue => "T: any value".to_owned(),
        Operand::Text => "T: string or bytes".to_owned(),
        Operand::T => "T".to_owned(),
        Operand::ListOf => "list(E)".to_owned(),
        Operand::E => "E".to_owned(),
        Operand::MapOf => "map(K, V)".to_owned(),
        Operand::K => "K".to_owned(),
        Operand::V => "V".to_owned(),
        Operand::Sized => "list or map".to_owned(),
        Operand::InBuilder => "list builder(E)".to_owned(),
        Operand::MapBuilderOf => "map builder(K, V)".to_owned(),
        Operand::Getter => "getter".to_owned(),
        Operand::Builtin => "builtin".to_owned(),
    }
}

fn immediate(immediate: Immediate) -> String {
    match immediate {
        Immediate::None => String::new(),
        Immediate::Constant => "constant: T".to_owned(),
        Immediate::Fact => "fact: T".to_owned(),
        Immediate::AnyFact => "fact".to_owned(),
        Immediate::Variable => "variable: T".to_owned(),
        Immediate::Target => "target".to_owned(),
        Immediate::LoopBody => "loop body".to_owned(),
        Immediate::Bound => "items at most".to_owned(),
        Immediate::Capacity => "room for items".to_owned(),
        Immediate::Fault => "fault".to_owned(),
        Immediate::Relation => "relation".to_owned(),
        Immediate::Register(id) => format!("register: {}", type_name(id)),
        Immediate::RegisterV => "register: V".to_owned(),
        Immediate::RegisterT => "register: T".to_owned(),
        Immediate::Count => "registers from `b` on".to_owned(),
        Immediate::Fence => "fence".to_owned(),
        Immediate::Regex => "regex".to_owned(),
        Immediate::Zone => "zone".to_owned(),
        Immediate::Offset => "seconds, signed".to_owned(),
    }
}

fn type_name(id: TypeId) -> &'static str {
    match TypeKind::FIXED[id.index()] {
        TypeKind::Bool => "bool",
        TypeKind::Int => "int",
        TypeKind::Uint => "uint",
        TypeKind::Double => "double",
        TypeKind::String => "string",
        TypeKind::Bytes => "bytes",
        TypeKind::Timestamp => "timestamp",
        TypeKind::Duration => "duration",
        TypeKind::Point => "point",
        TypeKind::Cursor => "cursor",
        TypeKind::Pending => "pending",
        _ => unreachable!("only fixed types are named"),
    }
}

fn builtins() -> String {
    let mut text =
        String::from("| number | name | parameters | result | cost |\n|---|---|---|---|---|\n");
    for builtin in Builtin::ALL {
        let signature = builtin.signature();
        let parameters: Vec<&str> = signature.parameters.iter().map(|id| type_name(*id)).collect();
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {} | {} |",
            *builtin as u16,
            signature.name,
            parameters.join(", "),
            type_name(signature.result),
            signature.cost,
        );
    }
    text
}

fn getters() -> String {
    let mut text = String::from("| number | name |\n|---|---|\n");
    for getter in Getter::ALL {
        let _ = writeln!(text, "| {} | `{}` |", getter as u16, getter.name());
    }
    text
}

fn relations() -> String {
    let mut text = String::from("| number | relation |\n|---|---|\n");
    for relation in (0..).map_while(Relation::from_u32) {
        let _ = writeln!(text, "| {} | `{}` |", relation as u8, relation.symbol());
    }
    text
}

fn faults() -> String {
    let mut text = String::from("| number | fault |\n|---|---|\n");
    for fault in Fault::ALL {
        let _ = writeln!(text, "| {} | {} |", fault as u8, fault.message());
    }
    text
}

fn errors() -> String {
    let mut text = String::from("| code | |\n|---|---|\n");
    for code in ErrorCode::ALL {
        let _ = writeln!(text, "| {} | {} |", code.as_str(), code.message());
    }
    text
}

/// A frame for `level: int`, `tags: {list: string}`, `guild: {type: string, optional: true}`.
fn frame() -> String {
    let mut ruleset = fixture::empty();
    ruleset.types.push(TypeEntry::from(TypeKind::List(TypeId::STRING)));
    let kind = |kind: FactKind, item, bound| FactType { kind: kind as u16, item, bound };
    ruleset.schema.types = vec![
        kind(FactKind::Int, 0, 0),
        kind(FactKind::String, 0, 1024),
        kind(FactKind::List, 1, 64),
    ];
    for (path, fact_type, value_type, optional, slot) in
        [("level", 0, 1, 0, 0), ("tags", 2, 11, 0, 8), ("guild", 1, 4, 1, 16)]
    {
        let path = fixture::text(&mut ruleset, path);
        ruleset.schema.facts.push(Fact { path, fact_type, value_type, optional, slot });
    }
    seal(&mut ruleset);
    let reference = |offset, length| Reference::new(Space::Frame, offset, length).0.to_le_bytes();
    let parts: [(&str, Vec<u8>); 12] = [
        ("magic", b"RSF1".to_vec()),
        ("length of the frame", 79_u32.to_le_bytes().to_vec()),
        ("fingerprint of 3 facts", ruleset.schema.fingerprints[3].to_le_bytes().to_vec()),
        ("3 facts", 3_u32.to_le_bytes().to_vec()),
        ("0", vec![0; 4]),
        ("facts 0 and 1 are there", 3_u64.to_le_bytes().to_vec()),
        ("level: 7", 7_i64.to_le_bytes().to_vec()),
        ("tags: at 56, 2 items", reference(56, 2).to_vec()),
        ("guild: absent, any bytes", vec![0; 8]),
        ("tags[0]: at 72, 3 bytes", reference(72, 3).to_vec()),
        ("tags[1]: at 75, 4 bytes", reference(75, 4).to_vec()),
        ("text of the tags", b"vipbeta".to_vec()),
    ];
    let mut text = String::from("| offset | bytes | |\n|---|---|---|\n");
    let mut frame = Vec::new();
    for (about, bytes) in parts {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "| {} | `{}` | {about} |", frame.len(), hex.join(" "));
        frame.extend(bytes);
    }
    let body = bytes_of(&ruleset);
    let archive = access(&body).expect("accessible");
    Frame::check(&frame, archive).expect("the example is a frame");
    text
}

/// Keys of some values.
fn keys() -> String {
    use KeyKind::{Double, Signed, Timestamp as Moment, Unsigned};
    let double = Word::from_double;
    let moment = |seconds, nanos| Word::from_timestamp(Timestamp { seconds, nanos });
    let mut text = String::from("| type | value | key |\n|---|---|---|\n");
    for (name, about, kind, value) in [
        ("int", "-1", Signed, Word::from_int(-1)),
        ("int", "20", Signed, Word::from_int(20)),
        ("duration", "1s", Signed, Word::from_int(1_000_000_000)),
        ("uint", "20", Unsigned, Word::from_uint(20)),
        ("double", "-1.5", Double, double(-1.5)),
        ("double", "-0.0", Double, double(-0.0)),
        ("double", "0.0", Double, double(0.0)),
        ("double", "51.5", Double, double(51.5)),
        ("double", "infinity", Double, double(f64::INFINITY)),
        ("double", "NaN, `7ff8000000000000`", Double, Word::from_uint(0x7ff8 << 48)),
        ("double", "NaN, `fff8000000000000`", Double, Word::from_uint(0xfff8 << 48)),
        ("timestamp", "1969-12-31T23:59:59Z", Moment, moment(-1, 0)),
        ("timestamp", "1969-12-31T23:59:59.5Z", Moment, moment(-1, 500_000_000)),
        ("timestamp", "1970-01-01T00:00:00Z", Moment, moment(0, 0)),
    ] {
        let _ = writeln!(text, "| {name} | {about} | `{:016x}` |", kind.key(value));
    }
    text
}

/// Words of some predicates.
fn predicates() -> String {
    use PredicateKind::{Interval, Member, Runs};
    let mut text = String::from("| predicate | |\n|---|---|\n");
    for (predicate, about) in [
        (Predicate::new(Interval, false, 5, 2, 3), "subject 5: rank 2 to 5"),
        (Predicate::new(Interval, true, 5, 2, 0), "subject 5: there, but not rank 2"),
        (Predicate::new(Interval, false, 5, 0, 0), "subject 5: absent"),
        (Predicate::of_mask(300, 0b1011), "subject 300: rank 0, 1 or 3"),
        (
            Predicate::new(Runs, false, 7, 32, 4),
            "subject 7: in one of the 2 runs from `sets[32]` on",
        ),
        (Predicate::new(Member, true, 1, 9, 0), "subject 1: there, without word 9"),
    ] {
        let _ = writeln!(text, "| `{:016x}` | {about} |", predicate.0);
    }
    text
}
