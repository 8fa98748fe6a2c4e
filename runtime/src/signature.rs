//! Who made an archive, and whether it is older than one that was there before.
//!
//! In: the bytes of an archive, the text of its signature, and the public key of
//! who may sign. Out: a [`Signature`] that was checked over just these bytes, or
//! a [`SignatureFault`].
//!
//! # Form
//!
//! Signatures and keys have the form of [minisign](https://jedisct1.github.io/minisign/):
//! the signature of `event.stone` lies beside it as `event.stone.minisig`, and
//! `minisign -Vm event.stone -p event.pub` accepts what this module accepts. It
//! is an Ed25519 signature (RFC 8032) of the BLAKE2b-512 hash (RFC 7693) of the
//! whole file, header included, and a second one of the first with the *trusted
//! comment*. That comment begins with `sequence:` and a number below 2^64,
//! without leading zeros, and goes on with fields of no meaning here, each
//! behind a tab. The older form without the hash is refused.
//!
//! # Sequence
//!
//! A signature stays valid for ever, so whoever can put files in place could put
//! back an old archive. The sequence number says which of two archives is the
//! newer one: a loader names the least that it accepts, and
//! [`Live::reload_signed`](crate::Live::reload_signed) never goes back.

mod fault;
mod form;
mod key_id;
mod open;
mod public_key;
mod signed;
#[cfg(test)]
mod tests;

pub use fault::SignatureFault;
pub use key_id::KeyId;
pub use open::{EXTENSION, path_beside};
pub use public_key::PublicKey;
pub use signed::{Signature, trusted_comment};
