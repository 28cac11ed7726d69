//! `observe`: what Describe shows against what is believed.

use super::{Belief, Divergence, Last, Model};
use crate::account::{Account, Backing, Believed, ConnectionState, Connectivity, DescribeField, Store};
use crate::answer::DescribedStore;
use crate::aspect::Aspect;
use crate::companions::{ConnectEnd, connect_end};
use crate::environment::Environment;
use crate::expectation::{Expectation, ExpectedField, Observation, ObservedField};
use crate::judge::{Effect, Grade};
use crate::members::{Member, StoreType};
use crate::rule::RuleId;
use crate::rules::ids;
use crate::wire::{CONNECT, CREATE, UPDATE};

impl Model {
    /// Keeps the worlds that agree with what Describe shows of the store `id` (`None`: nothing).
    /// If none is left, returns the differences and believes Describe.
    pub fn observe(&self, belief: &mut Belief, id: &str, seen: Option<&DescribedStore>) -> Vec<Divergence> {
        self.observe_at(belief, id, seen, true)
    }

    /// The same, `settled` or while Describe may still lag behind the last change: then a fact that the change
    /// left open stays open where Describe shows what it was before.
    pub fn observe_at(
        &self,
        belief: &mut Belief,
        id: &str,
        seen: Option<&DescribedStore>,
        settled: bool,
    ) -> Vec<Divergence> {
        belief.expand_transitions(id, &self.environment);
        let agrees = |account: &Account| self.differences(account, id, seen).is_empty();
        if belief.accounts.iter().any(agrees) {
            belief.accounts.retain(agrees);
            if let Some(seen) = seen {
                for account in &mut belief.accounts {
                    pin(account, id, seen, settled);
                }
                let accounts = std::mem::take(&mut belief.accounts);
                for account in accounts {
                    if !belief.accounts.contains(&account) {
                        belief.accounts.push(account);
                    }
                }
            }
            return Vec::new();
        }
        let closest = belief
            .accounts
            .iter()
            .min_by_key(|w| self.differences(w, id, seen).len())
            .unwrap_or(&belief.accounts[0])
            .clone();
        let fields = self.differences(&closest, id, seen);
        let found = if belief.tainted.contains(id) || belief.inconclusive {
            Vec::new()
        } else if let Some(unmoved) = unmoved(belief, id, seen) {
            vec![unmoved]
        } else {
            fields.iter().map(|f| self.divergence(belief, &closest, id, seen, *f)).collect()
        };
        belief.tainted.insert(id.to_owned());
        belief.accounts = vec![resynced(closest, id, seen)];
        found
    }

    /// The fields of a store in which a Describe of several stores, or by name, differs from what is believed: empty where
    /// it agrees, or where nothing is known for certain.
    pub fn differing(&self, belief: &Belief, id: &str, seen: &DescribedStore) -> Vec<DescribeField> {
        if belief.tainted.contains(id) || belief.inconclusive {
            return Vec::new();
        }
        let mut belief = belief.clone();
        belief.expand_transitions(id, &self.environment);
        let differences = belief.accounts.iter().map(|account| self.differences(account, id, Some(seen)));
        differences.min_by_key(Vec::len).unwrap_or_default()
    }

    fn differences(&self, account: &Account, id: &str, seen: Option<&DescribedStore>) -> Vec<DescribeField> {
        match (account.store(id), seen) {
            (None, None) => Vec::new(),
            (None, Some(_)) | (Some(_), None) => vec![DescribeField::Existence],
            (Some(store), Some(seen)) => {
                let kind = store.store_type();
                // Without the whole configuration, its fields are not compared.
                let lacks_proxy = kind == StoreType::Xks && !seen.has_proxy;
                DescribeField::ALL
                    .iter()
                    .copied()
                    .filter(|f| self.shows(kind, *f) && !(lacks_proxy && f.in_proxy()))
                    .filter(|f| f.believed(store).is_some_and(|b| differs(b.as_ref(), f.of(seen).as_ref())))
                    .collect()
            }
        }
    }

    fn divergence(
        &self,
        belief: &Belief,
        expected: &Account,
        id: &str,
        seen: Option<&DescribedStore>,
        field: DescribeField,
    ) -> Divergence {
        let old = belief.before.store(id);
        let new = expected.store(id);
        let believed = |s: Option<&Store>| s.and_then(|s| field.believed(s)).flatten();
        let shown = seen.and_then(|s| field.of(s));
        let changes = believed(old) != believed(new);
        let got = match (field, &shown) {
            (DescribeField::State | DescribeField::Type, Some(value)) => {
                ObservedField::Value(value.chars().take(40).collect())
            }
            (DescribeField::Existence, _) if seen.is_some() => ObservedField::StillThere,
            (DescribeField::Existence, _) => ObservedField::Gone,
            (_, None) => ObservedField::Absent,
            (_, Some(_)) if !changes => ObservedField::Changed,
            (_, Some(_)) if shown == believed(old) => ObservedField::Old,
            (_, Some(_)) => ObservedField::Another,
        };
        let wanted = match (field, believed(new)) {
            (DescribeField::State | DescribeField::Type, Some(value)) => ExpectedField::Value(value),
            (DescribeField::Existence | DescribeField::Proxy, Some(_)) => ExpectedField::Present,
            (_, None) => ExpectedField::Absent,
            (_, Some(_)) if changes => ExpectedField::New,
            (_, Some(_)) => ExpectedField::Unchanged,
        };
        let (rule, operation) = match attribute(&belief.last, id, field, new) {
            (ids::O_03, operation) if field == DescribeField::State && belief.suspected.contains(id) => {
                (ids::A_02, operation)
            }
            other => other,
        };
        Divergence {
            rule,
            grade: if rule == ids::W_11 { Grade::Warn } else { Grade::Fail },
            operation,
            store_type: old.or(new).map(Store::store_type),
            state: old.map(|s| s.state),
            member: Some(field.described_name()),
            aspect: Aspect::EFFECT,
            expected: Expectation::Field(wanted),
            got: Observation::Field(got),
            also: Vec::new(),
        }
    }
}

