//! All stages in order.

use crate::check::{self, checked};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::{self, TooLarge};
use crate::lower::{self, Options};
use crate::source::{self, Input, Sources};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::Header;
use rulestone_format::verify::{Limits, verify};
use rulestone_format::{Error, ErrorCode};

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
    /// What was compiled; `None` where nothing could be made of the source.
    pub ruleset: Option<checked::Ruleset>,
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
    if let Some(ruleset) = &ruleset
        && !diagnostics.has_errors()
        && let Some(tables) = lower::lower(ruleset, &sources, options, &mut diagnostics)
    {
        match emit::emit(tables) {
            Ok(bytes) => {
                let findings = verified(&bytes, ruleset);
                archive = Some(bytes).filter(|_| !findings.iter().any(Diagnostic::is_error));
                diagnostics.extend(findings);
            }
            Err(TooLarge) => {
                let message = "the archive would be larger than 2 GiB";
                diagnostics.push(Diagnostic::new(Code::TooLarge, message));
            }
        }
    }
    diagnostics.sort();
    Compiled { sources, ruleset, archive, diagnostics }
}

/// Checks an archive as loaders do: what can't be loaded must not be written,
/// and what loads only where its cost is allowed deserves a warning.
fn verified(file: &[u8], ruleset: &checked::Ruleset) -> Option<Diagnostic> {
    let limits = Limits::default();
    let result = Header::split(file).and_then(|(_, body)| {
        let archive = rkyv::access::<ArchivedRuleset, rkyv::rancor::Failure>(body)
            .map_err(|_| Error::new(ErrorCode::Structure))?;
        verify(archive, &Limits { cost: u64::MAX, ..limits })
    });
    let verified = match result {
        Ok(verified) => verified,
        Err(error) => return Some(Diagnostic::new(Code::TooComplex, error.to_string())),
    };
    if verified.worst_case_cost <= limits.cost {
        return None;
    }
    let message = format!(
        "a decision could take {} ms at worst, and loaders refuse more than {} ms unless told otherwise",
        verified.worst_case_cost / 1_000_000,
        limits.cost / 1_000_000
    );
    let help = "bound lists by a smaller `max_items`, or nest fewer macros";
    let finding = Diagnostic::new(Code::Costly, message).help(help);
    let costly = verified.most_expensive_rule.and_then(|rule| ruleset.rules.get(rule as usize));
    Some(match costly {
        Some(rule) => finding.at(rule.span, "the most expensive rule"),
        None => finding,
    })
}
