//! The choice of causes: few that explain much, and that contradict little of what the run judged.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;

use super::Cause;
use super::catalogue::{HabitRow, Sign, filled};
use super::symptom::{Dimension, Symptom};
use crate::record::{Finding, Place, Record, RuleRow};

/// The findings that a cause must explain more for each exception.
const EXCEPTION: usize = 2;
/// The findings that a general row must explain more than another row.
const GENERAL: usize = 2;
/// The number of found units that each exception requires.
const FOUND_FOR_EACH_KEPT: usize = 3;
/// The largest number of exceptions that a sentence names.
const NAMED: usize = 3;

/// Indices of findings.
type FindingSet = BTreeSet<usize>;
/// The values of a row's dimensions.
type DimensionValues = Vec<String>;

/// The units of one row.
#[derive(Default)]
struct Units {
    dimensions: Vec<Dimension>,
    /// The units with findings, each with these findings.
    found: BTreeMap<DimensionValues, FindingSet>,
    /// The units that the run judged, and that have no finding.
    kept: BTreeSet<DimensionValues>,
}

/// A row or a slice of one, with what it explains.
struct Candidate<'a> {
    row: &'a HabitRow,
    name: String,
    sentence: String,
    fix: String,
    /// The number of its found units. Of two candidates that explain as much, the one with more units is coarser and is
    /// chosen.
    units: usize,
    /// The units in which the service keeps the rules: its exceptions.
    kept: Vec<String>,
    explains: FindingSet,
}

/// The findings and judged places of a run.
pub(super) struct JudgedPlaces<'a> {
    findings: Vec<&'a Finding>,
    /// The symptoms of `findings`, in the same order.
    symptoms: Vec<Symptom>,
    rules: &'a [RuleRow],
}

impl<'a> JudgedPlaces<'a> {
    /// The findings of a record that are not declared.
    pub(super) fn of(record: &'a Record) -> JudgedPlaces<'a> {
        let findings: Vec<&Finding> = record.findings.iter().filter(|finding| finding.deviation.is_none()).collect();
        let symptoms = findings.iter().map(|finding| Symptom::of(finding)).collect();
        JudgedPlaces { findings, symptoms, rules: &record.rules }
    }
}

/// Chooses causes for what the run found.
pub(super) fn cover(rows: &[HabitRow], run: &JudgedPlaces<'_>) -> Vec<Cause> {
    let candidates = candidates(rows, run);
    let mut chosen: Vec<&Candidate<'_>> = Vec::new();
    let mut explained = FindingSet::new();
    let gain = |candidate: &Candidate<'_>, explained: &FindingSet| {
        let cost = EXCEPTION * candidate.kept.len() + if candidate.row.general { GENERAL } else { 0 };
        candidate.explains.difference(explained).count().saturating_sub(cost)
    };
    loop {
        let rank = |c: &&Candidate<'_>| (gain(c, &explained), c.units, Reverse(c.name.clone()));
        let Some(best) = candidates.iter().max_by_key(rank).filter(|best| gain(best, &explained) > 0) else { break };
        explained.extend(&best.explains);
        chosen.push(best);
    }
    assigned(without_needless(chosen), &run.findings)
}

/// Removes candidates whose findings the others explain together.
fn without_needless<'a>(mut chosen: Vec<&'a Candidate<'a>>) -> Vec<&'a Candidate<'a>> {
    let mut at = chosen.len();
    while at > 0 {
        at -= 1;
        let others: FindingSet =
            chosen.iter().enumerate().filter(|(i, _)| *i != at).flat_map(|(_, c)| &c.explains).copied().collect();
        if chosen[at].explains.is_subset(&others) {
            chosen.remove(at);
        }
    }
    chosen
}

/// Each finding under the first cause that explains it.
fn assigned(chosen: Vec<&Candidate<'_>>, findings: &[&Finding]) -> Vec<Cause> {
    let mut taken = FindingSet::new();
    let mut causes = Vec::new();
    for candidate in chosen {
        let mine: Vec<usize> = candidate.explains.iter().copied().filter(|at| taken.insert(*at)).collect();
        // The shortest sequence is understood first.
        let Some(first) = mine.iter().min_by_key(|at| (!findings[**at].fails, findings[**at].steps.len(), **at)) else {
            continue;
        };
        causes.push(Cause {
            name: candidate.name.clone(),
            sentence: candidate.sentence(),
            harm: candidate.row.harm,
            fix: candidate.fix.clone(),
            first: findings[*first].code.clone(),
            findings: mine.iter().map(|at| findings[*at].code.clone()).collect(),
        });
    }
    causes
}

