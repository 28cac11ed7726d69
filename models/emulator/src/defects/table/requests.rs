//! Defects of the wire, of existence, types, states, uniqueness and connectivity (W, E, T, G, U, C).

use super::super::{DefectRow, Force};
use super::CREDENTIAL;
use crate::behaviour::UnknownId;
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::{Event, LookUp, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::forms::ErrorBody;
use crate::behaviour::gates::Quantifier;
use crate::behaviour::parsing::{Coercion, JsonType, Null};
use crate::behaviour::scope::{StoreVariant, When, any, giving};
use crate::edits::Change::*;
use crate::edits::Quirk;
use crate::errors::Code;
use crate::member::Member;
use crate::readings::ErrorTypeHeader;
use crate::store::ConnectionState;

table! {
    // The wire (W).
    "body-array-accepted" "W-07" Should 1 "An array for a body is an update without members."
        => [Body(Some(JsonType::List))];
    "body-null-accepted" "W-07" Should 1 "`null` for a body is an update without members." => [Body(None)];
    "body-scalar-accepted" "W-07" Should 1 "A string, number or boolean for a body is an update without members."
        => [Body(Some(JsonType::Text)), Body(Some(JsonType::Number)), Body(Some(JsonType::Bool))];
    "empty-body-is-object" "W-07" Should 1 "An empty body is read as `{}` and gets the code of a missing member."
        => [EmptyIsObject];
    "cut-off-accepted" "W-07" Must 2 "A body that ends inside the object is taken as far as it goes."
        => [Lenient(|json| json.cut_off = true)];
    "trailing-comma-accepted" "W-07" Must 2 "A comma before the closing brace is accepted."
        => [Lenient(|json| json.trailing_comma = true)];
    "malformed-is-500" "W-15" Must 1 "A body that is not JSON is answered with a KMSInternalException."
        => [Malformed(Code::KMSInternal)];
    "malformed-is-validation" "W-07" Should 1 "A body that is not JSON is answered with a ValidationException."
        => [Malformed(Code::Validation)];
    "trailing-bytes-accepted" "W-18" Should 2 "Bytes after the object are ignored."
        => [Lenient(|json| json.trailing_bytes = true)];
    "comments-accepted" "W-18" Should 2 "Comments in the body are accepted." => [Lenient(|json| json.comments = true)];
    "not-a-number-accepted" "W-18" Should 2 "NaN is accepted as the value of an unknown member."
        => [Lenient(|json| json.not_a_number = true)];
    "invalid-utf-8-replaced" "W-22" Should 2 "Invalid UTF-8 is replaced and accepted."
        => [Lenient(|json| json.invalid_utf8 = true)];
    "escapes-kept" "W-12" Must 1 "A `\\u` escape in a value is stored as it is written."
        => [Lenient(|json| json.raw_escapes = true)];
    "number-for-text" "W-08" Must 1 "A number is accepted for a string and stored as its digits."
        => [Coerce(None, JsonType::Number, Coercion::Text)];
    "boolean-for-text" "W-08" Must 2 "A boolean is accepted for a string."
        => [Coerce(None, JsonType::Bool, Coercion::Text)];
    "list-for-text" "W-08" Must 1 "An array is accepted for a string and its first element stored."
        => [Coerce(None, JsonType::List, Coercion::Text)];
    "object-for-text-ignored" "W-08" Must 2 "An object for a string is ignored."
        => [Coerce(None, JsonType::Object, Coercion::Given)];
    "credential-of-wrong-type-ignored" "W-08" Must 2 "A credential that is not an object is ignored."
        => [
            Coerce(CREDENTIAL, JsonType::Bool, Coercion::Given),
            Coerce(CREDENTIAL, JsonType::Number, Coercion::Given),
            Coerce(CREDENTIAL, JsonType::Text, Coercion::Given),
            Coerce(CREDENTIAL, JsonType::List, Coercion::Given),
        ];
    "wrong-type-is-validation" "W-08" Should 1 "A member of the wrong JSON type is answered with a ValidationException."
        => [Mistyped(Code::Validation)];
    "null-is-wrong-type" "W-09" Must 1 "An explicit null is a wrong type." => [IsNull(None, Null::WrongType)];
    "null-is-empty-text" "W-09" Must 1 "An explicit null is read as an empty string."
        => [IsNull(None, Null::EmptyText)];
    "unknown-member-refused" "W-10" Should 1 "An unknown member is refused." => [UnknownRefused];
    "unknown-null-refused" "W-10" Should 1 "An unknown member is refused when its value is null."
        => [UnknownNullRefused];
    "member-names-folded" "W-11" Should 2 "Member names are matched without case." => [NamesFolded];
    "long-body-refused-with-500" "W-15" Must 1
        "A body of more than 100,000 bytes is answered with a KMSInternalException."
        => [Quirk(Quirk::LongBody)];
    "other-method-takes-effect" "A-02" Must 2 "A misdirected update is refused and takes effect all the same."
        => [Quirk(Quirk::Misdirected)];
    "success-body-is-null" "W-02" Must 2 "Success answers with `null`." => [SuccessBody("null")];
    "success-body-is-text" "W-02" Must 2 "Success answers with a text that is not JSON." => [SuccessBody("OK")];
    "success-body-has-members" "W-02" Must 2 "Success answers with a member."
        => [SuccessBody("{\"CustomKeyStoreId\":\"\"}")];
    "success-is-201" "W-02" Must 2 "Success is a 201." => [SuccessStatus(201)];
    "success-is-204" "W-02" Must 2 "Success is a 204." => [SuccessStatus(204)];
    "not-found-is-404" "W-03" Must 1 "CustomKeyStoreNotFoundException comes with status 404."
        => [Status(Some(Code::CustomKeyStoreNotFound), 404)];
    "name-in-use-is-409" "W-03" Must 3 "CustomKeyStoreNameInUseException comes with status 409."
        => [Status(Some(Code::CustomKeyStoreNameInUse), 409)];
    "invalid-state-is-409" "W-03" Must 3 "CustomKeyStoreInvalidStateException comes with status 409."
        => [Status(Some(Code::CustomKeyStoreInvalidState), 409)];
    "validation-is-422" "W-03" Must 1 "ValidationException comes with status 422."
        => [Status(Some(Code::Validation), 422)];
    "validation-is-500" "W-03" Must 1 "ValidationException comes with status 500."
        => [Status(Some(Code::Validation), 500)];
    "errors-are-200" "W-03" Must 1 "Errors come with status 200." => [Status(None, 200)];
    "code-without-suffix" "W-04" Must 1 "The code lacks the `Exception` that ends its name." => [NoSuffix];
    "code-in-other-member" "W-04" Must 1 "The code is in a member `code` instead of `__type`."
        => [CodeMember(Some("code"))];
    "code-only-in-header" "W-04" Must 1 "The code is only in the header." => [CodeMember(None)];
    "header-contradicts" "W-04" Must 1 "The header names another code than the body."
        => [Header(ErrorTypeHeader::Other)];
    "error-body-is-xml" "W-04" Must 1 "Error bodies are XML." => [ErrorBody(ErrorBody::Xml)];
    "error-body-is-empty" "W-04" Must 1 "Error bodies are empty." => [ErrorBody(ErrorBody::Empty)];
    "error-body-is-nested" "W-04" Must 1 "The error is inside a member `Error` of the body."
        => [ErrorBody(ErrorBody::Nested)];
    "no-request-id" "W-06" Should 1 "Answers carry no request identifier." => [NoRequestId];
    "content-type-is-json-10" "W-24" Should 1 "Answers claim to be awsJson1.0."
        => [ContentType("application/x-amz-json-1.0")];
    "content-type-is-text" "W-24" Should 1 "Answers claim to be plain text." => [ContentType("text/plain")];
    "content-type-parameter-refused" "W-25" Should 1 "A Content-Type with a parameter is refused." => [BareContentType];
    "secret-in-error-text" "A-05" Must 1 "A constraint text repeats the sensitive value." => [QuoteSecrets];

    // Existence (E).
    "unknown-id-succeeds" "E-01" Must 1 "An update of a store that does not exist succeeds."
        => [Missing(UnknownId::Success)];
    "unknown-id-is-validation" "E-01" Must 1 "A store that does not exist gets a ValidationException."
        => [Missing(UnknownId::Refused(Code::Validation))];
    "unknown-id-is-invalid-state" "E-01" Must 1
        "A store that does not exist gets a CustomKeyStoreInvalidStateException."
        => [Missing(UnknownId::Refused(Code::CustomKeyStoreInvalidState))];
    "unknown-id-is-latest" "E-01" Must 2 "An unknown identifier means the newest store."
        => [Missing(UnknownId::Newest)];
    "id-trimmed" "E-02" Must 2 "Blanks around an identifier are ignored." => [IdFold(Fold::Trimmed)];
    "id-is-name-too" "E-02" Must 2 "The name of a store serves as its identifier." => [IdByName];
    "id-without-case" "E-02" Must 2 "Identifiers are matched without case." => [IdFold(Fold::Case)];
    "id-by-prefix" "E-02" Must 2 "The beginning of an identifier serves as the identifier." => [IdByPrefix];
    "id-by-longer-text" "E-02" Must 2 "An identifier with something after it serves as the identifier." => [IdByLonger];
    "deleted-id-stays" "E-03" Must 3 "The identifier of a deleted store is still found."
        => [Keep(LookUp::Id, Event::Deleted)];

    // Members and types (T).
    "kinds-only-checked-alone" "T-14" Must 2 "Members of the other type are refused only when given alone."
        => [Except(CheckId::OtherType, When::Together)];
    "kinds-only-checked-while-disconnected" "T-13" Must 3
        "Members of the other type are refused only while DISCONNECTED."
        => [
            Except(CheckId::OtherType, When::In(ConnectionState::Connected)),
            Except(CheckId::OtherType, When::In(ConnectionState::Failed)),
            Except(CheckId::OtherType, When::In(ConnectionState::Connecting)),
            Except(CheckId::OtherType, When::In(ConnectionState::Disconnecting)),
            Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Connected, true),
            Gate(StoreVariant::Public, Member::Password, ConnectionState::Connected, true),
            Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Connected, true),
            Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Failed, true),
            Gate(StoreVariant::Public, Member::Password, ConnectionState::Failed, true),
            Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Failed, true),
            Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Connecting, true),
            Gate(StoreVariant::Public, Member::Password, ConnectionState::Connecting, true),
            Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Connecting, true),
            Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Public, Member::Password, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Disconnecting, true),
        ];
    "other-type-is-invalid-state" "T-01" Must 2
        "A member of the other type gets a CustomKeyStoreInvalidStateException while DISCONNECTED."
        => [Answer(CheckId::OtherType, Code::CustomKeyStoreInvalidState)];
    "service-on-public-ignored" "T-09" Should 2 "A service name on a store that stays PUBLIC_ENDPOINT is ignored."
        => [Drop(CheckId::ServiceOnPublic)];

    // States (G), beyond single cells.
    "any-other-connected-store-closes" "G" Must 4 "A store cannot be updated while any other one is CONNECTED."
        => [ClosedByOthers(ConnectionState::Connected)];
    "only-first-member-gated" "G-50" Must 3 "Only the first member of a request is checked against the state."
        => [Asked(Quantifier::First)];
    "one-open-member-opens-all" "G-50" Must 3 "One member that may change in the state lets all others through."
        => [Asked(Quantifier::One)];
    "closed-gate-is-validation" "G" Must 3 "A gated change gets a ValidationException."
        => [Answer(CheckId::Gate, Code::Validation)];
    "closed-gate-is-not-found" "G" Must 3 "A gated change gets a CustomKeyStoreNotFoundException."
        => [Answer(CheckId::Gate, Code::CustomKeyStoreNotFound)];
    "failed-taken-for-disconnected" "G" Must 3 "FAILED is taken for DISCONNECTED."
        => [Seen(ConnectionState::Failed, ConnectionState::Disconnected)];
    "connecting-taken-for-disconnected" "G" Must 3 "CONNECTING is taken for DISCONNECTED."
        => [Seen(ConnectionState::Connecting, ConnectionState::Disconnected)];
    "disconnecting-taken-for-disconnected" "G" Must 4 "DISCONNECTING is taken for DISCONNECTED."
        => [Seen(ConnectionState::Disconnecting, ConnectionState::Disconnected)];
    "connecting-taken-for-connected" "G" Must 3 "CONNECTING is taken for CONNECTED."
        => [Seen(ConnectionState::Connecting, ConnectionState::Connected)];

    // Uniqueness (U).
    "names-not-unique" "U-01" Must 3 "A name that another store has is accepted." => [Drop(CheckId::NameTaken)];
    "names-not-unique-while-connected" "U-01" Must 4 "A name that another store has is accepted while CONNECTED."
        => [Except(CheckId::NameTaken, When::In(ConnectionState::Connected))];
    "names-not-unique-for-cloud-hsm" "U-01" Must 3 "A CloudHSM store may take a name that another store has."
        => [Except(CheckId::NameTaken, When::Before(StoreVariant::CloudHsm))];
    "names-not-unique-with-other-members" "U-01" Must 3
        "A name that another store has is accepted when another member is given with it."
        => [Except(CheckId::NameTaken, When::Together)];
    "names-unique-per-type" "U-01" Must 3 "A name that a store of the other type has is accepted."
        => [Among(CheckId::NameTaken, true)];
    "names-unique-by-prefix" "U-01" Must 3 "A name that begins another store's name counts as in use."
        => [ByPrefix(CheckId::NameTaken)];
    "name-in-use-is-validation" "U-01" Must 3 "A name in use gets a ValidationException."
        => [Answer(CheckId::NameTaken, Code::Validation)];
    "own-name-is-taken" "U-02" Should 2 "A store may not be given the name that it has."
        => [Own(CheckId::NameTaken, any())];
    "old-name-stays-taken" "U-04" Must 4 "The name before a rename stays in use."
        => [Keep(LookUp::Name, Event::Updated)];
    "deleted-name-stays-taken" "U-04" Must 4 "The name of a deleted store stays in use."
        => [Keep(LookUp::Name, Event::Deleted)];
    "addresses-not-unique" "U-05" Must 3 "An address that another store has is accepted."
        => [Drop(CheckId::EndpointTaken), Drop(CheckId::AddressTaken)];
    "address-only-checked-with-both" "U-05" Must 3 "The address is checked only when endpoint and path are both given."
        => [
            Only(CheckId::EndpointTaken, any().gives(Member::Endpoint).gives(Member::Path)),
            Only(CheckId::AddressTaken, any().gives(Member::Endpoint).gives(Member::Path)),
        ];
    "address-not-checked-for-path-alone" "U-05" Must 3 "The address is not checked when only the path is given."
        => [Spare(CheckId::EndpointTaken, Member::Path), Spare(CheckId::AddressTaken, Member::Path)];
    "address-not-checked-for-endpoint-alone" "U-05" Must 3 "The address is not checked when only the endpoint is given."
        => [
            Only(CheckId::EndpointTaken, any().gives(Member::Path)),
            Only(CheckId::AddressTaken, any().gives(Member::Path)),
        ];
    "old-address-compared" "U-05" Must 3 "The present address is compared with other stores', not the merged one."
        => [
            Read(CheckId::EndpointTaken, Fact::Endpoint, ValueSource::Stored),
            Read(CheckId::EndpointTaken, Fact::Path, ValueSource::Stored),
            Read(CheckId::EndpointTaken, Fact::Connectivity, ValueSource::Stored),
            Read(CheckId::AddressTaken, Fact::Endpoint, ValueSource::Stored),
            Read(CheckId::AddressTaken, Fact::Path, ValueSource::Stored),
            Read(CheckId::AddressTaken, Fact::Connectivity, ValueSource::Stored),
        ];
    "address-errors-exchanged" "U-05" Must 3
        "XksProxyUriInUseException and XksProxyUriEndpointInUseException are exchanged."
        => [
            Answer(CheckId::EndpointTaken, Code::XksProxyUriInUse),
            Answer(CheckId::AddressTaken, Code::XksProxyUriEndpointInUse),
        ];
    "public-endpoints-not-shared" "U-06" Must 3 "Two public stores may not share an endpoint though their paths differ."
        => [ByPrefix(CheckId::AddressTaken)];
    "vpc-endpoint-free-for-public" "U-07" Must 3 "A public store may take the endpoint of a VPC store."
        => [Except(CheckId::EndpointTaken, When::After(StoreVariant::Public))];
    "endpoint-free-for-vpc" "U-07" Must 3 "A VPC store may take the endpoint of another store."
        => [Except(CheckId::EndpointTaken, When::After(StoreVariant::Vpc))];
    "services-not-unique" "U-08" Must 3 "A VPC endpoint service that another store uses is accepted."
        => [Drop(CheckId::ServiceTaken)];
    "own-address-is-taken" "U-09" Should 2 "A store may not be given the endpoint that it has."
        => [
            Own(CheckId::EndpointTaken, giving(&[Member::Endpoint])),
            Own(CheckId::AddressTaken, giving(&[Member::Endpoint])),
        ];
    "own-service-is-taken" "U-09" Should 2 "A store may not be given the service that it has."
        => [Own(CheckId::ServiceTaken, any())];
    "old-address-stays-taken" "U-11" Must 4 "The address before a change stays in use."
        => [Keep(LookUp::Address, Event::Updated)];
    "old-endpoint-stays-taken" "U-11" Must 4 "The endpoint before a change stays in use."
        => [Keep(LookUp::Endpoint, Event::Updated)];
    "old-service-stays-taken" "U-11" Must 4 "The service before a change stays in use."
        => [Keep(LookUp::Service, Event::Updated)];
    "deleted-store-keeps-all" "U-11" Must 4 "A deleted store keeps name, address and service in use."
        => [
            Keep(LookUp::Name, Event::Deleted),
            Keep(LookUp::Address, Event::Deleted),
            Keep(LookUp::Endpoint, Event::Deleted),
            Keep(LookUp::Service, Event::Deleted),
        ];

    // Connectivity (C).
    "to-vpc-without-endpoint" "C-01" Must 2
        "A switch to VPC_ENDPOINT_SERVICE without a new endpoint is not refused for it."
        => [Drop(CheckId::ToVpcEndpoint)];
    "to-vpc-without-service" "C-01" Must 2 "A switch to VPC_ENDPOINT_SERVICE without a service name succeeds."
        => [Drop(CheckId::ToVpcService)];
    "to-public-without-endpoint" "C-02" Must 2 "A switch to PUBLIC_ENDPOINT without a new endpoint succeeds."
        => [Drop(CheckId::ToPublicEndpoint)];
    "to-public-needs-service" "C-03" Must 2 "A switch to PUBLIC_ENDPOINT without a service name is refused."
        => [Add(CheckId::ToPublicService, any().switching_to(StoreVariant::Public).lacks(Member::Service))];
    "service-stays-after-switch" "C-03" Must 2 "After a switch to PUBLIC_ENDPOINT the service name is still shown."
        => [Store(effect(Fact::Service, ValueSource::Stored, any().switching_to(StoreVariant::Public)))];
    "to-public-with-service-accepted" "C-04" Should 2 "A service name in a switch to PUBLIC_ENDPOINT is ignored."
        => [Drop(CheckId::ToPublicService)];
    "restated-connectivity-refused" "C-05" Should 2 "The present connectivity, given with its companions, is refused."
        => [Add(CheckId::RestatedConnectivity, any().external().only(&[When::Kept]).gives(Member::Connectivity))];
    "owner-left-out-is-reset" "C-06" Must 2 "An owner left out becomes the caller's account."
        => [
            Merge(effect(
                Fact::Owner,
                ValueSource::Caller,
                any().only(&[When::After(StoreVariant::Vpc)]).lacks(Member::Owner),
            )),
        ];
}
