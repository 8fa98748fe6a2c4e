//! Values at and about the edges of each type, as CEL text, as YAML and as JSON.

use super::node::{Node, Type, level};
use super::random::Random;
use super::yaml::{Yaml, map, plain, text};

pub const INTS: [i64; 26] = [
    0,
    0,
    1,
    1,
    2,
    3,
    4,
    5,
    7,
    10,
    49,
    63,
    64,
    100,
    -1,
    -2,
    -7,
    -64,
    1 << 31,
    -(1 << 31),
    (1 << 53) + 1,
    -(1 << 53) - 1,
    i64::MAX,
    i64::MAX - 1,
    i64::MIN,
    i64::MIN + 1,
];

pub const UINTS: [u64; 14] =
    [0, 1, 2, 3, 5, 7, 10, 63, 64, 100, 1 << 63, (1 << 53) + 1, u64::MAX, u64::MAX - 1];

pub const DOUBLES: [f64; 26] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -2.5,
    -0.5,
    3.0,
    10.0,
    51.5,
    0.1,
    1e-7,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    -1e308,
    1e15,
    1e21,
    9007199254740993.0,
    9223372036854775807.0,
    -9223372036854775808.0,
    18446744073709551615.0,
    9223372036854774784.0,
    123456.789,
];

pub const STRINGS: [&str; 36] = [
    "",
    "",
    "a",
    "a",
    "b",
    "ab",
    "abc",
    "key",
    "é",
    "日本",
    "😀x",
    "héllo wörld",
    " a b\t",
    "a,b,,c",
    "A-Z",
    "ios",
    "münze",
    "%s",
    "1",
    "-42",
    "18446744073709551615",
    "1.5",
    "NaN",
    "-inf",
    "true",
    "False",
    "2026-06-05T04:03:02Z",
    "2026-02-30T00:00:00Z",
    "1h30m",
    "-1.5s",
    "\"q\" 'p'",
    "back\\slash",
    "line\nbreak",
    "$${x}",
    "e\u{301}",
    "\u{1}\u{7f}",
];

pub const TIMESTAMPS: [&str; 20] = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.000000001Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999999Z",
    "1969-12-31T23:59:59.5Z",
    "1970-01-01T00:00:00Z",
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00Z",
    "2026-03-29T01:30:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T01:30:00Z",
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:30:00Z",
    "2026-04-05T12:00:00+02:00",
    "2024-02-29T12:34:56.789Z",
    "2026-06-01T18:00:00Z",
    "2026-12-31T23:59:60Z",
    "1800-01-01T00:00:00Z",
    "2600-07-01T12:00:00Z",
    "2026-06-05T04:03:02.000000001-11:30",
];

/// Within two seconds, so that facts and constants meet.
const NEAR: [&str; 6] = [
    "2026-03-29T00:59:59Z",
    "2026-03-29T00:59:59.5Z",
    "2026-03-29T00:59:59.999999999Z",
    "2026-03-29T01:00:00Z",
    "2026-03-29T01:00:00.000000001Z",
    "2026-03-29T02:00:01+01:00",
];

/// A timestamp as text; among them is one with a leap second, which is none.
pub fn timestamp(random: &mut Random) -> &'static str {
    if random.chance(50) { random.word(&NEAR) } else { random.word(&TIMESTAMPS) }
}

pub const DURATIONS: [&str; 18] = [
    "0s",
    "1s",
    "-1s",
    "1.5s",
    "1h",
    "-1h30m",
    "24h",
    "100ms",
    "1ns",
    "-1ns",
    "2562047h47m16.854775807s",
    "-2562047h47m16.854775808s",
    "9223372036854775807ns",
    "2400000h",
    "168h",
    "876000h",
    "999us",
    "bad",
];

pub const COORDINATES: [f64; 16] = [
    0.0, -0.0, 51.5, 51.52, 51.45, -0.12, -0.05, 0.05, 90.0, -90.0, 180.0, -180.0, 179.5, -179.5,
    9.99, 5.0,
];

pub const KEYS: [&str; 7] = ["key", "a", "b", "é", "in_x", "", "a b"];

pub fn scalar_type(random: &mut Random) -> Type {
    match random.below(14) {
        0 | 1 => Type::Bool,
        2..=4 => Type::Int,
        5 => Type::Uint,
        6 | 7 => Type::Double,
        8..=10 => Type::String,
        11 => Type::Bytes,
        12 => random.pick(&[Type::Timestamp, Type::Duration]).clone(),
        _ => random.pick(&[Type::Timestamp, Type::Duration, Type::Point]).clone(),
    }
}

pub fn any_type(random: &mut Random, depth: usize) -> Type {
    if depth == 0 || random.chance(60) {
        return scalar_type(random);
    }
    let inner = any_type(random, depth - 1);
    if random.chance(65) { Type::list(inner) } else { Type::map(key_type(random), inner) }
}

pub fn key_type(random: &mut Random) -> Type {
    match random.below(8) {
        0 => Type::Bool,
        1 => Type::Int,
        2 => Type::Uint,
        _ => Type::String,
    }
}

fn int(random: &mut Random) -> i64 {
    if random.chance(60) { *random.pick(&INTS) } else { random.between(-9, 60) }
}

