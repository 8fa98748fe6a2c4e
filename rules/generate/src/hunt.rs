//! Workload "hunt": the one by which engines are compared.
//!
//! In: how many rules and requests, and a seed. Out: rules of 3 to 7 conjuncts over the facts of [`request`], 15 % of
//! them with an `||` group and 10 % with arithmetic, of which about one in four hundred matches a request.

use crate::files::Workload;
use crate::predicate::Predicate;
use crate::random::Random;
use crate::request::{self, Flag, Holder, LATITUDES, LONGITUDES, Number, SEASON, TAGS, Word};
use crate::time::{DAY, HOUR};
use crate::yaml::{Rule, single_quoted};

/// Generates the workload.
pub(crate) fn workload(rules: usize, requests: usize, seed: u64) -> Workload {
    let mut random = Random::new(seed);
    let rules = (0..rules).map(|number| draw_rule(&mut random, number)).collect();
    // A stream of its own: the requests stay the same when the number of rules changes.
    let mut random = Random::new(seed ^ 0x5ea5_0ac7);
    Workload {
        head: request::head("hunt", "The workload by which engines are compared"),
        rules,
        facts: request::lines(&mut random, requests),
    }
}

fn draw_rule(random: &mut Random, number: usize) -> Rule {
    let conjuncts = draw_conjuncts(random);
    rule(random, format!("hunt-{number:05}"), &conjuncts)
}

/// A rule of these conjuncts, with one or two outputs.
pub(crate) fn rule(random: &mut Random, id: String, conjuncts: &[Predicate]) -> Rule {
    let priority = if random.percent(20) { random.between(1, 9) * 10 } else { 0 };
    Rule {
        priority,
        conjuncts: conjuncts.iter().map(Predicate::cel).collect(),
        as_list: random.percent(50),
        outputs: draw_outputs(random, &id),
        id,
    }
}

/// The subjects of conjuncts. A rule speaks of each at most once outside its `||` group, so that no rule contradicts
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Number(Number),
    Word(Word),
    Flag(Flag),
    Place(Holder),
    Tag,
    Time,
}

/// Every subject, chosen uniformly.
pub(crate) const SUBJECTS: [Subject; 16] = [
    Subject::Number(Number::Level),
    Subject::Number(Number::Xp),
    Subject::Number(Number::Streak),
    Subject::Number(Number::OsVersion),
    Subject::Number(Number::Rarity),
    Subject::Word(Word::Region),
    Subject::Word(Word::Platform),
    Subject::Word(Word::Team),
    Subject::Word(Word::Kind),
    Subject::Flag(Flag::Premium),
    Subject::Flag(Flag::Banned),
    Subject::Flag(Flag::Claimed),
    Subject::Place(Holder::Player),
    Subject::Place(Holder::Item),
    Subject::Tag,
    Subject::Time,
];

/// The conjuncts of a rule.
pub(crate) fn draw_conjuncts(random: &mut Random) -> Vec<Predicate> {
    let count = 3 + random.below(5);
    let has_group = random.percent(15);
    let has_arithmetic = random.percent(10);
    let plain = count - usize::from(has_group) - usize::from(has_arithmetic);
    let mut conjuncts: Vec<Predicate> = random
        .pick_some(&SUBJECTS, plain)
        .into_iter()
        .map(|subject| draw_predicate(random, subject))
        .collect();
    if has_group {
        let branches = 2 + random.below(2);
        let branches = random
            .pick_some(&SUBJECTS, branches)
            .into_iter()
            .map(|subject| draw_predicate(random, subject))
            .collect();
        let at = random.below(conjuncts.len() + 1);
        conjuncts.insert(at, Predicate::Any(branches));
    }
    if has_arithmetic {
        let at = random.below(conjuncts.len() + 1);
        conjuncts.insert(at, draw_arithmetic(random));
    }
    conjuncts
}

/// A predicate about a subject. None of them can be decided without the facts.
pub(crate) fn draw_predicate(random: &mut Random, subject: Subject) -> Predicate {
    match subject {
        Subject::Number(fact) => draw_range(random, fact),
        Subject::Word(fact) => {
            let words = fact.values();
            // At most a quarter of a large set; one of four, seldom two.
            let most = (words.len() / 4).max(1);
            let count = 1 + random.below(most) + usize::from(random.percent(15));
            Predicate::OneOf { fact, words: random.pick_some(words, count) }
        }
        Subject::Flag(fact) => Predicate::Is {
            fact,
            expected: match fact {
                Flag::Premium | Flag::Claimed => random.percent(85),
                Flag::Banned => random.percent(40),
            },
        },
        Subject::Place(holder) => draw_box(random, holder),
        Subject::Tag => Predicate::HasTag { tag: random.below(TAGS) },
        Subject::Time => {
            let length = random.between(1, 10 * DAY / HOUR) * HOUR;
            let start = SEASON.0 + random.between(0, (SEASON.1 - SEASON.0 - length) / HOUR) * HOUR;
            Predicate::Window { start, end: start + length }
        }
    }
}

