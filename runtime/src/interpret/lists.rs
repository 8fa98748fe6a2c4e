//! Lists: reading, searching, joining and making them.
//!
//! A list that is made gets its room in the scratch memory at once; its
//! builder register says in `low` where it lies and how many items it has, and
//! in `high` for how many there is room.

use super::{Machine, equal, order};
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Space, Word};
use std::cmp::Ordering;

/// A list or a map that is being made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Builder {
    pub(crate) start: usize,
    pub(crate) count: usize,
    pub(crate) capacity: usize,
}

impl Builder {
    /// From a register.
    #[inline]
    pub(super) fn read(word: Word) -> Builder {
        let items = word.reference();
        Builder {
            start: items.offset(),
            count: items.length(),
            capacity: usize::try_from(word.high).unwrap_or(usize::MAX),
        }
    }

    #[inline]
    pub(super) fn word(self) -> Word {
        Word { low: self.items().0, high: self.capacity as u64 }
    }

    /// What was made so far.
    #[inline]
    pub(crate) fn items(self) -> Reference {
        Reference::new(Space::Scratch, self.start, self.count)
    }

    /// Where the next item belongs.
    #[inline]
    pub(super) fn next(self, stride: usize) -> Outcome<usize> {
        if self.count >= self.capacity {
            return Err(Fault::TooLong);
        }
        self.start.checked_add(self.count.saturating_mul(stride)).ok_or(Fault::Unreachable)
    }
}

impl Machine<'_> {
    #[inline]
    pub(super) fn index(&self, list: Reference, index: i64, width: usize) -> Outcome<Word> {
        let index = usize::try_from(index).map_err(|_| Fault::IndexOutOfRange)?;
        self.memory().item(list, index, width)
    }

    #[inline(never)]
    pub(super) fn contains(&self, element: TypeId, list: Word, item: Word) -> bool {
        let (archive, memory) = (self.program.archive, self.memory());
        self.items(element, list).any(|other| equal(archive, memory, element, other, item))
    }

    /// Whether every item of `items` is in `whole`, both of the type `list`.
    #[inline(never)]
    pub(super) fn superset(&self, list: TypeId, whole: Word, items: Word) -> bool {
        let Some((element, _)) = self.element(list) else {
            return false;
        };
        self.items(element, items).all(|item| self.contains(element, whole, item))
    }

    /// Whether some item of `items` is in `whole`, both of the type `list`.
    #[inline(never)]
    pub(super) fn intersects(&self, list: TypeId, whole: Word, items: Word) -> bool {
        let Some((element, _)) = self.element(list) else {
            return false;
        };
        self.items(element, items).any(|item| self.contains(element, whole, item))
    }

    /// The items of a list, up to the first that lies nowhere.
    fn items(&self, element: TypeId, list: Word) -> impl Iterator<Item = Word> {
        let (memory, list) = (self.memory(), list.reference());
        let kind = self.program.archive.kind(element);
        let width = kind.map_or(CELL, TypeKind::width);
        (0..list.length()).map_while(move |index| memory.item(list, index, width).ok())
    }

    /// The type of the items of a list, and how wide their cells are.
    fn element(&self, list: TypeId) -> Option<(TypeId, usize)> {
        match self.program.archive.kind(list)? {
            TypeKind::List(element) => Some((element, self.program.archive.kind(element)?.width())),
            _ => None,
        }
    }

    #[inline(never)]
    pub(super) fn concatenate(&mut self, list: TypeId, a: Word, b: Word) -> Outcome<Word> {
        let (first, second) = (a.reference(), b.reference());
        if first.is_empty() {
            return Ok(b);
        }
        if second.is_empty() {
            return Ok(a);
        }
        let (_, width) = self.element(list).ok_or(Fault::Unreachable)?;
        let archive = self.program.archive;
        let written = self.scratch.write(self.frame.bytes(), &archive.data, |memory, sink| {
            sink.push(memory.cells(first, width))?;
            sink.push(memory.cells(second, width))
        })?;
        let count = first.length().saturating_add(second.length());
        if written.length() != count.saturating_mul(width) {
            return Err(Fault::Unreachable);
        }
        Ok(Word::from_reference(Reference::new(Space::Scratch, written.offset(), count)))
    }

    /// Room for so many items or entries.
    #[inline(never)]
    pub(super) fn new_builder(&mut self, capacity: usize, stride: usize) -> Outcome<Word> {
        self.reserve(capacity, stride).map(Builder::word)
    }

    pub(crate) fn reserve(&mut self, capacity: usize, stride: usize) -> Outcome<Builder> {
        let length = capacity.checked_mul(stride).ok_or(Fault::ScratchFull)?;
        let start = self.scratch.reserve(length)?;
        Ok(Builder { start, count: 0, capacity })
    }

    #[inline]
    pub(super) fn push(&mut self, builder: Word, width: usize, item: Word) -> Outcome<Word> {
        let builder = self.append(Builder::read(builder), width, item)?;
        Ok(builder.word())
    }

    #[inline]
    pub(crate) fn append(
        &mut self,
        mut builder: Builder,
        width: usize,
        item: Word,
    ) -> Outcome<Builder> {
        self.scratch.write_cell(builder.next(width)?, width, item)?;
        builder.count += 1;
        Ok(builder)
    }

    /// What was made, the room that wasn't needed given back.
    pub(super) fn finish(&mut self, builder: Word, stride: usize) -> Word {
        let builder = Builder::read(builder);
        let end = |count: usize| builder.start.saturating_add(count.saturating_mul(stride));
        self.scratch.trim(end(builder.capacity), end(builder.count));
        Word::from_reference(builder.items())
    }

    /// The greatest or the least item: the first of those that no other exceeds.
    #[inline(never)]
    pub(super) fn extreme(&self, kind: TypeKind, list: Word, beyond: Ordering) -> Outcome<Word> {
        let (memory, list) = (self.memory(), list.reference());
        if list.is_empty() {
            return Err(Fault::InvalidArgument);
        }
        let mut extreme = memory.item(list, 0, kind.width())?;
        for index in 1..list.length() {
            let item = memory.item(list, index, kind.width())?;
            if order(kind, memory, item, extreme)? == beyond {
                extreme = item;
            }
        }
        Ok(extreme)
    }
}
