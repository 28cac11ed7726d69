//! The statements of a profile about what is outside the account: clusters, VPC endpoint services, proxies.
//!
//! A table that is `None` states nothing: every statement that needs it is open. A table that is
//! there is complete: a fixture without a row does not exist.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use memchr::{memchr, memchr_iter};
use serde::{Deserialize, Serialize};

/// The world outside the account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    /// The caller's account id, if known.
    pub account: Option<String>,
    /// CloudHSM clusters.
    pub clusters: Option<Table<Cluster>>,
    /// VPC endpoint services.
    pub services: Option<Table<EndpointService>>,
    /// External key store proxies.
    pub proxies: Option<Proxies>,
}

/// A CloudHSM cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// `cluster-…`.
    pub id: String,
    /// Clusters of one family descend from one backup and share a certificate.
    pub family: String,
    /// Its condition when a store is created with it.
    pub role: ClusterRole,
    /// Its condition from then on, if that differs.
    pub after_create: Option<ClusterRole>,
    /// The trust anchor that Create accepts for this family; any if absent.
    pub trust_anchor: Option<String>,
    /// The kmsuser password; absent: any is right.
    pub password: Option<String>,
    /// The time of a Connect, in milliseconds; not known to be slow if absent.
    pub connect_ms: Option<u64>,
}

impl Cluster {
    /// Its condition once a store exists: what Update and Connect see.
    pub fn condition(&self) -> ClusterRole {
        self.after_create.unwrap_or(self.role)
    }
}

/// The condition of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterRole {
    /// Healthy; the one that a store is created with.
    Primary,
    /// Healthy; of the same family as a primary.
    Related,
    /// Healthy; of a family without a primary.
    Unrelated,
    /// Exists, but is not active.
    Inactive,
    /// Fewer than two active HSMs in different zones.
    TooFewHsms,
    /// Fewer than two private subnets in different zones.
    FewSubnets,
    /// Its security group lacks TCP 2223–2225.
    WrongNetwork,
    /// Does not exist.
    Absent,
    /// Exists in another account or Region.
    OtherAccount,
}

impl ClusterRole {
    /// Returns true if a store can use the cluster.
    pub fn healthy(self) -> bool {
        matches!(self, ClusterRole::Primary | ClusterRole::Related | ClusterRole::Unrelated)
    }
}

/// A VPC endpoint service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointService {
    /// `com.amazonaws.vpce.…`.
    pub name: String,
    /// The account that owns it.
    pub owner: String,
    /// Its private DNS name: the host that the endpoint must have; empty for none.
    #[serde(default)]
    pub dns_name: String,
    /// Its condition when a store is created with it.
    pub role: ServiceRole,
    /// Its condition from then on, if that differs.
    pub after_create: Option<ServiceRole>,
}

impl EndpointService {
    /// Its condition once a store exists: what Update and Connect see.
    pub fn condition(&self) -> ServiceRole {
        self.after_create.unwrap_or(self.role)
    }
}

/// The condition of a VPC endpoint service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceRole {
    /// Usable.
    Good,
    /// Does not exist.
    Absent,
    /// Exists in another Region.
    OtherRegion,
    /// Does not list the KMS principal.
    NotAllowed,
    /// Requires acceptance.
    AcceptanceRequired,
    /// Has another kind of load balancer.
    WrongLoadBalancer,
    /// Spans one zone only.
    OneZone,
    /// Has no private DNS name.
    NoDnsName,
    /// Its DNS name is not verified.
    UnverifiedDns,
}

/// An external key store proxy, or many by a pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proxy {
    /// `https://host`, where `*` matches one or more characters of a label.
    pub endpoint: String,
    /// The whole path, or `*` for any.
    pub path: String,
    /// The answer of the proxy.
    pub role: ProxyRole,
    /// The `errorMessage` of its errors, if known: a text that no other program writes.
    pub error_message: Option<String>,
    /// The credentials it takes; absent: any.
    pub credentials: Option<Vec<ProxyCredential>>,
    /// The answer to Connect, if it differs.
    pub connect_role: Option<ProxyRole>,
    /// The credentials it takes when Connect asks, if they differ.
    pub connect_credentials: Option<Vec<ProxyCredential>>,
    /// The time of a Connect, in milliseconds; not known to be slow if absent.
    pub connect_ms: Option<u64>,
}

/// One credential of a proxy.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ProxyCredential {
    /// The access key id.
    pub access_key_id: String,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for ProxyCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProxyCredential(…)")
    }
}

/// The answer of a proxy to a request for its health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are those of group X")]
pub enum ProxyRole {
    Healthy,
    Degraded,
    WrongCredential,
    InvalidPath,
    Validation,
    Internal,
    NotJson,
    NoBody,
    MissingMembers,
    Throttling,
    DependencyTimeout,
    NoTcp,
    BadTls,
    Slow,
    Unavailable,
    Disagree,
    /// Anything that the rule book leaves open.
    #[serde(other)]
    Odd,
}

