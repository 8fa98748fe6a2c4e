//! Rust types that are one value: numbers, bools, text, bytes, points.

use super::fact_value::FactValue;
use super::fit::{Expected, Misfit, Value};
use super::leaf::leaf;
use super::writer::Writer;
use crate::facts::error::FactsError;
use crate::facts::found::Found;
use crate::facts::scalar;
use rulestone_format::meaning::Point;
use rulestone_format::schema::FactKind;
use rulestone_format::value::Word;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Bytes for a fact of type bytes, borrowed (`Bytes<&[u8]>`) or owned (`Bytes<Vec<u8>>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Bytes<B>(pub B);

/// Integers, with the kinds of facts that hold all their values.
macro_rules! integer {
    ($($integer:ty: $($kind:ident)*;)*) => {$(
        impl FactValue for $integer {
            fn name() -> String {
                stringify!($integer).to_owned()
            }

            fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
                expected.one_of(&[$(FactKind::$kind,)* FactKind::Double])
            }

            #[inline(always)]
            fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
                writer.cell(at, match value.kind {
                    FactKind::Double => (*self as f64).to_bits(),
                    // The sign goes on into all bits of an int.
                    _ => *self as i64 as u64,
                });
                Ok(())
            }
        }

        leaf! { [] $integer, $integer; }
    )*};
}

integer! {
    i8: Int;
    i16: Int;
    i32: Int;
    i64: Int;
    isize: Int;
    u8: Int Uint;
    u16: Int Uint;
    u32: Int Uint;
    u64: Uint;
    usize: Uint;
}

/// Values that are a cell whatever they are.
macro_rules! cell {
    ($($cell:ty: $kind:ident, $word:expr;)*) => {$(
        impl FactValue for $cell {
            fn name() -> String {
                stringify!($cell).to_owned()
            }

            fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
                expected.one_of(&[FactKind::$kind])
            }

            #[inline(always)]
            fn put(&self, _value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
                let word: fn($cell) -> Word = $word;
                writer.cell(at, word(*self).low);
                Ok(())
            }
        }

        leaf! { [] $cell, $cell; }
    )*};
}

cell! {
    bool: Bool, Word::from_bool;
    f32: Double, |value| Word::from_double(value.into());
    f64: Double, Word::from_double;
}

impl FactValue for Point {
    fn name() -> String {
        "Point".to_owned()
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        expected.one_of(&[FactKind::Point])
    }

    #[inline]
    fn put(&self, _value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        writer.wide_cell(at, Word::from_point(*self));
        Ok(())
    }
}

leaf! { [] Point, Point; }

impl FactValue for str {
    fn name() -> String {
        "str".to_owned()
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        expected.one_of(&[FactKind::String, FactKind::Enum])
    }

    #[inline(always)]
    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        match value.kind {
            FactKind::String => writer.text(self.as_bytes(), value.bound, at),
            _ => writer.label_of(self, value, at),
        }
    }
}

leaf! { [] str, str; }

/// Text in other forms.
macro_rules! text {
    ($([$($parameters:tt)*] $text:ty;)*) => {$(
        impl<$($parameters)*> FactValue for $text {
            fn name() -> String {
                stringify!($text).to_owned()
            }

            fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
                str::fit(expected)
            }

            #[inline(always)]
            fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
                str::put(self, value, at, writer)
            }
        }

        leaf! { [$($parameters)*] $text, str; }
    )*};
}

text! {
    [] String;
    [] Box<str>;
    [] Arc<str>;
    [] Rc<str>;
    ['t] Cow<'t, str>;
}

impl<T: FactValue + ?Sized> FactValue for &T {
    fn name() -> String {
        format!("&{}", T::name())
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        T::fit(expected)
    }

    #[inline(always)]
    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        (**self).put(value, at, writer)
    }
}

impl<B: AsRef<[u8]>> FactValue for Bytes<B> {
    fn name() -> String {
        "Bytes".to_owned()
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        expected.one_of(&[FactKind::Bytes])
    }

    #[inline]
    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        writer.text(self.0.as_ref(), value.bound, at)
    }
}

leaf! { [B: AsRef<[u8]>] Bytes<B>, Bytes<()>; }

impl Writer<'_> {
    /// Stores the number of a label of an enum, given by its text.
    #[inline]
    fn label_of(&mut self, text: &str, value: &Value, at: usize) -> Result<(), FactsError> {
        let archive = self.ruleset.archive();
        let fact_type = archive.schema.fact_type(value.fact_type);
        let labels =
            fact_type.map_or(&[][..], |enums| archive.schema.labels(enums.item.to_native()));
        let found = labels.iter().position(|label| archive.blob(label) == text.as_bytes());
        match (found, fact_type) {
            (Some(label), _) => {
                self.cell(at, label as u64);
                Ok(())
            }
            (None, Some(enums)) => Err(scalar::unexpected(archive, enums, &Found::Str(text))),
            // INVARIANT: the type was there when the fact was bound.
            (None, None) => Ok(()),
        }
    }

    /// Stores the label of a variant of a Rust enum.
    #[doc(hidden)]
    #[inline]
    pub fn label(&mut self, variant: usize, value: &Value, at: usize) -> Result<(), FactsError> {
        // INVARIANT: each variant has its label.
        let label = value.labels.get(variant).copied().unwrap_or_default();
        self.cell(at, label.into());
        Ok(())
    }
}
