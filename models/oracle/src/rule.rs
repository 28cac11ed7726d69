//! The parts of a rule.
//!
//! A rule looks at one [`Situation`] and returns one of three things: nothing; *this request has a
//! violation*, with the codes that name it; or *this request uses a permission*, so it must not be
//! refused for that reason. Rules about the form of an answer, about effects and about whole runs
//! are in the same table, and are judged elsewhere.

mod assessment;
mod basis;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use self::assessment::{Assessment, Codes, FormVerdict, Permit, Violation};
pub use self::basis::{BASIS_MARKS, BASIS_QUALIFIERS, Basis, Mark};
use crate::feature::{Feature, FeatureSet};
use crate::members::{Member, MemberSet};
use crate::revision::Revision;
use crate::rules::{self, ids};
use crate::situation::{Exchange, Situation};

/// The id of a rule: its address in the rule book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RuleId(pub &'static str);

impl RuleId {
    /// Returns true if the rule is about the code or the status of an error: what else is wrong with the same error is
    /// reported with it (W-26).
    pub fn is_about_the_error(self) -> bool {
        [ids::W_03, ids::W_04, ids::W_19].contains(&self)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    /// Reads the id of a rule that exists.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RuleId, D::Error> {
        let id = Cow::<'de, str>::deserialize(deserializer)?;
        rules::find(&id).map(|rule| rule.id).ok_or_else(|| D::Error::custom(format!("there is no rule `{id}`")))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The consequence of a deviation from a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Force {
    /// An observation, never a failure.
    Open,
    /// A warning.
    Should,
    /// Nonconformance.
    Must,
    /// A requirement on the suite itself.
    Suite,
}

impl Force {
    /// All forces, the gravest first.
    pub const ALL: [Force; 4] = [Force::Must, Force::Should, Force::Open, Force::Suite];

    /// Returns an explanation for reports and the command line, without the name.
    pub fn meaning(self) -> &'static str {
        match self {
            Force::Must => "a deviation fails the run",
            Force::Should => "a deviation is a warning; it fails the run with --strict",
            Force::Open => "the sources do not decide; the answer is recorded, and never fails",
            Force::Suite => "a requirement on ucks itself, not on the service",
        }
    }
}

impl fmt::Display for Force {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Force::Open => "open",
            Force::Should => "should",
            Force::Must => "must",
            Force::Suite => "suite",
        })
    }
}

/// The layers in which a service may check, first to last (P-02 to P-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the name of its layer")]
pub enum Layer {
    Dispatch,
    Authentication,
    Parsing,
    Types,
    Constraints,
    Existence,
    Type,
    State,
    Uniqueness,
    Environment,
    Proxy,
}

/// A check of a request in a world.
pub type RequestCheck = dyn Fn(&Situation<'_>) -> Assessment + Send + Sync;

/// Where a rule is judged.
#[derive(Clone)]
pub enum JudgedOn {
    /// On the request, before its answer is looked at.
    Request(Arc<RequestCheck>),
    /// On the form of the answer.
    Form(fn(&Exchange<'_>) -> FormVerdict),
    /// On what Describe shows afterwards, by [`crate::model::Model::observe`].
    Effect,
    /// On which of several errors was returned, by [`crate::judge`] and [`crate::repeat`].
    Order,
    /// Over a whole run, by the suite.
    Run,
    /// On a companion operation.
    Companion,
    /// On requests under way at the same time, by [`crate::model::Model::race`].
    Race,
    /// Cannot be judged yet, for the reason given.
    Untested(&'static str),
}

impl fmt::Debug for JudgedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JudgedOn::Request(_) => "request",
            JudgedOn::Form(_) => "form",
            JudgedOn::Effect => "effect",
            JudgedOn::Order => "order",
            JudgedOn::Run => "run",
            JudgedOn::Companion => "companion",
            JudgedOn::Race => "race",
            JudgedOn::Untested(_) => "untested",
        })
    }
}

/// The specificity of a rule: if several could be blamed, the most special one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// A statement about a combination or a form: blamed first, and given up for a broader one when
    /// the shrinker finds that the special part does not matter.
    Special,
    /// A statement about one member or one cell.
    Plain,
    /// A statement that is blamed if nothing else fits.
    Broad,
}

