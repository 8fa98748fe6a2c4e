//! `string.format`: each clause with its argument, lists and maps item by item.
//!
//! In come a format and its arguments with their types; out comes text in the
//! scratch memory. Scalars are written by [`rulestone_format::meaning::clauses`].

use super::compare::MAX_TYPE_DEPTH;
use super::machine::Machine;
use super::types::Types;
use crate::memory::{Memory, Purse};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::work;
use rulestone_format::meaning::clauses::{
    self, Clause, KEY_SEPARATOR, LIST_CLOSE, LIST_OPEN, MAP_CLOSE, MAP_OPEN, Piece, SEPARATOR, Verb,
};
use rulestone_format::meaning::{Fault, Outcome, Scalar, Sink};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Word};

impl Machine<'_> {
    /// With arguments from registers, of which `first` is the first.
    #[inline(never)]
    pub(super) fn format(
        &mut self,
        format: Reference,
        arguments: &[Word],
        types: Types<'_>,
        first: u16,
    ) -> Outcome<Word> {
        let archive = self.program.archive;
        self.written(format, |purse, memory, sink| {
            let writer = Writer { archive, memory, purse };
            writer.format(format, sink, |number| {
                let register = u16::try_from(number).ok()?.checked_add(first)?;
                Some((types.id(register), *arguments.get(number)?))
            })
        })
    }

    /// With the items of a list as arguments.
    #[inline(never)]
    pub(super) fn format_list(
        &mut self,
        format: Reference,
        list: Reference,
        list_type: TypeId,
    ) -> Outcome<Word> {
        let archive = self.program.archive;
        let Some(TypeKind::List(element)) = archive.kind(list_type) else {
            return Err(Fault::Unreachable);
        };
        let width = archive.kind(element).ok_or(Fault::Unreachable)?.width();
        self.written(format, |purse, memory, sink| {
            let writer = Writer { archive, memory, purse };
            writer.format(format, sink, |number| {
                Some((element, memory.item(list, number, width).ok()?))
            })
        })
    }
}

impl Machine<'_> {
    /// What `write` writes by a format; it takes its steps from those that are left.
    fn written(
        &mut self,
        format: Reference,
        write: impl Fn(&Purse, Memory<'_>, &mut Sink<'_>) -> Outcome<()>,
    ) -> Outcome<Word> {
        self.scratch.pay(work::read(format.length() as u64))?;
        self.write_text(write)
    }
}

/// A scalar as printing sees it; `None` of what is none, points among it.
fn scalar(kind: TypeKind, word: Word, memory: Memory<'_>) -> Option<Scalar<'_>> {
    Some(match kind {
        TypeKind::Bool => Scalar::Bool(word.bool()),
        TypeKind::Int => Scalar::Int(word.int()),
        TypeKind::Uint => Scalar::Uint(word.uint()),
        TypeKind::Double => Scalar::Double(word.double()),
        TypeKind::Bytes => Scalar::Bytes(memory.bytes(word.reference())),
        TypeKind::Timestamp => Scalar::Timestamp(word.timestamp()),
        TypeKind::Duration => Scalar::Duration(word.int()),
        TypeKind::Point
        | TypeKind::Cursor
        | TypeKind::Pending
        | TypeKind::String
        | TypeKind::List(_)
        | TypeKind::Map(_, _)
        | TypeKind::ListBuilder(_)
        | TypeKind::MapBuilder(_, _) => return None,
    })
}

#[derive(Clone, Copy)]
struct Writer<'m> {
    archive: &'m ArchivedRuleset,
    memory: Memory<'m>,
    purse: &'m Purse,
}

