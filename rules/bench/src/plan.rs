//! What the command line of a benchmark asks for.
//!
//! In: the arguments that cargo and people give. Out: a [`Plan`]: how long to
//! measure, and for how many rules.

use std::process::ExitCode;
use std::time::Duration;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only whether it still works: as `cargo test --benches` runs it, which
    /// gives no `--bench`. Nothing is recorded.
    Tiny,
    /// `--quick`: fewer rounds, and nothing that takes minutes.
    Quick,
    /// As the published figures are made.
    Full,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub mode: Mode,
    /// `--rules N`: this size alone.
    pub rules: Option<usize>,
}

impl Plan {
    /// Reads a command line without its first word.
    ///
    /// # Errors
    /// In words: an argument that no benchmark has.
    pub fn of(mut arguments: impl Iterator<Item = String>) -> Result<Plan, String> {
        let (mut is_bench, mut is_quick, mut rules) = (false, false, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => is_bench = true,
                "--quick" => is_quick = true,
                "--rules" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    let number = number.filter(|number| *number > 0);
                    rules = Some(number.ok_or("--rules takes a number of rules, 1 or more")?);
                }
                other => return Err(format!("`{other}` is neither --quick nor --rules N")),
            }
        }
        let mode = match (is_bench, is_quick) {
            (false, _) => Mode::Tiny,
            (true, true) => Mode::Quick,
            (true, false) => Mode::Full,
        };
        Ok(Plan { mode, rules })
    }

    /// The numbers of rules to measure: what was asked for, or these.
    pub fn sizes(&self, quick: &[usize], full: &[usize]) -> Vec<usize> {
        match (self.rules, self.mode) {
            (Some(rules), _) => vec![rules],
            (None, Mode::Tiny) => vec![10],
            (None, Mode::Quick) => quick.to_vec(),
            (None, Mode::Full) => full.to_vec(),
        }
    }

    /// For how long the contenders of one race are measured together.
    pub fn budget(&self) -> Duration {
        match self.mode {
            Mode::Tiny => Duration::from_millis(5),
            Mode::Quick => Duration::from_millis(1_500),
            Mode::Full => Duration::from_secs(12),
        }
    }

    /// For how long one contender's answers are compared with the reference's.
    /// What isn't compared in this time isn't measured either.
    pub fn patience(&self) -> Duration {
        match self.mode {
            Mode::Tiny => Duration::from_millis(500),
            Mode::Quick => Duration::from_secs(1),
            Mode::Full => Duration::from_secs(10),
        }
    }
}

/// Runs a benchmark as a program: reads its command line, reports what goes
/// wrong. Status 2 for a wrong command line, 1 for anything else.
pub fn main(bench: &str, run: impl FnOnce(&Plan) -> crate::Outcome<()>) -> ExitCode {
    let plan = match Plan::of(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(message) => {
            eprintln!("{bench}: {message}");
            return ExitCode::from(2);
        }
    };
    match run(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{bench}: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(arguments: &[&str]) -> Result<Plan, String> {
        Plan::of(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn without_the_word_of_cargo_bench_only_a_tiny_run_is_made() {
        assert_eq!(plan(&[]).map(|plan| plan.mode), Ok(Mode::Tiny));
        assert_eq!(plan(&["--bench"]).map(|plan| plan.mode), Ok(Mode::Full));
        assert_eq!(plan(&["--quick", "--bench"]).map(|plan| plan.mode), Ok(Mode::Quick));
    }

    #[test]
    fn one_size_can_be_asked_for() {
        let sizes = |arguments: &[&str]| plan(arguments).map(|plan| plan.sizes(&[1], &[1, 2]));
        assert_eq!(sizes(&["--bench", "--rules", "70"]), Ok(vec![70]));
        assert_eq!(sizes(&["--bench"]), Ok(vec![1, 2]));
        assert!(sizes(&["--rules", "0"]).is_err());
        assert!(sizes(&["--rules"]).is_err());
        assert!(sizes(&["--fast"]).is_err());
    }
}
