//! RE2's syntax, read into regex-syntax's intermediate representation.
//!
//! In: a pattern. Out: a `Hir` whose matches are RE2's, fit for asking whether
//! there is one: groups don't capture, and every repetition is lazy, since
//! neither which match it is nor what is in it can be seen.
//!
//! Why not regex-syntax's own parser: its language has more (nested classes,
//! set operations, `\u{..}`, `(?x)`) and gives other meanings to what is in
//! both (`[a&&b]`, `[[a]`, `a{,3}`, `\s`, `\<`, `a**`). Here is RE2's grammar
//! (re2/parse.cc, with the Perl syntax on, as CEL has it) and nothing else.

use std::collections::HashSet;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

use super::class;
use super::cursor::{Cursor, Flags};
use super::error::{RegexError, RegexErrorKind, range, syntax, unsupported};

/// Groups within groups, at most: bounds the recursion of later passes.
const MAX_NESTING: usize = 100;

/// Copies that counted repetitions, multiplied where nested, may ask for.
const MAX_REPEATS: u32 = 1000;

pub(super) fn parse(pattern: &str) -> Result<Hir, RegexError> {
    let mut parser = Parser {
        cursor: Cursor::new(pattern),
        open: Vec::new(),
        group: Group::default(),
        after_repetition: false,
        names: HashSet::new(),
    };
    while parser.cursor.peek().is_some() {
        parser.step()?;
    }
    if let Some(outer) = parser.open.last() {
        let start = outer.inner_start;
        return Err(syntax("this group is not closed", start, start + 1)
            .help("add `)`, or write `\\(` for a parenthesis"));
    }
    Ok(parser.group.finish().hir)
}

/// What of a pattern was read.
struct Parser<'p> {
    cursor: Cursor<'p>,
    /// The groups around the current one, outermost first.
    open: Vec<Outer>,
    group: Group,
    /// The step before was a repetition: another one can't follow.
    after_repetition: bool,
    names: HashSet<&'p str>,
}

/// A group to go back to when the one inside it is closed.
struct Outer {
    group: Group,
    flags: Flags,
    /// Where the group inside begins.
    inner_start: usize,
}

/// What was read of a group: alternatives, and the items of the last one.
#[derive(Default)]
struct Group {
    alternatives: Vec<Hir>,
    items: Vec<Item>,
    /// The highest count of copies of any alternative.
    repeats: u32,
}

/// An expression and how many copies its repetitions make of their operands.
struct Item {
    hir: Hir,
    repeats: u32,
}

impl Group {
    fn push(&mut self, hir: Hir) {
        self.items.push(Item { hir, repeats: 1 });
    }

    fn end_alternative(&mut self) {
        let items = std::mem::take(&mut self.items);
        let most = items.iter().map(|item| item.repeats).max().unwrap_or(1);
        self.repeats = self.repeats.max(most);
        self.alternatives.push(Hir::concat(items.into_iter().map(|item| item.hir).collect()));
    }

    fn finish(mut self) -> Item {
        self.end_alternative();
        Item { hir: Hir::alternation(self.alternatives), repeats: self.repeats }
    }
}

