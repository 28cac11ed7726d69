//! Which member may change in which connection state (G), as a table.

use super::scope::Reach;
use crate::member::Member;
use crate::readings::Readings;
use crate::revision::Revision;
use crate::store::State;

/// The states in which each member may change, by how the store is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gates {
    open: [[[bool; State::ALL.len()]; Member::ALL.len()]; Reach::ALL.len()],
    /// Which of the members given decide.
    pub(crate) asked: Asked,
    /// A state that closes all gates while any other store is in it.
    pub(crate) closed_by_others: Option<State>,
    /// The state that each state is taken for.
    pub(crate) seen: [State; State::ALL.len()],
}

/// Which of the members given decide whether a request passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Each must be open.
    Each,
    /// The first in the order of the model.
    First,
    /// One that is open is enough.
    One,
}

impl Gates {
    pub(crate) fn conforming(revision: Revision, readings: &Readings) -> Gates {
        let mut open = [[[false; State::ALL.len()]; Member::ALL.len()]; Reach::ALL.len()];
        for reach in Reach::ALL {
            for member in Member::ALL {
                for state in State::ALL {
                    open[reach as usize][member as usize][state as usize] =
                        is_open(reach, member, state, revision, readings);
                }
            }
        }
        Gates { open, asked: Asked::Each, closed_by_others: None, seen: State::ALL }
    }

    pub(crate) fn is_open(&self, reach: Reach, member: Member, state: State) -> bool {
        self.open[reach as usize][member as usize][state as usize]
    }

    pub(crate) fn put(&mut self, reach: Reach, member: Member, state: State, open: bool) {
        self.open[reach as usize][member as usize][state as usize] = open;
    }
}

fn is_open(reach: Reach, member: Member, state: State, revision: Revision, readings: &Readings) -> bool {
    let unsettled = |choices: [bool; 3]| state.unsettled().is_some_and(|place| choices[place]);
    match (reach, member, state) {
        (_, _, State::Disconnected) => true,
        (Reach::CloudHsm, Member::Name, State::Connected) => revision.renames_connected_cloudhsm(),
        (Reach::CloudHsm, Member::Name, _) => {
            revision.renames_connected_cloudhsm() && unsettled(readings.cloud_hsm_name_in)
        }
        (Reach::CloudHsm, _, _) => false,
        (_, Member::Name | Member::Credential | Member::Path, State::Connected) => true,
        (_, Member::Name, _) => unsettled(readings.name_in),
        (_, Member::Credential | Member::Path, _) => unsettled(readings.credential_in),
        _ => false,
    }
}
