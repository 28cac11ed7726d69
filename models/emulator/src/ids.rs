//! Identifiers: of requests and of stores.

use sha2::{Digest, Sha256};

use crate::readings::IdForm;
use crate::sigv4::hex;

const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A random UUID in its usual form, as request identifiers are.
pub(crate) fn request() -> String {
    let bits = fastrand::u128(..);
    let version = (bits & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{version:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Returns an identifier, not in use so far, for a new store with that name.
pub(crate) fn store(form: IdForm, name: &str, in_use: impl Fn(&str) -> bool) -> String {
    (0_u32..).map(|nth| candidate(form, name, nth)).find(|id| !in_use(id)).unwrap_or_default()
}

fn candidate(form: IdForm, name: &str, nth: u32) -> String {
    match form {
        IdForm::Short => format!("cks-{:017x}", fastrand::u128(..) >> 60),
        IdForm::Mixed => {
            let letters = (0..20).map(|_| char::from(MIXED[fastrand::usize(..MIXED.len())]));
            std::iter::once("cks-".to_owned()).chain(letters.map(String::from)).collect()
        }
        IdForm::Uuid => request(),
        IdForm::Long => format!("cks-{:030x}{:030x}", fastrand::u128(..) >> 8, fastrand::u128(..) >> 8),
        // Another build, too, makes the same of it.
        IdForm::Stable => format!("cks-{}", &hex(&Sha256::digest(format!("{nth} {name}")))[..17]),
        IdForm::Digits => fastrand::u64(1_000_000_000_000..).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(IdForm::Short, 21)]
    #[case(IdForm::Mixed, 24)]
    #[case(IdForm::Uuid, 36)]
    #[case(IdForm::Long, 64)]
    #[case(IdForm::Stable, 21)]
    fn lengths(#[case] form: IdForm, #[case] length: usize) {
        assert_eq!(store(form, "name", |_| false).len(), length);
    }

    #[test]
    fn a_stable_id_follows_from_the_name_and_is_free() {
        let of = |name| store(IdForm::Stable, name, |_| false);
        let first = of("one");
        assert_eq!(first, "cks-75d42b2da0564e46d");
        assert_ne!(first, of("two"));
        let next = store(IdForm::Stable, "one", |id| id == first);
        assert_ne!(next, first);
        assert_eq!(next, store(IdForm::Stable, "one", |id| id == first));
    }

    #[test]
    fn a_request_id_is_a_version_4_uuid() {
        // Few draws would pass by chance.
        for id in std::iter::repeat_with(request).take(100) {
            assert_eq!((id.len(), &id[14..15]), (36, "4"));
            assert!("89ab".contains(&id[19..20]));
        }
    }
}
