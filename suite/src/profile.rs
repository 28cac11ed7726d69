//! Profiles: the caller's statements about a target that no probe can know, such as revision, account, fixtures,
//! limits.
//!
//! The same file describes both sides: the suite reads it as a profile, the emulator as its world.
//!
//! ```
//! use ucks_suite::profile::Profile;
//!
//! let profile = Profile::parse("[suite]\nsettle_ms = 200\n")?;
//! assert_eq!(profile.settle.as_millis(), 200);
//! assert!(Profile::parse("[suite]\nsettle = 200\n").is_err(), "a key that does not exist is an error");
//! # Ok::<(), ucks_suite::profile::ProfileError>(())
//! ```

mod keys;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ucks_oracle::account::ConnectionState;
use ucks_oracle::environment::{Cluster, EndpointService, Environment, Proxy};
use ucks_oracle::members::{Member, StoreType};
use ucks_oracle::revision::Revision;

use crate::spelling::{explained, suggestion};

/// A profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The name under which reports show it.
    pub name: Option<String>,
    /// The target of `ucks certify`, in the notation of targets.
    pub target: Option<String>,
    /// States that stores of the target do not get to.
    pub lacks: Vec<MissingFixture>,
    /// The revision, if the profile names one.
    pub revision: Option<Revision>,
    /// The Region that requests are signed for.
    pub region: String,
    /// True if the profile names the Region.
    pub region_given: bool,
    /// Where the keys that sign are, if not in the profile.
    pub credentials: Option<KeySource>,
    /// The request that empties the target before a run.
    pub reset: Option<Reset>,
    /// The caller's account, and whether it may be changed.
    pub account: Option<String>,
    /// True if the named account may be changed: what the guard asks for on public addresses.
    pub may_be_changed: bool,
    /// Clusters, services and proxies.
    pub environment: Arc<Environment>,
    /// The time for which reads may lag behind writes.
    pub settle: Duration,
    /// The time after which CONNECTING and DISCONNECTING should have ended.
    pub transition: Duration,
    /// The time limit for an answer.
    pub timeout: Duration,
    /// Stores that the account may have.
    pub stores: usize,
    /// Requests a second that the target takes; 0 for no limit.
    pub rate: f64,
    /// True if the target checks signatures (group D).
    pub checks_signatures: bool,
    /// The name of the environment variable, or the identity, that signs.
    pub identities: Vec<Identity>,
}

/// A state that the target has not, which a certificate of level core may leave out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingFixture {
    /// The connection state.
    pub state: String,
    /// The type of store; both types if absent.
    #[serde(default)]
    pub store_type: Option<String>,
    /// Why it is so.
    pub reason: String,
}

impl MissingFixture {
    /// Returns true if stores of this type do not reach this state, according to the row.
    pub fn covers(&self, store_type: StoreType, state: ConnectionState) -> bool {
        self.state == state.name() && self.store_type.as_deref().is_none_or(|t| t == store_type.name())
    }

    fn check(&self) -> Result<(), ProfileError> {
        let known = ConnectionState::ALL.iter().any(|s| s.name() == self.state);
        if !known {
            let near = suggestion(&self.state, ConnectionState::ALL.iter().map(|s| s.name()));
            let message = format!("`{}` in a row of `lacks` is not a connection state{near}", self.state);
            return Err(ProfileError::Invalid(message));
        }
        if let Some(kind) = self.store_type.as_deref().filter(|t| StoreType::ALL.iter().all(|k| k.name() != *t)) {
            return Err(ProfileError::Invalid(format!("`{kind}` in a row of `lacks` is not a type of store")));
        }
        if self.reason.trim().is_empty() {
            return Err(ProfileError::Invalid(format!("the row of `lacks` for `{}` has no reason", self.state)));
        }
        Ok(())
    }
}

/// Somebody who may sign.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// True if it may update key stores.
    #[serde(default = "yes")]
    pub allowed: bool,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity {{ allowed: {} }}", self.allowed)
    }
}

/// Where keys are that are only named: they sign, and are never printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A profile of AWS's shared files.
    AwsProfile(String),
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names.
    Environment,
}

impl KeySource {
    fn read(keys: CredentialKeys) -> Result<KeySource, ProfileError> {
        match (keys.profile, keys.env) {
            (Some(name), false) => Ok(KeySource::AwsProfile(name)),
            (None, true) => Ok(KeySource::Environment),
            _ => Err(ProfileError::Invalid(
                "`credentials` in `suite` is either `{ profile = \"NAME\" }` or `{ env = true }`".to_owned(),
            )),
        }
    }
}

/// A request that empties a service of the state of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// The method.
    pub method: String,
    /// The path, with its query.
    pub path: String,
}

impl Reset {
    fn read(text: &str) -> Result<Reset, ProfileError> {
        match text.split_once(' ') {
            Some((method @ ("POST" | "PUT" | "DELETE" | "GET"), path))
                if path.starts_with('/') && !path.contains(char::is_whitespace) =>
            {
                Ok(Reset { method: method.to_owned(), path: path.to_owned() })
            }
            _ => Err(ProfileError::Invalid(
                "`reset` in `suite` is a method and a path, such as `POST /reset`".to_owned(),
            )),
        }
    }
}

fn yes() -> bool {
    true
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("cannot read the profile `{path}`: {source}")]
    Unreadable {
        /// The path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a profile.
    #[error("the profile is not valid: {0}")]
    Invalid(String),
}

