//! Standard output that nobody reads, or that takes nothing.
//!
//! A reader that has seen enough (`| head -1`) is no fault of anyone: the verb
//! ends quietly. A disk that is full is one, and must not look like success.

use crate::child::{Limits, closed, full, run, run_into};
use crate::support::{Folder, KIM};

/// Every verb in a way that prints something.
const PRINTING: &[&[&str]] = &[
    &["check", "shop.yaml"],
    &["check", "shop.yaml", "--format", "json"],
    &["compile", "shop.yaml", "-o", "-", "--quiet"],
    &["test", "shop.yaml"],
    &["eval", "shop.stone", "--facts", "facts.jsonl"],
    &["expr", "1 + 1"],
    &["expr", "player.level", "--schema", "shop.yaml", "--facts", "facts.jsonl"],
    &["verify", "shop.stone"],
    &["verify", "shop.stone", "--format", "json"],
    &["inspect", "shop.stone"],
    &["inspect", "shop.stone", "--format", "json"],
    &["disasm", "shop.stone"],
    &["disasm", "shop.stone", "--format", "json"],
    &["bench", "shop.stone", "--facts", "facts.jsonl", "--seconds", "0.01"],
    &["completions", "bash"],
    &["--help"],
    &["eval", "--help"],
    &["--version"],
];

fn folder() -> Folder {
    let folder = Folder::with_shop();
    // More than any buffer of standard output holds.
    folder.write("facts.jsonl", format!("{KIM}\n").repeat(2000));
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder
}

#[test]
fn a_pipe_that_nobody_reads_ends_every_verb_quietly() {
    let folder = folder();
    for printing in PRINTING {
        let ended = run_into(&folder, printing, closed()).expect(0);
        assert_eq!(ended.stderr, "", "{printing:?}");
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let folder = folder();
    for printing in PRINTING {
        let ended = run_into(&folder, printing, full()).expect(1);
        assert!(ended.stderr.contains("cannot write to standard output"), "{ended:?}");
        assert!(ended.stderr.contains("No space left"), "{ended:?}");
    }
}

#[test]
fn a_device_that_takes_nothing_is_an_error_too() {
    let ended = run(&folder(), &["compile", "shop.yaml", "-o", "/dev/full"], Limits::default());
    let ended = ended.expect(1);
    assert!(ended.stderr.contains("cannot write /dev/full: No space left"), "{ended:?}");
}
