//! The order of slots: those that ask alike fill blocks of their own, so that a
//! request leaves most blocks empty, which are then skipped.
//!
//! Small rulesets stay in decision order. Of large ones, blocks are filled one by
//! one, each with slots that ask one subject for some window of its ranks: always
//! the narrowest window that still has a block of slots within. What fills no
//! window comes last, by what it asks most narrowly. This is the greedy algorithm
//! for set covering (Chvátal, "A greedy heuristic for the set-covering problem",
//! 1979): of all sets the one that costs least for each of its members. All sets
//! being blocks, that is the one that the fewest requests read.

mod windows;

use super::selectivity::share;
use crate::lower::ranks::{Ask, Asked, RankedSubject, Slot};
use rulestone_format::index::BLOCK;
use std::collections::HashMap;
use windows::{Cells, Window, Windows};

/// Fewer blocks are gone through faster than they are skipped.
const LEAST_BLOCKS: usize = 4;

/// What is asked more loosely than this tells no slots apart.
const LOOSEST: f64 = 0.4;

pub(super) fn cluster(slots: &mut [Slot], subjects: &[RankedSubject]) {
    if slots.len() < LEAST_BLOCKS * BLOCK {
        return;
    }
    sort_by_narrowest(slots, subjects);
    let order = Filling::of(slots, subjects).order();
    let mut place = vec![0_u32; slots.len()];
    for (new, old) in (0..).zip(order) {
        place[old as usize] = new;
    }
    // Each swap brings a slot to where it belongs.
    for at in 0..slots.len() {
        while place[at] as usize != at {
            let to = place[at] as usize;
            slots.swap(at, to);
            place.swap(at, to);
        }
    }
}

/// The order within blocks, and of what fills none: by what a slot asks most
/// narrowly, then by what it asks next most narrowly.
fn sort_by_narrowest(slots: &mut [Slot], subjects: &[RankedSubject]) {
    slots.sort_by_cached_key(|slot| {
        let mut asks: Vec<(f64, &Ask)> =
            slot.asks.iter().map(|ask| (share(ask, subjects), ask)).collect();
        asks.retain(|(share, ask)| {
            *share <= LOOSEST && subjects[usize::from(ask.subject)].cost == 0
        });
        asks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.subject.cmp(&b.1.subject)));
        let key =
            |at: usize| asks.get(at).map_or((u16::MAX, 0), |(_, ask)| (ask.subject, place(ask)));
        (key(0), key(1), slot.rule)
    });
}

/// About where in its subject an ask lies.
fn place(ask: &Ask) -> u32 {
    match &ask.what {
        Asked::Runs(runs) => {
            let (first, last) = (runs.all().first(), runs.all().last());
            first.zip(last).map_or(0, |(first, last)| first.0 / 2 + last.1 / 2)
        }
        Asked::Member { word, .. } => *word,
    }
}

/// What a slot asks of one subject, in its cells.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// Which of the subjects that have windows.
    subject: usize,
    window: Window,
    /// The part of the cells.
    share: f64,
    place: u32,
}

/// A block that is full, or the last of its subject.
#[derive(Debug, Clone)]
struct Filled {
    subject: usize,
    window: Window,
    slots: Vec<u32>,
}

/// Blocks are being filled.
#[derive(Debug)]
struct Filling {
    /// Of each slot; a subject comes once.
    spans: Vec<Vec<Span>>,
    subjects: Vec<Windows>,
    is_taken: Vec<bool>,
}

impl Filling {
    fn of(slots: &[Slot], ranked: &[RankedSubject]) -> Filling {
        let mut asking = vec![0_usize; ranked.len()];
        for ask in slots.iter().flat_map(|slot| &slot.asks) {
            asking[usize::from(ask.subject)] += 1;
        }
        let mut subjects = Vec::new();
        let mut known = HashMap::new();
        for (number, (subject, asking)) in (0_u16..).zip(ranked.iter().zip(asking)) {
            // Others fill no block.
            if asking >= BLOCK
                && let Some(cells) = Cells::of(subject)
            {
                known.insert(number, subjects.len());
                subjects.push(Windows::new(cells));
            }
        }
        let mut spans = Vec::with_capacity(slots.len());
        for (number, slot) in (0..).zip(slots) {
            let span = |ask: &Ask| {
                let subject = *known.get(&ask.subject)?;
                let cells = &subjects[subject].cells;
                let window = cells.window(ask)?;
                Some(Span { subject, window, share: cells.share(window), place: place(ask) })
            };
            let mut asked: Vec<Span> = slot.asks.iter().filter_map(span).collect();
            // Of several words of a list the first is the one whose row has the slot.
            asked.sort_by_key(|span| span.subject);
            asked.dedup_by_key(|span| span.subject);
            for span in &asked {
                subjects[span.subject].add(number, span.window);
            }
            spans.push(asked);
        }
        Filling { is_taken: vec![false; slots.len()], spans, subjects }
    }

