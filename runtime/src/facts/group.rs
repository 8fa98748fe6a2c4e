//! The place of a group of facts: the root, or what a path's beginning names.
//! Takes entries, and sends each to its fact or to the group within.

use super::error::FactsError;
use super::found::Found;
use super::given::Given;
use super::serialize::{Entries, Input, Never, Place, with_text};
use super::table::{Group, Member};
use serde::Serialize;

pub(super) struct GroupPlace<'b> {
    pub(super) given: &'b mut Given,
    pub(super) group: Group,
}

impl<'b> Place for GroupPlace<'b> {
    type Ok = ();
    type Items = Never<()>;
    type Entries = GroupEntries<'b>;

    fn scalar(self, found: Found<'_>) -> Result<(), FactsError> {
        match found {
            // None of its facts is there.
            Found::Null => Ok(()),
            found => Err(self.refusal(&found)),
        }
    }

    fn entries(self) -> Result<GroupEntries<'b>, FactsError> {
        Ok(GroupEntries { place: self, member: None })
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        let ruleset = &self.given.ruleset;
        let path = ruleset.fact_table().group_path(ruleset.archive(), self.group);
        FactsError::expected("an object of facts", found).prefix(path)
    }
}

pub(super) struct GroupEntries<'b> {
    place: GroupPlace<'b>,
    /// What the value that comes next is for; `None` if it is ignored.
    member: Option<Member>,
}

impl Entries for GroupEntries<'_> {
    type Ok = ();

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError> {
        let GroupPlace { given, group } = &self.place;
        let (archive, table) = (given.ruleset.archive(), given.ruleset.fact_table());
        let member = with_text(key, |name| match table.member(archive, *group, name) {
            None if given.strict => Err(FactsError::unknown(
                table.path_in(archive, *group, name),
                table.suggest(archive, *group, name),
            )),
            member => Ok(member),
        });
        self.member = member?;
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        match self.member.take() {
            None => Ok(()),
            Some(Member::Fact(fact)) => self.place.given.set(fact, value),
            // `FactTable` bounds how deep groups nest.
            Some(Member::Group(group)) => {
                value.serialize(Input(GroupPlace { given: self.place.given, group }))
            }
        }
    }

    fn end(self) -> Result<(), FactsError> {
        Ok(())
    }
}
