//! Whatever a ruleset says, both evaluators must decide alike: the reference,
//! which walks the checked tree, and the interpreter, which runs the archive.
//!
//! `RULESTONE_SEED` and `RULESTONE_CASES` vary what is tried.

mod generator;
mod support;

use generator::facts;
use generator::minimise::minimise;
use generator::random::Random;
use generator::ruleset::Ruleset as Generated;
use rulestone::decision::DecisionError;
use rulestone::{Ruleset, Session};
use rulestone_compiler::diagnostic::{Diagnostics, Severity};
use rulestone_compiler::emit::{TooLarge, emit};
use rulestone_compiler::index::index;
use rulestone_compiler::lower::lower;
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::{Input, Sources};
use rulestone_compiler::{Checked, Indexing, check_source};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::{Builtin, Instruction, Opcode};
use rulestone_format::frame::Frame;
use rulestone_format::header::Header;
use rulestone_format::meaning::Fault;
use rulestone_format::verify::{Limits, verify};
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use support::{Twin, report};

/// Loops over lists of lists exceed what a server would accept.
const LIMITS: Limits =
    Limits { bytes: 256 << 20, rules: 1000, facts: 1000, cost: u64::MAX, scratch: 64 << 20 };

fn setting(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// What went wrong, in words, and of which kind it is.
struct Failure {
    kind: String,
    message: String,
}

fn failure<T>(kind: impl Into<String>, message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure { kind: kind.into(), message: message.into() })
}

/// The ruleset has errors, which a generated one must not have.
fn refused<T>(diagnostics: &Diagnostics, sources: &Sources) -> Result<T, Failure> {
    let first = diagnostics.iter().find(|d| d.severity() == Severity::Error);
    let code = first.map_or("", |diagnostic| diagnostic.code.text());
    failure(format!("compile {code}"), report(diagnostics, sources))
}

/// What was seen of the language.
#[derive(Debug, Default)]
struct Seen {
    opcodes: BTreeSet<u16>,
    builtins: BTreeSet<u16>,
    rulesets: usize,
    decisions: usize,
    matched: usize,
    values: usize,
    faults: usize,
    conflicts: usize,
}

fn input(source: &str) -> Input {
    Input::Memory(vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())])
}

/// The bytes of a ruleset's archive.
fn archive(input: &Input) -> Result<Vec<u8>, Failure> {
    let Checked { sources, ruleset, mut diagnostics } = check_source(input);
    let Some(ruleset) = ruleset.filter(|_| !diagnostics.has_errors()) else {
        return refused(&diagnostics, &sources);
    };
    let lowered = lower(&ruleset, &sources, false, &mut diagnostics);
    let Some(tables) = lowered
        .and_then(|lowered| index(lowered, &ruleset, Indexing::WherePaying, &mut diagnostics))
    else {
        return refused(&diagnostics, &sources);
    };
    match emit(tables) {
        Ok(bytes) => Ok(bytes),
        Err(TooLarge) => failure("compile", "too large"),
    }
}

/// Compiles a ruleset twice, and decides about each request in every way.
fn check(generated: &Generated, requests: &[Json], seen: &mut Seen) -> Result<(), Failure> {
    let input = input(&generated.source());
    let again = archive(&input)?;
    let twin = match Twin::compile_within(&input, &rulestone::Limits::new().with_cost(LIMITS.cost))
    {
        Ok(twin) => twin,
        Err(message) => return failure("load", message),
    };
    if twin.archive != again {
        return failure("bytes", "the same source gave other bytes");
    }
    seen.look_at(&twin.ruleset);
    let mut session = twin.ruleset.session();
    let mut builder = twin.ruleset.facts_builder();
    let at_edges = requests.first().map(|request| at_edges(&twin, request)).unwrap_or_default();
    for (number, request) in requests.iter().chain(&at_edges).enumerate() {
        let frame = match builder.encode(request) {
            Ok(frame) => frame.to_vec(),
            Err(error) => return failure("facts", error.to_string()),
        };
        let decision = twin.decide(&mut session, &frame);
        same_faults(&twin, &mut session, &frame)?;
        seen.count(&decision)?;
        if number == 0 && decide_at_odd_addresses(&twin, &frame)? != decision {
            return failure("address", "another decision at an odd address");
        }
    }
    Ok(())
}

