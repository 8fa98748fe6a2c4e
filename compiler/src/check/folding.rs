//! What folding may take: steps and bytes, of all expressions of a ruleset together.

use super::value::Value;
use crate::reference;

/// What folding may still take in all expressions of a ruleset: small ones are
/// always folded, large ones while this lasts. The others are worked out at run
/// time, as what is too large by itself is.
#[derive(Debug)]
pub struct Folding {
    steps: usize,
    bytes: usize,
}

impl Default for Folding {
    fn default() -> Folding {
        Folding { steps: 30_000_000, bytes: 32 << 20 }
    }
}

impl Folding {
    /// Steps and bytes that any expression may take, and bytes for each that is written
    /// in it: a list has at most an item for two.
    const FREE_STEPS: usize = 2_000;
    const FREE_BYTES: usize = 1_024;
    const BYTES_A_BYTE: usize = size_of::<Value>();

    pub(super) fn steps_of_one(&self) -> usize {
        reference::limits::CONSTANT_STEPS.min(Self::FREE_STEPS + self.steps)
    }

    pub(super) fn spend(&mut self, steps: usize, written: usize) {
        let free = Self::FREE_STEPS + written;
        self.steps = self.steps.saturating_sub(steps.saturating_sub(free));
    }

    /// Whether there is room for a value that was made.
    pub(super) fn make(&mut self, value: &Value, written: usize) -> bool {
        let free = Self::FREE_BYTES + Self::BYTES_A_BYTE * written;
        let left = self.bytes.checked_sub(bytes(value).saturating_sub(free));
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }
}

/// About how many bytes a value takes.
fn bytes(value: &Value) -> usize {
    let own = match value {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(bytes).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| bytes(key) + bytes(value)).sum(),
        _ => 0,
    };
    own + size_of::<Value>()
}
