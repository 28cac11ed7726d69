//! Causes: the habits of a service that explain its findings.
//!
//! A service that never looks at the connection state breaks a dozen rules, in several cells each. A report that lists
//! these findings alone leaves it to the reader to see that they are one omission. A *cause* is such an omission or
//! mistake. [`diagnose`] explains the findings of a record by as few causes as it can:
//!
//! ```text
//! finding ──► symptom ──┐
//!                       ├──► units: cause × member, state, error … ──► cover ──► causes, worst first
//! catalogue ────────────┘         found, or tried and not found
//! ```
//!
//! The catalogue (`causes/catalogue.toml`) is data: each row has the signs of one habit, by the structure of the rule
//! book and never by product. A row may apply to some members or states only, so it has *units*: the row about
//! connection states has one for each gated member and state. A unit is *found* where a finding shows the signs, and
//! *kept* where the run judged the same rules there and found nothing. Kept units are exceptions, and they make a cause
//! more costly.
//!
//! Causes explain. They never change a verdict.

mod catalogue;
mod cover;
mod symptom;

use serde::{Deserialize, Serialize};

use self::catalogue::{HabitRow, catalogue};
#[cfg(feature = "cli")]
pub(crate) use self::symptom::Symptom;
use crate::record::{Finding, Record};

/// A habit of the service that explains findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The name: the row of the catalogue, and the parts of it that are concerned, if not all are.
    pub name: String,
    /// The habit, in one plain sentence.
    pub sentence: String,
    /// The harm to users of the service.
    pub harm: Harm,
    /// The way to fix it.
    pub fix: String,
    /// The code of the finding to look at first.
    pub first: String,
    /// The codes of all findings that it explains, in the order of the record.
    pub findings: Vec<String>,
}

/// The harm that a cause does, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// The service crashes, or data is lost, changed or disclosed.
    Data,
    /// A change is accepted that the stores or their environment forbid, or refused although they allow it.
    State,
    /// Invalid input is accepted, or valid input refused.
    Validation,
    /// An answer has another error, status or form.
    Form,
}

/// Explains the findings of `record` that are not declared, by causes in order of harm.
pub fn diagnose(record: &Record) -> Vec<Cause> {
    explain(catalogue(), record)
}

fn explain(rows: &[HabitRow], record: &Record) -> Vec<Cause> {
    let mut causes = cover::cover(rows, &cover::JudgedPlaces::of(record));
    causes.sort_by(|a, b| (a.harm, b.findings.len(), &a.name).cmp(&(b.harm, a.findings.len(), &b.name)));
    causes
}

/// The findings of `record` that are not declared and that none of its causes explains.
pub fn unexplained(record: &Record) -> impl Iterator<Item = &Finding> {
    let explained = |finding: &Finding| record.causes.iter().any(|cause| cause.findings.contains(&finding.code));
    record.findings.iter().filter(move |finding| finding.deviation.is_none() && !explained(finding))
}

/// A row of the catalogue, as measurements see it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy)]
pub(crate) struct Habit(&'static HabitRow);

#[cfg(feature = "cli")]
impl Habit {
    /// The habits that the catalogue states for an edit of the emulator, each with the member that it is about: empty
    /// where its row is not divided by members. `short` gives the names that edits use for members.
    pub(crate) fn of_edit(name: &str, short: &[(&str, &str)]) -> Vec<(Habit, String)> {
        let mut all = Vec::new();
        for row in catalogue() {
            for pattern in &row.edits {
                let members = short.iter().filter(|_| pattern.contains(MEMBER));
                let members = members.map(|(short, member)| (pattern.replace(MEMBER, short), (*member).to_owned()));
                let plain = [(pattern.clone(), String::new())].into_iter().filter(|_| !pattern.contains(MEMBER));
                let fit = members.chain(plain).find(|(pattern, _)| crate::selection::glob(pattern, name));
                let divided = row.dimensions().contains(&symptom::Dimension::Member);
                all.extend(fit.map(|(_, member)| (Habit(row), if divided { member } else { String::new() })));
            }
        }
        all
    }

    /// The name in a table of consequences.
    pub(crate) fn name(self, member: &str) -> String {
        if member.is_empty() { self.0.name.clone() } else { format!("{}{}{member}", self.0.name, catalogue::SEPARATOR) }
    }

    /// Returns true if the symptom is a sign of the habit, about this member if it is not empty.
    pub(crate) fn has_sign(self, symptom: &Symptom, member: &str) -> bool {
        let about = member.is_empty() || symptom.value(symptom::Dimension::Member) == member;
        about && self.0.signs.iter().any(|sign| sign.fits(symptom))
    }

    /// Returns true if the cause is this habit or a part of it, or comprises it.
    pub(crate) fn is(self, cause: &Cause) -> bool {
        let row = |name: &str| catalogue().iter().find(|row| row.name == name);
        let named = cause.name.split(' ').next().and_then(row);
        named.is_some_and(|row| row.name == self.0.name || row.of.contains(&self.0.name))
    }
}

/// The place of a member's short name in patterns over edits.
#[cfg(feature = "cli")]
const MEMBER: &str = "{member}";

#[cfg(all(test, feature = "cli"))]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use ucks_emulator::{Config, DEFAULT_ENVIRONMENT};
    use ucks_oracle::revision::Revision;

    use super::*;
    use crate::fuzzing::simulated_clock::{SimulatedClock, block_on, served};
    use crate::profile::Profile;
    use crate::run::{Options, Subject, run};

    fn record(defect: &str) -> Record {
        let defect = Some(defect.parse().unwrap());
        let config = Config { revision: Revision::LATEST.date().to_owned(), defect, ..Config::default() };
        let profile = Profile::parse(DEFAULT_ENVIRONMENT).unwrap();
        let subject = Subject::new(served(config, &SimulatedClock::default()), "", &profile, Revision::LATEST);
        block_on(run(subject, Options { sequences: 0, lanes: 1, shrink: false, ..Options::default() }))
    }

    #[test]
    fn causes_explain_and_do_not_judge() {
        let mut record = record("names-not-unique");
        let [cause] = &record.causes[..] else { panic!("{:?}", record.causes) };
        assert_eq!((cause.harm, cause.findings.len()), (Harm::State, record.findings.len()));
        assert!(cause.findings.contains(&cause.first));
        assert_eq!(unexplained(&record).count(), 0);
        let outcome = record.outcome;
        record.findings.iter_mut().for_each(|finding| finding.deviation = Some("declared".to_owned()));
        record.diagnose();
        assert_eq!((record.causes.len(), record.outcome), (0, outcome));
    }
}
