//! Lines of facts that are as long as they may be: what nobody wants of them takes
//! no memory beside the line's own.

use crate::child::{Limits, run};
use crate::support::{Folder, KIM, KIMS_DECISION};

/// Bytes that lines may have, nearly.
const LONG: usize = (64 << 20) - 1_000;

/// KiB of address space: twice the line, as its buffer may be while it grows, and
/// what the program takes by itself.
const MEMORY: u64 = 256 << 10;

/// What is printed for Kim's facts with something else in them.
#[track_caller]
fn decided(from: &str, to: &str, status: i32) -> String {
    assert!(KIM.contains(from));
    let folder = Folder::with_shop();
    folder.write("long.jsonl", KIM.replace(from, to));
    let limits = Limits { memory: Some(MEMORY), ..Limits::default() };
    let ended = run(&folder, &["eval", "shop.yaml", "--facts", "long.jsonl"], limits);
    ended.expect(status).stdout
}

/// Parts made of their number, joined by commas, up to the length of a long line.
fn long(part: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(LONG);
    for number in 0.. {
        let part = part(number);
        if text.len() + part.len() >= LONG {
            break;
        }
        if number > 0 {
            text.push(',');
        }
        text += &part;
    }
    text
}

#[test]
fn unknown_facts_are_not_kept() {
    let unknown = long(|number| format!("\"{number}\":{number}"));
    let decision = decided("\"now\":0", &format!("\"now\":0,{unknown}"), 0);
    assert_eq!(decision.trim_end(), KIMS_DECISION);
}

#[test]
fn what_is_in_unknown_facts_is_not_kept_however_deep() {
    let deep = "[".repeat(LONG / 2) + &"]".repeat(LONG / 2);
    let decision = decided("\"now\":0", &format!("\"now\":0,\"x\":{deep}"), 0);
    assert_eq!(decision.trim_end(), KIMS_DECISION);
}

#[test]
fn items_beyond_the_bound_are_not_kept() {
    let items = long(|number| format!("\"{number}\\n\""));
    let count = items.matches(',').count() + 1;
    let error = decided("\"gold\"", &items, 1);
    let expected = format!(r#"{{"error":"line 1: player.tags: {count} items, at most 4"}}"#);
    assert_eq!(error.trim_end(), expected);
}

#[test]
fn text_beyond_the_bound_is_not_kept() {
    let error = decided("kim", &"x".repeat(LONG), 1);
    let expected = format!(r#"{{"error":"line 1: player.name: {LONG} bytes, at most 8"}}"#);
    assert_eq!(error.trim_end(), expected);
    let error = decided("kim", &"\\u00e9".repeat(LONG / 6), 1);
    assert!(error.contains("line 1: player.name: "), "{error}");
    assert!(error.contains(" bytes, at most 8"), "{error}");
}
