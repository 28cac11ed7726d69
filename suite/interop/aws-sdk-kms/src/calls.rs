//! The six operations, and the errors that the SDK models for each.

use aws_sdk_kms::Client;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::connect_custom_key_store::ConnectCustomKeyStoreError;
use aws_sdk_kms::operation::create_custom_key_store::CreateCustomKeyStoreError;
use aws_sdk_kms::operation::delete_custom_key_store::DeleteCustomKeyStoreError;
use aws_sdk_kms::operation::describe_custom_key_stores::DescribeCustomKeyStoresError;
use aws_sdk_kms::operation::disconnect_custom_key_store::DisconnectCustomKeyStoreError;
use aws_sdk_kms::operation::update_custom_key_store::UpdateCustomKeyStoreError;
use aws_sdk_kms::types::{CustomKeyStoreType, XksProxyAuthenticationCredentialType, XksProxyConnectivityType};
use serde_json::{Value, json};

use crate::{Call, answers};

/// An error of one operation: its variant, by name.
trait Class {
    fn class(&self) -> Option<&'static str>;
}

macro_rules! classes {
    ($error:ident: $($variant:ident)*) => {
        impl Class for $error {
            fn class(&self) -> Option<&'static str> {
                match self {
                    $($error::$variant(_) => Some(stringify!($variant)),)*
                    _ => None,
                }
            }
        }
    };
}

classes!(UpdateCustomKeyStoreError:
    CloudHsmClusterInvalidConfigurationException CloudHsmClusterNotActiveException CloudHsmClusterNotFoundException
    CloudHsmClusterNotRelatedException CustomKeyStoreInvalidStateException CustomKeyStoreNameInUseException
    CustomKeyStoreNotFoundException KmsInternalException XksProxyIncorrectAuthenticationCredentialException
    XksProxyInvalidConfigurationException XksProxyInvalidResponseException XksProxyUriEndpointInUseException
    XksProxyUriInUseException XksProxyUriUnreachableException XksProxyVpcEndpointServiceInUseException
    XksProxyVpcEndpointServiceInvalidConfigurationException XksProxyVpcEndpointServiceNotFoundException);
classes!(CreateCustomKeyStoreError:
    CloudHsmClusterInUseException IncorrectTrustAnchorException LimitExceededException);
classes!(ConnectCustomKeyStoreError: CustomKeyStoreInvalidStateException CustomKeyStoreNotFoundException);
classes!(DisconnectCustomKeyStoreError: CustomKeyStoreInvalidStateException CustomKeyStoreNotFoundException);
classes!(DeleteCustomKeyStoreError: CustomKeyStoreInvalidStateException CustomKeyStoreNotFoundException);
classes!(DescribeCustomKeyStoresError: CustomKeyStoreNotFoundException);

