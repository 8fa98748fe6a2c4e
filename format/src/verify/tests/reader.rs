//! A reader that knows nothing but SPEC.md: bytes in, numbers of its tables, no
//! type of this crate. It finds its way through an archive, ranks the values of a
//! request, and says which slots match, with the index and without.

use super::fixture::{self, GOLD, IN_BOX, KIND, LAT, LEVEL, LON, NAME, NOW, TAGS, VETERAN};
use super::{access, bytes_of, seal};
use crate::frame::Frame;

/// The body of an archive.
struct Body<'b>(&'b [u8]);

/// A vec: where its first record lies, and how many there are.
type Vector = (usize, usize);

const ROOT: usize = 353;
const SCHEMA: usize = 85;

impl Body<'_> {
    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.0[at..at + 2].try_into().expect("two bytes"))
    }

    fn u32(&self, at: usize) -> usize {
        u32::from_le_bytes(self.0[at..at + 4].try_into().expect("four bytes")) as usize
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.0[at..at + 8].try_into().expect("eight bytes"))
    }

    /// The vec at an offset of the root.
    fn vector(&self, field: usize) -> Vector {
        let at = self.0.len() - ROOT + field;
        let distance = i32::from_le_bytes(self.0[at..at + 4].try_into().expect("four bytes"));
        (at.checked_add_signed(distance as isize).expect("in the file"), self.u32(at + 4))
    }

    fn text(&self, at: usize) -> &str {
        let start = self.vector(69).0 + self.u32(at);
        std::str::from_utf8(&self.0[start..start + self.u32(at + 4)]).expect("text")
    }

    /// Where a record lies.
    fn record(&self, field: usize, size: usize, number: usize) -> usize {
        let (start, count) = self.vector(field);
        assert!(number < count, "record {number} of the table at {field}");
        start + size * number
    }
}

/// A request: a frame, and what the code of variables comes to.
struct Request {
    frame: Vec<u8>,
    veteran: Option<i64>,
    in_box: Option<bool>,
}

