//! The facts of a schema by name: what a path names, and what the members of
//! a nested value are.
//!
//! In: the schema of an archive. Out: look-ups in it.

use super::{FactId, suggest};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::{Error, ErrorCode};
use std::collections::BTreeMap;

/// Groups nest no deeper in values that are serialised, so that their
/// serialisation cannot use up the stack. Facts that lie deeper can be set by
/// their path only.
const MAX_GROUP_DEPTH: usize = 64;

/// Bytes of all paths together.
const MAX_PATHS: usize = 16 << 20;

/// A group of facts: the root, or what a path's beginning names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GroupId(usize);

pub(super) const ROOT: GroupId = GroupId(0);

/// What a name within a group stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Group(GroupId),
    Fact(FactId),
}

#[derive(Debug)]
pub(crate) struct FactTable {
    /// In order of their paths.
    by_path: Vec<FactId>,
    groups: Vec<Group>,
}

#[derive(Debug, Default)]
struct Group {
    /// Some fact in this group, and how much of its path names the group.
    path: (usize, usize),
    members: BTreeMap<Box<str>, Member>,
}

impl FactTable {
    /// # Errors
    /// [`ErrorCode::SchemaFact`] if the paths together are absurdly long,
    /// as they can be where they overlap.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Result<FactTable, Error> {
        let mut table = FactTable {
            by_path: (0..archive.schema.facts.len()).map(FactId::new).collect(),
            groups: vec![Group::default()],
        };
        let mut left = MAX_PATHS;
        for (index, fact) in archive.schema.facts.iter().enumerate() {
            let path = archive.text(&fact.path);
            left = left
                .checked_sub(path.len())
                .ok_or(Error::at(ErrorCode::SchemaFact, index as u64))?;
            table.insert(index, path);
        }
        table.by_path.sort_unstable_by_key(|id| path(archive, *id));
        Ok(table)
    }

    pub(crate) fn find(&self, archive: &ArchivedRuleset, wanted: &str) -> Option<FactId> {
        let found = self.by_path.binary_search_by_key(&wanted, |id| path(archive, *id));
        found.ok().and_then(|found| self.by_path.get(found).copied())
    }

    pub(super) fn member(&self, group: GroupId, name: &str) -> Option<Member> {
        self.groups.get(group.0)?.members.get(name).copied()
    }

    /// The path of a group; the root's is empty.
    pub(super) fn group_path<'a>(&self, archive: &'a ArchivedRuleset, group: GroupId) -> &'a str {
        let Some(group) = self.groups.get(group.0) else {
            return "";
        };
        let (fact, length) = group.path;
        path(archive, FactId::new(fact)).get(..length).unwrap_or_default()
    }

    /// The path that a name in a group would have.
    pub(super) fn path_in(&self, archive: &ArchivedRuleset, group: GroupId, name: &str) -> String {
        match self.group_path(archive, group) {
            "" => name.to_owned(),
            group => format!("{group}.{name}"),
        }
    }

    /// The path of the member of a group that an unknown name may be meant to be.
    pub(super) fn suggest(
        &self,
        archive: &ArchivedRuleset,
        group: GroupId,
        name: &str,
    ) -> Option<String> {
        let known = self.groups.get(group.0)?.members.keys();
        let name = suggest::nearest(name, known.map(|known| &**known))?;
        Some(self.path_in(archive, group, &name))
    }

    fn insert(&mut self, fact: usize, path: &str) {
        let mut group = ROOT;
        let mut start = 0;
        for (depth, name) in path.split('.').enumerate() {
            let end = start + name.len();
            let fresh = GroupId(self.groups.len());
            let Some(parent) = self.groups.get_mut(group.0) else {
                return;
            };
            if end == path.len() {
                parent.members.entry(name.into()).or_insert(Member::Fact(FactId::new(fact)));
                return;
            }
            if depth == MAX_GROUP_DEPTH {
                return;
            }
            let member = parent.members.entry(name.into()).or_insert(Member::Group(fresh));
            // A fact that has members is out of order; its members are left to their paths.
            let Member::Group(next) = *member else {
                return;
            };
            if next == fresh {
                self.groups.push(Group { path: (fact, end), ..Group::default() });
            }
            group = next;
            start = end + 1;
        }
    }
}

fn path(archive: &ArchivedRuleset, id: FactId) -> &str {
    let fact = archive.schema.fact(id.index());
    fact.map_or("", |fact| archive.text(&fact.path))
}
