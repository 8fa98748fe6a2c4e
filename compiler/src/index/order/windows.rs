//! The windows of one subject: how many slots ask it for ranks within each.

use crate::lower::ranks::{Ask, Asked, RankedSubject};
use rulestone_format::index::BLOCK;
use rulestone_format::subject::{ABSENT, Ranking};

/// Most cells of a subject; as many as its dimension has in large rulesets, about.
const CELLS: usize = 64;

/// Of a list's words a request has so many, as `share` has it.
const WORDS: f64 = 4.0;

/// What has fewer values is a flag: which of its values is the common one is
/// unknown, and half of all rules may ask for that.
const LEAST_VALUES: u32 = 3;

/// The ranks of a subject, or the words of a list, in cells of as many each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    /// How many ranks or words there are; what is absent is none.
    numbers: u32,
    count: u32,
    is_list: bool,
}

/// Cells next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    first: u8,
    last: u8,
}

impl Window {
    /// With all that lies in between.
    pub(super) fn and(self, other: Window) -> Window {
        Window { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl Cells {
    /// `None` of a subject that tells no blocks apart, or isn't known beforehand.
    pub(super) fn of(subject: &RankedSubject) -> Option<Cells> {
        let is_list = subject.ranking == Ranking::Members;
        let numbers = if is_list { subject.words } else { subject.ranks - 1 };
        let count = numbers.min(CELLS as u32);
        (numbers >= LEAST_VALUES && subject.cost == 0).then_some(Cells { numbers, count, is_list })
    }

    /// The cells that an ask leaves possible, and what lies in between. `None` where
    /// that may be all.
    pub(super) fn window(&self, ask: &Ask) -> Option<Window> {
        let cell = |number: u32| {
            (u64::from(number) * u64::from(self.count) / u64::from(self.numbers)) as u8
        };
        let window = match &ask.what {
            Asked::Runs(runs) if !self.is_list => {
                // What is absent is rare, and stands in none of the cells.
                let present = runs.all().iter().find(|run| run.1 > ABSENT)?;
                let last = runs.all().last()?.1;
                Window { first: cell(present.0.max(1) - 1), last: cell(last - 1) }
            }
            Asked::Member { word, negated: false } if self.is_list => {
                Window { first: cell(*word), last: cell(*word) }
            }
            _ => return None,
        };
        (self.share(window) < 1.0).then_some(window)
    }

    /// The part of all requests that come into a window, all cells being alike.
    pub(super) fn share(&self, window: Window) -> f64 {
        let share = f64::from(window.last - window.first + 1) / f64::from(self.count);
        if self.is_list { (share * WORDS).min(1.0) } else { share }
    }
}

/// The slots that are left, by the windows that they ask a subject for.
#[derive(Debug)]
pub(super) struct Windows {
    pub cells: Cells,
    /// By the first cell and the last.
    counts: Box<[[u32; CELLS]; CELLS]>,
    /// Slots and their windows, by the first cell. Those that were taken may be there.
    starting: Vec<Vec<(u32, Window)>>,
    /// The narrowest window with a block of slots, and its share: not wider than it
    /// is now, and as it is now where it is current.
    pub narrowest: Option<(f64, Window)>,
    pub is_current: bool,
}

impl Windows {
    pub(super) fn new(cells: Cells) -> Windows {
        Windows {
            cells,
            counts: Box::new([[0; CELLS]; CELLS]),
            starting: vec![Vec::new(); CELLS],
            narrowest: Some((0.0, Window { first: 0, last: 0 })),
            is_current: false,
        }
    }

    /// Adds a slot.
    pub(super) fn add(&mut self, slot: u32, window: Window) {
        self.counts[usize::from(window.first)][usize::from(window.last)] += 1;
        self.starting[usize::from(window.first)].push((slot, window));
    }

    /// Counts a slot of this window no more.
    pub(super) fn remove(&mut self, window: Window) {
        self.counts[usize::from(window.first)][usize::from(window.last)] -= 1;
        self.is_current = false;
    }

    /// The slots within a window that aren't taken.
    pub(super) fn within(&mut self, window: Window, is_taken: &[bool]) -> Vec<u32> {
        let mut within = Vec::new();
        for starting in &mut self.starting[usize::from(window.first)..=usize::from(window.last)] {
            starting.retain(|(slot, _)| !is_taken[*slot as usize]);
            let ending = starting.iter().filter(|(_, own)| own.last <= window.last);
            within.extend(ending.map(|(slot, _)| *slot));
        }
        within
    }

    /// Looks for the narrowest window anew.
    pub(super) fn find_narrowest(&mut self) {
        self.is_current = true;
        self.narrowest = None;
        // How many slots lie between the first cell and each other.
        let mut within = [0_u32; CELLS];
        for first in (0..CELLS).rev() {
            let mut starting = 0;
            for (last, within) in within.iter_mut().enumerate().skip(first) {
                starting += self.counts[first][last];
                *within += starting;
                if *within as usize >= BLOCK {
                    let window = Window { first: first as u8, last: last as u8 };
                    let share = self.cells.share(window);
                    if share < self.narrowest.map_or(1.0, |(least, _)| least) {
                        self.narrowest = Some((share, window));
                    }
                }
            }
        }
    }
}
