//! The members of an update, by name.

use crate::store::StoreType;

/// A member of UpdateCustomKeyStore that asks for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Member {
    Name,
    Password,
    Cluster,
    Endpoint,
    Path,
    Service,
    Owner,
    Credential,
    Connectivity,
}

impl Member {
    /// All of them, in the order of the model.
    pub(crate) const ALL: [Member; 9] = [
        Member::Name,
        Member::Password,
        Member::Cluster,
        Member::Endpoint,
        Member::Path,
        Member::Service,
        Member::Owner,
        Member::Credential,
        Member::Connectivity,
    ];

    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Member::Name => "NewCustomKeyStoreName",
            Member::Password => "KeyStorePassword",
            Member::Cluster => "CloudHsmClusterId",
            Member::Endpoint => "XksProxyUriEndpoint",
            Member::Path => "XksProxyUriPath",
            Member::Service => "XksProxyVpcEndpointServiceName",
            Member::Owner => "XksProxyVpcEndpointServiceOwner",
            Member::Credential => "XksProxyAuthenticationCredential",
            Member::Connectivity => "XksProxyConnectivity",
        }
    }

    /// A short name, for names of edits.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Member::Name => "name",
            Member::Password => "password",
            Member::Cluster => "cluster",
            Member::Endpoint => "endpoint",
            Member::Path => "path",
            Member::Service => "service",
            Member::Owner => "owner",
            Member::Credential => "credential",
            Member::Connectivity => "connectivity",
        }
    }

    /// Returns true if the member belongs to stores of the other type alone (T).
    pub(crate) fn is_foreign_to(self, kind: StoreType) -> bool {
        match (self, kind) {
            (Member::Name, _) => false,
            (Member::Password | Member::Cluster, kind) => kind == StoreType::External,
            (_, kind) => kind == StoreType::CloudHsm,
        }
    }
}
