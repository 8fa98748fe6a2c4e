//! YAML events to one tree of [`Node`]s a file.
//!
//! In: the text of a file. Out: its root, and every finding on the way: duplicate
//! keys, tags, merge keys. A syntax error or an exhausted budget ends the file.
//! Time and memory are bounded by the size of the text, whatever its aliases say.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span as Marks, Tag};

use super::node::{Entry, Node, NodeKind};
use super::scalar::{Scalar, resolve};
use super::span::{FileId, Span};
use super::syntax;
use super::text::{Style, Text};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Lists and mappings within one another.
const MAX_DEPTH: usize = 64;
/// Bytes of any scalar.
const MAX_SCALAR: usize = 1 << 20;
/// Nodes of a whole ruleset, copies by aliases included.
const MAX_NODES: usize = 2_000_000;
/// What aliases may add to a file: this many times its own nodes, and some.
const MAX_GROWTH: usize = 4;
const FREE_COPIES: usize = 10_000;
/// A long text counts as one more node for each of so many bytes.
const BYTES_PER_NODE: usize = 64;

/// The nodes that a ruleset has used up so far, over all its files.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: usize,
}

/// The tree of a file; `None` if a finding made it impossible. An empty file is
/// a null.
pub(super) fn compose(
    text: &str,
    file: FileId,
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let mut composer = Composer {
        text,
        file,
        budget,
        own: 0,
        copied: 0,
        anchors: HashMap::new(),
        stack: Vec::new(),
        root: None,
        diagnostics,
    };
    match composer.run() {
        Ok(root) => Some(root),
        Err(end) => {
            diagnostics.push(*end);
            None
        }
    }
}

/// The finding that ends the file.
type Fatal = Box<Diagnostic>;

struct Composer<'t, 'c> {
    text: &'t str,
    file: FileId,
    budget: &'c mut Budget,
    /// Cost of the nodes written in this file.
    own: usize,
    /// Cost of the copies made of anchored nodes.
    copied: usize,
    /// Anchored nodes that are complete, by the parser's number.
    anchors: HashMap<usize, Anchored>,
    stack: Vec<Frame>,
    root: Option<Node>,
    diagnostics: &'c mut Diagnostics,
}

struct Anchored {
    node: Node,
    cost: usize,
    height: usize,
}

/// A list or mapping that is not yet complete.
struct Frame {
    start: u32,
    /// End of the last thing in it.
    end: u32,
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map(Map),
}

#[derive(Default)]
struct Map {
    entries: Vec<Entry>,
    key: Key,
    /// Places in `entries` by key, once there are many.
    places: HashMap<String, usize>,
}

#[derive(Default)]
enum Key {
    /// The next node is a key.
    #[default]
    None,
    Good(Text),
    /// Its value is read and dropped.
    Bad,
}

/// Up to here a mapping is searched key by key.
const FEW_KEYS: usize = 16;

