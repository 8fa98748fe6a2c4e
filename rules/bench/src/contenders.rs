//! The contenders that are other crates: their names, and the program in which they
//! are.
//!
//! In: a workload. Out: contenders that have given the reference's answers, in a
//! [`Race`]. The program is the package in `contenders/`, which has a workspace and
//! a lock of its own: whoever builds or tests Rulestone doesn't build other engines.
//! A benchmark builds it by cargo and asks it by lines, as it does with native code:
//! one process for a workload, with all contenders. It counts nanoseconds and
//! allocations itself.
//!
//! | order | answer |
//! |---|---|
//! | `make NAME` | `made`, behind it the bytes of the rules for a format |
//! | `show NAME MILLISECONDS` | for as many requests as there is time for: a line with the rules that match; then `end` |
//! | `run NAME FROM TO PASSES` | nanoseconds and allocations |
//!
//! What goes wrong is answered by `error` and words.

use crate::Outcome;
use crate::model::Model;
use crate::plan::Mode;
use crate::process::{self, Process};
use crate::race::{Race, Spent};
use crate::walk::Table;
use crate::workload::Workload;
use rkyv::rancor;
use std::cell::RefCell;
use std::env;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A contender, and up to how many rules somebody waits for it.
#[derive(Debug, Clone, Copy)]
pub struct Engine {
    pub name: &'static str,
    /// With more rules than this it is left out, in a full and in a quick run.
    pub most_rules: usize,
    pub most_rules_quick: usize,
}

/// The other rule engines.
pub const ENGINES: [Engine; 5] = [
    Engine { name: "a-tree", most_rules: 100_000, most_rules_quick: 10_000 },
    Engine { name: "datalogic", most_rules: 100_000, most_rules_quick: 10_000 },
    Engine { name: "rhai", most_rules: 10_000, most_rules_quick: 1_000 },
    Engine { name: "zen", most_rules: 10_000, most_rules_quick: 1_000 },
    Engine { name: "cel", most_rules: 10_000, most_rules_quick: 1_000 },
];

/// Other rule engines, each with the conversion from a request's facts to what it takes.
pub const CONVERTING: [Engine; 3] = [
    Engine { name: "a-tree-whole", most_rules: 10_000, most_rules_quick: 10_000 },
    Engine { name: "datalogic-whole", most_rules: 10_000, most_rules_quick: 1_000 },
    Engine { name: "cel-whole", most_rules: 10_000, most_rules_quick: 1_000 },
];

/// The formats in which rules are kept as bytes, and read anew for each request.
pub const FORMATS: [&str; 2] = ["protobuf", "flatbuffers"];

impl Engine {
    /// Why it takes no part with so many rules.
    pub fn refuses(&self, mode: Mode, rules: usize) -> Option<String> {
        let most = match mode {
            Mode::Full => self.most_rules,
            Mode::Quick | Mode::Tiny => self.most_rules_quick,
        };
        (rules > most).then(|| format!("too slow to wait for above {most} rules"))
    }
}

/// What the program is given of a workload: exactly what the contenders in the
/// benchmark's own process have, with no way from facts to values in between.
#[derive(Debug, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Given {
    pub model: Model,
    pub tables: Vec<Table>,
}

impl Given {
    fn write(workload: &Workload, path: &Path) -> Outcome<()> {
        let (model, tables) = (workload.model.clone(), workload.tables.clone());
        fs::write(path, rkyv::to_bytes::<rancor::Error>(&Given { model, tables })?)?;
        Ok(())
    }

    /// What a benchmark has written.
    ///
    /// # Errors
    /// The file can't be read, or is something else.
    pub fn read(path: &Path) -> Outcome<Given> {
        Ok(rkyv::from_bytes::<Given, rancor::Error>(&fs::read(path)?)?)
    }
}

/// The program, built.
#[derive(Debug, Clone)]
pub struct Program(PathBuf);

impl Program {
    /// Builds the program in a target folder of its own, below this one.
    ///
    /// # Errors
    /// In words: why there are no such contenders. No cargo, no network, or something
    /// that doesn't compile.
    pub fn build(mode: Mode, target: &Path) -> Result<Program, String> {
        if mode == Mode::Tiny {
            return Err("no program is built in a test run".to_owned());
        }
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("contenders");
        Program::build_package(&package, &target.join("contenders"))
    }

    fn build_package(package: &Path, target: &Path) -> Result<Program, String> {
        if !process::can_build() {
            return Err("there is no cargo or no rustc to build it".to_owned());
        }
        let name = format!("rulestone-contenders{}", env::consts::EXE_SUFFIX);
        if !target.join("release").join(&name).exists() {
            eprintln!("building the other engines, which takes minutes");
        }
        match process::build(package, target, &["--locked"]) {
            Ok(programs) => Ok(Program(programs.join(name))),
            Err(text) => {
                eprintln!("{text}");
                let mut lines = text.lines().filter(|line| !line.trim().is_empty());
                // Of cargo its first error, of the system all that it says.
                let first = lines.clone().find(|line| line.starts_with("error")).or(lines.next());
                Err(format!("it can't be built: {}", first.unwrap_or("nobody says why")))
            }
        }
    }

