//! CreateCustomKeyStore.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::account::Account;
use crate::core::Core;
use crate::environment::Phase;
use crate::errors::{ApiError, Code};
use crate::ids;
use crate::proxy::ProxyCaller;
use crate::shapes::Members;
use crate::store::{CloudHsm, ConnectionState, Connectivity, External, Settings, Store};

const CLOUDHSM_MEMBERS: [&str; 3] = ["CloudHsmClusterId", "KeyStorePassword", "TrustAnchorCertificate"];
const EXTERNAL_MEMBERS: [&str; 6] = [
    "XksProxyConnectivity",
    "XksProxyUriEndpoint",
    "XksProxyUriPath",
    "XksProxyAuthenticationCredential",
    "XksProxyVpcEndpointServiceName",
    "XksProxyVpcEndpointServiceOwner",
];

impl Core {
    /// Serves the operation; the identifier of the new store.
    pub(crate) fn create(&self, account: &mut Account, members: &Members, now: Instant) -> Result<String, ApiError> {
        let (name, settings) = self.read_new(members)?;
        if let Some(id) = self.equal_store(account, &name, &settings, now) {
            return Ok(id);
        }
        self.check_name(account, members)?;
        self.add_new(account, name, settings)
    }

    /// Creates the store without a look at the names of others. Only a quirk does so.
    pub(crate) fn create_unchecked(
        &self,
        account: &mut Account,
        members: &Members,
        now: Instant,
    ) -> Result<String, ApiError> {
        let (name, settings) = self.read_new(members)?;
        match self.equal_store(account, &name, &settings, now) {
            Some(id) => Ok(id),
            None => self.add_new(account, name, settings),
        }
    }

    /// Names are unique.
    pub(crate) fn check_name(&self, account: &Account, members: &Members) -> Result<(), ApiError> {
        if account.name_taken(members.text("CustomKeyStoreName").unwrap_or_default(), None) {
            return Err(ApiError::new(Code::CustomKeyStoreNameInUse, "Another custom key store has this name."));
        }
        Ok(())
    }

    fn read_new(&self, members: &Members) -> Result<(String, Settings), ApiError> {
        let name = members.text("CustomKeyStoreName").unwrap_or_default().to_owned();
        let external = members.text("CustomKeyStoreType") == Some("EXTERNAL_KEY_STORE");
        let settings = if external { self.read_external(members)? } else { self.read_cloudhsm(members)? };
        Ok((name, settings))
    }

    fn add_new(&self, account: &mut Account, name: String, settings: Settings) -> Result<String, ApiError> {
        self.check_new(account, &settings)?;
        if account.len() >= self.environment.limits().stores {
            // Undeclared before external key stores existed, but no other code describes the error.
            return Err(ApiError::new(
                Code::LimitExceeded,
                "The account has as many custom key stores as it may have.",
            ));
        }
        let created = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let created = u64::try_from(created).unwrap_or(0);
        let id = ids::store(self.readings.id, &name, |id| account.place(id).is_some());
        account.add(Store::new(id.clone(), name, created, settings));
        Ok(id)
    }

    fn read_cloudhsm(&self, members: &Members) -> Result<Settings, ApiError> {
        forbid(members, &EXTERNAL_MEMBERS, "AWS_CLOUDHSM")?;
        let text = |name| need(members, name).map(str::to_owned);
        let cluster = text(CLOUDHSM_MEMBERS[0])?;
        let password = text(CLOUDHSM_MEMBERS[1])?;
        let trust_anchor = text(CLOUDHSM_MEMBERS[2])?;
        // A cluster that no row names is the only one of its family.
        let row = self.environment.cluster(&cluster);
        let family = row.map_or_else(|| cluster.clone(), |row| row.family.clone());
        Ok(Settings::CloudHsm(CloudHsm { cluster, password, trust_anchor, family }))
    }

    fn read_external(&self, members: &Members) -> Result<Settings, ApiError> {
        forbid(members, &CLOUDHSM_MEMBERS, "EXTERNAL_KEY_STORE")?;
        let connectivity = Connectivity::named(need(members, "XksProxyConnectivity")?);
        let credential = members
            .structure("XksProxyAuthenticationCredential")
            .ok_or_else(|| missing("XksProxyAuthenticationCredential"))?;
        let (service, owner) = match connectivity {
            Connectivity::Public => {
                forbid(members, &EXTERNAL_MEMBERS[4..], "EXTERNAL_KEY_STORE with PUBLIC_ENDPOINT")?;
                (None, None)
            }
            Connectivity::Vpc => {
                let owner = members.text("XksProxyVpcEndpointServiceOwner").unwrap_or(self.environment.account());
                (Some(need(members, "XksProxyVpcEndpointServiceName")?.to_owned()), Some(owner.to_owned()))
            }
        };
        Ok(Settings::External(External {
            connectivity,
            endpoint: need(members, "XksProxyUriEndpoint")?.to_owned(),
            path: need(members, "XksProxyUriPath")?.to_owned(),
            service,
            owner,
            key_id: credential.text("AccessKeyId").unwrap_or_default().to_owned(),
            secret: credential.text("RawSecretAccessKey").unwrap_or_default().to_owned(),
        }))
    }

    /// A disconnected CloudHSM store equal to the one asked for, where the reading returns it.
    fn equal_store(&self, account: &mut Account, name: &str, settings: &Settings, now: Instant) -> Option<String> {
        if !self.readings.create_returns_equal || !matches!(settings, Settings::CloudHsm(_)) {
            return None;
        }
        let place = account.named(name)?;
        let store = account.store(place, now)?;
        let equal = store.settings == *settings && store.state() == ConnectionState::Disconnected;
        equal.then(|| store.id.clone())
    }

    fn check_new(&self, account: &Account, settings: &Settings) -> Result<(), ApiError> {
        match settings {
            Settings::CloudHsm(store) => {
                self.check_cluster(&store.cluster)?;
                if account.family_taken(&store.family) {
                    let message = "Another custom key store uses this cluster or a related one.";
                    return Err(ApiError::new(Code::CloudHsmClusterInUse, message));
                }
                let row = self.cluster(&store.cluster, Phase::Create);
                let anchor = row.and_then(|row| row.trust_anchor.as_deref());
                if anchor.is_some_and(|anchor| anchor.trim() != store.trust_anchor.trim()) {
                    let message = "The trust anchor certificate is not that of the cluster.";
                    return Err(ApiError::new(Code::IncorrectTrustAnchor, message));
                }
                Ok(())
            }
            Settings::External(store) => {
                self.check_unique(account, store)?;
                self.check_service(store)?;
                if store.connectivity == Connectivity::Vpc {
                    return Ok(());
                }
                let verdict = self.ask(store, ProxyCaller::Create);
                self.proxy_fault(verdict, store.connectivity).map_or(Ok(()), Err)
            }
        }
    }
}

fn need<'a>(members: &'a Members, name: &str) -> Result<&'a str, ApiError> {
    members.text(name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> ApiError {
    ApiError::validation(format!("A custom key store of this type needs {name}."))
}

fn forbid(members: &Members, names: &[&str], kind: &str) -> Result<(), ApiError> {
    match names.iter().find(|name| members.get(name).is_some()) {
        Some(name) => Err(ApiError::validation(format!("{name} is not valid for a custom key store of type {kind}."))),
        None => Ok(()),
    }
}
