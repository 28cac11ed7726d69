//! The worlds after an update that succeeded.

use crate::account::{Account, Backing, Believed, ConnectionState, Connectivity, Xks};
use crate::members::{Member, MemberSet};
use crate::request::{Dispatch, Field};
use crate::situation::Situation;

/// The worlds after success. More than one where it is open whether the request was served.
pub(super) fn apply(s: &Situation<'_>) -> Vec<Account> {
    let (Some(body), Some(store)) = (s.body, s.store) else { return vec![s.account.clone()] };
    if s.update.dispatch == Dispatch::NoSuchTarget {
        return vec![s.account.clone()];
    }
    let mut next = store.clone();
    if store.state == ConnectionState::Connecting {
        next.in_flight.get_or_insert_with(|| Box::new(store.backing.clone()));
    }
    let text = |m: Member| body.text(m).given().map(|t| t.to_string());
    if let Some(name) = text(Member::NewCustomKeyStoreName) {
        let odd = body.odd_text.has(Member::NewCustomKeyStoreName);
        next.name = if odd { next.name.reopened() } else { Believed::Is(name) };
    }
    match &mut next.backing {
        Backing::CloudHsm(hsm) => {
            if let Some(password) = text(Member::KeyStorePassword) {
                hsm.password = Some(password);
                next.recredentialed = true;
            }
            if let Some(cluster) = text(Member::CloudHsmClusterId) {
                next.recredentialed = true;
                hsm.cluster = cluster;
            }
        }
        Backing::Xks(x) => {
            let was = x.connectivity;
            if let Some(connectivity) = text(Member::XksProxyConnectivity).as_deref().and_then(Connectivity::from_name)
            {
                x.connectivity = connectivity;
            }
            if let Some(endpoint) = text(Member::XksProxyUriEndpoint) {
                next.recredentialed = true;
                x.endpoint = endpoint;
            }
            if let Some(path) = text(Member::XksProxyUriPath) {
                next.recredentialed = true;
                x.path = path;
            }
            if let Field::Given(credential) = &body.credential {
                if let Some(key) = credential.access_key_id.given() {
                    x.access_key_id = key.to_string();
                }
                x.secret = credential.secret.given().map(|t| t.to_string());
                next.recredentialed = true;
            }
            if let Some(service) = text(Member::XksProxyVpcEndpointServiceName) {
                x.service = Believed::Is(Some(service));
            }
            if let Some(owner) = text(Member::XksProxyVpcEndpointServiceOwner) {
                x.owner = Believed::Is(Some(owner));
            } else if was != x.connectivity && x.connectivity == Connectivity::VpcEndpointService {
                x.owner = x.owner.clone().reopened();
            }
            if x.connectivity == Connectivity::PublicEndpoint {
                // An empty name does not count as a name (S-16).
                let vpc = body.present.common(MemberSet::VPC);
                let vpc = if s.empties_service() { vpc.without(Member::XksProxyVpcEndpointServiceName) } else { vpc };
                let before = store.xks().filter(|_| was == Connectivity::PublicEndpoint);
                (x.service, x.owner) = match before {
                    // A PUBLIC store may have taken a service or an owner (T-09, T-10), and then keeps it.
                    Some(before)
                        if vpc.is_empty() && !s.gives(Member::XksProxyConnectivity) && !s.empties_service() =>
                    {
                        (before.service.clone(), before.owner.clone())
                    }
                    Some(before) if holds_vpc(before) || !vpc.is_empty() => {
                        (before.service.clone().reopened(), before.owner.clone().reopened())
                    }
                    _ => (Believed::Is(None), Believed::Is(None)),
                };
            }
        }
    }
    let mut account = s.account.clone();
    account.put(next);
    let mut accounts = vec![account];
    if s.update.dispatch == Dispatch::OddHead {
        accounts.push(s.account.clone());
    }
    accounts
}

/// Returns true if the store has, or may have, a VPC endpoint service or its owner.
fn holds_vpc(store: &Xks) -> bool {
    store.service != Believed::Is(None) || store.owner != Believed::Is(None)
}
