//! AWS's own conventions: profiles, credentials and the files of a local AWS Emulator.
//!
//! A run signs with throw-away keys unless credentials are named: by `--aws-profile`, by `--aws-env`, or in the
//! profile. The variables of the environment alone never choose them, since a target under test must not receive the
//! session token of the user who is logged in.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use configparser::ini::{Ini, IniDefault};
use secrecy::SecretString;

use crate::target::http::Credentials;

/// Larger files are not configuration.
const LARGEST: u64 = 1024 * 1024;
/// Settings of a profile from which credentials would have to be fetched.
const FETCHED: [&str; 5] =
    ["role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file"];

/// Credentials, with the Region of the same files.
#[derive(Debug)]
pub(super) struct RegionalCredentials {
    /// The credentials that sign.
    pub(super) credentials: Credentials,
    /// The Region, where one is set.
    pub(super) region: Option<String>,
    /// Where the credentials were found, without any value.
    pub(super) from: String,
}

/// Reads the credentials of a profile from AWS's shared files.
///
/// # Errors
/// Where no file has the profile, or its credentials are not written down in it.
pub(super) fn of_profile(name: &str) -> anyhow::Result<RegionalCredentials> {
    if name.trim().is_empty() {
        bail!("the name of the AWS profile is empty; is a variable of your script not set?");
    }
    let credentials = shared("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = shared("AWS_CONFIG_FILE", "config");
    of_files(name, credentials.as_deref(), config.as_deref())
}

/// Reads credentials as the AWS CLI does: from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else from the profile that
/// AWS_PROFILE names, else from the profile `default`.
///
/// # Errors
/// Where none of them gives credentials.
pub(super) fn of_environment() -> anyhow::Result<RegionalCredentials> {
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        (Some(key), Some(secret)) => Ok(RegionalCredentials {
            credentials: credentials(key, secret, variable("AWS_SESSION_TOKEN")),
            region,
            from: "AWS_ACCESS_KEY_ID".to_owned(),
        }),
        (Some(_), None) => bail!("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"),
        (None, _) => {
            let named = of_profile(&variable("AWS_PROFILE").unwrap_or_else(|| "default".to_owned()))?;
            Ok(RegionalCredentials { region: region.or(named.region), ..named })
        }
    }
}

/// The CA bundle that AWS_CA_BUNDLE names.
pub(super) fn ca_bundle() -> Option<PathBuf> {
    variable("AWS_CA_BUNDLE").map(PathBuf::from)
}

/// The files that a local AWS Emulator, or `ucks emulator --tls`, wrote for its clients.
#[derive(Debug)]
pub(super) struct Local {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The certificate that its own is signed by.
    pub(super) ca: Option<PathBuf>,
    /// Its keys; it may run without any.
    pub(super) named: Option<RegionalCredentials>,
}

/// The folder of the emulator on a port: `~/.aws/emulator/PORT`.
pub(super) fn emulator_folder(port: u16) -> Option<PathBuf> {
    Some(home()?.join(".aws").join("emulator").join(port.to_string()))
}

/// Reads the files of the emulator on a port of this machine, where there are any.
///
/// # Errors
/// Where its keys cannot be read.
pub(super) fn emulator(port: u16) -> anyhow::Result<Option<Local>> {
    let Some(folder) = emulator_folder(port).filter(|f| f.is_dir()) else { return Ok(None) };
    let file = |name: &str| Some(folder.join(name)).filter(|p| p.is_file());
    let named = match file("emulator_credentials") {
        Some(keys) => {
            let ini = read(&keys)?;
            let sections = ini.sections();
            let section = sections.iter().find(|s| s.as_str() == "default").or(sections.first());
            let section = section.with_context(|| format!("`{}` has no profile", keys.display()))?.clone();
            Some(of_files(&section, Some(&keys), file("config").as_deref())?)
        }
        None => None,
    };
    Ok(Some(Local { ca: file("ca.pem"), folder, named }))
}

