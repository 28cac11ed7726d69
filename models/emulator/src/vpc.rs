//! The VPC endpoint service as Create, Update and Connect judge it (V).

use crate::behaviour::roles::Roles;
use crate::core::Core;
use crate::environment::{EndpointService, Phase, ServiceRole, host_of};
use crate::errors::{ApiError, Code};
use crate::store::External;

impl Core {
    /// Checks the service of a new store that is reached through one.
    pub(crate) fn check_service(&self, store: &External) -> Result<(), ApiError> {
        match (&store.service, self.service_fault(store, Phase::Create)) {
            (Some(service), Some(code)) => Err(refused(service, code)),
            _ => Ok(()),
        }
    }

    /// The code with which the roles refuse the service. One that the environment does not list is absent, or works
    /// where it is open.
    pub(crate) fn unusable(&self, roles: &Roles, service: &str, phase: Phase) -> Option<Code> {
        let unlisted = if self.environment.is_open() { ServiceRole::Good } else { ServiceRole::Absent };
        roles.service(self.environment.service(service).map_or(unlisted, |row| row.role(phase)))
    }

    /// Refuses a service that the owner, or else the caller, does not own.
    pub(crate) fn not_owned(&self, store: &External, phase: Phase) -> Result<(), ApiError> {
        let Some((service, row)) = self.listed(store, phase) else { return Ok(()) };
        let owner = store.owner.as_deref().unwrap_or(self.environment.account());
        if owner == row.owner { Ok(()) } else { Err(refused(service, self.readings.wrong_owner)) }
    }

    /// Refuses a service whose verified DNS name is not the endpoint's host.
    pub(crate) fn misnamed(&self, store: &External, phase: Phase) -> Result<(), ApiError> {
        let Some((service, row)) = self.listed(store, phase) else { return Ok(()) };
        // A service without a verified name of its own has nothing to compare.
        if row.role(phase) != ServiceRole::Good || host_of(&store.endpoint) == host_of(&row.dns_name) {
            return Ok(());
        }
        let not_found = self.readings.other_dns_name == Code::XksProxyVpcEndpointServiceNotFound;
        let code = if not_found { self.readings.other_dns_name } else { self.readings.misconfigured(self.revision) };
        Err(refused(service, code))
    }

    fn listed<'a>(&'a self, store: &'a External, phase: Phase) -> Option<(&'a str, &'a EndpointService)> {
        let service = store.service.as_deref()?;
        let row = self.environment.service(service).filter(|row| row.role(phase) != ServiceRole::Absent)?;
        Some((service, row))
    }

    fn service_fault(&self, store: &External, phase: Phase) -> Option<Code> {
        let unusable = self.unusable(&self.plain.roles, store.service.as_deref()?, phase);
        let refused = || self.not_owned(store, phase).and_then(|()| self.misnamed(store, phase)).err();
        unusable.or_else(|| refused().map(|fault| fault.code))
    }

    /// Why connecting through the service would fail, as a ConnectionErrorCode.
    pub(crate) fn connect_service(&self, store: &External) -> Option<&'static str> {
        match self.service_fault(store, Phase::AfterCreate)? {
            Code::XksProxyVpcEndpointServiceNotFound => Some("XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND"),
            _ => Some("XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"),
        }
    }
}

/// Refuses a service with the code.
pub(crate) fn refused(service: &str, code: Code) -> ApiError {
    let message = match code {
        Code::XksProxyVpcEndpointServiceNotFound => {
            format!("The VPC endpoint service {service} cannot be found, or AWS KMS may not use it.")
        }
        _ => format!("The VPC endpoint service {service} does not fulfil the requirements for an external key store."),
    };
    ApiError::new(code, message)
}
