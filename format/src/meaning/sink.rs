//! Where text goes: a [`Sink`] over a caller's buffer, and [`collect`] for those who may allocate.

use core::fmt;

use super::{Fault, Outcome};

/// The largest buffer that [`collect`] tries, in bytes.
pub const COLLECT_LIMIT: usize = 64 << 20;

/// Writes into a caller's buffer, from its start.
///
/// A push either fits and is written as a whole, or writes nothing and gives [`Fault::ScratchFull`].
#[derive(Debug)]
pub struct Sink<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Sink<'a> {
    /// An empty sink over `buffer`; what the buffer holds is overwritten.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Sink { buffer, length: 0 }
    }

    /// Writes bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.claim(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes text.
    pub fn push_str(&mut self, text: &str) -> Outcome<()> {
        self.push(text.as_bytes())
    }

    /// Writes one code point as UTF-8.
    pub fn push_char(&mut self, character: char) -> Outcome<()> {
        self.push_str(character.encode_utf8(&mut [0; 4]))
    }

    /// Writes one byte.
    pub fn push_byte(&mut self, byte: u8) -> Outcome<()> {
        self.push(&[byte])
    }

    /// The next `length` bytes of the buffer, now part of what is written; the caller fills them.
    pub fn claim(&mut self, length: usize) -> Outcome<&mut [u8]> {
        let end = self.length.checked_add(length).ok_or(Fault::ScratchFull)?;
        let claimed = self.buffer.get_mut(self.length..end).ok_or(Fault::ScratchFull)?;
        self.length = end;
        Ok(claimed)
    }

    /// How many bytes are written.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// What is written.
    pub fn written(&self) -> &[u8] {
        // INVARIANT: `length` only grows to ends that `claim` found inside the buffer.
        self.buffer.get(..self.length).unwrap_or_default()
    }
}

/// For `write!`: an error of this trait always means [`Fault::ScratchFull`].
impl fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text).map_err(|_| fmt::Error)
    }
}

/// Runs `write` with growing buffers until it fits, for callers that may allocate.
///
/// `write` starts afresh each time. Its faults are handed on; [`Fault::ScratchFull`] only
/// when [`COLLECT_LIMIT`] is not enough.
pub fn collect(mut write: impl FnMut(&mut Sink<'_>) -> Outcome<()>) -> Outcome<Vec<u8>> {
    let mut capacity = 256;
    loop {
        let mut buffer = vec![0; capacity];
        let mut sink = Sink::new(&mut buffer);
        match write(&mut sink) {
            Ok(()) => {
                let length = sink.len();
                buffer.truncate(length);
                return Ok(buffer);
            }
            Err(Fault::ScratchFull) if capacity < COLLECT_LIMIT => {
                capacity = (capacity * 4).min(COLLECT_LIMIT);
            }
            Err(fault) => return Err(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_that_does_not_fit_writes_nothing() {
        let mut buffer = [0; 5];
        let mut sink = Sink::new(&mut buffer);
        assert!(sink.is_empty());
        assert_eq!(sink.push_str("abc"), Ok(()));
        assert_eq!(sink.push_str("def"), Err(Fault::ScratchFull));
        assert_eq!(sink.written(), b"abc");
        assert_eq!(sink.push_char('é'), Ok(()));
        assert_eq!(sink.push_byte(b'x'), Err(Fault::ScratchFull));
        assert_eq!(sink.push(b""), Ok(()));
        assert_eq!((sink.len(), sink.written()), (5, "abcé".as_bytes()));
        assert_eq!(sink.claim(usize::MAX), Err(Fault::ScratchFull));
    }

    #[test]
    fn collect_grows_until_it_fits_and_gives_up_at_its_limit() {
        let long = collect(|sink| sink.push(&[7; 100_000])).expect("fits");
        assert_eq!(long, vec![7; 100_000]);
        assert_eq!(collect(|_| Ok(())), Ok(vec![]));
        assert_eq!(collect(|_| Err(Fault::TooLong)), Err(Fault::TooLong));
        let mut tries = 0;
        let endless = collect(|sink| {
            tries += 1;
            assert!(tries < 20);
            sink.claim(COLLECT_LIMIT + 1).map(|_| ())
        });
        assert_eq!(endless, Err(Fault::ScratchFull));
    }
}
