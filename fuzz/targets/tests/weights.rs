//! The sources that try to take longer than they are stated to are worth weighing: each is accepted where
//! strangers' archives are. How long they take, the example `weigh` says.

use rulestone::{Limits, Ruleset};
use rulestone_compiler::source::Input;
use rulestone_compiler::{Options, compile};
use rulestone_fuzz_targets::input::full;
use rulestone_fuzz_targets::weigh::rulesets;

/// Nanoseconds that a unit may take, of which the steps of a decision are a part.
const MOST_STATED: u64 = 1_000_000;

#[test]
fn heavy_rulesets_are_accepted_by_strict_loaders_and_take_no_more_steps_than_they_state() {
    let all = rulesets();
    assert!(all.len() >= 60);
    for (name, source) in all {
        let files = vec![("ruleset.yaml".to_owned(), source.into_bytes())];
        let archive = compile(&Input::Memory(files), Options::default()).archive;
        let archive = archive.unwrap_or_else(|| panic!("{name} has errors"));
        let ruleset = Ruleset::from_vec_with(archive, &Limits::strict());
        let ruleset = ruleset.unwrap_or_else(|error| panic!("{name}: {error}"));
        let stated = ruleset.verified().worst_case_cost;
        assert!(stated <= MOST_STATED, "{name}");
        let (mut session, mut decided) = (ruleset.session(), 0);
        session.set_step_limit(stated as usize);
        for kind in 0..full::KINDS {
            let request = full::request(&ruleset, kind).expect("a schema in order");
            let Ok(frame) = ruleset.encode(&request) else { continue };
            match session.decide(&frame) {
                Ok(_) => decided += 1,
                Err(error) => panic!("{name}, facts of kind {kind}: {error}"),
            }
        }
        assert!(decided > 0, "{name} has no facts that fill their bounds");
    }
}
