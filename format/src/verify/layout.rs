//! How the records lie in the file: sizes that never change within a format
//! version, and no alignment, whatever features other crates switch on in rkyv.

use crate::archive::{
    ArchivedAssignment, ArchivedConstant, ArchivedDebug, ArchivedDictionaryWord, ArchivedDimension,
    ArchivedFact, ArchivedFactType, ArchivedFence, ArchivedGroup, ArchivedIdentity, ArchivedIndex,
    ArchivedOutput, ArchivedPosition, ArchivedRange, ArchivedRule, ArchivedRuleset, ArchivedSchema,
    ArchivedSlot, ArchivedSubject, ArchivedText, ArchivedTransition, ArchivedUnit,
    ArchivedVariable, ArchivedVertex, ArchivedZone,
};
use crate::code::ArchivedInstruction;
use crate::types::ArchivedTypeEntry;
use crate::value::ArchivedWord;

macro_rules! sizes {
    ($($record:ty = $size:literal),+ $(,)?) => {
        $( const _: () = assert!(size_of::<$record>() == $size && align_of::<$record>() == 1); )+
    };
}

sizes! {
    ArchivedText = 8,
    ArchivedRange = 8,
    ArchivedIdentity = 69,
    ArchivedTypeEntry = 6,
    ArchivedSchema = 52,
    ArchivedFact = 17,
    ArchivedFactType = 8,
    ArchivedOutput = 18,
    ArchivedGroup = 10,
    ArchivedRule = 26,
    ArchivedAssignment = 10,
    ArchivedVariable = 12,
    ArchivedUnit = 18,
    ArchivedInstruction = 16,
    ArchivedWord = 16,
    ArchivedConstant = 18,
    ArchivedFence = 50,
    ArchivedVertex = 16,
    ArchivedZone = 28,
    ArchivedTransition = 12,
    ArchivedPosition = 12,
    ArchivedDebug = 24,
    ArchivedDictionaryWord = 20,
    ArchivedSubject = 22,
    ArchivedSlot = 16,
    ArchivedDimension = 10,
    ArchivedIndex = 32,
    ArchivedRuleset = 353,
}

/// Bytes of the root and all tables.
pub(super) fn bytes(archive: &ArchivedRuleset) -> usize {
    let (schema, debug) = (&archive.schema, &archive.debug);
    [
        size_of::<ArchivedRuleset>(),
        size_of_val(archive.data.as_slice()),
        size_of_val(archive.types.as_slice()),
        size_of_val(schema.facts.as_slice()),
        size_of_val(schema.types.as_slice()),
        size_of_val(schema.enums.as_slice()),
        size_of_val(schema.labels.as_slice()),
        size_of_val(schema.fingerprints.as_slice()),
        size_of_val(archive.outputs.as_slice()),
        size_of_val(archive.groups.as_slice()),
        size_of_val(archive.rules.as_slice()),
        size_of_val(archive.assignments.as_slice()),
        size_of_val(archive.subjects.as_slice()),
        size_of_val(archive.cuts.as_slice()),
        size_of_val(archive.words.as_slice()),
        size_of_val(archive.slots.as_slice()),
        size_of_val(archive.predicates.as_slice()),
        size_of_val(archive.sets.as_slice()),
        size_of_val(archive.index.dimensions.as_slice()),
        size_of_val(archive.index.cells.as_slice()),
        size_of_val(archive.index.rows.as_slice()),
        size_of_val(archive.index.summaries.as_slice()),
        size_of_val(archive.variables.as_slice()),
        size_of_val(archive.units.as_slice()),
        size_of_val(archive.code.as_slice()),
        size_of_val(archive.registers.as_slice()),
        size_of_val(archive.constants.as_slice()),
        size_of_val(archive.fences.as_slice()),
        size_of_val(archive.vertices.as_slice()),
        size_of_val(archive.regexes.as_slice()),
        size_of_val(archive.zones.as_slice()),
        size_of_val(archive.transitions.as_slice()),
        size_of_val(debug.files.as_slice()),
        size_of_val(debug.rules.as_slice()),
        size_of_val(debug.code.as_slice()),
    ]
    .into_iter()
    .fold(0, usize::saturating_add)
}
