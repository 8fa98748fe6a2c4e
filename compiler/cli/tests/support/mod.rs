//! Runs the binary in a folder of its own.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A small ruleset with something of everything, and one test.
pub const SHOP: &str = r#"rulestone: v1
ruleset: shop
description: A small one
facts:
  now: timestamp
  player:
    level: int
    kind: {enum: [new, old, vip]}
    name: {type: string, max_length: 8}
    score: {type: double, optional: true}
    tags: {list: string, max_items: 4}
outputs:
  points: {type: int, combine: sum, default: 0}
  factor: {type: double, combine: max, default: 1.0}
  gift: {type: string, combine: collect}
  note: {type: string}
constants: {least: 10}
variables:
  strong: player.level >= constants.least && player.name.matches("^[a-z]+$")
rules:
  - id: strong
    priority: 5
    condition: variables.strong
    output: {points: 10 * player.level, note: "Hi ${player.name}"}
  - id: vip
    condition: player.kind == "vip" && "gold" in player.tags
    output: {gift: crown, factor: 1.5}
  - id: broken
    condition: player.level == 0
    output: {points: 1 / player.level}
  - id: scored
    condition: has(player.score) && player.score > 0.0
    output: {factor: player.score}
tests:
  - name: strong players get points
    facts: {now: 0, player: {level: 12, kind: new, name: kim, tags: []}}
    expect: {matched: [strong], outputs: {points: 120, gift: [], note: Hi kim, factor: 1}}
"#;

/// Good facts for [`SHOP`].
pub const KIM: &str =
    r#"{"now":0,"player":{"level":12,"kind":"vip","name":"kim","tags":["gold"]}}"#;

/// What [`SHOP`] decides about [`KIM`].
pub const KIMS_DECISION: &str = r#"{"matched":["strong","vip"],"outputs":{"points":120,"factor":1.5,"gift":["crown"],"note":"Hi kim"}}"#;

/// What the binary did.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    pub bytes: Vec<u8>,
}

impl Ran {
    #[track_caller]
    pub fn expect(self, status: i32) -> Ran {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

/// A folder with files, gone at the end.
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Folder {
        Folder { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with [`SHOP`] as `shop.yaml`.
    pub fn with_shop() -> Folder {
        let folder = Folder::new();
        folder.write("shop.yaml", SHOP);
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, content).expect("the file");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).expect("the file")
    }

    /// Names of all that is in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rulestone"));
        command.current_dir(self.path()).env_remove("NO_COLOR");
        command
    }

    /// Runs the binary in the folder, with nothing on standard input.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub fn run_with(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut command = self.command();
        command.args(arguments);
        run(command, input.as_ref())
    }
}

pub fn run(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may have ended before it read everything.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("the binary ends")
    });
    Ran {
        status: output.status.code().expect("no signal ended it"),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        bytes: output.stdout,
    }
}
