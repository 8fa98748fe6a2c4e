//! Rust source as the tokens that imports are made of: words, `::` and marks.
//! Comments are gone, a literal is [`Token::Literal`] whatever it says, and what
//! is for tests only is gone too.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    /// `::`
    Path,
    Mark(char),
    /// A string (with what it says, for `#[path = "…"]`), a character or a number.
    Literal(String),
}

impl Token {
    pub fn is(&self, mark: char) -> bool {
        *self == Token::Mark(mark)
    }

    pub fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// What is compiled where nothing is tested.
pub fn read(source: &str) -> Vec<Token> {
    without_tests(&tokens(source))
}

fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let mut place = 0;
    while place < text.len() {
        let start = place;
        match at(place) {
            '/' if at(place + 1) == '/' => {
                while place < text.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            '/' if at(place + 1) == '*' => place = past_comment(&text, place),
            '"' => {
                place = past_string(&text, place);
                found.push(Token::Literal(text[start + 1..place - 1].iter().collect()));
            }
            // A lifetime, or a character.
            '\'' if at(place + 1) != '\\' && at(place + 2) != '\'' => {
                place += 1 + word(&text[place + 1..])
            }
            '\'' => {
                place += if at(place + 1) == '\\' { 3 } else { 2 };
                while place < text.len() && at(place) != '\'' {
                    place += 1;
                }
                place += 1;
                found.push(Token::Literal(String::new()));
            }
            ':' if at(place + 1) == ':' => {
                place += 2;
                found.push(Token::Path);
            }
            first if first.is_ascii_digit() => {
                place += word(&text[place..]);
                found.push(Token::Literal(String::new()));
            }
            first if first.is_alphabetic() || first == '_' => {
                place += word(&text[place..]);
                let name: String = text[start..place].iter().collect();
                let raw = matches!(name.as_str(), "r" | "br" | "cr");
                if raw && let Some(end) = past_raw_string(&text, place) {
                    place = end;
                    found.push(Token::Literal(String::new()));
                } else if raw && at(place) == '#' {
                    place += 1;
                } else if !(matches!(name.as_str(), "b" | "c") && matches!(at(place), '"' | '\'')) {
                    found.push(Token::Word(name));
                }
            }
            blank if blank.is_whitespace() => place += 1,
            mark => {
                place += 1;
                found.push(Token::Mark(mark));
            }
        }
    }
    found
}

/// The length of the word that `text` begins with.
fn word(text: &[char]) -> usize {
    text.iter().take_while(|letter| letter.is_alphanumeric() || **letter == '_').count()
}

fn past_comment(text: &[char], mut place: usize) -> usize {
    let mut depth = 0;
    while place < text.len() {
        match text[place..] {
            ['/', '*', ..] => (depth, place) = (depth + 1, place + 2),
            ['*', '/', ..] => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            break;
        }
    }
    place
}

fn past_string(text: &[char], mut place: usize) -> usize {
    place += 1;
    while place < text.len() && text[place] != '"' {
        place += if text[place] == '\\' { 2 } else { 1 };
    }
    place + 1
}

/// Where a raw string ends whose `r` stands before `place`; `None` where there is
/// none.
fn past_raw_string(text: &[char], place: usize) -> Option<usize> {
    let hashes = text[place..].iter().take_while(|letter| **letter == '#').count();
    if text.get(place + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let inside = place + hashes + 1;
    let length = text[inside..].windows(end.len()).position(|window| window == end)?;
    Some(inside + length + end.len())
}

/// Leaves out everything that stands under `#[cfg(test)]`, or under a `cfg` of
/// `all(…)` that names `test`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        if let Some(end) = test_attribute(&tokens[place..]) {
            place += end;
            place += item(&tokens[place..]);
        } else {
            kept.push(tokens[place].clone());
            place += 1;
        }
    }
    kept
}

/// The length of an attribute that keeps what follows for tests.
fn test_attribute(tokens: &[Token]) -> Option<usize> {
    let [Token::Mark('#'), Token::Mark('['), Token::Word(cfg), Token::Mark('('), ..] = tokens
    else {
        return None;
    };
    let end = 1 + group(&tokens[1..]);
    let condition = &tokens[4..end];
    let named = |name: &str| condition.iter().any(|token| token.word() == Some(name));
    (cfg == "cfg" && named("test") && !named("any") && !named("not")).then_some(end)
}

/// The length of the group that an opening mark begins, with both marks.
pub fn group(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 1;
        }
    }
    tokens.len()
}

/// The length of the item, field, arm or statement that `tokens` begin with, with
/// its attributes.
fn item(tokens: &[Token]) -> usize {
    let mut place = 0;
    while let [Token::Mark('#'), ..] = tokens[place..] {
        place += 1 + group(&tokens[place + 1..]);
    }
    let first = tokens[place..].iter().find_map(Token::word).unwrap_or_default();
    let ends_with_mark = matches!(first, "use" | "let" | "static" | "const" | "type");
    while place < tokens.len() {
        match tokens[place] {
            Token::Mark('{') => {
                place += group(&tokens[place..]);
                if !ends_with_mark {
                    break;
                }
            }
            Token::Mark('(' | '[') => place += group(&tokens[place..]),
            // The end of what it stands in.
            Token::Mark('}' | ')' | ']') => break,
            Token::Mark(';' | ',') => {
                place += 1;
                break;
            }
            _ => place += 1,
        }
    }
    place
}
