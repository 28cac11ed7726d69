//! Defects of one cell, member or constraint each, and those that change nothing.

use super::super::{DefectRow, Force};
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::{Leaking, effect};
use crate::behaviour::facts::{Fact, Fold, ValueSource};
use crate::behaviour::scope::{StoreVariant, any};
use crate::edits::Change::*;
use crate::edits::LengthEdit;
use crate::member::Member;
use crate::shapes::Unit;
use crate::store::ConnectionState;

table! {
    // One cell of the gates each (G): store, member, state.
    "gate-xks-connectivity-disconnected" "G" Must 2
        "XksProxyConnectivity is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Disconnected, false),
        ];
    "gate-xks-connectivity-connected" "G" Must 3
        "XksProxyConnectivity is accepted on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Connected, true),
        ];
    "gate-xks-connectivity-failed" "G" Must 3
        "XksProxyConnectivity is accepted on an external key store that is FAILED."
        => [
            Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Failed, true),
        ];
    "gate-xks-connectivity-connecting" "G" Must 3
        "XksProxyConnectivity is accepted on an external key store that is CONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Connecting, true),
        ];
    "gate-xks-connectivity-disconnecting" "G" Must 4
        "XksProxyConnectivity is accepted on an external key store that is DISCONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Connectivity, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Connectivity, ConnectionState::Disconnecting, true),
        ];
    "gate-xks-endpoint-disconnected" "G" Must 2
        "XksProxyUriEndpoint is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Disconnected, false),
        ];
    "gate-xks-endpoint-connected" "G" Must 3
        "XksProxyUriEndpoint is accepted on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Connected, true),
        ];
    "gate-xks-endpoint-failed" "G" Must 3 "XksProxyUriEndpoint is accepted on an external key store that is FAILED."
        => [
            Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Failed, true),
        ];
    "gate-xks-endpoint-connecting" "G" Must 3
        "XksProxyUriEndpoint is accepted on an external key store that is CONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Connecting, true),
        ];
    "gate-xks-endpoint-disconnecting" "G" Must 4
        "XksProxyUriEndpoint is accepted on an external key store that is DISCONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Endpoint, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Endpoint, ConnectionState::Disconnecting, true),
        ];
    "gate-xks-service-disconnected" "G" Must 2
        "XksProxyVpcEndpointServiceName is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Service, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Disconnected, false),
        ];
    "gate-xks-service-connected" "G" Must 3
        "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Service, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Connected, true),
        ];
    "gate-xks-service-failed" "G" Must 3
        "XksProxyVpcEndpointServiceName is accepted on an external key store that is FAILED."
        => [
            Gate(StoreVariant::Public, Member::Service, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Failed, true),
        ];
    "gate-xks-service-connecting" "G" Must 3
        "XksProxyVpcEndpointServiceName is accepted on an external key store that is CONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Service, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Connecting, true),
        ];
    "gate-xks-service-disconnecting" "G" Must 4
        "XksProxyVpcEndpointServiceName is accepted on an external key store that is DISCONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Service, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Service, ConnectionState::Disconnecting, true),
        ];
    "gate-xks-owner-disconnected" "G" Must 2
        "XksProxyVpcEndpointServiceOwner is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Owner, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Disconnected, false),
        ];
    "gate-xks-owner-connected" "G" Must 3
        "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Owner, ConnectionState::Connected, true),
            Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Connected, true),
        ];
    "gate-xks-owner-failed" "G" Must 3
        "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is FAILED."
        => [
            Gate(StoreVariant::Public, Member::Owner, ConnectionState::Failed, true),
            Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Failed, true),
        ];
    "gate-xks-owner-connecting" "G" Must 3
        "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is CONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Owner, ConnectionState::Connecting, true),
            Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Connecting, true),
        ];
    "gate-xks-owner-disconnecting" "G" Must 4
        "XksProxyVpcEndpointServiceOwner is accepted on an external key store that is DISCONNECTING."
        => [
            Gate(StoreVariant::Public, Member::Owner, ConnectionState::Disconnecting, true),
            Gate(StoreVariant::Vpc, Member::Owner, ConnectionState::Disconnecting, true),
        ];
    "gate-xks-name-disconnected" "G" Must 2
        "NewCustomKeyStoreName is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Name, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Name, ConnectionState::Disconnected, false),
        ];
    "gate-xks-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Name, ConnectionState::Connected, false),
            Gate(StoreVariant::Vpc, Member::Name, ConnectionState::Connected, false),
        ];
    "gate-xks-credential-disconnected" "G" Must 2
        "XksProxyAuthenticationCredential is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Credential, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Credential, ConnectionState::Disconnected, false),
        ];
    "gate-xks-credential-connected" "G" Should 3
        "XksProxyAuthenticationCredential is refused on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Credential, ConnectionState::Connected, false),
            Gate(StoreVariant::Vpc, Member::Credential, ConnectionState::Connected, false),
        ];
    "gate-xks-path-disconnected" "G" Must 2 "XksProxyUriPath is refused on an external key store that is DISCONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Path, ConnectionState::Disconnected, false),
            Gate(StoreVariant::Vpc, Member::Path, ConnectionState::Disconnected, false),
        ];
    "gate-xks-path-connected" "G" Should 3 "XksProxyUriPath is refused on an external key store that is CONNECTED."
        => [
            Gate(StoreVariant::Public, Member::Path, ConnectionState::Connected, false),
            Gate(StoreVariant::Vpc, Member::Path, ConnectionState::Connected, false),
        ];
    "gate-hsm-name-disconnected" "G" Must 2 "NewCustomKeyStoreName is refused on a CloudHSM store that is DISCONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Name, ConnectionState::Disconnected, false)];
    "gate-hsm-name-connected" "G" Must 3 "NewCustomKeyStoreName is refused on a CloudHSM store that is CONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Name, ConnectionState::Connected, false)];
    "gate-hsm-password-disconnected" "G" Must 2 "KeyStorePassword is refused on a CloudHSM store that is DISCONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Disconnected, false)];
    "gate-hsm-password-connected" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Connected, true)];
    "gate-hsm-password-failed" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is FAILED."
        => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Failed, true)];
    "gate-hsm-password-connecting" "G" Must 3 "KeyStorePassword is accepted on a CloudHSM store that is CONNECTING."
        => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Connecting, true)];
    "gate-hsm-password-disconnecting" "G" Must 4
        "KeyStorePassword is accepted on a CloudHSM store that is DISCONNECTING."
        => [Gate(StoreVariant::CloudHsm, Member::Password, ConnectionState::Disconnecting, true)];
    "gate-hsm-cluster-disconnected" "G" Must 2 "CloudHsmClusterId is refused on a CloudHSM store that is DISCONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Disconnected, false)];
    "gate-hsm-cluster-connected" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTED."
        => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Connected, true)];
    "gate-hsm-cluster-failed" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is FAILED."
        => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Failed, true)];
    "gate-hsm-cluster-connecting" "G" Must 3 "CloudHsmClusterId is accepted on a CloudHSM store that is CONNECTING."
        => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Connecting, true)];
    "gate-hsm-cluster-disconnecting" "G" Must 4
        "CloudHsmClusterId is accepted on a CloudHSM store that is DISCONNECTING."
        => [Gate(StoreVariant::CloudHsm, Member::Cluster, ConnectionState::Disconnecting, true)];

    // Members of the other type that are ignored (T).
    "password-of-other-type-ignored" "T-01" Must 2 "KeyStorePassword is ignored on an external key store."
        => [Spare(CheckId::OtherType, Member::Password)];
    "cluster-of-other-type-ignored" "T-02" Must 2 "CloudHsmClusterId is ignored on an external key store."
        => [Spare(CheckId::OtherType, Member::Cluster)];
    "endpoint-of-other-type-ignored" "T-03" Must 2 "XksProxyUriEndpoint is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Endpoint)];
    "path-of-other-type-ignored" "T-04" Must 2 "XksProxyUriPath is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Path)];
    "service-of-other-type-ignored" "T-05" Must 2 "XksProxyVpcEndpointServiceName is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Service)];
    "credential-of-other-type-ignored" "T-06" Must 2 "XksProxyAuthenticationCredential is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Credential)];
    "connectivity-of-other-type-ignored" "T-07" Should 2 "XksProxyConnectivity is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Connectivity)];
    "owner-of-other-type-ignored" "T-08" Should 2 "XksProxyVpcEndpointServiceOwner is ignored on a CloudHSM store."
        => [Spare(CheckId::OtherType, Member::Owner)];

    // Members acknowledged and not stored.
    "name-not-stored" "A-01" Must 2 "NewCustomKeyStoreName is acknowledged and not stored."
        => [Forget(Member::Name, any())];
    "password-not-stored" "A-01" Must 3 "KeyStorePassword is acknowledged and not stored."
        => [Forget(Member::Password, any())];
    "cluster-not-stored" "A-01" Must 2 "CloudHsmClusterId is acknowledged and not stored."
        => [Forget(Member::Cluster, any())];
    "endpoint-not-stored" "A-01" Must 2 "XksProxyUriEndpoint is acknowledged and not stored."
        => [Forget(Member::Endpoint, any())];
    "path-not-stored" "A-01" Must 2 "XksProxyUriPath is acknowledged and not stored." => [Forget(Member::Path, any())];
    "service-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceName is acknowledged and not stored."
        => [Forget(Member::Service, any())];
    "owner-not-stored" "A-01" Must 2 "XksProxyVpcEndpointServiceOwner is acknowledged and not stored."
        => [Forget(Member::Owner, any())];
    "credential-not-stored" "A-01" Must 2 "XksProxyAuthenticationCredential is acknowledged and not stored."
        => [Forget(Member::Credential, any())];
    "connectivity-not-stored" "A-01" Must 2 "XksProxyConnectivity is acknowledged and not stored."
        => [Forget(Member::Connectivity, any())];

    // Refused requests that store one member all the same.
    "name-stored-though-refused" "A-02" Must 2 "A refused request stores its NewCustomKeyStoreName."
        => [Leak(Member::Name, Leaking::All)];
    "password-stored-though-refused" "A-02" Must 3 "A refused request stores its KeyStorePassword."
        => [Leak(Member::Password, Leaking::All)];
    "cluster-stored-though-refused" "A-02" Must 2 "A refused request stores its CloudHsmClusterId."
        => [Leak(Member::Cluster, Leaking::All)];
    "endpoint-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriEndpoint."
        => [Leak(Member::Endpoint, Leaking::All)];
    "path-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyUriPath."
        => [Leak(Member::Path, Leaking::All)];
    "service-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceName."
        => [Leak(Member::Service, Leaking::All)];
    "owner-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyVpcEndpointServiceOwner."
        => [Leak(Member::Owner, Leaking::All)];
    "credential-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyAuthenticationCredential."
        => [Leak(Member::Credential, Leaking::All)];
    "connectivity-stored-though-refused" "A-02" Must 2 "A refused request stores its XksProxyConnectivity."
        => [Leak(Member::Connectivity, Leaking::All)];

    // Required members that may be missing (S-01, S-13).
    "missing-id-accepted" "S-01" Must 1 "A missing identifier is looked up as an empty one."
        => [Optional("CustomKeyStoreId")];
    "missing-access-key-accepted" "S-13" Must 2 "A credential without AccessKeyId is accepted."
        => [Optional("AccessKeyId")];
    "missing-secret-accepted" "S-13" Must 2 "A credential without RawSecretAccessKey is accepted."
        => [Optional("RawSecretAccessKey")];

    // Constraints of one member each (S-02 to S-12, S-17, S-18, W-16).
    "id-empty" "S-02" Should 1 "An empty CustomKeyStoreId is accepted."
        => [Length("CustomKeyStoreId", LengthEdit::EmptyPasses)];
    "id-one-too-long" "S-02" Should 1 "A CustomKeyStoreId of 65 characters is accepted."
        => [Length("CustomKeyStoreId", LengthEdit::Most(1))];
    "id-no-maximum" "S-02" Should 1 "CustomKeyStoreId may be of any length."
        => [Length("CustomKeyStoreId", LengthEdit::NoMost)];
    "id-shortest-refused" "S-02" Must 1 "A CustomKeyStoreId of 1 characters is refused."
        => [Length("CustomKeyStoreId", LengthEdit::Least(1))];
    "id-longest-refused" "S-02" Must 1 "A CustomKeyStoreId of 64 characters is refused."
        => [Length("CustomKeyStoreId", LengthEdit::Most(-1))];
    "name-empty" "S-03" Must 2 "An empty NewCustomKeyStoreName is accepted."
        => [Length("NewCustomKeyStoreName", LengthEdit::EmptyPasses)];
    "name-shortest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 1 characters is refused."
        => [Length("NewCustomKeyStoreName", LengthEdit::Least(1))];
    "name-longest-refused" "S-03" Must 1 "A NewCustomKeyStoreName of 256 characters is refused."
        => [Length("NewCustomKeyStoreName", LengthEdit::Most(-1))];
    "name-one-too-long" "S-03" Must 2 "A NewCustomKeyStoreName of 257 characters is accepted."
        => [Length("NewCustomKeyStoreName", LengthEdit::Most(1))];
    "name-no-maximum" "S-03" Must 2 "NewCustomKeyStoreName may be of any length."
        => [Length("NewCustomKeyStoreName", LengthEdit::NoMost)];
    "name-counted-in-bytes" "W-16" Should 1 "The length of NewCustomKeyStoreName counts bytes."
        => [Counts("NewCustomKeyStoreName", Unit::Bytes)];
    "name-counted-in-utf-16" "W-16" Should 1 "The length of NewCustomKeyStoreName counts UTF-16 units."
        => [Counts("NewCustomKeyStoreName", Unit::Utf16)];
    "password-one-too-short" "S-04" Must 2 "A KeyStorePassword of 6 characters is accepted."
        => [Length("KeyStorePassword", LengthEdit::Least(-1))];
    "password-shortest-refused" "S-04" Must 1 "A KeyStorePassword of 7 characters is refused."
        => [Length("KeyStorePassword", LengthEdit::Least(1))];
    "password-longest-refused" "S-04" Must 1 "A KeyStorePassword of 32 characters is refused."
        => [Length("KeyStorePassword", LengthEdit::Most(-1))];
    "password-one-too-long" "S-04" Must 2 "A KeyStorePassword of 33 characters is accepted."
        => [Length("KeyStorePassword", LengthEdit::Most(1))];
    "password-any-length" "S-04" Must 2 "The length of KeyStorePassword is not checked."
        => [Length("KeyStorePassword", LengthEdit::NoLeast), Length("KeyStorePassword", LengthEdit::NoMost)];
    "password-empty" "S-04" Must 2 "An empty KeyStorePassword is accepted."
        => [Length("KeyStorePassword", LengthEdit::EmptyPasses)];
    "cluster-one-too-short" "S-05" Must 2 "A CloudHsmClusterId of 18 characters is accepted."
        => [Length("CloudHsmClusterId", LengthEdit::Least(-1))];
    "cluster-shortest-refused" "S-05" Must 1 "A CloudHsmClusterId of 19 characters is refused."
        => [Length("CloudHsmClusterId", LengthEdit::Least(1))];
    "cluster-longest-refused" "S-05" Must 1 "A CloudHsmClusterId of 24 characters is refused."
        => [Length("CloudHsmClusterId", LengthEdit::Most(-1))];
    "cluster-one-too-long" "S-05" Must 2 "A CloudHsmClusterId of 25 characters is accepted."
        => [Length("CloudHsmClusterId", LengthEdit::Most(1))];
    "cluster-no-pattern" "S-05" Must 2 "The pattern of CloudHsmClusterId is not checked."
        => [NoPattern("CloudHsmClusterId")];
    "cluster-searched" "S-18" Should 2 "The pattern of CloudHsmClusterId may match a part of the value."
        => [Searched("CloudHsmClusterId")];
    "cluster-case-ignored" "S-05" Must 2 "CloudHsmClusterId is matched without case."
        => [CaseIgnored("CloudHsmClusterId")];
    "cluster-newline" "S-18" Should 2 "A newline at the end of CloudHsmClusterId is accepted."
        => [Newline("CloudHsmClusterId")];
    "endpoint-one-too-short" "S-06" Must 2 "A XksProxyUriEndpoint of 9 characters is accepted."
        => [Length("XksProxyUriEndpoint", LengthEdit::Least(-1))];
    "endpoint-shortest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 10 characters is refused."
        => [Length("XksProxyUriEndpoint", LengthEdit::Least(1))];
    "endpoint-longest-refused" "S-06" Must 1 "A XksProxyUriEndpoint of 128 characters is refused."
        => [Length("XksProxyUriEndpoint", LengthEdit::Most(-1))];
    "endpoint-one-too-long" "S-06" Must 2 "A XksProxyUriEndpoint of 129 characters is accepted."
        => [Length("XksProxyUriEndpoint", LengthEdit::Most(1))];
    "endpoint-no-pattern" "S-06" Must 2 "The pattern of XksProxyUriEndpoint is not checked."
        => [NoPattern("XksProxyUriEndpoint")];
    "endpoint-case-ignored" "S-06" Must 2 "XksProxyUriEndpoint is matched without case."
        => [CaseIgnored("XksProxyUriEndpoint")];
    "endpoint-searched" "S-17" Must 2 "The pattern of XksProxyUriEndpoint may match a part of the value."
        => [Searched("XksProxyUriEndpoint")];
    "endpoint-newline" "S-17" Must 2 "A newline at the end of XksProxyUriEndpoint is accepted."
        => [Newline("XksProxyUriEndpoint")];
    "path-longest-refused" "S-07" Must 1 "A XksProxyUriPath of 128 characters is refused."
        => [Length("XksProxyUriPath", LengthEdit::Most(-1))];
    "path-one-too-long" "S-07" Must 2 "A XksProxyUriPath of 129 characters is accepted."
        => [Length("XksProxyUriPath", LengthEdit::Most(1))];
    "path-no-pattern" "S-07" Must 2 "The pattern of XksProxyUriPath is not checked." => [NoPattern("XksProxyUriPath")];
    "path-case-ignored" "S-07" Must 2 "XksProxyUriPath is matched without case." => [CaseIgnored("XksProxyUriPath")];
    "path-wide-digits" "S-07" Must 2 "Digits of other scripts are digits in XksProxyUriPath."
        => [WideDigits("XksProxyUriPath")];
    "path-searched" "S-17" Must 2 "The pattern of XksProxyUriPath may match a part of the value."
        => [Searched("XksProxyUriPath")];
    "path-newline" "S-17" Must 2 "A newline at the end of XksProxyUriPath is accepted." => [Newline("XksProxyUriPath")];
    "service-longest-refused" "S-08" Must 1 "A XksProxyVpcEndpointServiceName of 64 characters is refused."
        => [Length("XksProxyVpcEndpointServiceName", LengthEdit::Most(-1))];
    "service-one-too-long" "S-08" Must 2 "A XksProxyVpcEndpointServiceName of 65 characters is accepted."
        => [Length("XksProxyVpcEndpointServiceName", LengthEdit::Most(1))];
    "service-no-pattern" "S-08" Must 2 "The pattern of XksProxyVpcEndpointServiceName is not checked."
        => [NoPattern("XksProxyVpcEndpointServiceName")];
    "service-case-ignored" "S-08" Must 2 "XksProxyVpcEndpointServiceName is matched without case."
        => [CaseIgnored("XksProxyVpcEndpointServiceName")];
    "service-wide-digits" "S-08" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceName."
        => [WideDigits("XksProxyVpcEndpointServiceName")];
    "service-searched" "S-17" Must 2 "The pattern of XksProxyVpcEndpointServiceName may match a part of the value."
        => [Searched("XksProxyVpcEndpointServiceName")];
    "service-newline" "S-17" Must 2 "A newline at the end of XksProxyVpcEndpointServiceName is accepted."
        => [Newline("XksProxyVpcEndpointServiceName")];
    "owner-one-too-short" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 11 characters is accepted."
        => [Length("XksProxyVpcEndpointServiceOwner", LengthEdit::Least(-1))];
    "owner-one-too-long" "S-09" Must 2 "A XksProxyVpcEndpointServiceOwner of 13 characters is accepted."
        => [Length("XksProxyVpcEndpointServiceOwner", LengthEdit::Most(1))];
    "owner-no-pattern" "S-09" Must 2 "The pattern of XksProxyVpcEndpointServiceOwner is not checked."
        => [NoPattern("XksProxyVpcEndpointServiceOwner")];
    "owner-wide-digits" "S-09" Must 2 "Digits of other scripts are digits in XksProxyVpcEndpointServiceOwner."
        => [WideDigits("XksProxyVpcEndpointServiceOwner")];
    "owner-newline" "S-18" Should 2 "A newline at the end of XksProxyVpcEndpointServiceOwner is accepted."
        => [Newline("XksProxyVpcEndpointServiceOwner")];
    "access-key-one-too-short" "S-10" Must 2 "An AccessKeyId of 19 characters is accepted."
        => [Length("AccessKeyId", LengthEdit::Least(-1))];
    "access-key-shortest-refused" "S-10" Must 1 "An AccessKeyId of 20 characters is refused."
        => [Length("AccessKeyId", LengthEdit::Least(1))];
    "access-key-longest-refused" "S-10" Must 1 "An AccessKeyId of 30 characters is refused."
        => [Length("AccessKeyId", LengthEdit::Most(-1))];
    "access-key-one-too-long" "S-10" Must 2 "An AccessKeyId of 31 characters is accepted."
        => [Length("AccessKeyId", LengthEdit::Most(1))];
    "access-key-no-pattern" "S-10" Must 2 "The pattern of AccessKeyId is not checked." => [NoPattern("AccessKeyId")];
    "access-key-case-ignored" "S-10" Must 2 "AccessKeyId is matched without case." => [CaseIgnored("AccessKeyId")];
    "access-key-searched" "S-17" Must 2 "The pattern of AccessKeyId may match a part of the value."
        => [Searched("AccessKeyId")];
    "access-key-newline" "S-17" Must 2 "An newline at the end of AccessKeyId is accepted." => [Newline("AccessKeyId")];
    "secret-one-too-short" "S-11" Must 2 "A RawSecretAccessKey of 42 characters is accepted."
        => [Length("RawSecretAccessKey", LengthEdit::Least(-1))];
    "secret-shortest-refused" "S-11" Must 1 "A RawSecretAccessKey of 43 characters is refused."
        => [Length("RawSecretAccessKey", LengthEdit::Least(1))];
    "secret-longest-refused" "S-11" Must 1 "A RawSecretAccessKey of 64 characters is refused."
        => [Length("RawSecretAccessKey", LengthEdit::Most(-1))];
    "secret-one-too-long" "S-11" Must 2 "A RawSecretAccessKey of 65 characters is accepted."
        => [Length("RawSecretAccessKey", LengthEdit::Most(1))];
    "secret-no-pattern" "S-11" Must 2 "The pattern of RawSecretAccessKey is not checked."
        => [NoPattern("RawSecretAccessKey")];
    "secret-searched" "S-17" Must 2 "The pattern of RawSecretAccessKey may match a part of the value."
        => [Searched("RawSecretAccessKey")];
    "secret-newline" "S-17" Must 2 "A newline at the end of RawSecretAccessKey is accepted."
        => [Newline("RawSecretAccessKey")];
    "connectivity-unchecked" "S-12" Must 2 "Any value of XksProxyConnectivity is accepted."
        => [Unchecked("XksProxyConnectivity")];
    "connectivity-case-ignored" "S-12" Must 2 "XksProxyConnectivity is matched without case."
        => [Values("XksProxyConnectivity", |values| values.values_folded = true)];
    "connectivity-searched" "S-12" Must 2 "XksProxyConnectivity may have more after its value."
        => [Values("XksProxyConnectivity", |values| values.values_prefixed = true)];

    // Defects that change nothing: the control of the control.
    "null-nothing" "A-01" Null 0 "Nothing is wrong." => [];
    "null-state-read-twice" "G" Null 0 "The state is read twice before it decides."
        => [Seen(ConnectionState::Connected, ConnectionState::Connected)];
    "null-name-compared-twice" "U-01" Null 0 "A name is compared twice before it counts as in use."
        => [Compare(CheckId::NameTaken, Fold::Exact)];
    "null-merged-twice" "A-01" Null 0 "The request is merged twice into the store."
        => [Store(effect(Fact::Name, ValueSource::Merged, any()))];
    "null-copied-before-change" "A-02" Null 0 "The store is copied before it is changed."
        => [Read(CheckId::NameTaken, Fact::Name, ValueSource::Merged)];
    "null-message-differs" "W-05" Null 0 "The text of a wrong state has other words."
        => [StateText("Not in this state.")];
}
