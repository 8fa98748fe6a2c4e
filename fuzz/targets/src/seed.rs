//! The first inputs of all targets, from the rulesets and lines of `fuzz/seeds`
//! and from generated ones. Made rather than kept: an archive is worth something
//! only to the compiler's own version.

use crate::generator::facts;
use crate::generator::random::Random;
use crate::generator::ruleset::Ruleset as Generated;
use crate::input::{self, frame};
use crate::ruleset;
use crate::target::signature;
use rulestone::Ruleset;
use rulestone_compiler::{Indexing, Options};

/// An input, and of which targets.
#[derive(Debug, Clone)]
pub struct Seed {
    pub targets: &'static [&'static str],
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Expressions, one a line.
const EXPRESSIONS: &str = include_str!("../../seeds/cel.txt");

/// Expressions about the facts of `environment.yaml`.
const ABOUT_FACTS: &str = include_str!("../../seeds/expressions.txt");

/// Facts for [`ruleset::FRAME`], one request a line.
const FRAME_FACTS: &str = include_str!("../../seeds/frame.jsonl");

/// Facts for [`ruleset::ALL_KEYS`] and [`ruleset::ECHO`].
const ALL_KEYS_FACTS: &str = include_str!("../../seeds/all-keys.jsonl");
const ECHO_FACTS: &str = include_str!("../../seeds/echo.jsonl");

/// Generated rulesets among the seeds.
const GENERATED: u64 = 12;

/// All seeds.
///
/// # Panics
/// A file of `fuzz/seeds` has errors.
pub fn all() -> Vec<Seed> {
    let mut seeds = Seeds(Vec::new());
    for (name, source) in ruleset::ALL {
        seeds.source(name, source);
    }
    for (number, source) in rule_by_rule(ruleset::FUNCTIONS).iter().enumerate() {
        seeds.source(&format!("functions-{number}"), source);
    }
    for seed in 0..GENERATED {
        // The first byte of the guide varies all that comes behind it.
        let guide = [seed.to_le_bytes(), [0; 8]].concat();
        let mut random = Random::guided(&guide);
        let generated = Generated::random(&mut random);
        seeds.source(&format!("generated-{seed}"), &generated.source());
        seeds.push(&["differential", "decision"], &format!("{seed}"), &guide);
        for limits in [[0x28, 0x48], [0x68, 0xff], [0xff, 0x58]] {
            let bytes = [&limits[..], &guide].concat();
            seeds.push(&["limits"], &format!("{seed}-{}-{}", limits[0], limits[1]), &bytes);
        }
        let request = facts::random(&generated.scope, &mut random).to_string();
        seeds.push(&["decision"], &format!("text-{seed}"), request.as_bytes());
    }
    for (number, line) in EXPRESSIONS.lines().enumerate() {
        seeds.push(&["cel", "expression"], &format!("line-{number}"), line.as_bytes());
    }
    for (number, line) in ABOUT_FACTS.lines().enumerate() {
        seeds.push(&["expression"], &format!("about-{number}"), line.as_bytes());
    }
    for (number, lines) in [FRAME_FACTS, ALL_KEYS_FACTS, ECHO_FACTS].into_iter().enumerate() {
        for strict in 0..2 {
            let first = (number as u8) << 1 | strict;
            let bytes = [&[first], lines.as_bytes()].concat();
            seeds.push(&["facts"], &format!("{number}-{strict}"), &bytes);
        }
    }
    for (name, first, text) in [
        ("key", signature::A_KEY, signature::KEY),
        ("signature", signature::A_SIGNATURE, signature::SIGNATURE),
    ] {
        seeds.push(&["signature"], name, &[&[first], text.as_bytes()].concat());
    }
    seeds.frames();
    seeds.0
}

/// A ruleset with only the first of its rules, with only the second, and so on:
/// of small archives, more mutations can be tried.
fn rule_by_rule(source: &str) -> Vec<String> {
    const RULE: &str = "\n  - id: ";
    let mut parts = source.split(RULE);
    let head = parts.next().unwrap_or_default();
    parts.map(|rule| [head, RULE, rule].concat()).collect()
}

struct Seeds(Vec<Seed>);

