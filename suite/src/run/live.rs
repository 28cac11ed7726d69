//! One attempt at a sequence: operations go out, answers are judged, stores are looked at.

mod listing;
mod race;

use super::bench::Bench;
use super::log::Log;
use crate::bind::{Binder, Bound, IllFormed, Leases};
use crate::names::Names;
use crate::op::{Op, Symbol, Twist, Update};
use crate::target::Lost;
use std::sync::LazyLock;
use std::time::Duration;
use ucks_oracle::answer::{Outcome, SeenStore, created_id, page};
use ucks_oracle::code::Code;
use ucks_oracle::companions::{Companion, ConnectEnd, connect_end};
use ucks_oracle::judge::{Exercise, Grade};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::model::{Belief, Divergence};
use ucks_oracle::rule::{Check, Force, Form, RuleId};
use ucks_oracle::rules::{self, ids};
use ucks_oracle::situation::Exchange;
use ucks_oracle::wire::{Answer, Request, UPDATE};
use ucks_oracle::world::{ConnectionState, Fact, Shown, Store};

/// Type and state of the store that an operation named.
pub type CellOf = Option<(StoreType, ConnectionState)>;

/// What became of one operation.
#[derive(Debug, Default)]
pub struct Ran {
    /// Divergences, in the order they showed.
    pub divergences: Vec<Divergence>,
    /// Sides of rules that were decided, with the cell.
    pub exercised: Vec<(Exercise, CellOf)>,
    /// Answers to open questions.
    pub readings: Vec<(RuleId, &'static str)>,
    /// The rules whose faults the request has, as far as is known.
    pub faults: Vec<RuleId>,
    /// Which error won over which.
    pub order: Option<(Vec<RuleId>, RuleId)>,
    /// What was answered, for the table of cells.
    pub answered: Option<(CellOf, Vec<Member>, String)>,
    /// Why it was not sent.
    pub skipped: Option<IllFormed>,
    /// Whether a companion operation was refused, so that what follows cannot be judged.
    pub blocked: Option<String>,
    /// Whether the target says that it does not have that operation at all.
    pub lacking: bool,
    /// The answer said nothing about the operation.
    pub no_verdict: Option<String>,
}

/// An attempt at a sequence.
pub struct Live<'a> {
    bench: &'a Bench,
    binder: Binder,
    belief: Belief,
    leases: Leases,
    secrets: Vec<String>,
    previous: Option<Op>,
    /// Whether the other stores were not looked at since the last update.
    unseen: bool,
    /// Exchanges, where they are wanted.
    pub log: Option<Log>,
}

/// Attempts at an operation that answers a passing KMSInternalException (W-17).
const INTERNAL: usize = 3;
/// The operation that looks.
pub(crate) const DESCRIBE: &str = "DescribeCustomKeyStores";
/// Bodies longer than this a target may refuse to read.
const LARGE: usize = 60_000;
/// Most stores read from one page.
const PAGE: usize = 1_000;