impl Body<'_> {
    /// The cell of a fact, if it is there.
    fn cell(&self, frame: &[u8], fact: usize) -> Option<usize> {
        let count = u32::from_le_bytes(frame[16..20].try_into().expect("four bytes")) as usize;
        let is_there = fact < count && frame[24 + fact / 8] >> (fact % 8) & 1 == 1;
        let slot = self.u32(self.record(SCHEMA, 17, fact) + 13);
        is_there.then_some(24 + 8 * count.div_ceil(64) + slot)
    }

    fn rank(&self, number: u16, request: &Request) -> u32 {
        let subject = self.record(169, 22, usize::from(number));
        let (kind, source) = (self.u16(subject), self.u32(subject + 2));
        let frame = Body(&request.frame);
        if kind == 3 {
            let value = match source {
                0 => request.veteran.map(|veteran| self.reached(subject, of_int(veteran as u64))),
                2 => request.in_box.map(u32::from),
                _ => panic!("the fixture asks for variables 0 and 2"),
            };
            return value.map_or(0, |value| 1 + value);
        }
        let Some(cell) = self.cell(&request.frame, source) else { return 0 };
        let low = frame.u64(cell);
        let fact_type = self.u16(self.record(SCHEMA, 17, source) + 8);
        let fact_kind = self.u16(self.record(SCHEMA + 8, 8, usize::from(fact_type)));
        1 + match (kind, fact_kind) {
            (1, 8) => self.reached(subject, of_double(low)),
            (2, 8) => self.reached(subject, of_double(frame.u64(cell + 8))),
            (0, 1 | 7) => self.reached(subject, of_int(low)),
            (0, 2) => self.reached(subject, low),
            (0, 3) => self.reached(subject, of_double(low)),
            (0, 6) => {
                let nanos = frame.u64(cell + 8);
                self.reached(subject, of_int(low.wrapping_mul(2) + u64::from(nanos != 0)))
            }
            (0, 0 | 9) => low as u32,
            (0, 4) => self.word(subject, text(&request.frame, cell)),
            (0, 10) => 0,
            _ => panic!("a subject of kind {kind} of a fact of kind {fact_kind}"),
        }
    }

    fn reached(&self, subject: usize, key: u64) -> u32 {
        let (start, count) = (self.u32(subject + 6), self.u32(subject + 10));
        (start..start + count).filter(|cut| self.u64(self.record(177, 8, *cut)) <= key).count()
            as u32
    }

    /// The number of a word in a subject's dictionary, or how many there are.
    fn word(&self, subject: usize, word: &str) -> u32 {
        let (start, count) = (self.u32(subject + 14), self.u32(subject + 18));
        let words = (start..start + count).map(|number| self.record(185, 20, number));
        let found = words.into_iter().find(|at| self.text(at + 8) == word);
        found.map_or(count as u32, |at| self.u32(at + 16) as u32)
    }

    /// The numbers of the words that a list has, also of ones that no dictionary has.
    fn items(&self, number: u16, request: &Request) -> Vec<u32> {
        let subject = self.record(169, 22, usize::from(number));
        let frame = Body(&request.frame);
        let Some(cell) = self.cell(&request.frame, self.u32(subject + 2)) else {
            return Vec::new();
        };
        let (count, start) = (frame.u32(cell), frame.u32(cell + 4));
        (0..count).map(|item| self.word(subject, text(&request.frame, start + 8 * item))).collect()
    }

    fn holds(&self, predicate: u64, request: &Request) -> bool {
        let (negated, kind) = (predicate & 1 == 1, predicate >> 1 & 7);
        let subject = (predicate >> 4 & 0xfff) as u16;
        let (low, width) = ((predicate >> 16 & 0xff_ffff) as u32, (predicate >> 40) as u32);
        let rank = self.rank(subject, request);
        let plain = match kind {
            0 => (low..=low + width).contains(&rank),
            1 => predicate >> (16 + rank) & 1 == 1,
            2 => (0..width / 2).any(|run| {
                let entry = |at: u32| self.u32(self.record(209, 4, (low + 2 * run + at) as usize));
                (entry(0)..entry(1)).contains(&(rank as usize))
            }),
            3 => rank > 0 && self.items(subject, request).contains(&low),
            _ => panic!("no such kind"),
        };
        if negated { rank > 0 && !plain } else { plain }
    }

    /// Whether the first so many predicates of a slot hold.
    fn hold(&self, slot: usize, count: usize, request: &Request) -> bool {
        let start = self.u32(self.record(193, 16, slot) + 8);
        (start..start + count)
            .all(|number| self.holds(self.u64(self.record(201, 8, number)), request))
    }

    /// The slots whose predicates hold.
    fn without_index(&self, request: &Request) -> Vec<usize> {
        let slots = 0..self.vector(193).1;
        let count = |slot| usize::from(self.u16(self.record(193, 16, slot) + 12));
        slots.filter(|slot| self.hold(*slot, count(*slot), request)).collect()
    }

    /// The same by rows.
    fn with_index(&self, request: &Request) -> Vec<usize> {
        let slots = self.vector(193).1;
        let words = 8 * slots.div_ceil(512);
        let bit = |row: usize, slot: usize| {
            self.u64(self.record(233, 8, row * words + slot / 64)) >> (slot % 64) & 1 == 1
        };
        let dimensions = 0..self.vector(217).1;
        let leaves = |dimension: usize, slot: usize| {
            let record = self.record(217, 10, dimension);
            let (subject, start) = (self.u16(record), self.u32(record + 2));
            let row = |cell: usize| self.u32(self.record(225, 4, start + cell));
            let rank = self.rank(subject, request);
            let own = self.record(169, 22, usize::from(subject));
            if subject == TAGS && rank > 0 {
                let known = |word: &u32| (*word as usize) < self.u32(own + 18);
                let words = self.items(subject, request).into_iter().filter(known);
                let mut cells = words.map(|word| 2 + word as usize).chain([1]);
                cells.any(|cell| bit(row(cell), slot))
            } else {
                bit(row(rank as usize), slot)
            }
        };
        let residual = |slot| usize::from(self.u16(self.record(193, 16, slot) + 14));
        (0..slots)
            .filter(|slot| dimensions.clone().all(|dimension| leaves(dimension, *slot)))
            .filter(|slot| self.hold(*slot, residual(*slot), request))
            .collect()
    }
}

fn of_int(value: u64) -> u64 {
    value ^ 1 << 63
}

fn of_double(bits: u64) -> u64 {
    if bits >> 63 == 0 { bits ^ 1 << 63 } else { !bits }
}

/// The text that a cell of the frame refers to.
fn text(frame: &[u8], cell: usize) -> &str {
    let (length, start) = (Body(frame).u32(cell), Body(frame).u32(cell + 4));
    std::str::from_utf8(&frame[start..start + length]).expect("text")
}

