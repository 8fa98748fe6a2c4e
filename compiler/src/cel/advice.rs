//! Help for what people write out of habit from another language: what stands
//! where CEL can't have it comes in, the likely intention goes out.

use super::token::TokenKind;

/// For a character that begins no token, at the start of `rest`: how many bytes
/// to point at, the message, and the help.
pub(super) fn on_character(rest: &str) -> (usize, String, Option<&'static str>) {
    let Some(found) = rest.chars().next() else {
        return (0, "unexpected end".to_owned(), None);
    };
    let (length, help) = match found {
        '=' if rest.starts_with("=>") => (2, Some("did you mean `>=`?")),
        '=' if rest.starts_with("=<") => (2, Some("did you mean `<=`?")),
        '=' => (1, Some("did you mean `==`?")),
        '&' => (1, Some("did you mean `&&`? CEL has no bit operators")),
        '|' => (1, Some("did you mean `||`? CEL has no bit operators")),
        '^' | '~' => (1, Some("CEL has no bit operators")),
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}' => (
            found.len_utf8(),
            Some("this is a typographic quote; strings are written between `'` or `\"`"),
        ),
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{2033}' | '\u{00AB}'
        | '\u{00BB}' => (
            found.len_utf8(),
            Some("this is a typographic quote; strings are written between `\"` or `'`"),
        ),
        '≤' => (found.len_utf8(), Some("did you mean `<=`?")),
        '≥' => (found.len_utf8(), Some("did you mean `>=`?")),
        '≠' => (found.len_utf8(), Some("did you mean `!=`?")),
        '∧' => (found.len_utf8(), Some("did you mean `&&`?")),
        '∨' => (found.len_utf8(), Some("did you mean `||`?")),
        '¬' => (found.len_utf8(), Some("did you mean `!`?")),
        '×' => (found.len_utf8(), Some("did you mean `*`?")),
        '÷' => (found.len_utf8(), Some("did you mean `/`?")),
        '−' | '–' | '—' => (found.len_utf8(), Some("did you mean `-`?")),
        '#' => (1, Some("a comment starts with `//`")),
        ';' => (1, Some("an expression is one value; join conditions with `&&`")),
        '$' => (1, Some("names stand alone, without `$`; `${…}` belongs in the text of an output")),
        '\\' => (1, Some("escapes belong into a string, between quotes")),
        _ if found.is_whitespace() => (
            found.len_utf8(),
            Some(
                "only space, tab, form feed and line ends separate words; replace it with a space",
            ),
        ),
        _ if found.is_alphanumeric() => (
            found.len_utf8(),
            Some(
                "names are made of `a` to `z`, `A` to `Z`, `0` to `9` and `_`; \
                 text stands between quotes",
            ),
        ),
        _ => (found.len_utf8(), None),
    };
    let shown = rest.get(..length).unwrap_or_default();
    let message = if found.is_control() || found.is_whitespace() || is_invisible(found) {
        format!("the character U+{:04X} has no meaning here", u32::from(found))
    } else {
        format!("`{shown}` has no meaning in CEL")
    };
    (length, message, help)
}

/// Characters that change how text looks and can't be seen themselves: zero
/// widths, direction marks and line separators.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}'
            | '\u{061C}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

/// A token with the text it was read from.
#[derive(Clone, Copy)]
pub(super) struct Sighting<'text> {
    pub kind: TokenKind,
    pub text: &'text str,
    /// Whether it follows the token before it without white space.
    pub adjacent: bool,
}

/// For `found` where an operator or the end was expected, after `previous`.
pub(super) fn after_operand(previous: Sighting<'_>, found: Sighting<'_>) -> Option<&'static str> {
    use TokenKind as K;
    if found.adjacent
        && matches!(previous.kind, K::Int | K::Uint | K::Double)
        && let Some(help) = after_number(previous, found)
    {
        return Some(help);
    }
    if previous.kind == K::Identifier && (starts_operand(found.kind) || found.kind == K::Not) {
        match previous.text.to_ascii_lowercase().as_str() {
            "not" if found.kind != K::In => return Some("not is written `!`"),
            "not" => return Some("write `!(x in y)`"),
            _ => {}
        }
    }
    if found.adjacent
        && matches!(previous.kind, K::String | K::Bytes)
        && starts_operand(found.kind)
        && found.kind != K::OpenParenthesis
    {
        return Some(
            "if the quote before it belongs to the text, write it as `\\'` or `\\\"`, \
             or use the other kind of quote around the text",
        );
    }
    match found.kind {
        K::Identifier | K::Reserved => after_operand_word(found.text),
        K::String if found.adjacent && previous.kind == K::Identifier => {
            Some("a string's prefix is `r`, `b` or both")
        }
        K::Not => Some("did you mean `!=`, or `&& !`?"),
        K::OpenParenthesis => Some("only a name can be called; is an operator missing?"),
        K::OpenBrace => Some("only a type's name can stand before `{`"),
        kind if starts_operand(kind) => Some("is an operator such as `&&` or `==` missing?"),
        _ => None,
    }
}

