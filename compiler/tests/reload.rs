//! A server that reloads its rules all day: neither memory nor descriptors grow,
//! requests are decided meanwhile, and a broken archive changes nothing.
//!
//! The only test of its process, so that what the process has is what the test
//! has.

use rulestone::{Live, Ruleset};
use rulestone_compiler::Options;
use rulestone_compiler::compile;
use rulestone_compiler::source::Input;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Reloads before anything is measured: by then all memory that is kept for
/// reuse is there.
const WARM_UP: usize = 200;

const RELOADS: usize = 1000;

/// Rules of each archive: enough that one that leaks is seen, a few hundred KiB.
const RULES: usize = 1500;

/// Pages that may come on top, for whatever an allocator does. If one archive in
/// ten leaked, that would be eight times as many.
const SLACK: usize = 1024;

/// An archive whose rules say all the same, that this version decided.
fn archive(version: &str) -> Vec<u8> {
    let mut source = "rulestone: v1\nruleset: reload\nfacts: {level: int, name: string}\n\
        outputs: {version: {type: string}, count: {type: int, combine: sum}}\nrules:\n"
        .to_owned();
    for number in 0..RULES {
        source += &format!(
            "  - id: rule-{number}\n    condition: level >= {number} && name != \"n{number}\"\n    \
             output: {{version: {version}, count: 1}}\n"
        );
    }
    let input = Input::Memory(vec![("ruleset.yaml".to_owned(), source.into_bytes())]);
    compile(&input, Options::default()).archive.expect("the source is good")
}

/// Which version decides, and how many rules match.
fn decide(ruleset: &Ruleset) -> String {
    let frame = ruleset.encode(&serde_json::json!({"level": 9, "name": "n3"})).expect("good");
    let mut line = Vec::new();
    ruleset.session().decide(&frame).expect("the frame is good").write_json(&mut line);
    let line = String::from_utf8(line).expect("JSON is UTF-8");
    let outputs = line.split("\"outputs\":").nth(1).expect("outputs");
    outputs.to_owned()
}

fn expected(version: &str) -> String {
    format!("{{\"version\":\"{version}\",\"count\":9}}}}")
}

/// Puts bytes in the place of a file as a publisher does.
fn publish(folder: &Path, bytes: &[u8]) {
    let temporary = folder.join("next");
    fs::write(&temporary, bytes).expect("it is written");
    fs::rename(&temporary, folder.join("live.stone")).expect("it is renamed");
}

#[cfg(target_os = "linux")]
mod process {
    use std::fs;

    /// Pages of this process that are in memory.
    pub fn pages() -> usize {
        let statm = fs::read_to_string("/proc/self/statm").expect("this is Linux");
        statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number")
    }

    /// What this process has open.
    pub fn descriptors() -> usize {
        fs::read_dir("/proc/self/fd").expect("this is Linux").count()
    }

    /// Sealed copies of archives that this process has mapped.
    pub fn copies() -> usize {
        let maps = fs::read_to_string("/proc/self/maps").expect("this is Linux");
        maps.lines().filter(|line| line.contains("memfd:rulestone")).count()
    }
}

#[cfg(not(target_os = "linux"))]
mod process {
    //! Only Linux tells; elsewhere, that nothing fails is what is tested.

    pub fn pages() -> usize {
        0
    }

    pub fn descriptors() -> usize {
        0
    }

    pub fn copies() -> usize {
        0
    }
}

#[test]
fn a_thousand_reloads_leave_nothing_behind() {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reload-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("live.stone");
    let good = [archive("odd"), archive("even")];
    assert!(good[0].len() > 100_000, "{} bytes: a leak would not be seen", good[0].len());
    let mut damaged = good[0].clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let broken: [&[u8]; 4] = [b"", b"rulestone: v1", &good[0][..good[0].len() / 2], &damaged];

    publish(&folder, &good[0]);
    let live = Live::new(Ruleset::open(&path).expect("it is good"));
    let (done, decisions) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let ruleset = live.load();
                // A server takes a new snapshot only where there is one.
                while live.is_current(&ruleset) && !done.load(Ordering::Relaxed) {
                    let found = decide(&ruleset);
                    assert!(["odd", "even"].map(expected).contains(&found), "{found}");
                    decisions.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let mut before = None;
        for turn in 0..WARM_UP + RELOADS {
            if turn == WARM_UP {
                before = Some((process::pages(), process::descriptors()));
            }
            let current = live.load();
            if turn % 10 == 0 {
                publish(&folder, broken[turn / 10 % broken.len()]);
                let error = live.reload(&path).expect_err("it is broken");
                assert!(error.to_string().contains("live.stone"), "{error}");
                assert!(live.is_current(&current), "a broken archive took its place");
            }
            let version = turn % 2;
            publish(&folder, &good[version]);
            live.reload(&path).expect("it is good");
            assert!(!live.is_current(&current));
            assert_eq!(decide(&live.load()), expected(["odd", "even"][version]));
        }
        done.store(true, Ordering::Relaxed);
        let (pages, descriptors) = before.expect("it was warm");
        let (pages_now, descriptors_now) = (process::pages(), process::descriptors());
        println!(
            "{RELOADS} reloads of {} bytes, {} decisions meanwhile: {pages} pages before, \
             {pages_now} after; {descriptors} descriptors before, {descriptors_now} after",
            good[0].len(),
            decisions.load(Ordering::Relaxed)
        );
        assert!(pages_now <= pages + SLACK, "{pages} pages have become {pages_now}");
        assert_eq!(descriptors_now, descriptors);
    });
    assert!(decisions.into_inner() > 0, "nothing was decided meanwhile");
    // The last one, and nothing of those before once nobody decides by them.
    assert_eq!(live.release(), 0);
    assert!(process::copies() <= 1, "{} copies are mapped", process::copies());
    drop(live);
    assert_eq!(process::copies(), 0);
    fs::remove_dir_all(&folder).expect("it is ours");
}
