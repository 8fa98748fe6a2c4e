//! What one kind of processor finds, all find.

use super::bitmap::Block;
use super::lanes::{COLUMNS, LANES, Ranges, RequiredFacts, Scaling, Sets};
use super::node::Node;
use super::packed::{INTERVALS, PackedResidual, RankColumns};
use super::*;
use rkyv::rend::unaligned::u64_ule;

/// What a processor makes of two blocks and of a node.
fn all(on: impl Registers, a: &Block, b: &Block) -> (Vec<Block>, Vec<u8>, Vec<usize>) {
    let (first, second) = (on.load(a), on.read(&b.map(u64_ule::from_native)));
    let blocks = [first, second, on.and(first, second), on.or(first, second), on.full()];
    let node = Node([i64::MIN, -5, -1, 0, 7, 8, i64::MAX, i64::MAX]);
    let keys = [i64::MIN, -6, -5, -4, -1, 0, 1, 7, 8, 9, i64::MAX - 1, i64::MAX];
    (
        blocks.map(|block| on.words(block)).to_vec(),
        blocks.map(|block| on.nonzero_words(block)).to_vec(),
        keys.map(|key| on.reached(&node, key)).to_vec(),
    )
}

#[test]
fn all_processors_find_what_the_portable_one_finds() {
    let bits = |start: u64| std::array::from_fn(|n| start.rotate_left(7 * n as u32) & 1 << n);
    let blocks =
        [[0; 8], [u64::MAX; 8], bits(u64::MAX), bits(0x5555), [0, 0, 1 << 63, 0, 0, 0, 0, 9]];
    for (a, b) in blocks.iter().flat_map(|a| blocks.iter().map(move |b| (a, b))) {
        let expected = all(Portable, a, b);
        assert_eq!(expected.0[2], std::array::from_fn(|n| a[n] & b[n]));
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = Avx2::detect().map(|on| all(on, a, b));
            let avx512 = Avx512::detect().map(|on| all(on, a, b));
            assert!([avx2, avx512].into_iter().flatten().all(|found| found == expected));
        }
    }
}

/// Numbers in an order that looks like none, the same in every run (splitmix64, as in
/// `decide/tests/agreement.rs`).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// A number, and often one of those where something changes.
fn number(state: &mut u64) -> u64 {
    const ENDS: [u64; 10] =
        [0, 1, 31, 32, 0xffff, 0x1_0000, i64::MAX as u64, 1 << 63, (1 << 63) + 1, u64::MAX];
    match random(state) % 3 {
        0 => ENDS[random(state) as usize % ENDS.len()],
        // Of any length.
        1 => random(state) >> (random(state) % 64),
        _ => random(state),
    }
}

fn scaling(state: &mut u64, columns: usize) -> Scaling {
    Scaling {
        base: std::array::from_fn(|_| number(state).cast_signed()),
        shift: std::array::from_fn(|_| match random(state) % 2 {
            0 => 0,
            _ => (random(state) % 64) as u8,
        }),
        doubles: random(state) as u32,
        unsigned: random(state) as u32,
        columns,
    }
}

/// What slots ask of these columns, of which each has a number.
struct Group {
    facts: RequiredFacts,
    ranges: [Ranges; 2],
    sets: Sets,
}

impl Group {
    fn new(state: &mut u64, columns: usize, numbers: &[u16; COLUMNS]) -> Group {
        let column = |state: &mut u64| (random(state) as usize % columns) as u16;
        let mut ranges = || {
            let columns = std::array::from_fn(|_| column(state));
            // Near the number, on either side and beyond the ends, or anywhere.
            let least = columns.map(|column: u16| match random(state) % 4 {
                0 => number(state) as u16,
                other => numbers[usize::from(column)].wrapping_add(2).wrapping_sub(other as u16),
            });
            let width =
                least.map(|_| [0, 1, 2, 0x7fff, 0x8000, 0xffff][random(state) as usize % 6]);
            Ranges { columns, least, width }
        };
        let ranges = [ranges(), ranges()];
        // Of those that may be in a set, if there are any.
        let below: Vec<u16> =
            (0..columns as u16).filter(|column| numbers[usize::from(*column)] < 34).collect();
        let set = |state: &mut u64| match below.as_slice() {
            [] => column(state),
            below => below[random(state) as usize % below.len()],
        };
        Group {
            facts: RequiredFacts {
                facts: std::array::from_fn(|_| match random(state) % 3 {
                    0 => 0,
                    1 => 1 << (random(state) % 32),
                    _ => (random(state) & random(state)) as u32,
                }),
                is_unused: std::array::from_fn(|_| u16::from(random(state).is_multiple_of(8))),
            },
            ranges,
            sets: Sets {
                columns: std::array::from_fn(|_| set(state)),
                low: std::array::from_fn(|_| number(state) as u16),
                high: std::array::from_fn(|_| number(state) as u16),
                is_set: std::array::from_fn(|_| u16::from(!random(state).is_multiple_of(4))),
            },
        }
    }

