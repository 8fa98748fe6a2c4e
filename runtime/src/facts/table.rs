//! The facts of a schema by name: what a path names, and what the members of
//! a nested value are.
//!
//! In: the schema of an archive. Out: look-ups in it, in two flat tables. They
//! are small beside the archive, even if someone puts each fact into many groups
//! of its own.

use super::id::FactId;
use super::suggest;
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::{Error, ErrorCode};
use std::cmp::Ordering;

/// Groups nest no deeper in values that are serialised, so that their
/// serialisation cannot use up the stack. Facts that lie deeper can be set by
/// their path only.
const MAX_GROUP_DEPTH: u32 = 64;

/// So many names are looked through one after the other: processors foresee that
/// better than the turns of a binary search.
const FEW: usize = 32;

/// A group of facts: the root, or what a path's beginning names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its own number as a member, or [`ROOT`].
    number: u32,
    /// Its members, a run of [`FactTable::names`].
    start: u32,
    count: u32,
    /// Where its path lies in the data of the archive.
    offset: u32,
    length: u32,
}

/// The root is no member of any group.
const ROOT: u32 = u32::MAX;

impl Group {
    /// Its number as a member of another group, if it is one.
    #[inline]
    pub(super) fn number(self) -> Option<u32> {
        (self.number != ROOT).then_some(self.number)
    }
}

/// What a name within a group stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Group(Group),
    Fact(FactId),
}

#[derive(Debug)]
pub(crate) struct FactTable {
    /// In order of their paths, with the dot before all other characters: so the
    /// facts of a group follow each other, in order of their names.
    by_path: Vec<FactId>,
    /// Members of groups, group by group; in a group the shorter ones first, and
    /// those of one length in order of their bytes: most looks need no more than
    /// the length.
    names: Vec<Name>,
    /// How many of these are the root's, the first ones.
    root: u32,
}

/// The name of a member of a group.
#[derive(Debug, Clone, Copy)]
struct Name {
    /// Where it lies in the data of the archive, as a part of a path.
    offset: u32,
    length: u16,
    is_group: bool,
    /// Of a fact its number, of a group where its members begin in
    /// [`FactTable::names`] and how many there are. While the table is made: where
    /// its facts begin in [`FactTable::by_path`], and how many there are.
    target: u32,
    count: u32,
}

impl FactTable {
    /// The archive was verified: no path stands twice, none is a group of others.
    ///
    /// # Errors
    /// [`ErrorCode::SchemaFact`] if the paths overlap: a small file could make for
    /// many names.
    ///
    /// # Cost
    /// Sorting the paths. 4 bytes a fact, and 16 for each name in a group.
    pub(crate) fn new(archive: &ArchivedRuleset) -> Result<FactTable, Error> {
        let mut left = archive.data.len();
        let mut by_path = Vec::with_capacity(archive.schema.facts.len());
        for number in 0..archive.schema.facts.len() {
            let id = FactId::new(number);
            let path = path(archive, id);
            let wrong = Error::at(ErrorCode::SchemaFact, number as u64);
            left = left.checked_sub(path.len()).ok_or(wrong)?;
            by_path.push(id);
        }
        by_path.sort_unstable_by(|a, b| by_components(path(archive, *a), path(archive, *b)));
        let names = Vec::with_capacity(names(archive, &by_path));
        let mut table = FactTable { by_path, names, root: 0 };
        table.root = table.add_members(archive, 0, table.by_path.len(), 0);
        table.add_groups(archive);
        Ok(table)
    }

    /// Adds the members of all groups that the names so far stand for, then of
    /// those within, level by level.
    fn add_groups(&mut self, archive: &ArchivedRuleset) {
        let mut level = 0..self.names.len();
        for _ in 0..MAX_GROUP_DEPTH {
            for at in level.clone() {
                let Some(name) = self.names.get(at).copied().filter(|name| name.is_group) else {
                    continue;
                };
                let (first, facts) = (name.target as usize, name.count as usize);
                let path = self.by_path.get(first).and_then(|id| archive.schema.fact(id.index()));
                let path = path.map_or(0, |fact| fact.path.offset.to_native());
                // The name is a part of this very path; a dot follows.
                let prefix = (name.offset - path) as usize + usize::from(name.length) + 1;
                let target = self.names.len() as u32;
                let count = self.add_members(archive, first, facts, prefix);
                if let Some(name) = self.names.get_mut(at) {
                    *name = Name { target, count, ..*name };
                }
            }
            level = level.end..self.names.len();
        }
        // What lies deeper has no members.
        for name in self.names.get_mut(level).unwrap_or_default() {
            if name.is_group {
                name.count = 0;
            }
        }
    }

