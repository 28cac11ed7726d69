//! Members and the store's type (T).

use super::Update;
use crate::account::Account;
use crate::behaviour::checks::{Check, CheckId};
use crate::errors::ApiError;
use crate::member::Member;
use crate::readings::NothingGiven;
use crate::store::ConnectionState;

/// No member at all (T-11).
pub(crate) fn nothing_given(update: &Update<'_>, _: &Account, _: &Check) -> Result<(), ApiError> {
    let state = update.store.state();
    match update.core.readings.nothing_given {
        NothingGiven::RefusedUnlessDisconnected if state == ConnectionState::Disconnected => Ok(()),
        NothingGiven::RefusedUnlessDisconnected => Err(ApiError::state(&update.store.id, state.name())),
        NothingGiven::Refused | NothingGiven::Success => Err(ApiError::validation("The request asks for no change.")),
    }
}

/// One member of the other type refuses the whole request (T-01 to T-08, T-14).
pub(crate) fn other_type(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let kind = update.store.kind();
    let looked_at = |member: &Member| check.scope.triggers().is_none_or(|triggers| triggers.has(*member));
    let foreign = update.change.given().iter().find(|member| member.is_foreign_to(kind) && looked_at(member));
    foreign.map_or(Ok(()), |member| {
        let message = format!("{} is not valid for a custom key store of type {}.", member.name(), kind.name());
        Err(ApiError::validation(message))
    })
}

/// A service or its owner on a store that is and stays public (T-09, T-10).
pub(crate) fn only_vpc(_: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let member = if check.part == CheckId::ServiceOnPublic { Member::Service } else { Member::Owner };
    Err(ApiError::validation(format!("{} is only valid with VPC_ENDPOINT_SERVICE connectivity.", member.name())))
}
