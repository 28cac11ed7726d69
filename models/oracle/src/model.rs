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

mod apply;
mod companion;
mod observe;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::apply::apply;
use crate::account::{Account, ConnectionState, DescribeField, Store};
use crate::answer::Outcome;
use crate::aspect::Aspect;
use crate::code::{Code, CodeFamily};
use crate::decide::Undecided;
use crate::environment::Environment;
use crate::expectation::{Expectation, Observation};
use crate::judge::{Assessments, Effect, Exercise, Grade, OutcomeVerdict, Policy, assess};
use crate::members::{Member, MemberSet, StoreType};
use crate::request::{Dispatch, Update};
use crate::revision::Revision;
use crate::rule::RuleId;
use crate::rules::ids;
use crate::situation::Situation;
use crate::wire::{Answer, Request, UPDATE};

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
    pub blind: Arc<BTreeSet<(StoreType, DescribeField)>>,
    /// The state in which this target creates stores of a type, as the probe found, where it is not DISCONNECTED. That
    /// is a finding about Create (O-01); Update is judged against the state that is there.
    pub born: Arc<BTreeMap<StoreType, ConnectionState>>,
}

impl Model {
    /// A model of `revision` with nothing known of the environment.
    pub fn new(revision: Revision) -> Model {
        Model {
            revision,
            policy: Policy::default(),
            environment: Arc::new(Environment::default()),
            blind: Arc::new(BTreeSet::new()),
            born: Arc::new(BTreeMap::new()),
        }
    }

    /// The state of a new store of that type once its creation has ended.
    pub fn born(&self, store_type: StoreType) -> ConnectionState {
        self.born.get(&store_type).copied().unwrap_or(ConnectionState::Disconnected)
    }

    /// Reads the answer to an update of a target that has the operation: no answer means "not implemented", unless the
    /// request names another operation or has an odd head (W-14, W-20).
    pub fn outcome(&self, request: &Request, answer: &Answer) -> Outcome {
        match Dispatch::of(request) {
            Dispatch::Update | Dispatch::Parameter => Outcome::read_served(answer),
            Dispatch::NoSuchTarget | Dispatch::OddHead => match Outcome::read(answer) {
                // A page or a text does not prove that another operation is missing: it may be a crash.
                Outcome::NotImplemented { status: 500 | 502.., written }
                    if written
                        .as_deref()
                        .and_then(Code::from_name)
                        .is_none_or(|c| c.family() != CodeFamily::Dispatch) =>
                {
                    Outcome::read_served(answer)
                }
                outcome => outcome,
            },
        }
    }

    /// The divergence of W-15 for an update that ended in `observed`: a 5xx answer, or none. Crashes of different kinds
    /// differ in it: by the store's type, the member concerned, what the contract expected, and what was observed.
    pub fn crash(&self, belief: &Belief, request: &Request, observed: Observation) -> Divergence {
        let update = Update::read(request, self.revision);
        let body = update.body.as_ref().ok();
        let situation = Situation::new(self.revision, &self.environment, &update, body, &belief.before);
        let found = assess(&situation);
        let (member, aspect, expected) = found.expected();
        let given = situation.given();
        let alone = given.iter().next().filter(|_| given.len() == 1);
        Divergence {
            rule: ids::W_15,
            grade: Grade::Fail,
            operation: UPDATE,
            store_type: situation.store.map(Store::store_type),
            state: situation.state(),
            member: member.or(alone).map(Member::name),
            aspect,
            expected,
            got: observed,
            also: Vec::new(),
        }
    }

    /// Returns true if Describe is expected to show the field of such a store at this revision.
    pub fn shows(&self, store_type: StoreType, field: DescribeField) -> bool {
        let since = match field {
            DescribeField::Type => Revision::ExternalKeyStores,
            DescribeField::Owner => Revision::ServiceOwner,
            _ => Revision::Launch,
        };
        let blind = |field| self.blind.contains(&(store_type, field));
        self.revision >= since && !blind(field) && !(field.in_proxy() && blind(DescribeField::Proxy))
    }
}

