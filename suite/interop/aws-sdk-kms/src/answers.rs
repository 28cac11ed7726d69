//! The answer of Describe as the SDK reads it, in the names of the API.

use aws_sdk_kms::operation::describe_custom_key_stores::DescribeCustomKeyStoresOutput;
use aws_sdk_kms::types::{CustomKeyStoresListEntry, XksProxyConfigurationType};
use serde_json::{Map, Value, json};

/// A page of stores. What is not there is left out.
pub(crate) fn page(answer: &DescribeCustomKeyStoresOutput) -> Value {
    let stores: Vec<Value> = answer.custom_key_stores().iter().map(store).collect();
    json!({
        "CustomKeyStores": stores,
        "NextMarker": answer.next_marker(),
        "Truncated": answer.truncated(),
    })
}

fn store(store: &CustomKeyStoresListEntry) -> Value {
    present([
        ("CustomKeyStoreId", store.custom_key_store_id().map(Value::from)),
        ("CustomKeyStoreName", store.custom_key_store_name().map(Value::from)),
        ("CustomKeyStoreType", store.custom_key_store_type().map(|t| t.as_str().into())),
        ("CloudHsmClusterId", store.cloud_hsm_cluster_id().map(Value::from)),
        ("TrustAnchorCertificate", store.trust_anchor_certificate().map(Value::from)),
        ("ConnectionState", store.connection_state().map(|s| s.as_str().into())),
        ("ConnectionErrorCode", store.connection_error_code().map(|c| c.as_str().into())),
        ("CreationDate", store.creation_date().map(|d| d.as_secs_f64().into())),
        ("XksProxyConfiguration", store.xks_proxy_configuration().map(proxy)),
    ])
}

fn proxy(proxy: &XksProxyConfigurationType) -> Value {
    present([
        ("Connectivity", proxy.connectivity().map(|c| c.as_str().into())),
        ("AccessKeyId", proxy.access_key_id().map(Value::from)),
        ("UriEndpoint", proxy.uri_endpoint().map(Value::from)),
        ("UriPath", proxy.uri_path().map(Value::from)),
        ("VpcEndpointServiceName", proxy.vpc_endpoint_service_name().map(Value::from)),
        ("VpcEndpointServiceOwner", proxy.vpc_endpoint_service_owner().map(Value::from)),
    ])
}

fn present<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<String, Value>>())
}
