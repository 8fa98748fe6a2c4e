//! How large the values in the registers of a unit can be, at the instruction that is looked at.
//!
//! As for what is written ([`super::flow`]), jumps lead forward only: what registers can hold at a
//! jump waits at its target, and where several paths meet, the greater counts. A loop's body runs
//! again with what its last turn left behind: a register that is written there, and was before the
//! loop, can hold anything of its type. Code of the compiler writes such a register before it reads
//! it in each turn, so that this costs it nothing.
//!
//! All of this is paid for from a budget in proportion to the unit. Where it is used up, which the
//! compiler's code doesn't, all registers can hold anything from there on.

use super::extent::{Extent, NO_CONSTANT};
use super::flow::Flow;
use super::operands::Scope;
use crate::code::{Instruction, Opcode, Operand};
use crate::types::{TypeId, TypeKind};

/// Extents that may be copied or compared for each instruction.
const WORK: usize = 64;

/// Extents that may wait at once for each instruction, and beyond.
const WAITING: usize = 1;
const LEAST_WAITING: usize = 256;

/// Of registers that refer to nothing.
const NONE: u16 = u16::MAX;

/// The state of one pass over the code of a unit.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// For each register: [`NONE`], or its place in what follows.
    places: Vec<u16>,
    /// The type of each place.
    types: Vec<TypeId>,
    /// What each can hold.
    held: Vec<Extent>,
    /// For each instruction of the unit: 0, or 1 + the number of a set that waits there.
    waiting: Vec<u32>,
    /// The sets that wait, one extent a place.
    sets: Vec<Extent>,
    free: Vec<u32>,
    /// Whether nothing comes here from the instruction before.
    is_cut_off: bool,
    /// What may still be copied or compared, and how many extents may wait.
    work: usize,
    room: usize,
    /// Heads of the loops around, and where they are left.
    loops: Vec<(usize, usize)>,
}

impl Sizes {
    pub(super) fn begin(&mut self, scope: &Scope<'_>, instructions: usize) {
        let Sizes { places, types, held, waiting, sets, free, is_cut_off, work, room, loops } =
            self;
        places.clear();
        types.clear();
        for register in scope.registers {
            let id = TypeId(register.to_native());
            let is_held = matches!(
                scope.types.kind(id),
                Some(
                    TypeKind::String
                        | TypeKind::Bytes
                        | TypeKind::List(_)
                        | TypeKind::Map(_, _)
                        | TypeKind::ListBuilder(_)
                        | TypeKind::MapBuilder(_, _)
                )
            );
            // INVARIANT: there are fewer registers than numbers.
            places.push(if is_held { types.len() as u16 } else { NONE });
            if is_held {
                types.push(id);
            }
        }
        held.clear();
        held.resize(types.len(), Extent::SCALAR);
        waiting.clear();
        waiting.resize(if types.is_empty() { 0 } else { instructions }, 0);
        sets.clear();
        free.clear();
        loops.clear();
        *is_cut_off = false;
        *work = instructions.saturating_mul(WORK);
        *room = instructions.saturating_mul(WAITING).saturating_add(LEAST_WAITING);
    }

    /// Goes on at the instruction `at`.
    #[inline]
    pub(super) fn arrive(&mut self, at: usize, scope: &Scope<'_>) {
        if self.loops.last().is_some_and(|(_, exit)| *exit == at) {
            self.loops.pop();
        }
        let Some(set) = self.waiting.get(at).and_then(|waiting| waiting.checked_sub(1)) else {
            return;
        };
        self.waiting[at] = 0;
        self.free.push(set);
        let is_cut_off = std::mem::replace(&mut self.is_cut_off, false);
        if !self.pay(scope) {
            return;
        }
        let start = set as usize * self.types.len();
        for (held, waiting) in self.held.iter_mut().zip(&self.sets[start..]) {
            *held = if is_cut_off { *waiting } else { held.or(*waiting) };
        }
    }

