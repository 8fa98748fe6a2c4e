//! Imports face one way: no file of the workspace imports another that, straight or
//! through further files, imports the first. Whoever reads a file needs to know what
//! stands below it, and nothing above.
//!
//! Imports are found in the text of the sources ([`tokens`], [`modules`]) and led to
//! the files that define what they name ([`arrows`]); then [`circles`] are looked for.
//! A method that is called on a value names no file, and so ties none.

mod arrows;
mod circles;
mod modules;
mod planted;
mod tokens;

use arrows::Arrows;
use std::fs;
use std::path::{Path, PathBuf};

/// Arrows that are known to close circles: from a file to a file. None may be added;
/// one that is no longer there is to be struck.
const KNOWN: &[(&str, &str)] = &[];

#[test]
fn no_circle_of_files_is_left_in_the_workspace() {
    let workspace = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    let mut arrows = Arrows::new();
    for root in roots(&workspace) {
        for (arrow, names) in arrows::of_crate(&root) {
            arrows.entry(arrow).or_default().extend(names);
        }
    }
    assert!(arrows.len() > 1000, "hardly any imports were found: {}", arrows.len());
    for (from, to) in KNOWN {
        let known = arrows.remove(&(workspace.join(from), workspace.join(to)));
        assert!(known.is_some(), "{from} no longer imports {to}: strike it from `KNOWN`");
    }
    let circles = circles::find(&arrows);
    let told: Vec<String> =
        circles.iter().map(|circle| circles::describe(circle, &arrows, &workspace)).collect();
    assert!(
        told.is_empty(),
        "files import each other in a circle. What two of them need belongs into a file below \
         both.\n\n{}",
        told.join("\n")
    );
}

/// The root files of all crates of the workspace.
fn roots(workspace: &Path) -> Vec<PathBuf> {
    let manifest = fs::read_to_string(workspace.join("Cargo.toml")).unwrap();
    let members = manifest.split_once("members = [").expect("a workspace has members").1;
    let members = members.split_once(']').expect("a list ends").0;
    let mut roots = Vec::new();
    for member in members.split('"').skip(1).step_by(2) {
        let sources = workspace.join(member).join("src");
        let programs = fs::read_dir(sources.join("bin")).into_iter().flatten();
        let programs = programs.map(|entry| entry.unwrap().path());
        let of_member = [sources.join("lib.rs"), sources.join("main.rs")];
        let before = roots.len();
        roots.extend(of_member.into_iter().chain(programs).filter(|root| root.is_file()));
        assert!(roots.len() > before, "{member} has no root");
    }
    roots
}
