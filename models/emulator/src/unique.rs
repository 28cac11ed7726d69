//! Addresses and services that no two stores may share (U-05 to U-08), for a new store.

use crate::account::Account;
use crate::core::Core;
use crate::errors::{ApiError, Code};
use crate::store::{Connectivity, External};

impl Core {
    /// Checks endpoint, path and service against all stores.
    pub(crate) fn check_unique(&self, account: &Account, store: &External) -> Result<(), ApiError> {
        let (endpoint, path) = (store.endpoint.as_str(), store.path.as_str());
        let same_address = account.address_taken(endpoint, path, None);
        let vpc_rival = account.vpc_endpoint_taken(endpoint, None);
        let shared =
            vpc_rival || store.connectivity == Connectivity::Vpc && account.public_endpoint_taken(endpoint, None);
        match (shared, same_address) {
            (true, true) => return Err(address_in_use(self.readings.equal_address)),
            (true, false) => return Err(address_in_use(Code::XksProxyUriEndpointInUse)),
            (false, true) => return Err(address_in_use(Code::XksProxyUriInUse)),
            (false, false) => {}
        }
        match &store.service {
            Some(service) if account.service_taken(service, None) => Err(service_in_use()),
            _ => Ok(()),
        }
    }
}

pub(crate) fn name_in_use() -> ApiError {
    ApiError::new(Code::CustomKeyStoreNameInUse, "Another custom key store of the account has this name.")
}

pub(crate) fn address_in_use(code: Code) -> ApiError {
    ApiError::new(code, "Another external key store uses this proxy address.")
}

pub(crate) fn service_in_use() -> ApiError {
    ApiError::new(Code::XksProxyVpcEndpointServiceInUse, "Another external key store uses this VPC endpoint service.")
}