/// A request at the instants at which some schedule begins or ends, and a second
/// before.
fn at_edges(twin: &Twin, request: &Json) -> Vec<Json> {
    let schedules = twin.checked.rules.iter().filter_map(|rule| rule.schedule.as_ref());
    let all: BTreeSet<i64> = schedules
        .flat_map(|schedule| schedule.iter())
        .flat_map(|interval| [interval.start, interval.end])
        .filter(|edge| !matches!(*edge, i64::MIN | i64::MAX))
        .collect();
    let some = all.iter().step_by(1 + all.len() / 4).chain(all.last());
    some.flat_map(|edge| [*edge, edge - 1])
        .map(|now| {
            let mut request = request.clone();
            request["now"] = now.into();
            request
        })
        .collect()
}

/// Both evaluators must also give the same reasons.
fn same_faults(twin: &Twin, session: &mut Session, frame: &[u8]) -> Result<(), Failure> {
    let archive = twin.ruleset.archive();
    let checked = Frame::check(frame, archive).expect("the frame is good");
    let expected = reference::decide(&twin.checked, &Facts::from_frame(&checked, archive));
    let decision = session.decide(frame).expect("the frame is good");
    let mut expected: Vec<(&str, &str, Fault)> = expected
        .errors
        .iter()
        .filter_map(|error| match error {
            reference::DecisionError::Output { rule, output, fault } => {
                let (rule, output) = (&twin.checked.rules[*rule], &twin.checked.outputs[*output]);
                Some((&*rule.id, &*output.name, *fault))
            }
            reference::DecisionError::Conflict { .. } => None,
        })
        .collect();
    let mut found: Vec<(&str, &str, Fault)> = decision
        .errors()
        .filter_map(|error| match error {
            DecisionError::Output { rule, output, fault } => Some((rule.id(), output, fault)),
            _ => None,
        })
        .collect();
    expected.sort_by_key(|(rule, output, _)| (*rule, *output));
    found.sort_by_key(|(rule, output, _)| (*rule, *output));
    let damaged = expected.iter().chain(&found).any(|reason| reason.2 == Fault::Unreachable);
    if found == expected && !damaged {
        return Ok(());
    }
    failure("faults", format!("interpreter {found:?}\nreference   {expected:?}"))
}

/// Verifies the archive and checks the frame where neither lies at an even
/// address, and gives both evaluators' decision about what is read there.
fn decide_at_odd_addresses(twin: &Twin, frame: &[u8]) -> Result<String, Failure> {
    let shifted = |bytes: &[u8]| {
        let mut shifted = vec![0; bytes.len() + 2];
        let start = 1 - shifted.as_ptr() as usize % 2;
        shifted[start..start + bytes.len()].copy_from_slice(bytes);
        (shifted, start..start + bytes.len())
    };
    let (file, at) = shifted(&twin.archive);
    let (_, body) = Header::split(&file[at]).expect("the header is good");
    let archive = match rkyv::access::<ArchivedRuleset, rkyv::rancor::Failure>(body) {
        Ok(archive) => archive,
        Err(error) => return failure("address", error.to_string()),
    };
    if let Err(error) = verify(archive, &LIMITS) {
        return failure("address", error.to_string());
    }
    let (moved, at) = shifted(frame);
    let frame = &moved[at];
    // The facts are read through the archive that was moved.
    let checked = Frame::check(frame, archive).expect("the frame is good");
    let facts = Facts::from_frame(&checked, archive);
    let here = Frame::check(frame, twin.ruleset.archive()).expect("the frame is good");
    if format!("{facts:?}") != format!("{:?}", Facts::from_frame(&here, twin.ruleset.archive())) {
        return failure("address", "other facts at an odd address");
    }
    Ok(twin.decide(&mut twin.ruleset.session(), frame))
}

