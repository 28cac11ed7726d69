//! Changing how an external key store is reached (C).

use super::Update;
use crate::account::Account;
use crate::behaviour::checks::{Check, CheckId};
use crate::errors::ApiError;
use crate::store::Settings;

/// A switch, or a restated connectivity, that the scope of the check alone refuses (C-01, C-02, C-04, C-05).
pub(crate) fn refused(_: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    Err(ApiError::validation(match check.part {
        CheckId::RestatedConnectivity => "The custom key store already has this connectivity.",
        CheckId::ToVpcEndpoint => "A change to VPC_ENDPOINT_SERVICE needs XksProxyUriEndpoint.",
        CheckId::ToVpcService => "A change to VPC_ENDPOINT_SERVICE needs XksProxyVpcEndpointServiceName.",
        CheckId::ToPublicEndpoint => "A change to PUBLIC_ENDPOINT needs XksProxyUriEndpoint.",
        CheckId::ToPublicService => "XksProxyVpcEndpointServiceName is not valid with PUBLIC_ENDPOINT connectivity.",
        CheckId::ToPublicOwner => "XksProxyVpcEndpointServiceOwner is not valid with PUBLIC_ENDPOINT connectivity.",
        _ => "The change of connectivity is not valid.",
    }))
}

/// A switch at the present endpoint (C-07).
pub(crate) fn restated_endpoint(update: &Update<'_>, _: &Account, check: &Check) -> Result<(), ApiError> {
    match (&update.store.settings, &update.read_by(check).1) {
        (Settings::External(now), Settings::External(next)) if now.endpoint == next.endpoint => {
            Err(ApiError::validation("A change of connectivity needs a new XksProxyUriEndpoint."))
        }
        _ => Ok(()),
    }
}