    /// Adds the names that stand in a run of paths behind a prefix; says how many.
    fn add_members(
        &mut self,
        archive: &ArchivedRuleset,
        first: usize,
        facts: usize,
        prefix: usize,
    ) -> u32 {
        let before = self.names.len();
        let mut at = first;
        while at < first + facts {
            let Some(id) = self.by_path.get(at) else { break };
            let Some(fact) = archive.schema.fact(id.index()) else { break };
            let rest = path(archive, *id).get(prefix..).unwrap_or_default();
            let dot = rest.iter().position(|byte| *byte == b'.');
            let name = rest.get(..=dot.unwrap_or(rest.len())).unwrap_or(rest);
            let same = self.by_path.get(at..first + facts).unwrap_or_default().iter();
            let same = match dot {
                Some(_) => same
                    .take_while(|id| {
                        let rest = path(archive, **id).get(prefix..);
                        rest.is_some_and(|rest| rest.starts_with(name))
                    })
                    .count(),
                None => 1,
            };
            self.names.push(Name {
                offset: fact.path.offset.to_native() + prefix as u32,
                // INVARIANT: the verifier bounds paths to some hundred bytes.
                length: dot.unwrap_or(rest.len()) as u16,
                is_group: dot.is_some(),
                target: if dot.is_some() { at as u32 } else { id.0 },
                count: same as u32,
            });
            at += same.max(1);
        }
        let added = self.names.get_mut(before..).unwrap_or_default();
        added.sort_unstable_by(|a, b| a.order(&archive.data, b.bytes(&archive.data)));
        added.len() as u32
    }

    pub(crate) fn find(&self, archive: &ArchivedRuleset, wanted: &str) -> Option<FactId> {
        let order = |id: &FactId| by_components(path(archive, *id), wanted.as_bytes());
        let found = self.by_path.binary_search_by(order);
        found.ok().and_then(|found| self.by_path.get(found).copied())
    }

    /// The group that all facts are in.
    pub(super) fn root(&self) -> Group {
        Group { number: ROOT, start: 0, count: self.root, offset: 0, length: 0 }
    }

    /// Whether the name of a number is this one.
    #[inline]
    pub(super) fn is_name(&self, archive: &ArchivedRuleset, number: usize, name: &str) -> bool {
        let known = self.names.get(number);
        known.is_some_and(|known| known.bytes(archive.data.as_slice()) == name.as_bytes())
    }

    /// What a name within a group stands for.
    #[cfg(test)]
    fn member(&self, archive: &ArchivedRuleset, group: Group, name: &str) -> Option<Member> {
        self.member_at(group, self.number(archive, group, name)?)
    }

    /// How many names there are in all groups: their numbers are below.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a name within a group.
    #[inline]
    pub(super) fn number(
        &self,
        archive: &ArchivedRuleset,
        group: Group,
        name: &str,
    ) -> Option<usize> {
        let (names, data) = (self.names(group), archive.data.as_slice());
        let found = if names.len() <= FEW {
            let is_same = |known: &Name| {
                usize::from(known.length) == name.len() && known.bytes(data) == name.as_bytes()
            };
            names.iter().position(is_same)?
        } else {
            let found = names.binary_search_by(|known| known.order(data, name.as_bytes()));
            found.ok()?
        };
        Some(group.start as usize + found)
    }