impl Candidate<'_> {
    fn sentence(&self) -> String {
        let named = self.kept.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        match self.kept.len() {
            0 => self.sentence.clone(),
            n if n > NAMED => format!("{}, except {named} and {} more", self.sentence, n - NAMED),
            _ => format!("{}, except {named}", self.sentence),
        }
    }
}

fn candidates<'a>(rows: &'a [HabitRow], run: &JudgedPlaces<'_>) -> Vec<Candidate<'a>> {
    let all: BTreeMap<&str, (&HabitRow, Units)> =
        rows.iter().map(|row| (row.name.as_str(), (row, Units::of(row, run)))).collect();
    let mut candidates = Vec::new();
    for row in rows {
        let parts: Vec<&str> =
            if row.of.is_empty() { vec![row.name.as_str()] } else { row.of.iter().map(String::as_str).collect() };
        let parts: Vec<&(&HabitRow, Units)> = parts.iter().filter_map(|part| all.get(part)).collect();
        candidates.extend(whole(row, &parts, run));
        if let Some((_, units)) = all.get(row.name.as_str()) {
            candidates.extend(slices(row, units, run));
        }
    }
    candidates
}

/// The row as a whole, where it has several units or is not divided.
fn whole<'a>(row: &'a HabitRow, parts: &[&(&HabitRow, Units)], run: &JudgedPlaces<'_>) -> Option<Candidate<'a>> {
    let sentence = row.sentence.clone()?;
    let found: usize = parts.iter().map(|(_, units)| units.found.len()).sum();
    let undivided = row.of.is_empty() && row.slices.is_empty();
    let kept: Vec<String> = parts.iter().flat_map(|(part, units)| units.exceptions(part, &[])).collect();
    if found < if undivided { 1 } else { 2 } || found < FOUND_FOR_EACH_KEPT * kept.len() {
        return None;
    }
    let mut explains: FindingSet =
        parts.iter().flat_map(|(_, units)| units.found.values().flatten()).copied().collect();
    for (part, units) in parts.iter().filter(|(_, units)| !units.found.is_empty()) {
        explains.extend(units.consequences(part, &[], run));
    }
    let (name, fix) = (row.name.clone(), row.fix.clone());
    Some(Candidate { row, name, sentence, fix, units: found, kept, explains })
}

/// The slices of the row, each with the values that findings show.
fn slices<'a>(row: &'a HabitRow, units: &Units, run: &JudgedPlaces<'_>) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::new();
    let finest = units.dimensions.len();
    for slice in &row.slices {
        let of_slice = |values: &DimensionValues| units.projected(values, &slice.by);
        let values: BTreeSet<DimensionValues> = units.found.keys().map(of_slice).collect();
        for fixed in values {
            let fixed: Vec<(Dimension, &str)> =
                slice.by.iter().copied().zip(fixed.iter().map(String::as_str)).collect();
            // Only a missing member has words of its own in sentences: "the request".
            if fixed.iter().any(|(dimension, value)| value.is_empty() && *dimension != Dimension::Member) {
                continue;
            }
            let mine: Vec<&FindingSet> =
                units.found.iter().filter(|(values, _)| units.has(values, &fixed)).map(|(_, set)| set).collect();
            let kept = units.exceptions(row, &fixed);
            let single = slice.by.len() < finest && mine.len() < 2;
            if single || mine.len() < FOUND_FOR_EACH_KEPT * kept.len() {
                continue;
            }
            let mut explains: FindingSet = mine.iter().flat_map(|set| set.iter()).copied().collect();
            explains.extend(units.consequences(row, &fixed, run));
            let shown = fixed.iter().map(|(_, value)| *value).filter(|value| !value.is_empty());
            let shown = shown.collect::<Vec<_>>().join(", ");
            candidates.push(Candidate {
                row,
                name: format!("{} ({shown})", row.name),
                sentence: filled(&slice.sentence, &fixed),
                fix: filled(&row.fix, &fixed),
                units: mine.len(),
                kept,
                explains,
            });
        }
    }
    candidates
}

impl Units {
    fn of(row: &HabitRow, run: &JudgedPlaces<'_>) -> Units {
        let mut units = Units { dimensions: row.dimensions(), ..Units::default() };
        for (at, symptom) in run.symptoms.iter().enumerate() {
            if row.signs.iter().any(|sign| sign.fits(symptom)) {
                let values = units.dimensions.iter().map(|dimension| symptom.value(*dimension).to_owned());
                units.found.entry(values.collect()).or_default().insert(at);
            }
        }
        if !units.found.is_empty() {
            let kept: BTreeSet<DimensionValues> =
                run.rules.iter().flat_map(|rule| units.judged(row, rule, &run.findings)).collect();
            units.kept = kept.into_iter().filter(|values| !units.found.contains_key(values)).collect();
        }
        units
    }

