//! A program that is built when a benchmark runs, and then asked by lines.
//!
//! In: a package, and orders of a line each. Out: its program, or why there is
//! none; lines that it answers. It ends when nobody gives it orders any more.

use crate::Outcome;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Builds a package with all optimisations, with these arguments for cargo besides.
/// Gives the folder of its programs.
///
/// # Errors
/// In words of rustc or cargo: why it can't be built.
pub fn build(package: &Path, target: &Path, arguments: &[&str]) -> Result<PathBuf, String> {
    let output = Command::new(tool("CARGO", "cargo"))
        .args(["build", "--release"])
        .args(arguments)
        .arg("--target-dir")
        .arg(target)
        .current_dir(package)
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(target.join("release")),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("{}: {error}", package.display())),
    }
}

/// Whether there is a cargo and a rustc.
pub fn can_build() -> bool {
    let answers = |tool: PathBuf| {
        let output = Command::new(tool).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    answers(tool("CARGO", "cargo")) && answers(tool("RUSTC", "rustc"))
}

fn tool(variable: &str, name: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).unwrap_or_else(|| name.into()))
}

/// A program that runs. It ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    /// Orders and answers.
    pipes: Option<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Process {
    /// Starts a program. `name` is what it is called where something goes wrong.
    ///
    /// # Errors
    /// It can't be started.
    pub fn start<A: AsRef<OsStr>>(
        name: &'static str,
        program: &Path,
        arguments: &[A],
    ) -> Outcome<Process> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let pipes = child.stdin.take().zip(child.stdout.take().map(BufReader::new));
        Ok(Process { name, child, pipes })
    }

    /// Gives an order.
    ///
    /// # Errors
    /// It has ended.
    pub fn order(&mut self, line: &str) -> Outcome<()> {
        let (orders, _) = self.pipes.as_mut().ok_or("a program without pipes")?;
        let given = writeln!(orders, "{line}").and_then(|()| orders.flush());
        given.map_err(|error| format!("{} has ended: {error}", self.name).into())
    }

    /// The next line that it answers, without its end.
    ///
    /// # Errors
    /// It has ended.
    pub fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        let (_, answers) = self.pipes.as_mut().ok_or("a program without pipes")?;
        match answers.read_line(&mut line)? {
            0 => Err(format!("{} has ended", self.name).into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Gives an order that is answered by one line.
    ///
    /// # Errors
    /// It has ended.
    pub fn ask(&mut self, order: &str) -> Outcome<String> {
        self.order(order)?;
        self.line()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Without orders it ends by itself, and without a reader where it is writing.
        self.pipes = None;
        let _ = self.child.wait();
    }
}

/// Numbers of rules, as they stand in a line.
///
/// # Errors
/// A word is no number.
pub fn numbers(line: &str) -> Outcome<Vec<u32>> {
    Ok(line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}
