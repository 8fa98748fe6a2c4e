//! Facts of a request on their way into a frame.
//!
//! In: values set one by one, or anything that serde can serialise, nested as
//! the schema is. Out: the bytes of a frame as [`rulestone_format::frame`]
//! lays them out, in their one form. Whatever is wrong is a [`FactsError`]
//! that names the fact.

mod arena;
pub(crate) mod base64;
mod builder;
mod draft;
mod encode;
mod error;
mod fact;
mod found;
mod frame;
mod given;
mod group;
mod id;
mod json;
mod number;
mod recall;
mod scalar;
mod serialize;
mod suggest;
mod table;
pub mod typed;
mod value;

#[cfg(test)]
mod tests;

pub use builder::FactsBuilder;
pub use error::{FactsError, FactsErrorKind};
pub use id::{FactId, FactKey};
pub use json::JsonEncoder;
pub use number::Number;
pub(crate) use table::FactTable;
pub use typed::{Bytes, Encoder, EncoderOptions, FactValue, Facts};
