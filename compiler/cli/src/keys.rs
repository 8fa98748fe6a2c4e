//! Key pairs: who signs archives.
//!
//! In: files in minisign's form, and passwords. Out: a [`SecretKey`] that signs,
//! and never shows itself. What checks signatures is in the crate `rulestone`.

mod files;
mod password;
mod privacy;
mod secret_key;

pub use files::{KeyFiles, read_secret_key};
pub use password::{NewPassword, PasswordSource};
pub use secret_key::SecretKey;
