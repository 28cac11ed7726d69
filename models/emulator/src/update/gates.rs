//! Which member may change in which connection state (G).

use super::Update;
use crate::account::Account;
use crate::behaviour::checks::Check;
use crate::behaviour::gates::Quantifier;
use crate::behaviour::scope::StoreVariant;
use crate::errors::ApiError;
use crate::member::Member;
use crate::store::{ConnectionState, Settings};

/// A member that may not change in the state.
pub(crate) fn closed(update: &Update<'_>, account: &Account, _: &Check) -> Result<(), ApiError> {
    let gates = &update.core.behaviour.gates;
    if let Some(state) = gates.closed_by_others
        && account.others(Some(update.place)).any(|store| store.state() == state)
    {
        return Err(update.wrong_state(state));
    }
    let given = update.change.given();
    let passes = match gates.asked {
        Quantifier::Each => given.iter().all(|member| update.may_change(*member)),
        Quantifier::First => given.first().is_none_or(|member| update.is_open(*member)),
        Quantifier::One => given.is_empty() || given.iter().any(|member| update.is_open(*member)),
    };
    if passes { Ok(()) } else { Err(update.wrong_state(update.state)) }
}

impl Update<'_> {
    fn is_open(&self, member: Member) -> bool {
        self.core.behaviour.gates.is_open(StoreVariant::of(&self.store.settings), member, self.state)
    }

    fn may_change(&self, member: Member) -> bool {
        self.is_open(self.decisive(member)) || self.passes_restated(member)
    }

    /// The member whose gate decides: what a change of connectivity brings along passes with it.
    fn decisive(&self, member: Member) -> Member {
        match member {
            Member::Endpoint | Member::Service | Member::Owner if self.change.connectivity.is_some() => {
                Member::Connectivity
            }
            other => other,
        }
    }

    fn wrong_state(&self, state: ConnectionState) -> ApiError {
        let fault = ApiError::state(&self.store.id, state.name());
        match self.forms().state_text {
            Some(text) => ApiError { message: text.to_owned(), ..fault },
            None => fault,
        }
    }

    /// A gated member at its present value, while CONNECTED (G-52).
    fn passes_restated(&self, member: Member) -> bool {
        if !self.core.readings.restated_passes || self.state != ConnectionState::Connected {
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
