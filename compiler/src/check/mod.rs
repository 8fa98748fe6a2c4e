//! What a ruleset means: names resolved, types checked, constants folded,
//! schedules as instants.
//!
//! In: [`crate::source::model::Ruleset`]. Out: [`checked::Ruleset`], and every
//! error and warning of this stage. `ruleset` and `rule` go through the
//! ruleset; `expression` and its neighbours go through CEL.

pub mod checked;
mod defaults;
pub mod expression;
pub mod fold;
mod folding;
mod functions;
pub mod guard;
mod literal;
mod macros;
pub mod names;
mod operators;
pub mod pools;
pub mod regex;
mod retype;
mod rule;
mod ruleset;
pub mod schedule;
mod special;
mod template;
pub mod tree;
pub mod types;
pub mod value;
mod variables;
mod verdict;
pub mod zone;

pub use functions::type_of;
pub use ruleset::check;
pub(crate) use ruleset::syntax_finding;
