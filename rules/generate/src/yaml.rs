//! Writing rules as YAML.
//!
//! In: rules whose conditions are CEL text already. Out: the text of one file of rules. Scalars that hold CEL are
//! single-quoted, where YAML knows no escapes but the doubled quote.

use std::fmt::Write as _;

/// One rule, as it will be written.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Unique, lower case.
    pub(crate) id: String,
    /// Higher comes first; 0 is not written.
    pub(crate) priority: i64,
    /// CEL of each conjunct; there is at least one.
    pub(crate) conjuncts: Vec<String>,
    /// Whether the conjuncts are written as a YAML list, or as one CEL expression joined by `&&`.
    pub(crate) as_list: bool,
    /// Names and YAML values of the outputs; there is at least one.
    pub(crate) outputs: Vec<(&'static str, String)>,
}

/// The text of a file that holds these rules.
pub(crate) fn rules_file(rules: &[Rule]) -> String {
    let mut text = String::from("rules:\n");
    for rule in rules {
        write_rule(&mut text, rule);
    }
    text
}

fn write_rule(text: &mut String, rule: &Rule) {
    // INVARIANT: writing to a String does not fail, here and below.
    let _ = writeln!(text, "  - id: {}", rule.id);
    if rule.priority != 0 {
        let _ = writeln!(text, "    priority: {}", rule.priority);
    }
    if rule.as_list {
        text.push_str("    condition:\n");
        for conjunct in &rule.conjuncts {
            let _ = writeln!(text, "      - {}", single_quoted(conjunct));
        }
    } else {
        let condition = single_quoted(&rule.conjuncts.join(" && "));
        let _ = writeln!(text, "    condition: {condition}");
    }
    text.push_str("    output:\n");
    for (name, value) in &rule.outputs {
        let _ = writeln!(text, "      {name}: {value}");
    }
}

/// A YAML scalar in single quotes.
pub(crate) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_both_ways() {
        let mut rule = Rule {
            id: "a".to_owned(),
            priority: 3,
            conjuncts: vec!["x == 'y'".to_owned(), "b".to_owned()],
            as_list: true,
            outputs: vec![("points", "5".to_owned())],
        };
        assert_eq!(
            rules_file(&[rule.clone()]),
            "rules:\n  - id: a\n    priority: 3\n    condition:\n      - 'x == ''y'''\n      - 'b'\n    output:\n      points: 5\n"
        );
        rule.as_list = false;
        rule.priority = 0;
        assert_eq!(
            rules_file(&[rule]),
            "rules:\n  - id: a\n    condition: 'x == ''y'' && b'\n    output:\n      points: 5\n"
        );
    }
}
