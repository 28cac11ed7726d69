//! The look at cluster, endpoint service and proxy (H, V, X).

use super::{Update, cloudhsm, external};
use crate::account::Account;
use crate::behaviour::checks::Check;
use crate::cluster;
use crate::environment::{ClusterRole, Phase};
use crate::errors::{ApiError, Code};
use crate::proxy::ProxyCaller;
use crate::vpc;

/// A cluster that does not exist in this account and Region (H-01, H-12).
pub(crate) fn cluster_found(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    update.cluster(check, |role| matches!(role, ClusterRole::Absent | ClusterRole::OtherAccount))
}

/// A cluster that is not active (H-02).
pub(crate) fn cluster_active(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    update.cluster(check, |role| role == ClusterRole::Inactive)
}

/// A cluster of another family than the one that the store was made with (H-03).
pub(crate) fn cluster_related(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let family = |role| matches!(role, ClusterRole::Primary | ClusterRole::Related | ClusterRole::Unrelated);
    update.cluster(check, family)?;
    let read = update.read_by(check);
    let Some(store) = cloudhsm(&read) else { return Ok(()) };
    let row = update.core.cluster(&store.cluster, Phase::AfterCreate);
    if row.is_some_and(|row| row.family != store.family) {
        return Err(cluster::refused(&store.cluster, Code::CloudHsmClusterNotRelated));
    }
    Ok(())
}

/// A cluster that is not configured as required (H-04).
pub(crate) fn cluster_fit(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let unfit = |role| matches!(role, ClusterRole::TooFewHsms | ClusterRole::FewSubnets | ClusterRole::WrongNetwork);
    update.cluster(check, unfit)
}

/// A service that is missing, or not configured as required (V-01, V-02).
pub(crate) fn service_usable(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(next) = external(&read) else { return Ok(()) };
    let Some(service) = &next.service else { return Ok(()) };
    update
        .core
        .unusable(&update.core.behaviour.roles, service, Phase::AfterCreate)
        .map_or(Ok(()), |code| Err(vpc::refused(service, code)))
}

/// A service that the owner does not own (V-03).
pub(crate) fn service_owned(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(next) = external(&read) else { return Ok(()) };
    update.core.not_owned(next, Phase::AfterCreate)
}

/// A service whose DNS name is not the endpoint's host (V-02, V-05).
pub(crate) fn service_named(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(next) = external(&read) else { return Ok(()) };
    update.core.misnamed(next, Phase::AfterCreate)
}

/// A proxy that does not answer as required (X).
pub(crate) fn proxy_healthy(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    let read = update.read_by(check);
    let Some(next) = external(&read) else { return Ok(()) };
    let verdict = update.core.ask(next, ProxyCaller::Update);
    let Some(mut error) = update.core.proxy_fault(verdict, next.connectivity) else { return Ok(()) };
    let row = update.core.environment.proxy(&next.endpoint, &next.path).filter(|_| update.forms().repeats_proxy);
    if let Some(text) = row.and_then(|row| row.error_message.as_ref()) {
        error.message = format!("{} {text}", error.message);
    }
    Err(error)
}

impl Update<'_> {
    /// Refuses a cluster of one of these roles, where its role is refused.
    fn cluster(&self, check: &Check, meant: impl Fn(ClusterRole) -> bool) -> Result<(), ApiError> {
        let read = self.read_by(check);
        let Some(store) = cloudhsm(&read) else { return Ok(()) };
        let role = self.core.cluster_role(&store.cluster, Phase::AfterCreate);
        match self.core.behaviour.roles.cluster(role).filter(|_| meant(role)) {
            Some(code) => Err(cluster::refused_as(&store.cluster, role, code)),
            None => Ok(()),
        }
    }
}
