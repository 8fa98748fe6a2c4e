//! Arguments that are no verb, and requests for help.
//!
//! In: what clap made of the arguments. Out: help on standard output; errors on
//! standard error, as text or, where `--format json` stands among the
//! arguments, as a line of JSON like any other error. Arguments that are quoted
//! are escaped.

use crate::failure::{Failure, Status};
use crate::output::Format;
use crate::terminal::{Color, Terminal};
use clap::error::ErrorKind;
use clap::{Error, Parser};
use rulestone_compiler::visible::{escaped, escaped_lines};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Says what clap has to say of arguments that are no `A`, and gives the exit status.
pub fn tell<A: Parser>(error: &Error) -> ExitCode {
    if !error.use_stderr() {
        let told = error.print().map(|()| Status::Done).map_err(Failure::output);
        let terminal = Terminal::new(Color::Auto, Format::Text);
        return told.unwrap_or_else(|failure| terminal.fail(&failure)).into();
    }
    let again = escaped_again::<A>(error.kind());
    let error = again.as_ref().unwrap_or(error);
    if wants_json(std::env::args_os().skip(1)) {
        Terminal::new(Color::Never, Format::Json).note(&finding(error));
    } else if again.is_some() {
        // Nobody may be reading any more; there is nobody to tell, either.
        let _ = error.print();
    } else {
        let _ = write!(std::io::stderr(), "{}", escaped_lines(&error.render().to_string()));
    }
    Status::Usage.into()
}

/// The same error about escaped arguments: clap quotes them as they are. `None`
/// where these are wrong in another way, or in none.
fn escaped_again<A: Parser>(kind: ErrorKind) -> Option<Error> {
    let argument = |argument: OsString| escaped(&argument.to_string_lossy()).into_owned();
    let again = A::try_parse_from(std::env::args_os().map(argument));
    again.err().filter(|again| again.kind() == kind)
}

/// Whether the arguments ask for JSON, whatever else is wrong with them.
fn wants_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut is_value = false;
    for argument in arguments.take_while(|argument| argument != "--") {
        if argument == "--format=json" || (is_value && argument == "json") {
            return true;
        }
        is_value = argument == "--format";
    }
    false
}

/// The error as a line of JSON: the first paragraph of its text is what is
/// wrong, the others are what to do.
fn finding(error: &Error) -> String {
    let text = error.render().to_string();
    let line = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut paragraphs = text.split("\n\n").map(line).filter(|paragraph| !paragraph.is_empty());
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let help = paragraphs.collect::<Vec<_>>().join("; ");
    // The order of the keys is that of findings.
    let quoted = |text: String| serde_json::Value::from(text).to_string();
    format!(r#"{{"severity":"error","message":{},"help":{}}}"#, quoted(message), quoted(help))
}
