//! The tables, as Markdown.
//!
//! In: records. Out: a table for each benchmark that has any, with the machine
//! below it.

use super::figures::{duration, grouped};
use super::records::{Record, Records};

/// Contenders of workload "hunt", with the words by which they are known.
pub const CONTENDERS: [(&str, &str); 10] = [
    ("rulestone", "Rulestone"),
    ("noindex", "Rulestone without its index"),
    ("native", "native code"),
    ("walk", "typed walk"),
    ("a-tree", "a-tree"),
    ("reference", "reference evaluator"),
    ("datalogic", "datalogic-rs"),
    ("rhai", "rhai"),
    ("zen", "zen-expression"),
    ("cel", "cel"),
];

/// The ways of benchmark "story".
pub const WAYS: [(&str, &str); 7] = [
    ("json", "JSON, parsed each time"),
    ("protobuf", "Protocol Buffers, decoded each time"),
    ("flatbuffers", "FlatBuffers, verified each time"),
    ("rkyv", "rkyv, checked each time"),
    ("memory", "typed walk, read once"),
    ("native", "native code"),
    ("rulestone", "Rulestone"),
];

/// Stages of the compiler, and their sum.
pub const STAGES: [(&str, &str); 6] = [
    ("load", "read YAML"),
    ("check", "parse and check CEL"),
    ("lower", "lower and index"),
    ("emit", "emit"),
    ("verify", "verify"),
    ("total", "total"),
];

/// Makes the table of a benchmark.
type Maker = fn(&[Record]) -> String;

/// By the name of its markers: each table for which there are records.
pub fn all(records: &Records) -> Vec<(&'static str, String)> {
    let makers: [(&str, Maker); 8] = [
        ("request", request),
        ("hunt", hunt),
        ("story", story),
        ("boot", boot),
        ("compile", compile),
        ("bind", bind),
        ("threads", threads),
        ("shapes", shapes),
    ];
    makers
        .into_iter()
        .filter(|(name, _)| !records.of(name).is_empty())
        .map(|(name, make)| {
            let of = records.of(name);
            (name, format!("{}\n{}", make(of), origins(of)))
        })
        .collect()
}

/// A Markdown table; the first column is text, the others are figures.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule: Vec<String> = (0..head.len())
        .map(|column| if column == 0 { "---".to_owned() } else { "---:".to_owned() })
        .collect();
    let mut text = row(head);
    text += &format!("|{}|\n", rule.join("|"));
    rows.iter().for_each(|cells| text += &row(cells));
    text
}

