//! H: the CloudHSM cluster behind a store.

use crate::code::Code;
use crate::environment::{Cluster, ClusterRole};
use crate::members::{Member, StoreType};
use crate::revision::Revision;
use crate::rule::{Assessment, Force, JudgedOn, Layer, Permit, Rule, Violation};
use crate::situation::Situation;

const NOT_FOUND: &[Code] = &[Code::CloudHsmClusterNotFoundException];
const NOT_ACTIVE: &[Code] = &[Code::CloudHsmClusterNotActiveException];
const NOT_RELATED: &[Code] = &[Code::CloudHsmClusterNotRelatedException];
const CONFIGURATION: &[Code] = &[Code::CloudHsmClusterInvalidConfigurationException];
const ANY: &[Code] = &[
    Code::CloudHsmClusterNotFoundException,
    Code::CloudHsmClusterNotActiveException,
    Code::CloudHsmClusterNotRelatedException,
    Code::CloudHsmClusterInvalidConfigurationException,
];
const PRESENT_FAULTY: &[Code] = &[
    Code::CloudHsmClusterNotFoundException,
    Code::CloudHsmClusterNotActiveException,
    Code::CloudHsmClusterInvalidConfigurationException,
];
const SOURCE: &str = "API reference, UpdateCustomKeyStore, CloudHsmClusterId and the CloudHsmCluster errors";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Open, Should, Suite};
    let rules = vec![
        Rule::new("H-01", Must, "DOC", "An unknown cluster is refused with CloudHsmClusterNotFoundException")
            .about(&[Member::CloudHsmClusterId])
            .request(|s| match given(s) {
                Some(TargetCluster::Unknown) => {
                    Violation::open(Layer::Environment, ANY).on(Member::CloudHsmClusterId).into()
                }
                Some(TargetCluster::Nowhere) => violation(NOT_FOUND).into(),
                _ => Assessment::NotApplicable,
            })
            .impact_and_fix(
                "a store is bound to a cluster that does not exist",
                "look the cluster up before \
                storing it",
            ),
        Rule::new(
            "H-02",
            Must,
            "DOC",
            "A cluster that is not active is refused with CloudHsmClusterNotActiveException",
        )
        .about(&[Member::CloudHsmClusterId])
        .request(|s| in_role(s, &[ClusterRole::Inactive]).map(|_| violation(NOT_ACTIVE)))
        .impact_and_fix("a store is bound to a cluster that cannot serve it", "check the cluster's state"),
        Rule::new(
            "H-03",
            Must,
            "DOC",
            "A cluster with another certificate than the creating one is refused with \
            CloudHsmClusterNotRelatedException",
        )
        .about(&[Member::CloudHsmClusterId])
        .request(|s| {
            let (cluster, family) = (known(s)?, s.family()?);
            (cluster.family != family && cluster.condition() != ClusterRole::OtherAccount)
                .then(|| violation(NOT_RELATED))
        })
        .impact_and_fix(
            "a store is bound to a cluster that holds none of its keys",
            "compare the cluster's \
                certificate with the one the store was created with",
        ),
        Rule::new(
            "H-04",
            Must,
            "DOC",
            "A cluster without two active HSMs, two private subnets or the security \
            group's rules is refused with CloudHsmClusterInvalidConfigurationException",
        )
        .about(&[Member::CloudHsmClusterId])
        .request(|s| {
            let faulty = [ClusterRole::TooFewHsms, ClusterRole::FewSubnets, ClusterRole::WrongNetwork];
            let Some(cluster) = in_role(s, &faulty) else { return Assessment::NotApplicable };
            let aspect = match cluster.condition() {
                ClusterRole::TooFewHsms => "too few HSMs",
                ClusterRole::FewSubnets => "too few subnets",
                // Before, a security group had no requirements.
                _ if s.revision < Revision::SecurityGroup => {
                    let related = s.family() == Some(&cluster.family);
                    let permit = Permit::must(CONFIGURATION).on(Member::CloudHsmClusterId).aspect("security group");
                    return if related { permit.into() } else { Assessment::NotApplicable };
                }
                _ => "security group",
            };
            violation(CONFIGURATION).aspect(aspect).into()
        })
        .impact_and_fix(
            "a store is bound to a cluster that KMS cannot use",
            "check HSMs, subnets and security \
                group of the cluster",
        ),
        Rule::new("H-05", Must, "DOC", "The creating cluster, or the present one restated, succeeds")
            .about(&[Member::CloudHsmClusterId])
            .request(|s| {
                let hsm = s.store?.cloud_hsm()?;
                let id = s.value(Member::CloudHsmClusterId)?;
                let healthy = known(s)?.condition().healthy();
                (healthy && (id == hsm.cluster || id == hsm.created_with))
                    .then(|| Permit::must(ANY).on(Member::CloudHsmClusterId))
            })
            .special()
            .impact_and_fix("a store cannot go back to its cluster", "accept the creating cluster"),
        Rule::new(
            "H-06",
            Should,
            "INFER; DOC",
            "A password that the cluster does not know is stored; Connect then \
            ends in FAILED with INVALID_CREDENTIALS",
        )
        .about(&[Member::KeyStorePassword])
        .request(|s| {
            let password = s.value(Member::KeyStorePassword)?;
            let right = merged_cluster(s)?.password.as_deref()?;
            (password != right).then(|| Permit::should(ANY).on(Member::KeyStorePassword))
        })
        .special()
        .impact_and_fix(
            "a password cannot be stored before the cluster has it, or a wrong one goes unnoticed",
            "store the password unchecked and let Connect find out",
        ),
        Rule::new("H-07", Must, "INFER", "A cluster faulty in several ways gives any one of its errors")
            .about(&[Member::CloudHsmClusterId])
            .request(|s| {
                let cluster = known(s)?;
                let foreign = cluster.family != s.family()?;
                (foreign && !cluster.condition().healthy() && cluster.condition() != ClusterRole::OtherAccount)
                    .then(|| violation(ANY))
            })
            .broad()
            .restates(["H-02", "H-03", "H-04"])
            .impact_and_fix("a broken cluster is accepted", "refuse the cluster for any of its faults"),
        Rule::new("H-08", Must, "DOC", "A related healthy cluster is accepted and shown")
            .about(&[Member::CloudHsmClusterId])
            .request(|s| {
                let (cluster, family) = (known(s)?, s.family()?);
                let other = s.store?.cloud_hsm().is_some_and(|h| h.cluster != cluster.id);
                (other && present_is_broken(s).is_none() && cluster.condition().healthy() && cluster.family == family)
                    .then(|| Permit::must(ANY).on(Member::CloudHsmClusterId))
            })
            .special()
            .impact_and_fix(
                "a store cannot move to a cluster made from its backup",
                "accept clusters with the \
                same certificate",
            ),
        Rule::new(
            "H-09",
            Must,
            "DOC",
            "A change to a good related cluster succeeds although the present one is \
            deleted or broken",
        )
        .about(&[Member::CloudHsmClusterId])
        .request(|s| {
            let (cluster, family, how) = (known(s)?, s.family()?, present_is_broken(s)?);
            (cluster.condition().healthy() && cluster.family == family)
                .then(|| Permit::must(ANY).on(Member::CloudHsmClusterId).aspect(how))
        })
        .special()
        .impact_and_fix(
            "a store whose cluster is gone cannot be rescued",
            "check the new cluster, not the \
                present one",
        ),
        Rule::new(
            "H-10",
            Suite,
            "DOC",
            "Connect changes the kmsuser password; the suite never tries a wrong one \
            more than four times",
        )
        .judged(JudgedOn::Run)
        .impact_and_fix("the kmsuser account is locked", "nothing to fix in the service"),
        Rule::new(
            "H-11",
            Open,
            "DOC, ambiguous",
            "Name or password alone while the present cluster is faulty: \
            success, or the cluster's error",
        )
        .request(|s| {
            let asks = !s.gives(Member::CloudHsmClusterId) && !s.given().is_empty();
            let how = asks.then(|| present_is_broken(s))??;
            Some(Violation::open(Layer::Environment, PRESENT_FAULTY).aspect(how))
        })
        .impact_and_fix("services differ", "nothing to fix"),
        Rule::new(
            "H-12",
            Must,
            "DOC; code INFER",
            "A cluster of another account or Region is refused with \
            CloudHsmClusterNotFoundException",
        )
        .about(&[Member::CloudHsmClusterId])
        .request(|s| {
            in_role(s, &[ClusterRole::OtherAccount])
                .map(|_| Violation::must(Layer::Environment, NOT_FOUND).code_should().on(Member::CloudHsmClusterId))
        })
        .impact_and_fix(
            "a store is bound to a cluster that its owner cannot use",
            "look clusters up in the \
                caller's account and Region",
        ),
    ];
    rules.into_iter().map(|r| r.of(StoreType::CloudHsm).source(SOURCE)).collect()
}

