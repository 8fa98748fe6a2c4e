//! What a loader makes of compiled archives: their index says what their slots ask,
//! however large they are, and no bit of it can be changed to mean something else.

use rulestone::{ErrorCode, Ruleset};
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Indexing, Options};
use rulestone_format::header::{HEADER_LENGTH, Header};
use std::fmt::Write;

fn compiled(yaml: String, index: Indexing) -> Vec<u8> {
    let options = Options { index, strip: true };
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), yaml.into_bytes())]);
    compile(&input, options).archive.expect("the source is good")
}

/// Rules of all kinds of subjects, and with schedules that many share.
fn ruleset(rules: usize) -> String {
    let mut yaml = String::from(
        "rulestone: v1\nruleset: crowd\nschedule: {timezone: Europe/London, \
         start: 2026-01-01T00:00:00, end: 2028-01-01T00:00:00, days: [sat, sun], \
         daily: {from: '08:00', to: '12:00'}}\nfacts:\n  now: timestamp\n  level: int\n  \
         name: {type: string, optional: true}\n  tags: {list: string}\n  \
         kind: {enum: [idol, coin, map]}\n  place: point\nvariables:\n  power: level * 3\nrules:\n",
    );
    for n in 0..rules {
        let condition = match n % 8 {
            0 => format!("level >= {} && kind == 'coin'", n / 3),
            1 => format!("name in ['n{n}', 'm{}'] && level < {n}", n / 2),
            2 => format!("'t{}' in tags && !('u{}' in tags)", n % 40, n % 7),
            3 => format!("!has(name) || level == {}", n % 50),
            4 => format!("place.lat > {}.5 && place.lon != {}.0", n % 90, n % 60),
            5 => format!("variables.power in [{n}, {}, {}] && kind != 'map'", n + 7, n + 90),
            6 => format!("'t{}' in tags || name == 'n{}'", n % 40, n % 3),
            _ => {
                format!("level != {} && now < timestamp('2027-0{}-01T00:00:00Z')", n % 9, 1 + n % 9)
            }
        };
        let _ = writeln!(yaml, "  - id: r{n}\n    condition: \"{condition}\"");
        if n % 3 == 0 {
            let day = 1 + n % 27;
            let _ = writeln!(
                yaml,
                "    schedule: {{start: 2026-02-{day:02}T00:00:00, end: 2027-11-{day:02}T00:00:00, \
                 days: [sun], daily: {{from: '09:00', to: '1{}:00'}}}}",
                n % 3
            );
        }
    }
    yaml
}

#[test]
fn indexes_of_every_size_are_accepted() {
    for rules in [1, 3, 60, 700, 4_200, 12_000] {
        let yaml = ruleset(rules);
        for index in [Indexing::WherePaying, Indexing::Always] {
            let bytes = compiled(yaml.clone(), index);
            let loaded =
                Ruleset::from_vec(bytes).unwrap_or_else(|error| panic!("{rules}: {error}"));
            let indexed = !loaded.archive().index.is_empty();
            assert!(indexed || index == Indexing::WherePaying && rules < 60, "{rules}");
        }
    }
}

/// Facts that tell the rules apart.
fn requests() -> Vec<serde_json::Value> {
    let mut requests = Vec::new();
    for n in 0..12_usize {
        let level = [0, 3, 20, 49, 1000][n % 5];
        let kind = ["idol", "coin", "map"][n % 3];
        let tags: &[&str] = match n % 4 {
            0 => &[],
            1 => &["t2", "u2"],
            2 => &["t6", "t10", "u3", "x"],
            _ => &["t14", "t2", "t22"],
        };
        let mut facts = serde_json::json!({
            // A Sunday, a Saturday, a day between; in and out of hours.
            "now": 1_773_565_200 + 86_400 * (n % 3) + 3600 * (n % 5),
            "level": level,
            "tags": tags,
            "kind": kind,
            "place": {"lat": 4.5 + 10.0 * n as f64, "lon": n},
        });
        if n % 3 != 0 {
            facts["name"] = ["n1", "m4", "n2", "nobody"][n % 4].into();
        }
        requests.push(facts);
    }
    requests
}

