//! Declared deviations: deviations that a service's authors know of, so that their CI is green today
//! and red when one is gone.
//!
//! ```toml
//! [[deviation]]
//! rule = "G-1*"                  # an id, a group (G), or a glob with * and ?
//! member = "XksProxyUriPath"     # optional, as are operation, store_type, state and answer
//! reason = "states are not modelled yet"
//! link = "https://example.com/issues/7"
//! expires = "2027-01-31"
//! ```
//!
//! An entry covers the findings that have everything that it names: the more it names, the less it hides. `answer` is
//! the stable code of the finding's actual answer, such as `ValidationException`, `success` or `500:html-body`: it
//! distinguishes one crash (W-15) from another.
//!
//! An entry that has expired, or that is not observed any more, fails the run: a list that only grows hides what it
//! should show. An entry counts as not observed only where the deterministic cases of the run judged one of its rules
//! in its cell. An entry with `found_by = "random"` is of a finding that only random sequences showed; a run whose
//! sequences do not show it notes that and does not fail. A rule that does not exist is an error of the file.
//!
//! ```
//! use ucks_suite::deviations::Deviations;
//!
//! let list = Deviations::parse("[[deviation]]\nrule = \"G-1*\"\nreason = \"states are not modelled yet\"\n")?;
//! assert_eq!(list.entries.len(), 1);
//! assert!(Deviations::parse("[[deviation]]\nrule = \"G-99\"\nreason = \"no such rule\"\n").is_err());
//! # Ok::<(), ucks_suite::deviations::DeviationsError>(())
//! ```

mod date;
mod merge;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ucks_oracle::account::{ConnectionState, DescribeField};
use ucks_oracle::group::Group;
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::rules::{self, ids};
use ucks_oracle::wire::UPDATE;

pub use self::date::Date;
pub use self::merge::merged;
use crate::record::{Finding, Place, Record, RuleRow, RunOutcome, Verdict};
use crate::script::{CONNECT, CREATE, DELETE, DESCRIBE, DISCONNECT};
use crate::selection::{UnknownRule, check, selects};
use crate::spelling::{explained, suggestion};

/// The operations that findings are about.
const OPERATIONS: [&str; 6] = [UPDATE, CREATE, CONNECT, DISCONNECT, DESCRIBE, DELETE];

/// A list of declared deviations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// The entries, in the order of the file.
    #[serde(default, rename = "deviation")]
    pub entries: Vec<DeclaredDeviation>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDeviation {
    /// A rule's id, or a glob over ids: `*` matches any characters, `?` one.
    pub rule: String,
    /// The operation, if the entry covers only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The member or field, if the entry covers only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The store's type, if the entry covers only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_type: Option<String>,
    /// The store's connection state, if the entry covers only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The stable code of the finding's actual answer, if the entry covers only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Why it is so.
    pub reason: String,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it counts, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The part of a run that showed it, if not the deterministic cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<FoundBy>,
}

/// The part of a run that shows a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FoundBy {
    /// The deterministic cases, which every run has.
    Cases,
    /// Random sequences, which depend on the seed.
    Random,
}

/// Why a file is not a list of declared deviations.
#[derive(Debug, thiserror::Error)]
pub enum DeviationsError {
    /// It is not the TOML that is asked for.
    #[error("the declared deviations are not valid: {0}")]
    Toml(String),
    /// An entry is for a rule that does not exist.
    #[error("the declared deviation for `{0}` matches no rule: {1}")]
    Rule(String, UnknownRule),
    /// The contract does not know the value.
    #[error("`{value}` in the deviation for `{rule}` is not a valid {what}: {known}")]
    Unknown {
        /// The entry's rule.
        rule: String,
        /// The kind of value.
        what: &'static str,
        /// The value.
        value: String,
        /// The values that there are.
        known: String,
    },
    /// An answer is not written as its code.
    #[error(
        "`{answer}` in the deviation for `{rule}` is not the code of an answer: codes have no white space, as in \
         `ValidationException` or `500:html-body`; `ucks run --write-deviations FILE` writes them"
    )]
    Answer {
        /// The entry's rule.
        rule: String,
        /// The answer.
        answer: String,
    },
    /// An entry has no reason.
    #[error("the deviation for `{0}` has no reason; add a `reason`")]
    NoReason(String),
}

