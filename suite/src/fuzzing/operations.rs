//! The mutator of sequences: operations are added, removed, repeated and moved, updates exchanged for
//! the plan's candidates, joined, or given values that no plan names.

use std::sync::LazyLock;

use fastrand::Rng;
use ucks_oracle::environment::{ClusterRole, ProxyRole, ServiceRole};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;

use super::mutate::ByteMutator;
use super::sequence::{LENGTH, Play};
use crate::bind::{Needs, Pool};
use crate::op::{Edge, Family, Fixture, Half, Id, Json, Likeness, Op, Proxy, Symbol, Update, Value, WireMutation};
use crate::plan::Abilities;
use crate::plan::candidates::{candidates, valid};
use crate::plan::setups::{Setup, setups};
use crate::plan::steps::vpc;

/// Stores of one sequence.
const STORES: u8 = 3;

/// Every setup, and every candidate for a store of each type.
static PLANNED: LazyLock<(Vec<Setup>, [Vec<Op>; 2])> = LazyLock::new(|| {
    let all = setups(Revision::LATEST, &Abilities::all());
    let of = |kind: StoreType| all.iter().find(|s| s.kind == kind).map(|s| candidates(s, false)).unwrap_or_default();
    let candidates = [of(StoreType::Xks), of(StoreType::CloudHsm)];
    (all, candidates)
});

/// Mutates the input in `data[..size]` and returns its new length, at most `max_size`.
pub fn play(data: &mut [u8], size: usize, max_size: usize, seed: u32, _: ByteMutator) -> usize {
    let mut random = Rng::with_seed(u64::from(seed));
    let size = size.min(data.len());
    let most = max_size.min(data.len());
    let old = Play::read(&data[..size]).unwrap_or_default();
    for _ in 0..8 {
        let text = mutated(old.clone(), &mut random).written();
        if text.len() <= most {
            data[..text.len()].copy_from_slice(text.as_bytes());
            return text.len();
        }
    }
    size.min(most)
}

/// The input after one to three changes.
pub fn mutated(mut play: Play, random: &mut Rng) -> Play {
    if play.operations.is_empty() {
        play.operations = random.choice(&PLANNED.0).map(|s| s.ops.clone()).unwrap_or_default();
    }
    for _ in 0..=random.usize(..3) {
        let before = play.operations.clone();
        change(&mut play, random);
        let fits = Pool::could(&super::simulated_clock::ENVIRONMENT, usize::MAX, &Needs::of(&play.operations));
        if play.operations.len() > LENGTH || !fits {
            play.operations = before;
        }
    }
    play
}

fn change(play: &mut Play, random: &mut Rng) {
    let ops = &mut play.operations;
    let at = random.usize(..=ops.len());
    match random.u8(..16) {
        0 if !ops.is_empty() => {
            ops.remove(random.usize(..ops.len()));
        }
        1 if !ops.is_empty() => {
            let copy = ops[random.usize(..ops.len())].clone();
            ops.insert(at, copy);
        }
        2 if ops.len() > 1 => {
            let (one, other) = (random.usize(..ops.len()), at.min(ops.len() - 1));
            ops.swap(one, other);
        }
        3 => ops.insert(at, companion(random)),
        4 => ops.insert(at, created(random)),
        5 => play.readings = if random.bool() { None } else { Some(random.u64(..1_000)) },
        6 if random.u8(..4) == 0 => {
            play.revision = random.choice(Revision::ALL).map(|r| r.date().to_owned());
        }
        7..=9 => {
            let updates: Vec<&mut Update> =
                ops.iter_mut().filter_map(|op| if let Op::Update(u) = op { Some(u) } else { None }).collect();
            if let Some(update) = random.choice(updates) {
                vary(update, random);
            }
        }
        _ => {
            if let Some(op) = candidate(random) {
                ops.insert(at.max(1).min(ops.len()), op);
            }
        }
    }
}

fn letter(random: &mut Rng) -> Symbol {
    Symbol(random.u8(..STORES))
}

fn companion(random: &mut Rng) -> Op {
    let store = letter(random);
    match random.u8(..5) {
        0 | 1 => Op::Connect { store, wait: random.u8(..3) > 0 },
        2 | 3 => Op::Disconnect { store, wait: random.u8(..3) > 0 },
        _ => Op::Delete { store },
    }
}

fn created(random: &mut Rng) -> Op {
    let store = letter(random);
    if random.bool() {
        let family = [Family::Plain(store.0), Family::Faulty(0), Family::Password(0), Family::Slow(0)];
        let family = family[random.usize(..family.len())];
        let cluster = Value::Fixture(Fixture::Cluster(family, ClusterRole::Primary, 0));
        return Op::Create { store, kind: StoreType::CloudHsm, set: vec![(Member::CloudHsmClusterId, cluster)] };
    }
    let set = match random.u8(..4) {
        0 => vpc(store.0),
        1 => vec![(Member::XksProxyUriEndpoint, Value::Fixture(Fixture::Endpoint(proxy(random), store.0)))],
        _ => Vec::new(),
    };
    Op::Create { store, kind: StoreType::Xks, set }
}

fn proxy(random: &mut Rng) -> Proxy {
    let all = [Proxy::Role(ProxyRole::Healthy), Proxy::SlowConnect, Proxy::FailingConnect, Proxy::OnePath];
    all[random.usize(..all.len())]
}