    /// The numbers of all slots, in their new order.
    fn order(mut self) -> Vec<u32> {
        let mut blocks = Vec::new();
        while let Some((subject, window)) = self.narrowest() {
            let filled = self.fill(subject, window).into_iter();
            blocks.extend(filled.map(|slots| Filled { subject, window, slots }));
        }
        // Blocks of neighbouring windows are often read together.
        blocks.sort_by_key(|block| (block.subject, block.window));
        let of_subjects = blocks.chunk_by(|a, b| a.subject == b.subject);
        let mut order: Vec<u32> = of_subjects
            .flat_map(|blocks| self.best(blocks))
            .flat_map(|block| block.slots)
            .collect();
        let rest = (0..).zip(&self.is_taken).filter(|(_, is_taken)| !**is_taken);
        order.extend(rest.map(|(slot, _)| slot));
        order
    }

    /// The subject with the narrowest window that fills a block.
    ///
    /// As slots are taken, a subject's narrowest window only gets wider. So it is
    /// looked for anew only where it would be chosen (Minoux, "Accelerated greedy
    /// algorithms for maximizing submodular set functions", 1978).
    fn narrowest(&mut self) -> Option<(usize, Window)> {
        loop {
            let known = self.subjects.iter().enumerate();
            let known = known.filter_map(|(at, windows)| Some((at, windows.narrowest?)));
            let (at, (_, window)) = known.min_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
            if self.subjects[at].is_current {
                return Some((at, window));
            }
            self.subjects[at].find_narrowest();
        }
    }

    /// Takes as many blocks of slots out of a window as it fills, since no other gets
    /// narrower meanwhile: first those that ask all other subjects most loosely, which
    /// would be hard to place elsewhere.
    fn fill(&mut self, subject: usize, window: Window) -> Vec<Vec<u32>> {
        let within = self.subjects[subject].within(window, &self.is_taken);
        let elsewhere = |slot: u32| {
            let others = self.spans[slot as usize].iter().filter(|span| span.subject != subject);
            others.map(|span| span.share).fold(1.0, f64::min)
        };
        let mut within: Vec<(f64, u32)> =
            within.into_iter().map(|slot| (elsewhere(slot), slot)).collect();
        within.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let block = |slots: &[(f64, u32)]| {
            let mut block: Vec<u32> = slots.iter().map(|(_, slot)| *slot).collect();
            block.sort_unstable();
            block
        };
        let blocks: Vec<Vec<u32>> = within.chunks_exact(BLOCK).map(block).collect();
        for slot in blocks.iter().flatten() {
            self.is_taken[*slot as usize] = true;
            for span in &self.spans[*slot as usize] {
                self.subjects[span.subject].remove(span.window);
            }
        }
        blocks
    }

    /// The blocks of a subject, or, where that is better, its slots simply by their
    /// place: where all windows are narrow, packing them leaves gaps to straddle.
    fn best(&self, blocks: &[Filled]) -> Vec<Filled> {
        let Some(subject) = blocks.first().map(|block| block.subject) else { return Vec::new() };
        let mut slots: Vec<(u32, u32, Window)> = (blocks.iter().flat_map(|block| &block.slots))
            .filter_map(|slot| {
                let mut spans = self.spans[*slot as usize].iter();
                let span = spans.find(|span| span.subject == subject)?;
                Some((span.place, *slot, span.window))
            })
            .collect();
        slots.sort_unstable();
        let by_place: Vec<Filled> = (slots.chunks(BLOCK))
            .map(|slots| Filled {
                subject,
                window: slots.iter().map(|slot| slot.2).fold(slots[0].2, Window::and),
                slots: slots.iter().map(|slot| slot.1).collect(),
            })
            .collect();
        let cells = &self.subjects[subject].cells;
        let read = |blocks: &[Filled]| -> f64 {
            blocks.iter().map(|block| cells.share(block.window)).sum()
        };
        if read(&by_place) < read(blocks) { by_place } else { blocks.to_vec() }
    }
}

#[cfg(test)]
mod tests;
