//! What was left out of a ruleset since it had errors.

use std::collections::BTreeSet;

/// The definitions that exist in the source, but had errors and so are not in the
/// model: a later stage that misses one of them should keep silent about it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unread {
    names: BTreeSet<String>,
}

impl Unread {
    /// Whether a name was left out, by itself or with all of its section or group.
    /// Names are written with their section: `facts.player.level`,
    /// `constants.min_level`, `outputs.points`, `groups.reward`, `rules.golden-idol`.
    pub fn covers(&self, name: &str) -> bool {
        let prefixes = name.match_indices('.').map(|(at, _)| &name[..at]);
        prefixes.chain([name]).any(|prefix| self.names.contains(prefix))
    }

    /// Nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn insert(&mut self, name: String) {
        self.names.insert(name);
    }
}
