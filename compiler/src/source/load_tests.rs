//! Which files are read, in which order, and what bounds them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::*;
use crate::diagnostic::{Code, Diagnostic};

const HEAD: &str = "rulestone: v1\nruleset: probe\n";

fn memory(files: &[(&str, &str)]) -> Loaded {
    load(&Input::Memory(
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect(),
    ))
}

fn one(text: &str) -> Loaded {
    memory(&[("probe.yaml", text)])
}

fn codes(loaded: &Loaded) -> Vec<Code> {
    loaded.diagnostics.iter().map(|d| d.code).collect()
}

fn names(loaded: &Loaded) -> Vec<&str> {
    loaded.sources.digest_parts().map(|(name, _)| name).collect()
}

/// A folder that is removed when it goes out of scope.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("rulestone-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("folder");
        fs::write(path, text).expect("file");
    }

    fn load(&self) -> Loaded {
        load(&Input::Path(self.0.clone()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_read_bytewise_by_relative_path_after_the_first() {
    let parts = ["b.yaml", "a/z.yaml", "a.yaml", "a-b.yaml", "Z.yaml", "é.yaml", "a/b/c.yaml"];
    let expected = [
        "ruleset.yaml",
        "Z.yaml",
        "a-b.yaml",
        "a.yaml",
        "a/b/c.yaml",
        "a/z.yaml",
        "b.yaml",
        "é.yaml",
    ];
    let folder = Folder::new("order");
    let mut files = vec![("ruleset.yaml", HEAD)];
    files.extend(parts.iter().map(|name| (*name, "rules: []\n")));
    for (name, text) in &files {
        folder.file(name, text);
    }
    let loaded = folder.load();
    assert_eq!(codes(&loaded), []);
    assert_eq!(names(&loaded), expected);
    let second = loaded.sources.path(super::super::span::FileId(4));
    assert_eq!(second, format!("{}/a/b/c.yaml", folder.0.display()));
    for _ in 0..files.len() {
        files.rotate_left(1);
        assert_eq!(names(&memory(&files)), expected);
    }
}

#[test]
fn hidden_and_other_files_are_not_read() {
    let folder = Folder::new("hidden");
    folder.file("ruleset.yaml", HEAD);
    for name in [".hidden.yaml", ".git/a.yaml", "notes.txt", "rules.yaml.bak", "x.yaml/inner.yaml"]
    {
        folder.file(name, "rules: []");
    }
    folder.file("slip.yml", "rules: []");
    let loaded = folder.load();
    assert_eq!(names(&loaded), ["ruleset.yaml", "x.yaml/inner.yaml"]);
    assert_eq!(codes(&loaded), [Code::FileIgnored]);
    assert!(!loaded.diagnostics.has_errors());
}

#[test]
fn a_folder_needs_a_first_file_and_the_others_are_still_looked_at() {
    let folder = Folder::new("rootless");
    folder.file("a.yaml", "rulez: []");
    let loaded = folder.load();
    assert_eq!(codes(&loaded), [Code::NoRuleset, Code::UnknownKey]);
    assert!(loaded.ruleset.is_none());
    assert_eq!(codes(&memory(&[("a.yaml", ""), ("b.yaml", "")])), [Code::NoRuleset]);
    assert_eq!(codes(&memory(&[])), [Code::NoRuleset]);
}

#[test]
fn what_is_not_there_is_said() {
    let folder = Folder::new("gone");
    let loaded = load(&Input::Path(folder.0.join("nothing")));
    assert_eq!(codes(&loaded), [Code::Unreadable]);
    assert!(loaded.ruleset.is_none() && loaded.sources.is_empty());
}

#[test]
fn a_single_file_may_have_any_name() {
    let folder = Folder::new("single");
    folder.file("event.yaml", HEAD);
    folder.file("other.yaml", "rules: []");
    let path = folder.0.join("event.yaml");
    let loaded = load(&Input::Path(path.clone()));
    assert_eq!(codes(&loaded), []);
    assert_eq!(names(&loaded), ["event.yaml"]);
    let file = super::super::span::FileId(0);
    assert_eq!(loaded.sources.path(file), path.display().to_string());
    assert_eq!(loaded.ruleset.map(|r| r.name.value).as_deref(), Some("probe"));
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_loops_are_refused_at_once() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("special");
    folder.file("ruleset.yaml", HEAD);
    folder.file("sub/a.yaml", "rules: []");
    symlink(&folder.0, folder.0.join("sub/back")).expect("link");
    symlink("/dev/zero", folder.0.join("zero.yaml")).expect("link");
    symlink("itself.yaml", folder.0.join("itself.yaml")).expect("link");
    symlink("sub/a.yaml", folder.0.join("link.yaml")).expect("link");
    let pipe = folder.0.join("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let has_pipe = made.is_ok_and(|status| status.success());
    let loaded = folder.load();
    assert_eq!(names(&loaded), ["ruleset.yaml", "link.yaml", "sub/a.yaml"]);
    let mut found = codes(&loaded);
    found.sort();
    let mut expected = vec![Code::Unreadable, Code::NotAFile, Code::FolderLoop];
    if has_pipe {
        expected.insert(1, Code::NotAFile);
        assert_eq!(codes(&load(&Input::Path(pipe))), [Code::NotAFile]);
    }
    assert_eq!(found, expected);
}

#[test]
fn sizes_are_bounded_and_refused_quickly() {
    let start = Instant::now();
    let long = "x".repeat(10 << 20);
    let condition = format!("{HEAD}rules: [{{id: a, condition: '{long}'}}]\n");
    assert_eq!(codes(&one(&condition)), [Code::TooLarge]);
    let condition = format!("{HEAD}rules: [{{id: a, condition: '{}'}}]\n", &long[..65_537]);
    assert_eq!(codes(&one(&condition)), [Code::TooLarge]);
    let condition = format!("{HEAD}rules: [{{id: a, condition: '{}'}}]\n", &long[..65_536]);
    assert_eq!(codes(&one(&condition)), []);
    let template = format!("{HEAD}rules: [{{id: a, output: {{m: '{}'}}}}]\n", &long[..65_537]);
    assert_eq!(codes(&one(&template)), [Code::TooLarge]);
    let file = format!("{HEAD}#{}", "x".repeat(16 << 20));
    assert_eq!(codes(&one(&file)), [Code::TooLarge]);
    let part = format!("#{}", "x".repeat((16 << 20) - 2));
    let parts: Vec<(String, &str)> = (0..5).map(|i| (format!("{i}.yaml"), part.as_str())).collect();
    let mut files: Vec<(&str, &str)> = parts.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    files.push(("ruleset.yaml", HEAD));
    assert_eq!(codes(&memory(&files)), [Code::TooLarge]);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn hostile_yaml_ends_quickly_with_a_place() {
    let many = 1 << 18;
    for text in [
        "[".repeat(many),
        "{a: ".repeat(many),
        "- ".repeat(many),
        "? ".repeat(many),
        format!("a: {}", "[],".repeat(many)),
        format!("a: [{}", "x, ".repeat(2_100_000)),
        format!("a: \"{}", "\\".repeat(many)),
        format!("a: '{}", "'".repeat(many)),
        format!("a: &a [{}]", "*a, ".repeat(many)),
        format!("a: &a x\nb: [{}]", "*a, ".repeat(many)),
        "!".repeat(many),
        "&a ".repeat(many),
        "a: b\n".repeat(many),
        format!("a: |\n{}", " \n".repeat(many)),
        "\t".repeat(many),
        "%YAML 1.2\n".repeat(many),
        "---\n".repeat(many),
        format!("{}: 1", "k".repeat(many)),
        "\u{feff}".repeat(many),
    ] {
        let start = Instant::now();
        let loaded = one(&text);
        let shown: String = text.chars().take(20).collect();
        assert!(loaded.diagnostics.has_errors(), "{shown}");
        for finding in loaded.diagnostics.iter().take(3) {
            assert!(finding.primary.is_some(), "{shown}: {finding:?}");
            assert!(
                crate::diagnostic::render::render(finding, &loaded.sources, false).len() < 5000
            );
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{shown}: {:?}", start.elapsed());
    }
}

#[test]
fn every_prefix_of_a_ruleset_is_read_without_a_panic() {
    let text = include_str!("../../tests/diagnostics/source/a-good-ruleset.yaml");
    for (end, _) in text.char_indices() {
        let loaded = one(&text[..end]);
        for finding in loaded.diagnostics.iter() {
            assert!(finding.primary.is_some(), "{finding:?}");
        }
    }
    assert!(one(text).diagnostics.is_empty());
}

#[test]
fn limits_of_the_model_are_exact() {
    let facts = |n: usize| (0..n).map(|i| format!("  f{i}: int\n")).collect::<String>();
    assert_eq!(codes(&one(&format!("{HEAD}facts:\n{}", facts(4096)))), []);
    assert_eq!(codes(&one(&format!("{HEAD}facts:\n{}", facts(4097)))), [Code::TooMany]);
    let outputs = |n: usize| (0..n).map(|i| format!("  o{i}: {{type: int}}\n")).collect::<String>();
    assert_eq!(codes(&one(&format!("{HEAD}outputs:\n{}", outputs(256)))), []);
    assert_eq!(codes(&one(&format!("{HEAD}outputs:\n{}", outputs(257)))), [Code::TooMany]);
    let groups = |n: usize| (0..n).map(|i| format!("  g{i}: {{}}\n")).collect::<String>();
    assert_eq!(codes(&one(&format!("{HEAD}groups:\n{}", groups(65_535)))), []);
    assert_eq!(codes(&one(&format!("{HEAD}groups:\n{}", groups(65_536)))), [Code::TooMany]);
    let polygon = |n: usize| {
        format!("{HEAD}fences: {{a: {{polygon: [{}]}}}}", "{lat: 1, lon: 2}, ".repeat(n))
    };
    assert_eq!(codes(&one(&polygon(10_000))), []);
    assert_eq!(codes(&one(&polygon(10_001))), [Code::FenceShape]);
}

#[test]
fn what_had_an_error_is_known_to_be_unread() {
    let loaded = one(&format!(
        "{HEAD}facts: {{a: {{b: itn, c: int}}}}\nconstants: {{x: }}\nrules: [{{id: A}}]\n"
    ));
    assert!(loaded.unread.covers("facts.a.b"));
    assert!(!loaded.unread.covers("facts.a.c") && !loaded.unread.covers("facts.a"));
    assert!(loaded.unread.covers("constants.x"));
    let ruleset = loaded.ruleset.expect("the rest is there");
    assert_eq!(ruleset.facts.len(), 1);
    let broken = memory(&[("ruleset.yaml", HEAD), ("b.yaml", "constants: [")]);
    assert!(broken.unread.covers("constants.anything") && !broken.unread.covers("facts.a"));
}

#[test]
fn the_model_has_what_was_written() {
    use super::super::model::{Condition, FactType, OutputValue};
    let text = include_str!("../../tests/diagnostics/source/a-good-ruleset.yaml");
    let ruleset = one(text).ruleset.expect("a good ruleset");
    let paths: Vec<String> = ruleset.facts.iter().map(|f| f.path.join(".")).collect();
    assert_eq!(
        paths,
        [
            "now",
            "player.id",
            "player.level",
            "player.platform",
            "player.position",
            "player.tags",
            "player.scores",
            "player.guild",
            "item.type",
            "item.rarity"
        ]
    );
    let ty =
        |path: &str| &ruleset.facts.iter().find(|f| f.path.join(".") == path).expect("fact").ty;
    assert_eq!(*ty("player.id"), FactType::String { max_length: 1024 });
    assert_eq!(
        *ty("player.platform"),
        FactType::Enum(["ios", "android", "no", "off"].map(String::from).into())
    );
    let element = Box::new(FactType::String { max_length: 32 });
    assert_eq!(*ty("player.tags"), FactType::List { element, max_items: 16 });
    assert!(ruleset.facts[7].optional);
    let rule = &ruleset.rules[0];
    assert_eq!(rule.priority, -3);
    let rollout = rule.rollout.as_ref().expect("a rollout");
    assert_eq!((rollout.threshold, rollout.by.value.as_str()), (12_500, "player.id"));
    let schedule = rule.schedule.as_ref().expect("a schedule");
    let daily = schedule.daily.as_ref().expect("a window").value;
    assert_eq!((daily.from, daily.to), (64_800, 86_400));
    let Some(Condition::All(parts, _)) = &rule.condition else { panic!("{:?}", rule.condition) };
    assert!(matches!(&parts[1], Condition::Any(any, _) if any.len() == 2));
    assert!(
        matches!(&parts[2], Condition::Not(inner, _) if matches!(&**inner, Condition::All(..)))
    );
    assert!(matches!(&parts[3], Condition::None(none, _) if none.len() == 1));
    assert!(
        matches!(&rule.outputs[0].value, OutputValue::Text(t) if t.value == "50 * player.level")
    );
    assert!(matches!(&rule.outputs[1].value, OutputValue::Value(_)));
    assert_eq!(ruleset.tests[0].outputs.len(), 2);
    let always = ruleset.variables.iter().find(|v| v.name.value == "always").expect("a variable");
    assert_eq!(always.expression.value, "true");
}

#[test]
fn a_file_given_twice_is_an_error() {
    let loaded = memory(&[("ruleset.yaml", HEAD), ("a.yaml", ""), ("a.yaml", "")]);
    let findings: Vec<&Diagnostic> = loaded.diagnostics.iter().collect();
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.contains("twice"));
}
