//! No text from sources, archives, facts, file names or arguments acts on a
//! terminal, or passes for something that the command line says itself.

mod support;

use rulestone_format::header::Header;
use std::fs;
use support::{Folder, Ran};

/// One of each kind of what must not get through. What follows a break of lines
/// would look like a line of its own.
const HOSTILE: &str = "A\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{ad}\u{feff}\u{e0041}\
    \u{85}forged\u{2028}forged\rforged\nforged";

/// [`HOSTILE`] as YAML and JSON write it in double quotes.
fn quoted() -> String {
    let escape = |character: char| match character {
        '\u{20}'..='\u{7e}' => character.to_string(),
        other => other.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect(),
    };
    format!("\"{}\"", HOSTILE.chars().map(escape).collect::<String>())
}

/// As YAML writes it, which has no surrogates.
fn quoted_yaml() -> String {
    quoted().replace("\\udb40\\udc41", "\\U000e0041")
}

/// Styles that the command line sets itself, taken out.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((style, rest)) if style.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
                plain.push_str(rest);
            }
            _ => {
                plain.push_str("\u{1b}[");
                plain.push_str(part);
            }
        }
    }
    plain
}

#[track_caller]
fn assert_harmless(text: &str, what: &str) {
    let acts = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{202e}' | '\u{2066}')
            || matches!(c, '\u{feff}' | '\u{e0041}')
    };
    let found: Vec<char> = text.chars().filter(acts).collect();
    assert!(found.is_empty(), "{found:?} of {what} in:\n{text:?}");
    let forged = text.lines().find(|line| line.trim_start().starts_with("forged"));
    assert_eq!(forged, None, "{what} forges a line:\n{text}");
}

/// Runs a verb in all forms of output. Whatever it comes to, nothing gets through.
#[track_caller]
fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    for form in [&["--format", "json"][..], &["--color", "always"], &[]] {
        let ran = folder.run(&[form, arguments].concat());
        let what = format!("{form:?} {:?}", arguments.iter().map(|a| a.escape_debug().to_string()));
        let what = what.escape_debug().to_string();
        for text in [&ran.stdout, &ran.stderr] {
            match form.first() {
                Some(&"--format") => {
                    assert_harmless(text, &what);
                    let is_json = |line| serde_json::from_str::<serde_json::Value>(line).is_ok();
                    // Completions and help are no JSON, and not asked for here.
                    assert!(text.lines().all(is_json), "{what}:\n{text}");
                }
                Some(_) => assert_harmless(&without_styles(text), &what),
                None => assert_harmless(text, &what),
            }
        }
        if form.is_empty() {
            return ran;
        }
    }
    unreachable!("the last form is empty");
}

/// A ruleset in which `«»` marks the places of one foreign text.
const PLACES: &[&str] = &[
    "ruleset: «»",
    "rulestone: «»",
    "«»: 1",
    "description: «»",
    "facts: {«»: int}",
    "facts: {now: timestamp, n: {type: «»}}",
    "facts: {k: {enum: [«», «»]}}",
    "outputs: {«»: {type: int}}",
    "outputs: {o: {type: string, combine: «»}}",
    "outputs: {o: {type: {enum: [a]}, default: «»}}",
    "groups: {«»: {hit_policy: first}}",
    "hit_policy: «»",
    "constants: {«»: 1}",
    "variables: {«»: '1'}",
    "variables: {v: «»}",
    "variables: {v: '\"a\".matches(constants.c)'}\nconstants: {c: «»}",
    "fences: {«»: {circle: {center: {lat: 1, lon: 2}, radius: 5m}}}",
    "fences: {f: {circle: {center: {lat: 1, lon: 2}, radius: «»}}}",
    "schedule: {timezone: «»}",
    "schedule: {start: «»}",
    "facts: {now: timestamp}\nrules: [{id: «»}]",
    "rules: [{id: r, «»: 1}]",
    "rules: [{id: r}, {id: r, description: «»}]",
    "rules: [{id: r, group: «»}]",
    "rules: [{id: r, condition: «»}]",
    "rules: [{id: r, condition: {«»: []}}]",
    "rules: [{id: r, output: {«»: 1}}]",
    "outputs: {o: {type: string}}\nrules: [{id: r, output: {o: «»}}]",
    "outputs: {o: {type: {enum: [a]}}}\nrules: [{id: r, output: {o: «»}}]",
    "rules: [{id: r, rollout: {percentage: 5, by: «»}}]",
    "tests: [{name: «», facts: {}, expect: {matched: [nobody]}}]",
    "rules: [{id: r}]\ntests: [{name: «», facts: {«»: «»}, expect: {matched: []}}]",
    "rules: [{id: r}]\ntests: [{name: t, facts: {}, expect: {matched: [«»]}}]",
    "rules: [{id: r}]\ntests: [{name: t, facts: {}, expect: {outputs: {«»: 1}}}]",
    "outputs: {o: {type: string}}\nrules: [{id: r, output: {o: «»}}]\n\
     tests: [{name: «», facts: {}, expect: {outputs: {o: x«»}}}]",
];