/// What a request of the fixture carries.
#[derive(Debug, Clone)]
struct Facts {
    level: i64,
    tags: Vec<&'static str>,
    kind: u64,
    position: [f64; 2],
    now: (i64, u64),
    gold: Option<u64>,
    name: Option<&'static str>,
}

const SECOND: i64 = 1_780_000_000;

impl Facts {
    fn new() -> Facts {
        Facts {
            level: 0,
            tags: Vec::new(),
            kind: 0,
            position: [0.0, 0.0],
            now: (0, 0),
            gold: None,
            name: None,
        }
    }

    fn request(&self, body: &Body<'_>) -> Request {
        let fingerprints = body.vector(SCHEMA + 32);
        let mut presence = 0b1_1111_u64;
        let mut cells = vec![0; 80];
        let mut put = |at: usize, value: u64| {
            cells[at..at + 8].copy_from_slice(&value.to_le_bytes());
        };
        let heap_start = 24 + 8 + 80;
        let (mut heap, mut texts) = (Vec::<u8>::new(), Vec::<u8>::new());
        let reference = |at: usize, length: usize| (at as u64) << 32 | length as u64;
        put(0, self.level as u64);
        put(8, reference(heap_start, self.tags.len()));
        for tag in &self.tags {
            let at = heap_start + 8 * self.tags.len() + texts.len();
            heap.extend(reference(at, tag.len()).to_le_bytes());
            texts.extend(tag.as_bytes());
        }
        heap.extend(texts);
        put(16, self.kind);
        put(24, self.position[0].to_bits());
        put(32, self.position[1].to_bits());
        put(40, self.now.0 as u64);
        put(48, self.now.1);
        if let Some(gold) = self.gold {
            presence |= 1 << 6;
            put(64, gold);
        }
        if let Some(name) = self.name {
            presence |= 1 << 7;
            put(72, reference(heap_start + heap.len(), name.len()));
            heap.extend(name.as_bytes());
        }
        let mut frame = b"RSF1".to_vec();
        frame.extend(((heap_start + heap.len()) as u32).to_le_bytes());
        frame.extend(body.u64(fingerprints.0 + 8 * 8).to_le_bytes());
        frame.extend(8_u32.to_le_bytes());
        frame.extend([0; 4]);
        frame.extend(presence.to_le_bytes());
        frame.extend(cells);
        frame.extend(heap);
        Request { frame, veteran: None, in_box: None }
    }
}

fn body() -> Vec<u8> {
    let mut ruleset = fixture::ruleset();
    seal(&mut ruleset);
    bytes_of(&ruleset)
}

#[test]
fn a_reader_finds_the_rules() {
    let bytes = body();
    let body = Body(&bytes);
    let ids: Vec<&str> =
        (0..body.vector(153).1).map(|rule| body.text(body.record(153, 26, rule))).collect();
    assert_eq!(ids, ["golden-idol", "second", "third"]);
    assert_eq!(body.text(bytes.len() - ROOT), "black-mesa");
}

#[test]
fn tables_lie_behind_each_other_in_the_order_of_their_fields() {
    let bytes = body();
    let body = Body(&bytes);
    let first = [(69, 1), (77, 6)];
    let schema = [(0, 17), (8, 8), (16, 8), (24, 8), (32, 8)].map(|(at, size)| (SCHEMA + at, size));
    let before_index = [18, 10, 26, 10, 22, 8, 20, 16, 8, 4];
    let index = [10, 4, 8, 8];
    let after_index = [12, 18, 16, 2, 18, 50, 16, 8, 28, 12];
    let sizes = [&before_index[..], &index, &after_index].concat();
    let middle = sizes.iter().enumerate().map(|(number, size)| (137 + 8 * number, *size));
    let last = [(329, 8), (337, 12), (345, 12)];
    let mut end = 0;
    for (field, size) in first.into_iter().chain(schema).chain(middle).chain(last) {
        let (start, count) = body.vector(field);
        assert!(count > 0, "the fixture has something in the table at {field}");
        assert_eq!(start, end, "the table at field {field}");
        end = start + count * size;
    }
    assert_eq!(end, bytes.len() - ROOT);
}

