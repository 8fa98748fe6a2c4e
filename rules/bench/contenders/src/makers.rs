//! All contenders by the names that benchmarks have for them.

use crate::contender::Made;
use crate::{engines, formats};
use rulestone_bench::contenders::Given;
use rulestone_bench::model::Model;
use rulestone_bench::walk::Table;

/// How to make a contender.
type Make = fn(&Model, &[Table]) -> Made;

/// All of them, by the names in `rulestone_bench::contenders`.
const MAKERS: [(&str, Make); 10] = [
    ("a-tree", engines::atree::make),
    ("datalogic", engines::datalogic::make),
    ("rhai", engines::rhai::make),
    ("zen", engines::zen::make),
    ("cel", engines::cel::make),
    ("a-tree-whole", engines::atree::make_whole),
    ("datalogic-whole", engines::datalogic::make_whole),
    ("cel-whole", engines::cel::make_whole),
    ("protobuf", formats::protobuf),
    ("flatbuffers", formats::flatbuffers),
];

/// Makes the contender of a name.
///
/// # Errors
/// There is none, or it can't take these rules.
pub fn make(name: &str, given: &Given) -> Made {
    let maker = MAKERS.iter().find(|maker| maker.0 == name);
    let (_, make) = maker.ok_or_else(|| format!("there is no contender `{name}`"))?;
    make(&given.model, &given.tables)
}
