//! The `.stone` archive of the Rulestone rule engine, and the frames of facts
//! that it decides about.
//!
//! This crate is what compiler and runtime agree on. It writes nothing and
//! runs nothing: it says what the bytes are ([`archive`], [`header`],
//! [`code`], [`frame`]), what the operations mean ([`meaning`]), and checks
//! bytes that come from elsewhere ([`mod@verify`]). `SPEC.md` beside this crate
//! specifies the same for readers in other languages.
//!
//! Nothing here depends on alignment: archives and frames are read in place at
//! any address.

#![forbid(unsafe_code)]

pub mod access;
pub mod archive;
pub mod code;
pub mod error;
pub mod frame;
pub mod header;
pub mod index;
pub mod meaning;
pub mod place;
pub mod predicate;
pub mod rule;
pub mod schema;
pub mod subject;
pub mod types;
pub mod value;
pub mod verify;
pub mod version;

pub use error::{Error, ErrorCode};
