//! Every planted defect changes an answer of some walkthrough, but for the null defects.
//!
//! A walkthrough is a sequence of requests; its transcript on the clean emulator is compared with the
//! transcript on each defective one. A snapshot has the changes of each defect, because code of defects is code.

use std::future::Future;
use std::task::{Context, Waker};

use serde_json::{Value, json};
use ucks_emulator::{Config, Defect, Force, defects};

use crate::common::{PATH, Service, request};
use crate::walkthroughs::{played, what_differs};

fn planted(defect: Option<Defect>) -> Vec<String> {
    played(Config { defect, ..Config::default() })
}

/// Defects that need more than an unsigned default world, and where they are shown instead.
const ELSEWHERE: &[&str] = &[
    // signatures.rs
    "unsigned-accepted",
    "unknown-access-key-accepted",
    "signature-not-checked",
    "clock-not-checked",
    "permission-not-checked",
    // The last test.
    "racing-names-both-win",
    "racing-updates-lose-members",
    "racing-update-revives-store",
    "racing-update-loses-connect",
    "racing-creates-both-win",
    // The test on hanging up.
    "half-done-when-hung-up",
    // Texts are compared here, and judged by no rule.
    "null-message-differs",
];

/// The defect that acts by chance.
const BY_CHANCE: &str = "order-changes";

#[test]
fn each_defect_shows_and_null_ones_do_not() {
    let clean = planted(None);
    assert!(planted(None) == clean, "the walkthroughs are deterministic");
    insta::assert_snapshot!("clean", clean.concat());
    let mut all = String::new();
    let mut wrong = Vec::new();
    for row in defects().filter(|row| !ELSEWHERE.contains(&row.name)) {
        let defect = row.name.parse().unwrap();
        let shown = if row.name == BY_CHANCE {
            (0..20).any(|_| planted(Some(defect)) != clean)
        } else {
            let observed = what_differs(&clean, &planted(Some(defect)));
            all += &format!("{}\n{observed}", row.name);
            !observed.is_empty()
        };
        if shown == (row.force == Force::Null) {
            wrong.push(row.name);
        }
    }
    assert!(wrong.is_empty(), "{} unexpected: {wrong:#?}", wrong.len());
    insta::assert_snapshot!("defects", all);
}

#[test]
fn there_are_many() {
    assert!(defects().count() >= 150);
    assert!(defects().filter(|row| row.force == Force::Null).count() >= 5);
}

#[tokio::test]
async fn a_caller_hangs_up() {
    for (defect, half) in [(None, false), ("half-done-when-hung-up".parse().ok(), true)] {
        let mut s = Service::with(defect);
        let id = s.public("a", "https://a.xks.example", PATH);
        let body = json!({"CustomKeyStoreId": id, "NewCustomKeyStoreName": "n", "XksProxyUriPath": "/n/kms/xks/v1"});
        let request = request("UpdateCustomKeyStore", body.to_string());
        // Dropped after the first poll: the rest is never done.
        let mut answer = Box::pin(s.emulator.respond(request));
        let _ = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(answer);
        let store = s.show(&id);
        let changed = [store["CustomKeyStoreName"] == "n", store["XksProxyConfiguration"]["UriPath"] != PATH];
        assert_eq!(changed[0] != changed[1], half, "{store}");
    }
}

/// Two updates at once, and then what two stores are.
fn race(defect: Option<Defect>, changes: [Value; 2], same_store: bool) -> (usize, Vec<Value>) {
    let mut s = Service::with(defect);
    let ids = [s.public("a", "https://a.xks.example", PATH), s.public("b", "https://b.xks.example", PATH)];
    let answers = std::thread::scope(|scope| {
        let racing = changes.into_iter().enumerate().map(|(at, mut members)| {
            members["CustomKeyStoreId"] = ids[if same_store { 0 } else { at }].as_str().into();
            let emulator = s.emulator.clone();
            scope.spawn(move || emulator.handle(request("UpdateCustomKeyStore", members.to_string())).status())
        });
        let racing: Vec<_> = racing.collect();
        racing.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    (answers.iter().filter(|status| status.is_success()).count(), vec![s.show(&ids[0]), s.show(&ids[1])])
}

#[test]
fn races() {
    let one_name = || [json!({"NewCustomKeyStoreName": "n"}), json!({"NewCustomKeyStoreName": "n"})];
    let two_members = || [json!({"NewCustomKeyStoreName": "n"}), json!({"XksProxyUriPath": "/n/kms/xks/v1"})];
    let whole = |stores: &[Value]| {
        stores[0]["CustomKeyStoreName"] == "n" && stores[0]["XksProxyConfiguration"]["UriPath"] == "/n/kms/xks/v1"
    };
    for _ in 0..20 {
        assert_eq!(race(None, one_name(), false).0, 1);
        assert!(whole(&race(None, two_members(), true).1));
    }
    let both = "racing-names-both-win".parse().ok();
    assert!((0..50).any(|_| race(both, one_name(), false).0 == 2));
    // Each of the two alone is a defect.
    assert!((0..20).all(|_| whole(&race(both, two_members(), true).1)));
    let lost = "racing-updates-lose-members".parse().ok();
    assert!((0..50).any(|_| !whole(&race(lost, two_members(), true).1)));
}

/// An update at once with another operation on the same store, and then the store.
fn race_with(defect: Option<Defect>, operation: &str) -> (usize, Value) {
    let mut s = Service::with(defect);
    let id = s.public("a", "https://a.xks.example", PATH);
    let update = json!({"CustomKeyStoreId": id, "NewCustomKeyStoreName": "n"});
    let requests = [("UpdateCustomKeyStore", update), (operation, json!({"CustomKeyStoreId": id}))];
    let answers = std::thread::scope(|scope| {
        let racing = requests.map(|(operation, body)| {
            let emulator = s.emulator.clone();
            scope.spawn(move || emulator.handle(request(operation, body.to_string())).status())
        });
        racing.map(|thread| thread.join().unwrap())
    });
    let succeeded = answers.iter().filter(|status| status.is_success()).count();
    (succeeded, s.call("DescribeCustomKeyStores", json!({"CustomKeyStoreId": id})).body)
}

#[test]
fn races_with_other_operations() {
    let is_there = |answer: &Value| answer["CustomKeyStores"].is_array();
    let state = |answer: &Value| answer["CustomKeyStores"][0]["ConnectionState"].clone();
    let revives = "racing-update-revives-store".parse().ok();
    let loses = "racing-update-loses-connect".parse().ok();
    for _ in 0..20 {
        assert!(!is_there(&race_with(None, "DeleteCustomKeyStore").1));
        assert_ne!(state(&race_with(None, "ConnectCustomKeyStore").1), "DISCONNECTED");
    }
    assert!((0..50).any(|_| is_there(&race_with(revives, "DeleteCustomKeyStore").1)));
    assert!((0..50).any(|_| state(&race_with(loses, "ConnectCustomKeyStore").1) == "DISCONNECTED"));
}
