//! What replacing a ruleset promises, to those who decide meanwhile.

use super::{Live, Watch, Watcher};
use crate::ruleset::Ruleset;
use crate::testing::{Type, archive, every_kind, file, file_of};
use rulestone_format::schema::FactKind;
use std::fs;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

#[test]
fn whatever_is_wrong_with_the_new_archive_the_old_one_stays() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("live.stone");
    let good = file(&every_kind());
    fs::write(&path, &good).expect("it is written");
    let live = Live::new(Ruleset::open(&path).expect("it is good"));
    let before = live.load();
    let frame = before
        .encode(&serde_json::json!({"now": 0, "player": {"name": "x", "level": 1}}))
        .expect("the facts are good");
    let stays = |why: &str| {
        let error = live.reload(&path).expect_err(why);
        assert!(error.to_string().contains("live.stone"), "{why}: {error}");
        assert!(live.is_current(&before), "{why}");
        assert!(live.load().session().decide(&frame).is_ok(), "{why}");
    };
    for (why, bytes) in [
        ("empty", &[][..]),
        ("a source", b"rulestone: v1\n"),
        ("cut short", &good[..good.len() - 1]),
        ("too long", &[&good[..], b"x"].concat()),
        ("of another version", &[&good[..8], &[0xFF, 0xFF], &good[10..]].concat()),
        ("damaged", &[&good[..100], &[!good[100]], &good[101..]].concat()),
    ] {
        fs::write(&path, bytes).expect("it is written");
        stays(why);
    }
    fs::remove_file(&path).expect("it is there");
    stays("missing");
    fs::create_dir(&path).expect("a folder");
    stays("a folder");
    fs::remove_dir(&path).expect("it is there");
    fs::write(&path, &good).expect("it is written");
    live.reload(&path).expect("it is good again");
    assert!(!live.is_current(&before));
}

#[test]
fn a_session_goes_on_by_the_rules_that_it_began_with() {
    let live = Live::new(Ruleset::from_vec(file(&every_kind())).expect("it is good"));
    let before = live.load();
    let facts = serde_json::json!({"now": 0, "player": {"name": "x", "level": 1}});
    let frame = before.encode(&facts).expect("the facts are good");
    let mut session = before.session();
    session.decide(&frame).expect("the frame is good");
    let mut other = every_kind();
    other.truncate(1);
    drop(live.replace(Ruleset::from_vec(file(&other)).expect("it is good")));
    session.decide(&frame).expect("the frame is as good as before");
    // The new rules have another schema, and say so.
    assert!(live.load().session().decide(&frame).is_err());
}

#[test]
fn a_live_session_moves_on_and_keeps_what_was_set() {
    let live = Live::new(Ruleset::from_vec(file(&every_kind())).expect("it is good"));
    let mut session = live.session();
    session.set_memory_limit(12_345);
    assert!(!session.refresh());
    let next = Ruleset::from_vec(file(&every_kind())).expect("it is good");
    live.replace(next.clone());
    assert!(!session.ruleset().is_same(&next), "it moves on when it is told to");
    assert!(session.refresh());
    assert!(session.ruleset().is_same(&next));
    assert!(!session.refresh(), "only once");
    live.replace(next.clone());
    assert!(!session.refresh(), "there is no other");
}

#[test]
fn a_request_lets_no_ruleset_go() {
    let ruleset = || Ruleset::from_vec(file(&every_kind())).expect("it is good");
    let live = Live::new(ruleset());
    let (mut first, mut second) = (live.session(), live.session());
    let is_there = live.load().watched();
    drop(live.replace(ruleset()));
    assert!(first.refresh());
    assert!(is_there() && live.release() == 1, "a session still has it");
    assert!(second.refresh());
    assert!(is_there(), "nobody decides by it, and it is still there");
    assert_eq!(live.release(), 0);
    assert!(!is_there());
    // Whoever puts one in place lets old ones go as well.
    let is_there = live.load().watched();
    drop(live.replace(ruleset()));
    assert!(first.refresh() && second.refresh() && is_there());
    drop(live.replace(ruleset()));
    assert!(!is_there());
}

