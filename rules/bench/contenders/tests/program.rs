//! The program is asked as benchmarks ask it: each contender finds the rules that the
//! reference evaluator finds, is measured, and has its allocations counted.

use rulestone_bench::contenders::{CONVERTING, ENGINES, FORMATS, Program};
use rulestone_bench::race::Race;
use rulestone_bench::workload::Workload;
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

fn workload(name: &str, rules: usize, requests: usize) -> Workload {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    Workload::hunt(&scratch, rules, requests).expect("the workload compiles")
}

fn program() -> Program {
    Program::at(Path::new(env!("CARGO_BIN_EXE_rulestone-contenders")))
}

#[test]
fn every_contender_agrees_with_the_reference_about_every_request() {
    let workload = workload("agree", 200, 40);
    assert!(workload.matches() > 0.0, "a workload that no request matches shows nothing");
    let contenders = program().start(&workload).expect("the program runs");
    let mut race = Race::new();
    let engines = ENGINES.iter().chain(&CONVERTING).map(|engine| engine.name);
    let names: Vec<_> = engines.chain(FORMATS).collect();
    for name in &names {
        let entered = contenders.enter(name, &workload, PATIENCE, &mut race);
        let entered = entered.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(entered.bytes.is_some(), FORMATS.contains(name), "{name}");
    }
    let figures = race.run(Duration::ZERO).expect("all are measured");
    assert_eq!(figures.iter().map(|figure| figure.name).collect::<Vec<_>>(), names);
    for figure in &figures {
        assert!(figure.ns > 0.0, "{figure:?}");
        let allocations = figure.allocations.unwrap_or_else(|| panic!("{figure:?}"));
        // Reading FlatBuffers is the one thing that allocates nothing.
        assert_eq!(allocations == 0.0, figure.name == "flatbuffers", "{figure:?}");
    }
}

#[test]
fn another_answer_than_the_references_ends_a_benchmark() {
    let mut workload = workload("differ", 20, 5);
    let contenders = program().start(&workload).expect("the program runs");
    workload.expected[3].push(7);
    for name in ["a-tree", "protobuf"] {
        let error = contenders.enter(name, &workload, PATIENCE, &mut Race::new());
        let error = error.expect_err("request 3 differs").to_string();
        assert!(error.starts_with(&format!("{name}, request 3: matches [")), "{error}");
    }
}

#[test]
fn without_patience_one_request_is_compared_and_measured() {
    let workload = workload("patience", 20, 5);
    let contenders = program().start(&workload).expect("the program runs");
    let mut race = Race::new();
    contenders.enter("rhai", &workload, Duration::ZERO, &mut race).expect("it agrees");
    let figures = race.run(Duration::ZERO).expect("it is measured");
    assert!(figures[0].requests < 5, "{figures:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let workload = workload("unknown", 20, 5);
    let contenders = program().start(&workload).expect("the program runs");
    let error = contenders.enter("drools", &workload, PATIENCE, &mut Race::new());
    let error = error.expect_err("there is no such contender").to_string();
    assert_eq!(error, "drools: there is no contender `drools`");
}
