//! Text as CEL: what parses prints as text that means the same; whatever is
//! wrong with it can be shown.

use super::expression::environment;
use crate::oracle::{diagnostics, printing};
use rulestone_compiler::cel::{Limits, parse};
use rulestone_compiler::expression::compile_expression;

/// Canonical text of more bytes may exceed what the checker takes.
const LONGEST: usize = 2048;

/// One expression, valid or not.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let parsed = parse(text, &Limits::default());
    let checked = compile_expression(text, environment());
    if let Err((sources, findings)) = &checked {
        assert!(findings.has_errors(), "refused without a reason");
        diagnostics::can_be_shown(findings, sources);
    }
    let Ok(tree) = parsed else {
        assert!(checked.is_err(), "checked, though it doesn't parse");
        return;
    };
    let printed = printing::canonical(text, &tree);
    if printed.len() > LONGEST || parse(&printed, &Limits::default()).is_err() {
        return;
    }
    let again = compile_expression(&printed, environment());
    let types = [checked, again].map(|checked| checked.ok().map(|compiled| compiled.ty));
    assert_eq!(types[0], types[1], "{text:?} printed as {printed:?}, of another type");
}
