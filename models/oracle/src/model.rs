//! `step` and `observe` over a [`Belief`]: the bounded set of worlds that agree with everything
//! answered so far.
//!
//! ```text
//!            request, answer                    Describe
//! Belief ───────── step ─────────► Belief ───── observe ─────► Belief
//!                   │                              │
//!                   ▼                              ▼
//!        Divergence of outcome           Divergence of effect
//! ```

use crate::answer::{Outcome, SeenStore};
use crate::code::Code;
use crate::companions::{Companion, ConnectEnd, after_connect, connect_end};
use crate::environment::Environment;
use crate::judge::{Effect, Exercise, Findings, Grade, Policy, Verdict, look};
use crate::members::{Member, MemberSet, StoreType};
use crate::request::{Dispatch, Field, Update};
use crate::revision::Revision;
use crate::rule::RuleId;
use crate::rules::ids;
use crate::situation::Situation;
use crate::wire::{Auth, Request, UPDATE};
use crate::world::{Backing, ConnectionState, Connectivity, Fact, Shown, Store, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most worlds that a belief holds; past that it is inconclusive.
pub const WORLDS: usize = 64;

/// Everything that judging needs and that does not change during a run.
#[derive(Clone, Debug)]
pub struct Model {
    /// The revision that applies.
    pub revision: Revision,
    /// Which of several errors is admitted.
    pub policy: Policy,
    /// The world outside the account.
    pub environment: Arc<Environment>,
    /// Fields that the target's Describe does not show, as the probe found; they are not compared.
    pub blind: Arc<BTreeSet<(StoreType, Shown)>>,
}

impl Model {
    /// A model of `revision` with nothing known of the environment.
    pub fn new(revision: Revision) -> Model {
        Model {
            revision,
            policy: Policy::default(),
            environment: Arc::new(Environment::default()),
            blind: Arc::new(BTreeSet::new()),
        }
    }

    /// Whether Describe is expected to show the field of such a store at this revision.
    pub fn shows(&self, store_type: StoreType, field: Shown) -> bool {
        let since = match field {
            Shown::Type => Revision::ExternalKeyStores,
            Shown::Owner => Revision::ServiceOwner,
            _ => Revision::Launch,
        };
        let blind = |field| self.blind.contains(&(store_type, field));
        self.revision >= since && !blind(field) && !(field.in_proxy() && blind(Shown::Proxy))
    }
}

/// The worlds that agree with everything answered so far. Never empty.
#[derive(Clone, Debug)]
pub struct Belief {
    pub(crate) worlds: Vec<World>,
    pub(crate) before: World,
    pub(crate) last: Last,
    pub(crate) tainted: BTreeSet<String>,
    /// Stores of which a refused update gave a password, address or credential: Connect tells whether it was stored.
    pub(crate) suspected: BTreeSet<String>,
    /// More worlds agreed than are kept: nothing is judged any more.
    pub inconclusive: bool,
}

impl Default for Belief {
    fn default() -> Belief {
        Belief {
            worlds: vec![World::default()],
            before: World::default(),
            last: Last::Nothing,
            tainted: BTreeSet::new(),
            suspected: BTreeSet::new(),
            inconclusive: false,
        }
    }
}

impl Belief {
    /// The most likely world.
    pub fn world(&self) -> &World {
        &self.worlds[0]
    }

    /// All worlds, the most likely first.
    pub fn worlds(&self) -> &[World] {
        &self.worlds
    }

    /// Whether a divergence concerned the store, so that it accuses no more.
    pub fn is_tainted(&self, id: &str) -> bool {
        self.tainted.contains(id)
    }

    /// Whether any store is tainted.
    pub fn any_tainted(&self) -> bool {
        !self.tainted.is_empty()
    }

    /// Keeps to the bound on worlds.
    pub(crate) fn bound(&mut self) {
        if self.worlds.len() > WORLDS {
            self.worlds.truncate(WORLDS);
            self.inconclusive = true;
        }
    }

    /// Marks a store so that it accuses no more.
    pub fn taint(&mut self, id: &str) {
        self.tainted.insert(id.to_owned());
    }
}

/// What the last operation was, to attribute what Describe shows.
#[derive(Clone, Debug)]
pub(crate) enum Last {
    Nothing,
    /// Updates at once, on these stores.
    Race {
        racers: Vec<String>,
    },
    Update {
        id: Option<String>,
        given: MemberSet,
        effect: Effect,
        unauthenticated: bool,
        miscased: bool,
        /// What is to be said where the store's transition had not ended after all.
        unmoved: Option<Box<Divergence>>,
    },
    Companion {
        id: String,
        name: &'static str,
        rule: RuleId,
    },
}

/// An outcome, or an effect, that no world believed admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The rule departed from.
    pub rule: RuleId,
    /// Warning or failure.
    pub grade: Grade,
    /// The operation answered.
    pub operation: &'static str,
    /// The type of the store concerned.
    pub store_type: Option<StoreType>,
    /// Its state.
    pub state: Option<ConnectionState>,
    /// The member or field concerned.
    pub member: Option<&'static str>,
    /// Which way of being wrong.
    pub aspect: &'static str,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// What [`Model::step`] found.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The divergence, if no world admits the answer without a warning.
    pub divergence: Option<Divergence>,
    /// The answer says nothing about the operation.
    pub no_verdict: bool,
    /// The sides of rules that the answer decided.
    pub exercised: Vec<Exercise>,
    /// The rules whose faults the request has in the most likely world.
    pub faults: Vec<RuleId>,
    /// The faults of the request and the one whose code came (P-05).
    pub order: Option<(Vec<RuleId>, RuleId)>,
}

