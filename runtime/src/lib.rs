//! Rulestone decides which rules of an event match the facts of a request.
//!
//! Event designers write rules in YAML, the compiler turns them into one
//! archive (`.stone`), and this crate loads it into a game server: once, by
//! mapping and verifying it. Then it decides for every request, in
//! microseconds and without allocating.
//!
//! # Should I be using this crate?
//!
//! Yes, if rules change more often than the server is built, are written by
//! people who don't build it, and are asked so often that their cost matters.
//! If the rules are few and change with the code, write them in Rust. If they
//! need to loop without bounds or to call out, this is the wrong tool: all
//! that a rule can do is known when it is compiled, and so is what it costs.
//!
//! To write and compile rules, see the `rulestone` command line.
//!
//! # Example
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use rulestone::Ruleset;
//!
//! #[derive(serde::Serialize)]
//! struct Facts<'a> { player: Player<'a> }
//! #[derive(serde::Serialize)]
//! struct Player<'a> { id: &'a str, level: i64 }
//!
//! let ruleset = Ruleset::open("black-mesa.stone")?;
//! let mut facts = ruleset.facts_builder();
//! let frame = facts.encode(&Facts { player: Player { id: "p-17", level: 42 } })?;
//! let mut session = ruleset.session(); // one for each thread
//! let decision = session.decide(frame)?;
//! for rule in decision.matched() {
//!     println!("{}", rule.id());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Signatures
//!
//! The hash within an archive shows damage, not who made it. Sign archives by
//! `rulestone sign`, and load them by [`Ruleset::open_signed`] and
//! [`Live::reload_signed`]: see [`signature`].
//!
//! # Safety
//!
//! Nothing that comes from outside is trusted. An archive is verified as a
//! whole before it becomes a [`Ruleset`], a frame of facts before it is
//! decided about; both may lie at any address, since no byte of either needs
//! alignment. No input makes this crate panic. Unsafe code is confined to small
//! files that map memory, reach the root of a verified archive, and work in the
//! registers of a processor that was found to have them; [`Ruleset::map_file`] is
//! the only unsafe function, and there is a safe one beside it.
//!
//! # Cost
//!
//! [`Ruleset::open`] copies the file once and passes over it a few times.
//! Cloning a [`Ruleset`] raises a counter. A [`FactsBuilder`], a [`JsonEncoder`] and
//! a [`Session`] allocate while they warm up, and then no more. What a decision
//! costs at worst is worked out when the archive is loaded, and
//! [`Limits`] refuse archives that would cost too much: the default ones are
//! for rulesets of your own, [`Limits::strict`] for those of others.
//!
//! # Errors
//!
//! [`LoadError`] for archives and files, [`FactsError`] for facts. Their texts
//! are for people and say what to do; their codes and kinds are for programs.

#![deny(unsafe_code)]

mod decide;
pub mod decision;
pub mod error;
pub mod facts;
mod interpret;
mod json;
pub mod limits;
mod live;
mod load;
mod memory;
pub mod ruleset;
mod session;
pub mod signature;
mod typename;

#[cfg(test)]
mod testing;

pub use decision::{Decision, OutputId};
pub use error::{LoadError, RequestError};
pub use facts::{
    Encoder, FactId, FactKey, Facts, FactsBuilder, FactsError, FactsErrorKind, JsonEncoder,
};
pub use limits::Limits;
pub use live::{Live, LiveSession, Watch, Watcher};
pub use ruleset::Ruleset;
#[cfg(feature = "derive")]
pub use rulestone_derive::Facts;
pub use rulestone_format::frame::Frame;
pub use rulestone_format::meaning::{Fault, Point, Timestamp};
pub use rulestone_format::verify::Verified;
pub use rulestone_format::{Error, ErrorCode};
pub use session::Session;
pub use session::bind::Bound;
pub use signature::PublicKey;
