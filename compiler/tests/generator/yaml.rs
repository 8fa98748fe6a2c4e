//! YAML as it is written: block style, scalars in the forms that the language's
//! users mix.

/// A part of a document.
#[derive(Debug, Clone)]
pub enum Yaml {
    Map(Vec<(String, Yaml)>),
    List(Vec<Yaml>),
    /// A number or bool.
    Plain(String),
    Text(String, Style),
}

/// How a string is written; where a form can't hold it, in double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Double,
    Single,
    Plain,
    /// `|-`
    Literal,
    /// `>-`
    Folded,
}

impl Style {
    pub const ALL: [Style; 5] =
        [Style::Double, Style::Single, Style::Plain, Style::Literal, Style::Folded];

    /// Whether the text may be broken into lines.
    pub fn has_lines(self) -> bool {
        matches!(self, Style::Literal | Style::Folded)
    }
}

pub fn plain(text: impl ToString) -> Yaml {
    Yaml::Plain(text.to_string())
}

pub fn text(text: impl Into<String>) -> Yaml {
    Yaml::Text(text.into(), Style::Double)
}

pub fn map<const N: usize>(entries: [(&str, Yaml); N]) -> Yaml {
    Yaml::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Yaml {
    /// The document.
    pub fn document(&self) -> String {
        let mut out = String::new();
        self.block(0, &mut out);
        out
    }

    fn block(&self, indent: usize, out: &mut String) {
        match self {
            Yaml::Map(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    out.push_str(&" ".repeat(indent));
                    out.push_str(&quoted(key));
                    out.push(':');
                    value.after_key(indent, out);
                }
            }
            Yaml::List(items) if !items.is_empty() => {
                for item in items {
                    out.push_str(&" ".repeat(indent));
                    out.push('-');
                    item.after_key(indent, out);
                }
            }
            other => {
                other.after_key(indent, out);
            }
        }
    }

    fn after_key(&self, indent: usize, out: &mut String) {
        match self {
            Yaml::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                self.block(indent + 2, out);
            }
            Yaml::List(items) if !items.is_empty() => {
                out.push('\n');
                self.block(indent + 2, out);
            }
            Yaml::Map(_) => out.push_str(" {}\n"),
            Yaml::List(_) => out.push_str(" []\n"),
            Yaml::Plain(text) => {
                out.push(' ');
                out.push_str(text);
                out.push('\n');
            }
            Yaml::Text(text, style) => {
                out.push(' ');
                scalar(text, *style, indent + 2, out);
                out.push('\n');
            }
        }
    }
}

fn scalar(text: &str, style: Style, indent: usize, out: &mut String) {
    match style {
        Style::Plain if is_plain(text) => out.push_str(text),
        Style::Single if !text.contains('\n') && is_printable(text) => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
        Style::Literal | Style::Folded if is_block(text) => {
            out.push_str(if style == Style::Literal { "|-" } else { ">-" });
            for line in text.lines() {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                out.push_str(line);
            }
        }
        _ => out.push_str(&quoted(text)),
    }
}

/// JSON's strings are YAML's, but for one character.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("strings are JSON");
    json.replace('\u{7f}', "\\u007f")
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !c.is_control())
}

/// Whether it is a string, and all of it, without quotes.
fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let operates = text.contains(['.', '(', '<', '=', '+']);
    let simple = |c: char| c.is_ascii_alphanumeric() || "_ .()<>=!+-*/%'\"".contains(c);
    begins && operates && text.chars().all(simple) && !text.ends_with(' ')
}

fn is_block(text: &str) -> bool {
    let lines_are_good = text.lines().all(|line| {
        !line.is_empty() && !line.starts_with([' ', '\t']) && !line.ends_with([' ', '\t'])
    });
    !text.is_empty() && lines_are_good && !text.ends_with('\n') && is_printable(text)
}
