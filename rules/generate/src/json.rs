//! Writing JSON objects whose keys stay in the order in which they are set.
//!
//! In: keys and values. Out: text. serde_json escapes the strings; its map is not used, because a feature that some
//! other crate of the build turns on would change the order of its keys, and so the bytes.

use std::fmt::{Display, Write as _};

/// A JSON object under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object {
    members: String,
}

impl Object {
    /// An object without members.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a member whose value is JSON text already: a number, a bool, `null`, a list, an object.
    pub(crate) fn set(&mut self, key: &str, value: impl Display) -> &mut Self {
        let comma = if self.members.is_empty() { "" } else { "," };
        // INVARIANT: writing to a String does not fail.
        let _ = write!(self.members, "{comma}{}:{value}", quoted(key));
        self
    }

    /// Adds a member whose value is a string.
    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.set(key, quoted(value))
    }
}

impl Display for Object {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{{{}}}", self.members)
    }
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A JSON list of values that are JSON text already.
pub(crate) fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    format!("[{}]", values.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_strings_are_escaped() {
        let mut object = Object::new();
        object.set("z", 1).text("a", "say \"é\"\n").set("list", list([1.5, 2.0]));
        assert_eq!(object.to_string(), r#"{"z":1,"a":"say \"é\"\n","list":[1.5,2]}"#);
        assert!(serde_json::from_str::<serde_json::Value>(&object.to_string()).is_ok());
    }
}
