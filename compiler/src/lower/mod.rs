//! From the checked ruleset to the archive's tables: text and constants into
//! the data section, comparisons into predicates, everything else into code.
//!
//! In: [`checked::Ruleset`]. Out: [`archive::Ruleset`], for `emit`.
//!
//! `tables` collects what is shared; `comparison` decides what a condition asks
//! of single subjects, `alternatives` in which ways it can be true, `ranks` and
//! `slots` what predicates these come to; `condition` and `expression` write code.

mod alternatives;
mod bounds;
mod comparison;
mod condition;
mod data;
mod excess;
mod expression;
mod extent;
mod keys;
mod likeness;
pub(crate) mod ranks;
pub mod regex;
mod rules;
mod schema;
pub(crate) mod slots;
mod subject;
mod tables;
mod unit;
pub mod zone;

pub(crate) use rules::source_hash;

use crate::check::checked;
use crate::diagnostic::Diagnostics;
use crate::source::Sources;
use rulestone_format::archive;

/// What to put into an archive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Leave out where things stood in the source.
    pub strip: bool,
    pub index: Indexing,
}

/// Whether an archive has an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Indexing {
    /// Where it pays.
    #[default]
    WherePaying,
    /// Of every fact that can be indexed, however few the rules: for tests.
    Always,
    Never,
}

/// Lowers a ruleset that has no errors. `None`, and a finding, where something
/// needs more than an archive can hold.
pub fn lower(
    ruleset: &checked::Ruleset,
    sources: &Sources,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Option<archive::Ruleset> {
    rules::lower(ruleset, sources, options, diagnostics)
}
