//! The fields of Describe's answer.

use super::{Backing, Believed, ConnectionState, Connectivity, Store};
use crate::answer::DescribedStore;
use crate::json_text::HALF;
use crate::members::Member;

/// A field of Describe's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of Describe's answer")]
pub enum DescribeField {
    Existence,
    Name,
    Type,
    State,
    Error,
    Created,
    Cluster,
    TrustAnchor,
    Proxy,
    Connectivity,
    AccessKeyId,
    Endpoint,
    Path,
    Service,
    Owner,
}

impl DescribeField {
    /// Every field.
    pub const ALL: &'static [DescribeField] = &[
        DescribeField::Existence,
        DescribeField::Name,
        DescribeField::Type,
        DescribeField::State,
        DescribeField::Error,
        DescribeField::Created,
        DescribeField::Cluster,
        DescribeField::TrustAnchor,
        DescribeField::Proxy,
        DescribeField::Connectivity,
        DescribeField::AccessKeyId,
        DescribeField::Endpoint,
        DescribeField::Path,
        DescribeField::Service,
        DescribeField::Owner,
    ];

    /// The name in Describe's answer.
    pub fn name(self) -> &'static str {
        match self {
            DescribeField::Existence => "the store itself",
            DescribeField::Name => "CustomKeyStoreName",
            DescribeField::Type => "CustomKeyStoreType",
            DescribeField::State => "ConnectionState",
            DescribeField::Error => "ConnectionErrorCode",
            DescribeField::Created => "CreationDate",
            DescribeField::Cluster => "CloudHsmClusterId",
            DescribeField::TrustAnchor => "TrustAnchorCertificate",
            DescribeField::Proxy => "XksProxyConfiguration",
            DescribeField::Connectivity => "XksProxyConfiguration.Connectivity",
            DescribeField::AccessKeyId => "XksProxyConfiguration.AccessKeyId",
            DescribeField::Endpoint => "XksProxyConfiguration.UriEndpoint",
            DescribeField::Path => "XksProxyConfiguration.UriPath",
            DescribeField::Service => "XksProxyConfiguration.VpcEndpointServiceName",
            DescribeField::Owner => "XksProxyConfiguration.VpcEndpointServiceOwner",
        }
    }

    /// Returns true if the field is part of `XksProxyConfiguration`.
    pub fn in_proxy(self) -> bool {
        matches!(
            self,
            DescribeField::Connectivity
                | DescribeField::AccessKeyId
                | DescribeField::Endpoint
                | DescribeField::Path
                | DescribeField::Service
                | DescribeField::Owner
        )
    }

    /// The member of the update request that sets the field.
    pub fn member(self) -> Option<Member> {
        match self {
            DescribeField::Name => Some(Member::NewCustomKeyStoreName),
            DescribeField::Cluster => Some(Member::CloudHsmClusterId),
            DescribeField::Connectivity => Some(Member::XksProxyConnectivity),
            DescribeField::AccessKeyId => Some(Member::XksProxyAuthenticationCredential),
            DescribeField::Endpoint => Some(Member::XksProxyUriEndpoint),
            DescribeField::Path => Some(Member::XksProxyUriPath),
            DescribeField::Service => Some(Member::XksProxyVpcEndpointServiceName),
            DescribeField::Owner => Some(Member::XksProxyVpcEndpointServiceOwner),
            _ => None,
        }
    }

    /// Returns the field's name in reports: the member that sets it, else its own.
    pub fn described_name(self) -> &'static str {
        match self {
            DescribeField::AccessKeyId => Member::AccessKeyId.name(),
            field => field.member().map_or(field.name(), Member::name),
        }
    }

    /// Returns the value that Describe shows for the field.
    pub fn of(self, seen: &DescribedStore) -> Option<String> {
        match self {
            DescribeField::Existence => Some("exists".to_owned()),
            DescribeField::Name => seen.name.clone(),
            DescribeField::Type => seen.store_type.map(|t| t.name().to_owned()),
            DescribeField::State => seen.state.clone(),
            DescribeField::Error => seen.error.clone(),
            DescribeField::Created => seen.created.clone(),
            DescribeField::Cluster => seen.cluster.clone(),
            DescribeField::TrustAnchor => seen.trust_anchor.clone(),
            DescribeField::Proxy => seen.has_proxy.then(|| "exists".to_owned()),
            DescribeField::Connectivity => seen.connectivity.clone(),
            DescribeField::AccessKeyId => seen.access_key_id.clone(),
            DescribeField::Endpoint => seen.endpoint.clone(),
            DescribeField::Path => seen.path.clone(),
            DescribeField::Service => seen.service.clone(),
            DescribeField::Owner => seen.owner.clone(),
        }
    }

    /// Returns the value that a believed store should show: `None` while that is open.
    pub fn believed(self, store: &Store) -> Option<Option<String>> {
        let some = |s: &str| Some(Some(s.to_owned()));
        let fact = |f: &Believed<Option<String>>| f.known().cloned();
        match (self, &store.backing) {
            (DescribeField::Existence, _) => some("exists"),
            (DescribeField::Name, _) => store.name.known().map(|n| Some(n.clone())),
            (DescribeField::Type, _) => some(store.store_type().name()),
            (DescribeField::State, _) => some(store.state.name()),
            (DescribeField::Error, _) => fact(&store.error),
            (DescribeField::Created, _) => fact(&store.created),
            (DescribeField::Cluster, Backing::CloudHsm(c)) => some(&c.cluster),
            (DescribeField::TrustAnchor, Backing::CloudHsm(c)) => c.trust_anchor.known().map(|t| Some(t.clone())),
            (DescribeField::Proxy, Backing::Xks(_)) => some("exists"),
            (DescribeField::Proxy, Backing::CloudHsm(_)) => None,
            (DescribeField::Connectivity, Backing::Xks(x)) => some(x.connectivity.name()),
            (DescribeField::AccessKeyId, Backing::Xks(x)) => some(&x.access_key_id),
            (DescribeField::Endpoint, Backing::Xks(x)) => some(&x.endpoint),
            (DescribeField::Path, Backing::Xks(x)) => some(&x.path),
            (DescribeField::Service, Backing::Xks(x)) => fact(&x.service),
            (DescribeField::Owner, Backing::Xks(x)) => fact(&x.owner),
            _ => Some(None),
        }
    }

    /// Returns true if what was seen may be the value before a change whose result is open, which Describe still shows.
    pub fn may_lag(self, store: &Store, seen: &DescribedStore) -> bool {
        match (self, &store.backing) {
            (DescribeField::Name, _) => store.name.may_lag(seen.name.as_ref()),
            (DescribeField::Service, Backing::Xks(x)) => x.service.may_lag(Some(&seen.service)),
            (DescribeField::Owner, Backing::Xks(x)) => x.owner.may_lag(Some(&seen.owner)),
            _ => false,
        }
    }

    /// Lets what was seen decide what the belief left open, or, after a divergence, overrule it.
    pub fn adopt(self, store: &mut Store, seen: &DescribedStore) {
        let value = self.of(seen);
        match (self, &mut store.backing, value) {
            // Which half of a character it was is not known: no request can name the store so again.
            (DescribeField::Name, _, Some(v)) => {
                store.name = if v.contains(HALF) { Believed::Open } else { Believed::Is(v) }
            }
            (DescribeField::State, _, Some(v)) => {
                if let Some(state) = ConnectionState::from_name(&v) {
                    store.state = state;
                }
            }
            (DescribeField::Error, _, v) => store.error = Believed::Is(v),
            (DescribeField::Created, _, v) => store.created = Believed::Is(v),
            (DescribeField::Cluster, Backing::CloudHsm(c), Some(v)) => c.cluster = v,
            (DescribeField::TrustAnchor, Backing::CloudHsm(c), Some(v)) => c.trust_anchor = Believed::Is(v),
            (DescribeField::Connectivity, Backing::Xks(x), Some(v)) => {
                if let Some(connectivity) = Connectivity::from_name(&v) {
                    x.connectivity = connectivity;
                }
            }
            (DescribeField::AccessKeyId, Backing::Xks(x), Some(v)) => x.access_key_id = v,
            (DescribeField::Endpoint, Backing::Xks(x), Some(v)) => x.endpoint = v,
            (DescribeField::Path, Backing::Xks(x), Some(v)) => x.path = v,
            (DescribeField::Service, Backing::Xks(x), v) => x.service = Believed::Is(v),
            (DescribeField::Owner, Backing::Xks(x), v) => x.owner = Believed::Is(v),
            _ => {}
        }
    }
}
