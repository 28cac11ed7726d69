//! The causes that are named for each edit, and what edits of one habit show besides its signs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ucks_emulator::{DEFAULT_ENVIRONMENT, Edit, edits};
use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;

use super::{GeneratedOptions, chosen, record_of};
use crate::causes::Cause;
use crate::causes::{Habit, Symptom};
use crate::plan::cases::PlanCache;
use crate::profile::Profile;
use crate::record::Finding;
use crate::run::Options;
use crate::score::side_by_side;

/// The whole run of one edit.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The name of the edit.
    pub edit: String,
    /// The findings of the deterministic cases.
    pub findings: Vec<Finding>,
    /// The causes that explain them.
    pub causes: Vec<Cause>,
}

/// Runs all cases against each edit, and explains the findings.
pub fn measure_causes(options: &GeneratedOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<Measured> {
    measure(&chosen(edits(Revision::LATEST.date()), options), options, progress)
}

fn measure(chosen: &[Edit], options: &GeneratedOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<Measured> {
    let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap_or_default();
    let plans = PlanCache::default();
    side_by_side(chosen, options.jobs, progress, |edit| {
        let (seed, plans) = (options.seed, plans.clone());
        let options = Options { seed, sequences: 0, lanes: 1, shrink: false, plans, ..Options::default() };
        let record = record_of(edit, &profile, options);
        Measured { edit: edit.name().to_owned(), findings: record.findings, causes: record.causes }
    })
}

/// The names that edits use for members of the request.
pub(crate) const SHORT: [(&str, Member); 12] = [
    ("id", Member::CustomKeyStoreId),
    ("name", Member::NewCustomKeyStoreName),
    ("password", Member::KeyStorePassword),
    ("cluster", Member::CloudHsmClusterId),
    ("endpoint", Member::XksProxyUriEndpoint),
    ("path", Member::XksProxyUriPath),
    ("service", Member::XksProxyVpcEndpointServiceName),
    ("owner", Member::XksProxyVpcEndpointServiceOwner),
    ("credential", Member::XksProxyAuthenticationCredential),
    ("access-key", Member::AccessKeyId),
    ("secret", Member::RawSecretAccessKey),
    ("connectivity", Member::XksProxyConnectivity),
];

/// The habits that the catalogue states for an edit, with the member where it is about one.
fn habits(edit: &str) -> Vec<(Habit, String)> {
    Habit::of_edit(edit, &SHORT.map(|(short, member)| (short, member.name())))
}

/// The consequences of edits besides the signs of their habits, as the table that the program embeds: each rule, kind
/// and member that at least half of the edits with the habit show.
pub fn consequences(measured: &[Measured]) -> String {
    let mut edits: BTreeMap<String, usize> = BTreeMap::new();
    let mut shown: BTreeMap<String, BTreeMap<FindingPattern, usize>> = BTreeMap::new();
    for run in measured {
        let symptoms: Vec<Symptom> = run.findings.iter().map(Symptom::of).collect();
        for (habit, member) in habits(&run.edit) {
            if !symptoms.iter().any(|symptom| habit.has_sign(symptom, &member)) {
                continue;
            }
            let name = habit.name(&member);
            *edits.entry(name.clone()).or_default() += 1;
            let further = symptoms.iter().filter(|symptom| !habit.has_sign(symptom, &member));
            for pattern in further.map(Symptom::pattern).collect::<BTreeSet<FindingPattern>>() {
                *shown.entry(name.clone()).or_default().entry(pattern).or_default() += 1;
            }
        }
    }
    let mut text =
        "# What each habit shows besides its signs. `ucks score --generated --write-causes FILE` writes it.\n"
            .to_owned();
    for (name, patterns) in shown {
        let most = edits.get(&name).copied().unwrap_or(0);
        let kept = patterns.into_iter().filter(|(_, times)| 2 * times >= most).map(|(pattern, _)| pattern).collect();
        text += &rows(&name, kept);
    }
    text
}

/// Returns the number of edits that are explained by a habit which the catalogue states for them, and a list of the
/// others.
pub fn summary(measured: &[Measured]) -> String {
    let found: Vec<&Measured> = measured.iter().filter(|run| !run.findings.is_empty()).collect();
    let others: Vec<&&Measured> = found.iter().filter(|run| !run.is_named()).collect();
    let findings: usize = found.iter().map(|run| run.findings.len()).sum();
    let explained: usize = found.iter().flat_map(|run| &run.causes).map(|cause| cause.findings.len()).sum();
    let mut text = format!(
        "{} edits, {} with findings, {} of them explained by their own habit\n{explained} of {findings} findings \
            have a cause\n",
        measured.len(),
        found.len(),
        found.len() - others.len(),
    );
    for run in others {
        let causes: Vec<&str> = run.causes.iter().map(|cause| cause.name.as_str()).collect();
        let _ = writeln!(text, "  {:<44} {}", run.edit, causes.join("; "));
    }
    text
}

impl Measured {
    /// Returns true if a cause is a habit that the catalogue states for each of the edits.
    fn is_named(&self) -> bool {
        self.edit.split(' ').all(|edit| {
            let habits = habits(edit);
            self.causes.iter().any(|cause| habits.iter().any(|(habit, _)| habit.is(cause)))
        })
    }
}

/// Rule, kind and member of a finding.
type FindingPattern = (String, &'static str, String);

/// One habit in the table.
fn rows(name: &str, patterns: Vec<FindingPattern>) -> String {
    let mut grouped: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for (rule, kind, member) in &patterns {
        grouped.entry((kind, member)).or_default().push(format!("\"{rule}\""));
    }
    let mut text = String::new();
    for ((kind, member), rules) in grouped {
        let _ = writeln!(text, "\n[[\"{name}\"]]\nrules = [{}]\nkinds = [\"{kind}\"]", rules.join(", "));
        if !member.is_empty() {
            let _ = writeln!(text, "members = [\"{member}\"]");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(edits: &[Edit]) -> Vec<Measured> {
        let options = GeneratedOptions { names: Vec::new(), sample: None, seed: 1, sequences: 0, jobs: 2 };
        measure(edits, &options, &|_, _| {})
    }

    fn sample(seed: u64, size: usize) -> Vec<Edit> {
        let options = GeneratedOptions { names: Vec::new(), sample: Some(size), seed, sequences: 0, jobs: 2 };
        chosen(edits(Revision::LATEST.date()), &options)
    }

    #[test]
    fn the_catalogue_has_a_habit_for_every_edit() {
        let all = edits(Revision::LATEST.date());
        let without: Vec<&str> = all.iter().map(Edit::name).filter(|name| habits(name).is_empty()).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn edits_alone_and_together_are_explained_by_their_habits() {
        let alone = sample(3, 24);
        let runs = measured(&alone);
        let visible: Vec<&Edit> =
            alone.iter().zip(&runs).filter(|(_, run)| !run.findings.is_empty()).map(|(edit, _)| edit).collect();
        assert!(visible.len() > 12, "{}", summary(&runs));
        let single: Vec<Measured> = runs.into_iter().filter(|run| !run.findings.is_empty()).collect();
        assert!(named(&single).0 * 20 >= named(&single).1 * 19, "{}", summary(&single));
        let pairs = visible.windows(2).step_by(2).map(|edits| edits[0].and(edits[1]));
        let triples = visible.windows(3).step_by(3).map(|edits| edits[0].and(edits[1]).and(edits[2]));
        let together = measured(&pairs.chain(triples).collect::<Vec<Edit>>());
        let (found, all) = named(&together);
        assert!(all > 20 && found * 10 >= all * 9, "{found} of {all}: {}", summary(&together));
        let causes: usize = together.iter().map(|run| run.causes.len()).sum();
        assert!(causes < 2 * all, "{causes} causes for {all} edits: {}", summary(&together));
    }

    /// Without the table of consequences each of these findings has a cause of its own.
    #[test]
    fn the_table_of_consequences_tells_causes_apart() {
        let all = edits(Revision::LATEST.date());
        for (edit, cause) in [
            ("path.dropped", "not-stored (XksProxyUriPath)"),
            ("connectivity.dropped", "not-stored (XksProxyConnectivity)"),
        ] {
            let edit: Vec<Edit> = all.iter().filter(|known| known.name() == edit).cloned().collect();
            let runs = measured(&edit);
            let names: Vec<&str> = runs[0].causes.iter().map(|cause| cause.name.as_str()).collect();
            assert_eq!(names, [cause], "is the table stale? {}", summary(&runs));
        }
    }

    /// The number of edits that are explained by habits of their own, and of all of them.
    fn named(runs: &[Measured]) -> (usize, usize) {
        let edits = |run: &Measured| run.edit.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let each = runs.iter().flat_map(|run| edits(run).into_iter().map(|edit| Measured { edit, ..run.clone() }));
        let each: Vec<bool> = each.map(|run| run.is_named()).collect();
        (each.iter().filter(|named| **named).count(), each.len())
    }
}
