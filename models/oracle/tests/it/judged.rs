//! The verdicts of the oracle on requests of every kind, in every state, and on every answer to them.
//!
//! The tables in `snapshots` have one line for each request. What holds for all of them is asserted by `properties.rs`.
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test -p ucks-oracle --test it`, takes what changed.

mod admitted;
mod effects;
mod fixtures;
mod observations;
mod properties;
mod races;
mod render;
mod requests;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use rstest::rstest;
use ucks_oracle::account::ConnectionState;
use ucks_oracle::environment::{ClusterRole, Environment, ServiceRole};
use ucks_oracle::judge::Policy;
use ucks_oracle::members::StoreType;
use ucks_oracle::model::Model;
use ucks_oracle::repeat::ErrorOrder;
use ucks_oracle::revision::Revision;
use ucks_oracle::rules;

use self::fixtures::{StoreKind, belief, environment, model};
use self::render::{blamed, permit, request_line};
use self::requests::NamedRequest;

const KINDS: [StoreKind; 3] = [StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc];

/// Requests of every kind about each type of store in each state, in the environment that the profile describes, in one
/// that it does not, and where the resource behind a store has changed since the store was created.
#[test]
fn every_kind_of_request() {
    let mut permissions = BTreeSet::new();
    let mut page =
        |name: &str, environment: &Environment, at: (StoreKind, ConnectionState), requests: &[NamedRequest]| {
            let model = model(Revision::LATEST, environment.clone());
            let believed = belief(&model, at.0, at.1);
            let mut lines = String::new();
            for (what, request) in requests {
                properties::assert_all(&model, &believed, what, request);
                let _ = writeln!(lines, "{}", request_line(&model, &believed, what, request));
                let found = model.assess(believed.account(), request);
                permissions.extend(found.permits.iter().map(|(r, p)| format!("{} {}", r.id, permit(p))));
            }
            insta::assert_snapshot!(name, lines);
        };
    let (known, unknown) = (environment(), Environment::default());
    for kind in KINDS {
        let mut all = requests::singles(kind);
        for more in [requests::pairs(kind), requests::switches(kind), requests::bodies(), requests::heads()] {
            all.extend(more);
        }
        page(&format!("{kind:?}-DISCONNECTED"), &known, (kind, ConnectionState::Disconnected), &all);
        let mut few = requests::few(kind);
        // A statement that needs the environment is open if the profile has none.
        page(&format!("unknown-{kind:?}"), &unknown, (kind, ConnectionState::Disconnected), &few);
        for state in [ConnectionState::Failed, ConnectionState::Connecting, ConnectionState::Disconnecting] {
            page(&format!("{kind:?}-{}", state.name()), &known, (kind, state), &few);
        }
        few.extend(requests::pairs(kind));
        page(&format!("{kind:?}-CONNECTED"), &known, (kind, ConnectionState::Connected), &few);
    }
    for role in [ClusterRole::Absent, ClusterRole::Inactive, ClusterRole::TooFewHsms] {
        let mut changed = environment();
        let mut clusters = changed.clusters.unwrap().to_vec();
        clusters[0].after_create = Some(role);
        changed.clusters = Some(clusters.into_iter().collect());
        let at = (StoreKind::Hsm, ConnectionState::Disconnected);
        page(&format!("present-cluster-{role:?}"), &changed, at, &about(StoreKind::Hsm, "CloudHsmClusterId"));
    }
    for role in [ServiceRole::Absent, ServiceRole::AcceptanceRequired] {
        let mut changed = environment();
        let mut services = changed.services.unwrap().to_vec();
        services[0].after_create = Some(role);
        changed.services = Some(services.into_iter().collect());
        let at = (StoreKind::Vpc, ConnectionState::Disconnected);
        page(&format!("present-service-{role:?}"), &changed, at, &about(StoreKind::Vpc, "XksProxyVpcEndpointService"));
    }
    insta::assert_snapshot!("permissions", permissions.into_iter().collect::<Vec<_>>().join("\n"));
}

/// A request of each kind, and each that gives the member.
fn about(kind: StoreKind, member: &str) -> Vec<NamedRequest> {
    let mut all = requests::one(kind);
    all.extend(requests::singles(kind).into_iter().filter(|(what, _)| what.starts_with(member)));
    all.extend(requests::bodies().into_iter().take(1));
    all
}

/// The first revision, and what each later one judges in another way.
#[rstest]
fn every_revision(#[values(StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc)] kind: StoreKind) {
    let mut out = String::new();
    let mut earlier: BTreeMap<(&str, String), String> = BTreeMap::new();
    for revision in Revision::ALL.iter().filter(|r| **r != Revision::LATEST) {
        let model = model(*revision, environment());
        for state in [ConnectionState::Disconnected, ConnectionState::Connected] {
            let _ = writeln!(out, "\n{revision} {}", state.name());
            let believed = belief(&model, kind, state);
            for (what, request) in requests::one(kind).into_iter().chain(requests::changed()) {
                properties::assert_all(&model, &believed, &what, &request);
                let line = request_line(&model, &believed, &what, &request);
                if earlier.insert((state.name(), what), line.clone()).is_none_or(|before| before != line) {
                    let _ = writeln!(out, "{line}");
                }
            }
        }
    }
    insta::assert_snapshot!(format!("revisions-{kind:?}"), out);
}

/// Which of several errors is admitted: the requests that the policies do not judge alike, with the rules blamed by
/// each policy. No policy is more lenient than `Any`, nor `Pinned` than `Layered`.
#[test]
fn every_policy() {
    let cells = [StoreType::CloudHsm, StoreType::Xks]
        .into_iter()
        .flat_map(|kind| ConnectionState::ALL.iter().map(move |state| Some((kind, *state))));
    let rule = |id: &str| rules::find(id).unwrap().id;
    let order: ErrorOrder =
        cells.flat_map(|cell| [("T-05", "U-01"), ("G-11", "H-02")].map(|(a, b)| (cell, rule(a), rule(b)))).collect();
    let policies = [Policy::Any, Policy::Layered, Policy::Pinned, Policy::Learned(Arc::new(order))];
    let mut out = String::new();
    for (kind, state) in [(StoreKind::Hsm, ConnectionState::Connected), (StoreKind::Vpc, ConnectionState::Disconnected)]
    {
        let models = policies.clone().map(|policy| Model { policy, ..model(Revision::LATEST, environment()) });
        let believed = belief(&models[0], kind, state);
        for (what, request) in requests::pairs(kind) {
            let [any, layered, pinned, learned] = models.each_ref().map(|m| blamed(m, &believed, &request));
            let grades =
                [&any, &layered, &pinned, &learned].map(|b| b.iter().map(|(grade, _)| *grade).collect::<Vec<_>>());
            for (lenient, strict) in [(0, 1), (1, 2), (1, 3)] {
                let stricter = grades[lenient].iter().zip(&grades[strict]).all(|(l, s)| l <= s);
                assert!(stricter, "{what}: {:?} is more lenient than {:?}", policies[strict], policies[lenient]);
            }
            let lines = [any, layered, pinned, learned].map(|blamed| render::counted(&blamed));
            if lines.iter().any(|line| *line != lines[1]) {
                let _ = writeln!(out, "{kind:?} {}, {what}", state.name());
                for (policy, line) in ["any", "layered", "pinned", "learned"].iter().zip(&lines) {
                    let _ = writeln!(out, "    {policy}: {line}");
                }
            }
        }
    }
    insta::assert_snapshot!("policies", out);
}
