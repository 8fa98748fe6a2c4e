//! Typed facts: structs of a server that are bound to a ruleset once, and then are
//! stored into frames field by field, with no names looked up and nothing checked twice.
//!
//! In: structs with `#[derive(Facts)]`. Out: an [`Encoder`], which makes frames of them.
//! The way: `bind` resolves each field to a [`Place`] in the frame; `writer` stores into
//! it; `value`, `list`, `map` and `time` say which Rust types fit which facts, by what `fit` says of
//! these.

mod bind;
mod encoder;
mod fact_value;
mod fit;
mod group;
mod leaf;
mod list;
mod map;
mod place;
mod time;
mod value;
mod writer;

pub use bind::Binder;
pub use encoder::{Encoder, EncoderOptions};
pub use fact_value::FactValue;
pub use fit::{Expected, Misfit, Value};
pub use group::Facts;
pub use leaf::store;
pub use place::{Place, split};
pub use value::Bytes;
pub use writer::Writer;
