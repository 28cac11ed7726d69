//! Which member may change in which connection state (G), as a table.

use super::scope::StoreVariant;
use crate::member::Member;
use crate::readings::Readings;
use crate::revision::Revision;
use crate::store::ConnectionState;

/// The states in which each member may change, by how the store is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gates {
    open: [[[bool; ConnectionState::ALL.len()]; Member::ALL.len()]; StoreVariant::ALL.len()],
    /// Which of the members given decide.
    pub(crate) asked: Quantifier,
    /// A state that closes all gates while any other store is in it.
    pub(crate) closed_by_others: Option<ConnectionState>,
    /// The state that each state is taken for.
    pub(crate) seen: [ConnectionState; ConnectionState::ALL.len()],
}

/// Which of the members given decide whether a request passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// Each must be open.
    Each,
    /// The first in the order of the model.
    First,
    /// One that is open is enough.
    One,
}

impl Gates {
    pub(crate) fn conforming(revision: Revision, readings: &Readings) -> Gates {
        let mut open = [[[false; ConnectionState::ALL.len()]; Member::ALL.len()]; StoreVariant::ALL.len()];
        for reach in StoreVariant::ALL {
            for member in Member::ALL {
                for state in ConnectionState::ALL {
                    open[reach as usize][member as usize][state as usize] =
                        is_open(reach, member, state, revision, readings);
                }
            }
        }
        Gates { open, asked: Quantifier::Each, closed_by_others: None, seen: ConnectionState::ALL }
    }

    pub(crate) fn is_open(&self, reach: StoreVariant, member: Member, state: ConnectionState) -> bool {
        self.open[reach as usize][member as usize][state as usize]
    }

    pub(crate) fn put(&mut self, reach: StoreVariant, member: Member, state: ConnectionState, open: bool) {
        self.open[reach as usize][member as usize][state as usize] = open;
    }
}

fn is_open(
    reach: StoreVariant,
    member: Member,
    state: ConnectionState,
    revision: Revision,
    readings: &Readings,
) -> bool {
    let unsettled = |choices: [bool; 3]| state.unsettled().is_some_and(|place| choices[place]);
    match (reach, member, state) {
        (_, _, ConnectionState::Disconnected) => true,
        (StoreVariant::CloudHsm, Member::Name, ConnectionState::Connected) => revision.renames_connected_cloudhsm(),
        (StoreVariant::CloudHsm, Member::Name, _) => {
            revision.renames_connected_cloudhsm() && unsettled(readings.cloud_hsm_name_in)
        }
        (StoreVariant::CloudHsm, _, _) => false,
        (_, Member::Name | Member::Credential | Member::Path, ConnectionState::Connected) => true,
        (_, Member::Name, _) => unsettled(readings.name_in),
        (_, Member::Credential | Member::Path, _) => unsettled(readings.credential_in),
        _ => false,
    }
}
