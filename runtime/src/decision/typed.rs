//! Outputs by ids that were looked up once, as values of Rust.

use super::Decision;
use super::ids::OutputId;
use super::value::{ListRef, MapRef, ValueRef};
use rulestone_format::meaning::{Point, Timestamp};

/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (ruleset, frame) = (rulestone::Ruleset::open("black-mesa.stone")?, vec![0]);
/// let points = ruleset.output("points").ok_or("these rules give no points")?;
/// let mut session = ruleset.session();
/// let decision = session.decide(&frame)?;
/// println!("{}", decision.int(points).unwrap_or(0));
/// # Ok(())
/// # }
/// ```
impl<'s> Decision<'s> {
    /// The value of an output; `None` where it is absent.
    pub fn value(&self, output: OutputId) -> Option<ValueRef<'s>> {
        self.output_at(output.index())
    }

    /// The value of an output of type `bool`; `None` where it is absent or of another type.
    pub fn bool(&self, output: OutputId) -> Option<bool> {
        self.read(output)
    }

    /// The same of type `int`.
    pub fn int(&self, output: OutputId) -> Option<i64> {
        self.read(output)
    }

    /// The same of type `uint`.
    pub fn uint(&self, output: OutputId) -> Option<u64> {
        self.read(output)
    }

    /// The same of type `double`.
    pub fn double(&self, output: OutputId) -> Option<f64> {
        self.read(output)
    }

    /// The same of type `string`.
    pub fn str(&self, output: OutputId) -> Option<&'s str> {
        self.read(output)
    }

    /// The same of type `bytes`.
    pub fn bytes(&self, output: OutputId) -> Option<&'s [u8]> {
        self.read(output)
    }

    /// The same of type `timestamp`.
    pub fn timestamp(&self, output: OutputId) -> Option<Timestamp> {
        self.read(output)
    }

    /// The same of type `duration`, in nanoseconds.
    pub fn duration(&self, output: OutputId) -> Option<i64> {
        match self.value(output)? {
            ValueRef::Duration(nanoseconds) => Some(nanoseconds),
            _ => None,
        }
    }

    /// The same of type `point`.
    pub fn point(&self, output: OutputId) -> Option<Point> {
        self.read(output)
    }

    /// The same of a list.
    pub fn list(&self, output: OutputId) -> Option<ListRef<'s>> {
        self.read(output)
    }

    /// The same of a map.
    pub fn map(&self, output: OutputId) -> Option<MapRef<'s>> {
        self.read(output)
    }

    #[inline]
    fn read<T: TryFrom<ValueRef<'s>>>(&self, output: OutputId) -> Option<T> {
        T::try_from(self.value(output)?).ok()
    }
}
