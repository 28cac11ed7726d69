//! What Create, Update and Connect make of a VPC endpoint service (V).

use crate::core::Core;
use crate::defects::Defect;
use crate::environment::{Phase, ServiceRole, host_of};
use crate::errors::{ApiError, Code};
use crate::store::External;

impl Core {
    /// Checks the service of a store that is reached through one. `before` are the settings of
    /// the store that is updated.
    pub(crate) fn check_service(&self, next: &External, before: Option<&External>) -> Result<(), ApiError> {
        let Some(name) = &next.service else {
            return Ok(());
        };
        let has = |defect| before.is_some() && self.has(defect);
        let phase = if before.is_some() { Phase::AfterCreate } else { Phase::Create };
        let code = match self.service_fault(name, next, before, phase) {
            None => return Ok(()),
            Some(code) => code,
        };
        if has(Defect::ServiceErrorsExchanged) {
            use Code::{XksProxyVpcEndpointServiceInvalidConfiguration, XksProxyVpcEndpointServiceNotFound};
            let other = match code {
                XksProxyVpcEndpointServiceNotFound => XksProxyVpcEndpointServiceInvalidConfiguration,
                _ => XksProxyVpcEndpointServiceNotFound,
            };
            return Err(ApiError::new(other, format!("The VPC endpoint service {name} cannot be used.")));
        }
        let message = match code {
            Code::XksProxyVpcEndpointServiceNotFound => {
                format!("The VPC endpoint service {name} cannot be found, or AWS KMS may not use it.")
            }
            _ => format!("The VPC endpoint service {name} does not fulfil the requirements for an external key store."),
        };
        Err(ApiError::new(code, message))
    }

    fn service_fault(&self, name: &str, next: &External, before: Option<&External>, phase: Phase) -> Option<Code> {
        let has = |defect| before.is_some() && self.has(defect);
        let not_found = Code::XksProxyVpcEndpointServiceNotFound;
        let misconfigured = if self.revision.separates_service_errors() {
            Code::XksProxyVpcEndpointServiceInvalidConfiguration
        } else {
            self.readings.misconfigured_before
        };
        if self.environment.is_open() && self.environment.service(name).is_none() {
            return None;
        }
        let Some(row) = self.environment.service(name).filter(|row| row.role(phase) != ServiceRole::Absent) else {
            return (!has(Defect::UnknownServiceAccepted)).then_some(not_found);
        };
        let of_role = match row.role(phase) {
            ServiceRole::Good => None,
            ServiceRole::Absent => Some((Defect::UnknownServiceAccepted, not_found)),
            ServiceRole::OtherRegion => Some((Defect::ServiceOfOtherRegionAccepted, not_found)),
            ServiceRole::NotAllowed => Some((Defect::ServiceWithoutPrincipalAccepted, self.readings.not_allowed)),
            ServiceRole::AcceptanceRequired => Some((Defect::AcceptanceRequiredAccepted, self.readings.acceptance)),
            ServiceRole::WrongLoadBalancer => Some((Defect::WrongLoadBalancerAccepted, misconfigured)),
            ServiceRole::OneZone => Some((Defect::OneZoneAccepted, misconfigured)),
            ServiceRole::NoDnsName => Some((Defect::NoDnsNameAccepted, misconfigured)),
            ServiceRole::UnverifiedDns => Some((Defect::UnverifiedDnsAccepted, misconfigured)),
        };
        if let Some((defect, code)) = of_role
            && !has(defect)
        {
            return Some(code);
        }
        let owner = next.owner.as_deref().unwrap_or(self.environment.account());
        if owner != row.owner && !has(Defect::ServiceOwnerNotChecked) {
            return Some(self.readings.wrong_owner);
        }
        let endpoint = match before {
            // The defects compare the stored endpoint, or nothing when only one of the two is given.
            Some(before) if self.has(Defect::DnsNameAgainstOldEndpoint) => &before.endpoint,
            Some(before) if self.has(Defect::DnsNameNotCheckedForEndpointAlone) && before.service == next.service => {
                return None;
            }
            Some(before) if self.has(Defect::DnsNameNotCheckedForServiceAlone) && before.endpoint == next.endpoint => {
                return None;
            }
            _ => &next.endpoint,
        };
        // A service without a verified name of its own has nothing to compare.
        let compared = matches!(row.role(phase), ServiceRole::Good) && !has(Defect::DnsNameNotCompared);
        let other = if self.readings.other_dns_name == not_found { not_found } else { misconfigured };
        (compared && host_of(endpoint) != host_of(&row.dns_name)).then_some(other)
    }

    /// Why connecting through the service would fail, as a ConnectionErrorCode.
    pub(crate) fn connect_service(&self, store: &External) -> Option<&'static str> {
        match self.service_fault(store.service.as_deref()?, store, None, Phase::AfterCreate)? {
            Code::XksProxyVpcEndpointServiceNotFound => Some("XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND"),
            _ => Some("XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"),
        }
    }
}
