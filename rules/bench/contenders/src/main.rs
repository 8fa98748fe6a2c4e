//! The program with the contenders that are other crates.
//!
//! ```console
//! $ rulestone-contenders GIVEN < orders
//! ```
//!
//! In: a file with rules and requests, and orders by lines; both are
//! `rulestone_bench::contenders`', which says what they mean. Out: answers by lines.
//! Benchmarks start it; there is nothing in it for people.

mod contender;
mod engines;
mod formats;
mod makers;

use contender::Contender;
use rulestone_bench::Outcome;
use rulestone_bench::contenders::Given;
use rulestone_bench::workload;
use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let path = std::env::args_os().nth(1).unwrap_or_default();
    match serve(Path::new(&path)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rulestone-contenders: {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Answers orders until there are no more.
fn serve(path: &Path) -> Outcome<()> {
    let mut server =
        Server { given: Given::read(path)?, made: HashMap::new(), matched: Vec::new() };
    let mut output = std::io::stdout().lock();
    for order in std::io::stdin().lock().lines() {
        let answer = server.answer(&order?);
        match answer {
            Ok(text) => writeln!(output, "{text}")?,
            Err(error) => writeln!(output, "error {}", error.to_string().replace('\n', " "))?,
        }
        output.flush()?;
    }
    Ok(())
}

struct Server {
    given: Given,
    made: HashMap<String, Box<dyn Contender>>,
    /// Kept, so that it doesn't grow while the clock runs.
    matched: Vec<u32>,
}

impl Server {
    /// Answers an order by one line or several.
    fn answer(&mut self, order: &str) -> Outcome<String> {
        match order.split(' ').collect::<Vec<_>>().as_slice() {
            ["make", name] => {
                let contender = makers::make(name, &self.given)?;
                let bytes = contender.bytes().map(|bytes| format!(" {bytes}"));
                self.made.insert((*name).to_owned(), contender);
                Ok(format!("made{}", bytes.unwrap_or_default()))
            }
            ["show", name, patience] => {
                let patience = Duration::from_millis(patience.parse()?);
                let all = 0..self.given.tables.len();
                let contender = find(&mut self.made, name)?;
                let mut lines = String::new();
                for request in workload::until(patience, all) {
                    let matched = contender::matched(contender, request);
                    let words: Vec<String> = matched.iter().map(u32::to_string).collect();
                    lines += &format!("{}\n", words.join(" "));
                }
                Ok(lines + "end")
            }
            ["run", name, from, to, passes] => {
                let (requests, passes) = (from.parse()?..to.parse()?, passes.parse()?);
                if requests.end > self.given.tables.len() {
                    return Err(format!("there is no request {}", requests.end - 1).into());
                }
                let contender = find(&mut self.made, name)?;
                let spent = contender::run(contender, requests, passes, &mut self.matched);
                let allocations = spent.allocations.unwrap_or_default();
                Ok(format!("{} {allocations}", spent.time.as_nanos()))
            }
            _ => Err(format!("`{order}` is no order").into()),
        }
    }
}

fn find<'a>(
    made: &'a mut HashMap<String, Box<dyn Contender>>,
    name: &str,
) -> Outcome<&'a mut dyn Contender> {
    match made.get_mut(name) {
        Some(contender) => Ok(contender.as_mut()),
        None => Err(format!("`{name}` hasn't been made").into()),
    }
}
