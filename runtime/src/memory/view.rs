//! What values refer to, to read.

use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::value::{CELL, Reference, Space, Word, read_cell};

/// Offsets from here on are those of memos.
pub(super) const MEMO_OFFSET: usize = Reference::MAX_OFFSET / 2;

/// Everything that a value may refer to, to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory<'m> {
    pub(crate) frame: &'m [u8],
    pub(crate) data: &'m [u8],
    pub(crate) scratch: Made<'m>,
}

/// The parts of the scratch memory that are in use.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Made<'m> {
    pub(super) transient: &'m [u8],
    pub(super) memo: &'m [u8],
}

impl<'m> Made<'m> {
    /// The part that an offset lies in, and where in it.
    #[inline]
    pub(crate) fn at(self, offset: usize) -> (&'m [u8], usize) {
        match offset.checked_sub(MEMO_OFFSET) {
            None => (self.transient, offset),
            Some(within) => (self.memo, within),
        }
    }
}

impl<'m> Memory<'m> {
    /// The bytes of text.
    #[inline]
    pub(crate) fn bytes(self, text: Reference) -> &'m [u8] {
        self.range(text, text.length())
    }

    /// Text as text. A reference of type string always is; bytes need not be.
    #[inline]
    pub(crate) fn text(self, text: Reference) -> Outcome<&'m str> {
        std::str::from_utf8(self.bytes(text)).map_err(|_| Fault::InvalidUtf8)
    }

    /// The bytes of the cells of a list or, with the width of a whole entry, a map.
    pub(crate) fn cells(self, items: Reference, stride: usize) -> &'m [u8] {
        self.range(items, items.length().saturating_mul(stride))
    }

    /// An item of a list whose cells are `width` wide.
    #[inline]
    pub(crate) fn item(self, list: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= list.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(list, index, width, 0, width)
    }

    /// The key of an entry of a map whose values are `width` wide.
    #[inline]
    pub(crate) fn key(self, map: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= map.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(map, index, CELL + width, 0, CELL)
    }

    /// The value of an entry of a map whose values are `width` wide.
    #[inline]
    pub(crate) fn value(self, map: Reference, index: usize, width: usize) -> Outcome<Word> {
        if index >= map.length() {
            return Err(Fault::IndexOutOfRange);
        }
        self.cell(map, index, CELL + width, CELL, width)
    }

    #[inline]
    fn cell(
        self,
        items: Reference,
        index: usize,
        stride: usize,
        within: usize,
        width: usize,
    ) -> Outcome<Word> {
        let (bytes, start) = self.place(items);
        let offset =
            index.checked_mul(stride).and_then(|offset| offset.checked_add(start + within));
        offset.and_then(|offset| read_cell(bytes, offset, width)).ok_or(Fault::Unreachable)
    }

    #[inline]
    fn range(self, reference: Reference, length: usize) -> &'m [u8] {
        let (bytes, start) = self.place(reference);
        bytes.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// The memory that a reference leads into, and where in it.
    #[inline]
    fn place(self, reference: Reference) -> (&'m [u8], usize) {
        let offset = reference.offset();
        match reference.space() {
            Space::Frame => (self.frame, offset),
            Space::Archive => (self.data, offset),
            Space::Scratch => self.scratch.at(offset),
            Space::Void => (&[], offset),
        }
    }
}