impl Environment {
    /// The row of a cluster, as Update and Connect find it: outer `None` where nothing is known of clusters.
    pub fn cluster(&self, id: &str) -> Option<Option<&Cluster>> {
        Some(self.clusters.as_ref()?.named(id).find(|c| c.condition() != ClusterRole::Absent))
    }

    /// The row of a cluster, as Create finds it: outer `None` where nothing is known of clusters.
    pub fn cluster_before(&self, id: &str) -> Option<Option<&Cluster>> {
        Some(self.clusters.as_ref()?.named(id).find(|c| c.role != ClusterRole::Absent))
    }

    /// The row of a VPC endpoint service, as Update and Connect find it: outer `None` where nothing is known of
    /// services.
    pub fn service(&self, name: &str) -> Option<Option<&EndpointService>> {
        Some(self.services.as_ref()?.named(name).find(|s| s.condition() != ServiceRole::Absent))
    }

    /// The row of a proxy, the most specific first: outer `None` where nothing is known of proxies.
    pub fn proxy(&self, endpoint: &str, path: &str) -> Option<Option<&Proxy>> {
        Some(self.proxies.as_ref()?.find(endpoint, path))
    }
}

/// Rows, found by their names.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    rows: Vec<T>,
    by_name: PlacesByText,
}

/// A row of a [`Table`].
pub trait Named {
    /// Returns the text by which the row is found.
    fn name(&self) -> &str;
}

impl Named for Cluster {
    fn name(&self) -> &str {
        &self.id
    }
}

impl Named for EndpointService {
    fn name(&self) -> &str {
        &self.name
    }
}

impl<T: Named> Table<T> {
    /// The rows of that name, in order.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &T> {
        self.by_name.get(name).into_iter().flatten().map(|at| &self.rows[*at])
    }
}

impl<T: Named> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Table<T> {
        let rows: Vec<T> = rows.into_iter().collect();
        let by_name = places(&rows, T::name);
        Table { rows, by_name }
    }
}

/// Places by text. The texts are the caller's own, so no stranger can choose colliding ones.
type PlacesByText = HashMap<String, Vec<usize>, FixedState>;

/// Returns the places of the rows, by the text by which they are found.
fn places<T>(rows: &[T], found_by: impl Fn(&T) -> &str) -> PlacesByText {
    let mut places = PlacesByText::default();
    for (at, row) in rows.iter().enumerate() {
        places.entry(found_by(row).to_owned()).or_default().push(at);
    }
    places
}

impl<T> std::ops::Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<'t, T> IntoIterator for &'t Table<T> {
    type Item = &'t T;
    type IntoIter = std::slice::Iter<'t, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// The rows of a table of proxies, found by the end of the endpoint: every request about an external key store asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proxies {
    rows: Vec<Proxy>,
    /// The endpoints of the rows.
    patterns: Vec<EndpointPattern>,
    /// By the end of the endpoint: rows, the most specific first.
    by_end: PlacesByText,
}

impl From<Vec<Proxy>> for Proxies {
    fn from(rows: Vec<Proxy>) -> Proxies {
        let patterns: Vec<EndpointPattern> =
            rows.iter().enumerate().map(|(at, row)| EndpointPattern::new(row, at)).collect();
        let mut by_end = places(&rows, |row| end(&row.endpoint));
        for found in by_end.values_mut() {
            found.sort_by_key(|at| Reverse(patterns[*at].specific));
        }
        Proxies { rows, patterns, by_end }
    }
}

impl<'p> IntoIterator for &'p Proxies {
    type Item = &'p Proxy;
    type IntoIter = std::slice::Iter<'p, Proxy>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl Proxies {
    /// The most specific row; of equal ones the last.
    fn find(&self, endpoint: &str, path: &str) -> Option<&Proxy> {
        // Hosts are compared without case and without a final dot, as names in DNS are.
        let endpoint = without_final_dot(endpoint);
        // All bytes, so that several are looked at at once: hardly any are in upper case.
        let endpoint = if endpoint.bytes().fold(false, |upper, b| upper | b.is_ascii_uppercase()) {
            Cow::Owned(endpoint.to_ascii_lowercase())
        } else {
            Cow::Borrowed(endpoint)
        };
        let ends = memchr_iter(b'.', endpoint.as_bytes()).filter_map(|at| endpoint.get(at..)).chain([""]);
        let fits = |at: &&usize| {
            let row = &self.rows[**at];
            (row.path == "*" || row.path == path) && self.patterns[**at].fits(&endpoint)
        };
        let found = ends.filter_map(|end| self.by_end.get(end)?.iter().find(fits));
        found.max_by_key(|at| self.patterns[**at].specific).map(|at| &self.rows[*at])
    }
}

/// The endpoint of a row, in which one `*` matches one or more characters of a host label.
#[derive(Clone, Debug, PartialEq)]
struct EndpointPattern {
    head: String,
    /// The text behind the `*`, if there is one.
    tail: Option<String>,
    /// The specificity of the row: the most specific one that fits counts.
    specific: (bool, usize, bool, usize),
}

