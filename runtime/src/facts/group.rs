//! The place of a group of facts: the root, or what a path's beginning names.
//! Takes entries, and sends each to its fact or to the group within. What is wrong with one
//! is kept, so that all problems are told at once.

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
        Ok(GroupEntries { place: self, previous: None, member: None })
    }

    fn refusal(&self, found: &Found<'_>) -> FactsError {
        let ruleset = &self.given.ruleset;
        let path = ruleset.fact_table().group_path(ruleset.archive(), self.group);
        FactsError::expected("an object of facts", found).prefix(path)
    }
}

pub(super) struct GroupEntries<'b> {
    place: GroupPlace<'b>,
    /// The number of the member that came last.
    previous: Option<usize>,
    /// What the value that comes next is for; `None` if it is ignored.
    member: Option<Member>,
}

impl GroupEntries<'_> {
    /// The member of this name, and its number.
    fn find(&mut self, name: &str) -> Result<Option<(usize, Member)>, FactsError> {
        let GroupPlace { given, group } = &mut self.place;
        let (archive, table) = (given.ruleset.archive(), given.ruleset.fact_table());
        let guess = given.recall.guess(*group, self.previous);
        if let Some(guess) = guess.filter(|guess| table.is_name(archive, *guess, name)) {
            return Ok(table.member_at(*group, guess).map(|member| (guess, member)));
        }
        match table.number(archive, *group, name) {
            Some(number) => {
                given.recall.learn(*group, self.previous, number);
                Ok(table.member_at(*group, number).map(|member| (number, member)))
            }
            None if given.strict => Err(FactsError::unknown(
                table.path_in(archive, *group, name),
                table.suggest(archive, *group, name),
            )),
            None => Ok(None),
        }
    }

    /// What comes next, unless its name is wrong, which is kept.
    fn expect(&mut self, found: Result<Option<(usize, Member)>, FactsError>) {
        self.member = None;
        match found {
            Ok(Some((number, member))) => {
                self.previous = Some(number);
                self.member = Some(member);
            }
            Ok(None) => {}
            Err(problem) => self.place.given.refuse(problem),
        }
    }
}

impl Entries for GroupEntries<'_> {
    type Ok = ();

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FactsError> {
        let found = with_text(key, |name| Ok(self.find(name)))?;
        self.expect(found);
        Ok(())
    }

    #[inline]
    fn field(&mut self, name: &'static str) -> Result<(), FactsError> {
        let GroupPlace { given, group } = &mut self.place;
        let guess = given.recall.guess(*group, self.previous);
        if let Some(guess) = guess.filter(|guess| given.recall.is_text_of(*guess, name)) {
            self.previous = Some(guess);
            self.member = given.ruleset.fact_table().member_at(*group, guess);
            return Ok(());
        }
        let found = self.find(name);
        if let Ok(Some((number, _))) = found {
            self.place.given.recall.learn_text(number, name);
        }
        self.expect(found);
        Ok(())
    }

    #[inline]
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FactsError> {
        let given = &mut *self.place.given;
        let set = match self.member.take() {
            None => Ok(()),
            Some(Member::Fact(fact)) => given.fill(fact, |place| value.serialize(Input(place))),
            // `FactTable` bounds how deep groups nest.
            Some(Member::Group(group)) => value.serialize(Input(GroupPlace { given, group })),
        };
        if let Err(problem) = set {
            self.place.given.refuse(problem);
        }
        Ok(())
    }

    fn end(self) -> Result<(), FactsError> {
        Ok(())
    }
}
