//! Long lists of constants, each written once, however many rules look into it.
//!
//! In: the items of a list as Rust, and their type. Out: what the list is called, and the text of
//! the file `constants.rs`.

use std::collections::HashMap;
use std::fmt::Write;

/// The lists so far.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The item of each that is written, but for its number.
    written: Vec<Written>,
    numbers: HashMap<Written, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Written {
    /// A list that is searched: its type and value.
    List(String),
    /// A function that says whether a number is one of these: the number's type, and patterns.
    Patterns(&'static str, String),
}

impl Lists {
    /// The name of a list, which is the same for equal ones.
    pub(super) fn name(&mut self, ty: &str, items: &[String]) -> String {
        let list = format!("[{ty}; {}] = [{}]", items.len(), items.join(", "));
        format!("LIST_{}", self.number(Written::List(list)))
    }

    /// The name of a function that says whether a number is one of some, by the patterns that the
    /// compiler of Rust makes the best of.
    pub(super) fn function(&mut self, ty: &'static str, patterns: &[String]) -> String {
        format!("is_in_list_{}", self.number(Written::Patterns(ty, patterns.join(" | "))))
    }

    fn number(&mut self, list: Written) -> usize {
        let next = self.written.len();
        let number = *self.numbers.entry(list.clone()).or_insert(next);
        if number == next {
            self.written.push(list);
        }
        number
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
            let _ = match list {
                Written::List(list) => {
                    write!(text, "\npub(crate) static LIST_{number}: {list};\n")
                }
                Written::Patterns(ty, patterns) => write!(
                    text,
                    "\npub(crate) fn is_in_list_{number}(item: {ty}) -> bool {{\n    \
                     matches!(item, {patterns})\n}}\n"
                ),
            };
        }
        text
    }

    /// Whether one of them has moments.
    pub(super) fn has_timestamps(&self) -> bool {
        let is_of_timestamps =
            |list: &Written| matches!(list, Written::List(list) if list.starts_with("[Timestamp;"));
        self.written.iter().any(is_of_timestamps)
    }
}
