//! Each limit is the most that is loaded, and large archives are hashed as small ones are.

use super::*;
use crate::testing::Type;
use rulestone_format::schema::FactKind;

/// What a ruleset of 5,000 facts is loaded with: more than loaders accept by default.
fn many_facts() -> (Vec<u8>, Limits) {
    let paths: Vec<String> = (0..5000).map(|number| format!("f{number}")).collect();
    let facts: Vec<_> =
        paths.iter().map(|path| (path.as_str(), Type::Plain(FactKind::Int), true)).collect();
    (file(&facts), Limits::default().with_facts(5000))
}

#[test]
fn limits_beyond_the_defaults_are_kept() {
    let (bytes, limits) = many_facts();
    assert!(Ruleset::from_vec_with(bytes.clone(), &limits).is_ok());
    let refused = Ruleset::from_vec_with(bytes, &limits.with_facts(4999));
    assert_eq!(code(refused), Some(ErrorCode::TooLarge));
}

#[test]
fn what_a_decision_costs_and_a_session_needs_is_limited() {
    let bytes = file(&every_kind());
    let most = Limits::default();
    let load = |limits: &Limits| Ruleset::from_bytes_with(&bytes, limits);
    assert!(load(&most.with_bytes(bytes.len())).is_ok());
    assert_eq!(code(load(&most.with_cost(1))), Some(ErrorCode::Cost));
    assert_eq!(code(load(&most.with_scratch(1))), Some(ErrorCode::TooLarge));
    assert_eq!(
        code(load(&most.with_facts(every_kind().len() as u32 - 1))),
        Some(ErrorCode::TooLarge)
    );
}

#[test]
fn a_large_archive_that_is_damaged_where_nobody_looks_is_refused() {
    let mut ruleset = archive(&every_kind());
    ruleset.data.resize((1 << 20) + 4096, b'x');
    let good = file_of(&ruleset);
    let loaded = Ruleset::from_bytes(&good).expect("is in order");
    assert_eq!(loaded.bytes(), good);
    let text = good.windows(64).position(|window| window == [b'x'; 64]).expect("is there");
    for at in [text + 1000, text + (1 << 20)] {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        assert_eq!(code(Ruleset::from_vec(damaged)), Some(ErrorCode::HashMismatch), "{at}");
    }
}
