//! Updates under way at the same time (R), and one whose answer nobody waits for.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use ucks_oracle::answer::Outcome;
use ucks_oracle::judge::Exercise;
use ucks_oracle::members::Member;
use ucks_oracle::race::RACERS;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::{Answer, Request};

use super::{CellOf, Executor, INTERNAL, StepResult, plain};
use crate::op::{Id, Op, Update, Value};
use crate::target::{CallFuture, TransportError};

/// The time that a request may be on its way after its sender hung up, with any settle time.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

impl Executor<'_> {
    /// Sends updates at once, judges their answers together, and looks at every store.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn race(&mut self, updates: &[Update], result: &mut StepResult) -> Result<(), TransportError> {
        let mut requests = Vec::new();
        for update in updates.iter().take(RACERS) {
            match self.binder.bind(&Op::Update(update.clone()), self.belief.account()) {
                Ok(bound) => {
                    self.secrets.extend(bound.secrets);
                    requests.push(bound.request);
                }
                Err(why) => {
                    result.skipped = Some(why);
                    return Ok(());
                }
            }
        }
        let Some(answers) = self.answers_to_race(&requests, result).await? else { return Ok(()) };
        let mut race = Vec::new();
        for (request, answer) in requests.into_iter().zip(answers) {
            let outcome = self.context.model.outcome(&request, &answer);
            self.belief.remember();
            let crashed = matches!(outcome, Outcome::ServerFault { internal: false, .. });
            let crash = crashed.then(|| self.context.model.crash(&self.belief, &request, (&outcome).into()));
            self.forms(&request, &answer, &outcome, crash.into_iter().collect(), result);
            race.push((request, outcome));
        }
        let named = self.named(&race[0].0);
        let cell = named.as_deref().and_then(|id| self.cell(id));
        let before = self.belief.clone();
        let divergence = self.context.model.race(&mut self.belief, &race);
        let admitted = divergence.is_none();
        result.divergences.extend(divergence);
        let mut agreed = true;
        for id in self.stores() {
            agreed &= self.look(&id, result, true).await?;
        }
        if admitted && agreed {
            let outcomes: Vec<&Outcome> = race.iter().map(|(_, o)| o).collect();
            self.kept(updates, &outcomes, cell, result);
            self.decided_by_race(&before, &race, cell, result);
        }
        Ok(())
    }

    /// The answers to updates sent at once; `None` where one of them was lost, after which nobody knows which of the
    /// racers were served: the stores are not judged any more. The race is then run again, to distinguish a service
    /// that closes connections now and then from one that a race brings down (W-15).
    async fn answers_to_race(
        &mut self,
        requests: &[Request],
        result: &mut StepResult,
    ) -> Result<Option<Vec<Answer>>, TransportError> {
        for attempt in 1..=INTERNAL {
            let mut answers = Vec::with_capacity(requests.len());
            let mut lost = None;
            for (request, answer) in requests.iter().zip(self.at_once(requests).await) {
                match answer {
                    Ok(answer) => answers.push(answer),
                    Err(error) => lost = Some((request, error)),
                }
            }
            let Some((request, error)) = lost else { return Ok((attempt == 1).then_some(answers)) };
            for id in self.stores() {
                self.belief.taint(&id);
            }
            if !error.is_interruption() || attempt == INTERNAL {
                self.lost(request, error, result).await?;
                break;
            }
            self.context.repeated("the connection was closed");
            self.context.target.pause(self.context.settle.max(ON_ITS_WAY)).await;
        }
        for id in self.stores() {
            self.look(&id, result, true).await?;
        }
        Ok(None)
    }

    /// Returns the sides of rules that a race without divergence decided.
    fn kept(&self, updates: &[Update], outcomes: &[&Outcome], cell: CellOf, result: &mut StepResult) {
        let mut kept = |rule, member: Option<Member>| {
            result
                .exercised
                .push((Exercise { rule, member, aspect: ucks_oracle::aspect::Aspect::WHOLE, refusal: false }, cell));
        };
        kept(ids::R_03, None);
        for (at, one) in updates.iter().enumerate() {
            for (other, outcome) in updates.iter().zip(outcomes).skip(at + 1) {
                let both = **outcome == Outcome::Success && *outcomes[at] == Outcome::Success;
                if one.id != other.id
                    && let Some((member, _)) =
                        one.set.iter().find(|(m, v)| contested(*m, v) && other.set.contains(&(*m, v.clone())))
                {
                    kept(ids::R_01, Some(*member));
                }
                if one.id == other.id && matches!(one.id, Id::Of(_)) && both {
                    kept(ids::R_02, None);
                }
            }
        }
    }

    async fn at_once(&mut self, requests: &[Request]) -> Vec<Result<Answer, TransportError>> {
        let context = self.context;
        let answers = join(requests.iter().map(|r| Box::pin(context.send(r)) as CallFuture<'_>).collect()).await;
        self.changed = Some(context.now());
        if let Some(log) = &mut self.log {
            for (at, (request, answer)) in requests.iter().zip(&answers).enumerate() {
                log.exchange(request, answer);
                log.at_once(at > 0);
            }
        }
        answers
    }

    /// Sends an update and hangs up: the update must be applied as a whole or not at all.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn hang_up(&mut self, request: &Request, result: &mut StepResult) -> Result<(), TransportError> {
        // A sender that hangs up reads no answer, even if one was on its way already.
        let _ = self.send(request).await;
        self.all_or_nothing(request, result).await
    }

    /// After a lost answer: Describe decides whether the update was served, and half of it is a fault.
    ///
    /// # Errors
    /// [`TransportError`] where the target does not answer any more.
    pub(super) async fn all_or_nothing(
        &mut self,
        request: &Request,
        result: &mut StepResult,
    ) -> Result<(), TransportError> {
        self.context.target.pause(self.context.settle.max(ON_ITS_WAY)).await;
        let named = self.named(request);
        let cell = named.as_deref().and_then(|id| self.cell(id));
        let before = named.as_deref().and_then(|id| self.belief.account().store(id)).cloned();
        let fields = before.map_or(0, |before| self.would_change(request, &before));
        self.context.model.step(&mut self.belief, request, &Outcome::unanswered());
        let Some(id) = named else { return Ok(()) };
        if self.look(&id, result, true).await? {
            // Half of an update shows if two of its members do.
            self.touch(result, (plain(ids::A_10), cell), || fields > 1);
        }
        // It may still take effect later.
        self.belief.taint(&id);
        Ok(())
    }
}

/// Returns true if two stores cannot both have the value.
fn contested(member: Member, value: &Value) -> bool {
    let unique = matches!(
        member,
        Member::NewCustomKeyStoreName | Member::XksProxyUriEndpoint | Member::XksProxyVpcEndpointServiceName
    );
    unique && matches!(value, Value::Fresh(_) | Value::Fixture(_) | Value::Text(_))
}

/// Awaits all, side by side.
async fn join(mut calls: Vec<CallFuture<'_>>) -> Vec<Result<Answer, TransportError>> {
    let mut answers: Vec<Option<Result<Answer, TransportError>>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (call, answer) in calls.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(received) = Pin::as_mut(call).poll(context) {
                *answer = Some(received);
            }
        }
        if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
