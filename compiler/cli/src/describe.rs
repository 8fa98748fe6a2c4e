//! What stands in an archive, as people read it: types, constants and times
//! (`value`), defaults of facts (`default`), facts, variables and places in the source (`name`), predicates and
//! what they ask about (`predicate`, `subject`).
//!
//! In: records of a verified archive. Out: short text, however large the record:
//! what is long is cut.

mod default;
mod name;
mod predicate;
mod ranges;
mod ranks;
mod subject;
mod value;

pub use default::default as fact_default;
pub use name::{
    fact_name, named_variables, position, shared_number, variable_name, variable_position,
};
pub use predicate::slot_predicates;
pub use subject::Subjects;
pub use value::{constant, moment, type_name};
