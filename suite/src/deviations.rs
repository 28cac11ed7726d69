//! Declared deviations: departures that a service's authors know of, so that their CI is green today
//! and tells them when one is gone.
//!
//! ```toml
//! [[deviation]]
//! rule = "G-1*"                  # an id, or a glob with * and ?
//! member = "XksProxyUriPath"     # optional, as are store_type and state
//! reason = "states are not modelled yet"
//! link = "https://example.com/issues/7"
//! expires = "2027-01-31"
//! ```
//!
//! An entry that no longer happens, has expired or matches no rule fails the run: a list that only
//! grows hides what it should show. That an entry no longer happens is said only where the run decided one
//! of its rules, in its cell; a run that did not get there says so instead.

mod date;

pub use date::Date;

use crate::record::{Finding, Outcome, Place, Record, RuleRow, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ucks_oracle::account::{ConnectionState, DescribeField};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

/// A list of declared deviations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// The entries, in the order of the file.
    #[serde(default, rename = "deviation")]
    pub entries: Vec<Deviation>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// A rule's id, or a glob over ids: `*` stands for any characters, `?` for one.
    pub rule: String,
    /// The member or field, if only one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The store's type, if only one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_type: Option<String>,
    /// The store's connection state, if only one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Why it is so.
    pub reason: String,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it counts, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// Why a file is no list of declared deviations.
#[derive(Debug, thiserror::Error)]
pub enum DeviationsError {
    /// It is not the TOML that is asked for.
    #[error("the declared deviations are not valid: {0}")]
    Toml(#[from] toml::de::Error),
    /// A value is none of those that the contract knows.
    #[error("`{value}` in the deviation for `{rule}` is no {what}: {known}")]
    Unknown {
        /// The entry's rule.
        rule: String,
        /// What the value should be.
        what: &'static str,
        /// The value.
        value: String,
        /// The values that there are.
        known: String,
    },
    /// An entry does not say why.
    #[error("the deviation for `{0}` has no reason: say why it is so")]
    NoReason(String),
}

impl Deviations {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`DeviationsError`] where the text is no TOML of this form, or names what the contract does not know.
    pub fn parse(text: &str) -> Result<Deviations, DeviationsError> {
        let read: Deviations = toml::from_str(text)?;
        read.entries.iter().try_for_each(Deviation::check)?;
        Ok(read)
    }

    /// Whether an entry declares a departure of this key.
    pub fn declares(&self, key: &crate::replay::Key) -> bool {
        let key = (&key.rule, &key.member, &key.store_type, &key.state);
        self.entries.iter().any(|entry| entry.names(key.0, key.1, key.2, key.3))
    }

    /// Marks what is declared, settles the verdicts and the outcome anew, and adds a note for every entry
    /// that is stale, expired or without a rule, and for every one that this run could not check. Returns
    /// the notes that fail the run.
    ///
    /// A run that could not test all that it should have does not pass, whatever is declared.
    pub fn apply(&self, record: &mut Record, today: Date) -> Vec<String> {
        let mut problems = Vec::new();
        let mut remarks = Vec::new();
        for entry in &self.entries {
            match entry.standing(record, today) {
                Standing::Executor => record.findings.iter_mut().filter(|f| entry.covers(f)).for_each(|f| {
                    f.deviation.get_or_insert_with(|| entry.told());
                }),
                Standing::Problem(note) => problems.push(note),
                Standing::Unchecked(note) => remarks.push(note),
            }
        }
        settle_rules(record);
        settle_outcome(record, !problems.is_empty());
        record.notes.extend(problems.iter().cloned());
        record.notes.extend(remarks);
        problems
    }

    /// A first file: an entry for each rule and member that fails this run.
    pub fn from_record(record: &Record) -> String {
        let wanted = |f: &&Finding| f.deviation.is_none() && (f.fails || record.strict);
        let keys: BTreeSet<(&str, Option<&str>)> =
            record.findings.iter().filter(wanted).map(|f| (f.rule.as_str(), f.member.as_deref())).collect();
        let mut out = format!(
            "# Declared deviations of {}, revision {}: written by `ucks`, to be edited by you.\n",
            record.target.replace(char::is_control, " "),
            record.revision
        );
        out += "# An entry may also name store_type and state, link to an issue, and expire (YYYY-MM-DD).\n";
        for (rule, member) in keys {
            let asks = rules::find(rule).map_or("", |r| r.requirement.as_str());
            out += &format!("\n# {asks}\n[[deviation]]\nrule = {}\n", toml_text(rule));
            if let Some(member) = member {
                out += &format!("member = {}\n", toml_text(member));
            }
            out += "reason = \"not looked into yet\"\n";
        }
        out
    }
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// What an entry is worth in a run.
enum Standing {
    Executor,
    Problem(String),
    Unchecked(String),
}

impl Deviation {
    fn check(&self) -> Result<(), DeviationsError> {
        let unknown = |what, value: &str, known: Vec<&str>| DeviationsError::Unknown {
            rule: self.rule.clone(),
            what,
            value: value.to_owned(),
            known: format!("take one of `{}`", known.join("`, `")),
        };
        let among = |what, value: &Option<String>, known: Vec<&str>| match value {
            Some(v) if !known.contains(&v.as_str()) => Err(unknown(what, v, known)),
            _ => Ok(()),
        };
        let fields = DescribeField::ALL.iter().filter(|f| f.member().is_none()).map(|f| f.name());
        among("member", &self.member, Member::ALL.iter().map(|m| m.name()).chain(fields).collect())?;
        among("store type", &self.store_type, StoreType::ALL.iter().map(|t| t.name()).collect())?;
        among("connection state", &self.state, ConnectionState::ALL.iter().map(|s| s.name()).collect())?;
        if let Some(date) = self.expires.as_deref().filter(|d| d.parse::<Date>().is_err()) {
            return Err(unknown("date", date, vec!["YYYY-MM-DD"]));
        }
        if self.reason.trim().is_empty() {
            return Err(DeviationsError::NoReason(self.rule.clone()));
        }
        Ok(())
    }

    fn covers(&self, finding: &Finding) -> bool {
        finding.rules().any(|rule| self.names(rule, &finding.member, &finding.store_type, &finding.state))
    }

    fn names(&self, rule: &str, member: &Option<String>, kind: &Option<String>, state: &Option<String>) -> bool {
        let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        glob(&self.rule, rule) && same(&self.member, member) && same(&self.store_type, kind) && same(&self.state, state)
    }

    fn standing(&self, record: &Record, today: Date) -> Standing {
        if !rules::all().iter().any(|r| glob(&self.rule, r.id.0)) {
            return Standing::Problem(format!(
                "the declared deviation {self} matches no rule: remove it, or see `ucks list`"
            ));
        }
        let expires = self.expires.as_deref().and_then(|d| d.parse::<Date>().ok());
        if let Some(day) = expires.filter(|day| *day < today) {
            return Standing::Problem(format!(
                "the declared deviation {self} expired on {day}: mend the service, or give it a new date"
            ));
        }
        if record.findings.iter().any(|f| self.covers(f)) {
            return Standing::Executor;
        }
        if let Some((code, what)) = record.findings.iter().find_map(|f| Some((&f.code, self.narrower_than(f)?))) {
            return Standing::Problem(format!(
                "the declared deviation {self} names a {what}, and finding {code} is told without one: leave it out"
            ));
        }
        match self.why_unchecked(record) {
            Some(why) => Standing::Unchecked(format!("the declared deviation {self} was not checked: {why}")),
            None => Standing::Problem(format!("the declared deviation {self} no longer happens: remove it")),
        }
    }

    /// What the entry names and the finding, which it would cover otherwise, does not.
    fn narrower_than(&self, finding: &Finding) -> Option<&'static str> {
        let named = [
            ("member", &self.member, &finding.member),
            ("store type", &self.store_type, &finding.store_type),
            ("connection state", &self.state, &finding.state),
        ];
        let same = named.iter().all(|(_, wanted, is)| wanted.is_none() || is.is_none() || wanted == is);
        let odd = named.iter().find(|(_, wanted, is)| wanted.is_some() && is.is_none());
        odd.filter(|_| same && glob(&self.rule, &finding.rule)).map(|(what, ..)| *what)
    }

    /// Why its absence says nothing. An entry is stale only where the run decided one of its rules in its cell.
    fn why_unchecked(&self, record: &Record) -> Option<String> {
        let rows: Vec<&RuleRow> = record.rules.iter().filter(|r| glob(&self.rule, &r.id)).collect();
        let ids = |rows: &[&RuleRow]| rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
        if rows.is_empty() {
            let revision = record.revision.parse::<Revision>().unwrap_or(Revision::LATEST);
            let there = rules::at(revision).any(|r| glob(&self.rule, r.id.0));
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
        if record.unstable.iter().any(|u| glob(&self.rule, &u.rule)) {
            return Some("it came up once, and not again when replayed".to_owned());
        }
        (!rows.iter().any(|r| self.was_decided(r))).then(|| "this run did not reach that cell".to_owned())
    }

    /// Whether an answer decided the rule where the entry says.
    fn was_decided(&self, row: &RuleRow) -> bool {
        let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || is.is_none() || wanted == is;
        let here = |p: &Place| {
            same(&self.member, &p.member) && same(&self.store_type, &p.store_type) && same(&self.state, &p.state)
        };
        row.judged > 0 && (row.decided.is_empty() || row.decided.iter().any(here))
    }

    fn told(&self) -> String {
        let link = self.link.as_ref().map_or(String::new(), |link| format!(" ({link})"));
        let expires = self.expires.as_ref().map_or(String::new(), |day| format!(", until {day}"));
        format!("{}{link}{expires}", self.reason)
    }
}

impl std::fmt::Display for Deviation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.rule)?;
        let cell: Vec<&str> =
            [&self.member, &self.store_type, &self.state].into_iter().flatten().map(String::as_str).collect();
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
        record.outcome = Outcome::Failed;
    } else {
        record.outcome = if record.could_not_test { Outcome::CouldNotTest } else { Outcome::Passed };
    }
}

