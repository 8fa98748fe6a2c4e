//! An archive's file that changes while a server has it open: nothing that
//! happens to it reaches decisions.

use crate::child::{Limits, run};
use crate::support::{Folder, KIM, KIMS_DECISION, SHOP};
use rulestone::{ErrorCode, LoadError, Ruleset};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn folder() -> Folder {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder
}

fn frame(ruleset: &Ruleset) -> Vec<u8> {
    let facts: serde_json::Value = serde_json::from_str(KIM).expect("JSON");
    ruleset.encode(&facts).expect("the facts are good")
}

#[track_caller]
fn decides(ruleset: &Ruleset) {
    let frame = frame(ruleset);
    let mut session = ruleset.session();
    let mut line = Vec::new();
    session.decide(&frame).expect("the frame is good").write_json(&mut line);
    assert_eq!(String::from_utf8_lossy(&line), KIMS_DECISION);
}

#[test]
fn a_ruleset_outlives_whatever_happens_to_its_file() {
    let folder = folder();
    let path = folder.file("shop.stone");
    let whole = folder.read("shop.stone");
    type Fault = fn(&mut File, usize);
    let faults: [(&str, Fault); 5] = [
        ("cut to nothing", |file, _| file.set_len(0).expect("it is cut")),
        ("cut to half", |file, length| file.set_len(length as u64 / 2).expect("it is cut")),
        ("overwritten with zeros", |file, length| {
            file.write_all(&vec![0; length]).expect("it is written");
        }),
        ("overwritten in the middle", |file, length| {
            file.seek(SeekFrom::Start(length as u64 / 2)).expect("it is there");
            file.write_all(&[0xFF; 16]).expect("it is written");
        }),
        ("grown", |file, length| file.set_len(length as u64 * 2).expect("it grows")),
    ];
    for (name, fault) in faults {
        fs::write(&path, &whole).expect("it is written");
        let ruleset = Ruleset::open(&path).expect(name);
        let mut session = ruleset.session();
        let frame = frame(&ruleset);
        session.decide(&frame).expect(name);
        let mut file = File::options().write(true).open(&path).expect("it is there");
        fault(&mut file, whole.len());
        // With what was warm, and from the start.
        let mut line = Vec::new();
        session.decide(&frame).expect(name).write_json(&mut line);
        assert_eq!(String::from_utf8_lossy(&line), KIMS_DECISION, "{name}");
        decides(&ruleset);
        // Who comes later hears of it.
        match Ruleset::open(&path) {
            Ok(_) => panic!("a file that was {name} was opened"),
            Err(LoadError::Empty { .. }) => assert_eq!(name, "cut to nothing"),
            Err(error) => {
                assert!(error.code().is_some(), "{name}: {error}");
                assert!(error.to_string().contains("shop.stone"), "{name}: {error}");
            }
        }
        decides(&ruleset);
        fs::write(&path, &whole).expect("it is written");
        decides(&Ruleset::open(&path).expect(name));
    }
}

#[test]
fn a_file_that_changes_while_it_is_opened_is_whole_or_refused() {
    let folder = folder();
    let path = folder.file("shop.stone");
    let (small, large) = (folder.read("shop.stone"), {
        let more: String = (0..200)
            .map(|n| format!("  - id: more-{n}\n    condition: player.level == {}\n", n + 1000))
            .collect();
        folder.write("large.yaml", SHOP.replace("tests:", &format!("{more}tests:")));
        folder.run(&["compile", "large.yaml", "-o", "large.stone", "--quiet"]).expect(0);
        folder.read("large.stone")
    });
    let done = AtomicBool::new(false);
    let (mut opened, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Not how archives are published: in place, piece by piece, now short, now long.
            let mut file = File::options().write(true).open(&path).expect("it is there");
            for bytes in [&large, &small].into_iter().cycle() {
                for piece in bytes.chunks(1000) {
                    file.write_all(piece).expect("it is written");
                }
                file.set_len(bytes.len() as u64).expect("it is cut");
                // Now and then it is whole for a while.
                for _ in 0..20 {
                    thread::yield_now();
                }
                file.set_len(bytes.len() as u64 / 2).expect("it is cut");
                file.rewind().expect("from the start");
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        for _ in 0..2000 {
            match Ruleset::open(&path) {
                Ok(ruleset) => {
                    opened += 1;
                    decides(&ruleset);
                }
                Err(error) => {
                    refused += 1;
                    assert_ne!(error.code(), Some(ErrorCode::Structure), "{error}");
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    println!("opened {opened} times, refused {refused} times");
}

#[test]
fn an_archive_larger_than_the_files_that_a_process_may_write_is_opened() {
    let folder = folder();
    folder.write("facts.jsonl", format!("{KIM}\n"));
    let length = folder.read("shop.stone").len() as u64;
    // Shells count in 512 or in 1024 bytes: from far too little to just enough by each.
    for file in [0, 1, length / 1024, length.div_ceil(1024), length / 512, length.div_ceil(512)] {
        for is_told in [false, true] {
            let limits = Limits { file: Some(file), is_told, ..Limits::default() };
            let ended = run(&folder, &["eval", "shop.stone", "--facts", "facts.jsonl"], limits);
            assert_eq!(ended.signal(), None, "within {file} blocks: {ended:?}");
            assert_eq!(ended.expect(0).stdout, format!("{KIMS_DECISION}\n"));
        }
    }
}
