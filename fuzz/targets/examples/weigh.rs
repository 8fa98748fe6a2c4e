//! Weighs all archives of some folders, such as what the fuzzer made of the target `archive`:
//! how many a strict loader accepts, and the ten whose decisions take longest beside what they
//! are stated to cost. A loader's limits hold where none takes ten nanoseconds a unit.

use rulestone_fuzz_targets::weigh::Weight;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut tried, mut weighed) = (0_usize, Vec::new());
    for folder in std::env::args().skip(1) {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            tried += 1;
            if let Some(weight) = Weight::of(&std::fs::read(&path)?) {
                weighed.push((weight, path));
            }
        }
    }
    weighed.sort_by(|(a, _), (b, _)| b.nanoseconds_a_unit().total_cmp(&a.nanoseconds_a_unit()));
    println!("{} of {tried} files are accepted", weighed.len());
    println!("{:>9} {:>12} {:>12}", "ns a unit", "units", "ns");
    for (weight, path) in weighed.iter().take(10) {
        let (ratio, taken) = (weight.nanoseconds_a_unit(), weight.taken.as_nanos());
        println!("{ratio:>9.3} {:>12} {taken:>12}  {}", weight.stated, path.display());
    }
    Ok(())
}
