//! Keys of groups of facts, foreseen: what follows a key is mostly what followed it in
//! the last line, so it is compared before it is read.
//!
//! In: the text that comes next, and the key before it. Out: the member that the next
//! key names, if the text is one that was learned behind this key or behind one of the
//! few that may be left out between. A key is remembered as it was written, from the
//! comma before it to the colon behind it: where these bytes stand again, they are JSON
//! again. Names of the schema only are remembered, one form of each.

use super::super::table::Member;

/// Bytes of a written key that are remembered, at most; longer ones are always read.
const MOST: usize = 32;

/// Keys in a row that may be missing where they were before.
const GUESSES: usize = 4;

/// What is known of the keys of a schema.
#[derive(Debug)]
pub(super) struct Keys {
    /// By the number of the name; the last one is the root's.
    names: Vec<Name>,
    /// Those that were learned.
    known: Vec<Known>,
    /// The line that is being read.
    line: u32,
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// Right within a group, by the number of its name.
    Start(u32),
    /// Behind another key of the group, by what was learned of it.
    Key(Learned),
}

/// A key that was learned, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Learned(u32);

impl Learned {
    const NOTHING: Learned = Learned(u32::MAX);
}

#[derive(Debug, Clone, Copy)]
struct Name {
    key: Learned,
    /// Of a group, the first key within.
    first: Learned,
    /// The last line in which it stood.
    line: u32,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// As it was written, and which of these bytes count.
    text: [u128; 2],
    mask: [u128; 2],
    length: u8,
    is_first: bool,
    name: u32,
    member: Member,
    /// The key that followed.
    next: Learned,
}

/// A key that was foreseen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foreseen {
    pub(super) key: Learned,
    pub(super) name: u32,
    pub(super) member: Member,
    /// Bytes of the written key.
    pub(super) length: usize,
}

impl Keys {
    /// Of a schema with so many names, of which nothing is known.
    pub(super) fn new(names: usize) -> Keys {
        let nothing = Name { key: Learned::NOTHING, first: Learned::NOTHING, line: 0 };
        Keys { names: vec![nothing; names + 1], known: Vec::new(), line: 0 }
    }

    /// The place before all keys.
    pub(super) fn root(&self) -> Behind {
        Behind::Start(self.names.len() as u32 - 1)
    }

    /// Begins a line: no key has stood in it.
    pub(super) fn begin(&mut self) {
        self.line = self.line.wrapping_add(1);
        if self.line == 0 {
            self.names.iter_mut().for_each(|name| name.line = 0);
            self.line = 1;
        }
    }

    /// The key that comes next, if it is one of those that are likely.
    #[inline]
    pub(super) fn foresee(&self, ahead: &[u8], behind: Behind) -> Option<Foreseen> {
        let [low, high] = window(ahead);
        let is_first = matches!(behind, Behind::Start(_));
        let mut key = match behind {
            Behind::Start(group) => self.names.get(group as usize)?.first,
            Behind::Key(key) => self.known.get(key.0 as usize)?.next,
        };
        for _ in 0..GUESSES {
            let known = self.known.get(key.0 as usize)?;
            let differs =
                (low ^ known.text[0]) & known.mask[0] | (high ^ known.text[1]) & known.mask[1];
            if differs == 0 && known.is_first == is_first {
                let Known { name, member, length, .. } = *known;
                return Some(Foreseen { key, name, member, length: length.into() });
            }
            key = known.next;
        }
        None
    }

    /// Remembers a key that was read, as it was written, and what it follows.
    pub(super) fn learn(
        &mut self,
        written: &str,
        behind: Behind,
        name: u32,
        member: Member,
    ) -> Learned {
        let Some(entry) = self.names.get_mut(name as usize).filter(|_| written.len() <= MOST)
        else {
            return Learned::NOTHING;
        };
        let learned = Known {
            text: window(written.as_bytes()),
            mask: window([0xFF; MOST].get(..written.len()).unwrap_or_default()),
            length: written.len() as u8,
            is_first: matches!(behind, Behind::Start(_)),
            name,
            member,
            next: Learned::NOTHING,
        };
        let key = match self.known.get_mut(entry.key.0 as usize) {
            Some(known) => {
                *known = Known { next: known.next, ..learned };
                entry.key
            }
            None => {
                entry.key = Learned(self.known.len() as u32);
                self.known.push(learned);
                entry.key
            }
        };
        let before = match behind {
            Behind::Start(group) => self.names.get_mut(group as usize).map(|name| &mut name.first),
            Behind::Key(key) => self.known.get_mut(key.0 as usize).map(|known| &mut known.next),
        };
        // What followed before now follows this one: it may be left out again.
        let then = before.map_or(Learned::NOTHING, |before| std::mem::replace(before, key));
        if let Some(known) = self.known.get_mut(key.0 as usize)
            && known.next == Learned::NOTHING
            && then != key
        {
            known.next = then;
        }
        key
    }

