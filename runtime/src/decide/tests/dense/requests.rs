//! Random archives that ask for facts of all kinds, for lists and for variables, by an
//! index that is coarse in places; requests for them, and what these match.

use super::super::agreement::{Random, of_ranks};
use super::super::facts::{Fact, KINDS, Kind, fill_absent, unsigned};
use super::super::matching::{shuffled, tags};
use crate::testing::assemble::{Assembled, Assembler, Code, Given, holds};
use rulestone_format::archive::ArchivedRuleset;
use rulestone_format::code::Opcode;
use rulestone_format::predicate::{Predicate, PredicateKind};
use rulestone_format::schema::FactKind;
use rulestone_format::subject::{ABSENT, KeyKind, SubjectKind};
use rulestone_format::types::TypeId;
use std::sync::LazyLock;

/// Words of lists; those behind are unknown to dictionaries.
const TAGS: usize = 72;

static TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..TAGS).map(|word| format!("w{word}")).collect());

/// What a subject of a random archive is asked for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Ranks(usize),
    Words(usize),
}

/// An archive, and what its facts are.
pub(in super::super) struct RandomArchive {
    pub(in super::super) assembled: Assembled,
    facts: Vec<Fact>,
    /// Variables that are a fact of ints: which, and their cuts.
    variables: Vec<(usize, Vec<i64>)>,
    /// Conditions that ask whether a fact is there.
    conditions: Vec<(u32, usize)>,
    is_optional: Vec<bool>,
}

/// What a request gives, and what rank or which words each subject has by it.
pub(in super::super) struct Request {
    pub(in super::super) given: Vec<Option<Given<'static>>>,
    ranks: Vec<u32>,
    words: Vec<Vec<usize>>,
}

impl RandomArchive {
    /// Of so many slots, with facts of all kinds so many times.
    pub(in super::super) fn new(random: &mut Random, slots: usize, times: usize) -> RandomArchive {
        let mut assembler = Assembler::new();
        let mut kinds = KINDS.repeat(times);
        kinds.sort_by_cached_key(|_| random.below(usize::MAX));
        let facts: Vec<Fact> =
            kinds.iter().map(|kind| Fact::new(*kind, random, &mut assembler)).collect();
        let mut asked: Vec<Asked> = facts.iter().flat_map(Fact::counts).map(Asked::Ranks).collect();
        let words: Vec<&str> = TEXTS.iter().map(String::as_str).collect();

        for count in [3, 70] {
            tags(&mut assembler, &words[..count]);
            asked.push(Asked::Words(count));
        }
        let is_int = |kind: &Kind| matches!(kind, Kind::Number(_, FactKind::Int, _));
        let mut variables = Vec::new();
        for (fact, _) in kinds.iter().enumerate().filter(|(_, kind)| is_int(kind)) {
            let mut code = Code::default();
            let value = code.value(Opcode::Fact, TypeId::INT, 0, 0, fact as u32);
            let unit = assembler.unit(TypeId::INT, code.give(value));
            let variable = assembler.variable(unit);
            let cuts = vec![i64::MIN, -3, 0, 1, 101, i64::MAX];
            assembler.subject(SubjectKind::Variable, variable, &unsigned(&cuts), &[]);
            asked.push(Asked::Ranks(cuts.len() + 2));
            variables.push((fact, cuts));
        }
        let conditions: Vec<(u32, usize)> = [0, facts.len() / 2, facts.len()]
            .map(|fact| {
                let mut code = Code::default();
                let has = code.value(Opcode::Has, TypeId::BOOL, 0, 0, fact as u32);
                (assembler.unit(TypeId::BOOL, code.give(has)), fact)
            })
            .to_vec();
        // All are, none is, some are.
        let optional = random.below(3);
        let is_optional: Vec<bool> = (assembler.ruleset.schema.facts.iter())
            .map(|_| optional == 0 || optional == 1 && random.chance(2))
            .collect();
        for (fact, is_optional) in assembler.ruleset.schema.facts.iter_mut().zip(&is_optional) {
            fact.optional = (*is_optional).into();
        }
        let rules = 1 + random.below(slots);
        for rule in 0..rules {
            assembler.rule_without_slots(&rule.to_string(), 0, &[]);
        }
        for _ in 0..slots {
            let count = [random.below(4), 2 + random.below(4), 9][random.below(8).min(2)];
            let asks: Vec<Predicate> = (0..count)
                .map(|_| {
                    let subject = random.below(asked.len());
                    ask(random, &mut assembler, subject as u16, asked[subject])
                })
                .collect();
            let condition = random.chance(10).then(|| conditions[random.below(3)].0);
            assembler.slot(random.below(rules) as u32, &asks, condition);
        }
        let mut indexed: Vec<u16> = shuffled(asked.len()).map(|subject| subject as u16).collect();
        indexed.rotate_left(random.below(asked.len()));
        indexed.truncate(asked.len() - random.below(4));
        assembler.index(&indexed);
        for subject in indexed {
            if matches!(asked[usize::from(subject)], Asked::Ranks(_)) && !random.chance(3) {
                assembler.share_rows(subject, 2 + random.below(4));
            }
        }
        let assembled = assembler.finish();
        assembled.is_in_order();
        RandomArchive { assembled, facts, variables, conditions, is_optional }
    }

