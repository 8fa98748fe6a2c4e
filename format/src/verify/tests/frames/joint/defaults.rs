//! Facts that have a default: absent from a frame they are it, whatever else is bound or
//! brought, and whatever was brought before.

use super::*;
use crate::archive::Text as Blob;
use crate::error::Error;
use crate::schema::fingerprints;
use crate::verify::{Limits, verify};

/// Of some facts that have a default, of all kinds and in both words of the presence.
fn defaults() -> Vec<(usize, Value)> {
    chosen("default", |fact| fact % 4 == 1 && !REQUIRED.contains(&fact))
}

/// The facts, of which these have defaults.
fn with(defaults: &[u8]) -> Ruleset {
    let mut ruleset = facts();
    let offset = ruleset.data.len() as u32;
    ruleset.data.extend(defaults);
    ruleset.schema.defaults = Blob { offset, length: defaults.len() as u32 };
    ruleset
}

fn ruleset() -> Ruleset {
    with(&written(&facts(), FACTS, &defaults()))
}

/// These facts, and the defaults of all others.
fn completed(given: &[(usize, Value)]) -> Vec<(usize, Value)> {
    let mut all = given.to_vec();
    for (fact, value) in defaults() {
        if given.iter().all(|(other, _)| *other != fact) {
            all.push((fact, value));
        }
    }
    all
}

/// What is brought in frames: `token`s are short.
fn brought(of: &str, which: impl Fn(usize) -> bool) -> Vec<(usize, Value)> {
    chosen(of, which).into_iter().filter(|(fact, _)| fact % KINDS != 8).collect()
}

#[test]
fn defaults_are_a_frame_of_optional_facts() {
    let verdict = |ruleset: &Ruleset| {
        let bytes = bytes_of(ruleset);
        verify(access(&bytes).expect("accessible"), &Limits::default()).map(|_| ())
    };
    let refused = |fact: Option<u64>| {
        let code = ErrorCode::SchemaDefaults;
        Err(fact.map_or(Error::new(code), |fact| Error::at(code, fact)))
    };
    let plain = facts();
    let good = written(&plain, FACTS, &defaults());
    assert_eq!(verdict(&with(&[])), Ok(()));
    assert_eq!(verdict(&with(&good)), Ok(()));
    assert_eq!(verdict(&with(&written(&plain, FACTS, &[]))), Ok(()));
    // It knows all facts, and has none that isn't optional.
    assert_eq!(verdict(&with(&written(&plain, FACTS - 1, &[]))), refused(None));
    for fact in REQUIRED {
        let frame = written(&plain, FACTS, &[(fact, value(fact, "x"))]);
        assert_eq!(verdict(&with(&frame)), refused(Some(fact as u64)));
    }
    // In all else it is as a request's.
    for length in 1..good.len() {
        assert_eq!(verdict(&with(&good[..length])), refused(None), "{length} bytes");
    }
    assert_eq!(verdict(&with(&[&good[..], b"x"].concat())), refused(None));
    for at in [0, 4, 8, 15, 16, 20] {
        let mut frame = good.clone();
        frame[at] ^= 1;
        assert_eq!(verdict(&with(&frame)), refused(None), "byte {at}");
    }
    let mut frame = written(&plain, FACTS, &[(1, Text("abc".to_owned()))]);
    *frame.last_mut().expect("has text") = 0xff;
    assert_eq!(verdict(&with(&frame)), refused(Some(1)), "text that is none");
    // It lies in the data.
    for (more, longer) in [(1, 0), (0, 1), (u32::MAX, 0), (0, u32::MAX / 2)] {
        let mut ruleset = with(&good);
        let place = &mut ruleset.schema.defaults;
        place.offset = place.offset.saturating_add(more);
        place.length = place.length.saturating_add(longer);
        assert_eq!(verdict(&ruleset), refused(None), "{more} and {longer}");
    }
}

#[test]
fn fingerprints_are_the_same_whatever_the_defaults_are() {
    let bytes = [bytes_of(&facts()), bytes_of(&ruleset())];
    let [plain, with] = bytes.each_ref().map(|bytes| access(bytes).expect("accessible"));
    assert_eq!(fingerprints(plain), fingerprints(with));
    assert!(Partial::defaults(plain).is_none());
    let expected = defaults();
    let frame = Partial::defaults(with).expect("there are some");
    has_just(&ruleset(), frame.present(), &expected);
}

#[test]
fn an_item_has_its_own_value_and_the_next_one_the_default_again() {
    let ruleset = ruleset();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    type Which = fn(usize) -> bool;
    let items: [Which; 6] =
        [|_| false, |fact| fact % 4 == 1, |fact| fact == 1, |fact| fact > 60, |_| true, |_| false];
    let is_required = |fact: &usize| REQUIRED.contains(fact);
    let mut joint = Joint::default();
    joint.unbind(archive).expect("there is room");
    // Longer and longer items, and short ones again: defaults move.
    for of in ["item", &"i".repeat(300), "j", &"k".repeat(2000), "item"] {
        for brings in items {
            let given = brought(of, |fact| brings(fact) || is_required(&fact));
            let frame = written(&ruleset, FACTS, &given);
            let item = Partial::from(Frame::check(&frame, archive).expect("a good frame"));
            let all = joint.add(&item, archive).expect("they fit together");
            assert_eq!(all.count(), FACTS);
            has_just(&ruleset, all, &completed(&given));
        }
        has_just(&ruleset, joint.bound(), &[]);
    }
}

#[test]
fn bound_facts_replace_defaults_for_all_items() {
    let ruleset = ruleset();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let mut joint = Joint::default();
    for of in ["item", &"i".repeat(300), &"k".repeat(2000)] {
        for binds in [2, 3, 4, 5, 70] {
            let bound = chosen("bound", |fact| fact % binds == 1 || fact == 3);
            let frame = written(&ruleset, FACTS, &bound);
            let partial = Partial::check(&frame, archive).expect("a good frame");
            joint.bind(&partial, archive).expect("there is room");
            has_just(&ruleset, joint.bound(), &bound);
            let is_bound = |fact: usize| bound.iter().any(|(other, _)| *other == fact);
            assert!((0..FACTS).all(|fact| joint.is_bound(fact) == is_bound(fact)), "no default is");
            for brings in [1, 3, 100, 2] {
                let given =
                    brought(of, |fact| !is_bound(fact) && (fact % brings == 0 || fact == 66));
                let frame = written(&ruleset, FACTS, &given);
                let item = Partial::check(&frame, archive).expect("a good frame");
                let all = joint.add(&item, archive).expect("they fit together");
                has_just(&ruleset, all, &completed(&[&bound[..], &given].concat()));
            }
            has_just(&ruleset, joint.bound(), &bound);
        }
        joint.unbind(archive).expect("there is room");
        has_just(&ruleset, joint.bound(), &[]);
    }
}

#[test]
fn what_older_senders_do_not_know_is_its_default() {
    let ruleset = ruleset();
    let bytes = bytes_of(&ruleset);
    let archive = access(&bytes).expect("accessible");
    let mut joint = Joint::default();
    joint.unbind(archive).expect("there is room");
    for count in [67, 68, FACTS, 67] {
        let given = brought("old", |fact| fact < count && fact % 3 == 0);
        let frame = written(&ruleset, count, &given);
        let item = Partial::from(Frame::check(&frame, archive).expect("a good frame"));
        let all = joint.add(&item, archive).expect("they fit together");
        assert_eq!(all.count(), FACTS, "there is a default for the last ones");
        has_just(&ruleset, all, &completed(&given));
    }
}
