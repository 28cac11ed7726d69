//! The public profile: the caller's without its secrets.
//!
//! A run of `ucks certify` knows no secret of the caller's at all: where the profile has one, it works
//! with a placeholder, and a [`SecretSubstitution`](super::secret_substitution::SecretSubstitution) in front of the
//! target exchanges the two. So nothing that the run writes can hold a secret, and a verifier without them sends the
//! same requests.

use ucks_oracle::members::Member;
use ucks_oracle::revision::Revision;

use crate::profile::{Profile, ProfileError, ProfileFile};

/// A profile that may be shown to anybody, and what was taken out of it.
#[derive(Clone, Debug)]
pub struct Public {
    /// The profile, read from the text.
    pub profile: Profile,
    /// The text of the file, without comments.
    pub text: String,
    /// The secrets that were taken out.
    pub secrets: Secrets,
}

/// The caller's secrets, each with its placeholder.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The secrets that requests contain, each with its placeholder.
    pub(super) fixtures: Vec<(String, String)>,
    /// The keys for signatures, which are never part of a body.
    pub(super) keys: Vec<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.fixtures.len() + self.keys.len())
    }
}

impl Public {
    /// The public side of a profile's text.
    ///
    /// # Errors
    /// Where the text is not a profile, or a secret is one that the contract does not take.
    pub fn new(text: &str, revision: Option<Revision>) -> Result<Public, ProfileError> {
        let mut file = ProfileFile::parse(text)?;
        let revision = revision.or(Profile::parse(text)?.revision).unwrap_or(Revision::LATEST);
        let mut secrets = Secrets::default();
        for cluster in file.clusters.iter_mut().flatten() {
            if let Some(password) = &mut cluster.password {
                secrets.swap(password, Member::KeyStorePassword, revision, &cluster.id)?;
            }
        }
        for proxy in file.proxies.iter_mut().flatten() {
            for credential in proxy.credentials.iter_mut().chain(&mut proxy.connect_credentials).flatten() {
                secrets.swap(&mut credential.secret, Member::RawSecretAccessKey, revision, &proxy.endpoint)?;
            }
        }
        for (at, identity) in file.identities.iter_mut().enumerate() {
            identity.access_key_id = format!("identity-{}", at + 1);
            secrets.keys.push(std::mem::replace(&mut identity.secret_access_key, "not shown".to_owned()));
        }
        let text = file.text()?;
        // This run uses the profile as a verifier will read it.
        let profile = Profile { name: Some("profile.toml".to_owned()), ..Profile::parse(&text)? };
        Ok(Public { profile, text, secrets })
    }
}

impl Secrets {
    /// Replaces a secret by its placeholder; equal secrets get equal ones.
    fn swap(
        &mut self,
        secret: &mut String,
        member: Member,
        revision: Revision,
        place: &str,
    ) -> Result<(), ProfileError> {
        if !member.constraint_violations(revision, secret).none() {
            let what = member.name();
            return Err(ProfileError::Invalid(format!(
                "the {what} of `{place}` breaks the constraints of the contract"
            )));
        }
        let known = self.fixtures.iter().find(|(s, _)| s == secret).map(|(_, stand_in)| stand_in.clone());
        let stand_in = known.unwrap_or_else(|| {
            let stand_in = stand_in(member, self.fixtures.len() + 1);
            self.fixtures.push((secret.clone(), stand_in.clone()));
            stand_in
        });
        *secret = stand_in;
        Ok(())
    }
}

/// A text that the member takes and that needs no escape anywhere.
fn stand_in(member: Member, number: usize) -> String {
    match member {
        Member::KeyStorePassword => format!("StandIn{number:06}Password"),
        _ => format!("StandIn{number:06}InPlaceOfTheSecretOfTheProfile="),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TEXT: &str = r#"
        # the password is hush-hush
        [[identities]]
        access_key_id = "AKIAHUSH"
        secret_access_key = "hush-signing"
        [[clusters]]
        id = "cluster-a"
        family = "a"
        role = "primary"
        password = "hush-hush"
        [[proxies]]
        endpoint = "https://*.x.example"
        path = "*"
        role = "healthy"
        credentials = [{ access_key_id = "KEY", secret = "hush0123456789012345678901234567890123456789abc" }]
        connect_credentials = [{ access_key_id = "KEY", secret = "hush0123456789012345678901234567890123456789abc" }]
    "#;

    #[test]
    fn no_secret_stays() {
        let public = Public::new(TEXT, None).unwrap();
        assert!(!public.text.to_lowercase().contains("hush"), "{}", public.text);
        assert!(!format!("{:?}", public.secrets).contains("hush"));
        assert_eq!(public.secrets.fixtures.len(), 2, "equal secrets have one placeholder");
        assert!(public.profile.environment.clusters.as_ref().unwrap()[0].password.as_ref().unwrap() != "hush-hush");
        let again = Public::new(&public.text, None).unwrap();
        assert_eq!(again.text, public.text, "the public profile is its own public side");
    }

    #[rstest]
    #[case(Member::KeyStorePassword)]
    #[case(Member::RawSecretAccessKey)]
    fn the_contract_takes_stand_ins(#[case] member: Member) {
        for number in [1, 999_999] {
            assert!(member.constraint_violations(Revision::LATEST, &stand_in(member, number)).none());
        }
    }

    #[test]
    fn a_secret_that_the_contract_refuses_is_named_by_its_place() {
        let error = Public::new(&TEXT.replace("hush-hush", "hush"), None).unwrap_err().to_string();
        assert!(error.contains("cluster-a") && !error.contains("hush"), "{error}");
    }
}
