//! The published form of test vectors; `ucks schema vector` prints its schema.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The version of the form.
pub const FORMAT: u32 = 1;

/// All vectors of a revision.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Suite {
    /// The version of this form.
    pub format: u32,
    /// The revision of the contract, as `YYYY-MM-DD`.
    pub revision: String,
    /// The rules by which the vectors judge, in the order of the rule book.
    pub rules: Vec<String>,
    /// The vectors. The index file leaves them out: each has a file of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vectors: Vec<Vector>,
    /// Cases of `ucks run` that are not among the vectors.
    pub left_out: Vec<LeftOut>,
}

/// Cases that are not among the vectors.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LeftOut {
    /// Why.
    pub reason: String,
    /// The number of cases.
    pub cases: u64,
}

/// A setup, and the cases that begin from it. Run the setup in an account without stores; run it again, after deleting
/// its stores, for the cases after one whose answer or effect deviates.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Vector {
    /// The name: unique, and the same every time.
    pub name: String,
    /// The situation after the setup.
    pub title: String,
    /// The header fields of companion operations such as DescribeCustomKeyStores, which X-Amz-Target names.
    pub headers: Vec<(String, String)>,
    /// The requests of the setup. Each is to succeed; where one does not, the cases cannot be judged.
    pub setup: Vec<Step>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A request. `{"text": …}` is a body in UTF-8, `{"base64": …}` any other. `cks-aaaaaaaaaaaaaaaaa` is a placeholder for
/// the id of the store `a`, `cks-bbbbbbbbbbbbbbbbb` for that of `b`: replace them by the ids that Create returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The header fields, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// The bytes of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// As text.
    Text(String),
    /// In base 64.
    Base64(String),
}

/// A request of a setup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Step {
    /// The request, in one line of words.
    pub what: String,
    /// The request.
    pub request: Request,
    /// The store that it creates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creates: Option<String>,
    /// The fields that DescribeCustomKeyStores shows of the store that it creates; `null` for one that it does not show.
    /// A field that is shown otherwise is not compared later: that concerns Create.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shows: BTreeMap<String, Option<String>>,
    /// The store that it deletes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletes: Option<String>,
    /// The store and the connection state to wait for, asking DescribeCustomKeyStores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<(String, String)>,
}

/// One update, with what the rule book concludes from each answer.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Case {
    /// The request, in one line of words.
    pub what: String,
    /// The request.
    pub request: Request,
    /// Answers that are admitted, `success` or the bare name of an error, with the rules that judge it.
    pub admitted: BTreeMap<String, Vec<String>>,
    /// Answers that give no verdict on the rules: throttling, permissions.
    pub no_verdict: Vec<String>,
    /// The rule that every other answer breaks: `5xx` for each answer with such a status, `no code` for an error without
    /// a name, `*` for errors that are not named. With another status than 400 an error fails the rule (W-03).
    pub deviations: BTreeMap<String, Deviation>,
    /// The fields that DescribeCustomKeyStores shows after an admitted success, by store.
    pub after_success: BTreeMap<String, Effect>,
    /// After an admitted error no store changes: the rule that a change breaks, by store.
    pub after_error: BTreeMap<String, String>,
}

/// The rule that an answer breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Deviation {
    /// The rule.
    pub rule: String,
    /// True if it fails, or only warns.
    pub fails: bool,
    /// The name of the deviation. Equal names with equal answers are the same finding of `ucks run`.
    pub finding: String,
    /// Names of deviations that explain this one: where one of them was shown with the same answer, this one is not
    /// counted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unless: BTreeSet<String>,
    /// Names of deviations that imply this one: where one of them was shown with the same answer and fails, this one
    /// fails.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub with: BTreeSet<String>,
}

/// The effect of a success on a store. Fields are named as DescribeCustomKeyStores shows them, with a dot for those in
/// `XksProxyConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Effect {
    /// Fields with new values; `null` for a field that is shown no longer. All other fields keep their value.
    pub changes: BTreeMap<String, Option<String>>,
    /// Fields that may have any value.
    pub open: Vec<String>,
    /// The rule that a wrong value breaks, by field; `*` for the others.
    pub rules: BTreeMap<String, String>,
}

impl Case {
    /// Leaves out deviations that are that of all errors that are not named.
    pub(super) fn shorten(&mut self) {
        let other = self.deviations.get("*").cloned();
        self.deviations.retain(|label, d| {
            label == "*" || label == SUCCESS || label == CRASH || label == NO_CODE || Some(&*d) != other.as_ref()
        });
    }

    /// Returns true if a success is admitted.
    pub fn may_succeed(&self) -> bool {
        self.admitted.contains_key(SUCCESS)
    }
}

/// Every answer with a status of 500 and more.
pub const CRASH: &str = "5xx";
/// An error without a name.
pub const NO_CODE: &str = "no code";
/// The answer of an update that was applied.
pub const SUCCESS: &str = "success";

impl Vector {
    /// The rules that may judge an admitted answer of the cases.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().flat_map(|case| case.admitted.values().flatten()).map(String::as_str)
    }
}
