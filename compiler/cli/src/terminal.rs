//! The terminal: whether there is one, colour, findings and errors on standard
//! error, and a line of progress while something takes long.
//!
//! Everything here writes to standard error only, and ignores if that fails:
//! there is nobody left to tell. Foreign text in it is escaped on the way.

use crate::failure::{Failure, Status};
use crate::output::Format;
use crate::report::grouped;
use clap::ValueEnum;
use rulestone_compiler::diagnostic::render::{render, summary};
use rulestone_compiler::diagnostic::{Diagnostics, json};
use rulestone_compiler::source::Sources;
use rulestone_compiler::visible::{escaped, escaped_json};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Findings that are printed at most.
const MOST_FINDINGS: usize = 1_000;

/// When to print in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// How to talk to whoever started this.
#[derive(Debug)]
pub struct Terminal {
    pub format: Format,
    colour: bool,
    shows_progress: bool,
}

impl Terminal {
    pub fn new(color: Color, format: Format) -> Terminal {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_terminal = std::io::stderr().is_terminal();
        let colour = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !is_dumb && !is_set("NO_COLOR"),
        };
        Terminal {
            format,
            colour,
            shows_progress: is_terminal && !is_dumb && format == Format::Text,
        }
    }

    /// Whether reports are to be JSON.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Writes a line to standard error: text, or a JSON object.
    pub fn note(&self, line: &str) {
        match self.format {
            Format::Text => self.put(&escaped(line)),
            Format::Json => self.put(line),
        }
    }

    /// Writes a line in which all foreign text is escaped, at least in strings.
    fn put(&self, line: &str) {
        let line = match self.format {
            Format::Text => line,
            Format::Json => &escaped_json(line),
        };
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// Writes an error to standard error.
    pub fn error(&self, code: Option<&str>, message: &str) {
        self.tell("error", "91", code, message);
    }

    /// Writes a warning to standard error.
    pub fn warning(&self, message: &str) {
        self.tell("warning", "93", None, message);
    }

    fn tell(&self, severity: &str, colour: &str, code: Option<&str>, message: &str) {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        self.put(&match (self.format, code) {
            // The order of the keys is that of findings.
            (Format::Json, Some(code)) => format!(
                r#"{{"severity":"{severity}","code":"{code}","message":{}}}"#,
                quoted(message)
            ),
            (Format::Json, None) => {
                format!(r#"{{"severity":"{severity}","message":{}}}"#, quoted(message))
            }
            (Format::Text, _) if self.colour => {
                format!("\x1b[1;{colour}m{severity}\x1b[0m: {}", escaped(message))
            }
            (Format::Text, _) => format!("{severity}: {}", escaped(message)),
        });
    }

    /// Tells why a verb could not go on, and gives its exit status.
    pub fn fail(&self, failure: &Failure) -> Status {
        match failure {
            Failure::Closed | Failure::Reported => {}
            Failure::Given { code, message } => self.error(*code, message),
            Failure::Usage(message) => self.error(None, message),
        }
        failure.status()
    }

    /// Prints findings, the first [`MOST_FINDINGS`] of them.
    pub fn findings(&self, diagnostics: &Diagnostics, sources: &Sources) {
        let stderr = std::io::stderr();
        let mut stderr = std::io::BufWriter::new(stderr.lock());
        for diagnostic in diagnostics.iter().take(MOST_FINDINGS) {
            let _ = match self.format {
                Format::Text => writeln!(stderr, "{}", render(diagnostic, sources, self.colour)),
                Format::Json => writeln!(stderr, "{}", json::json(diagnostic, sources)),
            };
        }
        let rest = diagnostics.iter().count().saturating_sub(MOST_FINDINGS);
        if rest > 0 {
            let _ = match self.format {
                Format::Text => writeln!(stderr, "... and {rest} more"),
                Format::Json => writeln!(stderr, "{{\"more\":{rest}}}"),
            };
        }
        let _ = stderr.flush();
    }

    /// Says that there are warnings, for verbs that are about something else.
    pub fn mention_warnings(&self, diagnostics: &Diagnostics) {
        if let Some(summary) = summary(diagnostics.iter()) {
            match self.format {
                Format::Text => self.note(&format!("{summary} (run `rulestone check`)")),
                Format::Json => {
                    let count = diagnostics.iter().count();
                    self.note(&format!("{{\"severity\":\"warning\",\"warnings\":{count}}}"));
                }
            }
        }
    }

    /// Shows that something is going on, if it takes longer than a second.
    pub fn progress(&self, label: &'static str) -> Progress {
        match self.shows_progress {
            true => Progress::start(label),
            false => Progress::default(),
        }
    }
}

/// A line on the terminal that shows how far something is. It is erased when
/// this is dropped.
#[derive(Debug, Default)]
pub struct Progress {
    count: Arc<AtomicU64>,
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Counts more things done.
    pub fn steps(&self, count: u64) {
        self.count.fetch_add(count, Ordering::Relaxed);
    }

    fn start(label: &'static str) -> Progress {
        let count = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&count);
        let (stop, stopped) = channel::<()>();
        let draw = move || {
            let start = Instant::now();
            let mut wait = Duration::from_secs(1);
            let mut drawn = false;
            for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
                if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
                wait = Duration::from_millis(125);
                drawn = true;
                let seconds = start.elapsed().as_secs();
                let mut line = format!("\r{frame} {label}, {seconds} s");
                let count = seen.load(Ordering::Relaxed);
                if count > 0 {
                    line.push_str(&format!(", {}", grouped(count)));
                }
                let mut stderr = std::io::stderr().lock();
                let _ = write!(stderr, "{line}\x1b[K").and_then(|()| stderr.flush());
            }
            if drawn {
                let mut stderr = std::io::stderr().lock();
                let _ = write!(stderr, "\r\x1b[K").and_then(|()| stderr.flush());
            }
        };
        // Where no thread can be had, there is no progress to be seen.
        let thread = std::thread::Builder::new().spawn(draw);
        Progress { count, drawing: thread.ok().map(|thread| (stop, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.drawing.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}
