//! The known name that an unknown one may be meant to be.

/// Longer names are not compared: a message is not worth the time.
const MAX_LENGTH: usize = 64;

/// The nearest of the known names, if one is near: at most one edit for every
/// three bytes. An edit inserts, removes or replaces one byte.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let most = (name.len() / 3).max(1);
    let comparable = |known: &&str| name.len() <= MAX_LENGTH && known.len() <= MAX_LENGTH;
    let near = known
        .filter(comparable)
        .map(|known| (distance(name.as_bytes(), known.as_bytes()), known))
        .filter(|(distance, _)| *distance <= most);
    near.min().map(|(_, known)| known.to_owned())
}

/// Levenshtein's distance, row by row (Wagner and Fischer, 1974).
fn distance(from: &[u8], to: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, byte) in from.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let others = std::iter::once(None).chain(to.iter().map(Some));
        for (place, other) in row.iter_mut().zip(others) {
            let Some(other) = other else {
                *place = left;
                continue;
            };
            let replaced = diagonal + usize::from(byte != other);
            diagonal = *place;
            left = replaced.min(diagonal + 1).min(left + 1);
            *place = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("lvl", "level", 2),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(from.as_bytes(), to.as_bytes()), edits, "{from} {to}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let known = ["level", "premium", "platform"];
        let nearest = |name| nearest(name, known.into_iter());
        assert_eq!(nearest("levle").as_deref(), None);
        assert_eq!(nearest("levl").as_deref(), Some("level"));
        assert_eq!(nearest("premum").as_deref(), Some("premium"));
        assert_eq!(nearest("score"), None);
        assert_eq!(nearest(&"x".repeat(1000)), None);
    }
}
