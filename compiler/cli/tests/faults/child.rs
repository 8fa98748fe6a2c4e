//! Runs the binary as a child that can't do harm: within a time, and within
//! limits that a shell sets before it becomes the binary.
//!
//! In: arguments, limits, what stands for standard output. Out: how it ended.
//! A child that outlives its time is killed, and the test fails.

use crate::support::Folder;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_rulestone");

/// More than any of the tests takes on a slow machine, and less than forever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who nobody is on every system.
pub const NOBODY: u32 = 65534;

/// What a child may use.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// KiB of address space.
    pub memory: Option<u64>,
    /// Blocks of 512 bytes that a file may have.
    pub file: Option<u64>,
    /// Whether writing more than that is an error, rather than a signal.
    pub is_told: bool,
}

/// How a child ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    #[track_caller]
    pub fn expect(self, code: i32) -> Ended {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self.is_civil();
        self
    }

    /// Whatever happens, nothing may look like an accident.
    #[track_caller]
    pub fn is_civil(&self) {
        for word in ["panicked", "unwrap", "RUST_BACKTRACE", "memory allocation"] {
            assert!(!self.stderr.contains(word), "{self:?}");
        }
    }

    /// The signal that ended it.
    pub fn signal(&self) -> Option<i32> {
        self.status.signal()
    }
}

/// The binary, to be started in a folder, under limits.
pub fn command(folder: &Folder, arguments: &[&str], limits: Limits) -> Command {
    let mut script = String::new();
    if let Some(memory) = limits.memory {
        script += &format!("ulimit -v {memory} && ");
    }
    if let Some(file) = limits.file {
        script += &format!("ulimit -f {file} && ");
    }
    if limits.is_told {
        script += "trap '' XFSZ && ";
    }
    script += "exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", &script, BINARY]).args(arguments);
    command.current_dir(folder.path()).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs it to its end, and gives all that it printed.
pub fn run(folder: &Folder, arguments: &[&str], limits: Limits) -> Ended {
    let command = command(folder, arguments, limits);
    finish(command, &format!("{arguments:?}"))
}

/// Runs it as a user that may do little. `None` where this user can't become
/// another, or the other can't reach the binary.
pub fn run_as_nobody(folder: &Folder, arguments: &[&str]) -> Option<Ended> {
    let probe = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.uid(NOBODY).status().is_ok_and(|status| status.success())
    };
    if !probe(Command::new(BINARY).arg("--version").current_dir(folder.path())) {
        return None;
    }
    let mut command = command(folder, arguments, Limits::default());
    command.uid(NOBODY);
    Some(finish(command, &format!("{arguments:?}")))
}

/// Runs it with this as standard output, which nobody reads here.
pub fn run_into(folder: &Folder, arguments: &[&str], stdout: Stdio) -> Ended {
    let mut command = command(folder, arguments, Limits::default());
    command.stdout(stdout).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the shell starts");
    let stderr = collect(child.stderr.take());
    let status = wait(&mut child, &format!("{arguments:?}"));
    Ended { status, stdout: String::new(), stderr: stderr.join().expect("it is read") }
}

/// Runs any command to its end.
pub fn finish(mut command: Command, name: &str) -> Ended {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the shell starts");
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let status = wait(&mut child, name);
    let read = |reader: std::thread::JoinHandle<String>| reader.join().expect("it is read");
    Ended { status, stdout: read(stdout), stderr: read(stderr) }
}

/// A device that takes nothing.
pub fn full() -> Stdio {
    File::options().write(true).open("/dev/full").expect("Linux has one").into()
}

/// A pipe that nobody reads.
pub fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    let mut pipe = pipe.expect("a pipe");
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A child that was killed has said what it has said.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, name: &str) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{name} hangs: it was killed after {PATIENCE:?}");
        }
        sleep(Duration::from_millis(2));
    }
}