    /// What was learned of a name, if anything.
    pub(super) fn learned(&self, name: u32) -> Learned {
        self.names.get(name as usize).map_or(Learned::NOTHING, |name| name.key)
    }

    /// Notes that a key stands in this line. Says whether it is the first time.
    #[inline]
    pub(super) fn is_new(&mut self, name: u32) -> bool {
        let line = self.line;
        let Some(name) = self.names.get_mut(name as usize) else { return true };
        std::mem::replace(&mut name.line, line) != line
    }
}

/// The first bytes; zeros, which no written key has, behind the end.
#[inline]
fn window(bytes: &[u8]) -> [u128; 2] {
    let mut padded = [0; MOST];
    let bytes = match bytes.first_chunk::<MOST>() {
        Some(bytes) => bytes,
        None => {
            if let Some(start) = padded.get_mut(..bytes.len()) {
                start.copy_from_slice(bytes);
            }
            &padded
        }
    };
    let half = |from: usize| {
        let half = bytes.get(from..).and_then(|half| half.first_chunk());
        half.map_or(0, |half| u128::from_le_bytes(*half))
    };
    [half(0), half(MOST / 2)]
}

#[cfg(test)]
mod tests {
    use super::super::super::id::FactId;
    use super::*;

    fn fact(number: usize) -> Member {
        Member::Fact(FactId::new(number))
    }

    /// Learns keys that follow each other in the root.
    fn learned(keys: &mut Keys, written: &[(&str, u32)]) {
        let mut behind = keys.root();
        for (written, name) in written {
            if keys.foresee(written.as_bytes(), behind).is_none() {
                keys.learn(written, behind, *name, fact(*name as usize));
            }
            behind = Behind::Key(keys.learned(*name));
        }
    }

    #[test]
    fn a_key_is_foreseen_where_it_stood_in_the_line_before() {
        let mut keys = Keys::new(3);
        assert!(keys.foresee(b"\"a\":1", keys.root()).is_none());
        learned(&mut keys, &[("\"a\":", 0), (", \"b\" :", 1)]);
        let found = keys.foresee(b"\"a\":1", keys.root()).expect("it was there");
        assert_eq!((found.name, found.member, found.length), (0, fact(0), 4));
        let found = keys.foresee(b", \"b\" :", Behind::Key(keys.learned(0))).expect("it was there");
        assert_eq!((found.name, found.length), (1, 7));
        for other in ["\"b\":", ",\"b\":", ", \"b\" ", ",", ""] {
            assert!(
                keys.foresee(other.as_bytes(), Behind::Key(keys.learned(0))).is_none(),
                "{other}"
            );
        }
        assert!(keys.foresee(b", \"b\" :", keys.root()).is_none());
    }

    #[test]
    fn what_is_left_out_now_and_then_is_foreseen_all_the_same() {
        let mut keys = Keys::new(4);
        let [a, b, c, d] = [("\"a\":", 0), (",\"b\":", 1), (",\"c\":", 2), (",\"d\":", 3)];
        learned(&mut keys, &[a, c, d]);
        learned(&mut keys, &[a, b, c, d]);
        for line in [&[a, b, c, d][..], &[a, c, d], &[a, d], &[a, b, d]] {
            let mut behind = keys.root();
            for (written, name) in line {
                let found = keys.foresee(written.as_bytes(), behind);
                assert_eq!(found.map(|found| found.name), Some(*name), "{line:?}");
                behind = Behind::Key(keys.learned(*name));
            }
        }
    }

    /// A comma before the first key of a group is no JSON, wherever else it stood.
    #[test]
    fn a_key_that_came_first_is_foreseen_as_a_first_one_only() {
        let mut keys = Keys::new(2);
        learned(&mut keys, &[("\"a\":", 0), (",\"b\":", 1)]);
        keys.learn("\"b\":", keys.root(), 1, fact(1));
        assert!(keys.foresee(b",\"b\":", keys.root()).is_none());
        assert!(keys.foresee(b"\"b\":", Behind::Key(keys.learned(0))).is_none());
        assert!(keys.foresee(b"\"b\":", keys.root()).is_some());
    }

    #[test]
    fn long_keys_are_not_remembered() {
        let mut keys = Keys::new(2);
        let long = format!("\"{}\":", "x".repeat(MOST - 3));
        learned(&mut keys, &[(&long[..], 0)]);
        assert!(keys.foresee(long.as_bytes(), keys.root()).is_some());
        let longer = format!("\"{}\":", "y".repeat(MOST - 2));
        learned(&mut keys, &[(&longer[..], 1)]);
        assert!(keys.foresee(longer.as_bytes(), keys.root()).is_none());
    }

    #[test]
    fn a_key_is_new_once_a_line() {
        let mut keys = Keys::new(1);
        for _ in 0..3 {
            keys.begin();
            assert!(keys.is_new(0));
            assert!(!keys.is_new(0));
        }
        keys.line = u32::MAX;
        keys.is_new(0);
        keys.begin();
        assert!(keys.is_new(0));
    }
}