    /// The units that the run judged by the rule.
    fn judged(&self, row: &HabitRow, rule: &RuleRow, findings: &[&Finding]) -> Vec<DimensionValues> {
        let about = |place: &Place| {
            let member = place.member.as_deref().unwrap_or_default();
            row.signs.first().is_some_and(|sign| sign.concerns(&rule.id) && sign.is_about(member))
        };
        // A finding may break the rule without being filed under it.
        let broken = |place: &Place| {
            let breaks = |finding: &&&Finding| finding.breaks(&rule.id) && finding.rule != rule.id;
            findings.iter().filter(breaks).any(|finding| finding.member == place.member)
        };
        let places = rule.decided.iter().filter(|place| about(place) && !broken(place));
        places.flat_map(|place| self.at(place, rule)).collect()
    }

    /// The units at a place: one, or one for each way of being wrong that findings show.
    fn at(&self, place: &Place, rule: &RuleRow) -> Vec<DimensionValues> {
        let mut all = vec![DimensionValues::new()];
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let values: Vec<String> = match dimension {
                Dimension::Member => place.member.iter().cloned().collect(),
                Dimension::State => place.state.iter().cloned().collect(),
                Dimension::StoreType => place.store_type.iter().cloned().collect(),
                Dimension::Rule => vec![rule.id.clone()],
                Dimension::Aspect => {
                    let aspects: BTreeSet<&String> = self.found.keys().map(|values| &values[at]).collect();
                    aspects.into_iter().filter(|aspect| is_possible(place, aspect)).cloned().collect()
                }
                Dimension::Operation | Dimension::Actual | Dimension::Expected => Vec::new(),
            };
            all = all
                .iter()
                .flat_map(|unit| values.iter().map(move |v| [unit.as_slice(), std::slice::from_ref(v)].concat()))
                .collect();
        }
        if self.dimensions.is_empty() { Vec::new() } else { all }
    }

    /// The values of some of the dimensions.
    fn projected(&self, values: &DimensionValues, by: &[Dimension]) -> DimensionValues {
        let at = |dimension: &Dimension| self.dimensions.iter().position(|d| d == dimension);
        by.iter().filter_map(|dimension| at(dimension).map(|at| values[at].clone())).collect()
    }

    /// Returns true if the unit has these values.
    fn has(&self, values: &DimensionValues, fixed: &[(Dimension, &str)]) -> bool {
        self.dimensions.iter().zip(values).all(|(d, v)| fixed.iter().all(|(of, value)| of != d || *value == v.as_str()))
    }

    /// The units with these values that the service keeps, as they are named in a sentence.
    fn exceptions(&self, row: &HabitRow, fixed: &[(Dimension, &str)]) -> Vec<String> {
        let kept = self.kept.iter().filter(|values| self.has(values, fixed));
        let named = |values: &DimensionValues| {
            let values: Vec<(Dimension, &str)> =
                self.dimensions.iter().copied().zip(values.iter().map(String::as_str)).collect();
            filled(&row.except, &values)
        };
        kept.map(named).collect()
    }

    /// The findings that the habit shows besides its signs, where it has units with these values.
    fn consequences(&self, row: &HabitRow, fixed: &[(Dimension, &str)], run: &JudgedPlaces<'_>) -> FindingSet {
        let member = |values: &DimensionValues| self.projected(values, &[Dimension::Member]).pop().unwrap_or_default();
        let mut members: BTreeSet<String> =
            self.found.keys().filter(|values| self.has(values, fixed)).map(member).collect();
        members.insert(String::new());
        let signs: Vec<&Sign> = members.iter().filter_map(|member| row.consequences.get(member)).flatten().collect();
        let shown = |symptom: &Symptom| signs.iter().any(|sign| sign.fits(symptom));
        run.symptoms.iter().enumerate().filter(|(_, symptom)| shown(symptom)).map(|(at, _)| at).collect()
    }
}

/// Returns true if a value of the member can be wrong in that way.
fn is_possible(place: &Place, aspect: &str) -> bool {
    use ucks_oracle::members::ConstraintViolation as Wrong;
    let member = Member::ALL.iter().find(|member| Some(member.name()) == place.member.as_deref());
    let Some(row) = member.map(|member| member.row(Revision::LATEST)) else { return true };
    match aspect {
        _ if aspect == Wrong::Pattern.name() || aspect == Wrong::MatchInside.name() => row.pattern.is_some(),
        _ if aspect == Wrong::TooLong.name() || aspect == Wrong::TooShort.name() => row.max.is_some(),
        _ if aspect == Wrong::Enum.name() => row.max.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