/// Returns true if a field shows something else than is expected of it. Where nothing is expected, an empty text is
/// nothing.
fn differs(expected: Option<&String>, shown: Option<&String>) -> bool {
    expected != shown && !(expected.is_none() && shown.is_some_and(String::is_empty))
}

/// Returns the divergence of the last answer, if only the end of a transition would excuse it and
/// Describe shows that it has not (G-53).
fn unmoved(belief: &Belief, id: &str, seen: Option<&DescribedStore>) -> Option<Divergence> {
    let Last::Update { id: Some(target), unmoved: Some(divergence), .. } = &belief.last else { return None };
    let before = DescribeField::State.believed(belief.before.store(id)?)?;
    (target == id && before == DescribeField::State.of(seen?)).then(|| (**divergence).clone())
}

/// Returns the rule that a difference in Describe breaks.
fn attribute(last: &Last, id: &str, field: DescribeField, expected: Option<&Store>) -> (RuleId, &'static str) {
    let rule = match last {
        Last::Nothing => ids::A_03,
        Last::Race { racers } if racers.iter().any(|r| r == id) => ids::R_02,
        Last::Race { .. } => ids::A_03,
        Last::Update { id: Some(target), given, effect, unauthenticated, miscased, .. } if target == id => {
            let public = expected.and_then(Store::xks).is_some_and(|x| x.connectivity == Connectivity::PublicEndpoint);
            match (effect, field) {
                (Effect::Applied, _) if *miscased && field.member().is_some() => ids::W_11,
                (Effect::None, _) if *unauthenticated => RuleId("D-06"),
                (Effect::None, _) => ids::A_02,
                (Effect::Either, _) => ids::A_10,
                (
                    _,
                    DescribeField::State
                    | DescribeField::Error
                    | DescribeField::Created
                    | DescribeField::TrustAnchor
                    | DescribeField::Existence,
                ) => ids::A_04,
                (_, DescribeField::Type) => ids::T_12,
                (_, DescribeField::Service | DescribeField::Owner)
                    if public && given.has(Member::XksProxyConnectivity) =>
                {
                    ids::C_03
                }
                (_, DescribeField::Owner) if !given.has(Member::XksProxyVpcEndpointServiceOwner) => ids::C_06,
                _ => ids::A_01,
            }
        }
        Last::Update { .. } => ids::A_03,
        Last::Companion { id: target, name, rule } => match field {
            _ if target != id => *rule,
            DescribeField::State if *name == CONNECT => connect_rule(expected, *rule),
            DescribeField::State if *name == CREATE => *rule,
            _ if *name == CREATE => ids::O_02,
            DescribeField::State | DescribeField::Error | DescribeField::Existence => *rule,
            _ => ids::A_09,
        },
    };
    let operation = match last {
        Last::Companion { name, .. } => name,
        _ => UPDATE,
    };
    (rule, operation)
}

/// A Connect that ends otherwise than the stored credentials make expect is a fault of what Update
/// stored, if Update stored them.
fn connect_rule(expected: Option<&Store>, rule: RuleId) -> RuleId {
    match expected {
        Some(store) if store.recredentialed => match store.store_type() {
            StoreType::CloudHsm => ids::H_06,
            StoreType::Xks => ids::X_18,
        },
        _ => rule,
    }
}

impl Belief {
    /// Adds the worlds in which a transition of the store has ended meanwhile.
    pub(super) fn expand_transitions(&mut self, id: &str, environment: &Environment) {
        let mut more = Vec::new();
        for account in &self.accounts {
            let Some(store) = account.store(id).filter(|s| s.state.passes()) else { continue };
            let never = match connect_end(environment, store) {
                // A change meanwhile may count or not.
                _ if store.state != ConnectionState::Connecting || store.in_flight.is_some() => None,
                ConnectEnd::Connected => Some(ConnectionState::Failed),
                ConnectEnd::Failed => Some(ConnectionState::Connected),
                ConnectEnd::Unknown => None,
            };
            for state in store.state.may_have_become().iter().skip(1).filter(|s| Some(**s) != never) {
                let mut next = account.clone();
                next.with(id, |s| {
                    s.state = *state;
                    s.error = Believed::Open;
                });
                more.push(next);
            }
        }
        for account in more {
            if !self.accounts.contains(&account) {
                self.accounts.push(account);
            }
        }
        self.bound();
    }
}

fn pin(account: &mut Account, id: &str, seen: &DescribedStore, settled: bool) {
    account.with(id, |store| {
        for field in DescribeField::ALL {
            if field.believed(store).is_none() && (settled || !field.may_lag(store, seen)) {
                field.adopt(store, seen);
            }
        }
    });
}

fn resynced(mut account: Account, id: &str, seen: Option<&DescribedStore>) -> Account {
    match seen {
        None => account.remove(id),
        Some(seen) => account.with(id, |store| {
            DescribeField::ALL.iter().for_each(|f| f.adopt(store, seen));
            match &mut store.backing {
                Backing::CloudHsm(c) => c.password = None,
                Backing::Xks(x) => x.secret = None,
            }
        }),
    }
    account
}