/// Makes the call with the SDK.
pub(crate) async fn run(client: &Client, mut call: Call) -> anyhow::Result<Value> {
    match call.operation.as_str() {
        "UpdateCustomKeyStore" => {
            let request = client
                .update_custom_key_store()
                .set_custom_key_store_id(call.text("CustomKeyStoreId"))
                .set_new_custom_key_store_name(call.text("NewCustomKeyStoreName"))
                .set_key_store_password(call.text("KeyStorePassword"))
                .set_cloud_hsm_cluster_id(call.text("CloudHsmClusterId"))
                .set_xks_proxy_uri_endpoint(call.text("XksProxyUriEndpoint"))
                .set_xks_proxy_uri_path(call.text("XksProxyUriPath"))
                .set_xks_proxy_vpc_endpoint_service_name(call.text("XksProxyVpcEndpointServiceName"))
                .set_xks_proxy_vpc_endpoint_service_owner(call.text("XksProxyVpcEndpointServiceOwner"))
                .set_xks_proxy_authentication_credential(credential(&mut call)?)
                .set_xks_proxy_connectivity(connectivity(&mut call));
            call.all_taken()?;
            told(request.send().await, |_| json!({}))
        }
        "CreateCustomKeyStore" => {
            let kind = call.text("CustomKeyStoreType").map(|t| CustomKeyStoreType::from(t.as_str()));
            let request = client
                .create_custom_key_store()
                .set_custom_key_store_name(call.text("CustomKeyStoreName"))
                .set_custom_key_store_type(kind)
                .set_key_store_password(call.text("KeyStorePassword"))
                .set_cloud_hsm_cluster_id(call.text("CloudHsmClusterId"))
                .set_trust_anchor_certificate(call.text("TrustAnchorCertificate"))
                .set_xks_proxy_uri_endpoint(call.text("XksProxyUriEndpoint"))
                .set_xks_proxy_uri_path(call.text("XksProxyUriPath"))
                .set_xks_proxy_vpc_endpoint_service_name(call.text("XksProxyVpcEndpointServiceName"))
                .set_xks_proxy_vpc_endpoint_service_owner(call.text("XksProxyVpcEndpointServiceOwner"))
                .set_xks_proxy_authentication_credential(credential(&mut call)?)
                .set_xks_proxy_connectivity(connectivity(&mut call));
            call.all_taken()?;
            told(request.send().await, |answer| json!({ "CustomKeyStoreId": answer.custom_key_store_id() }))
        }
        "DescribeCustomKeyStores" => {
            let request = client
                .describe_custom_key_stores()
                .set_custom_key_store_id(call.text("CustomKeyStoreId"))
                .set_custom_key_store_name(call.text("CustomKeyStoreName"))
                .set_limit(call.number("Limit"))
                .set_marker(call.text("Marker"));
            call.all_taken()?;
            told(request.send().await, answers::page)
        }
        "ConnectCustomKeyStore" => {
            let request = client.connect_custom_key_store().set_custom_key_store_id(call.text("CustomKeyStoreId"));
            call.all_taken()?;
            told(request.send().await, |_| json!({}))
        }
        "DisconnectCustomKeyStore" => {
            let request = client.disconnect_custom_key_store().set_custom_key_store_id(call.text("CustomKeyStoreId"));
            call.all_taken()?;
            told(request.send().await, |_| json!({}))
        }
        "DeleteCustomKeyStore" => {
            let request = client.delete_custom_key_store().set_custom_key_store_id(call.text("CustomKeyStoreId"));
            call.all_taken()?;
            told(request.send().await, |_| json!({}))
        }
        other => anyhow::bail!("`{other}` is none of the six operations"),
    }
}

fn credential(call: &mut Call) -> anyhow::Result<Option<XksProxyAuthenticationCredentialType>> {
    const NAME: &str = "XksProxyAuthenticationCredential";
    if !call.has(NAME) {
        return Ok(None);
    }
    let inner = call.structure(NAME);
    let text = |name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
    let built = XksProxyAuthenticationCredentialType::builder()
        .set_access_key_id(text("AccessKeyId"))
        .set_raw_secret_access_key(text("RawSecretAccessKey"))
        .build()?;
    Ok(Some(built))
}

fn connectivity(call: &mut Call) -> Option<XksProxyConnectivityType> {
    call.text("XksProxyConnectivity").map(|c| XksProxyConnectivityType::from(c.as_str()))
}

fn told<T, E>(result: Result<T, SdkError<E>>, show: impl Fn(&T) -> Value) -> anyhow::Result<Value>
where
    E: Class + ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match result {
        Ok(answer) => Ok(json!({ "answer": show(&answer) })),
        Err(SdkError::ServiceError(refused)) => {
            let status = refused.raw().status().as_u16();
            let error = refused.err();
            let told = json!({ "class": error.class(), "code": error.code(), "status": status });
            Ok(json!({ "error": told }))
        }
        // The SDK refused to send it, or read no answer.
        Err(other) => Err(other.into()),
    }
}
