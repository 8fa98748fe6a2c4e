//! Values of facts in a text: scalars, lists, maps and points, as the type of the fact says.
//!
//! In: a reader at the beginning of a value, and the type that is expected. Out: a node of the arena, or
//! what is wrong first.

use super::super::arena::{Arena, Chain, Node, Span};
use super::super::error::{FactsError, Problem};
use super::super::found::Found;
use super::super::scalar;
use super::quoted::Quoted;
use super::reader::{Reader, Token};
use super::refusal::Refusal;
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::meaning::Point;
use rulestone_format::schema::FactKind;
use rulestone_format::value::Word;
use std::collections::HashSet;

pub(super) struct Values<'e, 't> {
    pub(super) reader: Reader<'t>,
    pub(super) archive: &'e ArchivedRuleset,
    pub(super) strict: bool,
    arena: &'e mut Arena,
    /// The keys of the maps that are being read, innermost last.
    marks: &'e mut Vec<Mark>,
}

/// A key of a map, and where it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    key: Span,
    at: usize,
}

/// The members of a point, how they are mostly written, and how errors name them.
const AXES: [(&str, &[u8], &str); 2] =
    [("lat", b"\"lat\":", ".lat"), ("lon", b",\"lon\":", ".lon")];

impl<'e, 't> Values<'e, 't> {
    /// At the beginning of a text.
    pub(super) fn new(
        text: &'t str,
        archive: &'e ArchivedRuleset,
        arena: &'e mut Arena,
        marks: &'e mut Vec<Mark>,
        strict: bool,
    ) -> Values<'e, 't> {
        Values { reader: Reader::new(text), archive, strict, arena, marks }
    }

    /// The value that comes next, of a type; lists and maps may nest so deep in it. `None` for null.
    pub(super) fn read(
        &mut self,
        fact_type: &'e ArchivedFactType,
        depth: usize,
    ) -> Result<Option<Node>, Refusal> {
        let short = match fact_type.kind() {
            Some(FactKind::Int) => self.reader.short_int().map(Word::from_int),
            Some(FactKind::Double) => self.reader.short_double().map(Word::from_double),
            _ => None,
        };
        if let Some(word) = short {
            return Ok(Some(Node::scalar(word)));
        }
        match self.reader.value()? {
            Token::Null => Ok(None),
            Token::Bool(value) => self.scalar(fact_type, Found::Bool(value)),
            Token::Number(text) => self.scalar(fact_type, Found::Number(text)),
            Token::String(quoted) => self.text(fact_type, quoted),
            Token::List => self.items(fact_type, depth),
            Token::Object => match fact_type.kind() {
                Some(FactKind::Map) => self.entries(fact_type, depth),
                Some(FactKind::Point) => self.point(),
                _ => Err(self.unexpected(fact_type, &Found::Object)),
            },
        }
    }

    fn scalar(
        &mut self,
        fact_type: &ArchivedFactType,
        found: Found<'_>,
    ) -> Result<Option<Node>, Refusal> {
        Ok(Some(scalar::read(self.archive, self.arena, fact_type, found)?))
    }

    fn text(
        &mut self,
        fact_type: &ArchivedFactType,
        quoted: Quoted<'t>,
    ) -> Result<Option<Node>, Refusal> {
        if fact_type.kind() == Some(FactKind::String)
            && let Some(text) = quoted.as_written()
            && text.len() <= fact_type.bound.to_native() as usize
        {
            return Ok(Some(Node::text(self.arena.push_text(text.as_bytes())?)));
        }
        self.scalar(fact_type, Found::Str(&quoted.text()?))
    }

    fn items(
        &mut self,
        fact_type: &'e ArchivedFactType,
        depth: usize,
    ) -> Result<Option<Node>, Refusal> {
        if fact_type.kind() != Some(FactKind::List) {
            return Err(self.unexpected(fact_type, &Found::List));
        }
        let (item, depth) = self.within(fact_type, depth, &Found::List)?;
        let bound = fact_type.bound.to_native();
        let (mut chain, mut count) = (Chain::new(), 0_u64);
        let mut is_first = true;
        while self.reader.item(is_first)? {
            is_first = false;
            // Items beyond the bound are counted only.
            if count < u64::from(bound) {
                let pushed = self.push(&mut chain, item, Span::default(), depth);
                pushed.map_err(|refusal| refusal.within(|error| error.in_item(count)))?;
            } else {
                self.reader.skip()?;
            }
            count += 1;
        }
        within_bound(count, bound)?;
        Ok(Some(Node::chain(&chain)))
    }

    fn entries(
        &mut self,
        fact_type: &'e ArchivedFactType,
        depth: usize,
    ) -> Result<Option<Node>, Refusal> {
        let own = self.marks.len();
        let read = self.entries_in_order(fact_type, depth);
        // A key that stands twice stands before whatever else is wrong.
        let repeated = if read.is_err() { self.repeated(own) } else { None };
        self.marks.truncate(own);
        repeated.map_or(read, Err)
    }