impl Seeds {
    fn push(&mut self, targets: &'static [&'static str], name: &str, bytes: &[u8]) {
        self.0.push(Seed { targets, name: name.to_owned(), bytes: bytes.to_vec() });
    }

    /// A source, and its archive with and without an index.
    fn source(&mut self, name: &str, source: &str) {
        self.push(&["source", "roundtrip"], name, source.as_bytes());
        for (kind, index, strip) in [
            ("indexed", Indexing::Always, false),
            ("plain", Indexing::Never, true),
            ("usual", Indexing::WherePaying, true),
        ] {
            let archive = ruleset::compiled_with(source, Options { index, strip });
            let archive = archive.unwrap_or_else(|report| panic!("{name}:\n{report}"));
            self.push(&["archive", "archive_raw"], &format!("{name}-{kind}"), &archive);
        }
    }

    /// Frames for [`ruleset::FRAME`]: of the lines, all in a row, and made up.
    fn frames(&mut self) {
        let ruleset: &Ruleset = &ruleset::frame().ruleset;
        let lines = FRAME_FACTS.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>();
        let lines: Vec<serde_json::Value> = lines.expect("every line is JSON");
        let encode = |facts| ruleset.encode(facts).unwrap_or_else(|error| panic!("{error}"));
        let mut frames: Vec<Vec<u8>> = lines.iter().map(encode).collect();
        frames.push(frame::empty(ruleset));
        for seed in 0..6 {
            let facts = input::facts::request(ruleset, &mut Random::new(seed));
            let facts = facts.expect("there are facts");
            frames.push(ruleset.encode(&facts).unwrap_or_else(|error| panic!("{error}: {facts}")));
        }
        for (number, frame) in frames.iter().enumerate() {
            let bytes = [&[frame::MENDED][..], frame].concat();
            self.push(&["frame"], &format!("{number}"), &bytes);
        }
        let mut row = vec![frame::several(4)];
        for frame in &frames[..3] {
            row.extend_from_slice(&(frame.len() as u16).to_le_bytes());
            row.extend_from_slice(frame);
        }
        row.extend_from_slice(&frames[3]);
        self.push(&["frame"], "row", &row);
        self.parts(&lines);
    }

    /// Some facts of a request to be bound, and then as items: the others, some that
    /// are bound already, and the others without one.
    fn parts(&mut self, requests: &[serde_json::Value]) {
        let ruleset: &Ruleset = &ruleset::frame().ruleset;
        let mut builder = ruleset.facts_builder();
        for (number, request) in requests.iter().enumerate() {
            for apart in 2..5 {
                let mut part = |is_in: &dyn Fn(usize) -> bool| {
                    builder.clear();
                    for fact in ruleset.facts().filter(|fact| is_in(fact.id().index())) {
                        let set = builder.set(fact.id(), &request[fact.path()]);
                        set.unwrap_or_else(|error| panic!("{error}: {request}"));
                    }
                    builder.finish_partial().unwrap_or_else(|error| panic!("{error}")).to_vec()
                };
                let frames = [
                    part(&|fact| fact % apart == 0),
                    part(&|fact| fact % apart != 0),
                    part(&|fact| fact % apart != 1),
                    part(&|fact| fact % apart > 1),
                ];
                let mut row = vec![frame::several(4)];
                let [first @ .., last] = &frames;
                for frame in first {
                    row.extend_from_slice(&(frame.len() as u16).to_le_bytes());
                    row.extend_from_slice(frame);
                }
                row.extend_from_slice(last);
                self.push(&["frame"], &format!("parts-{number}-{apart}"), &row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulestone_format::code::{Builtin, Instruction, Opcode};
    use std::collections::BTreeSet;

    #[test]
    fn every_target_has_seeds_and_every_seed_a_target() {
        let known: Vec<&str> = crate::TARGETS.iter().map(|target| target.name).collect();
        let seeds = all();
        for target in &known {
            let of_target = seeds.iter().filter(|seed| seed.targets.contains(target));
            let names: BTreeSet<&str> = of_target.clone().map(|seed| &*seed.name).collect();
            assert!(!names.is_empty(), "no seed for {target}");
            assert_eq!(names.len(), of_target.count(), "two seeds of one name for {target}");
        }
        assert!(seeds.iter().all(|seed| seed.targets.iter().all(|t| known.contains(t))));
    }

    #[test]
    fn archives_among_the_seeds_have_every_operation() {
        let (mut opcodes, mut builtins) = (BTreeSet::new(), BTreeSet::new());
        for (name, source) in ruleset::ALL {
            let file = ruleset::compiled(source);
            let file = file.unwrap_or_else(|report| panic!("{name}:\n{report}"));
            let ruleset = Ruleset::from_vec(file).expect("it loads");
            for step in ruleset.archive().code.iter().map(Instruction::from) {
                opcodes.insert(step.opcode);
                if step.opcode == Opcode::Call as u16 {
                    builtins.insert(step.b);
                }
            }
        }
        let missing = Opcode::ALL.iter().filter(|opcode| !opcodes.contains(&(**opcode as u16)));
        assert_eq!(missing.collect::<Vec<_>>(), [] as [&Opcode; 0]);
        let missing = Builtin::ALL.iter().filter(|b| !builtins.contains(&(**b as u16)));
        assert_eq!(missing.collect::<Vec<_>>(), [] as [&Builtin; 0]);
    }

    #[test]
    fn seeds_are_accepted() {
        for seed in all().iter().filter(|seed| seed.targets.contains(&"archive")) {
            let limits = crate::target::archive::LIMITS;
            let loaded = Ruleset::from_vec_with(seed.bytes.clone(), &limits);
            // Made up rulesets may cost more than is worth to try.
            let is_own = !seed.name.starts_with("generated");
            assert!(loaded.is_ok() || !is_own, "{}: {:?}", seed.name, loaded.err());
        }
    }
}
