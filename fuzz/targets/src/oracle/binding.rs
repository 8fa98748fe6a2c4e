//! Facts that are bound and those of an item decide as one frame that has all of
//! them, whichever of the two brings a fact, and as often as they are asked; what
//! can't be one frame is refused, and what is bound stays so.

use super::alignment::{Fate, fate};
use super::batch::{self, matched};
use super::canonical::Given;
use rulestone::decision::Rules;
use rulestone::{Decision, Error, ErrorCode, Frame, RequestError, Ruleset, Session};
use rulestone_compiler::reference::Facts;
use rulestone_format::frame::{Frames, Joint, Partial};

/// Takes a frame that was accepted apart in one of some ways, and decides about both
/// parts.
pub fn decides_alike(session: &mut Session, ruleset: &Ruleset, frame: &[u8], way: usize) {
    let archive = ruleset.archive();
    let checked = Frame::check(frame, archive).expect("the frame is good");
    let facts = Facts::given(&checked, archive);
    let alone = given(frame, archive).expect("a whole frame is one of some facts");
    assert_eq!(format!("{alone:?}"), format!("{facts:?}"), "other facts when bound");
    let whole = fate(session, frame);
    let rules = batch::rules(session, frame);
    // By one bit of the numbers of facts, so that any two of them are together in one way and
    // apart in another; by the bit beyond the last, none is bound.
    let bits = usize::BITS - facts.values.len().leading_zeros();
    let bit = way % (bits as usize + 1);
    let is_bound = |fact: usize| fact >> bit & 1 != 0;
    let bound = partial(ruleset, &facts, is_bound);
    let item = partial(ruleset, &facts, |fact| !is_bound(fact));
    let mut together = session.bind(&bound).expect("a part is a frame");
    assert_eq!(line(together.decide(&item)), whole, "apart by bit {bit} of facts' numbers");
    // A refusal changes nothing.
    let mut given = (0..facts.values.len()).filter(|fact| facts.values[*fact].is_some());
    if let Some(first) = given.find(|fact| is_bound(*fact)) {
        let expected = Error::at(ErrorCode::FrameRepeated, first as u64);
        assert_eq!(line(together.decide(frame)), Err(expected));
    }
    assert_eq!(ids(together.matching(&item)), rules, "apart by bit {bit}, without outputs");
    let mut again = Vec::new();
    together.decide_batch(&[&item[..], &item].concat(), |_, found| again.push(line(found)));
    assert_eq!(again, [whole.clone(), whole], "apart by bit {bit}, in a batch");
}

/// Binds bytes and decides about others, whatever they are.
pub fn joins_what_fits(session: &mut Session, ruleset: &Ruleset, bound: &[u8], items: &[u8]) {
    let archive = ruleset.archive();
    let player = match given(bound, archive) {
        Ok(player) => player,
        Err(error) => return assert_eq!(session.bind(bound).err().map(Error::from), Some(error)),
    };
    let expected: Vec<Expected> = Frames::new(items)
        .map(|item| match item.and_then(|item| given(item, archive)) {
            Ok(item) => together(session, ruleset, &player, &item),
            Err(error) => Expected::Exactly(Err(error)),
        })
        .collect();
    let mut joint = session.bind(bound).expect("a frame of some facts");
    for (item, expected) in Frames::new(items).zip(&expected) {
        if let Ok(item) = item {
            expected.check(&line(joint.decide(item)));
            let ids = ids(joint.matching(item));
            match line(joint.decide(item)) {
                Ok(json) => assert_eq!(ids, Ok(matched(&json))),
                // Outputs may exceed a limit where rules alone don't.
                Err(error) if error.code() == ErrorCode::DecisionLimits => {}
                Err(error) => assert_eq!(ids, Err(error)),
            }
        }
    }
    let mut next = expected.iter().enumerate();
    let count = joint.decide_batch(items, |number, found| {
        let (place, expected) = next.next().expect("no more than there are");
        assert_eq!(number, place);
        expected.check(&line(found));
    });
    assert_eq!(count, expected.len());
}

/// What becomes of an item, as far as it is known.
enum Expected {
    Exactly(Fate),
    OneOf(Vec<Error>),
}

impl Expected {
    #[track_caller]
    fn check(&self, found: &Fate) {
        match (self, found) {
            (Expected::Exactly(expected), found) => assert_eq!(found, expected),
            (Expected::OneOf(errors), found) => {
                let is_known = found.as_ref().is_err_and(|error| errors.contains(error));
                assert!(is_known, "{found:?}, not one of {errors:?}");
            }
        }
    }
}

