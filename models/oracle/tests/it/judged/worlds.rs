//! What is believed of the world outside the account, and how many worlds are.

use std::fmt::Write;
use std::sync::Arc;

use ucks_oracle::account::{Backing, Believed, ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{BodyForm, Outcome};
use ucks_oracle::companions::{after_connect, connect_end};
use ucks_oracle::environment::{Cluster, ClusterRole, Environment, ServiceRole};
use ucks_oracle::members::StoreType;
use ucks_oracle::model::{Model, WORLDS};
use ucks_oracle::revision::Revision;
use ucks_oracle::wire::{Request, UPDATE};

use super::fixtures::{self, OWN, StoreKind, belief, environment, model};
use super::observations::seen;

/// The end of a Connect, and the store after it.
#[test]
fn how_connects_end() {
    let environment = environment();
    let mut out = String::new();
    let mut rendered = |what: &str, store: &Store, environment: &Environment| {
        let after = after_connect(environment, store);
        assert!(after.iter().all(|s| s.in_flight.is_none()), "{what}");
        let after: Vec<String> = after.iter().map(|s| format!("{} {:?}", s.state.name(), s.error)).collect();
        let _ = writeln!(out, "{what}: {:?}; {}", connect_end(environment, store), after.join(" | "));
    };
    let made = |kind, host| {
        let store = fixtures::store(OWN, "own name", kind, host, ConnectionState::Disconnected);
        // Of an earlier Connect, which has ended.
        Store { in_flight: Some(Box::new(store.backing.clone())), ..store }
    };
    for (id, role, _) in fixtures::CLUSTERS {
        for password in [None, Some("kmsuserPswd"), Some("anotherPswd")] {
            let mut store = made(StoreKind::Hsm, "own");
            if let Backing::CloudHsm(hsm) = &mut store.backing {
                hsm.cluster = (*id).to_owned();
                hsm.password = password.map(str::to_owned);
            }
            rendered(&format!("{role:?} {password:?}"), &store, &environment);
        }
    }
    for (word, role) in fixtures::PROXIES {
        let mut store = made(StoreKind::Public, "own");
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = fixtures::endpoint("own", word);
        }
        rendered(&format!("{role:?}"), &store, &environment);
    }
    for (word, role) in fixtures::SERVICES {
        let mut store = made(StoreKind::Vpc, "good");
        if let Backing::Xks(x) = &mut store.backing {
            x.service = Believed::Is(Some(fixtures::service(word)));
            x.endpoint = format!("https://{word}.vpc.example");
        }
        rendered(&format!("{role:?}"), &store, &environment);
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = "https://other.vpc.example".to_owned();
        }
        rendered(&format!("{role:?} under another name"), &store, &environment);
    }
    for (key, secret) in [
        ("AAAAAAAAAAAAAAAAAAAA", Some(fixtures::SECRET)),
        ("BBBBBBBBBBBBBBBBBBBB", Some(fixtures::SECRET)),
        ("AAAAAAAAAAAAAAAAAAAA", None),
    ] {
        let mut store = made(StoreKind::Public, "own");
        if let Backing::Xks(x) = &mut store.backing {
            x.endpoint = "https://fussy.healthy.example".to_owned();
            x.access_key_id = key.to_owned();
            x.secret = secret.map(str::to_owned);
        }
        rendered(&format!("fussy {key} {}", secret.is_some()), &store, &environment);
    }
    for kind in [StoreKind::Hsm, StoreKind::Public, StoreKind::Vpc] {
        rendered(&format!("{kind:?}, nothing known"), &made(kind, "good"), &Environment::default());
    }
    insta::assert_snapshot!("connects", out);
}

/// The fields of each revision: Describe may show those that a revision lacks without a verdict.
#[test]
fn what_is_shown() {
    let mut out = String::new();
    let blind = [(StoreType::Xks, DescribeField::Path), (StoreType::CloudHsm, DescribeField::Proxy)];
    for revision in Revision::ALL {
        let plain = model(*revision, environment());
        let half_blind = Model { blind: Arc::new(blind.into_iter().collect()), ..plain.clone() };
        for kind in StoreType::ALL {
            let fields = |model: &Model| -> Vec<&str> {
                DescribeField::ALL.iter().filter(|f| !model.shows(*kind, **f)).map(|f| f.name()).collect()
            };
            let _ = writeln!(out, "{revision} {kind}: not {:?}; blind {:?}", fields(&plain), fields(&half_blind));
        }
    }
    insta::assert_snapshot!("shown", out);
}

/// Worlds are bounded; what is past the bound is inconclusive and accuses nobody.
#[test]
fn worlds_are_bounded() {
    let model = model(Revision::LATEST, Environment::default());
    let mut belief = belief(&model, StoreKind::Hsm, ConnectionState::Disconnected);
    let lost = Outcome::ServerFault { status: 500, internal: true, written: None, body: BodyForm::Json };
    let mut counts = Vec::new();
    for n in 0..8 {
        let name = format!(r#"{{"CustomKeyStoreId":"{OWN}","NewCustomKeyStoreName":"name {n}"}}"#);
        let step = model.step(&mut belief, &Request::operation(UPDATE, name.into_bytes()), &lost);
        assert!(step.no_verdict && step.divergence.is_none());
        counts.push((belief.accounts().len(), belief.inconclusive));
    }
    // Each lost answer leaves two worlds of every one.
    let expected =
        [(2, false), (4, false), (8, false), (16, false), (32, false), (WORLDS, false), (WORLDS, true), (WORLDS, true)];
    assert_eq!(counts, expected);
    let mut odd = seen(belief.account().store(OWN).unwrap());
    odd.name = Some("nobody's".to_owned());
    assert_eq!(model.observe(&mut belief, OWN, Some(&odd)), []);
}

/// The environment before a store is created and after, and the values that never show.
#[test]
fn the_world_outside() {
    let mut environment = environment();
    let mut out = String::new();
    let mut clusters = environment.clusters.unwrap().to_vec();
    clusters.iter_mut().step_by(2).for_each(|c| c.after_create = Some(ClusterRole::Absent));
    environment.clusters = Some(clusters.into_iter().collect());
    let mut services = environment.services.unwrap().to_vec();
    services.iter_mut().step_by(2).for_each(|s| s.after_create = Some(ServiceRole::Absent));
    environment.services = Some(services.into_iter().collect());
    for (id, ..) in fixtures::CLUSTERS.iter().chain([&("cluster-nowhere", ClusterRole::Absent, "")]) {
        let role =
            |found: Option<Option<&Cluster>>| found.map(|row| row.map(|c| (c.role, c.condition(), c.role.healthy())));
        let _ = writeln!(out, "{id} {:?} {:?}", role(environment.cluster_before(id)), role(environment.cluster(id)));
    }
    for (word, _) in fixtures::SERVICES {
        let found = environment.service(&fixtures::service(word)).map(|row| row.map(|s| (s.role, s.condition())));
        let _ = writeln!(out, "{word} {found:?}");
    }
    for proxy in environment.proxies.iter().flatten().filter(|p| p.credentials.is_some()) {
        let _ = writeln!(out, "{proxy:?}");
    }
    insta::assert_snapshot!("outside", out);
}
