//! The files of the crate: what stands in which, and what each imports.
//!
//! In: a ruleset. Out: the whole [`Crate`].

use super::code::quoted;
use super::decision::OutputNames;
use super::refused::Refused;
use super::rules::{Chunk, RULES_A_FILE};
use super::support;
use super::writer::Writer;
use crate::check::checked::Ruleset;
use crate::source::Sources;
use crate::visible::escaped;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::mem;

/// The modules that a twin may have, besides those of rules.
const MODULES: [(&str, bool); 5] = [
    ("constants", false),
    ("decision", false),
    ("meaning", false),
    ("values", true),
    ("variables", false),
];

/// The files of a crate.
#[derive(Debug, Clone)]
pub struct Crate {
    /// Path within the crate, with `/`, and content.
    pub files: Vec<(String, String)>,
    /// Why there is no `decide`, only `matching`: an output is not covered.
    pub undecided: Option<Refused>,
}

pub(super) fn lay_out(ruleset: &Ruleset, sources: &Sources) -> Result<Crate, Refused> {
    let mut writer = Writer::new(ruleset, sources);
    let mut unusual = writer.facts.unusual | writer.learn_variables();
    unusual |= ruleset.rules.iter().any(|rule| rule.id.trim_end_matches('-').contains("--"));
    let mut chunks = Vec::new();
    let mut undecided = None;
    let mut names = match OutputNames::of(&writer) {
        Ok(names) => Some(names),
        Err(refused) => {
            undecided = Some(refused);
            None
        }
    };
    if let Some(refused) = names.as_ref().and_then(|names| refused_output(&mut writer, names)) {
        undecided = Some(refused);
        names = None;
    }
    writer.imports.clear();
    let header = header(ruleset, sources);
    let mut files = vec![("Cargo.toml".to_owned(), manifest(ruleset))];
    if ruleset.enabled {
        for (number, rules) in ruleset.rules.chunks(RULES_A_FILE).enumerate() {
            let first = number * RULES_A_FILE;
            let mut text = writer.write_rules(first, rules)?;
            let mut has_outputs = false;
            if let Some(names) = &names {
                let outputs = writer.write_outputs(names, first, rules)?;
                has_outputs = !outputs.is_empty();
                if has_outputs {
                    writer.imports.insert("Decision");
                }
                text.push_str(&outputs);
            }
            writer.imports.insert("Facts");
            let module = format!("rules_{number:03}");
            let text = with_imports(&header, &mut writer.imports, &text);
            files.push((format!("src/{module}.rs"), text));
            chunks.push(Chunk { module, has_outputs });
        }
    }
    let mut modules: BTreeSet<&str> = BTreeSet::new();
    if let Some(names) = &names {
        unusual |= names.unusual;
        let text = writer.write_decision(names, &chunks);
        writer.imports.extend(["Facts", "matching"]);
        files.push((
            "src/decision.rs".to_owned(),
            with_imports(&header, &mut writer.imports, &text),
        ));
        modules.insert("decision");
    }
    let variables = writer.write_variables()?;
    if !variables.is_empty() {
        writer.imports.insert("Facts");
        let text = with_imports(&header, &mut writer.imports, &variables);
        files.push(("src/variables.rs".to_owned(), text));
        modules.insert("variables");
    }
    if writer.lists.len() > 0 {
        let mut imports = BTreeSet::new();
        if writer.lists.has_timestamps() {
            imports.insert("Timestamp");
        }
        let text = with_imports(&header, &mut imports, &writer.lists.file());
        files.push(("src/constants.rs".to_owned(), text));
        modules.insert("constants");
    }
    if !writer.support.is_empty() {
        files.push(("src/meaning.rs".to_owned(), header.clone() + &support::file(&writer.support)));
        modules.insert("meaning");
    }
    if writer.facts.has_values() {
        let text = writer.facts.values(ruleset);
        files.push(("src/values.rs".to_owned(), header.clone() + &text));
        modules.insert("values");
    }
    let lib = Library { writer: &writer, chunks: &chunks, modules: &modules, unusual };
    files.push(("src/lib.rs".to_owned(), lib.text(&header, names.as_ref(), undecided.as_ref())));
    files.sort();
    Ok(Crate { files, undecided })
}

