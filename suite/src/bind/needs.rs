//! The needs of a sequence.
//!
//! Clusters and VPC endpoint services belong to one store at a time, and some things there are only once: two sequences
//! that need the same do not run side by side.

use std::collections::BTreeSet;

use ucks_oracle::environment::ServiceRole;
use ucks_oracle::members::{Member, StoreType};

use crate::op::{Edge, Family, Fixture, Id, Op, Pace, Value};

/// The resources that a sequence needs for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Stores it may have at one time.
    pub stores: usize,
    /// Families of clusters.
    pub families: BTreeSet<Family>,
    /// Good VPC endpoint services.
    pub services: u8,
    /// The resources of which there is only one.
    pub singles: BTreeSet<Single>,
}

/// Something that there is only one of: one sequence at a time has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Single {
    /// The VPC endpoint service of a role, or its host.
    Odd(ServiceRole),
    /// The good service of another account, or its host.
    Foreign,
    /// The service with something particular behind it, or its host.
    Paced(Pace),
    /// A literal value of a member that must be unique, without case and blanks at its ends.
    Text(Member, String),
    /// A value of few characters: there are not many.
    Short(Member),
}

impl Needs {
    /// Returns the needs of the operations.
    pub fn of<'a>(operations: impl IntoIterator<Item = &'a Op>) -> Needs {
        let mut needs = Needs::default();
        for op in operations {
            if let Op::Race { .. } = op {
                needs.and(Needs::of(&op.racers()));
                continue;
            }
            let set = match op {
                Op::Create { store, kind, set } => {
                    needs.stores += 1;
                    if *kind == StoreType::CloudHsm && !set.iter().any(|(m, _)| *m == Member::CloudHsmClusterId) {
                        needs.value(&super::default_cluster(*store));
                    }
                    set
                }
                Op::Update(update) | Op::Repeat { update, .. } => {
                    if let Id::Value(v) = &update.id {
                        needs.value(v);
                    }
                    &update.set
                }
                _ => continue,
            };
            for (member, value) in set {
                needs.value(value);
                needs.singles.extend(literal(*member, value));
            }
        }
        needs
    }

    fn and(&mut self, other: Needs) {
        self.stores += other.stores;
        self.families.extend(other.families);
        self.services = self.services.max(other.services);
        self.singles.extend(other.singles);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Fixture(
                Fixture::Cluster(family, ..) | Fixture::Password(family) | Fixture::StrangeCluster(family, _),
            ) => {
                self.families.insert(*family);
            }
            Value::Fixture(Fixture::Service(n) | Fixture::EndpointOf(n) | Fixture::Sibling(n)) => {
                self.services = self.services.max(n + 1);
            }
            Value::Fixture(Fixture::Paced(pace) | Fixture::EndpointOfPaced(pace) | Fixture::SiblingOfPaced(pace)) => {
                self.singles.insert(Single::Paced(*pace));
            }
            Value::Fixture(Fixture::OddService(role) | Fixture::EndpointOfOdd(role)) => {
                self.singles.insert(Single::Odd(*role));
            }
            Value::Fixture(Fixture::ForeignService | Fixture::EndpointOfForeign) => {
                self.singles.insert(Single::Foreign);
            }
            Value::Credential(a, b) => {
                self.value(a);
                self.value(b);
            }
            _ => {}
        }
    }
}

/// Returns the resource behind a value that another sequence may use as well, in a member that must be unique.
fn literal(member: Member, value: &Value) -> Option<Single> {
    let unique = matches!(
        member,
        Member::NewCustomKeyStoreName | Member::XksProxyUriEndpoint | Member::XksProxyVpcEndpointServiceName
    );
    match value {
        _ if !unique => None,
        Value::Text(text) if text.chars().count() > 1 => Some(Single::Text(member, text.trim().to_lowercase())),
        Value::Text(_) | Value::Repeat(..) | Value::Edge(Edge::Shortest | Edge::TooShort) => {
            Some(Single::Short(member))
        }
        _ => None,
    }
}
