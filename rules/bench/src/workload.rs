//! A workload that is ready: rules compiled and loaded, requests encoded, and
//! the answers that every contender has to give.
//!
//! In: a workload of `rulestone-generate`, and sizes. Out: a [`Workload`]. All of
//! it is made before any clock runs.

use crate::Outcome;
use crate::model::Model;
use crate::walk::Table;
use rulestone::{Frame, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::check::checked;
use rulestone_compiler::compile;
use rulestone_compiler::reference::{self, Facts};
use rulestone_compiler::source::{Input, Sources};
use rulestone_generate::{Shape, Words};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Another seed gives another workload of the same kind; published figures are
/// of this one.
const SEED: u64 = 2026;

/// Rules, requests, and what is right.
#[derive(Debug)]
pub struct Workload {
    /// The folder with the source.
    pub folder: PathBuf,
    /// The compiled archive's file.
    pub path: PathBuf,
    pub archive: Vec<u8>,
    pub sources: Sources,
    pub checked: checked::Ruleset,
    /// The archive, loaded.
    pub ruleset: Ruleset,
    /// The same rules as plain data.
    pub model: Model,
    /// Requests as frames of facts.
    pub frames: Vec<Vec<u8>>,
    /// The same as the reference evaluator takes them.
    pub facts: Vec<Facts>,
    /// The same in columns.
    pub tables: Vec<Table>,
    /// The numbers of the rules that match each request, ascending: what the
    /// reference evaluator says.
    pub expected: Vec<Vec<u32>>,
}

impl Workload {
    /// Workload "hunt", in a folder below `scratch`.
    ///
    /// # Errors
    /// Those of the file system; the workload doesn't compile.
    pub fn hunt(scratch: &Path, rules: usize, requests: usize) -> Outcome<Workload> {
        let folder = scratch.join(format!("hunt-{rules}"));
        rulestone_generate::write_hunt(&folder, rules, requests, SEED)?;
        Workload::load(folder)
    }

    /// Workload "hunt", whose requests are those of players that each look through
    /// some items: first all of the first player, then all of the second, and so on.
    /// No item comes twice.
    ///
    /// # Errors
    /// As [`Workload::hunt`].
    pub fn hunt_items(
        scratch: &Path,
        rules: usize,
        players: usize,
        items: usize,
    ) -> Outcome<Workload> {
        let folder = scratch.join(format!("hunt-{rules}"));
        rulestone_generate::write_hunt(&folder, rules, players * (items + 1), SEED)?;
        let path = folder.join("facts.jsonl");
        let mut drawn = Vec::new();
        for line in fs::read_to_string(&path)?.lines() {
            drawn.push(serde_json::from_str::<serde_json::Value>(line)?);
        }
        let mut lines = String::new();
        // Who sends the first request sees the items of those after it.
        for drawn in drawn.chunks_mut(items + 1) {
            let Some((request, others)) = drawn.split_first_mut() else { continue };
            for other in others {
                request["item"] = other["item"].take();
                lines += &format!("{request}\n");
            }
        }
        fs::write(path, lines)?;
        Workload::load(folder)
    }

    /// Workload "request", in a folder below `scratch`.
    ///
    /// # Errors
    /// As [`Workload::hunt`].
    pub fn request(
        scratch: &Path,
        rules: usize,
        requests: usize,
        words: Words,
    ) -> Outcome<Workload> {
        let name = match words {
            Words::Enums => "enum",
            Words::Text => "text",
        };
        let folder = scratch.join(format!("request-{name}-{rules}"));
        rulestone_generate::write_request(&folder, rules, requests, SEED, words)?;
        Workload::load(folder)
    }

    /// A workload that strains one part of an engine, in a folder below `scratch`.
    ///
    /// # Errors
    /// As [`Workload::hunt`].
    pub fn shape(scratch: &Path, shape: Shape, rules: usize, requests: usize) -> Outcome<Workload> {
        let folder = scratch.join(format!("{}-{rules}", shape_name(shape)));
        rulestone_generate::write_shape(&folder, shape, rules, requests, SEED)?;
        Workload::load(folder)
    }

    /// All workloads that there are, small: for tests.
    #[cfg(test)]
    pub(crate) fn all(rules: usize, requests: usize) -> Outcome<Vec<Workload>> {
        // Each test has a folder of its own: tests run side by side.
        let thread = std::thread::current().name().unwrap_or("main").replace("::", "-");
        let scratch =
            std::env::temp_dir().join(format!("rulestone-bench-{}-{thread}", std::process::id()));
        let mut workloads = vec![Workload::hunt(&scratch, rules, requests)?];
        for words in [Words::Enums, Words::Text] {
            workloads.push(Workload::request(&scratch, rules, requests, words)?);
        }
        for shape in SHAPES {
            workloads.push(Workload::shape(&scratch, shape, rules, requests)?);
        }
        fs::remove_dir_all(&scratch)?;
        Ok(workloads)
    }

    fn load(folder: PathBuf) -> Outcome<Workload> {
        let compiled = compile(&Input::Path(folder.clone()), Options::default());
        let (Some(checked), Some(archive)) = (compiled.ruleset, compiled.archive) else {
            return Err(format!("{} doesn't compile", folder.display()).into());
        };
        let path = folder.join("rules.stone");
        fs::write(&path, &archive)?;
        let ruleset = Ruleset::open(&path)?;
        let model = Model::of(&checked)?;
        let frames = encode(&ruleset, &fs::read_to_string(folder.join("facts.jsonl"))?)?;
        let mut facts = Vec::with_capacity(frames.len());
        for frame in &frames {
            let frame = Frame::check(frame, ruleset.archive())?;
            facts.push(Facts::from_frame(&frame, ruleset.archive()));
        }
        let tables = facts.iter().map(|facts| Table::of(facts, &model.columns));
        let tables = tables.collect::<Result<_, _>>()?;
        let expected = facts.iter().map(|facts| expected(&checked, facts)).collect();
        Ok(Workload {
            folder,
            path,
            archive,
            sources: compiled.sources,
            checked,
            ruleset,
            model,
            frames,
            facts,
            tables,
            expected,
        })
    }

    /// The frames of facts, checked against the archive.
    ///
    /// # Errors
    /// A frame is damaged.
    pub fn frames(&self) -> Outcome<Vec<Frame<'_>>> {
        let archive = self.ruleset.archive();
        let frames = self.frames.iter().map(|frame| Frame::check(frame, archive));
        Ok(frames.collect::<Result<_, _>>()?)
    }

    /// How many rules match a request, on average.
    pub fn matches(&self) -> f64 {
        let all: usize = self.expected.iter().map(Vec::len).sum();
        all as f64 / self.expected.len().max(1) as f64
    }

    /// Compares answers with the reference's, request by request, until `patience`
    /// is over. Says how many requests were compared, which is at least one.
    ///
    /// # Errors
    /// The first request for which another answer is given.
    pub fn agree(
        &self,
        who: &str,
        patience: Duration,
        matched: impl FnMut(usize) -> Outcome<Vec<u32>>,
    ) -> Outcome<usize> {
        let all = 0..self.expected.len();
        self.compare(who, until(patience, all).map(matched))
    }

    /// Compares answers to the first requests with the reference's. Says how many
    /// there are, which is at least one.
    ///
    /// # Errors
    /// The first request for which another answer is given; there are no answers.
    pub fn compare(
        &self,
        who: &str,
        answers: impl IntoIterator<Item = Outcome<Vec<u32>>>,
    ) -> Outcome<usize> {
        let mut compared = 0;
        for ((request, expected), found) in self.expected.iter().enumerate().zip(answers) {
            let found = found.map_err(|error| format!("{who}: {error}"))?;
            if found != *expected {
                let ids = |numbers: &[u32]| {
                    let id = |number: &u32| self.model.rules.get(*number as usize);
                    let ids = numbers.iter().filter_map(id).map(|rule| rule.id.as_str());
                    ids.collect::<Vec<_>>().join(" ")
                };
                let (found, expected) = (ids(&found), ids(expected));
                return Err(format!(
                    "{who}, request {request}: matches [{found}]; the reference: [{expected}]"
                )
                .into());
            }
            compared = request + 1;
        }
        match compared {
            0 => Err(format!("{who} answers no request").into()),
            _ => Ok(compared),
        }
    }
}

