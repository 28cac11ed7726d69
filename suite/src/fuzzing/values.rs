//! Values that keep the constraints of the members table, and values at their edges.

use ucks_oracle::members::{Member, MemberRow};
use ucks_oracle::revision::Revision;

/// Values that keep the member's constraints at every revision that knows it.
pub fn valid(member: Member) -> &'static [&'static str] {
    match member {
        Member::CustomKeyStoreId => &["cks-0123456789abcdefa", "cks-0123456789abcdefb", "c"],
        Member::NewCustomKeyStoreName => &["fuzzed", "n", "Schlüssel 🗝"],
        Member::KeyStorePassword => &["kmsPswd1", "p-ä€😀-ssword"],
        Member::CloudHsmClusterId => &["cluster-primaryaaaaa", "cluster-related2aaaa"],
        Member::XksProxyUriEndpoint => &["https://fuzz.xks.example", "https://ab"],
        Member::XksProxyUriPath => &["/kms/xks/v1", "/a-b/c_d/kms/xks/v1"],
        Member::XksProxyVpcEndpointServiceName => &["com.amazonaws.vpce.us-east-1.vpce-svc-good01"],
        Member::XksProxyVpcEndpointServiceOwner => &["111122223333"],
        Member::XksProxyConnectivity => &["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"],
        Member::AccessKeyId => &["ABCDEFGHIJKLMNOPQRST", "FUZZ234567ABCDEFGHIJKLMNOPQRST"],
        Member::RawSecretAccessKey => &["0123456789abcdefghijklmnopqrstuvwxyzABCD/+="],
        Member::XksProxyAuthenticationCredential => &[],
    }
}

/// The value cut or stretched to `length` characters with `fill`, before its last character.
pub fn resized(value: &str, length: usize, fill: char) -> String {
    let characters: Vec<char> = value.chars().collect();
    if length <= characters.len() {
        return characters[..length].iter().collect();
    }
    let (head, tail) = characters.split_at(characters.len().saturating_sub(1));
    let missing = length - characters.len();
    head.iter().copied().chain(std::iter::repeat_n(fill, missing)).chain(tail.iter().copied()).collect()
}

/// Lengths in characters at and past the edges of a row.
pub fn edges(row: &MemberRow) -> Vec<usize> {
    let max = row.max.into_iter().flat_map(|m| [m, m + 1, m / 2, m / 4]);
    [row.min, row.min.saturating_sub(1), 0].into_iter().chain(max).collect()
}

/// The row at the latest revision.
pub fn row(member: Member) -> MemberRow {
    member.row(Revision::LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_values_are_valid() {
        for member in Member::ALL {
            for revision in Revision::ALL.iter().filter(|r| member.known(**r)) {
                for value in valid(*member) {
                    assert!(
                        member.constraint_violations(*revision, value).none(),
                        "{member} {value:?} at {}",
                        revision.date()
                    );
                }
            }
        }
    }

    #[test]
    fn values_are_resized_by_characters() {
        assert_eq!(resized("abc", 5, 'é'), "abééc");
        assert_eq!(resized("abc", 2, 'é'), "ab");
        assert_eq!(resized("", 2, 'x'), "xx");
    }
}
