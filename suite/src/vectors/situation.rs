//! The account after a setup, as the oracle believes it, and what the oracle concludes from each answer there.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ucks_oracle::account::{Account, ConnectionState, DescribeField, Store};
use ucks_oracle::answer::{DescribedStore, Outcome};
use ucks_oracle::code::Code;
use ucks_oracle::companions::{Companion, ConnectEnd, connect_end};
use ucks_oracle::model::{Belief, Model};
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::form::{self, Body, CRASH, Deviation, Effect, NO_CODE, SUCCESS, Step};
use super::shorter::implied_by;
use crate::bind::{Binder, IllFormed, Leases};
use crate::names::Names;
use crate::op::{Id, Op, Symbol, Update};
use crate::render;
use crate::replay::Key;
use crate::run::finding::key;

/// Signed as with throw-away credentials, for services that read the scope.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=0";

/// Returns the placeholder for a store's id.
fn placeholder(store: Symbol) -> String {
    format!("cks-{}", store.to_string().repeat(17))
}

/// The account after some operations that succeeded.
pub(super) struct Situation<'m> {
    model: &'m Model,
    binder: Binder,
    belief: Belief,
    /// The operations so far.
    pub(super) steps: Vec<Step>,
}

impl<'m> Situation<'m> {
    pub(super) fn new(model: &'m Model, leases: Leases, names: Names) -> Situation<'m> {
        let binder = Binder::new(model.revision, model.environment.clone(), names, leases);
        Situation { model, binder, belief: Belief::default(), steps: Vec::new() }
    }

    pub(super) fn model(&self) -> &'m Model {
        self.model
    }

    /// The account, as it is believed to be.
    pub(super) fn account(&self) -> &Account {
        self.belief.account()
    }

    /// The request of an operation here.
    pub(super) fn request(&self, op: &Op) -> Result<Request, IllFormed> {
        Ok(self.binder.bind(op, self.belief.account())?.request)
    }

    /// Goes on with an operation that succeeds.
    pub(super) fn play(&mut self, op: &Op) -> Result<(), IllFormed> {
        let bound = self.binder.bind(op, self.belief.account())?;
        let mut step = Step {
            what: render::line(op),
            request: written(&bound.request),
            creates: None,
            shows: BTreeMap::new(),
            deletes: None,
            wait: None,
        };
        let model = self.model;
        match op {
            Op::Create { store, .. } => {
                let id = placeholder(*store);
                if let Some(made) = bound.store {
                    let companion = Companion::Create(Box::new(made.clone()));
                    model.companion(&mut self.belief, &companion, &Outcome::Success, Some(&id));
                    self.binder.created(*store, &Store { id: id.clone(), ..made });
                }
                step.creates = Some(store.to_string());
                step.shows = self.shows(&id);
                self.settle(&id, ConnectionState::Disconnected);
            }
            Op::Connect { store, .. } => {
                let id = self.binder.id(*store)?.to_owned();
                let end = self.belief.account().store(&id).map(|s| connect_end(&model.environment, s));
                let state = match end {
                    Some(ConnectEnd::Connected) => ConnectionState::Connected,
                    Some(ConnectEnd::Failed) => ConnectionState::Failed,
                    _ => return Err(IllFormed::NoFixture("proxy or cluster whose Connect ends in a known way".into())),
                };
                model.companion(&mut self.belief, &Companion::Connect(&id), &Outcome::Success, None);
                self.settle(&id, state);
                step.wait = Some((store.to_string(), state.name().to_owned()));
            }
            Op::Disconnect { store, .. } => {
                let id = self.binder.id(*store)?.to_owned();
                model.companion(&mut self.belief, &Companion::Disconnect(&id), &Outcome::Success, None);
                self.settle(&id, ConnectionState::Disconnected);
                step.wait = Some((store.to_string(), ConnectionState::Disconnected.name().to_owned()));
            }
            Op::Delete { store } => {
                let id = self.binder.id(*store)?.to_owned();
                model.companion(&mut self.belief, &Companion::Delete(&id), &Outcome::Success, None);
                model.observe(&mut self.belief, &id, None);
                step.deletes = Some(store.to_string());
            }
            Op::Update(update) => {
                model.step(&mut self.belief, &bound.request, &Outcome::Success);
                if let Id::Of(store) = update.id {
                    let id = self.binder.id(store)?.to_owned();
                    let state = self.belief.account().store(&id).map_or(ConnectionState::Disconnected, |s| s.state);
                    self.settle(&id, state);
                }
            }
            _ => return Err(IllFormed::Several),
        }
        self.steps.push(step);
        Ok(())
    }

    /// Returns what DescribeCustomKeyStores shows of a store, as far as the contract settles it.
    fn shows(&self, id: &str) -> BTreeMap<String, Option<String>> {
        let Some(store) = self.belief.account().store(id) else { return BTreeMap::new() };
        let fields = DescribeField::ALL.iter().filter(|f| self.model.shows(store.store_type(), **f));
        let fields = fields.filter(|field| **field != DescribeField::Existence);
        fields.filter_map(|field| Some((field.name().to_owned(), field.believed(store)?))).collect()
    }

