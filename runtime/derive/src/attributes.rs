//! What stands in `#[facts(…)]`.

use crate::case::Case;
use syn::{Attribute, Error, LitStr, Result};

/// Attributes of a struct, an enum, a field or a variant.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) skip: bool,
    pub(crate) flatten: bool,
}

impl Attributes {
    /// Reads them; only those of these names may be there.
    pub(crate) fn read(attributes: &[Attribute], known: &[&str]) -> Result<Attributes> {
        let mut read = Attributes::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("facts")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                if !known.contains(&name.as_str()) {
                    let known = known.join(", ");
                    return Err(meta.error(format!("expected one of {known}")));
                }
                match name.as_str() {
                    "rename" => read.rename = Some(text(&meta.value()?.parse()?)?),
                    "rename_all" => {
                        let style: LitStr = meta.value()?.parse()?;
                        let case = Case::named(&style.value());
                        read.rename_all = Some(case.ok_or_else(|| {
                            Error::new_spanned(&style, format!("expected one of {}", Case::names()))
                        })?);
                    }
                    "skip" => read.skip = true,
                    _ => read.flatten = true,
                }
                Ok(())
            })?;
        }
        Ok(read)
    }
}

fn text(literal: &LitStr) -> Result<String> {
    match literal.value() {
        text if text.is_empty() => Err(Error::new_spanned(literal, "a name is not empty")),
        text => Ok(text),
    }
}