/// What the records come from: a line for each machine.
fn origins(records: &[Record]) -> String {
    let mut origins: Vec<String> = records.iter().map(Record::origin).collect();
    origins.sort();
    origins.dedup();
    format!("*Measured on {}.*\n", origins.join("; on "))
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn time(ns: Option<f64>) -> String {
    ns.map_or_else(|| "–".to_owned(), duration)
}

fn times(ratio: Option<f64>) -> String {
    match ratio {
        Some(ratio) if ratio >= 9.95 => format!("{ratio:.0}x"),
        Some(ratio) => format!("{ratio:.2}x"),
        None => "–".to_owned(),
    }
}

fn count(count: Option<f64>) -> String {
    match count {
        Some(0.0) => "0".to_owned(),
        Some(count) if count < 10.0 => format!("{count:.1}"),
        Some(count) => grouped(count.round() as u64),
        None => "–".to_owned(),
    }
}

fn ratio(of: Option<f64>, to: Option<f64>) -> Option<f64> {
    Some(of? / to?)
}

fn request(records: &[Record]) -> String {
    // What is measured of a request as a whole and what of one matched rule.
    let per_match = |record: &Record, more: &str, less: &str| {
        let spent = record.ns(more)? - record.ns(less)?;
        // Where few requests match anything it is not matches that cost.
        ratio(Some(spent), record.number("matches").filter(|matches| *matches >= 1.0))
    };
    let head = strings(&[
        "rules, words",
        "matches",
        "encode",
        "check",
        "match",
        "outputs, a match",
        "JSON, a match",
        "struct to ids",
        "native",
        "native / Rulestone",
        "struct to JSON",
        "native",
        "native / Rulestone",
        "allocations",
    ]);
    let label = |record: &Record| {
        format!("{}, {}", grouped(record.rules), record.shape.clone().unwrap_or_default())
    };
    let row = |record: &Record| {
        vec![
            label(record),
            record.number("matches").map_or_else(String::new, |matches| format!("{matches:.2}")),
            time(record.ns("encode")),
            time(record.ns("check")),
            time(record.ns("match")),
            time(per_match(record, "decide", "match")),
            time(per_match(record, "told", "decide")),
            time(record.ns("ids")),
            time(record.ns("native")),
            times(ratio(record.ns("native"), record.ns("ids"))),
            time(record.ns("whole")),
            time(record.ns("native_whole")),
            times(ratio(record.ns("native_whole"), record.ns("whole"))),
            count(record.allocations("whole")),
        ]
    };
    let mut text = table(&head, &records.iter().map(row).collect::<Vec<_>>());
    let head = strings(&[
        "from the struct",
        "frame, derive",
        "frame, serde",
        "frame, setters",
        "ids, a-tree",
        "ids, datalogic-rs",
        "ids, cel",
    ]);
    let row = |record: &Record| {
        let mut row = vec![label(record)];
        for name in ["encode", "serde", "builder", "a-tree-whole", "datalogic-whole", "cel-whole"] {
            row.push(time(record.ns(name)));
        }
        row
    };
    text.push('\n');
    text += &table(&head, &records.iter().map(row).collect::<Vec<_>>());
    text
}

fn hunt(records: &[Record]) -> String {
    let sizes = records.iter().map(|record| format!("N={}", grouped(record.rules)));
    let mut head = strings(&["all matching rules"]);
    head.extend(sizes.clone());
    // The size at which allocations are told: the nearest to a thousand.
    let usual = records.iter().min_by_key(|record| record.rules.abs_diff(1_000));
    let usual_size = usual.map_or(0, |record| record.rules);
    head.push(format!("allocations, N={}", grouped(usual_size)));
    let mut rows = Vec::new();
    for (name, title) in CONTENDERS {
        if records.iter().all(|record| record.ns(name).is_none()) {
            continue;
        }
        let mut row = strings(&[title]);
        row.extend(records.iter().map(|record| time(record.ns(name))));
        row.push(count(usual.and_then(|record| record.allocations(name))));
        rows.push(row);
    }
    let mut text = table(&head, &rows);

    let mut head = strings(&["against native code"]);
    head.extend(sizes);
    let line = |title: &str, cell: &dyn Fn(&Record) -> String| {
        let mut row = strings(&[title]);
        row.extend(records.iter().map(cell));
        row
    };
    let rows = [
        line("native / Rulestone, matching rules", &|record| {
            times(ratio(record.ns("native"), record.ns("rulestone")))
        }),
        line("Rulestone, whole decision", &|record| time(record.ns("decide"))),
        line("native, whole decision", &|record| time(record.ns("native_decide"))),
        line("native / Rulestone, whole decision", &|record| {
            times(ratio(record.ns("native_decide"), record.ns("decide")))
        }),
        line("building the native code", &|record| {
            time(record.number("native_build_s").map(|seconds| seconds * 1e9))
        }),
        line("rules that match a request", &|record| {
            record.number("matches").map_or_else(String::new, |matches| format!("{matches:.2}"))
        }),
    ];
    text.push('\n');
    text += &table(&head, &rows);
    text
}

fn story(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let head = [
            &format!("a request, N={}", grouped(record.rules)),
            "time",
            "allocations",
            "bytes of rules",
            "way / Rulestone",
        ]
        .map(str::to_owned);
        let rows: Vec<Vec<String>> = WAYS
            .iter()
            .filter(|(name, _)| record.ns(name).is_some())
            .map(|(name, title)| {
                let bytes = record.line["contenders"][*name]["bytes"].as_f64();
                vec![
                    (*title).to_owned(),
                    time(record.ns(name)),
                    count(record.allocations(name)),
                    count(bytes),
                    times(ratio(record.ns(name), record.ns("rulestone"))),
                ]
            })
            .collect();
        text += &table(&head, &rows);
    }
    text
}

fn boot(records: &[Record]) -> String {
    let head = strings(&[
        "rules",
        "open",
        "of it checks",
        "memcpy",
        "checks / memcpy",
        "first decision",
        "reload",
        "archive",
    ]);
    let row = |record: &Record| {
        vec![
            grouped(record.rules),
            time(record.ns("open")),
            time(record.ns("verify")),
            time(record.ns("memcpy")),
            times(ratio(record.ns("verify"), record.ns("memcpy"))),
            time(record.ns("first_decision")),
            time(record.ns("reload")),
            bytes(record),
        ]
    };
    table(&head, &records.iter().map(row).collect::<Vec<_>>())
}

