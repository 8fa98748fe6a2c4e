//! The same source gives the same archive, to the byte.

use rulestone_compiler::Options;
use rulestone_compiler::source::Input;
use rulestone_compiler::{Compiled, compile};

/// Compiles a source twice.
pub fn compiled(input: &Input) -> Compiled {
    let [first, second] = [(); 2].map(|()| compile(input, Options::default()));
    assert!(first.archive == second.archive, "the same source gave other bytes");
    assert!(first.diagnostics.iter().eq(second.diagnostics.iter()), "other findings");
    first
}
