//! The guard: what may be tested.
//!
//! A conformance run creates, changes and deletes custom key stores. So a public AWS endpoint, and any address that is
//! neither loopback nor private, is refused unless the profile names the account and permits changes. A name is
//! resolved once; the addresses that were checked are the addresses to use.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use url::Url;

/// The bound on resolving a name.
const RESOLVE: Duration = Duration::from_secs(5);

/// Domains of public AWS endpoints, by partition. A name below one of them can resolve to a private address as well
/// (an interface endpoint), which leads to the public service all the same.
const AWS_DOMAINS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "amazonwebservices.com.cn",
    "api.aws",
    "aws.dev",
    "on.aws",
    "api.cloud-aws.adc-e.uk",
    "cloud.adc-e.uk",
    "c2s.ic.gov",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// Addresses at which clouds hand their instances credentials.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), // AWS, Azure, Google and others
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),   // ECS tasks
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),  // EKS pods
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), // Alibaba
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),   // Azure's wire server
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),     // Oracle
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), // AWS
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)), // EKS pods
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)), // Google
];

/// The profile's word on a target that is not local.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The account behind the target; twelve digits where the target is AWS's own.
    pub account: String,
    /// True if stores of that account may be created, changed and deleted.
    pub may_be_changed: bool,
}

/// A target that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The URL in its normal form.
    pub url: String,
    /// The addresses that were checked, with the URL's port.
    pub addresses: Vec<SocketAddr>,
    /// True if all of them are loopback or private, and the name is not one of AWS's.
    pub local: bool,
}

/// Why a target is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The text is not a URL. It is not repeated, since it may hold a password.
    #[error("the target is not a URL ({0}); write it as `http://127.0.0.1:4566`")]
    NotAUrl(String),
    /// The scheme is another.
    #[error("the target's scheme is `{0}`; write `http` or `https`")]
    Scheme(String),
    /// The URL holds a user or a password.
    #[error("the target's URL holds a user or a password; leave them out and name credentials in the profile")]
    UserInfo,
    /// The URL holds a path, a query or a fragment.
    #[error(
        "the target's URL has more than scheme, host and port; every operation is sent to `/`, so leave the rest out"
    )]
    Path,
    /// The name did not resolve.
    #[error("the name `{host}` does not resolve: {reason}; check its spelling, or give an address")]
    Unresolved {
        /// The name.
        host: String,
        /// The resolver's message.
        reason: String,
    },
    /// The name did not resolve in time.
    #[error("the name `{host}` did not resolve within {seconds} seconds; give an address")]
    Slow {
        /// The name.
        host: String,
        /// The bound.
        seconds: u64,
    },
    /// The address is one at which a cloud hands out credentials.
    #[error("`{host}` is `{address}`, where a cloud hands out credentials, and is never tested; name another target")]
    Metadata {
        /// The host as given.
        host: String,
        /// The address.
        address: IpAddr,
    },
    /// A public endpoint of AWS, without permission.
    #[error(
        "`{0}` is a public AWS endpoint; to test it name the account in the profile (`account`) and say that it may be \
         changed (`may_be_changed = true` below `[suite]`)"
    )]
    Aws(String),
    /// An address that is neither loopback nor private, without permission.
    #[error(
        "`{host}` is `{address}`, which is neither loopback nor private; to test it name the account in the profile \
         (`account`) and say that it may be changed (`may_be_changed = true` below `[suite]`)"
    )]
    Public {
        /// The host as given.
        host: String,
        /// The address.
        address: IpAddr,
    },
    /// The profile names the account, but does not let it be changed.
    #[error(
        "the profile does not let account `{0}` be changed; a run changes it, so set `may_be_changed = true` below \
            `[suite]`, or name another account"
    )]
    MayNotBeChanged(String),
    /// The account is not valid.
    #[error("the profile's account `{0}` is not valid; name the account that is changed, for AWS by its twelve digits")]
    Account(String),
}

/// The guard.
#[derive(Clone, Copy, Debug)]
pub struct Guard;

impl Guard {
    /// Checks a target's URL, resolving its name within five seconds.
    ///
    /// # Errors
    /// If the URL is invalid, its name does not resolve, or it is refused.
    pub fn check(url: &str, permission: Option<&Permission>) -> Result<Checked, GuardError> {
        check(url, permission, resolve)
    }
}

fn check(
    url: &str,
    permission: Option<&Permission>,
    resolve: impl FnOnce(&str, u16) -> Result<Vec<SocketAddr>, GuardError>,
) -> Result<Checked, GuardError> {
    let url = Url::parse(url).map_err(|e| GuardError::NotAUrl(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(GuardError::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(GuardError::UserInfo);
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(GuardError::Path);
    }
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(80);
    let aws = is_aws(host);
    if aws {
        permitted(permission, true).map_err(|refusal| refusal.unwrap_or_else(|| GuardError::Aws(host.to_owned())))?;
    }
    let addresses = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => resolve(host, port)?,
    };
    if addresses.is_empty() {
        return Err(GuardError::Unresolved { host: host.to_owned(), reason: "it has no address".to_owned() });
    }
    let mut local = !aws;
    for address in addresses.iter().map(SocketAddr::ip) {
        if is_metadata(address) {
            return Err(GuardError::Metadata { host: host.to_owned(), address });
        }
        if !is_local(address) {
            local = false;
            permitted(permission, aws)
                .map_err(|refusal| refusal.unwrap_or_else(|| GuardError::Public { host: host.to_owned(), address }))?;
        }
    }
    Ok(Checked { url: url.to_string(), addresses, local })
}

/// Returns success if the profile permits a target that is not local; `Err(None)` if it has no statement about it.
fn permitted(permission: Option<&Permission>, aws: bool) -> Result<(), Option<GuardError>> {
    let Some(Permission { account, may_be_changed }) = permission else { return Err(None) };
    let named = if aws {
        account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())
    } else {
        !account.trim().is_empty()
    };
    if !named {
        return Err(Some(GuardError::Account(account.clone())));
    }
    if !may_be_changed {
        return Err(Some(GuardError::MayNotBeChanged(account.clone())));
    }
    Ok(())
}

fn is_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    AWS_DOMAINS
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

fn is_metadata(address: IpAddr) -> bool {
    METADATA.contains(&address) || embedded(address).is_some_and(|inner| METADATA.contains(&IpAddr::V4(inner)))
}

/// Loopback, RFC 1918 and unique local addresses. Link-local, shared (100.64/10) and unspecified ones do not count.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.is_loopback() || v4.is_private(),
            None => v6.is_loopback() || v6.is_unique_local(),
        },
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, translated (64:ff9b::/96) or 6to4 (2002::/16).
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return None };
    let last = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(last(high, low))
        }
        _ => None,
    }
}

/// Asks the system's resolver, which knows no bound itself: the thread that hangs in it is left behind.
fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, GuardError> {
    let (answer, answered) = mpsc::channel::<io::Result<Vec<SocketAddr>>>();
    let name = host.to_owned();
    thread::spawn(move || {
        let _ = answer.send((name.as_str(), port).to_socket_addrs().map(Iterator::collect));
    });
    match answered.recv_timeout(RESOLVE) {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(reason)) => Err(GuardError::Unresolved { host: host.to_owned(), reason: reason.to_string() }),
        Err(_) => Err(GuardError::Slow { host: host.to_owned(), seconds: RESOLVE.as_secs() }),
    }
}

#[cfg(test)]
mod tests;
