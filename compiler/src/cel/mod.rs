//! The front end of the Common Expression Language: text in, tree out.
//!
//! [`parse`] reads one expression as the CEL specification's language
//! definition (`google/cel-spec`, `doc/langdef.md`, "Syntax") writes it, and
//! returns an [`Expr`] in which every node and every name carries its [`Range`]
//! in the text. [`print`](print()) writes a tree back in its canonical form.
//!
//! Nothing is resolved, typed or expanded here: macros such as `all` and `has`
//! are ordinary calls, and what the grammar allows but the rule language
//! refuses (messages, `null`) passes through for the checker to name. The one
//! exception is the syntax of optionals, which has no tree to be written in.
//!
//! The way through the folder: `lex` cuts the text into the tokens of `token`,
//! `literal` reads the value of a number or of a string, `parse` builds the
//! tree of `ast`, `advice` knows which help an unexpected token deserves.

mod advice;
mod ast;
mod error;
mod lex;
mod literal;
mod parse;
mod print;
mod token;

pub use ast::{BinaryOperator, Expr, ExprKind, Literal, Name, Range, UnaryOperator};
pub use error::{Error, ErrorKind};
pub use parse::{Limits, parse};
pub use print::print;

#[cfg(test)]
mod tests;
