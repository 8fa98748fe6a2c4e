//! What a plain scalar is by the core schema of YAML 1.2 (section 10.3.2): null,
//! bool, int, float, or else a string.
//!
//! In: the text of a plain scalar. Out: [`Scalar`].

use rulestone_format::meaning::Numeral;

/// The resolved value of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i128),
    Double(f64),
    String,
}

/// Resolves a plain scalar. An integer of more than 127 bits becomes a double, so
/// that whoever wanted an integer says what was found.
pub(super) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        _ => {}
    }
    // Most scalars are CEL text or names: one look at the first character.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Scalar::String;
    }
    number(text).or_else(|| special(text)).unwrap_or(Scalar::String)
}

fn number(text: &str) -> Option<Scalar> {
    let numeral = Numeral::parse(text)?;
    if numeral.is_plain()
        && let Ok(value) = numeral.integer()
    {
        return Some(Scalar::Int(value));
    }
    // Whoever wants a double asks the text again, and refuses what is beyond one.
    let beyond = if numeral.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
    Some(Scalar::Double(numeral.double().unwrap_or(beyond)))
}

fn special(text: &str) -> Option<Scalar> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Some(Scalar::Double(f64::INFINITY))
        }
        "-.inf" | "-.Inf" | "-.INF" => Some(Scalar::Double(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => Some(Scalar::Double(f64::NAN)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_1_1_words_are_strings() {
        for word in
            ["no", "yes", "on", "off", "y", "n", "No", "ON", "18:00", "1_000", "0b1", "tRUE"]
        {
            assert_eq!(resolve(word), Scalar::String, "{word}");
        }
    }

    #[test]
    fn core_schema_scalars_have_their_types() {
        assert_eq!(resolve("Null"), Scalar::Null);
        assert_eq!(resolve(""), Scalar::Null);
        assert_eq!(resolve("TRUE"), Scalar::Bool(true));
        assert_eq!(resolve("-0012"), Scalar::Int(-12));
        assert_eq!(resolve("+7"), Scalar::Int(7));
        assert_eq!(resolve("0o17"), Scalar::Int(15));
        assert_eq!(resolve("0xfF"), Scalar::Int(255));
        assert_eq!(resolve("1e3"), Scalar::Double(1000.0));
        assert_eq!(resolve(".5"), Scalar::Double(0.5));
        assert_eq!(resolve("5."), Scalar::Double(5.0));
        assert_eq!(resolve("-.INF"), Scalar::Double(f64::NEG_INFINITY));
        assert!(matches!(resolve(".nan"), Scalar::Double(x) if x.is_nan()));
    }

    #[test]
    fn what_merely_begins_like_a_number_is_a_string() {
        for text in
            [".", "-", "+", "1e", "1e+", "0x", "0o8", "1.2.3", "--1", "+0x1", "1 2", "-nan", "inf"]
        {
            assert_eq!(resolve(text), Scalar::String, "{text}");
        }
    }

    #[test]
    fn integers_too_long_for_any_type_become_doubles() {
        assert!(matches!(resolve(&"9".repeat(60)), Scalar::Double(x) if x > 9e59));
        assert!(matches!(resolve(&format!("0x{}", "f".repeat(60))), Scalar::Double(x) if x > 1e70));
        assert_eq!(resolve("-1e400"), Scalar::Double(f64::NEG_INFINITY));
    }
}
