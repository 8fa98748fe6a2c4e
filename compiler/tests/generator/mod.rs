//! Random rulesets, in the source language and without errors, and random facts
//! for them.
//!
//! In: a seed. Out: a [`ruleset::Ruleset`], which can print itself as YAML and
//! can be made smaller, and [`facts`] for its schema.

mod collections;
pub mod expression;
pub mod facts;
mod literal;
mod logic;
pub mod minimise;
pub mod node;
pub mod random;
pub mod ruleset;
mod scalars;
mod schedule;
mod schema;
mod yaml;
