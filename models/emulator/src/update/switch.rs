//! Changing how an external key store is reached (C).

use super::Update;
use crate::defects::Defect;
use crate::errors::ApiError;
use crate::store::{Connectivity, Settings};

impl Update<'_> {
    pub(super) fn check_switch(&self) -> Result<(), ApiError> {
        let Settings::External(now) = &self.store.settings else {
            return Ok(());
        };
        let Some(to) = self.change.connectivity else {
            return Ok(());
        };
        let change = &self.change;
        if to == now.connectivity {
            let alone = change.given().len() == 1;
            if self.has(Defect::RestatedConnectivityRefused) || alone && self.core.readings.connectivity_alone_refused {
                return Err(ApiError::validation("The custom key store already has this connectivity."));
            }
            return Ok(());
        }
        let lacks_endpoint = change.endpoint.is_none();
        match to {
            Connectivity::Vpc => {
                if lacks_endpoint && !self.has(Defect::ToVpcWithoutEndpoint) {
                    return Err(ApiError::validation("A change to VPC_ENDPOINT_SERVICE needs XksProxyUriEndpoint."));
                }
                if change.service.is_none() && !self.has(Defect::ToVpcWithoutService) {
                    return Err(ApiError::validation(
                        "A change to VPC_ENDPOINT_SERVICE needs XksProxyVpcEndpointServiceName.",
                    ));
                }
            }
            Connectivity::Public => {
                if lacks_endpoint && !self.has(Defect::ToPublicWithoutEndpoint) {
                    return Err(ApiError::validation("A change to PUBLIC_ENDPOINT needs XksProxyUriEndpoint."));
                }
                if change.service.is_some() && !self.has(Defect::ToPublicWithServiceAccepted) {
                    return Err(ApiError::validation(
                        "XksProxyVpcEndpointServiceName is not valid with PUBLIC_ENDPOINT connectivity.",
                    ));
                }
                if change.service.is_none() && self.has(Defect::ToPublicNeedsService) {
                    return Err(ApiError::validation("A change of connectivity needs the endpoint service."));
                }
                if change.owner.is_some() && self.core.readings.owner_to_public_refused {
                    return Err(ApiError::validation(
                        "XksProxyVpcEndpointServiceOwner is not valid with PUBLIC_ENDPOINT connectivity.",
                    ));
                }
            }
        }
        let restated = change.endpoint.as_ref() == Some(&now.endpoint);
        if restated && self.core.readings.restated_endpoint_refused {
            return Err(ApiError::validation("A change of connectivity needs a new XksProxyUriEndpoint."));
        }
        Ok(())
    }
}