impl Model {
    /// What all rules say of `request` in the most likely world.
    pub fn foresee(&self, world: &World, request: &Request) -> Findings {
        let update = Update::read(request, self.revision);
        let body = update.body.as_ref().ok();
        look(&Situation::new(self.revision, &self.environment, &update, body, world))
    }

    /// The world after `request` succeeded in `world`: several where the rule book leaves the effect open.
    pub fn applied(&self, world: &World, request: &Request) -> Vec<World> {
        let update = Update::read(request, self.revision);
        let body = update.body.as_ref().ok();
        apply(&Situation::new(self.revision, &self.environment, &update, body, world))
    }

    /// Judges the answer to an update and moves the belief on.
    pub fn step(&self, belief: &mut Belief, request: &Request, outcome: &Outcome) -> Step {
        let updates = Update::readings(request, self.revision);
        let update = &updates[0];
        let named = updates.iter().filter_map(|u| u.body.as_ref().ok()).next();
        let id = named.and_then(|b| b.text(Member::CustomKeyStoreId).given()).map(|t| t.to_string());
        belief.before = belief.world().clone();
        if let Some(id) = &id {
            expand_transitions(&mut belief.worlds, id, &self.environment);
        }
        let worlds = std::mem::take(&mut belief.worlds);
        let mut step = Step::default();
        let mut graded: Vec<(Grade, Verdict, World)> = Vec::new();
        for (at, (update, world)) in updates.iter().flat_map(|u| worlds.iter().map(move |w| (u, w))).enumerate() {
            let body = update.body.as_ref().ok();
            let situation = Situation::new(self.revision, &self.environment, update, body, world);
            let found = look(&situation);
            let verdict = found.judge(outcome, &self.policy);
            if at == 0 {
                step.exercised = found.decided(outcome, &verdict);
                let faults: Vec<RuleId> = found.required().map(|(r, _)| r.id).collect();
                step.order = verdict.won.filter(|_| faults.len() > 1).map(|w| (faults.clone(), w));
                step.faults = faults;
                step.no_verdict = verdict.no_verdict;
            }
            let next = match verdict.effect {
                Effect::None => vec![world.clone()],
                Effect::Applied => apply(&situation),
                Effect::Either => {
                    let mut both = apply(&situation);
                    both.push(world.clone());
                    both
                }
            };
            graded.extend(next.into_iter().map(|w| (verdict.grade, verdict.clone(), w)));
        }
        if *outcome == Outcome::Success && update.body.is_err() && updates.len() == 1 {
            // Nobody knows what a service makes of a body that is none.
            belief.tainted.extend(worlds.iter().flat_map(|w| w.stores().map(|s| s.id.clone())));
        }
        let best = graded.iter().map(|(g, ..)| *g).min().unwrap_or(Grade::Fine);
        let divergent = graded.iter().find(|(g, ..)| *g == best).map(|(_, v, _)| v.clone());
        let store = id.as_deref().and_then(|id| belief.before.store(id).cloned());
        let unauthenticated = request.auth != Auth::Good;
        if let Some(verdict) = divergent {
            let divergence = |verdict: &Verdict| {
                verdict.blame.as_ref().map(|b| Divergence {
                    rule: b.rule,
                    grade: verdict.grade,
                    operation: UPDATE,
                    store_type: store.as_ref().map(Store::store_type),
                    state: store.as_ref().map(|s| s.state),
                    member: b.member.map(Member::name),
                    aspect: b.aspect,
                    expected: b.expected.clone(),
                    got: outcome.label(),
                })
            };
            let unmoved = graded.first().filter(|(g, ..)| *g > best).and_then(|(_, v, _)| divergence(v)).map(Box::new);
            if best > Grade::Fine && !id.as_deref().is_some_and(|i| belief.tainted.contains(i)) {
                step.divergence = divergence(&verdict);
                if *outcome == Outcome::Success
                    && let Some(id) = &id
                {
                    belief.tainted.insert(id.clone());
                }
            }
            let given = named.map_or(MemberSet::EMPTY, |b| b.present);
            let secret = given.has(Member::KeyStorePassword) || given.has(Member::XksProxyAuthenticationCredential);
            if let Some(id) = id.as_ref().filter(|_| secret && verdict.effect == Effect::None) {
                belief.suspected.insert(id.clone());
            }
            let miscased = named.is_some_and(|b| b.miscased);
            belief.last = Last::Update { id, given, effect: verdict.effect, unauthenticated, miscased, unmoved };
        }
        belief.worlds = Vec::new();
        for (_, _, world) in graded.into_iter().filter(|(g, ..)| *g == best) {
            if !belief.worlds.contains(&world) {
                belief.worlds.push(world);
            }
        }
        belief.bound();
        step
    }

