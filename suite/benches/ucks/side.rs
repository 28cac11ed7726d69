//! Measures contenders in turns, so that what else the machine does hits all of them, and prints ratios first.

use std::time::Instant;

/// One contender: its name, and a round of it, which returns its amount of work and its seconds.
pub struct Contender<'a> {
    pub name: &'static str,
    pub round: Box<dyn FnMut() -> (f64, f64) + 'a>,
}

impl<'a> Contender<'a> {
    /// A round that is timed as a whole and returns its amount of work.
    pub fn new(name: &'static str, mut round: impl FnMut() -> f64 + 'a) -> Contender<'a> {
        Contender::timed(name, move || {
            let started = Instant::now();
            let done = round();
            (done, started.elapsed().as_secs_f64())
        })
    }

    /// A round that times itself.
    pub fn timed(name: &'static str, round: impl FnMut() -> (f64, f64) + 'a) -> Contender<'a> {
        Contender { name, round: Box::new(round) }
    }
}

/// Lets all contenders run in turns, and prints each beside the last one, which the others are compared with.
pub fn by_side(unit: &str, rounds: usize, mut contenders: Vec<Contender<'_>>) {
    let mut rates: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    // The first round warms up, and does not count.
    for round in 0..=rounds {
        for (contender, rates) in contenders.iter_mut().zip(&mut rates) {
            let (done, seconds) = (contender.round)();
            if round > 0 {
                rates.push(done / seconds.max(f64::EPSILON));
            }
        }
    }
    let against = rates.last().cloned().unwrap_or_default();
    for (contender, rates) in contenders.iter().zip(&rates) {
        let mut ratios: Vec<f64> = rates.iter().zip(&against).map(|(a, b)| a / b).collect();
        let ratio = median(&mut ratios);
        let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
        println!(
            "  {ratio:6.2} ({least:.2}–{most:.2})  {:<44} {:>12.0} {unit}/s",
            contender.name,
            median(&mut rates.clone())
        );
    }
    println!("          ratios to the last line, medians of {rounds} rounds in turns");
}

/// The middle of the values, which are sorted then.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Cores and load.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!("{cores} cores, load {load} at the start")
}
