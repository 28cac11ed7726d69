//! The parts of a finding by which causes are distinguished.

use serde::Deserialize;
use ucks_oracle::expectation::{Expectation, FORM, Observation};
use ucks_oracle::rules::ids;

use crate::record::Finding;

/// The way in which an answer or its effect deviates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
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

impl Kind {
    /// The name in the catalogue.
    #[cfg(feature = "cli")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Accepted => "accepted",
            Kind::Refused => "refused",
            Kind::OtherError => "other-error",
            Kind::Crash => "crash",
            Kind::Shown => "shown",
            Kind::Form => "form",
            Kind::Answer => "answer",
        }
    }

    fn of(finding: &Finding) -> Kind {
        match &finding.got {
            Observation::Field(_) => Kind::Shown,
            _ if finding.aspect == FORM => Kind::Form,
            _ if finding.rule == ids::W_15.0 => Kind::Crash,
            Observation::ServerError { .. }
            | Observation::InternalError { .. }
            | Observation::InternalErrorEachTime
            | Observation::NoAnswer(_) => Kind::Crash,
            Observation::Success => Kind::Accepted,
            Observation::Listing(_) | Observation::SuccessWithoutId => Kind::Answer,
            _ if matches!(finding.expected, Expectation::Success | Expectation::SuccessOr(_)) => Kind::Refused,
            _ => Kind::OtherError,
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
    pub(crate) kind: Kind,
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
        Symptom { kind: Kind::of(finding), values: Dimension::ALL.map(value) }
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
        for kind in
            [Kind::Accepted, Kind::Refused, Kind::OtherError, Kind::Crash, Kind::Shown, Kind::Form, Kind::Answer]
        {
            assert_eq!(serde_json::from_str::<Kind>(&read(kind.name())).unwrap(), kind);
        }
    }
}