/// The worlds that agree with everything answered so far. Never empty.
#[derive(Clone, Debug)]
pub struct Belief {
    pub(crate) accounts: Vec<Account>,
    pub(crate) before: Account,
    pub(crate) last: Last,
    pub(crate) tainted: BTreeSet<String>,
    /// Stores for which a refused update gave a password, address or credential: Connect shows if it was stored.
    pub(crate) suspected: BTreeSet<String>,
    /// More worlds agreed than are kept: nothing is judged any more.
    pub inconclusive: bool,
}

impl Default for Belief {
    fn default() -> Belief {
        Belief {
            accounts: vec![Account::default()],
            before: Account::default(),
            last: Last::Nothing,
            tainted: BTreeSet::new(),
            suspected: BTreeSet::new(),
            inconclusive: false,
        }
    }
}

impl Belief {
    /// The most likely world.
    pub fn account(&self) -> &Account {
        &self.accounts[0]
    }

    /// All worlds, the most likely first.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Returns true if a divergence concerned the store, so that it accuses no more.
    pub fn is_tainted(&self, id: &str) -> bool {
        self.tainted.contains(id)
    }

    /// Returns true if any store is tainted.
    pub fn any_tainted(&self) -> bool {
        !self.tainted.is_empty()
    }

    /// Takes the most likely world as the one before the next answer, if that answer was lost.
    pub fn remember(&mut self) {
        self.before = self.account().clone();
    }

    /// Keeps to the bound on worlds.
    pub(crate) fn bound(&mut self) {
        if self.accounts.len() > WORLDS {
            self.accounts.truncate(WORLDS);
            self.inconclusive = true;
        }
    }

    /// Marks a store so that it accuses no more.
    pub fn taint(&mut self, id: &str) {
        self.tainted.insert(id.to_owned());
    }
}

/// The last operation, to which differences in Describe are attributed.
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
        /// The divergence to report if the store's transition had not ended after all.
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
    /// The broken rule.
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
    pub aspect: Aspect,
    /// The expected result.
    pub expected: Expectation,
    /// The observed result.
    pub got: Observation,
    /// Further rules that the same answer breaks (W-26).
    pub also: Vec<RuleId>,
}

impl Divergence {
    /// Reports several things that are wrong with one answer as one: under the rule of the first, with the highest
    /// grade, naming the rules of all (W-26). `None` where nothing is wrong.
    pub fn of_one_answer(all: impl IntoIterator<Item = Divergence>) -> Option<Divergence> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        for next in all {
            first.grade = first.grade.max(next.grade);
            first.also.extend(std::iter::once(next.rule).chain(next.also));
        }
        first.also.sort_unstable();
        first.also.dedup();
        let rule = first.rule;
        first.also.retain(|also| *also != rule);
        Some(first)
    }
}

/// The result of [`Model::step`].
#[derive(Clone, Debug, Default)]
pub struct StepVerdict {
    /// The divergence, if no world admits the answer without a warning.
    pub divergence: Option<Divergence>,
    /// True if the answer gives no verdict on the operation.
    pub no_verdict: bool,
    /// The sides of rules that the answer touched.
    pub exercised: Vec<Exercise>,
    /// The sides that it decided in the sense of [`crate::decide`], of those that were asked for.
    pub decided: Vec<Exercise>,
    /// The rules whose faults the request has in the most likely world.
    pub violations: Vec<RuleId>,
    /// The violations of the request and the one whose code was returned (P-05).
    pub order: Option<(Vec<RuleId>, RuleId)>,
    /// The rule whose error was returned, and those violated too whose error it was not, where that is certain (P-05).
    pub precedence: Option<(RuleId, Vec<RuleId>)>,
}

impl Model {
    /// Returns the results of all rules for `request` in the most likely world.
    pub fn assess(&self, account: &Account, request: &Request) -> Assessments {
        let update = Update::read(request, self.revision);
        let body = update.body.as_ref().ok();
        assess(&Situation::new(self.revision, &self.environment, &update, body, account))
    }

    /// The world after `request` succeeded in `account`: several where the rule book leaves the effect open.
    pub fn applied(&self, account: &Account, request: &Request) -> Vec<Account> {
        let update = Update::read(request, self.revision);
        let body = update.body.as_ref().ok();
        apply(&Situation::new(self.revision, &self.environment, &update, body, account))
    }

