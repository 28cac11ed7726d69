//! UpdateCustomKeyStore: find the store, merge the request into it, check the result one check
//! after another, then change the store in one step.

pub(crate) mod address;
mod change;
mod effects;
pub(crate) mod environment;
pub(crate) mod gates;
pub(crate) mod kind;
pub(crate) mod switch;

use std::borrow::Cow;
use std::time::Instant;

pub(crate) use self::change::GivenValues;
use crate::account::{Account, StoreIndex};
use crate::behaviour::checks::{Check, CheckId};
use crate::behaviour::facts::{Fact, ValueSource};
use crate::behaviour::forms::Forms;
use crate::behaviour::scope::{Situation, StoreVariant};
use crate::behaviour::{Behaviour, UnknownId};
use crate::core::Core;
use crate::edits::Quirk;
use crate::errors::ApiError;
use crate::shapes::{Members, Stage};
use crate::store::{Attributes, CloudHsm, ConnectionState, External, Settings, Store};

/// An update whose store is found and whose members are merged.
pub(crate) struct Update<'a> {
    core: &'a Core,
    place: StoreIndex,
    /// The store as it is.
    store: Store,
    state: ConnectionState,
    situation: Situation,
    change: GivenValues,
    /// Name and settings as they are to be (T: rules judge the merged values).
    next: Attributes,
}

impl Core {
    /// Serves the operation for members that keep their constraints.
    pub(crate) fn update(&self, account: &mut Account, members: &Members, now: Instant) -> Result<(), ApiError> {
        if let Some(update) = self.prepare(account, members, now)? {
            update.apply(account, now);
        }
        self.check_constraints(members, Stage::Stored)
    }

    /// Everything but the change itself: an update that may be applied, or nothing where the
    /// behaviour takes a refusal for success.
    pub(crate) fn prepare(
        &self,
        account: &mut Account,
        members: &Members,
        now: Instant,
    ) -> Result<Option<Update<'_>>, ApiError> {
        let found = self.find_for_update(account, members);
        if found.is_some() || members.text("CustomKeyStoreId").is_none() {
            self.check_constraints(members, Stage::Found)?;
        }
        let Some(place) = found else {
            return self.no_such_store();
        };
        let Some(store) = account.store(place, now) else {
            // Deleted, and an edit keeps the identifier.
            return Ok(None);
        };
        let update = Update::new(self, place, store.clone(), GivenValues::read(members));
        match update.check(account).and_then(|()| Ok(self.check_constraints(members, Stage::Checked)?)) {
            Ok(()) => Ok(Some(update)),
            Err(refusal) => {
                update.apply_refused(account, refusal.by, now);
                if self.behaviour.forms.refusals_succeed { Ok(None) } else { Err(refusal.fault) }
            }
        }
    }

    /// Checks the constraints that an edit makes late.
    fn check_constraints(&self, members: &Members, stage: Stage) -> Result<(), ApiError> {
        if self.edited {
            let Behaviour { constraints, strictness, .. } = &*self.behaviour;
            self.shapes.check("UpdateCustomKeyStore", members, constraints, *strictness, stage)?;
        }
        Ok(())
    }

    /// Identifiers match exactly (E-02); edits match them in other ways.
    fn find_for_update(&self, account: &Account, members: &Members) -> Option<StoreIndex> {
        let id = members.text("CustomKeyStoreId")?;
        let finding = &self.behaviour.finding;
        let loosely = || {
            let fits = |known: &str| {
                finding.fold.apply(known) == finding.fold.apply(id)
                    || finding.by_prefix && known.starts_with(id)
                    || finding.by_longer && id.starts_with(known)
            };
            let found = if self.edited { account.place_by(fits) } else { None };
            found.or_else(|| account.named(id).filter(|_| finding.by_name))
        };
        let newest = || account.newest_first().next().filter(|_| finding.missing == UnknownId::Newest);
        account.place(id).or_else(loosely).or_else(newest)
    }

    fn no_such_store<T>(&self) -> Result<Option<T>, ApiError> {
        match self.behaviour.finding.missing {
            UnknownId::Refused(code) => Err(ApiError { code, ..ApiError::no_store() }),
            UnknownId::Success => Ok(None),
            UnknownId::Newest => Err(ApiError::no_store()),
        }
    }
}

