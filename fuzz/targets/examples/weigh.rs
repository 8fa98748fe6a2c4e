//! Weighs archives, and sources that try to take longer than they are stated to: how many a
//! strict loader accepts, and those whose decisions take longest beside what they are stated to
//! cost. A loader's limits hold where none takes ten nanoseconds a unit.
//!
//! `weigh` weighs the sources, `weigh FOLDER …` all archives of some folders, such as what the fuzzer made of the
//! target `archive`.

use rulestone_fuzz_targets::weigh::{Weight, rulesets};
use std::error::Error;

/// Lines that are shown of folders.
const SHOWN: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let (mut tried, mut weighed) = (0_usize, Vec::new());
    for folder in &folders {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            tried += 1;
            if let Some(weight) = Weight::of(&std::fs::read(&path)?) {
                weighed.push((weight, path.display().to_string()));
            }
        }
    }
    if folders.is_empty() {
        for (name, source) in rulesets() {
            tried += 1;
            match Weight::of_source(&source) {
                Ok(weight) => weighed.push((weight, name.to_owned())),
                Err(why) => {
                    println!("{name}: {}", why.lines().take(4).collect::<Vec<_>>().join(" "))
                }
            }
        }
    }
    weighed.sort_by(|(a, _), (b, _)| b.nanoseconds_a_unit().total_cmp(&a.nanoseconds_a_unit()));
    println!("{} of {tried} are accepted", weighed.len());
    println!("{:>9} {:>12} {:>12}", "ns a unit", "units", "ns");
    let shown = if folders.is_empty() { weighed.len() } else { SHOWN };
    for (weight, name) in weighed.iter().take(shown) {
        let (ratio, taken) = (weight.nanoseconds_a_unit(), weight.taken.as_nanos());
        println!("{ratio:>9.3} {:>12} {taken:>12}  {name}", weight.stated);
    }
    Ok(())
}
