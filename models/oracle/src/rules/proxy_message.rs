//! the text of an error that a proxy caused.

use memchr::memmem;
use serde_json::{Map, Value};

use crate::code::Code;
use crate::expectation::{Expectation, Observation};
use crate::fixed_hash::fnv1a;
use crate::json_text;
use crate::revision::Revision;
use crate::rule::{Force, FormVerdict, Rule};
use crate::situation::Exchange;

const SOURCE: &str = "XKS proxy API specification 1.0.3, error codes and the table of failures";

/// The errors that a proxy causes, each with the digests of the texts that the specification prints for it: facts to
/// compare with, without AWS's sentences.
const TEXTS: &[(Code, &[u64])] = &[
    (Code::XksProxyIncorrectAuthenticationCredentialException, &[0x3008_4472_a480_4e72]),
    (Code::XksProxyInvalidConfigurationException, &[0xc2d0_2e21_4641_effb]),
    (Code::XksProxyInvalidResponseException, &[0x047c_a143_4c71_0d66, 0x6570_ddaf_46de_7ecb]),
    (
        Code::XksProxyUriUnreachableException,
        &[0xe025_fc8a_fcc9_9be0, 0x478b_f26d_02ac_6829, 0xb992_bd32_e66c_66df, 0x835d_1ae1_7c17_2a41],
    ),
];

pub(super) fn rules() -> Vec<Rule> {
    let rules = vec![
        Rule::new(
            "X-21",
            Force::Should,
            "DOC",
            "The errorMessage of the proxy does not appear in the answer to the caller",
        )
        .form(repeated)
        .impact_and_fix(
            "the text of a proxy reaches everybody who may call UpdateCustomKeyStore",
            "write the error's text yourself, and log the proxy's",
        ),
        Rule::new(
            "X-22",
            Force::Open,
            "DOC",
            "The text of an error that a proxy caused is the one that the proxy API specification prints",
        )
        .form(documented)
        .impact_and_fix("texts differ between services", "no fix is needed"),
    ];
    rules.into_iter().map(|r| r.source(SOURCE).since(Revision::ExternalKeyStores)).collect()
}

/// The texts documented for the error that the answer is, where a proxy causes such an error.
fn texts(e: &Exchange<'_>) -> Option<&'static [u64]> {
    let code = e.outcome.code()?;
    TEXTS.iter().find(|(known, _)| *known == code).map(|(_, texts)| *texts)
}

fn repeated(e: &Exchange<'_>) -> FormVerdict {
    let (Some(message), Some(_)) = (e.proxy_message, texts(e)) else { return FormVerdict::NotApplicable };
    if memmem::find(&e.answer.body, message.as_bytes()).is_some() {
        FormVerdict::Deviates { expected: Expectation::NoProxyMessage, got: Observation::ProxyMessage, member: None }
    } else {
        FormVerdict::Conforms
    }
}

fn documented(e: &Exchange<'_>) -> FormVerdict {
    let Some(texts) = texts(e) else { return FormVerdict::NotApplicable };
    let body: Map<String, Value> = json_text::from_slice(&e.answer.body).unwrap_or_default();
    let text = ["message", "Message"].iter().find_map(|name| body.get(*name)?.as_str());
    FormVerdict::Reading(match text {
        None => "no text",
        Some(text) if texts.contains(&digest(text)) => "the documented text",
        Some(_) => "another text",
    })
}

/// The FNV-1a hash of the letters and digits of a text, so that line breaks and case do not matter.
fn digest(text: &str) -> u64 {
    fnv1a(text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_ignores_the_layout() {
        assert_eq!(digest("A text\nof two lines."), digest("a text of two lines"));
        assert_ne!(digest("a text"), digest("another text"));
        // The published test vector of FNV-1a, 64 bits.
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }
}
