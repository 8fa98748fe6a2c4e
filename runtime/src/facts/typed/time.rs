//! Rust types that are moments and durations.

use super::fact_value::FactValue;
use super::fit::{Expected, Misfit, Value};
use super::leaf::leaf;
use super::writer::Writer;
use crate::facts::error::FactsError;
use crate::facts::found::Found;
use rulestone_format::frame::is_timestamp;
use rulestone_format::meaning::Timestamp;
use rulestone_format::schema::FactKind;
use rulestone_format::value::Word;
use std::time::{Duration, SystemTime};

/// Types that become a timestamp or a duration, where they are in range.
macro_rules! time {
    ($($time:ty: $kind:ident, $name:literal, $convert:expr;)*) => {$(
        impl FactValue for $time {
            fn name() -> String {
                $name.to_owned()
            }

            fn fit(expected: &Expected<'_>) -> Result<Value, Misfit> {
                expected.one_of(&[FactKind::$kind])
            }

            #[inline]
            fn put(&self, _value: &Value, at: usize, writer: &mut Writer<'_>) -> Result<(), FactsError> {
                let convert: fn(&$time) -> Option<Word> = $convert;
                match (convert(self), FactKind::$kind) {
                    (Some(word), FactKind::Timestamp) => writer.wide_cell(at, word),
                    (Some(word), _) => writer.cell(at, word.low),
                    (None, kind) => return Err(out_of_range(kind)),
                }
                Ok(())
            }
        }

        leaf! { [] $time, $time; }
    )*};
}

time! {
    Timestamp: Timestamp, "Timestamp", |time| timestamp(*time);
    SystemTime: Timestamp, "SystemTime", |time| timestamp((*time).try_into().ok()?);
    Duration: Duration, "Duration", |time| nanoseconds(time.as_nanos().try_into().ok()?);
}

#[cfg(feature = "jiff")]
time! {
    jiff::Timestamp: Timestamp, "jiff::Timestamp", |time| moment(*time);
    jiff::Zoned: Timestamp, "jiff::Zoned", |time| moment(time.timestamp());
    jiff::SignedDuration: Duration, "jiff::SignedDuration", |time| nanoseconds(time.as_nanos());
}

fn timestamp(time: Timestamp) -> Option<Word> {
    is_timestamp(time).then(|| Word::from_timestamp(time))
}

fn nanoseconds(count: i128) -> Option<Word> {
    i64::try_from(count).ok().map(Word::from_int)
}

#[cfg(feature = "jiff")]
fn moment(time: jiff::Timestamp) -> Option<Word> {
    // Of a moment before 1970 both parts are negative.
    let nanos = i64::from(time.subsec_nanosecond());
    let seconds = time.as_second() + nanos.div_euclid(1_000_000_000);
    let nanos = nanos.rem_euclid(1_000_000_000) as u32;
    timestamp(Timestamp { seconds, nanos })
}

#[cold]
fn out_of_range(kind: FactKind) -> FactsError {
    let found = match kind {
        FactKind::Timestamp => Found::Str("a moment beyond the years 1 to 9999"),
        _ => Found::Str("a duration beyond 292 years"),
    };
    FactsError::expected(kind.name(), &found)
}
