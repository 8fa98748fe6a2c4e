//! Typed facts: structs of a server that are bound to a ruleset once, and then are
//! stored into frames field by field, with no names looked up and nothing checked twice.
//!
//! In: structs with `#[derive(Facts)]`. Out: an [`Encoder`], which makes frames of them.
//! The way: `bind` resolves each field to a [`Place`] in the frame; `writer` stores into
//! it; `value`, `list`, `map` and `time` say which Rust types fit which facts.

mod bind;
mod encoder;
mod list;
mod map;
mod time;
mod value;
mod writer;

pub use bind::{Binder, Expected, Misfit, Place, Value, split};
pub use encoder::{Encoder, EncoderOptions};
pub use writer::Writer;

use crate::facts::FactsError;

/// A struct whose fields are facts, a struct for a group of them, or a value of one.
///
/// Derive it, for structs and for enums without data:
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use rulestone::Facts;
///
/// #[derive(Facts)]
/// struct Request<'a> {
///     player: Player<'a>,
/// }
///
/// #[derive(Facts)]
/// struct Player<'a> {
///     id: &'a str,
///     level: i64,
///     platform: Platform,
///     #[facts(rename = "guild_name")]
///     guild: Option<&'a str>,
/// }
///
/// #[derive(Facts)]
/// #[facts(rename_all = "lowercase")]
/// enum Platform {
///     Ios,
///     Android,
/// }
/// # }
/// ```
///
/// | fact | Rust types |
/// |---|---|
/// | bool | `bool` |
/// | int | `i8` to `i64`, `isize`, `u8` to `u32` |
/// | uint | `u8` to `u64`, `usize` |
/// | double | `f32`, `f64`, and integers |
/// | string | `&str`, `String`, `Box<str>`, `Arc<str>`, `Cow<str>` |
/// | enum | an enum with `#[derive(Facts)]`, and all types of text |
/// | bytes | `[u8]`, `Vec<u8>` in a [`Bytes`](value::Bytes) |
/// | timestamp | [`Timestamp`](crate::Timestamp), [`SystemTime`](std::time::SystemTime), with the feature `jiff` also `jiff::Timestamp` and `jiff::Zoned` |
/// | duration | [`Duration`](std::time::Duration), with the feature `jiff` also `jiff::SignedDuration` |
/// | point | [`Point`](crate::Point) |
/// | list | `Vec`, `&[T]`, arrays |
/// | map | `BTreeMap`, `HashMap` with keys of text |
/// | a group | a struct with `#[derive(Facts)]` |
/// | a fact that may be absent | `Option` of any of these |
///
/// Attributes of a field: `#[facts(rename = "…")]`, `#[facts(flatten)]` (the fields of this
/// struct stand in the group around it), `#[facts(skip)]`. Of a struct or an enum:
/// `#[facts(rename_all = "…")]` with the styles that serde knows. Structs may have
/// lifetimes, but no type parameters.
///
/// The methods are for the macro and for the types of this crate.
pub trait Facts {
    /// The same type for all lifetimes, by which an encoder knows what it was bound for.
    #[doc(hidden)]
    type Shape: ?Sized + 'static;

    /// How many facts it is.
    #[doc(hidden)]
    const LEAVES: usize;

    /// Resolves all facts, in order. `optional` where it may be left out.
    #[doc(hidden)]
    fn bind(binder: &mut Binder<'_>, optional: bool);

    /// Stores all facts, of which these are the places.
    #[doc(hidden)]
    fn write(&self, places: &[Place], writer: &mut Writer<'_>);

    /// Stores one of them.
    #[doc(hidden)]
    fn write_leaf(&self, leaf: usize, places: &[Place], writer: &mut Writer<'_>);
}

/// A value of one fact, or an item of one.
pub trait FactValue {
    /// What it is called in messages.
    #[doc(hidden)]
    fn name() -> String;

    /// How it is stored as a value of the type that is expected.
    #[doc(hidden)]
    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit>;

    /// Stores it into the cell at an offset of the frame.
    #[doc(hidden)]
    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError>;
}

pub use value::Bytes;

impl<T: Facts> Facts for Option<T> {
    type Shape = T::Shape;
    const LEAVES: usize = T::LEAVES;

    fn bind(binder: &mut Binder<'_>, _optional: bool) {
        T::bind(binder, true);
    }

    #[inline]
    fn write(&self, places: &[Place], writer: &mut Writer<'_>) {
        if let Some(facts) = self {
            facts.write(places, writer);
        }
    }

    fn write_leaf(&self, leaf: usize, places: &[Place], writer: &mut Writer<'_>) {
        if let Some(facts) = self {
            facts.write_leaf(leaf, places, writer);
        }
    }
}

impl<T: Facts + ?Sized> Facts for &T {
    type Shape = T::Shape;
    const LEAVES: usize = T::LEAVES;

    fn bind(binder: &mut Binder<'_>, optional: bool) {
        T::bind(binder, optional);
    }

    #[inline]
    fn write(&self, places: &[Place], writer: &mut Writer<'_>) {
        (**self).write(places, writer);
    }

    fn write_leaf(&self, leaf: usize, places: &[Place], writer: &mut Writer<'_>) {
        (**self).write_leaf(leaf, places, writer);
    }
}

/// Makes values facts by themselves.
macro_rules! leaf {
    ($([$($parameters:tt)*] $value:ty, $shape:ty;)*) => {$(
        impl<$($parameters)*> $crate::facts::typed::Facts for $value {
            type Shape = $shape;
            const LEAVES: usize = 1;

            fn bind(binder: &mut $crate::facts::typed::Binder<'_>, optional: bool) {
                binder.leaf::<Self>(optional);
            }

            #[inline]
            fn write(
                &self,
                places: &[$crate::facts::typed::Place],
                writer: &mut $crate::facts::typed::Writer<'_>,
            ) {
                writer.leaf(self, places);
            }

            fn write_leaf(
                &self,
                _leaf: usize,
                places: &[$crate::facts::typed::Place],
                writer: &mut $crate::facts::typed::Writer<'_>,
            ) {
                writer.leaf(self, places);
            }
        }
    )*};
}
pub(in crate::facts) use leaf;
