//! The memory that values refer to: the frame of the request, the data of the
//! archive, and the scratch memory of the session.
//!
//! In come references and cells; out come text, cells, and new text and lists
//! at the end of the scratch memory. Nothing is aligned, and what lies out of
//! range reads as empty or as [`Fault::Unreachable`]: it can't come from an
//! archive that was verified.
//!
//! [`Fault::Unreachable`]: rulestone_format::meaning::Fault::Unreachable

mod purse;
mod scratch;
mod view;

pub(crate) use purse::Purse;
pub(crate) use scratch::Scratch;
pub(crate) use view::Memory;

/// Adds to a list that never has more items than `most`. Its memory doubles as that of
/// all lists does, but not beyond what it may need.
pub(crate) fn push_within<T>(most: usize, list: &mut Vec<T>, item: T) {
    let length = list.len();
    if length == list.capacity() {
        list.reserve_exact(length.max(4).min(most.saturating_sub(length)));
    }
    list.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_at_most_so_many_has_room_for_no_more() {
        for most in [1, 3, 4, 5, 7, 8, 100] {
            let mut list = Vec::new();
            (0..most).for_each(|item| push_within(most, &mut list, item));
            assert_eq!((list.len(), list.capacity()), (most, most));
        }
    }
}