impl<'t> Composer<'t, '_> {
    fn run(&mut self) -> Result<Node, Fatal> {
        let options = granit_parser::options! {
            emit_comments: false,
            // One more than is allowed, so that the words about it are our own.
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
        };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, marks) = event
                .map_err(|error| Box::new(syntax::diagnostic(&error, self.file, self.text)))?;
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let span = self.first_line(self.span(marks));
                        self.diagnostics.push(
                            Diagnostic::new(Code::SeveralDocuments, "a second YAML document begins here")
                                .at(span, "")
                                .help("a file holds one document: remove the `---`, or make it a file of its own"),
                        );
                        break;
                    }
                }
                Event::Scalar(value, style, anchor, tag) => {
                    let node = self.scalar(value, style, tag.as_deref(), marks)?;
                    self.complete(node, anchor)?;
                }
                Event::SequenceStart(_, anchor, tag) => {
                    self.collection_tag(tag.as_deref(), "seq", marks);
                    self.open(Items::List(Vec::new()), anchor, marks)?;
                }
                Event::MappingStart(_, anchor, tag) => {
                    self.collection_tag(tag.as_deref(), "map", marks);
                    self.open(Items::Map(Map::default()), anchor, marks)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(marks)?,
                Event::Alias(id) => self.alias(id, marks)?,
                _ => {}
            }
        }
        Ok(self.root.take().unwrap_or_else(|| {
            let span = Span::new(self.file, 0, 0);
            let text = Text::new(String::new(), Style::Plain, span);
            Node { kind: NodeKind::Null(text), span }
        }))
    }

    fn open(&mut self, items: Items, anchor: usize, marks: Marks) -> Result<(), Fatal> {
        let span = self.span(marks);
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(self.first_line(span)));
        }
        self.spend(1, span)?;
        self.stack.push(Frame { start: span.start, end: span.end, anchor, items });
        Ok(())
    }

    fn close(&mut self, marks: Marks) -> Result<(), Fatal> {
        // INVARIANT: the parser's events are balanced; were they not, an end
        // without a start would change nothing.
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let bracket = self.span(marks);
        // A block collection ends with its last item, not where the next begins.
        let end = if bracket.end > bracket.start { bracket.end } else { frame.end };
        let span = Span::new(self.file, frame.start, end.max(frame.start));
        let kind = match frame.items {
            Items::List(items) => NodeKind::List(items),
            Items::Map(map) => NodeKind::Map(map.entries),
        };
        self.complete(Node { kind, span }, frame.anchor)
    }

    fn alias(&mut self, id: usize, marks: Marks) -> Result<(), Fatal> {
        let span = self.span(marks);
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(Box::new(
                Diagnostic::new(Code::Alias, "this alias stands within the value that it repeats")
                    .at(span, ""),
            ));
        };
        if self.stack.len() + anchored.height > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let cost = anchored.cost;
        self.copy_cost(cost, span)?;
        // Looked up again since the budget had to be touched in between.
        let Some(mut node) = self.anchors.get(&id).map(|a| a.node.clone()) else {
            return Ok(());
        };
        // It stands here, whatever is in it stands at its anchor.
        node.span = span;
        self.attach(node, span.end);
        Ok(())
    }

    /// Takes in a finished node, and remembers it if it has an anchor.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Fatal> {
        if anchor != 0 {
            let (cost, height) = measure(&node);
            self.copy_cost(cost, node.span)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), cost, height });
        }
        let end = node.span.end;
        self.attach(node, end);
        Ok(())
    }

    fn attach(&mut self, mut node: Node, end: u32) {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.end = frame.end.max(end);
        let map = match &mut frame.items {
            Items::List(items) => {
                items.push(node);
                return;
            }
            Items::Map(map) => map,
        };
        match std::mem::take(&mut map.key) {
            Key::None => {
                map.key = match check_key(node, map) {
                    Ok(key) => Key::Good(key),
                    Err(finding) => {
                        self.diagnostics.push(*finding);
                        Key::Bad
                    }
                }
            }
            Key::Good(key) => {
                if node.is_null() && node.span.start == node.span.end {
                    node.span = key.span();
                }
                if map.entries.len() >= FEW_KEYS {
                    if map.places.is_empty() {
                        for (place, entry) in map.entries.iter().enumerate() {
                            map.places.insert(entry.key.value.clone(), place);
                        }
                    }
                    map.places.insert(key.value.clone(), map.entries.len());
                }
                map.entries.push(Entry { key, value: node });
            }
            Key::Bad => {}
        }
    }

    fn scalar(
        &mut self,
        value: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        marks: Marks,
    ) -> Result<Node, Fatal> {
        let mut span = self.span(marks);
        let (style, resolved) = match style {
            ScalarStyle::Plain if span.start == span.end => {
                return self.absent_scalar(span, tag, marks);
            }
            ScalarStyle::Plain => (Style::Plain, resolve(&value)),
            ScalarStyle::SingleQuoted => (Style::SingleQuoted, Scalar::String),
            ScalarStyle::DoubleQuoted => (Style::DoubleQuoted, Scalar::String),
            ScalarStyle::Literal => (Style::Literal, Scalar::String),
            ScalarStyle::Folded => (Style::Folded, Scalar::String),
        };
        if matches!(style, Style::Literal | Style::Folded) {
            let raw = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
            span.end = span.start + clamp(raw.trim_end().len());
        }
        if value.len() > MAX_SCALAR {
            return Err(Box::new(
                Diagnostic::new(
                    Code::TooLarge,
                    format!(
                        "this text has {} bytes; at most {MAX_SCALAR} are allowed",
                        value.len()
                    ),
                )
                .at(self.first_line(span), ""),
            ));
        }
        let resolved = match tag {
            Some(tag) => self.tagged(tag, &value, resolved, span, marks),
            None => resolved,
        };
        self.finish_scalar(value.into_owned(), style, resolved, span)
    }

    /// A value that isn't there, for which the parser writes `~`.
    fn absent_scalar(
        &mut self,
        span: Span,
        tag: Option<&Tag>,
        marks: Marks,
    ) -> Result<Node, Fatal> {
        let tag_span = marks.tag_span().map(|marks| self.span(marks));
        match (tag, tag_span) {
            // `!player.banned`: all of the text is in the tag.
            (Some(tag), Some(whole)) if tag.core_suffix().is_none() => {
                self.refuse_tag(tag, marks, span);
                let raw = self.text.get(whole.start as usize..whole.end as usize).unwrap_or("");
                self.finish_scalar(raw.to_owned(), Style::Plain, Scalar::String, whole)
            }
            (Some(tag), _) => {
                let resolved = self.tagged(tag, "", Scalar::Null, span, marks);
                self.finish_scalar(String::new(), Style::Plain, resolved, span)
            }
            (None, _) => self.finish_scalar(String::new(), Style::Plain, Scalar::Null, span),
        }
    }

    fn finish_scalar(
        &mut self,
        value: String,
        style: Style,
        resolved: Scalar,
        span: Span,
    ) -> Result<Node, Fatal> {
        self.spend(1 + value.len() / BYTES_PER_NODE, span)?;
        let text = Text::new(value, style, span);
        let kind = match resolved {
            Scalar::Null => NodeKind::Null(text),
            Scalar::Bool(value) => NodeKind::Bool(value, text),
            Scalar::Int(value) => NodeKind::Int(value, text),
            Scalar::Double(value) => NodeKind::Double(value, text),
            Scalar::String => NodeKind::String(text),
        };
        Ok(Node { kind, span })
    }

    /// What a scalar is by its tag.
    fn tagged(
        &mut self,
        tag: &Tag,
        value: &str,
        resolved: Scalar,
        span: Span,
        marks: Marks,
    ) -> Scalar {
        let by_value = resolve(value);
        let suffix = tag.core_suffix();
        match (suffix, by_value) {
            (Some("str"), _) => return Scalar::String,
            (Some("null"), Scalar::Null)
            | (Some("bool"), Scalar::Bool(_))
            | (Some("int"), Scalar::Int(_))
            | (Some("float"), Scalar::Double(_)) => return by_value,
            (Some("float"), Scalar::Int(value)) => return Scalar::Double(value as f64),
            // The non-specific tag `!`: not resolved, hence a string.
            (None, _) if tag.original() == "!" => return Scalar::String,
            _ => {}
        }
        self.refuse_tag(tag, marks, span);
        resolved
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, marks: Marks) {
        let Some(tag) = tag else { return };
        if tag.core_suffix() != Some(expected) && tag.original() != "!" {
            let span = self.first_line(self.span(marks));
            self.refuse_tag(tag, marks, span);
        }
    }

    fn refuse_tag(&mut self, tag: &Tag, marks: Marks, value: Span) {
        let span = marks.tag_span().map_or(value, |tag| self.span(tag));
        let finding = if let Some(suffix) = tag.core_suffix() {
            Diagnostic::new(Code::Tag, format!("this value doesn't suit its tag `!!{suffix}`"))
                .at(span, "")
        } else {
            Diagnostic::new(Code::Tag, "YAML tags have no meaning in a ruleset")
                .at(span, "this is read as a tag, not as part of the text")
                .help("an expression that begins with `!` must be in quotes: '!player.banned'")
        };
        self.diagnostics.push(finding);
    }

    fn spend(&mut self, cost: usize, span: Span) -> Result<(), Fatal> {
        self.own += cost;
        self.budget.spent += cost;
        if self.budget.spent > MAX_NODES {
            return Err(Box::new(
                Diagnostic::new(Code::TooLarge, "the ruleset is too large")
                    .at(self.first_line(span), "the limit is reached here")
                    .help(format!("a ruleset has at most {MAX_NODES} YAML nodes")),
            ));
        }
        Ok(())
    }

    fn copy_cost(&mut self, cost: usize, span: Span) -> Result<(), Fatal> {
        self.copied += cost;
        self.budget.spent += cost;
        let limit = MAX_GROWTH * self.own + FREE_COPIES;
        if self.copied > limit || self.budget.spent > MAX_NODES {
            return Err(Box::new(
                Diagnostic::new(Code::AliasExpansion, "aliases make this file too large")
                    .at(self.first_line(span), "the limit is reached here")
                    .help("write the repeated part as a constant or a variable"),
            ));
        }
        Ok(())
    }

    fn span(&self, marks: Marks) -> Span {
        let range = marks.byte_range().unwrap_or(0..0);
        let start = clamp(range.start.min(self.text.len()));
        let end = clamp(range.end.min(self.text.len()));
        Span::new(self.file, start, end.max(start))
    }

    /// A span that doesn't run over the end of its line.
    fn first_line(&self, span: Span) -> Span {
        let raw = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let line = raw.split(['\n', '\r']).next().unwrap_or("");
        Span::new(self.file, span.start, span.start + clamp(line.len()))
    }
}

