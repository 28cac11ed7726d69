//! The environment as a table: the clusters, endpoint services and proxies there are, who may
//! call, and the limits of the service. `environment.toml` documents the format row by row.

mod rows;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(crate) use self::rows::{
    Cluster, ClusterRole, Credential, EndpointService, Identity, Phase, Proxy, ProxyRole, ServiceRole,
};

/// The text of the default environment (`environment.toml`), which is also its documentation.
pub const DEFAULT_ENVIRONMENT: &str = include_str!("../environment.toml");

/// An environment could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// Not TOML, or not of this format.
    #[error("the environment is not valid: {0}")]
    Format(#[from] toml::de::Error),
    /// Two rows of one table have the same key.
    #[error("`{table}` has two rows for `{key}`")]
    Twice {
        /// The table's name.
        table: &'static str,
        /// The repeated key.
        key: String,
    },
    /// An endpoint that is not `https://` and a host.
    #[error("the endpoint `{0}` is not `https://` followed by a host, with `*` for one or more characters of a label")]
    Endpoint(String),
    /// The revision does not exist.
    #[error("the revision `{0}` is not known")]
    Revision(String),
}

/// A parsed environment. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Environment {
    tables: Arc<Tables>,
    /// True if what no row names exists and works.
    open: bool,
}

#[derive(Debug)]
struct Tables {
    file: rows::EnvironmentFile,
    clusters: HashMap<String, usize>,
    services: HashMap<String, usize>,
    identities: HashMap<String, usize>,
    /// Rows with an exact host, by host in lower case.
    hosts: HashMap<String, Vec<usize>>,
    /// Rows with a wildcard, the most specific first.
    wildcards: Vec<usize>,
}

impl Environment {
    /// Reads an environment from TOML.
    ///
    /// # Errors
    ///
    /// When the text is not of the format, or rows contradict each other.
    pub fn parse(toml: &str) -> Result<Environment, EnvironmentError> {
        let file: rows::EnvironmentFile = toml::from_str(toml)?;
        if let Some(date) = &file.revision
            && !crate::REVISIONS.contains(&date.as_str())
        {
            return Err(EnvironmentError::Revision(date.clone()));
        }
        let clusters = index("clusters", file.clusters.iter().map(|row| &row.id))?;
        let services = index("vpc_services", file.vpc_services.iter().map(|row| &row.name))?;
        let identities = index("identities", file.identities.iter().map(|row| &row.access_key_id))?;
        let mut hosts: HashMap<String, Vec<usize>> = HashMap::new();
        let mut wildcards = Vec::new();
        for (at, row) in file.proxies.iter().enumerate() {
            let host = host_of(&row.endpoint);
            if host.is_empty() || !row.endpoint.starts_with("https://") {
                return Err(EnvironmentError::Endpoint(row.endpoint.clone()));
            }
            if host.contains('*') {
                wildcards.push(at);
            } else {
                hosts.entry(host).or_default().push(at);
            }
        }
        let specific = |at: &usize| {
            let row = &file.proxies[*at];
            (std::cmp::Reverse(row.endpoint.len()), row.path == "*")
        };
        wildcards.sort_by_key(specific);
        for rows in hosts.values_mut() {
            rows.sort_by_key(specific);
        }
        Ok(Environment {
            tables: Arc::new(Tables { file, clusters, services, identities, hosts, wildcards }),
            open: false,
        })
    }

    /// The built-in environment, [`DEFAULT_ENVIRONMENT`].
    #[must_use]
    pub fn default_environment() -> Environment {
        static DEFAULT: OnceLock<Environment> = OnceLock::new();
        #[expect(clippy::expect_used, reason = "the text is part of the program and a test parses it")]
        DEFAULT.get_or_init(|| Environment::parse(DEFAULT_ENVIRONMENT).expect("the default environment parses")).clone()
    }