impl Deviations {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`DeviationsError`] where the text is not TOML of this form, or names what the contract does not know.
    pub fn parse(text: &str) -> Result<Deviations, DeviationsError> {
        let read: Deviations = toml::from_str(text).map_err(|e| {
            DeviationsError::Toml(e.to_string().trim_end().replace(e.message(), &explained(e.message())))
        })?;
        read.entries.iter().try_for_each(DeclaredDeviation::check)?;
        Ok(read)
    }

    /// Returns true if an entry declares a deviation with this key.
    pub fn declares(&self, key: &crate::replay::Key) -> bool {
        let subject = FindingProperties {
            rule: &key.rule,
            operation: &key.operation,
            member: key.member.as_deref(),
            store_type: key.store_type.as_deref(),
            state: key.state.as_deref(),
            answer: &key.got.code(),
        };
        self.entries.iter().any(|entry| entry.names(&subject))
    }

    /// Marks what is declared, settles the verdicts and the outcome anew, and adds a note for every entry
    /// that is stale, expired or without a rule, and for every one that this run could not check. Returns
    /// the notes that fail the run.
    ///
    /// A run that could not test all that it should have does not pass, even if everything is declared.
    pub fn apply(&self, record: &mut Record, today: Date) -> Vec<String> {
        let mut problems = Vec::new();
        let mut remarks = Vec::new();
        for entry in &self.entries {
            match entry.applied(record, today) {
                Applied::Covers => record.findings.iter_mut().filter(|f| entry.covers(f)).for_each(|f| {
                    f.deviation.get_or_insert_with(|| entry.full_reason());
                }),
                Applied::Problem(note) => problems.push(note),
                Applied::Unchecked(note) => remarks.push(note),
            }
        }
        settle_rules(record);
        settle_outcome(record, !problems.is_empty());
        record.notes.extend(problems.iter().cloned());
        record.notes.extend(remarks);
        record.diagnose();
        problems
    }

    /// Returns a first file: entries for all that fails in this run.
    pub fn from_record(record: &Record) -> String {
        format!(
            "# Declared deviations of {}, revision {}: written by `ucks`, to be edited by you.\n\
             # An entry may also link to an issue, and expire (YYYY-MM-DD). The less it names, the more it hides.\n{}",
            record.target.replace(char::is_control, " "),
            record.revision,
            entries_for(record, &Deviations::default())
        )
    }
}

/// The text of entries for all that fails in `record` and that no entry of `list` covers.
///
/// An entry names rule, operation and member, and so covers what random sequences find of the same kind in other cells.
/// Of gates it names the answer in place of the one rule, of crashes the answer as well, and the cell unless the same
/// crash was found in several.
fn entries_for(record: &Record, list: &Deviations) -> String {
    let wanted =
        |f: &&Finding| f.deviation.is_none() && (f.fails || record.strict) && !list.entries.iter().any(|e| e.covers(f));
    let mut kinds: BTreeMap<SharedProperties<'_>, Vec<&Finding>> = BTreeMap::new();
    for finding in record.findings.iter().filter(wanted) {
        kinds.entry(SharedProperties::of(finding)).or_default().push(finding);
    }
    let mut out = String::new();
    for (kind, findings) in kinds {
        let [first, rest @ ..] = findings.as_slice() else { continue };
        let cell = |f: &Finding| (f.store_type.clone(), f.state.clone());
        let one_cell = kind.rule == ids::W_15.0 && rest.iter().all(|f| cell(f) == cell(first));
        let (store_type, state) = if one_cell { cell(first) } else { (None, None) };
        let entry = DeclaredDeviation {
            rule: kind.rule.clone(),
            operation: Some(kind.operation.to_owned()),
            member: kind.member.map(str::to_owned),
            store_type,
            state,
            answer: kind.answer.clone(),
            reason: "not looked into yet".to_owned(),
            link: None,
            expires: None,
            found_by: findings.iter().all(|f| f.random).then_some(FoundBy::Random),
        };
        let asks = rules::find(&first.rule).map_or("", |r| r.requirement.as_str());
        out += &format!("\n# {asks}\n[[deviation]]\n{}", entry.toml());
    }
    out
}

/// The properties that the findings of one entry share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SharedProperties<'a> {
    rule: String,
    operation: &'a str,
    member: Option<&'a str>,
    /// The answer, where it is a crash.
    answer: Option<String>,
}

impl SharedProperties<'_> {
    fn of(finding: &Finding) -> SharedProperties<'_> {
        // A gate has a rule for each state. Which of them random sequences meet depends on the seed, but they are one
        // gate: so an entry covers them all, as long as the member is accepted.
        let gate = Group::of_id(&finding.rule).filter(|group| group.is_by_state());
        let by_answer = gate.is_some() || finding.rule == ids::W_15.0;
        SharedProperties {
            rule: gate.map_or_else(|| finding.rule.clone(), |group| format!("{group}-*")),
            operation: &finding.operation,
            member: finding.member.as_deref(),
            answer: by_answer.then(|| finding.got.code()),
        }
    }
}

