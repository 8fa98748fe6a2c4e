//! The targets: what each does with its bytes.

pub mod archive;
pub mod cel;
pub mod decision;
pub mod differential;
pub mod expression;
pub mod facts;
pub mod frame;
pub mod limits;
pub mod roundtrip;
pub mod signature;
pub mod source;
