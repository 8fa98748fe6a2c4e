//! Files to a ruleset: YAML with places, then the shape of every key.
//!
//! In: a path or bytes ([`Input`]). Out: [`Loaded`], which is the files
//! ([`Sources`]), a [`model::Ruleset`] that knows where each of its
//! parts was written, and everything that was found wrong, not just the first
//! thing. What CEL text means is the business of later stages.

mod compose;
pub mod load;
pub mod model;
pub mod node;
mod read;
mod scalar;
mod sources;
pub mod span;
mod syntax;
pub mod text;
mod unread;
mod walk;

#[cfg(test)]
mod oracle_tests;

pub use load::{Loaded, load};
pub use sources::Sources;
pub use unread::Unread;
pub use walk::Input;