enum TargetCluster<'a> {
    Unknown,
    Nowhere,
    Known(&'a Cluster),
}

fn given<'a>(s: &Situation<'a>) -> Option<TargetCluster<'a>> {
    Some(match s.cluster? {
        None => TargetCluster::Unknown,
        Some(None) => TargetCluster::Nowhere,
        Some(Some(cluster)) => TargetCluster::Known(cluster),
    })
}

fn known<'a>(s: &Situation<'a>) -> Option<&'a Cluster> {
    match given(s)? {
        TargetCluster::Known(cluster) => Some(cluster),
        _ => None,
    }
}

/// Returns true if the present cluster cannot serve any more, with the reason.
fn present_is_broken(s: &Situation<'_>) -> Option<&'static str> {
    match s.present_cluster()? {
        None => Some("deleted"),
        Some(present) => (!present.condition().healthy()).then_some("broken"),
    }
}

fn in_role<'a>(s: &Situation<'a>, roles: &[ClusterRole]) -> Option<&'a Cluster> {
    known(s).filter(|c| roles.contains(&c.condition()))
}

/// The cluster of the store as it would be after the request.
fn merged_cluster<'a>(s: &Situation<'a>) -> Option<&'a Cluster> {
    if s.value(Member::CloudHsmClusterId).is_some() { known(s) } else { s.present_cluster()? }
}

fn violation(codes: &'static [Code]) -> Violation {
    Violation::must(Layer::Environment, codes).on(Member::CloudHsmClusterId)
}
