//! What Create, Update and Connect make of a CloudHSM cluster (H).

use crate::core::Core;
use crate::defects::Defect;
use crate::environment::{Cluster, ClusterRole, Phase};
use crate::errors::{ApiError, Code};
use crate::store::CloudHsm;

impl Core {
    /// The cluster, when it exists in this account and Region (H-01, H-12).
    pub(crate) fn cluster(&self, id: &str, phase: Phase) -> Option<&Cluster> {
        self.environment.cluster(id).filter(|row| match row.role(phase) {
            ClusterRole::Absent => false,
            ClusterRole::OtherAccount => self.has(Defect::ClusterOfOtherAccountFound),
            _ => true,
        })
    }

    /// Checks the cluster for a store whose lineage is `family`; a new store has none yet.
    pub(crate) fn check_cluster(&self, id: &str, family: Option<&str>) -> Result<(), ApiError> {
        let update = family.is_some();
        let phase = if update { Phase::AfterCreate } else { Phase::Create };
        let has = |defect| update && self.has(defect);
        if self.environment.is_open() && self.environment.cluster(id).is_none() {
            return Ok(());
        }
        let Some(row) = self.cluster(id, phase) else {
            if has(Defect::ClusterNotLookedUp) {
                return Ok(());
            }
            let code = if has(Defect::UnknownClusterIsNotActive) {
                Code::CloudHsmClusterNotActive
            } else if has(Defect::ClusterOfOtherAccountIsValidation)
                && self.environment.cluster(id).is_some_and(|row| row.role(phase) == ClusterRole::OtherAccount)
            {
                Code::Validation
            } else {
                Code::CloudHsmClusterNotFound
            };
            return Err(ApiError::new(code, format!("There is no cluster {id} in this account and Region.")));
        };
        let role = row.role(phase);
        if role == ClusterRole::Inactive && !has(Defect::InactiveClusterAccepted) {
            let code = if has(Defect::InactiveClusterIsNotFound) {
                Code::CloudHsmClusterNotFound
            } else {
                Code::CloudHsmClusterNotActive
            };
            return Err(ApiError::new(code, format!("The cluster {id} is not active.")));
        }
        if has(Defect::RelatedClusterRefused) && role == ClusterRole::Related {
            return Err(not_related(id));
        }
        if family.is_some_and(|family| family != row.family) && !has(Defect::UnrelatedClusterAccepted) {
            if has(Defect::UnrelatedClusterIsInvalid) {
                return Err(misconfigured(id, "has another certificate"));
            }
            return Err(not_related(id));
        }
        let wrong = match role {
            ClusterRole::TooFewHsms if !has(Defect::TooFewHsmsAccepted) => {
                Some("has fewer than two active HSMs in different Availability Zones")
            }
            ClusterRole::FewSubnets if !has(Defect::FewSubnetsAccepted) => {
                Some("has fewer than two private subnets in different Availability Zones")
            }
            ClusterRole::WrongNetwork
                if self.revision.checks_security_group() && !has(Defect::WrongNetworkAccepted) =>
            {
                Some("has a security group that does not let TCP ports 2223-2225 through")
            }
            _ => None,
        };
        match wrong {
            Some(_) if has(Defect::InvalidClusterIsNotActive) => {
                Err(ApiError::new(Code::CloudHsmClusterNotActive, format!("The cluster {id} is not active.")))
            }
            Some(wrong) => Err(misconfigured(id, wrong)),
            None => Ok(()),
        }
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
        let right = row.password.as_ref().is_none_or(|password| *password == store.password);
        (!right && !self.has(Defect::PasswordNotCheckedAtConnect)).then_some("INVALID_CREDENTIALS")
    }
}

fn not_related(id: &str) -> ApiError {
    let message =
        format!("The cluster {id} does not have the certificate of the cluster that the store was made with.");
    ApiError::new(Code::CloudHsmClusterNotRelated, message)
}

fn misconfigured(id: &str, wrong: &str) -> ApiError {
    ApiError::new(Code::CloudHsmClusterInvalidConfiguration, format!("The cluster {id} {wrong}."))
}
