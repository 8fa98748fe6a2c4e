//! `rulestone-generate`: example traffic and benchmark workloads, the same bytes on every machine.
//!
//! In: a subcommand with its sizes. Out: files of YAML rules and of facts, one JSON object a line. What they hold is
//! made by the library beside it.
#![forbid(unsafe_code)]

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use rulestone_generate::{Shape, Words};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "rulestone-generate",
    about = "Generates example traffic and benchmark workloads, the same bytes on every machine"
)]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Requests for the ruleset black-mesa, all of them valid
    BlackMesa {
        /// Number of requests
        #[arg(long, default_value_t = 2_000)]
        requests: usize,
        /// File to write, one JSON object a line
        #[arg(short, long, default_value = "rules/black-mesa/requests.jsonl")]
        output: PathBuf,
    },
    /// The benchmark workload "hunt": rules of 3 to 7 conjuncts, and facts for them
    Hunt(Sizes),
    /// The benchmark workload "request": as "hunt", but one rule in a hundred matches a request
    Request {
        /// Text where there would be enums
        #[arg(long)]
        text: bool,
        #[command(flatten)]
        sizes: Sizes,
    },
    /// A workload that strains one part of the engine
    Shape {
        /// Which part
        name: Shape,
        #[command(flatten)]
        sizes: Sizes,
    },
}

#[derive(Debug, Args)]
struct Sizes {
    /// Number of rules, spread over files of 1,000
    #[arg(long, default_value_t = 10_000)]
    rules: usize,
    /// Number of requests in facts.jsonl
    #[arg(long, default_value_t = 1_000)]
    requests: usize,
    /// Another seed gives another workload of the same kind
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Folder to write; made if it does not exist
    #[arg(short, long)]
    output: PathBuf,
}

fn main() -> ExitCode {
    match run(&CommandLine::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rulestone-generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> io::Result<()> {
    match task {
        Task::BlackMesa { requests, output } => {
            rulestone_generate::write_black_mesa(output, *requests)
        }
        Task::Hunt(Sizes { rules, requests, seed, output }) => {
            rulestone_generate::write_hunt(output, *rules, *requests, *seed)
        }
        Task::Request { text, sizes: Sizes { rules, requests, seed, output } } => {
            let words = if *text { Words::Text } else { Words::Enums };
            rulestone_generate::write_request(output, *rules, *requests, *seed, words)
        }
        Task::Shape { name, sizes: Sizes { rules, requests, seed, output } } => {
            rulestone_generate::write_shape(output, *name, *rules, *requests, *seed)
        }
    }
}