fn of_files(
    name: &str,
    credentials_file: Option<&Path>,
    config_file: Option<&Path>,
) -> anyhow::Result<RegionalCredentials> {
    let files = [(credentials_file, name.to_owned()), (config_file, config_section(name))];
    let mut region = None;
    let mut found: Option<(Credentials, String)> = None;
    let mut fetched = None;
    let mut known = false;
    for (path, section) in files {
        let Some(path) = path.filter(|p| p.is_file()) else { continue };
        let ini = read(path)?;
        // The config file may leave the word `profile` out for the default alone.
        let has = |s: &str| ini.sections().iter().any(|known| known == s);
        if !has(&section) {
            continue;
        }
        known = true;
        let get = |key: &str| ini.get(&section, key).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        region = region.or_else(|| get("region"));
        if found.is_none() {
            match (get("aws_access_key_id"), get("aws_secret_access_key")) {
                (Some(key), Some(secret)) => {
                    found = Some((credentials(key, secret, get("aws_session_token")), path.display().to_string()));
                }
                (Some(_), None) => bail!("the profile `{name}` of `{}` has no aws_secret_access_key", path.display()),
                _ => fetched = fetched.or_else(|| FETCHED.into_iter().find(|key| get(key).is_some())),
            }
        }
    }
    match (found, fetched) {
        (Some((credentials, file)), _) => {
            Ok(RegionalCredentials { credentials, region, from: format!("the profile `{name}` of `{file}`") })
        }
        (None, Some(key)) => bail!(
            "the AWS profile `{name}` has no keys of its own but `{key}`, which ucks does not follow; run \
             `aws configure export-credentials --profile {name} --format env` and use --aws-env"
        ),
        (None, None) if known => bail!("the AWS profile `{name}` has no aws_access_key_id"),
        (None, None) => {
            let files: Vec<String> =
                [credentials_file, config_file].into_iter().flatten().map(|p| format!("`{}`", p.display())).collect();
            bail!("there is no AWS profile `{name}` in {}", files.join(" or "))
        }
    }
}

fn config_section(name: &str) -> String {
    if name == "default" { name.to_owned() } else { format!("profile {name}") }
}

fn credentials(key: String, secret: String, token: Option<String>) -> Credentials {
    Credentials { session_token: token.map(SecretString::from), ..Credentials::new(key, secret) }
}

/// Reads a file in AWS's form of INI: `=` separates, a comment has a line of its own.
fn read(path: &Path) -> anyhow::Result<Ini> {
    let length = std::fs::metadata(path).with_context(|| format!("cannot read `{}`", path.display()))?.len();
    if length > LARGEST {
        bail!("`{}` is larger than {LARGEST} bytes", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut form = IniDefault::default();
    form.delimiters = vec!['='];
    form.comment_symbols = vec!['#', ';'];
    form.inline_comment_symbols = Some(Vec::new());
    form.case_sensitive = true;
    form.multiline = false;
    let mut ini = Ini::new_from_defaults(form);
    // A parser's message could quote the line, and the line could be a secret.
    ini.read(indented_lines_removed(&text))
        .map_err(|_| anyhow::anyhow!("`{}` is not in AWS's INI form", path.display()))?;
    Ok(ini)
}

/// Settings below a setting, such as those of `s3 =`, are indented, and none of them matters here.
fn indented_lines_removed(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with([' ', '\t'])).collect::<Vec<_>>().join("\n")
}

fn shared(variable_name: &str, name: &str) -> Option<PathBuf> {
    variable(variable_name).map(PathBuf::from).or_else(|| Some(home()?.join(".aws").join(name)))
}

fn home() -> Option<PathBuf> {
    variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from)
}

/// A variable of the environment that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ucks-aws-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn keys_and_region_come_from_both_files() {
        let keys = file(
            "keys",
            "[default]\naws_access_key_id = A\naws_secret_access_key = a/+=b#c\n# a \
                comment\n[other]\naws_access_key_id=B\naws_secret_access_key=b\naws_session_token=t\n",
        );
        let config =
            file("config", "[default]\nregion = eu-west-1\ns3 =\n  max = 1\n[profile other]\nregion=eu-west-2\n");
        let named = of_files("default", Some(&keys), Some(&config)).unwrap();
        assert_eq!(named.credentials.access_key, "A");
        assert_eq!(named.credentials.secret.expose_secret(), "a/+=b#c");
        assert_eq!(named.region.as_deref(), Some("eu-west-1"));
        let named = of_files("other", Some(&keys), Some(&config)).unwrap();
        assert_eq!((named.credentials.access_key.as_str(), named.region.as_deref()), ("B", Some("eu-west-2")));
        assert!(named.credentials.session_token.is_some());
    }

    #[test]
    fn what_is_missing_is_named_and_no_value_is_shown() {
        let keys =
            file("odd", "[half]\naws_access_key_id = KEYKEY\n[empty]\nregion = x\n[role]\nrole_arn = arn:secret\n");
        let error = |name: &str| of_files(name, Some(&keys), None).unwrap_err().to_string();
        assert!(error("half").contains("has no aws_secret_access_key"), "{}", error("half"));
        assert!(error("empty").contains("has no aws_access_key_id"), "{}", error("empty"));
        assert!(error("role").contains("`role_arn`") && !error("role").contains("arn:secret"), "{}", error("role"));
        assert!(error("none").contains("there is no AWS profile `none` in"), "{}", error("none"));
    }
}