/// The text of a key, unless something is wrong with it.
fn check_key(node: Node, map: &Map) -> Result<Text, Fatal> {
    let span = node.span;
    let key = match node.kind {
        NodeKind::Null(text)
        | NodeKind::Bool(_, text)
        | NodeKind::Int(_, text)
        | NodeKind::Double(_, text)
        | NodeKind::String(text) => text,
        NodeKind::List(_) | NodeKind::Map(_) => {
            return Err(Box::new(
                Diagnostic::new(Code::KeyShape, "a key must be a name, not a list or mapping")
                    .at(span, "")
                    .help("text that begins with `[` or `{` must be in quotes"),
            ));
        }
    };
    if key.value.is_empty() {
        return Err(Box::new(Diagnostic::new(Code::KeyShape, "this key is empty").at(span, "")));
    }
    if key.value == "<<" && key.style() == Style::Plain {
        return Err(Box::new(
            Diagnostic::new(Code::MergeKey, "merge keys (`<<`) are not part of YAML 1.2")
                .at(span, "")
                .help("write the keys out, or use an alias for a whole value"),
        ));
    }
    let first = if map.places.is_empty() {
        map.entries.iter().find(|e| e.key.value == key.value)
    } else {
        map.places.get(&key.value).and_then(|&place| map.entries.get(place))
    };
    match first {
        Some(first) => Err(Box::new(
            Diagnostic::new(
                Code::DuplicateKey,
                format!("the key `{}` stands here twice", brief(&key.value)),
            )
            .at(span, "again here")
            .also(first.key.span(), "first here"),
        )),
        None => Ok(key),
    }
}