    /// A program that has been built.
    pub fn at(path: &Path) -> Program {
        Program(path.to_owned())
    }

    /// Starts it for a workload.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn start(&self, workload: &Workload) -> Outcome<Contenders> {
        let path = workload.folder.join("given.rkyv");
        Given::write(workload, &path)?;
        let process = Process::start("the contenders' program", &self.0, &[path])?;
        Ok(Contenders { process: RefCell::new(process) })
    }
}

/// The program, running: all contenders are in one process, which does one thing at
/// a time. It ends when this is dropped.
#[derive(Debug)]
pub struct Contenders {
    process: RefCell<Process>,
}

/// A contender that has been entered into a race.
#[derive(Debug, Clone, Copy)]
pub struct Entered {
    /// How long it took to make.
    pub took: Duration,
    /// How many bytes its rules are, for a format.
    pub bytes: Option<usize>,
}

impl Contenders {
    /// Makes a contender, compares its answers with the reference's for as long as
    /// there is patience, and enters it into a race with the requests that were
    /// compared.
    ///
    /// # Errors
    /// It can't take these rules, or gives another answer than the reference.
    pub fn enter<'a>(
        &'a self,
        name: &'static str,
        workload: &Workload,
        patience: Duration,
        race: &mut Race<'a>,
    ) -> Outcome<Entered> {
        let start = Instant::now();
        let bytes = self.make(name).map_err(|error| format!("{name}: {error}"))?;
        let took = start.elapsed();
        let answers = self.matched(name, patience)?;
        let requests = workload.compare(name, answers.into_iter().map(Ok))?;
        race.enter_timed(name, requests, move |requests, passes| self.run(name, requests, passes));
        Ok(Entered { took, bytes })
    }

    fn make(&self, name: &str) -> Outcome<Option<usize>> {
        let answer = self.ask(&format!("make {name}"))?;
        Ok(answer.split_once(' ').map(|(_, bytes)| bytes.parse()).transpose()?)
    }

    /// The numbers of the rules that match each request, ascending.
    fn matched(&self, name: &str, patience: Duration) -> Outcome<Vec<Vec<u32>>> {
        let mut line = self.ask(&format!("show {name} {}", patience.as_millis()))?;
        let mut all = Vec::new();
        while line != "end" {
            all.push(process::numbers(&line)?);
            line = self.process.borrow_mut().line()?;
        }
        Ok(all)
    }

    fn run(&self, name: &str, requests: Range<usize>, passes: usize) -> Outcome<Spent> {
        let Range { start, end } = requests;
        let answer = self.ask(&format!("run {name} {start} {end} {passes}"))?;
        let (time, allocations) = answer.split_once(' ').ok_or("two numbers are expected")?;
        let time = Duration::from_nanos(time.parse()?);
        Ok(Spent { time, allocations: Some(allocations.parse()?) })
    }

    fn ask(&self, order: &str) -> Outcome<String> {
        let answer = self.process.borrow_mut().ask(order)?;
        match answer.strip_prefix("error ") {
            Some(words) => Err(words.into()),
            None => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_cannot_be_built_is_left_out_for_a_reason() {
        let nowhere = env::temp_dir().join("rulestone-bench-no-such-package");
        let reason = Program::build_package(&nowhere, &nowhere).expect_err("there is no package");
        assert!(reason.contains("no-such-package"), "{reason}");
        let reason = Program::build(Mode::Tiny, &nowhere).expect_err("a test run");
        assert_eq!(reason, "no program is built in a test run");
    }

    #[test]
    fn slow_engines_take_part_up_to_a_size() {
        let slow = Engine { name: "slow", most_rules: 10, most_rules_quick: 5 };
        assert_eq!(slow.refuses(Mode::Full, 10), None);
        let reason = slow.refuses(Mode::Quick, 10);
        assert_eq!(reason.as_deref(), Some("too slow to wait for above 5 rules"));
    }

    #[test]
    fn the_program_is_given_the_rules_and_requests_of_the_benchmark() {
        for workload in Workload::all(20, 3).expect("the workloads compile") {
            let path = env::temp_dir().join(format!("rulestone-given-{}", std::process::id()));
            Given::write(&workload, &path).expect("a file");
            let given = Given::read(&path).expect("the same");
            fs::remove_file(&path).expect("the file");
            assert_eq!(given.model.rules, workload.model.rules);
            assert_eq!(format!("{:?}", given.tables), format!("{:?}", workload.tables));
        }
    }
}
