//! Faults while an archive is put in place: the file is the old one or the new
//! one, whole, at every moment and after every end of the process.

use crate::child::{BINARY, Limits, finish, run};
use crate::support::{Folder, KIM, KIMS_DECISION, SHOP};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

const COMPILE: &[&str] = &["compile", "shop.yaml", "-o", "shop.stone", "--quiet"];

/// SIGXFSZ: a file has become larger than it may be.
const TOO_LARGE: i32 = 25;

/// How often a process is killed while it publishes.
const KILLS: u32 = 200;

/// A name that only a temporary file has.
fn is_temporary(name: &str) -> bool {
    name.starts_with(".rulestone-") && name.ends_with(".tmp")
}

/// The old archive, and a source that has changed since.
fn folder() -> (Folder, Vec<u8>) {
    let folder = Folder::with_shop();
    folder.run(COMPILE).expect(0);
    folder.write("shop.yaml", SHOP.replace("A small one", "Another one"));
    let old = folder.read("shop.stone");
    assert!(old.len() > 2048, "it fits where it must not");
    (folder, old)
}

#[test]
fn a_file_that_may_not_grow_leaves_the_old_archive() {
    let (folder, old) = folder();
    let limits = Limits { file: Some(1), is_told: true, ..Limits::default() };
    let error = run(&folder, COMPILE, limits).expect(1).stderr;
    assert!(error.contains("cannot write "), "{error}");
    assert!(error.contains("shop.stone: File too large"), "{error}");
    assert!(error.contains("the archive that was there is unchanged"), "{error}");
    assert_eq!(folder.read("shop.stone"), old);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);

    let error = run(&folder, &["compile", "shop.yaml", "-o", "new.stone"], limits).expect(1).stderr;
    assert!(error.contains("nothing was written"), "{error}");
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
}

#[test]
fn what_a_killed_process_left_is_removed_by_the_next() {
    let (folder, old) = folder();
    let limits = Limits { file: Some(1), is_told: false, ..Limits::default() };
    for _ in 0..3 {
        let ended = run(&folder, COMPILE, limits);
        assert_eq!(ended.signal(), Some(TOO_LARGE), "{ended:?}");
        assert_eq!(folder.read("shop.stone"), old);
        let left = folder.names().into_iter().filter(|name| is_temporary(name)).count();
        assert_eq!(left, 1, "{:?}", folder.names());
    }
    run(&folder, COMPILE, Limits::default()).expect(0);
    assert_ne!(folder.read("shop.stone"), old);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
}

#[test]
fn only_files_that_were_abandoned_are_removed() {
    let (folder, _) = folder();
    let abandoned = [".rulestone-0000000000000000.tmp", ".rulestone-0123456789abcdef.tmp"];
    let others = [
        ".rulestone-0123456789abcde.tmp",
        ".rulestone-0123456789abcdef0.tmp",
        ".rulestone-0123456789ABCDEF.tmp",
        ".rulestone-0123456789abcdeg.tmp",
        ".rulestone-.tmp",
        ".rulestone-0123456789abcdef.tmp.txt",
        "rulestone-0123456789abcdef.tmp",
        "x.rulestone-0123456789abcdef.tmp",
    ];
    for name in abandoned.iter().chain(&others) {
        folder.write(name, "half an arch");
    }
    // One is being written by a process that lives: this one.
    let locked = ".rulestone-1111111111111111.tmp";
    folder.write(locked, "half an arch");
    let alive = File::options().write(true).open(folder.file(locked)).expect("it is there");
    alive.lock().expect("it can be locked");
    // No process of ours makes folders or links.
    let (nested, linked) = (".rulestone-2222222222222222.tmp", ".rulestone-3333333333333333.tmp");
    fs::create_dir(folder.file(nested)).expect("a folder");
    symlink("shop.yaml", folder.file(linked)).expect("a link");

    run(&folder, COMPILE, Limits::default()).expect(0);
    let mut expected: Vec<&str> = others.to_vec();
    expected.extend([locked, nested, linked, "shop.stone", "shop.yaml"]);
    expected.sort_unstable();
    assert_eq!(folder.names(), expected);

    drop(alive);
    run(&folder, COMPILE, Limits::default()).expect(0);
    assert!(!folder.file(locked).exists());
}

#[test]
fn several_compile_to_one_place_at_once_and_all_succeed() {
    let (folder, old) = folder();
    run(&folder, &["compile", "shop.yaml", "-o", "new.stone", "--quiet"], Limits::default());
    let new = folder.read("new.stone");
    for round in 0..5 {
        let start = || {
            let mut command = Command::new(BINARY);
            command.args(COMPILE).current_dir(folder.path());
            command.stdin(Stdio::null()).stderr(Stdio::piped());
            command.spawn().expect("the binary starts")
        };
        let children: Vec<_> = std::iter::repeat_with(start).take(8).collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "round {round}: {said}");
            assert_eq!(said, "");
        }
        assert_ne!(new, old);
        assert_eq!(folder.read("shop.stone"), new);
        assert_eq!(folder.names(), ["new.stone", "shop.stone", "shop.yaml"]);
    }
}

