//! Which member may change in which connection state (G).

use super::Update;
use crate::account::Account;
use crate::core::Core;
use crate::defects::Defect;
use crate::errors::{ApiError, Code};
use crate::member::Member;
use crate::store::{Kind, Settings, State};

impl Core {
    /// One cell of the table: whether the member of such a store may be given in the state.
    pub(crate) fn gate(&self, kind: Kind, member: Member, state: State) -> bool {
        let open = match (kind, member, state) {
            (_, _, State::Disconnected) => true,
            (Kind::CloudHsm, Member::Name, State::Connected) => self.revision.renames_connected_cloudhsm(),
            (Kind::CloudHsm, Member::Name, _) => {
                self.revision.renames_connected_cloudhsm()
                    && state.unsettled().is_some_and(|place| self.readings.cloud_hsm_name_in[place])
            }
            (Kind::CloudHsm, _, _) => false,
            (Kind::External, Member::Name | Member::Credential | Member::Path, State::Connected) => true,
            (Kind::External, Member::Name, _) => state.unsettled().is_some_and(|place| self.readings.name_in[place]),
            (Kind::External, Member::Credential | Member::Path, _) => {
                state.unsettled().is_some_and(|place| self.readings.credential_in[place])
            }
            (Kind::External, _, _) => false,
        };
        open != self.planted.flips(kind, member, state)
    }
}

impl Update<'_> {
    pub(super) fn check_state(&self, account: &mut Account) -> Result<(), ApiError> {
        let kind = self.store.kind();
        let state = self.state;
        if self.has(Defect::AnyOtherConnectedStoreCloses) && account.other_in(self.place, State::Connected) {
            return self.wrong_state(State::Connected);
        }
        if self.has(Defect::OnlyFirstMemberGated) {
            let first = self.change.given().first();
            let closed = first.is_some_and(|member| !self.core.gate(kind, *member, state));
            return if closed { self.wrong_state(state) } else { Ok(()) };
        }
        if self.has(Defect::OneOpenMemberOpensAll)
            && self.change.given().iter().any(|member| self.core.gate(kind, *member, state))
        {
            return Ok(());
        }
        for member in self.change.given() {
            let foreign = member.is_foreign_to(kind);
            if foreign && self.has(Defect::KindsOnlyCheckedWhileDisconnected) {
                continue;
            }
            if !self.core.gate(kind, self.decisive(*member), state) && !self.passes_restated(*member) {
                return self.wrong_state(state);
            }
        }
        Ok(())
    }

    /// The member whose gate decides: what a change of connectivity brings along stands and falls with it.
    fn decisive(&self, member: Member) -> Member {
        match member {
            Member::Endpoint | Member::Service | Member::Owner if self.change.connectivity.is_some() => {
                Member::Connectivity
            }
            other => other,
        }
    }

    fn wrong_state(&self, state: State) -> Result<(), ApiError> {
        if self.has(Defect::ClosedGateIsValidation) {
            return Err(ApiError::validation("The custom key store is not in the right state."));
        }
        if self.has(Defect::ClosedGateIsNotFound) {
            return Err(ApiError::new(Code::CustomKeyStoreNotFound, "There is no such custom key store ready."));
        }
        if self.has(Defect::NullMessageDiffers) {
            return Err(ApiError::new(Code::CustomKeyStoreInvalidState, "Not in this state."));
        }
        Err(ApiError::state(&self.store.id, state.name()))
    }

    /// A gated member at its present value, while CONNECTED (G-52).
    fn passes_restated(&self, member: Member) -> bool {
        if !self.core.readings.restated_passes || self.state != State::Connected {
            return false;
        }
        if !self.core.revision.has_external_stores() {
            return false;
        }
        let change = &self.change;
        let same = |given: &Option<String>, now: &str| given.as_deref() == Some(now);
        match (&self.store.settings, member) {
            (_, Member::Name) => same(&change.name, &self.store.name),
            (Settings::CloudHsm(now), Member::Cluster) => same(&change.cluster, &now.cluster),
            (Settings::External(now), Member::Endpoint) => same(&change.endpoint, &now.endpoint),
            (Settings::External(now), Member::Connectivity) => change.connectivity == Some(now.connectivity),
            (Settings::External(now), Member::Service) => now.service.is_some() && change.service == now.service,
            (Settings::External(now), Member::Owner) => now.owner.is_some() && change.owner == now.owner,
            _ => false,
        }
    }
}
