//! The files of a ruleset on disk or in memory, in reading order.
//!
//! In: [`Input`]. Out: paths, names and bytes of the files, none of them opened
//! before it is known to be a regular file within the limits, and a finding for
//! each that can't be read. The order is that of the relative paths, bytewise,
//! after `ruleset.yaml`; it doesn't depend on the file system.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};

use super::compose::brief;

/// The name of the file that makes a folder a ruleset.
pub(super) const ROOT: &str = "ruleset.yaml";
/// Bytes of one file.
const MAX_FILE: u64 = 16 << 20;
/// Bytes of all files.
const MAX_TOTAL: u64 = 64 << 20;
/// Files, and also folders, of a ruleset.
const MAX_FILES: usize = 10_000;
/// Folders within one another.
const MAX_FOLDER_DEPTH: usize = 64;

/// Where a ruleset comes from.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file, or a folder with a `ruleset.yaml`.
    Path(PathBuf),
    /// Files as relative name (with `/`) and bytes. A single one may have any name.
    Memory(Vec<(String, Vec<u8>)>),
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Found {
    pub path: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The files in reading order; the first is the ruleset's root if there is one.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub found: Vec<Found>,
    pub findings: Vec<Diagnostic>,
    /// Whether `found` begins with the root.
    pub has_root: bool,
}

pub(super) fn files(input: &Input) -> Files {
    let mut files = Files::default();
    match input {
        Input::Path(path) => match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => folder(path, &mut files),
            Ok(_) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.has_root = read(path, name, &mut 0, &mut files);
            }
            Err(error) => files.findings.push(unreadable(&shown(path), &error)),
        },
        Input::Memory(parts) => memory(parts, &mut files),
    }
    files
}

fn memory(parts: &[(String, Vec<u8>)], files: &mut Files) {
    let mut order: Vec<&(String, Vec<u8>)> = parts.iter().collect();
    order.sort_by(|a, b| reading_order(&a.0, &b.0));
    let mut total = 0;
    let mut last: Option<&str> = None;
    for (name, bytes) in order {
        if last == Some(name) {
            files.findings.push(Diagnostic::new(
                Code::Unreadable,
                format!("the file `{}` is given twice", brief(name)),
            ));
            continue;
        }
        last = Some(name);
        if fits(name, bytes.len() as u64, &mut total, files) {
            let (path, name) = (name.clone(), name.clone());
            files.found.push(Found { path, name, bytes: bytes.clone() });
        }
    }
    let root = files.found.first().is_some_and(|f| f.name == ROOT || parts.len() == 1);
    files.has_root = root;
    if !root && files.findings.is_empty() {
        files.findings.push(no_root("the given files"));
    }
}

fn folder(root: &Path, files: &mut Files) {
    let mut walk = Walk { names: Vec::new(), folders: 0, full: false, files };
    let chain = fs::canonicalize(root).into_iter().collect();
    walk.folder(root, "", chain);
    let mut names = std::mem::take(&mut walk.names);
    names.sort_by(|a, b| reading_order(&a.0, &b.0));
    if names.first().is_none_or(|(name, _)| name != ROOT) {
        files.findings.push(no_root(&format!("the folder `{}`", shown(root))));
    }
    let mut total = 0;
    for (name, path) in names {
        let is_root = name == ROOT;
        if read(&path, name, &mut total, files) && is_root {
            files.has_root = true;
        }
    }
}

/// `ruleset.yaml` first, then bytewise.
fn reading_order(a: &str, b: &str) -> std::cmp::Ordering {
    (a != ROOT, a.as_bytes()).cmp(&(b != ROOT, b.as_bytes()))
}

struct Walk<'f> {
    names: Vec<(String, PathBuf)>,
    folders: usize,
    /// A limit was met, and said so.
    full: bool,
    files: &'f mut Files,
}

