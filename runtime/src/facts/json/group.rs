//! Groups of facts in a text: the root, and what is nested as the schema is.
//!
//! In: a reader at the beginning of a text, and what is known of the schema and of the order of keys. Out:
//! the facts' cells in a frame; of text, lists and maps, nodes that wait for the heap.

use super::super::arena::Node;
use super::super::error::FactsError;
use super::super::found::Found;
use super::super::id::FactId;
use super::super::table::{FactTable, Group, Member};
use super::keys::{Behind, Keys, Learned};
use super::layout::Layout;
use super::reader::Token;
use super::refusal::Refusal;
use super::value::Values;
use rulestone_format::schema::MAX_DEPTH;

pub(super) struct Groups<'e, 't> {
    pub(super) values: Values<'e, 't>,
    pub(super) table: &'e FactTable,
    pub(super) layout: &'e Layout,
    pub(super) keys: &'e mut Keys,
    pub(super) waiting: &'e mut [Node],
    pub(super) frame: &'e mut [u8],
}

/// A key of a group.
struct Key {
    /// What was learned of it.
    key: Learned,
    name: u32,
    member: Member,
}

impl Groups<'_, '_> {
    /// Reads a whole text.
    pub(super) fn read(&mut self) -> Result<(), Refusal> {
        self.group(self.table.root(), self.keys.root())?;
        Ok(self.values.reader.end()?)
    }

    /// Reads the value of a group. `FactTable` bounds how deep groups nest.
    fn group(&mut self, group: Group, start: Behind) -> Result<(), Refusal> {
        let found = match self.values.reader.value()? {
            Token::Object => return self.members(group, start),
            // None of its facts is there.
            Token::Null => return Ok(()),
            Token::Bool(value) => self.refusal(group, &Found::Bool(value)),
            Token::Number(text) => self.refusal(group, &Found::Number(text)),
            Token::String(quoted) => self.refusal(group, &Found::Str(&quoted.text()?)),
            Token::List => self.refusal(group, &Found::List),
        };
        Err(found.into())
    }

    fn members(&mut self, group: Group, start: Behind) -> Result<(), Refusal> {
        let mut behind = start;
        let mut is_first = true;
        loop {
            let from = self.values.reader.at();
            // Behind a member that nobody knows, what comes next has a comma before it.
            let is_likely = is_first == (behind == start);
            let key = match self.keys.foresee(self.values.reader.ahead(), behind) {
                Some(key) if is_likely => {
                    self.values.reader.go_to(from + key.length);
                    Key { key: key.key, name: key.name, member: key.member }
                }
                _ => match self.key(group, behind, is_first)? {
                    None => return Ok(()),
                    Some(None) => {
                        is_first = false;
                        continue;
                    }
                    Some(Some(key)) => key,
                },
            };
            if !self.keys.is_new(key.name) {
                return Err(self.repeated(from, is_first));
            }
            match key.member {
                Member::Fact(fact) => self.fact(fact)?,
                Member::Group(within) => self.group(within, Behind::Start(key.name))?,
            }
            behind = Behind::Key(key.key);
            is_first = false;
        }
    }

    /// Reads the next key the long way. Of one that nobody knows, `Some(None)`: its value is passed
    /// over. `None` at the end of the group.
    fn key(
        &mut self,
        group: Group,
        behind: Behind,
        is_first: bool,
    ) -> Result<Option<Option<Key>>, Refusal> {
        let Values { reader, archive, strict, .. } = &mut self.values;
        let from = reader.at();
        let Some(key) = reader.key(is_first)? else { return Ok(None) };
        let name = key.text()?;
        let number = self.table.number(archive, group, &name);
        let known = number.and_then(|number| Some((number, self.table.member_at(group, number)?)));
        let Some((number, member)) = known else {
            if *strict {
                let path = self.table.path_in(archive, group, &name);
                let suggestion = self.table.suggest(archive, group, &name);
                return Err(FactsError::unknown(path, suggestion).into());
            }
            reader.skip()?;
            return Ok(Some(None));
        };
        let name = number as u32;
        let key = match is_first == matches!(behind, Behind::Start(_)) {
            true => self.keys.learn(reader.since(from), behind, name, member),
            false => self.keys.learned(name),
        };
        Ok(Some(Some(Key { key, name, member })))
    }

    fn fact(&mut self, id: FactId) -> Result<(), Refusal> {
        let index = id.index();
        let archive = self.values.archive;
        let place = self.layout.place(index);
        let fact_type = place.and_then(|place| archive.schema.fact_type(place.fact_type));
        let (Some(place), Some(fact_type)) = (place, fact_type) else {
            // INVARIANT: a verified archive has the types of all its facts.
            return Err(FactsError::unknown(index.to_string(), None).into());
        };
        let node = match self.values.read(fact_type, MAX_DEPTH) {
            Ok(None) => return Ok(()),
            Ok(Some(node)) => node,
            Err(refusal) => {
                let path = archive.schema.fact(index).map_or("", |fact| archive.text(&fact.path));
                return Err(refusal.within(|error| error.prefix(path)));
            }
        };
        self.layout.set(self.frame, index, node.word());
        if place.waits
            && let Some(waiting) = self.waiting.get_mut(index)
        {
            *waiting = node;
        }
        Ok(())
    }

    /// What to say of the key that stands behind this place.
    #[cold]
    fn repeated(&mut self, from: usize, is_first: bool) -> Refusal {
        let reader = &mut self.values.reader;
        reader.go_to(from);
        match reader.key(is_first) {
            Ok(Some(key)) => match key.text() {
                Ok(name) => Refusal::repeated(&name, key.start),
                Err(fault) => fault.into(),
            },
            // INVARIANT: it was read before.
            Ok(None) => Refusal::repeated("", from),
            Err(fault) => fault.into(),
        }
    }

    #[cold]
    fn refusal(&self, group: Group, found: &Found<'_>) -> FactsError {
        let path = self.table.group_path(self.values.archive, group);
        FactsError::expected("an object of facts", found).prefix(path)
    }
}
