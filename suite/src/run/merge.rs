//! One record from the records of all shards.
//!
//! The result is what one run without shards would have recorded, but for times, requests and ids: counts are added,
//! and a divergence that several shards met is reported as the shard reports it that met it first in the order of the
//! plan.

use std::collections::{BTreeMap, BTreeSet};

use ucks_oracle::account::ConnectionState;
use ucks_oracle::expectation::Observation;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use super::tally::{RulePlaces, ranked};
use crate::plan::shard::Shard;
use crate::record::{
    AnswerRow, CellRow, Finding, OrderRow, Place, Position, PrecedenceRow, Record, ShardPart, Tally, UnseenEstimate,
    Unstable, Verdict,
};
use crate::replay::Key;
use crate::selection::selects;

/// Why records cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMerged {
    /// There are none.
    #[error("nothing to merge: name the files of all shards")]
    Nothing,
    /// A record belongs to a whole run.
    #[error("`{0}` is the record of a whole run; merge only records of `ucks run --shard I/N`")]
    WholeRun(String),
    /// A shard's number is impossible.
    #[error("`{0}` claims to be shard {1} of {2}, which does not exist")]
    NoShard(String, u32, u32),
    /// Two records are of one shard.
    #[error("`{0}` and `{1}` are both shard {2}; name each shard once")]
    Doubled(String, String, Shard),
    /// Shards are missing.
    #[error("{0} missing; run with the same options and --shard, and merge again")]
    Missing(String),
    /// Two shards belong to different runs.
    #[error("`{file}` is a shard of another run than `{first}`: {what} is `{is}` in `{file}` and `{was}` in `{first}`")]
    Differs {
        /// The record.
        file: String,
        /// The first record.
        first: String,
        /// The property that differs.
        what: &'static str,
        /// The value in the record.
        is: String,
        /// The value in the first record.
        was: String,
    },
    /// A record names a revision that this program does not know.
    #[error("`{0}` judges revision `{1}`, which this program does not know")]
    UnknownRevision(String, String),
}

/// A record with its file's name, for messages.
struct NamedRecord {
    file: String,
    record: Record,
    part: ShardPart,
}

impl NamedRecord {
    /// Returns the properties that all shards of a run have in common, by name.
    fn terms(&self) -> Vec<(&'static str, String)> {
        let (record, terms) = (&self.record, &self.part.terms);
        let sequences = terms.sequences.map_or("by time".to_owned(), |n| n.to_string());
        let mut all = vec![
            ("the number of shards", self.part.of.to_string()),
            ("the version of ucks", record.suite.clone()),
            ("the rule book", record.rule_book.clone()),
            ("the target", record.target.clone()),
            ("the revision", record.revision.clone()),
            ("the policy", record.policy.clone()),
            ("--strict", record.strict.to_string()),
            ("the seed", record.seed.to_string()),
            ("--only", terms.only.join(",")),
            ("the number of random sequences", sequences),
            ("whether cases are run", terms.cases.to_string()),
        ];
        // A shard that lost its target, or was stopped, may not have come as far as its plan.
        if !self.part.plan.is_empty() {
            let unusable = record.probe.iter().filter(|p| !p.usable).map(|p| p.subject.as_str());
            all.push(("what the target lacks", unusable.collect::<Vec<_>>().join(", ")));
            all.push(("the plan", self.part.plan.clone()));
        }
        all
    }
}

