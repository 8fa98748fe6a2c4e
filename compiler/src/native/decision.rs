//! What a decision carries beyond the rules that match: hit policies, outputs,
//! and the errors of both, as counts.
//!
//! In: the outputs and groups of the ruleset. Out: the file `decision.rs`, and
//! for each file of rules a function that hands over what they say.

use super::code::{literal, quoted};
use super::names::Names;
use super::refused::Refused;
use super::rules::{Chunk, RULES_A_FILE};
use super::writer::{Writer, Written};
use crate::check::checked::{Output, Rule};
use crate::check::tree::{Expr, Kind};
use crate::check::types::Type;
use crate::check::value::Value;
use rulestone_format::code::Builtin;
use rulestone_format::rule::{Combine, HitPolicy};
use std::fmt::Write;

/// Outputs as Rust sees them.
#[derive(Debug)]
pub(super) struct OutputNames {
    fields: Vec<Field>,
    pub unusual: bool,
}

#[derive(Debug)]
struct Field {
    name: String,
    /// The type of one value.
    ty: &'static str,
    /// Some rule makes its text anew for each request.
    made: bool,
}

impl OutputNames {
    /// The names; refused where an output has values that aren't covered.
    pub fn of(writer: &Writer<'_>) -> Written<OutputNames> {
        let ruleset = writer.ruleset;
        let mut made = vec![false; ruleset.outputs.len()];
        let rules = if ruleset.enabled { ruleset.rules.as_slice() } else { &[] };
        for (output, expr) in rules.iter().flat_map(|rule| &rule.outputs) {
            if let Some(made) = made.get_mut(*output as usize) {
                *made |= !matches!(expr.kind, Kind::Literal(_));
            }
        }
        let mut names = Names::with(&["matched", "errors", "written"]);
        let fields = ruleset.outputs.iter().zip(made).map(|(output, made)| {
            let made = made && output.ty == Type::String;
            let refused = |what: &str| Refused {
                rule: None,
                construct: format!("output such as `{}`: {what}", output.name),
                span: None,
            };
            let ty = match (&output.ty, made) {
                (Type::Bool, _) => "bool",
                (Type::Int | Type::Duration, _) => "i64",
                (Type::Uint, _) => "u64",
                (Type::Double, _) => "f64",
                (Type::Timestamp, _) => "Timestamp",
                (Type::Point, _) => "(f64, f64)",
                (Type::String, false) => "&'static str",
                (Type::String, true) => "Text",
                (ty, _) => return Err(refused(&format!("it is {ty}"))),
            };
            if made && matches!(output.combine, Combine::Min | Combine::Max) {
                return Err(refused("it compares texts that are made"));
            }
            Ok(Field { name: names.add(&output.name), ty, made })
        });
        let fields = fields.collect::<Written<Vec<Field>>>()?;
        Ok(OutputNames { fields, unusual: names.unusual })
    }

    /// Whether decisions have text that is made for them.
    pub fn has_made(&self) -> bool {
        self.fields.iter().any(|field| field.made)
    }
}