impl Seen {
    fn look_at(&mut self, ruleset: &Ruleset) {
        self.rulesets += 1;
        for instruction in ruleset.archive().code.iter() {
            let instruction = Instruction::from(instruction);
            self.opcodes.insert(instruction.opcode);
            if instruction.opcode == Opcode::Call as u16 {
                self.builtins.insert(instruction.b);
            }
        }
    }

    fn count(&mut self, decision: &str) -> Result<(), Failure> {
        let Ok(decision) = serde_json::from_str::<Json>(decision) else {
            return failure("json", decision);
        };
        self.decisions += 1;
        self.matched += decision["matched"].as_array().map_or(0, Vec::len);
        self.values += decision["outputs"].as_object().map_or(0, |outputs| outputs.len());
        for error in decision["errors"].as_array().into_iter().flatten() {
            match error["kind"].as_str() {
                Some("conflict") => self.conflicts += 1,
                _ => self.faults += 1,
            }
        }
        Ok(())
    }
}

thread_local! {
    /// Whether panics of this thread are expected.
    static TRYING: Cell<bool> = const { Cell::new(false) };
    /// What the last of them said and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Lets panics be silent where rulesets are tried.
fn catch_panics() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if TRYING.get() {
            PANIC.set(info.to_string());
        } else {
            others(info);
        }
    }));
}

/// [`check`], with a panic as a failure.
fn attempt(generated: &Generated, requests: &[Json], seen: &mut Seen) -> Result<(), Failure> {
    TRYING.set(true);
    let attempt = panic::catch_unwind(AssertUnwindSafe(|| check(generated, requests, seen)));
    TRYING.set(false);
    match attempt {
        Ok(result) => result,
        Err(_) => {
            let message = PANIC.take();
            let differs = message.contains(", then reference");
            failure(if differs { "disagreement" } else { "panic" }, message)
        }
    }
}

/// Tries so many rulesets, and panics with the smallest form of the first for
/// which the evaluators don't agree.
fn try_all(seed: u64, cases: u64) -> Seen {
    let mut seen = Seen::default();
    let mut failed = None;
    catch_panics();
    for case in 0..cases {
        let mut random = Random::new(seed.wrapping_mul(0x0100_0000_01b3).wrapping_add(case));
        let generated = Generated::random(&mut random);
        let count = 3 + random.below(3);
        let requests: Vec<Json> =
            (0..count).map(|_| facts::random(&generated.scope, &mut random)).collect();
        if let Err(failure) = attempt(&generated, &requests, &mut seen) {
            failed = Some((case, generated, requests, failure));
            break;
        }
    }
    let shown = failed.map(|(case, generated, requests, failure)| {
        let fails = |generated: &Generated, requests: &[Json]| {
            attempt(generated, requests, &mut Seen::default())
                .is_err_and(|other| other.kind == failure.kind)
        };
        let (least, requests) = minimise(generated, requests, fails);
        let message = match attempt(&least, &requests, &mut Seen::default()) {
            Err(failure) => failure.message,
            Ok(()) => "(only sometimes)".to_owned(),
        };
        let requests: Vec<String> = requests.iter().map(Json::to_string).collect();
        format!(
            "case {case} of seed {seed}: {}\n{message}\n--- source\n{}--- facts\n{}\n",
            failure.kind,
            least.source(),
            requests.join("\n")
        )
    });
    if let Some(shown) = shown {
        panic!("{shown}");
    }
    seen
}

