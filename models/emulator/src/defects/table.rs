//! The list of defects, by the group of the rule they break: edits with names of their own.

use super::{DefectRow, Force};
use crate::behaviour::UnknownId;
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::{EffectRow, Event, Leaking, LookUp, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::forms::ErrorBody;
use crate::behaviour::gates::Quantifier;
use crate::behaviour::parsing::{Coercion, JsonType, Null};
use crate::behaviour::scope::{MemberSet, Scope, StoreVariant, When, any, giving};
use crate::edits::Change::*;
use crate::edits::{LengthEdit, Quirk};
use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::member::Member;
use crate::proxy::ProxyHealth;
use crate::readings::ErrorTypeHeader;
use crate::shapes::{Stage, Unit};
use crate::store::ConnectionState;

const CREDENTIAL: Option<&str> = Some("XksProxyAuthenticationCredential");

/// The merged value, changed by the fold.
const fn folded(fact: Fact, fold: Fold, when: Scope) -> EffectRow {
    EffectRow { fold, ..effect(fact, ValueSource::Merged, when) }
}

macro_rules! table {
    ($($variant:ident $name:literal $rule:literal $force:ident $steps:literal $sentence:literal => [$($change:expr),*];)*) => {
        /// A fault that can be planted. [`Defect::row`] describes it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Defect {
            $(#[doc = $sentence] $variant,)*
        }

        pub(super) static TABLE: &[DefectRow] = &[
            $(DefectRow {
                name: $name,
                rule: $rule,
                force: Force::$force,
                sentence: $sentence,
                shortest: $steps,
                defect: Defect::$variant,
                changes: &[$($change),*],
            },)*
        ];
    };
}

// name of the variant · name · rule · force · shortest sequence · sentence => changes
table! {
    // The wire (W).
    BodyArrayAccepted "body-array-accepted" "W-07" Should 1 "An array for a body is an update without members." => [Body(Some(JsonType::List))];
    BodyNullAccepted "body-null-accepted" "W-07" Should 1 "`null` for a body is an update without members." => [Body(None)];
    BodyScalarAccepted "body-scalar-accepted" "W-07" Should 1 "A string, number or boolean for a body is an update without members." => [Body(Some(JsonType::Text)), Body(Some(JsonType::Number)), Body(Some(JsonType::Bool))];
    EmptyBodyIsObject "empty-body-is-object" "W-07" Should 1 "An empty body is read as `{}` and gets the code of a missing member." => [EmptyIsObject];
    CutOffAccepted "cut-off-accepted" "W-07" Must 2 "A body that ends inside the object is taken as far as it goes." => [Lenient(|json| json.cut_off = true)];
    TrailingCommaAccepted "trailing-comma-accepted" "W-07" Must 2 "A comma before the closing brace is accepted." => [Lenient(|json| json.trailing_comma = true)];
    MalformedIs500 "malformed-is-500" "W-15" Must 1 "A body that is not JSON is answered with a KMSInternalException." => [Malformed(Code::KMSInternal)];
    MalformedIsValidation "malformed-is-validation" "W-07" Should 1 "A body that is not JSON is answered with a ValidationException." => [Malformed(Code::Validation)];
    TrailingBytesAccepted "trailing-bytes-accepted" "W-18" Should 2 "Bytes after the object are ignored." => [Lenient(|json| json.trailing_bytes = true)];
    CommentsAccepted "comments-accepted" "W-18" Should 2 "Comments in the body are accepted." => [Lenient(|json| json.comments = true)];
    NotANumberAccepted "not-a-number-accepted" "W-18" Should 2 "NaN is accepted as the value of an unknown member." => [Lenient(|json| json.not_a_number = true)];
    InvalidUtf8Replaced "invalid-utf-8-replaced" "W-22" Should 2 "Invalid UTF-8 is replaced and accepted." => [Lenient(|json| json.invalid_utf8 = true)];
    EscapesKept "escapes-kept" "W-12" Must 1 "A `\\u` escape in a value is stored as it is written." => [Lenient(|json| json.raw_escapes = true)];
    NumberForText "number-for-text" "W-08" Must 1 "A number is accepted for a string and stored as its digits." => [Coerce(None, JsonType::Number, Coercion::Text)];
    BooleanForText "boolean-for-text" "W-08" Must 2 "A boolean is accepted for a string." => [Coerce(None, JsonType::Bool, Coercion::Text)];
    ListForText "list-for-text" "W-08" Must 1 "An array is accepted for a string and its first element stored." => [Coerce(None, JsonType::List, Coercion::Text)];
    ObjectForTextIgnored "object-for-text-ignored" "W-08" Must 2 "An object for a string is ignored." => [Coerce(None, JsonType::Object, Coercion::Given)];
    CredentialOfWrongTypeIgnored "credential-of-wrong-type-ignored" "W-08" Must 2 "A credential that is not an object is ignored." => [Coerce(CREDENTIAL, JsonType::Bool, Coercion::Given), Coerce(CREDENTIAL, JsonType::Number, Coercion::Given), Coerce(CREDENTIAL, JsonType::Text, Coercion::Given), Coerce(CREDENTIAL, JsonType::List, Coercion::Given)];
    WrongTypeIsValidation "wrong-type-is-validation" "W-08" Should 1 "A member of the wrong JSON type is answered with a ValidationException." => [Mistyped(Code::Validation)];
    NullIsWrongType "null-is-wrong-type" "W-09" Must 1 "An explicit null is a wrong type." => [IsNull(None, Null::WrongType)];
    NullIsEmptyText "null-is-empty-text" "W-09" Must 1 "An explicit null is read as an empty string." => [IsNull(None, Null::EmptyText)];
    UnknownMemberRefused "unknown-member-refused" "W-10" Should 1 "An unknown member is refused." => [UnknownRefused];
    UnknownNullRefused "unknown-null-refused" "W-10" Should 1 "An unknown member is refused when its value is null." => [UnknownNullRefused];
    MemberNamesFolded "member-names-folded" "W-11" Should 2 "Member names are matched without case." => [NamesFolded];
    LongBodyRefusedWith500 "long-body-refused-with-500" "W-15" Must 1 "A body of more than 100,000 bytes is answered with a KMSInternalException." => [Quirk(Quirk::LongBody)];
    OtherMethodTakesEffect "other-method-takes-effect" "A-02" Must 2 "A misdirected update is refused and takes effect all the same." => [Quirk(Quirk::Misdirected)];
    SuccessBodyIsNull "success-body-is-null" "W-02" Must 2 "Success answers with `null`." => [SuccessBody("null")];
    SuccessBodyIsText "success-body-is-text" "W-02" Must 2 "Success answers with a text that is not JSON." => [SuccessBody("OK")];
    SuccessBodyHasMembers "success-body-has-members" "W-02" Must 2 "Success answers with a member." => [SuccessBody("{\"CustomKeyStoreId\":\"\"}")];
    SuccessIs201 "success-is-201" "W-02" Must 2 "Success is a 201." => [SuccessStatus(201)];
    SuccessIs204 "success-is-204" "W-02" Must 2 "Success is a 204." => [SuccessStatus(204)];
    NotFoundIs404 "not-found-is-404" "W-03" Must 1 "CustomKeyStoreNotFoundException comes with status 404." => [Status(Some(Code::CustomKeyStoreNotFound), 404)];
    NameInUseIs409 "name-in-use-is-409" "W-03" Must 3 "CustomKeyStoreNameInUseException comes with status 409." => [Status(Some(Code::CustomKeyStoreNameInUse), 409)];
    InvalidStateIs409 "invalid-state-is-409" "W-03" Must 3 "CustomKeyStoreInvalidStateException comes with status 409." => [Status(Some(Code::CustomKeyStoreInvalidState), 409)];
    ValidationIs422 "validation-is-422" "W-03" Must 1 "ValidationException comes with status 422." => [Status(Some(Code::Validation), 422)];
    ValidationIs500 "validation-is-500" "W-03" Must 1 "ValidationException comes with status 500." => [Status(Some(Code::Validation), 500)];
    ErrorsAre200 "errors-are-200" "W-03" Must 1 "Errors come with status 200." => [Status(None, 200)];
    CodeWithoutSuffix "code-without-suffix" "W-04" Must 1 "The code lacks the `Exception` that ends its name." => [NoSuffix];
    CodeInOtherMember "code-in-other-member" "W-04" Must 1 "The code is in a member `code` instead of `__type`." => [CodeMember(Some("code"))];
    CodeOnlyInHeader "code-only-in-header" "W-04" Must 1 "The code is only in the header." => [CodeMember(None)];
    HeaderContradicts "header-contradicts" "W-04" Must 1 "The header names another code than the body." => [Header(ErrorTypeHeader::Other)];
    ErrorBodyIsXml "error-body-is-xml" "W-04" Must 1 "Error bodies are XML." => [ErrorBody(ErrorBody::Xml)];
    ErrorBodyIsEmpty "error-body-is-empty" "W-04" Must 1 "Error bodies are empty." => [ErrorBody(ErrorBody::Empty)];
    ErrorBodyIsNested "error-body-is-nested" "W-04" Must 1 "The error is inside a member `Error` of the body." => [ErrorBody(ErrorBody::Nested)];
    NoRequestId "no-request-id" "W-06" Should 1 "Answers carry no request identifier." => [NoRequestId];
    ContentTypeIsJson10 "content-type-is-json-10" "W-24" Should 1 "Answers claim to be awsJson1.0." => [ContentType("application/x-amz-json-1.0")];
    ContentTypeIsText "content-type-is-text" "W-24" Should 1 "Answers claim to be plain text." => [ContentType("text/plain")];
    ContentTypeParameterRefused "content-type-parameter-refused" "W-25" Should 1 "A Content-Type with a parameter is refused." => [BareContentType];
    SecretInErrorText "secret-in-error-text" "A-05" Must 1 "A constraint text repeats the sensitive value." => [QuoteSecrets];

    // Existence (E).
    UnknownIdSucceeds "unknown-id-succeeds" "E-01" Must 1 "An update of a store that does not exist succeeds." => [Missing(UnknownId::Success)];
    UnknownIdIsValidation "unknown-id-is-validation" "E-01" Must 1 "A store that does not exist gets a ValidationException." => [Missing(UnknownId::Refused(Code::Validation))];
    UnknownIdIsInvalidState "unknown-id-is-invalid-state" "E-01" Must 1 "A store that does not exist gets a CustomKeyStoreInvalidStateException." => [Missing(UnknownId::Refused(Code::CustomKeyStoreInvalidState))];
    UnknownIdIsLatest "unknown-id-is-latest" "E-01" Must 2 "An unknown identifier means the newest store." => [Missing(UnknownId::Newest)];
    IdTrimmed "id-trimmed" "E-02" Must 2 "Blanks around an identifier are ignored." => [IdFold(Fold::Trimmed)];
    IdIsNameToo "id-is-name-too" "E-02" Must 2 "The name of a store serves as its identifier." => [IdByName];
    IdWithoutCase "id-without-case" "E-02" Must 2 "Identifiers are matched without case." => [IdFold(Fold::Case)];
    IdByPrefix "id-by-prefix" "E-02" Must 2 "The beginning of an identifier serves as the identifier." => [IdByPrefix];
    IdByLongerText "id-by-longer-text" "E-02" Must 2 "An identifier with something after it serves as the identifier." => [IdByLonger];
    DeletedIdStays "deleted-id-stays" "E-03" Must 3 "The identifier of a deleted store is still found." => [Keep(LookUp::Id, Event::Deleted)];

    // Members and types (T).
    KindsOnlyCheckedAlone "kinds-only-checked-alone" "T-14" Must 2 "Members of the other type are refused only when given alone." => [Except(CheckId::OtherType, When::Together)];
    KindsOnlyCheckedWhileDisconnected "kinds-only-checked-while-disconnected" "T-13" Must 3 "Members of the other type are refused only while DISCONNECTED." => [Except(CheckId::OtherType, When::In(ConnectionState::Connected)), Except(CheckId::OtherType, When::In(ConnectionState::Failed)), Except(CheckId::OtherType, When::In(ConnectionState::Connecting)), Except(CheckId::OtherType, When::In(ConnectionState::Disconnecting)), Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Connected, true), Gate(StoreVariant::Public, Member::Password, ConnectionState::Connected, true), Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Connected, true), Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Failed, true), Gate(StoreVariant::Public, Member::Password, ConnectionState::Failed, true), Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Failed, true), Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Connecting, true), Gate(StoreVariant::Public, Member::Password, ConnectionState::Connecting, true), Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Connecting, true), Gate(StoreVariant::CloudHsm, Member::Endpoint, ConnectionState::Disconnecting, true), Gate(StoreVariant::CloudHsm, Member::Path, ConnectionState::Disconnecting, true), Gate(StoreVariant::CloudHsm, Member::Service, ConnectionState::Disconnecting, true), Gate(StoreVariant::CloudHsm, Member::Owner, ConnectionState::Disconnecting, true), Gate(StoreVariant::CloudHsm, Member::Credential, ConnectionState::Disconnecting, true), Gate(StoreVariant::CloudHsm, Member::Connectivity, ConnectionState::Disconnecting, true), Gate(StoreVariant::Public, Member::Password, ConnectionState::Disconnecting, true), Gate(StoreVariant::Public, Member::Cluster, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Password, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Cluster, ConnectionState::Disconnecting, true)];
    OtherTypeIsInvalidState "other-type-is-invalid-state" "T-01" Must 2 "A member of the other type gets a CustomKeyStoreInvalidStateException while DISCONNECTED." => [Answer(CheckId::OtherType, Code::CustomKeyStoreInvalidState)];
    ServiceOnPublicIgnored "service-on-public-ignored" "T-09" Should 2 "A service name on a store that stays PUBLIC_ENDPOINT is ignored." => [Drop(CheckId::ServiceOnPublic)];

    // States (G), beyond single cells.
    AnyOtherConnectedStoreCloses "any-other-connected-store-closes" "G" Must 4 "A store cannot be updated while any other one is CONNECTED." => [ClosedByOthers(ConnectionState::Connected)];
    OnlyFirstMemberGated "only-first-member-gated" "G-50" Must 3 "Only the first member of a request is checked against the state." => [Asked(Quantifier::First)];
    OneOpenMemberOpensAll "one-open-member-opens-all" "G-50" Must 3 "One member that may change in the state lets all others through." => [Asked(Quantifier::One)];
    ClosedGateIsValidation "closed-gate-is-validation" "G" Must 3 "A gated change gets a ValidationException." => [Answer(CheckId::Gate, Code::Validation)];
    ClosedGateIsNotFound "closed-gate-is-not-found" "G" Must 3 "A gated change gets a CustomKeyStoreNotFoundException." => [Answer(CheckId::Gate, Code::CustomKeyStoreNotFound)];
    FailedTakenForDisconnected "failed-taken-for-disconnected" "G" Must 3 "FAILED is taken for DISCONNECTED." => [Seen(ConnectionState::Failed, ConnectionState::Disconnected)];
    ConnectingTakenForDisconnected "connecting-taken-for-disconnected" "G" Must 3 "CONNECTING is taken for DISCONNECTED." => [Seen(ConnectionState::Connecting, ConnectionState::Disconnected)];
    DisconnectingTakenForDisconnected "disconnecting-taken-for-disconnected" "G" Must 4 "DISCONNECTING is taken for DISCONNECTED." => [Seen(ConnectionState::Disconnecting, ConnectionState::Disconnected)];
    ConnectingTakenForConnected "connecting-taken-for-connected" "G" Must 3 "CONNECTING is taken for CONNECTED." => [Seen(ConnectionState::Connecting, ConnectionState::Connected)];

    // Uniqueness (U).
    NamesNotUnique "names-not-unique" "U-01" Must 3 "A name that another store has is accepted." => [Drop(CheckId::NameTaken)];
    NamesNotUniqueWhileConnected "names-not-unique-while-connected" "U-01" Must 4 "A name that another store has is accepted while CONNECTED." => [Except(CheckId::NameTaken, When::In(ConnectionState::Connected))];
    NamesNotUniqueForCloudHsm "names-not-unique-for-cloud-hsm" "U-01" Must 3 "A CloudHSM store may take a name that another store has." => [Except(CheckId::NameTaken, When::Before(StoreVariant::CloudHsm))];
    NamesNotUniqueWithOtherMembers "names-not-unique-with-other-members" "U-01" Must 3 "A name that another store has is accepted when another member is given with it." => [Except(CheckId::NameTaken, When::Together)];
    NamesUniquePerType "names-unique-per-type" "U-01" Must 3 "A name that a store of the other type has is accepted." => [Among(CheckId::NameTaken, true)];
    NamesUniqueByPrefix "names-unique-by-prefix" "U-01" Must 3 "A name that begins another store's name counts as in use." => [ByPrefix(CheckId::NameTaken)];
    NameInUseIsValidation "name-in-use-is-validation" "U-01" Must 3 "A name in use gets a ValidationException." => [Answer(CheckId::NameTaken, Code::Validation)];
    OwnNameIsTaken "own-name-is-taken" "U-02" Should 2 "A store may not be given the name that it has." => [Own(CheckId::NameTaken, any())];
    OldNameStaysTaken "old-name-stays-taken" "U-04" Must 4 "The name before a rename stays in use." => [Keep(LookUp::Name, Event::Updated)];
    DeletedNameStaysTaken "deleted-name-stays-taken" "U-04" Must 4 "The name of a deleted store stays in use." => [Keep(LookUp::Name, Event::Deleted)];
    AddressesNotUnique "addresses-not-unique" "U-05" Must 3 "An address that another store has is accepted." => [Drop(CheckId::EndpointTaken), Drop(CheckId::AddressTaken)];
    AddressOnlyCheckedWithBoth "address-only-checked-with-both" "U-05" Must 3 "The address is checked only when endpoint and path are both given." => [Only(CheckId::EndpointTaken, any().gives(Member::Endpoint).gives(Member::Path)), Only(CheckId::AddressTaken, any().gives(Member::Endpoint).gives(Member::Path))];
    AddressNotCheckedForPathAlone "address-not-checked-for-path-alone" "U-05" Must 3 "The address is not checked when only the path is given." => [Spare(CheckId::EndpointTaken, Member::Path), Spare(CheckId::AddressTaken, Member::Path)];
    AddressNotCheckedForEndpointAlone "address-not-checked-for-endpoint-alone" "U-05" Must 3 "The address is not checked when only the endpoint is given." => [Only(CheckId::EndpointTaken, any().gives(Member::Path)), Only(CheckId::AddressTaken, any().gives(Member::Path))];
    OldAddressCompared "old-address-compared" "U-05" Must 3 "The present address is compared with other stores', not the merged one." => [Read(CheckId::EndpointTaken, Fact::Endpoint, ValueSource::Stored), Read(CheckId::EndpointTaken, Fact::Path, ValueSource::Stored), Read(CheckId::EndpointTaken, Fact::Connectivity, ValueSource::Stored), Read(CheckId::AddressTaken, Fact::Endpoint, ValueSource::Stored), Read(CheckId::AddressTaken, Fact::Path, ValueSource::Stored), Read(CheckId::AddressTaken, Fact::Connectivity, ValueSource::Stored)];
    AddressErrorsExchanged "address-errors-exchanged" "U-05" Must 3 "XksProxyUriInUseException and XksProxyUriEndpointInUseException are exchanged." => [Answer(CheckId::EndpointTaken, Code::XksProxyUriInUse), Answer(CheckId::AddressTaken, Code::XksProxyUriEndpointInUse)];
    PublicEndpointsNotShared "public-endpoints-not-shared" "U-06" Must 3 "Two public stores may not share an endpoint though their paths differ." => [ByPrefix(CheckId::AddressTaken)];
    VpcEndpointFreeForPublic "vpc-endpoint-free-for-public" "U-07" Must 3 "A public store may take the endpoint of a VPC store." => [Except(CheckId::EndpointTaken, When::After(StoreVariant::Public))];
    EndpointFreeForVpc "endpoint-free-for-vpc" "U-07" Must 3 "A VPC store may take the endpoint of another store." => [Except(CheckId::EndpointTaken, When::After(StoreVariant::Vpc))];
    ServicesNotUnique "services-not-unique" "U-08" Must 3 "A VPC endpoint service that another store uses is accepted." => [Drop(CheckId::ServiceTaken)];
    OwnAddressIsTaken "own-address-is-taken" "U-09" Should 2 "A store may not be given the endpoint that it has." => [Own(CheckId::EndpointTaken, giving(&[Member::Endpoint])), Own(CheckId::AddressTaken, giving(&[Member::Endpoint]))];
    OwnServiceIsTaken "own-service-is-taken" "U-09" Should 2 "A store may not be given the service that it has." => [Own(CheckId::ServiceTaken, any())];
    OldAddressStaysTaken "old-address-stays-taken" "U-11" Must 4 "The address before a change stays in use." => [Keep(LookUp::Address, Event::Updated)];
    OldEndpointStaysTaken "old-endpoint-stays-taken" "U-11" Must 4 "The endpoint before a change stays in use." => [Keep(LookUp::Endpoint, Event::Updated)];
    OldServiceStaysTaken "old-service-stays-taken" "U-11" Must 4 "The service before a change stays in use." => [Keep(LookUp::Service, Event::Updated)];
    DeletedStoreKeepsAll "deleted-store-keeps-all" "U-11" Must 4 "A deleted store keeps name, address and service in use." => [Keep(LookUp::Name, Event::Deleted), Keep(LookUp::Address, Event::Deleted), Keep(LookUp::Endpoint, Event::Deleted), Keep(LookUp::Service, Event::Deleted)];

    // Connectivity (C).
    ToVpcWithoutEndpoint "to-vpc-without-endpoint" "C-01" Must 2 "A switch to VPC_ENDPOINT_SERVICE without a new endpoint is not refused for it." => [Drop(CheckId::ToVpcEndpoint)];
    ToVpcWithoutService "to-vpc-without-service" "C-01" Must 2 "A switch to VPC_ENDPOINT_SERVICE without a service name succeeds." => [Drop(CheckId::ToVpcService)];
    ToPublicWithoutEndpoint "to-public-without-endpoint" "C-02" Must 2 "A switch to PUBLIC_ENDPOINT without a new endpoint succeeds." => [Drop(CheckId::ToPublicEndpoint)];
    ToPublicNeedsService "to-public-needs-service" "C-03" Must 2 "A switch to PUBLIC_ENDPOINT without a service name is refused." => [Add(CheckId::ToPublicService, any().switching_to(StoreVariant::Public).lacks(Member::Service))];
    ServiceStaysAfterSwitch "service-stays-after-switch" "C-03" Must 2 "After a switch to PUBLIC_ENDPOINT the service name is still shown." => [Store(effect(Fact::Service, ValueSource::Stored, any().switching_to(StoreVariant::Public)))];
    ToPublicWithServiceAccepted "to-public-with-service-accepted" "C-04" Should 2 "A service name in a switch to PUBLIC_ENDPOINT is ignored." => [Drop(CheckId::ToPublicService)];
    RestatedConnectivityRefused "restated-connectivity-refused" "C-05" Should 2 "The present connectivity, given with its companions, is refused." => [Add(CheckId::RestatedConnectivity, any().external().only(&[When::Kept]).gives(Member::Connectivity))];
    OwnerLeftOutIsReset "owner-left-out-is-reset" "C-06" Must 2 "An owner left out becomes the caller's account." => [Merge(effect(Fact::Owner, ValueSource::Caller, any().only(&[When::After(StoreVariant::Vpc)]).lacks(Member::Owner)))];

    // Clusters (H).
    ClusterNotLookedUp "cluster-not-looked-up" "H-01" Must 2 "A cluster that does not exist is accepted." => [Cluster(ClusterRole::Absent, None), Cluster(ClusterRole::OtherAccount, None)];
    UnknownClusterIsNotActive "unknown-cluster-is-not-active" "H-01" Must 2 "A cluster that does not exist gets a CloudHsmClusterNotActiveException." => [Answer(CheckId::ClusterFound, Code::CloudHsmClusterNotActive)];
    ClusterCheckedOnlyWithPassword "cluster-checked-only-with-password" "H-01" Must 2 "The cluster is checked only when a password is given with it." => [Only(CheckId::ClusterFound, any().gives(Member::Password)), Only(CheckId::ClusterActive, any().gives(Member::Password)), Only(CheckId::ClusterRelated, any().gives(Member::Password)), Only(CheckId::ClusterFit, any().gives(Member::Password))];
    OldClusterChecked "old-cluster-checked" "H-01" Must 2 "The present cluster is checked in place of the new one." => [Read(CheckId::ClusterFound, Fact::Cluster, ValueSource::Stored), Read(CheckId::ClusterActive, Fact::Cluster, ValueSource::Stored), Read(CheckId::ClusterRelated, Fact::Cluster, ValueSource::Stored), Read(CheckId::ClusterFit, Fact::Cluster, ValueSource::Stored)];
    InactiveClusterAccepted "inactive-cluster-accepted" "H-02" Must 2 "A cluster that is not active is accepted." => [Drop(CheckId::ClusterActive)];
    InactiveClusterIsNotFound "inactive-cluster-is-not-found" "H-02" Must 2 "A cluster that is not active gets a CloudHsmClusterNotFoundException." => [Answer(CheckId::ClusterActive, Code::CloudHsmClusterNotFound)];
    UnrelatedClusterAccepted "unrelated-cluster-accepted" "H-03" Must 2 "A cluster with another certificate is accepted." => [Drop(CheckId::ClusterRelated)];
    UnrelatedClusterIsInvalid "unrelated-cluster-is-invalid" "H-03" Must 2 "A cluster with another certificate gets a CloudHsmClusterInvalidConfigurationException." => [Answer(CheckId::ClusterRelated, Code::CloudHsmClusterInvalidConfiguration)];
    TooFewHsmsAccepted "too-few-hsms-accepted" "H-04" Must 2 "A cluster with fewer than two active HSMs is accepted." => [Cluster(ClusterRole::TooFewHsms, None)];
    FewSubnetsAccepted "few-subnets-accepted" "H-04" Must 2 "A cluster with fewer than two private subnets is accepted." => [Cluster(ClusterRole::FewSubnets, None)];
    WrongNetworkAccepted "wrong-network-accepted" "H-04" Must 2 "A cluster with a wrong security group is accepted." => [Cluster(ClusterRole::WrongNetwork, None)];
    InvalidClusterIsNotActive "invalid-cluster-is-not-active" "H-04" Must 2 "A wrongly configured cluster gets a CloudHsmClusterNotActiveException." => [Answer(CheckId::ClusterFit, Code::CloudHsmClusterNotActive)];
    PasswordNotCheckedAtConnect "password-not-checked-at-connect" "H-06" Must 2 "A wrong password connects." => [Connect(Fact::Password, ValueSource::Nothing)];
    RelatedClusterRefused "related-cluster-refused" "H-08" Must 2 "A related cluster that is not the creating one is refused." => [Cluster(ClusterRole::Related, Some(Code::CloudHsmClusterNotRelated))];
    PresentClusterCheckedToo "present-cluster-checked-too" "H-09" Must 2 "A change of the cluster is refused while the present one is broken." => [ReadAlso(CheckId::ClusterFound, Fact::Cluster, ValueSource::Stored), ReadAlso(CheckId::ClusterActive, Fact::Cluster, ValueSource::Stored), ReadAlso(CheckId::ClusterFit, Fact::Cluster, ValueSource::Stored)];
    ClusterOfOtherAccountFound "cluster-of-other-account-found" "H-12" Must 2 "A cluster of another account is accepted." => [Cluster(ClusterRole::OtherAccount, None)];
    ClusterOfOtherAccountIsValidation "cluster-of-other-account-is-validation" "H-12" Should 2 "A cluster of another account gets a ValidationException." => [Cluster(ClusterRole::OtherAccount, Some(Code::Validation))];

    // Endpoint services (V).
    ServiceNotLookedUp "service-not-looked-up" "V-01" Must 2 "The service is not looked at." => [Drop(CheckId::ServiceUsable), Drop(CheckId::ServiceOwned), Drop(CheckId::ServiceNamed)];
    UnknownServiceAccepted "unknown-service-accepted" "V-01" Must 2 "A service that does not exist is accepted." => [Service(ServiceRole::Absent, None)];
    ServiceOfOtherRegionAccepted "service-of-other-region-accepted" "V-01" Must 2 "A service of another Region is accepted." => [Service(ServiceRole::OtherRegion, None)];
    ServiceWithoutPrincipalAccepted "service-without-principal-accepted" "V-01" Must 2 "A service that AWS KMS may not use is accepted." => [Service(ServiceRole::NotAllowed, None)];
    ServiceErrorsExchanged "service-errors-exchanged" "V-01" Must 2 "NotFound and InvalidConfiguration of a service are exchanged." => [Service(ServiceRole::Absent, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)), Service(ServiceRole::OtherRegion, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)), Service(ServiceRole::NotAllowed, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)), Service(ServiceRole::AcceptanceRequired, Some(Code::XksProxyVpcEndpointServiceNotFound)), Service(ServiceRole::WrongLoadBalancer, Some(Code::XksProxyVpcEndpointServiceNotFound)), Service(ServiceRole::OneZone, Some(Code::XksProxyVpcEndpointServiceNotFound)), Service(ServiceRole::NoDnsName, Some(Code::XksProxyVpcEndpointServiceNotFound)), Service(ServiceRole::UnverifiedDns, Some(Code::XksProxyVpcEndpointServiceNotFound)), Answer(CheckId::ServiceOwned, Code::XksProxyVpcEndpointServiceInvalidConfiguration), Answer(CheckId::ServiceNamed, Code::XksProxyVpcEndpointServiceNotFound)];
    AcceptanceRequiredAccepted "acceptance-required-accepted" "V-02" Must 2 "A service that requires acceptance is accepted." => [Service(ServiceRole::AcceptanceRequired, None)];
    WrongLoadBalancerAccepted "wrong-load-balancer-accepted" "V-02" Must 2 "A service behind the wrong load balancer is accepted." => [Service(ServiceRole::WrongLoadBalancer, None)];
    OneZoneAccepted "one-zone-accepted" "V-02" Must 2 "A service in one zone is accepted." => [Service(ServiceRole::OneZone, None)];
    NoDnsNameAccepted "no-dns-name-accepted" "V-02" Must 2 "A service without a private DNS name is accepted." => [Service(ServiceRole::NoDnsName, None)];
    UnverifiedDnsAccepted "unverified-dns-accepted" "V-02" Must 2 "A service with an unverified private DNS name is accepted." => [Service(ServiceRole::UnverifiedDns, None)];
    DnsNameNotCompared "dns-name-not-compared" "V-02" Must 2 "The service's DNS name is not compared with the endpoint's host." => [Drop(CheckId::ServiceNamed)];
    ServiceOwnerNotChecked "service-owner-not-checked" "V-03" Should 2 "An owner that does not own the service is accepted." => [Drop(CheckId::ServiceOwned)];
    DnsNameAgainstOldEndpoint "dns-name-against-old-endpoint" "V-05" Must 2 "The service's DNS name is compared with the present endpoint, not the merged one." => [Read(CheckId::ServiceNamed, Fact::Endpoint, ValueSource::Stored)];
    DnsNameNotCheckedForEndpointAlone "dns-name-not-checked-for-endpoint-alone" "V-05" Must 2 "The service's DNS name is not compared when only the endpoint changes." => [Only(CheckId::ServiceNamed, any().gives(Member::Service))];
    DnsNameNotCheckedForServiceAlone "dns-name-not-checked-for-service-alone" "V-05" Must 2 "The service's DNS name is not compared when only the service changes." => [Only(CheckId::ServiceNamed, any().gives(Member::Endpoint))];

    // Proxies (X).
    AuthenticationFailureIsHealthy "authentication-failure-is-healthy" "X-01" Must 2 "A proxy that refuses the signature is taken for healthy." => [Unauthenticated(ProxyHealth::Healthy), Proxy(ProxyRole::WrongCredential, ProxyHealth::Healthy), Proxy(ProxyRole::Disagree, ProxyHealth::Healthy)];
    AuthenticationFailureIsInvalid "authentication-failure-is-invalid" "X-01" Must 2 "A proxy that refuses the signature gets an XksProxyInvalidResponseException." => [Unauthenticated(ProxyHealth::Invalid), Proxy(ProxyRole::WrongCredential, ProxyHealth::Invalid), Proxy(ProxyRole::Disagree, ProxyHealth::Invalid)];
    InvalidPathIsUnreachable "invalid-path-is-unreachable" "X-02" Must 2 "InvalidUriPathException of the proxy gets an XksProxyUriUnreachableException." => [Proxy(ProxyRole::InvalidPath, ProxyHealth::Unreachable)];
    ProxyValidationIsConfiguration "proxy-validation-is-configuration" "X-03" Must 2 "ValidationException of the proxy gets an XksProxyInvalidConfigurationException." => [Proxy(ProxyRole::Validation, ProxyHealth::Path)];
    ProxyInternalIsUnreachable "proxy-internal-is-unreachable" "X-04" Must 2 "InternalException of the proxy gets an XksProxyUriUnreachableException." => [Proxy(ProxyRole::Internal, ProxyHealth::Unreachable)];
    NotJsonIsHealthy "not-json-is-healthy" "X-05" Must 2 "An answer that is not JSON is taken for healthy." => [Proxy(ProxyRole::NotJson, ProxyHealth::Healthy)];
    NoBodyIsUnreachable "no-body-is-unreachable" "X-05" Must 2 "An HTTP error without a JSON body gets an XksProxyUriUnreachableException." => [Proxy(ProxyRole::NoBody, ProxyHealth::Unreachable)];
    IncompleteHealthAccepted "incomplete-health-accepted" "X-05" Should 2 "An answer that lacks members is taken for healthy." => [Proxy(ProxyRole::MissingMembers, ProxyHealth::Healthy)];
    ProxyThrottlingIsHealthy "proxy-throttling-is-healthy" "X-06" Must 2 "A proxy that throttles is taken for healthy." => [Proxy(ProxyRole::Throttling, ProxyHealth::Healthy)];
    ProxyThrottlingIsInvalid "proxy-throttling-is-invalid" "X-06" Must 2 "A proxy that throttles gets an XksProxyInvalidResponseException." => [Proxy(ProxyRole::Throttling, ProxyHealth::Invalid)];
    DependencyTimeoutIsInvalid "dependency-timeout-is-invalid" "X-07" Must 2 "DependencyTimeoutException of the proxy gets an XksProxyInvalidResponseException." => [Proxy(ProxyRole::DependencyTimeout, ProxyHealth::Invalid)];
    NoTcpIsHealthy "no-tcp-is-healthy" "X-08" Must 2 "A proxy that cannot be connected to is taken for healthy." => [Proxy(ProxyRole::NoTcp, ProxyHealth::Healthy)];
    NoTlsIsHealthy "no-tls-is-healthy" "X-09" Must 2 "A proxy without valid TLS is taken for healthy." => [Proxy(ProxyRole::BadTls, ProxyHealth::Healthy)];
    LateAnswerIsHealthy "late-answer-is-healthy" "X-10" Must 2 "The health check waits as long as it takes." => [Proxy(ProxyRole::Slow, ProxyHealth::Healthy)];
    UnavailableIsHealthy "unavailable-is-healthy" "X-11" Must 2 "A fleet that is UNAVAILABLE is taken for healthy." => [Proxy(ProxyRole::Unavailable, ProxyHealth::Healthy)];
    UnavailableIsInvalid "unavailable-is-invalid" "X-11" Must 2 "A fleet that is UNAVAILABLE gets an XksProxyInvalidResponseException." => [Proxy(ProxyRole::Unavailable, ProxyHealth::Invalid)];
    OnlyActiveIsHealthy "only-active-is-healthy" "X-12" Must 2 "One key manager that is not ACTIVE makes the proxy unusable." => [Proxy(ProxyRole::Degraded, ProxyHealth::Unreachable)];
    ProxyNotAsked "proxy-not-asked" "X-08" Must 2 "The proxy is not asked." => [Drop(CheckId::ProxyHealthy)];
    ProxyNotAskedForPath "proxy-not-asked-for-path" "X-02" Must 2 "The proxy is not asked when only the path changes." => [Spare(CheckId::ProxyHealthy, Member::Path)];
    ProxyNotAskedForCredential "proxy-not-asked-for-credential" "X-01" Must 2 "The proxy is not asked when only the credential changes." => [Spare(CheckId::ProxyHealthy, Member::Credential)];
    ProxyNotAskedWhileConnected "proxy-not-asked-while-connected" "X-01" Must 3 "The proxy is not asked while the store is CONNECTED." => [Except(CheckId::ProxyHealthy, When::In(ConnectionState::Connected))];
    ProxyNotAskedWhileDisconnected "proxy-not-asked-while-disconnected" "X-08" Must 2 "The proxy is not asked while the store is DISCONNECTED." => [Except(CheckId::ProxyHealthy, When::In(ConnectionState::Disconnected))];
    VpcProxyNotAskedWhileConnected "vpc-proxy-not-asked-while-connected" "X-02" Should 3 "The proxy of a VPC store is not asked while the store is CONNECTED." => [Except(CheckId::ProxyHealthy, When::After(StoreVariant::Vpc))];
    UnreachableProxyIsInternal "unreachable-proxy-is-internal" "W-15" Should 2 "A proxy that cannot be reached gets a KMSInternalException." => [Exchange(CheckId::ProxyHealthy, Code::XksProxyUriUnreachable, Code::KMSInternal)];
    ProxyAskedWithOldCredential "proxy-asked-with-old-credential" "X-14" Must 2 "The proxy is asked with the present credential, not the new one." => [Read(CheckId::ProxyHealthy, Fact::KeyId, ValueSource::Stored), Read(CheckId::ProxyHealthy, Fact::Secret, ValueSource::Stored)];
    ProxyAskedWithOldSecret "proxy-asked-with-old-secret" "X-14" Must 2 "The proxy is asked with the new access key and the present secret." => [Read(CheckId::ProxyHealthy, Fact::Secret, ValueSource::Stored)];
    ProxyAskedAtOldEndpoint "proxy-asked-at-old-endpoint" "X-14" Must 2 "The proxy is asked at the present endpoint, not the new one." => [Read(CheckId::ProxyHealthy, Fact::Endpoint, ValueSource::Stored)];
    ProxyAskedAtOldPath "proxy-asked-at-old-path" "X-14" Must 2 "The proxy is asked at the present path, not the new one." => [Read(CheckId::ProxyHealthy, Fact::Path, ValueSource::Stored)];
    ConnectUsesOldSecret "connect-uses-old-secret" "X-18" Must 3 "Connect goes on with the secret before the update." => [Connect(Fact::Secret, ValueSource::Previous)];
    ConnectUsesOldEndpoint "connect-uses-old-endpoint" "X-18" Must 3 "Connect goes on with the endpoint before the update." => [Connect(Fact::Endpoint, ValueSource::Previous)];
    ConnectUsesOldPath "connect-uses-old-path" "X-18" Must 3 "Connect goes on with the path before the update." => [Connect(Fact::Path, ValueSource::Previous)];
    OnlyKeyIdStored "only-key-id-stored" "X-18" Must 3 "Of a new credential only the access key is stored." => [Store(effect(Fact::Secret, ValueSource::Stored, any()))];
    ProxyStatusDecides "proxy-status-decides" "X-19" Should 2 "The HTTP status of a proxy's error decides, not its name." => [Proxy(ProxyRole::Disagree, ProxyHealth::Invalid)];
    ProxyMessageRepeated "proxy-message-repeated" "X-21" Should 2 "The proxy's own error message is repeated to the caller." => [RepeatProxy];

    // Effects (A).
    LatestStoreChanged "latest-store-changed" "A-01" Must 3 "The newest store of the type is changed in place of the one named." => [Misplace(MemberSet::ALL)];
    LatestStoreChangedForPassword "latest-store-changed-for-password" "A-01" Must 4 "A password goes to the newest store of the type." => [Misplace(MemberSet::of(&[Member::Password]))];
    NameStoredTrimmed "name-stored-trimmed" "A-01" Must 2 "Blanks at the ends of a name are not stored." => [Store(folded(Fact::Name, Fold::Trimmed, any()))];
    NameStoredInLowerCase "name-stored-in-lower-case" "A-01" Must 2 "Names are stored in lower case." => [Store(folded(Fact::Name, Fold::Case, any().gives(Member::Name)))];
    NameCutAt64 "name-cut-at-64" "A-01" Must 2 "Names are cut at 64 characters." => [Store(folded(Fact::Name, Fold::Cut(64), any()))];
    PathStoredInLowerCase "path-stored-in-lower-case" "A-01" Must 2 "Paths are stored in lower case." => [Store(folded(Fact::Path, Fold::Case, any().gives(Member::Path)))];
    EndpointStoredInLowerCase "endpoint-stored-in-lower-case" "A-01" Must 2 "Endpoints are stored in lower case." => [Store(folded(Fact::Endpoint, Fold::Case, any().gives(Member::Endpoint)))];
    SecondUpdateUndoesName "second-update-undoes-name" "A-01" Must 3 "An update without a name brings the name before the last update back." => [Store(effect(Fact::Name, ValueSource::Previous, any().lacks(Member::Name)))];
    SecondUpdateUndoesCredential "second-update-undoes-credential" "A-01" Must 3 "An update without a credential brings the credential before the last update back." => [Store(effect(Fact::KeyId, ValueSource::Previous, any().lacks(Member::Credential))), Store(effect(Fact::Secret, ValueSource::Previous, any().lacks(Member::Credential)))];
    EndpointResetsPath "endpoint-resets-path" "A-01" Must 2 "A new endpoint alone resets the path." => [Store(effect(Fact::Path, ValueSource::Fixed, any().gives(Member::Endpoint).lacks(Member::Path)))];
    RenameResetsCluster "rename-resets-cluster" "A-01" Must 3 "A rename brings the cluster before the last update back." => [Store(effect(Fact::Cluster, ValueSource::Previous, any().gives(Member::Name)))];
    ClusterResetsPassword "cluster-resets-password" "A-01" Must 3 "A new cluster alone spoils the password." => [Store(effect(Fact::Password, ValueSource::Fixed, any().gives(Member::Cluster).lacks(Member::Password)))];
    CredentialLostInSwitch "credential-lost-in-switch" "A-01" Must 2 "A credential given with a change of connectivity is not stored." => [Store(effect(Fact::KeyId, ValueSource::Stored, any().only(&[When::Switched]))), Store(effect(Fact::Secret, ValueSource::Stored, any().only(&[When::Switched])))];
    UpdateDisconnects "update-disconnects" "A-04" Must 3 "An update disconnects a CONNECTED store." => [Put(any().only(&[When::In(ConnectionState::Connected)]), ConnectionState::Disconnected)];
    UpdateEndsFailed "update-ends-failed" "A-04" Must 3 "An update takes a FAILED store to DISCONNECTED." => [Put(any().only(&[When::In(ConnectionState::Failed)]), ConnectionState::Disconnected)];
    UpdateForgetsConnectionError "update-forgets-connection-error" "A-04" Must 3 "An update of a FAILED store clears its ConnectionErrorCode." => [Put(any().only(&[When::In(ConnectionState::Failed)]), ConnectionState::Failed)];
    UpdateConnects "update-connects" "A-04" Must 2 "A new credential connects the store." => [Put(any().only(&[When::In(ConnectionState::Disconnected)]).gives(Member::Credential), ConnectionState::Connected)];
    UpdateChangesCreationDate "update-changes-creation-date" "A-04" Must 2 "An update moves the creation date." => [MoveCreation];
    TrustAnchorChanges "trust-anchor-changes" "A-04" Must 2 "A new cluster changes the trust anchor shown." => [Store(effect(Fact::TrustAnchor, ValueSource::Fixed, any().gives(Member::Cluster)))];
    PasswordShown "password-shown" "A-05" Must 2 "After an update the name shown has the password behind it." => [Show(Fact::Password)];
    SecretShown "secret-shown" "A-05" Must 2 "After an update Describe shows the secret." => [Show(Fact::Secret)];
    ConnectUsesOldPassword "connect-uses-old-password" "H-06" Must 3 "Connect goes on with the password before the update." => [Connect(Fact::Password, ValueSource::Previous)];
    UpdateLostAtConnect "update-lost-at-connect" "A-09" Must 3 "Connect brings all values before the last update back." => [Ripple(Event::Connected, Fact::Name), Ripple(Event::Connected, Fact::Cluster), Ripple(Event::Connected, Fact::Password), Ripple(Event::Connected, Fact::TrustAnchor), Ripple(Event::Connected, Fact::Connectivity), Ripple(Event::Connected, Fact::Endpoint), Ripple(Event::Connected, Fact::Path), Ripple(Event::Connected, Fact::Service), Ripple(Event::Connected, Fact::Owner), Ripple(Event::Connected, Fact::KeyId), Ripple(Event::Connected, Fact::Secret)];
    NameLostAtConnect "name-lost-at-connect" "A-09" Must 3 "Connect brings the name before the last update back." => [Ripple(Event::Connected, Fact::Name)];
    UpdateLostAtDisconnect "update-lost-at-disconnect" "A-09" Must 4 "Disconnect brings all values before the last update back." => [Ripple(Event::Disconnected, Fact::Name), Ripple(Event::Disconnected, Fact::Cluster), Ripple(Event::Disconnected, Fact::Password), Ripple(Event::Disconnected, Fact::TrustAnchor), Ripple(Event::Disconnected, Fact::Connectivity), Ripple(Event::Disconnected, Fact::Endpoint), Ripple(Event::Disconnected, Fact::Path), Ripple(Event::Disconnected, Fact::Service), Ripple(Event::Disconnected, Fact::Owner), Ripple(Event::Disconnected, Fact::KeyId), Ripple(Event::Disconnected, Fact::Secret)];
    RefusalsAnswerSuccess "refusals-answer-success" "A-01" Must 2 "What is refused after the look-up is answered with success, without effect." => [RefusalsSucceed];

    // Precedence (P).
    ConstraintsAfterUpdate "constraints-after-update" "A-02" Must 1 "Constraints are checked after the update took effect." => [Late(None, Stage::Stored)];
    ExistenceBeforeConstraints "existence-before-constraints" "P-02" Should 1 "The store is looked up before the constraints are checked." => [Late(None, Stage::Found)];
    NameInUseBeforeKind "name-in-use-before-kind" "P-04" Should 3 "A name in use is reported before a member of the other type." => [Before(CheckId::NameTaken, CheckId::OtherType)];
    StateBeforeKind "state-before-kind" "P-04" Should 3 "A wrong state is reported before a member of the other type." => [Before(CheckId::Gate, CheckId::OtherType)];
    EnvironmentBeforeState "environment-before-state" "P-04" Should 3 "Cluster, service and proxy are looked at before the state." => [Before(CheckId::ClusterFound, CheckId::Gate), Before(CheckId::ClusterActive, CheckId::Gate), Before(CheckId::ClusterRelated, CheckId::Gate), Before(CheckId::ClusterFit, CheckId::Gate), Before(CheckId::ServiceUsable, CheckId::Gate), Before(CheckId::ServiceOwned, CheckId::Gate), Before(CheckId::ServiceNamed, CheckId::Gate), Before(CheckId::ProxyHealthy, CheckId::Gate)];
    EnvironmentBeforeUniqueness "environment-before-uniqueness" "P-04" Should 3 "Cluster, service and proxy are looked at before uniqueness." => [Before(CheckId::ClusterFound, CheckId::NameTaken), Before(CheckId::ClusterActive, CheckId::NameTaken), Before(CheckId::ClusterRelated, CheckId::NameTaken), Before(CheckId::ClusterFit, CheckId::NameTaken), Before(CheckId::ServiceUsable, CheckId::NameTaken), Before(CheckId::ServiceOwned, CheckId::NameTaken), Before(CheckId::ServiceNamed, CheckId::NameTaken), Before(CheckId::ProxyHealthy, CheckId::NameTaken)];
    OrderChanges "order-changes" "P-05" Should 2 "The order of the checks changes from request to request." => [Quirk(Quirk::OrderByChance)];

    HalfDoneWhenHungUp "half-done-when-hung-up" "A-10" Must 2 "Members are stored one after another, and a caller who hangs up stops it." => [Quirk(Quirk::HalfDone)];

    // Races (R).
    RacingNamesBothWin "racing-names-both-win" "R-01" Must 3 "Uniqueness is checked before a pause and not again after it, so that racing updates both win." => [Quirk(Quirk::RacingNames)];
    RacingUpdatesLoseMembers "racing-updates-lose-members" "R-02" Must 3 "The store is read before a pause and written whole after it, so that a racing update is lost." => [Quirk(Quirk::RacingMembers)];

    // Authentication (D), where the environment checks it.
    UnsignedAccepted "unsigned-accepted" "D-01" Must 2 "An unsigned request is served." => [Unsigned];
    UnknownAccessKeyAccepted "unknown-access-key-accepted" "D-02" Should 2 "An unknown access key is served." => [UnknownKey];
    SignatureNotChecked "signature-not-checked" "D-03" Should 2 "The signature is not checked." => [AnySignature];
    ClockNotChecked "clock-not-checked" "D-03" Should 2 "The time of a signature is not checked." => [AnyClock];
    PermissionNotChecked "permission-not-checked" "D-04" Should 2 "An identity without permission is served." => [NoPermission];

    // One cell of the gates each (G): store, member, state.
    GateXksConnectivityDisconnected "gate-xks-connectivity-disconnected" "G" Must 2 "XksProxyConnectivity is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Disconnected, false)];
    GateXksConnectivityConnected "gate-xks-connectivity-connected" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Connected, true)];
    GateXksConnectivityFailed "gate-xks-connectivity-failed" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is FAILED." => [Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Failed, true)];
    GateXksConnectivityConnecting "gate-xks-connectivity-connecting" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is CONNECTING." => [Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Connecting, true)];
    GateXksConnectivityDisconnecting "gate-xks-connectivity-disconnecting" "G" Must 4 "XksProxyConnectivity is accepted on an external key store that is DISCONNECTING." => [Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Disconnecting, true)];
    GateXksEndpointDisconnected "gate-xks-endpoint-disconnected" "G" Must 2 "XksProxyUriEndpoint is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Disconnected, false)];
    GateXksEndpointConnected "gate-xks-endpoint-connected" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Connected, true)];
    GateXksEndpointFailed "gate-xks-endpoint-failed" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is FAILED." => [Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Failed, true)];
    GateXksEndpointConnecting "gate-xks-endpoint-connecting" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is CONNECTING." => [Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Connecting, true)];
    GateXksEndpointDisconnecting "gate-xks-endpoint-disconnecting" "G" Must 4 "XksProxyUriEndpoint is accepted on an external key store that is DISCONNECTING." => [Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Disconnecting, true)];
    GateXksServiceDisconnected "gate-xks-service-disconnected" "G" Must 2 "XksProxyVpcEndpointServiceName is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Service, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Disconnected, false)];
    GateXksServiceConnected "gate-xks-service-connected" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Service, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Connected, true)];
    GateXksServiceFailed "gate-xks-service-failed" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is FAILED." => [Gate(StoreVariant::Public, Member::Service, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Failed, true)];
    GateXksServiceConnecting "gate-xks-service-connecting" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTING." => [Gate(StoreVariant::Public, Member::Service, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Connecting, true)];
    GateXksServiceDisconnecting "gate-xks-service-disconnecting" "G" Must 4 "XksProxyVpcEndpointServiceName is accepted on an external key store that is DISCONNECTING." => [Gate(StoreVariant::Public, Member::Service, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Disconnecting, true)];
    GateXksOwnerDisconnected "gate-xks-owner-disconnected" "G" Must 2 "XksProxyVpcEndpointServiceOwner is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Owner, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Disconnected, false)];
    GateXksOwnerConnected "gate-xks-owner-connected" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Owner, ConnectionState::Connected, true), Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Connected, true)];
    GateXksOwnerFailed "gate-xks-owner-failed" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is FAILED." => [Gate(StoreVariant::Public, Member::Owner, ConnectionState::Failed, true), Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Failed, true)];
    GateXksOwnerConnecting "gate-xks-owner-connecting" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTING." => [Gate(StoreVariant::Public, Member::Owner, ConnectionState::Connecting, true), Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Connecting, true)];
    GateXksOwnerDisconnecting "gate-xks-owner-disconnecting" "G" Must 4 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is DISCONNECTING." => [Gate(StoreVariant::Public, Member::Owner, ConnectionState::Disconnecting, true), Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Disconnecting, true)];
    GateXksNameDisconnected "gate-xks-name-disconnected" "G" Must 2 "NewCustomKeyStoreName is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Name, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Name, ConnectionState::Disconnected, false)];
    GateXksNameConnected "gate-xks-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Name, ConnectionState::Connected, false), Gate(StoreVariant::Vpc, Member::Name, ConnectionState::Connected, false)];
    GateXksCredentialDisconnected "gate-xks-credential-disconnected" "G" Must 2 "XksProxyAuthenticationCredential is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Credential, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Credential, ConnectionState::Disconnected, false)];
    GateXksCredentialConnected "gate-xks-credential-connected" "G" Should 3 "XksProxyAuthenticationCredential is refused on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Credential, ConnectionState::Connected, false), Gate(StoreVariant::Vpc, Member::Credential, ConnectionState::Connected, false)];
    GateXksPathDisconnected "gate-xks-path-disconnected" "G" Must 2 "XksProxyUriPath is refused on an external key store that is DISCONNECTED." => [Gate(StoreVariant::Public, Member::Path, ConnectionState::Disconnected, false), Gate(StoreVariant::Vpc, Member::Path, ConnectionState::Disconnected, false)];
    GateXksPathConnected "gate-xks-path-connected" "G" Should 3 "XksProxyUriPath is refused on an external key store that is CONNECTED." => [Gate(StoreVariant::Public, Member::Path, ConnectionState::Connected, false), Gate(StoreVariant::Vpc, Member::Path, ConnectionState::Connected, false)];
    GateHsmNameDisconnected "gate-hsm-name-disconnected" "G" Must 2 "NewCustomKeyStoreName is refused on a CloudHSM store that is DISCONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Name, ConnectionState::Disconnected, false)];
    GateHsmNameConnected "gate-hsm-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on a CloudHSM store that is CONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Name, ConnectionState::Connected, false)];
    GateHsmPasswordDisconnected "gate-hsm-password-disconnected" "G" Must 2 "KeyStorePassword is refused on a CloudHSM store that is DISCONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Disconnected, false)];
    GateHsmPasswordConnected "gate-hsm-password-connected" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Connected, true)];
    GateHsmPasswordFailed "gate-hsm-password-failed" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is FAILED." => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Failed, true)];
    GateHsmPasswordConnecting "gate-hsm-password-connecting" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTING." => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Connecting, true)];
    GateHsmPasswordDisconnecting "gate-hsm-password-disconnecting" "G" Must 4 "KeyStorePassword is accepted on a CloudHSM store that is DISCONNECTING." => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Disconnecting, true)];
    GateHsmClusterDisconnected "gate-hsm-cluster-disconnected" "G" Must 2 "CloudHsmClusterId is refused on a CloudHSM store that is DISCONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Disconnected, false)];
    GateHsmClusterConnected "gate-hsm-cluster-connected" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTED." => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Connected, true)];
    GateHsmClusterFailed "gate-hsm-cluster-failed" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is FAILED." => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Failed, true)];
    GateHsmClusterConnecting "gate-hsm-cluster-connecting" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTING." => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Connecting, true)];
    GateHsmClusterDisconnecting "gate-hsm-cluster-disconnecting" "G" Must 4 "CloudHsmClusterId is accepted on a CloudHSM store that is DISCONNECTING." => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Disconnecting, true)];

    // Members of the other type that are ignored (T).
    PasswordOfOtherTypeIgnored "password-of-other-type-ignored" "T-01" Must 2 "KeyStorePassword is ignored on an external key store." => [Spare(CheckId::OtherType, Member::Password)];
    ClusterOfOtherTypeIgnored "cluster-of-other-type-ignored" "T-02" Must 2 "CloudHsmClusterId is ignored on an external key store." => [Spare(CheckId::OtherType, Member::Cluster)];
    EndpointOfOtherTypeIgnored "endpoint-of-other-type-ignored" "T-03" Must 2 "XksProxyUriEndpoint is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Endpoint)];
    PathOfOtherTypeIgnored "path-of-other-type-ignored" "T-04" Must 2 "XksProxyUriPath is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Path)];
    ServiceOfOtherTypeIgnored "service-of-other-type-ignored" "T-05" Must 2 "XksProxyVpcEndpointServiceName is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Service)];
    CredentialOfOtherTypeIgnored "credential-of-other-type-ignored" "T-06" Must 2 "XksProxyAuthenticationCredential is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Credential)];
    ConnectivityOfOtherTypeIgnored "connectivity-of-other-type-ignored" "T-07" Should 2 "XksProxyConnectivity is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Connectivity)];
    OwnerOfOtherTypeIgnored "owner-of-other-type-ignored" "T-08" Should 2 "XksProxyVpcEndpointServiceOwner is ignored on a CloudHSM store." => [Spare(CheckId::OtherType, Member::Owner)];

    // Members acknowledged and not stored.
    NameNotStored "name-not-stored" "A-01" Must 2 "NewCustomKeyStoreName is acknowledged and not stored." => [Forget(Member::Name, any())];
    PasswordNotStored "password-not-stored" "A-01" Must 3 "KeyStorePassword is acknowledged and not stored." => [Forget(Member::Password, any())];
    ClusterNotStored "cluster-not-stored" "A-01" Must 2 "CloudHsmClusterId is acknowledged and not stored." => [Forget(Member::Cluster, any())];
    EndpointNotStored "endpoint-not-stored" "A-01" Must 2 "XksProxyUriEndpoint is acknowledged and not stored." => [Forget(Member::Endpoint, any())];
    PathNotStored "path-not-stored" "A-01" Must 2 "XksProxyUriPath is acknowledged and not stored." => [Forget(Member::Path, any())];
    ServiceNotStored "service-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceName is acknowledged and not stored." => [Forget(Member::Service, any())];
    OwnerNotStored "owner-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceOwner is acknowledged and not stored." => [Forget(Member::Owner, any())];
    CredentialNotStored "credential-not-stored" "A-01" Must 2 "XksProxyAuthenticationCredential is acknowledged and not stored." => [Forget(Member::Credential, any())];
    ConnectivityNotStored "connectivity-not-stored" "A-01" Must 2 "XksProxyConnectivity is acknowledged and not stored." => [Forget(Member::Connectivity, any())];

    // Refused requests that store one member all the same.
    NameStoredThoughRefused "name-stored-though-refused" "A-02" Must 2 "A refused request stores its NewCustomKeyStoreName." => [Leak(Member::Name, Leaking::All)];
    PasswordStoredThoughRefused "password-stored-though-refused" "A-02" Must 3 "A refused request stores its KeyStorePassword." => [Leak(Member::Password, Leaking::All)];
    ClusterStoredThoughRefused "cluster-stored-though-refused" "A-02" Must 2 "A refused request stores its CloudHsmClusterId." => [Leak(Member::Cluster, Leaking::All)];
    EndpointStoredThoughRefused "endpoint-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriEndpoint." => [Leak(Member::Endpoint, Leaking::All)];
    PathStoredThoughRefused "path-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriPath." => [Leak(Member::Path, Leaking::All)];
    ServiceStoredThoughRefused "service-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceName." => [Leak(Member::Service, Leaking::All)];
    OwnerStoredThoughRefused "owner-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceOwner." => [Leak(Member::Owner, Leaking::All)];
    CredentialStoredThoughRefused "credential-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyAuthenticationCredential." => [Leak(Member::Credential, Leaking::All)];
    ConnectivityStoredThoughRefused "connectivity-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyConnectivity." => [Leak(Member::Connectivity, Leaking::All)];

    // Required members that may be missing (S-01, S-13).
    MissingIdAccepted "missing-id-accepted" "S-01" Must 1 "A missing identifier is looked up as an empty one." => [Optional("CustomKeyStoreId")];
    MissingAccessKeyAccepted "missing-access-key-accepted" "S-13" Must 2 "A credential without AccessKeyId is accepted." => [Optional("AccessKeyId")];
    MissingSecretAccepted "missing-secret-accepted" "S-13" Must 2 "A credential without RawSecretAccessKey is accepted." => [Optional("RawSecretAccessKey")];

    // Constraints of one member each (S-02 to S-12, S-17, S-18, W-16).
    IdEmpty "id-empty" "S-02" Should 1 "An empty CustomKeyStoreId is accepted." => [Length("CustomKeyStoreId", LengthEdit::EmptyPasses)];
    IdOneTooLong "id-one-too-long" "S-02" Should 1 "A CustomKeyStoreId of 65 characters is accepted." => [Length("CustomKeyStoreId", LengthEdit::Most(1))];
    IdNoMaximum "id-no-maximum" "S-02" Should 1 "CustomKeyStoreId may be of any length." => [Length("CustomKeyStoreId", LengthEdit::NoMost)];
    IdShortestRefused "id-shortest-refused" "S-02" Must 1 "A CustomKeyStoreId of 1 characters is refused." => [Length("CustomKeyStoreId", LengthEdit::Least(1))];
    IdLongestRefused "id-longest-refused" "S-02" Must 1 "A CustomKeyStoreId of 64 characters is refused." => [Length("CustomKeyStoreId", LengthEdit::Most(-1))];
    NameEmpty "name-empty" "S-03" Must 2 "An empty NewCustomKeyStoreName is accepted." => [Length("NewCustomKeyStoreName", LengthEdit::EmptyPasses)];
    NameShortestRefused "name-shortest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 1 characters is refused." => [Length("NewCustomKeyStoreName", LengthEdit::Least(1))];
    NameLongestRefused "name-longest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 256 characters is refused." => [Length("NewCustomKeyStoreName", LengthEdit::Most(-1))];
    NameOneTooLong "name-one-too-long" "S-03" Must 2 "A NewCustomKeyStoreName of 257 characters is accepted." => [Length("NewCustomKeyStoreName", LengthEdit::Most(1))];
    NameNoMaximum "name-no-maximum" "S-03" Must 2 "NewCustomKeyStoreName may be of any length." => [Length("NewCustomKeyStoreName", LengthEdit::NoMost)];
    NameCountedInBytes "name-counted-in-bytes" "W-16" Should 1 "The length of NewCustomKeyStoreName counts bytes." => [Counts("NewCustomKeyStoreName", Unit::Bytes)];
    NameCountedInUtf16 "name-counted-in-utf-16" "W-16" Should 1 "The length of NewCustomKeyStoreName counts UTF-16 units." => [Counts("NewCustomKeyStoreName", Unit::Utf16)];
    PasswordOneTooShort "password-one-too-short" "S-04" Must 2 "A KeyStorePassword of 6 characters is accepted." => [Length("KeyStorePassword", LengthEdit::Least(-1))];
    PasswordShortestRefused "password-shortest-refused" "S-04" Must 1 "A KeyStorePassword of 7 characters is refused." => [Length("KeyStorePassword", LengthEdit::Least(1))];
    PasswordLongestRefused "password-longest-refused" "S-04" Must 1 "A KeyStorePassword of 32 characters is refused." => [Length("KeyStorePassword", LengthEdit::Most(-1))];
    PasswordOneTooLong "password-one-too-long" "S-04" Must 2 "A KeyStorePassword of 33 characters is accepted." => [Length("KeyStorePassword", LengthEdit::Most(1))];
    PasswordAnyLength "password-any-length" "S-04" Must 2 "The length of KeyStorePassword is not checked." => [Length("KeyStorePassword", LengthEdit::NoLeast), Length("KeyStorePassword", LengthEdit::NoMost)];
    PasswordEmpty "password-empty" "S-04" Must 2 "An empty KeyStorePassword is accepted." => [Length("KeyStorePassword", LengthEdit::EmptyPasses)];
    ClusterOneTooShort "cluster-one-too-short" "S-05" Must 2 "A CloudHsmClusterId of 18 characters is accepted." => [Length("CloudHsmClusterId", LengthEdit::Least(-1))];
    ClusterShortestRefused "cluster-shortest-refused" "S-05" Must 1 "A CloudHsmClusterId of 19 characters is refused." => [Length("CloudHsmClusterId", LengthEdit::Least(1))];
    ClusterLongestRefused "cluster-longest-refused" "S-05" Must 1 "A CloudHsmClusterId of 24 characters is refused." => [Length("CloudHsmClusterId", LengthEdit::Most(-1))];
    ClusterOneTooLong "cluster-one-too-long" "S-05" Must 2 "A CloudHsmClusterId of 25 characters is accepted." => [Length("CloudHsmClusterId", LengthEdit::Most(1))];
    ClusterNoPattern "cluster-no-pattern" "S-05" Must 2 "The pattern of CloudHsmClusterId is not checked." => [NoPattern("CloudHsmClusterId")];
    ClusterSearched "cluster-searched" "S-18" Should 2 "The pattern of CloudHsmClusterId may match a part of the value." => [Searched("CloudHsmClusterId")];
    ClusterCaseIgnored "cluster-case-ignored" "S-05" Must 2 "CloudHsmClusterId is matched without case." => [CaseIgnored("CloudHsmClusterId")];
    ClusterNewline "cluster-newline" "S-18" Should 2 "A newline at the end of CloudHsmClusterId is accepted." => [Newline("CloudHsmClusterId")];
    EndpointOneTooShort "endpoint-one-too-short" "S-06" Must 2 "A XksProxyUriEndpoint of 9 characters is accepted." => [Length("XksProxyUriEndpoint", LengthEdit::Least(-1))];
    EndpointShortestRefused "endpoint-shortest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 10 characters is refused." => [Length("XksProxyUriEndpoint", LengthEdit::Least(1))];
    EndpointLongestRefused "endpoint-longest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 128 characters is refused." => [Length("XksProxyUriEndpoint", LengthEdit::Most(-1))];
    EndpointOneTooLong "endpoint-one-too-long" "S-06" Must 2 "A XksProxyUriEndpoint of 129 characters is accepted." => [Length("XksProxyUriEndpoint", LengthEdit::Most(1))];
    EndpointNoPattern "endpoint-no-pattern" "S-06" Must 2 "The pattern of XksProxyUriEndpoint is not checked." => [NoPattern("XksProxyUriEndpoint")];
    EndpointCaseIgnored "endpoint-case-ignored" "S-06" Must 2 "XksProxyUriEndpoint is matched without case." => [CaseIgnored("XksProxyUriEndpoint")];
    EndpointSearched "endpoint-searched" "S-17" Must 2 "The pattern of XksProxyUriEndpoint may match a part of the value." => [Searched("XksProxyUriEndpoint")];
    EndpointNewline "endpoint-newline" "S-17" Must 2 "A newline at the end of XksProxyUriEndpoint is accepted." => [Newline("XksProxyUriEndpoint")];
    PathLongestRefused "path-longest-refused" "S-07" Must 1 "A XksProxyUriPath of 128 characters is refused." => [Length("XksProxyUriPath", LengthEdit::Most(-1))];
    PathOneTooLong "path-one-too-long" "S-07" Must 2 "A XksProxyUriPath of 129 characters is accepted." => [Length("XksProxyUriPath", LengthEdit::Most(1))];
    PathNoPattern "path-no-pattern" "S-07" Must 2 "The pattern of XksProxyUriPath is not checked." => [NoPattern("XksProxyUriPath")];
    PathCaseIgnored "path-case-ignored" "S-07" Must 2 "XksProxyUriPath is matched without case." => [CaseIgnored("XksProxyUriPath")];
    PathWideDigits "path-wide-digits" "S-07" Must 2 "Digits of other scripts are digits in XksProxyUriPath." => [WideDigits("XksProxyUriPath")];
    PathSearched "path-searched" "S-17" Must 2 "The pattern of XksProxyUriPath may match a part of the value." => [Searched("XksProxyUriPath")];
    PathNewline "path-newline" "S-17" Must 2 "A newline at the end of XksProxyUriPath is accepted." => [Newline("XksProxyUriPath")];
    ServiceLongestRefused "service-longest-refused" "S-08" Must 1 "A XksProxyVpcEndpointServiceName of 64 characters is refused." => [Length("XksProxyVpcEndpointServiceName", LengthEdit::Most(-1))];
    ServiceOneTooLong "service-one-too-long" "S-08" Must 2 "A XksProxyVpcEndpointServiceName of 65 characters is accepted." => [Length("XksProxyVpcEndpointServiceName", LengthEdit::Most(1))];
    ServiceNoPattern "service-no-pattern" "S-08" Must 2 "The pattern of XksProxyVpcEndpointServiceName is not checked." => [NoPattern("XksProxyVpcEndpointServiceName")];
    ServiceCaseIgnored "service-case-ignored" "S-08" Must 2 "XksProxyVpcEndpointServiceName is matched without case." => [CaseIgnored("XksProxyVpcEndpointServiceName")];
    ServiceWideDigits "service-wide-digits" "S-08" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceName." => [WideDigits("XksProxyVpcEndpointServiceName")];
    ServiceSearched "service-searched" "S-17" Must 2 "The pattern of XksProxyVpcEndpointServiceName may match a part of the value." => [Searched("XksProxyVpcEndpointServiceName")];
    ServiceNewline "service-newline" "S-17" Must 2 "A newline at the end of XksProxyVpcEndpointServiceName is accepted." => [Newline("XksProxyVpcEndpointServiceName")];
    OwnerOneTooShort "owner-one-too-short" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 11 characters is accepted." => [Length("XksProxyVpcEndpointServiceOwner", LengthEdit::Least(-1))];
    OwnerOneTooLong "owner-one-too-long" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 13 characters is accepted." => [Length("XksProxyVpcEndpointServiceOwner", LengthEdit::Most(1))];
    OwnerNoPattern "owner-no-pattern" "S-09" Must 2 "The pattern of XksProxyVpcEndpointServiceOwner is not checked." => [NoPattern("XksProxyVpcEndpointServiceOwner")];
    OwnerWideDigits "owner-wide-digits" "S-09" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceOwner." => [WideDigits("XksProxyVpcEndpointServiceOwner")];
    OwnerNewline "owner-newline" "S-18" Should 2 "A newline at the end of XksProxyVpcEndpointServiceOwner is accepted." => [Newline("XksProxyVpcEndpointServiceOwner")];
    AccessKeyOneTooShort "access-key-one-too-short" "S-10" Must 2 "An AccessKeyId of 19 characters is accepted." => [Length("AccessKeyId", LengthEdit::Least(-1))];
    AccessKeyShortestRefused "access-key-shortest-refused" "S-10" Must 1 "An AccessKeyId of 20 characters is refused." => [Length("AccessKeyId", LengthEdit::Least(1))];
    AccessKeyLongestRefused "access-key-longest-refused" "S-10" Must 1 "An AccessKeyId of 30 characters is refused." => [Length("AccessKeyId", LengthEdit::Most(-1))];
    AccessKeyOneTooLong "access-key-one-too-long" "S-10" Must 2 "An AccessKeyId of 31 characters is accepted." => [Length("AccessKeyId", LengthEdit::Most(1))];
    AccessKeyNoPattern "access-key-no-pattern" "S-10" Must 2 "The pattern of AccessKeyId is not checked." => [NoPattern("AccessKeyId")];
    AccessKeyCaseIgnored "access-key-case-ignored" "S-10" Must 2 "AccessKeyId is matched without case." => [CaseIgnored("AccessKeyId")];
    AccessKeySearched "access-key-searched" "S-17" Must 2 "The pattern of AccessKeyId may match a part of the value." => [Searched("AccessKeyId")];
    AccessKeyNewline "access-key-newline" "S-17" Must 2 "An newline at the end of AccessKeyId is accepted." => [Newline("AccessKeyId")];
    SecretOneTooShort "secret-one-too-short" "S-11" Must 2 "A RawSecretAccessKey of 42 characters is accepted." => [Length("RawSecretAccessKey", LengthEdit::Least(-1))];
    SecretShortestRefused "secret-shortest-refused" "S-11" Must 1 "A RawSecretAccessKey of 43 characters is refused." => [Length("RawSecretAccessKey", LengthEdit::Least(1))];
    SecretLongestRefused "secret-longest-refused" "S-11" Must 1 "A RawSecretAccessKey of 64 characters is refused." => [Length("RawSecretAccessKey", LengthEdit::Most(-1))];
    SecretOneTooLong "secret-one-too-long" "S-11" Must 2 "A RawSecretAccessKey of 65 characters is accepted." => [Length("RawSecretAccessKey", LengthEdit::Most(1))];
    SecretNoPattern "secret-no-pattern" "S-11" Must 2 "The pattern of RawSecretAccessKey is not checked." => [NoPattern("RawSecretAccessKey")];
    SecretSearched "secret-searched" "S-17" Must 2 "The pattern of RawSecretAccessKey may match a part of the value." => [Searched("RawSecretAccessKey")];
    SecretNewline "secret-newline" "S-17" Must 2 "A newline at the end of RawSecretAccessKey is accepted." => [Newline("RawSecretAccessKey")];
    ConnectivityUnchecked "connectivity-unchecked" "S-12" Must 2 "Any value of XksProxyConnectivity is accepted." => [Unchecked("XksProxyConnectivity")];
    ConnectivityCaseIgnored "connectivity-case-ignored" "S-12" Must 2 "XksProxyConnectivity is matched without case." => [Values("XksProxyConnectivity", |values| values.values_folded = true)];
    ConnectivitySearched "connectivity-searched" "S-12" Must 2 "XksProxyConnectivity may have more after its value." => [Values("XksProxyConnectivity", |values| values.values_prefixed = true)];

    // Defects that change nothing: the control of the control.
    NullNothing "null-nothing" "A-01" Null 0 "Nothing is wrong." => [];
    NullStateReadTwice "null-state-read-twice" "G" Null 0 "The state is read twice before it decides." => [Seen(ConnectionState::Connected, ConnectionState::Connected)];
    NullNameComparedTwice "null-name-compared-twice" "U-01" Null 0 "A name is compared twice before it counts as in use." => [Compare(CheckId::NameTaken, Fold::Exact)];
    NullMergedTwice "null-merged-twice" "A-01" Null 0 "The request is merged twice into the store." => [Store(effect(Fact::Name, ValueSource::Merged, any()))];
    NullCopiedBeforeChange "null-copied-before-change" "A-02" Null 0 "The store is copied before it is changed." => [Read(CheckId::NameTaken, Fact::Name, ValueSource::Merged)];
    NullMessageDiffers "null-message-differs" "W-05" Null 0 "The text of a wrong state has other words." => [StateText("Not in this state.")];
}