/// Merges the records of all shards, each given with the name of its file. `require` names groups in which nothing
/// may be left out.
///
/// # Errors
/// [`NotMerged`] where the records are not those of all shards of one run, each once.
pub fn merge(records: Vec<(String, Record)>, require: &[String]) -> Result<Record, NotMerged> {
    let shards = sources(records)?;
    let first = shards.first().ok_or(NotMerged::Nothing)?;
    let unknown = || NotMerged::UnknownRevision(first.file.clone(), first.record.revision.clone());
    let revision: Revision = first.record.revision.parse().map_err(|_| unknown())?;
    let tally = tally(&shards);
    let (rows, unstable) = findings(&shards);
    let findings = ranked(rows, true);
    let order = orders(&shards);
    let repeats = sum(shards.iter().map(|s| &s.record.repeats));
    let mut notes = tally.notes(&repeats, &order);
    notes.extend(further_notes(&shards));
    let only = &first.part.terms.only;
    let rules = rules::at(revision)
        .filter(|r| only.is_empty() || only.iter().any(|o| selects(o, r.id.0)))
        .map(|rule| tally.row(rule, revision, &findings, places(&shards, rule.id.0), || why_not(&shards, rule.id.0)))
        .collect::<Vec<_>>();
    let fails = findings.iter().any(|f| f.fails || first.record.strict);
    let (outcome, could_not_test) = tally.outcome(&rules, require, fails, &mut notes);
    let mut merged = Record {
        started: shards.iter().filter_map(|s| s.record.started.clone()).min(),
        elapsed_ms: shards.iter().map(|s| s.record.elapsed_ms).max().unwrap_or(0),
        requests: shards.iter().map(|s| s.record.requests).sum(),
        sequences: shards.iter().map(|s| s.record.sequences).sum(),
        rules,
        findings,
        unstable,
        cells: cells(&shards),
        order,
        precedence: precedence(&shards),
        unseen: UnseenEstimate::of(tally.pairs.values().copied()),
        readings: readings(&shards),
        errors: sum(shards.iter().map(|s| &s.record.errors)),
        repeats,
        lost: shards.iter().find_map(|s| s.record.lost.clone()),
        outcome,
        could_not_test,
        notes,
        shard: None,
        ..first.record.clone()
    };
    merged.diagnose();
    Ok(merged)
}

/// The records in the order of their shards, after checking that they are all shards of one run.
fn sources(records: Vec<(String, Record)>) -> Result<Vec<NamedRecord>, NotMerged> {
    let mut shards: Vec<NamedRecord> = Vec::new();
    let mut claims = Vec::new();
    for (file, mut record) in records {
        let part = *record.shard.take().ok_or_else(|| NotMerged::WholeRun(file.clone()))?;
        let shard = Shard::new(part.index, part.of).ok_or(NotMerged::NoShard(file.clone(), part.index, part.of))?;
        let source = NamedRecord { file: file.clone(), record, part };
        claims.push(Claim { file, shard, terms: source.terms() });
        shards.push(source);
    }
    all_of_one_run(&claims)?;
    shards.sort_by_key(|s| s.part.index);
    Ok(shards)
}

/// The properties of a file: its shard, and those that all shards of a run have in common.
pub(crate) struct Claim {
    pub(crate) file: String,
    pub(crate) shard: Shard,
    pub(crate) terms: Vec<(&'static str, String)>,
}

/// Checks that these are all shards of one run, each once.
///
/// # Errors
/// [`NotMerged`] for the first one that does not belong to the others, is there twice, or is missing.
pub(crate) fn all_of_one_run(claims: &[Claim]) -> Result<(), NotMerged> {
    let first = claims.first().ok_or(NotMerged::Nothing)?;
    for (at, claim) in claims.iter().enumerate() {
        let differs = claim.terms.iter().zip(&first.terms).find(|((_, is), (_, was))| is != was);
        if let Some(((what, is), (_, was))) = differs {
            let (file, first) = (claim.file.clone(), first.file.clone());
            return Err(NotMerged::Differs { file, first, what, is: is.clone(), was: was.clone() });
        }
        if let Some(other) = claims[..at].iter().find(|other| other.shard.index() == claim.shard.index()) {
            return Err(NotMerged::Doubled(other.file.clone(), claim.file.clone(), claim.shard));
        }
    }
    let of = first.shard.of();
    let there: BTreeSet<u32> = claims.iter().map(|claim| claim.shard.index()).collect();
    let missing: Vec<String> = (1..=of).filter(|n| !there.contains(n)).map(|n| format!("{n}/{of}")).collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(NotMerged::Missing(format!("shard {one} is"))),
        more => Err(NotMerged::Missing(format!("shards {} are", more.join(", ")))),
    }
}

/// Adds counts by key.
fn sum<'a, K: Ord + Clone + 'a>(maps: impl Iterator<Item = &'a BTreeMap<K, u64>>) -> BTreeMap<K, u64> {
    let mut all: BTreeMap<K, u64> = BTreeMap::new();
    for (key, n) in maps.flatten() {
        *all.entry(key.clone()).or_default() += n;
    }
    all
}