#[test]
fn text_of_a_source_is_harmless() {
    let folder = Folder::new();
    let head = |place: &str| {
        let mut head = String::new();
        if !place.contains("rulestone: ") {
            head.push_str("rulestone: v1\n");
        }
        if !place.contains("ruleset: ") {
            head.push_str("ruleset: r\n");
        }
        head
    };
    folder.write("facts.jsonl", "{}\n");
    for place in PLACES {
        // Once as escapes in YAML, once as the characters themselves.
        let raw = format!("\"{HOSTILE}\"");
        for text in [&quoted_yaml(), &raw, &raw.replace(['\u{1b}', '\u{7f}', '\u{9b}'], "")] {
            folder.write("r.yaml", format!("{}{}\n", head(place), place.replace("«»", text)));
            for verb in ["check", "test"] {
                run(&folder, &[verb, "r.yaml"]);
            }
            run(&folder, &["eval", "r.yaml", "--facts", "facts.jsonl"]);
        }
    }
}

#[test]
fn text_that_may_stand_in_an_archive_is_harmless() {
    let folder = Folder::new();
    let text = quoted_yaml();
    folder.write(
        "r.yaml",
        format!(
            "rulestone: v1\nruleset: r\ndescription: {text}\nfacts:\n  k: {{enum: [{text}, b]}}\n  \
             s: string\n  tags: {{list: string}}\noutputs: {{o: {{type: string, default: {text}}}}}\n\
             constants: {{c: {text}}}\nrules:\n  - {{id: a, condition: 'k == constants.c && s != \
             constants.c && constants.c in tags && s + s < constants.c', output: {{o: {text}}}}}\n"
        ),
    );
    run(&folder, &["compile", "r.yaml", "-o", "a.stone"]).expect(0);
    for verb in ["verify", "inspect", "disasm"] {
        run(&folder, &[verb, "a.stone"]).expect(0);
    }
}

#[test]
fn control_characters_of_a_source_are_harmless() {
    let folder = Folder::new();
    for character in ('\0'..' ').chain(['\u{7f}', '\u{9b}']) {
        folder.write("r.yaml", format!("rulestone: v1\nruleset: r\ndescription: a{character}b\nx"));
        run(&folder, &["check", "r.yaml"]);
    }
}

/// A name for each place of an archive, as long as [`HOSTILE`].
fn placeholder(tag: &str) -> String {
    format!("{tag}-{}", "x".repeat(HOSTILE.len() - tag.len() - 1))
}

/// An archive with foreign text in all its names: that of a ruleset with names as
/// long, which are replaced.
fn hostile_archive(folder: &Folder) {
    let [name, about, id, output, group, variable, fence, constant, file] =
        ["name", "about", "id", "o", "g", "v", "f", "c", "file"].map(placeholder);
    let [output, variable, fence] = [output, variable, fence].map(|name| name.replace('-', "_"));
    folder.write(
        &format!("{file}.yaml"),
        format!(
            "rulestone: v1\nruleset: {name}\ndescription: {about}\nfacts:\n  s: string\n  \
             k: {{enum: [a, b]}}\n  p: point\n  n: int\noutputs: {{{output}: {{type: string, \
             default: {constant}}}}}\ngroups: {{{group}: {{hit_policy: first}}}}\nvariables: \
             {{{variable}: n * n}}\nfences: {{{fence}: {{circle: {{center: {{lat: 1, lon: 2}}, \
             radius: 5m}}}}}}\nrules:\n  - {{id: {id}, group: {group}, condition: 'variables.\
             {variable} > 3 && geo.within(p, fences.{fence}) && s + s != \"{constant}\" && \
             k != \"a\"', output: {{{output}: 'x{constant}${{s}}'}}}}\n"
        ),
    );
    folder.run(&["compile", &format!("{file}.yaml"), "-o", "a.stone", "--quiet"]).expect(0);
    let mut bytes = folder.read("a.stone");
    let mut replaced = 0;
    for name in [&name, &about, &id, &output, &group, &variable, &fence, &constant, &file] {
        let starts: Vec<usize> = (64..bytes.len() - name.len())
            .filter(|at| bytes[*at..].starts_with(name.as_bytes()))
            .collect();
        replaced += usize::from(!starts.is_empty());
        for at in starts {
            bytes[at..at + name.len()].copy_from_slice(HOSTILE.as_bytes());
        }
    }
    assert_eq!(replaced, 9);
    let header = Header::of(&bytes[64..]).to_bytes();
    bytes[..64].copy_from_slice(&header);
    folder.write("a.stone", bytes);
}

