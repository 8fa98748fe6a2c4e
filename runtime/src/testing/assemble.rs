//! Archives and frames put together by hand, for tests of single instructions
//! and of archives that no compiler would write.
//!
//! Nothing here is verified unless a test asks for it
//! ([`Assembled::is_in_order`]): what comes out may be as wrong as a test wants it.

mod code;
mod frame;
mod matching;

pub(crate) use code::{Code, Source};
pub(crate) use frame::Given;
pub(crate) use matching::holds;

use crate::decide::{Plan, Simd, Strategy};
use crate::interpret::Program;
use crate::load::Regex;
use crate::ruleset;
use crate::session::Session;
use rulestone_format::archive::{
    ArchivedRuleset, Assignment, Constant, Fact, FactType, Group, Identity, NONE, Output, Range,
    Rule, Ruleset, Schema, Text, Unit, Variable,
};
use rulestone_format::predicate::Predicate;
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::{FactKind, fingerprints};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{Reference, Space, Word};
use rulestone_format::verify::{Limits, Verified, verify};

/// An archive in the making.
pub(crate) struct Assembler {
    pub(crate) ruleset: Ruleset,
    kinds: Vec<TypeKind>,
}

impl Assembler {
    /// No facts, no rules, one group of policy `collect`.
    pub(crate) fn new() -> Assembler {
        let none = Text::default();
        let mut assembler = Assembler {
            ruleset: Ruleset {
                identity: Identity {
                    name: none,
                    description: none,
                    source_hash: [0; 32],
                    tzdata: none,
                    compiler: none,
                    enabled: 1,
                    disabled_rules: 0,
                },
                types: TypeKind::FIXED.map(Into::into).to_vec(),
                schema: Schema { now: NONE, ..Schema::default() },
                ..Default::default()
            },
            kinds: TypeKind::FIXED.to_vec(),
        };
        assembler.group("default", HitPolicy::Collect);
        assembler
    }

    pub(crate) fn text(&mut self, text: &str) -> Text {
        let offset = self.ruleset.data.len() as u32;
        self.ruleset.data.extend_from_slice(text.as_bytes());
        Text { offset, length: text.len() as u32 }
    }

    /// A constant string as a word.
    pub(crate) fn string(&mut self, text: &str) -> Word {
        let text = self.text(text);
        let (offset, length) = (text.offset as usize, text.length as usize);
        Word::from_reference(Reference::new(Space::Archive, offset, length))
    }

    /// A constant list of narrow cells as a word.
    pub(crate) fn list(&mut self, items: &[Word]) -> Word {
        let offset = self.ruleset.data.len();
        for item in items {
            self.ruleset.data.extend_from_slice(&item.low.to_le_bytes());
        }
        Word::from_reference(Reference::new(Space::Archive, offset, items.len()))
    }

