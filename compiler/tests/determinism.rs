//! The same source gives the same bytes: in any folder, in any order of the file
//! system, however often, on any number of threads.

use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use std::fs;
use std::path::{Path, PathBuf};

fn bytes(input: &Input) -> Vec<u8> {
    compile(input, Options::default()).archive.expect("the source is good")
}

fn black_mesa() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/black-mesa")
}

/// Copies the YAML files of a folder, the last ones first.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let mut entries: Vec<PathBuf> = fs::read_dir(from)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for entry in entries.iter().rev() {
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(entry, &target);
        } else if entry.extension().is_some_and(|e| e == "yaml") {
            fs::copy(entry, target).expect("a copy");
        }
    }
}

#[test]
fn the_folder_and_the_order_of_its_files_leave_no_trace() {
    let folder = std::env::temp_dir().join(format!("rulestone-determinism-{}", std::process::id()));
    copy(&black_mesa(), &folder.join("somewhere/else"));
    let original = bytes(&Input::Path(black_mesa()));
    let copied = bytes(&Input::Path(folder.join("somewhere/else")));
    fs::remove_dir_all(&folder).expect("the copy can be removed");
    assert!(original == copied, "the bytes differ");
}

#[test]
fn compilations_at_the_same_time_give_the_same_bytes() {
    let compilations: Vec<_> =
        (0..4).map(|_| std::thread::spawn(|| bytes(&Input::Path(black_mesa())))).collect();
    let all: Vec<Vec<u8>> =
        compilations.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "the bytes differ");
}

#[test]
fn a_stripped_archive_decides_alike_and_says_less() {
    let input = Input::Path(black_mesa());
    let whole = bytes(&input);
    let stripped = compile(&input, Options { strip: true, ..Options::default() })
        .archive
        .expect("the source is good");
    assert!(stripped.len() < whole.len());
    let requests = fs::read_to_string(black_mesa().join("requests.jsonl")).expect("the requests");
    let load = |bytes| rulestone::Ruleset::from_vec(bytes).expect("the archive is good");
    let (whole, stripped) = (load(whole), load(stripped));
    assert!(stripped.archive().debug.code.is_empty() && stripped.archive().debug.files.is_empty());
    let (mut first, mut second) = (whole.session(), stripped.session());
    let mut builder = whole.facts_builder();
    for line in requests.lines().take(200) {
        let facts: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let frame = builder.encode(&facts).expect("the facts are good");
        let (mut a, mut b) = (Vec::new(), Vec::new());
        first.decide(frame).expect("good").write_json(&mut a);
        second.decide(frame).expect("good").write_json(&mut b);
        assert_eq!(a, b);
    }
}