/// A name as a message quotes it: not longer than a line.
pub(super) fn brief(text: &str) -> Cow<'_, str> {
    const MOST: usize = 60;
    let plain = !text.chars().any(char::is_control);
    if plain && text.chars().nth(MOST).is_none() {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    Cow::Owned(short)
}

fn too_deep(span: Span) -> Fatal {
    Box::new(
        Diagnostic::new(Code::TooDeep, "lists and mappings are nested too deeply")
            .at(span, "")
            .help(format!("at most {MAX_DEPTH} levels are allowed")),
    )
}

/// Cost and height (levels of lists and mappings) of a tree. Recurses at most
/// [`MAX_DEPTH`] levels, since no deeper tree is made.
fn measure(node: &Node) -> (usize, usize) {
    match &node.kind {
        NodeKind::List(items) => items.iter().map(measure).fold((1, 1), grow),
        NodeKind::Map(entries) => entries
            .iter()
            .map(|e| {
                let (cost, height) = measure(&e.value);
                (cost + 1 + e.key.value.len() / BYTES_PER_NODE, height)
            })
            .fold((1, 1), grow),
        _ => (1 + node.text().map_or(0, |t| t.value.len() / BYTES_PER_NODE), 0),
    }
}

fn grow((cost, height): (usize, usize), child: (usize, usize)) -> (usize, usize) {
    (cost + child.0, height.max(child.1 + 1))
}

fn clamp(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