    /// The same environment, in which clusters, endpoint services and proxies that no row names exist and work.
    ///
    /// Clients of the service can be tested with names of their own then. Rows keep their roles.
    #[must_use]
    pub fn open(self) -> Environment {
        Environment { open: true, ..self }
    }

    /// Returns true if what no row names exists and works.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// The revision that the environment names, if it names one.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        self.tables.file.revision.as_deref()
    }

    /// The account that calls, and that owns every store.
    pub(crate) fn account(&self) -> &str {
        &self.tables.file.account
    }

    /// Returns the Region of the service.
    pub(crate) fn region(&self) -> &str {
        &self.tables.file.region
    }

    pub(crate) fn emulator(&self) -> &rows::ServiceSettings {
        &self.tables.file.emulator
    }

    pub(crate) fn limits(&self) -> &rows::Limits {
        &self.tables.file.limits
    }

    /// Returns the time after which the suite expects a change to be visible.
    pub(crate) fn settle(&self) -> Duration {
        let settle = self.tables.file.suite.get("settle_ms").and_then(toml::Value::as_integer);
        Duration::from_millis(settle.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0))
    }

    pub(crate) fn identity(&self, access_key_id: &str) -> Option<&Identity> {
        self.tables.identities.get(access_key_id).map(|at| &self.tables.file.identities[*at])
    }

    /// Returns the row of a cluster of any role.
    pub(crate) fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.tables.clusters.get(id).map(|at| &self.tables.file.clusters[*at])
    }

    /// Returns the row of a VPC endpoint service of any role.
    pub(crate) fn service(&self, name: &str) -> Option<&EndpointService> {
        self.tables.services.get(name).map(|at| &self.tables.file.vpc_services[*at])
    }

    /// The most specific row for a proxy address; an address of no row cannot be reached.
    pub(crate) fn proxy(&self, endpoint: &str, path: &str) -> Option<&Proxy> {
        let host = host_of(endpoint);
        let fits = |row: &&Proxy| row.path == "*" || row.path == path;
        let rows = &self.tables.file.proxies;
        let exact = self.tables.hosts.get(&host).into_iter().flatten().map(|at| &rows[*at]).find(fits);
        exact.or_else(|| {
            let mut wild = self.tables.wildcards.iter().map(|at| &rows[*at]);
            wild.find(|row| glob(&host_of(&row.endpoint), &host) && fits(row))
        })
    }
}

impl Default for Environment {
    fn default() -> Environment {
        Environment::default_environment()
    }
}

fn index<'a>(
    table: &'static str,
    keys: impl Iterator<Item = &'a String>,
) -> Result<HashMap<String, usize>, EnvironmentError> {
    let mut map = HashMap::new();
    for (at, key) in keys.enumerate() {
        if map.insert(key.clone(), at).is_some() {
            return Err(EnvironmentError::Twice { table, key: key.clone() });
        }
    }
    Ok(map)
}

/// The host of an endpoint as DNS compares it: lower case, without a final dot.
pub(crate) fn host_of(endpoint: &str) -> String {
    let host = endpoint.strip_prefix("https://").unwrap_or(endpoint);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Returns true if `host` fits `pattern`, where `*` matches one or more characters of one label.
fn glob(pattern: &str, host: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == host,
        Some((before, after)) => {
            let Some(rest) = host.strip_prefix(before) else {
                return false;
            };
            let label = rest.find('.').unwrap_or(rest.len());
            (1..=label).rev().any(|end| rest.is_char_boundary(end) && glob(after, &rest[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("*.xks.example", "a.xks.example", true)]
    #[case("*.xks.example", ".xks.example", false)]
    #[case("*.xks.example", "a.b.xks.example", false)]
    #[case("*.xks.example", "a.xks.example.org", false)]
    #[case("a-*.xks.example", "a-b.xks.example", true)]
    #[case("a.example", "a.example", true)]
    #[case("a*b.example", "abb.example", true)]
    fn globs(#[case] pattern: &str, #[case] host: &str, #[case] fits: bool) {
        assert_eq!(glob(pattern, host), fits);
    }
}
