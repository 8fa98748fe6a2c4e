//! Keys of the facts of a request, and predicates over them.
//!
//! In comes a frame; out comes, for any run of predicates, whether all hold.

use crate::session::Plan;
use rulestone_format::archive::ArchivedPredicate;
use rulestone_format::frame::Frame;
use rulestone_format::predicate;

/// One for each fact; of those that no predicate looks at, absent.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Key {
    key: u64,
    present: bool,
}

impl Keys {
    pub(crate) fn new(plan: &Plan) -> Keys {
        Keys { keys: vec![Key::default(); plan.facts.len()] }
    }

    /// Reads the keys of a request.
    pub(super) fn read(&mut self, plan: &Plan, frame: &Frame<'_>) {
        for &number in &plan.keyed {
            let number = usize::from(number);
            if let (Some(fact), Some(key)) = (plan.facts.get(number), self.keys.get_mut(number)) {
                let found = frame
                    .has(number)
                    .then(|| predicate::key(fact.kind, frame.cell(fact.slot, fact.kind)))
                    .flatten();
                *key = Key { key: found.unwrap_or_default(), present: found.is_some() };
            }
        }
    }

    /// Whether all hold. The predicates of a rule are few and as good as random,
    /// so that leaving early would cost more in branches than it saves.
    #[inline]
    pub(super) fn hold(&self, predicates: &[ArchivedPredicate]) -> bool {
        let absent = Key::default();
        predicates.iter().fold(true, |all, predicate| {
            let fact = usize::from(predicate.fact.to_native());
            let key = self.keys.get(fact).unwrap_or(&absent);
            all & key.present & predicate::holds(predicate, key.key)
        })
    }
}
