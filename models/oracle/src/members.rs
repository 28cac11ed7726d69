//! The members table: the statements of AWS's published model about each member of the request.
//!
//! Written by hand from the rule book; the emulator's table is extracted from the published
//! model, and a test in the suite holds the two together.

mod set;

use std::fmt;
use std::sync::LazyLock;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::{Anchored, Input};
use serde::{Deserialize, Serialize};

pub use self::set::MemberSet;
use crate::planted;
use crate::revision::Revision;

/// A member of the request, by AWS's name. The last two are inside the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are AWS's")]
pub enum Member {
    CustomKeyStoreId,
    NewCustomKeyStoreName,
    KeyStorePassword,
    CloudHsmClusterId,
    XksProxyUriEndpoint,
    XksProxyUriPath,
    XksProxyVpcEndpointServiceName,
    XksProxyVpcEndpointServiceOwner,
    XksProxyAuthenticationCredential,
    XksProxyConnectivity,
    AccessKeyId,
    RawSecretAccessKey,
}

/// The type of a custom key store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StoreType {
    /// `AWS_CLOUDHSM`: backed by an AWS CloudHSM cluster.
    #[serde(rename = "AWS_CLOUDHSM")]
    CloudHsm,
    /// `EXTERNAL_KEY_STORE`: backed by an external key manager behind a proxy.
    #[serde(rename = "EXTERNAL_KEY_STORE")]
    Xks,
}

impl StoreType {
    /// Both types.
    pub const ALL: &'static [StoreType] = &[StoreType::CloudHsm, StoreType::Xks];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            StoreType::CloudHsm => "AWS_CLOUDHSM",
            StoreType::Xks => "EXTERNAL_KEY_STORE",
        }
    }
}

impl fmt::Display for StoreType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The way in which a value breaks its member's constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintViolation {
    /// Fewer characters than the minimum.
    TooShort,
    /// More characters than the maximum.
    TooLong,
    /// The pattern matches nowhere in the value.
    Pattern,
    /// The pattern matches inside the value, not all of it.
    MatchInside,
    /// Not one of the enum's values.
    Enum,
}

impl ConstraintViolation {
    /// A short name for reports.
    pub fn name(self) -> &'static str {
        match self {
            ConstraintViolation::TooShort => "too short",
            ConstraintViolation::TooLong => "too long",
            ConstraintViolation::Pattern => "pattern",
            ConstraintViolation::MatchInside => "pattern matches only inside",
            ConstraintViolation::Enum => "not in the enum",
        }
    }
}

/// One row of the members table, at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The member.
    pub member: Member,
    /// Least number of Unicode characters.
    pub min: usize,
    /// Greatest number of Unicode characters, if there is one.
    pub max: Option<usize>,
    /// The pattern that the whole value matches, in the syntax of the `regex` crate.
    pub pattern: Option<&'static str>,
    /// True if AWS's model writes the pattern with anchors.
    pub anchored: bool,
    /// The values, if the member is an enum.
    pub values: &'static [&'static str],
}

impl MemberRow {
    /// Returns the violation if `n` characters are too few or too many.
    fn length(&self, n: usize) -> Option<ConstraintViolation> {
        match n {
            n if n < self.min => Some(ConstraintViolation::TooShort),
            n if self.max.is_some_and(|max| n > max) => Some(ConstraintViolation::TooLong),
            _ => None,
        }
    }
}

const CLUSTER: &str = "cluster-[2-7a-zA-Z]{11,16}";
const ENDPOINT: &str = "https://[a-zA-Z0-9.-]+";
const PATH: &str = "(/[a-zA-Z0-9/_-]+/kms/xks/v[0-9]{1,2})|(/kms/xks/v[0-9]{1,2})";
const SERVICE_COM: &str = r"com\.amazonaws\.vpce\.([a-z]+-){2,3}[0-9]+\.vpce-svc-[0-9a-z]+";
const SERVICE: &str = r"(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}[0-9]+\.vpce-svc-[0-9a-z]+";
const OWNER: &str = "[0-9]{12}";
const ACCESS_KEY: &str = "[A-Z2-7]+";
const SECRET: &str = "[a-zA-Z0-9/+=]+";

