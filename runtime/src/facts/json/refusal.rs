//! Why a text gives no frame, while it is read.
//!
//! In: what is wrong with a fact, which those around it give their names; or with the text, which has a
//! place instead. Out: a [`FactsError`].

use super::super::error::{FactsError, Problem};
use super::quoted::Fault;

/// Characters of a key that a message shows.
const SHOWN_KEY: usize = 60;

#[derive(Debug)]
pub(super) enum Refusal {
    /// A fact, or what should be one.
    Fact(FactsError),
    /// The text is no JSON.
    Text(Fault),
    /// A key stands twice in one object, again at this place.
    Repeated { key: String, at: usize },
}

impl From<FactsError> for Refusal {
    fn from(error: FactsError) -> Refusal {
        Refusal::Fact(error)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Text(fault)
    }
}

impl Refusal {
    #[cold]
    pub(super) fn repeated(key: &str, at: usize) -> Refusal {
        Refusal::Repeated { key: key.chars().take(SHOWN_KEY).collect(), at }
    }

    /// Names what encloses a fact.
    #[cold]
    pub(super) fn within(self, name: impl FnOnce(FactsError) -> FactsError) -> Refusal {
        match self {
            Refusal::Fact(error) => Refusal::Fact(name(error)),
            other => other,
        }
    }

    /// The error, with the column as an editor counts it.
    pub(super) fn explain(self, text: &str) -> FactsError {
        let (message, at) = match self {
            Refusal::Fact(error) => return error,
            Refusal::Text(fault) => (format!("not JSON: {}", fault.message), fault.at),
            Refusal::Repeated { key, at } => (format!("key {key:?} given twice"), at),
        };
        let column = text.get(..at).unwrap_or(text).chars().count() + 1;
        FactsError::new(Problem::Custom(format!("{message} at column {column}")))
    }
}

/// Bytes that are no text at all.
#[cold]
pub(super) fn not_text() -> FactsError {
    FactsError::new(Problem::Custom("not JSON: not UTF-8".to_owned()))
}
