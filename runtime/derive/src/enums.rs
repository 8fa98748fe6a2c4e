//! Enums: labels of a fact.

use crate::attributes::Attributes;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Error, Fields, Result};

pub(crate) fn derive(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let all = Attributes::read(&input.attrs, &["rename_all"])?;
    if !input.generics.params.is_empty() {
        let message = "an enum of labels has no parameters";
        return Err(Error::new_spanned(&input.generics, message));
    }
    if data.variants.is_empty() {
        return Err(Error::new_spanned(&input.ident, "an enum of labels has at least one"));
    }
    let (mut labels, mut variants) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a label has no data: use variants without fields";
            return Err(Error::new_spanned(variant, message));
        }
        let attributes = Attributes::read(&variant.attrs, &["rename"])?;
        let own = variant.ident.unraw().to_string();
        labels.push(match (attributes.rename, all.rename_all) {
            (Some(name), _) => name,
            (None, Some(case)) => case.apply(&own),
            (None, None) => own,
        });
        variants.push(&variant.ident);
    }
    let numbers = 0..variants.len();
    let name = &input.ident;
    let text = name.unraw().to_string();
    Ok(quote! {
        #[automatically_derived]
        impl ::rulestone::facts::FactValue for #name {
            fn name() -> ::std::string::String {
                ::std::convert::From::from(#text)
            }

            fn fit(
                expected: &::rulestone::facts::typed::Expected<'_>,
            ) -> ::std::result::Result<
                ::rulestone::facts::typed::Value,
                ::rulestone::facts::typed::Misfit,
            > {
                expected.of_labels(&[#(#labels),*])
            }

            #[inline]
            fn put(
                &self,
                value: &::rulestone::facts::typed::Value,
                at: usize,
                writer: &mut ::rulestone::facts::typed::Writer<'_>,
            ) -> ::std::result::Result<(), ::rulestone::FactsError> {
                let variant = match self {
                    #(#name::#variants => #numbers,)*
                };
                writer.label(variant, value, at)
            }
        }

        #[automatically_derived]
        impl ::rulestone::facts::Facts for #name {
            type Shape = #name;
            const LEAVES: usize = 1;

            fn bind(binder: &mut ::rulestone::facts::typed::Binder<'_>, optional: bool) {
                binder.leaf::<Self>(optional);
            }

            #[inline]
            fn write(
                &self,
                places: &[::rulestone::facts::typed::Place],
                writer: &mut ::rulestone::facts::typed::Writer<'_>,
            ) {
                ::rulestone::facts::typed::store(self, places, writer);
            }

            fn write_leaf(
                &self,
                _leaf: usize,
                places: &[::rulestone::facts::typed::Place],
                writer: &mut ::rulestone::facts::typed::Writer<'_>,
            ) {
                ::rulestone::facts::typed::store(self, places, writer);
            }
        }
    })
}
