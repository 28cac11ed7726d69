//! The list of defects, by the group of the rule they break.

use super::{DefectRow, Edge, Force, Guard};
use crate::member::Member;
use crate::store::{Kind, State};

macro_rules! table {
    (@guard) => { Guard::Here };
    (@guard $guard:expr) => { $guard };
    ($($variant:ident $name:literal $rule:literal $force:ident $steps:literal $sentence:literal $(=> $guard:expr)?;)*) => {
        /// A fault that can be planted. [`Defect::row`] says what it is.
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
                guard: table!(@guard $($guard)?),
            },)*
        ];
    };
}

// name of the variant · name · rule · force · shortest sequence · sentence => guard of a family
table! {
    // The wire (W).
    BodyArrayAccepted "body-array-accepted" "W-07" Should 1 "An array for a body is an update without members.";
    BodyNullAccepted "body-null-accepted" "W-07" Should 1 "`null` for a body is an update without members.";
    BodyScalarAccepted "body-scalar-accepted" "W-07" Should 1 "A string, number or boolean for a body is an update without members.";
    EmptyBodyIsObject "empty-body-is-object" "W-07" Should 1 "An empty body is read as `{}` and gets the code of a missing member.";
    CutOffAccepted "cut-off-accepted" "W-07" Must 2 "A body that ends inside the object is taken as far as it goes.";
    TrailingCommaAccepted "trailing-comma-accepted" "W-07" Must 2 "A comma before the closing brace is accepted.";
    MalformedIs500 "malformed-is-500" "W-15" Must 1 "A body that is not JSON is answered with a KMSInternalException.";
    MalformedIsValidation "malformed-is-validation" "W-07" Should 1 "A body that is not JSON is answered with a ValidationException.";
    TrailingBytesAccepted "trailing-bytes-accepted" "W-18" Should 2 "Bytes after the object are ignored.";
    CommentsAccepted "comments-accepted" "W-18" Should 2 "Comments in the body are accepted.";
    NotANumberAccepted "not-a-number-accepted" "W-18" Should 2 "NaN is accepted as the value of an unknown member.";
    InvalidUtf8Replaced "invalid-utf-8-replaced" "W-22" Should 2 "Invalid UTF-8 is replaced and accepted.";
    EscapesKept "escapes-kept" "W-12" Must 1 "A `\\u` escape in a value is stored as it is written.";
    NumberForText "number-for-text" "W-08" Must 1 "A number is accepted for a string and stored as its digits.";
    BooleanForText "boolean-for-text" "W-08" Must 2 "A boolean is accepted for a string.";
    ListForText "list-for-text" "W-08" Must 1 "An array is accepted for a string and its first element stored.";
    ObjectForTextIgnored "object-for-text-ignored" "W-08" Must 2 "An object for a string is ignored.";
    CredentialOfWrongTypeIgnored "credential-of-wrong-type-ignored" "W-08" Must 2 "A credential that is not an object is ignored.";
    WrongTypeIsValidation "wrong-type-is-validation" "W-08" Should 1 "A member of the wrong JSON type is answered with a ValidationException.";
    NullIsWrongType "null-is-wrong-type" "W-09" Must 1 "An explicit null is a wrong type.";
    NullIsEmptyText "null-is-empty-text" "W-09" Must 1 "An explicit null is read as an empty string.";
    UnknownMemberRefused "unknown-member-refused" "W-10" Should 1 "An unknown member is refused.";
    UnknownNullRefused "unknown-null-refused" "W-10" Should 1 "An unknown member is refused when its value is null.";
    MemberNamesFolded "member-names-folded" "W-11" Should 2 "Member names are matched without case.";
    LongBodyRefusedWith500 "long-body-refused-with-500" "W-15" Must 1 "A body of more than 100,000 bytes is answered with a KMSInternalException.";
    OtherMethodTakesEffect "other-method-takes-effect" "A-02" Must 2 "A misdirected update is refused and takes effect all the same.";
    SuccessBodyIsNull "success-body-is-null" "W-02" Must 2 "Success answers with `null`.";
    SuccessBodyIsText "success-body-is-text" "W-02" Must 2 "Success answers with a text that is not JSON.";
    SuccessBodyHasMembers "success-body-has-members" "W-02" Must 2 "Success answers with a member.";
    SuccessIs201 "success-is-201" "W-02" Must 2 "Success is a 201.";
    SuccessIs204 "success-is-204" "W-02" Must 2 "Success is a 204.";
    NotFoundIs404 "not-found-is-404" "W-03" Must 1 "CustomKeyStoreNotFoundException comes with status 404.";
    NameInUseIs409 "name-in-use-is-409" "W-03" Must 3 "CustomKeyStoreNameInUseException comes with status 409.";
    InvalidStateIs409 "invalid-state-is-409" "W-03" Must 3 "CustomKeyStoreInvalidStateException comes with status 409.";
    ValidationIs422 "validation-is-422" "W-03" Must 1 "ValidationException comes with status 422.";
    ValidationIs500 "validation-is-500" "W-03" Must 1 "ValidationException comes with status 500.";
    ErrorsAre200 "errors-are-200" "W-03" Must 1 "Errors come with status 200.";
    CodeWithoutSuffix "code-without-suffix" "W-04" Must 1 "The code lacks the `Exception` that ends its name.";
    CodeInOtherMember "code-in-other-member" "W-04" Must 1 "The code stands in a member `code` instead of `__type`.";
    CodeOnlyInHeader "code-only-in-header" "W-04" Must 1 "The code stands in the header alone.";
    HeaderContradicts "header-contradicts" "W-04" Must 1 "The header names another code than the body.";
    ErrorBodyIsXml "error-body-is-xml" "W-04" Must 1 "Error bodies are XML.";
    ErrorBodyIsEmpty "error-body-is-empty" "W-04" Must 1 "Error bodies are empty.";
    ErrorBodyIsNested "error-body-is-nested" "W-04" Must 1 "The error stands inside a member `Error` of the body.";
    NoRequestId "no-request-id" "W-06" Should 1 "Answers carry no request identifier.";
    ContentTypeIsJson10 "content-type-is-json-10" "W-24" Should 1 "Answers claim to be awsJson1.0.";
    ContentTypeIsText "content-type-is-text" "W-24" Should 1 "Answers claim to be plain text.";
    ContentTypeParameterRefused "content-type-parameter-refused" "W-25" Should 1 "A Content-Type with a parameter is refused.";
    SecretInErrorText "secret-in-error-text" "A-05" Must 1 "A constraint text repeats the sensitive value.";

    // Existence (E).
    UnknownIdSucceeds "unknown-id-succeeds" "E-01" Must 1 "An update of a store that does not exist succeeds.";
    UnknownIdIsValidation "unknown-id-is-validation" "E-01" Must 1 "A store that does not exist gets a ValidationException.";
    UnknownIdIsInvalidState "unknown-id-is-invalid-state" "E-01" Must 1 "A store that does not exist gets a CustomKeyStoreInvalidStateException.";
    UnknownIdIsLatest "unknown-id-is-latest" "E-01" Must 2 "An unknown identifier means the newest store.";
    IdTrimmed "id-trimmed" "E-02" Must 2 "Blanks around an identifier are ignored.";
    IdIsNameToo "id-is-name-too" "E-02" Must 2 "The name of a store serves as its identifier.";
    IdWithoutCase "id-without-case" "E-02" Must 2 "Identifiers are matched without case.";
    IdByPrefix "id-by-prefix" "E-02" Must 2 "The beginning of an identifier serves as the identifier.";
    IdByLongerText "id-by-longer-text" "E-02" Must 2 "An identifier with something after it serves as the identifier.";
    DeletedIdStays "deleted-id-stays" "E-03" Must 3 "The identifier of a deleted store is still found.";

    // Members and types (T).
    KindsOnlyCheckedAlone "kinds-only-checked-alone" "T-14" Must 2 "Members of the other type are refused only when given alone.";
    KindsOnlyCheckedWhileDisconnected "kinds-only-checked-while-disconnected" "T-13" Must 3 "Members of the other type are refused only while DISCONNECTED.";
    OtherTypeIsInvalidState "other-type-is-invalid-state" "T-01" Must 2 "A member of the other type gets a CustomKeyStoreInvalidStateException while DISCONNECTED.";
    ServiceOnPublicIgnored "service-on-public-ignored" "T-09" Should 2 "A service name on a store that stays PUBLIC_ENDPOINT is ignored.";

    // States (G), beyond single cells.
    AnyOtherConnectedStoreCloses "any-other-connected-store-closes" "G" Must 4 "A store cannot be updated while any other one is CONNECTED.";
    OnlyFirstMemberGated "only-first-member-gated" "G-50" Must 3 "Only the first member of a request is checked against the state.";
    OneOpenMemberOpensAll "one-open-member-opens-all" "G-50" Must 3 "One member that may change in the state lets all others through.";
    ClosedGateIsValidation "closed-gate-is-validation" "G" Must 3 "A gated change gets a ValidationException.";
    ClosedGateIsNotFound "closed-gate-is-not-found" "G" Must 3 "A gated change gets a CustomKeyStoreNotFoundException.";
    FailedTakenForDisconnected "failed-taken-for-disconnected" "G" Must 3 "FAILED is taken for DISCONNECTED.";
    ConnectingTakenForDisconnected "connecting-taken-for-disconnected" "G" Must 3 "CONNECTING is taken for DISCONNECTED.";
    DisconnectingTakenForDisconnected "disconnecting-taken-for-disconnected" "G" Must 4 "DISCONNECTING is taken for DISCONNECTED.";
    ConnectingTakenForConnected "connecting-taken-for-connected" "G" Must 3 "CONNECTING is taken for CONNECTED.";

    // Uniqueness (U).
    NamesNotUnique "names-not-unique" "U-01" Must 3 "A name that another store has is accepted.";
    NamesNotUniqueWhileConnected "names-not-unique-while-connected" "U-01" Must 4 "A name that another store has is accepted while CONNECTED.";
    NamesNotUniqueForCloudHsm "names-not-unique-for-cloud-hsm" "U-01" Must 3 "A CloudHSM store may take a name that another store has.";
    NamesNotUniqueWithOtherMembers "names-not-unique-with-other-members" "U-01" Must 3 "A name that another store has is accepted when another member is given with it.";
    NamesUniquePerType "names-unique-per-type" "U-01" Must 3 "A name that a store of the other type has is accepted.";
    NamesUniqueByPrefix "names-unique-by-prefix" "U-01" Must 3 "A name that begins another store's name counts as in use.";
    NameInUseIsValidation "name-in-use-is-validation" "U-01" Must 3 "A name in use gets a ValidationException.";
    OwnNameIsTaken "own-name-is-taken" "U-02" Should 2 "A store may not be given the name that it has.";
    OldNameStaysTaken "old-name-stays-taken" "U-04" Must 4 "The name before a rename stays in use.";
    DeletedNameStaysTaken "deleted-name-stays-taken" "U-04" Must 4 "The name of a deleted store stays in use.";
    AddressesNotUnique "addresses-not-unique" "U-05" Must 3 "An address that another store has is accepted.";
    AddressOnlyCheckedWithBoth "address-only-checked-with-both" "U-05" Must 3 "The address is checked only when endpoint and path are both given.";
    AddressNotCheckedForPathAlone "address-not-checked-for-path-alone" "U-05" Must 3 "The address is not checked when only the path is given.";
    AddressNotCheckedForEndpointAlone "address-not-checked-for-endpoint-alone" "U-05" Must 3 "The address is not checked when only the endpoint is given.";
    OldAddressCompared "old-address-compared" "U-05" Must 3 "The present address is compared with other stores', not the merged one.";
    AddressErrorsExchanged "address-errors-exchanged" "U-05" Must 3 "XksProxyUriInUseException and XksProxyUriEndpointInUseException are exchanged.";
    PublicEndpointsNotShared "public-endpoints-not-shared" "U-06" Must 3 "Two public stores may not share an endpoint though their paths differ.";
    VpcEndpointFreeForPublic "vpc-endpoint-free-for-public" "U-07" Must 3 "A public store may take the endpoint of a VPC store.";
    EndpointFreeForVpc "endpoint-free-for-vpc" "U-07" Must 3 "A VPC store may take the endpoint of another store.";
    ServicesNotUnique "services-not-unique" "U-08" Must 3 "A VPC endpoint service that another store uses is accepted.";
    OwnAddressIsTaken "own-address-is-taken" "U-09" Should 2 "A store may not be given the endpoint that it has.";
    OwnServiceIsTaken "own-service-is-taken" "U-09" Should 2 "A store may not be given the service that it has.";
    OldAddressStaysTaken "old-address-stays-taken" "U-11" Must 4 "The address before a change stays in use.";
    OldEndpointStaysTaken "old-endpoint-stays-taken" "U-11" Must 4 "The endpoint before a change stays in use.";
    OldServiceStaysTaken "old-service-stays-taken" "U-11" Must 4 "The service before a change stays in use.";
    DeletedStoreKeepsAll "deleted-store-keeps-all" "U-11" Must 4 "A deleted store keeps name, address and service in use.";

    // Connectivity (C).
    ToVpcWithoutEndpoint "to-vpc-without-endpoint" "C-01" Must 2 "A switch to VPC_ENDPOINT_SERVICE without a new endpoint is not refused for it.";
    ToVpcWithoutService "to-vpc-without-service" "C-01" Must 2 "A switch to VPC_ENDPOINT_SERVICE without a service name succeeds.";
    ToPublicWithoutEndpoint "to-public-without-endpoint" "C-02" Must 2 "A switch to PUBLIC_ENDPOINT without a new endpoint succeeds.";
    ToPublicNeedsService "to-public-needs-service" "C-03" Must 2 "A switch to PUBLIC_ENDPOINT without a service name is refused.";
    ServiceStaysAfterSwitch "service-stays-after-switch" "C-03" Must 2 "After a switch to PUBLIC_ENDPOINT the service name is still shown.";
    ToPublicWithServiceAccepted "to-public-with-service-accepted" "C-04" Should 2 "A service name in a switch to PUBLIC_ENDPOINT is ignored.";
    RestatedConnectivityRefused "restated-connectivity-refused" "C-05" Should 2 "The present connectivity, given with its companions, is refused.";
    OwnerLeftOutIsReset "owner-left-out-is-reset" "C-06" Must 2 "An owner left out becomes the caller's account.";

    // Clusters (H).
    ClusterNotLookedUp "cluster-not-looked-up" "H-01" Must 2 "A cluster that does not exist is accepted.";
    UnknownClusterIsNotActive "unknown-cluster-is-not-active" "H-01" Must 2 "A cluster that does not exist gets a CloudHsmClusterNotActiveException.";
    ClusterCheckedOnlyWithPassword "cluster-checked-only-with-password" "H-01" Must 2 "The cluster is checked only when a password is given with it.";
    OldClusterChecked "old-cluster-checked" "H-01" Must 2 "The present cluster is checked in place of the new one.";
    InactiveClusterAccepted "inactive-cluster-accepted" "H-02" Must 2 "A cluster that is not active is accepted.";
    InactiveClusterIsNotFound "inactive-cluster-is-not-found" "H-02" Must 2 "A cluster that is not active gets a CloudHsmClusterNotFoundException.";
    UnrelatedClusterAccepted "unrelated-cluster-accepted" "H-03" Must 2 "A cluster with another certificate is accepted.";
    UnrelatedClusterIsInvalid "unrelated-cluster-is-invalid" "H-03" Must 2 "A cluster with another certificate gets a CloudHsmClusterInvalidConfigurationException.";
    TooFewHsmsAccepted "too-few-hsms-accepted" "H-04" Must 2 "A cluster with fewer than two active HSMs is accepted.";
    FewSubnetsAccepted "few-subnets-accepted" "H-04" Must 2 "A cluster with fewer than two private subnets is accepted.";
    WrongNetworkAccepted "wrong-network-accepted" "H-04" Must 2 "A cluster with a wrong security group is accepted.";
    InvalidClusterIsNotActive "invalid-cluster-is-not-active" "H-04" Must 2 "A wrongly configured cluster gets a CloudHsmClusterNotActiveException.";
    PasswordNotCheckedAtConnect "password-not-checked-at-connect" "H-06" Must 2 "A wrong password connects.";
    RelatedClusterRefused "related-cluster-refused" "H-08" Must 2 "A related cluster that is not the creating one is refused.";
    PresentClusterCheckedToo "present-cluster-checked-too" "H-09" Must 2 "A change of the cluster is refused while the present one is broken.";
    ClusterOfOtherAccountFound "cluster-of-other-account-found" "H-12" Must 2 "A cluster of another account is accepted.";
    ClusterOfOtherAccountIsValidation "cluster-of-other-account-is-validation" "H-12" Should 2 "A cluster of another account gets a ValidationException.";

    // Endpoint services (V).
    ServiceNotLookedUp "service-not-looked-up" "V-01" Must 2 "The service is not looked at.";
    UnknownServiceAccepted "unknown-service-accepted" "V-01" Must 2 "A service that does not exist is accepted.";
    ServiceOfOtherRegionAccepted "service-of-other-region-accepted" "V-01" Must 2 "A service of another Region is accepted.";
    ServiceWithoutPrincipalAccepted "service-without-principal-accepted" "V-01" Must 2 "A service that AWS KMS may not use is accepted.";
    ServiceErrorsExchanged "service-errors-exchanged" "V-01" Must 2 "NotFound and InvalidConfiguration of a service are exchanged.";
    AcceptanceRequiredAccepted "acceptance-required-accepted" "V-02" Must 2 "A service that requires acceptance is accepted.";
    WrongLoadBalancerAccepted "wrong-load-balancer-accepted" "V-02" Must 2 "A service behind the wrong load balancer is accepted.";
    OneZoneAccepted "one-zone-accepted" "V-02" Must 2 "A service in one zone is accepted.";
    NoDnsNameAccepted "no-dns-name-accepted" "V-02" Must 2 "A service without a private DNS name is accepted.";
    UnverifiedDnsAccepted "unverified-dns-accepted" "V-02" Must 2 "A service with an unverified private DNS name is accepted.";
    DnsNameNotCompared "dns-name-not-compared" "V-02" Must 2 "The service's DNS name is not compared with the endpoint's host.";
    ServiceOwnerNotChecked "service-owner-not-checked" "V-03" Should 2 "An owner that does not own the service is accepted.";
    DnsNameAgainstOldEndpoint "dns-name-against-old-endpoint" "V-05" Must 2 "The service's DNS name is compared with the present endpoint, not the merged one.";
    DnsNameNotCheckedForEndpointAlone "dns-name-not-checked-for-endpoint-alone" "V-05" Must 2 "The service's DNS name is not compared when only the endpoint changes.";
    DnsNameNotCheckedForServiceAlone "dns-name-not-checked-for-service-alone" "V-05" Must 2 "The service's DNS name is not compared when only the service changes.";

    // Proxies (X).
    AuthenticationFailureIsHealthy "authentication-failure-is-healthy" "X-01" Must 2 "A proxy that refuses the signature is taken for healthy.";
    AuthenticationFailureIsInvalid "authentication-failure-is-invalid" "X-01" Must 2 "A proxy that refuses the signature gets an XksProxyInvalidResponseException.";
    InvalidPathIsUnreachable "invalid-path-is-unreachable" "X-02" Must 2 "InvalidUriPathException of the proxy gets an XksProxyUriUnreachableException.";
    ProxyValidationIsConfiguration "proxy-validation-is-configuration" "X-03" Must 2 "ValidationException of the proxy gets an XksProxyInvalidConfigurationException.";
    ProxyInternalIsUnreachable "proxy-internal-is-unreachable" "X-04" Must 2 "InternalException of the proxy gets an XksProxyUriUnreachableException.";
    NotJsonIsHealthy "not-json-is-healthy" "X-05" Must 2 "An answer that is not JSON is taken for healthy.";
    NoBodyIsUnreachable "no-body-is-unreachable" "X-05" Must 2 "An HTTP error without a JSON body gets an XksProxyUriUnreachableException.";
    IncompleteHealthAccepted "incomplete-health-accepted" "X-05" Should 2 "An answer that lacks members is taken for healthy.";
    ProxyThrottlingIsHealthy "proxy-throttling-is-healthy" "X-06" Must 2 "A proxy that throttles is taken for healthy.";
    ProxyThrottlingIsInvalid "proxy-throttling-is-invalid" "X-06" Must 2 "A proxy that throttles gets an XksProxyInvalidResponseException.";
    DependencyTimeoutIsInvalid "dependency-timeout-is-invalid" "X-07" Must 2 "DependencyTimeoutException of the proxy gets an XksProxyInvalidResponseException.";
    NoTcpIsHealthy "no-tcp-is-healthy" "X-08" Must 2 "A proxy that cannot be connected to is taken for healthy.";
    NoTlsIsHealthy "no-tls-is-healthy" "X-09" Must 2 "A proxy without valid TLS is taken for healthy.";
    LateAnswerIsHealthy "late-answer-is-healthy" "X-10" Must 2 "The health check waits as long as it takes.";
    UnavailableIsHealthy "unavailable-is-healthy" "X-11" Must 2 "A fleet that is UNAVAILABLE is taken for healthy.";
    UnavailableIsInvalid "unavailable-is-invalid" "X-11" Must 2 "A fleet that is UNAVAILABLE gets an XksProxyInvalidResponseException.";
    OnlyActiveIsHealthy "only-active-is-healthy" "X-12" Must 2 "One key manager that is not ACTIVE makes the proxy unusable.";
    ProxyNotAsked "proxy-not-asked" "X-08" Must 2 "The proxy is not asked.";
    ProxyNotAskedForPath "proxy-not-asked-for-path" "X-02" Must 2 "The proxy is not asked when only the path changes.";
    ProxyNotAskedForCredential "proxy-not-asked-for-credential" "X-01" Must 2 "The proxy is not asked when only the credential changes.";
    ProxyNotAskedWhileConnected "proxy-not-asked-while-connected" "X-01" Must 3 "The proxy is not asked while the store is CONNECTED.";
    ProxyNotAskedWhileDisconnected "proxy-not-asked-while-disconnected" "X-08" Must 2 "The proxy is not asked while the store is DISCONNECTED.";
    VpcProxyNotAskedWhileConnected "vpc-proxy-not-asked-while-connected" "X-02" Should 3 "The proxy of a VPC store is not asked while the store is CONNECTED.";
    UnreachableProxyIsInternal "unreachable-proxy-is-internal" "W-15" Should 2 "A proxy that cannot be reached gets a KMSInternalException.";
    ProxyAskedWithOldCredential "proxy-asked-with-old-credential" "X-14" Must 2 "The proxy is asked with the present credential, not the new one.";
    ProxyAskedWithOldSecret "proxy-asked-with-old-secret" "X-14" Must 2 "The proxy is asked with the new access key and the present secret.";
    ProxyAskedAtOldEndpoint "proxy-asked-at-old-endpoint" "X-14" Must 2 "The proxy is asked at the present endpoint, not the new one.";
    ProxyAskedAtOldPath "proxy-asked-at-old-path" "X-14" Must 2 "The proxy is asked at the present path, not the new one.";
    ConnectUsesOldSecret "connect-uses-old-secret" "X-18" Must 3 "Connect goes on with the secret before the update.";
    ConnectUsesOldEndpoint "connect-uses-old-endpoint" "X-18" Must 3 "Connect goes on with the endpoint before the update.";
    ConnectUsesOldPath "connect-uses-old-path" "X-18" Must 3 "Connect goes on with the path before the update.";
    OnlyKeyIdStored "only-key-id-stored" "X-18" Must 3 "Of a new credential only the access key is stored.";
    ProxyStatusDecides "proxy-status-decides" "X-19" Should 2 "The HTTP status of a proxy's error decides, not its name.";
    ProxyMessageRepeated "proxy-message-repeated" "X-21" Should 2 "The proxy's own error message is repeated to the caller.";

    // Effects (A).
    LatestStoreChanged "latest-store-changed" "A-01" Must 3 "The newest store of the type is changed in place of the one named.";
    LatestStoreChangedForPassword "latest-store-changed-for-password" "A-01" Must 4 "A password goes to the newest store of the type.";
    NameStoredTrimmed "name-stored-trimmed" "A-01" Must 2 "Blanks at the ends of a name are not stored.";
    NameStoredInLowerCase "name-stored-in-lower-case" "A-01" Must 2 "Names are stored in lower case.";
    NameCutAt64 "name-cut-at-64" "A-01" Must 2 "Names are cut at 64 characters.";
    PathStoredInLowerCase "path-stored-in-lower-case" "A-01" Must 2 "Paths are stored in lower case.";
    EndpointStoredInLowerCase "endpoint-stored-in-lower-case" "A-01" Must 2 "Endpoints are stored in lower case.";
    SecondUpdateUndoesName "second-update-undoes-name" "A-01" Must 3 "An update without a name brings the name before the last update back.";
    SecondUpdateUndoesCredential "second-update-undoes-credential" "A-01" Must 3 "An update without a credential brings the credential before the last update back.";
    EndpointResetsPath "endpoint-resets-path" "A-01" Must 2 "A new endpoint alone resets the path.";
    RenameResetsCluster "rename-resets-cluster" "A-01" Must 3 "A rename brings the cluster before the last update back.";
    ClusterResetsPassword "cluster-resets-password" "A-01" Must 3 "A new cluster alone spoils the password.";
    CredentialLostInSwitch "credential-lost-in-switch" "A-01" Must 2 "A credential given with a change of connectivity is not stored.";
    UpdateDisconnects "update-disconnects" "A-04" Must 3 "An update disconnects a CONNECTED store.";
    UpdateEndsFailed "update-ends-failed" "A-04" Must 3 "An update takes a FAILED store to DISCONNECTED.";
    UpdateForgetsConnectionError "update-forgets-connection-error" "A-04" Must 3 "An update of a FAILED store clears its ConnectionErrorCode.";
    UpdateConnects "update-connects" "A-04" Must 2 "A new credential connects the store.";
    UpdateChangesCreationDate "update-changes-creation-date" "A-04" Must 2 "An update moves the creation date.";
    TrustAnchorChanges "trust-anchor-changes" "A-04" Must 2 "A new cluster changes the trust anchor shown.";
    PasswordShown "password-shown" "A-05" Must 2 "After an update the name shown has the password behind it.";
    SecretShown "secret-shown" "A-05" Must 2 "After an update Describe shows the secret.";
    ConnectUsesOldPassword "connect-uses-old-password" "H-06" Must 3 "Connect goes on with the password before the update.";
    UpdateLostAtConnect "update-lost-at-connect" "A-09" Must 3 "Connect brings all values before the last update back.";
    NameLostAtConnect "name-lost-at-connect" "A-09" Must 3 "Connect brings the name before the last update back.";
    UpdateLostAtDisconnect "update-lost-at-disconnect" "A-09" Must 4 "Disconnect brings all values before the last update back.";
    RefusalsAnswerSuccess "refusals-answer-success" "A-01" Must 2 "What is refused after the look-up is answered with success, without effect.";

    // Precedence (P).
    ConstraintsAfterUpdate "constraints-after-update" "A-02" Must 1 "Constraints are checked after the update took effect.";
    ExistenceBeforeConstraints "existence-before-constraints" "P-02" Should 1 "The store is looked up before the constraints are checked.";
    NameInUseBeforeKind "name-in-use-before-kind" "P-04" Should 3 "A name in use is reported before a member of the other type.";
    StateBeforeKind "state-before-kind" "P-04" Should 3 "A wrong state is reported before a member of the other type.";
    EnvironmentBeforeState "environment-before-state" "P-04" Should 3 "Cluster, service and proxy are looked at before the state.";
    EnvironmentBeforeUniqueness "environment-before-uniqueness" "P-04" Should 3 "Cluster, service and proxy are looked at before uniqueness.";
    OrderChanges "order-changes" "P-05" Should 2 "The order of the checks changes from request to request.";

    HalfDoneWhenHungUp "half-done-when-hung-up" "A-10" Must 2 "Members are stored one after another, and a caller who hangs up stops it.";

    // Races (R).
    RacingNamesBothWin "racing-names-both-win" "R-01" Must 3 "Uniqueness is checked before a pause and not again after it, so that racing updates both win.";
    RacingUpdatesLoseMembers "racing-updates-lose-members" "R-02" Must 3 "The store is read before a pause and written whole after it, so that a racing update is lost.";

    // Authentication (D), where the world checks it.
    UnsignedAccepted "unsigned-accepted" "D-01" Must 2 "An unsigned request is served.";
    UnknownAccessKeyAccepted "unknown-access-key-accepted" "D-02" Should 2 "An unknown access key is served.";
    SignatureNotChecked "signature-not-checked" "D-03" Should 2 "The signature is not checked.";
    ClockNotChecked "clock-not-checked" "D-03" Should 2 "The time of a signature is not checked.";
    PermissionNotChecked "permission-not-checked" "D-04" Should 2 "An identity without permission is served.";

    // One cell of the gates each (G): store, member, state.
    GateXksConnectivityDisconnected "gate-xks-connectivity-disconnected" "G" Must 2 "XksProxyConnectivity is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Connectivity, State::Disconnected);
    GateXksConnectivityConnected "gate-xks-connectivity-connected" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Connectivity, State::Connected);
    GateXksConnectivityFailed "gate-xks-connectivity-failed" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is FAILED." => Guard::Gate(Kind::External, Member::Connectivity, State::Failed);
    GateXksConnectivityConnecting "gate-xks-connectivity-connecting" "G" Must 3 "XksProxyConnectivity is accepted on an external key store that is CONNECTING." => Guard::Gate(Kind::External, Member::Connectivity, State::Connecting);
    GateXksConnectivityDisconnecting "gate-xks-connectivity-disconnecting" "G" Must 4 "XksProxyConnectivity is accepted on an external key store that is DISCONNECTING." => Guard::Gate(Kind::External, Member::Connectivity, State::Disconnecting);
    GateXksEndpointDisconnected "gate-xks-endpoint-disconnected" "G" Must 2 "XksProxyUriEndpoint is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Endpoint, State::Disconnected);
    GateXksEndpointConnected "gate-xks-endpoint-connected" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Endpoint, State::Connected);
    GateXksEndpointFailed "gate-xks-endpoint-failed" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is FAILED." => Guard::Gate(Kind::External, Member::Endpoint, State::Failed);
    GateXksEndpointConnecting "gate-xks-endpoint-connecting" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is CONNECTING." => Guard::Gate(Kind::External, Member::Endpoint, State::Connecting);
    GateXksEndpointDisconnecting "gate-xks-endpoint-disconnecting" "G" Must 4 "XksProxyUriEndpoint is accepted on an external key store that is DISCONNECTING." => Guard::Gate(Kind::External, Member::Endpoint, State::Disconnecting);
    GateXksServiceDisconnected "gate-xks-service-disconnected" "G" Must 2 "XksProxyVpcEndpointServiceName is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Service, State::Disconnected);
    GateXksServiceConnected "gate-xks-service-connected" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Service, State::Connected);
    GateXksServiceFailed "gate-xks-service-failed" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is FAILED." => Guard::Gate(Kind::External, Member::Service, State::Failed);
    GateXksServiceConnecting "gate-xks-service-connecting" "G" Must 3 "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTING." => Guard::Gate(Kind::External, Member::Service, State::Connecting);
    GateXksServiceDisconnecting "gate-xks-service-disconnecting" "G" Must 4 "XksProxyVpcEndpointServiceName is accepted on an external key store that is DISCONNECTING." => Guard::Gate(Kind::External, Member::Service, State::Disconnecting);
    GateXksOwnerDisconnected "gate-xks-owner-disconnected" "G" Must 2 "XksProxyVpcEndpointServiceOwner is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Owner, State::Disconnected);
    GateXksOwnerConnected "gate-xks-owner-connected" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Owner, State::Connected);
    GateXksOwnerFailed "gate-xks-owner-failed" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is FAILED." => Guard::Gate(Kind::External, Member::Owner, State::Failed);
    GateXksOwnerConnecting "gate-xks-owner-connecting" "G" Must 3 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTING." => Guard::Gate(Kind::External, Member::Owner, State::Connecting);
    GateXksOwnerDisconnecting "gate-xks-owner-disconnecting" "G" Must 4 "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is DISCONNECTING." => Guard::Gate(Kind::External, Member::Owner, State::Disconnecting);
    GateXksNameDisconnected "gate-xks-name-disconnected" "G" Must 2 "NewCustomKeyStoreName is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Name, State::Disconnected);
    GateXksNameConnected "gate-xks-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Name, State::Connected);
    GateXksCredentialDisconnected "gate-xks-credential-disconnected" "G" Must 2 "XksProxyAuthenticationCredential is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Credential, State::Disconnected);
    GateXksCredentialConnected "gate-xks-credential-connected" "G" Should 3 "XksProxyAuthenticationCredential is refused on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Credential, State::Connected);
    GateXksPathDisconnected "gate-xks-path-disconnected" "G" Must 2 "XksProxyUriPath is refused on an external key store that is DISCONNECTED." => Guard::Gate(Kind::External, Member::Path, State::Disconnected);
    GateXksPathConnected "gate-xks-path-connected" "G" Should 3 "XksProxyUriPath is refused on an external key store that is CONNECTED." => Guard::Gate(Kind::External, Member::Path, State::Connected);
    GateHsmNameDisconnected "gate-hsm-name-disconnected" "G" Must 2 "NewCustomKeyStoreName is refused on a CloudHSM store that is DISCONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Name, State::Disconnected);
    GateHsmNameConnected "gate-hsm-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on a CloudHSM store that is CONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Name, State::Connected);
    GateHsmPasswordDisconnected "gate-hsm-password-disconnected" "G" Must 2 "KeyStorePassword is refused on a CloudHSM store that is DISCONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Password, State::Disconnected);
    GateHsmPasswordConnected "gate-hsm-password-connected" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Password, State::Connected);
    GateHsmPasswordFailed "gate-hsm-password-failed" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is FAILED." => Guard::Gate(Kind::CloudHsm, Member::Password, State::Failed);
    GateHsmPasswordConnecting "gate-hsm-password-connecting" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTING." => Guard::Gate(Kind::CloudHsm, Member::Password, State::Connecting);
    GateHsmPasswordDisconnecting "gate-hsm-password-disconnecting" "G" Must 4 "KeyStorePassword is accepted on a CloudHSM store that is DISCONNECTING." => Guard::Gate(Kind::CloudHsm, Member::Password, State::Disconnecting);
    GateHsmClusterDisconnected "gate-hsm-cluster-disconnected" "G" Must 2 "CloudHsmClusterId is refused on a CloudHSM store that is DISCONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Cluster, State::Disconnected);
    GateHsmClusterConnected "gate-hsm-cluster-connected" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTED." => Guard::Gate(Kind::CloudHsm, Member::Cluster, State::Connected);
    GateHsmClusterFailed "gate-hsm-cluster-failed" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is FAILED." => Guard::Gate(Kind::CloudHsm, Member::Cluster, State::Failed);
    GateHsmClusterConnecting "gate-hsm-cluster-connecting" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTING." => Guard::Gate(Kind::CloudHsm, Member::Cluster, State::Connecting);
    GateHsmClusterDisconnecting "gate-hsm-cluster-disconnecting" "G" Must 4 "CloudHsmClusterId is accepted on a CloudHSM store that is DISCONNECTING." => Guard::Gate(Kind::CloudHsm, Member::Cluster, State::Disconnecting);

    // Members of the other type that are ignored (T).
    PasswordOfOtherTypeIgnored "password-of-other-type-ignored" "T-01" Must 2 "KeyStorePassword is ignored on an external key store." => Guard::Ignored(Member::Password);
    ClusterOfOtherTypeIgnored "cluster-of-other-type-ignored" "T-02" Must 2 "CloudHsmClusterId is ignored on an external key store." => Guard::Ignored(Member::Cluster);
    EndpointOfOtherTypeIgnored "endpoint-of-other-type-ignored" "T-03" Must 2 "XksProxyUriEndpoint is ignored on a CloudHSM store." => Guard::Ignored(Member::Endpoint);
    PathOfOtherTypeIgnored "path-of-other-type-ignored" "T-04" Must 2 "XksProxyUriPath is ignored on a CloudHSM store." => Guard::Ignored(Member::Path);
    ServiceOfOtherTypeIgnored "service-of-other-type-ignored" "T-05" Must 2 "XksProxyVpcEndpointServiceName is ignored on a CloudHSM store." => Guard::Ignored(Member::Service);
    CredentialOfOtherTypeIgnored "credential-of-other-type-ignored" "T-06" Must 2 "XksProxyAuthenticationCredential is ignored on a CloudHSM store." => Guard::Ignored(Member::Credential);
    ConnectivityOfOtherTypeIgnored "connectivity-of-other-type-ignored" "T-07" Should 2 "XksProxyConnectivity is ignored on a CloudHSM store." => Guard::Ignored(Member::Connectivity);
    OwnerOfOtherTypeIgnored "owner-of-other-type-ignored" "T-08" Should 2 "XksProxyVpcEndpointServiceOwner is ignored on a CloudHSM store." => Guard::Ignored(Member::Owner);

    // Members acknowledged and not stored.
    NameNotStored "name-not-stored" "A-01" Must 2 "NewCustomKeyStoreName is acknowledged and not stored." => Guard::Dropped(Member::Name);
    PasswordNotStored "password-not-stored" "A-01" Must 3 "KeyStorePassword is acknowledged and not stored." => Guard::Dropped(Member::Password);
    ClusterNotStored "cluster-not-stored" "A-01" Must 2 "CloudHsmClusterId is acknowledged and not stored." => Guard::Dropped(Member::Cluster);
    EndpointNotStored "endpoint-not-stored" "A-01" Must 2 "XksProxyUriEndpoint is acknowledged and not stored." => Guard::Dropped(Member::Endpoint);
    PathNotStored "path-not-stored" "A-01" Must 2 "XksProxyUriPath is acknowledged and not stored." => Guard::Dropped(Member::Path);
    ServiceNotStored "service-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceName is acknowledged and not stored." => Guard::Dropped(Member::Service);
    OwnerNotStored "owner-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceOwner is acknowledged and not stored." => Guard::Dropped(Member::Owner);
    CredentialNotStored "credential-not-stored" "A-01" Must 2 "XksProxyAuthenticationCredential is acknowledged and not stored." => Guard::Dropped(Member::Credential);
    ConnectivityNotStored "connectivity-not-stored" "A-01" Must 2 "XksProxyConnectivity is acknowledged and not stored." => Guard::Dropped(Member::Connectivity);

    // Refused requests that store one member all the same.
    NameStoredThoughRefused "name-stored-though-refused" "A-02" Must 2 "A refused request stores its NewCustomKeyStoreName." => Guard::HalfApplied(Member::Name);
    PasswordStoredThoughRefused "password-stored-though-refused" "A-02" Must 3 "A refused request stores its KeyStorePassword." => Guard::HalfApplied(Member::Password);
    ClusterStoredThoughRefused "cluster-stored-though-refused" "A-02" Must 2 "A refused request stores its CloudHsmClusterId." => Guard::HalfApplied(Member::Cluster);
    EndpointStoredThoughRefused "endpoint-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriEndpoint." => Guard::HalfApplied(Member::Endpoint);
    PathStoredThoughRefused "path-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriPath." => Guard::HalfApplied(Member::Path);
    ServiceStoredThoughRefused "service-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceName." => Guard::HalfApplied(Member::Service);
    OwnerStoredThoughRefused "owner-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceOwner." => Guard::HalfApplied(Member::Owner);
    CredentialStoredThoughRefused "credential-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyAuthenticationCredential." => Guard::HalfApplied(Member::Credential);
    ConnectivityStoredThoughRefused "connectivity-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyConnectivity." => Guard::HalfApplied(Member::Connectivity);

    // Required members that may be missing (S-01, S-13).
    MissingIdAccepted "missing-id-accepted" "S-01" Must 1 "A missing identifier is looked up as an empty one." => Guard::Lacks("CustomKeyStoreId");
    MissingAccessKeyAccepted "missing-access-key-accepted" "S-13" Must 2 "A credential without AccessKeyId is accepted." => Guard::Lacks("AccessKeyId");
    MissingSecretAccepted "missing-secret-accepted" "S-13" Must 2 "A credential without RawSecretAccessKey is accepted." => Guard::Lacks("RawSecretAccessKey");

    // Constraints of one member each (S-02 to S-12, S-17, S-18, W-16).
    IdEmpty "id-empty" "S-02" Should 1 "An empty CustomKeyStoreId is accepted." => Guard::Shape("CustomKeyStoreId", Edge::EmptyAccepted);
    IdOneTooLong "id-one-too-long" "S-02" Should 1 "A CustomKeyStoreId of 65 characters is accepted." => Guard::Shape("CustomKeyStoreId", Edge::AboveMax);
    IdNoMaximum "id-no-maximum" "S-02" Should 1 "CustomKeyStoreId may be of any length." => Guard::Shape("CustomKeyStoreId", Edge::NoMax);
    IdShortestRefused "id-shortest-refused" "S-02" Must 1 "A CustomKeyStoreId of 1 characters is refused." => Guard::Shape("CustomKeyStoreId", Edge::NotMin);
    IdLongestRefused "id-longest-refused" "S-02" Must 1 "A CustomKeyStoreId of 64 characters is refused." => Guard::Shape("CustomKeyStoreId", Edge::NotMax);
    NameEmpty "name-empty" "S-03" Must 2 "An empty NewCustomKeyStoreName is accepted." => Guard::Shape("NewCustomKeyStoreName", Edge::EmptyAccepted);
    NameShortestRefused "name-shortest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 1 characters is refused." => Guard::Shape("NewCustomKeyStoreName", Edge::NotMin);
    NameLongestRefused "name-longest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 256 characters is refused." => Guard::Shape("NewCustomKeyStoreName", Edge::NotMax);
    NameOneTooLong "name-one-too-long" "S-03" Must 2 "A NewCustomKeyStoreName of 257 characters is accepted." => Guard::Shape("NewCustomKeyStoreName", Edge::AboveMax);
    NameNoMaximum "name-no-maximum" "S-03" Must 2 "NewCustomKeyStoreName may be of any length." => Guard::Shape("NewCustomKeyStoreName", Edge::NoMax);
    NameCountedInBytes "name-counted-in-bytes" "W-16" Should 1 "The length of NewCustomKeyStoreName counts bytes." => Guard::Shape("NewCustomKeyStoreName", Edge::Bytes);
    NameCountedInUtf16 "name-counted-in-utf-16" "W-16" Should 1 "The length of NewCustomKeyStoreName counts UTF-16 units." => Guard::Shape("NewCustomKeyStoreName", Edge::Utf16);
    PasswordOneTooShort "password-one-too-short" "S-04" Must 2 "A KeyStorePassword of 6 characters is accepted." => Guard::Shape("KeyStorePassword", Edge::BelowMin);
    PasswordShortestRefused "password-shortest-refused" "S-04" Must 1 "A KeyStorePassword of 7 characters is refused." => Guard::Shape("KeyStorePassword", Edge::NotMin);
    PasswordLongestRefused "password-longest-refused" "S-04" Must 1 "A KeyStorePassword of 32 characters is refused." => Guard::Shape("KeyStorePassword", Edge::NotMax);
    PasswordOneTooLong "password-one-too-long" "S-04" Must 2 "A KeyStorePassword of 33 characters is accepted." => Guard::Shape("KeyStorePassword", Edge::AboveMax);
    PasswordAnyLength "password-any-length" "S-04" Must 2 "The length of KeyStorePassword is not checked." => Guard::Shape("KeyStorePassword", Edge::NoLength);
    PasswordEmpty "password-empty" "S-04" Must 2 "An empty KeyStorePassword is accepted." => Guard::Shape("KeyStorePassword", Edge::EmptyAccepted);
    ClusterOneTooShort "cluster-one-too-short" "S-05" Must 2 "A CloudHsmClusterId of 18 characters is accepted." => Guard::Shape("CloudHsmClusterId", Edge::BelowMin);
    ClusterShortestRefused "cluster-shortest-refused" "S-05" Must 1 "A CloudHsmClusterId of 19 characters is refused." => Guard::Shape("CloudHsmClusterId", Edge::NotMin);
    ClusterLongestRefused "cluster-longest-refused" "S-05" Must 1 "A CloudHsmClusterId of 24 characters is refused." => Guard::Shape("CloudHsmClusterId", Edge::NotMax);
    ClusterOneTooLong "cluster-one-too-long" "S-05" Must 2 "A CloudHsmClusterId of 25 characters is accepted." => Guard::Shape("CloudHsmClusterId", Edge::AboveMax);
    ClusterNoPattern "cluster-no-pattern" "S-05" Must 2 "The pattern of CloudHsmClusterId is not checked." => Guard::Shape("CloudHsmClusterId", Edge::NoPattern);
    ClusterSearched "cluster-searched" "S-18" Should 2 "The pattern of CloudHsmClusterId may match a part of the value." => Guard::Shape("CloudHsmClusterId", Edge::Searched);
    ClusterCaseIgnored "cluster-case-ignored" "S-05" Must 2 "CloudHsmClusterId is matched without case." => Guard::Shape("CloudHsmClusterId", Edge::CaseIgnored);
    ClusterNewline "cluster-newline" "S-18" Should 2 "A newline at the end of CloudHsmClusterId is accepted." => Guard::Shape("CloudHsmClusterId", Edge::Newline);
    EndpointOneTooShort "endpoint-one-too-short" "S-06" Must 2 "A XksProxyUriEndpoint of 9 characters is accepted." => Guard::Shape("XksProxyUriEndpoint", Edge::BelowMin);
    EndpointShortestRefused "endpoint-shortest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 10 characters is refused." => Guard::Shape("XksProxyUriEndpoint", Edge::NotMin);
    EndpointLongestRefused "endpoint-longest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 128 characters is refused." => Guard::Shape("XksProxyUriEndpoint", Edge::NotMax);
    EndpointOneTooLong "endpoint-one-too-long" "S-06" Must 2 "A XksProxyUriEndpoint of 129 characters is accepted." => Guard::Shape("XksProxyUriEndpoint", Edge::AboveMax);
    EndpointNoPattern "endpoint-no-pattern" "S-06" Must 2 "The pattern of XksProxyUriEndpoint is not checked." => Guard::Shape("XksProxyUriEndpoint", Edge::NoPattern);
    EndpointCaseIgnored "endpoint-case-ignored" "S-06" Must 2 "XksProxyUriEndpoint is matched without case." => Guard::Shape("XksProxyUriEndpoint", Edge::CaseIgnored);
    EndpointSearched "endpoint-searched" "S-17" Must 2 "The pattern of XksProxyUriEndpoint may match a part of the value." => Guard::Shape("XksProxyUriEndpoint", Edge::Searched);
    EndpointNewline "endpoint-newline" "S-17" Must 2 "A newline at the end of XksProxyUriEndpoint is accepted." => Guard::Shape("XksProxyUriEndpoint", Edge::Newline);
    PathLongestRefused "path-longest-refused" "S-07" Must 1 "A XksProxyUriPath of 128 characters is refused." => Guard::Shape("XksProxyUriPath", Edge::NotMax);
    PathOneTooLong "path-one-too-long" "S-07" Must 2 "A XksProxyUriPath of 129 characters is accepted." => Guard::Shape("XksProxyUriPath", Edge::AboveMax);
    PathNoPattern "path-no-pattern" "S-07" Must 2 "The pattern of XksProxyUriPath is not checked." => Guard::Shape("XksProxyUriPath", Edge::NoPattern);
    PathCaseIgnored "path-case-ignored" "S-07" Must 2 "XksProxyUriPath is matched without case." => Guard::Shape("XksProxyUriPath", Edge::CaseIgnored);
    PathWideDigits "path-wide-digits" "S-07" Must 2 "Digits of other scripts are digits in XksProxyUriPath." => Guard::Shape("XksProxyUriPath", Edge::WideDigits);
    PathSearched "path-searched" "S-17" Must 2 "The pattern of XksProxyUriPath may match a part of the value." => Guard::Shape("XksProxyUriPath", Edge::Searched);
    PathNewline "path-newline" "S-17" Must 2 "A newline at the end of XksProxyUriPath is accepted." => Guard::Shape("XksProxyUriPath", Edge::Newline);
    ServiceLongestRefused "service-longest-refused" "S-08" Must 1 "A XksProxyVpcEndpointServiceName of 64 characters is refused." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::NotMax);
    ServiceOneTooLong "service-one-too-long" "S-08" Must 2 "A XksProxyVpcEndpointServiceName of 65 characters is accepted." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::AboveMax);
    ServiceNoPattern "service-no-pattern" "S-08" Must 2 "The pattern of XksProxyVpcEndpointServiceName is not checked." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::NoPattern);
    ServiceCaseIgnored "service-case-ignored" "S-08" Must 2 "XksProxyVpcEndpointServiceName is matched without case." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::CaseIgnored);
    ServiceWideDigits "service-wide-digits" "S-08" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceName." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::WideDigits);
    ServiceSearched "service-searched" "S-17" Must 2 "The pattern of XksProxyVpcEndpointServiceName may match a part of the value." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::Searched);
    ServiceNewline "service-newline" "S-17" Must 2 "A newline at the end of XksProxyVpcEndpointServiceName is accepted." => Guard::Shape("XksProxyVpcEndpointServiceName", Edge::Newline);
    OwnerOneTooShort "owner-one-too-short" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 11 characters is accepted." => Guard::Shape("XksProxyVpcEndpointServiceOwner", Edge::BelowMin);
    OwnerOneTooLong "owner-one-too-long" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 13 characters is accepted." => Guard::Shape("XksProxyVpcEndpointServiceOwner", Edge::AboveMax);
    OwnerNoPattern "owner-no-pattern" "S-09" Must 2 "The pattern of XksProxyVpcEndpointServiceOwner is not checked." => Guard::Shape("XksProxyVpcEndpointServiceOwner", Edge::NoPattern);
    OwnerWideDigits "owner-wide-digits" "S-09" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceOwner." => Guard::Shape("XksProxyVpcEndpointServiceOwner", Edge::WideDigits);
    OwnerNewline "owner-newline" "S-18" Should 2 "A newline at the end of XksProxyVpcEndpointServiceOwner is accepted." => Guard::Shape("XksProxyVpcEndpointServiceOwner", Edge::Newline);
    AccessKeyOneTooShort "access-key-one-too-short" "S-10" Must 2 "An AccessKeyId of 19 characters is accepted." => Guard::Shape("AccessKeyId", Edge::BelowMin);
    AccessKeyShortestRefused "access-key-shortest-refused" "S-10" Must 1 "An AccessKeyId of 20 characters is refused." => Guard::Shape("AccessKeyId", Edge::NotMin);
    AccessKeyLongestRefused "access-key-longest-refused" "S-10" Must 1 "An AccessKeyId of 30 characters is refused." => Guard::Shape("AccessKeyId", Edge::NotMax);
    AccessKeyOneTooLong "access-key-one-too-long" "S-10" Must 2 "An AccessKeyId of 31 characters is accepted." => Guard::Shape("AccessKeyId", Edge::AboveMax);
    AccessKeyNoPattern "access-key-no-pattern" "S-10" Must 2 "The pattern of AccessKeyId is not checked." => Guard::Shape("AccessKeyId", Edge::NoPattern);
    AccessKeyCaseIgnored "access-key-case-ignored" "S-10" Must 2 "AccessKeyId is matched without case." => Guard::Shape("AccessKeyId", Edge::CaseIgnored);
    AccessKeySearched "access-key-searched" "S-17" Must 2 "The pattern of AccessKeyId may match a part of the value." => Guard::Shape("AccessKeyId", Edge::Searched);
    AccessKeyNewline "access-key-newline" "S-17" Must 2 "An newline at the end of AccessKeyId is accepted." => Guard::Shape("AccessKeyId", Edge::Newline);
    SecretOneTooShort "secret-one-too-short" "S-11" Must 2 "A RawSecretAccessKey of 42 characters is accepted." => Guard::Shape("RawSecretAccessKey", Edge::BelowMin);
    SecretShortestRefused "secret-shortest-refused" "S-11" Must 1 "A RawSecretAccessKey of 43 characters is refused." => Guard::Shape("RawSecretAccessKey", Edge::NotMin);
    SecretLongestRefused "secret-longest-refused" "S-11" Must 1 "A RawSecretAccessKey of 64 characters is refused." => Guard::Shape("RawSecretAccessKey", Edge::NotMax);
    SecretOneTooLong "secret-one-too-long" "S-11" Must 2 "A RawSecretAccessKey of 65 characters is accepted." => Guard::Shape("RawSecretAccessKey", Edge::AboveMax);
    SecretNoPattern "secret-no-pattern" "S-11" Must 2 "The pattern of RawSecretAccessKey is not checked." => Guard::Shape("RawSecretAccessKey", Edge::NoPattern);
    SecretSearched "secret-searched" "S-17" Must 2 "The pattern of RawSecretAccessKey may match a part of the value." => Guard::Shape("RawSecretAccessKey", Edge::Searched);
    SecretNewline "secret-newline" "S-17" Must 2 "A newline at the end of RawSecretAccessKey is accepted." => Guard::Shape("RawSecretAccessKey", Edge::Newline);
    ConnectivityUnchecked "connectivity-unchecked" "S-12" Must 2 "Any value of XksProxyConnectivity is accepted." => Guard::Shape("XksProxyConnectivity", Edge::Unchecked);
    ConnectivityCaseIgnored "connectivity-case-ignored" "S-12" Must 2 "XksProxyConnectivity is matched without case." => Guard::Shape("XksProxyConnectivity", Edge::CaseIgnored);
    ConnectivitySearched "connectivity-searched" "S-12" Must 2 "XksProxyConnectivity may have more after its value." => Guard::Shape("XksProxyConnectivity", Edge::Searched);

    // Defects that change nothing: the control of the control.
    NullNothing "null-nothing" "A-01" Null 0 "Nothing is wrong.";
    NullStateReadTwice "null-state-read-twice" "G" Null 0 "The state is read twice before it decides.";
    NullNameComparedTwice "null-name-compared-twice" "U-01" Null 0 "A name is compared twice before it counts as in use.";
    NullMergedTwice "null-merged-twice" "A-01" Null 0 "The request is merged twice into the store.";
    NullCopiedBeforeChange "null-copied-before-change" "A-02" Null 0 "The store is copied before it is changed.";
    NullMessageDiffers "null-message-differs" "W-05" Null 0 "The text of a wrong state has other words.";
}