#[test]
fn both_evaluators_decide_alike_about_generated_rulesets() {
    let (seed, cases) = (setting("RULESTONE_SEED", 1), setting("RULESTONE_CASES", 10_000));
    let seen = try_all(seed, cases);
    println!(
        "{} rulesets, {} decisions: {} rules kept, {} values, {} faults, {} conflicts",
        seen.rulesets, seen.decisions, seen.matched, seen.values, seen.faults, seen.conflicts
    );
    if cases < 5_000 {
        return;
    }
    let opcodes: Vec<_> =
        Opcode::ALL.iter().filter(|opcode| !seen.opcodes.contains(&(**opcode as u16))).collect();
    assert!(opcodes.is_empty(), "opcodes that no ruleset used: {opcodes:?}");
    let builtins: Vec<_> =
        Builtin::ALL.iter().filter(|b| !seen.builtins.contains(&(**b as u16))).collect();
    assert!(builtins.is_empty(), "builtins that no ruleset used: {builtins:?}");
    // Of what is tried, much must come to something.
    assert!(seen.matched > seen.decisions / 2 && seen.faults > 100 && seen.conflicts > 100);
}

/// What both evaluators decide about one request, as JSON; the ruleset has the
/// facts `now`, which is optional, and `level`, and an output `rows`.
fn decide(rules: &str, request: &str) -> Json {
    let source = format!(
        "rulestone: v1\nruleset: small\nfacts:\n  now: {{type: timestamp, optional: true}}\n  level: int\n\
         outputs: {{rows: {{list: {{list: int}}}}}}\n{rules}"
    );
    let twin = Twin::compile(&input(&source)).unwrap_or_else(|report| panic!("{report}"));
    let request: Json = serde_json::from_str(request).expect("JSON");
    let frame = twin.ruleset.encode(&request).unwrap_or_else(|error| panic!("{error}"));
    let mut session = twin.ruleset.session();
    let decision = twin.decide(&mut session, &frame);
    if let Err(failure) = same_faults(&twin, &mut session, &frame) {
        panic!("{}", failure.message);
    }
    serde_json::from_str(&decision).expect("JSON")
}