/// A candidate of the plan, about other stores than the plan's.
fn candidate(random: &mut Rng) -> Option<Op> {
    let all = &PLANNED.1[random.usize(..2)];
    let (a, b) = (letter(random), letter(random));
    let op = random.choice(all).filter(|op| !super::sequence::is_heavy(op))?;
    crate::plan::random::about_stores(op, a, Some(b))
}

/// One change within an update.
fn vary(update: &mut Update, random: &mut Rng) {
    match random.u8(..8) {
        0 if !update.set.is_empty() => {
            update.set.remove(random.usize(..update.set.len()));
        }
        1 => update.id = named(random),
        2 => {
            let other = candidate(random);
            if let Some(Op::Update(other)) = other {
                let mut set = other.set;
                set.retain(|(m, _)| update.set.iter().all(|(known, _)| known != m));
                update.set.extend(set);
                update.mutation = update.mutation.take().or(other.mutation);
            }
        }
        3 => update.mutation = None,
        4 => random.shuffle(&mut update.set),
        _ => {
            let member = Member::TOP[1 + random.usize(..Member::TOP.len() - 1)];
            update.set.retain(|(m, _)| *m != member);
            update.set.push((member, value(member, random)));
        }
    }
    if matches!(update.mutation, Some(WireMutation::Raw(_))) && random.bool() {
        update.mutation = None;
    }
}

fn named(random: &mut Rng) -> Id {
    let store = letter(random);
    match random.u8(..12) {
        0 => Id::Nobody,
        1 => Id::Missing,
        2 => Id::OtherCase(store),
        3 => Id::Prefix(store),
        4 => Id::Longer(store),
        5 => Id::NameOf(store),
        _ => Id::Of(store),
    }
}

/// A value for a member, of every kind that there is.
fn value(member: Member, random: &mut Rng) -> Value {
    const EDGES: [Edge; 10] = [
        Edge::Shortest,
        Edge::Longest,
        Edge::TooShort,
        Edge::TooLong,
        Edge::Newline,
        Edge::JunkBefore,
        Edge::JunkBehind,
        Edge::LongestBeyondAscii,
        Edge::TooLongBeyondAscii,
        Edge::LongestAstral,
    ];
    let store = letter(random);
    let n = random.u8(..3);
    let credential = member == Member::XksProxyAuthenticationCredential;
    match random.u8(..14) {
        0 => Value::Of(store),
        1 => Value::First(store),
        2 => Value::NameOf(store),
        3 => {
            Value::Like(store, [Likeness::Case, Likeness::Blank, Likeness::Dot, Likeness::Beginning][random.usize(..4)])
        }
        4 if !credential => Value::Edge(EDGES[random.usize(..EDGES.len())]),
        5 => Value::Null,
        6 => {
            Value::Wrong(if credential { Json::String } else { [Json::Number, Json::Array, Json::Object][n as usize] })
        }
        7 if credential => {
            [Value::Half(Half::KeyOnly), Value::Half(Half::Empty), Value::Half(Half::NullSecret)][n as usize].clone()
        }
        7 | 8 => fixture(member, random),
        9 if !credential => {
            let texts = super::values::valid(member);
            Value::Text(random.choice(texts).copied().unwrap_or_default().to_owned())
        }
        10 if member == Member::XksProxyConnectivity => Value::Text("VPC_ENDPOINT_SERVICE".to_owned()),
        11 => {
            let setup = Setup { label: "", kind: StoreType::Xks, ops: Vec::new(), family: Family::Plain(store.0) };
            valid(&setup, member, u32::from(n))
        }
        _ => Value::Fresh(u32::from(random.u8(..4))),
    }
}

fn fixture(member: Member, random: &mut Rng) -> Value {
    let n = random.u8(..3);
    let family = [Family::Plain(n), Family::Faulty(0), Family::Password(0)][random.usize(..3)];
    Value::Fixture(match member {
        Member::CloudHsmClusterId => {
            let roles = [ClusterRole::Primary, ClusterRole::Related, ClusterRole::Unrelated, ClusterRole::Inactive];
            Fixture::Cluster(family, roles[random.usize(..roles.len())], 0)
        }
        Member::KeyStorePassword => Fixture::Password(family),
        Member::XksProxyUriEndpoint if random.bool() => Fixture::EndpointOf(n),
        Member::XksProxyUriEndpoint => Fixture::Endpoint(proxy(random), n),
        Member::XksProxyUriPath => Fixture::ServedPath,
        Member::XksProxyVpcEndpointServiceName if random.bool() => Fixture::Service(n),
        Member::XksProxyVpcEndpointServiceName => {
            let roles = [ServiceRole::Absent, ServiceRole::NotAllowed, ServiceRole::OneZone];
            Fixture::OddService(roles[random.usize(..roles.len())])
        }
        Member::XksProxyVpcEndpointServiceOwner if random.bool() => Fixture::Account,
        Member::XksProxyVpcEndpointServiceOwner => Fixture::ForeignOwner,
        Member::XksProxyAuthenticationCredential => Fixture::Credential(Proxy::Restricted, n % 2),
        _ => return Value::Fresh(u32::from(n)),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_mutated_reads_again_and_differs() {
        let mut play = Play::default();
        let mut texts = BTreeSet::new();
        for seed in 0..400 {
            play = mutated(play, &mut Rng::with_seed(seed));
            let text = play.written();
            assert_eq!(Play::read(text.as_bytes()).as_ref(), Some(&play), "{text}");
            texts.insert(text);
        }
        assert!(texts.len() > 200);
    }
}
