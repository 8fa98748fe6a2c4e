//! The native twin of a ruleset decides as the ruleset does: it is written as
//! Rust, compiled by rustc without a word, run, and compared with the reference
//! evaluator. Where there is no rustc, only the writing is tried.

mod support;

use rulestone_compiler::check::checked::{self, Output};
use rulestone_compiler::check::types::Type;
use rulestone_compiler::check::value::Value;
use rulestone_compiler::native;
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::Input;
use rulestone_compiler::source::model::FactType;
use rulestone_compiler::{Checked, check_source};
use rulestone_format::frame::Frame;
use rulestone_format::meaning::{Point, Timestamp};
use rulestone_format::rule::Combine;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Twin, show_value};

const HUNT: &str = include_str!("native/hunt.yaml");
const HUNT_FACTS: &str = include_str!("native/hunt.jsonl");
const FAULTS: &str = include_str!("native/faults.yaml");

#[test]
fn a_twin_of_workload_hunt_decides_as_the_reference_does() {
    let input = input(HUNT);
    let twin = Twin::compile(&input).expect("it compiles");
    let archive = twin.ruleset.archive();
    let mut builder = twin.ruleset.facts_builder();
    let requests: Vec<Facts> = HUNT_FACTS
        .lines()
        .map(|line| {
            let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let frame = builder.encode(&json).expect("good facts").to_vec();
            Facts::from_frame(&Frame::check(&frame, archive).expect("a good frame"), archive)
        })
        .collect();
    let matched = compare("hunt", &input, &requests);
    assert!(matched > 50, "only {matched} rules matched: the requests say too little");
}

#[test]
fn a_twin_has_the_faults_of_its_ruleset_and_absorbs_them_alike() {
    let input = input(FAULTS);
    let Checked { ruleset, .. } = check_source(&input);
    let ruleset = ruleset.expect("it can be checked");
    let mut random = Random(2026);
    let requests: Vec<Facts> = (0..300).map(|_| draw(&ruleset, &mut random)).collect();
    let matched = compare("faults", &input, &requests);
    assert!(matched > 3000, "only {matched} rules matched: the requests say too little");
}

/// Rulesets that are unlike others in what their twins need or leave out.
#[test]
fn rustc_has_nothing_to_say_about_odd_twins() {
    const HEAD: &str = "rulestone: v1\nruleset: 2-odd--one\n";
    for (name, source) in [
        ("no-rules", "facts: {level: int}\noutputs: {n: {type: int}}\n"),
        (
            "disabled",
            "enabled: false\nfacts: {level: int}\noutputs: {n: {type: int}, s: {type: string}}\n\
             groups: {g: {hit_policy: unique}}\nvariables: {v: level > 1}\n\
             rules: [{id: a, condition: variables.v, output: {n: level, s: '${level}'}}]\n",
        ),
        (
            "names",
            "facts: {a: {b_c: int, Self: int}, a_b: {c: int}, type: int, lifetime: bool,\n  \
             kind: {enum: [a b, a-b, labels, LABELS, '1', é, self]}}\n\
             outputs: {matched: {type: int}, match: {type: int}, X: {type: int}}\n\
             rules:\n  - {id: a--b, condition: 'a.b_c > 1 && a_b.c > 1 && type == 1 && lifetime'}\n  \
             - {id: '1', condition: 'kind in [\"a-b\", \"é\"] && a.Self > 0',\n     \
             output: {matched: 1, match: 2, X: 3}}\n",
        ),
        (
            "undecided",
            "facts: {counts: {map: int}, raw: bytes, lists: {list: {list: string}}}\n\
             outputs: {all: {type: {list: int}}}\n\
             rules: [{id: a, condition: has(raw), output: {all: [1, 2]}}]\n",
        ),
        (
            "constant",
            "facts: {now: timestamp, u: uint, i: int}\noutputs: {b: {type: bool}}\n\
             variables: {v: 1 / 0 == 1, w: variables.v || u >= 0u}\n\
             rules: [{id: a, condition: 1 / 0 == 1}, {id: b, condition: variables.w},\n  \
             {id: c, condition: 'i in [] || i in [1 / 0]'},\n  \
             {id: d, condition: 'i <= 9223372036854775807', output: {b: variables.w}}]\n",
        ),
    ] {
        let input = input(&format!("{HEAD}{source}"));
        let Checked { sources, ruleset, diagnostics } = check_source(&input);
        assert!(!diagnostics.has_errors(), "{}", support::report(&diagnostics, &sources));
        let twin = native::emit(&ruleset.expect("it can be checked"), &sources)
            .unwrap_or_else(|refused| panic!("{}", refused.message(&sources)));
        assert_eq!(twin.undecided.is_some(), name == "undecided");
        if run(name, &twin, "extern crate twin as _;\nfn main() {}\n").is_none() {
            return;
        }
    }
}

