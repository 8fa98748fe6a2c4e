//! Workload "request": what a server pays for, from its struct to the answer. Of the rules one in a hundred matches a
//! request, so that most requests match something, and the more the more rules there are.
//!
//! In: how many rules and requests, a seed, and whether words are enums or text. Out: rules drawn as those of
//! [`hunt`](crate::hunt), but that of many only those are taken that match one of some sample requests. Each gives two
//! constants, and every fifth a text that is made of facts.

use crate::files::Workload;
use crate::hunt::draw_conjuncts;
use crate::predicate::{Predicate, all_hold};
use crate::random::Random;
use crate::request::{self, Request};
use crate::yaml::{Rule, single_quoted};

/// Rules that are to match often and match none of so many requests are drawn again.
const SAMPLES: usize = 48;

/// So many rules in a hundred are such that match often; the others are as they come.
const COMMON: usize = 40;

/// What the words of a request are, such as its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    Enums,
    Text,
}

/// Generates the workload.
pub(crate) fn workload(rules: usize, requests: usize, seed: u64, words: Words) -> Workload {
    let mut random = Random::new(seed);
    let samples: Vec<Request> = (0..SAMPLES).map(|_| Request::draw(&mut random)).collect();
    let rules = (0..rules).map(|number| draw_rule(&mut random, number, &samples)).collect();
    let description = "Whole requests, of which most match something";
    let head = match words {
        Words::Enums => request::head("request", description),
        Words::Text => request::head_of_text("request", description),
    };
    // A stream of its own: the requests stay the same when the number of rules changes.
    let mut random = Random::new(seed ^ 0x5ea5_0ac7);
    Workload { head, rules, facts: request::lines(&mut random, requests) }
}

fn draw_rule(random: &mut Random, number: usize, samples: &[Request]) -> Rule {
    let conjuncts = draw(random, samples);
    let id = format!("request-{number:05}");
    let points = (random.between(1, 100) * 5).to_string();
    let mut outputs =
        vec![("points", points), ("reveal", single_quoted(&format!("find-{number}")))];
    if random.percent(20) {
        let text = "Level ${player.level}: a ${item.kind} in ${player.region}";
        outputs.push(("message", single_quoted(text)));
    }
    Rule {
        id,
        priority: if random.percent(20) { random.between(1, 9) * 10 } else { 0 },
        conjuncts: conjuncts.iter().map(Predicate::cel).collect(),
        as_list: random.percent(50),
        outputs,
    }
}

fn draw(random: &mut Random, samples: &[Request]) -> Vec<Predicate> {
    let is_common = random.percent(COMMON);
    loop {
        let conjuncts = draw_conjuncts(random);
        if !is_common || samples.iter().any(|request| all_hold(&conjuncts, request)) {
            return conjuncts;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rule_in_a_hundred_matches_a_request() {
        let mut random = Random::new(2026);
        let samples: Vec<Request> = (0..SAMPLES).map(|_| Request::draw(&mut random)).collect();
        let rules: Vec<_> = (0..2_000).map(|_| draw(&mut random, &samples)).collect();
        let requests: Vec<Request> = (0..200).map(|_| Request::draw(&mut random)).collect();
        let matches: usize = requests
            .iter()
            .map(|request| rules.iter().filter(|rule| all_hold(rule, request)).count())
            .sum();
        let share = matches as f64 / (rules.len() * requests.len()) as f64;
        assert!((0.008..0.012).contains(&share), "{share} of the rules match");
    }

    #[test]
    fn words_are_enums_or_text_and_all_else_is_the_same() {
        let [enums, text] = [Words::Enums, Words::Text].map(|words| workload(30, 5, 7, words));
        assert_eq!(enums.facts, text.facts);
        let rules = |workload: &Workload| crate::yaml::rules_file(&workload.rules);
        assert_eq!(rules(&enums), rules(&text));
        assert!(enums.head.contains("platform: {enum:") && !text.head.contains("enum"));
    }
}