    /// What the name of a number within a group stands for.
    #[inline]
    pub(super) fn member_at(&self, group: Group, number: usize) -> Option<Member> {
        let found = self.names.get(number)?;
        if !found.is_group {
            return Some(Member::Fact(FactId(found.target)));
        }
        // The path of a group within begins where that of this one does in the same fact's path.
        let prefix = if group.length == 0 { 0 } else { group.length + 1 };
        let inner = Group {
            number: number as u32,
            start: found.target,
            count: found.count,
            offset: found.offset - prefix,
            length: prefix + u32::from(found.length),
        };
        (found.count > 0).then_some(Member::Group(inner))
    }

    /// The path of a group; the root's is empty.
    pub(super) fn group_path<'a>(&self, archive: &'a ArchivedRuleset, group: Group) -> &'a str {
        let path = bytes(&archive.data, group.offset, group.length as usize);
        std::str::from_utf8(path).unwrap_or_default()
    }

    /// The path that a name in a group would have.
    pub(super) fn path_in(&self, archive: &ArchivedRuleset, group: Group, name: &str) -> String {
        match self.group_path(archive, group) {
            "" => name.to_owned(),
            group => format!("{group}.{name}"),
        }
    }

    /// The path of the member of a group that an unknown name may be meant to be.
    pub(super) fn suggest(
        &self,
        archive: &ArchivedRuleset,
        group: Group,
        name: &str,
    ) -> Option<String> {
        let known = self.names(group).iter();
        let known =
            known.map(|name| std::str::from_utf8(name.bytes(&archive.data)).unwrap_or_default());
        let name = suggest::nearest(name, known)?;
        Some(self.path_in(archive, group, &name))
    }

    #[inline]
    fn names(&self, group: Group) -> &[Name] {
        let start = group.start as usize;
        self.names.get(start..start + group.count as usize).unwrap_or_default()
    }
}

impl Name {
    #[inline]
    fn bytes(self, data: &[u8]) -> &[u8] {
        bytes(data, self.offset, usize::from(self.length))
    }

    #[inline]
    fn order(self, data: &[u8], other: &[u8]) -> Ordering {
        let by_length = usize::from(self.length).cmp(&other.len());
        by_length.then_with(|| self.bytes(data).cmp(other))
    }
}

/// Bytes, since text of the archive would be checked to be UTF-8 at each look.
#[inline]
fn bytes(data: &[u8], offset: u32, length: usize) -> &[u8] {
    let start = offset as usize;
    data.get(start..start.saturating_add(length)).unwrap_or_default()
}

fn path(archive: &ArchivedRuleset, id: FactId) -> &[u8] {
    let fact = archive.schema.fact(id.index());
    fact.map_or(&[], |fact| archive.blob(&fact.path))
}

/// How many names there are in all groups. Paths that follow each other share the names of
/// the groups that both are in.
fn names(archive: &ArchivedRuleset, by_path: &[FactId]) -> usize {
    let dots = |path: &[u8]| path.iter().filter(|byte| **byte == b'.').count();
    // The last names of what is deeper are in no group.
    let levels = |names: usize| names.min(MAX_GROUP_DEPTH as usize + 1);
    let mut before: &[u8] = &[];
    let count = |id: &FactId| {
        let path = path(archive, *id);
        let same = path.iter().zip(before).take_while(|(a, b)| a == b).count();
        before = path;
        levels(1 + dots(path)) - levels(dots(path.get(..same).unwrap_or_default()))
    };
    by_path.iter().map(count).sum()
}

fn by_components(a: &[u8], b: &[u8]) -> Ordering {
    let rank = |byte: &u8| if *byte == b'.' { 0 } else { u16::from(*byte) + 1 };
    a.iter().map(rank).cmp(b.iter().map(rank))
}

#[cfg(test)]
mod tests {
    use super::{Member, by_components};
    use crate::ruleset::Ruleset;
    use crate::testing::{Type, file};
    use rulestone_format::schema::FactKind;
    use std::cmp::Ordering;

    /// What a path is, found name by name from the root.
    fn walk(ruleset: &Ruleset, path: &str) -> Option<Member> {
        let (archive, table) = (ruleset.archive(), ruleset.fact_table());
        let mut found = Member::Group(table.root());
        for name in path.split('.') {
            let Member::Group(group) = found else { return None };
            found = table.member(archive, group, name)?;
        }
        Some(found)
    }

