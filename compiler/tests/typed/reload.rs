//! Encoders live on when the ruleset of a server is replaced: frames say what they are.

use crate::ruleset;
use rulestone::{ErrorCode, Facts};

#[derive(Facts)]
struct Level {
    level: i64,
}

#[test]
fn frames_are_taken_by_every_ruleset_that_begins_with_their_facts_and_by_no_other() {
    let first = ruleset("  level: int", "level > 5");
    let grown = ruleset("  level: int\n  guild: {type: string, optional: true}", "level > 6");
    let third = ruleset(
        "  level: int\n  guild: {type: string, optional: true}\n  rank: {type: int, optional: true}",
        "level > 6 && !has(rank)",
    );
    let needs_more = ruleset("  level: int\n  guild: string", "level > 6");
    let other = ruleset("  level: uint", "level > 6u");

    let mut encoder = first.encoder::<Level>().expect("it fits");
    let frame = encoder.encode(&Level { level: 7 }).expect("good facts");
    for taking in [&first, &grown, &third] {
        let mut session = taking.session();
        assert_eq!(session.decide_checked(frame).expect("it is taken").matched().len(), 1);
        assert_eq!(session.matching_checked(frame).expect("it is taken").len(), 1);
    }
    for (refusing, code, fact) in [
        (&needs_more, ErrorCode::FrameMissing, Some(1)),
        (&other, ErrorCode::FrameFingerprint, None),
    ] {
        let mut session = refusing.session();
        let error = session.decide_checked(frame).expect_err("it is refused");
        assert_eq!((error.code(), error.position()), (code, fact));
        assert!(session.matching_checked(frame).is_err());
    }
    // A frame of more facts than an older ruleset knows.
    let mut encoder = grown.encoder::<Level>().expect("it fits");
    let frame = encoder.encode(&Level { level: 7 }).expect("good facts");
    let error = first.session().decide_checked(frame).expect_err("it is refused");
    assert_eq!(error.code(), ErrorCode::FrameFingerprint);
}

#[derive(Facts)]
struct Player<'a> {
    level: i64,
    region: Option<&'a str>,
}

#[test]
fn a_fact_with_a_default_may_have_no_field_or_one_that_is_optional() {
    let grown = ruleset(
        "  level: int\n  region: {type: string, default: eu}\n  tags: {list: string, default: [new]}",
        "level > 5 && region == \"eu\" && \"new\" in tags",
    );
    let mut session = grown.session();
    let mut encoder = grown.encoder::<Level>().expect("it fits");
    let frame = encoder.encode(&Level { level: 7 }).expect("good facts");
    assert_eq!(session.decide_checked(frame).expect("it is taken").matched().len(), 1);
    let mut encoder = grown.encoder::<Player<'_>>().expect("it fits");
    for (region, matched) in [(None, 1), (Some("eu"), 1), (Some("us"), 0), (None, 1)] {
        let frame = encoder.encode(&Player { level: 7, region }).expect("good facts");
        let decision = session.decide_checked(frame).expect("it is taken");
        assert_eq!(decision.matched().len(), matched, "{region:?}");
    }
}
