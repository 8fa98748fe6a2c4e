//! Circles that are planted in a small crate are found, and nothing else is.

use super::arrows::{Arrows, of_crate};
use super::circles;
use std::fs;
use std::path::PathBuf;

/// Writes a crate of these files, of which the first is its root, and reads its
/// arrows.
fn planted(name: &str, files: &[(&str, &str)]) -> (PathBuf, Arrows) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("structure").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (file, text) in files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("a new folder");
        fs::write(file, text).expect("a new file");
    }
    let root = folder.join(files[0].0);
    (folder, of_crate(&root))
}

/// All circles in words.
fn found(name: &str, files: &[(&str, &str)]) -> String {
    let (folder, arrows) = planted(name, files);
    let circles = circles::find(&arrows);
    circles.iter().map(|circle| circles::describe(circle, &arrows, &folder)).collect()
}

/// Who imports whom, and what.
fn arrows(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let (folder, arrows) = planted(name, files);
    let short = |file: &PathBuf| file.strip_prefix(&folder).unwrap_or(file).display().to_string();
    let told = |((from, to), names): (&(PathBuf, PathBuf), &std::collections::BTreeSet<String>)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("{} -> {}: {}", short(from), short(to), names.join(", "))
    };
    arrows.iter().map(told).collect()
}

#[test]
fn a_circle_is_told_file_by_file_with_what_each_takes() {
    let files = [
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use a::Top;\n"),
        ("a.rs", "use crate::b::{self, Middle};\npub struct Top(Middle);\nfn f() { b::g() }\n"),
        ("b.rs", "pub mod deep;\npub fn g() {}\npub struct Middle(deep::Deep);\n"),
        ("b/deep.rs", "pub struct Deep;\nimpl Deep { fn h(&self) -> u8 { super::super::c::K } }\n"),
        ("c.rs", "pub const K: u8 = 1;\nuse super::a::Top;\n"),
    ];
    let expected = "a circle of 4 files:\n  \
                    a.rs -> b.rs: Middle, g\n  \
                    b.rs -> b/deep.rs: Deep\n  \
                    b/deep.rs -> c.rs: K\n  \
                    c.rs -> a.rs: Top\n";
    assert_eq!(found("circle", &files), expected);
}

#[test]
fn each_knot_of_files_gives_one_circle() {
    let files = [
        ("main.rs", "mod a; mod b; mod c; mod d;\nfn main() { a::f(); c::f() }\n"),
        ("a.rs", "use crate::b::g; pub fn f() { g() }"),
        ("b.rs", "pub fn g() { crate::a::f() }"),
        ("c.rs", "pub fn f() { super::d::g(); crate::a::f() }"),
        ("d.rs", "use super::*; pub fn g() { c::f() }"),
    ];
    let told = found("knots", &files);
    assert_eq!(told.matches("a circle of 2 files").count(), 2, "{told}");
    assert!(told.contains("d.rs -> c.rs: f"), "{told}");
}

#[test]
fn every_form_of_an_import_is_led_to_the_file_that_defines_it() {
    let files = [
        ("lib.rs", "pub mod face; mod user;\n"),
        ("face/mod.rs", "mod inner; pub mod other;\npub use inner::{Thing, *}; pub fn own() {}\n"),
        ("face/inner.rs", "pub struct Thing; pub fn starred() {} macro_rules! m { () => {} }\n"),
        ("face/other.rs", "pub type Alias = u8; pub union U { a: u8 } pub static S: u8 = 1;\n"),
        (
            "user.rs",
            "use crate::{face::{self as door, other::{Alias as A, U}, Thing}};\n\
             use door::starred;\n\
             fn f<'a>(x: &'a u8) -> [u8; door::other::LENGTH] { door::own(); 0..self::own() }\n\
             mod inside { fn g() { super::super::face::other::h::<u8>() } }\n",
        ),
    ];
    let expected = [
        "user.rs -> face/inner.rs: Thing, starred",
        "user.rs -> face/mod.rs: own",
        "user.rs -> face/other.rs: Alias, LENGTH, U, h",
    ];
    assert_eq!(arrows("forms", &files), expected);
}

#[test]
fn what_is_no_import_ties_nothing() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;\n"),
        (
            "a.rs",
            "//! See [`crate::b::B`].\n\
             /* use crate::b::B; /* crate::b::B */ crate::b::B */\n\
             pub struct A; // crate::b::B\n\
             const TEXT: &str = \"\\\" crate::b::B\"; const RAW: &str = r#\"\" crate::b::B\"#;\n\
             const QUOTE: char = '\"'; const ESCAPED: (u8, char) = (b'\\'', '\\u{62}');\n\
             fn f(x: &b::Of) -> std::b::B { x.b::<A>(); other::b::B }\n\
             #[cfg(test)] use crate::b::B;\n\
             #[cfg(all(test, unix))] fn g() { crate::b::f() }\n\
             struct S { #[cfg(test)] field: crate::b::B, other: u8 }\n\
             #[cfg(test)] mod tests { use crate::b::*; }\n",
        ),
        ("b.rs", "use memchr::memchr; use crate::a::A; pub struct B(A);\n"),
    ];
    assert_eq!(arrows("no-imports", &files), ["b.rs -> a.rs: A"]);
}

#[test]
fn what_stands_under_another_condition_than_testing_counts() {
    let files = [
        ("lib.rs", "mod a; mod b;\n"),
        (
            "a.rs",
            "#[cfg(not(test))] use crate::b::B;\n#[cfg(any(test, unix))] fn f() { crate::b::f() }\n",
        ),
        ("b.rs", "pub struct B; fn f() {}\n"),
    ];
    assert_eq!(arrows("conditions", &files), ["a.rs -> b.rs: B, f"]);
}

#[test]
fn a_parent_is_tied_to_a_child_by_handing_on_only_if_the_child_takes_of_it() {
    let child = "use super::Shared; pub struct Child(Shared);\n";
    let files = |parent| [("lib.rs", parent), ("child.rs", child)];
    let handing_on = "mod child; pub use child::Child; pub struct Shared;\n";
    let expected = "a circle of 2 files:\n  \
                    child.rs -> lib.rs: Shared\n  \
                    lib.rs -> child.rs: Child\n";
    assert_eq!(found("handing-on", &files(handing_on)), expected);
    assert_eq!(found("declaring", &files("mod child; pub struct Shared;\n")), "");
    let face = [
        ("lib.rs", "mod child; mod shared; pub use child::Child; pub use shared::Shared;\n"),
        ("child.rs", child),
        ("shared.rs", "pub struct Shared;\n"),
    ];
    assert_eq!(arrows("face", &face), ["child.rs -> shared.rs: Shared"]);
}