#[test]
fn text_of_an_archive_is_harmless() {
    let folder = Folder::new();
    hostile_archive(&folder);
    folder.write("facts.jsonl", r#"{"s":"a","k":"b","p":{"lat":1,"lon":2},"n":5}"#);
    run(&folder, &["verify", "a.stone"]).expect(0);
    run(&folder, &["inspect", "a.stone"]).expect(0);
    run(&folder, &["disasm", "a.stone"]).expect(0);
    run(&folder, &["disasm", "a.stone", "--rule", HOSTILE]).expect(0);
    run(&folder, &["eval", "a.stone", "--facts", "facts.jsonl"]).expect(0);
    run(&folder, &["bench", "a.stone", "--facts", "facts.jsonl", "--seconds", "0.01"]).expect(0);
    folder.run(&["keygen", "-o", "k", "--no-password"]).expect(0);
    run(&folder, &["sign", "a.stone", "-k", "k.key", "--sequence", "7"]).expect(0);
    run(&folder, &["verify", "a.stone", "-k", "k.pub"]).expect(0);
}

#[test]
fn what_verify_says_of_itself_cannot_be_imitated() {
    let folder = Folder::new();
    let forged = "Nice event\nsigned by            DEC24675CDB6DD1E\nsequence             99";
    // In a terminal of any usual width, this breaks before `signed by`.
    for about in [
        forged.to_owned(),
        format!("{:<80}signed by            DEC24675CDB6DD1E", "Nice"),
        format!("{:<57}signed by            DEC24675CDB6DD1E", "Nice"),
        "signed by            DEC24675CDB6DD1E".to_owned(),
        "\"\nsigned by            DEC24675CDB6DD1E".to_owned(),
    ] {
        let about = serde_json::Value::from(about);
        folder.write("r.yaml", format!("rulestone: v1\nruleset: r\ndescription: {about}\n"));
        folder.run(&["compile", "r.yaml", "-o", "r.stone", "--quiet"]).expect(0);
        let ran = run(&folder, &["verify", "r.stone"]).expect(0);
        let lines: Vec<&str> = ran.lines();
        let own = lines.iter().filter(|line| line.trim_start().starts_with("signed by"));
        let own: Vec<&&str> = own.collect();
        assert_eq!(own, [&"signed by            not checked: no --key was given"]);
        let claims = lines.iter().position(|line| line.starts_with("what the archive says"));
        let claims = &lines[claims.expect("claims")..];
        // All of it is shown, though it may be in several lines.
        let said = claims.concat().replace(['"', ' '], "");
        assert!(said.contains("DEC24675CDB6DD1E"), "{}", ran.stdout);
        assert!(claims.iter().all(|line| line.chars().count() < 80), "{}", ran.stdout);
    }
}

#[test]
fn text_of_facts_is_harmless() {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    let text = quoted();
    let good = support::KIM;
    folder.write(
        "facts.jsonl",
        [
            good.replace("\"kim\"", &text),
            good.replace("12", &text),
            good.replace("\"vip\"", &text),
            good.replace("{\"now\"", &format!("{{{text}:1,\"now\"")),
            good.replace("[\"gold\"]", &text),
            text.clone(),
            HOSTILE.to_owned(),
            format!("{good}{HOSTILE}"),
        ]
        .join("\n"),
    );
    for target in ["shop.stone", "shop.yaml"] {
        run(&folder, &["eval", target, "--facts", "facts.jsonl"]);
        run(&folder, &["eval", target, "--facts", "facts.jsonl", "--strict"]);
    }
    for cel in ["player.name", "[player.name]", "player.name + \"\\u202e\"", "{player.name: 1}"] {
        run(&folder, &["expr", cel, "--schema", "shop.yaml", "--facts", "facts.jsonl"]);
    }
    run(&folder, &["bench", "shop.stone", "--facts", "facts.jsonl", "--seconds", "0.01"]);
}

#[test]
fn arguments_and_file_names_are_harmless() {
    let folder = Folder::with_shop();
    folder.run(&["compile", "shop.yaml", "-o", "shop.stone", "--quiet"]).expect(0);
    folder.run(&["keygen", "-o", "k", "--no-password"]).expect(0);
    folder.write("facts.jsonl", support::KIM);
    let [yaml, stone, facts, key] =
        ["yaml", "stone", "jsonl", "pub"].map(|extension| format!("{HOSTILE}.{extension}"));
    for arguments in [
        &["check", HOSTILE][..],
        &["test", HOSTILE],
        &["test", "shop.yaml", "--filter", HOSTILE],
        &["compile", HOSTILE, "-o", "x.stone"],
        &["compile", "shop.yaml", "-o", &format!("missing/{HOSTILE}")],
        &["eval", HOSTILE, "--facts", "facts.jsonl"],
        &["eval", "shop.stone", "--facts", HOSTILE],
        &["expr", HOSTILE],
        &["expr", "1", "--schema", HOSTILE],
        &["verify", HOSTILE],
        &["verify", "shop.stone", "--key", HOSTILE],
        &["verify", "shop.stone", "--least-sequence", HOSTILE],
        &["inspect", HOSTILE],
        &["disasm", HOSTILE],
        &["disasm", "shop.stone", "--rule", HOSTILE],
        &["bench", HOSTILE, "--facts", "facts.jsonl"],
        &["bench", "shop.stone", "--facts", "facts.jsonl", "--seconds", HOSTILE],
        &["sign", HOSTILE, "--key", "k.key"],
        &["sign", "shop.stone", "--key", HOSTILE],
        &["sign", "shop.stone", "--key", "k.key", "--comment", HOSTILE],
        &["sign", "shop.stone", "--key", "k.key", "--comment", "a\u{202e}b\u{2028}forged"],
        &["verify", "shop.stone", "--key", "k.pub"],
        &["keygen", "-o", &format!("{HOSTILE}/"), "--no-password"],
        &["keygen", "-o", &format!("missing/{HOSTILE}"), "--no-password"],
        &["keygen", "-o", "l", "--password-file", HOSTILE],
        &["emit-rust", HOSTILE, "-o", "twin"],
        &["emit-rust", "shop.yaml", "-o", HOSTILE],
        &["completions", HOSTILE],
        &[HOSTILE],
        &[&format!("--{HOSTILE}")],
        &["check", &format!("--{HOSTILE}=1"), "shop.yaml"],
        &["check", "shop.yaml", HOSTILE],
    ] {
        run(&folder, arguments);
    }
    // Where there are such files.
    for (from, to) in [("shop.yaml", &yaml), ("shop.stone", &stone), ("facts.jsonl", &facts)] {
        fs::copy(folder.file(from), folder.file(to)).expect("is copied");
    }
    fs::copy(folder.file("k.pub"), folder.file(&key)).expect("is copied");
    folder.write("folder/ruleset.yaml", "rulestone: v1\nruleset: r\nrules: [{id: a}]\n");
    folder.write(&format!("folder/{yaml}"), "rules: [{id: a}, {id: b, condition: x}]\n");
    folder.write("folder/other.yml", "rules: [");
    for arguments in [
        &["check", &yaml][..],
        &["check", "folder"],
        &["test", &yaml],
        &["compile", &yaml, "-o", &stone],
        &["compile", &yaml, "-o", &yaml],
        &["eval", &stone, "--facts", &facts],
        &["verify", &stone, "--key", &key],
        &["sign", &stone, "--key", "k.key"],
        &["verify", &stone, "--key", &key],
        &["disasm", &stone],
        &["inspect", &stone],
        &["keygen", "-o", HOSTILE, "--no-password"],
        &["keygen", "-o", HOSTILE, "--no-password"],
        &["emit-rust", &yaml, "-o", &format!("{HOSTILE}.twin")],
    ] {
        run(&folder, arguments);
    }
}

#[test]
fn a_generated_crate_has_foreign_text_in_literals_only_and_escaped() {
    let folder = Folder::new();
    let text = quoted_yaml();
    folder.write(
        "r.yaml",
        format!(
            "rulestone: v1\nruleset: r\ndescription: {text}\nfacts:\n  s: {{type: string, \
             description: {text}}}\n  k: {{enum: [{text}, b]}}\noutputs: {{o: {{type: string}}, \
             m: {{type: {{map: int}}}}}}\nconstants: {{c: {text}}}\nrules:\n  - {{id: a, \
             description: {text}, condition: 's == constants.c || k == constants.c', \
             output: {{o: {text}}}}}\n"
        ),
    );
    run(&folder, &["emit-rust", "r.yaml", "-o", "twin"]).expect(0);
    for entry in fs::read_dir(folder.file("twin/src")).expect("files") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        assert_harmless(&text, "a generated file");
    }
}
