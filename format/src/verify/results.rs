//! How large the results of instructions can be, by how large their operands can be.

use super::extent::{Extent, NO_CONSTANT};
use super::operands::Scope;
use super::regexes::Work;
use super::sizes::Sizes;
use crate::archive::ArchivedRuleset;
use crate::code::{Builtin, Instruction, Opcode, work};
use crate::meaning::clauses::{self, Clause, Piece, Verb};
use crate::meaning::double::MAX_PRECISION;
use crate::types::{TypeId, TypeKind};
use crate::value::Word;

/// How large values are that stand in no register at first.
#[derive(Debug)]
pub(super) struct Given {
    /// Of each type of facts.
    pub(super) fact_types: Vec<Extent>,
    pub(super) constants: Vec<Extent>,
    /// What searching by each regex costs.
    pub(super) regexes: Vec<Work>,
}

impl Given {
    pub(super) fn fact(&self, archive: &ArchivedRuleset, number: u32) -> Option<Extent> {
        let fact = archive.schema.fact(number as usize)?;
        self.fact_types.get(usize::from(fact.fact_type.to_native())).copied()
    }
}

/// Bytes of the text of a number, a bool, a moment or a span of time.
const SCALAR_TEXT: u64 = 40;

/// Bytes of a double without an exponent.
const PLAIN_DOUBLE: u64 = 330;

/// Bytes of an int in base 2.
const BINARY_INT: u64 = 65;

/// More arguments are not looked at: many instructions may name the same registers.
const MOST_ARGUMENTS: u32 = 256;

/// Longer formats are not looked into: many instructions may name one.
const MOST_PARSED: usize = 256;

/// What is known of a unit that is in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    /// Of running it once at worst, without the variables that it uses.
    pub(super) cost: u64,
    pub(super) uses_variables: bool,
    /// How large its result can be.
    pub(super) result: Extent,
}

/// An instruction with what its operands can hold.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    pub(super) scope: &'s Scope<'s>,
    pub(super) given: &'s Given,
    /// Results of the units before this one.
    pub(super) units: &'s [Summary],
    pub(super) sizes: &'s Sizes,
    pub(super) opcode: Opcode,
    pub(super) fields: Instruction,
}