#[test]
fn values_have_the_ranks_that_cuts_and_words_give_them() {
    let bytes = body();
    let body = Body(&bytes);
    let new = Facts::new;
    let rank = |subject, facts: Facts| body.rank(subject, &facts.request(&body));
    for (level, expected) in [(i64::MIN, 1), (-11, 1), (-10, 2), (19, 2), (20, 3), (i64::MAX, 3)] {
        assert_eq!(rank(LEVEL, Facts { level, ..new() }), expected, "{level}");
    }
    for (veteran, expected) in [(None, 0), (Some(49), 1), (Some(50), 2)] {
        let request = Request { veteran, ..new().request(&body) };
        assert_eq!(body.rank(VETERAN, &request), expected, "{veteran:?}");
    }
    for (gold, expected) in
        [(None, 0), (Some(0), 1), (Some(1), 2), (Some(99), 2), (Some(100), 3), (Some(u64::MAX), 3)]
    {
        assert_eq!(rank(GOLD, Facts { gold, ..new() }), expected, "{gold:?}");
    }
    for (now, expected) in [
        ((SECOND - 1, 999_999_999), 1),
        ((SECOND, 0), 2),
        ((SECOND, 1), 3),
        ((SECOND, 999_999_999), 3),
        ((SECOND + 1, 0), 3),
        ((-62_135_596_800, 0), 1),
    ] {
        assert_eq!(rank(NOW, Facts { now, ..new() }), expected, "{now:?}");
    }
    for (lat, lon, expected) in [
        (51.499, -0.251, (1, 1)),
        (51.5, -0.25, (2, 2)),
        (f64::INFINITY, -1e-300, (2, 2)),
        (f64::NEG_INFINITY, 0.0, (1, 3)),
        (-0.0, -0.0, (1, 2)),
        (f64::NAN, -f64::NAN, (2, 1)),
    ] {
        let facts = Facts { position: [lat, lon], ..new() };
        assert_eq!((rank(LAT, facts.clone()), rank(LON, facts)), expected, "{lat} {lon}");
    }
    for (name, expected) in
        [(None, 0), (Some("Gordon"), 1), (Some("Barney"), 2), (Some("Alyx"), 3), (Some(""), 4)]
    {
        assert_eq!(rank(NAME, Facts { name, ..new() }), expected, "{name:?}");
    }
    assert_eq!(rank(KIND, Facts { kind: 1, ..new() }), 2);
    assert_eq!(rank(TAGS, new()), 1);
    assert_eq!(rank(IN_BOX, new()), 0);
    let in_box = Request { in_box: Some(true), ..new().request(&body) };
    assert_eq!(body.rank(IN_BOX, &in_box), 2);
}

#[test]
fn slots_match_by_their_predicates_and_just_so_by_the_index() {
    let bytes = body();
    let body = Body(&bytes);
    let archive = access(&bytes).expect("accessible");
    let lists: [&[&'static str]; 6] =
        [&[], &["vip"], &["new"], &["vip", "vip", "other"], &["new", "vip"], &["other", ""]];
    let mut matches = [0; 4];
    for (level, now) in
        [(-11, (SECOND, 0)), (-10, (SECOND, 0)), (50, (SECOND, 1)), (50, (SECOND - 1, 999))]
    {
        for tags in lists {
            for (kind, name) in [
                (1, None),
                (1, Some("Gordon")),
                (0, Some("Alyx")),
                (1, Some("Alyx")),
                (1, Some("x")),
            ] {
                for gold in [None, Some(0), Some(7), Some(100)] {
                    for in_box in [None, Some(false), Some(true)] {
                        let facts = Facts {
                            level,
                            tags: tags.to_vec(),
                            kind,
                            now,
                            gold,
                            name,
                            ..Facts::new()
                        };
                        let request = Request { in_box, ..facts.request(&body) };
                        Frame::check(&request.frame, archive).expect("a good frame");
                        // What the fixture's slots say, in words.
                        let expected = [
                            level >= -10 && now == (SECOND, 0),
                            kind == 1
                                && ["Gordon", "Alyx"].contains(&name.unwrap_or_default())
                                && tags.contains(&"vip"),
                            !tags.contains(&"new")
                                && gold.is_some_and(|gold| !(1..100).contains(&gold))
                                && in_box != Some(true),
                            true,
                        ];
                        let expected: Vec<usize> = (0..4).filter(|slot| expected[*slot]).collect();
                        assert_eq!(body.without_index(&request), expected, "{facts:?}");
                        assert_eq!(body.with_index(&request), expected, "{facts:?}");
                        expected.into_iter().for_each(|slot| matches[slot] += 1);
                    }
                }
            }
        }
    }
    assert!(matches.iter().all(|matches| *matches > 10), "{matches:?}");
}
