//! Stretches of time.

/// A half-open stretch of time in Unix seconds, UTC.
///
/// `i64::MIN` is a start that is missing, `i64::MAX` an end that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    pub start: i64,
    pub end: i64,
}

impl Interval {
    /// All of time.
    pub const ALWAYS: Interval = Interval { start: i64::MIN, end: i64::MAX };

    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// What both hold; may be empty.
    #[must_use]
    pub fn clipped_to(self, other: Interval) -> Interval {
        Interval { start: self.start.max(other.start), end: self.end.min(other.end) }
    }
}

/// Where both `a` and `b` hold. Each is sorted, disjoint and without empty
/// intervals, and so is the result. Linear in their lengths.
pub fn intersect(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let mut both = Vec::new();
    let (mut rest_a, mut rest_b) = (a, b);
    while let ([first_a, tail_a @ ..], [first_b, tail_b @ ..]) = (rest_a, rest_b) {
        let common = first_a.clipped_to(*first_b);
        if !common.is_empty() {
            both.push(common);
        }
        if first_a.end <= first_b.end {
            rest_a = tail_a;
        } else {
            rest_b = tail_b;
        }
    }
    both
}