fn tally(shards: &[NamedRecord]) -> Tally {
    let tallies = || shards.iter().map(|s| &s.part.tally);
    let lost = shards
        .iter()
        .find_map(|s| Some(format!("shard {}/{}: {}", s.part.index, s.part.of, s.part.tally.lost.as_ref()?)));
    Tally {
        answers: tallies().map(|t| t.answers).sum(),
        answers_by_cases: tallies().map(|t| t.answers_by_cases).sum(),
        pairs: sum(tallies().map(|t| &t.pairs)),
        orders: tallies().map(|t| t.orders).sum(),
        orders_by_cases: tallies().map(|t| t.orders_by_cases).sum(),
        kept: sum(tallies().map(|t| &t.kept)),
        kept_by_cases: sum(tallies().map(|t| &t.kept_by_cases)),
        blocked: sum(tallies().map(|t| &t.blocked)),
        no_verdict: sum(tallies().map(|t| &t.no_verdict)),
        lost,
        stopped: tallies().any(|t| t.stopped),
        timed_out: tallies().any(|t| t.timed_out),
        cases_left: tallies().any(|t| t.cases_left),
        unshrunk: tallies().map(|t| t.unshrunk).sum(),
        mean_answer_ms: tallies().map(|t| t.mean_answer_ms).max().unwrap_or(0),
        hopeless: tallies().find_map(|t| t.hopeless.clone()),
        ..Tally::default()
    }
}

/// The findings and unstable divergences, decided in the order in which one run would have met them.
fn findings(shards: &[NamedRecord]) -> (Vec<Finding>, Vec<Unstable>) {
    let mut places: BTreeMap<&Key, Vec<(Position, usize)>> = BTreeMap::new();
    for (at, shard) in shards.iter().enumerate() {
        for sighting in &shard.part.tally.divergences {
            places.entry(&sighting.key).or_default().push((sighting.first, at));
        }
    }
    places.values_mut().for_each(|p| p.sort());
    let mut keys: Vec<&Key> = places.keys().copied().collect();
    keys.sort_by_key(|key| places[key].first().copied());
    let sighting = |at: usize, key: &Key| shards[at].part.tally.divergences.iter().find(|s| s.key == *key);
    let mut chosen: BTreeMap<Key, Finding> = BTreeMap::new();
    let mut reported_as: BTreeMap<Key, Key> = BTreeMap::new();
    for key in &keys {
        if chosen.contains_key(*key) {
            continue;
        }
        for (_, at) in &places[key] {
            let other = sighting(*at, key).and_then(|s| s.reported_as.as_ref());
            let target = other.unwrap_or(key);
            let row = shards[*at].record.findings.iter().find(|f| f.replay.finding == *target);
            if let Some(row) = row {
                chosen.entry(target.clone()).or_insert_with(|| row.clone());
            }
            if let Some(other) = other {
                reported_as.insert((*key).clone(), other.clone());
            }
            if row.is_some() || other.is_some() {
                break;
            }
        }
    }
    for row in chosen.values_mut() {
        row.count = 0;
    }
    for key in &keys {
        let seen = places[key].iter().filter_map(|(_, at)| sighting(*at, key));
        let (count, of_probe) = seen.fold((0, 0), |(count, probe), s| (count + s.count, s.of_probe.max(probe)));
        if let Some(row) = chosen.get_mut(reported_as.get(*key).unwrap_or(key)) {
            row.count += count + of_probe;
        }
    }
    let mut unstable: Vec<Unstable> = Vec::new();
    let all = shards.iter().flat_map(|s| &s.record.unstable);
    for row in all {
        let settled = row.key().is_some_and(|key| chosen.contains_key(key) || reported_as.contains_key(key));
        if !settled && unstable.iter().all(|u| u.key().is_none() || u.key() != row.key()) {
            unstable.push(row.clone());
        }
    }
    (chosen.into_values().collect(), unstable)
}

