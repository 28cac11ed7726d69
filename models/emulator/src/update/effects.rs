//! What an update changes (A): all that was given and nothing else, in one step.

use std::time::Instant;

use super::Update;
use crate::account::Account;
use crate::defects::Defect;
use crate::member::Member;
use crate::store::{Settings, State};

impl Update<'_> {
    pub(crate) fn apply(&self, account: &mut Account, now: Instant) {
        let mut face = self.next.clone();
        if self.has(Defect::NullCopiedBeforeChange) {
            face = face.clone();
        }
        if let Some(member) = self.core.planted.drops()
            && self.change.gives(member)
        {
            face = self.change.without(member).merge(self.core, &self.store);
        }
        self.spoil(&mut face);
        let mut place = self.place;
        if let Some(other) = self.wrong_place(account)
            && let Some(store) = account.store(other, now)
        {
            let password = self.has(Defect::LatestStoreChangedForPassword);
            let change = if password { self.change.only(Member::Password) } else { self.change.clone() };
            (place, face) = (other, change.merge(self.core, store));
        }
        let lag = self.core.lag();
        account.replace(place, face, now, (!lag.is_zero()).then(|| now + lag));
        if let Some(store) = account.store(place, now) {
            self.core.overtake(store);
        }
        self.spoil_connection(account, now);
    }

    /// After a refusal nothing has changed; the defects leave one member behind.
    pub(super) fn apply_refused(&self, account: &mut Account, now: Instant) {
        let Some(member) = self.core.planted.half_applies() else {
            return;
        };
        if self.change.gives(member) {
            let face = self.change.only(member).merge(self.core, &self.store);
            account.replace(self.place, face, now, None);
        }
    }

    /// The store that a defect changes in place of the one that was meant.
    fn wrong_place(&self, account: &Account) -> Option<u64> {
        let alike = |place: &u64| *place != self.place && account.kind(*place) == Some(self.store.kind());
        let planted = self.has(Defect::LatestStoreChanged)
            || self.has(Defect::LatestStoreChangedForPassword) && self.change.gives(Member::Password);
        if planted { account.newest_first().find(alike).filter(|place| *place > self.place) } else { None }
    }

    fn spoil(&self, (name, settings): &mut (String, Settings)) {
        let before = self.store.before.as_deref();
        if self.has(Defect::NameStoredTrimmed) {
            *name = name.trim().to_owned();
        }
        if self.has(Defect::NameStoredInLowerCase) && self.change.name.is_some() {
            *name = name.to_lowercase();
        }
        if self.has(Defect::NameCutAt64) {
            *name = name.chars().take(64).collect();
        }
        if self.has(Defect::SecondUpdateUndoesName)
            && self.change.name.is_none()
            && let Some((old, _)) = before
        {
            name.clone_from(old);
        }
        match settings {
            Settings::CloudHsm(next) => {
                if self.has(Defect::ClusterResetsPassword)
                    && self.change.cluster.is_some()
                    && self.change.password.is_none()
                {
                    next.password.push('x');
                }
                if self.has(Defect::TrustAnchorChanges) && self.change.cluster.is_some() {
                    next.trust_anchor.push('x');
                }
                if self.has(Defect::RenameResetsCluster)
                    && self.change.name.is_some()
                    && let Some((_, Settings::CloudHsm(old))) = before
                {
                    next.cluster.clone_from(&old.cluster);
                }
            }
            Settings::External(next) => {
                if self.has(Defect::EndpointResetsPath) && self.change.endpoint.is_some() && self.change.path.is_none()
                {
                    next.path = "/kms/xks/v1".to_owned();
                }
                if self.has(Defect::SecondUpdateUndoesCredential)
                    && self.change.credential.is_none()
                    && let Some((_, Settings::External(old))) = before
                {
                    (next.key_id, next.secret) = (old.key_id.clone(), old.secret.clone());
                }
                if self.has(Defect::OnlyKeyIdStored)
                    && let Settings::External(now) = &self.store.settings
                {
                    next.secret.clone_from(&now.secret);
                }
                if self.has(Defect::CredentialLostInSwitch)
                    && let Settings::External(now) = &self.store.settings
                    && now.connectivity != next.connectivity
                {
                    (next.key_id, next.secret) = (now.key_id.clone(), now.secret.clone());
                }
                if self.has(Defect::ServiceStaysAfterSwitch)
                    && let Settings::External(now) = &self.store.settings
                    && now.connectivity != next.connectivity
                {
                    next.service = next.service.take().or_else(|| now.service.clone());
                }
                if self.has(Defect::PathStoredInLowerCase) && self.change.path.is_some() {
                    next.path = next.path.to_lowercase();
                }
                if self.has(Defect::EndpointStoredInLowerCase) && self.change.endpoint.is_some() {
                    next.endpoint = next.endpoint.to_lowercase();
                }
            }
        }
    }

    fn spoil_connection(&self, account: &mut Account, now: Instant) {
        let Some(store) = account.store(self.place, now) else {
            return;
        };
        let state = store.state();
        if self.has(Defect::UpdateDisconnects) && state == State::Connected
            || self.has(Defect::UpdateEndsFailed) && state == State::Failed
        {
            store.put(State::Disconnected, None);
        }
        if self.has(Defect::UpdateForgetsConnectionError) && state == State::Failed {
            store.put(State::Failed, None);
        }
        if self.has(Defect::UpdateConnects) && state == State::Disconnected && self.change.gives(Member::Credential) {
            store.put(State::Connected, None);
        }
        if self.has(Defect::UpdateChangesCreationDate) {
            store.created += 60_000;
        }
    }
}
