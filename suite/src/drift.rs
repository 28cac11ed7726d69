//! Drift: what a target answers to the deterministic cases, kept as text and compared rule by rule.
//!
//! ```text
//! plan ─► every case alone, on fresh stores ─► facts in symbols ─► Recording ─┐
//!                                                   another one ─► Recording ─┴─► Comparison
//! ```
//!
//! A recording holds no value that another run would draw otherwise: ids, names, addresses, dates and
//! secrets are symbols in the order of their appearance. Two recordings of one service are therefore equal,
//! and their text differs where, and only where, behaviour does.
//!
//! | module | what it is about |
//! |---|---|
//! | `take` | runs the cases and keeps what was answered |
//! | `facts` | from exchanges to facts |
//! | `symbols` | symbols for values |
//! | `compare` | which rules' behaviour differs |
//! | `render` | the comparison as text |

mod compare;
mod facts;
mod record;
mod render;
mod settle;
mod symbols;
mod without_stores;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use ucks_oracle::rules;

pub use self::compare::{Comparison, Difference, RuleDrift, compare};
pub use self::record::{NotRecorded, RecordingSettings, names, record};
pub use self::render::{closing_line, text};
pub use self::settle::{Settled, settled};

/// The version of a recording's form.
pub const FORMAT: u32 = 3;
/// The heading of the setups, each as a case of its own.
pub const SETUPS: &str = "setup";
/// The heading of the scenarios.
pub const SCENARIOS: &str = "scenario";
/// The longest recording that is read, in bytes.
pub const LONGEST: u64 = 32 << 20;

/// The answers of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The version of this form.
    pub format: u32,
    /// The version of the suite.
    pub suite: String,
    /// The version of the rule book.
    pub rule_book: String,
    /// The target, as the caller names it.
    pub target: String,
    /// The revision of the contract.
    pub revision: String,
    /// The cases, by rule and name.
    #[serde(default)]
    pub case: BTreeMap<String, BTreeMap<String, RecordedCase>>,
}

/// One case: its name is what was sent, its steps are what was received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCase {
    /// Why it could not be brought about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
    /// The steps: one, but for setups and scenarios.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step: Vec<RecordedStep>,
}

/// The observations of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedStep {
    /// The operation in words, where the case has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// The operation's name, where the case has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Status and code.
    pub answer: String,
    /// Deviations from the contract, each under its rule, in the order of observation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<RuleLine>,
    /// The rule whose error was returned, if the request broke several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<String>,
    /// The rules whose faults the request has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// Answers to open questions about the answer's form, each under its rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<RuleLine>,
    /// The fields that Describe shows differently than before, by store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
    /// The error's text: wording, not behaviour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// An observation of a step under a rule. In a recording it is one text: the rule's id, a colon, and the
/// observation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RuleLine {
    /// The rule's id.
    pub rule: String,
    /// The observation, for people.
    pub text: String,
}

impl fmt::Display for RuleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.text)
    }
}

impl From<RuleLine> for String {
    fn from(line: RuleLine) -> String {
        line.to_string()
    }
}

impl TryFrom<String> for RuleLine {
    type Error = NoRule;

    fn try_from(line: String) -> Result<RuleLine, NoRule> {
        let split = line.split_once(": ").filter(|(rule, _)| rules::find(rule).is_some());
        match split {
            Some((rule, text)) => Ok(RuleLine { rule: rule.to_owned(), text: text.to_owned() }),
            None => Err(NoRule(line)),
        }
    }
}

/// A line of a recording that does not begin with the id of a rule.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` does not begin with the id of a rule")]
pub struct NoRule(String);

/// Why a text is not a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It is not the TOML that is asked for.
    #[error("no recording: {0}")]
    Toml(#[from] toml::de::Error),
    /// It cannot be written.
    #[error("the recording cannot be written: {0}")]
    Unwritable(#[from] toml::ser::Error),
    /// Another version wrote it.
    #[error("the recording has form {0}, and this program reads form {FORMAT}: record the target again")]
    Form(u32),
}

impl Recording {
    /// Reads a recording's text.
    ///
    /// # Errors
    /// [`RecordingError`] if it is not a recording.
    pub fn parse(text: &str) -> Result<Recording, RecordingError> {
        #[derive(Deserialize)]
        struct FormatVersion {
            format: u32,
        }
        let form: FormatVersion = toml::from_str(text)?;
        if form.format != FORMAT {
            return Err(RecordingError::Form(form.format));
        }
        Ok(toml::from_str(text)?)
    }

    /// The recording as text: one fact a line, grouped by rule and case, in an order that never changes.
    ///
    /// # Errors
    /// [`RecordingError::Unwritable`] where it does not go into TOML.
    pub fn text(&self) -> Result<String, RecordingError> {
        Ok(toml::to_string_pretty(self)?)
    }

    /// Returns the number of cases.
    pub fn len(&self) -> usize {
        self.case.values().map(BTreeMap::len).sum()
    }

    /// Returns true if there are no cases.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cases that could not be brought about.
    pub fn aside(&self) -> impl Iterator<Item = (&str, &str)> {
        let cases = self.case.values().flatten();
        cases.filter_map(|(name, case)| case.aside.as_deref().map(|why| (name.as_str(), why)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        let step = RecordedStep {
            answer: "400 CustomKeyStoreInvalidStateException".to_owned(),
            deviations: vec![RuleLine { rule: "W-24".to_owned(), text: "`text/plain`; expected `a \"b\"`".to_owned() }],
            message: Some("it is 'so' \\u0007".to_owned()),
            ..RecordedStep::default()
        };
        let aside = RecordedCase { aside: Some("no".to_owned()), step: Vec::new() };
        let cases = [("a `b`: c — d", RecordedCase { aside: None, step: vec![step] }), ("e", aside)];
        let cases = cases.map(|(name, case)| (name.to_owned(), case)).into();
        Recording {
            format: FORMAT,
            suite: "1".into(),
            rule_book: "2".into(),
            target: "3".into(),
            revision: "4".into(),
            case: [("G-14".to_owned(), cases)].into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = recording().text().unwrap();
        assert_eq!(Recording::parse(&text).unwrap(), recording());
        assert!(text.contains("\nanswer = \"400 CustomKeyStoreInvalidStateException\"\n"), "{text}");
        assert_eq!(recording().aside().collect::<Vec<_>>(), [("e", "no")]);
    }

    #[test]
    fn other_forms_and_other_texts_are_refused() {
        let text = recording().text().unwrap();
        let other = text.replacen("format = 3", "format = 2", 1);
        let error = Recording::parse(&other).unwrap_err().to_string();
        assert_eq!(error, "the recording has form 2, and this program reads form 3: record the target again");
        let ruleless = text.replacen("W-24: ", "W-24 ", 1);
        assert!(matches!(Recording::parse(&ruleless), Err(RecordingError::Toml(_))));
        assert!(matches!(Recording::parse("{\"format\":3}"), Err(RecordingError::Toml(_))));
        assert!(matches!(Recording::parse(&(text + "\n[what]\n")), Err(RecordingError::Toml(_))));
    }
}
