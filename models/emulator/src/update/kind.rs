//! Members and the store's type (T).

use super::Update;
use crate::defects::Defect;
use crate::errors::ApiError;
use crate::member::Member;
use crate::readings::NothingGiven;
use crate::store::{Connectivity, Settings, State};

impl Update<'_> {
    pub(super) fn check_kind(&self) -> Result<(), ApiError> {
        if self.change.given().is_empty() {
            return self.check_nothing_given();
        }
        self.check_other_type()?;
        self.check_public_store()
    }

    fn check_nothing_given(&self) -> Result<(), ApiError> {
        let state = self.store.state();
        match self.core.readings.nothing_given {
            NothingGiven::Refused => Err(ApiError::validation("The request asks for no change.")),
            NothingGiven::RefusedUnlessDisconnected if state != State::Disconnected => {
                Err(ApiError::state(&self.store.id, state.name()))
            }
            NothingGiven::RefusedUnlessDisconnected | NothingGiven::Success => Ok(()),
        }
    }

    /// One member of the other type refuses the whole request (T-01 to T-08, T-14).
    fn check_other_type(&self) -> Result<(), ApiError> {
        let kind = self.store.kind();
        if self.has(Defect::KindsOnlyCheckedAlone) && self.change.given().len() > 1 {
            return Ok(());
        }
        if self.has(Defect::KindsOnlyCheckedWhileDisconnected) && self.store.state() != State::Disconnected {
            return Ok(());
        }
        for member in self.change.given() {
            if member.is_foreign_to(kind) && !self.core.planted.ignores(*member) {
                if self.has(Defect::OtherTypeIsInvalidState) {
                    return Err(ApiError::state(&self.store.id, self.state.name()));
                }
                let message = format!("{} is not valid for a custom key store of type {}.", member.name(), kind.name());
                return Err(ApiError::validation(message));
            }
        }
        Ok(())
    }

    /// A service and its owner on a store that is and stays public (T-09, T-10).
    fn check_public_store(&self) -> Result<(), ApiError> {
        let Settings::External(now) = &self.store.settings else {
            return Ok(());
        };
        let connectivity = self.change.connectivity.unwrap_or(now.connectivity);
        if (now.connectivity, connectivity) != (Connectivity::Public, Connectivity::Public) {
            return Ok(());
        }
        if self.change.service.is_some() && !self.has(Defect::ServiceOnPublicIgnored) {
            return Err(only_vpc(Member::Service));
        }
        if self.change.owner.is_some() && self.core.readings.owner_on_public_refused {
            return Err(only_vpc(Member::Owner));
        }
        Ok(())
    }
}

fn only_vpc(member: Member) -> ApiError {
    ApiError::validation(format!("{} is only valid with VPC_ENDPOINT_SERVICE connectivity.", member.name()))
}