#[test]
fn whenever_a_process_is_killed_the_archive_is_the_old_or_the_new_one() {
    let folder = Folder::new();
    let sources = ["a.yaml", "b.yaml"];
    let mut archives = Vec::new();
    for (source, description) in sources.iter().zip(["The first", "The second"]) {
        folder.write(source, SHOP.replace("A small one", description));
        let arguments = ["compile", source, "-o", "known", "--quiet"];
        run(&folder, &arguments, Limits::default()).expect(0);
        archives.push(folder.read("known"));
    }
    fs::remove_file(folder.file("known")).expect("it is there");
    assert_ne!(archives[0], archives[1]);
    let compile = |source: &str| {
        let mut command = Command::new(BINARY);
        command.args(["compile", source, "-o", "live.stone", "--quiet"]);
        command.current_dir(folder.path()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    // How long it takes, undisturbed.
    let start = Instant::now();
    for source in sources.iter().cycle().take(4) {
        assert!(compile(source).status().expect("it starts").success());
    }
    let usual = start.elapsed() / 4;

    let mut random = Random::new();
    let (mut changed, mut unchanged, mut abandoned) = (0, 0, 0);
    let mut before = folder.read("live.stone");
    for round in 0..KILLS {
        let source = usize::from(before == archives[0]);
        let mut child = compile(sources[source]).spawn().expect("it starts");
        sleep(Duration::from_micros(random.below(usual.as_micros() as u64 * 6 / 5)));
        // SIGKILL. It may have ended just before.
        let _ = child.kill();
        child.wait().expect("it ends");
        let after = folder.read("live.stone");
        assert!(archives.contains(&after), "round {round}: neither the old one nor the new one");
        match after == before {
            true => unchanged += 1,
            false => changed += 1,
        }
        before = after;
        let left: Vec<String> =
            folder.names().into_iter().filter(|name| is_temporary(name)).collect();
        assert!(left.len() <= 1, "they pile up: {left:?}");
        abandoned += left.len();
    }
    println!("{KILLS} kills: {unchanged} old, {changed} new, {abandoned} left a temporary file");
    assert!(unchanged > 0, "no process was killed before it was done");
    let mut last = compile(sources[0]);
    assert!(last.status().expect("it starts").success());
    assert_eq!(folder.names(), ["a.yaml", "b.yaml", "live.stone"]);
    let ran = folder.run_with(&["eval", "live.stone", "--facts", "-"], KIM).expect(0);
    assert_eq!(ran.lines(), [KIMS_DECISION]);
}

/// A disk of 48 KiB, where this user may make one in a namespace of its own.
#[test]
fn a_full_disk_leaves_the_old_archive_and_what_was_abandoned_makes_room() {
    const NOT_HERE: i32 = 77;
    let script = r#"
        mkdir disk && mount -t tmpfs -o size=48k none disk || exit 77
        cp shop.stone disk/live.stone
        cat /dev/zero >disk/ballast 2>/dev/null
        "$0" compile changed.yaml -o disk/live.stone && echo written
        "$0" compile changed.yaml -o disk/new.stone && echo written
        cmp shop.stone disk/live.stone && ls -A disk
        mv disk/ballast disk/.rulestone-0123456789abcdef.tmp
        "$0" compile changed.yaml -o disk/live.stone --quiet && ls -A disk
        "$0" verify disk/live.stone
    "#;
    let (folder, _) = folder();
    fs::rename(folder.file("shop.yaml"), folder.file("changed.yaml")).expect("it is there");
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, BINARY]);
    command.current_dir(folder.path()).stdin(Stdio::null());
    if Command::new("unshare").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("SKIPPED: there is no `unshare`, and so no small disk");
        return;
    }
    let ended = finish(command, "a small disk");
    if ended.status.code() == Some(NOT_HERE) || ended.stderr.contains("unshare failed") {
        println!("SKIPPED: this user can't mount a small disk: {}", ended.stderr.trim());
        return;
    }
    let ended = ended.expect(0);
    assert_eq!(ended.stderr.matches("No space left on device").count(), 2, "{ended:?}");
    assert!(ended.stderr.contains("the archive that was there is unchanged"), "{ended:?}");
    assert!(ended.stderr.contains("nothing was written"), "{ended:?}");
    assert!(ended.stdout.starts_with("ballast\nlive.stone\nlive.stone\nvalid"), "{ended:?}");
    assert!(ended.stdout.contains("Another one"), "{ended:?}");
}

/// Some numbers, other ones each time: SplitMix64 by Steele, Lea and Flood (2014).
struct Random {
    state: u64,
}

impl Random {
    fn new() -> Random {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let state = now.map_or(1, |now| now.as_nanos() as u64);
        println!("random numbers from {state}");
        Random { state }
    }

    fn below(&mut self, most: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % most.max(1)
    }
}
