//! All stages in order.

use crate::check::{self, checked};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit;
use crate::index::{self, Indexing};
use crate::lower;
use crate::source::{self, Input, Sources};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::header::Header;
use rulestone_format::verify::{Limits, Verified, verify};
use rulestone_format::{Error, ErrorCode};

/// What to put into an archive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Leave out where things stood in the source.
    pub strip: bool,
    pub index: Indexing,
}

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

/// Reads and checks a ruleset. It makes no archive: what depends on the code that rules
/// become, [`compile`] alone finds out. That is whether all of it fits into an archive
/// ([`Code::TooComplex`], [`Code::TooMany`], [`Code::TooLarge`]), and a warning where servers
/// would refuse what it costs ([`Code::Costly`]). All else both find.
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
        && let Some(made) = assemble(ruleset, &sources, options, &mut diagnostics)
    {
        match made {
            Ok((bytes, verified)) => {
                diagnostics.extend(costly(&verified, ruleset));
                archive = Some(bytes);
            }
            Err(error) => diagnostics.push(refused(error, ruleset)),
        }
    }
    diagnostics.sort();
    Compiled { sources, ruleset, archive, diagnostics }
}

/// The bytes of an archive and what loaders know of it, or why they would refuse
/// it. `None`, and a finding, where it isn't made at all.
fn assemble(
    ruleset: &checked::Ruleset,
    sources: &Sources,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Option<Result<(Vec<u8>, Verified), Error>> {
    let lowered = lower::lower(ruleset, sources, options.strip, diagnostics)?;
    let tables = index::index(lowered, ruleset, options.index, diagnostics)?;
    let Ok(bytes) = emit::emit(tables) else {
        return Some(Err(Error::new(ErrorCode::TooLarge)));
    };
    match verified(&bytes) {
        // What checking an index may cost is bounded by the archive's length; the
        // rules decide alike without.
        Err(error)
            if error.code() == ErrorCode::IndexDimension && options.index != Indexing::Never =>
        {
            let options = Options { index: Indexing::Never, ..options };
            assemble(ruleset, sources, options, diagnostics)
        }
        verified => Some(verified.map(|verified| (bytes, verified))),
    }
}

/// Checks an archive as loaders do, whatever a decision may cost: what can't be
/// loaded must not be written.
pub(crate) fn verified(file: &[u8]) -> Result<Verified, Error> {
    if file.len() > Limits::DEFAULT.bytes {
        return Err(Error::at(ErrorCode::TooLarge, file.len() as u64));
    }
    let (_, body) = Header::split(file)?;
    let archive = rkyv::access::<ArchivedRuleset, rkyv::rancor::Failure>(body)
        .map_err(|_| Error::new(ErrorCode::Structure))?;
    verify(archive, &Limits { cost: u64::MAX, ..Limits::DEFAULT })
}

/// Loaders would refuse what was made. All that rules can be is known to fit, but
/// for the size of the whole.
fn refused(error: Error, ruleset: &checked::Ruleset) -> Diagnostic {
    if error.code() != ErrorCode::TooLarge {
        return defect(error);
    }
    let message = format!(
        "the archive would be larger than the {} MiB that servers load",
        Limits::DEFAULT.bytes >> 20
    );
    let finding = Diagnostic::new(Code::TooLarge, message).help("split the ruleset");
    match ruleset.rules.last() {
        Some(rule) => finding.at(rule.span, "up to this rule"),
        None => finding,
    }
}

/// What no source should lead to.
pub(crate) fn defect(error: Error) -> Diagnostic {
    let message = format!("the compiler made an archive that no server would load: {error}");
    let help = "this is a defect of Rulestone and not of the ruleset: please report it, with the \
                source if you can";
    Diagnostic::new(Code::Defect, message).help(help)
}

/// What loads only where its cost is allowed deserves a warning.
fn costly(verified: &Verified, ruleset: &checked::Ruleset) -> Option<Diagnostic> {
    let limit = Limits::DEFAULT.cost;
    if verified.worst_case_cost <= limit {
        return None;
    }
    let message = format!(
        "a decision could take {} ms at worst, and loaders refuse more than {} ms unless told otherwise",
        verified.worst_case_cost / 1_000_000,
        limit / 1_000_000
    );
    let help = "bound lists by a smaller `max_items`, or nest fewer macros";
    let finding = Diagnostic::new(Code::Costly, message).help(help);
    let costly = verified.most_expensive_rule.and_then(|rule| ruleset.rules.get(rule as usize));
    Some(match costly {
        Some(rule) => finding.at(rule.span, "the most expensive rule"),
        None => finding,
    })
}