/// The rows of a profile, as TOML has them.
#[derive(Serialize, Deserialize)]
pub(crate) struct ProfileFile {
    revision: Option<String>,
    target: Option<String>,
    region: Option<String>,
    account: Option<String>,
    #[serde(default)]
    suite: SuiteRow,
    #[serde(default, skip_serializing)]
    emulator: EmulatorKeys,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    pub(crate) identities: Vec<Identity>,
    #[serde(default)]
    lacks: Vec<MissingFixture>,
    pub(crate) clusters: Option<Vec<Cluster>>,
    vpc_services: Option<Vec<EndpointService>>,
    pub(crate) proxies: Option<Vec<Proxy>>,
}

#[derive(Default, Serialize, Deserialize)]
struct SuiteRow {
    settle_ms: Option<u64>,
    transition_ms: Option<u64>,
    timeout_ms: Option<u64>,
    #[serde(default)]
    may_be_changed: bool,
    check_signatures: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials: Option<CredentialKeys>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reset: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct CredentialKeys {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    env: bool,
}

#[derive(Default, Deserialize)]
struct EmulatorKeys {
    #[serde(default)]
    check_signatures: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Limits {
    stores: Option<usize>,
    #[serde(default)]
    requests_per_second: f64,
}

impl Default for Profile {
    /// Nothing known: no environment, ten stores, reads that follow writes within a second.
    fn default() -> Profile {
        Profile {
            name: None,
            target: None,
            lacks: Vec::new(),
            revision: None,
            region: "us-east-1".to_owned(),
            region_given: false,
            credentials: None,
            reset: None,
            account: None,
            may_be_changed: false,
            environment: Arc::new(Environment::default()),
            settle: Duration::from_millis(500),
            transition: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            stores: 10,
            rate: 0.0,
            checks_signatures: false,
            identities: Vec::new(),
        }
    }
}

impl Profile {
    /// Reads a profile from a file.
    ///
    /// # Errors
    /// [`ProfileError`] where the file cannot be read or is not a profile.
    pub fn read(path: &Path) -> Result<Profile, ProfileError> {
        let shown = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| ProfileError::Unreadable { path: shown.clone(), source })?;
        Ok(Profile { name: Some(shown), ..Profile::parse(&text)? })
    }

    /// The environment as `revision` can name it: a service whose name its pattern does not take is not there.
    pub fn environment_at(&self, revision: Revision) -> Arc<Environment> {
        let mut environment = (*self.environment).clone();
        if let Some(services) = &environment.services {
            let member = Member::XksProxyVpcEndpointServiceName;
            let named = |s: &&EndpointService| member.constraint_violations(revision, &s.name).none();
            environment.services = Some(services.iter().filter(named).cloned().collect());
        }
        Arc::new(environment)
    }

    /// Reads a profile from its text.
    ///
    /// # Errors
    /// [`ProfileError::Invalid`], without any value of the file: it holds secrets.
    pub fn parse(text: &str) -> Result<Profile, ProfileError> {
        Profile::of(ProfileFile::parse(text)?)
    }

    fn of(file: ProfileFile) -> Result<Profile, ProfileError> {
        file.lacks.iter().try_for_each(MissingFixture::check)?;
        let revision = file
            .revision
            .map(|r| r.parse::<Revision>())
            .transpose()
            .map_err(|e| ProfileError::Invalid(e.to_string()))?;
        let defaults = Profile::default();
        let ms = |value: Option<u64>, default| value.map_or(default, Duration::from_millis);
        Ok(Profile {
            name: None,
            target: file.target,
            lacks: file.lacks,
            revision,
            region_given: file.region.is_some(),
            region: file.region.unwrap_or(defaults.region),
            credentials: file.suite.credentials.map(KeySource::read).transpose()?,
            reset: file.suite.reset.as_deref().map(Reset::read).transpose()?,
            account: file.account.clone(),
            may_be_changed: file.suite.may_be_changed,
            environment: Arc::new(Environment {
                account: file.account,
                clusters: file.clusters.map(|rows| rows.into_iter().collect()),
                services: file.vpc_services.map(|rows| rows.into_iter().collect()),
                proxies: file.proxies.map(Into::into),
            }),
            settle: ms(file.suite.settle_ms, defaults.settle),
            transition: ms(file.suite.transition_ms, defaults.transition),
            timeout: ms(file.suite.timeout_ms, defaults.timeout),
            stores: file.limits.stores.unwrap_or(defaults.stores),
            rate: file.limits.requests_per_second,
            checks_signatures: file.suite.check_signatures.unwrap_or(file.emulator.check_signatures),
            identities: file.identities,
        })
    }
}

impl ProfileFile {
    pub(crate) fn parse(text: &str) -> Result<ProfileFile, ProfileError> {
        keys::check(text).map_err(ProfileError::Invalid)?;
        toml::from_str(text).map_err(|e| ProfileError::Invalid(where_and_what(text, &e)))
    }

    /// Returns a text with the same statements, without anything else in the file: comments, keys of the emulator.
    #[cfg(feature = "cli")]
    pub(crate) fn text(mut self) -> Result<String, ProfileError> {
        self.suite.check_signatures.get_or_insert(self.emulator.check_signatures);
        toml::to_string(&self).map_err(|e| ProfileError::Invalid(e.to_string()))
    }
}

/// A parser's message without the excerpt of the file that it quotes.
fn where_and_what(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|s| text.get(..s.start).unwrap_or_default().matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", explained(error.message())),
        None => explained(error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_line_and_shows_no_value() {
        let text = "[[identities]]\naccess_key_id = \"a\"\nsecret_access_key = [\"hush\"]\n";
        let error = Profile::parse(text).unwrap_err().to_string();
        assert!(error.contains("line") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn an_empty_profile_knows_nothing() {
        let profile = Profile::parse("").unwrap();
        assert!(profile.environment.clusters.is_none() && profile.environment.proxies.is_none());
        assert_eq!(profile.stores, 10);
    }
}