impl Step<'_> {
    pub(super) fn a(&self) -> Extent {
        self.sizes.of(self.fields.a)
    }

    pub(super) fn b(&self) -> Extent {
        self.sizes.of(self.fields.b)
    }

    pub(super) fn id(&self, register: u16) -> TypeId {
        let id = self.scope.registers.get(usize::from(register));
        id.map_or(TypeId::BOOL, |id| TypeId(id.to_native()))
    }

    pub(super) fn kind(&self, register: u16) -> TypeKind {
        self.scope.types.kind(self.id(register)).unwrap_or(TypeKind::Bool)
    }

    /// An item of the list `b`.
    pub(super) fn item_of_b(&self) -> Extent {
        match self.kind(self.fields.b) {
            TypeKind::List(item) => self.b().item(self.scope.types, item),
            _ => Extent::SCALAR,
        }
    }

    /// What a builder holds after `push` or `push.entry`.
    pub(super) fn pushed(&self) -> Extent {
        let held = |register| (self.sizes.of(register), self.kind(register));
        match self.opcode {
            Opcode::Push => {
                let (item, kind) = held(self.fields.b);
                self.a().with(item, kind)
            }
            _ => {
                let value = u16::try_from(self.fields.immediate).unwrap_or(u16::MAX);
                self.a().with_entry(held(self.fields.b), held(value))
            }
        }
    }

    fn most(&self) -> Extent {
        Extent::most(self.scope.types, self.id(self.fields.dst))
    }

    /// What the operation gives, of a type that refers to something.
    pub(super) fn result(&self) -> Extent {
        let Instruction { dst, immediate, .. } = self.fields;
        let (a, b) = (self.a(), self.b());
        let around = self.sizes.around();
        match self.opcode {
            Opcode::Constant => {
                let constant = self.given.constants.get(immediate as usize).copied();
                let own = constant.map(|extent| Extent { constant: immediate, ..extent });
                own.unwrap_or_else(|| self.most())
            }
            Opcode::Move => a,
            Opcode::Fact => {
                let fact = self.given.fact(self.scope.archive, immediate);
                fact.unwrap_or_else(|| self.most())
            }
            Opcode::Variable => {
                let variable = self.scope.archive.variables.get(immediate as usize);
                let unit = variable.and_then(|v| self.units.get(v.unit.to_native() as usize));
                unit.map_or_else(|| self.most(), |unit| unit.result)
            }
            Opcode::Index
            | Opcode::Lookup
            | Opcode::Item
            | Opcode::EntryKey
            | Opcode::EntryValue => a.item(self.scope.types, self.id(dst)),
            Opcode::Concatenate => a.and(b),
            Opcode::NewList | Opcode::NewMap => Extent::builder(immediate.into(), around),
            Opcode::NewListLike | Opcode::NewMapLike => Extent::builder(a.length(), around),
            // What was put in by another turn of a loop may not have been seen yet.
            Opcode::FinishList | Opcode::FinishMap if a.constant != around => self.most(),
            Opcode::FinishList | Opcode::FinishMap => a.made(),
            Opcode::Join2 => Extent::text(a.length().saturating_add(b.length())),
            Opcode::Join => {
                let between = a.length().saturating_mul(b.length());
                Extent::text(a.bytes.saturating_add(between))
            }
            Opcode::Split => {
                let part = Extent { constant: NO_CONSTANT, ..a };
                let parts = Extent::list(a.length().saturating_add(1), part, TypeKind::String);
                Extent { bytes: a.length(), ..parts }
            }
            Opcode::Format | Opcode::FormatList => Extent::text(self.formatted().bytes),
            Opcode::Call => Builtin::from_u16(self.fields.b)
                .map_or_else(|| self.most(), |builtin| self.called(builtin)),
            _ => self.most(),
        }
    }

    /// Arguments of a builtin.
    pub(super) fn arguments(&self) -> [Extent; 4] {
        std::array::from_fn(|n| self.sizes.of(self.fields.a.saturating_add(n as u16)))
    }

    fn called(&self, builtin: Builtin) -> Extent {
        let [a, ..] = self.arguments();
        match builtin {
            Builtin::BytesFromString
            | Builtin::StringFromBytes
            | Builtin::SubstringFrom
            | Builtin::Substring
            | Builtin::Trim => Extent::text(a.length()),
            Builtin::CharAt => Extent::text(4),
            _ => Extent::text(self.written(builtin)),
        }
    }

    /// Bytes of new text that a builtin writes.
    pub(super) fn written(&self, builtin: Builtin) -> u64 {
        let [a, _, new, _] = self.arguments();
        match builtin {
            Builtin::LowerAscii | Builtin::UpperAscii | Builtin::Reverse => a.length(),
            Builtin::Quote => a.length().saturating_mul(2).saturating_add(2),
            Builtin::Replace | Builtin::ReplaceLimited => {
                a.length().saturating_add(self.replaced().saturating_mul(new.length()))
            }
            _ if builtin.signature().result == TypeId::STRING => SCALAR_TEXT,
            _ => 0,
        }
    }

    /// How often text can be found to be replaced. Only of a constant it is known how long it
    /// is at least.
    pub(super) fn replaced(&self) -> u64 {
        let [a, old, ..] = self.arguments();
        let least = if old.constant == NO_CONSTANT { 0 } else { old.length() };
        (a.length() / least.max(1)).saturating_add(1)
    }

    /// What a format writes, each argument by one clause at most.
    pub(super) fn formatted(&self) -> Formatted {
        let asked = self.asked();
        let format = self.a().length();
        let mut all = Formatted { digits: 0, cells: 0, read: format, bytes: format };
        let count = match self.opcode {
            Opcode::FormatList => 1,
            _ => self.fields.immediate,
        };
        if count > MOST_ARGUMENTS {
            return Formatted { digits: 0, cells: u64::MAX, read: format, bytes: u64::MAX };
        }
        for n in 0..count {
            let register = self.fields.b.saturating_add(n as u16);
            let (value, leaf) = (self.sizes.of(register), self.leaf(self.id(register)));
            let whole = if asked.fixed { leaf.digits } else { 0 };
            all.digits = all.digits.max(whole + asked.digits);
            // Separators are no longer than what is written of a scalar.
            let scalars = value.cells.saturating_mul(leaf.bytes + asked.digits);
            let text = value.bytes.saturating_mul(if asked.hex { 2 } else { 1 });
            all.cells = all.cells.saturating_add(value.cells);
            all.bytes = all.bytes.saturating_add(scalars).saturating_add(text);
            if asked.hex || leaf.is_checked {
                all.read = all.read.saturating_add(value.bytes);
            }
        }
        all
    }

    /// Of the scalars within a value of a type: the longest text, but for digits that are asked for.
    fn leaf(&self, id: TypeId) -> Leaf {
        let of = |bytes, digits| Leaf { bytes, digits, is_checked: false };
        match self.scope.types.kind(id) {
            Some(TypeKind::Double) => of(PLAIN_DOUBLE, work::DIGITS_OF_DOUBLE),
            Some(TypeKind::Int | TypeKind::Uint) => of(BINARY_INT, work::DIGITS),
            Some(TypeKind::Bytes) => Leaf { is_checked: true, ..of(SCALAR_TEXT, 0) },
            Some(TypeKind::List(item)) => self.leaf(item),
            Some(TypeKind::Map(key, value)) => {
                let (key, value) = (self.leaf(key), self.leaf(value));
                Leaf {
                    bytes: key.bytes.max(value.bytes),
                    digits: key.digits.max(value.digits),
                    is_checked: key.is_checked | value.is_checked,
                }
            }
            _ => of(SCALAR_TEXT, 0),
        }
    }

    /// What the clauses of the format ask for at most.
    fn asked(&self) -> Asked {
        let archive = self.scope.archive;
        let constant = archive.constants.get(self.a().constant as usize);
        let text = constant.map(|constant| Word::from(&constant.value).reference());
        let format = text.filter(|text| text.length() <= MOST_PARSED).and_then(|text| {
            archive.data.get(text.offset()..text.offset().saturating_add(text.length()))
        });
        let Some(format) = format else {
            return Asked { digits: MAX_PRECISION.into(), fixed: true, hex: true };
        };
        let mut asked = Asked { digits: 0, fixed: false, hex: false };
        for piece in clauses::clauses(format) {
            let Ok(Piece::Clause(Clause { verb, precision })) = piece else { continue };
            match verb {
                Verb::Fixed | Verb::Scientific => {
                    let digits = precision.unwrap_or(clauses::DEFAULT_PRECISION);
                    asked.digits = asked.digits.max(digits.into());
                    asked.fixed |= verb == Verb::Fixed;
                }
                Verb::LowerHex | Verb::UpperHex => asked.hex = true,
                Verb::Text | Verb::Decimal | Verb::Binary | Verb::Octal => {}
            }
        }
        asked
    }
}

/// What the clauses of a format ask for at most.
struct Asked {
    /// Digits behind the point.
    digits: u64,
    /// Whether the digits before it are asked for, too.
    fixed: bool,
    /// Whether text is written as two digits a byte.
    hex: bool,
}

struct Leaf {
    bytes: u64,
    /// Before the point.
    digits: u64,
    /// Whether bytes have to be seen to be text.
    is_checked: bool,
}

/// What a format writes at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Formatted {
    /// Digits of each number that are asked for.
    pub(super) digits: u64,
    /// Values that are written.
    pub(super) cells: u64,
    /// Bytes that are looked at one by one.
    pub(super) read: u64,
    /// Bytes that are written.
    pub(super) bytes: u64,
}