    pub(crate) fn kind(&mut self, kind: TypeKind) -> TypeId {
        let known = self.kinds.iter().position(|known| *known == kind);
        let index = known.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.ruleset.types.push(kind.into());
            self.kinds.len() - 1
        });
        TypeId(index as u16)
    }

    pub(crate) fn constant(&mut self, id: TypeId, value: Word) -> u32 {
        self.ruleset.constants.push(Constant { value, value_type: id.0 });
        self.ruleset.constants.len() as u32 - 1
    }

    pub(crate) fn fact_type(&mut self, kind: FactKind, item: u16) -> u16 {
        let bound = match kind {
            FactKind::String | FactKind::Bytes => 1 << 20,
            FactKind::List | FactKind::Map => 1 << 16,
            _ => 0,
        };
        self.ruleset.schema.types.push(FactType { kind: kind as u16, item, bound });
        self.ruleset.schema.types.len() as u16 - 1
    }

    pub(crate) fn labels(&mut self, labels: &[&str]) -> u16 {
        let start = self.ruleset.schema.labels.len() as u32;
        for label in labels {
            let label = self.text(label);
            self.ruleset.schema.labels.push(label);
        }
        self.ruleset.schema.enums.push(Range { start, length: labels.len() as u32 });
        self.ruleset.schema.enums.len() as u16 - 1
    }

    /// An optional fact.
    pub(crate) fn fact(&mut self, path: &str, fact_type: u16, value_type: TypeId) -> u32 {
        let path = self.text(path);
        let width = |fact_type: u16| {
            let kind = self.ruleset.schema.types[usize::from(fact_type)].kind;
            FactKind::from_u16(kind).expect("a kind").width() as u32
        };
        let facts = &self.ruleset.schema.facts;
        let slot = facts.last().map_or(0, |last| last.slot + width(last.fact_type));
        self.ruleset.schema.facts.push(Fact {
            path,
            fact_type,
            value_type: value_type.0,
            optional: 1,
            slot,
        });
        self.ruleset.schema.facts.len() as u32 - 1
    }

    /// An optional fact of a kind that needs no more than its name.
    pub(crate) fn plain_fact(&mut self, path: &str, kind: FactKind, value_type: TypeId) -> u32 {
        let fact_type = self.fact_type(kind, 0);
        self.fact(path, fact_type, value_type)
    }

    pub(crate) fn unit(&mut self, result: TypeId, code: Code) -> u32 {
        let run =
            |start: usize, length: usize| Range { start: start as u32, length: length as u32 };
        let ruleset = &mut self.ruleset;
        ruleset.units.push(Unit {
            code: run(ruleset.code.len(), code.instructions.len()),
            registers: run(ruleset.registers.len(), code.registers.len()),
            result: result.0,
        });
        ruleset.code.extend(code.instructions);
        ruleset.registers.extend(code.registers);
        ruleset.units.len() as u32 - 1
    }

    pub(crate) fn variable(&mut self, unit: u32) -> u32 {
        let name = Text::default();
        self.ruleset.variables.push(Variable { name, unit });
        self.ruleset.variables.len() as u32 - 1
    }

    pub(crate) fn group(&mut self, name: &str, policy: HitPolicy) -> u16 {
        let name = self.text(name);
        self.ruleset.groups.push(Group { name, hit_policy: policy as u16 });
        self.ruleset.groups.len() as u16 - 1
    }

    pub(crate) fn output(
        &mut self,
        name: &str,
        id: TypeId,
        combine: Combine,
        default: Option<Word>,
    ) -> u16 {
        let name = self.text(name);
        let result = match combine {
            Combine::Collect => self.kind(TypeKind::List(id)),
            _ => id,
        };
        let default = default.map_or(NONE, |value| self.constant(result, value));
        self.ruleset.outputs.push(Output {
            name,
            value_type: id.0,
            result_type: result.0,
            combine: combine as u16,
            default,
        });
        self.ruleset.outputs.len() as u16 - 1
    }

    /// A rule of one slot: these predicates and a condition; with values for
    /// outputs.
    pub(crate) fn rule(
        &mut self,
        id: &str,
        group: u16,
        predicates: &[Predicate],
        condition: Option<u32>,
        assignments: &[(u16, Source)],
    ) {
        let rule = self.rule_without_slots(id, group, assignments);
        self.slot(rule, predicates, condition);
    }

    /// A rule that can't match before it has a slot.
    pub(crate) fn rule_without_slots(
        &mut self,
        id: &str,
        group: u16,
        assignments: &[(u16, Source)],
    ) -> u32 {
        let id = self.text(id);
        let ruleset = &mut self.ruleset;
        let (start, length) = (ruleset.assignments.len() as u32, assignments.len() as u32);
        ruleset.rules.push(Rule { id, priority: 0, group, assignments: Range { start, length } });
        for &(output, source) in assignments {
            let (constant, unit) = match source {
                Source::Constant(word) => {
                    let value_type = self.ruleset.outputs[usize::from(output)].value_type;
                    (self.constant(TypeId(value_type), word), NONE)
                }
                Source::Unit(unit) => (NONE, unit),
            };
            self.ruleset.assignments.push(Assignment { output, constant, unit });
        }
        self.ruleset.rules.len() as u32 - 1
    }

    pub(crate) fn finish(mut self) -> Assembled {
        self.put_deferred_last();
        let bytes = serialise(&self.ruleset);
        self.ruleset.schema.fingerprints = fingerprints(access(&bytes));
        let bytes = serialise(&self.ruleset);
        Assembled { ruleset: ruleset::Ruleset::unverified(&bytes).expect("well-formed") }
    }
}