/// One statement of the rule book.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its address.
    pub id: RuleId,
    /// The requirement on the service, in one sentence.
    pub requirement: String,
    /// The consequence of a deviation.
    pub force: Force,
    /// Where the statement comes from.
    pub basis: Basis,
    /// Where to read it.
    pub source: String,
    /// The first revision that has it.
    pub since: Revision,
    /// The first revision at which the statement is open, if it becomes so.
    pub open_since: Option<Revision>,
    /// The first revision that has it no more, if there is one.
    pub until: Option<Revision>,
    /// The impact of a deviation on users of the service.
    pub impact: String,
    /// The way to fix a service that deviates.
    pub fix: String,
    /// Where blame goes first.
    pub breadth: Breadth,
    /// Rules whose violations this one repeats about a combination or a special form: a service that does not check
    /// this rule checks none of them here.
    pub restates: Vec<RuleId>,
    /// Where it is not empty, the rule applies only to requests that give one of these members.
    pub about: MemberSet,
    /// The rule applies only to requests that have all of these features.
    pub within: FeatureSet,
    /// The check.
    pub check: JudgedOn,
}

impl Rule {
    /// A row of the table.
    pub fn new(id: &'static str, force: Force, basis: &'static str, requirement: impl Into<String>) -> Rule {
        Rule {
            id: RuleId(id),
            requirement: requirement.into(),
            force,
            basis: Basis::new(basis),
            source: String::new(),
            since: Revision::Launch,
            open_since: None,
            until: None,
            impact: String::new(),
            fix: String::new(),
            breadth: Breadth::Plain,
            restates: Vec::new(),
            about: MemberSet::EMPTY,
            within: FeatureSet::NONE,
            check: JudgedOn::Run,
        }
    }

    /// Judged on the request.
    #[must_use]
    pub fn request<S: Into<Assessment>>(mut self, check: impl Fn(&Situation<'_>) -> S + Send + Sync + 'static) -> Rule {
        self.check = JudgedOn::Request(Arc::new(move |s| check(s).into()));
        self
    }

    /// Asked only about requests that give one of these members.
    #[must_use]
    pub fn about(mut self, members: &[Member]) -> Rule {
        self.about = MemberSet::of(members);
        self
    }

    /// Restricts the rule to requests that have this feature.
    #[must_use]
    pub fn of(mut self, feature: impl Into<Feature>) -> Rule {
        self.within = self.within.and(feature);
        self
    }

    /// Returns true if the rule applies to requests with these features that give these members.
    pub fn concerns(&self, features: FeatureSet, members: MemberSet) -> bool {
        (self.about.is_empty() || self.about.meets(members)) && features.covers(self.within)
    }

    /// Judged on the form of the answer.
    #[must_use]
    pub fn form(mut self, check: fn(&Exchange<'_>) -> FormVerdict) -> Rule {
        self.check = JudgedOn::Form(check);
        self
    }

    /// Judged elsewhere.
    #[must_use]
    pub fn judged(mut self, check: JudgedOn) -> Rule {
        self.check = check;
        self
    }

    /// Applies from `revision` on.
    #[must_use]
    pub fn since(mut self, revision: Revision) -> Rule {
        self.since = revision;
        self
    }

    /// Does not apply from `revision` on.
    #[must_use]
    pub fn until(mut self, revision: Revision) -> Rule {
        self.until = Some(revision);
        self
    }

    /// Is open from `revision` on.
    #[must_use]
    pub fn open_since(mut self, revision: Option<Revision>) -> Rule {
        self.open_since = revision;
        self
    }

    /// Returns the consequence of a deviation at `revision`.
    pub fn force_at(&self, revision: Revision) -> Force {
        if self.open_since.is_some_and(|since| since <= revision) { Force::Open } else { self.force }
    }

    /// Returns true if `revision` has the rule.
    pub fn applies(&self, revision: Revision) -> bool {
        self.since <= revision && self.until.is_none_or(|until| revision < until)
    }

    /// Where to read it.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Rule {
        self.source = source.into();
        self
    }

    /// Sets the impact of a deviation on users, and the way to fix it.
    #[must_use]
    pub fn impact_and_fix(mut self, impact: impl Into<String>, fix: impl Into<String>) -> Rule {
        self.impact = impact.into();
        self.fix = fix.into();
        self
    }

    /// Repeats the violations of these rules.
    #[must_use]
    pub fn restates(mut self, rules: impl IntoIterator<Item = &'static str>) -> Rule {
        self.restates = rules.into_iter().map(RuleId).collect();
        self
    }

    /// Blamed before others.
    #[must_use]
    pub fn special(mut self) -> Rule {
        self.breadth = Breadth::Special;
        self
    }

    /// Blamed after all others.
    #[must_use]
    pub fn broad(mut self) -> Rule {
        self.breadth = Breadth::Broad;
        self
    }
}