/// The first output that can't be written. What this writes is thrown away.
fn refused_output(writer: &mut Writer<'_>, names: &OutputNames) -> Option<Refused> {
    if !writer.ruleset.enabled {
        return None;
    }
    let (support, called) = (writer.support.clone(), writer.called.clone());
    let lists = writer.lists.len();
    let refused = writer.write_outputs(names, 0, &writer.ruleset.rules).err();
    (writer.support, writer.called) = (support, called);
    writer.lists.truncate(lists);
    refused
}

/// What stands at the top of each file.
fn header(ruleset: &Ruleset, sources: &Sources) -> String {
    let mut hash = String::new();
    for byte in sources.hash() {
        let _ = write!(hash, "{byte:02x}");
    }
    format!(
        "// Written by `rulestone emit-rust` {} from the ruleset `{}`.\n// Source (BLAKE3): {hash}\n",
        env!("CARGO_PKG_VERSION"),
        ruleset.name
    )
}

fn manifest(ruleset: &Ruleset) -> String {
    format!(
        "# Written by `rulestone emit-rust`.\n\n[package]\nname = \"rules-{}\"\nversion = \"0.1.0\"\n\
         edition = \"2021\"\npublish = false\n\n\
         # On its own, wherever it lies.\n[workspace]\n",
        ruleset.name
    )
}

/// A file with its imports; they are used up.
fn with_imports(header: &str, imports: &mut BTreeSet<&'static str>, text: &str) -> String {
    let mut file = header.to_owned();
    let imports = mem::take(imports);
    if !imports.is_empty() {
        file.push('\n');
    }
    for import in imports {
        let _ = match import {
            "std::fmt::Write" => writeln!(file, "use {import};"),
            "Decision" | "Text" => writeln!(file, "use crate::decision::{import};"),
            _ => writeln!(file, "use crate::{import};"),
        };
    }
    file + text
}

/// The file `lib.rs`.
struct Library<'a> {
    writer: &'a Writer<'a>,
    chunks: &'a [Chunk],
    modules: &'a BTreeSet<&'a str>,
    unusual: bool,
}

impl Library<'_> {
    fn text(
        &self,
        header: &str,
        names: Option<&OutputNames>,
        undecided: Option<&Refused>,
    ) -> String {
        let ruleset = self.writer.ruleset;
        let mut text = format!(
            "{header}\n//! The rules of `{}` as plain Rust: what an engine works out at run time\n\
             //! is code here.\n\n#![forbid(unsafe_code)]\n",
            ruleset.name
        );
        if self.unusual {
            text.push_str(
                "#![allow(non_snake_case, reason = \"names are those of the ruleset\")]\n",
            );
        }
        if self.writer.compares_ends {
            text.push_str(
                "#![allow(unused_comparisons, reason = \"rules may compare with any number\")]\n",
            );
        }
        text.push('\n');
        for (module, is_public) in MODULES {
            if self.modules.contains(module) {
                let visible = if is_public { "pub " } else { "" };
                let _ = writeln!(text, "{visible}mod {module};");
            }
        }
        for chunk in self.chunks {
            let _ = writeln!(text, "mod {};", chunk.module);
        }
        match (names, undecided) {
            (Some(names), _) if names.has_made() => {
                text.push_str("\npub use decision::{Decision, Text, decide};\n");
            }
            (Some(_), _) => text.push_str("\npub use decision::{Decision, decide};\n"),
            (None, Some(refused)) => {
                let why = refused.to_string();
                let _ = writeln!(text, "\n// There is no `decide`: {}.", escaped(&why));
            }
            (None, None) => {}
        }
        text.push('\n');
        text.push_str(&self.writer.facts.structure(ruleset));
        text.push_str(support::TIMESTAMP);
        let _ = writeln!(
            text,
            "\n/// The ids of the rules in decision order: other places speak of them by index.\n\
             pub const RULES: [&str; {}] = [",
            ruleset.rules.len()
        );
        for rule in &ruleset.rules {
            let _ = writeln!(text, "    {},", quoted(&rule.id));
        }
        text.push_str("];\n");
        let facts = if self.chunks.is_empty() { "_facts" } else { "facts" };
        let _ = writeln!(
            text,
            "\n/// Which rules match, in decision order, before hit policies. Clears `matched` first.\n\
             pub fn matching({facts}: &Facts<'_>, matched: &mut Vec<u32>) {{\n    matched.clear();"
        );
        for chunk in self.chunks {
            let _ = writeln!(text, "    {}::matching(facts, matched);", chunk.module);
        }
        text.push_str("}\n");
        text
    }
}