impl Writer<'_> {
    /// The function `outputs` of some rules; empty where they have none.
    pub(super) fn write_outputs(
        &mut self,
        names: &OutputNames,
        first: usize,
        rules: &[Rule],
    ) -> Written<String> {
        let mut arms = String::new();
        self.reads_facts = false;
        for (index, rule) in (first..).zip(rules) {
            let of_rule = |refused| Refused { rule: Some(rule.id.clone()), ..refused };
            let mut statements = Vec::new();
            for (output, expr) in &rule.outputs {
                let output = *output as usize;
                let fields = names.fields.get(output).zip(self.ruleset.outputs.get(output));
                // INVARIANT: the checker found the output by its name.
                let Some((field, output)) = fields else { continue };
                statements.push(self.output(field, output, expr).map_err(of_rule)?);
            }
            match statements.as_slice() {
                [] => {}
                [one] if !one.contains('\n') => {
                    let _ = writeln!(arms, "        {index} => {one},");
                }
                many => {
                    let _ = writeln!(arms, "        {index} => {{");
                    for statement in many {
                        let end = if statement.ends_with('}') { "" } else { ";" };
                        let _ = writeln!(arms, "            {statement}{end}");
                    }
                    arms.push_str("        }\n");
                }
            }
        }
        if arms.is_empty() {
            return Ok(String::new());
        }
        let facts = if self.reads_facts { "facts" } else { "_facts" };
        Ok(format!(
            "\n/// Adds what a rule says.\n\
             pub(crate) fn outputs(rule: u32, {facts}: &Facts<'_>, decision: &mut Decision) {{\n    \
             match rule {{\n{arms}        _ => {{}}\n    }}\n}}\n"
        ))
    }

    /// The statement that hands over one value.
    fn output(&mut self, field: &Field, output: &Output, expr: &Expr) -> Written<String> {
        let name = &field.name;
        if let (true, Kind::Literal(Value::String(text))) = (field.made, &expr.kind) {
            self.imports.insert("Text");
            return Ok(format!("decision.give_{name}(Some(Text::Known({})))", quoted(text)));
        }
        if !field.made {
            let code = self.value(expr)?;
            let value = self.option(&code);
            return Ok(format!("decision.give_{name}({value})"));
        }
        let mut pieces = Vec::new();
        let fallible = self.made_text(expr, &mut pieces)?;
        // A first text stands already: another one matters only if it fails.
        let is_skipped = output.combine == Combine::First && !fallible;
        let indent = if is_skipped { "    " } else { "" };
        let mut call = format!("decision.write_{name}(|text| {{\n");
        for piece in pieces.iter().map(String::as_str).chain(["Some(())"]) {
            let _ = writeln!(call, "{indent}                {piece}");
        }
        let _ = write!(call, "{indent}            }})");
        Ok(match is_skipped {
            true => {
                format!("if decision.{name}.is_none() {{\n                {call};\n            }}")
            }
            false => call,
        })
    }

    /// Statements that write a text to `text`; whether they may fail.
    fn made_text(&mut self, expr: &Expr, pieces: &mut Vec<String>) -> Written<bool> {
        let mut fallible = false;
        match &expr.kind {
            Kind::Join(list, separator) if matches!(&separator.kind, Kind::Literal(Value::String(text)) if text.is_empty()) =>
            {
                let Kind::List(parts) = &list.kind else {
                    return self.refuse(expr, "text that is joined of a list");
                };
                for part in parts {
                    fallible |= self.made_text(part, pieces)?;
                }
            }
            Kind::Call(Builtin::StringFromInt | Builtin::StringFromUint, arguments)
            | Kind::Call(Builtin::StringFromBool, arguments) => {
                let [argument] = arguments.as_slice() else {
                    return self.refuse(expr, "text that is made so");
                };
                let code = self.value(argument)?;
                fallible |= code.fallible;
                self.imports.insert("std::fmt::Write");
                pieces.push(format!("let _ = write!(text, \"{{}}\", {});", code.text));
            }
            _ => {
                let code = self.value(expr)?;
                fallible |= code.fallible;
                pieces.push(format!("text.push_str({});", code.text));
            }
        }
        Ok(fallible)
    }

    /// The text of the file `decision.rs`, without its imports.
    pub(super) fn write_decision(&mut self, names: &OutputNames, chunks: &[Chunk]) -> String {
        let outputs: Vec<(&Field, &Output)> =
            names.fields.iter().zip(&self.ruleset.outputs).collect();
        let mut text = String::new();
        if names.has_made() {
            text.push_str(TEXT);
        }
        text.push_str(
            "\n/// What the rules say about a request. It can be used again.\n\
             #[derive(Debug, Clone, Default)]\npub struct Decision {\n    \
             /// The rules that are kept, by their index in `RULES`.\n    pub matched: Vec<u32>,\n    \
             /// Conflicts, and values that failed.\n    pub errors: u32,\n",
        );
        for (field, output) in &outputs {
            if field.ty == "Timestamp" {
                self.imports.insert("Timestamp");
            }
            let (name, ty) = (&field.name, field.ty);
            let _ = match output.combine {
                Combine::Collect => writeln!(text, "    pub {name}: Vec<{ty}>,"),
                _ => writeln!(text, "    pub {name}: Option<{ty}>,"),
            };
        }
        if names.has_made() {
            text.push_str("    written: String,\n");
        }
        text.push_str("}\n");
        text.push_str(&self.decide(names, chunks));
        text.push_str(&self.keep());
        text.push_str("\nimpl Decision {\n");
        if names.has_made() {
            text.push_str(READ_TEXT);
        }
        text.push_str("    fn clear(&mut self) {\n        self.errors = 0;\n");
        for (field, output) in &outputs {
            let name = &field.name;
            let _ = match output.combine {
                Combine::Collect => writeln!(text, "        self.{name}.clear();"),
                _ => writeln!(text, "        self.{name} = None;"),
            };
        }
        if names.has_made() {
            text.push_str("        self.written.clear();\n");
        }
        text.push_str("    }\n");
        let rules = &self.ruleset.rules;
        for (index, (field, output)) in outputs.iter().enumerate() {
            let given = |rule: &Rule| rule.outputs.iter().any(|(o, _)| *o as usize == index);
            if !chunks.is_empty() && rules.iter().any(given) {
                text.push_str(&give(field, output));
            }
        }
        text.push_str("}\n");
        text
    }

    fn decide(&mut self, names: &OutputNames, chunks: &[Chunk]) -> String {
        let mut body = String::new();
        if self.has_policies() {
            body.push_str("    decision.errors = keep(&mut matched);\n");
        }
        if chunks.iter().any(|chunk| chunk.has_outputs) {
            body.push_str("    for &rule in &matched {\n");
            let _ = writeln!(body, "        match rule / {RULES_A_FILE} {{");
            for (number, chunk) in chunks.iter().enumerate().filter(|(_, c)| c.has_outputs) {
                let module = &chunk.module;
                let _ = writeln!(
                    body,
                    "            {number} => crate::{module}::outputs(rule, facts, decision),"
                );
            }
            body.push_str("            _ => {}\n        }\n    }\n");
        }
        for (field, output) in names.fields.iter().zip(&self.ruleset.outputs) {
            let Some(default) = &output.default else { continue };
            let Some(code) = literal(default) else { continue };
            self.import_for(default);
            let (name, value) = (&field.name, code.text);
            let value = if field.made { format!("Text::Known({value})") } else { value };
            let _ = writeln!(
                body,
                "    if decision.{name}.is_none() {{\n        decision.{name} = Some({value});\n    }}"
            );
        }
        format!(
            "\n/// Decides about a request: which rules are kept, and what they say together.\n\
             pub fn decide(facts: &Facts<'_>, decision: &mut Decision) {{\n    \
             let mut matched = std::mem::take(&mut decision.matched);\n    \
             matching(facts, &mut matched);\n    \
             decision.clear();\n{body}    decision.matched = matched;\n}}\n"
        )
    }

    fn has_policies(&self) -> bool {
        self.ruleset.groups.iter().any(|group| group.hit_policy != HitPolicy::Collect)
    }

    /// Hit policies, where a group has another than `collect`.
    fn keep(&self) -> String {
        if !self.has_policies() {
            return String::new();
        }
        let ruleset = self.ruleset;
        let policies: Vec<&str> = ruleset
            .groups
            .iter()
            .map(|group| match group.hit_policy {
                HitPolicy::Collect => "Policy::Collect",
                HitPolicy::First => "Policy::First",
                HitPolicy::Unique => "Policy::Unique",
            })
            .collect();
        let groups: Vec<String> = ruleset.rules.iter().map(|rule| rule.group.to_string()).collect();
        let variants: Vec<&str> = [
            (HitPolicy::Collect, "Collect"),
            (HitPolicy::First, "First"),
            (HitPolicy::Unique, "Unique"),
        ]
        .into_iter()
        .filter(|(policy, _)| ruleset.groups.iter().any(|group| group.hit_policy == *policy))
        .map(|(_, name)| name)
        .collect();
        let arm = |name: &str| match name {
            "Collect" => "            Policy::Collect => true,\n",
            "First" => "            Policy::First => seen[group] == 1,\n",
            _ => "            Policy::Unique => counts[group] == 1,\n",
        };
        let arms: String = variants.iter().map(|name| arm(name)).collect();
        let conflicts = match variants.contains(&"Unique") {
            true => {
                "    let conflict = |(policy, count): (&Policy, &u32)| {\n        \
                 matches!(policy, Policy::Unique) && *count > 1\n    };\n    \
                 POLICIES.iter().zip(&counts).filter(|group| conflict(*group)).count() as u32\n"
            }
            false => "    0\n",
        };
        let count = match variants.contains(&"Unique") {
            true => {
                "    let mut counts = [0u32; POLICIES.len()];\n    for &rule in matched.iter() {\n        \
                 counts[GROUPS[rule as usize] as usize] += 1;\n    }\n"
            }
            false => "",
        };
        let (seen, see) = match variants.contains(&"First") {
            true => ("    let mut seen = [0u32; POLICIES.len()];\n", "        seen[group] += 1;\n"),
            false => ("", ""),
        };
        format!(
            "\nenum Policy {{\n    {},\n}}\n\nconst POLICIES: [Policy; {}] = [{}];\n\n\
             /// The group of each rule.\nstatic GROUPS: [u32; {}] = [{}];\n\n\
             /// Keeps what the hit policies keep; gives the number of conflicts.\n\
             fn keep(matched: &mut Vec<u32>) -> u32 {{\n{count}{seen}    \
             matched.retain(|&rule| {{\n        let group = GROUPS[rule as usize] as usize;\n{see}        \
             match POLICIES[group] {{\n{arms}        }}\n    }});\n{conflicts}}}\n",
            variants.join(",\n    "),
            policies.len(),
            policies.join(", "),
            groups.len(),
            groups.join(", "),
        )
    }
}