impl Walk<'_> {
    /// Recurses at most [`MAX_FOLDER_DEPTH`] folders deep. `chain` is the true
    /// paths of the folders that lead here.
    fn folder(&mut self, path: &Path, prefix: &str, chain: Vec<PathBuf>) {
        self.folders += 1;
        if self.folders > MAX_FILES || chain.len() > MAX_FOLDER_DEPTH {
            return self.too_many(path);
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.files.findings.push(unreadable(&shown(path), &error)),
        };
        for entry in entries {
            if self.full {
                return;
            }
            match entry {
                Ok(entry) => self.entry(&entry, prefix, &chain),
                Err(error) => self.files.findings.push(unreadable(&shown(path), &error)),
            }
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, prefix: &str, chain: &[PathBuf]) {
        let path = entry.path();
        let file_name = entry.file_name();
        if file_name.as_encoded_bytes().starts_with(b".") {
            return;
        }
        let is_yaml = file_name.as_encoded_bytes().ends_with(b".yaml");
        // Follows links: what counts is what is read in the end.
        let is_folder = match fs::metadata(&path) {
            Ok(metadata) => metadata.is_dir(),
            Err(error) if is_yaml => {
                return self.files.findings.push(unreadable(&shown(&path), &error));
            }
            Err(_) => return,
        };
        let Some(name) = file_name.to_str().map(|name| format!("{prefix}{name}")) else {
            if is_yaml || is_folder {
                self.files.findings.push(Diagnostic::new(
                    Code::Unreadable,
                    format!("the name of `{}` isn't valid UTF-8", shown(&path)),
                ));
            }
            return;
        };
        if is_folder {
            match fs::canonicalize(&path) {
                Ok(real) if chain.contains(&real) => self.files.findings.push(
                    Diagnostic::new(
                        Code::FolderLoop,
                        format!("`{}` leads back to a folder that contains it", shown(&path)),
                    )
                    .help("remove the symbolic link"),
                ),
                Ok(real) => {
                    let mut chain = chain.to_vec();
                    chain.push(real);
                    self.folder(&path, &format!("{name}/"), chain);
                }
                Err(error) => self.files.findings.push(unreadable(&shown(&path), &error)),
            }
        } else if is_yaml {
            if self.names.len() == MAX_FILES {
                return self.too_many(&path);
            }
            self.names.push((name, path));
        } else if file_name.as_encoded_bytes().ends_with(b".yml") {
            self.files.findings.push(
                Diagnostic::new(Code::FileIgnored, format!("`{}` is not read", shown(&path)))
                    .help("the files of a ruleset are named `*.yaml`"),
            );
        }
    }

    fn too_many(&mut self, path: &Path) {
        if !self.full {
            self.full = true;
            self.files.findings.push(
                Diagnostic::new(
                    Code::TooLarge,
                    format!("too many files or folders: the limit is reached at `{}`", shown(path)),
                )
                .help(format!(
                    "a ruleset has at most {MAX_FILES} files in folders at most {MAX_FOLDER_DEPTH} deep"
                )),
            );
        }
    }
}

/// Reads a file into `files`; says whether it could.
fn read(path: &Path, name: String, total: &mut u64, files: &mut Files) -> bool {
    let printed = shown(path);
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            files.findings.push(unreadable(&printed, &error));
            return false;
        }
    };
    // Opening a pipe would wait for its other end, and a device may never end.
    if !metadata.is_file() {
        files.findings.push(
            Diagnostic::new(Code::NotAFile, format!("`{printed}` is not a regular file"))
                .help("a ruleset is a file or a folder; `-` reads a ruleset from standard input"),
        );
        return false;
    }
    if !fits(&printed, metadata.len(), total, files) {
        return false;
    }
    let mut bytes = Vec::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    match read {
        // It may have grown since it was looked at.
        Ok(length) if length as u64 > MAX_FILE => {
            files.findings.push(too_large(&printed));
            false
        }
        Ok(_) => {
            files.found.push(Found { path: printed, name, bytes });
            true
        }
        Err(error) => {
            files.findings.push(unreadable(&printed, &error));
            false
        }
    }
}

fn fits(path: &str, length: u64, total: &mut u64, files: &mut Files) -> bool {
    if length > MAX_FILE {
        files.findings.push(too_large(path));
        return false;
    }
    let before = *total;
    *total = total.saturating_add(length);
    if *total > MAX_TOTAL {
        // Said once, and nothing after it is read.
        if before <= MAX_TOTAL {
            files.findings.push(Diagnostic::new(
                Code::TooLarge,
                format!(
                    "the files have more than {} MiB in all: the limit is reached at `{}`",
                    MAX_TOTAL >> 20,
                    brief(path)
                ),
            ));
        }
        return false;
    }
    if files.found.len() == MAX_FILES {
        if !files.findings.iter().any(|d| d.code == Code::TooLarge) {
            files.findings.push(Diagnostic::new(
                Code::TooLarge,
                format!("a ruleset has at most {MAX_FILES} files"),
            ));
        }
        return false;
    }
    true
}

fn too_large(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TooLarge,
        format!("`{}` is larger than {} MiB", brief(path), MAX_FILE >> 20),
    )
}

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::Unreadable, format!("`{path}` can't be read: {error}"))
}

fn no_root(place: &str) -> Diagnostic {
    Diagnostic::new(Code::NoRuleset, format!("{place} has no `{ROOT}`"))
        .help(format!("a ruleset is one file, or a folder with a `{ROOT}`"))
}

/// A path for people, with `/` on every system.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}
