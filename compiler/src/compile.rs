//! All stages in order.

use crate::check::{self, checked};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::{self, TooLarge};
use crate::lower::{self, Options};
use crate::source::{self, Input, Sources};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::Header;
use rulestone_format::verify::{Limits, verify};

/// What came of checking a ruleset.
#[derive(Debug)]
pub struct Checked {
    pub sources: Sources,
    /// `None` where nothing could be made of the source. There may be errors
    /// even where it is there: ask the diagnostics.
    pub ruleset: Option<checked::Ruleset>,
    /// In order of file and position.
    pub diagnostics: Diagnostics,
}

/// What came of compiling a ruleset.
#[derive(Debug)]
pub struct Compiled {
    pub sources: Sources,
    /// The bytes of the archive; `None` where there are errors.
    pub archive: Option<Vec<u8>>,
    pub diagnostics: Diagnostics,
}

/// Reads and checks a ruleset.
pub fn check_source(input: &Input) -> Checked {
    let loaded = source::load(input);
    let mut diagnostics = loaded.diagnostics;
    let ruleset = loaded
        .ruleset
        .map(|ruleset| check::check(ruleset, &loaded.sources, &loaded.unread, &mut diagnostics));
    diagnostics.sort();
    Checked { sources: loaded.sources, ruleset, diagnostics }
}

/// Compiles a ruleset to the bytes of an archive. The same source gives the same
/// bytes, in any folder, at any time, on any machine.
pub fn compile(input: &Input, options: Options) -> Compiled {
    let Checked { sources, ruleset, mut diagnostics } = check_source(input);
    let mut archive = None;
    if let Some(ruleset) = ruleset
        && !diagnostics.has_errors()
        && let Some(tables) = lower::lower(&ruleset, &sources, options, &mut diagnostics)
    {
        match emit::emit(tables) {
            Ok(bytes) => match verified(&bytes, &ruleset) {
                Ok(()) => archive = Some(bytes),
                Err(finding) => diagnostics.push(finding),
            },
            Err(TooLarge) => {
                let message = "the archive would be larger than 2 GiB";
                diagnostics.push(Diagnostic::new(Code::TooLarge, message));
            }
        }
    }
    diagnostics.sort();
    Compiled { sources, archive, diagnostics }
}

/// Checks an archive as a loader with the default limits does: what can't be
/// loaded must not be written.
fn verified(file: &[u8], ruleset: &checked::Ruleset) -> Result<(), Diagnostic> {
    let refused = |message: String| Diagnostic::new(Code::TooComplex, message);
    let (_, body) = Header::split(file).map_err(|error| refused(error.to_string()))?;
    let archive = rkyv::access::<ArchivedRuleset, rkyv::rancor::Failure>(body)
        .map_err(|_| refused("the archive can't be read back".to_owned()))?;
    let limits = Limits::default();
    let lenient = Limits { cost: u64::MAX, ..limits };
    let verified = verify(archive, &lenient).map_err(|error| refused(error.to_string()))?;
    if verified.worst_case_cost <= limits.cost {
        return Ok(());
    }
    let message = format!(
        "a decision could take {} ms at worst; loaders refuse more than {} ms",
        verified.worst_case_cost / 1_000_000,
        limits.cost / 1_000_000
    );
    let help = "bound lists by a smaller `max_items`, or nest fewer macros";
    let costly = verified.most_expensive_rule.and_then(|rule| ruleset.rules.get(rule as usize));
    let finding = refused(message).help(help);
    Err(match costly {
        Some(rule) => finding.at(rule.span, "the most expensive rule"),
        None => finding,
    })
}
