//! Finds circles among arrows.

use super::arrows::Arrows;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A shortest circle through each knot of files that reach each other, file by
/// file.
pub fn find(arrows: &Arrows) -> Vec<Vec<PathBuf>> {
    let mut next: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for &start in next.keys() {
        if told.contains(start) {
            continue;
        }
        if let Some(circle) = shortest(&next, start) {
            told.extend(
                reached(&next, start)
                    .into_iter()
                    .filter(|file| reached(&next, file).contains(start)),
            );
            found.push(circle.into_iter().map(Path::to_owned).collect());
        }
    }
    found
}

/// The files of a shortest way from `start` back to it, beginning with `start`.
fn shortest<'a>(
    next: &BTreeMap<&'a Path, Vec<&'a Path>>,
    start: &'a Path,
) -> Option<Vec<&'a Path>> {
    let mut before: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut ahead = VecDeque::from([start]);
    while let Some(file) = ahead.pop_front() {
        for &to in next.get(file).into_iter().flatten() {
            if to == start {
                let mut circle = vec![file];
                while let Some(earlier) = before.get(circle[circle.len() - 1]) {
                    circle.push(earlier);
                }
                circle.reverse();
                return Some(circle);
            }
            if !before.contains_key(to) {
                before.insert(to, file);
                ahead.push_back(to);
            }
        }
    }
    None
}

fn reached<'a>(next: &BTreeMap<&'a Path, Vec<&'a Path>>, start: &'a Path) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut ahead = vec![start];
    while let Some(file) = ahead.pop() {
        for &to in next.get(file).into_iter().flatten() {
            if found.insert(to) {
                ahead.push(to);
            }
        }
    }
    found
}

/// The circle as a reader goes through it: who takes what of whom.
pub fn describe(circle: &[PathBuf], arrows: &Arrows, folder: &Path) -> String {
    let short = |file: &Path| file.strip_prefix(folder).unwrap_or(file).display().to_string();
    let mut told = format!("a circle of {} files:\n", circle.len());
    for (place, from) in circle.iter().enumerate() {
        let to = &circle[(place + 1) % circle.len()];
        let names: Vec<&str> =
            arrows[&(from.clone(), to.clone())].iter().map(String::as_str).collect();
        writeln!(told, "  {} -> {}: {}", short(from), short(to), names.join(", "))
            .expect("strings grow");
    }
    told
}
