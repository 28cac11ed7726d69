//! The error codes the emulator can answer with, and a fault: a code with its text.

/// An error code, by its name on the wire.
macro_rules! codes {
    ($($name:ident)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($name),* }

        impl Code {
            /// The name without the `Exception` that ends it on the wire.
            fn stem(self) -> &'static str {
                match self { $(Code::$name => stringify!($name)),* }
            }
        }
    };
}

codes! {
    AccessDenied
    CloudHsmClusterInUse
    CloudHsmClusterInvalidConfiguration
    CloudHsmClusterNotActive
    CloudHsmClusterNotFound
    CloudHsmClusterNotRelated
    CustomKeyStoreInvalidState
    CustomKeyStoreNameInUse
    CustomKeyStoreNotFound
    IncorrectTrustAnchor
    InvalidMarker
    InvalidSignature
    KMSInternal
    LimitExceeded
    MissingAuthenticationToken
    RequestEntityTooLarge
    RequestLimitExceeded
    Serialization
    Throttling
    TooManyRequests
    UnknownOperation
    UnrecognizedClient
    Validation
    XksProxyIncorrectAuthenticationCredential
    XksProxyInvalidConfiguration
    XksProxyInvalidResponse
    XksProxyUriEndpointInUse
    XksProxyUriInUse
    XksProxyUriUnreachable
    XksProxyVpcEndpointServiceInUse
    XksProxyVpcEndpointServiceInvalidConfiguration
    XksProxyVpcEndpointServiceNotFound
}

impl Code {
    /// The codes that an update may return: those that it declares, and those of every operation.
    pub(crate) const UPDATE: [Code; 19] = [
        Code::CloudHsmClusterInvalidConfiguration,
        Code::CloudHsmClusterNotActive,
        Code::CloudHsmClusterNotFound,
        Code::CloudHsmClusterNotRelated,
        Code::CustomKeyStoreInvalidState,
        Code::CustomKeyStoreNameInUse,
        Code::CustomKeyStoreNotFound,
        Code::KMSInternal,
        Code::Serialization,
        Code::Validation,
        Code::XksProxyIncorrectAuthenticationCredential,
        Code::XksProxyInvalidConfiguration,
        Code::XksProxyInvalidResponse,
        Code::XksProxyUriEndpointInUse,
        Code::XksProxyUriInUse,
        Code::XksProxyUriUnreachable,
        Code::XksProxyVpcEndpointServiceInUse,
        Code::XksProxyVpcEndpointServiceInvalidConfiguration,
        Code::XksProxyVpcEndpointServiceNotFound,
    ];

    /// A short name, for names of edits.
    pub(crate) fn short(self) -> String {
        let mut out = String::new();
        let stem = self.stem().replace("CustomKeyStore", "Store").replace("CloudHsmCluster", "Cluster");
        for letter in stem.replace("XksProxy", "").replace("VpcEndpointService", "Service").replace("KMS", "").chars() {
            if letter.is_ascii_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
        }
        out
    }

    /// The name on the wire, as the model and the page of common errors write it.
    pub(crate) fn name(self) -> String {
        match self {
            Code::RequestLimitExceeded => self.stem().to_owned(),
            _ => format!("{}Exception", self.stem()),
        }
    }

    /// The HTTP status (W-03; 413 for a body past the bound).
    pub(crate) fn status(self) -> u16 {
        match self {
            Code::KMSInternal => 500,
            Code::RequestEntityTooLarge => 413,
            _ => 400,
        }
    }
}

/// A refusal: the code, and a text for people that never holds a sensitive value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> ApiError {
        ApiError { code, message: message.into() }
    }

    /// A request that breaks a rule of the operation rather than of one member's shape.
    pub(crate) fn validation(message: impl Into<String>) -> ApiError {
        ApiError::new(Code::Validation, message)
    }

    /// The store's connection state does not admit the request.
    pub(crate) fn state(id: &str, state: &str) -> ApiError {
        let message = format!("The custom key store {id} is {state}; the request is not valid in this state.");
        ApiError::new(Code::CustomKeyStoreInvalidState, message)
    }

    /// No such store.
    pub(crate) fn no_store() -> ApiError {
        ApiError::new(Code::CustomKeyStoreNotFound, "No custom key store has the given identifier.")
    }
}
