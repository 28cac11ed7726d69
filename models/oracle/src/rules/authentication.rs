//! D: authentication, only if the target checks it according to the profile.

use crate::code::Code;
use crate::feature::Feature;
use crate::rule::{Force, JudgedOn, Layer, Rule, Violation};
use crate::wire::Auth;

const SOURCE: &str = "API reference, Common Errors; captures of other KMS operations";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Should, Suite};
    let rules = vec![
        Rule::new("D-01", Must, "OBS", "An unsigned request is refused with MissingAuthenticationTokenException")
            .of(Feature::UnusualHead)
            .request(|s| {
                (s.update.wire.auth == Auth::Unsigned).then(|| {
                    Violation::must(
                        Layer::Authentication,
                        &[Code::MissingAuthenticationTokenException, Code::IncompleteSignatureException],
                    )
                    .code_should()
                })
            })
            .impact_and_fix("anybody can change key stores", "refuse requests without a signature"),
        Rule::new("D-02", Should, "OBS", "An unknown access key is refused with UnrecognizedClientException")
            .of(Feature::UnusualHead)
            .request(|s| {
                (s.update.wire.auth == Auth::UnknownKey)
                    .then(|| Violation::should(Layer::Authentication, &[Code::UnrecognizedClientException]))
            })
            .impact_and_fix("any key is as good as a real one", "look the access key up"),
        Rule::new(
            "D-03",
            Should,
            "OBS",
            "A wrong signature, or a clock off by more than five minutes, is refused with InvalidSignatureException",
        )
        .of(Feature::UnusualHead)
        .request(|s| match s.update.wire.auth {
            Auth::WrongSignature => {
                Some(Violation::should(Layer::Authentication, &[Code::InvalidSignatureException]).aspect("signature"))
            }
            Auth::SkewedClock => {
                Some(Violation::should(Layer::Authentication, &[Code::InvalidSignatureException]).aspect("clock"))
            }
            _ => None,
        })
        .impact_and_fix("requests can be forged or replayed", "verify the signature and its date"),
        Rule::new("D-04", Should, "OBS, DOC", "A caller who is not allowed is refused with AccessDeniedException")
            .of(Feature::UnusualHead)
            .request(|s| {
                (s.update.wire.auth == Auth::NotAllowed)
                    .then(|| Violation::should(Layer::Authentication, &[Code::AccessDeniedException]))
            })
            .impact_and_fix("permissions mean nothing", "check kms:UpdateCustomKeyStore"),
        Rule::new(
            "D-05",
            Suite,
            "OBS, DOC",
            "Too many requests: the suite backs off and repeats, for every code and status of throttling",
        )
        .judged(JudgedOn::Run)
        .impact_and_fix("none for users of the service", "nothing to fix in the service"),
        Rule::new("D-06", Must, "INFER", "An unauthenticated request has no effect")
            .judged(JudgedOn::Effect)
            .impact_and_fix("a refused request took effect", "authenticate before anything else"),
    ];
    rules.into_iter().map(|r| r.source(SOURCE)).collect()
}