/// The rows that an expression gives a rule without a condition.
fn rows(expression: &str) -> Json {
    let rules = format!("rules:\n  - {{id: r, output: {{rows: '{expression}'}}}}\n");
    decide(&rules, r#"{"level": 7}"#)
}

#[test]
fn an_output_may_be_of_nothing_and_is_left_out() {
    let decision = rows("[][0]");
    assert_eq!(decision["outputs"], serde_json::json!({}));
    assert_eq!(decision["errors"][0]["kind"], "output");
}

/// Each fails by the index or the key that is not there, as where there are other
/// items: whoever reads it sees what is wrong with the rule.
#[test]
fn what_is_of_nothing_fails_for_a_reason_of_its_own() {
    let (index, key) = ("index out of range", "no such key");
    for (expression, reason) in [
        ("[][0]", index),
        ("{}[\"a\"]", key),
        ("{}.a", key),
        ("[].map(x, x)[0]", index),
        ("[[]][0][0]", index),
        ("[[]].filter(x, level > 0)[0][0]", index),
        ("constants.nomap[\"z\"]", key),
        ("constants.nomap.z + [[level]]", key),
        ("[[1]] + constants.nolist[level]", index),
        ("[[1 / (level - 7)], [][0]]", "division by zero"),
        ("[[][0], [1 / (level - 7)]]", index),
        ("[[[][0] + level]]", index),
        ("[[level - {}.a]]", key),
        ("[[-[][0]]]", index),
        ("[[[level][[][0]]]]", index),
        ("[[{level: 1}[[][0]]]]", index),
        ("[[math.greatest([])]]", "invalid argument"),
        ("[[math.least([level].map(x, [][0]))]]", index),
        ("[[math.greatest([level].filter(x, false).map(x, [][0]))]]", "invalid argument"),
        ("[[math.abs([][0])]]", index),
        ("[[math.greatest([][0], level)]]", index),
        ("[[size([][0] + \"a\")]]", index),
        ("[[\"%s\".format([[][0]]).size()]]", index),
        ("level > 0 ? [][0] : [[1]]", index),
        ("level > 9 ? [[1]] : {}.a", key),
        ("level > 0 ? [][0] : {}.a", index),
        ("([][0] ? level : 1) > 0 ? [[1]] : []", index),
        ("cel.bind(x, [][level], x)", index),
        ("cel.bind(x, {}.a, x + [[level]])", key),
        ("cel.bind(x, {}.a, [x])", key),
        ("[level].map(x, [][x])", index),
        ("[level].map(x, cel.bind(y, [][x], [y]))", index),
        ("[[][0]].map(x, [level])", index),
        ("[][0].map(x, [level])", index),
        ("[level].transformList(i, v, {}[v])", key),
        ("[level].filter(x, [][0]).map(x, [x])", index),
        ("[{\"a\": level}.transformMap(k, v, [][v]).a]", index),
        ("[[{}.transformMapEntry(k, v, {v: k})[level]]]", key),
        ("[][0].exists(x, x) ? [[1]] : []", index),
        ("[level].exists_one(x, [][x]) ? [[1]] : []", index),
        ("[level].all(x, [][x]) ? [[1]] : []", index),
        ("level in [][0] ? [[1]] : []", index),
        ("[][0] in [level] ? [[1]] : []", index),
        ("{}.a in {level: 1} ? [[1]] : []", key),
        ("[][0] == level ? [[1]] : []", index),
        ("level != {}.a ? [[1]] : []", key),
        ("[][0] < level ? [[1]] : []", index),
        ("[][0] && level == 7 ? [[1]] : []", index),
        ("level != 7 || {}.a ? [[1]] : []", key),
        ("![][0] ? [[1]] : []", index),
        ("sets.contains([[][0]], [level]) ? [[1]] : []", index),
        ("sets.intersects([level], [{}.a]) ? [[1]] : []", key),
        ("[[size([[][0]].join())]]", index),
        ("[[size(\"a\".split([][0]))]]", index),
        ("[][0].matches(\"b\") ? [[1]] : []", index),
        ("[[bucket([][0], \"seed\")]]", index),
        ("[[timestamp(level).getHours() + [][0]]]", index),
        ("[[int(geo.distance(geo.point([][0], 1.0), geo.point(1.0, 1.0)))]]", index),
    ] {
        let rules = format!(
            "constants: {{nomap: {{}}, nolist: []}}\nrules:\n  - {{id: r, output: {{rows: '{expression}'}}}}\n"
        );
        let decision = decide(&rules, r#"{"level": 7}"#);
        assert_eq!(decision["errors"][0]["message"], reason, "{expression}");
    }
}

/// Where nothing is what a rule asks about, the rule doesn't match; also where
/// several rules ask the same, so that it is worked out once for all of them.
#[test]
fn rules_that_ask_about_nothing_do_not_match() {
    for condition in [
        "[][0] == \"a\"",
        "[][0] == level",
        "[][0] == true",
        "{}.a < 1.5",
        "{}.a in [\"a\", \"b\"]",
        "[][0] in [1, 2]",
        "[][0].exists(x, x == 1)",
        "![][0].all(x, x == 1)",
        "[][0].exists_one(x, x)",
        "(level > 0 ? [][0] : true)",
        "(level > 9 ? true : [][0])",
        "cel.bind(x, [][0], x && level == 7)",
        "cel.bind(x, [][0], x == 1 || x == 2)",
        "[[]].exists(x, x[0])",
        "[[]].exists(x, x[0] == level)",
        "[level].exists(x, [][x])",
        "[level].exists(x, [][x].startsWith(\"a\"))",
        "[level].exists(x, ![][x] || {}.a)",
    ] {
        let rules = format!(
            "rules:\n  - {{id: r, condition: '{condition}'}}\n  - {{id: s, condition: '!({condition})'}}\n  \
             - {{id: t, condition: '({condition}) || level == 7'}}\n"
        );
        let matched = decide(&rules, r#"{"level": 7}"#)["matched"].clone();
        assert_eq!(matched, serde_json::json!(["t"]), "{condition}");
    }
}

#[test]
fn lists_of_nothing_keep_their_place_among_lists_of_something() {
    for expression in [
        "[level].map(x, []) + [[1]]",
        "[[]].filter(x, level > 0) + [[1]]",
        "level > 0 ? [level].map(x, []) + [[1]] : [[2]]",
        "cel.bind(x, [level].map(x, []), x + [[1]])",
        "{\"a\": [level].map(x, [])}.a + [[1]]",
    ] {
        assert_eq!(
            rows(expression)["outputs"]["rows"],
            serde_json::json!([[], [1]]),
            "{expression}"
        );
    }
    let nested = rows("{\"a\": [level].map(x, [])} == {\"a\": [[1]]} ? [] : [[level]]");
    assert_eq!(nested["outputs"]["rows"], serde_json::json!([[7]]));
}

#[test]
fn what_folding_leaves_has_the_type_of_the_whole() {
    for condition in [
        "false || [][0]",
        "true && [][0]",
        "!![][0]",
        "true ? [][0] : true",
        "1 in [][0]",
        "\"a\" in {}.a",
        "{[][0]: 1}[\"a\"] == 1",
        "{[][0]: 1}.a == 1",
        "{}.transformMap(k, v, 1).a == 1",
        "{}.transformMap(k, v, 1)[5u] == 1",
    ] {
        let rules = format!(
            "rules:\n  - {{id: r, condition: '{condition}'}}\n  - {{id: s, condition: '({condition}) || level == 7'}}\n"
        );
        assert_eq!(
            decide(&rules, r#"{"level": 7}"#)["matched"],
            serde_json::json!(["s"]),
            "{condition}"
        );
    }
}

#[test]
fn names_that_macros_bind_hide_no_functions() {
    for (expression, expected) in [
        ("[[1].map(math, math.abs(math))[0]]", serde_json::json!([1])),
        ("[1].map(cel, cel.bind(q, 5, q))", serde_json::json!([5])),
        ("[cel.bind(math, -3, math.abs(math) + math.greatest(math, 1))]", serde_json::json!([4])),
        ("[[1]].map(sets, sets.contains(sets, [1]) ? 7 : 0)", serde_json::json!([7])),
        ("[\"a\"].map(strings, strings.quote(strings).size())", serde_json::json!([3])),
        ("[\"ab\"].map(math, math.size())", serde_json::json!([2])),
        ("[\"ab\"].map(strings, strings.indexOf(\"b\"))", serde_json::json!([1])),
        ("[[1, 2]].map(math, math.map(x, x + 1)[1])", serde_json::json!([3])),
        ("[\"ab\"].map(optional, optional.size())", serde_json::json!([2])),
        (
            "[1.5].map(geo, geo.distance(geo.point(geo, 0.0), geo.point(geo, 0.0)) == 0.0 ? 1 : 0)",
            serde_json::json!([1]),
        ),
        ("[[1, 2]].map(size, size(size))", serde_json::json!([2])),
        ("[[3]].map(cel, cel.bind(cel, cel[0] + 1, cel))", serde_json::json!([4])),
    ] {
        assert_eq!(
            rows(&format!("[{expression}]"))["outputs"]["rows"][0],
            expected,
            "{expression}"
        );
    }
    let rules = "facts: {spots: {list: point}}\nfences: {park: {box: {south: 0, west: 0, north: 1, east: 1}}}\n\
                 rules:\n  - {id: r, condition: 'spots.exists(geo, geo.within(geo, fences.park))'}\n";
    let source = format!("rulestone: v1\nruleset: small\n{rules}");
    let twin = Twin::compile(&input(&source)).unwrap_or_else(|report| panic!("{report}"));
    let facts = serde_json::json!({"spots": [{"lat": 0.5, "lon": 0.5}]});
    let frame = twin.ruleset.encode(&facts).unwrap_or_else(|error| panic!("{error}"));
    let decision = twin.decide(&mut twin.ruleset.session(), &frame);
    assert_eq!(decision, r#"{"matched":["r"],"outputs":{}}"#);
}

#[test]
fn places_outside_a_text_and_bytes_that_are_no_text() {
    let of = |expression: &str| rows(&format!("[[{expression}]]"));
    for expression in [
        "\"abc\".indexOf(\"\", -1)",
        "\"abc\".indexOf(\"\", 30)",
        "\"abc\".indexOf(\"\", level - 4)",
        "\"abc\".indexOf(\"b\", 3)",
        "\"abc\".lastIndexOf(\"\", -1)",
        "\"abc\".lastIndexOf(\"\", level)",
        "\"\".indexOf(\"\", 0)",
    ] {
        assert_eq!(of(expression)["errors"][0]["message"], "index out of range", "{expression}");
    }
    for (expression, expected) in [
        ("\"abc\".indexOf(\"\", level - 5)", 2),
        ("\"abc\".lastIndexOf(\"\", level - 6)", 1),
        ("\"abc\".lastIndexOf(\"\")", 3),
        ("\"%s\".format([b\"caf\\xe9\"]) == \"caf\\ufffd\" ? 1 : 0", 1),
        (
            "\"%s\".format([level > 0 ? b\"\\xff\\xfea\\xff\" : b\"\"]) == \"\\ufffda\\ufffd\" ? 1 : 0",
            1,
        ),
        ("\"%s\".format([[b\"\\xff\"]]) == \"[\\ufffd]\" ? level : 0", 7),
    ] {
        assert_eq!(of(expression)["outputs"]["rows"][0][0], expected, "{expression}");
    }
}

#[test]
fn a_schedule_that_never_holds_is_a_warning_and_its_rule_never_matches() {
    let never = "{timezone: Europe/London, start: 2026-03-29T00:00:00, end: 2026-03-30T00:00:00, daily: {from: \"01:00\", to: \"02:00\"}}";
    let rules = format!("rules:\n  - {{id: r, schedule: {never}}}\n  - {{id: s}}\n");
    for now in ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"] {
        let request = format!("{{\"level\": 7, \"now\": \"{now}\"}}");
        assert_eq!(decide(&rules, &request)["matched"], serde_json::json!(["s"]), "{now}");
    }
    let rules = format!(
        "schedule: {never}\nrules:\n  - {{id: r, schedule: {{start: 2026-01-01}}}}\n  - {{id: s}}\n"
    );
    let request = r#"{"level": 7, "now": "2026-03-29T01:00:00Z"}"#;
    assert_eq!(decide(&rules, request)["matched"], serde_json::json!([]));
}

#[test]
fn a_schedule_without_ends_holds_also_where_now_is_absent() {
    let rules = "rules:\n  - {id: r, schedule: {timezone: Europe/London}}\n  \
                 - {id: s, schedule: {start: 2026-06-01}}\n";
    assert_eq!(decide(rules, r#"{"level": 7}"#)["matched"], serde_json::json!(["r"]));
}

#[test]
fn of_several_faults_the_first_is_the_reason() {
    let of = |expression: &str| rows(expression)["errors"][0]["message"].clone();
    let (division, index) = (of("[[1 / (level - 7)]]"), of("[[[level][9]]]"));
    assert_ne!(division, index);
    for expression in [
        "1 / (level - 7) == 1 || [level][9] == 1 ? [] : [[1]]",
        "1 / (level - 7) == 1 && [level][9] == 1 ? [] : [[1]]",
        "[0, 1].all(i, i == 0 ? 1 / (level - 7) == 1 : [level][9] == 1) ? [] : [[1]]",
    ] {
        assert_eq!(of(expression), division, "{expression}");
    }
}

#[test]
fn what_is_bound_may_be_made_by_a_macro() {
    for (expression, expected) in [
        (
            "cel.bind(i, [1, 2, level].map(k, k + 1), [i.filter(x, x > 2)])",
            serde_json::json!([[3, 8]]),
        ),
        (
            "cel.bind(i, [1, 2, level].transformList(k, v, k), [i.map(x, x)])",
            serde_json::json!([[0, 1, 2]]),
        ),
        (
            "[cel.bind(i, [level, 1].filter(k, k > 1) + [1, 2], i).map(x, x)]",
            serde_json::json!([[7, 1, 2]]),
        ),
    ] {
        assert_eq!(rows(expression)["outputs"]["rows"], expected, "{expression}");
    }
}
