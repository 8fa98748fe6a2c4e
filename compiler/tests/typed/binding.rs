//! What doesn't fit is named when it is bound, all of it at once.

use crate::ruleset;
use rulestone::facts::{Encoder, FactsErrorKind};
use rulestone::{Facts, Timestamp};

const FACTS: &str = "
  player:
    level: int
    gold: uint
    name: string
    platform: {enum: [ios, web]}
    tags: {list: string}
    guild: {type: string, optional: true}
  now: {type: timestamp, optional: true}
";

/// Every problem with binding `T`.
fn problems<T: Facts>() -> Vec<String> {
    let error = ruleset(FACTS, "player.level > 0").encoder::<T>().expect_err("it doesn't fit");
    error.problems().map(|problem| problem.to_string()).collect()
}

#[test]
fn each_field_that_does_not_fit_is_named() {
    #[derive(Facts)]
    #[allow(dead_code, reason = "bound, never made")]
    struct Wrong {
        player: Player,
        now: i64,
    }
    #[derive(Facts)]
    #[allow(dead_code, reason = "bound, never made")]
    struct Player {
        levle: i64,
        level: Option<i64>,
        gold: i64,
        name: Vec<String>,
        platform: Platform,
        tags: Vec<i64>,
    }
    #[derive(Facts)]
    #[allow(dead_code, reason = "bound, never made")]
    enum Platform {
        Ios,
        #[facts(rename = "web")]
        Web,
        Psp,
    }
    assert_eq!(
        problems::<Wrong>(),
        [
            "unknown fact player.levle (did you mean player.level?)",
            "player.level: expected a field that is always there, for the fact is not optional, \
             found an Option",
            "player.gold: expected uint, found a field of type i64",
            "player.name: expected string, found a field of type Vec<String>",
            "player.platform: expected enum(ios, web), found variants Ios, Psp of Platform",
            "player.tags: expected list(string), found a field of type Vec<i64>",
            "now: expected timestamp, found a field of type i64",
            "player.level: the fact is not optional, and no field gives it",
            "player.gold: the fact is not optional, and no field gives it",
            "player.name: the fact is not optional, and no field gives it",
            "player.platform: the fact is not optional, and no field gives it",
            "player.tags: the fact is not optional, and no field gives it",
        ]
    );
}

#[derive(Facts)]
struct Level {
    player: LevelOf,
    season: i64,
}

#[derive(Facts)]
struct LevelOf {
    level: i64,
}

#[test]
fn halves_of_a_request_may_lack_facts_and_servers_may_know_more_than_a_ruleset() {
    let ruleset = ruleset(FACTS, "player.level > 5");
    let options = Encoder::<Level>::options();
    let error = options.partial().bind::<Level>(&ruleset).expect_err("unknown");
    assert_eq!(error.to_string(), "unknown fact season");
    assert_eq!(error.kind(), FactsErrorKind::Unknown);
    assert!(options.ignore_unknown().bind::<Level>(&ruleset).is_err(), "facts are missing");

    let mut encoder = options.ignore_unknown().partial().bind::<Level>(&ruleset).expect("it fits");
    let level = encoder.encode(&Level { player: LevelOf { level: 7 }, season: 3 });
    let level = level.expect("good facts").bytes().to_vec();
    let mut session = ruleset.session();
    assert!(session.decide(&level).is_err(), "it is only a part");
    let mut bound = session.bind(&level).expect("a good part");
    let rest = serde_json::json!({
        "player": {"gold": 1, "name": "n", "platform": "ios", "tags": []},
    });
    let mut builder = ruleset.facts_builder();
    let decision = bound.decide(builder.encode_partial(&rest).expect("good facts"));
    assert_eq!(decision.expect("together whole").matched().len(), 1);
}

#[test]
fn a_fact_is_given_by_one_field() {
    #[derive(Facts)]
    #[allow(dead_code, reason = "bound, never made")]
    struct Twice {
        #[facts(rename = "now")]
        one: Option<Timestamp>,
        now: Option<Timestamp>,
    }
    let ruleset = ruleset("  now: {type: timestamp, optional: true}", "has(now)");
    let error = ruleset.encoder::<Twice>().expect_err("twice");
    assert_eq!(error.to_string(), "now: given twice");
}