/// The first of these requests, and further ones until `patience` is over.
pub fn until(patience: Duration, requests: Range<usize>) -> impl Iterator<Item = usize> {
    let start = Instant::now();
    let first = requests.start;
    requests.take_while(move |request| *request == first || start.elapsed() <= patience)
}

/// The shapes, from those that the index is made for to those that it can't help.
pub const SHAPES: [Shape; 7] = [
    Shape::OneFact,
    Shape::Disjunctions,
    Shape::StringSets,
    Shape::Wide,
    Shape::AllMatch,
    Shape::NoneMatch,
    Shape::Arithmetic,
];

/// The name of a shape, as the generator's command line has it.
pub fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::OneFact => "one-fact",
        Shape::Disjunctions => "disjunctions",
        Shape::StringSets => "string-sets",
        Shape::Wide => "wide",
        Shape::AllMatch => "all-match",
        Shape::NoneMatch => "none-match",
        Shape::Arithmetic => "arithmetic",
    }
}

fn encode(ruleset: &Ruleset, lines: &str) -> Outcome<Vec<Vec<u8>>> {
    let mut builder = ruleset.facts_builder();
    let mut frames = Vec::new();
    for line in lines.lines() {
        let facts: serde_json::Value = serde_json::from_str(line)?;
        frames.push(builder.encode(&facts)?.to_vec());
    }
    Ok(frames)
}

/// By the reference evaluator. The workloads have no hit policies but `collect`
/// (`Model::of` refuses others), so the rules that are kept are those that match.
fn expected(checked: &checked::Ruleset, facts: &Facts) -> Vec<u32> {
    let decision = reference::decide(checked, facts);
    decision.matched.into_iter().map(|rule| rule as u32).collect()
}