    /// Believes what Describe shows of a store in this state.
    fn settle(&mut self, id: &str, state: ConnectionState) {
        let Some(store) = self.belief.account().store(id) else { return };
        let mut seen = shown(store);
        seen.state = Some(state.name().to_owned());
        self.model.observe(&mut self.belief, id, Some(&seen));
    }

    /// Returns true if a runner that fills in the stores' ids sends the planned request: the id of a store is written
    /// as it is, in another case, longer, or shorter by its last character.
    pub(super) fn can_be_filled_in(&self, update: &Update, parsed: &str, text: &str) -> bool {
        let (Id::Of(store) | Id::OtherCase(store) | Id::Prefix(store) | Id::Longer(store) | Id::Blanks(store)) =
            &update.id
        else {
            return true;
        };
        let mut id = placeholder(*store);
        if matches!(update.id, Id::OtherCase(_)) {
            id = id.to_ascii_uppercase();
        }
        if matches!(update.id, Id::Prefix(_)) {
            id.pop();
        }
        text.contains(&id) || !parsed.contains(&id)
    }

    /// Returns the consequences of each answer to a request, which is that of the operation.
    pub(super) fn judged(&self, op: &Op, request: &Request, goals: &BTreeSet<&str>) -> Result<form::Case, String> {
        let mut case = form::Case {
            what: render::line(op),
            request: written(request),
            admitted: BTreeMap::new(),
            no_verdict: Vec::new(),
            deviations: BTreeMap::new(),
            after_success: BTreeMap::new(),
            after_error: BTreeMap::new(),
        };
        let mut shown: BTreeMap<&'static str, Key> = BTreeMap::new();
        for (label, outcome) in answers() {
            let mut belief = self.belief.clone();
            let step = self.model.step(&mut belief, request, &outcome);
            if let Some(divergence) = step.divergence {
                shown.insert(label, key(&divergence));
                continue;
            }
            if step.no_verdict {
                case.no_verdict.push(label.to_owned());
                continue;
            }
            let mut judged: BTreeSet<String> = step.exercised.iter().map(|e| e.rule.to_string()).collect();
            if label == SUCCESS {
                case.after_success = self.effects(&belief, &mut judged)?;
            } else {
                case.after_error = self.unchanged(&belief);
                judged.extend(case.after_error.values().cloned());
            }
            case.admitted.insert(label.to_owned(), judged.into_iter().collect());
        }
        if case.admitted.is_empty() {
            return Err("no answer is admitted".to_owned());
        }
        let named = shown.into_iter().map(|(label, key)| {
            let with = implied_by(&key);
            let deviation = Deviation {
                rule: key.rule.clone(),
                fails: key.fails,
                finding: finding(&key),
                unless: BTreeSet::new(),
                with,
            };
            (label.to_owned(), deviation)
        });
        case.deviations = named.collect();
        for (label, rule) in [(CRASH, ids::W_15), (NO_CODE, ids::W_04)] {
            let deviation =
                Deviation { rule: rule.to_string(), fails: true, finding: rule.to_string(), ..Deviation::default() };
            case.deviations.insert(label.to_owned(), deviation);
        }
        let judges = |goal: &&str| case.admitted.values().flatten().any(|rule| rule == goal);
        if goals.iter().any(judges) || goals.is_empty() {
            Ok(case)
        } else {
            Err("no single answer is judged by the rule that the case is for".to_owned())
        }
    }

    fn stores(&self) -> Vec<(String, Store)> {
        let named =
            self.binder.ids().filter_map(|(s, id)| Some((s.to_string(), self.belief.account().store(id)?.clone())));
        named.collect()
    }

    /// Returns the effect of an admitted success on each store.
    fn effects(&self, after: &Belief, judged: &mut BTreeSet<String>) -> Result<BTreeMap<String, Effect>, String> {
        let mut effects = BTreeMap::new();
        for (letter, before) in self.stores() {
            let mut effect = Effect::default();
            let kind = before.store_type();
            let fields = DescribeField::ALL.iter().filter(|f| self.model.shows(kind, **f));
            for field in fields.filter(|f| !matches!(f, DescribeField::Existence | DescribeField::Proxy)) {
                let values: BTreeSet<Option<Option<String>>> =
                    after.accounts().iter().map(|w| w.store(&before.id).and_then(|s| field.believed(s))).collect();
                let old = field.believed(&before);
                match values.into_iter().collect::<Vec<_>>().as_slice() {
                    [value] if *value == old => {}
                    [Some(value)] => {
                        effect.changes.insert(field.name().to_owned(), value.clone());
                    }
                    _ => effect.open.push(field.name().to_owned()),
                }
                if let Some(rule) = self.broken(after, &before.id, *field) {
                    effect.rules.insert(field.name().to_owned(), rule);
                }
            }
            if after.account().store(&before.id).is_none() {
                return Err("the update removes a store".to_owned());
            }
            judged.extend(effect.changes.keys().filter_map(|field| effect.rules.get(field)).cloned());
            let rules: BTreeSet<&String> = effect.rules.values().collect();
            if let [one] = rules.into_iter().collect::<Vec<_>>().as_slice() {
                effect.rules = BTreeMap::from([("*".to_owned(), (*one).clone())]);
            }
            effects.insert(letter, effect);
        }
        Ok(effects)
    }

