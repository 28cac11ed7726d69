//! Gates, states taken for others, and the worth of clusters, services and proxies.

use super::super::{Change, EditFamily};
use super::List;
use crate::behaviour::gates::Quantifier;
use crate::behaviour::scope::StoreVariant;
use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::member::Member;
use crate::proxy::{ProxyHealth, UNSPOKEN};
use crate::store::ConnectionState;

pub(super) fn add(list: &mut List<'_>) {
    gates(list);
    seen(list);
    clusters(list);
    services(list);
    proxies(list);
}

/// Each cell closed that must be open, or open that must be closed. Where either is admitted there is no edit.
fn gates(list: &mut List<'_>) {
    let table = list.conforming.gates.clone();
    for reach in StoreVariant::ALL {
        for member in Member::ALL.into_iter().filter(|member| !member.is_foreign_to(reach.kind())) {
            for state in ConnectionState::ALL {
                let free = matches!(member, Member::Name | Member::Credential | Member::Path);
                if free && state.unsettled().is_some() {
                    continue;
                }
                // A public store refuses a service and its owner for another reason.
                let never = reach == StoreVariant::Public && matches!(member, Member::Service | Member::Owner);
                let open = table.is_open(reach, member, state);
                if never {
                    continue;
                }
                let (word, at) = (if open { "closed" } else { "open" }, state.name());
                list.add(
                    EditFamily::Gate,
                    format!("gate.{}-{}-{}", name(reach), member.short(), at.to_lowercase()),
                    format!("{} of a store reached as `{}` is {word} while {at}.", member.name(), name(reach)),
                    Change::Gate(reach, member, state, !open),
                );
            }
        }
    }
    list.add(
        EditFamily::Gate,
        "gate.first-decides",
        "Only the first member given is gated.",
        Change::Asked(Quantifier::First),
    );
    list.add(
        EditFamily::Gate,
        "gate.one-is-enough",
        "One open member lets all others through.",
        Change::Asked(Quantifier::One),
    );
    for state in ConnectionState::ALL {
        let description = format!("No store can be updated while another one is {}.", state.name());
        let name = format!("gate.closed-by-other-{}", state.name().to_lowercase());
        list.add(EditFamily::Gate, name, description, Change::ClosedByOthers(state));
    }
}

fn name(reach: StoreVariant) -> &'static str {
    match reach {
        StoreVariant::CloudHsm => "hsm",
        StoreVariant::Public => "public",
        StoreVariant::Vpc => "vpc",
    }
}

fn seen(list: &mut List<'_>) {
    for state in ConnectionState::ALL {
        for other in ConnectionState::ALL.into_iter().filter(|other| *other != state) {
            // For an update these two may be the same in every cell except those of CloudHSM stores, which close both.
            if state.unsettled().is_some() && other.unsettled().is_some() {
                continue;
            }
            let description = format!("{} is taken for {}.", state.name(), other.name());
            let name = format!("state.{}-seen-as-{}", state.name().to_lowercase(), other.name().to_lowercase());
            list.add(EditFamily::State, name, description, Change::Seen(state, other));
        }
    }
}

fn clusters(list: &mut List<'_>) {
    let codes = [
        ("not-found", Code::CloudHsmClusterNotFound),
        ("not-active", Code::CloudHsmClusterNotActive),
        ("not-related", Code::CloudHsmClusterNotRelated),
        ("misconfigured", Code::CloudHsmClusterInvalidConfiguration),
    ];
    for role in ClusterRole::ALL {
        let name = kebab(&format!("{role:?}"));
        let description = format!("A cluster that is `{name}` is accepted.");
        list.add(EditFamily::Role, format!("cluster.{name}-accepted"), description, Change::Cluster(role, None));
        for (word, code) in codes {
            let description = format!("A cluster that is `{name}` is refused as {word}.");
            list.add(
                EditFamily::Role,
                format!("cluster.{name}-{word}"),
                description,
                Change::Cluster(role, Some(code)),
            );
        }
    }
}

fn services(list: &mut List<'_>) {
    let codes = [
        ("not-found", Code::XksProxyVpcEndpointServiceNotFound),
        ("misconfigured", Code::XksProxyVpcEndpointServiceInvalidConfiguration),
    ];
    for role in ServiceRole::ALL {
        let name = kebab(&format!("{role:?}"));
        let description = format!("A service that is `{name}` is accepted.");
        list.add(EditFamily::Role, format!("service.{name}-accepted"), description, Change::Service(role, None));
        // Which of the two codes a service that KMS may not use gets is open (V-01).
        for (word, code) in codes.into_iter().filter(|_| role != ServiceRole::NotAllowed) {
            let description = format!("A service that is `{name}` is refused as {word}.");
            list.add(
                EditFamily::Role,
                format!("service.{name}-{word}"),
                description,
                Change::Service(role, Some(code)),
            );
        }
    }
}

fn proxies(list: &mut List<'_>) {
    let verdicts = [
        ("healthy", ProxyHealth::Healthy),
        ("credential", ProxyHealth::Credential),
        ("path", ProxyHealth::Path),
        ("invalid", ProxyHealth::Invalid),
        ("unreachable", ProxyHealth::Unreachable),
    ];
    for role in ProxyRole::ALL.into_iter().filter(|role| !UNSPOKEN.contains(role)) {
        let name = kebab(&format!("{role:?}"));
        for (word, verdict) in verdicts {
            // No TLS may be read as a wrong configuration too; late and lost answers have one code.
            let open = role == ProxyRole::BadTls && matches!(verdict, ProxyHealth::Path | ProxyHealth::Unreachable)
                || role == ProxyRole::Slow && verdict == ProxyHealth::Unreachable;
            if !open {
                let description = format!("A proxy that is `{name}` is taken for `{word}`.");
                list.add(EditFamily::Role, format!("proxy.{name}-{word}"), description, Change::Proxy(role, verdict));
            }
        }
    }
    for (word, verdict) in verdicts {
        let description = format!("A proxy that does not know the credential is taken for `{word}`.");
        list.add(
            EditFamily::Role,
            format!("proxy.unauthenticated-{word}"),
            description,
            Change::Unauthenticated(verdict),
        );
        let description = format!("An address without a proxy is taken for `{word}`.");
        list.add(EditFamily::Role, format!("proxy.none-{word}"), description, Change::NoProxy(verdict));
    }
}

/// `TooFewHsms` as `too-few-hsms`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
