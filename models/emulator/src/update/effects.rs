//! The effect of an update (A): all that was given and nothing else, in one step.

use std::time::Instant;

use super::{GivenValues, Update, situation};
use crate::account::{Account, StoreIndex};
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::{Effects, Leaking};
use crate::behaviour::facts::Fold;
use crate::store::Attributes;

impl Update<'_> {
    pub(crate) fn apply(&self, account: &mut Account, now: Instant) {
        let (place, face) = self.misplaced(account, now).unwrap_or_else(|| (self.place, self.stored()));
        let lag = self.core.lag();
        account.replace(place, face, now, (!lag.is_zero()).then(|| now + lag));
        if let Some(store) = account.store(place, now) {
            self.core.overtake(store);
        }
        self.change_connection(account, now);
    }

    /// Another change merged into the store.
    fn merged(&self, change: &GivenValues) -> Attributes {
        change.merge(self.core, &self.store, situation(&self.store, self.state, change))
    }

    fn effects(&self) -> &Effects {
        &self.core.behaviour.effects
    }

    /// Name and settings as they are stored.
    fn stored(&self) -> Attributes {
        let forgets = self.effects().forgets.iter();
        let mut forgotten = forgets.filter(|(member, when)| self.change.gives(*member) && when.covers(self.situation));
        let mut face = match forgotten.next() {
            Some((member, _)) => self.merged(&self.change.without(*member)),
            None => self.next.clone(),
        };
        for effect in self.effects().store.iter().filter(|effect| effect.when.covers(self.situation)) {
            self.put(effect.fact, effect.source, &mut face);
            if effect.fold != Fold::Exact {
                effect.fact.edit(&mut face, |text| effect.fold.apply(text));
            }
        }
        face
    }

    /// After a refusal nothing has changed; edits leave a member behind.
    pub(super) fn apply_refused(&self, account: &mut Account, by: Option<CheckId>, now: Instant) {
        let meant = |leaking: Leaking| match leaking {
            Leaking::All => true,
            Leaking::By(part) => by == Some(part),
        };
        for (member, leaking) in &self.effects().leaks {
            if self.change.gives(*member) && meant(*leaking) {
                account.replace(self.place, self.merged(&self.change.only(*member)), now, None);
            }
        }
    }

    /// The other store to which an edit sends a change, and what is stored there.
    fn misplaced(&self, account: &mut Account, now: Instant) -> Option<(StoreIndex, Attributes)> {
        let members = self.effects().misplaced.filter(|members| members.meets(self.situation.given))?;
        let alike = |place: &StoreIndex| *place != self.place && account.kind(*place) == Some(self.store.kind());
        let other = account.newest_first().find(alike).filter(|place| *place > self.place)?;
        let store = account.store(other, now)?;
        let change = self.change.restricted(members);
        let situation = situation(store, store.state(), &change);
        Some((other, change.merge(self.core, store, situation)))
    }

    /// Changes of state, which no update makes; edits do.
    fn change_connection(&self, account: &mut Account, now: Instant) {
        let Some(store) = account.store(self.place, now) else { return };
        if let Some((_, state)) = self.effects().states.iter().find(|(when, _)| when.covers(self.situation)) {
            store.put(*state, None);
        }
        if self.effects().moves_creation {
            store.created += 60_000;
        }
    }
}