fn after_number(previous: Sighting<'_>, found: Sighting<'_>) -> Option<&'static str> {
    match found.kind {
        TokenKind::Identifier if found.text.starts_with('_') => {
            Some("digits aren't grouped: write 1000 for 1_000")
        }
        TokenKind::Identifier if previous.text == "0" && found.text.starts_with(['x', 'X']) => {
            Some("a hexadecimal number is `0x` and digits 0 to 9, a to f")
        }
        TokenKind::Identifier if found.text.eq_ignore_ascii_case("e") => {
            Some("an exponent needs digits, as in `1e3`")
        }
        TokenKind::Identifier if found.text.eq_ignore_ascii_case("u") => {
            Some("only whole numbers can be unsigned")
        }
        TokenKind::Identifier => Some("a name can't begin with a digit"),
        TokenKind::Double => Some("a number has one decimal point"),
        _ => None,
    }
}

fn after_operand_word(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "and" => "and is written `&&`",
        "or" => "or is written `||`",
        "not" => "write `!(x in y)` for x not in y",
        "is" | "eq" | "equals" => "equality is written `==`",
        "ne" => "inequality is written `!=`",
        "mod" => "the remainder is written `%`",
        "xor" => "for two bools, write `a != b`",
        "contains" | "matches" => "write it as a method: `x.contains(y)`, `x.matches(y)`",
        "startswith" | "endswith" => "write it as a method: `x.startsWith(y)`, `x.endsWith(y)`",
        "if" | "then" | "else" => "a choice is written `condition ? value : other`",
        _ => "is an operator such as `&&` or `==` missing?",
    })
}

/// For `found` where a value was expected, after `previous`.
pub(super) fn before_operand(
    previous: Option<Sighting<'_>>,
    found: Sighting<'_>,
) -> Option<&'static str> {
    use TokenKind as K;
    let before = previous.map(|previous| previous.kind);
    match found.kind {
        K::Greater if found.adjacent && before == Some(K::Less) => Some("did you mean `!=`?"),
        K::Star if found.adjacent && before == Some(K::Slash) => Some("a comment starts with `//`"),
        K::Star if found.adjacent && before == Some(K::Star) => {
            Some("CEL has no power operator; multiply instead")
        }
        K::Plus if found.adjacent && before == Some(K::Plus) => {
            Some("nothing can be assigned here")
        }
        K::Plus => Some("a number needs no `+` before it"),
        K::Comma => Some("there is nothing before this comma"),
        K::CloseParenthesis if before == Some(K::Comma) => {
            Some("remove the comma before `)`; only lists, maps and messages may end with one")
        }
        K::In => Some("`in` stands between a value and a list or map: `x in [1, 2]`"),
        K::Reserved => Some(match found.text {
            "if" | "else" => "a choice is written `condition ? value : other`",
            "for" | "while" | "loop" => "lists are tested with `all`, `exists` and `filter`",
            "function" | "import" | "package" | "namespace" | "let" | "var" | "const"
            | "return" => {
                "the word is reserved and an expression declares nothing; choose another name"
            }
            _ => "the word is reserved: choose another name, or write it after a dot",
        }),
        K::Quoted => Some(
            "backquotes stand after a dot, as in `` a.`x-y` ``; text stands between `'` or `\"`",
        ),
        _ => None,
    }
}

/// Whether a token of this kind can begin a value.
fn starts_operand(kind: TokenKind) -> bool {
    use TokenKind as K;
    kind.is_word()
        || matches!(
            kind,
            K::Int | K::Uint | K::Double | K::String | K::Bytes | K::OpenParenthesis | K::Quoted
        )
}