/// Where any shard touched and decided a rule.
fn places(shards: &[NamedRecord], rule: &str) -> RulePlaces {
    let rows = || shards.iter().flat_map(|s| &s.record.rules).filter(|r| r.id == rule);
    let touched: BTreeSet<&Place> = rows().flat_map(|r| &r.touched).collect();
    let decided: BTreeSet<&Place> = rows().flat_map(|r| &r.decided).collect();
    RulePlaces { touched: touched.into_iter().cloned().collect(), decided: decided.into_iter().cloned().collect() }
}

/// Why no shard judged a rule: the reason of a shard that had cases for it, if there is one.
fn why_not(shards: &[NamedRecord], rule: &str) -> (Verdict, String) {
    let reason = |s: &NamedRecord| {
        let row = s.record.rules.iter().find(|r| r.id == rule)?;
        Some((row.verdict, row.reason.clone()?))
    };
    let worth = |s: &NamedRecord| {
        let tally = &s.part.tally;
        (tally.answers > 0, tally.unsent.contains(rule), !tally.elsewhere.contains(rule))
    };
    let mut best: Option<&NamedRecord> = None;
    for shard in shards.iter().filter(|s| reason(s).is_some()) {
        if best.is_none_or(|best| worth(shard) > worth(best)) {
            best = Some(shard);
        }
    }
    best.and_then(reason).unwrap_or((Verdict::NotCovered, "no shard judged it".to_owned()))
}

fn cells(shards: &[NamedRecord]) -> Vec<CellRow> {
    let mut all: Vec<CellRow> = Vec::new();
    for row in shards.iter().flat_map(|s| &s.record.cells) {
        let same = |c: &&mut CellRow| c.store_type == row.store_type && c.state == row.state && c.member == row.member;
        match all.iter_mut().find(same) {
            Some(cell) => {
                let mut answers: BTreeMap<Observation, u64> = BTreeMap::new();
                for row in cell.answers.drain(..).chain(row.answers.iter().cloned()) {
                    *answers.entry(row.answer).or_default() += row.times;
                }
                cell.answers = answers.into_iter().map(|(answer, times)| AnswerRow { answer, times }).collect();
            }
            None => all.push(row.clone()),
        }
    }
    let at = |mut names: &mut dyn Iterator<Item = &'static str>, name: &str| (&mut names).position(|n| n == name);
    all.sort_by_key(|cell| {
        (
            at(&mut StoreType::ALL.iter().map(|t| t.name()), &cell.store_type),
            at(&mut ConnectionState::ALL.iter().map(|s| s.name()), &cell.state),
            at(&mut Member::ALL.iter().map(|m| m.name()), &cell.member),
        )
    });
    all
}

fn orders(shards: &[NamedRecord]) -> Vec<OrderRow> {
    let mut all: BTreeMap<(String, String), OrderRow> = BTreeMap::new();
    for row in shards.iter().flat_map(|s| &s.record.order) {
        let new = || OrderRow { errors: Vec::new(), times: 0, ..row.clone() };
        let merged = all.entry((row.winner.clone(), row.loser.clone())).or_insert_with(new);
        merged.times += row.times;
        let errors: BTreeSet<String> = merged.errors.drain(..).chain(row.errors.iter().cloned()).collect();
        merged.errors = errors.into_iter().collect();
    }
    all.into_values().collect()
}

fn precedence(shards: &[NamedRecord]) -> Vec<PrecedenceRow> {
    let mut all: BTreeMap<PrecedenceRow, u64> = BTreeMap::new();
    for row in shards.iter().flat_map(|s| &s.record.precedence) {
        *all.entry(PrecedenceRow { times: 0, ..row.clone() }).or_default() += row.times;
    }
    all.into_iter().map(|(row, times)| PrecedenceRow { times, ..row }).collect()
}

fn readings(shards: &[NamedRecord]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (rule, answers) in shards.iter().flat_map(|s| &s.record.readings) {
        let merged = all.entry(rule.clone()).or_default();
        *merged = sum([&*merged, answers].into_iter());
    }
    all
}

/// The notes of shards that do not follow from counts, each once.
fn further_notes(shards: &[NamedRecord]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for note in shards.iter().flat_map(|shard| &shard.part.notes) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    notes
}
