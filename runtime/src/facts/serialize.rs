//! Serde's side of facts: one serializer for every [`Place`] where a value may
//! stand.
//!
//! In: whatever a value's `Serialize` says about it. Out: the same in the few
//! words that a place understands: a scalar, items, or entries. What a place
//! makes of them is its own business: see `group` and `value`.

use super::error::FactsError;
use super::found::Found;
use super::number::NUMBER;
use rulestone_format::meaning::Sink;
use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct, Serializer,
};
use std::fmt::Write;

/// A place in the facts where a value may stand.
pub(super) trait Place: Sized {
    type Ok;
    type Items: Items<Ok = Self::Ok>;
    type Entries: Entries<Ok = Self::Ok>;

    fn scalar(self, found: Found<'_>) -> Result<Self::Ok, FactsError>;

    /// A variant without data of a Rust enum, by its number and name.
    #[inline]
    fn variant(self, _variant: u32, name: &'static str) -> Result<Self::Ok, FactsError> {
        self.scalar(Found::Str(name))
    }

    /// The number of items, if it is known before.
    fn items(self, _length: Option<usize>) -> Result<Self::Items, FactsError> {
        Err(self.refusal(&Found::List))
    }

    fn entries(self) -> Result<Self::Entries, FactsError> {
        Err(self.refusal(&Found::Object))
    }

    /// What to say of a value that doesn't belong here.
    fn refusal(&self, found: &Found<'_>) -> FactsError;
}

/// Items that come one by one.
pub(super) trait Items {
    type Ok;
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError>;
    fn end(self) -> Result<Self::Ok, FactsError>;
}

/// Entries that come one by one: a key, then its value.
pub(super) trait Entries {
    type Ok;
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError>;

    /// The key that is the name of a struct's field.
    #[inline]
    fn field(&mut self, name: &'static str) -> Result<(), FactsError> {
        self.key(name)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError>;
    fn end(self) -> Result<Self::Ok, FactsError>;
}

/// Of a place that takes neither items nor entries.
pub(super) enum Never<R> {
    #[allow(dead_code, reason = "the type of what never is")]
    Is(std::convert::Infallible, R),
}

impl<R> Items for Never<R> {
    type Ok = R;

    fn item<T: Serialize + ?Sized>(&mut self, _value: &T) -> Result<(), FactsError> {
        Ok(())
    }

    fn end(self) -> Result<R, FactsError> {
        let Never::Is(_, never) = self;
        Ok(never)
    }
}

impl<R> Entries for Never<R> {
    type Ok = R;

    fn key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), FactsError> {
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, _value: &T) -> Result<(), FactsError> {
        Ok(())
    }

    fn end(self) -> Result<R, FactsError> {
        let Never::Is(_, never) = self;
        Ok(never)
    }
}

/// The serializer of a place.
pub(super) struct Input<P>(pub(super) P);

impl<P: Place> Serializer for Input<P> {
    type Ok = P::Ok;
    type Error = FactsError;
    type SerializeSeq = Compound<P::Items>;
    type SerializeTuple = Compound<P::Items>;
    type SerializeTupleStruct = Compound<P::Items>;
    type SerializeTupleVariant = Impossible<P::Ok, FactsError>;
    type SerializeMap = Compound<P::Entries>;
    type SerializeStruct = Members<P>;
    type SerializeStructVariant = Impossible<P::Ok, FactsError>;

    fn serialize_bool(self, value: bool) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_i128(self, value: i128) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value))
    }

    fn serialize_u8(self, value: u8) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Int(value.into()))
    }

    fn serialize_u128(self, value: u128) -> Result<P::Ok, FactsError> {
        let found = i128::try_from(value).map_or(Found::Double(value as f64), Found::Int);
        self.0.scalar(found)
    }

    fn serialize_f32(self, value: f32) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Double(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Double(value))
    }

    fn serialize_char(self, value: char) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Str(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, text: &str) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Str(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Bytes(bytes))
    }

    fn serialize_none(self) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Null)
    }

    fn serialize_unit(self) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<P::Ok, FactsError> {
        self.0.scalar(Found::Null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<P::Ok, FactsError> {
        self.0.variant(index, variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<P::Ok, FactsError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<P::Ok, FactsError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<P::Ok, FactsError> {
        Err(self.0.refusal(&Found::Variant))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, FactsError> {
        self.0.items(length).map(Compound)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, FactsError> {
        self.0.items(Some(length)).map(Compound)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, FactsError> {
        self.0.items(Some(length)).map(Compound)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, FactsError> {
        Err(self.0.refusal(&Found::Variant))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, FactsError> {
        self.0.entries().map(Compound)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStruct, FactsError> {
        match name {
            NUMBER => Ok(Members::Number { place: Some(self.0), read: None }),
            _ => self.0.entries().map(Members::Entries),
        }
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, FactsError> {
        Err(self.0.refusal(&Found::Variant))
    }
}

/// Serde's several names for items and entries.
pub(super) struct Compound<C>(C);

impl<I: Items> SerializeSeq for Compound<I> {
    type Ok = I::Ok;
    type Error = FactsError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.0.item(value)
    }

    fn end(self) -> Result<I::Ok, FactsError> {
        self.0.end()
    }
}

impl<I: Items> SerializeTuple for Compound<I> {
    type Ok = I::Ok;
    type Error = FactsError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.0.item(value)
    }

    fn end(self) -> Result<I::Ok, FactsError> {
        self.0.end()
    }
}

impl<I: Items> SerializeTupleStruct for Compound<I> {
    type Ok = I::Ok;
    type Error = FactsError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.0.item(value)
    }

    fn end(self) -> Result<I::Ok, FactsError> {
        self.0.end()
    }
}

impl<E: Entries> SerializeMap for Compound<E> {
    type Ok = E::Ok;
    type Error = FactsError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError> {
        self.0.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        self.0.value(value)
    }

    fn end(self) -> Result<E::Ok, FactsError> {
        self.0.end()
    }
}

/// The members of a struct, or the text that is the only member of a number.
pub(super) enum Members<P: Place> {
    Entries(P::Entries),
    Number { place: Option<P>, read: Option<P::Ok> },
}

impl<P: Place> SerializeStruct for Members<P> {
    type Ok = P::Ok;
    type Error = FactsError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), FactsError> {
        match self {
            Members::Entries(entries) => {
                entries.field(key)?;
                entries.value(value)
            }
            Members::Number { place, read } => {
                let mut then = |text: &str| match place.take() {
                    Some(place) => place.scalar(Found::Number(text)),
                    None => Err(FactsError::custom("a number with two texts")),
                };
                // Of one type whatever the place is: a number's text may be of a type
                // that holds itself, and has a place of its own in turn.
                let then: &mut dyn FnMut(&str) -> Result<P::Ok, FactsError> = &mut then;
                *read = Some(with_text(value, then)?);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<P::Ok, FactsError> {
        match self {
            Members::Entries(entries) => entries.end(),
            Members::Number { read, .. } => {
                read.ok_or_else(|| FactsError::custom("a number without a text"))
            }
        }
    }
}

/// Gives the text of a key to a function: of a string, a character, a variant
/// without data or an integer.
pub(super) fn with_text<T, R>(
    key: &T,
    then: impl FnOnce(&str) -> Result<R, FactsError>,
) -> Result<R, FactsError>
where
    T: Serialize + ?Sized,
{
    key.serialize(Input(Key(then)))
}

struct Key<F>(F);

impl<R, F> Place for Key<F>
where
    F: FnOnce(&str) -> Result<R, FactsError>,
{
    type Ok = R;
    type Items = Never<R>;
    type Entries = Never<R>;

    fn scalar(self, found: Found<'_>) -> Result<R, FactsError> {
        match found {
            Found::Str(text) => (self.0)(text),
            Found::Int(value) => {
                let mut buffer = [0; 40];
                let mut sink = Sink::new(&mut buffer);
                // INVARIANT: an i128 has at most 40 characters, all of them ASCII.
                let _ = write!(sink, "{value}");
                (self.0)(std::str::from_utf8(sink.written()).unwrap_or_default())
            }
            found => Err(self.refusal(&found)),
        }
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        FactsError::expected("a string as key", found)
    }
}