    /// A request. Older senders know the first of the facts only.
    pub(in super::super) fn request(&self, random: &mut Random) -> Request {
        let count = self.is_optional.len();
        // A sender knows all that must be there.
        let least = self.is_optional.iter().rposition(|optional| !optional).map_or(0, |at| at + 1);
        let known = if random.chance(5) { least + random.below(count + 1 - least) } else { count };
        let lacks = [0, 8, 8, 30][random.below(4)];
        let is_there: Vec<bool> = (self.is_optional.iter().enumerate())
            .map(|(fact, optional)| {
                fact < known && !(*optional && lacks > 0 && random.chance(lacks))
            })
            .collect();
        let mut request = Request { given: Vec::new(), ranks: Vec::new(), words: Vec::new() };
        for (fact, is_there) in self.facts.iter().zip(&is_there) {
            let (value, own) = fact.value(random);
            request.ranks.extend(own.iter().map(|rank| if *is_there { *rank } else { ABSENT }));
            request.given.push(is_there.then_some(value));
        }
        request.words = vec![Vec::new(); request.ranks.len()];
        for is_there in &is_there[self.facts.len()..] {
            let words: Vec<usize> = (0..random.below(8)).map(|_| random.below(TAGS)).collect();
            let items = words.iter().map(|word| Given::Text(&TEXTS[*word])).collect();
            request.given.push(is_there.then_some(Given::List(items)));
            request.ranks.push(u32::from(*is_there));
            request.words.push(words);
        }
        for (fact, cuts) in &self.variables {
            let rank = match &request.given[*fact] {
                Some(Given::Narrow(word)) => {
                    let key = KeyKind::Signed.key(*word);
                    1 + unsigned(cuts).iter().filter(|cut| **cut <= key).count() as u32
                }
                _ => ABSENT,
            };
            request.ranks.push(rank);
            request.words.push(Vec::new());
        }
        request.given.truncate(known);
        request
    }

    /// The frame of a request, with anything where nothing is.
    pub(in super::super) fn frame(&self, request: &Request, random: &mut Random) -> Vec<u8> {
        let mut frame = self.assembled.frame(&request.given);
        fill_absent(&self.assembled, &mut frame, &request.given, || {
            [0, 0, 3, 128, 255][random.below(5)]
        });
        frame
    }

    /// The rules of which a slot has all that it asks for.
    pub(in super::super) fn expected(
        &self,
        archive: &ArchivedRuleset,
        request: &Request,
    ) -> Vec<usize> {
        let holds = |word: u64| {
            let predicate = Predicate(word);
            let subject = usize::from(predicate.subject());
            holds(archive, predicate, request.ranks[subject]).unwrap_or_else(|| {
                let has = request.words[subject].contains(&(predicate.low() as usize));
                request.ranks[subject] != ABSENT && has != predicate.is_negated()
            })
        };
        let is_true = |condition: u32| {
            let fact = self.conditions.iter().find(|(unit, _)| *unit == condition);
            fact.is_none_or(|(_, fact)| request.given.get(*fact).is_some_and(Option::is_some))
        };
        let mut rules: Vec<usize> = (archive.slots.iter())
            .filter(|slot| {
                let start = slot.predicates.to_native() as usize;
                let own = &archive.predicates[start..start + usize::from(slot.count.to_native())];
                own.iter().all(|word| holds(word.to_native()))
                    && is_true(slot.condition.to_native())
            })
            .map(|slot| slot.rule.to_native() as usize)
            .collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// What a subject can be asked. What is absent is asked for rarely.
fn ask(random: &mut Random, assembler: &mut Assembler, subject: u16, asked: Asked) -> Predicate {
    loop {
        let ask = match asked {
            Asked::Words(words) if !random.chance(8) => {
                let (negated, word) = (random.chance(2), random.below(words) as u32);
                return Predicate::new(PredicateKind::Member, negated, subject, word, 0);
            }
            Asked::Words(_) => of_ranks(random, assembler, subject, 2),
            Asked::Ranks(ranks) => of_ranks(random, assembler, subject, ranks),
        };
        if !(ask.is_plain() && ask.holds_for(ABSENT)) || random.chance(8) {
            return ask;
        }
    }
}