/// A finished archive with its plan.
pub(crate) struct Assembled {
    ruleset: ruleset::Ruleset,
}

impl Assembled {
    pub(crate) fn archive(&self) -> &ArchivedRuleset {
        self.ruleset.archive()
    }

    /// Asserts that a loader would accept the archive, and says what it knows then.
    pub(crate) fn is_in_order(&self) -> Verified {
        verify(self.archive(), &Limits::default()).expect("the archive is in order")
    }

    /// Bytes of the archive.
    pub(crate) fn length(&self) -> usize {
        self.body().len()
    }

    /// The archive after a change of its bytes, if a loader would accept it.
    pub(crate) fn damaged(&self, change: impl FnOnce(&mut [u8])) -> Option<Assembled> {
        let mut bytes = self.body().to_vec();
        change(&mut bytes);
        let archive = rkyv::access::<ArchivedRuleset, rkyv::rancor::Failure>(&bytes).ok()?;
        verify(archive, &Limits::default()).ok()?;
        Some(Assembled { ruleset: ruleset::Ruleset::unverified(&bytes)? })
    }

    fn body(&self) -> &[u8] {
        &self.ruleset.bytes()[rulestone_format::header::HEADER_LENGTH..]
    }

    pub(crate) fn program(&self) -> Program<'_> {
        self.ruleset.loaded().program()
    }

    pub(crate) fn plan(&self) -> &Plan {
        self.ruleset.loaded().plan
    }

    /// Has units search by these regexes, which nobody decoded from the archive.
    pub(crate) fn has_regexes(&mut self, regexes: Vec<Regex>) {
        self.ruleset.plan_mut().1.interpreter.regexes = regexes;
    }

    /// Has sessions from now on use what this kind of processor can do, and scan all
    /// alternatives where they can be, whether or not that is faster: it has to be right.
    pub(crate) fn scans_on(&mut self, simd: Simd) {
        self.choose(simd, true, true);
    }

    /// The same, but by the index, be slots ever so few.
    pub(crate) fn uses_index_on(&mut self, simd: Simd) {
        self.choose(simd, false, true);
    }

    /// The same, but by the index as it stands in the archive.
    pub(crate) fn is_sparse_on(&mut self, simd: Simd) {
        self.choose(simd, false, false);
    }

    fn choose(&mut self, simd: Simd, may_scan: bool, may_be_dense: bool) {
        let (archive, plan) = self.ruleset.plan_mut();
        plan.ranks.simd = simd;
        plan.strategy = Strategy::choose(archive, &plan.ranks, may_scan, may_be_dense);
    }

    /// Whether decisions go by the strategy for small rulesets.
    pub(crate) fn is_dense(&self) -> bool {
        matches!(self.plan().strategy, Strategy::Dense(_))
    }

    pub(crate) fn session(&self) -> Session {
        self.ruleset.session()
    }
}

fn serialise(ruleset: &Ruleset) -> Vec<u8> {
    rkyv::to_bytes::<rkyv::rancor::Error>(ruleset).expect("serialises").to_vec()
}

fn access(bytes: &[u8]) -> &ArchivedRuleset {
    rkyv::access::<ArchivedRuleset, rkyv::rancor::Error>(bytes).expect("well-formed")
}
