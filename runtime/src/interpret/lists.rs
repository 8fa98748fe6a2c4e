//! Lists: reading, searching, joining and making them.
//!
//! A list that is made gets its room in the scratch memory at once; its
//! builder register says in `low` where it lies and how many items it has, and
//! in `high` for how many there is room.

use super::compare::order;
use super::machine::Machine;
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};
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
    pub(super) fn contains(&mut self, element: TypeId, list: Word, item: Word) -> Outcome<bool> {
        self.compared(|equality| equality.contains(element, list, item))
    }

    /// Whether every item of `items` is in `whole`, both of the type `list`.
    #[inline(never)]
    pub(super) fn superset(&mut self, list: TypeId, whole: Word, items: Word) -> Outcome<bool> {
        self.each_in(list, whole, items, true)
    }

    /// Whether some item of `items` is in `whole`, both of the type `list`.
    #[inline(never)]
    pub(super) fn intersects(&mut self, list: TypeId, whole: Word, items: Word) -> Outcome<bool> {
        self.each_in(list, whole, items, false).map(|none| !none)
    }

    /// Whether each item of `items` is, or is not, in `whole`.
    fn each_in(&mut self, list: TypeId, whole: Word, items: Word, is_in: bool) -> Outcome<bool> {
        let Some((element, width)) = self.element(list) else {
            return Ok(!is_in);
        };
        let items = items.reference();
        for index in 0..items.length() {
            // What lies nowhere is the end.
            let Ok(item) = self.memory().item(items, index, width) else { break };
            // Also where there is nothing to compare it with.
            self.scratch.pay(work::ITEM)?;
            if self.contains(element, whole, item)? != is_in {
                return Ok(false);
            }
        }
        Ok(true)
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
        let written =
            self.scratch.write(self.frame.bytes(), &archive.data, |_, memory, sink| {
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
        let start = self.scratch.reserve(capacity.saturating_mul(stride))?;
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
    pub(super) fn extreme(
        &mut self,
        kind: TypeKind,
        list: Word,
        beyond: Ordering,
    ) -> Outcome<Word> {
        self.scratch.pay(work::ITEM.saturating_mul(list.reference().length() as u64))?;
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
