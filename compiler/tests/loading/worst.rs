//! Memory at the worst shape of each table of an archive: what loading takes, and what a
//! session needs that is asked in every way.

use super::tables::{SHAPES, Shape, counts};
use super::weigh;
use rulestone::{ErrorCode, FactsBuilder, Limits, RequestError, Ruleset, Session};
use rulestone_compiler::emit::emit;
use rulestone_format::schema::FactKind;
use std::collections::BTreeSet;

/// Right behind where lists and tables that double have doubled, among others.
const SIZES: [u32; 9] = [1, 17, 65, 130, 513, 1030, 2050, 4096, 16_500];

/// Nothing is refused for its size.
fn limits() -> Limits {
    Limits::new()
        .with_rules(u32::MAX)
        .with_facts(u32::MAX)
        .with_cost(u64::MAX)
        .with_scratch(usize::MAX)
}

fn each(mut look: impl FnMut(&str, &[u8])) {
    for Shape { table, what, of, most } in SHAPES {
        let mut sizes: Vec<u32> = SIZES.into_iter().filter(|size| size < most).collect();
        sizes.push(*most);
        for size in sizes {
            let bytes = emit(of(size)).expect("is small");
            look(&format!("{size} {table} {what}"), &bytes);
        }
    }
}

#[test]
fn every_table_of_an_archive_has_a_shape_of_which_it_is_the_most() {
    let all: BTreeSet<&str> =
        counts(&super::hostile::bare()).iter().map(|(name, _)| *name).collect();
    let shaped: BTreeSet<&str> = SHAPES.iter().map(|shape| shape.table).collect();
    assert_eq!(all, shaped);
    for Shape { table, what, of, most } in SHAPES {
        let count = counts(&of(*most)).into_iter().find(|(name, _)| name == table);
        assert!(count.is_some_and(|(_, count)| count >= *most as usize), "{table} {what}");
    }
}

#[test]
fn loading_takes_no_more_memory_than_a_multiple_of_the_file_whatever_is_in_it() {
    let mut worst = (0.0, String::new());
    each(|name, bytes| {
        let (loaded, peak, _) = weigh(|| Ruleset::from_bytes_with(bytes, &limits()));
        assert_eq!(loaded.as_ref().map(|_| ()).map_err(ToString::to_string), Ok(()), "{name}");
        let most = Limits::LOAD_FACTOR * bytes.len() + Limits::LOAD_BASE;
        let times = peak as f64 / most as f64;
        if times > worst.0 {
            worst = (times, name.to_owned());
        }
        assert!(peak <= most, "{name}: {peak} bytes for a file of {}", bytes.len());
    });
    println!("at worst {worst:?}");
}

/// A value for each fact, as long as can be, or for none.
fn frame(ruleset: &Ruleset, all: bool) -> Vec<u8> {
    let archive = ruleset.archive();
    let words: Vec<&str> = archive.words.iter().map(|word| archive.text(&word.text)).collect();
    let dictionary = archive.subjects.first().map_or(0, |subject| subject.words.length.to_native());
    let words = words.get(..dictionary as usize).unwrap_or_default();
    let mut builder: FactsBuilder = ruleset.facts_builder();
    for fact in ruleset.facts().filter(|_| all) {
        let archived = &archive.schema.facts[fact.id().index()];
        let kind = &archive.schema.types[usize::from(archived.fact_type.to_native())];
        let set = match kind.kind().expect("a kind") {
            FactKind::Bool => builder.set_bool(fact.id(), true),
            FactKind::Int => builder.set_int(fact.id(), i64::MAX),
            FactKind::Point => builder.set_point(fact.id(), 1.0, 1.0),
            FactKind::String => builder.set_str(fact.id(), words.first().unwrap_or(&"")),
            FactKind::List if archive.schema.enums.is_empty() => builder.set(fact.id(), words),
            FactKind::List => builder.set(fact.id(), &["0"; 3]),
            other => panic!("no shape has facts that are {other:?}"),
        };
        set.expect("is within its bounds");
    }
    builder.finish().expect("no fact is required").to_vec()
}

/// A frame is accepted; rules may make more than there is room for.
fn is_asked(error: Option<RequestError>) {
    let is_accepted = |error: &RequestError| error.code() == ErrorCode::DecisionLimits;
    assert!(error.as_ref().is_none_or(is_accepted), "{error:?}");
}

/// Asks in every way about two frames, and about many of them in a row.
fn ask(session: &mut Session, frames: [&[u8]; 2], row: &[u8]) {
    for index in [true, false] {
        session.use_index(index);
        for frame in frames {
            is_asked(session.decide(frame).err());
            is_asked(session.matching(frame).err());
        }
        for threshold in [0, usize::MAX] {
            session.set_batch_threshold(threshold);
            session.decide_batch(row, |_, decision| is_asked(decision.err()));
            session.matching_batch(row, |_, rules| is_asked(rules.err()));
        }
        for (bound, item) in [(frames[0], frames[1]), (frames[1], frames[0])] {
            let mut bound = session.bind(bound).expect("is a frame");
            is_asked(bound.decide(item).err());
            is_asked(bound.matching(item).err());
        }
    }
}

#[test]
fn a_session_takes_no_more_memory_than_its_ruleset_says_whatever_it_is_asked() {
    const VALUES: usize = 8 << 10;
    each(|name, bytes| {
        let ruleset = Ruleset::from_bytes_with(bytes, &limits()).expect("is in order");
        let frames = [frame(&ruleset, false), frame(&ruleset, true)];
        let row = frames.concat().repeat(9);
        let (_, needed, _) = weigh(|| {
            let mut session = ruleset.session();
            session.set_memory_limit(VALUES);
            ask(&mut session, frames.each_ref().map(Vec::as_slice), &row);
        });
        // The longer one is bound, and it is an item.
        let copies = 2 * 2 * frames[1].len() + (8 << 10);
        let stated = ruleset.needs().scratch;
        assert!(
            needed <= stated + 2 * VALUES + copies,
            "{name}: {needed} bytes, of {stated} and {copies} for frames"
        );
        let least = 3 * (needed + VALUES);
        assert!(stated <= least, "{name}: {stated} bytes are stated, {needed} needed");
    });
}
