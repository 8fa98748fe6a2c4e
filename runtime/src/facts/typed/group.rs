//! Rust types that are facts: values by themselves, and structs for groups of them.

use super::bind::Binder;
use super::place::Place;
use super::writer::Writer;

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
/// | bytes | `[u8]`, `Vec<u8>` in a [`Bytes`](crate::facts::Bytes) |
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
