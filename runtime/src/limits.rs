//! What a loader is ready to accept of an archive.
//!
//! In: an archive whose structure is sound, and then what the verifier found
//! out about it. Out: what it needs, as [`Limits`] that would just do, or the
//! limit that it exceeds.

mod needs;
mod session;

use rulestone_format::ErrorCode;
use std::fmt;

/// What a loader is ready to accept: the most of each that an archive may have
/// or need.
///
/// ```
/// use rulestone::Limits;
///
/// let limits = Limits::strict().with_rules(200).with_cost(100_000);
/// assert_eq!(limits.rules, 200);
/// assert_eq!(limits.bytes, 1 << 20);
/// ```
///
/// # Memory
///
/// Loading an archive takes at most [`Limits::LOAD_FACTOR`] bytes for each byte
/// of its file, the copy of the file among them, and [`Limits::LOAD_BASE`]
/// more. This holds for any bytes, and whatever the other limits are: tables
/// of an archive don't overlap, and nothing that is made of them while they
/// are checked, or kept for sessions, is larger by more. So [`Limits::bytes`]
/// bounds the memory of loading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the file. Checked before a byte is read.
    pub bytes: usize,
    /// Rules.
    pub rules: u32,
    /// Facts.
    pub facts: u32,
    /// Instructions of all code together, 16 bytes each.
    pub instructions: u32,
    /// Bytes of the automata of all regexes together.
    pub automata: usize,
    /// Loops in loops, types in types, variables that use variables.
    pub nesting: u32,
    /// What one decision may cost at worst, about a nanosecond each.
    pub cost: u64,
    /// Bytes that a session may need, whatever facts it is asked about, one by one, in
    /// batches or bound. Not among them are values that rules make, which
    /// [`Session::set_memory_limit`](crate::Session::set_memory_limit) bounds, and,
    /// where facts are bound or a frame lacks a fact that has a default, copies of frames:
    /// twice as many bytes as the longest frame that is bound and the longest item (or frame
    /// that is completed) have together, and 8 KiB.
    pub scratch: usize,
}

impl Limits {
    /// Bytes that loading takes at most for each byte of the file.
    pub const LOAD_FACTOR: usize = 16;

    /// Bytes that loading takes at most besides.
    pub const LOAD_BASE: usize = 64 << 10;

    /// For servers that load rulesets of their own: 256 MiB, a million rules,
    /// 4,096 facts, 16 million instructions, 64 MiB of automata, nesting as deep
    /// as the format goes, a second for a decision at worst, 512 MiB for a session.
    pub const fn new() -> Limits {
        Limits {
            bytes: 256 << 20,
            rules: 1_000_000,
            facts: 4096,
            instructions: 16 << 20,
            automata: 64 << 20,
            nesting: 64,
            cost: 1_000_000_000,
            scratch: 512 << 20,
        }
    }

    /// For archives of others, such as clients: 1 MiB, 1,000 rules, 256 facts,
    /// 32,768 instructions, 256 KiB of automata, nesting up to 8, a millisecond
    /// for a decision at worst, 1 MiB for a session.
    pub const fn strict() -> Limits {
        Limits {
            bytes: 1 << 20,
            rules: 1000,
            facts: 256,
            instructions: 32 << 10,
            automata: 256 << 10,
            nesting: 8,
            cost: 1_000_000,
            scratch: 1 << 20,
        }
    }

    /// With another [`Limits::bytes`].
    pub const fn with_bytes(self, bytes: usize) -> Limits {
        Limits { bytes, ..self }
    }

    /// With another [`Limits::rules`].
    pub const fn with_rules(self, rules: u32) -> Limits {
        Limits { rules, ..self }
    }

    /// With another [`Limits::facts`].
    pub const fn with_facts(self, facts: u32) -> Limits {
        Limits { facts, ..self }
    }

    /// With another [`Limits::instructions`].
    pub const fn with_instructions(self, instructions: u32) -> Limits {
        Limits { instructions, ..self }
    }

    /// With another [`Limits::automata`].
    pub const fn with_automata(self, automata: usize) -> Limits {
        Limits { automata, ..self }
    }

    /// With another [`Limits::nesting`].
    pub const fn with_nesting(self, nesting: u32) -> Limits {
        Limits { nesting, ..self }
    }

