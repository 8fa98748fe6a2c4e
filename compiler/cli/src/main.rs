//! The command line: `rulestone VERB`.
//!
//! In: arguments, as the shell gives them. Out: what the verb prints, and the
//! exit status: 0 done, 1 what was given is at fault, 2 wrong use. What a verb
//! does is in `verbs`; what verbs share is in the other rooms.

#![forbid(unsafe_code)]

mod describe;
mod facts;
mod failure;
mod keys;
mod output;
mod publish;
mod report;
mod target;
mod terminal;
mod usage;
mod verbs;

use clap::{CommandFactory, Parser, Subcommand};
use failure::{Failure, Status};
use output::Format;
use std::io::Write;
use std::process::ExitCode;
use terminal::{Color, Terminal};

/// Writes, tests and compiles rules for game events, and evaluates them.
#[derive(Debug, Parser)]
#[command(name = "rulestone", version, max_term_width = 100)]
#[command(after_help = "SOURCE is a ruleset's YAML file or folder, ARCHIVE a compiled `.stone` \
    file; where TARGET stands, either will do. `-` is standard input or output.\n\n\
    Exit status: 0 done; 1 what was given is at fault; 2 wrong use.\n\n\
    Example:\n  rulestone check rules/black-mesa && rulestone test rules/black-mesa")]
struct Arguments {
    /// When to print in colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
    /// How to print findings, reports and errors: for people, or as JSON lines
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(verbs::check::Arguments),
    Compile(verbs::compile::Arguments),
    Test(verbs::test::Arguments),
    Eval(verbs::eval::Arguments),
    Expr(verbs::expr::Arguments),
    Keygen(verbs::keygen::Arguments),
    Sign(verbs::sign::Arguments),
    Verify(verbs::verify::Arguments),
    Inspect(verbs::inspect::Arguments),
    Disasm(verbs::disasm::Arguments),
    EmitRust(verbs::emit_rust::Arguments),
    Bench(verbs::bench::Arguments),
    Completions(verbs::completions::Arguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::tell::<Arguments>(&error),
    };
    let terminal = Terminal::new(arguments.color, arguments.format);
    let result = run(&arguments.verb, &terminal).and_then(|status| {
        let flushed = std::io::stdout().flush();
        flushed.map(|()| status).map_err(Failure::output)
    });
    match result {
        Ok(status) => status.into(),
        Err(failure) => terminal.fail(&failure).into(),
    }
}

fn run(verb: &Verb, terminal: &Terminal) -> Result<Status, Failure> {
    match verb {
        Verb::Check(arguments) => verbs::check::run(arguments, terminal),
        Verb::Compile(arguments) => verbs::compile::run(arguments, terminal),
        Verb::Test(arguments) => verbs::test::run(arguments, terminal),
        Verb::Eval(arguments) => verbs::eval::run(arguments, terminal),
        Verb::Expr(arguments) => verbs::expr::run(arguments, terminal),
        Verb::Keygen(arguments) => verbs::keygen::run(arguments, terminal),
        Verb::Sign(arguments) => verbs::sign::run(arguments, terminal),
        Verb::Verify(arguments) => verbs::verify::run(arguments, terminal),
        Verb::Inspect(arguments) => verbs::inspect::run(arguments, terminal),
        Verb::Disasm(arguments) => verbs::disasm::run(arguments, terminal),
        Verb::EmitRust(arguments) => verbs::emit_rust::run(arguments, terminal),
        Verb::Bench(arguments) => verbs::bench::run(arguments, terminal),
        Verb::Completions(arguments) => verbs::completions::run(arguments, Arguments::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_in_order() {
        Arguments::command().debug_assert();
    }
}