impl EndpointPattern {
    /// Makes the pattern of the row at that place.
    fn new(row: &Proxy, at: usize) -> EndpointPattern {
        let (head, tail) = match row.endpoint.split_once('*') {
            Some((head, tail)) => (head, Some(tail)),
            None => (&*row.endpoint, None),
        };
        EndpointPattern {
            head: head.to_owned(),
            tail: tail.map(str::to_owned),
            specific: (tail.is_none(), row.endpoint.len(), row.path != "*", at),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match &self.tail {
            None => self.head == text,
            // Most patterns differ in the text behind the label.
            Some(tail) => text
                .strip_suffix(tail.as_str())
                .and_then(|rest| rest.strip_prefix(self.head.as_str()))
                .is_some_and(|label| !label.is_empty() && memchr(b'.', label.as_bytes()).is_none()),
        }
    }
}

/// Returns the end of the endpoints that fit the pattern, from a dot on; nothing if there is no dot.
fn end(pattern: &str) -> &str {
    let free = pattern.find('*').unwrap_or(0);
    pattern[free..].find('.').map_or("", |dot| &pattern[free + dot..])
}

/// Returns true if the host of an endpoint is written as the rows of a table have it: in lower case, without a final
/// dot.
pub(crate) fn is_plain_host(endpoint: &str) -> bool {
    !endpoint.ends_with('.') && !endpoint.bytes().any(|b| b.is_ascii_uppercase())
}

/// A name in DNS, or an endpoint of one, without the dot that may end it. A second one belongs to no name.
pub(crate) fn without_final_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(endpoint: &str, path: &str, role: ProxyRole) -> Proxy {
        Proxy {
            endpoint: endpoint.into(),
            path: path.into(),
            role,
            error_message: None,
            credentials: None,
            connect_role: None,
            connect_credentials: None,
            connect_ms: None,
        }
    }

    #[test]
    fn the_most_specific_proxy_wins() {
        let environment = Environment {
            proxies: Some(Proxies::from(vec![
                proxy("https://*.xks.example", "*", ProxyRole::Healthy),
                proxy("https://*.xks.example", "/bad/kms/xks/v1", ProxyRole::InvalidPath),
                proxy("https://slow.xks.example", "*", ProxyRole::Slow),
                proxy("https://localhost", "*", ProxyRole::Internal),
                proxy("https://a.*.c.example", "*", ProxyRole::NotJson),
                proxy("https://*.b.c.example", "*", ProxyRole::NoBody),
                proxy("https://a-*", "*", ProxyRole::NoTcp),
            ])),
            ..Environment::default()
        };
        let role = |e, p| environment.proxy(e, p).unwrap().map(|p| p.role);
        assert_eq!(role("https://a.xks.example", "/kms/xks/v1"), Some(ProxyRole::Healthy));
        assert_eq!(role("https://a.xks.example", "/bad/kms/xks/v1"), Some(ProxyRole::InvalidPath));
        assert_eq!(role("https://slow.xks.example", "/kms/xks/v1"), Some(ProxyRole::Slow));
        assert_eq!(role("https://SLOW.xks.example.", "/kms/xks/v1"), Some(ProxyRole::Slow));
        assert_eq!(role("https://localhost", "/kms/xks/v1"), Some(ProxyRole::Internal));
        assert_eq!(role("https://a.x.c.example", "/kms/xks/v1"), Some(ProxyRole::NotJson));
        // Of equal ones the last counts.
        assert_eq!(role("https://a.b.c.example", "/kms/xks/v1"), Some(ProxyRole::NoBody));
        assert_eq!(role("https://a-1", "/kms/xks/v1"), Some(ProxyRole::NoTcp));
        assert_eq!(role("https://a-1.example", "/kms/xks/v1"), None);
        assert_eq!(role("https://a.b.xks.example", "/kms/xks/v1"), None);
        assert!(Environment::default().proxy("https://a", "b").is_none());
        assert_eq!(without_final_dot("https://a.example."), "https://a.example");
        assert_eq!(without_final_dot("https://a.example.."), "https://a.example.");
    }

    #[test]
    fn rows_are_found_by_name_in_order() {
        let service = |name: &str, role| EndpointService {
            name: name.to_owned(),
            owner: String::new(),
            dns_name: String::new(),
            role,
            after_create: None,
        };
        let rows = [("a", ServiceRole::OneZone), ("b", ServiceRole::Good), ("a", ServiceRole::Good)];
        let table: Table<EndpointService> = rows.iter().map(|(name, role)| service(name, *role)).collect();
        let roles = |found: &mut dyn Iterator<Item = &EndpointService>| found.map(|s| s.role).collect::<Vec<_>>();
        assert_eq!(roles(&mut table.named("a")), [ServiceRole::OneZone, ServiceRole::Good]);
        assert_eq!(roles(&mut (&table).into_iter()), rows.map(|(_, role)| role));
        assert_eq!(table.named("c").count(), 0);
    }
}