fn draw_range(random: &mut Random, fact: Number) -> Predicate {
    let (least, greatest) = fact.range();
    let width = greatest - least;
    let cut = |random: &mut Random, low: i64, high: i64| {
        least + 1 + random.between(width * low / 100, width * high / 100)
    };
    let (low, high) = match random.below(4) {
        0 | 1 => (Some(cut(random, 60, 95)), None),
        2 => (None, Some(cut(random, 5, 40))),
        _ => {
            let low = cut(random, 0, 80);
            let span = random.between(1, (width / 6).max(1));
            (Some(low), Some(low + span))
        }
    };
    Predicate::Range { fact, low, high }
}

fn draw_box(random: &mut Random, holder: Holder) -> Predicate {
    let mut side = |range: (f64, f64)| {
        let (least, greatest) = ((range.0 * 1e3) as i64, (range.1 * 1e3) as i64);
        let length = random.between((greatest - least) / 10, (greatest - least) / 3);
        let start = random.between(least, greatest - length);
        (start, start + length)
    };
    let (south, north) = side(LATITUDES);
    let (west, east) = side(LONGITUDES);
    Predicate::InBox { holder, south, west, north, east }
}

/// A predicate that computes.
pub(crate) fn draw_arithmetic(random: &mut Random) -> Predicate {
    match random.below(4) {
        0 => {
            let factor = random.between(2, 9);
            Predicate::WeightedSum { factor, above: random.between(60 * factor, 110 * factor) }
        }
        1 => {
            let divisor = random.between(3, 12);
            Predicate::Remainder {
                fact: random.pick(&[Number::Level, Number::Xp, Number::Streak]),
                divisor,
                remainder: random.between(0, divisor - 1),
            }
        }
        2 => Predicate::Quotient { below: random.between(500, 5_000) },
        _ => Predicate::Near { thousandths: random.between(20, 250) },
    }
}

fn draw_outputs(random: &mut Random, id: &str) -> Vec<(&'static str, String)> {
    let points = match random.below(4) {
        0 => single_quoted(&format!("{} * player.level", random.between(1, 20))),
        _ => (random.between(1, 100) * 5).to_string(),
    };
    let mut outputs = vec![("points", points)];
    if random.percent(50) {
        outputs.push(match random.below(3) {
            0 => ("multiplier", format!("1.{:02}", random.between(5, 95))),
            1 => ("reveal", single_quoted(&format!("find-{id}"))),
            _ => (
                "message",
                single_quoted("Level ${player.level}: a ${item.kind} in ${player.region}"),
            ),
        });
    }
    outputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::all_hold;
    use crate::request::Request;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let text = |seed| {
            let workload = workload(300, 20, seed);
            crate::yaml::rules_file(&workload.rules) + &workload.head + &workload.facts
        };
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }

    #[test]
    fn requests_do_not_depend_on_the_number_of_rules() {
        assert_eq!(workload(1, 5, 1).facts, workload(100, 5, 1).facts);
    }

    #[test]
    fn ten_to_thirty_of_ten_thousand_rules_match_a_request() {
        let mut random = Random::new(2026);
        let rules: Vec<Vec<Predicate>> = (0..10_000).map(|_| draw_conjuncts(&mut random)).collect();
        let requests: Vec<Request> = (0..100).map(|_| Request::draw(&mut random)).collect();
        let matches: usize = requests
            .iter()
            .map(|request| rules.iter().filter(|rule| all_hold(rule, request)).count())
            .sum();
        let mean = matches as f64 / requests.len() as f64;
        assert!((10.0..=30.0).contains(&mean), "{mean} rules match");
    }

    #[test]
    fn shapes_of_rules_have_their_share() {
        let mut random = Random::new(1);
        let rules: Vec<Vec<Predicate>> = (0..10_000).map(|_| draw_conjuncts(&mut random)).collect();
        assert!(rules.iter().all(|rule| (3..=7).contains(&rule.len())));
        let groups = rules
            .iter()
            .filter(|rule| rule.iter().any(|part| matches!(part, Predicate::Any(_))))
            .count();
        assert!((1_300..1_700).contains(&groups), "{groups}");
    }
}
