//! Facts that are one value.

use super::fact_value::FactValue;
use super::place::Place;
use super::writer::Writer;

/// Stores the value of a fact at the first of these places.
#[doc(hidden)]
#[inline(always)]
pub fn store<T: FactValue + ?Sized>(fact: &T, places: &[Place], writer: &mut Writer<'_>) {
    let Some(place) = places.first() else { return };
    let Some(value) = &place.value else { return };
    if place.is_optional {
        writer.has(place.fact);
    }
    if let Err(error) = fact.put(value, place.at, writer) {
        writer.refuse(place.fact, error);
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
                $crate::facts::typed::store(self, places, writer);
            }

            fn write_leaf(
                &self,
                _leaf: usize,
                places: &[$crate::facts::typed::Place],
                writer: &mut $crate::facts::typed::Writer<'_>,
            ) {
                $crate::facts::typed::store(self, places, writer);
            }
        }
    )*};
}
pub(super) use leaf;
