//! Findings by their meaning for the service's users, in plain words.

use super::view;
use crate::record::{Finding, Record};
use ucks_oracle::expectation::Expectation;
use ucks_oracle::group::Impact;
use ucks_oracle::rules::ids;

/// The kinds of findings, in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Companions,
    Crashes,
    WrongData,
    RefusesValid,
    WrongState,
    InUse,
    Unknown,
    OtherType,
    Environment,
    AcceptsInvalid,
    OtherError,
    Form,
}

impl Kind {
    /// The kind of a finding.
    pub(super) fn of(finding: &Finding) -> Kind {
        let accepted = finding.got.is_success();
        match view::impact(&finding.rule) {
            Impact::Companion => Kind::Companions,
            _ if finding.rule == ids::W_15.0 => Kind::Crashes,
            Impact::Data => Kind::WrongData,
            _ if view::is_effect(finding) => Kind::WrongData,
            _ if finding.expected == Expectation::Success => Kind::RefusesValid,
            Impact::State if accepted => Kind::WrongState,
            Impact::InUse if accepted => Kind::InUse,
            Impact::Unknown if accepted => Kind::Unknown,
            Impact::OtherType if accepted => Kind::OtherType,
            Impact::Environment if accepted => Kind::Environment,
            _ if accepted => Kind::AcceptsInvalid,
            Impact::Form => Kind::Form,
            _ => Kind::OtherError,
        }
    }

    /// The kind in words, after "the service".
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Companions => "deviates in the operations beside UpdateCustomKeyStore",
            Kind::Crashes => "fails with a server error",
            Kind::WrongData => "stores, shows or changes something else than it was asked to",
            Kind::RefusesValid => "refuses valid requests",
            Kind::WrongState => "accepts changes that the store's state forbids",
            Kind::InUse => "accepts values that another store uses",
            Kind::Unknown => "accepts stores that do not exist",
            Kind::OtherType => "accepts members of another type of store",
            Kind::Environment => "does not check clusters, endpoint services or proxies",
            Kind::AcceptsInvalid => "accepts invalid input",
            Kind::OtherError => "refuses with another error than documented",
            Kind::Form => "answers in another form than documented",
        }
    }
}

/// The kinds of a record's findings that count, each with how many there are, in order of weight.
pub(super) fn kinds(record: &Record) -> Vec<(Kind, usize)> {
    let mut kinds: Vec<(Kind, usize)> = Vec::new();
    for finding in view::failures(record) {
        let kind = Kind::of(finding);
        match kinds.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    kinds.sort();
    kinds
}