#[test]
fn no_changed_bit_makes_the_index_say_something_else() {
    let whole = compiled(ruleset(40), Indexing::Always);
    let ruleset = Ruleset::from_bytes(&whole).expect("in order");
    let (archive, base) = (ruleset.archive(), ruleset.bytes().as_ptr() as usize);
    let place = |start: usize, bytes: usize| start - base..start - base + bytes;
    let index = &archive.index;
    let tables = [
        place(archive.slots.as_ptr() as usize, size_of_val(archive.slots.as_slice())),
        place(archive.predicates.as_ptr() as usize, size_of_val(archive.predicates.as_slice())),
        place(archive.sets.as_ptr() as usize, size_of_val(archive.sets.as_slice())),
        place(index.dimensions.as_ptr() as usize, size_of_val(index.dimensions.as_slice())),
        place(index.cells.as_ptr() as usize, size_of_val(index.cells.as_slice())),
        place(index.rows.as_ptr() as usize, size_of_val(index.rows.as_slice())),
    ];
    let frames: Vec<Vec<u8>> =
        (requests().iter()).map(|facts| ruleset.encode(facts).expect("good facts")).collect();
    let (mut accepted, mut refused, mut contradictions) = (0, 0, 0);
    for bit in tables.iter().flat_map(|table| table.start * 8..table.end * 8) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let header = Header::of(&bytes[HEADER_LENGTH..]).to_bytes();
        bytes[..HEADER_LENGTH].copy_from_slice(&header);
        match Ruleset::from_vec(bytes) {
            Ok(damaged) => {
                accepted += 1;
                let mut session = damaged.session();
                for frame in &frames {
                    let mut found = [true, false].map(|yes| {
                        session.use_index(yes);
                        let rules = session.matching(frame).expect("a good frame");
                        rules.map(|rule| rule.index()).collect::<Vec<_>>()
                    });
                    let with = std::mem::take(&mut found[0]);
                    assert_eq!(with, found[1], "byte {}, bit {}", bit / 8, bit % 8);
                }
            }
            Err(error) => {
                refused += 1;
                contradictions += usize::from(error.code() == Some(ErrorCode::IndexAgreement));
            }
        }
    }
    println!("{accepted} accepted, {refused} refused, {contradictions} of them contradictions");
    assert!(accepted > 100 && contradictions > 1_000 && refused > contradictions);
}

#[test]
fn a_body_without_structure_is_refused_as_such() {
    for body in [vec![], vec![0; 344], vec![0xff; 345], vec![0xff; 4096], vec![0x7f; 1 << 16]] {
        let mut bytes = Header::of(&body).to_bytes().to_vec();
        bytes.extend_from_slice(&body);
        let error = Ruleset::from_vec(bytes).expect_err("no archive");
        assert_eq!(error.code(), Some(ErrorCode::Structure), "{error}");
    }
}

#[test]
fn tables_that_overlap_are_refused() {
    let whole = compiled(ruleset(8), Indexing::Always);
    let ruleset = Ruleset::from_bytes(&whole).expect("in order");
    let base = ruleset.bytes().as_ptr() as usize;
    let archive = ruleset.archive();
    // Where the vec of each table stands in the root: its distance, and its length.
    let place = |field: usize| field - base;
    let rows = place(std::ptr::from_ref(&archive.index.rows) as usize);
    let predicates = place(std::ptr::from_ref(&archive.predicates) as usize);
    let distance = |at: usize| i32::from_le_bytes(std::array::from_fn(|i| whole[at + i]));
    let mut bytes = whole.clone();
    // The rows' vec now names what the predicates' does.
    let moved = distance(predicates) + predicates as i32 - rows as i32;
    bytes[rows..rows + 4].copy_from_slice(&moved.to_le_bytes());
    let header = Header::of(&bytes[HEADER_LENGTH..]).to_bytes();
    bytes[..HEADER_LENGTH].copy_from_slice(&header);
    let error = Ruleset::from_vec(bytes).expect_err("they overlap");
    assert_eq!(error.code(), Some(ErrorCode::Structure), "{error}");
}
