//! How many inputs a second each target takes here, without a fuzzer and its sanitizer: of
//! all targets, or of those that are named. What one input asks for is chosen by its bytes,
//! so each seed is tried with some bytes more, too.

use rulestone_fuzz_targets::{TARGETS, seed};
use std::time::{Duration, Instant};

/// Of each target.
const WHILE: Duration = Duration::from_secs(4);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let seeds = seed::all();
    for target in TARGETS.iter().filter(|it| wanted.is_empty() || wanted.contains(&it.name.into()))
    {
        let own = seeds.iter().filter(|seed| seed.targets.contains(&target.name));
        let mut inputs: Vec<Vec<u8>> = own.map(|seed| seed.bytes.clone()).collect();
        inputs.iter().for_each(|input| (target.run)(input));
        let (begun, mut runs) = (Instant::now(), 0_u32);
        'enough: for more in 0_u32.. {
            for input in &mut inputs {
                if begun.elapsed() > WHILE {
                    break 'enough;
                }
                (target.run)(input);
                runs += 1;
                if more < 64 {
                    input.push(more as u8);
                }
            }
        }
        println!(
            "{:<14}{:>8.0} a second",
            target.name,
            f64::from(runs) / begun.elapsed().as_secs_f64()
        );
    }
}
