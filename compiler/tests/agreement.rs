//! Whatever a ruleset says, both evaluators must decide alike: the reference,
//! which walks the checked tree, and the interpreter, which runs the archive.
//!
//! `RULESTONE_SEED` and `RULESTONE_CASES` vary what is tried.

mod generator;
#[allow(dead_code, reason = "other tests compile by it; here the archive's bytes are needed")]
mod support;

use generator::facts;
use generator::minimise::minimise;
use generator::random::Random;
use generator::ruleset::Ruleset as Generated;
use rulestone::Ruleset;
use rulestone_compiler::check::checked;
use rulestone_compiler::diagnostic::{Diagnostics, Severity};
use rulestone_compiler::emit::{TooLarge, emit};
use rulestone_compiler::lower::{Options, lower};
use rulestone_compiler::source::{Input, Sources};
use rulestone_compiler::{Checked, check_source};
use rulestone_format::code::{Builtin, Instruction, Opcode};
use rulestone_format::verify::Limits;
use serde_json::Value as Json;
use std::cell::RefCell;
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

/// The checked ruleset, and the bytes of its archive.
fn archive(input: &Input) -> Result<(checked::Ruleset, Vec<u8>), Failure> {
    let Checked { sources, ruleset, mut diagnostics } = check_source(input);
    let Some(ruleset) = ruleset.filter(|_| !diagnostics.has_errors()) else {
        return refused(&diagnostics, &sources);
    };
    let Some(tables) = lower(&ruleset, &sources, Options::default(), &mut diagnostics) else {
        return refused(&diagnostics, &sources);
    };
    match emit(tables) {
        Ok(bytes) => Ok((ruleset, bytes)),
        Err(TooLarge) => failure("compile", "too large"),
    }
}

/// Compiles a ruleset twice, and decides about each request in every way.
fn check(generated: &Generated, requests: &[Json], seen: &mut Seen) -> Result<(), Failure> {
    let input = input(&generated.source());
    let (checked, bytes) = archive(&input)?;
    if archive(&input)?.1 != bytes {
        return failure("bytes", "the same source gave other bytes");
    }
    let ruleset = match Ruleset::from_vec_with(bytes.clone(), &LIMITS) {
        Ok(ruleset) => ruleset,
        Err(error) => return failure("load", error.to_string()),
    };
    seen.look_at(&ruleset);
    let twin = Twin { checked, ruleset };
    let mut session = twin.ruleset.session();
    let mut builder = twin.ruleset.facts_builder();
    for (number, request) in requests.iter().enumerate() {
        let frame = match builder.encode(request) {
            Ok(frame) => frame.to_vec(),
            Err(error) => return failure("facts", error.to_string()),
        };
        let decision = twin.decide(&mut session, &frame);
        seen.count(&decision)?;
        if number == 0 && decide_at_odd_addresses(&bytes, &frame) != decision {
            return failure("address", "another decision at an odd address");
        }
    }
    Ok(())
}

/// The decision where neither archive nor frame lies at an even address.
fn decide_at_odd_addresses(bytes: &[u8], frame: &[u8]) -> String {
    let shifted = |bytes: &[u8]| {
        let mut shifted = vec![0; bytes.len() + 2];
        let start = 1 - shifted.as_ptr() as usize % 2;
        shifted[start..start + bytes.len()].copy_from_slice(bytes);
        (shifted, start)
    };
    let (archive, start) = shifted(bytes);
    let archive = Ruleset::from_vec_with(archive[start..start + bytes.len()].to_vec(), &LIMITS)
        .expect("it loads");
    let (moved, start) = shifted(frame);
    let mut session = archive.session();
    let decision = session.decide(&moved[start..start + frame.len()]).expect("the frame is good");
    let mut json = Vec::new();
    decision.write_json(&mut json);
    String::from_utf8(json).expect("JSON is UTF-8")
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
    /// What the last panic said and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// [`check`], with a panic as a failure.
fn attempt(generated: &Generated, requests: &[Json], seen: &mut Seen) -> Result<(), Failure> {
    let attempt = AssertUnwindSafe(|| check(generated, requests, seen));
    match panic::catch_unwind(attempt) {
        Ok(result) => result,
        Err(_) => {
            let message = PANIC.take();
            let differs = message.contains("interpreter, then reference");
            failure(if differs { "disagreement" } else { "panic" }, message)
        }
    }
}

/// Tries so many rulesets, and panics with the smallest form of the first for
/// which the evaluators don't agree.
fn try_all(seed: u64, cases: u64) -> Seen {
    let mut seen = Seen::default();
    let mut failed = None;
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|info| PANIC.set(info.to_string())));
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
        if std::env::var_os("RULESTONE_WHOLE").is_some() {
            println!("{}\n{}", failure.message, generated.source());
        }
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
    panic::set_hook(hook);
    if let Some(shown) = shown {
        panic!("{shown}");
    }
    seen
}

#[test]
fn both_evaluators_decide_alike_about_generated_rulesets() {
    let (seed, cases) = (setting("RULESTONE_SEED", 1), setting("RULESTONE_CASES", 10_000));
    let seen = try_all(seed, cases);
    println!("{seen:?}");
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