    /// The entries of a map, in the order of their keys. If a key stands twice, any error.
    fn entries_in_order(
        &mut self,
        fact_type: &'e ArchivedFactType,
        depth: usize,
    ) -> Result<Option<Node>, Refusal> {
        let (item, depth) = self.within(fact_type, depth, &Found::Object)?;
        let bound = fact_type.bound.to_native();
        let (mut chain, mut count) = (Chain::new(), 0_u64);
        let mut is_first = true;
        while let Some(quoted) = self.reader.key(is_first)? {
            is_first = false;
            let name = quoted.text()?;
            if count < u64::from(bound) {
                let key = scalar::read_key(self.arena, &name)?;
                self.marks.push(Mark { key, at: quoted.start });
                let pushed = self.push(&mut chain, item, key, depth);
                pushed.map_err(|refusal| refusal.within(|error| error.in_entry(&name)))?;
            } else {
                self.reader.skip()?;
            }
            count += 1;
        }
        within_bound(count, bound)?;
        self.arena.sort(&mut chain)?;
        Ok(Some(Node::chain(&chain)))
    }

    /// The first key that stands twice among those of the map that is being read.
    #[cold]
    fn repeated(&self, own: usize) -> Option<Refusal> {
        let mut seen = HashSet::new();
        let mut marks = self.marks.get(own..).unwrap_or_default().iter();
        let twice = marks.find(|mark| !seen.insert(self.arena.bytes(mark.key)))?;
        let key = String::from_utf8_lossy(self.arena.bytes(twice.key));
        Some(Refusal::repeated(&key, twice.at))
    }

    /// Reads an item or the value of an entry, and puts it at the end of the others.
    fn push(
        &mut self,
        chain: &mut Chain,
        item: &'e ArchivedFactType,
        key: Span,
        depth: usize,
    ) -> Result<(), Refusal> {
        let Some(node) = self.read(item, depth)? else {
            return Err(self.unexpected(item, &Found::Null));
        };
        Ok(self.arena.append(chain, node.with_key(key))?)
    }

    fn point(&mut self) -> Result<Option<Node>, Refusal> {
        // Whether it stood there, and its value.
        let mut axes: [(bool, Option<f64>); 2] = [(false, None); 2];
        let mut is_first = true;
        loop {
            let next = usize::from(!is_first);
            let from = self.reader.at();
            let axis = match AXES.get(next) {
                Some((_, written, _)) if self.reader.passes(written) => next,
                _ => {
                    let Some(quoted) = self.reader.key(is_first)? else { break };
                    let name = quoted.text()?;
                    match AXES.iter().position(|(axis, _, _)| *axis == name) {
                        Some(axis) => axis,
                        None if self.strict => {
                            return Err(FactsError::unknown(format!(".{name}"), None).into());
                        }
                        None => {
                            self.reader.skip()?;
                            is_first = false;
                            continue;
                        }
                    }
                }
            };
            let (Some((name, _, path)), Some((stood, value))) =
                (AXES.get(axis), axes.get_mut(axis))
            else {
                continue;
            };
            if std::mem::replace(stood, true) {
                self.reader.go_to(from);
                let quoted = self.reader.key(is_first)?;
                return Err(Refusal::repeated(name, quoted.map_or(from, |quoted| quoted.start)));
            }
            let read = axis_value(&mut self.reader);
            *value = read.map_err(|refusal| refusal.within(|error| error.prefix(path)))?;
            is_first = false;
        }
        let there = |axis: usize| {
            let value = axes.get(axis).and_then(|(_, value)| *value);
            let path = AXES.get(axis).map_or("", |(_, _, path)| *path);
            value.ok_or_else(|| FactsError::new(Problem::Missing).prefix(path))
        };
        let point = Point { lat: there(0)?, lon: there(1)? };
        Ok(Some(Node::scalar(Word::from_point(point))))
    }

    /// The type of what is in a list or map, and how deep that may nest.
    fn within(
        &self,
        fact_type: &ArchivedFactType,
        depth: usize,
        found: &Found<'_>,
    ) -> Result<(&'e ArchivedFactType, usize), Refusal> {
        let item = self.archive.schema.fact_type(fact_type.item.to_native());
        // INVARIANT: in a verified archive the type of the items is there and nests no deeper.
        item.zip(depth.checked_sub(1)).ok_or_else(|| self.unexpected(fact_type, found))
    }

    #[cold]
    fn unexpected(&self, fact_type: &ArchivedFactType, found: &Found<'_>) -> Refusal {
        scalar::unexpected(self.archive, fact_type, found).into()
    }
}

/// A latitude or longitude. `None` for null.
fn axis_value(reader: &mut Reader<'_>) -> Result<Option<f64>, Refusal> {
    if let Some(value) = reader.short_double() {
        return Ok(Some(value));
    }
    let text;
    let found = match reader.value()? {
        Token::Null => return Ok(None),
        Token::Bool(value) => Found::Bool(value),
        Token::Number(text) => Found::Number(text),
        Token::String(quoted) => {
            text = quoted.text()?;
            Found::Str(&text)
        }
        Token::List => Found::List,
        Token::Object => Found::Object,
    };
    Ok(Some(scalar::read_double(found)?))
}

fn within_bound(count: u64, bound: u32) -> Result<(), FactsError> {
    match count > u64::from(bound) {
        true => Err(FactsError::new(Problem::Items { count, bound })),
        false => Ok(()),
    }
}