#[test]
fn a_reload_takes_only_what_takes_the_requests_that_are_on_their_way() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("live.stone");
    let known = every_kind();
    let live = Live::new(Ruleset::from_vec(file(&known)).expect("it is good"));
    let grown = |optional| {
        let season = ("season", Type::Plain(FactKind::Int), optional);
        known.iter().cloned().chain([season]).collect::<Vec<_>>()
    };
    let mut changed = known.clone();
    changed[2].2 = true;
    let mut other = archive(&known);
    other.identity.description =
        std::mem::replace(&mut other.identity.name, other.identity.compiler);
    for (bytes, expected) in [
        (file(&grown(false)), Some("the fact `season` is new and not optional")),
        (file(&known[..5]), Some("the fact `player.speed` is not what it was")),
        (file(&changed), Some("the fact `player.level` is not what it was")),
        (file_of(&other), Some("it is the ruleset `1`, and `test` is in place")),
        (file(&grown(true)), None),
    ] {
        let before = live.load();
        fs::write(&path, &bytes).expect("it is written");
        let found = live.reload(&path).map_err(|error| error.to_string());
        assert_eq!(live.is_current(&before), expected.is_some());
        match (expected, found) {
            (Some(expected), Err(found)) => assert!(found.contains(expected), "{found}"),
            (expected, found) => assert_eq!((expected, found), (None, Ok(()))),
        }
        let anyway = Ruleset::from_vec(bytes).expect("it is good");
        live.replace(anyway);
        live.replace(before);
    }
}

/// Waits until this is told, or for so long that it never will be. A file that is being written
/// may be told of as well, if whoever writes it is slow.
#[track_caller]
fn is_told(events: &Receiver<String>, expected: &str) {
    loop {
        let told = events.recv_timeout(Duration::from_secs(30));
        let told = told.unwrap_or_else(|_| panic!("{expected:?} is not told"));
        if told.contains(expected) {
            return;
        }
    }
}

#[test]
fn a_file_that_is_watched_is_put_in_place_however_it_comes() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("live.stone");
    let with = |count: usize| file(&every_kind()[..count]);
    let optional = every_kind().len();
    fs::write(&path, with(optional - 4)).expect("it is written");
    let live = Live::new(Ruleset::open(&path).expect("it is good"));
    let (tell, events) = channel();
    let watch = Watch::new(&path).every(Duration::from_millis(5));
    let watcher = live
        .watch(watch, move |found| {
            let _ = tell.send(match found {
                Ok(ruleset) => format!("{} facts", ruleset.facts().len()),
                Err(error) => error.to_string(),
            });
        })
        .expect("a thread");
    let facts = |count: usize| format!("{} facts", optional - count);
    // Renamed over the old one.
    let new = folder.path().join("new");
    fs::write(&new, with(optional - 3)).expect("it is written");
    fs::rename(&new, &path).expect("it is renamed");
    is_told(&events, &facts(3));
    // Written anew: something else first.
    fs::write(&path, "no archive").expect("it is written");
    is_told(&events, "live.stone");
    assert_eq!(live.load().facts().len(), optional - 3, "the old one stays");
    fs::write(&path, with(optional - 2)).expect("it is written");
    is_told(&events, &facts(2));
    // Gone, and there again.
    fs::remove_file(&path).expect("it is there");
    is_told(&events, "cannot read");
    fs::write(&path, with(optional - 1)).expect("it is written");
    is_told(&events, &facts(1));
    assert_eq!(live.load().facts().len(), optional - 1);
    // Nothing is told any more.
    drop(watcher);
    fs::write(&path, with(optional)).expect("it is written");
    assert!(events.try_iter().all(|told| !told.contains(&facts(0))));
    assert!(events.recv().is_err(), "what tells is gone");
    assert_eq!(live.load().facts().len(), optional - 1);
}

/// As Kubernetes mounts them: the file is a link into a folder that is a link.
#[cfg(unix)]
#[test]
fn a_link_that_is_turned_is_another_file() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let all = every_kind();
    for (name, facts) in [("..1", &all[..all.len() - 1]), ("..2", &all[..])] {
        fs::create_dir(at(name)).expect("a folder");
        fs::write(at(name).join("live.stone"), file(facts)).expect("it is written");
    }
    symlink("..1", at("..data")).expect("a link");
    symlink("..data/live.stone", at("live.stone")).expect("a link");
    let live = Live::new(Ruleset::open(at("live.stone")).expect("it is good"));
    let (tell, events) = channel();
    let watch = Watch::new(at("live.stone")).every(Duration::from_millis(5));
    let _watcher = live.watch(watch, move |found| {
        let _ = tell.send(
            found.map(|ruleset| format!("{} facts", ruleset.facts().len())).unwrap_or_default(),
        );
    });
    symlink("..2", at("..next")).expect("a link");
    fs::rename(at("..next"), at("..data")).expect("it is turned");
    is_told(&events, &format!("{} facts", all.len()));
}

#[test]
fn a_watcher_may_be_dropped_by_what_it_calls() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("missing.stone");
    let live = Live::new(Ruleset::from_vec(file(&every_kind())).expect("it is good"));
    let own: Arc<Mutex<Option<Watcher>>> = Arc::default();
    let (held, (tell, events)) = (own.clone(), channel());
    let watcher = live.watch(path, move |_| {
        drop(held.lock().expect("nobody panics").take());
        let _ = tell.send(String::new());
    });
    *own.lock().expect("nobody panics") = watcher.ok();
    is_told(&events, "");
}