fn input(source: &str) -> Input {
    Input::Memory(vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())])
}

/// Decides about all requests in both ways; how many rules matched.
fn compare(name: &str, input: &Input, requests: &[Facts]) -> usize {
    let Checked { sources, ruleset, diagnostics } = check_source(input);
    assert!(!diagnostics.has_errors(), "{}", support::report(&diagnostics, &sources));
    let ruleset = ruleset.expect("it can be checked");
    let twin = native::emit(&ruleset, &sources)
        .unwrap_or_else(|refused| panic!("{}", refused.message(&sources)));
    assert_eq!(twin.undecided, None);
    let mut matched = 0;
    let expected: Vec<String> = requests
        .iter()
        .map(|facts| {
            let decision = reference::decide(&ruleset, facts);
            matched += decision.matched.len();
            show(&ruleset, &decision)
        })
        .collect();
    let Some(found) = run(name, &twin, &main(&ruleset, requests)) else { return usize::MAX };
    let found: Vec<&str> = found.lines().collect();
    assert_eq!(found.len(), expected.len());
    for ((found, expected), facts) in found.iter().zip(&expected).zip(requests) {
        assert_eq!(found, expected, "twin, then reference; facts: {facts:?}");
    }
    matched
}

/// Compiles the crate and a program that asks it; what that prints.
fn run(name: &str, twin: &native::Crate, main: &str) -> Option<String> {
    let rustc = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    if Command::new(&rustc).arg("--version").output().is_err() {
        eprintln!("skipped: there is no rustc to compile the native twin with");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("native-{name}"));
    let _ = fs::remove_dir_all(&folder);
    for (path, content) in &twin.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, content).expect("a file can be written");
    }
    fs::write(folder.join("main.rs"), main).expect("a file can be written");
    let compile = |arguments: &[&str]| {
        let output = Command::new(&rustc)
            .current_dir(&folder)
            .args(["--edition", "2021", "-D", "warnings"])
            .args(arguments)
            .output()
            .expect("rustc runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rustc {arguments:?}: {errors}");
    };
    compile(&["--crate-type", "rlib", "--crate-name", "twin", "-o", "libtwin.rlib", "src/lib.rs"]);
    compile(&["--extern", "twin=libtwin.rlib", "-o", "main", "main.rs"]);
    let output = Command::new(folder.join("main")).output().expect("the twin runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// What the program prints for a decision.
fn show(ruleset: &checked::Ruleset, decision: &reference::Decision) -> String {
    let mut text = format!("{:?}", decision.matched);
    for (output, value) in ruleset.outputs.iter().zip(&decision.outputs) {
        let Some(value) = value else { continue };
        let _ = write!(text, "| {} = ", output.name);
        show_value(value, &mut text);
    }
    let _ = write!(text, "| errors {}", decision.errors.len());
    text
}

/// A program that decides about requests and prints the decisions.
fn main(ruleset: &checked::Ruleset, requests: &[Facts]) -> String {
    let mut text = String::from(
        "#![allow(unused_imports, reason = \"not every ruleset has all of them\")]\nuse twin::*;\n\nfn main() {\n    \
         let mut decision = Decision::default();\n    let mut matching = Vec::new();\n    \
         for facts in FACTS {\n        twin::matching(facts, &mut matching);\n        \
         decide(facts, &mut decision);\n        \
         assert!(decision.matched.iter().all(|rule| matching.contains(rule)));\n        \
         print!(\"{:?}\", decision.matched);\n",
    );
    for output in &ruleset.outputs {
        let name = &output.name;
        let value = shown(ruleset, output);
        let _ = match output.combine {
            Combine::Collect => writeln!(
                text,
                "        print!(\"| {name} = [\");\n        \
                 for value in &decision.{name} {{\n            {value}\n            \
                 print!(\",\");\n        }}\n        print!(\"]\");"
            ),
            _ => writeln!(
                text,
                "        if let Some(value) = &decision.{name} {{\n            \
                 print!(\"| {name} = \");\n            {value}\n        }}"
            ),
        };
    }
    text.push_str("        println!(\"| errors {}\", decision.errors);\n    }\n}\n\n");
    text.push_str("static FACTS: &[Facts<'static>] = &[\n");
    for facts in requests {
        text.push_str("    Facts {\n");
        for (fact, value) in ruleset.facts.iter().zip(&facts.values) {
            let name = fact.path.join("_");
            let value = match (value.as_ref().or(fact.default.as_ref()), fact.optional) {
                (Some(value), false) => literal(value, &fact.fact_type),
                (Some(value), true) => format!("Some({})", literal(value, &fact.fact_type)),
                (None, _) => "None".to_owned(),
            };
            let _ = writeln!(text, "        {name}: {value},");
        }
        text.push_str("    },\n");
    }
    text.push_str("];\n");
    text
}

/// The statement that prints one value as [`show_value`] does.
fn shown(ruleset: &checked::Ruleset, output: &Output) -> &'static str {
    let index = ruleset.outputs.iter().position(|other| other.name == output.name);
    let is_literal = ruleset.rules.iter().flat_map(|rule| &rule.outputs).all(|(of, expr)| {
        Some(*of as usize) != index
            || matches!(expr.kind, rulestone_compiler::check::tree::Kind::Literal(_))
    });
    match output.ty {
        Type::Bool | Type::Int => "print!(\"{value}\");",
        Type::Uint => "print!(\"{value}u\");",
        Type::Duration => "print!(\"{value}ns\");",
        Type::Timestamp => "print!(\"@{}.{}\", value.seconds, value.nanos);",
        Type::String if !is_literal => "print!(\"{:?}\", decision.text(*value));",
        _ => "print!(\"{value:?}\");",
    }
}

