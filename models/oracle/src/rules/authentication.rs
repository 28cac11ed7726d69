//! D: authentication, only where the profile says that the target checks it.

use crate::code::Code;
use crate::rule::{Check, Fault, Force, Layer, Rule};
use crate::topic::Topic;
use crate::wire::Auth;

const SOURCE: &str = "API reference, Common Errors; captures of other KMS operations";

pub(super) fn rules() -> Vec<Rule> {
    use Force::{Must, Should, Suite};
    let rules = vec![
        Rule::new("D-01", Must, "OBS", "An unsigned request is refused with MissingAuthenticationTokenException")
            .of(Topic::Head)
            .request(|s| {
                (s.update.wire.auth == Auth::Unsigned).then(|| {
                    Fault::must(
                        Layer::Authentication,
                        &[Code::MissingAuthenticationTokenException, Code::IncompleteSignatureException],
                    )
                    .code_should()
                })
            })
            .tells("anybody can change key stores", "refuse requests without a signature"),
        Rule::new("D-02", Should, "OBS", "An unknown access key is refused with UnrecognizedClientException")
            .of(Topic::Head)
            .request(|s| {
                (s.update.wire.auth == Auth::UnknownKey)
                    .then(|| Fault::should(Layer::Authentication, &[Code::UnrecognizedClientException]))
            })
            .tells("any key is as good as a real one", "look the access key up"),
        Rule::new(
            "D-03",
            Should,
            "OBS",
            "A wrong signature, or a clock off by more than five minutes, is refused with InvalidSignatureException",
        )
        .of(Topic::Head)
        .request(|s| match s.update.wire.auth {
            Auth::WrongSignature => {
                Some(Fault::should(Layer::Authentication, &[Code::InvalidSignatureException]).aspect("signature"))
            }
            Auth::SkewedClock => {
                Some(Fault::should(Layer::Authentication, &[Code::InvalidSignatureException]).aspect("clock"))
            }
            _ => None,
        })
        .tells("requests can be forged or replayed", "verify the signature and its date"),
        Rule::new("D-04", Should, "OBS, DOC", "A caller who is not allowed is refused with AccessDeniedException")
            .of(Topic::Head)
            .request(|s| {
                (s.update.wire.auth == Auth::NotAllowed)
                    .then(|| Fault::should(Layer::Authentication, &[Code::AccessDeniedException]))
            })
            .tells("permissions mean nothing", "check kms:UpdateCustomKeyStore"),
        Rule::new("D-05", Suite, "OBS, DOC", "Too many requests: the suite backs off and repeats")
            .judged(Check::Run)
            .tells("a duty of the suite", "nothing to mend in the service"),
        Rule::new("D-06", Must, "INFER", "An unauthenticated request has no effect")
            .judged(Check::Effect)
            .tells("a refused request took effect", "authenticate before anything else"),
    ];
    rules.into_iter().map(|r| r.source(SOURCE)).collect()
}
