//! The rulesets that inputs are made for, and how any source becomes one.

use crate::support::{Twin, report};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use std::sync::LazyLock;

/// Facts of every type, and rules that read all of them.
pub const FRAME: &str = include_str!("../../seeds/frame.yaml");

/// Outputs that give back the facts.
pub const ECHO: &str = include_str!("../../seeds/echo.yaml");

/// Every key of a source.
pub const ALL_KEYS: &str = include_str!("../../seeds/all-keys.yaml");

/// Every function and operator.
pub const FUNCTIONS: &str = include_str!("../../seeds/functions.yaml");

/// Predicates of every kind, and many rules.
pub const INDEX: &str = include_str!("../../seeds/index.yaml");

/// As little as possible.
pub const SMALL: &str = include_str!("../../seeds/small.yaml");

/// All of them by their names.
pub const ALL: [(&str, &str); 6] = [
    ("frame", FRAME),
    ("echo", ECHO),
    ("all-keys", ALL_KEYS),
    ("functions", FUNCTIONS),
    ("index", INDEX),
    ("small", SMALL),
];

/// [`FRAME`] in both of its lives.
pub(crate) fn frame() -> &'static Twin {
    static TWIN: LazyLock<Twin> = LazyLock::new(|| twin(FRAME));
    &TWIN
}

/// [`ECHO`] in both of its lives.
pub(crate) fn echo() -> &'static Twin {
    static TWIN: LazyLock<Twin> = LazyLock::new(|| twin(ECHO));
    &TWIN
}

/// [`ALL_KEYS`] in both of its lives.
pub(crate) fn all_keys() -> &'static Twin {
    static TWIN: LazyLock<Twin> = LazyLock::new(|| twin(ALL_KEYS));
    &TWIN
}

fn twin(source: &str) -> Twin {
    let twin = Twin::compile(&input(source));
    twin.unwrap_or_else(|report| panic!("a ruleset of fuzz/seeds has errors:\n{report}"))
}

/// A source of one file.
pub fn input(source: &str) -> Input {
    Input::Memory(vec![("ruleset.yaml".to_owned(), source.as_bytes().to_vec())])
}

/// The archive of a source of one file.
#[cfg(test)]
pub fn compiled(source: &str) -> Result<Vec<u8>, String> {
    compiled_with(source, Options::default())
}

/// The archive of a source of one file.
///
/// # Errors
/// What the compiler has to say, as people read it.
pub fn compiled_with(source: &str, options: Options) -> Result<Vec<u8>, String> {
    let compiled = compile(&input(source), options);
    compiled.archive.ok_or_else(|| report(&compiled.diagnostics, &compiled.sources))
}