    /// Judges the answer to an update and moves the belief on.
    pub fn step(&self, belief: &mut Belief, request: &Request, outcome: &Outcome) -> StepVerdict {
        self.step_deciding(belief, request, outcome, &|_| false)
    }

    /// As [`Model::step`], and finds out which of the `wanted` sides the answer decides. That costs more than judging,
    /// so ask for each side until it is decided.
    pub fn step_deciding(
        &self,
        belief: &mut Belief,
        request: &Request,
        outcome: &Outcome,
        wanted: &dyn Fn(&Exercise) -> bool,
    ) -> StepVerdict {
        let update = Update::read(request, self.revision);
        let other = update.other_reading(self.revision);
        let updates = || std::iter::once(&update).chain(other.as_deref());
        let named = updates().filter_map(|u| u.body.as_ref().ok()).next();
        let id = named.and_then(|b| b.text(Member::CustomKeyStoreId).given()).map(|t| t.to_string());
        belief.before = belief.account().clone();
        if let Some(id) = &id {
            belief.expand_transitions(id, &self.environment);
        }
        let accounts = std::mem::take(&mut belief.accounts);
        let mut step = StepVerdict::default();
        let mut undecided = None;
        let mut graded: Vec<(Grade, OutcomeVerdict, Account)> = Vec::with_capacity(accounts.len());
        for (at, (update, account)) in updates().flat_map(|u| accounts.iter().map(move |w| (u, w))).enumerate() {
            let body = update.body.as_ref().ok();
            let situation = Situation::new(self.revision, &self.environment, update, body, account);
            let found = assess(&situation);
            let verdict = found.judge(outcome, &self.policy);
            if at == 0 {
                step.exercised = found.touched(outcome, &verdict);
                let violations: Vec<RuleId> = found.required().map(|(r, _)| r.id).collect();
                step.order = verdict.won.filter(|_| violations.len() > 1).map(|w| (violations.clone(), w));
                step.precedence =
                    outcome.code().filter(|_| verdict.won.is_some()).and_then(|code| found.precedence(code));
                step.violations = violations;
                step.no_verdict = verdict.no_verdict;
                undecided = (!step.no_verdict).then(|| Undecided::new(&step.exercised, wanted));
            }
            if let Some(undecided) = &mut undecided {
                undecided.add(verdict.grade, found);
            }
            if verdict.effect != Effect::None {
                graded.extend(apply(&situation).into_iter().map(|w| (verdict.grade, verdict.clone(), w)));
            }
            if verdict.effect != Effect::Applied {
                graded.push((verdict.grade, verdict, account.clone()));
            }
        }
        if *outcome == Outcome::Success && update.body.is_err() && other.is_none() {
            // Nobody knows how a service reads a body that is not valid.
            belief.tainted.extend(accounts.iter().flat_map(|w| w.stores().map(|s| s.id.clone())));
        }
        step.decided = undecided.map(|undecided| undecided.decided(&self.policy)).unwrap_or_default();
        let best = graded.iter().map(|(g, ..)| *g).min().unwrap_or(Grade::Fine);
        let divergent = graded.iter().find(|(g, ..)| *g == best).map(|(_, v, _)| v.clone());
        let store = id.as_deref().and_then(|id| belief.before.store(id));
        let (store_type, state) = (store.map(Store::store_type), store.map(|s| s.state));
        let unauthenticated = !request.auth.is_good();
        if let Some(verdict) = divergent {
            let divergence = |verdict: &OutcomeVerdict| {
                verdict.blame.as_ref().map(|b| Divergence {
                    rule: b.rule,
                    grade: verdict.grade,
                    operation: UPDATE,
                    store_type,
                    state,
                    member: b.member.map(Member::name),
                    aspect: b.aspect,
                    expected: b.expected.clone(),
                    got: outcome.into(),
                    also: Vec::new(),
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
        belief.accounts = accounts;
        belief.accounts.clear();
        for (_, _, account) in graded.into_iter().filter(|(g, ..)| *g == best) {
            if !belief.accounts.contains(&account) {
                belief.accounts.push(account);
            }
        }
        belief.bound();
        step
    }
}
