//! Formats in which rules are kept as bytes, one file each: they are read anew for
//! each request.
//!
//! In: the rules as plain data, and requests as columns. Out: a [`Contender`] for
//! each. The other two formats that are compared, JSON and rkyv, are crates that
//! Rulestone itself is made of; they are in the benchmark `story`.

mod flat;
mod protobuf;

use crate::contender::{Contender, Made};
use rulestone_bench::Outcome;
use rulestone_bench::model::Model;
use rulestone_bench::walk::Table;
use std::hint::black_box;

/// Finds the rules that match, from the bytes of all rules.
type Matching = fn(&[u8], &Table, &mut Vec<u32>) -> Outcome<()>;

struct Format {
    rules: Vec<u8>,
    tables: Vec<Table>,
    matching: Matching,
}

pub fn protobuf(model: &Model, tables: &[Table]) -> Made {
    let (rules, tables) = (protobuf::encode(&model.rules), tables.to_vec());
    Ok(Box::new(Format { rules, tables, matching: protobuf::matching }))
}

pub fn flatbuffers(model: &Model, tables: &[Table]) -> Made {
    let (rules, tables) = (flat::encode(&model.rules), tables.to_vec());
    Ok(Box::new(Format { rules, tables, matching: flat::matching }))
}

impl Contender for Format {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        let read = (self.matching)(black_box(&self.rules), &self.tables[request], matched);
        if black_box(read).is_err() {
            matched.clear();
        }
    }

    fn bytes(&self) -> Option<usize> {
        Some(self.rules.len())
    }
}
