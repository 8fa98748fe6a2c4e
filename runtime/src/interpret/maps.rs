//! Maps: looking up and making them.
//!
//! An entry is the cell of its key and then that of its value; entries stand in
//! ascending order of their keys, each key once.

use super::compare::order;
use super::lists::Builder;
use super::machine::Machine;
use crate::memory::Memory;
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, WIDE_CELL, Word, read_cell};
use std::cmp::Ordering;

/// Bytes of the widest entry.
const MAX_ENTRY: usize = CELL + WIDE_CELL;

impl Machine<'_> {
    #[inline(never)]
    pub(super) fn lookup(
        &mut self,
        key_kind: TypeKind,
        width: usize,
        map: Word,
        key: Word,
    ) -> Outcome<Word> {
        self.pay_search(key_kind, map.reference(), key)?;
        let (memory, map) = (self.memory(), map.reference());
        let found = find(memory, key_kind, width, map, key).ok_or(Fault::NoSuchKey)?;
        memory.value(map, found, width)
    }

    /// Pays for comparing a key with as many others as a binary search meets.
    fn pay_search(&mut self, kind: TypeKind, map: Reference, key: Word) -> Outcome<()> {
        let key = if kind == TypeKind::String { key.reference().length() } else { 0 };
        self.scratch.pay(work::looked_up(map.length() as u64, key as u64))
    }

    #[inline(never)]
    pub(super) fn has_key(&mut self, map_type: TypeId, map: Word, key: Word) -> Outcome<bool> {
        let archive = self.program.archive;
        let Some(TypeKind::Map(key_type, value_type)) = archive.kind(map_type) else {
            return Ok(false);
        };
        let (Some(key_kind), Some(value_kind)) = (archive.kind(key_type), archive.kind(value_type))
        else {
            return Ok(false);
        };
        self.pay_search(key_kind, map.reference(), key)?;
        let (memory, map) = (self.memory(), map.reference());
        Ok(find(memory, key_kind, value_kind.width(), map, key).is_some())
    }

    #[inline]
    pub(super) fn push_entry(
        &mut self,
        builder: Word,
        key: Word,
        width: usize,
        value: Word,
    ) -> Outcome<Word> {
        let mut builder = Builder::read(builder);
        let at = builder.next(CELL + width)?;
        self.scratch.write_cell(at, CELL, key)?;
        self.scratch.write_cell(at + CELL, width, value)?;
        builder.count += 1;
        Ok(builder.word())
    }

    /// Puts the entries in order.
    #[inline(never)]
    pub(super) fn finish_map(&mut self, builder_type: TypeId, builder: Word) -> Outcome<Word> {
        let archive = self.program.archive;
        let Some(TypeKind::MapBuilder(key_type, value_type)) = archive.kind(builder_type) else {
            return Err(Fault::Unreachable);
        };
        let key_kind = archive.kind(key_type).ok_or(Fault::Unreachable)?;
        let width = archive.kind(value_type).ok_or(Fault::Unreachable)?.width();
        let map = self.finish(builder, CELL + width);
        let mut entries =
            Entries { machine: self, map: map.reference(), kind: key_kind, stride: CELL + width };
        // Entries made from a list or map that is in order usually are in order.
        if entries.sort_if_needed()? {
            entries.refuse_repeated()?;
        }
        Ok(map)
    }
}

/// The number of the entry with this key, by binary search.
fn find(
    memory: Memory<'_>,
    kind: TypeKind,
    width: usize,
    map: Reference,
    key: Word,
) -> Option<usize> {
    let (mut from, mut to) = (0, map.length());
    while from < to {
        let middle = from + (to - from) / 2;
        let other = memory.key(map, middle, width).ok()?;
        match order(kind, memory, other, key).ok()? {
            Ordering::Less => from = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => to = middle,
        }
    }
    None
}

/// Entries in the scratch memory to be put in order where they lie.
struct Entries<'s, 'm> {
    machine: &'s mut Machine<'m>,
    map: Reference,
    kind: TypeKind,
    stride: usize,
}

impl Entries<'_, '_> {
    /// Whether they had to be sorted; if not, they are strictly ascending.
    fn sort_if_needed(&mut self) -> Outcome<bool> {
        for index in 1..self.map.length() {
            if self.order(index - 1, index)? != Ordering::Less {
                self.sort()?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refuse_repeated(&mut self) -> Outcome<()> {
        for index in 1..self.map.length() {
            if self.order(index - 1, index)? == Ordering::Equal {
                return Err(Fault::RepeatedKey);
            }
        }
        Ok(())
    }

    /// Heapsort: no memory beyond the entries, and n log n at worst.
    fn sort(&mut self) -> Outcome<()> {
        let count = self.map.length();
        for root in (0..count / 2).rev() {
            self.sift_down(root, count)?;
        }
        for end in (1..count).rev() {
            self.swap(0, end)?;
            self.sift_down(0, end)?;
        }
        Ok(())
    }

    fn sift_down(&mut self, mut root: usize, end: usize) -> Outcome<()> {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return Ok(());
            }
            if child + 1 < end && self.order(child, child + 1)? == Ordering::Less {
                child += 1;
            }
            if self.order(root, child)? != Ordering::Less {
                return Ok(());
            }
            self.swap(root, child)?;
            root = child;
        }
    }

    fn order(&mut self, a: usize, b: usize) -> Outcome<Ordering> {
        let memory = self.machine.memory();
        let (a, b) = (self.key(memory, a)?, self.key(memory, b)?);
        self.machine.scratch.pay(work::sifted(0))?;
        self.machine.order(self.kind, a, b)
    }

    fn key(&self, memory: Memory<'_>, index: usize) -> Outcome<Word> {
        let (made, at) = memory.scratch.at(self.at(index));
        read_cell(made, at, CELL).ok_or(Fault::Unreachable)
    }

    fn swap(&mut self, a: usize, b: usize) -> Outcome<()> {
        let stride = self.stride;
        let (bytes, map) = self.machine.scratch.done_mut(self.map.offset());
        let at = |index: usize| map.saturating_add(index.saturating_mul(stride));
        let (first, second) = (at(a), at(b));
        let mut held = [0; MAX_ENTRY];
        let held = held.get_mut(..stride).ok_or(Fault::Unreachable)?;
        if first.max(second).saturating_add(stride) > bytes.len() {
            return Err(Fault::Unreachable);
        }
        // INVARIANT: both entries lie within `bytes`, as was just checked.
        held.copy_from_slice(&bytes[first..first + stride]);
        bytes.copy_within(second..second + stride, first);
        bytes[second..second + stride].copy_from_slice(held);
        Ok(())
    }

    fn at(&self, index: usize) -> usize {
        self.map.offset().saturating_add(index.saturating_mul(self.stride))
    }
}
