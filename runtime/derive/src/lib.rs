//! `#[derive(Facts)]`: the code that stores a struct's fields as facts.
//!
//! In: a struct with named fields, or an enum without data, and its `#[facts(…)]`
//! attributes. Out: implementations of `rulestone::facts::Facts`, of enums also of
//! `FactValue`; or errors at the places in the source that are wrong. What the traits
//! mean, and what users may write, stands at `rulestone::facts::Facts`.

mod attributes;
mod case;
mod enums;
mod structs;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, parse_macro_input};

/// Makes a struct of facts, or an enum one of their values.
///
/// See `rulestone::facts::Facts`.
#[proc_macro_derive(Facts, attributes(facts))]
pub fn derive_facts(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let derived = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => structs::derive(&input, fields),
            _ => Err(Error::new_spanned(&input.ident, "facts have names: use named fields")),
        },
        Data::Enum(data) => enums::derive(&input, data),
        Data::Union(_) => Err(Error::new_spanned(&input.ident, "a union is no facts")),
    };
    derived.unwrap_or_else(Error::into_compile_error).into()
}