    /// What a register can hold.
    #[inline]
    pub(super) fn of(&self, register: u16) -> Extent {
        self.place(register).map_or(Extent::SCALAR, |place| self.held[place])
    }

    #[inline]
    pub(super) fn write(&mut self, register: u16, extent: Extent) {
        if let Some(place) = self.place(register)
            && self.work > 0
        {
            self.held[place] = extent;
        }
    }

    /// Whether a register's values refer to something.
    #[inline]
    pub(super) fn holds(&self, register: u16) -> bool {
        self.place(register).is_some()
    }

    #[inline]
    fn place(&self, register: u16) -> Option<usize> {
        let place = *self.places.get(usize::from(register))?;
        (place != NONE).then_some(usize::from(place))
    }

    /// A path to a later instruction of the unit.
    #[inline]
    pub(super) fn jump(&mut self, target: usize, scope: &Scope<'_>) {
        if target >= self.waiting.len() || !self.pay(scope) {
            return;
        }
        let places = self.types.len();
        if let Some(set) = self.waiting[target].checked_sub(1) {
            let start = set as usize * places;
            for (waiting, held) in self.sets[start..].iter_mut().zip(&self.held) {
                *waiting = waiting.or(*held);
            }
        } else if let Some(set) = self.free.pop() {
            self.waiting[target] = set + 1;
            let start = set as usize * places;
            self.sets[start..start + places].copy_from_slice(&self.held);
        } else if self.sets.len() + places > self.room {
            self.give_up(scope);
        } else {
            self.sets.extend_from_slice(&self.held);
            self.waiting[target] = (self.sets.len() / places) as u32;
        }
    }

    /// Nothing goes on from here.
    #[inline]
    pub(super) fn stop(&mut self) {
        self.is_cut_off = true;
    }

    /// The head of a loop, whose instructions these are. `flow` is what is written here.
    pub(super) fn enter(
        &mut self,
        at: usize,
        exit: usize,
        body: impl Iterator<Item = Instruction>,
        flow: &Flow,
        scope: &Scope<'_>,
    ) {
        self.loops.push((at, exit));
        if self.types.is_empty() {
            return;
        }
        for step in body {
            let writes = Opcode::from_u16(step.opcode)
                .is_some_and(|opcode| opcode.shape().dst != Operand::None);
            if let Some(place) = self.place(step.dst)
                && writes
                && flow.is_written(step.dst)
            {
                self.held[place] = anything(scope, self.types[place]);
            }
        }
    }

    /// The number of the innermost loop.
    pub(super) fn around(&self) -> u32 {
        // INVARIANT: a unit has fewer instructions than numbers.
        self.loops.last().map_or(0, |(head, _)| *head as u32 + 1)
    }

    /// Pays for a walk over all registers.
    #[inline]
    fn pay(&mut self, scope: &Scope<'_>) -> bool {
        if self.work == 0 {
            return false;
        }
        self.work = self.work.saturating_sub(self.types.len());
        if self.work == 0 {
            self.give_up(scope);
        }
        self.work > 0
    }

    #[cold]
    fn give_up(&mut self, scope: &Scope<'_>) {
        self.work = 0;
        for (held, id) in self.held.iter_mut().zip(&self.types) {
            *held = anything(scope, *id);
        }
    }
}

/// The most that a register of a type can hold. A builder makes the most that there is.
fn anything(scope: &Scope<'_>, id: TypeId) -> Extent {
    let kind = |id| scope.types.kind(id).unwrap_or(TypeKind::Bool);
    let most = |id| (Extent::most(scope.types, id), kind(id));
    match kind(id) {
        TypeKind::ListBuilder(item) => {
            let (item, kind) = most(item);
            Extent::builder(u64::MAX, NO_CONSTANT).with(item, kind)
        }
        TypeKind::MapBuilder(key, value) => {
            Extent::builder(u64::MAX, NO_CONSTANT).with_entry(most(key), most(value))
        }
        _ => Extent::most(scope.types, id),
    }
}