/// The settings of an external key store; `None` for a CloudHSM store.
fn external(attributes: &Attributes) -> Option<&External> {
    match &attributes.1 {
        Settings::External(external) => Some(external),
        Settings::CloudHsm(_) => None,
    }
}

/// The settings of a CloudHSM store; `None` for an external key store.
fn cloudhsm(attributes: &Attributes) -> Option<&CloudHsm> {
    match &attributes.1 {
        Settings::CloudHsm(store) => Some(store),
        Settings::External(_) => None,
    }
}

/// A refusal, and the check that it comes from.
struct Refusal {
    by: Option<CheckId>,
    fault: ApiError,
}

impl From<ApiError> for Refusal {
    fn from(fault: ApiError) -> Refusal {
        Refusal { by: None, fault }
    }
}

fn situation(store: &Store, state: ConnectionState, change: &GivenValues) -> Situation {
    let before = StoreVariant::of(&store.settings);
    let after = match (before, change.connectivity) {
        (StoreVariant::CloudHsm, _) | (_, None) => before,
        (_, Some(connectivity)) => StoreVariant::by(connectivity),
    };
    Situation::new(before, after, state, change.given_set())
}

impl<'a> Update<'a> {
    fn new(core: &'a Core, place: StoreIndex, store: Store, change: GivenValues) -> Update<'a> {
        let state = core.behaviour.gates.seen[store.state() as usize];
        let situation = situation(&store, state, &change);
        let next = change.merge(core, &store, situation);
        Update { core, place, store, state, situation, change, next }
    }

    /// Merges anew into the store as it is by now.
    pub(crate) fn renew(&mut self, account: &mut Account, now: Instant) {
        if let Some(store) = account.store(self.place, now) {
            self.store = store.clone();
            self.next = self.change.merge(self.core, &self.store, self.situation);
        }
    }

    /// Adds the store again if it was deleted since it was read.
    pub(crate) fn revive(&mut self, account: &mut Account, now: Instant) {
        if account.store(self.place, now).is_none() {
            self.place = account.add(self.store.clone());
        }
    }

    /// Puts the store back into the state in which it was read.
    pub(crate) fn write_state_back(&self, account: &mut Account, now: Instant) {
        if let Some(store) = account.store(self.place, now) {
            store.put(self.store.state(), self.store.error());
        }
    }

    fn check(&self, account: &Account) -> Result<(), Refusal> {
        let checks = &self.core.behaviour.checks;
        if self.core.behaviour.quirk == Some(Quirk::OrderByChance) && fastrand::bool() {
            return checks.iter().rev().try_for_each(|check| self.make(check, account));
        }
        checks.iter().try_for_each(|check| self.make(check, account))
    }

    fn make(&self, check: &Check, account: &Account) -> Result<(), Refusal> {
        if !check.scope.covers(self.situation) {
            return Ok(());
        }
        check.run(self, account).map_err(|fault| Refusal { by: Some(check.part), fault })
    }

    fn forms(&self) -> &Forms {
        &self.core.behaviour.forms
    }

    /// Name and settings with the values that the check reads from elsewhere.
    fn read_by(&self, check: &Check) -> Cow<'_, Attributes> {
        let mut face = Cow::Borrowed(&self.next);
        for (fact, source) in &check.reads {
            self.put(*fact, *source, face.to_mut());
        }
        face
    }

    /// Puts a value from its source into the face.
    fn put(&self, fact: Fact, source: ValueSource, face: &mut Attributes) {
        let stored = || (self.store.name.clone(), self.store.settings.clone());
        match source {
            ValueSource::Merged => fact.copy(&self.next, face),
            ValueSource::Given if fact.member().is_some_and(|member| self.change.gives(member)) => {
                fact.copy(&self.next, face);
            }
            ValueSource::Given | ValueSource::Nothing => fact.clear(face),
            ValueSource::Stored => fact.copy(&stored(), face),
            ValueSource::Previous => {
                if let Some(before) = self.store.before.as_deref() {
                    fact.copy(before, face);
                }
            }
            ValueSource::Caller => fact.set(face, self.core.environment.account()),
            ValueSource::Fixed => fact.edit(face, |present| fact.fixed(present)),
        }
    }
}