    /// Judges the answer to a companion operation and moves the belief on. `created` is the id in
    /// Create's answer.
    pub fn companion(
        &self,
        belief: &mut Belief,
        operation: &Companion<'_>,
        outcome: &Outcome,
        created: Option<&str>,
    ) -> Option<Divergence> {
        belief.before = belief.world().clone();
        let id = match operation {
            Companion::Create(_) => created.unwrap_or_default(),
            Companion::Connect(id) | Companion::Disconnect(id) | Companion::Delete(id) => id,
        };
        if !matches!(operation, Companion::Create(_)) {
            expand_transitions(&mut belief.worlds, id, &self.environment);
        }
        belief.last = Last::Companion { id: id.to_owned(), name: operation.name(), rule: operation.rule() };
        let success = *outcome == Outcome::Success;
        let taken = |world: &World| matches!(operation, Companion::Create(new) if new.name.known().is_some() && world.stores().any(|s| s.name == new.name));
        let in_use = taken(belief.world());
        let admitted = |world: &World| match operation {
            Companion::Create(_) if taken(world) => outcome.code() == Some(Code::CustomKeyStoreNameInUseException),
            Companion::Create(_) if outcome.code().is_some_and(Code::is_about_others) => true,
            Companion::Create(_) => success && created.is_some(),
            _ => world.store(id).is_none_or(|s| operation.accepted(&self.environment, s).is_none_or(|a| a == success)),
        };
        let state = belief.world().store(id).map(|s| s.state);
        let store_type = match operation {
            Companion::Create(store) => Some(store.store_type()),
            _ => belief.world().store(id).map(Store::store_type),
        };
        let agree = belief.worlds.iter().any(admitted);
        if agree {
            belief.worlds.retain(admitted);
        }
        if success {
            let worlds = std::mem::take(&mut belief.worlds);
            for world in worlds {
                for next in self.after(&world, operation, id) {
                    if !belief.worlds.contains(&next) {
                        belief.worlds.push(next);
                    }
                }
            }
        }
        belief.bound();
        (!agree && !belief.is_tainted(id)).then(|| Divergence {
            rule: if in_use { ids::O_09 } else { operation.rule() },
            grade: Grade::Fail,
            operation: operation.name(),
            store_type,
            state,
            member: None,
            aspect: "",
            expected: match (in_use, success) {
                (true, _) => Code::CustomKeyStoreNameInUseException.name(),
                (false, true) => "a refusal",
                (false, false) => "success",
            }
            .to_owned(),
            got: if success && created.is_none() && matches!(operation, Companion::Create(_)) {
                "success without an id".to_owned()
            } else {
                outcome.label()
            },
        })
    }

