//! What must be unique (U), and the look at service and proxy (V, X).

use super::Update;
use crate::account::Account;
use crate::defects::Defect;
use crate::errors::{ApiError, Code};
use crate::member::Member;
use crate::proxy::ProxyCaller;
use crate::store::{Connectivity, External, Kind, Settings, State};

impl Update<'_> {
    pub(super) fn check_name(&self, account: &mut Account) -> Result<(), ApiError> {
        let Some(name) = &self.change.name else {
            return Ok(());
        };
        let me = if self.has(Defect::OwnNameIsTaken) { None } else { Some(self.place) };
        let forgiven = self.has(Defect::NamesNotUnique)
            || self.has(Defect::NamesNotUniqueWhileConnected) && self.state == State::Connected
            || self.has(Defect::NamesNotUniqueForCloudHsm) && self.store.kind() == Kind::CloudHsm
            || self.has(Defect::NamesNotUniqueWithOtherMembers) && self.change.given().len() > 1
            || self.has(Defect::NamesUniquePerType) && self.rival_is_of_other_type(account, name);
        let taken = account.name_taken(name, me) && !forgiven
            || self.has(Defect::NamesUniqueByPrefix) && account.name_prefix_taken(name, self.place);
        if !taken || self.has(Defect::NullNameComparedTwice) && !account.name_taken(name, me) {
            return Ok(());
        }
        if self.has(Defect::NameInUseIsValidation) {
            return Err(ApiError::validation("The name is in use."));
        }
        Err(ApiError::new(Code::CustomKeyStoreNameInUse, "Another custom key store of the account has this name."))
    }

    fn rival_is_of_other_type(&self, account: &mut Account, name: &str) -> bool {
        let now = std::time::Instant::now();
        let rival = account.rival(name).and_then(|place| account.store(place, now));
        rival.is_some_and(|rival| rival.kind() != self.store.kind())
    }

    pub(super) fn check_address(&self, account: &mut Account) -> Result<(), ApiError> {
        let (Settings::External(next), Settings::External(now)) = (&self.next.1, &self.store.settings) else {
            return Ok(());
        };
        let gives = |member| self.change.gives(member);
        let me = if self.has(Defect::OwnAddressIsTaken) && gives(Member::Endpoint) { None } else { Some(self.place) };
        let asked = if self.has(Defect::AddressOnlyCheckedWithBoth) {
            gives(Member::Endpoint) && gives(Member::Path)
        } else if self.has(Defect::AddressNotCheckedForPathAlone) {
            gives(Member::Endpoint) || gives(Member::Connectivity)
        } else if self.has(Defect::AddressNotCheckedForEndpointAlone) {
            gives(Member::Path)
        } else {
            gives(Member::Endpoint) || gives(Member::Path) || gives(Member::Connectivity)
        };
        if asked && !self.has(Defect::AddressesNotUnique) {
            let compared = if self.has(Defect::OldAddressCompared) { now } else { next };
            self.core.check_endpoint(account, compared, me, true)?;
        }
        if (gives(Member::Service) || gives(Member::Connectivity)) && !self.has(Defect::ServicesNotUnique) {
            let me = if self.has(Defect::OwnServiceIsTaken) { None } else { Some(self.place) };
            self.core.check_service_unique(account, next, me)?;
        }
        Ok(())
    }

    pub(super) fn check_service(&self, next: &External, now: &External) -> Result<(), ApiError> {
        let gives = |member| self.change.gives(member);
        let asked =
            gives(Member::Endpoint) || gives(Member::Service) || gives(Member::Owner) || gives(Member::Connectivity);
        let asked = asked || self.core.readings.present_service_checked && !self.change.given().is_empty();
        if !asked || self.has(Defect::ServiceNotLookedUp) {
            return Ok(());
        }
        self.core.check_service(next, Some(now))
    }

    pub(super) fn check_proxy(&self, next: &External, now: &External) -> Result<(), ApiError> {
        let gives = |member| self.change.gives(member);
        let asked = gives(Member::Endpoint)
            || gives(Member::Path) && !self.has(Defect::ProxyNotAskedForPath)
            || gives(Member::Credential) && !self.has(Defect::ProxyNotAskedForCredential)
            || gives(Member::Connectivity)
            || self.core.readings.name_asks && gives(Member::Name);
        let due = match next.connectivity {
            Connectivity::Public => true,
            // A VPC store's proxy may be asked or not.
            Connectivity::Vpc => {
                // What may change while CONNECTED is asked about then: the exemption speaks of other states.
                let in_use = self.state == State::Connected && (gives(Member::Path) || gives(Member::Credential));
                self.core.readings.vpc_asks || in_use && !self.has(Defect::VpcProxyNotAskedWhileConnected)
            }
        };
        let skipped = self.has(Defect::ProxyNotAsked)
            || self.has(Defect::ProxyNotAskedWhileConnected) && self.state == State::Connected
            || self.has(Defect::ProxyNotAskedWhileDisconnected) && self.state == State::Disconnected;
        if !asked || !due || skipped {
            return Ok(());
        }
        let mut asked = next.clone();
        if self.has(Defect::ProxyAskedWithOldCredential) {
            (asked.key_id, asked.secret) = (now.key_id.clone(), now.secret.clone());
        }
        if self.has(Defect::ProxyAskedWithOldSecret) {
            asked.secret.clone_from(&now.secret);
        }
        if self.has(Defect::ProxyAskedAtOldEndpoint) {
            asked.endpoint.clone_from(&now.endpoint);
        }
        if self.has(Defect::ProxyAskedAtOldPath) {
            asked.path.clone_from(&now.path);
        }
        let verdict = self.core.ask(&asked, ProxyCaller::Update);
        let Some(mut fault) = self.core.proxy_fault(verdict, next.connectivity) else {
            return Ok(());
        };
        if self.has(Defect::UnreachableProxyIsInternal) && fault.code == Code::XksProxyUriUnreachable {
            fault = ApiError::new(Code::KMSInternal, "An internal error occurred.");
        }
        if self.has(Defect::ProxyMessageRepeated)
            && let Some(text) =
                self.core.environment.proxy(&asked.endpoint, &asked.path).and_then(|row| row.error_message.as_ref())
        {
            fault.message = format!("{} {text}", fault.message);
        }
        Err(fault)
    }
}