impl Writer<'_> {
    fn format(
        self,
        format: Reference,
        sink: &mut Sink<'_>,
        argument: impl Fn(usize) -> Option<(TypeId, Word)>,
    ) -> Outcome<()> {
        let mut taken = 0;
        for piece in clauses::clauses(self.memory.bytes(format)) {
            match piece? {
                Piece::Literal(text) => sink.push(text)?,
                Piece::Clause(clause) => {
                    let (id, word) = argument(taken).ok_or(Fault::IndexOutOfRange)?;
                    taken += 1;
                    self.value(clause, id, word, sink, MAX_TYPE_DEPTH)?;
                }
            }
        }
        Ok(())
    }

    fn value(
        self,
        clause: Clause,
        id: TypeId,
        word: Word,
        sink: &mut Sink<'_>,
        depth: usize,
    ) -> Outcome<()> {
        let kind = self.archive.kind(id).ok_or(Fault::Unreachable)?;
        self.pay(clause, kind, word)?;
        if let Some(scalar) = scalar(kind, word, self.memory) {
            return clauses::write_clause(clause, scalar, sink);
        }
        if kind == TypeKind::String {
            // It was text when it came in, and isn't looked at again.
            let bytes = self.memory.bytes(word.reference());
            return match clause.verb {
                Verb::Text => sink.push(bytes),
                Verb::LowerHex | Verb::UpperHex => {
                    clauses::write_clause(clause, Scalar::Bytes(bytes), sink)
                }
                _ => Err(Fault::BadFormat),
            };
        }
        if clause.verb != Verb::Text {
            return Err(Fault::BadFormat);
        }
        let depth = depth.checked_sub(1).ok_or(Fault::BadFormat)?;
        let items = word.reference();
        match kind {
            TypeKind::List(element) => {
                let width = self.archive.kind(element).ok_or(Fault::Unreachable)?.width();
                sink.push_str(LIST_OPEN)?;
                for index in 0..items.length() {
                    separate(index, sink)?;
                    let item = self.memory.item(items, index, width)?;
                    self.value(clause, element, item, sink, depth)?;
                }
                sink.push_str(LIST_CLOSE)
            }
            TypeKind::Map(key, value) => {
                let width = self.archive.kind(value).ok_or(Fault::Unreachable)?.width();
                let key_kind = self.archive.kind(key).ok_or(Fault::Unreachable)?;
                // All keys lie where they should if the last one does.
                if let Some(last) = items.length().checked_sub(1) {
                    self.memory.key(items, last, width)?;
                }
                let order = ByText::of(key_kind, items.length(), |index| {
                    self.memory.key(items, index, width).unwrap_or_default()
                });
                sink.push_str(MAP_OPEN)?;
                for (place, index) in order.enumerate() {
                    separate(place, sink)?;
                    let word = self.memory.key(items, index, width)?;
                    self.value(clause, key, word, sink, depth)?;
                    sink.push_str(KEY_SEPARATOR)?;
                    let word = self.memory.value(items, index, width)?;
                    self.value(clause, value, word, sink, depth)?;
                }
                sink.push_str(MAP_CLOSE)
            }
            _ => Err(Fault::BadFormat),
        }
    }
}

/// Doubles below have no more digits before the point than ints.
const LARGE: f64 = 1e19;

impl Writer<'_> {
    /// Pays for writing a value by a clause.
    fn pay(self, clause: Clause, kind: TypeKind, word: Word) -> Outcome<()> {
        let whole = match (clause.verb, kind) {
            (Verb::Fixed, TypeKind::Double) if word.double().abs() > LARGE => {
                work::DIGITS_OF_DOUBLE
            }
            (Verb::Fixed, _) => work::DIGITS,
            _ => 0,
        };
        let digits = match clause.verb {
            Verb::Fixed | Verb::Scientific => {
                clause.precision.unwrap_or(clauses::DEFAULT_PRECISION).into()
            }
            _ => 0,
        };
        let bytes = match (kind, clause.verb) {
            (TypeKind::String, Verb::LowerHex | Verb::UpperHex) | (TypeKind::Bytes, _) => {
                word.reference().length() as u64
            }
            _ => 0,
        };
        let units = work::clause(whole + digits).saturating_add(work::read(bytes));
        self.purse.pay(units)
    }
}

fn separate(index: usize, sink: &mut Sink<'_>) -> Outcome<()> {
    if index == 0 {
        return Ok(());
    }
    sink.push_str(SEPARATOR)
}

/// The entries of a map in the bytewise order of the text of their keys,
/// without memory for the order.
///
/// Keys stand in ascending order. Of strings and bools that is the order of
/// their text. Of numbers it is so among those of one sign and one number of
/// digits (backwards for negative ones), so that at most 40 runs need merging.
struct ByText<K> {
    key: K,
    signed: bool,
    /// Those that have entries left come first.
    runs: [Run; ByText::<()>::RUNS],
    /// How many these are.
    count: usize,
}

/// Entries `from..to` of numbers that are equally long; those of negative ones
/// are taken from the end.
#[derive(Clone, Copy, Default)]
struct Run {
    from: usize,
    to: usize,
    negative: bool,
    /// How the text of its next key is ordered.
    order: TextOrder,
}