    /// With another [`Limits::cost`].
    pub const fn with_cost(self, cost: u64) -> Limits {
        Limits { cost, ..self }
    }

    /// With another [`Limits::scratch`].
    pub const fn with_scratch(self, scratch: usize) -> Limits {
        Limits { scratch, ..self }
    }

    /// The limits that are exceeded by an archive that needs so much
    /// ([`Ruleset::needs`](crate::Ruleset::needs)).
    pub fn exceeded_by(&self, needs: &Limits) -> impl Iterator<Item = Exceeded> + use<> {
        let pairs = needs.amounts().into_iter().zip(self.amounts());
        pairs
            .map(|((limit, found), (_, most))| Exceeded { limit, found, most })
            .filter(|exceeded| exceeded.found > exceeded.most)
    }

    fn amounts(&self) -> [(Limit, u64); 8] {
        [
            (Limit::Bytes, self.bytes as u64),
            (Limit::Rules, self.rules.into()),
            (Limit::Facts, self.facts.into()),
            (Limit::Instructions, self.instructions.into()),
            (Limit::Automata, self.automata as u64),
            (Limit::Nesting, self.nesting.into()),
            (Limit::Cost, self.cost),
            (Limit::Scratch, self.scratch as u64),
        ]
    }

    pub(crate) fn check(&self, needs: &Limits) -> Result<(), Exceeded> {
        self.exceeded_by(needs).next().map_or(Ok(()), Err)
    }
}

impl Default for Limits {
    /// [`Limits::new`].
    fn default() -> Limits {
        Limits::new()
    }
}

/// One of the [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::bytes`]
    Bytes,
    /// [`Limits::rules`]
    Rules,
    /// [`Limits::facts`]
    Facts,
    /// [`Limits::instructions`]
    Instructions,
    /// [`Limits::automata`]
    Automata,
    /// [`Limits::nesting`]
    Nesting,
    /// [`Limits::cost`]
    Cost,
    /// [`Limits::scratch`]
    Scratch,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Bytes => "bytes of the archive",
            Limit::Rules => "rules",
            Limit::Facts => "facts",
            Limit::Instructions => "instructions",
            Limit::Automata => "bytes of regexes",
            Limit::Nesting => "levels of nesting",
            Limit::Cost => "worst-case cost of a decision",
            Limit::Scratch => "bytes of memory of a session",
        })
    }
}

/// A limit that an archive exceeds. Prints as `rules: 1200, at most 1000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    limit: Limit,
    found: u64,
    most: u64,
}

impl Exceeded {
    pub(crate) fn bytes(found: u64, most: usize) -> Exceeded {
        Exceeded { limit: Limit::Bytes, found, most: most as u64 }
    }

    /// Which limit it is.
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// What the archive has or needs.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// What the limit is.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// The stable code: `A301` of the cost, otherwise `A302`.
    pub fn code(&self) -> ErrorCode {
        match self.limit {
            Limit::Cost => ErrorCode::Cost,
            _ => ErrorCode::TooLarge,
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, at most {}", self.limit, self.found, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_are_kept_are_not_exceeded() {
        let limits = Limits::strict();
        assert_eq!(limits.exceeded_by(&limits).count(), 0);
        assert_eq!(Limits::new().exceeded_by(&limits).count(), 0, "strict is stricter");
        let exceeded: Vec<Limit> =
            limits.exceeded_by(&Limits::new()).map(|exceeded| exceeded.limit()).collect();
        assert_eq!(exceeded.len(), 8, "in everything");
    }

    #[test]
    fn each_limit_is_set_by_its_own_method() {
        let all = Limits::new()
            .with_bytes(1)
            .with_rules(2)
            .with_facts(3)
            .with_instructions(4)
            .with_automata(5)
            .with_nesting(6)
            .with_cost(7)
            .with_scratch(8);
        assert_eq!(all.amounts().map(|(_, amount)| amount), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_is_exceeded_is_said_with_both_numbers() {
        let limits = Limits::new().with_rules(1000);
        let mut exceeded = limits.exceeded_by(&limits.with_rules(1200).with_cost(0));
        let exceeded = (exceeded.next().expect("is exceeded"), exceeded.next());
        assert_eq!(exceeded.0.to_string(), "rules: 1200, at most 1000");
        assert_eq!(exceeded.1, None);
    }
}
