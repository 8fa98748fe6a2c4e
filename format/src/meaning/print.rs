//! `string()`: the text of every scalar.

use super::{Outcome, Scalar, Sink, double, duration, text};

impl Scalar<'_> {
    /// Writes the scalar as CEL's `string()` prints it: `true`, `-5`, `2` (also of 2.0), `1e+06`, text as it is,
    /// bytes as the text they hold, `2009-02-13T23:31:30Z`, `6347s`.
    ///
    /// Bytes that are not UTF-8 are [`Fault::InvalidUtf8`](super::Fault::InvalidUtf8).
    pub fn write(self, sink: &mut Sink<'_>) -> Outcome<()> {
        match self {
            Scalar::Bool(value) => sink.push(if value { b"true" } else { b"false" }),
            Scalar::Int(value) => sink.push_str(itoa::Buffer::new().format(value)),
            Scalar::Uint(value) => sink.push_str(itoa::Buffer::new().format(value)),
            Scalar::Double(value) => double::write_shortest(value, sink),
            Scalar::String(value) => sink.push_str(value),
            Scalar::Bytes(value) => sink.push_str(text::from_bytes(value)?),
            Scalar::Timestamp(value) => value.write(sink),
            Scalar::Duration(value) => duration::write(value, sink),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, Timestamp, collect};
    use super::*;

    #[test]
    fn scalars_print_as_in_the_conformance_tests() {
        for (scalar, text) in [
            (Scalar::Bool(true), "true"),
            (Scalar::Bool(false), "false"),
            (Scalar::Int(-456), "-456"),
            (Scalar::Int(i64::MIN), "-9223372036854775808"),
            (Scalar::Uint(9876), "9876"),
            (Scalar::Uint(u64::MAX), "18446744073709551615"),
            (Scalar::Double(123.456), "123.456"),
            (Scalar::Double(-4.5e-3), "-0.0045"),
            (Scalar::Double(2.0), "2"),
            (Scalar::String("hello"), "hello"),
            (Scalar::Bytes(b"\xc3\xbf"), "ÿ"),
            (
                Scalar::Timestamp(Timestamp { seconds: 1_234_567_890, nanos: 0 }),
                "2009-02-13T23:31:30Z",
            ),
            (Scalar::Duration(1_000_000_000_000_000), "1000000s"),
        ] {
            assert_eq!(collect(|sink| scalar.write(sink)), Ok(text.as_bytes().to_vec()));
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_print() {
        let scalar = Scalar::Bytes(b"\0\xff");
        assert_eq!(collect(|sink| scalar.write(sink)), Err(Fault::InvalidUtf8));
    }
}
