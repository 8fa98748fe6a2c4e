//! What the scratch memory holds, forgets and refuses.

use super::*;

fn memory<'m>(scratch: &'m Scratch) -> Memory<'m> {
    Memory { frame: b"frame", data: b"archive", scratch: scratch.done() }
}

#[test]
fn references_read_from_their_own_space_at_any_address() {
    let mut scratch = Scratch::new(100);
    let text = scratch.write(b"", b"", |_, _, sink| sink.push(b"scratch"));
    let memory = memory(&scratch);
    assert_eq!(memory.text(text.expect("fits")), Ok("scratch"));
    assert_eq!(memory.bytes(Reference::new(Space::Frame, 1, 3)), b"ram");
    assert_eq!(memory.bytes(Reference::new(Space::Archive, 0, 7)), b"archive");
    assert_eq!(memory.bytes(Reference::new(Space::Void, 0, 7)), b"");
}

#[test]
fn what_is_out_of_range_reads_as_nothing() {
    let scratch = Scratch::new(100);
    let memory = memory(&scratch);
    assert_eq!(memory.bytes(Reference::new(Space::Frame, 1, 5)), b"");
    assert_eq!(memory.bytes(Reference::new(Space::Scratch, 0, 1)), b"");
    assert_eq!(memory.bytes(Reference(u64::MAX)), b"");
    let list = Reference::new(Space::Archive, 0, u32::MAX as usize);
    assert_eq!(memory.item(list, 0, 8), Err(Fault::Unreachable));
    assert_eq!(memory.item(list, u32::MAX as usize - 1, 16), Err(Fault::Unreachable));
    assert_eq!(memory.item(list, u32::MAX as usize, 8), Err(Fault::IndexOutOfRange));
    assert_eq!(memory.cells(list, 16), b"");
}

#[test]
fn writing_grows_up_to_the_limit_and_inputs_stay_readable() {
    let mut scratch = Scratch::new(10_000);
    let mut text = scratch.write(b"", b"", |_, _, sink| sink.push(b"0123456789")).expect("fits");
    for _ in 0..8 {
        text = scratch
            .write(b"", b"", |_, memory, sink| {
                sink.push(memory.bytes(text))?;
                sink.push(memory.bytes(text))
            })
            .expect("fits");
    }
    assert_eq!(memory(&scratch).bytes(text), "0123456789".repeat(256).as_bytes());
    let more = |_: &Purse, memory: Memory<'_>, sink: &mut Sink<'_>| {
        (0..3).try_for_each(|_| sink.push(memory.bytes(text)))
    };
    assert!(!scratch.is_exhausted());
    assert_eq!(scratch.write(b"", b"", more), Err(Fault::TooLong));
    assert!(scratch.is_exhausted(), "the decision has no result");
    assert_eq!(scratch.reserve(usize::MAX), Err(Fault::TooLong));
    assert!(scratch.transient.bytes.len() <= 10_000);
    scratch.clear();
    assert!(!scratch.is_exhausted());
    assert_eq!(scratch.reserve(10_000), Ok(0));
    assert_eq!(scratch.reserve(1), Err(Fault::TooLong));
}

#[test]
fn steps_and_what_outputs_carry_are_bounded_by_the_limit() {
    let mut scratch = Scratch::new(2 << 20);
    assert_eq!(scratch.spend(32 << 20), Ok(()));
    assert_eq!(scratch.spend(1), Err(Fault::TooLong));
    assert_eq!(scratch.carry(1 << 20), Ok(()));
    assert_eq!(scratch.carry((1 << 20) + 1), Err(Fault::TooLong));
    assert!(scratch.is_exhausted());
    scratch.clear();
    assert_eq!(scratch.carry((2 << 20) + 1), Err(Fault::TooLong));
    assert!(scratch.is_exhausted());
    scratch.clear();
    assert_eq!((scratch.steps(), scratch.carried()), (32 << 20, 2 << 20));
    // Nothing may be made, and still something compared.
    scratch.set_limit(0);
    scratch.clear();
    assert_eq!((scratch.spend(1000), scratch.carry(1000)), (Ok(()), Ok(())));
}

/// Otherwise rules could write until there is no room, over and over.
#[test]
fn text_that_finds_no_room_is_paid_for() {
    let mut scratch = Scratch::new(1 << 20);
    let write = |_: &Purse, _: Memory<'_>, sink: &mut Sink<'_>| -> Outcome<()> {
        loop {
            sink.push(&[0; 1024])?;
        }
    };
    assert_eq!(scratch.write(b"", b"", write), Err(Fault::TooLong));
    assert_eq!(scratch.steps(), 0, "what comes after it ends at once");
    assert_eq!(scratch.spend(1), Err(Fault::TooLong));
}

#[test]
fn text_costs_the_same_however_much_room_there_was() {
    let write = |_: &Purse, _: Memory<'_>, sink: &mut Sink<'_>| sink.push(&[b'x'; 100_000]);
    let mut scratch = Scratch::new(1 << 20);
    let left: Vec<usize> = (0..2)
        .map(|_| {
            scratch.clear();
            scratch.write(b"", b"", write).expect("fits");
            scratch.steps()
        })
        .collect();
    assert_eq!(left[0], left[1]);
}

#[test]
fn room_is_given_back_only_from_the_end() {
    let mut scratch = Scratch::new(1000);
    assert_eq!(scratch.reserve(80), Ok(0));
    assert_eq!(scratch.reserve(80), Ok(80));
    scratch.trim(80, 8);
    assert_eq!(scratch.mark().used, 160);
    scratch.trim(160, 88);
    assert_eq!(scratch.mark().used, 88);
    scratch.release(Mark { used: 1000, made: 1000 });
    assert_eq!(scratch.mark().used, 88);
}

/// What a condition makes beside memos, and the memos: either first, with what was given
/// back in between, there is as much room.
#[test]
fn what_fits_does_not_depend_on_the_order_of_memos() {
    for (limit, fits) in [(1000, true), (999, false)] {
        for memo_first in [false, true] {
            let mut scratch = Scratch::new(limit);
            let condition = |scratch: &mut Scratch| {
                let mark = scratch.mark();
                let at = scratch.reserve(600)?;
                scratch.trim(at + 600, at + 8);
                scratch.release(mark);
                Ok(())
            };
            let memo = |scratch: &mut Scratch| {
                let before = scratch.make_memo();
                let made = scratch.reserve(400);
                scratch.make_as(before);
                made.map(|_| ())
            };
            let outcome: Outcome<()> = match memo_first {
                true => memo(&mut scratch).and_then(|()| condition(&mut scratch)),
                false => condition(&mut scratch).and_then(|()| memo(&mut scratch)),
            };
            assert_eq!((outcome.is_ok(), scratch.is_exhausted()), (fits, !fits));
        }
    }
}

#[test]
fn memos_stay_when_the_rest_is_forgotten() {
    let mut scratch = Scratch::new(1000);
    let mark = scratch.mark();
    scratch.write(b"", b"", |_, _, sink| sink.push(b"gone")).expect("fits");
    assert!(!scratch.make_memo());
    let memo = scratch.write(b"", b"", |_, _, sink| sink.push(b"memo")).expect("fits");
    scratch.make_as(false);
    scratch.release(mark);
    let other = scratch.write(b"", b"", |_, memory, sink| sink.push(memory.bytes(memo)));
    let memory = memory(&scratch);
    assert_eq!(memory.bytes(memo), b"memo");
    assert_eq!(memory.bytes(other.expect("fits")), b"memo");
}