/// What is bound and what an item brings.
fn together(session: &mut Session, ruleset: &Ruleset, player: &Facts, item: &Facts) -> Expected {
    let both = |fact: usize| (player.values[fact].is_some(), item.values[fact].is_some());
    let twice = (0..player.values.len()).filter(|fact| both(*fact) == (true, true));
    let never = required(ruleset).filter(|fact| both(*fact) == (false, false));
    let errors: Vec<Error> = twice
        .map(|fact| Error::at(ErrorCode::FrameRepeated, fact as u64))
        .chain(never.map(|fact| Error::at(ErrorCode::FrameMissing, fact as u64)))
        .collect();
    if !errors.is_empty() {
        return Expected::OneOf(errors);
    }
    let values = player.values.iter().zip(&item.values);
    let values = values.map(|(player, item)| player.as_ref().or(item.as_ref()).cloned());
    let whole = partial(ruleset, &Facts { values: values.collect() }, |_| true);
    Expected::Exactly(fate(session, &whole))
}

/// The facts of a frame that may lack some.
fn given(
    frame: &[u8],
    archive: &rulestone_format::archive::ArchivedRuleset,
) -> Result<Facts, Error> {
    let partial = Partial::check(frame, archive)?;
    let mut joint = Joint::default();
    joint.bind(&partial, archive)?;
    Ok(Facts::given(&joint.bound(), archive))
}

/// A frame of those facts that are chosen.
fn partial(ruleset: &Ruleset, facts: &Facts, is_chosen: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut builder = ruleset.facts_builder();
    for (fact, value) in ruleset.facts().zip(&facts.values) {
        let Some(value) = value.as_ref().filter(|_| is_chosen(fact.id().index())) else { continue };
        let set = builder.set(fact.id(), &Given(value));
        set.unwrap_or_else(|error| panic!("what was read is refused: {error}"));
    }
    let frame = builder.finish_partial();
    frame.unwrap_or_else(|error| panic!("a part is refused: {error}")).to_vec()
}

/// The numbers of the facts that aren't optional.
fn required(ruleset: &Ruleset) -> impl Iterator<Item = usize> {
    ruleset.facts().filter(|fact| !fact.is_optional()).map(|fact| fact.id().index())
}

fn line(decision: Result<Decision<'_>, RequestError>) -> Fate {
    let mut json = Vec::new();
    decision?.write_json(&mut json);
    Ok(String::from_utf8(json).expect("JSON is UTF-8"))
}

fn ids(rules: Result<Rules<'_>, RequestError>) -> Result<Vec<String>, Error> {
    Ok(rules?.map(|rule| rule.id().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset;
    use serde_json::json;

    #[test]
    fn parts_that_fit_decide_and_others_are_refused_for_what_they_lack_or_repeat() {
        let ruleset = &ruleset::frame().ruleset;
        let mut builder = ruleset.facts_builder();
        let mut part = |facts| builder.encode_partial(&facts).expect("good facts").to_vec();
        let player = part(json!({"now": 0, "name": "x", "tags": ["vip", "y"]}));
        let [fits, lacks, repeats, empty] = [
            json!({"flag": true, "level": 9, "board": [[1], [2, 3]]}),
            json!({"flag": true}),
            json!({"flag": true, "level": 9, "tags": []}),
            json!({}),
        ]
        .map(&mut part);
        let items = [&fits[..], &lacks, &repeats, &fits, &empty, b"RSF1"].concat();
        let mut session = ruleset.session();
        joins_what_fits(&mut session, ruleset, &player, &items);
        joins_what_fits(&mut session, ruleset, &fits, &player);
        joins_what_fits(&mut session, ruleset, &player[1..], &fits);
        let mut bound = session.bind(&player).expect("good facts");
        let mut codes = Vec::new();
        bound.decide_batch(&items, |_, found| codes.push(found.err().map(|error| error.code())));
        let [lacks, repeats] = [ErrorCode::FrameMissing, ErrorCode::FrameRepeated].map(Some);
        let cut = Some(ErrorCode::FrameTruncated);
        assert_eq!(codes, [None, lacks, repeats, None, lacks, cut]);
    }

    #[test]
    #[should_panic(expected = "left")]
    fn an_item_that_decides_otherwise_than_expected_is_seen() {
        Expected::Exactly(Ok(String::new())).check(&Ok("{}".to_owned()));
    }
}
