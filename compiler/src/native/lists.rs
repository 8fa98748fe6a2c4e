//! Long lists of constants, each written once, however many rules look into it.
//!
//! In: the items of a list as Rust, and their type. Out: what the list is called, and the text of
//! the file `constants.rs`.

use std::collections::HashMap;
use std::fmt::Write;

/// The lists so far.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Type and items of each, joined.
    written: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Lists {
    /// The name of a list, which is the same for equal ones.
    pub(super) fn name(&mut self, ty: &str, items: &[String]) -> String {
        let list = format!("[{ty}; {}] = [{}]", items.len(), items.join(", "));
        let next = self.written.len();
        let number = *self.numbers.entry(list.clone()).or_insert(next);
        if number == next {
            self.written.push(list);
        }
        format!("LIST_{number}")
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.written.len()
    }

    /// Forgets all but the first ones, of what was written to be thrown away.
    pub(super) fn truncate(&mut self, count: usize) {
        for list in self.written.drain(count.min(self.written.len())..) {
            self.numbers.remove(&list);
        }
    }

    /// What the file `constants.rs` holds, without its imports.
    pub(super) fn file(&self) -> String {
        let mut text = String::new();
        for (number, list) in self.written.iter().enumerate() {
            let _ = write!(text, "\npub(crate) static LIST_{number}: {list};\n");
        }
        text
    }

    /// Whether one of them has moments.
    pub(super) fn has_timestamps(&self) -> bool {
        self.written.iter().any(|list| list.starts_with("[Timestamp;"))
    }
}