/// The functions that take a value of an output.
fn give(field: &Field, output: &Output) -> String {
    let (name, ty) = (&field.name, field.ty);
    let is_double = output.ty == Type::Double;
    let both = match output.combine {
        Combine::Collect | Combine::Last => "",
        Combine::First => "Some(old)",
        Combine::Sum if is_double => "Some(old + value)",
        Combine::Sum => "old.checked_add(value)",
        Combine::Min => "Some(if value < old { value } else { old })",
        Combine::Max => "Some(if value > old { value } else { old })",
        Combine::Any => "Some(old || value)",
        Combine::All => "Some(old && value)",
    };
    let number = match output.combine {
        Combine::Min | Combine::Max if is_double => ".filter(|value| !value.is_nan())",
        _ => "",
    };
    let combined = match output.combine {
        Combine::Collect | Combine::Last => String::new(),
        Combine::First => {
            format!("        let value = value.map(|value| self.{name}.unwrap_or(value));\n")
        }
        _ => format!(
            "        let value = value{number}.and_then(|value| match self.{name} {{\n            \
             None => Some(value),\n            Some(old) => {both},\n        }});\n"
        ),
    };
    let set = match output.combine {
        Combine::Collect => format!("self.{name}.push(value)"),
        _ => format!("self.{name} = Some(value)"),
    };
    let mut text = format!(
        "\n    pub(crate) fn give_{name}(&mut self, value: Option<{ty}>) {{\n{combined}        \
         match value {{\n            Some(value) => {set},\n            None => self.errors += 1,\n        \
         }}\n    }}\n"
    );
    if field.made {
        let _ = write!(
            text,
            "\n    pub(crate) fn write_{name}(&mut self, write: impl FnOnce(&mut String) -> Option<()>) {{\n        \
             let text = self.write(write);\n        self.give_{name}(text);\n    }}\n"
        );
    }
    text
}

const TEXT: &str = r#"
/// A text of a decision; [`Decision::text`] reads it.
#[derive(Debug, Clone, Copy)]
pub enum Text {
    Known(&'static str),
    /// Bytes of what was written for this decision.
    Written { start: usize, end: usize },
}
"#;

const READ_TEXT: &str = r#"    pub fn text(&self, text: Text) -> &str {
        match text {
            Text::Known(text) => text,
            Text::Written { start, end } => self.written.get(start..end).unwrap_or(""),
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut String) -> Option<()>) -> Option<Text> {
        let start = self.written.len();
        if write(&mut self.written).is_none() {
            self.written.truncate(start);
            return None;
        }
        Some(Text::Written { start, end: self.written.len() })
    }

"#;
