//! Addresses and services that no two stores may share (U-05 to U-08).

use crate::account::{Account, StoreIndex};
use crate::core::Core;
use crate::defects::Defect;
use crate::errors::{ApiError, Code};
use crate::store::{Connectivity, External};

impl Core {
    /// Checks endpoint and path against all stores but `me`. The planted defects concern
    /// updates alone.
    pub(crate) fn check_endpoint(
        &self,
        account: &Account,
        store: &External,
        me: Option<StoreIndex>,
        update: bool,
    ) -> Result<(), ApiError> {
        let has = |defect| update && self.has(defect);
        let (endpoint, path) = (store.endpoint.as_str(), store.path.as_str());
        let same_address = account.address_taken(endpoint, path, me);
        let vpc_rival = account.vpc_endpoint_taken(endpoint, me);
        let public_rival = account.public_endpoint_taken(endpoint, me);
        let shared = match store.connectivity {
            Connectivity::Public => vpc_rival && !has(Defect::VpcEndpointFreeForPublic),
            Connectivity::Vpc => (vpc_rival || public_rival) && !has(Defect::EndpointFreeForVpc),
        };
        let code = if shared && same_address {
            self.readings.equal_address
        } else if shared {
            Code::XksProxyUriEndpointInUse
        } else if same_address && store.connectivity == Connectivity::Public && !vpc_rival
            || has(Defect::PublicEndpointsNotShared) && public_rival
        {
            Code::XksProxyUriInUse
        } else {
            return Ok(());
        };
        let code = match code {
            Code::XksProxyUriInUse if has(Defect::AddressErrorsExchanged) => Code::XksProxyUriEndpointInUse,
            Code::XksProxyUriEndpointInUse if has(Defect::AddressErrorsExchanged) => Code::XksProxyUriInUse,
            code => code,
        };
        Err(ApiError::new(code, "Another external key store uses this proxy address."))
    }

    /// Checks the endpoint service against all stores but `me`.
    pub(crate) fn check_service_unique(
        &self,
        account: &Account,
        store: &External,
        me: Option<StoreIndex>,
    ) -> Result<(), ApiError> {
        match &store.service {
            Some(service) if account.service_taken(service, me) => Err(ApiError::new(
                Code::XksProxyVpcEndpointServiceInUse,
                "Another external key store uses this VPC endpoint service.",
            )),
            _ => Ok(()),
        }
    }
}
