//! Text as CEL: what parses must print as text that parses to the same tree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulestone_compiler::cel::{Limits, parse, print};

fuzz_target!(|text: &str| {
    let Ok(tree) = parse(text, &Limits::default()) else { return };
    let printed = print(&tree);
    // The canonical form may be longer and have more parentheses.
    let roomy = Limits { depth: Limits::GREATEST_DEPTH, nodes: 100_000, bytes: 16 << 20 };
    let again = match parse(&printed, &roomy) {
        Ok(again) => again,
        Err(error) => panic!("{text:?} printed as {printed:?}, which is refused: {error:?}"),
    };
    assert!(tree.same_as(&again), "{text:?} printed as {printed:?}, another tree");
    assert_eq!(print(&again), printed, "printing is not canonical for {text:?}");
});
