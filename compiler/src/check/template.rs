//! Templates: literal text with `${CEL}` in it.
//!
//! In: the text of a string output. Out: its pieces, CEL parts by their range.

use crate::cel::Range;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The CEL between `${` and `}`.
    Expression(Range),
}

/// A `${` that is never closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclosed(pub Range);

/// Splits a template. `$${` is a literal `${`.
pub fn pieces(template: &str) -> Result<Vec<Piece>, Unclosed> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut at = 0;
    while let Some(found) = template[at..].find('$') {
        let dollar = at + found;
        text.push_str(&template[at..dollar]);
        let rest = &template[dollar..];
        if rest.starts_with("$${") {
            text.push_str("${");
            at = dollar + 3;
        } else if rest.starts_with("${") {
            let start = dollar + 2;
            let opening = Range::new(dollar as u32, start as u32);
            let length = expression_length(&template[start..]).ok_or(Unclosed(opening))?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Expression(Range::new(start as u32, (start + length) as u32)));
            at = start + length + 1;
        } else {
            text.push('$');
            at = dollar + 1;
        }
    }
    text.push_str(&template[at..]);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

/// Bytes up to the `}` that closes the expression: braces and quotes within it
/// are its own.
fn expression_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'"' | b'\'' => {
                at += quoted_length(bytes, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Bytes of the string literal whose opening quote is at `start`, of one or
/// three quotes, raw if an `r` stands right before it.
fn quoted_length(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = bytes[start];
    let triple = bytes[start..].starts_with(&[quote; 3]);
    let width = if triple { 3 } else { 1 };
    let prefix = &bytes[start.saturating_sub(2)..start];
    let raw = matches!(prefix, [.., b'r' | b'R'] | [b'r' | b'R', b'b' | b'B']);
    let mut at = start + width;
    while at < bytes.len() {
        if bytes[at] == b'\\' && !raw {
            at += 2;
        } else if bytes[at..].starts_with(&[quote; 3][..width]) {
            return Some(at + width - start);
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(template: &str) -> String {
        match pieces(template) {
            Err(Unclosed(range)) => format!("unclosed at {}", range.start),
            Ok(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => format!("[{text}]"),
                    Piece::Expression(range) => format!("<{}>", range.of(template)),
                })
                .collect(),
        }
    }

    #[test]
    fn text_and_expressions_alternate() {
        assert_eq!(show("Hi ${player.name}: ${a}/${b}!"), "[Hi ]<player.name>[: ]<a>[/]<b>[!]");
        assert_eq!(show(""), "");
        assert_eq!(show("no dollar"), "[no dollar]");
    }

    #[test]
    fn a_doubled_dollar_is_literal() {
        assert_eq!(show("$${x} costs $5 $"), "[${x} costs $5 $]");
        assert_eq!(show("$$${x}"), "[$${x}]");
    }

    #[test]
    fn braces_and_quotes_belong_to_the_expression() {
        assert_eq!(show("${ {'}': 1}['}'] }"), "< {'}': 1}['}'] >");
        assert_eq!(show(r"${r'\'}x"), r"<r'\'>[x]");
        assert_eq!(show(r#"${"\"}"}x"#), r#"<"\"}">[x]"#);
        assert_eq!(show("${'''}'''}"), "<'''}'''>");
    }

    #[test]
    fn what_is_never_closed_is_pointed_at() {
        assert_eq!(show("ab${x"), "unclosed at 2");
        assert_eq!(show("ab${'}"), "unclosed at 2");
    }
}