    /// What is left by each alone, and by all of them.
    fn left<R: Registers>(
        &self,
        on: R,
        cells: &[[u8; 8]],
        scaling: &Scaling,
        present: u32,
    ) -> [u16; 5] {
        let numbers = on.scale(cells, scaling);
        let everything = RequiredFacts { facts: [0; LANES], is_unused: [0; LANES] };
        let none = on.require(0, &everything);
        let [first, second] = &self.ranges;
        let all = on.compare_ranges(on.require(present, &self.facts), &numbers, first);
        let all = on.compare_sets(on.compare_ranges(all, &numbers, second), &numbers, &self.sets);
        [
            on.matching(on.require(present, &self.facts)),
            on.matching(on.compare_ranges(none, &numbers, first)),
            on.matching(on.compare_ranges(none, &numbers, second)),
            on.matching(on.compare_sets(none, &numbers, &self.sets)),
            on.matching(all),
        ]
    }
}

/// Reads a number of a column by asking for it bit by bit.
fn read<R: Registers>(on: R, numbers: &R::Numbers, column: u16) -> u16 {
    let everything = RequiredFacts { facts: [0; LANES], is_unused: [0; LANES] };
    let at_least = |least: u16| {
        let range = Ranges {
            columns: [column; LANES],
            least: [least; LANES],
            width: [u16::MAX - least; LANES],
        };
        let left = on.matching(on.compare_ranges(on.require(0, &everything), numbers, &range));
        assert!(left == 0 || left == u16::MAX, "all ask the same: {left:b}");
        left != 0
    };
    (0..16).rev().fold(0, |found, bit| {
        let next = found | 1 << bit;
        if at_least(next) { next } else { found }
    })
}

#[test]
fn all_processors_find_the_same_numbers_in_cells() {
    let mut state = 1;
    for there in [0, 1, 7, 8, 9, 16, 17, 24, 25, 32, 33, 40] {
        for columns in 0..=COLUMNS {
            let scaling = scaling(&mut state, columns);
            let cells: Vec<[u8; 8]> =
                (0..there).map(|_| number(&mut state).to_le_bytes()).collect();
            let portable = Portable.scale(&cells, &scaling);
            // Numbers of columns without a cell are anything.
            let meant = columns.min(there);
            let expected: Vec<u16> = (0..meant)
                .map(|column| scaling.of_cell(column, u64::from_le_bytes(cells[column])))
                .collect();
            assert_eq!(portable[..meant], expected);
            #[cfg(target_arch = "x86_64")]
            {
                for column in 0..meant as u16 {
                    let expected = expected[usize::from(column)];
                    let of = format!("column {column} of {columns}, {there} cells: {scaling:?}");
                    if let Some(on) = Avx2::detect() {
                        assert_eq!(read(on, &on.scale(&cells, &scaling), column), expected, "{of}");
                    }
                    if let Some(on) = Avx512::detect() {
                        assert_eq!(read(on, &on.scale(&cells, &scaling), column), expected, "{of}");
                    }
                }
            }
        }
    }
}

#[test]
fn all_processors_leave_the_same_of_slots_side_by_side() {
    let mut state = 2;
    let mut left = [0; 5];
    for round in 0..2_000 {
        let columns = 1 + round % COLUMNS;
        let scaling = scaling(&mut state, columns);
        let cells: Vec<[u8; 8]> =
            (0..columns + round % 3).map(|_| number(&mut state).to_le_bytes()).collect();
        let numbers = Portable.scale(&cells, &scaling);
        let slots = Group::new(&mut state, columns, &numbers);
        let present = (number(&mut state) | number(&mut state)) as u32;
        let expected = slots.left(Portable, &cells, &scaling, present);
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = Avx2::detect().map(|on| slots.left(on, &cells, &scaling, present));
            let avx512 = Avx512::detect().map(|on| slots.left(on, &cells, &scaling, present));
            assert!([avx2, avx512].into_iter().flatten().all(|found| found == expected), "{round}");
        }
        // One by one, as they are said.
        for slot in 0..LANES {
            let number = |columns: &[u16; LANES]| u32::from(numbers[usize::from(columns[slot])]);
            let is_in = |of: &Ranges| {
                let above = number(&of.columns).wrapping_sub(of.least[slot].into()) & 0xffff;
                above <= of.width[slot].into()
            };
            let Group { facts, ranges, sets } = &slots;
            let bits = u64::from(sets.low[slot]) | u64::from(sets.high[slot]) << 16;
            let each = [
                facts.is_unused[slot] == 0 && facts.facts[slot] & present == facts.facts[slot],
                is_in(&ranges[0]),
                is_in(&ranges[1]),
                sets.is_set[slot] == 0
                    || number(&sets.columns) < 32 && bits >> number(&sets.columns) & 1 != 0,
            ];
            let all = each.iter().all(|is_left| *is_left);
            let each = [each[0], each[1], each[2], each[3], all];
            for (at, is_left) in each.into_iter().enumerate() {
                assert_eq!(expected[at] >> slot & 1 != 0, is_left, "{round}, slot {slot}, {at}");
                left[at] += usize::from(is_left);
            }
        }
    }
    let all = 2_000 * LANES;
    assert!(left.iter().all(|left| *left > all / 100 && *left < all * 9 / 10), "{left:?}");
}

