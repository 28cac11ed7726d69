//! Judged steps a second in process.

use std::cell::Cell;

use crate::emulated::{random, target};
use crate::rival;
use crate::side::{Contender, by_side};

/// Random sequences in one round.
const SEQUENCES: u32 = 40_000;

pub fn main() {
    let (ours, alone, theirs) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let next = |seed: &Cell<u64>| {
        seed.set(seed.get() + 1);
        seed.get()
    };
    by_side(
        "steps",
        5,
        vec![
            Contender::new("ucks, 4 lanes", || {
                let target = target();
                random(target.clone(), next(&ours), SEQUENCES.into(), 4);
                target.steps() as f64
            }),
            Contender::new("ucks, 1 lane", || {
                let target = target();
                random(target.clone(), next(&alone), SEQUENCES.into(), 1);
                target.steps() as f64
            }),
            Contender::new("the same with proptest-state-machine", || rival::run(next(&theirs), SEQUENCES) as f64),
        ],
    );
    println!("  a step is an operation sent and judged, and every store looked at after it");
    println!("  ucks has a thread for each core and draws the next sequences meanwhile; the rival has one for all");
}
