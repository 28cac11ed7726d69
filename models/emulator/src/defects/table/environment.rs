//! Defects of the checks of clusters, endpoint services and proxies (H, V, X).

use super::super::{DefectRow, Force};
use crate::behaviour::checks::CheckId;
use crate::behaviour::effects::effect;
use crate::behaviour::facts::{Fact, ValueSource};
use crate::behaviour::scope::{StoreVariant, When, any};
use crate::edits::Change::*;
use crate::environment::{ClusterRole, ProxyRole, ServiceRole};
use crate::errors::Code;
use crate::member::Member;
use crate::proxy::ProxyHealth;
use crate::store::ConnectionState;

table! {
    // Clusters (H).
    "cluster-not-looked-up" "H-01" Must 2 "A cluster that does not exist is accepted."
        => [Cluster(ClusterRole::Absent, None), Cluster(ClusterRole::OtherAccount, None)];
    "unknown-cluster-is-not-active" "H-01" Must 2
        "A cluster that does not exist gets a CloudHsmClusterNotActiveException."
        => [Answer(CheckId::ClusterFound, Code::CloudHsmClusterNotActive)];
    "cluster-checked-only-with-password" "H-01" Must 2 "The cluster is checked only when a password is given with it."
        => [
            Only(CheckId::ClusterFound, any().gives(Member::Password)),
            Only(CheckId::ClusterActive, any().gives(Member::Password)),
            Only(CheckId::ClusterRelated, any().gives(Member::Password)),
            Only(CheckId::ClusterFit, any().gives(Member::Password)),
        ];
    "old-cluster-checked" "H-01" Must 2 "The present cluster is checked in place of the new one."
        => [
            Read(CheckId::ClusterFound, Fact::Cluster, ValueSource::Stored),
            Read(CheckId::ClusterActive, Fact::Cluster, ValueSource::Stored),
            Read(CheckId::ClusterRelated, Fact::Cluster, ValueSource::Stored),
            Read(CheckId::ClusterFit, Fact::Cluster, ValueSource::Stored),
        ];
    "inactive-cluster-accepted" "H-02" Must 2 "A cluster that is not active is accepted."
        => [Drop(CheckId::ClusterActive)];
    "inactive-cluster-is-not-found" "H-02" Must 2
        "A cluster that is not active gets a CloudHsmClusterNotFoundException."
        => [Answer(CheckId::ClusterActive, Code::CloudHsmClusterNotFound)];
    "unrelated-cluster-accepted" "H-03" Must 2 "A cluster with another certificate is accepted."
        => [Drop(CheckId::ClusterRelated)];
    "unrelated-cluster-is-invalid" "H-03" Must 2
        "A cluster with another certificate gets a CloudHsmClusterInvalidConfigurationException."
        => [Answer(CheckId::ClusterRelated, Code::CloudHsmClusterInvalidConfiguration)];
    "too-few-hsms-accepted" "H-04" Must 2 "A cluster with fewer than two active HSMs is accepted."
        => [Cluster(ClusterRole::TooFewHsms, None)];
    "few-subnets-accepted" "H-04" Must 2 "A cluster with fewer than two private subnets is accepted."
        => [Cluster(ClusterRole::FewSubnets, None)];
    "wrong-network-accepted" "H-04" Must 2 "A cluster with a wrong security group is accepted."
        => [Cluster(ClusterRole::WrongNetwork, None)];
    "invalid-cluster-is-not-active" "H-04" Must 2
        "A wrongly configured cluster gets a CloudHsmClusterNotActiveException."
        => [Answer(CheckId::ClusterFit, Code::CloudHsmClusterNotActive)];
    "password-not-checked-at-connect" "H-06" Must 2 "A wrong password connects."
        => [Connect(Fact::Password, ValueSource::Nothing)];
    "related-cluster-refused" "H-08" Must 2 "A related cluster that is not the creating one is refused."
        => [Cluster(ClusterRole::Related, Some(Code::CloudHsmClusterNotRelated))];
    "present-cluster-checked-too" "H-09" Must 2 "A change of the cluster is refused while the present one is broken."
        => [
            ReadAlso(CheckId::ClusterFound, Fact::Cluster, ValueSource::Stored),
            ReadAlso(CheckId::ClusterActive, Fact::Cluster, ValueSource::Stored),
            ReadAlso(CheckId::ClusterFit, Fact::Cluster, ValueSource::Stored),
        ];
    "cluster-of-other-account-found" "H-12" Must 2 "A cluster of another account is accepted."
        => [Cluster(ClusterRole::OtherAccount, None)];
    "cluster-of-other-account-is-validation" "H-12" Should 2 "A cluster of another account gets a ValidationException."
        => [Cluster(ClusterRole::OtherAccount, Some(Code::Validation))];

    // Endpoint services (V).
    "service-not-looked-up" "V-01" Must 2 "The service is not looked at."
        => [Drop(CheckId::ServiceUsable), Drop(CheckId::ServiceOwned), Drop(CheckId::ServiceNamed)];
    "unknown-service-accepted" "V-01" Must 2 "A service that does not exist is accepted."
        => [Service(ServiceRole::Absent, None)];
    "service-of-other-region-accepted" "V-01" Must 2 "A service of another Region is accepted."
        => [Service(ServiceRole::OtherRegion, None)];
    "service-without-principal-accepted" "V-01" Must 2 "A service that AWS KMS may not use is accepted."
        => [Service(ServiceRole::NotAllowed, None)];
    "service-errors-exchanged" "V-01" Must 2 "NotFound and InvalidConfiguration of a service are exchanged."
        => [
            Service(ServiceRole::Absent, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)),
            Service(ServiceRole::OtherRegion, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)),
            Service(ServiceRole::NotAllowed, Some(Code::XksProxyVpcEndpointServiceInvalidConfiguration)),
            Service(ServiceRole::AcceptanceRequired, Some(Code::XksProxyVpcEndpointServiceNotFound)),
            Service(ServiceRole::WrongLoadBalancer, Some(Code::XksProxyVpcEndpointServiceNotFound)),
            Service(ServiceRole::OneZone, Some(Code::XksProxyVpcEndpointServiceNotFound)),
            Service(ServiceRole::NoDnsName, Some(Code::XksProxyVpcEndpointServiceNotFound)),
            Service(ServiceRole::UnverifiedDns, Some(Code::XksProxyVpcEndpointServiceNotFound)),
            Answer(CheckId::ServiceOwned, Code::XksProxyVpcEndpointServiceInvalidConfiguration),
            Answer(CheckId::ServiceNamed, Code::XksProxyVpcEndpointServiceNotFound),
        ];
    "acceptance-required-accepted" "V-02" Must 2 "A service that requires acceptance is accepted."
        => [Service(ServiceRole::AcceptanceRequired, None)];
    "wrong-load-balancer-accepted" "V-02" Must 2 "A service behind the wrong load balancer is accepted."
        => [Service(ServiceRole::WrongLoadBalancer, None)];
    "one-zone-accepted" "V-02" Must 2 "A service in one zone is accepted." => [Service(ServiceRole::OneZone, None)];
    "no-dns-name-accepted" "V-02" Must 2 "A service without a private DNS name is accepted."
        => [Service(ServiceRole::NoDnsName, None)];
    "unverified-dns-accepted" "V-02" Must 2 "A service with an unverified private DNS name is accepted."
        => [Service(ServiceRole::UnverifiedDns, None)];
    "dns-name-not-compared" "V-02" Must 2 "The service's DNS name is not compared with the endpoint's host."
        => [Drop(CheckId::ServiceNamed)];
    "service-owner-not-checked" "V-03" Should 2 "An owner that does not own the service is accepted."
        => [Drop(CheckId::ServiceOwned)];
    "dns-name-against-old-endpoint" "V-05" Must 2
        "The service's DNS name is compared with the present endpoint, not the merged one."
        => [Read(CheckId::ServiceNamed, Fact::Endpoint, ValueSource::Stored)];
    "dns-name-not-checked-for-endpoint-alone" "V-05" Must 2
        "The service's DNS name is not compared when only the endpoint changes."
        => [Only(CheckId::ServiceNamed, any().gives(Member::Service))];
    "dns-name-not-checked-for-service-alone" "V-05" Must 2
        "The service's DNS name is not compared when only the service changes."
        => [Only(CheckId::ServiceNamed, any().gives(Member::Endpoint))];

    // Proxies (X).
    "authentication-failure-is-healthy" "X-01" Must 2 "A proxy that refuses the signature is taken for healthy."
        => [
            Unauthenticated(ProxyHealth::Healthy),
            Proxy(ProxyRole::WrongCredential, ProxyHealth::Healthy),
            Proxy(ProxyRole::Disagree, ProxyHealth::Healthy),
        ];
    "authentication-failure-is-invalid" "X-01" Must 2
        "A proxy that refuses the signature gets an XksProxyInvalidResponseException."
        => [
            Unauthenticated(ProxyHealth::Invalid),
            Proxy(ProxyRole::WrongCredential, ProxyHealth::Invalid),
            Proxy(ProxyRole::Disagree, ProxyHealth::Invalid),
        ];
    "invalid-path-is-unreachable" "X-02" Must 2
        "InvalidUriPathException of the proxy gets an XksProxyUriUnreachableException."
        => [Proxy(ProxyRole::InvalidPath, ProxyHealth::Unreachable)];
    "proxy-validation-is-configuration" "X-03" Must 2
        "ValidationException of the proxy gets an XksProxyInvalidConfigurationException."
        => [Proxy(ProxyRole::Validation, ProxyHealth::Path)];
    "proxy-internal-is-unreachable" "X-04" Must 2
        "InternalException of the proxy gets an XksProxyUriUnreachableException."
        => [Proxy(ProxyRole::Internal, ProxyHealth::Unreachable)];
    "not-json-is-healthy" "X-05" Must 2 "An answer that is not JSON is taken for healthy."
        => [Proxy(ProxyRole::NotJson, ProxyHealth::Healthy)];
    "no-body-is-unreachable" "X-05" Must 2 "An HTTP error without a JSON body gets an XksProxyUriUnreachableException."
        => [Proxy(ProxyRole::NoBody, ProxyHealth::Unreachable)];
    "incomplete-health-accepted" "X-05" Should 2 "An answer that lacks members is taken for healthy."
        => [Proxy(ProxyRole::MissingMembers, ProxyHealth::Healthy)];
    "proxy-throttling-is-healthy" "X-06" Must 2 "A proxy that throttles is taken for healthy."
        => [Proxy(ProxyRole::Throttling, ProxyHealth::Healthy)];
    "proxy-throttling-is-invalid" "X-06" Must 2 "A proxy that throttles gets an XksProxyInvalidResponseException."
        => [Proxy(ProxyRole::Throttling, ProxyHealth::Invalid)];
    "dependency-timeout-is-invalid" "X-07" Must 2
        "DependencyTimeoutException of the proxy gets an XksProxyInvalidResponseException."
        => [Proxy(ProxyRole::DependencyTimeout, ProxyHealth::Invalid)];
    "no-tcp-is-healthy" "X-08" Must 2 "A proxy that cannot be connected to is taken for healthy."
        => [Proxy(ProxyRole::NoTcp, ProxyHealth::Healthy)];
    "no-tls-is-healthy" "X-09" Must 2 "A proxy without valid TLS is taken for healthy."
        => [Proxy(ProxyRole::BadTls, ProxyHealth::Healthy)];
    "late-answer-is-healthy" "X-10" Must 2 "The health check waits as long as it takes."
        => [Proxy(ProxyRole::Slow, ProxyHealth::Healthy)];
    "unavailable-is-healthy" "X-11" Must 2 "A fleet that is UNAVAILABLE is taken for healthy."
        => [Proxy(ProxyRole::Unavailable, ProxyHealth::Healthy)];
    "unavailable-is-invalid" "X-11" Must 2 "A fleet that is UNAVAILABLE gets an XksProxyInvalidResponseException."
        => [Proxy(ProxyRole::Unavailable, ProxyHealth::Invalid)];
    "only-active-is-healthy" "X-12" Must 2 "One key manager that is not ACTIVE makes the proxy unusable."
        => [Proxy(ProxyRole::Degraded, ProxyHealth::Unreachable)];
    "proxy-not-asked" "X-08" Must 2 "The proxy is not asked." => [Drop(CheckId::ProxyHealthy)];
    "proxy-not-asked-for-path" "X-02" Must 2 "The proxy is not asked when only the path changes."
        => [Spare(CheckId::ProxyHealthy, Member::Path)];
    "proxy-not-asked-for-credential" "X-01" Must 2 "The proxy is not asked when only the credential changes."
        => [Spare(CheckId::ProxyHealthy, Member::Credential)];
    "proxy-not-asked-while-connected" "X-01" Must 3 "The proxy is not asked while the store is CONNECTED."
        => [Except(CheckId::ProxyHealthy, When::In(ConnectionState::Connected))];
    "proxy-not-asked-while-disconnected" "X-08" Must 2 "The proxy is not asked while the store is DISCONNECTED."
        => [Except(CheckId::ProxyHealthy, When::In(ConnectionState::Disconnected))];
    "vpc-proxy-not-asked-while-connected" "X-02" Should 3
        "The proxy of a VPC store is not asked while the store is CONNECTED."
        => [Except(CheckId::ProxyHealthy, When::After(StoreVariant::Vpc))];
    "unreachable-proxy-is-internal" "W-15" Should 2 "A proxy that cannot be reached gets a KMSInternalException."
        => [Exchange(CheckId::ProxyHealthy, Code::XksProxyUriUnreachable, Code::KMSInternal)];
    "proxy-asked-with-old-credential" "X-14" Must 2 "The proxy is asked with the present credential, not the new one."
        => [
            Read(CheckId::ProxyHealthy, Fact::KeyId, ValueSource::Stored),
            Read(CheckId::ProxyHealthy, Fact::Secret, ValueSource::Stored),
        ];
    "proxy-asked-with-old-secret" "X-14" Must 2 "The proxy is asked with the new access key and the present secret."
        => [Read(CheckId::ProxyHealthy, Fact::Secret, ValueSource::Stored)];
    "proxy-asked-at-old-endpoint" "X-14" Must 2 "The proxy is asked at the present endpoint, not the new one."
        => [Read(CheckId::ProxyHealthy, Fact::Endpoint, ValueSource::Stored)];
    "proxy-asked-at-old-path" "X-14" Must 2 "The proxy is asked at the present path, not the new one."
        => [Read(CheckId::ProxyHealthy, Fact::Path, ValueSource::Stored)];
    "connect-uses-old-secret" "X-18" Must 3 "Connect goes on with the secret before the update."
        => [Connect(Fact::Secret, ValueSource::Previous)];
    "connect-uses-old-endpoint" "X-18" Must 3 "Connect goes on with the endpoint before the update."
        => [Connect(Fact::Endpoint, ValueSource::Previous)];
    "connect-uses-old-path" "X-18" Must 3 "Connect goes on with the path before the update."
        => [Connect(Fact::Path, ValueSource::Previous)];
    "only-key-id-stored" "X-18" Must 3 "Of a new credential only the access key is stored."
        => [Store(effect(Fact::Secret, ValueSource::Stored, any()))];
    "proxy-status-decides" "X-19" Should 2 "The HTTP status of a proxy's error decides, not its name."
        => [Proxy(ProxyRole::Disagree, ProxyHealth::Invalid)];
    "proxy-message-repeated" "X-21" Should 2 "The proxy's own error message is repeated to the caller."
        => [RepeatProxy];
}