/// A literal, or the shortest expression for a value of a type without.
pub fn cel(ty: &Type, random: &mut Random) -> Node {
    let leaf = |level: u8, text: String| Node::leaf(ty.clone(), level, text);
    let signed = |text: String| {
        let level = if text.starts_with('-') { level::UNARY } else { level::MEMBER };
        Node::leaf(ty.clone(), level, text)
    };
    match ty {
        Type::Bool => leaf(level::MEMBER, random.chance(50).to_string()),
        Type::Int => match int(random) {
            value if value >= 0 && random.chance(10) => signed(format!("{value:#x}")),
            value => signed(value.to_string()),
        },
        Type::Uint => signed(format!("{}u", random.pick(&UINTS))),
        Type::Double => match random.below(12) {
            0 => leaf(level::MULTIPLICATION, "0.0 / 0.0".to_owned()),
            1 => leaf(
                level::MEMBER,
                format!("double(\"{}\")", random.word(&["NaN", "Infinity", "-Infinity", "inf"])),
            ),
            2 => signed(random.word(&[".5", "1e3", "2.50E-1", "-.25"]).to_string()),
            _ => signed(format!("{:?}", random.pick(&DOUBLES))),
        },
        Type::String => leaf(level::MEMBER, quoted(random.word(&STRINGS), random.below(6))),
        Type::Bytes => {
            let texts =
                ["b\"\"", "b'a'", "b\"\\xff\\x00\"", "b'é'", "br'\\x'", "b'''a'b'''", "b\"\\141\""];
            leaf(level::MEMBER, (random.word(&texts)).to_owned())
        }
        Type::Timestamp if random.chance(20) => {
            let seconds = [
                0,
                1,
                -1,
                1_780_000_000,
                253_402_300_799,
                253_402_300_800,
                -62_135_596_800,
                i64::MIN,
            ];
            leaf(level::MEMBER, format!("timestamp({})", random.pick(&seconds)))
        }
        Type::Timestamp => leaf(level::MEMBER, format!("timestamp(\"{}\")", timestamp(random))),
        Type::Duration if random.chance(10) => {
            leaf(level::MEMBER, format!("duration({})", random.pick(&[0, 1, -5, i64::MAX])))
        }
        Type::Duration => leaf(level::MEMBER, format!("duration(\"{}\")", random.word(&DURATIONS))),
        Type::Point => {
            let (lat, lon) = (random.pick(&COORDINATES), random.pick(&COORDINATES));
            leaf(level::MEMBER, format!("geo.point({lat:?}, {lon:?})"))
        }
        Type::List(item) => {
            let items = (0..1 + random.below(3)).map(|_| cel(item, random)).collect();
            list(ty.clone(), items)
        }
        Type::Map(key, value) => {
            let entries =
                (0..1 + random.below(3)).map(|_| (map_key(key, random), cel(value, random)));
            let entries = entries.collect();
            map_of(ty.clone(), entries)
        }
    }
}

/// A key that maps often have.
pub fn map_key(ty: &Type, random: &mut Random) -> Node {
    match ty {
        Type::String => Node::leaf(Type::String, level::MEMBER, quoted(random.word(&KEYS), 0)),
        Type::Int => Node::leaf(Type::Int, level::MEMBER, random.below(4).to_string()),
        Type::Uint => Node::leaf(Type::Uint, level::MEMBER, format!("{}u", random.below(4))),
        other => cel(other, random),
    }
}

/// A list literal.
pub fn list(ty: Type, items: Vec<Node>) -> Node {
    let pattern = format!("[{}]", vec!["@0"; items.len()].join(", "));
    Node::of(ty, level::MEMBER, &pattern, items)
}

/// A map literal.
pub fn map_of(ty: Type, entries: Vec<(Node, Node)>) -> Node {
    let pattern = format!("{{{}}}", vec!["@0: @0"; entries.len()].join(", "));
    let parts = entries.into_iter().flat_map(|(key, value)| [key, value]).collect();
    Node::of(ty, level::MEMBER, &pattern, parts)
}

/// A string literal in one of its forms.
pub fn quoted(text: &str, form: usize) -> String {
    let control = text.chars().any(char::is_control);
    match form {
        1 if !control && !text.contains('\\') => {
            format!("'{}'", text.replace('\'', "\\'"))
        }
        2 if !control && !text.contains(['"', '\\']) => format!("r\"{text}\""),
        3 if !control && !text.contains(['"', '\\']) => format!("\"\"\"{text}\"\"\""),
        4 => {
            let escaped: String = text.chars().map(|c| format!("\\U{:08x}", c as u32)).collect();
            format!("\"{escaped}\"")
        }
        _ => {
            let escape = |c: char| match c {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\t' => "\\t".to_owned(),
                c if c.is_control() => format!("\\u{:04x}", c as u32),
                c => c.to_string(),
            };
            format!("\"{}\"", text.chars().map(escape).collect::<String>())
        }
    }
}

/// A value that stands in YAML itself; of timestamps and durations none does.
pub fn yaml(ty: &Type, random: &mut Random) -> Yaml {
    match ty {
        Type::Bool => plain(random.chance(50)),
        Type::Int => plain(int(random)),
        Type::Uint => plain(random.pick(&UINTS)),
        Type::Double => match random.below(8) {
            0 => plain(random.word(&[".nan", ".inf", "-.inf"])),
            _ => plain(format!("{:?}", random.pick(&DOUBLES))),
        },
        Type::Point => map([
            ("lat", plain(random.pick(&COORDINATES))),
            ("lon", plain(random.pick(&COORDINATES))),
        ]),
        Type::Timestamp => text(random.word(&TIMESTAMPS[..16])),
        Type::Duration => text(random.word(&DURATIONS[..17])),
        Type::Bytes => text(random.word(&["", "YQ==", "/wA", "w6k="])),
        Type::String => text(random.word(&STRINGS)),
        Type::List(item) => Yaml::List((0..random.below(3)).map(|_| yaml(item, random)).collect()),
        Type::Map(_, value) => {
            let keys = KEYS.iter().take(5).filter(|_| random.chance(40)).collect::<Vec<_>>();
            Yaml::Map(keys.into_iter().map(|k| ((*k).to_owned(), yaml(value, random))).collect())
        }
    }
}