/// The properties that an entry is compared with.
struct FindingProperties<'a> {
    rule: &'a str,
    operation: &'a str,
    member: Option<&'a str>,
    store_type: Option<&'a str>,
    state: Option<&'a str>,
    answer: &'a str,
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The result of comparing an entry with a run.
enum Applied {
    /// It covers findings.
    Covers,
    /// It fails the run, for this reason.
    Problem(String),
    /// The run could not check it, for this reason.
    Unchecked(String),
}

impl DeclaredDeviation {
    fn check(&self) -> Result<(), DeviationsError> {
        check([self.rule.as_str()], None).map_err(|e| DeviationsError::Rule(self.rule.clone(), e))?;
        let unknown = |what, value: &str, known: Vec<&str>| DeviationsError::Unknown {
            rule: self.rule.clone(),
            what,
            value: value.to_owned(),
            known: format!("take one of `{}`{}", known.join("`, `"), suggestion(value, known.iter().copied())),
        };
        let among = |what, value: &Option<String>, known: Vec<&str>| match value {
            Some(v) if !known.contains(&v.as_str()) => Err(unknown(what, v, known)),
            _ => Ok(()),
        };
        among("operation", &self.operation, OPERATIONS.to_vec())?;
        let fields = DescribeField::ALL.iter().filter(|f| f.member().is_none()).map(|f| f.name());
        among("member", &self.member, Member::ALL.iter().map(|m| m.name()).chain(fields).collect())?;
        among("store type", &self.store_type, StoreType::ALL.iter().map(|t| t.name()).collect())?;
        among("connection state", &self.state, ConnectionState::ALL.iter().map(|s| s.name()).collect())?;
        if let Some(date) = self.expires.as_deref().filter(|d| d.parse::<Date>().is_err()) {
            return Err(unknown("date", date, vec!["YYYY-MM-DD"]));
        }
        if let Some(answer) = self.answer.as_ref().filter(|a| a.is_empty() || a.contains(char::is_whitespace)) {
            return Err(DeviationsError::Answer { rule: self.rule.clone(), answer: answer.clone() });
        }
        if self.reason.trim().is_empty() {
            return Err(DeviationsError::NoReason(self.rule.clone()));
        }
        Ok(())
    }

    fn covers(&self, finding: &Finding) -> bool {
        let answer = finding.got.code();
        finding.rules().any(|rule| {
            self.names(&FindingProperties {
                rule,
                operation: &finding.operation,
                member: finding.member.as_deref(),
                store_type: finding.store_type.as_deref(),
                state: finding.state.as_deref(),
                answer: &answer,
            })
        })
    }

    fn names(&self, subject: &FindingProperties<'_>) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        selects(&self.rule, subject.rule)
            && same(&self.operation, Some(subject.operation))
            && same(&self.member, subject.member)
            && same(&self.store_type, subject.store_type)
            && same(&self.state, subject.state)
            && same(&self.answer, Some(subject.answer))
    }

    /// The entry as TOML, without its header.
    fn toml(&self) -> String {
        let mut out = format!("rule = {}\n", toml_text(&self.rule));
        let found_by = self.found_by.filter(|by| *by == FoundBy::Random).map(|_| "random".to_owned());
        for (key, value) in [
            ("operation", &self.operation),
            ("member", &self.member),
            ("store_type", &self.store_type),
            ("state", &self.state),
            ("answer", &self.answer),
            ("reason", &Some(self.reason.clone())),
            ("link", &self.link),
            ("expires", &self.expires),
            ("found_by", &found_by),
        ] {
            out.extend(value.iter().map(|text| format!("{key} = {}\n", toml_text(text))));
        }
        out
    }

    fn applied(&self, record: &Record, today: Date) -> Applied {
        let expires = self.expires.as_deref().and_then(|d| d.parse::<Date>().ok());
        if let Some(day) = expires.filter(|day| *day < today) {
            return Applied::Problem(format!(
                "the declared deviation {self} expired on {day}: fix the service, or give it a new date"
            ));
        }
        if record.findings.iter().any(|f| self.covers(f)) {
            return Applied::Covers;
        }
        if let Some((code, what)) = record.findings.iter().find_map(|f| Some((&f.code, self.narrower_than(f)?))) {
            return Applied::Problem(format!(
                "the declared deviation {self} names a {what}, and finding {code} has none: leave it out"
            ));
        }
        match self.why_unchecked(record) {
            Some(why) => Applied::Unchecked(format!("the declared deviation {self} was not checked: {why}")),
            None => Applied::Problem(format!(
                "the declared deviation {self} was not observed in this run; remove it if the service was fixed"
            )),
        }
    }

