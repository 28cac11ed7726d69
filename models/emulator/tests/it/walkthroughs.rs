//! Sequences of requests that between them touch every guard.

mod environment;
mod requests;
mod states;

use std::sync::LazyLock;

use similar::{DiffTag, TextDiff};
use ucks_emulator::{Config, DEFAULT_ENVIRONMENT, Environment};

use crate::common::Service;

/// Sends its requests to the service, whose transcript keeps the answers.
pub(crate) type Walkthrough = fn(&mut Service);

macro_rules! named {
    ($($walkthrough:path,)*) => { &[$((stringify!($walkthrough), $walkthrough)),*] };
}

/// All walkthroughs, with their names.
const WALKTHROUGHS: &[(&str, Walkthrough)] = named![
    requests::bodies,
    requests::wire,
    requests::ids,
    requests::deleted_ids,
    requests::names,
    requests::name_edges,
    environment::cloudhsm_members,
    environment::clusters,
    environment::broken_clusters,
    environment::cluster_effects,
    environment::public_members,
    environment::addresses,
    environment::services,
    environment::switches,
    environment::proxies,
    environment::connect_time,
    states::gates_hsm,
    states::gates_public,
    states::gates_vpc,
    states::refused_effects,
    states::several_faults,
    states::second_updates,
    environment::owners,
    requests::edges,
    requests::secrets,
    states::half_applied,
    states::connects,
    states::restated,
    requests::creates,
    requests::describes,
    requests::restated_names,
    requests::disputed,
    requests::given_twice,
    environment::present,
    environment::vpc_proxies,
    requests::media_types,
    requests::halves,
    requests::empty_services,
    states::renames,
];

/// The default world, in which what is slow, to connect or to disconnect, does not end.
static PATIENT: LazyLock<Environment> = LazyLock::new(|| {
    Environment::parse(&DEFAULT_ENVIRONMENT.replace("connect_ms = 150", "connect_ms = 600000")).unwrap()
});

/// Returns the answers in each walkthrough: its name, then one line per answer.
pub(crate) fn played(config: Config) -> Vec<String> {
    let config = Config { environment: PATIENT.clone(), ..config };
    let play = |(name, walkthrough): &(&str, Walkthrough)| {
        let mut service = Service::new(config.clone());
        walkthrough(&mut service);
        service.transcript().into_iter().fold(format!("{name}\n"), |text, line| text + "  " + &line + "\n")
    };
    WALKTHROUGHS.iter().map(play).collect()
}

/// The answers that differ, of equal differences the first with their number; nothing where none does.
pub(crate) fn what_differs(before: &[String], after: &[String]) -> String {
    let mut all: Vec<(String, String, usize)> = Vec::new();
    for ((before, after), (name, _)) in before.iter().zip(after).zip(WALKTHROUGHS) {
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        for (at, old, new) in paired(&before, &after) {
            let difference = difference(old, new);
            match all.iter_mut().find(|known| known.1 == difference) {
                Some(known) => known.2 += 1,
                None => all.push((format!("{name} {at}"), difference, 1)),
            }
        }
    }
    all.iter().map(|(place, difference, times)| format!("  {place}: {difference}  x{times}\n")).collect()
}

/// Answers that differ, with the number of the later one: a refused Create is an answer more.
fn paired<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<(usize, &'t str, &'t str)> {
    if before.len() == after.len() {
        let both = before.iter().zip(after).enumerate().filter(|(_, (old, new))| old != new);
        return both.map(|(at, (old, new))| (at, *old, *new)).collect();
    }
    let mut all = Vec::new();
    for op in TextDiff::from_slices(before, after).ops().iter().filter(|op| op.tag() != DiffTag::Equal) {
        let (old, new) = (&before[op.old_range()], &after[op.new_range()]);
        for at in 0..old.len().max(new.len()) {
            let line = |lines: &[&'t str]| lines.get(at).copied().unwrap_or_default();
            all.push((op.new_range().start + at, line(old), line(new)));
        }
    }
    all
}

/// Returns the text between the common beginning and the common end of two lines.
fn difference(old: &str, new: &str) -> String {
    let same = |(a, b): &(char, char)| a == b;
    let begin: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (&old[begin..], &new[begin..]);
    let end: usize = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    format!("{} -> {}", &old[..old.len() - end], &new[..new.len() - end])
}
