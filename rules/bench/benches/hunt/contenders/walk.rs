//! Rules as typed data in memory, tested one after the other: no engine at all.
//!
//! How it is made, and why that is fair, is said where the walk is written
//! (`rulestone_bench::walk`).

use super::{Contender, Made};
use rulestone_bench::model::Model;
use rulestone_bench::walk::{self, Table};

struct Walk {
    model: Model,
    tables: Vec<Table>,
}

pub fn make(model: &Model, tables: &[Table]) -> Made {
    Ok(Box::new(Walk { model: model.clone(), tables: tables.to_vec() }))
}

impl Contender for Walk {
    fn matching(&mut self, request: usize, matched: &mut Vec<u32>) {
        walk::matching_model(&self.model, &self.tables[request], matched);
    }
}
