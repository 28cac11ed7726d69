//! Links to the public pages that rules cite.

use serde::Serialize;

/// A part of a rule's source, with its page where there is one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct SourcePart {
    text: String,
    url: Option<String>,
}

/// Marks in the parts of a source, each with its page. The first mark that is found counts.
const PAGES: [(&str, &str); 13] = [
    ("Common Errors", "https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html"),
    (
        "XksProxyAuthenticationCredentialType",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_XksProxyAuthenticationCredentialType.html",
    ),
    ("UpdateCustomKeyStore", "https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html"),
    ("CreateCustomKeyStore", "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html"),
    ("DescribeCustomKeyStores", "https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeCustomKeyStores.html"),
    ("DeleteCustomKeyStore", "https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html"),
    ("eventual consistency", "https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html"),
    ("API reference", "https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html"),
    ("eveloper guide", "https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html"),
    ("proxy API", "https://github.com/aws/aws-kms-xksproxy-api-spec"),
    ("RFC 8259", "https://www.rfc-editor.org/rfc/rfc8259"),
    ("Smithy", "https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"),
    ("awsJson1.1", "https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"),
];

/// The parts of a rule's source.
pub(super) fn sources(source: &str) -> Vec<SourcePart> {
    let part = |text: &str| SourcePart {
        text: text.to_owned(),
        url: PAGES.iter().find(|(mark, _)| text.contains(mark)).map(|(_, url)| (*url).to_owned()),
    };
    source.split("; ").filter(|text| !text.is_empty()).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_page() {
        let found = sources("API reference, UpdateCustomKeyStore, Errors; Common Errors; inferred");
        let urls: Vec<_> = found.iter().map(|s| s.url.as_deref().map(|u| u.rsplit('/').next().unwrap())).collect();
        assert_eq!(urls, [Some("API_UpdateCustomKeyStore.html"), Some("CommonErrors.html"), None]);
    }

    #[test]
    fn every_rule_of_the_documentation_has_a_page() {
        for rule in ucks_oracle::rules::all().iter().filter(|r| r.basis.is_only(ucks_oracle::rule::Mark::Doc)) {
            assert!(sources(&rule.source).iter().any(|s| s.url.is_some()), "{}: {}", rule.id, rule.source);
        }
    }
}
