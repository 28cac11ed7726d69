//! Which sides of rules the exchanges of an operation decide: see [`ucks_oracle::decide`].

use ucks_oracle::account::{Backing, CloudHsm, DescribeField, Store};
use ucks_oracle::answer::Outcome;
use ucks_oracle::code::Code;
use ucks_oracle::companions::{Companion, ConnectEnd, connect_end};
use ucks_oracle::judge::Exercise;
use ucks_oracle::model::{Belief, StepVerdict};
use ucks_oracle::race::Racer;
use ucks_oracle::rules::ids;
use ucks_oracle::wire::Request;

use super::{CellOf, Executor, StepResult};
use crate::run::coverage::Side;

impl Executor<'_> {
    /// Judges an answer, and whether it decides what the run has not decided yet.
    pub(super) fn step(&mut self, request: &Request, outcome: &Outcome, cell: CellOf) -> StepVerdict {
        let decided = self.context.decided();
        let wanted = |side: &Exercise| !decided.contains(&(*side, cell));
        self.context.model.step_deciding(&mut self.belief, request, outcome, &wanted)
    }

    /// Adds a side that an answer touched, and decided if `decides` finds so.
    pub(super) fn touch(&self, result: &mut StepResult, side: Side, decides: impl FnOnce() -> bool) {
        result.exercised.push(side);
        if !self.is_decided(&side) && decides() {
            result.decided.push(side);
        }
    }

    /// Returns true if sequences of the run have decided the side.
    pub(super) fn is_decided(&self, side: &Side) -> bool {
        self.context.decided().contains(side)
    }

    /// Returns true if Describe shows the name of the store, and the name is known.
    pub(super) fn shows_name(&self, id: &str) -> bool {
        let store = self.belief.account().store(id).filter(|store| store.name.known().is_some());
        store.is_some_and(|store| self.context.model.shows(store.store_type(), DescribeField::Name))
    }

    /// Returns true if Describe would show that an update was applied.
    pub(super) fn would_show(&self, request: &Request, before: &Store) -> bool {
        self.would_change(request, before) > 0
    }

    /// The number of fields that Describe would show changed if an update were applied.
    pub(super) fn would_change(&self, request: &Request, before: &Store) -> usize {
        let worlds = self.context.model.applied(self.belief.account(), request);
        let after = worlds.first().and_then(|account| account.store(&before.id));
        after.map_or(0, |after| self.context.model.shown_changes(before, after).len())
    }

    /// Returns true if the opposite answer to a companion operation diverges: that it is refused, or accepted.
    pub(super) fn opposite_diverges(&self, mut before: Belief, operation: &Companion<'_>, outcome: &Outcome) -> bool {
        let refusal = match operation {
            Companion::Create(_) => Code::ValidationException,
            _ => Code::CustomKeyStoreInvalidStateException,
        };
        let refused = Outcome::Refused { status: 400, code: Some(refusal), written: Some(refusal.name().to_owned()) };
        let opposite = if *outcome == Outcome::Success { refused } else { Outcome::Success };
        let created = matches!(operation, Companion::Create(_)).then_some("cks-0");
        self.context.model.companion(&mut before, operation, &opposite, created).is_some()
    }

    /// Returns true if updates changed what Describe shows of a store since it was created.
    pub(super) fn was_changed(&self, store: &Store) -> bool {
        let changes = self.created.get(&store.id).map(|made| self.context.model.shown_changes(made, store));
        changes.is_some_and(|fields| fields.iter().any(|field| field.member().is_some()))
    }

    /// Returns true if Connect would end in another state with the password, or the address and credential, with
    /// which the store was created.
    pub(super) fn connects_otherwise(&self, store: &Store) -> bool {
        let Some(made) = self.created.get(&store.id) else { return false };
        let backing = match (&store.backing, &made.backing) {
            (Backing::CloudHsm(now), Backing::CloudHsm(then)) => {
                Backing::CloudHsm(CloudHsm { password: then.password.clone(), ..now.clone() })
            }
            (_, then) => then.clone(),
        };
        let environment = &self.context.model.environment;
        let former = connect_end(environment, &Store { backing, ..store.clone() });
        former != ConnectEnd::Unknown && former != connect_end(environment, store)
    }

    /// Adds the sides that a race decided.
    pub(super) fn decided_by_race(&self, before: &Belief, race: &[Racer<'_>], cell: CellOf, result: &mut StepResult) {
        let touched: Vec<Side> = result.exercised.iter().filter(|side| !self.is_decided(side)).copied().collect();
        for side in touched.into_iter().filter(|(side, of)| side.rule == ids::R_01 && *of == cell) {
            // The counter-service accepts all.
            let all: Vec<Racer<'_>> = race.iter().map(Racer::succeeded).collect();
            if self.context.model.race(&mut before.clone(), &all).is_some() && !result.decided.contains(&side) {
                result.decided.push(side);
            }
        }
    }
}
