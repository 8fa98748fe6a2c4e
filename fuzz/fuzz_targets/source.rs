//! Bytes as a ruleset of one file: compiling must end with an archive that
//! loads, or with errors that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulestone::Ruleset;
use rulestone_compiler::compile;
use rulestone_compiler::diagnostic::json::json;
use rulestone_compiler::diagnostic::render::render;
use rulestone_compiler::lower::Options;
use rulestone_compiler::source::Input;
use rulestone_format::ErrorCode;

fuzz_target!(|data: &[u8]| {
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), data.to_vec())]);
    let compiled = compile(&input, Options::default());
    for diagnostic in compiled.diagnostics.iter() {
        assert!(!render(diagnostic, &compiled.sources, false).is_empty());
        let line = json(diagnostic, &compiled.sources);
        serde_json::from_str::<serde_json::Value>(&line).expect("a diagnostic is JSON");
    }
    let Some(archive) = compiled.archive else {
        assert!(compiled.diagnostics.has_errors(), "no archive, and no error");
        return;
    };
    match Ruleset::from_vec(archive) {
        Ok(ruleset) => {
            let mut line = Vec::new();
            let frame = rulestone_fuzz::empty_frame(&ruleset);
            ruleset
                .session()
                .decide(&frame)
                .expect("an empty frame is valid")
                .write_json(&mut line);
        }
        // A valid ruleset may exceed what a loader accepts by default.
        Err(error) => assert!(
            matches!(error.code(), Some(ErrorCode::TooLarge | ErrorCode::Cost)),
            "the verifier refuses what the compiler made: {error}"
        ),
    }
});