impl Parser<'_> {
    /// Reads one literal, class, assertion, parenthesis or operator.
    fn step(&mut self) -> Result<(), RegexError> {
        let start = self.cursor.at;
        let after_repetition = std::mem::take(&mut self.after_repetition);
        match self.cursor.bump() {
            None => {}
            Some('|') => self.group.end_alternative(),
            Some('(') => self.open_group(start)?,
            Some(')') => self.close_group(start)?,
            Some('[') => {
                let class = class::bracketed(&mut self.cursor, start)?;
                self.push_class(class);
            }
            Some('.') if self.cursor.flags.dot_matches_newline => {
                self.group.push(Hir::dot(Dot::AnyChar))
            }
            Some('.') => self.group.push(Hir::dot(Dot::AnyCharExceptLF)),
            Some('^') if self.cursor.flags.is_multi_line => {
                self.group.push(Hir::look(Look::StartLF))
            }
            Some('^') => self.group.push(Hir::look(Look::Start)),
            Some('$') if self.cursor.flags.is_multi_line => self.group.push(Hir::look(Look::EndLF)),
            Some('$') => self.group.push(Hir::look(Look::End)),
            Some('*') => self.repeat(start, 0, None, after_repetition)?,
            Some('+') => self.repeat(start, 1, None, after_repetition)?,
            Some('?') => self.repeat(start, 0, Some(1), after_repetition)?,
            Some('{') => match self.counts(start)? {
                Some((min, max)) => self.repeat(start, min, max, after_repetition)?,
                None => self.push_literal('{', start)?,
            },
            Some('\\') => self.escape(start)?,
            Some(literal) => self.push_literal(literal, start)?,
        }
        Ok(())
    }

    fn push_literal(&mut self, literal: char, start: usize) -> Result<(), RegexError> {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(literal, literal)]);
        class::fold(&mut self.cursor, &mut class, start)?;
        self.push_class(class);
        Ok(())
    }

    fn push_class(&mut self, class: ClassUnicode) {
        // `Hir::class` makes a literal of a class of one.
        self.group.push(Hir::class(Class::Unicode(class)));
    }

    /// After a `\` outside of brackets.
    fn escape(&mut self, start: usize) -> Result<(), RegexError> {
        match self.cursor.peek() {
            Some('A') => self.assertion(Look::Start),
            Some('z') => self.assertion(Look::End),
            Some('b') => self.assertion(Look::WordAscii),
            Some('B') => self.assertion(Look::WordAsciiNegate),
            Some('Q') => {
                self.cursor.bump();
                let rest = self.cursor.rest();
                let (quoted, skipped) = match rest.split_once("\\E") {
                    Some((quoted, _)) => (quoted, quoted.len() + 2),
                    None => (rest, rest.len()),
                };
                for literal in quoted.chars() {
                    self.push_literal(literal, start)?;
                }
                self.cursor.at += skipped;
            }
            _ => match class::escaped_group(&mut self.cursor, start)? {
                Some(class) => self.push_class(class),
                None => {
                    let literal = class::escaped_char(&mut self.cursor, start)?;
                    self.push_literal(literal, start)?;
                }
            },
        }
        Ok(())
    }

    fn assertion(&mut self, look: Look) {
        self.cursor.bump();
        self.group.push(Hir::look(look));
    }

    /// After a `(`.
    fn open_group(&mut self, start: usize) -> Result<(), RegexError> {
        let outside = self.cursor.flags;
        if self.cursor.take("?P<") || (!self.starts_lookbehind() && self.cursor.take("?<")) {
            self.group_name(start)?;
        } else if self.cursor.take("?") && !self.group_flags(start)? {
            // Flags for the rest of the group that is open already.
            return Ok(());
        }
        if self.open.len() >= MAX_NESTING {
            return Err(RegexError {
                kind: RegexErrorKind::TooLarge,
                message: format!("groups nested more than {MAX_NESTING} deep"),
                range: range(start, start + 1),
                help: None,
            });
        }
        let group = std::mem::take(&mut self.group);
        self.open.push(Outer { group, flags: outside, inner_start: start });
        Ok(())
    }

    fn starts_lookbehind(&self) -> bool {
        self.cursor.rest().starts_with("?<=") || self.cursor.rest().starts_with("?<!")
    }

    fn close_group(&mut self, start: usize) -> Result<(), RegexError> {
        let Some(outer) = self.open.pop() else {
            return Err(syntax("there is no open group to close", start, self.cursor.at)
                .help("write `\\)` for a parenthesis"));
        };
        let inner = std::mem::replace(&mut self.group, outer.group);
        self.cursor.flags = outer.flags;
        self.group.items.push(inner.finish());
        Ok(())
    }

    /// After `(?P<` or `(?<`: the name and its `>`.
    fn group_name(&mut self, start: usize) -> Result<(), RegexError> {
        let Some((name, _)) = self.cursor.rest().split_once('>') else {
            return Err(syntax("the group's name is not closed with `>`", start, self.cursor.at));
        };
        let name_start = self.cursor.at;
        self.cursor.at += name.len() + 1;
        let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !is_word {
            return Err(syntax(
                "a group's name is of letters, digits and `_`",
                start,
                self.cursor.at,
            ));
        }
        if !self.names.insert(name) {
            return Err(syntax(
                format!("two groups are named `{name}`"),
                name_start,
                name_start + name.len(),
            ));
        }
        Ok(())
    }

    /// After `(?`: flags, and whether a group begins (`:`) or they are for the
    /// rest of the open one (`)`).
    fn group_flags(&mut self, start: usize) -> Result<bool, RegexError> {
        let (mut sets, mut is_missing) = (true, false);
        loop {
            let next = self.cursor.bump();
            match next {
                Some('i') => self.cursor.flags.ignores_case = sets,
                Some('m') => self.cursor.flags.is_multi_line = sets,
                Some('s') => self.cursor.flags.dot_matches_newline = sets,
                // Which of several matches is found makes no difference here.
                Some('U') => {}
                Some('-') if sets => sets = false,
                Some(':' | ')') if !is_missing => return Ok(next == Some(':')),
                _ => return Err(self.no_such_group(start)),
            }
            is_missing = next == Some('-');
        }
    }

    fn no_such_group(&self, start: usize) -> RegexError {
        let what = match self.cursor.pattern.get(start..).unwrap_or("").as_bytes() {
            [b'(', b'?', b'=' | b'!', ..] => "lookahead",
            [b'(', b'?', b'<', ..] => "lookbehind",
            [b'(', b'?', b'>', ..] => "an atomic group",
            [b'(', b'?', b'#', ..] => "a comment",
            [b'(', b'?', b'P', b'=', ..] => "a backreference",
            [b'(', b'?', b'P' | b'R' | b'&' | b'0'..=b'9', ..] => "recursion",
            [b'(', b'?', b'(', ..] => "a conditional group",
            _ => {
                return syntax("these are not flags of a group", start, self.cursor.at)
                    .help("flags are `i`, `m`, `s` and `U`, as in `(?i)` or `(?i-s:...)`");
            }
        };
        unsupported(format!("{what} is not part of RE2"), start, self.cursor.at)
    }

    /// After a `{`: the counts of a repetition, or nothing if it is none, for
    /// then the brace stands for itself.
    fn counts(&mut self, start: usize) -> Result<Option<(u32, Option<u32>)>, RegexError> {
        let Some((inside, _)) = self.cursor.rest().split_once('}') else {
            return Ok(None);
        };
        let (min, max) = match inside.split_once(',') {
            None => (inside, inside),
            Some(counts) => counts,
        };
        let is_count = |digits: &str| {
            let is_padded = digits.len() > 1 && digits.starts_with('0');
            !digits.is_empty() && !is_padded && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if !is_count(min) || !(max.is_empty() || is_count(max)) {
            return Ok(None);
        }
        self.cursor.at += inside.len() + 1;
        // Digits only: what doesn't fit is too much, too.
        let number = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
        let (min, max) = (number(min), (!max.is_empty()).then(|| number(max)));
        if min > MAX_REPEATS || max.is_some_and(|max| max > MAX_REPEATS) {
            return Err(too_often(start, self.cursor.at));
        }
        if max.is_some_and(|max| max < min) {
            return Err(syntax("the second count is below the first", start, self.cursor.at));
        }
        Ok(Some((min, max)))
    }

    /// After an operator: applies it to what stands before it.
    fn repeat(
        &mut self,
        start: usize,
        min: u32,
        max: Option<u32>,
        after_repetition: bool,
    ) -> Result<(), RegexError> {
        self.cursor.take("?");
        self.after_repetition = true;
        if after_repetition {
            return Err(syntax("a repetition can't be repeated", start, self.cursor.at)
                .help("put the first one into a group: `(?:a*)*`; possessive operators such as `a*+` are not part of RE2"));
        }
        let Some(item) = self.group.items.pop() else {
            return Err(syntax("there is nothing to repeat", start, self.cursor.at)
                .help("write a backslash before the operator to match it as it is"));
        };
        let counted = max.unwrap_or(min).max(1);
        let repeats = item.repeats.saturating_mul(counted);
        if repeats > MAX_REPEATS {
            return Err(too_often(start, self.cursor.at));
        }
        let sub = Box::new(item.hir);
        let hir = Hir::repetition(Repetition { min, max, greedy: false, sub });
        self.group.items.push(Item { hir, repeats });
        Ok(())
    }
}

fn too_often(start: usize, end: usize) -> RegexError {
    RegexError {
        kind: RegexErrorKind::TooLarge,
        message: format!(
            "more than {MAX_REPEATS} repetitions, those of repetitions within it multiplied"
        ),
        range: range(start, end),
        help: Some("for a length, use `size()`".to_owned()),
    }
}