impl<'a> Live<'a> {
    /// An attempt with names of its own.
    pub fn new(bench: &'a Bench, names: Names, leases: Leases) -> Live<'a> {
        let binder = Binder::new(bench.model.revision, bench.model.environment.clone(), names, leases.clone());
        Live {
            bench,
            binder,
            belief: Belief::default(),
            leases,
            secrets: Vec::new(),
            previous: None,
            unseen: false,
            log: None,
        }
    }

    /// What is believed of the account.
    pub fn belief(&self) -> &Belief {
        &self.belief
    }

    /// Runs one operation, judges its answer and looks at every store of the sequence.
    ///
    /// # Errors
    /// [`Lost`] where the target does not answer any more.
    pub async fn run(&mut self, op: &Op) -> Result<Ran, Lost> {
        let mut ran = Ran::default();
        let bound = match self.binder.bind(op, self.belief.world()) {
            Ok(bound) => Some(bound),
            Err(IllFormed::Several) => None,
            Err(why) => {
                ran.skipped = Some(why);
                return Ok(ran);
            }
        };
        if let Some(log) = &mut self.log {
            log.step();
        }
        self.secrets.extend(bound.iter().flat_map(|b| b.secrets.iter().cloned()));
        match self.operation(op, bound, &mut ran).await {
            Err(Lost::Unsendable(why)) => ran.skipped = Some(IllFormed::Unsendable(why)),
            done => done?,
        }
        self.previous = Some(op.clone());
        Ok(ran)
    }

    async fn operation(&mut self, op: &Op, bound: Option<Bound>, ran: &mut Ran) -> Result<(), Lost> {
        let Some(bound) = bound else { return self.several(op, ran).await };
        match op {
            Op::Create { store, kind, .. } => self.create(*store, *kind, bound, ran).await,
            Op::Update(Update { twist: Some(Twist::HangUp), .. }) => self.hang_up(&bound.request, ran).await,
            Op::Update(update) => {
                let repeated = self.previous.as_ref() == Some(op);
                let large = match &update.twist {
                    Some(Twist::Large(_) | Twist::Deep(_)) => true,
                    Some(Twist::Raw(body)) => body.len() > LARGE,
                    _ => false,
                };
                self.update(&bound.request, large, repeated, ran).await
            }
            Op::Connect { store, wait } => self.companion(*store, Kind::Connect, *wait, &bound, ran).await,
            Op::Disconnect { store, wait } => self.companion(*store, Kind::Disconnect, *wait, &bound, ran).await,
            Op::Delete { store } => self.companion(*store, Kind::Delete, true, &bound, ran).await,
            Op::Find { .. } | Op::List { .. } | Op::Race { .. } => self.several(op, ran).await,
        }
    }

    /// Operations of more than one request.
    async fn several(&mut self, op: &Op, ran: &mut Ran) -> Result<(), Lost> {
        match op {
            Op::Race { updates } if !updates.is_empty() => self.race(updates, ran).await,
            Op::List { limit } => self.list(*limit, ran).await,
            Op::Find { store } => match self.binder.id(*store).map(str::to_owned) {
                Ok(id) => self.find(&id, ran).await,
                Err(why) => {
                    ran.skipped = Some(why);
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }

    async fn create(&mut self, symbol: Symbol, kind: StoreType, bound: Bound, ran: &mut Ran) -> Result<(), Lost> {
        let Some(store) = bound.store else { return Ok(()) };
        let name = store.name.known().cloned().unwrap_or_default();
        self.bench.keeper.intend(&name);
        let answer = self.send(&bound.request).await?;
        let outcome = Outcome::read(&answer);
        let id = created_id(&answer).filter(|_| outcome == Outcome::Success);
        match &id {
            Some(id) => self.bench.keeper.created(&name, id),
            None if outcome != Outcome::Success => self.bench.keeper.refused(&name),
            None => {}
        }
        let in_use = self.belief.world().stores().any(|s| s.name == store.name);
        let operation = Companion::Create(Box::new(store.clone()));
        let divergence = self.bench.model.companion(&mut self.belief, &operation, &outcome, id.as_deref());
        self.leaks(&bound.request, &answer, &outcome, ran);
        ran.divergences.extend(divergence);
        if in_use {
            ran.exercised.push((plain(ids::O_09), None));
        }
        let Some(id) = id else {
            if in_use {
                return Ok(());
            }
            ran.blocked = Some(format!("CreateCustomKeyStore of {kind} answers {}", outcome.label()));
            ran.lacking = matches!(outcome, Outcome::NotImplemented { .. });
            return Ok(());
        };
        ran.exercised.push((plain(ids::O_01), None));
        self.binder.created(symbol, &ucks_oracle::world::Store { id: id.clone(), ..store });
        if self.look(&id, ran, true).await? {
            ran.exercised.extend([(plain(ids::O_02), None), (plain(ids::O_06), None)]);
        }
        Ok(())
    }

    async fn update(&mut self, request: &Request, large: bool, repeated: bool, ran: &mut Ran) -> Result<(), Lost> {
        for attempt in 1..=INTERNAL {
            *ran = Ran::default();
            let answer = match self.send(request).await {
                Ok(answer) => answer,
                Err(lost) => return self.lost(request, lost, large, ran).await,
            };
            let outcome = Outcome::read(&answer);
            let passing = matches!(outcome, Outcome::ServerFault { internal: true, .. });
            let named = self.named(request);
            let cell = named.as_deref().and_then(|id| self.cell(id));
            let believed = named.as_deref().and_then(|id| self.belief.world().store(id)).cloned();
            let step = self.bench.model.step(&mut self.belief, request, &outcome);
            let given = ucks_oracle::request::Body::parse(&request.body, self.bench.model.revision)
                .map(|b| {
                    b.present
                        .iter()
                        .filter(|m| Member::TOP.contains(m) && *m != Member::CustomKeyStoreId)
                        .collect::<Vec<_>>()
                })
                .unwrap_or_default();
            ran.answered = Some((cell, given.clone(), outcome.label()));
            ran.faults = step.faults;
            ran.order = step.order;
            if step.no_verdict && !passing {
                ran.no_verdict = Some(outcome.label());
            } else {
                ran.exercised.extend(step.exercised.iter().map(|e| (*e, cell)));
            }
            ran.divergences.extend(step.divergence);
            self.forms(request, &answer, &outcome, ran);
            let mut agreed = true;
            if let Some(id) = &named {
                agreed &= self.look(id, ran, true).await?;
            }
            let others: Vec<String> = self.stores().into_iter().filter(|id| Some(id) != named.as_ref()).collect();
            // After a refusal the other stores are looked at when the attempt ends.
            self.unseen |= outcome != Outcome::Success;
            let others = if outcome == Outcome::Success { others } else { Vec::new() };
            for id in &others {
                agreed &= self.look(id, ran, false).await?;
            }
            if passing && attempt < INTERNAL {
                self.bench.repeated("KMSInternalException");
                self.bench.target.pause(Duration::from_millis(50 << attempt)).await;
                continue;
            }
            if passing {
                ran.divergences.push(self.simple(
                    ids::W_15,
                    "an answer other than KMSInternalException",
                    "KMSInternalException each time",
                ));
            } else if agreed && !step.no_verdict && !large {
                self.effects(&outcome, &given, cell, believed.as_ref(), &others, repeated, ran);
            }
            break;
        }
        Ok(())
    }

    /// The rules on effects that hold when Describe agrees with the belief.
    #[allow(clippy::too_many_arguments, reason = "each is one fact about the answer")]
    fn effects(
        &self,
        outcome: &Outcome,
        given: &[Member],
        cell: CellOf,
        before: Option<&Store>,
        others: &[String],
        repeated: bool,
        ran: &mut Ran,
    ) {
        let mut kept = |rule: RuleId, member: Option<Member>, refusal: bool| {
            ran.exercised.push((Exercise { rule, member, aspect: "effect", refusal }, cell));
        };
        let Some(before) = before else { return };
        kept(ids::A_04, None, false);
        kept(ids::A_07, None, false);
        kept(ids::T_12, None, false);
        if !others.is_empty() {
            kept(ids::A_03, None, false);
        }
        if *outcome != Outcome::Success {
            kept(ids::A_02, None, true);
            if self.previous_unauthenticated(ran) {
                ran.exercised.push((plain(RuleId("D-06")), cell));
            }
            return;
        }
        let shows = |field| self.bench.model.shows(before.store_type(), field);
        for member in given {
            let field = Shown::ALL.iter().find(|f| f.member() == Some(*member));
            if field.is_none_or(|f| shows(*f)) {
                kept(ids::A_01, Some(*member), false);
            }
        }
        if given.len() > 1 {
            kept(ids::A_08, None, false);
        }
        if repeated {
            kept(ids::A_06, None, false);
        }
        if let Some(xks) = before.xks().filter(|_| shows(Shown::Owner)) {
            let has = |m| given.contains(&m);
            let owned = matches!(xks.owner, Fact::Is(Some(_))) && !has(Member::XksProxyConnectivity);
            if owned && !has(Member::XksProxyVpcEndpointServiceOwner) {
                kept(ids::C_06, None, false);
            }
            if has(Member::XksProxyConnectivity)
                && has(Member::XksProxyVpcEndpointServiceName)
                && !has(Member::XksProxyVpcEndpointServiceOwner)
            {
                kept(RuleId("C-08"), None, false);
            }
        }
    }

    fn previous_unauthenticated(&self, ran: &Ran) -> bool {
        ran.exercised.iter().any(|(e, _)| e.rule.group() == "D")
    }

    async fn companion(
        &mut self,
        symbol: Symbol,
        kind: Kind,
        wait: bool,
        bound: &Bound,
        ran: &mut Ran,
    ) -> Result<(), Lost> {
        let id = self.binder.id(symbol).unwrap_or_default().to_owned();
        let operation = match kind {
            Kind::Connect => Companion::Connect(&id),
            Kind::Disconnect => Companion::Disconnect(&id),
            Kind::Delete => Companion::Delete(&id),
        };
        let before = self.belief.world().store(&id).cloned();
        let expected = before.as_ref().and_then(|s| operation.accepted(&self.bench.model.environment, s));
        let answer = self.send(&bound.request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&bound.request, &answer, &outcome, ran);
        let divergence = self.bench.model.companion(&mut self.belief, &operation, &outcome, None);
        let accepted = outcome == Outcome::Success;
        if accepted && kind == Kind::Delete {
            self.bench.keeper.deleted(&id);
        }
        if !accepted && expected == Some(true) {
            ran.blocked = Some(format!("{} answers {}", operation.name(), outcome.label()));
        }
        if divergence.is_none() {
            ran.exercised.push((plain(operation.rule()), before.as_ref().map(|s| (s.store_type(), s.state))));
        }
        ran.divergences.extend(divergence);
        let found = ran.divergences.len();
        if accepted && kind != Kind::Delete && wait {
            self.settle_state(&id, ran).await?;
        } else {
            self.look(&id, ran, true).await?;
        }
        for other in self.stores().into_iter().filter(|o| *o != id) {
            self.look(&other, ran, false).await?;
        }
        if accepted
            && kind == Kind::Connect
            && ran.divergences.len() == found
            && let Some(store) = before
        {
            ran.exercised.push((plain(ids::A_09), None));
            if store.recredentialed {
                let rule = if store.store_type() == StoreType::CloudHsm { ids::H_06 } else { ids::X_18 };
                if connect_end(&self.bench.model.environment, &store) != ConnectEnd::Unknown {
                    ran.exercised.push((plain(rule), None));
                }
            }
        }
        Ok(())
    }

    /// Waits until a store has settled in a state.
    async fn settle_state(&mut self, id: &str, ran: &mut Ran) -> Result<(), Lost> {
        let deadline = self.bench.now().saturating_add(self.bench.transition);
        let mut pause = Duration::from_millis(2);
        loop {
            let agrees = self.look(id, ran, true).await?;
            let moving = self.belief.world().store(id).is_some_and(|s| s.state.may_have_become().len() > 1);
            if !moving || !agrees || self.bench.now() >= deadline {
                self.which_values(id, agrees && !moving, ran);
                return Ok(());
            }
            self.bench.target.pause(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
        }
    }

    /// Which values a Connect used that an update overtook, where its end tells (R-04).
    fn which_values(&self, id: &str, settled: bool, ran: &mut Ran) {
        let environment = &self.bench.model.environment;
        let Some(store) = self.belief.world().store(id).filter(|_| settled) else { return };
        let Some(overtaken) = &store.in_flight else { return };
        let now = connect_end(environment, store);
        if now == connect_end(environment, &Store { backing: (**overtaken).clone(), ..store.clone() }) {
            return;
        }
        let used = match (store.state, now) {
            (ConnectionState::Connected, ConnectEnd::Connected) | (ConnectionState::Failed, ConnectEnd::Failed) => {
                "the new values"
            }
            (ConnectionState::Connected, ConnectEnd::Failed) | (ConnectionState::Failed, ConnectEnd::Connected) => {
                "the old values"
            }
            _ => return,
        };
        ran.readings.push((ids::R_04, used));
        ran.exercised.push((plain(ids::R_04), None));
    }

    /// Removes what the attempt created.
    ///
    /// # Errors
    /// [`Lost`] where the target does not answer any more.
    pub async fn clean_up(&mut self) -> Result<Ran, Lost> {
        let mut all = Ran::default();
        let stores = self.stores();
        if self.unseen && stores.len() > 1 {
            for id in &stores {
                self.look(id, &mut all, false).await?;
            }
        }
        self.unseen = false;
        let mine: Vec<(Symbol, String)> = self.binder.ids().map(|(s, id)| (s, id.to_owned())).collect();
        for (store, id) in mine.into_iter().rev() {
            for _ in 0..2 {
                let moving = |s: ConnectionState| s.may_have_become().len() > 1;
                if self.belief.world().store(&id).is_some_and(|s| moving(s.state)) {
                    let mut ran = Ran::default();
                    self.settle_state(&id, &mut ran).await?;
                    all.divergences.append(&mut ran.divergences);
                    all.exercised.append(&mut ran.exercised);
                    all.readings.append(&mut ran.readings);
                }
                let Some(state) = self.belief.world().store(&id).map(|s| s.state) else { break };
                if state != ConnectionState::Disconnected {
                    let ran = self.run(&Op::Disconnect { store, wait: true }).await?;
                    all.divergences.extend(ran.divergences);
                    all.exercised.extend(ran.exercised);
                }
                let ran = self.run(&Op::Delete { store }).await?;
                all.divergences.extend(ran.divergences);
                all.exercised.extend(ran.exercised);
                all.blocked = all.blocked.or(ran.blocked);
            }
        }
        if !self.stores().is_empty() {
            self.bench.leave(self.leases.clone());
        }
        Ok(all)
    }

    /// The ids of the sequence's stores that are believed to exist.
    fn stores(&self) -> Vec<String> {
        self.belief.world().stores().map(|s| s.id.clone()).collect()
    }

    fn named(&self, request: &Request) -> Option<String> {
        let body = ucks_oracle::request::Body::parse(&request.body, self.bench.model.revision).ok()?;
        let id = body.text(Member::CustomKeyStoreId).given()?;
        self.belief.world().store(id).map(|s| s.id.clone())
    }

    fn cell(&self, id: &str) -> CellOf {
        self.belief.world().store(id).map(|s| (s.store_type(), s.state))
    }

    fn simple(&self, rule: RuleId, expected: &str, got: &str) -> Divergence {
        Divergence {
            rule,
            grade: Grade::Fail,
            operation: UPDATE,
            store_type: None,
            state: None,
            member: None,
            aspect: "",
            expected: expected.to_owned(),
            got: got.to_owned(),
        }
    }

    /// No answer: does the target still answer anything else?
    async fn lost(&mut self, request: &Request, lost: Lost, large: bool, ran: &mut Ran) -> Result<(), Lost> {
        if !lost.may_have_arrived() {
            return Err(lost);
        }
        if self.send(&describe_any()).await.is_err() {
            return Err(lost);
        }
        if !(large && matches!(lost, Lost::Broken(_))) {
            let got = match &lost {
                Lost::TimedOut(_) => "no answer",
                Lost::TooLarge(_) => "an endless answer",
                Lost::NotHttp(_) => "no HTTP answer",
                _ => "a dropped connection",
            };
            ran.divergences.push(self.simple(ids::W_15, "an answer", got));
        }
        self.all_or_nothing(request, ran).await?;
        for id in self.stores() {
            self.belief.taint(&id);
        }
        Ok(())
    }

    /// Reads a store, patiently where it differs from what is believed and may only lag behind: whether it agrees.
    /// Where Describe does not work nothing is seen to agree.
    async fn look(&mut self, id: &str, ran: &mut Ran, patient: bool) -> Result<bool, Lost> {
        if !self.bench.sees() {
            return Ok(false);
        }
        let deadline = self.bench.now().saturating_add(self.bench.settle);
        let mut pause = Duration::from_millis(2);
        loop {
            let seen = match self.describe(id, ran).await? {
                Described::Seen(seen) => seen,
                Described::Odd { got, broken } => {
                    if broken {
                        ran.divergences.push(self.finds("the store asked for", &got));
                    }
                    ran.blocked.get_or_insert(format!("{DESCRIBE}: {got}"));
                    return Ok(false);
                }
            };
            let mut belief = self.belief.clone();
            let found = self.bench.model.observe(&mut belief, id, seen.as_deref());
            let known = found.iter().all(|d| self.bench.is_known(&super::finding::key(d).text()));
            if found.is_empty() || known || self.bench.now() >= deadline || (!patient && self.bench.settle.is_zero()) {
                self.belief = belief;
                let agrees = found.is_empty();
                ran.divergences.extend(found);
                return Ok(agrees);
            }
            self.bench.target.pause(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    async fn describe(&mut self, id: &str, ran: &mut Ran) -> Result<Described, Lost> {
        let request = describe(id);
        let answer = self.send(&request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&request, &answer, &outcome, ran);
        Ok(match outcome {
            Outcome::Success => match page(&answer, PAGE) {
                Ok(page) => {
                    let seen = page.stores.iter().find(|s| s.id == id);
                    let exists = self.belief.worlds().iter().any(|w| w.store(id).is_some());
                    match (seen, page.stores.len()) {
                        (None, 0) if !exists => ran
                            .divergences
                            .push(self.finds(Code::CustomKeyStoreNotFoundException.name(), "success without a store")),
                        (_, 2..) => ran.divergences.push(self.finds("the store asked for alone", "others as well")),
                        _ => {}
                    }
                    Described::Seen(seen.cloned().map(Box::new))
                }
                Err(odd) => Described::Odd { got: format!("what cannot be read: {odd}"), broken: true },
            },
            other if other.code() == Some(Code::CustomKeyStoreNotFoundException) => Described::Seen(None),
            other => {
                let passing = matches!(other, Outcome::ServerFault { internal: true, .. });
                let verdict = matches!(other, Outcome::NotImplemented { .. })
                    || !other.code().is_some_and(Code::is_no_verdict) && !passing;
                Described::Odd { got: other.label(), broken: verdict }
            }
        })
    }

    /// Describe does not find by id as it should.
    fn finds(&self, expected: &str, got: &str) -> Divergence {
        Divergence { operation: DESCRIBE, ..self.simple(ids::O_06, expected, got) }
    }

    /// The rules on the form of an update's answer.
    fn forms(&self, request: &Request, answer: &Answer, outcome: &Outcome, ran: &mut Ran) {
        let exchange =
            Exchange { revision: self.bench.model.revision, request, answer, outcome, secrets: &self.secrets };
        for rule in rules::at(self.bench.model.revision) {
            if let Check::Form(check) = rule.check {
                match check(&exchange) {
                    Form::Nothing => {}
                    Form::Keeps => ran.exercised.push((plain(rule.id), None)),
                    Form::Reading(answer) => {
                        ran.readings.push((rule.id, answer));
                        ran.exercised.push((plain(rule.id), None));
                    }
                    Form::Departs { expected, got, member } => ran.divergences.push(Divergence {
                        grade: if rule.force == Force::Must { Grade::Fail } else { Grade::Warn },
                        member: member.map(Member::name),
                        aspect: "form",
                        ..self.simple(rule.id, expected, &got)
                    }),
                }
            }
        }
    }

    /// Secrets in the answer of another operation.
    fn leaks(&self, request: &Request, answer: &Answer, outcome: &Outcome, ran: &mut Ran) {
        let exchange =
            Exchange { revision: self.bench.model.revision, request, answer, outcome, secrets: &self.secrets };
        static SECRETS: LazyLock<Option<Check>> = LazyLock::new(|| rules::row(ids::A_05).map(|r| r.check.clone()));
        let Some(Check::Form(check)) = &*SECRETS else { return };
        if let Form::Departs { expected, got, member } = check(&exchange) {
            ran.divergences.push(Divergence {
                member: member.map(Member::name),
                aspect: "form",
                ..self.simple(ids::A_05, expected, &got)
            });
        }
    }

    async fn send(&mut self, request: &Request) -> Result<Answer, Lost> {
        let answer = self.bench.send(request).await;
        if let Some(log) = &mut self.log {
            log.exchange(request, &answer);
        }
        answer
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Connect,
    Disconnect,
    Delete,
}

enum Described {
    Seen(Option<Box<SeenStore>>),
    /// Describe shows nothing; whether that tells a fault of its own.
    Odd {
        got: String,
        broken: bool,
    },
}

fn plain(rule: RuleId) -> Exercise {
    Exercise { rule, member: None, aspect: "", refusal: false }
}

/// Describe of one store.
pub fn describe(id: &str) -> Request {
    let body = serde_json::json!({ Member::CustomKeyStoreId.name(): id });
    Request::operation(DESCRIBE, body.to_string().into_bytes())
}

/// Describe of whatever is there.
pub fn describe_any() -> Request {
    Request::operation(DESCRIBE, br#"{"Limit":100}"#.to_vec())
}
