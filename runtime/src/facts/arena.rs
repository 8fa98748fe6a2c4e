//! Values of facts that are set and wait for their place in a frame.
//!
//! In: scalars, text, lists and maps in any order. Out: [`Node`]s that the
//! frame is written from. Everything lies in two vectors, so that clearing
//! keeps their memory and the next frame allocates nothing.

use super::error::{FactsError, Problem};
use rulestone_format::value::{Reference, Word};

/// Index of no node.
const END: u32 = u32::MAX;

/// A value, and its place in a list or map if it has one.
///
/// `word` is the cell of a scalar. Of text it is start and length in the
/// arena's text; of a list or map, the first of its items and their number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    word: Word,
    key: Span,
    next: u32,
}

/// Text in the arena.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

/// A list or map that is being made.
#[derive(Debug)]
pub(super) struct Chain {
    first: u32,
    last: u32,
    count: u32,
}

#[derive(Debug, Default)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    text: Vec<u8>,
    /// For sorting the entries of maps.
    order: Vec<u32>,
}

impl Node {
    pub(super) fn scalar(word: Word) -> Node {
        Node { word, key: Span::default(), next: END }
    }

    pub(super) fn text(span: Span) -> Node {
        Node::scalar(Word { low: span.start.into(), high: span.length.into() })
    }

    pub(super) fn chain(chain: &Chain) -> Node {
        Node::scalar(Word { low: chain.first.into(), high: chain.count.into() })
    }

    pub(super) fn with_key(self, key: Span) -> Node {
        Node { key, ..self }
    }

    pub(super) fn word(&self) -> Word {
        self.word
    }

    pub(super) fn key(&self) -> Span {
        self.key
    }

    /// The node's text, if it is one of text.
    pub(super) fn span(&self) -> Span {
        Span { start: self.word.low as u32, length: self.word.high as u32 }
    }

    /// How many items the node has, if it is a list or map.
    pub(super) fn count(&self) -> usize {
        self.word.high as u32 as usize
    }
}

impl Chain {
    pub(super) fn new() -> Chain {
        Chain { first: END, last: END, count: 0 }
    }
}

impl Arena {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
    }

    pub(super) fn push_text(&mut self, bytes: &[u8]) -> Result<Span, FactsError> {
        self.append_text(bytes.len(), |text| {
            text.extend_from_slice(bytes);
            Ok(())
        })
    }

    /// Appends text that `write` makes, of the length that is told.
    pub(super) fn append_text(
        &mut self,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), FactsError>,
    ) -> Result<Span, FactsError> {
        let start = self.text.len();
        // Nothing so large fits into a frame; so all offsets fit into 32 bits.
        if start.saturating_add(length) >= Reference::MAX_OFFSET {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        write(&mut self.text)?;
        Ok(Span { start: start as u32, length: (self.text.len() - start) as u32 })
    }

    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        let text = self.text.get(start..start + span.length as usize);
        text.unwrap_or_default()
    }

    /// Puts a node at the end of a list or map.
    pub(super) fn append(&mut self, chain: &mut Chain, node: Node) -> Result<(), FactsError> {
        // Every node takes at least a cell of a frame.
        if self.nodes.len() >= Reference::MAX_OFFSET / 8 {
            return Err(FactsError::new(Problem::FrameTooLarge));
        }
        let index = self.nodes.len() as u32;
        self.nodes.push(Node { next: END, ..node });
        match self.nodes.get_mut(chain.last as usize) {
            Some(last) => last.next = index,
            None => chain.first = index,
        }
        chain.last = index;
        chain.count += 1;
        Ok(())
    }

    /// Brings the entries of a map into the order of their keys.
    ///
    /// # Errors
    /// A key that is there twice.
    pub(super) fn sort(&mut self, chain: &mut Chain) -> Result<(), FactsError> {
        let Arena { nodes, text, order } = self;
        let key = |index: u32| -> &[u8] {
            let span = nodes.get(index as usize).map_or(Span::default(), Node::key);
            let start = span.start as usize;
            text.get(start..start + span.length as usize).unwrap_or_default()
        };
        order.clear();
        let mut next = chain.first;
        while let Some(node) = nodes.get(next as usize) {
            order.push(next);
            next = node.next;
        }
        order.sort_unstable_by_key(|index| key(*index));
        for pair in order.windows(2) {
            if let [one, other] = pair
                && key(*one) == key(*other)
            {
                let key = String::from_utf8_lossy(key(*one)).into_owned();
                return Err(FactsError::new(Problem::RepeatedKey { key }));
            }
        }
        let mut next = END;
        for index in order.iter().rev() {
            if let Some(node) = nodes.get_mut(*index as usize) {
                node.next = next;
                next = *index;
            }
        }
        chain.first = next;
        Ok(())
    }

    /// The items of a list or map.
    pub(super) fn items(&self, node: &Node) -> impl Iterator<Item = &Node> {
        let first = self.nodes.get(node.word.low as u32 as usize);
        std::iter::successors(first, |node| self.nodes.get(node.next as usize))
    }
}
