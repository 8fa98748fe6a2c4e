//! Items: near the player, far from him, or exactly as far as a rule says.
//!
//! In: the scene and the player. Out: the JSON of the facts `item`.

use super::place::{ELSEWHERE, FAR, Point};
use super::player::Player;
use super::scene::Scene;
use crate::json::{self, Object, quoted};
use crate::random::Random;

/// Draws an item.
pub(crate) fn draw(random: &mut Random, scene: &Scene, player: &Player) -> Object {
    let position = draw_position(random, scene, player.position);
    let kind = random.pick(&["idol", "idol", "coin", "map", "relic", "lantern"]);
    let mut item = Object::new();
    item.text("kind", kind);
    if random.percent(4) {
        item.set("rarity", "3.0");
    } else {
        item.set("rarity", random.between(1, 5));
    }
    item.set("position", position.json()).set("value", draw_value(random));
    draw_optional(random, &mut item, scene, player);
    item
}

fn draw_position(random: &mut Random, scene: &Scene, player: Point) -> Point {
    match random.below(20) {
        0..7 => player,
        7 => player.metres_away(39.999),
        8 => player.metres_away(40.001),
        9 => player.metres_away(222.0),
        10 => player.metres_away(499.9),
        11 => player.metres_away(1_500.0),
        12 => random.pick(&FAR),
        13 => random.pick(&ELSEWHERE),
        _ => random.pick(scene.landmarks),
    }
}

fn draw_value(random: &mut Random) -> String {
    match random.below(40) {
        0 => random.pick(&["\"NaN\"", "\"Infinity\"", "\"-Infinity\""]).to_owned(),
        1 => random.pick(&["-3.5", "-0.0", "0", "1e18", "1e19", "5e-324"]).to_owned(),
        2..5 => format!("0.{:02}", random.between(1, 99)),
        5..8 => random.pick(&["144", "144.0", "10", "50.0", "100", "500"]).to_owned(),
        8..11 => random.pick(&["99.5", "99.49", "120.5", "250"]).to_owned(),
        _ => format!("{}.{:02}", random.between(1, 80), random.between(0, 99)),
    }
}

fn draw_optional(random: &mut Random, item: &mut Object, scene: &Scene, player: &Player) {
    if random.percent(35) {
        item.text("inscription", &draw_inscription(random));
    } else if random.percent(5) {
        item.set("inscription", "null");
    }
    if random.percent(20) {
        let seal = random.pick(&["TUVTQQ==", "TUVTQQ==", "", "////", "AAECAwQFBgcICQoLDA0ODw=="]);
        item.text("seal", seal);
    }
    if random.percent(30) {
        item.set("board", draw_board(random));
    }
    if random.percent(35) {
        item.set("trail", draw_trail(random, scene, player.position));
    }
    if random.percent(25) {
        let hidden_for = random.pick(&["5m", "71h59m59s", "72h", "100h30m", "1000h", "0s"]);
        item.text("hidden_for", hidden_for);
    }
    if random.percent(30) {
        item.set("claimed_by", draw_claims(random, player));
    }
}

fn draw_inscription(random: &mut Random) -> String {
    match random.below(10) {
        0 => String::new(),
        // 255 bytes of three each.
        1 => "月".repeat(85),
        2 => "a crow on a stone by the river".to_owned(),
        _ => random
            .pick(&[
                "Mesa under the MOON",
                "mesa",
                "MESAS are many",
                "the moon is down",
                "level",
                "été",
                "たけやぶやけた",
                "no\nlevel",
                "\"quoted\" \\ and / slashed",
            ])
            .to_owned(),
    }
}

fn draw_board(random: &mut Random) -> String {
    let size = random.below(5);
    let has_diagonal = random.percent(50);
    json::list((0..size).map(|row| {
        json::list(
            (0..size).map(
                |column| {
                    if has_diagonal && row == column { 1 } else { random.between(0, 2) }
                },
            ),
        )
    }))
}

fn draw_trail(random: &mut Random, scene: &Scene, player: Point) -> String {
    let count = match random.below(5) {
        0 => 0,
        1 => 8,
        _ => 1 + random.below(6),
    };
    // Some trails stay in Hyde Park.
    let in_park = random.percent(25);
    json::list((0..count).map(|mark| {
        let at = match random.below(4) {
            0 => player,
            _ if in_park => super::place::point(51.507, -0.165),
            1 => random.pick(scene.landmarks),
            _ => player.metres_away(120.0 * f64::from(u8::try_from(mark).unwrap_or(u8::MAX))),
        };
        at.json()
    }))
}

fn draw_claims(random: &mut Random, player: &Player) -> String {
    let count = match random.below(4) {
        0 => 8,
        _ => random.below(8),
    };
    json::list((0..count).map(|claim| {
        quoted(&match random.below(12) {
            0 => player.id.clone(),
            1..4 => player.friends.first().cloned().unwrap_or_else(|| "p-nobody".to_owned()),
            _ => format!("p-other-{claim}"),
        })
    }))
}