    /// Paths between which a plain order of bytes would put others: `-` comes
    /// before the dot, `0` behind it.
    const PATHS: [&str; 9] =
        ["a.b.c", "a-b", "a.b.d", "a0", "z", "a.bb", "a-b0.x", "a.b-.x", "b.a.b.c"];

    fn ruleset(paths: &[&str]) -> Ruleset {
        let facts = paths.iter().map(|path| (*path, Type::Plain(FactKind::Bool), true));
        let facts: Vec<_> = facts.collect();
        Ruleset::from_vec(file(&facts)).expect("is in order")
    }

    #[test]
    fn every_fact_is_found_by_its_path_and_by_its_names() {
        let ruleset = ruleset(&PATHS);
        for (index, path) in PATHS.iter().enumerate() {
            let id = ruleset.fact(path).expect("is there");
            assert_eq!(id.index(), index);
            assert_eq!(walk(&ruleset, path), Some(Member::Fact(id)), "{path}");
        }
        for path in ["", "a", "a.b", "a.b.", "a.b.c.d", "a.b.cc", "a-", "b", "c", "a.b-", ".", "x"]
        {
            assert_eq!(ruleset.fact(path), None, "{path}");
            let is_fact = matches!(walk(&ruleset, path), Some(Member::Fact(_)));
            assert!(!is_fact, "{path}");
        }
        for group in ["a", "a.b", "a-b0", "a.b-", "b", "b.a", "b.a.b"] {
            let Some(Member::Group(found)) = walk(&ruleset, group) else { panic!("{group}") };
            assert_eq!(ruleset.fact_table().group_path(ruleset.archive(), found), group);
        }
        for nothing in ["", "c", "a.c", "a-b.x", "a0.x", "b.a.b.c.d"] {
            assert_eq!(walk(&ruleset, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn there_is_room_for_just_the_names_of_all_groups() {
        let deep = ["g.".repeat(80) + "x", "g.".repeat(80) + "y", "g.".repeat(63) + "z"];
        let deep = deep.each_ref().map(String::as_str);
        for paths in [&PATHS[..], &PATHS[3..5], &["a"], &[], &deep, &["a.b.c.d", "a.b.c.e"]] {
            let ruleset = ruleset(paths);
            let names = &ruleset.fact_table().names;
            assert_eq!(names.len(), names.capacity(), "{paths:?}");
            assert_eq!(names.len(), super::names(ruleset.archive(), &ruleset.fact_table().by_path));
        }
    }

    #[test]
    fn a_name_that_is_meant_is_one_of_its_group() {
        let ruleset = ruleset(&["player.level", "player.name", "item.levels", "player.guild.size"]);
        let (archive, table) = (ruleset.archive(), ruleset.fact_table());
        let Some(Member::Group(player)) = walk(&ruleset, "player") else { panic!("is a group") };
        let suggested = |name| table.suggest(archive, player, name);
        assert_eq!(suggested("levels").as_deref(), Some("player.level"));
        assert_eq!(suggested("gilde"), None);
        assert_eq!(suggested("build").as_deref(), Some("player.guild"));
        assert_eq!(table.suggest(archive, table.root(), "itm").as_deref(), Some("item"));
        assert_eq!(table.path_in(archive, player, "x"), "player.x");
        assert_eq!(table.path_in(archive, table.root(), "x"), "x");
    }

    #[test]
    fn groups_are_entered_up_to_a_depth_and_facts_below_are_set_by_path() {
        let path = "g.".repeat(80) + "x";
        let ruleset = ruleset(&[&path]);
        assert!(ruleset.fact(&path).is_some());
        assert!(walk(&ruleset, &path[..2 * 64 - 1]).is_some());
        assert!(walk(&ruleset, &path[..2 * 65 - 1]).is_none());
    }

    #[test]
    fn a_path_stands_right_before_what_would_be_in_its_group() {
        assert_eq!(by_components(b"a", b"a.b"), Ordering::Less);
        assert_eq!(by_components(b"a.z", b"a-b"), Ordering::Less);
        assert_eq!(by_components(b"a.b", b"a.b"), Ordering::Equal);
    }
}