    /// Returns the property that only the entry names; without it the entry would cover the finding.
    fn narrower_than(&self, finding: &Finding) -> Option<&'static str> {
        let named = [
            ("member", &self.member, &finding.member),
            ("store type", &self.store_type, &finding.store_type),
            ("connection state", &self.state, &finding.state),
        ];
        let same = named.iter().all(|(_, wanted, is)| wanted.is_none() || is.is_none() || wanted == is);
        let odd = named.iter().find(|(_, wanted, is)| wanted.is_some() && is.is_none());
        odd.filter(|_| same && selects(&self.rule, &finding.rule)).map(|(what, ..)| *what)
    }

    /// Explains why its absence proves nothing. An entry is stale only if the run judged one of its rules in its cell.
    fn why_unchecked(&self, record: &Record) -> Option<String> {
        let rows: Vec<&RuleRow> = record.rules.iter().filter(|r| selects(&self.rule, &r.id)).collect();
        let ids = |rows: &[&RuleRow]| rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
        if rows.is_empty() {
            let revision = record.revision.parse::<Revision>().unwrap_or(Revision::LATEST);
            let there = rules::at(revision).any(|r| selects(&self.rule, r.id.0));
            return Some(match there {
                true => "this run was not asked to judge it".to_owned(),
                false => format!("revision {revision} has no such rule"),
            });
        }
        if record.could_not_test {
            return Some("this run could not test all that it should have".to_owned());
        }
        let blocked: Vec<&RuleRow> = rows.iter().copied().filter(|r| r.verdict == Verdict::Blocked).collect();
        if !blocked.is_empty() {
            return Some(format!("this run could not judge {}", ids(&blocked)));
        }
        if rows.iter().all(|r| r.verdict == Verdict::NotCovered) {
            return Some(format!("this run did not judge {}", ids(&rows)));
        }
        if record.unstable.iter().any(|u| selects(&self.rule, &u.rule)) {
            return Some("it was observed once, but not again when replayed".to_owned());
        }
        if self.found_by == Some(FoundBy::Random) {
            return Some("random sequences showed it, and those of this run did not".to_owned());
        }
        if rows.iter().all(|r| r.judged_by_cases == 0) {
            return Some(format!("the deterministic cases of this run did not judge {}", ids(&rows)));
        }
        (!rows.iter().any(|r| self.was_judged(r))).then(|| "this run did not reach that cell".to_owned())
    }

    /// Returns true if a deterministic case judged the rule in the entry's cell.
    fn was_judged(&self, row: &RuleRow) -> bool {
        let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || is.is_none() || wanted == is;
        let here = |p: &Place| {
            same(&self.member, &p.member) && same(&self.store_type, &p.store_type) && same(&self.state, &p.state)
        };
        row.judged_by_cases > 0 && (row.touched.is_empty() || row.touched.iter().any(here))
    }

    fn full_reason(&self) -> String {
        let link = self.link.as_ref().map_or(String::new(), |link| format!(" ({link})"));
        let expires = self.expires.as_ref().map_or(String::new(), |day| format!(", until {day}"));
        format!("{}{link}{expires}", self.reason)
    }
}

impl std::fmt::Display for DeclaredDeviation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.rule)?;
        let cell: Vec<&str> = [&self.operation, &self.member, &self.store_type, &self.state, &self.answer]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if cell.is_empty() { Ok(()) } else { write!(f, " ({})", cell.join(", ")) }
    }
}

/// A rule whose failing findings are all declared does not fail.
fn settle_rules(record: &mut Record) {
    let Record { rules, findings, .. } = record;
    for row in rules {
        let of_rule = || findings.iter().filter(|f| f.breaks(&row.id));
        let declared = of_rule().any(|f| f.deviation.is_some());
        let fails = of_rule().any(|f| f.fails && f.deviation.is_none());
        let warns = of_rule().any(|f| !f.fails && f.deviation.is_none());
        if declared && matches!(row.verdict, Verdict::Fail | Verdict::Warning) && !fails {
            row.verdict = if warns { Verdict::Warning } else { Verdict::Deviation };
        }
    }
}

fn settle_outcome(record: &mut Record, problems: bool) {
    let failed = |row: &RuleRow| row.verdict == Verdict::Fail || record.strict && row.verdict == Verdict::Warning;
    if problems || record.rules.iter().any(failed) {
        record.outcome = RunOutcome::Failed;
    } else {
        record.outcome = if record.could_not_test { RunOutcome::CouldNotTest } else { RunOutcome::Passed };
    }
}

#[cfg(test)]
mod tests;
