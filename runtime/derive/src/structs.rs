//! Structs: groups of facts.

use crate::attributes::Attributes;
use crate::case::Case;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Error, Field, FieldsNamed, GenericParam, Result};

pub(crate) fn derive(input: &DeriveInput, fields: &FieldsNamed) -> Result<TokenStream> {
    let all = Attributes::read(&input.attrs, &["rename_all"])?;
    for parameter in &input.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            let message = "facts have lifetimes, but no type parameters";
            return Err(Error::new_spanned(parameter, message));
        }
    }
    let mut parts = Vec::new();
    for field in &fields.named {
        parts.extend(Part::of(field, all.rename_all)?);
    }
    let (leaves, bind) = (parts.iter().map(Part::leaves), parts.iter().map(Part::bind));
    let (write, write_leaf) = (parts.iter().map(Part::write), parts.iter().map(Part::write_leaf));

    let name = &input.ident;
    let shape = format_ident!("{}Shape", name);
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        const _: () = {
            #[doc(hidden)]
            pub struct #shape;

            #[automatically_derived]
            impl #generics ::rulestone::facts::Facts for #name #arguments #bounds {
                type Shape = #shape;
                const LEAVES: usize = 0 #(+ #leaves)*;

                fn bind(binder: &mut ::rulestone::facts::typed::Binder<'_>, optional: bool) {
                    let _ = (&binder, optional);
                    #(#bind)*
                }

                #[inline]
                fn write(
                    &self,
                    places: &[::rulestone::facts::typed::Place],
                    writer: &mut ::rulestone::facts::typed::Writer<'_>,
                ) {
                    let _ = (places, &writer);
                    #(#write)*
                }

                fn write_leaf(
                    &self,
                    leaf: usize,
                    places: &[::rulestone::facts::typed::Place],
                    writer: &mut ::rulestone::facts::typed::Writer<'_>,
                ) {
                    let _ = (leaf, places, &writer);
                    #(#write_leaf)*
                }
            }
        };
    })
}

/// A field that is a fact or a group of them.
struct Part<'f> {
    field: &'f Field,
    /// `None`: its facts stand in the group around it.
    name: Option<String>,
}

impl<'f> Part<'f> {
    /// `None` for a field that is skipped.
    fn of(field: &'f Field, case: Option<Case>) -> Result<Option<Part<'f>>> {
        let attributes = Attributes::read(&field.attrs, &["rename", "flatten", "skip"])?;
        if attributes.skip {
            return Ok(None);
        }
        let Some(identifier) = &field.ident else { return Ok(None) };
        let own = identifier.unraw().to_string();
        let name = match (attributes.flatten, attributes.rename, case) {
            (true, None, _) => None,
            (true, Some(_), _) => {
                let message = "a field is flattened or has a name, not both";
                return Err(Error::new_spanned(identifier, message));
            }
            (false, Some(name), _) => Some(name),
            (false, None, Some(case)) => Some(case.apply(&own)),
            (false, None, None) => Some(own),
        };
        Ok(Some(Part { field, name }))
    }

    fn leaves(&self) -> TokenStream {
        let field_type = &self.field.ty;
        quote! { <#field_type as ::rulestone::facts::Facts>::LEAVES }
    }

    fn bind(&self) -> TokenStream {
        let field_type = &self.field.ty;
        let bind = quote! { <#field_type as ::rulestone::facts::Facts>::bind };
        match &self.name {
            Some(name) => quote! { binder.field(#name, |binder| #bind(binder, optional)); },
            None => quote! { #bind(binder, optional); },
        }
    }

    fn write(&self) -> TokenStream {
        let (field_type, field) = (&self.field.ty, &self.field.ident);
        let leaves = self.leaves();
        quote! {
            let (these, places) = ::rulestone::facts::typed::split(places, #leaves);
            <#field_type as ::rulestone::facts::Facts>::write(&self.#field, these, writer);
            let _ = places;
        }
    }

    fn write_leaf(&self) -> TokenStream {
        let (field_type, field) = (&self.field.ty, &self.field.ident);
        let leaves = self.leaves();
        quote! {
            let (these, places) = ::rulestone::facts::typed::split(places, #leaves);
            if leaf < #leaves {
                return <#field_type as ::rulestone::facts::Facts>::write_leaf(
                    &self.#field, leaf, these, writer,
                );
            }
            let leaf = leaf - #leaves;
            let _ = (leaf, places);
        }
    }
}
