//! Looking at stores: what Describe shows beside what is believed.

use std::time::Duration;

use ucks_oracle::account::{ConnectionState, Store};
use ucks_oracle::answer::{DescribedStore, Outcome, page};
use ucks_oracle::code::Code;
use ucks_oracle::companions::{ConnectEnd, connect_end};
use ucks_oracle::expectation::{Expectation, ExpectedListing, Observation, ObservedListing};
use ucks_oracle::members::Member;
use ucks_oracle::model::Divergence;
use ucks_oracle::rule::RuleId;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{DESCRIBE, Executor, PAGE, StepResult, plain};
use crate::run::finding::key;
use crate::target::TransportError;
use crate::wording;

const NOT_FOUND: Code = Code::CustomKeyStoreNotFoundException;

impl Executor<'_> {
    /// Waits until a store has settled in a state.
    pub(super) async fn settle_state(&mut self, id: &str, result: &mut StepResult) -> Result<(), TransportError> {
        let began = self.context.now();
        let deadline = began.saturating_add(self.context.transition);
        let mut pause = Duration::from_millis(2);
        let mut pauses = 0;
        loop {
            let agrees = self.look(id, result, true).await?;
            let now = self.context.now();
            let moving = self.belief.account().store(id).is_some_and(|s| s.state.passes());
            if !moving || !agrees || now >= deadline || (self.context.stopped() && !self.leaving) {
                self.which_values(id, agrees && !moving, result);
                if pauses > 0 {
                    self.context.transition_took(now.saturating_sub(began), pauses == 1);
                }
                return Ok(());
            }
            // First as long as the last transition took: most take as long as each other.
            let usual = self.context.usual_transition().filter(|u| pauses == 0 && *u > pause);
            self.context.target.pause(usual.unwrap_or(pause).min(deadline.saturating_sub(now))).await;
            pauses += 1;
            if usual.is_none() {
                pause = (pause * 2).min(Duration::from_millis(250));
            }
        }
    }

    /// Determines the values that a Connect used which an update overtook, if its end shows them (R-04).
    pub(super) fn which_values(&self, id: &str, settled: bool, result: &mut StepResult) {
        let environment = &self.context.model.environment;
        let Some(store) = self.belief.account().store(id).filter(|_| settled) else { return };
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
        result.readings.push((ids::R_04, used));
        result.exercised.push((plain(ids::R_04), None));
    }

    /// Reads a store, patiently where it differs from what is believed and may only lag behind: whether it agrees.
    /// Where Describe does not work nothing is seen to agree.
    pub(super) async fn look(
        &mut self,
        id: &str,
        result: &mut StepResult,
        patient: bool,
    ) -> Result<bool, TransportError> {
        if !self.context.effect_checks_enabled() {
            return Ok(false);
        }
        let began = self.context.now();
        let deadline = began.saturating_add(self.patience.settle(self.context));
        let mut pause = Duration::from_millis(1);
        let mut first = true;
        loop {
            let settled = self.changed.is_none_or(|at| self.context.now() >= at.saturating_add(self.context.settle));
            let seen = match self.describe(id, result).await? {
                Described::Seen(seen) => seen,
                Described::Odd { got, broken } => {
                    if let Some(rule) = broken {
                        let page = rule == ids::O_10;
                        let expected = if page { ExpectedListing::Page } else { ExpectedListing::Store };
                        let found = Divergence { operation: DESCRIBE, ..self.simple(rule, expected, got.clone()) };
                        result.divergences.push(found);
                    }
                    result.blocked.get_or_insert_with(|| format!("{DESCRIBE}: {}", wording::observed(&got)));
                    return Ok(false);
                }
            };
            let mut belief = self.belief.clone();
            let found = self.context.model.observe_at(&mut belief, id, seen.as_deref(), settled);
            let known = found.iter().all(|d| self.context.is_known(&key(d).text()));
            let now = self.context.now();
            if found.is_empty() || known || now >= deadline || (!patient && self.context.settle.is_zero()) {
                self.belief = belief;
                let agrees = found.is_empty();
                if agrees && !first {
                    self.context.was_late(now.saturating_sub(began));
                }
                result.divergences.extend(found);
                return Ok(agrees);
            }
            first = false;
            self.context.target.pause(pause.min(deadline.saturating_sub(now))).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    async fn describe(&mut self, id: &str, result: &mut StepResult) -> Result<Described, TransportError> {
        let request = describe(id);
        let answer = self.send(&request).await?;
        let outcome = Outcome::read(&answer);
        self.leaks(&request, &answer, &outcome, result);
        Ok(match outcome {
            Outcome::Success => match page(&answer, PAGE) {
                Ok(page) => {
                    let seen = page.stores.iter().find(|s| s.id == id);
                    let exists = self.belief.accounts().iter().any(|w| w.store(id).is_some());
                    match (seen, page.stores.len()) {
                        (None, 0) if !exists => {
                            result.divergences.push(self.finds(NOT_FOUND, ObservedListing::NoStore))
                        }
                        (_, 2..) | (None, 1..) => result
                            .divergences
                            .push(self.finds(ExpectedListing::StoreAlone, ObservedListing::OthersAsWell)),
                        _ => {}
                    }
                    Described::Seen(seen.cloned().map(Box::new))
                }
                Err(odd) => Described::Odd { got: ObservedListing::Unreadable(odd).into(), broken: Some(ids::O_10) },
            },
            other if other.code() == Some(Code::CustomKeyStoreNotFoundException) => Described::Seen(None),
            other => {
                let passing = matches!(other, Outcome::ServerFault { internal: true, .. });
                let verdict = matches!(other, Outcome::NotImplemented { .. })
                    || !other.code().is_some_and(Code::is_no_verdict) && !passing;
                Described::Odd { got: (&other).into(), broken: verdict.then_some(ids::O_06) }
            }
        })
    }

    /// Describes a store that does not exist.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn describe_absent(&mut self, result: &mut StepResult) -> Result<(), TransportError> {
        let id = self.binder.absent_id();
        let found = result.divergences.len();
        match self.describe(&id, result).await? {
            Described::Seen(None) if result.divergences.len() == found => {
                self.touch(result, (plain(ids::O_06), None), || true);
            }
            Described::Seen(_) => {}
            Described::Odd { got, broken: Some(rule) } => {
                result.divergences.push(Divergence { operation: DESCRIBE, ..self.simple(rule, NOT_FOUND, got) });
            }
            Described::Odd { got, .. } => result.no_verdict = Some(got),
        }
        Ok(())
    }

    /// Describe does not find by id as it should.
    pub(super) fn finds(&self, expected: impl Into<Expectation>, got: ObservedListing) -> Divergence {
        Divergence { operation: DESCRIBE, ..self.simple(ids::O_06, expected, got) }
    }
}

enum Described {
    Seen(Option<Box<DescribedStore>>),
    /// Describe shows nothing; the rule that it breaks by that, if it breaks one.
    Odd {
        got: Observation,
        broken: Option<RuleId>,
    },
}

/// Describe of one store.
pub fn describe(id: &str) -> Request {
    let body = serde_json::json!({ Member::CustomKeyStoreId.name(): id });
    Request::operation(DESCRIBE, body.to_string().into_bytes())
}

/// Returns a Describe of any store.
pub fn describe_any() -> Request {
    Request::operation(DESCRIBE, br#"{"Limit":100}"#.to_vec())
}
