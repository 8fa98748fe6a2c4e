//! Decisions that tell which slots are candidates, for tools.

use super::Session;
use crate::decide::{self, Watching};
use crate::decision::Rules;
use rulestone_format::Error;
use rulestone_format::archive::ArchivedSlot;
use rulestone_format::frame::Frame;

impl Session {
    /// As [`Session::matching_checked`], and calls `look` with each slot that is a candidate
    /// and how many of its predicates are evaluated at most: those that the index leaves
    /// undecided, or scanning does; without the index all. For tools; the layout of slots
    /// changes with that of archives.
    #[doc(hidden)]
    pub fn observe<'s>(
        &'s mut self,
        frame: Frame<'s>,
        look: impl FnMut(&ArchivedSlot, u16),
    ) -> Result<Rules<'s>, Error> {
        let Session { ruleset, workspace, binding, .. } = self;
        let (loaded, frame) = (ruleset.loaded(), binding.complete(frame, ruleset)?);
        decide::find(loaded, frame, workspace, Watching(look))?;
        Ok(Rules::new(loaded.archive, workspace.selected()))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::assemble::{Assembler, Given};
    use rulestone_format::frame::Frame;
    use rulestone_format::meaning::order;
    use rulestone_format::predicate::{Predicate, PredicateKind};
    use rulestone_format::schema::FactKind;
    use rulestone_format::subject::SubjectKind;
    use rulestone_format::types::TypeId;
    use rulestone_format::value::Word;

    #[test]
    fn an_observer_sees_every_slot_without_an_index_and_changes_nothing() {
        let mut assembler = Assembler::new();
        let level = assembler.plain_fact("level", FactKind::Int, TypeId::INT);
        let level = assembler.subject(SubjectKind::Fact, level, &[order::int_key(10)], &[]);
        let at_least_ten = Predicate::new(PredicateKind::Interval, false, level, 2, 0);
        assembler.rule("ten", 0, &[at_least_ten], None, &[]);
        assembler.rule("always", 0, &[], None, &[]);
        let assembled = assembler.finish();
        let mut session = assembled.session();
        for (value, kept) in [(9, &[1][..]), (10, &[0, 1])] {
            let frame = assembled.frame(&[Some(Given::Narrow(Word::from_int(value)))]);
            let frame = Frame::check(&frame, assembled.archive()).expect("a good frame");
            for use_index in [false, true] {
                session.use_index(use_index);
                let mut looks = Vec::new();
                let rules = session.observe(frame, |slot, predicates| {
                    looks.push((slot.rule.to_native(), predicates));
                });
                let rules = rules.expect("is within its limits");
                assert!(rules.map(|rule| rule.index()).eq(kept.iter().copied()));
                looks.sort_unstable();
                match use_index {
                    false => assert_eq!(looks, [(0, 1), (1, 0)]),
                    // Whatever is kept was looked at.
                    true => assert!(
                        kept.iter()
                            .all(|kept| { looks.iter().any(|(rule, _)| *rule as usize == *kept) })
                    ),
                }
                let again = session.matching_checked(frame).expect("is within its limits");
                assert!(again.map(|rule| rule.index()).eq(kept.iter().copied()));
            }
        }
    }
}
