//! Archives and frames put together by hand, for tests of single instructions
//! and of archives that no compiler would write.
//!
//! Nothing here is verified unless a test asks for it
//! ([`Assembled::is_in_order`]): what comes out may be as wrong as a test wants it.

mod matching;

pub(crate) use matching::holds;

use super::Session;
use crate::decide::{FewBlocks, FewSlots, Wide};
use crate::interpret::Program;
use crate::ruleset;
use rulestone_format::archive::{
    ArchivedRuleset, Assignment, Constant, Fact, FactType, Group, Identity, NONE, Output, Range,
    Rule, Ruleset, Schema, Text, Unit, Variable,
};
use rulestone_format::code::{Instruction, Opcode};
use rulestone_format::frame::{HEADER_LENGTH, MAGIC, presence_length};
use rulestone_format::predicate::Predicate;
use rulestone_format::rule::{Combine, HitPolicy};
use rulestone_format::schema::{FactKind, fingerprints};
use rulestone_format::types::{TypeId, TypeKind};
use rulestone_format::value::{CELL, Reference, Space, Word, write_cell};
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

/// Where a value for an output comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Constant(Word),
    Unit(u32),
}

/// Instructions and registers of a unit.
#[derive(Default)]
pub(crate) struct Code {
    pub(crate) instructions: Vec<Instruction>,
    registers: Vec<u16>,
}

impl Code {
    pub(crate) fn register(&mut self, id: TypeId) -> u16 {
        self.registers.push(id.0);
        self.registers.len() as u16 - 1
    }

    /// Adds an instruction and says where it stands.
    pub(crate) fn push(
        &mut self,
        opcode: Opcode,
        dst: u16,
        a: u16,
        b: u16,
        immediate: u32,
    ) -> usize {
        self.instructions.push(Instruction { dst, a, b, immediate, ..Instruction::new(opcode) });
        self.instructions.len() - 1
    }

    /// An instruction with a result of its own.
    pub(crate) fn value(
        &mut self,
        opcode: Opcode,
        id: TypeId,
        a: u16,
        b: u16,
        immediate: u32,
    ) -> u16 {
        let dst = self.register(id);
        self.push(opcode, dst, a, b, immediate);
        dst
    }

    pub(crate) fn constant(&mut self, assembler: &mut Assembler, id: TypeId, value: Word) -> u16 {
        let constant = assembler.constant(id, value);
        self.value(Opcode::Constant, id, 0, 0, constant)
    }

    pub(crate) fn here(&self) -> u32 {
        self.instructions.len() as u32
    }

    /// Ends with the value of a register.
    pub(crate) fn give(mut self, register: u16) -> Code {
        self.push(Opcode::Return, 0, register, 0, 0);
        self
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
        self.ruleset.program()
    }

    /// Has sessions from now on use what this kind of processor can do.
    pub(crate) fn runs_on(&mut self, wide: Wide) {
        let (archive, plan) = self.ruleset.plan_mut();
        plan.wide = wide;
        // Whichever is faster: it has to be right.
        plan.few_slots = FewSlots::new(archive, &plan.subjects);
    }

    /// The same, but that they ask the index, be slots ever so few.
    pub(crate) fn asks_the_index_on(&mut self, wide: Wide) {
        let (_, plan) = self.ruleset.plan_mut();
        plan.wide = wide;
        plan.few_slots = FewSlots::default();
    }

    /// Has sessions from now on go through the index as it stands in the archive.
    pub(crate) fn has_no_few_blocks(&mut self) {
        self.ruleset.plan_mut().1.few_blocks = FewBlocks::default();
    }

    pub(crate) fn session(&self) -> Session {
        self.ruleset.session()
    }

    /// A frame of these facts.
    pub(crate) fn frame(&self, facts: &[Option<Given<'_>>]) -> Vec<u8> {
        let archive = self.archive();
        let schema = &archive.schema;
        let mut cells = 0;
        for fact in schema.facts.iter().take(facts.len()) {
            let kind = schema.fact_type(fact.fact_type.to_native()).and_then(|t| t.kind());
            cells = fact.slot.to_native() as usize + kind.expect("a kind").width();
        }
        let start = HEADER_LENGTH + presence_length(facts.len());
        let mut frame = vec![0; start + cells];
        frame[..4].copy_from_slice(&MAGIC);
        let fingerprint = schema.fingerprints[facts.len()].to_native();
        frame[8..16].copy_from_slice(&fingerprint.to_le_bytes());
        frame[16..20].copy_from_slice(&(facts.len() as u32).to_le_bytes());
        for (index, given) in facts.iter().enumerate() {
            if let Some(given) = given {
                frame[HEADER_LENGTH + index / 8] |= 1 << (index % 8);
                let slot = schema.facts[index].slot.to_native() as usize;
                let word = given.write(&mut frame);
                let width = given.width();
                write_cell(&mut frame, start + slot, width, word).expect("in range");
            }
        }
        let length = frame.len() as u32;
        frame[4..8].copy_from_slice(&length.to_le_bytes());
        frame
    }
}

/// A fact for a frame.
#[derive(Clone)]
pub(crate) enum Given<'v> {
    Narrow(Word),
    Wide(Word),
    Text(&'v str),
    List(Vec<Given<'v>>),
    Map(Vec<(&'v str, Given<'v>)>),
}

impl Given<'_> {
    fn width(&self) -> usize {
        match self {
            Given::Wide(_) => 2 * CELL,
            _ => CELL,
        }
    }

    /// Puts what the value refers to at the end of the frame.
    fn write(&self, frame: &mut Vec<u8>) -> Word {
        let start = frame.len();
        let (count, stride) = match self {
            Given::Narrow(word) | Given::Wide(word) => return *word,
            Given::Text(text) => {
                frame.extend_from_slice(text.as_bytes());
                (text.len(), 1)
            }
            Given::List(items) => (items.len(), items.first().map_or(0, Given::width)),
            Given::Map(entries) => {
                let width = entries.first().map_or(0, |entry| entry.1.width());
                (entries.len(), CELL + width)
            }
        };
        match self {
            Given::List(items) => {
                frame.resize(start + count * stride, 0);
                for (index, item) in items.iter().enumerate() {
                    let word = item.write(frame);
                    write_cell(frame, start + index * stride, item.width(), word).expect("room");
                }
            }
            Given::Map(entries) => {
                frame.resize(start + count * stride, 0);
                for (index, (key, value)) in entries.iter().enumerate() {
                    let at = start + index * stride;
                    let word = Given::Text(key).write(frame);
                    write_cell(frame, at, CELL, word).expect("room");
                    let word = value.write(frame);
                    write_cell(frame, at + CELL, value.width(), word).expect("room");
                }
            }
            _ => {}
        }
        Word::from_reference(Reference::new(Space::Frame, start, count))
    }
}

fn serialise(ruleset: &Ruleset) -> Vec<u8> {
    rkyv::to_bytes::<rkyv::rancor::Error>(ruleset).expect("serialises").to_vec()
}

fn access(bytes: &[u8]) -> &ArchivedRuleset {
    rkyv::access::<ArchivedRuleset, rkyv::rancor::Error>(bytes).expect("well-formed")
}
