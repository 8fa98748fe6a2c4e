//! Rust types that are values of facts.

use super::fit::{Expected, Misfit, Value};
use super::writer::Writer;
use crate::facts::error::FactsError;

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
