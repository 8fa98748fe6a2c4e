//! Rust types that are lists.

use super::fact_value::FactValue;
use super::fit::{Expected, Misfit, Value};
use super::leaf::leaf;
use super::writer::Writer;
use crate::facts::error::FactsError;
use rulestone_format::schema::FactKind;

impl<T: FactValue> FactValue for [T] {
    fn name() -> String {
        format!("[{}]", T::name())
    }

    fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
        Ok(expected.of_items(T::fit(&expected.items(FactKind::List)?)?))
    }

    #[inline]
    fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
        // INVARIANT: a list was bound with its items.
        let Some(item) = &value.item else { return Ok(()) };
        let stride = item.kind.width();
        let start = writer.items(self.len(), stride, value.bound, at)?;
        for (index, fact) in self.iter().enumerate() {
            let put = fact.put(item, start + index * stride, writer);
            put.map_err(|error| error.in_item(index as u64))?;
        }
        Ok(())
    }
}

/// Lists in other forms.
macro_rules! list {
    ($([$($parameters:tt)*] $list:ty;)*) => {$(
        impl<T: FactValue, $($parameters)*> FactValue for $list {
            fn name() -> String {
                stringify!($list).replace('T', &T::name())
            }

            fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
                <[T]>::fit(expected)
            }

            #[inline]
            fn put(&self, value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
                <[T]>::put(self, value, at, writer)
            }
        }

        leaf! { [T: FactValue, $($parameters)*] $list, [()]; }
    )*};
}

list! {
    [] Vec<T>;
    [] Box<[T]>;
    [const N: usize] [T; N];
}

leaf! { [T: FactValue] [T], [()]; }
