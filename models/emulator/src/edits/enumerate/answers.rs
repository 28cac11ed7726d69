//! Codes, statuses and forms of answers; how the store is found.

use super::super::{Change, EditFamily};
use super::List;
use crate::behaviour::UnknownId;
use crate::behaviour::checks::CheckId;
use crate::behaviour::facts::Fold;
use crate::behaviour::forms::ErrorBody;
use crate::errors::Code;
use crate::readings::ErrorTypeHeader;

pub(super) fn add(list: &mut List<'_>) {
    for part in list.conforming.checks.iter().map(|check| check.part).collect::<Vec<_>>() {
        for code in Code::UPDATE.into_iter().filter(|code| !part.may_answer(*code)) {
            let description = format!("What is refused for {} gets {}.", part.sentence(), code.name());
            let name = format!("{}.answers-{}", part.name(), code.short());
            list.add(EditFamily::Code, name, description, Change::Answer(part, code));
        }
    }
    stages(list);
    statuses(list);
    forms(list);
    finding(list);
}

/// The codes of what comes before the checks.
fn stages(list: &mut List<'_>) {
    for code in Code::UPDATE {
        let (name, short) = (code.name(), code.short());
        let change = Change::Missing(UnknownId::Refused(code));
        list.add(
            EditFamily::Code,
            format!("existence.answers-{short}"),
            format!("A store that does not exist gets {name}."),
            change,
        );
        // Existence is the one code that is neither a wrong type nor a wrong value.
        let description = format!("A body that is not JSON gets {name}.");
        list.add(EditFamily::Code, format!("malformed.answers-{short}"), description, Change::Malformed(code));
        let description = format!("A member of the wrong type gets {name}.");
        list.add(EditFamily::Code, format!("mistyped.answers-{short}"), description, Change::Mistyped(code));
    }
}

fn statuses(list: &mut List<'_>) {
    for code in Code::UPDATE {
        for status in [200, 403, 404, 409, 500].into_iter().filter(|status| *status != code.status()) {
            let description = format!("{} has status {status}.", code.name());
            list.add(
                EditFamily::Form,
                format!("status.{}-{status}", code.short()),
                description,
                Change::Status(Some(code), status),
            );
        }
    }
    for status in [201, 202, 204, 400, 500] {
        let description = format!("Success has status {status}.");
        list.add(EditFamily::Form, format!("status.success-{status}"), description, Change::SuccessStatus(status));
    }
}

fn forms(list: &mut List<'_>) {
    let rows: [(&str, &str, Change); 15] = [
        ("success.null", "Success answers `null`.", Change::SuccessBody("null")),
        ("success.text", "Success answers a text.", Change::SuccessBody("OK")),
        ("success.member", "Success answers with a member.", Change::SuccessBody("{\"CustomKeyStoreId\":\"\"}")),
        ("success.list", "Success answers a list.", Change::SuccessBody("[]")),
        ("error.code-member", "The code is in a member `code`.", Change::CodeMember(Some("code"))),
        ("error.no-code", "The code is in the header alone.", Change::CodeMember(None)),
        ("error.no-suffix", "The code lacks its end.", Change::NoSuffix),
        ("error.header", "The header names another code.", Change::Header(ErrorTypeHeader::Other)),
        ("error.xml", "Error bodies are XML.", Change::ErrorBody(ErrorBody::Xml)),
        ("error.empty", "Error bodies are empty.", Change::ErrorBody(ErrorBody::Empty)),
        ("error.nested", "The error is inside a member.", Change::ErrorBody(ErrorBody::Nested)),
        ("error.secrets", "Constraint texts repeat sensitive values.", Change::QuoteSecrets),
        ("answer.json-1-0", "Answers claim awsJson1.0.", Change::ContentType("application/x-amz-json-1.0")),
        ("answer.text", "Answers claim plain text.", Change::ContentType("text/plain")),
        ("answer.no-request-id", "Answers have no request identifier.", Change::NoRequestId),
    ];
    for (name, description, change) in rows {
        list.add(EditFamily::Form, name, description, change);
    }
    let description = "What is refused after the look-up is answered with success.";
    list.add(EditFamily::Form, "refusals.succeed", description, Change::RefusalsSucceed);
}

fn finding(list: &mut List<'_>) {
    let missing = [("success", UnknownId::Success), ("newest", UnknownId::Newest)];
    for (word, missing) in missing {
        let description = format!("An identifier of no store leads to `{word}`.");
        list.add(EditFamily::LookUp, format!("id.missing-{word}"), description, Change::Missing(missing));
    }
    let folds = [("case", Fold::Case), ("trimmed", Fold::Trimmed)];
    for (word, fold) in folds {
        list.add(
            EditFamily::LookUp,
            format!("id.{word}"),
            format!("Identifiers are compared `{word}`."),
            Change::IdFold(fold),
        );
    }
    list.add(EditFamily::LookUp, "id.by-prefix", "The beginning of an identifier serves as one.", Change::IdByPrefix);
    list.add(
        EditFamily::LookUp,
        "id.by-longer",
        "An identifier with more behind it serves as one.",
        Change::IdByLonger,
    );
    list.add(EditFamily::LookUp, "id.by-name", "The name of a store serves as its identifier.", Change::IdByName);
}

impl CheckId {
    /// Returns true if the sources let the check answer with the code.
    fn may_answer(self, code: Code) -> bool {
        use Code::{
            CloudHsmClusterInvalidConfiguration as ClusterInvalid, CloudHsmClusterNotActive as Inactive,
            CloudHsmClusterNotFound as NoCluster, CloudHsmClusterNotRelated as Unrelated,
            CustomKeyStoreInvalidState as State, CustomKeyStoreNameInUse as Name, Validation,
            XksProxyInvalidConfiguration as Proxy, XksProxyUriEndpointInUse as Endpoint, XksProxyUriInUse as Address,
            XksProxyVpcEndpointServiceInUse as ServiceInUse,
            XksProxyVpcEndpointServiceInvalidConfiguration as ServiceInvalid,
            XksProxyVpcEndpointServiceNotFound as NoService,
        };
        match self {
            CheckId::Gate => code == State,
            CheckId::NameTaken => code == Name,
            CheckId::EndpointTaken => code == Endpoint,
            CheckId::AddressTaken => code == Address,
            CheckId::ServiceTaken => code == ServiceInUse,
            CheckId::ClusterFound => code == NoCluster,
            CheckId::ClusterActive => code == Inactive,
            CheckId::ClusterRelated => code == Unrelated,
            CheckId::ClusterFit => code == ClusterInvalid,
            // Several roles have one of several codes each: no code is wrong for all of them but those of others.
            CheckId::ServiceUsable | CheckId::ServiceNamed => matches!(code, NoService | ServiceInvalid | Proxy),
            CheckId::ServiceOwned => matches!(code, NoService | ServiceInvalid),
            CheckId::ProxyHealthy => false,
            _ => code == Validation,
        }
    }
}