/// Whether `text` matches `pattern`, without case; `*` stands for any characters, `?` for one.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.to_ascii_uppercase().chars().collect(), text.to_ascii_uppercase().chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("G-1*", "G-14", true)]
    #[case("G-1*", "G-21", false)]
    #[case("g-14", "G-14", true)]
    #[case("?-0?", "U-01", true)]
    #[case("*", "A-01", true)]
    #[case("*-01", "A-01", true)]
    #[case("A-0*1*", "A-01", true)]
    #[case("A-01", "A-011", false)]
    #[case("", "A-01", false)]
    fn globs(#[case] pattern: &str, #[case] text: &str, #[case] matches: bool) {
        assert_eq!(glob(pattern, text), matches);
    }

    #[rstest]
    #[case("[[deviation]]\nrule='A-01'\nreason=''", "no reason")]
    #[case("[[deviation]]\nrule='A-01'\nreason='r'\nmember='Name'", "no member")]
    #[case("[[deviation]]\nrule='A-01'\nreason='r'\nstate='connected'", "no connection state")]
    #[case("[[deviation]]\nrule='A-01'\nreason='r'\nexpires='2026-02-30'", "no date")]
    #[case("[[deviation]]\nrule='A-01'\nreason='r'\nuntil='2026-02-28'", "unknown field")]
    #[case("[[deviations]]\nrule='A-01'\nreason='r'", "unknown field")]
    #[case("[[deviation]]\nrule='A-01'", "missing field")]
    fn mistakes_are_named(#[case] text: &str, #[case] says: &str) {
        let error = Deviations::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