/// The values of `XksProxyConnectivity`.
pub const CONNECTIVITY: &[&str] = &["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"];

impl Member {
    /// Every member, the nested ones last.
    pub const ALL: &'static [Member] = &[
        Member::CustomKeyStoreId,
        Member::NewCustomKeyStoreName,
        Member::KeyStorePassword,
        Member::CloudHsmClusterId,
        Member::XksProxyUriEndpoint,
        Member::XksProxyUriPath,
        Member::XksProxyVpcEndpointServiceName,
        Member::XksProxyVpcEndpointServiceOwner,
        Member::XksProxyAuthenticationCredential,
        Member::XksProxyConnectivity,
        Member::AccessKeyId,
        Member::RawSecretAccessKey,
    ];

    /// The members of the request itself, without the two inside the credential.
    pub const TOP: &'static [Member] = &[
        Member::CustomKeyStoreId,
        Member::NewCustomKeyStoreName,
        Member::KeyStorePassword,
        Member::CloudHsmClusterId,
        Member::XksProxyUriEndpoint,
        Member::XksProxyUriPath,
        Member::XksProxyVpcEndpointServiceName,
        Member::XksProxyVpcEndpointServiceOwner,
        Member::XksProxyAuthenticationCredential,
        Member::XksProxyConnectivity,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Member::CustomKeyStoreId => "CustomKeyStoreId",
            Member::NewCustomKeyStoreName => "NewCustomKeyStoreName",
            Member::KeyStorePassword => "KeyStorePassword",
            Member::CloudHsmClusterId => "CloudHsmClusterId",
            Member::XksProxyUriEndpoint => "XksProxyUriEndpoint",
            Member::XksProxyUriPath => "XksProxyUriPath",
            Member::XksProxyVpcEndpointServiceName => "XksProxyVpcEndpointServiceName",
            Member::XksProxyVpcEndpointServiceOwner => "XksProxyVpcEndpointServiceOwner",
            Member::XksProxyAuthenticationCredential => "XksProxyAuthenticationCredential",
            Member::XksProxyConnectivity => "XksProxyConnectivity",
            Member::AccessKeyId => "AccessKeyId",
            Member::RawSecretAccessKey => "RawSecretAccessKey",
        }
    }

    /// The top-level member of that name; exact, as W-11 asks.
    pub fn top(name: &str) -> Option<Member> {
        Member::TOP.iter().copied().find(|m| m.name() == name)
    }

    /// Returns true if `revision` knows the member.
    pub fn known(self, revision: Revision) -> bool {
        revision >= self.since()
    }

    /// The first revision that knows the member.
    pub fn since(self) -> Revision {
        match self {
            Member::CustomKeyStoreId
            | Member::NewCustomKeyStoreName
            | Member::KeyStorePassword
            | Member::CloudHsmClusterId => Revision::Launch,
            Member::XksProxyVpcEndpointServiceOwner => Revision::ServiceOwner,
            _ => Revision::ExternalKeyStores,
        }
    }

    /// Returns true if the value must never be shown.
    pub fn sensitive(self) -> bool {
        matches!(
            self,
            Member::KeyStorePassword
                | Member::XksProxyAuthenticationCredential
                | Member::AccessKeyId
                | Member::RawSecretAccessKey
        )
    }

    /// The one type of store that the member is for; `None` for members of both.
    pub fn store_type(self) -> Option<StoreType> {
        match self {
            m if MemberSet::OF_CLOUD_HSM.has(m) => Some(StoreType::CloudHsm),
            m if MemberSet::OF_XKS.has(m) => Some(StoreType::Xks),
            _ => None,
        }
    }

    /// Returns true if its first constraints are not those of today.
    pub fn changed(self) -> bool {
        static CHANGED: LazyLock<MemberSet> = LazyLock::new(|| {
            Member::ALL.iter().copied().filter(|m| m.row(m.since()) != m.row(Revision::LATEST)).collect()
        });
        CHANGED.has(self)
    }

    /// The member's row at `revision`. The credential has none: it is a structure.
    pub fn row(self, revision: Revision) -> MemberRow {
        let row = |min, max, pattern: Option<&'static str>, anchored| MemberRow {
            member: self,
            min,
            max: Some(max),
            pattern,
            anchored,
            values: &[],
        };
        match self {
            Member::CustomKeyStoreId => row(1, 64, None, false),
            Member::NewCustomKeyStoreName => row(1, 256, None, false),
            Member::KeyStorePassword if revision >= Revision::PasswordLength => row(7, 32, None, false),
            Member::KeyStorePassword => MemberRow { max: None, ..row(1, 0, None, false) },
            Member::CloudHsmClusterId => {
                let pattern = (revision >= Revision::ClusterPattern).then_some(CLUSTER);
                row(19, 24, pattern, false)
            }
            Member::XksProxyUriEndpoint => row(10, 128, Some(ENDPOINT), true),
            Member::XksProxyUriPath => row(10, 128, Some(PATH), true),
            Member::XksProxyVpcEndpointServiceName => {
                let european = revision >= Revision::EuropeanServices;
                row(20, 64, Some(if european { SERVICE } else { SERVICE_COM }), true)
            }
            Member::XksProxyVpcEndpointServiceOwner => row(12, 12, Some(OWNER), false),
            Member::AccessKeyId => row(20, 30, Some(ACCESS_KEY), true),
            Member::RawSecretAccessKey => row(43, 64, Some(SECRET), true),
            Member::XksProxyConnectivity => MemberRow { max: None, values: CONNECTIVITY, ..row(0, 0, None, false) },
            Member::XksProxyAuthenticationCredential => MemberRow { max: None, ..row(0, 0, None, false) },
        }
    }

    /// Returns the constraints that `value` breaks at `revision`; empty if it keeps them.
    pub fn constraint_violations(self, revision: Revision, value: &str) -> ConstraintViolations {
        self.violations_of(revision, value, value.is_ascii())
    }

    /// As [`Member::constraint_violations`], for callers that know if the value is ASCII.
    pub(crate) fn violations_of(self, revision: Revision, value: &str, ascii: bool) -> ConstraintViolations {
        let row = self.row(revision);
        let bytes = planted::is("bytes") || ascii;
        let length = row.length(if bytes { value.len() } else { value.chars().count() });
        let mut found = ConstraintViolations { length, form: None, counts_agree: true };
        if !bytes {
            let others = [value.len(), value.encode_utf16().count()];
            found.counts_agree = others.iter().all(|n| row.length(*n) == length);
        }
        if let Some(pattern) = row.pattern {
            let compiled = compiled(pattern);
            let inside = || compiled.matches_inside(value);
            if !(compiled.matches(value) || planted::is("searched") && inside()) {
                found.form =
                    Some(if inside() { ConstraintViolation::MatchInside } else { ConstraintViolation::Pattern });
            }
        }
        if !row.values.is_empty() && !row.values.contains(&value) {
            found.form = Some(ConstraintViolation::Enum);
        }
        found
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The result of [`Member::constraint_violations`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConstraintViolations {
    /// Too short or too long, counted in Unicode characters.
    pub length: Option<ConstraintViolation>,
    /// Pattern or enum.
    pub form: Option<ConstraintViolation>,
    /// True if characters, bytes and UTF-16 units give the same verdict on the length (W-16).
    pub counts_agree: bool,
}

impl ConstraintViolations {
    /// Returns true if the value keeps all constraints.
    pub fn none(&self) -> bool {
        self.length.is_none() && self.form.is_none()
    }
}

/// A pattern as tables of states: small patterns, matched often.
struct Compiled {
    whole: dense::DFA<Vec<u32>>,
    inside: dense::DFA<Vec<u32>>,
}

impl Compiled {
    fn new(pattern: &str) -> Option<Compiled> {
        let build = |start, pattern: &str| {
            dense::Builder::new().configure(dense::Config::new().start_kind(start)).build(pattern).ok()
        };
        Some(Compiled {
            whole: build(StartKind::Anchored, &format!(r"(?:{pattern})\z"))?,
            inside: build(StartKind::Unanchored, pattern)?,
        })
    }

    /// Returns true if the pattern matches all of the text.
    fn matches(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        matches!(self.whole.try_search_fwd(&input), Ok(Some(_)))
    }

    /// Returns true if it matches somewhere in the text.
    fn matches_inside(&self, text: &str) -> bool {
        matches!(self.inside.try_search_fwd(&Input::new(text).earliest(true)), Ok(Some(_)))
    }
}

static PATTERNS: LazyLock<Vec<(&'static str, Compiled)>> = LazyLock::new(|| {
    [CLUSTER, ENDPOINT, PATH, SERVICE_COM, SERVICE, OWNER, ACCESS_KEY, SECRET]
        .into_iter()
        .filter_map(|p| Some((p, Compiled::new(p)?)))
        .collect()
});

#[allow(clippy::expect_used, reason = "every pattern of the table is in PATTERNS; a test compiles them all")]
fn compiled(pattern: &'static str) -> &'static Compiled {
    let found = PATTERNS.iter().find(|(p, _)| *p == pattern);
    &found.expect("a pattern of the members table").1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 8);
        for &r in Revision::ALL {
            for &m in Member::ALL {
                m.constraint_violations(r, "");
            }
        }
    }

    #[rstest]
    #[case(Member::XksProxyUriEndpoint, "https://ab", true)]
    #[case(Member::XksProxyUriEndpoint, "https://a", false)]
    #[case(Member::XksProxyUriEndpoint, "HTTPS://ab.example", false)]
    #[case(Member::XksProxyUriEndpoint, "https://ab.example:443", false)]
    #[case(Member::XksProxyUriEndpoint, "https://ab.example\n", false)]
    #[case(Member::XksProxyUriEndpoint, "https://a_b.example", false)]
    #[case(Member::XksProxyUriPath, "/kms/xks/v1", true)]
    #[case(Member::XksProxyUriPath, "/kms/xks/v10", true)]
    #[case(Member::XksProxyUriPath, "///kms/xks/v1", true)]
    #[case(Member::XksProxyUriPath, "//kms/xks/v1", false)]
    #[case(Member::XksProxyUriPath, "/kms/xks/v100", false)]
    #[case(Member::XksProxyUriPath, "/a.b/kms/xks/v1", false)]
    #[case(Member::XksProxyUriPath, "/kms/xks/v\u{0661}", false)]
    #[case(Member::CloudHsmClusterId, "cluster-1a23b4cdefg", false)]
    #[case(Member::CloudHsmClusterId, "cluster-2a23b4cdefg", true)]
    #[case(Member::AccessKeyId, "ABCDE12345670EXAMPLE", false)]
    #[case(Member::AccessKeyId, "ABCDE23456723EXAMPLE", true)]
    #[case(Member::XksProxyVpcEndpointServiceOwner, "12345678901\u{0661}", false)]
    #[case(Member::XksProxyConnectivity, "public_endpoint", false)]
    fn whole_values(#[case] member: Member, #[case] value: &str, #[case] valid: bool) {
        assert_eq!(member.constraint_violations(Revision::LATEST, value).none(), valid, "{value:?}");
    }

    #[test]
    fn lengths_count_characters_and_say_where_other_counts_differ() {
        let name = "é".repeat(200);
        let found = Member::NewCustomKeyStoreName.constraint_violations(Revision::LATEST, &name);
        assert!(found.none() && !found.counts_agree);
        let long = "é".repeat(257);
        let found = Member::NewCustomKeyStoreName.constraint_violations(Revision::LATEST, &long);
        assert_eq!(found.length, Some(ConstraintViolation::TooLong));
        assert!(found.counts_agree);
    }

    #[test]
    fn revisions_change_rows() {
        let password = |r| Member::KeyStorePassword.constraint_violations(r, "abc").none();
        assert!(password(Revision::NameInUse) && !password(Revision::PasswordLength));
        let service = "eu.amazonaws.vpce.eusc-de-east-1.vpce-svc-0123456789abcdef0";
        let member = Member::XksProxyVpcEndpointServiceName;
        assert!(!member.constraint_violations(Revision::ServiceOwner, service).none());
        assert!(member.constraint_violations(Revision::EuropeanServices, service).none());
    }
}
