//! The CloudHSM cluster as Create, Update and Connect judge it (H).

use crate::behaviour::facts::{Fact, ValueSource};
use crate::core::Core;
use crate::environment::{Cluster, ClusterRole, Phase};
use crate::errors::{ApiError, Code};
use crate::store::CloudHsm;

impl Core {
    /// The cluster, when it exists in this account and Region (H-01, H-12).
    pub(crate) fn cluster(&self, id: &str, phase: Phase) -> Option<&Cluster> {
        let hidden = |role| matches!(role, ClusterRole::Absent | ClusterRole::OtherAccount);
        self.environment.cluster(id).filter(|row| !hidden(row.role(phase)))
    }

    /// The role of the cluster; one that the environment does not list is absent, or works where it is open.
    pub(crate) fn cluster_role(&self, id: &str, phase: Phase) -> ClusterRole {
        let unlisted = if self.environment.is_open() { ClusterRole::Primary } else { ClusterRole::Absent };
        self.environment.cluster(id).map_or(unlisted, |row| row.role(phase))
    }

    /// Checks the cluster of a new store.
    pub(crate) fn check_cluster(&self, id: &str) -> Result<(), ApiError> {
        let role = self.cluster_role(id, Phase::Create);
        self.plain.roles.cluster(role).map_or(Ok(()), |code| Err(refused_as(id, role, code)))
    }

    /// Why connecting the store would fail, as a ConnectionErrorCode (H-06).
    pub(crate) fn connect_cluster(&self, store: &CloudHsm) -> Option<&'static str> {
        if self.environment.is_open() && self.environment.cluster(&store.cluster).is_none() {
            return None;
        }
        let Some(row) = self.cluster(&store.cluster, Phase::AfterCreate) else {
            return Some("CLUSTER_NOT_FOUND");
        };
        if row.role(Phase::AfterCreate) == ClusterRole::Inactive {
            return Some("INSUFFICIENT_CLOUDHSM_HSMS");
        }
        let unchecked = self.behaviour.effects.connect.contains(&(Fact::Password, ValueSource::Nothing));
        let right = unchecked || row.password.as_ref().is_none_or(|password| *password == store.password);
        (!right).then_some("INVALID_CREDENTIALS")
    }
}

/// Refuses a cluster for its role, with the code that the role has here.
pub(crate) fn refused_as(id: &str, role: ClusterRole, code: Code) -> ApiError {
    let wrong = match (code, role) {
        (Code::CloudHsmClusterInvalidConfiguration, ClusterRole::TooFewHsms) => {
            "has fewer than two active HSMs in different Availability Zones"
        }
        (Code::CloudHsmClusterInvalidConfiguration, ClusterRole::FewSubnets) => {
            "has fewer than two private subnets in different Availability Zones"
        }
        (Code::CloudHsmClusterInvalidConfiguration, ClusterRole::WrongNetwork) => {
            "has a security group that does not let TCP ports 2223-2225 through"
        }
        _ => return refused(id, code),
    };
    ApiError::new(code, format!("The cluster {id} {wrong}."))
}

/// Refuses a cluster with the code.
pub(crate) fn refused(id: &str, code: Code) -> ApiError {
    let message = match code {
        Code::CloudHsmClusterNotFound => format!("There is no cluster {id} in this account and Region."),
        Code::CloudHsmClusterNotActive => format!("The cluster {id} is not active."),
        Code::CloudHsmClusterNotRelated => {
            format!("The cluster {id} does not have the certificate of the cluster that the store was made with.")
        }
        _ => format!("The cluster {id} cannot be used."),
    };
    ApiError::new(code, message)
}