/// A minus comes before every digit, and digits as a fraction, the shorter one first.
type TextOrder = (bool, u128, u32);

impl Run {
    fn next(&self) -> usize {
        if self.negative { self.to - 1 } else { self.from }
    }
}

impl ByText<()> {
    /// Numbers of one to twenty digits, below zero and not.
    const RUNS: usize = 40;
}

impl<K: Fn(usize) -> Word> ByText<K> {
    fn of(kind: TypeKind, count: usize, key: K) -> ByText<K> {
        let mut order = ByText {
            key,
            signed: kind == TypeKind::Int,
            runs: [Run::default(); ByText::<()>::RUNS],
            count: usize::from(count > 0),
        };
        if !matches!(kind, TypeKind::Int | TypeKind::Uint) {
            // One run, in the order in which they stand.
            order.runs[0].to = count;
            return order;
        }
        for index in 0..count {
            let (negative, magnitude) = order.number(index);
            let digits = magnitude.checked_ilog10().unwrap_or(0) as usize;
            let half = ByText::<()>::RUNS / 2;
            let place = if negative { digits } else { half + digits };
            if let Some(run) = order.runs.get_mut(place) {
                if run.from == run.to {
                    run.from = index;
                }
                run.to = index + 1;
                run.negative = negative;
            }
        }
        order.begin();
        order
    }

    /// Puts the runs that have entries to the front, and looks at the first of each.
    fn begin(&mut self) {
        self.count = 0;
        for place in 0..self.runs.len() {
            let mut run = self.runs[place];
            if run.from < run.to {
                run.order = self.order(run.next());
                self.runs[self.count] = run;
                self.count += 1;
            }
        }
    }

    fn number(&self, index: usize) -> (bool, u64) {
        let word = (self.key)(index);
        let int = word.int();
        if self.signed { (int < 0, int.unsigned_abs()) } else { (false, word.uint()) }
    }

    fn order(&self, index: usize) -> TextOrder {
        let (negative, magnitude) = self.number(index);
        let digits = magnitude.checked_ilog10().unwrap_or(0);
        // INVARIANT: both factors are below 2^64, so the product fits.
        let fraction = u128::from(magnitude) * u128::from(10_u64.pow(19 - digits.min(19)));
        (!negative, fraction, digits)
    }
}

impl<K: Fn(usize) -> Word> Iterator for ByText<K> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let heads = self.runs.get(..self.count)?.iter().enumerate();
        let (place, run) = heads.min_by_key(|(_, run)| run.order)?;
        let (index, mut run) = (run.next(), *run);
        match run.negative {
            true => run.to -= 1,
            false => run.from += 1,
        }
        if run.from == run.to {
            self.count -= 1;
            self.runs[place] = self.runs[self.count];
            return Some(index);
        }
        // The only run needs no order.
        if self.count > 1 {
            run.order = self.order(run.next());
        }
        self.runs[place] = run;
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(kind: TypeKind, keys: &[u64]) -> Vec<usize> {
        ByText::of(kind, keys.len(), |index| Word::from_uint(keys[index])).collect()
    }

    #[test]
    fn entries_come_in_the_order_of_the_text_of_their_keys() {
        let mut ints = vec![i64::MIN, i64::MAX, -1, 0, 1, 9, 10, 11, 19, 99, 100, 101, 110];
        ints.extend([-9, -10, -11, -19, -99, -100, -101, -110, 2, -2, 20, -20, 1_000_000]);
        ints.sort();
        let keys: Vec<u64> = ints.iter().map(|int| int.cast_unsigned()).collect();
        let found: Vec<String> =
            ordered(TypeKind::Int, &keys).into_iter().map(|i| ints[i].to_string()).collect();
        let mut expected: Vec<String> = ints.iter().map(i64::to_string).collect();
        expected.sort();
        assert_eq!(found, expected);

        let mut keys = vec![0, 5, 50, 500, 49, 6, u64::MAX, u64::MAX / 10, 1 << 63];
        keys.sort();
        let found: Vec<String> =
            ordered(TypeKind::Uint, &keys).into_iter().map(|i| keys[i].to_string()).collect();
        let mut expected: Vec<String> = keys.iter().map(u64::to_string).collect();
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(ordered(TypeKind::String, &[9, 3, 7]), [0, 1, 2]);
        assert_eq!(ordered(TypeKind::Int, &[]), [0; 0]);
    }
}
