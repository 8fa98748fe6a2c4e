//! Requests for the ruleset `rules/black-mesa`: varied, on the edges of its fences and windows, and all of them valid.
//!
//! In: how many. Out: one JSON object a line. A request is a scene (a city, where and when something happens there), a
//! player and an item; each of the three lives in a file of its own.

mod item;
mod place;
mod player;
mod scene;

use crate::json::{self, Object};
use crate::random::Random;

/// The seed of the requests that are kept in the repository.
const SEED: u64 = 20_260_612;

/// The requests, one JSON object a line.
pub(crate) fn requests(count: usize) -> String {
    let mut random = Random::new(SEED);
    (0..count).map(|number| request(&mut random, number) + "\n").collect()
}

fn request(random: &mut Random, number: usize) -> String {
    let scene = scene::draw(random);
    let player = player::draw(random, &scene, number);
    let item = item::draw(random, &scene, &player);
    let mut request = Object::new();
    request.set("now", scene.now_json(random)).set("player", player.json).set("item", item);
    draw_party(random, &mut request, &player.id);
    if random.percent(4) {
        // Newer clients send what this ruleset does not know.
        request.set("trace", r#"{"span":"7f3a","sampled":true}"#);
    }
    request.to_string()
}

fn draw_party(random: &mut Random, request: &mut Object, player: &str) {
    match random.below(20) {
        0 => {
            request.set("party", "null");
        }
        1 => {
            request.set("party", "{}");
        }
        2 => {
            request.set("party", r#"{"roles":null,"hauls":{}}"#);
        }
        3 | 4 => {
            let mut party = Object::new();
            party.set("roles", draw_roles(random, player));
            request.set("party", party);
        }
        5 | 6 => {
            let mut party = Object::new();
            party.set("roles", draw_roles(random, player)).set("hauls", draw_hauls(random, player));
            request.set("party", party);
        }
        _ => {}
    }
}

fn draw_roles(random: &mut Random, player: &str) -> Object {
    let mut roles = Object::new();
    let count = random.below(7);
    for member in members(player).into_iter().take(count) {
        let role = random.pick(&["captain", "navigator", "scout", "smith", "cook", "fool"]);
        roles.text(&member, role);
    }
    roles
}

fn draw_hauls(random: &mut Random, player: &str) -> Object {
    let mut hauls = Object::new();
    let count = 1 + random.below(6);
    let only_even = random.percent(40);
    for member in members(player).into_iter().take(count) {
        let finds = random.below(9);
        hauls.set(
            &member,
            json::list((0..finds).map(|_| {
                let find = random.between(0, 60);
                if only_even { find * 2 } else { find + 45 }
            })),
        );
    }
    hauls
}

fn members(player: &str) -> [String; 6] {
    let friend = |number: usize| format!("p-friend-{number}");
    [player.to_owned(), friend(1), friend(2), friend(3), friend(4), friend(5)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_come_each_time() {
        assert_eq!(requests(200), requests(200));
    }

    #[test]
    fn every_request_is_an_object_with_the_facts_that_are_required() {
        let text = requests(2_000);
        assert_eq!(text.lines().count(), 2_000);
        assert!(text.len() < 2_000_000, "{} bytes", text.len());
        for line in text.lines() {
            let request: serde_json::Value = serde_json::from_str(line).expect(line);
            for path in [
                "/now",
                "/player/id",
                "/player/account",
                "/player/name",
                "/player/level",
                "/player/premium",
                "/player/banned",
                "/player/platform",
                "/player/region",
                "/player/position/lat",
                "/player/position/lon",
                "/player/streak",
                "/player/tags",
                "/player/purse",
                "/item/kind",
                "/item/rarity",
                "/item/position/lat",
                "/item/value",
            ] {
                let value = request.pointer(path);
                assert!(value.is_some_and(|value| !value.is_null()), "{path}: {line}");
            }
        }
    }

    #[test]
    fn bounds_of_the_schema_are_reached_and_kept() {
        let text = requests(2_000);
        let requests: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        for (path, bound) in [
            ("/player/tags", 16),
            ("/player/friends", 32),
            ("/item/trail", 8),
            ("/item/claimed_by", 8),
        ] {
            let longest = requests
                .iter()
                .filter_map(|request| request.pointer(path)?.as_array().map(Vec::len))
                .max();
            assert_eq!(longest, Some(bound), "{path}");
        }
        for (path, bound) in [
            ("/player/id", 40),
            ("/player/name", 64),
            ("/player/guild", 32),
            ("/item/inscription", 256),
        ] {
            let longest = requests
                .iter()
                .filter_map(|request| request.pointer(path)?.as_str().map(str::len))
                .max();
            assert!(longest.is_some_and(|length| length <= bound), "{path}");
        }
    }
}