    /// The rule that a change of each store breaks after an error.
    fn unchanged(&self, after: &Belief) -> BTreeMap<String, String> {
        let broken =
            |(letter, store): (String, Store)| Some((letter, self.broken(after, &store.id, DescribeField::Name)?));
        self.stores().into_iter().filter_map(broken).collect()
    }

    /// The rule that a store breaks whose field has another value than is believed.
    fn broken(&self, after: &Belief, id: &str, field: DescribeField) -> Option<String> {
        let mut seen = shown(after.account().store(id)?);
        set(&mut seen, field, "another value");
        let found = self.model.observe(&mut after.clone(), id, Some(&seen));
        found.first().map(|d| d.rule.to_string()).filter(|rule| *rule != ids::O_03.0)
    }
}

/// Every kind of answer to an update that a vector distinguishes, by its name.
pub(super) fn answers() -> impl Iterator<Item = (&'static str, Outcome)> {
    let refused =
        |code: Code| Outcome::Refused { status: 400, code: Some(code), written: Some(code.name().to_owned()) };
    let other = Outcome::Refused { status: 400, code: None, written: Some("AnotherException".to_owned()) };
    let codes = Code::ALL.iter().filter(|c| **c != Code::KMSInternalException);
    codes.map(move |code| (code.name(), refused(*code))).chain([(SUCCESS, Outcome::Success), ("*", other)])
}

/// The name of a finding, without the answer: the rule, what else distinguishes it, and whether it only warns.
pub(super) fn finding(key: &Key) -> String {
    let parts = [Some(&key.rule), key.store_type.as_ref(), key.state.as_ref(), key.member.as_ref(), Some(&key.aspect)];
    let mut name = parts.into_iter().flatten().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    if !key.fails {
        name.push_str(" (warning)");
    }
    name
}

/// Returns the state that Describe shows of a store: the belief, with the likeliest value of each open fact.
fn shown(store: &Store) -> DescribedStore {
    let of = |field: DescribeField| field.believed(store).flatten();
    DescribedStore {
        id: store.id.clone(),
        name: of(DescribeField::Name),
        store_type: Some(store.store_type()),
        state: Some(store.state.name().to_owned()),
        error: of(DescribeField::Error),
        created: of(DescribeField::Created).or_else(|| Some("0".to_owned())),
        cluster: of(DescribeField::Cluster),
        trust_anchor: of(DescribeField::TrustAnchor),
        has_proxy: store.xks().is_some(),
        connectivity: of(DescribeField::Connectivity),
        access_key_id: of(DescribeField::AccessKeyId),
        endpoint: of(DescribeField::Endpoint),
        path: of(DescribeField::Path),
        service: of(DescribeField::Service),
        // Which account owns a service is not known; that it has an owner is.
        owner: DescribeField::Owner.believed(store).unwrap_or_else(|| Some("any account".to_owned())),
    }
}

/// Shows another value of a field.
fn set(seen: &mut DescribedStore, field: DescribeField, value: &str) {
    let place = match field {
        DescribeField::Existence | DescribeField::Proxy | DescribeField::Type => return,
        DescribeField::Name => &mut seen.name,
        DescribeField::State => &mut seen.state,
        DescribeField::Error => &mut seen.error,
        DescribeField::Created => &mut seen.created,
        DescribeField::Cluster => &mut seen.cluster,
        DescribeField::TrustAnchor => &mut seen.trust_anchor,
        DescribeField::Connectivity => &mut seen.connectivity,
        DescribeField::AccessKeyId => &mut seen.access_key_id,
        DescribeField::Endpoint => &mut seen.endpoint,
        DescribeField::Path => &mut seen.path,
        DescribeField::Service => &mut seen.service,
        DescribeField::Owner => &mut seen.owner,
    };
    *place = Some(value.to_owned());
}

/// The header fields of a request in its documented form.
pub(super) fn headers() -> Vec<(String, String)> {
    written(&crate::run::executor::describe_any()).headers
}

/// The request in its published form.
fn written(request: &Request) -> form::Request {
    let own = request.headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let body = match std::str::from_utf8(&request.body) {
        Ok(text) => Body::Text(text.to_owned()),
        Err(_) => Body::Base64(BASE64_STANDARD.encode(&request.body)),
    };
    form::Request {
        method: request.method.to_string(),
        path: request.path.to_string(),
        headers: own.chain([("authorization".to_owned(), AUTHORIZATION.to_owned())]).collect(),
        body,
    }
}