fn bytes(record: &Record) -> String {
    match record.number("archive_bytes") {
        Some(bytes) if bytes >= 1e6 => format!("{:.1} MB", bytes / 1e6),
        Some(bytes) => format!("{:.0} KB", bytes / 1e3),
        None => "–".to_owned(),
    }
}

fn compile(records: &[Record]) -> String {
    let mut head = strings(&["rules"]);
    head.extend(STAGES.iter().map(|(_, title)| (*title).to_owned()));
    head.push("of it the index".to_owned());
    head.push("archive".to_owned());
    let row = |record: &Record| {
        let mut row = vec![grouped(record.rules)];
        row.extend(STAGES.iter().map(|(name, _)| time(record.ns(name))));
        row.push(time(record.ns("index")));
        row.push(bytes(record));
        row
    };
    table(&head, &records.iter().map(row).collect::<Vec<_>>())
}

fn bind(records: &[Record]) -> String {
    let head = strings(&[
        "rules",
        "items a player",
        "matches",
        "whole frames",
        "player bound",
        "whole / bound",
        "whole, checked before",
        "allocations, bound",
    ]);
    let row = |record: &Record| {
        vec![
            grouped(record.rules),
            count(record.number("items")),
            count(record.number("matches")),
            time(record.ns("whole")),
            time(record.ns("bound")),
            times(ratio(record.ns("whole"), record.ns("bound"))),
            time(record.ns("checked")),
            count(record.allocations("bound")),
        ]
    };
    table(&head, &records.iter().map(row).collect::<Vec<_>>())
}

fn threads(records: &[Record]) -> String {
    let head = strings(&[
        "rules",
        "threads",
        "decisions a second",
        "gain",
        "gain of arithmetic alone",
        "part of it",
    ]);
    let mut rows = Vec::new();
    for record in records {
        for line in record.line["threads"].as_array().into_iter().flatten() {
            let (gain, arithmetic) = (line["gain"].as_f64(), line["arithmetic_gain"].as_f64());
            rows.push(vec![
                grouped(record.rules),
                line["threads"].to_string(),
                count(line["decisions_a_second"].as_f64()),
                times(gain),
                times(arithmetic),
                ratio(gain, arithmetic)
                    .map_or_else(String::new, |part| format!("{:.0} %", part * 100.0)),
            ]);
        }
    }
    table(&head, &rows)
}

fn shapes(records: &[Record]) -> String {
    let head = strings(&[
        "workload",
        "rules",
        "matches",
        "Rulestone",
        "without its index",
        "typed walk",
        "reference evaluator",
        "index gains",
        "walk / Rulestone",
        "whole decision",
        "allocations",
    ]);
    let row = |record: &Record| {
        let rulestone = record.ns("rulestone");
        vec![
            record.shape.clone().unwrap_or_default(),
            grouped(record.rules),
            count(record.number("matches")),
            time(rulestone),
            time(record.ns("noindex")),
            time(record.ns("walk")),
            time(record.ns("reference")),
            times(ratio(record.ns("noindex"), rulestone)),
            times(ratio(record.ns("walk"), rulestone)),
            time(record.ns("decide")),
            count(record.allocations("rulestone")),
        ]
    };
    table(&head, &records.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_has_the_figures_of_its_records_and_no_others() {
        let mut records = Records::default();
        for (rules, ns) in [(10, 50.0), (1_000, 600.0)] {
            let contenders = json!({
                "rulestone": { "ns": ns, "allocations": 0.0 },
                "native": { "ns": ns * 3.0, "allocations": null },
                "cel": { "skipped": "too slow" },
            });
            records.add(json!({ "bench": "hunt", "rules": rules, "contenders": contenders }));
        }
        let tables = all(&records);
        let [(name, text)] = tables.as_slice() else { panic!("one table: {tables:?}") };
        assert_eq!(*name, "hunt");
        assert!(text.contains("| Rulestone | 50.0 ns | 600 ns | 0 |"), "{text}");
        assert!(text.contains("| native code | 150 ns | 1.80 µs | – |"), "{text}");
        assert!(text.contains("| native / Rulestone, matching rules | 3.00x | 3.00x |"), "{text}");
        assert!(!text.contains("| cel |"), "{text}");
    }
}
