//! An expression prints as text that parses to the same tree, and that prints
//! as itself.

use rulestone_compiler::cel::{Expr, Limits, parse, print};

/// The canonical form may be longer than the text, and have more parentheses.
const ROOMY: Limits = Limits { depth: Limits::GREATEST_DEPTH, nodes: 100_000, bytes: 16 << 20 };

/// The canonical text of a tree.
pub fn canonical(text: &str, tree: &Expr) -> String {
    let printed = print(tree);
    let again = match parse(&printed, &ROOMY) {
        Ok(again) => again,
        Err(error) => panic!("{text:?} printed as {printed:?}, which is refused: {error:?}"),
    };
    assert!(tree.same_as(&again), "{text:?} printed as {printed:?}, another tree");
    assert_eq!(print(&again), printed, "printing is not canonical for {text:?}");
    printed
}
