//! Golden diagnostics: what is printed for each ruleset in `diagnostics/`.
//!
//! `source/` is about reading rulesets, `check/` about what they mean.
//! `N.yaml` is a ruleset, `N.txt` beside it all that is to be said about it. A
//! folder with a `ruleset.yaml` is one ruleset, with its `.txt` beside the folder.
//! `UPDATE_GOLDEN=1` writes the texts anew; look at what changed before keeping it.

use std::fs;
use std::path::{Path, PathBuf};

use rulestone_compiler::Options;
use rulestone_compiler::diagnostic::render::{render, summary};
use rulestone_compiler::source::{Input, Loaded, load};
use rulestone_compiler::{Compiled, compile};

#[test]
fn every_ruleset_gets_the_diagnostics_beside_it() {
    let root = Path::new("tests/diagnostics");
    let mut cases = Vec::new();
    find_cases(root, &mut cases);
    cases.sort();
    assert!(cases.len() >= 40, "only {} cases under {}", cases.len(), root.display());
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut failures = Vec::new();
    for case in &cases {
        let found = diagnostics(case);
        let golden = case.with_extension("txt");
        if update {
            fs::write(&golden, &found).expect("the golden file can be written");
            continue;
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if found != expected {
            failures.push(format!(
                "=== {}\n--- expected\n{expected}\n--- found\n{found}",
                case.display()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn diagnostics(case: &Path) -> String {
    let mut files = Vec::new();
    if case.is_dir() {
        read_folder(case, "", &mut files);
    } else {
        files.push((file_name(case), fs::read(case).expect("the case can be read")));
    }
    let input = Input::Memory(files);
    let (sources, diagnostics) = if case.parent().is_some_and(|folder| folder.ends_with("source")) {
        let Loaded { sources, diagnostics, .. } = load(&input);
        (sources, diagnostics)
    } else {
        let Compiled { sources, diagnostics, .. } = compile(&input, Options::default());
        (sources, diagnostics)
    };
    let mut text: String =
        diagnostics.iter().map(|diagnostic| render(diagnostic, &sources, false) + "\n").collect();
    let summary = summary(diagnostics.iter());
    text.push_str(summary.as_deref().unwrap_or("no findings"));
    text.push('\n');
    text
}

fn find_cases(folder: &Path, cases: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            if path.join("ruleset.yaml").is_file() {
                cases.push(path);
            } else {
                find_cases(&path, cases);
            }
        } else if path.extension().is_some_and(|e| e == "yaml") {
            cases.push(path);
        }
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for path in entries(folder) {
        let name = format!("{prefix}{}", file_name(&path));
        if path.is_dir() {
            read_folder(&path, &format!("{name}/"), files);
        } else {
            files.push((name, fs::read(&path).expect("the case can be read")));
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
