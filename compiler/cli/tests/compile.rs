//! `compile`: the same bytes everywhere, and never half an archive.

mod support;

#[cfg(unix)]
use std::fs;
use support::{Folder, KIM, KIMS_DECISION, SHOP};

#[test]
fn an_archive_is_written_and_told_of() {
    let folder = Folder::with_shop();
    let ran = folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.starts_with("shop: 4 rules, "), "{}", ran.stderr);
    folder.run(&["verify", "shop.stone"]).expect(0);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
    let ran = folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_same_source_gives_the_same_bytes_in_every_folder() {
    let (a, b) = (Folder::new(), Folder::new());
    let split = SHOP.find("rules:").expect("the rules");
    for (folder, name) in [(&a, "one"), (&b, "two/three")] {
        folder.write(&format!("{name}/ruleset.yaml"), &SHOP[..split]);
        folder.write(&format!("{name}/more/rules.yaml"), &SHOP[split..]);
    }
    a.run(&["compile", "one", "-o", "x.stone"]).expect(0);
    let source = b.file("two/three");
    let source = source.to_str().expect("text");
    b.run(&["compile", source, "-o", "y.stone", "--threads", "4"]).expect(0);
    assert_eq!(a.read("x.stone"), b.read("y.stone"));
    let ran = b.run(&["compile", "two/three", "-o", "-"]).expect(0);
    assert_eq!(ran.bytes, a.read("x.stone"));
}

#[test]
fn stripped_archives_are_smaller_and_decide_alike() {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "whole.stone"]).expect(0);
    folder.run(&["compile", "shop.yaml", "-o", "stripped.stone", "--strip"]).expect(0);
    assert!(folder.read("stripped.stone").len() < folder.read("whole.stone").len());
    for archive in ["whole.stone", "stripped.stone"] {
        let ran = folder.run_with(&["eval", archive, "--facts", "-"], KIM).expect(0);
        assert_eq!(ran.lines(), [KIMS_DECISION]);
    }
}

#[test]
fn a_bad_source_leaves_the_old_archive() {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    let old = folder.read("shop.stone");
    folder.write("shop.yaml", SHOP.replace("player.level == 0", "player.level =="));
    let ran = folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(1);
    assert!(ran.stderr.contains("error[RS03"), "{}", ran.stderr);
    assert_eq!(folder.read("shop.stone"), old);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
    folder.run(&["compile", "shop.yaml", "-o", "new.stone"]).expect(1);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
}

#[test]
fn a_new_archive_takes_the_place_of_the_old() {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    let old = folder.read("shop.stone");
    folder.write("shop.yaml", SHOP.replace("A small one", "Another one"));
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone"]).expect(0);
    assert_ne!(folder.read("shop.stone"), old);
    assert_eq!(folder.names(), ["shop.stone", "shop.yaml"]);
}

#[test]
fn what_cannot_be_written_is_said_before_and_nothing_stays() {
    let folder = Folder::with_shop();
    folder.write("folder/x", "");
    for output in ["folder", "missing/shop.stone", "new/", "shop.yaml/x.stone"] {
        let ran = folder.run(&["compile", "shop.yaml", "-o", output]).expect(1);
        assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    }
    assert_eq!(folder.names(), ["folder", "shop.yaml"]);
}

#[test]
fn a_source_is_never_overwritten() {
    let folder = Folder::new();
    folder.write("rules/ruleset.yaml", SHOP);
    folder.run(&["compile", "rules/ruleset.yaml", "-o", "rules/ruleset.yaml"]).expect(2);
    folder.run(&["compile", "rules", "-o", "rules/ruleset.yaml"]).expect(2);
    assert_eq!(folder.read("rules/ruleset.yaml"), SHOP.as_bytes());
    folder.run(&["compile", "rules", "-o", "rules/shop.stone"]).expect(0);
}

#[cfg(unix)]
#[test]
fn links_stay_links_devices_are_written_to_and_modes_are_usual() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "real.stone"]).expect(0);
    symlink("real.stone", folder.file("live.stone")).expect("a link");
    folder.write("shop.yaml", SHOP.replace("A small one", "Another one"));
    let old = folder.read("real.stone");
    folder.run(&["compile", "shop.yaml", "-o", "live.stone"]).expect(0);
    assert!(folder.file("live.stone").is_symlink());
    assert_ne!(folder.read("real.stone"), old);
    symlink("nowhere/x", folder.file("lost.stone")).expect("a link");
    folder.run(&["compile", "shop.yaml", "-o", "lost.stone"]).expect(1);
    folder.run(&["compile", "shop.yaml", "-o", "/dev/null"]).expect(0);
    // As of any file that this process makes.
    let mode = |name: &str| folder.file(name).metadata().expect("the file").mode();
    assert_eq!(mode("real.stone"), mode("shop.yaml"));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with_shop();
    folder.run(&["keygen", "-o", "k", "--no-password"]).expect(0);
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.file(name)).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    let set_mode = |name: &str, mode: u32| {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.file(name), permissions).expect("the mode");
    };
    folder.run(&["compile", "shop.yaml", "-o", "new.stone"]).expect(0);
    folder.run(&["sign", "new.stone", "-k", "k.key"]).expect(0);
    // What is new has what the umask leaves of it, as any other new file.
    folder.write("usual", "");
    assert_eq!([mode("new.stone"), mode("new.stone.minisig"), mode("k.pub")], [mode("usual"); 3]);
    for wanted in [0o600, 0o640, 0o444, 0o666, 0o755, 0o000] {
        set_mode("new.stone", 0o644);
        folder.write("old.stone", "something else");
        set_mode("old.stone", wanted);
        folder.run(&["compile", "shop.yaml", "-o", "old.stone"]).expect(0);
        assert_eq!(mode("old.stone"), wanted, "{wanted:o}");
        set_mode("old.stone", 0o644);
        assert_eq!(folder.read("old.stone"), folder.read("new.stone"));
        set_mode("new.stone.minisig", wanted);
        folder.run(&["sign", "new.stone", "-k", "k.key"]).expect(0);
        assert_eq!(mode("new.stone.minisig"), wanted, "{wanted:o}");
        // The secret key is its owner's alone, whatever was there.
        set_mode("k.pub", wanted);
        set_mode("k.key", 0o666);
        folder.run(&["keygen", "-o", "k", "--no-password", "--force"]).expect(0);
        assert_eq!([mode("k.pub"), mode("k.key")], [wanted, 0o600], "{wanted:o}");
    }
    // A link stays one, and the file that it leads to keeps its mode.
    set_mode("old.stone", 0o600);
    symlink("old.stone", folder.file("link.stone")).expect("a link");
    folder.run(&["compile", "shop.yaml", "-o", "link.stone"]).expect(0);
    assert!(fs::symlink_metadata(folder.file("link.stone")).expect("a link").is_symlink());
    assert_eq!(mode("old.stone"), 0o600);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_owner_where_that_may_be() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let folder = Folder::with_shop();
    folder.write("old.stone", "something else");
    // None but the administrator can give files away.
    if chown(folder.file("old.stone"), Some(12_345), Some(23_456)).is_err() {
        return;
    }
    let permissions = fs::Permissions::from_mode(0o640);
    fs::set_permissions(folder.file("old.stone"), permissions).expect("the mode");
    folder.run(&["compile", "shop.yaml", "-o", "old.stone"]).expect(0);
    let metadata = fs::metadata(folder.file("old.stone")).expect("a file");
    assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o777), (12_345, 23_456, 0o640));
}