    fn after(&self, world: &World, operation: &Companion<'_>, id: &str) -> Vec<World> {
        let mut next = world.clone();
        match operation {
            Companion::Create(store) if !id.is_empty() => {
                next.put(Store { id: id.to_owned(), ..(**store).clone() });
            }
            Companion::Create(_) => {}
            Companion::Delete(_) => next.remove(id),
            Companion::Connect(_) => {
                let Some(store) = world.store(id) else { return vec![next] };
                if store.state == ConnectionState::Connected {
                    return vec![next];
                }
                return after_connect(&self.environment, store)
                    .into_iter()
                    .map(|s| {
                        let mut w = world.clone();
                        w.with(id, |old| *old = s);
                        w
                    })
                    .collect();
            }
            Companion::Disconnect(_) => {
                let to = |state| {
                    let mut w = world.clone();
                    w.with(id, |s| {
                        s.state = state;
                        s.error = Fact::Open;
                    });
                    w
                };
                return vec![to(ConnectionState::Disconnecting), to(ConnectionState::Disconnected)];
            }
        }
        vec![next]
    }

    /// Keeps the worlds that agree with what Describe shows of the store `id` (`None`: nothing).
    /// When none is left, says how it differs and believes Describe.
    pub fn observe(&self, belief: &mut Belief, id: &str, seen: Option<&SeenStore>) -> Vec<Divergence> {
        expand_transitions(&mut belief.worlds, id, &self.environment);
        let agrees = |world: &World| self.differences(world, id, seen).is_empty();
        if belief.worlds.iter().any(agrees) {
            belief.worlds.retain(agrees);
            if let Some(seen) = seen {
                for world in &mut belief.worlds {
                    pin(world, id, seen);
                }
                let worlds = std::mem::take(&mut belief.worlds);
                for world in worlds {
                    if !belief.worlds.contains(&world) {
                        belief.worlds.push(world);
                    }
                }
            }
            return Vec::new();
        }
        let closest = belief
            .worlds
            .iter()
            .min_by_key(|w| self.differences(w, id, seen).len())
            .unwrap_or(&belief.worlds[0])
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
        belief.worlds = vec![resynced(closest, id, seen)];
        found
    }

    fn differences(&self, world: &World, id: &str, seen: Option<&SeenStore>) -> Vec<Shown> {
        match (world.store(id), seen) {
            (None, None) => Vec::new(),
            (None, Some(_)) | (Some(_), None) => vec![Shown::Existence],
            (Some(store), Some(seen)) => {
                let kind = store.store_type();
                // Without the whole configuration there is nothing to say of what should stand in it.
                let lacks_proxy = kind == StoreType::Xks && !seen.has_proxy;
                Shown::ALL
                    .iter()
                    .copied()
                    .filter(|f| self.shows(kind, *f) && !(lacks_proxy && f.in_proxy()))
                    .filter(|f| f.believed(store).is_some_and(|b| b != f.of(seen)))
                    .collect()
            }
        }
    }

