//! Frames of facts: what a client or a server sends for one request. Flat, free
//! of pointers and of alignment, checked in one pass and then read in place.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | [`MAGIC`] |
//! | 4 | 4 | length of the whole frame |
//! | 8 | 8 | fingerprint of the first `n` facts |
//! | 16 | 4 | `n`, how many facts the sender knows |
//! | 20 | 4 | 0 |
//! | 24 | 8 * ceil(n / 64) | bit `i`: fact `i` is there |
//! | then | cells | of the `n` facts, 8 or 16 bytes each; of absent ones any |
//! | then | heap | text and items, in the order in which the cells name them |
//!
//! The heap has one form only: every reference points right behind what the
//! one before it named, items of items following their list. So a check costs
//! no more than the length of the frame, whatever the bytes say.
//!
//! A frame that leaves out facts that aren't optional is [`Partial`]; two of these
//! become one in a [`Joint`], which knows the defaults of facts that neither has. A batch is frames one behind the other ([`Frames`]).

mod checked;
mod joint;
mod layout;
mod outline;
mod relocate;
mod sequence;
#[cfg(test)]
mod tests;

pub use checked::{Frame, Partial, is_timestamp};
pub use joint::Joint;
pub use layout::{FINGERPRINT_AT, HEADER_LENGTH, MAGIC, presence_length};
pub use outline::Outline;
#[doc(hidden)]
pub use relocate::move_value;
pub use sequence::Frames;
