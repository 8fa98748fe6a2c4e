//! Registers of a unit: a whole file of them, or as many as there are.

use rulestone_format::value::Word;

/// Registers of a unit, from which a step reads and to which it writes.
pub(super) trait Registers {
    type Of: ?Sized;

    /// The first are the unit's. `None` where there are too few.
    fn of(registers: &mut [Word]) -> Option<&mut Self::Of>;
    fn read(file: &Self::Of, register: u16) -> Word;
    fn write(file: &mut Self::Of, register: u16, word: Word);
}

/// So many registers that any number of eight bits is that of one: nothing is to be
/// checked when one is read or written. Those behind a unit's are no one's meanwhile.
pub(super) struct File;

/// So many.
pub(crate) const FILE: usize = 1 << u8::BITS;

impl Registers for File {
    type Of = [Word; FILE];

    #[inline(always)]
    fn of(registers: &mut [Word]) -> Option<&mut Self::Of> {
        registers.first_chunk_mut()
    }

    #[inline(always)]
    fn read(file: &Self::Of, register: u16) -> Word {
        file[usize::from(register as u8)]
    }

    #[inline(always)]
    fn write(file: &mut Self::Of, register: u16, word: Word) {
        file[usize::from(register as u8)] = word;
    }
}

/// As many registers as there are.
pub(super) struct Window;

impl Registers for Window {
    type Of = [Word];

    #[inline(always)]
    fn of(registers: &mut [Word]) -> Option<&mut [Word]> {
        Some(registers)
    }

    #[inline(always)]
    fn read(window: &[Word], register: u16) -> Word {
        window.get(usize::from(register)).copied().unwrap_or_default()
    }

    #[inline(always)]
    fn write(window: &mut [Word], register: u16, word: Word) {
        if let Some(register) = window.get_mut(usize::from(register)) {
            *register = word;
        }
    }
}
