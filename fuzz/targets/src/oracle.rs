//! What must hold of any input, a file for each promise. All of these panic
//! where the promise is broken, and say by what.

pub mod accessors;
pub mod agreement;
pub mod alignment;
pub mod batch;
pub mod binding;
pub mod canonical;
pub mod diagnostics;
pub mod expression;
pub mod json;
pub mod needs;
pub mod placement;
pub mod printing;
pub mod reachable;
pub mod sameness;
pub mod truncation;
pub mod ways_in;