/// A value as a Rust literal.
fn literal(value: &Value, ty: &FactType) -> String {
    match (value, ty) {
        (Value::String(text), FactType::Enum(labels)) => {
            labels.iter().position(|label| **label == **text).expect("a label").to_string()
        }
        (Value::List(items), FactType::List { element, .. }) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, element)).collect();
            format!("&[{}]", items.join(", "))
        }
        (Value::String(text), _) => format!("{text:?}"),
        (Value::Bool(value), _) => value.to_string(),
        (Value::Int(value) | Value::Duration(value), _) => value.to_string(),
        (Value::Uint(value), _) => value.to_string(),
        (Value::Double(value), _) => double(*value),
        (Value::Timestamp(time), _) => format!("Timestamp::new({}, {})", time.seconds, time.nanos),
        (Value::Point(point), _) => format!("({}, {})", double(point.lat), double(point.lon)),
        other => panic!("{other:?}"),
    }
}

fn double(value: f64) -> String {
    format!("f64::from_bits({:#x})", value.to_bits())
}

/// Facts of few values each, so that whatever is compared is often equal.
fn draw(ruleset: &checked::Ruleset, random: &mut Random) -> Facts {
    let mut value = |fact: &checked::Fact| {
        let may_be_absent = fact.optional || fact.default.is_some();
        let absent = may_be_absent && random.below(3) == 0;
        let value = draw_value(&fact.fact_type, random);
        (!absent).then_some(value)
    };
    Facts { values: ruleset.facts.iter().map(&mut value).collect() }
}

fn draw_value(ty: &FactType, random: &mut Random) -> Value {
    const INTS: [i64; 10] = [0, 1, 2, 3, 4, 5, -1, -3, i64::MIN, i64::MAX];
    const UINTS: [u64; 7] = [0, 1, 2, 3, 4, 1 << 63, u64::MAX];
    const DOUBLES: [f64; 9] = [0.0, -0.0, 0.5, 1.0, 2.0, -3.5, 1e19, f64::NAN, f64::INFINITY];
    const TEXTS: [&str; 8] = ["ann", "bob", "eve", "red", "blue", "vip", "bot", "gré"];
    const HOUR: i64 = 3_600_000_000_000;
    const SPANS: [i64; 5] = [0, HOUR, -HOUR, 50 * HOUR, i64::MAX];
    const PLACES: [(f64, f64); 5] =
        [(51.5, -0.12), (51.5, -0.1), (-18.0, 179.5), (-18.0, 176.0), (51.0, 0.5)];
    match ty {
        FactType::Bool => Value::Bool(random.below(2) == 0),
        FactType::Int => Value::Int(*random.pick(&INTS)),
        FactType::Uint => Value::Uint(*random.pick(&UINTS)),
        FactType::Double => Value::Double(*random.pick(&DOUBLES)),
        FactType::String { .. } => Value::string(TEXTS[random.below(TEXTS.len())]),
        FactType::Enum(labels) => Value::string(&labels[random.below(labels.len())]),
        FactType::Duration => Value::Duration(*random.pick(&SPANS)),
        FactType::Timestamp => {
            // From the last of May on, by half hours; at times between seconds.
            let seconds = 1_780_185_600 + random.below(48 * 15) as i64 * 1800;
            Value::Timestamp(match random.below(8) {
                0 => Timestamp { seconds: 1_780_272_000, nanos: 0 },
                1 => Timestamp { seconds: 1_780_272_000, nanos: 1 },
                2 => Timestamp::MAX,
                _ => Timestamp { seconds, nanos: 0 },
            })
        }
        FactType::Point => {
            let (lat, lon) = *random.pick(&PLACES);
            Value::Point(Point { lat, lon })
        }
        FactType::List { element, .. } => {
            Value::list((0..random.below(4)).map(|_| draw_value(element, random)).collect())
        }
        FactType::Bytes { .. } | FactType::Map { .. } => panic!("not covered"),
    }
}

/// Numbers that look random (Knuth's MMIX generator, its upper half).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}