#[test]
fn words_are_packed_however_many_of_a_block_are_zero() {
    let mut state = 3;
    for some in 0..=u8::MAX {
        let block: Block = std::array::from_fn(|at| match (some >> at & 1, random(&mut state)) {
            (0, _) => 0,
            // At the ends, or anywhere.
            (_, any) => [1, 1 << 63, u64::MAX, any | 2][any as usize % 4],
        });
        let first = [0, 8, 512, u32::MAX - 15][usize::from(some) % 4];
        let expected: Vec<(u32, u64)> =
            (0..8).filter(|at| block[*at] != 0).map(|at| (first + at as u32, block[at])).collect();
        assert_eq!(packed(Portable, &block, first), expected);
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = Avx2::detect().map(|on| packed(on, &block, first));
            let avx512 = Avx512::detect().map(|on| packed(on, &block, first));
            let all = [avx2, avx512].into_iter().flatten();
            all.for_each(|found| assert_eq!(found, expected, "{block:?}"));
        }
    }
}

/// The words of a block that aren't zero, with their numbers.
fn packed(on: impl Registers, block: &Block, first: u32) -> Vec<(u32, u64)> {
    // Of another block before.
    let (mut numbers, mut words) = ([7; 8], [u64::MAX; 8]);
    let count = on.compress(on.load(block), first, &mut numbers, &mut words);
    numbers.into_iter().zip(words).take(count).collect()
}

/// A residual that asks these ranks: column, least and greatest.
fn residual(asks: &[(u8, u16, u16); INTERVALS]) -> PackedResidual {
    let mut residual = PackedResidual::default();
    for (at, (column, low, high)) in asks.iter().enumerate() {
        (residual.columns[at], residual.low[at], residual.width[at]) = (*column, *low, high - low);
    }
    residual
}

/// The predicates of a residual that don't hold: as every processor says, and as it is said.
#[track_caller]
fn outside(asks: &[(u8, u16, u16); INTERVALS], ranks: &RankColumns) -> u8 {
    let own = (1 << INTERVALS) - 1;
    let residual = residual(asks);
    let found = Portable.outside(&residual, ranks) & own;
    #[cfg(target_arch = "x86_64")]
    {
        let avx2 = Avx2::detect().map(|on| on.outside(&residual, &on.load_ranks(ranks)));
        let avx512 = Avx512::detect().map(|on| on.outside(&residual, &on.load_ranks(ranks)));
        let all = [avx2, avx512].into_iter().flatten();
        all.for_each(|other| assert_eq!(other & own, found, "{asks:?} of {ranks:?}"));
    }
    let is_outside = |(column, low, high): &(u8, u16, u16)| {
        !(*low..=*high).contains(&ranks[usize::from(*column)])
    };
    let expected = asks.iter().enumerate().map(|(at, ask)| u8::from(is_outside(ask)) << at);
    assert_eq!(found, expected.sum::<u8>(), "{asks:?} of {ranks:?}");
    found
}

#[test]
fn predicates_hold_within_their_ranks_in_every_column() {
    const ENDS: [u16; 9] = [0, 1, 2, 0x7fff, 0x8000, 0x8001, 65_533, 65_534, 65_535];
    // Each column has a rank of its own, which each of the predicates finds.
    let ranks: RankColumns = std::array::from_fn(|column| 1_000 + 31 * column as u16);
    for (column, at) in (0..64).flat_map(|column| (0..INTERVALS).map(move |at| (column, at))) {
        let rank = ranks[column];
        let mut asks = [(63 - column as u8, rank, rank); INTERVALS];
        asks[at] = (column as u8, rank, rank);
        assert_eq!(outside(&asks, &ranks), !(1 << at) & 0b11111);
    }
    let mut state = 4;
    let mut holding = 0;
    let end = |state: &mut u64| ENDS[random(state) as usize % ENDS.len()];
    for _ in 0..5_000 {
        let ranks: RankColumns = std::array::from_fn(|_| end(&mut state));
        let asks = std::array::from_fn(|_| {
            let (a, b) = (end(&mut state), end(&mut state));
            (random(&mut state) as u8 % 64, a.min(b), a.max(b))
        });
        holding += outside(&asks, &ranks).count_zeros() - 3;
    }
    assert!((8_000..17_000).contains(&holding), "{holding}");
}
