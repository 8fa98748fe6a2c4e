//! Several lists, each with what its own slots ask.

use super::*;

/// Two lists of words with rows, and slots that ask one or both: the first or the second word.
fn two_lists() -> Ruleset {
    let mut ruleset = ruleset();
    let r = &mut ruleset;
    bare(r);
    for _ in 0..2 {
        add_subject(r, SubjectKind::Fact, 1, &[], &["vip", "new"]);
    }
    let word = |list, word| Predicate::new(Member, false, list, word, 0);
    for asks in [[word(0, 0), word(1, 1)], [word(0, 1), word(1, 0)], [word(0, 0), word(1, 0)]] {
        slot(r, 0, NONE, 0, &asks);
    }
    slot(r, 0, NONE, 0, &[word(1, 1)]);
    slot(r, 0, NONE, 0, &[word(0, 1)]);
    let cells = |start| Range { start, length: 4 };
    r.index.dimensions =
        vec![Dimension { subject: 0, cells: cells(0) }, Dimension { subject: 1, cells: cells(4) }];
    r.index.cells = (0..8).collect();
    // Absent, any list, and the two words: of the one list and of the other.
    rows(r, &[0b01000, 0b01000, 0b00101, 0b10010, 0b10000, 0b10000, 0b00110, 0b01001]);
    ruleset
}

#[test]
fn each_list_has_the_rows_that_its_own_slots_ask_for() {
    assert_eq!(verdict(&mut two_lists()), None);
    for row in 0..8 {
        for slot in 0..5 {
            let mut r = two_lists();
            r.index.rows[row * BLOCK_WORDS] ^= 1 << slot;
            // Who doesn't ask this list is there whatever its words are.
            let is_free = [(2, 3), (3, 3), (6, 4), (7, 4)].contains(&(row, slot));
            let expected = if is_free { None } else { contradicts(slot) };
            assert_eq!(verdict(&mut r), expected, "row {row}");
        }
    }
}

#[test]
fn a_word_that_is_asked_for_twice_is_one() {
    let word = Predicate::new(Member, false, 0, 0, 0);
    let found = |cells: &[u64]| asking(tags, &[], &[(&[word, word], 0)], cells);
    assert_eq!(found(&[0, 0, 1, 0]), None);
    assert_eq!(found(&[0, 0, 1, 1]), contradicts(0));
    assert_eq!(found(&[0, 0, 0, 0]), contradicts(0));
}

#[test]
fn who_asks_for_a_word_does_not_cover_who_asks_for_another() {
    let word = |word| Predicate::new(Member, false, 0, word, 0);
    let slots: [(&[Predicate], u16); 2] = [(&[word(0)], 0), (&[word(1)], 0)];
    let found = |cells: &[u64]| asking(tags, &[], &slots, cells);
    assert_eq!(found(&[0, 0, 0b01, 0b10]), None);
    assert_eq!(found(&[0, 0, 0b11, 0b10]), contradicts(1));
    assert_eq!(found(&[0, 0, 0b01, 0b11]), contradicts(0));
}