    fn divergence(
        &self,
        belief: &Belief,
        expected: &World,
        id: &str,
        seen: Option<&SeenStore>,
        field: Shown,
    ) -> Divergence {
        let old = belief.before.store(id);
        let new = expected.store(id);
        let believed = |s: Option<&Store>| s.and_then(|s| field.believed(s)).flatten();
        let shown = seen.and_then(|s| field.of(s));
        let changes = believed(old) != believed(new);
        let got = match (&shown, changes) {
            (None, _) => "not shown".to_owned(),
            (Some(_), true) if shown == believed(old) => "the old value".to_owned(),
            (Some(_), false) => "changed".to_owned(),
            (Some(_), true) => "another value".to_owned(),
        };
        let got = match (field, &shown) {
            (Shown::State | Shown::Type, Some(value)) => value.chars().take(40).collect(),
            (Shown::Existence, _) => if seen.is_some() { "still shown" } else { "gone" }.to_owned(),
            _ => got,
        };
        let wanted = match (field, believed(new)) {
            (Shown::State | Shown::Type, Some(value)) => value,
            (Shown::Existence | Shown::Proxy, Some(_)) => "shown".to_owned(),
            (_, None) => "not shown".to_owned(),
            (_, Some(_)) if changes => "the new value".to_owned(),
            (_, Some(_)) => "unchanged".to_owned(),
        };
        let (rule, operation) = match attribute(&belief.last, id, field, new) {
            (ids::O_03, operation) if field == Shown::State && belief.suspected.contains(id) => (ids::A_02, operation),
            other => other,
        };
        Divergence {
            rule,
            grade: if rule == ids::W_11 { Grade::Warn } else { Grade::Fail },
            operation,
            store_type: old.or(new).map(Store::store_type),
            state: old.map(|s| s.state),
            member: Some(field.told()),
            aspect: "effect",
            expected: wanted,
            got,
        }
    }
}

/// What is wrong with the last answer, where only a transition that had ended would excuse it and
/// Describe shows that it has not (G-53).
fn unmoved(belief: &Belief, id: &str, seen: Option<&SeenStore>) -> Option<Divergence> {
    let Last::Update { id: Some(target), unmoved: Some(divergence), .. } = &belief.last else { return None };
    let before = Shown::State.believed(belief.before.store(id)?)?;
    (target == id && before == Shown::State.of(seen?)).then(|| (**divergence).clone())
}

