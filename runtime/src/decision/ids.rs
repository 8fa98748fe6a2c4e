//! What stands for a name that was looked up once.

/// Names an output of a ruleset without a search
/// ([`Ruleset::output`](crate::Ruleset::output)). It holds for this archive; of another ruleset it
/// names another output, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputId(u16);

impl OutputId {
    pub(crate) fn new(number: usize) -> Option<OutputId> {
        u16::try_from(number).ok().map(OutputId)
    }

    /// Its place among the outputs, which stand in order of declaration.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}
