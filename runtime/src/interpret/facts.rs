//! Facts whose cells don't look as rules see them: enums travel as numbers and
//! are strings in rules.
//!
//! In comes the cell of such a fact; out comes a string of the archive, or a
//! list or map of such strings in the scratch memory, made once a request.

use super::fact_plan::Form;
use super::machine::{Machine, Memo};
use rulestone_format::archive::{ArchivedFactType, ArchivedRuleset};
use rulestone_format::code::work;
use rulestone_format::meaning::{Fault, Outcome};
use rulestone_format::schema::{FactKind, MAX_DEPTH};
use rulestone_format::value::{CELL, Reference, Space, Word};

impl Machine<'_> {
    /// The value of a fact that is there.
    #[inline]
    pub(super) fn fact(&mut self, form: Form, cell: Word) -> Outcome<Word> {
        match form {
            Form::Plain => Ok(cell),
            Form::Label(enumeration) => label(self.program.archive, enumeration, cell),
            Form::Converted { fact_type, memo } => {
                if let Some(Memo::Known(outcome)) = self.memos.get(memo) {
                    return *outcome;
                }
                let made_memo = self.scratch.make_memo();
                let outcome = self.convert(fact_type, cell.reference(), MAX_DEPTH);
                self.scratch.make_as(made_memo);
                let outcome = outcome.map(Word::from_reference);
                self.remember(memo, outcome);
                outcome
            }
        }
    }

    /// A list or map of which some part is an enum.
    fn convert(&mut self, fact_type: u16, items: Reference, depth: usize) -> Outcome<Reference> {
        let depth = depth.checked_sub(1).ok_or(Fault::Unreachable)?;
        let archive = self.program.archive;
        let (whole, kind) = kind(archive, fact_type)?;
        let item_type = whole.item.to_native();
        let (item, item_kind) = self::kind(archive, item_type)?;
        let key_width = if kind == FactKind::Map { CELL } else { 0 };
        let width = item_kind.width();
        let stride = key_width + width;
        // The frame was checked: it holds all these items.
        self.scratch.pay(work::ITEM.saturating_mul(items.length() as u64))?;
        let start = self.scratch.reserve(items.length().saturating_mul(stride))?;
        for index in 0..items.length() {
            let memory = self.memory();
            let (key, value) = if kind == FactKind::Map {
                (memory.key(items, index, width)?, memory.value(items, index, width)?)
            } else {
                (Word::default(), memory.item(items, index, width)?)
            };
            let value = match item_kind {
                FactKind::Enum => label(archive, item.item.to_native(), value)?,
                FactKind::List | FactKind::Map => {
                    Word::from_reference(self.convert(item_type, value.reference(), depth)?)
                }
                _ => value,
            };
            let at = start + index * stride;
            if kind == FactKind::Map {
                self.scratch.write_cell(at, CELL, key)?;
            }
            self.scratch.write_cell(at + key_width, width, value)?;
        }
        Ok(Reference::new(Space::Scratch, start, items.length()))
    }
}

fn kind(archive: &ArchivedRuleset, index: u16) -> Outcome<(&ArchivedFactType, FactKind)> {
    let fact_type = archive.schema.fact_type(index).ok_or(Fault::Unreachable)?;
    Ok((fact_type, fact_type.kind().ok_or(Fault::Unreachable)?))
}

/// The label of an enum's value.
fn label(archive: &ArchivedRuleset, enumeration: u16, cell: Word) -> Outcome<Word> {
    let label = usize::try_from(cell.low)
        .ok()
        .and_then(|number| archive.schema.labels(enumeration).get(number))
        .ok_or(Fault::Unreachable)?;
    let (offset, length) = (label.offset.to_native() as usize, label.length.to_native() as usize);
    if offset >= Reference::MAX_OFFSET {
        return Err(Fault::Unreachable);
    }
    Ok(Word::from_reference(Reference::new(Space::Archive, offset, length)))
}