/// The rule that a difference in what Describe shows departs from.
fn attribute(last: &Last, id: &str, field: Shown, expected: Option<&Store>) -> (RuleId, &'static str) {
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
                (_, Shown::State | Shown::Error | Shown::Created | Shown::TrustAnchor | Shown::Existence) => ids::A_04,
                (_, Shown::Type) => ids::T_12,
                (_, Shown::Service | Shown::Owner) if public && given.has(Member::XksProxyConnectivity) => ids::C_03,
                (_, Shown::Owner) if !given.has(Member::XksProxyVpcEndpointServiceOwner) => ids::C_06,
                (_, Shown::AccessKeyId) if given.has(Member::XksProxyAuthenticationCredential) => ids::A_05,
                _ => ids::A_01,
            }
        }
        Last::Update { .. } => ids::A_03,
        Last::Companion { id: target, name, rule } => match field {
            _ if target != id => *rule,
            Shown::State if *name == "ConnectCustomKeyStore" => connect_rule(expected, *rule),
            _ if *name == "CreateCustomKeyStore" => ids::O_02,
            Shown::State | Shown::Error | Shown::Existence => *rule,
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

/// Adds the worlds in which a transition of the store has ended meanwhile.
fn expand_transitions(worlds: &mut Vec<World>, id: &str, environment: &Environment) {
    let mut more = Vec::new();
    for world in worlds.iter() {
        let Some(store) = world.store(id) else { continue };
        let never = match connect_end(environment, store) {
            // What was changed meanwhile may count or not (R-04).
            _ if store.state != ConnectionState::Connecting || store.in_flight.is_some() => None,
            ConnectEnd::Connected => Some(ConnectionState::Failed),
            ConnectEnd::Failed => Some(ConnectionState::Connected),
            ConnectEnd::Unknown => None,
        };
        for state in store.state.may_have_become().iter().skip(1).filter(|s| Some(**s) != never) {
            let mut next = world.clone();
            next.with(id, |s| {
                s.state = *state;
                s.error = Fact::Open;
            });
            more.push(next);
        }
    }
    for world in more {
        if !worlds.contains(&world) && worlds.len() < WORLDS {
            worlds.push(world);
        }
    }
}

fn pin(world: &mut World, id: &str, seen: &SeenStore) {
    world.with(id, |store| {
        for field in Shown::ALL {
            if field.believed(store).is_none() {
                field.adopt(store, seen);
            }
        }
    });
}

fn resynced(mut world: World, id: &str, seen: Option<&SeenStore>) -> World {
    match seen {
        None => world.remove(id),
        Some(seen) => world.with(id, |store| {
            Shown::ALL.iter().for_each(|f| f.adopt(store, seen));
            match &mut store.backing {
                Backing::CloudHsm(c) => c.password = None,
                Backing::Xks(x) => x.secret = None,
            }
        }),
    }
    world
}

/// The worlds after success. More than one where it is open whether the request was served.
fn apply(s: &Situation<'_>) -> Vec<World> {
    let (Some(body), Some(store)) = (s.body, s.store) else { return vec![s.world.clone()] };
    if s.update.dispatch == Dispatch::NoSuchTarget {
        return vec![s.world.clone()];
    }
    let mut next = store.clone();
    if store.state == ConnectionState::Connecting {
        next.in_flight.get_or_insert_with(|| Box::new(store.backing.clone()));
    }
    let text = |m: Member| body.text(m).given().map(|t| t.to_string());
    if let Some(name) = text(Member::NewCustomKeyStoreName) {
        let odd = body.odd_text.has(Member::NewCustomKeyStoreName);
        next.name = if odd { Fact::Open } else { Fact::Is(name) };
    }
    match &mut next.backing {
        Backing::CloudHsm(hsm) => {
            if let Some(password) = text(Member::KeyStorePassword) {
                hsm.password = Some(password);
                next.recredentialed = true;
            }
            if let Some(cluster) = text(Member::CloudHsmClusterId) {
                next.recredentialed = true;
                hsm.cluster = cluster;
            }
        }
        Backing::Xks(x) => {
            let was = x.connectivity;
            if let Some(connectivity) = text(Member::XksProxyConnectivity).as_deref().and_then(Connectivity::from_name)
            {
                x.connectivity = connectivity;
            }
            if let Some(endpoint) = text(Member::XksProxyUriEndpoint) {
                next.recredentialed = true;
                x.endpoint = endpoint;
            }
            if let Some(path) = text(Member::XksProxyUriPath) {
                next.recredentialed = true;
                x.path = path;
            }
            if let Field::Given(credential) = &body.credential {
                if let Some(key) = credential.access_key_id.given() {
                    x.access_key_id = key.to_string();
                }
                x.secret = credential.secret.given().map(|t| t.to_string());
                next.recredentialed = true;
            }
            if let Some(service) = text(Member::XksProxyVpcEndpointServiceName) {
                x.service = Fact::Is(Some(service));
            }
            if let Some(owner) = text(Member::XksProxyVpcEndpointServiceOwner) {
                x.owner = Fact::Is(Some(owner));
            } else if was != x.connectivity && x.connectivity == Connectivity::VpcEndpointService {
                x.owner = Fact::Open;
            }
            if x.connectivity == Connectivity::PublicEndpoint {
                x.service = Fact::Is(None);
                x.owner = Fact::Is(None);
                if was == Connectivity::PublicEndpoint && body.present.meets(MemberSet::VPC) {
                    x.service = Fact::Open;
                    x.owner = Fact::Open;
                }
            }
        }
    }
    let mut world = s.world.clone();
    world.put(next);
    let mut worlds = vec![world];
    if s.update.dispatch == Dispatch::OddHead {
        worlds.push(s.world.clone());
    }
    worlds
}
