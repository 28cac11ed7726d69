//! The access to a target: certificates, Region, and credentials.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use url::Url;

use super::aws::{self, RegionalCredentials};
use super::console::errln;
use crate::guard::Checked;
use crate::profile::{KeySource, Profile};
use crate::target::http::{Credentials, HttpOptions};

/// The options that the AWS CLI knows as well.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Access")]
pub(crate) struct Access {
    /// Trust the certificates of this file alone (PEM) [default: AWS_CA_BUNDLE, else those of this machine].
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,
    /// Do not verify the target's certificate; for loopback and private addresses only.
    #[arg(long, visible_alias = "no-verify-ssl", conflicts_with = "ca_bundle")]
    insecure: bool,
    /// The Region that requests are signed for [default: the profile's, else that of the credentials, else us-east-1].
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Sign with the keys of this profile of AWS's shared files [default: throw-away keys].
    #[arg(long, value_name = "NAME", conflicts_with = "aws_env")]
    aws_profile: Option<String>,
    /// Sign with the keys of AWS_ACCESS_KEY_ID, or of the profile that AWS_PROFILE names.
    #[arg(long)]
    aws_env: bool,
}

/// The access that follows from the options, the profile and the files of a local emulator.
pub(super) struct ResolvedAccess {
    /// The settings for sending and signing requests.
    pub(super) options: HttpOptions,
    /// A sentence about files that were found and are used although nobody named them.
    pub(super) found: Option<String>,
}

impl Access {
    /// Settles how the target is reached. No part of a credential is ever printed.
    ///
    /// # Errors
    /// Where a file cannot be read, or certificates are not to be verified at a public address.
    pub(super) fn reach(&self, profile: &Profile, checked: &Checked) -> anyhow::Result<ResolvedAccess> {
        if self.insecure && !checked.local {
            bail!("--insecure is for loopback and private addresses only; pass the target's CA with --ca-bundle FILE");
        }
        let named = match (&self.aws_profile, self.aws_env, &profile.credentials) {
            (Some(name), ..) => Some(aws::of_profile(name)?),
            (None, true, _) | (None, false, Some(KeySource::Environment)) => Some(aws::of_environment()?),
            (None, false, Some(KeySource::AwsProfile(name))) => Some(aws::of_profile(name)?),
            (None, false, None) => None,
        };
        let local = match emulator_port(&checked.url).filter(|_| checked.local) {
            Some(port) => aws::emulator(port)?,
            None => None,
        };
        let mut used = Vec::new();
        let explicit = self.ca_bundle.clone().filter(|_| !self.insecure);
        let bundle = explicit.or_else(|| {
            let ca = local.as_ref()?.ca.clone().filter(|_| !self.insecure)?;
            used.push("trusting ca.pem");
            Some(ca)
        });
        // A company's bundle does not concern an emulator on this machine, so it has the lowest priority.
        let bundle = bundle.or_else(|| aws::ca_bundle().filter(|_| !self.insecure));
        let own = Credentials::of(profile, true);
        let from_local = named.is_none() && own.is_none();
        let (credentials, region) = match named {
            Some(RegionalCredentials { credentials, region, from }) => {
                errln!("ucks: signing with {from}");
                (Some(credentials), region)
            }
            None => (own, None),
        };
        let (credentials, region) = match local.as_ref().and_then(|l| l.named.as_ref()).filter(|_| from_local) {
            Some(keys) => {
                used.push("signing with its keys");
                (Some(keys.credentials.clone()), region.or_else(|| keys.region.clone()))
            }
            None => (credentials, region),
        };
        let region = self.region.clone().or_else(|| profile.region_given.then(|| profile.region.clone())).or(region);
        let found = local.filter(|_| !used.is_empty());
        let found =
            found.map(|l| format!("found the files of an emulator in {}: {}", l.folder.display(), used.join(", ")));
        Ok(ResolvedAccess {
            options: HttpOptions {
                timeout: profile.timeout,
                credentials,
                not_allowed: Credentials::of(profile, false),
                region: region.unwrap_or_else(|| profile.region.clone()),
                resolved: checked.addresses.clone(),
                roots: bundle.as_deref().map(read).transpose()?,
                insecure: self.insecure,
                ..HttpOptions::default()
            },
            found,
        })
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let pem = std::fs::read(path).with_context(|| format!("cannot read the CA bundle `{}`", path.display()))?;
    if !pem.windows(27).any(|w| w == b"-----BEGIN CERTIFICATE-----") {
        bail!("the CA bundle `{}` holds no certificate; it has to be a PEM file", path.display());
    }
    Ok(pem)
}

/// The port of a target that may be a local emulator with files of its own: `https` at this machine.
fn emulator_port(url: &str) -> Option<u16> {
    let url = Url::parse(url).ok().filter(|u| u.scheme() == "https")?;
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback());
    loopback.then(|| url.port_or_known_default())?
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://127.0.0.1:9297/", Some(9297))]
    #[case("https://localhost/", Some(443))]
    #[case("https://[::1]:1/", Some(1))]
    #[case("http://127.0.0.1:9297/", None)]
    #[case("https://10.0.0.1:9297/", None)]
    fn emulators_are_looked_for_at_this_machine(#[case] url: &str, #[case] port: Option<u16>) {
        assert_eq!(emulator_port(url), port);
    }
}
