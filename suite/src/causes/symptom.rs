//! The parts of a finding by which causes are distinguished.

use serde::Deserialize;
use ucks_oracle::aspect::Aspect;
use ucks_oracle::expectation::{Expectation, Observation};
use ucks_oracle::rules::ids;

use crate::record::Finding;

/// The way in which an answer or its effect deviates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SymptomKind {
    /// Success where an error is expected.
    Accepted,
    /// An error where success is expected.
    Refused,
    /// An error where another one is expected.
    OtherError,
    /// A server error, or no answer.
    Crash,
    /// Describe shows something else.
    Shown,
    /// The answer has another form.
    Form,
    /// The stores of a whole Describe, or another success than expected.
    Answer,
}

impl SymptomKind {
    /// The name in the catalogue.
    #[cfg(feature = "cli")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            SymptomKind::Accepted => "accepted",
            SymptomKind::Refused => "refused",
            SymptomKind::OtherError => "other-error",
            SymptomKind::Crash => "crash",
            SymptomKind::Shown => "shown",
            SymptomKind::Form => "form",
            SymptomKind::Answer => "answer",
        }
    }

    fn of(finding: &Finding) -> SymptomKind {
        match &finding.got {
            Observation::Field(_) => SymptomKind::Shown,
            _ if finding.aspect == Aspect::FORM => SymptomKind::Form,
            _ if finding.rule == ids::W_15.0 => SymptomKind::Crash,
            Observation::ServerError { .. }
            | Observation::InternalError { .. }
            | Observation::InternalErrorEachTime
            | Observation::NoAnswer(_) => SymptomKind::Crash,
            Observation::Success => SymptomKind::Accepted,
            Observation::Listing(_) | Observation::SuccessWithoutId => SymptomKind::Answer,
            _ if matches!(finding.expected, Expectation::Success | Expectation::SuccessOr(_)) => SymptomKind::Refused,
            _ => SymptomKind::OtherError,
        }
    }
}

/// A property of a finding by which a row of the catalogue has units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Dimension {
    /// The member or field.
    Member,
    /// The connection state.
    State,
    /// The store's type.
    StoreType,
    /// The operation.
    Operation,
    /// The rule.
    Rule,
    /// Which way of being wrong.
    Aspect,
    /// The stable code of the actual answer.
    Actual,
    /// The stable code of the expected answer.
    Expected,
}

impl Dimension {
    /// Every dimension.
    pub(crate) const ALL: [Dimension; 8] = [
        Dimension::Member,
        Dimension::State,
        Dimension::StoreType,
        Dimension::Operation,
        Dimension::Rule,
        Dimension::Aspect,
        Dimension::Actual,
        Dimension::Expected,
    ];

    /// The name, as it is written in sentences of the catalogue between braces.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Dimension::Member => "member",
            Dimension::State => "state",
            Dimension::StoreType => "store-type",
            Dimension::Operation => "operation",
            Dimension::Rule => "rule",
            Dimension::Aspect => "aspect",
            Dimension::Actual => "actual",
            Dimension::Expected => "expected",
        }
    }
}

/// A finding without its values and its sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Symptom {
    /// The kind of the deviation.
    pub(crate) kind: SymptomKind,
    values: [String; Dimension::ALL.len()],
}

impl Symptom {
    /// The symptom that the finding shows.
    pub(crate) fn of(finding: &Finding) -> Symptom {
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let value = |dimension| match dimension {
            Dimension::Member => optional(&finding.member),
            Dimension::State => optional(&finding.state),
            Dimension::StoreType => optional(&finding.store_type),
            Dimension::Operation => finding.operation.clone(),
            Dimension::Rule => finding.rule.clone(),
            Dimension::Aspect => finding.aspect.clone(),
            Dimension::Actual => finding.got.code(),
            Dimension::Expected => finding.expected.code(),
        };
        Symptom { kind: SymptomKind::of(finding), values: Dimension::ALL.map(value) }
    }

    /// Rule, kind and member, as a table of consequences has them.
    #[cfg(feature = "cli")]
    pub(crate) fn pattern(&self) -> (String, &'static str, String) {
        (self.value(Dimension::Rule).to_owned(), self.kind.name(), self.value(Dimension::Member).to_owned())
    }

    /// Returns the value of a dimension; empty where the finding has none.
    pub(crate) fn value(&self, dimension: Dimension) -> &str {
        &self.values[dimension as usize]
    }
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_catalogue_has() {
        let read = |name: &str| format!("\"{name}\"");
        for dimension in Dimension::ALL {
            assert_eq!(serde_json::from_str::<Dimension>(&read(dimension.name())).unwrap(), dimension);
        }
        for kind in [
            SymptomKind::Accepted,
            SymptomKind::Refused,
            SymptomKind::OtherError,
            SymptomKind::Crash,
            SymptomKind::Shown,
            SymptomKind::Form,
            SymptomKind::Answer,
        ] {
            assert_eq!(serde_json::from_str::<SymptomKind>(&read(kind.name())).unwrap(), kind);
        }
    }
}
